"""The settings of a training run that are not given: defaults that suit the size of the table.

The learning rates, batch sizes and patience, and the constants in ``stopping.py``, were chosen on
64 tables: 38 classifications of the KEEL repository and 26 regressions from packages of R, of 102
to 7,400 rows, with one to three splits each. Compared with a rate of 0.003 and batches of 32 for
classes, twice the patience, and at least 40 epochs of the second training on all rows, they see
57 % of the samples (geometric mean), and the models are as good on unseen rows: for classes, the
accuracy differs by +0.0006 ± 0.0016 and the log loss by a factor of 0.993; for quantities, R² by
+0.007 ± 0.003 and the squared error by a factor of 0.999. Individual tables lose or gain: the log
loss of chess rises from 0.012 to 0.022, and the squared error of meats doubles. A rate that falls
along a cosine over 20 or 40 epochs was worse: it overfits noisy tables and ends too early on
others. In tests/, ``python3 -m bench.defaults`` repeats such comparisons.

>>> recipe_for(rows=150, inputs=4).hidden, recipe_for(rows=1000000, inputs=4, seed=3).hidden
((8,), (32, 16))
>>> print(recipe_for(rows=150, inputs=4, classes=3))
hidden 48, relu; adamw, learning rate 0.006, weight decay 0.3, batches of 32
>>> print(recipe_for(rows=2400, inputs=117, classes=2))
hidden 32, relu; adamw, learning rate 0.006, weight decay 0.025, batches of 64
"""

from ..core.checks import require
from .recipe import LIMITS, Recipe
from .stopping import FEW_ROWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Sequence, Tuple

# The learning rates of Adam and its relatives: for classes; for quantities. With more than
# FEW_INPUTS inputs and few rows, which a network soon overfits, they are smaller.
CLASS_RATE, QUANTITY_RATE = 6 / 1000, 1 / 100
FEW_INPUTS = 32
# The weight decay of AdamW for classes: DECAYING divided by the number of rows, at most MOST_DECAY.
# Without it, a network learns the noise of small tables (tests/bench/tables.py); many rows need
# less, because they say more about each weight. For quantities, which are less noisy, DECAY.
DECAYING, MOST_DECAY, DECAY = 60, 3 / 10, 1 / 100
MANY_ROWS = 20000  # with as many or more: larger batches and a second hidden layer
SAMPLES = 3000000  # the most that a training run sees, unless ``epochs`` asks for more
MOST_EPOCHS, LEAST_EPOCHS = 300, 10
PATIENCE, LEAST_PATIENCE = 1 / 30, 5  # a fraction of the epochs, and a number of epochs


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
        epochs = max(LEAST_EPOCHS, min(MOST_EPOCHS, SAMPLES // rows))
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
        patience=max(LEAST_PATIENCE, int(epochs * PATIENCE)) if patience is None else patience,
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
    if classes:
        return 32 if rows < FEW_ROWS else 64
    return 8 if rows < 200 else 16 if rows < 2000 else 32


def usual_rate(optimizer: str, rows: int, inputs: int, classes: int) -> float:
    if optimizer == "sgd":
        return 0.1
    if classes and rows < MANY_ROWS:
        is_small = rows < FEW_ROWS and inputs > FEW_INPUTS
        return CLASS_RATE / 2 if is_small else CLASS_RATE
    return QUANTITY_RATE if inputs <= FEW_INPUTS else QUANTITY_RATE / 4
