"""engine="native": the bits of lists in the portable kernel, through compiled C, whichever kernel is active."""

import errno
import io
import math
import os
import random
import re
import signal
import stat
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from compare_engines import Lazy, Noisy, X, Y, hidden, kernel, outcome
from hypothesis import given, strategies
from random_networks import (
    Bell,
    MeanQuarticError,
    Scale,
    Share,
    SignDescent,
    bits,
    bits_of,
    numbers,
    recipes,
)

import scratchnet as sn
from scratchnet import functions
from scratchnet.codegen.c import (
    native_blocks,
    native_division,
    native_parts,
    native_step,
    native_sums,
    native_unit,
)
from scratchnet.codegen.loop_parts import Index, element_at
from scratchnet.core.functions import where
from scratchnet.deep import Clip, LayerNormalization, PReLU, RMSNormalization
from scratchnet.engines.native import compiler, engine, notice
from scratchnet.scalars import Symbolic

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)


FAST, HERE = compiler.FAST, compiler.HERE


@pytest.fixture(autouse=True)
def quickly_compiled(monkeypatch):
    """Compile in less time; ``test_full_optimization`` does not."""
    monkeypatch.setattr(compiler, "FAST", ["-O1"])
    monkeypatch.setattr(compiler, "HERE", [])
    with kernel("portable"):
        yield


@contextmanager
def noting_refusals():
    """Return the numbers of steps that the C function did not make."""
    refused = []
    attempt = engine.Native.attempt

    def noting(self, batches):
        losses = attempt(self, batches)
        if losses is None:
            refused.append(len(batches))
        return losses

    engine.Native.attempt = noting
    try:
        yield refused
    finally:
        engine.Native.attempt = attempt


@pytest.fixture
def by_lists():
    with noting_refusals() as refused:
        yield refused


def fit(make, name, X=X, Y=Y, loss="mean_squared_error", optimizer=None, epochs=4, **options):
    """Train a network; return the outcome."""
    net = sn.Sequential(make(), seed=1)
    optimizer = optimizer or sn.Adam(0.05)
    return outcome(
        lambda: net.fit(X, Y, loss, optimizer, epochs=epochs, engine=name, **options), net
    )


def assert_same(make, by_lists, **options):
    expected = fit(make, "lists", **options)
    assert fit(make, "native", **options) == expected
    assert not by_lists
    assert type(expected[0]) is int  # It trained.


def of_recipe(made, name):
    net = made.network()
    return outcome(
        lambda: net.fit(made.X, made.Y, made.loss, made.optimizer, epochs=3, engine=name, **made.options), net
    )  # fmt: skip


@contextmanager
def printed(most, fewest):
    """Write out at most this many operations; record networks of at least this many weights by rows."""
    former = native_parts.MOST_WRITTEN_OUT, native_step.FEWEST_BY_ROWS
    many = native_sums.MANY_GRADIENTS
    native_parts.MOST_WRITTEN_OUT, native_step.FEWEST_BY_ROWS = most, fewest
    native_sums.MANY_GRADIENTS = 0
    engine._steps.clear()
    try:
        yield
    finally:
        native_parts.MOST_WRITTEN_OUT, native_step.FEWEST_BY_ROWS = former
        native_sums.MANY_GRADIENTS = many
        engine._steps.clear()


@pytest.mark.parametrize(
    "limits", [(0, 10000), (10000, 10000), (0, 0)], ids=["loops", "written out", "by rows"]
)
@given(made=strategies.booleans().flatmap(lambda batches: recipes(batches=batches)))
def test_any_training_has_the_same_bits(limits, made):
    with printed(*limits), noting_refusals() as refused:
        found = of_recipe(made, "native")
    assert found == of_recipe(made, "lists")
    assert not refused or type(found[0]) is not int  # Else it diverged, and lists said how.


WIDE = sn.Generator(5)
WIDE_X, CLASSES = numbers(WIDE, 70, 20), [WIDE.below(4) for _ in range(70)]


def wide():
    return [sn.Dense(20, 24, l2=0.01), sn.ReLU(), sn.Dropout(0.25), sn.Dense(24, 4), sn.Softmax()]


