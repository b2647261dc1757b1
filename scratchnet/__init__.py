"""scratchnet: a neural network that runs on every Python and hides nothing.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)])
>>> X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]                # the AND gate, one sample a row
>>> history = net.fit(X, Y, loss="perceptron", optimizer=sn.SGD(0.1), epochs=1000, shuffle=False)
>>> net.predict(X)
[[0.0], [0.0], [0.0], [1.0]]

Read the core from the bottom up: functions.py, matrix.py, ... network.py.
"""

import math

from .core import functions, initializers, layer, matrix, random, training
from .core.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
    Threshold,
)
from .core.functions import kernel, set_kernel
from .core.layers import Dense, Dropout, Normalization
from .core.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    HalfSquaredError,
    Hinge,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    Perceptron,
)
from .core.network import Sequential
from .core.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from .core.layer import Layer, Parameter
from .core.random import Generator
from .core.schedules import CosineDecay, ExponentialDecay, StepDecay, WarmUp
from .core.training import Diverged, Epoch, History, epochs

__version__ = "0.1.0"

__all__ = [
    "Activation", "Adagrad", "Adam", "AdamW", "BinaryCrossEntropy", "CategoricalCrossEntropy", "CosineDecay", "Dense",
    "Diverged", "Dropout", "ELU", "Epoch", "ExponentialDecay", "GELU", "Generator", "HalfSquaredError", "Hinge",
    "History", "Huber", "Identity", "Layer", "LeakyReLU", "Loss", "MeanAbsoluteError", "MeanSquaredError",
    "Normalization", "Optimizer", "Parameter", "Perceptron", "RMSprop", "ReLU", "SELU", "SGD", "Sequential", "SiLU",
    "Sigmoid", "Softmax", "Softplus", "StepDecay", "Tanh", "Threshold", "WarmUp", "check_gradients", "epochs",
    "explain", "from_keras", "from_sklearn", "from_torch", "functions", "initializers", "kernel", "load", "matrix",
    "random", "save", "set_kernel", "to_keras", "to_sklearn", "to_torch", "unroll",
]  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from .explanation.explanation import Explanation
    from .explanation.gradients import GradientCheck
    from .formats.files import Path
    from .core.training import Engine, Training


# ---- what stands above the core is imported when it is first used ------------------------------------------------


def _supplement(number: "Any", name: str) -> "Any":
    """What a type of scalars', or decimal.Decimal, computes by a function; None for any other type."""
    if number.__name__ not in ("Decimal", "Symbolic", "Traced"):
        return None
    from .scalars import decimals, symbolic, traced

    functions_of = {decimals.Decimal: decimals, symbolic.Symbolic: symbolic, traced.Traced: traced}
    return getattr(functions_of.get(number), name, None)


functions.supplement = _supplement


def _products(name: str) -> "Any":
    """A product of matrices from codegen/, for a kernel."""

    def products(A: "Any", B: "Any") -> "Any":
        try:
            from .codegen import products as ways

            way = getattr(ways, name)
        except ImportError:  # MicroPython
            way = functions.products_by(functions.dot)
        for entry in functions.KERNELS.values():  # the next time without a detour
            if entry["products"] is products:
                entry["products"] = way
        return way(A, B)

    return products


def _engine_of(engine: "Engine", size: int, unroll: "Any", executor: "Any") -> "Engine":
    """The fastest engine that does what this one does, where code can be made: not on MicroPython."""
    layer.require(
        "unroll", unroll, (lambda v: v == "auto" or isinstance(v, bool), "'auto', True or False")
    )
    if executor is not None:
        from .parallel import Parallel

        return Parallel(engine, size, executor, unroll)
    try:
        from .codegen import engines
    except ImportError:
        return engine
    return engines.faster(engine, size, unroll)


def _training_of(training: "Training", checkpoint: "Any") -> "Training":
    """The training that keeps a checkpoint, where one is asked for."""
    if checkpoint is None:
        return training
    from . import checkpoints

    return checkpoints.Keeping(training, checkpoint)


training.engine_of = _engine_of
training.training_of = _training_of
functions.KERNELS["fast"]["products"] = _products("shortest_way")
functions.KERNELS["portable"]["products"] = _products("left_to_right")
_dist = dict(functions.KERNELS["fast"], products=_products("by_distance"))
functions.KERNELS.update({"dist": _dist} if hasattr(math, "dist") else {})


def save(net: "Sequential", path: "Path", dtype: str = "float64") -> None:
    """Write the network to a file; the format by the ending: .safetensors, .json, .npz, .onnx (see formats/models.py).

    ``dtype="float32"``, for .onnx only, rounds the numbers, for programs that compute with no others.
    """
    from .formats import models

    models.save(net, path, dtype)


