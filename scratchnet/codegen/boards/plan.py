"""The memory and time of a network on boards, for each target and type of numbers.

Plan         all estimates of a network
of_request   the estimate for a file that is about to be written
"""

from ..integers.arithmetic import BITS
from ..rows import Rows
from ..targets import generate_from, source
from . import budget, micropython

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

    from ...core.network import Sequential
    from ..request import Request
    from .budget import Board, Count, Estimate
    from .micropython import Module

C, MICROPYTHON = "c", "micropython"
NO_TABLE = Rows()


class Plan:
    """The estimates of a network. What is the same for all boards is counted once."""

    def __init__(
        self, net: "Sequential", self_contained: bool = False, rows: "Rows" = NO_TABLE
    ) -> None:
        self.net, self.self_contained, self.rows = net, self_contained, rows
        self.made: "Dict[Any, Any]" = {}

    def estimates(self, board: "Board") -> "Tuple[List[Estimate], Dict[str, str]]":
        """Return the estimates for a board, and {target and type: why it is not possible}."""
        found, refused = [], {}
        cases = [(C, type) for type in board.types]
        cases += [(MICROPYTHON, type) for type in micropython.TYPES if board.heap]
        for target, type in cases:
            try:
                found.append(self.estimate(board, target, type))
            except ValueError as error:
                refused[f"{target} {type}"] = str(error)
        return found, refused

    def estimate(self, board: "Board", target: str, type: str) -> "Estimate":
        """Return the estimate for a board, a target and a type of numbers."""
        if target == C:
            return budget.Estimate(self.once(self.count, type), type, board)
        # Whether numbers of floats become tuples depends on the heap.
        heap = 0 if type != "float" else board.heap
        return micropython.DeviceEstimate(self.once(self.module, type, heap), board)

    def once(self, make: "Callable[..., Any]", *given: "Any") -> "Any":
        """Return the result for these arguments, or raise the error; both are cached."""
        if given not in self.made:
            try:
                self.made[given] = make(*given)
            except ValueError as error:
                self.made[given] = error
        if isinstance(self.made[given], ValueError):
            raise self.made[given]
        return self.made[given]

    def count(self, type: str) -> "Count":
        request = budget.request_of(self.net, type, self.self_contained)
        count: "Count" = generate_from(request, budget.count)
        return count

    def module(self, type: str, heap: int) -> "Module":
        request = micropython.request_of(self.net, type, heap, self.self_contained, self.rows)
        return micropython.Module(request, source(request))


def of_request(request: "Request", text: str, board: "Board") -> "Estimate":
    """Return the estimate for ``text``, which ``source`` returned for this request."""
    types = {C: board.types, MICROPYTHON: micropython.TYPES if board.heap else ()}
    if request.type not in types.get(request.to, ()):
        raise ValueError(
            f"board: there is no estimate for {request.to!r} with the type {request.type!r} on "
            f"this board ({board.about}); leave the board out"
        )
    if request.to == MICROPYTHON:
        return micropython.DeviceEstimate(micropython.Module(request, text), board)
    made = request.type in BITS  # Counting them needs no second calibration.
    count = budget.count(request) if made else generate_from(request, budget.count)
    return budget.Estimate(count, request.type, board, request.progmem)
