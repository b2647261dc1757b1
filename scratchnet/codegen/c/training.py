"""A training step of a C header: the struct that trains, its functions, and their test."""

import re

from .. import golden
from ..device_step import record_step
from ..loop_parts import Assign
from ..loops import Loops, roll, size
from ..program import reachable
from . import templates
from .printer import CPrinter, indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

    from ...core.losses import Loss
    from ...core.network import Sequential
    from ...core.optimizers import Optimizer
    from ...core.types import Matrix, Row
    from .unit import Unit

# The most operations that are written out. Loops for more are as fast, and a third as long.
MOST_WRITTEN_OUT = 64
MOST_WEIGHTS = 4096  # Recording their step takes four seconds, and Adam needs 48 KB of RAM.


class CTraining:
    """The parts of a header that train.

    ``macros``   the lines that define its sizes
    ``about``    the lines of the comment at the beginning
    ``text``     the struct and the functions
    """

    def __init__(
        self, unit: "Unit", net: "Sequential", optimizer: "Optimizer", loss: "Loss"
    ) -> None:
        self.unit, self.net, self.optimizer, self.loss = unit, net, optimizer, loss
        check_size(net)
        step = record_step(net, loss, optimizer, unit.symbolic)
        self.step = step
        self.tables: "List[str]" = []
        self.scratch = 0
        functions = [self.start(), self.train(), self.predict()]
        self.text = "\n".join([self.struct(), *self.tables, *functions])
        NAME = unit.words["NAME"]
        scratch = f"{NAME}_PARAMETERS" + f" + {self.scratch}" * (self.scratch > 0)
        self.macros = (
            f"#define {NAME}_PARAMETERS {len(step.weights)}\n"
            f"#define {NAME}_SCRATCH_OF_TRAINING (({scratch}) * sizeof({unit.T}))\n"
        )
        other = golden.target(loss, len(step.outputs), float, 1)[0]
        self.about = templates.ABOUT_TRAINING.format(
            other=f"{other:g}", loss=loss, optimizer=optimizer, **unit.words
        ).splitlines()[1:]

    def struct(self) -> str:
        unit, count = self.unit, f"{self.unit.words['NAME']}_PARAMETERS"
        lines = [f"{unit.T} weights[{count}];"]
        if self.step.memory:
            lines.append(f"{unit.T} memory[{self.step.memory}][{count}];")
        lines += [f"{unit.T} rate; /* the learning rate */", f"{unit.T} t; /* steps so far */"]
        return f"typedef struct\n{{\n{indented(lines)}}} {unit.name}_trainer;\n"

    def start(self) -> str:
        """Return the function that begins with the weights of the network."""
        unit, net = self.unit, self.net
        weights = [v for p in net.parameters() if not p.frozen for row in p.rows for v in row]
        rounded = [float(unit.number(v)) for v in weights]
        rate = float(unit.number(self.optimizer.learning_rate))
        zeros = [f"trainer->memory[{n}][k] = {unit.literal(0.0)};" for n in range(self.step.memory)]
        return templates.START.format(
            weights=unit.braced(rounded, 8),
            zeros="".join([f"        {line}\n" for line in zeros]),
            rate=unit.literal(rate),
            zero=unit.literal(0.0),
            **unit.words,
        )

    def train(self) -> str:
        """Return the function that makes one step."""
        unit, zero = self.unit, self.unit.literal(0.0)
        results = [self.step.value, *self.step.gradients]
        if size(results) <= MOST_WRITTEN_OUT:
            lines = self.written_out(results)
        else:
            lines = self.looping(results)
        lines = self.arrays(lines, "in", "target") + lines
        lines.append(f"if (!(loss - loss == {zero})) {{ return loss; }}")
        lines += self.update() + ["return loss;"]
        return templates.TRAIN.format(body=indented(lines), **unit.words)

    def written_out(self, results: "Row") -> "List[str]":
        """Return the statements that compute the loss and the gradient, without loops."""
        code = CPrinter(self.unit, results)
        value, *gradients = code.outputs
        lines = code.statements()
        lines.append(f"const {self.unit.T} loss = {code.text(value)};")
        return lines + [f"gradient[{k}] = {code.text(v)};" for k, v in enumerate(gradients)]

    def looping(self, results: "Row") -> "List[str]":
        """Return the same statements with loops: layer by layer forward, and then backward."""
        step = self.step
        outputs = [v for row in step.rows for v in row] + results
        loops = Loops("in", step.x, outputs, f"{self.unit.name}_table_of_step")
        loops.remember("target", step.y)
        loops.remember("weights", step.weights)
        same = loops.record.same
        value, *gradients = [same[id(v)] for v in results]
        used = {id(v) for v in reachable([value, *gradients])}
        for row in [[same[id(v)] for v in row] for row in step.rows[1:]]:
            if all([id(v) in used for v in row]) and not all(map(loops.is_known, row)):
                loops.store(row)
        loops.statements.append(Assign("loss", loops.single(value)))
        # A bias comes after its weights, and its gradient needs less.
        for p in step.learning[::-1]:
            start, width = len(gradients) - p.count, len(p.rows[0])
            rows = [gradients[k : k + width] for k in range(start, len(gradients), width)]
            loops.store_within(rows, "gradient", start)
            gradients = gradients[:start]
        self.add(loops)
        return self.unit.looping(loops)

    def add(self, loops: "Loops") -> None:
        """Note the tables and the arrays of some loops."""
        self.tables += [self.unit.table(table) for table in loops.tables]
        self.scratch = max(self.scratch, sum(loops.lengths.values()))

    def arrays(self, lines: "List[str]", *given: str) -> "List[str]":
        """Return the statements that make the arrays of some lines, and use each given one."""
        text = "\n".join(lines)
        used = [name for name in (*given, "weights", "gradient") if re.search(rf"\b{name}\b", text)]
        before = [f"(void){name};" for name in given if name not in used]
        if "gradient" in used:
            before.append(f"{self.unit.T} gradient[{self.unit.words['NAME']}_PARAMETERS];")
        if "weights" not in used:
            return before + ["(void)trainer;"]
        return before + [f"const {self.unit.T} *const weights = trainer->weights;"]

    def update(self) -> "List[str]":
        """Return the statements that change the weights and the memory, and count the step."""
        unit, update = self.unit, self.step.update
        before, names, t = self.shared()
        count = range(self.step.memory)
        places = ["trainer->weights[k]"] + [f"trainer->memory[{n}][k]" for n in count]
        sources = [places[0], "gradient[k]"] + places[1:]
        local = ["w", "g"] + [f"m{n}" for n in count]
        used = {id(v) for v in reachable(update.results, names)}
        lines = [
            f"const {unit.T} {name} = {source};"
            for v, name, source in zip(update.inputs, local, sources)
            if id(v) in used
        ]
        names.update({id(v): name for v, name in zip(update.inputs, local)})
        code = CPrinter(unit, update.results, names)
        lines += code.statements()
        lines += [f"{place} = {code.text(v)};" for place, v in zip(places, code.outputs)]
        loop = f"for (int k = 0; k < {unit.words['NAME']}_PARAMETERS; k++) {{"
        return before + [loop] + [f"    {line}" for line in lines] + ["}", f"trainer->t = {t};"]

    def shared(self) -> "Tuple[List[str], Dict[int, str], str]":
        """Return the statements for what is the same for all weights, its names, and the new t."""
        numbers = list(self.step.update.shared.values())
        code = CPrinter(self.unit, [*numbers, self.step.t])
        lines = code.statements()
        names = {}
        for number, node in zip(numbers, code.outputs):
            if node.operation and id(node) not in code.names:
                code.assign(node, code.new_name(), lines)
            if node.operation:
                names[id(number)] = code.names[id(node)]
        return lines, names, code.text(code.outputs[-1])

    def predict(self) -> str:
        """Return the function that predicts with the weights of the struct."""
        unit, step = self.unit, self.step
        if size(step.outputs) <= MOST_WRITTEN_OUT:
            code = CPrinter(unit, step.outputs)
            lines = code.statements()
            lines += [f"out[{k}] = {code.text(v)};" for k, v in enumerate(code.outputs)]
        else:
            arrays = [("weights", step.weights)]
            loops = roll(step.rows, "in", "out", f"{unit.name}_table_of_trainer", arrays=arrays)
            self.add(loops)
            lines = unit.looping(loops)
        lines = self.arrays(lines, "in") + lines
        return templates.PREDICT_WITH.format(body=indented(lines), **unit.words)

    def selftest(self, X: "Matrix") -> str:
        """Return the test that trains with golden vectors."""
        unit = self.unit
        targets, losses, outputs = golden.training(
            self.net, self.loss, self.optimizer, unit.number, X
        )
        return templates.TEST_OF_TRAINING.format(
            count=len(losses),
            targets=unit.braced(targets, 12),
            losses=unit.braced(losses, 12),
            outputs=unit.braced(outputs, 12),
            tolerance=unit.literal(unit.tolerance([losses] + outputs)),
            **unit.words,
        )


def check_size(net: "Sequential") -> None:
    """Raise a ValueError if too many weights learn."""
    count = sum([p.count for p in net.parameters() if not p.frozen])
    if count > MOST_WEIGHTS:
        raise ValueError(
            f"train: {count} weights learn, but at most {MOST_WEIGHTS} can; freeze some of them, "
            "or give a smaller network"
        )
