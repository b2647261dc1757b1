"""scratchnet against NumPy: every layer, loss, optimizer and initializer, and the article's own program.

    Cases            what is true of any right implementation: one text, run against both
      TestLists      ... scratchnet
      TestArrays     ... the independent reference, numpy_reference.py
    test_...         random networks and data through both, which agree to 1e-12

That is 1e-12 of the largest number of the array compared. Over the steps of a training both start each step from the
same parameters and the same memory of the optimizer. Everything runs once on each kernel.

A network is described here as the reference takes it, [(kind, options), ...], with its parameters among the options.
"""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import functions, initializers, selftest
from scratchnet.core import schedules
from scratchnet.lessons import and_gate

np = pytest.importorskip("numpy")
reference = pytest.importorskip("numpy_reference")

TOLERANCE = 1e-12


@pytest.fixture(scope="module", autouse=True, params=["fast", "portable"])
def kernel(request):
    former = sn.set_kernel(request.param)
    yield
    sn.set_kernel(former)


def agree(ours, theirs, tolerance=TOLERANCE):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    assert np.isfinite(theirs).all()
    assert (np.abs(ours - theirs) <= tolerance * np.abs(theirs).max()).all()


def agree_all(ours, theirs, tolerance=TOLERANCE):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        agree(a, b, tolerance)


# ---- the two implementations, behind the same few methods ---------------------------------------------------------


class Lists:
    """scratchnet."""

    def __init__(self, layers):
        self.tap = Tap()
        self.net = sn.Sequential(
            [self.tap] + [_layer(kind, dict(options)) for kind, options in layers]
        )

    def forward(self, X):
        return np.array(self.net.forward(X))

    def backward(self, X, slopes):
        """The slope in X, and the gradients."""
        self.net.forward(X)
        return np.array(self.net.backward(slopes)), [
            np.array(p.gradient) for p in self.net.parameters()
        ]

    def loss(self, X, Y, loss, weights=None, **options):
        """The value, the slope in X, and the gradients."""
        value, gradients = self.net.gradients(X, Y, _loss(loss, **options), weights)
        slope = np.zeros(np.shape(X))
        slope[np.ones(len(X), bool) if weights is None else np.array(weights) > 0] = (
            self.tap.slope
        )  # 0 is left out
        return value, slope, [np.array(g) for g in gradients]

    @staticmethod
    def descend(kind, options, arrays, gradients):
        """The arrays after each step along these gradients."""
        optimizer = _optimizer(kind, options)
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
        return [_schedule(schedule, vars(schedules))(t) for t in range(steps)]


class Arrays:
    """The reference."""

    def __init__(self, layers):
        self.net = TappedReference(layers)

    def forward(self, X):
        return self.net.forward(X)

    def backward(self, X, slopes):
        return self.net.backward(self.net.run(X)[1], np.asarray(slopes, float))

    def loss(self, X, Y, loss, weights=None, delta=1.0):
        value, gradients = self.net.gradients(X, Y, loss, weights, delta)
        return value, self.net.slope, gradients

    @staticmethod
    def descend(kind, options, arrays, gradients):
        optimizer = _shadow(kind, options)
        arrays = [np.array(array, float) for array in arrays]
        for step in gradients:
            optimizer.step(arrays, [np.array(gradient, float) for gradient in step])
            yield [array.copy() for array in arrays]

    @staticmethod
    def rates(schedule, steps):
        return [_schedule(schedule, SCHEDULES)(t) for t in range(steps)]


class Tap(sn.Identity):
    """Keeps the slope that comes back through it."""

    def backward(self, dA):
        self.slope = dA
        return dA


class TappedReference(reference.Reference):
    def backward(self, ways_back, d):
        self.slope, gradients = reference.Reference.backward(ways_back, d)
        return self.slope, gradients


class MaskedDropout(sn.Dropout):
    """Draws the mask that it was given."""

    def forward(self, X):
        self.generator = self
        self.random = iter(
            np.ravel(self.given).tolist()
        ).__next__  # 1 stays, as it is not below the rate; 0 goes
        return super().forward(X)


def _layer(kind, options):
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


def _loss(name, **options):
    return sn.Huber(**options) if options else name


SCHEDULES = {
    "StepDecay": reference.step_decay,
    "ExponentialDecay": reference.exponential_decay,
    "CosineDecay": reference.cosine_decay,
    "WarmUp": reference.warm_up,
}


def _schedule(description, kinds):
    """A schedule from (kind, argument, ...); a number is its own."""
    if not isinstance(description, tuple):
        return description
    return kinds[description[0]](*[_schedule(argument, kinds) for argument in description[1:]])


def _optimizer(kind, options):
    return getattr(sn, kind)(
        **dict(options, learning_rate=_schedule(options["learning_rate"], vars(schedules)))
    )


def _shadow(kind, options):
    return getattr(reference, kind)(
        **dict(options, learning_rate=_schedule(options["learning_rate"], SCHEDULES))
    )


# ---- what is true of any right implementation ---------------------------------------------------------------------

LN2, LN3 = math.log(2), math.log(3)
CHANCE = 1 / (1 + 1 / math.e)
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # of SELU, as its paper prints them
PHI1, DENSITY1 = (
    0.8413447460685429,
    0.24197072451914337,
)  # the normal distribution's function and density at 1

