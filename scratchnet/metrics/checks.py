"""Checks of the arguments: targets, predictions, labels and weights."""

from ..core.checks import AT_LEAST_0, accept_row, accept_rows, is_sequence, plain, require
from ..core.functions import total

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple

SCALARS = (float, int, bool, str)  # built-in types, which need no conversion
CLASS = (
    lambda v: v == int(v),
    "a class: a whole number or a string (from a probability p of two classes: int(p > 0.5))",
)


def column(data: "Any", name: str) -> "List[Any]":
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


def classes_of(data: "Any", name: str) -> "List[Any]":
    """Return the classes, with whole floats as ints."""
    classes = column(data, name)
    for i, c in enumerate(classes):
        if type(c) is not int and not isinstance(c, (bool, str)):
            classes[i] = int(require(f"{name}: row {i}", c, CLASS))
    return classes


def numbers(data: "Any", name: str) -> "List[float]":
    """Return the elements of a flat list or of a single column as floats."""
    return accept_row(column(data, name), float, name, None)


def sort_labels(labels: "Any", truth: "List[Any]", predicted: "List[Any]") -> "Sequence[Any]":
    """Return the given labels, or by default all labels, sorted."""
    if labels is None:
        found = set(truth)
        try:
            return sorted(found.union(predicted))
        except TypeError:
            raise TypeError(
                "some classes are numbers and some are strings; give all of one type"
            ) from None
    given = classes_of(labels, "labels")
    return require("labels", given, (lambda v: len(set(v)) == len(v), "each class once"))  # type: ignore[no-any-return]


def weights_of(sample_weight: "Any", n: int, predictions: int) -> "List[Any]":
    """Return one weight per sample, by default 1. ``n`` and ``predictions`` must be equal."""
    if n != predictions:
        raise ValueError(
            f"there are {n} targets and {predictions} predictions; give one prediction per target"
        )
    if sample_weight is None:
        return [1] * n
    values = column(sample_weight, "sample_weight")
    weights = accept_row(values, float, "sample_weight", None, n, "there are {} samples")
    for i, w in enumerate(weights):
        require(f"sample_weight: number {i}", w, AT_LEAST_0)
    return require("sample_weight", weights, (lambda v: max(v) > 0, "at least one weight above 0"))  # type: ignore


def classes_and_weights(
    targets: "Any", predictions: "Any", sample_weight: "Any"
) -> "Tuple[List[Any], List[Any], List[Any]]":
    truth, predicted = classes_of(targets, "targets"), classes_of(predictions, "predictions")
    return truth, predicted, weights_of(sample_weight, len(truth), len(predicted))


def numbers_and_weights(
    targets: "Any", predictions: "Any", sample_weight: "Any"
) -> "Tuple[List[float], List[float], List[Any]]":
    y, predicted = numbers(targets, "targets"), numbers(predictions, "predictions")
    return y, predicted, weights_of(sample_weight, len(y), len(predicted))


def mean_of(values: "List[float]", weights: "List[float]") -> float:
    return float(total([w * v for w, v in zip(weights, values)]) / total(weights))
