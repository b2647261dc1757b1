"""Which engine computes a training, and the two that run code made for it.

    lists       the core's own: the rules, on lists of lists
    rows        the same, but with every rule of one number or one row spelled out (rules.py)
    step        whole steps, spelled out, of any samples (step.of_batches)
    samples     whole steps, spelled out, of just these samples (step.of_samples)

``choice`` decides by the interpreter, the shapes, the batch size and the kind of the data, never by timing, so that a
training that is resumed has the same bits.
"""

import math
from itertools import repeat

from ..core.functions import kernel, total
from ..core.matrix import are_finite, is_finite
from ..core.network import Sequential
from ..core.optimizers import Optimizer
from ..scalars.symbolic import Undecided
from ..core.training import Engine, put_back
from . import rules, step
from .own import is_own, is_patched, kept, made_twice
from .products import COMPILED
from .python import executed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

    from ..core.types import Batch, Row
    from ..core.random import Generator
    from .step import Program

# The table that decides: up to how many numbers of the network (times samples, for "samples") an engine is chosen; of
# "step" in batches of a few samples and in larger ones. Measured by `python3 -m bench --only scaling` in tests/: beyond
# these either "rows" is faster, or what is gained in some ten thousand samples would not pay for making the code.
FEW = 8
MOST: "Dict[str, int]"
if COMPILED:
    MOST = {
        "samples": 150,
        "few": 150,
        "step": 150,
        "foreign": 4,
    }  # PyPy gives up on longer functions
elif hasattr(math, "sumprod"):
    MOST = {"samples": 150, "few": 1500, "step": 300, "foreign": 4}
else:
    MOST = {"samples": 150, "few": 1500, "step": 600, "foreign": 4}
# Where unroll=True asks for it; more would take minutes. A number counts "foreign" times as much beside classes of
# somebody's own, whose code is made anew for each training.
MOST_AT_ALL = {"samples": 1000, "few": 5000, "step": 5000, "foreign": 1}

AT_ONCE = 500  # steps in one go, at most: what Ctrl-C may have to be computed again


def faster(engine: "Engine", size: int, unroll: "Any") -> "Engine":
    """The engine that does fastest what this one does, in batches of that size."""
    parts = [engine.net, engine.loss, engine.optimizer] + engine.net.layers
    if (
        unroll is False
        or engine.net.number is not float
        or any([is_patched(part) for part in parts])
    ):
        return engine
    chosen, _ = choice(engine, size, MOST_AT_ALL if unroll is True else MOST)
    makers: "List[Callable[[], Engine]]" = [lambda: Rows(engine)]
    if chosen != "rows" and type(engine.net) is Sequential:
        makers.insert(0, lambda: Spelled(engine, chosen == "samples"))
    for make in makers:
        try:
            return make()
        except Exception:  # whatever a part of somebody's own has against symbolic numbers, or against being described
            pass
    return engine


def choice(engine: "Engine", size: int, most: "Dict[str, int]") -> "Tuple[str, str]":
    """The engine's name, and why."""
    count = sum([p.count for p in engine.net.parameters()])
    if not all([is_own(part) for part in engine.net.layers + [engine.loss, engine.optimizer]]):
        count *= most["foreign"]
    listed = isinstance(engine.examples.X, list) and isinstance(
        engine.examples.Y, list
    )  # not read row by row
    if listed and size == len(engine.examples) and size * count <= most["samples"]:
        return (
            "samples",
            f"all {size} of every step spelled out, as {size} times {count} is at most {most['samples']}",
        )
    limit = most["few" if size < FEW else "step"]
    if count <= limit:
        return "step", f"one sample spelled out, as its {count} numbers are at most {limit}"
    return "rows", f"rules spelled out for rows, as its {count} numbers are more than {limit}"


# ---- engines -----------------------------------------------------------------------------------------------------


