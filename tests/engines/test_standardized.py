"""Samples that are standardized once train to the same bits as samples standardized in every step."""

import pytest
from compare_engines import kernel as using

import scratchnet as sn
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.core.examples import examples_for
from scratchnet.core.training import Engine
from scratchnet.engines import standardized
from scratchnet.engines.rows import Rows

X = [[float(i % 7), float(i % 2), float(i % 2 == 0), i * i % 11 / 3, 5.0] for i in range(40)]
Y = [[float(i % 3 == 0)] for i in range(40)]


def network():
    layers = [sn.Normalization(), sn.Dense(5, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()]
    return sn.Sequential(layers, seed=3)


def trained(engine="rows", X=X, change=False):
    """The parameters after three epochs, and the code of a step; the mean may change after the first."""
    net = network()
    given = dict(optimizer=sn.Adam(0.02), epochs=3, batch_size=8, engine=engine)
    run = sn.epochs(net, X, Y, "binary_cross_entropy", **given)
    for epoch in run:
        if change and epoch.number == 1:
            net[0].mean.value = [m + 0.25 for m in net[0].mean.value]
    return [p.value for p in net.parameters()]


@pytest.mark.parametrize("kernel", ["fast", "portable"])
@pytest.mark.parametrize("change", [False, True])
def test_the_bits_are_those_of_the_layer(kernel, change, monkeypatch):
    with using(kernel):
        once = trained(change=change)
        lists = trained("lists", change=change)
        monkeypatch.setattr(standardized, "MOST", 0)
        assert trained(change=change) == once
    if kernel == "portable":
        assert lists == once
    assert sum(lists[2], []) == pytest.approx(sum(once[2], []), abs=1e-12)


def engine_of(net, X):
    loss = sn.BinaryCrossEntropy()
    examples = examples_for(net, X, Y, loss)
    net.adapt(examples.samples(), again=False)
    return Rows(Engine(net, loss, sn.SGD(0.1), examples, sn.Generator(1)), 8)


def test_a_step_does_not_standardize(monkeypatch):
    once = engine_of(network(), X).source
    monkeypatch.setattr(standardized, "MOST", 0)
    each_time = engine_of(network(), X).source
    # Parameter 1, the spread, is passed in and returned.
    assert once.count("P1") == 2 < each_time.count("P1")


@pytest.mark.skipif(IS_PYPY, reason="PyPy reads all numbers")
def test_one_hot_inputs_keep_their_zeros(monkeypatch):
    net = sn.Sequential(
        [sn.Normalization(), sn.Dense(24, 8), sn.ReLU(), sn.Dense(8, 1), sn.Sigmoid()]
    )
    net[0].mean.value, net[0].spread.value = [0.0] * 24, [1.0] * 24
    samples = [[float(j in (i % 12, 12 + i * i % 12)) for j in range(24)] for i in range(40)]
    engine = engine_of(net, samples)
    assert engine.ready.examples is engine.examples  # without a copy
    assert engine.gather == "ones" and "compress(W2, x_row)" in engine.source
    net[0].mean.value = [3.0] + [0.0] * 23
    assert engine_of(net, samples).gather == "values"
    monkeypatch.setattr(standardized, "MOST", 0)
    assert "compress(" not in engine_of(net, samples).source


@pytest.mark.parametrize("optimizer", [sn.SGD(0.1), sn.SGD(0.1, momentum=0.5), sn.Adam()])
def test_the_zeros_are_counted_again_if_the_mean_changes(optimizer):
    samples = [[float(j in (i % 12, 12 + i * i % 12)) for j in range(24)] for i in range(40)]
    found = []
    for engine in ("lists", "rows"):
        net = sn.Sequential(
            [sn.Normalization(), sn.Dense(24, 8), sn.Tanh(), sn.Dense(8, 1)], seed=1
        )
        net[0].mean.value, net[0].spread.value = [0.0] * 24, [1.0] * 24
        given = dict(optimizer=optimizer, epochs=3, batch_size=8, engine=engine)
        for epoch in sn.epochs(net, samples, Y, "half_squared_error", **given):
            if epoch.number == 2:
                net[0].mean.value = [0.25] * 24
        found.append([v for p in net.parameters() for row in p.rows for v in row])
    assert found[0] == pytest.approx(found[1], abs=1e-12)


def test_samples_that_are_read_one_by_one_are_not_kept():
    class Reading:
        def __len__(self):
            return len(X)

        def __getitem__(self, i):
            return X[i]

    assert trained(X=Reading()) == trained()