# (kind, options, z, a, da/dz), by hand
ACTIVATIONS = [
    ("Identity", {}, -2, -2, 1),
    ("Sigmoid", {}, LN3, 3 / 4, 3 / 16),
    ("Sigmoid", {}, -LN3, 1 / 4, 3 / 16),
    ("Tanh", {}, LN3, 4 / 5, 9 / 25),
    ("Tanh", {}, -LN2, -3 / 5, 16 / 25),
    ("ReLU", {}, 2, 2, 1),
    ("ReLU", {}, -2, 0, 0),
    ("ReLU", {}, 0, 0, 0),
    ("LeakyReLU", {}, -2, -1 / 50, 1 / 100),
    ("LeakyReLU", {"slope": 1 / 4}, -2, -1 / 2, 1 / 4),
    ("LeakyReLU", {"slope": 1 / 4}, 0, 0, 1 / 4),
    ("LeakyReLU", {"slope": 1 / 4}, 2, 2, 1),
    ("ELU", {}, -LN2, -1 / 2, 1 / 2),
    ("ELU", {"alpha": 3}, -LN3, -2, 1),
    ("ELU", {"alpha": 3}, 0, 0, 3),
    ("ELU", {"alpha": 3}, 2, 2, 1),
    ("SELU", {}, 2, 2 * SCALE, SCALE),
    ("SELU", {}, -LN2, -SCALE * ALPHA / 2, SCALE * ALPHA / 2),
    ("SELU", {}, 0, 0, SCALE * ALPHA),
    ("GELU", {}, 1, PHI1, PHI1 + DENSITY1),
    ("GELU", {}, -1, PHI1 - 1, 1 - PHI1 - DENSITY1),
    ("GELU", {"approximate": "tanh"}, 1, 0.8411919906082768, 1.0829640838457826),
    ("Softplus", {}, LN3, 2 * LN2, 3 / 4),
    ("Softplus", {}, 0, LN2, 1 / 2),
    ("SiLU", {}, LN3, LN3 * 3 / 4, 3 / 4 + LN3 * 3 / 16),
    ("SiLU", {}, 0, 0, 1 / 2),
]
# (kind, options, a and da/dz at -10^4, a and da/dz at 10^4)
LIMITS = [
    ("Sigmoid", {}, 0, 0, 1, 0),
    ("Tanh", {}, -1, 0, 1, 0),
    ("ReLU", {}, 0, 0, 1e4, 1),
    ("LeakyReLU", {"slope": 1 / 4}, -2500, 1 / 4, 1e4, 1),
    ("ELU", {"alpha": 3}, -3, 0, 1e4, 1),
    ("SELU", {}, -SCALE * ALPHA, 0, SCALE * 1e4, SCALE),
    ("GELU", {}, 0, 0, 1e4, 1),
    ("GELU", {"approximate": "tanh"}, 0, 0, 1e4, 1),
    ("Softplus", {}, 0, 0, 1e4, 1),
    ("SiLU", {}, 0, 0, 1e4, 1),
]
# (loss, options, a, y, value, slope in a) of one row, by hand
LOSSES = [
    ("mean_squared_error", {}, [1, 2, 5], [0, 2, 3], 5 / 3, [2 / 3, 0, 4 / 3]),
    ("half_squared_error", {}, [1, 2, 5], [0, 2, 3], 5 / 2, [1, 0, 2]),
    ("mean_absolute_error", {}, [1, 2, 1], [0, 2, 3], 1, [1 / 3, 0, -1 / 3]),
    (
        "huber",
        {},
        [3 / 2, 1, 0, 5],
        [1, 1, 1, 1],
        (1 / 8 + 0 + 1 / 2 + 7 / 2) / 4,
        [1 / 8, 0, -1 / 4, 1 / 4],
    ),
    ("huber", {"delta": 2}, [2, 3, -4], [1, 1, 1], (1 / 2 + 2 + 8) / 3, [1 / 3, 2 / 3, -2 / 3]),
    ("hinge", {}, [1 / 2, 1, 3, -2], [1, 1, 1, -1], 1 / 8, [-1 / 4, 0, 0, 0]),
    ("hinge", {}, [1 / 2, -3], [-1, 1], 11 / 4, [1 / 2, -1 / 2]),
    ("binary_cross_entropy", {}, [1 / 4, 1 / 4], [1, 0], (4 * LN2 - LN3) / 2, [-2, 2 / 3]),
    ("binary_cross_entropy", {}, [1 / 4], [1 / 2], 2 * LN2 - LN3 / 2, [-4 / 3]),
    ("binary_cross_entropy", {}, [1, 0], [1, 0], 0, [-1 / 2, 1 / 2]),
    ("categorical_cross_entropy", {}, [1, 0], [1, 0], 0, [-1, 0]),
    ("categorical_cross_entropy", {}, [1 / 2, 1 / 4, 1 / 4], [0, 1, 0], 2 * LN2, [0, -4, 0]),
    (
        "categorical_cross_entropy",
        {},
        [1 / 2, 1 / 4, 1 / 4],
        [1 / 2, 1 / 2, 0],
        LN2 * 3 / 2,
        [-1, -2, 0],
    ),
]
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
# (kind, g, the first step along it in units of the rate, by the default options)
ADAPTIVE = [("Adagrad", 4, 1), ("Adam", -4, -1), ("RMSprop", 4, 10), ("AdamW", 4, 1.03)]
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
SQUASHED = {"binary_cross_entropy": ["Sigmoid"], "categorical_cross_entropy": ["Softmax"]}


def _ending(*kinds):
    """Layers of these kinds; a Threshold behind a Sigmoid is at 1/2, else at 0, which is the same."""
    return [
        (kind, {"threshold": (len(kinds) - 1) / 2} if kind == "Threshold" else {}) for kind in kinds
    ]


def _every_loss():
    """(loss, layers, targets): each loss behind a Dense, alone and with the activation that it pairs with."""
    for loss in reference.LOSSES:
        Y = TARGETS.get(loss, 2 * X[:, :1] + [[1, 2, 3, 4]])
        squashed = SQUASHED.get(loss, [])
        yield loss, [DENSE] + _ending(*squashed), Y
        yield loss, [DENSE] + _ending(*squashed, "Identity"), Y
    yield "perceptron", [DENSE] + _ending("Sigmoid", "Threshold"), TARGETS["perceptron"]


def _slope(function, array, h=1e-5):
    """Central differences of a function of one array, element by element."""
    slopes = np.zeros(np.shape(array))
    for place in np.ndindex(slopes.shape):
        up, down = np.array(array, float), np.array(array, float)
        up[place] += h
        down[place] -= h
        slopes[place] = (function(up) - function(down)) / (2 * h)
    return slopes


EVERY_LOSS = list(_every_loss())


