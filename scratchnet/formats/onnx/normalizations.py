"""Layers that normalize each row, as operators and spelled out.

    LayerNormalization  RMSNormalization  LpNormalization      operators
    spelled_out     the same, Softmax, and shares of a sum, in the operators of other programs

>>> from scratchnet.formats.onnx.wires import Wire
>>> x = Wire(name="X")
>>> found = spelled_out(x / Wire("ReduceSum", [x], {"axes": [-1]}))
>>> found[0]
[X]
"""

from .affine import axes_of_reduction, data_of
from .graph import BOOL, FLOATS, Tensor
from .layout import SAMPLES, count
from .rows import Rows, Unknown, axis_of, features_of
from .wires import Wire, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .rows import Plan, Reading

EPSILON = 10995116 / (1 << 40)  # 1e-5 in 32 bits
POSITIVE = ("Exp", "Sigmoid", "Softmax")  # layers whose results are above 0


# ---- operators -------------------------------------------------------------------------------


def layer_normalization(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    axis = axis_of(wire, wire.attribute("axis", -1), rows.dims)
    if SAMPLES in rows.dims[axis:] or count(rows.dims[:axis]) != 1:
        raise wire.refusal("has an axis that is not the axis of the features")
    if any(wire.outputs[1:]):
        raise wire.refusal("has outputs for the mean and the deviation; a network has one output")
    kind = "LayerNormalization" if wire.operator == "LayerNormalization" else "RMSNormalization"
    given = (inputs + [None, None])[1 : 3 if kind == "LayerNormalization" else 2]
    return _normalized(reading, wire, rows, kind, wire.attribute("epsilon", EPSILON), given)


def _normalized(
    reading: "Reading",
    wire: "Wire",
    rows: "Rows",
    kind: str,
    epsilon: float,
    given: "List[Any]",
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
    layer = {"epsilon": epsilon, "width": rows.width, "scale": None, "bias": None}
    layer.update(zip(("scale", "bias"), vectors))
    return Rows(rows.chain.then(kind, **layer), rows.dims)


def unit_rows(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """Each row divided by its norm; a row of zeros stays."""
    rows = data_of(wire, inputs)
    features_of(wire, rows, wire.attribute("axis", -1))
    return _of_norm(rows, wire.attribute("p", 2), wire)


def _of_norm(rows: "Rows", p: int, wire: "Wire") -> "Rows":
    if p not in (1, 2):
        raise wire.refusal(f"has the norm {p}; supported are 1 and 2")
    return Rows(rows.chain.then("RowNormalization", norm=f"l{p}"), rows.dims)


# ---- spelled out -----------------------------------------------------------------------------


def spelled_out(wire: "Wire") -> "Optional[Plan]":
    """Return the plan of a normalization that several operators compute, or None."""
    if len(wire.inputs) != 2 or wire.index:
        return None
    return _root_mean_square(wire) or _unit(wire) or _share(wire)


def _root_mean_square(wire: "Wire") -> "Optional[Plan]":
    """x or x - mean(x), divided by the root of the mean of its square plus epsilon"""
    x, total = _over_root(wire)
    if not isinstance(x, Wire) or not isinstance(total, Wire) or total.operator != "Add":
        return None
    epsilon = [value for value in map(scalar, total.inputs) if value is not None]
    mean = [value for value in total.inputs if isinstance(value, Wire)]
    if len(epsilon) != 1 or len(mean) != 1:
        return None
    axis = _axis_of("ReduceMean", mean[0], mean[0].inputs[0] if mean[0].inputs else None)
    if axis is None or not _is_square(mean[0].inputs[0], x):
        return None
    kind, source = "RMSNormalization", x
    if x.operator == "Sub" and _axis_of("ReduceMean", x.inputs[1], x.inputs[0]) == axis:
        kind, source = "LayerNormalization", x.inputs[0]

    def function(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
        rows = data_of(wire, inputs)
        features_of(wire, rows, axis or 0)
        return _normalized(reading, wire, rows, kind, epsilon[0], [])

    return [source], function


def _over_root(wire: "Wire") -> "Tuple[Any, Any]":
    """Return a and t of a/√t, spelled as Div, Reciprocal or Pow."""
    for a, b in (wire.inputs, wire.inputs[::-1]):
        power = scalar(b.inputs[1]) if _is(b, "Pow", 2) else None
        if wire.operator == "Div" and b is wire.inputs[1]:
            if _is(b, "Sqrt", 1) or power == 0.5:
                return a, b.inputs[0]
        if wire.operator == "Mul" and isinstance(a, Wire):
            if _is(b, "Reciprocal", 1) and _is(b.inputs[0], "Sqrt", 1):
                return a, b.inputs[0].inputs[0]
            if _is(b, "Div", 2) and scalar(b.inputs[0]) == 1 and _is(b.inputs[1], "Sqrt", 1):
                return a, b.inputs[1].inputs[0]
            if power == -0.5:
                return a, b.inputs[0]
    return None, None


def _is(wire: "Any", operator: str, count: int) -> bool:
    fits = isinstance(wire, Wire) and wire.operator == operator
    return fits and len(wire.inputs) == count


def _is_square(wire: "Any", x: "Wire") -> bool:
    if _is(wire, "Pow", 2):
        return wire.inputs[0] is x and scalar(wire.inputs[1]) == 2
    return _is(wire, "Mul", 2) and all([factor is x for factor in wire.inputs])


def _axis_of(operator: str, wire: "Any", of: "Any") -> "Optional[int]":
    """Return the axis if the wire reduces another one over it and keeps it as a length of 1."""
    if not isinstance(wire, Wire) or wire.operator != operator or not isinstance(of, Wire):
        return None
    if not wire.inputs or wire.inputs[0] is not of or wire.attribute("keepdims", 1) != 1:
        return None
    constant = all([value is None or isinstance(value, Tensor) for value in wire.inputs[1:]])
    axes = axes_of_reduction(wire, list(wire.inputs)) if constant else None
    return axes[0] if axes and len(axes) == 1 else None


def _unit(wire: "Wire") -> "Optional[Plan]":
    """x divided by its norm, or by 1 where this is 0"""
    x, divisor = wire.inputs
    if wire.operator != "Div" or not _is(divisor, "Where", 3) or not isinstance(x, Wire):
        return None
    above, length, one = divisor.inputs
    norms = [p for p in (1, 2) if _axis_of(f"ReduceL{p}", length, x) == -1]
    zero = _is(above, "Greater", 2) and above.inputs[0] is length and scalar(above.inputs[1]) == 0
    if not norms or not zero or scalar(one) != 1:
        return None

    def function(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
        rows = data_of(wire, inputs)
        features_of(wire, rows, -1)
        return _of_norm(rows, norms[0], wire)

    return [x], function


def _share(wire: "Wire") -> "Optional[Plan]":
    """x divided by its sum, where x is above 0; of e^z that is a Softmax."""
    x, total = wire.inputs
    if wire.operator != "Div":
        return None
    if _is(x, "Add", 2) and _is(total, "Add", 2):
        x, total = _without_zeros(x, total)
    axis = _axis_of("ReduceSum", total, x)
    if axis is None:
        return None
    exponent: "Any" = x.inputs[0] if _is(x, "Exp", 1) else None
    if _is(exponent, "Sub", 2):
        z, largest = exponent.inputs
        if _axis_of("ReduceMax", largest, z) == axis:
            exponent = z  # The largest is subtracted, which cancels.

    def function(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
        rows = data_of(wire, inputs)
        features_of(wire, rows, axis or 0)
        if exponent is not None:
            return Rows(rows.chain.then("Softmax"), rows.dims)
        if not _is_positive(rows.chain):
            raise wire.refusal(
                "divides by a sum of numbers of any sign; a network is one chain without branches"
            )
        return _of_norm(rows, 1, wire)

    return [x if exponent is None else exponent], function


def _without_zeros(x: "Wire", total: "Wire") -> "Tuple[Any, Any]":
    """Return x and its sum s from x + m and s + m·n, where m is 1 if s is 0, and else 0.

    scikit-learn's converter writes so the one-versus-rest shares of n classes. A sum of numbers
    above 0 is not 0.
    """
    s = [value for value in total.inputs if isinstance(value, Wire) and value.operator != "Mul"]
    masks = [value for value in total.inputs if _is(value, "Mul", 2)]
    if len(s) != 1 or len(masks) != 1:
        return None, None
    mask = masks[0].inputs[0]
    inner = mask
    for operator, to in (("Cast", FLOATS), ("Not", ()), ("Cast", (BOOL,))):
        if not _is(inner, operator, 1) or (to and inner.attribute("to", 0) not in to):
            return None, None
        inner = inner.inputs[0]
    rest = [value for value in x.inputs if value is not mask]
    return (rest[0], s[0]) if inner is s[0] and len(rest) == 1 else (None, None)


def _is_positive(chain: "Any") -> bool:
    """Return whether all results are above 0."""
    layer, before = chain.layer, chain.before
    if layer.get("type") == "Dense" and before is not None:
        complement = layer["weights"] == [[-1.0, 1.0]] and layer["bias"] == [1.0, 0.0]
        return bool(complement and before.layer.get("type") == "Sigmoid")  # 1 - p and p
    return layer.get("type") in POSITIVE


OPERATORS = {
    "LayerNormalization": layer_normalization,
    "LpNormalization": unit_rows,
    "RMSNormalization": layer_normalization,
    "SimplifiedLayerNormalization": layer_normalization,
}
