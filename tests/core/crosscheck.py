"""scratchnet and the NumPy reference behind the same few methods, for the tests named test_crosscheck*.py.

A network is described here as the reference takes it, [(kind, options), ...], with its parameters among the options.
"""

import math

import pytest

import scratchnet as sn
from scratchnet.core import schedules
from scratchnet.core.losses import LOSSES

np = pytest.importorskip("numpy")
reference = pytest.importorskip("numpy_reference")

TOLERANCE = 1e-12


def agree(ours, theirs, tolerance=TOLERANCE):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    assert np.isfinite(theirs).all()
    assert (np.abs(ours - theirs) <= tolerance * np.abs(theirs).max()).all()


def agree_all(ours, theirs, tolerance=TOLERANCE):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        agree(a, b, tolerance)


class Lists:
    """scratchnet."""

    def __init__(self, layers):
        self.tap = Tap()
        self.net = sn.Sequential(
            [self.tap] + [layer_of(kind, dict(options)) for kind, options in layers]
        )

    def forward(self, X):
        return np.array(self.net.forward(X))

    def backward(self, X, slopes):
        """Return the gradient in X, and those of the parameters."""
        self.net.forward(X)
        return np.array(self.net.backward(slopes)), [
            np.array(p.gradient) for p in self.net.parameters()
        ]

    def loss(self, X, Y, loss, weights=None, **options):
        """Return the loss, its gradient in X, and the gradients of the parameters."""
        value, gradients = self.net.gradients(X, Y, loss_of(loss, **options), weights)
        slope = np.zeros(np.shape(X))
        slope[np.ones(len(X), bool) if weights is None else np.array(weights) > 0] = (
            self.tap.slope
        )  # 0 is left out
        return value, slope, [np.array(g) for g in gradients]

    @staticmethod
    def descend(kind, options, arrays, gradients):
        """Yield the arrays after each step along these gradients."""
        optimizer = optimizer_of(kind, options)
        parameters = [
            sn.Parameter(str(i), np.shape(array), array) for i, array in enumerate(arrays)
        ]
        for step in gradients:
            for parameter, gradient in zip(parameters, step):
                parameter.gradient = gradient
            optimizer.step(parameters)
            yield [np.array(p.value) for p in parameters]

    @staticmethod
    def rates(schedule, steps):
        return [schedule_of(schedule, vars(schedules))(t) for t in range(steps)]


class Arrays:
    """The reference."""

    def __init__(self, layers):
        self.net = TappedReference(layers)

    def forward(self, X):
        return self.net.forward(X)

    def backward(self, X, slopes):
        return self.net.backward(self.net.run(X)[1], np.asarray(slopes, float))

    def loss(self, X, Y, loss, weights=None, delta=1.0, **options):
        value, gradients = self.net.gradients(X, Y, loss, weights, delta, **options)
        return value, self.net.slope, gradients

    @staticmethod
    def descend(kind, options, arrays, gradients):
        optimizer = reference_optimizer(kind, options)
        arrays = [np.array(array, float) for array in arrays]
        for step in gradients:
            optimizer.step(arrays, [np.array(gradient, float) for gradient in step])
            yield [array.copy() for array in arrays]

    @staticmethod
    def rates(schedule, steps):
        return [schedule_of(schedule, SCHEDULES)(t) for t in range(steps)]


class Tap(sn.Identity):
    """Keeps the gradient that passes back through it."""

    def backward(self, dA):
        self.slope = dA
        return dA


class TappedReference(reference.Reference):
    def backward(self, ways_back, d):
        self.slope, gradients = reference.Reference.backward(ways_back, d)
        return self.slope, gradients


class MaskedDropout(sn.Dropout):
    """Dropout with a given mask."""

    def forward(self, X):
        self.generator = self
        self.random = iter(
            np.ravel(self.given).tolist()
        ).__next__  # 1 stays, as it is not below the rate; 0 goes
        return super().forward(X)


