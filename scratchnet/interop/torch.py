"""PyTorch: a network from an nn.Sequential or a state dict, and back.

    from_torch   a network with a module's numbers
    to_torch     a module with a network's numbers

    PyTorch                                    here
    Linear                                     Dense; the weight is outputs × inputs there
    BatchNorm1d, in eval mode                  Normalization; and for its weight and bias a Dense, the matrix diagonal
    a graph, (x - mean)/spread, by to_torch    Normalization
    ReLU  LeakyReLU  ELU  SELU  GELU  SiLU  Softplus  Sigmoid  Tanh  Softmax  Identity  Dropout    the same
    Flatten                                    nothing: samples are flat here

What comes in is exact, for every number of theirs is one of 64 bits. Nothing needs PyTorch but ``to_torch`` without a
module. (PyTorch's Softplus is z itself beyond its threshold, 20 unless given: 2e-9 off there. The one that ``to_torch``
makes has the threshold 50, beyond which 64 bits know no difference.)
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
from ..formats import exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

    from ..core.layer import Layer
    from ..core.types import Matrix
    from ..formats.exchange import Part

# What is the same in both: from their module, ours.
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
# What else must hold of it: a test, and the words for it.
HOLDS: "Dict[str, Any]" = {
    "BatchNorm1d": (
        lambda module: not module.training and module.running_mean is not None,
        "in training it normalizes by the batch; call eval(), with running statistics",
    ),
    "Flatten": (
        lambda module: (module.start_dim, module.end_dim) == (1, -1),
        "give Flatten(1, -1)",
    ),
    "Linear": (
        lambda module: {"weight", "bias"} <= set(module._parameters),  # a bias that is None, too
        "its weight or bias is computed anew each time (pruning, weight_norm); make it a parameter of its own again",
    ),
    "Softmax": (lambda module: module.dim in (1, -1), "a sample is a row here; give dim=1"),
    "Softplus": (
        lambda module: module.beta == 1 and module.threshold >= 20,
        "give beta=1 and threshold=20 or more",
    ),
}
# (x - mean)/spread, step by step, as torch.fx has it.
GRAPH = ["x()", "mean()", "sub(x, mean)", "spread()", "truediv(sub, spread)", "output(truediv,)"]
# What to_torch makes, from torch.nn and our layer.
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


# ---- in ----------------------------------------------------------------------------------------------------------


def from_torch(module: "Any", activations: "Any" = None) -> "Sequential":
    """The network that an nn.Sequential is in eval mode, or that is made of a state dict's Linear layers.

    ``activations``   for a state dict, which has none: one after each Linear, a name ("relu", "identity") or an object

    What does not require a gradient is frozen here (a state dict does not say); so is the bias, 0, of a Linear without
    one. What cannot be carried over exactly is a ValueError that names it.

    >>> import scratchnet as sn
    >>> state = {"fc.weight": [[1.0, 2.0, 3.0]], "fc.bias": [0.5]}                       # tensors, arrays or lists
    >>> net = sn.from_torch(state, activations=["relu"])
    >>> net, net.predict([[1, 1, 1]])
    (Sequential([Dense(inputs=3, outputs=1), ReLU()]), [[6.5]])
    """
    if isinstance(module, dict):
        return Sequential(_of_state(module, activations))
    if activations is not None:
        raise ValueError(
            "from_torch: activations are for a state dict; an nn.Sequential has its own"
        )
    return Sequential([layer for _, _, layer in _parts(module)])


def _of_state(state: "Dict[Any, Any]", activations: "Any") -> "List[Layer]":
    linears: "Dict[str, Dict[str, Any]]" = {}
    for name, tensor in state.items():
        owner, _, role = str(name).rpartition(".")
        numbers = _numbers(f"from_torch: {shown(name)}", tensor)
        depth = _depth(tensor)
        if (role, depth) not in (("weight", 2), ("bias", 1)):
            what = f"from_torch: {shown(name)}, of {depth} dimensions, is neither weight nor bias of a Linear"
            raise ValueError(
                f"{what}; give the nn.Sequential itself, or the entries of its Linear layers"
            )
        linears.setdefault(owner, {})[role] = numbers
    for owner, roles in linears.items():
        if "weight" not in roles:
            raise ValueError(f"from_torch: {owner}.bias has no {owner}.weight beside it")
    if not checks.is_sequence(activations) or len(activations) != len(linears):
        names = ", ".join(linears)
        raise ValueError(f"from_torch: name the activation after each of the {len(linears)} Linear layers ({names}), "
                         'activations=["relu", ..., "identity"]')  # fmt: skip
    layers: "List[Layer]" = []
    for (owner, roles), given in zip(linears.items(), activations):
        layers += [_dense(f"from_torch: {owner}", roles["weight"], roles.get("bias")),
                   exchange.activation(given, f"from_torch: activation after {owner}")]  # fmt: skip
    return layers


def _numbers(where: str, tensor: "Any") -> "Any":
    """A tensor or array as lists; what is neither, as it is."""
    try:
        return tensor.tolist() if hasattr(tensor, "tolist") else tensor
    except (RuntimeError, ValueError):
        which = "on the device meta, or a lazy, sparse or quantized one"
        raise ValueError(
            f"{where}: a tensor {which}, has no numbers to read; give an ordinary one"
        ) from None


def _depth(tensor: "Any") -> int:
    shape = getattr(tensor, "shape", None)
    if shape is not None:
        return len(shape)
    return 1 + _depth(tensor[0]) if checks.is_sequence(tensor) and len(tensor) else 0


def _dense(where: str, weight: "Any", bias: "Any") -> "Dense":
    rows = checks.accept(_numbers(f"{where}.weight", weight), float, f"{where}.weight")
    layer = Dense(len(rows[0]), len(rows), weights=matrix.transpose(rows))
    layer.weights.frozen = not getattr(weight, "requires_grad", True)
    if bias is None:
        layer.bias.value, layer.bias.frozen = [0.0] * len(rows), True
    else:
        layer.bias.value = checks.accept_row(
            _numbers(f"{where}.bias", bias), float, f"{where}.bias", None
        )
        layer.bias.frozen = not getattr(bias, "requires_grad", True)
    return layer


def _parts(module: "Any", path: str = "") -> "Iterator[Part]":
    """What the module consists of, each part as layers here; ``path`` is its place, "2.0" the first in the third."""
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
    """Refuse what is not known, or computes something else than its class."""
    if kind not in ("Sequential", "graph") and kind not in SAME and kind not in HOLDS:
        known = ", ".join(["Sequential", "Linear", "BatchNorm1d", "Flatten"] + sorted(SAME))
        ways, home = "", type(module).__module__
        if not home.startswith("torch.nn.modules."):
            where += f", of {home},"
            ways = "; make it an nn.Sequential, give its state_dict() with activations=[...], or sn.load its ONNX file"
        raise ValueError(f"{where} is none of those that are known here: {known}{ways}")
    holds, otherwise = HOLDS.get(kind, (None, ""))
    if holds and not holds(module):
        raise ValueError(f"{where} cannot be carried over exactly: {otherwise}")
    if module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module):
        otherwise = "it has forward hooks, or a forward of its own; remove them"
        raise ValueError(f"{where} cannot be carried over exactly: {otherwise}")


def _kind(module: "Any") -> str:
    """The name of PyTorch's own class that the module is one of, or computes as; "" for any other."""
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


