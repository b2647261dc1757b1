"""Random networks with a loss, an optimizer and data that fit, for tests that train each of them in two ways.

``recipes()`` draws them; ``recipe(...)`` makes one in which only what is given is out of the ordinary. Among layers,
losses and optimizers are some user-defined ones, made as the package's docstrings say.
"""

import struct

from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import functions, matrix
from scratchnet.core.functions import where

# ---- user-defined ------------------------------------------------------------------------------------------------


class Scale(sn.Layer):
    """A layer with a parameter: a = s * x, one s per feature."""

    arguments = ("inputs",)
    role = "s"

    def __init__(self, inputs):
        self.inputs = self.outputs = inputs
        self.s = sn.Parameter(self.role, (inputs,), [1 + i / 4 for i in range(inputs)])

    def parameters(self):
        return [self.s]

    def forward(self, X):
        self.X = X
        return [[s * x for s, x in zip(self.s.value, row)] for row in X]

    def backward(self, dA):
        self.s.gradient = matrix.sum_columns(matrix.multiply(dA, self.X))
        return [[s * d for s, d in zip(self.s.value, row)] for row in dA]


class Share(sn.Layer):
    """A layer without a parameter: each number, divided by 1 + the row's sum of squares."""

    def forward(self, X):
        self.X = X
        self.N = [1 + functions.dot(row, row) for row in X]
        return [[x / n for x in row] for row, n in zip(X, self.N)]

    def backward(self, dA):
        mixed = [2 * functions.dot(row, d) / (n * n) for row, d, n in zip(self.X, dA, self.N)]
        return [
            [d / n - m * x for d, x in zip(ds, row)]
            for ds, row, n, m in zip(dA, self.X, self.N, mixed)
        ]


class Bell(sn.Activation):
    def function(self, z):
        return functions.exp(-z * z)

    def derivative(self, z, a):
        return -2 * z * a


class Bent(sn.Activation):
    """z + alpha·z² above 0, z/(1 - alpha·z) below: two arms and a hyperparameter."""

    arguments = numbers = ("alpha",)

    def __init__(self, alpha=0.25):
        self.alpha = alpha

    def function(self, z):
        return where(z > 0, z + self.alpha * z * z, z / (1 + self.alpha * abs(z)))

    def derivative(self, z, a):
        d = 1 + self.alpha * abs(z)
        return where(z > 0, 1 + 2 * self.alpha * z, 1 / (d * d))


class MeanQuarticError(sn.Loss):
    def term(self, a, y):
        return (a - y) * (a - y) * (a - y) * (a - y)

    def derivative(self, a, y):
        return 4 * (a - y) * (a - y) * (a - y)


class SignDescent(sn.Optimizer):
    def rule(self, w, g, state):
        return w - self.rate * where(g > 0, 1, where(g < 0, -1, 0)), state


class RunningMean(sn.Optimizer):
    memory = 1

    def rule(self, w, g, state):
        mean = (state[0] + g) / 2
        return w - self.rate * mean, (mean,)


class Slowing(sn.Optimizer):
    """Its rule uses the number of the step, and its two states swap at each step."""

    memory = 2

    def rule(self, w, g, state):
        last, before = state
        return w - self.rate / (1 + self.t) * (g + last / 2), (before + g, last)


