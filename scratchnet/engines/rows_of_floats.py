"""Lists of floats, checked together, which takes less time than checking each row."""

from itertools import chain

from ..core.losses import LOSSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ..core.types import Matrix


def float_rows(data: "Any", columns: int, number: "Any", loss: "Any" = None) -> "Optional[Matrix]":
    """Return copies of the rows if they are lists of ``columns`` finite floats, or else None.

    ``loss``   the loss whose targets they are, which must be good; None for samples

    >>> float_rows([[0.5, 1.5], [2.0, 3.0]], 2, float)
    [[0.5, 1.5], [2.0, 3.0]]
    >>> float_rows([[0.5, 1.5], [2.0, 3]], 2, float)
    """
    is_table = number is float and are_rows(data) and have_length(data, columns)
    if not is_table or not are_finite_floats(data) or not (loss is None or takes(loss, data)):
        return None
    return list(map(list, data))


def takes(loss: "Any", Y: "Matrix") -> bool:
    """Return whether these rows are good targets, for a loss that takes rows as they are."""
    own = [kind.target for kind in LOSSES.values()]
    has_rows = len(Y[0]) > 1 and getattr(loss.target, "__func__", None) in own
    return has_rows and not any(map(loss.error_in, Y))


def are_rows(X: "Any", kind: type = list) -> bool:
    """Return whether X is a list of several lists, or of objects of another type.

    A single row is checked faster by itself.
    """
    # Counting takes less time than making a set.
    return isinstance(X, list) and len(X) > 1 and list(map(type, X)).count(kind) == len(X)


def have_length(X: "Matrix", columns: "Optional[int]") -> bool:
    """Return whether all rows have this length."""
    return list(map(len, X)).count(columns) == len(X)  # type: ignore[arg-type]


def are_floats(X: "Matrix") -> bool:
    """Return whether all numbers are Python's floats."""
    return set(map(type, chain.from_iterable(X))) == {float}


def are_finite_floats(X: "Matrix") -> bool:
    """Return whether all numbers are Python's floats, and their sum is finite."""
    return are_floats(X) and 0.0 * sum(map(sum, X)) == 0.0
