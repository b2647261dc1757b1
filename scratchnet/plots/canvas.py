"""A picture of characters, for the terminal: lines of Braille dots, 2×4 a character; where there are none, of ASCII.

>>> canvas = Canvas(8, 3, "utf-8")
>>> canvas.line((0, 0), (1, 1), 0)
>>> print(written(canvas.lines(), "utf-8"))  # doctest: +NORMALIZE_WHITESPACE
     ⢀⠔⠊
  ⢀⠤⠒⠁
⡠⠔⠁
"""

import itertools

from ..texts import ASCII, is_writable, shortened, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Tuple

    Point = Tuple[float, float]
    Place = Tuple[int, int]

DOTS = (
    (0x01, 0x08),
    (0x02, 0x10),
    (0x04, 0x20),
    (0x40, 0x80),
)  # of a Braille character, by row and column
LETTERS = "*o+x#%@&"  # of the series, in ASCII
MARKS = "ox+#@%&ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of classes
COLOURS = (
    33,
    208,
    36,
    175,
    178,
    117,
    246,
)  # of the 256 of most terminals, nearest to those of svg.py
NARROW = {
    ord(c): text for c, text in ASCII.items() if len(text) == 1
}  # longer ones would move what stands behind


class Canvas:
    """``columns`` × ``rows`` characters of an ``encoding``; a point is (x, y), from (0, 0) below to (1, 1) above."""

    def __init__(self, columns: int, rows: int, encoding: str) -> None:
        self.columns, self.rows = columns, rows
        self.braille = has_braille(encoding)
        self.bits: "Dict[Place, int]" = {}
        self.marks: "Dict[Place, str]" = {}
        self.series: "Dict[Place, Optional[int]]" = {}

    def put(self, point: "Point", mark: str, series: "Optional[int]" = None) -> None:
        """A character."""
        place = self._place(point)
        if place:
            self.marks[place[0]], self.series[place[0]] = mark, series

    def dot(self, point: "Point", series: int) -> None:
        """A dot; in ASCII, the letter of the series."""
        place = self._place(point)
        if place and self.braille:
            cell, dot = place
            self.bits[cell] = self.bits.get(cell, 0) | dot
            self.series[cell] = series
        elif place:
            self.put(point, LETTERS[series % len(LETTERS)], series)

    def line(self, start: "Point", end: "Point", series: int, dashed: bool = False) -> None:
        """A straight line of dots."""
        across, down = (
            (2 * self.columns, 4 * self.rows) if self.braille else (self.columns, self.rows)
        )
        steps = int(max(abs(end[0] - start[0]) * across, abs(end[1] - start[1]) * down)) + 1
        for k in range(steps + 1):
            x, y = [a + (b - a) * k / steps for a, b in zip(start, end)]
            if not dashed or int(x * across) % 6 < 3:
                self.dot((x, y), series)

    def _place(self, point: "Point") -> "Optional[Tuple[Place, int]]":
        """The character and the dot of it that a point falls on; None outside."""
        x, y = point
        if not (-1e-9 <= x <= 1 + 1e-9 and -1e-9 <= y <= 1 + 1e-9):
            return None
        wide, high = (2, 4) if self.braille else (1, 1)
        i, j = int(x * (wide * self.columns - 1) + 0.5), int((1 - y) * (high * self.rows - 1) + 0.5)
        return (i // wide, j // high), DOTS[j % high][i % wide]

    def lines(self, colour: bool = False) -> "List[str]":
        """The picture; ``colour``: with ANSI's codes for colours."""
        lines = []
        for j in range(self.rows):
            cells = [
                (self.series.get((i, j)) if colour else None, self._cell((i, j)))
                for i in range(self.columns)
            ]
            runs = itertools.groupby(cells, key=lambda cell: cell[0])
            lines.append(
                "".join(
                    [painted("".join([text for _, text in run]), series) for series, run in runs]
                )
            )
        return lines

    def _cell(self, place: "Place") -> str:
        return self.marks.get(place) or (
            chr(0x2800 + self.bits[place]) if place in self.bits else " "
        )


def has_braille(encoding: str) -> bool:
    """Whether the encoding has the characters of a picture."""
    try:
        return is_writable("⣿┤−…░", encoding)
    except (LookupError, TypeError):
        raise ValueError(
            "encoding is {!r}; give one that Python knows, such as 'utf-8'".format(encoding)
        ) from None


def written(lines: "List[str]", encoding: str) -> str:
    """The lines as a text that the encoding has: in ASCII if it has no Braille."""
    text = "\n".join([line.rstrip() for line in lines])
    if not has_braille(encoding):
        text = text.translate(NARROW)
    return text.encode(encoding, "replace").decode(encoding)


def painted(text: str, series: "Optional[int]") -> str:
    """The text in the colour of a series; None leaves it as it is."""
    return (
        text
        if series is None
        else "\x1b[38;5;{}m{}\x1b[0m".format(COLOURS[series % len(COLOURS)], text)
    )


def padded(text: str, columns: int) -> str:
    """The text with blanks before it."""
    return " " * (columns - width(text)) + text


def wrapped(items: "List[Tuple[str, Optional[int]]]", columns: int, colour: bool) -> "List[str]":
    """Items with their series, three blanks between, in lines of so many columns."""
    lines, used = [], columns  # type: List[str], int
    for text, series in items:
        text = shortened(text, columns)
        item = painted(text, series) if colour else text
        if used + 3 + width(text) > columns:
            lines.append(item)
            used = width(text)
        else:
            lines[-1] += "   " + item
            used += 3 + width(text)
    return lines
