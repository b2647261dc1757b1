"""Keras: a network from a Sequential or a chain of layers, and back.

    from_keras   a network with a model's numbers
    to_keras     a model with a network's numbers

    Keras                                              here
    Dense                                              Dense, and its activation
    Normalization                                      Normalization
    BatchNormalization                                 Normalization; for gamma and beta a
                                                       Dense with a diagonal matrix
    linear  relu  leaky_relu  elu  selu  gelu          Identity  ReLU  ...
    silu  softplus  sigmoid  tanh  softmax
    ReLU  LeakyReLU  ELU  Softmax  Identity  Dropout   the same
    Flatten                                            nothing, because samples are flat here

These are the layers of Keras 3. ``from_keras`` is exact, because 64 bits can hold every number of
Keras. Only ``to_keras`` without a model needs Keras. Keras computes in 32 bits unless
``keras.config.set_floatx("float64")`` is called before anything else. Even then it computes tanh
and BatchNormalization in 32 bits, and with PyTorch as its backend all products. With PyTorch,
softplus(z) is z from z = 20 on, which differs by 2e-9.
"""

import importlib
import warnings

from ..core import checks
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
from ..core.functions import sqrt
from ..core.layers import Dense, Dropout, Normalization
from ..core.network import Sequential
from ..formats import exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

    from ..formats.exchange import Part

SMALLEST_SPREAD = 1e-7  # Keras divides by this instead of a smaller spread: keras.config.epsilon()
# Keras's functions by name, with their default arguments. The default slope of leaky_relu is 0.2.
FUNCTIONS: "Dict[str, Any]" = {
    "elu": ELU,
    "gelu": GELU,
    "leaky_relu": LeakyReLU,
    "linear": Identity,
    "relu": ReLU,
    "selu": SELU,
    "sigmoid": Sigmoid,
    "silu": SiLU,
    "softmax": Softmax,
    "softplus": Softplus,
    "tanh": Tanh,
}
# Keras's layers without weights.
SAME: "Dict[str, Any]" = {
    "Dropout": lambda layer: Dropout(layer.rate),
    "ELU": lambda layer: ELU(layer.alpha),
    "Identity": lambda layer: Identity(),
    "LeakyReLU": lambda layer: LeakyReLU(layer.negative_slope),
    "ReLU": lambda layer: LeakyReLU(layer.negative_slope) if layer.negative_slope else ReLU(),
    "Softmax": lambda layer: Softmax(),
}
# A condition on a layer, and the advice in the error text if it does not hold.
HOLDS: "Dict[str, Any]" = {
    "BatchNormalization": (lambda layer: layer.axis in (-1, 1), "give axis=-1"),
    "Normalization": (
        lambda layer: not layer.invert and layer.axis in ((-1,), (1,)),
        "give axis=-1 and invert=False",
    ),
    "ReLU": (
        lambda layer: layer.max_value is None and not layer.threshold,
        "give no max_value and no threshold",
    ),
    "Softmax": (lambda layer: layer.axis in (-1, 1), "give axis=-1"),
}
# The layers that to_keras makes, from keras.layers and our layer. All others become an Activation.
NEW: "Dict[Any, Any]" = {
    Dense: lambda layers, layer: layers.Dense(layer.outputs, use_bias=bool(layer.bias)),
    Dropout: lambda layers, layer: layers.Dropout(layer.rate),
    ELU: lambda layers, layer: layers.ELU(layer.alpha),
    LeakyReLU: lambda layers, layer: layers.LeakyReLU(layer.slope),
    Normalization: lambda layers, layer: layers.Normalization(),
}
NAMES = {kind: name for name, kind in FUNCTIONS.items() if kind not in NEW}


MODELS = ("Sequential", "Functional")


# ---- from Keras ------------------------------------------------------------------------------


def from_keras(model: "Any") -> "Sequential":
    """Return the network that predicts as a keras.Sequential, or as a chain, keras.Model(...).

    Layers that are not trainable are frozen. A model that branches, or uses a layer with weights
    twice, or has a layer that cannot be carried over exactly, raises a ValueError that names the
    layer.
    """
    return Sequential([layer for _, _, layer in _all_parts(model, "from_keras")])


def _all_parts(model: "Any", name: str) -> "List[Part]":
    if _kind(model) not in MODELS:
        raise ValueError(
            f"{name}: {type(model).__name__} is neither a keras.Sequential nor a functional model, "
            "keras.Model(inputs, outputs); give one of them"
        )
    return list(_parts(model))


