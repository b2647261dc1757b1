"""The statements of a training step of a large network, printed from the record of its rows.

A matrix product is one entry of that record (codegen/record/recording.py), so that recording takes
no longer for larger matrices. The engine "rows" prints the same record. Penalties and clipping are
in native_penalties.py. Everything else is recorded number by number (native_parts.py).
"""

from ...core.functions import ELEMENTARY
from ...core.optimizers import Optimizer
from ...scalars import Symbolic
from ...scalars.symbolic import Undecided
from ..loop_parts import Fill, Fold, Index, Nest, element_at
from ..loops import Loops, size
from ..own import RememberingNothing, check_attributes
from ..program import reachable
from ..record.recording import Grid, Recording, TrainingStep
from ..record.step_inputs import COUNT
from ..record.vectors import Vectors
from .native_parts import CALL
from .native_penalties import PenalizedStep, PenaltyLines, factor_lines, starts_of
from .printer import CPrinter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple, Union

    from ...core.losses import Loss
    from ...core.network import Sequential
    from .native_unit import NativeUnit

FEWEST_BY_ROWS = 1000  # weights; fewer are recorded number by number in the same time


class Measurement(TrainingStep):
    """The record of the loss alone, without penalties and random numbers."""

    penalties: "List[Any]" = []

    def __init__(
        self, net: "Sequential", loss: "Loss", shape: "Tuple[int, int, bool]", count: int
    ) -> None:
        check_attributes(net, loss)
        inputs, outputs, weighted = shape
        Recording.__init__(self, net, inputs, count)
        self.widths.update({"y": outputs, "weight": 1})
        for p in self.parameters:
            p.frozen = True
        loss = loss.with_numbers(self.number, exactly=True)
        batch = self.rows("x", inputs), self.rows("y", outputs), loss, self.weights(weighted)
        with RememberingNothing(self.net.layers + [loss]):
            self.value = self.net.loss_of(*batch) + Symbolic(0, kind="absent")


class RowRecord:
    """The record of a step, with what a BatchRecord has; its gradients are its sums.

    ``shared``   {index of a parameter of one number: how many sums its gradient adds}
    """

    def __init__(self, step: "Union[Measurement, PenalizedStep]", is_weighted: bool) -> None:
        self.step, self.is_weighted = step, is_weighted
        self.parameters = step.parameters
        self.learning = [p for p in self.parameters if not p.frozen]
        for p in self.learning:
            if not p.flat and not isinstance(p.gradient, Grid):
                raise Undecided("a gradient is not a product")
        self.shared = self.shared_by_features()
        self.vectors = Vectors(self.step)
        for n in self.shared:
            self.parameters[n].shape = (1,)
        self.draws = self.vectors.draws
        self.drawn = range(sum(self.draws))
        self.weights = range(sum([p.count for p in self.parameters]))
        self.gradients = range(sum([p.count for p in self.learning]))
        self.first_term = len(self.gradients) + sum(self.shared.values())
        self.sums = range(self.first_term + len(self.vectors.terms))

    def shared_by_features(self) -> "Dict[int, int]":
        """Replace the gradient of a number that features share, such as a slope, by its terms.

        Return ``shared``.
        """
        every, shared = (1 << self.step.count) - 1, {}
        for n, p in enumerate(self.parameters):
            if p.frozen or tuple(p.shape) != (1,) or p.gradient[0].operation != "total":
                continue
            sums = list(p.gradient[0].operands)
            if all([v.operation == "total" and self.step.samples_of(v) == every for v in sums]):
                p.gradient, p.shape, shared[n] = sums, (len(sums),), len(sums)
        return shared


def record_of_step(
    net: "Sequential",
    loss: "Loss",
    optimizer: "Optimizer",
    shape: "Tuple[int, int, bool]",
    count: int,
) -> "RowRecord":
    """Return the record of a training step on ``count`` samples."""
    own = type(optimizer).clip_factor is Optimizer.clip_factor
    if not own:
        raise Undecided("it clips gradients by a rule of its own")
    return RowRecord(PenalizedStep(net, loss, optimizer, shape, count), shape[2])


