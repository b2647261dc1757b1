"""`python -m scratchnet evaluate`: measure a model on rows whose target is known."""

from ...tabular import importance
from ...tabular.model import has_encoder
from ...tabular.positions import Positions
from ...texts import plural, shorten, width
from .. import terminal
from ..data import (
    add_opening,
    add_target,
    add_threshold,
    load_network,
    read_model_and_data,
    read_rows,
)
from ..progress import Line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

MOST_COLUMNS = 20  # listed

DESCRIPTION = """\
Evaluate a model from `scratchnet train` on rows whose target is known. Classes
get accuracy, log loss, ROC AUC, precision, recall, F1 and a confusion matrix;
numbers get R², MAE and RMSE. Both are compared with a trivial prediction. The
importance of a column is how much worse the model is if the values of this
column are shuffled.

For a model of another program, DATA has one numeric column per input, in the
same order, and the target: --target COLUMN, by default the last column. The
target is a label of the model or a class from 0, or a number if the model
predicts one. If the last layer has no activation, the log loss is that of the
softmax of the outputs.
"""
EXAMPLES = """\
examples:
  scratchnet evaluate iris.safetensors more.csv
  scratchnet evaluate titanic.json test.csv --json
  scratchnet evaluate model.onnx test.csv --target species
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model")
    parser.add_argument(
        "data", metavar="DATA", help="the table, with the target; - for standard input"
    )
    add_target(parser, "; for a model of another program: the column of the target")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    add_threshold(parser)
    add_opening(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the report. Return the exit status."""
    net = load_network(options)
    if not has_encoder(net):
        network = Positions(net, options.model)
        rows = read_rows(options, network, options.target or True)
        evaluation = network.evaluation_of(rows, options.threshold)
        measured = network.importance(rows, evaluation)
        show(options, write, evaluation.report(), measured, len(rows.names))
        return 0
    model, data = read_model_and_data(options, net, options.target or True)
    report = model.evaluate(data, options.threshold)
    trained_on = model.trained_on(data)
    if trained_on:
        part = "all" if trained_on == 1 else f"about {trained_on:.0%}"
        Line(quiet=options.quiet).say(
            f"{part} of these rows were used in the training, so the scores are optimistic"
        )
    leading, count = importance.leading(model), len(importance.columns_of(model.encoder))
    measured = model.importance(data, columns=leading)
    show(options, write, report, measured, count, trained_on=trained_on)
    return 0


def show(
    options: "Any",
    write: "Callable[..., None]",
    report: "Any",
    measured: "Optional[Dict[str, float]]",
    count: int,
    **further: "Any",
) -> None:
    """Print the report, and the importance of the measured columns; the model has ``count``."""
    if options.json:
        columns = {} if measured is None else {"importance": measured}
        write(terminal.json_text(dict(report.to_dict(), **further, **columns), 2))
    elif measured:
        write(f"{report}\n\n{about_columns(measured, report, count)}")
    else:
        write(str(report))


def about_columns(measured: "Dict[str, float]", report: "Any", count: int) -> str:
    """Return a text with the importance of the measured columns, of ``count`` in the model."""
    is_regression = report.to_dict()["task"] == "regression"
    change = "decrease of R²" if is_regression else "increase of the log loss"
    shown = list(measured.items())[:MOST_COLUMNS]
    names = [shorten(name, 40) for name, _ in shown]
    wide = max(map(width, names))
    lines = [f"importance: the {change} if the column's values are shuffled"]
    if len(measured) < count:
        which = f"the {len(measured)} with the largest weights, of {plural(count, 'column')}"
        lines = [f"{lines[0]},", f"for {which}"]
    for name, (_, loss) in zip(names, shown):
        # Adding 0.0 turns -0.0 into 0.0.
        lines.append(f"{name}{' ' * (wide - width(name))}  {round(loss, 3) + 0.0:.3f}")
    more = len(measured) - len(shown)
    return "\n".join(lines + ([f"and {plural(more, 'column')} more"] if more else []))
