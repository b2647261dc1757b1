"""A network from an ONNX graph that another program wrote.

    described   the graph as models.py describes a network

The graph must be a chain of layers. It is followed from its output back to its input. Gemm, or
MatMul and Add, become Dense. Sub, Div, Mul, Add and Scaler with constants become Normalization.
BatchNormalization becomes both, as in interop/torch.py. Operators that do nothing in prediction
(Identity, Dropout, Cast, a Flatten or Reshape of flat samples) are skipped.
"""

from . import exchange
from .files import MOST_NUMBERS
from .onnx_graph import BOOL, DOUBLE, FLOAT, INT32, INT64, SEQUENCE, STRING, Tensor, packed
from .onnx_operators import Wire, recognised, scalar
from .strict_json import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from .onnx_graph import Graph, Value
    from .safetensors import Tensor as Numbers

    Described = Tuple[Dict[str, Numbers], Dict[str, Any]]

LABELS = (STRING, INT32, INT64)
TRAINING = "is in training mode; export the model in prediction mode"
FEW, SHARED = 1 << 22, 4  # numbers a network may always have; further ones per number in the file
SAMPLES = "samples"  # the number of samples among the dimensions of a Reshape


def described(graph: "Graph") -> "Described":
    """Return the network's tensors, and its description as JSON values.

    A ValueError names the first operator that cannot be read.
    """
    values = _values(graph)
    wire, labels = _probabilities(_output(graph, values), graph, values)
    steps = []
    size, most = 0, _most(values)
    while wire.operator:
        step, wire = _step(wire)
        steps.append(step)
        size += _size(step)
        _check_size(size, most)
    start = [value for value in graph.inputs if value.name == wire.name]
    if not start:
        raise ValueError(f"ONNX: the output {shown(wire.name)} does not depend on an input")
    return _description(_layers(start[0], steps[::-1], most), labels)


# ---- the graph as wires ----------------------------------------------------------------------


def _values(graph: "Graph") -> "Dict[str, Any]":
    """Return the value of each name in the graph.

    The value is a tensor if it needs no input, otherwise a wire. The value of "" is None.
    """
    values: "Dict[str, Any]" = {"": None}
    values.update(graph.tensors)
    values.update({value.name: Wire(name=value.name) for value in graph.inputs})
    for node in graph.nodes:
        name = node.name or (node.outputs or [""])[0]
        for needed in node.inputs:
            if needed not in values:
                raise ValueError(
                    f"ONNX: the node {shown(name)} takes {shown(needed)}, "
                    "which no earlier node computes"
                )
        wire = Wire(
            node.operator, [values[needed] for needed in node.inputs], node.attributes, name
        )
        wire.outputs = node.outputs
        for k, output in enumerate(node.outputs):
            values[output] = (
                Wire(f"{node.operator}, output {k},", [wire], name=name) if k else _folded(wire)
            )
    return values


def _folded(wire: "Wire") -> "Any":
    """Return the tensor that a wire stands for if it needs no computation, else the wire."""
    given, attributes = (wire.inputs or [None])[0], wire.attributes
    if wire.operator == "Constant" and isinstance(attributes.get("value"), Tensor):
        return attributes["value"]
    if wire.operator == "Constant" and isinstance(attributes.get("value_float"), float):
        return packed(FLOAT, [], [attributes["value_float"]])
    if wire.operator == "Constant" and isinstance(attributes.get("value_ints"), list):
        return packed(INT64, [len(attributes["value_ints"])], attributes["value_ints"])
    if wire.operator in ("Identity", "Cast") and isinstance(given, Tensor):
        return given
    return wire


def _output(graph: "Graph", values: "Dict[str, Any]") -> "Wire":
    """Return the output of numbers. The graph may also have an output of class labels."""
    names = [value.name for value in graph.outputs if value.kind in (FLOAT, DOUBLE, SEQUENCE)]
    if len(names) != 1:
        found = ", ".join([shown(name) for name in names[:4]]) or "none"
        raise ValueError(
            f"ONNX: a network needs one output of floats (FLOAT or DOUBLE); this graph has {found}"
        )
    wire = values.get(names[0])
    return wire if isinstance(wire, Wire) else Wire(name=names[0])


