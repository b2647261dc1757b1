"""A CSV file, read once, row by row, into compact columns.

    read_table    returns the file as a Table
    Table         columns by name

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
around it is ignored. Empty lines are skipped. A file that begins with @relation is read as ARFF.

Numbers may be written 1,234.5 or 1.234,5 or 1 234,5 or 1'234.5, with %, a currency or the minus of
typography. The numbers of a column have one decimal mark. If both marks fit all of them, the other
columns decide; if these do not, the file is refused. A file that separates cells by commas has
decimal points unless some number of the column has a comma.
"""

import contextlib
import csv
import io
import os
import re
import sys
from difflib import get_close_matches
from itertools import chain, islice

from ..core.checks import require, shown
from ..formats.unpacked import Unpacked
from ..texts import plural
from . import arff
from .columns import (
    CATEGORIES,
    DATES,
    MISSING,
    NOT_UTF8,
    NUMBERS,
    TEXT,
    Column,
    Rules,
    Unfit,
    begun,
    finished,
    is_utf8,
)
from .headings import are_numbers, completed, has_header, more_headings, names_of
from .numerals import is_number

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
    Kinds = Dict[str, Optional[str]]
    Plan = Callable[[List[str], str, bool], Tuple[Kinds, Optional[str]]]
    HeaderTest = Callable[[Sequence[Sequence[str]]], bool]

# If two delimiters fit equally well, the earlier one is used: "1,5;2,5" has commas, too.
DELIMITERS = "\t;|,"
LOOKED_AT = 100  # the number of lines from which the delimiter and the header are inferred
LONGEST = 1 << 24  # the limit in characters for a line, and for the first lines together
EMPTY = 1000000  # the limit of empty lines
COLUMNS = 100000  # the limit for a table; a small gzip file may contain millions
CELLS = 100000  # the number of cells that are converted at a time

_FORMATS = {"JSON": r'[\[{]\s*[\[{"]', "HTML or XML": "<(html|!doctype|[?]xml|table)"}
_DELIMITER = (
    lambda v: v is None or len(v) == 1 and v not in '"\r\n',
    "a single character, such as ';'",
)
_BINARY = (lambda v: hasattr(v, "readinto"), "a file opened in binary mode, by open(path, 'rb')")
_REASONS = {
    "unexpected": "a quoted cell does not end",
    "',' expect": "a quoted cell continues after its end; a quote within a cell is written twice",
    "field larg": "a cell is too long, or a quoted cell does not end",
}
_OTHER = "{} cannot be read as {}; name the encoding in which it was saved, such as utf-8 or cp1252"


