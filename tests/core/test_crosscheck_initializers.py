"""Random numbers and initial weights against NumPy's."""

import pytest
from crosscheck import Draws, agree, family_of, reference
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import initializers

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.usefixtures("both_kernels")


@given(st.integers(0, 2**64 - 1), st.integers(1, 5), st.integers(1, 5))
def test_draws(seed, inputs, outputs):
    generator, draws = sn.Generator(seed), Draws(seed)
    assert [generator.bits(), generator.random()] == [draws.bits(), draws.uniform()]
    assert generator.permutation(inputs * outputs) == draws.permutation(inputs * outputs)
    assert generator.below(inputs) == draws.bits() * inputs >> 64
    for name in set(initializers.INITIALIZERS) - {"orthogonal"}:
        weights = initializers.INITIALIZERS[name](inputs, outputs, sn.Generator(seed))
        agree(weights, Draws(seed).initial(name, inputs, outputs))
        assert weights == initializers.INITIALIZERS[name](inputs, outputs, sn.Generator(seed))


@pytest.mark.parametrize("name", sorted(name for name in initializers.INITIALIZERS if "_" in name))
def test_the_distribution_of_initial_weights(name):
    """10,000 weights: the bounds of uniform ones, and for all the distribution function and the variance.

    By proven bounds right initializers fail here with a probability below 10^-11, all of them together: for each, the
    distribution function is off by 0.0388 with one of 2 exp(-2 n 0.0388^2) = 2e-13 (Dvoretzky, Kiefer & Wolfowitz 1956,
    Massart 1990), the variance by 12 % with 2 exp(-2 n 0.04^2) = 3e-14 if uniform (Hoeffding 1963), and with
    2 exp(-30) = 2e-13 if normal (Laurent & Massart 2000, lemma 1: 2 sqrt(30/n) + 60/n < 0.12).
    """
    inputs, outputs = 50, 200
    weights = np.sort(np.ravel(initializers.INITIALIZERS[name](inputs, outputs, sn.Generator(11))))
    bounds = reference.initializer_bounds(family_of(name), inputs, outputs)
    if "low" in bounds:
        assert bounds["low"] <= weights[0] and weights[-1] <= bounds["high"]
        distribution, variance = (
            (weights - bounds["low"]) / (2 * bounds["high"]),
            bounds["high"] ** 2 / 3,
        )
    else:
        distribution, variance = (
            reference.phi(weights / bounds["deviation"]),
            bounds["deviation"] ** 2,
        )
    below = np.arange(len(weights)) / len(weights)  # the share of the weights that are smaller
    assert np.abs(distribution - below).max() < 0.0388
    assert abs(np.mean(weights**2) / variance - 1) < 0.12


@given(st.integers(0, 2**32), st.integers(1, 7), st.integers(1, 7))
def test_orthogonal(seed, inputs, outputs):
    """Rows (or columns) at right angles, from the drawn ones in order: V = L W, L triangular, its diagonal positive."""
    W = np.array(initializers.orthogonal(inputs, outputs, sn.Generator(seed)))
    assert W.shape == (inputs, outputs)
    W = W.T if inputs > outputs else W
    draws = Draws(seed)
    V = np.array([[draws.normal() for _ in row] for row in W])
    agree(W @ W.T, np.eye(len(W)))
    agree(np.tril(V @ W.T) @ W, V)
    assert (np.diag(V @ W.T) > 0).all()


def test_orthogonal_of_almost_parallel_rows():
    """Rounding leaves 1e-16/1e-7 of a row in the direction of the others; a second pass must remove it."""
    draws = type(
        "Generator", (), {"normal": iter([1, 1, 1, 1, 1, 1 + 1e-7, 1, 1 + 1e-7, 1]).__next__}
    )
    W = np.array(initializers.orthogonal(3, 3, draws))
    agree(W @ W.T, np.eye(3))
