"""From a network to its program of integers, calibrated on rows of its inputs.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1]), sn.ReLU()])
>>> program = quantize(net, [[0, 0], [4, 0], [0, 1]], 8)
>>> program.quantize([4, 1]), program.run([127, 127])
([127, 127], [127])
>>> print(program.comparison)
the largest error of an output is 0..., where outputs are from 1 to 3
"""

from ...core.checks import accept_row, accept_rows, is_finite
from ...core.functions import set_kernel
from ...scalars import Symbolic
from ..program import record_rows
from .arithmetic import Comparison, Grid, Integers, Stage
from .order import keeps_order
from .stages import NoStage, row_of, stages_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple

    from ...core.layer import Layer
    from ...core.network import Sequential
    from ...core.types import Matrix, Row
    from .stages import Unit

# More rows are thinned out evenly; for a large network, as far as products of floats take seconds.
MOST_ROWS, FEWEST_ROWS, MOST_PRODUCTS = 1000, 200, 5000000
SAMPLES = 1024  # where a function is looked at to find the part of it that matters


def quantize(net: "Sequential", rows: "Any", bits: int) -> "Integers":
    """Return the program of integers for a network, calibrated on rows of its inputs.

    The ranges of all numbers are those that occur in these rows. Last layers that provably keep
    the order of the numbers in a row, such as a softmax, are left out. If another layer needs a
    product, a quotient or a choice of numbers that depend on several inputs, raise a ValueError.
    """
    former = set_kernel("portable")  # the same integers on every Python
    try:
        X = thin_out(net, rows)
        program = Quantizer(net, X, bits).program
        layers = net.layers[: len(net.layers) - len(program.left_out)]
        program.comparison = Comparison(net.propagate(X, layers), [program.predict(x) for x in X])
    finally:
        set_kernel(former)
    return program


def thin_out(net: "Sequential", rows: "Any") -> "Matrix":
    """Return at most MOST_ROWS of the rows, checked."""
    given = accept_rows(rows, "calibrate")
    reason = "the network takes {}"
    return [
        accept_row(given[i], float, "calibrate", i, net.inputs, reason)
        for i in choose_rows(net, len(given))
    ]


