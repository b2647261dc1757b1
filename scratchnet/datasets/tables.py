"""A CSV file, read once, row by row, into compact columns.

    read_table    returns the file as a Table
    Table         columns by name
    Column        numbers, or categories: one code per row, and the label of each code

>>> import os, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "pets.csv")
...     with open(path, "w") as file:
...         _ = file.write('name,legs,weight\\n"cat, tabby",4,3.5\\nduck,2,\\n')
...     table = read_table(path)
>>> table
Table: 2 rows; name (categories), legs (numbers), weight (numbers)
>>> table["weight"].values
array('d', [3.5, nan])
>>> table["name"].labels, table["name"].values
(['cat, tabby', 'duck'], array('i', [0, 1]))

A file is UTF-8 text, with or without a byte order mark, and may be compressed with gzip. Cells are
separated by commas, semicolons, tabs, vertical bars or blanks. A cell may be quoted by ``"``; space
around it is ignored. If the delimiter is a semicolon, a number may be written 1,5. Thousands may be
written 1,234.5 (or 1.234,5). Empty lines are skipped.
"""

import contextlib
import csv
import io
import os
import re
import sys
from array import array
from difflib import get_close_matches
from itertools import chain, islice
from math import isfinite

from ..core.checks import require, shown
from ..formats.unpacked import Unpacked
from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import (
        Any,
        Callable,
        Dict,
        Iterable,
        Iterator,
        List,
        Optional,
        Sequence,
        Tuple,
        Union,
    )

    Names = Union[str, Sequence[str]]
    Progress = Optional[Callable[[int, Optional[float]], None]]
    Plan = Callable[[List[str], str], Tuple[Dict[str, Optional[str]], Optional[str]]]

MISSING = ("", "NA", "N/A", "nan", "null", "?")  # in upper or lower case
NUMBERS, CATEGORIES, TEXT = "numbers", "categories", "text"

# If two delimiters fit equally well, the earlier one is used: "1,5;2,5" has commas, too.
DELIMITERS = "\t;|,"
LOOKED_AT = 100  # the number of lines from which the delimiter and the header are inferred
LONGEST = 1 << 24  # the limit in characters for a line, and for the first lines together
EMPTY = 1000000  # the limit of empty lines
COLUMNS = 100000  # the limit for a table; a small gzip file may contain millions
CELLS = 100000  # the number of cells that are converted at a time
# The number of different texts that all columns together remember before a column that looks like
# numbers becomes numbers; and the limits of this number for one column.
REMEMBERED = 500000
FEWEST, MOST = 100, 10000
LABELS = 100000  # the limit of different texts in a column of categories

NAN = float("nan")
TOO_MANY = f"has more than {LABELS} different texts"
_DELIMITER = (
    lambda v: v is None or len(v) == 1 and v not in '"\r\n',
    "a single character, such as ';'",
)
_BINARY = (lambda v: hasattr(v, "readinto"), "a file opened in binary mode, by open(path, 'rb')")
_REASONS = {
    "unexpected": "a quoted cell does not end",
    "field larg": "a cell is too long, or a quoted cell does not end",
}
_UTF8 = "{} is not UTF-8; save the file as UTF-8, or name its encoding, such as cp1252"
_OTHER = "{} cannot be read as {}; name the encoding in which it was saved, such as utf-8 or cp1252"


class Column:
    """One column of a table.

    ``kind``      "numbers", "categories", or "text" for more different texts than can be kept
    ``values``    for numbers array('d'), NaN if missing; for categories array('i') of codes, -1 if
                  missing; for text an empty array
    ``labels``    for categories the label of each code, in order of appearance
    ``asked``     whether the user requested the kind, so that it was not inferred
    """

    def __init__(
        self, name: str, kind: str, values: "Any", labels: "Sequence[str]" = (), asked: bool = False
    ) -> None:
        self.name = name
        self.kind = kind
        self.values = values
        self.labels = list(labels)
        self.asked = asked

    def present(self, rows: "Sequence[int]") -> "List[int]":
        """Return those of the rows whose value is not missing."""
        if self.kind == TEXT:
            raise ValueError(f"column {shown(self.name)} {TOO_MANY}")
        values = self.values
        if self.kind == NUMBERS:
            total = sum(values)
            return list(rows) if total == total else [i for i in rows if values[i] == values[i]]
        return [i for i in rows if values[i] >= 0]

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.kind!r})"


