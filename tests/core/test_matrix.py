"""matrix.py: every operation, and the shapes that do not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.core import matrix

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
def test_the_rows_of_zeros_are_separate_lists(rows):
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
            r"^\[\] is not a matrix; give a list of rows with at least one number, \[\[...\]\]$",
        ),
        (lambda: matrix.shape(5), "^5 is not a matrix; give a list of rows"),
        (lambda: matrix.dot([1, 2], [[3], [4]]), r"^\[1, 2\] is not a matrix; give a list of rows"),
        (lambda: matrix.sum_rows([[]]), r"^\[\[\]\] is not a matrix; give a list of rows"),
        (
            lambda: matrix.shape([[]] * 1000),
            r"^\[\[\], .{50,60}\.\.\. is not a matrix; give a list of rows",
        ),
        (lambda: matrix.shape([[]]), r"^\[\[\]\] is not a matrix; give a list of rows"),
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
