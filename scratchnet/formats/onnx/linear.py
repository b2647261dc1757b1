"""Operators that are layers with weights: Gemm, FusedGemm, MatMul, BatchNormalization.

An operator takes the reading, its wire and its inputs, and returns what its output is for a sample.
"""

from .. import exchange
from .activations import recognize
from .affine import data_and_constant, plus
from .graph import Tensor
from .layout import SAMPLES, count, transpose
from .rows import Rows, Unknown, check_numbers
from .wires import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from .rows import Reading

TRAINING = "is in training mode; export the model in prediction mode"


def matmul(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    rows, tensor, place = data_and_constant(wire, inputs[:2])
    return multiply_by_matrix(reading, wire, rows, tensor, place == 1)


def multiply_by_matrix(
    reading: "Reading",
    wire: "Wire",
    rows: "Rows",
    tensor: "Tensor",
    left: bool,
    flip: bool = False,
    factor: float = 1.0,
) -> "Rows":
    """Return x·W, or W·x if the data x are not ``left``; ``flip`` means Wᵀ for W."""
    check_numbers(wire, tensor)
    dims = rows.dims
    if count(tensor.dims[:-2]) != 1 or not tensor.dims or not dims:
        raise wire.refusal(f"has a constant of shape {str(tensor.dims)[:60]}; it must be a matrix")
    axis = len(dims) - (1 if left or len(dims) == 1 else 2)
    matrix_dims = tensor.dims[-2:]
    flat = len(matrix_dims) == 1
    if flat:
        matrix_dims = matrix_dims + [1] if left else [1] + matrix_dims
    needed = matrix_dims[0 if left != flip else 1]
    if dims[axis] == SAMPLES:
        raise wire.refusal("multiplies across the samples, which would mix the samples")
    if dims[axis] is None:
        raise Unknown(needed, by_product=True)
    if dims[axis] != needed:
        raise wire.refusal(f"has a constant of length {needed} for {dims[axis]} inputs")
    before, after = dims[:axis], dims[axis + 1 :]
    rows_of_sample = count(before + after)
    if rows_of_sample is None:
        raise wire.refusal(
            "multiplies an unknown number of rows per sample; export it with a shape"
        )
    reading.grow(tensor.count * rows_of_sample * rows_of_sample)
    weights = _matrix(tensor.values(), matrix_dims, left == flip, factor)
    kept = [] if flat else [len(weights[0])]
    dims = before + kept + after
    if rows_of_sample > 1:
        weights = _each(weights, count(before), count(after))
    dims = [1] * (len(tensor.dims) - max(len(rows.dims), 2)) + dims
    return Rows(rows.chain.dense(weights), dims)


def _each(weights: "List[List[float]]", before: int, after: int) -> "List[List[float]]":
    """Return the matrix that multiplies each of several rows of a sample by ``weights``.

    The rows are flat here, as an array of before × inputs × after numbers.
    """
    outputs = len(weights[0])
    result = []
    for b in range(before):
        for row in weights:
            for a in range(after):
                wide = [0.0] * (before * outputs * after)
                start = b * outputs * after + a
                wide[start : start + outputs * after : after] = row
                result.append(wide)
    return result


def _matrix(
    numbers: "List[float]", dims: "List[int]", flip: bool, factor: float
) -> "List[List[float]]":
    """Return the matrix of these dimensions times a factor, transposed if ``flip``."""
    if factor != 1:
        numbers = [factor * x for x in numbers]
    rows = [numbers[k : k + dims[1]] for k in range(0, len(numbers), dims[1])]
    return [list(column) for column in zip(*rows)] if flip else rows


def gemm(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """alpha·A·B + beta·C, where A or B may be transposed"""
    rows, tensor, place = data_and_constant(wire, inputs[:2])
    if len(rows.dims) != 2 or len(tensor.dims) != 2:
        raise wire.refusal(
            f"has a constant of shape {str(tensor.dims)[:60]} for an input of {len(rows.dims)} "
            "dimensions; both must be matrices"
        )
    flips = [bool(wire.attribute("transA", 0)), bool(wire.attribute("transB", 0))]
    if flips[1 - place]:
        if None in rows.dims:
            raise wire.refusal("has transA, which would mix the samples")
        rows = reading.chosen_rows(rows, *transpose(rows.dims, [1, 0]))
    factor = wire.attribute("alpha", 1.0)
    result = multiply_by_matrix(reading, wire, rows, tensor, place == 1, flips[place], factor)
    last = inputs[2] if len(inputs) > 2 else None
    if last is None:
        return result
    factor = wire.attribute("beta", 1.0)
    if isinstance(last, Tensor):
        return plus(reading, wire, result, last, factor)
    return reading.sum(wire, [(result, 1.0), (last, factor)])


def fused_gemm(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """A Gemm and an activation, as onnxruntime joins them."""
    rows = gemm(reading, wire, inputs)
    names = {"activation_alpha": "alpha", "activation_beta": "beta", "activation_gamma": "gamma"}
    attributes = {names[key]: value for key, value in wire.attributes.items() if key in names}
    operator = wire.attribute("activation", "")
    found = recognize(Wire(operator, [Wire(name="z")], attributes, wire.name))
    if found is None:
        raise wire.refusal(f"has the activation {operator[:60]!r}, which is not supported")
    return Rows(rows.chain.then(found[0], **found[1]), rows.dims)


def batch_normalization(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    # Before version 14, further outputs mean training mode.
    if wire.attribute("training_mode", 0) or any(wire.outputs[1:]):
        raise wire.refusal(TRAINING)
    epsilon = wire.attribute("epsilon", 10995116 / (1 << 40))  # 1e-5 in 32 bits
    rows = inputs[0] if inputs else None
    if not isinstance(rows, Rows):
        raise wire.refusal("has a constant in the place of the layer's input")
    spatial = reading.opset > 8 or wire.attribute("spatial", 1)
    vectors: "Dict[str, List[float]]" = {}
    for k, name in enumerate(("scale", "bias", "mean", "variance")):
        tensor = inputs[k + 1] if k + 1 < len(inputs) else None
        if not isinstance(tensor, Tensor):
            raise wire.refusal(f"needs a constant as input {k + 2}")
        check_numbers(wire, tensor)
        if spatial and len(tensor.dims) != 1:
            raise wire.refusal(
                f"has a constant of shape {str(tensor.dims)[:60]}; it must be one row of numbers"
            )
        if tensor.dims != inputs[1].dims:
            raise wire.refusal(
                "has a scale, bias, mean and variance of different lengths; give one per feature"
            )
        # One number per channel, the second dimension.
        after = [1] * (len(rows.dims) - 2) if spatial else []
        if len(rows.dims) > 1 and rows.dims[1] not in (None, SAMPLES, tensor.count) and spatial:
            raise wire.refusal(f"has a constant of length {tensor.count} for {rows.dims[1]} inputs")
        shaped = Tensor(tensor.kind, tensor.dims + after, tensor.content)
        if tensor.count == 1 and rows.width is None:
            raise Unknown(1)
        same, vectors[name] = reading.vector(wire, rows, shaped)
        if same.dims != rows.dims:
            raise wire.refusal(f"has constants of shape {tensor.dims}, which do not fit its input")
    return Rows(_normalize(reading, wire, rows.chain, vectors, epsilon), rows.dims)


def _normalize(
    reading: "Reading", wire: "Wire", chain: "Any", vectors: "Dict[str, Any]", epsilon: float
) -> "Any":
    """Return the chain with the layers of a BatchNormalization.

    PyTorch writes a scale of 1 and a bias of 0 if it has neither.
    """
    if min(vectors["variance"]) + epsilon <= 0:
        raise wire.refusal("has a variance that is not above 0, even after adding epsilon")
    scale, bias = vectors["scale"], vectors["bias"]
    if set(scale) == {1} and set(bias) == {0}:
        scale = bias = None
    else:
        reading.grow(len(scale) * len(scale))
    made = exchange.batch_normalization(
        vectors["mean"], vectors["variance"], epsilon, scale, bias, "ONNX"
    )
    for layer in made:
        values = {p.role: p.value for p in layer.parameters()}
        if "weights" in values:
            chain = chain.dense(values["weights"], values["bias"])
        else:
            chain = chain.then("Normalization", **values)
    return chain


OPERATORS = {
    "BatchNormalization": batch_normalization,
    "Gemm": gemm,
    "MatMul": matmul,
    "com.microsoft.FusedGemm": fused_gemm,
}
