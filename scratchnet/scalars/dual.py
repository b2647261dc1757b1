"""Dual: a number with its derivative, for forward-mode differentiation.

The arithmetic of dual numbers a + a'·ε with ε² = 0 follows the rules of calculus (Clifford 1873;
Wengert 1964). If one number has the derivative 1 and the network runs on it, every result holds its
derivative with respect to that number. There is no step size, and no error except rounding.

>>> x = Dual(3.0, 1.0)
>>> (x * x + 1).derivative
6.0
"""

from ..core import functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


class Dual:
    """A value and its derivative; comparisons use the value only."""

    __slots__ = ("value", "derivative")

    def __init__(self, value: "Any", derivative: "Any" = 0) -> None:
        self.value = value
        self.derivative = derivative

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.derivative!r})"

    def __bool__(self) -> bool:
        return bool(self.value)

    # There is no __float__, because math.sin(dual) would lose the derivative. It raises an error.

    # ---- arithmetic ------------------------------------------------------------------------------

    def __add__(self, other: "Any") -> "Dual":
        b = _dual(other)
        return Dual(self.value + b.value, self.derivative + b.derivative)

    __radd__ = __add__

    def __sub__(self, other: "Any") -> "Dual":
        b = _dual(other)
        return Dual(self.value - b.value, self.derivative - b.derivative)

    def __rsub__(self, other: "Any") -> "Dual":
        return _dual(other) - self

    def __mul__(self, other: "Any") -> "Dual":
        b = _dual(other)
        return Dual(self.value * b.value, self.derivative * b.value + self.value * b.derivative)

    __rmul__ = __mul__

    def __truediv__(self, other: "Any") -> "Dual":
        b = _dual(other)
        quotient = self.value / b.value
        return Dual(quotient, (self.derivative - quotient * b.derivative) / b.value)

    def __rtruediv__(self, other: "Any") -> "Dual":
        return _dual(other) / self

    def __pow__(self, n: int) -> "Dual":
        factor = n * self.value ** (n - 1) if n else 0
        return Dual(self.value**n, self.derivative * factor)

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.derivative)

    def __abs__(self) -> "Dual":
        return -self if self.value < 0 else self

    # ---- comparisons -----------------------------------------------------------------------------

    def __lt__(self, other: "Any") -> "Any":
        return self.value < _dual(other).value

    def __le__(self, other: "Any") -> "Any":
        return self.value <= _dual(other).value

    def __gt__(self, other: "Any") -> "Any":
        return self.value > _dual(other).value

    def __ge__(self, other: "Any") -> "Any":
        return self.value >= _dual(other).value

    def __eq__(self, other: "Any") -> "Any":
        return self.value == _dual(other).value

    def __ne__(self, other: "Any") -> "Any":
        return self.value != _dual(other).value

    __hash__ = None  # type: ignore[assignment]

    # ---- functions, each with its derivative -----------------------------------------------------

    def exp(self) -> "Dual":
        e = functions.exp(self.value)
        return Dual(e, self.derivative * e)

    def expm1(self) -> "Dual":
        return Dual(functions.expm1(self.value), self.derivative * functions.exp(self.value))

    def log(self) -> "Dual":
        # `where` computes both arms. At 0 its condition must select the other arm, so any number
        # serves as the derivative, and an error must not be raised.
        derivative = self.derivative / self.value if self.value else self.derivative
        return Dual(functions.log(self.value), derivative)

    def log1p(self) -> "Dual":
        return Dual(functions.log1p(self.value), self.derivative / (1 + self.value))

    def tanh(self) -> "Dual":
        t = functions.tanh(self.value)
        return Dual(t, self.derivative * (1 - t * t))

    def erf(self) -> "Dual":
        x = self.value
        factor = 2 / functions.sqrt(functions.pi(x)) * functions.exp(-x * x)
        return Dual(functions.erf(x), self.derivative * factor)

    def sqrt(self) -> "Dual":
        root = functions.sqrt(self.value)
        return Dual(root, self.derivative / (2 * root) if root else self.derivative)

    def whole(self, n: int) -> "Dual":
        """Return the integer n in the number type of this value."""
        return Dual(functions.whole(n, self.value))

    @staticmethod
    def dot(u: "Sequence[Any]", v: "Sequence[Any]") -> "Dual":
        """Return Σ u·v with the derivative Σ u'·v + Σ u·v', summed by the active kernel."""
        u, v = [_dual(a) for a in u], [_dual(b) for b in v]
        a, da = [x.value for x in u], [x.derivative for x in u]
        b, db = [x.value for x in v], [x.derivative for x in v]
        return Dual(functions.dot(a, b), functions.dot(da, b) + functions.dot(a, db))


def _dual(x: "Any") -> "Dual":
    return x if isinstance(x, Dual) else Dual(x)
