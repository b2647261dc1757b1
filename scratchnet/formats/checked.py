"""Checks of user-defined layers, which the core alone does not make."""

from ..core.layer import role_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.layer import Layer


def check_names(layers: "List[Layer]") -> None:
    """Raise a ValueError if names in a layer are not unique, or if layers share a parameter."""
    known: "Any" = set()
    for i, layer in enumerate(layers):
        parameters = layer.parameters()
        names = [role_in(layer, p) for p in parameters] + list(layer.numbers)
        twice = [name for name in names if names.count(name) > 1]
        shared = [p.role for p in parameters if id(p) in known]
        if twice:
            raise ValueError(
                f"layer {i}, {layer!r}, has two parameters named {twice[0]!r}; names must be unique"
            )
        if shared:
            raise ValueError(
                f"layer {i}, {layer!r}, shares its parameter {shared[0]!r} with another layer; "
                "each layer needs parameters of its own"
            )
        known.update([id(p) for p in parameters])
