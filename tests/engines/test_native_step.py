"""The C of training steps: every kind of term in a sum, and no array that is too long for a small stack."""

import re

import pytest
from compare_engines import X, Y, kernel, outcome

import scratchnet as sn
from scratchnet import matrix
from scratchnet.codegen.c import native_blocks, native_parts, native_sums, native_unit
from scratchnet.core.functions import where
from scratchnet.engines.native import compiler, engine

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)


@pytest.fixture(autouse=True)
def only_c(monkeypatch):
    """Compile in less time, and refuse steps that lists make instead."""
    attempt = engine.Native.attempt

    def made_by_c(self, batches):
        losses = attempt(self, batches)
        assert losses is not None
        return losses

    monkeypatch.setattr(compiler, "FAST", ["-O1"])
    monkeypatch.setattr(compiler, "HERE", [])
    monkeypatch.setattr(engine.Native, "attempt", made_by_c)
    with kernel("portable"):
        yield


def train(layers, name, **options):
    net = sn.Sequential(layers, seed=1)
    source = []

    def fit():
        history = net.fit(X, Y, "huber", epochs=4, batch_size=3, engine=name, **options)
        source.append(getattr(history.engine, "source", ""))
        return history

    return outcome(fit, net), source[0]


class Curve(sn.Layer):
    """a = x + s·x² where x > 0, else x - s. The gradients of s are choices and differences of numbers."""

    arguments = ("inputs", "kind")

    def __init__(self, inputs, kind):
        self.inputs = self.outputs = inputs
        self.kind = kind
        self.s = sn.Parameter("s", (inputs,), [0.25] * inputs)

    def parameters(self):
        return [self.s]

    def forward(self, X):
        self.X = X
        return [
            [where(x > 0, x + s * x * x, x - s) for x, s in zip(row, self.s.value)] for row in X
        ]

    def backward(self, dA):
        terms = {
            "choice": lambda d, x: where(x > 0, d * x * x, -d),
            "difference": lambda d, x: d * x - d,
            "sum": lambda d, x: d * x + d,
            "negative": lambda d, x: -d,
            "nested": lambda d, x: where(x > 0, d - x, where(d > 0, x - d, d)) - d * x,
        }
        term = terms[self.kind]
        self.s.gradient = matrix.sum_columns(
            [[term(d, x) for d, x in zip(ds, row)] for ds, row in zip(dA, self.X)]
        )
        return [
            [where(x > 0, d + 2 * s * x * d, d) for d, x, s in zip(ds, row, self.s.value)]
            for ds, row in zip(dA, self.X)
        ]


KINDS = ["choice", "difference", "sum", "negative", "nested"]
DEEP = sn.deep


def curves():
    return [sn.Dense(2, 9), *[Curve(9, kind) for kind in KINDS], sn.Dense(9, 1)]


def deep():
    return [
        *(sn.Dense(2, 9), DEEP.PReLU(9), DEEP.LayerNormalization(9), DEEP.Mish(), DEEP.PReLU()),
        *(sn.Dense(9, 5), DEEP.Clip(-2, 2), DEEP.PReLU(5), DEEP.HardSwish(), DEEP.CELU()),
        *(sn.Dense(5, 6), DEEP.HardSigmoid(), DEEP.Exp(), DEEP.Softsign(), DEEP.LogSoftmax()),
        *(
            DEEP.RowNormalization("l1"),
            DEEP.PReLU(6),
            DEEP.RowNormalization(),
            DEEP.RMSNormalization(6),
        ),
        *(DEEP.ThresholdedReLU(0.25), sn.Dense(6, 1)),
    ]


@pytest.mark.parametrize("make", [curves, deep])
def test_every_gradient_has_the_same_bits_in_loops(make):
    found, source = train(make(), "native", optimizer=sn.SGD(0.125))
    assert found == train(make(), "lists", optimizer=sn.SGD(0.125))[0]
    assert "kept[u]" in source


def test_all_layers_of_deep_are_among_them():
    assert {type(layer) for layer in deep()} == {sn.Dense, *DEEP.LAYERS.values()}


