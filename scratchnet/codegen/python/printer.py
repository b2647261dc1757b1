"""The record of symbolic numbers as Python statements, which compute the same bits on floats.

program.py says which numbers get a variable, and in which order they are computed.

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

from ...core import functions
from ...scalars import Symbolic
from ...scalars.operations import ATOM, PRIMITIVES, SIGN
from ..program import Printer, choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

    from ...core.layer import Parameter

LONG = 24  # the smallest number of products that a function adds faster
# PyPy compiles the code: variables become registers, and long functions are not compiled.
IS_PYPY = sys.implementation.name == "pypy"
FEW_VARIABLES = 250  # of the 256 that CPython reads fast; arguments count, too
SAMPLES_OF_STEP = 8  # how often a step is assumed to repeat its loop over samples
SEPARATORS = dict.fromkeys(map(ord, ")[]=,:+-*/<>"), " ")
NEVER_RAISES = ("tanh", "erf")  # the functions of ``math`` that accept every finite number


class Spelling(Printer):
    """The syntax that functions in memory and modules in files share."""

    def choice(self, condition: str, a: str, b: str) -> str:
        return f"{a} if {condition} else {b}"

    def assignment(self, node: "Symbolic", name: str, parts: "List[str]") -> "List[str]":
        return [f"{name} = {parts[0]}"] + [f"{name} = {name} + {part}" for part in parts[1:]]


class Code(Spelling):
    """The statements that compute some outputs."""

    def __init__(
        self, outputs: "Sequence[Symbolic]", names: "Optional[Dict[int, str]]" = None
    ) -> None:
        Printer.__init__(self, outputs, names)
        self.functions: "Dict[str, bool]" = {}  # {name of a function called: whether it may raise}
        self.rows: "Dict[Tuple[int, ...], str]" = {}  # names of lists that hold rows of numbers
        self.tables: "List[str]" = []  # the lines after a function, which make its tables

    def constant(self, value: float) -> "Tuple[str, int]":
        text = repr(value)
        if text.lstrip("-") in ("inf", "nan"):
            return f'float("{text}")', ATOM
        return text, SIGN if text.startswith("-") else ATOM

    def call(self, node: "Symbolic", arguments: "List[str]") -> str:
        name = node.operation
        if name in PRIMITIVES or len(arguments) != 1:
            raise ValueError(f"the operation {name!r} cannot be written in Python")
        if name != "abs":
            guarded = name not in NEVER_RAISES and not is_safe(node)
            self.functions[name] = self.functions.get(name, False) or guarded
        return f"{name}({arguments[0]})"

    def terms(self, node: "Symbolic") -> "List[str]":
        if self.row_of(node) in self.rows:
            name = long_dot()
            self.functions[name] = False
            constants = ", ".join([repr(v.value) for v in node.operands[1::2]])
            return [f"{name}({self.rows[self.row_of(node)]}, ({constants}))"]
        return Printer.terms(self, node)

    def row_of(self, node: "Symbolic") -> "Tuple[int, ...]":
        """Return the ids of the numbers that a long dot product multiplies by constants.

        A function can take these numbers as a list. Any other number gives an empty tuple.
        """
        if node.operation != "dot" or len(node.operands) < 2 * LONG or not long_dot():
            return ()
        if not all([v.is_constant for v in node.operands[1::2]]):
            return ()
        return tuple([id(v) for v in node.operands[::2]])


def long_dot() -> str:
    """Return the function that adds many products faster than written-out code, or "" without one.

    PyPy does not compile such long functions. CPython has math.sumprod from version 3.12 on; the
    figures are in engines/products.py.
    """
    if IS_PYPY:
        return "dot"
    return "sumprod" if functions.kernel() != "portable" and hasattr(math, "sumprod") else ""


def is_safe(node: "Symbolic") -> bool:
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
    return {id(v) for v in choices(x)}


# ---- execution -----------------------------------------------------------------------------------


class Program:
    """The generated code of a training step.

    ``source``    the source of ``train``
    ``settings``  the attributes of the optimizer that are inputs of each step, such as its rate
    ``draws``     for each group of random numbers, how many of them each sample takes
    ``repeats``   whether all steps are the same; ``steps`` is then the settings and an iterable
                  with an element per step
    """

    def __init__(
        self, source: str, settings: "List[str]", draws: "List[int]", repeats: bool = False
    ) -> None:
        self.source = source
        self.settings = settings
        self.draws = draws
        self.repeats = repeats

    def __eq__(self, other: "Any") -> bool:
        return bool(vars(self) == vars(other))


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
    lines += [""] * 2 * bool(code.tables) + code.tables
    return "".join([f"{line}\n" for line in lines])


def hottest_first(lines: "List[str]") -> "List[str]":
    """Return the lines of a function after one that assigns the names that are used most.

    CPython numbers the local variables in the order of their assignments. It needs one instruction
    to read one of the first 256, and two to read another.
    """
    # No line assigns more names than it has commas and signs of equality.
    if IS_PYPY or sum([line.count(",") + line.count("=") for line in lines]) <= FEW_VARIABLES:
        return lines
    texts: "Dict[int, List[str]]" = {}
    for line in lines:
        texts.setdefault((len(line) - len(line.lstrip())) // 4, []).append(line)
    uses: "Dict[str, int]" = {}
    for depth, text in texts.items():
        for name, count in variables("\n".join(text)).items():
            uses[name] = uses.get(name, 0) + count * SAMPLES_OF_STEP**depth
    if len(uses) <= FEW_VARIABLES:
        return lines
    hottest = sorted(uses, key=lambda name: -uses[name])[:FEW_VARIABLES]
    return [" = ".join(hottest + ["0.0"])] + lines


# ---- names -----------------------------------------------------------------------------------


def named(parameter: "Parameter", n: int) -> "List[List[str]]":
    """Replace the numbers of the n-th parameter by inputs, and return their names, row by row.

    The names begin with the role of the parameter if this is a word of three or more lower-case
    letters. With an index after it, such a word differs from every other name in the code. Other
    roles are replaced by "p" and n.
    """
    index, _, role = parameter.name.partition(".")
    word = role + index if len(role) > 2 and all(["a" <= c <= "z" for c in role]) else f"p{n}"
    if parameter.flat:
        names = [[f"{word}_{j}" for j in range(parameter.count)]]
    else:
        names = [
            [f"{word}_{i}_{j}" for j in range(len(row))] for i, row in enumerate(parameter.rows)
        ]
    parameter.rows = [[Symbolic(name=name) for name in row] for row in names]
    return names


def pattern(texts: "Sequence[str]") -> str:
    return f"({listed(texts)})"


def listed(texts: "Sequence[str]") -> str:
    """Return the texts as the parts of a tuple, without its parentheses."""
    return ", ".join(texts) + "," * (len(texts) == 1)


def words_of(text: str) -> "List[str]":
    """Return the names, keywords and numbers in a text; the name of what is called ends in "("."""
    return text.replace("(", "( ").translate(SEPARATORS).split()


def variables(text: str) -> "Dict[str, int]":
    """Return the variables in a text, and how often each occurs.

    Their names contain a digit or an underscore, unlike keywords. A name before "(" is a function.

    >>> variables("t1 = log1p(x0) if x0 > 1e-08 else weights0_1_0")
    {'t1': 1, 'x0': 2, 'weights0_1_0': 1}
    """
    counts: "Dict[str, int]" = {}
    for w in words_of(text):
        counts[w] = counts.get(w, 0) + 1
    return {
        w: count
        for w, count in counts.items()
        if w[0].isalpha() and not (w.isalpha() or w.endswith("("))
    }


def printable(text: str) -> str:
    """Return a text from data for a comment: one line of ASCII."""
    return "".join([c if " " <= c <= "~" else "?" for c in text])


_executed: "Dict[Any, Dict[str, Any]]" = {}
MOST_EXECUTED = 64


def execute(source: str, use: int = 0) -> "Dict[str, Any]":
    """Execute the source, and return the names that it defines.

    Each source is executed once for each ``use``, because PyPy would compile the same function
    again. It compiles a function for the data of its first runs, so each use needs its own.
    """
    key = source, use
    if key not in _executed:
        if len(_executed) == MOST_EXECUTED:
            _executed.clear()
        # The dict of a module: in any other dict, PyPy looks up each name on each use.
        names = vars(type(sys)("generated_code"))
        # The source contains only names made here, and numbers.
        exec(compile(source, "<scratchnet: generated code>", "exec"), names)
        _executed[key] = names
    return _executed[key]
