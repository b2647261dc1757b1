"""A network as scikit-learn represents it.

alternating      its Dense layers, and the activation after each
output_of        its end: the activation, the weights, the bias and the classes
check_columns    refuses a network whose data are encoded before they are its inputs
"""

from ..core import matrix
from ..core.activations import Identity, Sigmoid, Softmax, Threshold
from ..core.checks import shown
from ..core.layers import Dense, Normalization
from ..formats import exchange
from ..texts import number_of
from .sklearn_linear import ABOVE_ZERO, REGRESSORS
from .sklearn_steps import as_lists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ..core.layer import Layer
    from ..core.network import Sequential
    from ..core.types import Matrix, Row

    Place = Tuple[int, Layer]
    # The activation, the weights (one row per output), the bias, and a y that has every class.
    End = Tuple[str, Matrix, Row, List[Any]]


def alternating(layers: "List[Place]", kind: str) -> "Tuple[List[Any], List[Place]]":
    """Return the Dense layers and the activation after each; Identity if there is none."""
    dense: "List[Any]" = []
    activations: "List[Place]" = []
    for i, layer in layers:
        if type(layer) is Dense:
            dense.append(layer)
            activations.append((i, Identity()))
        elif dense and type(activations[-1][1]) is Identity and type(layer) is not Normalization:
            activations[-1] = i, layer
        else:
            raise exchange.unfit(i, layer, f"{kind} can only have a Dense in this place")
    if not dense:
        raise ValueError(f"to_sklearn: the network has no Dense, and {kind} needs one")
    return dense, activations


def output_of(estimator: "Any", kind: str, dense: "Any", end: "Place", net: "Sequential") -> "End":
    """Return the end of the network as scikit-learn represents it."""
    rows, bias = matrix.transpose(dense.weights.value), exchange.bias_of(dense)
    n = len(bias)
    _check_end(kind, n, end)
    if kind in REGRESSORS:
        return "identity", rows, bias, [[0.0] * n] * 2 if n > 1 else [0.0] * 2
    if n > 1 and type(end[1]) is Sigmoid:
        return "logistic", rows, bias, [[1] * n, [0] * n]
    labels = _labels(estimator, net, max(n, 2))
    order = sorted(range(len(labels)), key=labels.__getitem__)
    y = [labels[k] for k in order]
    if n > 2:
        return "softmax", [rows[k] for k in order], [bias[k] for k in order], y
    if n == 2:  # the sigmoid of the difference
        low, high = order
        weights = [b - a for a, b in zip(rows[low], rows[high])]
        return "logistic", [weights], [bias[high] - bias[low]], y
    if order == [0, 1]:
        return "logistic", rows, bias, y
    if kind == "Perceptron":
        raise ValueError(
            f"to_sklearn: the labels {shown(labels)} of a Perceptron must be in ascending order"
        )
    return "logistic", [[-w for w in rows[0]]], [-bias[0]], y


def _check_end(kind: str, outputs: int, end: "Place") -> None:
    """Refuse a network whose last activation the estimator does not have."""
    i, last = end
    if kind in REGRESSORS:
        if type(last) is not Identity:
            raise exchange.unfit(i, last, f"{kind} ends in a Dense without an activation")
    elif kind == "Perceptron":
        if outputs > 1 or type(last) is not Threshold or last.threshold != ABOVE_ZERO:
            raise exchange.unfit(
                i, last, "Perceptron ends in one Threshold(5e-324), which is 1 above 0 and 0 at 0"
            )
    elif type(last) not in (Sigmoid, Softmax) or (outputs == 1 and type(last) is Softmax):
        raise exchange.unfit(
            i, last, f"{kind} ends in a Sigmoid, or in a Softmax of several classes"
        )
    elif outputs > 1 and type(last) is Sigmoid and kind != "MLPClassifier":
        raise exchange.unfit(
            i, last, f"{kind} cannot predict several labels at once; give an MLPClassifier"
        )


def _labels(estimator: "Any", net: "Sequential", count: int) -> "List[Any]":
    """Return the class of each output; for a single output, the classes of 0 and 1."""
    labels = net.metadata.get("labels")
    if labels is None:
        labels = _labels_of_table(net)
    if labels is None:
        labels = as_lists(getattr(estimator, "classes_", None))
        return labels if isinstance(labels, list) and len(labels) == count else list(range(count))
    kinds = (
        {isinstance(v, str) + 2 * isinstance(v, (int, float)) for v in labels}
        if isinstance(labels, list)
        else ()
    )
    if list(kinds) not in ([1], [2]) or len(labels) != count or len(set(labels)) != count:
        what = f"to_sklearn: net.metadata['labels'] is {shown(labels)}"
        raise ValueError(f"{what}; give {count} different texts or numbers, one per class")
    return list(labels)


def _labels_of_table(net: "Sequential") -> "Any":
    """Return the classes of a network that was trained from a table, or None."""
    for encoder in ("table", "arrays"):
        found = net.metadata.get(encoder)
        target = found.get("target") if isinstance(found, dict) else None
        classes = target.get("classes") if isinstance(target, dict) else None
        if isinstance(classes, list) and all([isinstance(label, str) for label in classes]):
            return (
                [number_of(label) for label in classes]
                if (target or {}).get("numeric")
                else classes
            )
    return None


def check_columns(net: "Sequential") -> None:
    """Refuse a network that was trained from data that are encoded before they are its inputs."""
    table, arrays = [net.metadata.get(name) for name in ("table", "arrays")]
    what = ""
    if isinstance(table, dict):
        encoded = [part["name"] for part in table.get("categories", ())]
        encoded += list(table.get("dates", ()))
        what = f"the column {shown(encoded[0])} of the table" if encoded else ""
    elif isinstance(arrays, dict) and arrays.get("bytes"):
        what = "each byte of the data"
    if what:
        raise ValueError(
            f"to_sklearn: {what} becomes other numbers before it comes to the network, which the "
            "estimator would not do; to give it these numbers yourself, take net.metadata['table' "
            "or 'arrays'] out, and put the classes in net.metadata['labels']"
        )
