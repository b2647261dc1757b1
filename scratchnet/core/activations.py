"""The activation functions, each with its derivative directly under it.

    Identity  Sigmoid  Tanh  ReLU  LeakyReLU  ELU  SELU  GELU  Softplus  SiLU    element by element
    Threshold                                                                    passes no gradient
    Softmax                                                                      row by row

    z    one element of the input          Z    the input,  samples × features
    a    one element of the output         A    the output, samples × features
    dA   the gradient of the loss at A     dZ   the gradient of the loss at Z

>>> Sigmoid().forward([[0.0, 2.0]])
[[0.5, 0.880797077977...]]
"""

# ruff: noqa: B008  (a Default never changes)

from . import matrix
from .checks import FINITE, one_of
from .functions import (
    dot,
    erf,
    exp,
    expm1,
    largest_of,
    maximum,
    pi,
    positive_part,
    sigmoid,
    softplus,
    sqrt,
    tanh,
    total,
    where,
    whole,
)
from .layer import Default, Layer
from .types import Family, Matrix, Number, Row


class Activation(Layer):
    """An elementwise layer: a = function(z), dz = da · derivative(z, a).

    A user-defined activation defines ``function`` and ``derivative``. If these use the functions of
    functions.py rather than those of ``math``, the activation works with every number type, and
    can be checked and explained like the others.

    >>> from scratchnet import functions
    >>> class Bell(Activation):
    ...     def function(self, z):
    ...         return functions.exp(-z * z)
    ...     def derivative(self, z, a):
    ...         return -2 * z * a
    """

    def function(self, z: Number) -> Number:
        """Return a, given z."""
        raise NotImplementedError(f"{type(self).__name__} has no function")

    def derivative(self, z: Number, a: Number) -> Number:
        """Return da/dz, given z and a = function(z)."""
        raise NotImplementedError(f"{type(self).__name__} has no derivative")

    def forward(self, Z: Matrix) -> Matrix:
        self.Z = Z  # samples × features
        self.A = matrix.apply(self.function, Z)  # samples × features
        return self.A

    def backward(self, dA: Matrix) -> Matrix:
        """dZ = dA · the derivative, samples × features"""
        return matrix.multiply(dA, matrix.pairwise("derivative", self.Z, self.A, self.derivative))


class Identity(Activation):
    """a = z"""

    def function(self, z: Number) -> Number:
        return z

    def derivative(self, z: Number, a: Number) -> Number:
        return 1


class Sigmoid(Activation):
    """a = 1/(1 + e^-z), between 0 and 1

    Computed from e^-|z|, so that exp() cannot overflow.
    """

    def function(self, z: Number) -> Number:
        return sigmoid(z)

    def derivative(self, z: Number, a: Number) -> Number:
        return a * (1 - a)


class Tanh(Activation):
    """a = tanh z, between -1 and 1"""

    def function(self, z: Number) -> Number:
        return tanh(z)

    def derivative(self, z: Number, a: Number) -> Number:
        return 1 - a * a


class ReLU(Activation):
    """a = max(z, 0)"""

    def function(self, z: Number) -> Number:
        return maximum(z, whole(0, z))

    def derivative(self, z: Number, a: Number) -> Number:
        return where(z > 0, 1, 0)


class LeakyReLU(Activation):
    """a = z where z > 0, else slope·z (Maas, Hannun & Ng 2013)"""

    arguments = numbers = ("slope",)

    def __init__(self, slope: Number = Default(1, 100)) -> None:
        self.slope = self.require("slope", slope, FINITE)

    def function(self, z: Number) -> Number:
        return where(z > 0, z, self.slope * z)

    def derivative(self, z: Number, a: Number) -> Number:
        return where(z > 0, 1, self.slope)


class ELU(Activation):
    """a = z where z > 0, else alpha·(e^z - 1) (Clevert, Unterthiner & Hochreiter 2016)

    Computed with min(z, 0) in the exponent, because both cases are computed, and exp() must not
    overflow.
    """

    arguments = numbers = ("alpha",)

    def __init__(self, alpha: Number = 1) -> None:
        self.alpha = self.require("alpha", alpha, FINITE)

    def function(self, z: Number) -> Number:
        # min(z, 0) is written as -positive_part(-z).
        return where(z > 0, z, self.alpha * expm1(-positive_part(-z)))

    def derivative(self, z: Number, a: Number) -> Number:
        # Where z <= 0, the derivative alpha·e^z is alpha·(e^z - 1) + alpha = a + alpha.
        return where(z > 0, 1, a + self.alpha)


class SELU(Activation):
    """a = scale·z where z > 0, else scale·alpha·(e^z - 1)

    Klambauer, Unterthiner, Mayr & Hochreiter, "Self-normalizing neural networks" (2017).
    """

    def function(self, z: Number) -> Number:
        scale = self.scale(z)
        return where(z > 0, scale * z, scale * self.alpha(z) * expm1(-positive_part(-z)))

    def derivative(self, z: Number, a: Number) -> Number:
        scale = self.scale(z)
        return where(z > 0, scale, a + scale * self.alpha(z))

    def alpha(self, z: Number) -> Number:
        """Return 1.6732632423543772, the constant of the paper, from a quotient of integers."""
        return whole(7535707714759921, z) / (1 << 52)

    def scale(self, z: Number) -> Number:
        """Return 1.0507009873554805, the constant of the paper, from a quotient of integers."""
        return whole(4731936575131954, z) / (1 << 52)


