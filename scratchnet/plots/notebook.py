"""How a notebook shows networks and training runs: as a table and a picture.

>>> import scratchnet as sn
>>> "<svg" in html(sn.Sequential([sn.Dense(2, 1)]))
True
>>> "Tanh()" in html(sn.Sequential([sn.Tanh()]))
True
"""

from ..core.history import History
from ..core.layer import widths_of
from ..texts import html_table, plural
from .curve import loss_curve
from .diagram import network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FEW = 10  # epochs shown of a training run; of more, the first, the best and the last


def html(thing: "Any") -> str:
    """Return a network or a History as HTML."""
    return of_history(thing) if isinstance(thing, History) else of_network(thing)


def of_network(net: "Any") -> str:
    """Return the layers of a network as a table, and its weights as a picture if it has some."""
    counts = [sum([p.count for p in layer.parameters()]) for layer in net.layers]
    outputs = [width or "any" for width in widths_of(net.layers)[1:]]
    rows = [(k, repr(layer), outputs[k], f"{counts[k]:,}") for k, layer in enumerate(net.layers)]
    total = f"<p>{plural(sum(counts), 'parameter')}</p>"
    return html_table(["", "layer", "outputs", "parameters"], rows) + total + _picture(net)


def _picture(net: "Any") -> str:
    try:
        return network(net).svg
    except ValueError:  # no layer has weights, or not yet
        return ""


def of_history(history: "Any") -> str:
    """Return the epochs of a training run as a table, and its losses as a picture."""
    epochs = history.epochs
    if len(epochs) > FEW:
        shown = {1, history.best_epoch, len(epochs)}
        epochs = [epoch for epoch in epochs if epoch.number in shown]
    head, columns = ["epoch", "loss"], [[e.number for e in epochs], [e.loss for e in epochs]]
    if any([e.validation_loss is not None for e in epochs]):
        head.append("validation loss")
        columns.append([e.validation_loss for e in epochs])
    head.append("learning rate")
    columns.append([e.learning_rate for e in epochs])
    rows = [[f"{float(value):.6g}" for value in row] for row in zip(*columns)]
    about = plural(len(history), "epoch") + (", interrupted" if history.interrupted else "")
    picture = loss_curve(history).svg if len(history) > 1 else ""
    best = "" if history.best_epoch is None else f"; the best is epoch {history.best_epoch}"
    return f"<p>{about}{best}</p>" + html_table(head, rows) + picture
