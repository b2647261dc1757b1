"""The lines above an explanation, which say what is explained."""

from ...datasets.encoding import Encoder
from ...texts import plural, printable
from .why import answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

    from ...core.network import Sequential
    from ...core.types import Matrix, Row
    from ...explanation.explanation import Explanation


MOST_INPUTS = 30  # inputs listed


def about_row(
    net: "Sequential", encoder: "Any", X: "Matrix", Y: "Any", missing: "List[str]", options: "Any"
) -> "List[str]":
    """Describe a row of a table: the prediction and its reasons, and its inputs if these matter."""
    row = f"row {options.row or 1} of {options.data}"
    lines = [row] + answer(net, encoder, X[0], Y and Y[0])
    if isinstance(encoder, Encoder) and (options.arithmetic or options.number):
        lines += [""] + columns_of(X[0], encoder, missing)
    return lines


def about_own_step(
    why: "Explanation", options: "Any", recipe: "Any", problem: "Any"
) -> "List[str]":
    """Describe a step of the training of a model, and its batch."""
    shown = why.samples[:MOST_INPUTS]
    rows = [f"x[{i}] is row {problem.rows[i] + 1}" for i in shown]
    rows += [f"and {len(why.samples) - len(shown)} more"] if len(why.samples) > len(shown) else []
    return [
        f"step {options.step} of the training of {options.model}: {recipe}, seed {recipe.seed}",
        f"loss {why.loss!r}, optimizer {why.optimizer!r}",
        f"{plural(len(problem.rows), 'training row')} of {options.data}; "
        f"the batch: {', '.join(rows)}",
    ]


def about_samples(why: "Explanation", options: "Any") -> "List[str]":
    """Describe a later step of a saved network, which has no training of its own to repeat."""
    if options.row is not None:
        return [f"row {options.row} of {options.data}"]
    if options.step in (None, 1):
        return []
    return [
        f"step {options.step} of a new training run, from the weights in {options.model} on, "
        "with the given samples alone",
        f"loss {why.loss!r}, optimizer {why.optimizer!r}",
    ]


def about_new_training(
    why: "Explanation", encoder: "Any", options: "Any", given: "List[str]"
) -> "List[str]":
    """Describe a step that is not one of the model's training, and say why it is not."""
    reason = f"{options.data} is not the table that the model learned from"
    if given:
        names = ", ".join(["--" + name.replace("_", "-") for name in given])
        reason = f"leave out {names} for a step of the model's own training"
    lines = [
        f"step {options.step} of a new training run, from the trained weights on: "
        f"row {options.row or 1} of {options.data} is its only sample",
        f"({reason})",
        f"loss {why.loss!r}, optimizer {why.optimizer!r}",
    ]
    return lines + (columns_of(why.data[0][0], encoder) if isinstance(encoder, Encoder) else [])


def columns_of(x: "Row", encoder: "Encoder", missing: "Sequence[str]" = ()) -> "List[str]":
    """Return a line per input that names its column."""
    first = len(encoder.numbers)  # then the labels of categories, mostly 0
    inputs = [
        (j, v, name) for j, (v, name) in enumerate(zip(x, encoder.features)) if v or j < first
    ]
    lines = []
    for j, v, name in inputs[:MOST_INPUTS]:
        note = " (missing: the median of the training rows)" if name in missing else ""
        lines.append(f"  x[0][{j}] = {v:g}, {printable(name)}{note}")
    lines += [f"  and {len(inputs) - MOST_INPUTS} more"] if len(inputs) > MOST_INPUTS else []
    return lines + (
        [f"  and 0 for {len(x) - len(inputs)} other labels"] if len(x) > len(inputs) else []
    )
