"""A training step as loops over rows, with the work of each layer fused.

    train(steps, losses, parameters, states) -> parameters, states

A matrix parameter is a list of its columns, so that the forward pass transposes nothing. A row of a
layer is one comprehension: the product, the bias and the activation of each number. A gradient and
the new weight are computed together, so that there is no matrix of gradients. Everything is printed
from a Recording of the rules, and nothing is rearranged.
"""

from ...scalars.operations import CHOICE, PRODUCT
from ...scalars.symbolic import Undecided
from ..own import generate
from ..program import reachable
from .expressions import Expressions, indented, loop
from .printer import Code, imports
from .recording import Recording
from .step import COUNT, Program
from .unrolled import listed, pattern
from .updates import Updates
from .vectors import Vectors, inputs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from .vectors import Vector

WIDEST = 64  # the widest row whose numbers are written out one by one


class FusedProgram(Program):
    """The generated code of a step.

    ``changing``   the indices of the parameters that change
    """

    def __init__(
        self, source: str, settings: "List[str]", draws: "List[int]", changing: "List[int]"
    ) -> None:
        Program.__init__(self, source, settings, draws)
        self.changing = changing


class Fused(Expressions):
    """The printer of a Recording, for batches of some size."""

    def __init__(self, recording: "Recording", size: int) -> None:
        Expressions.__init__(self, Vectors(recording))
        self.size = size
        self.draws = self.vectors.draws
        self.changing = sorted(self.vectors.updates)
        self.memory = range(recording.optimizer.memory)
        self.settings = recording.settings
        self.source = self.written_out()

    def program(self) -> "FusedProgram":
        return FusedProgram(self.source, self.settings, self.draws, self.changing)

    def written_out(self) -> str:
        body: "List[str]" = []
        for stage in sorted({v.stage for v in self.vectors.all}):
            body += self.stage(stage)
        body += [f"done({self.value()})"]
        updates = Updates(self).lines
        names = [self.name_of(n) for n in range(len(self.recording.parameters))]
        states = [f"M{n}_{k}" for n in self.changing for k in self.memory]
        head = [f"{listed(names)} = parameters"]
        head += [f"{listed(states)} = states"] if states else []
        head.append("done = losses.append")
        text = "\n".join(body + updates + list(self.scalars))
        self.settings = [name for name in self.settings if f"setting_{name}" in text]
        settings = pattern([f"setting_{name}" for name in self.settings])
        inputs = [settings, COUNT, "X", "Y", "WEIGHT"]
        inputs += [f"R{k}" for k in range(len(self.draws))]
        loop = [f"{name} = {text}" for text, name in self.scalars.items()] + body + updates
        lines = head + [f"for {', '.join(inputs)} in steps:"] + indented(loop)
        lines.append("return [{}], [{}]".format(", ".join(names), ", ".join(states)))
        called = imports(self.calls, False)
        called += ["from operator import mul"] * self.multiplies
        top = called + [""] * 2 + ["def train(steps, losses, parameters, states):"]
        return "".join([f"{line}\n" for line in top + indented(lines)])

    def name_of(self, n: int) -> str:
        """Return the name of a parameter: a list of columns, or a flat list."""
        return f"P{n}" if self.recording.parameters[n].flat else f"C{n}"

    # ---- stages ----------------------------------------------------------------------------------

    def stage(self, stage: int) -> "List[str]":
        """Return the statements that compute the vectors of a stage."""
        vectors = [v for v in self.vectors.all if v.stage == stage]
        lines: "List[str]" = []
        if stage and self.recording.products[stage - 1].transposed:
            n = self.recording.products[stage - 1].parameter[1:]
            lines.append(f"W{n} = list(zip(*C{n}))")
        together = [v for v in vectors if not v.trunk]
        if all([v.alike and v not in self.vectors.terms for v in vectors]):
            together = []
        for vector in vectors:
            if vector not in together:
                lines.append(self.comprehension(vector))
                self.written.add(vector.name)
        return lines + self.spelled(together) if together else lines

    def factors(self, product: str, found: "List[str]") -> "Tuple[Any, Tuple[str, str], str]":
        """Return the loops over the samples and over the weights of a product, and its text."""
        recorded = self.recording.products[int(product[1:])]
        left = self.vectors.name_of(recorded.rows)
        whole = f"{left}_row" if left in found else ""
        length = self.vectors.width_of(left)
        row, column, text = self.product(f"{left}_", "c", length, whole)
        if row == f"{left}_":
            row, text = f"{left}_row", text.replace(f"{left}_,", f"{left}_row,")
        n = recorded.parameter[1:]
        outer = [] if whole else [(row, left.upper())]
        return outer, (column, f"W{n}" if recorded.transposed else f"C{n}"), text

    def comprehension(self, vector: "Vector") -> str:
        """Return the statement that computes a vector whose numbers are computed alike."""
        output = vector.rows[0][0]
        code, found = self.code([output], {}, False)
        inner, outer, product = self.sources(found, vector.width)
        clauses = []
        if product:
            more, weights, text = self.factors(product, found)
            outer += more
            inner.append(weights)
            clauses = self.named(code, product, text)
        clauses += self.clauses(code)
        text = code.text(code.outputs[0])
        self.calls.functions.update(code.functions)
        if not inner and vector.width > 1:
            raise Undecided("all numbers of a row are equal")
        row = f"[{text}{loop(inner)}{''.join(clauses)}]"
        return f"{vector.name.upper()} = [{row}{loop(outer)}]"

    def spelled(self, vectors: "List[Vector]") -> "List[str]":
        """Return the loop that computes vectors with every number of a row written out."""
        outputs = [node for v in vectors for node in v.rows[0]]
        code, found = self.code(outputs, {}, True)
        widths = {name: self.vectors.width_of(name) for name in found}
        if max(list(widths.values()) + [v.width for v in vectors]) > WIDEST:
            raise Undecided("the row is too wide to be written out")
        lines: "List[str]" = []
        outer: "List[Tuple[str, str]]" = []
        for name in found:
            names = pattern([f"{name}_{j}" for j in range(widths[name])])
            if name[0] == "b":
                lines.append(f"{names} = P{name[1:]}")
            elif name == "weight":
                outer.append(("weight_0", "WEIGHT"))
            elif name[0] in "vz" and name not in self.written:
                raise Undecided("its parts are computed in another order")
            else:
                outer.append((names, name.upper()))
        body = code.statements()
        for v in vectors:
            is_term = v in self.vectors.terms
            nodes = [code.same[id(node)] for node in v.rows[0]]
            row = [code.text(node, PRODUCT if is_term else CHOICE) for node in nodes]
            if is_term:
                lines.append(f"{v.name} = -0.0")  # -0.0 + x is x, even if x is 0.0 or -0.0.
                body.append(f"{v.name} = {v.name} + {row[0]}")
            else:
                lines.append(f"{v.name.upper()} = []")
                body.append(f"{v.name.upper()}.append([{', '.join(row)}])")
            self.written.add(v.name)
        self.calls.functions.update(code.functions)
        return lines + [f"{loop(outer)[1:]}:"] + indented(body)

    def value(self) -> str:
        """Return the expression of the loss."""
        names = {id(s): v.name for s, v in zip(self.vectors.summed, self.vectors.terms)}
        for node in reachable([self.recording.value], names):
            if node.operation == "total" and id(node) not in names:
                names.update(self.over_weights(node))
        code, found = self.code([self.recording.value], names, True)
        if found or code.statements():
            raise Undecided("the loss is no sum over the samples")
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
        code = Code([first], {id(weights[0]): "w"})
        clauses = self.clauses(code)
        text = f"{code.text(code.outputs[0])} for w_row in zip(*C{grid.name[1:]}) for w in w_row"
        self.calls.functions.update(code.functions)
        return {id(node): self.total(f"[{text}{''.join(clauses)}]")}


def of_batches(
    net: "Any", loss: "Any", optimizer: "Any", shape: "Tuple[int, int, bool]", size: int
) -> "FusedProgram":
    """Return the program of a step on batches of this size.

    ``shape``   the numbers of inputs and outputs, and whether samples have weights
    """
    counts = iter([2, 3])  # A user-defined layer may compute something else from three samples.
    return generate(  # type: ignore[no-any-return]
        lambda: Fused(Recording(net, loss, optimizer, shape, next(counts)), size).program(),
        net.layers + [loss],
    )
