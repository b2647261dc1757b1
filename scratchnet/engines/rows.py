"""The engine Rows: a step whose layers are fused, or else the rules one by one, for rows."""

from ..codegen.own import is_own
from ..codegen.python.printer import IS_PYPY, execute
from ..core.checks import are_finite, is_finite
from ..core.functions import kernel
from ..core.history import Diverged
from ..core.losses import weighted_count
from ..core.network import Sequential
from ..core.training import set_rows
from .columns import COLUMNS, FLAT, ROWS, States, arrange, changeable, rows_of, states_of
from .generated import MOST_PROGRAMS, STEPS_AT_ONCE, Generated, keep, programs, widths_of
from .standardized import Ready
from .zeros import gather_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Union

    from ..core.examples import Examples
    from ..core.training import Engine
    from ..core.types import Row

    Batches = List[List[int]]

PRINTER = "looped" if IS_PYPY else "fused"  # which module of codegen.python prints a fused step
# The most parameters times samples that are computed at once, in less than 0.2 seconds: the fused
# code takes 25 ns for each, 50 without math.sumprod, and 1.5 on PyPy.
WORK_AT_ONCE = 100000000 if IS_PYPY else 4000000

# On PyPy, the fused step pays off after this many samples; a step counts as several samples.
SHORT, SAMPLES_PER_STEP = 1000, 9
_work: "Dict[Any, int]" = {}  # {what a step is generated from: the work of its runs so far}


