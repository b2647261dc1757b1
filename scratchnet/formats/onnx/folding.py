"""Values of the graph that do not depend on its input: they are computed when it is read.

    fold   the tensor that a wire stands for, if its inputs are constants

The numbers are computed in 64 bits, like everything here.

>>> from scratchnet.formats.onnx.graph import FLOAT
>>> two = pack(FLOAT, [2], [1.0, 4.0])
>>> fold(Wire("Sqrt", [two]), 13, Limits(100)).values()
[1.0, 2.0]
"""

import struct

from ...core.elementary import REAL
from ...core.functions import exp, log, sqrt
from .affine import axes_of_reduction
from .chain import Chain, Limits
from .choices import OPERATORS as CHOICES
from .graph import DOUBLE, FLOAT, FLOATS, INT32, INT64, Tensor, pack
from .layout import count, spread
from .rows import Reading, Rows
from .shapes import OPERATORS as SHAPES
from .wires import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

ARITHMETIC: "Dict[str, Callable[[Any, Any], Any]]" = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Div": lambda a, b: a / b,
    "Pow": lambda a, b: power(a, b),
}
FUNCTIONS: "Dict[str, Callable[[Any], Any]]" = {
    "Abs": abs,
    "Exp": exp,
    "Log": log,
    "Neg": lambda a: -a,
    "Reciprocal": lambda a: 1 / a,
    "Sqrt": sqrt,
}
# The numbers that are reduced to one; PyTorch's weight_norm divides weights by their norm.
REDUCED: "Dict[str, Callable[[List[Any]], Any]]" = {
    "ReduceL1": lambda values: sum([abs(v) for v in values]),
    "ReduceL2": lambda values: sqrt(sum([v * v for v in values])),
    "ReduceMax": max,
    "ReduceMean": lambda values: sum(values) / len(values),
    "ReduceMin": min,
    "ReduceSum": sum,
}
OF_ALL = ["Concat"] + list(ARITHMETIC)  # operators without optional inputs
# Operators that move elements without changing them; all take the data as their first input.
MOVING = "Flatten Gather Reshape Slice Split Squeeze Transpose Unsqueeze".split()


def fold(wire: "Wire", opset: int, limits: "Limits") -> "Optional[Tensor]":
    """Return the tensor that the wire stands for, or None if it is not known here."""
    if wire.operator == "Constant":
        return _constant(wire)
    inputs = list(wire.inputs)
    if not inputs or not all([i is None or isinstance(i, Tensor) for i in inputs]):
        return None
    if inputs[0] is None or (None in inputs and wire.operator in OF_ALL):
        return None
    if wire.operator in ("Identity", "CastLike"):
        return inputs[0]  # type: ignore[no-any-return]
    if any([i is not None and i.kind not in FLOATS + (INT32, INT64) for i in inputs]):
        return None
    try:
        return _compute(wire, opset, limits, inputs)
    except (ArithmeticError, LookupError, TypeError, ValueError, struct.error):
        return None  # The operator that needs it reports that it is not a constant.


def _constant(wire: "Wire") -> "Optional[Tensor]":
    """Return the value of a Constant."""
    for name, value in wire.attributes.items():
        if name == "value" and isinstance(value, Tensor):
            return value
        if name in ("value_float", "value_int", "value_floats", "value_ints"):
            values = value if isinstance(value, list) else [value]
            kind = FLOAT if "float" in name else INT64
            if all([isinstance(v, REAL) for v in values]):
                return pack(kind, [len(values)] if isinstance(value, list) else [], values)
    return None


def _compute(wire: "Wire", opset: int, limits: "Limits", inputs: "List[Any]") -> "Optional[Tensor]":
    first, operator = inputs[0], wire.operator
    if operator in ARITHMETIC and len(inputs) == 2:
        return _arithmetic(operator, limits, *inputs)
    if operator == "ConstantOfShape":
        return _fill(wire, limits, first)
    if operator not in MOVING + ["Cast", "Concat", "Shape"] + list(FUNCTIONS) + list(REDUCED):
        return None
    limits.grow(sum([i.count for i in inputs if i is not None]))
    if operator in FUNCTIONS:
        return _tensor(first.kind, first.dims, [FUNCTIONS[operator](v) for v in first.values()])
    if operator in REDUCED:
        return _reduce(wire, inputs)
    if operator == "Cast":
        return _convert(wire.attribute("to", 0), first)
    if operator == "Shape":
        return pack(INT64, [len(first.dims)], first.dims)
    if operator == "Concat":
        return _join(wire, inputs)
    rows = _move(wire, opset, [_row(first)] + inputs[1:])
    values = first.values()
    return _tensor(first.kind, rows.dims, [values[k] for k in _places(rows)])


def _tensor(kind: int, dims: "List[Any]", values: "List[Any]") -> "Tensor":
    """Return a tensor of 64-bit numbers."""
    return pack(DOUBLE if kind in FLOATS else INT64, dims, values)


