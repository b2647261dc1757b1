"""The engine Lanes: a fused step in which samples on a grid, such as pixels, are integers."""

from itertools import groupby

from ..codegen.own import is_own
from ..codegen.python.kinds import ANY, BINARY, OFTEN_REPEATED, REPEATED
from ..codegen.python.lanes import of_batches
from ..codegen.python.printer import IS_PYPY, execute
from ..core.checks import are_finite, is_finite
from ..core.functions import kernel
from ..core.training import set_rows
from .columns import COLUMNS, FLAT, ROWS, arrange, rows_of
from .generated import STEPS_AT_ONCE, TIME_OF_UNIT, units_in
from .grid import FIRST, Grid
from .lane_numbers import OVERFLOWS, LaneNumbers
from .rows import Rows, program_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Union

    from ..core.training import Engine
    from ..core.types import Matrix, Row

    Batches = List[List[int]]

TIME_AT_ONCE = 150000000  # nanoseconds; Ctrl-C discards the work of this time

# Estimates in nanoseconds, measured with CPython 3.13 and 3.11. Those of lanes are rather too high,
# and those of the engine Rows too low.
TIME_OF_INPUT = {  # and of its bytes
    ANY: (100.0, 1.0),
    REPEATED: (90.0, 0.75),
    OFTEN_REPEATED: (100.0, 0.6),
    BINARY: (60.0, 0.3),
}
TIME_OF_LANE = 140.0  # for each unit with weights in lanes
TIME_OF_ROW = 2000.0, 170.0  # to convert the weights of an input to lanes and back, and for each
TIME_OF_WEIGHT = 30.0  # of the engine Rows, for each weight that multiplies an input
TIME_OF_GATHERED = 36.0, 100.0  # the same if it reads only non-zero inputs, and for each input
TIME_OF_OTHER = 76.0  # for each other parameter
FASTER = 0.8  # lanes are chosen if they take less than this fraction of the time of others

NO_CODE = "it needs fused code for rows, which this network does not have"
NO_RULE = (
    "it needs weights that multiply the inputs and change by the rule of SGD without momentum, "
    "decay, penalties and clipping"
)


