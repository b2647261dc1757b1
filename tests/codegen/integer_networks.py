"""Networks that are computed with integers, for the tests of Python, MicroPython and C."""

import random

from random_networks import BUILT_IN_LAYERS, Bell, Bent, Scale

import scratchnet as sn
from scratchnet import matrix
from scratchnet.codegen.integers.arithmetic import BITS
from scratchnet.codegen.integers.quantizer import quantize


class Residual(sn.Layer):
    """x + W2·relu(W1·x + b1) + b2: a user-defined layer that contains layers."""

    arguments = ("inputs",)

    def __init__(self, inputs):
        self.inputs = self.outputs = inputs
        self.parts = [sn.Dense(inputs, inputs + 1), sn.ReLU(), sn.Dense(inputs + 1, inputs)]
        for k, parameter in enumerate(self.parameters()):
            parameter.role = "p{}".format(k)

    def parameters(self):
        return [p for part in self.parts for p in part.parameters()]

    def build(self, inputs, generator):
        for part in self.parts:
            part.build(None, generator)

    def forward(self, X):
        Y = X
        for part in self.parts:
            Y = part.forward(Y)
        return matrix.add(X, Y)


class Steps(sn.Activation):
    """A function with two jumps."""

    def function(self, z):
        return sn.functions.sign(z) + sn.functions.sign(z - 1)


def rows_for(inputs, count=40, seed=3):
    """Rows whose columns have different ranges, and one that does not change."""
    source = random.Random(seed)
    ranges = [(1.0, 0.0), (1000.0, 50.0), (0.01, -3.0)]
    rows = [
        [source.gauss(0, 1) * s + m for s, m in (ranges * inputs)[:inputs]] for _ in range(count)
    ]
    return [[0.25 if k == 3 else v for k, v in enumerate(row)] for row in rows]


def adapted(layers, rows, seed=3):
    """A network with biases, whose normalizations have seen the rows."""
    net = sn.Sequential(layers, seed=seed)
    generator = sn.Generator(seed)
    for parameter in net.parameters():
        if parameter.role == "bias":
            parameter.value = [generator.normal() / 4 for _ in parameter.value]
    net.adapt(rows)
    return net


HIDDEN = [layer for layer in BUILT_IN_LAYERS if layer is not sn.Softmax]
HIDDEN += [Bell, lambda: Bent(0.5), lambda: Residual(7), lambda: Scale(7), Steps]


def networks():
    """Networks with rows to calibrate them."""
    rows = rows_for(5)
    for first, second in zip(HIDDEN[::2], HIDDEN[1::2]):
        yield (
            adapted([sn.Normalization(), sn.Dense(5, 7), first(), sn.Dense(7, 7), second()], rows),
            rows,
        )
    yield (
        adapted([sn.Normalization(), sn.Tanh(), Scale(5), sn.Dense(5, 3), sn.Softmax()], rows),
        rows,
    )
    yield (
        adapted([sn.Normalization(), sn.Dense(5, 2), sn.Dense(2, 9), sn.Tanh(), Scale(9)], rows),
        rows,
    )
    large = [[v / 9 for v in row] for row in rows_for(40)]
    yield (
        adapted(
            [sn.Normalization(), sn.Dense(40, 20), sn.ReLU(), sn.Dense(20, 3), sn.Sigmoid()], large
        ),
        large,
    )


def extremes(program, count=20, seed=5):
    """Rows of integers, among them the smallest and the largest."""
    source, grid = random.Random(seed), program.output
    ends = [grid.least, grid.least + 1, -1, 0, grid.largest]
    inputs = range(len(program.inputs))
    rows = [[source.choice(ends) for _ in inputs] for _ in range(count)]
    rows += [[source.randint(grid.least, grid.largest) for _ in inputs] for _ in range(count)]
    return rows + [[grid.least for _ in inputs], [grid.largest for _ in inputs]]


def between(program, count=20, seed=6):
    """Rows of numbers that are, up to rounding, in the middle between two integers."""
    source, most = random.Random(seed), program.output.largest - program.output.least
    return [
        [grid.edge + source.randint(1, most) / grid.steps for grid in program.inputs]
        for _ in range(count)
    ]


def programs():
    """Each network, its rows, the name of a type, and its program for that type."""
    for net, rows in networks():
        for kind in BITS:
            yield net, rows, kind, quantize(net, rows, BITS[kind])
