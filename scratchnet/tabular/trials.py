"""Cross-validation and random search, on several processes.

The results do not depend on the number of processes.
"""

import contextlib
import os
import signal
import threading
import time
from collections import namedtuple
from math import log10, sqrt
from multiprocessing import Pool, get_start_method

from ..core.checks import COUNT, require
from ..core.functions import kernel
from ..core.history import Diverged
from ..core.random import Generator
from ..datasets.encoding.parts import CLASSIFICATION, REGRESSION
from ..engines.workers.executors import LentKernel
from ..metrics import accuracy, r2
from ..selection import parts_of, train_test_split
from .model import Model
from .problem import fit_encoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Sequence, Tuple

    from .problem import Data, Problem
    from .recipe import Recipe

    Progress = Optional[Callable[[int, int], None]]  # called with the runs done and all runs

SECONDS_BETWEEN_LOOKS = 0.5  # at the parent of a worker

# What a search tries.
WIDTHS = ((8,), (16,), (32,), (64,), (16, 8), (32, 16))
ACTIVATIONS = ("tanh", "relu", "silu")
RATES = (0.001, 0.03)
BATCHES = (8, 16, 32, 64)


class CrossValidation(namedtuple("CrossValidation", "measure scores")):
    """The result of a cross-validation.

    ``measure``   the name of the score, "accuracy" or "R²"
    ``scores``    the score of each fold
    """

    __slots__ = ()

    @property
    def mean(self) -> float:
        return float(sum(self.scores) / len(self.scores))

    @property
    def deviation(self) -> float:
        """The standard deviation of the scores."""
        mean = self.mean
        squares = [(score - mean) * (score - mean) for score in self.scores]
        return sqrt(sum(squares) / len(squares))

    def __str__(self) -> str:
        scores = ", ".join([f"{score:.3f}" for score in self.scores])
        mean = f"{self.measure} {self.mean:.3f} ± {self.deviation:.3f}"
        return f"cross-validation, {len(self.scores)} folds: {mean}   ({scores})"


def cross_validate(
    problem: "Problem",
    recipe: "Recipe",
    folds: int = 5,
    workers: int = 1,
    progress: "Progress" = None,
) -> "CrossValidation":
    """Return the score of a model on each fold, trained on the other folds.

    ``workers``    the number of processes
    ``progress``   a function that is called with the number of runs done and the number of all runs
    """
    data, task = problem.data, problem.task
    rows = data.with_target()
    require("folds", folds, folds_limit(rows))
    column = data[str(data.target)]
    classes = None if task == REGRESSION else [column.values[i] for i in rows]
    tasks = []
    for training, test in parts_of(len(rows), folds, recipe.seed, classes):
        parts = [rows[i] for i in training], [rows[i] for i in test]
        tasks.append((data, *parts, task, recipe, problem.fraction))
    results = run_tasks(fold, tasks, workers, progress)
    return CrossValidation(results[0][0], [score for _, score in results])


def folds_limit(rows: "Sequence[int]") -> "Any":
    """Return what the number of folds may be for these rows."""
    most = len(rows) // 2
    words = f"a number from 2 to {most}, so that each fold has two rows or more"
    return lambda v: isinstance(v, int) and 2 <= v <= most, words


def fold(
    data: "Data",
    training: "Sequence[int]",
    test: "Sequence[int]",
    task: "Optional[str]",
    recipe: "Recipe",
    fraction: float,
) -> "Tuple[str, float]":
    """Return the name of the score, and the score on the rows ``test``.

    Neither training nor early stopping uses these rows.
    """
    learning, validation = train_test_split(training, test_size=fraction, seed=recipe.seed)
    encoder = fit_encoder(data, learning, task)
    model = Model.untrained(encoder, recipe)
    samples = encoder.examples_of(data, learning), encoder.examples_of(data, validation)
    model.learn(*samples)
    model.learn_all(*samples)
    X, Y = encoder.examples_of(data, test)
    name, score = ("accuracy", accuracy) if encoder.task == CLASSIFICATION else ("R²", r2)
    return name, score(encoder.targets_of(Y), encoder.targets_of(model.net.predict(X)))


def search(
    problem: "Problem",
    recipe: "Recipe",
    trials: int = 12,
    workers: int = 1,
    progress: "Progress" = None,
) -> "List[Tuple[float, Recipe]]":
    """Return the validation loss and the recipe of each candidate, best first.

    The candidates are the given recipe and random ones, ``trials`` in all. ``workers`` and
    ``progress`` are as for ``cross_validate``.
    """
    require("trials", trials, COUNT)
    generator = Generator(recipe.seed)
    candidates = [recipe] + [random_recipe(generator, recipe) for _ in range(trials - 1)]
    examples = problem.encoder, problem.training, problem.validation
    losses = run_tasks(trial, [(c, *examples) for c in candidates], workers, progress)
    order = sorted(range(len(candidates)), key=losses.__getitem__)
    return [(losses[k], candidates[k]) for k in order]


def random_recipe(generator: "Generator", recipe: "Recipe") -> "Recipe":
    """Return the recipe with some settings drawn at random."""
    low, high = [log10(rate) for rate in RATES]
    return recipe._replace(
        hidden=WIDTHS[generator.below(len(WIDTHS))],
        activation=ACTIVATIONS[generator.below(len(ACTIVATIONS))],
        learning_rate=float(f"{10 ** generator.uniform(low, high):.2g}"),
        batch_size=BATCHES[generator.below(len(BATCHES))],
    )


def trial(recipe: "Recipe", encoder: "Any", training: "Any", validation: "Any") -> float:
    """Return the lowest validation loss, or infinity if the training diverged."""
    model = Model.untrained(encoder, recipe)
    try:
        model.learn(training, validation)
    except Diverged:
        return float("inf")
    return float(min([epoch.validation_loss for epoch in model.epochs]))


def processors() -> int:
    """Return the number of processors that this process may use, 1 if it cannot start workers."""
    try:
        import multiprocessing.synchronize  # noqa: F401, fails where there are no semaphores
    except ImportError:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_tasks(
    function: "Callable[..., Any]", tasks: "List[Any]", workers: int, progress: "Progress"
) -> "List[Any]":
    """Return the result of the function for each task, in order."""
    require("workers", workers, COUNT)
    results: "List[Any]" = []
    calls = [(kernel(), function, task) for task in tasks]
    report = progress or (lambda done, count: None)
    with contextlib.ExitStack() as stack:
        workers = min(workers, len(tasks))
        pool: "Any" = stack.enter_context(start(workers)) if workers > 1 else None
        report(0, len(tasks))
        for result in pool.imap(run_task, calls) if pool else map(run_task, calls):
            results.append(result)
            report(len(results), len(tasks))
    return results


def run_task(call: "Any") -> "Any":
    name, function, task = call
    with LentKernel(name):
        return function(*task)


def start(workers: int) -> "Any":
    """Return a pool of workers, which it ends by SIGTERM.

    A forked worker has the main process's handler of SIGTERM, which could ignore it, until
    ``begin_worker`` runs. Until then, SIGTERM waits.
    """
    if get_start_method() != "fork":
        return Pool(workers, begin_worker)
    former = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        return Pool(workers, begin_worker)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def begin_worker() -> None:
    """Prepare a worker: the main process alone handles Ctrl-C, and the worker ends with it.

    A handler of SIGTERM is the main process's own. In a worker that waits for a lock, it might
    never run.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()


def end_with(parent: int) -> None:
    """End this process soon after its parent, even if that was killed."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)
