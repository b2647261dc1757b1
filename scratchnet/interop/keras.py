"""Keras: a network from a Sequential or a chain of layers, and back.

    from_keras   a network with a model's numbers
    to_keras     a model with a network's numbers

    Keras                                              here
    Dense                                              Dense, and its activation
    Normalization  Rescaling                           Normalization
    BatchNormalization                                 Normalization; for gamma and beta a
                                                       Dense with a diagonal matrix
    LayerNormalization  RMSNormalization  PReLU        the same
    Dropout  ThresholdedReLU
    celu  elu  gelu  hard_sigmoid  hard_silu           CELU  ELU  ...
    leaky_relu  linear  log_softmax  mish  relu  selu
    sigmoid  silu  softmax  softplus  softsign  tanh
    hard_tanh  relu6                                   Clip
    log_sigmoid                                        Softplus between two Normalization
    ReLU  LeakyReLU  ELU  Softmax  Identity            the same; Clip(0, m) for max_value=m
    Flatten  Reshape                                   nothing, because samples are flat here
    GaussianNoise  GaussianDropout  AlphaDropout       nothing, as in a prediction
    SpatialDropout1D  ActivityRegularization

These are the layers of Keras 3 and of Keras 2, and the functions that a functional model calls on
its tensors, also h + 1 and h / 255. Functions of tensorflow and jax are recognized by name.
``from_keras`` keeps every number, because 64 bits can hold every number of Keras. Rescaling,
BatchNormalization and log_sigmoid are equal up to rounding. Only ``to_keras`` without a model needs
Keras. Keras computes in 32 bits unless ``keras.config.set_floatx("float64")`` is called before
anything else. Even then it computes tanh and BatchNormalization in 32 bits, and with PyTorch as its
backend all products. With PyTorch, softplus(z) is z from z = 20 on, which differs by 2e-9.
"""

import importlib
import warnings

from ..core import checks
from ..core.activations import ELU, Identity, LeakyReLU, Softmax
from ..core.checks import shown
from ..core.layers import Dense, Dropout, Normalization
from ..core.network import Sequential
from ..deep.activations import Clip, LogSoftmax, PReLU
from ..deep.normalization import LayerNormalization, RMSNormalization
from ..formats import exchange
from . import keras_operations
from .affine import size_affine_layers
from .keras_functions import function_of, single
from .keras_layers import SMALLEST_SPREAD, check, check_flat, kind_of, layers_of
from .keras_operations import Operation, operation_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

    from ..formats.exchange import Part

MODELS = ("Sequential", "Functional")
# The layers that to_keras makes, from keras.layers and our layer. All others become an Activation.
NEW: "Dict[Any, Any]" = {
    Dense: lambda layers, layer: layers.Dense(layer.outputs, use_bias=bool(layer.bias)),
    Dropout: lambda layers, layer: layers.Dropout(layer.rate),
    ELU: lambda layers, layer: layers.ELU(layer.alpha),
    LayerNormalization: lambda layers, layer: layers.LayerNormalization(
        epsilon=layer.epsilon, center=bool(layer.bias), scale=bool(layer.scale)
    ),
    LeakyReLU: lambda layers, layer: layers.LeakyReLU(layer.slope),
    Normalization: lambda layers, layer: layers.Normalization(),
    RMSNormalization: lambda layers, layer: layers.RMSNormalization(epsilon=layer.epsilon),
    PReLU: lambda layers, layer: layers.PReLU(shared_axes=[1] if layer.count == 1 else None),
}


# ---- from Keras ------------------------------------------------------------------------------


def from_keras(model: "Any") -> "Sequential":
    """Return the network that equals a keras.Sequential, or a keras.Model that is a chain.

    Layers that are not trainable are frozen. A model that branches, or uses a layer with weights
    twice, or has a layer that cannot be converted exactly, raises a ValueError that names the
    layer. ``help(scratchnet.interop.keras)`` lists what is supported.
    """
    return Sequential([layer for _, _, layer in _all_parts(model, "from_keras")])


def _all_parts(model: "Any", name: str) -> "List[Part]":
    if kind_of(model) not in MODELS:
        raise ValueError(
            f"{name}: {type(model).__name__} is neither a keras.Sequential nor a functional model, "
            "keras.Model(inputs, outputs); give one of them"
        )
    parts = list(_parts(model))
    places: "Dict[int, str]" = {}  # where each layer with weights is used
    for where, layer, _ in parts:
        if getattr(layer, "weights", None) and places.setdefault(id(layer), where) != where:
            what = f"the layer {shown(layer.name)} ({type(layer).__name__}) is used twice"
            raise ValueError(f"{what}; a network needs a separate layer for each place")
    return size_affine_layers(parts)


