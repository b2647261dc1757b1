"""Further activation functions, each with its derivative directly under it.

    Clip  HardSigmoid  HardSwish  CELU  Exp  Mish  Softsign  ThresholdedReLU    element by element
    PReLU                                                           element by element; it learns
    LogSoftmax                                                      row by row

    z    one element of the input          Z    the input,  samples × features
    a    one element of the output         A    the output, samples × features
    dA   the gradient of the loss at A     dZ   the gradient of the loss at Z

>>> Clip(0, 6).forward([[-1.0, 2.0, 7.0]])
[[0, 2.0, 6]]
"""

# ruff: noqa: B008  (a Default never changes)

from ..core import matrix
from ..core.activations import Activation
from ..core.checks import ABOVE_0, COUNT, FINITE
from ..core.functions import (
    exp,
    expm1,
    largest_of,
    log,
    positive_part,
    sigmoid,
    softplus,
    tanh,
    total,
    where,
    whole,
)
from ..core.layer import Default, Layer, Parameter
from ..core.random import Generator
from ..core.types import Any, IntOrNone, Matrix, Names, Number, Parameters, Row


def between(z: Number, low: Number, high: Number) -> Number:
    """Return z, or the limit that it exceeds. At a limit the derivative is 0, that of the limit.

    >>> between(7.0, 0, 6)
    6
    """
    return where(z > low, where(z < high, z, high), low)


class Clip(Activation):
    """a = min(max(z, low), high)

    ``low`` or ``high`` may be None, for no limit. Clip(0, 6) is called ReLU6, Clip(-1, 1) Hardtanh.
    """

    arguments = numbers = ("low", "high")

    def __init__(self, low: Any = -1, high: Any = 1) -> None:
        self.low: Any = None if low is None else self.require("low", low, FINITE)
        self.high: Any = None if high is None else self.require("high", high, FINITE)
        if None not in (low, high) and low > high:
            raise ValueError(f"Clip: low is {low} and high is {high}; low must not be above high")

    def function(self, z: Number) -> Number:
        a = z
        if self.high is not None:
            a = where(z < self.high, z, self.high)
        if self.low is not None:
            a = where(z > self.low, a, self.low)
        return a

    def derivative(self, z: Number, a: Number) -> Number:
        derivative: Any = 1
        if self.high is not None:
            derivative = where(z < self.high, derivative, 0)
        if self.low is not None:
            derivative = where(z > self.low, derivative, 0)
        return derivative


class HardSigmoid(Activation):
    """a = min(max(alpha·z + beta, 0), 1), a sigmoid of three straight lines"""

    arguments = numbers = ("alpha", "beta")

    def __init__(self, alpha: Number = Default(1, 6), beta: Number = Default(1, 2)) -> None:
        self.alpha = self.require("alpha", alpha, FINITE)
        self.beta = self.require("beta", beta, FINITE)

    def function(self, z: Number) -> Number:
        line = z * self.alpha + self.beta
        return between(line, whole(0, z), whole(1, z))

    def derivative(self, z: Number, a: Number) -> Number:
        line = z * self.alpha + self.beta
        return where(line > 0, where(line < 1, self.alpha, 0), 0)


class HardSwish(Activation):
    """a = z·min(max(z + 3, 0), 6)/6 (Howard et al. 2019)"""

    def function(self, z: Number) -> Number:
        return z * between(z + 3, whole(0, z), whole(6, z)) / 6

    def derivative(self, z: Number, a: Number) -> Number:
        return where(z > -3, where(z < 3, (2 * z + 3) / 6, 1), 0)


class CELU(Activation):
    """a = z where z > 0, else alpha·(e^(z/alpha) - 1) (Barron 2017)

    Computed with min(z, 0) in the exponent, because both cases are computed, and exp() must not
    overflow.
    """

    arguments = numbers = ("alpha",)

    def __init__(self, alpha: Number = 1) -> None:
        self.alpha = self.require("alpha", alpha, ABOVE_0)

    def function(self, z: Number) -> Number:
        # min(z, 0) is written as -positive_part(-z).
        return where(z > 0, z, self.alpha * expm1(-positive_part(-z) / self.alpha))

    def derivative(self, z: Number, a: Number) -> Number:
        # Where z <= 0, the derivative e^(z/alpha) is (alpha·(e^(z/alpha) - 1))/alpha + 1.
        return where(z > 0, 1, a / self.alpha + 1)


class Exp(Activation):
    """a = e^z, the inverse of a logarithmic link, as in Poisson regression"""

    def function(self, z: Number) -> Number:
        return exp(z)

    def derivative(self, z: Number, a: Number) -> Number:
        return a


