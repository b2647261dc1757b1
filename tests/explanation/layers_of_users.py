"""User-defined layers that keep numbers of the forward pass, and that contain layers."""

import scratchnet as sn
from scratchnet import functions, matrix


class LayerNorm(sn.Layer):
    """(x - m)/s in each row"""

    arguments = ("inputs",)

    def __init__(self, inputs):
        self.inputs = self.outputs = inputs

    def forward(self, X):
        self.N, self.S = [], []
        for row in X:
            mean = functions.total(row) / len(row)
            centered = [x - mean for x in row]
            s = functions.sqrt(functions.dot(centered, centered) / len(row) + 1)
            self.S.append(s)
            self.N.append([x / s for x in centered])
        return [[2 * n for n in row] for row in self.N]

    def backward(self, dA):
        return [self.gradient(*rows) for rows in zip(dA, self.N, self.S)]

    def gradient(self, da, n, s):
        h = [2 * d for d in da]
        mean = functions.total(h) / len(h)
        share = functions.dot(h, n) / len(h)
        return [(a - mean - n_k * share) / s for a, n_k in zip(h, n)]


class BatchNorm(sn.Layer):
    """Subtracts the mean of the batch, which it keeps for each feature."""

    arguments = ("inputs",)

    def __init__(self, inputs):
        self.inputs = self.outputs = inputs

    def forward(self, X):
        self.mean = [v / len(X) for v in matrix.sum_columns(X)]
        self.largest = functions.largest_of([x for row in X for x in row])
        return [[x - m for x, m in zip(row, self.mean)] for row in X]

    def backward(self, dA):
        means = [v / len(dA) for v in matrix.sum_columns(dA)]
        return [[d - m for d, m in zip(row, means)] for row in dA]


class Attention(sn.Layer):
    """Each row holds two positions of one number; each position attends to both."""

    arguments = ()

    def __init__(self):
        self.inputs = self.outputs = 2

    def forward(self, X):
        self.X = X
        self.P = [[sn.Softmax().probabilities([q * k for k in row]) for q in row] for row in X]
        return [[functions.dot(p, row) for p in P] for P, row in zip(self.P, X)]

    def backward(self, dA):
        return [self.gradient(*rows) for rows in zip(dA, self.P, self.X)]

    def gradient(self, da, P, x):
        dX = [functions.dot(da, [P[t][s] for t in range(2)]) for s in range(2)]
        for t in range(2):
            dS = sn.Softmax().gradient(P[t], [da[t] * x_s for x_s in x])
            dX = [d + dS[s] * x[t] for s, d in enumerate(dX)]
            dX[t] = dX[t] + functions.dot(dS, x)
        return dX


class Residual(sn.Layer):
    """x + down(tanh(up(x)))"""

    arguments = ("inputs", "hidden")

    def __init__(self, inputs, hidden):
        self.inputs = self.outputs = inputs
        self.hidden = hidden
        self.up, self.act = sn.Dense(inputs, hidden), sn.Tanh()
        self.down = sn.Dense(hidden, inputs)

    def parameters(self):
        return self.up.parameters() + self.down.parameters()

    def build(self, inputs, generator):
        self.up.build(self.inputs, generator)
        self.down.build(self.hidden, generator)

    def forward(self, X):
        return matrix.add(X, self.down.forward(self.act.forward(self.up.forward(X))))

    def backward(self, dA):
        return matrix.add(dA, self.up.backward(self.act.backward(self.down.backward(dA))))


class Stack(sn.Layer):
    """Several Dense layers in a list."""

    arguments = ("inputs", "count")

    def __init__(self, inputs, count):
        self.inputs = self.outputs = inputs
        self.count = count
        self.blocks = [sn.Dense(inputs, inputs) for _ in range(count)]

    def parameters(self):
        return [p for block in self.blocks for p in block.parameters()]

    def build(self, inputs, generator):
        for block in self.blocks:
            block.build(inputs, generator)

    def forward(self, X):
        for block in self.blocks:
            X = block.forward(X)
        return X

    def backward(self, dA):
        for block in reversed(self.blocks):
            dA = block.backward(dA)
        return dA
