"""`python -m scratchnet train`: train, evaluate and save a model from a CSV file."""

import json
import os
import textwrap
import warnings
from collections import Counter
from math import ceil, isfinite

from .. import metrics, plots
from ..core.checks import AT_LEAST_0, COUNT, require
from ..core.functions import kernel
from ..core.history import Diverged
from ..core.network import Sequential
from ..core.optimizers import OPTIMIZERS
from ..datasets.encoding import Classes, target_of
from ..formats import files, models
from ..selection import train_test_split
from . import terminal, trials
from .data import add_columns, add_reading, data_to_learn, fit_encoder, metadata_of
from .progress import Course, Line, Reading, Watched
from .recipe import HIDDEN, Recipe, add_settings, history_of, network, recipe_for, settings, train

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

    from ..core.history import Epoch

FEW = 30  # with fewer validation rows, the report adds a warning
NO_BETTER = """

The model is no better than the trivial prediction. The columns may not predict
the target, the training may be too short, or the --learning-rate too large."""

DESCRIPTION = """\
Train a network on a CSV file, evaluate it on rows held out from training, and
save it. The file may also be TSV, separated by semicolons, or gzipped; - is
standard input. The type of each column is detected and printed. Numbers are
standardised, a category becomes one input per label, and a missing number is
replaced by the median. Ctrl-C saves what has been learned; the same command
with --resume continues, to the same bits. DATA may also be an array: .npy, .npz
or an IDX file such as those of MNIST; --target is then the file of the targets.
"""
EXAMPLES = """\
examples:
  scratchnet train iris.csv --target species -o iris.safetensors
  scratchnet train titanic.csv --target Survived --ignore Name,Ticket -o t.json
  scratchnet train houses.csv --target price --task regression -o houses.onnx
  scratchnet train houses.csv --target price --epochs 500 --hidden 16,8 -o h.npz
  scratchnet train iris.csv --target species --cross-validate 5 -o iris.json
  scratchnet train iris.csv --target species --search 20 --workers 2 -o iris.json
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("data", metavar="DATA", help="the table; - for standard input")
    parser.add_argument(
        "--target",
        required=True,
        metavar="COLUMN",
        help="the column to predict: its name, or its number from 1",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="MODEL",
        help="the file to write: " + models.ENDINGS,
    )
    add_settings(parser)
    group = parser.add_argument_group("evaluation")
    group.add_argument(
        "--validation",
        type=float,
        default=0.2,
        metavar="FRACTION",
        help="the fraction of the rows to hold out (default 0.2)",
    )
    group.add_argument(
        "--cross-validate",
        type=int,
        metavar="K",
        help="first run a K-fold cross-validation",
    )
    group.add_argument(
        "--search",
        type=int,
        nargs="?",
        const=12,
        metavar="N",
        help="first try N random settings (12 if N is left out)",
    )
    group.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes for these two options (default 1)",
    )
    group = parser.add_argument_group("checkpoints")
    group.add_argument("--resume", action="store_true", help="continue an interrupted training run")
    group.add_argument(
        "--checkpoint-every",
        type=float,
        default=30,
        metavar="S",
        help="seconds between checkpoints (default 30)",
    )
    add_columns(parser)
    add_reading(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Train a model. Return the exit status, 130 after Ctrl-C."""
    check(options)
    work = Work(options, write)
    work.prepare()
    try:
        work.compare()
    except KeyboardInterrupt:
        Line().say("interrupted before the training started; nothing is saved")
        return 130
    return work.end_interrupted() if work.learn() else work.end()


