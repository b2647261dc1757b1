"""A network from a state dict: tensors by name, without the layers that they belong to.

The names of the tensors say which layers they belong to (state_owners.py) and in which order the
layers are (state_order.py). The activations are those that the user names (state_activations.py).

>>> state = {"W1": [[1, 2, 3]], "b1": [[0, 0, 1]], "W2": [[1], [1], [1]], "b2": [[-1]]}
>>> network(state, ["relu", "identity"]).predict([[1]])
[[6.0]]
"""

from ..core import checks, matrix
from ..core.checks import shown
from ..core.layers import Dense
from ..core.network import Sequential
from . import exchange, state_activations, state_order
from .state_owners import BATCH_NORM, NORMALIZATION, is_wanted, owners_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer
    from ..core.types import Matrix
    from .state_owners import Owner

EPSILON = 1e-5  # BatchNorm1d's, which is not in its state dict
# A BatchNorm1d becomes a square matrix: the most numbers, and the most for each number given.
SMALL, RATIO = 1 << 20, 16


def network(
    tensors: "Dict[str, Any]",
    activations: "Any",
    order: "Any" = None,
    prefix: str = "",
    what: str = "the state dict",
) -> "Sequential":
    """Return the network of a state dict.

    ``tensors``       numbers, lists or matrices by name
    ``activations``   one after each Linear, as a name or an object; or one after each layer,
                      BatchNorm and Normalization included
    ``order``         the names of the layers, first to last, if the names of the tensors do not
                      show it
    ``prefix``        the beginning of the names that count, such as "actor"
    ``what``          what messages call it
    """
    owners = owners_in(
        {n: t for n, t in tensors.items() if is_wanted(n, False, prefix)}, prefix, what
    )
    owners, turned = state_order.sort_layers(owners, list(tensors), order, what)
    given = state_activations.place_activations(owners, activations, what)
    _check_widths(owners, what)
    layers: "List[Layer]" = []
    for owner, activation in zip(owners, given):
        layers += _layers(owner, turned, what)
        if activation is not None:
            layers.append(activation)
    return Sequential(layers)


def _check_widths(owners: "List[Owner]", what: str) -> None:
    """Refuse a BatchNorm1d whose matrix would be much larger than all that is in the state dict."""
    count = sum([_count(numbers) for owner in owners for numbers in owner.tensors.values()])
    for owner in owners:
        width = owner.widths(False)[0]
        if owner.kind == BATCH_NORM and width * width > SMALL + RATIO * count:
            raise ValueError(
                f"{what}: {shown(owner.name)} is a BatchNorm1d of {width} features among small "
                "layers, whose matrix would be too large; leave it out"
            )


def _count(numbers: "Any") -> int:
    return len(numbers) * (len(numbers[0]) if checks.is_sequence(numbers[0]) else 1)


def _layers(owner: "Owner", turned: bool, what: str) -> "List[Layer]":
    tensors, where = owner.tensors, f"{what}: {owner.name}"
    if owner.kind == NORMALIZATION:
        return [exchange.normalization(tensors["mean"], tensors["spread"], where)]
    if owner.kind == BATCH_NORM:
        statistics = tensors["running_mean"], tensors["running_var"], EPSILON
        return exchange.batch_normalization(
            *statistics, tensors.get("weight"), tensors.get("bias"), where
        )
    inputs, outputs = owner.widths(turned)
    rows: "Matrix" = tensors["matrix"]
    if owner.is_turned(turned):
        rows = matrix.transpose(rows)
    return [Dense(inputs, outputs, weights=rows, bias=tensors.get("bias", False))]
