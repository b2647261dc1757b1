"""Traced: a number that remembers how it was computed.

If a rule runs on traced numbers instead of floats, its result has the same value and the record of
the arithmetic: ``value``, ``operation``, ``operands``, the ``source`` (file and line) of the rule
that computed it, and a ``name`` if it was given one. The printers in explanation/ read this record.

>>> w, x, b = Traced(0.5, name="w"), Traced(3, name="x"), Traced(1, name="b")
>>> z = w * x + b
>>> z.value, z.operation, [operand.operation for operand in z.operands]
(2.5, 'add', ['multiply', ''])
"""

import sys

from ..core import elementary, functions, matrix
from .operations import OPERATIONS, Operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Sequence, Tuple

    Source = Optional[Tuple[str, int]]

# The modules that a rule calls. The frame of the rule is the first one outside these.
_CALLED_BY_RULES = {__name__, elementary.__name__, functions.__name__, matrix.__name__}


def _rule(calls: int = 3) -> "Source":
    """Return the file and line of the rule that is running.

    It is at least ``calls`` calls away: by default those of an operator, ``_binary`` and this
    function. Their frames are skipped unseen, which is faster than to look at each.
    """
    frame = sys._getframe(calls)
    while frame.f_globals.get("__name__") in _CALLED_BY_RULES and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


class Traced(Operators):
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

    __hash__ = object.__hash__

    def _unary(self, operation: str) -> "Traced":
        value = OPERATIONS[operation].function(self.value)
        return Traced(value, operation, (self,), source=_rule())

    def _binary(self, operation: str, a: "Any", b: "Any") -> "Traced":
        a = a if isinstance(a, Traced) else Traced(a)
        b = b if isinstance(b, Traced) else Traced(b)
        value = OPERATIONS[operation].function(a.value, b.value)
        return Traced(value, operation, (a, b), source=_rule())

    @staticmethod
    def _record(operation: str, operands: "Sequence[Any]") -> "Traced":
        """Return the result of an operation on any number of operands."""
        numbers = tuple([x if isinstance(x, Traced) else Traced(x) for x in operands])
        value = OPERATIONS[operation].function(*[x.value for x in numbers])
        return Traced(value, operation, numbers, source=_rule())

    @staticmethod
    def dot(u: "Sequence[Any]", v: "Sequence[Any]") -> "Traced":
        """Return Σ u·v as one operation with the operands u[0], v[0], u[1], v[1], ..."""
        return Traced._record("dot", [x for pair in zip(u, v) for x in pair])

    @staticmethod
    def total(values: "Sequence[Any]") -> "Traced":
        """Return the sum as one operation."""
        return Traced._record("total", values)

    @staticmethod
    def largest_of(values: "Sequence[Any]") -> "Traced":
        """Return the largest value as one operation."""
        return Traced._record("max", values)

    def power(self, n: int) -> "Traced":
        """Return the n-th power, for an integer n, as one operation."""
        return self._binary("power", self, n)

    def where(self, a: "Any", b: "Any") -> "Traced":
        """Return a if this comparison is true, else b."""
        return self._record("where", (self, a, b))

    def whole(self, n: int) -> "Traced":
        """Return the integer n in the number type of this value."""
        return Traced(functions.whole(n, self.value))

    def __pow__(self, n: "Any") -> "Traced":
        return Traced(self.value**n, "power", (self, Traced(n)), source=_rule(2))

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return "Traced({!r})".format(self.value)


def pi(x: "Traced") -> "Traced":
    """Return π in the number type of this value."""
    return Traced(functions.pi(x.value))
