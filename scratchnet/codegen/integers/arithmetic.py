"""A network as a program of integers, in no language yet: what a microcontroller will compute.

    Integers      the program, and what it computes
    Stage, Grid   its parts
    Comparison    what it changes on rows of inputs

A number of an array is an integer q of 8 or 16 bits with a sign; it stands for low + step·n, where
n counts from the smallest q. Each input has a low and a step of its own, and all units of a stage
share theirs. Both become part of the weights and the constants of the next stage, so that they cost
nothing. A unit is then computed in 32 bits:

    sum = bias + Σ weight·q      below 2^30, which is proven from the weights
    t = sum/2^before             rounded, between -2^15 and 2^15
    q = t·factor/2^after         rounded, between the smallest and the largest q

If the function of a unit is more than such a limit, the last q is looked up in a table of it. For
16 bits the table has 257 entries, with linear interpolation between them.
"""

from operator import mul

from ...core.random import Generator
from ...scalars.single import rounded
from ..golden import FEWEST, MOST_PRODUCTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Sequence, Tuple

    from ...core.layer import Layer
    from ...core.types import Matrix, Row
    from ..rows import Rows

BITS = {"int8": 8, "int16": 16}
LARGEST_SUM = (1 << 30) - 1  # MicroPython has no small integers above it.
LARGEST_FACTOR = (1 << 15) - 1
LARGEST_SHIFT = 29
SHORT_DIGITS = 22
TRIES = 8


class Grid:
    """The numbers that integers of some bits stand for: low + step·n for n = 0, ..., 2^bits - 1.

    >>> grid = Grid(0.0, 255.0, 8)
    >>> grid.nearest(3.2), grid.value(-125), grid.nearest(1000.0)
    (-125, 3.0, 127)
    """

    def __init__(self, low: float, high: float, bits: int) -> None:
        self.least, self.largest = -(1 << bits - 1), (1 << bits - 1) - 1
        self.low = low
        self.step = (high - low) / ((1 << bits) - 1)
        # With 32 bits: where the numbers of the least integer begin, and the integers per unit.
        self.edge, self.steps = rounded(low - self.step / 2), rounded(1 / self.step)

    def value(self, q: int) -> float:
        return self.low + self.step * (q - self.least)

    def nearest(self, value: float) -> int:
        """Return the integer whose number is nearest."""
        return int(max(self.least, min(self.largest, nearest(self.place(value)))))

    def place(self, value: float) -> float:
        """Return the position of a number between the integers."""
        return (value - self.low) / self.step + self.least

    def example(self, generator: "Generator") -> float:
        """Return a number of 32 bits that is read in the same way by floats of any width."""
        numbers = [
            rounded(self.value(nearest(generator.uniform(self.least, self.largest))))
            for _ in range(TRIES)
        ]
        return min(numbers, key=lambda x: abs((x - self.edge) * self.steps % 1 - 0.5))

    def read(self, value: float) -> int:
        """Return the integer of an input, computed with floats of 32 bits as the targets do."""
        n = rounded(rounded(rounded(value) - self.edge) * self.steps)
        if not n > 0:
            return self.least
        return int(n) + self.least if n < self.largest - self.least else self.largest

    def is_certain(self, value: float) -> bool:
        """Return whether floats of 22 digits, which some devices have, read the same integer."""
        error = 8 * max(abs(value), abs(self.edge)) / (1 << SHORT_DIGITS)
        return self.read(value - error) == self.read(value + error)


