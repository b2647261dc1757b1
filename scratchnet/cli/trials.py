"""Trainings for comparison: each part of the rows judged in turn, and settings drawn at random. On several processes.

Whatever the number of processes, the results are the same.
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
from .data import fitted
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
    """The score of each fold: accuracy, or R²."""
    rows = table.with_target()
    folds = options.cross_validate
    most = len(rows) // 2
    limit = (
        lambda v: 2 <= v <= most,
        f"a number from 2 to {most}, so that each has two rows or more",
    )
    require("--cross-validate", folds, limit)
    column = table[table.target]
    classes = None if options.task == "regression" else [column.values[i] for i in rows]
    tasks = []
    for training, test in parts_of(len(rows), folds, options.seed, classes):
        given = options.task, recipe, options.validation
        tasks.append((table, [rows[i] for i in training], [rows[i] for i in test]) + given)
    results = shared_out(fold, tasks, options)
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
    """The score, and its name, by ``test`` of a network that was trained, and stopped, without it."""
    learning, validation = train_test_split(training, test_size=part, seed=recipe.seed)
    encoder = fitted(table, learning, task)
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


def told(found: "Dict[str, Any]") -> str:
    scores = ", ".join([f"{score:.3f}" for score in found["scores"]])
    mean = f"{found['of']} {found['mean']:.3f} ± {found['deviation']:.3f}"
    return f"cross-validation, {len(found['scores'])} folds: {mean}   ({scores})"


def search(
    data: "Any", encoder: "Any", options: "Any", recipe: "Recipe"
) -> "List[Tuple[float, Recipe]]":
    """Random settings, and the given one, with the validation loss of each; the best first."""
    generator = Generator(options.seed)
    candidates = [recipe] + [drawn(generator, recipe) for _ in range(options.search - 1)]
    losses = shared_out(trial, [(encoder, candidate) + data for candidate in candidates], options)
    order = sorted(range(len(candidates)), key=losses.__getitem__)
    return [(losses[k], candidates[k]) for k in order]


def drawn(generator: "Generator", recipe: "Recipe") -> "Recipe":
    """A recipe like it, with settings drawn at random."""
    low, high = [log10(rate) for rate in RATES]
    return recipe._replace(
        hidden=HIDDEN[generator.below(len(HIDDEN))],
        activation=ACTIVATIONS[generator.below(len(ACTIVATIONS))],
        learning_rate=float(f"{10 ** generator.uniform(low, high):.2g}"),
        batch_size=BATCHES[generator.below(len(BATCHES))],
    )


def trial(encoder: "Any", recipe: "Recipe", training: "Any", validation: "Any") -> float:
    """The best validation loss; infinite where the training diverged."""
    epochs: "List[Epoch]" = []
    try:
        train(network(encoder, recipe), encoder, recipe, training, validation, epochs)
    except Diverged:
        return float("inf")
    return float(min([epoch.validation_loss for epoch in epochs]))


def shared_out(function: "Callable[..., Any]", tasks: "List[Any]", options: "Any") -> "List[Any]":
    """What the function gives for each task, in their order; how far it is, is said."""
    line, done = Line(quiet=options.quiet), []  # type: Line, List[Any]
    calls = [(function, task) for task in tasks]
    with contextlib.ExitStack() as stack:
        # Ctrl-C ends a pool at once; its processes, which hear it as well, leave that to this one.
        workers = min(options.workers, len(tasks))
        pool: "Any" = stack.enter_context(Pool(workers, ignore_ctrl_c)) if workers > 1 else None
        line.show(f"0 of {len(tasks)} trainings are done")
        for result in pool.imap(called, calls) if pool else map(called, calls):
            done.append(result)
            line.show(f"{len(done)} of {len(tasks)} trainings are done")
    line.clear()
    return done


def called(call: "Any") -> "Any":
    function, task = call
    return function(*task)


def ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
