"""checks.py: what is accepted as a number and as a matrix, what is refused, and what is found by name."""

import array
import collections
from decimal import Decimal
from fractions import Fraction

import pytest

import scratchnet as sn
from scratchnet.core import checks
from scratchnet.core.checks import cast

NAN, INF = float("nan"), float("inf")


# ---- stand-ins for what other libraries hold ---------------------------------------------------------------------


class Array:
    """Like an array of NumPy or a tensor of PyTorch: tolist() returns lists."""

    def __init__(self, data):
        self.data = data

    def tolist(self):
        return self.data


class Frame:
    """Like a data frame of pandas or polars: it returns an array, and its own indexing is by column."""

    def __init__(self, data):
        self.data = data

    def to_numpy(self):
        return Array(self.data)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, column):
        raise KeyError(column)


class Scalar:
    def __init__(self, value):
        self.value = value

    def item(self):
        return self.value


class Floatable:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


class Sequence:
    """A sequence with len() and indexing only."""

    def __init__(self, data):
        self.data = data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data[i]


# ---- numbers -----------------------------------------------------------------------------------------------------


class Exact(Fraction):
    """A subclass counts as its parent."""


class Mixing:
    """A user-defined number that mixes with floats."""

    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Mixing(self.value + other)

    def __sub__(self, other):
        return Mixing(self.value - other)


@pytest.mark.parametrize(
    "value, number, expected",
    [
        (3, float, 3.0),
        (True, float, 1.0),
        (Fraction(1, 4), float, 0.25),
        (Decimal("0.25"), float, 0.25),
        (Floatable(0.25), float, 0.25),
        (Scalar(0.25), float, 0.25),
        (Scalar(3), Fraction, Fraction(3)),
        (3, Fraction, Fraction(3)),
        (True, Decimal, Decimal(1)),
        (Exact(1, 3), Fraction, Exact(1, 3)),
        (3, None, 3),
        (Scalar(0.25), None, 0.25),
        (Fraction(1, 3), None, Fraction(1, 3)),
    ],
)
def test_cast(value, number, expected):
    result = cast(value, number, "x")
    assert result == expected and type(result) is type(expected)


def test_a_float_fits_a_number_that_mixes_with_floats():
    assert cast(0.5, Mixing, "x").value == 0.5


@pytest.mark.parametrize("value", ["0.5", None, [1.0], {}, object(), b"1", 1j])
@pytest.mark.parametrize("number", [float, Fraction])
def test_other_objects_than_numbers_are_refused(value, number):
    with pytest.raises(
        TypeError, match="^x: .* is a {}; give a number$".format(type(value).__name__)
    ):
        cast(value, number, "x")


@pytest.mark.parametrize("value", ["0.5", None, [1.0]])
def test_other_objects_are_refused_where_any_type_of_number_is_accepted(value):
    with pytest.raises(TypeError, match="^x: .*; give a number$"):
        cast(value, None, "x")


@pytest.mark.parametrize("number", [Fraction, Decimal])
def test_a_float_never_makes_exact_numbers_inexact(number):
    with pytest.raises(
        TypeError,
        match="^x: 0.5 is a float, but this network computes with {0}: .* a {0}$".format(
            number.__name__
        ),
    ):
        cast(0.5, number, "x")


@pytest.mark.parametrize("value", [10**400, -(10**400), Fraction(10**400)])
def test_a_number_too_large_for_a_float_is_refused(value):
    with pytest.raises(ValueError, match="^x: the number is too large for a float$"):
        cast(value, float, "x")


# ---- accepted ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        [[1, 2], [3, 4]],
        ((1, 2), (3, 4)),
        [range(1, 3), range(3, 5)],
        collections.deque([[1, 2], [3, 4]]),
        [collections.deque([1, 2]), array.array("d", [3, 4])],
        [array.array("b", [1, 2]), memoryview(array.array("b", [3, 4]))],
        Sequence([[1, 2], Sequence([3, 4])]),
        Array([[1, 2], [3, 4]]),
        Frame([[1, 2], [3, 4]]),
        [Array([1, 2]), Array([3, 4])],
        [[Scalar(1), Scalar(2.0)], [Floatable(3.0), Fraction(4)]],
        [[True, 2], [3.0, 4]],
    ],
)
def test_accepted(data):
    accepted = checks.accept(data)
    assert accepted == [[1.0, 2.0], [3.0, 4.0]]
    assert {type(v) for row in accepted for v in row} == {float}
    assert type(accepted) is list and {type(row) for row in accepted} == {list}


