"""Why a model predicts what it predicts for one row of a table: the first answer of `explain`."""

from ...core.layers import Normalization
from ...datasets.encoding import Encoder
from ...explanation.attribution import contributions
from ...metrics import class_probabilities
from ...texts import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ...core.network import Sequential
    from ...core.types import Row

MOST = 12  # columns listed; the others are counted together
SOURCE = """\
(integrated gradients, Sundararajan, Taly & Yan 2017; baseline: the means that
the network subtracts from its inputs, and no category)"""


def answer(net: "Sequential", encoder: "Any", x: "Row", y: "Any") -> "List[str]":
    """Return the prediction for a row, what its columns contributed, and the right answer."""
    output = net.predict([x])[0]
    lines = [prediction_line(encoder, output)]
    lines += [f"in the table: {printable(str(encoder.targets_of([y])[0]))}"] if y else []
    return lines + [""] + reasons(net, encoder, x, output)


def prediction_line(encoder: "Any", output: "Row") -> str:
    """Return the prediction, for classes with its probability and the runner-up."""
    target = printable(encoder.target.name)
    if not encoder.classes:
        return f"predicted {target}: {encoder.targets_of([output])[0]:.6g}"
    shares = class_probabilities(output)
    order = sorted(range(len(shares)), key=lambda k: -shares[k])
    first, second = [
        f"{printable(encoder.classes[k])}, probability {shares[k]:.4f}" for k in order[:2]
    ]
    return f"predicted {target}: {first}; the runner-up is {second}"


def reasons(net: "Sequential", encoder: "Any", x: "Row", output: "Row") -> "List[str]":
    """Return a line for each column with what it contributed to the prediction."""
    first = net.layers[0]  # each model of `scratchnet train` begins with a Normalization
    baseline = first.mean.value if isinstance(first, Normalization) else [0.0] * len(x)
    before = net.predict([baseline])[0]
    k, name, sign = output_to_explain(encoder, output)
    try:
        parts = [sign * part for part in contributions(net, x, baseline, k)]
    except ValueError as error:
        return [f"no contributions of the columns: {error}"]
    columns = by_column(encoder, x, parts)
    columns.sort(key=lambda column: -abs(column[1]))
    shown = columns[:MOST]
    if len(columns) > MOST:
        rest = sum([part for _, part in columns[MOST:]])
        shown.append((f"{len(columns) - MOST} other columns", rest))
    shown.append(("in total", sum(parts)))
    width = max([len(label) for label, _ in shown])
    lines = [f"what each column contributed to the {name}:"]
    lines += [f"  {label.ljust(width)}  {part:+.4f}" for label, part in shown]
    start, end = [1 - row[k] if sign < 0 else row[k] for row in (before, output)]
    lines.append(f"  from {start:.4f} at the baseline to {end:.4f} for this row")
    return lines + [SOURCE]


def output_to_explain(encoder: "Any", output: "Row") -> "Tuple[int, str, int]":
    """Return the output to explain, its name, and -1 if it is the probability of the other class.

    A single output is the probability of the second of two classes.
    """
    if not encoder.classes:
        return 0, f"predicted {printable(encoder.target.name)}", 1
    label = encoder.targets_of([output])[0]
    name = f"probability of {printable(label)}"
    if encoder.outputs == 1:
        return 0, name, 1 if label == encoder.classes[1] else -1
    return encoder.classes.index(label), name, 1


def by_column(encoder: "Any", x: "Row", parts: "Row") -> "List[Tuple[str, float]]":
    """Return the label and the contribution of each column; one of categories has many inputs."""
    if not isinstance(encoder, Encoder):
        return [
            (f"input {printable(str(name))} = {v:.6g}", part)
            for name, v, part in zip(encoder.features, x, parts)
        ]
    found = []
    place = 0
    for column in encoder.numbers + encoder.categories:
        inputs = range(place, place + len(column.features))
        place = inputs.stop
        labels = [encoder.features[i] for i in inputs if x[i]]
        if column in encoder.numbers:
            labels = [f"{column.name} = {x[inputs.start]:.6g}"]
        label = printable(labels[0] if labels else f"{column.name}, another label")
        found.append((label, sum([parts[i] for i in inputs])))
    return found
