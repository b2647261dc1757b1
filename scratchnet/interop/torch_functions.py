"""What a step of a torch.fx trace computes.

    read    a node of the trace as a Step

A function becomes the module that computes the same, so that torch_modules.py alone knows the
equivalent layers: ``F.elu(x, 0.5)`` is ``nn.ELU(0.5)``.
"""

import importlib

from ..formats import exchange
from .affine import Affine, Columns, shift_and_spread
from .torch_modules import clip, numbers_of
from .torch_nodes import ARITHMETIC, SAME, Given, Step, is_known, is_size, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from ..core.layer import Layer

# Functions and methods, in place or not: the module, and its arguments as those after x.
FUNCTIONS: "Dict[str, Any]" = {
    "alpha_dropout": ("AlphaDropout", ["p", "training", "inplace"]),
    "celu": ("CELU", ["alpha", "inplace"]),
    "dropout": ("Dropout", ["p", "training", "inplace"]),
    "elu": ("ELU", ["alpha", "inplace"]),
    "feature_alpha_dropout": ("FeatureAlphaDropout", ["p", "training", "inplace"]),
    "gelu": ("GELU", ["approximate"]),
    "hardsigmoid": ("Hardsigmoid", ["inplace"]),
    "hardswish": ("Hardswish", ["inplace"]),
    "leaky_relu": ("LeakyReLU", ["negative_slope", "inplace"]),
    "log_softmax": ("LogSoftmax", ["dim", "_stacklevel", "dtype"]),
    "log_sigmoid": ("LogSigmoid", []),
    "mish": ("Mish", ["inplace"]),
    "relu": ("ReLU", ["inplace"]),
    "relu6": ("ReLU6", ["inplace"]),
    "selu": ("SELU", ["inplace"]),
    "sigmoid": ("Sigmoid", []),
    "silu": ("SiLU", ["inplace"]),
    "softmax": ("Softmax", ["dim", "_stacklevel", "dtype"]),
    "softplus": ("Softplus", ["beta", "threshold"]),
    "softsign": ("Softsign", []),
    "tanh": ("Tanh", []),
}
CLAMPS: "Dict[str, List[str]]" = {
    "clamp": ["min", "max"],
    "clamp_max": ["max"],
    "clamp_min": ["min"],
    "clip": ["min", "max"],
    "hardtanh": ["min_val", "max_val", "inplace"],
}
# Methods that round to 16 bits or to integers, and the types that do not.
CASTS = ("bfloat16", "half", "int", "long", "short")
UNROUNDED = ("torch.float32", "torch.float64")
WITH_TENSORS = ("linear", "batch_norm", "layer_norm", "prelu")


def read(node: "Any", current: "Any", root: "Any", where: str) -> "Optional[Step]":
    """Return the step that a node computes, None for a size or a constant.

    ``current`` is the node of the step before it, ``root`` the module that was traced.
    """
    name = name_of(node)
    at = f"{name}() in {where}"
    if node.op == "call_function" and not is_known(node.target):
        home = getattr(node.target, "__module__", None)
        raise ValueError(f"{at} is a function of {home}; give one of torch or torch.nn.functional")
    if node.op == "placeholder":
        if node is not current and node.users:
            raise ValueError(f"{where} has the inputs {current} and {node}; a network has one")
        return None
    if node.op == "get_attr" or is_size(node):
        return None
    tensors = [arg for arg in node.all_input_nodes if arg.op != "get_attr" and not is_size(arg)]
    if node.op == "output":
        if node.args[0] is not current:
            raise ValueError(f"{where} returns more, or something else, than its last result")
        return None
    if tensors != [current]:
        names = " and ".join([repr(str(tensor)) for tensor in tensors])
        raise ValueError(
            f"{at} computes from {names or 'no input'}, but a network is a chain of layers: each "
            "takes the result of the one before it"
        )
    if node.op == "call_module":
        step = Step(where, root.get_submodule(node.target))
        step.place = str(node.target)
        return step
    return _function(name, Given(node, current, root, at), at)


def _function(name: str, given: "Given", at: str) -> "Step":
    nn: "Any" = importlib.import_module("torch.nn")
    if name in FUNCTIONS:
        kind, names = FUNCTIONS[name]
        options = given.bound(names)
        if "training" in names and options.pop("training", name == "dropout"):
            raise ValueError(f"{at} also drops in a prediction; give it training=self.training")
        for unused in ("inplace", "_stacklevel", "dtype"):
            _check_type(options.pop(unused, None), at)
        if "dim" in names:
            options.setdefault("dim", None)
        return Step(at, getattr(nn, kind)(**options))
    if name in CLAMPS:
        return Step(at, layer=_clamp(name, given.bound(CLAMPS[name]), at))
    if name in CASTS:
        raise ValueError(_rounds(at, name))
    if name in SAME:
        for value in given.args[1:] + list(given.named.values()):
            _check_type(value, at)
        return Step(at)
    if name in ("flatten", "view", "reshape", "squeeze"):
        return _reshape(name, given, at)
    if name in ARITHMETIC:
        return Step(at, layer=_arithmetic(name, given, at))
    if name in WITH_TENSORS:
        return Step(at, _module(name, given, nn, at))
    raise ValueError(
        f"{at} is not supported; supported are activations, dropout, flatten, linear, batch_norm, "
        "layer_norm, and arithmetic with constants"
    )


