"""The validation loss by generated code is what the layers measure."""

import pytest
from compare_engines import X, Y, hidden, train
from hypothesis import given
from random_networks import bits, recipes

import scratchnet as sn
from scratchnet.codegen.python import step
from scratchnet.core import functions
from scratchnet.engines import measuring

pytestmark = pytest.mark.usefixtures("portable")


@pytest.fixture
def measured(monkeypatch):
    """The losses that generated code has measured, None where it failed."""
    found = []
    former = measuring.attempt

    def attempt(*arguments):
        found.append(former(*arguments))
        return found[-1]

    monkeypatch.setattr(measuring, "attempt", attempt)
    return found


def losses(layers, engine, act=lambda net, epoch: None, **options):
    """Return the bits of the best or the validation loss of each epoch."""
    net, found = sn.Sequential(layers, seed=1), []
    options = dict(dict(loss="mean_squared_error", optimizer=sn.SGD(0.1), epochs=4), **options)
    for epoch in sn.epochs(net, X, Y, engine=engine, **options):
        found.append([epoch.validation_loss and bits(epoch.validation_loss), epoch.best])
        act(net, epoch)
    return found


OPTIONS = {
    "validation data": {"validation_data": ([[1, 2], [0, 1]], [1, 0])},
    "a part": {"validation_split": 0.4},
    "the training data": {"patience": 2},
    "weights": {"validation_split": 0.4, "sample_weight": [1, 2, 3, 4, 5, 6, 7], "patience": 2},
    "penalties": {"validation_split": 0.4, "layers": [sn.Dense(2, 1, l2=0.5, l1=0.5)]},
    "dropout": {"validation_split": 0.4, "layers": hidden(sn.Dropout(0.5))},
}


@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize("what", sorted(OPTIONS))
def test_generated_code_measures_the_same_bits(what, batch_size, measured):
    options = dict(OPTIONS[what], batch_size=batch_size)
    layers = options.pop("layers", None)
    of_each = [sn.Sequential(layers or hidden(sn.Tanh())).copy().layers for _ in range(2)]
    found = losses(of_each[0], "steps", **options)
    assert len(measured) == len(found) > 2 and None not in measured
    assert found == losses(of_each[1], "lists", **options)
    assert len(measured) == len(found)


@given(recipes(batches=True))
def test_random_networks(made):
    made.options.update(patience=3, validation_data=(made.X[:2], made.Y[:2]))
    found = []
    for way in ("lists", "step"):
        net = made.network()
        try:
            history = train(net, made, way)
        except (sn.Diverged, ZeroDivisionError) as error:
            found.append(str(error))
        else:
            found.append(bits(history.validation_loss))
    assert found[0] == found[1]


def test_a_layer_changed_by_hand_is_measured_by_the_layers(measured):
    def act(net, epoch):
        if epoch.number == 2:
            net.layers[1].slope = 0.5

    found = [
        losses(hidden(sn.LeakyReLU()), engine, act, validation_split=0.4)
        for engine in ("steps", "lists")
    ]
    assert len(measured) == 2 and found[0] == found[1]


class Power(sn.Activation):
    def function(self, z):
        return functions.exp(z)

    def derivative(self, z, a):
        return a


@pytest.mark.parametrize("kernel", ["fast", "portable"])
def test_an_overflow_is_an_infinite_loss(kernel, measured):
    former = sn.set_kernel(kernel)
    try:
        options = {"validation_data": ([[1000, 1000]], [1])}
        layers = [sn.Dense(2, 1, weights=[[1], [1]]), Power()]
        small = [[v / 100 for v in row] for row in X]
        net = sn.Sequential(layers)
        history = net.fit(small, Y, "mse", sn.SGD(1e-9), 2, engine="steps", **options)
    finally:
        sn.set_kernel(former)
    assert history.validation_loss == [float("inf")] * 2 and len(measured) == 2


class Sorting(sn.Layer):
    """In prediction it branches on numbers."""

    def forward(self, Z):
        self.Z = Z
        return Z if self.generator else [[max(row[0], 0.5)] for row in Z]

    def backward(self, dA):
        return dA


def test_layers_measure_networks_without_code(measured):
    layers = [[sn.Dense(2, 1), Sorting()] for _ in range(2)]
    found = [losses(layers[0], "steps", validation_split=0.4)]
    found.append(losses(layers[1], "lists", validation_split=0.4))
    assert measured == [] and found[0] == found[1]


def test_programs_that_measure_are_remembered(monkeypatch):
    losses(hidden(sn.Tanh()), "steps", validation_split=0.4, batch_size=2)
    monkeypatch.setattr(step, "of_batches", None)
    losses(hidden(sn.Tanh()), "steps", validation_split=0.4, batch_size=2)
