"""A chart of two axes with marks, printed as SVG or in characters.

Chart    the axes, and the list ``marks``, drawn in that order
Line     joined points, possibly with gaps
Dots     points
Rule     a vertical line
Region   the area where a grid of numbers is 0 or more
"""

from ..texts import shortened, width
from . import canvas as text_canvas
from . import svg
from .picture import Picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Tuple

    from .canvas import Canvas
    from .scale import Scale

    Points = List[Tuple[float, float]]

ROW = 20  # px between rows of the legend
SHAPES = 4  # different shapes of dots


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
        head = [shortened(self.title, columns)] + text_legend(self.marks, columns, encoding, colour)
        head.append(shortened(self.y_name, columns))
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
                text_canvas.padded(y_ticks.get(j, ""), margin - 1)
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
            + shortened(self.x_name, across)
        )
        return text_canvas.written(head + lines, encoding)


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
    return text_canvas.wrapped(items, columns, colour)


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


class Region:
    """The area where the numbers of a grid are 0 or more. Between grid points they are linear.

    ``grid``      the rows, from the bottom
    ``opacity``   of the colour
    ``shade``     the opacity of the symbol in the legend
    """

    def __init__(
        self,
        chart: "Chart",
        grid: "List[List[float]]",
        series: int,
        opacity: float,
        texture: str,
        name: str = "",
        shade: float = 0,
        bordered: bool = False,
    ) -> None:
        self.x, self.y, self.grid = chart.x, chart.y, grid
        self.series, self.opacity, self.texture = series, opacity, texture
        self.name, self.shade, self.bordered = name, shade, bordered

    def svg(self, at: "Any") -> "List[str]":
        up, across = len(self.grid) - 1, len(self.grid[0]) - 1

        def placed(points: "Points") -> "Points":
            return [at((self.x.at(u / across), self.y.at(v / up))) for u, v in points]

        areas, borders = self._outlines()
        found = []
        if areas:
            d = "".join([svg.path(placed(area), closed=True) for area in areas])
            style = "area s{}".format(self.series % svg.COLOURS)
            found.append(
                svg.element("path", d=d, class_=style, fill_opacity="{:.2f}".format(self.opacity))
            )
        if borders and self.bordered:
            d = "".join([svg.path(placed(border)) for border in borders])
            found.append(svg.element("path", d=d, class_="thin border"))
        return found

    def _outlines(self) -> "Tuple[List[Points], List[Points]]":
        """Return the polygons of the region and the lines of its boundary, in cells of the grid."""
        areas, borders = [], []  # type: List[Points], List[Points]
        for v, (lower, upper) in enumerate(zip(self.grid, self.grid[1:])):
            start = 0  # of a run of cells completely inside the region
            for u in range(len(lower)):
                last = u + 1 == len(lower)
                values = [] if last else [lower[u], lower[u + 1], upper[u + 1], upper[u]]
                if values and min(values) >= 0:
                    continue
                if u > start:
                    areas.append([(start, v), (u, v), (u, v + 1), (start, v + 1)])
                start = u + 1
                if values and max(values) >= 0:
                    area, lines = _cut(values, [(u, v), (u + 1, v), (u + 1, v + 1), (u, v + 1)])
                    areas.append(area)
                    borders += lines
        return areas, borders

    def symbol(self, x: float, y: float) -> "List[str]":
        opacity, style = "{:.2f}".format(self.shade), "area s{}".format(self.series % svg.COLOURS)
        return [
            svg.element(
                "rect", x=x, y=y - 6, width=16, height=12, class_=style, fill_opacity=opacity
            )
        ]

    def letters(self, braille: bool) -> str:
        return self.texture

    def draw(self, canvas: "Canvas", place: "Any") -> None:
        up, across = len(self.grid) - 1, len(self.grid[0]) - 1
        for j in range(canvas.rows):
            for i in range(canvas.columns):
                x, y = (i + 0.5) / canvas.columns, (j + 0.5) / canvas.rows
                if self.grid[int(y * up + 0.5)][int(x * across + 0.5)] >= 0:
                    canvas.put(
                        (i / (canvas.columns - 1), j / (canvas.rows - 1)), self.texture, self.series
                    )


def _cut(values: "List[float]", corners: "Points") -> "Tuple[Points, List[Points]]":
    """Return the part of a cell where the number is 0 or more, and its boundary lines."""
    area, crossings = [], []  # type: Points, List[Tuple[Tuple[float, float], bool]]
    for k in range(4):
        a, b = values[k], values[(k + 1) % 4]
        (u, v), (s, t) = corners[k], corners[(k + 1) % 4]
        if a >= 0:
            area.append((u, v))
        if (a >= 0) != (b >= 0):
            share = a / (a - b)
            area.append((u + share * (s - u), v + share * (t - v)))
            crossings.append((area[-1], a >= 0))
    lines = [
        [point, crossings[(n + 1) % len(crossings)][0]]
        for n, (point, leaves) in enumerate(crossings)
        if leaves
    ]
    return area, lines


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