def test_accepted_data_are_copied():
    data = [[1.0, 2.0]]
    accepted = checks.accept(data)
    data[0][0] = 9.0
    data.append([3.0])
    assert accepted == [[1.0, 2.0]]


def test_accepted_as_another_number_or_as_it_is():
    assert checks.accept([[1, Fraction(1, 2)]], Fraction) == [[Fraction(1), Fraction(1, 2)]]
    accepted = checks.accept([[1, Fraction(1, 2), 0.5]], None)
    assert [type(v) for v in accepted[0]] == [int, Fraction, float]


def test_large_numbers_are_not_taken_for_infinite():
    assert checks.accept([[1e308, 1e308, -1e308]]) == [[1e308, 1e308, -1e308]]


@pytest.mark.parametrize("row", [[1, 2.5, True], [10**305, 1], [-(10**305), 0.5, False]])
def test_ints_and_floats_in_one_row(row):
    (accepted,) = checks.accept([row])
    assert accepted == [float(v) for v in row] and {type(v) for v in accepted} == {float}


def test_no_text_for_an_error_is_made_of_good_ints(monkeypatch):
    """The text took ten times as long as the conversion."""
    monkeypatch.setattr(checks, "_place", None)
    assert checks.accept([[0, 255], [True, 0.5]]) == [[0.0, 255.0], [1.0, 0.5]]


# ---- refused: one sentence that names the row and the column -----------------------------------------------------


@pytest.mark.parametrize(
    "data, error, message",
    [
        ([[1, 2], [3]], ValueError, "X: row 1 has 1 column where row 0 has 2"),
        ([[1], [2], [3, 4, 5]], ValueError, "X: row 2 has 3 columns where row 0 has 1"),
        (Sequence([[1, 2], [3]]), ValueError, "X: row 1 has 1 column where row 0 has 2"),
        ([[1, 2], [3, NAN]], ValueError, "X: row 1, column 1 is nan; give a finite number"),
        ([[1, 2], [INF, 3]], ValueError, "X: row 1, column 0 is inf; give a finite number"),
        ([[-INF, INF]], ValueError, "X: row 0, column 0 is -inf; give a finite number"),
        ([[1e308, 1e308, NAN]], ValueError, "X: row 0, column 2 is nan; give a finite number"),
        (Array([[1], [NAN]]), ValueError, "X: row 1, column 0 is nan; give a finite number"),
        (Frame([[1], [INF]]), ValueError, "X: row 1, column 0 is inf; give a finite number"),
        ([[0, Scalar(NAN)]], ValueError, "X: row 0, column 1 is nan; give a finite number"),
        ([[0], [10**400]], ValueError, "X: row 1, column 0: the number is too large for a float"),
        ([[1, 2], [3, "4"]], TypeError, "X: row 1, column 1: '4' is a str; give a number"),
        ([[1, None]], TypeError, "X: row 0, column 1: None is a NoneType; give a number"),
        (Frame([["red", 1]]), TypeError, "X: row 0, column 0: 'red' is a str; give a number"),
        ([[[1, 2]]], TypeError, r"X: row 0, column 0: \[1, 2\] is a list; give a number"),
        ([], ValueError, "X is empty; give at least one row"),
        (Array([]), ValueError, "X is empty; give at least one row"),
        ([[]], ValueError, "X: row 0 is empty; give at least one column"),
        ([[1], []], ValueError, "X: row 1 is empty; give at least one column"),
        ([1, 2], TypeError, r"X: row 0 is 1, not a row; .*\[\[\.\.\.\]\]"),
        (Array([1, 2]), TypeError, "X: row 0 is 1, not a row"),
        (Frame([1, 2]), TypeError, "X: row 0 is 1, not a row"),
        ([[1], 2], TypeError, "X: row 1 is 2, not a row"),
        ([[1], "2"], TypeError, "X: row 1 is '2', not a row"),
        ([[1], b"2"], TypeError, "X: row 1 is b'2', not a row"),
        ([{"a": 1}], TypeError, "X: row 0 is {'a': 1}, not a row"),
        ([{1}], TypeError, "X: row 0 is .1., not a row"),
        ([None], TypeError, "X: row 0 is None, not a row"),
        ([(v for v in (1, 2))], TypeError, "X: row 0 is <generator .*>, not a row"),
        (([v] for v in (1, 2)), TypeError, "X.*generator; give a list of rows"),
        (zip([1], [2]), TypeError, "X.*zip; give a list of rows"),
        (None, TypeError, "X.*NoneType; give a list of rows"),
        (5, TypeError, "X.*int; give a list of rows"),
        ("12", TypeError, "X.*str; give a list of rows"),
        (b"12", TypeError, "X.*bytes; give a list of rows"),
        ({"a": [1]}, TypeError, "X.*dict; give a list of rows"),
        ({(1, 2)}, TypeError, "X.*set; give a list of rows"),
        (Array(1.0), TypeError, "X.*float; give a list of rows"),
    ],
)
def test_refused(data, error, message):
    with pytest.raises(error, match="^" + message) as raised:
        checks.accept(data)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "value, error, message",
    [
        (Decimal("Infinity"), ValueError, "X: row 1, column 0 is Infinity; give a finite number"),
        (Decimal("NaN"), ValueError, "X: row 1, column 0 is NaN; give a finite number"),
        (Decimal("sNaN"), ValueError, "X: row 1, column 0 is sNaN; give a finite number"),
        (
            0.5,
            TypeError,
            "X: row 1, column 0: 0.5 is a float, but this network computes with Decimal",
        ),
    ],
)
def test_refused_among_decimals(value, error, message):
    with pytest.raises(error, match="^" + message):
        checks.accept([[1], [value]], Decimal)


