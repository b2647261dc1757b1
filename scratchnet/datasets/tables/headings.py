"""Whether the first lines of a file name its columns.

has_header       whether the first row names the columns
complete         the first row, in which R leaves out the name of the row names
more_headings    how many of the next rows are further names, types or units
names_of         the names of the columns, all different
"""

from math import isclose

from .columns import BLANKS, MISSING
from .numerals import floats, is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator, List, Sequence

ROW_NAMES = "row names"
_ABSENT = {text.lower() for text in MISSING + BLANKS}
YEARS = range(1800, 2200)
NEARLY = 4  # numbers for each other text that a column of numbers may hold
UNITS = "%\u2030$\u20ac\u00a3\u00a5\u00b0"  # a cell below a name may consist of one of these
# The types and flags that Orange and other programs write below the names.
TYPES = frozenset(
    "c d s t continuous discrete string time numeric categorical nominal text integer int float "
    "double real number date datetime bool boolean object str char varchar factor".split()
)
FLAGS = frozenset("class meta ignore i m c".split())


def has_header(rows: "Sequence[Sequence[str]]", wanted: "Sequence[str]" = ()) -> bool:
    """Return whether the first row names the columns.

    ``wanted``   the names or numbers of columns that the user gave

    >>> has_header([["age", "sex"], ["7", "f"]]), has_header([["7", "f"], ["8", "m"]])
    (True, False)
    >>> has_header([["red", "yes"], ["blue", "no"], ["red", "no"]])
    False
    >>> has_header([["land", "2019", "2020"], ["Chad", "5", "7.5"]])
    True
    >>> has_header([["yes", "no"], ["no", "yes"]], wanted=["no"])
    True
    """
    first = [cell.strip() for cell in rows[0]]
    if any([name in first and not _is_place(name, len(first)) for name in wanted]):
        return True
    in_turn = zip(first, _columns_below(first, rows[1:]))
    if any(_is_word(cell) and are_numbers(cells) for cell, cells in in_turn):
        return True
    below = list(_columns_below(first, rows[1:]))
    numbers = [j for j, cell in enumerate(first) if is_number(cell)]
    again = [cell in cells for cell, cells in zip(first, below) if cell]
    if numbers and [first[j] for j in numbers] == [str(i) for i in range(len(numbers))]:
        return len(numbers) > 3
    if numbers:
        cells, columns = [first[j] for j in numbers], [below[j] for j in numbers]
        others = set(range(len(first))).difference(numbers)
        words = [below[j].count(first[j]) for j in others]
        if words and not any(words) and _are_steps(cells):
            return True
        return not any(again) and _are_years(cells, columns)
    return bool(again) and not any(again)


def _columns_below(row: "Sequence[str]", body: "Sequence[Sequence[str]]") -> "Iterator[List[str]]":
    """Yield the cells below each cell of the row; in most tables, the first column decides."""
    for j in range(len(row)):
        yield [other[j].strip() for other in body if j < len(other)]


def _is_place(name: str, width: int) -> bool:
    """Return whether the name is the number of a column."""
    return name.isdecimal() and 1 <= int(name) <= width


def _are_steps(cells: "Sequence[str]") -> bool:
    """Return whether the cells count up in equal steps, as wavelengths or pixels do."""
    values = floats(cells)
    if values is None or len(values) < 4:
        return False
    step = values[1] - values[0]
    return step > 0 and all([isclose(b - a, step) for a, b in zip(values, values[1:])])


def _are_years(cells: "Sequence[str]", below: "Sequence[Sequence[str]]") -> bool:
    """Return whether the cells are different years, above numbers that are not all years."""
    if len(set(cells)) < len(cells) or not all(map(_is_year, cells)):
        return False
    return all([are_numbers(column) and not all(map(_is_year, column)) for column in below])


def _is_year(cell: str) -> bool:
    return cell.isdecimal() and len(cell) == 4 and int(cell) in YEARS


