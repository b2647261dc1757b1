"""What people who know other libraries write: their names, and Dense with an activation.

name       the name here that a name elsewhere means: "mse", "categorical_crossentropy", "Adam"
expand     Dense(4, 8, activation="relu") as two layers

>>> from scratchnet.core.losses import LOSSES
>>> name("loss", "mse", LOSSES), name("loss", "BinaryCrossentropy", LOSSES)
('mean_squared_error', 'binary_cross_entropy')
>>> name("loss", "mean_square_error", LOSSES)
Traceback (most recent call last):
    ...
ValueError: loss 'mean_square_error' is unknown; give one of: ...; did you mean 'mean_squared_...
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer

# Names that have one meaning, in the spelling of ``_key``.
ALIASES = {
    "mse": "mean_squared_error",
    "mseloss": "mean_squared_error",
    "mae": "mean_absolute_error",
    "l1loss": "mean_absolute_error",
    "huberloss": "huber",
    "bce": "binary_cross_entropy",
    "bceloss": "binary_cross_entropy",
    "sparsecategoricalcrossentropy": "categorical_cross_entropy",
    "hingeloss": "hinge",
    "swish": "SiLU",
    "linear": "Identity",
    "logistic": "Sigmoid",
    "step": "Threshold",
    "heaviside": "Threshold",
}
# Names that have several meanings, and what to write instead.
CROSS_ENTROPIES = (
    "binary_cross_entropy (after Sigmoid) or categorical_cross_entropy (after Softmax)"
)
SQUARES = "mean_squared_error or half_squared_error"
AMBIGUOUS = {
    "crossentropy": CROSS_ENTROPIES,
    "crossentropyloss": CROSS_ENTROPIES,
    "logloss": CROSS_ENTROPIES,
    "squarederror": SQUARES,
    "l2": SQUARES,
    "glorot": "glorot_uniform or glorot_normal",
    "xavier": "xavier_uniform or xavier_normal",
    "he": "he_uniform or he_normal",
    "kaiming": "kaiming_uniform or kaiming_normal",
    "lecun": "lecun_uniform or lecun_normal",
}
# The cross-entropy that is meant after these layers.
AFTER = {"Sigmoid": "binary_cross_entropy", "Softmax": "categorical_cross_entropy"}


def name(kind: str, given: str, family: "Dict[str, Any]", last: "Any" = None) -> str:
    """Return the name in ``family`` that ``given`` means, whatever its spelling.

    ``last`` is the last layer of the network, which decides what "cross_entropy" means. Raise a
    ValueError, with the nearest name, if there is none.
    """
    if given in family:
        return given
    key = _key(given)
    names = {_key(known): known for known in family}
    if key in names:
        return names[key]
    if ALIASES.get(key) in family:
        return ALIASES[key]
    if AMBIGUOUS.get(key) is CROSS_ENTROPIES and type(last).__name__ in AFTER:
        return AFTER[type(last).__name__]
    text = f"{kind} {given!r} is unknown; give one of: {', '.join(sorted(family))}"
    meant = AMBIGUOUS.get(key, "")
    if meant.split(" ")[0] not in family:
        nearest = _nearest(key, list(names) + [a for a in ALIASES if ALIASES[a] in family])
        meant = nearest and repr(names.get(nearest) or ALIASES[nearest])
    raise ValueError(f"{text}; did you mean {meant}?" if meant else text)


def _key(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return "".join([c for c in name.lower() if c not in " _-."])


def _nearest(key: str, keys: "List[str]") -> str:
    """Return the key that is most like this one, or an empty string."""
    try:
        from difflib import get_close_matches
    except ImportError:  # MicroPython
        return ""
    return (get_close_matches(key, keys, 1, 0.7) or [""])[0]


def expand(given: "List[Layer]") -> "List[Layer]":
    """Return the layers, each ``Dense(..., activation=...)`` as a Dense and its activation.

    The Dense is a new one that shares the parameters.
    """
    found: "List[Any]" = []
    for layer in given:
        activation = getattr(layer, "placed_after", None)
        if activation is None:
            found.append(layer)
        else:
            found += [_without_activation(layer), activation]
    return found


def _without_activation(layer: "Any") -> "Any":
    twin = type(layer)(**layer.config())
    twin.weights, twin.bias, twin.initializer = layer.weights, layer.bias, layer.initializer
    return twin
