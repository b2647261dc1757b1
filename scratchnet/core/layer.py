"""What layers, losses and optimizers have in common.

    Configured   named arguments, hence a repr, a copy, and a description that a file can hold
    Parameter    one array that is learnt
    Layer        what goes forward and backward
    find         one of a family by its name, its class, or itself

**A layer of your own** is a subclass of ``Layer`` with ``forward`` and ``backward``; one with parameters holds
``Parameter`` objects, lists them in ``parameters()``, and sets each one's ``gradient`` in ``backward``:

>>> from scratchnet import matrix
>>> class Scale(Layer):                                 # a = s * x, one s a feature
...     arguments = ("inputs",)
...     def __init__(self, inputs):
...         self.inputs = self.outputs = inputs
...         self.s = Parameter("s", (inputs,), [1] * inputs)
...     def parameters(self):
...         return [self.s]
...     def forward(self, X):
...         self.X = X
...         return [[s * x for s, x in zip(self.s.value, row)] for row in X]
...     def backward(self, dA):
...         self.s.gradient = matrix.sum_columns(matrix.multiply(dA, self.X))
...         return [[s * d for s, d in zip(self.s.value, row)] for row in dA]
"""

from . import matrix
from .functions import cast, plain, shown
from .elementary import REAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Dict, List, Matrix, Number, Optional, Tuple
    from .random import Generator


# What an argument may be: a test, and the words for it.
FINITE = (lambda v: v - v == 0, "a finite number")
AT_LEAST_0 = (lambda v: v >= 0 and v - v == 0, "a finite number of 0 or more")
ABOVE_0 = (lambda v: v > 0 and v - v == 0, "a finite number above 0")
BELOW_1 = (lambda v: v >= 0 and v < 1, "a number from 0 to below 1")
COUNT = (
    lambda v: isinstance(v, int) and not isinstance(v, bool) and v > 0,
    "a whole number of 1 or more",
)


def require(name: str, value: "Any", limit: "Any") -> "Any":
    """The value, if it passes the limit's test; else it is refused, in the limit's words.

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
        pass  # a text, a list or NaN, for which the test is no question
    raise ValueError(f"{name} is {shown(value)}; give {limit[1]}")


class Configured:
    """An object that its constructor's arguments describe; each is kept in the attribute of its name."""

    arguments: "Tuple[str, ...]" = ()  # the constructor's arguments
    in_parameters: "Tuple[str, ...]" = ()  # ... but for those that the parameters hold afterwards
    numbers: "Tuple[str, ...]" = ()  # those of them that enter the arithmetic
    zero_by_default: "Tuple[str, ...]" = ()  # those that a repr leaves out where they are 0 or None

    def config(self) -> "Dict[str, Any]":
        """The arguments that make such an object again.

        Where Python shows what the constructor takes (MicroPython does not), nothing must be missing.
        """
        code = getattr(getattr(type(self), "__init__", None), "__code__", None)
        for name in code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount] if code else ():
            if name not in self.arguments and name not in self.in_parameters:
                what = f"{type(self).__name__}: __init__ takes {name}, which the class has to name"
                raise TypeError(f'{what}: arguments = ("{name}",)')
        return {name: getattr(self, name) for name in self.arguments}

    def require(self, name: str, value: "Any", limit: "Any") -> "Any":
        """The argument, if it keeps to its limit."""
        return require(f"{type(self).__name__}: {name}", value, limit)

    def with_numbers(self, number: "Any", exactly: bool = False) -> "Any":
        """A fresh object of the same configuration, its numbers of type ``number``."""
        twin = type(self)(**self.config())
        twin.set_numbers(number, exactly)
        return twin

    def set_numbers(self, number: "Any", exactly: bool = False) -> None:
        """Make the numbers of the configuration of type ``number``.

        A float that would make an exact type inexact is refused, unless ``exactly`` asks for the very value it has.
        """
        config = self.config()
        for name in self.numbers:
            value, what = config[name], f"{type(self).__name__}: {name}"
            if is_zero(value) and number is not float:
                setattr(self, name, 0)  # an exact one, though a float may have been given
            elif value is not None and not callable(value):  # a learning rate may be a function
                if isinstance(value, REAL):
                    require(what, value, FINITE)
                setattr(
                    self, name, convert(value, number) if exactly else cast(value, number, what)
                )

    def __repr__(self) -> str:
        config = self.config()
        shown = [
            name for name in self.arguments if config[name] or name not in self.zero_by_default
        ]
        given = [f"{name}={config[name]!r}" for name in shown]
        return "{}({})".format(type(self).__name__, ", ".join(given))


def is_zero(value: "Number") -> bool:
    """Whether a hyperparameter is 0, which means that something is not wanted; it is a plain 0 in every network."""
    return isinstance(value, REAL) and value == 0


def convert(value: "Number", number: "Any") -> "Number":
    """The value as a ``number``, whatever type it had: asked for in so many words, unlike ``cast``."""
    return value if type(value) is number else number(value)


