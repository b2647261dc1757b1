"""Weights of samples and of classes."""

from types import SimpleNamespace

import pytest
from small_trainings import ENDS, NAN, TARGETS, X, Y, bits, fit, network

import scratchnet as sn
from scratchnet.core.losses import LOSSES

# ---- in batches ---------------------------------------------------------------------------------------------------

ONE_INPUT, LINE, WEIGHTS = [[1], [2], [-1], [3]], [[2], [3], [0], [5]], [1, 3, 2, 10]


def by_hand(batch_size, w=0.5, rate=1 / 64, epochs=2):
    """Return the weight of one neuron without bias, and the loss of each epoch, from the formulas.

    The loss of a batch is Σ w_i·½(a - y)² / (n·w̄), with the mean weight w̄ of all samples.
    """
    mean_weight = sum(WEIGHTS) / len(WEIGHTS)
    losses = []
    for _ in range(epochs):
        loss = 0
        for start in range(0, 4, batch_size):
            batch = range(start, min(start + batch_size, 4))
            errors = [w * ONE_INPUT[i][0] - LINE[i][0] for i in batch]
            loss += sum([WEIGHTS[i] * e * e / 2 for i, e in zip(batch, errors)]) / mean_weight
            terms = [WEIGHTS[i] * e * ONE_INPUT[i][0] for i, e in zip(batch, errors)]
            w -= rate * sum(terms) / (len(batch) * mean_weight)
        losses.append(loss / 4)
    return w, losses


class Here:
    """An executor that computes at once."""

    shards = 2

    def submit(self, function, *args):
        value = function(*args)
        return SimpleNamespace(result=lambda: value)


@pytest.mark.parametrize("way", ["lists", "rows", "steps", "executor"])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 4])
@pytest.mark.parametrize("weights", ["sample_weight", "class_weight"])
def test_weights_act_in_batches_of_any_size(weights, batch_size, way):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]])])
    net.freeze("0.bias")
    given = {"class_weight": {y: w for (y,), w in zip(LINE, WEIGHTS)}, "sample_weight": WEIGHTS}
    options = {weights: given[weights], "batch_size": batch_size, "epochs": 2, "shuffle": False}
    options.update({"executor": Here()} if way == "executor" else {"engine": way})
    history = net.fit(ONE_INPUT, LINE, "half_squared_error", sn.SGD(1 / 64), **options)
    w, losses = by_hand(batch_size)
    assert net.layers[0].weights.value == [[pytest.approx(w, rel=1e-14)]]
    assert history.loss == pytest.approx(losses, rel=1e-14)
    assert history.engine == {"executor": "rows"}.get(way, way)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_a_sum_divided_among_workers(weights):
    nets = [network(sn.Dense(1, 2, l2=0.5), sn.Dense(2, 1)) for _ in range(2)]
    plan = dict(batch_size=3, epochs=3, shuffle=False, sample_weight=weights)
    loss, optimizer = sn.MeanSquaredError(reduction="sum"), sn.SGD(1 / 64)
    alone = nets[0].fit(ONE_INPUT, LINE, loss, optimizer, **plan)
    shared = nets[1].fit(ONE_INPUT, LINE, loss, optimizer, executor=Here(), **plan)
    assert shared.loss == pytest.approx(alone.loss, rel=1e-12)
    for p, q in zip(nets[0].parameters(), nets[1].parameters()):
        assert p.rows == [pytest.approx(row, rel=1e-12) for row in q.rows]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7])
def test_equal_weights_change_nothing(batch_size):
    nets = [network(), network()]
    plain = fit(nets[0], batch_size=batch_size)
    equal = fit(nets[1], batch_size=batch_size, sample_weight=[2.5] * 7)
    assert equal.loss == pytest.approx(plain.loss, rel=1e-13)
    expected = [pytest.approx(row, rel=1e-12) for row in nets[0].parameters()[0].rows]
    assert nets[1].parameters()[0].rows == expected


