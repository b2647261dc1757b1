"""training.py, by way of fit and epochs: what a training does, step by step."""

import pickle
import re

import pytest
from small_trainings import X, Y, bits, fit, network, watched, with_chance

import scratchnet as sn
from scratchnet import matrix
from scratchnet.core.examples import Weights
from scratchnet.core.optimizers import OPTIMIZERS

# ---- the same seed, the same bits --------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [sn.SGD(0.1, momentum=0.9), sn.Adam(0.1), "rmsprop"])
def test_the_same_seed_gives_the_same_bits(optimizer):
    nets = [with_chance(), with_chance()]
    courses = [
        fit(net, optimizer=optimizer, batch_size=2, seed=5, validation_split=0.3).loss
        for net in nets
    ]
    assert bits(nets[0]) == bits(nets[1])
    assert repr(courses[0]) == repr(courses[1])


def test_other_seeds_give_other_bits():
    results = set()
    for seed in range(5):
        net = with_chance()
        fit(net, batch_size=2, seed=seed)
        results.add(bits(net))
    assert len(results) == 5


def test_without_a_seed_training_is_repeatable():
    nets = [sn.Sequential([sn.Dense(2, 3), sn.Dropout(0.5), sn.Dense(3, 1)]) for _ in range(2)]
    for net in nets:
        fit(net, batch_size=2)
    assert bits(nets[0]) == bits(nets[1])


def test_the_seed_of_the_network_draws_its_weights():
    assert bits(network(seed=1)) == bits(network(seed=1)) != bits(network(seed=2))


def test_the_given_optimizer_does_not_change():
    """Its memory starts empty, so that a second training with the same object is the same training."""
    optimizer = sn.Adam(0.1)
    nets = [network(), network()]
    for net in nets:
        fit(net, optimizer=optimizer)
    assert bits(nets[0]) == bits(nets[1])
    assert (optimizer.t, optimizer.states) == (0, {})


# ---- the order of the samples ------------------------------------------------------------------------------------


def test_without_shuffling_the_order_does_not_change():
    assert watched(shuffle=False, batch_size=3, epochs=2) == [X[:3], X[3:6], X[6:]] * 2


def test_shuffling_takes_every_sample_once_per_epoch_in_a_new_order():
    batches = watched(batch_size=3, epochs=4)
    assert [len(batch) for batch in batches] == [3, 3, 1] * 4
    orders = [sum(batches[i : i + 3], []) for i in range(0, 12, 3)]
    assert all(sorted(order) == sorted(X) for order in orders)
    assert len({repr(order) for order in orders}) == 4


@pytest.mark.parametrize(
    "batch_size, sizes", [(None, [7]), (1, [1] * 7), (2, [2, 2, 2, 1]), (7, [7]), (100, [7])]
)
def test_batch_sizes(batch_size, sizes):
    assert [len(batch) for batch in watched(batch_size=batch_size, epochs=1)] == sizes


# ---- the loss of an epoch ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, [0.5, 1, 2, 3, 0.25, 1, 4]])
def test_a_training_by_hand(weights):
    """Weights and losses of two epochs, batch by batch: w - rate·g, and the batch losses before their updates."""
    layers = [sn.Dense(2, 3, l2=0.1), sn.Tanh(), sn.Dense(3, 1, l1=0.01)]
    net = network(*layers)
    hand = net.copy()
    mean_weight = None if weights is None else sum(weights) / len(weights)
    history = fit(net, batch_size=3, shuffle=False, sample_weight=weights, epochs=2)
    for epoch in history.epochs:
        losses, sizes = [], []
        for batch in (slice(0, 3), slice(3, 6), slice(6, 7)):
            n = len(X[batch])
            w = None if weights is None else Weights(weights[batch], mean_weight)
            loss = hand.backpropagate(X[batch], Y[batch], sn.MeanSquaredError(), w)
            for p in hand.parameters():
                gradient = p.gradient
                rows = [gradient] if len(p.shape) == 1 else gradient
                p.rows = matrix.subtract(p.rows, matrix.scale(rows, 0.1))
            losses.append(loss)
            sizes.append(n)
        assert epoch.loss == pytest.approx(sum(v * n for v, n in zip(losses, sizes)) / sum(sizes))
    for p, q in zip(net.parameters(), hand.parameters()):
        assert p.rows == [pytest.approx(row) for row in q.rows]


