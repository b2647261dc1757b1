"""Output to any terminal.

A character that the encoding lacks is replaced. A reader that closes the pipe is not an error.
"""

import contextlib
import os
import shutil
import sys

from ..texts import ASCII, is_writable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional, Sequence


def written_for(text: str, encoding: str) -> str:
    """Return the text; each character that the encoding lacks is replaced by ASCII.

    >>> written_for("W₁·x ≥ 0", "ascii"), written_for("W₁·x ≥ 0", "utf-8")
    ('W1*x >= 0', 'W₁·x ≥ 0')
    """
    return "".join([c if is_writable(c, encoding) else ASCII.get(c, "?") for c in text])


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
def output() -> "Iterator[Callable[[str], None]]":
    """Provide a function that writes a line to standard output.

    If a line cannot be written, the program ends with status 1: silently if the reader closed the
    pipe, as in `scratchnet | head`, and with a message otherwise, such as for a full disk.
    """
    if sys.stdout is None:  # closed by the shell, as in `scratchnet >&-`
        sys.stdout = open(os.devnull, "w")
    encoding = sys.stdout.encoding or "ascii"

    def write(line: str = "") -> None:
        try:
            sys.stdout.write(written_for(line, encoding) + "\n")
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


def flush() -> None:
    """Make what was written appear, in a pipe as well."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise Unwritable from error