class Stage:
    """A stage of the program; each list has an item for each unit.

    ``sources``       the indices of the arrays that it reads; 0 is the input, k that of stage k - 1
    ``elementwise``   whether each unit reads only the number at its own index, of one array
    ``weights``       the weights of a unit, for all numbers of the sources one after the other
    ``bias``, ``before``, ``factor``, ``after``
                      the other numbers of a unit
    ``tables``        the different tables of functions; empty if there are only limits
    ``table_of``      the index of the table of a unit
    ``grid``          what its results stand for
    """

    grid: "Grid"

    def __init__(self, sources: "List[int]", elementwise: bool) -> None:
        self.sources, self.elementwise = sources, elementwise
        self.weights: "List[List[int]]" = []
        self.bias: "List[int]" = []
        self.before: "List[int]" = []
        self.factor: "List[int]" = []
        self.after: "List[int]" = []
        self.tables: "List[List[int]]" = []
        self.table_of: "List[int]" = []

    def add(self, weights: "Row", constant: float, target: "Grid") -> None:
        """Append a unit that computes Σ weight·q + constant, as an integer of the target."""
        size = max(map(abs, weights)) or abs(constant) or target.step
        step = size / target.largest
        while True:
            integers = [nearest(w / step) for w in weights]
            bias = nearest((constant - target.value(0)) / step)
            most = abs(bias) - target.least * sum(map(abs, integers))
            if most <= LARGEST_SUM - (1 << 16):  # The rounding before a shift adds up to 2^15.
                break
            step *= max(1.001, most / LARGEST_SUM)
        before, factor, after = scaling(step / target.step, target.largest + 1)
        self.weights.append(integers)
        self.bias.append(bias)
        self.before.append(before)
        self.factor.append(factor)
        self.after.append(after)

    def run(self, arrays: "List[List[int]]") -> "List[int]":
        """Return the results, given all arrays so far."""
        q = [v for k in self.sources for v in arrays[k]]
        found = []
        for j, weights in enumerate(self.weights):
            if self.elementwise:
                total = self.bias[j] + weights[0] * q[j]
            else:
                total = self.bias[j] + sum(map(mul, weights, q))
            t = shift(total, self.before[j])
            t = max(-LARGEST_FACTOR, min(LARGEST_FACTOR, t))
            v = shift(t * self.factor[j], self.after[j])
            v = max(self.grid.least, min(self.grid.largest, v))
            found.append(look_up(self.tables[self.table_of[j]], v) if self.tables else v)
        return found