# ---- out ---------------------------------------------------------------------------------------------------------


def to_torch(net: "Any", module: "Any" = None) -> "Any":
    """An nn.Sequential in float64 that predicts as the network does; or ``module``, an nn.Sequential, with its numbers.

    Module k is layer k, in eval mode, and what is frozen here requires no gradient there. A ``module`` that is brought
    keeps its type of number and its mode; ValueError, and nothing is changed, where one of its layers is not the same.
    For a module of one's own class: ``theirs.load_state_dict(dict(zip(theirs.state_dict(),
    sn.to_torch(net).state_dict().values())))``, if it has its parameters in the network's order.
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
    """An nn.Sequential of the network's layers, its numbers yet to come."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise ImportError(
            "to_torch: PyTorch is not installed here; sn.save takes the network to where it is"
        ) from None
    return torch.nn.Sequential(
        *[_module(i, layer, torch) for i, layer in enumerate(net.layers)]
    ).eval()


def _module(i: int, layer: "Any", torch: "Any") -> "Any":
    if type(layer) is Dense:
        # Without drawing first numbers, which would change the user's random ones.
        module = torch.nn.utils.skip_init(
            torch.nn.Linear, layer.inputs, layer.outputs, dtype=torch.float64
        )
        module.weight.requires_grad = not layer.weights.frozen
        module.bias.requires_grad = not layer.bias.frozen
        return module
    if type(layer) is Normalization:
        # BatchNorm1d would use the batch's own mean in training, and in float64 lose digits where the mean is large.
        fx, graph = torch.fx, torch.fx.Graph()
        centred = fx.Proxy(graph.placeholder("x")) - fx.Proxy(graph.get_attr("mean"))
        graph.output((centred / fx.Proxy(graph.get_attr("spread"))).node)
        numbers = {
            name: torch.ones(layer.mean.count, dtype=torch.float64) for name in ("mean", "spread")
        }
        return fx.GraphModule(numbers, graph, "Normalization")
    if type(layer) not in NEW:
        raise exchange.unfit(i, layer, "PyTorch has no such module; those of torch.nn that are the same are {}".format(
            ", ".join(["Linear"] + sorted(SAME))))  # fmt: skip
    return NEW[type(layer)](torch.nn, layer)


def _tensors(i: int, layer: "Any", part: "Part") -> "List[Tuple[Any, Matrix]]":
    """Their tensors, each with the numbers that belong there."""
    where, module, _ = part
    kind = _kind(module)
    if kind == "BatchNorm1d":
        raise exchange.unfit(
            i, layer, f"{where} takes no numbers back; to_torch(net) makes a module that does"
        )
    if kind == "graph":
        return [(module.mean, layer.mean.value), (module.spread, layer.spread.value)]
    if kind != "Linear":
        return []
    if module.bias is None:
        if any(layer.bias.value):
            raise exchange.unfit(i, layer, f"{where} has no bias; bring a Linear with one")
        return [(module.weight, matrix.transpose(layer.weights.value))]
    return [(module.weight, matrix.transpose(layer.weights.value)), (module.bias, layer.bias.value)]
