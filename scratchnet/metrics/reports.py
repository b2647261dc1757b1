"""Reports: several measures next to those of a trivial prediction."""

from collections import Counter

from ..core.checks import require
from ..datasets.median import median_of
from ..texts import html_table, plural, shortened, width
from .checks import classes_of, classified, mean_of, numbers, numeric, sorted_labels
from .classification import (
    Score,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    precision_recall_f1,
)
from .probabilities import log_loss, roc_auc
from .regression import mean_absolute_error, r2, root_mean_squared_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Literal, Sequence, overload
else:

    def overload(function):
        """Leave the function to type checkers."""
        return function


WIDTH = 79  # columns of a report, at most
CONFUSIONS = 10  # confusions listed if the matrix is too wide


def baseline(targets: "Any", strategy: str) -> "Any":
    """Return a trivial prediction, which is the same for all inputs.

    ``strategy``  "most_frequent" for classes (of equally frequent ones, the first in sorted order);
                  "mean" or "median" for numbers

    >>> baseline(["b", "a", "b"], "most_frequent")
    'b'
    >>> baseline([1, 2, 6], "mean"), baseline([1, 2, 6], "median")
    (3.0, 2.0)
    """
    if strategy == "most_frequent":
        return most_frequent(Counter(classes_of(targets, "targets")))
    y = numbers(targets, "targets")
    if strategy == "mean":
        return mean_of(y, [1] * len(y))
    require("strategy", strategy, (lambda v: v == "median", "'most_frequent', 'mean' or 'median'"))
    return median_of(y)


def most_frequent(counts: "Dict[Any, int]") -> "Any":
    """Return the most frequent class, given {class: how many}."""
    # max returns the first of equal elements.
    return max(sorted_labels(None, list(counts), []), key=counts.__getitem__)


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


