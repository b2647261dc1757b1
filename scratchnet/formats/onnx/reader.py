"""A network from an ONNX graph that another program wrote.

    describe   the graph as models.py describes a network

The graph is followed from its output back to its input, and then forward again: rows.py says what
each value is for a sample, chain.py which layers compute it. The operators are in linear.py,
affine.py, choices.py, shapes.py, rowwise.py, normalizations.py and classical.py; activations.py
and spelled_out.py recognize layers that other programs write as several operators.
"""

from ...core.checks import shown
from ..files import MOST_NUMBERS
from . import (
    affine,
    choices,
    classical,
    linear,
    network_inputs,
    normalizations,
    rowwise,
    shapes,
    spelled_out,
)
from .activations import recognize
from .chain import Limits, TooLarge
from .description import describe_chain, without_complement
from .folding import fold
from .graph import FLOATS, INT64, Tensor, pack
from .inlining import inline, sort_nodes
from .layout import SAMPLES, count
from .outputs import check_class, output_of, scores_of
from .rows import Reading, Rows, Sizes, Unknown, names_of
from .wires import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    from .description import Described
    from .graph import Graph

    # The wires that an operator needs first, and the function of their values.
    Step = Tuple[List[Any], Callable[[List[Any]], Any]]

FEW, SHARED = 1 << 22, 4  # numbers a network may always have; further ones per number in the file
OPERATORS: "Dict[str, Any]" = {}
for _family in (linear, affine, choices, shapes, rowwise, normalizations, classical):
    OPERATORS.update(_family.OPERATORS)
SEVERAL = ("Split", "ai.onnx.ml.LinearClassifier")  # operators of whose outputs any may be taken


def describe(graph: "Graph", opset: int, output: "Optional[str]" = None) -> "Described":
    """Return the network's tensors, and its description as JSON values.

    ``output`` is the name of the output, or of any other value, that the network must compute. A
    ValueError names the first operator that cannot be read.
    """
    most = min(MOST_NUMBERS, FEW + SHARED * _count_numbers(graph))
    values = _values(graph, opset, Limits(most))
    last = output_of(graph, values, output)
    labels = classical.labels_of(graph, values, last)
    wire = scores_of(last)
    first: "Optional[ValueError]" = None
    for samples in network_inputs.places_of_samples(graph):
        try:
            rows = _rows(graph, wire, opset, most, samples)
            check_class(last, rows)
        except TooLarge:
            raise
        except ValueError as error:
            first = first or error
        else:
            columns = network_inputs.columns_of(graph, wire)
            return describe_chain(without_complement(rows.chain, labels), labels, columns)
    raise first or ValueError(f"ONNX: the output {shown(wire.name)} does not depend on an input")


def _count_numbers(graph: "Graph") -> int:
    """Return how many numbers the file holds. A short file may use one large tensor many times."""
    tensors: "List[Any]" = list(graph.tensors.values())
    for node in graph.nodes:
        tensors += [value for value in node.attributes.values() if isinstance(value, Tensor)]
        tensors += [value for value in node.attributes.values() if isinstance(value, list)]
    return sum([part.count if isinstance(part, Tensor) else len(part) for part in tensors])


# ---- the graph as wires ----------------------------------------------------------------------


def _values(graph: "Graph", opset: int, limits: "Limits") -> "Dict[str, Any]":
    """Return the value of each name in the graph.

    The value is a tensor if it needs no input, otherwise a wire. The value of "" is None.
    """
    values: "Dict[str, Any]" = {"": None}
    values.update(graph.tensors)
    for value in graph.inputs:
        values[value.name] = Wire(name=value.name)
        values[value.name].is_float = value.kind in FLOATS + (0,)
    for node in sort_nodes(inline(graph, opset), values):
        name = node.name or (node.outputs or [""])[0]
        inputs = [values[needed] for needed in node.inputs]
        if _changes_nothing(node, inputs):
            values.update({output: inputs[0] for output in node.outputs})
            continue
        for k, output in enumerate(node.outputs):
            wire = Wire(node.operator, inputs, node.attributes, name)
            wire.outputs = node.outputs
            wire.index = k
            wire.is_float = _has_floats(wire)
            tensor = None if k and node.operator != "Split" else fold(wire, opset, limits)
            values[output] = wire if tensor is None else tensor
        values[""] = None
    return values


# Operators of floats alone, and those whose result has the type of their first input.
OF_FLOATS = "Elu Erf Exp Gemm LeakyRelu MatMul Relu Sigmoid Softplus Tanh".split()
OF_ANY = (
    "Add Clip Concat Div Flatten Max Min Mul Neg Pow ReduceMean ReduceSum Reshape Slice Sqrt "
    "Squeeze Sub Transpose Unsqueeze"
).split()


def _has_floats(wire: "Wire") -> bool:
    """Return whether a value is known to hold floats."""
    if wire.operator in OF_ANY:
        return any([isinstance(i, Wire) and i.is_float for i in wire.inputs])
    return wire.operator in OF_FLOATS or (
        wire.operator == "Cast" and wire.attributes.get("to") in FLOATS
    )


def _changes_nothing(node: "Any", inputs: "List[Any]") -> bool:
    """Return whether a node is an Identity, or a Cast from floats to floats.

    All floats have 64 bits here.
    """
    if len(inputs) != 1 or not isinstance(inputs[0], Wire) or not inputs[0].operator:
        return False
    to = node.attributes.get("to")
    casts = node.operator == "Cast" and to in FLOATS and inputs[0].is_float
    return casts or node.operator == "Identity"


