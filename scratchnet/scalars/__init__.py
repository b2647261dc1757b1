"""The other numbers that the core can run on.

traced.Traced      a number that remembers how it was made
dual.Dual          a number with its derivative
symbolic.Symbolic  a number that is not known yet, and the arithmetic that will make it
decimals           what decimal.Decimal lacks: log, tanh, erf ... to the context's precision
"""

from .dual import Dual
from .symbolic import Symbolic
from .traced import Traced

__all__ = ["Dual", "Symbolic", "Traced"]
