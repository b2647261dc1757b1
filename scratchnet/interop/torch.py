"""PyTorch: a network from an nn.Sequential or a state dict, and back.

    from_torch   a network with a module's numbers
    to_torch     a module with a network's numbers

    PyTorch                                            here
    Linear, whose weight is outputs × inputs           Dense
    BatchNorm1d, in eval mode                          Normalization; for its weight and bias a
                                                       Dense with a diagonal matrix
    the graph (x - mean)/spread that to_torch makes    Normalization
    ReLU  LeakyReLU  ELU  SELU  GELU  SiLU             the same
    Softplus  Sigmoid  Tanh  Softmax
    Identity  Dropout
    Flatten                                            nothing, because samples are flat here

``from_torch`` is exact, because 64 bits can hold every number of PyTorch. Only ``to_torch`` without
a module needs PyTorch. PyTorch's Softplus is z above its threshold, by default 20, which differs by
2e-9. The Softplus that ``to_torch`` makes has the threshold 50, above which the difference vanishes
in 64 bits.
"""

import importlib

from ..core import checks, matrix
from ..core.activations import (
    ELU,
    GELU,
    SELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from ..core.checks import shown
from ..core.layers import Dense, Dropout, Normalization
from ..core.network import Sequential
from ..formats import exchange, state_dicts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

    from ..core.types import Matrix
    from ..formats.exchange import Part

# The equivalent layers: ours, from a PyTorch module.
SAME: "Dict[str, Any]" = {
    "Dropout": lambda module: Dropout(module.p),
    "ELU": lambda module: ELU(module.alpha),
    "GELU": lambda module: GELU(getattr(module, "approximate", "none")),
    "Identity": lambda module: Identity(),
    "LeakyReLU": lambda module: LeakyReLU(module.negative_slope),
    "ReLU": lambda module: ReLU(),
    "SELU": lambda module: SELU(),
    "SiLU": lambda module: SiLU(),
    "Sigmoid": lambda module: Sigmoid(),
    "Softmax": lambda module: Softmax(),
    "Softplus": lambda module: Softplus(),
    "Tanh": lambda module: Tanh(),
}
# A condition on a module, and the error text if it does not hold.
HOLDS: "Dict[str, Any]" = {
    "BatchNorm1d": (
        lambda module: not module.training and module.running_mean is not None,
        "in training mode it normalizes by the batch; call eval(), and track running statistics",
    ),
    "Flatten": (
        lambda module: (module.start_dim, module.end_dim) == (1, -1),
        "give Flatten(1, -1)",
    ),
    "Linear": (
        lambda module: {"weight", "bias"} <= set(module._parameters),  # including a bias of None
        "its weight or bias is recomputed in each call (pruning, weight_norm); "
        "make it a parameter again",
    ),
    "Softmax": (lambda module: module.dim in (1, -1), "a sample is a row here; give dim=1"),
    "Softplus": (
        lambda module: module.beta == 1 and module.threshold >= 20,
        "give beta=1 and threshold=20 or more",
    ),
}
# (x - mean)/spread, step by step, as torch.fx records it.
GRAPH = ["x()", "mean()", "sub(x, mean)", "spread()", "truediv(sub, spread)", "output(truediv,)"]
# The modules that to_torch makes, from torch.nn and our layer.
NEW: "Dict[Any, Any]" = {
    Dropout: lambda nn, layer: nn.Dropout(layer.rate),
    ELU: lambda nn, layer: nn.ELU(layer.alpha),
    GELU: lambda nn, layer: nn.GELU(layer.approximate),
    Identity: lambda nn, layer: nn.Identity(),
    LeakyReLU: lambda nn, layer: nn.LeakyReLU(layer.slope),
    ReLU: lambda nn, layer: nn.ReLU(),
    SELU: lambda nn, layer: nn.SELU(),
    SiLU: lambda nn, layer: nn.SiLU(),
    Sigmoid: lambda nn, layer: nn.Sigmoid(),
    Softmax: lambda nn, layer: nn.Softmax(1),
    Softplus: lambda nn, layer: nn.Softplus(threshold=50),
    Tanh: lambda nn, layer: nn.Tanh(),
}


# ---- from PyTorch ----------------------------------------------------------------------------


def from_torch(
    module: "Any", activations: "Any" = None, order: "Any" = None, prefix: str = ""
) -> "Sequential":
    """Return the network that predicts as an nn.Sequential in eval mode, or of a state dict.

    ``activations``   for a state dict, which holds none: the activation after each Linear, as a
                      name ("relu", "identity") or an object. Where the names do not tell whether it
                      stands before or after a BatchNorm1d, one after each layer
    ``order``         for a state dict: the names of its layers, first to last. It is needed if the
                      tensors are sorted by name, as a .safetensors file sorts them, and neither
                      numbers in the names nor the widths of the layers tell the order. Otherwise
                      the order of the tensors counts
    ``prefix``        for a state dict: the beginning of the names that count, such as "actor"

    A state dict holds Linear and BatchNorm1d layers; the epsilon of a BatchNorm1d, which it lacks,
    is taken as PyTorch's default, 1e-5. A parameter that does not require a gradient is frozen. A
    state dict does not contain this information. A module that cannot be carried over exactly
    raises a ValueError that names it.

    >>> import scratchnet as sn
    >>> state = {"fc.weight": [[1.0, 2.0, 3.0]], "fc.bias": [0.5]}  # tensors, arrays or lists
    >>> net = sn.from_torch(state, activations=["relu"])
    >>> net, net.predict([[1, 1, 1]])
    (Sequential([Dense(inputs=3, outputs=1), ReLU()]), [[6.5]])
    """
    if isinstance(module, dict):
        return _of_state(module, activations, order, prefix)
    if activations is not None or order is not None or prefix:
        raise ValueError(
            "from_torch: activations, order and prefix are for a state dict; "
            "a module has its own layers"
        )
    return Sequential([layer for _, _, layer in _parts(module)])


def _of_state(
    state: "Dict[Any, Any]", activations: "Any", order: "Any", prefix: str
) -> "Sequential":
    tensors = {}
    for name, tensor in state.items():
        if state_dicts.wanted(str(name), _is_of_integers(tensor), prefix):
            tensors[str(name)] = _numbers(f"from_torch: {shown(name)}", tensor)
    return state_dicts.network(tensors, activations, order, prefix, "from_torch")


def _is_of_integers(tensor: "Any") -> bool:
    kind = str(getattr(tensor, "dtype", "float"))
    return "int" in kind or "bool" in kind


def _numbers(where: str, tensor: "Any") -> "Any":
    """Return a tensor or array as lists, and anything else unchanged."""
    try:
        return tensor.tolist() if hasattr(tensor, "tolist") else tensor
    except (RuntimeError, ValueError):
        which = "on the device meta, or a lazy, sparse or quantized one"
        raise ValueError(
            f"{where}: a tensor {which}, has no numbers to read; give an ordinary one"
        ) from None


def _dense(where: str, weight: "Any", bias: "Any") -> "Dense":
    rows = checks.accept(_numbers(f"{where}.weight", weight), float, f"{where}.weight")
    layer = Dense(
        len(rows[0]),
        len(rows),
        weights=matrix.transpose(rows),
        bias=None if bias is not None else False,
    )
    layer.weights.frozen = not getattr(weight, "requires_grad", True)
    if bias is not None:
        layer.bias.value = checks.accept_row(
            _numbers(f"{where}.bias", bias), float, f"{where}.bias", None
        )
        layer.bias.frozen = not getattr(bias, "requires_grad", True)
    return layer


def _parts(module: "Any", path: str = "") -> "Iterator[Part]":
    """Yield the parts of a module, each with its equivalent layer here.

    ``path`` is the place of the module: "2.0" is the first module within the third.
    """
    kind = _kind(module)
    where = (
        f"module {path} ({type(module).__name__})"
        if path
        else f"the module ({type(module).__name__})"
    )
    _check(kind, module, where)
    if kind == "Sequential":
        for k, child in enumerate(module):
            for part in _parts(child, f"{path}.{k}".strip(".")):
                yield part
        return
    if kind in SAME:
        yield where, module, SAME[kind](module)
    elif kind == "Linear":
        yield where, module, _dense(where, module.weight, module.bias)
    elif kind == "graph":
        yield (
            where,
            module,
            exchange.normalization(
                _numbers(where, module.mean), _numbers(where, module.spread), where
            ),
        )
    elif kind == "BatchNorm1d":
        tensors = [module.running_mean, module.running_var, module.weight, module.bias]
        mean, variance, weight, bias = [_numbers(where, tensor) for tensor in tensors]
        for layer in exchange.batch_normalization(mean, variance, module.eps, weight, bias, where):
            for parameter, theirs in zip(layer.parameters(), (module.weight, module.bias)):
                parameter.frozen = parameter.frozen or not getattr(theirs, "requires_grad", False)
            yield where, module, layer


def _check(kind: str, module: "Any", where: str) -> None:
    """Refuse a module that is not supported, or that computes something else than its class."""
    if kind not in ("Sequential", "graph") and kind not in SAME and kind not in HOLDS:
        known = ", ".join(["Sequential", "Linear", "BatchNorm1d", "Flatten"] + sorted(SAME))
        ways, home = "", type(module).__module__
        if not home.startswith("torch.nn.modules."):
            where += f", of {home},"
            ways = (
                "; or make it an nn.Sequential, give its state_dict() with activations=[...], "
                "or sn.load its ONNX file"
            )
        raise ValueError(f"{where} is not supported; give one of {known}{ways}")
    holds, otherwise = HOLDS.get(kind, (None, ""))
    if holds and not holds(module):
        raise ValueError(f"{where} cannot be carried over exactly: {otherwise}")
    if module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module):
        otherwise = "it has forward hooks, or its forward method is replaced; remove them"
        raise ValueError(f"{where} cannot be carried over exactly: {otherwise}")


