"""Writing for people, to any terminal: a reader that goes away is no error, and a missing character is replaced."""

import contextlib
import os
import shutil
import sys

from ..texts import ASCII, is_writable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional, Sequence


def written_for(text: str, encoding: str) -> str:
    """The text with every character that the encoding lacks written in ASCII.

    >>> written_for("W₁·x ≥ 0", "ascii"), written_for("W₁·x ≥ 0", "utf-8")
    ('W1*x >= 0', 'W₁·x ≥ 0')
    """
    return "".join([c if is_writable(c, encoding) else ASCII.get(c, "?") for c in text])


def size() -> "Dict[str, Any]":
    """What a picture needs to know of standard output: its width, its encoding, and whether it has colours."""
    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return {
        "width": max(20, min(shutil.get_terminal_size().columns, 100)) if is_terminal else 80,
        "height": 16,
        "encoding": sys.stdout.encoding or "ascii",
        "colour": is_terminal and not os.environ.get("NO_COLOR"),
    }


def plural(count: int, noun: str) -> str:
    """
    >>> plural(1, "row"), plural(1500, "row")
    ('1 row', '1,500 rows')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def check_output(path: str, inputs: "Sequence[Optional[str]]") -> None:
    """Refuse to write over what is read."""
    real = os.path.realpath(path)
    for other in inputs:
        if (
            other is not None
            and os.path.exists(real)
            and os.path.exists(other)
            and os.path.samefile(real, other)
        ):
            raise ValueError(f"{path} is read as well; give the result a name of its own")


class Unwritable(Exception):
    """The output took no more; the system's reason is its cause."""


@contextlib.contextmanager
def output() -> "Iterator[Callable[[str], None]]":
    """A function that writes a line to standard output; one that cannot be written ends the program with status 1.

    Without a word where the reader had enough, as in `scratchnet | head`; with one where the disk is full.
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
            _flush()
    except (Unwritable, OSError) as stopped:  # an OSError: argparse writes its help itself
        error = stopped.__cause__ or stopped
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # for what is still to be flushed
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"scratchnet: the output cannot be written: {error.strerror}\n")
        sys.exit(1)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError as error:
        raise Unwritable from error
