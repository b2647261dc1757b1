"""`python -m scratchnet train`: from a CSV file to a model that is trained, judged and saved."""

import json
import os
from collections import Counter

from .. import metrics, plots
from ..formats import models
from ..functions import kernel
from ..network import Sequential
from ..protocol import AT_LEAST_0, BELOW_1, COUNT, require
from ..selection import train_test_split
from . import terminal, trials
from .data import add_columns, add_reading, data_to_learn, fitted, kept
from .progress import Course, Reading, Watched
from .recipe import add_settings, described, network, recipe_for, train

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    from ..training import Epoch
    from .recipe import Recipe

DESCRIPTION = """\
Train a network on a CSV file (TSV, semicolons, gzip too; - is standard input), judge it by rows that it has not seen,
and save it. What each column holds is found out, and told: numbers are standardised, categories become an input for
each label, missing numbers the median. Ctrl-C saves what was learnt; the same command with --resume goes on, to the
same bits. (Arrays are taken, too: .npy, .npz, and the IDX files of MNIST; then --target is the file of the targets.)
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
    path = checkpoint_of(options.output)
    if os.path.exists(path) != options.resume:
        raise ValueError(_NOTHING.format(path) if options.resume else _BROKEN_OFF.format(path))
    line = Reading(quiet=options.quiet)
    data = data_to_learn(options, line)
    line.clear()
    training, validation = parts(data, options)
    encoder = fitted(data, training, options.task)
    recipe = recipe_for(options, len(training), len(encoder.features))
    tell: "Any" = (lambda text="": None) if options.json else write
    tell(f"{data.source}: {terminal.plural(len(data), 'row')}\n\n{encoder}\n")
    found: "Dict[str, Any]" = {"decisions": [list(decision) for decision in encoder.decisions]}
    examples = encoder.examples_of(data, training), encoder.examples_of(data, validation)
    if options.cross_validate:
        found["cross_validation"] = trials.cross_validate(data, options, recipe)
        tell(trials.told(found["cross_validation"]) + "\n")
    if options.search:
        recipe = trials.search(examples, encoder, options, recipe, tell)
    net = network(encoder, recipe)
    tell(f"{recipe}")
    tell(f"{len(examples[0][0])} rows to learn from, {len(examples[1][0])} to judge by; {parameters(net)} parameters\n")
    told: "List[Epoch]" = []
    course = Course(recipe.epochs, quiet=options.quiet)
    interrupted = False
    try:
        watched = Watched(path, options.checkpoint_every, course)
        train(net, encoder, recipe, examples[0], examples[1], told, course, watched)
    except KeyboardInterrupt:
        interrupted = True
    course.clear()
    net.metadata = dict(kept(encoder), recipe=recipe.to_dict(), kernel=kernel())
    if told:
        net.metadata["history"] = described(told)
    models.save(net, options.output)
    if interrupted:
        done = terminal.plural(len(told), "epoch")
        course.say(f"{options.output}: saved after {done}; the same command with --resume goes on")
        return 130
    os.remove(path)
    report = judged(net, encoder, examples[0][1], examples[1])
    found.update(model=options.output, recipe=recipe.to_dict(), history=described(told), report=report.to_dict())
    if options.json:
        write(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        tell(ending(told, recipe))
        tell(picture(told))
        tell(f"\nthe rows to judge by:\n\n{report}\n\n{options.output}: saved; now\n")
        for command in ("predict", "evaluate"):
            tell(f"  python3 -m scratchnet {command} {options.output} DATA")
    return 0


_NOTHING = "there is no {}, so there is nothing to go on with: leave out --resume"
_BROKEN_OFF = "{} is of a training that was broken off: go on with --resume, or delete it"


def check(options: "Any") -> "None":
    """What would only show when it is too late."""
    require("--validation", options.validation, BELOW_1)
    require("--validation", options.validation, (lambda v: v > 0, "a part of the rows above 0"))
    require("--checkpoint-every", options.checkpoint_every, AT_LEAST_0)
    for name in ("workers", "search", "cross_validate"):
        value = getattr(options, name)
        require("--" + name.replace("_", "-"), 1 if value is None else value, COUNT)
    models.codec_of(options.output)
    folder = os.path.dirname(os.path.abspath(options.output))
    if not os.path.isdir(folder):
        raise ValueError(f"{options.output}: the folder does not exist")


def checkpoint_of(model: "str") -> "str":
    """Where the training of that model is kept until it is done."""
    return os.path.splitext(model)[0] + ".checkpoint.safetensors"


def parts(data: "Any", options: "Any") -> "Any":
    """The rows to learn from, and those to judge by; of classes, the same shares in both where that can be."""
    rows = data.with_target()
    if not 0 < round(len(rows) * options.validation) < len(rows):
        found = f"--validation {options.validation}: there are {terminal.plural(len(rows), 'row')} with a target"
        raise ValueError(f"{found}; give a part that leaves some on both sides")
    column = data[data.target]
    values = [column.values[i] for i in rows]
    several = options.task != "regression" and min(Counter(values).values()) > 1
    return train_test_split(rows, test_size=options.validation, seed=options.seed, stratify=values if several else None)


def judged(net: "Sequential", encoder: "Any", known: "Any", validation: "Any") -> "Any":
    """The report of the network's predictions, beside those of a trivial predictor who knows the training's targets."""
    X, Y = validation
    truth, predicted = encoder.targets_of(Y), encoder.targets_of(net.predict(X))
    return metrics.report(encoder.task, truth, predicted, encoder.targets_of(known), encoder.classes)


def parameters(net: "Sequential") -> "int":
    """How many numbers are learnt."""
    return sum([p.count for p in net.parameters() if not p.frozen])


def ending(told: "List[Epoch]", recipe: "Recipe") -> "str":
    last = told[-1]
    if last.number < recipe.epochs:
        return f"stopped after epoch {last.number}: no better for {recipe.patience}; the best was epoch {last.best}"
    return f"all {recipe.epochs} epochs are done; the best was epoch {last.best}"


def picture(told: "List[Epoch]") -> "str":
    """The course of the losses, for this terminal."""
    losses = plots.loss_curve([epoch.loss for epoch in told], [epoch.validation_loss for epoch in told])
    return losses.text(**terminal.size())
