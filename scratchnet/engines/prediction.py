"""Predictions of many samples, by code in which the work of each layer is fused.

``Sequential.predict`` uses it where generating the code saves time. The outputs are the same to
rounding, and in the portable kernel to the bit.
"""

from ..codegen.own import is_own, is_patched
from ..codegen.python.printer import IS_PYPY
from ..core.checks import accept_rows, is_finite
from ..core.functions import kernel
from ..core.network import PREDICTION_BLOCK, Sequential
from . import threads
from .rows_of_floats import (
    are_finite_floats,
    are_floats,
    are_rows,
    convert_few_rows,
    have_length,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

    from ..core.types import Matrix

FEWEST = 20  # samples
# If the network has at most FEW parameters, code that is written out number by number is faster.
# Generating it takes longer, which pays off for MANY samples.
FEW, MANY = 1000, 100
# Estimates in nanoseconds, measured with CPython 3.13.
TIME_OF_CODE = 1000000, 2500, 50000  # to generate it, plus for each input and for each unit
TIME_OF_WRITTEN_OUT = 800000, 6000  # the same if it is written out, plus for each parameter
SAVED_PER_UNIT = 150  # and sample
SAVED_WRITTEN_OUT = 200  # the same if it is written out
SAVED_PER_PARAMETER = 0.3  # and sample; new numbers lie side by side in memory
SAVED_BY_GATHERING = 4  # the same if only the numbers that are not 0 are read
TIME_OF_NUMBERS = 40  # to arrange each parameter for a prediction
PREDICTIONS = 6  # Code is generated if it saves as much time as this takes in so many predictions.
MOST_PREDICTIONS = 32
# The types of Python's own numbers. Those of NumPy would warn of an overflow when they are added.
NUMBERS = {float, int, bool}
SEQUENCES = list, tuple  # Others are read by their length, because iterating might not end.


class Prediction(Sequential):
    """A network for one call of ``predict`` or ``evaluate`` that leaves the layers unchanged.

    It shares the attributes of the given network, ``net``, except those in slots. So a method that
    the user has replaced in ``net`` is replaced here, too.
    """

    __slots__ = ("net", "A", "for_many")

    if TYPE_CHECKING:
        net: "Sequential"
        for_many: "Any"

    def accept(self, X: "Any") -> "Any":
        rows = convert_few_rows(X, self.inputs) if self.number is float else None
        return rows or Sequential.accept(self, X)

    def outputs_for(self, X: "Any") -> "Matrix":
        if not isinstance(X, SEQUENCES) and not is_patched(self.net):
            X = accept_rows(X)
        if not isinstance(X, SEQUENCES) or len(X) >= FEWEST:
            return apart_for_many(self.net).outputs_for(X)
        rows = self.accept(X)
        if not isinstance(rows, list):
            rows = [rows[i] for i in range(len(rows))]
        borrowed = threads.borrow(self.net)
        outputs = self.propagate(rows, borrowed.layers)
        threads.give_back(self.net, borrowed)
        return outputs

    def loss_of(self, X: "Matrix", Y: "Matrix", loss: "Any", weights: "Any" = None) -> "Any":
        if not hasattr(self, "for_many"):
            self.for_many = apart_for_many(self.net)
        return self.for_many.loss_of(X, Y, loss, weights)


def apart(net: "Sequential") -> "Sequential":
    """Return a network that predicts like ``net``, for one call of ``predict`` or ``evaluate``.

    For a subclass, it is a copy, because the methods of the subclass may use the layers.
    """
    if type(net) is not Sequential:
        return threads.apart(net)
    twin = object.__new__(Prediction)
    twin.__dict__ = net.__dict__
    twin.net = net
    return twin


def apart_for_many(net: "Sequential") -> "Sequential":
    """Return a network for one prediction. It has its own layers, which share the parameters.

    It predicts many samples with generated code.
    """
    twin: "Any" = threads.apart(net)
    # On PyPy, code in loops takes a sixth less time than the layers, but 20 to 70 ms to make.
    if IS_PYPY or net.number is not float or is_patched(net):
        return twin  # type: ignore[no-any-return]
    by_layers, checked, generated = twin.propagate, twin.outputs_for, GeneratedCode(net)
    loss_by_layers = twin.loss_of

    def accept(X: "Any") -> "Any":
        # The package's own layers leave the rows as they are, so they can read the caller's.
        is_table = are_many(X) and are_rows(X) and have_length(X, net.inputs)
        is_ready = is_table and are_finite_floats(X) and has_own_layers(net)
        return X if is_ready else net.accept(X)

    def propagate(X: "Matrix", layers: "Any", generator: "Any" = None) -> "Matrix":
        is_prediction = layers is twin.layers and generator is None
        found = generated.outputs_for(X) if is_prediction else None
        return by_layers(X, layers, generator) if found is None else found

    def outputs_for(X: "Any") -> "Matrix":
        if isinstance(X, list) and not are_many(X):
            return checked(X)  # type: ignore[no-any-return]
        X = accept_rows(X)
        is_table = are_rows(X) or are_rows(X, tuple)
        has_numbers = is_table and NUMBERS.issuperset(map(type, X[0]))
        can_be_read = has_numbers and (begins_with_product(net) or are_floats(X))
        found = generated.outputs_for(X) if can_be_read else None
        return checked(X) if found is None else found

    def loss_of(X: "Matrix", Y: "Matrix", loss: "Any", weights: "Any" = None) -> float:
        found = generated.loss_of(X, Y, loss, weights)
        return loss_by_layers(X, Y, loss, weights) if found is None else found

    twin.accept, twin.propagate, twin.outputs_for = accept, propagate, outputs_for
    twin.loss_of = loss_of
    return twin  # type: ignore[no-any-return]


def are_many(X: "Any") -> bool:
    """Return whether X is a list of so many samples that generated code may save time."""
    return isinstance(X, list) and len(X) >= FEWEST


class GeneratedCode:
    """The generated code that predicts for a network; it is made when it is first needed."""

    def __init__(self, net: "Sequential") -> None:
        self.net = net
        self.code: "Any" = None  # the function that predicts, and its numbers; () if there is none
        self.has_no_loss = False  # whether only the layers can compute the loss

    def outputs_for(self, X: "Matrix") -> "Optional[Matrix]":
        """Return the outputs for a list of rows.

        Return None if the layers should compute them, or should say what is wrong with the rows.
        The code raises an error for anything that is not a number, and its sum of all numbers is a
        finite float only if they are finite. Multiplying converts ints, for example.
        """
        if len(X) < FEWEST:
            return None
        try:
            if self.code is None:
                self.code = ()
                self.code = code_for(self.net, X)
            outputs: "Matrix" = []
            for start in range(0, len(X), PREDICTION_BLOCK) if self.code else ():
                function, numbers = self.code
                found, total = function(X[start : start + PREDICTION_BLOCK], numbers)
                if type(total) is not float or 0.0 * total != 0.0:
                    return None
                outputs += found
            return outputs or None
        except Exception:
            return None

    def loss_of(self, X: "Matrix", Y: "Matrix", loss: "Any", weights: "Any") -> "Optional[float]":
        """Return the loss of these samples, or None if the layers should compute it.

        It is computed by code that is written out, so the network is small.
        """
        if len(X) < MANY or self.has_no_loss:
            return None
        self.has_no_loss = True  # until the code has computed one
        from .measuring import attempt

        try:
            measure = measure_of(self.net, loss, len(X), len(X[0]), len(Y[0]), weights is not None)
        except Exception:
            return None
        losses = measure and attempt(measure, self.net.parameters(), X, Y, weights)
        if not losses or not is_finite(losses):
            return None
        self.has_no_loss = False
        return losses[0]  # type: ignore[no-any-return]


def has_own_layers(net: "Sequential") -> bool:
    """Return whether all layers are the package's own."""
    return all([is_own(layer) and not is_patched(layer) for layer in net.layers])


def begins_with_product(net: "Sequential") -> bool:
    """Return whether the first layer multiplies its inputs by a matrix, which makes them floats."""
    return any([not p.flat for p in net.layers[0].parameters()]) and has_own_layers(net)


def code_for(net: "Sequential", X: "Matrix") -> "Sequence[Any]":
    """Return the function that predicts samples such as X, and its numbers.

    Return nothing for few samples; raise an error if there is no code for the network.
    """
    # Imported here, because most predictions do not need it.
    from .columns import COLUMNS, FLAT, ROWS, arrange
    from .zeros import pays_off

    parameters = net.parameters()
    matrices = [p for p in parameters if not p.flat]
    is_sparse = pays_off(X[:: len(X) // FEWEST], matrices, len(X))
    count = sum([p.count for p in parameters])
    is_written_out = len(X) >= MANY and count <= FEW and not is_sparse
    units = sum([len(p.rows[0]) for p in matrices])
    if not saves_time(len(X), len(X[0]), units, count, is_sparse, is_written_out):
        return ()
    if is_written_out:  # This code unpacks each row, which raises an error for another length.
        function, _ = function_of(net, parameters, written_out)
        return function, [p.value for p in parameters]
    if not have_length(X, net.inputs):
        raise ValueError("the layers say which row is too long or too short")
    function, gathered = function_of(net, parameters, fused_gathering if is_sparse else fused)
    numbers = []
    for n, p in enumerate(parameters):
        kept = arrange(p.rows, FLAT if p.flat else ROWS if n in gathered else COLUMNS)
        if not p.flat:  # New numbers lie side by side in memory, which is faster to read.
            kept = [[w * 1.0 for w in row] for row in kept]
        numbers.append(kept)
    return function, numbers


def saves_time(
    samples: int, inputs: int, units: int, parameters: int, is_sparse: bool, is_written_out: bool
) -> bool:
    """Return whether it is estimated that generated code saves time."""
    if is_written_out:
        fixed, each = TIME_OF_WRITTEN_OUT
        saved: float = samples * units * SAVED_WRITTEN_OUT
        time = fixed + each * parameters
    else:
        fixed, each_input, each_unit = TIME_OF_CODE
        per_parameter = SAVED_BY_GATHERING if is_sparse else SAVED_PER_PARAMETER
        saved = samples * (units * SAVED_PER_UNIT + parameters * per_parameter)
        saved -= parameters * TIME_OF_NUMBERS
        time = fixed + each_input * inputs + each_unit * units
    return saved * PREDICTIONS >= time


# ---- the code --------------------------------------------------------------------------------


def written_out(net: "Sequential") -> "Tuple[str, List[int]]":
    """Return code that is written out number by number; it takes the values of parameters."""
    from ..codegen.python import unrolled

    return unrolled.of_many(net), []


def fused(net: "Sequential") -> "Tuple[str, List[int]]":
    """Return code that fuses the work of each layer, and which parameters it takes as rows."""
    from ..codegen.python.predicted import of_prediction

    return of_prediction(net)


def fused_gathering(net: "Sequential") -> "Tuple[str, List[int]]":
    """Return code that reads only the non-zero entries of a sample."""
    from ..codegen.python.gather import VALUES
    from ..codegen.python.predicted import of_prediction

    return of_prediction(net, VALUES)


_predictions: "Dict[Any, Any]" = {}


def function_of(
    net: "Sequential", parameters: "Any", printed: "Callable[..., Any]"
) -> "Tuple[Callable[..., Matrix], List[int]]":
    """Return the function that predicts, and which parameters it takes as rows.

    They are from the cache if possible. ``printed`` returns the code.
    """
    shapes = tuple([(p.name, p.shape) for p in parameters])
    key = printed, net.inputs, shapes
    found = look_up_code(net, key, lambda: of_source(*printed(net)))
    if found is None:
        raise ValueError("there is no code for this network")
    return found  # type: ignore[no-any-return]


def of_source(source: str, gathered: "List[int]") -> "Tuple[Any, List[int]]":
    from ..codegen.python.printer import execute

    return execute(source)["predict"], gathered


def measure_of(
    net: "Sequential", loss: "Any", samples: int, inputs: int, outputs: int, weighted: bool
) -> "Any":
    """Return the function that measures the loss; raise an error if the layers are faster."""
    from ..codegen.python.printer import execute
    from .generated import arguments_of
    from .measuring import program_of

    parameters = net.parameters()
    count = sum([p.count for p in parameters])
    units = sum([len(p.rows[0]) for p in parameters if not p.flat])
    if count > FEW or not saves_time(samples, inputs, units, count, False, True):
        raise ValueError("the layers are faster")
    if not is_own(loss) or is_patched(loss):
        raise ValueError("a user-defined loss may do something else from sample to sample")
    shapes = tuple([(p.name, p.shape) for p in parameters])
    shape = inputs, outputs, weighted
    key = measure_of, shape, shapes, arguments_of(loss)
    make = lambda: execute(program_of(net, loss, shape).source)["train"]  # noqa: E731
    return look_up_code(net, key, make)


def look_up_code(net: "Sequential", key: "Any", make: "Callable[[], Any]") -> "Any":
    """Return what ``make`` returns for this network, from the cache if possible.

    It is None if there is no code.
    """
    from ..scalars.symbolic import Undecided
    from .generated import arguments_of

    if kernel() == "dist":
        raise ValueError("the layers are faster")
    if not has_own_layers(net):
        raise ValueError("user-defined layers may do something else from sample to sample")
    key = kernel(), key, tuple(map(arguments_of, net.layers))
    try:
        return _predictions[key]
    except KeyError:  # Not "if key in", because another thread may clear the cache in between.
        pass
    try:
        found = make()
    except Undecided:  # A row is too wide, for example.
        found = None
    if len(_predictions) >= MOST_PREDICTIONS:
        _predictions.clear()
    _predictions[key] = found
    return found
