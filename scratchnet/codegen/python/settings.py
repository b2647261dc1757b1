"""What an optimizer computes once per step, such as Adam's bias corrections, for many steps.

>>> from scratchnet.core.optimizers import Adam
>>> print(source_of(Adam(), ["rate", "bias_correction2"]))
from scratchnet.codegen.python.settings import power
<BLANKLINE>
<BLANKLINE>
def settings(steps, learning_rate):
    return [(learning_rate, 1.0 - power(0.999, (t + 1.0)),) for t in steps]
<BLANKLINE>
"""

from ...core.functions import by_squaring
from ...scalars import Symbolic
from .printer import Code, function
from .weight_updates import symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence


MOST_POWERS = 1 << 16  # of one base; they take 2 MB
MOST_BASES = 8

_powers: "Dict[float, List[float]]" = {}


class SettingsCode(Code):
    """Code that may call ``power``."""

    def call(self, node: "Symbolic", arguments: "List[str]") -> str:
        if node.operation == "power":
            return f"power({', '.join(arguments)})"
        return Code.call(self, node, arguments)


def source_of(optimizer: "Any", names: "Sequence[str]") -> str:
    """Return the source of a function of the indices of steps and the learning rate, a number.

    It returns the attributes ``names`` that ``begin`` sets in each step.
    """
    twin = optimizer.with_numbers(Symbolic, exactly=True)
    twin.t = Symbolic(name="t")
    twin.learning_rate = Symbolic(name="learning_rate")
    twin.begin(Symbolic)
    code = SettingsCode([symbolic(getattr(twin, name)) for name in names])
    lines = code.statements()
    clauses = "".join([" for {} in [{}]".format(*line.split(" = ")) for line in lines])
    row = ", ".join([code.text(output) for output in code.outputs])
    body = f"return [({row},) for t in steps{clauses}]"
    source = function(code, "settings(steps, learning_rate)", [body])
    blank = "" if code.functions else "\n\n"
    return f"from {__name__} import power\n{blank}{source}"


def power(x: float, n: float) -> float:
    """Return ``core.functions.by_squaring(x, n)``, from a table.

    The table has the same bits: by_squaring multiplies by the square of the highest bit of n last.

    >>> power(0.9, 1000.0) == by_squaring(0.9, 1000)
    True
    """
    table: "Sequence[float]" = _powers.get(x, ())
    return table[int(n)] if n < len(table) else power_beyond_table(x, int(n))


def power_beyond_table(x: float, n: int) -> float:
    """Return the power of x, and extend its table up to there."""
    if n >= MOST_POWERS:
        return float(by_squaring(x, n))
    table = _powers.get(x, [1.0])
    while n >= len(table):
        square = by_squaring(x, len(table))
        table = table + [square * p for p in table]  # a new list, for other threads
    if len(_powers) >= MOST_BASES:
        _powers.clear()
    _powers[x] = table
    return table[n]
