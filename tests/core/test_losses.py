"""losses.py: values and gradients by hand, targets, sample weights, and the pairs that share dZ = (a - y)/n."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.core.losses import LOSSES

LN2, LN4 = math.log(2), math.log(4)
NAN, INF = float("nan"), float("inf")

BY_HAND = [  # loss, A, Y, value, gradient
    (
        "mean_squared_error",
        [[1.0, 2.0], [3.0, 4.0]],
        [[1.0, 0.0], [3.0, 8.0]],
        5.0,
        [[0.0, 1.0], [0.0, -2.0]],
    ),
    (
        "half_squared_error",
        [[1.0, 2.0], [3.0, 4.0]],
        [[1.0, 0.0], [3.0, 8.0]],
        5.0,
        [[0.0, 1.0], [0.0, -2.0]],
    ),
    (
        "mean_absolute_error",
        [[1.0, 2.0], [3.0, 4.0]],
        [[1.0, 0.0], [3.0, 8.0]],
        1.5,
        [[0.0, 0.25], [0.0, -0.25]],
    ),
    ("huber", [[0.5, 3.0, -3.0, 0.0]], [[0.0] * 4], 5.125 / 4, [[0.125, 0.25, -0.25, 0.0]]),
    ("binary_cross_entropy", [[0.5, 0.75]], [[1.0, 0.0]], (LN2 + LN4) / 2, [[-1.0, 2.0]]),
    ("binary_cross_entropy", [[0.5], [0.5]], [[0.25], [0.5]], LN2, [[0.5], [0.0]]),
    (
        "categorical_cross_entropy",
        [[0.5, 0.5], [0.75, 0.25]],
        [[1.0, 0.0], [0.0, 1.0]],
        1.5 * LN2,
        [[-1, 0], [0, -2]],
    ),
    (
        "hinge",
        [[2.0, 0.25], [-3.0, 1.0]],
        [[1.0, 1.0], [1.0, -1.0]],
        6.75 / 4,
        [[0.0, -0.25], [-0.25, 0.25]],
    ),
]


@pytest.mark.parametrize("name, A, Y, value, gradient", BY_HAND)
def test_by_hand(name, A, Y, value, gradient):
    loss = LOSSES[name]()
    assert loss.value(A, Y) == pytest.approx(value)
    assert loss.gradient(A, Y) == [pytest.approx(row) for row in gradient]


def test_every_loss_has_numbers_by_hand():
    assert {case[0] for case in BY_HAND} | {"perceptron"} == set(LOSSES)


def test_huber_has_a_delta():
    loss = sn.Huber(2)
    assert loss.value([[1.0], [5.0]], [[0.0], [0.0]]) == (0.5 + 8.0) / 2
    assert loss.gradient([[1.0], [5.0]], [[0.0], [0.0]]) == [[0.5], [1.0]]


@pytest.mark.parametrize("delta", [0, -1, NAN])
def test_hubers_delta_is_more_than_0(delta):
    with pytest.raises(ValueError, match="^Huber: delta is .*; .* 0$"):
        sn.Huber(delta)


# ---- the canonical pairs -----------------------------------------------------------------------------------------

PAIRS = {
    "half_squared_error": (sn.Identity, 2),
    "binary_cross_entropy": (sn.Sigmoid, 4),
    "categorical_cross_entropy": (sn.Softmax, 2),
}
Z = [[0.5, -1.5], [2.0, 0.25]]
Y = [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("name", sorted(PAIRS))
@pytest.mark.parametrize("weights", [None, [0.5, 3.0]])
def test_the_gradient_of_a_pair_is_the_chain_of_both_derivatives(name, weights):
    """Value and gradient in Z, computed together, equal those of loss and activation one after the other."""
    loss, activation = LOSSES[name](), PAIRS[name][0]()
    A = activation.forward(Z)
    assert loss.value_from_logits(Z, A, Y, weights) == pytest.approx(loss.value(A, Y, weights))
    chain = activation.backward(loss.gradient(A, Y, weights))
    assert loss.gradient_in_logits(A, Y, weights) == [pytest.approx(row) for row in chain]


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_the_gradient_in_the_logits_of_a_pair(name):
    activation, n = PAIRS[name]
    A = activation().forward(Z)
    dZ = LOSSES[name]().gradient_in_logits(A, Y)
    assert dZ == [[(a - y) / n for a, y in zip(*rows)] for rows in zip(A, Y)]


NO_PROBABILITIES = [
    ("binary_cross_entropy", sn.Tanh),
    ("categorical_cross_entropy", sn.Tanh),
    ("categorical_cross_entropy", sn.Sigmoid),
]


@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize("layer", [sn.Identity(), sn.Sigmoid(), sn.Softmax(), sn.Tanh()], ids=repr)
def test_a_loss_is_computed_with_the_activation_that_it_pairs_with(name, layer):
    if name == "perceptron":
        with pytest.raises(
            ValueError, match="^Perceptron: the network must end in Threshold, or in Sigmoid and"
        ):
            LOSSES[name]().paired_layers([layer])
    elif (name, type(layer)) in NO_PROBABILITIES:
        end = PAIRS[name][0].__name__
        with pytest.raises(
            ValueError, match=r"\(\) gives no probabilities; end the network in {}\(\)$".format(end)
        ):
            LOSSES[name]().paired_layers([layer])
    else:
        paired = name in PAIRS and isinstance(layer, PAIRS[name][0])
        assert LOSSES[name]().paired_layers([sn.Dense(1, 1), layer]) == int(paired)


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"perceptron"}))
def test_no_other_loss_learns_through_a_threshold(name):
    with pytest.raises(ValueError, match="loss='perceptron'"):
        LOSSES[name]().paired_layers([sn.Dense(1, 1), sn.Threshold()])


def test_the_perceptron_loss():
    loss = sn.Perceptron()
    assert loss.paired_layers([sn.Dense(1, 1), sn.Threshold()]) == 1
    assert loss.paired_layers([sn.Threshold()]) == 1
    assert loss.paired_layers([sn.Dense(1, 1), sn.Sigmoid(), sn.Threshold(0.5)]) == 2
    z, a, y = (
        [[2.0], [-3.0], [4.0], [-5.0]],
        [[1.0], [0.0], [1.0], [0.0]],
        [[0.0], [1.0], [1.0], [0.0]],
    )
    assert loss.value_from_logits(z, a, y) == (2.0 + 3.0) / 4
    assert loss.gradient_in_logits(a, y) == [[0.25], [-0.25], [0.0], [0.0]]


AND = [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize("number", [float, Fraction, Decimal])
def test_the_perceptron_loss_is_measured_from_the_threshold(number):
    """mean((a - y)·(z - t)): of the textbook's neuron w = (0.3, -0.2), t = 0.4, on AND."""
    w1, w2, t = [number(n) / 10 for n in (3, -2, 4)]
    net = sn.Sequential([sn.Dense(2, 1, weights=[[w1], [w2]]), sn.Threshold(t)])
    loss = net.evaluate([[1, 1], [1, 0]], [1, 0], "perceptron")
    assert loss == pytest.approx((0 - 1) * (w1 + w2 - t) / 2)  # the second sample is right
    if number is not float:
        assert loss == number(3) / 20


