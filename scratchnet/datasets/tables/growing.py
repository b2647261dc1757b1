"""How columns grow while a file is read: from the first row to the last one."""

from array import array
from collections import Counter

from ...core.checks import shown
from ...texts import plural
from .columns import (
    BLANKS,
    CATEGORIES,
    DATES,
    LABELS,
    NAN,
    NOT_UTF8,
    NUMBERS,
    TEXT,
    Column,
    as_categories,
    is_utf8,
)
from .dates import ORDERS, PARTS, order_of, parts_of
from .numbers import Numbers
from .rules import RARE, STRAYS, Rules, Unfit, tolerable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

# The number of different texts that all columns together remember before a column that looks like
# numbers becomes numbers; and the limits of this number for one column.
REMEMBERED = 500000
FEWEST, MOST = 100, 10000


def begin(
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
        return Numbers(
            {mark: array("d") for mark in rules.marks}, rules, requested=True, known=strays
        )
    if kind and kind.startswith(DATES):
        return Dates(rules, kind[len(DATES) :].strip())
    return Codes(rules, limit, kind == CATEGORIES, is_target)


def finish(names: "Sequence[str]", columns: "Sequence[Any]", source: str) -> "List[Column]":
    """Return the columns whose construction began in ``begin``.

    Numbers that have two readings are read as the other columns of the table. Without such columns
    they are refused.
    """
    made: "List[Any]" = []
    for name, column in zip(names, columns):
        if isinstance(column, Column):
            made.append((name, column))
        elif column is not None:
            made.append((name, _name_column_in_errors(column.final, name, name, source)))
    marks = {column.mark() for _, column in made if isinstance(column, Numbers)} - {None}
    mark = marks.pop() if len(marks) == 1 else None
    found: "List[Column]" = []
    for name, column in made:
        if isinstance(column, Numbers):
            column = _name_column_in_errors(column.column, (name, mark), name, source)
        found.extend(column if isinstance(column, list) else [column])
    return found


def _name_column_in_errors(method: "Any", arguments: "Any", name: str, source: str) -> "Any":
    """Return the result of the method. An error names the column."""
    try:
        return method(*arguments) if isinstance(arguments, tuple) else method(arguments)
    except Unfit as error:
        raise ValueError(f"{source}, column {shown(name)}: {error}") from None


class Codes(dict):  # type: ignore[type-arg]
    """{text: code}, the initial form of every column that is not requested as numeric.

    A column with too many different texts is continued as numbers if all its texts are numbers. A
    column with still more different texts is continued as text, of which nothing is kept.
    """

    def __init__(
        self, rules: "Rules", limit: int, requested: bool, is_target: bool = False
    ) -> None:
        dict.__init__(self)
        self.is_target = is_target
        self.codes, self.labels = array("i"), []  # type: Any, List[str]
        self.rules, self.limit, self.requested = rules, limit, requested

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
        if len(self.labels) <= self.limit or self.requested:
            return self
        if self.limit < LABELS:
            self.limit = LABELS
            return self.as_numbers() or self
        return Text()

    def as_numbers(self) -> "Optional[Numbers]":
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
        return Numbers(values, self.rules, readings, strays=strays, is_target=self.is_target)

    def _valued(self, labels: "Sequence[str]", numbers: "Sequence[float]") -> "Any":
        """Return the number of each row, NaN if its label is none of these."""
        value = dict(zip(labels, numbers))
        found = [value.get(label, NAN) for label in self.labels]
        found.append(NAN)  # the last element, which the code -1 selects
        return array("d", map(found.__getitem__, self.codes))

    def final(self, name: str) -> "Any":
        numbers = None if self.requested else self.as_numbers()
        return numbers or Column(name, CATEGORIES, self.codes, self.labels, self.requested)


class Text:
    """A column of text, of which nothing is kept."""

    def add(self, texts: "Sequence[str]") -> "Text":
        return self

    def final(self, name: str) -> "Column":
        return Column(name, TEXT, array("i"))


class Dates(Codes):
    """A column of dates, which becomes one column for each of their parts."""

    def __init__(self, rules: "Rules", order: str) -> None:
        Codes.__init__(self, rules, LABELS, requested=True)
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
