"""The bounds of recorded numbers that follow from constants and choices.

They show where 2^k is a normal number, so that x·2^k is one product.
"""

from itertools import product

from ..program import shifted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    from ...scalars import Symbolic

    Bounds = Tuple[float, float]

ROUNDING = 1.5 * (1 << 52)  # (x + ROUNDING) - ROUNDING is x rounded to a whole number
INFINITE = float("inf")
ANY = (-INFINITE, INFINITE)


def is_between(node: "Symbolic", low: float, high: float) -> bool:
    """Return whether the number is certainly in this range, and not NaN."""
    found = bounds(node, {})
    return low <= found[0] and found[1] <= high and is_number(node)


def bounds(node: "Symbolic", known: "Dict[int, Bounds]") -> "Bounds":
    """Return the least and the largest value that the number can have, unless it is NaN.

    ``known`` has the bounds of some numbers by their ids, which hold where this one is used.
    """
    if id(node) in known:
        return known[id(node)]
    if node.is_constant:
        value: float = node.value  # type: ignore[assignment]
        return value, value
    if node.operation == "where":
        return of_choice(node, known)
    half = halved(node)
    if half is not None:
        low, high = bounds(half, known)
        return low - 1.0, high + 1.0
    operands = [bounds(operand, known) for operand in node.operands]
    if node.operation == "abs":
        ((low, high),) = operands
        return max(low, -high, 0.0), max(-low, high)
    if node.operation not in MONOTONE or node.operation == "divide" and not has_divisor(node):
        return ANY
    # Rounding keeps the order, so all results are between those at the ends.
    ends = [MONOTONE[node.operation](*values) for values in product(*operands)]
    if any([value != value for value in ends]):
        return ANY
    return min(ends), max(ends)


MONOTONE: "Dict[str, Any]" = {
    "negate": lambda a: -a,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


def has_divisor(node: "Symbolic") -> bool:
    """Return whether the number is divided by a constant that is not 0."""
    return bool(node.operands[1].value)


def halved(node: "Symbolic") -> "Any":
    """Return x/2 if the number is x minus x/2 rounded to a whole number, else None."""
    if node.operation != "subtract":
        return None
    x, whole = node.operands
    if shifted(whole) is None or whole.operands[1].value != ROUNDING:
        return None
    half = whole.operands[0].operands[0]
    is_half = half.operation == "divide" and half.operands[0] is x and half.operands[1].value == 2
    return half if is_half else None


def of_choice(node: "Symbolic", known: "Dict[int, Bounds]") -> "Bounds":
    """Return the bounds of a choice. A comparison with a constant limits a number in one arm."""
    condition, *arms = node.operands
    found = []
    for arm, holds in zip(arms, (True, False)):
        limited = dict(known)
        if len(condition.operands) == 2 and condition.operands[1].is_constant:
            number = condition.operands[0]
            limit: float = condition.operands[1].value  # type: ignore[assignment]
            low, high = bounds(number, known)
            if condition.operation == ("greater" if holds else "less"):
                limited[id(number)] = max(low, limit), high
            if condition.operation == ("less" if holds else "greater"):
                limited[id(number)] = low, min(high, limit)
        if all([low <= high for low, high in limited.values()]):  # Otherwise it is never chosen.
            found.append(bounds(arm, limited))
    return min([low for low, _ in found]), max([high for _, high in found])


def is_number(node: "Symbolic") -> bool:
    """Return whether a bounded number is not NaN, because it is constant or chosen by x == x."""
    if node.is_constant:
        return True
    if node.operation == "where":
        condition, a, b = node.operands
        tested = condition.operation == "equal" and condition.operands[0] is condition.operands[1]
        return is_number(b) and (tested and a is condition.operands[0] or is_number(a))
    if node.operation == "divide" and not has_divisor(node):
        return False
    return node.operation in MONOTONE and all([is_number(operand) for operand in node.operands])
