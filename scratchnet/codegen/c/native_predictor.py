"""The C of predictions that are made on this machine, printed from the record of the rules."""

import re

from ...scalars import Symbolic
from ...scalars.symbolic import Undecided
from ..loop_parts import Assign, Element, Fold
from ..loops import Loops, size
from ..own import generate
from ..program import reachable, record_rows
from ..record.batch_record import replace_by_inputs
from ..record.recording import Prediction
from ..record.vectors import Vectors
from . import templates
from .native_division import MOST_LINES, Division
from .native_lists import lists
from .native_rows import FEWEST_BY_ROWS, RowLoops
from .native_text import comment, head, nested, places_of, sum_of
from .native_unit import NativeUnit
from .printer import CPrinter, indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Tuple

    from ...core.network import Sequential
    from ...core.types import Row
    from ..loop_parts import Index

MOST_WRITTEN_OUT = 256  # operations; loops for more are faster
VECTOR = 8  # the most doubles that a processor adds at once
FEW_SUMS = 16  # are faster one by one


class NativePredictor:
    """The source of predictions, and what its caller must know.

    ``source``    the C
    ``outputs``   how many numbers it computes for each sample
    ``scratch``   the length of its working array
    """

    def __init__(self, net: "Sequential") -> None:
        writer = generate(lambda: _Writer(net), net.layers)
        self.source, self.outputs, self.scratch = writer.source, writer.outputs, writer.scratch


class PredictingUnit(NativeUnit):
    """A unit that computes the sums of a row in whole vectors.

    The last vector may reach beyond the row, into the weights that follow. Those results are not
    used.
    """

    def sums_for(self, index: "Index", fold: "Fold") -> int:
        elements = [v.name for v in reachable([fold.value]) if isinstance(v.name, Element)]
        arrays = {element.array for element in elements if element.at(index.name, []) != element}
        is_whole = index.count <= FEW_SUMS or arrays != {"w"}
        return index.count if is_whole else index.count + -index.count % VECTOR


class RowPrediction(RowLoops):
    """The statements of a prediction from the record of its rows.

    All products share the array z: the stage that follows a product is the only one that reads it.
    """

    def __init__(self, unit: "NativeUnit", net: "Sequential") -> None:
        recording = Prediction(net, 1)
        vectors = Vectors(recording)
        if vectors.output not in [vector.name for vector in vectors.all]:
            raise Undecided("the outputs are not computed")
        self.target = {vectors.output: "out"}
        self.count = len(recording.output[0])
        RowLoops.__init__(self, unit, recording, vectors, ["z"] * len(recording.products))


def loops_by_rows(unit: "NativeUnit", net: "Sequential") -> "Optional[RowPrediction]":
    """Return the statements of a large network, or None if it is not a series of products."""
    if sum([p.count for p in net.parameters()]) < FEWEST_BY_ROWS:
        return None
    try:
        return RowPrediction(unit, net)
    except Exception:  # User-defined rules may raise anything; the other record says what is wrong.
        return None


