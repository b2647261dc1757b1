"""A confusion matrix: the number of samples of each true and predicted class."""

from ..core.checks import AT_LEAST_0, accept, require
from ..texts import shorten, width
from . import canvas as text_canvas
from . import svg
from .picture import Picture, names_of
from .scale import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

SIDE = 420  # px of the whole grid; small matrices do not fill it
LARGEST_CELL, LEAST_CELL = 84, 14  # px
LEAST_WRITTEN = 20  # px; smaller cells contain no count
NAME = 16  # columns of the name of a class


def confusion_matrix(matrix: "Any", labels: "Any" = None) -> "Picture":
    """Draw the counts, one row per true class and one column per predicted class.

    Each cell is shaded by its fraction of the row.

    ``matrix``   the result of ``metrics.confusion_matrix``
    ``labels``   the names of the classes; by default 0, 1, 2, ...

    >>> print(confusion_matrix([[9, 1], [0, 10]], ["cat", "dog"]).text(40, 10))
    Confusion matrix: 19 of 20 right
    truth ↓ predicted →  cat  dog
                    cat    9    1
                    dog    0   10
    """
    counts = accept(matrix, name="matrix")
    for i, row in enumerate(counts):
        for j, n in enumerate(row):
            require("matrix: row {}, column {}".format(i, j), n, AT_LEAST_0)
    if len(counts) != len(counts[0]):
        raise ValueError(
            "matrix is {}×{}; give one row and one column per class".format(
                len(counts), len(counts[0])
            )
        )
    return Grid(
        counts,
        names_of("labels", range(len(counts)) if labels is None else labels, len(counts), NAME),
    )


