"""Measures of predicted numbers."""

import math

from .checks import mean_of, numbers_and_weights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def r2(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return R², the fraction of the variance of the targets that is predicted.

    1 is perfect, and 0 is no better than predicting the mean. If all targets are equal, the result
    is 1 for a perfect prediction and 0 otherwise. For a single sample it is NaN.

    >>> r2([1, 2, 3], [1, 2, 4])
    0.5
    """
    y, predicted, weights = numbers_and_weights(targets, predictions, sample_weight)
    if len(y) < 2:
        return math.nan
    mean = mean_of(y, weights)
    rest = mean_of([(a - b) * (a - b) for a, b in zip(y, predicted)], weights)
    variation = mean_of([(a - mean) * (a - mean) for a in y], weights)
    # The mean of equal targets may differ from them by rounding.
    if variation == 0 or len({a for a, w in zip(y, weights) if w}) == 1:
        return float(rest == 0)
    return 1 - rest / variation


def mean_absolute_error(targets: "Any", predictions: "Any", sample_weight: "Any" = None) -> float:
    """Return MAE, the mean of |target - prediction|, in the unit of the targets.

    >>> mean_absolute_error([1, 2, 3], [1, 2, 6])
    1.0
    """
    y, predicted, weights = numbers_and_weights(targets, predictions, sample_weight)
    return mean_of([abs(a - b) for a, b in zip(y, predicted)], weights)


def root_mean_squared_error(
    targets: "Any", predictions: "Any", sample_weight: "Any" = None
) -> float:
    """Return RMSE, the root of the mean of (target - prediction)², in the unit of the targets.

    >>> root_mean_squared_error([1, 2, 3, 4], [1, 2, 3, 6])
    1.0
    """
    y, predicted, weights = numbers_and_weights(targets, predictions, sample_weight)
    return math.sqrt(mean_of([(a - b) * (a - b) for a, b in zip(y, predicted)], weights))
