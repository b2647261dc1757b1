"""`python -m scratchnet explain`: show where each number of a training step comes from."""

import os
import re
import shlex
from collections import namedtuple

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
from ..tabular.model import has_encoder, model_of
from ..tabular.recipe import loss_of
from ..texts import plural, printable
from .data import report_unseen
from .progress import Line
from .terminal import check_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Tuple

    from ..core.network import Sequential
    from ..core.types import Row
    from ..explanation.explanation import Explanation

RECORDED = 50  # steps on a page
DESCRIPTION = """\
Explain one training step, number by number: forward, loss, backward, update.
Without MODEL, explain the first step of the article's AND gate. With a saved
model, the samples come from --x and --y, or from a file with one sample per
row: the inputs, then the targets. For a model from `scratchnet train`, DATA is
a table like its training data, and --row selects the row (default 1). Without
targets, only the forward pass is explained.
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
                                         the prediction for one flower
"""
FIRST_LINE = "# scratchnet explain "
MOST_INPUTS = 30  # inputs listed


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
        "--decimals",
        type=int,
        default=DECIMALS,
        help=f"the number of decimals (default {DECIMALS})",
    )
    parser.add_argument(
        "--worksheet", action="store_true", help="print the step with blanks to fill in; see check"
    )
    parser.add_argument("--html", metavar="FILE", help="write an interactive page")
    parser.add_argument("--json", metavar="FILE", help="write all steps as JSON")
    parser.add_argument(
        "--steps",
        type=int,
        help=f"the number of steps for --html and --json (default {RECORDED})",
    )


