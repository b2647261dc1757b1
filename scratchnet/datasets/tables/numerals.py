"""Numbers as people write them: decimal marks, thousands, currencies, percentages, minus signs.

    Readings   the ways to read the numbers of one column; each number may exclude some
    numbers_in reads texts in one way
    floats     reads plain numbers
    are_measured  whether texts are numbers with units that are not read

>>> numbers_in(["1,234.5", "$2"], "."), numbers_in(["1.234,5", "2"], ",")
(array('d', [1234.5, 2.0]), array('d', [1234.5, 2.0]))
>>> sorted(Readings(".,").read(["4,008", "202"]).items())
[(',', array('d', [4.008, 202.0])), ('.', array('d', [4008.0, 202.0]))]
>>> sorted(Readings(".,").read(["0,359", "202"]))  # a group of thousands does not begin with 0
[',']
"""

import re
from array import array
from collections import Counter
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple

PERCENT = "%"
CURRENCIES = "$€£¥₹₩₽₺₴₪฿¢"
# The typographic minus, and the blanks that group digits or precede a unit.
_TYPOGRAPHY = {0x2212: "-", 0xA0: " ", 0x202F: " ", 0x2009: " ", 0x2007: " ", 0x2019: "'"}
_UNUSUAL = frozenset(PERCENT + CURRENCIES + "()' " + "".join(map(chr, _TYPOGRAPHY)))
# As accountants write negative numbers.
_IN_PARENTHESES = re.compile(r"^\s*([{0}]?)\s*\(([^()+-]+)\)\s*$".format(re.escape(CURRENCIES)))
_SIGNED = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?P<before>[{0}]?)\s*(?P<inner>[+-]?)"
    r"(?P<digits>[\d.](?:[\d.,' ]*[\d.])?)\s*(?P<after>[{0}%]?)\s*$".format(re.escape(CURRENCIES))
)
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(?: \d{3})+|(?:'\d{3})+)(?![\d' ])")
# Numbers with separated thousands, for each decimal mark. In India, hundreds of these follow.
_THOUSANDS = {
    mark: re.compile(
        r"\s*[+-]?[1-9]\d{0,2}(?:(?:[%s]\d{3})+|(?:[%s]\d\d)+[%s]\d{3})(?:[%s]\d*)?\s*$"
        % (other, other, other, mark)
    )
    for mark, other in (".,", ",.")
}
# A number with a word or another sign, and a duration.
_MEASURED = re.compile(
    r"\(?(?P<before>[^\W\d_]{{0,3}}\.? ?[{0}]?) ?[+-]?\d[\d.,']* ?"
    r"(?P<after>(?:[{0}%\u00b0]|[^\W\d_])[^\d\s]{{0,7}}[23\u00b2\u00b3]?|-?)\)?$".format(
        re.escape(CURRENCIES)
    )
)
_DURATION = re.compile(r"\d+:\d\d(?::\d\d(?:[.,]\d+)?)?$")
_MONEY = frozenset(
    "USD EUR GBP CHF JPY CNY INR AUD CAD NZD SEK NOK DKK PLN CZK HUF BRL MXN ZAR RUB TRY KRW SGD "
    "HKD RS KR".split()
)
_POWERS = frozenset(["k", "m", "b", "bn", "mn", "mio", "g", "t"])


def floats(texts: "Iterable[str]") -> "Any":
    """Return the numbers in the texts as an array, or None unless each is a plain finite number.

    >>> floats(["1.5", " -2", "1e3"]), floats(["1.5", "x"]), floats(["1_000"])
    (array('d', [1.5, -2.0, 1000.0]), None, None)
    """
    texts = list(texts)
    if "_" in "".join(texts):  # float() would read 1_000 as 1000.
        return None
    try:
        numbers = array("d", map(float, texts))
    except ValueError:
        return None
    total = sum(numbers)
    return numbers if total - total == 0 or all(map(isfinite, numbers)) else None


def numbers_in(texts: "Sequence[str]", mark: str) -> "Any":
    """Return the numbers in the texts, read with this decimal mark, or None."""
    return Reading(mark).read(texts)


def is_number(text: str) -> bool:
    """Return whether the text is a number in some way of writing.

    >>> is_number("5.25%"), is_number("1'234,5"), is_number("12a")
    (True, True, False)
    """
    return any([Reading(mark).read([text]) is not None for mark in ".,"])


def are_measured(texts: "Sequence[str]") -> bool:
    """Return whether most of the texts are numbers with one word or sign, or durations.

    >>> are_measured(["5 kg", "12.5 kg"]), are_measured(["1:30", "2:05"]), are_measured(["a1"])
    (True, True, False)
    """
    words = Counter()  # type: Counter[Tuple[str, str]]
    for text in texts:
        match = _MEASURED.match(text)
        if _DURATION.match(text):
            words["", ":"] += 1
        elif match is not None and is_number(text):
            words["", ""] += 1
        elif match is not None:
            before, after = match.group("before").strip(), match.group("after").lower()
            # Other letters before a number make a name, such as A12.
            if not before or before[-1] in CURRENCIES or before.rstrip(".").upper() in _MONEY:
                words[before, "k" if after in _POWERS else after] += 1
    plain = words.pop(("", ""), 0)
    return bool(words) and 5 * (plain + max(words.values())) > 4 * len(texts)


