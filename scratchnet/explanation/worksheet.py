"""A training step to compute by hand: writes worksheets with blanks and reads filled-in ones.

>>> import scratchnet as sn
>>> from scratchnet.explanation.recording import explain
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-1]]), sn.Threshold()])
>>> print(worksheet(explain(net, [[3, 1]])))  # without targets, only the forward pass
# step 1: replace each ____ with a number
<BLANKLINE>
# given
0.weights[0][0] = 0.5
0.weights[1][0] = -1
0.bias[0] = 0
x[0][0] = 3
x[0][1] = 1
<BLANKLINE>
# forward: layer 0, Dense(inputs=2, outputs=1)
# Each output is a weighted sum of all inputs, plus a bias: Z = X·W + b.
# 0.z[0][0] = x[0][0] · 0.weights[0][0] + x[0][1] · 0.weights[1][0] + 0.bias[0]
0.z[0][0] = ____
<BLANKLINE>
# forward: layer 1, Threshold(threshold=0.0)
# a = 1 where z ≥ threshold, else 0: the neuron of McCulloch and Pitts (1943)
# 1.a[0][0] = 1 if 0.z[0][0] ≥ 0, else 0
1.a[0][0] = ____
>>> read("0.z[0][0] = 1/2\\n1.a[0][0]: ____")
[('0.z[0][0]', '1/2', 1)]
"""

import re
from decimal import Decimal

from .names import Name
from .number import inputs
from .text import DECIMALS, Choice, Reference, constant, number, parts
from .textbook import formula_for, lines_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Optional, Set, Tuple

    from ..scalars import Traced
    from .explanation import Explanation
    from .step import Step
    from .text import Part

    Entry = Tuple[str, str, int]

BLANK = "____"
_NUMBER = re.compile(
    r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$|[+-]?\d+ ?/ ?\d+$", re.ASCII | re.IGNORECASE
)
_COMMA = re.compile(r"[+-]?\d+,\d+$", re.ASCII)
MOST_DECIMALS = 400  # The smallest float has 324.
# A comma before three digits may also be a decimal comma.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}$", re.ASCII)
_SHOWN = 60  # how many characters of a bad line an error message shows


# ---- writing -------------------------------------------------------------------------------------


def worksheet(
    why: "Explanation", decimals: int = DECIMALS, header: str = "", answers: bool = False
) -> str:
    """Return the step as text: the given numbers, then each formula followed by a blank.

    With ``answers``, the right numbers are in the blanks.
    """
    lines = ["# " + line.lstrip("# ") for line in header.splitlines()]
    task = "the answers" if answers else f"replace each {BLANK} with a number"
    lines.append(f"# step {why.number}: {task}")
    if why.loss is not None:
        lines.append(f"# loss {why.loss!r}, optimizer {why.optimizer!r}")
    for title, names in sections(why):
        lines += ["", "# " + title]
        rule = lines_for(why.step, names[-1])
        is_of_book = any([_by_the_book(why.step, name) for name in names])
        lines += ["# " + line for line in (rule[:1] if is_of_book else rule)]
        for name in names:
            node = why[name].node
            if node.operation:
                blank = number(node.value, decimals) if answers else BLANK
                question, _ = _by_the_book(why.step, name) or _as_computed(node)
                lines += [f"# {name} = {question}", f"{name} = {blank}"]
            else:
                lines.append(f"{name} = {number(node.value, decimals)}")
    return "\n".join(lines)


def sections(why: "Explanation") -> "Iterator[Tuple[str, List[str]]]":
    """Yield the sections of the step, each with the names of its numbers on the worksheet.

    These are the numbers that the loss and the new weights depend on. Gradients at the data and
    gradients that a shortcut like δ = (ŷ - y)/n leaves out are not needed, and ``loss.new`` belongs
    to the forward pass of the next step.
    """
    needed = _find_needed(why)
    for title, names in why.sections():
        found = [name for name in names if name in needed]
        if found:
            yield title, found