def source_of_many(widths, by_lists):
    """Train a network with layers of these widths, and return its C."""

    def deep():
        pairs = list(zip(widths, widths[1:]))
        return [layer for sizes in pairs for layer in (sn.Dense(*sizes), sn.Tanh())]

    X, Y = [row[:8] for row in WIDE_X], [row[8 : 8 + widths[-1]] for row in WIDE_X]
    engine._steps.clear()
    assert_same(deep, by_lists, X=X, Y=Y, batch_size=33, validation_data=(X, Y))
    (step,) = engine._steps.values()
    functions = step.source.split("\n}\n")
    assert max([len(text.split("\n")) for text in functions]) < native_division.MOST_LINES
    return step.source


def test_statements_of_equal_layers_are_functions_that_are_called_again(by_lists):
    """With a copy for each layer, GCC took 2 seconds for 20 layers, and 200 layers had 1.1 MB."""
    former, source = [source_of_many([8] * count, by_lists) for count in (21, 41)]
    assert source.count("NET_APART void net_repeated") == 7
    assert source.count("for (") == former.count("for (") < 100
    assert source.count(" net_repeated1(") == 41  # its definition, and a call for each layer
    assert compiler.fast_for(source) == compiler.fast_for("int x;")


def test_many_different_layers_are_divided_among_functions(by_lists):
    """In one function, GCC took 7 seconds for 20 layers, and more than 24 for 50."""
    source = source_of_many([8, *range(11, 30), 9], by_lists)
    assert source.count("NET_APART void net_part") > 20
    assert compiler.fast_for(source)[-1] == "-O2"


def test_long_code_is_optimized_less():
    line, fastest = "    x = x + 1;\n", compiler.fast_for("int x;")
    assert compiler.fast_for(line * 20000)[-1] == "-O1"
    cheap = " * a comment\n    /* another */\n    net_repeated0(scratch, 12);\n"
    assert compiler.fast_for(cheap * 20000) == fastest != compiler.fast_for(line * 20000)


@pytest.mark.parametrize("compilers", ["gcc", "clang", "tcc"])
def test_full_optimization(compilers, by_lists, monkeypatch):
    monkeypatch.setattr(compiler, "FAST", FAST)
    monkeypatch.setattr(compiler, "HERE", HERE)
    monkeypatch.setenv("CC", compilers)
    if compiler.shutil.which(compilers) is None:
        pytest.skip(compilers + " is not installed")
    engine._steps.clear()
    # Another rate is another source, which is compiled again.
    optimizer = sn.AdamW(0.01, clip_norm={"gcc": 1.0, "clang": 2.0, "tcc": 3.0}[compilers])
    options = dict(X=WIDE_X, Y=CLASSES, loss="categorical_cross_entropy", optimizer=optimizer)
    assert_same(
        wide, by_lists, batch_size=33, sample_weight=[1 + k % 3 for k in range(70)], **options
    )


def test_only_short_loops_that_divide_by_inputs_are_scalar(by_lists):
    """Clang 14 with AVX-512 divided 0 by 0 beyond the end of such loops, so that lists trained."""
    index = Index("i1", 12)
    x, w = [Symbolic(name=element_at(array, 3, (1, index))) for array in ("v0", "w")]
    count = Symbolic(name="count")
    for risky in (x / w, 1 / (w * w), where(x > 0, x / (2 * w), x)):
        assert native_unit.divides_by_zeros(risky, index)
    for safe in (x / 2, x * w, x / count, 1 / (1 + abs(w)), 1 / (1 + functions.exp(x))):
        assert not native_unit.divides_by_zeros(safe, index)
    Y = [row[:4] for row in WIDE_X]
    for width, expected in ((12, True), (24, False)):

        def make(width=width):
            layers = [sn.Dense(20, width), sn.Tanh(), sn.Normalization(), sn.Dense(width, 4)]
            return [*layers, sn.Tanh()]

        with printed(0, 10000):
            assert_same(make, by_lists, X=WIDE_X, Y=Y, batch_size=1)
            (step,) = engine._steps.values()
        assert ("NET_SCALAR for" in step.source) == expected


def norms():
    pairs = [(sn.Dense(8, 8), RMSNormalization(8), sn.Tanh()) for _ in range(3)]
    return [layer for pair in pairs for layer in pair] + [LayerNormalization(8)]


def clipped_slopes():
    pairs = [(sn.Dense(8, 9), Clip(-0.5, 0.5), PReLU(9), sn.Dense(9, 8)) for _ in range(3)]
    return [layer for pair in pairs for layer in pair]


