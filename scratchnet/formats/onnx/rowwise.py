"""Activations that need more than one number: shapes, limits, slopes, or all features of a row.

    Softmax  LogSoftmax  LayerNormalization                  over the features
    Clip  Min  Max  PRelu                                    with constants
    Log                                                      of Sigmoid and Softmax
    decomposed   the operators of a LayerNormalization, as PyTorch's older exporter writes them

Before version 13, Softmax takes all dimensions from its axis on as one.
"""

from .affine import data_and_constant, data_of
from .graph import Tensor
from .layout import SAMPLES, count
from .rows import Rows, Unknown, axis_of, check_numbers, features_of
from .wires import Wire, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .rows import Reading

LARGE = 3e38  # Clip's limits before version 11, unless given, are those of 32-bit floats


# ---- over the features -----------------------------------------------------------------------


def softmax(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    if reading.opset >= 13:
        features_of(wire, rows, wire.attribute("axis", -1))
    else:  # Then it takes all dimensions from the axis on as one.
        axis = axis_of(wire, wire.attribute("axis", 1), rows.dims)
        if SAMPLES in rows.dims[axis:] or count(rows.dims[:axis]) != 1:
            raise wire.refusal("has an axis that is not the axis of the features")
    return Rows(rows.chain.then(wire.operator), rows.dims)


def layer_normalization(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    axis = axis_of(wire, wire.attribute("axis", -1), rows.dims)
    if SAMPLES in rows.dims[axis:] or count(rows.dims[:axis]) != 1:
        raise wire.refusal("has an axis that is not the axis of the features")
    if any(wire.outputs[1:]):
        raise wire.refusal("has outputs for the mean and the deviation; a network has one output")
    epsilon = wire.attribute("epsilon", 10995116 / (1 << 40))
    return _normalized(reading, wire, rows, epsilon, (inputs + [None, None])[1:3])


def _normalized(
    reading: "Reading", wire: "Wire", rows: "Rows", epsilon: float, given: "List[Any]"
) -> "Rows":
    vectors: "List[Any]" = []
    for tensor in given:
        if tensor is not None and not isinstance(tensor, Tensor):
            raise wire.refusal("needs a constant scale and bias")
        if tensor is not None:
            if rows.width is None:
                raise Unknown(tensor.count)
            same, numbers = reading.vector(wire, rows, tensor)
            if same.dims != rows.dims:
                raise wire.refusal("has a scale that does not fit its input")
            vectors.append(numbers)
        else:
            vectors.append(None)
    if rows.width is None:
        raise wire.refusal("needs a known number of features")
    if not epsilon > 0:
        raise wire.refusal(f"has the epsilon {epsilon}, which must be above 0")
    layer = {"epsilon": epsilon, "scale": vectors[0], "bias": vectors[1], "width": rows.width}
    return Rows(rows.chain.then("LayerNormalization", **layer), rows.dims)


def decomposed(wire: "Wire") -> "Optional[Tuple[Wire, float]]":
    """Return x and epsilon if the wire is (x - mean)/√(variance + epsilon) over the last axis."""
    if wire.operator != "Div" or len(wire.inputs) != 2:
        return None
    centered, root = wire.inputs
    mean = _argument(centered, "Sub", 1)
    total = _argument(root, "Sqrt", 0)
    if mean is None or not isinstance(total, Wire) or total.operator != "Add":
        return None
    x = centered.inputs[0]
    epsilon = [value for value in map(scalar, total.inputs) if value is not None]
    variance = [value for value in total.inputs if isinstance(value, Wire)]
    if len(epsilon) != 1 or len(variance) != 1 or not _is_mean(mean, x):
        return None
    square = variance[0].inputs[0] if variance[0].inputs else None
    if not _is_mean(variance[0], square) or not isinstance(square, Wire):
        return None
    factors = list(square.inputs)
    squares = square.operator == "Mul" and all([f is centered for f in factors])
    powers = square.operator == "Pow" and factors[0] is centered and scalar(factors[1]) == 2
    return (x, epsilon[0]) if squares or powers else None


def _argument(wire: "Any", operator: str, k: int) -> "Any":
    """Return input ``k`` of the wire if it has this operator."""
    fits = isinstance(wire, Wire) and wire.operator == operator and len(wire.inputs) > k
    return wire.inputs[k] if fits else None


def _is_mean(wire: "Any", of: "Any") -> bool:
    """Return whether the wire is the mean of another one over its last axis."""
    if not isinstance(of, Wire) or _argument(wire, "ReduceMean", 0) is not of:
        return False
    axes = wire.attributes.get("axes")
    if len(wire.inputs) > 1 and isinstance(wire.inputs[1], Tensor):
        axes = wire.inputs[1].values()
    return bool(axes == [-1] and wire.attribute("keepdims", 1) == 1)


def normalized(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """A decomposed LayerNormalization of its input x."""
    rows = data_of(wire, inputs)
    features_of(wire, rows, -1)
    found = decomposed(wire)
    return _normalized(reading, wire, rows, found[1] if found else 0.0, [None, None])


def unit_rows(wire: "Wire") -> "Optional[Tuple[Wire, str]]":
    """Return x and the norm if the wire is x divided by its norm, or by 1 where this is 0."""
    if wire.operator != "Div" or len(wire.inputs) != 2:
        return None
    x, divisor = wire.inputs
    length = _argument(divisor, "Where", 1)
    if not isinstance(length, Wire) or length.operator not in ("ReduceL1", "ReduceL2"):
        return None
    above = _argument(divisor.inputs[0], "Greater", 0) is length
    zero = above and scalar(divisor.inputs[0].inputs[1]) == 0
    axes = length.attributes.get("axes") == [-1] and length.attribute("keepdims", 1) == 1
    if not zero or not axes or scalar(divisor.inputs[2]) != 1 or length.inputs[0] is not x:
        return None
    return (x, length.operator[-2:].lower()) if isinstance(x, Wire) else None


def unit(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """A RowNormalization of its input x."""
    rows = data_of(wire, inputs)
    features_of(wire, rows, -1)
    found = unit_rows(wire)
    return Rows(rows.chain.then("RowNormalization", norm=found[1] if found else ""), rows.dims)


# ---- with constants --------------------------------------------------------------------------


def _limit(wire: "Wire", value: "Any") -> "Optional[float]":
    if value is None:
        return None
    if not isinstance(value, Tensor) or value.count != 1:
        raise wire.refusal("needs constant limits, one number each")
    check_numbers(wire, value)
    found = float(value.values()[0])
    return None if abs(found) > LARGE else found


def clip(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    low, high = [_limit(wire, value) for value in (inputs + [None, None])[1:3]]
    if reading.opset < 11:
        low, high = wire.attribute("min", -LARGE), wire.attribute("max", LARGE)
        low, high = (None if low <= -LARGE else low), (None if high >= LARGE else high)
    return clipped(wire, rows, low, high)


def clipped(wire: "Wire", rows: "Rows", low: "Optional[float]", high: "Optional[float]") -> "Rows":
    if low is not None and high is not None and low > high:
        raise wire.refusal(f"has the limits {low} and {high}, in the wrong order")
    if low is None and high is None:
        return rows
    if low == 0 and high is None:
        return Rows(rows.chain.then("ReLU"), rows.dims)
    return Rows(rows.chain.then("Clip", low=low, high=high), rows.dims)


def least_or_most(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """Min and Max with one number are a Clip."""
    rows, tensor, _ = data_and_constant(wire, inputs)
    if tensor.count != 1 or len(tensor.dims) > len(rows.dims):
        raise wire.refusal("needs a constant of one number")
    limit = _limit(wire, tensor)
    return clipped(
        wire,
        rows,
        limit if wire.operator == "Max" else None,
        limit if wire.operator == "Min" else None,
    )


def prelu(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows, tensor, place = data_and_constant(wire, inputs[:2])
    if place != 1:
        raise wire.refusal("has a constant in the place of the layer's input")
    check_numbers(wire, tensor)
    if tensor.count == 1 and len(tensor.dims) <= len(rows.dims):
        slope = tensor.values()
    else:
        if rows.width is None:
            raise Unknown(tensor.count)
        same, slope = reading.vector(wire, rows, tensor)
        if same.dims != rows.dims:
            raise wire.refusal("has slopes that do not fit its input")
    return Rows(rows.chain.then("PReLU", slope=slope), rows.dims)


def slopes(wire: "Wire") -> "Optional[Tuple[Wire, Tensor]]":
    """Return z and the slopes if the wire is z where z > 0, else slope·z."""
    if wire.operator != "Where" or len(wire.inputs) != 3:
        return None
    z, scaled = wire.inputs[1:]
    above = _argument(wire.inputs[0], "Greater", 0) is z and scalar(wire.inputs[0].inputs[1]) == 0
    if not above or not isinstance(scaled, Wire) or scaled.operator != "Mul":
        return None
    factors = [f for f in scaled.inputs if isinstance(f, Tensor)]
    if not isinstance(z, Wire) or len(factors) != 1 or not any([f is z for f in scaled.inputs]):
        return None
    return z, factors[0]


def log(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """ln of a softmax is LogSoftmax, that of a sigmoid -ln(1 + e^-z)."""
    rows = data_of(wire, inputs)
    last, before = rows.chain.layer.get("type"), rows.chain.before
    if before is not None and last == "Softmax":
        return Rows(before.then("LogSoftmax"), rows.dims)
    if before is not None and last == "Sigmoid":
        minus = [-1.0] * (rows.width or 1)
        return Rows(before.divided(minus).then("Softplus").divided(minus), rows.dims)
    raise wire.refusal("is supported only after a Sigmoid or a Softmax")


OPERATORS = {
    "Clip": clip,
    "LayerNormalization": layer_normalization,
    "Log": log,
    "LogSoftmax": softmax,
    "Max": least_or_most,
    "Min": least_or_most,
    "PRelu": prelu,
    "Softmax": softmax,
}
