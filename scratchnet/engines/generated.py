"""The engines that run generated code: Rows and Steps."""

from itertools import repeat

from ..codegen import step
from ..codegen.own import is_own, is_patched, kept, made_twice
from ..codegen.python import executed
from ..core.checks import are_finite, is_finite
from ..core.functions import kernel, total
from ..core.history import Diverged
from ..core.optimizers import Optimizer
from ..core.training import Engine, set_rows
from ..scalars.symbolic import Undecided
from . import rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

    from ..codegen.step import Program
    from ..core.types import Batch, Row

    Batches = List[List[int]]

# How much is computed at once, at most: this many steps, and numbers of the network times samples. It takes less than
# 0.2 seconds, which are lost after Ctrl-C.
STEPS_AT_ONCE = 1000
WORK_AT_ONCE = 1000000


class Generated(Engine):
    """Runs code generated for this very training, several steps together.

    If the steps fail, they are repeated one by one by the lists, which say what is wrong. If the network is changed
    by hand, the lists run instead of the code.
    """

    def __init__(self, lists: "Engine", size: int) -> None:
        Engine.__init__(
            self, lists.net, lists.loss, lists.optimizer, lists.examples, lists.generator
        )
        self.lists = lists
        self.parameters = lists.net.parameters()
        self.made_of = self.description()
        self.made_for = self.objects()
        count = sum([p.count for p in self.parameters])
        self.at_once = max(1, min(STEPS_AT_ONCE, WORK_AT_ONCE // (size * count + 1)))

    def description(self) -> "Any":
        """What the code was made of, except numbers that are passed to it."""
        shapes = tuple([(p.name, p.shape, p.frozen) for p in self.parameters])
        parts = self.lists.net.layers + [self.lists.loss, self.optimizer]
        return kernel(), shapes, tuple(map(_arguments, parts))

    def objects(self) -> "Any":
        """The very parameters, and what the layers hold and do besides their arguments."""
        layers = self.lists.net.layers
        parameters = [id(p) for p in self.lists.net.parameters()]
        return (
            parameters,
            [kept(layer) for layer in layers],
            [is_patched(layer) for layer in layers],
        )

    def epoch(self, batches: "Batches") -> "Row":
        if self.description() != self.made_of or self.objects() != self.made_for:
            self.name = self.lists.name
            return self.lists.epoch(batches)
        self.name = type(self).name
        losses: "Row" = []
        for start in range(0, len(batches), self.at_once):
            losses += self.together(batches[start : start + self.at_once])
        return losses

    def together(self, batches: "Batches") -> "Row":
        """Make these steps, and return their losses; after Ctrl-C none of them was made.

        If each is an epoch of its own and together they fail, only the first is made.
        """
        before = self.state()
        try:
            losses = self.attempt(batches)
            if losses is not None:
                return losses
            self.go_back(before)
        except BaseException:
            self.go_back(before)
            raise
        if len(batches) == 1:
            return self.lists.epoch(batches)
        if len(batches[0]) == len(self.examples):
            self.at_once = 1
            return self.together(batches[:1])
        return [loss for batch in batches for loss in self.together([batch])]

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        """Return the losses of these steps, or None if a step fails or something is not finite."""
        raise NotImplementedError

    def state(self) -> "Any":
        """All that a step changes."""
        optimizer = dict(vars(self.optimizer), states=dict(self.optimizer.states))
        return [p.rows for p in self.parameters], optimizer, self.generator.state

    def go_back(self, before: "Any") -> None:
        """Restore the state, even if Ctrl-C comes again."""
        try:
            rows, optimizer, self.generator.state = before
            set_rows(self.parameters, rows)
            vars(self.optimizer).update(optimizer, states=dict(optimizer["states"]))
            for name in set(vars(self.optimizer)) - set(optimizer):
                delattr(self.optimizer, name)
        except KeyboardInterrupt:
            self.go_back(before)
            raise


def _arguments(part: "Any") -> "Any":
    """What a layer, a loss or an optimizer was made with; faster than its repr."""
    if not is_own(part):
        return repr(part)
    values = [getattr(part, name) for name in part.arguments]
    return type(part), tuple([repr(value) if callable(value) else value for value in values])


class Rows(Generated):
    """Lists of lists, with the rules written out for rows."""

    name = "rows"

    def __init__(self, lists: "Engine", size: int) -> None:
        Generated.__init__(self, lists, size)
        self.spelled = rules.spelled(lists)
        # Losses are measured with these, too.
        self.net = self.spelled.net
        self.loss = self.spelled.loss
        if not all([is_own(part) for part in lists.net.layers + [self.loss, self.optimizer]]):
            self.at_once = (
                1  # User-defined rules may raise anything; what was learned before is kept.
            )

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        try:
            return self.spelled.epoch(batches)
        except Diverged:
            return None


class Steps(Generated):
    """Runs whole steps that are written out."""

    name = "steps"

    def __init__(self, lists: "Engine", size: int, whole: bool) -> None:
        Generated.__init__(self, lists, size)
        self.whole = whole
        batch = self.examples.batch(list(range(len(self.examples)))) if whole else None
        self.program = remembered(self, batch)
        self.settings, self.draws = self.program.settings, self.program.draws
        self.data = [] if batch is None else step.data_of(batch)
        self.train = executed(self.program.source)["train"]
        self.own = is_own(self.optimizer)
        self.kept = self.optimizer_kept()
        if not self.own:
            self.at_once = 1  # It may look at its memory, or change, from step to step.

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        losses: "Row" = []
        try:
            self.run_program(batches, losses)
        except (ArithmeticError, TypeError, ValueError):  # such as exp() beyond the largest float
            return None
        finite = is_finite(losses) and all([are_finite(p.rows) for p in self.parameters])
        return losses if finite else None

    def run_program(self, batches: "Batches", losses: "Row") -> None:
        """Run the code; parameters and memory change at the end, all at once."""
        states = [self.optimizer.states_of(p) for p in self.parameters]
        inputs = self.whole_batches(len(batches)) if self.whole else self.batches(batches)
        rows, states = self.train(
            inputs, losses, [p.rows for p in self.parameters], states, self.data
        )
        set_rows(self.parameters, rows)
        for p, memory in zip(self.parameters, states):
            self.optimizer.states[p.name] = memory

    # ---- what the code needs ---------------------------------------------------------------------

    def optimizer_kept(self) -> "Any":
        """What the optimizer holds besides its settings, if that is not known to stay."""
        held = kept(self.optimizer)
        return held and {name: text for name, text in held.items() if name not in self.settings}

    def setting(self) -> "Tuple[float, ...]":
        """What the optimizer sets for its next step."""
        self.optimizer.begin(float)
        if not self.own and self.optimizer_kept() != self.kept:
            raise Undecided("the optimizer has set an attribute that it had not set before")
        found = tuple([float(getattr(self.optimizer, name)) for name in self.settings])
        self.optimizer.t += 1
        return found

    def whole_batches(self, count: int) -> "Iterator[Any]":
        """What each step on all samples needs."""
        if self.draws[0]:
            random = self.generator.random
            return (
                (self.setting(), [random() for _ in range(self.draws[0])]) for _ in range(count)
            )
        changing = type(self.optimizer).begin is not Optimizer.begin or callable(
            self.optimizer.learning_rate
        )
        if changing or "t" in self.settings:
            return ((self.setting(),) for _ in range(count))
        setting = self.setting()
        self.optimizer.t += count - 1
        return repeat((setting,), count)

    def batches(self, batches: "Batches") -> "Iterator[Any]":
        """What each step on a batch needs: the settings, the count, and for each sample its numbers."""
        for places in batches:
            X, Y, weights = self.examples.batch(places)
            parts: "List[Any]" = [X, Y] if weights is None else [X, Y, weights]
            if self.draws:
                drawn: "List[Row]" = [[] for _ in X]
                for count in self.draws:
                    for row in drawn:
                        row.extend([self.generator.random() for _ in range(count)])
                parts.append(drawn)
            yield self.setting(), float(len(X)) if weights is None else total(weights), zip(*parts)


# ---- programs are kept ---------------------------------------------------------------------------

_programs: "Dict[Any, Program]" = {}
MOST_PROGRAMS = 32


def remembered(engine: "Steps", batch: "Optional[Batch]") -> "Program":
    """The engine's program, made once for trainings that differ only in numbers that are passed to it.

    This is known only of the package's own classes.
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
