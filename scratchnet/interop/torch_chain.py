"""The parts of a PyTorch module, in the order in which they compute.

    parts      each part of a module with its equivalent layer here

A module of a user-defined class is traced by torch.fx. Its trace must be a chain: each step takes
the result of the step before it. Steps are modules, functions of torch and torch.nn.functional,
methods of tensors, and arithmetic with constants.
"""

import importlib

from ..core.activations import Activation, Softmax
from ..core.layers import Dropout
from ..deep.activations import LogSoftmax
from .affine import Affine, size_affine_layers
from .torch_functions import read
from .torch_modules import check, check_hooks, kind_of, layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List

    from ..formats.exchange import Part

WRAPPERS = {
    "DataParallel": "module",
    "DistributedDataParallel": "module",
    "OptimizedModule": "_orig_mod",
}
WAYS = "its state_dict() with activations=[...], or sn.load its ONNX file"


def parts(module: "Any") -> "List[Part]":
    """Return the parts of a module, each with its equivalent layer here.

    A module that is no chain of modules with equivalents raises a ValueError that names the place.
    """
    return size_affine_layers(list(_parts(module, "")))


def _parts(module: "Any", path: str) -> "Iterator[Part]":
    """Yield the parts of a module. ``path`` is its place: "2.0" is the first within the third."""
    wrapped = WRAPPERS.get(type(module).__name__)
    if wrapped and type(module).__module__.startswith("torch."):
        module = getattr(module, wrapped)
    name = type(module).__name__
    where = f"module {path} ({name})" if path else f"the module ({name})"
    kind = kind_of(module)
    if not kind:
        for part in _trace(module, path, where):
            yield part
        return
    check(kind, module, where)
    if kind == "Sequential":
        for k, child in enumerate(module):
            for part in _parts(child, f"{path}.{k}".strip(".")):
                yield part
        return
    for layer in layers_of(kind, module, where):
        yield where, module, layer


def _trace(module: "Any", path: str, where: str) -> "Iterator[Part]":
    """Yield the parts of a module of a user-defined class."""
    graph = _graph(module, where)
    current: "Any" = None
    squeezed = False
    for node in graph.nodes:
        if node.op == "placeholder":
            current = current or node
        step = read(node, current, module, where)
        if step is None:  # It computes a size, or is a constant.
            continue
        follows = squeezed and not step.squeezes
        squeezed = squeezed or step.squeezes
        found: "List[Part]" = []
        if step.module is not None and step.place:
            found = list(_parts(step.module, f"{path}.{step.place}".strip(".")))
        elif step.module is not None:
            kind = kind_of(step.module)
            check(kind, step.module, step.where)
            found = [(step.where, step.module, a) for a in layers_of(kind, step.module, step.where)]
        elif step.layer is not None:
            found = [(step.where, None, step.layer)]
        for part in found:
            if follows and not _is_elementwise(part[2]):
                raise ValueError(
                    f"{part[0]} follows a squeeze, which leaves no features; squeeze at the end"
                )
            yield part
        current = node


def _is_elementwise(layer: "Any") -> bool:
    elementwise = isinstance(layer, (Activation, Dropout, Affine))
    return elementwise and not isinstance(layer, (Softmax, LogSoftmax))


def _graph(module: "Any", where: str) -> "Any":
    """Return the trace of a module in eval mode."""
    try:
        fx: "Any" = importlib.import_module("torch.fx")
        nn: "Any" = importlib.import_module("torch.nn")
        script: "Any" = importlib.import_module("torch.jit").ScriptModule
    except ImportError:
        fx = nn = script = None
    if nn is None or not isinstance(module, nn.Module) or isinstance(module, script):
        raise ValueError(
            f"{where}, of {type(module).__module__}, is not supported; give an nn.Module that "
            f"torch.fx can trace, or {WAYS}"
        )
    check_hooks(module, where)
    if type(module).__call__ is not nn.Module.__call__ and not isinstance(module, fx.GraphModule):
        raise ValueError(f"{where} has a __call__ method of its own; give {WAYS}")

    class Tracer(fx.Tracer):  # type: ignore[misc]
        def is_leaf_module(self, m: "Any", name: str) -> bool:
            return bool(kind_of(m))

    modes = [(each, each.training) for each in module.modules()]
    try:
        for each, _ in modes:
            each.training = False
        graph = Tracer().trace(module)
    except Exception as error:  # whatever the user's forward method raises
        lines = str(error).splitlines() or [type(error).__name__]
        raise ValueError(
            f"{where}: torch.fx cannot trace its forward method ({lines[0]}); give {WAYS}"
        ) from None
    finally:
        for each, mode in modes:
            each.training = mode
    return graph