def _probabilities(
    wire: "Wire", graph: "Graph", values: "Dict[str, Any]"
) -> "Tuple[Wire, List[Any]]":
    """Return the network's output and its class labels.

    The operators that scikit-learn's converter adds after the network are skipped.
    """
    classes: "Optional[Tensor]" = None
    for node in graph.nodes:
        if node.operator == "ai.onnx.ml.ArrayFeatureExtractor":  # It selects the predicted label.
            found = values[(node.inputs or [""])[0]]
            classes = found if isinstance(found, Tensor) and found.kind in LABELS else classes
    labels: "List[Any]" = classes.values() if classes else []
    if wire.operator == "ai.onnx.ml.ZipMap":
        names = wire.attributes.get("classlabels_strings") or wire.attributes.get(
            "classlabels_int64s"
        )
        labels = names if isinstance(names, list) else []
        wire = _wire(wire, 0)
    # A regressor ends in the Reshape. By mistake, it makes a single column of several outputs.
    while (
        wire.operator in ("Identity", "Cast")
        or wire.operator == "Reshape"
        and _reshape(wire)[0]["dims"] == [-1, 1]
    ):
        wire = _STEPS[wire.operator](wire)[1]
    if wire.operator == "Concat" and wire.attribute("axis", 0) in (1, -1) and len(wire.inputs) == 2:
        rest, p = wire.inputs
        if isinstance(rest, Wire) and rest.operator == "Sub" and isinstance(p, Wire):
            wire = p if scalar(rest.inputs[0]) == 1 and rest.inputs[1] is p else wire
    return wire, labels


def _wire(wire: "Wire", k: int) -> "Wire":
    """Return the input ``k`` of the operator. It must depend on the input of the graph."""
    found = wire.inputs[k] if k < len(wire.inputs) else None
    if not isinstance(found, Wire):
        raise wire.refusal("has a constant in the place of the layer's input")
    return found


def _tensor(wire: "Wire", k: int) -> "Tensor":
    """Return the input ``k`` of the operator. It must be a constant."""
    found = wire.inputs[k] if k < len(wire.inputs) else None
    if not isinstance(found, Tensor):
        it = (
            f", not the output of {found.operator[:60]}"
            if isinstance(found, Wire) and found.operator
            else ""
        )
        raise wire.refusal(
            f"needs a constant as input {k + 1}{it}; a network is one chain without branches"
        )
    return found


def _numbers(
    wire: "Wire", tensor: "Tensor", kinds: "Sequence[int]" = (FLOAT, DOUBLE)
) -> "List[Any]":
    if tensor.kind not in kinds:
        raise wire.refusal(f"has a constant of type {tensor.kind}; numbers must be FLOAT or DOUBLE")
    return tensor.values()


def _weights(wire: "Wire", transposed: int = 0) -> "List[List[float]]":
    """Return the matrix by which an operator multiplies its input, inputs × outputs."""
    other: "Any" = wire.inputs[1] if len(wire.inputs) > 1 else None
    flip = (
        isinstance(other, Wire)
        and other.operator == "Transpose"
        and other.attribute("perm", [1, 0]) == [1, 0]
    )
    tensor = _tensor(other, 0) if flip else _tensor(wire, 1)
    numbers = _numbers(wire, tensor)
    if len(tensor.dims) != 2 or not numbers:
        raise wire.refusal(f"has a constant of shape {str(tensor.dims)[:60]}; it must be a matrix")
    rows = [numbers[i : i + tensor.dims[1]] for i in range(0, len(numbers), tensor.dims[1])]
    return [list(column) for column in zip(*rows)] if flip != bool(transposed) else rows


def _vector(wire: "Wire", tensor: "Tensor") -> "List[float]":
    """Return a constant that is the same for each sample: one number, or one per feature."""
    numbers = _numbers(wire, tensor)
    if len(tensor.dims) > 2 or tensor.dims[:-1] not in ([], [1]) or not numbers:
        raise wire.refusal(
            f"has a constant of shape {str(tensor.dims)[:60]}; it must be one row of numbers"
        )
    return numbers


# ---- one step back ---------------------------------------------------------------------------


