"""Interval: a number with a proven bound on the error that 32-bit floats make in it.

A rule that runs on these numbers gives the results of real arithmetic, each with a bound on how far
the result of 32-bit floats can be from it. Each number stands for two: the exact one, a, and the
computed one, c.

    ``value``    a 64-bit float near a
    ``radius``   |a - value| is at most this much
    ``error``    |c - a| is at most this much; infinite if there is no bound
    ``parts``    c - a is Σ coefficient·ε + r: {number of an ε: its coefficient}, every |ε| ≤ 1
    ``rest``     |r| is at most this much

Each operation adds an ε of its own for its rounding error. This is running error analysis (Higham,
"Accuracy and stability of numerical algorithms", 2002, section 3.3): the rounding error is bounded
by half a unit in the last place of what is actually computed. The ε, which stay the same in all
numbers that depend on them, are those of affine arithmetic (de Figueiredo & Stolfi, 2004): errors
that cancel, such as those of a logit in both parts of a softmax, cancel in the bound, too. The
bounds are computed in 64-bit floats and rounded up.

What is assumed of the 32-bit floats:

- Every operation rounds to the nearest float, as in IEEE 754, subnormal numbers included. Sums are
  added from left to right. A product and a sum may be rounded together (fused multiply-add), if
  the product is rounded nowhere else.
- The functions exp, tanh, ... are wrong by at most ``UNITS`` units in the last place. Those of this
  package are (core/elementary.py), and so are those of the usual C libraries (Zimmermann et al.,
  "Accuracy of mathematical functions in single, double, extended double and quadruple precision").
- Those of this package for 64-bit floats are wrong by at most 2 units.

A comparison that comes out differently for a and c, or may do so, makes ``where`` return a number
whose bounds hold for both arms. A number that may overflow, or is divided by a number that may be
0, has no bound.

>>> x = Interval(0.1)  # rounded to 0.100000001490116...
>>> x.value, x.error
(0.1, 1.490116...e-09)
>>> y = (x * 3).tanh()
>>> y.error < 2e-7, abs((Single(0.1) * 3).tanh().value - y.value) < y.error
(True, True)
"""

from itertools import count
from math import frexp, ldexp

from ..core import elementary
from ..core.elementary import total  # The built-in sum is compensated on some Pythons.
from .operations import OPERATIONS, Operators
from .single import Single as Single
from .single import rounded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    # An addend: its value, radius and error, what its error depends on, and what else is in it.
    Terms = List[Tuple[float, "Interval"]]
    Addend = Tuple[float, float, float, Terms, float]

UNITS = 3  # the largest error of tanhf in common libraries is 2.2 units
MOST_OF_COS = 1024  # The cosine of this package for 32-bit floats is NaN beyond.
MOST_PARTS = 128  # If there are more, the smallest become one.
LARGEST = (2 - 2.0**-23) * 2.0**127  # of all 32-bit floats
ROUNDING = 2.0**-53  # the largest relative error of an operation on 64-bit floats
FEW = 1 + 2.0**-48  # more than 30 roundings of numbers that are not negative
TINY = 2.0**-1000  # more than what a sum of products can lose by underflow
inf = float("inf")

_number = count()


def _up(bound: float) -> float:
    """Return a bound, computed in a few roundings, rounded up."""
    return bound * FEW + TINY if bound < inf else inf  # NaN is not below inf.


def half_unit(size: float) -> float:
    """Return half of the last place of a 32-bit float of this size, or infinity beyond all floats.

    >>> half_unit(1.0) == 2.0**-24, half_unit(1e-45) == 2.0**-150
    (True, True)
    """
    if not size <= LARGEST:
        return inf
    return ldexp(1.0, max(frexp(size * FEW)[1] - 25, -150)) if size else 0.0


class Condition:
    """The result of a comparison: whether it is true for the exact and for the computed numbers.

    Each is True, False, or None if the bounds do not decide.
    """

    def __init__(self, exact: "Optional[bool]", computed: "Optional[bool]") -> None:
        self.exact, self.computed = exact, computed

    def where(self, a: "Any", b: "Any") -> "Interval":
        """Return a if the comparison is true, else b, or what encloses both."""
        arms = {True: Interval._of(a), False: Interval._of(b)}
        if self.exact is not None and self.exact is self.computed:
            return arms[self.exact]
        exact, computed = [
            list(arms.values()) if known is None else [arms[known]]
            for known in (self.exact, self.computed)
        ]
        value = (exact[0].value + exact[-1].value) / 2
        radius = max([_up(abs(x.value - value) + x.radius) for x in exact])
        return Interval._made(
            value, radius, [], max([_apart(c, x) for c in computed for x in exact])
        )

    def __bool__(self) -> bool:
        if self.exact is None or self.exact is not self.computed:
            raise TypeError("the bounds do not show which is larger; choose with functions.where")
        return self.exact


