"""The operators of scikit-learn's converter, in the domain ai.onnx.ml.

    Scaler  LinearRegressor  LinearClassifier  Normalizer  Imputer
    labels_of    the class labels that a graph names

Probabilities are those of the operator's post_transform: none, a sigmoid or a softmax.
"""

from .affine import data_of, times
from .graph import DOUBLE, INT32, INT64, STRING, Tensor, pack
from .linear import multiply_by_matrix
from .rows import Rows, Unknown, features_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from .graph import Graph
    from .rows import Reading
    from .wires import Wire

LABELS = (STRING, INT32, INT64)
AFTER = {"NONE": None, "LOGISTIC": "Sigmoid", "SOFTMAX": "Softmax"}


def scaler(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """(x - offset)·scale"""
    rows = data_of(wire, inputs)
    offset, scale = wire.attribute("offset", [0.0]), wire.attribute("scale", [1.0])
    rows, minus = reading.vector(wire, rows, _floats([-x for x in offset]))
    rows = Rows(rows.chain.shifted(minus), rows.dims)
    rows, factors = reading.vector(wire, rows, _floats(scale))
    return times(reading, rows, factors)


def _floats(numbers: "List[float]") -> "Tensor":
    return pack(DOUBLE, [len(numbers)], numbers)


def linear_regressor(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    return _after(wire, _linear(reading, wire, inputs, wire.attribute("targets", 1)))


def linear_classifier(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """The scores of the classes. Of two classes, only the second score remains if it says all."""
    if wire.index != 1:
        raise wire.refusal("gives the class; take the output of the scores")
    labels = labels_of_classifier(wire)
    count = len(wire.attribute("intercepts", [0.0])) if "intercepts" in wire.attributes else 0
    classes = count or len(labels)
    if classes != len(labels):
        raise wire.refusal(f"has {classes} scores for {len(labels)} classes")
    return _after(wire, _linear(reading, wire, inputs, classes))


def labels_of_classifier(wire: "Any") -> "List[Any]":
    labels = wire.attributes.get("classlabels_strings") or wire.attributes.get("classlabels_ints")
    return labels if isinstance(labels, list) else []


def _linear(reading: "Reading", wire: "Wire", inputs: "List[Any]", outputs: int) -> "Rows":
    rows = data_of(wire, inputs)
    coefficients = wire.attribute("coefficients", [0.0])
    if outputs < 1 or len(coefficients) % outputs:
        raise wire.refusal(f"has {len(coefficients)} coefficients for {outputs} outputs")
    width = len(coefficients) // outputs
    if rows.dims and rows.dims[-1] is None:
        raise Unknown(width)
    features_of(wire, rows, -1)
    weights = _floats(coefficients)
    weights.dims = [outputs, width]
    result = multiply_by_matrix(reading, wire, rows, weights, True, flip=True)
    if "intercepts" not in wire.attributes:
        return result
    bias = wire.attribute("intercepts", [0.0])
    if len(bias) != outputs:
        raise wire.refusal(f"has {len(bias)} intercepts for {outputs} outputs")
    return Rows(result.chain.shifted(bias), result.dims)


def _after(wire: "Wire", rows: "Rows") -> "Rows":
    """Return the rows after the operator's post_transform."""
    name = wire.attribute("post_transform", "NONE")
    if name not in AFTER:
        raise wire.refusal(f"has the post_transform {name[:60]!r}, which is not supported")
    kind = AFTER[name]
    return Rows(rows.chain.then(kind), rows.dims) if kind else rows


def normalizer(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """After a softmax, L1 changes nothing: the numbers are positive and sum to 1."""
    rows = data_of(wire, inputs)
    norm = wire.attribute("norm", "MAX")
    if norm == "L1" and rows.chain.layer.get("type") == "Softmax":
        return rows
    features_of(wire, rows, -1)
    if norm == "MAX":
        raise wire.refusal(
            "has the norm MAX, which onnxruntime does not compute as scikit-learn does, "
            "without absolute values; give the Normalizer the norm l1 or l2"
        )
    if norm not in ("L1", "L2"):
        raise wire.refusal(f"has the norm {norm[:60]!r}; supported are L1 and L2")
    return Rows(rows.chain.then("RowNormalization", norm=norm.lower()), rows.dims)


def imputer(reading: "Reading", wire: "Wire", inputs: "List[Any]") -> "Rows":
    """Nothing, because a network takes only finite numbers: none is missing."""
    rows = data_of(wire, inputs)
    missing = wire.attribute("replaced_value_float", 0.0)
    if missing == missing or wire.attributes.get("imputed_value_int64s"):
        raise wire.refusal(
            f"replaces the number {missing}, which no layer does; only missing numbers (NaN) may "
            "be replaced, because a network is given none"
        )
    return rows


# ---- labels ----------------------------------------------------------------------------------


def labels_of(graph: "Graph", values: "Dict[str, Any]", wire: "Wire") -> "List[Any]":
    """Return the class labels: of the ZipMap, of the classifier, or from which a label is taken."""
    if wire.operator == "ai.onnx.ml.ZipMap":
        names = wire.attributes.get("classlabels_strings")
        names = names or wire.attributes.get("classlabels_int64s")
        return names if isinstance(names, list) else []
    classes: "Any" = None
    for node in graph.nodes:
        if node.operator == "ai.onnx.ml.LinearClassifier":
            return labels_of_classifier(node)
        if node.operator == "ai.onnx.ml.ArrayFeatureExtractor":  # It selects the predicted label.
            found = values[(node.inputs or [""])[0]]
            classes = found if isinstance(found, Tensor) and found.kind in LABELS else classes
    return classes.values() if classes else []


OPERATORS = {
    "ai.onnx.ml.Imputer": imputer,
    "ai.onnx.ml.LinearClassifier": linear_classifier,
    "ai.onnx.ml.LinearRegressor": linear_regressor,
    "ai.onnx.ml.Normalizer": normalizer,
    "ai.onnx.ml.Scaler": scaler,
}