class Generated(Engine):
    """Runs code that was made for this very training; where something is no longer as it was, the lists run instead."""

    def __init__(self, lists: "Engine") -> None:
        Engine.__init__(self, lists.net, lists.loss, lists.optimizer, lists.examples)
        self.lists = lists
        self.parameters = lists.net.parameters()
        self.made_of = self.described()
        self.made_for = self.objects()

    def described(self) -> "Any":
        """What the code was made of, beside numbers that are passed on."""
        shapes = tuple([(p.name, p.shape, p.frozen) for p in self.parameters])
        return (
            kernel(),
            shapes,
            tuple(map(repr, self.lists.net.layers + [self.lists.loss, self.optimizer])),
        )

    def objects(self) -> "Any":
        """The very parameters, and what the layers hold and do beside their arguments."""
        layers = self.lists.net.layers
        parameters = [id(p) for p in self.lists.net.parameters()]
        return (
            parameters,
            [kept(layer) for layer in layers],
            [is_patched(layer) for layer in layers],
        )

    def run(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> None:
        if self.described() == self.made_of and self.objects() == self.made_for:
            self.run_code(batches, generator, values)
        else:
            self.lists.run(batches, generator, values)

    def run_code(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> None:
        raise NotImplementedError


class Rows(Generated):
    """Lists of lists, with the rules spelled out for rows."""

    def __init__(self, lists: "Engine") -> None:
        Generated.__init__(self, lists)
        self.spelled = rules.spelled(lists)
        self.net, self.loss = (
            self.spelled.net,
            self.spelled.loss,
        )  # with which losses are measured, too

    def run_code(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> None:
        self.spelled.run(batches, generator, values)


class Spelled(Generated):
    """Runs spelled-out steps, many in one go; whatever goes wrong, the lists do it again and say what it is."""

    def __init__(self, lists: "Engine", whole: bool) -> None:
        Generated.__init__(self, lists)
        self.whole = whole
        batch = self.examples.batch(range(len(self.examples))) if whole else None
        self.program = remembered(self, batch)
        self.settings, self.draws = self.program.settings, self.program.draws
        self.data = [] if batch is None else step.data_of(batch)
        self.train = executed(self.program.source)["train"]
        self.own = is_own(self.optimizer)
        self.kept = self.optimizer_kept()
        # An optimizer of somebody's own may look at its memory, or change, from step to step.
        self.at_once = AT_ONCE if self.own else 1

    def run_code(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> None:
        for start in range(0, len(batches), self.at_once):
            self.advance(batches[start : start + self.at_once], generator, values)

    def advance(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> None:
        """Some steps, and none of them twice: after Ctrl-C those that were whole, after a failure what the lists do."""
        before, told = self.state(generator), len(values)
        made: "Row" = []
        try:
            good = self.tried(batches, generator, made)
            if good:
                values.extend(made)
            else:
                self.go_back(before, generator)
        except BaseException:
            while not self.made_again(batches[: len(made)], generator, values, told, before):
                pass
            raise
        if not good and len(batches) == 1:
            self.lists.run(batches, generator, values)
        elif not good:
            for batch in batches:
                self.advance([batch], generator, values)

    def made_again(
        self,
        batches: "List[List[int]]",
        generator: "Generator",
        values: "Row",
        told: int,
        before: "Any",
    ) -> bool:
        """Go back, and make these steps again as far as they are finite; False where Ctrl-C came once more."""
        try:
            del values[told:]
            self.go_back(before, generator)
            made: "Row" = []
            if not batches or self.tried(batches, generator, made):
                values.extend(made)
                return True
            self.go_back(before, generator)
            for batch in batches:
                here, one = self.state(generator), []  # type: Any, Row
                if not self.tried([batch], generator, one):
                    self.go_back(here, generator)
                    break
                values.extend(one)
        except KeyboardInterrupt:
            return False
        return True

    def tried(self, batches: "List[List[int]]", generator: "Generator", made: "Row") -> bool:
        """Whether these steps can be made, and all that comes out is finite."""
        try:
            self.steps(batches, generator, made)
        except (ArithmeticError, TypeError, ValueError):  # such as exp's, beyond the largest float
            return False
        return is_finite(made) and all([are_finite(p.rows) for p in self.parameters])

    def state(self, generator: "Generator") -> "Any":
        """All that a step changes."""
        optimizer = dict(vars(self.optimizer), states=dict(self.optimizer.states))
        return [p.rows for p in self.parameters], optimizer, generator.state

    def go_back(self, before: "Any", generator: "Generator") -> None:
        put_back(self.parameters, before[0])
        vars(self.optimizer).update(before[1], states=dict(before[1]["states"]))
        for name in set(vars(self.optimizer)) - set(before[1]):
            delattr(self.optimizer, name)
        generator.state = before[2]

    def steps(self, batches: "List[List[int]]", generator: "Generator", made: "Row") -> None:
        """Run the code; parameters and memory change at the end, all at once."""
        states = [self.optimizer.memory_of(p) for p in self.parameters]
        arriving = (
            self.whole_batches(len(batches), generator)
            if self.whole
            else self.batches(batches, generator)
        )
        rows, states = self.train(
            arriving, made, [p.rows for p in self.parameters], states, self.data
        )
        put_back(self.parameters, rows)
        for p, memory in zip(self.parameters, states):
            self.optimizer.states[p.name] = memory

    # ---- what the code needs -------------------------------------------------------------------------------------

    def optimizer_kept(self) -> "Any":
        """What the optimizer holds beside its settings, where that is not known to stay."""
        held = kept(self.optimizer)
        return held and {name: text for name, text in held.items() if name not in self.settings}

    def setting(self) -> "Tuple[float, ...]":
        """What the optimizer sets for its next step."""
        self.optimizer.begin(float)
        if not self.own and self.optimizer_kept() != self.kept:
            raise Undecided("the optimizer has set something that it had not set before")
        found = tuple([float(getattr(self.optimizer, name)) for name in self.settings])
        self.optimizer.t += 1
        return found

    def whole_batches(self, count: int, generator: "Generator") -> "Iterator[Any]":
        """What each step on all samples needs."""
        if self.draws[0]:
            return (
                (self.setting(), [generator.random() for _ in range(self.draws[0])])
                for _ in range(count)
            )
        changing = type(self.optimizer).begin is not Optimizer.begin or callable(
            self.optimizer.learning_rate
        )
        if changing or "t" in self.settings:
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


# ---- programs are kept -------------------------------------------------------------------------------------------

_programs: "Dict[Any, Program]" = {}
MOST_PROGRAMS = 32


def remembered(engine: "Spelled", batch: "Optional[Batch]") -> "Program":
    """The engine's program; made once for trainings that differ in nothing but numbers that are passed on.

    That is known of the package's own classes alone.
    """
    net, loss, optimizer, examples = engine.net, engine.loss, engine.optimizer, engine.examples
    shape = (
        net.inputs or len(examples.X[0]),
        net.outputs or len(examples.Y[0]),
        examples.weights is not None,
    )
    data: "Any" = shape if batch is None else step.pattern_of(batch)
    key = engine.made_of, engine.whole, shape[2], data
    parts = net.layers + [loss, optimizer]
    own = all([is_own(part) for part in parts])
    if own and key in _programs:
        return _programs[key]
    if batch is None:
        program = step.of_batches(net, loss, optimizer, *shape)
    else:
        program = made_twice(lambda: step.of_samples(net, loss, optimizer, batch), parts)
    if own:
        if len(_programs) == MOST_PROGRAMS:
            _programs.clear()
        _programs[key] = program
    return program
