"""`python -m scratchnet train`: train, evaluate and save a model from a CSV file."""

import os

from ...core.checks import AT_LEAST_0, COUNT, require
from ...formats import files, models
from ...tabular.problem import FRACTION
from .. import terminal
from ..data import add_columns, add_reading
from ..progress import Line
from ..settings import add_settings, check_settings
from ..training import Work, checkpoint_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Train a network on a CSV file, evaluate it on rows held out from training, and
save it. The file may also be TSV, separated by semicolons, ARFF, or gzipped; -
is standard input. The type of each column is detected and printed. Numbers are
standardized, a category becomes one input per label, and a missing number is
replaced by the median. If there are few rows, the model is finally trained on
all of them. Ctrl-C saves what has been learned; the same command with --resume
continues, to the same bits. DATA may also be an array: .npy, .npz or an IDX
file such as those of MNIST; --target is then the file of the targets.
"""
EXAMPLES = """\
examples:
  scratchnet train iris.csv --target species -o iris.safetensors
  scratchnet train titanic.csv --target Survived --ignore Name,Ticket -o t.json
  scratchnet train houses.csv --target price --task regression -o houses.onnx
  scratchnet train houses.csv --target price --epochs 500 --hidden 16,8 -o h.npz
  scratchnet train iris.csv --target species --cross-validate 5 -o iris.json
  scratchnet train iris.csv --target species --search 9 -o iris.json
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
    add_evaluation(parser)
    add_checkpoints(parser)
    add_columns(parser)
    add_reading(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def add_evaluation(parser: "Any") -> None:
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
        metavar="N",
        help="processes for these two options (default: one per processor)",
    )


def add_checkpoints(parser: "Any") -> None:
    group = parser.add_argument_group("checkpoints")
    group.add_argument("--resume", action="store_true", help="continue an interrupted training run")
    group.add_argument(
        "--checkpoint-every",
        type=float,
        default=30,
        metavar="S",
        help="seconds between checkpoints (default 30)",
    )


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


def check(options: "Any") -> None:
    """Raise the errors that would otherwise appear only after the training."""
    require("--validation", options.validation, FRACTION)
    require("--checkpoint-every", options.checkpoint_every, AT_LEAST_0)
    check_settings(options)
    for name in ("workers", "search", "cross_validate"):
        value = getattr(options, name)
        require("--" + name.replace("_", "-"), 1 if value is None else value, COUNT)
    if (options.workers or 1) > 1 and not (options.cross_validate or options.search):
        raise ValueError(
            "--workers needs --cross-validate or --search; a single training run uses one process"
        )
    if options.cross_validate and options.search:
        raise ValueError(
            "--cross-validate and --search cannot be combined: search first, then "
            "cross-validate the settings found"
        )
    models.codec_of(options.output)
    terminal.check_output(options.output, [options.data, options.target])
    path = checkpoint_of(options.output)
    if os.path.exists(path) and not options.resume:
        raise ValueError(
            f"{path} belongs to an interrupted training run; continue with --resume, or delete it"
        )
    if options.resume and not os.path.exists(path):
        raise ValueError(f"there is no {path}, so there is nothing to continue; leave out --resume")
    if not options.resume:
        files.check_writable(path)
