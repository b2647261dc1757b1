"""Matrix products in every kernel: the bits of its ``dot``; from distances, within the bound that is stated."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import Generator, functions, matrix

KERNELS = sorted(set(functions.KERNELS) - {"dist"})
DIST = pytest.mark.skipif("dist" not in functions.KERNELS, reason="this Python has no math.dist")


@pytest.fixture(autouse=True)
def restored():
    former = sn.kernel()
    yield
    sn.set_kernel(former)


def drawn(rows, columns, seed, size=1.0):
    generator = Generator(seed)
    return [[generator.uniform(-size, size) for _ in range(columns)] for _ in range(rows)]


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(
    "rows, length, columns",
    [(1, 1, 1), (9, 1, 9), (9, 5, 9), (3, 64, 40), (3, 65, 40), (2, 784, 3)],
)
def test_an_element_is_the_dot_of_its_row_and_column(name, rows, length, columns):
    """Whatever way is taken for that many of that length, no bit depends on it."""
    sn.set_kernel(name)
    A, B = drawn(rows, length, 1), drawn(length, columns, 2)
    assert matrix.dot(A, B) == [[functions.dot(row, column) for column in zip(*B)] for row in A]


def test_the_portable_products_are_added_from_left_to_right():
    sn.set_kernel("portable")
    A, B = drawn(9, 7, 1), drawn(7, 9, 2)

    def added(row, column):
        value = row[0] * column[0]
        for a, b in zip(row[1:], column[1:]):
            value = value + a * b
        return value

    assert matrix.dot(A, B) == [[added(row, column) for column in zip(*B)] for row in A]


@DIST
@given(
    st.integers(16, 200),
    st.integers(0, 10**6),
    st.sampled_from([1e-30, 1.0, 1e30]),
    st.sampled_from([1e-3, 1.0, 1e5]),
)
def test_products_from_distances_keep_to_their_bound(length, seed, size, ratio):
    """8·2^-53·(|a|² + |b|²), against fractions; however small the product itself is."""
    a, b = drawn(1, length, seed, size)[0], drawn(1, length, seed + 1, size * ratio)[0]
    sn.set_kernel("dist")
    ((found,),) = functions.products([a], [[v] for v in b])
    exact = sum([Fraction(u) * Fraction(v) for u, v in zip(a, b)])
    squares = sum([Fraction(v) * Fraction(v) for v in a + b])
    assert abs(Fraction(found) - exact) <= 8 * squares / 2**53


@DIST
def test_a_training_from_distances_is_the_same_to_rounding():
    X, Y = drawn(40, 30, 3), [i % 3 for i in range(40)]
    found, weights = [], []
    for name in ("fast", "dist"):
        sn.set_kernel(name)
        net = sn.Sequential([sn.Dense(30, 40), sn.Tanh(), sn.Dense(40, 3), sn.Softmax()], seed=1)
        history = net.fit(X, Y, "categorical_cross_entropy", sn.SGD(0.1), epochs=5, batch_size=20)
        found.append(history.loss)
        weights.append(net.layers[0].weights.rows)
    assert weights[0] != weights[1] and found[0] == pytest.approx(found[1], rel=1e-12, abs=0)


@DIST
def test_short_rows_are_multiplied_as_in_the_fast_kernel():
    A, B = drawn(4, 15, 1), drawn(15, 4, 2)
    fast = matrix.dot(A, B)
    sn.set_kernel("dist")
    assert matrix.dot(A, B) == fast
    assert not hasattr(math, "sumprod") or matrix.dot([[1.0] * 20], [[2.0]] * 20) == [[40.0]]