class Cases:
    implementation = None

    # ---- layers

    def test_dense(self):
        net = self.implementation([("Dense", {"weights": [[3, 4], [5, 6]], "bias": [0.5, -0.5]})])
        agree(net.forward([[1, 2], [0, 1]]), [[13.5, 15.5], [5.5, 5.5]])
        slope, (dW, db) = net.backward([[1, 2], [0, 1]], [[1, -1], [2, 0]])
        agree(slope, [[-1, -1], [6, 10]])
        agree(dW, [[1, -1], [4, -2]])
        agree(db, [3, -1])

    @pytest.mark.parametrize("kind, options, z, a, slope", ACTIVATIONS)
    def test_activation(self, kind, options, z, a, slope):
        net = self.implementation([(kind, options)])
        agree(net.forward([[z]]), [[a]])
        agree(net.backward([[z]], [[-2]])[0], [[-2 * slope]])

    @pytest.mark.parametrize("kind, options, low, low_slope, high, high_slope", LIMITS)
    def test_limits(self, kind, options, low, low_slope, high, high_slope):
        for z, a, slope in [(-1e4, low, low_slope), (1e4, high, high_slope)]:
            net = self.implementation([(kind, options)])
            agree(net.forward([[z]]), [[a]])
            agree(net.backward([[z]], [[1]])[0], [[slope]])

    def test_threshold(self):
        net = self.implementation([("Threshold", {"threshold": 0.5})])
        assert net.forward([[0.4, 0.5, 0.6]]).tolist() == [[0, 1, 1]]

    def test_softmax(self):
        net = self.implementation(_ending("Softmax"))
        agree(net.forward([[0, LN2, LN3]]), [[1 / 6, 2 / 6, 3 / 6]])
        agree(net.backward([[0, LN2, LN3]], [[6, 0, 0]])[0], [[5 / 6, -2 / 6, -3 / 6]])
        assert net.forward([[1e4, -1e4, 1e4]]).tolist() == [[0.5, 0, 0.5]]

    def test_softmax_is_a_distribution_that_a_shift_leaves(self):
        net = self.implementation([DENSE] + _ending("Softmax"))
        A = net.forward(X)
        assert (A > 0).all()
        agree(A.sum(axis=1), np.ones(5))
        shifted = ("Dense", dict(DENSE[1], bias=DENSE[1]["bias"] + 100))
        agree(self.implementation([shifted] + _ending("Softmax")).forward(X), A)
        db = net.backward(X, X @ DENSE[1]["weights"])[1][1]  # so a shift by any bias has no slope
        agree(np.append(db, db.sum()), np.append(db, 0))

    def test_dropout(self):
        mask = [[1, 0, 1], [0, 0, 1]]
        net = self.implementation([("Dropout", {"rate": 0.75, "mask": mask})])
        agree(net.forward([[1, 2, 3], [4, 5, 6]]), [[4, 0, 12], [0, 0, 24]])
        agree(
            net.backward([[1, 2, 3], [4, 5, 6]], [[1, 1, 1], [2, 2, 2]])[0], [[4, 0, 4], [0, 0, 8]]
        )
        assert self.implementation([("Dropout", {"rate": 0.75})]).forward([[1, 2, 3]]).tolist() == [
            [1, 2, 3]
        ]

    def test_normalization(self):
        net = self.implementation([("Normalization", {"mean": [2, 5], "spread": [0.5, 4]})])
        agree(net.forward([[3, 5], [2, 1]]), [[2, 0], [0, -1]])
        slope, (mean, spread) = net.backward([[3, 5], [2, 1]], [[1, 8], [3, 4]])
        agree(slope, [[2, 2], [6, 1]])
        agree(mean, [-8, -3])
        agree(spread, [-4, 1])

    @pytest.mark.parametrize("kind", SMOOTH)
    def test_slopes_are_central_differences(self, kind):
        layers = [
            ("Normalization", {"mean": [0.1, 0.2, 0.3], "spread": [1, 2, 0.5]}),
            DENSE,
        ] + _ending(kind)
        slopes = np.sin(np.arange(20)).reshape(5, 4)
        slope, gradients = self.implementation(layers).backward(X, slopes)

        def output(X=X, **changed):
            now = [
                (kind, {name: changed.get(name, options[name]) for name in options})
                for kind, options in layers
            ]
            return (slopes * self.implementation(now).forward(X)).sum()

        agree(slope, _slope(output, X), 1e-8)
        for (name, array), gradient in zip(
            list(layers[0][1].items()) + list(DENSE[1].items()), gradients
        ):
            agree(gradient, _slope(lambda array, name=name: output(**{name: array}), array), 1e-8)

    # ---- losses

    @pytest.mark.parametrize("loss, options, a, y, value, slope", LOSSES)
    def test_loss(self, loss, options, a, y, value, slope):
        found, found_slope, _ = self.implementation(_ending("Tanh", "Identity")[1:]).loss(
            [a], [y], loss, **options
        )
        agree(found, value)
        agree(found_slope, [slope])

    @pytest.mark.parametrize("loss, kinds, z, y, value, slope", PAIRS)
    def test_pair(self, loss, kinds, z, y, value, slope):
        found, found_slope, _ = self.implementation(_ending(*kinds)).loss([z], [y], loss)
        agree(found, value)
        agree(found_slope, [slope])

    @pytest.mark.parametrize("loss, layers, Y", EVERY_LOSS)
    def test_gradients_are_central_differences(self, loss, layers, Y):
        layers = [("Dense", dict(layers[0][1], l1=0.25, l2=0.5))] + layers[1:]
        weights = [1, 2, 0.5, 3, 1]
        value, slope, gradients = self.implementation(layers).loss(X, Y, loss, weights)

        def found(X=X, **changed):
            net = self.implementation([("Dense", dict(layers[0][1], **changed))] + layers[1:])
            return net.loss(X, Y, loss, weights)[0]

        agree(slope, _slope(found, X), 1e-8)
        agree(gradients[0], _slope(lambda W: found(weights=W), DENSE[1]["weights"]), 1e-8)
        agree(gradients[1], _slope(lambda b: found(bias=b), DENSE[1]["bias"]), 1e-8)

    @pytest.mark.parametrize("loss, layers, Y", EVERY_LOSS)
    def test_weights_are_repetitions(self, loss, layers, Y):
        net = self.implementation(layers)
        value, slope, gradients = net.loss(X, Y, loss, [2, 0, 1, 3, 1])
        repeated = [0, 0, 2, 3, 3, 3, 4]
        theirs = net.loss(X[repeated], np.array(Y)[repeated], loss)
        agree(value, theirs[0])
        agree_all(gradients, theirs[2])
        agree(slope, theirs[1][[0, 0, 2, 3, 6]] * np.array([[2, 0, 1, 3, 1]]).T)
        agree(net.loss(X, Y, loss, [20, 0, 10, 30, 10])[0], value)  # only their ratios count
        agree(net.loss(X, Y, loss)[0], net.loss(X, Y, loss, [3] * 5)[0])

    @pytest.mark.parametrize("loss, layers, Y", EVERY_LOSS)
    def test_the_order_of_the_samples_is_nothing(self, loss, layers, Y):
        net = self.implementation(layers)
        value, slope, gradients = net.loss(X, Y, loss)
        order = [3, 1, 4, 0, 2]
        agree_all(
            [value, slope[order]] + gradients, _flat(net.loss(X[order], np.array(Y)[order], loss))
        )
        agree(np.mean([net.loss(X[[i]], np.array(Y)[[i]], loss)[0] for i in range(5)]), value)

    def test_the_delta_of_softmax_sums_to_zero(self):
        net = self.implementation([DENSE] + _ending("Softmax"))
        _, _, (_, db) = net.loss(
            X, TARGETS["categorical_cross_entropy"], "categorical_cross_entropy"
        )
        agree(np.append(db, db.sum()), np.append(db, 0))

    def test_penalties(self):
        plain = {"weights": [[2.0, 0], [-3, 1]], "bias": [5, 7]}
        value, slope, (dW, db) = self.implementation([("Dense", plain)]).loss(
            [[1, 2]], [[1, -1]], "hinge"
        )
        penalized = self.implementation([("Dense", dict(plain, l1=0.5, l2=0.25))]).loss(
            [[1, 2]], [[1, -1]], "hinge"
        )
        agree(penalized[0], value + 0.5 * (2 + 3 + 1) + 0.25 / 2 * (4 + 9 + 1))
        agree(penalized[1], slope)
        agree(penalized[2][0], dW + [[0.5 + 0.5, 0], [-0.5 - 0.75, 0.5 + 0.25]])
        agree(penalized[2][1], db)

    # ---- optimizers, each along the constant slope g for three steps

    @pytest.mark.parametrize(
        "kind, options, steps",
        [
            ("SGD", {}, [1, 1, 1]),
            ("SGD", {"momentum": 0.5}, [1, 1.5, 1.75]),
            ("SGD", {"momentum": 0.5, "nesterov": True}, [1.5, 1.75, 1.875]),
            ("Adagrad", {"epsilon": 1}, [1 / 2, 1 / (1 + math.sqrt(2)), 1 / (1 + math.sqrt(3))]),
            (
                "RMSprop",
                {"alpha": 0.75, "epsilon": 1},
                [1 / (1 + math.sqrt(1 - 0.75**t)) for t in (1, 2, 3)],
            ),
            ("Adam", {"epsilon": 1}, [1 / 2] * 3),
            ("AdamW", {"epsilon": 1, "weight_decay": 0}, [1 / 2] * 3),
        ],
    )
    def test_optimizer(self, kind, options, steps):
        found = self.implementation.descend(
            kind, dict(options, learning_rate=0.25), [[10.0]], [[[1.0]]] * 3
        )
        agree([array for (array,) in found], 10 - 0.25 * np.cumsum(steps).reshape(3, 1))

    @pytest.mark.parametrize("kind, g, step", ADAPTIVE)
    def test_first_step_with_defaults(self, kind, g, step):
        """The rate times the sign of g; with RMSprop 10 times that; AdamW takes 1/100 of w = 3 besides."""
        ((found,),) = self.implementation.descend(kind, {"learning_rate": 0.25}, [[3.0]], [[[g]]])
        agree(found, [3 - 0.25 * step], 1e-6)

    @pytest.mark.parametrize(
        "kind, step", [("SGD", 0.5 * 3), ("AdamW", 0.5 * 3), ("Adam", 1), ("Adagrad", 1)]
    )
    def test_weight_decay(self, kind, step):
        options = {"learning_rate": 0.25, "weight_decay": 0.5}
        ((found,),) = self.implementation.descend(kind, options, [[3.0]], [[[0]]])
        agree(found, [3 - 0.25 * step], 1e-8)

    def test_clipping(self):
        descend, options = self.implementation.descend, {"learning_rate": 1, "clip_norm": 2}
        ((a, b),) = descend("SGD", options, [[0.0], [[0.0]]], [[[3], [[4]]]])  # of norm 5
        agree([a[0], b[0][0]], [-6 / 5, -8 / 5], 1e-6)
        agree([a[0], b[0][0]], [-6 / (5 + 1e-6), -8 / (5 + 1e-6)])  # as PyTorch has it
        ((a, b),) = descend("SGD", options, [[0.0], [[0.0]]], [[[0.3], [[0.4]]]])
        assert (a[0], b[0][0]) == (-0.3, -0.4)

    @pytest.mark.parametrize(
        "schedule, rates",
        [
            (("StepDecay", 8, 2, 0.5), [8, 8, 4, 4, 2]),
            (("ExponentialDecay", 8, 0.5), [8, 4, 2, 1, 0.5]),
            (("CosineDecay", 8, 4), [8, 4 + math.sqrt(8), 4, 4 - math.sqrt(8), 0, 0, 0]),
            (("CosineDecay", 8, 2, 2), [8, 5, 2, 2]),
            (("WarmUp", 4, 8), [2, 4, 6, 8, 8]),
            (("WarmUp", 2, ("ExponentialDecay", 8, 0.5)), [4, 8, 8, 4, 2]),
        ],
    )
    def test_schedule(self, schedule, rates):
        agree(self.implementation.rates(schedule, len(rates)), rates)


