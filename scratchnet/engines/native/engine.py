"""The engine "native", which trains through compiled C."""

from array import array
from itertools import chain

from ...codegen.c.native_step import NativeStep
from ...codegen.own import is_own
from ...core.examples import Examples
from ...core.losses import weighted_count
from ...core.training import set_rows
from ..generated import Generated
from . import library
from .memory import Memory
from .notice import Notice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from ...core.training import Engine
    from ...core.types import Row

    Batches = List[List[int]]

# What one call computes takes less than 0.1 seconds. Ctrl-C discards it.
OPERATIONS_AT_ONCE = 250000000
STEPS_AT_ONCE = 20000
MOST_WEIGHTS = 500000  # Recording a step with so many takes half a minute and 1 GB.
DRAW = 500  # the time of a random number, in operations
NUMBERS_AT_ONCE = 1 << 22  # of rows that are read when they are needed


class Name(str):
    """The name of an engine, in a history too; ``source`` is the C that ran."""

    source = ""


class Native(Generated):
    """An engine that makes several steps by one call of a C function. Its name holds the C."""

    name = Name("native")

    def __init__(self, lists: "Engine", size: int) -> None:
        Generated.__init__(self, lists, size)
        count = sum([p.count for p in self.parameters])
        if count > MOST_WEIGHTS:
            raise ValueError(
                f"the network has {count:,} weights, more than {MOST_WEIGHTS:,}; use engine='auto'"
            )
        examples = self.examples
        self.inputs = self.net.inputs or len(examples.X[0])
        self.outputs = self.net.outputs or len(examples.Y[0])
        self.learning = [p for p in self.parameters if not p.frozen]
        with Notice("the training step is compiled ..."):
            self.step_in_c = step_of(self)
            self.function = library.function(self.step_in_c.source, "net_train", 3, 12)
        self.settings = self.step_in_c.settings
        self.watch_optimizer(self.step_in_c.all_settings)
        self.scratch = zeros(self.step_in_c.scratch)
        self.in_memory = isinstance(examples.X, list) and isinstance(examples.Y, list)
        self.data: "Any" = None
        self.at_once = self.most_at_once(size)
        # The same batches without their rows, which may be slow to read.
        numbers = range(len(examples.X))
        self.weighing = Examples(numbers, numbers, examples.weights, examples.used)

    def most_at_once(self, size: int) -> int:
        """Return how many steps one call makes."""
        if not self.own:
            return 1  # It may read its memory or change at every step.
        each, end = self.step_in_c.work
        each += DRAW * sum(self.step_in_c.draws)
        rows = NUMBERS_AT_ONCE // (size * (self.inputs + self.outputs))
        if self.in_memory:
            rows = STEPS_AT_ONCE
        most: int = OPERATIONS_AT_ONCE // (size * each + end)
        return max(1, min(STEPS_AT_ONCE, rows, most))

    def epoch(self, batches: "Batches") -> "Row":
        losses = Generated.epoch(self, batches)
        if self.name == Native.name:  # If the network was changed, lists made the steps.
            self.name = Name(self.name)
            self.name.source = self.step_in_c.source
        return losses

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        """Return the losses of these steps, or None if lists must make them."""
        try:
            stride, settings = self.settings_of(len(batches))
        except (ArithmeticError, TypeError, ValueError):
            return None
        again = len(batches) > 1 and all([batch is batches[0] for batch in batches])
        different = batches[:1] if again else batches
        w = array("d")
        for row in chain.from_iterable([p.rows for p in self.parameters]):
            w.fromlist(row)
        m = self.memory()
        losses = zeros(len(batches))
        sizes = array("q", [len(batch) for batch in different])
        counts = array("d", [self.count_of(batch) for batch in different])
        data = self.data_of(different)
        arrays = [
            sizes,
            *data,
            self.draws_of(batches),
            counts,
            settings,
            w,
            m,
            self.scratch,
            losses,
        ]
        done = self.function(len(batches), again, stride, *map(library.address, arrays))
        if done != len(batches):
            return None
        self.take(w, m)
        return losses.tolist()

    # ---- what the C function needs ---------------------------------------------------------------

    def settings_of(self, steps: int) -> "Any":
        """Return how many settings of the optimizer each step has, and those of all steps."""
        if self.settings_change():
            each = [self.next_settings() for _ in range(steps)]
            return len(self.settings), array("d", chain.from_iterable(each))
        settings = array("d", self.next_settings())
        self.optimizer.t += steps - 1
        return 0, settings

    def count_of(self, batch: "List[int]") -> float:
        """Return the divisor of the sum of a batch: its number of samples, or their weight."""
        weights = self.examples.weights and self.weighing.batch(batch)[2]
        return float(weighted_count(batch, weights))  # type: ignore[arg-type]

    def data_of(self, batches: "Batches") -> "Any":
        """Return the places of the samples of the batches, and arrays with their numbers."""
        examples = self.examples
        if self.in_memory:
            self.data = self.data or arrays_of(examples, examples.used)
            return [array("q", chain.from_iterable(batches)), *self.data]
        used = [examples.used[place] for batch in batches for place in batch]
        return [array("q", range(len(used))), *arrays_of(examples, used)]

    def draws_of(self, batches: "Batches") -> "array[float]":
        """Return the random numbers of each sample of each batch."""
        drawn = array("d")
        random = self.generator.random
        for batch in batches if self.step_in_c.draws else []:
            rows: "List[Row]" = [[] for _ in batch]
            for count in self.step_in_c.draws:
                for row in rows:
                    row += [random() for _ in range(count)]
            for row in rows:
                drawn.extend(row)
        return drawn

    def memory(self) -> "array[float]":
        """Return what the optimizer remembers: the first number of each weight, ..."""
        if not self.optimizer.memory or not self.learning:
            return array("d")
        states = [self.optimizer.states_of(p) for p in self.learning]
        first = states[0]
        if isinstance(first, Memory) and all([getattr(s, "m", None) is first.m for s in states]):
            return first.m[:]
        m = array("d")
        for n in range(self.optimizer.memory):
            for state in states:
                m.extend([numbers[n] for row in state for numbers in row])
        return m

    def take(self, w: "array[float]", m: "array[float]") -> None:
        """Replace all parameters and the optimizer's memory."""
        rows = []
        start = learning = 0
        total = sum([p.count for p in self.learning])
        for p in self.parameters:
            width = len(p.rows[0])
            places = range(start, start + p.count, width)
            rows.append(p.rows if p.frozen else [w[k : k + width].tolist() for k in places])
            if m and not p.frozen:
                self.optimizer.states[p.name] = Memory(m, learning, total, len(p.rows), width)
            learning += 0 if p.frozen else p.count
            start += p.count
        set_rows(self.parameters, rows)


