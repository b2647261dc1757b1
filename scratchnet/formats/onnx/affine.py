"""Operators that add and multiply: they are affine functions of a sample.

    Add  Sub  Mul  Div  Neg  Sum  Mean      arithmetic with constants, and of branches
    ReduceSum  ReduceMean                   over axes of the features

Sums and products with constants become Normalization, whose mean and spread may be any numbers:
c - z is (z - c)/(-1).
"""

from .chain import Chain
from .graph import Tensor
from .layout import SAMPLES, count, spread
from .rows import Rows, axis_of, wholes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .rows import Reading
    from .wires import Wire

# Layers that may end in a product and a sum.
NORMALIZATIONS = ("LayerNormalization", "RMSNormalization")


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
    if layer.get("type") in NORMALIZATIONS and layer["scale"] is layer["bias"] is None:
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


def add(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Any":
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


def subtract(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    if len(inputs) == 2 and isinstance(inputs[0], Rows) and isinstance(inputs[1], Rows):
        return reading.sum(wire, [(inputs[0], 1.0), (inputs[1], -1.0)])
    rows, tensor, place = data_and_constant(wire, inputs)
    if place == 1:
        return plus(reading, wire, rows, tensor, -1.0)
    rows, numbers = reading.vector(wire, rows, tensor)
    return Rows(
        rows.chain.then("Normalization", mean=numbers, spread=[-1.0] * len(numbers)), rows.dims
    )


def multiply(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows, tensor, _ = data_and_constant(wire, inputs)
    return times(reading, *reading.vector(wire, rows, tensor))


def divide(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows, tensor, place = data_and_constant(wire, inputs)
    if place == 0:
        raise wire.refusal("divides by its input; a network is one chain without branches")
    rows, numbers = reading.vector(wire, rows, tensor)
    if 0 in numbers:
        raise wire.refusal("has a divisor of 0, which a Normalization cannot have")
    return Rows(rows.chain.divided(numbers), rows.dims)


def negate(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    n = rows.width or 1
    reading.grow(n)
    return Rows(rows.chain.divided([-1.0] * n), rows.dims)


def data_of(wire: "Wire", inputs: "List[Any]") -> "Rows":
    """Return the first input. It must depend on the input of the graph."""
    if not inputs or not isinstance(inputs[0], Rows):
        raise wire.refusal("needs one input, which must depend on the input of the graph")
    return inputs[0]


def reduce_features(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """The sum or the mean over axes of the features."""
    rows = data_of(wire, inputs)
    axes = axes_of_reduction(wire, inputs)
    if not axes and wire.attribute("noop_with_empty_axes", 0):
        return rows
    if None in rows.dims or not axes:
        raise wire.refusal("sums over all axes, or an unknown number of features")
    places = sorted([axis_of(wire, axis, rows.dims) for axis in axes])
    if len(set(places)) < len(places):
        raise wire.refusal("has the same axis twice")
    if SAMPLES in [rows.dims[k] for k in places]:
        raise wire.refusal("sums over the samples, which would mix the samples")
    n = count([rows.dims[k] for k in places])
    dims = [1 if k in places else length for k, length in enumerate(rows.dims)]
    results = count(dims)
    reading.grow(n * results * results)
    weight = 1 / n if wire.operator == "ReduceMean" else 1.0
    weights = [
        [weight if place == k else 0.0 for k in range(results)] for place in spread(dims, rows.dims)
    ]
    if wire.attribute("keepdims", 1) != 1:
        dims = [length for k, length in enumerate(dims) if k not in places]
    return Rows(rows.chain.dense(weights), dims)


def axes_of_reduction(wire: "Wire", inputs: "List[Any]") -> "Optional[List[int]]":
    """Return the axes, which are an attribute or a second input, or None for all."""
    if len(inputs) > 1 and inputs[1] is not None:
        return wholes(wire, inputs[1], "axes")
    axes: "Optional[List[int]]" = wire.attribute("axes", [0]) if "axes" in wire.attributes else None
    return axes


OPERATORS = {
    "Add": add,
    "Div": divide,
    "Mean": add,
    "Mul": multiply,
    "Neg": negate,
    "ReduceMean": reduce_features,
    "ReduceSum": reduce_features,
    "Sub": subtract,
    "Sum": add,
}