class GELU(Activation):
    """a = z·Φ(z), where Φ is the normal distribution function (Hendrycks & Gimpel 2016)

    ``approximate="none"`` computes Φ from the error function, Φ(z) = (1 + erf(z/√2))/2.
    ``approximate="tanh"`` uses Φ(z) ≈ (1 + tanh u)/2, where u = √(2/π)·(z + 0.044715·z³).
    """

    arguments = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        self.approximate: str = self.require("approximate", approximate, one_of("none", "tanh"))

    def function(self, z: Number) -> Number:
        return z * self.distribution(z)

    def derivative(self, z: Number, a: Number) -> Number:
        return self.distribution(z) + z * self.density(z)

    def distribution(self, z: Number) -> Number:
        """Φ(z)"""
        if self.approximate == "tanh":
            return (1 + tanh(self.tanh_argument(z))) / 2
        return (1 + erf(z / sqrt(whole(2, z)))) / 2

    def density(self, z: Number) -> Number:
        """Φ'(z): e^(-z²/2)/√(2π), or (1 - tanh² u)/2 · du/dz for the approximation"""
        if self.approximate == "tanh":
            t = tanh(self.tanh_argument(z))
            return (1 - t * t) / 2 * sqrt(2 / pi(z)) * (1 + 3 * 44715 * z * z / 1000000)
        return exp(-z * z / 2) / sqrt(2 * pi(z))

    def tanh_argument(self, z: Number) -> Number:
        """u = √(2/π)·(z + 0.044715·z³)"""
        return sqrt(2 / pi(z)) * (z + 44715 * z * z * z / 1000000)


class Softplus(Activation):
    """a = ln(1 + e^z), a smooth ReLU (Dugas et al. 2001)

    Computed as max(z, 0) + ln(1 + e^-|z|), so that exp() cannot overflow.
    """

    def function(self, z: Number) -> Number:
        return softplus(z)

    def derivative(self, z: Number, a: Number) -> Number:
        return sigmoid(z)


class SiLU(Activation):
    """a = z·sigmoid(z), also called swish (Elfwing, Uchibe & Doya 2018)"""

    def function(self, z: Number) -> Number:
        return z * sigmoid(z)

    def derivative(self, z: Number, a: Number) -> Number:
        s = sigmoid(z)
        return s + z * s * (1 - s)


class Threshold(Activation):
    """a = 1 where z ≥ threshold, else 0: the neuron of McCulloch and Pitts (1943)

    ``bipolar``   the other output is -1, not 0
    ``strict``    a = 1 only where z > threshold

    Its derivative is 0, so that it passes no gradient back. A network that ends in it can be
    trained with the loss ``perceptron``, which does not need the derivative (losses.py).
    """

    arguments = ("threshold", "bipolar", "strict")
    numbers = ("threshold",)
    zero_by_default = ("bipolar", "strict")

    def __init__(self, threshold: Number = 0, bipolar: bool = False, strict: bool = False) -> None:
        self.threshold = self.require("threshold", threshold, FINITE)
        self.bipolar = bipolar
        self.strict = strict
        self.levels = (-1, 1) if bipolar else (0, 1)

    def function(self, z: Number) -> Number:
        low, high = self.levels
        fires = z > self.threshold if self.strict else z >= self.threshold
        return where(fires, whole(high, z), whole(low, z))

    def backward(self, dA: Matrix) -> Matrix:
        raise ValueError(
            "Threshold passes no gradient back; "
            "make it the last layer and train with loss='perceptron'"
        )


class Softmax(Layer):
    """a_k = e^z_k / Σ_j e^z_j in each row: positive numbers that sum to 1

    Computed after the largest z of the row is subtracted from each z, which cancels in the
    quotient, so that exp() cannot overflow.
    """

    def forward(self, Z: Matrix) -> Matrix:
        self.A = [self.probabilities(z) for z in Z]  # samples × classes
        return self.A

    def probabilities(self, z: Row) -> Row:
        largest = largest_of(z)
        e = [exp(z_k - largest) for z_k in z]
        sum_of_e = total(e)
        return [e_k / sum_of_e for e_k in e]

    def backward(self, dA: Matrix) -> Matrix:
        return [self.gradient(a, da) for a, da in zip(self.A, dA)]  # samples × classes

    def gradient(self, a: Row, da: Row) -> Row:
        """dz_k = a_k·(da_k - Σ_j a_j·da_j), because ∂a_j/∂z_k = a_j·((1 if j = k else 0) - a_k)."""
        mean = dot(a, da)
        return [a_k * (da_k - mean) for a_k, da_k in zip(a, da)]


ACTIVATIONS: Family = {
    "Identity": Identity,
    "Sigmoid": Sigmoid,
    "Tanh": Tanh,
    "ReLU": ReLU,
    "LeakyReLU": LeakyReLU,
    "ELU": ELU,
    "SELU": SELU,
    "GELU": GELU,
    "Softplus": Softplus,
    "SiLU": SiLU,
    "Threshold": Threshold,
    "Softmax": Softmax,
}
