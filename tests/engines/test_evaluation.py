"""prediction.py: the loss of many samples is computed by generated code, with the bits of the rules."""

import pytest
from random_networks import BUILT_IN_LAYERS, bits

import scratchnet as sn
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.core.losses import LOSSES
from scratchnet.engines import prediction

pytestmark = pytest.mark.skipif(IS_PYPY, reason="PyPy computes the loss by the layers")

COUNT = 250
X = [[(i * 7 % 11 - 5) / 4, (i * 5 % 13 - 6) / 8, i % 3 / 2] for i in range(COUNT)]
NUMBERS = [[i % 5 / 4, i % 7 / 8] for i in range(COUNT)]
CLASSES = [i % 2 for i in range(COUNT)]
WEIGHTS = [i % 4 / 2 for i in range(COUNT)]


def network(*layers):
    return sn.Sequential([sn.Dense(3, 4), *layers, sn.Dropout(0.5), sn.Dense(4, 2)], seed=3)


@pytest.fixture
def measured(monkeypatch):
    """The sizes of the batches whose loss was computed by generated code."""
    sizes = []
    former = prediction.GeneratedCode.loss_of

    def loss_of(self, X, *others):
        loss = former(self, X, *others)
        sizes.extend([] if loss is None else [len(X)])
        return loss

    monkeypatch.setattr(prediction.GeneratedCode, "loss_of", loss_of)
    return sizes


def by_rules(net, X, Y, loss, weights=None):
    """Return the loss that the layers compute of each sample, as a mean."""
    whole = sn.core.examples.examples_for(net, X, Y, sn.core.losses.loss_for(net, loss), weights)
    return sn.core.examples.mean_loss(net, whole, sn.core.losses.loss_for(net, loss))


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize("layer", BUILT_IN_LAYERS, ids=lambda make: repr(make()))
def test_the_bits_are_those_of_the_layers(layer, weights, measured, portable):
    net = network(layer())
    net.adapt(X)
    for _ in range(2):
        found = net.evaluate(X, NUMBERS, "mean_squared_error", weights)
        assert bits([[found]]) == bits([[by_rules(net, X, NUMBERS, "mean_squared_error", weights)]])
        net.parameters()[0].value = [[i - j / 4 for j in range(4)] for i in range(3)]
    assert measured


@pytest.mark.parametrize(
    "loss, last, Y",
    [
        ("categorical_cross_entropy", sn.Softmax, CLASSES),
        ("binary_cross_entropy", sn.Sigmoid, NUMBERS),
        ("half_squared_error", sn.Tanh, NUMBERS),
        ("huber", sn.Tanh, NUMBERS),
    ],
)
def test_losses_with_their_last_layer(loss, last, Y, measured):
    net = sn.Sequential(network(sn.Tanh()).layers + [last()])
    assert net.evaluate(X, Y, loss) == pytest.approx(by_rules(net, X, Y, loss), rel=1e-14)
    assert measured == [COUNT]


def test_what_has_no_code_is_computed_by_the_layers(measured):
    class Own(LOSSES["mean_squared_error"]):
        def term(self, a, y):
            return (a - y) * (a - y) + 1

    net = network(sn.Tanh())
    assert net.evaluate(X, NUMBERS, Own()) == by_rules(net, X, NUMBERS, Own())
    few = net.evaluate(X[:50], NUMBERS[:50], "huber")
    assert few == by_rules(net, X[:50], NUMBERS[:50], "huber")
    assert measured == []


def test_an_infinite_loss_is_that_of_the_layers(measured):
    net = network(sn.Tanh())
    net.parameters()[2].value = [[1e200, 1e200]] * 4
    found = net.evaluate(X, NUMBERS, "mean_squared_error")
    assert found == by_rules(net, X, NUMBERS, "mean_squared_error") == float("inf")
    assert measured == []


@pytest.mark.parametrize("name", ["loss_of", "propagate"])
def test_a_method_that_replaces_that_of_the_network_computes_the_loss(name, measured):
    net = network(sn.Tanh())
    former, sizes = getattr(net, name), []

    def replacing(X, *others):
        sizes.append(len(X))
        return former(X, *others)

    setattr(net, name, replacing)
    net.evaluate(X, NUMBERS, "mean_squared_error")
    assert set(sizes) == {COUNT} and measured == []


def test_a_method_that_replaces_that_of_the_network_predicts():
    net = network(sn.Tanh())
    net.propagate = lambda X, layers: [[float(len(X))] for _ in X]
    assert net.predict(X) == [[float(COUNT)]] * COUNT
