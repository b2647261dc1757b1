"""Symbolic numbers for floats of 24 binary digits, as most microcontrollers compute with."""

from ..core import functions
from .single import Single, kernel, rounded
from .symbolic import Symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SymbolicSingle(Symbolic):
    """A symbolic number whose constants have 24 binary digits and are folded as those of Single.

    >>> SymbolicSingle(0.1).value, (SymbolicSingle(0.1) + 0.2).value
    (0.10000000149011612, 0.30000001192092896)
    """

    __slots__ = ()

    rounded = staticmethod(lambda value: rounded(float(value)))

    def _unary(self, operation: str) -> "Any":
        if self.is_constant and operation in functions.ELEMENTARY:
            return SymbolicSingle(kernel()[operation](Single(self.value)))
        return Symbolic._unary(self, operation)

    def __float__(self) -> float:
        """Return the value of a constant, such as those that the portable functions start with."""
        return Symbolic.__float__(self) if self.value is None else float(self.value)
