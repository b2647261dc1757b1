"""Matrices that are lists of lists, and every operation on them written out.

    accept   accept_rows                                what comes from outside, checked
    shape    zeros  identity  transpose                 shapes
    dot      add  subtract  multiply  divide  scale     arithmetic
    add_row  apply  pairwise  exp  log                  element by element
    sum_rows  sum_columns                               sums

A matrix is a non-empty list of rows of equal length; an element may be any type of number. No function
changes its arguments. A shape that does not fit is a ValueError that names the shapes.

>>> Z = add_row(dot([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]), [0.5, -0.5])
>>> Z
[[13.5, 15.5]]
"""

from . import functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Callable, Matrix, Number, Optional, Row, Sequence, Tuple, Union


# ---- what is accepted --------------------------------------------------------------------------------------------


def accept(data: "Any", number: "Any" = float, name: str = "X") -> "Matrix":
    """``data`` as a matrix of ``number``: a list of lists, all checked.

    Takes lists, tuples, any sequence of rows, and what NumPy, pandas and PyTorch hold. A ragged row, a value that
    is no finite number, or nothing at all is refused in a sentence that names the row and the column.

    >>> accept([(0, 1), (True, 2.5)])
    [[0.0, 1.0], [1.0, 2.5]]
    >>> accept([[1, 2], [3]])
    Traceback (most recent call last):
        ...
    ValueError: X: row 1 has 1 column where row 0 has 2
    """
    rows = accept_rows(data, name)
    first = accept_row(rows[0], number, name, 0)
    others = range(1, len(rows))
    return [first] + [
        accept_row(rows[i], number, name, i, len(first), "row 0 has {}") for i in others
    ]


def accept_rows(data: "Any", name: str = "X") -> "Sequence[Any]":
    """``data`` as a sequence of rows, not yet checked row by row: its own ``len`` and indexing, where it has them."""
    if hasattr(data, "to_numpy"):  # pandas, polars
        data = data.to_numpy()
    if hasattr(data, "tolist"):  # NumPy, PyTorch, array.array, memoryview
        data = data.tolist()
    if not is_sequence(data):
        raise TypeError(
            f"{name} is {type(data).__name__}; give a list of rows, or anything with len() and indexing"
        )
    if len(data) == 0:
        raise ValueError(f"{name} is empty; give at least one row")
    return data  # type: ignore[no-any-return]


def accept_row(
    data: "Any",
    number: "Any",
    name: str,
    i: "Optional[int]",
    columns: "Any" = None,
    reason: str = "{} are needed",
) -> "Row":
    """Row ``i`` of the matrix called ``name``, as a list of ``columns`` finite numbers; ``reason`` says why so many.

    With ``i`` None it is the flat list of that name.
    """
    if hasattr(data, "tolist"):
        data = data.tolist()
    if not isinstance(data, (list, tuple)):
        if not is_sequence(data):
            found = functions.shown(data)
            raise TypeError(
                f"{_at(name, i)} is {found}, not a row; even a single row is written [[...]]"
            )
        data = [data[j] for j in range(len(data))]
    is_done = set(map(type, data)) == {number}
    row = (
        list(data)
        if is_done
        else [functions.cast(v, number, _at(name, i, j)) for j, v in enumerate(data)]
    )
    if not row:
        raise ValueError(f"{_at(name, i)} is empty; give at least one column")
    if columns is not None and len(row) != columns:
        plural = "" if len(row) == 1 else "s"
        raise ValueError(
            f"{_at(name, i)} has {len(row)} column{plural} where {reason.format(columns)}"
        )
    if not is_finite(row):
        for j, v in enumerate(row):
            if not is_finite([v]):
                raise ValueError(f"{_at(name, i, j)} is {v}; give a finite number")
    return row


def is_sequence(data: "Any") -> bool:
    """Whether ``data`` has a length and elements in order: a list, a tuple, or what behaves like them."""
    if (
        isinstance(data, (list, tuple)) or type(data).__name__ == "array"
    ):  # MicroPython does not show their methods
        return True
    return (
        hasattr(data, "__len__")
        and hasattr(data, "__getitem__")
        and not isinstance(data, (str, bytes, dict))
    )


def is_finite(values: "Row") -> bool:
    """Whether no number is infinite or NaN (nor so large that their sum overflows)."""
    if type(values[0]) is float:
        return sum(values) - sum(values) == 0.0
    try:
        return all([bool(v - v == 0) for v in values])
    except ArithmeticError:  # Decimal's word for infinity - infinity
        return False


def are_finite(rows: "Matrix") -> bool:
    """``is_finite`` of all rows."""
    return is_finite(
        [sum(map(sum, rows))] if type(rows[0][0]) is float else [v for row in rows for v in row]
    )


def _at(name: str, i: "Optional[int]", j: "Optional[int]" = None) -> str:
    """Where something is wrong: in a row, at one of its columns; or in a flat list, at one of its places."""
    if i is None:
        return name if j is None else f"{name}: number {j}"
    return f"{name}: row {i}" if j is None else f"{name}: row {i}, column {j}"


# ---- shapes ------------------------------------------------------------------------------------------------------


def shape(A: "Matrix") -> "Tuple[int, int]":
    """(rows, columns), once every row is seen to have as many columns as the first.

    >>> shape([[1, 2, 3], [4, 5, 6]])
    (2, 3)
    """
    try:
        widths = [len(row) for row in A]
    except TypeError:  # a number, or a flat list
        widths = []
    if not widths or not widths[0]:
        raise ValueError(
            f"{functions.shown(A)} is no matrix; give a list of rows with at least one number, [[...]]"
        )
    for i, width in enumerate(widths):
        if width != widths[0]:
            raise ValueError(f"row {i} has {width} columns where row 0 has {widths[0]}")
    return len(widths), widths[0]