def test_a_validation_loss_has_a_mean_weight_of_its_own():
    options = {"shuffle": False, "validation_split": 2 / 7, "batch_size": 2}
    weights = [1, 2, 3, 4, 5, 6, 8]
    net = network()
    history = fit(net, sample_weight=weights, **options)
    expected = net.evaluate(X[5:], Y[5:], "mean_squared_error", sample_weight=weights[5:])
    assert history.validation_loss[-1] == pytest.approx(expected)


# ---- weights of samples and classes --------------------------------------------------------------------------------


def close(gradients):
    """Return gradients that compare to rounding."""
    return [
        pytest.approx(g) if not isinstance(g[0], list) else [pytest.approx(row) for row in g]
        for g in gradients
    ]


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_a_weight_of_two_is_a_sample_given_twice(loss):
    net = sn.Sequential(ENDS.get(loss, [sn.Dense(2, 1)]), seed=2).copy()
    targets = TARGETS.get(loss, [[0.5], [2], [-1]])
    repeated = net.gradients(X[:3] + [X[1]], targets + [targets[1]], loss)
    weighted = net.gradients(X[:3], targets, loss, sample_weight=[1, 2, 1])
    assert weighted[0] == pytest.approx(repeated[0])
    assert weighted[1] == close(repeated[1])
    assert net.evaluate(X[:3], targets, loss, sample_weight=[1, 2, 1]) == pytest.approx(repeated[0])
    assert net.gradients(X[:3], targets, loss, sample_weight=[5, 10, 5])[1] == close(repeated[1])


@pytest.mark.parametrize("batch_size", [None, 1, 2, 3])
def test_a_weight_of_zero_is_a_sample_left_out(batch_size):
    """Batches are formed from the other samples, so that none is empty."""
    net, without = network(), network()
    history = fit(net, sample_weight=[0, 0, 1, 1, 1, 1, 1], shuffle=False, batch_size=batch_size)
    expected = fit(without, X[2:], Y[2:], shuffle=False, batch_size=batch_size)
    assert history.loss == pytest.approx(expected.loss)
    assert net.parameters()[0].rows == [pytest.approx(row) for row in without.parameters()[0].rows]


def test_samples_of_weight_zero_are_not_held_out():
    net, without = network(), network()
    options = {"shuffle": False, "validation_split": 0.4, "batch_size": 1}
    history = fit(net, sample_weight=[0, 1, 1, 0, 1, 1, 1], **options)
    expected = fit(
        without, [X[i] for i in (1, 2, 4, 5, 6)], [Y[i] for i in (1, 2, 4, 5, 6)], **options
    )
    assert history.loss == pytest.approx(expected.loss)
    assert history.validation_loss == pytest.approx(expected.validation_loss)
    assert net.parameters()[0].rows == [pytest.approx(row) for row in without.parameters()[0].rows]


@pytest.mark.parametrize(
    "loss, classes", [("binary_cross_entropy", [1, 0, 1]), ("categorical_cross_entropy", [0, 2, 1])]
)
def test_class_weights_are_weights_of_the_samples(loss, classes):
    weights = {0: 0.5, 1: 2, 2: 7}
    nets = [sn.Sequential(ENDS[loss], seed=2).copy() for _ in range(3)]
    fit(nets[0], X[:3], TARGETS[loss], loss, class_weight=weights)
    fit(nets[1], X[:3], TARGETS[loss], loss, sample_weight=[weights[c] for c in classes])
    assert bits(nets[0]) == bits(nets[1])
    fit(
        nets[2], X[:3], TARGETS[loss], loss, class_weight=weights, sample_weight=[3, 3, 3]
    )  # both multiply
    assert nets[2].parameters()[0].rows == [
        pytest.approx(row) for row in nets[0].parameters()[0].rows
    ]


def test_the_classes_of_a_hinge_are_minus_one_and_one():
    nets = [network(sn.Dense(2, 1)) for _ in range(2)]
    fit(nets[0], X[:3], [1, -1, 1], "hinge", class_weight={-1: 3, 1: 1})
    fit(nets[1], X[:3], [1, -1, 1], "hinge", sample_weight=[1, 3, 1])
    assert bits(nets[0]) == bits(nets[1])


