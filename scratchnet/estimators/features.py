"""The features of X, which must be the same in each call."""

from ..engines.progress import warn
from .arrays import rows_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import Matrix


class Features:
    """The features of the first X: their number and, for a data frame, their names.

    ``owner``   the class of the estimator, which error messages name
    """

    def __init__(self, X: "Any", rows: "Matrix", owner: str) -> None:
        self.count = len(rows[0])
        self.names = names_of(X, self.count)
        self.owner = owner

    def rows_of(self, X: "Any") -> "Matrix":
        """Return another X as rows of floats, after comparing its features with the first."""
        rows = rows_of(X)
        if len(rows[0]) != self.count:
            expected = f"{self.owner} is expecting {self.count} features as input"
            raise ValueError(f"X has {len(rows[0])} features, but {expected}")
        self._compare_names(names_of(X, self.count))
        return rows

    def _compare_names(self, names: "List[str]") -> None:
        for was, given in zip(self.names, names):
            if was != given:
                raise ValueError(
                    f"X: a column is {given!r}, but was {was!r} before; "
                    "the feature names should match those that were passed during fit"
                )
        if bool(names) != bool(self.names):
            has, fitted = ("has", "without") if names else ("does not have valid", "with")
            warn(f"X {has} feature names, but {self.owner} was fitted {fitted} feature names")


def names_of(X: "Any", count: int) -> "List[str]":
    """Return the names of all columns of a data frame. Without a name for each, there are none."""
    names = [name for name in getattr(X, "columns", ()) if isinstance(name, str)]
    return names if len(names) == count else []
