"""Number types that the core computes with, besides those of the standard library.

operations          the operations that traced and symbolic numbers record, in one table
traced.Traced       a number that remembers how it was computed
dual.Dual           a number with its derivative
single.Single       a number of 24 binary digits, as most microcontrollers compute with
interval.Interval   a number with a proven bound on the error that 32-bit floats make in it
portable.Portable   a float of the portable kernel, whichever kernel is active
symbolic.Symbolic   a number whose value is not known yet, and the arithmetic that computes it
symbolic_single     the same for floats of 24 binary digits
decimals            functions that decimal.Decimal lacks: log, tanh, erf, ...
"""

from ..core.lazy import load, prepare_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .dual import Dual as Dual
    from .interval import Interval as Interval
    from .portable import Portable as Portable
    from .single import Single as Single
    from .symbolic import Symbolic as Symbolic
    from .symbolic_single import SymbolicSingle as SymbolicSingle
    from .traced import Traced as Traced

HOMES = {
    "Dual": "dual",
    "Interval": "interval",
    "Portable": "portable",
    "Single": "single",
    "Symbolic": "symbolic",
    "SymbolicSingle": "symbolic_single",
    "Traced": "traced",
}
__all__ = ["Dual", "Interval", "Portable", "Single", "Symbolic", "SymbolicSingle", "Traced"]


def __getattr__(name: str) -> "Any":
    """Import the file of a number type when it is first used."""
    value = globals()[name] = load(__name__, HOMES, name)
    return value


prepare_module(__name__, __getattr__, HOMES)
