"""The numbers of a step, computed again from the record with a mistake in it.

Mistake   an edit of the record
Working   the numbers that follow from the edited record
"""

from ...scalars import Traced
from ..digits import COMPUTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, List, Optional, Tuple

    from ..step import Step

    Edit = Callable[["Working", Traced, Traced], Traced]
    Known = Callable[[Traced], Optional[float]]


class Mistake:
    """An edit of the record: what replaces ``node`` in the formula of the number ``owner``.

    ``reference``   replaces a number that the formula refers to by name
    ``operation``   replaces an operation; if it is the whole formula, ``node`` is ``owner``

    Each is a function (working, node, owner), which returns ``node`` if it changes nothing.
    """

    def __init__(
        self, sentence: str, reference: "Optional[Edit]" = None, operation: "Optional[Edit]" = None
    ) -> None:
        self.sentence = sentence
        self.reference = reference or unchanged
        self.operation = operation or unchanged


def unchanged(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    return node


EDITED = dict(COMPUTED, round=lambda value, decimals: round(value, int(decimals)))


class Working:
    """The numbers that follow from the record with a mistake in it.

    ``known(node)`` returns the value of a number that is not computed, or None.
    """

    def __init__(self, step: "Step", known: "Known", mistake: "Mistake") -> None:
        self.step: "Step" = step
        self.known = known
        self.mistake = mistake
        self.values: "Dict[str, float]" = {}
        self.target: "Optional[Traced]" = None
        self.missing: "List[Traced]" = []
        # The values of the unnamed parts of the current formula. Each is stored with its node, so
        # that the id stays in use.
        self.parts: "Dict[int, Tuple[Traced, float]]" = {}

    def value(self, target: "Traced") -> "Optional[float]":
        """Return the value of a number, or None if the mistake makes it undefined or circular."""
        self.target = target
        waiting, begun = [target], set()
        while waiting:  # A loop, because a network may be deeper than Python's stack.
            node = waiting[-1]
            value = self.values.get(node.name)
            if value is None:
                self.missing, self.parts = [], {}
                try:
                    value = self.computed(self.mistake.operation(self, node, node), node, node)
                except (ArithmeticError, ValueError):
                    pass
                is_circular = any([other.name in begun for other in self.missing])
                if is_circular or value is None and not self.missing:
                    return None
            if self.missing:
                begun.add(node.name)
                waiting.extend(self.missing)
                self.missing = []
            else:
                begun.discard(waiting.pop().name)
                self.values[node.name] = value  # type: ignore[assignment]
        return self.values[target.name]

    def computed(self, record: "Traced", owner: "Traced", origin: "Traced") -> float:
        """Compute the operation of ``record``, in which ``origin`` is not edited again."""
        if not record.operation:
            return float(record.value)
        owner = record if record.name else owner
        value: float = EDITED[record.operation](
            *[self.operand(part, owner, origin) for part in record.operands]
        )
        return value

    def operand(self, node: "Traced", owner: "Traced", origin: "Traced") -> float:
        """Return the value of a number in the formula of ``owner``."""
        if node is origin:
            if node.name and node is not owner:
                return self.number(node)
            return self.computed(node, owner, node)
        if node.name:
            record = self.mistake.reference(self, node, owner)
            return self.number(record) if record.name else self.computed(record, owner, node)
        if id(node) not in self.parts:
            record = self.mistake.operation(self, node, owner)
            self.parts[id(node)] = node, self.computed(record, owner, node)
        return self.parts[id(node)][1]

    def number(self, node: "Traced") -> float:
        """Return the value of a named number; if it is not computed yet, add it to ``missing``."""
        value = self.known(node)
        if value is None:
            value = self.values.get(node.name) if node.operation else float(node.value)
        if value is None:
            self.missing.append(node)
        return float("nan") if value is None else value
