"""A whole training step as straight-line Python: forward, loss, backward, update.

The rules of the network, the loss and the optimizer run once on symbolic numbers. The record is
printed as a function that makes one update per step:

    train(steps, values, parameters, states, data) -> parameters, states

``parameters`` holds the rows of every parameter, and ``states`` what the optimizer remembers about
them. The function appends the loss of each step to ``values``. Each step brings the settings of the
optimizer, such as the learning rate; if all steps are the same, ``steps`` is the settings and an
iterable with an element per step.

There are two forms. If every step uses the same few samples, each sample is written out, and
``data`` contains only the numbers other than 0 and 1 (``of_samples``). Otherwise one sample is
written out within a loop (``of_batches``). To find the sums over samples, the rules run on two
samples (samples.py).
"""

from ...core.functions import kernel
from ...core.training import Engine
from ...scalars import Symbolic
from ...scalars.operations import PRODUCT
from ..known_targets import KnownTargets
from ..own import RememberingNothing, check_attributes, generate_from_samples, is_own
from ..program import reachable
from ..record.step_inputs import COUNT, OVER_SAMPLES, Draws, WeightsOfStep, with_settings
from ..simplified import Choices
from .branches import BranchingCode
from .printer import IS_PYPY, Code, Program, function, hottest_first, listed, named, pattern
from .weight_updates import WeightUpdates, symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Set, Tuple

    from ...core.layer import Parameter
    from ...core.losses import Loss
    from ...core.network import Sequential
    from ...core.optimizers import Optimizer
    from ...core.types import Batch, Matrix, RowOrNone


def of_samples(
    net: "Sequential", loss: "Loss", optimizer: "Optimizer", batch: "Batch", constant: bool
) -> "Program":
    """Return the program of a step on exactly these samples in this order, each written out.

    ``constant``   whether the settings of the optimizer are the same in each step
    """
    step = Step(net, loss, optimizer)
    names: "List[str]" = []
    # A user-defined rule may divide by a 0 of the data.
    absent = all([is_own(part) for part in net.layers + [loss]])
    X = [
        [_datum(f"x{i}_{j}", v, names, absent) for j, v in enumerate(row)]
        for i, row in enumerate(batch[0])
    ]
    Y = [
        [_datum(f"y{i}_{k}", v, names, absent) for k, v in enumerate(row)]
        for i, row in enumerate(batch[1])
    ]
    weights = batch[2] and [_datum(f"weight{i}", w, names, False) for i, w in enumerate(batch[2])]
    step.run(X, Y, weights)
    step.simplify()
    code = step.code
    drawn = [pattern([r.name for r in step.draws.drawn])] if step.draws.drawn else []
    before = [f"{listed(names)} = data"] if names else []
    repeats = constant and not drawn and "t" not in step.settings
    if repeats:
        before += [f"{pattern(step.names)}, times = steps"] + code.statements(step.constants())
        loop = "for _ in times:"
    else:
        loop = f"for {listed([pattern(step.names)] + drawn)} in steps:"
    late = step.late()
    early = [node for node in step.common if id(node) not in late]
    body = code.statements(early) + step.ending(code, list(late.values()))
    source = step.source(code, before, loop, body)
    return Program(source, step.settings, [len(step.draws.drawn)], repeats)


def data_of(batch: "Batch") -> "List[float]":
    """Return the ``data`` of a program of ``of_samples``: the numbers other than 0 and 1."""
    return [v for row in batch[0] + batch[1] for v in row if v not in (0, 1)] + [
        w for w in batch[2] or [] if w != 1
    ]


def pattern_of(batch: "Batch") -> "Tuple[Any, ...]":
    """Return what ``of_samples`` uses of the data: the places of the zeros and ones."""
    rows = batch[0] + batch[1] + [batch[2] or []]
    return tuple([tuple([v if v in (0, 1) else None for v in row]) for row in rows])


def _datum(name: str, value: float, names: "List[str]", absent: bool) -> "Symbolic":
    if value == 1 or value == 0 and (absent or not name.startswith("weight")):
        return Symbolic(value, kind="absent" if value == 0 and absent else "")
    names.append(name)
    return Symbolic(name=name)