class RowLoops:
    """The statements that compute the vectors of one sample, in ``loops``.

    ``products``   the name of the array that holds each product
    ``target``     {name of a vector: the array that holds it}, of those with an array of their own
    """

    target: "Dict[str, str]" = {}
    is_weighted = False

    def __init__(
        self, unit: "NativeUnit", recording: "Recording", vectors: "Vectors", products: "List[str]"
    ) -> None:
        self.unit, self.vectors = unit, vectors
        self.parameters, self.products = recording.parameters, recording.products
        self.names_of_products = products
        self.starts = starts_of(self.parameters)
        self.outputs = outputs = [v for vector in vectors.all for v in vector.rows[0]]
        self.loops = loops = Loops("", outputs[:1], outputs, "net_table")
        loops.forget(outputs[:1])
        self.arrays: "Dict[str, Tuple[str, int]]" = {"x": ("x", 0), "y": ("y", 0)}
        for k, start in enumerate(sums_before(vectors.draws)):
            self.arrays[f"r{k}"] = "r", start
        for n, (name, product) in enumerate(zip(products, self.products)):
            self.arrays[f"z{n}"] = name, 0
            loops.lengths[name] = max(product.width, loops.lengths.get(name, 0))
        for node in loops.record.numbers:
            if node.name and not node.operation:
                self.remember(node)
        self.add_vectors()

    def remember(self, node: "Any") -> None:
        """Note where an input of the record is."""
        name: str = node.name
        index: "Any" = getattr(node, "index", None)
        if name in self.arrays:
            array, start = self.arrays[name]
            self.loops.places[id(node)] = array, start + index
        elif name == "weight":
            self.loops.scalars[id(node)] = name if self.is_weighted else "1.0"
        elif name == COUNT:
            self.loops.scalars[id(node)] = name
        elif name[0] in "bw" and name[1:].isdigit():
            n = int(name[1:])
            columns = self.parameters[n].shape[-1]
            place = index[0] * columns + index[1] if isinstance(index, tuple) else index
            self.loops.places[id(node)] = "w", self.starts[n] + place
        else:
            raise Undecided(f"it reads {name}")

    def add_vectors(self) -> None:
        """Append the statements that compute the products, and what is between them."""
        loops, same = self.loops, self.loops.record.same
        stages = range(len(self.products) + 1)
        for stage in stages:
            if stage:
                self.add_product(stage - 1)
            for vector in self.vectors.all:
                if vector.stage == stage and vector not in self.vectors.terms:
                    row = [same[id(v)] for v in vector.rows[0]]
                    loops.store(row, self.target.get(vector.name, ""))
                    self.arrays[vector.name] = loops.rows[tuple(map(id, row))], 0

    def add_product(self, n: int) -> None:
        """Append the row of sums of a product: each adds its terms from left to right."""
        loops, product = self.loops, self.products[n]
        k = int(product.parameter[1:])
        p, columns = self.parameters[k], self.parameters[k].shape[-1]
        left = self.vectors.name_of(product.rows)
        fill = Fill(self.names_of_products[n], Index(loops.new_name("i"), product.width))
        fold = Fold(
            loops.new_name("s"),
            Symbolic(-0.0),
            Index(loops.new_name("i"), self.vectors.width_of(left)),
        )
        inner, outer = (columns, 1) if product.transposed else (1, columns)
        weight = element_at("w", self.starts[k], (inner, fill.index), (outer, fold.index))
        so_far, x = Symbolic(name=fold.name), self.number(left, fold.index)
        term = Symbolic(None, "multiply", (x, Symbolic(name=weight)))
        fold.value = Symbolic(None, "add", (so_far, term))
        fill.body.append(fold)
        fill.value = so_far
        transposed = " transposed" * product.transposed
        loops.statements += [f"z{n}, the product with {p.name}{transposed}", fill]

    def number(self, name: str, index: "Index") -> "Symbolic":
        """Return the number of a vector at an index."""
        array, start = self.arrays[name]
        return Symbolic(name=element_at(array, start, (1, index)))


