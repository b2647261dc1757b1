"""Many rows of numbers in little memory: a row is made when it is read, and forgotten.

>>> from array import array
>>> rows = CompactRows(2, [array("d", [1.5, 2.5])], [(array("b", [1, -1]), 2)])
>>> rows[0], rows[1], len(rows)
([1.5, 0.0, 1.0], [2.5, 0.0, 0.0], 2)
"""

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple


class CompactRows:
    """Rows of floats: of each first some numbers, then, for each of some codes, a 1 among zeros.

    ``count``     of the rows
    ``columns``   of the numbers, each an array or list of ``count``
    ``coded``     (codes, how many there are): one for each row, from 0; -1 is zeros alone

    It takes 8 bytes a number and what an array takes for a code; ``len`` and indexing is all that training needs.
    """

    def __init__(
        self, count: int, columns: "Sequence[Any]", coded: "Sequence[Tuple[Any, int]]" = ()
    ) -> None:
        self.places, self.width = range(count), len(columns)
        self.numbers = array("d", bytes(8 * count * self.width))
        for j, column in enumerate(columns):
            self.numbers[j :: self.width] = array("d", column)
        self.coded = [(codes, _one_hot(size)) for codes, size in coded]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: int) -> "List[float]":
        i = self.places[i]
        row: "List[float]" = self.numbers[i * self.width : (i + 1) * self.width].tolist()
        for codes, parts in self.coded:
            row += parts[codes[i]]
        return row


def _one_hot(size: int) -> "List[List[float]]":
    """For every code from 0 a 1 at its place; and for -1, which is the last, zeros alone."""
    return [[1.0 if i == code else 0.0 for i in range(size)] for code in range(size + 1)]
