"""`python -m scratchnet plot`: draw a model or its predictions for a table."""

from ... import metrics, plots
from ...core.activations import Sigmoid
from ...core.layers import Dense
from ...core.network import Sequential
from ...datasets.encoding import Encoder
from ...datasets.encoding.parts import CLASSIFICATION
from ...datasets.median import median_of
from ...formats import files, models, strict_json
from ...tabular.model import has_encoder, model_of
from ...tabular.positions import Positions
from .. import terminal
from ..data import add_opening, add_target, load_network, read_model_and_data, read_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple

    from ...plots import Picture

DESCRIPTION = """\
Draw a model in characters, or as SVG with -o:

  loss        the loss of each epoch, from a model that `scratchnet train` wrote
              or from the output of `train --json`
  network     the neurons and weights
  boundary    the predictions in the plane of two inputs; needs DATA
  mistakes    the confusion matrix of classes, or predicted numbers against true
              ones; needs DATA with the target

For a model of another program, DATA has one numeric column per input, in the
same order, and the target, by default the last column.
"""
EXAMPLES = """\
examples:
  scratchnet plot iris.safetensors loss
  scratchnet plot iris.safetensors network -o network.svg
  scratchnet plot iris.safetensors mistakes more.csv -o mistakes.svg
  scratchnet plot iris.safetensors boundary iris.csv --inputs 3,4 -o plane.svg
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument(
        "model", metavar="MODEL", help="the model; for loss, also the output of train --json"
    )
    parser.add_argument("what", choices=tuple(PICTURES), metavar="WHAT", help=", ".join(PICTURES))
    parser.add_argument("data", nargs="?", metavar="DATA", help="a table")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write SVG to this file; - for standard output"
    )
    parser.add_argument(
        "--inputs", metavar="A,B", help="the two inputs of the plane: names, or numbers from 1"
    )
    add_target(parser, "; for a model of another program: the column of the target")
    add_opening(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Draw the picture. Return the exit status."""
    if (options.data is not None) != (options.what in ("boundary", "mistakes")):
        needed = "needs a table" if options.data is None else "needs no table"
        usage = f"scratchnet plot MODEL {options.what}" + " DATA" * (options.data is None)
        raise ValueError(f"{options.what} {needed}; write {usage}")
    if options.output not in (None, "-"):
        terminal.check_output(options.output, [options.model, options.data, options.target])
    picture = PICTURES[options.what](options)
    if options.output is None:
        write(picture.text(**terminal.size()))
    elif options.output == "-":
        write(picture.svg)
    else:
        picture.save(options.output)
        write(f"{options.output}: written")
    return 0