class TestLists(Cases):
    implementation = Lists


class TestArrays(Cases):
    implementation = Arrays


def _flat(found):
    value, slope, gradients = found
    return [value, slope] + list(gradients)


# ---- random networks through both ---------------------------------------------------------------------------------

KINDS = [(kind, {}) for kind in SMOOTH] + [
    ("LeakyReLU", {"slope": 0.25}),
    ("ELU", {"alpha": 0.5}),
    ("GELU", {"approximate": "tanh"}),
]
ENDINGS = {  # what the network may end in, behind the last Dense
    "binary_cross_entropy": [_ending("Sigmoid"), _ending("Sigmoid", "Identity")],
    "categorical_cross_entropy": [_ending("Softmax"), _ending("Softmax", "Identity")],
    "perceptron": [
        _ending("Threshold"),
        _ending("Sigmoid", "Threshold"),
        [("Threshold", {"threshold": 0.25})],
    ],
}
ANY_ENDING = [[]] + [[kind] for kind in KINDS]


class Problem:
    """A network, samples, targets, a loss, and the samples' weights."""

    def __init__(self, layers, X, Y, loss, options, weights):
        self.layers, self.X, self.Y, self.loss, self.options, self.weights = (
            layers,
            X,
            Y,
            loss,
            options,
            weights,
        )

    def __repr__(self):
        return repr(vars(self))

    def answers(self, implementation):
        """The output, the loss, its slope in X, and the gradients."""
        net = implementation(self.layers)
        return [net.forward(self.X)] + _flat(
            net.loss(self.X, self.Y, self.loss, self.weights, **self.options)
        )

    def is_determined(self):
        """Whether the numbers given determine the answers: not where a sum cancels, or next to a kink or threshold."""
        answers = self.answers(Arrays)
        if (self.loss, self.layers[-1][0]) in reference.FROM_LOGITS and np.abs(
            answers[0] - self.Y
        ).max() < 0.004:
            return False  # the pairs' slope is yhat - y, which is as exact as yhat is: to a digit of 1, not of itself
        return hardly_differ(answers, self.answers(Shaken))


