"""The record of symbolic numbers as a program: what is computed in which order, in no language yet.

A number that is used once is written where it is used. A number that is used more than once, or
that a printer names, gets a variable. Sums keep their order, from left to right. Nothing is
rearranged. A printer of a language, such as ``Code`` in python/printer.py, spells it in a subclass.
"""

from operator import attrgetter

from ..scalars.operations import ATOM, CHOICE, INFIX, OPERATIONS, PRIMITIVES, PRODUCT, SIGN, SUM
from .own import RememberingNothing, is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Container, Dict, Iterable, List, Optional, Sequence, Tuple

    from ..core.network import Sequential
    from ..core.types import Row
    from ..scalars import Symbolic

DEEPEST = 12  # the most operations nested in one expression, because parsers have limits
LONGEST = 60  # the most terms of a sum in one statement


class Printer:
    """The arithmetic of some outputs, in which each number occurs once.

    Equal numbers count as one, even if a rule computed them several times.

    ``numbers``   the numbers to compute, each after its operands
    ``names``     the names of the numbers that have one, by their ids; those given to the
                  constructor are known already, and are not computed
    """

    deepest = DEEPEST

    def __init__(
        self, outputs: "Sequence[Symbolic]", names: "Optional[Dict[int, str]]" = None
    ) -> None:
        self.same: "Dict[int, Symbolic]" = {}
        self.names: "Dict[int, str]" = dict(names or {})
        self.numbers = self.unify(outputs)
        self.outputs = [self.same[id(output)] for output in outputs]
        self.uses: "Dict[int, int]" = {}
        for used in self.outputs + [operand for node in self.numbers for operand in node.operands]:
            self.uses[id(used)] = self.uses.get(id(used), 0) + 1
        self.depth: "Dict[int, int]" = {}
        self.made = 0  # how many variables t0, t1, ... exist

    def unify(self, outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
        """Return all numbers that the outputs depend on, with equal numbers merged into one."""
        numbers, self.same = merged(outputs, self.names)
        return numbers

    # ---- what a language spells ------------------------------------------------------------------

    def constant(self, value: float) -> "Tuple[str, int]":
        """Return the expression of a constant, and its precedence."""
        raise NotImplementedError

    def choice(self, condition: str, a: str, b: str) -> str:
        """Return the expression that is a where the condition is true, else b."""
        raise NotImplementedError

    def call(self, node: "Symbolic", arguments: "List[str]") -> str:
        """Return the call of the function that computes the number."""
        raise NotImplementedError

    def assignment(self, node: "Symbolic", name: str, parts: "List[str]") -> "List[str]":
        """Return the statements that assign the sum of the parts, from left to right."""
        raise NotImplementedError

    # ---- statements ------------------------------------------------------------------------------

    def statements(self, among: "Optional[Iterable[Symbolic]]" = None) -> "List[str]":
        """Return statements that assign the numbers that need a variable, in ``among`` if given."""
        lines: "List[str]" = []
        for node in self.numbers if among is None else among:
            if node.operation and id(node) not in self.names and self.needs_variable(node):
                self.assign(node, self.new_name(), lines)
        return lines

    def new_name(self) -> str:
        """Return the name of a new variable."""
        self.made += 1
        return f"t{self.made - 1}"

    def needs_variable(self, node: "Symbolic") -> bool:
        """Return whether a number is used more than once, or nested too deep or too long."""
        if self.uses.get(id(node), 0) > 1 or len(node.operands) > LONGEST:
            return True
        depth = 1 + max([0] + [self.depth.get(id(operand), 0) for operand in node.operands])
        self.depth[id(node)] = depth
        return depth > self.deepest

    def assign(self, node: "Symbolic", name: str, lines: "List[str]") -> None:
        """Append the statements that assign a number to the variable ``name``."""
        terms = self.terms(node)
        parts = [" + ".join(terms[k : k + LONGEST]) for k in range(0, len(terms), LONGEST)]
        lines.extend(self.assignment(node, name, parts))
        self.names[id(node)] = name
        self.depth[id(node)] = 0

    def terms(self, node: "Symbolic") -> "List[str]":
        """Return the terms of a sum; for any other number, its expression as the only term."""
        if node.operation == "dot":
            return [self.product(a, b) for a, b in zip(node.operands[::2], node.operands[1::2])]
        if node.operation == "total":
            return [self.text(v, SUM if k == 0 else PRODUCT) for k, v in enumerate(node.operands)]
        return [self.operation(node)[0]]

    def most_alive(self) -> int:
        """Return how many of the variables of ``statements()`` are needed at once."""
        last = {id(output): len(self.numbers) for output in self.outputs}
        change = [0] * (len(self.numbers) + 2)  # after each number: variables less before it
        for k in range(len(self.numbers) - 1, -1, -1):
            node = self.numbers[k]
            place = last[id(node)]  # If it has no variable, it is computed where it is used.
            if id(node) in self.names:
                change[k] += 1
                change[place + 1] -= 1
                place = k
            for operand in node.operands:
                last[id(operand)] = max(place, last.get(id(operand), 0))
        alive = 0
        most = 0
        for difference in change:
            alive += difference
            most = max(most, alive)
        return most

    # ---- expressions -----------------------------------------------------------------------------

    def text(self, node: "Symbolic", precedence: int = CHOICE) -> str:
        """Return the expression of a number, in parentheses if its precedence is too low."""
        if id(node) in self.names:
            return self.names[id(node)]
        text, own = self.operation(node) if node.operation else self.leaf(node)
        return text if own >= precedence else f"({text})"

    def leaf(self, node: "Symbolic") -> "Tuple[str, int]":
        """Return the expression of an input or a constant, and its precedence."""
        if node.value is not None:
            return self.constant(node.value)
        return self.constant(1.0) if node.kind == "unit" else (node.name, ATOM)

    def product(self, a: "Symbolic", b: "Symbolic") -> str:
        """Return one term of a sum of products."""
        if a.is_one or b.is_one:  # x·1 is x
            return self.text(b if a.is_one else a, PRODUCT)
        return f"{self.text(a, PRODUCT)} * {self.text(b, SIGN)}"

    def operation(self, node: "Symbolic") -> "Tuple[str, int]":
        """Return the expression of the operation of a number, and its precedence."""
        name, operands = node.operation, node.operands
        if name in INFIX:
            operation = INFIX[name]
            left, right = operation.operands
            text = self.text(operands[0], left) + operation.sign + self.text(operands[1], right)
            return text, operation.precedence
        if name in ("dot", "total"):
            terms = len(operands) // (2 if name == "dot" else 1)
            return " + ".join(self.terms(node)), SUM if terms > 1 else PRODUCT
        operation = PRIMITIVES[name] if name in PRIMITIVES else OPERATIONS[name]
        texts = [self.text(x, needed) for x, needed in zip(operands, operation.operands)]
        if name == "where":
            return self.choice(*texts), operation.precedence
        if name == "negate":
            return operation.sign + texts[0], operation.precedence
        return self.call(node, texts), operation.precedence


def merged(
    outputs: "Sequence[Symbolic]", known: "Container[int]" = ()
) -> "Tuple[List[Symbolic], Dict[int, Symbolic]]":
    """Return all numbers that the outputs depend on, with equal numbers merged into one.

    Return also which number replaces each, by its id. Numbers whose ids are ``known`` replace
    themselves, and are not among all numbers; nor is what they depend on.
    """
    same: "Dict[int, Symbolic]" = {}
    first: "Dict[Any, Symbolic]" = {}
    numbers = []
    for node in reachable(outputs, known):
        if id(node) in known:
            same[id(node)] = node
            continue
        if node.operation:
            operands = [same[id(operand)] for operand in node.operands]
            key: "Any" = (node.operation, *map(id, operands))
        elif node.name:  # an input
            key = id(node)
        else:
            key = repr(node.value)
        if key not in first:
            if node.operation and any([a is not b for a, b in zip(operands, node.operands)]):
                node.operands = tuple(operands)
            first[key] = node
            numbers.append(node)
        same[id(node)] = first[key]
    return numbers, same


def reachable(outputs: "Sequence[Symbolic]", known: "Container[int]" = ()) -> "List[Symbolic]":
    """Return the outputs and all numbers that they depend on, each after its operands.

    Numbers whose ids are ``known`` are included, but not what they depend on.
    """
    found: "Dict[int, Symbolic]" = {}
    waiting = list(outputs)
    for node in waiting:  # The loop also visits what it appends.
        key = id(node)
        if key not in found:
            found[key] = node
            if key not in known:
                waiting += node.operands
    return sorted(found.values(), key=attrgetter("serial"))


def shifted(node: "Symbolic") -> "Optional[int]":
    """Return the id of the sum x + c if this number is x + c - c, which rounds x; else None."""
    if node.operation == "subtract" and node.operands[0].operation == "add":
        constant, total = node.operands[1], node.operands[0]
        if constant.is_constant and total.operands[1] is constant:
            return id(total)
    return None


def choices(x: "Symbolic") -> "List[Symbolic]":
    """Return the numbers that x is the largest of, in the order in which they are compared."""
    found = []
    while x.operation == "where" and x.operands[0].operation == "greater":
        (larger, smaller), (chosen, other) = x.operands[0].operands, x.operands[1:]
        if larger is not chosen or smaller is not other:
            break
        found.append(chosen)
        x = other
    return [x] + found[::-1]


# ---- the record of a network ---------------------------------------------------------------------


def record_rows(net: "Sequential", twin: "Sequential", x: "Row") -> "List[Row]":
    """Return the row x and the output of each layer for it.

    ``net``    the network, for messages
    ``twin``   its copy of symbolic numbers, which is run; so are those of ``x``
    """
    rows = [x]
    try:
        for layer in twin.layers:
            with RememberingNothing([layer]):
                A = twin.propagate([rows[-1]], [layer])
            rows.append([v if isinstance(v, twin.number) else twin.number(v) for v in A[0]])
    except Exception as error:  # User-defined rules may raise anything.
        if is_own(layer):
            raise
        raise ValueError(f"{layer!r} cannot be written out: {error}") from None
    return rows
