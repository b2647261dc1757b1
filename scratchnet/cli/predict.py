"""`python -m scratchnet predict`: predict the rows of a table with a model."""

import csv
import io

from ..metrics import class_probabilities
from . import terminal
from .data import add_quiet, add_reading, add_threshold, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

DESCRIPTION = """\
Predict the target of each row of a CSV file with a model from `scratchnet
train`. The output is CSV with one line per row. Columns are found by name;
columns that the model does not use are ignored. A label is written as it was in
the training data. Some begin with = or @; import such a file into a spreadsheet
as text, because a spreadsheet takes them for formulas.
"""
EXAMPLES = """\
examples:
  scratchnet predict iris.safetensors new.csv > species.csv
  scratchnet predict titanic.json passengers.csv --proba
  cat new.csv | scratchnet predict iris.safetensors - --json
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model")
    parser.add_argument("data", metavar="DATA", help="the table; - for standard input")
    parser.add_argument(
        "--proba", action="store_true", help="also print the probability of each class"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object per line instead of CSV"
    )
    add_threshold(parser)
    add_quiet(parser)
    add_reading(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the predictions. Return the exit status."""
    model, data = opened(options, False)
    encoder = model.encoder
    if options.proba and not encoder.classes:
        raise ValueError(f"--proba: {options.model} predicts a number, not classes; leave it out")
    outputs = model.outputs(data)
    predicted = model.labels(outputs, options.threshold)
    names = [encoder.target.name] + (list(encoder.classes) if options.proba else [])
    if not options.json:
        write(_csv(names), exact=True)
    for prediction, output in zip(predicted, outputs):
        shares = class_probabilities(output) if options.proba else []
        if options.json:
            record: "Dict[str, Any]" = {names[0]: prediction}
            if shares:
                record["probabilities"] = dict(zip(names[1:], shares))
            write(terminal.json_text(record))
        else:
            write(_csv([prediction] + shares), exact=True)
    return 0


def _csv(cells: "List[Any]") -> str:
    line = io.StringIO()
    # Older Pythons quote only those ends of lines that are part of the terminator.
    csv.writer(line, lineterminator="\r\n").writerow(
        [repr(v) if isinstance(v, float) else v for v in cells]
    )
    return line.getvalue()[:-2]
