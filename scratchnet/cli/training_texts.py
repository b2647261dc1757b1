"""What `train` says about the data, the training and the model."""

import textwrap
from math import sqrt

from .. import metrics, plots
from ..texts import plural
from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..core.network import Sequential
    from ..tabular.model import Model
    from ..tabular.problem import Problem
    from ..tabular.recipe import Recipe

MEASURED = 1000  # validation rows that the progress line measures
FEW = 30  # with fewer validation rows, the report adds a warning
NO_BETTER = """

The model is no better than the trivial prediction. The columns may not predict
the target, the training may be too short, or the --learning-rate too large."""


def beginning(data: "Any", encoder: "Any") -> str:
    """Describe the data and how they are encoded."""
    without = len(data) - len(data.with_target())
    lines = [f"{data.source}: {plural(len(data), 'row')}", "", str(encoder), ""]
    if without:
        lines.insert(1, f"left out: {plural(without, 'row')} without a value of {data.target!r}")
    return "\n".join(lines)


def sizes(problem: "Problem", recipe: "Recipe", net: "Sequential") -> str:
    """Describe the recipe, and count the rows and the parameters."""
    training = plural(len(problem.training[0]), "training row")
    validation = plural(len(problem.validation[0]), "validation row")
    count = plural(sum([p.count for p in net.parameters() if not p.frozen]), "parameter")
    return f"{textwrap.fill(str(recipe), 79)}\n{training}, {validation}; {count}\n"


class Measures:
    """An epoch in words: the losses and the accuracy, or the errors in the target's unit and R²."""

    def __init__(self, model: "Model", validation: "Any") -> None:
        X, Y = validation
        rows = range(min(len(X), MEASURED))
        self.model, self.X = model, [X[i] for i in rows]
        self.Y = [Y[i] for i in rows]

    def __call__(self, epoch: "Any") -> str:
        encoder = self.model.encoder
        truth = encoder.targets_of(self.Y)
        predicted = encoder.targets_of(self.model.computed(self.X))
        losses = epoch.loss, epoch.validation_loss
        if encoder.classes:
            score = metrics.accuracy(truth, predicted)
            return "loss {:.4g}  validation {:.4g}  accuracy {:.3f}".format(*losses, score)
        # The loss is half the squared error of the standardized target.
        errors = [encoder.target.spread * sqrt(2 * loss) for loss in losses]
        score = metrics.r2(truth, predicted)
        return "RMSE {:.4g}  validation {:.4g}  R² {:.3f}".format(*errors, score)


def ending(model: "Model", recipe: "Recipe", options: "Any") -> str:
    """Describe the training, the quality of the model, and the next commands."""
    epochs, report = model.epochs, model.report
    last = epochs[-1]
    stop = f"{plural(last.number, 'epoch')} done"
    if model.why_stopped:
        stop = f"stopped after epoch {last.number}: {model.why_stopped}"
    losses = plots.loss_curve(
        [epoch.loss for epoch in epochs], [epoch.validation_loss for epoch in epochs]
    )
    chosen = "the best epoch and the settings" if options.search else "the best epoch"
    few = ""
    if report.samples < FEW:
        few = f" and, with {plural(report.samples, 'row')}, uncertain"
    advice = (
        f"These rows also chose {chosen}, so the scores are slightly optimistic{few}. "
        "For a stricter test, use --cross-validate, or `evaluate` with other rows."
    )
    if model.epochs_on_all:
        count = plural(model.epochs_on_all, "epoch")
        advice += f" The model saved was then trained on all rows, for {count}."
    blocks = [
        f"{wrap(f'{stop}; the best was epoch {last.best}')}\n{losses.text(**terminal.size())}",
        f"on the validation rows:\n\n{report}" + ("" if is_better(report, recipe) else NO_BETTER),
        wrap(advice),
        f"{options.output}: saved; next:",
        "\n".join(
            [
                f"  python3 -m scratchnet {name} {options.output} DATA"
                for name in ("predict", "evaluate")
            ]
        ),
    ]
    return "\n\n".join(blocks)


def is_better(report: "Any", recipe: "Recipe") -> bool:
    """Return whether the model beats the trivial prediction, or both are perfect."""
    if isinstance(report, metrics.RegressionReport):
        error = report.root_mean_squared_error
        return error == 0 or error < report.baseline["root_mean_squared_error"]
    if recipe.class_weight:
        return report.balanced_accuracy > 1 / len(report.labels)  # type: ignore[no-any-return]
    # The training minimizes the log loss. Accuracy may be the same if a class is rare.
    better = report.accuracy == 1 or report.accuracy > report.baseline_accuracy
    return better or report.log_loss < report.baseline_log_loss  # type: ignore[no-any-return]


def wrap(text: str) -> str:
    """Return the text in lines of at most 79 columns."""
    return textwrap.fill(text, 79, break_on_hyphens=False)