@pytest.mark.usefixtures("portable")
def test_evaluate_leaves_penalties_out():
    plain, penalized = network(sn.Dense(2, 1)), network(sn.Dense(2, 1, l1=0.1, l2=0.2))
    w = [abs(row[0]) for row in plain.parameters()[0].value]
    penalty = 0.1 * sum(w) + 0.1 * sum(v * v for v in w)
    loss = plain.evaluate(X, Y, "mean_squared_error")
    assert penalized.evaluate(X, Y, "mean_squared_error") == loss
    assert penalized.gradients(X, Y, "mean_squared_error")[0] == pytest.approx(loss + penalty)
    history = fit(penalized, validation_data=(X, Y), optimizer=sn.SGD(0), epochs=1)
    assert history.loss == [pytest.approx(loss + penalty)] and history.validation_loss == [loss]


def test_the_attributes_of_an_epoch_and_a_history():
    history = fit(
        network(), epochs=2, optimizer=sn.SGD(sn.ExponentialDecay(0.5, 0.5)), validation_data=(X, Y)
    )
    first, second = history.epochs
    assert (first.number, second.number, first.best) == (1, 2, None)
    assert (first.learning_rate, second.learning_rate) == (0.5, 0.25)
    assert history.loss == [first.loss, second.loss]
    assert history.validation_loss == [first.validation_loss, second.validation_loss]
    assert (len(history), history.best_epoch, history.interrupted) == (2, None, False)
    assert repr(first) == "Epoch 1: loss {:.4g}, validation loss {:.4g}".format(
        first.loss, first.validation_loss
    )
    assert repr(history) == "History: 2 epochs, loss {:.4g} to {:.4g}".format(
        first.loss, second.loss
    )
    assert repr(fit(network(), epochs=1)).startswith("History: 1 epoch, loss ")
    assert repr(fit(network(), epochs=1).epochs[0]).count("loss") == 1
    assert repr(pickle.loads(pickle.dumps(history))) == repr(history)


# ---- an iterator -------------------------------------------------------------------------------------------------


def test_epochs_trains_only_while_it_is_iterated():
    net, other = network(), network()
    before = bits(net)
    iterator = sn.epochs(net, X, Y, "mean_squared_error", sn.SGD(0.1), epochs=50)
    assert bits(net) == before
    assert [next(iterator).number, next(iterator).number] == [1, 2]
    fit(other, epochs=2)
    assert bits(net) == bits(other)
    iterator.close()
    assert bits(net) == bits(other)


def test_a_loop_over_epochs_can_be_left_and_continued():
    net = network()
    for epoch in sn.epochs(net, X, Y, "mean_squared_error", sn.SGD(0.1), epochs=50):
        if epoch.number == 3:
            break
    other = network()
    fit(other, epochs=3)
    assert bits(net) == bits(other)
    assert len(fit(net, epochs=2)) == 2


def test_two_trainings_side_by_side_do_not_mix():
    nets = [with_chance(), with_chance()]
    for _ in zip(
        *[
            sn.epochs(net, X, Y, "mean_squared_error", epochs=4, batch_size=2, seed=3)
            for net in nets
        ]
    ):
        pass
    assert bits(nets[0]) == bits(nets[1])


