"""A fused training step on samples of integers, with the weights of the inputs as integers, too.

    train(steps, losses, parameters, states, lanes) -> parameters, states

All weights of an input are one integer, each in its own lane of bits, so that one multiplication by
the input gives all products. Everything else is printed as in fused.py. This works for a parameter
that multiplies the samples and whose rule is w - a·g, as in plain SGD: then an input that is 0
changes no weight and costs nothing.

``lanes`` is a LaneNumbers, which converts numbers to lanes and back (engines/lane_numbers.py). If
the weights outgrow their lanes, ``train`` returns before all steps are made.
"""

import re

from ...scalars.symbolic import Undecided
from ..own import generate_from_samples
from ..record.recording import TrainingStep
from .expressions import indented
from .fused import Fused, FusedProgram
from .kinds import ANY, BINARY, OFTEN_REPEATED, REPEATED
from .updates import Updates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

# The number of samples that update all weights in one pass. Their tables of multiples fit into the
# cache of the processor.
TOGETHER = 4
LESS_ROOM = "room -= abs(change) * max(max(d_row), -min(d_row))"


class UpdatesOfLanes(Updates):
    """The statements that replace all parameters, one of which is a list of integers."""

    printer: "FusedLanes"

    def of(self, n: int, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        if n != self.printer.lanes:
            return Updates.of(self, n, outputs, names)
        coefficient = self.coefficient(outputs["w"], names)
        if not coefficient or len(outputs) > 1:
            raise Undecided("the rule of the optimizer is not w - a·g")
        rows = self.printer.vectors.updates[n][1].upper()
        lines = [f"change = {coefficient} * scale"]
        if not self.printer.has_all or self.printer.kind not in (REPEATED, OFTEN_REPEATED):
            return [*lines, *self.one_by_one(n, "K", rows)]
        end = self.size // TOGETHER * TOGETHER
        if end:
            lines += self.several(n, end, rows)
        return [*lines, *self.one_by_one(n, f"K[{end}:]", f"{rows}[{end}:]")]

    def one_by_one(self, n: int, samples: str, rows: str) -> "List[str]":
        """Return the statements that update the weights, one sample at a time."""
        is_binary = self.printer.kind == BINARY
        sample = "_, places" if is_binary else "_, places, values"
        inputs = "i in places" if is_binary else "i, k in zip(places, values)"
        name, product = {
            BINARY: ("d = integer", "d"),
            REPEATED: ("multiple = multiples", "multiple[k]"),
            OFTEN_REPEATED: ("multiple = multiples", "multiple[k]"),
            ANY: ("d = integer", "k * d"),
        }[self.printer.kind]
        return [
            f"for ({sample}), d_row in zip({samples}, {rows}):",
            f"    {LESS_ROOM}",
            f"    {name}([round(change * v) for v in d_row])",
            f"    for {inputs}:",
            f"        L{n}[i] -= {product}",
        ]

    def several(self, n: int, end: int, rows: str) -> "List[str]":
        """Return the statements that update the weights, TOGETHER samples at a time."""
        multiples, integers = [[f"{a}{j}" for j in range(TOGETHER)] for a in "mk"]
        terms = " ".join([f"- {m}[{k}]" for m, k in zip(multiples, integers)])
        return [
            f"for start in range(0, {end}, {TOGETHER}):",
            "    tables = []",
            f"    for d_row in {rows}[start : start + {TOGETHER}]:",
            f"        {LESS_ROOM}",
            "        tables.append(multiples([round(change * v) for v in d_row]))",
            f"    {', '.join(multiples)} = tables",
            f"    values = [sample[2] for sample in K[start : start + {TOGETHER}]]",
            f"    L{n} = [w {terms} for w, {', '.join(integers)} in zip(L{n}, *values)]",
        ]


class FusedLanes(Fused):
    """The printer of a Recording whose samples are also integers K, in addition to the floats X.

    ``lanes``     the index of the parameter that is a list of integers
    ``kind``      the kind of the samples
    ``has_all``   whether every sample lists all inputs, zeros included
    """

    kind_of_updates = UpdatesOfLanes
    signature = Fused.signature.replace(")", ", lanes)")

    def __init__(self, recording: "TrainingStep", size: int, kind: str, has_all: bool) -> None:
        self.kind = kind
        self.has_all = has_all
        self.lanes = -1
        Fused.__init__(self, recording, size)
        if re.search(rf"\bC{self.lanes}\b", self.source):
            raise Undecided("the weights of the inputs are used elsewhere, too")

    def written_out(self) -> str:
        self.lanes = self.parameter_of_inputs()
        return Fused.written_out(self)

    def parameter_of_inputs(self) -> int:
        """Return the index of the first parameter that multiplies the samples and changes."""
        for product in self.recording.products:
            n = int(product.parameter[1:])
            is_input = self.vectors.name_of(product.rows) == "x" and not product.transposed
            uses = [other for other in self.recording.products if other.parameter == f"w{n}"]
            if is_input and len(uses) == 1 and self.vectors.updates.get(n, ("", ""))[0] == "x":
                return n
        raise Undecided("no weights that change multiply the inputs")

    def name_of(self, n: int) -> str:
        return f"L{n}" if n == self.lanes else Fused.name_of(self, n)

    def factors(self, product: str, found: "List[str]") -> "Tuple[Any, Tuple[str, str], str]":
        n = self.lanes
        if self.recording.products[int(product[1:])].parameter != f"w{n}":
            return Fused.factors(self, product, found)
        if self.kind == BINARY:
            sample, text = "pick, _", f"sum(pick(L{n}))"
        elif self.kind == OFTEN_REPEATED:
            sample, text = "pick, _, values", f"weighted_sum(values, pick(L{n}))"
        else:
            sample, text = "pick, _, values", self.dot("values", f"pick(L{n})")
        return [(f"({sample})", "K")], (f"n{n}", f"numbers({text})"), f"(unit * n{n})"

    def head(self) -> "List[str]":
        change = "multiples" if self.kind in (REPEATED, OFTEN_REPEATED) else "integer"
        names = ["numbers", change, "measured", "unit", "scale"]
        names += ["weighted_sum"] if self.kind == OFTEN_REPEATED else []
        lines = Fused.head(self)
        lines += [", ".join(names) + " = " + ", ".join([f"lanes.{name}" for name in names])]
        return lines + [f"room = measured(L{self.lanes}, 0.0)"]

    def inputs(self) -> "List[str]":
        return Fused.inputs(self) + ["K"]

    def updates(self) -> "List[str]":
        check = [f"room = measured(L{self.lanes}, room)", "if not room:", "    break"]
        return Fused.updates(self) + ["if room < 0.0:"] + indented(check)


def of_batches(
    net: "Any",
    loss: "Any",
    optimizer: "Any",
    shape: "Tuple[int, int, bool]",
    size: int,
    kind: str,
    has_all: bool,
) -> "Tuple[FusedProgram, int]":
    """Return the program of a step on batches of this size, and the index of the parameter.

    ``shape``     the numbers of inputs and outputs, and whether samples have weights
    ``kind``      the kind of the samples
    ``has_all``   whether every sample lists all inputs, zeros included
    """

    def make(count: int) -> "Tuple[FusedProgram, int]":
        recording = TrainingStep(net, loss, optimizer, shape, count)
        fused = FusedLanes(recording, size, kind, has_all)
        return fused.program(), fused.lanes

    return generate_from_samples(make, net, loss)  # type: ignore[no-any-return]
