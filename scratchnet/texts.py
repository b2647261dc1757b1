"""Texts for tables and pictures: on one line, as wide as there is room, in the characters that an encoding has.

printable  shortened   what comes from a file, safe to show
width                  in columns of a terminal
ASCII  is_writable     what an encoding lacks
"""

import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What stands in for a character that an encoding lacks.
ASCII = {
    "·": "*", "−": "-", "≥": ">=", "≤": "<=", "≠": "!=", "Σ": "sum ", "ŷ": "y'", "ᵀ": "^T", "₁": "1", "₂": "2",
    "×": "x", "→": "->", "±": "+-", "²": "2", "…": "~", "│": "|", "─": "-", "┼": "+", "┤": "+", "┬": "+", "└": "+",
    "⋮": ":", "┊": ":", "●": "O", "░": ":", "▒": "=", "▓": "#", "█": "@",
}  # fmt: skip


def is_writable(text: str, encoding: str) -> bool:
    """Whether the encoding has every character of the text.

    >>> is_writable("²", "latin-1"), is_writable("₂", "latin-1")
    (True, False)
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def shortened(label: "Any", columns: int) -> str:
    """The label as a text of at most so many columns, every character of it printable; what is left out is its middle.

    >>> shortened("a\\n" + "b" * 99 + "c", 8)
    'a?bb…bbc'
    """
    text = printable(str(label))
    if width(text) <= columns:
        return text
    head, tail = text[: columns // 2], text[len(text) - (columns - 1) // 2 :]
    while width(head + "…" + tail) > columns:
        head, tail = (head[:-1], tail) if width(head) > width(tail) else (head, tail[1:])
    return head + "…" + tail


def width(text: str) -> int:
    """How many columns of a terminal the text takes: two for a Chinese character, none for an accent by itself.

    >>> width("abc"), width("花")
    (3, 2)
    """
    if len(text.encode("utf-8", "replace")) == len(text):  # ASCII
        return len(text)
    return sum(
        [
            2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c)
            for c in text
        ]
    )


def printable(text: str) -> str:
    """The text on one line: a question mark for whatever else a name from a file may hold."""
    return "".join([character if character.isprintable() else "?" for character in text])
