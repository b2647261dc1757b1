"""matrix.py: what is accepted as a matrix, what is refused, and every operation."""

import array
import collections
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.core import checks, matrix

NAN, INF = float("nan"), float("inf")


# ---- stand-ins for what other libraries hold ---------------------------------------------------------------------


class Array:
    """As of NumPy, and a tensor of PyTorch: it gives its lists."""

    def __init__(self, data):
        self.data = data

    def tolist(self):
        return self.data


class Frame:
    """As of pandas and polars: it gives an array, and its own indexing goes by column."""

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
    """Any sequence: it has a length and gives its elements by number."""

    def __init__(self, data):
        self.data = data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data[i]


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


def test_what_is_accepted_is_a_copy():
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


def test_a_given_width_is_demanded_with_its_reason():
    assert checks.accept_row([1, 2], float, "X", 7, 2) == [1.0, 2.0]
    with pytest.raises(ValueError, match="^X: row 7 has 2 columns where 3 are needed$"):
        checks.accept_row([1, 2], float, "X", 7, 3)
    with pytest.raises(ValueError, match="^X: row 7 has 2 columns where the network takes 3$"):
        checks.accept_row([1, 2], float, "X", 7, 3, "the network takes {}")


# ---- the operations ----------------------------------------------------------------------------------------------


INTEGERS = st.integers(-99, 99)


def matrices(rows, columns):
    return st.lists(
        st.lists(INTEGERS, min_size=columns, max_size=columns), min_size=rows, max_size=rows
    )


SIZES = st.integers(1, 4)
MATRICES = st.builds(matrices, SIZES, SIZES).flatmap(lambda strategy: strategy)
PAIRS = st.builds(matrices, SIZES, SIZES).flatmap(lambda strategy: st.tuples(strategy, strategy))


@st.composite
def chains(draw):
    """Two matrices that can be multiplied."""
    rows, inner, columns = draw(SIZES), draw(SIZES), draw(SIZES)
    return draw(matrices(rows, inner)), draw(matrices(inner, columns))


@given(chains())
def test_dot_by_its_definition(pair):
    A, B = pair
    product = matrix.dot(A, B)
    for i in range(len(A)):
        for j in range(len(B[0])):
            assert product[i][j] == sum(A[i][k] * B[k][j] for k in range(len(B)))
    assert matrix.transpose(product) == matrix.dot(matrix.transpose(B), matrix.transpose(A))


@given(MATRICES)
def test_transpose_identity_and_sums(A):
    rows, columns = matrix.shape(A)
    transposed = matrix.transpose(A)
    assert (rows, columns) == (len(A), len(A[0]))
    assert matrix.shape(transposed) == (columns, rows)
    assert matrix.transpose(transposed) == A
    assert matrix.dot(A, matrix.identity(columns)) == A == matrix.dot(matrix.identity(rows), A)
    assert matrix.sum_rows(A) == [sum(row) for row in A] == matrix.sum_columns(transposed)
    assert matrix.add(A, matrix.zeros(rows, columns)) == A


@given(PAIRS, INTEGERS.filter(bool))
def test_elementwise_arithmetic(pair, number):
    A, B = pair
    elements = [(a, b) for row_a, row_b in zip(A, B) for a, b in zip(row_a, row_b)]

    def flat(C):
        assert matrix.shape(C) == matrix.shape(A)
        return [c for row in C for c in row]

    assert flat(matrix.add(A, B)) == [a + b for a, b in elements]
    assert flat(matrix.subtract(A, B)) == [a - b for a, b in elements]
    assert flat(matrix.multiply(A, B)) == [a * b for a, b in elements]
    assert flat(matrix.divide(A, number)) == [a / number for a, _ in elements]
    assert flat(matrix.add(A, number)) == [a + number for a, _ in elements]
    assert flat(matrix.subtract(A, number)) == [a - number for a, _ in elements]
    assert flat(matrix.scale(A, number)) == [number * a for a, _ in elements]
    assert matrix.add_row(A, B[0]) == [[a + b for a, b in zip(row, B[0])] for row in A]


