"""The neurons and weights of a network."""

from ..core.checks import require
from ..texts import shorten, width
from . import canvas as text_canvas
from . import svg
from .chart import legend, text_legend
from .marks import Line
from .picture import Picture, names_of
from .scale import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

SHOWN = 16  # neurons drawn per layer; of more, the first and the last ones
NEURON, FOLDED = "●", "⋮"
APART, DOWN, RADIUS = 170, 34, 10  # px: between columns, between neurons, of a neuron
THICKEST = 5.0  # px; the line of the largest weight
FAINTEST = 0.15  # the opacity of the line of the smallest weight
DRAWN = 0.25  # in characters, weights below this fraction of the largest are not drawn


def network(net: "Any", names: "Any" = None, labels: "Any" = None) -> "Picture":
    """Draw the layers as columns of neurons, joined by lines for the weights.

    Positive weights are blue, negative ones orange, and larger ones have thicker lines.

    ``names``    the names of the inputs
    ``labels``   the names of the outputs

    If a layer has more than 16 neurons, only the first and the last ones are drawn. Tooltips show
    values, with the names that ``sn.explain`` uses.

    >>> import scratchnet as sn
    >>> picture = network(sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-2]]), sn.Sigmoid()]))
    >>> picture.svg.count("0.weights[1][0] = −2")
    1
    """
    require("net", net, (lambda v: hasattr(v, "layers") and hasattr(v, "parameters"), "a network"))
    columns = _columns(net)
    for column, given, what in ((columns[0], names, "names"), (columns[-1], labels, "labels")):
        if given is not None:
            column.names = names_of(what, given, column.size, 16)
    return Diagram(columns)


class Column:
    """The neurons of a layer, or the inputs.

    ``title``     the lines of text below them
    ``shown``     the indices of the neurons drawn, with None in place of those left out
    ``layer``     the index of the layer; None for the inputs
    ``weights``   inputs × neurons; None for the inputs
    ``bias``      one number per neuron, or None
    """

    def __init__(
        self,
        size: int,
        title: "List[str]",
        layer: "Optional[int]" = None,
        weights: "Any" = None,
        bias: "Any" = None,
    ) -> None:
        self.size = size
        self.title = title
        self.layer = layer
        self.weights = weights
        self.bias = bias
        self.names = []  # type: List[str]
        half = SHOWN // 2
        places = list(range(size))  # type: List[Any]
        self.shown = (
            places if size <= SHOWN else places[:half] + [None] + places[half + 1 - SHOWN :]
        )


def _columns(net: "Any") -> "List[Column]":
    """Return a column for the inputs and one per layer with weights.

    A layer without weights is added to the column before it.
    """
    columns = []  # type: List[Column]
    before = []  # type: List[str]
    for k, layer in enumerate(net.layers):
        weights = [p for p in layer.parameters() if p.shape is not None and len(p.shape) == 2]
        name = type(layer).__name__
        if not weights:
            (columns[-1].title if columns else before).append(name)
            continue
        if weights[0].rows is None:
            raise ValueError(
                "layer {}, {!r}, has no weights yet; train the network first".format(k, layer)
            )
        rows = [[float(w) for w in row] for row in weights[0].rows]
        flat = [p for p in layer.parameters() if p.flat and p.rows and p.count == len(rows[0])]
        if not columns:
            columns.append(Column(len(rows), ["inputs"] + before))
        bias = [float(b) for b in flat[0].rows[0]] if flat else None
        columns.append(Column(len(rows[0]), [name], k, rows, bias))
    if not columns:
        raise ValueError(
            "the network has no layer with weights; give a network with a layer such as Dense"
        )
    return columns


