"""Checks of everything that comes from outside: options, data, and names of layers, losses, ...

    require  refuse_unknown  look_up                              options
    cast  convert  plain  is_zero                                 numbers
    accept  accept_rows  accept_row  checked_rows  LazyRows       data
    is_sequence  is_finite  are_finite                            tests
    shown                                                         values in error messages

Bad input raises a ``ValueError`` or a ``TypeError``. Its message is one sentence that says what is
wrong, where, and what would be right.
"""

from .elementary import REAL
from .plug_points import PLUG_POINTS
from .types import (
    Any,
    Family,
    Function,
    IntOrNone,
    Limit,
    Matrix,
    Number,
    NumberType,
    Row,
    Rows,
    Settings,
)

REALS = set(REAL)

# ---- options ---------------------------------------------------------------------------------

# What an option may be: a test, and its description for error messages.
FINITE: Limit = (lambda v: v - v == 0, "a finite number")
AT_LEAST_0: Limit = (lambda v: v >= 0 and v - v == 0, "a finite number of 0 or more")
ABOVE_0: Limit = (lambda v: v > 0 and v - v == 0, "a finite number above 0")
BELOW_1: Limit = (lambda v: v >= 0 and v < 1, "a number from 0 up to, but not including, 1")
COUNT: Limit = (
    lambda v: isinstance(v, int) and not isinstance(v, bool) and v > 0,
    "a whole number of 1 or more",
)
COUNT_OR_NONE: Limit = (lambda v: v is None or COUNT[0](v), COUNT[1])


def one_of(*values: Any) -> Limit:
    """Return the limit that a value is one of these."""
    return (lambda v: v in values, " or ".join([repr(value) for value in values]))


# Options of other libraries, and what to write here instead.
ELSEWHERE = {
    "learning_rate": "set the learning rate in the optimizer: optimizer=sn.Adam({})",
    "lr": "set the learning rate in the optimizer: optimizer=sn.Adam({})",
    "momentum": "set the momentum in the optimizer: optimizer=sn.SGD(0.1, momentum={})",
    "weight_decay": "set the weight decay in the optimizer: optimizer=sn.Adam(weight_decay={})",
    "callbacks": "loop over the epochs instead: for epoch in sn.epochs(net, X, Y, ...)",
    "metrics": "measure after training: net.evaluate(X, Y, metrics={})",
    "random_state": "write seed={}",
    "n_epochs": "write epochs={}",
    "max_iter": "write epochs={}",
    "criterion": "write loss={}",
    "x": "write X",
    "y": "write Y",
}


def require(name: str, value: Any, limit: Limit) -> Any:
    """Return the value if it passes the test of the limit; otherwise raise a ValueError.

    >>> require("epochs", 5, COUNT)
    5
    >>> require("epochs", 0, COUNT)
    Traceback (most recent call last):
        ...
    ValueError: epochs is 0; give a whole number of 1 or more
    """
    try:
        value = plain(value)
        if limit[0](value):
            return value
    except (TypeError, ValueError, ArithmeticError):
        pass  # The test cannot be applied to a string, a list or a Decimal NaN.
    raise ValueError(f"{name} is {shown(value)}; give {limit[1]}")


def refuse_unknown(function: str, unknown: Settings, options: str) -> None:
    """Raise a TypeError for an option that ``function`` does not have.

    ``options`` lists the options that it has.

    >>> refuse_unknown("fit", {"learning_rate": 0.1}, "epochs, batch_size")
    Traceback (most recent call last):
        ...
    TypeError: fit has no option learning_rate; set the learning rate in the optimizer: ...
    """
    for name, value in unknown.items():
        advice = ELSEWHERE.get(name.lower(), f"its options are {options}")
        raise TypeError(f"{function} has no option {name}; {advice.format(shown(value))}")


def look_up(kind: str, given: Any, family: Family, base: Any, last: Any = None) -> Any:
    """Return an object, such as a loss, that is given as a name, a class or an object.

    ``family`` maps names to classes or functions. ``base`` is the class of the objects. ``kind`` is
    what error messages call them. ``last`` is the last layer of the network, on which the meaning
    of a name may depend.

    >>> look_up("layer", "relu", {"identity": object}, object)
    Traceback (most recent call last):
        ...
    ValueError: layer 'relu' is unknown; give one of: identity
    """
    if isinstance(given, str):
        given = PLUG_POINTS["name"](kind, given, family, last)
        if given not in family:
            raise ValueError(
                f"{kind} {given!r} is unknown; give one of: {', '.join(sorted(family))}"
            )
        given = family[given]
    if isinstance(given, type):
        given = given()
    if not isinstance(given, base):
        raise TypeError(
            f"{kind}: {given!r} is a {type(given).__name__}; give a name or {kind} object"
        )
    return given