@pytest.mark.parametrize(
    "data",
    [
        ["x" * 10000],
        [["x" * 10000]],
        [[[0] * 10000]],
        [{i: i for i in range(10000)}],
        [[1], set(range(10000))],
    ],
)
def test_the_sentence_is_short_however_large_the_data(data):
    with pytest.raises(TypeError) as raised:
        checks.accept(data)
    assert len(str(raised.value)) < 300


def test_the_sentence_begins_with_the_given_name():
    with pytest.raises(ValueError, match="^temperatures: row 0, column 1 is nan"):
        checks.accept([[1, NAN]], float, "temperatures")


def test_a_width_that_does_not_fit_is_refused_with_the_reason():
    assert checks.accept_row([1, 2], float, "X", 7, 2) == [1.0, 2.0]
    with pytest.raises(ValueError, match="^X: row 7 has 2 columns where 3 are needed$"):
        checks.accept_row([1, 2], float, "X", 7, 3)
    with pytest.raises(ValueError, match="^X: row 7 has 2 columns where the network takes 3$"):
        checks.accept_row([1, 2], float, "X", 7, 3, "the network takes {}")


# ---- found by name -----------------------------------------------------------------------------------------------


class Square(sn.Activation):
    arguments = numbers = ("factor",)

    def __init__(self, factor=1):
        self.factor = factor

    def function(self, z):
        return self.factor * z * z


def test_an_object_is_found_by_its_name_or_its_class_or_as_itself():
    family = {"scale": Square}
    itself = Square(2)
    assert checks.look_up("activation", itself, family, sn.Layer) is itself
    assert type(checks.look_up("activation", "scale", family, sn.Layer)) is Square
    assert type(checks.look_up("activation", Square, family, sn.Layer)) is Square


@pytest.mark.parametrize("given", [None, 3, [Square()], sn.Hinge(), sn.Hinge, len])
def test_anything_else_is_refused(given):
    with pytest.raises(TypeError, match="^activation: .*; give a name or activation object$"):
        checks.look_up("activation", given, {}, sn.Layer)