def load(path: "Path", custom: "Sequence[Any]" = ()) -> "Sequential":
    """The network in a file that ``save`` wrote; ``custom``, the classes of layers of one's own in it."""
    from .formats import models

    return models.load(path, custom)


def from_sklearn(estimator: "Any") -> "Sequential":
    """The network that predicts as a fitted estimator of scikit-learn: an MLP, a linear model, a Pipeline that scales.

    The classes are in ``metadata["labels"]``. ValueError where there is none that does exactly the same; what there is
    for what: ``help(scratchnet.formats.sklearn)``.
    """
    from .formats import sklearn

    return sklearn.from_sklearn(estimator)


def to_sklearn(net: "Sequential", estimator: "Any") -> "Any":
    """Make an estimator of scikit-learn, ``to_sklearn(net, MLPClassifier())``, one that predicts as the network does.

    It is returned, too. ValueError, and it stays as it was, where it cannot; see ``from_sklearn``.
    """
    from .formats import sklearn

    return sklearn.to_sklearn(net, estimator)


def from_torch(module: "Any", activations: "Any" = None) -> "Sequential":
    """The network that an nn.Sequential of PyTorch is in eval mode, with every number exactly as it is.

    A state dict of Linear layers is taken with the activation after each, ``activations=["relu", "identity"]``.
    ValueError where there is no such network; what there is for what: ``help(scratchnet.formats.torch)``.
    """
    from .formats import torch

    return torch.from_torch(module, activations)


def to_torch(net: "Sequential", module: "Any" = None) -> "Any":
    """The network as an nn.Sequential in float64; or ``module``, an nn.Sequential that is brought, with its numbers.

    ValueError where a layer has no counterpart, or does not fit the module's; see ``from_torch``.
    """
    from .formats import torch

    return torch.to_torch(net, module)


def from_keras(model: "Any") -> "Sequential":
    """The network that a keras.Sequential is in prediction, with every number exactly as it is.

    ValueError where there is no such network; what there is for what: ``help(scratchnet.formats.keras)``.
    """
    from .formats import keras

    return keras.from_keras(model)


def to_keras(net: "Sequential", model: "Any" = None) -> "Any":
    """The network as a keras.Sequential; or ``model``, a keras.Sequential that is brought, with its numbers.

    ValueError where a layer has no counterpart, or does not fit the model's; see ``from_keras``.
    """
    from .formats import keras

    return keras.to_keras(net, model)


def check_gradients(
    net: "Sequential", X: "Any", Y: "Any", loss: "Any", sample_weight: "Any" = None
) -> "GradientCheck":
    """Backpropagation beside exact derivatives and central differences: a table, and ``passed``.

    Of each parameter it shows the number whose gradient is furthest from the exact derivative.
    """
    from .explanation import gradients

    return gradients.check_gradients(net, X, Y, loss, sample_weight)


def unroll(net: "Sequential", constants: bool = True) -> "Any":
    """The network's prediction for one sample as straight-line Python: a function, its text in ``.source``.

    ``constants``   True: the weights stand in the code; False: they are given with each call, as the second argument,
                    ``[p.value for p in net.parameters()]``

    It gives the bits of ``predict`` in the portable kernel, the same to rounding in the fast one. It checks nothing:
    the sample is a list of ``net.inputs`` finite numbers. ValueError where a layer of one's own cannot be spelled out.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1])])
    >>> sn.unroll(net)([1, 3])
    [7.5]
    """
    from .codegen import unrolled

    return unrolled.unroll(net, constants)


def explain(
    net: "Sequential", X: "Any", Y: "Any" = None, loss: "Any" = None, **options: "Any"
) -> "Explanation":
    """Where every number of one step of training comes from: forward, loss, backward, update.

    ``optimizer``  as for ``fit`` ("adam"); so are ``shuffle`` (False: in the order of the data), ``batch_size``,
                   ``seed``, ``sample_weight``, ``class_weight``
    ``step``       which step of the training, from 1; those before it are run again, with the floats of unroll=False
    ``steps``      how many are recorded, from that one on, for ``at(k)`` and for the page

    Without ``Y`` only the forward pass is explained. ``names()`` of the result lists the numbers that it answers for:

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(1, 1, weights=[[2]])])
    >>> print(sn.explain(net, [[3]])["0.z[0][0]"])
    0.z[0][0] = 6
      = x[0][0] · 0.weights[0][0] + 0.bias[0]
      = 3·2 + 0
      scratchnet/core/layers.py:68: return matrix.add_row(matrix.dot(X, self.weights.value), self.bias.value)
    from
      x[0][0] = 3, given
      0.weights[0][0] = 2, given
      0.bias[0] = 0, given
    """
    from .explanation import explanation

    return explanation.explain(net, X, Y, loss, **options)
