"""What is done with each column of a table, and why, as a table for people to read.

inputs.py and target.py make these decisions.
"""

import re

from ...texts import printable, text_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

LINES = 60  # of the table of decisions; a longer one joins columns that are alike
HEADING = ("column", "what it holds", "what is done", "why")
TARGET = "the target"
_NUMBER = re.compile(r"(?<=\s)-?\d[\d,.e+-]*")


def table_of(decisions: "Sequence[Sequence[str]]") -> str:
    """Return the decisions as a table. If there are many, columns that are alike share a line."""
    lines = [tuple(map(printable, decision)) for decision in decisions]
    if len(lines) > LINES:
        lines = _joined(lines)
    return text_table([HEADING, *lines])


def _joined(lines: "List[Tuple[str, ...]]") -> "List[Tuple[str, ...]]":
    """Return one line for all columns about which the same is said, apart from numbers."""
    groups: "Dict[Any, List[Tuple[str, ...]]]" = {}
    for line in lines:
        groups.setdefault(tuple([_NUMBER.sub("...", text) for text in line[1:]]), []).append(line)
    found: "List[Any]" = []
    for shape, group in groups.items():
        names = f"{group[0][0]} ... {group[-1][0]} ({len(group):,} columns)"
        found.extend([(names, *shape)] if len(group) > 3 else group)
    return found
