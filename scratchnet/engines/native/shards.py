"""The engine "native" with an executor: the shards of a batch are computed in C by its workers.

    Shared      the engine of ``fit(engine="native", executor=...)``
    gradients   what a worker computes: the loss and the gradients of one shard

Threads share the memory of this process, and C runs without the lock of the interpreter. The
results are those of engines/workers/, to the bits of the portable kernel. Two steps are printed
as C for this:

    of a shard   the step of the network with the optimizer Share: its new weights are gradients
    of a batch   the step of a network whose gradients are its inputs, one sample per shard
"""

from array import array
from math import isfinite

from ...codegen.c.native_step import NativeStep
from ...codegen.own import is_own
from ...core import matrix
from ...core.examples import Weights
from ...core.functions import total
from ...core.layer import Parameter
from ...core.losses import HalfSquaredError, weighted_count
from ...core.optimizers import Optimizer
from ...core.random import Generator
from ..workers.engine import Parallel
from ..workers.shards import parts_of
from . import library
from .engine import MOST_STEPS, Name, Native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

    from ...core.training import Engine
    from ...core.types import Matrix, Number, Row, State, Update

    Batches = List[List[int]]


class Share(Optimizer):
    """Replaces each weight by its gradient times the share of the shard, its learning rate."""

    def rule(self, w: "Number", g: "Number", state: "State") -> "Update":
        return g * self.rate, state


class SumOfShards(HalfSquaredError):
    """Stands for the loss where the gradients are known."""


class Gradients:
    """Stands for a network whose gradients are known. The samples are the shards."""

    layers: "List[Any]" = []

    def __init__(self, parameters: "Sequence[Parameter]") -> None:
        self.given = parameters

    def copy(self, number: "Any" = None) -> "Gradients":
        copies = []
        for p in self.given:
            copies.append(Parameter(p.role, p.shape, frozen=p.frozen))
            copies[-1].name, copies[-1].rows = p.name, p.rows
        return Gradients(copies)

    def __copy__(self) -> "Gradients":
        return self.copy()  # What records the step replaces the numbers of the copy's parameters.

    def parameters(self) -> "Sequence[Parameter]":
        return self.given

    def first_trainable(self) -> int:
        return 0

    def backpropagate(self, X: "Matrix", *_: "Any", **__: "Any") -> "Number":
        """Set each gradient to the sum over the shards, in their order."""
        gradients = matrix.sum_columns(X)
        start = 0
        for p in [p for p in self.given if not p.frozen]:
            part, width = gradients[start : start + p.count], len(p.rows[0])
            rows = [part[k : k + width] for k in range(0, p.count, width)]
            p.gradient = part if p.flat else rows
            start += p.count
        return total([row[0] for row in X])


