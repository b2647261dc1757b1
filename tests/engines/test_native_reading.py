"""Data for engine="native": read at once in C where possible, with the checks and the bits of the core."""

import decimal
import fractions
import struct
import sys
import sysconfig
from array import array

import pytest
from compare_engines import Lazy, hidden, kernel, outcome
from hypothesis import given, strategies
from random_networks import bits

import scratchnet as sn
from scratchnet.datasets.arrays import Picked
from scratchnet.datasets.compact import CompactRows
from scratchnet.datasets.idx import read_idx
from scratchnet.engines.native import compiler, engine, lists, reading

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)


@pytest.fixture(autouse=True, params=["read_in_c", "read_at_once", "read_by_loop"])
def reader(request, monkeypatch):
    in_c = request.param == "read_in_c"
    if in_c and not reading.IN_C:
        pytest.skip("this interpreter keeps its objects in another way")
    monkeypatch.setattr(reading, "IN_C", in_c)
    monkeypatch.setattr(reading, "IS_PYPY", request.param == "read_by_loop")
    monkeypatch.setattr(compiler, "FAST", ["-O1"])
    monkeypatch.setattr(compiler, "HERE", [])
    monkeypatch.setattr(reading, "FEWEST", 1)
    with kernel("portable"):
        yield request.param


def fit(X, Y, name, loss="mean_squared_error", layers=hidden, **options):
    net = sn.Sequential(layers(sn.Tanh()), seed=1)
    return outcome(lambda: net.fit(X, Y, loss, epochs=3, engine=name, **options), net)


def as_doubles(X, Y=(1,), loss=None, outputs=1):
    return reading.as_doubles(
        sn.Sequential([sn.Dense(2, outputs)]), X, Y, loss or sn.MeanSquaredError()
    )


SAMPLES = [[0.5, -1], [True, 2**31 - 1], (-0.0, 5e-324), [-(2**31), False]]
TARGETS = [1, 0.25, -0.0, True]


def test_usual_rows_are_read_at_once():
    X, Y = as_doubles(SAMPLES, TARGETS)
    assert isinstance(X, reading.Doubles) and isinstance(Y, reading.Doubles)
    assert bits([list(row) for row in X]) == bits([list(map(float, row)) for row in SAMPLES])
    assert bits([list(row) for row in Y]) == bits([[float(y)] for y in TARGETS])
    assert [X[-1], len(X)] == [[-(2.0**31), 0.0], 4]


def test_few_numbers_are_read_at_once_without_a_compiler(monkeypatch):
    monkeypatch.setattr(reading, "FEWEST", 9)
    monkeypatch.setattr(reading, "IN_C", True)
    monkeypatch.setattr(compiler, "build", None)
    test_usual_rows_are_read_at_once()
    X, Y = array("d", [0.5, 1.0]), [[2.0]]  # a flat buffer is not a matrix
    assert as_doubles(X, Y) == (X, Y)


def test_the_largest_ints_that_are_exact():
    largest = 2**53 - 1
    assert as_doubles([[largest, -largest]])[0][0] == [float(largest), float(-largest)]
    for inexact in (2**53 + 1, -(2**53) - 1, 10**400):
        X = [[0.5, inexact]]
        assert as_doubles(X)[0] is X


def test_a_list_that_another_thread_shortens_is_not_filled_up_with_zeros(reader, monkeypatch):
    X, read = [[1.0, 2.0] for _ in range(4)], getattr(reading, reader)

    def shortening(*args):
        del X[3:]
        return read(*args)

    monkeypatch.setattr(reading, reader, shortening)
    monkeypatch.setattr(reading, "AT_ONCE", 4)
    assert reading.doubles_of(X, 2) is None


def test_objects_are_read_in_c_only_where_they_are_as_expected(monkeypatch):
    assert lists.types_are_known() == (sys.implementation.name == "cpython" and not is_free())
    monkeypatch.setattr(lists, "TYPES", [id(list), id(int)])
    assert not lists.types_are_known()


def is_free():
    return hasattr(sys, "_is_gil_enabled") and bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


STRANGE = [
    float("nan"), float("inf"), -float("inf"), 2**31, 2**70, 10**400, "1", b"1", None, 1j, [1.0], {},
    decimal.Decimal("0.5"), fractions.Fraction(1, 4), object(), array("d", [1.0]), float,
]  # fmt: skip


