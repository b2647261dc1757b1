"""The record of a step in which factors are multiplied once per step, not once per sample.

The gradient of each sample contains the same factors, such as 1/n, and the learning rate follows.
These factors move outward, through products and through sums whose terms all have them, until they
meet in one number: rate·Σ(x·d/n) becomes (rate/n)·Σ(x·d). Likewise a weight that is a factor of all
terms, as where a layer with one output passes its gradient back. A division by such a number
becomes a multiplication. A factor leaves a root, and ε as well: √(c·v) + ε becomes √c·(√v + ε/√c).

The result is the same to rounding: products are rounded in another order, but no sum is added in
another order. The portable kernel does not use it.

>>> rate, n, x, d, e = [Symbolic(name=name) for name in ("setting_rate", "count", "x", "d", "e")]
>>> [step] = rescale([rate * (x * (d / n) + x * (e / n))])
>>> [operand.operation for operand in step.operands]
['multiply', 'add']
"""

from ..scalars import Symbolic
from .record.step_inputs import COUNT, OVER_SAMPLES
from .simplified import Choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple


class Scaled:
    """A number as the product of what is the same for all samples, and the rest.

    ``factor``    a number that is computed from settings and constants, or None for 1
    ``core``      the rest; None if there is none
    ``weights``   inputs that are further factors, such as weights
    """

    __slots__ = ("factor", "core", "weights", "whole")

    def __init__(
        self,
        factor: "Optional[Symbolic]",
        core: "Optional[Symbolic]",
        weights: "Tuple[Symbolic, ...]" = (),
    ) -> None:
        self.factor = factor
        self.core = core
        self.weights = weights
        self.whole = None if weights or factor is not None else core


def rescale(
    outputs: "Sequence[Symbolic]", weights: "Sequence[Symbolic]" = (), known: "Any" = ()
) -> "List[Symbolic]":
    """Return the outputs with factors that have moved outward, and with simpler choices.

    ``weights``   inputs that are the same for all samples
    ``known``     numbers that stay as they are, like inputs
    """
    factors = Factors(weights)
    factors.new.update({id(node): Scaled(None, node) for node in known})
    return factors.again(outputs)


