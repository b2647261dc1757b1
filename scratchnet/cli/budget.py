"""`python -m scratchnet budget`: say what a network takes on a board, before it is exported."""

from difflib import get_close_matches

from ..codegen.boards import budget
from ..formats import models
from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

DESCRIPTION = """\
Say how much flash, stack and time a network takes on a board as C, for each
type of numbers. It is counted in the program that `scratchnet export` would
write, with costs that were measured on emulators; no compiler is needed.
"""
EXAMPLES = (
    """\
examples:
  scratchnet budget iris.safetensors
  scratchnet budget iris.safetensors --board uno

boards:
"""
    + "\n".join([f"  {name:10} {board.about}" for name, board in budget.BOARDS.items()])
    + """

Assumptions: compiled by gcc -Os, no other work. Flash includes what is needed
of the C library. On Cortex-M, the time is that of 1.5 cycles per instruction;
it depends on the speed of the flash. On AVR, the instructions are cycles, and
tables are in flash (--progmem).
"""
)
HEAD = "board       type     flash        stack      instructions     time"


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--board", metavar="NAME", help="one of the boards below; default all")
    parser.add_argument(
        "--self-contained", action="store_true", help="as for export: with its own exp, tanh, ..."
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the table. Return the exit status."""
    boards = list(budget.BOARDS) if options.board is None else [checked(options.board)]
    net = models.load(options.model)
    products = plural(budget.multiply_adds(net), "multiply-add")
    write(f"{plural(sum([p.count for p in net.parameters()]), 'parameter')}, {products}\n")
    write(HEAD)
    reasons: "List[str]" = []
    for name in boards:
        found, refused = budget.estimates(net, budget.BOARDS[name], options.self_contained)
        for estimate in found:
            write(row(name, estimate))
        reasons += [f"no {type}: {why}" for type, why in refused.items()]
    for reason in dict.fromkeys(reasons):
        write(reason)
    return 0


def checked(name: str) -> str:
    """Return the name of a board, or raise an error that says which there are."""
    if name in budget.BOARDS:
        return name
    near = get_close_matches(name.lower(), list(budget.BOARDS), 1)
    meant = f"; did you mean {near[0]}?" if near else "."
    raise ValueError(f"there is no board {name!r}{meant} The boards: {', '.join(budget.BOARDS)}")


def row(name: str, estimate: "Any") -> str:
    """Return a line of the table."""
    steps = f"{estimate.steps:,}"
    line = (
        f"{name:11} {estimate.type:8} {estimate.flash:7,} B  {estimate.stack:7,} B  "
        f"{steps:>14}  {duration(estimate.seconds):>9}"
    )
    return line + f"  over its {' and '.join(estimate.excess)}" * bool(estimate.excess)


def duration(seconds: float) -> str:
    """Return a time with three digits.

    >>> duration(0.0123), duration(4.56e-5), duration(7.0)
    ('12.3 ms', '45.6 us', '7 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"
