"""What an exported file carries to prove itself: golden vectors, and the hash of the parameters."""

import hashlib
import math
import struct

from ..core.checks import are_finite
from ..core.random import Generator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    from ..core.network import Sequential
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
    return X, outputs(net, number, X)


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
    """Return a power of two: the largest difference from these outputs where a library computes.

    Its functions may be wrong in the last of the binary digits, and later layers magnify that.
    """
    largest = max([abs(y) for row in Y for y in row])
    return math.ldexp(1.0, math.frexp(UNITS_OF_TOLERANCE * largest)[1] - digits)


def before_scaling(net: "Sequential", wanted: "Matrix") -> "Matrix":
    """Return inputs for which the first layer returns these numbers, if it only scales its input.

    Otherwise return the numbers themselves. Without this, the inputs of a layer that standardizes
    would be so unusual that most weights did not count.
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
