"""An axis: the position of a number between its ends, and the round numbers at its ticks.

>>> scale = Scale([0, 4.2])
>>> scale.place(2.1)
0.5
>>> [text for _, text in scale.ticks(5)]
['0', '1', '2', '3', '4']
>>> [text for _, text in Scale([0.003, 20], logarithmic=True).ticks(9)]
['0.01', '0.1', '1', '10']
"""

import math

LARGEST = 1e300  # larger numbers are drawn as this one, numbers below its inverse as 0

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence, Tuple

    Ticks = List[Tuple[float, str]]


class Scale:
    """A linear or logarithmic scale from the smallest of ``values`` to the largest.

    ``margin``   the fraction of its length that is added at both ends
    ``whole``    whether the ticks are whole numbers only

    If all values are (nearly) the same, the axis reaches from half of this value to one and a half
    times it or, if logarithmic, over a factor of ten.
    """

    def __init__(
        self,
        values: "Sequence[float]",
        margin: float = 0,
        logarithmic: bool = False,
        whole: bool = False,
    ) -> None:
        self.logarithmic, self.whole = logarithmic, whole
        ends = [self._stretched(v) for v in (min(values), max(values))]
        low, high = [v if abs(v) * LARGEST > 1 else 0.0 for v in ends]
        if high - low <= max(1 / LARGEST, 1e-9 * (1 if logarithmic else max(abs(low), abs(high)))):
            half = 0.5 if logarithmic else abs(high) / 2 or 0.5
            low, high = low - half, high + half
        self.low, self.high = low - margin * (high - low), high + margin * (high - low)

    def _stretched(self, value: float) -> float:
        value = max(-LARGEST, min(LARGEST, value))
        return math.log10(max(value, 1 / LARGEST)) if self.logarithmic else value

    def place(self, value: float) -> float:
        """Return the position of a value: 0 at the lower end, 1 at the upper end."""
        return (self._stretched(value) - self.low) / (self.high - self.low)

    def at(self, place: float) -> float:
        """Return the value at a position."""
        value = self.low + place * (self.high - self.low)
        return 10.0 ** max(-300, min(300, value)) if self.logarithmic else value

    def ticks(self, most: int) -> "Ticks":
        """Return at most ``most`` (but at least two) ticks as pairs of a value and its text.

        They are 1, 2 or 5 times a power of ten apart.
        """
        if self.logarithmic:
            if self.high - self.low < 1:
                return Scale([self.at(0), self.at(1)]).ticks(most)
            ticks = self._powers((1, 2, 5), most)
            return ticks if len(ticks) <= most + 2 else self._powers((1,), most)
        step, exponent = self._step(most)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [
            k * step if exponent >= 0 else k / (1 / step) for k in range(int(first), int(last) + 1)
        ]
        largest = max([abs(v) for v in values])
        return [(v, _text(v, exponent, largest)) for v in values]

    def _step(self, most: int) -> "Tuple[float, int]":
        """Return the smallest step with at most ``most`` ticks, and its power of ten.

        A step is 1, 2 or 5 times a power of ten.
        """
        rough = (self.high - self.low) / most
        exponent = math.floor(math.log10(rough))
        if self.whole and exponent < 0:
            return 1.0, 0
        for factor in (1, 2, 5):
            step = float("{}e{}".format(factor, exponent))
            if step >= rough:
                return step, exponent
        return float("1e{}".format(exponent + 1)), exponent + 1

    def _powers(self, factors: "Sequence[int]", most: int) -> "Ticks":
        """Return ticks at each factor times each power of ten.

        If these are too many, use each second, third, ... power only.
        """
        first, last = max(-300, math.floor(self.low)), min(300, math.ceil(self.high))
        every = max(1, -(-(last - first) // most))
        found = [
            (float("{}e{}".format(f, k)), k)
            for k in range(first, last + 1)
            if k % every == 0
            for f in factors
        ]
        return [(v, _text(v, k, v)) for v, k in found if -1e-9 <= self.place(v) <= 1 + 1e-9]


def _text(value: float, exponent: int, largest: float) -> str:
    """Return the value as text, to the digit of 10 to the power ``exponent``.

    If ``largest`` is large or small, write it with a power of ten.
    """
    if value == 0:
        return "0"
    digits = math.floor(math.log10(largest) + 1e-9) - exponent
    if largest < 1e5 and exponent > -5 or digits > 4 and 1e-4 < largest < 1e12:
        return "{:.{}f}".format(value, max(0, -exponent)).replace("-", "−")
    digits = math.floor(math.log10(abs(value)) + 1e-9) - exponent
    return _short("{:.{}e}".format(value, min(max(digits, 0), 15)))


def number(value: float) -> str:
    """Return a number with four digits for a legend or a tooltip.

    >>> number(0.123456), number(-1234567.0), number(3.0)
    ('0.1235', '−1.235e6', '3')
    """
    return _short("{:.4g}".format(value + 0.0))


def _short(text: str) -> str:
    """Return a number with a typographic minus, and without + and leading zeros in its power.

    >>> _short("-1.0e+07")
    '−1e7'
    """
    mantissa, e, power = text.partition("e")
    if e:
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = "{}e{}".format(mantissa, int(power))
    return "−" + text[1:] if text[0] == "-" else text
