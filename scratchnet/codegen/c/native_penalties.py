"""Penalties of weights and the clipping of gradients in a step of native_rows.py.

Both do the same with each number of a parameter. Their rules run on a parameter of a few numbers,
and what they do with one number is printed as a loop over all of them.
"""

from ...core.layer import Layer, Parameter
from ...scalars import Symbolic
from ...scalars.symbolic import Undecided
from ..own import RememberingNothing, is_own
from ..program import reachable
from ..record.recording import TrainingStep, leaf
from .native_text import nested, sum_of
from .printer import CPrinter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple, Union

    from .native_unit import NativeUnit

W, G = "w_k", "g_k"  # a weight and its gradient


class Penalty:
    """The terms that a layer's penalty adds to the loss and to the gradients.

    ``shape``       that of the small matrix that the rule runs on
    ``name``        the variable that holds the penalty
    ``place``       the index of the layer's parameter that the penalty sums over
    ``term``        the term of one weight, or None
    ``gradients``   {index of a parameter: the gradient of one weight, including the penalty}
    """

    def __init__(self, layer: "Any", name: str, shape: "Tuple[int, int]" = (2, 3)) -> None:
        self.name = name
        small = layer.with_numbers(Symbolic, exactly=True)
        parameters = small.parameters()
        for p in parameters:
            p.number = Symbolic
            p.shape = shape[1:] if p.flat else shape
            p.rows = numbers_of(W, p)
            gradient = numbers_of(G, p)
            p.gradient = gradient[0] if p.flat else gradient
        before = [p.gradient_rows for p in parameters]
        with RememberingNothing([small]):
            value = small.penalty()
            small.add_penalty_gradient()
        self.place, self.term = 0, None
        if value is not None:
            self.place, self.term = term_of(value, parameters)
        self.gradients: "Dict[int, Symbolic]" = {}
        for n, p in enumerate(parameters):
            gradient = [v for row in p.gradient_rows for v in row]
            known = [v for row in before[n] for v in row]
            if any([a is not b for a, b in zip(gradient, known)]):
                self.gradients[n] = alike(gradient)

    def form(self) -> "Any":
        """Return what is equal for penalties that do the same with each weight."""
        term = None if self.term is None else form(self.term, 0)
        return self.place, term, {n: form(node, 0) for n, node in self.gradients.items()}


def penalty_of(layer: "Any", name: str) -> "Penalty":
    """Return the penalty; that of a user-defined layer may not depend on the number of weights."""
    penalty = Penalty(layer, name)
    if not is_own(layer) and Penalty(layer, name, (3, 5)).form() != penalty.form():
        raise Undecided("a penalty depends on the number of weights")
    return penalty


def numbers_of(name: str, p: "Parameter") -> "Any":
    """Return rows of inputs in the shape of a parameter; the first has the name itself."""
    width = p.shape[-1]
    count = width if p.flat else p.shape[0] * width
    numbers = [Symbolic(name=f"{name}{k or ''}") for k in range(count)]
    return [numbers[k : k + width] for k in range(0, count, width)]


def form(node: "Symbolic", k: int) -> "Any":
    """Return how a number is computed; the inputs of place k have the names of those of place 0."""
    name = {f"{W}{k}": W, f"{G}{k}": G}.get(node.name, node.name)
    operands = [form(operand, k) for operand in node.operands]
    return node.operation, name, repr(node.value), operands


def alike(numbers: "List[Symbolic]") -> "Symbolic":
    """Return the first of the numbers, each of which is computed from those at its own place."""
    first = form(numbers[0], 0)
    if any([form(node, k) != first for k, node in enumerate(numbers)]):
        raise Undecided("a penalty does not do the same with every weight")
    return numbers[0]


def term_of(value: "Symbolic", parameters: "Any") -> "Tuple[int, Symbolic]":
    """Return the parameter that a penalty is a sum over, and the term of one weight."""
    for n, p in enumerate(parameters):
        known = {id(w) for row in p.rows for w in row}
        inputs = [node for node in reachable([value]) if node.name]
        if value.operation == "total" and len(value.operands) == p.count:
            if all([id(node) in known for node in inputs]):
                return n, alike(list(value.operands))
    raise Undecided("a penalty is not a sum over the weights of one parameter")