def _arithmetic(operator: str, limits: "Limits", a: "Tensor", b: "Tensor") -> "Optional[Tensor]":
    rank = max(len(a.dims), len(b.dims))
    sides = [[1] * (rank - len(t.dims)) + t.dims for t in (a, b)]
    if any([x != y and 1 not in (x, y) for x, y in zip(*sides)]):
        return None
    dims = [y if x == 1 else x for x, y in zip(*sides)]
    limits.grow(count(dims) + a.count + b.count)
    parts = []
    for tensor, side in zip((a, b), sides):
        values = tensor.values()
        parts.append([values[k] for k in spread(side, dims)])
    function = ARITHMETIC[operator]
    if operator == "Div" and a.kind not in FLOATS:
        function = _whole_quotient
    return _tensor(a.kind, dims, [function(x, y) for x, y in zip(*parts)])


def power(a: float, b: float) -> float:
    """Return a to the power of b, which is a whole number or one half."""
    if b in (0.5, -0.5):
        root: float = sqrt(a)
        return root if b > 0 else 1 / root
    if b != int(b) or abs(b) > 64:
        raise ValueError("an exponent that is not read")
    result = 1.0
    for _ in range(abs(int(b))):
        result *= a
    return result if b >= 0 else 1 / result


def _reduce(wire: "Wire", inputs: "List[Any]") -> "Tensor":
    """Return the numbers of a constant over axes, reduced to one each."""
    first = inputs[0]
    axes = axes_of_reduction(wire, inputs)
    every = list(range(len(first.dims)))
    places = [axis % len(every) for axis in axes] if axes else every
    dims = [1 if k in places else length for k, length in enumerate(first.dims)]
    groups: "List[List[Any]]" = [[] for _ in range(count(dims))]
    for place, value in zip(spread(dims, first.dims), first.values()):
        groups[place].append(value)
    if wire.attribute("keepdims", 1) != 1:
        dims = [length for k, length in enumerate(dims) if k not in places]
    return _tensor(first.kind, dims, [REDUCED[wire.operator](group) for group in groups])


def _whole_quotient(a: int, b: int) -> int:
    """Return the quotient without its fraction, as ONNX divides whole numbers."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _convert(to: int, tensor: "Tensor") -> "Optional[Tensor]":
    if to in FLOATS:
        return pack(DOUBLE, tensor.dims, [float(v) for v in tensor.values()])
    if to in (INT32, INT64):
        return pack(INT64, tensor.dims, [int(v) for v in tensor.values()])
    return None


def _fill(wire: "Wire", limits: "Limits", shape: "Tensor") -> "Tensor":
    value = wire.attributes.get("value")
    kind, number = (value.kind, value.values()[0]) if isinstance(value, Tensor) else (FLOAT, 0.0)
    dims = shape.values()
    limits.grow(count(dims))
    return _tensor(kind, dims, [number] * count(dims))


def _row(tensor: "Tensor") -> "Rows":
    """Return the elements of a tensor as features, whose places the operators move."""
    return Rows(Chain(None, {}, tensor.count), tensor.dims)


class _Places(Reading):
    """A reading that keeps the places of elements, and makes no layers."""

    def __init__(self, opset: int) -> None:
        Reading.__init__(self, opset, 1 << 27)

    def chosen(self, chain: "Chain", places: "List[int]") -> "Chain":
        known = chain.layer.get("places", range(chain.width or 0))
        return Chain(chain, {"places": [known[k] for k in places]}, len(places))


def _move(wire: "Wire", opset: int, inputs: "List[Any]") -> "Rows":
    operators: "Dict[str, Any]" = dict(CHOICES, **SHAPES)
    rows: "Rows" = operators[wire.operator](_Places(opset), wire, inputs)
    return rows


def _places(rows: "Rows") -> "Any":
    return rows.chain.layer.get("places", range(rows.chain.width or 0))


def _join(wire: "Wire", inputs: "List[Any]") -> "Optional[Tensor]":
    """Return the tensors side by side along an axis."""
    axis = wire.attribute("axis", 0) % len(inputs[0].dims)
    rests = [t.dims[:axis] + t.dims[axis + 1 :] for t in inputs]
    if any([rest != rests[0] for rest in rests]):
        return None
    block = count(inputs[0].dims[axis + 1 :])  # numbers that stay together
    parts = [(t.values(), block * t.dims[axis]) for t in inputs]
    values: "List[Any]" = []
    for k in range(count(inputs[0].dims[:axis])):
        for numbers, size in parts:
            values += numbers[k * size : (k + 1) * size]
    dims = list(inputs[0].dims)
    dims[axis] = sum([t.dims[axis] for t in inputs])
    return _tensor(inputs[0].kind, dims, values)