class Reading:
    """One way to read the numbers of a column.

    ``mark``      the decimal mark
    ``unit``      the unit of the numbers read so far: "%", a currency, or "" ; None before the
                  first number
    ``example``   the first text that is not a plain number, or ""
    """

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.unit: "Optional[str]" = None
        self.example = ""

    def read(self, texts: "Sequence[str]") -> "Any":
        """Return the numbers in the texts as an array, or None if one of them does not fit."""
        together = "".join(texts)
        # Most numbers are plain, and float() is fast.
        numbers = floats(texts) if self.mark == "." or "." not in together else None
        unit = ""
        if numbers is None:
            unit, numbers = self._marked(texts, together)
        joined = None if numbers is None else self._joined(unit)
        if joined is None:
            return None
        self.unit = joined
        return numbers

    def _marked(self, texts: "Sequence[str]", together: str) -> "Tuple[str, Any]":
        """Return the unit and the numbers of texts that may have units and separators."""
        unit, plain = "", texts  # type: str, Sequence[str]
        if not _UNUSUAL.isdisjoint(together):
            unit, plain = _without_units(texts)
        if "," in together or self.mark == ",":
            plain = _with_points(plain, self.mark)
        numbers = floats(plain) if plain else None
        if numbers is not None and not self.example:
            self.example = next((text.strip() for text in texts if floats([text]) is None), "")
        return unit, numbers

    def _joined(self, unit: str) -> "Optional[str]":
        """Return the unit of all numbers, or None: a percentage is not a plain number."""
        known = self.unit
        if known is None or known == unit:
            return unit
        if PERCENT in (known, unit) or known and unit:
            return None
        return known or unit


def _without_units(texts: "Sequence[str]") -> "Tuple[str, List[str]]":
    """Return the common unit of the texts, and these without it and without groups of digits.

    The list is empty if a text is not a number, or if the units differ.
    """
    units, plain = set(), []
    for text in texts:
        match = _SIGNED.match(_IN_PARENTHESES.sub(r"-\1\2", text).translate(_TYPOGRAPHY))
        if match is None:
            if floats([text]) is None:
                return "", []
            number = text.strip()  # such as 1e5
            units.add("")
        else:
            sign, before, inner, digits, after = match.groups()
            if sign and inner or before and after:
                return "", []
            units.add(before or after)
            number = sign + inner + _GROUPS.sub(_without_gaps, digits)
        plain.append(number)
    if PERCENT in units and len(units) > 1 or len(units - {""}) > 1:
        return "", []
    return max(units), plain


def _without_gaps(match: "Any") -> str:
    return str(match.group().replace(" ", "").replace("'", ""))


def _with_points(texts: "Sequence[str]", mark: str) -> "List[str]":
    """Return the texts with a decimal point and without separators between thousands.

    The list is empty if a text does not fit the decimal mark.
    """
    other = "," if mark == "." else "."
    if all([other not in text or _THOUSANDS[mark].match(text) for text in texts]):
        return [text.replace(other, "").replace(mark, ".") for text in texts]
    return []


class Readings:
    """The ways in which the numbers of a column can be read, as far as these are known.

    ``alive``    the readings that fit all numbers so far
    ``marks``    the decimal marks that occur
    ``points``   whether a point without any comma in the column is a decimal point, as in files
                 that separate cells by commas
    """

    def __init__(self, marks: str, points: bool = False) -> None:
        self.alive = [Reading(mark) for mark in marks]
        self.marks: "Set[str]" = set()
        self.sample = ""  # the first number with one of these
        self.points = points

    def read(self, texts: "Sequence[str]") -> "Dict[str, Any]":
        """Return {decimal mark: numbers} for each reading that fits; the others are given up.

        If none fits, none is given up.
        """
        together = "".join(texts)
        marks = [mark for mark in ".," if mark in together]
        if not marks and len(self.alive) > 1:  # both give the same numbers
            first, second = self.alive
            numbers = first.read(texts)
            second.unit, second.example = first.unit, first.example
            return {} if numbers is None else {first.mark: numbers, second.mark: numbers}
        found = {}
        for reading in self.alive:
            numbers = reading.read(texts)
            if numbers is not None:
                found[reading.mark] = numbers
        if found:
            self.marks.update(marks)
            self.sample = self.sample or self._first_marked(texts)
            if self.points and self.marks == {"."} and "." in found:
                found = {".": found["."]}
            self.alive = [reading for reading in self.alive if reading.mark in found]
        return found

    def fitting(self, texts: "Sequence[str]") -> "List[bool]":
        """Return which of the texts fit the reading that fits most of them."""
        best: "List[bool]" = []
        for reading in self.alive:
            units = [self._unit(reading.mark, text) for text in texts]
            percent = 2 * units.count(PERCENT) > len(texts) - units.count(None)
            fits = [unit is not None and (unit == PERCENT) == percent for unit in units]
            if sum(fits) > sum(best):
                best = fits
        return best or [False] * len(texts)

    @staticmethod
    def _first_marked(texts: "Sequence[str]") -> str:
        return next((text.strip() for text in texts if "." in text or "," in text), "")

    @staticmethod
    def _unit(mark: str, text: str) -> "Optional[str]":
        """Return the unit of a number, or None if the text is not a number."""
        reading = Reading(mark)
        return reading.unit if reading.read([text]) is not None else None

    def example(self, mark: str) -> "Tuple[str, float]":
        """Return a text that is not a plain number, and the number; ("", 0) if there is none."""
        text = ([r.example for r in self.alive if r.mark == mark] or [""])[0]
        return (text, Reading(mark).read([text])[0]) if text else ("", 0.0)

    def question(self) -> str:
        """Ask which of two readings is right."""
        point, comma = [Reading(mark).read([self.sample])[0] for mark in ".,"]
        first, second = sorted((point, comma), reverse=True)
        either = f"{first:.15g} or {second:.15g}"
        return f"{self.sample} may mean {either}; give the decimal mark, ',' or '.'"
