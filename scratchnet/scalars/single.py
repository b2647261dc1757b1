"""Single: a 32-bit float (24 binary digits), the type that most microcontrollers compute with.

Every operation is rounded to a 32-bit float, and the elementary functions are those of the portable
kernel for 24 digits. A network of these numbers computes, bit for bit, what it computes on a board.

>>> Single(0.1) + Single(0.2), Single(1) / 3, Single(1e39)
(Single(0.3), Single(0.33333334), Single(inf))
>>> Single(2).sqrt(), Single(-1).exp()
(Single(1.4142135), Single(0.36787945))
"""

import math
import struct
from numbers import Number

from ..core import elementary
from ..core.functions import ELEMENTARY
from .operations import OPERATIONS, Operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

_FLOAT = struct.Struct("f")


def rounded(x: "Any") -> float:
    """Return a number of any type rounded to 24 binary digits; infinity if it is too large.

    A sum, product, quotient or square root of two such numbers, rounded to 53 digits first, is the
    same: 53 digits are more than twice 24 (Figueroa, "When is double rounding innocuous?", 1995).
    """
    try:
        return float(_FLOAT.unpack(_FLOAT.pack(float(x)))[0])
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def _quotient(a: float, b: float) -> float:
    """Return a/b by IEEE 754, where x/0 is an infinity or NaN."""
    if b:
        return a / b
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


class Single(Operators):
    """A float of 24 binary digits; ``value`` is the same number as a float of Python."""

    __slots__ = ("value",)

    def __init__(self, x: "Any" = 0) -> None:
        self.value = rounded(x)

    def _unary(self, operation: str) -> "Single":
        if operation in ELEMENTARY:
            return type(self)(kernel()[operation](self))
        return type(self)(OPERATIONS[operation].function(self.value))

    def _binary(self, operation: str, a: "Any", b: "Any") -> "Any":
        kind = type(self)
        try:
            x, y = [v.value if isinstance(v, kind) else _number(v) for v in (a, b)]
        except TypeError:  # no number, or a complex one
            return NotImplemented
        if operation == "divide":
            return kind(_quotient(x, y))
        value = OPERATIONS[operation].function(x, y)
        return value if isinstance(value, bool) else kind(value)

    def frexp(self) -> "Tuple[Single, Single]":
        m, k = math.frexp(self.value)
        return type(self)(m), type(self)(k)

    def ldexp(self, x: "Any") -> "Single":
        """Return x·2^self."""
        k = max(-1000.0, min(self.value, 500.0))  # 2^500 is infinite, 2^-1000 is 0
        return type(self)(math.ldexp(float(x), int(k)))

    def __hash__(self) -> int:
        """Equal to the hash of an equal int, but not of a float that is rounded to this number."""
        return hash(self.value)

    def __float__(self) -> float:
        return self.value

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        """Return the fewest digits that distinguish this number from its neighbors."""
        texts = [f"{self.value:.{n}g}" for n in range(1, 10)]
        return next((t for t in texts if rounded(float(t)) == self.value), texts[-1])

    def __repr__(self) -> str:
        return f"Single({self})"


def _number(x: "Any") -> float:
    if not isinstance(x, Number):
        raise TypeError(f"{x!r} is not a number")
    return rounded(x)


def kernel_of(number: "Any") -> "Dict[str, Any]":
    """Return the portable functions as they are where ``float`` is this number type."""
    name, spec = elementary.__name__, elementary.__spec__  # type: Any, Any
    module = {"__name__": name, "__package__": elementary.__package__, "float": number}
    exec(spec.loader.get_code(name), module)
    return module


_kernel: "Dict[str, Any]" = {}


def kernel() -> "Dict[str, Any]":
    """Return the portable functions for 24 digits."""
    if not _kernel:
        _kernel.update(kernel_of(Single))
    return _kernel


def pi(x: "Single") -> "Single":
    """Return π rounded to 24 binary digits."""
    return type(x)(kernel()["PI"])
