"""Whether the first lines of a file name its columns.

has_header       whether the first row names the columns
more_headings    how many of the next rows are further names, types or units
names_of         the names of the columns, all different
"""

from .columns import BLANKS, MISSING
from .numerals import is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Sequence

_ABSENT = {text.lower() for text in MISSING + BLANKS}
YEARS = range(1800, 2200)
NEARLY = 4  # numbers for each other text that a column of numbers may hold


def has_header(rows: "Sequence[Sequence[str]]") -> bool:
    """Return whether the first row names the columns.

    >>> has_header([["age", "sex"], ["7", "f"]]), has_header([["7", "f"], ["8", "m"]])
    (True, False)
    >>> has_header([["red", "yes"], ["blue", "no"], ["red", "no"]])
    False
    >>> has_header([["land", "2019", "2020"], ["Chad", "5", "7.5"]])
    True
    """
    first = [cell.strip() for cell in rows[0]]
    below = [[row[j].strip() for row in rows[1:] if j < len(row)] for j in range(len(first))]
    if any([_is_word(cell) and are_numbers(cells) for cell, cells in zip(first, below)]):
        return True
    numbers = [j for j, cell in enumerate(first) if is_number(cell)]
    again = [cell in cells for cell, cells in zip(first, below) if cell]
    if numbers and [first[j] for j in numbers] == [str(i) for i in range(len(numbers))]:
        return len(numbers) > 3
    if numbers:
        return not any(again) and _are_years(
            [first[j] for j in numbers], [below[j] for j in numbers]
        )
    return bool(again) and not any(again)


def _are_years(cells: "Sequence[str]", below: "Sequence[Sequence[str]]") -> bool:
    """Return whether the cells are different years, above numbers that are not all years."""
    if len(set(cells)) < len(cells) or not all(map(_is_year, cells)):
        return False
    return all([are_numbers(column) and not all(map(_is_year, column)) for column in below])


def _is_year(cell: str) -> bool:
    return cell.isdecimal() and len(cell) == 4 and int(cell) in YEARS


def more_headings(rows: "Sequence[Sequence[str]]") -> int:
    """Return how many rows below the heading, at most two, hold no data.

    Such a row has words, and no number, above columns of numbers; and none of its other words
    occurs again.

    >>> more_headings([["length", "ok"], ["mm", "-"], ["2.5", "yes"], ["3.5", "no"]])
    1
    >>> more_headings([["length", "ok"], ["long", "no"], ["2.5", "yes"], ["3.5", "no"]])
    0
    """
    for count in (2, 1):
        body = rows[1 + count :]
        if len(body) > 1 and all([_is_heading(row, body) for row in rows[1 : 1 + count]]):
            return count
    return 0


def _is_heading(row: "Sequence[str]", body: "Sequence[Sequence[str]]") -> bool:
    words = 0
    for j, cell in enumerate(row):
        cell, below = cell.strip(), [other[j].strip() for other in body if j < len(other)]
        if are_numbers(below):
            if is_number(cell):
                return False
            words += _is_word(cell)
        elif cell.lower() not in _ABSENT and cell in below:
            return False
    return words > 0


def _is_word(cell: str) -> bool:
    """Return whether the cell has a letter, and is neither a number nor a usual missing value."""
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
        name = same
        while name in names:
            names[same] += 1
            name = f"{same} ({names[same]})"
        names[name] = 1
    return list(names)
