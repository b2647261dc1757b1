"""Samples with their targets and weights, checked and divided into batches.

    Examples        samples X, targets Y and weights, and which of them are used
    Weights         the weights of the samples in a batch
    examples_for    checks what the user gives and returns Examples
    mean_loss       the loss over Examples

Training and ``evaluate`` read their data through Examples.
"""

from .checks import (
    ABOVE_0,
    LazyRows,
    accept_row,
    accept_rows,
    cast,
    checked_rows,
    require,
    shown,
)
from .functions import total
from .losses import Loss
from .types import Any, Batch, Batches, Number, NumberType, Places, Row, RowOrNone, Rows

BLOCK = 1000  # how many samples ``mean_loss`` computes at once


class Weights(list):
    """The weights of the samples in a batch that is a part of all samples.

    ``mean``    the mean weight of all samples
    ``total``   the number of samples in the batch times this mean; the loss divides the weighted
                sum by it, so that the weights act in batches of any size
    """

    def __init__(self, weights: Row, mean: Number) -> None:
        super().__init__(weights)
        self.mean = mean
        self.total = mean * len(weights)


class Examples:
    """Samples with their targets and weights.

    ``X``, ``Y``   sequences of rows, as the network and the loss need them
    ``weights``    one number per row of X, or None
    ``used``       a list of the indices of those rows of X that are used
    """

    def __init__(self, X: Rows, Y: Rows, weights: RowOrNone, used: Places) -> None:
        self.X = X
        self.Y = Y
        self.weights = weights
        self.used = used
        self.mean_weight = weights and total([weights[i] for i in used]) / len(used)

    def __len__(self) -> int:
        return len(self.used)

    def batch(self, places: Places) -> Batch:
        """Return the samples, targets and weights at these indices of ``used``."""
        rows = [self.used[place] for place in places]
        weights: Any = None if self.weights is None else [self.weights[i] for i in rows]
        if weights and len(rows) < len(self):
            weights = Weights(weights, self.mean_weight)
        return [self.X[i] for i in rows], [self.Y[i] for i in rows], weights

    def samples(self) -> Any:
        """Return the samples as a sequence of rows."""
        return LazyRows(self.used, lambda i, place: self.X[i])

    def part(self, places: Places) -> "Examples":
        """Return the examples at these indices of ``used``."""
        return Examples(self.X, self.Y, self.weights, [self.used[place] for place in places])

    def weigh_classes(self, class_weight: Any, number: NumberType) -> "Examples":
        """Return the examples with the weight of each sample multiplied by that of its class."""
        weights = list(self.weights or [1] * len(self.Y))
        for i in self.used:
            weights[i] = weights[i] * _class_weight(class_weight, self.Y[i], number)
        return Examples(self.X, self.Y, weights, self.used)


def cut(places: Places, size: int) -> Batches:
    """Return the indices in batches of ``size``. The last batch can be smaller.

    >>> cut([3, 1, 4, 2, 0], 2)
    [[3, 1], [4, 2], [0]]
    """
    return [places[start : start + size] for start in range(0, len(places), size)]


def examples_for(net: Any, X: Any, Y: Any, loss: Loss, sample_weight: Any = None) -> Examples:
    """Return Examples of what the user gave, checked for the network and the loss."""
    X = net.accept(X)
    outputs = net.outputs or len(X[0])
    Y = checked_rows(
        Y, "Y", lambda y, i: loss.target(y, outputs, net.number, i), outputs, net.number, loss
    )
    if len(X) != len(Y):
        raise ValueError(f"X has {len(X)} rows and Y has {len(Y)}; give one target per sample")
    weights = _sample_weights(sample_weight, len(X), net.number)
    # Samples with weight 0 are left out, as if they were not in the data.
    return Examples(X, Y, weights, [i for i in range(len(X)) if weights is None or weights[i] > 0])


def _sample_weights(given: Any, count: int, number: NumberType) -> RowOrNone:
    if given is None:
        return None
    given = accept_rows(given, "sample_weight")
    if len(given) != count:
        raise ValueError(
            f"sample_weight has {len(given)} numbers for {count} samples; give one per sample"
        )
    weights = accept_row([given[i] for i in range(count)], number, "sample_weight", None)
    if not all([w >= 0 for w in weights]) or not total(weights) > 0:
        raise ValueError("sample_weight: weights must be 0 or more, and not all 0")
    return weights


def _class_weight(weights: Any, y: Row, number: NumberType) -> Number:
    """Return the weight of a target's class: a single output's value, or the index of the 1."""
    require("class_weight", weights, (lambda v: isinstance(v, dict), "{class: weight}"))
    labels = y if len(y) == 1 else [i for i, v in enumerate(y) if v == 1]
    if len(labels) != 1 or labels[0] not in weights:
        raise ValueError(
            f"class_weight has no weight for the target {shown(y)}; give {{class: weight}}"
        )
    what = f"class_weight of {int(labels[0])}"
    return require(what, cast(weights[labels[0]], number, what), ABOVE_0)


def mean_loss(net: Any, examples: Examples, loss: Loss) -> Number:
    """Return the loss over all examples, without penalties, computed in blocks of samples."""
    blocks = cut(list(range(len(examples))), BLOCK)
    return loss.of_batches(
        [net.loss_of(X, Y, loss, weights) for X, Y, weights in map(examples.batch, blocks)],
        [len(block) for block in blocks],
    )