class Lanes(Rows):
    """An engine that trains on samples of integers, where the rule is that of plain SGD.

    Between the steps that are made together, all parameters are floats, as in every engine. If the
    weights outgrow their lanes, new ones are made. If a single step is too large for lanes, the
    steps are made as in Rows. The samples are kept a second time, as integers, in 17 bytes or more
    for each non-zero input.
    """

    name = "lanes"

    def __init__(self, lists: "Engine", size: int, limit: float = 0) -> None:
        """Raise a ValueError if the engine cannot be used.

        ``limit``   nanoseconds; if it is not 0, the engine must be faster, and faster than Rows
        """
        if kernel() != "fast":
            raise ValueError(f"it needs the kernel 'fast', but the kernel is {kernel()!r}")
        if IS_PYPY:
            raise ValueError("PyPy computes faster with floats")
        examples = lists.examples
        if not isinstance(examples.X, list):
            raise ValueError("it needs the samples as a list, but they are read one by one")
        if lists.optimizer.memory:
            raise ValueError("it needs SGD without momentum")
        if all([p.flat for p in lists.net.parameters()]):
            raise ValueError(NO_RULE)
        # First some rows are tried, because it takes time to generate code and to read all samples.
        rows = [examples.X[i] for i in examples.used[:FIRST]]
        if limit:
            steps_at_once(lists, size, FastestGrid(rows), limit)
        self.grid = Grid(rows)
        steps_at_once(lists, size, self.grid, limit)
        self.lane_programs: "Dict[int, Any]" = {}
        Rows.__init__(self, lists, size)
        if not self.fuses:
            raise ValueError(NO_RULE if size in self.lane_programs else NO_CODE)
        self.read = self.ready.examples
        self.grid = Grid([self.read.X[i] for i in self.read.used])
        self.lane_programs = {}  # The kind of the samples may differ.
        self.at_once = steps_at_once(lists, size, self.grid, limit)

    def has_code(self, size: int) -> bool:
        # The code of Rows is generated only if a step is too large for lanes.
        return self.lane_program_for(size) is not None

    @property
    def source(self) -> str:
        """The code of a step."""
        source: str = self.lane_program_for(self.size)[0].source
        return source

    def lane_program_for(self, size: int) -> "Any":
        """Return the step for batches of this size, the index of the weights, and its function."""
        if size not in self.lane_programs:
            options = self.grid.kind, self.grid.has_all
            found = program_of(self, self.ready, size, of_batches, *options)
            self.lane_programs[size] = found and found + (execute(found[0].source)["train"],)
        return self.lane_programs[size]

    def lanes_for(self, rows: "Matrix") -> "LaneNumbers":
        """Return lanes for these weights."""
        largest = max(max(map(max, rows)), -min(map(min, rows)))
        grid = self.grid
        return LaneNumbers(len(rows[0]), largest, grid.step, grid.most, grid.longest)

    def attempt(self, batches: "Batches") -> "Optional[Row]":
        if self.ready.examples is not self.read:  # The samples are standardized differently.
            return Rows.attempt(self, batches)
        before = self.state()
        try:
            return self.attempt_in_lanes(batches)
        except OVERFLOWS:
            self.go_back(before)
            return Rows.attempt(self, batches)
        except (ArithmeticError, TypeError, ValueError):  # for example, exp() overflows
            return None

    def attempt_in_lanes(self, batches: "Batches") -> "Optional[Row]":
        losses: "Row" = []
        place = self.lane_program_for(self.size)[1]
        layouts = [FLAT if p.flat else COLUMNS for p in self.parameters]
        layouts[place] = ROWS
        numbers = [arrange(p.rows, layout) for p, layout in zip(self.parameters, layouts)]
        lanes = self.lanes_for(numbers[place])
        numbers[place] = lanes.pack_rows(numbers[place])
        for size, group in groupby(batches, len):
            together = list(group)
            end = len(losses) + len(together)
            program, _, train = self.lane_program_for(size)
            self.settings = program.settings
            steps = self.steps_in_lanes(together, program.draws)
            numbers, _ = train(steps, losses, numbers, [], lanes)
            while len(losses) < end:
                rows = lanes.unpack_rows(numbers[place])
                lanes = self.lanes_for(rows)
                numbers[place] = lanes.pack_rows(rows)
                numbers, _ = train(steps, losses, numbers, [], lanes)
        numbers[place] = lanes.unpack_rows(numbers[place])
        rows = [
            rows_of(part, layout, len(p.rows[0]))
            for p, part, layout in zip(self.parameters, numbers, layouts)
        ]
        set_rows(self.parameters, rows)
        finite = is_finite(losses) and all([are_finite(p.rows) for p in self.parameters])
        return losses if finite else None

    def steps_in_lanes(self, batches: "Batches", draws: "List[int]") -> "Iterator[Any]":
        """Yield the inputs of each step, and the samples as integers."""
        for places, inputs in zip(batches, self.steps(batches, draws)):
            yield inputs + [[self.grid.samples[place] for place in places]]


class FastestGrid:
    """The grid that would take the least time: all inputs that are not 0 are 1."""

    step, most, longest, kind = 1.0, 1, 1, BINARY

    def __init__(self, rows: "Matrix") -> None:
        self.inputs = len(rows[0]) - sum([row.count(0.0) for row in rows]) / len(rows)


def steps_at_once(
    lists: "Engine", size: int, grid: "Union[Grid, FastestGrid]", limit: float
) -> int:
    """Return how many steps are made together.

    If ``limit`` is not 0, raise a ValueError if lanes take longer, or longer than the engine Rows.
    """
    parameters = lists.net.parameters()
    matrices = [p.rows for p in parameters if not p.flat]
    inputs, units = len(matrices[0]), len(matrices[0][0])
    others = sum([p.count for p in parameters]) - inputs * units
    rest = others * TIME_OF_OTHER + units_in(parameters) * TIME_OF_UNIT
    layout = LaneNumbers(units, 1.0, grid.step, grid.most, grid.longest)
    fixed, per_byte = TIME_OF_INPUT[grid.kind]
    time = grid.inputs * (fixed + per_byte * layout.size) + units * TIME_OF_LANE + rest
    # The rules of user-defined layers may raise anything, so that steps are made one by one.
    own = all([is_own(part) for part in lists.net.layers + [lists.loss]])
    steps = max(1, min(STEPS_AT_ONCE, int(TIME_AT_ONCE / (size * time)))) if own else 1
    fixed, per_unit = TIME_OF_ROW
    conversion = inputs * (fixed + per_unit * units) / min(steps * size, len(lists.examples))
    per_weight, per_input = TIME_OF_GATHERED
    gathered = grid.inputs * units * per_weight + inputs * per_input
    by_rows = min(inputs * units * TIME_OF_WEIGHT, gathered) + rest
    if limit and time + conversion > min(limit, by_rows) * FASTER:
        raise ValueError("another engine may be faster")
    return steps
