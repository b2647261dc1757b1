"""What ``decimal.Decimal`` lacks of the elementary functions, to the context's precision.

Decimal has exp, ln and sqrt of its own, correctly rounded; the others are computed with digits to spare and rounded
once at the end.

>>> from decimal import Decimal, localcontext
>>> with localcontext() as context:
...     context.prec = 40
...     tanh(Decimal(1)), erf(Decimal(1))
(Decimal('0.7615941559557648881194582826047935904128'), Decimal('0.8427007929497148693412206350826092592961'))
"""

from decimal import Decimal as Decimal
from decimal import localcontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def _with_digits_to_spare(
    function: "Callable[[Decimal], Decimal]",
) -> "Callable[[Decimal], Decimal]":
    """Twice the digits, and as many as a small x has leading zeros, which differences such as e^x - 1 cancel.

    Where x is so small that the function is a straight line to twice the digits, the line's slope, taken from a less
    small x, saves their number.
    """

    def rounded_once(x: "Decimal") -> "Decimal":
        if not x:
            return function(x)
        with localcontext() as context:
            context.prec = 2 * context.prec + 10
            zeros = max(0, -x.adjusted())
            straight = max(0, zeros - context.prec)
            context.prec += zeros - straight
            value = function(x.scaleb(straight)).scaleb(-straight)
        return +value

    rounded_once.__name__ = function.__name__
    rounded_once.__doc__ = function.__doc__
    return rounded_once


def log(x: "Decimal") -> "Decimal":
    """The natural logarithm; minus infinity at 0, NaN below, as of floats."""
    return Decimal("NaN") if x < 0 else x.ln()


@_with_digits_to_spare
def expm1(x: "Decimal") -> "Decimal":
    """e to the power x, minus 1."""
    return x.exp() - 1


@_with_digits_to_spare
def log1p(x: "Decimal") -> "Decimal":
    """The natural logarithm of 1 + x."""
    return log(1 + x)


@_with_digits_to_spare
def tanh(x: "Decimal") -> "Decimal":
    """The hyperbolic tangent."""
    e = (-2 * abs(x)).exp()
    return ((1 - e) / (1 + e)).copy_sign(x)


@_with_digits_to_spare
def erf(x: "Decimal") -> "Decimal":
    """The error function: Maclaurin's series; its terms cancel fewer than x² digits."""
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
    """The cosine of x radians: Maclaurin's series, of x within one turn; its terms cancel few digits."""
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
    """Pi, by Machin's formula 16·arctan(1/5) - 4·arctan(1/239) (1706); x only tells the type."""
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