class Table:
    """Columns of equal length: ``table[name]`` is a Column, ``len(table)`` the number of rows.

    ``columns``     {name: Column}, in the order of the file
    ``target``      the name of the column to predict, or None
    ``source``      where the table was read from, for messages
    ``missing``     the texts that represent a missing value
    ``header``      whether the first line of the file holds the names
    ``delimiter``   the character between the cells
    ``decimal``     the decimal mark that the user gave
    """

    def __init__(
        self,
        columns: "Sequence[Column]",
        rows: int,
        target: "Optional[str]" = None,
        source: str = "the table",
        missing: "Sequence[str]" = MISSING,
        header: bool = True,
        delimiter: str = ",",
        decimal: "Optional[str]" = None,
    ) -> None:
        self.columns = {column.name: column for column in columns}
        self.rows, self.target, self.source = rows, target, source
        self.missing, self.header, self.delimiter, self.decimal = (
            tuple(missing),
            header,
            delimiter,
            decimal,
        )

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, name: str) -> "Column":
        if name not in self.columns:
            name = found(name, list(self.columns), self.source)
        return self.columns[name]

    def target_column(self) -> "Column":
        """Return the column to predict."""
        if self.target is None:
            raise ValueError(
                f"{self.source}: no target is given; name the column to predict in "
                "read_table(..., target=...)"
            )
        return self[self.target]

    def with_target(self) -> "List[int]":
        """Return the indices of the rows whose target is not missing."""
        return self.target_column().present(range(self.rows))

    def __repr__(self) -> str:
        columns = ", ".join([f"{column.name} ({column.kind})" for column in self.columns.values()])
        return f"Table: {self.rows} rows; {columns}"


def read_table(
    path: "Any",
    target: "Optional[str]" = None,
    delimiter: "Optional[str]" = None,
    header: "Optional[bool]" = None,
    categorical: "Names" = (),
    numeric: "Names" = (),
    ignore: "Names" = (),
    missing: "Names" = MISSING,
    decimal: "Optional[str]" = None,
    encoding: "Optional[str]" = None,
    progress: "Progress" = None,
) -> "Table":
    """Return the CSV file at ``path`` as a Table.

    ``path`` may also be "-" for standard input, or a file opened in binary mode, which stays open.

    ``target``        the column to predict; here and below, a column is given by its name or by its
                      number from 1
    ``delimiter``     if None, the one of tab ; | , that splits the first lines into rows of equal
                      length; otherwise blanks (one or more, or tabs), if these separate numbers
    ``header``        whether the first line names the columns; if None, it does if it has a word
                      above numbers, if it has no numbers and no text that occurs again below, or if
                      its numbers count from 0 to at least 3, as in files of pandas
    ``categorical``, ``numeric``, ``ignore``
                      columns to read as categories, as numbers, or not at all; any other column
                      becomes numbers if all its values are numbers, otherwise categories
    ``missing``       the texts that represent a missing value, in upper or lower case
    ``decimal``       the decimal mark, "." or ","; the other one may then separate thousands; if
                      None, the point, and between semicolons also the comma; a number that may mean
                      1900 or 1.9 is refused
    ``encoding``      the encoding of the text, by default UTF-8; Excel in Western Europe and
                      America often writes "cp1252"
    ``progress``      a function that is called at least every 20,000 rows with the number of rows
                      read and the fraction of the file read (None for standard input)

    A file that is not a table raises a ValueError that names the line and, if possible, the column.
    """

    plan = plan_for(target, categorical, numeric, ignore)
    return read_columns(path, plan, delimiter, header, missing, decimal, encoding, progress)


def plan_for(
    target: "Optional[str]", categorical: "Names", numeric: "Names", ignore: "Names"
) -> "Plan":
    """Return a function that selects the columns to read, as ``read_columns`` calls it."""

    def plan(names: "List[str]", source: str) -> "Tuple[Dict[str, Optional[str]], Optional[str]]":
        kinds: "Dict[str, Optional[str]]" = {}
        for kind, columns in ((NUMBERS, numeric), (CATEGORIES, categorical), (TEXT, ignore)):
            for name in listed_names(columns):
                name = found(str(name), names, source)
                if kinds.setdefault(name, kind) != kind:
                    raise ValueError(
                        f"column {shown(name)} is requested in two ways; give only one of them"
                    )
        label = None if target is None else found(str(target), names, source)
        if label is not None and kinds.get(label) == TEXT:
            raise ValueError(f"column {shown(label)} is the target; it cannot be ignored")
        return {name: kinds.get(name) for name in names if kinds.get(name) != TEXT}, label

    return plan


