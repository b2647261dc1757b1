"""What a layer is, and what layers, losses and optimizers have in common.

    Configured   named arguments, and from them a repr, copies, and a description for files
    Parameter    one array that training changes
    Layer        what goes forward and backward

**A user-defined layer** is a subclass of ``Layer`` with ``forward`` and ``backward``. A layer with
parameters holds ``Parameter`` objects, lists them in ``parameters()``, and sets the ``gradient`` of each
in ``backward``:

>>> from scratchnet import matrix
>>> class Scale(Layer):                                 # a = s * x, one s per feature
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
from .checks import FINITE, accept, accept_row, accept_rows, cast, convert, is_zero, require
from .elementary import REAL
from .random import Generator
from .types import (
    Any,
    GeneratorOrNone,
    IntOrNone,
    Limit,
    Matrix,
    Names,
    Number,
    NumberType,
    Parameters,
    Settings,
    Shape,
    ShapeOrNone,
)


class Configured:
    """An object described by its constructor's arguments, each kept in an attribute of its name."""

    arguments: Names = ()  # the constructor's arguments
    in_parameters: Names = ()  # arguments that the parameters hold afterwards; not in `arguments`
    numbers: Names = ()  # the arguments that enter the arithmetic
    zero_by_default: Names = ()  # the arguments that a repr leaves out if they are 0 or None

    def config(self) -> Settings:
        """Return the arguments that make an equal object.

        An argument that the class does not name is refused where Python shows it; MicroPython
        does not.
        """
        code = getattr(getattr(type(self), "__init__", None), "__code__", None)
        known = self.arguments + self.in_parameters
        for name in code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount] if code else ():
            if name not in known:
                kind = type(self).__name__
                raise TypeError(
                    f"{kind}: __init__ takes {name}, which the class must name: "
                    f'arguments = ("{name}",)'
                )
        return {name: getattr(self, name) for name in self.arguments}

    def require(self, name: str, value: Any, limit: Limit) -> Any:
        """Return the argument if it is within its limit; otherwise refuse it."""
        return require(f"{type(self).__name__}: {name}", value, limit)

    def with_numbers(self, number: NumberType, exactly: bool = False) -> Any:
        """Return a new object of the same configuration with numbers of the type ``number``."""
        twin = type(self)(**self.config())
        twin.set_numbers(number, exactly)
        return twin

    def set_numbers(self, number: NumberType, exactly: bool = False) -> None:
        """Convert the numbers of the configuration to the type ``number``.

        A float that would make an exact type inexact is refused, unless ``exactly`` asks for its
        exact value.
        """
        config = self.config()
        for name in self.numbers:
            value = config[name]
            what = f"{type(self).__name__}: {name}"
            if is_zero(value) and number is not float:
                setattr(self, name, 0)  # exact, even if it was given as a float
            elif value is not None and not callable(value):  # A learning rate can be a function.
                if isinstance(value, REAL):
                    require(what, value, FINITE)
                setattr(
                    self, name, convert(value, number) if exactly else cast(value, number, what)
                )

    def __repr__(self) -> str:
        config = self.config()
        given = []
        for name in self.arguments:
            if config[name] or name not in self.zero_by_default:
                given.append(f"{name}={config[name]!r}")
        return f"{type(self).__name__}({', '.join(given)})"


