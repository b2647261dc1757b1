"""The record of symbolic numbers as Python: statements that compute it on floats, bit for bit.

A number that is used once stands where it is used; one that is used again, or has a name, gets a variable. Sums keep
their order, from left to right. Nothing is rearranged.

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple

    from ..scalars import Symbolic

# How tightly an operation holds together: what holds less tightly than its surroundings needs parentheses.
CHOICE, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(6)

# operation: (its own tightness, what its left and right operands must have, its sign)
INFIX = {
    "add": (SUM, SUM, PRODUCT, " + "),
    "subtract": (SUM, SUM, PRODUCT, " - "),
    "multiply": (PRODUCT, PRODUCT, SIGN, " * "),
    "divide": (PRODUCT, PRODUCT, SIGN, " / "),
    "less": (COMPARISON, SUM, SUM, " < "),
    "less or equal": (COMPARISON, SUM, SUM, " <= "),
    "greater": (COMPARISON, SUM, SUM, " > "),
    "greater or equal": (COMPARISON, SUM, SUM, " >= "),
    "equal": (COMPARISON, SUM, SUM, " == "),
    "unequal": (COMPARISON, SUM, SUM, " != "),
}
DEEPEST = 12  # operations within each other in one expression: parsers have their limits
LONGEST = 60  # terms of a sum in one statement
LONG = 24  # products of a row, from which on a function adds them faster
NEVER_RAISES = ("tanh", "erf")  # of the library's functions, on finite numbers


class Code:
    """The arithmetic of some outputs, in which each number stands once, however often a rule computed it.

    ``numbers``   what has to be computed, each after what it is made of
    """

    def __init__(self, outputs: "Sequence[Symbolic]") -> None:
        self.same: "Dict[int, Symbolic]" = {}
        self.names: "Dict[int, str]" = {}
        self.functions: "Dict[str, bool]" = {}  # those that are called; whether they must be guarded
        self.rows: "Dict[Tuple[int, ...], str]" = {}  # names of rows of numbers, which a function can take as a whole
        self.numbers = self.unified(outputs)
        self.outputs = [self.same[id(output)] for output in outputs]
        self.uses: "Dict[int, int]" = {}
        for used in self.outputs + [operand for node in self.numbers for operand in node.operands]:
            self.uses[id(used)] = self.uses.get(id(used), 0) + 1
        self.depth: "Dict[int, int]" = {}
        self.made = 0  # variables without a meaning

    def unified(self, outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
        """All numbers that the outputs are made of, equal ones as one."""
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

    # ---- statements ----------------------------------------------------------------------------------------------

    def statements(self, among: "Optional[Iterable[Symbolic]]" = None) -> "List[str]":
        """The statements that compute the numbers which need a variable; ``among`` leaves out all others."""
        lines: "List[str]" = []
        for node in self.numbers if among is None else among:
            if node.operation and id(node) not in self.names and self.needs_variable(node):
                self.assign(node, self.new_name(), lines)
        return lines

    def new_name(self) -> str:
        """A variable for a number that has no name of its own."""
        self.made += 1
        return f"t{self.made - 1}"

    def needs_variable(self, node: "Symbolic") -> bool:
        """Whether it is used more than once, or stands too deep to be part of another expression."""
        self.depth[id(node)] = 1 + max(
            [0] + [self.depth.get(id(operand), 0) for operand in node.operands]
        )
        return (
            self.uses.get(id(node), 0) > 1
            or self.depth[id(node)] > DEEPEST
            or len(node.operands) > LONGEST
        )

    def assign(self, node: "Symbolic", name: str, lines: "List[str]") -> None:
        """Give the number a variable."""
        terms = self.terms(node)
        lines.append(f"{name} = " + " + ".join(terms[:LONGEST]))
        for start in range(LONGEST, len(terms), LONGEST):
            lines.append(f"{name} = {name} + " + " + ".join(terms[start : start + LONGEST]))
        self.names[id(node)] = name
        self.depth[id(node)] = 0

    def terms(self, node: "Symbolic") -> "List[str]":
        """Of a sum its terms, of anything else the expression."""
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
        """Of a long sum of products with constants the other numbers, which a function may take as a row."""
        if node.operation != "dot" or len(node.operands) < 2 * LONG or not long_dot():
            return ()
        return (
            tuple([id(v) for v in node.operands[::2]])
            if all([v.is_constant for v in node.operands[1::2]])
            else ()
        )

    # ---- expressions ---------------------------------------------------------------------------------------------

    def text(self, node: "Symbolic", tightness: int = CHOICE) -> str:
        """The number in an expression that holds it so tightly."""
        if id(node) in self.names:
            return self.names[id(node)]
        text, own = self.operation(node) if node.operation else self.leaf(node)
        return text if own >= tightness else f"({text})"

    def leaf(self, node: "Symbolic") -> "Tuple[str, int]":
        if node.name:
            return "1.0" if node.kind == "unit" else node.name, ATOM
        text = repr(node.value)
        if text.lstrip("-") in ("inf", "nan"):
            return f'float("{text}")', ATOM
        return text, SIGN if text.startswith("-") else ATOM

    def product(self, a: "Symbolic", b: "Symbolic") -> str:
        """A term of a sum of products."""
        if a.is_one or b.is_one:  # x·1 is x
            return self.text(b if a.is_one else a, PRODUCT)
        return f"{self.text(a, PRODUCT)} * {self.text(b, SIGN)}"

    def operation(self, node: "Symbolic") -> "Tuple[str, int]":
        """The number's own operation, and how tightly it holds together."""
        operation, operands = node.operation, node.operands
        if operation in INFIX:
            own, left, right, sign = INFIX[operation]
            return self.text(operands[0], left) + sign + self.text(operands[1], right), own
        if operation in ("dot", "total"):
            return " + ".join(self.terms(node)), SUM if len(operands) > 1 + (
                operation == "dot"
            ) else PRODUCT
        if operation == "negate":
            return "-" + self.text(operands[0], ATOM), SIGN
        if operation == "where":
            condition, chosen, other = operands
            texts = (
                self.text(chosen, COMPARISON),
                self.text(condition, COMPARISON),
                self.text(other, CHOICE),
            )
            return "{} if {} else {}".format(*texts), CHOICE
        if operation != "abs":
            guarded = operation not in NEVER_RAISES and not _is_safe(node)
            self.functions[operation] = self.functions.get(operation, False) or guarded
        return f"{operation}({self.text(operands[0])})", ATOM