def _parts(layer: "Any", path: str = "", owner: "Any" = None) -> "Iterator[Part]":
    """Yield the parts of a layer, each with its equivalent layer here.

    ``path`` is the place of the layer: "2.0" is the first layer within the third.
    """
    kind = _kind(layer)
    where = f"layer {path} of the model ({type(owner or layer).__name__})"
    if kind in MODELS:
        for k, child in enumerate(layer.layers if kind == "Sequential" else chain_of(layer)):
            for part in _parts(child, f"{path}.{k}".strip(".")):
                yield part
        return
    holds, otherwise = HOLDS.get(kind, (None, ""))
    if holds and not holds(layer):
        raise ValueError(f"{where} cannot be carried over exactly: {otherwise}")
    if kind in SAME:
        yield where, layer, SAME[kind](layer)
    elif kind == "Dense":
        _check_flat(layer, where)
        yield where, layer, _dense(layer, where)
        for part in _activation(layer, path, where):
            if type(part[2]) is not Identity:
                yield part
    elif kind == "Activation":
        for part in _activation(layer, path, where):
            yield part
    elif kind == "Normalization":
        _check_flat(layer, where)
        yield where, layer, _normalization(layer, where)
    elif kind == "BatchNormalization":
        _check_flat(layer, where)
        weights = _weights(layer, 2 + layer.center + layer.scale, where)
        gamma = weights.pop(0) if layer.scale else None
        beta = weights.pop(0) if layer.center else None
        for made in exchange.batch_normalization(
            weights[0], weights[1], layer.epsilon, gamma, beta, where
        ):
            for parameter in made.parameters():
                parameter.frozen = parameter.frozen or not layer.trainable
            yield where, layer, made
    elif kind not in ("Flatten", "InputLayer"):
        known = [
            "Activation",
            "BatchNormalization",
            "Dense",
            "Flatten",
            "Normalization",
            "Sequential",
        ] + sorted(SAME)
        raise ValueError("{} is not supported; give one of {}".format(where, ", ".join(known)))


def chain_of(model: "Any") -> "List[Any]":
    """Return the layers of a functional model, first to last; refuse it if it is no chain."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"the model {shown(model.name)} has {len(model.inputs)} inputs and "
            f"{len(model.outputs)} outputs; a network has one of each"
        )
    layers: "List[Any]" = []
    tensor = model.outputs[0]
    while tensor is not model.inputs[0]:
        layer, node, _ = tensor._keras_history
        before = layer._inbound_nodes[node].input_tensors
        before = before if isinstance(before, (list, tuple)) else [before]  # as in Keras 2
        if len(before) != 1:
            what = f"the layer {shown(layer.name)} ({type(layer).__name__}) takes {len(before)}"
            raise ValueError(f"{what} tensors; a network is a chain of layers, without branches")
        if any([layer is other and layer.weights for other in layers]):
            what = f"the layer {shown(layer.name)} ({type(layer).__name__}) is used twice"
            raise ValueError(f"{what}; a network has a layer of its own for each place")
        layers.append(layer)
        tensor = before[0]
    return layers[::-1]


def _kind(layer: "Any") -> str:
    """Return the name of the Keras class that defines what the layer computes, "" if none does."""
    for kind in type(layer).__mro__:
        if kind.__module__.split(".")[0] == "keras":
            return (
                kind.__name__
                if getattr(type(layer), "call", None) is getattr(kind, "call", None)
                else ""
            )
    return ""


def _check_flat(layer: "Any", where: str) -> None:
    """Refuse a layer that is applied along the last of several dimensions of a sample."""
    try:
        rank = len(layer.input.shape)
    except (AttributeError, TypeError, ValueError):  # It was called directly, not in a model.
        return
    if rank > 2:
        raise ValueError(
            f"{where} is applied to {rank - 1} dimensions of a sample, which is flat here; "
            "put a Flatten before it"
        )


def _activation(layer: "Any", path: str, where: str) -> "Iterator[Part]":
    """Yield the activation of a Dense or an Activation: one of Keras's functions, or a layer."""
    function = layer.activation
    name = getattr(function, "__name__", type(function).__name__)
    if _kind(function):
        for part in _parts(function, path, layer):
            yield part
    elif name in FUNCTIONS and function.__module__.split(".")[0] == "keras":
        yield where, None, LeakyReLU(0.2) if name == "leaky_relu" else FUNCTIONS[name]()
    else:
        known = ", ".join(sorted(FUNCTIONS))
        raise ValueError(
            f"{where} has the activation {shown(name)}, which is not supported; give one of {known}"
        )


def _weights(layer: "Any", count: int, where: str) -> "List[Any]":
    """Return the arrays of ``get_weights`` as lists."""
    weights = [array.tolist() for array in layer.get_weights()]
    if not weights:
        raise ValueError(
            f"{where} has no weights yet; give the model a keras.Input first, or call it once"
        )
    if len(weights) != count:
        what = f"{where} has {len(weights)} arrays of weights instead of {count}"
        raise ValueError(f"{what}; quantization and LoRA are not supported")
    return weights


