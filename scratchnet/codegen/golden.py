"""What an exported file contains to test itself: golden vectors, and the parameters' hash."""

import hashlib
import math
import struct

from ..core.checks import are_finite
from ..core.examples import Examples
from ..core.history import Diverged
from ..core.random import Generator
from ..core.training import Engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from ..core.types import Matrix, Row

MOST = 8  # vectors, fewer for large networks: the numbers of 24 digits are slow
FEWEST = 2
MOST_PRODUCTS = 60000
SPREAD = 2  # inputs of the first layer that weighs them are between -SPREAD and SPREAD
LARGEST = 1e6
UNITS_OF_TOLERANCE = 1024


def fingerprint(net: "Sequential") -> str:
    """Return the SHA-256 of all parameters: 64-bit floats, little-endian, in their order."""
    values = [v for p in net.parameters() for row in p.rows for v in row]
    return hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest()


def vectors(net: "Sequential", number: "Any") -> "Tuple[Matrix, Matrix]":
    """Return inputs, and the outputs that the network computes for them in numbers of this type.

    All of them are floats. The inputs have few digits.
    """
    generator = Generator(0)
    size = sum([p.count for p in net.parameters()])
    count = max(FEWEST, min(MOST, MOST_PRODUCTS // (size + 1)))
    inputs = range(net.inputs or 0)
    wanted = [[generator.uniform(-SPREAD, SPREAD) for _ in inputs] for _ in range(count)]
    X = [[float(number(float(f"{x:.3g}"))) for x in row] for row in before_scaling(net, wanted)]
    Y = outputs(net, number, X)
    check_copy(net, X[:1])
    return X, Y


def check_copy(net: "Sequential", X: "Matrix") -> None:
    """Raise an error if the network and its copies, which are written out, differ in results.

    This happens if a user-defined layer does not list all its parameters or arguments.
    """
    expected = net.predict(X)
    if net.copy().predict(X) != expected:
        raise ValueError(
            "a copy of the network gives different predictions; a user-defined layer must return "
            "all its parameters in parameters() and name those of its constructor in arguments"
        )


def outputs(net: "Sequential", number: "Any", X: "Matrix") -> "Matrix":
    """Return what the network predicts in numbers of this type, as floats."""
    if not X:
        return []
    twin = net.copy(number)
    Y = [[float(y) for y in row] for row in twin.predict([[number(x) for x in row] for row in X])]
    if not are_finite(Y):
        raise ValueError("the network predicts numbers that are not finite")
    return Y


def tolerance(Y: "Matrix", digits: int) -> float:
    """Return the largest difference from these outputs that is allowed, a power of two.

    Functions of a library may be wrong in the last binary digit, and later layers magnify that.
    """
    largest = max([abs(y) for row in Y for y in row])
    return math.ldexp(1.0, math.frexp(UNITS_OF_TOLERANCE * largest)[1] - digits)


def training(
    net: "Sequential", loss: "Loss", optimizer: "Optimizer", number: "Any", X: "Matrix"
) -> "Tuple[Matrix, Row, Matrix]":
    """Return targets, the loss of one training step per row, and the outputs after all of them.

    The steps are those of numbers of this type; they end before the loss becomes too large to be
    compared. All results are floats.
    """
    twin = net.copy(number)
    loss = loss.with_numbers(number, exactly=True)
    rows = [[number(x) for x in row] for row in X]
    outputs = len(twin.predict(rows[:1])[0])
    Y = [target(loss, outputs, number, k) for k in range(len(X))]
    optimizer = optimizer.with_numbers(number, exactly=True)
    engine = Engine(twin, loss, optimizer, Examples(rows, Y, None, [*range(len(X))]), Generator(0))
    losses: "Row" = []
    try:
        while len(losses) < len(X) and max([0] + losses) < LARGEST:
            losses += engine.epoch([[len(losses)]])
    except Diverged as error:
        if not losses:
            raise ValueError(f"train: in its first step, {error}; give a smaller rate") from None
    targets = [[float(y) for y in row] for row in Y[: len(losses)]]
    trained = [[float(a) for a in row] for row in twin.predict(rows[: len(losses)])]
    return targets, [float(v) for v in losses], trained


def target(loss: "Loss", outputs: int, number: "Any", k: int) -> "Row":
    """Return a target that the loss accepts: 1 for one of the outputs, and 0 or -1 elsewhere."""
    for low in (0, -1):
        y = [1 if j == k % max(2, outputs) else low for j in range(outputs)]
        try:
            return loss.target(y, outputs, number, k)
        except ValueError as error:
            reason = error
    raise ValueError(f"train: the steps of its test need targets of 0, 1 and -1: {reason}")


def before_scaling(net: "Sequential", wanted: "Matrix") -> "Matrix":
    """Return inputs for which the first layer returns these numbers, if it only scales its input.

    Otherwise return the numbers themselves. Without this, the inputs of a layer that standardizes
    would be so unusual that most weights would not matter.
    """
    count = len(wanted[0])
    zeros, ones = [0.0] * count, [1.0] * count
    mixed = [float(k % 2) for k in range(count)]
    at_0, at_1, at_mixed = net.propagate([zeros, ones, mixed], net.layers[:1])
    if len(at_0) != count or at_mixed != [at_1[k] if k % 2 else at_0[k] for k in range(count)]:
        return wanted
    return [_before(row, at_0, at_1) for row in wanted]


def _before(row: "Row", at_0: "Row", at_1: "Row") -> "Row":
    """Return x, element by element, for at_0 + (at_1 - at_0)·x = row."""
    scaled = [(y - a) / (b - a) if a != b else y for y, a, b in zip(row, at_0, at_1)]
    return [x if abs(x) < LARGEST else y for x, y in zip(scaled, row)]