@pytest.mark.parametrize(
    "weights, error, message",
    [
        ([1, 1], ValueError, "^sample_weight has 2 numbers for 3 samples; give one per sample$"),
        ([1, -1, 1], ValueError, "^sample_weight.* 0 or more, and not all 0$"),
        ([0, 0, 0], ValueError, "^sample_weight.* 0 or more, and not all 0$"),
        ([1, NAN, 1], ValueError, "^sample_weight: number 1 is nan; give a finite number$"),
        ([1, "1", 1], TypeError, "^sample_weight: number 1: '1' is a str; give a number$"),
        ([[1], [1], [1]], TypeError, r"^sample_weight: .*\[1\] is a list; give a number$"),
        (1, TypeError, "^sample_weight.*int; give a list"),
        ([], ValueError, "^sample_weight is empty"),
    ],
)
def test_sample_weights_that_are_refused(weights, error, message):
    with pytest.raises(error, match=message):
        fit(network(), X[:3], Y[:3], sample_weight=weights)
    with pytest.raises(error, match=message):
        network().evaluate(X[:3], Y[:3], "mean_squared_error", sample_weight=weights)


@pytest.mark.parametrize(
    "weights, error, message",
    [
        (
            {0: 1},
            ValueError,
            r"^class_weight has no weight for the target \[1.0\]; give {class: weight}$",
        ),
        ({0: 1, 1: 0}, ValueError, "^class_weight of 1 is 0.0; give a finite number above 0$"),
        ({0: 1, 1: -2}, ValueError, "^class_weight of 1 is -2.0; give a finite number above 0$"),
        ({0: 1, 1: "2"}, TypeError, "^class_weight of 1: '2' is a str; give a number$"),
        ({0: 1, 1: None}, TypeError, "^class_weight of 1: None is a NoneType; give a number$"),
        (5, ValueError, "^class_weight is 5; give {class: weight}$"),
        ("balanced", (TypeError, ValueError), "class_weight"),
        ([1.0] * 1000, (TypeError, ValueError), "^class_weight.{,200}$"),
    ],
)
def test_class_weights_that_are_refused(weights, error, message):
    with pytest.raises(error, match=message):
        fit(
            network(sn.Dense(2, 1), sn.Sigmoid()),
            X[:3],
            [0, 1, 0],
            "binary_cross_entropy",
            class_weight=weights,
        )


# ---- what is refused: one sentence, with the row and the column, and nothing learnt --------------------------------


@pytest.mark.parametrize(
    "outputs, loss, Y_",
    [
        (1, "binary_cross_entropy", [0.9]),
        (1, "mean_squared_error", [-0.7]),
        (2, "mean_squared_error", [[0, 0]]),
        (2, "mean_squared_error", [[1, 1]]),
        (2, "mean_squared_error", [[0.5, 0.5]]),
    ],
)
def test_a_target_that_is_no_class_has_no_class_weight(outputs, loss, Y_):
    net = sn.Sequential([sn.Dense(1, outputs), sn.Sigmoid()])
    with pytest.raises(
        ValueError,
        match=r"^class_weight has no weight for the target \[.*\]; give {class: weight}$",
    ):
        fit(net, [[1]], Y_, loss=loss, class_weight={0: 1, 1: 2})


def test_class_weights_are_for_training_alone():
    X_, Y_ = [[x, x * x] for x in range(8)], [0, 1] * 4
    nets = [sn.Sequential([sn.Dense(2, 1), sn.Sigmoid()], seed=2) for _ in range(2)]
    options = dict(loss="binary_cross_entropy", class_weight={0: 1, 1: 5}, shuffle=False)
    split = fit(nets[0], X_, Y_, validation_split=0.5, **options)
    given = fit(nets[1], X_[:4], Y_[:4], validation_data=(X_[4:], Y_[4:]), **options)
    assert split.validation_loss == given.validation_loss and split.loss == given.loss
