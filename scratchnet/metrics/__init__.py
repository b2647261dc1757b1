"""Measures of the quality of predictions, as functions of lists.

    accuracy  confusion_matrix  precision_recall_f1     for predicted classes
    log_loss  roc_auc  class_probabilities              for predicted probabilities or scores
    r2  mean_absolute_error  root_mean_squared_error    for predicted numbers
    baseline                                            a trivial prediction, which ignores inputs
    report                                              several measures beside the baseline

The definitions are those of scikit-learn. The first argument is the targets, the second the
predictions: flat lists, or the single column of ``net.predict``. A class is a whole number, a
string or a bool. If the network has one output per class, the class number of a row of outputs is
``row.index(max(row))``. ``sample_weight`` gives each sample a weight of 0 or more.

>>> from scratchnet import metrics
>>> metrics.accuracy([0, 1, 1, 0], [[0.0], [1.0], [0.0], [0.0]])
0.75
>>> truth, predicted = ["cat", "dog", "dog", "cat"], ["cat", "dog", "cat", "cat"]
>>> print(metrics.report("classification", truth, predicted))
classification of 4 samples
accuracy  0.75  (always "cat": 0.5)
<BLANKLINE>
               precision  recall     F1  support
cat                0.667   1.000  0.800        2
dog                1.000   0.500  0.667        2
macro mean         0.833   0.750  0.733        4
weighted mean      0.833   0.750  0.733        4
<BLANKLINE>
truth \\ predicted  cat  dog
cat                  2    0
dog                  1    1
"""

import math
from collections import namedtuple

from ..core.checks import (
    AT_LEAST_0,
    accept,
    accept_row,
    accept_rows,
    is_sequence,
    plain,
    require,
    shown,
)
from ..core.functions import total
from ..datasets.encoding import median_of
from ..texts import shortened, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

NAN = float("nan")
EPSILON = 2.0**-52  # log_loss moves probabilities this far from 0 and 1
WIDTH = 79  # columns of a report, at most
CONFUSIONS = 10  # confusions listed if the matrix is too wide

SCALARS = (float, int, bool, str)  # built-in types, which need no conversion
CLASS = (
    lambda v: v == int(v),
    "a class: a whole number or a string (from a probability p of two classes: int(p > 0.5))",
)

Score = namedtuple("Score", "label precision recall f1 support")
Scores = namedtuple("Scores", "classes macro weighted")


# ---- predicted classes ---------------------------------------------------------------------------


