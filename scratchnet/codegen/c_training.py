"""A training step of a C header: the struct that trains, its functions, and their test."""

from . import c_parts, golden
from .c import CPrinter, indented
from .device_step import recorded_step
from .program import reachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from ..core.types import Matrix
    from .c import Unit
    from .device_step import DeviceStep

# The most operations of the forward and the backward pass, which are written out. With so many, a
# step takes gcc -O2 three seconds, and 30 KB of code.
MOST_OPERATIONS = 1024


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
        step = recorded_step(net, loss, optimizer, unit.symbolic)
        check_size(step)
        self.step = step
        NAME = unit.words["NAME"]
        self.macros = (
            f"#define {NAME}_PARAMETERS {len(step.weights)}\n"
            f"#define {NAME}_SCRATCH_OF_TRAINING ({NAME}_PARAMETERS * sizeof({unit.T}))\n"
        )
        functions = [self.start(), self.train(), self.predict()]
        self.text = self.struct() + "\n" + "\n".join(functions)
        other = golden.target(loss, len(step.outputs), float, 1)[0]
        self.about = c_parts.ABOUT_TRAINING.format(
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
        return c_parts.START.format(
            weights=unit.braced(rounded, 8),
            zeros="".join([f"        {line}\n" for line in zeros]),
            rate=unit.literal(rate),
            zero=unit.literal(0.0),
            **unit.words,
        )

    def train(self) -> str:
        """Return the function that makes one step."""
        unit, step = self.unit, self.step
        code = CPrinter(unit, [step.value, *step.gradients])
        value, *gradients = code.outputs
        lines = self.arrays(code, "in", "target") + code.statements()
        lines.append(f"const {unit.T} loss = {code.text(value)};")
        lines.append(f"{unit.T} gradient[{unit.words['NAME']}_PARAMETERS];")
        lines.append(f"if (!(loss - loss == {unit.literal(0.0)})) {{ return loss; }}")
        lines += [f"gradient[{k}] = {code.text(v)};" for k, v in enumerate(gradients)]
        lines += self.update() + ["return loss;"]
        return c_parts.TRAIN.format(body=indented(lines), **unit.words)

    def arrays(self, code: "CPrinter", *given: str) -> "List[str]":
        """Return the statements that name the weights, and use each given array."""
        used = {v.name.split("[")[0] for v in code.numbers if v.name}
        lines = [f"(void){name};" for name in given if name not in used]
        if "weights" not in used:
            return lines + ["(void)trainer;"]
        return lines + [f"const {self.unit.T} *const weights = trainer->weights;"]

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
        code = CPrinter(self.unit, self.step.outputs)
        lines = self.arrays(code, "in") + code.statements()
        lines += [f"out[{k}] = {code.text(v)};" for k, v in enumerate(code.outputs)]
        return c_parts.PREDICT_WITH.format(body=indented(lines), **self.unit.words)

    def selftest(self, X: "Matrix") -> str:
        """Return the test that trains with golden vectors."""
        unit = self.unit
        targets, losses, outputs = golden.training(
            self.net, self.loss, self.optimizer, unit.number, X
        )
        return c_parts.TEST_OF_TRAINING.format(
            count=len(losses),
            targets=unit.braced(targets, 12),
            losses=unit.braced(losses, 12),
            outputs=unit.braced(outputs, 12),
            tolerance=unit.literal(unit.tolerance([losses] + outputs)),
            **unit.words,
        )


def check_size(step: "DeviceStep") -> None:
    """Raise a ValueError if the step is too large to be written out."""
    nodes = reachable([step.value, *step.gradients])
    count = sum([max(1, len(node.operands) // 2) for node in nodes if node.operation])
    if count > MOST_OPERATIONS:
        raise ValueError(
            f"train: the step has {count} operations without the update, but at most "
            f"{MOST_OPERATIONS} are written out; give a smaller network"
        )
