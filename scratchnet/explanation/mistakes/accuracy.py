"""Whether the digits of an entry agree with a number."""

from decimal import ROUND_DOWN, Decimal

from ..text import DECIMALS
from ..worksheet import decimals_of, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

ROUNDING = 1e-12  # the relative difference of sums that are added in different orders
FEWEST = 2  # significant digits from which a mistake is recognized; with fewer, only if it is exact
COARSE = 1  # decimals; a number without decimals may be too coarse to check, such as 0 for 0.25
NEAR = 0.1  # the relative difference up to which it is not, such as 1 for 0.9999


def is_cut_off(digits: str, value: "Optional[float]") -> bool:
    """Return whether these are the first digits of a number, which round to others."""
    if value is None or "/" in digits or significant(digits) < FEWEST:
        return False
    unit = Decimal(1).scaleb(-decimals_of(digits))
    return Decimal(digits) == Decimal(value).quantize(unit, ROUND_DOWN)


def agrees(given: float, value: "Optional[float]", half: float) -> bool:
    """Return whether a number is right to half a unit of its last digit."""
    return value is not None and abs(given - value) <= half + ROUNDING * (abs(value) + ROUNDING)


def says_nothing(digits: str, exact: float) -> bool:
    """Return whether half a unit of the last digit is more than half of the number.

    A number without decimals may be a good one: 1 for 0.9999, or 0 for 0.00004.
    """
    given, half = value_of(digits)
    is_near = abs(given - exact) <= max(abs(exact) * NEAR, 0.5 * 10.0**-DECIMALS)
    return half > abs(exact) / 2 and not is_near and decimals_of(digits) < COARSE


def significant(digits: str) -> float:
    """Return the number of significant digits, of 0.000 three; a fraction is exact."""
    if "/" in digits:
        return float("inf")
    return len(Decimal(digits).as_tuple().digits) if Decimal(digits) else decimals_of(digits)
