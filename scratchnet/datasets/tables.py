"""A CSV file, read once, row by row, into compact columns.

    read_table    the file as a Table
    Table         its columns by name
    Column        numbers, or categories: a code a row, and what each code stands for

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

What is taken for granted of a file: UTF-8 text, gzip or not, with a byte order mark or without; cells between commas,
semicolons, tabs, bars or blanks, quoted by ``"`` where need be; space around a cell is no part of it. Between
semicolons, a number may be written 1,5; thousands may be written 1,234.5 (or 1.234,5). Empty lines are passed over.
"""

import contextlib
import csv
import gzip
import io
import os
import re
import sys
import zlib
from array import array
from difflib import get_close_matches
from itertools import chain, islice
from math import isfinite

from ..core.checks import require, shown

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

MISSING = ("", "NA", "N/A", "nan", "null", "?")  # in capital or small letters
NUMBERS, CATEGORIES, TEXT = "numbers", "categories", "text"

DELIMITERS = "\t;|,"  # of two that fit equally well the former: "1,5;2,5" has commas, too
LOOKED_AT = 100  # lines, by which the delimiter and the header are found
LONGEST = 1 << 24  # characters of a line, and of the first ones together; no table has one so long
COLUMNS = 100000  # of a table; a small gzip file may announce millions
CELLS = 100000  # that are converted at a time
REMEMBERED = (
    500000  # texts, by all columns together, before those that look like numbers forget theirs
)
FEWEST, MOST = 100, 10000  # ... but by a column at least, and at most, so many
LABELS = 100000  # different texts; with more of them, a column is no set of categories

NAN = float("nan")
TOO_MANY = f"has more than {LABELS} different texts"
_DELIMITER = (
    lambda v: v is None or len(v) == 1 and v not in '"\r\n',
    "a single character, such as ';'",
)
_BINARY = (lambda v: hasattr(v, "readinto"), "one that is opened in binary, by open(path, 'rb')")
_REASONS = {
    "unexpected": "a quoted cell never ends",
    "field larg": "a cell is too long, or a quoted one never ends",
}
_UTF8 = "{} is not UTF-8; save the file so, or name its encoding, such as cp1252"
_OTHER = "{} cannot be read as {}; name the encoding in which it was saved, such as utf-8 or cp1252"


