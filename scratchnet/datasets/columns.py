"""The columns of a table, and how they grow while a file is read.

Column              numbers, or categories: one code per row, and the label of each code
begun, finished     the columns before the first row and after the last one
Unfit               the error for a text that does not fit into its column
"""

from array import array
from collections import Counter
from itertools import chain

from ..core.checks import shown
from ..texts import plural
from .dates import ORDERS, PARTS, order_of, parts_of
from .numerals import Readings, floats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set

MISSING = ("", "NA", "N/A", "nan", "null", "?", "#N/A", "#NA", "<NA>")  # in upper or lower case
# These are missing values in a column of numbers only; those with # are errors of spreadsheets.
_DASHES = ("-", "--", "---", "\u2013", "\u2014")
_ERRORS = ("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!")
BLANKS = ("None", *_DASHES, ".", "..", "...", "*", "\\N", "n.a.", *_ERRORS)
NUMBERS, CATEGORIES, TEXT, DATES = "numbers", "categories", "text", "dates"

# The number of different texts that all columns together remember before a column that looks like
# numbers becomes numbers; and the limits of this number for one column.
REMEMBERED = 500000
FEWEST, MOST = 100, 10000
LABELS = 100000  # the limit of different texts in a column of categories
# A column of more than SOME different numbers may hold STRAYS different other texts, in one row or
# in one of RARE; or a single text without digits, in up to half of the rows.
SOME, STRAYS, RARE = 10, 20, 20

NAN = float("nan")
TOO_MANY = f"has more than {LABELS} different texts"
NOT_UTF8 = "{} is not UTF-8; save the file as UTF-8, or name its encoding, such as cp1252"


