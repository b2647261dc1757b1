"""A whole training step as straight-line Python: forward, loss, backward, update.

The network's, the loss's and the optimizer's own rules run once on symbolic numbers; what comes out is printed as a
function that makes one update after another:

    train(steps, values, parameters, states, data) -> parameters, states

``parameters`` and ``states`` are the rows of every parameter and what the optimizer remembers of them; ``values`` gets
the loss of each step. What the optimizer sets for a step (the rate, ...) comes with the step.

Two shapes: for a few samples that every step takes all of, every sample is spelled out, and of the ``data`` only what
is not 0 or 1 is passed on (``of_samples``). Otherwise one sample is spelled out within a loop (``of_batches``). How a
sum over samples looks is learnt from two samples: what is computed of the first and, in the same way, of the second,
and then summed, is a sum over as many samples as there are.
"""

from ..layers import LAYERS
from ..losses import LOSSES
from ..optimizers import OPTIMIZERS, Optimizer
from ..protocol import FINITE, require
from ..random import Generator
from ..scalars import Symbolic
from ..scalars.symbolic import Undecided
from ..training import Engine, Examples
from .python import PRODUCT, Code, function, reachable
from .unrolled import listed, named, pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..annotations import Batch, Matrix, Weights
    from ..losses import Loss
    from ..network import Sequential
    from ..protocol import Parameter

COUNT = "count"  # the number of samples, or the sum of their weights


class Draws(Generator):
    """Random numbers that are drawn outside: each is an input of the step."""

    def __init__(self) -> "None":
        Generator.__init__(self)
        self.drawn: "List[Symbolic]" = []

    def random(self) -> "Any":
        self.drawn.append(Symbolic(name=f"r{len(self.drawn)}"))
        return self.drawn[-1]

    def bits(self) -> "int":
        raise Undecided("random bits are no number that can be drawn outside")


class Program:
    """A training step, spelled out.

    ``source``    the text of ``train``
    ``settings``  the optimizer's attributes that each step brings with it, such as its rate
    ``draws``     how many random numbers each sample takes, time after time
    """

    def __init__(self, source: "str", settings: "List[str]", draws: "List[int]") -> "None":
        self.source, self.settings, self.draws = source, settings, draws


def of_samples(net: "Sequential", loss: "Loss", optimizer: "Optimizer", batch: "Batch") -> "Program":
    """The step for just these samples, in this order, each spelled out."""
    step = Step(net, loss, optimizer)
    names: "List[str]" = []
    X = [[_datum(f"x{i}_{j}", v, names) for j, v in enumerate(row)] for i, row in enumerate(batch[0])]
    Y = [[_datum(f"y{i}_{k}", v, names) for k, v in enumerate(row)] for i, row in enumerate(batch[1])]
    weights = batch[2] and [_datum(f"weight{i}", w, names, absent=False) for i, w in enumerate(batch[2])]
    step.run(X, Y, weights)
    code = Code(step.results)
    drawn = [pattern([r.name for r in step.draws.drawn])] if step.draws.drawn else []
    body = code.statements() + step.ending(code)
    before = [f"{listed(names)} = data"] if names else []
    loop = listed([pattern(step.names)] + drawn)
    return Program(step.source(code, before, loop, body), step.settings, [len(step.draws.drawn)])


def data_of(batch: "Batch") -> "List[float]":
    """The data that ``of_samples`` passes on: all but those that are 0 or 1."""
    return [v for row in batch[0] + batch[1] for v in row if v not in (0, 1)] + [w for w in batch[2] or [] if w != 1]


def pattern_of(batch: "Batch") -> "Tuple[Any, ...]":
    """What of the data ``of_samples`` depends on: where they are 0 or 1."""
    rows = batch[0] + batch[1] + [batch[2] or []]
    return tuple([tuple([v if v in (0, 1) else None for v in row]) for row in rows])


def _datum(name: "str", value: "float", names: "List[str]", absent: "bool" = True) -> "Symbolic":
    if value == 1 or value == 0 and absent:
        return Symbolic(value, kind="" if value else "absent")
    names.append(name)
    return Symbolic(name=name)


