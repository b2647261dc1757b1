"""The formulas of the textbooks, written out in exact decimals, against the safe forms that the core computes."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.core import functions, optimizers
from scratchnet.core.losses import ratio, times_log

LOGITS = st.floats(-30, 30)
ROWS = st.lists(LOGITS, min_size=2, max_size=5)


@pytest.fixture(autouse=True)
def sixty_digits():
    with localcontext() as context:
        context.prec = 60
        yield


def close(computed, book):
    assert float(abs(Decimal(computed) - book)) <= 1e-14 * max(1, abs(float(book)))


def book_sigmoid(z):
    return 1 / (1 + (-Decimal(z)).exp())


def book_softmax(z):
    exponentials = [Decimal(v).exp() for v in z]
    return [e / sum(exponentials) for e in exponentials]


@given(LOGITS)
def test_sigmoid(z):
    """1/(1 + e^-z)"""
    close(functions.sigmoid(z), book_sigmoid(z))
    a = functions.sigmoid(z)
    close(sn.Sigmoid().derivative(z, a), Decimal(a) * (1 - Decimal(a)))


@given(LOGITS)
def test_softplus(z):
    """ln(1 + e^z)"""
    close(functions.softplus(z), (1 + Decimal(z).exp()).ln())


@given(LOGITS)
def test_elu(z):
    """z above 0, α·(e^z - 1) below"""
    close(sn.ELU(2).function(z), Decimal(z) if z > 0 else 2 * (Decimal(z).exp() - 1))


@given(ROWS)
def test_softmax(z):
    """e^z_k / Σ e^z_j"""
    for computed, book in zip(sn.Softmax().probabilities(z), book_softmax(z)):
        close(computed, book)


@given(LOGITS, st.sampled_from([0.0, 1.0, 0.25]))
def test_binary_cross_entropy(z, y):
    """-(y·ln a + (1 - y)·ln(1 - a)), from z; its derivative in a is (a - y)/(a·(1 - a)), in z it is a - y"""
    a, y_ = book_sigmoid(z), Decimal(y)
    close(sn.BinaryCrossEntropy().term_from_logit(z, y), -(y_ * a.ln() + (1 - y_) * (1 - a).ln()))
    a = functions.sigmoid(z)
    if 0 < a < 1:
        exact = Decimal(a)
        derivative = (exact - y_) / (exact * (1 - exact))
        computed = sn.BinaryCrossEntropy().derivative(a, y)
        assert float(abs(Decimal(computed) - derivative)) <= 1e-14 * (1 / a + 1 / (1 - a))
        close(sn.BinaryCrossEntropy().derivative_in_logit(a, y), exact - y_)


@given(ROWS, st.data())
def test_categorical_cross_entropy(z, data):
    """-Σ y·ln a, from z"""
    y = [0.0] * len(z)
    y[data.draw(st.integers(0, len(z) - 1))] = 1.0
    terms = sn.CategoricalCrossEntropy().terms_from_logits(z, [], y)
    for computed, a, y_k in zip(terms, book_softmax(z), y):
        close(computed, -Decimal(y_k) * a.ln())


def test_the_safe_helpers_at_the_edges():
    """y·ln a is 0 where y is 0, and y/a is y where a is 0."""
    assert times_log(0.0, 0.0) == 0 and times_log(1.0, 0.0) == float("-inf")
    assert ratio(0.0, 0.0) == 0 and ratio(1.0, 0.0) == 1 and ratio(1.0, 0.5) == 2


def test_adam(monkeypatch):
    """Algorithm 1 of Kingma and Ba, in fractions; the root is any function, the same on both sides."""
    root = lambda x: (x + 3) / (x + 5)  # noqa: E731
    monkeypatch.setattr(optimizers, "sqrt", root)
    alpha, beta1, beta2, epsilon = [Fraction(1, n) for n in (10, 3, 7, 1000)]
    optimizer = sn.Adam(alpha, beta1=beta1, beta2=beta2, epsilon=epsilon)
    theta, m, v = Fraction(1), Fraction(0), Fraction(0)
    w, state = theta, (m, v)
    for t in range(1, 6):
        g = Fraction(t * t - 7, 3)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - alpha * m_hat / (root(v_hat) + epsilon)
        optimizer.begin(Fraction)
        w, state = optimizer.rule(w, g, state)
        optimizer.t += 1
        assert (w, state) == (theta, (m, v))


def test_dense():
    """Z = X·W + b, dW = Xᵀ·dZ, db = Σ dZ, dX = dZ·Wᵀ, element by element."""
    X, W, b = [[1, 2], [3, 4], [5, 6]], [[7, 8, 9], [10, 11, 12]], [13, 14, 15]
    dZ = [[1, -2, 3], [-4, 5, -6], [7, -8, 9]]
    layer = sn.Dense(2, 3, weights=W, bias=b)
    samples, inputs, outputs = range(3), range(2), range(3)
    assert layer.forward(X) == [
        [sum([X[i][j] * W[j][k] for j in inputs]) + b[k] for k in outputs] for i in samples
    ]
    assert layer.backward(dZ) == [
        [sum([dZ[i][k] * W[j][k] for k in outputs]) for j in inputs] for i in samples
    ]
    assert layer.weights.gradient == [
        [sum([X[i][j] * dZ[i][k] for i in samples]) for k in outputs] for j in inputs
    ]
    assert layer.bias.gradient == [sum([dZ[i][k] for i in samples]) for k in outputs]
