"""Read this first: numbers that know more than their value."""

from fractions import Fraction

import scratchnet as sn
from scratchnet.scalars import Dual, Interval, Single, Symbolic, Traced


def test_a_dual_number_knows_its_derivative():
    x = Dual(3.0, 1.0)
    y = x * x + 2 * x
    assert (y.value, y.derivative) == (15.0, 8.0)  # y = x² + 2x, y' = 2x + 2


def test_a_traced_number_knows_how_it_was_computed():
    w, x = Traced(0.5, name="w"), Traced(3.0, name="x")
    z = w * x
    assert z.value == 1.5 and z.operation == "multiply"
    assert z.operands == (w, x)


def test_a_symbolic_number_is_arithmetic_without_a_value():
    w, x = Symbolic(name="w"), Symbolic(name="x")
    z = w * x
    assert z.value is None and z.operation == "multiply"
    assert [operand.name for operand in z.operands] == ["w", "x"]


def test_an_interval_knows_how_far_a_float_can_be_from_it():
    x = Interval(0.1) * 3
    assert abs((Single(0.1) * 3).value - 0.3) < x.error < 1e-7


def test_a_layer_computes_with_any_of_them():
    """The same Dense: with fractions, exactly; with dual numbers, with a derivative."""
    exact = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1, 3)]], bias=[0])])
    assert exact.predict([[Fraction(1, 2)]]) == [[Fraction(1, 6)]]

    net = sn.Sequential([sn.Dense(1, 1, weights=[[3.0]], bias=[1.0])]).copy(Dual)
    ((output,),) = net.forward([[Dual(2.0, 1.0)]])
    assert (output.value, output.derivative) == (7.0, 3.0)