@given(
    strategies.sampled_from(STRANGE),
    strategies.integers(0, 3),
    strategies.integers(0, 1),
    strategies.booleans(),
)
def test_the_core_checks_unusual_data(value, row, column, of_targets):
    X, Y = [list(row) for row in SAMPLES], [[y] for y in TARGETS]
    if of_targets:
        Y[row] = [value]
    else:
        X[row][column] = value
    assert fit(X, Y, "native") == fit(X, Y, "lists")


@pytest.mark.parametrize(
    "X",
    [
        [[1.0, 2.0], [3.0]],
        [[1.0, 2.0], [3.0, 4.0, 5.0]],
        [[1.0, 2.0], 3.0],
        [[1.0, 2.0], []],
        [[], []],
        [1.0, 2.0],
        [],
        "ab",
        [[1.0, 2.0], "ab"],
        None,
        memoryview(array("d", [1.0, 2.0])),
        memoryview(array("d", [1.0, 2.0, 3.0])).cast("B").cast("d", (1, 3)),
        memoryview(array("d", [1.0, float("nan")])).cast("B").cast("d", (1, 2)),
    ],
)
def test_wrong_shapes_have_the_errors_of_the_core(X):
    found = fit(X, [1.0, 2.0], "native")
    assert found == fit(X, [1.0, 2.0], "lists")
    assert type(found[0]) is not int


def test_a_buffer_is_read_in_place():
    numbers = array("d", range(6))
    X, _ = as_doubles(memoryview(numbers).cast("B").cast("d", (3, 2)))
    numbers[5] = 7.5
    assert X[2] == [4.0, 7.5]
    X, _ = as_doubles(
        memoryview(bytes(numbers)).cast("d", (3, 2))
    )  # Read-only memory has no address.
    assert X[2] == [4.0, 7.5]


class Masked(array):
    """Numbers whose lists hold something else than their memory, as those of numpy.ma do."""

    def tolist(self):
        return [[None, 1.0]] * 3


class Doubled(list):
    def __getitem__(self, i):
        return [2 * x for x in list.__getitem__(self, i)]

    def __iter__(self):
        return (self[i] for i in range(len(self)))


@pytest.mark.parametrize("X", [Doubled([[1.0, 2.0]] * 3), Masked("d", range(6))])
def test_subclasses_are_read_as_lists_read_them(X):
    Y = [[k / 5] for k in range(3)]
    assert fit(X, Y, "native") == fit(X, Y, "lists")
    assert reading.in_buffer(X, 2) is None
    assert reading.doubles_of(X, 2) is None


def test_buffers_have_the_bits_of_lists():
    X = [[k / 7, -k / 3] for k in range(8)]
    Y = [[k / 5] for k in range(8)]
    expected = fit(X, Y, "lists", batch_size=3)
    buffers = [
        memoryview(array("d", sum(rows, []))).cast("B").cast("d", (8, len(rows[0])))
        for rows in (X, Y)
    ]
    assert fit(*buffers, "native", batch_size=3) == expected
    assert fit(buffers[0], Lazy(Y), "native", batch_size=3) == expected
    assert fit(Lazy(X), buffers[1], "native", batch_size=3) == expected


def classifier(activation):
    return [sn.Dense(2, 3), sn.Softmax()]


@pytest.mark.parametrize(
    "Y",
    [
        [0, 1, 2, 1],
        [0.0, True, 2, 1],
        [[0], [1], [2], [1]],
        [[1, 0, 0], [0, 1, 0], [0.5, 0.25, 0.25], [0, 1, 0]],
        array("q", [0, 1, 2, 1]),
        CompactRows(4, [], [(array("b", [0, 1, 2, 1]), 3)]),
        [0, 1, 3, 1],
        [0, 1, 1.5, 1],
        [0, 1, 2],
        [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0.5], [0, 1, 0]],
    ],
)
def test_targets_of_classes(Y):
    found, expected = [
        fit(SAMPLES, Y, name, "categorical_cross_entropy", classifier)
        for name in ("native", "lists")
    ]
    assert found == expected


def test_each_distinct_target_is_checked_once(monkeypatch):
    checked = []
    target = sn.CategoricalCrossEntropy.target

    def noting(self, y, *given):
        checked.append(y)
        return target(self, y, *given)

    monkeypatch.setattr(sn.CategoricalCrossEntropy, "target", noting)
    as_doubles(SAMPLES * 5, [2, 0, 2, 2] * 5, sn.CategoricalCrossEntropy(), outputs=3)
    assert sorted(checked) == [0, 2]