def hardly_differ(answers, shaken):
    """Whether changes of 1e-14 in what was given have changed the answers by less than 3e-12."""
    return all((np.abs(a - b) <= 3e-12 * np.abs(a).max()).all() for a, b in zip(answers, shaken))


class Shake:
    """Changes every number in its last digits; an exact 0 stays one."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def __call__(self, array):
        return array * (1 + 1e-14 * self.rng.normal(size=np.shape(array)))


class Shaken(Arrays):
    """The reference, with all that is given to it, and every slope on the way back, changed in the last digits."""

    def __init__(self, layers):
        self.net = ShakenReference(layers)
        self.net.parameters = [self.net.shake(array) for array in self.net.parameters]


class ShakenReference(TappedReference):
    def __init__(self, layers):
        super().__init__(layers)
        self.shake = Shake()

    def run(self, X):
        values, ways_back = super().run(self.shake(X))
        return values, [self.shaken(kind, back) for (kind, _), back in zip(self.layers, ways_back)]

    def shaken(self, kind, back):
        def shaken_back(d):
            d = self.shake(d)
            slope, own = back(d)
            # a (1 - a) and 1 - a a, the textbooks' slopes, are likewise exact to a digit of 1.
            return slope if kind in reference.OWN else slope + (self.shake(d) - d), own

        return shaken_back


@st.composite
def problems(draw, sizes=60):
    """1 to 4 Dense layers of any widths, whatever stands between them, and data of any size.

    Weights are as large as what arrives is small, as they would be after an initializer and some training; a network
    that is not, saturates, and is compared in test_activations_over_their_range.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    whole = draw(
        st.booleans()
    )  # halves and wholes are often 0, and sums of them often exactly at a kink

    def numbers(*shape):
        array = rng.normal(size=shape)
        return np.round(2 * array) / 2 if whole else array

    loss = draw(st.sampled_from(sorted(reference.LOSSES) + ["perceptron"]))
    samples = draw(st.integers(1, 6))
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    X = numbers(samples, widths[0]) * 2.0 ** draw(st.integers(-sizes, sizes))
    layers = []
    if draw(st.booleans()):
        spread = X.std(axis=0)
        layers.append(
            ("Normalization", {"mean": X.mean(axis=0), "spread": np.where(spread > 0, spread, 1)})
        )
    for k in range(len(widths) - 1):
        if k:
            layers.append(draw(st.sampled_from(KINDS)))
            if draw(st.booleans()):
                layers.append(("Dropout", {"rate": draw(st.sampled_from([0, 0.25, 0.9]))}))
        size = _size(reference.Reference(layers).forward(X)) * 2.0 ** round(
            math.log2(widths[k]) / 2
        )
        options = {
            "weights": numbers(widths[k], widths[k + 1]) / size,
            "bias": numbers(widths[k + 1]),
        }
        penalties = {
            "l1": draw(st.sampled_from([0, 0.01])) * size,
            "l2": draw(st.sampled_from([0, 0.1])) * size**2,
        }
        layers.append(("Dense", dict(options, **penalties)))
    layers = layers + draw(st.sampled_from(ENDINGS.get(loss, ANY_ENDING)))
    A = reference.Reference(layers).forward(X)
    if loss == "categorical_cross_entropy":
        assume(A.shape[1] > 1)
        Y = np.eye(A.shape[1])[rng.integers(A.shape[1], size=samples)]
        if draw(st.booleans()):
            Y = (Y + 1) / (A.shape[1] + 1)
    elif loss == "hinge":
        Y = rng.choice([-1, 1], A.shape)
    elif loss == "perceptron" or loss == "binary_cross_entropy" and draw(st.booleans()):
        Y = rng.choice([0, 1], A.shape)
    elif loss == "binary_cross_entropy":
        Y = rng.uniform(size=A.shape)
    else:
        Y = numbers(*A.shape) * _size(A)
    options = {"delta": draw(st.sampled_from([0.5, 1, 3]))} if loss == "huber" else {}
    weights = draw(st.sampled_from([None, rng.integers(0, 4, samples), rng.uniform(size=samples)]))
    assume(weights is None or weights.any())
    return Problem(layers, X, Y, loss, options, weights)


def _size(array):
    """The power of two next to the usual size of a number of the array."""
    square = np.mean(array**2)
    return 2.0 ** round(math.log2(square) / 2) if square else 1.0


@given(problems())
def test_networks(problem):
    assume(problem.is_determined())
    agree_all(problem.answers(Lists), problem.answers(Arrays))


