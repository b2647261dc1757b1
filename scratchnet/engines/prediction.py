"""Predictions of many samples, by code in which the work of each layer is fused.

``Sequential.predict`` uses it where generating the code saves time. The outputs are the same to
rounding, and in the portable kernel to the bit.
"""

from ..core.functions import kernel
from ..core.network import Sequential
from . import threads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

    from ..core.types import Matrix

LEAST = 100000  # parameters × samples that take longer than generating the code
FEWEST = 20  # samples
MOST_PREDICTIONS = 32


def apart(net: "Sequential") -> "Sequential":
    """Return a network with layers of its own, which share the parameters.

    It predicts many samples by generated code.
    """
    twin: "Any" = threads.apart(net)
    if net.number is not float or type(net) is not Sequential:
        return twin  # type: ignore[no-any-return]
    by_layers = twin.propagate

    def propagate(X: "Matrix", layers: "Any", generator: "Any" = None) -> "Matrix":
        if layers is twin.layers and generator is None and len(X) >= FEWEST:
            parameters = net.parameters()
            try:
                if len(X) * sum([p.count for p in parameters]) >= LEAST:
                    return predicted(net, parameters, X)
            except Exception:  # The layers say what is wrong.
                pass
        return by_layers(X, layers, generator)  # type: ignore[no-any-return]

    twin.propagate = propagate
    return twin  # type: ignore[no-any-return]


_predictions: "Dict[Any, Any]" = {}


def predicted(net: "Sequential", parameters: "Any", X: "Matrix") -> "Matrix":
    """Return the outputs for X; raise an error if there is no code for the network."""
    # Imported here, because most predictions do not need it.
    from ..codegen.python.gather import VALUES
    from .columns import COLUMNS, FLAT, ROWS, arranged
    from .zeros import pays_off

    matrices = [p for p in parameters if not p.flat]
    is_sparse = pays_off(X[:: len(X) // FEWEST], matrices, len(X))
    function, gathered = function_of(net, VALUES if is_sparse else "")
    numbers = []
    for n, p in enumerate(parameters):
        kept = arranged(p.rows, FLAT if p.flat else ROWS if n in gathered else COLUMNS)
        if not p.flat:  # New numbers lie side by side in memory, which is faster to read.
            kept = [[w * 1.0 for w in row] for row in kept]
        numbers.append(kept)
    return function(X, numbers)


def function_of(net: "Sequential", gather: str) -> "Tuple[Callable[..., Matrix], List[int]]":
    """Return the function that predicts, and which parameters it takes as rows.

    They are from the cache if possible. ``gather`` says what of the samples the function reads.
    """
    from ..codegen.own import is_own, is_patched
    from ..codegen.python import fused
    from ..codegen.python.printer import executed
    from ..scalars.symbolic import Undecided
    from .generated import arguments_of
    from .products import COMPILED

    # On PyPy, code in loops takes a sixth less time than the layers, but 20 to 70 ms to make.
    if COMPILED or kernel() == "dist":
        raise ValueError("the layers are faster")
    if not all([is_own(layer) and not is_patched(layer) for layer in net.layers]):
        raise ValueError("user-defined layers may do something else from sample to sample")
    shapes = tuple([(p.name, p.shape) for p in net.parameters()])
    key = kernel(), gather, net.inputs, shapes, tuple(map(arguments_of, net.layers))
    try:
        found = _predictions[key]
    except KeyError:  # Not "if key in", because another thread may clear the cache in between.
        try:
            source, gathered = fused.of_prediction(net, gather)
            found = executed(source)["predict"], gathered
        except Undecided:  # A row is too wide, for example.
            found = None
        if len(_predictions) >= MOST_PREDICTIONS:
            _predictions.clear()
        _predictions[key] = found
    if found is None:
        raise ValueError("there is no code for this network")
    return found  # type: ignore[no-any-return]
