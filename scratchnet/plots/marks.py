"""The marks in a chart: lines, points and vertical lines.

Line   joined points, possibly with gaps
Dots   points
Rule   a vertical line

A mark has a ``name`` for the legend (empty: it is not in the legend) and these methods:

svg(at)               its SVG elements; ``at`` returns the position of a point of the data in px
symbol(x, y)          its symbol in the legend, as SVG elements
letters(braille)      the same in characters
draw(canvas, place)   draws it in characters; ``place`` is ``Chart.place``
"""

from . import canvas as text_canvas
from . import svg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Tuple

    from .canvas import Canvas
    from .scale import Scale

    Points = List[Tuple[float, float]]

SHAPES = 4  # different shapes of dots


class Line:
    """Points joined by straight lines, with gaps between ``parts``. A single point is a dot."""

    def __init__(
        self,
        parts: "Sequence[Points]",
        series: int,
        name: str = "",
        dashed: bool = False,
        thin: bool = False,
    ) -> None:
        self.parts, self.series, self.name, self.dashed = parts, series, name, dashed
        self.style = "line{}{} s{}".format(
            " dashed" if dashed else "", " thin" if thin else "", series % svg.COLOURS
        )

    def svg(self, at: "Any") -> "List[str]":
        lines = [svg.path(map(at, part)) for part in self.parts if len(part) > 1]
        found = [svg.element("path", d="".join(lines), class_=self.style)] if lines else []
        return found + Dots([part[0] for part in self.parts if len(part) == 1], self.series).svg(at)

    def symbol(self, x: float, y: float) -> "List[str]":
        return [svg.element("path", d=svg.path([(x, y), (x + 16, y)]), class_=self.style)]

    def letters(self, braille: bool) -> str:
        if braille:
            return "⠒ ⠒" if self.dashed else "⠒⠒⠒"
        return text_canvas.LETTERS[self.series % len(text_canvas.LETTERS)]

    def draw(self, canvas: "Canvas", place: "Any") -> None:
        for part in self.parts:
            points = [place(point) for point in part]
            for start, end in zip(points, points[1:] or points):
                canvas.line(start, end, self.series, self.dashed and len(points) > 1)


class Dots:
    """Points, in the colour of the series and, if they have a mark, in its shape.

    ``mark``    the character for a point; without it, a Braille dot
    ``shade``   the opacity of the points, if all series have the same shape and colour
    """

    def __init__(
        self,
        points: "Points",
        series: int,
        name: str = "",
        radius: float = 4,
        mark: str = "",
        shade: "Optional[float]" = None,
    ) -> None:
        self.points, self.series, self.name = points, series, name
        self.radius, self.mark, self.shade = radius, mark, shade

    def svg(self, at: "Any") -> "List[str]":
        return self._path([at(point) for point in self.points]) if self.points else []

    def _path(self, places: "Points") -> "List[str]":
        d = "".join(
            [_shape(x, y, self.radius, self.series % SHAPES if self.mark else 0) for x, y in places]
        )
        style = "s{}".format(self.series % svg.COLOURS)
        if self.shade is None:
            return [svg.element("path", d=d, class_="dot " + style)]
        shaded = svg.element(
            "path", d=d, class_="area " + style, fill_opacity="{:.2f}".format(self.shade)
        )
        return [svg.element("path", d=d, class_="ring"), shaded]

    def symbol(self, x: float, y: float) -> "List[str]":
        return self._path([(x + 8, y)])

    def letters(self, braille: bool) -> str:
        return self.mark or (
            "⠂" if braille else text_canvas.LETTERS[self.series % len(text_canvas.LETTERS)]
        )

    def draw(self, canvas: "Canvas", place: "Any") -> None:
        for point in self.points:
            if self.mark:
                canvas.put(place(point), self.mark, self.series)
            else:
                canvas.dot(place(point), self.series)


def _shape(x: float, y: float, r: float, kind: int) -> str:
    """Return a circle, triangle, square or diamond of about the same area."""
    if kind == 0:
        arc = "a{0} {0} 0 1 0 ".format(svg.number(r))
        there, back = arc + svg.number(2 * r) + " 0", arc + svg.number(-2 * r) + " 0"
        return "M{} {}{}{}Z".format(svg.number(x - r), svg.number(y), there, back)
    if kind == 1:
        corners = [(0, -1.3), (1.25, 0.9), (-1.25, 0.9)]
    elif kind == 2:
        corners = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    else:
        corners = [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
    return svg.path([(x + r * a, y + r * b) for a, b in corners], closed=True)


class Rule:
    """A vertical line at x."""

    def __init__(self, x: float, y: "Scale", name: str) -> None:
        self.x, self.ends, self.name, self.series = x, (y.at(0), y.at(1)), name, None

    def svg(self, at: "Any") -> "List[str]":
        return [
            svg.element(
                "path", d=svg.path([at((self.x, end)) for end in self.ends]), class_="axis dashed"
            )
        ]

    def symbol(self, x: float, y: float) -> "List[str]":
        return [
            svg.element("path", d=svg.path([(x + 8, y - 7), (x + 8, y + 7)]), class_="axis dashed")
        ]

    def letters(self, braille: bool) -> str:
        return "┊"

    def draw(self, canvas: "Canvas", place: "Any") -> None:
        x = place((self.x, self.ends[0]))[0]
        for j in range(canvas.rows):
            canvas.put((x, j / (canvas.rows - 1)), "┊")
