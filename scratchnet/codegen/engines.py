"""Which engine computes a training, and the one that runs spelled-out steps.

    lists       the core's own: the rules, on lists of lists
    rows        the same, but with every rule of one number or one row spelled out (rules.py)
    step        whole steps, spelled out, of any samples (step.of_batches)
    samples     whole steps, spelled out, of just these samples (step.of_samples)

``choice`` decides by shapes and batch size alone, so that a training that is resumed has the same bits.
"""

import math
from itertools import repeat

from ..functions import kernel, total
from ..matrix import are_finite, is_finite
from ..optimizers import Optimizer
from ..protocol import require
from ..training import Engine, put_back
from . import rules, step
from .products import COMPILED
from .python import executed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

    from ..annotations import Batch, Row
    from ..random import Generator
    from .step import Program

AT_ONCE = 500  # steps in one go: what Ctrl-C may have to be computed again


def faster(engine: "Engine", size: "int", unroll: "Any") -> "Engine":
    """The engine that does fastest what this one does, in batches of that size."""
    require("unroll", unroll, (lambda v: v in ("auto", True, False), "'auto', True or False"))
    parts = [engine.net, engine.loss, engine.optimizer] + engine.net.layers
    if unroll is False or engine.net.number is not float or any([step.is_patched(part) for part in parts]):
        return engine
    chosen = choice(engine, size, MOST_AT_ALL if unroll is True else MOST)
    try:
        if chosen != "rows":
            return Spelled(engine, chosen == "samples")
    except (TypeError, ValueError, ArithmeticError, NotImplementedError):  # no arithmetic alone: what only lists can do
        pass
    return rules.spelled(engine)


# The table that decides: up to how many numbers of the network (times samples, for "samples") an engine is chosen; of
# "step" in batches of a few samples and in larger ones. Measured by `python3 -m bench --only scaling` in tests/: beyond
# these either "rows" is faster, or what is gained in some ten thousand samples would not pay for making the code.
FEW = 8
INFINITE = float("inf")
MOST: "Dict[str, float]"
if COMPILED:
    MOST = {"samples": 150, "few": 150, "step": 150}  # PyPy gives up on longer functions
elif hasattr(math, "sumprod"):
    MOST = {"samples": 150, "few": 1500, "step": 500}
else:
    MOST = {"samples": 150, "few": 1500, "step": 1000}
MOST_AT_ALL: "Dict[str, float]" = {"samples": 1000, "few": INFINITE, "step": INFINITE}  # where unroll=True asks for it


def choice(engine: "Engine", size: "int", most: "Dict[str, float]") -> "str":
    """The engine's name, by shapes and batch size alone."""
    count = sum([p.count for p in engine.net.parameters()])
    known = isinstance(engine.examples.X, list) and isinstance(engine.examples.Y, list)  # and not read when it is used
    if known and size == len(engine.examples) and size * count <= most["samples"]:
        return "samples"
    return "step" if count <= most["few" if size < FEW else "step"] else "rows"


def reason(engine: "Engine", size: "int") -> "str":
    """Which engine "auto" chooses, and why, in words."""
    chosen = choice(engine, size, MOST)
    count = sum([p.count for p in engine.net.parameters()])
    if chosen == "samples":
        return f"samples: all {size} of every step spelled out, as {size} times {count} is at most {MOST['samples']}"
    kind = "few" if size < FEW else "step"
    limit = f"its {count} numbers are {'at most' if chosen == 'step' else 'more than'} {MOST[kind]}"
    return f"step: one sample spelled out, as {limit}" if chosen == "step" else f"rows: lists of lists, as {limit}"


_programs: "Dict[Any, Program]" = {}
MOST_PROGRAMS = 32


def remembered(engine: "Spelled", batch: "Optional[Batch]") -> "Program":
    """The engine's program; made once for trainings that differ in nothing but numbers that are passed on."""
    net, examples = engine.net, engine.examples
    rules = net, engine.loss, engine.optimizer
    shape: "Any" = (net.inputs or len(examples.X[0]), net.outputs or len(examples.Y[0]), examples.weights is not None)
    key = _key(engine, shape if batch is None else step.pattern_of(batch))
    if key not in _programs:
        if len(_programs) == MOST_PROGRAMS:
            _programs.clear()
        _programs[key] = step.of_batches(*rules + shape) if batch is None else step.of_samples(*rules, batch)
    return _programs[key] if key[0] else _programs.pop(key)


