"""Normalizations, Softmax and shares of a sum in the operators of other programs.

    plan_of    the plan of a wire that several operators compute, as one layer or two

>>> x = Wire(name="X")
>>> found = plan_of(x / Wire("ReduceSum", [x], {"axes": [-1]}))
>>> found[0]
[X]
"""

from .affine import axes_of_reduction, data_of
from .graph import BOOL, FLOATS, Tensor
from .normalizations import normalize, of_norm
from .rows import Rows, features_of
from .wires import Wire, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .rows import Plan, Reading

POSITIVE = ("Exp", "Sigmoid", "Softmax")  # layers whose results are above 0


def plan_of(wire: "Wire") -> "Optional[Plan]":
    """Return the plan of a normalization that several operators compute, or None."""
    if len(wire.inputs) != 2 or wire.index:
        return None
    return _root_mean_square(wire) or _moments(wire) or _unit(wire) or _share(wire)


def _root_mean_square(wire: "Wire") -> "Optional[Plan]":
    """x or x - mean(x), divided by the root of the mean of its square plus epsilon"""
    x, total, scale = _over_root(wire)
    found = _mean_of_square(x, total)
    if found is None:
        return None
    axis, epsilon = found
    kind, source = "RMSNormalization", x
    if x.operator == "Sub" and _axis_of("ReduceMean", x.inputs[1], x.inputs[0]) == axis:
        kind, source = "LayerNormalization", x.inputs[0]
    return [source], _maker(kind, axis, epsilon, [scale])


def _mean_of_square(x: "Any", total: "Any") -> "Optional[Tuple[int, float]]":
    """Return the axis and epsilon if the total is the mean of x² over the axis, plus epsilon."""
    if not isinstance(x, Wire) or not isinstance(total, Wire) or total.operator != "Add":
        return None
    epsilon = [value for value in map(scalar, total.inputs) if value is not None]
    mean = [value for value in total.inputs if isinstance(value, Wire)]
    if len(epsilon) != 1 or len(mean) != 1:
        return None
    axis = _axis_of("ReduceMean", mean[0], mean[0].inputs[0] if mean[0].inputs else None)
    if axis is None or not _is_square(mean[0].inputs[0], x):
        return None
    return axis, epsilon[0]


def _maker(kind: str, axis: int, epsilon: float, given: "List[Any]") -> "Any":
    """Return the function that makes the layer, with a given scale and bias or None."""

    def function(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
        rows = data_of(wire, inputs)
        features_of(wire, rows, axis)
        return normalize(reading, wire, rows, kind, epsilon, given)

    return function


def _moments(wire: "Wire") -> "Optional[Plan]":
    """x·m + (bias - mean(x)·m), where m is scale/√(variance + epsilon), as TensorFlow writes it"""
    if wire.operator != "Add":
        return None
    for product, rest in (wire.inputs, wire.inputs[::-1]):
        if not _is(product, "Mul", 2) or not isinstance(rest, Wire) or len(rest.inputs) != 2:
            continue
        for x, m in (product.inputs, product.inputs[::-1]):
            mean, bias = _mean_and_bias(rest, m)
            axis = _axis_of("ReduceMean", mean, x)
            total, scale = _inverse_root(m)
            square = _argument_of_mean(total)
            centered = square.inputs[0] if isinstance(square, Wire) and square.inputs else None
            if axis is None or centered is None or not _is(centered, "Sub", 2):
                continue
            if centered.inputs[0] is not x or centered.inputs[1] is not mean:
                continue
            found = _mean_of_square(centered, total)
            if found is not None and found[0] == axis:
                return [x], _maker("LayerNormalization", axis, found[1], [scale, bias])
    return None


def _mean_and_bias(rest: "Wire", m: "Any") -> "Tuple[Any, Any]":
    """Return mean and bias of bias - mean·m, or of -mean·m + bias."""
    bias = [value for value in rest.inputs if isinstance(value, Tensor)]
    products = [value for value in rest.inputs if _is(value, "Mul", 2)]
    if len(bias) != 1 or len(products) != 1:
        return None, None
    others = [value for value in products[0].inputs if value is not m]
    if len(others) != 1:
        return None, None
    if rest.operator == "Sub" and rest.inputs[0] is bias[0]:
        return others[0], bias[0]
    if rest.operator == "Add" and _is(others[0], "Neg", 1):
        return others[0].inputs[0], bias[0]
    return None, None


def _argument_of_mean(total: "Any") -> "Any":
    """Return the wire whose mean is in a total."""
    means = [value for value in getattr(total, "inputs", ()) if _is_mean(value)]
    return means[0].inputs[0] if len(means) == 1 else None


def _is_mean(value: "Any") -> bool:
    return isinstance(value, Wire) and value.operator == "ReduceMean" and bool(value.inputs)


def _over_root(wire: "Wire") -> "Tuple[Any, Any, Any]":
    """Return a, t and scale of a·scale/√t; the scale is None if there is none."""
    a, b = wire.inputs
    if wire.operator == "Div":
        if _is(b, "Sqrt", 1) or (_is(b, "Pow", 2) and scalar(b.inputs[1]) == 0.5):
            return a, b.inputs[0], None
    elif wire.operator == "Mul":
        for x, factor in ((a, b), (b, a)):
            total, scale = _inverse_root(factor)
            if total is not None:
                return x, total, scale
    return None, None, None


def _inverse_root(wire: "Any") -> "Tuple[Any, Any]":
    """Return t and scale of scale/√t."""
    if _is(wire, "Mul", 2):
        for root, scale in (wire.inputs, wire.inputs[::-1]):
            if isinstance(scale, Tensor) and isinstance(root, Wire) and root.operator != "Mul":
                return _inverse_root(root)[0], scale
    if _is(wire, "Reciprocal", 1) and _is(wire.inputs[0], "Sqrt", 1):
        return wire.inputs[0].inputs[0], None
    if _is(wire, "Div", 2) and scalar(wire.inputs[0]) == 1 and _is(wire.inputs[1], "Sqrt", 1):
        return wire.inputs[1].inputs[0], None
    if _is(wire, "Pow", 2) and scalar(wire.inputs[1]) == -0.5:
        return wire.inputs[0], None
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
        return of_norm(rows, norms[0], wire)

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
        return of_norm(rows, 1, wire)

    return [x if exponent is None else exponent], function


def _without_zeros(x: "Wire", total: "Wire") -> "Tuple[Any, Any]":
    """Return x and its sum s from x + m and s + m·n, where m is 1 if s is 0, and else 0.

    scikit-learn's converter writes the one-versus-rest shares of n classes in this way. A sum of
    numbers above 0 is not 0.
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
