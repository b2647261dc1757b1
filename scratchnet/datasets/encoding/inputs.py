"""What a column of a table becomes as inputs of a network, and why."""

import re
from collections import Counter
from math import fsum, sqrt
from operator import mul

from ...core.checks import shown
from ...texts import plural
from ..median import median_of
from ..tables.columns import NUMBERS, TEXT, TOO_MANY, label_of
from ..tables.dates import looks_like_date
from ..tables.numerals import are_measured, is_number
from .parts import MOST_LABELS, Category, Number, in_order, join_first, pick

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..tables.columns import Column

# Different texts; if there are more and most occur only once or twice, they name the rows.
MANY = 20
LARGEST = 1e150  # its square is still a float
SENTINELS = [sign * (10.0**n - 1) for n in range(1, 7) for sign in (-1, 1)]
MOST_MARKS, FEWEST_OTHERS = 3, 5  # numbers that mean a missing value; different other numbers
ABSURD = 20  # widths of the middle of a column; a number farther away is reported
SAMPLED = 5000  # numbers that are enough to find this middle, and texts for a hint
_ID = re.compile(
    r"(?i:id|no\.?|nr\.?|#|index|idx|row|row ?(?:id|names?|num(?:ber)?)|unnamed: ?0|uuid|guid"
    r"|pid|key|seq|s/n|ssn)$"
    r"|.*[ _.-](?i:id|uuid|guid|no\.?|nr\.?|key|num|number)$|(?i:id)[ _.-].*|.*[a-z](?:Id|ID)$"
)


def part_of(
    column: "Column", rows: "Sequence[int]", keep_equal: bool = False
) -> "Tuple[Any, str, str]":
    """Return the encoding of a column by its values in these rows, what is done, and why.

    The encoding is a Number, a Category, or None if the column is left out. Numbers that are all
    equal are left out unless ``keep_equal`` is true.
    """
    if column.kind == TEXT:
        return None, "left out", "it " + TOO_MANY
    if column.kind == NUMBERS:
        return _part_of_numbers(column, rows, keep_equal)
    return _part_of_categories(column, rows)


def _part_of_numbers(
    column: "Column", rows: "Sequence[int]", keep_equal: bool
) -> "Tuple[Any, str, str]":
    values = pick(column.values, column.present(rows))
    if not values:
        return None, "left out", "it holds nothing"
    least, most = min(values), max(values)
    if least == most and not keep_equal:
        return None, "left out", f"it holds only {label_of(values[0])}" + _strays(column)
    is_id, hint = (False, "") if column.requested else _identifies(column)
    if is_id:
        return None, "left out", hint
    mean, spread = mean_and_spread(values, column.name)
    median = median_of(values)
    missing = _missing(column)
    done = "1 input, standardized"
    done += f"; {missing:,} missing: median {median:.6g}" if missing else ""
    part = Number(
        name=column.name,
        median=median,
        mean=mean,
        spread=spread,
        least=least,
        most=most,
        strays=list(column.strays),
    )
    return part, done, _reason(column) + hint + _strange(values)


def _missing(column: "Column") -> int:
    """Return the number of rows of the table without a value."""
    if column.kind == NUMBERS:
        return sum([value != value for value in column.values])
    return column.values.count(-1)  # type: ignore[no-any-return]


def _reason(column: "Column") -> str:
    """Say why the column is one of numbers."""
    if column.requested:
        return "requested" + notes(column)
    return f"{'nearly all' if column.strays else 'all'} values are numbers" + notes(column)


def notes(column: "Column") -> str:
    """Say how the numbers are written, and which texts count as missing."""
    if not column.example:
        return _strays(column)
    text, number = column.example
    return f"; {shown(text)} is {number:.15g}" + _strays(column)


def _strays(column: "Column") -> str:
    """Say which texts count as missing, and how often."""
    if not column.strays:
        return ""
    texts = [f"{shown(text)} ({plural(n, 'row')})" for text, n in column.strays.items()]
    return f"; {join_first(texts)} counted as missing"


def _identifies(column: "Column") -> "Tuple[bool, str]":
    """Return whether the column identifies a row, and the reason or a hint."""
    values = [value for value in column.values if value == value]
    is_unique = len(values) > 2 and len(set(values)) == len(values)
    named = bool(_ID.match(column.name))
    if not is_unique or any([value != int(value) for value in values]):
        hint = "; its name is that of an identifier: --ignore it, or read it as --categorical"
        return False, hint if named else ""
    few = len(values) <= MANY  # which may be different by chance
    if not few and max(values) - min(values) == len(values) - 1:
        return True, "it numbers the rows (used if requested as numeric)"
    if named:
        return True, "it identifies the row (used if requested as numeric)"
    if few:
        return False, ""
    return False, "; no number occurs twice: if it identifies the row, --ignore it"


