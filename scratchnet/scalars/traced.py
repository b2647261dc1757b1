"""Traced: a number that remembers how it was computed.

If a rule runs on traced numbers instead of floats, its result has the same value and the record of
the arithmetic: ``value``, ``operation``, ``operands``, the ``source`` (file and line) of the rule
that computed it, and a ``name`` if it was given one. The printers in explanation/ read this record.

>>> w, x, b = Traced(0.5, name="w"), Traced(3, name="x"), Traced(1, name="b")
>>> z = w * x + b
>>> z.value, z.operation, [operand.operation for operand in z.operands]
(2.5, 'add', ['multiply', ''])
"""

import operator
import sys

from ..core import elementary, functions, matrix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Sequence, Tuple

    Source = Optional[Tuple[str, int]]

# The modules that a rule calls. The frame of the rule is the first one outside these.
_CALLED_BY_RULES = {__name__, elementary.__name__, functions.__name__, matrix.__name__}


def _rule() -> "Source":
    """Return the file and line of the rule that is running."""
    frame = sys._getframe(2)
    while frame.f_globals.get("__name__") in _CALLED_BY_RULES and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _traced(x: "Any") -> "Traced":
    return x if isinstance(x, Traced) else Traced(x)


def _unary(operation: str, function: "Callable[[Any], Any]") -> "Callable[[Traced], Traced]":
    return lambda a: Traced(function(a.value), operation, (a,), source=_rule())


def _binary(
    operation: str, function: "Callable[[Any, Any], Any]"
) -> "Callable[[Any, Any], Traced]":
    def method(a: "Any", b: "Any") -> "Traced":
        a, b = _traced(a), _traced(b)
        return Traced(function(a.value, b.value), operation, (a, b), source=_rule())

    return method


def _swapped(method: "Callable[[Any, Any], Traced]") -> "Callable[[Any, Any], Traced]":
    return lambda b, a: method(a, b)


class Traced:
    """A number and how it was computed; ``operation`` is empty for inputs and constants."""

    __slots__ = ("value", "operation", "operands", "name", "source")

    def __init__(
        self,
        value: "Any",
        operation: str = "",
        operands: "Tuple[Traced, ...]" = (),
        name: str = "",
        source: "Source" = None,
    ) -> None:
        self.value = value
        self.operation = operation
        self.operands = operands
        self.name = name
        self.source = source

    __add__ = _binary("add", operator.add)
    __sub__ = _binary("subtract", operator.sub)
    __mul__ = _binary("multiply", operator.mul)
    __truediv__ = _binary("divide", operator.truediv)
    __radd__ = _swapped(__add__)
    __rsub__ = _swapped(__sub__)
    __rmul__ = _swapped(__mul__)
    __rtruediv__ = _swapped(__truediv__)
    __neg__ = _unary("negate", operator.neg)
    __abs__ = _unary("abs", abs)

    __lt__ = _binary("less", operator.lt)
    __le__ = _binary("less or equal", operator.le)
    __gt__ = _binary("greater", operator.gt)
    __ge__ = _binary("greater or equal", operator.ge)
    __eq__ = _binary("equal", operator.eq)  # type: ignore[assignment]
    __ne__ = _binary("unequal", operator.ne)  # type: ignore[assignment]
    __hash__ = object.__hash__

    exp = _unary("exp", functions.exp)
    expm1 = _unary("expm1", functions.expm1)
    log = _unary("log", functions.log)
    log1p = _unary("log1p", functions.log1p)
    tanh = _unary("tanh", functions.tanh)
    erf = _unary("erf", functions.erf)
    sqrt = _unary("sqrt", functions.sqrt)
    cos = _unary("cos", functions.cos)

    @staticmethod
    def dot(u: "Sequence[Any]", v: "Sequence[Any]") -> "Traced":
        """Return Σ u·v as one operation with the operands u[0], v[0], u[1], v[1], ..."""
        operands = [x if type(x) is Traced else Traced(x) for pair in zip(u, v) for x in pair]
        value = functions.dot([a.value for a in operands[::2]], [b.value for b in operands[1::2]])
        return Traced(value, "dot", tuple(operands), source=_rule())

    @staticmethod
    def total(values: "Sequence[Any]") -> "Traced":
        """Return the sum as one operation."""
        operands = tuple([_traced(operand) for operand in values])
        value = functions.total([a.value for a in operands])
        return Traced(value, "total", operands, source=_rule())

    @staticmethod
    def largest_of(values: "Sequence[Any]") -> "Traced":
        """Return the largest value as one operation."""
        operands = tuple([_traced(operand) for operand in values])
        value = functions.largest_of([a.value for a in operands])
        return Traced(value, "max", operands, source=_rule())

    def power(self, n: int) -> "Traced":
        """Return the n-th power, for an integer n, as one operation."""
        return Traced(functions.power(self.value, n), "power", (self, Traced(n)), source=_rule())

    def whole(self, n: int) -> "Traced":
        """Return the integer n in the number type of this value."""
        return Traced(functions.whole(n, self.value))

    def where(self, a: "Any", b: "Any") -> "Traced":
        """Return a if this comparison is true, else b."""
        a, b = _traced(a), _traced(b)
        return Traced(a.value if self.value else b.value, "where", (self, a, b), source=_rule())

    def __pow__(self, n: "Any") -> "Traced":
        return Traced(self.value**n, "power", (self, Traced(n)), source=_rule())

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return "Traced({!r})".format(self.value)


def pi(x: "Traced") -> "Traced":
    """Return π in the number type of this value."""
    return Traced(functions.pi(x.value))
