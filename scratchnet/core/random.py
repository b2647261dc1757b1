"""A small random number generator. The same seed gives the same numbers on every Python.

It is SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA
2014): a counter is increased by 2^64 divided by the golden ratio, and its bits are then scrambled.
The whole state is one integer.

>>> generator = Generator(seed=7)
>>> generator.uniform(-1.0, 1.0) == Generator(seed=7).uniform(-1.0, 1.0)
True
"""

from . import elementary
from .checks import require
from .plug_points import PLUG_POINTS
from .types import Places, Row

_MASK = (1 << 64) - 1


class Generator:
    """A stream of random numbers. ``seed`` is any integer; ``state`` is all that it remembers."""

    def __init__(self, seed: int = 0) -> None:
        is_integer = (lambda v: isinstance(v, int) and not isinstance(v, bool), "an integer")
        self.state: int = require("seed", seed, is_integer) & _MASK

    def bits(self) -> int:
        """Return 64 random bits as an integer.

        >>> Generator(1234567).bits()
        6457827717110365317
        """
        z = self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def random(self) -> float:
        """Return a float in [0, 1), one of 2^53 equally likely values (2^24 on most boards)."""
        return float(self.bits() >> 64 - elementary.DIGITS) / (1 << elementary.DIGITS)

    def uniform(self, low: float, high: float) -> float:
        """Return a float in [low, high). Rounding can produce ``high`` itself."""
        return low + (high - low) * self.random()

    def uniforms(self, low: float, high: float, n: int) -> Row:
        """Return the next n results of ``uniform``, which take less time together."""
        # Dividing by a power of 2 before the product rounds nothing, as does dividing after it.
        scale, shift = (high - low) / (1 << elementary.DIGITS), 64 - elementary.DIGITS
        return [low + scale * (z >> shift) for z in PLUG_POINTS["draws"](self, n)]

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return a float from a normal distribution, by Marsaglia's polar method (1964)."""
        while True:
            u, v = self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0)
            s = u * u + v * v
            if 0.0 < s < 1.0:
                scale: float = elementary.sqrt(-2.0 * elementary.log(s) / s)
                return mean + deviation * u * scale

    def below(self, n: int) -> int:
        """Return an integer from 0 to n - 1."""
        return (self.bits() * n) >> 64

    def permutation(self, n: int) -> Places:
        """Return the integers from 0 to n - 1 in random order, by the Fisher-Yates shuffle.

        >>> sorted(Generator(3).permutation(5))
        [0, 1, 2, 3, 4]
        """
        order = list(range(n))
        for i, z in zip(range(n - 1, 0, -1), PLUG_POINTS["draws"](self, n - 1)):
            j = (z * (i + 1)) >> 64
            order[i], order[j] = order[j], order[i]
        return order
