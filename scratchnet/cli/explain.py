"""`python -m scratchnet explain`: show where each number of a training step comes from."""

import os
import re
import shlex

from ..core.checks import COUNT, require
from ..core.losses import LOSSES
from ..core.matrix import transpose
from ..core.optimizers import OPTIMIZERS, SGD
from ..datasets.encoding import Encoder
from ..datasets.numerals import is_number
from ..explanation.explanation import explain
from ..explanation.text import DECIMALS
from ..explanation.worksheet import MOST_DECIMALS, worksheet
from ..formats import files, models
from ..lessons import and_gate, and_gate_network
from ..tabular.model import has_encoder, model_of, training_of
from ..tabular.positions import Positions
from ..tabular.recipe import loss_of
from ..texts import decoded, plural, printable
from . import exercises, terminal
from .data import add_loading, loaded, loading_arguments
from .exercises import numbers_of
from .progress import Line
from .why import answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

    from ..core.network import Sequential
    from ..core.types import Matrix, Row
    from ..explanation.explanation import Explanation

    About = Callable[[], List[str]]  # returns the lines that describe what is explained

RECORDED = 50  # steps on a page
DESCRIPTION = """\
Explain one training step, number by number: forward, loss, backward, update.
Without MODEL, explain the first step of the article's AND gate. With a saved
model, the samples come from --x and --y, or from a file with one sample per
row: the inputs, then the targets. Without targets, only the forward pass is
explained.

For a model from `scratchnet train`, DATA is a table like its training data.
Then `explain MODEL DATA --row N` says why the model predicts what it predicts
for this row; --arithmetic adds every number. `explain MODEL DATA --step K`
explains a step of the model's own training, with its recipe and its batch. For
a model of another program, DATA has one column of numbers for each input, in
their order, and --row N explains the arithmetic of this row.

An exercise needs no model: --layers, --activation, --x, --y and --seed make
one. Weights that are not given are drawn, with one decimal, and so is the
sample if there is no --x.
"""
EXAMPLES = """\
examples:
  scratchnet explain                     the article's first iteration
  scratchnet explain --step 25 --number '0.weights[1][0].new'
                                         one number of its 25th iteration
  scratchnet explain --html step.html    50 iterations as an interactive page
  scratchnet explain --worksheet > sheet.txt
                                         the step with blanks to fill in
  scratchnet explain model.json --x 0.05,0.1 --y 0.01,0.99 --learning-rate 0.5
  scratchnet explain model.json data.csv --number '0.z[0][0]' --depth 3
  scratchnet explain iris.safetensors iris.csv --row 51
                                         why this flower is a versicolor
  scratchnet explain iris.safetensors iris.csv --step 3
                                         the third step of its training
  scratchnet explain --layers 2,2,1 --x 1,0 --y 1 --seed 4 --worksheet
                                         an exercise
  scratchnet explain --layers 2,3,3 --activation relu,softmax --x 1,0 --y 2
                                         a classification
  scratchnet explain --layers 2,2,1 --seeds 1-30 --worksheet -o class
                                         30 exercises and the answer key
"""
FIRST_LINE = "# scratchnet explain "
DECIMALS_LIMIT = (
    lambda v: COUNT[0](v) and v <= MOST_DECIMALS,
    f"a whole number from 1 to {MOST_DECIMALS}",
)
MOST_STEPS = 1000000  # which take minutes
STEP = (lambda v: COUNT[0](v) and v <= MOST_STEPS, f"a whole number from 1 to {MOST_STEPS:,}")
# The limit of steps × numbers for a worksheet, about ten seconds. Recording a step counts as 200
# steps, and the fixed cost of a step as 200 numbers.
MOST_WORK, RECORDING = 5000000, 200
MOST_INPUTS = 30  # inputs listed
# With one of these options, a step is not one of the training of a model.
OF_TRAINING = ("row", "loss", "optimizer", "learning_rate", "batch_size", "shuffle", "seed")


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    add_setting(parser)
    parser.add_argument(
        "--number",
        action="append",
        default=[],
        metavar="NAME",
        help="print only this number; repeatable",
    )
    parser.add_argument(
        "--depth", type=int, default=1, help="also print its inputs, down to this depth (default 1)"
    )
    parser.add_argument("--names", action="store_true", help="print only the names of all numbers")
    parser.add_argument(
        "--arithmetic", action="store_true", help="for a row of a table, also print every number"
    )
    parser.add_argument(
        "--decimals",
        type=int,
        default=DECIMALS,
        help=f"the number of decimals (default {DECIMALS})",
    )
    parser.add_argument(
        "--worksheet", action="store_true", help="print the step with blanks to fill in; see check"
    )
    parser.add_argument(
        "--seeds", metavar="A-B", help="with --layers and --worksheet: a sheet for each seed"
    )
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", help="with --seeds: write the sheets and the key here"
    )
    parser.add_argument("--html", metavar="FILE", help="write an interactive page")
    parser.add_argument("--json", metavar="FILE", help="write all steps as JSON")
    parser.add_argument(
        "--steps",
        type=int,
        help=f"the number of steps for --html and --json (default {RECORDED}; for a row of a "
        "table 1)",
    )


