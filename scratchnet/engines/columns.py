"""What an optimizer remembers of each weight, as columns of numbers, not as a tuple per weight.

>>> states = Columns([[[1.0, 2.0]], [[3.0, 4.0]]], False)  # two numbers for each weight of a column
>>> list(states), states[1][0]
([[(1.0, 3.0)], [(2.0, 4.0)]], (2.0, 4.0))
"""

from .products import COMPILED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List

    from ..core.layer import Parameter
    from ..core.types import Matrix


class Columns:
    """Rows of tuples, made when they are read.

    ``parts``   for each number of a tuple, the columns of a matrix, or a flat list
    ``flat``    whether the parts are flat lists
    """

    def __init__(self, parts: "List[Any]", flat: bool) -> None:
        self.parts = parts
        self.flat = flat

    def __len__(self) -> int:
        return 1 if self.flat else len(self.parts[0][0])

    def __getitem__(self, i: int) -> "List[Any]":
        rows = self.parts if self.flat else [[column[i] for column in part] for part in self.parts]
        return list(zip(*rows))

    def __iter__(self) -> "Iterator[List[Any]]":
        if self.flat:
            return iter([list(zip(*self.parts))])
        return (list(zip(*rows)) for rows in zip(*[zip(*part) for part in self.parts]))


def columns_of(rows: "Matrix", flat: bool) -> "Any":
    """Return the columns of a parameter, or its only row if it is flat."""
    return rows[0] if flat else transposed(rows)


def changeable(parts: "List[Any]") -> "List[Any]":
    """Return copies of flat lists and of lists of columns, whose numbers may be changed."""
    return [
        list(part) if isinstance(part[0], float) else [list(column) for column in part]
        for part in parts
    ]


def rows_of(columns: "Any", flat: bool) -> "Matrix":
    """Return the rows of a parameter with these columns."""
    return [columns] if flat else list(map(list, transposed(columns)))


def transposed(rows: "Matrix") -> "Any":
    if COMPILED:  # zip would make an object of each number.
        return [[row[j] for row in rows] for j in range(len(rows[0]))]
    return list(zip(*rows))


def states_of(optimizer: "Any", p: "Parameter") -> "List[Any]":
    """Return the columns of what the optimizer keeps for a parameter."""
    states = optimizer.states.get(p.name)
    if isinstance(states, Columns):
        return states.parts
    if not states:
        zero = [[0.0] * len(p.rows)] * len(p.rows[0])
        return [[0.0] * len(p.rows[0]) if p.flat else zero] * optimizer.memory
    parts = [[[state[k] for state in row] for row in states] for k in range(optimizer.memory)]
    return [columns_of(part, p.flat) for part in parts]
