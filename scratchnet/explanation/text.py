"""The record of a traced number as text.

    formula(node)       W₁ · x₁ + W₂ · x₂ + b           names
    substituted(node)   0.4·1 + 0.2·0 + 1               the numbers in their place
    derivation(node)    0.4·1 + 0.2·0 + 1 = 1.4         and the result
    parts(node)         the formula taken apart, for printers that are no text

Each goes down to the numbers that have a name, or came from outside. It knows the operations, and no layer.

>>> from scratchnet.scalars import Traced
>>> w, x = Traced(0.5, name="w"), Traced(-3.0, name="x")
>>> z = 1 / (1 + (-(w * x)).exp())
>>> print(formula(z)); print(derivation(z))
1 / (1 + e^−(w · x))
1/(1 + e^−(0.5·(-3))) = 0.1824
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple, Union

    from ..scalars import Traced

    Part = Union[str, "Reference", "Choice"]

# How tightly an operation holds its parts together: what holds less tightly than its surroundings needs parentheses.
CHOICE, SUM, PRODUCT, SIGN, ATOM = range(5)

# operation: (its own tightness, what its left and right operands must have, its sign)
INFIX = {
    "add": (SUM, SUM, SUM, " + "),
    "subtract": (SUM, SUM, PRODUCT, " − "),
    "multiply": (PRODUCT, PRODUCT, SIGN, "·"),
    "divide": (PRODUCT, PRODUCT, ATOM, "/"),
    "less": (CHOICE, SUM, SUM, " < "),
    "less or equal": (CHOICE, SUM, SUM, " ≤ "),
    "greater": (CHOICE, SUM, SUM, " > "),
    "greater or equal": (CHOICE, SUM, SUM, " ≥ "),
    "equal": (CHOICE, SUM, SUM, " = "),
    "unequal": (CHOICE, SUM, SUM, " ≠ "),
}

SINCE = ", since "
OPPOSITE = {
    "less": "greater or equal",
    "less or equal": "greater",
    "greater": "less or equal",
    "greater or equal": "less",
    "equal": "unequal",
    "unequal": "equal",
}
LONGEST = 12  # terms of a sum; of a longer one the first and the last are shown
MOST = 200  # operations in a formula: what one number enters in many ways would grow without end; its value stands then
DECIMALS = 4


class Reference:
    """A number's place in a formula.

    ``tightness``   what the number must have there, as a text, to stand without parentheses
    ``behind``      whether an operator stands before it, so that a sign of its own needs them
    """

    __slots__ = ("node", "tightness", "behind")

    def __init__(self, node: "Traced", tightness: int, behind: bool = False) -> None:
        self.node = node
        self.tightness = tightness
        self.behind = behind

    def shown(self, text: str) -> str:
        """The text that stands for the number, in parentheses where it needs them."""
        own = (
            SIGN if text.startswith("-") else PRODUCT if "/" in text else ATOM
        )  # 1/2 is a Fraction
        return "({})".format(text) if own < self.tightness or self.behind and own == SIGN else text


class Choice:
    """Two formulas, of which a condition chooses one; ``reasons``: the condition's formula, and its opposite's."""

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
    def made(self) -> "List[Part]":
        """The formula that was chosen."""
        return self.chosen if self.condition.value else self.other

    @property
    def reason(self) -> "List[Part]":
        """Why it was chosen."""
        return self.reasons[0] if self.condition.value else self.reasons[1]


def number(value: "Any", decimals: int = DECIMALS) -> str:
    """A number to four decimals, or four digits where it is small; its sign is a hyphen, to be copied into Python.

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


def formula(node: "Traced") -> str:
    """How the number was made, by the names of what it was made from."""
    return names(parts(node))


def substituted(node: "Traced", decimals: int = DECIMALS) -> str:
    """How the number was made, the numbers in their places."""
    return numbers(parts(node), decimals)


def derivation(node: "Traced", decimals: int = DECIMALS) -> str:
    """The numbers in their places, and the result."""
    formula, reason = parts(node), ""
    if isinstance(formula[0], Choice):  # the result comes before the reason for it
        choice = formula[0]
        formula, reason = choice.made, SINCE + numbers(choice.reason, decimals)
    text, result = numbers(formula, decimals), number(node.value, decimals)
    return (text if text == result else "{} = {}".format(text, result)) + reason


def names(formula: "List[Part]") -> str:
    """A formula, the names in their places."""
    return (
        _written(formula, lambda leaf: leaf.name or number(leaf.value))
        .replace("·", " · ")
        .replace("/", " / ")
    )


def numbers(formula: "List[Part]", decimals: int = DECIMALS) -> str:
    """A formula, the numbers in their places."""
    return _written(formula, lambda leaf: number(leaf.value, decimals))


def _written(formula: "List[Part]", leaf: "Callable[[Traced], str]") -> str:
    """A formula as text, ``leaf`` for each number in it."""
    texts = []
    for part in formula:
        if isinstance(part, Reference):
            part = part.shown(leaf(part.node))
        elif isinstance(part, Choice):
            part = _written(part.made, leaf) + SINCE + _written(part.reason, leaf)
        texts.append(part)
    return "".join(texts)


def _without_name(node: "Traced") -> bool:
    return not node.name


