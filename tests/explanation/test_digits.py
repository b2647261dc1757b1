"""Shown digits tell the truth: the printed numbers of each line give the printed result."""

import pytest
from formulas import evaluated, without_reasons
from hypothesis import example, given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import functions
from scratchnet.explanation.digits import derivation, substitute
from scratchnet.explanation.text import formula, number
from scratchnet.scalars import Traced

X = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]]


def assert_true(why, decimals=4):
    """Each line of the explanation is true as it is printed; return how many there are."""
    checked = 0
    for name in why.names():
        shown = why[name]
        if not shown.node.operation or "more …" in shown.formula:
            continue
        lines = [substitute(shown.node, decimals)]
        lines += [shown._chain_with_numbers(decimals)] if shown.chain else []
        for line in lines:
            result, value = number(shown.value, decimals), evaluated(line)
            # Where a sum cancels, the rounding of the floats is all that remains of it.
            largest = max([abs(operand.value) for operand in shown.operands] + [1.0])
            is_noise = abs(value) < 1e-14 * largest and abs(shown.value) < 1e-14 * largest
            assert is_noise or number(value, decimals) == result, (name, line, result)
            checked += 1
    return checked


@pytest.mark.parametrize("decimals", [2, 4, 7])
@pytest.mark.parametrize(
    "activation", ["SELU", "GELU", "SiLU", "ELU", "Sigmoid", "Softplus", "Tanh"]
)
def test_every_line_of_a_step_is_true(activation, decimals):
    layers = [sn.Dense(2, 3), getattr(sn, activation)(), sn.Dense(3, 2), sn.Softmax()]
    why = sn.explain(
        sn.Sequential(layers, seed=5), X, [0, 1, 1], "categorical_cross_entropy", sn.Adam(0.1)
    )
    assert assert_true(why, decimals) > 80


@pytest.mark.parametrize("loss", ["huber", "hinge", "mean_absolute_error", "half_squared_error"])
def test_every_line_of_each_loss_is_true(loss):
    net = sn.Sequential([sn.Dense(2, 3), sn.Sigmoid(), sn.Dense(3, 1)], seed=5)
    why = sn.explain(net, X, [1, -1, 1], loss, optimizer=sn.RMSprop(0.01, weight_decay=0.1))
    assert assert_true(why) > 60


@given(st.integers(0, 10**6), st.sampled_from([0.01, 1.0, 30.0]))
def test_lines_of_random_networks_are_true(seed, size):
    generator = sn.Generator(seed)
    X = [[size * generator.normal() for _ in range(2)] for _ in range(2)]
    net = sn.Sequential([sn.Dense(2, 2), sn.Sigmoid(), sn.Dense(2, 1), sn.Sigmoid()], seed=seed)
    assert assert_true(sn.explain(net, X, [0, 1], "binary_cross_entropy", sn.SGD(0.5))) > 30


def test_a_rounded_one_gets_the_digits_that_the_line_needs():
    a = Traced(0.999999694, name="a")
    assert derivation(a * (1 - a)) == "0.999999694·(1 − 0.999999694) = 3.06e-07"
    assert derivation(2 * a) == "2·1 = 2"  # and no more than it needs


def test_a_condition_is_true_as_it_is_printed():
    a, b = Traced(0.37751, name="a"), Traced(0.37749, name="b")
    line = derivation((a > b).where(1.0, 0.0))
    assert line == "1, since 0.37751 > 0.3775"


@example(0.1, 3.0)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_product_and_a_difference_of_any_numbers(a, b):
    x, y = Traced(a, name="x"), Traced(b, name="y")
    for node in (x * y, x - y, x * x - y * y):
        text, _, result = derivation(node).partition(" = ")
        assert number(evaluated(text)) == (result or text)


def test_reasons_are_left_out():
    assert without_reasons("1·((2, since (1 + 1) > 0) + 3), since 4 > (3)") == "1·((2) + 3)"


def test_constants_of_a_rule_have_their_digits_in_formulas_with_names():
    why = sn.explain(sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.SELU()]), [[2]])
    assert why["1.a[0][0]"].formula == "1.0507009874 · 0.z[0][0], since 0.z[0][0] > 0"
    assert why["1.a[0][0]"].substituted == "1.0507·1, since 1 > 0"


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_product_with_zero_needs_no_more_digits(zero):
    x, d = Traced(zero, name="x"), Traced(2 / 3, name="d")
    assert derivation(x * d) == "0·0.6667 = 0"
    assert derivation(-(x / d)) == "−(0/0.6667) = 0"
    assert derivation(d - Traced(2 / 3, name="e")) == "0.6667 − 0.6667 = 0"


# ---- formulas as a book writes them --------------------------------------------------------------


def test_a_maximum_within_a_formula():
    z, zero = Traced(-0.5, name="z"), Traced(0.0)
    for larger in ((z > 0).where(z, zero), (z >= 0).where(z, zero), functions.positive_part(z)):
        assert derivation(2 - larger) == "2 − max(-0.5, 0) = 2"
        assert formula(2 - larger) == "2 − max(z, 0)"
    w = Traced(3.0, name="w")
    assert formula(2 - functions.maximum(z, w)) == "2 − max(z, w)"
    assert formula(2 - (z > 0).where(w, zero)) == "2 − (0, since z ≤ 0)"
    assert formula(functions.positive_part(z)) == "0, since z < 0"  # the whole formula


def test_a_denominator_that_is_not_zero():
    y, a = Traced(1.0, name="y"), Traced(0.25, name="a")
    assert formula(-(y / (a != 0).where(a, Traced(1.0)))) == "−(y / a)"
    a = Traced(0.0, name="a")
    assert formula(-(y / (a != 0).where(a, Traced(1.0)))) == "−(y / (1, since a = 0))"


@pytest.mark.parametrize(
    "loss, end", [("binary_cross_entropy", sn.Sigmoid), ("categorical_cross_entropy", sn.Softmax)]
)
def test_a_derivative_of_a_logarithm_has_no_reason(loss, end):
    net = sn.Sequential([sn.Dense(1, 2, weights=[[0.5, 0.1]]), end()])
    why = sn.explain(net, [[1]], [[1, 0]], loss, "sgd")
    for k in range(2):
        assert "since" not in why[f"1.a[0][{k}].gradient"].formula
    assert "y[0][0] / 1.a[0][0]" in why["1.a[0][0].gradient"].formula


def test_pi():
    why = sn.explain(
        sn.Sequential([sn.Dense(1, 1, weights=[[1]]), sn.GELU()]), [[1]], [1], "mse", "sgd"
    )
    assert why["1.derivative[0][0]"].formula.endswith("/ sqrt(2 · π))")
    assert why["1.derivative[0][0]"].substituted.endswith("/sqrt(2·3.1416))")