class Rested(sn.SGD):
    """begin() sets another number for each step; every third step changes nothing."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.share = number(0 if self.t % 3 == 2 else 1)

    def rule(self, w, g, state):
        return sn.SGD.rule(self, w, g * self.share, state)


# ---- what there is to choose from --------------------------------------------------------------------------------

BUILT_IN_LAYERS = [
    sn.Identity,
    sn.Sigmoid,
    sn.Tanh,
    sn.ReLU,
    lambda: sn.LeakyReLU(0.125),
    lambda: sn.ELU(0.75),
    sn.SELU,
    sn.GELU,
    lambda: sn.GELU("tanh"),
    sn.Softplus,
    sn.SiLU,
    sn.Softmax,
]
HIDDEN = BUILT_IN_LAYERS + [
    Share,
    Bell,
    lambda: Bent(0.5),
]
BETWEEN = [lambda width: [], lambda width: [sn.Dropout(0.25)], lambda width: [Scale(width)],
           lambda width: [sn.Normalization()]]  # fmt: skip
# A loss, and layers that a network with it may end in: both the paired ones and others.
BUILT_IN_ENDINGS = [
    (sn.MeanSquaredError(), []),
    (sn.HalfSquaredError(), []),
    (sn.HalfSquaredError(), [sn.Identity]),
    (sn.MeanAbsoluteError(), []),
    (sn.Huber(0.75), []),
    (sn.BinaryCrossEntropy(), [sn.Sigmoid]),
    (sn.BinaryCrossEntropy(), [sn.Softmax]),
    (sn.CategoricalCrossEntropy(), [sn.Softmax]),
    (sn.CategoricalCrossEntropy(), [sn.Softmax, sn.Identity]),
    (sn.Hinge(), []),
    (sn.Perceptron(), [sn.Threshold]),
    (sn.Perceptron(), [sn.Sigmoid, lambda: sn.Threshold(0.5)]),
]
ENDINGS = BUILT_IN_ENDINGS + [
    (MeanQuarticError(), []),
    (MeanQuarticError(), [sn.Tanh]),
]
OPTIMIZERS = [
    sn.SGD(0.0625),
    sn.SGD(0.1, weight_decay=0.01),
    sn.SGD(0.1, momentum=0.9, weight_decay=0.01),
    sn.SGD(0.1, momentum=0.9, nesterov=True, clip_norm=0.5),
    sn.SGD(0.1, clip_norm=0.0625),
    sn.SGD(0.1, clip_norm=1000.0),
    sn.Adagrad(0.1),
    sn.RMSprop(0.01, weight_decay=0.01),
    sn.Adam(0.01),
    sn.Adam(sn.ExponentialDecay(0.1, 0.75), weight_decay=0.01, clip_norm=0.5),
    sn.AdamW(0.01),
    sn.AdamW(sn.WarmUp(3, sn.CosineDecay(0.1, 8, 0.01)), clip_norm=0.25),
    sn.SGD(sn.StepDecay(0.1, 3)),
    sn.SGD(lambda t: 0.1 / (t + 1)),
    SignDescent(0.01),
    SignDescent(0.01, weight_decay=0.1),
    RunningMean(0.05),
    RunningMean(sn.StepDecay(0.1, 2), clip_norm=1),
    Slowing(sn.StepDecay(0.05, 2)),
    Rested(0.05, momentum=0.5),
]
DATA = ["normal", "zeros and ones", "some zeros and ones"]
ON_A_GRID = ["zeros and ones", "quarters"]
PLAIN = [0, 12, 13]  # the optimizers w - rate·g


def numbers(generator, rows, columns, kind="normal"):
    """Return random rows of arbitrary numbers, of zeros and ones, of both, or of multiples of 1/4."""

    def one():
        if kind == "quarters":
            return round(4 * generator.normal()) / 4
        if kind == "zeros and ones" or kind != "normal" and generator.random() < 0.5:
            return float(generator.below(2))
        return generator.normal()

    return [[one() for _ in range(columns)] for _ in range(rows)]


def targets(loss, samples, outputs, generator, kind, classes):
    """Return targets that the loss accepts; with ``classes``, one class per sample."""
    if isinstance(loss, sn.CategoricalCrossEntropy):
        Y = [[1.0 if k == i % outputs else 0.0 for k in range(outputs)] for i in range(samples)]
        if not classes:
            Y[-1] = [0.25 / (outputs - 1)] * outputs
            Y[-1][0] = 0.75
        return Y
    if isinstance(loss, sn.Hinge):
        return [
            [1.0 if generator.random() < 0.5 else -1.0 for _ in range(outputs)]
            for _ in range(samples)
        ]
    if isinstance(loss, (sn.BinaryCrossEntropy, sn.Perceptron)) or classes:
        return [[float(generator.below(2)) for _ in range(outputs)] for _ in range(samples)]
    return numbers(generator, samples, outputs, kind)


class Recipe:
    """A training that can be repeated with the same numbers."""

    def __init__(self, first, blocks, ending, inputs, outputs, penalties, optimizer, data, samples, batch_size, shuffle,
                 weighted, classes, frozen, seed):  # fmt: skip
        self.loss, end = ending
        if isinstance(self.loss, sn.CategoricalCrossEntropy):
            outputs = max(outputs, 2)
        elif classes:  # the class is the value of a single output
            outputs = 1
        self.made = first, blocks, end, inputs, outputs, penalties, frozen, seed
        generator = sn.Generator(seed)
        self.X = numbers(generator, samples, inputs, data)
        self.Y = targets(self.loss, samples, outputs, generator, data, classes)
        self.optimizer = optimizer
        self.options = {"batch_size": batch_size, "shuffle": shuffle, "seed": seed}
        if weighted:  # of weight 1 is what is folded away; what has the weight 0 is left out
            weights = [1 + generator.random() for _ in range(samples)]
            self.options["sample_weight"] = [1, 0][: samples - 1] + weights[min(2, samples - 1) :]
        if classes:
            Y = [y[0] if len(y) == 1 else y.index(1.0) for y in self.Y]
            self.options["class_weight"] = {y: 1 + generator.random() for y in Y}

    def network(self):
        first, blocks, end, inputs, outputs, penalties, frozen, seed = self.made
        generator = sn.Generator(seed + 1)
        layers, width = BETWEEN[first](inputs), inputs
        for wide, hidden, between in blocks:
            layers += [sn.Dense(width, wide, **penalties), HIDDEN[hidden]()] + BETWEEN[between](
                wide
            )
            width = wide
        net = sn.Sequential(layers + [sn.Dense(width, outputs)] + [layer() for layer in end], seed)
        for parameter in net.parameters():
            if parameter.role == "bias":
                parameter.value = [generator.normal() / 4 for _ in parameter.value]
        names = [p.name for p in net.parameters() if p.role not in ("mean", "spread")]
        net.freeze(
            *[name for k, name in enumerate(names[:-1]) if k in frozen]
        )  # something is left to learn
        return net

    def __repr__(self):
        more = sorted(self.options.items())
        return "{} on {} with {!r} and {!r}, {}".format(
            self.network(), self.X, self.loss, self.optimizer, more
        )


def recipe(hidden=2, ending=0, optimizer=1, between=0, batch_size=None, seed=7, **more):
    """Return a recipe in which only the given options are unusual."""
    usual = dict(
        first=0,
        inputs=3,
        outputs=2,
        penalties={},
        data="some zeros and ones",
        samples=5,
        shuffle=True,
    )
    usual.update(weighted=False, classes=False, frozen=(), blocks=[(3, hidden, between)])
    usual.update(more)
    return Recipe(
        ending=ENDINGS[ending],
        optimizer=OPTIMIZERS[optimizer],
        batch_size=batch_size,
        seed=seed,
        **usual,
    )


@st.composite
def recipes(draw, batches=False, gentle=False, lanes=False):
    """Draw a recipe; ``batches``: with batches smaller than the data; ``gentle``: one that magnifies no rounding error;
    ``lanes``: for the engine "lanes"."""
    between = st.integers(
        0, len(BETWEEN) - 1 - gentle
    )  # a Normalization within may divide by next to nothing
    block = st.tuples(st.integers(1, 3), st.integers(0, len(HIDDEN) - 1), between)
    samples = draw(st.integers(4, 7) if batches else st.integers(1, 5))
    return Recipe(
        first=0 if lanes else draw(st.integers(0, len(BETWEEN) - 1)),
        blocks=draw(st.lists(block, max_size=3)),
        ending=draw(st.sampled_from(ENDINGS)),
        inputs=draw(st.integers(1, 3)),
        outputs=draw(st.integers(1, 3)),
        penalties=draw(
            st.sampled_from(
                [{}] if lanes else [{}, {"l2": 0.25}, {"l1": 0.125}, {"l1": 0.125, "l2": 0.25}]
            )
        ),
        optimizer=draw(st.sampled_from([OPTIMIZERS[k] for k in PLAIN] if lanes else OPTIMIZERS)),
        data=draw(st.sampled_from(ON_A_GRID if lanes else DATA)),
        samples=samples,
        batch_size=draw(st.integers(1, samples - 2)) if batches else None,
        shuffle=draw(st.booleans()),
        weighted=draw(st.booleans()),
        classes=draw(st.booleans()),
        frozen=draw(st.sets(st.integers(int(lanes), 6), max_size=2)),
        seed=draw(st.integers(0, 10**6)),
    )


# ---- bit by bit --------------------------------------------------------------------------------------------------


def bits(values):
    """Return the 64 bits of each number in nested lists."""
    return (
        [bits(v) for v in values]
        if isinstance(values, (list, tuple))
        else struct.pack(">d", values).hex()
    )


def bits_of(net):
    return bits([p.rows for p in net.parameters()])