@pytest.mark.parametrize("threshold", [0.7, 0.5, 0.2])
def test_after_a_sigmoid_the_perceptron_loss_is_measured_from_its_logit(threshold):
    net = sn.Sequential(
        [sn.Dense(1, 1, weights=[[1]]), sn.Sigmoid(), sn.Threshold(threshold)], seed=1
    )
    t = math.log(threshold / (1 - threshold))
    assert net.evaluate([[t - 2]], [1], "perceptron") == pytest.approx(2)
    assert net.evaluate([[t + 3]], [0], "perceptron") == pytest.approx(3)
    assert net.evaluate([[t + 3], [t - 2]], [1, 0], "perceptron") == 0
    assert sn.check_gradients(net, [[t - 2], [t + 1]], [1, 0], "perceptron").passed


@pytest.mark.parametrize("threshold", [0, 1, -0.5, 7])
def test_a_threshold_that_a_sigmoid_does_not_cross_is_refused(threshold):
    net = sn.Sequential([sn.Dense(1, 1), sn.Sigmoid(), sn.Threshold(threshold)])
    with pytest.raises(ValueError, match="^Perceptron: threshold after Sigmoid is .* 0 and 1$"):
        net.evaluate([[1]], [1], "perceptron")


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
@pytest.mark.parametrize(
    "ending, low",
    [
        ([sn.Sigmoid(), sn.Threshold(0.7)], 0),
        ([sn.Threshold(0.4)], 0),
        ([sn.Threshold(0.4, bipolar=True)], -1),
        ([sn.Threshold(strict=True)], 0),
        ([sn.Threshold(bipolar=True, strict=True)], -1),
    ],
)
def test_patience_keeps_a_perceptron_without_mistakes(ending, low, engine):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[0.3], [-0.2]])] + ending)
    Y = [low, low, low, 1]
    plan = dict(optimizer=sn.SGD(0.2), batch_size=1, shuffle=False, epochs=50, patience=10)
    history = net.fit(AND, Y, "perceptron", engine=engine, **plan)
    assert net.predict(AND) == [[y] for y in Y]
    assert net.evaluate(AND, Y, "perceptron") == 0
    assert all([loss >= 0 for loss in history.loss]) and history.loss[0] > 0
    assert history.engine == engine


