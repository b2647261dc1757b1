"""From a network to its program of integers, calibrated on rows of its inputs.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1]), sn.ReLU()])
>>> program = quantized(net, [[0, 0], [4, 0], [0, 1]], 8)
>>> program.quantize([4, 1]), program.run([127, 127])
([127, 127], [127])
>>> print(program.comparison)
largest error of an output 0.0...
"""

from ..core.checks import accept_row, accept_rows
from ..core.functions import set_kernel
from ..scalars import Symbolic
from .integers import Comparison, Grid, Integers, Stage
from .order import keeps_order
from .program import recorded
from .stages import NoStage, row_of, stages_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..core.layer import Layer
    from ..core.network import Sequential
    from ..core.types import Matrix, Row
    from .stages import Unit

MOST_ROWS = 1000  # More rows are thinned out evenly.
SAMPLES = 1024  # where a function is looked at to find the part of it that matters


def quantized(net: "Sequential", rows: "Any", bits: int) -> "Integers":
    """Return the program of integers for a network, calibrated on rows of its inputs.

    The ranges of all numbers are those that occur in these rows. Raise a ValueError if a layer
    needs a product, a quotient or a choice of numbers that depend on several inputs. The last layer
    may, if it provably keeps the order of the outputs; it is left out.
    """
    former = set_kernel("portable")  # the same integers on every Python
    try:
        X = thinned(net, rows)
        program = Quantizer(net, X, bits).program
        layers = net.layers[: len(net.layers) - bool(program.left_out)]
        program.comparison = Comparison(net.propagate(X, layers), [program.predict(x) for x in X])
    finally:
        set_kernel(former)
    return program


