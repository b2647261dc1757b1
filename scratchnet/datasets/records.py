"""Rows that are in memory, as a Table: a list of dicts, or a data frame.

>>> read_records([{"legs": 4, "kind": "cat"}, {"legs": 2, "kind": "duck"}, {"kind": "cat"}])
Table: 3 rows; legs (numbers), kind (categories)

Every value is read as the text that a CSV file would hold, so the same values give the same table.
None, NaN and an absent key are missing values.
"""

from ..core.checks import shown
from .tables import CELLS, MISSING, Table, Unfit, begun, finished, listed_names, plan_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

    from .tables import Names, Plan

SOURCE = "the table"


def is_records(data: "Any") -> bool:
    """Return whether ``data`` is a list or tuple of rows, or a data frame (not a path or file)."""
    return isinstance(data, (list, tuple)) or hasattr(data, "to_dict")


def read_records(
    data: "Any",
    target: "Optional[str]" = None,
    categorical: "Names" = (),
    numeric: "Names" = (),
    ignore: "Names" = (),
) -> "Table":
    """Return rows as a Table. The arguments are as for ``read_table``."""
    return table_of(data, plan_for(target, categorical, numeric, ignore), MISSING, ".")


def table_of(data: "Any", plan: "Plan", missing: "Names", decimal: str) -> "Table":
    """Return the columns of the rows that a ``plan`` selects, as ``read_columns`` does."""
    rows = rows_of(data)
    names = list({name: None for row in rows for name in row})
    kinds, target = plan(names, SOURCE)
    absent = listed_names(missing)
    columns = begun(names, kinds, absent, decimal)
    size = max(1, CELLS // len(names))
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        for j, name in enumerate(names):
            if columns[j] is not None:
                texts = [text_of(row.get(name)) for row in block]
                columns[j] = extended(columns[j], texts, name, start)
    return Table(finished(names, columns, SOURCE), len(rows), target, SOURCE, absent)


def rows_of(data: "Any") -> "List[Dict[str, Any]]":
    """Return the rows as dicts, whose keys are texts."""
    if hasattr(data, "to_dict"):
        data = data.to_dict("records")
    for i, row in enumerate(data):
        if not isinstance(row, dict) or not row:
            raise ValueError(f"row {i + 1} is {shown(row)}; give a dict such as {{'age': 3}}")
    if not data:
        raise ValueError("there are no rows; give at least one")
    return [{str(name): value for name, value in row.items()} for row in data]


def text_of(value: "Any") -> str:
    """Return the cell of a CSV file that holds this value.

    >>> text_of(0.1), text_of(True), text_of(None), text_of(float("nan"))
    ('0.1', 'True', '', '')
    """
    return "" if is_missing(value) else str(value)


def is_missing(value: "Any") -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # the NA of pandas, which is neither equal nor unequal to itself
        return True


def extended(column: "Any", texts: "Sequence[str]", name: str, start: int) -> "Any":
    """Return the column with the texts added, the first of which belongs to row start + 1."""
    try:
        return column.add(texts)
    except Unfit as error:
        row = start + 1 + texts.index(error.text)
        raise ValueError(f"row {row}, column {shown(name)}: {error}") from None
