"""Parts of a record that a formula writes in another way than operation by operation.

>>> from scratchnet import functions
>>> from scratchnet.scalars import Traced
>>> z = Traced(2.0, name="z")
>>> logistic_of(functions.sigmoid(z)) is z, logistic_of(functions.tanh(z))
(True, None)
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ..scalars import Traced

LARGE = 1000000


def is_constant(operand: "Traced", value: "Any") -> bool:
    return not operand.name and not operand.operation and bool(operand.value == value)


def is_large(operand: "Traced") -> bool:
    """Return whether this is a large integer; a quotient of two is a constant of a rule."""
    return not operand.name and not operand.operation and bool(operand.value > LARGE)


def is_maximum(condition: "Traced", chosen: "Traced", other: "Traced") -> bool:
    """Return whether the larger of the two numbers is chosen."""
    compared = condition.operands
    return (
        condition.operation in ("greater", "greater or equal")
        and compared[0] is chosen
        and (compared[1] is other or is_constant(other, compared[1].value))
    )


def unguarded(operand: "Traced", in_general: bool) -> "Traced":
    """Return the number that a rule replaces by 1 where it is 0, for example in a logarithm.

    Return the operand itself if it has another form, or if it is 1 now and not ``in_general``.
    """
    if operand.name or operand.operation != "where":
        return operand
    condition, chosen, other = operand.operands
    for guard, number, is_taken in (
        (other, chosen, bool(condition.value)),
        (chosen, other, not condition.value),
    ):
        if is_constant(guard, 1) and (in_general or is_taken):
            return number
    return operand


def logistic_of(node: "Traced") -> "Optional[Traced]":
    """Return z if this is 1/(1 + e^−z), computed from e^−|z| in two cases."""
    if node.operation != "where":
        return None
    condition, chosen, other = node.operands
    if chosen.operation != "divide" or other.operation != "divide":
        return None
    power, z = other.operands[0], condition.operands[0]
    is_logistic = (
        condition.operation == "greater or equal"
        and is_constant(condition.operands[1], 0)
        and is_constant(chosen.operands[0], 1)
        and all([_is_one_more(quotient.operands[1], power) for quotient in (chosen, other)])
        and _is_e_to_minus_abs(power, z)
    )
    return z if is_logistic else None


def _is_one_more(node: "Traced", power: "Traced") -> bool:
    """Return whether this is 1 + power."""
    return (
        node.operation == "add" and node.operands[1] is power and is_constant(node.operands[0], 1)
    )


def _is_e_to_minus_abs(node: "Traced", z: "Traced") -> bool:
    operations = []
    while node is not z and len(node.operands) == 1:
        operations.append(node.operation)
        node = node.operands[0]
    return operations == ["exp", "negate", "abs"] and node is z