def shown(value: Any) -> str:
    """Return the value as error messages show it: its repr, shortened to 60 characters.

    >>> shown("x" * 1000)[-5:]
    'xx...'
    """
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# ---- numbers ---------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Return a NumPy or PyTorch scalar as a Python number, and any other value unchanged."""
    return value.item() if hasattr(value, "item") and not isinstance(value, REAL) else value


def is_zero(value: Number) -> bool:
    """Return whether a hyperparameter is a plain 0, which switches it off in every network."""
    return isinstance(value, REAL) and value == 0


def convert(value: Number, number: NumberType) -> Number:
    """Return the value converted to the type ``number``, even from a float.

    Use this only where the user asks for the conversion; otherwise use ``cast``.
    """
    return value if type(value) is number else number(value)


def cast(value: Any, number: NumberType, what: str) -> Number:
    """Return a value from outside (data, a hyperparameter, a parameter) as the type ``number``.

    An int is always converted. A float is converted if it can be added to a ``number``. A float
    beside ``Fraction`` or ``Decimal`` raises a TypeError, because it would silently make all later
    results inexact. If ``number`` is None, every number is returned unchanged. ``what`` begins the
    error message.

    >>> from fractions import Fraction
    >>> cast(3, Fraction, "x"), cast(Fraction(1, 4), float, "x")
    (Fraction(3, 1), 0.25)
    >>> cast(0.5, Fraction, "learning_rate")
    Traceback (most recent call last):
        ...
    TypeError: learning_rate: 0.5 is a float, but this network computes with Fraction: ...
    """
    if type(value) is number:
        return value
    value = plain(value)
    if number is None:
        if isinstance(value, REAL) or hasattr(value, "__mul__") and hasattr(value, "__sub__"):
            return value
        raise _no_number(value, what)
    if isinstance(value, float) and number is not float and not _mixes_with_float(number):
        raise TypeError(
            f"{what}: {value!r} is a float, but this network computes with {number.__name__}: "
            f"give an int or a {number.__name__}"
        )
    # In old versions of Python complex has __float__, too.
    has_float = hasattr(value, "__float__") and type(value).__name__ != "complex"
    try:
        if isinstance(value, REAL) or number is float and has_float:
            return number(value)
    except OverflowError:
        raise ValueError(f"{what}: the number is too large for a {number.__name__}") from None
    if not isinstance(value, number):
        raise _no_number(value, what)
    return value


def _no_number(value: Any, what: str) -> TypeError:
    return TypeError(f"{what}: {shown(value)} is a {type(value).__name__}; give a number")


def _mixes_with_float(number: NumberType) -> bool:
    try:
        return type(number(0) + 0.5) is number
    except TypeError:
        return False


# ---- data ------------------------------------------------------------------------------------


def accept(data: Any, number: NumberType = float, name: str = "X") -> Matrix:
    """Return ``data`` as a matrix of the type ``number``, a list of lists, with all values checked.

    ``data`` is a list, a tuple or another sequence of rows, or an array or a data frame of NumPy,
    pandas or PyTorch. A row that is not as long as the first, a missing value or a value that is
    not a finite number raises an error that names the row and the column.

    >>> accept([(0, 1), (True, 2.5)])
    [[0.0, 1.0], [1.0, 2.5]]
    >>> accept([[1, 2], [3]])
    Traceback (most recent call last):
        ...
    ValueError: X: row 1 has 1 column where row 0 has 2
    """
    rows = accept_rows(data, name)
    first = accept_row(rows[0], number, name, 0)
    return [first] + [
        accept_row(rows[i], number, name, i, len(first), "row 0 has {}")
        for i in range(1, len(rows))
    ]