class Shared(Native):
    """An engine that gives each shard of a batch to the executor."""

    def __init__(self, lists: "Engine", size: int, executor: "Any") -> None:
        self.parallel = Parallel(lists, size, executor, "native")
        Native.__init__(self, lists, size)
        self.lists = self.parallel
        self.settings = self.update_in_c.settings
        self.watch_optimizer(self.update_in_c.all_settings)
        self.scratch = library.zeros(self.update_in_c.scratch)
        self.runs = runs_of(self.parameters)
        # Threads find the samples in this memory; others are sent those of their shard.
        if "Thread" not in type(executor).__name__ or self.loss.reduction == "sum":
            self.data = None

    def compile_step(self) -> None:
        self.step_in_c, self.update_in_c = steps_of(self)
        self.update = library.function(self.update_in_c.source, "net_train", 3, 13)
        library.function(self.step_in_c.source, "net_train", 3, 13)

    def show_source(self) -> None:
        self.name = Name(Native.name)
        self.name.source = f"{self.step_in_c.source}\n{self.update_in_c.source}"

    def passes_at_once(self, size: int) -> int:
        return 0

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        try:
            stride, settings = self.settings_of(len(batches))
        except (ArithmeticError, TypeError, ValueError):
            return None
        w, m, losses = self.current_weights(), self.memory(), []
        for n, batch in enumerate(batches):
            results = list(self.parallel.results(self.tasks(batch, w), gradients))
            if None in results:
                return None
            parts, found = zip(*results)
            losses.append(left_to_right(parts))
            setting = settings[n * stride : n * stride + len(self.settings)]
            if not isfinite(losses[-1]) or not self.is_updated(found, setting, w, m):
                return None
            if self.step_in_c.draws:
                self.generator.state = self.seeds.state
        self.take(w, m)
        return losses

    def tasks(self, batch: "List[int]", w: "array[float]") -> "Iterator[Any]":
        """Yield the arguments of ``gradients`` for each shard of a batch."""
        weights = self.examples.weights and self.weighing.batch(batch)[2]
        mean = self.count_of(batch) / len(batch)
        self.seeds = Generator()
        self.seeds.state = self.generator.state
        step = self.step_in_c
        for part in parts_of(len(batch), self.parallel.shards):
            size = part.stop - part.start
            share = size / len(batch)
            own: "Any" = None if weights is None else Weights(weights[part], mean)
            if self.loss.reduction == "sum":  # The results are multiplied by the share.
                own = [weight / share for weight in own or [1] * size]
            count = float(weighted_count(batch[part], own))  # type: ignore[arg-type]
            self.room = ()  # A thread may still read the samples of the previous shard.
            *data, of_samples = self.data_of([batch[part]])
            if self.loss.reduction == "sum":
                of_samples = array("d", own)
            rooms = step.scratch, size * sum(step.draws)
            yield step.source, rooms, [*data, of_samples], w, count, share, self.seeds.bits()

    def is_updated(self, found: "Any", setting: "Any", w: "Any", m: "Any") -> bool:
        """Update the weights and the memory by the sum of these gradients, if that is finite."""
        shards = len(found)
        X = array("d")
        for gradient in found:
            for start, end in self.runs:
                X.extend(gradient[start:end])
        arrays = [array("q", [shards]), array("q", range(shards)), X, library.zeros(shards)]
        arrays += [array("d"), array("d"), array("Q", [0]), array("d", [shards]), setting]
        arrays += [w, m, self.scratch, library.zeros(1)]
        return bool(self.update(1, 0, 0, *map(library.address, arrays)) == 1)


def runs_of(parameters: "Sequence[Parameter]") -> "List[Tuple[int, int]]":
    """Return where the weights that learn begin and end in the array of all weights."""
    runs: "List[Tuple[int, int]]" = []
    place = 0
    for p in parameters:
        if not p.frozen:
            start = runs.pop()[0] if runs and runs[-1][1] == place else place
            runs.append((start, place + p.count))
        place += p.count
    return runs


def left_to_right(numbers: "Sequence[float]") -> float:
    """Return the sum as the portable kernel adds."""
    result = numbers[0]
    for number in numbers[1:]:
        result = result + number
    return result


_steps: "Dict[Any, Tuple[NativeStep, NativeStep]]" = {}


def steps_of(engine: "Shared") -> "Tuple[NativeStep, NativeStep]":
    """Return the step of a shard and that of a batch, from the cache if possible."""
    net, loss, optimizer = engine.net, engine.lists.loss, engine.optimizer
    weighted = engine.examples.weights is not None or loss.reduction == "sum"
    shape = engine.inputs, engine.outputs, weighted
    key = engine.source_of_code[1:], shape
    if key in _steps:
        return _steps[key]
    gradients: "Any" = Gradients(engine.parameters)
    count = sum([p.count for p in engine.learning])
    made = (
        NativeStep(net, loss, Share(0.5), *shape),
        NativeStep(gradients, SumOfShards(), optimizer, count, 1, False),
    )
    if all([is_own(part) for part in net.layers + [loss, optimizer]]):
        if len(_steps) == MOST_STEPS:
            _steps.clear()
        _steps[key] = made
    return made


# ---- in the worker -------------------------------------------------------------------------------


def gradients(
    number: int,
    source: str,
    rooms: "Tuple[int, int]",
    data: "Any",
    w: "array[float]",
    count: float,
    share: float,
    seed: int,
) -> "Any":
    """Return the loss and the gradients of a shard, both times its share, or None if they fail.

    ``number``   makes each call unique, because Dask merges calls with equal arguments
    ``rooms``    the lengths of the working array, and of that of random numbers
    ``data``     the places of the samples, and arrays of inputs, targets and weights
    """
    train = library.function(source, "net_train", 3, 13)
    scratch, draws = map(library.zeros, rooms)
    gradient, losses = w[:], library.zeros(1)
    arrays = [array("q", [len(data[0])]), *data, draws, array("Q", [seed])]
    arrays += [array("d", [count]), array("d", [share]), gradient, array("d"), scratch, losses]
    if train(1, 0, 0, *map(library.address, arrays)) != 1:
        return None
    return losses[0] * share, gradient