class Mish(Activation):
    """a = z·tanh(ln(1 + e^z)) (Misra 2019)"""

    def function(self, z: Number) -> Number:
        return z * tanh(softplus(z))

    def derivative(self, z: Number, a: Number) -> Number:
        t = tanh(softplus(z))
        return t + z * (1 - t * t) * sigmoid(z)


class Softsign(Activation):
    """a = z/(1 + |z|), between -1 and 1"""

    def function(self, z: Number) -> Number:
        return z / (1 + abs(z))

    def derivative(self, z: Number, a: Number) -> Number:
        return 1 / ((1 + abs(z)) * (1 + abs(z)))


class ThresholdedReLU(Activation):
    """a = z where z > alpha, else 0 (Konda, Memisevic & Krueger 2015)"""

    arguments = numbers = ("alpha",)

    def __init__(self, alpha: Number = 1) -> None:
        self.alpha = self.require("alpha", alpha, FINITE)

    def function(self, z: Number) -> Number:
        return where(z > self.alpha, z, whole(0, z))

    def derivative(self, z: Number, a: Number) -> Number:
        return where(z > self.alpha, 1, 0)


class PReLU(Layer):
    """a = z where z > 0, else slope·z, where the slopes are learned (He, Zhang, Ren & Sun 2015)

    ``count``   1 for one slope that all features share, or the number of features
    ``slope``   a list of ``count`` numbers; if not given, 1/4 each

    >>> layer = PReLU(2, slope=[0.5, 0.25])
    >>> layer.forward([[-2.0, 4.0]])
    [[-1.0, 4.0]]
    >>> layer.backward([[1.0, 1.0]])
    [[0.5, 1.0]]
    >>> layer.slope.gradient
    [-2.0, 0.0]
    """

    arguments: Names = ("count",)
    in_parameters = ("slope",)

    def __init__(self, count: int = 1, slope: Any = None) -> None:
        self.count: int = self.require("count", count, COUNT)
        self.slope = Parameter("slope", (self.count,), slope)
        if self.count > 1:
            self.inputs = self.outputs = self.count

    def parameters(self) -> Parameters:
        return [self.slope]

    def build(self, inputs: IntOrNone, generator: Generator) -> None:
        if self.slope.value is None:
            self.slope.value = [1 / 4] * self.count

    def slopes(self, z: Row) -> Row:
        """Return one slope for each element of the row z."""
        slope: Row = self.slope.value
        return slope if self.count > 1 else slope * len(z)

    def forward(self, Z: Matrix) -> Matrix:
        self.Z = Z  # samples × features
        return [[where(z > 0, z, s * z) for z, s in zip(row, self.slopes(row))] for row in Z]

    def backward(self, dA: Matrix) -> Matrix:
        """dz = da where z > 0, else slope·da"""
        self.set_gradients(dA)
        return [
            [da * where(z > 0, 1, s) for da, z, s in zip(row, z_row, self.slopes(row))]
            for row, z_row in zip(dA, self.Z)
        ]

    def set_gradients(self, dA: Matrix) -> None:
        """d_slope = the sum of da·z where z <= 0, over samples and the features that share it"""
        terms = [
            [where(z > 0, whole(0, z), da * z) for da, z in zip(row, z_row)]
            for row, z_row in zip(dA, self.Z)
        ]
        sums = matrix.sum_columns(terms)
        self.slope.gradient = sums if self.count > 1 else [total(sums)]


class LogSoftmax(Layer):
    """a_k = z_k - ln Σ_j e^z_j in each row: the logarithm of a softmax

    Computed after the largest z of the row is subtracted from each z, which cancels, so that exp()
    cannot overflow.
    """

    def forward(self, Z: Matrix) -> Matrix:
        self.A = [self.logarithms(z) for z in Z]  # samples × classes
        return self.A

    def logarithms(self, z: Row) -> Row:
        largest = largest_of(z)
        shifted = [z_k - largest for z_k in z]
        rest = log(total([exp(s) for s in shifted]))
        return [s - rest for s in shifted]

    def backward(self, dA: Matrix) -> Matrix:
        return [self.gradient(a, da) for a, da in zip(self.A, dA)]  # samples × classes

    def gradient(self, a: Row, da: Row) -> Row:
        """dz_k = da_k - e^a_k·Σ_j da_j, because ∂a_j/∂z_k = (1 if j = k else 0) - e^a_k"""
        sum_of_da = total(da)
        return [da_k - exp(a_k) * sum_of_da for a_k, da_k in zip(a, da)]
