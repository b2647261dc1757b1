"""From a table to a trained and evaluated model. The command line prints what this returns.

    train                trains a model in one call
    load                 returns a model that was saved
    read, Problem        the data: read, split, encoded
    recipe_for, Recipe   how a network is built and trained
    Model                a network with the encoding of its table
    cross_validate, search
                         compare models before training

The files:

    problem.py       the data to learn from: read, split, encoded
    defaults.py      the settings that are not given
    recipe.py        how a network is built and trained
    model.py         a network with the encoding of its table
    training.py      a training run by a recipe
    stopping.py      when its training ends
    trials.py        cross-validation and random search
    importance.py    how much worse a model is without a column
    fingerprint.py   which rows a model was trained on
    repeated.py      the training run of a saved model, repeated
    rows.py          the rows of its table, as they are exported
    positions.py     networks that do not describe a table: the columns are the inputs
    imported.py      such networks, described by a table

>>> from scratchnet import tabular
>>> rows = [{"width": w, "color": c, "ripe": r} for w, c, r in [
...     (4, "green", "no"), (7, "red", "yes"), (5, "green", "no"), (8, "red", "yes")]] * 10
>>> model = tabular.train(rows, target="ripe", epochs=60)
>>> print(model.encoder)
column  what it holds  what is done             why
width   numbers        1 input, standardized    all values are numbers
color   categories     2 inputs, one of them 1  2 different texts
ripe    the target     classes: no, yes         2 different texts
>>> model.report.accuracy, model.predict([{"width": 6.5, "color": "red"}])
(1.0, ['yes'])
>>> model.classify(rows[:2]), sorted(model.importance(rows))
(['no', 'yes'], ['color', 'width'])

The same in steps, with a cross-validation and a search between them:

>>> problem = tabular.Problem(tabular.read(rows, target="ripe"))
>>> recipe = tabular.recipe_for(*problem.sizes, epochs=20)
>>> print(tabular.cross_validate(problem, recipe, folds=2))
cross-validation, 2 folds: accuracy 1.000 ± 0.000   (1.000, 1.000)
>>> loss, recipe = tabular.search(problem, recipe, trials=3)[0]
>>> model = tabular.train_model(problem, recipe)
"""

from ..datasets.arrays import Arrays
from ..datasets.tables import Table
from .defaults import recipe_for
from .model import Model, load
from .problem import Problem, read
from .recipe import Recipe
from .trials import cross_validate, search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Sequence

    from ..datasets.tables.table import Names

__all__ = [
    "Model",
    "Problem",
    "Recipe",
    "cross_validate",
    "load",
    "read",
    "recipe_for",
    "search",
    "train",
    "train_model",
]


def train(
    data: "Any",
    target: "Optional[str]" = None,
    task: "Optional[str]" = None,
    validation: float = 0.2,
    categorical: "Names" = (),
    numeric: "Names" = (),
    ignore: "Names" = (),
    hidden: "Optional[Sequence[int]]" = None,
    activation: "Optional[str]" = None,
    optimizer: "Optional[str]" = None,
    learning_rate: "Optional[float]" = None,
    batch_size: "Optional[int]" = None,
    epochs: "Optional[int]" = None,
    patience: "Optional[int]" = None,
    seed: int = 0,
    dates: "Names" = (),
    class_weight: "Optional[str]" = None,
    missing: "Optional[Names]" = None,
    engine: str = "auto",
    weight_decay: "Optional[float]" = None,
) -> "Model":
    """Train a model to predict one column of a table from the others, and return it.

    ``data``         the path of a file (CSV, .npy, .npz or IDX), a list of dicts, a data frame, or
                     what ``read`` returned
    ``target``       the column to predict
    ``task``         "classification" or "regression"; if None, the values of the target decide
    ``validation``   the fraction of the rows to hold out: training stops when their loss no longer
                     improves, and ``model.report`` measures the model on them
    ``categorical``, ``numeric``, ``ignore``, ``dates``
                     columns to read as categories, as numbers, not at all, or as dates, of which
                     the year, the month, the weekday and the days since 1970 become inputs
    ``missing``      the texts and numbers that represent a missing value, if not the usual ones

    The other arguments are as for ``recipe_for``; None means a default that suits the data. Ctrl-C
    ends the training; ``model.interrupted`` is then true. Data that cannot be learned from raise a
    ValueError that says why.

    >>> rows = [{"width": 4, "ripe": "no"}, {"width": 7, "ripe": "yes"}] * 20
    >>> train(rows, target="ripe", epochs=60).predict([{"width": 8}])
    ['yes']
    """
    if not isinstance(data, (Table, Arrays)):
        data = read(data, target, categorical, numeric, ignore, missing, dates=dates)
    elif target is not None or categorical or numeric or ignore or dates or missing is not None:
        raise ValueError("data is read already; give target, categorical, ... to tabular.read")
    problem = Problem(data, task, validation, seed)
    recipe = recipe_for(
        *problem.sizes,
        hidden=hidden,
        activation=activation,
        optimizer=optimizer,
        learning_rate=learning_rate,
        batch_size=batch_size,
        epochs=epochs,
        patience=patience,
        seed=seed,
        class_weight=class_weight,
        engine=engine,
        weight_decay=weight_decay,
    )
    return train_model(problem, recipe)


def train_model(problem: "Problem", recipe: "Recipe") -> "Model":
    """Train a model for the problem by the recipe, and return it."""
    model = Model.untrained(problem.encoder, recipe)
    model.fit(problem)
    return model
