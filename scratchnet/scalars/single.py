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
import operator
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Tuple

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


def _single(x: "Any") -> "Single":
    return x if isinstance(x, Single) else Single(x)


def _binary(function: "Callable[[Any, Any], Any]") -> "Callable[[Single, Any], Single]":
    def method(a: "Single", b: "Any") -> "Single":
        return Single(function(a.value, _single(b).value))

    return method


def _swapped(method: "Callable[[Single, Any], Single]") -> "Callable[[Single, Any], Single]":
    return lambda b, a: method(_single(a), b)


def _comparison(function: "Callable[[Any, Any], Any]") -> "Callable[[Single, Any], bool]":
    return lambda a, b: bool(function(a.value, _single(b).value))


def _quotient(a: float, b: float) -> float:
    """Return a/b by IEEE 754, where x/0 is an infinity or NaN."""
    if b:
        return a / b
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


def _elementary(name: str) -> "Callable[[Single], Single]":
    return lambda x: _single(KERNEL[name](x))


class Single:
    """A float of 24 binary digits; ``value`` is the same number as a float of Python."""

    __slots__ = ("value",)

    def __init__(self, x: "Any" = 0) -> None:
        self.value = rounded(float(x))

    __add__ = _binary(operator.add)
    __sub__ = _binary(operator.sub)
    __mul__ = _binary(operator.mul)
    __truediv__ = _binary(_quotient)
    __radd__ = _swapped(__add__)
    __rsub__ = _swapped(__sub__)
    __rmul__ = _swapped(__mul__)
    __rtruediv__ = _swapped(__truediv__)

    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)

    exp = _elementary("exp")
    expm1 = _elementary("expm1")
    log = _elementary("log")
    log1p = _elementary("log1p")
    tanh = _elementary("tanh")
    erf = _elementary("erf")
    sqrt = _elementary("sqrt")
    cos = _elementary("cos")

    def frexp(self) -> "Tuple[Single, Single]":
        m, k = math.frexp(self.value)
        return Single(m), Single(k)

    def ldexp(self, x: "Any") -> "Single":
        """Return x·2^self."""
        return Single(math.ldexp(float(x), int(self.value)))

    def __neg__(self) -> "Single":
        return Single(-self.value)

    def __abs__(self) -> "Single":
        return Single(abs(self.value))

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


def _kernel_of(number: "Any") -> "Dict[str, Any]":
    """Return the portable functions as they are where ``float`` is this number type."""
    name = "scratchnet.core.elementary".replace("scratchnet", __name__.split(".")[0])
    loader: "Any" = importlib.util.find_spec(name).loader  # type: ignore[union-attr]
    module = {"__name__": name, "__package__": name.rsplit(".", 1)[0], "float": number}
    exec(loader.get_code(name), module)
    return module


KERNEL = _kernel_of(Single)


def pi(x: "Single") -> "Single":
    """Return π rounded to 24 binary digits."""
    return _single(KERNEL["PI"])
