"""What a network says of every point of a plane: regions of classes, or heights of a number.

The network is asked at the crossings of a grid; between them, borders run straight.
"""

from ..core.activations import Threshold
from ..core.checks import accept_row, accept_rows, is_sequence, require
from ..metrics import baseline
from .canvas import MARKS
from .chart import Chart, Dots, Region
from .picture import names_of
from .scale import Scale
from .scatter import thinned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .picture import Picture

    Row = List[float]
    Points = List[Tuple[float, float]]

ACROSS, UP = 72, 54  # cells of the grid
LEVELS = 8  # of a number: at about so many heights the map becomes darker
SHADE = 0.12  # the opacity of each
POINTS = 1000  # of more samples, so many are drawn, evenly taken
TEXTURES = " ░.-▒'"  # of classes, in characters
HEIGHTS = ".:-=+*#%@"  # of the levels


def decision_boundary(
    net: "Any",
    X: "Any",
    Y: "Any",
    features: "Any" = None,
    labels: "Any" = None,
    names: "Any" = None,
    others: "Any" = None,
) -> "Picture":
    """The plane of two inputs: the samples X in it, and what the network says everywhere.

    ``Y``          classes (numbers, or rows with a 1), or a number a sample, as for ``fit``
    ``features``   which two inputs, (i, j), of a network with more: the others are held at their median
    ``labels``     the classes' names; ``names``, the inputs'
    ``others``     a row that says at what else the others are held (a category is a group of inputs, one of them 1)

    Of several outputs the largest is the class. A single one tells two classes apart if Y is only 0 and 1 (at 0.5), or
    only -1 and 1 (at 0); else it is a number, drawn as a heat map, and the samples in the shades of their targets.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]], bias=[-1.5]), sn.Sigmoid()])
    >>> picture = decision_boundary(net, [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1], names=["p", "q"])
    >>> picture.svg.count(">p</text>")
    1
    """
    require("net", net, (lambda v: hasattr(v, "backpropagate"), "a network"))
    net = net if net.number is float else net.copy(float)
    read = net.accept(X)
    rows = [read[k] for k in range(len(read))]
    i, j = _chosen(features, len(rows[0]))
    count = len(rows[0])
    names = names_of(
        "names", ["input {}".format(k) for k in range(count)] if names is None else names, count, 30
    )
    x, y = [Scale([row[k] for row in rows], margin=0.08) for k in (i, j)]
    if others is None:
        others = [float(baseline([row[k] for row in rows], "median")) for k in range(count)]
        held = "" if count == 2 else ", the other inputs at their median"
    else:
        others, held = (
            accept_row(others, float, "others", None, count),
            ", the other inputs as they usually are",
        )
    outputs, border = _outputs(net, _plane(others, i, j, x, y))
    said = "{} samples; {} to the right, {} upwards{}.".format(len(rows), names[i], names[j], held)
    chart = Chart("", said, x, y, names[i], names[j], 640, 420)
    points = [(row[i], row[j]) for row in rows]
    targets = _targets(Y, len(rows), len(outputs[0]))
    margins = _margins(outputs, targets, border)
    if margins is None:
        chart.title = "Predictions" + held
        _heights(chart, [row[0] for row in outputs], [y[0] for y in targets], points)
    else:
        chart.title = "Decision boundary" + held
        _regions(chart, margins, _classes(targets, len(outputs[0])), points, labels)
    return chart


def _plane(others: "Row", i: int, j: int, x: "Scale", y: "Scale") -> "List[Row]":
    """A sample for every crossing of the grid, row by row from below."""
    plane = []
    for v in range(UP + 1):
        for u in range(ACROSS + 1):
            sample = list(others)
            sample[i], sample[j] = x.at(u / ACROSS), y.at(v / UP)
            plane.append(sample)
    return plane


# ---- what is accepted --------------------------------------------------------------------------------------------


def _chosen(features: "Any", inputs: int) -> "Tuple[int, int]":
    if inputs < 2:
        raise ValueError(
            "a plane has two inputs, and the network has 1; take plots.predictions instead"
        )
    if features is None and inputs == 2:
        return 0, 1
    if features is None:
        said = (
            "the network has {} inputs and the picture two; choose them, such as features=(0, {})"
        )
        raise ValueError(said.format(inputs, inputs - 1))
    try:
        i, j = features
        if i != j and {i, j} <= set(range(inputs)):
            return int(i), int(j)
    except (TypeError, ValueError):
        pass  # no pair, or no numbers
    raise ValueError(
        "features is {!r}; give two different inputs, from 0 to {}".format(features, inputs - 1)
    )


