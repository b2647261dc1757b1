"""Many random numbers at once: SplitMix64 in the lanes of one large integer.

A lane is 128 bits of the integer and holds one number of 64 bits, so that a product with a number
of 64 bits stays within its lane. Each operation of ``Generator.bits`` is then one operation of
large integers for all lanes, and a mask removes what lies above the 64 bits of each lane.

>>> from scratchnet.core.random import Generator
>>> one, other = Generator(7), Generator(7)
>>> list(many(one, 300)) == [other.bits() for _ in range(300)], one.state == other.state
(True, True)
"""

import sys
from itertools import chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, List

    from ..core.random import Generator

STEP = 0x9E3779B97F4A7C15  # between two states of the generator
LANE = (1 << 64) - 1
LANES = 512  # the most at once; more are not faster


def in_lanes(numbers: "Iterable[int]") -> int:
    """Return one integer with these numbers in its lanes."""
    return int.from_bytes(b"".join([number.to_bytes(16, "little") for number in numbers]), "little")


ONES = int.from_bytes(LANES * (1).to_bytes(16, "little"), "little")
MASK = LANE * ONES
STEPS = STEP * in_lanes(range(1, LANES + 1)) & MASK


def many(generator: "Generator", n: int) -> "Iterable[int]":
    """Return the next n results of the generator's ``bits``."""
    state = generator.state
    generator.state = (state + n * STEP) & LANE
    starts = range(0, n, LANES)
    return chain.from_iterable(
        [scramble(state + k * STEP & LANE, min(LANES, n - k)) for k in starts]
    )


def scramble(state: int, count: int) -> "List[int]":
    """Return ``count`` results after this state."""
    mask = MASK >> 128 * (LANES - count)
    z = ((ONES & mask) * state + (STEPS & mask)) & mask
    z = ((z ^ (z >> 30 & mask)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27 & mask)) * 0x94D049BB133111EB) & mask
    z ^= z >> 31 & mask
    lanes = memoryview(z.to_bytes(16 * count, sys.byteorder)).cast("Q").tolist()
    return lanes[::2] if sys.byteorder == "little" else lanes[::-2]
