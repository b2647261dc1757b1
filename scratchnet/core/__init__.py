"""The network, and nothing else. The modules, in reading order:

    elementary     exp, log, tanh, erf, ... in + - * / alone
    functions      functions of one number of any type; how floats are computed
    checks         the checks of options and data
    matrix         arithmetic on lists of lists
    random         a random number generator with the same numbers everywhere
    initializers   the initial values of weights
    layer          what a layer and a parameter are
    activations    sigmoid, tanh, softmax, ...
    layers         Dense, Dropout, Normalization
    losses         what training minimizes, and its gradients
    optimizers     how a weight changes: SGD, Adam, ...
    schedules      learning rates that change from step to step
    examples       samples, targets, weights, batches
    history        what a training run reports
    training       the loop: for each epoch, for each batch, one step
    network        Sequential: forward and backward through the layers

Three more modules are types (the names in annotations), plug_points (what the rest of the package
adds) and lazy (names that are imported when they are first used).

The core needs nothing from outside this folder except ``math``; of ``operator``, ``gc``, ``sys``
and ``warnings`` it uses what the interpreter has. It runs unmodified on MicroPython, even if only
this folder is copied, under any name. Its names are imported when they are first used, so that
prediction loads no losses, no optimizers and no training loop:

>>> from scratchnet.core import Dense, Sequential
>>> Sequential([Dense(2, 1, weights=[[3], [4]])]).predict([[1, 1]])
[[7.0]]
"""

from .lazy import load, prepare_module
from .types import Any

try:
    1 << len(__name__) + 64  # too long for the compiler to compute
except OverflowError:  # pragma: no cover
    raise ImportError("scratchnet needs a build with arbitrary-precision integers") from None

# The files in reading order, each with its public names.
FILES = {
    "types": "",
    "lazy": "",
    "elementary": "",
    "plug_points": "",
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
HOMES.update({file: "" for file in FILES})
__all__ = sorted([name for name in HOMES if name not in FILES])


def __getattr__(name: str) -> Any:
    """Import a file, or the file of a public name, when it is first used."""
    value = globals()[name] = load(__name__, HOMES, name)
    return value


prepare_module(__name__, __getattr__, HOMES)
