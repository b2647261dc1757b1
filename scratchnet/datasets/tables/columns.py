"""A column of a table: numbers, or categories as one code per row and the label of each code."""

from array import array

from ...core.checks import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

MISSING = ("", "NA", "N/A", "nan", "null", "?", "#N/A", "#NA", "<NA>")  # in upper or lower case
# These are missing values in a column of numbers only; those with # are errors of spreadsheets.
_DASHES = ("-", "--", "---", "\u2013", "\u2014")
_ERRORS = ("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!")
BLANKS = ("None", *_DASHES, ".", "..", "...", "*", "\\N", "n.a.", *_ERRORS)
NUMBERS, CATEGORIES, TEXT, DATES = "numbers", "categories", "text", "dates"
LABELS = 100000  # the limit of different texts in a column of categories
NAN = float("nan")
TOO_MANY = f"has more than {LABELS} different texts"
NOT_UTF8 = "{} is not UTF-8; save the file as UTF-8, or name its encoding, such as cp1252"


class Column:
    """One column of a table.

    ``kind``        "numbers", "categories", or "text" for more different texts than can be kept
    ``values``      for numbers array('d'), NaN if missing; for categories array('i') of codes, -1
                    if missing; for text an empty array
    ``labels``      for categories the label of each code, in order of appearance
    ``requested``   whether the user requested the kind, so that it was not inferred
    ``strays``      for numbers {text: rows}: texts that count as missing, because nearly all other
                    values are numbers
    ``example``     for numbers (text, number) of a number with separators or a unit, or None
    ``origin``      for a part of dates their column, and the order of year, month and day
    """

    def __init__(
        self,
        name: str,
        kind: str,
        values: "Any",
        labels: "Sequence[str]" = (),
        requested: bool = False,
        strays: "Optional[Dict[str, int]]" = None,
        example: "Any" = None,
        origin: "Any" = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.values = values
        self.labels = list(labels)
        self.requested = requested
        self.strays = strays or {}
        self.example = example
        self.origin = origin

    def present(self, rows: "Sequence[int]") -> "List[int]":
        """Return those of the rows whose value is not missing."""
        if self.kind == TEXT:
            raise ValueError(f"column {shown(self.name)} {TOO_MANY}")
        values = self.values
        if self.kind == NUMBERS:
            total = sum(values)
            return list(rows) if total == total else [i for i in rows if values[i] == values[i]]
        return [i for i in rows if values[i] >= 0]

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.kind!r})"


def label_of(value: float) -> str:
    """Return a number as the label of a class.

    >>> label_of(3.0), label_of(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def is_utf8(text: str) -> bool:
    """Return whether no byte of the text had to be kept as half of a surrogate pair."""
    return not any(["\udc80" <= character <= "\udcff" for character in text])


def as_categories(column: "Column") -> "Column":
    """Return a column of numbers as categories.

    >>> as_categories(Column("a", "numbers", array("d", [2.0, 1.5, NAN]))).labels
    ['1.5', '2']
    """
    labels = sorted({value for value in column.values if value == value})
    codes = {value: code for code, value in enumerate(labels)}
    values = array("i", [codes.get(value, -1) for value in column.values])
    texts = [label_of(value) for value in labels]
    return Column(column.name, CATEGORIES, values, texts, column.requested, origin=column.origin)
