"""engine="native": large networks are recorded by rows; the bits are those of the lists."""

import re

import pytest
from compare_engines import Lazy, kernel, outcome
from random_networks import Bell, MeanQuarticError, Scale, Share, SignDescent

import scratchnet as sn
from scratchnet import matrix
from scratchnet.codegen.c import native_parts, native_rows, native_step
from scratchnet.codegen.c.native_step import NativeStep
from scratchnet.codegen.record import recording
from scratchnet.core.functions import total, where
from scratchnet.engines.native import compiler, engine, measuring

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)

GENERATOR = sn.Generator(3)
X = [[GENERATOR.uniform(-1, 1) for _ in range(12)] for _ in range(70)]
CLASSES = [GENERATOR.below(4) for _ in X]
TWO = [[float(label > 1)] for label in CLASSES]
NUMBERS = [[GENERATOR.uniform(-1, 1)] for _ in X]
DEEP = sn.deep


@pytest.fixture(autouse=True)
def by_rows(monkeypatch):
    """The statements that were made from the record of rows."""
    made = []

    class Noted(native_rows.RowParts):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(native_step, "RowParts", Noted)
    monkeypatch.setattr(native_step, "FEWEST_BY_ROWS", 0)
    monkeypatch.setattr(native_parts, "MOST_WRITTEN_OUT", 0)
    monkeypatch.setattr(compiler, "FAST", ["-O1"])
    monkeypatch.setattr(compiler, "HERE", [])
    engine._steps.clear()
    with kernel("portable"):
        yield made
    engine._steps.clear()


def shaped():
    return [sn.Dense(12, 1), sn.Tanh(), sn.Dense(1, 7), sn.ELU(), sn.Dense(7, 1)]


def deep():
    activations = [sn.SELU(), sn.Dropout(0.1), sn.Dense(8, 6), sn.SiLU(), sn.Dropout(0.3)]
    return [sn.Dense(12, 8), *activations, sn.Dense(6, 5), sn.Softplus(), sn.Dense(5, 1)]


def without_bias():
    layers = [sn.Dense(12, 9, bias=False), sn.Sigmoid(), sn.Dense(9, 1, bias=False), sn.Sigmoid()]
    return layers


def normalized():
    layers = [sn.Dense(12, 9), DEEP.LayerNormalization(9), sn.GELU(), sn.Dense(9, 1)]
    return [sn.Normalization(), *layers]


def classifier():
    return [sn.Dense(12, 24), sn.ReLU(), sn.Dropout(0.25), sn.Dense(24, 4), sn.Softmax()]


def user_defined():
    return [sn.Dense(12, 10), Bell(), Scale(10), Share(), sn.Dense(10, 1)]


def shared_slopes():
    layers = [sn.Dense(12, 2), DEEP.PReLU(), sn.Dense(2, 9), DEEP.PReLU(), DEEP.PReLU(9)]
    return [*layers, sn.Dense(9, 1, l2=0.01), DEEP.PReLU()]


CASES = {
    "shared slopes": (shared_slopes, NUMBERS, "huber", sn.Adam(0.1, clip_norm=0.5)),
    "classifier": (classifier, CLASSES, "categorical_cross_entropy", sn.AdamW(0.01)),
    "shaped": (shaped, NUMBERS, "mean_absolute_error", sn.SGD(0.1, momentum=0.9)),
    "deep": (deep, NUMBERS, "mean_squared_error", sn.Adam(sn.CosineDecay(0.01, 9))),
    "without bias": (without_bias, TWO, "binary_cross_entropy", sn.Adagrad(0.1)),
    "normalized": (normalized, NUMBERS, "huber", sn.RMSprop(0.01)),
    "user-defined": (user_defined, NUMBERS, MeanQuarticError(), SignDescent(0.01)),
    "threshold": (
        lambda: [sn.Dense(12, 1), sn.Threshold()],
        TWO,
        "perceptron",
        sn.SGD(0.01, nesterov=True, momentum=0.5),
    ),
}