def choose_rows(net: "Sequential", count: int) -> "List[int]":
    """Return the indices of the rows that are used, of ``count`` rows."""
    size = sum([parameter.count for parameter in net.parameters()])
    most = max(FEWEST_ROWS, min(MOST_ROWS, MOST_PRODUCTS // (size + 1)))
    used = min(count, most)
    return [k * count // used for k in range(used)]


class Quantizer:
    """Makes the program of a network, stage by stage.

    ``values``   {id of a number of the record: its values on the rows}
    ``grids``    {id of a stored number: its Grid}
    ``arrays``   the ids of the stored numbers of each array
    """

    def __init__(self, net: "Sequential", rows: "Matrix", bits: int) -> None:
        self.net, self.bits, self.count = net, bits, len(rows)
        x = [Symbolic(name=f"x{k}") for k in range(net.inputs or 0)]
        self.rows = record_rows(net, net.copy(Symbolic), x)
        left_out = self.leave_out()
        stages = self.find()
        self.values = {id(v): list(column) for v, column in zip(x, zip(*rows))}
        inputs = [self.input(k, self.values[id(v)]) for k, v in enumerate(x)]
        self.grids = {id(v): grid for v, grid in zip(x, inputs)}
        self.arrays = [list(self.grids)]
        self.program = Integers(bits, inputs, [self.stage(units) for units in stages], left_out)

    def input(self, k: int, values: "Row") -> "Grid":
        """Return the grid of an input with these values."""
        low, high = span(values)
        grid = Grid(low, high, self.bits)
        if not grid.steps or not is_finite([low - high, grid.edge, grid.steps]):
            raise ValueError(
                f"calibrate: column {k} is from {low:g} to {high:g}, which floats of 32 bits "
                "cannot resolve; use another unit"
            )
        return grid

    def leave_out(self) -> "List[Layer]":
        """Remove the rows of the last layers if these keep the order. Return the layers."""
        for k in reversed(range(1, len(self.rows) - 1)):
            if keeps_order(self.rows[k], self.rows[-1]):
                del self.rows[k + 1 :]
                return self.net.layers[k:]
        return []

    def find(self) -> "List[List[Unit]]":
        """Return the stages of the rows that are left."""
        try:
            return stages_of(self.rows)
        except NoStage as error:
            what = f"it needs {error} of numbers that depend on several inputs"
            raise refusal(self.net.layers[error.row - 1], what) from None

    def stage(self, units: "List[Unit]") -> "Stage":
        """Return the stage of these units, whose results are stored from now on."""
        sums = [self.sum(unit) for unit in units]
        for unit, z in zip(units, sums):
            self.values[id(unit.node)] = self.results(unit, z)
        used = {key for unit in units for key in unit.form.coefficients}
        sources = [k for k, array in enumerate(self.arrays) if used & set(array)] or [0]
        ids = [key for k in sources for key in self.arrays[k]]
        elementwise = len(sources) == 1 and len(ids) == len(units) > 1
        for key, unit in zip(ids, units):
            elementwise = elementwise and set(unit.form.coefficients) <= {key}
        stage = Stage(sources, elementwise)
        targets = self.add_tables(stage, units, sums)
        for j, unit in enumerate(units):
            weights, constant = self.weights(unit, ids)
            stage.add(weights[j : j + 1] if elementwise else weights, constant, targets[j])
        self.grids.update({id(unit.node): stage.grid for unit in units})
        self.arrays.append([id(unit.node) for unit in units])
        return stage

    def weights(self, unit: "Unit", ids: "List[int]") -> "Tuple[Row, float]":
        """Return the weighted sum of a unit with weights and a constant for integers."""
        form, grids = unit.form, self.grids
        constant = form.constant
        for key, c in form.coefficients.items():
            constant += c * grids[key].value(0)
        return [form.coefficients.get(key, 0.0) * grids[key].step for key in ids], constant

    def sum(self, unit: "Unit") -> "Row":
        """Return the weighted sum of a unit on all rows."""
        column = [unit.form.constant] * self.count
        for key, c in unit.form.coefficients.items():
            column = [z + c * v for z, v in zip(column, self.values[key])]
        return column

    def results(self, unit: "Unit", z: "Row") -> "Row":
        """Return the function of a unit at these sums."""
        try:
            results = z if unit.function is None else unit.function(z)
            if is_finite(results):
                return results
        except ZeroDivisionError:
            pass
        layer = self.net.layers[row_of(unit.node, self.rows) - 1]
        raise refusal(layer, "it is not finite everywhere in the range of these rows")

    # ---- functions -------------------------------------------------------------------------------

    def add_tables(self, stage: "Stage", units: "List[Unit]", sums: "Matrix") -> "List[Grid]":
        """Add the grid of the results and the tables. Return the grid of the sum of each unit."""
        results = [v for unit in units for v in self.values[id(unit.node)]]
        stage.grid = Grid(*span(results), self.bits)
        families, which = group(units, sums)
        if all([self.is_limit(unit, limits, stage.grid) for unit, limits in families]):
            return [stage.grid] * len(units)
        steps = 255 if self.bits == 8 else 256
        ends = [self.ends(unit, limits, stage.grid.step / 2, steps) for unit, limits in families]
        columns = [
            self.results(unit, evenly(low, high, steps))
            for (unit, _), (low, high) in zip(families, ends)
        ]
        stage.grid = Grid(*span(results + [y for column in columns for y in column]), self.bits)
        stage.tables = [[stage.grid.nearest(y) for y in column] for column in columns]
        stage.table_of = which
        # The entries are for every integer of 8 bits, and for every 256th of 16.
        last = 0.0 if self.bits == 8 else 1 / (1 << 16)
        grids = [Grid(low, high - (high - low) * last, self.bits) for low, high in ends]
        return [grids[k] for k in which]

    def is_limit(self, unit: "Unit", limits: "Row", grid: "Grid") -> bool:
        """Return whether the function only limits the sum to the range of the results."""
        z = evenly(limits[0], limits[1], SAMPLES) + [
            grid.value(q) for q in (grid.least, 0, grid.largest)
        ]
        return all([grid.nearest(a) == grid.nearest(b) for a, b in zip(z, self.results(unit, z))])

    def ends(
        self, unit: "Unit", limits: "Row", tolerance: float, steps: int
    ) -> "Tuple[float, float]":
        """Return the range of the sum for the table of a function, with 0 at a step."""
        return with_zero(*span(self.narrow(unit, limits, tolerance)), steps)

    def narrow(self, unit: "Unit", limits: "Row", tolerance: float) -> "Row":
        """Return the range without the parts at its ends where the function is constant."""
        z = evenly(limits[0], limits[1], SAMPLES)
        y = self.results(unit, z)
        changes = [k for k in range(SAMPLES + 1) if abs(y[k] - y[0]) > tolerance]
        ends = [k for k in range(SAMPLES + 1) if abs(y[k] - y[-1]) > tolerance]
        return [z[changes[0] - 1], z[ends[-1] + 1]] if changes else limits


def group(units: "List[Unit]", sums: "Matrix") -> "Tuple[List[Tuple[Unit, Row]], List[int]]":
    """Return a unit and the range of the sum for each function, and which one each unit has."""
    keys = [unit.function and unit.function.key for unit in units]
    different = list(dict.fromkeys(keys))
    families = []
    for key in different:
        members = [k for k in range(len(units)) if keys[k] == key]
        z = [v for k in members for v in sums[k]]
        families.append((units[members[0]], [min(z), max(z)]))
    return families, [different.index(key) for key in keys]


def refusal(layer: "Any", why: str) -> "ValueError":
    return ValueError(f"{layer!r} cannot be computed with integers: {why}; give the type float")


def span(values: "Sequence[float]") -> "Tuple[float, float]":
    """Return the smallest and the largest number; if they are equal, a range of 1 around them."""
    low, high = min(values), max(values)
    if low < high:
        return low, high
    around = max(0.5, abs(low) / 1024)
    return (0.0, 1.0) if 0 <= low <= 1 else (low - around, low + around)


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