def of_batches(
    net: "Sequential", loss: "Loss", optimizer: "Optimizer", inputs: "int", outputs: "int", weighted: "bool"
) -> "Program":
    """The step for any number of samples, with so many inputs and outputs, one spelled out within a loop."""
    step = Step(net, loss, optimizer)
    X = [[Symbolic(name=f"x{j}", sample=i) for j in range(inputs)] for i in (0, 1)]
    Y = [[Symbolic(name=f"y{k}", sample=i) for k in range(outputs)] for i in (0, 1)]
    kind = "" if weighted else "unit"
    weights = [Symbolic(name="weight", sample=i, kind=kind) for i in (0, 1)]
    step.run(X, Y, weights)
    code = Code(step.results)
    samples = Samples(code, step.draws.drawn)
    before, within = samples.parts(code)
    drawn = [r.name for r in step.draws.drawn if r.sample == 0]
    arriving = [pattern([v.name for v in row]) for row in (X[0], Y[0])] + ["weight"] * (not kind)
    arriving += [pattern(drawn)] if drawn else []
    body = before + [f"for {listed(arriving)} in samples:"] + [f"    {line}" for line in within]
    body += code.statements([node for node in code.numbers if samples.of[id(node)] & 3 in (0, 3)]) + step.ending(code)
    loop = f"{pattern(step.names)}, {COUNT}, samples"
    return Program(step.source(code, [], loop, body), step.settings, samples.draws)


