"""Operators that change the shape of an array or nothing at all.

    Identity  Dropout  Cast  CastLike                      nothing, in prediction
    Flatten  Reshape  Squeeze  Unsqueeze  Transpose        the shape
    Expand                                                 repeats features
    Shape  ConstantOfShape                                 shapes, and numbers made of them

The samples stay one dimension, and the numbers of a sample stay together.
"""

from . import layout
from .affine import data_of
from .choices import dims_of
from .graph import BOOL, DOUBLE, FLOATS, Tensor, pack
from .layout import SAMPLES, count, spread
from .linear import TRAINING
from .rows import Rows, Sizes, axis_of, wholes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from .rows import Reading
    from .wires import Wire


def nothing(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    training = inputs[2] if wire.operator == "Dropout" and len(inputs) > 2 else None
    if isinstance(training, Tensor) and training.count != 1:
        raise wire.refusal(
            f"has a training_mode of {training.count} numbers; it must be one truth value"
        )
    if training is not None and (
        not isinstance(training, Tensor) or training.kind != BOOL or any(training.values())
    ):
        raise wire.refusal(TRAINING)
    return inputs[0] if inputs and isinstance(inputs[0], Sizes) else data_of(wire, inputs)


def cast(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    """Return floats as they are: in place of every type of floats, the network computes in 64 bits.

    Models of 16 bits convert their inputs and outputs, and some of them between layers.
    """
    if inputs and isinstance(inputs[0], Sizes):
        return inputs[0]
    if wire.operator == "Cast" and wire.attribute("to", 0) not in FLOATS:
        raise wire.refusal("converts its input to a type other than FLOAT or DOUBLE")
    if wire.operator == "CastLike" and getattr(inputs[1], "kind", DOUBLE) not in FLOATS:
        raise wire.refusal("converts its input to a type other than FLOAT or DOUBLE")
    return data_of(wire, inputs)


def flatten(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    axis = wire.attribute("axis", 1)
    axis = axis + len(rows.dims) if axis < 0 else axis
    if not 0 <= axis <= len(rows.dims):
        raise wire.refusal(f"has the axis {axis} for {len(rows.dims)} dimensions")
    left, right = rows.dims[:axis], rows.dims[axis:]
    if SAMPLES in right or SAMPLES in left and count(left) != 1:
        raise wire.refusal(f"has an axis other than {_first(rows)}, which would mix the samples")
    return Rows(rows.chain, [SAMPLES if SAMPLES in left else count(left), count(right)])


def _first(rows: "Rows") -> int:
    return rows.dims.index(SAMPLES) + 1


def reshape(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    target = inputs[1] if len(inputs) > 1 else wire.attributes.get("shape")
    if inputs and isinstance(inputs[0], Sizes):
        return Sizes(inputs[0].values)
    rows = data_of(wire, inputs)
    dims: "List[Any]" = (
        list(target.values) if isinstance(target, Sizes) else wholes(wire, target, "shape")
    )
    if wire.attribute("allowzero", 0) == 0:
        if any([k >= len(rows.dims) for k, length in enumerate(dims) if length == 0]):
            raise wire.refusal("keeps the length of a dimension that its input does not have")
        dims = [rows.dims[k] if length == 0 else length for k, length in enumerate(dims)]
    return Rows(rows.chain, dims_after_reshape(reading, wire, rows, dims))


def dims_after_reshape(
    reading: "Reading", wire: "Wire", rows: "Rows", dims: "List[Any]"
) -> "List[Any]":
    """Return the dimensions after a Reshape. The numbers keep their order.

    The samples must stay one dimension, and their numbers must stay together.
    """
    n: "Any" = rows.width
    if dims.count(-1) > 1 or any([isinstance(d, int) and d < -1 or d == 0 for d in dims]):
        raise wire.refusal(f"makes the impossible shape {str(dims)[:60]}")
    if SAMPLES not in rows.dims:
        rest = count([length for length in dims if length != -1])
        if rest is not None and n is not None and -1 in dims and rest and n % rest == 0:
            dims = [n // rest if length == -1 else length for length in dims]
        if n is None and (None in dims or dims == [-1]):
            return [None if length == -1 else length for length in dims]
        if count(dims) != n:
            raise wire.refusal(f"makes the shape {str(dims)[:60]} of {n} numbers")
        return list(dims)
    if count(rows.dims[: rows.dims.index(SAMPLES)]) != 1:
        raise _mixing(wire, dims)
    for k in range(len(dims)):
        if count(dims[:k]) == 1 and SAMPLES not in dims[:k] and -1 not in dims[:k]:
            rest = _with_samples(reading, dims[k], dims[k + 1 :], n)
            if rest is not None:
                return [1] * k + [SAMPLES] + list(rest)
    raise _mixing(wire, dims)


def _with_samples(reading: "Reading", first: "Any", rest: "List[Any]", n: "Any") -> "Any":
    """Return the rest of the dimensions if ``first`` is the number of samples; else None."""
    if first not in (SAMPLES, -1, reading.samples) or SAMPLES in rest or first is None:
        return None
    others = [length for length in rest if length != -1]
    product = count(others)
    if n is None:  # the same unknown length as before, or one that is computed
        return rest if None in rest and -1 not in rest else ([None] if rest == [-1] else None)
    if -1 in rest:
        if first == -1 or not product or n % product:
            return None
        return [n // product if length == -1 else length for length in rest]
    return rest if product == n else None


def _mixing(wire: "Wire", dims: "List[Any]") -> "ValueError":
    return wire.refusal(f"makes the shape {str(dims)[:60]}; the shape must stay samples × features")


def _axes(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    if reading.opset < 13:
        return wire.attribute("axes", [0]) if "axes" in wire.attributes else None
    given = inputs[1] if len(inputs) > 1 else None
    return None if given is None else wholes(wire, given, "axes")


def squeeze(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    axes = _axes(reading, wire, inputs)
    if inputs and isinstance(inputs[0], Sizes):
        return Sizes(inputs[0].values, single=True)
    rows = data_of(wire, inputs)
    if not axes:
        if None in rows.dims:
            raise wire.refusal("removes dimensions of an unknown length")
        axes = [k for k, length in enumerate(rows.dims) if length == 1]
    places = [axis_of(wire, axis, rows.dims) for axis in axes]
    if any([rows.dims[k] != 1 for k in places]):
        raise wire.refusal("removes a dimension whose length is not 1")
    return Rows(rows.chain, [d for k, d in enumerate(rows.dims) if k not in places])


def unsqueeze(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    axes = _axes(reading, wire, inputs) or []
    if inputs and isinstance(inputs[0], Sizes):
        return Sizes(inputs[0].values)
    rows = data_of(wire, inputs)
    rank = len(rows.dims) + len(axes)
    places = {axis_of(wire, axis, [None] * rank) for axis in axes}
    if len(places) != len(axes):
        raise wire.refusal("has the same axis twice")
    rest = iter(rows.dims)
    return Rows(rows.chain, [1 if k in places else next(rest) for k in range(rank)])


def expand(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
    """Repeat lengths of 1; often to the shape that the data have already."""
    rows = data_of(wire, inputs)
    given = inputs[1] if len(inputs) > 1 else None
    target: "List[Any]" = list(given.values) if isinstance(given, Sizes) else []
    if not isinstance(given, Sizes):
        target = list(wholes(wire, given, "shape"))
    rank = max(len(rows.dims), len(target))
    ours = [1] * (rank - len(rows.dims)) + rows.dims
    target = [1] * (rank - len(target)) + target
    if reading.samples is not None and SAMPLES in ours:
        place = ours.index(SAMPLES)
        target[place] = SAMPLES if target[place] == reading.samples else target[place]
    for a, b in zip(ours, target):
        if b not in (a, 1) and (a != 1 or not isinstance(b, int)):
            raise wire.refusal(f"makes the shape {str(target)[:60]} of {str(ours)[:60]}")
    dims = [a if b == 1 else b for a, b in zip(ours, target)]
    if dims == ours:
        return Rows(rows.chain, dims)
    reading.grow(count(dims))
    return reading.chosen_rows(rows, dims, spread(ours, dims))


def constant_of_shape(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Tensor":
    """Return one number that stands for a whole array of it."""
    if not inputs or not isinstance(inputs[0], Sizes):
        raise wire.refusal("needs a shape")
    value = wire.attributes.get("value")
    if not isinstance(value, Tensor):
        value = pack(DOUBLE, [1], [0.0])
    return Tensor(value.kind, [1] * len(inputs[0].values), value.content)


def transpose(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    rank = len(rows.dims)
    order = wire.attribute("perm", list(range(rank))[::-1] or [0])
    if sorted(order) != list(range(rank)):
        raise wire.refusal(f"has the order {str(order)[:60]} for {rank} dimensions")
    if None in rows.dims:
        if order == list(range(rank)):
            return rows
        raise wire.refusal("moves an unknown number of features")
    reading.grow(rows.width)
    return reading.chosen_rows(rows, *layout.transpose(rows.dims, order))


def shape(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Sizes":
    dims = dims_of(wire, inputs[0] if inputs else None)
    end = wire.attribute("end", len(dims))
    dims = dims[wire.attribute("start", 0) : end]
    if reading.samples is not None:
        dims = [reading.samples if length == SAMPLES else length for length in dims]
    return Sizes(dims)


OPERATORS = {
    "Cast": cast,
    "CastLike": cast,
    "ConstantOfShape": constant_of_shape,
    "Dropout": nothing,
    "Expand": expand,
    "Flatten": flatten,
    "Identity": nothing,
    "Reshape": reshape,
    "Shape": shape,
    "Squeeze": squeeze,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}
