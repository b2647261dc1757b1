"""Output to any terminal.

A character that the encoding lacks is replaced, and so is everything in the data that would control
the terminal. A reader that closes the pipe is not an error. The lines of an explanation are folded
to the width of the terminal, and coloured where it has colours.
"""

import contextlib
import io
import json
import os
import re
import shutil
import sys
import textwrap

from ..formats import files
from ..texts import printable, written_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

# The parts of an explanation: a line of source, the name of a number, its value at the end.
_SOURCE = re.compile(r" +\S+:\d+: ")
_NAME = re.compile(r"^( *)([^ =]+)(?= = )")
_VALUE = re.compile(r"(= )(-?[\d.]+(?:e[+-]\d+|/\d+)?)$")
_DIM, _BOLD, _CYAN, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[36m", "\x1b[0m"

# The sequences that colour text in this package.
COLOURS = re.compile("(\x1b\\[(?:[012]|36|38;5;[0-9]{1,3})m)")


def safe(text: str, colour: bool = False) -> str:
    """Return the text with "?" for each character that would control a terminal, except line ends.

    Such characters are escape and control characters and those that change the direction of text.
    With ``colour``, colours stay.

    >>> safe("red: \\x1b[2J\\u202e")
    'red: ?[2J?'
    """
    if text.replace("\n", "").isprintable():
        return text
    parts = COLOURS.split(text)
    if not colour:
        parts = ["".join(parts)]
    parts[::2] = ["\n".join(map(printable, part.split("\n"))) for part in parts[::2]]
    return "".join(parts)


def json_text(value: "Any", indent: "Optional[int]" = None) -> str:
    """Return the value as JSON, in which characters that are not printable are escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if text.replace("\n", "").isprintable():
        return text
    return "".join([c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text])


def size() -> "Dict[str, Any]":
    """Return the options of a picture for standard output: its size, encoding and colour."""
    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return {
        "width": max(20, min(shutil.get_terminal_size().columns, 100)) if is_terminal else 80,
        "height": 16,
        "encoding": sys.stdout.encoding or "ascii",
        "colour": is_terminal and not os.environ.get("NO_COLOR"),
    }


def style(text: str) -> str:
    """Return the text of an explanation for standard output, folded and perhaps coloured."""
    shown = size()
    lines = [part for line in text.split("\n") for part in fold(line, shown["width"])]
    return "\n".join([add_colours(line) for line in lines] if shown["colour"] else lines)


def fold(line: str, columns: int = 80) -> "List[str]":
    """Return a line of an explanation as lines of at most this many columns.

    A long line is folded before equals signs, and a formula that is still too long at words. What
    has no blank is never divided.

    >>> fold("  z = x · w + b = 3·2 + 1 = 7", 20)
    ['  z = x · w + b', '      = 3·2 + 1 = 7']
    >>> fold("# z = x · w + b · 1", 18)
    ['# z = x · w', '#       + b · 1']
    """
    if len(line) <= columns:
        return [line]
    comment = "# " if line.startswith("# ") else ""
    rest = line[len(comment) :]
    indent = comment + " " * (len(rest) - len(rest.lstrip()) + 4)
    sides = [line] if _SOURCE.match(line) else line.split(" = ")
    lines = [" = ".join(sides[:2])]
    for side in sides[2:]:
        longer = f"{lines[-1]} = {side}"
        if len(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(f"{indent}= {side}")
    return [part for one in lines for part in _wrap(one, columns, indent + "  ")]


def fold_sheet(sheet: str) -> str:
    """Return a worksheet whose comments are folded. A comment that is a command stays as it is."""
    lines: "List[str]" = []
    for line in sheet.split("\n"):
        is_command = line.startswith("# scratchnet ")
        lines += fold(line) if line.startswith("#") and not is_command else [line]
    return "\n".join(lines)


def _wrap(line: str, columns: int, indent: str) -> "List[str]":
    """Return a line as lines, if possible each from one + or − to another."""
    wrapper = textwrap.TextWrapper(
        columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    terms = re.sub(" ([·/]) ", "\xa0\\1\xa0", re.sub(" ([+−]) ", " \\1\xa0", line))
    lines = wrapper.wrap(terms)
    if max([len(part) for part in lines]) > columns:
        return wrapper.wrap(line)
    return [part.replace("\xa0", " ") for part in lines]


def add_colours(line: str) -> str:
    """Return a line of an explanation with ANSI colours.

    >>> add_colours("forward"), add_colours("z = 7")
    ('\\x1b[1mforward\\x1b[0m', '\\x1b[36mz\\x1b[0m = \\x1b[1m7\\x1b[0m')
    """
    if _SOURCE.match(line):
        return _DIM + line + _PLAIN
    if line and line[0] != " " and " = " not in line:  # a title
        return _BOLD + line + _PLAIN
    line = _NAME.sub(rf"\1{_CYAN}\2{_PLAIN}", line)
    return _VALUE.sub(rf"\1{_BOLD}\2{_PLAIN}", line)


def check_output(path: str, inputs: "Sequence[Optional[str]]") -> None:
    """Raise an error if the output is one of the inputs, or cannot be written."""
    real = os.path.realpath(path)
    for other in inputs:
        if (
            other is not None
            and os.path.exists(real)
            and os.path.exists(other)
            and os.path.samefile(real, other)
        ):
            raise ValueError(f"{path} is also an input; give the output another name")
    files.check_writable(path)


class Unwritable(Exception):
    """An error: the output cannot be written. Its cause is the OSError."""


@contextlib.contextmanager
def output() -> "Iterator[Callable[..., None]]":
    """Provide a function that writes a line to standard output.

    Its option ``exact`` is for data that other programs read. They stay as they are, unless
    standard output is a terminal.

    If a line cannot be written, the program ends with status 1: silently if the reader closed the
    pipe, as in `scratchnet | head`, and with a message otherwise, such as for a full disk.
    """
    if sys.stdout is None:  # closed by the shell, as in `scratchnet >&-`
        sys.stdout = open(os.devnull, "w")
    write_all = _writer(sys.stdout)
    encoding = sys.stdout.encoding or "ascii"
    is_terminal, colour = sys.stdout.isatty(), size()["colour"]

    def write(line: str = "", exact: bool = False) -> None:
        text = line if exact and not is_terminal else safe(line, colour and not exact)
        try:
            write_all(written_for(text, encoding) + "\n")
        except OSError as error:
            raise Unwritable from error

    try:
        try:
            yield write
        finally:
            flush()
    except (Unwritable, OSError) as stopped:  # OSError is from the help of argparse
        error = stopped.__cause__ or stopped
        # Python flushes at exit; let it write what is left to the null device.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"scratchnet: standard output cannot be written: {error.strerror}\n")
        sys.exit(1)


def _writer(stream: "Any") -> "Callable[[str], Any]":
    """Return a function that writes a text completely or raises an OSError.

    The stream of `python -u` drops what a short write leaves, as when the disk is full.
    """
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        return stream.write  # type: ignore[no-any-return]

    def write(text: str) -> None:
        data = text.replace("\n", os.linesep).encode(stream.encoding, stream.errors or "strict")
        while data:
            data = data[raw.write(data) or 0 :]

    return write


def flush() -> None:
    """Make what was written appear, in a pipe as well."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise Unwritable from error
