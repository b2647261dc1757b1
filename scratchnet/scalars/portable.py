"""Portable: a float that is computed by the portable kernel, whichever kernel is active.

>>> from scratchnet.core import functions
>>> tenths = [Portable(0.1)] * 10
>>> float(functions.total(tenths)), float(functions.cos(tenths[0]))
(0.9999999999999999, 0.9950041652780258)
"""

from ..core import elementary
from ..core.functions import ELEMENTARY
from ..core.schedules import CosineDecay, ExponentialDecay, StepDecay, WarmUp
from .operations import OPERATIONS, Operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


class Portable(Operators):
    """A float (``value``) with the operators of floats and the portable elementary functions."""

    __slots__ = ("value",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: "Any") -> None:
        self.value = float(value)

    def _unary(self, operation: str) -> "Portable":
        portable = operation in ELEMENTARY
        function = getattr(elementary, operation) if portable else OPERATIONS[operation].function
        return Portable(function(self.value))

    def _binary(self, operation: str, a: "Any", b: "Any") -> "Any":
        value = OPERATIONS[operation].function(float(a), float(b))
        return value if isinstance(value, bool) else Portable(value)  # bool: a comparison

    @staticmethod
    def total(values: "Sequence[Any]") -> "Portable":
        """Return the sum, added from left to right."""
        return Portable(elementary.total([float(v) for v in values]))

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return f"Portable({self.value!r})"


def of_batches(loss: "Any", losses: "Sequence[float]", sizes: "Sequence[int]") -> float:
    """Return ``loss.of_batches``; the type of the first number decides how all are added."""
    return float(loss.of_batches([Portable(losses[0]), *losses[1:]], sizes))


class Schedule:
    """A schedule of the package, computed with Portable numbers."""

    def __init__(self, given: "Any") -> None:
        self.given, self.portable = given, given.with_numbers(Portable)

    def __call__(self, t: int) -> float:
        return float(self.portable(t))

    def __repr__(self) -> str:
        return repr(self.given)


def schedule_of(rate: "Any") -> "Any":
    """Return the learning rate computed with Portable numbers; a user-defined one is unchanged."""
    known = type(rate) in (CosineDecay, ExponentialDecay, StepDecay, WarmUp)
    return Schedule(rate) if known else rate