def read_columns(
    path: "Any",
    plan: "Plan",
    delimiter: "Optional[str]" = None,
    header: "Optional[bool]" = None,
    missing: "Names" = MISSING,
    decimal: "Optional[str]" = None,
    encoding: "Optional[str]" = None,
    progress: "Progress" = None,
) -> "Table":
    """Read the columns that a ``plan`` selects, as ``read_table`` does.

    The plan is a function of the file's column names and of the file's name in messages. It returns
    the kinds of the columns to read (None if the values decide) and the name of the target.
    """
    delimiter = require("delimiter", delimiter, _DELIMITER)
    require("decimal", decimal, (lambda v: v in (None, ".", ","), "'.' or ','"))
    with _opened(path, encoding) as (text, source, fraction):
        lines = _lines(text, source)
        head = _head(lines, source)
        if head[0].lower().startswith("sep="):
            raise ValueError(
                f"{source}, line 1: {shown(head[0].strip())} is an instruction for Excel; "
                "delete the line"
            )
        delimiter = delimiter or sniffed(head, decimal)
        rows = _parsed(head, delimiter)
        check_first(rows, source)
        if header is None:
            header = has_header(rows)
        names = _names(rows[0], header)
        if not _is_utf8("".join(names)):
            raise ValueError(_UTF8.format(f"{source}: the name of a column"))
        kinds, target = plan(names, source)
        check_target(target, names if header else [], rows[0], kinds, source)
        absent = listed_names(missing)
        marks = decimal or (".," if delimiter == ";" else ".")
        columns = begun(names, kinds, absent, marks)
        reader = _reader(chain(head, lines), delimiter, strict=True)
        count = _read(reader, names, columns, header, source, progress, fraction)
    if not count:
        raise ValueError(
            f"{source} has no rows"
            + (" after the first line, which names the columns" if header else "")
        )
    made = finished(names, columns, source)
    return Table(made, count, target, source, absent, header, delimiter, decimal)