class Grid(Picture):
    """The matrix as a picture."""

    def __init__(self, counts: "List[List[float]]", names: "List[str]") -> None:
        self.counts, self.names = counts, names
        self.texts = [[_count(n) for n in row] for row in counts]
        right = sum([row[i] for i, row in enumerate(counts)])
        total = sum([sum(row) for row in counts])
        self.title = "Confusion matrix: {} of {} right".format(_count(right), _count(total))

    def _share(self, i: int, j: int) -> float:
        total = sum(self.counts[i])
        return self.counts[i][j] / total if total else 0.0

    # ---- SVG -------------------------------------------------------------------------------------

    def as_svg(self) -> str:
        n = len(self.names)
        cell = max(LEAST_CELL, min(LARGEST_CELL, SIDE // n))
        size = min(svg.SMALL + 2, max(8, cell * 0.45))
        widest = max([svg.extent(name) for name in self.names])
        steep = widest > cell - 6  # then the names of the columns are vertical
        left, top = 48 + widest, 84 + (widest if steep else svg.SMALL)
        middle = left + n * cell / 2
        contents = [
            svg.label(max(middle, 60), 62, "predicted", class_="dim middle"),
            svg.element(
                "text", "truth", class_="dim middle", transform=_turn(28, top + n * cell / 2)
            ),
        ]
        contents += self._labels(left, top, cell, steep)
        corners = [(i, j, left + j * cell, top + i * cell) for i in range(n) for j in range(n)]
        blank = [_square(x, y, cell) for i, j, x, y in corners if not self.counts[i][j]]
        contents.append(svg.element("path", d="".join(blank), class_="blank"))
        for i, j, x, y in corners:
            if self.counts[i][j]:
                contents += self._cell(i, j, x, y, cell, size)
        width = max(left + n * cell + 20, 40 + svg.extent(self.title, svg.LARGE + 1))
        return svg.document(self.title, self._description(), width, top + n * cell + 20, contents)

    def _labels(self, left: float, top: float, cell: float, steep: bool) -> "List[str]":
        """Return the names of the rows and, vertical if ``steep``, of the columns."""
        contents = []
        for i, name in enumerate(self.names):
            place = (i + 0.5) * cell
            contents.append(svg.label(left - 8, top + place + 4, name, class_="end"))
            if steep:
                turn = _turn(left + place + 4, top - 8)
                contents.append(svg.element("text", svg.escape(name), transform=turn))
            else:
                contents.append(svg.label(left + place, top - 8, name, class_="middle"))
        return contents

    def _cell(self, i: int, j: int, x: float, y: float, side: float, size: float) -> "List[str]":
        share = self._share(i, j)
        text = "{} predicted as {}: {} ({:.1%})".format(
            self.names[i], self.names[j], self.texts[i][j], share
        )
        opacity = share**0.5  # so that a few mistakes are also visible
        shade = svg.element(
            "rect",
            svg.tooltip(text),
            x=x + 0.5,
            y=y + 0.5,
            width=side - 1,
            height=side - 1,
            class_="area s{}".format(int(i != j)),
            fill_opacity="{:.2f}".format(opacity),
        )
        if side < LEAST_WRITTEN:
            return [shade]
        text = self.texts[i][j]
        fits = min(size, (side - 6) / svg.extent(text, 1))
        look = {"class_": "middle inverse" if opacity > 0.6 else "middle", "pointer_events": "none"}
        look["style"] = "font-size:{}px".format(svg.number(fits))
        return [shade, svg.label(x + side / 2, y + side / 2 + fits * 0.36, text, **look)]

    def _description(self) -> str:
        mistakes = [
            (n, i, j)
            for i, row in enumerate(self.counts)
            for j, n in enumerate(row)
            if i != j and n
        ]
        if not mistakes:
            return "{} classes, no mistakes.".format(len(self.names))
        n, i, j = max(mistakes, key=lambda mistake: mistake[0])
        text = "{} classes; the most frequent mistake is {} predicted as {}, {} times."
        return text.format(len(self.names), self.names[i], self.names[j], _count(n))

    # ---- characters ------------------------------------------------------------------------------

    def as_text(self, columns: int, height: int, encoding: str, colour: bool) -> str:
        corner = (
            "truth ↓ predicted →" if text_canvas.has_braille(encoding) else "truth \\ predicted"
        )
        first = max([width(text) for text in self.names + [corner]])
        digits = [max([width(row[j]) for row in self.texts]) for j in range(len(self.names))]
        room = (columns - first) // len(self.names) - 2  # per column
        if room < max(digits):
            return self._shades(columns, encoding, colour)
        heads = [shorten(name, room) for name in self.names]
        widths = [max(width(head), d) for head, d in zip(heads, digits)]
        head = [text_canvas.pad(text, w) for text, w in zip([corner] + heads, [first] + widths)]
        lines = [shorten(self.title, columns), "  ".join(head)]
        for i, name in enumerate(self.names):
            cells = [text_canvas.pad(name, first)]
            for j, text in enumerate(self.texts[i]):
                cell = text_canvas.pad(text, widths[j])
                cells.append(
                    text_canvas.paint(cell, int(i != j)) if colour and self.counts[i][j] else cell
                )
            lines.append("  ".join(cells))
        return text_canvas.encode_lines(lines, encoding)

    def _shades(self, columns: int, encoding: str, colour: bool) -> str:
        """Draw one or two characters per cell, darker for a larger fraction of the row."""
        longest, shown = (
            max([width(name) for name in self.names]),
            min(len(self.names), columns - 5),
        )
        wide = 2 if columns - 2 * shown > min(longest, 10) else 1
        name_columns = min(longest, columns - 1 - wide * shown)
        head = (self.title, "rows: truth, columns: predicted")
        lines = [shorten(line, columns) for line in head]
        for i, name in enumerate(self.names[:shown]):
            cells = []
            for j in range(shown):
                cell = ".░▒▓█"[min(4, int(self._share(i, j) * 4 + 0.999))] * wide
                cells.append(
                    text_canvas.paint(cell, int(i != j)) if colour and self.counts[i][j] else cell
                )
            lines.append(
                text_canvas.pad(shorten(name, name_columns), name_columns) + " " + "".join(cells)
            )
        if shown < len(self.names):
            lines.append(
                shorten("{} more classes are not shown".format(len(self.names) - shown), columns)
            )
        return text_canvas.encode_lines(lines, encoding)


def _count(n: float) -> str:
    return str(int(n)) if n < 1e12 and n == int(n) else number(n)


def _turn(x: float, y: float) -> str:
    return "translate({} {}) rotate(-90)".format(svg.number(x), svg.number(y))


def _square(x: float, y: float, side: float) -> str:
    """Return the path of a cell without its border."""
    numbers = x + 0.5, y + 0.5, side - 1, side - 1, 1 - side
    return "M{} {}h{}v{}h{}z".format(*map(svg.number, numbers))
