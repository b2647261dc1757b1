"""What the optimizer remembers about a parameter, kept in an array until it is read."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from typing import Any, Iterator, List, Tuple


class Memory:
    """The states of a parameter's weights, as a sequence of rows of tuples.

    ``m``       the memory of all weights that learn: first the first number of each, ...
    ``start``   the place of the parameter's first weight
    ``step``    how many weights learn
    """

    def __init__(self, m: "array[float]", start: int, step: int, rows: int, width: int) -> None:
        self.m, self.start, self.step, self.rows, self.width = m, start, step, rows, width

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, i: int) -> "List[Tuple[float, ...]]":
        if not 0 <= i < self.rows:
            raise IndexError(i)
        first = self.start + i * self.width
        places = range(first, len(self.m), self.step)
        return list(zip(*[self.m[k : k + self.width] for k in places]))

    def __iter__(self) -> "Iterator[Any]":
        return (self[i] for i in range(self.rows))