def test_the_outputs_of_a_threshold():
    Z = [[-1.0, 0.5, 2.0]]
    assert sn.Threshold(0.5).forward(Z) == [[0, 1, 1]]
    assert sn.Threshold(0.5, strict=True).forward(Z) == [[0, 0, 1]]
    assert sn.Threshold(0.5, bipolar=True).forward(Z) == [[-1, 1, 1]]
    assert sn.Threshold(0.5, bipolar=True, strict=True).forward(Z) == [[-1, -1, 1]]
    assert repr(sn.Threshold(0.5)) == "Threshold(threshold=0.5)"
    assert repr(sn.Threshold(0, strict=True)) == "Threshold(threshold=0, strict=True)"


def test_targets_are_the_outputs_of_the_threshold():
    net = sn.Sequential([sn.Dense(1, 1), sn.Threshold(bipolar=True)])
    with pytest.raises(
        ValueError, match=r"^Perceptron: row 1 of Y is \[0.0\]; a target is -1 or 1$"
    ):
        net.evaluate([[1], [2]], [1, 0], "perceptron")


# ---- what the sum of the terms is divided by ---------------------------------------------------------------------

SHARES = {"mean": 4, "batchmean": 2, "sum": 1}


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"perceptron"}))
@pytest.mark.parametrize("reduction", sorted(SHARES))
@pytest.mark.parametrize("weights", [None, [1.0, 3.0]])
def test_reductions(name, reduction, weights):
    A, Y = [[0.25, 0.75], [0.5, 0.5]], [[0.0, 1.0], [1.0, 0.0]]
    loss = LOSSES[name](reduction=reduction)
    w = weights or [1.0, 1.0]
    terms = [[w[i] * loss.term(a, y) for a, y in zip(A[i], Y[i])] for i in range(2)]
    n = SHARES[reduction] * (1 if reduction == "sum" else sum(w) / 2)
    assert loss.value(A, Y, weights) == pytest.approx(sum(map(sum, terms)) / n, rel=1e-14)
    slopes = [[w[i] * loss.derivative(a, y) / n for a, y in zip(A[i], Y[i])] for i in range(2)]
    assert loss.gradient(A, Y, weights) == [pytest.approx(row, rel=1e-14) for row in slopes]
    assert repr(loss.with_numbers(float)).endswith("reduction={!r})".format(reduction))


