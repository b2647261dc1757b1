"""What a layer is, and what layers, losses and optimizers have in common.

    Default      a default value that is exact in every number type
    Configured   an object described by its constructor's arguments: its repr, copies and files
    Parameter    one array of numbers that training changes
    Layer        the base class of layers

**A user-defined layer** is a subclass of ``Layer`` that defines ``forward`` and ``backward``. A
layer with parameters holds ``Parameter`` objects, returns them from ``parameters()``, and sets the
``gradient`` of each in ``backward``:

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
from .plug_points import PLUG_POINTS
from .random import Generator
from .types import (
    Any,
    IntOrNone,
    Layers,
    Limit,
    Matrix,
    Names,
    Number,
    NumberType,
    Parameters,
    Settings,
    Shape,
)


class Default:
    """The default n/d of a hyperparameter. Each number type converts it exactly, or rounds once.

    Quotients of integers are also safe on MicroPython, which misreads some decimal literals.
    """

    def __init__(self, n: int, d: int) -> None:
        self.n, self.d = n, d

    def __repr__(self) -> str:
        return f"{self.n}/{self.d}"


class Configured:
    """An object described by its constructor's arguments, kept in attributes of the same names."""

    arguments: Names = ()  # the constructor's arguments
    in_parameters: Names = ()  # further arguments, whose values the parameters hold
    numbers: Names = ()  # those of `arguments` that enter the arithmetic
    zero_by_default: Names = ()  # those of `arguments` that the repr omits if they are 0 or None
    defaults: Settings = {}  # the Default of each argument that was not given

    def config(self) -> Settings:
        """Return the arguments that construct an equal object, by name."""
        PLUG_POINTS["check"](self)
        return {name: getattr(self, name) for name in self.arguments}

    def require(self, name: str, value: Any, limit: Limit) -> Any:
        """Return the value of the argument if it is within its limit, else raise a ValueError."""
        if isinstance(value, Default):
            self.defaults = dict(self.defaults, **{name: value})
            value = value.n / value.d
        return require(f"{type(self).__name__}: {name}", value, limit)

    def with_numbers(self, number: NumberType, exactly: bool = False) -> Any:
        """Return a new object with the same arguments, converted to the type ``number``."""
        twin = type(self)(**self.config())
        twin.defaults = self.defaults
        twin.set_numbers(number, exactly)
        return twin

    def set_numbers(self, number: NumberType, exactly: bool = False) -> None:
        """Convert those arguments that are numbers to the type ``number``.

        A float that would make an exact type inexact raises a TypeError. With ``exactly`` it is
        converted to its exact value. The numbers of a schedule are converted in a copy of it.
        """
        for name, value in self.config().items():
            if name not in self.numbers:
                continue
            what = f"{type(self).__name__}: {name}"
            if is_zero(value) and number is not float:
                setattr(self, name, 0)  # 0 is exact, even if it was given as a float.
            elif isinstance(value, Configured):
                setattr(self, name, value.with_numbers(number, exactly))
            elif value is not None and not callable(value):  # A learning rate can be a function.
                if isinstance(value, REAL):
                    require(what, value, FINITE)
                default = self.defaults.get(name)
                if exactly:
                    value = convert(value, number)
                elif default is not None and value == default.n / default.d:
                    value = number(default.n) / default.d
                setattr(self, name, cast(value, number, what))

    def __repr__(self) -> str:
        config = self.config()
        given = [
            f"{name}={config[name]!r}"
            for name in self.arguments
            if name not in self.zero_by_default or config[name]
        ]
        return f"{type(self).__name__}({', '.join(given)})"


