"""sn.compile: the prediction of a network as compiled C."""

from array import array
from functools import partial
from itertools import chain

from ...codegen.c.native_predictor import VECTOR, NativePredictor
from ...core.checks import accept_row, accept_rows, is_sequence, require
from ...scalars.symbolic import Undecided
from . import library, lists
from .reading import is_disguised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

    from ...core.network import Sequential


def compile(net: "Sequential") -> "Predictor":
    """Return the prediction as C, compiled by the compiler of this machine and loaded.

    The result is a function, and its ``.source`` is the C. It takes a list of ``net.inputs`` finite
    numbers and returns a list, or takes a list of such rows and returns a list of rows. It also
    takes a buffer of doubles in one or two dimensions, such as an ``array`` or a NumPy array, which
    it reads in place (unless it is read-only), and returns a ``memoryview`` of as many dimensions.
    Anything else that ``predict`` takes, except for buffers of other numbers, is read as a list.

    It gives the same bits as ``predict`` in the portable kernel, for the weights as they are now.
    Raise a ValueError if there is no compiler, if it fails, or if a user-defined layer cannot
    be written as C.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1])])
    >>> sn.compile(net)([1, 3])
    [7.5]
    >>> sn.compile(net)([[1, 3], [0, 0]])
    [[7.5], [1.0]]
    """
    return Predictor(net)


class Predictor(partial):  # type: ignore[type-arg]
    """A function that predicts with compiled C; see ``compile``.

    ``source``             the C
    ``inputs, outputs``    how many numbers it takes, and how many it returns, for each sample

    A ``partial`` calls the function in C without a step in Python.
    """

    source: str
    inputs: int
    outputs: int

    def __new__(cls, net: "Sequential") -> "Predictor":
        compiled = Compiled(net)
        predictor: "Predictor" = partial.__new__(cls, compiled.predict)
        predictor.source = compiled.source
        predictor.inputs, predictor.outputs = compiled.inputs, compiled.outputs
        return predictor

    def __get__(self, owner: "Any", kind: "Any" = None) -> "Predictor":
        return self  # As an attribute of a class, it does not become a method.

    def __repr__(self) -> str:
        return f"<compiled prediction, {self.inputs} inputs, {self.outputs} outputs>"

    def __reduce__(self) -> "Any":
        raise TypeError(
            "compile: compiled code cannot be pickled or copied; pickle or copy the network, and "
            "compile that"
        )


class Compiled:
    """The compiled prediction of a network, and the numbers that it needs.

    ``predict``    the function for everything that a Predictor takes
    ``weights``    the numbers of all parameters, and zeros after them (see ``weights_of``)
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
        self.inputs: int = net.inputs
        self.outputs = written.outputs
        self.function = library.function(self.source, "net_predict", 1, 4, instead="sn.unroll")
        self.weights = weights_of(net)
        self.scratch = array("d", bytes(8 * written.scratch))
        self.empty = array("d", bytes(8 * self.outputs))
        made = lists.Lists(self.source, self.weights) if lists.are_possible() else None
        self.functions = [made.predict_list, made.predict_rows] if made else []
        self.predict = made.predict_any(self.of_any) if made else self.of_any

    def of_any(self, x: "Any") -> "Any":
        """Return the outputs for a list of numbers or of rows, or for a buffer."""
        if not isinstance(x, (list, tuple)):
            return self.of_buffer(x)
        for function in self.functions:
            try:
                return function(x)
            except (TypeError, OverflowError):  # not a list of that kind, or one of other numbers
                pass
        return self.of_sequence(x) if x else []

    def of_sequence(self, x: "Any") -> "List[Any]":
        """Return the outputs for a sequence of numbers, or of rows; the core checks it."""
        x = accept_rows(x, "x")
        if not is_sequence(x[0]):
            row = array("d", self.accept(x, None))
            return self.outputs_for(1, row, ()).tolist()
        numbers = array("d")
        for i in range(len(x)):
            numbers.extend(self.accept(x[i], i))
        outputs = self.outputs_for(len(x), numbers, (len(x),)).tolist()
        width = self.outputs
        return [outputs[k : k + width] for k in range(0, len(outputs), width)]

    def of_buffer(self, x: "Any") -> "Any":
        """Return the outputs for a buffer of doubles, in the same form. It is read in place.

        Sequences and arrays of other libraries that have no buffer are read as lists.
        """
        try:
            view: "Any" = memoryview(x)
        except (TypeError, ValueError):  # NumPy raises a ValueError for times.
            return self.of_sequence(x)
        if is_disguised(x):
            return self.of_sequence(x)
        if view.format not in ("d", "@d") or view.ndim not in (1, 2) or not view.c_contiguous:
            raise TypeError(
                f"x is a buffer with the format {view.format!r} and the shape {view.shape}; give "
                "one of doubles in one or two dimensions without gaps, or x.tolist()"
            )
        *rows, width = view.shape
        if width != self.inputs:
            self.accept([0.0] * width, 0 if rows else None)
        if rows == [0]:
            return memoryview(self.empty).cast("B").cast("d", (1, self.outputs))[:0]
        if view.readonly:
            view = memoryview(array("d", view.tobytes()))
        outputs: "Any" = self.outputs_for(rows[0] if rows else 1, view, rows)
        found: "Any" = memoryview(outputs)
        return found.cast("B").cast("d", (*rows, self.outputs)) if rows else found

    def accept(self, row: "Any", i: "Optional[int]") -> "List[float]":
        """Return row i, or the only one if i is None, as floats, or raise the errors of predict."""
        return accept_row(row, float, "x", i, self.inputs, "the network takes {}")

    def outputs_for(self, rows: int, numbers: "Any", shape: "Any") -> "array[float]":
        """Return the outputs for some rows, whose numbers are in an array or a buffer.

        ``shape``   the number of rows, if x is a sequence of rows
        """
        outputs = self.empty * rows
        scratch = self.scratch[:]  # Other threads may predict at the same time.
        arrays = [numbers, self.weights, outputs, scratch]
        wrong = self.function(rows, *map(library.address, arrays))
        if wrong == 1:
            raise ZeroDivisionError("float division by zero")
        if wrong == 2:
            flat = memoryview(numbers).cast("B").cast("d")
            for i in range(rows):  # One of them has a number that is not finite.
                row = flat[i * self.inputs : (i + 1) * self.inputs].tolist()
                self.accept(row, i if shape else None)
        return outputs


def weights_of(net: "Sequential") -> "array[float]":
    """Return the numbers of all parameters, then a vector of zeros, up to which C may read."""
    numbers = chain.from_iterable([row for p in net.parameters() for row in p.rows])
    return array("d", chain(numbers, [0.0] * VECTOR))
