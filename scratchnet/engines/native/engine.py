"""The engine "native", which trains through compiled C."""

import copy
from array import array
from functools import partial
from itertools import chain

from ...codegen.c.native_step import NativeStep
from ...codegen.own import is_own
from ...core.examples import Examples, cut
from ...core.functions import kernel
from ...core.losses import weighted_count
from ...core.optimizers import Optimizer
from ...core.training import set_rows
from ...scalars.portable import Portable, of_batches, schedule_of
from ..generated import Generated, widths_of
from . import library, reading
from .measuring import Measuring
from .memory import Memory
from .notice import Notice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ...core.training import Engine
    from ...core.types import Row

    Batches = List[List[int]]

# What one call computes takes less than 0.1 seconds. Ctrl-C discards it.
OPERATIONS_AT_ONCE = 250000000
STEPS_AT_ONCE = 20000
FEWEST_TO_MEASURE = 100000  # samples times weights; lists take 10 ms for this many
DRAW = 5  # the time of a random number, in operations
NUMBERS_AT_ONCE = 1 << 22  # of rows that are read when they are needed


class Name(str):
    """The name of an engine, in a history too; ``source`` is the C that ran."""

    source = ""


class Native(Generated):
    """An engine that makes several steps by one call of a C function. Its name holds the C."""

    name = Name("native")

    def __init__(self, lists: "Engine", size: int) -> None:
        Generated.__init__(self, lists, size)
        examples = self.examples
        self.inputs, self.outputs = widths_of(lists)
        self.learning = [p for p in self.parameters if not p.frozen]
        with Notice("the training step is compiled ..."):
            self.compile_step()
        self.settings = self.step_in_c.settings
        self.watch_optimizer(self.step_in_c.all_settings)
        self.scratch = library.zeros(self.step_in_c.scratch)
        self.draws = library.zeros(size * sum(self.step_in_c.draws))
        self.room: "Any" = ()
        self.data: "Any" = None  # X, Y and the weights, if X and Y are in memory
        if reading.in_memory(examples.X) and reading.in_memory(examples.Y):
            rows = examples.X, examples.Y
            self.data = [*map(reading.whole, rows), array("d", examples.weights or [])]
        self.measuring: "Dict[Examples, Optional[Measuring]]" = {}
        self.at_once = self.most_at_once(size)
        self.weighing = weighing(examples)
        self.loss = copy.copy(lists.loss)
        self.loss.of_batches = partial(of_batches, lists.loss)  # type: ignore[method-assign]

    def compile_step(self) -> None:
        """Set the step in C and its functions."""
        self.step_in_c = step_of(self)
        self.train = library.function(self.step_in_c.source, "net_train", 3, 13)
        self.train_passes = library.function(self.step_in_c.source, "net_passes", 5, 14)

    def most_at_once(self, size: int) -> int:
        """Return how many steps one call makes."""
        if not self.own:
            return 1  # It may read its memory or change at every step.
        each, end = self.step_in_c.work
        each += DRAW * sum(self.step_in_c.draws)
        rows = NUMBERS_AT_ONCE // (size * (self.inputs + self.outputs))
        if self.data:
            rows = STEPS_AT_ONCE
        most: int = OPERATIONS_AT_ONCE // (size * each + end)
        return max(1, min(STEPS_AT_ONCE, rows, most))

    def epoch(self, batches: "Batches") -> "Row":
        losses = Generated.epoch(self, batches)
        if self.name == Native.name:  # If the network was changed, lists made the steps.
            self.show_source()
        return losses

    def show_source(self) -> None:
        self.name = Name(Native.name)
        self.name.source = self.step_in_c.source

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        """Return the losses of these steps, or None if lists must make them."""
        again = len(batches) > 1 and all([batch is batches[0] for batch in batches])
        different = batches[:1] if again else batches
        places, *data = self.data_of(different)
        lists = [self.sizes_of(different), places, *data]
        return self.called(self.train, [len(batches), again], lists, different, len(batches))

    def measure(self, examples: "Examples") -> "Any":
        """Return the loss over all examples, without penalties."""
        count = sum([p.count for p in self.parameters])
        is_small = len(examples) * count < FEWEST_TO_MEASURE
        if self.is_changed() or (is_small and kernel() == "portable"):
            return self.lists.measure(examples)
        if examples not in self.measuring:
            self.measuring[examples] = self.measuring_of(examples)
        measuring = self.measuring[examples]
        value = None if measuring is None else measuring.value()
        return self.lists.measure(examples) if value is None else value

    def measuring_of(self, examples: "Examples") -> "Optional[Measuring]":
        """Return what measures the loss over the examples, or None if lists must."""
        shape = self.inputs, self.outputs, examples.weights is not None
        try:
            with Notice("the measurement is compiled ..."):
                return Measuring(self.net, self.lists.loss, examples, weighing(examples), shape)
        except Exception:  # The network is not a series of products, or a rule raises an error.
            return None

    # ---- several passes over the data ------------------------------------------------------------

    def passes_at_once(self, size: int) -> int:
        """Return how many passes over the data, in batches of this size, one call can make."""
        if not self.own or not self.data:
            return 0
        each, end = self.step_in_c.work
        samples = len(self.examples)
        steps = -(-samples // size)
        operations = OPERATIONS_AT_ONCE // (samples * (each + DRAW) + steps * end)
        return min(operations, STEPS_AT_ONCE // steps)

    def passes(self, count: int, size: int, shuffle: bool) -> "Optional[Tuple[Row, Row]]":
        """Make several passes over the data, in batches of this size, by one call.

        Return the losses and the learning rates of all. If a number is not finite or the network
        was changed, do nothing and return None.
        """
        if self.is_changed():
            return None
        samples = len(self.examples)
        batches = cut(list(range(samples)), size)
        steps = len(batches)
        used = array("q", self.examples.used)
        arrays = [used, used[:], self.sizes_of(batches), *self.data]
        before = self.state()
        losses = None
        try:
            numbers = [count, shuffle, samples, steps]
            losses = self.called(self.train_passes, numbers, arrays, batches, count * steps)
        finally:
            if losses is None:
                self.go_back(before)
        if losses is None:
            return None
        self.show_source()
        if steps > 1:
            sizes = list(map(len, batches))
            losses = [self.loss.of_batches(part, sizes) for part in cut(losses, steps)]
        return losses, self.rates[steps - 1 :: steps]

    # ---- what the C functions need ---------------------------------------------------------------

    def called(
        self,
        function: "Any",
        numbers: "List[int]",
        arrays: "List[Any]",
        batches: "Batches",
        steps: int,
    ) -> "Optional[Row]":
        """Make steps by calling a C function; return their losses, or None if it fails."""
        try:
            stride, settings = self.settings_of(steps)
        except (ArithmeticError, TypeError, ValueError):
            return None
        w, m = self.current_weights(), self.memory()
        losses = library.zeros(steps)
        state = array("Q", [self.generator.state])
        counts = array("d", [self.count_of(batch) for batch in batches])
        arrays = arrays + [self.draws, state, counts, settings, w, m, self.scratch, losses]
        done = function(*numbers, stride, *map(library.address, arrays))
        if done != numbers[0]:
            return None
        self.generator.state = state[0]
        self.take(w, m)
        return losses.tolist()

    def settings_of(self, steps: int) -> "Any":
        """Return how many settings of the optimizer each step has, and those of all steps.

        ``rates`` becomes the learning rate of each step.
        """
        changes = self.settings_change()
        if changes and not self.settings_are_recorded():
            each, self.rates = [], []
            schedule = self.optimizer.learning_rate
            self.optimizer.learning_rate = schedule_of(schedule)
            try:
                for _ in range(steps):
                    each.append(self.next_settings())
                    self.rates.append(self.optimizer.rate)
            finally:
                self.optimizer.learning_rate = schedule
            return len(self.settings), array("d", chain.from_iterable(each))
        rows = self.upcoming_settings(steps)
        settings = array("d", chain.from_iterable(rows) if changes else next(iter(rows)))
        self.rates = [self.optimizer.rate] * steps
        return len(self.settings) if changes else 0, settings

    def sizes_of(self, batches: "Batches") -> "array[int]":
        return array("q", [len(batch) for batch in batches])

    def count_of(self, batch: "List[int]") -> float:
        """Return the divisor of the sum of a batch: its number of samples, or their weight."""
        weights = self.examples.weights and self.weighing.batch(batch)[2]
        return float(weighted_count(batch, weights))  # type: ignore[arg-type]

    def data_of(self, batches: "Batches") -> "Any":
        """Return the places of the samples of the batches, and arrays with their numbers."""
        examples = self.examples
        used = [examples.used[place] for batch in batches for place in batch]
        if self.data:
            return [array("q", used), *self.data]
        # A new array of this size would take longer to make than to fill.
        self.room = X = reading.gathered(examples.X, used, self.inputs, self.room)
        Y = reading.gathered_targets(examples.Y, used, self.outputs, self.loss)
        weights = [] if examples.weights is None else [examples.weights[i] for i in used]
        return [array("q", range(len(used))), X, Y, array("d", weights)]

    def current_weights(self) -> "array[float]":
        """Return all parameters, one after the other."""
        w = array("d")
        for row in chain.from_iterable([p.rows for p in self.parameters]):
            w.fromlist(row)
        return w

    def memory(self) -> "array[float]":
        """Return what the optimizer remembers: the first number of each weight, ..."""
        if not self.optimizer.memory or not self.learning:
            return array("d")
        if not self.optimizer.states and type(self.optimizer).states_of is Optimizer.states_of:
            return library.zeros(self.optimizer.memory * sum([p.count for p in self.learning]))
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


def weighing(examples: "Examples") -> "Examples":
    """Return the examples without their rows, which may be slow to read, to add their weights."""
    numbers = range(len(examples.X))
    weights = examples.weights and [Portable(weight) for weight in examples.weights]
    return Examples(numbers, numbers, weights, examples.used)


# ---- the cache of steps --------------------------------------------------------------------------

_steps: "Dict[Any, NativeStep]" = {}
MOST_STEPS = 32


def step_of(engine: "Native") -> "NativeStep":
    """Return the training step of the engine, from the cache if possible.

    Training runs share a step if they differ only in numbers that are passed to it, which is known
    only of the package's own classes.
    """
    net, loss, optimizer = engine.net, engine.lists.loss, engine.optimizer
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