class Parameter:
    """One array that training changes: a matrix, or a flat list such as a bias.

    ``name``      "0.weights": the index of the layer in the network, and the name in the layer
    ``shape``     (rows, columns), or (length,) for a flat list; None until it is known
    ``value``     the numbers; an assignment checks their shape and converts ints
    ``gradient``  the gradient of the loss, in the same shape; ``backward`` sets it
    ``frozen``    whether training leaves the numbers as they are

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
        self, role: str, shape: ShapeOrNone = None, value: Any = None, frozen: bool = False
    ) -> None:
        self.role = self.name = role
        self.shape = shape
        self.frozen = frozen
        self.number: NumberType = None  # Until a network sets it, numbers are kept as given.
        self.gradient: Any = None
        self.rows: Any = None  # the numbers as a matrix; training assigns new rows, all at once
        if value is not None:
            self.value = value

    @property
    def flat(self) -> bool:
        """Whether it is a flat list."""
        return self.shape is not None and len(self.shape) == 1

    @property
    def value(self) -> Any:
        return self.rows[0] if self.flat and self.rows else self.rows

    @value.setter
    def value(self, value: Any) -> None:
        if self.shape is None or self.flat:
            row = accept_row(accept_rows(value, self.name), self.number, self.name, None)
            rows: Matrix = [row]
            shape: Shape = (len(row),)
        else:
            rows = accept(value, self.number, self.name)
            shape = matrix.shape(rows)
        if self.shape is None:
            self.shape = shape
        if shape != tuple(self.shape):
            raise ValueError(f"{self.name}: {_size(shape)} given, {_size(self.shape)} needed")
        self.rows = rows

    @property
    def gradient_rows(self) -> Matrix:
        """The gradient as a matrix, in the shape of ``rows``."""
        return [self.gradient] if self.flat else self.gradient

    def fits(self, value: Any) -> bool:
        """Whether a value has the shape of the parameter."""
        shape = (len(value),) if self.flat else matrix.shape(value)
        return tuple(self.shape or ()) == shape

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return sum([len(row) for row in self.rows or []])

    def convert(self, number: NumberType, exactly: bool = False) -> None:
        """Convert the numbers to the type ``number``; ``exactly`` as in ``with_numbers``."""
        self.number = number
        if self.rows is None:
            return
        if exactly:
            self.rows = [[convert(v, number) for v in row] for row in self.rows]
        else:
            self.rows = [[cast(v, number, self.name) for v in row] for row in self.rows]

    def take_over(self, other: "Parameter", number: NumberType) -> None:
        """Become equal to another parameter, with numbers of the type ``number``."""
        self.shape = other.shape
        self.frozen = other.frozen
        self.rows = other.rows
        self.convert(number, exactly=True)

    def __repr__(self) -> str:
        size = "not yet known" if self.shape is None else _size(self.shape)
        return f"Parameter({self.name!r}, {size})"


def _size(shape: Shape) -> str:
    return "×".join([str(n) for n in shape])


def without_batch(self: Any) -> Settings:
    """Return what a pickle holds: everything except the matrices of the last batch.

    Attributes that hold such matrices have capital names: X, Z, A.
    """
    return {name: value for name, value in self.__dict__.items() if not name.isupper()}


class Layer(Configured):
    """What goes forward and backward. ``inputs`` and ``outputs`` are its widths; None means any.

    What ``forward`` keeps for ``backward`` has a capital name, such as ``self.X``. Pickles leave it out.
    """

    inputs: IntOrNone = None
    outputs: IntOrNone = None
    generator: GeneratorOrNone = None  # the random numbers of a training step; None in prediction

    def parameters(self) -> Parameters:
        """Return what training changes, in a fixed order."""
        return []

    def build(self, inputs: IntOrNone, generator: Generator) -> None:
        """Draw the parameters that were not given; ``inputs`` is the width before it, if known."""

    def is_adapted(self) -> bool:
        """Whether the layer knows all that ``adapt`` learns; a layer that needs no ``adapt`` does."""
        return True

    def adapt(self, X: Any) -> None:
        """Learn from the inputs X of the whole training set what must be known before training."""

    def forward(self, X: Matrix) -> Matrix:
        """Return the output (samples × outputs) for the input X (samples × inputs).

        Keep in attributes what ``backward`` needs.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dA: Matrix) -> Matrix:
        """Return the gradient of the loss at the input, given the gradient dA at the output.

        Also set the gradient of each parameter. Both are for the last batch that went forward.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def set_gradients(self, dA: Matrix) -> None:
        """Set the gradient of each parameter, as ``backward`` does.

        Training calls this for the first layer that learns, because nothing needs the gradient at
        its input.
        """
        self.backward(dA)

    def penalty(self) -> Number:
        """Return what the layer adds to the loss of a training step, or None for nothing."""

    def add_penalty_gradient(self) -> None:
        """Add the gradient of ``penalty`` to the gradients of the parameters."""

    __getstate__ = without_batch
