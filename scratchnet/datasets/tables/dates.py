"""Dates in texts, and the parts of a date that a network can use.

>>> order_of(["2024-02-29", "2023-12-01 08:30"]), order_of(["24/12/2023", "1/2/2024"])
('ymd', 'dmy')
>>> parts_of("24.12.2023", "dmy")
(2023, 12, 7, 19715)
>>> parts_of("24 Dec 2023", "ymd") == parts_of("December 24, 2023", "ymd") == (2023, 12, 7, 19715)
True
"""

import re
from datetime import date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Sequence, Tuple

    Parts = Tuple[int, int, int, int]

ORDERS = ("ymd", "dmy", "mdy")
# The parts, and whether each becomes a number; the others become categories.
PARTS = (("year", True), ("month", False), ("weekday", False), ("days since 1970-01-01", True))
_TIME = r"(?:[T ]\d\d?:\d\d.*)?$"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d\d?)\2(\d\d?)" + _TIME)
_YEAR_LAST = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d{4}|\d\d)" + _TIME)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAY_FIRST = re.compile(r"(\d\d?)[ ./-]([A-Za-z]{3,9})[.,]?[ /-](\d{4}|\d\d)" + _TIME)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[. -] ?(\d\d?),?[ -](\d{4})" + _TIME)
_EPOCH = date(1970, 1, 1).toordinal()


def looks_like_date(text: str) -> bool:
    """Return whether the text has the form of a date."""
    text = _in_numbers(text)
    return bool(_YEAR_FIRST.match(text) or _YEAR_LAST.match(text))


def _in_numbers(text: str) -> str:
    """Return a date that names the month as year-month-day, and any other text as it is."""
    match = _DAY_FIRST.match(text)
    groups = match.groups() if match else ()
    if not groups:
        match = _MONTH_FIRST.match(text)
        groups = (match.group(2), match.group(1), match.group(3)) if match else ()
    if not groups or groups[1][:3].lower() not in _MONTHS:
        return text
    day, month, year = groups
    return f"{_full(year)}-{_MONTHS.index(month[:3].lower()) + 1}-{day}"


def _full(year: str) -> int:
    """Return the year; two digits are read as in POSIX."""
    return int(year) + (0 if len(year) > 2 else 1900 if int(year) > 68 else 2000)


def parts_of(text: str, order: str) -> "Optional[Parts]":
    """Return the year, the month, the weekday (1 is Monday) and the days since 1970, or None.

    ``order`` is the order of year, month and day: "ymd", "dmy" or "mdy".
    """
    match = (_YEAR_FIRST if order == "ymd" else _YEAR_LAST).match(_in_numbers(text))
    if match is None:
        return None
    first, _, second, third = match.groups()
    found = dict(zip(order, (first, second, third)))
    year = _full(found["y"])
    try:
        day = date(year, int(found["m"]), int(found["d"]))
    except ValueError:
        return None
    return day.year, day.month, day.isoweekday(), day.toordinal() - _EPOCH


def order_of(texts: "Sequence[str]") -> "Optional[str]":
    """Return the order that most of the texts fit, or None if none is a date.

    A column that may begin with the day or with the month raises a ValueError.
    """
    fitting = [sum([parts_of(text, order) is not None for text in texts]) for order in ORDERS]
    if not max(fitting, default=0):
        return None
    best: "List[str]" = [o for o, n in zip(ORDERS, fitting) if n == max(fitting)]
    if len(best) > 1:
        text = next(text for text in texts if looks_like_date(text))
        if "." in text:  # The month is never first between points.
            return "dmy"
        raise ValueError(
            f"{text} may begin with the day or with the month; write dates as in 2024-12-31"
        )
    return best[0]