def _step(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    """Return what the operator of the wire does, as the description of a layer, and its input."""
    found = recognised(wire)
    if found:
        return dict(found[1], type=found[0]), found[2]
    if wire.operator not in _STEPS:
        known = ", ".join(sorted(_STEPS))
        raise wire.refusal(
            f"is not supported; a chain of layers may have activations, Softmax, {known}"
        )
    return _STEPS[wire.operator](wire)  # type: ignore[no-any-return]


def _gemm(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    if wire.attribute("transA", 0):
        raise wire.refusal("has transA, which would mix the samples")
    rows = _weights(wire, wire.attribute("transB", 0))
    bias = (
        _vector(wire, _tensor(wire, 2))
        if len(wire.inputs) > 2 and wire.inputs[2] is not None
        else None
    )
    alpha, beta = wire.attribute("alpha", 1.0), wire.attribute("beta", 1.0)
    step = {"type": "Dense", "weights": [[alpha * w for w in row] for row in rows], "wire": wire}
    step["bias"] = bias and [beta * b for b in bias]
    return step, _wire(wire, 0)


def _matmul(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    return {"type": "Dense", "weights": _weights(wire), "bias": None, "wire": wire}, _wire(wire, 0)


def _normalization(wire: "Wire", mean: "Any" = None, spread: "Any" = None) -> "Dict[str, Any]":
    return {"type": "Normalization", "mean": mean, "spread": spread, "wire": wire}


def _place(wire: "Wire") -> int:
    """Return the index of the constant among the inputs of a sum or product."""
    return 0 if isinstance((wire.inputs or [None])[0], Tensor) else 1


def _add(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    k = _place(wire)
    return _normalization(wire, mean=[-b for b in _vector(wire, _tensor(wire, k))]), _wire(
        wire, 1 - k
    )


def _sub(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    return _normalization(wire, mean=_vector(wire, _tensor(wire, 1))), _wire(wire, 0)


def _mul(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    k = _place(wire)
    return _normalization(wire, spread=_inverse(wire, _vector(wire, _tensor(wire, k)))), _wire(
        wire, 1 - k
    )


def _div(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    spread = _vector(wire, _tensor(wire, 1))
    _inverse(wire, spread)
    return _normalization(wire, spread=spread), _wire(wire, 0)


def _scaler(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    scale = wire.attribute("scale", [1.0])
    return _normalization(wire, wire.attribute("offset", [0.0]), _inverse(wire, scale)), _wire(
        wire, 0
    )


def _batch_normalization(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    # Before version 14, further outputs mean training mode.
    if wire.attribute("training_mode", 0) or any(wire.outputs[1:]):
        raise wire.refusal(TRAINING)
    step: "Dict[str, Any]" = {"type": "BatchNormalization", "wire": wire}
    step["epsilon"] = wire.attribute("epsilon", 10995116 / (1 << 40))  # 1e-5 in 32 bits
    for k, name in enumerate(("scale", "bias", "mean", "variance")):
        step[name] = _vector(wire, _tensor(wire, k + 1))
        if len(step[name]) != len(step["scale"]):
            raise wire.refusal(
                "has a scale, bias, mean and variance of different lengths; give one per feature"
            )
    if min(step["variance"]) + step["epsilon"] <= 0:
        raise wire.refusal("has a variance that is not above 0, even after adding epsilon")
    return step, _wire(wire, 0)


def _inverse(wire: "Wire", numbers: "List[float]") -> "List[float]":
    if 0 in numbers:
        raise wire.refusal("has a factor or divisor of 0, which a Normalization cannot have")
    return [1 / x for x in numbers]


def _nothing(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    training = wire.inputs[2] if wire.operator == "Dropout" and len(wire.inputs) > 2 else None
    if isinstance(training, Tensor) and training.count != 1:
        raise wire.refusal(
            f"has a training_mode of {training.count} numbers; it must be one truth value"
        )
    if isinstance(training, Wire) or training and (training.kind != BOOL or any(training.values())):
        raise wire.refusal(TRAINING)
    return {"type": "Identity"}, _wire(wire, 0)


def _cast(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    if wire.attribute("to", 0) not in (FLOAT, DOUBLE):
        raise wire.refusal("converts its input to a type other than FLOAT or DOUBLE")
    return {"type": "Identity"}, _wire(wire, 0)


def _flatten(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    if wire.attribute("axis", 1) != 1:
        raise wire.refusal("has an axis other than 1, which would mix the samples")
    return {"type": "Reshape", "dims": [SAMPLES, -1], "wire": wire}, _wire(wire, 0)


def _reshape(wire: "Wire") -> "Tuple[Dict[str, Any], Wire]":
    shape = wire.inputs[1] if len(wire.inputs) > 1 else None
    dims: "List[Any]" = []
    for part in (
        shape.inputs[:3] if isinstance(shape, Wire) and shape.operator == "Concat" else [shape]
    ):
        if not _is_samples(part) and not isinstance(part, Tensor):
            raise wire.refusal("computes its shape from the data; give it a constant shape")
        dims += _numbers(wire, part, [INT64]) if isinstance(part, Tensor) else [SAMPLES]
    if len(dims) != 2:
        raise wire.refusal("makes a shape of other than 2 dimensions, samples × features")
    if wire.attribute("allowzero", 0) == 0:
        dims = [SAMPLES if k == 0 and length == 0 else length for k, length in enumerate(dims)]
    return {"type": "Reshape", "dims": dims, "wire": wire}, _wire(wire, 0)


def _is_samples(part: "Any") -> bool:
    """Return whether ``part`` is the number of samples, as PyTorch reads it from a shape."""
    for operator in ("Unsqueeze", "Gather"):
        if not isinstance(part, Wire) or part.operator != operator or len(part.inputs) != 2:
            return False
        place = part.inputs[1]
        if (
            not isinstance(place, Tensor)
            or place.kind != INT64
            or place.count != 1
            or place.values() != [0]
        ):
            return False
        part = part.inputs[0]
    return isinstance(part, Wire) and part.operator == "Shape"


_STEPS: "Dict[str, Any]" = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Sub": _sub,
    "Mul": _mul,
    "Div": _div,
    "Identity": _nothing,
    "Dropout": _nothing,
    "Cast": _cast,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "ai.onnx.ml.Scaler": _scaler,
    "BatchNormalization": _batch_normalization,
}


# ---- the steps as layers ---------------------------------------------------------------------


def _layers(start: "Value", steps: "List[Dict[str, Any]]", most: int) -> "List[Dict[str, Any]]":
    """Return the steps as layers.

    Steps that belong to one layer are joined, steps that do nothing are left out, and every width
    is checked.
    """
    layers: "List[Dict[str, Any]]" = []
    flat = start.dims is None or len(start.dims) == 2
    width = _width(start, steps)
    size = 0
    for step in steps:
        kind, last = step["type"], layers[-1] if layers else {}
        if kind == "Reshape":
            _check_reshape(step, start, width)
            flat = True
        elif kind != "Identity" and not flat:
            raise ValueError(
                "ONNX: the input {} has {} dimensions; give it 2, samples × features, or more if a "
                "Flatten comes first".format(shown(start.name), len(start.dims or []))
            )
        elif kind == "Dense":
            _check(step, "weights", width)
            width = len(step["weights"][0])
            _check(step, "bias", width)
            layers.append(step)
        elif kind == "Normalization":
            size += width or 0
            _check_size(size, most)
            _check(step, "mean", width)
            _check(step, "spread", width)
            if step["spread"] is None and last.get("type") == "Dense" and last["bias"] is None:
                last["bias"] = [-m for m in step["mean"]]
            elif (
                step["mean"] is None
                and last.get("type") == "Normalization"
                and last["spread"] is None
            ):
                last["spread"] = step["spread"]
            else:
                layers.append(step)
        elif kind == "BatchNormalization":
            _check(step, "scale", width)
            layers += _normalized(step)
        elif kind != "Identity":
            layers.append(step)
    return layers


def _normalized(step: "Dict[str, Any]") -> "List[Dict[str, Any]]":
    """Return the layers of a BatchNormalization.

    PyTorch writes a scale of 1 and a bias of 0 if it has neither.
    """
    scale, bias = (None, None) if _is_unscaled(step) else (step["scale"], step["bias"])
    made = exchange.batch_normalization(
        step["mean"], step["variance"], step["epsilon"], scale, bias, "ONNX"
    )
    return [
        dict({p.role: p.value for p in layer.parameters()}, type=type(layer).__name__)
        for layer in made
    ]


def _size(step: "Dict[str, Any]") -> int:
    """Return how many numbers the step's layer has. A scale becomes a matrix."""
    weights = step.get("weights") or [[]]
    vectors = [step.get(name) or [] for name in ("bias", "mean", "spread", "variance")]
    scaled = 0 if _is_unscaled(step) else len(step.get("scale", []))
    return len(weights) * len(weights[0]) + scaled * scaled + sum(map(len, vectors))


def _is_unscaled(step: "Dict[str, Any]") -> bool:
    return set(step.get("scale", ())) == {1} and set(step["bias"]) == {0}


def _most(values: "Dict[str, Any]") -> int:
    """Return how many numbers are read. A short file may use one large tensor many times."""
    given = {id(value): value.count for value in values.values() if isinstance(value, Tensor)}
    return min(MOST_NUMBERS, FEW + SHARED * sum(given.values()))


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise ValueError(f"ONNX: the network has {size} numbers or more; at most {most} are read")


def _width(start: "Value", steps: "List[Dict[str, Any]]") -> "Optional[int]":
    """Return the number of features, from the input's dimensions or from the first layer with one.

    Return None if nothing gives the number.
    """
    width = 1
    for length in (start.dims or [None, None])[1:]:
        width = (
            min(width * length, MOST_NUMBERS + 1) if isinstance(length, int) and length > 0 else 0
        )
    for step in steps:
        for numbers in (step.get("weights"), step.get("mean"), step.get("spread")):
            if (
                width == 0
                and numbers is not None
                and (step["type"] != "Normalization" or len(numbers) > 1)
            ):
                width = len(numbers)
    return width or None


def _check(step: "Dict[str, Any]", name: str, width: "Optional[int]") -> None:
    """Check that the step has one number per input. A single number is repeated for each."""
    numbers = step[name]
    if numbers is None:
        return
    if name not in ("weights", "scale") and len(numbers) == 1 and width:
        step[name] = numbers * width
    elif len(numbers) != width:
        needed = f"for {width} inputs" if width else "for an unknown number of inputs"
        raise step["wire"].refusal(f"has a constant of length {len(numbers)} {needed}")


def _check_reshape(step: "Dict[str, Any]", start: "Value", width: "Optional[int]") -> None:
    """Check that a Reshape does not change the shape, samples × features."""
    batch = (start.dims or [None])[0]
    rows, columns = step["dims"]
    if not (rows in (SAMPLES, batch) and columns in (-1, width) or rows == -1 and columns == width):
        raise step["wire"].refusal(
            f"makes the shape {step['dims']}; the shape must stay samples × features"
        )


def _description(layers: "List[Dict[str, Any]]", labels: "List[Any]") -> "Described":
    """Return the layers as models.py describes a network."""
    tensors: "Dict[str, Numbers]" = {}
    frozen = []
    width = 0
    about = []
    for i, layer in enumerate(layers or [{"type": "Identity"}]):
        description = {"type": layer["type"]}
        if layer["type"] == "Dense":
            inputs, width = len(layer["weights"]), len(layer["weights"][0])
            description.update(inputs=inputs, outputs=width, l1=0, l2=0)
            tensors[f"{i}.weights"] = layer["weights"]
            tensors[f"{i}.bias"] = layer["bias"] or [0.0] * width
        elif layer["type"] == "Normalization":
            width = len(layer["mean"] or layer["spread"])
            tensors[f"{i}.mean"] = layer["mean"] or [0.0] * width
            tensors[f"{i}.spread"] = layer["spread"] or [1.0] * width
            frozen += [f"{i}.mean", f"{i}.spread"]
        else:
            description.update(layer)
        about.append(description)
    fits = labels and len(labels) == (2 if width == 1 else width)
    return tensors, {
        "version": 1,
        "layers": about,
        "frozen": frozen,
        "metadata": {"labels": labels} if fits else {},
    }