class Samples:
    """What of a step on two samples is done for each sample, and what is summed over them.

    ``sums``    the sums over samples
    ``draws``   how many random numbers each sample takes, time after time
    """

    def __init__(self, code: "Code", drawn: "List[Symbolic]") -> "None":
        self.of: "Dict[int, int]" = {}  # a bit for each sample that a number depends on, and for each random number
        self.sums: "List[Symbolic]" = []
        self.twins: "Dict[int, Symbolic]" = {}
        bits = {id(code.same.get(id(r))): 4 << n for n, r in enumerate(drawn)}
        owners = [0] * len(drawn)
        for node in code.numbers:
            of = bits.get(id(node), 0) if node.sample is None else 1 << node.sample
            for operand in node.operands:
                of |= self.of[id(operand)]
            if node.operation == "total" and all([v.name == "weight" for v in node.operands]):
                code.names[id(node)], of = COUNT, 0
            self.of[id(node)] = of
            if of & 3 == 3 and any([self.of[id(operand)] & 3 in (1, 2) for operand in node.operands]):
                self.sums.append(node)
            elif of & 3 in (1, 2) and of > 3:
                for n in range(len(drawn)):
                    owners[n] = of & 3 if of >> n + 2 & 1 else owners[n]
        self.draws = self.taken(owners)
        self.rename(drawn, owners)
        for node in self.sums:
            self.check(node)

    def taken(self, owners: "List[int]") -> "List[int]":
        """The random numbers come as so many for the first sample, then as many for the second; then again."""
        taken, n = [], 0
        while n < len(owners):
            count = 0
            while n + count < len(owners) and owners[n + count] == 1:
                count += 1
            if not count or owners[n + count : n + 2 * count] != [2] * count:
                raise Undecided("its random numbers do not come sample by sample")
            taken.append(count)
            n += 2 * count
        return taken

    def rename(self, drawn: "List[Symbolic]", owners: "List[int]") -> "None":
        """The same names for the random numbers of both samples."""
        for owner in (1, 2):
            for n, r in enumerate([r for r, of in zip(drawn, owners) if of == owner]):
                r.name, r.sample = f"r{n}", owner - 1

    def check(self, node: "Symbolic") -> "None":
        """A sum over samples has a term of the first, and the same of the second."""
        half = len(node.operands) // 2
        alike = node.operation in ("dot", "total") and half == (2 if node.operation == "dot" else 1)
        if not alike or not all([self.alike(*pair) for pair in zip(node.operands[:half], node.operands[half:])]):
            raise Undecided("it computes across samples otherwise than in a sum")

    def alike(self, a: "Symbolic", b: "Symbolic") -> "bool":
        """Whether b is made of the second sample as a is made of the first."""
        waiting = [(a, b)]
        while waiting:
            a, b = waiting.pop()
            if self.twins.get(id(a)) is b or a is b and not self.of[id(a)]:
                continue
            self.twins[id(a)] = b  # unless the opposite turns out below, and with it that all this cannot be done
            same = a.operation == b.operation and a.name == b.name and len(a.operands) == len(b.operands)
            if not same or not a.operation and (a.sample, b.sample) != (0, 1) or self.of[id(a)] & 2:
                return False
            waiting.extend(zip(a.operands, b.operands))
        return True

    def parts(self, code: "Code") -> "Tuple[List[str], List[str]]":
        """The statements before the loop over the samples, and those within."""
        terms = [node for total in self.sums for node in total.operands[: len(total.operands) // 2]]
        needed = {id(node) for node in reachable(terms)}
        before = code.statements([node for node in code.numbers if id(node) in needed and not self.of[id(node)]])
        within = code.statements([node for node in code.numbers if id(node) in needed and self.of[id(node)]])
        sums = []
        for n, node in enumerate(self.sums):
            half = node.operands[: len(node.operands) // 2]
            term = code.product(*half) if node.operation == "dot" else code.text(half[0], PRODUCT)
            sums.append(f"sum{n} = sum{n} + {term}")
        for n, node in enumerate(self.sums):
            code.names[id(node)] = f"sum{n}"
            before.append(f"sum{n} = -0.0")  # to which whatever is added is what it was, even 0.0 or -0.0
        return before, within + sums


class Step:
    """The rules of a training step, run on symbolic numbers."""

    def __init__(self, net: "Sequential", loss: "Loss", optimizer: "Optimizer") -> "None":
        self.net = net.copy(Symbolic)
        self.loss = loss.with_numbers(Symbolic, exactly=True)
        self.parameters = self.net.parameters()
        self.names_of = [named(p) for p in self.parameters]
        self.old = [p.rows for p in self.parameters]
        self.settings, self.optimizer = with_settings(optimizer)
        self.memory = [self.remembered(n, p) for n, p in enumerate(self.parameters)]
        self.draws = Draws()

    def remembered(self, n: "int", p: "Parameter") -> "List[List[Any]]":
        """What the optimizer remembers of a parameter's numbers, as inputs."""
        memory = range(self.optimizer.memory)
        states = [
            [tuple([Symbolic(name=f"memory{n}_{i}_{j}_{k}") for k in memory]) for j in range(len(row))]
            for i, row in enumerate(p.rows)
        ]
        self.optimizer.states[p.name] = states
        return states

    def run(self, X: "Matrix", Y: "Matrix", weights: "Weights") -> "None":
        """One step."""
        engine = Engine(self.net, self.loss, self.optimizer, Examples(X, Y, weights, []))
        with RememberingNothing(self.net.layers + [self.loss, self.optimizer]):
            value = engine.backpropagate((X, Y, weights), self.draws)
            self.optimizer.step(self.parameters)
        self.changed: "List[Tuple[Symbolic, Any]]" = []  # each number before and after
        for p, old, memory in zip(self.parameters, self.old, self.memory):
            if not p.frozen:
                states = self.optimizer.states[p.name]
                self.changed += [pair for a, b in zip(old, p.rows) for pair in zip(a, b)]
                self.changed += [pair for a, b in zip(memory, states) for c, d in zip(a, b) for pair in zip(c, d)]
        self.value = value + Symbolic(0, kind="absent")  # a symbolic number in any case
        self.changed = [(old, new + Symbolic(0, kind="absent")) for old, new in self.changed]
        self.results = [self.value] + [new for _, new in self.changed]
        used = {node.name for node in reachable(self.results)}
        self.names = [f"setting_{name}" for name in self.settings if f"setting_{name}" in used]
        self.settings = [name[len("setting_") :] for name in self.names]

    def ending(self, code: "Code") -> "List[str]":
        """The statements that end a step: the new numbers in the place of the old ones, and the loss."""
        lines = [f"value = {code.text(code.same[id(self.value)])}"]
        late = []
        last = _last_uses([new for _, new in self.changed], code)
        for n, (old, new) in enumerate(self.changed):
            text = code.text(code.same[id(new)])
            if last.get(old.name, -1) > n:  # a later one still needs the old number
                late.append(f"{old.name} = new{n}")
                lines.append(f"new{n} = {text}")
            elif text != old.name:
                lines.append(f"{old.name} = {text}")
        return lines + late + ["done(value)"]

    def source(self, code: "Code", before: "List[str]", loop: "str", body: "List[str]") -> "str":
        """The text of ``train``."""
        lines = []
        for names, given in ((self.names_of, "parameters"), (self._memory_names(), "states")):
            rows = [pattern([pattern(row) for row in rows]) for rows in names]
            lines += [f"{listed(rows)} = {given}"] if rows else []
        lines += before + ["done = values.append", f"for {loop} in steps:"] + [f"    {line}" for line in body]
        lines.append(f"return {_lists(self.names_of)}, {_lists(self._memory_names())}")
        return function(code, "train(steps, values, parameters, states, data)", lines)

    def _memory_names(self) -> "List[List[List[str]]]":
        if not self.optimizer.memory:
            return []
        return [[[pattern([s.name for s in state]) for state in row] for row in rows] for rows in self.memory]


class RememberingNothing:
    """A context that refuses layers, losses and optimizers of somebody's own that keep something from step to step.

    Spelled-out code would forget it. What ``forward`` keeps for ``backward`` has a capital name, and is not meant.
    """

    def __init__(self, parts: "Sequence[Any]") -> "None":
        self.parts = parts

    def __enter__(self) -> "None":
        self.before = [_kept(part) for part in self.parts]

    def __exit__(self, kind: "Any", *_: "Any") -> "None":
        for part, kept in zip(self.parts, self.before):
            if kind is None and _kept(part) != kept:
                raise Undecided(f"{type(part).__name__} keeps something from step to step")


def is_own(part: "Any") -> "bool":
    """Whether a layer, a loss or an optimizer is one of the package's."""
    return any([type(part) in family.values() for family in (LAYERS, LOSSES, OPTIMIZERS)])


def is_patched(part: "Any") -> "bool":
    """Whether somebody has given it a method that its class does not have."""
    return any([callable(getattr(type(part), name, None)) for name in vars(part)])


def _kept(part: "Any") -> "Any":
    if is_own(part):
        return None
    passing = ("generator", "passes_back", "t", "rate", "states")
    return {name: repr(kept) for name, kept in vars(part).items() if not name.isupper() and name not in passing}


def _lists(names: "List[List[List[str]]]") -> "str":
    """Rows of every parameter, as text."""
    rows = [", ".join(["[{}]".format(", ".join(row)) for row in rows]) for rows in names]
    return "[{}]".format(", ".join([f"[{text}]" for text in rows]))


def _last_uses(results: "List[Symbolic]", code: "Code") -> "Dict[str, int]":
    """Of every input, the last of these results whose expression it stands in."""
    last: "Dict[str, int]" = {}
    for n, result in enumerate(results):
        waiting = [code.same[id(result)]]
        while waiting:
            node = waiting.pop()
            if node.name:
                last[node.name] = n
            elif id(node) not in code.names:
                waiting.extend(node.operands)
    return last


def with_settings(optimizer: "Optimizer") -> "Tuple[List[str], Optimizer]":
    """The names of what ``begin`` sets for a step, and the optimizer on symbolic numbers, with these as inputs."""
    kind = type(optimizer)
    if kind.step is not Optimizer.step:
        raise Undecided(f"{kind.__name__} has a step of its own")
    settings = ["t"]

    def note(self: "Any", name: "str", value: "Any") -> "None":
        if name not in settings:
            settings.append(name)
        object.__setattr__(self, name, value)

    probe, twin = optimizer.with_numbers(float), optimizer.with_numbers(Symbolic, exactly=True)
    probe.__class__ = type(kind.__name__, (kind,), {"__setattr__": note})
    probe.begin(float)
    twin.__class__ = type(kind.__name__, (kind,), {"begin": lambda self, number: None})
    for name in settings:
        require(f"{kind.__name__}: {name}", getattr(probe, name), FINITE)
        setattr(twin, name, Symbolic(name=f"setting_{name}"))
    return settings, twin
