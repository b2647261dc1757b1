"""The portable functions on symbolic numbers, from whose record every language prints them."""

from ..core import elementary
from ..scalars import Symbolic
from ..scalars.single import kernel_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_kernels: "Dict[Any, Any]" = {Symbolic: vars(elementary)}


def portable_functions(number: "Any") -> "Any":
    """Return the portable functions for symbolic numbers of this type, by name."""
    if number not in _kernels:
        _kernels[number] = kernel_of(number)
    return _kernels[number]