class Diagram(Picture):
    """The columns as a picture."""

    def __init__(self, columns: "List[Column]") -> None:
        self.columns = columns
        self.title = "Network " + "-".join([str(column.size) for column in columns])
        count = sum([c.size * (len(c.weights) + (c.bias is not None)) for c in columns[1:]])
        layers = "; ".join(["{} {}".format(c.size, " ".join(c.title)) for c in columns])
        self.description = "{} weights and biases. From the inputs: {}.".format(count, layers)

    def _weights(self, column: "Column", before: "Column") -> "List[Tuple[float, int, int]]":
        """Return (weight, input, neuron) for each weight between neurons that are drawn.

        The weights are fractions of the largest one, sorted with the smallest first.
        """
        drawn = [
            (i, j) for i in before.shown for j in column.shown if i is not None and j is not None
        ]
        largest = max([abs(w) for row in column.weights for w in row]) or 1.0
        return sorted(
            [(column.weights[i][j] / largest, i, j) for i, j in drawn],
            key=lambda w: (abs(w[0]), w[1:]),
        )

    # ---- SVG -------------------------------------------------------------------------------------

    def as_svg(self) -> str:
        left, right = [
            70 + max([svg.extent(name) for name in self.columns[end].names + [""]])
            for end in (0, -1)
        ]
        top, height = 80, max([len(column.shown) for column in self.columns] + [3]) * DOWN
        places = []  # type: List[Dict[Any, Tuple[float, float]]]
        for k, column in enumerate(self.columns):
            first = top + (height - (len(column.shown) - 1) * DOWN) / 2
            places.append(
                {
                    neuron: (left + k * APART, first + n * DOWN)
                    for n, neuron in enumerate(column.shown)
                }
            )
        width = max(left + (len(self.columns) - 1) * APART + right, 340)
        contents = legend(self._signs(), width)[0]
        for k, column in enumerate(self.columns[1:], 1):
            weights = self._weights(column, self.columns[k - 1])
            thickest = max(1.5, min(THICKEST, 300 / len(weights)))  # thinner if there are many
            for share, i, j in weights:
                line = svg.path([places[k - 1][i], places[k][j]])
                contents.append(self._line(column, i, j, line, thickest * abs(share), abs(share)))
        for k, column in enumerate(self.columns):
            contents += self._neurons(column, places[k], k == 0)
            for n, text in enumerate([str(column.size)] + column.title):
                place, style = (
                    (left + k * APART, top + height + 22 + n * 16),
                    "dim middle" if n else "middle",
                )
                contents.append(svg.label(place[0], place[1], shorten(text, 20), class_=style))
        lines = 1 + max([len(column.title) for column in self.columns])
        return svg.document(
            self.title, self.description, width, top + height + 22 + lines * 16, contents
        )

    def _signs(self, dashed: bool = False) -> "List[Line]":
        """Return the marks of the legend. In characters, lines of weights below 0 are dashed."""
        return [Line([], 0, "weight above 0"), Line([], 1, "below 0", dashed)]

    def _line(
        self, column: "Column", i: int, j: int, line: str, thickness: float, share: float
    ) -> str:
        weight = column.weights[i][j]
        name = "{}.weights[{}][{}] = {}".format(column.layer, i, j, number(weight))
        style = "stroke-width:{:.1f};stroke-opacity:{:.2f}".format(
            max(0.4, thickness), max(FAINTEST, 0.9 * share)
        )
        return svg.element(
            "path",
            svg.tooltip(name),
            d=line,
            class_="line s{}".format(int(weight < 0)),
            style=style,
        )

    def _neurons(self, column: "Column", places: "Any", first: bool) -> "List[str]":
        contents = []
        for neuron, (x, y) in places.items():
            if neuron is None:
                hidden = column.size - SHOWN + 1
                contents.append(
                    svg.label(x, y + 4, "{} more".format(hidden), class_="dim middle halo")
                )
                continue
            text = "input" if first else "layer {}, neuron".format(column.layer)
            text += " {}".format(neuron)
            if column.bias is not None:
                text += ": bias {}".format(number(column.bias[neuron]))
            contents.append(
                svg.element("circle", svg.tooltip(text), cx=x, cy=y, r=RADIUS, class_="neuron")
            )
            if column.names and first:
                contents.append(
                    svg.label(x - RADIUS - 6, y + 4, column.names[neuron], class_="end")
                )
            elif column.names:
                contents.append(svg.label(x + RADIUS + 6, y + 4, column.names[neuron]))
        return contents

    # ---- characters ------------------------------------------------------------------------------

    def as_text(self, columns: int, height: int, encoding: str, colour: bool) -> str:
        head = [shorten(self.title, columns)] + text_legend(
            self._signs(dashed=True), columns, encoding, colour
        )
        feet = self._feet(columns)
        rows = max(4, height - len(head) - len(feet))
        canvas = text_canvas.Canvas(columns, rows, encoding)
        places = [self._places(k, column, rows) for k, column in enumerate(self.columns)]
        for k, column in enumerate(self.columns[1:], 1):
            for share, i, j in self._weights(column, self.columns[k - 1]):
                if abs(share) >= DRAWN and i in places[k - 1] and j in places[k]:
                    canvas.line(places[k - 1][i], places[k][j], int(share < 0), dashed=share < 0)
        for neurons in places:
            for neuron, point in neurons.items():
                canvas.put(point, FOLDED if neuron is None else NEURON)
        return text_canvas.encode_lines(head + canvas.lines(colour) + feet, encoding)

    def _places(self, k: int, column: "Column", rows: int) -> "Dict[Any, Tuple[float, float]]":
        """Return the positions of the neurons. If they exceed the rows, some are left out."""
        neurons = column.shown
        if len(neurons) > rows:
            neurons = (
                neurons[: rows // 2] + [None] + neurons[len(neurons) - (rows - rows // 2 - 1) :]
            )
        x = self._across(k)
        return {neuron: (x, 1 - (n + 0.5) / len(neurons)) for n, neuron in enumerate(neurons)}

    def _across(self, k: int) -> float:
        """Return the position of column k, from 0 to 1."""
        return 0.04 + 0.92 * k / (len(self.columns) - 1)

    def _feet(self, columns: int) -> "List[str]":
        """Return the lines below the columns: the number of neurons and the names of the layers."""
        room, lines = max(1, columns // len(self.columns) - 1), []
        for n in range(1 + max([len(column.title) for column in self.columns])):
            line = ""
            for k, column in enumerate(self.columns):
                text = shorten(([str(column.size)] + column.title + [""] * n)[n], room)
                middle = round(self._across(k) * (columns - 1))
                start = min(
                    max(middle - width(text) // 2, len(line) + bool(line)), columns - width(text)
                )
                if start > len(line) or not line:  # of very many columns, only some fit
                    line += " " * (start - len(line)) + text
            lines.append(line)
        return lines