def long_dot() -> str:
    """The function that adds many products faster than they are spelled out; "" where there is none.

    PyPy gives up on functions as long as that; math.sumprod came with CPython 3.12 (products.py has the figures).
    """
    if sys.implementation.name == "pypy":
        return "dot"
    return "sumprod" if functions.kernel() != "portable" and hasattr(math, "sumprod") else ""


def reachable(outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
    """The outputs and all that they are made of, each after what it is made of."""
    found: "Dict[int, Symbolic]" = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting.extend(node.operands)
    return sorted(found.values(), key=lambda node: node.serial)


def _is_safe(node: "Symbolic") -> bool:
    """Whether the library's function cannot raise here, because the sign of its argument is known."""
    x = node.operands[0]
    if node.operation in ("exp", "expm1"):
        return _is_negative(x)
    return (
        _is_positive(x)
        if node.operation in ("log1p", "sqrt")
        else node.operation == "log" and _is_at_least_1(x)
    )


def _is_negative(x: "Symbolic") -> bool:
    """Whether the number is certain not to be above 0."""
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
    """Whether the number is certain not to be below 0."""
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
    """Whether it is a sum of e^(v - largest), over all v of which one is the largest."""
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
    """Of a largest number, those it was chosen from."""
    found = set()
    while x.operation == "where" and x.operands[0].operation == "greater":
        (larger, smaller), (chosen, other) = x.operands[0].operands, x.operands[1:]
        if larger is not chosen or smaller is not other:
            break
        found.add(id(chosen))
        x = other
    return found | {id(x)}


# ---- execution ---------------------------------------------------------------------------------------------------


def imports(code: "Code", guarded: bool) -> "List[str]":
    """The statements that import the functions of the active kernel; ``guarded``: none of them may raise."""
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
    """The text of a function, behind the imports of what the code calls."""
    head = imports(code, guarded)
    lines = head + [""] * 2 * bool(head) + [f"def {signature}:"] + [f"    {line}" for line in body]
    return "".join([f"{line}\n" for line in lines])


_executed: "Dict[str, Dict[str, Any]]" = {}
MOST_EXECUTED = 64


def executed(source: str) -> "Dict[str, Any]":
    """What the source defines; each text is executed once, for PyPy compiles a function again that is made again."""
    if source not in _executed:
        if len(_executed) == MOST_EXECUTED:
            _executed.clear()
        names = vars(
            type(sys)("spelled_out")
        )  # a module's, for in any other dict PyPy looks up each name each time
        exec(
            compile(source, "<scratchnet: spelled out>", "exec"), names
        )  # of names made here, and of numbers
        _executed[source] = names
    return _executed[source]
