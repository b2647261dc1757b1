"""Measures of predicted probabilities and scores."""

import math

from ..core.checks import accept, accept_rows, is_sequence, shown
from ..core.functions import total
from .checks import classes_of, mean_of, numbers, sort_labels, weights_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence

EPSILON = 2.0**-52  # log_loss moves probabilities this far from 0 and 1


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
    truth = classes_of(targets, "targets")
    data = accept_rows(probabilities, "probabilities")
    rows = accept(
        [p if is_sequence(p) else [p] for p in [data[i] for i in range(len(data))]],
        name="probabilities",
    )
    weights = weights_of(sample_weight, len(truth), len(rows))
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
    return mean_of(losses, weights)


def class_probabilities(output: "List[float]") -> "List[float]":
    """Return the probability of each class, given the outputs of the network for one sample.

    A single output p is the probability of the second of two classes, so the result is 1 - p and p.

    >>> class_probabilities([0.25]), class_probabilities([0.5, 0.25, 0.25])
    ([0.75, 0.25], [0.5, 0.25, 0.25])
    """
    return [1 - output[0], output[0]] if len(output) == 1 else output


def _columns(labels: "Any", truth: "List[Any]", count: int) -> "Sequence[Any]":
    """Return the class of each column of the probabilities."""
    known = sort_labels(labels, truth, [])
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
    truth, values = classes_of(targets, "targets"), numbers(scores, "scores")
    weights = weights_of(sample_weight, len(truth), len(values))
    classes = sort_labels(None, truth, [])
    if len(classes) > 2:
        raise ValueError(
            f"roc_auc: the targets have {len(classes)} classes; "
            "give two classes, such as one against the rest"
        )
    above = below = area = 0.0  # weights of the second and first class so far, by ascending score
    groups: "Dict[float, List[float]]" = {}
    for t, v, w in zip(truth, values, weights):
        groups.setdefault(v, [0, 0])[int(t == classes[-1])] += w
    for v in sorted(groups):
        negative, positive = groups[v]
        area += positive * (below + negative / 2)
        below, above = below + negative, above + positive
    return area / (above * below) if above * below else math.nan
