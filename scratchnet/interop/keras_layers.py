"""Keras's layers and the equivalent layers here.

    layers_of    the layers that compute what a layer of Keras computes
    kind_of      the name of the class of Keras that defines what a layer computes
    KNOWN        the layers that have an equivalent

Keras 2, by its names keras, tf_keras and tensorflow.keras, is known like Keras 3.
"""

from ..core import checks
from ..core.activations import ELU, Identity, LeakyReLU, ReLU, Softmax
from ..core.functions import sqrt
from ..core.layers import Dense, Dropout
from ..deep.activations import Clip, PReLU, ThresholdedReLU
from ..deep.normalization import LayerNormalization, RMSNormalization
from ..formats import exchange
from .affine import Affine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer

PACKAGES = ("keras", "tf_keras")
SMALLEST_SPREAD = 1e-7  # Keras divides by this instead of a smaller spread: keras.config.epsilon()
# Layers that do nothing in a prediction, or only give a sample another shape.
NOTHING = (
    "ActivityRegularization",
    "AlphaDropout",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "InputLayer",
    "Reshape",
    "SpatialDropout1D",
)
# A condition on a layer, and the advice in the error text if it does not hold.
ALONG_FEATURES = (lambda layer: axes_of(layer) in ((-1,), (1,)), "give axis=-1")
HOLDS: "Dict[str, Any]" = {
    "BatchNormalization": ALONG_FEATURES,
    "Flatten": (
        lambda layer: getattr(layer, "data_format", None) != "channels_first",
        'give data_format="channels_last"',
    ),
    "LayerNormalization": (
        lambda layer: axes_of(layer) in ((-1,), (1,)) and not getattr(layer, "rms_scaling", False),
        "give axis=-1 and no rms_scaling",
    ),
    "Normalization": (lambda layer: axes_of(layer) in ((), (-1,), (1,)), "give axis=-1"),
    "ReLU": (
        lambda layer: not layer.threshold and (layer.max_value is None or not layer.negative_slope),
        "give no threshold, and only one of max_value and negative_slope",
    ),
    "RMSNormalization": ALONG_FEATURES,
    "Softmax": ALONG_FEATURES,
}
# These compute along the last dimension of a sample.
OF_FLAT_SAMPLES = (
    "BatchNormalization",
    "Dense",
    "LayerNormalization",
    "Normalization",
    "PReLU",
    "RMSNormalization",
    "Softmax",
)


def axes_of(layer: "Any") -> "Any":
    """Return the axis of a layer as a tuple."""
    axis = layer.axis
    if axis is None:
        return ()
    return (axis,) if isinstance(axis, int) else tuple(axis)


def kind_of(layer: "Any") -> str:
    """Return the name of the Keras class that defines what the layer computes, "" if none does."""
    for kind in type(layer).__mro__:
        home = kind.__module__
        if home.split(".")[0] in PACKAGES or home.startswith("tensorflow.python.keras."):
            same = [
                getattr(type(layer), method, None) is getattr(kind, method, None)
                for method in ("call", "__call__")
            ]
            return kind.__name__ if all(same) and "call" not in vars(layer) else ""
    return ""


def check(kind: str, layer: "Any", where: str) -> None:
    """Refuse a layer that has no equivalent, or whose parameters have none."""
    if kind not in KNOWN:
        raise ValueError(f"{where} is not supported; give one of {', '.join(KNOWN)}")
    holds, otherwise = HOLDS.get(kind, (None, ""))
    if holds and not holds(layer):
        raise ValueError(f"{where} cannot be converted exactly: {otherwise}")
    if kind in OF_FLAT_SAMPLES:
        check_flat(layer, where)


def check_flat(layer: "Any", where: str) -> None:
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


def layers_of(kind: str, layer: "Any", where: str) -> "List[Layer]":
    """Return the layers that compute what a layer of a known kind computes.

    The activation of a Dense is not among them.
    """
    layers: "List[Layer]" = [] if kind in NOTHING else MADE[kind](layer, where)
    return layers


def _weights(layer: "Any", count: int, where: str) -> "List[Any]":
    """Return the arrays of ``get_weights`` as lists."""
    weights = [array.tolist() for array in layer.get_weights()]
    if not weights and count:
        raise ValueError(
            f"{where} has no weights yet; give the model a keras.Input first, or call it once"
        )
    if len(weights) != count:
        what = f"{where} has {len(weights)} arrays of weights instead of {count}"
        raise ValueError(f"{what}; quantization and LoRA are not supported")
    return weights


def _freeze_as(layer: "Any", made: "List[Layer]") -> "List[Layer]":
    """Return the layers, whose parameters are frozen if the layer of Keras is not trainable."""
    for each in made:
        for parameter in each.parameters():
            parameter.frozen = parameter.frozen or not layer.trainable
    return made