def accept_rows(data: Any, name: str = "X") -> Rows:
    """Return ``data`` as a sequence of rows: itself, if it is one. The rows are not checked."""
    # pandas and polars; NumPy, PyTorch, array.array and memoryview
    for method in ("to_numpy", "tolist"):
        if hasattr(data, method):
            data = getattr(data, method)()
    if not is_sequence(data):
        raise TypeError(
            f"{name} is {type(data).__name__}; "
            "give a list of rows, or anything with len() and indexing"
        )
    if len(data) == 0:
        raise ValueError(f"{name} is empty; give at least one row")
    return data


def accept_row(
    data: Any,
    number: NumberType,
    name: str,
    i: IntOrNone,
    columns: IntOrNone = None,
    reason: str = "{} are needed",
) -> Row:
    """Return row ``i`` of the matrix ``name`` as a list of ``columns`` finite numbers.

    In an error message ``reason`` says why that many are needed. If ``i`` is None, the data are a
    flat list called ``name``.
    """
    if hasattr(data, "tolist"):
        data = data.tolist()
    if not is_sequence(data):
        raise TypeError(
            f"{_place(name, i)} is {shown(data)}, not a row; even a single row is written [[...]]"
        )
    row = list(data) if isinstance(data, (list, tuple)) else [data[j] for j in range(len(data))]
    kinds = set(map(type, row))
    try:
        # Python's own numbers are converted together: the text for an error message takes time.
        if number is float and kinds - {float} and kinds <= REALS:
            row, kinds = list(map(float, row)), {float}
    except OverflowError:
        pass
    if kinds != {number} and (number is not None or not kinds <= REALS):
        row = [cast(value, number, _place(name, i, j)) for j, value in enumerate(row)]
    if not row:
        raise ValueError(f"{_place(name, i)} is empty; give at least one column")
    if columns is not None and len(row) != columns:
        raise ValueError(
            f"{_place(name, i)} has {len(row)} column{'' if len(row) == 1 else 's'} "
            f"where {reason.format(columns)}"
        )
    for j, value in enumerate([] if is_finite(row) else row):
        if not is_finite([value]):
            raise ValueError(f"{_place(name, i, j)} is {value}; give a finite number")
    return row


def _place(name: str, i: IntOrNone, j: IntOrNone = None) -> str:
    """Return where something is wrong: at row i and column j, or at index j of a flat list."""
    if i is None:
        return name if j is None else f"{name}: number {j}"
    return f"{name}: row {i}" if j is None else f"{name}: row {i}, column {j}"


class LazyRows:
    """A sequence of rows that are computed when they are read, by ``function(row, i)``.

    It keeps no copy of the data in memory.
    """

    def __init__(self, rows: Rows, function: Function) -> None:
        self.rows, self.function = rows, function

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> Any:
        return self.function(self.rows[i], i)


def checked_rows(
    data: Any, name: str, check: Function, columns: int, number: NumberType, loss: Any = None
) -> Any:
    """Return the rows of ``data``, checked now if it is a list, otherwise when they are read.

    ``columns``, ``number``   the length of a row that is accepted, and the type of its numbers
    ``loss``                  the loss whose targets the rows are, or None
    """
    rows = accept_rows(data, name)
    if isinstance(rows, (list, tuple)):
        return PLUG_POINTS["float_rows"](rows, columns, number, loss) or [
            check(row, i) for i, row in enumerate(rows)
        ]
    return LazyRows(rows, check)


# ---- tests -----------------------------------------------------------------------------------


def is_sequence(data: Any) -> bool:
    """Return whether ``data`` has a length and indexed elements, like a list or a tuple."""
    # In MicroPython hasattr() does not find the special methods of lists, tuples and arrays.
    return (
        isinstance(data, (list, tuple))
        or type(data).__name__ == "array"
        or hasattr(data, "__len__")
        and hasattr(data, "__getitem__")
        and not isinstance(data, (str, bytes, dict))
    )


def is_finite(values: Row) -> bool:
    """Return whether all numbers are finite (and, if floats, also their sum)."""
    if type(values[0]) is float:
        return 0.0 * sum(values) == 0.0
    try:
        return all([bool(v - v == 0) for v in values])
    except ArithmeticError:  # Decimal raises it for Infinity - Infinity.
        return False


def are_finite(rows: Matrix) -> bool:
    """Return whether all numbers in all rows are finite (and, if floats, also their sum)."""
    return is_finite(
        [sum(map(sum, rows))] if type(rows[0][0]) is float else [v for row in rows for v in row]
    )
