"""Keras's activation functions and the equivalent layers here.

    function_of   the layers that compute what a function computes
    single        the functions that are one layer

A function is known by its name and the module that defines it: the functions of Keras 3, Keras 2,
tensorflow and jax differ.
"""

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
from ..deep.activations import CELU, Clip, Exp, HardSigmoid, HardSwish, LogSoftmax, Mish, Softsign
from .affine import Affine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer


def _log_sigmoid() -> "List[Layer]":
    return [Affine(0.0, -1.0), Softplus(), Affine(0.0, -1.0)]


# Functions by name, with the default arguments of Keras: the slope of leaky_relu is 0.2.
FUNCTIONS: "Dict[str, Any]" = {
    "celu": lambda: [CELU()],
    "elu": lambda: [ELU()],
    "exponential": lambda: [Exp()],
    "gelu": lambda: [GELU()],
    "hard_sigmoid": lambda: [HardSigmoid()],
    "hard_silu": lambda: [HardSwish()],
    "hard_tanh": lambda: [Clip(-1, 1)],
    "leaky_relu": lambda: [LeakyReLU(0.2)],
    "linear": lambda: [Identity()],
    "log_sigmoid": _log_sigmoid,
    "log_softmax": lambda: [LogSoftmax()],
    "mish": lambda: [Mish()],
    "relu": lambda: [ReLU()],
    "relu6": lambda: [Clip(0, 6)],
    "selu": lambda: [SELU()],
    "sigmoid": lambda: [Sigmoid()],
    "silu": lambda: [SiLU()],
    "softmax": lambda: [Softmax()],
    "softplus": lambda: [Softplus()],
    "softsign": lambda: [Softsign()],
    "swish": lambda: [SiLU()],
    "tanh": lambda: [Tanh()],
}
OF_KERAS_2: "Dict[str, Any]" = {"hard_sigmoid": lambda: [HardSigmoid(0.2, 0.5)]}
# The modules in which Keras 2 defines its functions, where Keras 3 defines none.
MODULES_OF_KERAS_2 = (
    "keras.activations",
    "keras.backend",
    "keras.src.activations",
    "keras.src.backend",
)
# The libraries whose functions of these names are the same, and where they differ from Keras 3.
LIBRARIES: "Dict[str, Dict[str, Any]]" = {
    "jax": {"gelu": lambda: [GELU("tanh")], "leaky_relu": lambda: [LeakyReLU(0.01)]},
    "keras": {},
    "tensorflow": OF_KERAS_2,
    "tf_keras": OF_KERAS_2,
}


def single() -> "Dict[str, Layer]":
    """Return Keras's functions that one layer computes: {name: layer}."""
    made = {name: make() for name, make in FUNCTIONS.items()}
    return {name: layers[0] for name, layers in made.items() if len(layers) == 1}


def function_of(function: "Any", where: str) -> "List[Layer]":
    """Return the layers of an activation function."""
    name = str(getattr(function, "__name__", type(function).__name__))
    plain = name[:-3] if name.endswith("_v2") else name  # as in tensorflow: softmax_v2
    module = str(getattr(function, "__module__", ""))
    home = module.split(".")[0]
    if home in LIBRARIES and plain in FUNCTIONS:
        own = OF_KERAS_2 if module in MODULES_OF_KERAS_2 else LIBRARIES[home]
        made: "List[Layer]" = dict(FUNCTIONS, **own)[plain]()
        return made
    if plain in FUNCTIONS:
        raise ValueError(
            f"{where} has the function {name} of {shown(home)} as its activation; "
            f'give it by its name in Keras, "{plain}"'
        )
    known = ", ".join(sorted(FUNCTIONS))
    raise ValueError(
        f"{where} has the activation {shown(name)}, which is not supported; give one of {known}"
    )
