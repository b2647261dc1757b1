"""The layers with parameters or random numbers, each with ``backward`` directly under ``forward``.

    Dense            Z = X·W + b
    Dropout          sets randomly chosen numbers to 0, in training only
    Normalization    subtracts the mean of each feature and divides by its spread

    X    the input,  samples × inputs       dX    the gradient of the loss at X
    Z    the output, samples × outputs      dZ    the gradient of the loss at Z

The activations (activations.py) are layers, too. layer.py shows how to define a layer.
"""

# ruff: noqa: B008  (a Default never changes)

from . import matrix
from .activations import ACTIVATIONS
from .checks import (
    AT_LEAST_0,
    BELOW_1,
    COUNT,
    accept_row,
    accept_rows,
    is_sequence,
    is_zero,
    look_up,
)
from .functions import sign, sqrt, total, where, whole
from .initializers import INITIALIZERS
from .layer import Default, Layer, Parameter
from .random import Generator
from .types import (
    Any,
    Family,
    Function,
    IntOrNone,
    Limit,
    Matrix,
    Names,
    Number,
    Parameters,
    Row,
    Rows,
)

INITIALIZER: Limit = (callable, "a name, or a function (inputs, outputs, generator)")


class Dense(Layer):
    """Each output is a weighted sum of all inputs, plus a bias: Z = X·W + b.

    ``weights``      inputs × outputs; if not given, drawn by ``initializer``
    ``bias``         a list of ``outputs`` numbers; if not given or True, zeros; False means no bias
    ``l1``, ``l2``   penalties; training adds l1·Σ|w| + ½·l2·Σw² over all weights to the loss
    ``activation``   an activation, as a name or an object, that the network places after the layer

    >>> layer = Dense(2, 1, weights=[[0.4], [0.2]], bias=[1])
    >>> layer.forward([[1.0, 1.0]])
    [[1.6]]
    >>> layer.backward([[0.5]])
    [[0.2, 0.1]]
    >>> layer.weights.gradient, layer.bias.gradient
    ([[0.5], [0.5]], [0.5])
    """

    arguments: Names = ("inputs", "outputs", "l1", "l2")
    in_parameters = ("weights", "bias", "initializer", "activation")
    numbers = zero_by_default = ("l1", "l2")

    def __init__(
        self,
        inputs: int,
        outputs: int,
        weights: Any = None,
        bias: Any = None,
        initializer: Any = "glorot_uniform",
        l1: Number = 0,
        l2: Number = 0,
        activation: Any = None,
    ) -> None:
        self.inputs: int = self.require("inputs", inputs, COUNT)
        self.outputs: int = self.require("outputs", outputs, COUNT)
        self.l1 = self.require("l1", l1, AT_LEAST_0)
        self.l2 = self.require("l2", l2, AT_LEAST_0)
        self.initializer: Any = self.require(
            "initializer", look_up("initializer", initializer, INITIALIZERS, object), INITIALIZER
        )
        self.weights = Parameter("weights", (self.inputs, self.outputs), weights)
        if bias is False:
            self.bias: Any = False
            self.arguments = Dense.arguments + ("bias",)
        else:
            self.bias = Parameter("bias", (self.outputs,), _flat(bias))
        self.placed_after: Any = activation and look_up("activation", activation, LAYERS, Layer)

    def parameters(self) -> Parameters:
        return [self.weights, self.bias] if self.bias else [self.weights]

    def build(self, inputs: IntOrNone, generator: Generator) -> None:
        if self.weights.value is None:
            self.weights.value = self.initializer(self.inputs, self.outputs, generator)
            self.initializer = None  # no longer needed, and some functions cannot be pickled
        if self.bias and self.bias.value is None:
            self.bias.value = [0] * self.outputs

    def forward(self, X: Matrix) -> Matrix:
        self.X = X  # samples × inputs
        if not self.bias:
            return matrix.dot(X, self.weights.value)
        return matrix.add_row(matrix.dot(X, self.weights.value), self.bias.value)

    def backward(self, dZ: Matrix) -> Matrix:
        """dX = dZ·Wᵀ"""
        self.set_gradients(dZ)
        return matrix.dot(dZ, matrix.transpose(self.weights.value))  # samples × inputs

    def set_gradients(self, dZ: Matrix) -> None:
        """dW = Xᵀ·dZ (inputs × outputs), db = the sum of dZ over the samples"""
        self.weights.gradient = matrix.dot(matrix.transpose(self.X), dZ)
        if self.bias:
            self.bias.gradient = matrix.sum_columns(dZ)

    def has_penalty(self) -> bool:
        return not (is_zero(self.l1) and is_zero(self.l2))

    def penalty(self) -> Number:
        weights = [w for row in self.weights.value for w in row] if self.has_penalty() else []
        return total([self.penalty_term(w) for w in weights]) if weights else None

    def add_penalty_gradient(self) -> None:
        if self.has_penalty():
            W = self.weights
            W.gradient = matrix.add(W.gradient, matrix.apply(self.penalty_derivative, W.value))

    def penalty_term(self, w: Number) -> Number:
        """l1·|w| + ½·l2·w²"""
        return self.l2 * w * w / 2 if is_zero(self.l1) else self.l1 * abs(w) + self.l2 * w * w / 2

    def penalty_derivative(self, w: Number) -> Number:
        """The derivative of ``penalty_term``: l1·sign(w) + l2·w"""
        return self.l2 * w if is_zero(self.l1) else self.l1 * sign(w) + self.l2 * w


