"""`python -m scratchnet evaluate`: how good a model is."""

import json

from .. import metrics
from ..formats import models
from .data import add_reading, add_target, encoder_of, reading
from .predict import warn_of_unseen
from .progress import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Judge a model that `scratchnet train` made by rows whose target is known: accuracy, precision, recall, F1 and the
confusion matrix of classes, or R², MAE and RMSE of numbers, beside a trivial prediction.
"""
EXAMPLES = """\
examples:
  scratchnet evaluate iris.safetensors more.csv
  scratchnet evaluate titanic.json test.csv --json
"""


def configure(parser: "Any") -> "None":
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model")
    parser.add_argument("data", metavar="DATA", help="the table, with the target; - for standard input")
    add_target(parser)
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="nothing on standard error but mistakes")
    add_reading(parser)


def run(options: "Any", write: "Callable[..., None]") -> "int":
    """Judge; the exit status."""
    net = models.load(options.model)
    encoder = encoder_of(net, options.model)
    line = Reading(quiet=options.quiet)
    table = encoder.read(options.data, target=options.target or True, progress=line, **reading(options))
    line.clear()
    warn_of_unseen(encoder, table, line)
    X, Y = encoder.examples_of(table)
    truth, predicted = encoder.targets_of(Y), encoder.targets_of(net.predict(X))
    report = metrics.report(encoder.task, truth, predicted, labels=encoder.classes)
    write(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) if options.json else str(report))
    return 0
