"""gather.py: samples that are mostly zeros, of which the engine "rows" reads only the other numbers."""

from fractions import Fraction
from itertools import chain

import pytest
from compare_engines import Lazy, kernel, outcome, watching
from hypothesis import given
from random_networks import BETWEEN, BUILT_IN_ENDINGS, HIDDEN, bits_of, recipe, recipes

import scratchnet as sn
from scratchnet import matrix
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.engines import prediction, rows
from scratchnet.engines.checkpoints import Checkpoint

pytestmark = pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")


def sparse(count, inputs, not_zero=2, seed=3, ones=False):
    """Samples with a few numbers that are not 0; the first sample and the first column have none."""
    generator = sn.Generator(seed)
    X = [[0.0] * inputs for _ in range(count)]
    for row in X[1:]:
        for _ in range(not_zero):
            row[1 + generator.below(inputs - 1)] = 1.0 if ones else generator.normal()
    return X


@pytest.fixture(params=["values", "ones"])
def gather(request, monkeypatch):
    """Let the engine gather for any share of zeros, and return what it gathers."""
    monkeypatch.setattr(rows, "gather_of", lambda lists, size: request.param)
    return request.param


def trained(made, X, engine, epochs=3):
    """Train by a recipe on these samples: the outcome without bits, the parameters, and the code."""
    net = made.network()
    options = dict(made.options, epochs=epochs, engine=engine)
    with kernel("fast"), watching() as seen:
        found = outcome(lambda: net.fit(X, made.Y, made.loss, made.optimizer, **options), net)
    parameters = [list(chain(*p.rows)) for p in net.parameters()]
    return found[:-2], parameters, getattr(seen.engines[0], "source", "")


def assert_same(made, gather):
    """Compare a training by the engine "rows" that gathers with one by lists; return the code."""
    X = made.X
    if gather == "ones":
        X = [[float(v > 0) for v in row] for row in X]
    expected, parameters, _ = trained(made, X, "lists")
    found, others, code = trained(made, X, "rows")
    assert found == expected
    for p, q in zip(parameters, others):
        largest = max(map(abs, p))
        assert max([abs(a - b) for a, b in zip(p, q)]) <= 1e-12 * largest + 1e-15
    return code


CASES = [dict(hidden=k) for k in range(len(HIDDEN))]
CASES += [dict(ending=k) for k in range(len(BUILT_IN_ENDINGS))]
CASES += [dict(optimizer=k) for k in range(14)]
CASES += [dict(between=k) for k in range(len(BETWEEN) - 1)]
CASES += [dict(weighted=True), dict(classes=True), dict(frozen=(2, 3)), dict(batch_size=1)]
CASES += [dict(blocks=[]), dict(blocks=[(1, 2, 0)], outputs=1), dict(blocks=[(12, 2, 1)] * 2)]
CASES += [
    dict(penalties=p, optimizer=k) for p in ({"l1": 0.5, "l2": 0.25},) for k in (0, 3, 4, 8, 11)
]


@pytest.mark.parametrize("options", CASES, ids=repr)
def test_it_computes_the_same_from_fewer_numbers(options, gather):
    made = recipe(**dict(dict(inputs=12, samples=9, batch_size=4), **options))
    made.X = sparse(9, 12)
    assert "compress(" in assert_same(made, gather)


@pytest.mark.parametrize("optimizer", [0, 4, 8])
@pytest.mark.parametrize("not_zero", range(1, 16))
def test_an_input_may_be_0_in_any_number_of_samples(optimizer, not_zero, gather):
    """The code has a case for each small number of samples in which an input is not 0."""
    made = recipe(inputs=3, samples=16, optimizer=optimizer, shuffle=False)
    made.X = [[0.0, float(i < not_zero), 1.0 / (i - 3.5)] for i in range(16)]
    assert "compress(" in assert_same(made, gather)


@given(recipes(batches=True, gentle=True))
def test_random_networks(made):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "gather_of", lambda lists, size: "values")
        assert_same(made, "values")


@pytest.mark.parametrize("options", [dict(frozen=(1,)), dict(frozen=(1, 2))])
def test_a_layer_whose_bias_does_not_learn_is_not_gathered(options, gather):
    made = recipe(inputs=12, samples=9, batch_size=4, **options)
    made.X = sparse(9, 12)
    assert "compress(" not in assert_same(made, gather)