def of_batches(
    net: "Sequential",
    loss: "Loss",
    optimizer: "Optimizer",
    inputs: int,
    outputs: int,
    weighted: bool,
    measures: bool = False,
) -> "Program":
    """Return the program of a step on any number of samples, with one written out within a loop.

    ``measures``   whether the step only measures the loss
    """
    return generate_from_samples(  # type: ignore[no-any-return]
        lambda count: _of_batches(net, loss, optimizer, inputs, outputs, weighted, measures, count),
        net,
        loss,
    )


def _of_batches(
    net: "Sequential",
    loss: "Loss",
    optimizer: "Optimizer",
    inputs: int,
    outputs: int,
    weighted: bool,
    measures: bool,
    count: int,
) -> "Program":
    """Return the program that follows from a run on ``count`` samples."""
    step = Step(net, loss, optimizer)
    X = [[Symbolic(name=f"x{j}", sample=i) for j in range(inputs)] for i in range(count)]
    Y = [[Symbolic(name=f"y{k}", sample=i) for k in range(outputs)] for i in range(count)]
    kind = "" if weighted else "unit"
    of_samples = [Symbolic(name="weight", sample=i, kind=kind) for i in range(count)]
    weights = WeightsOfStep(of_samples, Symbolic(name=COUNT))
    (step.measure if measures else step.run)(X, Y, weights)
    from ..record.samples import Samples  # Steps on given samples do not need it.

    results = step.results()
    samples = Samples(reachable(results), results, step.draws.drawn, count)
    samples.keep_first()
    step.simplify()
    code = step.code
    sums = [node for node in code.numbers if node.operation == OVER_SAMPLES]
    inner = inner_numbers(code)
    before, within = parts_of(sums, inner, code)
    drawn = [r.name for r in step.draws.drawn if r.sample == 0]
    arriving = [pattern([v.name for v in row]) for row in (X[0], Y[0])] + ["weight"] * weighted
    arriving += [pattern(drawn)] if drawn else []
    body = before + [f"for {listed(arriving)} in samples:"] + [f"    {line}" for line in within]
    body += code.statements([node for node in step.common if id(node) not in inner])
    body += step.ending(code)
    arriving = [pattern(step.names)] * (not measures) + [COUNT, "samples"]
    loop = f"for {listed(arriving)} in steps:"
    return Program(step.source(code, [], loop, body), step.settings, samples.draws)


def inner_numbers(code: "Code") -> "Set[int]":
    """Return the ids of the numbers that depend on the sample."""
    inner: "Set[int]" = set()
    for node in code.numbers:
        if node.operation == OVER_SAMPLES:
            continue
        if node.sample is not None or any([id(v) in inner for v in node.operands]):
            inner.add(id(node))
    return inner


def parts_of(
    sums: "Sequence[Symbolic]", inner: "Set[int]", code: "Code"
) -> "Tuple[List[str], List[str]]":
    """Return the statements before the loop over the samples, and those in the loop."""
    needed = {id(v) for node in sums for v in node.operands}
    numbers: "List[Symbolic]" = []
    for node in reversed(code.numbers):
        if id(node) in needed:
            numbers.append(node)
            needed.update(map(id, node.operands))
    numbers.reverse()
    before = code.statements([node for node in numbers if id(node) not in inner])
    within = code.statements([node for node in numbers if id(node) in inner])
    for n, node in enumerate(sums):
        term = node.operands
        text = code.product(*term) if len(term) == 2 else code.text(term[0], PRODUCT)
        code.names[id(node)] = name = f"sum{n}"
        within.append(f"{name} = {name} + {text}")
    # -0.0 + x is x, even if x is 0.0 or -0.0.
    before.append("".join([f"{code.names[id(node)]} = " for node in sums]) + "-0.0")
    return before, within


