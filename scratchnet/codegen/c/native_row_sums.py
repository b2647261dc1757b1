"""Rows of sums, such as matrix products, for the samples of a block, several samples at once."""

import re

from ...scalars import Symbolic
from .native_packs import EACH_ROW, FEWEST, each_pack, each_tile, packed, transposed, width_of_tile
from .native_sums import Sums
from .native_text import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple


class RowSums(Sums):
    """What native_blocks.py prints for rows of sums.

    ``lengths``               {array of one sample: its length}
    ``addresses``             {array: where that of sample {k} begins}
    ``place_of_transposed``   where transposed weights are in the working array
    ``transposed``            how many numbers they need
    """

    lengths: "Dict[str, int]"
    addresses: "Dict[str, str]"
    place_of_transposed: int
    transposed = 0

    def several_rows(self, part: "Any") -> "List[str]":
        """Return the statements that compute a row of sums for several samples at once.

        Each weight is read once for all of them. If fewer samples are left, the last one is
        computed repeatedly.
        """
        (fold,) = part.body
        copying, term = self.term_of_packs(part)
        printed = self.by_numbers(part) if term is None else self.by_packs(part, term)
        sizes, total, statements = printed
        each = "for (int u = 0; u < rows; u++) {"
        row = each if term is None else EACH_ROW
        start, added, stored = [[row, *nested(lines), "}"] for lines in statements]
        lines = [total, *start, *self.unit.repeated(fold.index, added), *stored]
        if term is not None:
            lines = each_tile(part.index, lines)
        read = set(re.findall(r"\b(\w+)\[", "\n".join(lines)))
        declared, pointers = [], []
        for name, address in self.addresses.items():
            if name in read:
                kind = "" if name in self.lengths else "const "
                declared.append(f"{kind}double *{name}[rows];")
                pointers.append(f"{name}[u] = {address.format(k='sample')};")
                lines = [re.sub(rf"\b{name}\[(?=[^\]]*\])", f"{name}[u][", line) for line in lines]
        samples = [
            "for (int k = 0; k < block; k += rows) {",
            *nested(
                [
                    *declared,
                    each,
                    "    const int sample = k + u < block ? k + u : block - 1;",
                    *nested(pointers),
                    "}",
                    *lines,
                ]
            ),
            "}",
        ]
        return ["{", f"    enum {{ {sizes} }};", *nested(copying), *nested(samples), "}"]

    def term_of_packs(self, part: "Any") -> "Tuple[List[str], Any]":
        """Return the term that is added to packs of sums, or None if these sums have no packs.

        Before it, return the statements that transpose the weights, if it needs them.
        """
        (fold,) = part.body
        index, (total, term) = part.index, fold.value.operands
        is_plain = part.value is total and repr(fold.first.value) == "-0.0"
        if index.count < FEWEST or not is_plain or part.place != index.name:
            return [], None
        weights: "List[str]" = []
        found = packed(transposed(term, index, fold.index, weights), index)
        if found is None or len(weights) != 1:
            return [], packed(term, index)
        self.transposed = max(self.transposed, index.count * fold.index.count)
        copy = f"transposed[{index.name} + {index.count} * {fold.index.name}] = {weights[0]};"
        return [
            f"double *restrict const transposed = scratch + {self.place_of_transposed};",
            *self.unit.repeated(fold.index, self.unit.repeated(index, [copy])),
        ], found

    def by_packs(self, part: "Any", term: "Any") -> "Any":
        """Return how rows of sums are computed by packs.

        The result is the sizes, the declaration of the sums, and the statements that set the sums
        of a sample to 0, add a term to them, and store them.
        """
        (fold,) = part.body
        index, total = part.index, fold.value.operands[0]
        total.name = "total[u][n]"
        tile = width_of_tile(index.count)
        added = self.unit.assigned(total.name, Symbolic(None, "add", (total, term)))
        statements = [
            ["total[u][n] = -(net_pack){0};"],
            added,
            [f"NET_PACK({part.name}[{part.place}]) = total[u][n];"],
        ]
        sizes = f"rows = NET_ROWS({tile}), packs = NET_PACKS({tile})"
        loops = [each_pack(index, lines) for lines in statements]
        return sizes, "net_pack total[rows][packs];", loops

    def by_numbers(self, part: "Any") -> "Any":
        """Return the same for sums that are computed one by one, or as the compiler chooses."""
        (fold,) = part.body
        index, total = part.index, fold.value.operands[0]
        total.name = f"total[u][{index.name}]"  # It was the variable of one sum.
        statements = [
            self.unit.assigned(total.name, fold.first),
            self.unit.assigned(total.name, fold.value),
            self.unit.assigned(f"{part.name}[{part.place}]", part.value),
        ]
        loops = [self.unit.vectorized(index, lines) for lines in statements]
        return f"rows = NET_ROWS({index.count})", f"double total[rows][{index.count}];", loops
