"""sn.compile: the prediction of a network as compiled C."""

import ctypes
from array import array
from itertools import chain

from ...codegen.c.native_predictor import NativePredictor
from ...core.checks import require, shown
from ...scalars.symbolic import Undecided
from . import library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ...core.network import Sequential


class Predictor:
    """A function that predicts with compiled C; see ``sn.compile``.

    ``source``             the C
    ``inputs, outputs``    how many numbers it takes, and how many it returns, for each sample
    """

    def __init__(self, net: "Sequential") -> None:
        require("net", net, (lambda v: hasattr(v, "propagate"), "a network"))
        if net.number is not float:
            raise TypeError(
                f"compile: the network computes with {net.number.__name__}; use net.copy(float)"
            )
        if net.inputs is None:
            raise ValueError(
                "compile: no layer says how many inputs the network takes; add a Dense layer"
            )
        try:
            written = NativePredictor(net)
        except Undecided as error:
            raise ValueError(f"the network cannot be written out: {error}") from None
        self.source = written.source
        self.inputs, self.outputs = net.inputs, written.outputs
        self.function = library.function(self.source, "net_predict", 1, 4)
        numbers = chain.from_iterable([row for p in net.parameters() for row in p.rows])
        self.weights = array("d", numbers)
        self.scratch = array("d", bytes(8 * written.scratch))
        self.empty = array("d", bytes(8 * self.outputs))

    def __call__(self, x: "Any") -> "Any":
        if not isinstance(x, (list, tuple)):
            return self.of_buffer(x)
        try:
            numbers = array("d", x)
        except TypeError:  # It is not a list of numbers.
            return self.of_rows(x)
        self.check(len(numbers))
        return self.outputs_for(1, library.address(numbers)).tolist()

    def of_rows(self, rows: "Any") -> "List[List[float]]":
        """Return the outputs for rows of numbers."""
        numbers = array("d")
        for row in rows:
            before = len(numbers)
            try:
                numbers.extend(row)
            except TypeError:
                raise TypeError(self.refusal(rows)) from None
            self.check(len(numbers) - before)
        outputs = self.outputs_for(len(rows), library.address(numbers)).tolist()
        width = self.outputs
        return [outputs[k : k + width] for k in range(0, len(outputs), width)]

    def of_buffer(self, x: "Any") -> "Any":
        """Return the outputs for a buffer of doubles, in the same form. It is read in place."""
        try:
            view: "Any" = memoryview(x)
        except (TypeError, ValueError):  # NumPy raises a ValueError for times.
            raise TypeError(self.refusal(x)) from None
        if view.format not in ("d", "@d") or view.ndim not in (1, 2) or not view.c_contiguous:
            raise TypeError(
                "compile: a buffer holds doubles in one or two dimensions without gaps; this has "
                f"the format {view.format!r} and the shape {view.shape}"
            )
        *rows, width = view.shape
        self.check(width)
        if rows == [0]:
            return memoryview(self.empty).cast("B").cast("d", (1, self.outputs))[:0]
        if view.readonly:
            view = memoryview(array("d", view.tobytes()))
        place = (ctypes.c_char * view.nbytes).from_buffer(view)
        outputs: "Any" = self.outputs_for(rows[0] if rows else 1, ctypes.addressof(place))
        return memoryview(outputs).cast("B").cast("d", (*rows, self.outputs))

    def refusal(self, x: "Any") -> str:
        """Return the message that says what x may be."""
        width = f"{self.inputs} numbers"
        return f"compile: x is {shown(x)}; give {width}, rows of {width}, or a buffer of doubles"

    def check(self, width: int) -> None:
        """Raise an error unless the network takes ``width`` numbers."""
        if width != self.inputs:
            raise ValueError(f"the network takes {self.inputs} numbers, but x has {width}")

    def outputs_for(self, rows: int, place: int) -> "array[float]":
        """Return the outputs for some rows, whose numbers are at this place in memory."""
        outputs = self.empty * rows
        scratch = self.scratch[:]  # Other threads may predict at the same time.
        address = library.address
        if self.function(rows, place, address(self.weights), address(outputs), address(scratch)):
            raise ZeroDivisionError("float division by zero")
        return outputs