class ClassificationReport:
    """The quality of predicted classes.

    ``samples``             the number of samples
    ``accuracy``            of the predictions
    ``baseline``            the trivial prediction, the most frequent class
    ``baseline_accuracy``   of predicting ``baseline`` for all samples
    ``balanced_accuracy``   the mean recall of the classes that occur
    ``log_loss``            of the probabilities; None without these, as the next two
    ``baseline_log_loss``   of predicting the frequencies of the classes in ``known``
    ``roc_auc``             the area under the ROC curve; the mean over the classes, each against
                            the rest, if there are more than two
    ``scores``              precision, recall and F1 of each class, and their ``macro`` and
                            ``weighted`` means
    ``labels``              the classes in order
    ``confusion_matrix``    one row per true class, one column per predicted class
    """

    def __init__(
        self,
        targets: "Any",
        predictions: "Any",
        known: "Any" = None,
        labels: "Any" = None,
        probabilities: "Any" = None,
    ) -> None:
        truth, predicted, _ = classified(targets, predictions, None)
        self.samples = len(truth)
        self.labels = list(sorted_labels(labels, truth, predicted))
        known = truth if known is None else known
        counts = known if isinstance(known, dict) else Counter(classes_of(known, "known"))
        self.accuracy = accuracy(truth, predicted)
        self.balanced_accuracy = balanced_accuracy(truth, predicted)
        self.baseline = most_frequent(counts)
        self.baseline_accuracy = accuracy(truth, [self.baseline] * len(truth))
        self.scores = precision_recall_f1(truth, predicted, self.labels)
        self.confusion_matrix = confusion_matrix(truth, predicted, self.labels)
        self.log_loss: "Any" = None
        self.baseline_log_loss: "Any" = None
        self.roc_auc: "Any" = None
        if probabilities is not None:
            self._judge(truth, list(probabilities), counts)

    def _judge(self, truth: "List[Any]", shares: "List[Any]", known: "Dict[Any, int]") -> None:
        """Measure the probabilities of the classes."""
        labels = self.labels
        # An unknown class counts once: the logarithm of 0 is infinite.
        counts = [max(1, known.get(label, 0)) for label in labels]
        usual = [n / sum(counts) for n in counts]
        self.log_loss = log_loss(truth, shares, labels)
        self.baseline_log_loss = log_loss(truth, [usual] * len(truth), labels)
        areas = [
            roc_auc([int(t == label) for t in truth], [row[k] for row in shares])
            for k, label in enumerate(labels)
            if 0 < truth.count(label) < len(truth)
        ]
        self.roc_auc = sum(areas) / len(areas) if areas else None

    def to_dict(self) -> "Dict[str, Any]":
        """Return the report in a form for JSON."""
        scores = self.scores.classes + [self.scores.macro, self.scores.weighted]
        rows = [dict(zip(Score._fields, score)) for score in scores]
        return {
            "task": "classification",
            "samples": self.samples,
            "accuracy": self.accuracy,
            "baseline": self.baseline,
            "baseline_accuracy": self.baseline_accuracy,
            "balanced_accuracy": self.balanced_accuracy,
            "log_loss": self.log_loss,
            "baseline_log_loss": self.baseline_log_loss,
            "roc_auc": self.roc_auc,
            "classes": rows[:-2],
            "macro_mean": rows[-2],
            "weighted_mean": rows[-1],
            "labels": self.labels,
            "confusion_matrix": self.confusion_matrix,
        }

    def __str__(self) -> str:
        always = '(always "{}": {})'.format(
            shortened(self.baseline, 24), digits(self.baseline_accuracy)
        )
        first = f"classification of {plural(self.samples, 'sample')}"
        measures = "\n".join([first, *self._measures(always)])
        return "\n\n".join([measures, aligned(self._score_rows()), self._confusions()])

    def _repr_html_(self) -> str:
        """Return the report as HTML for a notebook."""
        rows = [
            ("samples", plural(self.samples, "sample")),
            ("accuracy", digits(self.accuracy)),
            (f'always "{self.baseline}"', digits(self.baseline_accuracy)),
        ]
        scores, confusions = self._score_rows(), self._confusion_rows()
        return (
            html_table(["classification", ""], rows)
            + html_table(scores[0], scores[1:])
            + html_table(confusions[0], confusions[1:])
        )

    def _score_rows(self) -> "List[List[str]]":
        rows = [["", "precision", "recall", "F1", "support"]]
        for s in self.scores.classes + [self.scores.macro, self.scores.weighted]:
            rows.append(
                [shortened(s.label, 24)] + ["{:.3f}".format(v) for v in s[1:4]] + [str(s.support)]
            )
        return rows

    def _confusion_rows(self) -> "List[List[str]]":
        names = [shortened(label, 12) for label in self.labels]
        rows = [["truth \\ predicted"] + names]
        return rows + [
            [name] + [str(n) for n in counts] for name, counts in zip(names, self.confusion_matrix)
        ]

    def _measures(self, always: str) -> "List[str]":
        """Return a line for each measure, next to that of a trivial prediction."""
        found = [
            ("accuracy", self.accuracy, always),
            ("balanced accuracy", self.balanced_accuracy, ""),
            ("log loss", self.log_loss, "(always the frequencies of the classes: {})"),
            ("ROC AUC", self.roc_auc, "(by chance: 0.5)"),
        ]
        usual = digits(self.baseline_log_loss) if self.baseline_log_loss is not None else ""
        rows = [(name, digits(v), text.format(usual)) for name, v, text in found if v is not None]
        wide = [max([len(row[k]) for row in rows]) for k in (0, 1)]
        return [f"{a:{wide[0]}}  {b:{wide[1]}}  {c}".rstrip() for a, b, c in rows]

    def _confusions(self) -> str:
        """Return the matrix or, if it is too wide for a terminal, the most frequent mistakes."""
        rows = self._confusion_rows()
        names = rows[0][1:]
        table = aligned(rows)
        if width(table.split("\n")[0]) <= WIDTH:
            return table
        mistakes = [
            (n, names[i], names[j])
            for i, row in enumerate(self.confusion_matrix)
            for j, n in enumerate(row)
            if i != j and n
        ]
        listed = sorted(mistakes, key=lambda mistake: -mistake[0])[:CONFUSIONS]
        rows = [["truth", "predicted", "samples"]] + [
            [truth, name, str(n)] for n, truth, name in listed
        ]
        return "the most frequent mistakes\n" + aligned(rows) if listed else "no mistakes"

    __repr__ = __str__


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
        y, predicted, _ = numeric(targets, predictions, None)
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
        lines = aligned([row[:3] for row in rows]).split("\n")
        table = [(line + "  " + row[3]).rstrip() for line, row in zip(lines, rows)]
        return "\n".join([f"regression of {plural(self.samples, 'sample')}", ""] + table)

    __repr__ = __str__


# ---- printing ------------------------------------------------------------------------------------


def aligned(rows: "Sequence[Sequence[str]]") -> str:
    """Return the rows as lines. The first column is aligned left, the others right."""
    widths = [max([width(row[k]) for row in rows]) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        blanks = [" " * (w - width(cell)) for w, cell in zip(widths, row)]
        cells = [
            blank + cell if k else cell + blank for k, (blank, cell) in enumerate(zip(blanks, row))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def finite(value: float) -> "Any":
    return value if value - value == 0 else None


def digits(value: float) -> str:
    if value != value:
        return "undefined"
    if 1e4 <= abs(value) < 1e12:  # not 1.353e+04
        return "{:,.0f}".format(value)
    return "{:.4g}".format(value + 0.0)
