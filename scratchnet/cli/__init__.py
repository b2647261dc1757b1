"""The command line.

commands/           the commands, one file each
explanations/       what `explain` and `check` share
data.py             reading the model and the data of a command
settings.py         the options that say how a network is built and trained
training.py         a training run: what `train` does, prints and saves
training_texts.py   what `train` says about the data, the training and the model
calibration.py      the rows that `export` calibrates a number type with
progress.py         the progress of a command, on standard error
terminal.py         output to any terminal
"""

import argparse
import importlib
import sys

from .. import __version__
from ..texts import printable
from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, NoReturn, Optional

LONGEST = 1000  # characters of an error message; a name in a file may be longer
DESCRIPTION = (
    "A neural network in pure Python that hides nothing.\n"
    "Without a command, show how a neuron learns AND."
)
COMMANDS = (
    ("train", "train, evaluate and save a model from a CSV file"),
    ("predict", "predict the rows of a CSV file with a model"),
    ("evaluate", "measure a model on rows whose target is known"),
    ("summary", "show a model: its layers, columns and training"),
    ("plot", "draw the losses, network, mistakes or decisions of a model"),
    ("demo", "train on data of the package: and, xor, iris, digits, ..."),
    ("lessons", "list the lessons for beginners in reading order"),
    ("explain", "show where each number of a training step comes from"),
    ("check", "check your own calculations, such as a filled worksheet"),
    ("unroll", "print a saved network as straight-line Python"),
    ("bundle", "write the core as one file, or the package as one archive"),
    ("export", "write a saved network as C, Python, MicroPython or JSON"),
    ("convert", "write a model, also of another program, in another format"),
    ("budget", "say how much memory and time a network takes on a board"),
    ("bench", "measure the speed of this interpreter in ten seconds"),
    ("selftest", "verify the rules, kernels and file formats here"),
)
EPILOG = """\
examples:
  python3 -m scratchnet train iris.csv --target species -o iris.safetensors
  python3 -m scratchnet predict iris.safetensors new.csv > species.csv
  python3 -m scratchnet demo xor                  train, draw, show the program
  python3 -m scratchnet                           train the article's AND gate
  python3 -m scratchnet explain                   explain its first step
  python3 -m scratchnet explain --html step.html  write it as a web page
  python3 -m scratchnet lessons                   list the lessons
  python3 -m scratchnet unroll model.json         print straight-line Python
  python3 -m scratchnet export model.json --to c -o model.h
"""


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line, and raises an OSError if it cannot write."""

    def _print_message(self, message: str, file: "Any" = None) -> None:
        file.write(message)  # argparse would ignore an OSError.

    def error(self, message: str) -> "NoReturn":
        _complain(f"{self.prog}: {message}; see {self.prog} --help")
        self.exit(2)


def main(arguments: "Optional[List[str]]" = None) -> int:
    """Run a command and return the exit status.

    The status is 0 for success, 1 if a check failed, 2 for a user's mistake, 130 after Ctrl-C.
    """
    given = sys.argv[1:] if arguments is None else arguments
    parser, modules = _parser(given)
    with terminal.output() as write:
        options, unknown = parser.parse_known_args(_joined(given))
        if unknown:
            options.parser.error(f"unknown arguments: {' '.join(unknown)}")
        if options.command is None:
            from .commands import and_gate

            return and_gate.run(write)
        try:
            status: int = modules[options.command].run(options, write)
        except (OSError, TypeError, ValueError) as error:
            _complain(f"scratchnet {options.command}: {_sentence(error)}")
            status = 2
        except MemoryError:
            _complain(f"scratchnet {options.command}: there is not enough memory for this input")
            status = 2
        except KeyboardInterrupt:
            _complain("")
            status = 130
    return status


def _complain(text: str) -> None:
    """Write an error message as one line of limited length.

    If standard error cannot be written, only the exit status remains.
    """
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"
    try:
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()
    except (AttributeError, OSError):
        # The shell closed it, as in `scratchnet 2>&-`, or the disk is full. Without None here,
        # Python would flush it at exit, fail, and change the exit status.
        sys.stderr = None


def _parser(given: "List[str]") -> "Any":
    """Return the parser and the modules of the commands.

    Only commands whose names are among the arguments are imported.
    """
    parser = Parser(
        prog="scratchnet",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("--version", action="version", version="scratchnet " + __version__)
    commands = parser.add_subparsers(dest="command", metavar="command")
    modules = {}
    for name, summary in COMMANDS:
        own = commands.add_parser(
            name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        own.set_defaults(parser=own)
        if name in given:
            modules[name] = importlib.import_module(".commands." + name, __name__)
            modules[name].configure(own)
    return parser, modules


def _joined(given: "List[str]") -> "List[str]":
    """Return the arguments with `--x -1,0` joined to `--x=-1,0`.

    argparse would mistake -1,0 for an option.
    """
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