def _flat(bias: Any) -> Any:
    """Return a given bias as a flat list, or None if zeros will do.

    The bias of many NumPy programs has the shape (1, outputs): a matrix, whose only row it is.
    """
    is_matrix = is_sequence(bias) and getattr(bias, "ndim", 2) == 2
    if is_matrix and len(bias) == 1 and is_sequence(bias[0]):
        return bias[0]
    return None if bias is True else bias


class Dropout(Layer):
    """Sets each number to 0 with probability ``rate``, and divides the others by 1 - rate.

    It does so in training only. The expected values stay the same, so that in prediction all
    numbers pass unchanged ("inverted" dropout). ``mask`` is the last draw: 1 keeps a number, and 0
    drops it.

    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout" (2014).
    """

    arguments = numbers = ("rate",)

    def __init__(self, rate: Number = Default(1, 2)) -> None:
        self.rate = self.require("rate", rate, BELOW_1)
        self.mask: Any = None

    def forward(self, X: Matrix) -> Matrix:
        self.mask = None if self.generator is None else [self.draw(row) for row in X]
        return self.masked(X)

    def backward(self, dA: Matrix) -> Matrix:
        return self.masked(dA)

    def draw(self, row: Row) -> Row:
        """Return a row of the mask."""
        return [where(self.rate <= self.generator.random(), whole(1, x), whole(0, x)) for x in row]

    def masked(self, X: Matrix) -> Matrix:
        return (
            X if self.mask is None else matrix.divide(matrix.multiply(X, self.mask), 1 - self.rate)
        )


class Normalization(Layer):
    """z = (x - mean)/spread, with the mean and the spread of each feature in the training data.

    The spread is the standard deviation, or 1 for a constant feature. ``adapt`` learns both;
    training calls it once, before the first epoch. They are frozen parameters: saved with the
    model, and unchanged by training.

    >>> layer = Normalization()
    >>> layer.adapt([[1.0, 5.0], [3.0, 5.0]])
    >>> layer.forward([[1.0, 6.0], [4.0, 5.0]])
    [[-1.0, 1.0], [2.0, 0.0]]
    """

    def __init__(self) -> None:
        self.mean = Parameter("mean", frozen=True)
        self.spread = Parameter("spread", frozen=True)

    def parameters(self) -> Parameters:
        return [self.mean, self.spread]

    def build(self, inputs: IntOrNone, generator: Generator) -> None:
        for parameter in self.parameters():
            if parameter.value is None and inputs is not None:
                parameter.shape = (inputs,)
        known = [parameter for parameter in self.parameters() if parameter.value is not None]
        if len(known) == 1:
            raise ValueError(
                f"{self.mean.name} and {self.spread.name} belong together, but only "
                f"{known[0].name} is given"
            )
        for parameter in known:
            width = inputs or self.mean.count
            if parameter.count != width:
                raise ValueError(
                    f"{parameter.name} has {parameter.count} numbers for {width} inputs"
                )

    def is_adapted(self) -> bool:
        return self.mean.value is not None and self.spread.value is not None

    def adapt(self, X: Any) -> None:
        """Learn the mean and the spread of each feature from X (samples × features).

        The variance is the mean of the squared deviations. X is read row by row, twice, and is
        never held in memory as a whole.
        """
        rows = accept_rows(X)
        # Relative to the first row, all values of a constant feature are exactly 0.
        first = self.accepted(rows[0], 0)
        shift = self.column_means(rows, lambda row: [x - x0 for x, x0 in zip(row, first)])
        mean = [x0 + d for x0, d in zip(first, shift)]
        variance = self.column_means(
            rows, lambda row: [(x - m) * (x - m) for x, m in zip(row, mean)]
        )
        self.mean.value = mean
        self.spread.value = [where(v > 0, sqrt(v), whole(1, v)) for v in variance]

    def accepted(self, row: Any, i: int, columns: IntOrNone = None) -> Row:
        return accept_row(row, self.mean.number, "X", i, columns, "row 0 has {}")

    def column_means(self, rows: Rows, function: Function) -> Row:
        """Return the mean of function(row) over all rows, column by column."""
        columns = len(rows[0])
        sums = function(self.accepted(rows[0], 0))
        for i in range(1, len(rows)):
            sums = [s + x for s, x in zip(sums, function(self.accepted(rows[i], i, columns)))]
        return [s / len(rows) for s in sums]

    def forward(self, X: Matrix) -> Matrix:
        if not self.is_adapted():
            raise ValueError(
                "Normalization has seen no data yet: "
                "fit the network, or call adapt with training data"
            )
        if matrix.shape(X)[1] != self.mean.count:
            raise ValueError(
                f"Normalization was adapted to {self.mean.count} features, but X has {len(X[0])}"
            )
        mean, spread = self.mean.value, self.spread.value
        self.Z = [[(x - m) / s for x, m, s in zip(row, mean, spread)] for row in X]
        return self.Z

    def backward(self, dZ: Matrix) -> Matrix:
        """dX = dZ/spread; over the samples, d_mean is the sum of -dX and d_spread that of -dX·Z"""
        dX = [[dz / s for dz, s in zip(row, self.spread.value)] for row in dZ]
        self.mean.gradient = [-d for d in matrix.sum_columns(dX)]
        self.spread.gradient = [-d for d in matrix.sum_columns(matrix.multiply(dX, self.Z))]
        return dX


LAYERS: Family = dict(
    {"Dense": Dense, "Dropout": Dropout, "Normalization": Normalization}, **ACTIVATIONS
)
