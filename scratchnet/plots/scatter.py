"""Predicted numbers against their targets."""

from .. import metrics
from .chart import Chart
from .marks import Dots, Line
from .scale import Scale, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from .picture import Picture

POINTS = 1000  # samples drawn at most, taken evenly from all


def predictions(targets: "Any", predicted: "Any") -> "Picture":
    """Draw one point per sample, with the target on the x-axis and the prediction on the y-axis.

    Points on the diagonal are perfect predictions. Both arguments are flat lists or single columns.

    >>> print(predictions([1, 2, 3], [[1.1], [1.9], [3.2]]).text(40, 10, "ascii").split("\\n")[0])
    Predictions: R2 0.97, MAE 0.1333
    """
    errors = metrics.r2(targets, predicted), metrics.mean_absolute_error(targets, predicted)
    pairs = list(
        zip(metrics.numbers(targets, "targets"), metrics.numbers(predicted, "predictions"))
    )
    scale = Scale([v for pair in pairs for v in pair], margin=0.04)
    scores = "R² {}, MAE {}".format(*["undefined" if v != v else number(v) for v in errors])
    description = "{} samples; {}.".format(len(pairs), scores)
    title = "Predictions: " + scores
    chart = Chart(title, description, scale, scale, "target", "prediction", 460, 370)
    diagonal = [(scale.at(end), scale.at(end)) for end in (0, 1)]
    chart.marks.append(Line([diagonal], 6, "perfect", dashed=True, thin=True))
    chart.marks.append(Dots(thin_out(pairs, POINTS), 0, "sample", radius=3.5))
    return chart


def thin_out(points: "List[Any]", most: int) -> "List[Any]":
    """Return at most ``most`` of the points, taken evenly."""
    if len(points) <= most:
        return points
    return [points[i * len(points) // most] for i in range(most)]
