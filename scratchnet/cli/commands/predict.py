"""`python -m scratchnet predict`: predict the rows of a table with a model."""

import csv
import io

from ...formats import files
from ...metrics import class_probabilities
from ...tabular.model import has_encoder
from ...tabular.positions import Positions
from .. import terminal
from ..data import add_opening, add_threshold, load_network, read_model_and_data, read_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    from ...core.network import Sequential

DESCRIPTION = """\
Predict the target of each row of a CSV file with a model from `scratchnet
train`. The output is CSV with one line per row. Columns are found by name;
columns that the model does not use are ignored. A label is written as it was in
the training data. Some begin with = or @; import such a file into a spreadsheet
as text, because a spreadsheet takes them for formulas.

For a model of another program, DATA has one numeric column per input, in the
same order. A heading is skipped, but if the model names its inputs, as one that
was fitted to a data frame, columns in another order are an error. The output
has the label of the class, if the model has labels, and a column per output.
"""
EXAMPLES = """\
examples:
  scratchnet predict iris.safetensors new.csv -o species.csv
  scratchnet predict titanic.json passengers.csv --proba
  cat new.csv | scratchnet predict iris.safetensors - --json
  scratchnet predict model.onnx inputs.csv
  scratchnet predict weights.safetensors inputs.npy --activations relu,identity
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
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write to this file; - for standard output (default)",
    )
    add_threshold(parser)
    add_opening(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the predictions, or write them to a file. Return the exit status."""
    if options.output in (None, "-"):
        return predict(options, write)
    terminal.check_output(options.output, [options.model, options.data])
    lines: "List[str]" = []
    predict(options, lambda line, exact=False: lines.append(line + "\n"))
    files.write(options.output, "".join(lines).encode())
    write(f"{options.output}: written")
    return 0


def predict(options: "Any", write: "Callable[..., None]") -> int:
    """Write the predictions line by line. Return the exit status."""
    net = load_network(options)
    if not has_encoder(net):
        return by_position(options, net, write)
    model, data = read_model_and_data(options, net, False)
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


def by_position(options: "Any", net: "Sequential", write: "Callable[..., None]") -> int:
    """Write the outputs of a network that does not describe its inputs."""
    network = Positions(net, options.model)
    labels = network.labels
    for name in ("proba", "threshold"):
        if labels is None and getattr(options, name) not in (None, False):
            raise ValueError(f"--{name}: {options.model} has no labels of classes; leave it out")
    outputs = net.predict(read_rows(options, network).X)
    classes = [[label] for label in network.classes(outputs, options.threshold)] if labels else []
    names, values, what = network.names, outputs, "outputs"
    if options.proba:
        shares = network.probabilities(outputs)
        if shares is None:
            raise ValueError(
                f"--proba: the outputs of {options.model} are not probabilities; leave it out"
            )
        names, values, what = list(map(str, labels or [])), shares, "probabilities"
    if not options.json:
        write(_csv(["label"] * bool(classes) + names), exact=True)
    for i, row in enumerate(values):
        label = classes[i] if classes else []
        if options.json:
            record: "Dict[str, Any]" = {"label": label[0]} if label else {}
            write(terminal.json_text(dict(record, **{what: dict(zip(names, row))})))
        else:
            write(_csv(label + list(row)), exact=True)
    return 0


def _csv(cells: "List[Any]") -> str:
    line = io.StringIO()
    # Older Pythons quote only those ends of lines that are part of the terminator.
    csv.writer(line, lineterminator="\r\n").writerow(
        [repr(v) if isinstance(v, float) else v for v in cells]
    )
    return line.getvalue()[:-2]
