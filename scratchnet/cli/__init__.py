"""The command line, one file a command.

and_gate.py    what `python -m scratchnet` shows: a neuron learns AND, every step in the open
train.py       a model from a CSV file;  data.py, recipe.py, trials.py, progress.py  its parts
predict.py     what a model says of new rows
evaluate.py    how good it is
summary.py     what is in it
plot.py        pictures of it
demo.py        data that come with the package, learnt
explain.py     where a number of a training step comes from
check.py       one's own working with the pencil, checked
unroll.py      a saved network as straight-line Python
bench.py       how fast this interpreter is
selftest.py    whether this Python computes what it should
terminal.py    writing for people, to any terminal
"""

import argparse
import importlib
import sys

from .. import __version__
from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, NoReturn, Optional

DESCRIPTION = (
    "A neural network in pure Python that hides nothing. Without a command: a neuron learns AND."
)
COMMANDS = (
    ("train", "a model from a CSV file: trained, judged and saved"),
    ("predict", "what a model says of the rows of a CSV file"),
    ("evaluate", "how good a model is on rows whose target is known"),
    ("summary", "what is in a model: layers, columns, how it was trained"),
    ("plot", "a picture of a model as SVG: its losses, its network, its mistakes, its decisions"),
    ("demo", "train on data that come with the package: and, xor, iris, digits, moons, ..."),
    ("explain", "where a number comes from: forward, backward and update of one step of training"),
    ("check", "check your own working: a filled worksheet, or any lines NAME = NUMBER"),
    (
        "unroll",
        "a saved network as straight-line Python, every multiplication and addition spelled out",
    ),
    ("bench", "how fast this interpreter trains and predicts, in ten seconds"),
    ("selftest", "verify this installation: every rule, the kernels, the file formats"),
)
EPILOG = """\
examples:
  python3 -m scratchnet train iris.csv --target species -o iris.safetensors
  python3 -m scratchnet predict iris.safetensors new.csv > species.csv
  python3 -m scratchnet demo xor                    trains, draws, and prints the Python that does the same
  python3 -m scratchnet                             the article's AND gate, with every number in its place
  python3 -m scratchnet explain                     its first step, number by number
  python3 -m scratchnet explain --html step.html    the same as a page to click through
  python3 -m scratchnet unroll model.json           a saved network as straight-line Python
  python3 -m scratchnet bench                       how fast is this Python?
  python3 -m scratchnet selftest                    does this Python compute what it should?
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> "NoReturn":
        _complain(f"{self.prog}: {message}; see {self.prog} --help\n")
        self.exit(2)


def main(arguments: "Optional[List[str]]" = None) -> int:
    """Run a command; the exit status: 0, 1 where a check failed, 2 for a mistake of the user's, 130 after Ctrl-C."""
    given = sys.argv[1:] if arguments is None else arguments
    parser, modules = _parser(given)
    with terminal.output() as write:
        options = parser.parse_args(_joined(given))
        if options.command is None:
            from . import and_gate

            return and_gate.run(write)
        try:
            status: int = modules[options.command].run(options, write)
        except (OSError, TypeError, ValueError) as error:
            _complain(f"scratchnet {options.command}: {_sentence(error)}\n")
            status = 2
        except KeyboardInterrupt:
            _complain("\n")
            status = 130
    return status


def _complain(text: str) -> None:
    """Tell a mistake; where nobody can be told, the exit status does."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (
        AttributeError,
        OSError,
    ):  # closed by the shell, as in `scratchnet 2>&-`, or the disk is full
        sys.stderr = None  # else Python would flush it at the end, and give a status of its own


def _parser(given: "List[str]") -> "Any":
    """The parser, and the modules of the commands that are named among the arguments: no other is imported."""
    parser = Parser(
        prog="scratchnet",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version="scratchnet " + __version__)
    commands = parser.add_subparsers(dest="command", metavar="command")
    modules = {}
    for name, summary in COMMANDS:
        own = commands.add_parser(
            name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name in given:
            modules[name] = importlib.import_module("." + name, __name__)
            modules[name].configure(own)
    return parser, modules


def _joined(given: "List[str]") -> "List[str]":
    """The arguments, `--x -1,0` as `--x=-1,0`: argparse would take -1,0 for an option."""
    joined: "List[str]" = []
    for argument in given:
        if joined and joined[-1] in ("--x", "--y") and argument[:1] == "-":
            joined[-1] += "=" + argument
        else:
            joined.append(argument)
    return joined


def _sentence(error: "Exception") -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error.strerror if isinstance(error, OSError) else error)
