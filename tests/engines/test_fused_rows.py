"""fused.py and looped.py: the engine "rows" runs one function per step, in which the work of each layer is fused."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from compare_engines import assert_same_training, kernel
from hypothesis import given
from random_networks import BETWEEN, BUILT_IN_ENDINGS, HIDDEN, recipe, recipes

import scratchnet as sn
from scratchnet import functions, matrix
from scratchnet.codegen.python import stages
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.core.examples import examples_for
from scratchnet.core.losses import loss_for
from scratchnet.core.optimizers import OPTIMIZERS
from scratchnet.core.training import Engine, prepare
from scratchnet.engines import generated, rows
from scratchnet.engines.columns import States
from scratchnet.engines.rows import Rows


@pytest.fixture(autouse=True, params=["fused", "looped"])
def printer(request, monkeypatch):
    """The code for CPython, and the code for PyPy; each runs on both."""
    monkeypatch.setattr(rows, "PRINTER", request.param)
    monkeypatch.setattr(rows, "SHORT", 0)
    monkeypatch.setattr(generated, "programs", {})
    monkeypatch.setattr(rows, "programs", generated.programs)
    monkeypatch.setattr(rows, "_work", {})
    return request.param


def engine_of(made):
    """The engine "rows" for a recipe."""
    net = made.network()
    loss = loss_for(net, made.loss)
    examples = examples_for(net, made.X, made.Y, loss, made.options.get("sample_weight"))
    net.adapt(examples.samples(), again=False)
    optimizer = made.optimizer.with_numbers(float)
    return Rows(Engine(net, loss, optimizer, examples, sn.Generator(1)), 2)


CASES = [dict(hidden=k) for k in range(len(HIDDEN))]
CASES += [dict(ending=k) for k in range(len(BUILT_IN_ENDINGS))]
CASES += [dict(optimizer=k) for k in range(14)]
CASES += [dict(first=k, between=k) for k in range(len(BETWEEN))]
CASES += [dict(weighted=True), dict(classes=True), dict(frozen=(0,)), dict(frozen=(0, 1, 2))]
CASES += [dict(penalties=p) for p in ({"l1": 0.5}, {"l2": 0.25}, {"l1": 0.5, "l2": 0.25})]
CASES += [
    dict(inputs=1, outputs=1, blocks=[(1, 2, 0)]),
    dict(blocks=[]),
    dict(data="zeros and ones"),
]
CASES += [dict(blocks=[(2, 3, 1), (4, 1, 1), (3, 11, 0)], optimizer=9, weighted=True)]


@pytest.mark.parametrize("options", CASES, ids=repr)
def test_it_is_fused_and_has_the_same_bits(options, portable):
    """Nothing falls back to the rules one by one, which would be slower."""
    made = recipe(batch_size=2, **options)
    assert engine_of(made).fuses
    assert type(assert_same_training(made, "rows")[0]) is int


@pytest.mark.parametrize("width", [3, 11, 40, 70])
@pytest.mark.parametrize("optimizer", [0, 3, 8])
def test_short_and_long_rows_have_the_same_bits(width, optimizer, portable):
    made = recipe(batch_size=3, blocks=[(width, 3, 0)], inputs=width, optimizer=optimizer)
    assert engine_of(made).fuses
    assert type(assert_same_training(made, "rows", epochs=2)[0]) is int


class Leaky(sn.Layer):
    """A layer with a single parameter for a whole row, as PReLU has, and a sum over the row."""

    def __init__(self):
        self.slope = sn.Parameter("slope", (1,), [0.25])

    def parameters(self):
        return [self.slope]

    def forward(self, X):
        (s,) = self.slope.value
        self.X = X
        return [[functions.where(x > 0, x, s * x) for x in row] for row in X]

    def backward(self, dA):
        (s,) = self.slope.value
        parts = [
            [functions.where(x > 0, 0, d * x) for x, d in zip(row, d_row)]
            for row, d_row in zip(self.X, dA)
        ]
        self.slope.gradient = [functions.total(matrix.sum_rows(parts))]
        return [
            [functions.where(x > 0, d, d * s) for x, d in zip(row, d_row)]
            for row, d_row in zip(self.X, dA)
        ]


class Mean(sn.Layer):
    """Every number of a row becomes the mean of the row."""

    def forward(self, X):
        self.width = len(X[0])
        return [[functions.total(row) / len(row) for _ in row] for row in X]

    def backward(self, dA):
        return self.forward(dA)


@pytest.mark.parametrize("layer", [Leaky, Mean])
def test_rows_of_a_single_number_and_of_equal_numbers(layer, portable):
    X = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [1.0, 1.0], [0.125, -3.0]]
    Y = [[1.0], [-1.0], [0.5], [0.0], [0.25]]
    found = []
    for engine in ("lists", "rows"):
        net = sn.Sequential([sn.Dense(2, 3), layer(), sn.Dense(3, 1)], seed=1)
        history = net.fit(X, Y, "mse", sn.Adam(0.1), epochs=3, batch_size=2, engine=engine)
        found.append((history.loss, [p.value for p in net.parameters()]))
    assert found[0] == found[1]


@pytest.mark.parametrize("size", [8, 12])
@pytest.mark.parametrize("optimizer, number", [(sn.SGD, Fraction), (sn.Adam, Decimal)])
def test_the_error_against_exact_numbers(optimizer, number, size):
    """Below 1e-14 of the largest weight after an epoch in the fast kernel, as stated."""
    generator = sn.Generator(5)
    X = [[generator.normal() for _ in range(30)] for _ in range(24)]
    Y = [[generator.normal() for _ in range(2)] for _ in X]
    with kernel("fast"), localcontext() as context:
        context.prec = 40
        net = sn.Sequential([sn.Dense(30, 12), sn.ReLU(), sn.Dense(12, 2)], seed=1)
        exact = net.copy(number)
        options = dict(loss="half_squared_error", epochs=1, batch_size=size, shuffle=False)
        history = net.fit(X, Y, optimizer=optimizer(0.0625), engine="rows", **options)
        assert history.engine == "rows"
        X, Y = [[list(map(number, row)) for row in rows] for rows in (X, Y)]
        exact.fit(X, Y, optimizer=optimizer(number(0.0625)), **options)
        for p, q in zip(net.parameters(), exact.parameters()):
            largest = max(abs(v) for row in q.rows for v in row)
            for row, expected in zip(p.rows, q.rows):
                assert max(abs(number(a) - b) for a, b in zip(row, expected)) < 1e-14 * float(
                    largest
                )


@pytest.mark.parametrize("optimizer", [0, 2, 3, 4, 8, 9])
@pytest.mark.parametrize("gather", ["", "values"])
def test_a_step_leaves_the_old_numbers_as_they_were(optimizer, gather, printer, monkeypatch):
    """Training goes back to them after Ctrl-C."""
    if gather and printer == "looped":
        return
    made = recipe(batch_size=2, inputs=4, optimizer=optimizer)
    with kernel("fast"):
        monkeypatch.setattr(rows, "gather_of", lambda lists, size: gather)
        engine = engine_of(made)
        engine.epoch([[0, 1]])
        assert ("compress(" in engine.source) == bool(gather)

        def kept():
            names = [p.name for p in engine.parameters]
            states = [list(engine.optimizer.states.get(name, [])) for name in names]
            return [[list(row) for row in p.rows] for p in engine.parameters], states

        before, numbers = engine.state(), kept()
        engine.attempt([[0, 1], [2, 3]])
        assert kept() != numbers
        engine.go_back(before)
        assert kept() == numbers


def test_the_memory_of_the_optimizer_is_read_like_rows():
    """And a parameter's rows may be replaced, and numbers of them, between two epochs."""
    made = recipe(batch_size=2, optimizer=8)
    engine = engine_of(made)
    engine.epoch([[0, 1], [2, 3]])
    for p in engine.parameters:
        states = engine.optimizer.states[p.name]
        assert isinstance(states, States) and len(states) == len(p.rows)
        assert list(states) == [states[i] for i in range(len(states))]
        assert [len(row) for row in states] == [len(row) for row in p.rows]
        assert {len(state) for row in states for state in row} == {2}
    engine.parameters[0].rows[0][0] = 5.0
    engine.epoch([[0, 1]])
    assert abs(engine.parameters[0].rows[0][0] - 5.0) < 0.1