class Column:
    """One column of a table.

    ``kind``      "numbers", "categories", or "text": of so many different texts that none was kept
    ``values``    array('d'), NaN where one is missing; or array('i') of codes, -1 where one is missing; of text nothing
    ``labels``    of categories: what each code stands for, in the order of appearance
    ``asked``     whether that kind was asked for, and not inferred
    """

    def __init__(
        self, name: str, kind: str, values: "Any", labels: "Sequence[str]" = (), asked: bool = False
    ) -> None:
        self.name, self.kind, self.values, self.labels, self.asked = (
            name,
            kind,
            values,
            list(labels),
            asked,
        )

    def present(self, rows: "Sequence[int]") -> "List[int]":
        """Those of the rows where the value is not missing."""
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
    """Columns of equal length: ``table[name]`` is one of them, ``len(table)`` the number of rows.

    ``columns``     {name: Column}, in the order of the file
    ``target``      the name of the column that is to be predicted, or None
    ``source``      where it was read from, for messages
    ``missing``     the texts that stood for a missing value
    ``header``      whether the first line held the names
    ``delimiter``   what stood between the cells; ``decimal``, the decimal mark that was named
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
        """The column that is to be predicted."""
        if self.target is None:
            raise ValueError(
                f"{self.source}: no target is named; read_table takes target=, the column to predict"
            )
        return self[self.target]

    def with_target(self) -> "List[int]":
        """The places of the rows whose target is not missing."""
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
    """The CSV file at ``path``, "-" for standard input, or a file opened in binary (it is left open), as a Table.

    ``target``        the column that is to be predicted; here and below by its name, or its number from 1
    ``delimiter``     None: the one of tab ; | , that cuts the first lines into rows of equal length; where there are
                      none of these, blanks (one or more, or tabs), if there are numbers between them
    ``header``        whether the first line names the columns. None: it does if a word of it stands above numbers; or
                      if it holds no number, and no text again that stands below; or if its numbers count up from 0, at
                      least to 3, as pandas' do
    ``categorical``, ``numeric``, ``ignore``   columns to read so, or not at all. Of any other column the values are
                      numbers if all are, else categories
    ``missing``       the texts that stand for a missing value, in capital or small letters
    ``decimal``       the decimal mark, "." or ","; the other one may then stand between thousands. None: the point, and
                      between semicolons also the comma; what may be 1900 or 1.9 is refused
    ``encoding``      of the text, None for UTF-8; Excel in Western Europe and America often writes "cp1252"
    ``progress``      called with the rows read and the part of the file that they are (None of standard input), at
                      least every 20,000 rows

    A file that is no table is a ValueError that names the line and, where it can, the column.
    """

    def plan(names: "List[str]", source: str) -> "Tuple[Dict[str, Optional[str]], Optional[str]]":
        kinds: "Dict[str, Optional[str]]" = {}
        for kind, columns in ((NUMBERS, numeric), (CATEGORIES, categorical), (TEXT, ignore)):
            for name in _listed(columns):
                name = found(name, names, source)
                if kinds.setdefault(name, kind) != kind:
                    raise ValueError(
                        f"column {shown(name)} is asked for in two ways; give one of them"
                    )
        label = None if target is None else found(target, names, source)
        if label is not None and kinds.get(label) == TEXT:
            raise ValueError(f"column {shown(label)} is the target; it cannot be ignored")
        return {name: kinds.get(name) for name in names if kinds.get(name) != TEXT}, label

    return read_columns(path, plan, delimiter, header, missing, decimal, encoding, progress)


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
    """``read_table`` of the columns that a ``plan`` names.

    The plan, a function of the file's column names and what to call the file in messages, gives the kinds of the
    columns to be read (None where the values decide) and the name of the target.
    """
    delimiter = require("delimiter", delimiter, _DELIMITER)
    require("decimal", decimal, (lambda v: v in (None, ".", ","), "'.' or ','"))
    with _opened(path, encoding) as (text, source, fraction):
        lines = _lines(text, source)
        head = _head(lines, source)
        if head[0].lower().startswith("sep="):
            raise ValueError(
                f"{source}, line 1: {shown(head[0].strip())} is a note for Excel; delete the line"
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
        absent = _listed(missing)
        limit = min(MOST, max(FEWEST, REMEMBERED // len(names)))
        columns: "List[Any]" = [None] * len(names)
        for j, name in enumerate(names):
            if name in kinds:
                marks = decimal or (".," if delimiter == ";" else ".")
                columns[j] = _beginning(
                    kinds[name], {text.strip().lower() for text in absent}, marks, limit
                )
        reader = _reader(chain(head, lines), delimiter, strict=True)
        count = _read(reader, names, columns, header, source, progress, fraction)
    if not count:
        raise ValueError(
            f"{source} has no rows" + (" but the first, which names the columns" if header else "")
        )
    made = [
        _made(column, name, source) for name, column in zip(names, columns) if column is not None
    ]
    return Table(made, count, target, source, absent, header, delimiter, decimal)


def check_first(rows: "Sequence[Sequence[str]]", source: str) -> None:
    """Refuse a first line that has fewer cells than most lines below it: a title, or a heading that is cut off."""
    if len(rows[0]) > COLUMNS:
        raise ValueError(
            f"{source}, line 1: {_cells(len(rows[0]))}; a table has {COLUMNS} columns at most"
        )
    width, even = _even(rows)
    if len(rows[0]) < width and 2 * len(even) > len(rows):
        what = f"{source}, line 1: {_cells(len(rows[0]))}, where most lines below have {width}"
        raise ValueError(
            f"{what}; delete the line if it is a title, complete it if it names the columns"
        )


def check_target(
    target: "Optional[str]",
    names: "Sequence[str]",
    first: "Sequence[str]",
    kinds: "Dict[str, Optional[str]]",
    source: str,
) -> None:
    """Refuse a target whose name stands above another column, too: it might be a copy, and tell the answer."""
    headings: "Dict[Optional[str], str]" = {name: cell.strip() for name, cell in zip(names, first)}
    for name in headings:
        if name in kinds and name != target and headings[name] == headings.get(target):
            what = f"{source}: {shown(target)} stands above two columns"
            raise ValueError(
                f"{what}; rename one of them, or leave the other out ({shown(name)}, to be ignored)"
            )


def _made(column: "Any", name: str, source: str) -> "Column":
    try:
        return column.column(name)  # type: ignore[no-any-return]
    except _Unfit as error:
        raise ValueError(f"{source}, column {shown(name)}: {error}") from None


def found(name: "Any", names: "Sequence[str]", source: str) -> str:
    """The one of the ``names`` that is meant: by itself, or by its number from 1.

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