def test_usual_reductions():
    by_samples = {"half_squared_error", "categorical_cross_entropy"}
    A, Y = [[0.25, 0.75]], [[0.0, 1.0]]
    for name in set(LOSSES) - {"perceptron"}:
        usual = LOSSES[name](reduction="batchmean" if name in by_samples else "mean")
        assert LOSSES[name]().value(A, Y) == usual.value(A, Y)
        assert "reduction" not in repr(LOSSES[name]())
    with pytest.raises(
        ValueError, match="^Huber: reduction is 'none'; give None or 'mean' or 'batchmean'"
    ):
        sn.Huber(reduction="none")


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_training_on_a_sum_equals_training_on_the_mean_at_a_larger_rate(batch_size, engine):
    X, Y = [[0.5, 1], [1, -1], [2, 0]], [[1, 2], [0, 1], [1, 1]]
    nets = [sn.Sequential([sn.Dense(2, 2)], seed=3) for _ in range(2)]
    plan = dict(epochs=4, batch_size=batch_size, shuffle=False, engine=engine)
    mean = nets[0].fit(X[:batch_size], Y[:batch_size], "mean_squared_error", sn.SGD(1 / 16), **plan)
    loss, rate = sn.MeanSquaredError(reduction="sum"), 1 / 16 / (2 * batch_size)
    total = nets[1].fit(X[:batch_size], Y[:batch_size], loss, sn.SGD(rate), **plan)
    assert total.loss == pytest.approx([v * 2 * batch_size for v in mean.loss], rel=1e-12)
    for p, q in zip(nets[0].parameters(), nets[1].parameters()):
        assert p.rows == [pytest.approx(row, rel=1e-12) for row in q.rows]


def test_a_sum_is_the_same_in_parts():
    """The loss of an epoch, and evaluate in blocks, sum over the batches."""
    X, Y = [[i % 7 / 7] for i in range(2500)], [[i % 5 / 5] for i in range(2500)]
    net = sn.Sequential([sn.Dense(1, 1)], seed=3)
    total = net.evaluate(X, Y, sn.MeanSquaredError(reduction="sum"))
    assert total == pytest.approx(2500 * net.evaluate(X, Y, "mean_squared_error"))
    plan = dict(optimizer=sn.SGD(0), epochs=1, batch_size=99)
    assert net.fit(X, Y, sn.MeanSquaredError("sum"), **plan).loss == [pytest.approx(total)]


@pytest.mark.parametrize("z", [[1e4, -1e4], [-1e4, 1e4], [800.0, -900.0], [1e300, -1e300]])
@pytest.mark.parametrize("y", [[1.0, 0.0], [0.0, 1.0]])
def test_cross_entropies_of_any_logits(z, y):
    """An error of D in the logits costs D, a right answer 0: no infinity, no NaN, no lost digits."""
    distance = 0.0 if (z[0] > z[1]) == (y[0] > y[1]) else abs(z[0] - z[1])
    categorical, binary = sn.CategoricalCrossEntropy(), sn.BinaryCrossEntropy()
    assert categorical.value_from_logits([z], sn.Softmax().forward([z]), [y]) == distance
    assert categorical.gradient_in_logits(sn.Softmax().forward([z]), [y]) == [
        [(distance > 0) * (1 - 2 * v) for v in y]
    ]
    assert binary.value_from_logits([z], sn.Sigmoid().forward([z]), [y]) == distance / 2
    assert binary.gradient_in_logits(sn.Sigmoid().forward([z]), [y]) == [
        [(distance > 0) * (0.5 - v) for v in y]
    ]


LOGITS = st.floats(-1e6, 1e6)


@settings(max_examples=2 * settings.default.max_examples)
@given(st.lists(LOGITS, min_size=2, max_size=5), st.data())
def test_cross_entropies_are_never_negative(z, data):
    k = data.draw(st.integers(0, len(z) - 1))
    y = [float(i == k) for i in range(len(z))]
    value = sn.CategoricalCrossEntropy().value_from_logits([z], sn.Softmax().forward([z]), [y])
    assert value >= 0.0 and value == pytest.approx(
        max(max(z) - z[k], 0.0), abs=math.log(len(z)) + 1e-9
    )
    assert sn.BinaryCrossEntropy().value_from_logits([z], sn.Sigmoid().forward([z]), [y]) >= 0.0


# ---- saturated outputs without their pair: infinite, where the mathematics is, but no error of Python's ----------


