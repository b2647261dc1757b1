"""Rows of numbers as single integers, one lane of bits for each number.

All numbers of a row are added, or multiplied by a small integer, in one operation:

>>> lanes = LaneNumbers(count=3, largest=0.75, step=0.5, most=4, longest=10)
>>> p, = lanes.pack_rows([[0.5, -0.25, 0.75]])
>>> lanes.unpack_rows([p, p + 3 * p, -p])
[[0.5, -0.25, 0.75], [2.0, -1.0, 3.0], [-0.5, 0.25, -0.75]]

Integers do not round. A lane has room for the sum of the products of a sample, and
``measured`` says how far the weights may move until this must be checked again.
"""

from itertools import accumulate, repeat
from math import frexp
from struct import Struct, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

    from ..core.types import Matrix

# Weights are rounded toward 0, to 2**-PRECISION of the largest weight, divided by the largest
# factor. So the sum of an epoch's roundings stays below that of floats, which have 53 bits.
PRECISION = 57
GROWTH = 4  # weights may grow to 2**GROWTH times the largest weight


class NoRoom(ArithmeticError):
    """An error: the numbers may be too large for their lanes."""


OVERFLOWS = (NoRoom, error)  # struct.error: a number has more than 64 bits


class LaneNumbers:
    """The layout of rows of weights, and of what is added to them.

    ``count``     the length of a row
    ``largest``   the largest absolute weight
    ``step``      each input x is step·k, where k is an integer
    ``most``      the largest absolute k
    ``longest``   the largest sum of the absolute k of a sample
    """

    def __init__(self, count: int, largest: float, step: float, most: int, longest: int) -> None:
        if not 2.0**-500 < largest < 2.0**500:
            raise NoRoom(f"the largest weight is {largest}")
        self.most = most
        self.digits = PRECISION + most.bit_length()
        width = max(8, (self.digits + GROWTH + longest.bit_length()) // 8 + 1)  # bytes of a lane
        self.width, self.size = width, width * count
        self.starts = [8 * width * j for j in range(count)]
        self.unpack = Struct("<" + f"{width - 8}xq" * count).unpack
        self.pack = Struct("<" + f"q{width - 8}x" * count).pack
        self.signs = self.in_each_lane(1 << 8 * width - 1)
        self.half = self.signs + self.in_each_lane(1 << 8 * width - 64 >> 1)
        self.signs_of_64_bits = self.in_each_lane(1 << 63)
        # A weight w is the integer w·2**exponent.
        exponent = self.digits - frexp(largest)[1]
        self.shift_in = max(0, self.digits - 62)
        self.scale_in = 2.0 ** (exponent - self.shift_in)
        self.shift_out = 8 * width - 2 - self.digits - GROWTH
        self.scale_out = 2.0 ** (8 * width - 64 - self.shift_out - exponent)
        self.unit = step * 2.0 ** (8 * width - 64 - exponent)  # of a number of a sum of products
        self.scale = step * 2.0**exponent  # of what is subtracted from a weight, per k
        self.room = 2.0 ** (self.digits + GROWTH - 1) / most

    def in_each_lane(self, number: int) -> int:
        return sum([number << start for start in self.starts])

    def numbers(self, integer: int) -> "Any":
        """Return the upper 64 bits of each lane as integers, rounded."""
        data = ((integer + self.half) ^ self.signs).to_bytes(self.size, "little")
        return self.unpack(data)

    def integer(self, numbers: "List[int]") -> int:
        """Return numbers of at most 64 bits as one integer."""
        signs = self.signs_of_64_bits
        return (int.from_bytes(self.pack(*numbers), "little") ^ signs) - signs

    def multiples(self, numbers: "List[int]") -> "List[int]":
        """Return the integer of these numbers times 0, 1, 2, ... up to the largest input."""
        return [0, *accumulate(repeat(self.integer(numbers), self.most))]

    def weighted_sum(self, factors: "Sequence[int]", integers: "Sequence[int]") -> int:
        """Return the sum of the products; the factors are from 0 to the largest input.

        The integers with the same factor are added first, so that nothing is multiplied.
        """
        sums = [0] * (self.most + 1)
        for k, integer in zip(factors, integers):
            sums[k] += integer
        return sum(accumulate(sums[:0:-1]))  # The sum of each k is in k of these sums.

    def pack_rows(self, rows: "Matrix") -> "List[int]":
        """Return rows of weights as one integer each."""
        scale, shift = self.scale_in, self.shift_in
        return [self.integer([int(w * scale) for w in row]) << shift for row in rows]

    def unpack_rows(self, integers: "List[int]") -> "Matrix":
        """Return the rows of weights."""
        scale, shift = self.scale_out, self.shift_out
        return [[n * scale for n in self.numbers(integer << shift)] for integer in integers]

    def measured(self, integers: "List[int]", room: float) -> float:
        """Return how far weights may move before this is asked again, in units of ``scale``.

        Return 0 if the weights have grown, and new lanes are needed. ``room`` is what is left of
        the former answer.
        """
        if room < -self.room:
            raise NoRoom("a single step is too large")
        if self.fit(integers, self.digits + GROWTH - 1):
            return self.room
        if self.fit(integers, self.digits + GROWTH):
            return 0.0
        raise NoRoom("the weights have grown too much")

    def fit(self, integers: "List[int]", bits: int) -> bool:
        """Return whether the absolute value of each number is less than 2**bits, or equal."""
        limit = self.in_each_lane(1 << bits)
        above = self.in_each_lane((1 << 8 * self.width) - (2 << bits))
        return not any([(integer + limit) & above for integer in integers])
