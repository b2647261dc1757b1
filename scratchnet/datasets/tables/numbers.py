"""A column of numbers while a file is read."""

from array import array
from collections import Counter

from ...core.checks import shown
from .columns import NAN, NOT_UTF8, NUMBERS, Column, is_utf8
from .rules import SOME, STRAYS, Rules, Unfit, tolerable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set


class Numbers:
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
        requested: bool = False,
        strays: "Optional[Dict[str, int]]" = None,
        known: "Sequence[str]" = (),
        is_target: bool = False,
    ) -> None:
        self.values, self.requested, self.is_target = values, requested, is_target
        self.readings = readings or rules.readings()
        self.missing, self.absent, self.spelled = rules.missing, rules.absent, rules.spelled
        self.blanks = (
            rules.blanks.union([text.lower() for text in known]) if known else rules.blanks
        )
        self.strays: "Counter[str]" = Counter(strays or {})
        self.gaps: "Set[str]" = set(self.strays)
        if len(values) > 1 and not self.readings.marks:
            self._share()

    def add(self, texts: "Sequence[str]") -> "Numbers":
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
                if self.requested or not is_utf8(text) or len(self.strays) >= STRAYS:
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
        done: "List[Any]" = []
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
        if self.requested:
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

    def final(self, name: str) -> "Numbers":
        values = list(self.values.values())[0]
        if self.strays and not self.requested:
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
        return Column(name, NUMBERS, values, (), self.requested, dict(self.strays), example)


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
