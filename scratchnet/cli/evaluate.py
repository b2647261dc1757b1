"""`python -m scratchnet evaluate`: measure a model on rows whose target is known."""

from . import terminal
from .data import add_quiet, add_reading, add_target, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Evaluate a model from `scratchnet train` on rows whose target is known. Classes
get accuracy, precision, recall, F1 and a confusion matrix; numbers get R², MAE
and RMSE. Both are compared with a trivial prediction.
"""
EXAMPLES = """\
examples:
  scratchnet evaluate iris.safetensors more.csv
  scratchnet evaluate titanic.json test.csv --json
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model")
    parser.add_argument(
        "data", metavar="DATA", help="the table, with the target; - for standard input"
    )
    add_target(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    add_quiet(parser)
    add_reading(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the report. Return the exit status."""
    model, data = opened(options, options.target or True)
    report = model.evaluate(data)
    if options.json:
        write(terminal.json_text(report.to_dict(), 2))
    else:
        write(str(report))
    return 0
