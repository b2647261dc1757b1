"""rows_of_floats.py: many rows, checked together, are accepted and refused as row by row."""

import pytest

import scratchnet as sn
from scratchnet.core.examples import examples_for
from scratchnet.core.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Hinge, Loss
from scratchnet.core.plug_points import PLUG_POINTS
from scratchnet.engines.prediction import Prediction
from scratchnet.engines.rows_of_floats import float_rows

COUNT = 30


def table(columns, **changes):
    """Return rows of floats that sum to 1; ``changes`` maps "row_column" to another number."""
    rows = [[float(j == i % columns) for j in range(columns)] for i in range(COUNT)]
    for place, value in changes.items():
        i, j = map(int, place[1:].split("_"))
        rows[i][j] = value
    return rows


def outcome(X, Y, loss, outputs=3):
    """Return the samples and targets, or the error."""
    net = sn.Sequential([sn.Dense(3, outputs), sn.Sigmoid()])
    try:
        examples = examples_for(net, X, Y, loss)
    except (TypeError, ValueError) as error:
        return type(error), str(error)
    return [list(examples.X[i]) for i in examples.used], list(examples.Y)


INFINITE, MISSING, HUGE = float("inf"), float("nan"), 1e308
OTHERS = [0.25, 1, True, -1.0, INFINITE, MISSING, HUGE, "1", None, 10**400, 1j, [1.0]]


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("loss", [BinaryCrossEntropy, CategoricalCrossEntropy, Hinge])
@pytest.mark.parametrize("place", ["_0_0", "_17_2", "_29_1"])
def test_the_outcome_is_that_of_single_rows(monkeypatch, value, loss, place):
    tables = [table(3), table(3, **{place: value}), table(3, _3_0=HUGE, _4_0=HUGE)]
    pairs = [(X, Y) for X in tables for Y in tables]
    found = [outcome(X, Y, loss()) for X, Y in pairs]
    monkeypatch.setitem(PLUG_POINTS, "float_rows", lambda *_: None)
    assert found == [outcome(X, Y, loss()) for X, Y in pairs]


@pytest.mark.parametrize("short", [[0.5, 0.5], [0.25] * 4, [], (0.5, 0.25, 0.25), 0.5, None])
def test_rows_of_another_kind_are_left_to_the_core(monkeypatch, short):
    X = table(3)
    X[5] = short
    assert float_rows(X, 3, float) is None
    found = outcome(X, table(3), CategoricalCrossEntropy()), outcome(table(3), X, Hinge())
    monkeypatch.setitem(PLUG_POINTS, "float_rows", lambda *_: None)
    assert found == (
        outcome(X, table(3), CategoricalCrossEntropy()),
        outcome(table(3), X, Hinge()),
    )


LABELS = [
    [i % 3 for i in range(COUNT)],
    [float(i % 3) for i in range(COUNT)],
    [i % 2 for i in range(COUNT)],
    [-1] + [2] * COUNT,
    [3] + [2] * COUNT,
    [True] + [2] * COUNT,
    [10**400] + [1] * COUNT,
    [INFINITE] + [1.0] * COUNT,
    ["1"] * COUNT,
    [[i % 2] for i in range(COUNT)],
    [[i % 2, 1 - i % 2] for i in range(COUNT)],
    [[]] * COUNT,
]


@pytest.mark.parametrize("Y", LABELS, ids=lambda Y: repr(Y)[:12])
@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("loss", [BinaryCrossEntropy, CategoricalCrossEntropy, Hinge])
def test_labels_become_rows(monkeypatch, Y, outputs, loss):
    found = outcome(table(3), Y, loss(), outputs)
    monkeypatch.setitem(PLUG_POINTS, "float_rows", lambda *_: None)
    assert found == outcome(table(3), Y, loss(), outputs)
    if not isinstance(found[0], type):
        assert {type(v) for row in found[1] for v in row} == {float}


class Array:
    """Has the methods of an array that are used."""

    ndim = 2

    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def tolist(self):
        return [list(row) for row in self.rows]


@pytest.mark.parametrize("number", [int, float, str])
def test_arrays_become_rows_of_floats(number):
    rows = [[number(j == i % 3) for j in range(3)] for i in range(COUNT)]
    assert float_rows(rows, 3, float) == (None if number is str else table(3))
    if number is not str:
        assert outcome(Array(rows), Array(rows), Hinge()) == outcome(rows, rows, Hinge())
        assert outcome(Array(rows), Array(rows), BinaryCrossEntropy()) == (table(3), table(3))


def test_the_rows_are_copies():
    X = table(3)
    found = float_rows(X, 3, float)
    assert found == X
    assert all([a is not b for a, b in zip(found, X)])


def test_a_user_defined_loss_converts_each_target():
    class Reversed(BinaryCrossEntropy):
        def target(self, y, outputs, number, i):
            return super().target(y[::-1], outputs, number, i)

    patched = BinaryCrossEntropy()
    patched.target = lambda y, outputs, number, i: y[::-1]
    reversed_targets = [y[::-1] for y in table(3)]
    for loss in (Reversed(), patched):
        assert outcome(table(3), table(3), loss) == (table(3), reversed_targets)


@pytest.mark.parametrize("loss", [Loss, CategoricalCrossEntropy])
def test_a_function_that_replaces_the_conversion_converts_each_target(monkeypatch, loss):
    monkeypatch.setattr(loss, "target", lambda self, y, outputs, number, i: [float(i)] * outputs)
    numbered = [[float(i)] * 3 for i in range(COUNT)]
    assert outcome(table(3), table(3), CategoricalCrossEntropy()) == (table(3), numbered)


def test_a_user_defined_loss_refuses_targets():
    class Even(BinaryCrossEntropy):
        def error_in(self, y):
            return "the first is 0" if y[0] else ""

    kind, message = outcome(table(3), table(3), Even())
    assert (kind, message) == (
        ValueError,
        "Even: row 0 of Y is [1.0, 0.0, 0.0]; the first is 0",
    )


@pytest.mark.parametrize("few", [[[1.5, 2.0]], [(1, 2.5), [True, 3]], [[-0.0, 1], (0.5, 2)]])
def test_a_few_samples_are_those_of_the_core(few):
    net = sn.Sequential([sn.Dense(2, 1)])
    rows, expected = Prediction.accept(net, few), sn.Sequential.accept(net, few)
    assert repr(rows) == repr(expected) and not any(a is b for a, b in zip(rows, few))


@pytest.mark.parametrize(
    "wrong",
    [[1.0], [1.0, MISSING], [1.0, INFINITE], [1, 10**400], ["1", 2], [[1], 2], {1: 1, 2: 2}, 3],
)
def test_a_wrong_one_among_a_few_samples_is_reported(wrong):
    net = sn.Sequential([sn.Dense(2, 1)])
    with pytest.raises((TypeError, ValueError), match="^X: row 1"):
        net.predict([[1.0, 2.0], wrong])


def test_a_few_of_the_largest_numbers_are_accepted():
    net = sn.Sequential([sn.Dense(2, 1)])
    largest = [[1.7e308, 1.7e308]]  # Their sum is not finite.
    assert Prediction.accept(net, largest) == largest
