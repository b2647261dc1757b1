"""The nodes of a torch.fx trace.

Step        what a node computes, one step of the chain
Given       the arguments of a node
name_of     the name of its function or method
is_known    whether a function is PyTorch's or Python's
is_size     whether a node computes a size
"""

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from ..core.layer import Layer

# Methods that change no number, or only its type; a cast to 32 bits is ignored.
SAME = (
    "clone",
    "contiguous",
    "detach",
    "double",
    "float",
    "requires_grad_",
    "to",
    "type_as",
)
ARITHMETIC = ("add", "sub", "mul", "truediv", "div", "neg", "rsub")
IN_PLACE = {"iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "truediv"}
# The modules whose functions are known by their names.
HOMES = ("torch", "torch.nn.functional", "torch._C._nn", "operator", "builtins")


class Step:
    """A step of the chain.

    ``where``       what messages call it
    ``module``      the module that computes it, or None
    ``place``       the module's name in the traced module, "" if it was made for a function
    ``layer``       instead of a module, a layer
    ``squeezes``    whether it removes the dimension of the features
    """

    def __init__(self, where: str, module: "Any" = None, layer: "Optional[Layer]" = None) -> None:
        self.where, self.module, self.layer = where, module, layer
        self.place = ""
        self.squeezes = False


def name_of(node: "Any") -> str:
    """Return the name of a function or method, without the marks of one that works in place."""
    name = str(getattr(node.target, "__name__", node.target))
    name = name if name in SAME else name.strip("_")
    return IN_PLACE.get(name, name)


def is_known(function: "Any") -> bool:
    """Return whether a function is one of HOMES, and not another one of the same name."""
    name = getattr(function, "__name__", "")
    homes = [importlib.import_module(home) for home in HOMES]
    return any([getattr(home, name, None) is function for home in homes])


def is_size(node: "Any") -> bool:
    """Return whether a node computes sizes of a tensor, and no tensor."""
    if node.op == "call_method":
        return node.target in ("size", "dim")
    if node.op != "call_function":
        return False
    name = name_of(node)
    if name == "getattr":
        return node.args[1] in ("shape", "ndim")
    sources = node.all_input_nodes
    arithmetic = name in ("getitem", "floordiv", "len") + ARITHMETIC
    return arithmetic and bool(sources) and all([is_size(source) for source in sources])


class Given:
    """The arguments of a function; constants of the module are their tensors."""

    def __init__(self, node: "Any", current: "Any", root: "Any", at: str) -> None:
        self.current, self.root, self.at = current, root, at
        self.args = [self.value(arg) for arg in node.args]
        self.named = {key: self.value(arg) for key, arg in node.kwargs.items()}

    def value(self, arg: "Any") -> "Any":
        if getattr(arg, "op", None) != "get_attr":
            return arg
        found = self.root
        for name in str(arg.target).split("."):
            found = getattr(found, name)
        return found

    def bound(self, names: "List[str]") -> "Dict[str, Any]":
        """Return the arguments after the first, by their names."""
        if len(self.args) > 1 + len(names) or set(self.named) - set(names) - {"input"}:
            raise ValueError(f"{self.at} has arguments that are not supported: {self.named}")
        return dict(
            zip(names, self.args[1:]), **{k: v for k, v in self.named.items() if k != "input"}
        )
