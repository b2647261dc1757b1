"""engine="native" with an executor: the bits of the engine "lists" with as many shards."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from hypothesis import given, settings, strategies
from random_networks import HIDDEN, Share, bits, numbers

import scratchnet as sn
from scratchnet.codegen.c import native_step
from scratchnet.core.training import Diverged
from scratchnet.engines.native import compiler, shards

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore:executor")
SAMPLES = 13


@pytest.fixture(autouse=True)
def quickly_compiled(monkeypatch, portable):
    monkeypatch.setattr(compiler, "FAST", ["-O1"])


class Here:
    """An executor that computes each task at once."""

    def __init__(self, shards):
        self.shards, self.functions = shards, set()

    def submit(self, function, *arguments):
        self.functions.add(function)
        value = function(*arguments)
        return SimpleNamespace(result=lambda: value)


def network(hidden=(sn.Tanh,), frozen=()):
    layers = [sn.Dense(3, 4, l2=0.01)]
    for make in hidden:
        layers += [make(), sn.Dropout(0.25), sn.Dense(4, 4)]
    net = sn.Sequential([*layers, sn.Softmax()], seed=3)
    for name in frozen:
        net.freeze(name)
    return net


def trained(engine, executor, optimizer, options=(), **shape):
    net = network(**shape)
    X, Y = numbers(sn.Generator(1), SAMPLES, 3), [i % 4 for i in range(SAMPLES)]
    given = {"loss": "categorical_cross_entropy", "epochs": 3, "batch_size": 5, **dict(options)}
    history = net.fit(X, Y, optimizer=optimizer(), engine=engine, executor=executor, **given)
    parameters = [row for p in net.parameters() for row in p.rows]
    return bits([*parameters, history["loss"]]), history.engine


OPTIMIZERS = {
    "sgd": lambda: sn.SGD(sn.StepDecay(0.1, 2, 0.5), momentum=0.9),
    "adam": lambda: sn.Adam(0.01, clip_norm=0.1),
    "adamw": lambda: sn.AdamW(0.01),
}
OPTIONS = [
    {},
    {"loss": sn.CategoricalCrossEntropy("sum")},
    {"sample_weight": [1 + i % 3 for i in range(SAMPLES)]},
    {
        "sample_weight": [1 + i % 3 for i in range(SAMPLES)],
        "loss": sn.CategoricalCrossEntropy("sum"),
    },
    {"class_weight": {0: 2, 1: 1, 2: 0.5, 3: 1}, "validation_split": 0.3, "patience": 2},
]


@settings(max_examples=max(5, settings.default.max_examples // 3), deadline=None)
@given(strategies.data())
def test_the_bits_of_lists(data):
    optimizer = OPTIMIZERS[data.draw(strategies.sampled_from(sorted(OPTIMIZERS)))]
    options = data.draw(strategies.sampled_from(OPTIONS))
    hidden = data.draw(strategies.lists(strategies.sampled_from([*HIDDEN, Share]), max_size=2))
    frozen = data.draw(strategies.sampled_from([(), ("0.weights",), ("0.bias",)]))
    count = data.draw(strategies.integers(1, 4))
    shape = {"hidden": hidden, "frozen": frozen}
    expected, engine = trained("lists", Here(count), optimizer, options, **shape)
    assert engine == "lists"
    here = Here(count)
    found, engine = trained("native", here, optimizer, options, **shape)
    assert here.functions == {shards.gradients}
    assert engine == "native"
    assert found == expected
    with ThreadPoolExecutor(count) as threads:
        assert trained("native", threads, optimizer, options, **shape)[0] == expected


@pytest.mark.parametrize("options", OPTIONS, ids=range(len(OPTIONS)))
def test_the_kernel_does_not_matter(options):
    expected, _ = trained("lists", Here(2), OPTIMIZERS["adam"], options)
    sn.set_kernel("fast")  # The fixture sets it back.
    assert trained("native", Here(2), OPTIMIZERS["adam"], options)[0] == expected


def test_processes_compile_for_themselves():
    expected, _ = trained("lists", Here(2), sn.Adam)
    with ProcessPoolExecutor(2) as processes:
        found, engine = trained("native", processes, sn.Adam)
    assert (found, engine) == (expected, "native")


def test_the_source_is_that_of_both_steps():
    _, engine = trained("native", Here(2), sn.SGD)
    assert "layer 0: Dense(inputs=3" in engine.source
    assert "optimizer: Share(" in engine.source
    assert "optimizer: SGD(" in engine.source


def test_a_large_network_is_written_in_loops():
    net = sn.Sequential([sn.Dense(60, 50), sn.Tanh(), sn.Dense(50, 2)], seed=1)
    X, Y = numbers(sn.Generator(1), 4, 60), [[0.5, 1]] * 4
    history = net.fit(X, Y, "half_squared_error", epochs=1, engine="native", executor=Here(2))
    assert len(history.engine.source) < 40000


def test_a_network_that_is_recorded_by_rows(monkeypatch):
    """Its parameters are the network's own, not those of the record."""
    monkeypatch.setattr(native_step, "FEWEST_BY_ROWS", 0)
    monkeypatch.setattr(shards, "_steps", {})
    expected, _ = trained("lists", Here(2), sn.SGD)
    assert trained("native", Here(2), sn.SGD) == (expected, "native")


def test_a_step_that_diverges_is_undone():
    net = network(hidden=())
    X, Y = numbers(sn.Generator(1), 4, 3), [[1e300] * 4] * 4
    with pytest.raises(Diverged):
        net.fit(X, Y, "half_squared_error", sn.SGD(1e300), 2, engine="native", executor=Here(2))
    assert bits(net.parameters()[0].rows) == bits(network(hidden=()).parameters()[0].rows)


def test_threads_cause_no_warning(recwarn):
    with ThreadPoolExecutor(2) as threads:
        trained("native", threads, sn.SGD)
    assert not [w for w in recwarn if "executor" in str(w.message)]


def test_an_invalid_executor():
    with pytest.raises(ValueError, match="executor is 5; give an object with submit"):
        trained("native", 5, sn.SGD)
