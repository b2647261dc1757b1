"""`python -m scratchnet export`: write a saved network as source code."""

from .. import __version__, metrics, tabular
from ..codegen import targets
from ..codegen.integers import BITS
from ..codegen.quantizer import chosen_rows
from ..codegen.targets import NUMBERS, TARGETS
from ..datasets.encoding import CLASSIFICATION
from ..datasets.tables import NUMBERS as COLUMN_OF_NUMBERS
from ..formats import models
from ..tabular.meanings import meanings_of
from ..tabular.model import has_encoder, model_of
from . import terminal
from .data import add_reading, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ..codegen.targets import Request
    from ..core.network import Sequential

DESCRIPTION = """\
Write a saved network as source code that needs neither Python nor this package.
For C it is one header, for C99 and C++11: a function NAME_predict(in, out)
without malloc, stdio or writable data. For MicroPython it is one module with a
function predict(row). The file carries the SHA-256 of the parameters, golden
vectors and a test of itself:

  gcc -DNAME_SELFTEST -x c NAME.h -o selftest -lm && ./selftest
  micropython NAME.py

With --type int8 or int16 it computes with integers alone. The rows of DATA set
the range of every number, and the command prints what the integers change.
"""
EXAMPLES = """\
examples:
  scratchnet export model.safetensors --to c -o net.h
  scratchnet export model.json --to c --type float --self-contained -o net.h
  scratchnet export iris.json --to c --type int8 --calibrate iris.csv -o net.h
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
        help="for integers: a table or an array of typical rows, such as the training data",
    )
    parser.add_argument(
        "--progmem",
        action="store_true",
        help="for C: keep tables in the flash memory of an AVR, such as an Arduino Uno",
    )
    parser.add_argument(
        "--viper",
        action="store_true",
        help="for MicroPython and int8: compile the loops for the processor",
    )
    parser.add_argument("-o", dest="output", metavar="FILE", required=True, help="the file")
    add_reading(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file. Return the exit status."""
    terminal.check_output(options.output, [options.model, options.calibrate])
    net = models.load(options.model)
    data = None if options.calibrate is None else Calibration(options, net)

    def report(request: "Request") -> None:
        if data is not None:
            data.report(request, write)

    targets.export(
        net,
        options.output,
        options.to,
        options.type,
        options.name,
        options.self_contained,
        meanings_of(net),
        __version__,
        data and data.X,
        options.progmem,
        options.viper,
        report,
    )
    return 0


class Calibration:
    """The rows of ``--calibrate``: inputs of the network, and targets if there are any."""

    def __init__(self, options: "Any", net: "Sequential") -> None:
        path, how = options.calibrate, reading(options)
        self.Y: "Any" = None
        if not has_encoder(net):
            self.X = rows_of(tabular.read(path, **how), path)
            return
        model = model_of(net, options.model)
        data, self.encoder = model.read(path, None, **how), model.encoder
        if data.target is None:
            self.X = self.encoder.inputs_of(data)
        else:
            self.X, self.Y = self.encoder.examples_of(data)

    def report(self, request: "Request", write: "Callable[..., None]") -> None:
        """Print what the integers change."""
        if request.type not in BITS:
            return
        for remark in request.integers.remarks():
            write(f"{request.type}: {remark}")
        if self.Y is not None:
            write(f"{request.type}: {self.scores(request)}")
        size, floats = request.integers.size, 4 * sum([p.count for p in request.net.parameters()])
        if size >= floats:
            write(
                f"{request.type}: {size} bytes of constants, more than the {floats} of floats; "
                "for so small a network, --type float may be better"
            )

    def scores(self, request: "Request") -> str:
        """Return how good the network and the integers are on the rows, by their targets."""
        comparison = request.integers.comparison
        truth = self.encoder.targets_of([self.Y[i] for i in chosen_rows(request.net, len(self.Y))])
        texts = []
        for name, outputs in (("float", comparison.expected), (request.type, comparison.found)):
            predicted = self.encoder.targets_of(outputs)
            if self.encoder.task == CLASSIFICATION:
                texts.append(f"{metrics.accuracy(truth, predicted):.3f} ({name})")
            else:
                error = metrics.mean_absolute_error(truth, predicted)
                texts.append(f"{error:.3g} ({name})")
        what = "accuracy" if self.encoder.task == CLASSIFICATION else "mean absolute error"
        return f"{what} {', '.join(texts)}"


def rows_of(data: "Any", source: str) -> "List[List[float]]":
    """Return the rows of a table that holds only numbers, or of an array."""
    if not hasattr(data, "columns"):
        return data.X  # type: ignore[no-any-return]
    for column in data.columns.values():
        if column.kind != COLUMN_OF_NUMBERS:
            raise ValueError(
                f"{source}: column {column.name!r} holds texts, but the network takes numbers"
            )
    return [list(row) for row in zip(*[column.values for column in data.columns.values()])]
