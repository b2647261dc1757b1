"""Operators that choose and join features: they are affine functions of a sample.

Gather  GatherND  ArrayFeatureExtractor     features by their places
Slice  Split                                ranges of features
Concat  FeatureVectorizer                   branches side by side
"""

from .chain import AFFINE, ROWWISE, Chain
from .graph import Tensor
from .layout import SAMPLES, count, pick
from .rows import Rows, Shaped, Sizes, Unknown, axis_of, wholes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from .rows import Reading
    from .wires import Wire


def at_places(
    reading: "Reading", wire: "Wire", value: "Any", axis: int, places: "List[int]"
) -> "Any":
    """Return the value with only these places along the axis."""
    if isinstance(value, Sizes):
        return Sizes([value.values[k] for k in places])
    if None in value.dims:
        raise wire.refusal(
            "chooses from an unknown number of features; export the model with a fixed number"
        )
    if value.dims[axis] == SAMPLES:
        raise wire.refusal("chooses among the samples, which would mix the samples")
    reading.grow(len(places) * count(value.dims[:axis] + value.dims[axis + 1 :]))
    if not places:
        raise wire.refusal("chooses nothing")
    return reading.chosen_rows(value, *pick(value.dims, axis, places))


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


def slice_features(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
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
    parts: "Any" = None
    if len(inputs) > 1 and inputs[1] is not None:
        parts = wholes(wire, inputs[1], "lengths")
    elif "split" in wire.attributes:
        parts = wire.attribute("split", [0])
    if length is None and parts and count(dims) is None:
        raise Unknown(sum(parts) * count([d for d in dims if d is not None]))
    if not isinstance(length, int):
        raise wire.refusal(
            "splits the samples, or an unknown number of features; export the model with a fixed "
            "number of features"
        )
    if parts is None:
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
    return _join(reading, wire, inputs, axis_of(wire, wire.attribute("axis", 0), inputs[0].dims))


def _join(reading: "Reading", wire: "Wire", inputs: "List[Any]", axis: int) -> "Rows":
    """Return the inputs side by side along the axis."""
    dims = inputs[0].dims
    rests = [value.dims[:axis] + value.dims[axis + 1 :] for value in inputs]
    if any([rest != rests[0] for rest in rests]) or None in rests[0]:
        raise wire.refusal("joins parts of different dimensions")
    lengths = [value.dims[axis] for value in inputs]
    if not all([isinstance(length, int) for length in lengths]):
        raise wire.refusal(
            "joins along the samples, or an unknown number of features; export the model with a "
            "fixed number of features"
        )
    result = dims[:axis] + [sum(lengths)] + dims[axis + 1 :]
    reading.grow(count(result))
    parts = []
    start = 0
    for value, length in zip(inputs, lengths):
        places = pick(result, axis, list(range(start, start + length)))[1]
        parts.append((value.chain, places, 1.0))
        start += length
    rows = reading.joined_rows(wire, parts, result)
    if isinstance(rows, Shaped) and _end_alike([chain for chain, _, _ in parts]):
        # The same activation of each part is the activation of all, side by side.
        last = inputs[0].chain
        before = [(chain.before, places, factor) for chain, places, factor in parts]
        rows = reading.joined_rows(wire, before, result)
        if not isinstance(rows, Shaped):
            rows = Rows(Chain(rows.chain, last.layer, count(result)), result)
    return rows


def _end_alike(chains: "List[Chain]") -> bool:
    """Return whether all chains end in the same function of single numbers."""
    first = chains[0].layer
    return first.get("type") not in (None, "PReLU") + AFFINE + ROWWISE and all(
        [chain.layer == first and chain.before is not None for chain in chains]
    )


def feature_vectorizer(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    """The inputs side by side, each with as many features as an attribute says."""
    given = wire.attribute("inputdimensions", [0])
    dims = [value.dims[-1:] if isinstance(value, Rows) else None for value in inputs]
    if dims != [[length] for length in given]:
        raise wire.refusal(f"joins inputs whose widths are not {str(given)[:60]}")
    return _join(reading, wire, inputs, len(inputs[0].dims) - 1)


OPERATORS = {
    "Concat": concat,
    "Gather": gather,
    "GatherND": gather,
    "Slice": slice_features,
    "Split": split,
    "ai.onnx.ml.ArrayFeatureExtractor": gather,
    "ai.onnx.ml.FeatureVectorizer": feature_vectorizer,
}
