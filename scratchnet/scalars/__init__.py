"""Number types that the core computes with, besides those of the standard library.

operations          the operations that traced and symbolic numbers record, in one table
traced.Traced       a number that remembers how it was computed
dual.Dual           a number with its derivative
single.Single       a number of 24 binary digits, as most microcontrollers compute with
symbolic.Symbolic   a number whose value is not known yet, and the arithmetic that computes it
decimals            functions that decimal.Decimal lacks: log, tanh, erf, ...
"""

from .dual import Dual
from .single import Single
from .symbolic import Symbolic, SymbolicSingle
from .traced import Traced

__all__ = ["Dual", "Single", "Symbolic", "SymbolicSingle", "Traced"]
