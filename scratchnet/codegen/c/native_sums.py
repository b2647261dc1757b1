"""The statements that add what the samples of a block contribute to sums, such as gradients.

If the batch is one block (``alone``), and no penalty or clipping changes the gradients, those of a
large network are used as soon as they are complete. They need no memory, which would take time.
"""

import re

from ...scalars import Symbolic
from ..loop_parts import Index, Nest
from .native_packs import EACH_ROW, FEWEST, each_pack, each_tile, packed, width_of_tile
from .native_text import nested
from .native_unit import MOST_ON_STACK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional

    from .native_unit import NativeUnit

ROWS = (2, 4)  # how many rows of sums are added to at once
FIRST_ROW = "FIRST_ROW"  # stands for the first of these
MANY_GRADIENTS = 4096  # more than fit in the first level of caches
MOST_IN_CACHE = 1024  # sums of a group of rows, which are read again soon
FEW_STATEMENTS = 24  # of a function that is not divided, see native_division.py


class Sums:
    """What native_blocks.py prints after the statements for each sample.

    ``updates``     whether the weights are updated here if the batch is one block
    ``update_of``   returns the statement that updates the weights of some gradients, by the first
                    of them, its place in C and their number; None if gradients change afterwards
    """

    def __init__(self, parts: "Any", update_of: "Optional[Callable[[int, str, Any], str]]") -> None:
        self.unit: "NativeUnit" = parts.unit
        self.update_of = update_of
        gradients = len(parts.record.gradients)
        is_large = update_of is not None and gradients > MANY_GRADIENTS
        loops = [part for part in parts.sample + parts.late if not isinstance(part, str)]
        is_short = len(loops) <= FEW_STATEMENTS
        self.updates = is_large and is_short and are_all(parts.late, gradients)

    def for_each(self, lines: "List[str]") -> "List[str]":
        """Return the lines in a loop over the samples of the block."""
        raise NotImplementedError

    def added(self, part: "Any") -> "List[str]":
        """Return the statements that add the terms of each sample of the block to some sums.

        The sums of a row, or of a few rows, are in a local array during the block, if they are not
        too many for the stack.
        """
        outer = part.index if isinstance(part, Nest) else Index("", 1)
        fill = part.body[0] if isinstance(part, Nest) else part
        fits = width_of_tile(fill.index.count) <= MOST_ON_STACK
        if outer.count > 1 and fill.index.count >= FEWEST and fits:
            term = packed(fill.value.operands[1], fill.index)
            if term is not None:
                return self.added_by_packs(fill, term, outer)
        rows = [n for n in (1, *ROWS) if outer.count % n == 0]
        rows = [n for n in rows if n * fill.index.count <= MOST_ON_STACK]
        if rows:
            step, body = rows[-1], self.with_local_sums(fill, rows[-1], outer)
        else:
            step, body = 1, self.for_each(self.adding(fill, fill.value.operands[0].name))
        if outer.count == 1:
            return ["{", *nested(body), "}"]
        i = outer.name
        if rows:
            body = [re.sub(rf"\b{i}\b", f"({i} + u)", line) for line in body]
            body = [line.replace(FIRST_ROW, i) for line in body]
        head = f"for (int {i} = 0; {i} < {outer.count}; {i} += {step}) {{"
        return [head, *nested(body), "}"]

    def added_by_packs(self, fill: "Any", term: "Any", outer: "Any") -> "List[str]":
        """Return the statements that add the terms to several rows of sums at once, by packs.

        If fewer rows are left, the last one is computed repeatedly.
        """
        index, count = fill.index, outer.count
        tile = width_of_tile(index.count)
        place = f"{fill.place} - before" if self.updates else fill.place
        end = "end" if self.updates else str(count)

        def each_row(line: str) -> "List[str]":
            return [
                EACH_ROW,
                f"    const int {outer.name} = NET_LEAST(row + u, {end} - 1);",
                *nested(each_pack(index, [line])),
                "}",
            ]

        kept = Symbolic(name="kept[u][n]")
        (added,) = self.unit.assigned(kept.name, Symbolic(None, "add", (kept, term)))
        sums = f"NET_PACK(sums[{place}])"
        reading = (
            f"kept[u][n] = alone ? zeros : {sums};" if self.updates else f"kept[u][n] = {sums};"
        )
        lines = [
            "net_pack kept[rows][packs];",
            *each_row(reading),
            *self.for_each(each_row(added)),
            *each_row(f"{sums} = kept[u][n];"),
        ]
        start = "group" if self.updates else "0"
        lines = [
            f"for (int row = {start}; row < {end}; row += rows) {{",
            *nested(each_tile(index, lines)),
            "}",
        ]
        if self.updates:
            lines = self.with_updates(fill, outer, lines)
        return [
            "{",
            f"    enum {{ rows = NET_ROWS({tile}), packs = NET_PACKS({tile}) }};",
            *nested(lines),
            "}",
        ]

    def with_updates(self, fill: "Any", outer: "Any", lines: "List[str]") -> "List[str]":
        """Return the lines in a loop over groups of rows, with updates if the sums are complete.

        The sums of a group are then at the start of the array, which stays in the cache.
        """
        update_of: "Any" = self.update_of
        width, count = fill.index.count, outer.count
        rows = max(1, MOST_IN_CACHE // width)
        terms = [term for term in fill.place.split(" + ") if term != fill.index.name]
        terms = [re.sub(rf"\b{outer.name}\b", "group", term) for term in terms]
        place = " + ".join(terms)
        return [
            "const net_pack zeros = -(net_pack){0};",
            f"for (int group = 0; group < {count}; group += {rows}) {{",
            f"    const int end = NET_LEAST(group + {rows}, {count});",
            f"    const int before = alone ? {place} : 0;",
            *nested(lines),
            "    if (alone) {",
            f"        {update_of(first_of(fill), place, f'{width} * (end - group)')}",
            "    }",
            "}",
        ]

    def adding(self, fill: "Any", target: str) -> "List[str]":
        """Return the loop that adds the terms of one sample to these sums."""
        sum_of_two = Symbolic(None, "add", (Symbolic(name=target), fill.value.operands[1]))
        return self.unit.vectorized(fill.index, self.unit.assigned(target, sum_of_two))

    def with_local_sums(self, fill: "Any", rows: int, outer: "Any") -> "List[str]":
        """Return the statements that read the sums of some rows, add to them and store them."""
        total, kept = fill.value.operands[0].name, f"kept[u][{fill.index.name}]"

        def each_row(lines: "List[str]") -> "List[str]":
            return [f"for (int u = 0; u < {rows}; u++) {{", *nested(lines), "}"]

        reading = each_row(self.unit.vectorized(fill.index, [f"{kept} = {total};"]))
        storing = each_row(self.unit.vectorized(fill.index, [f"{total} = {kept};"]))
        if self.updates:
            zeros = each_row(self.unit.vectorized(fill.index, [f"{kept} = -0.0;"]))
            reading = ["if (alone) {", *nested(zeros), "} else {", *nested(reading), "}"]
            storing = self.storing_or_updating(fill, rows, outer, storing)
        return [
            f"double kept[{rows}][{fill.index.count}];",
            *reading,
            *self.for_each(each_row(self.adding(fill, kept))),
            *storing,
        ]

    def storing_or_updating(
        self, fill: "Any", rows: int, outer: "Any", storing: "List[str]"
    ) -> "List[str]":
        """Return the statements that store sums or, if they are complete, update their weights."""
        update_of: "Any" = self.update_of
        i, width = fill.index.name, fill.index.count
        terms = [term for term in fill.place.split(" + ") if term != i]
        if outer.name:
            terms = [re.sub(rf"\b{outer.name}\b", FIRST_ROW, term) for term in terms]
        place = " + ".join(terms) or "0"
        return [
            "if (alone) {",
            f"    for (int u = 0; u < {rows}; u++) {{",
            f"        for (int {i} = 0; {i} < {width}; {i}++) {{",
            f"            sums[{width} * u + {i}] = kept[u][{i}];",
            "        }",
            "    }",
            f"    {update_of(first_of(fill), place, rows * width)}",
            "} else {",
            *nested(storing),
            "}",
        ]


def first_of(fill: "Any") -> int:
    """Return the place of the first of the sums: that where all indices are 0."""
    terms = re.sub(r"\b[a-z]\w*\b", "0", fill.place)
    return sum([_product(term) for term in terms.split(" + ")])


def _product(term: str) -> int:
    result = 1
    for factor in term.split(" * "):
        result *= int(factor)
    return result


def are_all(groups: "List[Any]", gradients: int) -> bool:
    """Return whether groups of sums that are short enough for the stack are all gradients."""
    count = 0
    for part in groups:
        fill = part.body[0] if isinstance(part, Nest) else part
        if fill.index.count > MOST_ON_STACK:
            return False
        count += fill.index.count * (part.index.count if isinstance(part, Nest) else 1)
    return count == gradients