def _apart(computed: "Interval", exact: "Interval") -> float:
    """Return how far the computed number of one can be from the exact number of another."""
    if computed is exact:
        return exact.error
    return _up(abs(computed.value - exact.value) + computed.radius + exact.radius + computed.error)


class Interval(Operators):
    """An exact number, and what 32-bit floats compute instead; see above."""

    __slots__ = ("value", "radius", "error", "parts", "rest")

    def __init__(self, x: "Any" = 0) -> None:
        self.value = float(x)
        self.radius = 0.0 if self.value == x else _up(ROUNDING * abs(self.value))
        error = self.radius + abs(rounded(self.value) - self.value)
        self.error = error if error < inf else inf  # not NaN
        self.parts: "Dict[int, float]" = {}
        self.rest = self.error

    @classmethod
    def _of(cls, x: "Any") -> "Interval":
        return x if isinstance(x, Interval) else cls(x)

    @classmethod
    def _made(cls, value: float, radius: float, terms: "Terms", local: float) -> "Interval":
        """Return the number whose error is Σ weight·(error of x) over the terms, plus ``local``.

        At most ``local`` is not known better; it gets an ε of its own.
        """
        made = cls.__new__(cls)
        parts: "Dict[int, float]" = {}
        size = 0.0  # of all that is added to the parts
        for weight, x in terms:
            size += abs(weight) * x.error
            local += abs(weight) * x.rest
            for number, coefficient in x.parts.items():
                parts[number] = parts.get(number, 0.0) + weight * coefficient
        if len(parts) > MOST_PARTS:
            small = sorted(parts, key=lambda number: abs(parts[number]))[:-MOST_PARTS]
            local = total([local] + [abs(parts.pop(number)) for number in small])
        if size or local:
            roundings = 4 * len(terms) + len(parts) + 4
            local = _up(local + roundings * ROUNDING * (size + local))
            parts[next(_number)] = local
        error = total([0.0] + [abs(coefficient) for coefficient in parts.values()])
        made.error = error and _up(error * (1 + len(parts) * ROUNDING))
        made.value, made.radius, made.parts, made.rest = value, radius, parts, 0.0
        if not made.error < inf or not radius < inf:
            made.radius, made.error, made.parts, made.rest = inf, inf, {}, inf
        return made

    # ---- arithmetic ------------------------------------------------------------------------------

    def _unary(self, operation: str) -> "Interval":
        if operation == "negate":
            return self._made(-self.value, self.radius, [(-1.0, self)], 0.0)
        if operation == "abs":
            above: Condition = self >= 0
            return above.where(self, -self)
        return self._function(operation)

    def _binary(self, operation: str, a: "Any", b: "Any") -> "Any":
        a, b = self._of(a), self._of(b)
        same = a is b and a.error < inf  # inf - inf is NaN
        if operation == "add":
            return _sum([_itself(a), _itself(b)])
        if operation == "subtract":
            return Interval(0) if same else _sum([_itself(a), _itself(b, -1.0)])
        if operation == "multiply":
            return _sum([_product(a, b)])
        if operation == "divide":
            return _quotient(a, b)
        function = OPERATIONS[operation].function
        if same:
            return Condition(function(0, 0), function(0, 0))
        exact = _decided(function, a, a.radius, b, b.radius)
        return Condition(exact, _decided(function, a, a.radius + a.error, b, b.radius + b.error))

    @staticmethod
    def dot(u: "Sequence[Any]", v: "Sequence[Any]") -> "Interval":
        """Return Σ u·v, added from left to right."""
        return _sum([_product(Interval._of(a), Interval._of(b)) for a, b in zip(u, v)])

    @staticmethod
    def total(values: "Sequence[Any]") -> "Interval":
        """Return the sum, added from left to right."""
        return _sum([_itself(Interval._of(x)) for x in values])

    def whole(self, n: int) -> "Interval":
        """Return the integer n in this number type."""
        return Interval(n)

    # ---- functions -------------------------------------------------------------------------------

    def _function(self, name: str) -> "Interval":
        """Return an elementary function f of the number.

        By the mean value theorem f(c) - f(a) is (c - a)·f'(x), for an x between a and c.
        """
        reach = self.radius + self.error
        low, high = _derivative_bounds(name, _down(self.value, reach), -_down(-self.value, reach))
        steepest = max(abs(low), abs(high))
        value = getattr(elementary, name)(self.value)
        radius = _up(steepest * self.radius + 4 * ROUNDING * abs(value))
        size = abs(value) + radius + steepest * self.error
        local = (high - low) / 2 * self.error + UNITS * 2 * half_unit(_up(size))
        return self._made(value, radius, [((low + high) / 2, self)], local)

    # ---- other -----------------------------------------------------------------------------------

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __repr__(self) -> str:
        return f"Interval({self.value!r}, error={self.error:.3g})"


def pi(x: "Interval") -> "Interval":
    """Return π, which is not the float nearest to it."""
    number = Interval(elementary.PI)
    return Interval._made(number.value, 2 * ROUNDING, [], number.error + 2 * ROUNDING)


