"""A training step on a batch of any size, recorded in parts that loops can compute.

The rules run once on two samples. A sum with one term per sample becomes a sum over the batch
(``Samples``), so that the record has these parts:

    terms       what one sample adds to each sum
    value       the loss, computed from the sums
    gradients   the gradient of each weight that learns, computed from the sums
    Update      the new weight and the new memory, the same arithmetic for every weight

The sums are inputs of the parts that follow them. Their order is that of the gradients, so that
arrays can hold both.
"""

from ...core.checks import require
from ...core.training import Engine
from ...scalars import Symbolic
from ..own import RememberingNothing, check_attributes
from ..program import Printer, reachable
from .samples import Samples
from .step_inputs import COUNT, Draws, WeightsOfStep, with_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ...core.losses import Loss
    from ...core.network import Sequential
    from ...core.optimizers import Optimizer
    from ...core.types import Matrix, Row

SAMPLES = 2  # how many samples the rules run on; user-defined rules also run on one more


class BatchRecord:
    """The record of a step.

    ``x``, ``y``     the inputs and the targets of one sample
    ``drawn``        its random numbers
    ``draws``        for each group of random numbers, how many of them each sample takes
    ``weights``      all parameters
    ``rows``         (label, row) of everything that the layers compute forward and backward
    ``sums``         the sums over samples, and ``terms`` what one sample adds to each
    ``groups``       (count, width of a row) of each group of sums, one group after the other
    ``value``        the loss, penalties included
    ``gradients``    the gradient of each weight that learns, parameter by parameter
    ``names``        {id of a number: its name} of numbers that are known from the start
    """

    def __init__(
        self,
        net: "Sequential",
        loss: "Loss",
        inputs: int,
        outputs: int,
        weighted: bool,
        count: int = SAMPLES,
    ) -> None:
        check_attributes(net, loss)
        self.net = net.copy(Symbolic)
        self.loss = loss.with_numbers(Symbolic, exactly=True)
        self.parameters = self.net.parameters()
        self.learning = [p for p in self.parameters if not p.frozen]
        self.weights = replace_by_inputs(self.parameters)
        self.draws_of_step = Draws()
        X, Y = self.data("x", inputs, count), self.data("y", outputs, count)
        self.x, self.y = X[0], Y[0]
        self.noted: "List[Tuple[str, Row]]" = []
        value, gradients = self.backpropagate(X, Y, self.sample_weights(weighted, count))
        self.record = Printer([value, *gradients])
        self.samples = Samples(
            self.record.numbers, self.record.outputs, self.draws_of_step.drawn, count
        )
        self.draws = self.samples.draws
        self.drawn = [r for r in self.draws_of_step.drawn if r.sample == 0]
        for n, r in enumerate(self.drawn):
            r.name = f"r[{n}]"
        self.value, *self.gradients = self.record.outputs
        self.rows = self.rows_of_one_sample()
        self.separate()

    def data(self, name: str, width: int, count: int) -> "Matrix":
        return [
            [Symbolic(name=f"{name}[{k}]", sample=i) for k in range(width)] for i in range(count)
        ]

    def sample_weights(self, weighted: bool, count: int) -> "Any":
        kind = "" if weighted else "unit"
        given: "Any" = [Symbolic(name="weight", sample=i, kind=kind) for i in range(count)]
        self.names: "Dict[int, str]" = {id(w): "weight" if weighted else "1.0" for w in given}
        if weighted:
            given = WeightsOfStep(given, Symbolic(name=COUNT))
            self.names[id(given.total)] = COUNT
        self.kept = given  # keeps the ids unique
        return given

    def backpropagate(self, X: "Matrix", Y: "Matrix", weights: "Any") -> "Any":
        """Return the loss and the gradients, and note the results of the layers."""
        no_examples: "Any" = None
        no_optimizer: "Any" = None
        engine = Engine(self.net, self.loss, no_optimizer, no_examples, self.draws_of_step)
        for k, layer in enumerate(self.net.layers):
            self.note(layer, "forward", f"layer {k}, forward")
            self.note(layer, "backward", f"layer {k}, backward")
        with RememberingNothing(self.net.layers + [self.loss]):
            value = engine.backpropagate((X, Y, weights))
        absent = Symbolic(0, kind="absent")
        rows = [row for p in self.learning for row in p.gradient_rows]
        return value + absent, [v + absent for row in rows for v in row]

    def note(self, layer: "Any", name: str, label: str) -> None:
        """Make the layer's method note its result for the first sample."""
        method = getattr(layer, name)

        def noting(A: "Matrix") -> "Matrix":
            result: "Matrix" = method(A)
            self.noted.append((label, result[0]))
            return result

        setattr(layer, name, noting)

    def rows_of_one_sample(self) -> "List[Tuple[str, Row]]":
        """Return the noted rows that are in the record."""
        same = self.record.same
        rows = [(label, row) for label, row in self.noted if all([id(v) in same for v in row])]
        return [(label, [same[id(v)] for v in row]) for label, row in rows]

    def separate(self) -> None:
        """Find the sums in the order of the gradients, and make them inputs."""
        known = {id(node) for node in self.samples.counts}
        self.names.update({key: COUNT for key in known})
        left = {id(node) for node in self.samples.sums} - known
        ends = left | known
        self.sums: "Row" = []
        self.groups: "List[Tuple[int, int]]" = []
        for outputs, width in self.outputs_in_groups():
            new = [node for node in reachable_in_order(outputs, ends) if id(node) in left]
            left.difference_update(map(id, new))
            self.groups.append((len(new), width if len(new) == len(outputs) else len(new)))
            self.sums += new
        self.terms = [_product(self.samples.terms(node)[0]) for node in self.sums]
        for n, node in enumerate(self.sums):
            node.operation, node.operands, node.name = "", (), f"sums[{n}]"

    def outputs_in_groups(self) -> "List[Tuple[Row, int]]":
        """Return the gradients of each parameter with the length of its rows, and the loss."""
        groups: "List[Tuple[Row, int]]" = []
        start = 0
        for p in self.learning:
            groups.append((self.gradients[start : start + p.count], len(p.rows[0])))
            start += p.count
        return groups + [([self.value], 1)]


