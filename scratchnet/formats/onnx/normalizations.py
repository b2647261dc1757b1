"""Layers that normalize each row: LayerNormalization, RMSNormalization, LpNormalization."""

from .affine import data_of
from .graph import Tensor
from .layout import SAMPLES, count
from .rows import Rows, Unknown, axis_of, features_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from .rows import Reading
    from .wires import Wire

EPSILON = 10995116 / (1 << 40)  # 1e-5 in 32 bits


def layer_normalization(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows = data_of(wire, inputs)
    axis = axis_of(wire, wire.attribute("axis", -1), rows.dims)
    if SAMPLES in rows.dims[axis:] or count(rows.dims[:axis]) != 1:
        raise wire.refusal("has an axis that is not the axis of the features")
    if any(wire.outputs[1:]):
        raise wire.refusal("has outputs for the mean and the deviation; a network has one output")
    kind = "LayerNormalization" if wire.operator == "LayerNormalization" else "RMSNormalization"
    given = (inputs + [None, None])[1 : 3 if kind == "LayerNormalization" else 2]
    return normalize(reading, wire, rows, kind, wire.attribute("epsilon", EPSILON), given)


def normalize(
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
    return of_norm(rows, wire.attribute("p", 2), wire)


def of_norm(rows: "Rows", p: int, wire: "Wire") -> "Rows":
    if p not in (1, 2):
        raise wire.refusal(f"has the norm {p}; supported are 1 and 2")
    return Rows(rows.chain.then("RowNormalization", norm=f"l{p}"), rows.dims)


OPERATORS = {
    "LayerNormalization": layer_normalization,
    "LpNormalization": unit_rows,
    "RMSNormalization": layer_normalization,
    "SimplifiedLayerNormalization": layer_normalization,
}
