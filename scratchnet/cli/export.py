"""`python -m scratchnet export`: write a saved network as source code."""

from .. import __version__
from ..codegen.targets import NUMBERS, TARGETS, export
from ..core.losses import LOSSES
from ..core.optimizers import OPTIMIZERS
from ..formats import models
from ..tabular.meanings import meanings_of
from . import terminal
from .data import inputs_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Write a saved network as source code that needs neither Python nor this package.
For C it is one header, for C99 and C++11: a function NAME_predict(in, out)
without malloc, stdio or writable data. The file carries the SHA-256 of the
parameters, golden vectors and a test of itself:

  gcc -DNAME_SELFTEST -x c NAME.h -o selftest -lm && ./selftest
"""
EXAMPLES = """\
examples:
  scratchnet export model.safetensors --to c -o net.h
  scratchnet export model.json --to c --type float --self-contained -o net.h
  scratchnet export model.json --to c --type float --train adam -o net.h
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--to", choices=list(TARGETS), required=True, help="the language")
    parser.add_argument(
        "--type",
        choices=list(NUMBERS),
        help="the numbers it computes with (default double)",
    )
    parser.add_argument("--name", help="the prefix of all its names (default: the stem of FILE)")
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="include exp, tanh, ...: the same bits everywhere, and no libm",
    )
    parser.add_argument(
        "--calibrate",
        metavar="DATA",
        help="for float: rows of inputs, for which the rounding error is bounded",
    )
    parser.add_argument(
        "--train",
        choices=list(OPTIMIZERS),
        help="for small networks in C: include a training step, NAME_train(trainer, in, target)",
    )
    parser.add_argument(
        "--loss",
        choices=list(LOSSES),
        metavar="NAME",
        help="its loss, such as huber (default: the one that pairs with the last activation)",
    )
    parser.add_argument("-o", dest="output", metavar="FILE", required=True, help="the file")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file, and print what the rows show. Return the exit status."""
    terminal.check_output(options.output, [options.model, options.calibrate])
    net = models.load(options.model)

    def report(request: "Any") -> None:
        if request.proof:
            write(str(request.proof))

    rows = options.calibrate and inputs_in(options.calibrate, net, options.model)
    export(
        net,
        options.output,
        options.to,
        options.type,
        options.name,
        options.self_contained,
        meanings_of(net),
        __version__,
        rows,
        options.train,
        options.loss,
        report,
    )
    return 0
