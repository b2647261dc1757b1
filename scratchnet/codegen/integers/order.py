"""Whether a layer keeps the order of the numbers in its row, proven from the record.

If it does, as a softmax, a program that looks for the largest number does not need the layer.

>>> from scratchnet import functions
>>> from scratchnet.scalars import Symbolic
>>> z = [Symbolic(name="z0"), Symbolic(name="z1")]
>>> powers = [functions.exp(v) for v in z]
>>> keeps_order(z, [p / functions.total(powers) for p in powers])
True
>>> keeps_order(z, [powers[0] / powers[1], powers[1] / powers[0]])
False
"""

from ..program import Printer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

    from ...scalars import Symbolic

    Row = List[Symbolic]

INCREASING = ("exp", "expm1", "tanh", "erf")  # for every number


def keeps_order(before: "Row", after: "Row") -> bool:
    """Return whether each number of ``after`` increases with the one of ``before`` at its place.

    The function must be the same for all, and must contain numbers that the row has in common, as
    the sum of a softmax: these may be added, subtracted, and multiplied or divided by if they are
    positive. A function of one number, such as tanh, does not count.
    """
    same = Printer(before + after).same
    row = [same[id(node)] for node in after]
    target = [id(same[id(node)]) for node in before]
    has_common = False
    while [id(node) for node in row] != target:
        operations = {(node.operation, len(node.operands)) for node in row}
        columns = list(zip(*[node.operands for node in row]))
        own = [k for k, column in enumerate(columns) if len(set(map(id, column))) > 1]
        if len(row) != len(target) or len(operations) > 1 or len(own) != 1:
            return False
        (operation, _), place = operations.pop(), own[0]
        common = [column[0] for k, column in enumerate(columns) if k != place]
        if not _increases(operation, place, common):
            return False
        has_common = has_common or not all([node.is_constant for node in common])
        row = list(columns[place])
    return has_common


def _increases(operation: str, place: int, common: "Row") -> bool:
    """Return whether an operation increases with the operand at this place, given the others."""
    if operation in ("add", "total") + INCREASING:
        return True
    if operation == "subtract":
        return place == 0
    if operation == "divide":
        return place == 0 and _is_positive(common[0])
    return operation == "multiply" and _is_positive(common[0])


def _is_positive(node: "Symbolic") -> bool:
    """Return whether a number is certainly above 0."""
    if node.value is not None:
        return bool(node.value > 0)
    if node.operation in ("add", "total", "multiply", "divide"):
        return all(map(_is_positive, node.operands))
    return node.operation == "exp"
