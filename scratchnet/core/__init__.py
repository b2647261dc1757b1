"""The network, and nothing else. Read top to bottom, this is the book:

    elementary     exp, log, tanh, erf, ... in + - * / alone
    functions      functions of one number of any type; how floats are computed
    checks         what comes from outside, and how it is refused
    matrix         arithmetic on lists of lists
    random         a generator with the same numbers everywhere
    initializers   the first values of weights
    layer          what a layer and a parameter are
    activations    sigmoid, tanh, softmax, ...
    layers         Dense, Dropout, Normalization
    losses         what training makes small, and its gradients
    optimizers     how a weight changes: SGD, Adam, ...
    schedules      learning rates that change with time
    examples       samples, targets, weights, batches
    history        what a training reports
    training       the loop: for each epoch, for each batch, one step
    network        Sequential: forward and backward through the layers

Beside them stand types (the names in annotations) and plug_points (what the rest of the package adds).

The core imports nothing from outside this folder except ``math``. It runs on MicroPython as it is, also if this
folder alone is copied, under any name. Its names are imported when they are first used, so that prediction loads
neither losses nor optimizers nor the training loop:

>>> from scratchnet.core import Dense, Sequential
>>> Sequential([Dense(2, 1, weights=[[3], [4]])]).predict([[1, 1]])
[[7.0]]
"""

from .types import Any

# The files in reading order, each with its public names.
FILES = {
    "types": "",
    "plug_points": "",
    "elementary": "",
    "functions": "kernel set_kernel",
    "checks": "",
    "matrix": "",
    "random": "Generator",
    "initializers": "",
    "layer": "Layer Parameter",
    "activations": "Activation ELU GELU Identity LeakyReLU ReLU SELU Sigmoid SiLU Softmax Softplus "
    "Tanh Threshold",
    "layers": "Dense Dropout Normalization",
    "losses": "BinaryCrossEntropy CategoricalCrossEntropy HalfSquaredError Hinge Huber Loss "
    "MeanAbsoluteError MeanSquaredError Perceptron",
    "optimizers": "Adagrad Adam AdamW Optimizer RMSprop SGD",
    "schedules": "CosineDecay ExponentialDecay StepDecay WarmUp",
    "examples": "",
    "history": "Diverged Epoch History",
    "training": "epochs",
    "network": "Sequential",
}
HOMES = {name: file for file, names in FILES.items() for name in names.split()}
__all__ = sorted(HOMES)


def __getattr__(name: str) -> Any:
    """Import a file, or the file of a public name, when it is first used."""
    if name not in FILES and name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file = HOMES.get(name, name)
    module = __import__(f"{__name__}.{file}", None, None, [file])
    value = module if file == name else getattr(module, name)
    globals()[name] = value
    return value


try:
    import sys

    has_getattr = sys.version_info >= (3, 7) or sys.implementation.name != "cpython"
except (ImportError, AttributeError):
    has_getattr = True

if (
    not has_getattr
):  # In Python 3.6 a module has no __getattr__ (PEP 562), but its class can have it.

    class _Module(type(sys)):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            return __getattr__(name)

    sys.modules[__name__].__class__ = _Module