class Work:
    """A training run of the command line, and its results so far.

    ``encoder``       turns the columns of ``data`` into inputs and targets
    ``examples``      (X, Y) for training, and (X, Y) for validation
    ``recipe``        how ``net`` is built and trained
    ``epochs_done``   the epochs so far
    ``found``         the report that --json prints
    """

    def __init__(self, options: "Any", write: "Callable[..., None]") -> None:
        self.options, self.write = options, write
        self.path, self.checkpoint = options.output, checkpoint_of(options.output)
        self.epochs_done: "List[Epoch]" = []
        self.found: "Dict[str, Any]" = {}

    def tell(self, text: str) -> None:
        """Write the text, unless --json asks for the report only."""
        if not self.options.json:
            self.write(text)

    def prepare(self) -> None:
        """Read the data, fit the encoder, and choose the recipe."""
        line = Reading(quiet=self.options.quiet)
        self.data = data_to_learn(self.options, line)
        line.clear()
        training, validation = parts(self.data, self.options)
        self.encoder = fit_encoder(self.data, training, self.options.task)
        self.recipe = recipe_for(self.options, len(training), len(self.encoder.features))
        self.examples = (
            self.encoder.examples_of(self.data, training),
            self.encoder.examples_of(self.data, validation),
        )
        self.found["decisions"] = [list(decision) for decision in self.encoder.decisions]
        self.tell(beginning(self.data, self.encoder))

    def compare(self) -> None:
        """Run --cross-validate or --search if requested; a search replaces the recipe."""
        if self.options.cross_validate:
            results = trials.cross_validate(self.data, self.options, self.recipe)
            self.tell(trials.summary(results) + "\n")
            self.found["cross_validation"] = dict(
                results,
                scores=[finite(score) for score in results["scores"]],
                mean=finite(results["mean"]),
                deviation=finite(results["deviation"]),
            )
        found = recipe_in(self.checkpoint) if self.options.resume and self.options.search else None
        if found:
            self.recipe = found._replace(epochs=self.recipe.epochs)
        elif self.options.search:
            candidates = trials.search(self.examples, self.encoder, self.options, self.recipe)
            self.tell("search: validation loss of each setting, best first")
            self.tell("\n".join([f"  {loss:.4g}  {recipe}" for loss, recipe in candidates]) + "\n")
            self.found["search"] = [
                dict(settings(recipe), validation_loss=finite(loss)) for loss, recipe in candidates
            ]
            self.recipe = candidates[0][1]

    def learn(self) -> bool:
        """Train and show the progress. Return whether Ctrl-C ended the training.

        A training run that diverges leaves no checkpoint.
        """
        self.net = network(self.encoder, self.recipe)
        self.net.metadata = dict(
            metadata_of(self.encoder), recipe=settings(self.recipe), kernel=kernel()
        )
        self.first = learning(self.net)
        training, validation = self.examples
        counts = (
            len(training[0]),
            len(validation[0]),
            sum([p.count for p in self.net.parameters() if not p.frozen]),
        )
        self.tell(
            "{}\n{} training rows, {} validation rows; {} parameters\n".format(self.recipe, *counts)
        )
        course = Course(self.recipe.epochs, quiet=self.options.quiet)
        try:
            with warnings.catch_warnings():
                warnings.showwarning = course.warn  # type: ignore[assignment]  # on one line
                watched = Watched(self.checkpoint, self.options.checkpoint_every, course)
                train(
                    self.net,
                    self.encoder,
                    self.recipe,
                    training,
                    validation,
                    self.epochs_done,
                    course,
                    watched,
                )
        except KeyboardInterrupt:
            return True
        except Diverged as error:
            forget(self.checkpoint)
            what = str(error).split(";")[0]
            raise ValueError(f"{what}; nothing is saved; try a smaller --learning-rate") from None
        finally:
            course.clear()
        return False

    def end_interrupted(self) -> int:
        """Save the model after Ctrl-C. Return the exit status.

        The model is not saved if it has learned nothing, or if it would replace a finished model
        and there is a checkpoint.
        """
        can_resume = os.path.exists(self.checkpoint)
        finished = is_finished(self.path)
        if can_resume:
            advice = "the same command with --resume continues"
        else:
            advice = "there is no checkpoint to continue from"
        if learning(self.net) == self.first or can_resume and finished:
            Line().say(f"{self.path}: not written; {advice}")
            return 130
        if finished:
            self.path = "{}.interrupted{}".format(*os.path.splitext(self.path))
        self.save(interrupted=True)
        done = terminal.plural(len(self.epochs_done), "epoch")
        Line().say(f"{self.path}: saved after {done}; {advice}")
        return 130

    def end(self) -> int:
        """Save and evaluate the model. Return the exit status."""
        known, truth = [self.encoder.targets_of(Y) for _, Y in self.examples]
        self.save()
        forget(self.checkpoint)
        predicted = self.encoder.targets_of(self.net.predict(self.examples[1][0]))
        report = metrics.report(self.encoder.task, truth, predicted, known, self.encoder.classes)
        self.tell(ending(self.epochs_done, self.recipe, report, self.options))
        self.found.update(
            model=self.path, recipe=settings(self.recipe), history=history_of(self.epochs_done)
        )
        self.found["report"] = report.to_dict()
        if self.options.json:
            self.write(json.dumps(self.found, indent=2, ensure_ascii=False))
        return 0

    def save(self, interrupted: bool = False) -> None:
        """Save the model with its metadata. From now on it predicts in the unit of the target."""
        self.encoder.target = self.encoder.target.built_into(self.net)
        self.net.metadata.update(metadata_of(self.encoder))
        if self.encoder.classes:
            known = self.encoder.targets_of(self.examples[0][1])
            self.net.metadata["usual"] = [metrics.baseline(known, "most_frequent")]
        if self.epochs_done:
            self.net.metadata["history"] = history_of(self.epochs_done, interrupted)
        models.save(self.net, self.path)