@pytest.mark.parametrize(
    "loss, a, y, value, derivative",
    [
        (sn.BinaryCrossEntropy(), 0.0, 0.0, 0.0, 1.0),
        (sn.BinaryCrossEntropy(), 1.0, 1.0, 0.0, -1.0),
        (sn.BinaryCrossEntropy(), 0.0, 1.0, INF, -INF),
        (sn.BinaryCrossEntropy(), 1.0, 0.0, INF, INF),
        (sn.CategoricalCrossEntropy(), 0.0, 0.0, 0.0, 0.0),
        (sn.CategoricalCrossEntropy(), 0.0, 1.0, INF, -INF),
    ],
)
def test_saturated_outputs(loss, a, y, value, derivative):
    assert loss.value([[a]], [[y]]) == value
    # Of the right sign, at least; where the derivative is infinite, a very large one will do: PyTorch clamps it.
    assert loss.gradient([[a]], [[y]])[0][0] * derivative >= 0.0


# ---- sample weights ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, A, Y, value, gradient", BY_HAND)
def test_a_weight_counts_as_repetitions(name, A, Y, value, gradient):
    loss = LOSSES[name]()
    A, Y = (A * 2)[:2], (Y * 2)[:2]
    weighted = loss.value(A, Y, [1.0, 3.0])
    assert weighted == pytest.approx(loss.value([A[0], A[1], A[1], A[1]], [Y[0], Y[1], Y[1], Y[1]]))
    repeated = loss.gradient([A[0], A[1], A[1], A[1]], [Y[0], Y[1], Y[1], Y[1]])
    weighted_gradient = loss.gradient(A, Y, [1.0, 3.0])
    assert weighted_gradient == [
        pytest.approx(repeated[0]),
        pytest.approx([3 * d for d in repeated[1]]),
    ]


# ---- targets -----------------------------------------------------------------------------------------------------


def target(name, y, outputs):
    return LOSSES[name]().target(y, outputs, float, 4)


@pytest.mark.parametrize(
    "name, y, outputs, row",
    [
        ("mean_squared_error", 3, 1, [3.0]),
        ("mean_squared_error", [3], 1, [3.0]),
        ("mean_squared_error", (3, True), 2, [3.0, 1.0]),
        ("binary_cross_entropy", True, 1, [1.0]),
        ("binary_cross_entropy", [0, 0.5, 1], 3, [0.0, 0.5, 1.0]),
        ("categorical_cross_entropy", 2, 3, [0.0, 0.0, 1.0]),
        ("categorical_cross_entropy", 0.0, 3, [1.0, 0.0, 0.0]),
        ("categorical_cross_entropy", True, 2, [0.0, 1.0]),
        ("categorical_cross_entropy", [0, 1, 0], 3, [0.0, 1.0, 0.0]),
        ("categorical_cross_entropy", [1 / 3, 1 / 3, 1 / 3], 3, [1 / 3, 1 / 3, 1 / 3]),
        ("categorical_cross_entropy", [2], 3, [0.0, 0.0, 1.0]),
        ("hinge", [-1, 1], 2, [-1.0, 1.0]),
        ("perceptron", 1, 1, [1.0]),
    ],
)
def test_targets(name, y, outputs, row):
    accepted = target(name, y, outputs)
    assert accepted == row and {type(v) for v in accepted} == {float}


class Scalar:
    """Like a PyTorch tensor of one number: it has a method __len__, but no dimension."""

    ndim = 0

    def __init__(self, value):
        self.value = value

    def __len__(self):
        raise TypeError("len() of a 0-d tensor")

    def item(self):
        return self.value


