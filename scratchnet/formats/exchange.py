"""What every exchange of networks with another library has in common.

    ready     a network that can be taken out
    paired    our layers beside those of the other library, each of which has to be the same
    unfit     the refusal of a layer
    normalization  batch_normalization  activation      layers from another library's numbers and names

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ..core.types import Matrix, Row

    Part = Tuple[
        str, Any, Layer
    ]  # of another library's model: where it stands, the object itself, what it is here

NAMES = {name.lower(): kind for name, kind in ACTIVATIONS.items()}


def ready(net: "Any", name: str) -> "Sequential":
    """The network, if a library of floats can take it over; ``name`` is the function that was called."""
    require(f"{name}: net", net, (lambda v: isinstance(v, Sequential), "a Sequential"))
    if net.number is not float:
        raise TypeError(
            f"{name}: a network of {net.number.__name__} cannot be taken over; net.copy(float) can"
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
    return ValueError(f"layer {i}, {layer!r}: {why}")


def counting(net: "Sequential") -> "List[Tuple[int, Layer]]":
    """The layers that change a prediction, each with its place."""
    return [
        (i, layer) for i, layer in enumerate(net.layers) if type(layer) not in (Dropout, Identity)
    ]


def paired(net: "Sequential", theirs: "List[Part]") -> "List[Tuple[int, Any, Part]]":
    """Each of our layers (with its place) beside the part that is the same; the first that does not fit is refused."""
    theirs = [part for part in theirs if type(part[2]) not in (Dropout, Identity)]
    ours = counting(net)
    for (i, layer), (where, _, other) in zip(ours, theirs):
        if _form(layer) != _form(other):
            raise unfit(i, layer, f"it does not fit {where}, which is {other!r} here")
    if len(ours) > len(theirs):
        raise unfit(
            *ours[len(theirs)],
            "the model that was brought ends before it; bring one that has it, too",
        )
    if len(ours) < len(theirs):
        where, _, other = theirs[len(ours)]
        raise ValueError(
            f"the network ends before {where}, which is {other!r} here; bring a model without it"
        )
    return [(i, layer, part) for (i, layer), part in zip(ours, theirs)]


def _form(layer: "Any") -> "Any":
    """What must be the same for one layer's numbers to do for another."""
    if type(layer) is Dense:
        return Dense, layer.inputs, layer.outputs
    if type(layer) is Normalization:
        return Normalization, layer.mean.count
    return type(layer), layer.config()


def normalization(mean: "Row", spread: "Row", where: str) -> "Normalization":
    """(x - mean)/spread"""
    layer = Normalization()
    layer.mean.value, layer.spread.value = mean, spread
    if 0 in layer.spread.value:
        raise ValueError(
            f"{where}: feature {layer.spread.value.index(0)} has the spread 0; give it another"
        )
    return layer


def batch_normalization(mean: "Row", variance: "Row", epsilon: float, weight: "Any", bias: "Any",
                        where: str) -> "List[Layer]":  # fmt: skip
    """(x - mean)/√(variance + epsilon), then times weight, plus bias, where there are any: as a diagonal Dense."""
    layers: "List[Layer]" = [normalization(mean, [sqrt(v + epsilon) for v in variance], where)]
    if weight is not None or bias is not None:
        n = len(mean)
        diagonal: "Matrix" = [
            [(weight[i] if weight else 1.0) if i == j else 0.0 for j in range(n)] for i in range(n)
        ]
        layers.append(Dense(n, n, weights=diagonal, bias=bias))
    return layers


def activation(given: "Any", where: str) -> "Layer":
    """The activation of that name, or that object itself."""
    if isinstance(given, str) and given.lower() in NAMES:
        given = NAMES[given.lower()]()
    if not isinstance(given, Layer):
        known = ", ".join(sorted(NAMES))
        raise ValueError(
            f"{where}: there is no activation {shown(given)}; there are {known}, or objects, as ELU(0.5)"
        )
    return given
