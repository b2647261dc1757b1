"""Sums and maxima over a row in the record of a step, printed as loops.

A softmax, for example, is recorded as the largest number of a row, then its exponentials, their
sum, and the quotients. Each term of the sum is computed in the same way from the numbers at its own
place. So the sum is a Reduction: a vector of one number that a loop over the row computes. Then the
quotients are also computed in the same way, from the exponentials and the Reduction.
"""

from ..program import choices, merged
from ..record.vectors import Vector, Vectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Set


class Reduction(Vector):
    """One number per sample: a sum over a row, or the largest of a row.

    ``terms``    of each sample, the numbers that are added or compared
    ``is_sum``   whether they are added
    """

    def __init__(self, name: str, nodes: "Any", stage: int) -> None:
        Vector.__init__(self, name, [[node] for node in nodes], stage)
        self.terms = [terms_of(node) for node in nodes]
        self.is_sum = is_sum(nodes[0])


class VectorsInLoops(Vectors):
    """Vectors, among them Reductions."""

    def keep_products(self) -> None:
        self.unify()
        Vectors.keep_products(self)
        for nodes in self.sums_and_maxima():
            self.reduce(nodes)
        for vector in self.all:
            if not vector.alike and vector.width > 1:
                self.check(vector)  # Perhaps its numbers are computed from Reductions alike.

    def unify(self) -> None:
        """Merge equal numbers, so that no loop computes what another has computed."""
        _, same = merged([v for vector in self.all for row in vector.rows for v in row])
        for vector in self.all:
            vector.rows = [[same[id(v)] for v in row] for row in vector.rows]
            for row in vector.rows:
                for j, node in enumerate(row):
                    self.place.setdefault(id(node), (vector.name, j))

    def reduce(self, nodes: "Any") -> None:
        """Replace a number, given for each sample, by a Reduction if its terms are alike."""
        reduction = Reduction("", nodes, self.stage_of(nodes[0]))
        if not all(map(self.are_alike, reduction.terms)):
            return
        first = reduction.terms[0][0]
        is_shared = len(self.consumers.get(id(first), [])) > 1 and first.operation
        if reduction.is_sum and is_shared and id(first) not in self.place:
            self.vector(reduction.terms)  # Other numbers need the terms, too.
        reduction.name = f"v{len(self.all)}"
        self.all.append(reduction)
        self.widths[reduction.name] = 1
        for node in nodes:
            self.place[id(node)] = reduction.name, 0

    def sums_and_maxima(self) -> "List[Any]":
        """Return the numbers that may be Reductions, each as a tuple with that of every sample."""
        rows = [v for v in self.all if v not in self.terms]
        known = {id(node) for vector in rows for row in vector.rows for node in row}
        found = []
        seen: "Set[int]" = set()
        waiting = [column for vector in self.all for column in zip(*vector.rows)]
        while waiting:
            nodes = waiting.pop()
            if id(nodes[0]) not in seen:
                seen.add(id(nodes[0]))
                waiting.extend(zip(*[node.operands for node in nodes]))
                if id(nodes[0]) not in known and len(terms_of(nodes[0])) > 1:
                    found.append(nodes)
        inner = {id(part) for nodes in found for part in comparisons_in(nodes[0])}
        found = [nodes for nodes in found if id(nodes[0]) not in inner]
        return sorted(found, key=lambda nodes: nodes[0].serial)

    def are_alike(self, row: "Any") -> bool:
        """Return whether numbers are computed in the same way, or are those of a vector."""
        places = [self.place_of(node) for node in row]
        if places[0][0] and places == [(places[0][0], j) for j in range(len(row))]:
            return True
        return all([self.same(row[0], node, j) for j, node in enumerate(row)])


def is_sum(node: "Any") -> bool:
    return node.operation in ("total", "dot")


def terms_of(node: "Any") -> "List[Any]":
    """Return the terms of a sum, or else the numbers that this one is the largest of."""
    if node.operation == "dot":
        return [a * b for a, b in zip(node.operands[::2], node.operands[1::2])]
    return list(node.operands) if node.operation == "total" else choices(node)


def comparisons_in(node: "Any") -> "List[Any]":
    """Return the comparisons of fewer numbers within a comparison of several."""
    found = []
    for _ in choices(node)[2:]:
        node = node.operands[2]
        found.append(node)
    return found
