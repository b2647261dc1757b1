"""`python -m scratchnet explain`: show where each number of a training step comes from."""

import os

from ...core.checks import COUNT, require
from ...explanation.text import DECIMALS
from ...explanation.worksheet import MOST_DECIMALS, worksheet
from ...texts import printable
from .. import terminal
from ..explanations import exercises
from ..explanations.header import header
from ..explanations.setting import STEP, add_setting, explain_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict


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
a model of another program, DATA has one numeric column per input, in the same
order, and --row N explains the arithmetic of this row.

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
DECIMALS_LIMIT = (
    lambda v: COUNT[0](v) and v <= MOST_DECIMALS,
    f"a whole number from 1 to {MOST_DECIMALS}",
)


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
        "--depth",
        type=int,
        default=1,
        metavar="N",
        help="also print its inputs, down to this depth (default 1)",
    )
    parser.add_argument("--names", action="store_true", help="print only the names of all numbers")
    parser.add_argument(
        "--arithmetic", action="store_true", help="for a row of a table, also print every number"
    )
    parser.add_argument(
        "--decimals",
        type=int,
        default=DECIMALS,
        metavar="N",
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
        metavar="N",
        help=f"the number of steps for --html and --json (default {RECORDED}; for a row of a "
        "table 1)",
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the explanation. Return the exit status."""
    check(options)
    if options.seeds:
        return exercises.write_class(options, write, explain_setting, header)
    why, encoder, about = explain_setting(options, steps_to_record(options))
    asked = [why[find_input(name, encoder)] for name in options.number]
    lines = [] if options.html or options.json or options.worksheet else about()
    if lines:
        write(terminal.style("\n".join(lines)) + "\n")
    if options.names:
        write("\n".join(why.names()))
    if options.html:
        why.to_html(options.html, **names_of(encoder))
        write(f"{options.html}: open it in a browser")
    if options.json:
        why.to_json(options.json, **names_of(encoder))
        write(f"{options.json}: the numbers of {len(why.numbers)} steps")
    for found in asked:
        write(terminal.style(found.text(options.depth, options.decimals)))
    if options.worksheet:
        write(terminal.fold_sheet(worksheet(why, options.decimals, header(options))))
    elif not (options.names or options.html or options.json or options.number):
        if is_question(options, encoder):
            write("for the arithmetic: --arithmetic; for one number: --number NAME; see --names")
        else:
            write(terminal.style(why.text(options.decimals)))
    return 0


def steps_to_record(options: "Any") -> int:
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


def is_question(options: "Any", encoder: "Any") -> bool:
    """Return whether only the prediction is to be explained, not a training step."""
    return encoder is not None and options.step is None and not options.arithmetic


def names_of(encoder: "Any") -> "Dict[str, Any]":
    """Return the names of the inputs and of the outputs, for the page and the record."""
    if encoder is None:
        return {}
    labels = encoder.classes or [encoder.target.name]
    return {
        "names": [printable(str(name)) for name in encoder.features],
        "labels": [printable(str(label)) for label in labels],
    }


def find_input(name: str, encoder: "Any") -> str:
    """Return the name of a number, which may be given as the column of an input."""
    if encoder and name in encoder.features:
        return f"x[0][{encoder.features.index(name)}]"
    return name