def complete(rows: "Sequence[Sequence[str]]") -> "List[str]":
    """Return the first row with as many cells as all other rows, if they differ by one cell.

    R and pandas write no name above the row names. A row may also end with a delimiter.

    >>> complete([["mpg", "wt"], ["Fiat", "32", "2.2"], ["Volvo", "21", "2.8"]])
    ['row names', 'mpg', 'wt']
    >>> complete([["mpg", "wt", ""], ["32", "2.2"], ["21", "2.8"]])
    ['mpg', 'wt']
    """
    first, others = list(rows[0]), rows[1:]
    widths = set(map(len, others))
    if len(others) < 2 or not all(map(_is_name, first[:-1])):
        return first
    if widths == {len(first) - 1} and len(first) > 1 and not first[-1].strip():
        return first[:-1]
    if widths != {len(first) + 1} or not _is_name(first[-1]):
        return first
    if not any([row[-1].strip() for row in others]):
        return [*first, ""]
    names = {row[0].strip() for row in others} - {""}
    return [ROW_NAMES, *first] if len(names) == len(others) else first


def _is_name(cell: str) -> bool:
    return bool(cell.strip()) and not is_number(cell)


def more_headings(rows: "Sequence[Sequence[str]]") -> int:
    """Return how many rows below the heading, at most two, hold no data.

    Such a row has words, and no number, above columns of numbers, and none of its other words
    occurs again. Or all its cells are types or lines, or they are questions, as none below is.

    >>> more_headings([["length", "ok"], ["mm", "-"], ["2.5", "yes"], ["3.5", "no"]])
    1
    >>> more_headings([["length", "ok"], ["long", "no"], ["2.5", "yes"], ["3.5", "no"]])
    0
    """
    for count in (2, 1):
        body = rows[1 + count :]
        if len(body) < 2:
            continue
        if all([_is_heading(row, body) for row in rows[1 : 1 + count]]):
            return count
        if _are_types(rows[1], body) and (count == 1 or _are_flags(rows[2])):
            return count
    return 0


def _is_heading(row: "Sequence[str]", body: "Sequence[Sequence[str]]") -> bool:
    if _is_line(row) or _are_questions(row, body):
        return True
    words = 0
    for cell, below in zip(map(str.strip, row), _columns_below(row, body)):
        if are_numbers(below):
            if is_number(cell):
                return False
            words += _is_word(cell)
        elif cell.lower() not in _ABSENT and cell in below:
            return False
    return words > 0


def _is_line(row: "Sequence[str]") -> bool:
    """Return whether the row is a line of dashes, as in tables of databases and of Markdown."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and all([len(cell) > 2 and not cell.strip("-=:+") for cell in cells])


def _are_questions(row: "Sequence[str]", body: "Sequence[Sequence[str]]") -> bool:
    """Return whether each cell asks what the cells below it answer, as in the export of a survey.

    A word that never occurs below is no evidence: it may be a rare value.
    """
    return all(
        _is_word(cell.strip()) and _asks(cell) and not any(map(_asks, below))
        for cell, below in zip(row, _columns_below(row, body))
    )


def _asks(cell: str) -> bool:
    return cell.strip().endswith("?")


def _are_types(row: "Sequence[str]", body: "Sequence[Sequence[str]]") -> bool:
    """Return whether each cell is a type, or lists the values below it, as Orange writes them."""
    found = 0
    for cell, below in zip(map(str.strip, row), _columns_below(row, body)):
        is_list = " " in cell and set(below) <= set(cell.split())
        if not is_list and (cell.lower() not in TYPES or cell in below):
            return False
        found += 1
    return found > 1


def _are_flags(row: "Sequence[str]") -> bool:
    return {cell.strip().lower() for cell in row} <= FLAGS | {""}


def _is_word(cell: str) -> bool:
    """Return whether the cell has a letter or is a unit, and is not a usual missing value."""
    if cell in UNITS:
        return bool(cell)
    return any(map(str.isalpha, cell)) and cell.lower() not in _ABSENT and not is_number(cell)


def are_numbers(cells: "Sequence[str]") -> bool:
    """Return whether the cells hold numbers, apart from missing values and a few other texts."""
    cells = [cell for cell in cells if cell.lower() not in _ABSENT]
    numbers = sum(map(is_number, cells))
    return numbers > NEARLY * (len(cells) - numbers)


def names_of(first: "Sequence[str]", header: bool) -> "List[str]":
    """Return the names of the columns, all different."""
    names: "Dict[str, int]" = {}  # each with the last number given to another column of that name
    for j, cell in enumerate(first):
        same = (cell.strip() if header else "") or f"column {j + 1}"
        if header and not cell.strip() and j == 0 and len(first) > 1:
            same = ROW_NAMES  # R and pandas write no name above them.
        name = same
        while name in names:
            names[same] += 1
            name = f"{same} ({names[same]})"
        names[name] = 1
    return list(names)