def test_divide_element_by_element():
    assert matrix.divide([[1, 6]], [[2, 3]]) == [[0.5, 2.0]]


def test_functions_element_by_element():
    assert matrix.log(matrix.exp([[0.0], [0.0]])) == [[0.0], [0.0]]
    assert matrix.apply(str, [[1, 2]]) == [["1", "2"]]


OPERATIONS = {
    "transpose": matrix.transpose,
    "dot": lambda A: matrix.dot(A, A),
    "add": lambda A: matrix.add(A, A),
    "subtract": lambda A: matrix.subtract(A, 1.0),
    "multiply": lambda A: matrix.multiply(A, A),
    "divide": lambda A: matrix.divide(A, A),
    "scale": lambda A: matrix.scale(A, 2.0),
    "add_row": lambda A: matrix.add_row(A, A[0]),
    "apply": lambda A: matrix.apply(abs, A),
    "exp": matrix.exp,
    "log": matrix.log,
    "sum_rows": matrix.sum_rows,
    "sum_columns": matrix.sum_columns,
}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_operation_changes_its_arguments(name):
    A = [[1.0, 2.0], [3.0, 4.0]]
    result = OPERATIONS[name](A)
    for row in result:
        if isinstance(row, list):
            row[0] = 99.0  # nor is a row of the argument handed out
    assert A == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_rows_of_zeros_are_not_one_and_the_same(rows):
    Z = matrix.zeros(rows, 2)
    Z[0][0] = 1.0
    assert Z[1:] == [[0.0, 0.0]] * (rows - 1)


@pytest.mark.parametrize(
    "operation, message",
    [
        (
            lambda: matrix.dot([[1, 2, 3]] * 2, [[1, 2, 3]] * 2),
            "^dot: 2×3 by 2×3: the inner sizes 3 and 2 differ$",
        ),
        (lambda: matrix.add([[1, 2]], [[1], [2]]), "^add: 1×2 with 2×1: the shapes differ$"),
        (lambda: matrix.subtract([[1, 2]], [[1]]), "^subtract: 1×2 with 1×1: the shapes differ$"),
        (
            lambda: matrix.multiply([[1, 2]], [[1, 2]] * 3),
            "^multiply: 1×2 with 3×2: the shapes differ$",
        ),
        (lambda: matrix.divide([[1], [2]], [[1, 2]]), "^divide: 2×1 with 1×2: the shapes differ$"),
        (
            lambda: matrix.add_row([[1, 2]], [1]),
            "^add_row: 1×2 with a row of 1: the widths differ$",
        ),
        (
            lambda: matrix.shape([]),
            r"^\[\] is no matrix; give a list of rows with at least one number, \[\[...\]\]$",
        ),
        (lambda: matrix.shape(5), "^5 is no matrix; give a list of rows"),
        (lambda: matrix.dot([1, 2], [[3], [4]]), r"^\[1, 2\] is no matrix; give a list of rows"),
        (lambda: matrix.sum_rows([[]]), r"^\[\[\]\] is no matrix; give a list of rows"),
        (
            lambda: matrix.shape([[]] * 1000),
            r"^\[\[\], .{50,60}\.\.\. is no matrix; give a list of rows",
        ),
        (lambda: matrix.shape([[]]), r"^\[\[\]\] is no matrix; give a list of rows"),
        (lambda: matrix.shape([[1, 2], [3]]), "^row 1 has 1 columns? where row 0 has 2$"),
        (lambda: matrix.transpose([[1, 2], [3]]), "^row 1 has 1 columns? where row 0 has 2$"),
        (lambda: matrix.sum_columns([[1, 2], [3]]), "^row 1 has 1 columns? where row 0 has 2$"),
        (lambda: matrix.dot([[1, 2], [3]], [[1], [2]]), "^row 1 has 1 columns? where row 0 has 2$"),
    ],
)
def test_shapes_that_do_not_fit(operation, message):
    with pytest.raises(ValueError, match=message):
        operation()


def test_multiplying_by_one_number_is_refused_with_a_hint():
    with pytest.raises(TypeError, match=r"scale\(A, factor\)"):
        matrix.multiply([[1, 2]], 3)
