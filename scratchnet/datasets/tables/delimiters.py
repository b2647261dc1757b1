"""The character between the cells, and the cells of a line."""

import csv

from .headings import are_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List, Optional, Sequence, Tuple


# If two delimiters fit equally well, the earlier one is used: "1,5;2,5" has commas, too.
DELIMITERS = "\t;|,"


def reader_of(
    lines: "Iterable[str]", delimiter: str, quote: str = '"', strict: bool = False
) -> "Any":
    """Return a reader of the rows of cells.

    Several blanks count as one delimiter; blanks at the ends of a line are ignored.
    """
    if delimiter == " ":
        lines = (line.replace("\t", " ").strip(" \r\n") + "\n" for line in lines)
    return csv.reader(
        lines, delimiter=delimiter, quotechar=quote, skipinitialspace=True, strict=strict
    )


def parse(lines: "Iterable[str]", delimiter: str, quote: str = '"') -> "List[List[str]]":
    """Return the rows of the first lines up to the first error.

    The error is reported later, when the whole file is read.
    """
    rows: "List[List[str]]" = []
    try:
        rows.extend(filter(None, reader_of(lines, delimiter, quote)))
    except csv.Error:
        pass
    return rows or [[""]]


def sniff(lines: "Sequence[str]", decimal: "Optional[str]" = None) -> str:
    """Return the delimiter that splits most of the lines into equally many cells, two or more.

    Blanks are delimiters only if they separate numbers.

    >>> sniff(["a;b\\n", "1,5;2,5\\n"]), sniff(["name\\n", "cat\\n"])
    (';', ',')
    >>> sniff([" 1  2.5\\n", "10 12.5\\n"])
    ' '
    """
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        rows = parse(lines, delimiter)
        width, even = even_rows(rows)
        if width > 1 and len(even) / len(rows) > most:
            best, most = delimiter, len(even) / len(rows)
    if most and (best != "," or decimal != ","):
        return best
    rows = parse(lines, " ")
    width, even = even_rows(rows)
    # If commas may be the delimiter, blanks must split all lines.
    needed = len(rows) if most else len(rows) // 2 + 1
    # Texts contain blanks, too, so at least one column must hold numbers.
    has_numbers = any([are_numbers(cells) for cells in zip(*(even[1:] or even))])
    return " " if width > 1 and len(even) >= needed and has_numbers else best


def even_rows(rows: "Sequence[Sequence[str]]") -> "Tuple[int, List[Sequence[str]]]":
    """Return the most frequent number of cells in a row, and the rows with this number."""
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    return width, [row for row in rows if len(row) == width]
