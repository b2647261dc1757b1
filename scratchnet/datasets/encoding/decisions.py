"""What is done with each column of a table, and why, as a table for people to read.

inputs.py and target.py make these decisions.
"""

import re

from ...core.checks import shown
from ...texts import printable, text_table
from .parts import join_first

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..tables.table import Table

LINES = 60  # of the table of decisions; a longer one joins columns that are alike
HEADING = ("column", "what it holds", "what is done", "why")
TARGET = "the target"
_NUMBER = re.compile(r"(?<=\s)-?\d[\d,.e+-]*")


def table_of(decisions: "Sequence[Sequence[str]]") -> str:
    """Return the decisions as a table. If there are many, columns that are alike share a line."""
    lines = [tuple(map(printable, decision)) for decision in decisions]
    if len(lines) > LINES:
        lines = _join_alike(lines)
    return text_table([HEADING, *lines])


def _join_alike(lines: "List[Tuple[str, ...]]") -> "List[Tuple[str, ...]]":
    """Return one line for all columns about which the same is said, apart from numbers."""
    groups: "Dict[Any, List[Tuple[str, ...]]]" = {}
    for line in lines:
        groups.setdefault(tuple([_NUMBER.sub("...", text) for text in line[1:]]), []).append(line)
    found: "List[Any]" = []
    for shape, group in groups.items():
        names = f"{group[0][0]} ... {group[-1][0]} ({len(group):,} columns)"
        found.extend([(names, *shape)] if len(group) > 3 else group)
    return found


def nothing_left(table: "Table", decisions: "Sequence[Sequence[str]]") -> str:
    """Return the message for a table without a column that becomes an input."""
    others = [
        f"{shown(name)} is left out, because {why}"
        for name, what, _, why in decisions
        if what != TARGET
    ]
    delimiter = f" (the delimiter is {table.delimiter!r})" if table.delimiter else ""
    hint = join_first(others) or "no other was read" + delimiter
    return f"{table.source}: there is no column to predict {shown(table.target)} from: {hint}"