@pytest.mark.parametrize("has_bias", [False, True])
def test_infinity_times_0_is_detected(has_bias, gather):
    """The sample has only zeros, and its gradient at the first layer overflows."""
    found = []
    for engine in ("lists", "rows"):
        layers = [sn.Dense(12, 2, bias=has_bias)]
        layers += [sn.Dense(2, 2, weights=[[1e200] * 2] * 2, bias=False) for _ in range(2)]
        net = sn.Sequential(layers, seed=1)
        with kernel("fast"), pytest.raises(sn.Diverged) as error:
            X = [[0.0] * 12, [0.0] * 12]
            net.fit(X, [[1.0, 1.0]] * 2, "mse", sn.SGD(0.1), 1, 1, engine=engine)
        found.append(str(error.value))
    assert found[0] == found[1]


def test_a_frozen_first_layer_is_gathered_in_the_forward_pass(gather):
    made = recipe(inputs=12, samples=9, batch_size=4, frozen=(0,))
    made.X = sparse(9, 12)
    code = assert_same(made, gather)
    assert "compress(W0" in code and "x_column" not in code


@pytest.mark.parametrize("first", [1, 2])
def test_outputs_of_a_first_layer_are_not_gathered(first, gather):
    """Dropout, for example, multiplies zeros, too."""
    made = recipe(inputs=12, samples=9, batch_size=4, first=first)
    made.X = sparse(9, 12)
    code = assert_same(made, gather)
    assert "compress(" not in code


class Both(sn.Layer):
    """The sum of two layers."""

    def __init__(self):
        self.inputs, self.outputs = 12, 3
        self.parts = [sn.Dense(12, 3, weights=rows, bias=[0.5] * 3) for rows in self.weights()]
        for part, role in zip(self.parts, "ab"):
            part.weights.role, part.bias.role = role, role + "_bias"

    def weights(self):
        generator = sn.Generator(8)
        return [[[generator.normal() for _ in range(3)] for _ in range(12)] for _ in range(2)]

    def parameters(self):
        return [p for part in self.parts for p in part.parameters()]

    def forward(self, X):
        return matrix.add(*[part.forward(X) for part in self.parts])

    def backward(self, dA):
        return matrix.add(*[part.backward(dA) for part in self.parts])


def test_two_products_of_the_same_samples(gather):
    X = sparse(9, 12, ones=gather == "ones")
    found = []
    for engine in ("lists", "rows"):
        net = sn.Sequential([Both(), sn.Tanh(), sn.Dense(3, 1)], seed=2)
        with kernel("fast"), watching() as seen:
            net.fit(X, [0.5] * 9, "mse", sn.Adam(0.01), 3, 4, engine=engine)
        found.append([v for p in net.parameters() for row in p.rows for v in row])
    assert seen.engines[0].source.count("compress(W") == 2
    assert found[1] == pytest.approx(found[0], 1e-12)


# ---- the choice ----------------------------------------------------------------------------------


def choice(X, units=30, size=10, name="fast", optimizer="sgd"):
    net = sn.Sequential([sn.Dense(len(X[0]), units), sn.Tanh(), sn.Dense(units, 1)], seed=1)
    with kernel(name), watching() as seen:
        net.fit(X, [0.0] * len(X), "mse", optimizer, 1, size, engine="rows")
    return seen.engines[0].gather


def test_the_choice_depends_on_the_zeros():
    assert choice(sparse(50, 64)) == choice(sparse(50, 64), size=1) == "values"
    assert choice(sparse(50, 64, ones=True)) == "ones"
    assert choice(sparse(50, 64, not_zero=60)) == ""


def test_a_single_number_other_than_0_and_1_makes_a_difference():
    """All samples are read, even if only some of them are counted."""
    X = sparse(300, 20, ones=True)
    X[299][5] = 0.5
    assert choice(X) == "values"


@pytest.mark.parametrize(
    "options",
    [dict(units=4), dict(units=8, size=1), dict(size=1, optimizer="adam"), dict(name="portable")],
)
def test_gathering_that_does_not_pay_off(options):
    """In the portable kernel a sum of zeros would have another sign."""
    assert choice(sparse(50, 64), **options) == ""


