"""A table in memory: columns of equal length."""

from difflib import get_close_matches

from ...core.checks import shown
from .columns import MISSING, Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

    Names = Union[str, Sequence[str]]
    Progress = Optional[Callable[[int, Optional[float]], None]]
    Kinds = Dict[str, Optional[str]]
    Plan = Callable[[List[str], str, bool], Tuple[Kinds, Optional[str]]]
    HeaderTest = Callable[[Sequence[Sequence[str]]], bool]


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
            name = find_column(name, list(self.columns), self.source)
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


def find_column(name: "Any", names: "Sequence[str]", source: str, header: bool = True) -> str:
    """Return the one of the ``names`` that is given as itself or as its number from 1.

    >>> [find_column(name, ["name", "legs"], "pets.csv") for name in ("legs", "1")]
    ['legs', 'name']
    >>> find_column("arms", ["name", "legs"], "pets.csv")
    Traceback (most recent call last):
        ...
    ValueError: pets.csv has no column 'arms'; it has 'name', 'legs'
    >>> find_column("Legs", ["name", "legs"], "pets.csv")
    Traceback (most recent call last):
        ...
    ValueError: pets.csv has no column 'Legs'; did you mean 'legs'?
    """
    name = _decode(name) if isinstance(name, str) else name
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


def _decode(name: str) -> str:
    """Decode a name from the command line, whose bytes Python escapes in an ASCII locale."""
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return name


def list_names(names: "Names") -> "List[str]":
    return [str(names)] if isinstance(names, (str, int, float)) else list(map(str, names))
