"""training.py, by way of fit and epochs: what a training does step by step, what ends it, and what it refuses."""

import os
import pickle
import re
import signal
import subprocess
import sys

import pytest

import scratchnet as sn
from scratchnet import Generator, matrix
from scratchnet.core.losses import LOSSES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
NAN, INF = float("nan"), float("inf")
_generator = Generator(11)
X = [[_generator.normal() for _ in range(2)] for _ in range(7)]
Y = [[x * x - y] for x, y in X]


def network(*layers, **options):
    return sn.Sequential(
        list(layers) or [sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], **dict({"seed": 1}, **options)
    )


def fit(net, X=X, Y=Y, loss="mean_squared_error", **options):
    return net.fit(X, Y, loss=loss, **dict({"epochs": 3, "optimizer": sn.SGD(0.1)}, **options))


def bits(net):
    """The parameters: repr tells every float from every other."""
    return repr([p.value for p in net.parameters()])


class Watch(sn.Layer):
    """Notes what goes through it in training."""

    def __init__(self):
        self.batches = []

    def forward(self, X):
        if self.generator is not None:
            self.batches.append(X)
        return X

    def backward(self, dA):
        return dA


class Scripted(sn.Optimizer):
    """The weights are 9, 1, 2 ... whatever the gradient: after the first step, after the second ..."""

    script = 9.0, 1.0, 2.0, 1.0, 5.0, 0.5, 7.0, 7.0

    def rule(self, w, g, state):
        return self.script[self.t], state


# ---- the same seed, the same bits --------------------------------------------------------------------------------


def with_chance():
    return network(sn.Dense(2, 5), sn.Dropout(0.4), sn.Tanh(), sn.Dense(5, 1))


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


def test_without_a_seed_it_is_the_same_every_time():
    nets = [sn.Sequential([sn.Dense(2, 3), sn.Dropout(0.5), sn.Dense(3, 1)]) for _ in range(2)]
    for net in nets:
        fit(net, batch_size=2)
    assert bits(nets[0]) == bits(nets[1])


def test_the_seed_of_the_network_draws_its_weights():
    assert bits(network(seed=1)) == bits(network(seed=1)) != bits(network(seed=2))


def test_the_optimizer_is_taken_as_a_recipe():
    """Its memory starts empty, so that a second training with the same object is the same training."""
    optimizer = sn.Adam(0.1)
    nets = [network(), network()]
    for net in nets:
        fit(net, optimizer=optimizer)
    assert bits(nets[0]) == bits(nets[1])
    assert (optimizer.t, optimizer.states) == (0, {})


# ---- the order of the samples ------------------------------------------------------------------------------------


def watched(**options):
    """The batches that went through, an epoch after the other."""
    watch = Watch()
    net = network(watch, sn.Dense(2, 1))
    fit(net, **options)
    return watch.batches


def test_without_shuffling_the_order_stays():
    assert watched(shuffle=False, batch_size=3, epochs=2) == [X[:3], X[3:6], X[6:]] * 2


def test_shuffling_takes_every_sample_once_an_epoch_and_each_epoch_anew():
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
    history = fit(net, batch_size=3, shuffle=False, sample_weight=weights, epochs=2)
    for epoch in history.epochs:
        losses, sizes = [], []
        for batch in (slice(0, 3), slice(3, 6), slice(6, 7)):
            w = None if weights is None else weights[batch]
            loss, gradients = hand.gradients(
                X[batch], Y[batch], "mean_squared_error", sample_weight=w
            )
            for p, gradient in zip(hand.parameters(), gradients):
                rows = [gradient] if len(p.shape) == 1 else gradient
                p.rows = matrix.subtract(p.rows, matrix.scale(rows, 0.1))
            losses.append(loss)
            sizes.append(len(X[batch]) if w is None else sum(w))
        assert epoch.loss == pytest.approx(sum(v * n for v, n in zip(losses, sizes)) / sum(sizes))
    for p, q in zip(net.parameters(), hand.parameters()):
        assert p.rows == [pytest.approx(row) for row in q.rows]


