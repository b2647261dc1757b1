"""Which numbers in the record of a training step depend on which sample.

The rules run on a few samples. If all terms of a sum are computed in the same way, one from each
sample, it becomes a sum over any number of samples.
"""

from ...scalars.symbolic import Undecided
from .step_inputs import COUNT, OVER_SAMPLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ...scalars import Symbolic


class Samples:
    """The division of a step on a few samples into a part per sample and sums over samples.

    ``sums``     the sums over samples
    ``counts``   the sums of sample weights that are all 1; they become inputs
    ``draws``    for each group of random numbers, how many of them each sample takes
    """

    def __init__(
        self,
        numbers: "Sequence[Symbolic]",
        outputs: "Sequence[Symbolic]",
        drawn: "List[Symbolic]",
        count: int,
    ) -> None:
        self.count = count
        self.all = (1 << count) - 1
        # For each number, one bit per sample and per random number that it depends on.
        self.of: "Dict[int, int]" = {}
        self.sums: "List[Symbolic]" = []
        self.counts: "List[Symbolic]" = []
        self.twins: "Dict[Any, Symbolic]" = {}
        bits = {id(r): 1 << count + n for n, r in enumerate(drawn)}
        owners: "List[Optional[int]]" = [None] * len(drawn)
        for node in numbers:
            if node.operation == "total" and self.is_count(node):
                node.operation, node.operands, node.name = "", (), COUNT
                self.counts.append(node)
            of = bits.get(id(node), 0) if node.sample is None else 1 << node.sample
            for operand in node.operands:
                of |= self.of[id(operand)]
            self.of[id(node)] = of
            own = of & self.all
            if own & (own - 1):
                # It depends on several samples, and an operand on one of them.
                if any([self.place(operand) is not None for operand in node.operands]):
                    self.sums.append(node)
            elif of > self.all:
                for n in range(len(drawn)):
                    owners[n] = self.place(node) if of >> count + n & 1 else owners[n]
        self.draws = group_sizes(owners, count)
        self.rename(drawn, owners)
        for node in self.sums:
            self.check(node)
        if any([self.place(node) is not None for node in outputs]):
            raise Undecided("a result depends on one sample only")

    def is_count(self, node: "Symbolic") -> bool:
        """Return whether a total is the sum of all sample weights, each of which is 1."""
        weights = [v.sample for v in node.operands if v.kind == "unit"]
        return len(node.operands) == self.count and weights == list(range(self.count))

    def place(self, node: "Symbolic") -> "Optional[int]":
        """Return the one sample that a number depends on, or None for no sample or several."""
        of = self.of[id(node)] & self.all
        return None if of & (of - 1) or not of else of.bit_length() - 1

    def rename(self, drawn: "List[Symbolic]", owners: "List[Optional[int]]") -> None:
        """Give the random numbers of every sample the same names."""
        for owner in range(self.count):
            for n, r in enumerate([r for r, of in zip(drawn, owners) if of == owner]):
                r.name, r.sample = f"r{n}", owner

    def terms(self, node: "Symbolic") -> "List[Tuple[Symbolic, ...]]":
        """Return the operands of a sum over samples, sample by sample."""
        size = len(node.operands) // self.count
        return [node.operands[i * size : (i + 1) * size] for i in range(self.count)]

    def keep_first(self) -> None:
        """Keep only the first term of each sum; it represents the terms of all samples."""
        for node in self.sums:
            node.operation, node.operands = OVER_SAMPLES, self.terms(node)[0]

    def check(self, node: "Symbolic") -> None:
        """Raise an error unless the sum has one term per sample, all computed in the same way."""
        size = {"dot": 2, "total": 1}.get(node.operation, 0)
        if not size or len(node.operands) != self.count * size:
            raise Undecided("it combines samples other than by a sum")
        first = self.terms(node)[0]
        for i in range(1, self.count):
            if not all([self.alike(a, b, i) for a, b in zip(first, self.terms(node)[i])]):
                raise Undecided("it does not do the same with every sample")

    def alike(self, a: "Symbolic", b: "Symbolic", sample: int) -> bool:
        """Return whether b depends on the sample in the same way as a depends on the first one."""
        waiting = [(a, b)]
        while waiting:
            a, b = waiting.pop()
            if self.twins.get((id(a), sample)) is b or a is b and not self.of[id(a)]:
                continue
            # If a difference is found later, an error is raised and this entry is not used.
            self.twins[id(a), sample] = b
            same = (
                a.operation == b.operation
                and a.name == b.name
                and len(a.operands) == len(b.operands)
            )
            if not same or not (a.operation or self.are_alike_inputs(a, b, sample)):
                return False
            if self.of[id(a)] & self.all > 1:  # It depends on other samples, too.
                return False
            waiting.extend(zip(a.operands, b.operands))
        return True

    def are_alike_inputs(self, a: "Symbolic", b: "Symbolic", sample: int) -> bool:
        """Return whether inputs with the same name correspond, or constants are equal."""
        if a.sample is b.sample is None:
            return repr(a.value) == repr(b.value)
        return (a.sample, b.sample) == (0, sample)


def group_sizes(owners: "List[Optional[int]]", count: int) -> "List[int]":
    """Return how many random numbers each of ``count`` samples takes in each group.

    ``owners`` are the samples of the random numbers, in the order in which they are drawn. In a
    group, the first sample takes some random numbers, then each other sample takes as many.

    >>> group_sizes([0, 0, 1, 1, 0, 1], count=2)
    [2, 1]
    """
    sizes = []
    n = 0
    while n < len(owners):
        size = 0
        while n + size < len(owners) and owners[n + size] == 0:
            size += 1
        expected = [i for i in range(count) for _ in range(size)]
        if not size or owners[n : n + count * size] != expected:
            raise Undecided("it does not draw its random numbers sample by sample")
        sizes.append(size)
        n += count * size
    return sizes