def zeros(count: int) -> "array[float]":
    return array("d", bytes(8 * count))


def arrays_of(examples: "Examples", used: "Any") -> "Any":
    """Return the samples, the targets and the weights with these indices as three arrays."""
    X, Y, weights = array("d"), array("d"), array("d")
    for numbers, rows in ((X, examples.X), (Y, examples.Y)):
        for i in used:
            numbers.fromlist(list(rows[i]))
    if examples.weights is not None:
        weights.extend([examples.weights[i] for i in used])
    return X, Y, weights


# ---- the cache of steps --------------------------------------------------------------------------

_steps: "Dict[Any, NativeStep]" = {}
MOST_STEPS = 32


def step_of(engine: "Native") -> "NativeStep":
    """Return the training step of the engine, from the cache if possible.

    Training runs share a step if they differ only in numbers that are passed to it, which is known
    only of the package's own classes.
    """
    net, loss, optimizer = engine.net, engine.loss, engine.optimizer
    shape = engine.inputs, engine.outputs, engine.examples.weights is not None
    key = engine.source_of_code[1:], shape
    own = all([is_own(part) for part in net.layers + [loss, optimizer]])
    if own and key in _steps:
        return _steps[key]
    step = NativeStep(net, loss, optimizer, *shape)
    if own:
        if len(_steps) == MOST_STEPS:
            _steps.clear()
        _steps[key] = step
    return step
