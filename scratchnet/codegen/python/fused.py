"""A training step as loops over rows, with the work of each layer fused.

    train(steps, losses, parameters, states) -> parameters, states

A matrix parameter is a list of its columns, so that the forward pass transposes nothing. A row of a
layer is one comprehension: the product, the bias and the activation of each number. A gradient and
the new weight are computed together, so that there is no matrix of gradients. Everything is printed
from a Recording of the rules, and nothing is rearranged.
"""

import math

from ...core import functions
from ...scalars.operations import CHOICE, PRODUCT
from ...scalars.symbolic import Undecided
from ..own import generate
from .printer import Code, imports
from .recording import COUNT, Recording
from .step import Program
from .unrolled import listed, pattern
from .updates import Updates, indented, loop
from .vectors import Vectors, inputs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

    from .vectors import Vector

WIDEST = 64  # the widest row whose numbers are written out one by one
# The longest products that are written out, with math.sumprod and without it. The measurements are
# in engines/products.py.
SHORT = 10
SHORT_WITHOUT_SUMPROD = 64


class FusedProgram(Program):
    """The generated code of a step.

    ``changing``   the indices of the parameters that change
    """

    def __init__(
        self, source: str, settings: "List[str]", draws: "List[int]", changing: "List[int]"
    ) -> None:
        Program.__init__(self, source, settings, draws)
        self.changing = changing


