"""What a network takes on a board, for each target and type of numbers.

estimates    all of them
estimate     one of them
of_request   what a file takes that is about to be written
"""

from ..integers.arithmetic import BITS
from ..rows import Rows
from ..targets import generated
from . import budget, micropython

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

    from ...core.network import Sequential
    from ..targets import Request
    from .budget import Board, Estimate

C, MICROPYTHON = "c", "micropython"
NO_TABLE = Rows()


def estimates(
    net: "Sequential", board: "Board", self_contained: bool = False, rows: "Rows" = NO_TABLE
) -> "Tuple[List[Estimate], Dict[str, str]]":
    """Return the estimates for a board, and {target and type: why it is not possible}."""
    found, refused = [], {}
    cases = [(C, type) for type in board.types]
    cases += [(MICROPYTHON, type) for type in micropython.TYPES if board.heap]
    for target, type in cases:
        try:
            found.append(estimate(net, board, target, type, self_contained, rows))
        except ValueError as error:
            refused[f"{target} {type}"] = str(error)
    return found, refused


def estimate(
    net: "Sequential",
    board: "Board",
    target: str,
    type: str,
    self_contained: bool = False,
    rows: "Rows" = NO_TABLE,
) -> "Estimate":
    """Return the estimate for a board, a target and a type of numbers."""
    if target == MICROPYTHON:
        request = micropython.requested(net, board, type, self_contained, rows)
        return micropython.DeviceEstimate(request, board)
    request = budget.requested(net, type, self_contained, board.progmem)
    return budget.Estimate(generated(request, budget.count), type, board)


def of_request(request: "Request", text: str, board: "Board") -> "Estimate":
    """Return what the file takes that ``source`` has made of this request."""
    types = {C: board.types, MICROPYTHON: micropython.TYPES if board.heap else ()}
    if request.type not in types.get(request.to, ()):
        raise ValueError(
            f"board: nothing is known of {request.to!r} with the type {request.type!r} on "
            f"this board ({board.about}); leave the board out"
        )
    if request.to == MICROPYTHON:
        return micropython.DeviceEstimate(request, board, text)
    made = request.type in BITS  # Counting them needs no second calibration.
    count = budget.count(request) if made else generated(request, budget.count)
    return budget.Estimate(count, request.type, board, request.progmem)
