"""The elementary functions that ``decimal.Decimal`` lacks, to the precision of the context.

Decimal has correctly rounded methods exp, ln and sqrt. The other functions are computed with
additional digits and rounded once at the end.

>>> from decimal import Decimal, localcontext
>>> with localcontext() as context:
...     context.prec = 40
...     tanh(Decimal(1))
...     erf(Decimal(1))
Decimal('0.7615941559557648881194582826047935904128')
Decimal('0.8427007929497148693412206350826092592961')
"""

from decimal import Decimal as Decimal
from decimal import localcontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def _with_additional_digits(
    function: "Callable[[Decimal], Decimal]",
) -> "Callable[[Decimal], Decimal]":
    """Return the function computed with additional digits and rounded once.

    It uses twice the digits of the context, plus the number of leading zeros of a small x, because
    differences such as e^x - 1 cancel that many digits. If x is so small that the function is
    linear to twice the digits, it is evaluated at a larger multiple of x and scaled back, which
    needs fewer digits.
    """

    def rounded_once(x: "Decimal") -> "Decimal":
        if not x:
            return function(x)
        with localcontext() as context:
            context.prec = 2 * context.prec + 10
            zeros = max(0, -x.adjusted())
            shift = max(0, zeros - context.prec)  # x·10^shift is still in the linear range
            context.prec += zeros - shift
            value = function(x.scaleb(shift)).scaleb(-shift)
        return +value

    rounded_once.__name__ = function.__name__
    rounded_once.__doc__ = function.__doc__
    return rounded_once


def log(x: "Decimal") -> "Decimal":
    """Return the natural logarithm of x: -Infinity at 0 and NaN below, like core.functions.log."""
    return Decimal("NaN") if x < 0 else x.ln()


@_with_additional_digits
def expm1(x: "Decimal") -> "Decimal":
    """Return e^x - 1."""
    return x.exp() - 1


@_with_additional_digits
def log1p(x: "Decimal") -> "Decimal":
    """Return the natural logarithm of 1 + x."""
    return log(1 + x)


@_with_additional_digits
def tanh(x: "Decimal") -> "Decimal":
    """Return the hyperbolic tangent of x."""
    e = (-2 * abs(x)).exp()
    return ((1 - e) / (1 + e)).copy_sign(x)


@_with_additional_digits
def erf(x: "Decimal") -> "Decimal":
    """Return the error function of x, by its Maclaurin series.

    The terms of the series cancel fewer than x² digits.
    """
    square = x * x
    with localcontext() as context:
        if square > 3 * context.prec:
            return Decimal(1).copy_sign(x)
        context.prec += int(square) + 1
        term = total = x
        n = 0
        while total + term != total:
            n += 1
            term = -term * square / n
            total += term / (2 * n + 1)
        return 2 * total / pi(x).sqrt()


def cos(x: "Decimal") -> "Decimal":
    """Return the cosine of x radians.

    The Maclaurin series is evaluated at x mod 2π, where it cancels few digits.
    """
    with localcontext() as context:
        context.prec += 20 + max(0, x.adjusted())
        x = x % (2 * pi(x))
        term = total = Decimal(1)
        n = 0
        while total + term != total:
            n += 2
            term = -term * x * x / (n * n - n)
            total += term
    return +total


def pi(x: "Decimal") -> "Decimal":
    """Return π by Machin's formula 16·arctan(1/5) - 4·arctan(1/239) (1706).

    The argument only selects the number type.
    """
    with localcontext() as context:
        context.prec += 10
        value = 16 * _arctan_of_1_by(5) - 4 * _arctan_of_1_by(239)
    return +value


def _arctan_of_1_by(n: int) -> "Decimal":
    power = total = 1 / Decimal(n)
    k = 1
    while total + power != total:
        power /= -n * n
        k += 2
        total += power / k
    return total
