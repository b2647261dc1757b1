"""How many digits of each number a formula needs, so that the line that is printed is true.

A line such as 0.7514·(1 − 0.7514) = 0.1868 is true if the numbers as they are printed give the
result as it is printed. Where four decimals are too few, a number is printed with more of them.

>>> from scratchnet.scalars import Traced
>>> a = Traced(0.999999694, name="a")
>>> print(derivation(a * (1 - a)))
0.999999694·(1 − 0.999999694) = 3.06e-07
>>> print(derivation(2 * a))
2·1 = 2
"""

import operator

from ..scalars.operations import OPERATIONS
from .text import DECIMALS, SINCE, Choice, Reference, number, numbers, parts, without_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List

    from ..scalars import Traced
    from .text import Part

MOST = 17  # decimals; more do not change a float
MARGIN = 1e-6  # units of the last digit of a result
COMPUTED = {name: operation.function for name, operation in OPERATIONS.items()}
COMPUTED["power"] = operator.pow  # the exponent is a float here


def substitute(node: "Traced", decimals: int = DECIMALS, in_general: bool = False) -> str:
    """Return the formula of a number, with numbers in place of the names; see ``parts``."""
    formula = parts(node, in_general=in_general)
    return numbers(formula, decimals, decimals_for(node, formula, decimals))


def derivation(node: "Traced", decimals: int = DECIMALS) -> str:
    """Return the formula of a number with numbers, and its result."""
    formula, reason = parts(node), ""
    more = decimals_for(node, formula, decimals)
    if isinstance(formula[0], Choice):  # The result is written before the reason.
        choice = formula[0]
        formula, reason = choice.selected, SINCE + numbers(choice.reason, decimals, more)
    text, result = numbers(formula, decimals, more), number(node.value, decimals)
    return (text if text == result else f"{text} = {result}") + reason


def decimals_for(
    node: "Traced",
    formula: "List[Part]",
    decimals: int = DECIMALS,
    inside: "Callable[[Traced], bool]" = without_name,
) -> "Dict[int, int]":
    """Return the decimals of the numbers that need more than ``decimals``, by the id of their node.

    ``formula`` are the parts of the formula of ``node``, made with ``inside``.
    """
    found: "Dict[int, int]" = {}
    if isinstance(node.value, float) and node.value - node.value == 0:
        line = _Line(node, formula, decimals, inside)
        while not line.is_true() and line.improve():
            pass
        found = {key: count for key, count in line.decimals.items() if count > decimals}
    return found


class _Line:
    """A formula with numbers and its result, as they are printed."""

    def __init__(
        self,
        node: "Traced",
        formula: "List[Part]",
        decimals: int,
        inside: "Callable[[Traced], bool]",
    ) -> None:
        self.node = node
        self.inside = inside
        self.result = number(node.value, decimals)
        self.places = decimals
        size = abs(node.value)
        is_small = 0 < size < 10.0 ** (2 - decimals)  # as in ``number``
        self.margin = MARGIN * (size if is_small else 1) * 10.0**-decimals if size else 0.0
        self.leaves = {
            id(leaf): leaf for leaf in _leaves(formula) if isinstance(leaf.value, (int, float))
        }
        self.decimals = {key: decimals for key in self.leaves}
        self.untrue: "List[Traced]" = []  # the conditions that the printed numbers do not satisfy

    def shown(self, key: int) -> float:
        """Return the value of a number as it is printed."""
        return float(number(self.leaves[key].value, self.decimals[key]))

    def is_true(self) -> bool:
        """Return whether the printed numbers give the printed result."""
        self.untrue = []
        value = self.value({key: self.shown(key) for key in self.leaves})
        if self.untrue or value is None:
            return False
        # At the middle between two results, the order of additions would decide.
        ends = [number(value + side * self.margin, self.places) for side in (-1, 1)]
        return ends == [self.result, self.result]

    def improve(self) -> bool:
        """Print the number whose rounding matters most with another decimal, if there is one."""
        effects = {}
        conditions = {id(leaf) for node in self.untrue for leaf in _named_in(node)}
        for key, leaf in self.leaves.items():
            rounded = self.shown(key)
            if rounded != leaf.value and self.decimals[key] < MOST:
                value = self.value({key: rounded})
                change = float("inf") if value is None else abs(value - self.node.value)
                effects[key] = key in conditions, change, abs(rounded - leaf.value)
        if effects:
            self.decimals[max(effects, key=lambda key: effects[key])] += 1
        return bool(effects)

    def value(self, shown: "Dict[int, float]") -> "Any":
        """Return the result with these values in place of exact ones, or None if there is none."""
        try:
            return self.computed(self.node, shown)
        except (ArithmeticError, ValueError):
            return None

    def computed(self, node: "Traced", shown: "Dict[int, float]") -> "Any":
        if id(node) in shown:
            return shown[id(node)]
        if not node.operation or id(node) in self.leaves:
            return node.value
        if node is not self.node and not self.inside(node):
            return node.value  # left out of a long sum
        if node.operation == "where":
            condition, chosen, other = node.operands
            if bool(self.computed(condition, shown)) != bool(condition.value):
                self.untrue.append(condition)
            return self.computed(chosen if condition.value else other, shown)
        return COMPUTED[node.operation](*[self.computed(part, shown) for part in node.operands])


def _leaves(formula: "List[Part]") -> "Iterator[Traced]":
    """Yield the numbers that a formula shows."""
    for part in formula:
        if isinstance(part, Reference):
            yield part.node
        elif isinstance(part, Choice):
            yield from _leaves(part.selected)
            yield from _leaves(part.reason)


def _named_in(condition: "Traced") -> "Iterator[Traced]":
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.operands if not node.name else ())
