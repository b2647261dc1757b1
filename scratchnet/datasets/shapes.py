"""Small problems to learn: logic gates, and points in the plane, drawn from a seed.

    gate       and, or, nand, nor, xor, xnor of two inputs
    moons      two interleaved half circles
    circles    a circle within a circle
    spirals    intertwined spiral arms

>>> gate("xor").X, gate("xor").Y
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
>>> moons(samples=100, seed=7)
Examples: 100 of 2 features; upper, lower

The points are in order of their classes (training shuffles them) and evenly spaced on their curve.
Each is then moved in x and in y by ``noise`` times a normally distributed number. The same seed
gives the same points on every Python.
"""

from ..core import elementary
from ..core.checks import AT_LEAST_0, require
from ..core.random import Generator
from .examples import Examples

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List, Sequence, Tuple

    Point = Tuple[float, float]

GATES = {
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nand": [1, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "xor": [0, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
}


def gate(name: str) -> "Examples":
    """Return the truth table of a gate of two inputs: and, or, nand, nor, xor or xnor.

    >>> gate("and").Y
    [0, 0, 0, 1]
    """
    if name not in GATES:
        raise ValueError(f"gate {name!r} is unknown; give one of: " + ", ".join(GATES))
    X = [[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)]
    return Examples(
        X, list(GATES[name]), ["0", "1"], ["a", "b"], f"the truth table of the gate {name.upper()}"
    )


def moons(samples: int = 200, noise: float = 0.1, seed: int = 0) -> "Examples":
    """Return two half circles of radius 1: the upper around (0, 0), the lower around (1, 1/2)."""
    curves = [lambda t: _on_circle(t / 2), lambda t: _shift(_on_circle(t / 2 + 1 / 2), 1.0, 0.5)]
    return _draw(curves, samples, noise, seed, ["upper", "lower"], "two half circles")


def circles(samples: int = 200, noise: float = 0.1, seed: int = 0) -> "Examples":
    """Return a circle of radius 1 and a circle of radius 1/2 within it."""
    curves = [_on_circle, lambda t: _on_circle(t, 0.5)]
    return _draw(curves, samples, noise, seed, ["outer", "inner"], "a circle within a circle")


def spirals(
    samples: int = 200, noise: float = 0.02, seed: int = 0, arms: int = 2, turns: float = 1.5
) -> "Examples":
    """Return ``arms`` that wind ``turns`` times around the origin, to the distance 1."""
    require("arms", arms, (lambda v: isinstance(v, int) and v >= 2, "a whole number of 2 or more"))
    require("turns", turns, AT_LEAST_0)

    def curve(arm: int) -> "Callable[[float], Point]":
        return lambda t: _on_circle(turns * t + arm / arms, t)

    labels = [f"arm {arm + 1}" for arm in range(arms)]
    return _draw(
        [curve(arm) for arm in range(arms)], samples, noise, seed, labels, f"{arms} spirals"
    )


def _on_circle(t: float, radius: float = 1.0) -> "Point":
    """Return the point after the fraction ``t`` of a circle around the origin."""
    return radius * elementary.cos(2 * elementary.PI * t), radius * elementary.cos(
        2 * elementary.PI * (t - 0.25)
    )


def _shift(point: "Point", x: float, y: float) -> "Point":
    return point[0] + x, point[1] + y


def _draw(
    curves: "Sequence[Callable[[float], Point]]",
    samples: int,
    noise: float,
    seed: int,
    labels: "List[str]",
    about: str,
) -> "Examples":
    """Return ``samples`` points in all, divided equally among the curves.

    The argument of each curve goes from 0 to 1.
    """
    n = len(curves)
    require(
        "samples",
        samples,
        (lambda v: isinstance(v, int) and v >= 2 * n, f"a whole number of {2 * n} or more"),
    )
    require("noise", noise, AT_LEAST_0)
    generator = Generator(seed)
    X, Y = [], []  # type: List[List[float]], List[int]
    for k, curve in enumerate(curves):
        count = samples * (k + 1) // n - samples * k // n
        for i in range(count):
            point = curve(i / (count - 1))
            X.append([coordinate + noise * generator.normal() for coordinate in point])
            Y.append(k)
    return Examples(X, Y, labels, ["x", "y"], f"{about}; drawn with the seed {seed}")
