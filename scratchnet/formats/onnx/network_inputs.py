"""What the inputs of a graph are for a sample.

places_of_samples   which dimension of the input may be that of the samples
features_of_inputs  the features of each input
is_free             whether a single sample of several rows has an unknown length
columns_of          the names of the inputs if each is a column of a table
"""

from ...core.checks import shown
from .chain import Chain
from .graph import FLOATS, INT32, INT64
from .layout import SAMPLES, count
from .rows import Rows
from .wires import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from .graph import Graph, Value
    from .rows import Reading

# Operators that also take whole numbers, and make floats of them.
OF_WHOLE_NUMBERS = (
    "ai.onnx.ml.FeatureVectorizer",
    "ai.onnx.ml.LinearClassifier",
    "ai.onnx.ml.LinearRegressor",
    "ai.onnx.ml.Normalizer",
    "ai.onnx.ml.Scaler",
)
# Layers that have a fixed number of inputs.
OF_WIDTH = ("Dense", "LayerNormalization", "Normalization", "RMSNormalization")


def places_of_samples(graph: "Graph") -> "List[Any]":
    """Return which dimension of the input may be that of the samples; None is a single sample."""
    dims = [value.dims for value in graph.inputs if value.dims is not None]
    found: "List[Any]" = []
    for shape in dims:
        if len(shape) < 2:
            continue
        free = [k for k, length in enumerate(shape) if not isinstance(length, int)]
        if shape[0] == 1:
            found.append(None)
        elif 0 not in free and len(free) == 1:
            found += [free[0], 0]
        else:
            found.append(0)
        found.append(None)  # Some graphs are right for a single sample only.
    return [place for k, place in enumerate(found) if place not in found[:k]] or [0]


def is_ambiguous(started: "Dict[int, Rows]", chain: "Chain") -> bool:
    """Return whether a sample has several rows, and the network would take each of them, too."""
    several = any([len(rows.dims) > 1 and rows.dims[0] != 1 for rows in started.values()])
    return several and not any([layer["type"] in OF_WIDTH for layer in chain.layers()])


def features_of_inputs(
    reading: "Reading",
    graph: "Graph",
    wire: "Wire",
    place: "Optional[int]",
    width: "Optional[int]",
) -> "Dict[int, Any]":
    """Return what the inputs are for a sample, by the id of their wire.

    The network takes the features of several inputs one after the other, in the order of the graph.
    """
    wires = {found.name: found for found in _inputs_of(wire)}
    used = [value for value in graph.inputs if value.name in wires]
    for value in used:
        _check_type(graph, value)
    starts = [_start(reading, value, place, width) for value in used]
    if len(starts) > 1:
        _check_samples(used)
        starts = _side_by_side(reading, used, starts)
    return {id(wires[value.name]): rows for value, rows in zip(used, starts)}


def _check_type(graph: "Graph", value: "Value") -> None:
    """Check that an input holds floats, or whole numbers that become floats at once."""
    users = [node for node in graph.nodes if value.name in node.inputs]
    become_floats = all(
        [
            node.operator in OF_WHOLE_NUMBERS
            or (node.operator == "Cast" and node.attributes.get("to") in FLOATS)
            for node in users
        ]
    )
    if value.kind not in FLOATS + (0,) + ((INT32, INT64) if become_floats else ()):
        raise ValueError(
            f"ONNX: the input {shown(value.name)} has the type {value.kind}; it must be FLOAT or "
            "DOUBLE, or whole numbers that a Cast makes floats"
        )


def _check_samples(inputs: "List[Value]") -> None:
    """Refuse an input of one row next to inputs of any number of samples: a lost constant."""
    single = [value for value in inputs if (value.dims or [None])[0] == 1]
    if single and len(single) < len(inputs):
        raise ValueError(
            f"ONNX: the input {shown(single[0].name)} has one row for all samples; make it a "
            "constant of the graph, because a network has no such input"
        )


def _side_by_side(reading: "Reading", inputs: "List[Value]", starts: "List[Rows]") -> "List[Rows]":
    widths = [rows.width for rows in starts]
    if None in widths:
        name = shown(inputs[widths.index(None)].name)
        raise ValueError(
            f"ONNX: the output depends on {len(inputs)} inputs, of which {name} has an unknown "
            "number of features; export the model with a fixed number of features"
        )
    whole = Chain(None, {}, sum(widths))
    parts = []
    first = 0
    for rows, width in zip(starts, widths):
        places = list(range(first, first + width))
        parts.append(Rows(reading.chosen(whole, places), rows.dims))
        first += width
    return parts


def is_free(start: "Rows") -> bool:
    """Return whether a single sample of several rows has an unknown length."""
    return len(start.dims) > 1 and start.dims[0] != 1 and None in start.dims


def columns_of(graph: "Graph", wire: "Wire") -> "List[str]":
    """Return the names of several inputs of one feature each, as of a model fitted to a data frame.

    Return [] for other inputs.
    """
    names = [found.name for found in _inputs_of(wire)]
    used = [value for value in graph.inputs if value.name in names]
    single = all([value.dims is not None and value.dims[1:] == [1] for value in used])
    return [value.name for value in used] if single and len(used) > 1 else []


def _inputs_of(wire: "Wire") -> "List[Wire]":
    """Return the inputs of the graph on which the wire depends."""
    found, todo, seen = [], [wire], {id(wire)}
    while todo:
        part = todo.pop()
        if not part.operator:
            found.append(part)
        for inner in part.inputs:
            if isinstance(inner, Wire) and id(inner) not in seen:
                seen.add(id(inner))
                todo.append(inner)
    return found


def _start(
    reading: "Reading", value: "Value", place: "Optional[int]", width: "Optional[int]"
) -> "Rows":
    """Return what an input of the graph is for a sample."""
    dims: "List[Any]" = [None, None] if value.dims is None else list(value.dims)
    if not dims:
        raise ValueError(f"ONNX: the input {shown(value.name)} is a single number, not a row")
    if len(dims) > 1 and place is not None and place < len(dims):
        reading.samples = dims[place] if isinstance(dims[place], int) else None
        dims[place] = SAMPLES
    dims = [d if d == SAMPLES or isinstance(d, int) else None for d in dims]
    if width is not None and None in dims:
        rest = count([d for d in dims if d is not None])
        if width % rest:
            raise ValueError(
                f"ONNX: the input {shown(value.name)} has {rest} features or a multiple of them, "
                f"but {width} are needed"
            )
        free = dims.index(None)
        dims = [
            d if d is not None else (width // rest if k == free else 1) for k, d in enumerate(dims)
        ]
    return Rows(Chain(None, {}, count(dims)), dims)