def _kind(module: "Any") -> str:
    """Return the name of the PyTorch class that defines what a module computes, "" if none does."""
    ancestors: "Any" = type(module).__mro__
    for kind in ancestors:
        if kind.__module__ == "torch.fx.graph_module":
            steps = [
                f"{getattr(node.target, '__name__', node.target)}{node.args}"
                for node in module.graph.nodes
            ]
            return "graph" if steps == GRAPH else ""
        if kind.__module__.startswith("torch.nn.modules."):
            same = (
                getattr(type(module), "forward", None) is kind.forward
                and type(module).__call__ is kind.__call__
            )
            return kind.__name__ if same else ""
    return ""


# ---- to PyTorch ------------------------------------------------------------------------------


def to_torch(net: "Any", module: "Any" = None) -> "Any":
    """Return an nn.Sequential in float64 that predicts as the network does.

    If ``module``, an nn.Sequential, is given, write the network's numbers into it and return it.

    Module k of a new nn.Sequential is layer k of the network. It is in eval mode, and frozen
    parameters require no gradient. A given module keeps its type of number and its mode. If one of
    its layers is not equivalent, a ValueError is raised and nothing is changed. A module of a
    user-defined class whose parameters are in the network's order can load them itself:
    ``theirs.load_state_dict(dict(zip(theirs.state_dict(),
    sn.to_torch(net).state_dict().values())))``.
    """
    net = exchange.ready(net, "to_torch")
    if module is None:
        return to_torch(net, _new(net))
    copies = []
    for i, layer, part in exchange.paired(net, list(_parts(module))):
        for tensor, rows in _tensors(i, layer, part):
            numbers = tensor.new_tensor(rows)
            if not bool(numbers.isfinite().all()):
                raise exchange.unfit(i, layer, f"it has a number too large for {tensor.dtype}")
            copies.append((tensor, numbers))
    for tensor, numbers in copies:
        tensor.data.copy_(numbers)
    return module