def loss(options: "Any") -> "Picture":
    history = history_of(options.model)
    try:
        return plots.loss_curve(history["loss"], history["validation_loss"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"{options.model}: the history is invalid; give a file that `scratchnet train` wrote"
        ) from None


def history_of(path: str) -> "Any":
    """Return the history of the training from a model or from a report."""
    try:
        metadata = models.load(path).metadata
    except ValueError:
        found = report(path)
        if "history" not in found:
            raise
        return found["history"]
    if "history" not in metadata and "recipe" in metadata:
        raise ValueError(
            f"{path}: the training was interrupted in its first epoch; "
            "continue with scratchnet train --resume"
        )
    if "history" not in metadata:
        raise ValueError(
            f"{path}: the model has no history of its training; give one from `scratchnet train`"
        )
    return metadata["history"]


def report(path: str) -> "Any":
    """Return the report of `scratchnet train --json` in that file, or {} if there is none."""
    try:
        found = strict_json.loads(files.read(path).decode("utf-8-sig").encode(), path)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def network(options: "Any") -> "Picture":
    net = load_network(options)
    if not has_encoder(net):
        return plots.network(net)
    encoder = model_of(net, options.model).encoder
    labels = [encoder.target.name]
    if encoder.classes and len(encoder.classes) == encoder.outputs:
        labels = encoder.classes
    return plots.network(net, encoder.features, labels)


def boundary(options: "Any") -> "Picture":
    net = load_network(options)
    if not has_encoder(net):
        rows, evaluation = evaluation_by_position(options, net)
        inputs = choose_inputs(options.inputs, rows.names, rows.names)
        known = [rows.X[i] for i in evaluation.rows]
        if is_logit(net, evaluation):
            net = Sequential([*net.layers, Sigmoid()])  # The classes are separated at 0.5.
        return plots.decision_boundary(
            net, known, evaluation.Y, inputs, evaluation.labels, rows.names
        )
    model, data = read_model_and_data(options, net, options.target or True)
    encoder = model.encoder
    X, Y = encoder.examples_of(data)
    numbers = [p.name for p in encoder.numbers] if isinstance(encoder, Encoder) else None
    inputs = choose_inputs(options.inputs, numbers or encoder.features, encoder.features)
    others = usual_row(encoder, X) if isinstance(encoder, Encoder) and encoder.categories else None
    return plots.decision_boundary(net, X, Y, inputs, encoder.classes, encoder.features, others)


def evaluation_by_position(options: "Any", net: "Sequential") -> "Tuple[Any, Any]":
    """Return the rows for a network that does not describe its inputs, and its predictions."""
    network = Positions(net, options.model)
    rows = read_rows(options, network, options.target or True)
    return rows, network.evaluation_of(rows)


def is_logit(net: "Sequential", evaluation: "Any") -> bool:
    """Return whether a single output is the logit of the second of two classes."""
    return evaluation.labels is not None and net.outputs == 1 and isinstance(net.layers[-1], Dense)


def usual_row(encoder: "Encoder", X: "Any") -> "List[float]":
    """Return typical inputs: the median of each number, the commonest label of each category."""
    rows = [X[i] for i in range(len(X))]
    row = [median_of([x[j] for x in rows]) for j in range(len(encoder.numbers))]
    for category in encoder.categories:
        places = range(len(row), len(row) + len(category.features))
        counts = [sum([x[j] for x in rows]) for j in places]
        row += [float(k == counts.index(max(counts))) for k in range(len(counts))]
    return row


def choose_inputs(given: "Any", numbers: "List[str]", features: "List[str]") -> "Any":
    """Return the indices of the two inputs of the plane among the features.

    Both must be numbers, because a plane cannot show values between categories.
    """
    names = numbers if given is None and len(numbers) == 2 else (given or "").split(",")
    few = ", ".join(numbers[:20]) + ", ..." * (len(numbers) > 20)
    if len(names) != 2:
        raise ValueError(
            f"choose two inputs for the plane with --inputs A,B; the numeric columns are: {few}"
        )
    places = []
    for name in names:
        if name not in numbers and name.strip().isdecimal() and 1 <= int(name) <= len(numbers):
            name = numbers[int(name) - 1]
        if name not in numbers:
            raise ValueError(f"--inputs: there is no numeric column {name!r}; give two of: {few}")
        places.append(features.index(name))
    if places[0] == places[1]:
        raise ValueError(f"--inputs names {name!r} twice; give two different columns")
    return tuple(places)


def mistakes(options: "Any") -> "Picture":
    net = load_network(options)
    if not has_encoder(net):
        _, evaluation = evaluation_by_position(options, net)
        truth, predicted, classes = evaluation.truth, evaluation.predicted, evaluation.labels
    else:
        model, data = read_model_and_data(options, net, options.target or True)
        encoder = model.encoder
        X, Y = encoder.examples_of(data)
        truth, predicted = encoder.targets_of(Y), encoder.targets_of(model.net.predict(X))
        classes = encoder.classes if encoder.task == CLASSIFICATION else None
    if classes is None:
        return plots.predictions(truth, predicted)
    return plots.confusion_matrix(metrics.confusion_matrix(truth, predicted, classes), classes)


PICTURES = {"loss": loss, "network": network, "boundary": boundary, "mistakes": mistakes}
