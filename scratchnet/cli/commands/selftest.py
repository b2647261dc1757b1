"""`python -m scratchnet selftest`: check that this interpreter computes correctly."""

import sys

from ... import __version__
from ...selftest import all_cases, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def configure(parser: "Any") -> None:
    parser.description = (
        "Verify this installation: reference results of each rule, kernels, file formats."
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print what was checked. Return the exit status, 1 if anything is wrong."""
    python = "{} {}".format(
        sys.implementation.name, ".".join([str(n) for n in sys.version_info[:3]])
    )
    write("scratchnet {} on {} ({})".format(__version__, python, sys.platform))
    problems = check()
    for problem in problems:
        write("wrong: " + problem)
    if problems:
        write("failed: {} results are wrong on this interpreter".format(len(problems)))
        return 1
    write(
        "all right: {} cases agree with their reference results, to the bit in the".format(
            len(all_cases())
        )
    )
    write("portable kernel and to rounding in the fast one; both file formats are exact")
    return 0