def learning(net: "Sequential") -> "List[Any]":
    """Return the numbers that training changes."""
    return [p.value for p in net.parameters() if not p.frozen]


def recipe_in(checkpoint: str) -> "Optional[Recipe]":
    """Return the recipe in a checkpoint, so that it need not be searched again, or None."""
    try:
        given = models.load(checkpoint).metadata["recipe"]
        recipe = Recipe(**dict(given, hidden=tuple(given["hidden"])))
        return recipe if recipe.activation in HIDDEN and recipe.optimizer in OPTIMIZERS else None
    except (LookupError, OSError, TypeError, ValueError):  # resuming reports the error
        return None


def is_finished(path: str) -> bool:
    """Return whether there is a file other than the model of an interrupted training run."""
    if not os.path.exists(path):
        return False
    try:
        metadata = models.load(path).metadata
    except (OSError, ValueError):
        return True
    history = metadata.get("history", {})  # missing if no epoch was done
    return (
        "recipe" not in metadata
        or not isinstance(history, dict)
        or history.get("best_epoch") is not None
    )


def finite(number: float) -> "Optional[float]":
    """Return the number, or None if JSON cannot hold it."""
    return number if isfinite(number) else None


def forget(path: str) -> None:
    """Remove the file if it exists."""
    if os.path.exists(path):
        os.remove(path)


def check(options: "Any") -> None:
    """Raise the errors that would otherwise appear only after the training."""
    require(
        "--validation",
        options.validation,
        (lambda v: 0 < v < 1, "a fraction of the rows, above 0 and below 1"),
    )
    require("--checkpoint-every", options.checkpoint_every, AT_LEAST_0)
    for name in ("workers", "search", "cross_validate"):
        value = getattr(options, name)
        require("--" + name.replace("_", "-"), 1 if value is None else value, COUNT)
    if options.workers > 1 and not (options.cross_validate or options.search):
        raise ValueError(
            "--workers needs --cross-validate or --search; a single training run uses one process"
        )
    if options.cross_validate and options.search:
        raise ValueError(
            "--cross-validate and --search cannot be combined: search first, then "
            "cross-validate the settings found"
        )
    models.codec_of(options.output)
    if not os.path.isdir(os.path.dirname(os.path.abspath(options.output))):
        raise ValueError(f"{options.output}: the folder does not exist; create it first")
    if os.path.isdir(options.output):
        raise ValueError(f"{options.output} is a directory; give the name of a file")
    terminal.check_output(options.output, [options.data, options.target])
    path = checkpoint_of(options.output)
    if os.path.exists(path) and not options.resume:
        raise ValueError(
            f"{path} belongs to an interrupted training run; continue with --resume, or delete it"
        )
    if options.resume and not os.path.exists(path):
        raise ValueError(f"there is no {path}, so there is nothing to continue; leave out --resume")
    if not options.resume:
        probe = path + ".probe"
        try:
            files.write(probe, b"")
        finally:
            forget(probe)