def _targets(Y: "Any", count: int, outputs: int) -> "List[Row]":
    """A row a sample: a single number, or one for each output."""
    data = accept_rows(Y, "Y")
    if len(data) != count:
        raise ValueError(
            "X has {} rows and Y has {}; give one target a sample".format(count, len(data))
        )
    rows = [data[i].tolist() if hasattr(data[i], "tolist") else data[i] for i in range(count)]
    columns = outputs if is_sequence(rows[0]) and len(rows[0]) > 1 else 1
    single = [y if is_sequence(y) else [y] for y in rows]
    return [
        accept_row(y, float, "Y", i, columns, "the outputs are {}") for i, y in enumerate(single)
    ]


def _outputs(net: "Any", plane: "List[Row]") -> "Tuple[List[Row], Optional[float]]":
    """What the network says of the samples; before a Threshold at its end, which would leave of a straight border but
    the steps of the grid: then, too, where the threshold is.
    """
    last = net.layers[-1]
    if isinstance(last, Threshold) and len(net.layers) > 1:
        return net.propagate(plane, net.layers[:-1]), last.threshold
    return net.predict(plane), None


def _margins(
    outputs: "List[Row]", targets: "List[Row]", border: "Optional[float]"
) -> "Optional[List[Row]]":
    """Of each class, by how much it wins (or, negative, loses) everywhere; None where the output is a number."""
    count = len(outputs[0])
    if count > 1:
        tops = [sorted(row)[-2:] for row in outputs]
        return [
            [row[k] - top[row[k] < top[1]] for row, top in zip(outputs, tops)] for k in range(count)
        ]
    known = {y[0] for y in targets}
    if not (known <= {0, 1} or known <= {-1, 1}):
        return None
    if border is None:
        border = 0 if -1 in known else 0.5
    return [[border - row[0] for row in outputs], [row[0] - border for row in outputs]]


def _classes(targets: "List[Row]", outputs: int) -> "List[int]":
    """The class of each sample: its number, or the place of the largest number."""
    if outputs == 1:
        return [int(y[0] > 0) for y in targets]
    if len(targets[0]) > 1:
        limit = (lambda v: -1 <= min(v) and max(v) <= 1, "a row with a 1 at the class")
        return [
            y.index(max(require("Y: row {}".format(i), y, limit))) for i, y in enumerate(targets)
        ]
    limit = (lambda v: v in range(outputs), "a class from 0 to {}".format(outputs - 1))
    return [int(require("Y: row {}".format(i), y[0], limit)) for i, y in enumerate(targets)]


# ---- what is drawn -----------------------------------------------------------------------------------------------


def _regions(
    chart: "Chart", margins: "List[Row]", classes: "List[int]", points: "Points", labels: "Any"
) -> None:
    count = len(margins)
    names = names_of(
        "labels",
        ["class {}".format(k) for k in range(count)] if labels is None else labels,
        count,
        30,
    )
    for k, margin in enumerate(margins):
        region = Region(
            chart, _grid(margin), k, 0.22, TEXTURES[k % len(TEXTURES)], bordered=k + 1 < count
        )
        chart.marks.append(region)
    chosen = thinned(list(zip(points, classes)), POINTS)
    for k, margin in enumerate(margins):
        own = [point for point, c in chosen if c == k]
        if own or max(margin) >= 0:
            chart.marks.append(Dots(own, k, names[k], 4.5, MARKS[k % len(MARKS)]))


def _heights(chart: "Chart", values: "Row", targets: "Row", points: "Points") -> None:
    heights = Scale(values + targets).ticks(LEVELS)
    opacity = 1.0
    chosen = thinned(list(zip(points, targets)), POINTS)
    samples = [Dots([p for p, y in chosen if y < heights[0][0]], 0, "", 4.5, "o", shade=0)]
    for k, (height, text) in enumerate(heights):
        opacity *= 1 - SHADE
        name = text if k else "from " + text
        texture = HEIGHTS[k * len(HEIGHTS) // len(heights)]
        chart.marks.append(
            Region(chart, _grid([v - height for v in values]), 0, SHADE, texture, name, 1 - opacity)
        )
        higher = heights[k + 1][0] if k + 1 < len(heights) else float("inf")
        samples.append(
            Dots([p for p, y in chosen if height <= y < higher], 0, "", 4.5, "o", shade=1 - opacity)
        )
    chart.marks += samples


def _grid(values: "Row") -> "List[Row]":
    return [values[start : start + ACROSS + 1] for start in range(0, len(values), ACROSS + 1)]
