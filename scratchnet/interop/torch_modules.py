"""PyTorch's modules and the equivalent layers here.

KNOWN          the names of the modules that have an equivalent
kind_of        the PyTorch class that defines what a module computes
check          refuses a module that has no equivalent
layers_of      the layers that compute what a module computes
clip           the Clip between two limits
NEW            the module of each layer without parameters
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
from ..core.layers import Dense, Dropout
from ..deep.activations import (
    CELU,
    Clip,
    HardSigmoid,
    HardSwish,
    LogSoftmax,
    Mish,
    PReLU,
    Softsign,
    ThresholdedReLU,
)
from ..deep.normalization import LayerNormalization, RMSNormalization
from ..formats import exchange
from .affine import Affine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer


def _softplus(module: "Any") -> "List[Layer]":
    """Softplus(z·beta)/beta"""
    beta = float(module.beta)
    if beta == 1:
        return [Softplus()]
    return [Affine(0.0, 1 / beta), Softplus(), Affine(0.0, beta)]


def clip(low: float, high: float) -> "Layer":
    """Return the Clip between two limits, of which -inf and inf are none."""
    infinite = float("inf")
    return Clip(None if low == -infinite else low, None if high == infinite else high)


# The equivalent layers of modules without tensors.
SAME: "Dict[str, Any]" = {
    "CELU": lambda module: [CELU(module.alpha)],
    "Dropout": lambda module: [Dropout(module.p)],
    "ELU": lambda module: [ELU(module.alpha)],
    "GELU": lambda module: [GELU(getattr(module, "approximate", "none"))],
    "Hardsigmoid": lambda module: [HardSigmoid()],
    "Hardswish": lambda module: [HardSwish()],
    "Hardtanh": lambda module: [clip(module.min_val, module.max_val)],
    "Identity": lambda module: [Identity()],
    "LeakyReLU": lambda module: [LeakyReLU(module.negative_slope)],
    "LogSigmoid": lambda module: [Affine(0.0, -1.0), Softplus(), Affine(0.0, -1.0)],
    "LogSoftmax": lambda module: [LogSoftmax()],
    "Mish": lambda module: [Mish()],
    "ReLU": lambda module: [ReLU()],
    "ReLU6": lambda module: [Clip(0, 6)],
    "SELU": lambda module: [SELU()],
    "SiLU": lambda module: [SiLU()],
    "Sigmoid": lambda module: [Sigmoid()],
    "Softmax": lambda module: [Softmax()],
    "Softplus": _softplus,
    "Softsign": lambda module: [Softsign()],
    "Tanh": lambda module: [Tanh()],
    "Threshold": lambda module: [ThresholdedReLU(module.threshold)],
}
# Modules that do nothing in a prediction, for samples that are flat.
NOTHING = ("AlphaDropout", "Dropout1d", "FeatureAlphaDropout", "Flatten")
WITH_TENSORS = ("BatchNorm1d", "LayerNorm", "Linear", "PReLU", "RMSNorm")
KNOWN = tuple(sorted(WITH_TENSORS + NOTHING + tuple(SAME)))
ALONG_FEATURES = (
    lambda module: module.dim in (1, -1),
    "a sample is a row here; give dim=1",
)
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
    "LayerNorm": (
        lambda module: len(module.normalized_shape) == 1,
        "a sample is a row here; give one number as its normalized_shape",
    ),
    "Linear": (
        lambda module: {"weight", "bias"} <= set(module._parameters),  # including a bias of None
        "its weight or bias is recomputed in each call (pruning, weight_norm); "
        "make it a parameter again",
    ),
    "LogSoftmax": ALONG_FEATURES,
    "RMSNorm": (
        lambda module: (
            len(module.normalized_shape) == 1 and (module.eps or module.weight is not None)
        ),
        "give one number as its normalized_shape, and its eps",
    ),
    "Softmax": ALONG_FEATURES,
    "Softplus": (
        lambda module: module.beta > 0 and module.threshold >= 20,
        "give a beta above 0 and threshold=20 or more",
    ),
    "Threshold": (lambda module: module.value == 0, "give it the value 0"),
}
# (x - mean)/spread, step by step, as torch.fx records it.
GRAPH = ["x()", "mean()", "sub(x, mean)", "spread()", "truediv(sub, spread)", "output(truediv,)"]
# The modules that to_torch makes of layers without parameters, from torch.nn and our layer.
NEW: "Dict[Any, Any]" = {
    CELU: lambda nn, layer: nn.CELU(layer.alpha),
    Clip: lambda nn, layer: nn.Hardtanh(
        float("-inf") if layer.low is None else layer.low,
        float("inf") if layer.high is None else layer.high,
    ),
    Dropout: lambda nn, layer: nn.Dropout(layer.rate),
    ELU: lambda nn, layer: nn.ELU(layer.alpha),
    GELU: lambda nn, layer: nn.GELU(layer.approximate),
    HardSigmoid: lambda nn, layer: nn.Hardsigmoid(),
    HardSwish: lambda nn, layer: nn.Hardswish(),
    Identity: lambda nn, layer: nn.Identity(),
    LeakyReLU: lambda nn, layer: nn.LeakyReLU(layer.slope),
    LogSoftmax: lambda nn, layer: nn.LogSoftmax(1),
    Mish: lambda nn, layer: nn.Mish(),
    ReLU: lambda nn, layer: nn.ReLU(),
    SELU: lambda nn, layer: nn.SELU(),
    SiLU: lambda nn, layer: nn.SiLU(),
    Sigmoid: lambda nn, layer: nn.Sigmoid(),
    Softmax: lambda nn, layer: nn.Softmax(1),
    Softplus: lambda nn, layer: nn.Softplus(threshold=50),
    Softsign: lambda nn, layer: nn.Softsign(),
    Tanh: lambda nn, layer: nn.Tanh(),
    ThresholdedReLU: lambda nn, layer: nn.Threshold(layer.alpha, 0),
}


def kind_of(module: "Any") -> str:
    """Return the name of the PyTorch class that defines what a module computes, "" if none does."""
    ancestors: "Any" = type(module).__mro__
    for kind in ancestors:
        if kind.__module__ == "torch.fx.graph_module":
            nodes = list(module.graph.nodes)
            steps = [f"{getattr(n.target, '__name__', n.target)}{n.args}" for n in nodes]
            homes = {n.target.__module__ for n in nodes if n.op == "call_function"}
            return "graph" if steps == GRAPH and homes == {"_operator"} else ""
        if kind.__module__.startswith("torch.nn.modules."):
            same = (
                getattr(type(module), "forward", None) is kind.forward
                and type(module).__call__ is kind.__call__
            )
            return "" if kind.__name__ == "Module" or not same else str(kind.__name__)
    return ""


def check(kind: str, module: "Any", where: str) -> None:
    """Refuse a module that is not supported, or that computes something other than its class."""
    if kind not in ("Sequential", "graph") + KNOWN:
        raise ValueError(f"{where} is not supported; give one of Sequential, {', '.join(KNOWN)}")
    holds, otherwise = HOLDS.get(kind, (None, ""))
    if holds and not holds(module):
        raise ValueError(f"{where} cannot be converted exactly: {otherwise}")
    check_hooks(module, where)


def check_hooks(module: "Any", where: str) -> None:
    """Refuse a module that does more than its forward method."""
    if module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module):
        otherwise = "it has forward hooks, or its forward method is replaced; remove them"
        raise ValueError(f"{where} cannot be converted exactly: {otherwise}")


def layers_of(kind: str, module: "Any", where: str) -> "List[Layer]":
    """Return the layers that compute what a module of a known kind computes."""
    if kind in SAME:
        layers: "List[Layer]" = SAME[kind](module)
    elif kind == "Linear":
        layers = [_dense(where, module.weight, module.bias)]
    elif kind == "graph":
        mean, spread = numbers_of(where, module.mean), numbers_of(where, module.spread)
        layers = [exchange.normalization(mean, spread, where)]
    elif kind == "BatchNorm1d":
        layers = _batch_norm(module, where)
    elif kind == "LayerNorm":
        layers = [_layer_norm(module, where)]
    elif kind == "RMSNorm":
        layers = [_rms_norm(module, where)]
    elif kind == "PReLU":
        slope = numbers_of(f"{where}.weight", module.weight)
        layers = [_freeze_as(PReLU(len(slope), slope), [module.weight])]
    else:
        layers = []
    return layers


def numbers_of(where: str, tensor: "Any") -> "Any":
    """Return a tensor or array as lists, and anything else unchanged."""
    try:
        return tensor.tolist() if hasattr(tensor, "tolist") else tensor
    except (RuntimeError, ValueError):
        which = "on the device meta, or a lazy, sparse or quantized one"
        raise ValueError(
            f"{where}: a tensor {which}, has no numbers to read; give an ordinary one"
        ) from None


def _freeze_as(layer: "Layer", tensors: "List[Any]") -> "Layer":
    """Return the layer; its parameters are frozen where the tensors require no gradient."""
    for parameter, tensor in zip(layer.parameters(), tensors):
        parameter.frozen = not getattr(tensor, "requires_grad", True)
    return layer


def _dense(where: str, weight: "Any", bias: "Any") -> "Layer":
    rows = checks.accept(numbers_of(f"{where}.weight", weight), float, f"{where}.weight")
    row: "Any" = False
    if bias is not None:
        row = checks.accept_row(numbers_of(f"{where}.bias", bias), float, f"{where}.bias", None)
    layer = Dense(len(rows[0]), len(rows), weights=matrix.transpose(rows), bias=row)
    return _freeze_as(layer, [weight, bias])


def _batch_norm(module: "Any", where: str) -> "List[Layer]":
    tensors = [module.running_mean, module.running_var, module.weight, module.bias]
    mean, variance, weight, bias = [numbers_of(where, tensor) for tensor in tensors]
    layers = exchange.batch_normalization(mean, variance, module.eps, weight, bias, where)
    for layer in layers:
        for parameter, theirs in zip(layer.parameters(), (module.weight, module.bias)):
            parameter.frozen = parameter.frozen or not getattr(theirs, "requires_grad", False)
    return layers


def _layer_norm(module: "Any", where: str) -> "Layer":
    given = [t for t in (module.weight, module.bias) if t is not None]
    scale, bias = [
        False if tensor is None else numbers_of(where, tensor)
        for tensor in (module.weight, module.bias)
    ]
    layer = LayerNormalization(module.normalized_shape[0], module.eps, scale, bias)
    return _freeze_as(layer, given)


def _rms_norm(module: "Any", where: str) -> "Layer":
    weight = module.weight
    scale = False if weight is None else numbers_of(where, weight)
    # Without an eps, PyTorch takes the distance from 1 to the next number of the type.
    epsilon = module.eps
    if epsilon is None:
        epsilon = importlib.import_module("torch").finfo(weight.dtype).eps
    layer = RMSNormalization(module.normalized_shape[0], epsilon, scale)
    return _freeze_as(layer, [] if weight is None else [weight])
