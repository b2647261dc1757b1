"""The layers with parameters or chance in them; each forward with its backward right under it.

    Dense            Z = X·W + b
    Dropout          leaves out some of the numbers, in training
    Normalization    takes off the mean and divides by the spread that the training data have

    X    the input,  samples × inputs       dX    the loss's slope in X
    Z    the output, samples × outputs      dZ    the loss's slope in Z

The activations (activations.py) are layers too; what a layer of one's own needs is in protocol.py.
"""

from . import matrix
from .activations import ACTIVATIONS
from .functions import sign, sqrt, total, where, whole
from .initializers import INITIALIZERS
from .layer import AT_LEAST_0, BELOW_1, COUNT, Layer, Parameter, find, is_zero

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Dict, List, Matrix, Number, Optional, Row
    from .random import Generator


class Dense(Layer):
    """Every output is a weighted sum of every input, plus a bias: Z = X·W + b.

    ``weights``      inputs × outputs, as given or drawn by ``initializer``
    ``bias``         a list of outputs, as given or zeros
    ``l1``, ``l2``   penalties that training adds to the loss: l1·Σ|w| + ½·l2·Σw², over the weights

    >>> layer = Dense(2, 1, weights=[[0.4], [0.2]], bias=[1])
    >>> layer.forward([[1.0, 1.0]])
    [[1.6]]
    >>> layer.backward([[0.5]])
    [[0.2, 0.1]]
    >>> layer.weights.gradient, layer.bias.gradient
    ([[0.5], [0.5]], [0.5])
    """

    arguments = ("inputs", "outputs", "l1", "l2")
    in_parameters = ("weights", "bias", "initializer")
    numbers = zero_by_default = ("l1", "l2")

    def __init__(
        self,
        inputs: int,
        outputs: int,
        weights: "Any" = None,
        bias: "Any" = None,
        initializer: "Any" = "glorot_uniform",
        l1: "Number" = 0,
        l2: "Number" = 0,
    ) -> None:
        self.inputs: int = self.require("inputs", inputs, COUNT)
        self.outputs: int = self.require("outputs", outputs, COUNT)
        self.l1 = self.require("l1", l1, AT_LEAST_0)
        self.l2 = self.require("l2", l2, AT_LEAST_0)
        self.initializer: "Any" = find("initializer", initializer, INITIALIZERS, object)
        self.require(
            "initializer",
            self.initializer,
            (callable, "a name, or a function (inputs, outputs, generator)"),
        )
        self.weights = Parameter("weights", (self.inputs, self.outputs), weights)
        self.bias = Parameter("bias", (self.outputs,), bias)

    def parameters(self) -> "List[Parameter]":
        return [self.weights, self.bias]

    def build(self, inputs: "Optional[int]", generator: "Generator") -> None:
        if self.weights.value is None:
            self.weights.value = self.initializer(self.inputs, self.outputs, generator)
            self.initializer = (
                None  # it has done its work, and might be a function that cannot be pickled
            )
        if self.bias.value is None:
            self.bias.value = [0] * self.outputs

    def forward(self, X: "Matrix") -> "Matrix":
        self.X = X
        return matrix.add_row(matrix.dot(X, self.weights.value), self.bias.value)

    def backward(self, dA: "Matrix") -> "Matrix":
        dW = matrix.dot(matrix.transpose(self.X), dA)
        if not (is_zero(self.l1) and is_zero(self.l2)):
            dW = matrix.add(dW, matrix.apply(self.penalty_slope, self.weights.value))
        self.weights.gradient = dW
        self.bias.gradient = matrix.sum_columns(dA)
        return matrix.dot(dA, matrix.transpose(self.weights.value)) if self.passes_back else dA

    def penalty(self) -> "Number":
        if is_zero(self.l1) and is_zero(self.l2):
            return None
        return total([self.penalty_term(w) for row in self.weights.value for w in row])

    def penalty_term(self, w: "Number") -> "Number":
        return self.l2 * w * w / 2 if is_zero(self.l1) else self.l1 * abs(w) + self.l2 * w * w / 2

    def penalty_slope(self, w: "Number") -> "Number":
        return self.l2 * w if is_zero(self.l1) else self.l1 * sign(w) + self.l2 * w


