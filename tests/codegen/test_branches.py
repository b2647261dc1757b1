"""If statements and simplified records compute the bits of the rules."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scratchnet.codegen.python.branches import BranchingCode
from scratchnet.codegen.python.printer import execute, function
from scratchnet.codegen.simplified import simplify
from scratchnet.core import functions
from scratchnet.core.functions import sigmoid, softplus, where
from scratchnet.core.losses import BinaryCrossEntropy
from scratchnet.scalars import Symbolic

INPUTS = ("v", "w", "z")
SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e-17, -1e-17, -1e-16, 5e-324, -5e-324, 709.0, -750.0, 1e308]
NUMBERS = st.one_of(st.sampled_from(SPECIAL + [math.inf, -math.inf, math.nan]), st.floats(-9, 9))


def compiled(rule):
    """Return the function that computes what the rule computes, and its source."""
    outputs = [v + Symbolic(0, kind="absent") for v in rule(*[Symbolic(name=n) for n in INPUTS])]
    code = BranchingCode(simplify(outputs))
    body = code.statements()
    texts = [code.text(v) for v in code.outputs]
    body.append("return [{}]".format(", ".join(texts)))
    source = function(code, "f({})".format(", ".join(INPUTS)), body, guarded=True)
    return execute(source)["f"], source


def bits(values):
    return [float(v).hex() for v in values]


# ---- random rules --------------------------------------------------------------------------------


def chosen(compare, limit, z, a, b):
    conditions = [z >= limit, z > limit, z < limit, z <= limit, z == limit]
    return where(conditions[compare], a, b)


STEPS = [
    lambda a, b, k, c: a + b,
    lambda a, b, k, c: a - b,
    lambda a, b, k, c: a * b,
    lambda a, b, k, c: a - c,
    lambda a, b, k, c: c * a,
    lambda a, b, k, c: a / (2 + b * b),
    lambda a, b, k, c: abs(a),
    lambda a, b, k, c: functions.exp(-abs(a)),
    lambda a, b, k, c: sigmoid(a),
    lambda a, b, k, c: softplus(b),
    lambda a, b, k, c: functions.positive_part(a),
    lambda a, b, k, c: chosen(k, c, a, 1.0, 0.0),
    lambda a, b, k, c: chosen(k, 0.0, a, a, b),
    lambda a, b, k, c: chosen(k, c, sigmoid(a), c, -1.0),
    lambda a, b, k, c: chosen(k, c, b, a * a, functions.tanh(a) + b),
]
RECIPES = st.lists(
    st.tuples(
        st.integers(0, len(STEPS) - 1),
        st.integers(0, 20),
        st.integers(0, 20),
        st.integers(0, 4),
        st.sampled_from([0.5, 0.0, 1.0, -0.25]),
    ),
    min_size=1,
    max_size=12,
)


def rule_of(recipe, count):
    """Return a rule that makes one number after the other, and returns the last ones."""

    def rule(*inputs):
        made = list(inputs)
        for step, a, b, compare, constant in recipe:
            made.append(STEPS[step](made[a % len(made)], made[b % len(made)], compare, constant))
        return made[-count:]

    return rule


@pytest.mark.usefixtures("portable")
@given(RECIPES, st.integers(1, 4), st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=6))
@example([(8, 2, 0, 0, 0), (13, 2, 0, 0, 0.5)], 2, [(0.0, 0.0, z) for z in SPECIAL])
def test_random_rules(recipe, count, places):
    rule = rule_of(recipe, count)
    compute, source = compiled(rule)
    for inputs in places:
        assert bits(compute(*inputs)) == bits(rule(*inputs)), source


# ---- what is left out ----------------------------------------------------------------------------


def test_a_threshold_after_a_sigmoid_computes_no_exponential_if_the_sign_decides():
    compute, source = compiled(lambda v, w, z: [where(sigmoid(z) >= 0.5, 1, 0)])
    lines = [line.strip() for line in source.splitlines()[4:]]
    assert lines == [
        "if z >= 0.0:",
        "t0 = 1.0",
        "elif z < -0.0009765625:",
        "t0 = 0.0",
        "else:",
        "t1 = exp(z)",
        "t0 = 1.0 if t1 / (1.0 + t1) >= 0.5 else 0.0",
        "return [t0]",
    ]
    assert [compute(0, 0, z) for z in (0.0, -0.0, 9.0, -1e-17)] == [[1]] * 4
    assert [compute(0, 0, z) for z in (-1e-9, -0.01, -math.inf, math.nan)] == [[0]] * 4


def test_a_threshold_that_the_sign_does_not_decide_is_compared_in_both_arms():
    _, source = compiled(lambda v, w, z: [where(sigmoid(z) >= 0.75, 1, 0)])
    assert "exp(-z)" in source and "exp(z)" in source


def test_an_operation_on_a_choice_between_constants_is_folded():
    _, source = compiled(lambda v, w, z: [(3 - where(z > w, 1, where(z < v, -1, 0))) * 2])
    assert "return [4.0 if z > w else 8.0 if z < v else 6.0]" in source


def test_a_division_by_a_choice_that_may_be_0_is_left_to_the_step():
    compute, _ = compiled(lambda v, w, z: [1 / where(z > 0, 2, 0)])
    assert compute(0, 0, 1.0) == [0.5]
    with pytest.raises(ZeroDivisionError):
        compute(0, 0, -1.0)


def test_the_loss_and_the_sigmoid_share_one_if_statement():
    term = BinaryCrossEntropy().term_from_logit
    _, source = compiled(lambda v, w, z: [sigmoid(z) - 1, term(z, 1)])
    assert source.count("z >= 0.0") == source.count("exp(z)") == source.count("exp(-z)") == 1


def test_a_choice_that_depends_on_another_one_comes_after_it():
    """The second choice needs a tanh that the outputs need, too, of the first."""

    def rule(v, w, z):
        first = where(z > 0, z * 3, v)
        t = functions.tanh(first)
        return [t, where(z > 0, t, w * t), first]

    compute, _ = compiled(rule)
    for inputs in ((1.0, 2.0, 0.5), (1.0, 2.0, -0.5)):
        assert bits(compute(*inputs)) == bits(rule(*inputs))