def test_evaluate_leaves_penalties_out():
    plain, penalised = network(sn.Dense(2, 1)), network(sn.Dense(2, 1, l1=0.1, l2=0.2))
    w = [abs(row[0]) for row in plain.parameters()[0].value]
    penalty = 0.1 * sum(w) + 0.1 * sum(v * v for v in w)
    loss = plain.evaluate(X, Y, "mean_squared_error")
    assert penalised.evaluate(X, Y, "mean_squared_error") == loss
    assert penalised.gradients(X, Y, "mean_squared_error")[0] == pytest.approx(loss + penalty)
    history = fit(penalised, validation_data=(X, Y), optimizer=sn.SGD(0), epochs=1)
    assert history.loss == [pytest.approx(loss + penalty)] and history.validation_loss == [loss]


def test_what_an_epoch_and_a_history_tell():
    history = fit(
        network(), epochs=2, optimizer=sn.SGD(sn.ExponentialDecay(0.5, 0.5)), validation_data=(X, Y)
    )
    first, second = history.epochs
    assert (first.number, second.number, first.best) == (1, 2, None)
    assert (first.learning_rate, second.learning_rate) == (0.5, 0.25)
    assert history.loss == [first.loss, second.loss]
    assert history.validation_loss == [first.validation_loss, second.validation_loss]
    assert (len(history), history.best_epoch, history.interrupted) == (2, None, False)
    assert repr(first) == "Epoch 1: loss {}, validation loss {}".format(
        first.loss, first.validation_loss
    )
    assert repr(history) == "History: 2 epochs, loss {} to {}".format(first.loss, second.loss)
    assert repr(fit(network(), epochs=1).epochs[0]).count("loss") == 1
    assert repr(pickle.loads(pickle.dumps(history))) == repr(history)


# ---- validation --------------------------------------------------------------------------------------------------


def test_validation_data_are_measured_after_each_epoch_and_never_learnt():
    net, alone = network(), network()
    for epoch in sn.epochs(
        net, X[:4], Y[:4], "mean_squared_error", validation_data=(X[4:], Y[4:]), epochs=3
    ):
        assert epoch.validation_loss == net.evaluate(X[4:], Y[4:], "mean_squared_error")
    fit(alone, X[:4], Y[:4], optimizer="adam")
    assert bits(net) == bits(alone)


def test_without_shuffling_the_last_part_is_held_out():
    net, alone = network(), network()
    history = fit(net, validation_split=0.3, shuffle=False, batch_size=2)
    fit(alone, X[:5], Y[:5], shuffle=False, batch_size=2)
    assert bits(net) == bits(alone)
    assert history.validation_loss[-1] == net.evaluate(X[5:], Y[5:], "mean_squared_error")


def held_out(seed):
    seen = [
        x
        for batch in watched(validation_split=0.3, seed=seed, batch_size=2, epochs=3)
        for x in batch
    ]
    return [i for i, x in enumerate(X) if x not in seen]


def test_with_shuffling_the_seed_draws_what_is_held_out():
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


def test_validation_is_given_in_one_way():
    with pytest.raises(ValueError, match="^give validation_data or validation_split, not both$"):
        fit(network(), validation_data=(X, Y), validation_split=0.5)


@pytest.mark.parametrize("data", [5, (X,), (X, Y, [1] * 7), [], "XY"])
def test_validation_data_are_a_pair(data):
    with pytest.raises((TypeError, ValueError), match="validation_data") as raised:
        fit(network(), validation_data=data)
    assert len(str(raised.value)) < 300  # the data themselves are no part of the sentence


def test_validation_data_are_checked_before_anything_is_learnt():
    net = network()
    before = bits(net)
    with pytest.raises(
        ValueError, match="^validation_data: X: row 1, column 0 is nan; give a finite number$"
    ):
        fit(net, validation_data=([[0, 0], [NAN, 0]], [[0], [0]]))
    assert bits(net) == before


# ---- patience: the weights are 9, 1, 2, 1, 5, 0.5 ... and the loss their squares ---------------------------------


def one_weight():
    net = network(sn.Dense(1, 1, weights=[[3]]))
    net.freeze("0.bias")
    return net


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
    """Without validation data the training loss after the epoch counts: that of the parameters themselves."""
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


