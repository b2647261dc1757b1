"""The repetition of a training run up to a given step, with the same floats.

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
    """The state before a step.

    ``number``                   the number of the step, from 1
    ``net``                      the network with the parameters before the step
    ``X``, ``Y``, ``weights``    the batch
    ``samples``                  the samples in the batch, as indices into the data
    ``generator``                the generator of the random numbers of the step
    ``optimizer``                the optimizer with what it remembers
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
    """Train a copy of ``net``, and return the state before some of its steps.

    These are ``count`` steps from ``first`` on. The options are those of ``epochs``.
    """
    recorder = _Recorder(net, X, Y, first, count)
    recorded = _recorded(type(optimizer), recorder)(**optimizer.config())
    recorded.defaults = optimizer.defaults
    try:
        for _ in epochs(
            recorder.net, X, Y, loss, recorded, epochs=first + count, engine="lists", **options
        ):
            pass
    except _Done:
        pass
    return recorder.moments


class _Done(Exception):
    """An exception that ends the training run after the last step to record."""


def copied(generator: "Generator") -> "Generator":
    """Return a generator that draws the same numbers."""
    twin = Generator()
    twin.state = generator.state
    return twin


class _Recorder:
    """A recorder of the states before some steps of a training run."""

    def __init__(self, net: "Sequential", X: "Matrix", Y: "Matrix", first: int, count: int) -> None:
        self.moments: "List[Moment]" = []
        self.steps = range(first, first + count)
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
        """Record the state if needed, then backpropagate; replaces the network's method."""
        self.number += 1
        if self.number in self.steps:
            before = self.net.copy()
            self.moments.append(
                Moment(self.number, before, X, Y, weights, self.samples(X, Y), copied(generator))
            )
        return self.backpropagate(X, Y, loss, weights, generator, first)

    def samples(self, X: "Matrix", Y: "Row") -> "List[int]":
        """Return the indices of these samples in the data; equal samples are taken in order."""
        used: "Dict[Any, int]" = {}
        found = []
        for x, y in zip(X, Y):
            key = tuple(x), tuple(y)
            found.append(self.places[key][used.get(key, 0)])
            used[key] = used.get(key, 0) + 1
        return found

    def before_update(self, optimizer: "Optimizer") -> None:
        """Record what the optimizer remembers, and end the training run after the last step."""
        if self.number in self.steps:
            twin = optimizer.with_numbers(self.net.number, exactly=True)
            twin.states = dict(optimizer.states)
            twin.t = optimizer.t
            self.moments[-1].optimizer = twin
            if self.number == self.steps[-1]:
                raise _Done


def _recorded(kind: "Any", recorder: "_Recorder") -> "Any":
    """Return a subclass of an optimizer class that reports to the recorder before each step."""

    def step(self: "Optimizer", parameters: "List[Parameter]") -> None:
        recorder.before_update(self)
        kind.step(self, parameters)

    return type(kind.__name__, (kind,), {"step": step})
