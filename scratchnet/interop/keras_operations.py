"""Functions that a functional model of Keras calls on its tensors, and the equivalent layers here.

    Operation       a function in a model, with the arguments of its call
    operation_of    the function that a layer of a model stands for
    layers_of       the layers that compute what a function computes

Keras 3 makes an operation of each ``keras.ops.relu(h)`` and ``h / 255``, Keras 2 a TFOpLambda of
each ``tf.nn.relu(h)``.
"""

import importlib

from ..core.activations import ELU, GELU, LeakyReLU, ReLU
from ..core.checks import is_sequence
from ..deep.activations import CELU, Clip
from ..formats import exchange
from .affine import Affine, shift_and_spread
from .keras_functions import FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer

# The names of functions, without underscores, that differ in Keras and tensorflow.
OTHER_NAMES = {
    "clipbyvalue": "clip",
    "divide": "div",
    "exp": "exponential",
    "hardswish": "hardsilu",
    "multiply": "mul",
    "negative": "neg",
    "subtract": "sub",
    "truediv": "div",
    "truedivide": "div",
}
PLAIN = {name.replace("_", ""): make for name, make in FUNCTIONS.items()}
ARITHMETIC = ("add", "div", "mul", "sub")
LIMITS = ("clip", "maximum", "minimum")
NOTHING = ("cast", "identity", "stopgradient")
FLOATS = ("float32", "float64")


class Operation:
    """A function in a model.

    ``name``      without underscores: "leakyrelu"
    ``tensor``    what it is called on
    ``options``   its other arguments, by name
    ``turned``    whether another argument precedes the tensor, as in 1 - h
    ``weights``   none, so that it may occur several times in a chain
    """

    weights = ()

    def __init__(self, name: str, arguments: "Dict[str, Any]", tensor: "Any") -> None:
        plain = name.replace("_", "").lower()
        self.name = OTHER_NAMES.get(plain, plain)
        self.label = name
        self.tensor = tensor
        names = [key for key, value in arguments.items() if value is tensor]
        self.turned = names != list(arguments)[: len(names)]
        self.options = {
            key: value for key, value in arguments.items() if key not in names and value is not None
        }

    def take(self, *names: str) -> "Any":
        """Return the option with one of these names and remove it; None if it is not given."""
        values = [self.options.pop(name, None) for name in names]
        return ([value for value in values if value is not None] or [None])[0]

    @property
    def features(self) -> "List[Any]":
        """The dimensions of a sample."""
        return list(self.tensor.shape)[1:]


def operation_of(layer: "Any", node: "Any", tensor: "Any") -> "Any":
    """Return the function that the layer stands for at a node of the model, or else the layer.

    ``tensor`` is what it is called on.
    """
    signature = importlib.import_module("inspect").signature
    kind = type(layer)
    if kind.__name__ == "TFOpLambda" and kind.__module__.split(".")[0] in ("keras", "tf_keras"):
        function = layer.function
        if not str(getattr(function, "__module__", "")).startswith(("tensorflow.", "tf_keras.")):
            return layer
        given = signature(function).bind(*node.call_args, **node.call_kwargs).arguments
        name = str(layer.symbol or function.__name__).split(".")[-1]  # "nn.softmax" of softmax_v2
        return Operation(name, dict(given, name=None), tensor)
    if kind.__module__.startswith("keras.src.ops."):
        own = {key: value for key, value in vars(layer).items() if not key.startswith("_")}
        given = signature(layer.call).bind(*node.arguments.args, **node.arguments.kwargs).arguments
        return Operation(kind.__name__, dict(given, **dict(own, name=None)), tensor)
    return layer


def layers_of(operation: "Operation", where: str) -> "List[Layer]":
    """Return the layers that compute what the function computes."""
    found = _layers_of(operation, where)
    if operation.options:
        raise ValueError(
            f"{where} has the argument {sorted(operation.options)[0]}, which is not supported here"
        )
    return found