@pytest.mark.parametrize("engine", ["rows", "steps"] if IS_PYPY else ["rows", "lanes", "steps"])
def test_the_command_line_prints_the_code_of_an_engine(engine, capsys):
    assert sn.cli.main(["bench", "--show", engine]) == 0
    code = capsys.readouterr().out
    compile(code, "shown", "exec")
    assert "def train(steps, " in code and "exp(" in code


def test_the_code_is_the_readable_loop(printer, portable):
    """What is long calls a function; the rest is a comprehension, or a loop with an index."""
    source = engine_of(recipe(batch_size=2, blocks=[(100, 2, 0)], optimizer=0)).source
    lines = {
        "fused": ["tanh((x_0 * c0 + x_1 * c1 + x_2 * c2) + b1)", "dot(v0_row, c) + b3"],
        "looped": ["v0[k] = tanh(z0[k] + P1[k])", "Z1 = products(V0, C2)"],
    }[printer]
    assert all([line in source for line in lines])
    assert "w - setting_rate * (" in source or "w_row[k] - setting_rate * g_row[k]" in source


@pytest.mark.skipif(IS_PYPY, reason="PyPy runs other code")
def test_the_code_for_columns_is_a_function_of_few_variables(printer):
    if printer == "looped":
        return
    found = {}
    for optimizer in (0, 8):
        made = recipe(batch_size=2, blocks=[(3, 2, 0)], optimizer=optimizer)
        with kernel("fast"):
            found[optimizer] = [line.strip() for line in engine_of(made).source.splitlines()]
    for line in (
        "def new_column_0(w_row, rows, r):",
        "l0 = r0 = l1 = r1 = 0.0",
        "return [w - (l0 * r0 + l1 * r1) for w, (l0, l1) in zip(w_row, rows)]",
        "C0[j] = new_column_0(C0[j], Tx, [setting_rate * v for v in r])",
    ):
        assert line in found[0]
    for line in (
        "h2 = 1e-08 / sqrt(1.0 / setting_bias_correction2)",
        "def change_column_0(s0_row, s1_row, w_row, rows, r, h1, h2):",
        "for k, (l0, l1) in enumerate(rows):",
        "s0_row[k] = t0 = 0.9 * s0_row[k] + 0.09999999999999998 * g",
        "w_row[k] = w_row[k] - h1 * (t0 / (sqrt(t1) + h2))",
        "change_column_0(s0_row, s1_row, w_row, Tv0, r, h1, h2)",
    ):
        assert line in found[8]