# ---- weights of samples and classes ------------------------------------------------------------------------------


TARGETS = {
    "hinge": [[1], [-1], [1]],
    "binary_cross_entropy": [[1], [0], [1]],
    "perceptron": [[1], [0], [1]],
    "categorical_cross_entropy": [0, 2, 1],
}
ENDS = {
    "binary_cross_entropy": [sn.Dense(2, 1), sn.Sigmoid()],
    "perceptron": [sn.Dense(2, 1), sn.Sigmoid(), sn.Threshold(0.5)],
    "categorical_cross_entropy": [sn.Dense(2, 3), sn.Softmax()],
}


def close(gradients):
    """For comparison with another network's gradients."""
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
    """The batches are made of the others, so that none is empty."""
    net, without = network(), network()
    history = fit(net, sample_weight=[0, 0, 1, 1, 1, 1, 1], shuffle=False, batch_size=batch_size)
    expected = fit(without, X[2:], Y[2:], shuffle=False, batch_size=batch_size)
    assert history.loss == pytest.approx(expected.loss)
    assert net.parameters()[0].rows == [pytest.approx(row) for row in without.parameters()[0].rows]


def test_samples_of_weight_zero_are_held_out_no_more_than_learnt():
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


# ---- Ctrl-C ------------------------------------------------------------------------------------------------------


class Presser:
    """Ctrl-C at the k-th moment."""

    def __init__(self, k):
        self.left = k

    def moment(self):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


class PressingLayer(sn.Layer):
    """As an interruption before and after each layer's work."""

    arguments = ("presser",)

    def __init__(self, presser):
        self.presser = presser

    def forward(self, X):
        self.presser.moment()
        return X

    def backward(self, dA):
        self.presser.moment()
        return dA

    def penalty(self):
        self.presser.moment()


class PressingRows:
    def __init__(self, rows, presser):
        self.rows = rows
        self.presser = presser

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        self.presser.moment()
        return self.rows[i]


def pressing_optimizer(presser, states, net):
    """SGD that notes the parameters after every whole step, and is interrupted within its rule."""

    class Pressing(sn.SGD):
        def rule(self, w, g, state):
            presser.moment()
            return sn.SGD.rule(self, w, g, state)

        def step(self, parameters):
            sn.SGD.step(self, parameters)
            states.append(bits(net))

    return Pressing(0.1, momentum=0.9)


def interrupted(k):
    """A training with Ctrl-C at moment k: its network, its history, the states after whole batches, moments left."""
    presser = Presser(k)
    layers = [
        PressingLayer(presser),
        sn.Dense(2, 2),
        PressingLayer(presser),
        sn.Dense(2, 1),
        PressingLayer(presser),
    ]
    net, states = network(*layers), []
    states.append(bits(net))
    optimizer = pressing_optimizer(presser, states, net)
    X_, Y_ = PressingRows(X[:3], presser), PressingRows(Y[:3], presser)
    options = {
        "optimizer": optimizer,
        "batch_size": 2,
        "epochs": 2,
        "patience": 9,
        "engine": "lists",
    }
    history = fit(net, X_, Y_, validation_data=(X_, Y_), **options)
    return net, history, states, presser.left


def test_ctrl_c_leaves_the_parameters_of_a_whole_batch():
    """Whenever it comes: reading the data, forward, backward, in the middle of an update, in validation."""
    k, outcomes = 0, set()
    while True:
        k += 1
        net, history, states, left = interrupted(k)
        if left > 0:
            break  # k is beyond the last moment: this training went through
        assert bits(net) == states[-1]
        assert history.interrupted and history.best_epoch is None
        whole_batches = len(states) - 1
        assert (
            2 * len(history) <= whole_batches <= 2 * len(history) + 2
        )  # an epoch is validated after its two batches
        outcomes.add(len(states))
    assert outcomes == {1, 2, 3, 4, 5} and k > 90
    assert not history.interrupted and len(history) == 2