class RowParts(RowLoops):
    """The statements; the attributes are those of Parts. Some ``tables`` are functions."""

    in_place = True
    is_small = False

    def __init__(
        self, unit: "NativeUnit", record: "RowRecord", factor: "Optional[Symbolic]" = None
    ) -> None:
        self.record, self.is_weighted = record, record.is_weighted
        products = [f"z{n}" for n in range(len(record.step.products))]
        RowLoops.__init__(self, unit, record.step, record.vectors, products)
        self.lengths_of_end: "Dict[str, int]" = {}
        self.ending: "List[str]" = []
        loops = self.loops
        loops.statements.append("the sums over samples")
        self.add_gradients()
        parts = loops.statements
        self.sample = [part for part in parts if not is_sum_of_row(part)]
        self.late = [part for part in parts if is_sum_of_row(part)]
        self.lengths = loops.lengths
        self.tables = [unit.table(table) for table in loops.tables]
        penalties = PenaltyLines(unit, record.step.penalties, record.parameters, self.starts)
        self.tables += penalties.functions + [TOTAL] * bool(record.shared)
        self.ending += [*penalties.values, *self.loss(penalties.names), *penalties.gradients]
        self.changes_gradients = bool(penalties.gradients or record.shared)
        self.ending += factor_lines(unit, factor, len(record.gradients))
        calls = [v for v in reachable(self.outputs) if v.operation in ELEMENTARY]
        self.work = size(self.outputs) + CALL * len(calls) + len(record.gradients)
        self.work += sum([p.width * len(p.rows[0]) for p in self.products])

    def add_gradients(self) -> None:
        """Append the statements that add to the gradients, and to the sums of the loss."""
        loops, start, end = self.loops, 0, len(self.record.gradients)
        for n, p in enumerate(self.record.parameters):
            if p.frozen:
                continue
            left, right = self.vectors.updates[n]
            place, count, columns = start, p.count, p.shape[-1]
            if n in self.record.shared:
                place, count = end, self.record.shared[n]
                columns = count
                end += count
                self.ending.append(f"sums[{start}] = net_total(sums + {place}, {count});")
            first = Index(loops.new_name("i"), count // columns)
            last = Index(loops.new_name("i"), columns)
            target = element_at("sums", place, (columns, first), (1, last))
            outer, inner = (first, last) if columns > 1 else (last, first)
            fill = Fill("sums", inner, target.place)
            term = self.number(right, last)
            if left:
                term = Symbolic(None, "multiply", (self.number(left, first), term))
            fill.value = Symbolic(None, "add", (Symbolic(name=target), term))
            loops.statements.append(Nest(outer, [fill]) if outer.count > 1 else fill)
            start += p.count
        start = end
        for vector in self.vectors.terms:
            fill = Fill("sums", Index("", 1), str(start))
            term = loops.single(loops.record.same[id(vector.rows[0][0])])
            fill.value = Symbolic(None, "add", (Symbolic(name=f"sums[{start}]"), term))
            loops.statements.append(fill)
            start += 1

    # ---- after the samples -----------------------------------------------------------------------

    def loss(self, penalties: "Dict[int, str]") -> "List[str]":
        """Return the statements that compute the loss; the names of penalties are known."""
        first = self.record.first_term
        names = {id(node): f"sums[{first + k}]" for k, node in enumerate(self.vectors.summed)}
        names.update(penalties)
        value = self.record.step.value
        for node in reachable([value], names):
            if node.name and not node.operation and node.name != COUNT and id(node) not in names:
                raise Undecided("the loss is not a sum over the samples")
        code = CPrinter(self.unit, [value], names)
        return code.statements() + [f"const double loss = {code.text(code.outputs[0])};"]


TOTAL = """\
/* Adds numbers from left to right. */
NET_APART double net_total(const double *v, int count)
{
    double total = -0.0;
    for (int k = 0; k < count; k++) { total = total + v[k]; }
    return total;
}
"""


def is_sum_of_row(part: "Any") -> bool:
    """Return whether a statement adds to sums, row by row."""
    fill = part.body[0] if isinstance(part, Nest) else part
    return isinstance(fill, Fill) and fill.name == "sums" and fill.index.count > 1


def sums_before(counts: "List[int]") -> "List[int]":
    return [sum(counts[:k]) for k in range(len(counts))]
