"""A training step recorded for rows: a matrix product is one entry, whatever its size.

The rules of the network and the loss run on two samples of symbolic numbers. A product of the rows
of the samples and a parameter gives new inputs of the record, and so does a product that sums over
the samples. What is between the products is recorded number by number:

    Recorded   an input has the name of its vector, and its ``index`` in the vector
    Grid       a parameter, or the gradient of one, whose numbers are made when they are read
    Recording  the record, of a Prediction or of a TrainingStep

python/stages.py prints a record. No layer is known by its name.
"""

from ...core.training import Engine
from ...scalars import Symbolic
from ...scalars.symbolic import Undecided
from ..own import RememberingNothing, check_attributes
from .samples import group_sizes
from .step_inputs import COUNT, Draws, WeightsOfStep, with_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple, Union

MOST_ELEMENTS = 100000  # how many numbers of a Grid a rule may read; reading takes 2 µs each


class Recorded(Symbolic):
    """A symbolic number. That of an input is its place in the vector ``name``."""

    __slots__ = ("index",)


class Grid:
    """A matrix whose elements are inputs of the record, made when they are read.

    ``left``, ``right``   of a gradient: the samples' rows whose products it sums
    """

    def __init__(self, number: "Any", name: str, rows: int, columns: int) -> None:
        self.number = number
        self.name = name
        self.shape = rows, columns
        self.elements: "Dict[Tuple[int, int], Recorded]" = {}
        self.left: "Any" = None
        self.right: "Any" = None

    def element(self, i: int, j: int) -> "Recorded":
        if (i, j) not in self.elements:
            if len(self.elements) == MOST_ELEMENTS:
                raise Undecided("a rule reads too many weights one by one")
            self.elements[i, j] = leaf(self.number, self.name, (i, j))
        return self.elements[i, j]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, i: int) -> "GridRow":
        return GridRow(self, range(self.shape[0])[i])

    def transposed(self) -> "Transposed":
        return Transposed(self)


class Transposed:
    """The transpose of a Grid, which is read in the same way."""

    def __init__(self, grid: "Grid") -> None:
        self.grid = grid
        self.shape = grid.shape[::-1]

    def element(self, i: int, j: int) -> "Recorded":
        return self.grid.element(j, i)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, i: int) -> "GridRow":
        return GridRow(self, range(self.shape[0])[i])

    def transposed(self) -> "Grid":
        return self.grid


class GridRow:
    """A row of a Grid, or of the transpose of one."""

    def __init__(self, grid: "Union[Grid, Transposed]", i: int) -> None:
        self.grid = grid
        self.i = i

    def __len__(self) -> int:
        return self.grid.shape[1]

    def __getitem__(self, j: int) -> "Recorded":
        return self.grid.element(self.i, range(len(self))[j])


def shallow_copy(net: "Any") -> "Any":
    """Return a shallow copy, like ``copy.copy``, whose module takes long to import."""
    if hasattr(net, "__copy__"):
        return net.__copy__()
    twin = object.__new__(type(net))
    twin.__dict__ = net.__getstate__()
    return twin


def leaf(number: "Any", name: str, index: "Any", sample: "Optional[int]" = None) -> "Any":
    node = number(name=name, sample=sample)
    node.index = index
    return node


class Product:
    """The products of each sample's row and a parameter, or its transpose."""

    def __init__(self, rows: "Any", parameter: str, transposed: bool, width: int) -> None:
        self.rows = rows
        self.parameter = parameter
        self.transposed = transposed
        self.width = width


class RecordedDraws(Draws):
    """A generator whose random numbers are inputs of the record."""

    def __init__(self, number: "Any") -> None:
        Draws.__init__(self)
        self.number = number

    def random(self) -> "Any":
        self.drawn.append(leaf(self.number, "r", 0))
        return self.drawn[-1]


