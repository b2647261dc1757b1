"""The median of many numbers."""

from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence

SORTED = 10000  # as many numbers as can be sorted quickly


def median_of(values: "Sequence[float]") -> float:
    """Return the middle one of the sorted values, or the mean of the middle two.

    >>> median_of([3.0, 1.0, 2.0]), median_of([4.0, 1.0, 2.0, 3.0])
    (2.0, 2.5)
    """
    count, below = len(values), 0
    middle: "List[float]" = []
    if count > SORTED:  # Sort only the values that are near the middle according to a sample.
        sample = sorted(values[:: count // 1000])
        low, high = sample[len(sample) * 2 // 5], sample[len(sample) * 3 // 5]
        below = len([value for value in values if value < low])
        middle = sorted([value for value in values if low <= value <= high])
    if not below <= (count - 1) // 2 <= count // 2 < below + len(middle):
        below, middle = 0, sorted(values)
    low, high = middle[(count - 1) // 2 - below], middle[count // 2 - below]
    # The second form cannot overflow, but loses bits of tiny numbers.
    return (low + high) / 2 if isfinite(low + high) else low / 2 + high / 2
