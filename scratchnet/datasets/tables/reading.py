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

Numbers may be written 1,234.5 or 1.234,5 or 1 234,5 or 1'234.5, with %, a currency or a typographic
minus. The numbers of a column have one decimal mark. If both marks fit all of them, the other
columns decide; if these do not, the file is refused. A file that separates cells by commas has
decimal points unless some number of the column has a comma.
"""

import re
from collections import namedtuple
from itertools import chain, islice

from ...core.checks import require, shown
from . import arff
from .columns import CATEGORIES, DATES, MISSING, NOT_UTF8, NUMBERS, TEXT, is_utf8
from .delimiters import even_rows, parse, reader_of, sniff
from .files import LOOKED_AT, head_of, lines_of, open_text
from .growing import begin, finish
from .headings import complete, has_header, more_headings, names_of
from .numerals import is_number
from .rows import cells_in, read_rows
from .rules import Rules
from .table import Table, find_column, list_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

    from .table import HeaderTest, Kinds, Names, Plan, Progress

COLUMNS = 100000  # the limit for a table; a small gzip file may contain millions
_FORMATS = {"JSON": r'[\[{]\s*[\[{"]', "HTML or XML": "<(html|!doctype|[?]xml|table)"}
_DELIMITER = (
    lambda v: v is None or len(v) == 1 and v not in '"\r\n',
    "a single character, such as ';'",
)


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
                      becomes numbers if nearly all values are numbers, otherwise categories;
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
    wanted = [str(name) for names in given for name in list_names(names)]

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
            for name in list_names(columns):
                name = find_column(str(name), names, source, header)
                if kinds.setdefault(name, kind) != kind:
                    raise ValueError(
                        f"column {shown(name)} is requested in two ways; give only one of them"
                    )
        label = None if target is None else find_column(str(target), names, source, header)
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
    with open_text(path, encoding) as (text, source, fraction):
        lines = lines_of(text, source)
        layout = _layout_of(lines, source, delimiter, header, decimal, has_header)
        named = bool(layout.heading or layout.declared)
        kinds, target = plan(layout.names, source, named)
        kinds = {name: kind or layout.declared.get(name) for name, kind in kinds.items()}
        check_target(target, layout.names if layout.heading else [], layout.first, kinds, source)
        absent = list_names(missing)
        rules = Rules(absent, decimal, layout.delimiter == ",", strays)
        columns = begin(layout.names, kinds, rules, target)
        reader = reader_of(layout.lines, layout.delimiter, layout.quote, strict=True)
        count = read_rows(reader, layout.names, columns, layout.heading, source, progress, fraction)
    if not count:
        raise ValueError(
            f"{source} has no rows"
            + (" after the first line, which names the columns" if layout.heading else "")
        )
    made = finish(layout.names, columns, source)
    width = len(layout.names)
    return Table(made, count, target, source, absent, named, layout.delimiter, decimal, width)


_Layout = namedtuple("_Layout", "names declared heading first lines delimiter quote")


def _layout_of(
    lines: "Iterator[str]",
    source: str,
    delimiter: "Optional[str]",
    header: "Optional[bool]",
    decimal: "Optional[str]",
    has_header: "HeaderTest",
) -> "_Layout":
    """Return what the first lines say about the table.

    ``names``              the names of the columns
    ``declared``           {column: kind or None} of an ARFF file, else {}
    ``heading``            the cells of the first row if it names the columns, else []
    ``first``              the first row with a cell for each column
    ``lines``              all lines with cells
    ``delimiter``, ``quote``    how these are divided
    """
    head = head_of(lines, source)
    declared: "Kinds" = {}
    if arff.is_arff(head):
        declared, lines = arff.split(chain(head, lines), source)
        head, delimiter, header = list(islice(lines, LOOKED_AT + len(declared))), ",", False
    _check_format(head, source)
    delimiter = delimiter or sniff(head, decimal)
    quote = _quote_in(head, delimiter, bool(declared))
    rows = parse(head, delimiter, quote)
    heading, names = rows[0], list(declared)
    if not declared:
        rows = rows if header is False else [complete(rows), *rows[1:]]
        check_first(rows, source)
        if header is None:
            header = len(rows[0]) != len(heading) or has_header(rows)
        names = names_of(rows[0], header)
    if header:
        _check_headings(rows, head, source)
    if not is_utf8("".join(names)):
        raise ValueError(NOT_UTF8.format(f"{source}: the name of a column"))
    lines = chain(head, lines)
    return _Layout(names, declared, heading if header else [], rows[0], lines, delimiter, quote)


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
    cells = [cell.strip() for cell in parse(head[:1], delimiter)[0]]
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
            f"{source}, line 1: {cells_in(rows[0])}; a table has at most {COLUMNS:,} columns"
        )
    width, even = even_rows(rows)
    if len(rows[0]) < width and 2 * len(even) > len(rows):
        what = f"{source}, line 1: {cells_in(rows[0])}, but most lines below have {width}"
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