class Parameter:
    """One array that is learnt: a matrix, or a flat list such as a bias.

    ``name``      "0.weights": the layer's index in the network, and the array's name in the layer
    ``shape``     (rows, columns), or (length,) of a flat list; None until it is known
    ``value``     the numbers; assigning checks their shape and converts ints
    ``gradient``  of the loss in each number, in the same shape; set by ``backward``
    ``frozen``    whether training leaves it as it is

    >>> bias = Parameter("bias", (2,))
    >>> bias.value = [1, 2]
    >>> bias.value
    [1, 2]
    >>> bias.value = [1, 2, 3]
    Traceback (most recent call last):
        ...
    ValueError: bias: 3 given, 2 needed
    """

    def __init__(
        self,
        role: str,
        shape: "Optional[Tuple[int, ...]]" = None,
        value: "Any" = None,
        frozen: bool = False,
    ) -> None:
        self.role = self.name = role
        self.shape = shape
        self.frozen = frozen
        self.number: "Any" = (
            None  # the type of its numbers; until a network sets it, they are kept as given
        )
        self.gradient: "Any" = None
        self.rows: "Any" = (
            None  # the numbers as rows, of a flat list one; training assigns new ones at a stroke
        )
        if value is not None:
            self.value = value

    @property
    def flat(self) -> bool:
        """Whether it is a flat list."""
        return self.shape is not None and len(self.shape) == 1

    @property
    def value(self) -> "Any":
        return self.rows[0] if self.flat and self.rows else self.rows

    @value.setter
    def value(self, value: "Any") -> None:
        if self.shape is None or self.flat:
            row = matrix.accept_row(
                matrix.accept_rows(value, self.name), self.number, self.name, None
            )
            rows, found = [row], (len(row),)  # type: Matrix, Tuple[int, ...]
        else:
            rows = matrix.accept(value, self.number, self.name)
            found = matrix.shape(rows)
        if self.shape is None:
            self.shape = found
        if found != tuple(self.shape):
            raise ValueError(f"{self.name}: {_size(found)} given, {_size(self.shape)} needed")
        self.rows = rows

    @property
    def gradient_rows(self) -> "Matrix":
        """The gradient in the shape of ``rows``."""
        return [self.gradient] if self.flat else self.gradient

    def fits(self, value: "Any") -> bool:
        """Whether a value is of the parameter's shape."""
        return tuple(self.shape or ()) == ((len(value),) if self.flat else matrix.shape(value))

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return sum([len(row) for row in self.rows or []])

    def convert(self, number: "Any", exactly: bool = False) -> None:
        """From now on the numbers are of the type ``number``; ``exactly`` as in ``with_numbers``."""
        self.number = number
        if self.rows is not None:
            to: "Any" = convert if exactly else lambda v, number: cast(v, number, self.name)
            self.rows = [[to(v, number) for v in row] for row in self.rows]

    def take_over(self, other: "Parameter", number: "Any") -> None:
        """Become another's equal, with numbers of the type ``number``."""
        self.shape, self.frozen, self.rows = other.shape, other.frozen, other.rows
        self.convert(number, exactly=True)

    def __repr__(self) -> str:
        return "Parameter({!r}, {})".format(
            self.name, "not yet known" if self.shape is None else _size(self.shape)
        )


def _size(shape: "Tuple[int, ...]") -> str:
    return "×".join([str(n) for n in shape])


def without_batch(self: "Any") -> "Dict[str, Any]":
    """What a pickle holds: no matrix of the last batch. Attributes of such matrices have capital names: X, Z, A."""
    return {name: value for name, value in self.__dict__.items() if not name.isupper()}


class Layer(Configured):
    """What goes forward and backward. ``inputs`` and ``outputs`` are its widths, None where any will do.

    What ``forward`` keeps for ``backward`` has a capital name, such as ``self.X``: it stays out of pickles.
    """

    inputs: "Optional[int]" = None
    outputs: "Optional[int]" = None
    generator: "Optional[Generator]" = (
        None  # the random numbers of a training step; None in prediction
    )
    passes_back = True  # whether anybody wants what backward returns: in training, not the first layer that learns

    def parameters(self) -> "List[Parameter]":
        """What is learnt, in a fixed order."""
        return []

    def build(self, inputs: "Optional[int]", generator: "Generator") -> None:
        """Draw the parameters that were not given; ``inputs`` is the width that arrives, where it is known."""

    def forward(self, X: "Matrix") -> "Matrix":
        """The layer's output (samples × outputs) for its input (samples × inputs), kept for ``backward``."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dA: "Matrix") -> "Matrix":
        """From the loss's slope in the output that in the input; sets the gradient of each parameter on the way."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def penalty(self) -> "Number":
        """What the layer adds to the loss of a training step; None for nothing."""

    __getstate__ = without_batch


def find(kind: str, given: "Any", family: "Dict[str, Any]", base: "Any") -> "Any":
    """The object of a ``family`` that is meant by its name, its class, or itself.

    >>> find("layer", "relu", {"identity": Layer}, Layer)
    Traceback (most recent call last):
        ...
    ValueError: layer 'relu' is unknown; there are: identity
    """
    if isinstance(given, str):
        if given not in family:
            raise ValueError(
                "{} {!r} is unknown; there are: {}".format(kind, given, ", ".join(sorted(family)))
            )
        given = family[given]
    given = given() if isinstance(given, type) else given
    if not isinstance(given, base):
        raise TypeError(
            f"{kind}: {given!r} is a {type(given).__name__}; give a name or {kind} object"
        )
    return given