def _parts(layer: "Any", path: str = "", owner: "Any" = None) -> "Iterator[Part]":
    """Yield the parts of a layer, each with its equivalent layer here.

    ``path`` is the place of the layer: "2.0" is the first layer within the third. ``owner`` is the
    layer whose activation it is.
    """
    if isinstance(layer, Operation):
        where = f"layer {path} of the model ({layer.label})"
        for made in keras_operations.layers_of(layer, where):
            yield where, layer, made
        return
    kind = kind_of(layer)
    where = f"layer {path} of the model ({type(owner or layer).__name__})"
    if kind in MODELS:
        for k, child in enumerate(layer.layers if kind == "Sequential" else chain_of(layer)):
            for part in _parts(child, f"{path}.{k}".strip(".")):
                yield part
        return
    check(kind, layer, where)
    if kind != "Activation":
        for made in layers_of(kind, layer, where):
            yield where, layer, made
    if kind in ("Activation", "Dense"):
        for part in _activation(layer, path, where):
            if kind == "Activation" or type(part[2]) is not Identity:
                yield part


def _activation(layer: "Any", path: str, where: str) -> "Iterator[Part]":
    """Yield the activation of a Dense or an Activation: a function, or a layer."""
    if kind_of(layer.activation):
        for part in _parts(layer.activation, path, layer):
            yield part
        return
    for made in function_of(layer.activation, where):
        if type(made) in (Softmax, LogSoftmax):
            check_flat(layer, where)
        yield where, None, made


def chain_of(model: "Any") -> "List[Any]":
    """Return the layers of a functional model, first to last; refuse it if it is not a chain."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"the model {shown(model.name)} has {len(model.inputs)} inputs and "
            f"{len(model.outputs)} outputs; a network has one of each"
        )
    layers: "List[Any]" = []
    tensor = model.outputs[0]
    first = model.inputs[0]
    while tensor is not first and tensor._keras_history != first._keras_history:
        layer, place, _ = tensor._keras_history
        node = layer._inbound_nodes[place]
        # Keras 2 calls them keras_inputs; its input_tensors may be constants.
        before = node.keras_inputs if hasattr(node, "keras_inputs") else node.input_tensors
        if len(before) != 1:
            what = f"the layer {shown(layer.name)} ({type(layer).__name__}) takes {len(before)}"
            raise ValueError(f"{what} tensors; a network is a chain of layers, without branches")
        layers.append(operation_of(layer, node, before[0]))
        tensor = before[0]
    return layers[::-1]


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
    for i, layer, part in exchange.pair_layers(net, _all_parts(model, "to_keras")):
        if layer.parameters():
            writes.append((part[1], _arrays(i, layer, part)))
    for theirs, arrays in writes:
        theirs.set_weights(arrays)
        if kind_of(theirs) == "Normalization":
            theirs.finalize_state()  # The layer computes with copies of its weights.
    return model


def _arrays(i: int, layer: "Any", part: "Part") -> "List[Any]":
    """Return the weights of the Keras layer, with our numbers."""
    where, theirs, _ = part
    if type(layer) is Dense and kind_of(theirs) == "Dense":
        numbers = [layer.weights.value, exchange.bias_of(layer)]
        if not theirs.use_bias and any(numbers.pop()):
            raise exchange.unfit(i, layer, f"{where} has no bias; give a Dense with one")
    elif kind_of(theirs) in ("LayerNormalization", "PReLU", "RMSNormalization"):
        numbers = [parameter.value for parameter in layer.parameters()]
    elif kind_of(theirs) == "Normalization" and theirs.input_mean is None:
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
        layers.append(_new_layer(i, layer, keras.layers))
        if type(layer) is not Normalization and layer.parameters():
            layers[-1].trainable = not all([p.frozen for p in layer.parameters()])
    widths = [net.inputs] + [
        layer.mean.count for layer in net.layers if isinstance(layer, Normalization)
    ]
    return keras.Sequential([keras.Input((width,)) for width in widths if width][:1] + layers)


def _new_layer(i: int, layer: "Any", layers: "Any") -> "Any":
    """Return Keras's layer that is equivalent to layer ``i``; ``layers`` is ``keras.layers``."""
    if type(layer) in NEW:
        return NEW[type(layer)](layers, layer)
    by_name = single()
    for name, same in by_name.items():
        if type(layer) is type(same) and layer.config() == same.config():
            return layers.Activation(name)
    if type(layer) is Clip and layer.low == 0 and layer.high is not None:
        return layers.ReLU(max_value=layer.high)
    known = ", ".join(sorted([kind.__name__ for kind in NEW] + list(by_name)))
    raise exchange.unfit(i, layer, f"Keras has no such layer; it has {known}")
