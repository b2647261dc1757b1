"""Validation data, and patience: when a training stops early, and which parameters it keeps."""

import pytest
from small_trainings import INF, NAN, Scripted, X, Y, bits, fit, network, one_weight, watched

import scratchnet as sn

# ---- validation --------------------------------------------------------------------------------------------------


def test_validation_data_are_evaluated_after_each_epoch_and_not_trained_on():
    net, alone = network(), network()
    for epoch in sn.epochs(
        net, X[:4], Y[:4], "mean_squared_error", validation_data=(X[4:], Y[4:]), epochs=3
    ):
        measured = net.evaluate(X[4:], Y[4:], "mean_squared_error")
        assert epoch.validation_loss == pytest.approx(measured, rel=1e-14)
    fit(alone, X[:4], Y[:4], optimizer="adam")
    assert bits(net) == bits(alone)


def test_without_shuffling_the_last_part_is_held_out():
    net, alone = network(), network()
    history = fit(net, validation_split=0.3, shuffle=False, batch_size=2)
    fit(alone, X[:5], Y[:5], shuffle=False, batch_size=2)
    assert bits(net) == bits(alone)
    measured = net.evaluate(X[5:], Y[5:], "mean_squared_error")
    assert history.validation_loss[-1] == pytest.approx(measured, rel=1e-14)


def held_out(seed):
    seen = [
        x
        for batch in watched(validation_split=0.3, seed=seed, batch_size=2, epochs=3)
        for x in batch
    ]
    return [i for i, x in enumerate(X) if x not in seen]


def test_with_shuffling_the_seed_decides_what_is_held_out():
    drawn = [held_out(seed) for seed in range(6)]
    assert {len(part) for part in drawn} == {2}  # of 7, in all three epochs the same
    assert len({tuple(part) for part in drawn}) > 1
    assert held_out(0) == drawn[0]


@pytest.mark.parametrize("split", [1, 1.0, 1.5, -0.1, 0.01, 0.99, NAN, True])
def test_a_split_leaves_samples_on_both_sides(split):
    with pytest.raises(
        ValueError, match="^validation_split is .*; .* leaves some of the 7 samples on both sides$"
    ):
        fit(network(), validation_split=split)


def test_validation_data_and_split_exclude_each_other():
    with pytest.raises(ValueError, match="^give validation_data or validation_split, not both$"):
        fit(network(), validation_data=(X, Y), validation_split=0.5)


@pytest.mark.parametrize("data", [5, (X,), (X, Y, [1] * 7), [], "XY"])
def test_validation_data_are_a_pair(data):
    with pytest.raises((TypeError, ValueError), match="validation_data") as raised:
        fit(network(), validation_data=data)
    assert len(str(raised.value)) < 300  # the data themselves are not part of the sentence


def test_validation_data_are_checked_before_training():
    net = network()
    before = bits(net)
    with pytest.raises(
        ValueError, match="^validation_data: X: row 1, column 0 is nan; give a finite number$"
    ):
        fit(net, validation_data=([[0, 0], [NAN, 0]], [[0], [0]]))
    assert bits(net) == before


# ---- patience: the weights are 9, 1, 2, 1, 5, 0.5 ... and the loss their squares ---------------------------------


@pytest.mark.parametrize(
    "patience, epochs, stops, best",
    [
        (1, 9, 3, 2),
        (3, 8, 5, 2),  # as good as the best is not better
        (4, 8, 8, 6),
        (9, 8, 8, 6),  # the end comes before patience does
        (4, 3, 3, 2),
        (1, 1, 1, 1),
    ],
)
@pytest.mark.parametrize("validated", [True, False])
def test_patience(patience, epochs, stops, best, validated):
    """Without validation data, patience compares the training loss of the parameters after the epoch."""
    net = one_weight()
    validation = {"validation_data": ([[2]], [0])} if validated else {}
    history = fit(
        net, [[1]], [0], optimizer=Scripted(), epochs=epochs, patience=patience, **validation
    )
    assert (len(history), history.best_epoch) == (stops, best)
    assert net.parameters()[0].value == [[Scripted.script[best - 1]]]
    assert [epoch.best for epoch in history.epochs] == [1, 2, 2, 2, 2, 6, 6, 6][:stops]
    if validated:
        assert history.validation_loss == [4 * w * w for w in Scripted.script[:stops]]


def test_patience_keeps_every_parameter_of_the_best_epoch():
    net = network(sn.Normalization(), sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1))
    kept = {}
    for epoch in sn.epochs(
        net,
        X[:4],
        Y[:4],
        "mean_squared_error",
        sn.SGD(0.5),
        60,
        patience=7,
        validation_data=(X[4:], Y[4:]),
    ):
        kept[epoch.number] = bits(net)
    assert 1 < epoch.best == epoch.number - 7
    assert bits(net) == kept[epoch.best] != kept[epoch.number]


def test_a_validation_loss_that_is_not_finite_is_not_the_best():
    net = one_weight()
    history = fit(
        net,
        [[0]],
        [0],
        optimizer=Scripted(),
        epochs=8,
        patience=5,
        validation_data=([[2e153]], [0]),
    )
    assert history.validation_loss[0] == INF
    assert history.best_epoch == 6


# ---- what is refused: one sentence, with the row and the column, and nothing learnt ------------------------------


def test_a_first_validation_loss_of_nan_is_not_the_best():
    class Pathless(sn.Loss):
        """NaN until the output is below 2."""

        def term(self, a, y):
            return a * (0 if a < 2 else NAN)

    class Harmless(Pathless):
        def value(self, A, Y, weights=None):
            return 1.0 if A[0][0] == 3.0 else Pathless.value(self, A, Y, weights)

        def derivative(self, a, y):
            return 0 * a

    class Down(Scripted):
        script = 9.0, 1.0, 1.0, 1.0

    net = one_weight()
    options = dict(optimizer=Down(), epochs=4, patience=2, validation_data=([[1]], [0]))
    history = fit(net, [[1 / 3]], [0], loss=Harmless(), **options)
    assert history.validation_loss[0] != history.validation_loss[0] and history.best_epoch == 2
    assert net.parameters()[0].value == [[1.0]]