def test_samples_that_are_read_one_by_one_are_not_counted():
    assert choice(Lazy(sparse(50, 64)).rows) == "values"
    net = sn.Sequential([sn.Dense(64, 30)], seed=1)
    with kernel("fast"), watching() as seen:
        net.fit(Lazy(sparse(50, 64)), [[0.0] * 30] * 50, "mse", "sgd", 1, 10, engine="rows")
    assert seen.engines[0].gather == ""


# ---- errors, interruptions, predictions ----------------------------------------------------------


@pytest.mark.parametrize("ones", [False, True])
def test_the_error_against_fractions(ones):
    """Below 1e-14 of the largest weight after an epoch, as stated."""
    X = sparse(24, 40, 7, ones=ones)
    Y = [[row[1] - row[2], row[3]] for row in X]
    with kernel("fast"), watching() as seen:
        net = sn.Sequential([sn.Dense(40, 12), sn.ReLU(), sn.Dense(12, 2)], seed=1)
        exact = net.copy(Fraction)
        options = dict(loss="half_squared_error", epochs=1, batch_size=8, shuffle=False)
        net.fit(X, Y, optimizer=sn.SGD(0.0625), engine="rows", **options)
    assert seen.engines[0].gather == ("ones" if ones else "values")
    X, Y = [[list(map(Fraction, row)) for row in part] for part in (X, Y)]
    exact.fit(X, Y, optimizer=sn.SGD(Fraction(1, 16)), **options)
    for p, q in zip(net.parameters(), exact.parameters()):
        largest = max(abs(v) for row in q.rows for v in row)
        for row, expected in zip(p.rows, q.rows):
            assert max(abs(a - b) for a, b in zip(row, expected)) < 1e-14 * largest


def training(gather, engine="rows", optimizer=None, **options):
    """Return a network, and the arguments of a training that draws random numbers."""
    net = sn.Sequential([sn.Dense(12, 3), sn.Tanh(), sn.Dropout(0.25), sn.Dense(3, 1)], seed=4)
    options = dict(options, epochs=4, batch_size=4, engine=engine)
    X = sparse(8, 12, ones=gather == "ones")
    return net, (X, [0.5] * 8, "mse", optimizer or sn.Adam(0.01)), options


def test_a_training_that_continues_from_a_checkpoint_has_the_same_bits(gather, tmp_path):
    path = str(tmp_path / "checkpoint.safetensors")
    with kernel("fast"):
        net, arguments, options = training(gather)
        net.fit(*arguments, **options)
        stopped, arguments, options = training(gather, checkpoint=Checkpoint(path, 0))
        for epoch in sn.epochs(stopped, *arguments, **options):
            if epoch.number == 2:
                break
        continued, arguments, options = training(gather, checkpoint=path)
        history = continued.fit(*arguments, **options)
    assert len(history) == 4 and bits_of(stopped) != bits_of(net)
    assert bits_of(continued) == bits_of(net)


def test_ctrl_c_restores_the_parameters_before_the_running_steps(gather):
    def rate(t):
        if t == 5:  # in the third epoch
            raise KeyboardInterrupt
        return 0.01

    with kernel("fast"):
        net, arguments, options = training(gather, optimizer=sn.Adam(rate))
        assert net.fit(*arguments, **options).interrupted
        expected, arguments, options = training(gather)
        expected.fit(*arguments, **dict(options, epochs=2))
    assert bits_of(net) == bits_of(expected)


def test_divergence_is_reported_as_by_lists(gather):
    found = []
    for engine in ("lists", "rows"):
        net, arguments, options = training(gather, engine, sn.SGD(1e200, momentum=0.5))
        with kernel("fast"), pytest.raises(sn.Diverged) as error:
            net.fit(*arguments, **options)
        found.append(str(error.value))
    assert found[0] == found[1]


def test_predictions_of_mostly_zeros(monkeypatch):
    monkeypatch.setattr(prediction, "saves_time", lambda *_: True)
    net = sn.Sequential([sn.Dense(40, 12), sn.Tanh(), sn.Dense(12, 3), sn.Softmax()], seed=1)
    X = sparse(30, 40)
    asked = []
    function_of = prediction.function_of
    monkeypatch.setattr(
        prediction,
        "function_of",
        lambda *given: asked.append(given[2]) or function_of(*given),
    )
    with kernel("fast"):
        found = net.predict(X)
        expected = [net.predict([row])[0] for row in X]
    assert asked == [prediction.fused_gathering]
    assert max([abs(a - b) for r, s in zip(found, expected) for a, b in zip(r, s)]) < 1e-15