def _strange(values: "Sequence[float]") -> str:
    """Point out numbers that probably mean a missing value, or are mistakes."""
    marks, others = _marks(values)
    if marks:
        rows = plural(len(values) - len(others), "row")
        numbers = ",".join(map(label_of, marks))
        verb = "means" if len(marks) == 1 else "mean"
        return f"; if {numbers} ({rows}) {verb} missing, say so (--missing={numbers})"
    sample = sorted(values[:: 1 + len(values) // SAMPLED])
    tail = max(1, len(sample) // 50)
    low, high = sample[tail - 1 + (tail == 1)], sample[-tail - (tail == 1)]
    width = high - low
    if len(sample) < 10 or not width:
        return ""
    far = [v for v in values if not low - ABSURD * width <= v <= high + ABSURD * width]
    if not far:
        return ""
    return f"; {plural(len(far), 'number')}, such as {label_of(far[0])}, far from all others"


def _marks(values: "Sequence[float]") -> "Tuple[List[float], List[float]]":
    """Return the numbers that probably mean a missing value, and all other values.

    Such a number is far from all others, and occurs again or has the usual form of 9, 99, ...
    """
    marks: "List[float]" = []
    others = list(values)
    for _ in range(MOST_MARKS):
        ends = min(others), max(others)
        found = [end for end in ends if others.count(end) > 1 or end in SENTINELS]
        found = [end for end in found if _is_far(end, [v for v in others if v != end])]
        if not found:
            break
        marks.append(found[0])
        others = [value for value in others if value != found[0]]
    return marks, others


def _is_far(value: float, others: "Sequence[float]") -> bool:
    """Return whether the value is farther from the others than these are from each other."""
    if len(set(others[:SAMPLED])) < FEWEST_OTHERS:
        return False
    least, most = min(others), max(others)
    return value > 2 * most - least or value < 2 * least - most


def _part_of_categories(column: "Column", rows: "Sequence[int]") -> "Tuple[Any, str, str]":
    counts = Counter(pick(column.values, rows))
    gaps = counts.pop(-1, 0)
    different, filled_in = len(counts), len(rows) - gaps
    if different + bool(gaps) < 2:
        only = [shown(column.labels[code]) for code in counts]
        return None, "left out", f"it holds only {only[0]}" if only else "it holds nothing"
    hint = hint_for(column)
    if not column.requested and different > MANY and 2 * different > filled_in:
        why = f"it holds {different} different texts in {filled_in} rows"
        return None, "left out", why + hint
    most = sorted(counts, key=lambda code: (-counts[code], code))
    room = MOST_LABELS - bool(gaps)
    other = different > room
    labels = in_order([column.labels[code] for code in (most[: room - 1] if other else most)])
    part = Category(name=column.name, labels=labels, missing=gaps > 0, other=other)
    done = f"{len(part.features)} inputs, one of them 1"
    done += (
        f"; the last for the {different - len(labels)} rarest and all new texts" if other else ""
    )
    missing = _missing(column)
    done += f"; {missing:,} missing" if missing else ""
    what = f"{different} different texts" if different > 1 else "1 text"
    why = what + ", and missing" * (gaps > 0) + hint
    return part, done, "requested" if column.requested else why


def hint_for(column: "Column", is_target: bool = False) -> str:
    """Return "; " and advice about texts that are probably numbers or dates, or alike, or ""."""
    labels = column.labels[:SAMPLED]
    others = [label for label in labels if not is_number(label)]
    name = column.name
    if len(labels) > 4 * len(others):
        if not others:
            return "; they look like numbers with different marks or units (--decimal)"
        return (
            f"; all are numbers except {join_first(map(shown, others))}; "
            "if these mean missing numbers, name them (--missing)"
        )
    if 2 * sum(map(looks_like_date, others)) > len(labels):
        if is_target:
            return "; they look like dates: to predict dates, write them as numbers"
        return f"; they look like dates: --dates {shown(name)} makes inputs of their parts"
    if are_measured(labels):
        number = shown(others[0])
        return f"; they look like numbers with a unit, such as {number}: write plain numbers"
    return _alike(column.labels)


def _alike(labels: "Sequence[str]") -> str:
    """Point out texts that differ only in upper and lower case."""
    same: "Dict[str, List[str]]" = {}
    for label in labels:
        same.setdefault(label.lower(), []).append(label)
    groups = [group for group in same.values() if len(group) > 1]
    if not groups:
        return ""
    more = f", and {len(groups) - 1} more such groups" if len(groups) > 1 else ""
    return f"; {join_first(map(shown, groups[0]))} differ only in case{more}"


def mean_and_spread(values: "Sequence[float]", name: str) -> "Tuple[float, float]":
    """Return the mean and the root of the mean squared deviation; 1 for equal numbers."""
    largest = max(map(abs, values))
    if largest > LARGEST:
        raise ValueError(
            f"column {shown(name)} holds numbers as large as {largest:g}; use a larger unit"
        )
    mean = fsum(values) / len(values)
    deviations = [value - mean for value in values]
    spread = sqrt(fsum(map(mul, deviations, deviations)) / len(values))
    return mean, spread or max(map(abs, deviations)) or 1.0  # the squares of tiny numbers are 0