def test_no_array_is_too_long_for_a_small_stack(monkeypatch):
    def make():
        return [sn.Dense(2, 11, l2=0.1), DEEP.PReLU(11), sn.Dense(11, 3, l1=0.1), sn.Dense(3, 1)]

    monkeypatch.setattr(native_parts, "MOST_WRITTEN_OUT", 0)
    engine._steps.clear()
    options = {"optimizer": sn.Adam(0.125, clip_norm=0.5)}
    expected = train(make(), "lists", **options)[0]
    for most in (1024, 7):
        for module in (native_sums, native_unit):
            monkeypatch.setattr(module, "MOST_ON_STACK", most)
        engine._steps.clear()
        found, source = train(make(), "native", **options)
        assert found == expected
        longest = 0
        for shape in re.findall(r"\bdouble \w+((?:\[\d+\])+);", source):
            rows, width = ([1] + [int(n) for n in re.findall(r"\d+", shape)])[-2:]
            longest = max(longest, rows * width)
        assert 3 <= longest <= (most if most < 1024 else 44)
    engine._steps.clear()


def shared_slopes(count, width):
    return [layer for _ in range(count) for layer in (sn.Dense(width, width), DEEP.PReLU())]


def test_a_slope_that_features_share_is_a_sum_of_a_loop():
    """Its sums were written out, and everything that they depend on: 4.5 MB for these four layers."""

    def make():
        return [sn.Dense(2, 16), *shared_slopes(4, 16), sn.Dense(16, 1)]

    found, source = train(make(), "native", optimizer=sn.Adam(0.125))
    assert found == train(make(), "lists", optimizer=sn.Adam(0.125))[0]
    assert len(source) < 60000
    # The gradients that follow from sums are loops, too.
    assert len(re.findall(r"\bg\[", source)) < 20


@pytest.mark.parametrize("most", [100, 0])
@pytest.mark.parametrize("make", [curves, deep, lambda: [sn.Dense(2, 40, l2=0.1), sn.Dense(40, 1)]])
def test_no_zero_is_added_in_a_listing(make, most, monkeypatch):
    monkeypatch.setattr(native_parts, "MOST_WRITTEN_OUT", most)
    engine._steps.clear()
    source = train(make(), "native", optimizer=sn.Adam(0.125))[1]
    assert not re.findall(r".*(?:\+ 0\b(?!\.|x)|\[0 \+).*", source)
    engine._steps.clear()


def test_short_rows_of_sums_are_not_unrolled_before_they_are_vectorized():
    layers = [sn.Dense(2, 16), sn.Tanh(), sn.Dense(16, 17), sn.Tanh(), sn.Dense(17, 1)]
    source = train(layers, "native", optimizer=sn.SGD(0.1))[1]
    loops = re.findall(r"(NET_VECTOR )?for \(int i\d+ = 0; i\d+ < (16|17); ", source)
    assert ("NET_VECTOR ", "16") in loops
    assert ("NET_VECTOR ", "17") not in loops  # It would not be kept in registers.


def test_loops_over_samples_read_what_lies_side_by_side():
    softmax = [sn.Dense(16, 3), sn.Softmax(), sn.Dense(3, 1)]
    layers = [sn.Dense(2, 16), sn.Tanh(), *softmax]
    source = train(layers, "native", optimizer=sn.SGD(0.1))[1]
    step = source.split("static int net_step(")[1]
    assert step.count("net_exp(") == 1  # The sum and the quotients read the same exponentials.
    assert re.search(r"y\[n\] = targets\[1 \* places\[start \+ k\] \+ n\]", step)
    assert re.search(
        r"const double s\d+ = ", step
    )  # A number that only one loop needs is not an array.


@pytest.mark.parametrize("most, local", [(4096, True), (0, False)])
def test_short_arrays_are_on_the_stack_so_that_compilers_know_that_they_are_apart(
    most, local, monkeypatch
):
    def make():
        return [sn.Dense(2, 16), sn.Tanh(), sn.Dense(16, 1)]

    monkeypatch.setattr(native_blocks, "MOST_LOCAL", most)
    engine._steps.clear()
    found, source = train(make(), "native", optimizer=sn.SGD(0.125))
    assert found == train(make(), "lists", optimizer=sn.SGD(0.125))[0]
    assert bool(re.search(r"double v0s\[512\];", source)) == local
    assert ("= scratch + " in source) != local
    engine._steps.clear()