def parts(node: "Traced", inside: "Callable[[Traced], bool]" = _without_name) -> "List[Part]":
    """The formula of a number's own operation, down to the numbers with names and those from outside.

    Another ``inside`` tells of a number within whether its own formula stands in its place.
    """
    return _Formula(inside).operation(node)[0] if node.operation else [Reference(node, CHOICE)]


class _Formula:
    """From the record to the parts of a formula; ``inside`` as in ``parts``."""

    def __init__(self, inside: "Callable[[Traced], bool]") -> None:
        self.inside = inside
        self.left = MOST

    def closed(self, operand: "Traced") -> bool:
        """Whether the number itself stands in the formula, and not how it was made."""
        constant = operand.operation == "divide" and all(
            [_is_large(part) for part in operand.operands]
        )
        return not operand.operation or not self.inside(operand) or not self.left or constant

    def part(self, operand: "Traced", tightness: int, behind: bool = False) -> "List[Part]":
        """An operand in a formula, in parentheses where its operation needs them."""
        if self.closed(operand):
            return [Reference(operand, tightness, behind)]
        formula, own = self.operation(operand)
        if own < tightness or behind and formula[0] == "−":
            return ["("] + formula + [")"]
        return _behind(formula) if behind else formula

    def operation(self, node: "Traced") -> "Tuple[List[Part], int]":
        """The formula of a number's own operation, and how tightly it holds together."""
        operation, operands = node.operation, node.operands
        self.left -= 1
        if operation in ("multiply", "divide") and _is_one(
            operands[1]
        ):  # as in a mean of one sample
            return self.alone(operands[0])
        if operation in INFIX:
            own, left, right, sign = INFIX[operation]
            return self.part(operands[0], left) + [sign] + self.part(
                operands[1], right, behind=True
            ), own
        if operation == "dot":
            pairs = list(zip(operands[::2], operands[1::2]))
            return self.sum(pairs, self.product), SUM if len(pairs) > 1 else PRODUCT
        if operation == "total":
            return (
                (self.sum(operands, self.part), SUM)
                if len(operands) > 1
                else self.alone(operands[0])
            )
        if operation == "negate":
            return ["−"] + self.part(operands[0], ATOM, behind=True), SIGN
        if operation == "exp":
            return ["e^"] + self.part(operands[0], SIGN), ATOM
        if operation == "power":
            return self.part(operands[0], ATOM, behind=True) + ["^"] + self.part(
                operands[1], ATOM
            ), ATOM
        if operation == "where":
            condition, chosen, other = operands
            reasons = self.part(condition, CHOICE), self.opposite(condition)
            return [
                Choice(condition, self.part(chosen, SUM), self.part(other, SUM), reasons)
            ], CHOICE
        if operation == "abs":
            return ["|"] + self.part(operands[0], CHOICE) + ["|"], ATOM
        return [operation, "("] + self.listed(operands) + [")"], ATOM

    def opposite(self, condition: "Traced") -> "List[Part]":
        """What holds where the condition does not: z < 0 where not z ≥ 0."""
        if condition.operation not in OPPOSITE:
            return ["not "] + self.part(condition, CHOICE)
        _, left, right, sign = INFIX[OPPOSITE[condition.operation]]
        return (
            self.part(condition.operands[0], left)
            + [sign]
            + self.part(condition.operands[1], right, behind=True)
        )

    def listed(self, operands: "Any") -> "List[Part]":
        """The arguments of a function; of many the first three and the last."""
        folded = len(operands) - 4 if len(operands) > LONGEST else 0
        formula = self.part(operands[0], CHOICE)
        for k in range(1, len(operands)):
            if folded and k == 3:
                formula.append(", … {} more …".format(folded))
            if not folded or k < 3 or k == len(operands) - 1:
                formula += [", "] + self.part(operands[k], CHOICE)
        return formula

    def alone(self, operand: "Traced") -> "Tuple[List[Part], int]":
        """A number that its operation leaves as it is."""
        if self.closed(operand):
            return [Reference(operand, PRODUCT)], ATOM
        return self.operation(operand)

    def product(self, pair: "Tuple[Traced, Traced]", tightness: int) -> "List[Part]":
        return self.part(pair[0], PRODUCT) + ["·"] + self.part(pair[1], SIGN, behind=True)

    def sum(self, terms: "Any", of: "Callable[[Any, int], List[Part]]") -> "List[Part]":
        """The terms of a sum, each of(term, tightness); of a long one the first three and the last."""
        folded = len(terms) - 4 if len(terms) > LONGEST else 0
        formula = of(terms[0], SUM)
        for k in range(1, len(terms)):
            if folded and k == 3:
                formula.append(" + … {} more …".format(folded))
            if not folded or k < 3 or k == len(terms) - 1:
                term = of(terms[k], PRODUCT)
                formula += [" + "] + (["("] + term + [")"] if term[0] == "−" else _behind(term))
        return formula


def _behind(formula: "List[Part]") -> "List[Part]":
    """The formula behind an operator."""
    first = formula[0]
    if isinstance(first, Reference):
        return [Reference(first.node, first.tightness, True)] + formula[1:]
    return formula


def _is_large(operand: "Traced") -> bool:
    """Whether it is one of the large whole numbers whose quotient is a rule's constant."""
    return not operand.name and not operand.operation and bool(operand.value > 1000000)


def _is_one(operand: "Traced") -> bool:
    return not operand.name and not operand.operation and bool(operand.value == 1)
