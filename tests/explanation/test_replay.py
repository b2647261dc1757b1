"""sn.explain repeats the training that fit does: its batches, its epochs, its end."""

import pytest

import scratchnet as sn

X = [[0.5, -1.0], [0.5, -1.0], [0.5, -1.0], [2.0, 0.25], [0.5, -1.0]]
Y = [1, 1, 1, 0, 1]


def network():
    return sn.Sequential([sn.Dense(2, 2), sn.Tanh(), sn.Dense(2, 1)], seed=5)


def explained(*more, **options):
    return sn.explain(network(), X, Y, "mean_squared_error", sn.SGD(0.5), *more, **options)


def parameters_after(why):
    return [
        [why[f"{p.name}[{i}][{j}].new" if not p.flat else f"{p.name}[{j}].new"].value
         for i, row in enumerate(p.rows) for j in range(len(row))]
        for p in why.net.parameters()
    ]  # fmt: skip


def flat(net):
    return [[v for row in p.rows for v in row] for p in net.parameters()]


def test_equal_rows_stay_different_samples():
    found = [explained(batch_size=2, step=step).samples for step in (1, 2, 3, 4)]
    assert found == [[0, 1], [2, 3], [4], [0, 1]]
    why = explained()
    assert why.samples == [0, 1, 2, 3, 4]
    assert {"x[4][1]", "loss[4]", "0.z[1][0].gradient"} <= set(why.names())


def test_equal_rows_are_found_in_a_shuffled_epoch():
    found = [explained(batch_size=2, shuffle=True, step=step).samples for step in (1, 2, 3)]
    assert sorted(sum(found, [])) == [0, 1, 2, 3, 4]


def test_rows_that_compare_equal_are_not_the_same():
    """0.0 equals -0.0, and nan is unequal to itself."""
    why = sn.explain(
        sn.Sequential([sn.Dense(1, 1)]), [[-0.0], [0.0]], [1, 1], "huber", batch_size=1, step=2
    )
    assert why.samples == [1] and str(why["x[1][0]"].value) == "0.0"


def test_samples_without_weight_are_left_out_and_keep_their_numbers():
    assert explained(sample_weight=[0, 1, 1, 0, 2]).samples == [1, 2, 4]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 2},
        {"batch_size": 2, "shuffle": True, "seed": 3},
        {"validation_split": 0.4, "seed": 1},
        {"validation_split": 0.4, "shuffle": False},
        {"validation_data": ([[1, 1]], [0]), "batch_size": 3},
    ],
)
def test_the_last_step_ends_with_the_trained_parameters(options):
    options = dict({"shuffle": False}, **options)
    net = network()
    net.fit(X, Y, "mean_squared_error", sn.SGD(0.5), epochs=3, engine="lists", **options)
    step = 0
    with pytest.raises(ValueError, match="ends after"):
        while True:
            why = explained(epochs=3, step=step + 1, **options)
            step += 1
    assert parameters_after(why) == flat(net)


def test_epochs_and_the_optimizer_by_position_as_in_fit():
    net = network()
    net.fit(X, Y, "mean_squared_error", sn.SGD(0.5), 2, 5, False, engine="lists")
    assert parameters_after(explained(2, 5, False, step=2)) == flat(net)
    sentence = "^step 3 is not in this training run, which ends after 2 steps$"
    with pytest.raises(ValueError, match=sentence):
        explained(2, 5, False, step=3)
    assert explained(2, 5, False, step=2, steps=9).numbers == [2]


def test_patience_ends_a_training_run():
    options = {"validation_data": ([[0.5, -1.0]], [-9]), "patience": 2, "epochs": 50}
    net = network()
    history = net.fit(X, Y, "mean_squared_error", sn.SGD(0.5), shuffle=False, **options)
    assert len(history.loss) < 10
    explained(step=len(history.loss), **options)
    with pytest.raises(ValueError, match="is not in this training run, which ends after "):
        explained(step=len(history.loss) + 1, **options)


def test_epochs_must_be_a_count():
    with pytest.raises(ValueError, match="^epochs is 0; give a whole number of 1 or more$"):
        explained(0)
