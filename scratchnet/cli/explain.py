"""`python -m scratchnet explain`: where a number of a training step comes from."""

import os
import re
import shlex

from ..core.checks import COUNT, require
from ..core.losses import LOSSES
from ..core.matrix import transpose
from ..core.optimizers import OPTIMIZERS, SGD
from ..datasets.encoding import Encoder
from ..explanation.explanation import explain
from ..explanation.text import DECIMALS
from ..explanation.worksheet import worksheet
from ..formats import models
from ..lessons import and_gate, and_gate_network
from ..texts import printable
from .data import ENCODERS, encoder_of, tell_unseen
from .progress import Line
from .recipe import loss_of
from .terminal import check_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Tuple

    from ..core.network import Sequential
    from ..core.types import Row
    from ..explanation.explanation import Explanation

RECORDED = 50  # steps, on a page
DESCRIPTION = """\
Explain one step of training, number by number: forward, loss, backward, update. Without a model: the first step of the
article's AND gate. With one: a saved model, and samples from --x and --y or from a file: one sample a row, the inputs,
then the targets; of a model that `scratchnet train` made, a table such as it was trained with, of which the first row
is taken, or --row. Without targets, the forward pass alone.
"""
EXAMPLES = """\
examples:
  scratchnet explain                                                     the article's first iteration
  scratchnet explain --step 25 --number '0.weights[1][0].new'            one number of its 25th
  scratchnet explain --html step.html                                    a page to click through 50 iterations
  scratchnet explain --worksheet > sheet.txt                             the step with blanks, for the pencil
  scratchnet explain model.json --x 0.05,0.1 --y 0.01,0.99 --loss half_squared_error --learning-rate 0.5
  scratchnet explain model.json data.csv --number '0.z[0][0]' --depth 3
  scratchnet explain iris.safetensors iris.csv --row 51                  why this flower is what it is
"""
FIRST_LINE = "# scratchnet explain "
MOST_INPUTS = 30  # that are listed


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    add_setting(parser)
    parser.add_argument(
        "--number", action="append", default=[], metavar="NAME", help="only this number; repeatable"
    )
    parser.add_argument(
        "--depth", type=int, default=1, help="... and its inputs down to this depth (default 1)"
    )
    parser.add_argument("--names", action="store_true", help="only the names of all numbers")
    parser.add_argument(
        "--decimals", type=int, default=DECIMALS, help=f"of the numbers (default {DECIMALS})"
    )
    parser.add_argument(
        "--worksheet", action="store_true", help="the step with blanks to fill in; see check"
    )
    parser.add_argument("--html", metavar="FILE", help="write the page")
    parser.add_argument("--json", metavar="FILE", help="write the record")
    parser.add_argument(
        "--steps",
        type=int,
        help=f"how many steps the page and the record hold (default {RECORDED})",
    )


