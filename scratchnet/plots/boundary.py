"""The predictions of a network in a plane: regions of classes, or levels of a number.

The network predicts at the points of a grid. Between these, boundaries are straight.
"""

from ..core.activations import Threshold
from ..core.checks import accept_row, accept_rows, is_sequence, require
from ..metrics import baseline
from .canvas import MARKS
from .chart import Chart
from .marks import Dots
from .picture import names_of
from .region import Region
from .scale import Scale
from .scatter import thin_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .picture import Picture

    Row = List[float]
    Points = List[Tuple[float, float]]

ACROSS, UP = 72, 54  # cells of the grid: columns, rows
LEVELS = 8  # about so many levels of a number, each drawn darker than the one below
SHADE = 0.12  # the opacity of each level
POINTS = 1000  # samples drawn at most, taken evenly from all
TEXTURES = " ░.-▒'"  # one character per class
HEIGHTS = ".:-=+*#%@"  # one character per level


def decision_boundary(
    net: "Any",
    X: "Any",
    Y: "Any",
    features: "Any" = None,
    labels: "Any" = None,
    names: "Any" = None,
    others: "Any" = None,
) -> "Picture":
    """Draw the predictions of a network in the plane of two inputs, and the samples X.

    ``Y``          classes (numbers, or rows with a 1), or one number per sample, as for ``fit``
    ``features``   the two inputs, (i, j), if the network has more; the others keep their median
    ``labels``     the names of the classes
    ``names``      the names of the inputs
    ``others``     a row that gives the values of the other inputs instead of their medians (a
                   category is a group of inputs, one of which is 1)

    With several outputs, the largest one is the class. A single output separates two classes if Y
    holds only 0 and 1 (at 0.5) or only -1 and 1 (at 0). Otherwise it is a number, drawn as a heat
    map, with the samples in the shades of their targets.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]], bias=[-1.5]), sn.Sigmoid()])
    >>> X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]
    >>> picture = decision_boundary(net, X, Y, names=["p", "q"])
    >>> picture.svg.count(">p</text>")
    1
    """
    require("net", net, (lambda v: hasattr(v, "backpropagate"), "a network"))
    net = net if net.number is float else net.copy(float)
    read = net.accept(X)
    rows = [read[k] for k in range(len(read))]
    i, j = _choose_inputs(features, len(rows[0]))
    count = len(rows[0])
    names = names_of(
        "names", ["input {}".format(k) for k in range(count)] if names is None else names, count, 30
    )
    x, y = [Scale([row[k] for row in rows], margin=0.08) for k in (i, j)]
    if others is None:
        others = [float(baseline([row[k] for row in rows], "median")) for k in range(count)]
        held = "" if count == 2 else ", the other inputs at their median"
    else:
        others = accept_row(others, float, "others", None, count)
        held = ", the other inputs at typical values"
    outputs, border = _outputs(net, _plane(others, i, j, x, y))
    text = "{} samples; x-axis: {}, y-axis: {}{}.".format(len(rows), names[i], names[j], held)
    chart = Chart("", text, x, y, names[i], names[j], 640, 420)
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
    """Return a sample for each point of the grid, row by row from the bottom."""
    plane = []
    for v in range(UP + 1):
        for u in range(ACROSS + 1):
            sample = list(others)
            sample[i], sample[j] = x.at(u / ACROSS), y.at(v / UP)
            plane.append(sample)
    return plane


# ---- checks of arguments -------------------------------------------------------------------------


def _choose_inputs(features: "Any", inputs: int) -> "Tuple[int, int]":
    if inputs < 2:
        raise ValueError(
            "a plane has two inputs, but the network has 1; use plots.predictions instead"
        )
    if features is None and inputs == 2:
        return 0, 1
    if features is None:
        text = "the network has {} inputs, but the plane two; choose two, such as features=(0, {})"
        raise ValueError(text.format(inputs, inputs - 1))
    try:
        i, j = features
        if i != j and {i, j} <= set(range(inputs)):
            return int(i), int(j)
    except (TypeError, ValueError):
        pass  # not a pair of numbers
    raise ValueError(
        "features is {!r}; give two different inputs, from 0 to {}".format(features, inputs - 1)
    )


def _targets(Y: "Any", count: int, outputs: int) -> "List[Row]":
    """Return a row per sample: a single number, or one per output."""
    data = accept_rows(Y, "Y")
    if len(data) != count:
        raise ValueError(
            "X has {} rows and Y has {}; give one target per sample".format(count, len(data))
        )
    rows = [data[i].tolist() if hasattr(data[i], "tolist") else data[i] for i in range(count)]
    columns = outputs if is_sequence(rows[0]) and len(rows[0]) > 1 else 1
    single = [y if is_sequence(y) else [y] for y in rows]
    return [
        accept_row(y, float, "Y", i, columns, "the outputs are {}") for i, y in enumerate(single)
    ]


def _outputs(net: "Any", plane: "List[Row]") -> "Tuple[List[Row], Optional[float]]":
    """Return the outputs for the samples, and the threshold if the last layer is a Threshold.

    The outputs are then those before this layer. After it, a straight boundary would follow the
    steps of the grid.
    """
    last = net.layers[-1]
    if isinstance(last, Threshold) and len(net.layers) > 1:
        return net.propagate(plane, net.layers[:-1]), last.threshold
    return net.predict(plane), None


def _margins(
    outputs: "List[Row]", targets: "List[Row]", border: "Optional[float]"
) -> "Optional[List[Row]]":
    """Return the margin by which each class wins (or, if negative, loses) at each point.

    If the output is a number, return None.
    """
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
    """Return the class of each sample: its number, or the index of the largest number."""
    if outputs == 1:
        return [int(y[0] > 0) for y in targets]
    if len(targets[0]) > 1:
        limit = (lambda v: -1 <= min(v) and max(v) <= 1, "a row with a 1 at the class")
        return [
            y.index(max(require("Y: row {}".format(i), y, limit))) for i, y in enumerate(targets)
        ]
    limit = (lambda v: v in range(outputs), "a class from 0 to {}".format(outputs - 1))
    return [int(require("Y: row {}".format(i), y[0], limit)) for i, y in enumerate(targets)]


# ---- drawing -------------------------------------------------------------------------------------


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
    chosen = thin_out(list(zip(points, classes)), POINTS)
    for k, margin in enumerate(margins):
        own = [point for point, c in chosen if c == k]
        if own or max(margin) >= 0:
            chart.marks.append(Dots(own, k, names[k], 4.5, MARKS[k % len(MARKS)]))


def _heights(chart: "Chart", values: "Row", targets: "Row", points: "Points") -> None:
    heights = Scale(values + targets).ticks(LEVELS)
    opacity = 1.0
    chosen = thin_out(list(zip(points, targets)), POINTS)
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