def begun(
    names: "Sequence[str]",
    kinds: "Dict[str, Optional[str]]",
    missing: "Sequence[str]",
    marks: str,
) -> "List[Any]":
    """Return a column under construction for each name in ``kinds``, None for every other name."""
    limit = min(MOST, max(FEWEST, REMEMBERED // len(names)))
    absent = {text.strip().lower() for text in missing}
    return [
        _beginning(kinds[name], absent, marks, limit) if name in kinds else None for name in names
    ]


def finished(names: "Sequence[str]", columns: "Sequence[Any]", source: str) -> "List[Column]":
    """Return the columns whose construction began in ``begun``."""
    return [
        _made(column, name, source) for name, column in zip(names, columns) if column is not None
    ]


def check_first(rows: "Sequence[Sequence[str]]", source: str) -> None:
    """Refuse a first line with fewer cells than most other lines: a title or a cut-off header."""
    if len(rows[0]) > COLUMNS:
        raise ValueError(
            f"{source}, line 1: {_cells(rows[0])}; a table has at most {COLUMNS:,} columns"
        )
    width, even = _even(rows)
    if len(rows[0]) < width and 2 * len(even) > len(rows):
        what = f"{source}, line 1: {_cells(rows[0])}, but most lines below have {width}"
        raise ValueError(
            f"{what}; delete the line if it is a title, or complete it if it names the columns"
        )


def check_target(
    target: "Optional[str]",
    names: "Sequence[str]",
    first: "Sequence[str]",
    kinds: "Dict[str, Optional[str]]",
    source: str,
) -> None:
    """Refuse a target whose name also heads another column, which may be a copy of the target."""
    headings: "Dict[Optional[str], str]" = {name: cell.strip() for name, cell in zip(names, first)}
    for name in headings:
        if name in kinds and name != target and headings[name] == headings.get(target):
            what = f"{source}: the target {shown(target)} has the same heading as {shown(name)}"
            raise ValueError(f"{what}; rename one of them, or ignore {shown(name)}")


def _made(column: "Any", name: str, source: str) -> "Column":
    try:
        return column.column(name)  # type: ignore[no-any-return]
    except Unfit as error:
        raise ValueError(f"{source}, column {shown(name)}: {error}") from None


def found(name: "Any", names: "Sequence[str]", source: str) -> str:
    """Return the one of the ``names`` that is given as itself or as its number from 1.

    >>> found("legs", ["name", "legs"], "pets.csv"), found("1", ["name", "legs"], "pets.csv")
    ('legs', 'name')
    >>> found("arms", ["name", "legs"], "pets.csv")
    Traceback (most recent call last):
        ...
    ValueError: pets.csv has no column 'arms'; it has 'name', 'legs'
    >>> found("Legs", ["name", "legs"], "pets.csv")
    Traceback (most recent call last):
        ...
    ValueError: pets.csv has no column 'Legs'; did you mean 'legs'?
    """
    if name in names:
        return name  # type: ignore[no-any-return]
    if str(name).isdecimal() and 1 <= int(name) <= len(names):
        return names[int(name) - 1]
    alike = {known.lower(): known for known in names}
    near = get_close_matches(str(name).lower(), list(alike), 1, 0.8)
    if near:
        raise ValueError(
            f"{source} has no column {shown(name)}; did you mean {shown(alike[near[0]])}?"
        )
    few = ", ".join([shown(known) for known in names[:20]]) + (", ..." if len(names) > 20 else "")
    raise ValueError(f"{source} has no column {shown(name)}; it has {few}")


def listed_names(names: "Names") -> "List[str]":
    return [str(names)] if isinstance(names, (str, int)) else list(names)


# ---- the file --------------------------------------------------------------------------------


class _Lent(io.BufferedReader):
    """A file that belongs to the caller and therefore stays open."""

    def close(self) -> None:
        pass


@contextlib.contextmanager
def _opened(
    path: "Any", encoding: "Optional[str]"
) -> "Iterator[Tuple[Any, str, Callable[[], Optional[float]]]]":
    """Yield the file as text, its name in messages, and a function for the fraction read."""
    if path == "-":
        if sys.stdin is None:
            raise ValueError("standard input is closed; give a file")
        binary: "Any" = sys.stdin.buffer
        yield _decoded(_Lent(binary), "standard input", encoding), "standard input", lambda: None
        return
    if hasattr(path, "read"):
        require("the file", path, _BINARY)
        yield _decoded(_Lent(path), "the file", encoding), "the file", lambda: None
        return
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size  # 0 for a pipe
        text = _decoded(file, str(path), encoding)
        yield text, str(path), lambda: file.tell() / size if size else None


def _decoded(binary: "Any", source: str, encoding: "Optional[str]") -> "Any":
    """Return the file as text. Every byte that is not UTF-8 becomes half of a surrogate pair."""
    start = binary.peek(2)[:2]
    if start in (b"\xff\xfe", b"\xfe\xff"):
        encoding = encoding or "utf-16"
    if start == b"PK":
        raise ValueError(f"{source} is a workbook or another archive; save its table as CSV")
    if start == b"\x1f\x8b":
        binary = Unpacked(binary, source)
    try:
        return io.TextIOWrapper(binary, encoding=encoding or "utf-8-sig", errors="surrogateescape")
    except (LookupError, ValueError):  # ValueError for a name that contains \0
        what = f"encoding {shown(encoding)} is unknown"
        raise ValueError(f"{what}; give one such as utf-8, cp1252 or latin-1") from None


def _lines(text: "Any", source: str) -> "Iterator[str]":
    """Yield the lines. A small gzip file may hold a very long line, or many millions of lines."""
    empty = 0
    try:
        for line in iter(lambda: text.readline(LONGEST), ""):
            if len(line) == LONGEST:
                raise ValueError(
                    f"{source} has a line of {LONGEST} characters or more; give a table as CSV"
                )
            if line == "\n":
                empty += 1
                if empty > EMPTY:
                    raise ValueError(f"{source} has more than {EMPTY:,} empty lines; delete them")
            yield line
    except UnicodeError:
        raise ValueError(_OTHER.format(source, text.encoding)) from None


def _head(lines: "Iterator[str]", source: str) -> "List[str]":
    """Return the lines from which the delimiter and the header are inferred."""
    head, size = [], 0  # type: List[str], int
    for line in islice(lines, LOOKED_AT):
        head.append(line)
        size += len(line)
        if size > LONGEST:
            break
    text = "".join(head)
    if not text.strip():
        raise ValueError(f"{source} is empty; give a table as CSV")
    if "\0" in text:
        raise ValueError(f"{source} is not text; give a table as CSV")
    return head


def _reader(lines: "Iterable[str]", delimiter: str, strict: bool = False) -> "Any":
    """Return a reader of the rows of cells.

    Several blanks count as one delimiter; blanks at the ends of a line are ignored.
    """
    if delimiter == " ":
        lines = (line.replace("\t", " ").strip(" \r\n") + "\n" for line in lines)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _parsed(lines: "Iterable[str]", delimiter: str) -> "List[List[str]]":
    """Return the rows of the first lines up to the first error.

    The error is reported later, when the whole file is read.
    """
    rows: "List[List[str]]" = []
    try:
        rows.extend(filter(None, _reader(lines, delimiter)))
    except csv.Error:
        pass
    return rows or [[""]]


def sniffed(lines: "Sequence[str]", decimal: "Optional[str]" = None) -> str:
    """Return the delimiter that splits most of the lines into equally many cells, two or more.

    Blanks are delimiters only if they separate numbers.

    >>> sniffed(["a;b\\n", "1,5;2,5\\n"]), sniffed(["name\\n", "cat\\n"])
    (';', ',')
    >>> sniffed([" 1  2.5\\n", "10 12.5\\n"])
    ' '
    """
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        rows = _parsed(lines, delimiter)
        width, even = _even(rows)
        if width > 1 and len(even) / len(rows) > most:
            best, most = delimiter, len(even) / len(rows)
    if most and (best != "," or decimal != ","):
        return best
    rows = _parsed(lines, " ")
    width, even = _even(rows)
    # If commas may be the delimiter, blanks must split all lines.
    needed = len(rows) if most else len(rows) // 2 + 1
    # Texts contain blanks, too, so at least one column must hold numbers.
    has_numbers = any([_are_numbers(cells) for cells in zip(*(even[1:] or even))])
    return " " if width > 1 and len(even) >= needed and has_numbers else best


def _even(rows: "Sequence[Sequence[str]]") -> "Tuple[int, List[Sequence[str]]]":
    """Return the most frequent number of cells in a row, and the rows with this number."""
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    return width, [row for row in rows if len(row) == width]


def has_header(rows: "Sequence[Sequence[str]]") -> bool:
    """Return whether the first row names the columns.

    >>> has_header([["age", "sex"], ["7", "f"]]), has_header([["7", "f"], ["8", "m"]])
    (True, False)
    >>> has_header([["red", "yes"], ["blue", "no"], ["red", "no"]])
    False
    """
    first = [cell.strip() for cell in rows[0]]
    below = [[row[j].strip() for row in rows[1:] if j < len(row)] for j in range(len(first))]
    if any([_is_word(cell) and _are_numbers(cells) for cell, cells in zip(first, below)]):
        return True
    numbers = [cell for cell in first if _are_numbers([cell])]
    if numbers:
        return len(numbers) > 3 and numbers == [str(i) for i in range(len(numbers))]
    again = [cell in cells for cell, cells in zip(first, below) if cell]
    return bool(again) and not any(again)


def _is_word(cell: str) -> bool:
    """Return whether the cell has a letter, and is neither a number nor a usual missing value."""
    texts = {text.lower() for text in MISSING}
    return any(map(str.isalpha, cell)) and cell.lower() not in texts and not _are_numbers([cell])


def _are_numbers(cells: "Sequence[str]") -> bool:
    """Return whether at least one cell is not empty, and all those are numbers."""
    cells = [cell for cell in cells if cell]
    return bool(cells) and floats(cells, ".,") is not None


def _names(first: "Sequence[str]", header: bool) -> "List[str]":
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


def _read(
    reader: "Any",
    names: "List[str]",
    columns: "List[Any]",
    header: bool,
    source: str,
    progress: "Progress",
    fraction: "Callable[[], Optional[float]]",
) -> int:
    """Read all rows into the columns, one block at a time, and return the number of rows."""
    width, count, skip = len(names), 0, int(header)
    size = max(1, min(20000, CELLS // width))
    for start, rows in _blocks(reader, size, source):
        cells = rows
        if set(map(len, rows)) != {width}:
            cells = [row for row in rows if row]
            for i, row in enumerate(cells):
                if len(row) != width:
                    where = f"{source}, line {_line_of(rows, start, i)}"
                    raise ValueError(f"{where}: {_ragged(row, names, header)}")
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


def _ragged(row: "Sequence[str]", names: "List[str]", header: bool) -> str:
    line = "the header" if header else "the first row"
    if len(row) < len(names):
        missing = shown(names[len(row)])
        return f"{_cells(row)}, but {line} has {len(names)}; column {missing} is missing"
    return f"{_cells(row)}, but {line} has only {len(names)}; the last column is {shown(names[-1])}"


def _cells(row: "Sequence[str]") -> str:
    return plural(len(row), "cell")


# ---- columns under construction --------------------------------------------------------------


class Unfit(Exception):
    """The error for a text that does not fit into its column."""

    def __init__(self, text: str, sentence: str) -> None:
        Exception.__init__(self, sentence)
        self.text = text


def floats(texts: "Sequence[str]", marks: str = ".") -> "Any":
    """Return the numbers in the texts as an array, or None unless each text is a finite number.

    ``marks`` holds the possible decimal marks. If there are two, all texts must use the same.

    >>> floats(["1.5", " -2", "1e3"]), floats(["1.5", "x"]), floats(["1,5", "2"], ".,")
    (array('d', [1.5, -2.0, 1000.0]), None, array('d', [1.5, 2.0]))
    """
    together = "".join(texts)
    if "_" in together:  # float() would read 1_000 as 1000.
        return None
    if "," in together or marks == "," and "." in together:
        texts = _with_points(texts, marks) or ["?"]
    try:
        numbers = array("d", map(float, texts))
    except ValueError:
        return None
    total = sum(numbers)
    return numbers if total - total == 0 or all(map(isfinite, numbers)) else None


def spelled(value: float) -> str:
    """Return a number as the label of a class.

    >>> spelled(3.0), spelled(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


# The pattern of numbers with separated thousands, for each decimal mark.
_THOUSANDS = {
    mark: re.compile(r"\s*[+-]?\d{1,3}([%s]\d{3})+([%s]\d*)?\s*$" % (other, mark))
    for mark, other in (".,", ",.")
}
_EITHER = re.compile(r"\s*[+-]?[1-9]\d{0,2}([.]\d{3})+\s*$")


def _with_points(texts: "Sequence[str]", marks: str) -> "List[str]":
    """Return the texts with a decimal point and without separators between thousands.

    Return an empty list if no mark fits all texts.
    """
    for mark in sorted(marks):  # the comma first
        other = "," if mark == "." else "."
        if all([other not in text or _THOUSANDS[mark].match(text) for text in texts]):
            return [text.replace(other, "").replace(mark, ".") for text in texts]
    return []


def check_marks(texts: "Sequence[str]", marks: str) -> None:
    """Refuse 1.900, which is 1900 with a decimal comma, unless another number decides the mark."""
    dotted = [text for text in texts if "." in text] if len(marks) > 1 else []
    if dotted and all(map(_EITHER.match, dotted)) and not any(["," in text for text in texts]):
        text = dotted[0].strip()
        raise Unfit(
            dotted[0], f"{text} may mean {text.replace('.', '')}; give the decimal mark, ',' or '.'"
        )


def _is_utf8(text: str) -> bool:
    return not any(["\udc80" <= character <= "\udcff" for character in text])


def _beginning(kind: "Optional[str]", missing: "Any", marks: str, limit: int) -> "Any":
    """Return a column before its first row is read."""
    if kind == NUMBERS:
        return _Numbers(array("d"), missing, marks, asked=True)
    return _Codes(missing, marks, limit, asked=kind == CATEGORIES)


class _Codes(dict):  # type: ignore[type-arg]
    """{text: code}, the initial form of every column that is not requested as numeric.

    A column with too many different texts is continued as numbers if all its texts are numbers. A
    column with still more different texts is continued as text, of which nothing is kept.
    """

    def __init__(self, missing: "Any", marks: str, limit: int, asked: bool) -> None:
        dict.__init__(self)
        self.codes, self.labels = array("i"), []  # type: Any, List[str]
        self.missing, self.marks, self.limit, self.asked = missing, marks, limit, asked

    def __missing__(self, text: str) -> int:
        label = text.strip()
        if label != text:
            code: int = self[label]
        elif label.lower() in self.missing:
            code = -1
        elif _is_utf8(label):
            code = len(self.labels)
            self.labels.append(label)
        else:
            raise Unfit(text, _UTF8.format(shown(label)))
        self[text] = code
        return code

    def add(self, texts: "Sequence[str]") -> "Any":
        """Add the texts, and return the object with which the column is continued."""
        self.codes.extend(map(self.__getitem__, texts))
        if len(self.labels) <= self.limit or self.asked:
            return self
        if self.limit < LABELS:
            self.limit = LABELS
            return self.as_numbers() or self
        return _Text()

    def as_numbers(self) -> "Optional[_Numbers]":
        """Return the column as numbers, or None if not all its texts are numbers."""
        numbers = floats(self.labels, self.marks)
        check_marks(self.labels, self.marks)
        if numbers is None:
            return None
        marks = [mark for mark in self.marks if any([mark in label for label in self.labels])]
        numbers.append(NAN)  # the last element, which the code -1 selects
        values = array("d", map(numbers.__getitem__, self.codes))
        return _Numbers(values, self.missing, marks[0] if marks else self.marks)

    def column(self, name: str) -> "Column":
        numbers = None if self.asked else self.as_numbers()
        return (
            numbers.column(name)
            if numbers
            else Column(name, CATEGORIES, self.codes, self.labels, self.asked)
        )


class _Numbers:
    """A column of numbers.

    ``gaps`` holds the texts read so far that represent a missing number.
    """

    def __init__(self, values: "Any", missing: "Any", marks: str, asked: bool = False) -> None:
        self.values, self.missing, self.marks, self.asked = values, missing, marks, asked
        self.gaps: "Any" = set(missing)
        self.spelled = any([floats([text], marks) is not None for text in missing])  # such as -999

    def add(self, texts: "Sequence[str]") -> "_Numbers":
        """Add the texts, and return the column."""
        numbers = None if self.spelled else self.numbers_of(texts)
        if numbers is None:
            gaps = [
                i
                for i, text in enumerate(texts)
                if text in self.gaps or self.spelled and self.is_missing(text)
            ]
            filled = list(texts)
            for i in gaps:
                filled[i] = "0"
            numbers = self.numbers_of(filled) or array("d", map(self.number_of, texts))
            for i in gaps:
                numbers[i] = NAN
        self.values.extend(numbers)
        return self

    def numbers_of(self, texts: "Sequence[str]") -> "Any":
        """Do the same as ``floats``; the first decimal mark that occurs becomes the only one."""
        numbers = floats(texts, self.marks)
        if numbers is not None and len(self.marks) > 1:
            check_marks(texts, self.marks)
            together = "".join(texts)
            self.marks = ([mark for mark in self.marks if mark in together] or [self.marks])[0]
        return numbers

    def number_of(self, text: str) -> float:
        """Return the number in a single text, or NaN if it is missing."""
        if self.is_missing(text):
            self.gaps.add(text)
            return NAN
        numbers = self.numbers_of([text])
        if numbers is None:
            raise Unfit(text, self.complaint(text.strip()))
        return numbers[0]  # type: ignore[no-any-return]

    def is_missing(self, text: str) -> bool:
        return text.strip().lower() in self.missing

    def complaint(self, text: str) -> str:
        what = shown(text)
        if not _is_utf8(text):
            return _UTF8.format(what)
        if self.asked:
            return (
                f"{what} is not a number, but the column is numeric; "
                "if it means a missing number, name it (--missing)"
            )
        return (
            f"{what} is not a number, but all values above it are; read the column as categorical, "
            "ignore it, or name the texts that mean a missing number (--missing)"
        )

    def column(self, name: str) -> "Column":
        return Column(name, NUMBERS, self.values, (), self.asked)


class _Text:
    """A column of text, of which nothing is kept."""

    def add(self, texts: "Sequence[str]") -> "_Text":
        return self

    def column(self, name: str) -> "Column":
        return Column(name, TEXT, array("i"))
