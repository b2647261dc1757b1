"""Factors that move outward: the same numbers exactly, with fewer operations for each sample."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.codegen.program import reachable
from scratchnet.codegen.python import step
from scratchnet.codegen.python.printer import IS_PYPY, Code
from scratchnet.codegen.rescaled import rescale
from scratchnet.core.functions import dot, sqrt, total, where
from scratchnet.core.losses import LOSSES
from scratchnet.scalars import Symbolic
from scratchnet.scalars.operations import OPERATIONS

NAMES = ["setting_rate", "setting_c", "count", "w0", "w1", "x0", "x1", "x2"]


def value(output, given):
    """Return the exact value of a record."""
    values = {}
    for node in reachable([output]):
        operands = [values[id(v)] for v in node.operands]
        if node.operation:
            values[id(node)] = OPERATIONS[node.operation].function(*operands)
        else:
            known = given[node.name] if node.name else Fraction(node.value)
            values[id(node)] = known
    return values[id(output)]


# The constants are powers of 2, so that the constants computed from them are exact.
STEPS = [
    lambda a, b, c: a * b,
    lambda a, b, c: a * c,
    lambda a, b, c: a / b,
    lambda a, b, c: a / c,
    lambda a, b, c: a + b,
    lambda a, b, c: a - b,
    lambda a, b, c: -a,
    lambda a, b, c: a / 4,
    lambda a, b, c: -2 * a,
    lambda a, b, c: where(a > b, a * c, b * c),
    lambda a, b, c: where(a >= 0, 1, 0) * b,
    lambda a, b, c: total([a * c, b * c, a]),
    lambda a, b, c: total([a * c, b * c]),
    lambda a, b, c: dot([a * c, b * c], [b, a]),
    lambda a, b, c: dot([a, b], [c, c]),
    lambda a, b, c: dot([a, b], [b, c]),
]
PLACES = st.integers(0, 30)
RECIPES = st.lists(
    st.tuples(st.integers(0, len(STEPS) - 1), PLACES, PLACES, PLACES), min_size=1, max_size=15
)
NUMBERS = st.builds(Fraction, st.integers(-9, 9), st.integers(1, 5))


@given(RECIPES, st.lists(NUMBERS, min_size=len(NAMES), max_size=len(NAMES)))
def test_random_records_keep_their_exact_values(recipe, numbers):
    made = [Symbolic(name=name) for name in NAMES]
    weights = made[3:5]
    for k, a, b, c in recipe:
        made.append(STEPS[k](*[made[-1 - place % len(made)] for place in (a, b, c)]))
    given = dict(zip(NAMES, numbers))
    try:
        expected = [value(v, given) for v in made[-3:]]
    except ZeroDivisionError:
        return
    try:
        found = [value(v, given) for v in rescale(made[-3:], weights)]
    except ZeroDivisionError:  # 0/(a/b), where b may be 0 if a is not multiplied
        return
    assert found == expected


ROOTS = [
    lambda c, d, x: sqrt(x / c) + d,
    lambda c, d, x: x / (sqrt(c * x) + 0.25),
    lambda c, d, x: d * x / (sqrt(x / c) + d * c),
    lambda c, d, x: sqrt(c * x) + x,
    lambda c, d, x: d + sqrt(c * x),
    lambda c, d, x: sqrt(c * x) - d,
    lambda c, d, x: sqrt(c * d) + x,
    lambda c, d, x: sqrt(4 * x) + d,
    lambda c, d, x: sqrt(x * x / (c * d)) + 1,
]


@pytest.mark.parametrize("rule", ROOTS)
def test_factors_of_roots_keep_the_value(rule):
    c, d, x = [Symbolic(name=name) for name in ("setting_c", "setting_d", "x")]
    found = Code(rescale([rule(c, d, x)]))
    text = found.text(found.outputs[0])
    for numbers in [(0.5, 2.5, 3.0), (7.0, 0.1, 1e-9), (0.001, 4.0, 0.0)]:
        names = dict(zip(["setting_c", "setting_d", "x"], numbers), sqrt=math.sqrt)
        assert eval(text, names) == pytest.approx(rule(*numbers), rel=1e-15, abs=0)


def test_a_root_with_a_setting_and_a_constant():
    c, x = Symbolic(name="setting_c"), Symbolic(name="x")
    code = Code(rescale([sqrt(x / c) + 0.5]))
    assert code.statements() == ["t0 = sqrt(1.0 / setting_c)"]
    assert code.text(code.outputs[0]) == "t0 * (sqrt(x) + 0.5 / t0)"


# ---- the code of a step --------------------------------------------------------------------------


def source(layers, loss, optimizer, kernel="fast"):
    former = sn.set_kernel(kernel)
    try:
        net = sn.Sequential(layers)
        lines = step.of_batches(net, LOSSES[loss](), optimizer, 2, net.outputs, False).source
    finally:
        sn.set_kernel(former)
    within = [line for line in lines.splitlines() if line.startswith("            ")]
    return lines, "\n".join(within)


not_on_pypy = pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the steps as they are")


@not_on_pypy
@pytest.mark.parametrize("loss", ["mean_squared_error", "half_squared_error"])
def test_no_sample_is_divided_by_the_number_of_samples(loss):
    whole, within = source([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 2)], loss, sn.SGD(0.1))
    assert whole.count(" / ") == 1 and "1.0 / " in whole and "setting_rate" in whole
    assert " / " not in within and "count" not in within and "setting_rate" not in within


@not_on_pypy
def test_the_weight_of_a_single_output_is_multiplied_once():
    _, within = source([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], "half_squared_error", sn.SGD(1))
    assert within.count("weights2_0_0") == 1  # forward


@not_on_pypy
def test_adam_divides_and_multiplies_once_for_each_weight():
    whole, _ = source([sn.Dense(2, 1)], "half_squared_error", sn.Adam())
    once, *updates = [line.strip() for line in whole.splitlines() if "sqrt(" in line]
    assert once.endswith(" = sqrt(1.0 / setting_bias_correction2)")
    assert len(updates) == 3
    assert all([line.count("/") == line.count("*") == 1 for line in updates])


@not_on_pypy
def test_the_memory_is_updated_in_place():
    whole, _ = source([sn.Dense(2, 1)], "half_squared_error", sn.Adam())
    assert "        memory0_0_0_0 = 0.9 * memory0_0_0_0 + " in whole
    assert "        memory0_0_0_1 = 0.999 * memory0_0_0_1 + " in whole


def test_the_portable_kernel_keeps_the_order_of_the_rules():
    whole, within = source([sn.Dense(2, 1)], "half_squared_error", sn.SGD(1), "portable")
    assert "/ count" in within and "1.0 / count" not in whole