def _check_type(value: "Any", at: str) -> None:
    """Refuse a conversion to a type that rounds; ``value`` is a type, or a tensor of it."""
    kind = getattr(value, "dtype", value)
    if hasattr(kind, "is_floating_point") and str(kind) not in UNROUNDED:
        raise ValueError(_rounds(at, kind))


def _rounds(at: str, kind: "Any") -> str:
    return f"{at} rounds to {kind}, which no layer here does; leave it out"


def _clamp(name: str, given: "Dict[str, Any]", at: str) -> "Layer":
    """Return the Clip of clamp, where the maximum counts if it is below the minimum."""
    default = (-1, 1) if name == "hardtanh" else (None, None)
    low, high = [
        given.get(short, given.get(short + "_val", limit))
        for short, limit in zip(("min", "max"), default)
    ]
    if not all([v is None or isinstance(v, (int, float)) for v in (low, high)]):
        raise ValueError(f"{at} has limits that are not numbers; give numbers")
    low = float("-inf") if low is None else low
    high = float("inf") if high is None else high
    if name == "hardtanh" and low > high:
        raise ValueError(f"{at} has the limits {low} and {high}; give the lower one first")
    return clip(min(low, high), high)


def _reshape(name: str, given: "Given", at: str) -> "Step":
    """Return the step that keeps samples as rows; another shape is refused."""
    count: "Any" = 0
    squeezes = False
    if name == "flatten":
        options = dict({"start_dim": 0, "end_dim": -1}, **given.bound(["start_dim", "end_dim"]))
        right = (options["start_dim"], options["end_dim"]) in ((1, -1), (1, 1))
    elif name == "squeeze":
        right = squeezes = given.bound(["dim"]).get("dim") in (None, 1, -1)
    else:
        shape = given.args[1:] or list(given.named.values())
        shape = list(shape[0]) if isinstance(shape[0], (tuple, list)) else shape
        right = len(shape) == 2 and _keeps_rows(*shape)
        count = shape[-1]
        if shape == [-1]:  # of a single output
            right = squeezes = True
    if not right:
        raise ValueError(
            f"{at} cannot be converted exactly: a sample is a row here; "
            "give flatten(x, 1), or x.view(x.size(0), -1)"
        )
    count = 1 if squeezes else count
    step = Step(at, layer=Columns(count) if count > 0 else None)
    step.squeezes = squeezes
    return step


def _keeps_rows(rows: "Any", columns: "Any") -> bool:
    """Return whether a shape has one row per sample: (x.size(0), -1), or (-1, the features)."""
    if not isinstance(columns, int):
        return False
    return _is_batch(rows) if hasattr(rows, "op") else rows == -1 and columns > 0


def _is_batch(node: "Any") -> bool:
    """Return whether a node is the number of samples."""
    name, args = name_of(node), list(node.args)
    if name == "size":
        return args[1:] == [0] or node.kwargs == {"dim": 0}
    if name == "getitem" and args[1] == 0:
        return name_of(args[0]) in ("size", "getattr")
    return name == "len"


def _arithmetic(name: str, given: "Given", at: str) -> "Layer":
    """Return the layer of x + c, x - c, c - x, x·c, x/c or -x."""
    if name == "neg":
        return Affine(0.0, -1.0)
    if len(given.args) != 2 or given.named:
        raise ValueError(f"{at} has options that are not supported; give it two arguments")
    a, b = given.args
    turned = a is not given.current
    c = numbers_of(at, a if turned else b)
    if isinstance(c, list) and len(c) == 1 and isinstance(c[0], list):
        c = c[0]
    values = c if isinstance(c, list) else [c]
    if not all([isinstance(v, (int, float)) for v in values]):
        raise ValueError(
            f"{at} computes with something other than a number, or one number per feature; "
            "give a constant, or use a Linear"
        )
    made = [shift_and_spread(name, turned, float(v), at) for v in values]
    if not isinstance(c, list):
        return Affine(*made[0])
    return exchange.normalization([shift for shift, _ in made], [s for _, s in made], at)


def _module(name: str, given: "Given", nn: "Any", at: str) -> "Any":
    """Return the module of a function that takes its tensors as arguments."""
    module: "Any"
    if name == "linear":
        module = nn.Linear(1, 1, device="meta")
        tensors = dict({"bias": None}, **given.bound(["weight", "bias"]))
    elif name == "prelu":
        module, tensors = nn.PReLU(device="meta"), given.bound(["weight"])
    elif name == "layer_norm":
        names = ["normalized_shape", "weight", "bias", "eps"]
        options = given.bound(names)
        module = nn.LayerNorm(options["normalized_shape"], options.get("eps", 1e-5), device="meta")
        tensors = {key: options.get(key) for key in ("weight", "bias")}
    else:
        names = "running_mean running_var weight bias training momentum eps".split()
        options = given.bound(names)
        module = nn.BatchNorm1d(1, options.get("eps", 1e-5), device="meta")
        module.train(bool(options.get("training", False)))
        tensors = {key: options.get(key) for key in ("weight", "bias")}
        for key in names[:2]:
            module._buffers[key] = options.get(key)
    for key, tensor in tensors.items():
        if tensor is not None and not hasattr(tensor, "requires_grad"):
            raise ValueError(f"{at} has a {key} that is computed; make it a parameter")
        owned = tensor is None or isinstance(tensor, nn.Parameter)
        module._parameters[key] = tensor if owned else nn.Parameter(tensor, tensor.requires_grad)
    return module
