"""Reports: several measures next to those of a trivial prediction."""

from ..core.checks import require
from .classification_report import ClassificationReport
from .regression_report import RegressionReport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, overload
else:

    def overload(function):
        """Leave the function to type checkers."""
        return function


@overload
def report(
    task: "Literal['classification']",
    targets: "Any",
    predictions: "Any",
    known: "Any" = None,
    labels: "Any" = None,
    probabilities: "Any" = None,
) -> "ClassificationReport": ...
@overload
def report(  # noqa: F811
    task: "Literal['regression']", targets: "Any", predictions: "Any", known: "Any" = None
) -> "RegressionReport": ...
@overload
def report(  # noqa: F811
    task: str,
    targets: "Any",
    predictions: "Any",
    known: "Any" = None,
    labels: "Any" = None,
    probabilities: "Any" = None,
) -> "Any": ...
def report(  # noqa: F811
    task: str,
    targets: "Any",
    predictions: "Any",
    known: "Any" = None,
    labels: "Any" = None,
    probabilities: "Any" = None,
) -> "Any":
    """Return the quality of predictions as a ClassificationReport or a RegressionReport.

    ``task``    "classification" or "regression"
    ``known``   the training targets, which define the trivial prediction, or {class: how many of
                them}; by default ``targets``
    ``labels``  the classes in the desired order
    ``probabilities``
                samples × classes, in the order of ``labels``, for the log loss and ROC AUC

    ``print`` shows the report as a short table. ``to_dict()`` returns it in a form for JSON, with
    None for NaN and infinity.

    >>> print(report("regression", [1, 2, 3], [1, 2, 4]))
    regression of 3 samples
    <BLANKLINE>
           model  trivial
    R²       0.5        0  (always the mean, 2)
    MAE   0.3333   0.6667  (always the median, 2)
    RMSE  0.5774   0.8165  (always the mean, 2)
    >>> report("regression", [1, 2, 3], [1, 2, 4]).to_dict()["r2"]
    0.5
    """
    if task == "regression":
        return RegressionReport(targets, predictions, known)
    require("task", task, (lambda v: v == "classification", "'classification' or 'regression'"))
    return ClassificationReport(targets, predictions, known, labels, probabilities)
