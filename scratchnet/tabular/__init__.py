"""From a table to a trained, judged model. The command line prints what these functions return.

    train            does it all, in one call
    load             returns a model that was saved
    read, Problem    the data: read, divided, encoded
    Recipe           how a network is built and trained
    Model            a network with the encoding of its table
    cross_validate, search
                     compare models before the training

>>> from scratchnet import tabular
>>> rows = [{"width": w, "color": c, "ripe": r} for w, c, r in [
...     (4, "green", "no"), (7, "red", "yes"), (5, "green", "no"), (8, "red", "yes")]] * 10
>>> model = tabular.train(rows, target="ripe", epochs=60)
>>> print(model.encoder)
column  what it holds  what is done                       why
width   numbers        1 input, standardized; missing: 6  all its values are numbers
color   categories     2 inputs, one of them 1            2 different texts
ripe    the target     classes: no, yes                   2 different texts
>>> model.report.accuracy, model.predict([{"width": 6.5, "color": "red"}])
(1.0, ['yes'])

The same in steps, with a cross-validation and a search between them:

>>> problem = tabular.Problem(tabular.read(rows, target="ripe"))
>>> recipe = problem.recipe(epochs=20)
>>> print(tabular.cross_validate(problem, recipe, folds=2))
cross-validation, 2 folds: accuracy 1.000 ± 0.000   (1.000, 1.000)
>>> loss, recipe = tabular.search(problem, recipe, trials=3)[0]
>>> model = tabular.train_model(problem, recipe)
"""

from .model import Model, load
from .problem import Problem, read
from .recipe import Recipe
from .trials import cross_validate, search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ..datasets.tables import Names

__all__ = [
    "Model",
    "Problem",
    "Recipe",
    "cross_validate",
    "load",
    "read",
    "search",
    "train",
    "train_model",
]


def train(
    data: "Any",
    target: str,
    task: "Optional[str]" = None,
    validation: float = 0.2,
    categorical: "Names" = (),
    numeric: "Names" = (),
    ignore: "Names" = (),
    seed: int = 0,
    **settings: "Any",
) -> "Model":
    """Train a model to predict one column of a table from the others, and return it.

    ``data``         the path of a file (CSV, .npy, .npz or IDX), a list of dicts, or a data frame
    ``target``       the column to predict
    ``task``         "classification" or "regression"; if None, the values of the target decide
    ``validation``   the fraction of the rows to hold out: training stops when their loss no longer
                     improves, and ``model.report`` measures the model on them
    ``categorical``, ``numeric``, ``ignore``
                     columns to read as categories, as numbers, or not at all
    ``seed``         the random seed
    ``settings``     as for ``Problem.recipe``: hidden, activation, optimizer,
                     learning_rate, batch_size, epochs, patience
    """
    table = read(data, target, categorical, numeric, ignore)
    problem = Problem(table, task, validation, seed)
    return train_model(problem, problem.recipe(**settings))


def train_model(problem: "Problem", recipe: "Recipe") -> "Model":
    """Train a model for the problem by the recipe, and return it."""
    model = Model.untrained(problem.encoder, recipe)
    model.fit(problem.training, problem.validation, recipe)
    model.finish(problem)
    return model
