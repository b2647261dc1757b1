"""The loss of each epoch of a training run."""

from ..texts import plural
from .chart import Chart
from .marks import Dots, Line, Rule
from .scale import Scale, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple

    from .picture import Picture

POINTS = 1200  # more points would not be visible
FACTOR = 20  # if the losses differ by this factor or more, the scale is logarithmic


def loss_curve(history: "Any", validation_loss: "Any" = None) -> "Picture":
    """Draw the loss and the validation loss of each epoch, and mark the best epoch.

    ``history``           the result of ``fit``, or a list of losses
    ``validation_loss``   with a list of losses, a list of validation losses of the same length

    None, NaN and infinity leave a gap. The best epoch is ``history.best_epoch`` or, without it, the
    one with the lowest validation loss. If the losses differ by a factor of 20 or more, the scale
    is logarithmic.

    >>> loss_curve([0.7, 0.3, 0.2], [0.8, 0.4, 0.5]).svg.count("best epoch 2: 0.4")
    1
    """
    best, losses = None, history
    if hasattr(history, "best_epoch"):
        best, losses, validation_loss = history.best_epoch, history.loss, history.validation_loss
    courses = _courses(losses, validation_loss)
    name, course = courses[-1]
    if best is None and name == "validation":
        best = min([(loss, epoch) for epoch, loss in enumerate(course, 1) if loss is not None])[1]
    y = _loss_scale([loss for _, losses in courses for loss in losses if loss is not None])
    chart = Chart(
        "Loss",
        _description(courses, best),
        Scale([1, len(course)], whole=True),
        y,
        "epoch",
        "loss, log scale" if y.logarithmic else "loss",
    )
    for series, (name, course) in enumerate(courses):
        chart.marks.append(Line(_parts(course), series, name, dashed=series == 1))
    if best:
        lowest = course[best - 1]
        at = "" if lowest is None else ": {}".format(number(lowest))
        chart.marks.append(Rule(best, y, "best epoch {}{}".format(best, at)))
        if lowest is not None:
            chart.marks.append(Dots([(best, lowest)], len(courses) - 1))
    return chart


def _courses(losses: "Any", validation_loss: "Any") -> "List[Tuple[str, List[Any]]]":
    """Return the names and the losses of the lines; the validation loss only if any is finite."""
    training = _finite(losses, "history")
    courses = [("training", training)]
    if validation_loss is not None:
        validation = _finite(validation_loss, "validation_loss")
        if len(validation) != len(training):
            raise ValueError(
                "there are {} losses and {} validation losses; give one of each per epoch".format(
                    len(training), len(validation)
                )
            )
        if any([loss is not None for loss in validation]):
            courses.append(("validation", validation))
    return courses


def _loss_scale(known: "List[float]") -> "Scale":
    """Return the scale of the finite losses. It includes 0 if that is near."""
    if not known:
        raise ValueError("history has no finite loss; give at least one")
    logarithmic = min(known) > 0 and max(known) / min(known) >= FACTOR
    is_near_0 = not logarithmic and 0 < min(known) < max(known) / 2
    return Scale(known + [0] * is_near_0, 0.04, logarithmic)


def _finite(losses: "Any", name: str) -> "List[Any]":
    """Return the losses as floats, with None for each that is not finite."""
    losses = losses.tolist() if hasattr(losses, "tolist") else losses
    if not isinstance(losses, (list, tuple)) or not losses:
        raise ValueError(
            "{} is {}; give the result of fit, or a list of losses, of one epoch or more".format(
                name, "empty" if isinstance(losses, (list, tuple)) else type(losses).__name__
            )
        )
    found = []  # type: List[Any]
    for i, loss in enumerate(losses):
        try:
            value = float("nan" if loss is None else loss)
        except OverflowError:
            value = float("inf")
        except (TypeError, ValueError):
            kind = type(loss).__name__
            raise TypeError(
                "{}: epoch {} has a {}; give a number or None".format(name, i + 1, kind)
            ) from None
        found.append(value if value - value == 0 else None)
    return found


def _parts(course: "List[Any]") -> "List[List[Tuple[float, float]]]":
    """Return the points, divided at the gaps.

    Of very many points, only the lowest and the highest of each stretch remain.
    """
    parts, part = [], []  # type: List[List[Tuple[float, float]]], List[Tuple[float, float]]
    for epoch, loss in enumerate(course + [None], 1):
        if loss is not None:
            part.append((epoch, loss))
        elif part:
            parts.append(_peaks(part, max(1, 2 * len(course) // POINTS)))
            part = []
    return parts


def _peaks(points: "Sequence[Tuple[float, float]]", stretch: int) -> "List[Tuple[float, float]]":
    found = []
    for start in range(0, len(points), stretch):
        some = points[start : start + stretch]
        found += sorted({min(some, key=_loss), max(some, key=_loss)})
    return found


def _loss(point: "Tuple[float, float]") -> float:
    return point[1]


def _description(courses: "Any", best: "Any") -> str:
    texts = []
    for name, course in courses:
        known = [number(v) for v in course if v is not None] or ["unknown"]
        texts.append("{} loss {} to {}".format(name, known[0], known[-1]))
    epochs = plural(len(courses[0][1]), "epoch")
    return "{}: {}{}.".format(
        epochs, ", ".join(texts), ", best epoch {}".format(best) if best else ""
    )
