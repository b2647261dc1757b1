"""Output to any terminal.

A character that the encoding lacks is replaced, and so is everything in the data that would control
the terminal. A reader that closes the pipe is not an error.
"""

import contextlib
import io
import json
import os
import re
import shutil
import sys

from ..texts import ASCII, is_writable, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional, Sequence

# The sequences that colour text in this package.
COLOURS = re.compile("(\x1b\\[(?:0|38;5;[0-9]{1,3})m)")


def written_for(text: str, encoding: str) -> str:
    """Return the text; each character that the encoding lacks is replaced by ASCII.

    >>> written_for("W₁·x ≥ 0", "ascii"), written_for("W₁·x ≥ 0", "utf-8")
    ('W1*x >= 0', 'W₁·x ≥ 0')
    """
    return "".join([c if is_writable(c, encoding) else ASCII.get(c, "?") for c in text])


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


def check_output(path: str, inputs: "Sequence[Optional[str]]") -> None:
    """Raise a ValueError if the output is one of the inputs."""
    real = os.path.realpath(path)
    for other in inputs:
        if (
            other is not None
            and os.path.exists(real)
            and os.path.exists(other)
            and os.path.samefile(real, other)
        ):
            raise ValueError(f"{path} is also an input; give the output another name")


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
            _flush()
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


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError as error:
        raise Unwritable from error
