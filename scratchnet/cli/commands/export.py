"""`python -m scratchnet export`: write a saved network as source code."""

from ... import __version__
from ...codegen import targets
from ...codegen.boards import plan
from ...codegen.integers.arithmetic import BITS
from ...codegen.python.heap import USUAL
from ...codegen.request import NUMBERS
from ...codegen.targets import TARGETS
from ...core.optimizers import OPTIMIZERS
from ...formats import files, models
from ...tabular.rows import rows_of
from .. import terminal
from ..calibration import Calibration
from ..data import add_reading
from ..settings import parse_loss
from .budget import duration, find_board

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from ...codegen.boards.budget import Board, Estimate

DESCRIPTION = """\
Write a saved network as source code that does not need this package:

  c             one header for C99 and C++11: NAME_predict(in, out) without
                malloc, stdio or writable data
  python        one module that needs only math: NAME.predict(...)
  micropython   the same for MicroPython and CircuitPython, with 32-bit floats
  json          the program itself, for an interpreter in any language; its
                format: python3 -c "help('scratchnet.codegen.json_program')"

A model from `scratchnet train` takes the columns of its table and returns the
class or the number: predict("Rome", 3, None) in Python, a struct in C. Every
file contains the SHA-256 of the parameters, golden vectors and a self-test:

  gcc -DNAME_SELFTEST -x c NAME.h -o selftest -lm && ./selftest
  python3 NAME.py

With --type int8 or int16 it computes with integers alone. The rows of DATA set
the range of every number, and the command prints what the integers change.
With --type float, it prints how far the outputs for DATA can be from the exact
ones.
"""
EXAMPLES = """\
examples:
  scratchnet export model.safetensors --to c -o net.h
  scratchnet export model.json --to c --type float --self-contained -o net.h
  scratchnet export model.json --to micropython --heap 30000 -o net.py
  scratchnet export iris.json --to c --type int8 --calibrate iris.csv -o net.h
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--to", choices=list(TARGETS), required=True, help="the language")
    parser.add_argument(
        "--type",
        choices=list(NUMBERS),
        help="the numbers it computes with (default double; float for micropython)",
    )
    parser.add_argument(
        "--calibrate",
        metavar="DATA",
        help="rows such as the training data; integers need them, and float prints its error",
    )
    parser.add_argument("--name", help="the prefix of all its names (default: the stem of FILE)")
    parser.add_argument("-o", dest="output", metavar="FILE", required=True, help="the file")
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="include exp, tanh, ...: the same bits everywhere, and no libm",
    )
    parser.add_argument(
        "--board",
        metavar="NAME",
        help="print what the file takes on this board, and which limits it exceeds; "
        "`scratchnet budget` lists the boards",
    )
    add_c(parser)
    add_micropython(parser)
    add_reading(parser)


def add_c(parser: "Any") -> None:
    group = parser.add_argument_group("C")
    group.add_argument(
        "--progmem",
        action="store_true",
        help="keep tables in the flash memory of an AVR, such as an Arduino Uno",
    )
    group.add_argument(
        "--train",
        choices=list(OPTIMIZERS),
        help="include a training step, NAME_train(trainer, in, target), of this optimizer",
    )
    group.add_argument(
        "--loss",
        type=parse_loss,
        metavar="NAME",
        help="its loss, such as huber (default: the one that pairs with the last activation)",
    )


def add_micropython(parser: "Any") -> None:
    group = parser.add_argument_group("MicroPython")
    group.add_argument(
        "--heap",
        type=int,
        metavar="BYTES",
        help="the free memory of the device: weights become tuples if they fit, else arrays, "
        f"which are slower (default: that of the board, or {USUAL})",
    )
    group.add_argument(
        "--viper", action="store_true", help="for int8: compile the loops for the processor"
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file, and print what its number type changes. Return the exit status."""
    terminal.check_output(options.output, [options.model, options.calibrate])
    board = None if options.board is None else find_board(options.board)
    net = models.load(options.model)
    calibration = None if options.calibrate is None else Calibration(options, net)
    request = targets.request_for(
        net,
        rows_of(net),
        __version__,
        options.output,
        options.to,
        type=options.type,
        name=options.name,
        self_contained=options.self_contained,
        calibrate=calibration and calibration.X,
        progmem=options.progmem,
        viper=options.viper,
        heap=heap_of(options, board),
        train=options.train,
        loss=options.loss,
    )
    source = targets.source(request)
    if calibration is not None:
        calibration.report(request, write)
    if board is not None:
        write(summary(options.board, plan.of_request(request, source, board), board))
    files.write(options.output, source.encode("ascii"))
    return 0


def heap_of(options: "Any", board: "Optional[Board]") -> "Optional[int]":
    """Return the free memory of the device, or None if it is unknown or has no effect."""
    writes_floats = options.to == plan.MICROPYTHON and options.type not in BITS
    if options.heap is None and board is not None and writes_floats:
        return board.heap or None
    return options.heap  # type: ignore[no-any-return]


def summary(name: str, estimate: "Estimate", board: "Board") -> str:
    """Return a line with the size, memory and time on a board, and the limits they exceed."""
    ram, flash = board.ram, f"{estimate.flash:,} bytes of flash"
    used = estimate.ram + estimate.stack
    memory = f"{used:,} bytes of memory"
    if estimate.target == plan.MICROPYTHON:
        ram, flash = board.heap, f"a file of {estimate.flash:,} bytes"
        memory = f"{used:,} bytes of heap"
    text = f"{name}: {flash}, {memory}, {duration(estimate.seconds)} for a prediction"
    limits = {"flash": board.flash, "RAM": ram}
    over = [f"more than its {limits[limit]:,} bytes of {limit}" for limit in estimate.excess]
    return ", ".join([text] + over)