class Integers:
    """A program of integers, and its inputs and outputs as real numbers.

    ``bits``       how many bits its numbers have: 8 or 16
    ``inputs``     a Grid for each input
    ``stages``     the stages in order
    ``left_out``   the last layers, if they are not computed because they keep the outputs' order
    ``comparison`` what it changes on the rows that it was calibrated with
    """

    comparison: "Comparison"

    def __init__(
        self, bits: int, inputs: "List[Grid]", stages: "List[Stage]", left_out: "Sequence[Layer]"
    ) -> None:
        self.bits, self.inputs, self.stages, self.left_out = bits, inputs, stages, left_out

    @property
    def output(self) -> "Grid":
        return self.stages[-1].grid

    def quantize(self, row: "Row") -> "List[int]":
        """Return the integers of a row of inputs."""
        return [grid.read(value) for grid, value in zip(self.inputs, row)]

    def is_certain(self, row: "Row") -> bool:
        """Return whether floats of 22 digits read the same integers from a row of inputs."""
        return all([grid.is_certain(value) for grid, value in zip(self.inputs, row)])

    def run(self, row: "List[int]") -> "List[int]":
        """Return the integers of the outputs for those of the inputs."""
        arrays = [row]
        for stage in self.stages:
            arrays.append(stage.run(arrays))
        return arrays[-1]

    def predict(self, row: "Row") -> "Row":
        """Return the outputs for a row of inputs, both as real numbers."""
        return [self.output.value(q) for q in self.run(self.quantize(row))]

    def vectors(self, most: int) -> "Tuple[List[List[int]], List[List[int]], Row]":
        """Return rows of integers for a test, their results, and the numbers of the last row.

        The first rows are the least and the largest integers.
        """
        generator, least, count = Generator(0), -(1 << self.bits - 1), len(self.inputs)
        rows = max(FEWEST, min(most - 1, MOST_PRODUCTS // (self.size + 1)))
        X = [[least] * count, [-1 - least] * count]
        while len(X) < rows:
            X.append([nearest(generator.uniform(least, -1 - least)) for _ in range(count)])
        numbers = [grid.example(generator) for grid in self.inputs]
        X.append(self.quantize(numbers))
        return X, [self.run(row) for row in X], numbers

    def remarks(self) -> "List[str]":
        """Return what the reader of a file should know."""
        count = len(self.comparison.expected)
        lines = [f"calibrated on {count} rows: {self.comparison}"]
        for layer in self.left_out:
            lines.append(f"without {layer!r}, which does not change the order of the outputs")
        return lines

    def meanings(self, rows: "Rows") -> "List[str]":
        """Return what each output is. Without the last layers, it is a score, not a probability."""
        if not self.left_out:
            return rows.outputs
        return [text.replace("probability", "score", 1) for text in rows.outputs]

    @property
    def size(self) -> int:
        """How many bytes of constants it has."""
        width = self.bits // 8
        units = [(width * len(row) + 8) for stage in self.stages for row in stage.weights]
        tables = [width * len(table) for stage in self.stages for table in stage.tables]
        return sum(units) + sum(tables)


# ---- arithmetic ----------------------------------------------------------------------------------


def nearest(value: float) -> int:
    """Return the nearest integer; a tie goes to the larger one.

    >>> nearest(2.5), nearest(-2.5)
    (3, -2)
    """
    return int((value + 0.5) // 1)


def shift(value: int, bits: int) -> int:
    """Return value/2^bits, rounded to the nearest integer."""
    return (value + ((1 << bits) >> 1)) >> bits


def scaling(ratio: float, limit: int) -> "Tuple[int, int, int]":
    """Return (before, factor, after): sum·ratio is sum/2^before·factor/2^after, up to the limit.

    ``before`` is as small as it can be, so that no digit is lost that the results need. A larger
    sum stands for a result beyond the limit.
    """
    before = 0
    while before < 16 and limit > LARGEST_FACTOR * ratio * (1 << before):
        before += 1
    ratio *= 1 << before
    after = 0
    while after < LARGEST_SHIFT:
        factor = nearest(ratio * (2 << after))
        if factor * LARGEST_FACTOR + (1 << after) > LARGEST_SUM:
            break
        after += 1
    return before, min(LARGEST_FACTOR, nearest(ratio * (1 << after))), after


def look_up(table: "List[int]", q: int) -> int:
    """Return the entry for an integer of 8 bits, or between two entries for one of 16."""
    if len(table) == 256:
        return table[q + 128]
    k, part = (q + 32768) >> 8, (q + 32768) & 255
    return table[k] + (((table[k + 1] - table[k]) * part + 128) >> 8)


class Comparison:
    """What integers change on some rows.

    ``expected``   the outputs of the network
    ``found``      the outputs of the program, as real numbers
    ``decisions``  how many rows have another largest output, or, if there is one output between 0
                   and 1, one on the other side of 1/2; None if the output is no decision
    ``error``      the largest error of an output
    """

    def __init__(self, expected: "Matrix", found: "Matrix") -> None:
        self.expected, self.found = expected, found
        self.error = max([abs(a - b) for y, z in zip(expected, found) for a, b in zip(y, z)])
        self.decisions: "Optional[int]" = None
        if len(expected[0]) > 1 or all([0 <= row[0] <= 1 for row in expected]):
            pairs = zip(expected, found)
            self.decisions = len([1 for y, z in pairs if decision(y) != decision(z)])

    def __str__(self) -> str:
        count = len(self.expected)
        values = [v for row in self.expected for v in row]
        error = f"the largest error of an output is {self.error:.2g}"
        if self.decisions is not None:
            error = f"{self.decisions} of {count} decisions changed, {error}"
        return f"{error}, where outputs are from {min(values):.3g} to {max(values):.3g}"


def decision(row: "Row") -> int:
    """Return the index of the largest output, or whether the only output is above 1/2."""
    return row.index(max(row)) if len(row) > 1 else int(row[0] > 0.5)