class Table:
    """Columns of equal length: ``table[name]`` is a Column, ``len(table)`` the number of rows.

    ``columns``     {name: Column}, in the order of the file
    ``target``      the name of the column to predict, or None
    ``source``      where the table was read from, for messages
    ``missing``     the texts that represent a missing value
    ``header``      whether the first line of the file holds the names
    ``delimiter``   the character between the cells
    ``decimal``     the decimal mark that the user gave
    ``width``       the number of columns of the file, including those that are not read
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
        width: "Optional[int]" = None,
    ) -> None:
        self.columns = {column.name: column for column in columns}
        self.rows, self.target, self.source = rows, target, source
        self.missing, self.header, self.delimiter = tuple(missing), header, delimiter
        self.decimal = decimal
        self.width = len(self.columns) if width is None else width

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
                f"{self.source}: no target is given; name the column to predict, target=..."
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
    dates: "Names" = (),
) -> "Table":
    """Return the CSV or ARFF file at ``path`` as a Table.

    ``path`` may also be "-" for standard input, or a file opened in binary mode, which stays open.

    ``target``        the column to predict; here and below, a column is given by its name or by its
                      number from 1
    ``delimiter``     if None, the one of tab ; | , that splits the first lines into rows of equal
                      length; otherwise blanks (one or more, or tabs), if these separate numbers
    ``header``        whether the first line names the columns; if None, it does if it has a word
                      above numbers, if it has no numbers and no text that occurs again below, if
                      its numbers are years above other numbers, or if they count from 0 to at least
                      3, as in files of pandas
    ``categorical``, ``numeric``, ``ignore``
                      columns to read as categories, as numbers, or not at all; any other column
                      becomes numbers if nearly all its values are numbers, otherwise categories;
                      the few other texts are then missing values (``Column.strays``)
    ``missing``       the texts that represent a missing value, in upper or lower case, besides an
                      empty cell and, in a column of numbers, None, -, -- and .
    ``decimal``       the decimal mark, "." or ","; the other one may then separate thousands; if
                      None, the numbers decide, and a number that may mean 1900 or 1.9 is refused
    ``encoding``      the encoding of the text, by default UTF-8; Excel in Western Europe and
                      America often writes "cp1252"
    ``progress``      a function that is called at least every 20,000 rows with the number of rows
                      read and the fraction of the file read (None for standard input)
    ``dates``         columns of dates; each becomes columns of the year, the month, the weekday and
                      the days since 1970-01-01

    A file that is not a table raises a ValueError that names the line and, if possible, the column.
    """

    plan = plan_for(target, categorical, numeric, ignore, dates)
    given = [() if target is None else target, categorical, numeric, ignore, dates]
    wanted = [str(name) for names in given for name in listed_names(names)]

    def names_columns(rows: "Sequence[Sequence[str]]") -> bool:
        return has_header(rows, wanted)

    how = delimiter, header, missing, decimal, encoding, progress, names_columns
    return read_columns(path, plan, *how)


def plan_for(
    target: "Optional[str]",
    categorical: "Names",
    numeric: "Names",
    ignore: "Names",
    dates: "Names" = (),
) -> "Plan":
    """Return a function that selects the columns to read, as ``read_columns`` calls it."""
    wishes = ((NUMBERS, numeric), (CATEGORIES, categorical), (TEXT, ignore), (DATES, dates))

    def plan(names: "List[str]", source: str, header: bool) -> "Tuple[Kinds, Optional[str]]":
        kinds: "Kinds" = {}
        for kind, columns in wishes:
            for name in listed_names(columns):
                name = found(str(name), names, source, header)
                if kinds.setdefault(name, kind) != kind:
                    raise ValueError(
                        f"column {shown(name)} is requested in two ways; give only one of them"
                    )
        label = None if target is None else found(str(target), names, source, header)
        if label is not None and kinds.get(label) in (TEXT, DATES):
            what = "ignored" if kinds[label] == TEXT else "divided into the parts of a date"
            raise ValueError(f"column {shown(label)} is the target; it cannot be {what}")
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
    has_header: "HeaderTest" = has_header,
    strays: "Optional[Dict[str, Sequence[str]]]" = None,
) -> "Table":
    """Read the columns that a ``plan`` selects, as ``read_table`` does.

    ``plan``         a function of the names of the columns, of the name of the file in messages,
                     and of whether the first line names the columns; it returns the kinds of the
                     columns to read (None if the values decide) and the name of the target
    ``has_header``   decides from the first rows whether the first line names the columns
    ``strays``       {column of numbers: texts that are missing values there}
    """
    delimiter = require("delimiter", delimiter, _DELIMITER)
    require("decimal", decimal, (lambda v: v in (None, ".", ","), "'.' or ','"))
    with _opened(path, encoding) as (text, source, fraction):
        lines = _lines(text, source)
        head = _head(lines, source)
        declared: "Kinds" = {}
        if arff.is_arff(head):
            declared, lines = arff.split(chain(head, lines), source)
            head, delimiter, header = list(islice(lines, LOOKED_AT + len(declared))), ",", False
        _check_format(head, source)
        delimiter = delimiter or sniffed(head, decimal)
        quote = _quote_in(head, delimiter, bool(declared))
        rows = _parsed(head, delimiter, quote)
        heading, names = rows[0], list(declared)
        if not declared:
            rows = rows if header is False else [completed(rows), *rows[1:]]
            check_first(rows, source)
            if header is None:
                is_completed = len(rows[0]) != len(heading)
                header = is_completed or has_header(rows)
            names = names_of(rows[0], header)
        if header:
            _check_headings(rows, head, source)
        if not is_utf8("".join(names)):
            raise ValueError(NOT_UTF8.format(f"{source}: the name of a column"))
        kinds, target = plan(names, source, bool(header or declared))
        kinds = {name: kind or declared.get(name) for name, kind in kinds.items()}
        check_target(target, names if header else [], rows[0], kinds, source)
        absent = listed_names(missing)
        rules = Rules(absent, decimal, delimiter == ",", strays)
        columns = begun(names, kinds, rules, target)
        reader = _reader(chain(head, lines), delimiter, quote, strict=True)
        heading = heading if header else []
        count = _read(reader, names, columns, heading, source, progress, fraction)
    if not count:
        raise ValueError(
            f"{source} has no rows"
            + (" after the first line, which names the columns" if header else "")
        )
    made = finished(names, columns, source)
    named = bool(header or declared)
    return Table(made, count, target, source, absent, named, delimiter, decimal, len(names))


def _check_format(head: "Sequence[str]", source: str) -> None:
    """Refuse a text that is not a table of cells and delimiters."""
    start = "".join(head).lstrip().lower()
    if start.startswith("sep="):
        raise ValueError(
            f"{source}, line 1: {shown(head[0].strip())} is an instruction for Excel; "
            "delete the line"
        )
    for name, pattern in _FORMATS.items():
        if re.match(pattern, start):
            raise ValueError(f"{source} looks like {name}; save its table as CSV")


def _quote_in(head: "Sequence[str]", delimiter: str, is_arff: bool) -> str:
    """Return the character that quotes cells."""
    if is_arff:
        return "'" if "'" in "".join(head) else '"'
    cells = [cell.strip() for cell in _parsed(head[:1], delimiter)[0]]
    is_single = all([len(cell) > 2 and cell[0] == cell[-1] == "'" for cell in cells])
    return "'" if is_single else '"'


def _check_headings(rows: "Sequence[Sequence[str]]", head: "Sequence[str]", source: str) -> None:
    """Refuse a second heading, such as types or units."""
    count = more_headings(rows)
    if count:
        lines = [i for i, line in enumerate(head, 1) if line.strip(" \r\n")][1 : 1 + count]
        where = f"line{'s' if count > 1 else ''} {' and '.join(map(str, lines))}"
        word = next(cell.strip() for cell in rows[1] if cell.strip() and not is_number(cell))
        raise ValueError(
            f"{source}, {where}: {shown(word)} looks like a second heading, a type or a unit; "
            f"delete {where}"
        )


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


def found(name: "Any", names: "Sequence[str]", source: str, header: bool = True) -> str:
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
    hint = "" if header else "; if its first line names the columns, say so (--header yes)"
    if len(names) == 1 and not names[0].replace(" ", "").isalnum():
        hint = "; if another character separates the cells, name it (--delimiter)"
    raise ValueError(f"{source} has no column {shown(name)}; it has {few}{hint}")


def listed_names(names: "Names") -> "List[str]":
    return [str(names)] if isinstance(names, (str, int, float)) else list(map(str, names))


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
        half = max(text[0::2].count("\0"), text[1::2].count("\0"))
        is_wide = 10 * half > 9 * (len(text) // 2)  # UTF-16 without a mark, of Latin letters
        advice = "name the encoding, such as utf-16-le" if is_wide else "give a table as CSV"
        raise ValueError(f"{source} is not text; {advice}")
    return head


def _reader(
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


def _parsed(lines: "Iterable[str]", delimiter: str, quote: str = '"') -> "List[List[str]]":
    """Return the rows of the first lines up to the first error.

    The error is reported later, when the whole file is read.
    """
    rows: "List[List[str]]" = []
    try:
        rows.extend(filter(None, _reader(lines, delimiter, quote)))
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
    has_numbers = any([are_numbers(cells) for cells in zip(*(even[1:] or even))])
    return " " if width > 1 and len(even) >= needed and has_numbers else best


def _even(rows: "Sequence[Sequence[str]]") -> "Tuple[int, List[Sequence[str]]]":
    """Return the most frequent number of cells in a row, and the rows with this number."""
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    return width, [row for row in rows if len(row) == width]


def _read(
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
                    raise ValueError(f"{where}: {_ragged(row, names, bool(heading))}")
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


def _ragged(row: "Sequence[str]", names: "List[str]", header: bool) -> str:
    line = "the header" if header else "the first row"
    if len(row) < len(names):
        missing = shown(names[len(row)])
        return f"{_cells(row)}, but {line} has {len(names)}; column {missing} is missing"
    return f"{_cells(row)}, but {line} has only {len(names)}; the last column is {shown(names[-1])}"


def _cells(row: "Sequence[str]") -> str:
    return plural(len(row), "cell")
