"""Symbolic: a number whose value is not known yet, and the arithmetic that computes it.

If a rule runs on symbolic numbers instead of floats, its result is the arithmetic itself: a record
of operations on named inputs and constants, like the record of ``Traced``. codegen/ prints it as
Python or C.

Constants are folded only if no bit of a result can change: in operations on two constants, x·1, x/1
and x - 0, and in products with a 0 of the data (see ``kind`` below).

>>> w, x = Symbolic(name="w"), Symbolic(name="x")
>>> z = w * x + 1
>>> z.operation, [operand.operation or operand.name or operand.value for operand in z.operands]
('add', ['multiply', 1.0])
>>> (Symbolic(0.1) + 0.2).value, (x * 1).name
(0.30000000000000004, 'x')
"""

from _thread import get_ident
from itertools import count

from ..core import functions
from .operations import OPERATIONS, PRIMITIVES, Operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Sequence, Tuple

_serial = count()
refusals: "Dict[int, int]" = {}  # {thread: how many Undecided were raised in it}


class Undecided(TypeError):
    """An error: a rule needs a truth value or a float, which a symbolic number does not have."""

    def __init__(self, message: str) -> None:
        TypeError.__init__(self, message)
        refusals[get_ident()] = refusals_so_far() + 1


def refusals_so_far() -> int:
    """Return how many of these errors were raised in this thread; a rule may have caught some."""
    return refusals.get(get_ident(), 0)


def _fold(operation: str, a: "Symbolic", b: "Symbolic") -> "Optional[Symbolic]":
    """Return the result of an operation that needs no computation, or None."""
    if operation == "multiply":
        if a.is_absent or b.is_absent:
            return a if a.is_absent else b
        if "unit" in (a.kind, b.kind) and (a.is_constant or b.is_constant):
            return None  # The constant alone would not show that there is one per sample.
        return b if a.is_one else a if b.is_one else None
    if operation == "divide":
        return a if b.is_constant and b.value == 1 or a.is_absent else None
    if operation == "subtract":
        is_zero = b.is_constant and b.value == 0 and (b.is_absent or str(b.value) != "-0.0")
        return a if is_zero else None
    if operation == "add":
        return a if b.is_absent else b if a.is_absent else None
    return None


class Symbolic(Operators):
    """A constant (``value``), an input (``name``), or an ``operation`` on ``operands``.

    ``sample``   the sample of the batch that an input belongs to; None for inputs of the network
    ``kind``     what is known about an input: "unit" is a sample weight that is always 1; "absent"
                 is a 0 in the data, which is left out of every sum. For finite numbers, leaving it
                 out can only change the sign of a zero, which changes no weight (except one that is
                 -0.0 from the start), no loss and no prediction.
    ``serial``   increases with each new number, so operands come before their results
    """

    __slots__ = ("value", "operation", "operands", "name", "sample", "kind", "serial")

    rounded: "Any" = float  # what makes a constant of a number

    def __init__(
        self,
        value: "Any" = None,
        operation: str = "",
        operands: "Tuple[Symbolic, ...]" = (),
        name: str = "",
        sample: "Optional[int]" = None,
        kind: str = "",
    ) -> None:
        self.value = None if value is None else self.rounded(value)
        self.operation = operation
        self.operands = operands
        self.name = name
        self.sample = sample
        self.kind = kind
        self.serial = next(_serial)

    @property
    def is_constant(self) -> bool:
        return self.value is not None

    @property
    def is_one(self) -> bool:
        return self.kind == "unit" or self.value == 1

    @property
    def is_absent(self) -> bool:
        return self.kind == "absent"

    @classmethod
    def _of(cls, x: "Any") -> "Symbolic":
        return x if isinstance(x, Symbolic) else cls(x)

    def _unary(self, operation: str) -> "Any":
        if self.is_constant:
            return type(self)(OPERATIONS[operation].function(self.value))
        return type(self)(None, operation, (self,))

    def _binary(self, operation: str, a: "Any", b: "Any") -> "Any":
        a, b = self._of(a), self._of(b)
        if a.is_constant and b.is_constant and (b.value or operation != "divide"):
            value = OPERATIONS[operation].function(a.value, b.value)
            return value if isinstance(value, bool) else type(self)(value)  # bool: a comparison
        folded = _fold(operation, a, b)
        return type(self)(None, operation, (a, b)) if folded is None else folded

    @classmethod
    def dot(cls, u: "Sequence[Any]", v: "Sequence[Any]") -> "Any":
        """Return Σ u·v as one operation with the operands u[0], v[0], u[1], v[1], ..."""
        pairs = [(cls._of(a), cls._of(b)) for a, b in zip(u, v)]
        present = [x for a, b in pairs if not (a.is_absent or b.is_absent) for x in (a, b)]
        if len(present) == 2:
            return present[0] * present[1]
        return cls(None, "dot", tuple(present)) if present else ABSENT

    @classmethod
    def total(cls, values: "Sequence[Any]") -> "Any":
        """Return the sum as one operation."""
        present = [v for v in map(cls._of, values) if not v.is_absent]
        if len(present) == 1:
            return present[0]
        return cls(None, "total", tuple(present)) if present else ABSENT

    def whole(self, n: int) -> "Any":
        """Return the integer n as a constant."""
        return type(self)(n)

    def power(self, n: "Any") -> "Any":
        """Return the n-th power: products for an integer n, one operation for a symbolic one."""
        if isinstance(n, Symbolic):
            return type(self)(None, "power", (self, n))
        return functions.by_squaring(self, n)

    def where(self, a: "Any", b: "Any") -> "Any":
        """Return a if this comparison is true, else b."""
        return type(self)(None, "where", (self, self._of(a), self._of(b)))

    def frexp(self) -> "Tuple[Any, Any]":
        """Return the parts of the portable ``frexp`` as two operations."""
        return self._primitive("mantissa", self), self._primitive("exponent", self)

    def ldexp(self, x: "Any") -> "Any":
        """Return x·2^self."""
        return self._primitive("ldexp", self._of(x), self)

    def _primitive(self, operation: str, *operands: "Symbolic") -> "Any":
        if all([x.is_constant for x in operands]):
            return type(self)(PRIMITIVES[operation].function(*[x.value for x in operands]))
        return type(self)(None, operation, operands)

    def __bool__(self) -> bool:
        raise Undecided("a symbolic number is neither true nor false; choose with functions.where")

    def __float__(self) -> float:
        raise Undecided(
            "a symbolic number is not a float; "
            "compute with scratchnet.core.functions instead of math"
        )

    __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = __float__

    def __repr__(self) -> str:
        return f"Symbolic({self.name or self.operation or self.value!r})"


ABSENT = Symbolic(0, kind="absent")


def pi(x: "Symbolic") -> "Symbolic":
    """Return π rounded to a constant."""
    return type(x)(functions.pi(0.0))
