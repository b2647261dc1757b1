"""The quality of predicted classes, next to that of a trivial prediction."""

from collections import Counter

from ..texts import html_table, plural, shorten, width
from .baselines import most_frequent
from .checks import classes_and_weights, classes_of, sort_labels
from .classification import (
    Score,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    precision_recall_f1,
)
from .layout import align, digits
from .probabilities import log_loss, roc_auc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

WIDTH = 79  # columns of a report, at most
CONFUSIONS = 10  # confusions listed if the matrix is too wide


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
        truth, predicted, _ = classes_and_weights(targets, predictions, None)
        self.samples = len(truth)
        self.labels = list(sort_labels(labels, truth, predicted))
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
            self._measure_probabilities(truth, list(probabilities), counts)

    def _measure_probabilities(
        self, truth: "List[Any]", shares: "List[Any]", known: "Dict[Any, int]"
    ) -> None:
        labels = self.labels
        # An unknown class counts once, because the logarithm of 0 is infinite.
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
            shorten(self.baseline, 24), digits(self.baseline_accuracy)
        )
        first = f"classification of {plural(self.samples, 'sample')}"
        measures = "\n".join([first, *self._measures(always)])
        return "\n\n".join([measures, align(self._score_rows()), self._confusions()])

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
                [shorten(s.label, 24)] + ["{:.3f}".format(v) for v in s[1:4]] + [str(s.support)]
            )
        return rows

    def _confusion_rows(self) -> "List[List[str]]":
        names = [shorten(label, 12) for label in self.labels]
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
        table = align(rows)
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
        return "the most frequent mistakes\n" + align(rows) if listed else "no mistakes"

    __repr__ = __str__
