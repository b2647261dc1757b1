"""Many rows of numbers in little memory: each row is made when it is read, and not kept.

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
    """Rows of floats: in each row first numbers, then one-hot codes.

    ``count``     the number of rows
    ``columns``   the columns of numbers, each an array or list of length ``count``
    ``coded``     a pair (codes, number of different codes) for each one-hot column; codes count
                  from 0, and -1 becomes only zeros

    A number takes 8 bytes, a code as many as in its array. Training needs only ``len`` and
    indexing.
    """

    is_fixed = True  # Row i is always the same.

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
    """Return the one-hot list of every code; the last list, at index -1, is only zeros."""
    return [[1.0 if i == code else 0.0 for i in range(size)] for code in range(size + 1)]
