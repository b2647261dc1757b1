"""The operations of a record, each written once: how it is computed, and how it is written.

    OPERATIONS    {name in a record: Operation}
    INFIX         those whose sign is written between two operands
    PRIMITIVES    those that only the portable functions use, and only ``Symbolic`` records
    Operators     the base class of number types with one method for all of them

``Traced`` and ``Symbolic`` record these operations. The printers in codegen/ and explanation/ write
them: they take precedences and signs from here, and spell only what differs between languages.

>>> divide = OPERATIONS["divide"]
>>> divide.function(1, 4), divide.sign, divide.formula_sign
(0.25, ' / ', '/')
"""

import operator

from ..core import elementary, functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Tuple, TypeVar

    Self = TypeVar("Self", bound="Operators")

# Precedences in Python, in C and in formulas, from the lowest. An expression needs parentheses if
# its precedence is lower than its context requires.
CHOICE, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(6)


class Operation:
    """An operation of a record.

    ``name``           its name in the record
    ``function``       the function that computes it from plain numbers
    ``precedence``     the precedence of its expression
    ``operands``       the precedence that each operand needs; empty for any number of operands
    ``sign``           its sign in Python and in C, with spaces; empty for a call of a function, and
                       for what each language writes in its own way
    ``formula_sign``   its sign or its name in formulas; by default the same
    """

    def __init__(
        self,
        name: str,
        function: "Callable[..., Any]",
        precedence: int,
        operands: "Tuple[int, ...]",
        sign: str = "",
        formula_sign: str = "",
    ) -> None:
        self.name = name
        self.function = function
        self.precedence = precedence
        self.operands = operands
        self.sign = sign
        self.formula_sign = formula_sign or sign


# a + (b + c) keeps its parentheses, as a - (b - c) does: the order of additions decides the bits.
_INFIX = [
    Operation("add", operator.add, SUM, (SUM, PRODUCT), " + "),
    Operation("subtract", operator.sub, SUM, (SUM, PRODUCT), " - ", " − "),
    Operation("multiply", operator.mul, PRODUCT, (PRODUCT, SIGN), " * ", "·"),
    Operation("divide", operator.truediv, PRODUCT, (PRODUCT, SIGN), " / ", "/"),
    Operation("less", operator.lt, COMPARISON, (SUM, SUM), " < "),
    Operation("less or equal", operator.le, COMPARISON, (SUM, SUM), " <= ", " ≤ "),
    Operation("greater", operator.gt, COMPARISON, (SUM, SUM), " > "),
    Operation("greater or equal", operator.ge, COMPARISON, (SUM, SUM), " >= ", " ≥ "),
    Operation("equal", operator.eq, COMPARISON, (SUM, SUM), " == ", " = "),
    Operation("unequal", operator.ne, COMPARISON, (SUM, SUM), " != ", " ≠ "),
]
_FUNCTIONS = [
    Operation(name, getattr(functions, name), ATOM, (CHOICE,), "", {"log": "ln"}.get(name, ""))
    for name in functions.ELEMENTARY
]
_OTHERS = [
    Operation("negate", operator.neg, SIGN, (ATOM,), "-", "−"),
    Operation("abs", abs, ATOM, (CHOICE,)),
    Operation("where", functions.where, CHOICE, (COMPARISON, COMPARISON, CHOICE)),
    Operation("power", functions.power, ATOM, (ATOM, ATOM)),
    Operation("dot", lambda *v: functions.dot(list(v[::2]), list(v[1::2])), SUM, ()),
    Operation("total", lambda *v: functions.total(list(v)), SUM, ()),
    Operation("max", lambda *v: functions.largest_of(list(v)), ATOM, ()),
]
_PRIMITIVES = [
    Operation("mantissa", lambda x: elementary.frexp(x)[0], ATOM, (CHOICE,)),
    Operation("exponent", lambda x: elementary.frexp(x)[1], ATOM, (CHOICE,)),
    Operation("ldexp", elementary.ldexp, ATOM, (CHOICE, CHOICE)),
]
INFIX = {operation.name: operation for operation in _INFIX}
OPERATIONS = {operation.name: operation for operation in _INFIX + _FUNCTIONS + _OTHERS}
PRIMITIVES = {operation.name: operation for operation in _PRIMITIVES}


class Operators:
    """The operators and functions of a number type.

    A subclass defines ``_unary`` and ``_binary``, which record an operation or compute it.
    """

    __slots__ = ()

    def _unary(self: "Self", operation: str) -> "Self":
        """Return the result of the named operation on this number."""
        raise NotImplementedError

    def _binary(self: "Self", operation: str, a: "Any", b: "Any") -> "Self":
        """Return the result of the named operation on a and b, one of which is this number."""
        raise NotImplementedError

    # ---- arithmetic ------------------------------------------------------------------------------

    def __add__(self: "Self", other: "Any") -> "Self":
        return self._binary("add", self, other)

    def __radd__(self: "Self", other: "Any") -> "Self":
        return self._binary("add", other, self)

    def __sub__(self: "Self", other: "Any") -> "Self":
        return self._binary("subtract", self, other)

    def __rsub__(self: "Self", other: "Any") -> "Self":
        return self._binary("subtract", other, self)

    def __mul__(self: "Self", other: "Any") -> "Self":
        return self._binary("multiply", self, other)

    def __rmul__(self: "Self", other: "Any") -> "Self":
        return self._binary("multiply", other, self)

    def __truediv__(self: "Self", other: "Any") -> "Self":
        return self._binary("divide", self, other)

    def __rtruediv__(self: "Self", other: "Any") -> "Self":
        return self._binary("divide", other, self)

    def __neg__(self: "Self") -> "Self":
        return self._unary("negate")

    def __abs__(self: "Self") -> "Self":
        return self._unary("abs")

    # ---- comparisons -----------------------------------------------------------------------------

    def __lt__(self, other: "Any") -> "Any":
        return self._binary("less", self, other)

    def __le__(self, other: "Any") -> "Any":
        return self._binary("less or equal", self, other)

    def __gt__(self, other: "Any") -> "Any":
        return self._binary("greater", self, other)

    def __ge__(self, other: "Any") -> "Any":
        return self._binary("greater or equal", self, other)

    def __eq__(self, other: "Any") -> "Any":
        return self._binary("equal", self, other)

    def __ne__(self, other: "Any") -> "Any":
        return self._binary("unequal", self, other)

    # ---- functions -------------------------------------------------------------------------------

    def exp(self: "Self") -> "Self":
        return self._unary("exp")

    def expm1(self: "Self") -> "Self":
        return self._unary("expm1")

    def log(self: "Self") -> "Self":
        return self._unary("log")

    def log1p(self: "Self") -> "Self":
        return self._unary("log1p")

    def tanh(self: "Self") -> "Self":
        return self._unary("tanh")

    def erf(self: "Self") -> "Self":
        return self._unary("erf")

    def sqrt(self: "Self") -> "Self":
        return self._unary("sqrt")

    def cos(self: "Self") -> "Self":
        return self._unary("cos")