class Column:
    """One column of a table.

    ``kind``      "numbers", "categories", or "text" for more different texts than can be kept
    ``values``    for numbers array('d'), NaN if missing; for categories array('i') of codes, -1 if
                  missing; for text an empty array
    ``labels``    for categories the label of each code, in order of appearance
    ``asked``     whether the user requested the kind, so that it was not inferred
    ``strays``    for numbers {text: rows}: texts that count as missing, because nearly all other
                  values are numbers
    ``example``   for numbers (text, number) of a number with separators or a unit, or None
    ``origin``    for a part of dates their column, and the order of year, month and day
    """

    def __init__(
        self,
        name: str,
        kind: str,
        values: "Any",
        labels: "Sequence[str]" = (),
        asked: bool = False,
        strays: "Optional[Dict[str, int]]" = None,
        example: "Any" = None,
        origin: "Any" = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.values = values
        self.labels = list(labels)
        self.asked = asked
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


def spelled(value: float) -> str:
    """Return a number as the label of a class.

    >>> spelled(3.0), spelled(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def is_utf8(text: str) -> bool:
    """Return whether no byte of the text had to be kept as half of a surrogate pair."""
    return not any(["\udc80" <= character <= "\udcff" for character in text])


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


# ---- columns under construction --------------------------------------------------------------


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


def begun(
    names: "Sequence[str]",
    kinds: "Dict[str, Optional[str]]",
    rules: "Rules",
    target: "Optional[str]",
) -> "List[Any]":
    """Return a column under construction for each name in ``kinds``, None for every other name."""
    limit = min(MOST, max(FEWEST, REMEMBERED // len(names)))
    return [
        _beginning(name, kinds[name], rules, limit, name == target) if name in kinds else None
        for name in names
    ]


def _beginning(
    name: str, kind: "Optional[str]", rules: "Rules", limit: int, is_target: bool
) -> "Any":
    """Return a column before its first row is read."""
    if kind == NUMBERS:
        strays = rules.strays.get(name, ())
        return _Numbers({mark: array("d") for mark in rules.marks}, rules, asked=True, known=strays)
    if kind and kind.startswith(DATES):
        return _Dates(rules, kind[len(DATES) :].strip())
    return _Codes(rules, limit, kind == CATEGORIES, is_target)


def finished(names: "Sequence[str]", columns: "Sequence[Any]", source: str) -> "List[Column]":
    """Return the columns whose construction began in ``begun``.

    Numbers that have two readings are read as the other columns of the table. Without such columns
    they are refused.
    """
    made: "List[Any]" = []
    for name, column in zip(names, columns):
        if isinstance(column, Column):
            made.append((name, column))
        elif column is not None:
            made.append((name, _checked(column.final, name, name, source)))
    marks = {column.mark() for _, column in made if isinstance(column, _Numbers)} - {None}
    mark = marks.pop() if len(marks) == 1 else None
    found: "List[Column]" = []
    for name, column in made:
        if isinstance(column, _Numbers):
            column = _checked(column.column, (name, mark), name, source)
        found.extend(column if isinstance(column, list) else [column])
    return found


def _checked(method: "Any", arguments: "Any", name: str, source: str) -> "Any":
    """Return the result of the method. An error names the column."""
    try:
        return method(*arguments) if isinstance(arguments, tuple) else method(arguments)
    except Unfit as error:
        raise ValueError(f"{source}, column {shown(name)}: {error}") from None


class _Codes(dict):  # type: ignore[type-arg]
    """{text: code}, the initial form of every column that is not requested as numeric.

    A column with too many different texts is continued as numbers if all its texts are numbers. A
    column with still more different texts is continued as text, of which nothing is kept.
    """

    def __init__(self, rules: "Rules", limit: int, asked: bool, is_target: bool = False) -> None:
        dict.__init__(self)
        self.is_target = is_target
        self.codes, self.labels = array("i"), []  # type: Any, List[str]
        self.rules, self.limit, self.asked = rules, limit, asked

    def __missing__(self, text: str) -> int:
        label = text.strip()
        if label != text:
            code: int = self[label]
        elif label.lower() in self.rules.missing:
            code = -1
        elif is_utf8(label):
            code = len(self.labels)
            self.labels.append(label)
        else:
            raise Unfit(text, NOT_UTF8.format(shown(label)))
        self[text] = code
        return code

    def add(self, texts: "Sequence[str]") -> "Any":
        """Add the texts, and return the object with which the column is continued."""
        self.codes.extend(map(self.__getitem__, texts))
        if len(self.labels) <= self.limit or self.asked:
            return self
        if self.limit < LABELS:
            self.limit = LABELS
            return self.as_numbers() or self
        return _Text()

    def as_numbers(self) -> "Optional[_Numbers]":
        """Return the column as numbers, or None if not nearly all its texts are numbers."""
        readings, labels, strays = self.rules.readings(), self.labels, {}  # type: Any, Any, Any
        found = readings.read(labels)
        # Most columns of texts are recognized by their first labels.
        if not found and readings.fitting(labels[:FEWEST]).count(False) <= STRAYS + len(BLANKS):
            fits = readings.fitting(labels)
            labels = [label for label, fit in zip(self.labels, fits) if fit]
            rows = Counter(self.codes)
            strays = {label: rows[code] for code, label in enumerate(self.labels) if not fits[code]}
            count = len(self.codes) - rows[-1] - sum(strays.values())
            is_one = tolerable(strays, count, len(labels), self.is_target)
            found = readings.read(labels) if is_one else {}
        if not found:
            return None
        values = {mark: self._valued(labels, numbers) for mark, numbers in found.items()}
        if not readings.marks:  # all readings are the same
            values = dict.fromkeys(values, list(values.values())[0])
        return _Numbers(values, self.rules, readings, strays=strays, is_target=self.is_target)

    def _valued(self, labels: "Sequence[str]", numbers: "Sequence[float]") -> "Any":
        """Return the number of each row, NaN if its label is none of these."""
        value = dict(zip(labels, numbers))
        found = [value.get(label, NAN) for label in self.labels]
        found.append(NAN)  # the last element, which the code -1 selects
        return array("d", map(found.__getitem__, self.codes))

    def final(self, name: str) -> "Any":
        numbers = None if self.asked else self.as_numbers()
        return numbers or Column(name, CATEGORIES, self.codes, self.labels, self.asked)


class _Numbers:
    """A column of numbers.

    ``values``   {decimal mark: array} for each reading that fits; equal ones are the same array
    ``gaps``     the texts read so far that represent a missing number
    ``strays``   {text: rows} of those that are not usual missing values
    """

    def __init__(
        self,
        values: "Dict[str, Any]",
        rules: "Rules",
        readings: "Any" = None,
        asked: bool = False,
        strays: "Optional[Dict[str, int]]" = None,
        known: "Sequence[str]" = (),
        is_target: bool = False,
    ) -> None:
        self.values, self.asked, self.is_target = values, asked, is_target
        self.readings = readings or rules.readings()
        self.missing, self.absent, self.spelled = rules.missing, rules.absent, rules.spelled
        self.blanks = (
            rules.blanks.union([text.lower() for text in known]) if known else rules.blanks
        )
        self.strays: "Counter[str]" = Counter(strays or {})
        self.gaps: "Set[str]" = set(self.strays)
        if len(values) > 1 and not self.readings.marks:
            self._share()

    def add(self, texts: "Sequence[str]") -> "_Numbers":
        """Add the texts, and return the column."""
        found = {} if self.spelled else self.readings.read(texts)
        gaps: "Sequence[int]" = ()
        if not found:
            found = self._without_gaps(texts)
            gaps = [i for i, text in enumerate(texts) if text in self.gaps]
            for i in gaps:
                if texts[i].strip().lower() not in self.missing:
                    self.strays[texts[i].strip()] += 1
        self._extend(found, gaps)
        return self

    def _without_gaps(self, texts: "Sequence[str]") -> "Dict[str, Any]":
        """Return the numbers among the texts, for each reading that fits."""
        for is_known in (not self.spelled, False):
            if not is_known:
                self._learn_gaps(texts)
            present = [text for text in texts if text not in self.gaps]
            found = self.readings.read(present)
            if found:
                return found
        raise Unfit(present[0], self.complaint(present[0].strip()))

    def _learn_gaps(self, texts: "Sequence[str]") -> None:
        """Find the texts that represent missing numbers, and those that are not numbers."""
        others = []
        for text in dict.fromkeys(texts):
            label = text.strip().lower()
            if label in self.missing or label in self.blanks:
                self.gaps.add(text)
            elif text not in self.gaps:
                others.append(text)
        for text, fits in zip(others, self.readings.fitting(others)):
            if not fits:
                if self.asked or not is_utf8(text) or len(self.strays) >= STRAYS:
                    raise Unfit(text, self.complaint(text.strip()))
                self.gaps.add(text)
                self.strays[text.strip()] += 0

    def _extend(self, found: "Dict[str, Any]", gaps: "Sequence[int]") -> None:
        """Add the numbers of each reading, with NaN at the places ``gaps``."""
        self.values = {mark: self.values[mark] for mark in found}
        if len(found) > 1:
            (first, second), (a, b) = found.values(), self.values.values()
            if a is b and first is not second and first != second:
                self.values = {mark: array("d", values) for mark, values in self.values.items()}
        done = []  # type: List[Any]
        for mark, numbers in found.items():
            values = self.values[mark]
            if not any([values is other for other in done]):
                values.extend(_spread(numbers, gaps) if gaps else numbers)
                done.append(values)

    def _share(self) -> None:
        """Keep one array for all readings, as long as these are the same."""
        self.values = dict.fromkeys(self.values, list(self.values.values())[0])

    def complaint(self, text: str) -> str:
        what = shown(text)
        if not is_utf8(text):
            return NOT_UTF8.format(what)
        if self.asked:
            return (
                f"{what} is not a number, but the column is numeric; "
                "if it means a missing number, name it (--missing)"
            )
        return (
            f"{what} is not a number, but nearly all other values are; read the column as "
            "categorical, ignore it, or name the texts that mean a missing number (--missing)"
        )

    def mark(self) -> "Optional[str]":
        """Return the decimal mark if the numbers of this column decide it."""
        known = len(self.values) == 1 and len(self.readings.marks) > 0
        return list(self.values)[0] if known else None

    def final(self, name: str) -> "_Numbers":
        values = list(self.values.values())[0]
        if self.strays and not self.asked:
            numbers = len(values) - sum([value != value for value in values])
            if not tolerable(self.strays, numbers, SOME + 1, self.is_target):
                text = self.strays.most_common(1)[0][0]
                raise Unfit(text, self.complaint(text))
        return self

    def column(self, name: str, mark: "Optional[str]") -> "Column":
        """Return the finished column. ``mark`` is the decimal mark of the other columns."""
        arrays = list(self.values.values())
        if len(arrays) > 1 and arrays[0] is not arrays[1] and mark is None:
            raise Unfit("", self.readings.question())
        chosen = mark if mark in self.values else list(self.values)[0]
        text, number = self.readings.example(chosen)
        example = (text, number) if text else None
        values = without(self.values[chosen], self.absent)
        return Column(name, NUMBERS, values, (), self.asked, dict(self.strays), example)


def without(values: "Any", absent: "Set[float]") -> "Any":
    """Return the numbers with NaN in place of those that mean a missing number."""
    if not absent:
        return values
    return array("d", [NAN if value in absent else value for value in values])


def _spread(numbers: "Sequence[float]", gaps: "Sequence[int]") -> "Any":
    """Return the numbers with NaN inserted at these places."""
    found, start = array("d"), 0
    for place in gaps:
        count = place - len(found)
        found.extend(numbers[start : start + count])
        found.append(NAN)
        start += count
    found.extend(numbers[start:])
    return found


class _Text:
    """A column of text, of which nothing is kept."""

    def add(self, texts: "Sequence[str]") -> "_Text":
        return self

    def final(self, name: str) -> "Column":
        return Column(name, TEXT, array("i"))


class _Dates(_Codes):
    """A column of dates, which becomes one column for each of their parts."""

    def __init__(self, rules: "Rules", order: str) -> None:
        _Codes.__init__(self, rules, LABELS, asked=True)
        self.order = order

    def final(self, name: str) -> "List[Column]":
        try:
            order = self.order or order_of(self.labels) or ORDERS[0]
        except ValueError as error:
            raise Unfit("", str(error)) from None
        parts = [parts_of(label, order) for label in self.labels]
        rows = Counter(self.codes)
        strays = {
            label: rows[code] for code, label in enumerate(self.labels) if parts[code] is None
        }
        dates = len(self.codes) - rows[-1] - sum(strays.values())
        if strays and sum(strays.values()) > max(1, dates // RARE):
            text = list(strays)[0]
            what = f"{shown(text)} is not a date ({plural(strays[text], 'row')})"
            raise Unfit(text, f"{what}; write dates as in 2024-12-31")
        columns = []
        for k, (part, is_number) in enumerate(PARTS):
            values = [NAN if found is None else float(found[k]) for found in parts] + [NAN]
            numbers = array("d", map(values.__getitem__, self.codes))
            columns.append(_part(f"{name}: {part}", numbers, is_number, strays, (name, order)))
        return columns


def _part(
    name: str, numbers: "Any", is_number: bool, strays: "Dict[str, int]", origin: "Any"
) -> "Column":
    """Return the column of one part of the dates."""
    column = Column(name, NUMBERS, numbers, (), True, strays, None, origin)
    return column if is_number else as_categories(column)


def as_categories(column: "Column") -> "Column":
    """Return a column of numbers as categories.

    >>> as_categories(Column("a", "numbers", array("d", [2.0, 1.5, NAN]))).labels
    ['1.5', '2']
    """
    labels = sorted({value for value in column.values if value == value})
    codes = {value: code for code, value in enumerate(labels)}
    values = array("i", [codes.get(value, -1) for value in column.values])
    texts = [spelled(value) for value in labels]
    return Column(column.name, CATEGORIES, values, texts, column.asked, origin=column.origin)