# ---- what the output is for a sample ---------------------------------------------------------


def _rows(graph: "Graph", wire: "Wire", opset: int, most: int, place: "Optional[int]") -> "Rows":
    """Return the rows that the wire is if this dimension of the input is that of the samples."""
    width: "Optional[int]" = None
    while True:
        reading = Reading(opset, most)
        started = network_inputs.features_of_inputs(reading, graph, wire, place, width)
        is_free = place is None and any([network_inputs.is_free(s) for s in started.values()])
        try:
            rows: "Rows" = _compute(reading, wire, dict(started))
            _check_output(wire, rows)
        except Unknown as found:
            if width is not None:
                raise wire.refusal(
                    f"needs {width} or {found.width} features of an input that does not say"
                ) from None
            if is_free and not (found.by_product and found.width > 1):
                raise wire.refusal("takes any number of rows") from None
            width = found.width
        else:
            if is_free:
                raise wire.refusal("takes any number of rows")
            if place is None and network_inputs.is_ambiguous(started, rows.chain):
                raise wire.refusal(
                    "takes all rows of its input as one sample, but no layer gives the "
                    "number of rows; export the model with one sample"
                )
            return rows


def _compute(reading: "Reading", wire: "Wire", values: "Dict[int, Any]") -> "Any":
    """Return the value of the wire. ``values`` has those of the inputs of the graph."""
    plans: "Dict[int, Step]" = {}
    todo = [wire]
    while todo:
        part = todo[-1]
        if id(part) in values:
            todo.pop()
            continue
        if not part.operator:
            raise ValueError(f"ONNX: the output {shown(part.name)} does not depend on an input")
        if id(part) not in plans:
            plans[id(part)] = _plan(reading, part)
        needed, function = plans[id(part)]
        missing = [w for w in needed if isinstance(w, Wire) and id(w) not in values]
        if missing:
            todo += missing
            continue
        inputs = [values[id(w)] if isinstance(w, Wire) else w for w in needed]
        values[id(part)] = function(inputs)
        todo.pop()
    return values[id(wire)]


def _plan(reading: "Reading", wire: "Wire") -> "Step":
    found = recognize(wire)
    if found:
        return [found[2]], lambda inputs: _activation(wire, found, inputs)
    plan = rowwise.plan_of(wire) or spelled_out.plan_of(wire)
    if plan:
        needed, function = plan
        return needed, lambda inputs: function(reading, wire, inputs)
    if wire.operator not in OPERATORS:
        raise unsupported(wire)
    if wire.index and wire.operator not in SEVERAL:
        raise wire.refusal("has further outputs, which are not supported")
    operator = OPERATORS[wire.operator]
    return list(wire.inputs), lambda inputs: _with_constants(operator, reading, wire, inputs)


def _activation(wire: "Wire", found: "Any", inputs: "List[Any]") -> "Rows":
    rows = affine.data_of(wire, inputs)
    return Rows(rows.chain.then(found[0], **found[1]), rows.dims)


def _with_constants(
    operator: "Any", reading: "Reading", wire: "Wire", inputs: "List[Any]"
) -> "Any":
    """Return the result of the operator, which may depend on fixed sizes alone."""
    if inputs and not any([isinstance(value, Rows) for value in inputs]):
        inputs = [_as_constant(value) for value in inputs]
        again = Wire(wire.operator, inputs, wire.attributes, wire.name)
        tensor = fold(again, reading.opset, reading)
        if tensor is not None:
            return tensor
    return operator(reading, wire, inputs)


def _as_constant(value: "Any") -> "Any":
    if isinstance(value, Sizes) and all([isinstance(v, int) for v in value.values]):
        return pack(INT64, [] if value.single else [len(value.values)], value.values)
    return value


QUANTIZED = (
    "QuantizeLinear DequantizeLinear QLinearMatMul MatMulInteger DynamicQuantizeLinear QGemm"
)


def unsupported(wire: "Wire") -> "ValueError":
    """Return the error for an operator that is not read."""
    name = wire.operator.split(".")[-1]
    if name in QUANTIZED.split():
        return wire.refusal(
            "computes with integers; load the model from before it was quantized, in floats"
        )
    if name in ("If", "Loop", "Scan"):
        return wire.refusal("branches while it computes; export the model for one fixed case")
    if name.startswith("Random") or name in ("Bernoulli", "Multinomial"):
        return wire.refusal(
            "draws random numbers, which no layer does; take an output without them, output=..."
        )
    if name in ("LSTM", "GRU", "RNN") or name.startswith(("Conv", "MaxPool", "AveragePool")):
        return wire.refusal("is not a layer over one row of features, which is all that is read")
    return wire.refusal(
        "is not supported; a network is a chain of matrix products, activations, normalizations, "
        "and changes of the shape" + _part_before(wire)
    )


def _part_before(wire: "Wire") -> str:
    """Return the advice to take a value that an operator needs."""
    names = names_of(wire)
    return f"; a part of it is output={shown(names[0])}, for example" if names else ""


def _check_output(wire: "Wire", rows: "Any") -> None:
    """Check that the output is numbers of a sample; those of several dimensions are flat here."""
    if not isinstance(rows, Rows):
        raise wire.refusal("computes whole numbers, not floats")
    place = rows.dims.index(SAMPLES) if SAMPLES in rows.dims else 0
    if 1 not in (count(rows.dims[:place]), count(rows.dims[place + 1 :])):
        raise wire.refusal(
            f"makes the shape {str(rows.dims)[:60]}, in which the samples stand between the "
            "features; transpose the output"
        )
