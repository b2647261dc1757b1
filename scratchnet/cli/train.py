"""`python -m scratchnet train`: from a CSV file to a model that is trained, judged and saved."""

import json
import os
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
from .data import add_columns, add_reading, data_to_learn, fitted, kept
from .progress import Course, Line, Reading, Watched
from .recipe import HIDDEN, Recipe, add_settings, described, network, recipe_for, settings, train

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

    from ..core.history import Epoch

FEW = 30  # rows to judge by
NO_BETTER = """

The model is no better than the trivial prediction: the columns do not tell, or it was trained too briefly, or at too
large a --learning-rate."""

DESCRIPTION = """\
Train a network on a CSV file (TSV, semicolons, gzip too; - is standard input), judge it by rows that it does not
learn from, and save it. What each column holds is found out, and told: numbers are standardised, categories become an
input for each label, missing numbers the median. Ctrl-C saves what was learnt; the same command with --resume goes on,
to the same bits. (Arrays are taken, too: .npy, .npz, and the IDX files of MNIST; then --target is the file of the
targets.)
"""
EXAMPLES = """\
examples:
  scratchnet train iris.csv --target species -o iris.safetensors
  scratchnet train titanic.csv --target Survived --ignore Name,Ticket --hidden 16,8 -o titanic.json
  scratchnet train houses.csv --target price --task regression --epochs 500 --learning-rate 0.003 -o houses.onnx
  scratchnet train iris.csv --target species --cross-validate 5 -o iris.safetensors
  scratchnet train iris.csv --target species --search 20 --workers 2 -o iris.safetensors
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("data", metavar="DATA", help="the table; - for standard input")
    parser.add_argument(
        "--target",
        required=True,
        metavar="COLUMN",
        help="to be predicted: a name, or a number from 1",
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="MODEL", help="the model's file: " + models.ENDINGS
    )
    add_settings(parser)
    group = parser.add_argument_group("judging")
    group.add_argument(
        "--validation", type=float, default=0.2, metavar="PART", help="of the rows (default 0.2)"
    )
    group.add_argument(
        "--cross-validate",
        type=int,
        metavar="K",
        help="first judge by each K-th of the rows in turn",
    )
    group.add_argument(
        "--search",
        type=int,
        nargs="?",
        const=12,
        metavar="N",
        help="first try N random settings (12)",
    )
    group.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes for these two (default 1)"
    )
    group = parser.add_argument_group("going on")
    group.add_argument(
        "--resume", action="store_true", help="go on with the training that was broken off"
    )
    group.add_argument(
        "--checkpoint-every", type=float, default=30, metavar="S", help="seconds (default 30)"
    )
    add_columns(parser)
    add_reading(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Train; the exit status: 130 after Ctrl-C."""
    check(options)
    work = Work(options, write)
    work.prepare()
    try:
        work.compare()
    except KeyboardInterrupt:
        Line().say("broken off before the training of the model; nothing is saved")
        return 130
    return work.broken_off() if work.learn() else work.done()