def checkpoint_of(model: str) -> str:
    """Return the path of the checkpoint of that model."""
    return os.path.splitext(model)[0] + ".checkpoint.safetensors"


def parts(data: "Any", options: "Any") -> "Any":
    """Return the training rows and the validation rows, stratified by class.

    The only row of a class is a training row, because without it the class could not be learned.
    """
    rows, values = data.with_target(), data[data.target].values
    if len(rows) < 2:
        found = "only 1 row has" if rows else "no row has"
        raise ValueError(
            f"{data.source}: {found} a value of the target {data.target!r}; give at least two"
        )
    target, _ = target_of(data[data.target], rows, options.task, data.source)
    counts = Counter([values[i] for i in rows]) if isinstance(target, Classes) else None
    alone = [i for i in rows if counts and counts[values[i]] == 1]
    others = [i for i in rows if not counts or counts[values[i]] > 1]
    if not others:
        raise ValueError(
            f"{data.source}: no class of {data.target!r} has more than one row; give more rows"
        )
    if not 0 < ceil(len(others) * options.validation) < len(others):
        found = terminal.plural(len(others), "row")
        raise ValueError(
            f"--validation {options.validation} of {found} leaves no training rows; "
            "give a smaller fraction or more rows"
        )
    classes = [values[i] for i in others] if counts else None
    training, validation = train_test_split(
        others, test_size=options.validation, seed=options.seed, stratify=classes
    )
    return training + alone, validation


def beginning(data: "Any", encoder: "Any") -> str:
    """Describe the data and how they are encoded."""
    without = len(data) - len(data.with_target())
    lines = [f"{data.source}: {terminal.plural(len(data), 'row')}", "", str(encoder), ""]
    if without:
        lines.insert(
            1, f"left out: {terminal.plural(without, 'row')} without a value of {data.target!r}"
        )
    return "\n".join(lines)


def is_better(report: "Any") -> bool:
    """Return whether the model beats the trivial prediction, or both are perfect."""
    if isinstance(report, metrics.RegressionReport):
        error = report.root_mean_squared_error
        return error == 0 or error < report.baseline["root_mean_squared_error"]
    return report.accuracy == 1 or report.accuracy > report.baseline_accuracy  # type: ignore[no-any-return]


def ending(epochs: "List[Epoch]", recipe: "Recipe", report: "Any", options: "Any") -> str:
    """Describe the training, the quality of the model, and the next commands."""
    last = epochs[-1]
    stop = f"{terminal.plural(last.number, 'epoch')} done"
    if last.number < recipe.epochs:
        patience = terminal.plural(recipe.patience, "epoch")
        stop = f"stopped after epoch {last.number}: no improvement for {patience}"
    losses = plots.loss_curve(
        [epoch.loss for epoch in epochs], [epoch.validation_loss for epoch in epochs]
    )
    chosen = "the best epoch and the settings" if options.search else "the best epoch"
    few = ""
    if report.samples < FEW:
        few = f" and, with {terminal.plural(report.samples, 'row')}, uncertain"
    advice = (
        f"These rows also chose {chosen}, so the scores are slightly optimistic{few}. "
        "For a stricter test, use --cross-validate, or `evaluate` with other rows."
    )
    blocks = [
        f"{stop}; the best was epoch {last.best}\n{losses.text(**terminal.size())}",
        f"on the validation rows:\n\n{report}" + ("" if is_better(report) else NO_BETTER),
        textwrap.fill(advice, 79, break_on_hyphens=False),
        f"{options.output}: saved; next:",
        "\n".join(
            [
                f"  python3 -m scratchnet {name} {options.output} DATA"
                for name in ("predict", "evaluate")
            ]
        ),
    ]
    return "\n\n".join(blocks)
