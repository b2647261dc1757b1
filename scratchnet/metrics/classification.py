"""Measures of predicted classes."""

from collections import Counter, namedtuple

from ..core.checks import require
from ..core.functions import total
from .checks import classes_and_weights, mean_of, sort_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

Score = namedtuple("Score", "label precision recall f1 support")
Scores = namedtuple("Scores", "classes macro weighted")


def accuracy(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return the fraction of the samples whose class is predicted correctly.

    >>> accuracy([0, 1, 1, 2], [0, 1, 2, 2])
    0.75
    """
    truth, predicted, weights = classes_and_weights(targets, predictions, sample_weight)
    return mean_of([t == p for t, p in zip(truth, predicted)], weights)


def balanced_accuracy(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return the mean over the classes of the fraction of their samples predicted correctly.

    >>> balanced_accuracy([0, 0, 0, 1], [0, 0, 0, 0])
    0.5
    """
    scores = precision_recall_f1(targets, predictions, None, sample_weight).classes
    recalls = [score.recall for score in scores if score.support]
    return float(total(recalls) / len(recalls))


def confusion_matrix(
    targets: "Any", predictions: "Any", labels: "Any" = None, sample_weight: "Any" = None
) -> "Any":
    """Return the number of samples of each true class (row) and predicted class (column).

    ``labels`` lists the classes in the desired order; by default all classes, sorted. Samples with
    other classes are left out.

    >>> confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    """
    truth, predicted, weights = classes_and_weights(targets, predictions, sample_weight)
    labels = sort_labels(labels, truth, predicted)
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
    truth, predicted, weights = classes_and_weights(targets, predictions, sample_weight)
    hits: "Counter[Any]" = Counter()
    support: "Counter[Any]" = Counter()
    calls: "Counter[Any]" = Counter()
    for t, p, w in zip(truth, predicted, weights):
        hits[t] += w if t == p else 0
        support[t] += w
        calls[p] += w
    scores = [
        score_of(label, hits[label], support[label], calls[label], zero_division)
        for label in sort_labels(labels, truth, predicted)
    ]
    return Scores(
        scores,
        mean_score("macro mean", scores, [1] * len(scores), zero_division),
        mean_score("weighted mean", scores, [s.support for s in scores], zero_division),
    )


def score_of(
    label: "Any", hits: float, support: float, calls: float, zero_division: float
) -> "Score":
    """Return the Score of a class.

    ``hits``      the number of right predictions of the class
    ``support``   the number of samples of the class
    ``calls``     the number of predictions of the class
    """
    precision = ratio(hits, calls, zero_division)
    recall = ratio(hits, support, zero_division)
    f1 = ratio(2 * hits, support + calls, zero_division)
    return Score(label, precision, recall, f1, support)


def mean_score(
    name: str, scores: "List[Score]", weights: "List[float]", zero_division: float
) -> "Score":
    """Return the weighted mean of the scores."""
    means = [
        ratio(total([w * v for w, v in zip(weights, column)]), total(weights), zero_division)
        for column in ([s[k] for s in scores] for k in (1, 2, 3))
    ]
    return Score(name, means[0], means[1], means[2], sum([s.support for s in scores]))


def ratio(part: float, whole: float, zero_division: float) -> float:
    return part / whole if whole else float(zero_division)
