"""The measures of ``net.evaluate(X, Y, metrics=[...])``.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1, weights=[[1]]), sn.Sigmoid()])
>>> net.evaluate([[2], [-1], [3], [-2]], [1, 1, 1, 0], "bce", metrics=["accuracy"])["accuracy"]
0.75
"""

from ..core.activations import Sigmoid, Softmax, Threshold
from ..core.checks import is_sequence, look_up, require
from .classification import accuracy, precision_recall_f1
from .probabilities import log_loss, roc_auc
from .regression import mean_absolute_error, r2, root_mean_squared_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.examples import Examples
    from ..core.network import Sequential


def _mean_of_classes(name: str) -> "Any":
    def mean(truth: "Any", predicted: "Any", weights: "Any") -> float:
        scores = precision_recall_f1(truth, predicted, sample_weight=weights)
        return float(getattr(scores.macro, name))

    return mean


# Each measure with what it compares: classes, probabilities or numbers.
MEASURES: "Dict[str, Any]" = {
    "accuracy": ("classes", accuracy),
    "precision": ("classes", _mean_of_classes("precision")),
    "recall": ("classes", _mean_of_classes("recall")),
    "f1": ("classes", _mean_of_classes("f1")),
    "log_loss": (
        "probabilities",
        lambda truth, A, weights: log_loss(
            truth, A, labels=range(max(2, len(A[0]))), sample_weight=weights
        ),
    ),
    "roc_auc": (
        "probabilities",
        lambda truth, A, weights: roc_auc(truth, [row[-1] for row in A], weights),
    ),
    "r2": ("numbers", r2),
    "mean_absolute_error": ("numbers", mean_absolute_error),
    "root_mean_squared_error": ("numbers", root_mean_squared_error),
}


def measures(net: "Sequential", examples: "Examples", names: "Any") -> "Dict[str, float]":
    """Return the measures with these names, by name.

    Precision, recall and F1 are the plain means over the classes. A network that ends in several
    outputs predicts the class of the largest one; a single output p of a Sigmoid, or the output of
    a Threshold, predicts one of two classes.
    """
    require("metrics", names, (is_sequence, "a list of names, such as ['accuracy']"))
    chosen = {name: look_up("metric", name, MEASURES, tuple) for name in names}
    X, Y, weights = examples.batch(list(range(len(examples))))
    A = net.predict(X)
    return {
        name: measure(*_values_to_compare(kind, name, net, Y, A), weights)
        for name, (kind, measure) in chosen.items()
    }


def _values_to_compare(kind: str, name: str, net: "Sequential", Y: "Any", A: "Any") -> "List[Any]":
    """Return the targets and the predictions that a measure of this kind compares."""
    last = net.layers[-1]
    if kind == "numbers":
        if len(A[0]) > 1:
            raise ValueError(f"metric {name!r} needs a single output; the network has {len(A[0])}")
        return [Y, A]
    if len(A[0]) == 1:
        if not isinstance(last, (Sigmoid, Threshold)):
            raise ValueError(f"metric {name!r} needs classes; the network ends in {last!r}")
        return [Y, A if kind == "probabilities" else [_class(last, row[0]) for row in A]]
    if kind == "probabilities" and not isinstance(last, Softmax):
        raise ValueError(f"metric {name!r} needs probabilities; the network ends in {last!r}")
    truth = [_largest(row) for row in Y]
    return [truth, A if kind == "probabilities" else [_largest(row) for row in A]]


def _class(last: "Any", a: float) -> int:
    return int(a) if isinstance(last, Threshold) else int(a >= 0.5)


def _largest(row: "List[float]") -> int:
    return row.index(max(row))
