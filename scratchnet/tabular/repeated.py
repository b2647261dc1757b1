"""The training run of a saved model, from its recipe and the table that it learned from."""

from math import isclose

from ..core.layers import Dense
from .model import Model
from .problem import Problem
from .recipe import Recipe
from .stopping import epochs_on_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    from ..core.network import Sequential

AGREEMENT = 1e-6  # of the losses of a training run that is repeated, perhaps on another engine


def training_of(net: "Sequential", data: "Any") -> "Tuple[Optional[Model], Any]":
    """Return the model before its training and the Problem it learned from, or (None, None).

    ``net``    the network of a trained model
    ``data``   a table; it is the one that the model learned from if it gives the same means and
               spreads and, in the first epoch, the same loss
    """
    try:
        return _find_training(net, data)
    except (LookupError, TypeError, ValueError):  # such metadata are not those of a training run
        return None, None


def _find_training(net: "Sequential", data: "Any") -> "Tuple[Optional[Model], Any]":
    """Return what ``training_of`` does; raise an error if the metadata do not fit."""
    metadata = net.metadata
    recipe = Recipe.from_dict(metadata["recipe"])
    widths = [layer.outputs for layer in net.layers if isinstance(layer, Dense)]
    if data.target is None or list(recipe.hidden) != widths[:-1]:
        return None, None
    problem = Problem(data, None, metadata.get("validation", 0.2), recipe.seed)
    first, layer = net.layers[0], problem.encoder.normalization()
    if [p.value for p in first.parameters()] != [p.value for p in layer.parameters()]:
        return None, None
    begun = Model.untrained(problem.encoder, recipe._replace(epochs=1))
    begun.learn(problem.training, problem.validation)
    loss = float(metadata["history"]["loss"][0])
    if not isclose(begun.epochs[0].loss, loss, rel_tol=AGREEMENT):
        return None, None
    epochs = epochs_on_all(recipe, len(data.with_target()), metadata["history"]["best_epoch"])
    if epochs:
        recipe = recipe._replace(epochs=epochs)
        problem.join()
    return Model.untrained(problem.encoder, recipe), problem