class Fused:
    """The printer of a Recording, for batches of some size."""

    def __init__(self, recording: "Recording", size: int) -> None:
        self.recording = recording
        self.size = size
        self.vectors = Vectors(recording)
        self.draws = self.vectors.draws
        self.changing = sorted(self.vectors.updates)
        self.memory = range(recording.optimizer.memory)
        self.settings = recording.settings
        self.calls = Code([])  # collects the functions that the code calls
        self.scalars: "Dict[str, str]" = {}  # {expression: name} of what is equal for all samples
        self.multiplies = False  # whether it calls operator.mul
        self.written: "Set[str]" = set()  # the vectors computed so far
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

    # ---- products and sums -----------------------------------------------------------------------

    def is_short(self, length: int) -> bool:
        slow = functions.kernel() == "portable" or not hasattr(math, "sumprod")
        return length <= (SHORT_WITHOUT_SUMPROD if slow else SHORT)

    def product(self, a: str, b: str, length: int, whole: str = "") -> "Tuple[str, str, str]":
        """Return the targets of a loop over rows a and b of this length, and their dot product.

        ``whole``   the name of the row a, if it is needed as a whole
        """
        if self.is_short(length) and not whole:
            terms = " + ".join([f"{a}{k} * {b}{k}" for k in range(length)])
            left, right = [pattern([f"{v}{k}" for k in range(length)]) for v in (a, b)]
            return left, right, f"({terms})"
        if functions.kernel() == "portable":
            self.calls.functions["dot"] = False
            text = "dot({}, {})"
        elif hasattr(math, "sumprod"):
            self.calls.functions["sumprod"] = False
            text = "sumprod({}, {})"
        else:
            self.multiplies = True
            text = "sum(map(mul, {}, {}))"
        return whole or a, b, text.format(whole or a, b)

    def total(self, text: str) -> str:
        if functions.kernel() != "portable":
            return f"sum({text})"
        self.calls.functions["total"] = False
        return f"total({text})"

    # ---- references ------------------------------------------------------------------------------

    def code(
        self, outputs: "Sequence[Any]", named: "Dict[int, str]", spelled: bool
    ) -> "Tuple[Code, List[str]]":
        """Return the code of some numbers, and the vectors that it refers to.

        ``named``   the names of numbers that are known, by their ids
        """
        names, found = dict(named), []  # type: Dict[int, str], List[str]
        own = {id(output) for output in outputs}
        waiting, seen = list(outputs)[::-1], set()  # type: Any, Set[int]
        while waiting:
            node = waiting.pop()
            if id(node) in seen or id(node) in names:
                continue
            seen.add(id(node))
            vector, index = self.vectors.place_of(node)
            if id(node) in own:
                vector, index = "" if node.operation else node.name, getattr(node, "index", None)
            if node.operation and not vector:
                if id(node) not in own and self.is_scalar(node):
                    names[id(node)] = self.scalar(node)
                else:
                    waiting.extend(node.operands[::-1])
            elif isinstance(index, tuple):  # one weight
                names[id(node)] = f"C{vector[1:]}[{index[1]}][{index[0]}]"
            elif index is not None and node.kind != "unit":
                names[id(node)] = f"{vector}_{index}" if spelled else vector
                if vector not in found:
                    found.append(vector)
        code = Code(outputs, names)
        return code, found

    def is_scalar(self, node: "Any") -> bool:
        """Return whether a number is the same for all samples and weights."""
        names = [v.name for v in inputs_of([node])]
        return bool(names) and all([n == COUNT or n.startswith("setting_") for n in names])

    def scalar(self, node: "Any") -> str:
        code = Code([node])
        text = code.text(code.outputs[0])
        self.calls.functions.update(code.functions)
        return self.scalars.setdefault(text, f"h{len(self.scalars)}")

    def sources(
        self, found: "List[str]", width: int
    ) -> "Tuple[List[Tuple[str, str]], List[Tuple[str, str]], Optional[str]]":
        """Return the targets and sources of the loop over a row, and of that over the samples.

        Also return the name of the product among the vectors, which are of this width or numbers.
        """
        inner, outer, product = [], [], None  # type: Any, Any, Any
        for name in found:
            if name[0] == "z":
                product = name
            elif name[0] == "b":
                inner.append((name, f"P{name[1:]}"))
            elif name == "weight":
                outer.append((name, "WEIGHT"))
            elif name[0] == "v" and name not in self.written:
                raise Undecided("its parts are computed in another order")
            elif self.vectors.width_of(name) == 1:
                outer.append((f"({name},)", name.upper()))
            elif self.vectors.width_of(name) != width:
                raise Undecided("it combines rows of different lengths")
            else:
                inner.append((name, f"{name}_row"))
                outer.append((f"{name}_row", name.upper()))
        return inner, outer, product

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
        row = f"[{text}{loop(inner)}{''.join(clauses)}]"
        if not inner and clauses:
            row = f"[{text}{''.join(clauses)}]"
        return f"{vector.name.upper()} = [{row}{loop(outer)}]"

    def named(self, code: "Code", name: str, text: str) -> "List[str]":
        """Replace a number that is used once by its text; otherwise return what assigns it."""
        known = [key for key, value in code.names.items() if value == name]
        if sum([code.uses.get(key, 0) for key in known]) > 1:
            return [f" for {name} in [{text}]"]
        for key in known:
            code.names[key] = text
        return []

    def clauses(self, code: "Code") -> "List[str]":
        """Return the statements of the code as parts of a comprehension."""
        pairs = [line.partition(" = ")[::2] for line in code.statements()]
        if len({name for name, _ in pairs}) < len(pairs):
            raise Undecided("a sum is too long for one expression")
        return [f" for {name} in [{text}]" for name, text in pairs]

    def spelled(self, vectors: "List[Vector]") -> "List[str]":
        """Return the loop that computes vectors with every number of a row written out."""
        outputs = [node for v in vectors for node in v.rows[0]]
        code, found = self.code(outputs, {}, True)
        widths = {name: self.vectors.width_of(name) for name in found}
        if max(list(widths.values()) + [v.width for v in vectors]) > WIDEST:
            raise Undecided("the row is too wide to be written out")
        lines, outer, first = [], [], []  # type: Any, Any, List[str]
        for name in found:
            names = pattern([f"{name}_{j}" for j in range(widths[name])])
            if name[0] == "z":
                more, weights, text = self.factors(name, [])
                if more[0][1] in [source for _, source in outer]:
                    raise Undecided("a product and its input are needed together")
                outer += more
                first.append(f"{names} = [{text}{loop([weights])}]")
            elif name[0] == "b":
                lines.append(f"{names} = P{name[1:]}")
            elif name == "weight":
                outer.append(("weight_0", "WEIGHT"))
            elif name[0] == "v" and name not in self.written:
                raise Undecided("its parts are computed in another order")
            else:
                if name.upper() in [source for _, source in outer]:
                    raise Undecided("a product and its input are needed together")
                outer.append((names, name.upper()))
        body = first + code.statements()
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
        code, found = self.code([self.recording.value], names, True)
        if found or code.statements():
            raise Undecided("the loss is no sum over the samples")
        self.calls.functions.update(code.functions)
        return code.text(code.outputs[0])


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