class PressingParameter(sn.Parameter):
    """Ctrl-C when it is given new rows: before, or after."""

    presser = None

    @property
    def rows(self):
        return self.held

    @rows.setter
    def rows(self, rows):
        if self.presser:
            self.presser.moment()
        self.held = rows
        if self.presser:
            self.presser.moment()


def test_ctrl_c_while_parameters_are_put_in_place_or_back():
    """One step, and with patience the way back to the best; either is whole, or it is not done."""
    k, found = 0, set()
    while True:
        k += 1
        layer = sn.Dense(1, 1)
        layer.weights, layer.bias = (
            PressingParameter("w", (1, 1), [[1]]),
            PressingParameter("b", (1,), [2]),
        )
        net = network(layer)
        presser = layer.weights.presser = layer.bias.presser = Presser(k)
        history = fit(net, [[1]], [0], epochs=3, optimizer=Climbing(), patience=5, engine="lists")
        if presser.left > 0:
            break
        assert history.interrupted
        w, b = layer.weights.value[0][0], layer.bias.value[0]
        assert b == w + 1, "pressed at moment {}".format(k)
        found.add(w)
    assert (
        found == {1.0, 2.0, 3.0} and k > 12
    )  # in the last step, or on the way back to the best: 3.0, 2.0


# Between how many lines Ctrl-C comes: all, but where tracing takes its time.
STRIDE = 1 if sys.implementation.name == "cpython" else 7
LOOP = ("training.py", "optimizers.py", "layer.py", "network.py")


def pressed_at_line(k, files, train, *args):
    """Call train(*args) with KeyboardInterrupt raised before the k-th line of these files; whether it came to that."""
    left = [k]

    def trace(frame, event, argument):
        if os.path.basename(frame.f_code.co_filename) not in files:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        train(*args)
    except KeyboardInterrupt:
        pass  # outside of what `fit` guards, as in its very last line
    finally:
        sys.settrace(former)
    return left[0] <= 0


def test_ctrl_c_between_any_two_lines_of_the_loop():
    """As the operating system would have it: also while parameters are put in place, or back."""
    wholes = set()
    for epochs in range(3):  # the states after 0, 1 and 2 batches, of one each
        net = one_weight_and_bias()
        if epochs:
            fit(net, [[1]], [0], epochs=epochs, optimizer=Climbing())
        wholes.add(bits(net))
    assert len(wholes) == 3
    k, found = 0, set()
    while True:
        k += STRIDE
        net = one_weight_and_bias()
        if not pressed_at_line(k, LOOP, climb, net):
            break
        assert bits(net) in wholes, "pressed before line {} of those that are run".format(k)
        found.add(bits(net))
    assert found == wholes and k > 100


def climb(net):
    fit(net, [[1]], [0], epochs=2, optimizer=Climbing(), patience=5)


class Climbing(sn.Optimizer):
    """Every step makes it worse, so that patience goes back to the first."""

    def rule(self, w, g, state):
        return w + 1, state


def one_weight_and_bias():
    return network(sn.Dense(1, 1, weights=[[1]], bias=[2]))


