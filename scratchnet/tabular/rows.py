"""The rows that a network was trained on, as they are exported with it."""

from ..codegen.rows import Category, Number, Rows
from ..datasets.encoding import Encoder
from ..datasets.encoding.parts import CLASSIFICATION
from .model import has_encoder, model_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ..core.network import Sequential

# The numbers of sample rows, in spreads from the mean. One more row has only missing values.
DISTANCES = (0, 1, -1, 1 / 2, -1 / 2, 2, -2)
LARGEST = 1e38  # floats of 32 bits are hardly larger
UNSEEN = "(unseen)"


def rows_of(net: "Sequential") -> "Rows":
    """Return what the encoder in the network's metadata says; ``Rows()`` if there is none."""
    if not has_encoder(net):
        return Rows()
    try:
        model = model_of(net, "the model")
    except ValueError:  # Commands that read a table report the error.
        return Rows()
    encoder: "Any" = model.encoder
    is_table = isinstance(encoder, Encoder)
    name, classes, mean, spread = encoder.target.name, None, 0.0, 1.0
    if encoder.task == CLASSIFICATION:
        classes = [model.label(text) for text in encoder.classes]
    else:
        mean, spread = encoder.target.mean, encoder.target.spread
    columns = columns_of(encoder) if is_table else []
    missing = sorted({text.strip().lower() for text in encoder.missing}) if is_table else []
    samples = samples_of(encoder, columns) if is_table else []
    return Rows(name, columns, classes, mean, spread, missing, samples)


def columns_of(encoder: "Encoder") -> "List[Any]":
    """Return the columns in the order of the table; the inputs have an order of their own."""
    columns: "List[Any]" = []
    place = 0
    for number in encoder.numbers:
        columns.append(Number(number.name, place, number.median))
        place += len(number.features)
    for category in encoder.categories:
        labels = category.labels
        missing = len(labels) if category.missing else -1
        other = len(category.features) - 1 if category.other else -1
        columns.append(Category(category.name, place, labels, missing, other))
        place += len(category.features)
    order = {decision[0]: k for k, decision in enumerate(encoder.decisions)}
    return sorted(columns, key=lambda column: order.get(column.name, len(order)))


def samples_of(encoder: "Encoder", columns: "List[Any]") -> "List[Tuple[List[Any], List[float]]]":
    """Return (values, inputs) of some rows: labels in turn, an unseen one, and missing values."""
    about = {number.name: number for number in encoder.numbers}
    rows: "List[List[Any]]" = []
    for k, distance in enumerate(DISTANCES):
        row: "List[Any]" = []
        for column in columns:
            if isinstance(column, Number):
                number = about[column.name]
                value = float(f"{number.mean + distance * number.spread:.3g}")
                row.append(value if abs(value) < LARGEST else column.median)
            else:
                labels = column.labels + [unseen(column)]
                row.append(labels[k % len(labels)])
        rows.append(row)
    rows.append([None] * len(columns))
    records = [dict(zip([column.name for column in columns], row)) for row in rows]
    inputs = encoder.inputs_of(encoder.read(records))
    return [(row, inputs[i]) for i, row in enumerate(rows)]


def unseen(column: "Category") -> str:
    """Return a text that is none of the labels."""
    text = UNSEEN
    while text in column.labels:
        text += UNSEEN
    return text
