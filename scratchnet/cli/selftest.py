"""`python -m scratchnet selftest`: whether this Python computes what it should."""

import sys

from .. import __version__
from ..selftest import cases, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def configure(parser: "Any") -> None:
    parser.description = (
        "Verify this installation: golden numbers of every rule, the kernels, the file formats."
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Say what was checked and what was found; the exit status, 1 where something is wrong."""
    python = "{} {}".format(
        sys.implementation.name, ".".join([str(n) for n in sys.version_info[:3]])
    )
    write("scratchnet {} on {} ({})".format(__version__, python, sys.platform))
    problems = check()
    for problem in problems:
        write("wrong: " + problem)
    if problems:
        write("{} of the golden numbers and formats are wrong here".format(len(problems)))
        return 1
    write(
        "all right: {} cases of golden numbers, bit for bit in the portable kernel and".format(
            len(cases())
        )
    )
    write("to rounding in the fast one, and both file formats there and back")
    return 0