def accuracy(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return the fraction of the samples whose class is predicted correctly.

    >>> accuracy([0, 1, 1, 2], [0, 1, 2, 2])
    0.75
    """
    truth, predicted, weights = _classified(targets, predictions, sample_weight)
    return _mean([t == p for t, p in zip(truth, predicted)], weights)


def confusion_matrix(
    targets: "Any", predictions: "Any", labels: "Any" = None, sample_weight: "Any" = None
) -> "Any":
    """Return the number of samples of each true class (row) and predicted class (column).

    ``labels`` lists the classes in the desired order; by default all classes, sorted. Samples with
    other classes are left out.

    >>> confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    """
    truth, predicted, weights = _classified(targets, predictions, sample_weight)
    labels = _labels(labels, truth, predicted)
    place = {label: i for i, label in enumerate(labels)}
    matrix = [[0] * len(labels) for _ in labels]
    for t, p, w in zip(truth, predicted, weights):
        if t in place and p in place:
            matrix[place[t]][place[p]] += w
    return matrix


def precision_recall_f1(
    targets: "Any",
    predictions: "Any",
    labels: "Any" = None,
    sample_weight: "Any" = None,
    zero_division: float = 0,
) -> "Scores":
    """Return the precision, recall, F1 and support of each class, and their means.

    precision   the fraction of right predictions among the predictions of the class
    recall      the fraction of right predictions among the samples of the class
    F1          the harmonic mean of precision and recall
    support     the number of samples of the class

    In the result, ``classes`` is a list with one Score per class, ``macro`` is the plain mean, and
    ``weighted`` is the mean weighted by support. ``zero_division`` (0 or 1) is the value where a
    measure is 0/0: the precision of a class that is never predicted, the recall of a class without
    samples, the F1 of a class with neither, and a mean over no classes.

    >>> precision_recall_f1([0, 1, 1, 2], [0, 1, 2, 2]).classes[1]
    Score(label=1, precision=1.0, recall=0.5, f1=0.6666666666666666, support=2)
    """
    require("zero_division", zero_division, (lambda v: v in (0, 1), "0 or 1"))
    truth, predicted, weights = _classified(targets, predictions, sample_weight)
    right, of, named = {}, {}, {}  # type: Dict[Any, float], Dict[Any, float], Dict[Any, float]
    for t, p, w in zip(truth, predicted, weights):
        of[t], named[p] = of.get(t, 0) + w, named.get(p, 0) + w
        right[t] = right.get(t, 0) + (w if t == p else 0)

    def ratio(part: float, whole: float) -> float:
        return part / whole if whole else float(zero_division)

    def score(label: "Any") -> "Score":
        hits, support, calls = right.get(label, 0), of.get(label, 0), named.get(label, 0)
        return Score(
            label,
            ratio(hits, calls),
            ratio(hits, support),
            ratio(2 * hits, support + calls),
            support,
        )

    scores = [score(label) for label in _labels(labels, truth, predicted)]
    support = sum([s.support for s in scores])

    def mean(name: str, shares: "List[float]") -> "Score":
        columns = [[s[k] for s in scores] for k in (1, 2, 3)]
        means = [
            ratio(total([w * v for w, v in zip(shares, column)]), total(shares))
            for column in columns
        ]
        return Score(name, means[0], means[1], means[2], support)

    return Scores(
        scores,
        mean("macro mean", [1] * len(scores)),
        mean("weighted mean", [s.support for s in scores]),
    )


# ---- predicted probabilities ---------------------------------------------------------------------


def log_loss(
    targets: "Any", probabilities: "Any", labels: "Any" = None, sample_weight: "Any" = None
) -> float:
    """Return the mean of -log p, where p is the predicted probability of the true class.

    ``probabilities``  samples × classes; for two classes also those of the second class alone
    ``labels``         the class of each column; by default the sorted classes of the targets, or
                       0, 1, 2, ... if the targets are class numbers of which some are missing

    A p of 0 counts as 2⁻⁵².

    >>> log_loss([0, 1], [0.5, 0.5]) == log_loss([0, 1], [[0.5, 0.5], [0.5, 0.5]]) == math.log(2)
    True
    """
    truth = _classes(targets, "targets")
    data = accept_rows(probabilities, "probabilities")
    rows = accept(
        [p if is_sequence(p) else [p] for p in [data[i] for i in range(len(data))]],
        name="probabilities",
    )
    weights = _weights(sample_weight, len(truth), len(rows))
    count = max(2, len(rows[0]))
    place = {label: k for k, label in enumerate(_columns(labels, truth, count))}
    losses = []
    for i, (t, row) in enumerate(zip(truth, rows)):
        shares = class_probabilities(row)
        if min(shares) < 0 or abs(total(shares) - 1) > 1e-6:
            raise ValueError(
                f"probabilities: row {i} is {shown(row)}; "
                "give probabilities from 0 to 1 that sum to 1"
            )
        if t not in place:
            raise ValueError(f"targets: row {i} is {shown(t)}; give one of the labels")
        losses.append(-math.log(min(max(shares[place[t]], EPSILON), 1 - EPSILON)))
    return _mean(losses, weights)


def class_probabilities(output: "List[float]") -> "List[float]":
    """Return the probability of each class, given the outputs of the network for one sample.

    A single output p is the probability of the second of two classes, so the result is 1 - p and p.

    >>> class_probabilities([0.25]), class_probabilities([0.5, 0.25, 0.25])
    ([0.75, 0.25], [0.5, 0.25, 0.25])
    """
    return [1 - output[0], output[0]] if len(output) == 1 else output


def _columns(labels: "Any", truth: "List[Any]", count: int) -> "Sequence[Any]":
    """Return the class of each column of the probabilities."""
    known = _labels(labels, truth, [])
    if len(known) == count:
        return known
    if labels is None and all([isinstance(t, (int, float)) and 0 <= t < count for t in known]):
        return range(count)
    raise ValueError(
        f"there are {len(known)} classes and {count} columns of probabilities; "
        "give labels, one class per column"
    )


def roc_auc(targets: "Any", scores: "Any", sample_weight: "Any" = None) -> float:
    """Return the area under the ROC curve.

    It is the probability that a sample of the second class has a higher score than one of the
    first. Ties count half. The sorted classes are the first and the second. If there is only one
    class, the result is NaN.

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    truth, values = _classes(targets, "targets"), numbers(scores, "scores")
    weights = _weights(sample_weight, len(truth), len(values))
    classes = _labels(None, truth, [])
    if len(classes) > 2:
        raise ValueError(
            f"roc_auc: the targets have {len(classes)} classes; "
            "give two classes, such as one against the rest"
        )
    above = below = area = 0.0  # weights of the second and first class so far, by ascending score
    groups = {}  # type: Dict[float, List[float]]
    for t, v, w in zip(truth, values, weights):
        groups.setdefault(v, [0, 0])[int(t == classes[-1])] += w
    for v in sorted(groups):
        negative, positive = groups[v]
        area += positive * (below + negative / 2)
        below, above = below + negative, above + positive
    return area / (above * below) if above * below else NAN


# ---- predicted numbers ---------------------------------------------------------------------------


def r2(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return R², the fraction of the variance of the targets that is predicted.

    1 is perfect, and 0 is no better than predicting the mean. If all targets are equal, the result
    is 1 for a perfect prediction and 0 otherwise. For a single sample it is NaN.

    >>> r2([1, 2, 3], [1, 2, 4])
    0.5
    """
    y, predicted, weights = _numeric(targets, predictions, sample_weight)
    if len(y) < 2:
        return NAN
    mean = _mean(y, weights)
    rest = _mean([(a - b) * (a - b) for a, b in zip(y, predicted)], weights)
    variation = _mean([(a - mean) * (a - mean) for a in y], weights)
    # The mean of equal targets may differ from them by rounding.
    if variation == 0 or len({a for a, w in zip(y, weights) if w}) == 1:
        return float(rest == 0)
    return 1 - rest / variation


def mean_absolute_error(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return MAE, the mean of |target - prediction|, in the unit of the targets.

    >>> mean_absolute_error([1, 2, 3], [1, 2, 6])
    1.0
    """
    y, predicted, weights = _numeric(targets, predictions, sample_weight)
    return _mean([abs(a - b) for a, b in zip(y, predicted)], weights)


def root_mean_squared_error(
    targets: "Any", predictions: "Any", sample_weight: "Any" = None
) -> float:
    """Return RMSE, the root of the mean of (target - prediction)², in the unit of the targets.

    >>> root_mean_squared_error([1, 2, 3, 4], [1, 2, 3, 6])
    1.0
    """
    y, predicted, weights = _numeric(targets, predictions, sample_weight)
    return math.sqrt(_mean([(a - b) * (a - b) for a, b in zip(y, predicted)], weights))


def _mean(values: "List[float]", weights: "List[float]") -> float:
    return float(total([w * v for w, v in zip(weights, values)]) / total(weights))


# ---- comparison with a trivial prediction --------------------------------------------------------


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
        classes = _classes(targets, "targets")
        counts = {}  # type: Dict[Any, int]
        for c in classes:
            counts[c] = counts.get(c, 0) + 1
        # max returns the first of equal elements.
        return max(_labels(None, classes, []), key=lambda label: counts[label])
    y = numbers(targets, "targets")
    if strategy == "mean":
        return _mean(y, [1] * len(y))
    require("strategy", strategy, (lambda v: v == "median", "'most_frequent', 'mean' or 'median'"))
    return median_of(y)


def report(
    task: str, targets: "Any", predictions: "Any", known: "Any" = None, labels: "Any" = None
) -> "Any":
    """Return the quality of predictions as a ClassificationReport or a RegressionReport.

    ``task``    "classification" or "regression"
    ``known``   the training targets, which define the trivial prediction; by default ``targets``
    ``labels``  the classes in the desired order

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
    return ClassificationReport(targets, predictions, known, labels)


class ClassificationReport:
    """The quality of predicted classes.

    ``samples``             the number of samples
    ``accuracy``            of the predictions
    ``baseline``            the trivial prediction, the most frequent class
    ``baseline_accuracy``   of predicting ``baseline`` for all samples
    ``scores``              precision, recall and F1 of each class, and their ``macro`` and
                            ``weighted`` means
    ``labels``              the classes in order
    ``confusion_matrix``    one row per true class, one column per predicted class
    """

    def __init__(
        self, targets: "Any", predictions: "Any", known: "Any" = None, labels: "Any" = None
    ) -> None:
        truth, predicted, _ = _classified(targets, predictions, None)
        self.samples = len(truth)
        self.labels = list(_labels(labels, truth, predicted))
        self.accuracy = accuracy(truth, predicted)
        self.baseline = baseline(truth if known is None else known, "most_frequent")
        self.baseline_accuracy = accuracy(truth, [self.baseline] * len(truth))
        self.scores = precision_recall_f1(truth, predicted, self.labels)
        self.confusion_matrix = confusion_matrix(truth, predicted, self.labels)

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
            "classes": rows[:-2],
            "macro_mean": rows[-2],
            "weighted_mean": rows[-1],
            "labels": self.labels,
            "confusion_matrix": self.confusion_matrix,
        }

    def __str__(self) -> str:
        always = '(always "{}": {})'.format(
            shortened(self.baseline, 24), _digits(self.baseline_accuracy)
        )
        rows = [["", "precision", "recall", "F1", "support"]]
        for s in self.scores.classes + [self.scores.macro, self.scores.weighted]:
            rows.append(
                [shortened(s.label, 24)] + ["{:.3f}".format(v) for v in s[1:4]] + [str(s.support)]
            )
        first = f"classification of {_samples(self.samples)}"
        second = f"accuracy  {_digits(self.accuracy)}  {always}"
        return "\n\n".join([first + "\n" + second, _table(rows), self._confusions()])

    def _confusions(self) -> str:
        """Return the matrix or, if it is too wide for a terminal, the most frequent mistakes."""
        names = [shortened(label, 12) for label in self.labels]
        rows = [["truth \\ predicted"] + names]
        rows += [
            [name] + [str(n) for n in counts] for name, counts in zip(names, self.confusion_matrix)
        ]
        table = _table(rows)
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
        return "the most frequent mistakes\n" + _table(rows) if listed else "no mistakes"

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
        y, predicted, _ = _numeric(targets, predictions, None)
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
        baseline = {name: _finite(v) for name, v in self.baseline.items()}
        return dict(
            {name: _finite(v) for name, v in found.items()}, task="regression", baseline=baseline
        )

    def __str__(self) -> str:
        rows = [("", "model", "trivial", "")]
        for name, key, constant in (
            ("R²", "r2", "mean"),
            ("MAE", "mean_absolute_error", "median"),
            ("RMSE", "root_mean_squared_error", "mean"),
        ):
            always = "(always the {}, {})".format(constant, _digits(getattr(self, constant)))
            rows.append((name, _digits(getattr(self, key)), _digits(self.baseline[key]), always))
        lines = _table([row[:3] for row in rows]).split("\n")
        table = [(line + "  " + row[3]).rstrip() for line, row in zip(lines, rows)]
        return "\n".join([f"regression of {_samples(self.samples)}", ""] + table)

    __repr__ = __str__


# ---- printing ------------------------------------------------------------------------------------


def _table(rows: "Sequence[Sequence[str]]") -> str:
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


def _finite(value: float) -> "Any":
    return value if value - value == 0 else None


def _digits(value: float) -> str:
    if value != value:
        return "undefined"
    if 1e4 <= abs(value) < 1e12:  # not 1.353e+04
        return "{:,.0f}".format(value)
    return "{:.4g}".format(value + 0.0)


def _samples(n: int) -> str:
    return "1 sample" if n == 1 else f"{n} samples"


# ---- checks of arguments -------------------------------------------------------------------------


def _column(data: "Any", name: str) -> "List[Any]":
    """Return the elements of a flat list or of a single column."""
    rows = accept_rows(data, name)
    values = [rows[i] for i in range(len(rows))]
    for i, value in enumerate(values):
        if type(value) in SCALARS:
            continue
        value = value.tolist() if hasattr(value, "tolist") else value
        if is_sequence(value):
            if len(value) != 1:
                raise ValueError(
                    f"{name}: row {i} has {len(value)} columns; give one value per sample "
                    "(for one output per class: row.index(max(row)))"
                )
            value = value[0]
        values[i] = plain(value)
    return values


def _classes(data: "Any", name: str) -> "List[Any]":
    """Return the classes, with whole floats as ints."""
    classes = _column(data, name)
    for i, c in enumerate(classes):
        if type(c) is not int and not isinstance(c, (bool, str)):
            classes[i] = int(require(f"{name}: row {i}", c, CLASS))
    return classes


def numbers(data: "Any", name: str) -> "List[float]":
    """Return the elements of a flat list or of a single column as floats."""
    return accept_row(_column(data, name), float, name, None)


def _labels(labels: "Any", truth: "List[Any]", predicted: "List[Any]") -> "Sequence[Any]":
    """Return the given labels, or by default all labels, sorted."""
    if labels is None:
        found = set(truth)
        try:
            return sorted(found.union(predicted))
        except TypeError:
            raise TypeError(
                "some classes are numbers and some are strings; give all of one type"
            ) from None
    given = _classes(labels, "labels")
    return require("labels", given, (lambda v: len(set(v)) == len(v), "each class once"))  # type: ignore[no-any-return]


def _weights(sample_weight: "Any", n: int, predictions: int) -> "List[Any]":
    """Return one weight per sample, by default 1. ``n`` and ``predictions`` must be equal."""
    if n != predictions:
        raise ValueError(
            f"there are {n} targets and {predictions} predictions; give one prediction per target"
        )
    if sample_weight is None:
        return [1] * n
    values = _column(sample_weight, "sample_weight")
    weights = accept_row(values, float, "sample_weight", None, n, "there are {} samples")
    for i, w in enumerate(weights):
        require(f"sample_weight: number {i}", w, AT_LEAST_0)
    return require("sample_weight", weights, (lambda v: max(v) > 0, "at least one weight above 0"))  # type: ignore


def _classified(
    targets: "Any", predictions: "Any", sample_weight: "Any"
) -> "Tuple[List[Any], List[Any], List[Any]]":
    truth, predicted = _classes(targets, "targets"), _classes(predictions, "predictions")
    return truth, predicted, _weights(sample_weight, len(truth), len(predicted))


def _numeric(
    targets: "Any", predictions: "Any", sample_weight: "Any"
) -> "Tuple[List[float], List[float], List[Any]]":
    y, predicted = numbers(targets, "targets"), numbers(predictions, "predictions")
    return y, predicted, _weights(sample_weight, len(y), len(predicted))
