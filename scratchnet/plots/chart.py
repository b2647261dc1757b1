"""A chart of two axes with marks, printed as SVG or in characters.

Chart                  the axes, and the list ``marks`` (marks.py, region.py), drawn in that order
legend, text_legend    the symbols of the marks with their names
"""

from ..texts import shorten, width
from . import canvas as text_canvas
from . import svg
from .picture import Picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from .scale import Scale

ROW = 20  # px between rows of the legend


class Chart(Picture):
    """A picture with two axes.

    ``x``, ``y``             the scales
    ``x_name``, ``y_name``   their names
    ``width``                of the whole picture, in px
    ``height``               of the part inside the axes, in px
    """

    def __init__(
        self,
        title: str,
        description: str,
        x: "Scale",
        y: "Scale",
        x_name: str,
        y_name: str,
        width: int = 640,
        height: int = 270,
    ) -> None:
        self.title, self.description = title, description
        self.x, self.y, self.x_name, self.y_name = x, y, x_name, y_name
        self.width, self.height = width, height
        self.marks = []  # type: List[Any]

    def place(self, point: "Tuple[float, float]") -> "Tuple[float, float]":
        """Return the position of a point of the data, from (0, 0) at the lower left to (1, 1)."""
        return self.x.place(point[0]), self.y.place(point[1])

    # ---- SVG -------------------------------------------------------------------------------------

    def as_svg(self) -> str:
        contents, below = legend(self.marks, self.width)
        y_ticks = self.y.ticks(6)
        left = 20 + max([svg.extent(text) for _, text in y_ticks]) + 8
        right, top = self.width - 28, below + 38
        bottom = top + self.height

        def at(point: "Tuple[float, float]") -> "Tuple[float, float]":
            x, y = self.place(point)
            return left + x * (right - left), bottom - y * (bottom - top)

        contents.append(svg.label(left, top - 10, self.y_name, class_="dim"))
        for value, text in y_ticks:
            y = at((self.x.at(0), value))[1]
            contents.append(svg.element("path", d=svg.path([(left, y), (right, y)]), class_="grid"))
            contents.append(svg.label(left - 8, y + 4, text, class_="dim end"))
        for mark in self.marks:
            contents += mark.svg(at)
        contents.append(
            svg.element("path", d=svg.path([(left, bottom), (right, bottom)]), class_="axis")
        )
        for value, text in self._x_ticks(right - left):
            x = left + self.x.place(value) * (right - left)
            contents.append(
                svg.element("path", d=svg.path([(x, bottom), (x, bottom + 5)]), class_="axis")
            )
            contents.append(svg.label(x, bottom + 19, text, class_="dim middle"))
        contents.append(
            svg.label((left + right) / 2, bottom + 38, self.x_name, class_="dim middle")
        )
        return svg.document(self.title, self.description, self.width, bottom + 52, contents)

    def _x_ticks(self, room: float) -> "List[Tuple[float, str]]":
        """Return as many ticks as fit side by side."""
        for most in (8, 6, 4, 3):
            ticks = self.x.ticks(most)
            if sum([svg.extent(text) + 16 for _, text in ticks]) <= room:
                break
        return ticks

    # ---- characters ------------------------------------------------------------------------------

    def as_text(self, columns: int, height: int, encoding: str, colour: bool) -> str:
        head = [shorten(self.title, columns)] + text_legend(self.marks, columns, encoding, colour)
        head.append(shorten(self.y_name, columns))
        rows = max(4, height - len(head) - 3)
        ticks = [
            (v, text) for v, text in self.y.ticks(max(3, rows // 3)) if width(text) <= columns // 2
        ]
        y_ticks = {round((1 - self.y.place(v)) * (rows - 1)): text for v, text in ticks}
        margin = max([0] + [width(text) for text in y_ticks.values()]) + 1
        across = columns - margin - 1
        canvas = text_canvas.Canvas(across, rows, encoding)
        for mark in self.marks:
            mark.draw(canvas, self.place)
        lines = []
        for j, line in enumerate(canvas.lines(colour)):
            lines.append(
                text_canvas.pad(y_ticks.get(j, ""), margin - 1)
                + (" ┤" if j in y_ticks else " │")
                + line
            )
        axis, numbers = ["─"] * across, ""
        for value, text in self.x.ticks(max(3, across // 12)):
            i = round(self.x.place(value) * (across - 1))
            start = min(max(i - len(text) // 2, 0), across - len(text))
            if start >= 0 and (start > len(numbers) or not numbers):
                axis[i] = "┬"
                numbers += " " * (start - len(numbers)) + text
        lines.append(" " * margin + "└" + "".join(axis))
        lines.append(" " * (margin + 1) + numbers)
        lines.append(
            " " * (margin + 1 + max(0, (across - width(self.x_name)) // 2))
            + shorten(self.x_name, across)
        )
        return text_canvas.encode_lines(head + lines, encoding)


def legend(marks: "List[Any]", width: float) -> "Tuple[List[str], float]":
    """Return the legend of the marks as SVG, and the position of its last row."""
    contents, x, y = [], 20.0, 54
    for mark in marks:
        if not mark.name:
            continue
        needed = 26 + svg.extent(mark.name)
        if x > 20 and x + needed > width - 20:
            x, y = 20, y + ROW
        contents += mark.symbol(x, y - 4) + [svg.label(x + 22, y, mark.name)]
        x += needed + 14
    return contents, y if contents else 34


def text_legend(marks: "List[Any]", columns: int, encoding: str, colour: bool) -> "List[str]":
    """Return the legend of the marks as lines of text."""
    braille = text_canvas.has_braille(encoding)
    items = [(mark.letters(braille) + " " + mark.name, mark.series) for mark in marks if mark.name]
    return text_canvas.wrap(items, columns, colour)
