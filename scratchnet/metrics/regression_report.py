"""The quality of predicted numbers, next to that of trivial predictions."""

from ..texts import html_table, plural
from .baselines import baseline
from .checks import numbers_and_weights
from .layout import align, digits, finite
from .regression import mean_absolute_error, r2, root_mean_squared_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence


class RegressionReport:
    """The quality of predicted numbers.

    ``samples``                   the number of samples
    ``r2``                        R²
    ``mean_absolute_error``       in the unit of the targets
    ``root_mean_squared_error``   in the unit of the targets
    ``mean``, ``median``          the trivial predictions
    ``baseline``                  the three measures of a trivial prediction: of the median for the
                                  mean absolute error, of the mean for the others
    """

    def __init__(self, targets: "Any", predictions: "Any", known: "Any" = None) -> None:
        y, predicted, _ = numbers_and_weights(targets, predictions, None)
        training = y if known is None else known
        self.samples = len(y)
        self.mean, self.median = baseline(training, "mean"), baseline(training, "median")
        means, medians = [self.mean] * len(y), [self.median] * len(y)
        self.r2, self.mean_absolute_error = r2(y, predicted), mean_absolute_error(y, predicted)
        self.root_mean_squared_error = root_mean_squared_error(y, predicted)
        self.baseline = {
            "r2": r2(y, means),
            "mean_absolute_error": mean_absolute_error(y, medians),
            "root_mean_squared_error": root_mean_squared_error(y, means),
        }

    def to_dict(self) -> "Dict[str, Any]":
        """Return the report in a form for JSON."""
        found = {
            name: getattr(self, name)
            for name in ["samples"] + list(self.baseline) + ["mean", "median"]
        }
        baseline = {name: finite(v) for name, v in self.baseline.items()}
        return dict(
            {name: finite(v) for name, v in found.items()}, task="regression", baseline=baseline
        )

    def _repr_html_(self) -> str:
        """Return the report as HTML for a notebook."""
        rows = self._rows()
        head = [f"regression of {plural(self.samples, 'sample')}"] + list(rows[0][1:])
        return html_table(head, rows[1:])

    def _rows(self) -> "List[Sequence[str]]":
        rows: "List[Sequence[str]]" = [("", "model", "trivial", "")]
        for name, key, constant in (
            ("R²", "r2", "mean"),
            ("MAE", "mean_absolute_error", "median"),
            ("RMSE", "root_mean_squared_error", "mean"),
        ):
            always = "(always the {}, {})".format(constant, digits(getattr(self, constant)))
            rows.append((name, digits(getattr(self, key)), digits(self.baseline[key]), always))
        return rows

    def __str__(self) -> str:
        rows = self._rows()
        lines = align([row[:3] for row in rows]).split("\n")
        table = [(line + "  " + row[3]).rstrip() for line, row in zip(lines, rows)]
        return "\n".join([f"regression of {plural(self.samples, 'sample')}", ""] + table)

    __repr__ = __str__
