"""The record of a traced number as text.

    parts(node)       the formula as a list of parts, for all printers
    names(parts)      W₁ · x₁ + W₂ · x₂ + b     with names
    numbers(parts)    0.4·1 + 0.2·0 + 1         with numbers

A formula ends at numbers that have a name, and at constants. This module knows the operations but
no layer.

>>> from scratchnet.scalars import Traced
>>> w, x = Traced(0.5, name="w"), Traced(-3.0, name="x")
>>> z = 1 / (1 + (-(w * x)).exp())
>>> print(names(parts(z))); print(numbers(parts(z)))
1 / (1 + e^−(w · x))
1/(1 + e^−(0.5·(-3)))
"""

import math

from ..scalars.operations import ATOM, CHOICE, COMPARISON, INFIX, OPERATIONS, PRODUCT, SIGN, SUM
from .patterns import is_constant, is_large, is_maximum, logistic_of, unguarded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple, Union

    from ..scalars import Traced

MINUS = OPERATIONS["negate"].formula_sign
MINUS_ONE = OPERATIONS["subtract"].formula_sign + "1"
NO_SIGN = OPERATIONS["exp"]
SINCE = ", since "
OPPOSITE = {
    "less": "greater or equal",
    "less or equal": "greater",
    "greater": "less or equal",
    "greater or equal": "less",
    "equal": "unequal",
    "unequal": "equal",
}
LONGEST = 12  # terms of a sum; of a longer sum, the first three and the last are shown
# Operations in a formula; beyond it, values replace the formulas of numbers. The formula of a
# number that is used in many ways could otherwise grow without limit.
MOST = 200
DECIMALS = 4
OF_CONSTANTS = 10  # decimals of the constants of a rule, in formulas with names


class Reference:
    """A reference to a number in a formula.

    ``precedence``       the precedence that its text needs to be written without parentheses
    ``after_operator``   whether it follows an operator, so that a sign needs parentheses
    """

    __slots__ = ("node", "precedence", "after_operator")

    def __init__(self, node: "Traced", precedence: int, after_operator: bool = False) -> None:
        self.node = node
        self.precedence = precedence
        self.after_operator = after_operator

    def shown(self, text: str) -> str:
        """Return the text for the number, in parentheses if necessary."""
        own = ATOM
        if text.startswith("-"):
            own = SIGN
        elif "/" in text:  # a Fraction such as 1/2
            own = PRODUCT
        needed = own < self.precedence or self.after_operator and own == SIGN
        return "({})".format(text) if needed else text


class Choice:
    """Two formulas and a condition that selects one of them.

    ``reasons``   the formulas of the condition and of its opposite
    """

    __slots__ = ("condition", "chosen", "other", "reasons")

    def __init__(
        self,
        condition: "Traced",
        chosen: "List[Part]",
        other: "List[Part]",
        reasons: "Tuple[List[Part], List[Part]]",
    ) -> None:
        self.condition = condition
        self.chosen = chosen
        self.other = other
        self.reasons = reasons

    @property
    def selected(self) -> "List[Part]":
        """The formula that the condition selects."""
        return self.chosen if self.condition.value else self.other

    @property
    def reason(self) -> "List[Part]":
        """The reason why it is selected."""
        return self.reasons[0] if self.condition.value else self.reasons[1]


if TYPE_CHECKING:
    Part = Union[str, Reference, Choice]


def number(value: "Any", decimals: int = DECIMALS) -> str:
    """Return a number with four decimals, or with four significant digits if it is small.

    The minus sign is a hyphen, so that the text can be copied into Python.

    >>> number(0.80218), number(-0.00012345), number(1.0), number(True), number(2 / 3, decimals=8)
    ('0.8022', '-0.0001234', '1', '1', '0.66666667')
    """
    if not isinstance(value, (int, float)):
        return str(value)
    small = value != 0 and abs(value) < 10.0 ** (2 - decimals)
    text = "{:.{}g}".format(value, decimals) if small else "{:.{}f}".format(value, decimals)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def constant(value: "Any") -> str:
    """Return a constant of a rule, in formulas with names."""
    return "π" if value == math.pi else number(value, OF_CONSTANTS)


