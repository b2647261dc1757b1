"""What is proven of a network of 32-bit floats: how far its outputs are from the exact ones."""

from math import inf

from ..scalars import Interval
from ..scalars.interval import UNITS
from ..texts import plural
from .own import is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..core.network import Sequential

MOST_ROWS = 1000  # A row of 64-32-10 takes 12 ms.
ASSUMED = (
    f"proven, if floats are rounded as in IEEE 754 and exp, tanh, ... are wrong by at most {UNITS} "
    "units in the last place"
)


class Proof:
    """A bound of the error of 32-bit floats on some rows of inputs.

    ``rows``    the indices of these rows: all, or 1,000 of them that are evenly spread
    ``count``   how many there are in all
    ``error``   how far an output for one of them can be from the output of the exact network;
                infinite if there is no bound
    ``worst``   the index of the row with the largest bound

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.1], [0.2]]), sn.Tanh()])
    >>> print(Proof(net, [[1, 2], [3, 4]]))
    on 2 rows the outputs of 32-bit floats differ from the exact ones by at most 2.3e-07 (...)
    """

    def __init__(self, net: "Sequential", X: "Any") -> None:
        twin, rows = net.copy(Interval), net.accept(X)
        self.count = len(rows)
        most = min(self.count, MOST_ROWS)
        self.rows = [k * self.count // most for k in range(most)]
        errors = []
        try:
            for k in self.rows:
                row = [Interval(x) for x in rows[k]]
                errors.append(max([a.error for a in twin.propagate([row], twin.layers)[0]]))
        except Exception as error:  # User-defined rules may raise anything.
            if all([is_own(layer) for layer in net.layers]):
                raise
            raise ValueError(f"calibrate: the error cannot be bounded: {error}") from None
        self.error = max(errors)
        self.worst = self.rows[errors.index(self.error)]

    def __str__(self) -> str:
        """Return the bound, rounded up to two digits."""
        used = len(self.rows)
        rows = plural(used, "row") if used == self.count else f"{used:,} of {self.count:,} rows"
        if self.error == inf:
            return (
                f"on {rows} the error of 32-bit floats has no bound; "
                f"row {self.worst} makes a number too large, or divides by one near 0"
            )
        return (
            f"on {rows} the outputs of 32-bit floats differ from the exact ones "
            f"by at most {self.error * 1.05:.1e} ({ASSUMED})"
        )
