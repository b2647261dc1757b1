"""The inputs of a training step besides the data and the weights, as symbolic numbers.

These are the number of samples, the random numbers, and the settings of the optimizer.
"""

from ...core.checks import FINITE, require
from ...core.examples import Weights
from ...core.optimizers import Optimizer
from ...core.random import Generator
from ...scalars import Symbolic
from ...scalars.symbolic import Undecided

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

COUNT = "count"  # the number of samples, times their mean weight
OVER_SAMPLES = "over samples"  # the operation of a sum that records only its first term


class Draws(Generator):
    """A generator whose random numbers are inputs of the step, drawn by its caller."""

    def __init__(self) -> None:
        Generator.__init__(self)
        self.drawn: "List[Symbolic]" = []

    def random(self) -> "Any":
        self.drawn.append(Symbolic(name=f"r{len(self.drawn)}"))
        return self.drawn[-1]

    def bits(self) -> int:
        raise Undecided("random bits cannot be an input of a step; use self.generator.random()")


class WeightsOfStep(Weights):
    """The weights of the samples of a step, and their total, as inputs.

    The mean weight is not an input: the rules of the package need only the total.
    """

    def __init__(self, weights: "List[Any]", total: "Any") -> None:
        list.__init__(self, weights)
        self.total = total

    @property
    def mean(self) -> "Any":
        raise Undecided("it reads the mean weight; use weights.total")


def with_settings(optimizer: "Optimizer") -> "Tuple[List[str], Optimizer]":
    """Return the attributes that ``begin`` sets, and an optimizer in which these are inputs."""
    kind = type(optimizer)
    if kind.step is not Optimizer.step:
        raise Undecided(f"{kind.__name__} overrides Optimizer.step")
    settings: "List[str]" = []

    def note(self: "Any", name: str, value: "Any") -> None:
        if name not in settings:
            settings.append(name)
        kind.__setattr__(self, name, value)

    noting: "Any" = type(kind.__name__, (kind,), {"__setattr__": note})
    probe = noting(**optimizer.config())
    probe.set_numbers(float)
    if callable(probe.learning_rate):
        probe.learning_rate = 0  # A user-defined schedule may count its calls.
    settings[:] = ["t"]  # without the attributes that the constructor has set
    probe.begin(float)
    twin = optimizer.with_numbers(Symbolic, exactly=True)
    twin.begin = lambda number: None
    for name in settings:
        require(f"{kind.__name__}: {name}", getattr(probe, name), FINITE)
        setattr(twin, name, Symbolic(name=f"setting_{name}"))
    return settings, twin
