"""ARFF, the format of Weka, and the similar one of KEEL: a CSV table below a description.

>>> head, lines = split(["% pets\\n", "@relation pets\\n", "@attribute legs integer\\n",
...     "@attribute 'what it is' {cat, duck}\\n", "@data\\n", "4, cat\\n"], "pets.arff")
>>> head, list(lines)
({'legs': None, 'what it is': 'categories'}, ['\\n', '\\n', '\\n', '\\n', '\\n', '4, cat\\n'])
"""

import re
from itertools import chain

from ...core.checks import shown
from .columns import CATEGORIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, Iterator, Optional, Sequence, Tuple

_ATTRIBUTE = re.compile(
    r"""\s*@attribute\s+('(?:[^'\\]|\\.)*'|"[^"]*"|[^\s{]+)\s*(\{|\w+)""", re.IGNORECASE
)


def is_arff(lines: "Sequence[str]") -> bool:
    """Return whether the first line that is not a comment begins an ARFF file."""
    for line in lines:
        if line.strip() and not line.startswith("%"):
            return line.lower().startswith("@relation")
    return False


def split(lines: "Iterable[str]", source: str) -> "Tuple[Dict[str, Optional[str]], Iterator[str]]":
    """Return {column: kind or None} and the lines of the data.

    The lines of the description and comments become empty lines, so that later ones keep their
    numbers.
    """
    found: "Dict[str, Optional[str]]" = {}
    lines = iter(lines)
    count = 0
    for line in lines:
        count += 1
        word = line.strip().lower()
        if word.startswith("@data"):
            break
        if word.startswith("@attribute"):
            match = _ATTRIBUTE.match(line)
            if match is None:
                raise ValueError(
                    f"{source}, line {count}: {shown(line.strip())} is not an attribute; "
                    "write @attribute NAME TYPE"
                )
            name = match.group(1).strip("'\"").replace("\\", "")
            if name in found:
                raise ValueError(
                    f"{source}, line {count}: two attributes are named {shown(name)}; rename one"
                )
            found[name] = CATEGORIES if match.group(2) == "{" else None
    else:
        raise ValueError(f"{source}: the line @data is missing; give a complete ARFF file")
    if not found:
        raise ValueError(f"{source}: no line begins with @attribute; give a complete ARFF file")
    return found, chain(["\n"] * count, _data(lines, count, source))


def _data(lines: "Iterator[str]", count: int, source: str) -> "Iterator[str]":
    for line in lines:
        count += 1
        if line.startswith("{"):
            raise ValueError(
                f"{source}, line {count}: the rows are sparse; save the file with all values"
            )
        yield "\n" if line.startswith("%") else line
