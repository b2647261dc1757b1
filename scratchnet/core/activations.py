"""The activation functions, each with its derivative right under it.

    Identity  Sigmoid  Tanh  ReLU  LeakyReLU  ELU  SELU  GELU  Softplus  SiLU      element by element
    Threshold                                                                      a step, without a derivative
    Softmax                                                                        row by row

    z    one element of the input          Z    the input,  samples × features
    a    one element of the output         A    the output, samples × features
    dA   the loss's slope in A             dZ   the loss's slope in Z

>>> Sigmoid().forward([[0.0, 2.0]])
[[0.5, 0.880797077977...]]
"""
# ruff: noqa: I001

from . import matrix
from .functions import (dot, erf, exp, expm1, largest_of, maximum, pi, positive_part, sigmoid, softplus, sqrt, tanh,
                        total, where, whole)  # fmt: skip
from .layer import FINITE, Layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Dict, Matrix, Number, Row


class Activation(Layer):
    """An elementwise layer: a = function(z), and dZ = dA · derivative(z, a).

    One of your own defines these two, with the functions of functions.py, and not with those of ``math``: then it is
    checked, explained and computed with any type of number, as the others are.

    >>> from scratchnet import functions
    >>> class Bell(Activation):
    ...     def function(self, z):
    ...         return functions.exp(-z * z)
    ...     def derivative(self, z, a):
    ...         return -2 * z * a
    """

    def function(self, z: "Number") -> "Number":
        raise NotImplementedError(f"{type(self).__name__} has no function")

    def derivative(self, z: "Number", a: "Number") -> "Number":
        raise NotImplementedError(f"{type(self).__name__} has no derivative")

    def forward(self, X: "Matrix") -> "Matrix":
        self.Z = X
        self.A = matrix.apply(self.function, X)
        return self.A

    def backward(self, dA: "Matrix") -> "Matrix":
        return matrix.multiply(dA, matrix.pairwise("derivative", self.Z, self.A, self.derivative))


class Identity(Activation):
    """a = z"""

    def function(self, z: "Number") -> "Number":
        return z

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return 1


class Sigmoid(Activation):
    """a = 1/(1 + e^-z), between 0 and 1"""

    def function(self, z: "Number") -> "Number":
        return sigmoid(z)

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return a * (1 - a)


class Tanh(Activation):
    """a = tanh z, between -1 and 1"""

    def function(self, z: "Number") -> "Number":
        return tanh(z)

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return 1 - a * a


class ReLU(Activation):
    """a = max(z, 0)"""

    def function(self, z: "Number") -> "Number":
        return maximum(z, whole(0, z))

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return where(z > 0, 1, 0)


class LeakyReLU(Activation):
    """a = z above 0, slope·z below (Maas, Hannun & Ng 2013)"""

    arguments = numbers = ("slope",)

    def __init__(self, slope: "Number" = 1 / 100) -> None:
        self.slope = self.require("slope", slope, FINITE)

    def function(self, z: "Number") -> "Number":
        return where(z > 0, z, self.slope * z)

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return where(z > 0, 1, self.slope)


class ELU(Activation):
    """a = z above 0, alpha·(e^z - 1) below (Clevert, Unterthiner & Hochreiter 2016)"""

    arguments = numbers = ("alpha",)

    def __init__(self, alpha: "Number" = 1) -> None:
        self.alpha = self.require("alpha", alpha, FINITE)

    def function(self, z: "Number") -> "Number":
        return where(z > 0, z, self.alpha * expm1(-positive_part(-z)))

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return where(z > 0, 1, a + self.alpha)


class SELU(Activation):
    """a = scale·z above 0, scale·alpha·(e^z - 1) below (Klambauer et al., "Self-normalizing neural networks", 2017)"""

    def function(self, z: "Number") -> "Number":
        return where(
            z > 0, self.scale(z) * z, self.scale(z) * self.alpha(z) * expm1(-positive_part(-z))
        )

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return where(z > 0, self.scale(z), a + self.scale(z) * self.alpha(z))

    def alpha(self, z: "Number") -> "Number":
        """1.6732632423543772, the paper's constant as the nearest float, in whole numbers."""
        return whole(7535707714759921, z) / (1 << 52)

    def scale(self, z: "Number") -> "Number":
        """1.0507009873554805, likewise."""
        return whole(4731936575131954, z) / (1 << 52)