class Factors(Choices):
    """A copy of the numbers of a record, each as a product."""

    def __init__(self, weights: "Sequence[Symbolic]") -> None:
        Choices.__init__(self)
        self.weights: "Set[int]" = {id(w) for w in weights}
        self.one = self.constant(Symbolic(1))

    def add(self, node: "Symbolic") -> None:
        if not node.operation:
            self.new[id(node)] = made = self.input(node)
        else:
            operands = [self.new[id(v)] for v in node.operands]
            rule = RULES.get(node.operation)
            found = rule and rule(self, node.operation, operands)
            if not found:
                result = self.make(node.operation, *map(self.whole, operands))
                is_factor = all([v.core is None and not v.weights for v in operands])
                found = Scaled(result, None) if is_factor else Scaled(None, result)
            self.new[id(node)] = made = found
        if id(node) in self.signs:
            self.new_signs.add(id(self.whole(made)))

    def result(self, node: "Symbolic") -> "Symbolic":
        return self.whole(self.new[id(node)])

    def factors_of(self, gradient: "Symbolic") -> "Any":
        scaled = self.new[id(gradient)]
        if scaled.core is None:
            return None
        return (id(scaled.factor), *map(id, scaled.weights))

    def rest_of(self, gradient: "Symbolic") -> "Symbolic":
        scaled = self.new[id(gradient)]
        return self.whole(scaled) if scaled.core is None else scaled.core

    def name_rest(self, w: "Symbolic", rest: "Symbolic", gradient: "Symbolic") -> None:
        self.weights.add(id(w))
        scaled = self.new[id(gradient)]
        parts = (None, rest) if scaled.core is None else (scaled.factor, rest, scaled.weights)
        self.new[id(rest)] = Scaled(*parts)

    def whole(self, scaled: "Scaled") -> "Symbolic":
        """Return the number itself."""
        if scaled.whole is None:
            factor = scaled.factor
            for w in scaled.weights:
                factor = self.product(factor, w)
            scaled.whole = self.product(factor, scaled.core)
        return scaled.whole

    def product(self, a: "Any", b: "Any") -> "Any":
        """Return the product of two numbers, of which None is 1."""
        return b if a is None else a if b is None else self.make("multiply", a, b)

    def make(self, operation: str, *operands: "Symbolic") -> "Symbolic":
        result = None
        if operation in ("multiply", "divide"):
            a, b = operands
            if a.value is not None and b.value is not None:
                result = a * b if operation == "multiply" else a / b
        if result is None or not result.is_constant:
            return Choices.make(self, operation, *operands)
        return self.constant(result)

    # ---- operations; None means that no factor moves ---------------------------------------------

    def input(self, node: "Symbolic") -> "Scaled":
        if node.is_constant:
            made = self.constant(node)
            return Scaled(None, made) if node.is_absent else Scaled(made, None)
        if node.name == COUNT or node.name.startswith("setting_"):
            return Scaled(node, None)
        return Scaled(None, None, (node,)) if id(node) in self.weights else Scaled(None, node)

    def multiply(self, _: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        a, b = operands
        if a.core is None and b.core is None:
            return None
        factor = self.product(a.factor, b.factor)
        return Scaled(factor, self.product(a.core, b.core), merge(a.weights, b.weights))

    def divide(self, _: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        a, b = operands
        if a.core is None or b.weights:
            return None
        factor = a.factor
        if b.factor is not None:
            factor = self.product(factor, self.make("divide", self.one, b.factor))
        core = a.core if b.core is None else self.make("divide", a.core, b.core)
        return Scaled(factor, core, a.weights)

    def negate(self, _: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        (a,) = operands
        return None if a.core is None else Scaled(a.factor, self.make("negate", a.core), a.weights)

    def choose(self, operation: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        condition, *arms = operands
        return self.pull(operation, [(v,) for v in arms], [condition])

    def add_up(self, operation: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        root, other = operands[0], operands[-1]
        if operation == "add" and is_root(root) and other.core is None and not other.weights:
            factor, core = root.factor, root.core
            rest = self.make("divide", self.whole(other), factor)  # type: ignore[arg-type]
            return Scaled(factor, self.make("add", core, rest))  # type: ignore[arg-type]
        return self.pull(operation, [(v,) for v in operands])

    def root(self, operation: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        (a,) = operands
        if a.core is None or a.factor is None or a.factor.is_constant or a.weights:
            return None
        return Scaled(self.make("sqrt", a.factor), self.make("sqrt", a.core))

    def dot(self, operation: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        return self.pull(operation, list(zip(operands[::2], operands[1::2])))

    def over_samples(self, operation: str, operands: "List[Scaled]") -> "Optional[Scaled]":
        return self.pull(operation, [tuple(operands)])

    def pull(
        self,
        operation: str,
        terms: "Sequence[Tuple[Scaled, ...]]",
        others: "Sequence[Scaled]" = (),
    ) -> "Optional[Scaled]":
        """Return an operation as a product with the factors that all of its terms have.

        ``terms``   each is the product of one or two numbers
        """
        factor, weights = self.factors(terms[0])
        is_alike = True
        for term in terms:
            own, own_weights = self.factors(term)
            if own is not factor or all([v.core is None for v in term]):
                return None
            if own_weights is not weights:
                is_alike = is_alike and list(map(id, own_weights)) == list(map(id, weights))
            if factor is None and not (is_alike and weights):
                return None
        numbers = [v for term in terms for v in term]
        if is_alike:
            rest = [self.one if v.core is None else v.core for v in numbers]
        else:
            rest = [self.without_factor(v) for v in numbers]
        core = self.make(operation, *[self.whole(v) for v in others], *rest)
        return Scaled(factor, core, weights if is_alike else ())

    def without_factor(self, scaled: "Scaled") -> "Symbolic":
        """Return the product of the weights and the core."""
        if scaled.core is None and not scaled.weights:
            return self.one
        return self.whole(Scaled(None, scaled.core, scaled.weights))

    def factors(self, term: "Tuple[Scaled, ...]") -> "Tuple[Any, Tuple[Symbolic, ...]]":
        """Return the factor and the weights of a product."""
        if len(term) == 1:
            return term[0].factor, term[0].weights
        a, b = term
        return self.product(a.factor, b.factor), merge(a.weights, b.weights)


# Functions, because bound methods would form reference cycles, which keep all numbers alive until
# the garbage collector runs.
RULES: "Dict[str, Any]" = {
    "add": Factors.add_up,
    "subtract": Factors.add_up,
    "total": Factors.add_up,
    "multiply": Factors.multiply,
    "divide": Factors.divide,
    "negate": Factors.negate,
    "where": Factors.choose,
    "dot": Factors.dot,
    OVER_SAMPLES: Factors.over_samples,
    "sqrt": Factors.root,
}


def is_root(scaled: "Scaled") -> bool:
    """Return whether a number is √c·√v."""
    return (
        scaled.core is not None and scaled.factor is not None and scaled.factor.operation == "sqrt"
    )


def merge(a: "Tuple[Symbolic, ...]", b: "Tuple[Symbolic, ...]") -> "Tuple[Symbolic, ...]":
    """Return all of these weights in one order."""
    return tuple(sorted(a + b, key=lambda w: w.serial)) if a and b else a or b