SIGINT = """
import sys
import scratchnet as sn

class Lazy:
    reads = 0
    def __len__(self):
        return 8
    def __getitem__(self, i):
        Lazy.reads += 1
        if Lazy.reads == 100:
            print("ready", flush=True)
        return [i / 8]

states = []
class Noting(sn.Adam):
    def step(self, parameters):
        sn.Adam.step(self, parameters)
        states[:] = states[-1:] + [repr([p.value for p in parameters])]  # Ctrl-C just now undoes the step

net = sn.Sequential([sn.Dense(1, 9), sn.Tanh(), sn.Dense(9, 1)])
Y = [i * i / 64 for i in range(8)]
history = net.fit(Lazy(), Y, loss="mean_squared_error", optimizer=Noting(0.01), epochs=10 ** 9)
assert history.interrupted and len(history) > 5
assert len(history.loss) == len(history)
assert repr([p.value for p in net.parameters()]) in states
print("kept", net.evaluate([[0]], [0], "mean_squared_error") < 1)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
def test_a_real_ctrl_c():
    process = subprocess.Popen(
        [sys.executable, "-c", SIGINT],
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a shell's background job ignores it
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (output, process.returncode) == ("kept True\n", 0)


def test_a_training_goes_on_after_ctrl_c():
    net, history, _, _ = interrupted(60)
    assert history.interrupted
    assert len(fit(net, epochs=2)) == 2


# ---- a training that diverges ------------------------------------------------------------------------------------


def test_divergence_names_the_epoch_and_the_rate_and_keeps_the_last_finite_parameters():
    net, states = one_weight_and_bias(), []
    optimizer = pressing_optimizer(Presser(0), states, net)
    optimizer.learning_rate = 1e60
    with pytest.raises(sn.Diverged) as raised:
        fit(net, [[1]], [0], optimizer=optimizer, epochs=50)
    history = raised.value.history
    assert len(history) >= 2 and not history.interrupted and history.loss[-1] < INF
    assert "epoch {}: ".format(len(history) + 1) in str(raised.value)
    assert " at the learning rate 1e+60;" in str(raised.value)
    assert "\n" not in str(raised.value)
    finite = [state for state in states if "inf" not in state and "nan" not in state]
    assert bits(net) == finite[-1]
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize("rate", [0.25, sn.WarmUp(2, 0.5), lambda t: 0.25])
def test_a_first_loss_that_is_not_finite(rate):
    net = one_weight_and_bias()
    before = bits(net)
    with pytest.raises(
        sn.Diverged, match="^epoch 1: the loss became inf at the learning rate 0.25; "
    ) as raised:
        fit(net, [[1e200]], [0], optimizer=sn.SGD(rate))
    assert bits(net) == before
    assert len(raised.value.history) == 0 and raised.value.history.best_epoch is None


@pytest.mark.parametrize("value", [INF, -INF, NAN])
def test_a_parameter_that_is_not_finite(value):
    class Breaking(sn.SGD):
        def rule(self, w, g, state):
            return (value if self.t == 3 else w - self.rate * g), state

    net, three_steps = network(), network()
    with pytest.raises(
        sn.Diverged, match=r"^epoch 2: 0.weights is no longer finite at the learning rate 0.1;"
    ):
        fit(net, optimizer=Breaking(0.1), batch_size=3, epochs=5, seed=3, engine="lists")
    fit(three_steps, batch_size=3, epochs=1, seed=3, engine="lists")
    assert bits(net) == bits(three_steps)


def test_after_a_divergence_nothing_claims_to_be_the_best():
    """With patience, ``best_epoch`` is the one whose parameters the network has; here it has the last finite ones."""

    class Breaking(Scripted):
        script = 1.0, 2.0, INF

    net = one_weight()
    with pytest.raises(sn.Diverged) as raised:
        fit(net, [[1]], [0], optimizer=Breaking(), patience=5)
    assert net.parameters()[0].value == [[2.0]]
    assert raised.value.history.best_epoch is None


# ---- an iterator -------------------------------------------------------------------------------------------------


def test_epochs_trains_as_far_as_it_is_asked_to():
    net, other = network(), network()
    before = bits(net)
    iterator = sn.epochs(net, X, Y, "mean_squared_error", sn.SGD(0.1), epochs=50)
    assert bits(net) == before
    assert [next(iterator).number, next(iterator).number] == [1, 2]
    fit(other, epochs=2)
    assert bits(net) == bits(other)
    iterator.close()
    assert bits(net) == bits(other)


def test_epochs_can_be_broken_off_and_gone_on_with():
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
        ({"seed": None}, TypeError, "seed: None is a NoneType; give an integer"),
        ({"loss": "mse"}, ValueError, "loss 'mse' is unknown; give one of: .*mean_squared_error"),
        ({"loss": None}, TypeError, "loss: None is a NoneType; give a name or loss object"),
        (
            {"optimizer": "Adam"},
            ValueError,
            "optimizer 'Adam' is unknown; give one of: adagrad, adam, adamw",
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
def test_no_loss_but_the_perceptrons_learns_through_a_threshold(loss):
    with pytest.raises(ValueError, match="loss='perceptron'"):
        sn.epochs(network(sn.Dense(2, 1), sn.Threshold()), X, [0] * 7, loss)


# ---- layers in training ------------------------------------------------------------------------------------------


def test_frozen_parameters_stay_as_they_are():
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


def test_after_training_a_layer_by_itself_predicts_too():
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


# ---- data of any kind --------------------------------------------------------------------------------------------


class Array:
    """As of NumPy, and a tensor of PyTorch; a row of it is an array again."""

    def __init__(self, data):
        self.data = data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return Array(self.data[i])

    def tolist(self):
        return self.data


class Frame:
    """As of pandas and polars."""

    def __init__(self, data):
        self.data = data

    def to_numpy(self):
        return Array(self.data)


FLAT = [y[0] for y in Y]


@pytest.mark.parametrize(
    "X_, Y_, weights",
    [
        (X, FLAT, [1, 2, 3, 4, 5, 6, 7]),
        (tuple(map(tuple, X)), tuple(FLAT), range(1, 8)),
        (Array(X), Array(Y), Array(list(range(1, 8)))),
        (Array(X), Array(FLAT), (1, 2, 3, 4, 5, 6, 7)),
        (Frame(X), Frame(FLAT), Frame(list(range(1, 8)))),
        ([Array(x) for x in X], [Array(y) for y in Y], [1, 2, 3, 4, 5, 6, 7]),
        (
            PressingRows(X, Presser(0)),
            PressingRows(FLAT, Presser(0)),
            PressingRows(range(1, 8), Presser(0)),
        ),
    ],
)
def test_data_of_any_kind_are_the_same_data(X_, Y_, weights):
    net, expected = network(), network()
    fit(expected, sample_weight=[1, 2, 3, 4, 5, 6, 7], batch_size=2, validation_data=(X, Y))
    fit(net, X_, Y_, sample_weight=weights, batch_size=2, validation_data=(X_, Y_))
    assert bits(net) == bits(expected)
    assert net.predict(X_) == net.forward(X_) == expected.predict(X)
    assert net.evaluate(X_, Y_, "mean_squared_error") == expected.evaluate(
        X, Y, "mean_squared_error"
    )
    assert net.gradients(X_, Y_, "mean_squared_error") == expected.gradients(
        X, Y, "mean_squared_error"
    )


def test_ints_and_bools_become_the_networks_numbers():
    net, expected = network(), network()
    fit(net, [[0, True], [1, False]], [True, 0])
    fit(expected, [[0.0, 1.0], [1.0, 0.0]], [[1.0], [0.0]])
    assert bits(net) == bits(expected)


def test_labels_are_the_same_as_ones_and_zeros():
    nets = [network(sn.Dense(2, 3), sn.Softmax()) for _ in range(2)]
    fit(nets[0], X[:4], [2, 0, 1, 2], "categorical_cross_entropy")
    fit(nets[1], X[:4], [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "categorical_cross_entropy")
    assert bits(nets[0]) == bits(nets[1])


def test_data_are_left_as_they_are():
    X_, Y_ = [[1, 2], [3, 4]], [[1], [0]]
    fit(network(sn.Normalization(), sn.Dense(2, 1)), X_, Y_)
    assert repr((X_, Y_)) == "([[1, 2], [3, 4]], [[1], [0]])"


def test_a_network_without_a_width_takes_that_of_the_first_row():
    watch = Watch()
    net = network(watch, sn.Tanh())
    fit(net, [[1, 2], [3, 4]], [[1, 2], [3, 4]], epochs=1)
    assert [len(x) for x in watch.batches[0]] == [2, 2]
    with pytest.raises(ValueError, match="^X: row 1 has 3 columns where row 0 has 2$"):
        net.predict([[1, 2], [3, 4, 5]])


class Counting:
    """A long sequence that is read row by row: it has no other way, and counts."""

    def __init__(self, rows):
        self.rows = rows
        self.reads = []

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        assert isinstance(i, int) and 0 <= i < len(self.rows)
        self.reads.append(i)
        return self.rows[i]


def test_a_sequence_is_read_row_by_row_when_its_turn_comes():
    X_, Y_ = Counting(X), Counting(Y)
    iterator = sn.epochs(
        network(), X_, Y_, "mean_squared_error", epochs=2, batch_size=2, shuffle=False
    )
    assert (X_.reads, Y_.reads) == ([], [])  # nothing is copied beforehand
    next(iterator)
    assert (X_.reads, Y_.reads) == (list(range(7)), list(range(7)))
    next(iterator)
    assert X_.reads == list(range(7)) * 2


def test_a_shuffled_and_split_sequence_is_read_once_an_epoch():
    X_, Y_ = Counting(X), Counting(Y)
    fit(network(), X_, Y_, epochs=3, batch_size=2, validation_split=0.3)
    assert [X_.reads.count(i) for i in range(7)] == [Y_.reads.count(i) for i in range(7)] == [3] * 7


def test_a_sequence_is_measured_in_blocks():
    """Never more than a block of it lies in memory: the rows that were read and are still alive are counted."""
    alive = []

    class Row(list):
        def __init__(self, values):
            list.__init__(self, values)
            alive.append(1)

        def __del__(self):
            alive.pop()

    class Rows:
        most = 0

        def __len__(self):
            return 5000

        def __getitem__(self, i):
            Rows.most = max(Rows.most, len(alive))
            return Row([i / 5000, 1.0])

    net = network(sn.Dense(2, 1))
    predicted = net.predict(Rows())
    assert len(predicted) == 5000
    assert predicted[4321] == net.predict([[4321 / 5000, 1.0]])[0]
    if sys.implementation.name == "cpython":  # others collect later
        assert Rows.most <= 1001


def test_a_wrong_row_of_a_sequence_is_found_when_it_is_read():
    net = network()
    with pytest.raises(ValueError, match="^X: row 5, column 1 is nan; give a finite number$"):
        fit(net, Counting(X[:5] + [[0.0, NAN]] + X[6:]), Y, shuffle=False, batch_size=2, epochs=1)
    two_batches = network()
    fit(two_batches, X[:4], Y[:4], shuffle=False, batch_size=2, epochs=1)
    assert bits(net) == bits(two_batches)


# ---- what is refused: one sentence, with the row and the column, and nothing learnt ------------------------------


@pytest.mark.parametrize(
    "X_, Y_, error, message",
    [
        ([[1, 2], [3]], [0, 0], ValueError, "X: row 1 has 1 column where the network takes 2"),
        (
            [[1, 2, 3], [4, 5, 6]],
            [0, 0],
            ValueError,
            "X: row 0 has 3 columns where the network takes 2",
        ),
        ([[1, 2], [NAN, 0]], [0, 0], ValueError, "X: row 1, column 0 is nan; give a finite number"),
        (
            [[1, 2], [0, -INF]],
            [0, 0],
            ValueError,
            "X: row 1, column 1 is -inf; give a finite number",
        ),
        ([[1, "2"]], [0], TypeError, "X: row 0, column 1: '2' is a str; give a number"),
        ([[1, None]], [0], TypeError, "X: row 0, column 1: None is a NoneType; give a number"),
        ([], [], ValueError, "X is empty; give at least one row"),
        ([[]], [0], ValueError, "X: row 0 is empty; give at least one column"),
        ([1, 2], [0], TypeError, r"X: row 0 is 1, not a row; .*\[\[\.\.\.\]\]"),
        (["ab"], [0], TypeError, "X: row 0 is 'ab', not a row"),
        ([{"a": 1, "b": 2}], [0], TypeError, "X: row 0 is {'a': 1, 'b': 2}, not a row"),
        ({"a": [1, 2]}, [0], TypeError, "X.*dict; give a list of rows"),
        (([x] for x in X), Y, TypeError, "X.*generator; give a list of rows"),
        (None, [0], TypeError, "X.*NoneType; give a list of rows"),
        (Frame([["a", 1]]), [0], TypeError, "X: row 0, column 0: 'a' is a str; give a number"),
        ([[1, 2], [3, 4]], [0], ValueError, "X has 2 rows and Y has 1; give one target per sample"),
        ([[1, 2]], [0, 0], ValueError, "X has 1 row.* and Y has 2; give one target per sample"),
        (
            Counting([[1, 2]]),
            Counting([0, 0]),
            ValueError,
            "X has 1 row.* and Y has 2; give one target per sample",
        ),
        ([[1, 2]], [], ValueError, "Y is empty"),
        ([[1, 2]], None, TypeError, "Y.*NoneType; give a list"),
        ([[1, 2]], 3, TypeError, "Y.*int; give a list"),
        ([[1, 2]], (y for y in [0]), TypeError, "Y.*generator; give a list"),
        ([[1, 2]], [[1, 2]], ValueError, "Y: row 0 has 2 columns where the network has 1 output"),
        (
            [[1, 2], [3, 4]],
            [[1], [NAN]],
            ValueError,
            "Y: row 1, column 0 is nan; give a finite number",
        ),
        ([[1, 2], [3, 4]], [1, INF], ValueError, "Y: row 1, column 0 is inf; give a finite number"),
        ([[1, 2]], ["yes"], TypeError, "Y: row 0.*'yes'"),
        ([[1, 2]], [None], TypeError, "Y: row 0.*None"),
        ([[1, 2]], [[[1]]], TypeError, r"Y: row 0, column 0: \[1\] is a list; give a number"),
    ],
)
def test_data_that_are_refused(X_, Y_, error, message):
    net = network()
    before = bits(net)
    with pytest.raises(error, match="^" + message) as raised:
        fit(net, X_, Y_)
    assert "\n" not in str(raised.value)
    assert bits(net) == before


@pytest.mark.parametrize("use", ["predict", "forward", "adapt"])
def test_every_use_of_data_refuses_the_same(use):
    refused = (
        ([[1, 2], [3, NAN]], "row 1, column 1 is nan"),
        ([1, 2], "row 0 is 1, not a row"),
        ([], "empty"),
    )
    for data, message in refused:
        with pytest.raises((TypeError, ValueError), match="^X.*" + message):
            getattr(network(), use)(data)


@pytest.mark.parametrize("use", ["evaluate", "gradients"])
def test_every_use_of_targets_refuses_the_same(use):
    net = network()
    for X_, Y_, message in (
        ([[1, 2]], [[NAN]], "^Y: row 0, column 0 is nan"),
        ([[1, 2]], [[1, 2]], "^Y: row 0 has 2 columns"),
        ([[1, 2]], [1, 2], "^X has 1 row.* and Y has 2"),
        ([[1, 2, 3]], [1], "^X: row 0 has 3 columns where the network takes 2"),
    ):
        with pytest.raises(ValueError, match=message):
            getattr(net, use)(X_, Y_, "mean_squared_error")


def test_a_first_validation_loss_of_nan_is_not_the_best_for_good():
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


def test_dropout_does_not_repeat_the_draws_of_the_weights():
    layer, dropout = sn.Dense(6, 6), sn.Dropout(0.5)
    net = sn.Sequential([layer, dropout], seed=7)
    signs = [[w >= 0 for w in row] for row in layer.weights.value]
    masks = []
    dropout.masked = lambda X: masks.append(dropout.mask) or X
    fit(net, [[0] * 6] * 6, [[0] * 6] * 6, seed=7, shuffle=False, epochs=1)
    assert [[m == 1 for m in row] for row in masks[0]] != signs


def test_class_numbers_may_stand_in_a_column():
    net = sn.Sequential([sn.Dense(2, 3), sn.Softmax()])
    ways = [0, 1, 2], [[0], [1], [2]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    losses = [net.evaluate(X[:3], targets, "categorical_cross_entropy") for targets in ways]
    assert losses[0] == losses[1] == losses[2]


# ---- options that there are not ----------------------------------------------------------------------------------


GUESSES = {
    "learning_rate": (0.1, "set the learning rate in the optimizer: optimizer=sn.Adam(0.1)"),
    "lr": (0.1, "set the learning rate in the optimizer: optimizer=sn.Adam(0.1)"),
    "callbacks": ([], "loop over the epochs instead: for epoch in sn.epochs(net, X, Y, ...)"),
    "metrics": (["accuracy"], "measure after training: scratchnet.metrics.report(...)"),
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
