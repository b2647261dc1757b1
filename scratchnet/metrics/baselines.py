"""Trivial predictions, which ignore the inputs. A model is compared with them."""

from collections import Counter

from ..core.checks import require
from ..datasets.median import median_of
from .checks import classes_of, mean_of, numbers, sort_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


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
    return max(sort_labels(None, list(counts), []), key=counts.__getitem__)
