"""Traced numbers with names, in the order of their computation.

named        a number that is known: it gets its name and its place at once
begin, add   a number in the middle of others that have no names yet: first all get names, then
             each is added after those that it is computed from
places       the names of the numbers of a parameter
"""

from ..core.layer import Configured
from ..scalars import Traced
from .names import element
from .within import long_parts, result_of, shared_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Sequence, Tuple

    from ..core.layer import Parameter
    from ..core.types import Matrix


class NamedNumbers:
    """Numbers by their names.

    ``samples``   the indices that stand for the rows of the batch in names
    ``numbers``   {name: Traced}, in the order of computation
    ``aliases``   {other name: name}
    ``suffix``    the end of the names of the forward pass; "new" after the update
    """

    def __init__(self, samples: "Sequence[int]") -> None:
        self.samples = list(samples)
        self.numbers: "Dict[str, Traced]" = {}
        self.aliases: "Dict[str, str]" = {}
        self.suffix = ""
        self._counts: "Dict[str, int]" = {}

    def named(self, name: str, number: "Any") -> "Traced":
        """Name a number and return it. If it has a name, the new name becomes an alias."""
        node = number if isinstance(number, Traced) else Traced(number)
        if node.name:
            self.aliases[name] = node.name
        else:
            node.name = name
            self.numbers[name] = node
        return node

    def name_result(self, name: str, number: "Any", rule: "Any") -> "Traced":
        """Name what a rule returns; a number that it passes on gets a second name and record."""
        return self.named(name, result_of(number, rule))

    def name_hyperparameters(self, prefix: str, part: "Any") -> None:
        """Name the hyperparameters of a layer, a loss or an optimizer, and of its schedules."""
        for name in part.numbers:
            value = getattr(part, name)
            if isinstance(value, Traced):
                setattr(part, name, self.named(prefix + name, Traced(value.value)))
            elif isinstance(value, Configured):  # a schedule
                self.name_hyperparameters(f"{prefix}{name}.", value)

    def name_rows(self, base: str, rows: "Matrix") -> "Matrix":
        """Name the numbers of a matrix, one row per sample, by their indices."""
        return [
            [self.named(f"{base}[{i}][{j}]{self.suffix}", v) for j, v in enumerate(row)]
            for i, row in zip(self.samples, rows)
        ]

    def begin(self, name: str, node: "Traced") -> "Traced":
        """Give a number a name; ``add`` adds it to the numbers."""
        node.name = name + self.suffix
        return node

    def begin_next(self, base: str, nodes: "Sequence[Traced]") -> "List[Tuple[str, Traced]]":
        """Name numbers by the next free indices; return them, each with the base of its name."""
        for node in nodes:
            n = self._counts[base + self.suffix] = self._counts.get(base + self.suffix, -1) + 1
            self.begin(f"{base}[{n}]", node)
        return [(base, node) for node in nodes]

    def begin_inner(self, base: str, rows: "Matrix", batch: "Sequence[Traced]") -> "List[Traced]":
        """Name the numbers within formulas: those of each sample, and those of the whole batch."""
        found = self.begin_next(base, shared_numbers(list(rows) + [batch]))
        roots = [(base, node) for node in batch]
        for i, row in zip(self.samples, rows):
            found += self.begin_next(f"{base}[{i}]", shared_numbers([[node] for node in row]))
            roots += [(f"{base}[{i}]", node) for node in row]
        for own, node in found + roots:
            found += self.begin_next(own, long_parts(node))
        return [node for _, node in found]

    def add(self, nodes: "Sequence[Traced]") -> None:
        """Add numbers that have got names, each after those that it is computed from."""
        pending = {id(node) for node in nodes}
        waiting = [(node, False) for node in reversed(nodes)]
        while waiting:
            node, done = waiting.pop()
            if done:
                self.numbers[node.name] = node
            elif id(node) in pending or node.operation and not node.name:
                pending.discard(id(node))
                waiting.extend([(node, True)] if node.name else [])
                waiting.extend([(operand, False) for operand in reversed(node.operands)])

    def begin_gradients(self, A: "Matrix", dA: "Matrix", rule: "Any") -> "Matrix":
        """Name the gradients dA at the numbers A, which have names."""
        return [
            [self.begin(f"{a.name}.gradient", result_of(d, rule)) for a, d in zip(row, row_d)]
            for row, row_d in zip(A, dA)
        ]


def places(parameter: "Parameter") -> "Iterator[Tuple[str, int, int]]":
    """Yield the name, row and column of each number of a parameter."""
    for i, row in enumerate(parameter.rows or []):
        for j in range(len(row)):
            yield element(parameter.name, parameter.flat, i, j), i, j