def formula(node: "Traced") -> str:
    """Return the formula of a number, with names."""
    return names(parts(node))


def names(formula: "List[Part]") -> str:
    """Return a formula as text, with names."""
    text = _write(formula, lambda leaf: leaf.name or constant(leaf.value))
    return text.replace("·", " · ").replace("/", " / ")


def numbers(
    formula: "List[Part]", decimals: int = DECIMALS, more: "Optional[Dict[int, int]]" = None
) -> str:
    """Return a formula as text, with numbers; ``more`` is from ``decimals_for`` (digits.py)."""
    of = more or {}
    return _write(formula, lambda leaf: number(leaf.value, of.get(id(leaf), decimals)))


def _write(formula: "List[Part]", leaf: "Callable[[Traced], str]") -> str:
    """Return a formula as text; ``leaf`` returns the text of a number."""
    texts = []
    for part in formula:
        if isinstance(part, Reference):
            part = part.shown(leaf(part.node))
        elif isinstance(part, Choice):
            part = _write(part.selected, leaf) + SINCE + _write(part.reason, leaf)
        texts.append(part)
    return "".join(texts)


def without_name(node: "Traced") -> bool:
    return not node.name


def parts(
    node: "Traced", inside: "Callable[[Traced], bool]" = without_name, in_general: bool = False
) -> "List[Part]":
    """Return the formula of a number as a list of parts.

    ``inside`` returns whether an operand is replaced by its own formula; by default, an operand
    without a name is. ``in_general``, the formula is written for all values of the numbers in it: a
    logarithm or reciprocal has its own operand, not the 1 that a rule puts in place of an unused 0,
    and the logistic function is one quotient.
    """
    if not node.operation:
        return [Reference(node, CHOICE)]
    return _Formula(inside, in_general).operation(node)[0]