def add_setting(parser: "Any") -> None:
    """The options that say which network, which data, and which training."""
    parser.add_argument(
        "model", nargs="?", metavar="MODEL", help="a saved network, .safetensors or .json"
    )
    parser.add_argument("data", nargs="?", metavar="DATA", help="a file of samples, one a row")
    parser.add_argument(
        "--x", action="append", default=[], metavar="A,B,...", help="a sample's inputs; repeatable"
    )
    parser.add_argument("--y", action="append", default=[], metavar="A,...", help="its targets")
    parser.add_argument(
        "--row", type=int, metavar="N", help="the row of a table, from 1 (default 1)"
    )
    parser.add_argument(
        "--loss", choices=sorted(LOSSES), help="the loss (default: what goes with the last layer)"
    )
    parser.add_argument(
        "--optimizer", choices=sorted(OPTIMIZERS), default="sgd", help="the optimizer (default sgd)"
    )
    parser.add_argument(
        "--learning-rate", type=float, help="its learning rate (default: 0.1 of sgd)"
    )
    parser.add_argument(
        "--step", type=int, default=1, help="which step of the training (default 1)"
    )
    parser.add_argument("--batch-size", type=int, help="samples a step (default: all)")
    parser.add_argument(
        "--shuffle", action="store_true", help="take the samples in the order that the seed draws"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of that order, and of dropout (default 0)"
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Explain; the exit status."""
    check(options)
    recorded = (
        (RECORDED if options.html or options.json else 1)
        if options.steps is None
        else options.steps
    )
    net, encoder = opened(options)
    why = explanation(options, net, encoder, recorded)
    if encoder and not (options.html or options.json or options.worksheet):
        write("\n".join(about_row(why, encoder, options)) + "\n")
    if options.names:
        write("\n".join(why.names()))
    if options.html:
        why.to_html(options.html)
        write(f"{options.html}: open it in a browser")
    if options.json:
        why.to_json(options.json)
        write(f"{options.json}: the record of {len(why.numbers)} steps")
    for name in options.number:
        write(why[input_named(name, encoder)].text(options.depth, options.decimals))
    if options.worksheet:
        write(worksheet(why, options.decimals, FIRST_LINE + arguments(options)))
    elif not (options.names or options.html or options.json or options.number):
        write(why.text(options.decimals))
    return 0


def check(options: "Any") -> None:
    """What would only show when it is too late."""
    require("--decimals", options.decimals, COUNT)
    require("--depth", options.depth, (lambda v: v >= 0, "a whole number of 0 or more"))
    outputs = [path for path in (options.html, options.json) if path]
    if len(outputs) > len(set(map(os.path.realpath, outputs))):
        raise ValueError(
            f"{options.html} cannot be both the page and the record; give them two names"
        )
    for path in outputs:
        check_output(path, [options.model, options.data])


def opened(options: "Any") -> "Tuple[Sequential, Any]":
    """The network, and what it makes of a table, if it is a table that the options name."""
    if not options.model:
        return and_gate_network.network(), None
    net = models.load(options.model)
    return net, encoder_of(net, options.model) if options.data and set(ENCODERS) & set(
        net.metadata
    ) else None


def explanation(options: "Any", net: "Sequential", encoder: "Any", steps: int = 1) -> "Explanation":
    """The explanation that the options ask for."""
    X, Y = transpose(and_gate.X), transpose(and_gate.Y)
    if options.model:
        X, Y = samples(net, encoder, options)
    elif options.data or options.x or options.y:
        raise ValueError("samples belong to a model: scratchnet explain MODEL --x ... --y ...")
    rate = options.learning_rate
    if options.optimizer == "sgd":
        optimizer = SGD(and_gate.A if rate is None else rate)
    else:
        optimizer = OPTIMIZERS[options.optimizer](*([] if rate is None else [rate]))
    if Y is None:
        if options.loss or options.step != 1:
            raise ValueError(
                "without targets there is no training step to explain: give them with --y"
            )
        return explain(net, X)
    loss = options.loss or (loss_of(encoder) if encoder else usual_loss(net))
    training = {"batch_size": options.batch_size, "shuffle": options.shuffle, "seed": options.seed}
    return explain(net, X, Y, loss, optimizer, options.step, steps, **training)


def usual_loss(net: "Sequential") -> str:
    """The name of the loss that goes with the last layer."""
    pairs = {loss.pairs_with: name for name, loss in LOSSES.items()}
    return pairs.get(type(net.layers[-1]), "mean_squared_error")


def samples(net: "Sequential", encoder: "Any", options: "Any") -> "Any":
    """The samples of the file and of --x, and their targets; None for no targets."""
    if encoder:
        if options.x or options.y:
            raise ValueError("give a table, with --row, or samples by --x and --y")
        return sample_of_table(encoder, options)
    if options.row is not None:
        raise ValueError("--row is of a table, for a model that `scratchnet train` made")
    rows = [_numbers(text, "--x") for text in options.x]
    targets = [_numbers(text, "--y") for text in options.y]
    if options.data:
        for row in _table(options.data):
            rows.append(row[: net.inputs])
            targets.extend([row[net.inputs :]] if len(row) > (net.inputs or len(row)) else [])
    if not rows:
        raise ValueError("give a sample: --x 0.5,1 (and --y for its targets), or a file of samples")
    if targets and len(targets) != len(rows):
        raise ValueError(
            f"there are {len(rows)} samples and {len(targets)} targets; give one target a sample, or none"
        )
    return rows, targets or None


def about_row(why: "Explanation", encoder: "Any", options: "Any") -> "List[str]":
    """Of a row of a table: which input is which column, and what is predicted."""
    X, Y = why.data
    lines = [f"row {options.row or 1} of {options.data}"]
    lines += columns_of(X[0], encoder) if isinstance(encoder, Encoder) else []
    before = f" before step {options.step}" if options.step > 1 else ""
    lines.append(
        f"predicted {encoder.target.name}{before}: {encoder.targets_of(why.net.predict(X))[0]}"
    )
    return lines + ([f"in the table: {encoder.targets_of(Y)[0]}"] if Y else [])


def columns_of(x: "Row", encoder: "Encoder") -> "List[str]":
    """Which input is which column."""
    first = len(encoder.numbers)  # behind the numbers come the labels of categories, most of them 0
    inputs = [
        (j, v, name) for j, (v, name) in enumerate(zip(x, encoder.features)) if v or j < first
    ]
    lines = [f"  x[0][{j}] = {v:g}, {printable(name)}" for j, v, name in inputs[:MOST_INPUTS]]
    lines += [f"  and {len(inputs) - MOST_INPUTS} more"] if len(inputs) > MOST_INPUTS else []
    return lines + (
        [f"  and 0 for {len(x) - len(inputs)} other labels"] if len(x) > len(inputs) else []
    )


def input_named(name: str, encoder: "Any") -> str:
    """The name that the explanation has for an input that is called by its column."""
    return f"x[0][{encoder.features.index(name)}]" if encoder and name in encoder.features else name


def sample_of_table(encoder: "Any", options: "Any") -> "Any":
    """One row of a table, and its target if it has one."""
    table = encoder.read(options.data, target=None)
    limit = (lambda v: 1 <= v <= len(table), f"a row from 1 to {len(table)}")
    row = require("--row", 1 if options.row is None else options.row, limit) - 1
    tell_unseen(encoder, table, Line(), [row])
    known = table.target is not None and table[table.target].present([row])
    Y = [encoder.examples_of(table, [row])[1][0]] if known else None
    return [encoder.inputs_of(table, [row])[0]], Y


def _numbers(text: str, where: str) -> "List[float]":
    try:
        return [float(part) for part in re.split(r"[,;\s]+", text.strip())]
    except ValueError:
        raise ValueError(f"{where}: {text!r} are no numbers; write them as in 0.5,1") from None


def _table(path: str) -> "List[List[float]]":
    """The rows of a file; a first line without a number is a heading."""
    lines = [
        (i, line.strip()) for i, line in enumerate(text_of(path).splitlines(), 1) if line.strip()
    ]
    if lines and not re.search(r"\d", lines[0][1]):
        del lines[0]
    rows = [(i, _numbers(line, f"{path}, line {i}")) for i, line in lines]
    for i, row in rows:
        if len(row) != len(rows[0][1]):
            raise ValueError(
                f"{path}, line {i}: {len(row)} numbers, where the first row has {len(rows[0][1])}"
            )
    return [row for _, row in rows]


def text_of(path: str) -> str:
    """The text in a file."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is no text in UTF-8") from None


def arguments(options: "Any") -> str:
    """The arguments that make the same setting again."""
    words: "List[Optional[str]]" = [options.model, options.data]
    for text in options.x:
        words.append("--x=" + text)
    for text in options.y:
        words.append("--y=" + text)
    words += [f"--row={options.row}"] if options.row is not None else []
    words += ["--loss=" + options.loss] if options.loss else []
    words += ["--optimizer=" + options.optimizer]
    words += (
        ["--learning-rate=" + repr(options.learning_rate)]
        if options.learning_rate is not None
        else []
    )
    words += [f"--step={options.step}"]
    words += [f"--batch-size={options.batch_size}"] if options.batch_size else []
    words += ["--shuffle"] if options.shuffle else []
    words += [f"--seed={options.seed}"]
    return " ".join([shlex.quote(word) for word in words if word])
