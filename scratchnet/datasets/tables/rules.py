"""What the texts of all columns of a file have in common, and which text does not fit."""

from itertools import chain

from .columns import BLANKS
from .numerals import Readings, floats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional, Sequence

# A column of more than SOME different numbers may hold STRAYS different other texts, in one row or
# in one of RARE; or a single text without digits, in up to half of the rows.
SOME, STRAYS, RARE = 10, 20, 20


def tolerable(strays: "Dict[str, int]", numbers: int, different: int, target: bool) -> bool:
    """Return whether a column is one of numbers, although some of its texts are not numbers.

    ``strays``      {text: rows} of the other texts
    ``numbers``     the number of rows with a number
    ``different``   the number of different numbers
    ``target``      whether it is the target, whose rows would be lost

    >>> [tolerable(strays, 60, 50, False) for strays in ({"-": 40}, {"Mean": 1}, {"unknown": 40})]
    [True, True, True]
    >>> [tolerable(strays, 60, 50, False) for strays in ({"low": 20, "high": 20}, {"<5": 40})]
    [False, False]
    """
    blanks = {text.lower() for text in BLANKS}
    others = {text: rows for text, rows in strays.items() if text.lower() not in blanks}
    if not others:
        return different > 1
    if different <= SOME:
        return False
    count = sum(others.values())
    if count <= max(1, numbers // RARE):
        return len(others) <= STRAYS
    texts = {text.lower() for text in others}
    if target:
        return False
    return len(texts) == 1 and not any(map(str.isdigit, texts.pop())) and count <= numbers


class Unfit(Exception):
    """The error for a text that does not fit into its column."""

    def __init__(self, text: str, sentence: str) -> None:
        Exception.__init__(self, sentence)
        self.text = text


class Rules:
    """How the texts of a table are read.

    ``missing``   the texts that represent a missing value
    ``decimal``   the decimal mark that is given, or None
    ``points``    whether a point without any comma is a decimal point
    ``strays``    {column: texts} that are missing values of a column of numbers only
    ``absent``    the numbers that represent a missing value
    ``spelled``   whether a text that represents a missing value, such as -999, reads as a number
    ``blanks``    the texts that represent one in columns of numbers
    """

    def __init__(
        self,
        missing: "Sequence[str]",
        decimal: "Optional[str]" = None,
        points: bool = True,
        strays: "Optional[Dict[str, Sequence[str]]]" = None,
    ) -> None:
        self.missing = {text.strip().lower() for text in chain(missing, [""])}
        # -999 also means a cell with -999.0.
        self.absent = {floats([text])[0] for text in self.missing if floats([text])}
        self.marks = decimal or ".,"
        self.points = points
        self.strays = strays or {}
        self.spelled = any([Readings(self.marks).read([text]) for text in self.missing if text])
        self.blanks = {text.lower() for text in BLANKS}

    def readings(self) -> "Readings":
        return Readings(self.marks, self.points)