class GELU(Activation):
    """a = z·Φ(z), Φ the normal distribution function (Hendrycks & Gimpel 2016).

    ``approximate="tanh"`` takes Φ(z) ≈ (1 + tanh u)/2 with u = √(2/π)·(z + 0.044715·z³); ``"none"`` is exact.
    """

    arguments = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        form = (lambda v: v in ("none", "tanh"), "'none' or 'tanh'")
        self.approximate = self.require("approximate", approximate, form)

    def function(self, z: "Number") -> "Number":
        return z * self.distribution(z)

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return self.distribution(z) + z * self.density(z)

    def distribution(self, z: "Number") -> "Number":
        """Φ(z)"""
        if self.approximate == "tanh":
            return (1 + tanh(self.bent(z))) / 2
        return (1 + erf(z / sqrt(whole(2, z)))) / 2

    def density(self, z: "Number") -> "Number":
        """Φ'(z)"""
        if self.approximate == "tanh":
            t = tanh(self.bent(z))
            return (1 - t * t) / 2 * sqrt(2 / pi(z)) * (1 + 3 * 44715 * z * z / 1000000)
        return exp(-z * z / 2) / sqrt(2 * pi(z))

    def bent(self, z: "Number") -> "Number":
        """u = √(2/π)·(z + 0.044715·z³)"""
        return sqrt(2 / pi(z)) * (z + 44715 * z * z * z / 1000000)


class Softplus(Activation):
    """a = log(1 + e^z), the smooth ReLU (Dugas et al. 2001)"""

    def function(self, z: "Number") -> "Number":
        return softplus(z)

    def derivative(self, z: "Number", a: "Number") -> "Number":
        return sigmoid(z)


class SiLU(Activation):
    """a = z·sigmoid(z), also called swish (Elfwing, Uchibe & Doya 2018)"""

    def function(self, z: "Number") -> "Number":
        return z * sigmoid(z)

    def derivative(self, z: "Number", a: "Number") -> "Number":
        s = sigmoid(z)
        return s + z * s * (1 - s)


class Threshold(Activation):
    """a = 1 where z ≥ threshold, else 0: McCulloch and Pitts' neuron (1943).

    Its derivative is 0 wherever there is one, so nothing can be learnt through it. As the last layer, with the loss
    ``perceptron``, it is stepped over: see losses.py.
    """

    arguments = numbers = ("threshold",)

    def __init__(self, threshold: "Number" = 0) -> None:
        self.threshold = self.require("threshold", threshold, FINITE)

    def function(self, z: "Number") -> "Number":
        return where(z >= self.threshold, whole(1, z), whole(0, z))

    def backward(self, dA: "Matrix") -> "Matrix":
        raise ValueError(
            "Threshold passes no slope back: make it the last layer and train with loss='perceptron'"
        )


class Softmax(Layer):
    """a_k = e^z_k / Σ e^z, row by row: positive, and each row sums to 1"""

    def forward(self, X: "Matrix") -> "Matrix":
        self.A = [self.shares(z) for z in X]
        return self.A

    def shares(self, z: "Row") -> "Row":
        largest = largest_of(z)  # taken out of every exponent: it cancels, and nothing overflows
        e = [exp(v - largest) for v in z]
        sum_of_e = total(e)
        return [v / sum_of_e for v in e]

    def backward(self, dA: "Matrix") -> "Matrix":
        return [self.slopes(a, da) for a, da in zip(self.A, dA)]

    def slopes(self, a: "Row", da: "Row") -> "Row":
        """∂a_j/∂z_k = a_j·((j = k) - a_k), so dz_k = a_k·(da_k - Σ_j a_j·da_j)"""
        mean = dot(a, da)
        return [a_k * (da_k - mean) for a_k, da_k in zip(a, da)]


_ALL = (
    Identity,
    Sigmoid,
    Tanh,
    ReLU,
    LeakyReLU,
    ELU,
    SELU,
    GELU,
    Softplus,
    SiLU,
    Threshold,
    Softmax,
)
ACTIVATIONS: "Dict[str, Any]" = {activation.__name__: activation for activation in _ALL}
