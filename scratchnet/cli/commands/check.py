"""`python -m scratchnet check`: check calculations made by hand."""

import argparse
import os
import shlex
import sys

from ...core.checks import require
from ...explanation import mistakes, worksheet
from ...formats import files
from ...texts import decode_text
from ..explanations.exercises import MOST_SHEETS
from ..explanations.header import FIRST_LINE
from ..explanations.samples import text_of
from ..explanations.setting import STEP, add_setting, explain_setting
from ..terminal import style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, NoReturn

DESCRIPTION = """\
Check your own calculations: lines NAME = NUMBER, such as a filled worksheet. A
number is right if it agrees in all digits given. For each wrong number, the
right arithmetic is shown, and the mistake if it is a common one. A number that
follows correctly from a wrong one counts as right. The score is at the end. The
exit status is 0 if no number is wrong, otherwise 1. A file may hold several
worksheets, each with its first line.
"""
EXAMPLES = """\
examples:
  scratchnet explain --worksheet > sheet.txt     print a worksheet to fill in
  scratchnet check sheet.txt                     check it
  echo '0.z[1][0] = 1.4' | scratchnet check -    the article's first iteration
"""


class _Setting(argparse.ArgumentParser):
    """The parser of the first line of a worksheet."""

    def error(self, message: str) -> "NoReturn":
        raise ValueError(
            f"the first line of the worksheet cannot be read: {message}; "
            "keep it as `scratchnet explain --worksheet` wrote it"
        )


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("file", metavar="FILE", help="the worksheet; - is standard input")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the findings. Return the exit status, 1 if a number is wrong."""
    text = _text(options.file)
    count = max(1, len(_first_lines(text)))
    if count > MOST_SHEETS:
        raise ValueError(f"{options.file} has {count:,} worksheets; give at most {MOST_SHEETS:,}")
    status = 0
    for sheet in _sheets(text):
        setting = _setting(sheet)
        require("--step", 1 if setting.step is None else setting.step, STEP)
        for path in (setting.model, setting.data, setting.weights):
            if path and os.path.exists(path) and not os.path.isfile(path):  # A pipe may never end.
                raise ValueError(f"the worksheet names {path}, which is not a file")
        findings = mistakes.check(explain_setting(setting)[0], worksheet.read(sheet))
        if count > 1:
            write(sheet.strip().split("\n")[0])
        write(_fold(findings.text()) + ("\n" if count > 1 else ""))
        status = status if findings.passed else 1
    return status


def _fold(text: str) -> str:
    """Return the findings with long lines folded, except a wrong number and its mistake.

    Programs search the output for these two lines.
    """
    whole = ("line ", "  this is the result ")
    return "\n".join([line if line.startswith(whole) else style(line) for line in text.split("\n")])


def _first_lines(text: str) -> "List[int]":
    return [n for n, line in enumerate(text.splitlines()) if line.startswith(FIRST_LINE)]


def _sheets(text: str) -> "Iterator[str]":
    """Yield the worksheets in a file, after empty lines that keep the line numbers of the file."""
    lines = text.splitlines()
    first = _first_lines(text)
    for n, end in zip([0] + first[1:], first[1:] + [len(lines)]):
        yield "\n" * n + "\n".join(lines[n:end])


def _text(path: str) -> str:
    if path != "-":
        return text_of(path)
    if sys.stdin is None:
        raise ValueError("standard input is closed; give a file")
    # The bytes, because standard input may have another encoding than the worksheet.
    binary = getattr(sys.stdin, "buffer", None)
    return (
        sys.stdin.read()
        if binary is None
        else decode_text(files.read_open(binary, "the worksheet"))
    )


def _setting(text: str) -> "Any":
    """Return the options in the first line of the worksheet.

    Without such a line, they mean the article's first iteration.
    """
    parser = _Setting(prog="worksheet", add_help=False)
    add_setting(parser)
    lines = [line for line in text.splitlines() if line.startswith(FIRST_LINE)]
    try:
        words = shlex.split(lines[0][len(FIRST_LINE) :]) if lines else []
    except ValueError as error:
        parser.error(str(error))
    return parser.parse_args(words)
