"""All rows of a file, block by block, into the columns."""

import csv
from itertools import islice

from ...core.checks import shown
from ...texts import plural
from .rules import Unfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

    from .table import Progress


CELLS = 100000  # the number of cells that are converted at a time
_REASONS = {
    "unexpected": "a quoted cell does not end",
    "',' expect": "a quoted cell continues after its end; a quote within a cell is written twice",
    "field larg": "a cell is too long, or a quoted cell does not end",
}


def read_rows(
    reader: "Any",
    names: "List[str]",
    columns: "List[Any]",
    heading: "Sequence[str]",
    source: str,
    progress: "Progress",
    fraction: "Callable[[], Optional[float]]",
) -> int:
    """Read all rows into the columns, one block at a time, and return the number of rows.

    ``heading``   the cells of the first row if it names the columns, or nothing
    """
    width, count, skip = len(names), 0, int(bool(heading))
    size = max(1, min(20000, CELLS // width))
    for start, rows in _blocks(reader, size, source):
        cells = rows
        if set(map(len, rows)) != {width}:
            cells = [row for row in rows if row]
            for i, row in enumerate(cells):
                if len(row) != width and i >= skip:
                    where = f"{source}, line {_line_of(rows, start, i)}"
                    raise ValueError(f"{where}: {_ragged_message(row, names, bool(heading))}")
        if heading and heading in cells[skip:]:
            line = _line_of(rows, start, cells.index(heading, skip))
            raise ValueError(f"{source}, line {line} repeats the names of the columns; delete it")
        for j, texts in enumerate(zip(*cells[skip:])):
            if columns[j] is not None:
                try:
                    columns[j] = columns[j].add(texts)
                except Unfit as error:
                    line = start
                    if error.text in texts:
                        line = _line_of(rows, start, skip + texts.index(error.text))
                    raise ValueError(
                        f"{source}, line {line}, column {shown(names[j])}: {error}"
                    ) from None
        count += len(cells[skip:])
        skip = 0 if cells else skip
        if progress is not None:
            progress(count, fraction())
    return count


def _blocks(reader: "Any", size: int, source: str) -> "Iterator[Tuple[int, List[List[str]]]]":
    """Yield blocks of ``size`` rows, each with the line number where it begins."""
    while True:
        start, rows = reader.line_num + 1, []  # type: int, List[List[str]]
        try:
            rows.extend(islice(reader, size))
        except csv.Error as error:
            line = start + sum(map(_lines_in, rows))
            message = str(error).split(": ")[-1]  # PyPy begins it with a line number.
            reason = _REASONS.get(message[:10], message)
            raise ValueError(f"{source}, line {line}: {reason}") from None
        if not rows:
            return
        yield start, rows


def _lines_in(row: "List[str]") -> int:
    return 1 + "".join(row).count("\n")


def _line_of(rows: "List[List[str]]", start: int, i: int) -> int:
    """Return the line of the file where the i-th row begins, not counting empty rows.

    The first of all ``rows`` begins at line ``start``.
    """
    for row in rows:
        if row and not i:
            break
        i -= bool(row)
        start += _lines_in(row)
    return start


def _ragged_message(row: "Sequence[str]", names: "List[str]", header: bool) -> str:
    line = "the header" if header else "the first row"
    if len(row) < len(names):
        missing = shown(names[len(row)])
        return f"{cells_in(row)}, but {line} has {len(names)}; column {missing} is missing"
    return (
        f"{cells_in(row)}, but {line} has only {len(names)}; the last column is {shown(names[-1])}"
    )


def cells_in(row: "Sequence[str]") -> str:
    return plural(len(row), "cell")
