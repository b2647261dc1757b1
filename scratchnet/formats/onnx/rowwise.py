"""Activations that need more than one number: shapes, limits, slopes, or all features of a row.

    Softmax  LogSoftmax     over the features
    Clip  Min  Max  PRelu   with constants
    Log                     of Sigmoid and Softmax
    Swish  QuickGelu        with a factor
    plan_of                 PReLU, Softplus and Swish in several operators, as exporters write them

Before version 13, Softmax takes all dimensions from its axis on as one.
"""

from .affine import data_and_constant, data_of
from .graph import Tensor
from .layout import SAMPLES, count
from .rows import Rows, Unknown, axis_of, check_numbers, features_of
from .wires import Wire, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

    from .rows import Plan, Reading

MOST_SHIFT = 1 << 20  # the largest limit of a feature that may be subtracted and added again
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
    return clip_to(wire, rows, low, high)


def clip_to(wire: "Wire", rows: "Rows", low: "Optional[float]", high: "Optional[float]") -> "Rows":
    if low is not None and high is not None and low > high:
        raise wire.refusal(f"has the limits {low} and {high}, in the wrong order")
    if low is None and high is None:
        return rows
    if low == 0 and high is None:
        return Rows(rows.chain.then("ReLU"), rows.dims)
    return Rows(rows.chain.then("Clip", low=low, high=high), rows.dims)