class Recording:
    """A run of rules on a few samples.

    ``products``     the Products, in the order in which they are computed
    ``results``      {"z0": the rows of the first product}, and so on
    ``parameters``   those of the twin network, with their gradients
    ``widths``       {name of a vector that is an input: its length}
    """

    def __init__(self, net: "Any", inputs: int, count: int) -> None:
        self.count = count
        operations = {"products": staticmethod(self.product), "total": staticmethod(self.total)}
        self.number: "Any" = type("Recorded", (Recorded,), dict(operations, __slots__=()))
        self.counted = leaf(self.number, COUNT, None)
        self.products: "List[Product]" = []
        self.results: "Dict[str, Any]" = {}
        self.grids: "Dict[str, Grid]" = {}
        self.bits: "Dict[int, int]" = {}
        self.kept: "List[Any]" = []  # keeps the ids in ``bits`` unique
        self.widths = {"x": inputs}
        self.draws = RecordedDraws(self.number)
        self.net = self.twin_of(net)

    def twin_of(self, net: "Any") -> "Any":
        """Return the network with recorded numbers, without a copy of the parameters."""
        twin = shallow_copy(net)
        twin.layers = [layer.with_numbers(self.number, exactly=True) for layer in net.layers]
        self.parameters = twin.parameters()
        for n, (p, given) in enumerate(zip(self.parameters, net.parameters())):
            p.shape, p.frozen, p.number = given.shape, given.frozen, self.number
            if given.flat:
                self.widths[f"b{n}"] = given.count
                p.rows = [[leaf(self.number, f"b{n}", j) for j in range(given.count)]]
            else:
                p.rows = self.grids[f"w{n}"] = Grid(self.number, f"w{n}", *given.shape)
        return twin

    def rows(self, name: str, width: int) -> "List[List[Any]]":
        """Return one row of inputs per sample."""
        return [[leaf(self.number, name, j, i) for j in range(width)] for i in range(self.count)]

    def weights(self, weighted: bool) -> "Any":
        column = [row[0] for row in self.rows("weight", 1)]
        if weighted:
            return WeightsOfStep(column, self.counted)
        for weight in column:
            weight.kind = "unit"
        return column

    def total(self, values: "Any") -> "Any":
        """Record a sum; that of weights which are all 1 is the number of samples."""
        if all([isinstance(v, Symbolic) and v.kind == "unit" for v in values]):
            return self.counted
        return Symbolic.total.__func__(self.number, values)  # type: ignore[attr-defined]

    # ---- products --------------------------------------------------------------------------------

    def product(self, A: "Any", B: "Any", dot: "Any" = None) -> "Any":
        """Record the product of two matrices."""
        grid, transposed = self.parameter_in(B)
        if grid is not None:
            self.check_samples(A)
            name, width = f"z{len(self.products)}", len(B[0])
            self.products.append(Product(A, grid.name, transposed, width))
            self.widths[name] = width
            self.results[name] = self.rows(name, width)
            return self.results[name]
        rows = [list(row) for row in zip(*A)]
        self.check_samples(rows)
        self.check_samples(B)
        gradient = Grid(self.number, f"g{len(self.grids)}", len(A), len(B[0]))
        gradient.left, gradient.right = rows, B
        self.grids[gradient.name] = gradient
        return gradient

    def parameter_in(self, B: "Any") -> "Tuple[Optional[Grid], bool]":
        """Return the parameter that the matrix is, or is the transpose of, and whether it is."""
        if isinstance(B, (Grid, Transposed)):
            given: Grid = B.grid if isinstance(B, Transposed) else B
            return (given, B is not given) if given.left is None else (None, False)
        grid = self.grids.get(B[0][0].name)
        if grid is None or grid.left is not None:
            return None, False
        if grid.shape == (len(B[0]), len(B)) and all(
            [w is grid.element(j, i) for i, row in enumerate(B) for j, w in enumerate(row)]
        ):
            return grid, True
        raise Undecided("it multiplies by a part of a parameter")

    def check_samples(self, rows: "Any") -> None:
        """Raise an error unless each row depends on one sample, and there is one for each."""
        if len(rows) != self.count or isinstance(rows, (Grid, Transposed)):
            raise Undecided("it multiplies matrices other than samples and parameters")
        for i, row in enumerate(rows):
            for node in row:
                if self.samples_of(node) not in (0, 1 << i):
                    raise Undecided("a row depends on another row")

    def samples_of(self, node: "Any") -> int:
        """Return which samples a number depends on, as bits."""
        known = self.bits
        waiting = [] if id(node) in known else [node]
        while waiting:
            last = waiting[-1]
            count = len(waiting)
            bits = 0 if last.sample is None else 1 << last.sample
            for operand in last.operands:
                if id(operand) in known:
                    bits |= known[id(operand)]
                else:
                    waiting.append(operand)
            if len(waiting) == count:
                known[id(last)] = bits
                self.kept.append(waiting.pop())
        return known[id(node)]

    # ---- random numbers --------------------------------------------------------------------------

    def group_draws(self, owners: "Dict[int, int]") -> "List[int]":
        """Name the random numbers, and return how many each sample takes in each group.

        ``owners`` maps the id of a random number to its sample.
        """
        drawn: "List[Any]" = self.draws.drawn
        sizes = group_sizes([owners.get(id(r)) for r in drawn], self.count)
        rest = iter(drawn)
        for n, size in enumerate(sizes):
            self.widths[f"r{n}"] = size
            for i in range(self.count):
                for k in range(size):
                    r = next(rest)
                    r.name, r.index, r.sample = f"r{n}", k, i
        if drawn:
            self.bits.clear()  # The random numbers belong to samples now.
        return sizes


class Prediction(Recording):
    """The record of a prediction; ``output`` holds the outputs of the samples."""

    def __init__(self, net: "Any", count: int = 2) -> None:
        Recording.__init__(self, net, net.inputs, count)
        with RememberingNothing(self.net.layers):
            self.output = self.net.propagate(self.rows("x", net.inputs), self.net.layers)


class TrainingStep(Recording):
    """The record of forward and backward; ``value`` is the loss.

    ``shape``   the numbers of inputs and outputs, and whether samples have weights
    """

    def __init__(
        self,
        net: "Any",
        loss: "Any",
        optimizer: "Any",
        shape: "Tuple[int, int, bool]",
        count: int,
    ) -> None:
        check_attributes(net, loss)
        inputs, outputs, weighted = shape
        Recording.__init__(self, net, inputs, count)
        self.widths.update({"y": outputs, "weight": 1})
        self.settings, self.optimizer = with_settings(optimizer)
        loss = loss.with_numbers(self.number, exactly=True)
        no_examples: "Any" = None
        engine = Engine(self.net, loss, self.optimizer, no_examples, self.draws)
        batch = self.rows("x", inputs), self.rows("y", outputs), self.weights(weighted)
        with RememberingNothing(self.net.layers + [loss]):
            self.value: "Any" = engine.backpropagate(batch) + Symbolic(0, kind="absent")
