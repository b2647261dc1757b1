"""How a network is built and trained: the options given, and defaults that suit the data.

>>> usual_hidden(150), usual_hidden(1000000)
((8,), (32, 16))
"""

from argparse import ArgumentTypeError
from collections import namedtuple
from contextlib import closing
from itertools import chain
from math import isfinite

from ..core.activations import ACTIVATIONS, ReLU, Sigmoid, Softmax
from ..core.checks import ABOVE_0, COUNT, require
from ..core.layers import Dense
from ..core.network import Sequential
from ..core.optimizers import OPTIMIZERS
from ..core.training import prepare
from ..datasets.encoding import CLASSIFICATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..core.history import Epoch
    from ..engines.checkpoints import Checkpoint
    from .progress import Course

HIDDEN = {
    name.lower(): kind for name, kind in ACTIVATIONS.items() if name not in ("Softmax", "Threshold")
}
FIRST_RATE = 1 / 100  # of Adam and its relatives, for few inputs; with more inputs, less
SAMPLES = 3000000  # a training run sees at most so many, unless --epochs asks for more


class Recipe(
    namedtuple(
        "Recipe", "hidden activation optimizer learning_rate batch_size epochs patience seed"
    )
):
    """The settings with which a network is built and trained.

    ``hidden``       the widths of the hidden layers
    ``activation``   the activation after each hidden layer

    ``optimizer``, ``learning_rate``, ``batch_size``, ``epochs``, ``patience`` and ``seed`` are as
    for ``fit``.
    """

    __slots__ = ()

    def __str__(self) -> str:
        widths = "-".join([str(n) for n in self.hidden]) or "no hidden layer"
        shape = f"hidden {widths}, {self.activation}" if self.hidden else widths
        rate = f"learning rate {self.learning_rate:.3g}"
        return f"{shape}; {self.optimizer}, {rate}, batches of {self.batch_size}"


def add_settings(parser: "Any") -> None:
    """Add the options that a Recipe holds."""
    group = parser.add_argument_group(
        "network and training (defaults depend on the size of the data)"
    )
    group.add_argument(
        "--hidden", type=widths, metavar="16,8", help="widths of the hidden layers; 0 for none"
    )
    group.add_argument(
        "--activation",
        choices=sorted(HIDDEN),
        default="tanh",
        help="the activation after each of them (default tanh)",
    )
    group.add_argument(
        "--optimizer",
        choices=sorted(OPTIMIZERS),
        default="adam",
        help="the optimizer (default adam)",
    )
    group.add_argument("--learning-rate", type=float, metavar="RATE", help="its learning rate")
    group.add_argument(
        "--batch-size", type=int, metavar="N", help="the number of samples per update"
    )
    group.add_argument(
        "--epochs", type=int, metavar="N", help="at most so many passes over the data"
    )
    group.add_argument(
        "--patience", type=int, metavar="N", help="stop after N epochs without improvement"
    )
    group.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the random seed (default 0)"
    )


def widths(text: str) -> "Tuple[int, ...]":
    """Parse 16,8 as the widths of layers, and 0 as no layers."""
    if text.strip() == "0":
        return ()
    try:
        return tuple([require("--hidden", int(part), COUNT) for part in text.split(",")])
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is not a list of widths; write them as in 16,8"
        ) from None


def recipe_for(options: "Any", rows: int, inputs: int) -> "Recipe":
    """Return the given options, with defaults for so many rows and inputs."""
    most = max(10, min(300, SAMPLES // rows))
    batch_size = 8 if rows < 200 else 16 if rows < 2000 else 32 if rows < 20000 else 128
    usual = {
        "hidden": usual_hidden(rows),
        "learning_rate": usual_rate(options.optimizer, inputs),
        "batch_size": batch_size,
        "epochs": most,
        "patience": max(5, (options.epochs or most) // 8),
    }
    settings = {name: getattr(options, name) for name in Recipe._fields}
    settings.update({name: value for name, value in usual.items() if settings[name] is None})
    for name in ("batch_size", "epochs", "patience"):
        require("--" + name.replace("_", "-"), settings[name], COUNT)
    require("--learning-rate", settings["learning_rate"], ABOVE_0)
    return Recipe(**settings)


def usual_hidden(rows: int) -> "Tuple[int, ...]":
    """Return the default widths. More data can train more neurons."""
    return (8,) if rows < 200 else (16,) if rows < 1000 else (32,) if rows < 20000 else (32, 16)


def usual_rate(optimizer: str, inputs: int) -> float:
    if optimizer == "sgd":
        return 0.1
    return FIRST_RATE if inputs <= 32 else FIRST_RATE / 4


def network(encoder: "Any", recipe: "Recipe") -> "Sequential":
    """Return a network for the inputs and targets of the encoder."""
    layers: "List[Any]" = [encoder.normalization()]
    width = len(encoder.features)
    initializer = "he_uniform" if issubclass(HIDDEN[recipe.activation], ReLU) else "glorot_uniform"
    for outputs in recipe.hidden:
        layers += [Dense(width, outputs, initializer=initializer), HIDDEN[recipe.activation]()]
        width = outputs
    layers.append(Dense(width, encoder.outputs))
    if encoder.task == CLASSIFICATION:
        layers.append(Sigmoid() if encoder.outputs == 1 else Softmax())
    return Sequential(layers, seed=recipe.seed)


def loss_of(encoder: "Any") -> str:
    """Return the name of the loss for the targets of the encoder."""
    if encoder.task != CLASSIFICATION:
        return "half_squared_error"
    return "binary_cross_entropy" if encoder.outputs == 1 else "categorical_cross_entropy"


def train(
    net: "Sequential",
    encoder: "Any",
    recipe: "Recipe",
    training: "Any",
    validation: "Any",
    epochs: "List[Epoch]",
    course: "Optional[Course]" = None,
    checkpoint: "Optional[Checkpoint]" = None,
) -> None:
    """Train the network, and append each epoch to ``epochs``.

    ``training`` and ``validation`` are pairs (X, Y). The network ends with the parameters that have
    the lowest validation loss.
    """
    X, Y = training
    optimizer = OPTIMIZERS[recipe.optimizer](recipe.learning_rate)
    prepared = prepare(
        net,
        X,
        Y,
        loss_of(encoder),
        optimizer,
        recipe.epochs,
        recipe.batch_size,
        seed=recipe.seed,
        validation_data=validation,
        patience=recipe.patience,
        checkpoint=checkpoint,
    )
    resumed = prepared.history.epochs
    with closing(
        prepared.run()
    ) as steps:  # closing writes the last checkpoint at once, on PyPy too
        for epoch in chain(resumed, steps):
            epochs.append(epoch)
            if course is not None:
                course.epoch_done(epoch)


def settings(recipe: "Recipe") -> "Dict[str, Any]":
    """Return the recipe as it is saved in a model."""
    return dict(recipe._asdict(), hidden=list(recipe.hidden))


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
