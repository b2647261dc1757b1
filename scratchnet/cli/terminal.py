"""Writing for people, to any terminal: a reader that goes away is no error, and a missing character is replaced."""

import contextlib
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator

# What stands in for a character that the stream's encoding lacks.
ASCII = {
    "·": "*",
    "−": "-",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "Σ": "sum ",
    "ŷ": "y'",
    "ᵀ": "^T",
    "₁": "1",
    "₂": "2",
    "×": "x",
    "→": "->",
    "│": "|",
    "─": "-",
    "┼": "+",
}


def written_for(text: "str", encoding: "str") -> "str":
    """The text with every character that the encoding lacks written in ASCII.

    >>> written_for("W₁·x ≥ 0", "ascii"), written_for("W₁·x ≥ 0", "utf-8")
    ('W1*x >= 0', 'W₁·x ≥ 0')
    """
    return "".join([c if _has(encoding, c) else ASCII.get(c, "?") for c in text])


def _has(encoding: "str", character: "str") -> "bool":
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@contextlib.contextmanager
def output() -> "Iterator[Callable[[str], None]]":
    """A function that writes a line to standard output, until the reader has enough."""
    encoding = sys.stdout.encoding or "ascii"

    def write(line: "str" = "") -> "None":
        sys.stdout.write(written_for(line, encoding) + "\n")

    try:
        yield write
        sys.stdout.flush()
    except BrokenPipeError:  # as in `scratchnet | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
