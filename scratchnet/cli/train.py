"""`python -m scratchnet train`: from a CSV file to a model that is trained, judged and saved."""

import json
import os
import warnings
from collections import Counter
from math import ceil

from .. import metrics, plots
from ..formats import models
from ..functions import kernel
from ..network import Sequential
from ..protocol import AT_LEAST_0, COUNT, require
from ..selection import train_test_split
from ..training import Diverged
from . import terminal, trials
from .data import add_columns, add_reading, data_to_learn, fitted, kept
from .progress import Course, Line, Reading, Watched
from .recipe import add_settings, described, network, recipe_for, settings, train

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    from ..training import Epoch
    from .recipe import Recipe

FEW = 30  # rows to judge by

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


def configure(parser: "Any") -> "None":
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("data", metavar="DATA", help="the table; - for standard input")
    parser.add_argument("--target", required=True, metavar="COLUMN", help="to be predicted: a name, or a number from 1")
    parser.add_argument("-o", "--output", required=True, metavar="MODEL", help="the model's file: " + models.ENDINGS)
    add_settings(parser)
    group = parser.add_argument_group("judging")
    group.add_argument("--validation", type=float, default=0.2, metavar="PART", help="of the rows (default 0.2)")
    group.add_argument("--cross-validate", type=int, metavar="K", help="first judge by each K-th of the rows in turn")
    group.add_argument("--search", type=int, nargs="?", const=12, metavar="N", help="first try N random settings (12)")
    group.add_argument("--workers", type=int, default=1, metavar="N", help="processes for these two (default 1)")
    group = parser.add_argument_group("going on")
    group.add_argument("--resume", action="store_true", help="go on with the training that was broken off")
    group.add_argument("--checkpoint-every", type=float, default=30, metavar="S", help="seconds (default 30)")
    add_columns(parser)
    add_reading(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def run(options: "Any", write: "Callable[..., None]") -> "int":
    """Train; the exit status: 130 after Ctrl-C."""
    check(options)
    tell: "Any" = (lambda text="": None) if options.json else write
    data = read(options)
    training, validation = parts(data, options)
    encoder = fitted(data, training, options.task)
    recipe = recipe_for(options, len(training), len(encoder.features))
    tell(beginning(data, encoder))
    found: "Dict[str, Any]" = {"decisions": [list(decision) for decision in encoder.decisions]}
    examples = encoder.examples_of(data, training), encoder.examples_of(data, validation)
    if options.cross_validate:
        found["cross_validation"] = trials.cross_validate(data, options, recipe)
        tell(trials.told(found["cross_validation"]) + "\n")
    if options.search:
        recipe = trials.search(examples, encoder, options, recipe, tell)
    net = network(encoder, recipe)
    counts = len(examples[0][0]), len(examples[1][0]), sum([p.count for p in net.parameters() if not p.frozen])
    tell("{}\n{} rows to learn from, {} to judge by; {} parameters\n".format(recipe, *counts))
    told: "List[Epoch]" = []
    first = learning(net)
    interrupted = learn(net, encoder, recipe, examples, told, options)
    if interrupted and learning(net) == first:
        Line().say("nothing was learnt yet, and nothing is saved")
        return 130
    save(net, encoder, recipe, examples[0][1], told, interrupted, options.output)
    if interrupted:
        return 130
    report = judged(net, encoder, examples[0][1], examples[1])
    found.update(model=options.output, recipe=settings(recipe), history=described(told), report=report.to_dict())
    write(json.dumps(found, indent=2, ensure_ascii=False) if options.json else ending(told, recipe, report, options))
    return 0


def check(options: "Any") -> "None":
    """What would only show when it is too late."""
    require("--validation", options.validation, (lambda v: 0 < v < 1, "a part of the rows, between 0 and 1"))
    require("--checkpoint-every", options.checkpoint_every, AT_LEAST_0)
    for name in ("workers", "search", "cross_validate"):
        value = getattr(options, name)
        require("--" + name.replace("_", "-"), 1 if value is None else value, COUNT)
    if options.workers > 1 and not (options.cross_validate or options.search):
        raise ValueError("--workers is for --cross-validate and --search; a single training takes one processor")
    if options.cross_validate and options.search:
        raise ValueError("--cross-validate and --search: one after the other, for the first would judge other settings")
    models.codec_of(options.output)
    folder = os.path.dirname(os.path.abspath(options.output))
    if not os.path.isdir(folder):
        raise ValueError(f"{options.output}: the folder does not exist")
    if os.path.isdir(options.output):
        raise ValueError(f"{options.output} is a directory; give the name of a file")
    if not os.access(folder, os.W_OK):
        raise ValueError(f"{options.output}: you may not write in this folder")
    terminal.check_output(options.output, [options.data, options.target])
    path = checkpoint_of(options.output)
    if os.path.exists(path) and not options.resume:
        raise ValueError(f"{path} is of a training that was broken off: go on with --resume, or delete it")
    if options.resume and not os.path.exists(path):
        raise ValueError(f"there is no {path}, so there is nothing to go on with: leave out --resume")


def read(options: "Any") -> "Any":
    line = Reading(quiet=options.quiet)
    data = data_to_learn(options, line)
    line.clear()
    return data


def learn(net: "Sequential", encoder: "Any", recipe: "Recipe", examples: "Any", told: "List[Epoch]",
          options: "Any") -> "bool":  # fmt: skip
    """Train, and say how far it is; whether Ctrl-C ended it. A training that diverges leaves no checkpoint."""
    course, path = Course(recipe.epochs, quiet=options.quiet), checkpoint_of(options.output)

    def show(message: "Any", *_: "Any") -> "None":
        course.clear()
        Line().say(f"scratchnet train: {message}")

    try:
        watched = Watched(path, options.checkpoint_every, course)
        with warnings.catch_warnings():
            warnings.showwarning = show  # in one line
            train(net, encoder, recipe, examples[0], examples[1], told, course, watched)
    except KeyboardInterrupt:
        return True
    except Diverged:
        forget(path)
        raise
    finally:
        course.clear()
    return False


def learning(net: "Sequential") -> "List[Any]":
    """The numbers that training changes."""
    return [p.value for p in net.parameters() if not p.frozen]


def save(net: "Sequential", encoder: "Any", recipe: "Recipe", known: "Any", told: "List[Epoch]", interrupted: "bool",
         path: "str") -> "None":  # fmt: skip
    """The model, and all that there is to know of it; when the training is done, its checkpoint has to go."""
    net.metadata = dict(kept(encoder), recipe=settings(recipe), kernel=kernel())
    if encoder.classes:
        net.metadata["usual"] = [metrics.baseline(encoder.targets_of(known), "most_frequent")]
    if told:
        net.metadata["history"] = described(told, interrupted)
    models.save(net, path)
    if not interrupted:
        forget(checkpoint_of(path))
        return
    on = "the same command with --resume goes on" if os.path.exists(checkpoint_of(path)) else "there is no checkpoint"
    Line().say(f"{path}: saved after {terminal.plural(len(told), 'epoch')}; {on}")


def forget(path: "str") -> "None":
    """Remove the file, if it could be written at all."""
    if os.path.exists(path):
        os.remove(path)


def checkpoint_of(model: "str") -> "str":
    """Where the training of that model is kept until it is done."""
    return os.path.splitext(model)[0] + ".checkpoint.safetensors"


def parts(data: "Any", options: "Any") -> "Any":
    """The rows to learn from, and those to judge by; of classes, the same shares in both where that can be."""
    rows = data.with_target()
    if not 0 < ceil(len(rows) * options.validation) < len(rows):
        found = f"--validation {options.validation}: of {terminal.plural(len(rows), 'row')} with a target"
        raise ValueError(f"{found} give a part that leaves some on both sides")
    column = data[data.target]
    values = [column.values[i] for i in rows]
    several = options.task != "regression" and min(Counter(values).values()) > 1
    return train_test_split(rows, test_size=options.validation, seed=options.seed, stratify=values if several else None)


def judged(net: "Sequential", encoder: "Any", known: "Any", validation: "Any") -> "Any":
    """The report of the network's predictions, beside those of a trivial predictor who knows the training's targets."""
    X, Y = validation
    truth, predicted = encoder.targets_of(Y), encoder.targets_of(net.predict(X))
    return metrics.report(encoder.task, truth, predicted, encoder.targets_of(known), encoder.classes)


def beginning(data: "Any", encoder: "Any") -> "str":
    """What was read, and what is made of it."""
    without = len(data) - len(data.with_target())
    lines = [f"{data.source}: {terminal.plural(len(data), 'row')}", "", str(encoder), ""]
    if without:
        lines.insert(1, f"{terminal.plural(without, 'row')} without a value of {data.target!r} left out")
    return "\n".join(lines)


def ending(told: "List[Epoch]", recipe: "Recipe", report: "Any", options: "Any") -> "str":
    """How the training went, how good the model is, and what to do with it."""
    last = told[-1]
    stop = f"all {recipe.epochs} epochs are done"
    if last.number < recipe.epochs:
        stop = f"stopped after epoch {last.number}: no better for {recipe.patience}"
    losses = plots.loss_curve([epoch.loss for epoch in told], [epoch.validation_loss for epoch in told])
    chosen = "the best epoch and the settings" if options.search else "the best epoch"
    few = f"; and {terminal.plural(report.samples, 'row')} tell little" if report.samples < FEW else ""
    blocks = [
        f"{stop}; the best was epoch {last.best}\n{losses.text(**terminal.size())}",
        f"the rows to judge by:\n\n{report}",
        f"These rows have also chosen {chosen}, which flatters the model a little{few}; for a stricter\n"
        "judgement: --cross-validate, or rows of their own and `evaluate`.",
        f"{options.output}: saved; now",
        "\n".join([f"  python3 -m scratchnet {name} {options.output} DATA" for name in ("predict", "evaluate")]),
    ]
    return "\n\n".join(blocks)