def add_setting(parser: "Any") -> None:
    """Add the options that define the network, the data and the training."""
    parser.add_argument(
        "model", nargs="?", metavar="MODEL", help="a saved network, .safetensors or .json"
    )
    parser.add_argument("data", nargs="?", metavar="DATA", help="a file of samples, one per row")
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
        help="the loss (default: the one that pairs with the last layer)",
    )
    parser.add_argument(
        "--optimizer", choices=sorted(OPTIMIZERS), default="sgd", help="the optimizer (default sgd)"
    )
    parser.add_argument(
        "--learning-rate", type=float, help="its learning rate (default for sgd: 0.1)"
    )
    parser.add_argument("--step", type=int, default=1, help="the training step, from 1 (default 1)")
    parser.add_argument("--batch-size", type=int, help="samples per step (default: all)")
    parser.add_argument("--shuffle", action="store_true", help="shuffle the samples, as fit does")
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="the random seed of the order and of dropout (default 0)",
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the explanation. Return the exit status."""
    check(options)
    recorded = options.steps
    if recorded is None:
        recorded = RECORDED if options.html or options.json else 1
    net, row = opened(options)
    why = explanation(options, net, row, recorded)
    if row and not (options.html or options.json or options.worksheet):
        write("\n".join(about_row(why, row, options)) + "\n")
    if options.names:
        write("\n".join(why.names()))
    if options.html:
        why.to_html(options.html)
        write(f"{options.html}: open it in a browser")
    if options.json:
        why.to_json(options.json)
        write(f"{options.json}: the numbers of {len(why.numbers)} steps")
    for name in options.number:
        write(why[input_named(name, row)].text(options.depth, options.decimals))
    if options.worksheet:
        write(worksheet(why, options.decimals, FIRST_LINE + arguments(options)))
    elif not (options.names or options.html or options.json or options.number):
        write(why.text(options.decimals))
    return 0


def check(options: "Any") -> None:
    """Raise the errors that would otherwise appear only after the computation."""
    require("--decimals", options.decimals, COUNT)
    require("--depth", options.depth, (lambda v: v >= 0, "a whole number of 0 or more"))
    outputs = [path for path in (options.html, options.json) if path]
    if len(outputs) > len(set(map(os.path.realpath, outputs))):
        raise ValueError(
            f"{options.html} is given for both --html and --json; give two different files"
        )
    for path in outputs:
        check_output(path, [options.model, options.data])


def opened(options: "Any") -> "Tuple[Sequential, Any]":
    """Return the network, and the TableRow if the options name a table, or None."""
    if not options.model:
        return and_gate_network.network(), None
    net = models.load(options.model)
    if options.data and has_encoder(net):
        if options.x or options.y:
            raise ValueError(
                "both a table and --x or --y are given; give a table and --row, or --x and --y"
            )
        return net, row_of_table(model_of(net, options.model).encoder, options)
    return net, None


def explanation(options: "Any", net: "Sequential", row: "Any", steps: int = 1) -> "Explanation":
    """Return the explanation that the options ask for."""
    X, Y = transpose(and_gate.X), transpose(and_gate.Y)
    if options.model:
        X, Y = (row.X, row.Y) if row else samples(net, options)
    elif options.data or options.x or options.y:
        raise ValueError("samples need a model; write scratchnet explain MODEL --x ... --y ...")
    rate = options.learning_rate
    if options.optimizer == "sgd":
        optimizer = SGD(and_gate.A if rate is None else rate)
    else:
        optimizer = OPTIMIZERS[options.optimizer](*([] if rate is None else [rate]))
    if Y is None:
        if options.loss or options.step != 1:
            raise ValueError(
                "without targets there is no training step to explain; give targets with --y"
            )
        return explain(net, X)
    loss = options.loss or (loss_of(row.encoder) if row else usual_loss(net))
    training = {"batch_size": options.batch_size, "shuffle": options.shuffle, "seed": options.seed}
    return explain(net, X, Y, loss, optimizer, options.step, steps, **training)


def usual_loss(net: "Sequential") -> str:
    """Return the name of the loss that pairs with the last layer."""
    pairs = {loss.pairs_with: name for name, loss in LOSSES.items()}
    return pairs.get(type(net.layers[-1]), "mean_squared_error")


def samples(net: "Sequential", options: "Any") -> "Any":
    """Return the samples from the file and from --x, and their targets or None."""
    if options.row is not None:
        raise ValueError(
            "--row needs a table and a model from `scratchnet train`; otherwise leave it out"
        )
    rows = [_numbers(text, "--x") for text in options.x]
    targets = [_numbers(text, "--y") for text in options.y]
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


def about_row(why: "Explanation", row: "TableRow", options: "Any") -> "List[str]":
    """Describe the row of a table: the column of each input, and the prediction."""
    encoder = row.encoder
    X, Y = why.data
    lines = [f"row {options.row or 1} of {options.data}"]
    lines += columns_of(X[0], encoder, row.imputed) if isinstance(encoder, Encoder) else []
    before = f" before step {options.step}" if options.step > 1 else ""
    lines.append(
        f"predicted {encoder.target.name}{before}: {encoder.targets_of(why.net.predict(X))[0]}"
    )
    return lines + ([f"in the table: {encoder.targets_of(Y)[0]}"] if Y else [])


def columns_of(x: "Row", encoder: "Encoder", imputed: "List[str]") -> "List[str]":
    """Return a line per input that names its column."""
    first = len(encoder.numbers)  # then the labels of categories, mostly 0
    inputs = [
        (j, v, name) for j, (v, name) in enumerate(zip(x, encoder.features)) if v or j < first
    ]
    lines = []
    for j, v, name in inputs[:MOST_INPUTS]:
        note = " (missing: the median of the training rows)" if name in imputed else ""
        lines.append(f"  x[0][{j}] = {v:g}, {printable(name)}{note}")
    lines += [f"  and {len(inputs) - MOST_INPUTS} more"] if len(inputs) > MOST_INPUTS else []
    return lines + (
        [f"  and 0 for {len(x) - len(inputs)} other labels"] if len(x) > len(inputs) else []
    )


def input_named(name: str, row: "Any") -> str:
    """Return the name of a number, which may be given as the column of an input."""
    if row and name in row.encoder.features:
        return f"x[0][{row.encoder.features.index(name)}]"
    return name


class TableRow(namedtuple("TableRow", "encoder X Y imputed")):
    """A row of a table: its encoder, its inputs, its target or None, and the missing columns."""

    __slots__ = ()


def row_of_table(encoder: "Any", options: "Any") -> "TableRow":
    """Return the row of the table that the options name."""
    table = encoder.read(options.data, target=None)
    limit = (lambda v: 1 <= v <= len(table), f"a row from 1 to {len(table)}")
    row = require("--row", 1 if options.row is None else options.row, limit) - 1
    report_unseen(encoder, table, Line(), [row])
    known = table.target is not None and table[table.target].present([row])
    Y = [encoder.examples_of(table, [row])[1][0]] if known else None
    return TableRow(encoder, [encoder.inputs_of(table, [row])[0]], Y, encoder.imputed(table, row))


def _numbers(text: str, where: str) -> "List[float]":
    try:
        return [float(part) for part in re.split(r"[,;\s]+", text.strip())]
    except ValueError:
        raise ValueError(
            f"{where}: {text!r} is not a list of numbers; write them as in 0.5,1"
        ) from None


def _table(path: str) -> "List[List[float]]":
    """Return the rows of a file. A first line without a digit is a header."""
    lines = [
        (i, line.strip()) for i, line in enumerate(text_of(path).splitlines(), 1) if line.strip()
    ]
    if lines and not re.search(r"\d", lines[0][1]):
        del lines[0]
    rows = [(i, _numbers(line, f"{path}, line {i}")) for i, line in lines]
    for i, row in rows:
        if len(row) != len(rows[0][1]):
            raise ValueError(
                f"{path}, line {i}: the row has {plural(len(row), 'number')}; "
                f"the first row has {len(rows[0][1])}"
            )
    return [row for _, row in rows]


def text_of(path: str) -> str:
    """Return the text of a file."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: the file is not UTF-8 text; convert it to UTF-8") from None


def arguments(options: "Any") -> str:
    """Return the command-line arguments that give the same network, data and training."""
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