def _dense(layer: "Any", where: str) -> "Dense":
    weights = _weights(layer, 1 + bool(layer.use_bias), where)
    rows = checks.accept(weights[0], float, f"{where}: kernel")
    made = Dense(
        len(rows),
        len(rows[0]),
        weights=rows,
        bias=weights[1] if layer.use_bias else False,
    )
    for parameter in made.parameters():
        parameter.frozen = not layer.trainable
    return made


def _normalization(layer: "Any", where: str) -> "Normalization":
    mean, variance = layer.input_mean, layer.input_variance
    if mean is None:
        mean, variance, _ = _weights(layer, 3, where)
    mean, variance = [v.tolist() if hasattr(v, "tolist") else v for v in (mean, variance)]
    if not checks.is_sequence(mean):
        raise ValueError(
            f"{where} has one mean for all features; give it one mean and one variance per feature"
        )
    return exchange.normalization(
        mean, [max(sqrt(float(v)), SMALLEST_SPREAD) for v in variance], where
    )


# ---- to Keras --------------------------------------------------------------------------------


def to_keras(net: "Any", model: "Any" = None) -> "Any":
    """Return a keras.Sequential that predicts as the network does.

    If ``model``, a keras.Sequential, is given, write the network's numbers into it and return it.

    Layer k of a new model is layer k of the network, and a frozen Dense is not trainable. Its
    numbers have Keras's default type, 32 bits unless Keras is configured otherwise. A given model
    keeps its type of number. If one of its layers is not equivalent, a ValueError is raised and
    nothing is changed.
    """
    net = exchange.ready(net, "to_keras")
    if model is None:
        return to_keras(net, _new(net))
    writes = []
    for i, layer, part in exchange.paired(net, _all_parts(model, "to_keras")):
        if layer.parameters():
            writes.append((part[1], _arrays(i, layer, part)))
    for theirs, arrays in writes:
        theirs.set_weights(arrays)
        if _kind(theirs) == "Normalization":
            theirs.finalize_state()  # The layer computes with copies of its weights.
    return model


def _arrays(i: int, layer: "Any", part: "Part") -> "List[Any]":
    """Return the weights of the Keras layer, with our numbers."""
    where, theirs, _ = part
    if type(layer) is Dense and _kind(theirs) == "Dense":
        numbers = [layer.weights.value, exchange.bias_of(layer)]
        if not theirs.use_bias and any(numbers.pop()):
            raise exchange.unfit(i, layer, f"{where} has no bias; give a Dense with one")
    elif _kind(theirs) == "Normalization" and theirs.input_mean is None:
        numbers = [layer.mean.value, [s * s for s in layer.spread.value]]
        if min(layer.spread.value) < SMALLEST_SPREAD:
            raise exchange.unfit(i, layer, f"a spread in Keras is at least {SMALLEST_SPREAD}")
    else:
        raise exchange.unfit(
            i,
            layer,
            f"{where} cannot take the numbers; give keras.layers.{type(layer).__name__}()",
        )
    arrays = theirs.get_weights()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # An overflow is refused below.
        for array, values in zip(arrays, numbers):
            array[...] = values
            if not checks.are_finite(array.tolist() if array.ndim == 2 else [array.tolist()]):
                raise exchange.unfit(i, layer, f"it has a number too large for {array.dtype}")
    return list(arrays)


def _new(net: "Sequential") -> "Any":
    """Return a Sequential of the network's layers, before its numbers are set."""
    try:
        keras = importlib.import_module("keras")
    except ImportError:
        raise ImportError("to_keras: Keras or its backend is not installed") from None
    layers = []
    for i, layer in enumerate(net.layers):
        if type(layer) in NEW:
            layers.append(NEW[type(layer)](keras.layers, layer))
        elif type(layer) in NAMES and getattr(layer, "approximate", "none") == "none":
            layers.append(keras.layers.Activation(NAMES[type(layer)]))
        else:
            known = ", ".join(
                sorted([kind.__name__ for kind in NEW] + [kind.__name__ for kind in NAMES])
            )
            raise exchange.unfit(i, layer, f"Keras has no such layer; it has {known}")
        if type(layer) is Dense:
            layers[-1].trainable = not all([p.frozen for p in layer.parameters()])
    widths = [net.inputs] + [
        layer.mean.count for layer in net.layers if isinstance(layer, Normalization)
    ]
    return keras.Sequential([keras.Input((width,)) for width in widths if width][:1] + layers)
