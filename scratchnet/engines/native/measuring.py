"""The loss over samples, such as those of a validation, measured in C."""

from array import array
from itertools import chain

from ...codegen.c.native_measurement import NativeMeasurement
from ...core.examples import BLOCK, cut
from ...core.losses import weighted_count
from ...scalars.portable import of_batches
from . import library, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

    from ...core.examples import Examples


class Measuring:
    """Measures the loss over the same examples repeatedly, with the current parameters."""

    def __init__(
        self, net: "Any", loss: "Any", examples: "Examples", weighing: "Examples", shape: "Any"
    ) -> None:
        self.net, self.loss, self.examples, self.shape = net, loss, examples, shape
        self.written = NativeMeasurement(net, loss, shape)
        self.function = library.function(self.written.source, "net_measure", 1, 8)
        self.data: "Any" = None
        self.Y = examples.Y
        if reading.can_be_kept(reading.source_of(self.Y), shape[1]):
            self.Y = reading.targets_of(reading.source_of(self.Y), shape[1], loss) or self.Y
        if reading.in_memory(examples.X) and reading.in_memory(examples.Y):
            self.data = [reading.whole(examples.X), reading.whole(examples.Y)]
        self.weighing = weighing
        self.scratch = library.zeros(self.written.scratch)

    def value(self) -> "Optional[float]":
        """Return the loss, or None after a division by zero."""
        blocks = cut(list(range(len(self.examples))), BLOCK)
        rows = chain.from_iterable([p.rows for p in self.net.parameters()])
        w = array("d", chain.from_iterable(rows))
        values: "List[float]" = []
        for block in blocks:
            value = library.zeros(1)
            arrays = [*self.arrays_of(block), w, self.scratch, value]
            if self.function(len(block), *map(library.address, arrays)):
                return None
            values += value
        return of_batches(self.loss, values, list(map(len, blocks)))

    def arrays_of(self, block: "List[int]") -> "List[Any]":
        """Return the places of the samples of a block, their numbers, and what divides the sum."""
        examples = self.examples
        used = [examples.used[place] for place in block]
        weights = examples.weights and self.weighing.batch(block)[2]
        count = array("d", [float(weighted_count(block, weights))])  # type: ignore[arg-type]
        if self.data:
            return [array("q", used), *self.data, array("d", examples.weights or []), count]
        X = reading.gathered(examples.X, used, self.shape[0])
        Y = reading.gathered_targets(self.Y, used, self.shape[1], self.loss)
        return [array("q", range(len(used))), X, Y, array("d", weights or []), count]
