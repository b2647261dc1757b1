"""`python -m scratchnet evaluate`: measure a model on rows whose target is known."""

import json

from .. import metrics
from ..core.checks import require
from .data import add_quiet, add_reading, add_target, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ..core.network import Sequential

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
    net, encoder, table = opened(options, options.target or True)
    X, Y = encoder.examples_of(table)
    truth, predicted = encoder.targets_of(Y), encoder.targets_of(net.predict(X))
    report = metrics.report(
        encoder.task, truth, predicted, usual(net, encoder, options.model), encoder.classes
    )
    write(
        json.dumps(report.to_dict(), indent=2, ensure_ascii=False) if options.json else str(report)
    )
    return 0


def usual(net: "Sequential", encoder: "Any", path: str) -> "Any":
    """Return [the most frequent class in training], or None if the model does not save it."""
    if not encoder.classes or "usual" not in net.metadata:
        return None
    limit = (
        lambda v: v in [[label] for label in encoder.classes],
        "a list that holds one of its classes",
    )
    return require(f"{path}: usual", net.metadata["usual"], limit)
