"""Text for tables and pictures: printable, of limited width, in the characters of an encoding.

printable  shorten          make text from a file safe to show
ascii_of                    make text from a file safe for a comment in source code
width                       measure text in columns of a terminal
plural                      a count with its noun
text_table                  rows as lines, whose cells are wrapped at words
html_table                  rows as a table of HTML
ASCII  is_writable          replace characters that an encoding lacks
written_for  fit_to_output  text with these replacements: for an encoding, for ``print``
number_of                   the number that a label is
decode_text                 decode text in an unknown encoding
"""

import codecs
import html
import locale
import sys
import textwrap
import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

# The replacement of each character that an encoding may lack.
ASCII = {
    "·": "*", "−": "-", "≥": ">=", "≤": "<=", "≠": "!=", "Σ": "sum ", "ŷ": "y'", "ᵀ": "^T",
    "₁": "1", "₂": "2", "×": "x", "→": "->", "±": "+-", "²": "2", "…": "~",
    "½": "1/2 ", "√": "sqrt", "π": "pi", "Φ": "Phi",
    "│": "|", "─": "-", "┼": "+", "┤": "+", "┬": "+", "└": "+", "⋮": ":", "┊": ":",
    "●": "O", "░": ":", "▒": "=", "▓": "#", "█": "@",
}  # fmt: skip


def number_of(label: str) -> float:
    """Return the number that the label of a class is, an int if it is written as one.

    >>> number_of("3"), number_of("0.5"), number_of("1e+20")
    (3, 0.5, 1e+20)
    """
    return float(label) if "." in label or "e" in label else int(label)


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


def written_for(text: str, encoding: str) -> str:
    """Return the text; each character that the encoding lacks is replaced by ASCII.

    >>> written_for("W₁·x ≥ 0", "ascii"), written_for("W₁·x ≥ 0", "utf-8")
    ('W1*x >= 0', 'W₁·x ≥ 0')
    """
    if is_writable(text, encoding):
        return text
    return "".join([c if is_writable(c, encoding) else ASCII.get(c, "?") for c in text])


def fit_to_output(text: str) -> str:
    """Return the text as standard output and new files can show it, so that ``print`` never fails.

    An object cannot know whether it is printed to standard output or to a file. On Windows, the two
    have different encodings: ``open`` uses that of the system by default.
    """
    for encoding in (getattr(sys.stdout, "encoding", None), locale.getpreferredencoding(False)):
        text = written_for(text, encoding or "utf-8")
    return text


def decode_text(data: bytes) -> str:
    """Return the text of a file that may have been written on any system.

    It is UTF-8 or UTF-16, with or without a byte order mark, or a code page of Windows. The sign ·
    of formulas distinguishes the code page of a console from that of other programs.

    >>> [decode_text("w · x".encode(name)) for name in ("utf-8-sig", "utf-16", "cp1252", "cp437")]
    ['w · x', 'w · x', 'w · x', 'w · x']
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:2]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_console = "·".encode("cp437") in data and "·".encode("cp1252") not in data
        return data.decode("cp437" if is_console else "cp1252", "replace")


def plural(count: int, noun: str) -> str:
    """Return the count and the noun, in the plural unless the count is 1.

    >>> plural(1, "row"), plural(1500, "row")
    ('1 row', '1,500 rows')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def shorten(label: "Any", columns: int) -> str:
    """Return the label as printable text, cut in the middle if it is wider than ``columns``.

    >>> shorten("a\\n" + "b" * 99 + "c", 8)
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

    >>> ascii_of("größe\\n")
    'gr\\\\xf6\\\\xdfe\\\\n'
    """
    return text.encode("unicode_escape").decode("ascii")


# ---- tables --------------------------------------------------------------------------------------

GAP = "  "  # between two columns


def text_table(rows: "Sequence[Sequence[str]]", columns: int = 80) -> str:
    """Return the rows as lines of at most so many columns, with cells wrapped at words if needed.

    >>> print(text_table([("name", "meaning"), ("w", "what is multiplied")], columns=18))
    name  meaning
    w     what is
          multiplied
    """
    widths = [max([width(row[k]) for row in rows]) for k in range(len(rows[0]))]
    while sum(widths) + len(GAP) * (len(widths) - 1) > columns and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    lines = []
    for row in rows:
        cells = [_wrapped(cell, room) for cell, room in zip(row, widths)]
        for k in range(max([len(cell) for cell in cells])):
            parts = [cell[k] if k < len(cell) else "" for cell in cells]
            padded = [part + " " * (room - width(part)) for part, room in zip(parts, widths)]
            lines.append(GAP.join(padded).rstrip())
    return "\n".join(lines)


def _wrapped(cell: str, columns: int) -> "List[str]":
    """Return the cell as lines. Only a word that is too long is divided."""
    if width(cell) <= columns:
        return [cell]
    lines = []
    for line in textwrap.wrap(cell, columns, break_on_hyphens=False):
        while width(line) > columns:  # wide characters
            part = line
            while width(part) > max(columns, width(line[0])):
                part = part[:-1]
            lines.append(part)
            line = line[len(part) :]
        lines.append(line)
    return lines


def html_table(head: "Sequence[Any]", rows: "Sequence[Sequence[Any]]") -> str:
    """Return a table of HTML. All texts are escaped, and columns of numbers are aligned right.

    >>> html_table(["a"], [["<b>"]])
    '<table><thead><tr><th style="text-align:left">a</th></tr></thead>...&lt;b&gt;...</table>'
    """
    numeric = [all([_is_number(row[k]) for row in rows]) for k in range(len(head))]

    def line(tag: str, cells: "Sequence[Any]") -> str:
        texts = []
        for cell, is_right in zip(cells, numeric):
            side = "right" if is_right else "left"
            text = html.escape(printable(str(cell)))
            texts.append(f'<{tag} style="text-align:{side}">{text}</{tag}>')
        return f"<tr>{''.join(texts)}</tr>"

    body = "".join([line("td", row) for row in rows])
    return f"<table><thead>{line('th', head)}</thead><tbody>{body}</tbody></table>"


def _is_number(cell: "Any") -> bool:
    try:
        float(str(cell).replace(",", "") or 0)
    except ValueError:
        return False
    return True