@pytest.mark.parametrize("size", [1e-8, 1e-2, 1, 5, 40, 1e4])
@pytest.mark.parametrize("kind, options", KINDS)
def test_activations_over_their_range(kind, options, size):
    """Where they saturate too: in one array, for a slope such as 1 - a a is exact to a digit of 1, not of itself."""
    Z = size * np.concatenate([np.linspace(-1, 1, 101), RNG.normal(size=99)]).reshape(40, 5)
    Z[0] /= size  # one row that does not
    slopes = np.cos(np.arange(200)).reshape(40, 5)
    ours, theirs = Lists([(kind, options)]), Arrays([(kind, options)])
    agree(ours.forward(Z), theirs.forward(Z))
    agree(ours.backward(Z, slopes)[0], theirs.backward(Z, slopes)[0])


@pytest.mark.parametrize("size", [1e-8, 1, 40, 1e4])
@pytest.mark.parametrize("loss, kind", sorted(reference.FROM_LOGITS))
def test_cross_entropies_of_any_logits(loss, kind, size):
    Z, Y = size * RNG.normal(size=(40, 4)), np.tile(TARGETS[loss], (8, 1))
    agree_all(
        _flat(Lists(_ending(kind)).loss(Z, Y, loss)), _flat(Arrays(_ending(kind)).loss(Z, Y, loss))
    )


# ---- training, step by step ---------------------------------------------------------------------------------------

SCHEDULED = [
    ("StepDecay", 0.1, 3, 0.5),
    ("ExponentialDecay", 0.1, 0.9),
    ("WarmUp", 4, ("CosineDecay", 0.1, 6, 0.01)),
]
COMMON = {
    "learning_rate": [0.01, 0.1] + SCHEDULED,
    "weight_decay": [0, 0.1],
    "clip_norm": [None, 0.01, 1],
}
MOMENTS = {"beta1": [0.9, 0.5, 0], "beta2": [0.999, 0.5], "epsilon": [1e-8, 0.1]}
OPTIONS = {
    "SGD": {"momentum": [0, 0.5, 0.9], "nesterov": [False, True]},
    "Adagrad": {"epsilon": [1e-10, 0.1]},
    "RMSprop": {"alpha": [0.99, 0.5, 0], "epsilon": [1e-8, 0.1]},
    "Adam": MOMENTS,
    "AdamW": MOMENTS,
}


def _memory(optimizer, parameters):
    """What the optimizer remembers of each parameter: for each number that a weight remembers, the arrays of all."""
    states = optimizer.states or {
        p.name: np.zeros(np.shape(p.rows) + (optimizer.memory,)) for p in parameters
    }
    arrays = [np.array(states[p.name]).reshape(np.shape(p.value) + (-1,)) for p in parameters]
    return [[array[..., k] for array in arrays] for k in range(optimizer.memory)]


def _stepped(kind, options, t, arrays, gradients, memory, shake=np.array):
    """The arrays, and then the optimizer's memory, after the reference's step number t."""
    shadow = _shadow(kind, options)
    shadow.state["step"] = t
    for name, remembered in zip(shadow.memory, memory):
        shadow.state[name] = [shake(array) for array in remembered]
    arrays = [shake(array) for array in arrays]
    shadow.step(arrays, [shake(gradient) for gradient in gradients])
    return arrays + [
        array for name, _ in zip(shadow.memory, memory) for array in shadow.state[name]
    ]


def _as_it_is(layers, net):
    """The layers with their present parameters, and the masks of the last step."""
    for (kind, options), layer in zip(layers, net.layers[1:]):
        now = {p.role: p.value for p in layer.parameters()}
        if kind == "Dropout":
            now["mask"] = layer.mask
        yield kind, dict(options, **now)


@pytest.mark.parametrize("kind", sorted(OPTIONS))
@settings(max_examples=settings.default.max_examples // 2)
@given(data=st.data())
def test_training(kind, data):
    """Before each step of the optimizer the reference is given all that scratchnet has; then both take the step.

    The optimizers are given the same gradients: Adam's division by the gradient's own size would turn the last digit
    of one that nearly cancels into the first digit of a step.
    """
    problem = data.draw(problems(sizes=2))
    options = {
        name: data.draw(st.sampled_from(values))
        for name, values in dict(COMMON, **OPTIONS[kind]).items()
    }
    if not options.get("momentum", True):
        options["nesterov"] = False
    ours, losses = Lists(problem.layers), []
    weights = np.ones(len(problem.X)) if problem.weights is None else problem.weights
    kept = np.flatnonzero(weights)
    size = data.draw(st.integers(1, len(kept)))
    batches = [kept[start : start + size] for start in range(0, len(kept), size)]

    class Followed(getattr(sn, kind)):
        def step(self, parameters):
            batch = batches[self.t % len(batches)]
            layers = list(_as_it_is(problem.layers, ours.net))
            now = Problem(
                layers,
                problem.X[batch],
                problem.Y[batch],
                problem.loss,
                problem.options,
                weights[batch],
            )
            assume(now.is_determined())
            value, _, *gradients = now.answers(Arrays)[1:]
            losses.append(value)
            learning = [p for p in parameters if not p.frozen]
            agree_all(
                [p.gradient for p in learning],
                [g for p, g in zip(parameters, gradients) if not p.frozen],
            )
            before = (
                [p.value for p in learning],
                [p.gradient for p in learning],
                _memory(self, learning),
            )
            theirs = _stepped(kind, options, self.t, *before)
            for seed in range(
                4
            ):  # one shake alone may hardly change the two numbers that cancel in w - step
                assume(hardly_differ(theirs, _stepped(kind, options, self.t, *before, Shake(seed))))
            super().step(parameters)
            agree_all([p.value for p in learning] + sum(_memory(self, learning), []), theirs)

    followed = Followed(
        **dict(options, learning_rate=_schedule(options["learning_rate"], vars(schedules)))
    )
    loss = _loss(problem.loss, **problem.options)
    plan = dict(
        optimizer=followed, epochs=3, batch_size=size, shuffle=False, sample_weight=problem.weights
    )
    history = ours.net.fit(problem.X, problem.Y, loss, **plan)
    losses = np.array(losses).reshape(3, len(batches))
    agree(
        history.loss,
        np.average(losses, axis=1, weights=[weights[batch].sum() for batch in batches]),
    )


def test_masks_leave_out_as_many_as_they_should():
    """Of 10,000 numbers the share left out is within 0.0388 of the rate: Hoeffding's bound, wrong once in 10^13."""
    layer = sn.Dropout(0.3)
    layer.generator = sn.Generator(7)
    A = np.array(layer.forward(np.ones((100, 100)).tolist()))
    assert abs((A == 0).mean() - 0.3) < 0.0388
    agree(A[A != 0], np.full((A != 0).sum(), 1 / 0.7))
    agree(layer.mask, A * 0.7)


@pytest.mark.parametrize("size", [1e-100, 1, 1e100])
def test_adapt(size):
    data = size * np.column_stack(
        [RNG.normal(size=50), 1000 + RNG.normal(size=50), np.full(50, 0.1)]
    )
    layer = sn.Normalization()
    layer.adapt(data.tolist())
    agree(layer.mean.value, data.mean(axis=0))
    agree(
        layer.spread.value[:2], data.std(axis=0)[:2], 1e-10
    )  # of the second column 1000 is taken off
    assert layer.spread.value[2] == 1


# ---- the article --------------------------------------------------------------------------------------------------


def test_the_article():
    """The lesson, at each of the 1000 iterations."""
    steps = list(zip(and_gate.train(), reference.article()))
    assert len(steps) == 1000
    for ours, (W, b, z, s, y_pred, dW, db) in steps:
        agree(ours["z"], z)
        agree(ours["s"], s)
        assert ours["y_pred"] == y_pred.tolist()
        assert ours["error"] == (y_pred - and_gate.Y).tolist()
        assert (ours["dW"], ours["db"]) == (dW.tolist(), db)
        agree(ours["W"], W)
        agree(ours["b"], b)


def test_the_article_as_a_network():
    """The same neuron as layers, one sample a row, at each of the 1000 iterations."""
    steps = reference.article()

    class Followed(sn.SGD):
        def step(self, parameters):
            W, b, z, s, y_pred, dW, db = next(steps)
            weights, bias = parameters
            _, sigmoid, threshold = net.layers
            agree(np.transpose(sigmoid.Z), z)
            agree(np.transpose(sigmoid.A), s)
            assert np.transpose(threshold.A).tolist() == y_pred.tolist()
            assert (weights.gradient, bias.gradient) == (dW.tolist(), [db])
            super().step(parameters)
            agree(weights.value, W)
            agree(bias.value, [b])

    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
    )
    X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]
    net.fit(
        X, Y, loss="perceptron", optimizer=Followed(0.1), epochs=1000, shuffle=False, engine="lists"
    )
    assert next(steps, None) is None


