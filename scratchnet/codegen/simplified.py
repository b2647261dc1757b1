"""The record of a step with fewer operations, which give the same bits.

A rule computes both arms of each choice, ``where(condition, a, b)``. In an arm the condition is
known, so that more is known there:

- e^-|z| is e^-z where z >= 0, and e^z elsewhere;
- a comparison of a number with a constant may be decided: 1/(1 + e^-z) >= 1/2 where z >= 0;
- an operation on a choice between constants is a choice between other constants.

>>> from scratchnet.core.functions import sigmoid, where
>>> z = Symbolic(name="z")
>>> [a] = simplify([where(sigmoid(z) >= 0.5, 1, 0) - 1])
>>> a.operation, a.operands[1].value, a.operands[2].operation
('where', 0.0, 'where')
"""

import operator

from ..core import elementary
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
INFINITY = float("inf")
UNKNOWN = -INFINITY, INFINITY
ERROR = 2**-50  # relative
# The numbers below -NEAR, in parts so small that bounds of e^z/(1 + e^z) are near its values.
NEAR = 2**-10
ENDS = [-NEAR * 1.5**k for k in range(19)] + [-INFINITY]
BELOW = list(zip(ENDS[1:], ENDS))


def simplify(outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
    """Return the outputs, computed with fewer operations."""
    return Choices().again(outputs)


class Choices:
    """A copy of the numbers of a record, each once, with simpler choices."""

    def __init__(self) -> None:
        self.new: "Dict[int, Any]" = {}  # {id of a number: what replaces it}
        self.outputs: "List[Symbolic]" = []  # kept, so that the ids of all numbers are unique
        # {operation and operands: the result}; the operands are kept, so that their ids are unique.
        self.known: "Dict[Any, Tuple[Symbolic, Any]]" = {}
        self.signs: "Set[int]" = set()
        self.new_signs: "Set[int]" = set()

    def again(self, outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
        """Return copies of the outputs and of all that they depend on."""
        self.outputs += outputs
        numbers = [v for v in reachable(outputs, self.new) if id(v) not in self.new]
        self.prepare(numbers)
        for node in numbers:
            self.add(node)
        return [self.result(output) for output in outputs]

    def prepare(self, numbers: "Sequence[Symbolic]") -> None:
        """Note what is known of these numbers before they are copied."""
        choices = [v for v in numbers if v.operation == "where"]
        self.signs |= {id(v.operands[0].operands[0]) for v in choices if is_choice_of_sign(v)}

    def result(self, node: "Symbolic") -> "Symbolic":
        """Return what replaces a number."""
        return self.new[id(node)]  # type: ignore[no-any-return]

    # ---- a gradient as a product of factors and the rest; here without factors -------------------

    def factors_of(self, gradient: "Symbolic") -> "Any":
        """Return a value that is equal for gradients with the same factors."""
        return None

    def rest_of(self, gradient: "Symbolic") -> "Symbolic":
        """Return the gradient without its factors."""
        return self.result(gradient)

    def name_rest(self, w: "Symbolic", rest: "Symbolic", gradient: "Symbolic") -> None:
        """Let the input ``rest`` stand for a gradient with the factors of this one.

        ``w``   the weight, another input
        """
        self.new[id(rest)] = rest

    # ---- operations ------------------------------------------------------------------------------

    def add(self, node: "Symbolic") -> None:
        """Copy a number."""
        if node.operation:
            new = self.make(node.operation, *[self.new[id(v)] for v in node.operands])
        else:
            new = self.constant(node) if node.is_constant else node
        self.new[id(node)] = new
        if id(node) in self.signs:
            self.new_signs.add(id(new))

    def make(self, operation: str, *operands: "Symbolic") -> "Symbolic":
        """Return the result of an operation, the same object for the same operands."""
        key = (operation, *map(id, operands))  # A constant is always the same object.
        if key not in self.known:
            made: "Optional[Symbolic]" = None
            if operation == "where":
                made = self.decide(*operands)
            elif operation in ARITHMETIC:
                made = self.fold(operation, operands)
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
        arms = [self.make("exp", v) for v in (self.make("negate", z), z)]
        return self.make("where", self.make("greater or equal", z, zero), *arms)

    def decide(self, comparison: "Symbolic", a: "Symbolic", b: "Symbolic") -> "Optional[Symbolic]":
        """Return where(c, a, where(q >= k, a, b)) for where(where(c, p, q) >= k, a, b).

        This is the same if p >= k is certain where c is true. If c is z >= 0, and q < k is certain
        for a z that is not near 0, q is computed only near 0.
        """
        if a.operation or b.operation or not is_comparison_of_choice(comparison):
            return None
        choice, limit = comparison.operands
        condition, p, q = choice.operands
        outcome = outcome_of(comparison, p, [Region(condition, 1)])
        if outcome is None:
            return None
        rest = self.make("where", self.make(comparison.operation, q, limit), a, b)
        below = outcome_of(comparison, q, [Region(condition, 2, *ends) for ends in BELOW])
        if below is not None:
            is_below = self.make("less", condition.operands[0], self.constant(Symbolic(-NEAR)))
            rest = self.make("where", is_below, a if below else b, rest)
        return self.make("where", condition, a if outcome else b, rest)

    def fold(self, operation: str, operands: "Any") -> "Optional[Symbolic]":
        """Return where(c, 0, -1) for where(c, 1, 0) - 1."""
        for place in (0, 1):
            choice, constant = operands[place], operands[1 - place].value
            if constant is not None and choice.operation == "where":
                if is_choice_of_constants(choice):
                    try:
                        return self.change(operation, choice, constant, place)
                    except ZeroDivisionError:  # The step raises it, too, if it reaches this.
                        return None
        return None

    def change(self, operation: str, node: "Symbolic", constant: float, place: int) -> "Symbolic":
        """Return a choice of constants after the operation with another constant.

        ``place``   the position of the choice among the operands
        """
        if node.operation:
            arms = [self.change(operation, v, constant, place) for v in node.operands[1:]]
            return self.make("where", node.operands[0], *arms)
        values = (constant, node.value) if place else (node.value, constant)
        return self.constant(Symbolic(ARITHMETIC[operation](*values)))


# ---- what is known of a number -------------------------------------------------------------------


def is_comparison(node: "Symbolic") -> bool:
    return node.operation in INFIX and INFIX[node.operation].precedence == COMPARISON


def is_choice_of_sign(node: "Symbolic") -> bool:
    """Return whether a choice is one by z >= 0."""
    condition = node.operands[0]
    return bool(condition.operands) and is_sign_of(condition.operands[0], condition)


def is_choice_of_constants(node: "Symbolic") -> bool:
    """Return whether a number is one of some constants."""
    if node.operation != "where":
        return node.is_constant
    return all([is_choice_of_constants(v) for v in node.operands[1:]])


def is_comparison_of_choice(node: "Symbolic") -> bool:
    """Return whether a number is where(c, p, q) >= k, or another comparison."""
    if not is_comparison(node) or node.operation in ("equal", "unequal"):
        return False
    return node.operands[0].operation == "where" and node.operands[1].is_constant


def is_sign_of(z: "Symbolic", condition: "Symbolic") -> bool:
    """Return whether the condition is z >= 0."""
    if condition.operation != "greater or equal":
        return False
    return condition.operands[0] is z and condition.operands[1].value == 0


def outcome_of(
    comparison: "Symbolic", p: "Symbolic", regions: "Sequence[Region]"
) -> "Optional[bool]":
    """Return whether p satisfies a comparison with a constant in these regions.

    Return None if this is not certain, or not the same everywhere.
    """
    compare = OPERATIONS[comparison.operation].function
    outcomes = set()
    for region in regions:
        bounds = region.bounds_of(p)
        if bounds == UNKNOWN:
            return None
        outcomes |= {bool(compare(v, comparison.operands[1].value)) for v in bounds}
        if len(outcomes) > 1:
            return None
    return outcomes.pop()


class Region:
    """Where a condition is true or false. If it is z >= 0, z has bounds.

    ``place``       of the arms that are chosen there, among the operands of ``where``
    ``low, high``   the bounds of z
    """

    def __init__(
        self, condition: "Symbolic", place: int, low: float = 0.0, high: float = INFINITY
    ) -> None:
        self.condition = condition
        self.place = place
        self.bounds = low, high

    def bounds_of(self, node: "Symbolic") -> "Bounds":
        """Return bounds of a number, or UNKNOWN if it may be NaN or has no known bounds.

        Rounding is monotonic, so that the rounded bounds are bounds of the rounded number.
        """
        if node.is_constant:
            return node.value, node.value  # type: ignore[return-value]
        if is_sign_of(node, self.condition):
            return self.bounds
        if node.operation == "where" and node.operands[0] is self.condition:
            return self.bounds_of(node.operands[self.place])
        if node.operation not in ("add", "multiply", "divide", "negate", "exp"):
            return UNKNOWN
        operands = [self.bounds_of(v) for v in node.operands]
        if UNKNOWN in operands:
            return UNKNOWN
        low, high = operands[0]
        if node.operation == "negate":
            return -high, -low
        if node.operation == "exp":
            return exp_bounds(low, high)
        if node.operation == "divide" and not operands[1][0] > 0:
            return UNKNOWN
        ends = [ARITHMETIC[node.operation](x, y) for x in (low, high) for y in operands[1]]
        return (min(ends), max(ends)) if all([v == v for v in ends]) else UNKNOWN


def exp_bounds(low: float, high: float) -> "Bounds":
    """Return bounds of e^x, whose error is below an ulp, for x between two bounds."""
    if high > 700:
        return UNKNOWN
    above = elementary.exp(high) * (1 + ERROR)
    return elementary.exp(low) * (1 - ERROR), above if high > 0 else min(1.0, above)
