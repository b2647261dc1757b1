"""The C that measures the loss over samples on this machine, for validation."""

from ..own import generate_from_samples
from . import templates
from .native_blocks import Blocks
from .native_division import over_all_samples
from .native_packs import PACKS
from .native_rows import Measurement, RowParts, RowRecord
from .native_text import comment, head, places_of
from .native_unit import NativeUnit
from .printer import indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple


class NativeMeasurement:
    """The source of the measurement; ``scratch`` is the length of its working array.

    It is printed from the record of rows. If the network is not a series of matrix products, the
    constructor raises an error.
    """

    def __init__(self, net: "Any", loss: "Any", shape: "Tuple[int, int, bool]") -> None:
        made = generate_from_samples(lambda count: _Writer(net, loss, shape, count), net, loss)
        self.source, self.scratch = made.source, made.scratch


class _Writer:
    """Writes the source."""

    def __init__(self, net: "Any", loss: "Any", shape: "Tuple[int, int, bool]", count: int) -> None:
        unit = NativeUnit("net")
        record = RowRecord(Measurement(net, loss, shape, count), shape[2])
        parts = RowParts(unit, record)
        sums = len(record.sums)
        blocks = Blocks(parts, shape[0], shape[1], sums)
        self.scratch = sums + blocks.scratch
        functions, loop = over_all_samples(blocks)
        lines = [
            "(void)weights, (void)count;",
            "double *const sums = scratch;",
            f"for (int n = 0; n < {sums}; n++) {{ sums[n] = -0.0; }}",
            *loop,
            *parts.ending,
            "*value = loss;",
        ]
        about = [f"layer {k}: {layer!r}" for k, layer in enumerate(net.layers)]
        about += [f"loss: {loss!r}", *places_of(net.parameters())]
        self.source = "\n".join(
            [
                comment("The loss over samples, written by scratchnet from its rules.", about),
                head(True) + PACKS + templates.CHECK_BITS.format(**unit.words),
                templates.BEGIN_UNCONTRACTED,
                *unit.functions(),
                *parts.tables,
                *functions,
                MEASURE.replace("BODY", indented(lines)),
            ]
        )

    def __eq__(self, other: "Any") -> bool:
        return bool(self.source == other.source)


MEASURE = """\
/* Computes the loss over some samples. Returns 1 after a division by zero, which Python refuses. */
NET_API long long net_measure(long long size, const long long *places, const double *inputs,
    const double *targets, const double *weights, const double *counts, const double *restrict w,
    double *restrict scratch, double *value)
{
    const double count = *counts;
    feclearexcept(FE_ALL_EXCEPT);
BODY    return fetestexcept(FE_DIVBYZERO | FE_INVALID) ? 1 : 0;
}
"""
