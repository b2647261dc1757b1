"""Bounds of recorded numbers: where x·2^k is printed as one product, k is small for every x."""

import math

import pytest
from hypothesis import given, strategies

from scratchnet.codegen.c.native_bounds import bounds, is_between, is_number
from scratchnet.codegen.portable import portable_functions
from scratchnet.codegen.program import Printer
from scratchnet.core.functions import where
from scratchnet.scalars import Symbolic
from scratchnet.scalars.operations import OPERATIONS, PRIMITIVES

FUNCTIONS = portable_functions(Symbolic)
WITH_POWERS = ["exp", "expm1", "tanh", "erf"]


def powers(name):
    """Every k of an ldexp in the function, and x."""
    x = Symbolic(name="x")
    numbers = Printer([FUNCTIONS[name](x)]).numbers
    return [v.operands[1] for v in numbers if v.operation == "ldexp"], x


def value(node, x, given, found):
    if id(node) not in found:
        operands = [value(operand, x, given, found) for operand in node.operands]
        operation = PRIMITIVES.get(node.operation) or OPERATIONS.get(node.operation)
        if node is x:
            found[id(node)] = given
        elif node.is_constant:
            found[id(node)] = node.value
        elif node.operation == "where":
            found[id(node)] = operands[1] if operands[0] else operands[2]
        else:
            found[id(node)] = operation.function(*operands)
    return found[id(node)]


@pytest.mark.parametrize("name", ["exp", "tanh", "erf"])
def test_all_powers_of_these_functions_are_bounded(name):
    found, _ = powers(name)
    assert found and all([is_between(k, -1000, 1000) for k in found])


@pytest.mark.parametrize("name", WITH_POWERS)
@given(strategies.floats())
def test_no_input_exceeds_the_bounds(name, given):
    found, x = powers(name)
    for k in found:
        low, high = bounds(k, {})
        try:
            assert low <= value(k, x, given, {}) <= high
        except OverflowError:  # Python refuses it in a part of a choice that is not chosen.
            assert math.isinf(given) or abs(given) > 1e300


def test_choices_bound_numbers():
    x = Symbolic(name="x")
    assert bounds(x, {}) == (-math.inf, math.inf)
    assert bounds(abs(x) * -2.0, {}) == (-math.inf, 0)
    clipped = where(x > 3.0, 3.0 + 0 * x, where(x < -2.0, Symbolic(-2.0), x))
    assert bounds(where(x > 3.0, Symbolic(3.0), where(x < -2.0, Symbolic(-2.0), x)), {}) == (-2, 3)
    assert bounds(clipped, {}) == (-math.inf, math.inf)  # 0·x is NaN for an infinite x.
    assert bounds(where(x > 0.0, Symbolic(9.0), Symbolic(1.0)), {id(x): (-3.0, -1.0)}) == (1, 1)
    assert bounds(1.0 / x, {id(x): (-1.0, 1.0)}) == (-math.inf, math.inf)


def test_nan_is_not_between():
    x = Symbolic(name="x")
    bounded = where(x > 3.0, Symbolic(3.0), where(x < -2.0, Symbolic(-2.0), x))
    assert not is_number(bounded)
    chosen = where(bounded == bounded, bounded, Symbolic(0.0))
    assert is_number(chosen) and is_between(chosen, -2, 3)
    assert not is_between(chosen, -1, 3)
    assert not is_number(chosen / x)
