"""The common part of the exchange of networks with other libraries.

    ready         checks that another library can take over a network
    pair_layers   pairs our layers with those of the other library, which must be equivalent
    unfit         the error for a layer that cannot be exchanged
    normalization  batch_normalization  activation    layers from the other library's numbers

>>> batch_normalization([2.0], [0.75], 0.25, [3.0], [1.0], "the example")
[Normalization(), Dense(inputs=1, outputs=1)]
>>> activation("relu", "the example")
ReLU()
"""

from ..core.activations import ACTIVATIONS, Identity
from ..core.checks import require, shown
from ..core.functions import sqrt
from ..core.layer import Layer
from ..core.layers import Dense, Dropout, Normalization
from ..core.network import Sequential
from ..deep.activations import (
    CELU,
    Clip,
    HardSigmoid,
    HardSwish,
    LogSoftmax,
    Mish,
    Softsign,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..core.types import Matrix, Row

    # A part of another library's model: its place, the object itself, the equivalent layer here.
    Part = Tuple[str, Any, Layer]

FURTHER = (CELU, HardSigmoid, HardSwish, LogSoftmax, Mish, Softsign)
# The activations by name, in lower case and without underscores.
NAMES: "Dict[str, Any]" = {name.lower(): kind for name, kind in ACTIVATIONS.items()}
NAMES.update({kind.__name__.lower(): kind for kind in FURTHER})
NAMES.update(
    hardtanh=lambda: Clip(-1, 1),
    linear=NAMES["identity"],
    relu6=lambda: Clip(0, 6),
    swish=NAMES["silu"],
)


def ready(net: "Any", name: str) -> "Sequential":
    """Return the network if a library that computes with floats can take it over.

    ``name`` is the function that the user called.
    """
    require(f"{name}: net", net, (lambda v: isinstance(v, Sequential), "a Sequential"))
    if net.number is not float:
        raise TypeError(
            f"{name}: net computes with {net.number.__name__}, which other libraries do not have; "
            "give net.copy(float)"
        )
    for i, layer in enumerate(net.layers):
        if isinstance(layer, Normalization) and not layer.is_adapted():
            raise unfit(
                i,
                layer,
                "it has seen no data yet; fit the network, or call net.adapt with training data",
            )
    return net  # type: ignore[no-any-return]


def unfit(i: int, layer: "Layer", why: str) -> "ValueError":
    """Return the error that refuses layer ``i``; ``why`` is the reason."""
    return ValueError(f"layer {i}, {layer!r}: {why}")


def counting(net: "Sequential") -> "List[Tuple[int, Layer]]":
    """Return the layers that change a prediction, each with its index."""
    return [
        (i, layer) for i, layer in enumerate(net.layers) if type(layer) not in (Dropout, Identity)
    ]


def pair_layers(net: "Sequential", theirs: "List[Part]") -> "List[Tuple[int, Any, Part]]":
    """Pair each of our layers (with its index) with the equivalent part of the other model.

    The first layer that does not fit raises a ValueError.
    """
    theirs = [part for part in theirs if type(part[2]) not in (Dropout, Identity)]
    ours = counting(net)
    for (i, layer), (where, _, other) in zip(ours, theirs):
        if _form(layer) != _form(other):
            raise unfit(i, layer, f"it does not fit {where}, which corresponds to {other!r}")
    if len(ours) > len(theirs):
        raise unfit(
            *ours[len(theirs)],
            "the given model ends before this layer; give one that has it, too",
        )
    if len(ours) < len(theirs):
        where, _, other = theirs[len(ours)]
        raise ValueError(
            f"the network ends before {where}, which corresponds to {other!r}; "
            "give a model without it"
        )
    return [(i, layer, part) for (i, layer), part in zip(ours, theirs)]


def bias_of(layer: "Any") -> "Row":
    """Return the bias of a Dense layer: zeros if it has none."""
    return layer.bias.value if layer.bias else [0.0] * layer.outputs


def _form(layer: "Any") -> "Any":
    """Return what two layers must have in common to exchange their numbers."""
    if type(layer) is Dense:
        return Dense, layer.inputs, layer.outputs
    if type(layer) is Normalization:
        return Normalization, layer.mean.count
    return type(layer), layer.config()


def normalization(mean: "Row", spread: "Row", where: str) -> "Normalization":
    """Return the layer that computes (x - mean)/spread."""
    layer = Normalization()
    layer.mean.value, layer.spread.value = mean, spread
    if 0 in layer.spread.value:
        raise ValueError(
            f"{where}: feature {layer.spread.value.index(0)} has the spread 0; "
            "give it another spread"
        )
    return layer


def batch_normalization(
    mean: "Row", variance: "Row", epsilon: float, weight: "Any", bias: "Any", where: str
) -> "List[Layer]":
    """Return the layers that compute (x - mean)/√(variance + epsilon)·weight + bias.

    The weight and the bias, unless both are None, become a Dense with a diagonal matrix.
    """
    layers: "List[Layer]" = [normalization(mean, [sqrt(v + epsilon) for v in variance], where)]
    if weight is not None or bias is not None:
        n = len(mean)
        diagonal: "Matrix" = [
            [(weight[i] if weight else 1.0) if i == j else 0.0 for j in range(n)] for i in range(n)
        ]
        layers.append(Dense(n, n, weights=diagonal, bias=bias))
    return layers


def activation(given: "Any", where: str) -> "Layer":
    """Return the activation that ``given`` names, or ``given`` itself if it is a layer."""
    if isinstance(given, str):
        given = NAMES.get(given.lower().replace("_", ""), lambda: given)()
    if not isinstance(given, Layer):
        known = ", ".join(sorted(NAMES))
        raise ValueError(
            f"{where}: activation {shown(given)} is unknown; "
            f"give one of {known}, or an object such as ELU(0.5)"
        )
    return given
