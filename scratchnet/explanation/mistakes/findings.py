"""What a check finds: the wrong numbers, each with its mistake, and the score."""

from ...texts import fit_to_output, plural
from ..text import DECIMALS
from ..text import number as written
from ..worksheet import decimals_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Tuple

    from ..number import Number
    from ..worksheet import Entry


class Wrong:
    """A wrong number.

    ``name``, ``given``, ``line``   the entry as it was read
    ``right``                       the right number, with as many decimals as the entry
    ``number``                      where the right number comes from (number.Number)
    ``mistake``                     a sentence with the mistake that gives the wrong number, or None
    ``carried``                     what follows from the wrong numbers before it, as text, or None
    """

    def __init__(
        self,
        entry: "Entry",
        number: "Number",
        mistake: "Optional[str]",
        carried: "Optional[float]" = None,
    ) -> None:
        self.name, self.given, self.line = entry
        self.decimals = DECIMALS if "/" in self.given else max(decimals_of(self.given), 0)
        self.right = written(number.value, max(DECIMALS, self.decimals))
        self.number = number
        self.mistake = mistake
        self.carried: "Optional[str]" = None
        if carried is not None:
            self.carried = written(carried, max(DECIMALS, self.decimals))

    def text(self) -> str:
        lines = [
            f"line {self.line}: {self.name} = {self.given} is wrong; "
            f"the right number is {self.right}"
        ]
        if self.carried is not None:
            lines.append(f"  with the wrong numbers before it, {self.carried} would be right")
        lines += [f"  {self.mistake}"] if self.mistake else []
        return "\n".join(lines + ["", self.number.text(0, max(DECIMALS, self.decimals))])


class Findings:
    """The result of a check.

    ``right``       the names of the right numbers
    ``followed``    those that are right if an earlier wrong number is carried on; they count
    ``wrongs``      the wrong numbers, in the order of the step
    ``missing``     the names of the numbers of the worksheet that have no entry
    """

    def __init__(
        self,
        right: "List[str]",
        followed: "List[str]",
        wrongs: "List[Wrong]",
        missing: "List[str]",
    ) -> None:
        self.right = right
        self.followed = followed
        self.wrongs = wrongs
        self.missing = missing

    @property
    def wrong(self) -> "Optional[Wrong]":
        """The first wrong number, or None."""
        return self.wrongs[0] if self.wrongs else None

    @property
    def passed(self) -> bool:
        return not self.wrongs

    @property
    def score(self) -> "Tuple[int, int]":
        """How many numbers of the worksheet are right, and how many there are."""
        count = len(self.right) + len(self.followed)
        return count, count + len(self.wrongs) + len(self.missing)

    def text(self) -> str:
        lines = []
        for wrong in self.wrongs:
            lines += [wrong.text(), ""]
        if self.followed:
            names = ", ".join(self.followed)
            lines.append(f"right with the wrong numbers carried on: {names}")
        counts = [f"right: {plural(len(self.right), 'number')}"]
        if self.wrongs:
            counts.append(f"right with a wrong number carried on: {len(self.followed)}")
            counts.append(f"wrong: {len(self.wrongs)}")
        counts.append(f"missing: {plural(len(self.missing), 'number')} of the worksheet")
        return "\n".join(lines + ["; ".join(counts), "score: {} of {}".format(*self.score)])

    def __str__(self) -> str:
        return fit_to_output(self.text())
