"""Operators that add, multiply and choose: they are affine functions of a sample.

    Add  Sub  Mul  Div  Neg  Sum  Mean                arithmetic with constants, and of branches
    Gather  Slice  Split  Concat                      a choice of features
    ReduceSum  ReduceMean                             over all features

Sums and products with constants become Normalization, whose mean and spread may be any numbers:
c - z is (z - c)/(-1).
"""

from .chain import Chain
from .graph import Tensor
from .layout import SAMPLES, count, picked
from .rows import Rows, Sizes, axis_of, wholes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from .rows import Reading
    from .wires import Wire


def data_and_constant(wire: "Wire", inputs: "List[Any]") -> "Tuple[Rows, Tensor, int]":
    """Return the data, the constant, and the index of the constant among two inputs."""
    for k in (1, 0):
        if len(inputs) == 2 and isinstance(inputs[k], Tensor) and isinstance(inputs[1 - k], Rows):
            return inputs[1 - k], inputs[k], k
    other = wire.inputs[1] if len(wire.inputs) > 1 else None
    found = getattr(other, "operator", "")
    raise wire.refusal(
        "needs a constant as input 2{}; a network is one chain without branches".format(
            f", not the output of {found[:60]}" if found else ""
        )
    )


# ---- arithmetic ------------------------------------------------------------------------------


def plus(
    reading: "Reading", wire: "Wire", rows: "Rows", tensor: "Tensor", factor: float = 1.0
) -> "Rows":
    """Return the rows plus the constant times the factor."""
    rows, numbers = reading.vector(wire, rows, tensor)
    return Rows(rows.chain.shifted([factor * x for x in numbers]), rows.dims)


def times(reading: "Reading", rows: "Rows", factors: "List[float]") -> "Rows":
    """Return the rows times these factors."""
    layer = rows.chain.layer
    if layer.get("type") == "LayerNormalization" and layer["scale"] is layer["bias"] is None:
        return Rows(
            Chain(rows.chain.before, dict(layer, scale=factors), rows.chain.width), rows.dims
        )
    inverse = [1 / x if x else 0.0 for x in factors]
    if all([x and x - x == 0 for x in inverse]):
        return Rows(rows.chain.divided(inverse), rows.dims)
    n = len(factors)  # Normalization cannot multiply by 0.
    reading.grow(n * n)
    diagonal = [[factors[i] if i == j else 0.0 for j in range(n)] for i in range(n)]
    return Rows(rows.chain.dense(diagonal), rows.dims)


