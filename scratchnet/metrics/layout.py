"""The lines and the numbers of a printed report."""

from ..texts import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


def align(rows: "Sequence[Sequence[str]]") -> str:
    """Return the rows as lines. The first column is aligned left, the others right."""
    widths = [max([width(row[k]) for row in rows]) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        blanks = [" " * (w - width(cell)) for w, cell in zip(widths, row)]
        cells = [
            blank + cell if k else cell + blank for k, (blank, cell) in enumerate(zip(blanks, row))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def finite(value: float) -> "Any":
    return value if value - value == 0 else None


def digits(value: float) -> str:
    if value != value:
        return "undefined"
    if 1e4 <= abs(value) < 1e12:  # not 1.353e+04
        return "{:,.0f}".format(value)
    return "{:.4g}".format(value + 0.0)
