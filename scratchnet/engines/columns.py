"""Parameters, and what an optimizer remembers of each weight, as the generated code keeps them.

    COLUMNS   the columns of a matrix
    ROWS      its rows
    FLAT      the numbers of all its rows in one list

>>> states = States([[1.0, 2.0], [3.0, 4.0]], FLAT, 1)  # two numbers for each weight of two rows
>>> list(states), states[1][0]
([[(1.0, 3.0)], [(2.0, 4.0)]], (2.0, 4.0))
"""

from itertools import chain

from ..codegen.python.printer import IS_PYPY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List

    from ..core.layer import Parameter
    from ..core.types import Matrix, Row

COLUMNS = "columns"
ROWS = "rows"
FLAT = "flat"


class States:
    """Rows of tuples, made when they are read.

    ``parts``    for each number of a tuple, the numbers of all weights
    ``layout``   how the numbers are kept
    ``width``    the numbers of a row
    """

    def __init__(self, parts: "List[Any]", layout: str, width: int) -> None:
        self.parts = parts
        self.layout = layout
        self.width = width

    def __len__(self) -> int:
        if self.layout == COLUMNS:
            return len(self.parts[0][0])
        return len(self.parts[0]) // (1 if self.layout == ROWS else self.width)

    def __getitem__(self, i: int) -> "List[Any]":
        if self.layout == COLUMNS:
            rows = [[column[i] for column in part] for part in self.parts]
        elif self.layout == ROWS:
            rows = [part[i] for part in self.parts]
        else:
            start = range(len(self))[i] * self.width
            rows = [part[start : start + self.width] for part in self.parts]
        return list(zip(*rows))

    def __iter__(self) -> "Iterator[List[Any]]":
        parts = [rows_of(part, self.layout, self.width) for part in self.parts]
        return (list(zip(*rows)) for rows in zip(*parts))


def arrange(rows: "Matrix", layout: str) -> "Any":
    """Return the numbers of a parameter in this layout."""
    if layout == FLAT:
        return rows[0] if len(rows) == 1 else list(chain(*rows))
    return list(rows) if layout == ROWS else transposed(rows)


def rows_of(numbers: "Any", layout: str, width: int) -> "Matrix":
    """Return the rows of a parameter whose numbers are in this layout."""
    if layout == FLAT:
        return [numbers[i : i + width] for i in range(0, len(numbers), width)]
    return numbers if layout == ROWS else list(map(list, transposed(numbers)))


def transposed(rows: "Matrix") -> "Any":
    if IS_PYPY:  # zip would make an object of each number.
        return [[row[j] for row in rows] for j in range(len(rows[0]))]
    return list(zip(*rows))


def changeable(parts: "List[Any]") -> "List[Any]":
    """Return copies of flat lists, and of lists of other lists, whose numbers may be changed."""
    copy = list if IS_PYPY else new_numbers
    return [
        copy(part) if isinstance(part[0], float) else [copy(row) for row in part] for part in parts
    ]


def new_numbers(numbers: "Row") -> "Row":
    """Return the numbers as new objects, which lie side by side in memory.

    An update frees each old number and puts the new one in its place. If something else still used
    the old numbers, the new ones would go anywhere, and after some hundred steps they would be
    scattered over the memory.
    """
    return [1.0 * v for v in numbers]


def states_of(optimizer: "Any", p: "Parameter", layout: str) -> "List[Any]":
    """Return what the optimizer keeps for a parameter: each number of a state in this layout."""
    states = optimizer.states.get(p.name)
    if isinstance(states, States) and states.layout == layout:
        return states.parts
    if not states:
        return [arrange([[0.0] * len(row) for row in p.rows], layout)] * optimizer.memory
    parts = [[[state[k] for state in row] for row in states] for k in range(optimizer.memory)]
    return [arrange(part, layout) for part in parts]