def layer_of(kind, options):
    if kind == "Dense":
        return sn.Dense(*np.shape(options["weights"]), **options)
    if kind == "Normalization":
        layer = sn.Normalization()
        layer.mean.value, layer.spread.value = options["mean"], options["spread"]
        return layer
    if options.get("mask") is None:
        return getattr(sn, kind)(**options)
    layer = MaskedDropout(options["rate"])
    layer.given = options["mask"]
    return layer


def loss_of(name, **options):
    return LOSSES[name](**options)


SCHEDULES = {
    "StepDecay": reference.step_decay,
    "ExponentialDecay": reference.exponential_decay,
    "CosineDecay": reference.cosine_decay,
    "WarmUp": reference.warm_up,
}


def schedule_of(description, kinds):
    """Return the schedule (kind, argument, ...); a number stands for itself."""
    if not isinstance(description, tuple):
        return description
    return kinds[description[0]](*[schedule_of(argument, kinds) for argument in description[1:]])


def optimizer_of(kind, options):
    return getattr(sn, kind)(
        **dict(options, learning_rate=schedule_of(options["learning_rate"], vars(schedules)))
    )


def reference_optimizer(kind, options):
    return getattr(reference, kind)(
        **dict(options, learning_rate=schedule_of(options["learning_rate"], SCHEDULES))
    )


LN2, LN3 = math.log(2), math.log(3)
CHANCE = 1 / (1 + 1 / math.e)
# (loss, layers, z, y, value, slope in z): two layers and a loss that are taken together
PAIRS = [
    (
        "binary_cross_entropy",
        ["Sigmoid"],
        [LN3, -LN3],
        [1, 1],
        (4 * LN2 - LN3) / 2,
        [-1 / 8, -3 / 8],
    ),
    (
        "binary_cross_entropy",
        ["Sigmoid"],
        [1e4, -1e4, 1e4, -1e4],
        [0, 1, 1, 0],
        5e3,
        [1 / 4, -1 / 4, 0, 0],
    ),
    (
        "categorical_cross_entropy",
        ["Softmax"],
        [0, LN2, LN3],
        [0, 1, 0],
        LN3,
        [1 / 6, -2 / 3, 1 / 2],
    ),
    ("categorical_cross_entropy", ["Softmax"], [1e4, -1e4, 0], [0, 1, 0], 2e4, [1, -1, 0]),
    ("categorical_cross_entropy", ["Softmax"], [1e4, -1e4, 0], [1, 0, 0], 0, [0, 0, 0]),
    (
        "categorical_cross_entropy",
        ["Softmax"],
        [1e4, 9999],
        [1, 0],
        math.log1p(1 / math.e),
        [CHANCE - 1, 1 - CHANCE],
    ),
    ("half_squared_error", ["Identity"], [1, 2], [3, 2], 2, [-2, 0]),
    ("perceptron", ["Threshold"], [-3, -2, 0, 5], [0, 1, 0, 1], 1 / 2, [0, -1 / 4, 1 / 4, 0]),
    (
        "perceptron",
        ["Sigmoid", "Threshold"],
        [-3, -2, 0, 5],
        [0, 1, 0, 1],
        1 / 2,
        [0, -1 / 4, 1 / 4, 0],
    ),
]
SMOOTH = [
    "Identity",
    "Sigmoid",
    "Tanh",
    "ELU",
    "SELU",
    "GELU",
    "Softplus",
    "SiLU",
    "Softmax",
    "ReLU",
    "LeakyReLU",
]

RNG = np.random.default_rng(7)
CLASSES = np.eye(4)
X = RNG.normal(size=(5, 3))
DENSE = ("Dense", {"weights": RNG.normal(size=(3, 4)), "bias": RNG.normal(size=4)})
TARGETS = {
    "binary_cross_entropy": np.array(
        [[0, 1, 1, 0.25], [1, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0.5, 0, 1, 0]]
    ),
    "categorical_cross_entropy": np.array(
        [CLASSES[1], CLASSES[0], [0.5, 0.25, 0.25, 0], CLASSES[3], CLASSES[1]]
    ),
    "hinge": np.where(RNG.normal(size=(5, 4)) > 0, 1, -1),
    "perceptron": (RNG.normal(size=(5, 4)) > 0).astype(int),
}