class Rows(Generated):
    """An engine that trains on lists of lists, with the rules written out for rows."""

    name = "rows"

    def __init__(self, lists: "Engine", size: int) -> None:
        Generated.__init__(self, lists, size)
        self.size = size
        self.rules: "Optional[Engine]" = None
        self.programs: "Dict[int, Any]" = {}  # by the size of the batch
        self.ready = Ready(lists)
        self.gather = ""
        self.examined: "Any" = None  # the examples for which the programs are
        self.fuses = (
            kernel() != "dist"
            and is_own(self.optimizer)
            and type(lists.net) is Sequential
            and not self.is_short()
            and self.has_code(size)
        )
        if self.fuses:
            count = sum([p.count for p in self.parameters])
            self.at_once = max(1, min(STEPS_AT_ONCE, WORK_AT_ONCE // (size * count + 1)))
        else:
            self.by_rows()  # Rules from which no code can be generated raise an error at once.
        if not all([is_own(part) for part in lists.net.layers + [self.loss, self.optimizer]]):
            # User-defined rules may raise anything. The steps before the error are kept.
            self.at_once = 1

    def has_code(self, size: int) -> bool:
        """Return whether there is a fused step for batches of this size."""
        return self.program_for(size) is not None

    def is_short(self) -> bool:
        """Return whether generating the fused step takes more time than it saves.

        PyPy adds in the same order in both, so that all bits are the same. If the same program
        has been trained often enough, its step is generated.
        """
        parts = self.lists.net.layers + [self.loss, self.optimizer]
        if type(self) is not Rows or not IS_PYPY or not all(map(is_own, parts)):
            return False
        samples = len(self.examples)
        work = self.lists.epochs * (samples + SAMPLES_PER_STEP * (samples // self.size))
        work += _work.pop(self.source_of_code, 0)
        if len(_work) >= MOST_PROGRAMS:
            _work.clear()
        _work[self.source_of_code] = work
        return 0 < self.lists.epochs and work <= SHORT

    @property
    def source(self) -> str:
        """The code of a step; empty if the rules run one by one."""
        return self.program_for(self.size)[0].source if self.fuses else ""

    def program_for(self, size: int) -> "Any":
        """Return the fused step for batches of this size, and its function; None without one."""
        if self.ready.examples is not self.examined:
            self.examined = self.ready.examples
            self.gather = gather_of(self.ready, self.size)
            self.programs = {}
        make, size_in_code = printer()
        size = size_in_code(size, self.size, len(self.examples))
        if size not in self.programs:
            options = [self.gather] if self.gather else []
            program = program_of(self, self.ready, size, make, *options)
            self.programs[size] = program and (program, execute(program.source)["train"])
        return self.programs[size]

    def by_rows(self) -> "Engine":
        """Return the engine that runs the rules one by one; it is made when it is first needed."""
        if self.rules is None:
            from . import rules  # Imported here, because a fused step does not need it.

            self.rules = rules.by_rows(self.lists)
        return self.rules

    def measure(self, examples: "Examples") -> float:
        loss: float = self.by_rows().measure(examples)
        return loss

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        if self.fuses:
            return self.attempt_fused(batches)
        try:
            return self.by_rows().epoch(batches)
        except Diverged:
            return None

    def attempt_fused(self, batches: "Batches") -> "Optional[Row]":
        losses: "Row" = []
        layouts = self.layouts()
        numbers = [arrange(p.rows, layout) for p, layout in zip(self.parameters, layouts)]
        changing = [
            (self.parameters[n], layouts[n]) for n in self.program_for(self.size)[0].changing
        ]
        states = [part for p, layout in changing for part in states_of(self.optimizer, p, layout)]
        if PRINTER == "looped" or self.optimizer.memory:  # The code changes numbers in place.
            numbers, states = changeable(numbers), changeable(states)
        start = 0
        try:
            while start < len(batches):
                size = len(batches[start])
                end = start + 1
                while end < len(batches) and len(batches[end]) == size:
                    end += 1
                program, train = self.program_for(size)
                self.settings = program.settings
                steps = self.steps(batches[start:end], program.draws)
                numbers, states = train(steps, losses, numbers, states)
                start = end
        except (ArithmeticError, TypeError, ValueError):  # for example, exp() overflows
            return None
        rows = [
            rows_of(part, layout, len(p.rows[0]))
            for p, part, layout in zip(self.parameters, numbers, layouts)
        ]
        set_rows(self.parameters, rows)
        memory = self.optimizer.memory
        for k, (p, layout) in enumerate(changing if memory else []):
            parts = states[k * memory : (k + 1) * memory]
            self.optimizer.states[p.name] = States(parts, layout, len(p.rows[0]))
        finite = is_finite(losses) and all([are_finite(p.rows) for p in self.parameters])
        return losses if finite else None

    def layouts(self) -> "List[str]":
        """Return how the code keeps each parameter."""
        gathered = self.program_for(self.size)[0].gathered
        kinds = [ROWS if n in gathered else COLUMNS for n in range(len(self.parameters))]
        return [FLAT if p.flat else kind for p, kind in zip(self.parameters, kinds)]

    def steps(self, batches: "Batches", draws: "List[int]") -> "Iterator[Any]":
        """Yield the inputs of each step: the settings, the count, the samples, random numbers."""
        random = self.generator.random
        examples = self.ready.examples
        for places in batches:
            X, Y, weights = examples.batch(places)
            drawn = [[[random() for _ in range(n)] for _ in X] for n in draws]
            yield [self.next_settings(), float(weighted_count(X, weights)), X, Y, weights] + drawn


def printer() -> "Any":
    """Return the function that prints a fused step, and the one that chooses its batch size.

    Only the module that is needed is imported, so that the first training run starts sooner.
    """
    if PRINTER == "looped":
        from ..codegen.python import looped

        return looped.of_batches, looped.size_in_code
    from ..codegen.python import fused

    return fused.of_batches, fused.size_in_code


def program_of(
    engine: "Rows", lists: "Union[Engine, Ready]", size: int, make: "Any", *options: "Any"
) -> "Any":
    """Return the step of the engine that ``make`` generates, from the cache if possible.

    ``lists``   says which network and which samples it is for

    Return None if there is none.
    """
    net = lists.net
    shape = (*widths_of(lists), lists.examples.weights is not None)
    key = engine.source_of_code, size, shape, make, options, net is engine.lists.net
    own = all([is_own(part) for part in engine.lists.net.layers + [lists.loss, lists.optimizer]])
    if own:
        try:
            return programs[key]
        except KeyError:  # Not "if key in", because another thread may clear the cache in between.
            pass
    try:
        program = make(net, lists.loss, lists.optimizer, shape, size, *options)
    except Exception:  # User-defined rules may raise anything.
        program = None
    if own:
        keep(key, program)
    return program
