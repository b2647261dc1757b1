"""PyTorch: a network from a module or a state dict, and back.

    from_torch   a network with a module's numbers
    to_torch     a module with a network's numbers

    PyTorch                                            here
    Linear, whose weight is outputs × inputs           Dense
    BatchNorm1d, in eval mode                          Normalization; for its weight and bias a
                                                       Dense with a diagonal matrix
    LayerNorm  RMSNorm  PReLU                          LayerNormalization  RMSNormalization  PReLU
    the graph (x - mean)/spread that to_torch makes    Normalization
    CELU  ELU  GELU  Hardsigmoid  Hardswish            the same
    LeakyReLU  LogSoftmax  Mish  ReLU  SELU
    SiLU  Sigmoid  Softmax  Softplus  Softsign  Tanh
    Identity  Dropout
    Threshold with the value 0                         ThresholdedReLU
    Hardtanh  ReLU6                                    Clip
    LogSigmoid, Softplus with a beta                   Softplus between two Normalization
    Flatten  AlphaDropout                              nothing, because samples are flat here, and
                                                       nothing is dropped in a prediction

A module of a user-defined class is traced by torch.fx. Its forward method may call these modules
and the functions and methods of the same names, clamp, flatten and view to one row per sample,
squeeze of a single output, and + - · / with a constant or one number per feature, which become a
Normalization.

``from_torch`` keeps every number, because 64 bits can hold each of PyTorch. A product x·c, computed
as x/(1/c), and a Softplus with a beta are equal up to rounding. A conversion to 32 bits, such as
x.float(), is ignored, and one to fewer bits or to integers is refused. Only ``to_torch`` without a
module needs PyTorch. PyTorch's Softplus is z above its threshold, by default 20, which differs by
2e-9. The Softplus that ``to_torch`` makes has the threshold 50, above which the difference vanishes
in 64 bits.
"""

import importlib

from ..core import matrix
from ..core.checks import shown
from ..core.layers import Dense, Normalization
from ..core.network import Sequential
from ..deep.activations import Clip, HardSigmoid, PReLU
from ..deep.normalization import LayerNormalization, RMSNormalization
from ..formats import exchange, state_dicts, state_owners
from .torch_chain import parts
from .torch_modules import KNOWN, NEW, kind_of, numbers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..core.types import Matrix
    from ..formats.exchange import Part

# ---- from PyTorch ----------------------------------------------------------------------------


def from_torch(
    module: "Any", activations: "Any" = None, order: "Any" = None, prefix: str = ""
) -> "Sequential":
    """Return the network that equals a module in eval mode, or the network of a state dict.

    The module may have any class whose forward method is a chain of steps.

    ``activations``   for a state dict, which holds none: the activation after each Linear, as a
                      name ("relu", "identity") or an object. If the names do not show whether it is
                      before or after a BatchNorm1d, give one after each layer
    ``order``         for a state dict: the names of its layers, first to last. It is needed if the
                      tensors are sorted by name, as a .safetensors file sorts them, and neither
                      numbers in the names nor the widths of the layers show the order. Tensors that
                      are not sorted keep their order
    ``prefix``        for a state dict: the beginning of the names that count, such as "actor"

    A parameter that does not require a gradient is frozen. A state dict may hold Linear and
    BatchNorm1d layers. It contains neither this information nor the epsilon of a BatchNorm1d, for
    which PyTorch's default is taken, 1e-5. A module that cannot be converted exactly raises a
    ValueError that names it. ``help(scratchnet.interop.torch)`` lists what is supported.

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
    return Sequential([layer for _, _, layer in parts(module)])


def _of_state(
    state: "Dict[Any, Any]", activations: "Any", order: "Any", prefix: str
) -> "Sequential":
    tensors = {}
    for name, tensor in state.items():
        if isinstance(tensor, dict):
            raise ValueError(
                f"from_torch: {shown(name)} is a dict, so that this is a checkpoint and no state "
                f"dict; give the state dict in it, such as checkpoint[{shown(name)}]"
            )
        if state_owners.is_wanted(str(name), _is_of_integers(tensor), prefix):
            tensors[str(name)] = numbers_of(f"from_torch: {shown(name)}", tensor)
    return state_dicts.network(tensors, activations, order, prefix, "from_torch")


def _is_of_integers(tensor: "Any") -> bool:
    kind = str(getattr(tensor, "dtype", "float"))
    return "int" in kind or "bool" in kind


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
    for i, layer, part in exchange.pair_layers(net, parts(module)):
        for tensor, rows in _tensors(i, layer, part):
            numbers = tensor.new_tensor(rows)
            if not bool(numbers.isfinite().all()):
                raise exchange.unfit(i, layer, f"it has a number too large for {tensor.dtype}")
            copies.append((tensor, numbers))
    if len({id(tensor) for tensor, _ in copies}) < len(copies):
        raise ValueError(
            "to_torch: the module uses a parameter twice, and the network has two in its place; "
            "give a module without shared parameters"
        )
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
    """Return PyTorch's module of layer ``i``."""
    if type(layer) in WITH_TENSORS:
        return WITH_TENSORS[type(layer)](layer, torch)
    if type(layer) is Clip and layer.low == layer.high:
        raise exchange.unfit(i, layer, "the limits of PyTorch's Hardtanh must not be equal")
    is_fixed = type(layer) is HardSigmoid and layer.config() != HardSigmoid().config()
    if type(layer) not in NEW or is_fixed:
        raise exchange.unfit(
            i, layer, f"PyTorch has no such module; torch.nn has {', '.join(KNOWN)}"
        )
    return NEW[type(layer)](torch.nn, layer)