class Work:
    """A training under way, from the command line: what it is made of, and what has become of it so far.

    ``encoder``    what becomes of each column of ``data``
    ``examples``   (X, Y) to learn from, and (X, Y) to judge by
    ``recipe``     how ``net`` is made and trained; ``told``, the epochs that are done
    ``found``      the report for programs
    """

    def __init__(self, options: "Any", write: "Callable[..., None]") -> None:
        self.options, self.write = options, write
        self.path, self.checkpoint = options.output, checkpoint_of(options.output)
        self.told: "List[Epoch]" = []
        self.found: "Dict[str, Any]" = {}

    def tell(self, text: str) -> None:
        """For people; with --json only the report is written."""
        if not self.options.json:
            self.write(text)

    def prepare(self) -> None:
        """Read the data, and decide what is made of them."""
        line = Reading(quiet=self.options.quiet)
        self.data = data_to_learn(self.options, line)
        line.clear()
        known, judging = parts(self.data, self.options)
        self.encoder = fitted(self.data, known, self.options.task)
        self.recipe = recipe_for(self.options, len(known), len(self.encoder.features))
        self.examples = (
            self.encoder.examples_of(self.data, known),
            self.encoder.examples_of(self.data, judging),
        )
        self.found["decisions"] = [list(decision) for decision in self.encoder.decisions]
        self.tell(beginning(self.data, self.encoder))

    def compare(self) -> None:
        """Trainings for comparison, if any are asked for: the recipe may become another."""
        if self.options.cross_validate:
            results = trials.cross_validate(self.data, self.options, self.recipe)
            self.tell(trials.told(results) + "\n")
            self.found["cross_validation"] = dict(
                results,
                scores=[finite(score) for score in results["scores"]],
                mean=finite(results["mean"]),
                deviation=finite(results["deviation"]),
            )
        former = recipe_in(self.checkpoint) if self.options.resume and self.options.search else None
        if former:
            self.recipe = former._replace(epochs=self.recipe.epochs)
        elif self.options.search:
            candidates = trials.search(self.examples, self.encoder, self.options, self.recipe)
            self.tell("search: validation loss of each setting, the best first")
            self.tell("\n".join([f"  {loss:.4g}  {recipe}" for loss, recipe in candidates]) + "\n")
            self.found["search"] = [
                dict(settings(recipe), validation_loss=finite(loss)) for loss, recipe in candidates
            ]
            self.recipe = candidates[0][1]

    def learn(self) -> bool:
        """Train, and say how far it is; whether Ctrl-C ended it. A training that diverges leaves no checkpoint."""
        self.net = network(self.encoder, self.recipe)
        self.net.metadata = dict(kept(self.encoder), recipe=settings(self.recipe), kernel=kernel())
        self.first = learning(self.net)
        known, judging = self.examples
        counts = (
            len(known[0]),
            len(judging[0]),
            sum([p.count for p in self.net.parameters() if not p.frozen]),
        )
        self.tell(
            "{}\n{} rows to learn from, {} to judge by; {} parameters\n".format(
                self.recipe, *counts
            )
        )
        course = Course(self.recipe.epochs, quiet=self.options.quiet)
        try:
            with warnings.catch_warnings():
                warnings.showwarning = course.warn  # type: ignore[assignment]  # in one line
                watched = Watched(self.checkpoint, self.options.checkpoint_every, course)
                train(
                    self.net, self.encoder, self.recipe, known, judging, self.told, course, watched
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

    def broken_off(self) -> int:
        """After Ctrl-C: save the model, unless it has learnt nothing, or would take the place of an older one."""
        can, finished = os.path.exists(self.checkpoint), is_finished(self.path)
        on = (
            "the same command with --resume goes on"
            if can
            else "there is no checkpoint to go on from"
        )
        if learning(self.net) == self.first or can and finished:
            Line().say(f"{self.path}: not written; {on}")
            return 130
        if finished:
            self.path = "{}.interrupted{}".format(*os.path.splitext(self.path))
        self.save(interrupted=True)
        Line().say(f"{self.path}: saved after {terminal.plural(len(self.told), 'epoch')}; {on}")
        return 130

    def done(self) -> int:
        """Save the model, and judge it."""
        known, truth = [self.encoder.targets_of(Y) for _, Y in self.examples]
        self.save()
        forget(self.checkpoint)
        predicted = self.encoder.targets_of(self.net.predict(self.examples[1][0]))
        report = metrics.report(self.encoder.task, truth, predicted, known, self.encoder.classes)
        self.tell(ending(self.told, self.recipe, report, self.options))
        self.found.update(
            model=self.path, recipe=settings(self.recipe), history=described(self.told)
        )
        self.found["report"] = report.to_dict()
        if self.options.json:
            self.write(json.dumps(self.found, indent=2, ensure_ascii=False))
        return 0

    def save(self, interrupted: bool = False) -> None:
        """The model, and all that there is to know of it. From now on its outputs are in the target's own unit."""
        self.encoder.target = self.encoder.target.built_into(self.net)
        self.net.metadata.update(kept(self.encoder))
        if self.encoder.classes:
            known = self.encoder.targets_of(self.examples[0][1])
            self.net.metadata["usual"] = [metrics.baseline(known, "most_frequent")]
        if self.told:
            self.net.metadata["history"] = described(self.told, interrupted)
        models.save(self.net, self.path)


def learning(net: "Sequential") -> "List[Any]":
    """The numbers that training changes."""
    return [p.value for p in net.parameters() if not p.frozen]


def recipe_in(checkpoint: str) -> "Optional[Recipe]":
    """The recipe of the training that was broken off, so that it need not be searched again."""
    try:
        given = models.load(checkpoint).metadata["recipe"]
        recipe = Recipe(**dict(given, hidden=tuple(given["hidden"])))
        return recipe if recipe.activation in HIDDEN and recipe.optimizer in OPTIMIZERS else None
    except (LookupError, OSError, TypeError, ValueError):  # what goes on from it will say so
        return None


def is_finished(path: str) -> bool:
    """Whether there is a model, or whatever else, that no interrupted training has left there."""
    if not os.path.exists(path):
        return False
    try:
        metadata = models.load(path).metadata
    except (OSError, ValueError):
        return True
    history = metadata.get("history", {})  # not even an epoch may have been done
    return (
        "recipe" not in metadata
        or not isinstance(history, dict)
        or history.get("best_epoch") is not None
    )


def finite(number: float) -> "Optional[float]":
    """The number, if JSON can hold it."""
    return number if isfinite(number) else None


def forget(path: str) -> None:
    """Remove the file, if it could be written at all."""
    if os.path.exists(path):
        os.remove(path)


def check(options: "Any") -> None:
    """What would only show when it is too late."""
    require(
        "--validation",
        options.validation,
        (lambda v: 0 < v < 1, "a part of the rows, between 0 and 1"),
    )
    require("--checkpoint-every", options.checkpoint_every, AT_LEAST_0)
    for name in ("workers", "search", "cross_validate"):
        value = getattr(options, name)
        require("--" + name.replace("_", "-"), 1 if value is None else value, COUNT)
    if options.workers > 1 and not (options.cross_validate or options.search):
        raise ValueError(
            "--workers is for --cross-validate and --search; a single training takes one processor"
        )
    if options.cross_validate and options.search:
        raise ValueError(
            "--cross-validate and --search: one after the other, for the first would judge other settings"
        )
    models.codec_of(options.output)
    if not os.path.isdir(os.path.dirname(os.path.abspath(options.output))):
        raise ValueError(f"{options.output}: the folder does not exist")
    if os.path.isdir(options.output):
        raise ValueError(f"{options.output} is a directory; give the name of a file")
    terminal.check_output(options.output, [options.data, options.target])
    path = checkpoint_of(options.output)
    if os.path.exists(path) and not options.resume:
        raise ValueError(
            f"{path} is of a training that was broken off: go on with --resume, or delete it"
        )
    if options.resume and not os.path.exists(path):
        raise ValueError(
            f"there is no {path}, so there is nothing to go on with: leave out --resume"
        )
    if not options.resume:
        probe = path + ".probe"
        try:
            files.write(probe, b"")
        finally:
            forget(probe)


def checkpoint_of(model: str) -> str:
    """Where the training of that model is kept until it is done."""
    return os.path.splitext(model)[0] + ".checkpoint.safetensors"


def parts(data: "Any", options: "Any") -> "Any":
    """The rows to learn from, and those to judge by; of classes, the same shares in both.

    The only row of a class is one to learn from: without it nothing could be learnt of that class.
    """
    rows, values = data.with_target(), data[data.target].values
    if len(rows) < 2:
        found = "only 1 row has a target" if rows else "the target is missing in every row"
        raise ValueError(f"{data.source}: {found}, {data.target!r}; give at least two")
    target, _ = target_of(data[data.target], rows, options.task, data.source)
    counts = Counter([values[i] for i in rows]) if isinstance(target, Classes) else None
    alone = [i for i in rows if counts and counts[values[i]] == 1]
    others = [i for i in rows if not counts or counts[values[i]] > 1]
    if not others:
        raise ValueError(
            f"{data.source}: no class of {data.target!r} has more than one row; give more rows"
        )
    if not 0 < ceil(len(others) * options.validation) < len(others):
        found = f"--validation {options.validation}: of {terminal.plural(len(others), 'row')} with a target"
        raise ValueError(f"{found} give a part that leaves some on both sides")
    classes = [values[i] for i in others] if counts else None
    known, judging = train_test_split(
        others, test_size=options.validation, seed=options.seed, stratify=classes
    )
    return known + alone, judging


def beginning(data: "Any", encoder: "Any") -> str:
    """What was read, and what is made of it."""
    without = len(data) - len(data.with_target())
    lines = [f"{data.source}: {terminal.plural(len(data), 'row')}", "", str(encoder), ""]
    if without:
        lines.insert(
            1, f"{terminal.plural(without, 'row')} without a value of {data.target!r} left out"
        )
    return "\n".join(lines)


def is_better(report: "Any") -> bool:
    """Whether it beats the trivial prediction, or is perfect as well."""
    if isinstance(report, metrics.RegressionReport):
        error = report.root_mean_squared_error
        return error == 0 or error < report.baseline["root_mean_squared_error"]
    return report.accuracy == 1 or report.accuracy > report.baseline_accuracy  # type: ignore[no-any-return]


def ending(told: "List[Epoch]", recipe: "Recipe", report: "Any", options: "Any") -> str:
    """How the training went, how good the model is, and what to do with it."""
    last = told[-1]
    stop = f"{terminal.plural(last.number, 'epoch')} done, as asked for"
    if last.number < recipe.epochs:
        stop = f"stopped after epoch {last.number}: no better for {recipe.patience}"
    losses = plots.loss_curve(
        [epoch.loss for epoch in told], [epoch.validation_loss for epoch in told]
    )
    chosen = "the best epoch and the settings" if options.search else "the best epoch"
    few = (
        f"; and {terminal.plural(report.samples, 'row')} tell little"
        if report.samples < FEW
        else ""
    )
    blocks = [
        f"{stop}; the best was epoch {last.best}\n{losses.text(**terminal.size())}",
        f"the rows to judge by:\n\n{report}" + ("" if is_better(report) else NO_BETTER),
        f"These rows have also chosen {chosen}, which flatters the model a little{few}; for a stricter\n"
        "judgement: --cross-validate, or rows of their own and `evaluate`.",
        f"{options.output}: saved; now",
        "\n".join(
            [
                f"  python3 -m scratchnet {name} {options.output} DATA"
                for name in ("predict", "evaluate")
            ]
        ),
    ]
    return "\n\n".join(blocks)
