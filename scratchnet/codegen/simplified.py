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
from .program import reachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

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
    numbers = reachable(outputs)
    new = Choices(numbers)
    for node in numbers:
        new.add(node)
    return [new.new[id(output)] for output in outputs]


class Choices:
    """The numbers of a record made again, each once, with simpler choices."""

    def __init__(self, numbers: "Sequence[Symbolic]") -> None:
        self.new: "Dict[int, Symbolic]" = {}  # {id of a number: what replaces it}
        # {operation and operands: the result}; the operands are kept, so that their ids are unique.
        self.known: "Dict[Any, Tuple[Symbolic, Any]]" = {}
        self.signs = {id(v.operands[0].operands[0]) for v in numbers if is_choice_of_sign(v)}
        self.new_signs: "Set[int]" = set()

    def add(self, node: "Symbolic") -> None:
        """Make a number again."""
        if node.operation:
            new = self.made(node.operation, *[self.new[id(v)] for v in node.operands])
        else:
            new = self.constant(node) if node.is_constant else node
        self.new[id(node)] = new
        if id(node) in self.signs:
            self.new_signs.add(id(new))

    def made(self, operation: str, *operands: "Symbolic") -> "Symbolic":
        """Return the result of an operation, the same object for the same operands."""
        key = operation, *[id(v) if v.value is None else repr(v.value) for v in operands]
        if key not in self.known:
            made: "Optional[Symbolic]" = None
            if operation == "where":
                made = self.decided(*operands)
            elif operation in ARITHMETIC:
                made = self.folded(operation, operands)
            elif operation == "exp":
                made = self.power(operands[0])
            if made is None:
                made = Symbolic(None, operation, operands)
            self.known[key] = made, operands
        return self.known[key][0]

    def constant(self, node: "Symbolic") -> "Symbolic":
        """Return the same object for the same constant."""
        return self.known.setdefault((repr(node.value), node.kind), (node, ()))[0]

    def power(self, x: "Symbolic") -> "Optional[Symbolic]":
        """Return where(z >= 0, e^-z, e^z) for x = -|z|, if there are other choices by z >= 0."""
        if x.operation != "negate" or x.operands[0].operation != "abs":
            return None
        z = x.operands[0].operands[0]
        if id(z) not in self.new_signs:
            return None
        zero = self.constant(Symbolic(0))
        arms = [self.made("exp", v) for v in (self.made("negate", z), z)]
        return self.made("where", self.made("greater or equal", z, zero), *arms)

    def decided(self, comparison: "Symbolic", a: "Symbolic", b: "Symbolic") -> "Optional[Symbolic]":
        """Return where(c, a, where(q >= k, a, b)) for where(where(c, p, q) >= k, a, b).

        This is the same if p >= k is certain where c is true.
        """
        outcome = outcome_of(comparison)
        if outcome is None or a.operation or b.operation:
            return None
        choice, limit = comparison.operands
        condition, _, q = choice.operands
        rest = self.made("where", self.made(comparison.operation, q, limit), a, b)
        return self.made("where", condition, a if outcome else b, rest)

    def folded(self, operation: str, operands: "Any") -> "Optional[Symbolic]":
        """Return where(c, 0, -1) for where(c, 1, 0) - 1."""
        for place in (0, 1):
            choice, constant = operands[place], operands[1 - place].value
            if constant is not None and choice.operation == "where":
                if is_choice_of_constants(choice):
                    try:
                        return self.changed(operation, choice, constant, place)
                    except ZeroDivisionError:  # The step raises it, too, if it comes to this.
                        return None
        return None

    def changed(self, operation: str, node: "Symbolic", constant: float, place: int) -> "Symbolic":
        """Return a choice of constants after the operation with another constant.

        ``place``   where the choice stands in the operation
        """
        if node.operation:
            arms = [self.changed(operation, v, constant, place) for v in node.operands[1:]]
            return self.made("where", node.operands[0], *arms)
        values = (constant, node.value) if place else (node.value, constant)
        return self.constant(Symbolic(ARITHMETIC[operation](*values)))


# ---- what is known of a number -------------------------------------------------------------------


def is_comparison(node: "Symbolic") -> bool:
    return node.operation in INFIX and INFIX[node.operation].precedence == COMPARISON


def is_choice_of_sign(node: "Symbolic") -> bool:
    """Return whether a number is a choice by z >= 0."""
    if node.operation != "where":
        return False
    condition = node.operands[0]
    return bool(condition.operands) and is_sign_of(condition.operands[0], condition)


def is_choice_of_constants(node: "Symbolic") -> bool:
    """Return whether a number is one of some constants."""
    if node.operation != "where":
        return node.is_constant
    return all([is_choice_of_constants(v) for v in node.operands[1:]])


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
    low, high = bounds_of(p, condition, unbounded)
    # What has no bounds may be NaN, unless the condition compares it and is true.
    compared = list(condition.operands) if is_comparison(condition) else []
    if not all([any([v is z for z in compared]) for v in unbounded]):
        return None
    compare = OPERATIONS[comparison.operation].function
    at_low, at_high = [bool(compare(v, limit.value)) for v in (low, high)]
    return at_low if at_low == at_high else None


def bounds_of(node: "Symbolic", condition: "Symbolic", unbounded: "List[Symbolic]") -> "Bounds":
    """Return bounds of a number where the condition is true, unless it is NaN.

    Add what may have any value to ``unbounded``. Rounding is monotonic, so that the rounded bounds
    are bounds of the rounded number.
    """
    if node.is_constant:
        return node.value, node.value  # type: ignore[return-value]
    if node.operation == "where" and node.operands[0] is condition:
        return bounds_of(node.operands[1], condition, unbounded)
    if node.operation in ("add", "multiply", "divide"):
        (a, b), (c, d) = [bounds_of(v, condition, unbounded) for v in node.operands]
        if node.operation == "divide" and not c > 0:
            return UNKNOWN
        ends = [ARITHMETIC[node.operation](x, y) for x in (a, b) for y in (c, d)]
        return (min(ends), max(ends)) if all([v == v for v in ends]) else UNKNOWN
    unbounded.append(node)
    if node.operation == "exp" and node.operands[0].operation == "negate":
        unbounded[-1] = node.operands[0].operands[0]
        if is_sign_of(unbounded[-1], condition):
            return 0.0, 1.0
    return UNKNOWN


def is_sign_of(z: "Symbolic", condition: "Symbolic") -> bool:
    """Return whether the condition is z >= 0."""
    if condition.operation != "greater or equal":
        return False
    return condition.operands[0] is z and condition.operands[1].value == 0