@pytest.mark.parametrize("layers", [norms, clipped_slopes])
@pytest.mark.parametrize("level", ["-O2", "-O3"])
def test_gcc_compiles_rightly(layers, level, by_lists, monkeypatch):
    """GCC 12 with AVX-512 omitted the call of a function that sums rows of eight numbers."""
    monkeypatch.setattr(compiler, "FAST", [level])
    monkeypatch.setattr(compiler, "HERE", HERE)
    monkeypatch.setattr(native_division, "MOST_LINES", 0)
    monkeypatch.setattr(native_blocks, "FEW_STATEMENTS", 0)
    X = [row[:8] for row in WIDE_X]
    # Each level has a source of its own, because a source is compiled once.
    rate = 0.01 if level == "-O2" else 0.02
    for most in (0, 10000):
        with printed(0, most):
            assert_same(layers, by_lists, X=X, Y=X, batch_size=33, optimizer=sn.SGD(rate))


def test_what_only_arms_of_choices_need_is_read_before():
    """GCC 12 with AVX-512 read zeros where an arm was chosen, as of the gradient of PReLU."""
    z, d, slope = [Symbolic(name=name) for name in ("v0[i1]", "v1[i1]", "w[i1 + 8]")]
    chosen = where(z > 0, d, where(d > 1, slope * z, slope * z * 2))
    lines, text = native_unit.NativeUnit("net").value(chosen)
    assert lines[:2] == ["const double t0 = v1[i1];", "const double t1 = w[i1 + 8];"]
    assert not re.findall(r"v1\[|w\[", " ".join(lines[2:] + [text]))
    assert "v0[i1] > 0.0 ? t0" in text
    always = where(z > d, d, z)
    assert native_unit.NativeUnit("net").value(always) == ([], "v0[i1] > v1[i1] ? v1[i1] : v0[i1]")


def test_each_option_has_the_same_bits(by_lists):
    def make():
        return [sn.Normalization()] + hidden(sn.Tanh(), sn.Dropout(0.5))

    for options in (
        {},
        {"batch_size": 3, "validation_split": 0.3, "patience": 1},
        {"optimizer": sn.Adam(sn.WarmUp(3, sn.CosineDecay(0.1, 8)))},
        {"optimizer": sn.SGD(lambda t: 0.1 / (1 + t)), "batch_size": 2},
        {"X": Lazy(X), "batch_size": 2, "seed": 3},
    ):
        assert_same(make, by_lists, **options)