class _Writer:
    """Writes the source."""

    def __init__(self, net: "Sequential") -> None:
        self.unit = unit = PredictingUnit("net")
        self.scratch = 0
        self.tables: "List[str]" = []
        self.functions: "List[str]" = []
        by_rows = loops_by_rows(unit, net)
        if by_rows is None:
            small, body = self.by_numbers(net)
        else:
            self.outputs, small, body = by_rows.count, False, self.printed(by_rows.loops)
        about = [f"layer {k}: {layer!r}" for k, layer in enumerate(net.layers)]
        predict = PREDICT.format(
            inputs=net.inputs, outputs=self.outputs, body=indented(nested(body))
        )
        self.source = "\n".join(
            [
                comment("Predictions, written by scratchnet.", about + places_of(net.parameters())),
                INCLUDES + head(not small) + templates.CHECK_BITS.format(**unit.words),
                templates.BEGIN_UNCONTRACTED,
                *unit.functions(),
                *self.tables,
                *self.functions,
                predict,
                lists(net.inputs or 0, self.outputs, self.scratch),
            ]
        )

    def __eq__(self, other: "object") -> bool:
        return isinstance(other, _Writer) and self.source == other.source

    def by_numbers(self, net: "Sequential") -> "Tuple[bool, List[str]]":
        """Return whether the statements are written out, and the statements."""
        twin = net.copy(Symbolic)
        weights = replace_by_inputs(twin.parameters())
        x = [Symbolic(name=f"x[{k}]") for k in range(net.inputs or 0)]
        rows = record_rows(net, twin, x)
        self.outputs = len(rows[-1])
        if size(rows[-1]) <= MOST_WRITTEN_OUT:
            return True, self.written_out(rows[-1])
        return False, self.looping(rows, weights)

    def written_out(self, outputs: "Row") -> "List[str]":
        code = CPrinter(self.unit, outputs)
        lines = code.statements()
        return lines + [f"out[{k}] = {code.text(v)};" for k, v in enumerate(code.outputs)]

    def looping(self, rows: "List[Row]", weights: "Row") -> "List[str]":
        loops = Loops("x", rows[0], [v for row in rows for v in row], "net_table")
        loops.remember("w", weights)
        rows = [[loops.record.same[id(v)] for v in row] for row in rows]
        for k, row in enumerate(rows[1:-1]):
            if not all(map(loops.is_known, row)):
                loops.statements.append(f"layer {k}")
                loops.store(row)
        loops.statements.append(f"layer {len(rows) - 2}")
        loops.store(rows[-1], "out")
        return self.printed(loops)

    def printed(self, loops: "Loops") -> "List[str]":
        """Return the lines of the statements, which are divided among functions if many."""
        self.tables = [self.unit.table(table) for table in loops.tables]
        printed = [self.unit.statement(part) for part in loops.statements]
        lines = [line for part in printed for line in part]
        arrays = [self.array(name, length) for name, length in loops.lengths.items()]
        if len(lines) <= MOST_LINES:
            return arrays + lines
        names = [part.name for part in loops.statements if isinstance(part, (Assign, Fold))]
        arrays += [self.array(name, 1) for name in names]
        lines = [line for part in printed for line in together(in_arrays(part, names))]
        self.functions, calls = Division(lines, arrays, OF_ROW).result()
        return calls

    def array(self, name: str, length: int) -> str:
        """Return the declaration of an array in ``scratch``."""
        place = sum_of("scratch", self.scratch)
        self.scratch += length
        return f"double *restrict const {name} = {place};"


def in_arrays(lines: "List[str]", names: "List[str]") -> "List[str]":
    """Return the lines with elements of arrays instead of these variables."""
    if not names:
        return lines
    found = "|".join(names)
    text = re.sub(
        rf"^(?:const )?double (?=(?:{found}) = )", "", "\n".join(lines), flags=re.MULTILINE
    )
    return re.sub(rf"\b({found})\b", r"\1[0]", text).split("\n")


def together(lines: "List[str]") -> "List[str]":
    """Return the lines as one statement if some of them declare variables for the others."""
    if any([re.match(r"const \w+ t\d+ = ", line) for line in lines]):
        return ["{", *nested(lines), "}"]
    return lines


# The arguments that functions for a row may need.
OF_ROW = """
    const double *x
    double *out
    const double *restrict w
    double *scratch
"""

INCLUDES = """\
#include <stddef.h>
#include <stdlib.h>
"""

PREDICT = """\
/* Predicts for these rows of numbers. Some numbers after the weights w are read, but not used.
 * Returns 1 after a division by zero, which Python refuses, and 2 if a number of the rows is not
 * finite. */
NET_API long long net_predict(long long rows, const double *inputs, const double *restrict w,
    double *restrict outputs, double *restrict scratch)
{{
    (void)w, (void)scratch;
    if (fetestexcept(FE_DIVBYZERO)) {{ feclearexcept(FE_DIVBYZERO); }} /* Clearing is slow. */
    for (long long n = 0; n < rows; n++) {{
        const double *const x = inputs + {inputs} * n;
        double *const out = outputs + {outputs} * n;
        int finite = 1;
        for (int k = 0; k < {inputs}; k++) {{
            finite &= x[k] - x[k] == 0.0;
        }}
        if (!finite) {{ return 2; }}
{body}    }}
    return fetestexcept(FE_DIVBYZERO) != 0;
}}
"""