def test_the_scalars_of_other_libraries_are_targets():
    assert target("mean_squared_error", Scalar(3), 1) == [3.0]
    assert target("categorical_cross_entropy", Scalar(1), 3) == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "name, y, outputs, error, message",
    [
        (
            "mean_squared_error",
            [1, 2],
            1,
            ValueError,
            "Y: row 4 has 2 columns where the network has 1 output",
        ),
        (
            "mean_squared_error",
            [1],
            2,
            ValueError,
            "Y: row 4 has 1 column where the network has 2 outputs",
        ),
        (
            "mean_squared_error",
            1,
            2,
            TypeError,
            r"Y: row 4 is 1, but the network has 2 outputs; give a row of 2",
        ),
        ("mean_squared_error", [NAN], 1, ValueError, "Y: row 4, column 0 is nan"),
        ("mean_squared_error", -INF, 1, ValueError, "Y: row 4, column 0 is -inf"),
        ("mean_squared_error", "cat", 1, TypeError, "Y: row 4.*'cat'"),
        ("mean_squared_error", None, 1, TypeError, "Y: row 4.*None"),
        ("mean_squared_error", ["cat"], 1, TypeError, "Y: row 4, column 0: 'cat' is a str"),
        (
            "binary_cross_entropy",
            2,
            1,
            ValueError,
            r"BinaryCrossEntropy: row 4 of Y is \[2.0\]; a target is 0, 1",
        ),
        (
            "binary_cross_entropy",
            [0, -0.1],
            2,
            ValueError,
            r"BinaryCrossEntropy: row 4 of Y is \[0.0, -0.1\]",
        ),
        (
            "categorical_cross_entropy",
            3,
            3,
            ValueError,
            "Y: row 4 is 3; with 3 outputs .* from 0 to 2",
        ),
        (
            "categorical_cross_entropy",
            -1,
            3,
            ValueError,
            "Y: row 4 is -1; with 3 outputs .* from 0 to 2",
        ),
        (
            "categorical_cross_entropy",
            0.5,
            3,
            ValueError,
            "Y: row 4 is 0.5; with 3 outputs .* from 0 to 2",
        ),
        (
            "categorical_cross_entropy",
            NAN,
            3,
            ValueError,
            "Y: row 4 is nan; with 3 outputs .* from 0 to 2",
        ),
        (
            "categorical_cross_entropy",
            INF,
            3,
            ValueError,
            "Y: row 4 is inf; with 3 outputs .* from 0 to 2",
        ),
        ("categorical_cross_entropy", "cat", 3, TypeError, "Y: row 4.*'cat'"),
        ("categorical_cross_entropy", None, 3, TypeError, "Y: row 4.*None"),
        (
            "categorical_cross_entropy",
            0,
            1,
            ValueError,
            "CategoricalCrossEntropy needs one output per class",
        ),
        (
            "categorical_cross_entropy",
            [0, 1],
            3,
            ValueError,
            "Y: row 4 has 2 columns where the network has 3",
        ),
        (
            "categorical_cross_entropy",
            [1, 1, 0],
            3,
            ValueError,
            r"row 4 of Y is \[1.0, 1.0, 0.0\].* sum to 1",
        ),
        (
            "categorical_cross_entropy",
            [2, -1, 0],
            3,
            ValueError,
            r"row 4 of Y is \[2.0, -1.0, 0.0\]",
        ),
        ("hinge", 0, 1, ValueError, r"Hinge: row 4 of Y is \[0.0\]; a target is -1 or 1"),
        (
            "perceptron",
            0.5,
            1,
            ValueError,
            r"Perceptron: row 4 of Y is \[0.5\]; a target is 0 or 1",
        ),
    ],
)
def test_targets_that_are_refused(name, y, outputs, error, message):
    with pytest.raises(error, match=message) as raised:
        target(name, y, outputs)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "categorical_cross_entropy", "hinge"])
@pytest.mark.parametrize("y", [[2.0] * 1000, "x" * 1000, ["x" * 1000] * 1000])
def test_the_sentence_is_short_however_many_outputs(name, y):
    with pytest.raises((TypeError, ValueError), match="row 4") as raised:
        target(name, y, 1000)
    assert len(str(raised.value)) < 300


def test_a_subclass_of_the_paired_activation_is_not_paired():
    """Its function may differ, and then dZ would be wrong."""

    class Steep(sn.Sigmoid):
        def function(self, z):
            return sn.Sigmoid.function(self, 2 * z)

        def derivative(self, z, a):
            return 2 * a * (1 - a)

    assert LOSSES["binary_cross_entropy"]().paired_layers([Steep()]) == 0
    assert sn.check_gradients(
        sn.Sequential([sn.Dense(2, 1), Steep()]), [[1, 2]], [1], "binary_cross_entropy"
    ).passed


def test_outputs_and_targets_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match="^loss: 1×2 with 1×1: the shapes differ$"):
        sn.MeanSquaredError().value([[1, 2]], [[1]])
