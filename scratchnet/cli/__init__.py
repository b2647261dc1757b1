"""The command line.

commands/           the commands, one file each
explanations/       what `explain` and `check` share
arguments.py        the parser, whose errors are one sentence
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
import os
import re
import sys
from difflib import get_close_matches

from .. import __version__
from . import terminal
from .arguments import Parser, complain, describe_unknown_argument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

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
  python3 -m scratchnet predict iris.safetensors new.csv -o species.csv
  python3 -m scratchnet demo xor                  train, draw, show the program
  python3 -m scratchnet                           train the article's AND gate
  python3 -m scratchnet explain                   explain its first step
  python3 -m scratchnet explain --html step.html  write it as a web page
  python3 -m scratchnet lessons                   list the lessons
  python3 -m scratchnet unroll model.json         print straight-line Python
  python3 -m scratchnet export model.json --to c -o model.h
"""


def main(arguments: "Optional[List[str]]" = None) -> int:
    """Run a command and return the exit status.

    The status is 0 for success, 1 if a check failed, 2 for a user's mistake, 130 after Ctrl-C.
    """
    given = sys.argv[1:] if arguments is None else arguments
    parser, modules = _parser(given)
    with terminal.output() as write:
        options, unknown = parser.parse_known_args(_join_negative_numbers(given))
        if unknown:
            options.parser.error(describe_unknown_argument(options.parser, unknown))
        if options.command is None:
            from .commands import and_gate

            return and_gate.run(write)
        try:
            status: int = modules[options.command].run(options, write)
        except (OSError, TypeError, ValueError) as error:
            complain(f"scratchnet {options.command}: {_sentence(error)}")
            status = 2
        except MemoryError:
            complain(f"scratchnet {options.command}: there is not enough memory for this input")
            status = 2
        except KeyboardInterrupt:
            complain("")
            status = 130
    return status


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


def _join_negative_numbers(given: "List[str]") -> "List[str]":
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
    if not isinstance(error, OSError):
        return re.sub(r"\bengine='(\w+)'", r"--engine \1", str(error))  # as it is spelled here
    if error.filename is None:
        return str(error.strerror or error)  # Python modules may give only a message.
    if isinstance(error, IsADirectoryError):
        return f"{error.filename} is a directory; give a file"
    text = f"{error.filename}: {error.strerror}"
    near = _find_similar(error.filename) if isinstance(error, FileNotFoundError) else None
    return f"{text}; did you mean {near}?" if near else text


def _find_similar(path: "Any") -> "Optional[str]":
    """Return the path beside a missing one whose name is most like it, if there is one."""
    folder, name = os.path.split(str(path))
    try:
        names = os.listdir(folder or os.curdir)
    except OSError:
        return None
    near = get_close_matches(name, names, 1, 0.8)
    return os.path.join(folder, near[0]) if near else None
