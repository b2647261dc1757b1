"""Reads rows in memory into a Table: a list of dicts, or a data frame.

>>> read_records([{"legs": 4, "kind": "cat"}, {"legs": 2, "kind": "duck"}, {"kind": "cat"}])
Table: 3 rows; legs (numbers), kind (categories)

A column whose values are all numbers holds exactly these. Any other column is read as a CSV file
with these texts would be. None, NaN and an absent key are missing values.
"""

from array import array
from collections import Counter
from math import isfinite
from numbers import Number

from ...core.checks import shown
from .columns import MISSING, NAN, NUMBERS, Column, label_of
from .growing import begin, finish
from .numbers import without
from .reading import plan_for
from .rules import Rules, Unfit
from .table import Table, list_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

    from .table import Names, Plan

SOURCE = "the table"


def is_records(data: "Any") -> bool:
    """Return whether ``data`` is a list or tuple of rows, or a data frame of pandas or polars."""
    return isinstance(data, (list, tuple)) or hasattr(data, "columns")


def read_records(
    data: "Any",
    target: "Optional[str]" = None,
    categorical: "Names" = (),
    numeric: "Names" = (),
    ignore: "Names" = (),
    missing: "Names" = MISSING,
    decimal: "Optional[str]" = None,
    dates: "Names" = (),
) -> "Table":
    """Return rows as a Table.

    The arguments are as for ``read_table``. ``decimal`` concerns texts only.
    """
    plan = plan_for(target, categorical, numeric, ignore, dates)
    return table_of(data, plan, missing, decimal)


def table_of(
    data: "Any",
    plan: "Plan",
    missing: "Names",
    decimal: "Optional[str]",
    strays: "Optional[Dict[str, Sequence[str]]]" = None,
) -> "Table":
    """Return the columns of the rows that a ``plan`` selects, as ``read_columns`` does."""
    rows = rows_of(data)
    names = list({name: None for row in rows for name in row})
    kinds, target = plan(names, SOURCE, True)
    absent = list_names(missing)
    rules = Rules(absent, decimal, True, strays)
    columns = begin(names, kinds, rules, target)
    for j, name in enumerate(names):
        if name in kinds:
            values = [row.get(name) for row in rows]
            columns[j] = _column(name, values, kinds[name], columns[j], rules)
    made = finish(names, columns, SOURCE)
    return Table(made, len(rows), target, SOURCE, absent, delimiter="", decimal=decimal)


def rows_of(data: "Any") -> "List[Dict[str, Any]]":
    """Return the rows as dicts, whose keys are texts."""
    twice = [name for name, n in Counter(map(str, getattr(data, "columns", ()))).items() if n > 1]
    if twice:
        raise ValueError(f"two columns are named {shown(twice[0])}; rename one of them")
    if hasattr(data, "columns"):
        data = data.to_dicts() if hasattr(data, "to_dicts") else data.to_dict("records")
    if not data:
        raise ValueError("there are no rows; give at least one")
    rows = []
    for i, given in enumerate(data):
        if not isinstance(given, dict) or not given:
            raise ValueError(f"row {i + 1} is {shown(given)}; give a dict such as {{'age': 3}}")
        row = {str(name): value for name, value in given.items()}
        if len(row) < len(given):
            raise ValueError(f"row {i + 1}: two of its names are written the same; rename one")
        rows.append(row)
    return rows


def _column(
    name: str, values: "List[Any]", kind: "Optional[str]", column: "Any", rules: "Rules"
) -> "Any":
    """Return the ``column`` under construction with these values added.

    Numbers among which there are no texts are a finished column: they are as they are.
    """
    cells = []  # type: List[Any]
    for i, value in enumerate(values):
        try:
            cells.append(_cell(value))
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"row {i + 1}, column {shown(name)}: {error}") from None
    numbers = [cell for cell in cells if isinstance(cell, float)]
    texts = [cell for cell in cells if isinstance(cell, str)]
    if numbers and not texts and kind in (None, NUMBERS):
        filled = array("d", [NAN if cell is None else cell for cell in cells])
        filled = without(filled, rules.absent)
        return Column(name, NUMBERS, filled, requested=kind == NUMBERS)
    written = ["" if c is None else c if isinstance(c, str) else label_of(c) for c in cells]
    try:
        return column.add(written)
    except Unfit as error:
        where = f"row {written.index(error.text) + 1}, column {shown(name)}"
        raise ValueError(f"{where}: {error}") from None


def _cell(value: "Any") -> "Any":
    """Return a value as a float, as a text, or as None if it is missing.

    >>> _cell(3), _cell("3"), _cell(True), _cell(float("nan"))
    (3.0, '3', 'True', None)
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):  # of pandas
        return None
    if isinstance(value, (str, bool)) or hasattr(value, "isoformat"):  # a date or a time
        return str(value)
    if type(value).__name__ in ("bool_", "bool"):  # of NumPy
        return str(bool(value))
    if not isinstance(value, Number):
        raise TypeError(f"{shown(value)} is a {type(value).__name__}; give a number or a text")
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return None
    if not isfinite(number):
        raise ValueError(f"{shown(value)} is not finite; give None if it is missing")
    return number