class Parameter:
    """One array of numbers that training changes: a matrix, or a flat list such as a bias.

    ``role``       its name in the layer, such as "weights"
    ``name``       its name in the network, such as "0.weights": the index of the layer and the role
    ``shape``      (rows, columns), or (length,) for a flat list; None until it is known
    ``value``      the numbers; an assignment checks their shape and converts ints
    ``gradient``   the gradient of the loss, in the same shape; ``backward`` sets it
    ``frozen``     whether training leaves the numbers unchanged

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
        self, role: str, shape: Any = None, value: Any = None, frozen: bool = False
    ) -> None:
        self.role = self.name = role
        self.shape = shape
        self.frozen = frozen
        self.number: NumberType = None  # set by the network; until then numbers keep their types
        self.gradient: Any = None
        self.rows: Any = None  # the numbers as a matrix; a training step assigns a new matrix
        if value is not None:
            self.value = value

    @property
    def flat(self) -> bool:
        """Whether the parameter is a flat list."""
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
        self.shape = self.shape or shape
        if shape != tuple(self.shape):
            raise ValueError(
                f"{self.name}: {matrix.size(shape)} given, {matrix.size(self.shape)} needed"
            )
        self.rows = rows

    @property
    def gradient_rows(self) -> Matrix:
        """The gradient as a matrix, in the shape of ``rows``."""
        return [self.gradient] if self.flat else self.gradient

    def fits(self, value: Any) -> bool:
        """Return whether a value has the shape of the parameter."""
        rows, columns = matrix.shape([value] if self.flat else value)
        return tuple(self.shape or ()) == ((columns,) if self.flat else (rows, columns))

    @property
    def count(self) -> int:
        """The number of elements; 0 until there are any."""
        return sum([len(row) for row in self.rows or []])

    def convert(self, number: NumberType, exactly: bool = False) -> None:
        """Convert the numbers to the type ``number``; ``exactly`` is as in ``set_numbers``."""
        self.number = number
        if self.rows is None:
            return
        change = convert if exactly else lambda v, number: cast(v, number, self.name)
        self.rows = [
            list(row) if set(map(type, row)) == {number} else [change(v, number) for v in row]
            for row in self.rows
        ]

    def take_over(self, other: "Parameter", number: NumberType) -> None:
        """Copy another parameter into this one, converting its numbers to the type ``number``."""
        self.shape, self.frozen, self.rows = other.shape, other.frozen, other.rows
        self.convert(number, exactly=True)

    def __repr__(self) -> str:
        return "Parameter({!r}, {})".format(
            self.name, "not yet known" if self.shape is None else matrix.size(self.shape)
        )


def without_batch(self: Any) -> Settings:
    """Return what a pickle contains: all attributes except the matrices of the last batch.

    These matrices are the attributes with names in capitals: X, Z, A.
    """
    return {
        name: value
        for name, value in list(self.__dict__.items())  # Another thread may add one.
        if not name.isupper() or name in getattr(self, "arguments", ())
    }


class Layer(Configured):
    """The base class of layers. ``inputs`` and ``outputs`` are the widths; None means any width.

    The matrices that ``forward`` keeps for ``backward`` have names in capitals, such as ``self.X``.
    Pickles omit them.
    """

    inputs: IntOrNone = None
    outputs: IntOrNone = None
    generator: Any = None  # for random numbers in a training step; None in prediction

    def parameters(self) -> Parameters:
        """Return the layer's parameters, in a fixed order."""
        return []

    def build(self, inputs: IntOrNone, generator: Generator) -> None:
        """Set the parameters that were not given. ``inputs`` is the width of the input, or None."""

    def is_adapted(self) -> bool:
        """Return whether the layer can be used without (another) ``adapt``."""
        return True

    def adapt(self, X: Any) -> None:
        """Learn what is needed before training, from the layer's inputs X for all samples."""

    def forward(self, X: Matrix) -> Matrix:
        """Return the output (samples × outputs) for the input X (samples × inputs).

        Keep what ``backward`` needs in attributes.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dA: Matrix) -> Matrix:
        """Return the gradient of the loss at the input, given the gradient dA at the output.

        Also set the gradient of each parameter. All are for the batch of the last ``forward``.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def set_gradients(self, dA: Matrix) -> None:
        """Set the gradient of each parameter, as ``backward`` does.

        Training calls this for the first layer that learns, because the gradient at its input is
        not needed.
        """
        self.backward(dA)

    def penalty(self) -> Number:
        """Return what the layer adds to the loss in training, or None if it adds nothing."""

    def add_penalty_gradient(self) -> None:
        """Add the gradient of ``penalty`` to the gradients of the parameters."""

    __getstate__ = without_batch


# ---- layers one after the other --------------------------------------------------------------


def widths_of(layers: Layers) -> Any:
    """Return the width of the input of each layer, and that of the output; None means any width.

    Raise an error if a layer is no layer, occurs twice, or does not fit the layer before it.
    """
    if not layers:
        raise ValueError("a network has at least one layer")
    last = {id(layer): i for i, layer in enumerate(layers)}
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"layer {i} is {layer!r}; give a layer, such as Tanh()")
        if last[id(layer)] != i:
            raise ValueError(
                f"layer {last[id(layer)]}, {layer!r}, is in the network twice; "
                "make one object for each place"
            )
    # Layers before the first one with a known width accept any width and pass it on.
    known = [layer for layer in layers if layer.inputs is not None or layer.outputs is not None]
    widths = [known[0].inputs if known else None]
    for i, layer in enumerate(layers):
        width = widths[-1]
        if None not in (layer.inputs, width) and layer.inputs != width:
            raise ValueError(f"layer {i}, {layer!r}, takes {layer.inputs} inputs, but gets {width}")
        widths.append(width if layer.outputs is None else layer.outputs)
    return widths


def role_in(layer: Any, parameter: Parameter) -> str:
    """Return the name of a parameter in its layer.

    It is the role or, if several parameters have this role, the attribute that holds the inner
    layer with the parameter, and its name there: "up.weights", "blocks[1].weights".
    """
    if [p.role for p in layer.parameters()].count(parameter.role) == 1:
        return parameter.role
    inner = [
        (name if part is value else f"{name}[{n}]", part)
        for name, value in layer.__dict__.items()
        for n, part in enumerate(value if isinstance(value, (list, tuple)) else [value])
        if isinstance(part, Layer) and parameter in part.parameters()
    ]
    return f"{inner[0][0]}.{role_in(inner[0][1], parameter)}" if inner else parameter.role
