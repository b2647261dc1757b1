"""How a network is built and trained.

    Recipe                       the settings of a training run
    network, loss_of             the network and the loss that suit a recipe and an encoder
    history_of                   the epochs of a training run, as a model saves them

``defaults.py`` chooses the settings that are not given.

>>> from scratchnet.tabular.defaults import recipe_for
>>> print(recipe_for(rows=150, inputs=4, hidden=[16, 8], optimizer="sgd"))
hidden 16-8, tanh; sgd, learning rate 0.1, batches of 8
"""

from collections import namedtuple
from math import isfinite

from ..core.activations import ACTIVATIONS, ReLU, Sigmoid, Softmax
from ..core.checks import ABOVE_0, AT_LEAST_0, COUNT, is_sequence, require
from ..core.layers import Dense
from ..core.network import Sequential
from ..core.optimizers import OPTIMIZERS
from ..datasets.encoding.parts import CLASSIFICATION
from ..formats.files import MOST_NUMBERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence

    from ..core.history import Epoch
    from ..datasets.encoding.base import Encoding

HIDDEN_ACTIVATIONS = {
    name.lower(): kind for name, kind in ACTIVATIONS.items() if name not in ("Softmax", "Threshold")
}
ENGINES = ("auto", "lists", "rows", "lanes", "steps", "native")
WIDTHS = (
    lambda v: is_sequence(v) and all(map(COUNT[0], v)),
    "the widths of the hidden layers, such as (16, 8), or () for none",
)
# What each setting may be.
LIMITS = {
    "hidden": WIDTHS,
    "activation": (
        HIDDEN_ACTIVATIONS.__contains__,
        "one of " + ", ".join(sorted(HIDDEN_ACTIVATIONS)),
    ),
    "optimizer": (OPTIMIZERS.__contains__, "one of " + ", ".join(sorted(OPTIMIZERS))),
    "learning_rate": ABOVE_0,
    "batch_size": COUNT,
    "epochs": COUNT,
    "patience": COUNT,
    "weight_decay": AT_LEAST_0,
    "seed": (lambda v: isinstance(v, int), "an integer"),
    "class_weight": (lambda v: v in (None, "balanced"), "'balanced', or leave it out"),
    "engine": (ENGINES.__contains__, "one of " + ", ".join(ENGINES)),
}


class Recipe(
    namedtuple(
        "Recipe",
        "hidden activation optimizer learning_rate batch_size epochs patience seed class_weight "
        "engine weight_decay",
    )
):
    """The settings with which a network is built and trained.

    ``hidden``       the widths of the hidden layers
    ``activation``   the activation after each hidden layer
    ``patience``     as for ``fit``, but only a worthwhile improvement counts (stopping.py)
    ``class_weight`` "balanced" if each class has the same weight in the loss, else None
    ``weight_decay`` as for the optimizer

    ``optimizer``, ``learning_rate``, ``batch_size``, ``epochs``, ``seed`` and ``engine`` are as for
    ``fit``. The engine is not part of the model, and is not saved.
    """

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: "Any") -> "Recipe":
        """Return the recipe that ``to_dict`` describes; anything else raises an error."""
        # Earlier models have neither class weights nor a weight decay.
        usual = {"class_weight": None, "engine": "auto", "weight_decay": 0}
        return cls(**dict(usual, **data)).checked()

    def checked(self) -> "Recipe":
        """Return the recipe if each setting is within its limit, else raise a ValueError."""
        for name, limit in LIMITS.items():
            require(name, getattr(self, name), limit)
        return self._replace(hidden=tuple(self.hidden))

    def new_optimizer(self) -> "Any":
        """Return the optimizer before its first step."""
        return OPTIMIZERS[self.optimizer](self.learning_rate, weight_decay=self.weight_decay)

    def to_dict(self) -> "Dict[str, Any]":
        """Return the recipe as it is saved in a model."""
        saved = dict(self._asdict(), hidden=list(self.hidden))
        del saved["engine"]
        return saved

    def __str__(self) -> str:
        widths = "-".join([str(n) for n in self.hidden]) or "no hidden layer"
        shape = f"hidden {widths}, {self.activation}" if self.hidden else widths
        rate = f"learning rate {self.learning_rate:.3g}"
        rate += f", weight decay {self.weight_decay:.3g}" if self.weight_decay else ""
        weight = "; balanced class weights" if self.class_weight else ""
        return f"{shape}; {self.optimizer}, {rate}, batches of {self.batch_size}{weight}"


def network(encoder: "Encoding", recipe: "Recipe") -> "Sequential":
    """Return a network for the inputs and targets of the encoder."""
    widths = [len(encoder.features), *recipe.hidden, encoder.outputs]
    count = sum([(inputs + 1) * outputs for inputs, outputs in zip(widths, widths[1:])])
    if count > MOST_NUMBERS:
        what = f"hidden layers of {', '.join(map(str, recipe.hidden))} make {count:,} parameters"
        raise ValueError(f"{what}; a model has at most {MOST_NUMBERS:,}")
    layers: "List[Any]" = [encoder.normalization()]
    width = len(encoder.features)
    initializer = (
        "he_uniform"
        if issubclass(HIDDEN_ACTIVATIONS[recipe.activation], ReLU)
        else "glorot_uniform"
    )
    for outputs in recipe.hidden:
        layers += [
            Dense(width, outputs, initializer=initializer),
            HIDDEN_ACTIVATIONS[recipe.activation](),
        ]
        width = outputs
    layers.append(Dense(width, encoder.outputs))
    if encoder.task == CLASSIFICATION:
        layers.append(Sigmoid() if encoder.outputs == 1 else Softmax())
    return Sequential(layers, seed=recipe.seed)


def loss_of(encoder: "Encoding") -> str:
    """Return the name of the loss for the targets of the encoder."""
    if encoder.task != CLASSIFICATION:
        return "half_squared_error"
    return "binary_cross_entropy" if encoder.outputs == 1 else "categorical_cross_entropy"


def history_of(epochs: "Sequence[Epoch]", interrupted: bool = False) -> "Dict[str, Any]":
    """Return the history of a training run as it is saved in a model.

    An interrupted run has no best epoch, because its model has the last parameters, not the best.
    """
    return {
        "loss": [epoch.loss for epoch in epochs],
        "validation_loss": [
            epoch.validation_loss if isfinite(epoch.validation_loss) else None for epoch in epochs
        ],
        "learning_rate": epochs[-1].learning_rate,
        "best_epoch": None if interrupted else epochs[-1].best,
    }
