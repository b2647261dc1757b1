"""How a network is built and trained: the given settings, and defaults that suit the data.

>>> recipe_for(rows=150, inputs=4).hidden, recipe_for(rows=1000000, inputs=4, seed=3).hidden
((8,), (32, 16))
>>> recipe_for(rows=150, inputs=4, classes=3).hidden
(48,)
>>> print(recipe_for(rows=150, inputs=4, hidden=[16, 8], optimizer="sgd"))
hidden 16-8, tanh; sgd, learning rate 0.1, batches of 8
>>> print(recipe_for(rows=150, inputs=4, classes=3))
hidden 48, relu; adamw, learning rate 0.003, weight decay 0.3, batches of 32
"""

from collections import Counter, namedtuple
from math import isfinite, log

from ..core.activations import ACTIVATIONS, ReLU, Sigmoid, Softmax
from ..core.checks import ABOVE_0, AT_LEAST_0, COUNT, is_sequence, require
from ..core.history import Epoch
from ..core.layers import Dense
from ..core.network import Sequential
from ..core.optimizers import OPTIMIZERS
from ..datasets.encoding.parts import CLASSIFICATION
from ..formats.files import MOST_NUMBERS
from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..datasets.encoding.base import Encoding

HIDDEN_ACTIVATIONS = {
    name.lower(): kind for name, kind in ACTIVATIONS.items() if name not in ("Softmax", "Threshold")
}
# The improvement of the validation loss that is worth further epochs. For classes, it is a fraction
# of the loss of the trivial prediction; for quantities, a fraction of the best loss so far, because
# the error of a good fit may become much smaller.
GAIN, PART_GAINED = 1 / 200, 1 / 100
# The learning rates of Adam and its relatives: for classes; for quantities, with few inputs.
CLASS_RATE, FIRST_RATE = 3 / 1000, 1 / 100
# The weight decay of AdamW for classes: DECAYING divided by the number of rows, at most MOST_DECAY.
# Without it, a network learns the noise of small tables (tests/bench/tables.py); many rows need
# less, because they say more about each weight. For quantities, which are less noisy, DECAY.
DECAYING, MOST_DECAY, DECAY = 60, 3 / 10, 1 / 100
# With fewer rows, the network is finally trained on all rows, for this many epochs or more.
FEW_ROWS, LEAST_EPOCHS = 1000, 40
MANY_ROWS = 20000  # from here on, larger batches and a second hidden layer
SAMPLES = 3000000  # the most that a training run sees, unless ``epochs`` asks for more

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
    ``patience``     as for ``fit``, but only a worthwhile improvement counts (GAIN)
    ``class_weight`` "balanced" if each class has the same weight in the loss, else None
    ``weight_decay`` as for the optimizer

    ``optimizer``, ``learning_rate``, ``batch_size``, ``epochs``, ``seed`` and ``engine`` are as for
    ``fit``. The engine is no part of the model; it is not saved.
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