def _layers_of(operation: "Operation", where: str) -> "List[Layer]":
    name, take = operation.name, operation.take
    if name in ARITHMETIC:
        return [_arithmetic(operation, where)]
    if name == "neg":
        return [Affine(0.0, -1.0)]
    if name in LIMITS:
        return [_limits(operation, where)]
    if name == "reshape":
        return _reshape(operation, where)
    if name in NOTHING:
        kind = take("dtype")
        if name == "cast" and str(getattr(kind, "name", kind)) not in FLOATS:
            raise ValueError(f"{where} rounds, which no layer here does; leave it out")
        return []
    if name in ("softmax", "logsoftmax"):
        axis = take("axis")
        if len(operation.features) != 1 or axis not in (None, -1, 1):
            raise ValueError(f"{where} cannot be converted exactly: give axis=-1, and flat rows")
    elif name in ("celu", "elu"):
        alpha = take("alpha")
        return [(CELU if name == "celu" else ELU)(1.0 if alpha is None else float(alpha))]
    elif name == "gelu":
        return [GELU("tanh" if take("approximate") else "none")]
    elif name == "leakyrelu":
        slope = take("negative_slope", "alpha")
        return [LeakyReLU(0.2 if slope is None else float(slope))]
    if name not in PLAIN:
        raise ValueError(
            f"{where} is a function that is not supported; supported are activations, reshape, "
            "clip and arithmetic with constants"
        )
    made: "List[Layer]" = PLAIN[name]()
    return made


def _constant_in(value: "Any", where: str) -> "Any":
    """Return a number, or a list of numbers."""
    if hasattr(value, "numpy"):
        value = value.numpy()
    value = value.tolist() if hasattr(value, "tolist") else value
    while is_sequence(value) and len(value) == 1:
        value = value[0]
    values = value if is_sequence(value) else [value]
    if not all([isinstance(v, (int, float)) for v in values]):
        raise ValueError(
            f"{where} computes with something other than a number, or one number per feature; "
            "give a constant, or use a Dense"
        )
    return value


def _arithmetic(operation: "Operation", where: str) -> "Layer":
    """Return the layer of h + c, h - c, c - h, h·c or h/c."""
    operation.take("dtype")
    value = _constant_in(operation.take("x", "x1", "a", "y", "x2", "b"), where)
    if not is_sequence(value):
        return Affine(*shift_and_spread(operation.name, operation.turned, float(value), where))
    if operation.features != [len(value)]:
        raise ValueError(f"{where} computes with {len(value)} numbers, which are not the features")
    made = [shift_and_spread(operation.name, operation.turned, float(v), where) for v in value]
    return exchange.normalization([shift for shift, _ in made], [s for _, s in made], where)


def _limits(operation: "Operation", where: str) -> "Layer":
    low = operation.take("x_min", "clip_value_min")
    high = operation.take("x_max", "clip_value_max")
    if operation.name == "maximum":
        low = operation.take("x", "x1", "y", "x2")
    elif operation.name == "minimum":
        high = operation.take("x", "x1", "y", "x2")
    limits = [None if v is None else _constant_in(v, where) for v in (low, high)]
    if any([is_sequence(v) for v in limits]):
        raise ValueError(f"{where} has several limits, one per feature; give one number")
    low, high = [None if v is None else float(v) for v in limits]
    return ReLU() if low == 0 and high is None else Clip(low, high)


def _reshape(operation: "Operation", where: str) -> "List[Layer]":
    """Nothing, if each sample keeps its own numbers."""
    shape = list(operation.take("newshape", "shape") or [])
    count = product(operation.features)
    rest = product([n for n in shape[1:] if n != -1])
    free = shape[1:].count(-1)
    if shape[:1] not in ([-1], [None]) or free > 1 or (rest != count if not free else count % rest):
        raise ValueError(
            f"{where} cannot be converted exactly: a sample is a row here; give (-1, {count})"
        )
    return []


def product(numbers: "List[Any]") -> int:
    result = 1
    for number in numbers:
        result *= int(number)
    return result
