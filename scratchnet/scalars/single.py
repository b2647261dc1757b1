"""Single: a number of 24 binary digits, as most microcontrollers compute with.

Every operation is rounded to a 32-bit float, and the elementary functions are those of the portable
kernel for 24 digits. A network of these numbers computes, bit for bit, what it computes on a board.

>>> Single(0.1) + Single(0.2), Single(1) / 3, Single(1e39)
(Single(0.3), Single(0.33333334), Single(inf))
>>> Single(2).sqrt(), Single(-1).exp()
(Single(1.4142135), Single(0.36787945))
"""

import importlib.util
import math
import struct

from ..core.functions import ELEMENTARY
from .operations import OPERATIONS, Operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

_FLOAT = struct.Struct("f")


def rounded(x: float) -> float:
    """Return x rounded to 24 binary digits.

    A sum, product, quotient or square root of two such numbers, rounded to 53 digits first, is the
    same: 53 digits are more than twice 24 (Figueroa, "When is double rounding innocuous?", 1995).
    """
    try:
        return float(_FLOAT.unpack(_FLOAT.pack(x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def _quotient(a: float, b: float) -> float:
    """Return a/b by IEEE 754, where x/0 is an infinity or NaN."""
    if b:
        return a / b
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


class Single(Operators):
    """A float of 24 binary digits; ``value`` is the same number as a float of Python."""

    __slots__ = ("value",)

    def __init__(self, x: "Any" = 0) -> None:
        self.value = rounded(float(x))

    def _unary(self, operation: str) -> "Single":
        if operation in ELEMENTARY:
            return Single(KERNEL[operation](self))
        return Single(OPERATIONS[operation].function(self.value))

    def _binary(self, operation: str, a: "Any", b: "Any") -> "Any":
        x, y = [v.value if isinstance(v, Single) else rounded(float(v)) for v in (a, b)]
        if operation == "divide":
            return Single(_quotient(x, y))
        value = OPERATIONS[operation].function(x, y)
        return value if isinstance(value, bool) else Single(value)

    def frexp(self) -> "Tuple[Single, Single]":
        m, k = math.frexp(self.value)
        return Single(m), Single(k)

    def ldexp(self, x: "Any") -> "Single":
        """Return x·2^self."""
        return Single(math.ldexp(float(x), int(self.value)))

    def __hash__(self) -> int:
        return hash(self.value)

    def __float__(self) -> float:
        return self.value

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        """Show as few digits as tell this number from its neighbours."""
        texts = [f"{self.value:.{n}g}" for n in range(1, 10)]
        return f"Single({next((t for t in texts if rounded(float(t)) == self.value), texts[-1])})"


def kernel_of(number: "Any") -> "Dict[str, Any]":
    """Return the portable functions as they are where ``float`` is this number type."""
    name = "scratchnet.core.elementary".replace("scratchnet", __name__.split(".")[0])
    loader: "Any" = importlib.util.find_spec(name).loader  # type: ignore[union-attr]
    module = {"__name__": name, "__package__": name.rsplit(".", 1)[0], "float": number}
    exec(loader.get_code(name), module)
    return module


KERNEL = kernel_of(Single)


def pi(x: "Single") -> "Single":
    """Return π rounded to 24 binary digits."""
    return Single(KERNEL["PI"])