def thinned(net: "Sequential", rows: "Any") -> "Matrix":
    """Return at most MOST_ROWS of the rows, checked."""
    given = accept_rows(rows, "calibrate")
    count = min(len(given), MOST_ROWS)
    chosen = [k * len(given) // count for k in range(count)]
    reason = "the network takes {}"
    return [accept_row(given[i], float, "calibrate", i, net.inputs, reason) for i in chosen]


class Quantizer:
    """Makes the program of a network, stage by stage.

    ``values``   {id of a number of the record: its values on the rows}
    ``grids``    {id of a stored number: its Grid}
    ``arrays``   the ids of the stored numbers of each array
    """

    def __init__(self, net: "Sequential", rows: "Matrix", bits: int) -> None:
        self.net, self.bits, self.count = net, bits, len(rows)
        x = [Symbolic(name=f"x{k}") for k in range(net.inputs or 0)]
        self.rows = recorded(net, net.copy(Symbolic), x)
        left_out, stages = self.found()
        self.values = {id(v): list(column) for v, column in zip(x, zip(*rows))}
        inputs = [Grid(*span(self.values[id(v)]), bits) for v in x]
        self.grids = {id(v): grid for v, grid in zip(x, inputs)}
        self.arrays = [list(self.grids)]
        self.program = Integers(bits, inputs, [self.stage(units) for units in stages], left_out)

    def found(self) -> "Tuple[Optional[Layer], List[List[Unit]]]":
        """Return the layer that is left out, if there is one, and the stages of the others."""
        try:
            return None, stages_of(self.rows)
        except NoStage as error:
            layer = self.net.layers[error.row - 1]
            if layer is self.net.layers[-1] and keeps_order(*self.rows[-2:]):
                del self.rows[-1]
                return layer, self.found()[1]
            what = f"it needs {error} of numbers that depend on several inputs"
            raise refusal(layer, what) from None

    def stage(self, units: "List[Unit]") -> "Stage":
        """Return the stage of these units, whose results are stored from now on."""
        sums = [self.sum(unit) for unit in units]
        results = [self.results(unit, z) for unit, z in zip(units, sums)]
        for unit, column in zip(units, results):
            self.values[id(unit.node)] = column
        grid = Grid(*span([v for column in results for v in column]), self.bits)
        used = {key for unit in units for key in unit.form.coefficients}
        sources = [k for k, array in enumerate(self.arrays) if used & set(array)]
        ids = [key for k in sources for key in self.arrays[k]]
        elementwise = len(sources) == 1 and len(ids) == len(units) > 1
        for key, unit in zip(ids, units):
            elementwise = elementwise and set(unit.form.coefficients) <= {key}
        stage = Stage(sources, elementwise, grid)
        targets = self.targets(stage, units, sums)
        for j, unit in enumerate(units):
            form = unit.form
            constant = form.constant
            for key, c in form.coefficients.items():
                constant += c * self.grids[key].value(0)
            row = [form.coefficients.get(k, 0.0) * self.grids[k].step for k in ids]
            stage.add(row[j : j + 1] if elementwise else row, constant, targets[j])
        for unit in units:
            self.grids[id(unit.node)] = grid
        self.arrays.append([id(unit.node) for unit in units])
        return stage

    def sum(self, unit: "Unit") -> "Row":
        """Return the weighted sum of a unit on all rows."""
        column = [unit.form.constant] * self.count
        for key, c in unit.form.coefficients.items():
            column = [z + c * v for z, v in zip(column, self.values[key])]
        return column

    def results(self, unit: "Unit", z: "Row") -> "Row":
        """Return the function of a unit at these sums."""
        if unit.function is None:
            return z
        try:
            results = unit.function(z)
            if all([value - value == 0 for value in results]):
                return results
        except ZeroDivisionError:
            pass
        layer = self.net.layers[row_of(unit.node, self.rows) - 1]
        raise refusal(layer, "it is not finite everywhere in the range of these rows")

    # ---- functions -------------------------------------------------------------------------------

    def targets(self, stage: "Stage", units: "List[Unit]", sums: "Matrix") -> "List[Grid]":
        """Return the grid of the sum of each unit; add the tables of the functions to the stage."""
        ranges: "Dict[Any, Row]" = {}
        first: "Dict[Any, Unit]" = {}
        for unit, z in zip(units, sums):
            key = unit.function and unit.function.key
            first.setdefault(key, unit)
            low, high = ranges.get(key, z[:1] * 2)
            ranges[key] = [min(low, *z), max(high, *z)]
        if all([self.is_limit(unit, ranges[key], stage.grid) for key, unit in first.items()]):
            return [stage.grid] * len(units)
        grids = {}
        for key, unit in first.items():
            grids[key], table = self.table(unit, ranges[key], stage.grid)
            stage.tables.append(table)
        keys = [unit.function and unit.function.key for unit in units]
        order = list(first)
        stage.table_of = [order.index(key) for key in keys]
        return [grids[key] for key in keys]

    def is_limit(self, unit: "Unit", limits: "Row", grid: "Grid") -> bool:
        """Return whether the function only limits the sum to the range of the results."""
        z = evenly(*limits, SAMPLES) + [grid.value(q) for q in (grid.least, 0, grid.largest)]
        return all([grid.nearest(a) == grid.nearest(b) for a, b in zip(z, self.results(unit, z))])

    def table(self, unit: "Unit", limits: "Row", results: "Grid") -> "Tuple[Grid, List[int]]":
        """Return the grid of the sum, and the result for each of its places."""
        steps = 255 if self.bits == 8 else 256
        low, high = with_zero(*span(self.narrowed(unit, limits, results.step / 2)), steps)
        z = evenly(low, high, steps)
        table = [results.nearest(y) for y in self.results(unit, z)]
        # The entries are for every integer of 8 bits, and for every 256th of 16.
        end = high if self.bits == 8 else high - (high - low) / (1 << 16)
        return Grid(low, end, self.bits), table

    def narrowed(self, unit: "Unit", limits: "Row", tolerance: float) -> "Row":
        """Return the range without the parts at its ends where the function is constant."""
        z = evenly(*limits, SAMPLES)
        y = self.results(unit, z)
        changes = [k for k in range(SAMPLES + 1) if abs(y[k] - y[0]) > tolerance]
        ends = [k for k in range(SAMPLES + 1) if abs(y[k] - y[-1]) > tolerance]
        return [z[changes[0] - 1], z[ends[-1] + 1]] if changes else limits


def refusal(layer: "Any", why: str) -> "ValueError":
    return ValueError(f"{layer!r} cannot be computed with integers: {why}; give the type float")


def span(values: "Sequence[float]") -> "Tuple[float, float]":
    """Return the smallest and the largest number; if they are equal, a range of 1 around them."""
    low, high = min(values), max(values)
    if low < high:
        return low, high
    return (0.0, 1.0) if 0 <= low <= 1 else (low - 0.5, low + 0.5)


def evenly(low: float, high: float, steps: int) -> "Row":
    """Return the numbers from low to high in equal steps."""
    return [low + (high - low) * k / steps for k in range(steps + 1)]


def with_zero(low: float, high: float, steps: int) -> "Tuple[float, float]":
    """Return a range that is hardly wider and has 0 at a step, where functions may have a kink."""
    if not low < 0 < high:
        return low, high
    below = max(1, min(steps - 1, int(steps * -low / (high - low) + 0.5)))
    step = max(-low / below, high / (steps - below))
    return -step * below, step * (steps - below)