# ---- sums, products and quotients ----------------------------------------------------------------


def _itself(x: "Interval", sign: float = 1.0) -> "Addend":
    return sign * x.value, x.radius, x.error, [(sign, x)], 0.0


def _product(a: "Interval", b: "Interval") -> "Addend":
    """Return a·b. Its error is a·(error of b) + b·(error of a), and what is of second order."""
    value = a.value * b.value
    first, second = abs(a.value), abs(b.value)
    radius = _up(first * b.radius + second * a.radius + a.radius * b.radius + ROUNDING * abs(value))
    local = a.radius * b.error + b.radius * a.error + a.error * b.error
    error = _up(first * b.error + second * a.error + local)
    rounding = half_unit(_up(abs(value) + radius + error))
    terms = [(a.value, b)] * (b.error > 0) + [(b.value, a)] * (a.error > 0)
    return value, radius, _up(error + rounding), terms, local + rounding


def _sum(addends: "Sequence[Addend]") -> "Interval":
    """Return the sum, added from left to right.

    A sum of two floats is rounded by at most half a unit of it, and by no more than either of them.
    """
    value, radius, error, terms, local = addends[0]
    terms, grown = list(terms), 1 + 8 * len(addends) * ROUNDING  # for so many roundings
    for x, radius_x, error_x, terms_x, local_x in addends[1:]:
        sizes = [abs(x) + radius_x + error_x, abs(value) + radius + error]
        value += x
        radius += radius_x + ROUNDING * abs(value)
        error += error_x
        rounding = half_unit(_up((abs(value) + radius + error) * grown))
        if rounding < inf:
            rounding = min(rounding, _up(min(sizes) * grown))
        error += rounding
        terms += terms_x
        local += local_x + rounding
    return Interval._made(value, _up(radius * grown), terms, local * grown)


def _quotient(a: "Interval", b: "Interval") -> "Interval":
    """Return a/b.

    With the errors A and B, and q = a/b, (a + A)/(b + B) - q is (A - q·B)/(b + B).
    """
    nearest = _down(abs(b.value), b.radius + b.error)  # how near to 0 the divisor can be
    if not nearest > 0 or not a.error < inf:
        return Interval._made(0.0, inf, [], inf)
    value = a.value / b.value
    radius = _up((a.radius + abs(value) * b.radius) / nearest + ROUNDING * abs(value))
    error = _up((a.error + (abs(value) + radius) * b.error) / nearest)
    local = radius * b.error / nearest + error * (b.radius + b.error) / abs(b.value)
    rounding = half_unit(_up(abs(value) + radius + error))
    terms = [(1 / b.value, a), (-value / b.value, b)]
    return Interval._made(value, radius, terms, _up(local) + rounding)


def _down(x: float, reach: float) -> float:
    """Return x - reach, rounded down."""
    if not reach:
        return x
    low = x - reach
    return low - (abs(low) * 2.0**-48 + reach * 2.0**-48 + TINY)


def _decided(
    function: "Any", a: "Interval", reach_a: float, b: "Interval", reach_b: float
) -> "Optional[bool]":
    """Return what a comparison gives for all numbers within reach, or None if they differ."""
    low_a, high_a = _down(a.value, reach_a), -_down(-a.value, reach_a)
    low_b, high_b = _down(b.value, reach_b), -_down(-b.value, reach_b)
    signs = [-1] * (low_a < high_b) + [1] * (high_a > low_b)
    signs += [0] * (low_a <= high_b and low_b <= high_a)
    results = {bool(function(sign, 0)) for sign in signs}
    return results.pop() if len(results) == 1 else None


# ---- derivatives ---------------------------------------------------------------------------------

# Each grows or falls on either side of 0. Below the second number, there is none.
DERIVATIVES = {
    "exp": (elementary.exp, -inf),
    "expm1": (elementary.exp, -inf),
    "log": (lambda x: 1 / x, 0.0),
    "log1p": (lambda x: 1 / (1 + x), -1.0),
    "tanh": (lambda x: 1 - elementary.tanh(x) * elementary.tanh(x), -inf),
    "erf": (lambda x: (1 + elementary.ROOT_EXCESS) * elementary.exp(-x * x), -inf),
    "sqrt": (lambda x: 1 / (2 * elementary.sqrt(x)), 0.0),
}


def _derivative_bounds(name: str, low: float, high: float) -> "Tuple[float, float]":
    """Return bounds of the derivative of a function between two numbers."""
    if name == "cos":
        known = -MOST_OF_COS <= low <= high <= MOST_OF_COS
        return (-1.0, 1.0) if known else (-inf, inf)
    derivative, start = DERIVATIVES[name]
    if not start < low <= high < inf:
        return -inf, inf
    found = [derivative(x) for x in ([low, 0.0, high] if low < 0 < high else [low, high])]
    margin = 2.0**-48 * (1 + max(map(abs, found)))
    return min(found) - margin, max(found) + margin
