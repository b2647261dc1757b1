"""The places of the activations of a state dict.

    place_activations   the activation after each layer, from those that the user names

PyTorch's state dict does not hold activations. The user names one after each Linear, or one after
each layer.
"""

from ..core import checks
from ..core.activations import Identity
from . import exchange, state_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.layer import Layer
    from .state_owners import Owner


def place_activations(owners: "List[Owner]", activations: "Any", what: str) -> "List[Any]":
    """Return the activation after each layer, or None."""
    linears = [owner for owner in owners if owner.is_linear]
    counts = {len(linears), len(owners)}
    if not checks.is_sequence(activations) or len(activations) not in counts:
        names = state_order.names_of(linears)
        raise ValueError(
            f"{what}: name the activation after each of the {len(linears)} Linear layers "
            f'({names}), activations=["relu", ..., "identity"]'
        )
    after = owners if len(activations) == len(owners) else linears
    made = [
        exchange.activation(given, f"{what}: activation after {owner.name}")
        for owner, given in zip(after, activations)
    ]
    if after is owners:
        return list(made)
    places: "List[Any]" = [None] * len(owners)
    for k, owner in enumerate(owners):
        if owner.is_linear:
            activation = made.pop(0)
            follows = k + 1 < len(owners) and not owners[k + 1].is_linear
            if follows and type(activation) is not Identity:
                k += _is_after(owners, k, activation, what)
            places[k] = activation
    return places


def _is_after(owners: "List[Owner]", k: int, activation: "Layer", what: str) -> bool:
    """Return whether the activation of layer k comes after the BatchNorm that follows the layer.

    The indices in an nn.Sequential show it: nothing can be between layers 3 and 4.
    """
    places = [state_order.index_of(owner.name) for owner in owners[k : k + 3]] + [None]
    linear, norm, behind = places[:3]
    if linear is not None and norm is not None and linear[0] == norm[0]:
        if norm[1] == linear[1] + 1:
            return True
        if behind == (norm[0], norm[1] + 1):
            return False
    names = state_order.names_of(owners)
    raise ValueError(
        f"{what}: whether {activation!r} stands before or after {owners[k + 1].name} is not in the "
        f"names; give an activation after each of the {len(owners)} layers ({names}), "
        'with "identity" where there is none'
    )
