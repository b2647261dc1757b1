"""The statements of a training step: those for one sample, and those that follow from the sums.

Small networks are written out; larger ones are loops.
"""

from ...core.functions import ELEMENTARY
from ...scalars import Symbolic
from ..alike import NotAlike
from ..loop_parts import Assign, Fill, Index, Nest, element_at
from ..loops import Loops, Scope, size
from ..program import reachable
from .printer import CPrinter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ...core.types import Row
    from ..record.batch_record import BatchRecord
    from .native_unit import NativeUnit

MOST_WRITTEN_OUT = 100  # operations; loops for more are faster
MOST_TIME_WRITTEN_OUT = 220  # of one sample, in additions
CALL = 40  # the time of a function such as exp, in additions


class Parts:
    """The statements, which work on the arrays of native_step.py.

    ``sample``     those for one sample, each of which is repeated for all samples of a block: from
                   loop_parts.py, or the text of a comment; if they are written out, their lines
    ``late``       for each group of sums, a Fill or Nest that adds to it
    ``ending``     those that compute the loss and the gradients from the sums
    ``in_place``   whether the sums are the gradients; otherwise these are in an array g
    ``changes_gradients``   whether the ending changes gradients
    ``lengths``    {array of one sample: its length}
    ``lengths_of_end``   {array of the ending: its length}
    ``tables``     the definitions of the constants that are read
    ``is_small``   whether the statements for one sample have no loops
    ``work``       the approximate time of a sample, in additions
    """

    def __init__(
        self, unit: "NativeUnit", record: "BatchRecord", factor: "Optional[Symbolic]"
    ) -> None:
        self.unit, self.record, self.factor = unit, record, factor
        self.lengths: "Dict[str, int]" = {}
        self.lengths_of_end: "Dict[str, int]" = {}
        self.tables: "List[str]" = []
        self.in_place = all([g is s for g, s in zip(record.gradients, record.sums)])
        self.changes_gradients = not self.in_place
        operations = size(record.terms)
        calls = [v for v in reachable(record.terms) if v.operation in ELEMENTARY]
        self.work = operations + CALL * len(calls)
        is_short = max(operations, len(record.terms)) <= MOST_WRITTEN_OUT
        self.is_small = is_short and self.work <= MOST_TIME_WRITTEN_OUT
        self.sample, self.late = self.written_out() if self.is_small else self.looping()
        gradients = [] if self.in_place else record.gradients
        results = [record.value, *gradients] + ([] if factor is None else [factor])
        small = max(size(results), len(results)) <= MOST_WRITTEN_OUT
        self.ending = self.ending_written_out(results) if small else self.ending_with_loops(results)

    # ---- one sample ------------------------------------------------------------------------------

    def written_out(self) -> "Tuple[List[Any], List[Any]]":
        """Return the statements for a sample, without loops."""
        record = self.record
        code = CPrinter(self.unit, record.terms, record.names)
        lines = code.statements()
        for n, term in enumerate(code.outputs):
            lines.append(f"term[{n}] = {code.text(term)};")
        return lines, []

    def looping(self) -> "Tuple[List[Any], List[Any]]":
        """Return the statements for a sample, and those that add to each group of sums."""
        record = self.record
        loops = Loops("x", record.x, record.terms, "net_table")
        for name, row in (("y", record.y), ("w", record.weights), ("r", record.drawn)):
            loops.remember(name, row)
        loops.scalars.update(record.names)
        same = loops.record.same
        used = {id(node) for node in loops.record.numbers}
        for label, noted in record.rows:
            row = [same[id(v)] for v in noted if id(v) in same]
            if all([id(v) in used for v in row]) and not all(map(loops.is_known, row)):
                loops.statements.append(label)
                loops.store(row)
        loops.statements.append("the sums over samples")
        self.add_groups(loops, [same[id(v)] for v in record.terms])
        self.lengths = loops.lengths
        self.tables += [self.unit.table(table) for table in loops.tables]
        return self.divided(loops)

    def add_groups(self, loops: "Loops", terms: "Row") -> None:
        """Append the statements that add the terms of one sample to the sums."""
        start = 0
        for count, width in self.record.groups:
            part = terms[start : start + count]
            if part:
                rows = [part[k : k + width] for k in range(0, count, width)]
                self.add_rows(loops, rows if width > 1 else [part], start)
            start += count

    def add_rows(self, loops: "Loops", rows: "List[Row]", start: int) -> None:
        """Append the statements that add rows of terms to the sums from ``start`` on."""
        outer = Index(loops.new_name("i"), len(rows))
        inner = Index(loops.new_name("i"), len(rows[0]))
        indices = tuple([index for index in (outer, inner) if index.count > 1])
        element = element_at("sums", start, (1, inner), (inner.count, outer))
        fill = Fill("sums", inner, element.place)
        row = [node for part in rows for node in part]
        try:
            term = (
                loops.template(row, Scope(indices, fill.body)) if indices else loops.single(row[0])
            )
        except NotAlike:
            for k, node in enumerate(row):
                self.add_rows(loops, [[node]], start + k)
            return
        fill.value = Symbolic(None, "add", (Symbolic(name=element), term))
        loops.statements.append(fill if outer.count == 1 else Nest(outer, [fill]))

    def divided(self, loops: "Loops") -> "Tuple[List[Any], List[Any]]":
        """Return the statements for one sample, and those that only add to rows of sums."""
        now: "List[Any]" = []
        late: "List[Any]" = []
        for part in loops.statements:
            fill = part.body[0] if isinstance(part, Nest) else part
            is_sum = isinstance(fill, Fill) and fill.name == "sums" and not fill.body
            (late if is_sum and fill.index.count > 1 else now).append(part)
        return now, late

    # ---- after the samples -----------------------------------------------------------------------

    def ending_written_out(self, results: "Row") -> "List[str]":
        code = CPrinter(self.unit, results, self.record.names)
        lines = code.statements()
        texts = [code.text(v) for v in code.outputs]
        lines.append(f"const double loss = {texts[0]};")
        if not self.in_place:
            count = len(self.record.gradients)
            lines += [f"g[{k}] = {text};" for k, text in enumerate(texts[1 : 1 + count])]
        if self.factor is not None:
            lines.append(f"const double factor = {texts[-1]};")
        return lines

    def ending_with_loops(self, results: "Row") -> "List[str]":
        record = self.record
        loops = Loops("sums", record.sums, results, "net_table_of_end")
        loops.remember("w", record.weights)
        loops.scalars.update(record.names)
        same = loops.record.same
        loops.statements.append(Assign("loss", loops.single(same[id(record.value)])))
        start = 0
        if not self.in_place:
            gradients = [same[id(v)] for v in record.gradients]
            for p in record.learning:
                part, width = gradients[start : start + p.count], len(p.rows[0])
                rows = [part[k : k + width] for k in range(0, p.count, width)]
                loops.store_within(rows, "g", start)
                start += p.count
            loops.places.update({id(v): ("g", k) for k, v in enumerate(gradients)})
        if self.factor is not None:
            factor = loops.single(same[id(self.factor)])
            loops.statements.append(Assign("factor", factor))
        self.tables += [self.unit.table(table) for table in loops.tables]
        self.lengths_of_end = loops.lengths
        return [line for part in loops.statements for line in self.unit.statement(part)]
