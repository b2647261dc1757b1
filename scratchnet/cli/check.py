"""`python -m scratchnet check`: one's own working with the pencil, checked."""

import argparse
import shlex
import sys

from ..explanation import mistakes, worksheet
from .explain import FIRST_LINE, add_setting, explanation, opened, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn

DESCRIPTION = """\
Check your own working: lines NAME = NUMBER, such as a filled worksheet. A number is right if it is right to the digits
given. Of the first that is wrong you see the right arithmetic, and, where it is one of the usual mistakes, which.
The exit status is 0 if nothing is wrong, else 1.
"""
EXAMPLES = """\
examples:
  scratchnet explain --worksheet > sheet.txt     then fill in the blanks, and
  scratchnet check sheet.txt
  echo '0.z[1][0] = 1.4' | scratchnet check -    of the article's first iteration
"""


class _Setting(argparse.ArgumentParser):
    """Reads the first line of a worksheet."""

    def error(self, message: str) -> "NoReturn":
        raise ValueError(
            f"the worksheet's first line, which says what it is about, cannot be read: {message}"
        )


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("file", metavar="FILE", help="the worksheet; - is standard input")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Check; the exit status."""
    text = _text(options.file)
    setting = _setting(text)
    findings = mistakes.check(explanation(setting, *opened(setting)), worksheet.read(text))
    write(findings.text())
    return 0 if findings.passed else 1


def _text(path: str) -> str:
    if path != "-":
        return text_of(path)
    if sys.stdin is None:
        raise ValueError("standard input is closed; give a file")
    return sys.stdin.read()


def _setting(text: str) -> "Any":
    """What the worksheet is about: its first line tells; without one, the article's first iteration."""
    parser = _Setting(prog="worksheet", add_help=False)
    add_setting(parser)
    lines = [line for line in text.splitlines() if line.startswith(FIRST_LINE)]
    try:
        words = shlex.split(lines[0][len(FIRST_LINE) :]) if lines else []
    except ValueError as error:
        parser.error(str(error))
    return parser.parse_args(words)
