r"""Samples that lie on a grid, as pixels, counts, 0/1 and one-hot columns do.

Each number is a multiple of a common step, so a sample becomes a few small integers:

>>> grid = Grid([[0.0, 0.5, 1.0, 0.0], [0.25, 0.0, 0.0, 0.0]])
>>> grid.step, grid.most, [(places, integers) for _, places, integers in grid.samples]
(0.25, 4, [((1, 2), b'\x02\x04'), ((0,), b'\x01')])
"""

from itertools import compress
from math import gcd
from operator import itemgetter

from ..codegen.python.kinds import ANY, BINARY, OFTEN_REPEATED, REPEATED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Set

    from ..core.types import Matrix, Row

MOST_STEPS = 4096  # the largest number in steps of the grid
FIRST = 20  # how many rows determine the step, until another row shows a smaller one
# How many inputs a sample has for each step of the largest, if it saves time to compute the change
# of each weight by additions alone, for all steps in advance.
REPEATED_FROM = 1.0
# The same, if it saves time to add the weights of equal inputs, and only then to multiply.
OFTEN_REPEATED_FROM = 3.0
CLOSE = 2.0**-51  # how far numbers may be from the grid, relative to themselves
NO_STEP = "the inputs are not multiples of a common step"


class OffGrid(Exception):
    """An error: a number is not on the grid that is known so far."""


class Integers(dict):  # type: ignore[type-arg]
    """{number: integer k} for numbers that are k·step; it grows when it is read.

    ``is_binary``   whether only 0 and 1 are allowed
    """

    def __init__(self, numbers: "Set[float]") -> None:
        dict.__init__(self)
        self.step = step_of(numbers)
        self.is_binary = False
        for v in numbers:
            self[v]
        self.is_binary = set(self.values()) <= {0, 1}

    def __missing__(self, v: float) -> int:
        k = round(v / self.step)
        is_close = abs(k * self.step - v) <= CLOSE * abs(v) and abs(k) <= MOST_STEPS
        if not is_close or self.is_binary and k not in (0, 1):
            raise OffGrid
        self[v] = k
        return k


class Grid:
    """The grid of some rows. If they have none, a ValueError is raised.

    ``step``        each number is k·step, where k is an integer
    ``kind``        that of the samples; see codegen/python/lanes.py
    ``samples``     of each row, a function that takes its inputs from a list, their places and
                    their integers; the inputs are the non-zero ones, or all if few are 0; there are
                    no integers if all are 1
    ``most``        the largest absolute k
    ``longest``     the largest sum of the absolute k of a row
    ``inputs``      the mean number of inputs of a row
    ``has_all``     whether every sample lists all inputs, zeros included
    """

    def __init__(self, rows: "Matrix") -> None:
        step_of(set(rows[0]))  # It often takes a single row to see that there is no grid.
        numbers: "Set[float]" = set().union(*rows[:FIRST])
        zeros = sum([row.count(0.0) for row in rows[:FIRST]]) / min(FIRST, len(rows))
        self.samples: "List[Any]" = []
        while not self.samples:
            try:
                self.integers = Integers(numbers)
            except OffGrid:
                raise ValueError(NO_STEP) from None
            self.is_full = zeros * 4 < len(rows[0]) and not self.integers.is_binary
            numbers = self.convert(rows)
        self.step = self.integers.step
        self.most = max(1, max(map(abs, self.integers.values())))
        self.longest = max(map(self.length, self.samples))
        self.inputs = sum([len(sample[1]) for sample in self.samples]) / len(rows)
        self.has_all = all([pick is iter for pick, *_ in self.samples])
        self.kind = self.kind_of_samples()

    def kind_of_samples(self) -> str:
        if self.integers.is_binary:
            return BINARY
        if min(self.integers.values()) < 0 or self.inputs <= REPEATED_FROM * self.most:
            return ANY
        return REPEATED if self.inputs <= OFTEN_REPEATED_FROM * self.most else OFTEN_REPEATED

    def convert(self, rows: "Matrix") -> "Set[float]":
        """Make the samples; if a row has numbers off the grid, return the numbers so far."""
        everywhere = tuple(range(len(rows[0])))
        samples = []
        for row in rows:
            try:
                samples.append(self.sample(row, everywhere))
            except OffGrid:
                return set(self.integers).union(row)
        self.samples = samples
        return set()

    def sample(self, row: "Row", everywhere: "Sequence[int]") -> "Any":
        if self.is_full:
            integers = self.integers_of(row)
            if integers.count(0) * 4 < len(row):
                return iter, everywhere, integers
        places = tuple(compress(everywhere, row))
        pick = picker(places)
        if self.integers.is_binary:
            for v in set(pick(row)):
                self.integers[v]
            return pick, places
        return pick, places, self.integers_of(pick(row))

    def integers_of(self, numbers: "Sequence[float]") -> "Sequence[int]":
        """Return the integers as bytes, if possible."""
        integer = self.integers.__getitem__
        try:
            return bytes(map(integer, numbers))
        except ValueError:
            return tuple(map(integer, numbers))

    def length(self, sample: "Any") -> int:
        if self.integers.is_binary:
            return len(sample[1])
        integers = sample[2]
        return sum(integers if isinstance(integers, bytes) else map(abs, integers))


def step_of(numbers: "Set[float]") -> float:
    """Return the largest number of which all these are multiples, except for rounding.

    >>> step_of({0.0, -0.5, 0.75})
    0.25
    """
    largest = max(map(abs, numbers))
    steps = 1
    for v in numbers if largest else ():
        part = v / largest
        if abs(part * steps - round(part * steps)) > 1e-9:
            more = denominator_of(part)
            steps *= more // gcd(steps, more)
        if steps > MOST_STEPS:
            raise ValueError(NO_STEP)
    return largest / steps or 1.0


def denominator_of(part: float) -> int:
    """Return the denominator of the fraction that is this number, except for rounding.

    It is one of the fractions n/d that end the continued fraction of the number early.

    >>> denominator_of(0.3), denominator_of(-2 / 255)
    (10, 255)
    """
    above, below = abs(part).as_integer_ratio()
    n, d, former_n, former_d = 1, 0, 0, 1
    while below and d <= MOST_STEPS:
        whole, rest = divmod(above, below)
        above, below = below, rest
        n, former_n = whole * n + former_n, n
        d, former_d = whole * d + former_d, d
        if abs(n / d - abs(part)) <= 2 * CLOSE * abs(part):
            return d
    raise ValueError(NO_STEP)


def picker(places: "Sequence[int]") -> "Any":
    """Return a function that takes the elements at these places from a list."""
    if len(places) > 1:
        return itemgetter(*places)
    # For a single place itemgetter would return an element, not a sequence.
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
