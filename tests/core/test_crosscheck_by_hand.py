"""What is true of any right implementation, by hand: one text, run against scratchnet and the NumPy reference."""

import math

import pytest
from crosscheck import (
    DENSE,
    LN2,
    LN3,
    PAIRS,
    SMOOTH,
    TARGETS,
    Arrays,
    Lists,
    X,
    activations_of,
    agree,
    agree_all,
    flattened,
    reference,
)

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.usefixtures("both_kernels")


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
# (kind, g, the first step along it in units of the rate, by the default options)
ADAPTIVE = [("Adagrad", 4, 1), ("Adam", -4, -1), ("RMSprop", 4, 10), ("AdamW", 4, 1.03)]
SQUASHED = {"binary_cross_entropy": ["Sigmoid"], "categorical_cross_entropy": ["Softmax"]}


def _every_loss():
    """Yield (loss, layers, targets): each loss after a Dense, alone and with the activation that it pairs with."""
    for loss in reference.LOSSES:
        Y = TARGETS.get(loss, 2 * X[:, :1] + [[1, 2, 3, 4]])
        squashed = SQUASHED.get(loss, [])
        yield loss, [DENSE] + activations_of(*squashed), Y
        yield loss, [DENSE] + activations_of(*squashed, "Identity"), Y
    yield "perceptron", [DENSE] + activations_of("Sigmoid", "Threshold"), TARGETS["perceptron"]


def _slope(function, array, h=1e-5):
    """Return the central differences of a function of one array, element by element."""
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
        net = self.implementation(activations_of("Softmax"))
        agree(net.forward([[0, LN2, LN3]]), [[1 / 6, 2 / 6, 3 / 6]])
        agree(net.backward([[0, LN2, LN3]], [[6, 0, 0]])[0], [[5 / 6, -2 / 6, -3 / 6]])
        assert net.forward([[1e4, -1e4, 1e4]]).tolist() == [[0.5, 0, 0.5]]

    def test_softmax_is_a_distribution_and_ignores_a_shift(self):
        net = self.implementation([DENSE] + activations_of("Softmax"))
        A = net.forward(X)
        assert (A > 0).all()
        agree(A.sum(axis=1), np.ones(5))
        shifted = ("Dense", dict(DENSE[1], bias=DENSE[1]["bias"] + 100))
        agree(self.implementation([shifted] + activations_of("Softmax")).forward(X), A)
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
        ] + activations_of(kind)
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
        found, found_slope, _ = self.implementation(activations_of("Tanh", "Identity")[1:]).loss(
            [a], [y], loss, **options
        )
        agree(found, value)
        agree(found_slope, [slope])

    @pytest.mark.parametrize("loss, kinds, z, y, value, slope", PAIRS)
    def test_pair(self, loss, kinds, z, y, value, slope):
        found, found_slope, _ = self.implementation(activations_of(*kinds)).loss([z], [y], loss)
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
    def test_the_order_of_the_samples_does_not_matter(self, loss, layers, Y):
        net = self.implementation(layers)
        value, slope, gradients = net.loss(X, Y, loss)
        order = [3, 1, 4, 0, 2]
        agree_all(
            [value, slope[order]] + gradients,
            flattened(net.loss(X[order], np.array(Y)[order], loss)),
        )
        agree(np.mean([net.loss(X[[i]], np.array(Y)[[i]], loss)[0] for i in range(5)]), value)

    def test_the_delta_of_softmax_sums_to_zero(self):
        net = self.implementation([DENSE] + activations_of("Softmax"))
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