def least_or_most(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """Min and Max with one number are a Clip; those with one per feature a ReLU between shifts."""
    rows, tensor, _ = data_and_constant(wire, inputs)
    if tensor.count == 1 and len(tensor.dims) <= len(rows.dims):
        limit = _limit(wire, tensor)
        low, high = (limit, None) if wire.operator == "Max" else (None, limit)
        return clip_to(wire, rows, low, high)
    rows, limits = reading.vector(wire, rows, tensor)
    if max([abs(x) for x in limits]) > MOST_SHIFT:
        raise wire.refusal(
            f"has limits for each feature beyond ±{MOST_SHIFT}, which would cost digits; leave out "
            "the limits that are never reached"
        )
    sign = 1.0 if wire.operator == "Max" else -1.0
    signs = [sign] * len(limits)
    # max(z, c) is relu(z - c) + c, and min(z, c) is c - relu(c - z).
    chain = rows.chain.then("Normalization", mean=limits, spread=signs).then("ReLU")
    minus = [-sign * c for c in limits]
    return Rows(chain.then("Normalization", mean=minus, spread=signs), rows.dims)


def prelu(reading: "Reading", wire: "Wire", inputs: "List[Any]", sign: int = 1) -> "Rows":
    """z where z > 0, else slope·z; the slopes are the constant times the sign."""
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
    return Rows(rows.chain.then("PReLU", slope=[sign * v for v in slope]), rows.dims)


def plan_of(wire: "Wire") -> "Optional[Plan]":
    """Return the plan of a PReLU, of a Softplus of βz, divided by β, or of z·sigmoid(βz).

    PyTorch writes the first two with Where; Keras writes its PReLU as relu(z) - slope·relu(-z).
    """
    if wire.operator == "Add" and len(wire.inputs) == 2:
        return _prelu_of_keras(wire)
    if wire.operator == "Mul" and len(wire.inputs) == 2:
        return _swish_with_factor(wire)
    if wire.operator == "Max" and len(wire.inputs) == 2:
        return _prelu_of_maximum(wire)
    if wire.operator != "Where" or len(wire.inputs) != 3 or wire.index:
        return None
    condition, z, other = wire.inputs
    if not isinstance(z, Wire) or not isinstance(condition, Wire) or len(condition.inputs) != 2:
        return None
    compared, limit = condition.inputs[0], scalar(condition.inputs[1])
    if condition.operator != "Greater" or not isinstance(other, Wire) or limit is None:
        return None
    slopes = _factor(other, z)
    if compared is z and limit == 0 and slopes is not None:
        return [z, slopes], prelu
    beta = scalar(_factor(compared, z))
    soft = other.inputs[0] if other.operator == "Div" and len(other.inputs) == 2 else None
    fits = isinstance(soft, Wire) and soft.operator == "Softplus" and soft.inputs[0] is compared
    if fits and limit >= 20 and beta and scalar(other.inputs[1]) == beta:
        # Above 20, z differs from the Softplus by 2e-9/β at most.
        return [z], lambda reading, wire, inputs: _scale_around(
            reading, data_of(wire, inputs), "Softplus", beta or 1.0
        )
    return None


def _prelu_of_keras(wire: "Wire") -> "Optional[Plan]":
    for positive, other in (wire.inputs, wire.inputs[::-1]):
        z = _inside("Relu", positive)
        halves = [part for part in getattr(other, "inputs", ()) if isinstance(part, Wire)]
        if z is None or len(halves) != 1 or _inside("Neg", _inside("Relu", halves[0])) is not z:
            continue
        minus = _factor(other, halves[0])
        if minus is not None:
            return [z, minus], lambda reading, wire, inputs: prelu(reading, wire, inputs, -1)
    return None


def _prelu_of_maximum(wire: "Wire") -> "Optional[Plan]":
    """The maximum of z and slope·z, where no slope is above 1"""
    for z, other in (wire.inputs, wire.inputs[::-1]):
        slopes = _factor(other, z)
        if isinstance(z, Wire) and slopes is not None and max(slopes.values(), default=2) <= 1:
            return [z, slopes], prelu
    return None


def _swish_with_factor(wire: "Wire") -> "Optional[Plan]":
    """z·sigmoid(βz), in many programs with β = 1.702"""
    for z, gate in (wire.inputs, wire.inputs[::-1]):
        beta = scalar(_factor(_inside("Sigmoid", gate), z))
        if isinstance(z, Wire) and beta:
            return [z], _maker_of_swish(beta)
    return None


def _maker_of_swish(beta: float) -> "Any":
    return lambda reading, wire, inputs: _scale_around(reading, data_of(wire, inputs), "SiLU", beta)


def _inside(operator: str, wire: "Any") -> "Any":
    """Return the input of the wire if it has this operator."""
    fits = isinstance(wire, Wire) and wire.operator == operator and len(wire.inputs) == 1
    return wire.inputs[0] if fits else None


def _factor(wire: "Any", z: "Any") -> "Optional[Tensor]":
    """Return the constant by which the wire multiplies z."""
    if not isinstance(wire, Wire) or wire.operator != "Mul" or len(wire.inputs) != 2:
        return None
    factors = [f for f in wire.inputs if isinstance(f, Tensor)]
    return factors[0] if len(factors) == 1 and any([f is z for f in wire.inputs]) else None


def _scale_around(reading: "Reading", rows: "Rows", kind: str, factor: float) -> "Rows":
    """Return f(factor·z)/factor, where f is the activation."""
    n = rows.width or 1
    reading.grow(2 * n)
    chain = rows.chain.divided([1 / factor] * n).then(kind).divided([factor] * n)
    return Rows(chain, rows.dims)


def swish(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """z·sigmoid(alpha·z), which is SiLU(alpha·z)/alpha"""
    rows = data_of(wire, inputs)
    alpha = wire.attribute("alpha", 1.0 if wire.operator == "Swish" else 1.702)
    if alpha == 1:
        return Rows(rows.chain.then("SiLU"), rows.dims)
    if alpha == 0:
        raise wire.refusal("has an alpha of 0, which makes it z/2; give it an alpha other than 0")
    return _scale_around(reading, rows, "SiLU", alpha)


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
    "Log": log,
    "LogSoftmax": softmax,
    "Max": least_or_most,
    "Min": least_or_most,
    "PRelu": prelu,
    "Softmax": softmax,
    "Swish": swish,
    "com.microsoft.QuickGelu": swish,
}