class Step:
    """A run of the rules of a training step on symbolic numbers."""

    def __init__(self, net: "Sequential", loss: "Loss", optimizer: "Optimizer") -> None:
        check_attributes(net, loss)
        self.net = net.copy(Symbolic)
        self.loss = loss.with_numbers(Symbolic, exactly=True)
        self.parameters = self.net.parameters()
        self.names_of = [named(p, n) for n, p in enumerate(self.parameters)]
        self.old = [w for p in self.parameters for row in p.rows for w in row]
        self.settings, self.optimizer = with_settings(optimizer)
        self.memory = [self.states_of(n, p) for n, p in enumerate(self.parameters)]
        self.updates = WeightUpdates(self.optimizer)
        self.draws = Draws()

    def states_of(self, n: int, p: "Parameter") -> "List[List[Any]]":
        """Make inputs of what the optimizer remembers about a parameter, and return them."""
        memory = range(self.optimizer.memory)
        states = [
            [
                tuple([Symbolic(name=f"memory{n}_{i}_{j}_{k}") for k in memory])
                for j in range(len(row))
            ]
            for i, row in enumerate(p.rows)
        ]
        self.optimizer.states[p.name] = states
        return states

    def run(self, X: "Matrix", Y: "Matrix", weights: "RowOrNone") -> None:
        """Make one step."""
        no_examples: "Any" = None
        engine = Engine(self.net, self.loss, self.optimizer, no_examples, self.draws)
        with RememberingNothing(self.net.layers + [self.loss, self.optimizer]):
            value = engine.backpropagate((X, Y, weights))
            self.optimizer.step(self.parameters)
        self.value = symbolic(value)

    def measure(self, X: "Matrix", Y: "Matrix", weights: "RowOrNone") -> None:
        """Compute the loss alone, without penalties, and change nothing."""
        with RememberingNothing(self.net.layers + [self.loss]):
            value = self.net.loss_of(X, Y, self.loss, weights)
        self.value = symbolic(value)

    def results(self) -> "List[Symbolic]":
        """Return the loss and the gradients of the trainable weights."""
        return [self.value, *self.updates.gradients()]

    def simplify(self) -> None:
        """Simplify the step, and set its code, which computes the loss and the changes.

        ``common``   the numbers that are not computed for each weight by the optimizer's rule
        """
        # On PyPy, finding the factors takes longer than they save.
        is_exact = kernel() == "portable" or IS_PYPY
        new = Choices() if is_exact else KnownTargets(self.old)
        self.updates.end()
        self.value, *_ = new.again(self.results())
        self.updates.simplify(new)
        self.code = BranchingCode([self.value, *self.updates.outputs()])
        self.common = self.updates.part(self.code)
        used = {node.name for node in self.code.numbers}
        self.names = [f"setting_{name}" for name in self.settings if f"setting_{name}" in used]
        self.settings = [name[len("setting_") :] for name in self.names]

    def constants(self) -> "List[Symbolic]":
        """Return the numbers that are computed from settings and constants alone."""
        known = {f"setting_{name}" for name in self.settings}
        found: "Dict[int, Symbolic]" = {}
        for node in self.code.numbers:
            if node.name in known or node.is_constant:
                found[id(node)] = node
            elif node.operation and all([id(v) in found for v in node.operands]):
                found[id(node)] = node
        return list(found.values())

    def late(self) -> "Dict[int, Symbolic]":
        """Return the numbers that only updates need, by their ids.

        If there are choices among them, return none. Those with the same condition stay together.
        """
        early = {id(v) for v in reachable([self.code.outputs[0], *self.updates.reads()])}
        late = {id(v): v for v in self.common if v.operation and id(v) not in early}
        return {} if any([v.operation == "where" for v in late.values()]) else late

    def ending(self, code: "BranchingCode", late: "Sequence[Symbolic]" = ()) -> "List[str]":
        """Return the statements that append the loss and replace the old numbers by new ones.

        ``late``   numbers that are computed just before they are needed
        """
        return [f"done({code.text(self.value)})", *self.updates.lines(code, late)]

    def source(self, code: "Code", before: "List[str]", loop: str, body: "List[str]") -> str:
        """Return the source of ``train``."""
        lines = []
        for names, given in ((self.names_of, "parameters"), (self._memory_names(), "states")):
            rows = [pattern([pattern(row) for row in rows]) for rows in names]
            lines += [f"{listed(rows)} = {given}"] if rows else []
        lines += before + ["done = values.append", loop] + [f"    {line}" for line in body]
        lines.append(f"return {_lists(self.names_of)}, {_lists(self._memory_names())}")
        lines = hottest_first(lines)
        return function(code, "train(steps, values, parameters, states, data)", lines)

    def _memory_names(self) -> "List[List[List[str]]]":
        if not self.optimizer.memory:
            return []
        return [
            [[pattern([s.name for s in state]) for state in row] for row in rows]
            for rows in self.memory
        ]


def _lists(names: "List[List[List[str]]]") -> str:
    """Return an expression for the rows of all parameters."""
    rows = [", ".join(["[{}]".format(", ".join(row)) for row in rows]) for rows in names]
    return "[{}]".format(", ".join([f"[{text}]" for text in rows]))