class Dropout(Layer):
    """In training, each number is left out with the probability ``rate``, the others divided by 1 - rate.

    The expected value stays, so that prediction needs no change and does nothing here ("inverted" dropout).
    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout" (2014). ``mask`` holds the last draw.
    """

    arguments = numbers = ("rate",)

    def __init__(self, rate: "Number" = 0.5) -> None:
        self.rate = self.require("rate", rate, BELOW_1)
        self.mask: "Optional[Matrix]" = None

    def forward(self, X: "Matrix") -> "Matrix":
        self.mask = (
            None if self.generator is None else [self.draw(row, self.generator) for row in X]
        )
        return self.masked(X)

    def backward(self, dA: "Matrix") -> "Matrix":
        return self.masked(dA)

    def draw(self, row: "Row", generator: "Generator") -> "Row":
        """1 for a number that stays, 0 for one left out."""
        return [where(self.rate <= generator.random(), whole(1, x), whole(0, x)) for x in row]

    def masked(self, X: "Matrix") -> "Matrix":
        return (
            X if self.mask is None else matrix.divide(matrix.multiply(X, self.mask), 1 - self.rate)
        )


class Normalization(Layer):
    """z = (x - mean)/spread, feature by feature, with the mean and the spread of the training data.

    ``adapt`` learns them (training does so by itself, once); they belong to the model, are saved with it, and stay
    as they are in training: two frozen parameters. A feature without any spread is only centred.

    >>> layer = Normalization()
    >>> layer.adapt([[1.0, 5.0], [3.0, 5.0]])
    >>> layer.forward([[1.0, 6.0], [4.0, 5.0]])
    [[-1.0, 1.0], [2.0, 0.0]]
    """

    def __init__(self) -> None:
        self.mean = Parameter("mean", frozen=True)
        self.spread = Parameter("spread", frozen=True)

    def parameters(self) -> "List[Parameter]":
        return [self.mean, self.spread]

    def build(self, inputs: "Optional[int]", generator: "Generator") -> None:
        for parameter in self.parameters():
            if parameter.value is None and inputs is not None:
                parameter.shape = (inputs,)
        known = [parameter for parameter in self.parameters() if parameter.value is not None]
        if len(known) == 1:
            raise ValueError(
                f"of {self.mean.name} and {self.spread.name} only {known[0].name} is given"
            )
        for parameter in known:
            width = inputs or self.mean.count
            if parameter.count != width:
                raise ValueError(
                    f"{parameter.name} has {parameter.count} numbers, but {width} inputs arrive"
                )

    @property
    def adapted(self) -> bool:
        return self.mean.value is not None and self.spread.value is not None

    def adapt(self, X: "Any") -> None:
        """Learn the mean and the spread (the root of the mean squared deviation) of every feature of X.

        X is gone through twice, row by row, and never held as a whole.
        """
        rows = matrix.accept_rows(X)
        first = self.accepted(
            rows[0], 0
        )  # as the origin, so that a feature which never changes deviates by exactly 0
        shift = self.column_means(rows, lambda row: [x - x0 for x, x0 in zip(row, first)])
        mean = [x0 + d for x0, d in zip(first, shift)]
        variance = self.column_means(
            rows, lambda row: [(x - m) * (x - m) for x, m in zip(row, mean)]
        )
        self.mean.value = mean
        self.spread.value = [where(v > 0, sqrt(v), whole(1, v)) for v in variance]

    def accepted(self, row: "Any", i: int, columns: "Any" = None) -> "Row":
        return matrix.accept_row(row, self.mean.number, "X", i, columns, "row 0 has {}")

    def column_means(self, rows: "Any", of: "Any") -> "Row":
        """The mean of of(row) over all the rows, column by column."""
        columns = len(rows[0])
        sums = of(self.accepted(rows[0], 0))
        for i in range(1, len(rows)):
            sums = [s + x for s, x in zip(sums, of(self.accepted(rows[i], i, columns)))]
        return [s / len(rows) for s in sums]

    def forward(self, X: "Matrix") -> "Matrix":
        if not self.adapted:
            raise ValueError(
                "Normalization has seen no data yet: fit the network, or call adapt with training data"
            )
        if matrix.shape(X)[1] != self.mean.count:
            raise ValueError(
                f"Normalization has learnt {self.mean.count} features, but {len(X[0])} arrive"
            )
        self.Z = [
            [(x - m) / s for x, m, s in zip(row, self.mean.value, self.spread.value)] for row in X
        ]
        return self.Z

    def backward(self, dA: "Matrix") -> "Matrix":
        dX = [[dz / s for dz, s in zip(row, self.spread.value)] for row in dA]
        self.mean.gradient = [-d for d in matrix.sum_columns(dX)]
        self.spread.gradient = [-d for d in matrix.sum_columns(matrix.multiply(dX, self.Z))]
        return dX


LAYERS: "Dict[str, Any]" = {"Dense": Dense, "Dropout": Dropout, "Normalization": Normalization}
LAYERS.update(ACTIVATIONS)
