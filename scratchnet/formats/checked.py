"""Checks of user-defined classes, which the core alone does not make."""

from ..core.layer import role_in
from ..core.network import Sequential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.layer import Layer


def check(part: "Any") -> None:
    """Check the names in a network, or that another part lists its constructor's arguments."""
    if isinstance(part, Sequential):
        check_names(part.layers)
    else:
        check_arguments(part)


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


def check_arguments(part: "Any") -> None:
    """Raise a TypeError if a class does not list the arguments of its constructor.

    MicroPython does not provide the names of arguments.
    """
    code: "Any" = getattr(getattr(type(part), "__init__", None), "__code__", None)
    if not hasattr(code, "co_varnames"):
        return
    for name in code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]:
        if name not in part.arguments + part.in_parameters:
            raise TypeError(
                f"{type(part).__name__}: __init__ takes {name}, which the class must name: "
                f'arguments = ("{name}",)'
            )