def _new(net: "Sequential") -> "Any":
    """Return an nn.Sequential of the network's layers, before its numbers are set."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise ImportError(
            "to_torch: PyTorch is not installed here; "
            "sn.save the network, and convert it where PyTorch is installed"
        ) from None
    return torch.nn.Sequential(
        *[_module(i, layer, torch) for i, layer in enumerate(net.layers)]
    ).eval()


def _module(i: int, layer: "Any", torch: "Any") -> "Any":
    if type(layer) is Dense:
        # skip_init draws no initial weights. Drawing them would change the user's random numbers.
        module = torch.nn.utils.skip_init(
            torch.nn.Linear, layer.inputs, layer.outputs, bool(layer.bias), dtype=torch.float64
        )
        module.weight.requires_grad = not layer.weights.frozen
        if layer.bias:
            module.bias.requires_grad = not layer.bias.frozen
        return module
    if type(layer) is Normalization:
        # BatchNorm1d would use the mean of the batch in training, and lose digits in float64 if the
        # mean is large.
        fx, graph = torch.fx, torch.fx.Graph()
        centred = fx.Proxy(graph.placeholder("x")) - fx.Proxy(graph.get_attr("mean"))
        graph.output((centred / fx.Proxy(graph.get_attr("spread"))).node)
        numbers = {
            name: torch.ones(layer.mean.count, dtype=torch.float64) for name in ("mean", "spread")
        }
        return fx.GraphModule(numbers, graph, "Normalization")
    if type(layer) not in NEW:
        known = ", ".join(["Linear"] + sorted(SAME))
        raise exchange.unfit(i, layer, f"PyTorch has no such module; torch.nn has {known}")
    return NEW[type(layer)](torch.nn, layer)


def _tensors(i: int, layer: "Any", part: "Part") -> "List[Tuple[Any, Matrix]]":
    """Return the tensors of the PyTorch module, each with its new numbers."""
    where, module, _ = part
    kind = _kind(module)
    if kind == "BatchNorm1d":
        raise exchange.unfit(
            i, layer, f"{where} cannot take the numbers; to_torch(net) makes a module that can"
        )
    if kind == "graph":
        return [(module.mean, layer.mean.value), (module.spread, layer.spread.value)]
    if kind != "Linear":
        return []
    if module.bias is None:
        if any(exchange.bias_of(layer)):
            raise exchange.unfit(i, layer, f"{where} has no bias; give a Linear with one")
        return [(module.weight, matrix.transpose(layer.weights.value))]
    return [
        (module.weight, matrix.transpose(layer.weights.value)),
        (module.bias, exchange.bias_of(layer)),
    ]