@given(recipes(batches=True))
def test_random_networks_have_the_same_bits_in_loops(made):
    rows.PRINTER = "looped"
    with kernel("portable"):
        assert_same_training(made, "rows", epochs=2)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 16, 17])
def test_products_in_loops_of_every_length(size, width, portable):
    """Several columns and samples are computed at once; the remaining ones are not forgotten."""
    blocks = [(width, 2, 0), (3, 2, 0)]
    made = recipe(batch_size=size, samples=2 * size, inputs=width, blocks=blocks, optimizer=0)
    assert engine_of(made).fuses
    assert type(assert_same_training(made, "rows", epochs=1)[0]) is int


@pytest.mark.parametrize("last", [64, 65, 66, 100])
def test_a_last_batch_that_is_smaller(last, printer, portable):
    """It has a separate program only if the products over its samples are written out."""
    made = recipe(batch_size=100, samples=200 + last, blocks=[(3, 2, 0)], optimizer=0)
    net = made.network()
    loss = loss_for(net, made.loss)
    examples = examples_for(net, made.X, made.Y, loss)
    engine = Rows(Engine(net, loss, made.optimizer, examples, sn.Generator(1)), 100)
    shares = engine.program_for(last) is engine.program_for(100)
    assert shares == (printer == "looped" or last > 64)
    assert type(assert_same_training(made, "rows", epochs=1)[0]) is int


@pytest.mark.parametrize("classes", [70, 300])
def test_a_softmax_of_many_classes(classes, printer, portable, monkeypatch):
    """It is written out if it is not too long; the loop has no limit."""
    monkeypatch.setattr(stages, "WIDEST", 200)
    made = recipe(batch_size=2, outputs=classes, ending=7)
    assert engine_of(made).fuses == (printer == "looped" or classes == 70)
    assert type(assert_same_training(made, "rows", epochs=1)[0]) is int


def test_pypy_generates_the_step_if_a_run_is_long_or_repeated(monkeypatch):
    monkeypatch.setattr(rows, "IS_PYPY", True)
    monkeypatch.setattr(rows, "SHORT", 1000)

    def generates(epochs, width=7):
        net = sn.Sequential([sn.Dense(5, width), sn.Tanh(), sn.Dense(width, 2)])
        X, Y = [[0.5] * 5] * 20, [[0.5, 1.0]] * 20
        training = prepare(
            net, X, Y, "mean_squared_error", epochs=epochs, batch_size=10, engine="rows"
        )
        return bool(training.engine.source)

    # An epoch counts as 20 samples, and 9 more for each of its 2 steps.
    assert [generates(26), generates(27, width=8)] == [False, True]
    assert [generates(1) for _ in range(3)] == [True] * 3  # 26 epochs and these together
    assert not generates(1, width=9)


@pytest.mark.skipif(not IS_PYPY, reason="CPython adds in another order")
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop", "adagrad"])
@pytest.mark.parametrize("clip_norm", [None, 0.1])
@pytest.mark.parametrize("batch_size", [1, 4, 23])
def test_pypy_computes_the_same_bits_by_rules(optimizer, clip_norm, batch_size, monkeypatch):
    monkeypatch.setattr(rows, "PRINTER", "looped")

    def trained(short):
        monkeypatch.setattr(rows, "SHORT", short)
        net = sn.Sequential(
            [sn.Dense(6, 9, l2=0.01), sn.GELU(), sn.Dense(9, 3), sn.Softmax()], seed=4
        )
        X = [[(i * j % 7) / 3 - 1 for j in range(6)] for i in range(23)]
        options = {"epochs": 3, "batch_size": batch_size, "engine": "rows"}
        rule = OPTIMIZERS[optimizer](0.02, clip_norm=clip_norm)
        history = net.fit(
            X, [i % 3 for i in range(23)], "categorical_cross_entropy", rule, **options
        )
        return history.loss, [p.value for p in net.parameters()]

    assert trained(0) == trained(1000000)
