"""Checks numbers computed by hand, in the order of the step."""

from ...core.checks import shown
from ..number import inputs
from ..worksheet import sections, value_of
from .accuracy import FEWEST, agrees, is_cut_off, says_nothing, significant
from .common import MISTAKES
from .findings import Findings, Wrong
from .of_networks import at_last, of_means, on_the_way_back, roundings
from .working import Mistake, Working

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator, List, Optional, Sequence

    from ...scalars import Traced
    from ..explanation import Explanation
    from ..worksheet import Entry
    from .working import Known

MOST = 2  # results of mistakes that the digits fit; with more, no mistake is reported
# A worksheet may come from a stranger. The limits of the step's numbers × the computations that
# compare entries which are not plainly right, and × the entries whose mistake is searched for.
CHECKED, LOOKED_FOR = 3000000, 20000


def check(why: "Explanation", entries: "Sequence[Entry]") -> "Findings":
    """Check the entries (name, digits, line) in the order of the step.

    An entry is right if its digits are right. It is also right if its digits follow from the
    entries before it, which are rounded. After a wrong entry, what follows from it counts.

    A number that is entered twice raises a ValueError, and so do more wrong or rounded numbers than
    can be checked in about a minute. If many numbers are wrong, only the mistakes of the first ones
    are searched for.
    """
    _refuse_twice(why, entries)
    own = _Entries(why, entries)
    explained = max(1, LOOKED_FOR // len(why.step.numbers))
    right, followed = [], []
    wrongs: "List[Wrong]" = []
    for entry in _in_order(why, entries):
        number = why[entry[0]]
        if own.accepts(number.node, entry[1]):
            right += [entry[0]] if number.node.operation else []
        elif own.follows(number.node, entry[1]):
            followed.append(entry[0])
        else:
            mistake = own.mistake(number.node, entry[1]) if len(wrongs) < explained else None
            wrongs.append(Wrong(entry, number, mistake, own.with_wrong(number.node)))
            own.wrong[number.name], own.halves[number.name] = value_of(entry[1])
        own.add(number.name, value_of(entry[1])[0])
    names = {why.step.full_name(entry[0].strip()) for entry in entries}
    blanks = [name for _, found in sections(why) for name in found if why[name].node.operation]
    missing = [name for name in blanks if name not in names]
    return Findings(right, followed, wrongs, missing)


def _refuse_twice(why: "Explanation", entries: "Sequence[Entry]") -> None:
    """Refuse two entries of one number."""
    lines: "Dict[str, int]" = {}
    for name, _, line in entries:
        first = lines.setdefault(why.step.full_name(name.strip()), line)
        if first != line:
            raise ValueError(
                f"line {line}: {shown(name)} is in line {first} already; leave one of the two"
            )


def _in_order(why: "Explanation", entries: "Sequence[Entry]") -> "List[Entry]":
    """Return the entries in the order of the step; those of the next forward pass come last."""
    names = [why[entry[0]].name for entry in entries]
    of_step = [name for name in why.step.names() if name != "loss.new"]
    order: "Dict[str, int]" = {}
    for name in of_step + list(why.step.numbers):
        order.setdefault(name, len(order))
    return [entries[k] for k in sorted(range(len(names)), key=lambda k: order[names[k]])]


AS_COMPUTED = Mistake("")
BY_THE_BOOK = Mistake(
    "",
    operation=lambda w, node, owner: w.step.books.get(node.name, node) if node is owner else node,
)


class _Entries:
    """The entries so far.

    ``values``   all of them, by name
    ``wrong``    those that are wrong
    ``halves``   half a unit of the last digit of these
    """

    def __init__(self, why: "Explanation", entries: "Sequence[Entry]") -> None:
        self.step = why.step
        self.entries = entries
        self.values: "Dict[str, float]" = {}
        self.wrong: "Dict[str, float]" = {}
        self.halves: "Dict[str, float]" = {}
        self.left = max(1, CHECKED // len(why.step.numbers))  # computations to compare entries
        self.carried = self.working(self.values)  # what follows from all entries

    def add(self, name: str, value: float) -> None:
        """Add an entry."""
        if value != self.carried.values.get(name):
            self.carried = self.working(self.values)
        self.values[name] = value

    def working(self, values: "Dict[str, float]", form: "Mistake" = BY_THE_BOOK) -> "Working":
        """Return the numbers that follow from these values."""
        return Working(self.step, known_of(values), form)

    def forms(self, node: "Traced") -> "List[Mistake]":
        """Return the formulas that people may use for a number."""
        return [BY_THE_BOOK] + ([AS_COMPUTED] if node.name in self.step.books else [])

    def accepts(self, node: "Traced", digits: str) -> bool:
        """Return whether an entry is right."""
        given, half = value_of(digits)
        exact = float(node.value)
        if says_nothing(digits, exact):
            return False
        right = {name: v for name, v in self.values.items() if name not in self.wrong}
        return any(
            [self.fits(node, given, half, exact, right, {}, form) for form in self.forms(node)]
        )

    def with_wrong(self, node: "Traced") -> "Optional[float]":
        """Return what follows from the wrong entries, or None if the number depends on none."""
        value, exact = self.working(self.wrong).value(node), float(node.value)
        return None if value is None or agrees(exact, value, 0.0) else value

    def follows(self, node: "Traced", digits: str) -> bool:
        """Return whether an entry is right if the wrong ones before it are carried on."""
        if not self.wrong or not node.operation:
            return False
        given, half = value_of(digits)
        for form in self.forms(node):
            base = self.working(self.wrong, form).value(node)
            if base is not None and not says_nothing(digits, base):
                if self.fits(node, given, half, base, self.values, self.wrong, form):
                    return True
        return False

    def fits(
        self,
        node: "Traced",
        given: float,
        half: float,
        exact: float,
        values: "Dict[str, float]",
        fixed: "Dict[str, float]",
        form: "Mistake",
    ) -> bool:
        """Return whether a number agrees with ``exact``, or with what follows from ``values``.

        ``fixed`` are the values with which ``exact`` was computed by ``form``.
        """
        if agrees(given, exact, half):
            return True
        self.left -= 1
        if self.left < 0:
            raise ValueError(
                f"too many numbers of the worksheet up to {shown(node.name)} are wrong or rounded "
                f"for a step of {len(self.step.numbers):,} numbers; check fewer at once"
            )
        if agrees(given, self.working(values, form).value(node), half):
            return True
        influences = self.influences(node, exact, values, fixed, form)
        return agrees(given, exact, half + sum(influences))

    def influences(
        self,
        node: "Traced",
        exact: float,
        values: "Dict[str, float]",
        fixed: "Dict[str, float]",
        form: "Mistake",
    ) -> "Iterator[float]":
        """Yield how much the rounding of each entry that a number depends on changes the number.

        People may use some entries as written down, and others with all digits of the calculator.
        """
        for source in self.sources(node, form):
            if source.name in fixed:
                other = fixed[source.name] + self.halves[source.name]
            elif source.name in values:
                other = values[source.name]
            else:
                continue
            alone = dict(fixed, **{source.name: other})
            value = self.working(alone, form).value(node)
            yield 0.0 if value is None else abs(value - exact)

    def sources(self, node: "Traced", form: "Mistake") -> "List[Traced]":
        """Return the entries that a number depends on directly, not through other entries."""
        found: "List[Traced]" = []
        books = self.step.books if form is BY_THE_BOOK else {}
        waiting, known = [books.get(node.name, node)], {node.name}
        while waiting:
            for operand in inputs(waiting.pop()):
                if operand.name and operand.name not in known:
                    known.add(operand.name)
                    (found if operand.name in self.values else waiting).append(operand)
        return [source for source in found if self.values[source.name] != source.value]

    def mistake(self, node: "Traced", digits: str) -> "Optional[str]":
        """Return a sentence with the mistake that gives this wrong number, if it is recognizable.

        The formula of the number is searched for the mistake first, computed from the entries and
        then from the right numbers; after that, everything that the entries do not determine, and
        everything from the data on.
        """
        given, half = value_of(digits)
        if says_nothing(digits, float(node.value)) and agrees(given, float(node.value), half):
            return "it has too few digits to be checked"
        if not node.operation:
            return None
        if any([is_cut_off(digits, v) for v in (float(node.value), self.carried.value(node))]):
            return "the digits after the last one are cut off instead of rounded"
        half = half if significant(digits) >= FEWEST else 0.0
        own: "List[Known]" = [self.carried_or_own, lambda other: float(other.value)]
        all_the_way: "List[Known]" = [known_of(self.values), lambda other: None]
        common = MISTAKES + on_the_way_back(self.step) + of_means(self.step)
        attempts = [(known, common) for known in own]
        attempts += [(known, common + at_last(self.step)) for known in all_the_way]
        attempts += [(known, roundings(digits, self.entries)) for known in own + all_the_way]
        for known, mistakes in attempts:
            values = [Working(self.step, known, mistake).value(node) for mistake in mistakes]
            found = [k for k, value in enumerate(values) if agrees(given, value, half)]
            if found:
                different = {f"{values[k]:.9e}" for k in found}
                if len(different) > MOST:
                    return None
                return f"this is the result if {mistakes[found[0]].sentence}"
        return None

    def carried_or_own(self, node: "Traced") -> "Optional[float]":
        own = self.values.get(node.name)
        return self.carried.value(node) if own is None else own


def known_of(values: "Dict[str, float]") -> "Known":
    return lambda node: values.get(node.name)
