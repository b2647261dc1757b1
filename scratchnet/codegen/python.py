"""The record of symbolic numbers as Python statements, which compute the same bits on floats.

A number that is used once is written where it is used. A number that is used more than once, or
that a printer names, gets a variable. Sums keep their order, from left to right. Nothing is
rearranged.

>>> from scratchnet.scalars import Symbolic
>>> w, x = Symbolic(name="w"), Symbolic(name="x")
>>> code = Code([(w * x + 1) * (w * x)])
>>> for line in code.statements(): print(line)
t0 = w * x
>>> code.text(code.outputs[0])
'(t0 + 1.0) * t0'
"""

import math
import sys

from ..core import functions
from ..scalars.operations import ATOM, CHOICE, INFIX, OPERATIONS, PRODUCT, SIGN, SUM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple

    from ..scalars import Symbolic

DEEPEST = 12  # the most operations nested in one expression, because parsers have limits
LONGEST = 60  # the most terms of a sum in one statement
LONG = 24  # the smallest number of products that a function adds faster
NEVER_RAISES = ("tanh", "erf")  # the functions of ``math`` that accept every finite number


class Code:
    """The arithmetic of some outputs, in which each number occurs once.

    Equal numbers count as one, even if a rule computed them several times.

    ``numbers``   the numbers to compute, each after its operands
    """

    def __init__(self, outputs: "Sequence[Symbolic]") -> None:
        self.same: "Dict[int, Symbolic]" = {}
        self.names: "Dict[int, str]" = {}
        self.functions: "Dict[str, bool]" = {}  # {name of a function called: whether it may raise}
        self.rows: "Dict[Tuple[int, ...], str]" = {}  # names of lists that hold rows of numbers
        self.numbers = self.unified(outputs)
        self.outputs = [self.same[id(output)] for output in outputs]
        self.uses: "Dict[int, int]" = {}
        for used in self.outputs + [operand for node in self.numbers for operand in node.operands]:
            self.uses[id(used)] = self.uses.get(id(used), 0) + 1
        self.depth: "Dict[int, int]" = {}
        self.made = 0  # how many variables t0, t1, ... exist

    def unified(self, outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
        """Return all numbers that the outputs depend on, with equal numbers merged into one."""
        first: "Dict[Any, Symbolic]" = {}
        numbers = []
        for node in reachable(outputs):
            operands = tuple([self.same[id(operand)] for operand in node.operands])
            if node.operation:
                key: "Any" = (node.operation,) + tuple([id(operand) for operand in operands])
            else:
                key = (repr(node.value), node.name, node.sample, node.name and id(node))
            if key not in first:
                if any([a is not b for a, b in zip(operands, node.operands)]):
                    node.operands = operands
                first[key] = node
                numbers.append(node)
            self.same[id(node)] = first[key]
        return numbers

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
        self.depth[id(node)] = 1 + max(
            [0] + [self.depth.get(id(operand), 0) for operand in node.operands]
        )
        return (
            self.uses.get(id(node), 0) > 1
            or self.depth[id(node)] > DEEPEST
            or len(node.operands) > LONGEST
        )

    def assign(self, node: "Symbolic", name: str, lines: "List[str]") -> None:
        """Append the statements that assign a number to the variable ``name``."""
        terms = self.terms(node)
        lines.append(f"{name} = " + " + ".join(terms[:LONGEST]))
        for start in range(LONGEST, len(terms), LONGEST):
            lines.append(f"{name} = {name} + " + " + ".join(terms[start : start + LONGEST]))
        self.names[id(node)] = name
        self.depth[id(node)] = 0

    def terms(self, node: "Symbolic") -> "List[str]":
        """Return the terms of a sum; for any other number, its expression as the only term."""
        if self.row_of(node) in self.rows:
            name = long_dot()
            self.functions[name] = False
            constants = ", ".join([repr(v.value) for v in node.operands[1::2]])
            return [f"{name}({self.rows[self.row_of(node)]}, ({constants}))"]
        if node.operation == "dot":
            return [self.product(a, b) for a, b in zip(node.operands[::2], node.operands[1::2])]
        if node.operation == "total":
            return [self.text(v, SUM if k == 0 else PRODUCT) for k, v in enumerate(node.operands)]
        return [self.operation(node)[0]]

    def row_of(self, node: "Symbolic") -> "Tuple[int, ...]":
        """Return the ids of the numbers that a long dot product multiplies by constants.

        A function can take these numbers as a list. Any other number gives an empty tuple.
        """
        if node.operation != "dot" or len(node.operands) < 2 * LONG or not long_dot():
            return ()
        if not all([v.is_constant for v in node.operands[1::2]]):
            return ()
        return tuple([id(v) for v in node.operands[::2]])

    # ---- expressions -----------------------------------------------------------------------------

    def text(self, node: "Symbolic", precedence: int = CHOICE) -> str:
        """Return the expression of a number, in parentheses if its precedence is too low."""
        if id(node) in self.names:
            return self.names[id(node)]
        text, own = self.operation(node) if node.operation else self.leaf(node)
        return text if own >= precedence else f"({text})"

    def leaf(self, node: "Symbolic") -> "Tuple[str, int]":
        """Return the expression of an input or a constant, and its precedence."""
        if node.name:
            return "1.0" if node.kind == "unit" else node.name, ATOM
        text = repr(node.value)
        if text.lstrip("-") in ("inf", "nan"):
            return f'float("{text}")', ATOM
        return text, SIGN if text.startswith("-") else ATOM

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
        operation = OPERATIONS[name]
        texts = [self.text(x, needed) for x, needed in zip(operands, operation.operands)]
        if name == "where":
            return "{1} if {0} else {2}".format(*texts), operation.precedence
        if len(texts) != 1:
            raise ValueError(f"the operation {name!r} cannot be written in Python")
        if name == "negate":
            return operation.sign + texts[0], operation.precedence
        return self.call(node, texts[0]), operation.precedence

    def call(self, node: "Symbolic", argument: str) -> str:
        """Return the call of the function of one number that computes the number."""
        name = node.operation
        if name != "abs":
            guarded = name not in NEVER_RAISES and not _is_safe(node)
            self.functions[name] = self.functions.get(name, False) or guarded
        return f"{name}({argument})"


def long_dot() -> str:
    """Return the function that adds many products faster than written-out code, or "" without one.

    PyPy does not compile such long functions. CPython has math.sumprod from version 3.12 on; the
    figures are in engines/products.py.
    """
    if sys.implementation.name == "pypy":
        return "dot"
    return "sumprod" if functions.kernel() != "portable" and hasattr(math, "sumprod") else ""


def reachable(outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
    """Return the outputs and all numbers that they depend on, each after its operands."""
    found: "Dict[int, Symbolic]" = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting.extend(node.operands)
    return sorted(found.values(), key=lambda node: node.serial)


def _is_safe(node: "Symbolic") -> bool:
    """Return whether the function of ``math`` cannot raise, because the sign of x is known."""
    x = node.operands[0]
    if node.operation in ("exp", "expm1"):
        return _is_negative(x)
    return (
        _is_positive(x)
        if node.operation in ("log1p", "sqrt")
        else node.operation == "log" and _is_at_least_1(x)
    )


def _is_negative(x: "Symbolic") -> bool:
    """Return whether the number is certainly 0 or less."""
    if x.operation == "subtract":  # v - max(... v ...)
        return id(x.operands[0]) in _choices(x.operands[1])
    if x.operation == "divide":
        return _is_negative(x.operands[0]) and _is_positive(x.operands[1])
    if x.operation == "multiply":  # -z·z
        return x.operands[0].operation == "negate" and x.operands[0].operands[0] is x.operands[1]
    return (
        x.operation == "negate"
        and _is_positive(x.operands[0])
        or x.value is not None
        and x.value <= 0
    )


def _is_positive(x: "Symbolic") -> bool:
    """Return whether the number is certainly 0 or more."""
    if x.operation == "where":  # z where z >= 0, else 0
        condition, chosen, other = x.operands
        positive = (
            condition.operation in ("greater", "greater or equal")
            and condition.operands[1].value == 0
        )
        return positive and condition.operands[0] is chosen and _is_positive(other)
    if x.operation == "multiply":
        return x.operands[0] is x.operands[1]
    return x.operation in ("abs", "exp") or x.value is not None and x.value >= 0


def _is_at_least_1(x: "Symbolic") -> bool:
    """Return whether the number is Σ e^(v - largest), over all v that ``largest`` compares."""
    powers = [
        v.operands[0]
        for v in x.operands
        if v.operation == "exp" and v.operands[0].operation == "subtract"
    ]
    if (
        x.operation != "total"
        or len(powers) < len(x.operands)
        or len({id(p.operands[1]) for p in powers}) > 1
    ):
        return False
    return _choices(powers[0].operands[1]) == {id(p.operands[0]) for p in powers}


def _choices(x: "Symbolic") -> "Set[int]":
    """Return the ids of the numbers that x is the largest of."""
    found = set()
    while x.operation == "where" and x.operands[0].operation == "greater":
        (larger, smaller), (chosen, other) = x.operands[0].operands, x.operands[1:]
        if larger is not chosen or smaller is not other:
            break
        found.add(id(chosen))
        x = other
    return found | {id(x)}


# ---- execution -----------------------------------------------------------------------------------


def imports(code: "Code", guarded: bool) -> "List[str]":
    """Return the statements that import the functions of the active kernel.

    If ``guarded``, functions that may raise are imported from core.functions, which does not raise.
    """
    if functions.kernel() == "portable":
        modules = dict.fromkeys(code.functions, "scratchnet.core.elementary")
    else:
        raising = {name for name, raises in code.functions.items() if raises and guarded}
        modules = {
            name: "scratchnet.core.functions" if name in raising else "math"
            for name in code.functions
        }
    if "dot" in modules:
        modules["dot"] = "scratchnet.core.elementary"
    lines = []
    for module in sorted(set(modules.values())):
        names = sorted([name for name in modules if modules[name] == module])
        lines.append("from {} import {}".format(module, ", ".join(names)))
    return lines


def function(code: "Code", signature: str, body: "Sequence[str]", guarded: bool = False) -> str:
    """Return the source of a function, after the imports of the functions that the code calls."""
    head = imports(code, guarded)
    lines = head + [""] * 2 * bool(head) + [f"def {signature}:"] + [f"    {line}" for line in body]
    return "".join([f"{line}\n" for line in lines])


_executed: "Dict[str, Dict[str, Any]]" = {}
MOST_EXECUTED = 64


def executed(source: str) -> "Dict[str, Any]":
    """Return the names that the source defines.

    Each source is executed once, because PyPy would compile the same function again.
    """
    if source not in _executed:
        if len(_executed) == MOST_EXECUTED:
            _executed.clear()
        # The dict of a module: in any other dict, PyPy looks up each name on each use.
        names = vars(type(sys)("generated_code"))
        # The source contains only names made here, and numbers.
        exec(compile(source, "<scratchnet: generated code>", "exec"), names)
        _executed[source] = names
    return _executed[source]