def trained(name, engine_name, **options):
    make, Y, loss, optimizer = CASES[name]
    net = sn.Sequential(make(), seed=1)
    if name == "deep":
        net.freeze("3.weights", "6.bias")
    return outcome(
        lambda: net.fit(
            X, Y, loss, optimizer, epochs=3, batch_size=33, engine=engine_name, **options
        ),
        net,
    )


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_bits_are_those_of_lists(name, weighted, by_rows):
    options = {"sample_weight": [1 + k % 3 for k in range(70)]} if weighted else {}
    found = trained(name, "native", **options)
    assert by_rows
    assert found == trained(name, "lists", **options)
    assert type(found[0]) is int


class Quartic(sn.Dense):
    """A layer with a penalty of its own, Σw⁴, where |w| < 1/2, and Σ|w| elsewhere."""

    def penalty(self):
        return total([self.of(w) for row in self.weights.value for w in row])

    def of(self, w):
        return where(abs(w) < 0.5, w * w * w * w, abs(w))

    def add_penalty_gradient(self):
        W = self.weights
        W.gradient = matrix.add(W.gradient, matrix.apply(self.slope, W.value))

    def slope(self, w):
        return where(abs(w) < 0.5, 4 * w * w * w, where(w > 0, 1.0, -1.0))


class MeanQuartic(Quartic):
    def penalty(self):
        return Quartic.penalty(self) / self.weights.count


class WidthsOfTwo(Quartic):
    def of(self, w):
        return w * len(self.weights.value)


class CountingQuartic(Quartic):
    calls = 0

    def penalty(self):
        self.calls += 1
        return Quartic.penalty(self)


def trained_with(layer, engine_name):
    net = sn.Sequential([layer(12, 5), DEEP.PReLU(), layer(5, 1)], seed=1)
    options = dict(epochs=2, batch_size=33, engine=engine_name)
    return outcome(lambda: net.fit(X, NUMBERS, "huber", sn.Adam(0.1), **options), net)


def test_user_defined_penalties_are_loops(by_rows):
    assert trained_with(Quartic, "native") == trained_with(Quartic, "lists")
    assert len(by_rows) == 2  # once on two samples, and once on three


@pytest.mark.parametrize("layer", [MeanQuartic, WidthsOfTwo])
def test_other_steps_are_recorded_by_numbers(layer, by_rows):
    assert trained_with(layer, "native") == trained_with(layer, "lists")
    assert not by_rows


def test_a_large_network_that_has_no_record_of_rows_is_refused(monkeypatch, by_rows):
    monkeypatch.setattr(native_step, "MOST_BY_NUMBERS", 79)
    message = (
        "^engine='native' cannot be used here: the network has 80 weights, more than 79, and is not "
        r"a series of matrix products \(a penalty .*\); use engine='auto'$"
    )
    net = sn.Sequential(
        [MeanQuartic(12, 5), DEEP.PReLU(), sn.Dense(5, 2), sn.Dense(2, 1, bias=False)]
    )
    with pytest.raises(ValueError, match=message):
        net.fit(X, NUMBERS, "huber", engine="native")
    assert not by_rows


def test_a_penalty_that_counts_its_calls_is_refused(by_rows):
    refusal = "CountingQuartic stores something from one call to the next"
    with pytest.raises(ValueError, match=refusal):
        sn.Sequential([CountingQuartic(12, 1)]).fit(X, NUMBERS, "huber", engine="native")
    assert not by_rows


def test_the_weights_of_large_hidden_layers_are_not_read_one_by_one(monkeypatch, by_rows):
    """A 784-512-512-10 was refused, and a 784-300-400-10 took minutes."""
    monkeypatch.setattr(recording, "MOST_ELEMENTS", 12)
    monkeypatch.setattr(native_step, "MOST_BY_NUMBERS", 0)
    for name in ("deep", "shaped", "classifier"):
        assert trained(name, "native") == trained(name, "lists")
    assert len(by_rows) == 3