def _dense(layer: "Any", where: str) -> "List[Layer]":
    weights = _weights(layer, 1 + bool(layer.use_bias), where)
    rows = checks.accept(weights[0], float, f"{where}: kernel")
    bias = weights[1] if layer.use_bias else False
    return _freeze_as(layer, [Dense(len(rows), len(rows[0]), weights=rows, bias=bias)])


def _batch_normalization(layer: "Any", where: str) -> "List[Layer]":
    weights = _weights(layer, 2 + layer.center + layer.scale, where)
    gamma = weights.pop(0) if layer.scale else None
    beta = weights.pop(0) if layer.center else None
    mean, variance = weights
    made = exchange.batch_normalization(mean, variance, layer.epsilon, gamma, beta, where)
    return _freeze_as(layer, made)


def _layer_normalization(layer: "Any", where: str) -> "List[Layer]":
    weights = _weights(layer, layer.center + layer.scale, where)
    count = len(weights[0]) if weights else int(layer.input.shape[-1])
    scale = weights.pop(0) if layer.scale else False
    bias = weights.pop(0) if layer.center else False
    return _freeze_as(layer, [LayerNormalization(count, layer.epsilon, scale, bias)])


def _rms_normalization(layer: "Any", where: str) -> "List[Layer]":
    scale = _weights(layer, 1, where)[0]
    return _freeze_as(layer, [RMSNormalization(len(scale), layer.epsilon, scale)])


def _as_lists(values: "Any") -> "Any":
    """Return a tensor as lists."""
    if hasattr(values, "tolist"):
        return values.tolist()
    return values.numpy().tolist() if hasattr(values, "numpy") else values


def _flat(values: "Any") -> "List[float]":
    """Return the numbers of nested lists."""
    if not isinstance(values, (list, tuple)):
        return [float(values)]
    return [number for part in values for number in _flat(part)]


def _normalization(layer: "Any", where: str) -> "List[Layer]":
    """(x - mean)/spread, or the inverse: x·spread + mean"""
    # It computes with these copies of its weights, which set_weights does not change.
    given = [getattr(layer, name, None) for name in ("mean", "variance")]
    if any([v is None for v in given]):
        raise ValueError(f"{where} has no weights yet; give the model a keras.Input first")
    means, variances = [_flat(_as_lists(v)) for v in given]
    spreads = [max(sqrt(float(v)), SMALLEST_SPREAD) for v in variances]
    if getattr(layer, "invert", False):
        means = [-m / s for m, s in zip(means, spreads)]
        spreads = [1 / s for s in spreads]
    if axes_of(layer) == ():
        return [Affine(means[0], spreads[0])]
    return [exchange.normalization(means, spreads, where)]


def _rescaling(layer: "Any", where: str) -> "List[Layer]":
    """x·scale + offset, as (x + offset/scale)/(1/scale)"""
    scale, offset = [v.tolist() if hasattr(v, "tolist") else v for v in (layer.scale, layer.offset)]
    count = max([len(v) if checks.is_sequence(v) else 0 for v in (scale, offset)])
    scales, offsets = [
        list(v) if checks.is_sequence(v) else [v] * max(count, 1) for v in (scale, offset)
    ]
    if 0 in scales:
        raise ValueError(f"{where} multiplies by 0; give another scale")
    shift = [-b / s for s, b in zip(scales, offsets)]
    spread = [1 / s for s in scales]
    if not count:
        return [Affine(shift[0], spread[0])]
    check_flat(layer, where)
    return [exchange.normalization(shift, spread, where)]


def _prelu(layer: "Any", where: str) -> "List[Layer]":
    slope = _weights(layer, 1, where)[0]
    return _freeze_as(layer, [PReLU(len(slope), slope)])


def _relu(layer: "Any", where: str) -> "List[Layer]":
    if layer.max_value is not None:
        return [Clip(0, float(layer.max_value))]
    return [LeakyReLU(float(layer.negative_slope)) if layer.negative_slope else ReLU()]


def _leaky_relu(layer: "Any", where: str) -> "List[Layer]":
    slope = layer.negative_slope if hasattr(layer, "negative_slope") else layer.alpha  # Keras 2
    return [LeakyReLU(float(slope))]


MADE: "Dict[str, Any]" = {
    "BatchNormalization": _batch_normalization,
    "Dense": _dense,
    "Dropout": lambda layer, where: [Dropout(layer.rate)],
    "ELU": lambda layer, where: [ELU(float(layer.alpha))],
    "Identity": lambda layer, where: [Identity()],
    "LayerNormalization": _layer_normalization,
    "LeakyReLU": _leaky_relu,
    "Normalization": _normalization,
    "PReLU": _prelu,
    "RMSNormalization": _rms_normalization,
    "ReLU": _relu,
    "Rescaling": _rescaling,
    "Softmax": lambda layer, where: [Softmax()],
    "ThresholdedReLU": lambda layer, where: [ThresholdedReLU(float(layer.theta))],  # Keras 2
}
KNOWN = tuple(sorted(("Activation", "Sequential") + NOTHING + tuple(MADE)))