def add_setting(parser: "Any") -> None:
    """Add the options that define the network, the data and the training."""
    parser.add_argument(
        "model", nargs="?", metavar="MODEL", help="a saved network: " + models.ENDINGS
    )
    parser.add_argument("data", nargs="?", metavar="DATA", help="a file of samples, one per row")
    exercises.add_network(parser)
    parser.add_argument(
        "--x",
        action="append",
        default=[],
        metavar="A,B,...",
        help="the inputs of a sample; repeatable",
    )
    parser.add_argument("--y", action="append", default=[], metavar="A,...", help="its targets")
    parser.add_argument(
        "--row", type=int, metavar="N", help="the row of a table, from 1 (default 1)"
    )
    parser.add_argument(
        "--loss",
        choices=sorted(LOSSES),
        metavar="NAME",
        help="the loss (default: the one that pairs with the last layer): "
        + ", ".join(sorted(LOSSES)),
    )
    parser.add_argument(
        "--optimizer", choices=sorted(OPTIMIZERS), help="the optimizer (default sgd)"
    )
    parser.add_argument(
        "--learning-rate", type=float, help="its learning rate (default for sgd: 0.1)"
    )
    parser.add_argument("--step", type=int, help="the training step, from 1 (default 1)")
    parser.add_argument("--batch-size", type=int, help="samples per step (default: all)")
    parser.add_argument("--shuffle", action="store_true", help="shuffle the samples, as fit does")
    parser.add_argument(
        "--seed",
        type=int,
        help="the random seed of the order, of dropout and of the weights of --layers (default 0)",
    )
    add_loading(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the explanation. Return the exit status."""
    check(options)
    if options.seeds:
        return exercises.write_class(options, write, explained, header)
    why, encoder, about = explained(options, recorded(options))
    lines = [] if options.html or options.json or options.worksheet else about()
    if lines:
        write(terminal.explained("\n".join(lines)) + "\n")
    if options.names:
        write("\n".join(why.names()))
    if options.html:
        why.to_html(options.html, **names_of(encoder))
        write(f"{options.html}: open it in a browser")
    if options.json:
        why.to_json(options.json, **names_of(encoder))
        write(f"{options.json}: the numbers of {len(why.numbers)} steps")
    for name in options.number:
        found = why[input_named(name, encoder)]
        write(terminal.explained(found.text(options.depth, options.decimals)))
    if options.worksheet:
        write(terminal.folded_sheet(worksheet(why, options.decimals, header(options))))
    elif not (options.names or options.html or options.json or options.number):
        if is_question(options, encoder):
            write("for the arithmetic: --arithmetic; for one number: --number NAME; see --names")
        else:
            write(terminal.explained(why.text(options.decimals)))
    return 0


def recorded(options: "Any") -> int:
    """Return how many steps to record."""
    if options.steps is not None:
        return int(options.steps)
    return RECORDED if options.html or options.json else 1


def check(options: "Any") -> None:
    """Raise the errors that would otherwise appear only after the computation."""
    require("--decimals", options.decimals, DECIMALS_LIMIT)
    require("--step", 1 if options.step is None else options.step, STEP)
    require("--depth", options.depth, (lambda v: v >= 0, "a whole number of 0 or more"))
    outputs = [path for path in (options.html, options.json) if path]
    if len(outputs) > len(set(map(os.path.realpath, outputs))):
        raise ValueError(
            f"{options.html} is given for both --html and --json; give two different files"
        )
    for path in outputs:
        terminal.check_output(path, [options.model, options.data])
    exercises.check(options)


def check_work(options: "Any", net: "Sequential", samples: int) -> None:
    """Refuse a worksheet whose step takes long to compute: it may come from a stranger."""
    if not getattr(options, "worksheet", True):  # ``check`` has no such option.
        return
    numbers = RECORDING + samples * sum([p.count for p in net.parameters()])
    most = MOST_WORK // numbers - RECORDING
    if most < 1:
        raise ValueError("the network and the samples are too large for a worksheet")
    if (options.step or 1) > most:
        raise ValueError(
            f"a worksheet of step {options.step} of this network takes too long to compute; "
            f"give a step up to {most:,}"
        )


def is_question(options: "Any", encoder: "Any") -> bool:
    """Return whether only the prediction is to be explained, not a training step."""
    return encoder is not None and options.step is None and not options.arithmetic


def explained(options: "Any", steps: int = 1) -> "Tuple[Explanation, Any, About]":
    """Return the explanation, the encoder of the table or None, and what describes both."""
    if options.layers:
        exercise = exercises.Exercise(options)
        return explanation(options, exercise.net, exercise.X, exercise.Y, None, steps), None, list
    if not options.model:
        if options.data or options.x or options.y or options.row is not None:
            raise ValueError(
                "samples need a model; write scratchnet explain MODEL --x ... --y ... "
                "or scratchnet explain --layers 2,2,1 --x ... --y ..."
            )
        X, Y = transpose(and_gate.X), transpose(and_gate.Y)
        return explanation(options, and_gate_network.network(), X, Y, None, steps), None, list
    net = loaded(options)
    if not (options.data and has_encoder(net)):
        X, Y = samples(net, options)
        why = explanation(options, net, X, Y, None, steps)
        return why, None, lambda: about_samples(why, options)
    return of_table(options, net, steps)


def of_table(options: "Any", net: "Sequential", steps: int) -> "Tuple[Explanation, Any, About]":
    """Explain a step of the training of a model, or a row of its table."""
    if options.x or options.y:
        raise ValueError(
            "both a table and --x or --y are given; give a table and --row, or --x and --y"
        )
    encoder = model_of(net, options.model).encoder
    table = encoder.read(options.data, target=None)
    given = [name for name in OF_TRAINING if exercises.is_given(options, name)]
    if options.step is not None and not given:
        model, problem = training_of(net, table)
        if problem is not None:
            return own_step(options, model, problem, steps)
    X, Y = sample_of_table(encoder, table, options)
    if options.step is None and getattr(options, "steps", None) is None:
        steps = 1  # the question is about the prediction, not about a training run
    why = explanation(options, net, X, Y, encoder, steps)
    if options.step is None:
        missing = encoder.imputed(table, (options.row or 1) - 1)
        return why, encoder, lambda: about_row(net, encoder, X, Y, missing, options)
    return why, encoder, lambda: about_new_training(why, encoder, options, given)


def names_of(encoder: "Any") -> "Dict[str, Any]":
    """Return the names of the inputs and of the outputs, for the page and the record."""
    if encoder is None:
        return {}
    labels = encoder.classes or [encoder.target.name]
    return {
        "names": [printable(str(name)) for name in encoder.features],
        "labels": [printable(str(label)) for label in labels],
    }


def own_step(
    options: "Any", model: "Any", problem: "Any", steps: int
) -> "Tuple[Explanation, Any, About]":
    """Explain a step of the training of a model, which is repeated up to that step."""
    recipe, encoder = model.recipe, problem.encoder
    check_work(options, model.net, recipe.batch_size)
    why = explain(
        model.net,
        problem.training[0],
        problem.training[1],
        loss_of(encoder),
        recipe.new_optimizer(),
        recipe.epochs,
        recipe.batch_size,
        shuffle=recipe.batch_size < len(problem.training[0]),
        seed=recipe.seed,
        validation_data=problem.validation,
        patience=recipe.patience if problem.validation else None,
        step=options.step,
        steps=steps,
    )
    return why, encoder, lambda: about_own_step(why, options, recipe, problem)


def explanation(
    options: "Any", net: "Sequential", X: "Any", Y: "Any", encoder: "Any", steps: int
) -> "Explanation":
    """Return the explanation of a training step of this network on these samples."""
    check_work(options, net, min(len(X), options.batch_size or len(X)))
    rate = options.learning_rate
    if options.optimizer in (None, "sgd"):
        optimizer = SGD(and_gate.A if rate is None else rate)
    else:
        optimizer = OPTIMIZERS[options.optimizer](*([] if rate is None else [rate]))
    if Y is None:
        if options.loss or options.step not in (None, 1):
            raise ValueError(
                "without targets there is no training step to explain; give targets with --y"
            )
        return explain(net, X)
    loss = options.loss or (loss_of(encoder) if encoder else usual_loss(net))
    return explain(
        net,
        X,
        Y,
        loss,
        optimizer,
        batch_size=options.batch_size,
        shuffle=options.shuffle,
        seed=options.seed or 0,
        step=1 if options.step is None else options.step,
        steps=steps,
    )


def usual_loss(net: "Sequential") -> str:
    """Return the name of the loss that pairs with the last layer."""
    pairs = {loss.pairs_with: name for name, loss in LOSSES.items()}
    return pairs.get(type(net.layers[-1]), "mean_squared_error")


def samples(net: "Sequential", options: "Any") -> "Any":
    """Return the samples from the file and from --x, and their targets or None."""
    if options.row is not None:
        return sample_in_row(net, options)
    rows = [numbers_of(text, "--x") for text in options.x]
    targets = [numbers_of(text, "--y") for text in options.y]
    if options.data:
        for row in _table(options.data):
            rows.append(row[: net.inputs])
            targets.extend([row[net.inputs :]] if len(row) > (net.inputs or len(row)) else [])
    if not rows:
        raise ValueError(
            "no sample is given; give --x 0.5,1 (and --y for its targets), or a file of samples"
        )
    if targets and len(targets) != len(rows):
        raise ValueError(
            f"{plural(len(rows), 'sample')}, but {plural(len(targets), 'target')}; "
            "give targets for each sample, or for none"
        )
    return rows, targets or None


def sample_in_row(net: "Sequential", options: "Any") -> "Any":
    """Return a row of a table of the inputs of the network, and the targets after them or None."""
    if not options.data or options.x or options.y:
        raise ValueError(
            "--row is a row of a table; write scratchnet explain MODEL DATA --row N, "
            "or leave it out"
        )
    rows = Positions(net, options.model).read(options.data, further=True).X
    row = list(rows[row_in(options, len(rows))])
    count = net.inputs or len(row)
    return [row[:count]], [row[count:]] if len(row) > count else None


def row_in(options: "Any", count: int) -> int:
    """Return the index of the row that the options name, among ``count`` rows."""
    limit = (lambda v: 1 <= v <= count, f"a row from 1 to {count}")
    return int(require("--row", 1 if options.row is None else options.row, limit)) - 1


def about_row(
    net: "Sequential", encoder: "Any", X: "Matrix", Y: "Any", missing: "List[str]", options: "Any"
) -> "List[str]":
    """Describe a row of a table: the prediction and its reasons, and its inputs if these matter."""
    row = f"row {options.row or 1} of {options.data}"
    lines = [row] + answer(net, encoder, X[0], Y and Y[0])
    if isinstance(encoder, Encoder) and (options.arithmetic or options.number):
        lines += [""] + columns_of(X[0], encoder, missing)
    return lines


def about_own_step(
    why: "Explanation", options: "Any", recipe: "Any", problem: "Any"
) -> "List[str]":
    """Describe a step of the training of a model, and its batch."""
    shown = why.samples[:MOST_INPUTS]
    rows = [f"x[{i}] is row {problem.rows[i] + 1}" for i in shown]
    rows += [f"and {len(why.samples) - len(shown)} more"] if len(why.samples) > len(shown) else []
    return [
        f"step {options.step} of the training of {options.model}: {recipe}, seed {recipe.seed}",
        f"loss {why.loss!r}, optimizer {why.optimizer!r}",
        f"{plural(len(problem.rows), 'training row')} of {options.data}; "
        f"the batch: {', '.join(rows)}",
    ]


def about_samples(why: "Explanation", options: "Any") -> "List[str]":
    """Describe a later step of a saved network, which has no training of its own to repeat."""
    if options.row is not None:
        return [f"row {options.row} of {options.data}"]
    if options.step in (None, 1):
        return []
    return [
        f"step {options.step} of a new training run, from the weights in {options.model} on, "
        "with the given samples alone",
        f"loss {why.loss!r}, optimizer {why.optimizer!r}",
    ]


def about_new_training(
    why: "Explanation", encoder: "Any", options: "Any", given: "List[str]"
) -> "List[str]":
    """Describe a step that is not one of the model's training, and say why it is not."""
    reason = f"{options.data} is not the table that the model learned from"
    if given:
        names = ", ".join(["--" + name.replace("_", "-") for name in given])
        reason = f"leave out {names} for a step of the model's own training"
    lines = [
        f"step {options.step} of a new training run, from the trained weights on: "
        f"row {options.row or 1} of {options.data} is its only sample",
        f"({reason})",
        f"loss {why.loss!r}, optimizer {why.optimizer!r}",
    ]
    return lines + (columns_of(why.data[0][0], encoder) if isinstance(encoder, Encoder) else [])


def columns_of(x: "Row", encoder: "Encoder", missing: "Sequence[str]" = ()) -> "List[str]":
    """Return a line per input that names its column."""
    first = len(encoder.numbers)  # then the labels of categories, mostly 0
    inputs = [
        (j, v, name) for j, (v, name) in enumerate(zip(x, encoder.features)) if v or j < first
    ]
    lines = []
    for j, v, name in inputs[:MOST_INPUTS]:
        note = " (missing: the median of the training rows)" if name in missing else ""
        lines.append(f"  x[0][{j}] = {v:g}, {printable(name)}{note}")
    lines += [f"  and {len(inputs) - MOST_INPUTS} more"] if len(inputs) > MOST_INPUTS else []
    return lines + (
        [f"  and 0 for {len(x) - len(inputs)} other labels"] if len(x) > len(inputs) else []
    )


def input_named(name: str, encoder: "Any") -> str:
    """Return the name of a number, which may be given as the column of an input."""
    if encoder and name in encoder.features:
        return f"x[0][{encoder.features.index(name)}]"
    return name


def sample_of_table(encoder: "Any", table: "Any", options: "Any") -> "Any":
    """Return one row of a table, and its target or None."""
    row = row_in(options, len(table))
    for sentence in encoder.surprises(table, [row]):
        Line().say(sentence)
    known = table.target is not None and table[table.target].present([row])
    Y = [encoder.examples_of(table, [row])[1][0]] if known else None
    return [encoder.inputs_of(table, [row])[0]], Y


def _table(path: str) -> "List[List[float]]":
    """Return the rows of a file. A first line without a number is a header."""
    lines = [
        (i, line.strip()) for i, line in enumerate(text_of(path).splitlines(), 1) if line.strip()
    ]
    if lines and not any(map(is_number, re.split(r"[,;\s]+", lines[0][1]))):
        del lines[0]
    rows = [(i, numbers_of(line, f"{path}, line {i}")) for i, line in lines]
    for i, row in rows:
        if len(row) != len(rows[0][1]):
            raise ValueError(
                f"{path}, line {i}: the row has {plural(len(row), 'number')}; "
                f"the first row has {len(rows[0][1])}"
            )
    return [row for _, row in rows]


def text_of(path: str) -> str:
    """Return the text of a file in any encoding."""
    return decoded(files.read(path))


def header(options: "Any") -> str:
    """Return the first line of a worksheet, from which ``check`` makes the same step."""
    return FIRST_LINE + arguments(options)


def arguments(options: "Any") -> str:
    """Return the command-line arguments that give the same network, data and training."""
    words: "List[Optional[str]]" = [options.model, options.data] + exercises.arguments(options)
    for text in options.x:
        words.append("--x=" + text)
    for text in options.y:
        words.append("--y=" + text)
    words += loading_arguments(options)
    words += [f"--row={options.row}"] if options.row is not None else []
    words += ["--loss=" + options.loss] if options.loss else []
    words += ["--optimizer=" + options.optimizer] if options.optimizer else []
    words += (
        ["--learning-rate=" + repr(options.learning_rate)]
        if options.learning_rate is not None
        else []
    )
    words += [f"--step={options.step}"] if options.step is not None else []
    words += [f"--batch-size={options.batch_size}"] if options.batch_size else []
    words += ["--shuffle"] if options.shuffle else []
    words += [f"--seed={options.seed}"] if options.seed is not None else []
    return " ".join([shlex.quote(word) for word in words if word])