class Update:
    """The update of one weight by the optimizer, with its current arguments.

    ``settings``   the attributes of the optimizer that are inputs of each step
    ``inputs``     the weight, its gradient and its memory
    ``results``    the new weight and its new memory
    ``factor``     the factor of clipping, computed from all gradients of the record, or None
    """

    def __init__(self, optimizer: "Optimizer", record: "Any") -> None:
        self.all_settings, twin = with_settings(optimizer)
        self.memory = twin.memory
        w, g = Symbolic(name="w"), Symbolic(name="g")
        state = tuple([Symbolic(name=f"m{n}") for n in range(twin.memory)])
        self.inputs = [w, g, *state]
        self.factor = self.clip_factor(twin, record)
        factor = None if self.factor is None else Symbolic(name="factor")
        absent = Symbolic(0, kind="absent")
        with RememberingNothing([twin]):
            new, memory = twin.update(w, g, state, factor)
            self.results = [new + absent] + [v + absent for v in memory]
        require(
            type(optimizer).__name__,
            len(self.results) - 1,
            (lambda n: n == twin.memory, f"{twin.memory} numbers of memory"),
        )
        used = {node.name for node in reachable(self.results)}
        self.settings = [name for name in self.all_settings if f"setting_{name}" in used]

    def clip_factor(self, twin: "Optimizer", record: "Any") -> "Any":
        rest = iter(record.gradients)
        for p in record.learning:
            rows = [[next(rest) for _ in row] for row in p.rows]
            p.gradient = rows[0] if p.flat else rows
        return twin.clip_factor(record.learning)


def replace_by_inputs(parameters: "Any") -> "Row":
    """Replace the numbers of the parameters by inputs ``w[k]``, and return these.

    A parameter without numbers is left as it is: its layer says that it has seen no data.
    """
    weights: "Row" = []
    for p in [p for p in parameters if p.rows is not None]:
        rows = []
        for row in p.rows:
            rows.append([Symbolic(name=f"w[{len(weights) + k}]") for k in range(len(row))])
            weights += rows[-1]
        p.rows = rows
    return weights


def reachable_in_order(outputs: "Row", ends: "Any") -> "Row":
    """Return the numbers that the outputs depend on, in the order in which they are met.

    What the numbers with the ids ``ends`` depend on is left out.
    """
    found: "Dict[int, Symbolic]" = {}
    waiting = outputs[::-1]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            if id(node) not in ends:
                waiting.extend(node.operands[::-1])
    return list(found.values())


def _product(factors: "Any") -> "Symbolic":
    """Return one term of a sum; a factor that is 1 for every sample is left out."""
    if len(factors) == 1:
        return factors[0]  # type: ignore[no-any-return]
    a, b = factors
    return b if a.is_one else a if b.is_one else Symbolic(None, "multiply", (a, b))