def _linear(layer: "Any", torch: "Any") -> "Any":
    # skip_init draws no initial weights. Drawing them would change the user's random numbers.
    module = torch.nn.utils.skip_init(
        torch.nn.Linear, layer.inputs, layer.outputs, bool(layer.bias), dtype=torch.float64
    )
    for parameter in module.parameters():  # Memory that was not written may hold nan.
        torch.nn.init.zeros_(parameter)
    module.weight.requires_grad = not layer.weights.frozen
    if layer.bias:
        module.bias.requires_grad = not layer.bias.frozen
    return module


def _normalization(layer: "Any", torch: "Any") -> "Any":
    """Return the graph (x - mean)/spread.

    BatchNorm1d would use the mean of the batch in training, and lose digits in float64 if the mean
    is large.
    """
    fx, graph = torch.fx, torch.fx.Graph()
    centered = fx.Proxy(graph.placeholder("x")) - fx.Proxy(graph.get_attr("mean"))
    graph.output((centered / fx.Proxy(graph.get_attr("spread"))).node)
    numbers = {
        name: torch.ones(layer.mean.count, dtype=torch.float64) for name in ("mean", "spread")
    }
    return fx.GraphModule(numbers, graph, "Normalization")


def _prelu(layer: "Any", torch: "Any") -> "Any":
    module = torch.nn.PReLU(layer.count, dtype=torch.float64)
    module.weight.requires_grad = not layer.slope.frozen
    return module


def _rms_norm(layer: "Any", torch: "Any") -> "Any":
    affine = bool(layer.scale)
    module = torch.nn.RMSNorm(layer.inputs, layer.epsilon, affine, dtype=torch.float64)
    if affine:
        module.weight.requires_grad = not layer.scale.frozen
    return module


def _layer_norm(layer: "Any", torch: "Any") -> "Any":
    affine = bool(layer.scale or layer.bias)
    module = torch.nn.LayerNorm(layer.inputs, layer.epsilon, affine, dtype=torch.float64)
    for name, parameter in (("weight", layer.scale), ("bias", layer.bias)):
        if not parameter:
            setattr(module, name, None)
        else:
            getattr(module, name).requires_grad = not parameter.frozen
    return module


# The functions that make the modules of layers with parameters.
WITH_TENSORS: "Dict[Any, Any]" = {
    Dense: _linear,
    LayerNormalization: _layer_norm,
    Normalization: _normalization,
    PReLU: _prelu,
    RMSNormalization: _rms_norm,
}


def _tensors(i: int, layer: "Any", part: "Part") -> "List[Tuple[Any, Matrix]]":
    """Return the tensors of the PyTorch module, each with its new numbers."""
    where, module, _ = part
    kind = kind_of(module)
    if kind == "BatchNorm1d":
        raise exchange.unfit(
            i, layer, f"{where} cannot take the numbers; to_torch(net) makes a module that can"
        )
    if kind == "graph":
        return [(module.mean, layer.mean.value), (module.spread, layer.spread.value)]
    if kind == "PReLU":
        return [(module.weight, layer.slope.value)]
    if kind in ("LayerNorm", "RMSNorm"):
        given = [module.weight, getattr(module, "bias", None)]
        tensors = [tensor for tensor in given if tensor is not None]
        return list(zip(tensors, [parameter.value for parameter in layer.parameters()]))
    if kind != "Linear":
        if layer.parameters():
            raise exchange.unfit(i, layer, f"{where} has no tensors that can take the numbers")
        return []
    if module.bias is None:
        if any(exchange.bias_of(layer)):
            raise exchange.unfit(i, layer, f"{where} has no bias; give a Linear with one")
        return [(module.weight, matrix.transpose(layer.weights.value))]
    return [
        (module.weight, matrix.transpose(layer.weights.value)),
        (module.bias, exchange.bias_of(layer)),
    ]
