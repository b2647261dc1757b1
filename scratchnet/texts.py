"""Text for tables and pictures: printable, of limited width, in the characters of an encoding.

printable  shortened    make text from a file safe to show
ascii_of                make text from a file safe for a comment in source code
width                   measure text in columns of a terminal
plural                  a count with its noun
ASCII  is_writable      replace characters that an encoding lacks
"""

import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The replacement of each character that an encoding may lack.
ASCII = {
    "·": "*", "−": "-", "≥": ">=", "≤": "<=", "≠": "!=", "Σ": "sum ", "ŷ": "y'", "ᵀ": "^T",
    "₁": "1", "₂": "2", "×": "x", "→": "->", "±": "+-", "²": "2", "…": "~",
    "│": "|", "─": "-", "┼": "+", "┤": "+", "┬": "+", "└": "+", "⋮": ":", "┊": ":",
    "●": "O", "░": ":", "▒": "=", "▓": "#", "█": "@",
}  # fmt: skip


def is_writable(text: str, encoding: str) -> bool:
    """Return whether the encoding has every character of the text.

    >>> is_writable("²", "latin-1"), is_writable("₂", "latin-1")
    (True, False)
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def plural(count: int, noun: str) -> str:
    """Return the count and the noun, in the plural unless the count is 1.

    >>> plural(1, "row"), plural(1500, "row")
    ('1 row', '1,500 rows')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def shortened(label: "Any", columns: int) -> str:
    """Return the label as printable text of at most so many columns, cut in the middle if longer.

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
    """Return how many columns of a terminal the text takes.

    A Chinese character takes two, a combining accent none.

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
    """Return the text with each character that is not printable replaced by a question mark."""
    return "".join([character if character.isprintable() else "?" for character in text])


def ascii_of(text: str) -> str:
    """Return the text in printable ASCII, which means the same in every encoding.

    >>> ascii_of("größe\\n\n")
    'gr\\xf6\\xdfe\\\\n\\n'
    """
    return text.encode("unicode_escape").decode("ascii")
