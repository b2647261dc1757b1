"""The samples of a training run, and the part of them that early stopping holds out."""

from collections import namedtuple

from ..core.checks import AT_LEAST_0, accept_row, is_sequence, require
from ..selection import train_test_split
from .arrays import as_lists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    from ..core.types import RowOrNone

# Rows of inputs, targets as they were given, rows of outputs, and weights or None.
Samples = namedtuple("Samples", "rows y targets weights")


def sample_weights(given: "Any", samples: int) -> "RowOrNone":
    """Return one weight per sample, or None if none are given."""
    if given is None:
        return None
    weights = as_lists(given, "sample_weight")
    if is_sequence(weights[0]) or len(weights) != samples:
        raise ValueError(
            f"sample_weight is not a flat list of {samples} numbers; give one per sample"
        )
    weights = accept_row(weights, float, "sample_weight", None)
    require("sample_weight", min(weights), AT_LEAST_0)
    if not any(weights):
        raise ValueError(
            "sample_weight: all weights are zero; give at least one sample a weight above 0"
        )
    return weights


def hold_out(
    samples: "Samples", fraction: float, seed: int, classes: "Any"
) -> "Tuple[Samples, Samples]":
    """Return the samples to train on, and those held out: a fraction, of each class if given."""
    rows, y, targets, weights = samples
    columns = [rows, y, targets] + ([weights] if weights else [])
    try:
        parts = train_test_split(*columns, test_size=fraction, seed=seed, stratify=classes)
    except ValueError as error:
        raise ValueError(f"early_stopping: {error}, or give validation_data") from None
    if len(parts[1]) < 2:
        raise ValueError(
            "early_stopping holds out only 1 sample; give more, or a larger validation_fraction"
        )
    training = Samples(parts[0], parts[2], parts[4], parts[6] if weights else None)
    return training, Samples(parts[1], parts[3], parts[5], None)
