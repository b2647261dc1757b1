"""The record of a step with fewer operations, which give the same bits.

A rule computes both arms of each choice, ``where(condition, a, b)``. In an arm the condition is
known, so that more is known there:

- e^-|z| is e^-z where z >= 0, and e^z elsewhere;
- a comparison of a number with a constant may be decided: 1/(1 + e^-z) >= 1/2 where z >= 0;
- an operation on a choice between constants is a choice between other constants.

>>> from scratchnet.core.functions import sigmoid, where
>>> z = Symbolic(name="z")
>>> [a] = simplified([where(sigmoid(z) >= 0.5, 1, 0) - 1])
>>> a.operation, a.operands[1].value, a.operands[2].operation
('where', 0.0, 'where')
"""

import math
import operator

from ..scalars import Symbolic
from ..scalars.operations import COMPARISON, INFIX, OPERATIONS
from .program import Printer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    Bounds = Tuple[float, float]

ARITHMETIC = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}
UNKNOWN = -math.inf, math.inf


def simplified(outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
    """Return the outputs, computed with fewer operations."""
    record = Printer(outputs)
    if not any([node.operation == "where" for node in record.numbers]):
        return list(outputs)
    new = Simplification(record).new
    return [new[id(output)] for output in record.outputs]


class Simplification:
    """The numbers of a record, made again.

    ``new``    for the id of each number, the number that replaces it
    ``uses``   how often each new number is used
    """

    def __init__(self, record: "Printer") -> None:
        self.new: "Dict[int, Symbolic]" = {}
        self.uses = dict(record.uses)
        self.signs = {id(v.operands[0].operands[0]) for v in record.numbers if is_choice_of_sign(v)}
        for node in record.numbers:
            made = self.made(node) if node.operation else node
            self.new[id(node)] = made
            self.uses[id(made)] = record.uses.get(id(node), 0)

    def made(self, node: "Symbolic") -> "Symbolic":
        """Return the number that replaces an operation."""
        operands = tuple([self.new[id(v)] for v in node.operands])
        made: "Optional[Symbolic]" = None
        if node.operation == "where":
            made = self.decided(node, *operands)
        elif node.operation in ARITHMETIC:
            made = self.folded(node.operation, operands)
        elif node.operation == "exp":
            z = minus_abs_of(node.operands[0])
            if z is not None and id(z) in self.signs:
                z = self.new[id(z)]
                made = (z >= 0).where((-z).exp(), z.exp())
        return Symbolic(None, node.operation, operands) if made is None else made

    def decided(
        self, node: "Symbolic", comparison: "Symbolic", a: "Symbolic", b: "Symbolic"
    ) -> "Optional[Symbolic]":
        """Return where(c, a, where(q >= k, a, b)) for where(where(c, p, q) >= k, a, b).

        This is the same if p >= k is certain where c is true.
        """
        outcome = outcome_of(node.operands[0])
        if outcome is None or a.operation or b.operation:
            return None
        choice = comparison.operands[0]
        if choice.operation != "where":
            return None
        condition, _, q = choice.operands
        rest = Symbolic(None, comparison.operation, (q, comparison.operands[1])).where(a, b)
        self.uses[id(rest)] = 1
        return condition.where(a if outcome else b, rest)  # type: ignore[no-any-return]

    def folded(self, operation: str, operands: "Any") -> "Optional[Symbolic]":
        """Return where(c, 0, -1) for where(c, 1, 0) - 1."""
        for place in (0, 1):
            choice, constant = operands[place], operands[1 - place]
            if constant.is_constant and self.is_choice_of_constants(choice):
                try:
                    return self.changed(operation, choice, constant.value, place)
                except ZeroDivisionError:  # The step raises it, too, if it comes to this.
                    return None
        return None

    def is_choice_of_constants(self, node: "Symbolic") -> bool:
        """Return whether a number is one of some constants, and used once."""
        return (
            node.operation == "where"
            and self.uses.get(id(node), 1) == 1
            and all([v.is_constant or self.is_choice_of_constants(v) for v in node.operands[1:]])
        )

    def changed(self, operation: str, node: "Symbolic", constant: float, place: int) -> "Symbolic":
        """Return a choice of constants after the operation with another constant.

        ``place``   where the choice stands in the operation
        """
        if node.operation:
            arms = [self.changed(operation, v, constant, place) for v in node.operands[1:]]
            return node.operands[0].where(*arms)  # type: ignore[no-any-return]
        values = (constant, node.value) if place else (node.value, constant)
        return Symbolic(ARITHMETIC[operation](*values))


# ---- what is known of a number -------------------------------------------------------------------


def is_comparison(node: "Symbolic") -> bool:
    return node.operation in INFIX and INFIX[node.operation].precedence == COMPARISON


def is_choice_of_sign(node: "Symbolic") -> bool:
    """Return whether a number is a choice by z >= 0."""
    if node.operation != "where":
        return False
    condition = node.operands[0]
    return condition.operation == "greater or equal" and condition.operands[1].value == 0


def minus_abs_of(node: "Symbolic") -> "Optional[Symbolic]":
    """Return z if the number is -|z|, else None."""
    if node.operation == "negate" and node.operands[0].operation == "abs":
        return node.operands[0].operands[0]
    return None


def outcome_of(comparison: "Symbolic") -> "Optional[bool]":
    """Return whether where(c, p, q) >= k is true wherever c is true.

    Return None if this is not certain, or not what is compared.
    """
    if not is_comparison(comparison) or comparison.operation in ("equal", "unequal"):
        return None
    choice, limit = comparison.operands
    if choice.operation != "where" or not limit.is_constant:
        return None
    condition, p, _ = choice.operands
    unbounded: "List[Symbolic]" = []
    low, high = bounds_of(p, unbounded)
    # What has no bounds may be NaN, unless the condition compares it and is true.
    compared = list(condition.operands) if is_comparison(condition) else []
    if not all([any([v is z for z in compared]) for v in unbounded]):
        return None
    compare = OPERATIONS[comparison.operation].function
    at_low, at_high = [bool(compare(v, limit.value)) for v in (low, high)]
    return at_low if at_low == at_high else None


def bounds_of(node: "Symbolic", unbounded: "List[Symbolic]") -> "Bounds":
    """Return bounds of a number, unless it is NaN; add what may have any value to ``unbounded``.

    Rounding is monotonic, so that the rounded bounds are bounds of the rounded number.
    """
    if node.is_constant:
        return node.value, node.value  # type: ignore[return-value]
    if node.operation in ("add", "multiply", "divide"):
        (a, b), (c, d) = [bounds_of(v, unbounded) for v in node.operands]
        if node.operation == "divide" and not c > 0:
            return UNKNOWN
        ends = [ARITHMETIC[node.operation](x, y) for x in (a, b) for y in (c, d)]
        return (min(ends), max(ends)) if all([v == v for v in ends]) else UNKNOWN
    if node.operation == "exp" and minus_abs_of(node.operands[0]) is not None:
        unbounded.append(node.operands[0].operands[0].operands[0])
        return 0.0, 1.0
    unbounded.append(node)
    return UNKNOWN
