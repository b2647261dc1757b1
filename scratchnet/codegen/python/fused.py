"""A training step as loops over rows, with the work of each layer fused.

    train(steps, losses, parameters, states) -> parameters, states

A matrix parameter is a list of its columns, so that the forward pass transposes nothing. A row of a
layer is one comprehension: the product, the bias and the activation of each number. A gradient and
the new weight are computed together, so that there is no matrix of gradients. Everything is printed
from a Recording of the rules, and nothing is rearranged.
"""

from ...scalars.symbolic import Undecided
from ..own import generate_from_samples
from ..program import reachable
from ..record.recording import TrainingStep
from ..record.step_inputs import COUNT
from ..record.vectors import Vectors, inputs_of
from .expressions import indented, is_short
from .printer import Code, Program, listed, pattern
from .stages import Stages
from .updates import Updates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple


class FusedProgram(Program):
    """The generated code of a step.

    ``changing``   the indices of the parameters that change
    ``gathered``   the indices of the parameters that are lists of rows
    """

    def __init__(
        self,
        source: str,
        settings: "List[str]",
        draws: "List[int]",
        changing: "List[int]",
        gathered: "List[int]",
    ) -> None:
        Program.__init__(self, source, settings, draws)
        self.changing = changing
        self.gathered = gathered


class Fused(Stages):
    """The printer of a Recording, for batches of some size.

    ``penalties``   the statements that compute the penalties of weights, before the loss
    """

    kind_of_vectors = Vectors
    kind_of_updates = Updates
    calls_functions = True
    signature = "train(steps, losses, parameters, states)"

    def __init__(self, recording: "TrainingStep", size: int, gather: str = "") -> None:
        Stages.__init__(self, self.kind_of_vectors(recording), gather)
        self.recording: "Any" = recording
        self.size = size
        self.draws = self.vectors.draws
        self.changing = sorted(self.vectors.updates)
        self.memory = range(recording.optimizer.memory)
        self.settings = recording.settings
        self.penalties: "List[str]" = []
        self.source = self.written_out()

    def program(self) -> "FusedProgram":
        gathered = sorted(self.gathered)
        return FusedProgram(self.source, self.settings, self.draws, self.changing, gathered)

    def written_out(self) -> str:
        body = self.all_stages()
        value = self.value()
        body += self.penalties + [f"done({value})"] + self.updates()
        text = "\n".join(body + list(self.scalars))
        self.settings = [name for name in self.settings if f"setting_{name}" in text]
        loop = [f"{name} = {text}" for text, name in self.scalars.items()] + body
        names, states = self.names()
        lines = self.head() + [f"for {', '.join(self.inputs())} in steps:"] + indented(loop)
        lines.append("return [{}], [{}]".format(", ".join(names), ", ".join(states)))
        return self.function(self.signature, lines)

    def names(self) -> "Tuple[List[str], List[str]]":
        """Return the names of the parameters, and of what the optimizer keeps."""
        names = [self.name_of(n) for n in range(len(self.recording.parameters))]
        return names, [f"M{n}_{k}" for n in self.changing for k in self.memory]

    def head(self) -> "List[str]":
        """Return the statements before the loop over the steps."""
        names, states = self.names()
        lines = [f"{listed(names)} = parameters"]
        lines += [f"{listed(states)} = states"] if states else []
        return lines + self.zeros() + ["done = losses.append"]

    def inputs(self) -> "List[str]":
        """Return the names of what each step is given."""
        settings = pattern([f"setting_{name}" for name in self.settings])
        return [settings, COUNT, "X", "Y", "WEIGHT"] + [f"R{k}" for k in range(len(self.draws))]

    def updates(self) -> "List[str]":
        """Return the statements that replace the parameters."""
        return self.kind_of_updates(self, self.recording, self.size).lines

    def value(self) -> str:
        """Return the expression of the loss."""
        names = {id(s): v.name for s, v in zip(self.vectors.summed, self.vectors.terms)}
        for node in reachable([self.recording.value], names):
            if node.operation == "total" and id(node) not in names:
                names.update(self.over_weights(node))
        code, found = self.code([self.recording.value], names, True)
        if found or code.statements():
            raise Undecided("the loss is not a sum over the samples")
        text = code.text(code.outputs[0])
        self.calls.functions.update(code.functions)
        return text

    def over_weights(self, node: "Any") -> "Dict[int, str]":
        """Return the text of a sum over all weights of a parameter, by its id."""
        first = node.operands[0]
        weights = inputs_of([first])
        grid = self.recording.grids.get(weights[0].name if len(weights) == 1 else "")
        if grid is None or len(node.operands) != grid.shape[0] * grid.shape[1]:
            return {}
        for k, operand in enumerate(node.operands):
            if not self.vectors.same(first, operand, divmod(k, grid.shape[1])):
                return {}
        return {id(node): self.penalty(first, grid, weights[0])}

    def penalty(self, term: "Any", grid: "Any", w: "Any") -> str:
        """Return the expression of the sum of a term over all weights w of a grid."""
        code = Code([term], {id(w): "w"})
        clauses = self.clauses(code)
        n = int(grid.name[1:])
        rows = f"W{n}" if n in self.gathered else f"zip(*C{n})"
        text = f"{code.text(code.outputs[0])} for w_row in {rows} for w in w_row"
        self.calls.functions.update(code.functions)
        return self.total(f"[{text}{''.join(clauses)}]")


def size_in_code(size: int, largest: int, samples: int) -> int:
    """Return the batch size of the program that runs batches of this size.

    ``largest``   the size of all batches except the last one
    """
    return size if is_short(min(size, largest)) else largest


def of_batches(
    net: "Any",
    loss: "Any",
    optimizer: "Any",
    shape: "Tuple[int, int, bool]",
    size: int,
    gather: str = "",
) -> "FusedProgram":
    """Return the program of a step on batches of this size.

    ``shape``    the numbers of inputs and outputs, and whether samples have weights
    ``gather``   which entries of mostly-zero samples are read (see gather.py)
    """
    return generate_from_samples(  # type: ignore[no-any-return]
        lambda count: Fused(
            TrainingStep(net, loss, optimizer, shape, count), size, gather
        ).program(),
        net,
        loss,
    )