def test_the_source_does_not_grow_with_the_network(by_rows):
    """So compiling takes no longer, and recording takes time for each unit, not for each weight."""
    lines = []
    for width in (20, 2000):
        net = sn.Sequential([sn.Dense(width, width), sn.ReLU(), sn.Dense(width, 1)])
        step = NativeStep(net, sn.MeanSquaredError(), sn.Adam(), width, 1, False)
        lines.append(step.source.count("\n"))
    assert lines[1] <= lines[0]
    assert len(by_rows) == 2


def test_equal_penalties_and_shared_slopes_are_functions_that_are_called_again(by_rows):
    """In one function, the loops of 80 penalties took GCC more than a minute."""
    groups = [(sn.Dense(8, 8, l1=0.1, l2=0.2), DEEP.PReLU()) for _ in range(40)]
    net = sn.Sequential([layer for group in groups for layer in group])
    source = NativeStep(net, sn.MeanSquaredError(), sn.Adam(), 8, 8, False).source
    assert len(re.findall(r"NET_APART \w+ net_(?:penalty|total)", source)) == 3
    assert len(re.findall(r"^ .*net_(?:penalty|total)", source, re.MULTILINE)) == 3 * 40
    step = source[source.index("static int net_step(") :]
    assert step[: step.index("\n}\n")].count("for (") < 5


# ---- validation ----------------------------------------------------------------------------------


@pytest.fixture
def measured(monkeypatch):
    """The losses that were measured in C."""
    values = []
    value = measuring.Measuring.value

    def noting(self):
        values.append(value(self))
        return values[-1]

    monkeypatch.setattr(measuring.Measuring, "value", noting)
    monkeypatch.setattr(measuring, "BLOCK", 9)
    monkeypatch.setattr("scratchnet.core.examples.BLOCK", 9)
    monkeypatch.setattr(engine, "FEWEST_TO_MEASURE", 0)
    return values


def histories(name, **options):
    make, Y, loss, optimizer = CASES[name]
    found = []
    for engine_name in ("native", "lists"):
        net = sn.Sequential(make(), seed=1)
        history = net.fit(
            X, Y, loss, optimizer, epochs=4, batch_size=33, engine=engine_name, **options
        )
        found.append(
            (
                list(map(vars, history.epochs)),
                history.best_epoch,
                [p.value for p in net.parameters()],
            )
        )
    return found


WEIGHTS = [1 + k % 3 for k in range(70)]


@pytest.mark.parametrize(
    "options",
    [
        {"validation_split": 0.3},
        {"patience": 2, "sample_weight": WEIGHTS},
        {"validation_split": 0.3, "patience": 1, "sample_weight": WEIGHTS},
    ],
    ids=["split", "patience", "both"],
)
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_validation_has_the_bits_of_lists(name, options, measured):
    native, lists = histories(name, **options)
    assert native == lists
    assert len(measured) == len(native[0]) and None not in measured


def test_a_validation_of_lazy_rows(measured):
    Y = CASES["normalized"][1]
    native, lists = histories("normalized", validation_data=(Lazy(X), Lazy(Y)))
    assert native == lists
    assert measured


def test_a_validation_with_a_checkpoint(measured, tmp_path):
    path = str(tmp_path / "run.safetensors")
    native = histories("deep", validation_split=0.3, checkpoint=path)[0]
    lists = histories("deep", validation_split=0.3)[1]
    assert native == lists
    assert measured


def test_lists_measure_networks_that_cannot_be_recorded(measured, monkeypatch):
    def refused(*given):
        raise ValueError("it multiplies by a part of a parameter")

    monkeypatch.setattr(engine, "Measuring", refused)
    native, lists = histories("classifier", validation_split=0.3)
    assert native == lists
    assert not measured


def test_few_samples_are_measured_by_lists(measured, monkeypatch):
    monkeypatch.setattr(engine, "FEWEST_TO_MEASURE", 10000)
    histories("classifier", validation_split=0.3)
    assert not measured
