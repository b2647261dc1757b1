"""`python -m scratchnet lessons`: list the lessons in reading order."""

import os
import shlex

from ... import lessons

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
List the lessons for beginners in reading order, each with the command that
runs it. A lesson is a short file with one idea. It prints its numbers.
"""


def configure(parser: "Any") -> None:
    parser.description = DESCRIPTION


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the list. Return the exit status."""
    write("The lessons in reading order, each with the command that runs it:")
    for number, (name, summary) in enumerate(lessons.LESSONS, 1):
        write()
        write(f"{number}. {summary}")
        write(f"   python3 -m scratchnet.lessons.{name}")
    write()
    folder = os.path.dirname(os.path.abspath(lessons.__file__))
    if os.path.isdir(folder):
        write("The files, which are short enough to type in, are in this folder:")
        write(f"   {folder}")
    else:
        archive = os.path.dirname(os.path.dirname(folder))
        write("The files, which are short enough to type in, are in an archive. First unpack it:")
        write(f"   python3 -m zipfile -e {shlex.quote(archive)} unpacked && cd unpacked")
    return 0
