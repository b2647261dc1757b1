"""A training, run again as far as a certain step: the same floats, with all that the step begins with.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]])])
>>> moments = replay(net, [[1.0]], [[1.0]], sn.HalfSquaredError(), sn.SGD(0.25), first=2, count=1)
>>> moments[0].number, moments[0].net.parameters()[0].value, moments[0].net.parameters()[1].value
(2, [[0.625]], [0.125])
"""

from ..core.random import Generator
from ..core.training import epochs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from ..core.types import Matrix, Row, RowOrNone


class Moment:
    """What a step begins with.

    ``number``     of the step, from 1
    ``net``        with the parameters before the step
    ``X``, ``Y``, ``weights``, ``samples``   the batch, and which samples of the data it holds
    ``generator``  of the step's random numbers
    ``optimizer``  with what it remembers
    """

    def __init__(
        self,
        number: int,
        net: "Sequential",
        X: "Matrix",
        Y: "Matrix",
        weights: "RowOrNone",
        samples: "List[int]",
        generator: "Optional[Generator]",
    ) -> None:
        self.number = number
        self.net = net
        self.X = X
        self.Y = Y
        self.weights = weights
        self.samples = samples
        self.generator = generator
        self.optimizer: "Any" = None


def replay(
    net: "Sequential",
    X: "Matrix",
    Y: "Matrix",
    loss: "Loss",
    optimizer: "Optimizer",
    first: int,
    count: int,
    **options: "Any",
) -> "List[Moment]":
    """The moments of the steps from ``first`` on, in a training of a copy of ``net``; options as of ``epochs``."""
    recorder = _Recorder(net, X, Y, first, count)
    watched = _watched(type(optimizer), recorder)(**optimizer.config())
    try:
        for _ in epochs(
            recorder.net, X, Y, loss, watched, epochs=first + count, engine="lists", **options
        ):
            pass
    except _Enough:
        pass
    return recorder.moments


class _Enough(Exception):
    """Ends a training of which all is noted that was wanted."""


def copied(generator: "Generator") -> "Generator":
    """A generator that will draw the same."""
    twin = Generator()
    twin.state = generator.state
    return twin


class _Recorder:
    """Takes part in a training and notes the moments asked for."""

    def __init__(self, net: "Sequential", X: "Matrix", Y: "Matrix", first: int, count: int) -> None:
        self.moments: "List[Moment]" = []
        self.wanted = range(first, first + count)
        self.number = 0
        self.places: "Dict[Any, List[int]]" = {}
        for i, (x, y) in enumerate(zip(X, Y)):
            self.places.setdefault((tuple(x), tuple(y)), []).append(i)
        self.net = net.copy()
        self.backpropagate = self.net.backpropagate
        self.net.backpropagate = self.before_backpropagation  # type: ignore

    def before_backpropagation(
        self,
        X: "Matrix",
        Y: "Matrix",
        loss: "Loss",
        weights: "RowOrNone",
        generator: "Generator",
        first: int,
    ) -> "Any":
        """In the place of the network's backpropagate."""
        self.number += 1
        if self.number in self.wanted:
            before = self.net.copy()
            self.moments.append(
                Moment(self.number, before, X, Y, weights, self.samples(X, Y), copied(generator))
            )
        return self.backpropagate(X, Y, loss, weights, generator, first)

    def samples(self, X: "Matrix", Y: "Row") -> "List[int]":
        """Which samples these are; of equal ones, in their order."""
        used: "Dict[Any, int]" = {}
        found = []
        for x, y in zip(X, Y):
            key = tuple(x), tuple(y)
            found.append(self.places[key][used.get(key, 0)])
            used[key] = used.get(key, 0) + 1
        return found

    def before_update(self, optimizer: "Optimizer") -> None:
        """Note what the optimizer remembers."""
        if self.number in self.wanted:
            remembering = optimizer.with_numbers(self.net.number, exactly=True)
            remembering.states, remembering.t = dict(optimizer.states), optimizer.t
            self.moments[-1].optimizer = remembering
            if self.number == self.wanted[-1]:
                raise _Enough


def _watched(kind: "Any", recorder: "_Recorder") -> "Any":
    """An optimizer of that kind whose steps are noted."""

    def step(self: "Optimizer", parameters: "List[Parameter]") -> None:
        recorder.before_update(self)
        kind.step(self, parameters)

    return type(kind.__name__, (kind,), {"step": step})
