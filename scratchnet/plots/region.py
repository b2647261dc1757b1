"""A mark in a chart: the area where a grid of numbers is 0 or more."""

from . import svg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from .canvas import Canvas
    from .chart import Chart
    from .marks import Points


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
