"""A picture of characters for the terminal.

Lines consist of Braille dots, 2×4 per character. If the encoding has none, they are ASCII.

>>> canvas = Canvas(8, 3, "utf-8")
>>> canvas.line((0, 0), (1, 1), 0)
>>> print(encode_lines(canvas.lines(), "utf-8"))  # doctest: +NORMALIZE_WHITESPACE
     ⢀⠔⠊
  ⢀⠤⠒⠁
⡠⠔⠁
"""

import itertools

from ..texts import ASCII, is_writable, shorten, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Tuple

    Point = Tuple[float, float]
    Place = Tuple[int, int]

# The bit of each dot of a Braille character, by row and column.
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
LETTERS = "*o+x#%@&"  # one per series, in ASCII
MARKS = "ox+#@%&ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # one per class
# The colours of svg.py, approximated by the 256 colours of most terminals.
COLOURS = (33, 208, 36, 175, 178, 117, 246)
# Longer replacements would shift the rest of the line.
NARROW = {ord(c): text for c, text in ASCII.items() if len(text) == 1}


class Canvas:
    """A grid of ``columns`` × ``rows`` characters of an ``encoding``.

    A point is (x, y), from (0, 0) at the lower left to (1, 1) at the upper right.
    """

    def __init__(self, columns: int, rows: int, encoding: str) -> None:
        self.columns, self.rows = columns, rows
        self.braille = has_braille(encoding)
        self.bits: "Dict[Place, int]" = {}
        self.marks: "Dict[Place, str]" = {}
        self.series: "Dict[Place, Optional[int]]" = {}

    def put(self, point: "Point", mark: str, series: "Optional[int]" = None) -> None:
        """Draw a character."""
        place = self._place(point)
        if place:
            self.marks[place[0]], self.series[place[0]] = mark, series

    def dot(self, point: "Point", series: int) -> None:
        """Draw a dot or, in ASCII, the letter of the series."""
        place = self._place(point)
        if place and self.braille:
            cell, dot = place
            self.bits[cell] = self.bits.get(cell, 0) | dot
            self.series[cell] = series
        elif place:
            self.put(point, LETTERS[series % len(LETTERS)], series)

    def line(self, start: "Point", end: "Point", series: int, dashed: bool = False) -> None:
        """Draw a straight line of dots."""
        across, down = (
            (2 * self.columns, 4 * self.rows) if self.braille else (self.columns, self.rows)
        )
        steps = int(max(abs(end[0] - start[0]) * across, abs(end[1] - start[1]) * down)) + 1
        for k in range(steps + 1):
            x, y = [a + (b - a) * k / steps for a, b in zip(start, end)]
            if not dashed or int(x * across) % 6 < 3:
                self.dot((x, y), series)

    def _place(self, point: "Point") -> "Optional[Tuple[Place, int]]":
        """Return the character and the dot in it at a point, or None outside the canvas."""
        x, y = point
        if not (-1e-9 <= x <= 1 + 1e-9 and -1e-9 <= y <= 1 + 1e-9):
            return None
        wide, high = (2, 4) if self.braille else (1, 1)
        i, j = int(x * (wide * self.columns - 1) + 0.5), int((1 - y) * (high * self.rows - 1) + 0.5)
        return (i // wide, j // high), DOTS[j % high][i % wide]

    def lines(self, colour: bool = False) -> "List[str]":
        """Return the lines of the picture, with ANSI colour codes if ``colour`` is true."""
        lines = []
        for j in range(self.rows):
            cells = [
                (self.series.get((i, j)) if colour else None, self._cell((i, j)))
                for i in range(self.columns)
            ]
            runs = itertools.groupby(cells, key=lambda cell: cell[0])
            lines.append(
                "".join([paint("".join([text for _, text in run]), series) for series, run in runs])
            )
        return lines

    def _cell(self, place: "Place") -> str:
        return self.marks.get(place) or (
            chr(0x2800 + self.bits[place]) if place in self.bits else " "
        )


def has_braille(encoding: str) -> bool:
    """Return whether the encoding has the characters of a picture."""
    try:
        return is_writable("⣿┤−…░", encoding)
    except (LookupError, TypeError):
        raise ValueError(
            "encoding is {!r}; give one that Python knows, such as 'utf-8'".format(encoding)
        ) from None


def encode_lines(lines: "List[str]", encoding: str) -> str:
    """Return the lines as text in that encoding: in ASCII if it has no Braille."""
    text = "\n".join([line.rstrip() for line in lines])
    if not has_braille(encoding):
        text = text.translate(NARROW)
    return text.encode(encoding, "replace").decode(encoding)


def paint(text: str, series: "Optional[int]") -> str:
    """Return the text in the colour of a series, or unchanged for None."""
    if series is None:
        return text
    return "\x1b[38;5;{}m{}\x1b[0m".format(COLOURS[series % len(COLOURS)], text)


def pad(text: str, columns: int) -> str:
    """Return the text, aligned right."""
    return " " * (columns - width(text)) + text


def wrap(items: "List[Tuple[str, Optional[int]]]", columns: int, colour: bool) -> "List[str]":
    """Return the items in lines of at most ``columns`` columns, with three spaces between them."""
    lines, used = [], columns  # type: List[str], int
    for text, series in items:
        text = shorten(text, columns)
        item = paint(text, series) if colour else text
        if used + 3 + width(text) > columns:
            lines.append(item)
            used = width(text)
        else:
            lines[-1] += "   " + item
            used += 3 + width(text)
    return lines
