"""`python -m scratchnet budget`: say what a network takes on a board, before it is exported."""

from ...codegen.boards import budget, plan
from ...formats import models
from ...tabular.rows import rows_of
from ...texts import plural
from ..arguments import describe_unknown_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ...codegen.boards.budget import Board, Estimate

DESCRIPTION = """\
Estimate how much memory and time a network takes on a board, in C and in
MicroPython, for each number type. The estimate counts the operations of the
program that `scratchnet export` would write, with costs measured on emulators.
It needs no compiler.
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

Assumptions: no other work. C is compiled by gcc -Os; its flash includes what
is needed of the C library, and it has no static RAM. On AVR, the instructions
are cycles, and tables are in flash (--progmem). For MicroPython, flash is the
size of the .py file, and RAM the heap in which it is compiled, imported and
used; viper is int8 with --viper. On Cortex-M, the time is that of 1.5 cycles
per instruction; it depends on the speed of the flash.
"""
)
HEAD = "board     target      type     flash     RAM   stack  instructions       time"


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--board", metavar="NAME", help="one of the boards below; default all")
    parser.add_argument(
        "--self-contained", action="store_true", help="as for export: with its own exp, tanh, ..."
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the table. Return the exit status."""
    boards = budget.BOARDS
    if options.board is not None:
        boards = {options.board: find_board(options.board)}
    net = models.load(options.model)
    network = plan.Plan(net, options.self_contained, rows_of(net))
    products = plural(budget.multiply_adds(net), "multiply-add")
    write(f"{plural(sum([p.count for p in net.parameters()]), 'parameter')}, {products}")
    write("flash, RAM and stack in bytes\n")
    write(HEAD)
    reasons: "List[str]" = []
    for name, board in boards.items():
        found, refused = network.estimates(board)
        for estimate in found:
            write(row(name, estimate))
        reasons += [f"no {case}: {why}" for case, why in refused.items()]
    for reason in dict.fromkeys(reasons):
        write(reason)
    return 0


def find_board(name: str) -> "Board":
    """Return the board of this name, or raise an error that says which there are."""
    if name in budget.BOARDS:
        return budget.BOARDS[name]
    raise ValueError(describe_unknown_value("--board", name, list(budget.BOARDS)))


def row(name: str, estimate: "Estimate") -> str:
    """Return a line of the table."""
    line = (
        f"{name:9} {estimate.target:11} {estimate.type:6} {estimate.flash:7,} "
        f"{estimate.ram:7,} {estimate.stack or '-':>7} {estimate.steps:>13,}  "
        f"{duration(estimate.seconds):>9}"
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
