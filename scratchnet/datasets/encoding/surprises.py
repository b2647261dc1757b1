"""What is unlike the training rows, in words."""

from ...texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

MOST_LABELS = 5  # listed of one column


def sentences(
    unseen: "Dict[str, Dict[str, int]]", outside: "Dict[str, Tuple[int, int, float, float]]"
) -> "List[str]":
    """Return a sentence per column, from what ``unseen`` and ``outside`` of an Encoder return.

    >>> sentences({"pet": {"cow": 2}}, {"age": (1, 3, 0.5, 20)})[0]
    "column 'pet': 'cow' did not occur in training (2 rows)"
    """
    found = []
    for name, counts in unseen.items():
        labels = ", ".join([repr(label) for label in sorted(counts)[:MOST_LABELS]])
        labels += ", ..." if len(counts) > MOST_LABELS else ""
        affected = plural(sum(counts.values()), "row")
        found.append(f"column {name!r}: {labels} did not occur in training ({affected})")
    for name, (far, count, least, most) in outside.items():
        found.append(
            f"column {name!r}: {far:,} of {plural(count, 'value')} outside the training "
            f"data ({least:g} to {most:g}), some or all far; is the unit the same?"
        )
    return found
