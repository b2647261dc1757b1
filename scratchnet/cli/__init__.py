"""The command line, one file a command.

    and_gate.py    what `python -m scratchnet` shows: a neuron learns AND, every step in the open
    selftest.py    whether this Python computes what it should
    terminal.py    writing for people, to any terminal
"""

import argparse

from .. import __version__
from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, NoReturn, Optional

DESCRIPTION = "A neural network in pure Python that hides nothing. Without a command: a neuron learns AND."
EPILOG = """\
examples:
  python3 -m scratchnet              the article's AND gate, with every number in its place
  python3 -m scratchnet selftest     does this Python compute what it should?
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: "str") -> "NoReturn":
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: "Optional[List[str]]" = None) -> "int":
    """Run a command; the exit status: 0, 1 where a selftest failed, 2 for a mistake of the user's."""
    parser = Parser(
        prog="scratchnet",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version="scratchnet " + __version__)
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("selftest", help="verify this installation: every rule, the kernels, the file formats")
    with terminal.output() as write:
        command = parser.parse_args(arguments).command
        if command == "selftest":
            from . import selftest

            return selftest.run(write)
        from . import and_gate

        return and_gate.run(write)