def test_parameters_changed_between_epochs_are_seen():
    net = network(sn.Dense(1, 1, weights=[[1]]))
    for epoch in sn.epochs(net, [[1]], [0], "mean_squared_error", sn.SGD(0), epochs=2):
        assert epoch.loss == epoch.number**2
        net.parameters()[0].value = [[2]]


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"epochs": 0}, ValueError, "epochs is 0; give a whole number of 1 or more"),
        ({"epochs": 2.5}, ValueError, "epochs is 2.5; give a whole number of 1 or more"),
        ({"epochs": True}, ValueError, "epochs is True; give a whole number of 1 or more"),
        ({"epochs": None}, ValueError, "epochs is None; give a whole number of 1 or more"),
        ({"batch_size": 0}, ValueError, "batch_size is 0; give a whole number of 1 or more"),
        ({"batch_size": -2}, ValueError, "batch_size is -2; give a whole number of 1 or more"),
        ({"batch_size": "2"}, ValueError, "batch_size is '2'; give a whole number of 1 or more"),
        ({"patience": 0}, ValueError, "patience is 0; give a whole number of 1 or more"),
        ({"seed": None}, ValueError, "seed is None; give an integer"),
        ({"loss": "msq"}, ValueError, "loss 'msq' is unknown; give one of: .*mean_squared_error"),
        ({"loss": None}, TypeError, "loss: None is a NoneType; give a name or loss object"),
        (
            {"optimizer": "Adamax"},
            ValueError,
            "optimizer 'Adamax' is unknown; give one of: {}; did you mean 'adam'".format(
                ", ".join(sorted(OPTIMIZERS))
            ),
        ),
        (
            {"optimizer": 0.1},
            TypeError,
            "optimizer: 0.1 is a float; give a name or optimizer object",
        ),
        (
            {"loss": "perceptron"},
            ValueError,
            "Perceptron: the network must end in Threshold, or in Sigmoid and",
        ),
        ({"validation_split": "half"}, (TypeError, ValueError), "validation_split"),
    ],
)
def test_options_are_checked_before_the_first_epoch(options, error, message):
    options = dict({"loss": "mean_squared_error"}, **options)
    with pytest.raises(error, match="^" + message):
        sn.epochs(network(), X, Y, **options)


@pytest.mark.parametrize("loss", ["mean_squared_error", "binary_cross_entropy", sn.Hinge])
def test_only_the_perceptron_loss_learns_through_a_threshold(loss):
    with pytest.raises(ValueError, match="loss='perceptron'"):
        sn.epochs(network(sn.Dense(2, 1), sn.Threshold()), X, [0] * 7, loss)


# ---- layers in training ------------------------------------------------------------------------------------------


def test_frozen_parameters_do_not_change():
    net = network()
    net.freeze("0.weights", "2.bias")
    before = {p.name: repr(p.value) for p in net.parameters()}
    fit(net, optimizer=sn.AdamW(0.1))
    changed = [p.name for p in net.parameters() if repr(p.value) != before[p.name]]
    assert changed == ["0.bias", "2.weights"]
    net.parameters()[0].frozen = False
    fit(net)
    assert repr(net.parameters()[0].value) != before["0.weights"]


def test_a_network_with_nothing_to_learn():
    net = network()
    net.freeze(*[p.name for p in net.parameters()])
    before = bits(net)
    history = fit(net, optimizer=sn.SGD(sn.WarmUp(3, 0.1)))
    assert bits(net) == before
    assert history.loss == pytest.approx([net.evaluate(X, Y, "mean_squared_error")] * 3)
    assert all(isinstance(epoch.learning_rate, float) for epoch in history.epochs)


@pytest.mark.usefixtures("portable")
def test_dropout_is_for_training_only():
    net = network(sn.Dense(2, 50), sn.Dropout(0.5), sn.Dense(50, 1))
    expected = net.predict(X)
    loss = net.evaluate(X, Y, "mean_squared_error")
    value, gradients = net.gradients(X, Y, "mean_squared_error")
    assert value == loss and 0.0 not in gradients[1]
    history = fit(net, optimizer=sn.SGD(0), validation_data=(X, Y))
    assert loss not in history.loss  # in training some of the numbers were left out
    assert history.validation_loss == [loss] * 3
    assert net.predict(X) == net.forward(X) == expected