class PenalizedStep(TrainingStep):
    """The record of a training step in which the penalty of a layer is one input.

    ``penalties``   of each layer that may have one: the Penalty and its input of the record
    """

    def twin_of(self, net: "Any") -> "Any":
        twin = TrainingStep.twin_of(self, net)
        self.penalties: "List[Tuple[Any, Penalty, Symbolic]]" = []
        for layer, given in zip(twin.layers, net.layers):
            if type(layer).penalty is Layer.penalty:
                continue
            name = f"penalty{len(self.penalties)}"
            penalty, number = penalty_of(given, name), leaf(self.number, name, None)
            self.penalties.append((layer.parameters(), penalty, number))
            value = None if penalty.term is None else number
            layer.penalty = lambda value=value: value
            layer.add_penalty_gradient = lambda: None
        return twin


class PenaltyLines:
    """The statements of the penalties, after the sums over the samples.

    ``functions``   the functions that they call; equal penalties share one
    ``names``       {id of the input of the record: the variable that holds the penalty}
    ``values``      those that compute the penalties, which the loss needs
    ``gradients``   those that add to the gradients
    """

    def __init__(
        self, unit: "NativeUnit", penalties: "Any", parameters: "Any", starts: "List[int]"
    ) -> None:
        self.unit = unit
        self.made: "Dict[str, str]" = {}  # {the body of a function: its name}
        self.functions: "List[str]" = []
        self.names: "Dict[int, str]" = {}
        self.values: "List[str]" = []
        self.gradients: "List[str]" = []
        places = {id(p): start for p, start in zip(parameters, starts)}
        learning = [p for p in parameters if not p.frozen]
        sums = dict(zip(map(id, learning), starts_of(learning)))
        for own, penalty, number in penalties:
            if penalty.term is not None:
                p = own[penalty.place]
                self.names[id(number)] = penalty.name
                name = self.function("double", penalty.term, "sum = sum +")
                call = f"{name}({sum_of('w', places[id(p)])}, 0, {p.count})"
                self.values.append(f"const double {penalty.name} = {call};")
            for n, gradient in penalty.gradients.items():
                p = own[n]
                if not p.frozen:
                    name = self.function("void", gradient, "g[k] =")
                    arrays = f"{sum_of('w', places[id(p)])}, {sum_of('g', sums[id(p)])}"
                    self.gradients.append(f"{name}({arrays}, {p.count});")

    def function(self, kind: str, node: "Symbolic", target: str) -> str:
        """Return the name of the function that does this with each weight, from left to right.

        It returns a sum, or nothing.
        """
        lines, text = printed(self.unit, node)
        known = [f"const double {W} = w[k];"] * uses(node, W)
        known += [f"const double {G} = g[k];"] * uses(node, G)
        body = loop("count", [*known, *lines, f"{target} {text};"])
        if kind == "double":
            body = ["double sum = -0.0;", *body, "return sum;"]
        written = "\n".join(["{", *nested(["(void)w, (void)g;", *body]), "}", ""])
        if written not in self.made:
            self.made[written] = name = f"net_penalty{len(self.made)}"
            arguments = "const double *restrict w, double *restrict g, int count"
            self.functions.append(f"NET_APART {kind} {name}({arguments})\n{written}")
        return self.made[written]


def printed(unit: "NativeUnit", node: "Symbolic") -> "Tuple[List[str], str]":
    code = CPrinter(unit, [node])
    return code.statements(), f"({code.text(code.outputs[0])})"


def uses(node: "Symbolic", name: str) -> bool:
    return any([v.name == name for v in reachable([node])])


def loop(count: "Union[int, str]", body: "List[str]") -> "List[str]":
    return [f"for (int k = 0; k < {count}; k++) {{", *["    " + line for line in body], "}"]


def starts_of(parameters: "Any") -> "List[int]":
    """Return the place of the first weight of each parameter."""
    starts = [0]
    for p in parameters:
        starts.append(starts[-1] + p.count)
    return starts[:-1]


# ---- clipping ------------------------------------------------------------------------------------


class FewGradients:
    """Stands for a record whose only parameter has a few weights."""

    def __init__(self) -> None:
        p = Parameter("weights", (3,))
        p.rows = numbers_of(W, p)
        self.learning = [p]
        self.gradients = numbers_of(G, p)[0]


def factor_lines(unit: "NativeUnit", factor: "Optional[Symbolic]", count: int) -> "List[str]":
    """Return the statements that compute the factor of clipping from this many gradients."""
    if factor is None:
        return []
    (total,) = [node for node in reachable([factor]) if node.operation == "total"]
    lines, text = printed(unit, alike(list(total.operands)))
    body = [f"const double {G} = g[k];", *lines, f"total = total + {text};"]
    code = CPrinter(unit, [factor], {id(total): "total"})
    return [
        "double total = -0.0;",
        *loop(count, body),
        *code.statements(),
        f"const double factor = {code.text(code.outputs[0])};",
    ]
