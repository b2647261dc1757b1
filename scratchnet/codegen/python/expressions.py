"""The numbers of the vectors as expressions, in comprehensions and in loops.

In a comprehension, an element of the vector v0 is ``v0``, its row is ``v0_row``, and the rows of
all samples are ``V0``. Where a row is written out, its elements are ``v0_0``, ``v0_1``, ...
"""

import math

from ...core import functions
from ...scalars.symbolic import Undecided
from ..record.step_inputs import COUNT
from .column_functions import ColumnFunctions
from .gather import gathered
from .printer import Code, pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

    from ..record.vectors import Vectors

# The longest products that are written out, with math.sumprod and without it. The measurements are
# in engines/products.py.
SHORT = 10
SHORT_WITHOUT_SUMPROD = 64


def is_short(length: int) -> bool:
    """Return whether dot products of this length are written out term by term."""
    slow = functions.kernel() == "portable" or not hasattr(math, "sumprod")
    return length <= (SHORT_WITHOUT_SUMPROD if slow else SHORT)


class Expressions:
    """What the printer of a step needs to write expressions.

    ``calls``        collects the functions that the code calls
    ``multiplies``   whether the code calls operator.mul
    ``functions``    the functions that compute columns of weights
    ``scalars``      {expression: name} of what is the same for all samples and weights
    ``written``      the names of the vectors that are computed so far
    ``gather``       which entries of mostly-zero samples are read (see gather.py), or ""
    ``gathered``     the indices of the parameters that are lists of rows, not of columns
    """

    def __init__(self, vectors: "Vectors", gather: str = "") -> None:
        self.vectors = vectors
        self.gather = gather
        self.gathered = gathered(vectors) if gather else set()
        self.recording = vectors.recording
        self.calls = Code([])
        self.multiplies = False
        self.functions = ColumnFunctions()
        self.scalars: "Dict[str, str]" = {}
        self.written: "Set[str]" = set()

    # ---- products and sums -----------------------------------------------------------------------

    def product(self, a: str, b: str, length: int, whole: str = "") -> "Tuple[str, str, str]":
        """Return the targets of a loop over rows a and b of this length, and their dot product.

        ``whole``   the name of the row a, if it is needed as a whole
        """
        if is_short(length) and not whole:
            terms = " + ".join([f"{a}{k} * {b}{k}" for k in range(length)])
            left, right = [pattern([f"{v}{k}" for k in range(length)]) for v in (a, b)]
            return left, right, f"({terms})"
        return whole or a, b, self.dot(whole or a, b)

    def dot(self, a: str, b: str) -> str:
        """Return the expression of the dot product of two rows."""
        if functions.kernel() == "portable":
            self.calls.functions["dot"] = False
            return f"dot({a}, {b})"
        if hasattr(math, "sumprod"):
            self.calls.functions["sumprod"] = False
            return f"sumprod({a}, {b})"
        self.multiplies = True
        return f"sum(map(mul, {a}, {b}))"

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
        names = dict(named)
        found: "List[str]" = []
        own = {id(output) for output in outputs}
        seen: "Set[int]" = set()
        waiting = list(outputs)[::-1]
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
                names[id(node)] = self.weight(int(vector[1:]), *index)
            elif vector.startswith("b") and self.vectors.width_of(vector) == 1:
                names[id(node)] = f"P{vector[1:]}[0]"
            elif index is not None and node.kind != "unit":
                names[id(node)] = f"{vector}_{index}" if spelled else vector
                if vector not in found:
                    found.append(vector)
        code = Code(outputs, names)
        return code, found

    def weight(self, n: int, i: int, j: int) -> str:
        """Return the expression of one number of a matrix parameter."""
        return f"W{n}[{i}][{j}]" if n in self.gathered else f"C{n}[{j}][{i}]"

    def is_scalar(self, node: "Any") -> bool:
        """Return whether a number is the same for all samples and weights."""
        names = []
        waiting = [node]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.operands)
            if node.name and not node.operation:
                names.append(node.name)
                if node.name != COUNT and not node.name.startswith("setting_"):
                    return False
        return bool(names)

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
        inner: "List[Tuple[str, str]]" = []
        outer: "List[Tuple[str, str]]" = []
        product = None
        for name in found:
            own = self.vectors.width_of(name)
            if name == "weight":
                outer.append((name, "WEIGHT"))
            elif name[0] == "v" and name not in self.written:
                raise Undecided("its parts are computed in another order")
            elif own == 1 and name[0] not in "bz":
                outer.append((f"({name},)", name.upper()))
            elif own != width:
                raise Undecided("it combines rows of different lengths")
            elif name[0] == "z":
                product = name
            elif name[0] == "b":
                inner.append((name, f"P{name[1:]}"))
            else:
                inner.append((name, f"{name}_row"))
                outer.append((f"{name}_row", name.upper()))
        return inner, outer, product

    def named(self, code: "Code", name: str, text: str) -> "List[str]":
        """Replace a number that is used once by its text; otherwise return what assigns it."""
        known = [key for key, value in code.names.items() if value == name]
        if text == name:
            return []
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


def loop(pairs: "Sequence[Tuple[str, str]]") -> str:
    """Return a loop over one sequence, or over several in step, for a comprehension.

    The source ``*rows`` stands for several sequences, with as many targets.
    """
    if not pairs:
        return ""
    targets, sources = [target for target, _ in pairs], [source for _, source in pairs]
    if len(pairs) == 1 and sources[0][0] != "*":
        return f" for {targets[0]} in {sources[0]}"
    return f" for {', '.join(targets)} in zip({', '.join(sources)})"


def transposed(rows: str, target: str = "") -> str:
    """Return the expression of the transpose of rows.

    ``target``   that of the loop over its rows. If it is the name of a whole row, the rows are
                 lists: math.sumprod takes 4 % less time for two lists than for a list and a tuple.

    >>> transposed("X", "l"), transposed("X", "(l0, l1)")
    ('list(map(list, zip(*X)))', 'list(zip(*X))')
    """
    return f"list(map(list, zip(*{rows})))" if target.isidentifier() else f"list(zip(*{rows}))"


def indented(lines: "Sequence[str]") -> "List[str]":
    return [f"    {line}" for line in lines]