def _find_needed(why: "Explanation") -> "Set[str]":
    """Return the names of the numbers that the loss and the update depend on, and of given ones."""
    step = why.step
    waiting = [name for name in step.names() if not _is_left_out(Name.parse(name))]
    needed = set(waiting)
    while waiting:
        name = waiting.pop()
        for operand in (_by_the_book(step, name) or _as_computed(step.number(name)))[1]:
            if operand not in needed and step.number(operand).operation:
                needed.add(operand)
                waiting.append(operand)
    return needed


def _is_left_out(name: "Name") -> bool:
    """Return whether a number is asked for only if another one depends on it."""
    within = name.is_gradient or name.kind in ("derivative", "backward", "inner")
    return within or str(name) == "loss.new"


def _by_the_book(step: "Step", name: str) -> "Optional[Tuple[str, List[str]]]":
    """Return the book's formula, and its names, of a number that is computed in another form."""
    book = step.books.get(name)
    return formula_for(step, name) if book is None else _as_computed(book)


def _as_computed(node: "Traced") -> "Tuple[str, List[str]]":
    """Return the formula of a number, and the names in it."""
    names = [operand.name for operand in inputs(node) if operand.name]
    return _question(parts(node, in_general=True)), names


def _question(formula: "List[Part]") -> str:
    """Return a formula with names and with both alternatives of each condition."""
    texts = []
    for part in formula:
        if isinstance(part, Reference):
            part = part.shown(part.node.name or constant(part.node.value))
        elif isinstance(part, Choice):
            reason, chosen, other = [
                _question(arm) for arm in (part.reasons[0], part.chosen, part.other)
            ]
            part = f"{chosen} if {reason}, else {other}"
        texts.append(re.sub(r" ?([·/]) ?", r" \1 ", part))
    return "".join(texts)


# ---- reading -------------------------------------------------------------------------------------


def read(text: str) -> "List[Entry]":
    """Return the lines ``name = number`` of a worksheet as tuples (name, digits, line number).

    Comments and blanks are skipped. The equals sign may be a colon. The number may be a fraction or
    have a decimal comma; ``digits`` is the number in Python's notation. Any other line raises a
    ValueError.

    >>> read("# by hand\\n\\n0.z[0][0] = ____\\nloss: −0,25  # or so")
    [('loss', '-0.25', 4)]
    """
    entries = []
    for place, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        content = line.split("#")[0].strip()
        if content:
            parts_of_line = content.replace(":", "=", 1).partition("=")
            name, sign, text = [part.strip() for part in parts_of_line]
            if not name or not sign:
                raise ValueError(
                    f"line {place}: {content[:_SHOWN]!r} is not a name and a number; "
                    "write loss = 0.25, for example"
                )
            digits = _digits(text.strip("_").strip(), place)
            if digits:
                entries.append((name, digits, place))
    return entries


def _digits(text: str, place: int) -> str:
    """Return a number in Python's notation, or an empty string for a blank."""
    digits = text.replace("−", "-")
    if _THOUSANDS.match(digits):
        raise ValueError(
            f"line {place}: {text} is ambiguous; "
            f"write {digits.replace(',', '.')} or {digits.replace(',', '')}"
        )
    if _COMMA.match(digits):
        digits = digits.replace(",", ".")
    if not _is_short(digits):
        raise ValueError(
            f"line {place}: {text[:_SHOWN]!r} is too long; give at most {MOST_DECIMALS} decimals"
        )
    try:
        if digits:
            value_of(digits)
    except (ValueError, ArithmeticError):
        raise ValueError(
            f"line {place}: {text[:_SHOWN]!r} is not a number; "
            "give a number such as 0.25, -3e-05 or 1/4"
        ) from None
    return digits


def _is_short(digits: str) -> bool:
    """Return whether a number, written out, has not many more digits than a float can have."""
    if len(digits) > MOST_DECIMALS:
        return False
    exponent = re.search(r"[eE]([+-]?\d+)$", digits)
    return exponent is None or abs(int(exponent.group(1))) <= MOST_DECIMALS


def value_of(digits: str) -> "Tuple[float, float]":
    """Return a number, and half a unit of its last digit: 0 for a fraction, which is exact.

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
    """Return the number of decimals; it is negative if the last digit counts tens, hundreds, ..."""
    return -int(Decimal(digits).as_tuple().exponent)
