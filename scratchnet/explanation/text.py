"""The record of a traced number as text.

    formula(node)       W₁·x₁ + W₂·x₂ + b               names
    substituted(node)   0.4·1 + 0.2·0 + 1               the numbers in their place
    derivation(node)    0.4·1 + 0.2·0 + 1 = 1.4         and the result

Each goes down to the numbers that have a name, or came from outside. It knows the operations, and no layer.

>>> from scratchnet.scalars import Traced
>>> w, x = Traced(0.5, name="w"), Traced(-3.0, name="x")
>>> z = 1 / (1 + (-(w * x)).exp())
>>> print(formula(z)); print(derivation(z))
1/(1 + e^−(w·x))
1/(1 + e^−(0.5·(-3))) = 0.1824
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Tuple

    from ..scalars import Traced

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


def number(value: "Any") -> "str":
    """A number to four decimals, or four digits where it is small; its sign is a hyphen, to be copied into Python.

    >>> number(0.80218), number(-0.00012345), number(1.0), number(True)
    ('0.8022', '-0.0001234', '1', '1')
    """
    if not isinstance(value, (int, float)):
        return str(value)
    text = "{:.4f}".format(value) if value == 0 or abs(value) >= 0.001 else "{:.4g}".format(value)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def formula(node: "Traced") -> "str":
    """How the number was made, by the names of what it was made from."""
    return _operation(node, _name_or_number)[0]


def substituted(node: "Traced") -> "str":
    """How the number was made, the numbers in their places."""
    return _operation(node, lambda leaf: number(leaf.value))[0]


def derivation(node: "Traced") -> "str":
    """The numbers in their places, and the result."""
    if node.operation == "where":  # a choice's result is the first thing it says
        return substituted(node)
    return "{} = {}".format(substituted(node), number(node.value))


def _name_or_number(leaf: "Traced") -> "str":
    return leaf.name or number(leaf.value)


def _operation(node: "Traced", leaf: "Callable[[Traced], str]") -> "Tuple[str, int]":
    """The text of a number's own operation, and how tightly it holds together."""

    def part(operand: "Traced", tightness: "int") -> "str":
        if operand.name or not operand.operation:
            text = leaf(operand)
            own = SIGN if text.startswith("-") else PRODUCT if "/" in text else ATOM  # 1/2 is a Fraction
        else:
            text, own = _operation(operand, leaf)
        return text if own >= tightness else "({})".format(text)

    operation, operands = node.operation, node.operands
    if operation in INFIX:
        own, left, right, sign = INFIX[operation]
        # A sign directly behind an operator is hard to read: the right-hand number must be an atom, or not negative.
        return part(operands[0], left) + sign + _unsigned(part(operands[1], right)), own
    if operation == "dot":
        products = [
            part(a, PRODUCT) + "·" + _unsigned(part(b, SIGN)) for a, b in zip(operands[::2], operands[1::2])
        ]
        return " + ".join(products[:1] + [_unsigned(product) for product in products[1:]]), SUM
    if operation == "total":
        first, rest = operands[0], operands[1:]
        return " + ".join([part(first, SUM)] + [_unsigned(part(operand, PRODUCT)) for operand in rest]), SUM
    if operation == "negate":
        return "−" + _unsigned(part(operands[0], ATOM)), SIGN
    if operation == "power":
        return "{}^{}".format(part(operands[0], ATOM), part(operands[1], ATOM)), ATOM
    if operation == "exp":
        return "e^" + part(operands[0], SIGN), ATOM
    if operation == "where":
        condition, chosen, other = operands
        if condition.value:
            return "{}, since {}".format(part(chosen, SUM), part(condition, CHOICE)), CHOICE
        return "{}, since not {}".format(part(other, SUM), part(condition, CHOICE)), CHOICE
    if operation == "abs":
        return "|{}|".format(part(operands[0], CHOICE)), ATOM
    if operation:
        return "{}({})".format(operation, ", ".join([part(operand, CHOICE) for operand in operands])), ATOM
    return leaf(node), ATOM


def _unsigned(text: "str") -> "str":
    return "({})".format(text) if text[0] in "-−" else text