def added(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    data = [value for value in inputs if isinstance(value, Rows)]
    constants = [value for value in inputs if isinstance(value, Tensor)]
    if not data or len(data) + len(constants) != len(inputs):
        return data_and_constant(wire, inputs)  # raises
    share = 1 / len(inputs) if wire.operator == "Mean" else 1.0
    rows = data[0]
    if len(data) > 1 or share != 1:
        rows = reading.sum(wire, [(value, share) for value in data])
    for tensor in constants:
        rows = plus(reading, wire, rows, tensor, share)
    return rows


def subtracted(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    if len(inputs) == 2 and isinstance(inputs[0], Rows) and isinstance(inputs[1], Rows):
        return reading.sum(wire, [(inputs[0], 1.0), (inputs[1], -1.0)])
    rows, tensor, place = data_and_constant(wire, inputs)
    if place == 1:
        return plus(reading, wire, rows, tensor, -1.0)
    rows, numbers = reading.vector(wire, rows, tensor)
    return Rows(
        rows.chain.then("Normalization", mean=numbers, spread=[-1.0] * len(numbers)), rows.dims
    )


def multiplied(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows, tensor, _ = data_and_constant(wire, inputs)
    return times(reading, *reading.vector(wire, rows, tensor))


def divided(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows, tensor, place = data_and_constant(wire, inputs)
    if place == 0:
        raise wire.refusal("divides by its input; a network is one chain without branches")
    rows, numbers = reading.vector(wire, rows, tensor)
    if 0 in numbers:
        raise wire.refusal("has a divisor of 0, which a Normalization cannot have")
    return Rows(rows.chain.divided(numbers), rows.dims)


def negated(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    n = rows.width or 1
    reading.grow(n)
    return Rows(rows.chain.divided([-1.0] * n), rows.dims)


def data_of(wire: "Wire", inputs: "List[Any]") -> "Rows":
    """Return the first input. It must depend on the input of the graph."""
    if not inputs or not isinstance(inputs[0], Rows):
        raise wire.refusal("needs one input, which must depend on the input of the graph")
    return inputs[0]


def reduced(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """The sum or the mean over axes of the features."""
    rows = data_of(wire, inputs)
    axes = wire.attribute("axes", [0]) if "axes" in wire.attributes else None
    if len(inputs) > 1 and inputs[1] is not None:
        axes = wholes(wire, inputs[1], "axes")
    if not axes and wire.attribute("noop_with_empty_axes", 0):
        return rows
    if None in rows.dims or not axes:
        raise wire.refusal("sums over all axes, or an unknown number of features")
    places = sorted([axis_of(wire, axis, rows.dims) for axis in axes])
    if SAMPLES in [rows.dims[k] for k in places]:
        raise wire.refusal("sums over the samples, which would mix the samples")
    n = count([rows.dims[k] for k in places])
    kept = [1 if k in places else length for k, length in enumerate(rows.dims)]
    if count(kept) != 1:
        raise wire.refusal(
            "sums several rows per sample; a network has one row of numbers per sample"
        )
    reading.grow(n)
    weight = 1 / n if wire.operator == "ReduceMean" else 1.0
    if not wire.attribute("keepdims", 1):
        kept = [length for k, length in enumerate(kept) if k not in places]
    return Rows(rows.chain.dense([[weight] for _ in range(n)]), kept)


# ---- a choice of features --------------------------------------------------------------------


def at_places(
    reading: "Reading", wire: "Wire", value: "Any", axis: int, places: "List[int]"
) -> "Any":
    """Return the value with only these places along the axis."""
    if isinstance(value, Sizes):
        return Sizes([value.values[k] for k in places])
    if None in value.dims:
        raise wire.refusal("chooses from an unknown number of features")
    if value.dims[axis] == SAMPLES:
        raise wire.refusal("chooses among the samples, which would mix the samples")
    reading.grow(len(places) * count(value.dims[:axis] + value.dims[axis + 1 :]))
    if not places:
        raise wire.refusal("chooses nothing")
    return reading.chosen_rows(value, *picked(value.dims, axis, places))


def dims_of(wire: "Wire", value: "Any") -> "List[Any]":
    if isinstance(value, Sizes):
        return [len(value.values)]
    if not isinstance(value, Rows):
        raise wire.refusal("has a constant in the place of the layer's input")
    return value.dims


def gather(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    value, places = (inputs + [None, None])[:2]
    dims = dims_of(wire, value)
    last = wire.operator == "ai.onnx.ml.ArrayFeatureExtractor"
    axis = axis_of(wire, -1 if last else wire.attribute("axis", 0), dims)
    if wire.operator == "GatherND":
        places = _first_indexes(wire, places)
    wanted = wholes(wire, places, "indices")
    if last:  # It takes all places in a row, and keeps the dimension.
        places = Tensor(places.kind, [places.count], places.content)
    if len(places.dims) > 1:
        raise wire.refusal("has indices of more than one dimension")
    length = dims[axis] if isinstance(dims[axis], int) else 0
    if not all([-length <= k < length for k in wanted]) and dims[axis] not in (None, SAMPLES):
        raise wire.refusal(f"has an index outside of the {length} places of the axis")
    wanted = [k % length if length else k for k in wanted]
    if isinstance(value, Sizes):
        return Sizes([value.values[k] for k in wanted], single=not places.dims)
    if not isinstance(dims[axis], int):
        wanted = [0]
    found = at_places(reading, wire, value, axis, wanted)
    return found if places.dims else Rows(found.chain, found.dims[:axis] + found.dims[axis + 1 :])


def _first_indexes(wire: "Wire", places: "Any") -> "Tensor":
    """Return the indexes of a GatherND that has one for the first dimension."""
    if not isinstance(places, Tensor) or not places.dims or places.dims[-1] != 1:
        raise wire.refusal("needs constant indices, one each")
    if wire.attribute("batch_dims", 0):
        raise wire.refusal("has batch_dims, which would mix the samples")
    return Tensor(places.kind, places.dims[:-1], places.content)


def sliced(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    value = inputs[0] if inputs else None
    dims = dims_of(wire, value)
    if reading.opset < 10:
        starts, ends = [wire.attribute(name, [0]) for name in ("starts", "ends")]
        axes = wire.attribute("axes", [0]) if "axes" in wire.attributes else None
        steps = None
    else:
        found = [
            None if given is None else wholes(wire, given, "limits")
            for given in (inputs + [None] * 4)[1:5]
        ]
        starts, ends, axes, steps = found[0] or [], found[1] or [], found[2], found[3]
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise wire.refusal("has limits of different lengths, or a step of 0")
    for start, end, given, step in zip(starts, ends, axes, steps):
        axis = axis_of(wire, given, dims)
        if not isinstance(dims[axis], int):
            if (start, step) == (0, 1) and end >= 1 << 30:
                continue  # all of them
            raise wire.refusal("chooses among the samples or an unknown number of features")
        places = list(range(dims[axis]))[slice(start, _end(end, dims[axis], step), step)]
        if places != list(range(dims[axis])):
            value = at_places(reading, wire, value, axis, places)
            dims = dims_of(wire, value)
    return value


def _end(end: int, length: int, step: int) -> "Any":
    """Return the end of a slice as Python counts it; far below 0 means the very beginning."""
    return None if step < 0 and end < -length else end


def split(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    value = inputs[0] if inputs else None
    dims = dims_of(wire, value)
    axis = axis_of(wire, wire.attribute("axis", 0), dims)
    length = dims[axis]
    if not isinstance(length, int):
        raise wire.refusal("splits the samples or an unknown number of features")
    if len(inputs) > 1 and inputs[1] is not None:
        parts = wholes(wire, inputs[1], "lengths")
    elif "split" in wire.attributes:
        parts = wire.attribute("split", [0])
    else:
        n = wire.attribute("num_outputs", len(wire.outputs))
        if n < 1 or n > length:
            raise wire.refusal(f"makes {n} parts of {length} features")
        parts = [min(-(-length // n), length - k * -(-length // n)) for k in range(n)]
    if sum(parts) != length or min(parts) < 0 or wire.index >= len(parts):
        raise wire.refusal(f"has lengths that do not add up to the {length} features")
    start = sum(parts[: wire.index])
    return at_places(reading, wire, value, axis, list(range(start, start + parts[wire.index])))


def concat(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    if any([isinstance(value, Sizes) for value in inputs]):
        values: "List[Any]" = []
        for value in inputs:
            values += value.values if isinstance(value, Sizes) else wholes(wire, value, "shape")
        return Sizes(values)
    if not inputs or not all([isinstance(value, Rows) for value in inputs]):
        raise wire.refusal("joins data with a constant; a network is one chain without branches")
    dims = inputs[0].dims
    axis = axis_of(wire, wire.attribute("axis", 0), dims)
    rests = [value.dims[:axis] + value.dims[axis + 1 :] for value in inputs]
    if any([rest != rests[0] for rest in rests]) or None in rests[0]:
        raise wire.refusal("joins parts of different dimensions")
    lengths = [value.dims[axis] for value in inputs]
    if not all([isinstance(length, int) for length in lengths]):
        raise wire.refusal("joins along the samples or an unknown number of features")
    result = dims[:axis] + [sum(lengths)] + dims[axis + 1 :]
    reading.grow(count(result))
    parts = []
    start = 0
    for value, length in zip(inputs, lengths):
        places = picked(result, axis, list(range(start, start + length)))[1]
        parts.append((value.chain, places, 1.0))
        start += length
    return reading.joined_rows(wire, parts, result)


OPERATORS = {
    "Add": added,
    "Concat": concat,
    "Div": divided,
    "Gather": gather,
    "GatherND": gather,
    "Mean": added,
    "Mul": multiplied,
    "Neg": negated,
    "ReduceMean": reduced,
    "ReduceSum": reduced,
    "Slice": sliced,
    "Split": split,
    "Sub": subtracted,
    "Sum": added,
    "ai.onnx.ml.ArrayFeatureExtractor": gather,
}