# ---- chance -------------------------------------------------------------------------------------------------------


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
        """Marsaglia's polar method: a point of the unit disc, pulled out so that its squared radius is -2 log(s)."""
        s = 0
        while not 0 < s < 1:
            point = np.array([self.uniform(-1, 1), self.uniform(-1, 1)])
            s = point @ point
        return mean + deviation * point[0] * math.sqrt(-2 * math.log(s) / s)

    def permutation(self, n):
        """Fisher and Yates: each place, from the last, gets one of those that are left, by an exchange."""
        left, order = list(range(n)), []
        while len(left) > 1:
            j = self.bits() * len(left) >> 64
            left[j], left[-1] = left[-1], left[j]
            order.insert(0, left.pop())
        return left + order

    def initial(self, name, inputs, outputs):
        """The weights of the initializer of that name."""
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
        bounds = defaults.get(name) or reference.initializer_bounds(_family(name), inputs, outputs)
        draw = self.uniform if "low" in bounds else self.normal
        return np.array([[draw(**bounds) for _ in range(outputs)] for _ in range(inputs)])


def _family(name):
    return name.replace("xavier", "glorot").replace("kaiming", "he")


@given(st.integers(0, 2**64 - 1), st.integers(1, 5), st.integers(1, 5))
def test_draws(seed, inputs, outputs):
    generator, draws = sn.Generator(seed), Draws(seed)
    assert [generator.bits(), generator.random()] == [draws.bits(), draws.uniform()]
    assert generator.permutation(inputs * outputs) == draws.permutation(inputs * outputs)
    assert generator.below(inputs) == draws.bits() * inputs >> 64
    for name in set(initializers.INITIALIZERS) - {"orthogonal"}:
        weights = initializers.INITIALIZERS[name](inputs, outputs, sn.Generator(seed))
        agree(weights, Draws(seed).initial(name, inputs, outputs))
        assert weights == initializers.INITIALIZERS[name](inputs, outputs, sn.Generator(seed))


@pytest.mark.parametrize("name", sorted(name for name in initializers.INITIALIZERS if "_" in name))
def test_the_distribution_of_initial_weights(name):
    """10,000 weights: the bounds of uniform ones, and for all the distribution function and the variance.

    By proven bounds right initializers fail here with a probability below 10^-11, all of them together: for each, the
    distribution function is off by 0.0388 with one of 2 exp(-2 n 0.0388^2) = 2e-13 (Dvoretzky, Kiefer & Wolfowitz 1956,
    Massart 1990), the variance by 12 % with 2 exp(-2 n 0.04^2) = 3e-14 if uniform (Hoeffding 1963), and with
    2 exp(-30) = 2e-13 if normal (Laurent & Massart 2000, lemma 1: 2 sqrt(30/n) + 60/n < 0.12).
    """
    inputs, outputs = 50, 200
    weights = np.sort(np.ravel(initializers.INITIALIZERS[name](inputs, outputs, sn.Generator(11))))
    bounds = reference.initializer_bounds(_family(name), inputs, outputs)
    if "low" in bounds:
        assert bounds["low"] <= weights[0] and weights[-1] <= bounds["high"]
        distribution, variance = (
            (weights - bounds["low"]) / (2 * bounds["high"]),
            bounds["high"] ** 2 / 3,
        )
    else:
        distribution, variance = (
            reference.phi(weights / bounds["deviation"]),
            bounds["deviation"] ** 2,
        )
    below = np.arange(len(weights)) / len(weights)  # the share of the weights that are smaller
    assert np.abs(distribution - below).max() < 0.0388
    assert abs(np.mean(weights**2) / variance - 1) < 0.12