def test_after_training_a_single_layer_predicts_too():
    """Outside of training a layer's ``generator`` is None, as its docstring says."""
    net = network(sn.Dense(2, 50), sn.Dropout(0.5), sn.Dense(50, 1))
    fit(net)
    assert [layer.generator for layer in net.layers] == [None, None, None]


def test_normalization_adapts_to_the_training_part_only():
    net = network(sn.Normalization(), sn.Dense(2, 1))
    fit(net, validation_split=0.3, shuffle=False)
    other = network(sn.Normalization(), sn.Dense(2, 1))
    other.adapt(X[:5])
    assert [p.value for p in net.parameters()[:2]] == [p.value for p in other.parameters()[:2]]


def test_normalization_adapts_to_what_arrives_at_it():
    net = network(
        sn.Dense(2, 2, weights=[[10, 0], [0, 100]], bias=[1, 2]), sn.Normalization(), sn.Dense(2, 1)
    )
    fit(net, optimizer=sn.SGD(0))
    alone = sn.Normalization()
    alone.adapt([[10 * x + 1, 100 * y + 2] for x, y in X])
    for p, q in zip(net.parameters()[2:4], alone.parameters()):
        assert p.value == pytest.approx(q.value)


def test_normalization_adapts_once():
    net = network(sn.Normalization(), sn.Dense(2, 1))
    fit(net)
    before = repr([p.value for p in net.parameters()[:2]])
    fit(net, [[100 * x, y] for x, y in X])
    assert repr([p.value for p in net.parameters()[:2]]) == before
    net.adapt([[100 * x, y] for x, y in X])
    assert repr([p.value for p in net.parameters()[:2]]) != before


# ---- what is refused: one sentence, with the row and the column, and nothing learnt ------------------------------


def test_dropout_does_not_repeat_the_draws_of_the_weights():
    layer, dropout = sn.Dense(6, 6), sn.Dropout(0.5)
    net = sn.Sequential([layer, dropout], seed=7)
    signs = [[w >= 0 for w in row] for row in layer.weights.value]
    masks = []
    dropout.masked = lambda X: masks.append(dropout.mask) or X
    fit(net, [[0] * 6] * 6, [[0] * 6] * 6, seed=7, shuffle=False, epochs=1)
    assert [[m == 1 for m in row] for row in masks[0]] != signs


# ---- options that there are not ----------------------------------------------------------------------------------


GUESSES = {
    "learning_rate": (0.1, "set the learning rate in the optimizer: optimizer=sn.Adam(0.1)"),
    "lr": (0.1, "set the learning rate in the optimizer: optimizer=sn.Adam(0.1)"),
    "callbacks": ([], "loop over the epochs instead: for epoch in sn.epochs(net, X, Y, ...)"),
    "metrics": (["accuracy"], "measure after training: net.evaluate(X, Y, metrics=['accuracy'])"),
    "epoch": (3, "its options are loss, optimizer, epochs, batch_size, shuffle, seed"),
}


@pytest.mark.parametrize("name", sorted(GUESSES))
def test_an_unknown_option_says_what_to_write(name):
    value, advice = GUESSES[name]
    net = network()
    for function, call in (("fit", net.fit), ("epochs", lambda *a, **b: sn.epochs(net, *a, **b))):
        message = "{} has no option {}; {}".format(function, name, advice)
        with pytest.raises(TypeError, match="^" + re.escape(message)):
            call(X, Y, "huber", **{name: value})
    with pytest.raises(TypeError, match="^explain has no option {}; ".format(name)):
        sn.explain(net, X, Y, "huber", **{name: value})


def test_an_empty_history_has_a_repr():
    assert repr(sn.History()) == "History: 0 epochs"
