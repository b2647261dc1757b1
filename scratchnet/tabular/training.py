"""A training run by a recipe, and the frequencies of the classes that it learns from."""

from collections import Counter

from .. import metrics
from ..core.training import prepare
from .problem import in_memory
from .recipe import loss_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Sequence

    from ..core.network import Sequential
    from .recipe import Recipe


def training_run(
    net: "Sequential",
    encoder: "Any",
    recipe: "Recipe",
    samples: "Any",
    epochs: int,
    **options: "Any",
) -> "Any":
    """Return a training run of the network by the recipe, not yet begun.

    ``samples``   samples and targets (X, Y), as a Problem has them
    ``options``   further options of ``fit``
    """
    X, Y = [in_memory(rows, len(encoder.features)) for rows in samples]
    return prepare(
        net,
        X,
        Y,
        loss_of(encoder),
        recipe.new_optimizer(),
        epochs,
        recipe.batch_size,
        seed=recipe.seed,
        engine=recipe.engine,
        class_weight=class_weights(encoder, Y) if recipe.class_weight else None,
        **options,
    )


def class_weights(encoder: "Any", Y: "Any") -> "Dict[int, float]":
    """Return the weight of each class with which all have the same sum of weights."""
    if not encoder.classes:
        raise ValueError("class_weight is for classes, not for a regression; leave it out")
    counts = Counter(encoder.targets_of(Y))
    weights = {k: counts[label] for k, label in enumerate(encoder.classes)}
    return {k: len(Y) / (len(weights) * max(1, n)) for k, n in weights.items()}


def frequencies_of(encoder: "Any", labels: "Sequence[Any]") -> "Dict[str, Any]":
    """Return the metadata with the number of rows per class; {} for a regression."""
    if not encoder.classes:
        return {}
    counts = Counter(labels)
    return {
        "usual": [metrics.baseline(labels, "most_frequent")],
        "frequencies": [counts[label] for label in encoder.classes],
    }