class _Formula:
    """The conversion of a record to the parts of a formula, with the arguments of ``parts``."""

    def __init__(self, inside: "Callable[[Traced], bool]", in_general: bool) -> None:
        self.inside = inside
        self.in_general = in_general
        self.left = MOST

    def closed(self, operand: "Traced") -> bool:
        """Return whether the formula refers to a number instead of containing its formula."""
        constant = operand.operation == "divide" and all(
            [is_large(part) for part in operand.operands]
        )
        is_full = self.left <= 0 and INFIX.get(operand.operation, NO_SIGN).precedence != COMPARISON
        return not operand.operation or not self.inside(operand) or is_full or constant

    def part(
        self, operand: "Traced", precedence: int, after_operator: bool = False
    ) -> "List[Part]":
        """Return the formula of an operand, in parentheses if necessary."""
        if self.closed(operand):
            return [Reference(operand, precedence, after_operator)]
        if operand.operation == "where" and precedence > CHOICE:
            condition, chosen, other = operand.operands
            if is_maximum(condition, chosen, other):
                return ["max("] + self.listed((chosen, other)) + [")"]
        formula, own = self.operation(operand)
        if own < precedence or after_operator and formula[0] == MINUS:
            return ["("] + formula + [")"]
        return _after_operator(formula) if after_operator else formula

    def operation(self, node: "Traced") -> "Tuple[List[Part], int]":
        """Return the formula of the operation of a number, and its precedence."""
        operation, operands = node.operation, node.operands
        self.left -= 1
        # The mean over one sample divides by 1.
        if operation in ("multiply", "divide") and is_constant(operands[1], 1):
            return self.alone(operands[0])
        if operation in INFIX:
            return self.infix(operation, operands), INFIX[operation].precedence
        if operation == "dot":
            pairs = list(zip(operands[::2], operands[1::2]))
            return self.sum(pairs, self.product), SUM if len(pairs) > 1 else PRODUCT
        if operation == "total":
            return (
                (self.sum(operands, self.part), SUM)
                if len(operands) > 1
                else self.alone(operands[0])
            )
        if operation == "max" and len(operands) == 1:
            return self.alone(operands[0])
        if operation == "negate":
            return [MINUS] + self.part(operands[0], ATOM, after_operator=True), SIGN
        if operation == "log1p":
            return ["ln(1 + "] + self.part(operands[0], SUM, after_operator=True) + [")"], ATOM
        if operation == "expm1":
            return ["e^"] + self.part(operands[0], SIGN) + [MINUS_ONE], SUM
        if operation == "exp":
            return ["e^"] + self.part(operands[0], SIGN), ATOM
        if operation == "power":
            return self.part(operands[0], ATOM, after_operator=True) + ["^"] + self.part(
                operands[1], ATOM
            ), ATOM
        z = logistic_of(node) if self.in_general else None
        if z is not None:
            power = [MINUS] + self.part(z, ATOM, after_operator=True)
            return ["1/(1 + e^"] + power + [")"], PRODUCT
        if operation == "where":
            condition, chosen, other = operands
            reasons = self.part(condition, CHOICE), self.opposite(condition)
            return [
                Choice(condition, self.part(chosen, SUM), self.part(other, SUM), reasons)
            ], CHOICE
        if operation == "abs":
            return ["|"] + self.part(operands[0], CHOICE) + ["|"], ATOM
        if operation == "log":
            operands = (unguarded(operands[0], self.in_general),)
        name = OPERATIONS[operation].formula_sign or operation
        return [name, "("] + self.listed(operands) + [")"], ATOM

    def infix(self, operation: str, operands: "Tuple[Traced, ...]") -> "List[Part]":
        """Return the formula of an operation that is written between its two operands."""
        left, right = INFIX[operation].operands
        if operation == "divide":
            operands = (operands[0], unguarded(operands[1], self.in_general))
        if operation == "add":
            right = SUM  # a + (b + c) is a + b + c in a formula, where no bits depend on it.
        return (
            self.part(operands[0], left)
            + [INFIX[operation].formula_sign]
            + self.part(operands[1], right, after_operator=True)
        )

    def opposite(self, condition: "Traced") -> "List[Part]":
        """Return the formula of the opposite of a condition: z < 0 for z ≥ 0."""
        if condition.operation not in OPPOSITE:
            return ["not "] + self.part(condition, CHOICE)
        return self.infix(OPPOSITE[condition.operation], condition.operands)

    def listed(self, operands: "Any") -> "List[Part]":
        """Return the arguments of a function, or the first three and the last of many."""
        folded = len(operands) - 4 if len(operands) > LONGEST else 0
        formula = self.part(operands[0], CHOICE)
        for k in range(1, len(operands)):
            if folded and k == 3:
                formula.append(", … {} more …".format(folded))
            if not folded or k < 3 or k == len(operands) - 1:
                formula += [", "] + self.part(operands[k], CHOICE)
        return formula

    def alone(self, operand: "Traced") -> "Tuple[List[Part], int]":
        """Return the formula of an operand that an operation does not change."""
        if self.closed(operand):
            return [Reference(operand, PRODUCT)], ATOM
        return self.operation(operand)

    def product(self, pair: "Tuple[Traced, Traced]", precedence: int) -> "List[Part]":
        """Return one term of a sum of products."""
        return self.part(pair[0], PRODUCT) + ["·"] + self.part(pair[1], SIGN, after_operator=True)

    def sum(self, terms: "Any", of: "Callable[[Any, int], List[Part]]") -> "List[Part]":
        """Return the formula of a sum, with each term made by ``of``(term, precedence).

        Of a long sum, the first three terms and the last are shown.
        """
        folded = len(terms) - 4 if len(terms) > LONGEST else 0
        formula = of(terms[0], SUM)
        for k in range(1, len(terms)):
            if folded and k == 3:
                formula.append(" + … {} more …".format(folded))
            if not folded or k < 3 or k == len(terms) - 1:
                term = of(terms[k], PRODUCT)
                if term[0] == MINUS:  # a + (−b) is a − b, to the bit
                    formula += [OPERATIONS["subtract"].formula_sign] + term[1:]
                else:
                    formula += [" + "] + _after_operator(term)
        return formula


def _after_operator(formula: "List[Part]") -> "List[Part]":
    """Return the formula as it is written after an operator."""
    first = formula[0]
    if isinstance(first, Reference):
        return [Reference(first.node, first.precedence, True)] + formula[1:]
    return formula