def _listed(names: "Names") -> "List[str]":
    return [names] if isinstance(names, str) else list(names)


# ---- the file ----------------------------------------------------------------------------------------------------


class _Lent(io.BufferedReader):
    """A file of the caller's own, which stays open."""

    def close(self) -> None:
        pass


@contextlib.contextmanager
def _opened(
    path: "Any", encoding: "Optional[str]"
) -> "Iterator[Tuple[Any, str, Callable[[], Optional[float]]]]":
    """The file as text, what to call it, and a function that tells which part of it was read."""
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
        size = os.fstat(file.fileno()).st_size  # 0 of a pipe
        text = _decoded(file, str(path), encoding)
        yield text, str(path), lambda: file.tell() / size if size else None


def _decoded(binary: "Any", source: str, encoding: "Optional[str]") -> "Any":
    """The file as text, where every byte that is no UTF-8 becomes half of a surrogate pair."""
    start = binary.peek(2)[:2]
    if start in (b"\xff\xfe", b"\xfe\xff"):
        encoding = encoding or "utf-16"
    if start == b"PK":
        raise ValueError(f"{source} is a workbook or another archive; save the table in it as CSV")
    if start == b"\x1f\x8b":
        binary = gzip.GzipFile(fileobj=binary)
    try:
        return io.TextIOWrapper(binary, encoding=encoding or "utf-8-sig", errors="surrogateescape")
    except (LookupError, ValueError):  # the latter of a name with \0 in it
        what = f"encoding {shown(encoding)} is unknown"
        raise ValueError(f"{what}; take utf-8, cp1252 or latin-1, for instance") from None


