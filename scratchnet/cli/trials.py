"""Cross-validation and random search, on several processes.

The results do not depend on the number of processes.
"""

import contextlib
import signal
from math import log10, sqrt
from multiprocessing import Pool

from ..core.checks import require
from ..core.history import Diverged
from ..core.random import Generator
from ..datasets.encoding import CLASSIFICATION
from ..metrics import accuracy, r2
from ..selection import parts_of, train_test_split
from .data import fit_encoder
from .progress import Line
from .recipe import network, train

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Sequence, Tuple

    from ..core.history import Epoch
    from .recipe import Recipe

HIDDEN = ((8,), (16,), (32,), (64,), (16, 8), (32, 16))
ACTIVATIONS = ("tanh", "relu", "silu")
RATES = (0.001, 0.03)
BATCHES = (8, 16, 32, 64)


def cross_validate(table: "Any", options: "Any", recipe: "Recipe") -> "Dict[str, Any]":
    """Return the score of each fold, accuracy or R², with their mean and deviation."""
    rows = table.with_target()
    folds = options.cross_validate
    most = len(rows) // 2
    limit = (
        lambda v: 2 <= v <= most,
        f"a number from 2 to {most}, so that each fold has two rows or more",
    )
    require("--cross-validate", folds, limit)
    column = table[table.target]
    classes = None if options.task == "regression" else [column.values[i] for i in rows]
    tasks = []
    for training, test in parts_of(len(rows), folds, options.seed, classes):
        given = options.task, recipe, options.validation
        tasks.append((table, [rows[i] for i in training], [rows[i] for i in test]) + given)
    results = run_tasks(fold, tasks, options)
    scores = [score for _, score in results]
    mean = sum(scores) / folds
    deviation = sqrt(sum([(score - mean) * (score - mean) for score in scores]) / folds)
    return {"of": results[0][0], "scores": scores, "mean": mean, "deviation": deviation}


def fold(
    table: "Any",
    training: "Sequence[int]",
    test: "Sequence[int]",
    task: "Any",
    recipe: "Recipe",
    part: float,
) -> "Tuple[str, float]":
    """Return the name of the score, and the score on the rows ``test``.

    Neither training nor early stopping uses these rows.
    """
    learning, validation = train_test_split(training, test_size=part, seed=recipe.seed)
    encoder = fit_encoder(table, learning, task)
    net = network(encoder, recipe)
    train(
        net,
        encoder,
        recipe,
        encoder.examples_of(table, learning),
        encoder.examples_of(table, validation),
        [],
    )
    X, Y = encoder.examples_of(table, test)
    name, score = ("accuracy", accuracy) if encoder.task == CLASSIFICATION else ("R²", r2)
    return name, score(encoder.targets_of(Y), encoder.targets_of(net.predict(X)))


def summary(found: "Dict[str, Any]") -> str:
    """Return the result of a cross-validation in one line."""
    scores = ", ".join([f"{score:.3f}" for score in found["scores"]])
    mean = f"{found['of']} {found['mean']:.3f} ± {found['deviation']:.3f}"
    return f"cross-validation, {len(found['scores'])} folds: {mean}   ({scores})"


def search(
    data: "Any", encoder: "Any", options: "Any", recipe: "Recipe"
) -> "List[Tuple[float, Recipe]]":
    """Return the validation loss and the recipe of each candidate, best first.

    The candidates are the given recipe and random ones.
    """
    generator = Generator(options.seed)
    candidates = [recipe] + [random_recipe(generator, recipe) for _ in range(options.search - 1)]
    losses = run_tasks(trial, [(encoder, candidate) + data for candidate in candidates], options)
    order = sorted(range(len(candidates)), key=losses.__getitem__)
    return [(losses[k], candidates[k]) for k in order]


def random_recipe(generator: "Generator", recipe: "Recipe") -> "Recipe":
    """Return the recipe with some settings drawn at random."""
    low, high = [log10(rate) for rate in RATES]
    return recipe._replace(
        hidden=HIDDEN[generator.below(len(HIDDEN))],
        activation=ACTIVATIONS[generator.below(len(ACTIVATIONS))],
        learning_rate=float(f"{10 ** generator.uniform(low, high):.2g}"),
        batch_size=BATCHES[generator.below(len(BATCHES))],
    )


def trial(encoder: "Any", recipe: "Recipe", training: "Any", validation: "Any") -> float:
    """Return the lowest validation loss, or infinity if the training diverged."""
    epochs: "List[Epoch]" = []
    try:
        train(network(encoder, recipe), encoder, recipe, training, validation, epochs)
    except Diverged:
        return float("inf")
    return float(min([epoch.validation_loss for epoch in epochs]))


def run_tasks(function: "Callable[..., Any]", tasks: "List[Any]", options: "Any") -> "List[Any]":
    """Return the result of the function for each task, in order, and show the progress."""
    line, done = Line(quiet=options.quiet), []  # type: Line, List[Any]
    calls = [(function, task) for task in tasks]
    with contextlib.ExitStack() as stack:
        # Ctrl-C also reaches the workers. They ignore it, and this process ends the pool at once.
        workers = min(options.workers, len(tasks))
        pool: "Any" = stack.enter_context(Pool(workers, ignore_ctrl_c)) if workers > 1 else None
        line.show(f"0 of {len(tasks)} training runs done")
        for result in pool.imap(run_task, calls) if pool else map(run_task, calls):
            done.append(result)
            line.show(f"{len(done)} of {len(tasks)} training runs done")
    line.clear()
    return done


def run_task(call: "Any") -> "Any":
    function, task = call
    return function(*task)


def ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
