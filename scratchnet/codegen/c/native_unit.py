"""A unit of C for the compiler of this machine, which computes several sums of a row at once."""

from ..loop_parts import Element, Fill, Fold, Index
from ..program import reachable
from .native_bounds import bounds, is_between
from .native_helpers import HELPERS
from .unit import Unit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List

    from ...core.types import Row
    from ...scalars import Symbolic
    from .printer import CPrinter

MOST_ON_STACK = 1024  # the longest array on the stack, in numbers: a thread's may be small
MOST_UNROLLED = 16  # iterations of a loop that GCC unrolls before it vectorizes
# IEEE 754 fixes every bit of these results; and x + c - c needs no function around it, because
# the head of the file refuses compilers that do not round every operation as it is written.
HERE = {"sqrt": "sqrt", "abs": "fabs", "rounded": ""}


class NativeUnit(Unit):
    """A self-contained unit of doubles.

    A row of sums becomes a loop over the terms around a loop over the sums. Each sum still adds its
    terms from left to right, and the compiler computes several sums at once.
    """

    def __init__(self, name: str) -> None:
        Unit.__init__(self, "double", name, self_contained=True)
        self.has_scaled = False

    def function(self, operation: str) -> str:
        return HERE[operation] if operation in HERE else Unit.function(self, operation)

    def function_for(self, node: "Symbolic") -> str:
        if node.operation == "ldexp" and is_between(node.operands[1], -1000, 1000):
            self.has_scaled = True
            return f"{self.name}_scaled"
        return Unit.function_for(self, node)

    def named_arms(self, numbers: "Row") -> "Row":
        """Return the choices within choices of a logarithm, which GCC then vectorizes.

        One between constants, such as infinity, stays: TCC computes NaN by a division.
        """
        if not any([v.operation == "mantissa" for v in numbers]):
            return []
        choices = [v for v in numbers if v.operation == "where"]
        arms = [arm for v in choices for arm in v.operands[1:] if arm.operation == "where"]
        return [arm for arm in arms if not all([v.is_constant for v in arm.operands[1:]])]

    def read_before(self, code: "CPrinter") -> "Row":
        """Return the inputs that only arms of choices need.

        GCC would read them where the arm is chosen. GCC 12 takes 0 for some of these numbers if it
        computes eight at once (AVX-512) without jump threading, which is off here.
        """
        always: "Dict[int, Symbolic]" = {}
        waiting = list(code.outputs)
        while waiting:
            node = waiting.pop()
            if id(node) not in always:
                always[id(node)] = node
                is_choice = node.operation == "where"
                if id(node) not in code.names:
                    waiting += node.operands[:1] if is_choice else node.operands
        known = {code.text(v) for v in inputs_of(code, always.values())}
        inputs = inputs_of(code, reachable(code.outputs, code.names))
        return [v for v in inputs if code.text(v) not in known]

    def helpers(self) -> "List[str]":
        scaled = ["scaled"] * self.has_scaled
        used = [name for name in HELPERS if name in self.called + scaled]
        self.called = [name for name in self.called if name not in HELPERS]
        return Unit.helpers(self) + [HELPERS[name] for name in used]

    def portable(self, operation: str) -> str:
        return Unit.portable(self, operation).replace("static ", "NET_INLINE ", 1)

    def statement(self, part: "Any") -> "List[str]":
        """Return the lines of a statement of loop_parts.py, or of a comment."""
        if isinstance(part, str):
            return [f"/* {part} */"]
        if not (isinstance(part, Fill) and is_row_of_sums(part)):
            return Unit.statement(self, part)
        (fold,) = part.body
        total = fold.value.operands[0]
        total.name = f"total[{part.index.name}]"  # It was the variable of one sum.
        sums = Index(part.index.name, self.sums_for(part.index, fold))
        lines = [f"double total[{sums.count}];"]
        lines += self.vectorized(sums, self.assigned(total.name, fold.first))
        inner = self.vectorized(sums, self.assigned(total.name, fold.value))
        lines += self.repeated(fold.index, inner)
        result = self.assigned(f"{part.name}[{part.place}]", part.value)
        lines += self.vectorized(part.index, result)
        return ["{", *[f"    {line}" for line in lines], "}"]

    def loop(self, part: "Any", target: str, *kinds: str) -> "List[str]":
        divides = isinstance(part, Fill) and divides_by_zeros(part.value, part.index)
        first, *rest = Unit.loop(self, part, target, *kinds)
        is_short = 1 < part.index.count <= MOST_UNROLLED
        return [f"NET_SCALAR {first}" if divides and is_short else first, *rest]

    def sums_for(self, index: "Index", fold: "Fold") -> int:
        """Return how many sums to compute for an index, at least one for each of its values."""
        return index.count

    def vectorized(self, index: "Index", lines: "List[str]") -> "List[str]":
        """Return a loop over the lines; compilers should vectorize it, not an outer loop."""
        loop = self.repeated(index, lines)
        is_short = 1 < index.count <= MOST_UNROLLED
        return [f"NET_VECTOR {loop[0]}", *loop[1:]] if is_short else loop

    def assigned(self, target: str, value: "Any") -> "List[str]":
        """Return the statements that compute a value and assign it."""
        lines, text = self.value(value)
        return lines + [f"{target} = {text};"]


def is_row_of_sums(part: "Fill") -> bool:
    """Return whether each number follows from one sum, whose terms need no further statement."""
    return (
        1 < part.index.count <= MOST_ON_STACK
        and len(part.body) == 1
        and isinstance(part.body[0], Fold)
        and not part.body[0].body
        and part.body[0].value.operation == "add"
    )


def divides_by_zeros(value: "Symbolic", index: "Index") -> bool:
    """Return whether the number is divided by 0 where all inputs at the index are 0."""
    numbers = reachable([value])
    zeros = {id(v): (0.0, 0.0) for v in numbers if is_at(v.name, index)}
    divisors = [v.operands[1] for v in numbers if v.operation == "divide"]
    return any([bounds(divisor, zeros) == (0.0, 0.0) for divisor in divisors])


def is_at(name: str, index: "Index") -> bool:
    """Return whether the name is that of an element of an array, and depends on the index."""
    return isinstance(name, Element) and name.at(index.name, []) != name


def inputs_of(code: "CPrinter", numbers: "Iterable[Symbolic]") -> "Row":
    """Return those of the numbers that have a name before anything is printed."""
    named = [v for v in numbers if id(v) in code.names or v.name and not v.operation]
    return [v for v in named if code.text(v)[0].isalpha()]  # not 1.0, which may stand for a weight
