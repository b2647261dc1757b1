"""A step of training to be done by hand: the worksheet with its blanks, and the reading of what was filled in.

>>> import scratchnet as sn
>>> from scratchnet.explanation.explanation import explain
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-1]]), sn.Threshold()])
>>> print(worksheet(explain(net, [[3, 1]])))  # without targets: the forward pass alone
# step 1: put a number in the place of each ____
<BLANKLINE>
# given
0.weights[0][0] = 0.5
0.weights[1][0] = -1
0.bias[0] = 0
x[0][0] = 3
x[0][1] = 1
<BLANKLINE>
# forward: layer 0, Dense(inputs=2, outputs=1)
# 0.z[0][0] = x[0][0] · 0.weights[0][0] + x[0][1] · 0.weights[1][0] + 0.bias[0]
0.z[0][0] = ____
<BLANKLINE>
# forward: layer 1, Threshold(threshold=0.0)
# 1.a[0][0] = 1 if 0.z[0][0] ≥ 0, else 0
1.a[0][0] = ____
>>> read("0.z[0][0] = 1/2\\n1.a[0][0]: ____")
[('0.z[0][0]', '1/2', 1)]
"""

import re
from decimal import Decimal

from .explanation import inputs
from .text import DECIMALS, Choice, Reference, number, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Set, Tuple

    from .explanation import Explanation
    from .text import Part

    Entry = Tuple[str, str, int]

BLANK = "____"
_NUMBER = re.compile(
    r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$|[+-]?\d+ ?/ ?\d+$", re.ASCII | re.IGNORECASE
)
_COMMA = re.compile(r"[+-]?\d+,\d+$", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}$", re.ASCII)  # or a decimal comma: nobody knows
_SHOWN = 60  # characters of a line that could not be read


# ---- writing -----------------------------------------------------------------------------------------------------


def worksheet(why: "Explanation", decimals: int = DECIMALS, header: str = "") -> str:
    """The step as text: what is given, to so many decimals, and then every number's formula with a blank for it."""
    lines = ["# " + line.lstrip("# ") for line in header.splitlines()]
    lines.append(f"# step {why.number}: put a number in the place of each {BLANK}")
    for title, names in sections(why):
        lines += ["", "# " + title]
        for name in names:
            node = why[name].node
            if node.operation:
                lines += [f"# {name} = {_question(parts(node), decimals)}", f"{name} = {BLANK}"]
            else:
                lines.append(f"{name} = {number(node.value, decimals)}")
    return "\n".join(lines)


def sections(why: "Explanation") -> "Iterator[Tuple[str, List[str]]]":
    """The parts of the step, each with the names of those of its numbers that the worksheet holds.

    They are those on the way to the loss and to the new weights. No one on that way needs the slopes in the data, nor
    those that a shortcut like δ = (ŷ - y)/n steps over; and ``loss.new`` is the next step's forward pass.
    """
    wanted = _wanted(why)
    for title, names in why.sections():
        found = [name for name in names if name in wanted]
        if found:
            yield title, found


def _wanted(why: "Explanation") -> "Set[str]":
    """What is given, the forward pass, the loss, the update, and all that these are made from."""
    waiting = [
        name
        for name in why.step.names()
        if not re.search(r"\.gradient|\.derivative|^loss\.new$", name)
    ]
    wanted = set(waiting)
    while waiting:
        for operand in inputs(why.step.number(waiting.pop())):
            if operand.name and operand.operation and operand.name not in wanted:
                wanted.add(operand.name)
                waiting.append(operand.name)
    return wanted


def _question(formula: "List[Part]", decimals: int) -> str:
    """A formula by names, with both answers to each question in it: which one is right is for the pencil to find."""
    texts = []
    for part in formula:
        if isinstance(part, Reference):
            part = part.shown(part.node.name or number(part.node.value, decimals))
        elif isinstance(part, Choice):
            reason, chosen, other = [
                _question(arm, decimals) for arm in (part.reasons[0], part.chosen, part.other)
            ]
            part = f"{chosen} if {reason}, else {other}"
        texts.append(re.sub(r" ?([·/]) ?", r" \1 ", part))
    return "".join(texts)


# ---- reading -----------------------------------------------------------------------------------------------------


def read(text: str) -> "List[Entry]":
    """The lines ``name = number`` of a worksheet: each one's name, its digits as Python writes them, its line number.

    Comments and blanks are passed over. A number may have a colon before it, and may be a fraction, or have a decimal
    comma; a line that is none of this is a ValueError.

    >>> read("# by hand\\n\\n0.z[0][0] = ____\\nloss: −0,25  # or so")
    [('loss', '-0.25', 4)]
    """
    entries = []
    for place, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        told = line.split("#")[0].strip()
        if told:
            name, sign, text = [part.strip() for part in told.replace(":", "=", 1).partition("=")]
            if not name or not sign:
                raise ValueError(
                    f"line {place}: {told[:_SHOWN]!r} is no number under a name, as in loss = 0.25"
                )
            digits = _digits(text.strip("_").strip(), place)
            if digits:
                entries.append((name, digits, place))
    return entries


def _digits(text: str, place: int) -> str:
    """The number as Python writes it; empty for a blank."""
    digits = text.replace("−", "-")
    if _THOUSANDS.match(digits):
        raise ValueError(
            f"line {place}: {text} may be {digits.replace(',', '.')} or {digits.replace(',', '')}"
        )
    if _COMMA.match(digits):
        digits = digits.replace(",", ".")
    try:
        if digits:
            value_of(digits)
    except (ValueError, ArithmeticError):
        raise ValueError(
            f"line {place}: {text[:_SHOWN]!r} is no number; give one like 0.25, -3e-05 or 1/4"
        ) from None
    return digits


def value_of(digits: str) -> "Tuple[float, float]":
    """A number, and half a unit of its last digit: 0 of a fraction, which is exact.

    >>> value_of("-0.25"), value_of("1/4")
    ((-0.25, 0.005), (0.25, 0.0))
    """
    if not _NUMBER.match(digits):
        raise ValueError(digits)
    if "/" in digits:
        above, below = digits.split("/")
        return int(above) / int(below), 0.0
    value, unit = float(digits), 10.0 ** -decimals_of(digits)
    if value - value != 0:
        raise OverflowError(digits)
    return value, unit / 2


def decimals_of(digits: str) -> int:
    """How many decimals a number is given to; below 0 where its last digit is one of the tens, the hundreds ..."""
    return -int(Decimal(digits).as_tuple().exponent)