def activations_of(*kinds):
    """Return layers of these kinds; a Threshold after a Sigmoid is at 1/2, else at 0, which is equivalent."""
    return [
        (kind, {"threshold": (len(kinds) - 1) / 2} if kind == "Threshold" else {}) for kind in kinds
    ]


def flattened(found):
    value, slope, gradients = found
    return [value, slope] + list(gradients)


class Draws:
    """SplitMix64 and what is drawn from it, once more: Steele, Lea & Flood's listing, in NumPy's 64-bit integers."""

    def __init__(self, seed):
        self.state = np.array([seed], np.uint64)

    def bits(self):
        self.state += np.uint64(0x9E3779B97F4A7C15)
        z = self.state.copy()
        for shift, factor in [(30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)]:
            z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
        return int((z ^ (z >> np.uint64(31)))[0])

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * math.ldexp(self.bits() >> 11, -53)

    def normal(self, mean=0.0, deviation=1.0):
        """Marsaglia's polar method: a point of the unit disc, scaled to the squared radius -2 log(s)."""
        s = 0
        while not 0 < s < 1:
            point = np.array([self.uniform(-1, 1), self.uniform(-1, 1)])
            s = point @ point
        return mean + deviation * point[0] * math.sqrt(-2 * math.log(s) / s)

    def permutation(self, n):
        """Fisher and Yates: from the last place on, each is exchanged with one of those before it, or with itself."""
        left, order = list(range(n)), []
        while len(left) > 1:
            j = self.bits() * len(left) >> 64
            left[j], left[-1] = left[-1], left[j]
            order.insert(0, left.pop())
        return left + order

    def initial(self, name, inputs, outputs):
        """Return weights of the initializer of that name."""
        if name in ("zeros", "ones"):
            return np.full((inputs, outputs), float(name == "ones"))
        if (
            name == "orthogonal"
        ):  # Gram and Schmidt's process is the QR decomposition with a positive diagonal
            Q, R = np.linalg.qr(
                np.array([[self.normal() for _ in range(outputs)] for _ in range(inputs)]).T
            )
            return (Q * np.sign(np.diag(R))).T
        defaults = {
            "uniform": {"low": -0.05, "high": 0.05},
            "normal": {"mean": 0, "deviation": 0.05},
        }
        bounds = defaults.get(name) or reference.initializer_bounds(
            family_of(name), inputs, outputs
        )
        draw = self.uniform if "low" in bounds else self.normal
        return np.array([[draw(**bounds) for _ in range(outputs)] for _ in range(inputs)])


def family_of(name):
    return name.replace("xavier", "glorot").replace("kaiming", "he")


WIDE = np.concatenate([10.0 ** np.linspace(-300, 300, 601), np.linspace(0.001, 40, 500)])
BOTH = np.concatenate([-WIDE, [0], WIDE])
ELEMENTARY = [
    ("exp", np.exp, BOTH[np.abs(BOTH) < 700]),
    ("expm1", np.expm1, BOTH[np.abs(BOTH) < 700]),
    ("log", np.log, WIDE),
    ("log1p", np.log1p, np.concatenate([WIDE, -1 / (1 + WIDE)])),
    ("tanh", np.tanh, BOTH),
    ("erf", np.vectorize(math.erf, otypes=[float]), BOTH),
    ("sqrt", np.sqrt, WIDE),
    ("cos", np.cos, BOTH[np.abs(BOTH) < 1e6]),
    ("sigmoid", reference.sigmoid, BOTH[np.abs(BOTH) < 700]),
    ("softplus", reference.softplus, BOTH[np.abs(BOTH) < 700]),
]
