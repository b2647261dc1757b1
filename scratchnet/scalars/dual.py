"""Dual: a number with its derivative, carried along through every rule (forward mode).

A dual number a + a'·ε with ε² = 0 obeys the rules of calculus by plain arithmetic (Clifford 1873; Wengert 1964). Give
one number the derivative 1, run the network, and every result holds its exact derivative in that number: no step size,
no limit, only rounding.

>>> x = Dual(3.0, 1.0)
>>> (x * x + 1).derivative
6.0
"""

from ..core import functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


class Dual:
    """A value and its derivative; comparisons look at the value."""

    __slots__ = ("value", "derivative")

    def __init__(self, value: "Any", derivative: "Any" = 0) -> None:
        self.value = value
        self.derivative = derivative

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.derivative!r})"

    def __bool__(self) -> bool:
        return bool(self.value)

    # No __float__: math.sin(dual) has to fail, for it would lose the derivative.

    # ---- arithmetic ----------------------------------------------------------------------------------------------

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
        slope = n * self.value ** (n - 1) if n else 0
        return Dual(self.value**n, self.derivative * slope)

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.derivative)

    def __abs__(self) -> "Dual":
        return -self if self.value < 0 else self

    # ---- comparisons ---------------------------------------------------------------------------------------------

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

    # ---- functions, each with its derivative ---------------------------------------------------------------------

    def exp(self) -> "Dual":
        e = functions.exp(self.value)
        return Dual(e, self.derivative * e)

    def expm1(self) -> "Dual":
        return Dual(functions.expm1(self.value), self.derivative * functions.exp(self.value))

    def log(self) -> "Dual":
        # At 0 the slope of an arm that `where` does not choose: any number will do, an error would not.
        slope = self.derivative / self.value if self.value else self.derivative
        return Dual(functions.log(self.value), slope)

    def log1p(self) -> "Dual":
        return Dual(functions.log1p(self.value), self.derivative / (1 + self.value))

    def tanh(self) -> "Dual":
        t = functions.tanh(self.value)
        return Dual(t, self.derivative * (1 - t * t))

    def erf(self) -> "Dual":
        slope = (
            2 / functions.sqrt(functions.pi(self.value)) * functions.exp(-self.value * self.value)
        )
        return Dual(functions.erf(self.value), self.derivative * slope)

    def sqrt(self) -> "Dual":
        root = functions.sqrt(self.value)
        return Dual(root, self.derivative / (2 * root) if root else self.derivative)

    def whole(self, n: int) -> "Dual":
        """The whole number n, of the type that this number's value has."""
        return Dual(functions.whole(n, self.value))

    @staticmethod
    def dot(u: "Sequence[Any]", v: "Sequence[Any]") -> "Dual":
        """Σ u·v, whose derivative is Σ u'·v + Σ u·v'; the sums are those of the active kernel."""
        u, v = [_dual(a) for a in u], [_dual(b) for b in v]
        a, da = [x.value for x in u], [x.derivative for x in u]
        b, db = [x.value for x in v], [x.derivative for x in v]
        return Dual(functions.dot(a, b), functions.dot(da, b) + functions.dot(a, db))


def _dual(x: "Any") -> "Dual":
    return x if isinstance(x, Dual) else Dual(x)
