"""Lists of numbers, checked together, which takes less time than checking each row.

>>> float_rows([[0.5, 1], [2.0, 3]], 2, float)
[[0.5, 1.0], [2.0, 3.0]]
>>> float_rows([2, 0], 3, float, CategoricalCrossEntropy())
[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
"""

from itertools import chain

from ..core.losses import CategoricalCrossEntropy, Loss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ..core.types import Matrix

NUMBERS = {int, float}
FLOATS = {float}
ROWS = {list, tuple}
IN_CACHE = 5000  # numbers in a block, which stays in the cache while it is read several times


def float_rows(data: "Any", columns: int, number: "Any", loss: "Any" = None) -> "Optional[Matrix]":
    """Return copies of rows of ``columns`` finite floats or ints as floats.

    Return None for anything else, which may be right or wrong.

    ``number``   the type of the network's numbers
    ``loss``     the loss whose targets they are, which must be good; None for samples
    """
    if number is not float or not isinstance(data, list):
        return None
    if loss is None:
        return convert_rows(data, columns)
    target = getattr(loss.target, "__func__", None)
    if any([getattr(f, "__module__", "") != Loss.__module__ for f in (target, Loss.target)]):
        return None  # A function of the user converts the targets.
    rows = None
    if target is Loss.target:
        is_flat = columns == 1 and NUMBERS.issuperset(map(type, data))
        rows = convert_rows([[v] for v in data] if is_flat else data, columns)
    elif target is CategoricalCrossEntropy.target and columns > 1:
        rows = rows_of_classes(data, columns) or convert_rows(data, columns)
    return None if rows is None or any(map(loss.error_in, rows)) else rows


def convert_rows(data: "Any", columns: int) -> "Optional[Matrix]":
    """Return copies of rows of numbers."""
    if not columns or not are_rows(data) or not have_length(data, columns):
        return None
    rows: "Matrix" = []
    total = 0.0
    step = 1 + IN_CACHE // columns
    for start in range(0, len(data), step):
        block = copies(data[start : start + step])
        if block is None:
            return None
        total += sum(map(sum, block))
        rows += block
    return rows if 0.0 * total == 0.0 else None


def copies(rows: "Matrix") -> "Optional[Matrix]":
    """Return copies of the rows, with ints as floats; return None for other kinds of numbers."""
    kinds = list(map(type, chain.from_iterable(rows)))
    if kinds.count(float) == len(kinds):
        return [row[:] for row in rows]  # list(row) would over-allocate.
    try:
        return [list(map(float, row)) for row in rows] if set(kinds) <= NUMBERS else None
    except OverflowError:
        return None


def convert_few_rows(data: "Any", columns: "Optional[int]") -> "Optional[Matrix]":
    """Return the same as ``convert_rows``, which takes longer for a few rows and refuses tuples."""
    rows = []
    for row in data:
        if type(row) not in ROWS or len(row) != columns:
            return None
        kinds = set(map(type, row))
        if kinds == FLOATS:
            numbers = list(row)
        elif kinds <= NUMBERS:
            try:
                numbers = list(map(float, row))
            except OverflowError:
                return None
        else:
            return None
        if 0.0 * sum(numbers) != 0.0:
            return None
        rows.append(numbers)
    return rows


def rows_of_classes(data: "Any", count: int) -> "Optional[Matrix]":
    """Return class numbers as rows with a 1 at the class."""
    if set(map(type, data)) != {int} or min(data) < 0 or max(data) >= count:
        return None
    known = [[float(k == j) for j in range(count)] for k in range(count)]
    return [known[k][:] for k in data]


def are_rows(X: "Any", kind: type = list) -> bool:
    """Return whether X is a list of several lists, or of objects of another type.

    A single row is checked faster by itself.
    """
    # Counting takes less time than making a set.
    return isinstance(X, list) and len(X) > 1 and list(map(type, X)).count(kind) == len(X)


def have_length(X: "Matrix", columns: "Optional[int]") -> bool:
    """Return whether all rows have this length."""
    return list(map(len, X)).count(columns) == len(X)  # type: ignore[arg-type]


def are_floats(X: "Matrix") -> bool:
    """Return whether all numbers are Python's floats."""
    return set(map(type, chain.from_iterable(X))) == {float}


def are_finite_floats(X: "Matrix") -> bool:
    """Return whether all numbers are Python's floats, and their sum is finite."""
    return are_floats(X) and 0.0 * sum(map(sum, X)) == 0.0