def _lines(text: "Any", source: str) -> "Iterator[str]":
    """The lines, each of bounded length: a small gzip file may hold a very long one."""
    try:
        for line in iter(lambda: text.readline(LONGEST), ""):
            if len(line) == LONGEST:
                raise ValueError(
                    f"{source} has a line of {LONGEST} characters or more; give a table as CSV"
                )
            yield line
    except UnicodeError:
        raise ValueError(_OTHER.format(source, text.encoding)) from None
    except (EOFError, OSError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ValueError(f"{source}: the gzip file is damaged: {error}") from None


def _head(lines: "Iterator[str]", source: str) -> "List[str]":
    """The lines by which the delimiter and the header are found."""
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
        raise ValueError(f"{source} is no text; give a table as CSV")
    return head


def _reader(lines: "Iterable[str]", delimiter: str, strict: bool = False) -> "Any":
    """The rows of cells. Several blanks count as one, and those at the ends of a line for nothing."""
    if delimiter == " ":
        lines = (line.replace("\t", " ").strip(" \r\n") + "\n" for line in lines)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _parsed(lines: "Iterable[str]", delimiter: str) -> "List[List[str]]":
    """The rows of the first lines as far as they can be read; what is wrong is told when they are read in earnest."""
    rows: "List[List[str]]" = []
    try:
        rows.extend(filter(None, _reader(lines, delimiter)))
    except csv.Error:
        pass
    return rows or [[""]]


def sniffed(lines: "Sequence[str]", decimal: "Optional[str]" = None) -> str:
    """The delimiter that cuts most of the lines into equally many cells, two or more; blanks have to cut out numbers.

    >>> sniffed(["a;b\\n", "1,5;2,5\\n"]), sniffed(["name\\n", "cat\\n"]), sniffed([" 1  2.5\\n", "10 12.5\\n"])
    (';', ',', ' ')
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
    needed = (
        len(rows) if most else len(rows) // 2 + 1
    )  # where commas might be the delimiter, blanks must cut all lines
    has_numbers = any(
        [_are_numbers(cells) for cells in zip(*(even[1:] or even))]
    )  # texts have blanks, too
    return " " if width > 1 and len(even) >= needed and has_numbers else best


def _even(rows: "Sequence[Sequence[str]]") -> "Tuple[int, List[Sequence[str]]]":
    """How many cells most of the rows have, and the rows that have so many."""
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    return width, [row for row in rows if len(row) == width]


def has_header(rows: "Sequence[Sequence[str]]") -> bool:
    """Whether the first row names the columns.

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
    """Whether it has a letter, and is neither a number nor what usually stands for a missing one."""
    texts = {text.lower() for text in MISSING}
    return any(map(str.isalpha, cell)) and cell.lower() not in texts and not _are_numbers([cell])


def _are_numbers(cells: "Sequence[str]") -> bool:
    """Whether they are numbers, those left out that are empty, and there is one."""
    cells = [cell for cell in cells if cell]
    return bool(cells) and floats(cells, ".,") is not None


def _names(first: "Sequence[str]", header: bool) -> "List[str]":
    """The columns' names, every one different."""
    names: "Dict[str, int]" = {}  # and the last number that was given to others of the same name
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
    """All rows into the columns, a block at a time; how many there were."""
    width, count, skip = len(names), 0, int(header)
    size = max(1, min(20000, CELLS // width))
    for start, rows in _blocks(reader, size, source):
        cells = rows
        if set(map(len, rows)) != {width}:
            cells = [row for row in rows if row]
            for i, row in enumerate(cells):
                if len(row) != width:
                    where = f"{source}, line {_line_of(rows, start, i)}"
                    raise ValueError(f"{where}: {_ragged(len(row), names, header)}")
        for j, texts in enumerate(zip(*cells[skip:])):
            if columns[j] is not None:
                try:
                    columns[j] = columns[j].add(texts)
                except _Unfit as error:
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
    """So many rows at a time, and the line where the first of them begins."""
    while True:
        start, rows = reader.line_num + 1, []  # type: int, List[List[str]]
        try:
            rows.extend(islice(reader, size))
        except csv.Error as error:
            line = start + sum(map(_lines_in, rows))
            message = str(error).split(": ")[-1]  # PyPy puts a line before it
            reason = _REASONS.get(message[:10], message)
            raise ValueError(f"{source}, line {line}: {reason}") from None
        if not rows:
            return
        yield start, rows


def _lines_in(row: "List[str]") -> int:
    return 1 + "".join(row).count("\n")


def _line_of(rows: "List[List[str]]", start: int, i: int) -> int:
    """The line of the file where the i-th of the rows that are not empty begins; the first of all begins at start."""
    for row in rows:
        if row and not i:
            break
        i -= bool(row)
        start += _lines_in(row)
    return start


def _ragged(width: int, names: "List[str]", header: bool) -> str:
    line = "the header" if header else "the first row"
    if width < len(names):
        return (
            f"{_cells(width)}, but {line} has {len(names)}; column {shown(names[width])} is missing"
        )
    return (
        f"{_cells(width)}, but {line} has only {len(names)}; the last column is {shown(names[-1])}"
    )


def _cells(count: int) -> str:
    return f"{count} cell" + ("" if count == 1 else "s")


# ---- a column while it is read -----------------------------------------------------------------------------------


class _Unfit(Exception):
    """A text that does not fit into its column, and why."""

    def __init__(self, text: str, sentence: str) -> None:
        Exception.__init__(self, sentence)
        self.text = text


def floats(texts: "Sequence[str]", marks: str = ".") -> "Any":
    """The numbers that the texts spell, as an array; None unless each spells a finite number.

    ``marks``  the decimal marks that are possible; where both are, all the texts have the same

    >>> floats(["1.5", " -2", "1e3"]), floats(["1.5", "x"]), floats(["1,5", "2"], ".,")
    (array('d', [1.5, -2.0, 1000.0]), None, array('d', [1.5, 2.0]))
    """
    together = "".join(texts)
    if "_" in together:  # Python would read 1_000 as 1000
        return None
    if "," in together or marks == "," and "." in together:
        texts = _with_points(texts, marks) or ["?"]
    try:
        numbers = array("d", map(float, texts))
    except ValueError:
        return None
    total = sum(numbers)
    return numbers if total - total == 0 or all(map(isfinite, numbers)) else None


# What numbers look like that have marks between their thousands, by their decimal mark.
_THOUSANDS = {
    mark: re.compile(r"\s*[+-]?\d{1,3}([%s]\d{3})+([%s]\d*)?\s*$" % (other, mark))
    for mark, other in (".,", ",.")
}
_EITHER = re.compile(r"\s*[+-]?[1-9]\d{0,2}([.]\d{3})+\s*$")


def _with_points(texts: "Sequence[str]", marks: str) -> "List[str]":
    """The texts with a point as the decimal mark, and nothing between thousands; none where no mark fits to all."""
    for mark in sorted(marks):  # the comma first
        other = "," if mark == "." else "."
        if all([other not in text or _THOUSANDS[mark].match(text) for text in texts]):
            return [text.replace(other, "").replace(mark, ".") for text in texts]
    return []


def check_marks(texts: "Sequence[str]", marks: str) -> None:
    """Refuse 1.900, which is 1900 with the comma as the decimal mark, where no other number tells."""
    dotted = [text for text in texts if "." in text] if len(marks) > 1 else []
    if dotted and all(map(_EITHER.match, dotted)) and not any(["," in text for text in texts]):
        text = dotted[0].strip()
        raise _Unfit(
            dotted[0], f"{text} may mean {text.replace('.', '')}; name the decimal mark, ',' or '.'"
        )


def _is_utf8(text: str) -> bool:
    return not any(["\udc80" <= character <= "\udcff" for character in text])


def _beginning(kind: "Optional[str]", missing: "Any", marks: str, limit: int) -> "Any":
    """A column before its first row."""
    if kind == NUMBERS:
        return _Numbers(array("d"), missing, marks, asked=True)
    return _Codes(missing, marks, limit, asked=kind == CATEGORIES)


class _Codes(dict):  # type: ignore[type-arg]
    """{text: its code}: every column begins so, and any can, until it has too many different texts.

    Then it goes on as numbers if all were; else, with yet more of them, as nothing but text.
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
            raise _Unfit(text, _UTF8.format(shown(label)))
        self[text] = code
        return code

    def add(self, texts: "Sequence[str]") -> "Any":
        """The column with these texts, as what it goes on as."""
        self.codes.extend(map(self.__getitem__, texts))
        if len(self.labels) <= self.limit or self.asked:
            return self
        if self.limit < LABELS:
            self.limit = LABELS
            return self.as_numbers() or self
        return _Text()

    def as_numbers(self) -> "Optional[_Numbers]":
        """The same as numbers, if all of it is."""
        numbers = floats(self.labels, self.marks)
        check_marks(self.labels, self.marks)
        if numbers is None:
            return None
        marks = [mark for mark in self.marks if any([mark in label for label in self.labels])]
        numbers.append(NAN)  # where the code -1 finds it
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
    """A column of numbers; ``gaps`` are the texts met so far that stand for a missing one."""

    def __init__(self, values: "Any", missing: "Any", marks: str, asked: bool = False) -> None:
        self.values, self.missing, self.marks, self.asked = values, missing, marks, asked
        self.gaps: "Any" = set(missing)
        self.spelled = any([floats([text], marks) is not None for text in missing])  # such as -999

    def add(self, texts: "Sequence[str]") -> "_Numbers":
        """The column with these texts."""
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
        """As ``floats``; from the first decimal mark on, it is the only one."""
        numbers = floats(texts, self.marks)
        if numbers is not None and len(self.marks) > 1:
            check_marks(texts, self.marks)
            together = "".join(texts)
            self.marks = ([mark for mark in self.marks if mark in together] or [self.marks])[0]
        return numbers

    def number_of(self, text: str) -> float:
        """The number that a single text spells, NaN for a missing one."""
        if self.is_missing(text):
            self.gaps.add(text)
            return NAN
        numbers = self.numbers_of([text])
        if numbers is None:
            raise _Unfit(text, self.complaint(text.strip()))
        return numbers[0]  # type: ignore[no-any-return]

    def is_missing(self, text: str) -> bool:
        return text.strip().lower() in self.missing

    def complaint(self, text: str) -> str:
        what = shown(text)
        if not _is_utf8(text):
            return _UTF8.format(what)
        if self.asked:
            return f"{what} is no number, which this column should hold; if it means a missing one, say so (--missing)"
        return (
            f"{what} is no number, as all above it are; read the column as categorical, ignore it, or say what means a "
            "missing number (--missing)"
        )

    def column(self, name: str) -> "Column":
        return Column(name, NUMBERS, self.values, (), self.asked)


class _Text:
    """A column of which nothing is kept."""

    def add(self, texts: "Sequence[str]") -> "_Text":
        return self

    def column(self, name: str) -> "Column":
        return Column(name, TEXT, array("i"))