def _key(engine: "Spelled", data: "Any") -> "Any":
    """All that a program depends on; first, whether that is known: of classes that are not the package's it is not."""
    parts = engine.net.layers + [engine.loss, engine.optimizer]
    shapes = tuple([(p.name, p.shape, p.frozen) for p in engine.parameters])
    own = all([step.is_own(part) for part in parts])
    return own, kernel(), tuple(map(repr, parts)), shapes, engine.examples.weights is None, data


class Spelled(Engine):
    """Runs spelled-out steps, many in one go; whatever goes wrong, the lists do it again and say what it is."""

    def __init__(self, lists: "Engine", whole: "bool") -> "None":
        Engine.__init__(self, lists.net, lists.loss, lists.optimizer, lists.examples)
        self.lists = lists
        self.whole = whole
        self.parameters = self.net.parameters()
        self.frozen = [p.frozen for p in self.parameters]
        batch = self.examples.batch(range(len(self.examples))) if whole else None
        self.program = remembered(self, batch)
        self.settings, self.draws = self.program.settings, self.program.draws
        self.data = [] if batch is None else step.data_of(batch)
        self.train = executed(self.program.source)["train"]

    def run(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> "None":
        if self.frozen != [p.frozen for p in self.parameters]:
            return self.lists.run(batches, generator, values)
        for start in range(0, len(batches), AT_ONCE):
            self.advance(batches[start : start + AT_ONCE], generator, values)

    def advance(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> "None":
        """Some steps, and none of them twice: after Ctrl-C those that were whole, after a failure what the lists do."""
        told = len(values)
        before = [p.rows for p in self.parameters], dict(self.optimizer.states), self.optimizer.t, generator.state
        try:
            self.steps(batches, generator, values)
            finite = is_finite(values[told:]) and all([are_finite(p.rows) for p in self.parameters])
        except KeyboardInterrupt:
            whole = len(values) - told
            while not self.repeated(batches[:whole], generator, values[:told], before):
                pass
            raise
        except (ArithmeticError, ValueError):  # such as exp's, beyond the largest float
            finite = False
        if not finite:
            self.go_back(before, generator)
            del values[told:]
            for batch in batches if len(batches) > 1 else []:
                self.advance([batch], generator, values)
            if len(batches) == 1:
                self.lists.run(batches, generator, values)

    def repeated(self, batches: "List[List[int]]", generator: "Generator", values: "Row", before: "Any") -> "bool":
        """Go back, and make these steps again; False where Ctrl-C came once more."""
        try:
            self.go_back(before, generator)
            self.steps(batches, generator, values)
        except KeyboardInterrupt:
            return False
        return True

    def go_back(self, before: "Any", generator: "Generator") -> "None":
        put_back(self.parameters, before[0])
        self.optimizer.states, self.optimizer.t, generator.state = dict(before[1]), before[2], before[3]

    def steps(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> "None":
        """Run the code; parameters and memory change at the end, all at once."""
        states = [self.optimizer.memory_of(p) for p in self.parameters]
        arriving = self.whole_batches(len(batches), generator) if self.whole else self.batches(batches, generator)
        rows, states = self.train(arriving, values, [p.rows for p in self.parameters], states, self.data)
        put_back(self.parameters, rows)
        for p, memory in zip(self.parameters, states):
            self.optimizer.states[p.name] = memory

    def setting(self) -> "Tuple[float, ...]":
        """What the optimizer sets for its next step."""
        self.optimizer.begin(float)
        found = tuple([float(getattr(self.optimizer, name)) for name in self.settings])
        self.optimizer.t += 1
        return found

    def whole_batches(self, count: "int", generator: "Generator") -> "Iterator[Any]":
        """What each step on all samples needs."""
        if self.draws[0]:
            return ((self.setting(), [generator.random() for _ in range(self.draws[0])]) for _ in range(count))
        if type(self.optimizer).begin is not Optimizer.begin or callable(self.optimizer.learning_rate):
            return ((self.setting(),) for _ in range(count))
        setting = self.setting()
        self.optimizer.t += count - 1
        return repeat((setting,), count)

    def batches(self, batches: "List[List[int]]", generator: "Generator") -> "Iterator[Any]":
        """What each step on a batch needs: the settings, the count, and sample by sample its numbers."""
        for places in batches:
            X, Y, weights = self.examples.batch(places)
            parts: "List[Any]" = [X, Y] if weights is None else [X, Y, weights]
            if self.draws:
                drawn: "List[Row]" = [[] for _ in X]
                for count in self.draws:
                    for row in drawn:
                        row.extend([generator.random() for _ in range(count)])
                parts.append(drawn)
            yield self.setting(), float(len(X)) if weights is None else total(weights), zip(*parts)