@given(st.integers(0, 2**32), st.integers(1, 7), st.integers(1, 7))
def test_orthogonal(seed, inputs, outputs):
    """Rows (or columns) at right angles, from the drawn ones in order: V = L W, L triangular, its diagonal positive."""
    W = np.array(initializers.orthogonal(inputs, outputs, sn.Generator(seed)))
    assert W.shape == (inputs, outputs)
    W = W.T if inputs > outputs else W
    draws = Draws(seed)
    V = np.array([[draws.normal() for _ in row] for row in W])
    agree(W @ W.T, np.eye(len(W)))
    agree(np.tril(V @ W.T) @ W, V)
    assert (np.diag(V @ W.T) > 0).all()


def test_orthogonal_of_almost_parallel_rows():
    """Rounding leaves 1e-16/1e-7 of a row beside the others, which a second pass has to take off."""
    draws = type(
        "Generator", (), {"normal": iter([1, 1, 1, 1, 1, 1 + 1e-7, 1, 1 + 1e-7, 1]).__next__}
    )
    W = np.array(initializers.orthogonal(3, 3, draws))
    agree(W @ W.T, np.eye(3))


# ---- the elementary functions -------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("name, theirs, points", ELEMENTARY)
def test_elementary_functions(name, theirs, points):
    """Each number by itself, to 10 units in the last place."""
    points = points[points > -1] if name == "log1p" else points
    np.testing.assert_allclose(
        [getattr(functions, name)(x) for x in points.tolist()], theirs(points), rtol=2.2e-15
    )


# ---- the golden numbers of the selftest ---------------------------------------------------------------------------


def _golden():
    """What each case of the selftest should be, from the reference."""
    Z, dA, shares = np.array(selftest.Z), np.array(selftest.GRADIENTS), np.array(selftest.SHARES)
    numbers = {}
    for name, function, _ in ELEMENTARY[:8]:
        numbers[name] = function(
            np.array(selftest.POSITIVE if name in ("log", "log1p", "sqrt") else selftest.POINTS)
        )
    draws = Draws(7)
    numbers["random"] = [draws.uniform(), draws.uniform(-1, 1), draws.normal()] + draws.permutation(
        5
    )
    for name in initializers.INITIALIZERS:
        numbers[name] = Draws(7).initial(name, 2, 3)

    layers = {kind: (kind, {}) for kind in SMOOTH}
    layers["GELU, tanh"] = ("GELU", {"approximate": "tanh"})
    draws = Draws(7)
    layers["Dropout"] = (
        "Dropout",
        {"rate": 0.25, "mask": [[draws.uniform() >= 0.25 for _ in row] for row in Z]},
    )
    layers["Normalization"] = ("Normalization", {"mean": Z.mean(axis=0), "spread": Z.std(axis=0)})
    weights = np.array([[1 / 2, -1 / 3], [2, 1 / 7], [-1, 0], [1 / 5, 3]])
    layers["Dense"] = ("Dense", {"weights": weights, "bias": [1, -1 / 3]})
    for name, layer in layers.items():
        A = Arrays([layer]).forward(Z)
        dZ, gradients = Arrays([layer]).backward(Z, dA[:, : A.shape[1]])
        numbers[name] = [A, dZ] + gradients
    numbers["Dense"][2] = (
        numbers["Dense"][2] + np.sign(weights) / 100 + weights / 10
    )  # the penalties
    numbers["Threshold"] = (Z >= 0).astype(float)

    for loss in reference.LOSSES:
        Y = np.array([[1, -1, -1, 1], [-1, 1, 1, -1]] if loss == "hinge" else [[0, 1, 0, 0]] * 2)
        A = shares if "entropy" in loss else Z
        answers = [
            Arrays(_ending("Identity")).loss(A, Y, loss, weights)[:2]
            for weights in (None, [1 / 3, 2])
        ]
        numbers[loss] = sum(map(list, answers), [])
    for loss, kinds, *_ in PAIRS:
        Y = [[0, 1, 0, 0], [1, 0, 0, 0]]
        answers = [
            Arrays(_ending(kinds[-1])).loss(Z, Y, loss, weights)[:2]
            for weights in (None, [1 / 3, 2])
        ]
        numbers[loss + ", paired"] = sum(map(list, answers), [])

    gradients = [[[1, -1 / 3, 4]], [[-1 / 7, 2, 0]], [[1 / 9, 1 / 9, -1]]]
    for optimizer in selftest._optimizers():
        kind, options = type(optimizer).__name__, optimizer.config()
        numbers[repr(optimizer)] = list(Arrays.descend(kind, options, [[1, -2, 1 / 2]], gradients))
    decay = ("ExponentialDecay", 0.5, 0.9)
    for schedule in [
        ("StepDecay", 0.5, 2, 0.1),
        decay,
        ("CosineDecay", 0.5, 5),
        ("WarmUp", 3, decay),
    ]:
        numbers[schedule[0]] = Arrays.rates(schedule, 6)
    numbers["training"] = _golden_training()
    return numbers


def _golden_training():
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]]), np.array([[0, 1, 1, 0, 1]]).T
    start, draws, batches = Draws(7), Draws(Draws(3).bits()), []
    net = reference.Reference(
        [
            ("Normalization", {"mean": X.mean(axis=0), "spread": X.std(axis=0)}),
            ("Dense", {"weights": start.initial("glorot_uniform", 2, 3), "bias": [0, 0, 0]}),
            ("Tanh", {}),
            ("Dense", {"weights": start.initial("glorot_uniform", 3, 1), "bias": [0]}),
            ("Sigmoid", {}),
        ]
    )
    optimizer, losses = reference.Adam(0.1), []
    for _ in range(5):
        order = draws.permutation(5)
        batches = [order[:2], order[2:4], order[4:]]
        values = []
        for batch in batches:
            value, gradients = net.gradients(X[batch], Y[batch], "binary_cross_entropy")
            optimizer.step(net.parameters[2:], gradients[2:])
            values.append(value)
        losses.append(np.average(values, weights=[2, 2, 1]))
    return losses + net.parameters + [net.forward([[1, 2]])]


def _flat_numbers(answers):
    return np.concatenate(
        [_flat_numbers(a) if isinstance(a, list) else np.ravel(a) for a in answers]
    )


def test_golden_numbers():
    golden = _golden()
    assert set(golden) == set(selftest.GOLDEN) == {name for name, _ in selftest.cases()}
    for name, numbers in golden.items():
        agree(selftest.from_bits("".join(selftest.GOLDEN[name])), _flat_numbers(numbers))
