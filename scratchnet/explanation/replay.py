"""The repetition of a training run up to a given step, with the same floats.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]])])
>>> moments = replay(net, [[1.0]], [[1.0]], sn.HalfSquaredError(), sn.SGD(0.25), first=2, count=1)
>>> moments[0].number, moments[0].net.parameters()[0].value, moments[0].net.parameters()[1].value
(2, [[0.625]], [0.125])
"""

from ..core.random import Generator
from ..core.training import prepare
from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from ..core.training import Engine
    from ..core.types import Batches, Matrix, Row, RowOrNone


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
        optimizer: "Optional[Optimizer]",
    ) -> None:
        self.number = number
        self.net = net
        self.X = X
        self.Y = Y
        self.weights = weights
        self.samples = samples
        self.generator = generator
        self.optimizer = optimizer


def replay(
    net: "Sequential",
    X: "Any",
    Y: "Any",
    loss: "Any",
    optimizer: "Any",
    first: int,
    count: int,
    epochs: "Optional[int]" = None,
    **options: "Any",
) -> "List[Moment]":
    """Train a copy of ``net``, and return the state before some of its steps.

    These are ``count`` steps from ``first`` on. The options are those of ``epochs``. Without
    ``epochs``, the training runs as long as needed. If it ends before the step ``first``, a
    ValueError says so; if it ends before the last one, there are fewer than ``count``.
    """
    training = prepare(
        net.copy(), X, Y, loss, optimizer, epochs or first + count, engine="lists", **options
    )
    engine = training.engine
    recorder = _Recorder(engine, first, count)
    engine.epoch = recorder.epoch
    try:
        for _ in training.run():
            pass
    except _Done:
        pass
    if not recorder.moments:
        ended = plural(recorder.number, "step")
        raise ValueError(f"step {first} is not in this training run, which ends after {ended}")
    return recorder.moments


class _Done(Exception):
    """An exception that ends the training run at the last step to record."""


def copy_of(generator: "Generator") -> "Generator":
    """Return a generator that draws the same numbers."""
    twin = Generator()
    twin.state = generator.state
    return twin


class _Recorder:
    """A recorder of the states before some steps; its ``epoch`` replaces that of the engine."""

    def __init__(self, engine: "Engine", first: int, count: int) -> None:
        self.engine = engine
        self.steps = range(first, first + count)
        self.number = 0
        self.moments: "List[Moment]" = []

    def epoch(self, batches: "Batches") -> "Row":
        """Make one update per batch, as the engine does, and record the state before."""
        losses = []
        for places in batches:
            if self.number == self.steps[-1]:
                raise _Done
            self.number += 1
            if self.number in self.steps:
                self.moments.append(self.moment(places))
            losses.append(self.engine.step_or_undo(self.engine.examples.batch(places)))
        return losses

    def moment(self, places: "List[int]") -> "Moment":
        """Return the state before a step with the samples at these places of the examples."""
        engine = self.engine
        X, Y, weights = engine.examples.batch(places)
        samples = [engine.examples.used[place] for place in places]
        optimizer = engine.optimizer.with_numbers(engine.net.number, exactly=True)
        optimizer.states = dict(engine.optimizer.states)
        optimizer.t = engine.optimizer.t
        before, generator = engine.net.copy(), copy_of(engine.generator)
        return Moment(self.number, before, X, Y, weights, samples, generator, optimizer)
