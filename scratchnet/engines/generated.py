"""Generated, the base of the engines that run generated code, and Steps."""

from itertools import repeat

from ..codegen.own import attributes_of, generate, is_own, is_patched
from ..codegen.python.printer import IS_PYPY, execute
from ..core.checks import are_finite, is_finite
from ..core.examples import mean_loss
from ..core.functions import kernel
from ..core.losses import weighted_count
from ..core.optimizers import Optimizer
from ..core.training import Engine, set_rows
from ..scalars.symbolic import Undecided

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

    from ..codegen.python.printer import Program
    from ..core.examples import Examples
    from ..core.types import Batch, Parameters, Row

    Batches = List[List[int]]

# The most that is computed at once: the number of steps, and parameters times samples. This takes
# less than 0.2 seconds. Ctrl-C discards the work of this time.
STEPS_AT_ONCE = 1000
WORK_AT_ONCE = 1000000

TIME_OF_UNIT = 470.0  # nanoseconds per sample for each unit, in the engines Rows and Lanes


class Generated(Engine):
    """An engine that runs code generated for this training run, several steps together.

    ``settings``            the attributes of the optimizer that are inputs of each step
    ``settings_of_steps``   a function that computes them for many steps; False if there is none,
                            None if this is not yet known

    If the steps fail, the engine "lists" repeats them one by one and reports the error. If the
    caller changes the network between epochs, "lists" runs instead of the generated code.
    """

    settings: "List[str]" = []
    settings_of_steps: "Any" = None
    unchanged: "Any" = None  # the last glance without a change, and the objects in it
    usual_at_once = 0  # the value of ``at_once`` before steps failed together

    def __init__(self, lists: "Engine", size: int) -> None:
        Engine.__init__(
            self, lists.net, lists.loss, lists.optimizer, lists.examples, lists.generator
        )
        self.lists = lists
        self.parameters = lists.net.parameters()
        self.source_of_code = self.description()
        self.objects_in_code = self.objects()
        self.note_unchanged()
        self.own = is_own(self.optimizer)
        count = sum([p.count for p in self.parameters])
        self.at_once = max(1, min(STEPS_AT_ONCE, WORK_AT_ONCE // (size * count + 1)))

    def description(self) -> "Any":
        """Return what the code is generated from, except numbers that are passed to it."""
        shapes = tuple([(p.name, p.shape, p.frozen) for p in self.parameters])
        parts = self.lists.net.layers + [self.lists.loss, self.optimizer]
        return kernel(), shapes, tuple(map(arguments_of, parts))

    def objects(self) -> "Any":
        """Return the ids of the parameters, and the layers' attributes besides their arguments."""
        layers = self.lists.net.layers
        parameters = [id(p) for layer in layers for p in layer.parameters()]
        return (
            parameters,
            [attributes_of(layer) for layer in layers],
            [is_patched(layer) for layer in layers],
        )

    def is_changed(self) -> bool:
        """Return whether the network, loss or optimizer is no longer what the code is for."""
        if self.unchanged and self.glance() == self.unchanged[0]:
            return False
        if (self.description(), self.objects()) != (self.source_of_code, self.objects_in_code):
            return True
        self.note_unchanged()
        return False

    def note_unchanged(self) -> None:
        """Keep the current glance, if the package's own classes determine the code."""
        parts = self.lists.net.layers + [self.lists.loss]
        if all([is_own(part) for part in parts]):
            # The objects are kept, so that no other object gets one of their ids.
            self.unchanged = self.glance(), [(part, *vars(part).values()) for part in parts]

    def glance(self) -> "Any":
        """Return a value that changes if an attribute of a layer or of the loss is replaced.

        This takes less time than ``description`` and ``objects``.
        """
        shapes = [(p.name, p.shape, p.frozen) for p in self.parameters]
        parts = self.lists.net.layers + [self.lists.loss]
        attributes = [id(v) for part in parts for v in (part, *vars(part).values())]
        return kernel(), shapes, arguments_of(self.optimizer), attributes

    def epoch(self, batches: "Batches") -> "Row":
        if self.is_changed():
            self.name = self.lists.name
            vars(self.optimizer).pop("update_rows", None)  # generated from the former arguments
            return self.lists.epoch(batches)
        self.name = type(self).name
        losses: "Row" = []
        for start in range(0, len(batches), self.at_once):
            losses += self.together(batches[start : start + self.at_once])
        return losses

    def together(self, batches: "Batches") -> "Row":
        """Make these steps and return their losses; Ctrl-C undoes all of them.

        If each batch is an epoch and the steps fail together, make only the first, and then
        gradually more.
        """
        before = self.state()
        try:
            losses = self.attempt(batches)
            if losses is not None:
                if self.at_once < self.usual_at_once:
                    self.at_once = min(2 * self.at_once, self.usual_at_once)
                return losses
            self.go_back(before)
        except BaseException:
            self.go_back(before)
            raise
        if len(batches) == 1:
            return self.lists.epoch(batches)
        if len(batches[0]) == len(self.examples):
            self.usual_at_once = max(self.usual_at_once, self.at_once)
            self.at_once = 1
            return self.together(batches[:1])
        return [loss for batch in batches for loss in self.together([batch])]

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        """Return the losses of these steps, or None if a step fails or a number is not finite."""
        raise NotImplementedError

    def next_settings(self) -> "Tuple[float, ...]":
        """Return the settings of the optimizer for its next step."""
        self.optimizer.begin(float)
        self.check_optimizer()
        settings = tuple([float(getattr(self.optimizer, name)) for name in self.settings])
        self.optimizer.t += 1
        return settings

    def upcoming_settings(self, count: int) -> "Iterable[Tuple[float, ...]]":
        """Return the settings of the optimizer for each of its next steps."""
        optimizer = self.optimizer
        changes = self.settings_change()
        if changes and (count == 1 or not self.settings_are_recorded()):
            return (self.next_settings() for _ in range(count))
        steps = range(optimizer.t, optimizer.t + count)
        optimizer.t += count - 1
        last = self.next_settings()
        if not changes:
            return repeat(last, count)
        return self.settings_of_steps(steps, float(optimizer.learning_rate))  # type: ignore[no-any-return]

    def settings_are_recorded(self) -> bool:
        """Return whether ``settings_of_steps`` computes what ``begin`` computes."""
        if not self.own or callable(self.optimizer.learning_rate):
            return False
        if self.settings_of_steps is None:
            from ..codegen.python import settings  # Imported here: SGD does not need it.

            try:
                source = settings.source_of(self.optimizer, self.settings)
                self.settings_of_steps = execute(source)["settings"]
            except Undecided:  # a power of the constant 0, for example
                self.settings_of_steps = False
        return bool(self.settings_of_steps)

    def settings_change(self) -> bool:
        """Return whether the settings of the optimizer may differ from step to step."""
        begins = type(self.optimizer).begin is not Optimizer.begin
        return begins or callable(self.optimizer.learning_rate) or "t" in self.settings

    def watch_optimizer(self, settings: "List[str]") -> None:
        """Remember the attributes of a user-defined optimizer, except these settings."""
        self.may_change = settings
        self.former_attributes = self.optimizer_attributes()

    def optimizer_attributes(self) -> "Any":
        """Return the attributes of a user-defined optimizer that no step may change, else None."""
        attributes = attributes_of(self.optimizer)
        return attributes and {k: v for k, v in attributes.items() if k not in self.may_change}

    def check_optimizer(self) -> None:
        """Raise an error if a user-defined optimizer no longer computes the same."""
        if not self.own and self.optimizer_attributes() != self.former_attributes:
            raise Undecided("the optimizer has set an attribute that it had not set before")

    def state(self) -> "Any":
        """Return everything that a step changes."""
        optimizer = dict(vars(self.optimizer), states=dict(self.optimizer.states))
        return [p.rows for p in self.parameters], optimizer, self.generator.state

    def go_back(self, before: "Any") -> None:
        """Restore the state, even if Ctrl-C interrupts this method."""
        try:
            rows, optimizer, self.generator.state = before
            set_rows(self.parameters, rows)
            vars(self.optimizer).update(optimizer, states=dict(optimizer["states"]))
            for name in set(vars(self.optimizer)) - set(optimizer):
                delattr(self.optimizer, name)
        except KeyboardInterrupt:
            self.go_back(before)
            raise


def obstacle_to_code(lists: "Engine") -> str:
    """Return why no engine can generate code for this training run, or an empty string."""
    net = lists.net
    if net.number is not float:
        return f"computes with floats, but this network computes with {net.number.__name__}"
    for part in [net, lists.loss, lists.optimizer] + net.layers:
        if is_patched(part):
            kind = type(part).__name__
            return f"runs the rules of classes, but a method of this {kind} was replaced"
    return ""


def arguments_of(part: "Any") -> "Any":
    """Return the type and arguments of a layer, loss or optimizer; this is faster than its repr."""
    if not is_own(part):
        return repr(part)
    # A learning rate is an input of the code.
    pairs = [(name, getattr(part, name)) for name in part.arguments if name != "learning_rate"]
    return type(part), tuple([(n, repr(v) if callable(v) else v) for n, v in pairs])


class Steps(Generated):
    """An engine that runs whole steps that are written out."""

    name = "steps"
    measuring: "Any" = None  # a copy of the network that measures losses by generated code

    def __init__(self, lists: "Engine", size: int, whole: bool) -> None:
        # Imported here and in program_of, because other engines do not need it.
        from ..codegen.python import step

        Generated.__init__(self, lists, size)
        self.whole = whole
        batch = self.examples.batch(list(range(len(self.examples)))) if whole else None
        self.program = program_of(self, batch)
        self.settings, self.draws = self.program.settings, self.program.draws
        self.data = [] if batch is None else step.data_of(batch)
        self.source = self.program.source
        self.train = execute(self.source, size if IS_PYPY and not whole else 0)["train"]
        self.watch_optimizer(self.settings)
        if not self.own:
            self.at_once = 1  # The optimizer may read its memory or change from step to step.

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        losses: "Row" = []
        try:
            self.run_program(batches, losses)
        except (ArithmeticError, TypeError, ValueError):  # for example, exp() overflows
            return None
        finite = is_finite(losses) and all([are_finite(p.rows) for p in self.parameters])
        return losses if finite else None

    def run_program(self, batches: "Batches", losses: "Row") -> None:
        """Run the code, then replace all parameters and the optimizer's memory."""
        memory = self.optimizer.memory
        states = [self.optimizer.states_of(p) for p in self.parameters] if memory else []
        inputs = self.whole_batches(len(batches)) if self.whole else self.batches(batches)
        rows, states = self.train(
            inputs, losses, [p.rows for p in self.parameters], states, self.data
        )
        set_rows(self.parameters, rows)
        for p, memory in zip(self.parameters, states):
            self.optimizer.states[p.name] = memory

    def measure(self, examples: "Examples") -> float:
        if self.measuring is None:
            # Imported here, because training without validation does not need it.
            from .measuring import measuring

            self.measuring = measuring(self)
        loss: float = mean_loss(self.measuring, examples, self.loss)
        return loss

    # ---- what the code needs ---------------------------------------------------------------------

    def whole_batches(self, count: int) -> "Any":
        """Return the inputs of each of ``count`` steps on all samples."""
        each = self.upcoming_settings(count)
        if self.draws[0]:
            random = self.generator.random
            return ((own, [random() for _ in range(self.draws[0])]) for own in each)
        return (next(iter(each)), repeat(None, count)) if self.program.repeats else zip(each)

    def batches(self, batches: "Batches") -> "Iterator[Any]":
        """Yield the inputs of each step on a batch: the settings, the count, and each sample."""
        for own, places in zip(self.upcoming_settings(len(batches)), batches):
            X, Y, weights = self.examples.batch(places)
            parts: "List[Any]" = [X, Y] if weights is None else [X, Y, weights]
            if self.draws:
                drawn: "List[Row]" = [[] for _ in X]
                for count in self.draws:
                    for row in drawn:
                        row.extend([self.generator.random() for _ in range(count)])
                parts.append(drawn)
            yield own, float(weighted_count(X, weights)), zip(*parts)


# ---- the cache of programs -----------------------------------------------------------------------

programs: "Dict[Any, Any]" = {}
MOST_PROGRAMS = 32


def keep(key: "Any", program: "Any") -> None:
    """Keep a program in the cache."""
    if key not in programs and len(programs) >= MOST_PROGRAMS:
        programs.clear()
    programs[key] = program


def program_of(engine: "Steps", batch: "Optional[Batch]") -> "Program":
    """Return the program of the engine, from the cache if possible.

    Training runs share a program if they differ only in numbers that are passed to it, which is
    known only of the package's own classes.
    """
    from ..codegen.python import step

    net, loss, optimizer, examples = engine.net, engine.loss, engine.optimizer, engine.examples
    parts = net.layers + [loss, optimizer]
    if batch is None:
        shape = shape_of(engine, examples.weights is not None)
        return cached(engine, shape, lambda: step.of_batches(net, loss, optimizer, *shape))
    # With weights, the last row of the pattern has as many numbers as there are samples.
    data = step.pattern_of(batch)
    constant = not engine.settings_change()
    make = lambda: step.of_samples(net, loss, optimizer, batch, constant)  # noqa: E731
    return cached(engine, (data, constant), lambda: generate(make, parts))


def shape_of(engine: "Generated", weighted: bool) -> "Tuple[int, int, bool]":
    """Return the numbers of inputs and outputs, and whether the samples have weights."""
    return (*widths_of(engine.lists), weighted)


def units_in(parameters: "Parameters") -> int:
    """Return the number of units, which is the number of columns of all weight matrices."""
    return sum([len(p.rows[0]) for p in parameters if p.rows and not p.flat])


def widths_of(engine: "Any") -> "Tuple[int, int]":
    """Return the numbers of inputs and outputs; a sample is read only if the network has none."""
    net, examples = engine.net, engine.examples
    return net.inputs or len(examples.X[0]), net.outputs or len(examples.Y[0])


def cached(engine: "Generated", what: "Any", make: "Callable[[], Program]") -> "Program":
    """Return what ``make`` returns, from the cache if possible."""
    if not all(
        [is_own(part) for part in engine.lists.net.layers + [engine.loss, engine.optimizer]]
    ):
        return make()
    key = engine.source_of_code, what
    program = programs.get(key)  # Another thread may clear the cache.
    if program is None:
        program = make()
        keep(key, program)
    return program