def zeros(rows: int, columns: int) -> "Matrix":
    """A matrix of 0.0.

    >>> zeros(1, 2)
    [[0.0, 0.0]]
    """
    return [[0.0] * columns for _ in range(rows)]


def identity(n: int) -> "Matrix":
    """1.0 on the diagonal, 0.0 elsewhere.

    >>> identity(2)
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]


def transpose(A: "Matrix") -> "Matrix":
    """Rows become columns.

    >>> transpose([[1, 2, 3], [4, 5, 6]])
    [[1, 4], [2, 5], [3, 6]]
    """
    flat, columns = [], shape(A)[1]  # type: Row, int
    for row in A:
        flat += row
    return [
        flat[j::columns] for j in range(columns)
    ]  # quicker than by zip(*A), where PyPy would box every float


# ---- arithmetic --------------------------------------------------------------------------------------------------


def dot(A: "Matrix", B: "Matrix") -> "Matrix":
    """The matrix product: element (i, j) is the sum of the products of A's row i with B's column j.

    >>> dot([[1, 2]], [[3], [4]])
    [[11]]
    """
    (rows, inner), (height, columns) = shape(A), shape(B)
    if inner != height:
        raise ValueError(
            f"dot: {rows}×{inner} by {height}×{columns}: the inner sizes {inner} and {height} differ"
        )
    return functions.products(A, B)


def add(A: "Matrix", B: "Union[Matrix, Number]") -> "Matrix":
    """A + B, element by element; B is a matrix of the same shape, or one number.

    >>> add([[1, 2]], [[10, 20]]), add([[1, 2]], 5)
    ([[11, 22]], [[6, 7]])
    """
    return pairwise("add", A, B, lambda a, b: a + b)


def subtract(A: "Matrix", B: "Union[Matrix, Number]") -> "Matrix":
    """A - B, element by element; B is a matrix of the same shape, or one number.

    >>> subtract([[1, 2]], [[10, 20]])
    [[-9, -18]]
    """
    return pairwise("subtract", A, B, lambda a, b: a - b)


def multiply(A: "Matrix", B: "Matrix") -> "Matrix":
    """A * B, element by element (Hadamard's product), two matrices of the same shape; for one number see ``scale``.

    >>> multiply([[1, 2]], [[10, 20]])
    [[10, 40]]
    """
    if not is_sequence(B):
        raise TypeError(
            f"multiply: {functions.shown(B)} is no matrix; scale(A, factor) multiplies by one number"
        )
    return pairwise("multiply", A, B, lambda a, b: a * b)


def divide(A: "Matrix", B: "Union[Matrix, Number]") -> "Matrix":
    """A / B, element by element; B is a matrix of the same shape, or one number.

    >>> divide([[1, 2]], 4)
    [[0.25, 0.5]]
    """
    return pairwise("divide", A, B, lambda a, b: a / b)


def pairwise(name: str, A: "Matrix", B: "Any", operation: "Callable[[Any, Any], Any]") -> "Matrix":
    """operation(a, b) for every two elements at the same place; ``name`` opens the error's sentence.

    >>> pairwise("power", [[2, 3]], [[3, 2]], pow)
    [[8, 9]]
    """
    if not is_sequence(B):
        return [[operation(a, B) for a in row] for row in A]
    if shape(A) != shape(B):
        raise ValueError(
            "{}: {}×{} with {}×{}: the shapes differ".format(name, *(shape(A) + shape(B)))
        )
    return [[operation(a, b) for a, b in zip(row_a, row_b)] for row_a, row_b in zip(A, B)]


def scale(A: "Matrix", factor: "Number") -> "Matrix":
    """One number times every element.

    >>> scale([[1, 2]], 3)
    [[3, 6]]
    """
    return [[factor * a for a in row] for row in A]


def add_row(A: "Matrix", row: "Row") -> "Matrix":
    """The same row added to every row of A: the bias, to every sample.

    >>> add_row([[1, 2], [3, 4]], [10, 20])
    [[11, 22], [13, 24]]
    """
    if shape(A)[1] != len(row):
        raise ValueError(
            "add_row: {}×{} with a row of {}: the widths differ".format(*(shape(A) + (len(row),)))
        )
    return [[a + b for a, b in zip(row_a, row)] for row_a in A]


# ---- element by element ------------------------------------------------------------------------------------------


def apply(function: "Callable[[Any], Any]", A: "Matrix") -> "Matrix":
    """function(a) for every element a.

    >>> apply(abs, [[-1, 2]])
    [[1, 2]]
    """
    return [[function(a) for a in row] for row in A]


def exp(A: "Matrix") -> "Matrix":
    """e to the power of every element.

    >>> exp([[0.0]])
    [[1.0]]
    """
    return apply(functions.exp, A)


def log(A: "Matrix") -> "Matrix":
    """The natural logarithm of every element.

    >>> log([[1.0]])
    [[0.0]]
    """
    return apply(functions.log, A)


# ---- sums --------------------------------------------------------------------------------------------------------


def sum_rows(A: "Matrix") -> "Row":
    """The sum of each row.

    >>> sum_rows([[1, 2], [3, 4]])
    [3, 7]
    """
    shape(A)
    return [functions.total(row) for row in A]


def sum_columns(A: "Matrix") -> "Row":
    """The sum of each column.

    >>> sum_columns([[1, 2], [3, 4]])
    [4, 6]
    """
    return [functions.total(column) for column in transpose(A)]
