"""The network of an estimator: its layers and its first weights."""

from ..core.activations import ACTIVATIONS, Sigmoid
from ..core.checks import COUNT, is_sequence, look_up, require
from ..core.layer import Layer
from ..core.layers import Dense, Dropout
from ..core.network import Sequential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

    from .parameters import Parameters

NAMES = {name.lower(): activation for name, activation in ACTIVATIONS.items()}
NAMES["logistic"] = NAMES["sigmoid"]


def activation_of(given: "Any") -> "Layer":
    """Return the activation that is given as a name, a class or an object."""
    return look_up("activation", given, NAMES, Layer)  # type: ignore[no-any-return]


def name_of_activation(layer: "Layer") -> str:
    """Return the name that scikit-learn has for an activation."""
    return "logistic" if type(layer) is Sigmoid else type(layer).__name__.lower()


def new_network(
    given: "Parameters",
    inputs: int,
    outputs: int,
    last: "Any",
    coefs: "Any",
    intercepts: "Any",
    seed: int,
) -> "Sequential":
    """Return the network of these parameters.

    ``last``         the activation of the last layer
    ``coefs``        the first weights, layer by layer, or None: drawn from the seed
    ``intercepts``   the first biases, layer by layer, or None
    """
    sizes = given.hidden_layer_sizes
    hidden = [
        require("hidden_layer_sizes", n, COUNT) for n in (sizes if is_sequence(sizes) else [sizes])
    ]
    widths = [inputs] + hidden + [outputs]
    weights = per_layer("coefs_init", coefs, widths[1:])
    biases = per_layer("intercepts_init", intercepts, widths[1:])
    activations = per_layer("activation", given.activation, hidden) + [last]
    dropout = per_layer("dropout", given.dropout, hidden)
    layers: "List[Layer]" = []
    for k, activation in enumerate(activations):
        layers.append(Dense(widths[k], widths[k + 1], weights=weights[k], bias=biases[k]))
        layers.append(activation_of(activation).with_numbers(float))
        layers += [Dropout(rate) for rate in dropout[k : k + 1] if rate]
    return Sequential(layers, seed=seed)


def per_layer(name: str, given: "Any", layers: "Sequence[int]") -> "List[Any]":
    """Return a list with one element per layer. A single element is repeated."""
    if not is_sequence(given):
        return [given] * len(layers)
    if len(given) != len(layers):
        raise ValueError(
            f"{name} has {len(given)} elements for {len(layers)} layers; give one per layer"
        )
    return list(given)


def dense_layers(network: "Sequential") -> "List[Dense]":
    return [layer for layer in network.layers if isinstance(layer, Dense)]
