"""The loss of many samples, by generated code: the validation loss of a training run, for example.

>>> import scratchnet as sn
>>> X, Y = [[0.0], [0.5], [1.0]], [[1.0], [2.0], [3.0]]
>>> net = sn.Sequential([sn.Dense(1, 1, weights=[[1]])])
>>> history = net.fit(X, Y, "mse", epochs=9, validation_data=(X[:1], Y[:1]), shuffle=False)
>>> history.engine, round(history.validation_loss[0], 3)
('steps', 0.998)
"""

from ..codegen.python import step
from ..codegen.python.printer import execute
from ..core.checks import is_finite
from ..core.losses import weighted_count
from ..core.optimizers import SGD
from .generated import cached, shape_of
from .threads import shallow_copy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    from ..codegen.python.printer import Program
    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.types import Matrix, Parameters, Row, RowOrNone
    from .generated import Steps


def measuring(engine: "Steps") -> "Any":
    """Return a copy of the network, with the same layers, that measures losses by generated code.

    The code is generated when the first loss is measured.
    """
    net = engine.lists.net
    twin = shallow_copy(net)
    functions: "Dict[bool, Any]" = {}  # by whether the samples have weights; None without code

    def loss_of(X: "Matrix", Y: "Matrix", loss: "Loss", weights: "RowOrNone" = None) -> float:
        if not engine.is_changed():
            if (weights is None) not in functions:
                functions[weights is None] = measure_of(engine, weights is not None)
            measured = functions[weights is None]
            losses = measured and attempt(measured, engine.parameters, X, Y, weights)
            if losses and is_finite(losses):
                return losses[0]  # type: ignore[no-any-return]
        loss_by_layers: float = net.loss_of(X, Y, loss, weights)
        return loss_by_layers

    twin.loss_of = loss_of
    return twin


def measure_of(engine: "Steps", weighted: bool) -> "Any":
    """Return the function that measures the loss of a batch, or None without one."""
    net, loss = engine.lists.net, engine.loss
    shape = shape_of(engine, weighted)
    make = lambda: program_of(net, loss, shape)  # noqa: E731
    try:
        return execute(cached(engine, (shape, "loss"), make).source)["train"]
    except Exception:  # User-defined rules may raise anything.
        return None


def program_of(net: "Sequential", loss: "Loss", shape: "Tuple[int, int, bool]") -> "Program":
    """Return the program that measures the loss of a batch.

    ``shape``   the numbers of inputs and outputs, and whether samples have weights
    """
    return step.of_batches(net, loss, SGD(), *shape, measures=True)


def attempt(
    measured: "Any", parameters: "Parameters", X: "Matrix", Y: "Matrix", weights: "RowOrNone"
) -> "Any":
    """Return a list of the loss, or None if computing it fails."""
    losses: "Row" = []
    samples = zip(X, Y) if weights is None else zip(X, Y, weights)
    batch = float(weighted_count(X, weights)), samples
    rows = [p.rows for p in parameters]
    try:
        measured([batch], losses, rows, [], [])
    except (ArithmeticError, TypeError, ValueError):  # for example, exp() overflows
        return None
    return losses
