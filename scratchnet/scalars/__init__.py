"""Number types that the core computes with, besides those of the standard library.

operations          the operations that traced and symbolic numbers record, in one table
traced.Traced       a number that remembers how it was computed
dual.Dual           a number with its derivative
single.Single       a number of 24 binary digits, as most microcontrollers compute with
interval.Interval   a number with a proven bound on the error that 32-bit floats make in it
portable.Portable   a float of the portable kernel, whichever kernel is active
symbolic.Symbolic   a number whose value is not known yet, and the arithmetic that computes it
decimals            functions that decimal.Decimal lacks: log, tanh, erf, ...
"""

from .dual import Dual
from .interval import Interval
from .portable import Portable
from .single import Single
from .symbolic import Symbolic, SymbolicSingle
from .traced import Traced

__all__ = ["Dual", "Interval", "Portable", "Single", "Symbolic", "SymbolicSingle", "Traced"]
