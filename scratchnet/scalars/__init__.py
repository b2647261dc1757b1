"""The other numbers that the core can run on.

    traced.Traced      a number that remembers how it was made
    decimals           what decimal.Decimal lacks: log, tanh, erf ... to the context's precision
"""

from .traced import Traced

__all__ = ["Traced"]
