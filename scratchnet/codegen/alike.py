"""What numbers have in common that are computed alike, so that a loop can compute them."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..scalars import Symbolic

    Row = List[Symbolic]

# Symbolic records x/1, x·1 and x - 0 as x, although the numbers next to x may have other constants.
NEUTRAL = {"divide": 1, "multiply": 1, "subtract": 0}


class NotAlike(Exception):
    """An error: numbers are not computed in the same way, so that no loop can compute them."""


def ids_of(row: "Sequence[Symbolic]") -> "Tuple[int, ...]":
    return tuple([id(node) for node in row])


def in_common(nodes: "Row", neutral: "Dict[int, Any]") -> "Tuple[str, List[Row]]":
    """Return the operation that these numbers have in common, and the rows of its operands."""
    folded = _folded(nodes)
    if folded:
        name, place = folded
        rows: "List[Row]" = [[], []]
        for node in nodes:
            whole = _has_constant(node, name, place)
            rows[place].append(node.operands[place] if whole else neutral[NEUTRAL[name]])
            rows[1 - place].append(node.operands[1 - place] if whole else node)
        return name, rows
    if len({(node.operation, len(node.operands)) for node in nodes}) > 1 or not nodes[0].operation:
        raise NotAlike
    return nodes[0].operation, [list(row) for row in zip(*[node.operands for node in nodes])]


def _folded(nodes: "Row") -> "Optional[Tuple[str, int]]":
    """Return an operation with a constant that some of the numbers lack, and its position.

    It is the outer one if there are several: the others are like its other operand.
    """
    found: "Any" = None
    for name in NEUTRAL:
        for place in (1, 0) if name == "multiply" else (1,):
            whole = [node for node in nodes if _has_constant(node, name, place)]
            if 0 < len(whole) < len(nodes):
                inner = {node.operands[1 - place].operation for node in whole}
                rest = {node.operation for node in nodes if not _has_constant(node, name, place)}
                if inner & rest:
                    return name, place
                found = found or (name, place)
    return found  # type: ignore[no-any-return]


def _has_constant(node: "Symbolic", operation: str, place: int) -> bool:
    return node.operation == operation and node.operands[place].is_constant