def test_few_targets_are_read_in_c_if_the_samples_are(monkeypatch):
    if not reading.IN_C:
        pytest.skip("everything is read by Python")
    monkeypatch.setattr(reading, "FEWEST", 2 * len(SAMPLES))
    monkeypatch.setattr(reading, "read_at_once", None)
    _, Y = as_doubles(SAMPLES, TARGETS)
    assert list(Y) == [[float(y)] for y in TARGETS]


class OfPlace(sn.MeanSquaredError):
    """A loss whose targets depend on their place."""

    def target(self, y, outputs, number, i):
        return [float(i)]


def test_a_user_defined_conversion_of_targets():
    found, expected = [fit(SAMPLES, TARGETS, name, OfPlace()) for name in ("native", "lists")]
    assert found == expected


@pytest.fixture
def images(tmp_path):
    path = str(tmp_path / "images")
    with open(path, "wb") as file:
        file.write(bytes([0, 0, 8, 2]) + struct.pack(">2I", 5, 2) + bytes(range(0, 250, 25)))
    return path


@pytest.mark.parametrize("scale", [1, 255])
def test_bytes_are_read_without_a_list_of_each_row(scale, images, monkeypatch):
    rows = read_idx(images, scale=scale)
    Y = [[0.5], [1.0], [0.25]]
    for X in (Picked(rows, [4, 0, 2]), Picked(Picked(rows, [2, 0, 4]), [2, 1, 0])):
        expected = fit([list(X[i]) for i in range(3)], Y, "lists", batch_size=2)
        with monkeypatch.context() as patch:
            patch.delattr(Picked, "__getitem__")
            assert fit(Fixed(X), Y, "native", batch_size=2) == expected


class Fixed:
    """A sequence whose rows are not to be read one by one."""

    def __init__(self, X):
        self.X = X
        self.width = X.width
        self.bytes_at = X.bytes_at

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        raise AssertionError("a row was read")


def test_the_targets_of_bytes_are_converted_once(images, tmp_path, monkeypatch):
    path = str(tmp_path / "labels")
    with open(path, "wb") as file:
        file.write(bytes([0, 0, 8, 1]) + struct.pack(">I", 5) + bytes([0, 2, 1, 2, 2]))
    labels, fixed = read_idx(path), CompactRows(5, [], [(array("b", [0, 2, 1, 2, 2]), 3)])
    for Y in (labels, fixed, [0, 2, 1, 2, 2]):
        X, targets = as_doubles(read_idx(images), Y, sn.CategoricalCrossEntropy(), outputs=3)
        assert not isinstance(X, reading.Doubles)
        assert list(targets) == [list(row) for row in fixed]


@pytest.mark.parametrize("scale", [1, 255])
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "mean_squared_error"])
def test_bytes_as_targets_are_checked_by_the_loss(loss, scale, images):
    X = read_idx(images, scale=scale)
    layers = lambda _: [sn.Dense(2, 2), sn.Sigmoid()]  # noqa: E731
    found, expected = [fit(X, X, name, loss, layers, batch_size=2) for name in ("native", "lists")]
    assert found == expected


def test_bytes_of_another_width_are_refused_as_rows_are(images):
    X = read_idx(images)
    found, expected = [
        fit(X, [[1.0]] * 5, name, layers=lambda _: [sn.Dense(3, 1)]) for name in ("native", "lists")
    ]
    assert found == expected
    assert type(found[0]) is not int


@pytest.mark.parametrize("options", [{"batch_size": 3}, {"batch_size": 3, "shuffle": False}, {}])
def test_many_epochs_are_one_call(options, monkeypatch):
    calls = []
    called = engine.Native.called

    def noting(self, *given):
        calls.append(given)
        return called(self, *given)

    monkeypatch.setattr(engine.Native, "called", noting)
    layers = lambda activation: hidden(activation, sn.Dropout(0.5))  # noqa: E731
    options["optimizer"] = sn.SGD(sn.CosineDecay(0.5, 9))
    found = fit(SAMPLES, TARGETS, "native", layers=layers, **options)
    assert len(calls) == 1
    assert found == fit(SAMPLES, TARGETS, "lists", layers=layers, **options)


def test_the_history_has_the_rate_of_each_epoch():
    histories = []
    for name in ("native", "lists"):
        net = sn.Sequential(hidden(sn.Tanh()), seed=1)
        optimizer = sn.SGD(sn.CosineDecay(0.5, 9))
        histories.append(
            net.fit(SAMPLES, TARGETS, "mse", optimizer, epochs=5, batch_size=3, engine=name)
        )
    assert histories[0].rows == histories[1].rows