class Halves(sn.Layer):
    """Each half of the features has one factor; the gradient of a factor is a sum over a half of each sample."""

    def __init__(self):
        self.inputs = self.outputs = 10
        self.s = sn.Parameter("factors", (2,), [0.5, 2])

    def parameters(self):
        return [self.s]

    def forward(self, X):
        self.X = X
        s = self.s.value
        return [[s[k // 5] * x for k, x in enumerate(row)] for row in X]

    def backward(self, dA):
        s, rows = self.s.value, list(zip(self.X, dA))
        halves = [slice(0, 5), slice(5, 10)]
        self.s.gradient = [
            functions.total([functions.dot(x[half], d[half]) for x, d in rows]) for half in halves
        ]
        return [[s[k // 5] * d for k, d in enumerate(row)] for row in dA]


@pytest.mark.parametrize("most", [0, 10000], ids=["loops", "written out"])
def test_user_defined_parts_have_the_same_bits(most, by_lists, monkeypatch):
    monkeypatch.setattr(native_parts, "MOST_WRITTEN_OUT", most)

    def make():
        middle = [Bell(), Scale(10), Halves(), Share()]
        return [sn.Dense(2, 10), Halves(), *middle, sn.Dense(10, 3), sn.Dense(3, 1)]

    assert_same(make, by_lists, loss=MeanQuarticError(), optimizer=SignDescent(0.01))


class Moving(sn.SGD):
    """Its memory of each weight begins with another number than 0."""

    def states_of(self, p):
        return self.states.get(p.name) or [[(0.5,) for _ in row] for row in p.rows]


def test_the_first_memory_of_an_optimizer(by_lists):
    assert_same(lambda: [sn.Dense(2, 1)], by_lists, optimizer=Moving(0.1, momentum=0.9))


def test_frozen_parameters_and_changes_by_hand(by_lists):
    found = []
    for name in ("lists", "native"):
        net = sn.Sequential(hidden(sn.Tanh()), seed=1)
        net.freeze("0.bias", "2.weights")
        for epoch in sn.epochs(net, X, Y, "huber", sn.Adam(0.1), epochs=5, engine=name):
            if epoch.number == 3:
                net.parameters()[0].value[1][2] = 0.5
        found.append(bits_of(net))
    assert found[0] == found[1]
    assert not by_lists


def test_the_kernel_does_not_matter(by_lists):
    with kernel("fast"):
        found = fit(lambda: hidden(sn.GELU()), "native", optimizer=sn.SGD(0.1))
    assert found == fit(lambda: hidden(sn.GELU()), "lists", optimizer=sn.SGD(0.1))


PENALIZED = {
    "l2": lambda: [sn.Dense(2, 3, l2=0.1), sn.Tanh(), sn.Dense(3, 1)],
    "l1 and l2": lambda: [sn.Dense(2, 3, l1=0.1), sn.Tanh(), sn.Dense(3, 1, l1=0.2, l2=1)],
    "one weight": lambda: [sn.Dense(2, 1, bias=False), sn.Dense(1, 1, l2=0.1, l1=0.1, bias=False)],
    "slopes": lambda: [sn.Dense(2, 3, l2=0.1), PReLU(3), sn.Dense(3, 1)],
}


@pytest.mark.parametrize("name", PENALIZED)
@pytest.mark.parametrize("frozen", [(), (0,), (1,)], ids=repr)
def test_penalties_and_clipping_are_recorded_by_rows(name, frozen, by_lists, monkeypatch):
    monkeypatch.setattr(native_step, "MOST_BY_NUMBERS", 0)  # The other record is an error.

    def fitted(engine):
        net = sn.Sequential(PENALIZED[name](), seed=1)
        for n in frozen:
            net.freeze(net.parameters()[n].name)
        optimizer = sn.Adam(0.05, clip_norm=0.3)
        history = net.fit(X, Y, "mean_squared_error", optimizer, 9, batch_size=3, engine=engine)
        return list(map(vars, history.epochs)), bits_of(net)

    with printed(0, 0):
        assert fitted("native") == fitted("lists")
    assert not by_lists


@pytest.mark.parametrize("fewest", [0, 10000], ids=["by rows", "by numbers"])
@pytest.mark.parametrize("size", [7, 40], ids=["one block", "two blocks"])
@pytest.mark.parametrize("frozen", [(), (0,), (1, 2)], ids=repr)
def test_gradients_of_one_block_are_used_at_once(fewest, size, frozen, by_lists):
    samples, _, _ = rough(81, 4, 1)
    targets = [row[:2] for row in samples]

    def fitted(engine):
        layers = [sn.Dense(4, 6), sn.Tanh(), sn.Dense(6, 2)]
        net = sn.Sequential(layers, seed=1)
        for n in frozen:
            net.freeze(net.parameters()[n].name)
        loss, optimizer = "mean_squared_error", sn.Adam(0.05)
        history = net.fit(samples, targets, loss, optimizer, 4, batch_size=size, engine=engine)
        return history, bits_of(net)

    with printed(0, fewest):
        history, found = fitted("native")
    expected, parameters = fitted("lists")
    assert (history.history, found) == (expected.history, parameters)
    assert "if (alone) {" in history.engine.source
    assert not by_lists


def test_a_large_penalized_network_is_recorded_at_once(monkeypatch):
    monkeypatch.setattr(native_step, "MOST_BY_NUMBERS", 0)
    net = sn.Sequential([sn.Dense(784, 300, l1=0.1), sn.Tanh(), sn.Dense(300, 10, l2=0.1)])
    optimizer = sn.SGD(0.1, clip_norm=1)
    step = native_step.NativeStep(net, sn.HalfSquaredError(), optimizer, 784, 10, False)
    assert len(step.source) < 30000


def rough(count, inputs, seed):
    """Samples whose sums depend on the order of the additions, their classes and their weights."""
    drawn = random.Random(seed)
    samples = [[drawn.gauss(0, 1) for _ in range(inputs)] for _ in range(count)]
    labels = [int(sum(row) > 0.3) for row in samples]
    return samples, labels, [drawn.uniform(0.1, 3) for _ in range(count)]


@pytest.mark.parametrize("size", [None, 8])
@pytest.mark.parametrize(
    "schedule",
    [sn.CosineDecay(0.1, 37), sn.WarmUp(5, sn.CosineDecay(0.1, 37)), sn.ExponentialDecay(0.1, 0.9)],
    ids=repr,
)
def test_sums_schedules_and_measurements_are_portable_in_every_kernel(schedule, size, by_lists):
    samples, labels, weights = rough(83, 3, 2)

    def fitted(name, named="portable"):
        net = sn.Sequential([sn.Dense(3, 4), sn.Tanh(), sn.Dense(4, 2), sn.Softmax()], seed=1)
        with kernel(named):
            history = net.fit(
                samples,
                labels,
                "categorical_cross_entropy",
                sn.AdamW(schedule),
                epochs=37 if size is None else 5,
                batch_size=size,
                sample_weight=weights,
                class_weight={0: 0.3, 1: 1.7},
                validation_data=rough(1013, 3, 2)[:2],
                patience=37,
                engine=name,
            )
        return list(map(vars, history.epochs)), bits_of(net)

    expected = fitted("lists")
    assert fitted("native", "fast") == expected
    assert fitted("lists", "fast") != expected
    assert not by_lists
    assert len(expected[0]) > 4


def test_schedules_of_user_defined_optimizers_are_portable_in_every_kernel(by_lists):
    class Descent(sn.Optimizer):
        def rule(self, w, g, state):
            return w - self.rate * g, state

    def fitted(name):
        optimizer = Descent(sn.CosineDecay(0.1, 37))
        return fit(lambda: hidden(sn.ReLU()), name, optimizer=optimizer, epochs=37)

    expected = fitted("lists")
    with kernel("fast"):
        assert fitted("native") == expected
        assert (fitted("lists") != expected) is hasattr(math, "sumprod")
    assert not by_lists


def test_a_division_by_zero_is_that_of_lists():
    class Inverse(sn.Activation):
        def function(self, z):
            return 1 / (1 + 1 / z)

        def derivative(self, z, a):
            return 1 / ((1 + z) * (1 + z))

    def make():
        return [sn.Dense(2, 1, weights=[[0], [0]]), Inverse()]

    expected = fit(make, "lists", loss="huber")
    assert expected[0] == "ZeroDivisionError"
    assert fit(make, "native", loss="huber") == expected


def test_a_diverging_training_keeps_its_last_finite_parameters():
    options = dict(optimizer=sn.SGD(1e200), batch_size=2)
    expected = fit(lambda: hidden(sn.ReLU()), "lists", **options)
    assert expected[0].startswith("Diverged: epoch 1: ")
    assert fit(lambda: hidden(sn.ReLU()), "native", **options) == expected


def test_a_checkpoint_continues_on_another_engine(tmp_path):
    def train(epochs, name, path):
        net = sn.Sequential(hidden(sn.Tanh(), sn.Dropout(0.25)), seed=2)
        options = dict(epochs=epochs, batch_size=3, checkpoint=path, engine=name)
        return bits(net.fit(X, Y, "huber", sn.Adam(0.1), **options).loss), bits_of(net)

    expected = train(9, "lists", str(tmp_path / "whole.safetensors"))
    for first, second in (("native", "lists"), ("lists", "native")):
        path = str(tmp_path / (first + ".safetensors"))
        train(4, first, path)
        assert train(9, second, path) == expected


@pytest.mark.parametrize("most", ["STEPS_AT_ONCE", "OPERATIONS_AT_ONCE"])
def test_ctrl_c_keeps_the_parameters_before_the_chunk(most, monkeypatch):
    monkeypatch.setattr(
        engine, most, 4
    )  # a pass has 3 steps; and a step has more than 4 operations
    net = sn.Sequential(hidden(sn.Tanh()), seed=1)
    before = []
    take = engine.Native.take

    def interrupted(self, *arrays):
        take(self, *arrays)
        if len(before) == 2:
            raise KeyboardInterrupt
        before.append(bits_of(net))

    monkeypatch.setattr(engine.Native, "take", interrupted)
    history = net.fit(X, Y, "huber", batch_size=3, epochs=5, engine="native")
    assert history.interrupted
    assert len(history) == (2 if most == "STEPS_AT_ONCE" else 0)
    assert bits_of(net) == before[-1]


def test_the_source_is_there_to_read_and_quotes_no_name_of_the_user():
    class Odd(sn.Activation):
        def function(self, z):
            return z

        def derivative(self, z, a):
            return 1 + 0 * z

        def __repr__(self):
            return '*/ int evil(void) { return "\n'

    net = sn.Sequential([sn.Dense(2, 1), Odd()], seed=1)
    history = net.fit(X, Y, "huber", sn.SGD(0.5), epochs=2, engine="native")
    assert history.engine == "native"
    source = history.engine.source
    assert "layer 0: Dense(inputs=2, outputs=1)" in source
    assert source.count("*/") == source.count("/*")
    assert "evil" in source.split("*/")[0]


def test_what_cannot_be_traced_says_why():
    net = sn.Sequential([sn.Dense(2, 3), Noisy(), sn.Dense(3, 1)])
    random.seed(1)
    with pytest.raises(
        ValueError, match="^engine='native' cannot be used here: it does not do the same"
    ):
        net.fit(X, Y, "huber", engine="native")


def test_a_terminal_shows_what_takes_long(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for terminal, shown in (
        (Terminal(), "it takes long ...\r                 \r"),
        (io.StringIO(), ""),
    ):
        monkeypatch.setattr(notice, "SECONDS", 0)
        monkeypatch.setattr(sys, "stderr", terminal)
        with notice.Notice("it takes long ..."):
            end = time.time() + 5
            while shown and not terminal.getvalue() and time.time() < end:
                time.sleep(0.001)
        assert terminal.getvalue() == shown
    with notice.Notice("it takes no time"):
        pass


def test_what_is_shown_late_is_erased_too(monkeypatch):
    begun = threading.Event()

    class Slow(io.StringIO):
        def isatty(self):
            return True

        def write(self, text):
            if not text.startswith("\r"):
                begun.set()
                time.sleep(0.1)
            return io.StringIO.write(self, text)

    terminal = Slow()
    monkeypatch.setattr(notice, "SECONDS", 0)
    monkeypatch.setattr(sys, "stderr", terminal)
    with notice.Notice("working ..."):
        begun.wait(5)
    assert terminal.getvalue() == "working ...\r           \r"


# ---- models of tables, estimators, the command line ----------------------------------------------

FLOWERS = [
    {"width": k % 7 + k / 9, "long": float(k % 5), "kind": "ab"[k % 7 > 3]} for k in range(60)
]


def test_models_of_tables_train_natively():
    found = []
    for name in ("lists", "native"):
        model = sn.tabular.train(FLOWERS, "kind", epochs=3, engine=name)
        found.append(
            (bits_of(model.net), model.net.metadata["history"], model.net.metadata["recipe"])
        )
    assert found[0] == found[1]
    with pytest.raises(ValueError, match="^engine is 'c'; give one of auto, lists"):
        sn.tabular.train(FLOWERS, "kind", engine="c")


def test_estimators_train_natively():
    rows, kinds = [[v["width"], v["long"]] for v in FLOWERS], [v["kind"] for v in FLOWERS]
    for kind, y in ((sn.MLPClassifier, kinds), (sn.MLPRegressor, [x[0] for x in rows])):
        made = [kind([5], max_iter=3, batch_size=20, engine=name) for name in ("lists", "native")]
        lists, native = [estimator.fit(rows, y) for estimator in made]
        assert bits(native.coefs_) == bits(lists.coefs_)
        ragged = [
            kind([5], max_iter=3, batch_size=21, engine=name).fit(rows, y).coefs_
            for name in ("lists", "native")
        ]
        assert bits(ragged[0]) == bits(ragged[1])
        assert native.get_params()["engine"] == "native"


def test_the_command_line_trains_natively_and_shows_the_c(tmp_path, capsys):
    table = tmp_path / "flowers.csv"
    lines = ["width,long,kind"] + [",".join(map(str, row.values())) for row in FLOWERS]
    table.write_text("\n".join(lines) + "\n")
    models = [str(tmp_path / (name + ".safetensors")) for name in ("lists", "native")]
    for path, name in zip(models, ("lists", "native")):
        arguments = ["train", str(table), "--target", "kind", "-o", path, "--engine", name]
        assert sn.cli.main(arguments + ["--epochs", "3", "--search", "2", "-q"]) == 0
    assert bits_of(sn.load(models[0])) == bits_of(sn.load(models[1]))
    capsys.readouterr()
    assert sn.cli.main(["bench", "--show", "native"]) == 0
    shown = capsys.readouterr().out
    assert "layer 0: Dense(inputs=64, outputs=32)" in shown
    assert "NET_API long long net_train(" in shown


# ---- the compiler --------------------------------------------------------------------------------


def test_without_a_compiler_the_message_says_which_were_looked_for(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CC", "")
    monkeypatch.setattr(compiler.sysconfig, "get_config_var", lambda name: None)
    net = sn.Sequential([sn.Dense(2, 1)])
    with pytest.raises(
        ValueError,
        match="no C compiler was found, neither cc, gcc, .*, or use engine='auto', which",
    ):
        net.fit(X, Y, "huber", sn.RMSprop(0.125), engine="native")
    with pytest.raises(ValueError, match="^no C compiler was found, .*, or use sn.unroll, which"):
        sn.compile(sn.Sequential([sn.Dense(2, 1), sn.ELU(0.375)]))  # compiled nowhere else
    assert net.fit(X, Y, "huber", epochs=1).engine == "steps"


def test_the_command_line_is_told_its_own_option(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CC", "/nonexistent/cc")
    table = tmp_path / "table.csv"
    table.write_text("".join(["a,kind\n", *[f"{k}.5,{'uv'[k % 2]}\n" for k in range(60)]]))
    model = tmp_path / "model.json"
    arguments = ["train", str(table), "--target", "kind", "-o", str(model), "--engine", "native"]
    assert sn.cli.main([*arguments, "--hidden", "3", "-q"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("scratchnet train: --engine native cannot be used here: the environ")
    assert "engine='" not in message and message.count("\n") == 1 and not model.exists()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CC", "")
    monkeypatch.setattr(compiler.sysconfig, "get_config_var", lambda name: None)
    assert sn.cli.main([*arguments, "--hidden", "3", "-q"]) == 2
    assert capsys.readouterr().err.endswith(" or use --engine auto, which needs none\n")


@pytest.mark.parametrize(
    "command, wrong",
    [
        ('gcc "', "a quotation mark is missing"),
        ("no-such-compiler -g", "'no-such-compiler' is no program here"),
        ("''", "'' is no program here"),
    ],
)
def test_a_wrong_compiler_is_not_replaced_by_another(command, wrong, monkeypatch):
    monkeypatch.setenv("CC", command)
    with pytest.raises(compiler.CompilerError) as error:
        compiler.build("int x;")
    expected = f"the environment variable CC is {command!r}, but {wrong}; set it to a C compiler"
    assert str(error.value).startswith(expected)


@pytest.mark.skipif(os.name != "posix", reason="a shell script as a compiler")
def test_a_failing_compiler_is_one_sentence(monkeypatch, tmp_path):
    path = tmp_path / "my cc"
    path.write_text(
        "#!/bin/sh\necho 'native.c:1: error: it is Monday' >&2\necho more >&2\nexit 1\n"
    )
    path.chmod(0o700)
    monkeypatch.setenv("CC", "'{}' -g".format(path))
    with pytest.raises(compiler.CompilerError) as error:
        compiler.build("int x;")
    assert "my cc failed: native.c:1: error: it is Monday; set CC" in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="set CC to another one, or use sn.unroll, which"):
        sn.compile(sn.Sequential([sn.Dense(2, 1), sn.ELU(0.4375)]))  # compiled nowhere else
    path.write_text("#!/bin/sh\necho 'fatal error: writing n.s: No space left on device'\nexit 1\n")
    with pytest.raises(compiler.CompilerError, match="left on device; set TMPDIR to a folder with"):
        compiler.build("int x;")


def test_a_full_disk_is_not_taken_for_a_folder_without_programs(monkeypatch):
    def run(command, folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(compiler, "run", run)
    with pytest.raises(compiler.CompilerError, match="left on device; set TMPDIR to a folder with"):
        compiler.build("int x;")


@pytest.mark.skipif(os.name != "posix", reason="a shell script as a compiler")
@pytest.mark.parametrize("ending", ["Ctrl-C", "a handler of SIGTERM", "too long"])
def test_a_killed_compiler_leaves_no_child_process(ending, monkeypatch, tmp_path):
    path = tmp_path / "cc"
    path.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n")
    path.chmod(0o700)
    monkeypatch.setenv("CC", str(path))
    monkeypatch.setattr(compiler.tempfile, "tempdir", str(tmp_path))
    if ending == "too long":
        monkeypatch.setattr(compiler, "SECONDS", 0.5)
        with pytest.raises(compiler.CompilerError, match="cc failed: it did not end within 0.5 s"):
            compiler.build("int x;")
    else:
        number = signal.SIGINT if ending == "Ctrl-C" else signal.SIGTERM
        former = signal.getsignal(number)
        if ending != "Ctrl-C":
            signal.signal(number, lambda *_: sys.exit(1))
        timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), number))
        timer.start()
        started = time.monotonic()
        try:
            with pytest.raises((KeyboardInterrupt, SystemExit)):
                compiler.build("int x;")
        finally:
            signal.signal(number, former)
        assert time.monotonic() - started < 0.7
        assert sorted(os.listdir(str(tmp_path))) == ["cc", "child"]  # The folder is removed.
        timer.join()
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(os.name != "posix", reason="modes of folders")
def test_the_library_is_built_in_a_private_folder_that_is_removed(monkeypatch, tmp_path):
    seen = []
    run = compiler.run

    def noting(command, folder):
        seen.append((folder, stat.S_IMODE(os.stat(folder).st_mode)))
        return run(command, folder)

    monkeypatch.setattr(compiler, "run", noting)
    monkeypatch.setattr(compiler.tempfile, "tempdir", str(tmp_path))
    library = compiler.build("int three(void) { return 3; }\n")
    assert library.three() == 3
    assert [mode for _, mode in seen] == [0o700]
    assert os.listdir(str(tmp_path)) == []
    below = tmp_path / "below"
    below.mkdir()
    tmp_path.chmod(0o777)
    for place in (tmp_path, below):
        monkeypatch.setattr(compiler.tempfile, "tempdir", str(place))
        with pytest.raises(compiler.CompilerError) as error:
            compiler.build("int four(void) { return 4; }\n")
        assert f"others may replace files in {tmp_path}; set TMPDIR" in str(error.value)
    assert os.listdir(str(tmp_path)) == ["below"]


@pytest.mark.skipif(os.name != "posix", reason="owners of folders")
def test_the_folder_of_a_killed_process_is_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(compiler.tempfile, "tempdir", str(tmp_path))
    names = [compiler.PREFIX + name for name in ("old", "new", "file", "link")] + ["other-old"]
    for name in names[:2] + names[4:]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "native.c").write_text("int x;")
    (tmp_path / names[2]).write_text("")
    (tmp_path / names[3]).symlink_to(tmp_path / "other-old")
    for name in set(names) - {names[1]}:
        os.utime(str(tmp_path / name), (1, 1), follow_symlinks=False)
    compiler.build("int three(void) { return 3; }\n")
    assert sorted(os.listdir(str(tmp_path))) == sorted(names[1:])
    assert os.listdir(str(tmp_path / "other-old")) == ["native.c"]


def test_a_library_that_cannot_be_loaded(monkeypatch):
    def refused(path):
        raise OSError("failed to map segment from shared object")

    monkeypatch.setattr(compiler.ctypes, "CDLL", refused)
    with pytest.raises(compiler.CompilerError, match="shared object; if programs may not run from"):
        compiler.build("int five(void) { return 5; }\n")


def test_auto_starts_no_compiler():
    code = (
        "import sys, scratchnet as sn; sn.Sequential([sn.Dense(2, 1)]).fit([[1, 2]], [3], 'huber', epochs=1);"
        "sys.exit('subprocess' in sys.modules or 'scratchnet.engines.native' in sys.modules)"
    )
    compiler.subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("kind", ["ELU", "SELU", "Tanh", "Softplus", "GELU"])
def test_fully_optimized_activations_are_not_refused(kind, by_lists, monkeypatch):
    """Compilers may compute what is not chosen, but no step may look like a division by zero."""
    monkeypatch.setattr(compiler, "FAST", FAST)
    monkeypatch.setattr(compiler, "HERE", HERE)
    engine._steps.clear()

    def make():
        return [sn.Dense(2, 9), getattr(sn, kind)(), sn.Dense(9, 1)]

    assert_same(make, by_lists, X=[[3 * x for x in row] for row in X], loss="huber")
