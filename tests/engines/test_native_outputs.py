"""Predictions of many samples in C, as the reports of trained models need them: the bits of the portable kernel."""

import pickle
from array import array

import pytest
from random_networks import bits

import scratchnet as sn
from scratchnet import tabular
from scratchnet.core.examples import BLOCK
from scratchnet.datasets.arrays import Arrays, Picked
from scratchnet.datasets.idx import Idx
from scratchnet.datasets.tables.columns import NUMBERS, Column
from scratchnet.engines.native import compiler, measuring, outputs

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)

pytestmark = pytest.mark.usefixtures("portable")


@pytest.fixture(autouse=True)
def quickly_compiled(monkeypatch):
    monkeypatch.setattr(compiler, "FAST", ["-O1"])
    monkeypatch.setattr(compiler, "HERE", [])


def images(rows, width=6):
    return Idx((rows, width), array("B", [k * k * 97 % 256 for k in range(rows * width)]), 1)


def network():
    layers = [sn.Normalization(), sn.Dense(6, 4), sn.Tanh(), sn.Dense(4, 3), sn.Softmax()]
    net = sn.Sequential(layers, seed=2)
    net.layers[0].mean.value, net.layers[0].spread.value = [100.0] * 6, [255.0] * 6
    return net


def test_they_have_the_bits_of_the_layers(monkeypatch):
    monkeypatch.setattr(outputs, "FEWEST", 1)
    net, X = network(), images(BLOCK + 7)
    computed = outputs.Outputs(net)
    rows = Picked(X, list(range(BLOCK + 6, -1, -1)))
    for data in (X, rows, [X[i] for i in range(9)]):
        assert bits(computed.of(data)) == bits(net.predict([data[i] for i in range(len(data))]))
    predictor = computed.predictor
    net.layers[1].weights.value = [[0.25, -1, 0.5, j] for j in range(6)]
    assert bits(computed.of(rows)) == bits(net.predict(rows))
    assert computed.predictor is predictor


def test_a_row_of_another_width_is_refused_as_by_predict(monkeypatch):
    monkeypatch.setattr(outputs, "FEWEST", 1)
    with pytest.raises(ValueError, match="row 0 has 5 columns where the network takes 6"):
        outputs.Outputs(network()).of(images(3, width=5))


def test_few_samples_need_no_compiler():
    computed = outputs.Outputs(network())
    assert computed.of(images(9)) == network().predict(images(9)) and computed.predictor is None


@pytest.mark.parametrize("classes", [True, False])
def test_the_report_and_the_model_are_those_of_the_layers(classes, monkeypatch):
    monkeypatch.setattr(outputs, "FEWEST", 1)
    used = []
    former = outputs.Outputs.compiled
    monkeypatch.setattr(outputs.Outputs, "compiled", lambda self: used.append(self) or former(self))
    X = images(60)
    targets = (
        [sum(X[i][:3]) // 200 for i in range(60)] if classes else [X[i][1] / 7 for i in range(60)]
    )
    data = Arrays(X, 6, True, Column("y", NUMBERS, array("d", targets)), "images")
    task = "classification" if classes else "regression"
    models = [
        tabular.train(data, task=task, epochs=3, hidden=[4], engine=engine)
        for engine in ("native", "lists")
    ]
    assert len(used) == 1
    found, expected = [
        (m.report.to_dict(), m.net.metadata["rows"], bits([p.value for p in m.net.parameters()]))
        for m in models
    ]
    assert found == expected
    assert pickle.loads(pickle.dumps(models[0])).predict(data) == models[1].predict(data)


class Once:
    """Rows that are always the same; ``read`` counts how often one is read."""

    is_fixed = True

    def __init__(self, rows):
        self.rows, self.read = rows, 0

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        self.read += 1
        return self.rows[i]


def test_the_targets_of_a_validation_are_converted_once(monkeypatch):
    monkeypatch.setattr("scratchnet.engines.native.engine.FEWEST_TO_MEASURE", 1)
    values = []
    former = measuring.Measuring.value
    monkeypatch.setattr(
        measuring.Measuring, "value", lambda self: values.append(former(self)) or values[-1]
    )
    X = images(30)
    Y = [[float(i % 3 == k) for k in range(3)] for i in range(30)]
    losses, reads = [], []
    for engine, epochs in (("lists", 5), ("native", 5), ("native", 2)):
        targets = Once(Y)
        history = network().fit(
            X,
            Y,
            "categorical_cross_entropy",
            epochs=epochs,
            batch_size=10,
            engine=engine,
            validation_data=(X, targets),
        )
        losses.append([bits(loss) for loss in history.validation_loss])
        reads.append(targets.read)
    assert losses[0] == losses[1] and len(values) == 7 and None not in values
    assert reads[1] == reads[2]