def recipe_for(
    rows: int,
    inputs: int,
    classes: int = 0,
    hidden: "Optional[Sequence[int]]" = None,
    activation: "Optional[str]" = None,
    optimizer: "Optional[str]" = None,
    learning_rate: "Optional[float]" = None,
    batch_size: "Optional[int]" = None,
    epochs: "Optional[int]" = None,
    patience: "Optional[int]" = None,
    seed: int = 0,
    class_weight: "Optional[str]" = None,
    engine: str = "auto",
    weight_decay: "Optional[float]" = None,
) -> "Recipe":
    """Return the given settings, with defaults that suit the numbers of rows, inputs and classes.

    ``rows``         the number of training rows
    ``classes``      the number of classes; 0 for a quantity
    ``hidden``       the widths of the hidden layers; () for none
    ``activation``   the activation after each of them; by default ReLU for classes and tanh for
                     quantities, which are often smooth

    ``class_weight`` "balanced" to give each class the same weight in the loss

    ``optimizer``, ``learning_rate``, ``batch_size``, ``epochs``, ``patience``, ``seed``, ``engine``
    and ``weight_decay`` are as for ``Recipe``.
    """
    optimizer = optimizer or ("adamw" if classes else "adam")
    require("optimizer", optimizer, LIMITS["optimizer"])
    if epochs is None:
        epochs = max(10, min(300, SAMPLES // rows))
    require("epochs", epochs, LIMITS["epochs"])
    recipe = Recipe(
        hidden=usual_hidden(rows, classes) if hidden is None else hidden,
        activation=activation or ("relu" if classes else "tanh"),
        optimizer=optimizer,
        learning_rate=usual_rate(optimizer, rows, inputs, classes)
        if learning_rate is None
        else learning_rate,
        batch_size=usual_batch_size(rows, classes) if batch_size is None else batch_size,
        epochs=epochs,
        patience=max(5, epochs // 15) if patience is None else patience,
        seed=seed,
        class_weight=class_weight,
        engine=engine,
        weight_decay=usual_decay(optimizer, rows, classes)
        if weight_decay is None
        else weight_decay,
    )
    return recipe.checked()


def usual_hidden(rows: int, classes: int) -> "Tuple[int, ...]":
    """Return the default widths. More data and more classes can use more neurons.

    The widths for classes were chosen on tables of the KEEL repository (tests/bench/tables.py).
    """
    if rows >= MANY_ROWS:
        return (max(32, min(64, 2 * classes)), max(16, min(64, classes)))
    if not classes:
        return (8,) if rows < 200 else (16,) if rows < 1000 else (32,)
    return (48,) if rows < FEW_ROWS else (max(32, min(64, 2 * classes)),)


def usual_decay(optimizer: str, rows: int, classes: int) -> float:
    if optimizer != "adamw":
        return 0
    return min(MOST_DECAY, DECAYING / rows) if classes else DECAY


def usual_batch_size(rows: int, classes: int) -> int:
    if rows >= MANY_ROWS:
        return 128
    return 32 if classes or rows >= 2000 else 8 if rows < 200 else 16


def usual_rate(optimizer: str, rows: int, inputs: int, classes: int) -> float:
    if optimizer == "sgd":
        return 0.1
    if classes and rows < MANY_ROWS:
        return CLASS_RATE
    return FIRST_RATE if inputs <= 32 else FIRST_RATE / 4


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


class Gains:
    """Tells when ``patience`` epochs have passed without a worthwhile improvement, or none is left.

    ``gain``   an improvement that is worthwhile; None for PART_GAINED of the best loss so far

    >>> gains = Gains(patience=2, gain=0.001)
    >>> [gains.reason_to_stop(Epoch(k + 1, 0, x, 0, 1)) for k, x in enumerate([0.7, 0.5, 0.4998])]
    ['', '', '']
    >>> gains.reason_to_stop(Epoch(4, 0, 0.4996, 0, 1))
    'no worthwhile improvement for 2 epochs'
    >>> gains.reason_to_stop(Epoch(5, 0, 0.0009, 0, 1))
    'the loss is so small that no worthwhile improvement is left'
    """

    def __init__(self, patience: int, gain: "Optional[float]" = None) -> None:
        self.patience, self.gain = patience, gain
        self.best, self.number = float("inf"), 0

    def reason_to_stop(self, epoch: "Epoch") -> str:
        """Return why the training ends after this epoch, or an empty text if it goes on."""
        gain = PART_GAINED * self.best if self.gain is None else self.gain
        # An infinite or undefined loss is replaced by any other.
        if self.number == 0 or not isfinite(self.best) or epoch.validation_loss < self.best - gain:
            self.best, self.number = epoch.validation_loss, epoch.number
        if self.gain is not None and epoch.validation_loss <= self.gain:
            return "the loss is so small that no worthwhile improvement is left"
        if epoch.number - self.number >= self.patience:
            return f"no worthwhile improvement for {plural(self.patience, 'epoch')}"
        return ""


def worthwhile(encoder: "Encoding", Y: "Any") -> "Optional[float]":
    """Return the gain for ``Gains``: for classes, GAIN of the loss of always their frequencies."""
    if encoder.task != CLASSIFICATION:
        return None
    counts = Counter(encoder.targets_of(Y)).values()
    return -GAIN * sum([n / len(Y) * log(n / len(Y)) for n in counts])


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
