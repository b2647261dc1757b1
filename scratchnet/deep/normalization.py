"""Layers that normalize what passes through them.

    LayerNormalization    each row to the mean 0 and the variance 1
    RMSNormalization      each row to the mean square 1
    RowNormalization      each row to the length 1

    X    the input,  samples × features       dX    the gradient of the loss at X
    Z    the output, samples × features       dZ    the gradient of the loss at Z
    C    the rows less their means            U     C divided by S, before it is scaled
    S    √(variance + epsilon) or the length of a row, one per sample

They treat each sample by itself.
"""

# ruff: noqa: B008  (a Default never changes)

from ..core import matrix
from ..core.checks import ABOVE_0, COUNT, one_of
from ..core.functions import dot, sign, sqrt, total, where, whole
from ..core.layer import Default, Layer, Parameter
from ..core.random import Generator
from ..core.types import Any, IntOrNone, Matrix, Names, Number, Parameters, Row


class LayerNormalization(Layer):
    """z = scale·u + bias, where u = (x - mean)/√(variance + epsilon) of the row of x

    (Ba, Kiros & Hinton 2016)

    ``inputs``    the number of features
    ``epsilon``   is added to the variance, so that a row of equal numbers does not divide by 0
    ``scale``     a list of ``inputs`` numbers; if not given, ones; False means no scale
    ``bias``      a list of ``inputs`` numbers; if not given, zeros; False means no bias

    >>> layer = LayerNormalization(2, epsilon=1, scale=[1, 2], bias=[0, 5])
    >>> layer.forward([[3.0, 3.0]])
    [[0.0, 5.0]]
    >>> layer.backward([[1.0, 1.0]])
    [[-0.5, 0.5]]
    >>> layer.scale.gradient, layer.bias.gradient
    ([0.0, 0.0], [1.0, 1.0])
    """

    arguments: Names = ("inputs", "epsilon")
    in_parameters: Names = ("scale", "bias")
    numbers = ("epsilon",)

    def __init__(
        self,
        inputs: int,
        epsilon: Number = Default(1, 100000),
        scale: Any = None,
        bias: Any = None,
    ) -> None:
        self.inputs: int = self.require("inputs", inputs, COUNT)
        self.outputs = self.inputs
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)
        self.scale: Any = scale is not False and Parameter("scale", (inputs,), scale)
        self.bias: Any = bias is not False and Parameter("bias", (inputs,), bias)
        absent = [name for name in self.in_parameters if getattr(self, name) is False]
        self.arguments = LayerNormalization.arguments + tuple(absent)

    def parameters(self) -> Parameters:
        return [parameter for parameter in (self.scale, self.bias) if parameter]

    def build(self, inputs: IntOrNone, generator: Generator) -> None:
        for parameter, value in ((self.scale, 1), (self.bias, 0)):
            if parameter and parameter.value is None:
                parameter.value = [value] * self.inputs

    def forward(self, X: Matrix) -> Matrix:
        self.C = [self.centered(x) for x in X]  # samples × features
        self.S = [sqrt(dot(c, c) / len(c) + self.epsilon) for c in self.C]  # one per sample
        self.U = [[c_k / s for c_k in c] for c, s in zip(self.C, self.S)]  # samples × features
        Z = self.U
        if self.scale:
            Z = [[u * g for u, g in zip(row, self.scale.value)] for row in Z]
        return matrix.add_row(Z, self.bias.value) if self.bias else Z

    def centered(self, x: Row) -> Row:
        mean = total(x) / len(x)
        return [x_k - mean for x_k in x]

    def backward(self, dZ: Matrix) -> Matrix:
        """dx = (du - mean(du) - u·mean(du·u))/s, where du = dz·scale"""
        self.set_gradients(dZ)
        dU = dZ
        if self.scale:
            dU = [[dz * g for dz, g in zip(row, self.scale.value)] for row in dZ]
        return [self.gradient(du, u, s) for du, u, s in zip(dU, self.U, self.S)]

    def gradient(self, du: Row, u: Row, s: Number) -> Row:
        mean = total(du) / len(du)
        along = dot(du, u) / len(du)
        return [(du_k - mean - u_k * along) / s for du_k, u_k in zip(du, u)]

    def set_gradients(self, dZ: Matrix) -> None:
        """d_scale = the sum of dz·u over the samples, d_bias that of dz"""
        if self.scale:
            self.scale.gradient = matrix.sum_columns(matrix.multiply(dZ, self.U))
        if self.bias:
            self.bias.gradient = matrix.sum_columns(dZ)


class RMSNormalization(LayerNormalization):
    """z = scale·u, where u = x/√(mean of x² + epsilon) of the row of x (Zhang & Sennrich 2019)

    ``inputs``    the number of features
    ``epsilon``   is added to the mean of the squares, so that a row of zeros does not divide by 0
    ``scale``     a list of ``inputs`` numbers; if not given, ones; False means no scale

    >>> layer = RMSNormalization(2, epsilon=9, scale=[1, 2])
    >>> layer.forward([[4.0, -4.0]])
    [[0.8, -1.6]]
    """

    in_parameters: Names = ("scale",)

    def __init__(
        self, inputs: int, epsilon: Number = Default(1, 100000), scale: Any = None
    ) -> None:
        LayerNormalization.__init__(self, inputs, epsilon, scale, bias=False)

    def centered(self, x: Row) -> Row:
        return x

    def gradient(self, du: Row, u: Row, s: Number) -> Row:
        """dx = (du - u·mean(du·u))/s"""
        along = dot(du, u) / len(du)
        return [(du_k - u_k * along) / s for du_k, u_k in zip(du, u)]


class RowNormalization(Layer):
    """z = x/‖x‖ in each row, where ‖x‖ is √(Σ x²) for "l2" and Σ |x| for "l1"; a row of zeros stays

    >>> RowNormalization().forward([[3.0, -4.0], [0.0, 0.0]])
    [[0.6, -0.8], [0.0, 0.0]]
    """

    arguments: Names = ("norm",)

    def __init__(self, norm: str = "l2") -> None:
        self.norm: str = self.require("norm", norm, one_of("l1", "l2"))

    def forward(self, X: Matrix) -> Matrix:
        self.X = X
        self.S = [self.length(x) for x in X]  # one per sample
        self.Z = [[x_k / s for x_k in x] for x, s in zip(X, self.S)]  # samples × features
        return self.Z

    def length(self, x: Row) -> Number:
        """‖x‖, or 1 if it is 0"""
        length = sqrt(dot(x, x)) if self.norm == "l2" else total([abs(x_k) for x_k in x])
        return where(length > 0, length, whole(1, length))

    def backward(self, dZ: Matrix) -> Matrix:
        """dx = (dz - u·(z·dz))/‖x‖, where u, the derivative of ‖x‖, is z or the sign of x"""
        return [self.gradient(dz, z, x, s) for dz, z, x, s in zip(dZ, self.Z, self.X, self.S)]

    def gradient(self, dz: Row, z: Row, x: Row, s: Number) -> Row:
        along = dot(dz, z)
        slopes = z if self.norm == "l2" else [sign(x_k) for x_k in x]
        return [(dz_k - u * along) / s for dz_k, u in zip(dz, slopes)]
