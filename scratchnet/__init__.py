"""scratchnet: a neural network that runs on every Python and hides nothing.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)])
>>> X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]                # the AND gate, one sample a row
>>> history = net.fit(X, Y, loss="perceptron", optimizer=sn.SGD(0.1), epochs=1000, shuffle=False)
>>> net.predict(X)
[[0.0], [0.0], [0.0], [1.0]]

``scratchnet.core`` is the network: ``help(scratchnet.core)`` gives the order in which to read it.
"""

import math
import sys

from .core import functions, initializers, matrix, random
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
from .core.checks import refuse_unknown, require
from .core.functions import kernel, set_kernel
from .core.history import Diverged, Epoch, History
from .core.layer import Layer, Parameter
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
from .core.plug_points import PLUG_POINTS, plug_in
from .core.random import Generator
from .core.schedules import CosineDecay, ExponentialDecay, StepDecay, WarmUp
from .core.training import epochs

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "Adagrad",
    "Adam",
    "AdamW",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "CosineDecay",
    "Dense",
    "Diverged",
    "Dropout",
    "ELU",
    "Epoch",
    "ExponentialDecay",
    "GELU",
    "Generator",
    "HalfSquaredError",
    "Hinge",
    "History",
    "Huber",
    "Identity",
    "Layer",
    "LeakyReLU",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Normalization",
    "Optimizer",
    "Parameter",
    "Perceptron",
    "RMSprop",
    "ReLU",
    "SELU",
    "SGD",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "StepDecay",
    "Tanh",
    "Threshold",
    "WarmUp",
    "check_gradients",
    "epochs",
    "explain",
    "from_keras",
    "from_sklearn",
    "from_torch",
    "functions",
    "initializers",
    "kernel",
    "load",
    "matrix",
    "random",
    "save",
    "set_kernel",
    "to_keras",
    "to_sklearn",
    "to_torch",
    "unroll",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, Optional, Sequence

    from .core.training import Engine, Training
    from .explanation.explanation import Explanation
    from .explanation.gradients import GradientCheck
    from .formats.files import Path

# The modules of the core that are offered here can also be imported from here.
for _module in (functions, initializers, matrix, random):
    sys.modules[__name__ + "." + _module.__name__.split(".")[-1]] = _module

# ---- what plugs into the core; everything above the core is imported when it is first used -------


def _products(kernel: str, dot: "Any") -> "Any":
    """Return the fastest matrix product of a kernel."""
    try:
        from .engines.products import PRODUCTS
    except ImportError:  # MicroPython
        return _default_products(kernel, dot)
    return PRODUCTS[kernel]


def _supplement(number: "Any", name: str) -> "Any":
    """Return a function of a number type of ``scalars``, or of decimal.Decimal."""
    if number.__name__ not in ("Decimal", "Symbolic", "Traced"):
        return None
    from .scalars import decimals, symbolic, traced

    functions_of = {decimals.Decimal: decimals, symbolic.Symbolic: symbolic, traced.Traced: traced}
    return getattr(functions_of.get(number), name, None)


def _engine(
    lists: "Engine", batch_size: int, name: str, executor: "Any", unroll: "Any"
) -> "Engine":
    """Return the engine of that name, or the fastest; code cannot be generated on MicroPython."""
    if unroll is not None:
        name = _engine_of_unroll(unroll)
    names = ("auto", "lists", "rows", "steps")
    require("engine", name, (lambda v: v in names, " or ".join([repr(n) for n in names])))
    if executor is not None:
        from .engines.workers import Parallel

        return Parallel(lists, batch_size, executor, name)
    if name == "lists":
        return lists
    try:
        from .engines import choice
    except ImportError:  # MicroPython
        return _default_engine(lists, batch_size, name, executor, None)  # type: ignore[no-any-return]
    return choice.chosen(lists, batch_size, name)


def _engine_of_unroll(unroll: "Any") -> str:
    """Return the engine that the deprecated option ``unroll`` asks for."""
    limit = (lambda v: v == "auto" or isinstance(v, bool), "'auto', True or False")
    require("unroll", unroll, limit)
    name = {True: "steps", False: "lists", "auto": "auto"}[unroll]
    try:
        from warnings import warn
    except ImportError:  # MicroPython
        return name
    text = f"unroll={unroll!r} is deprecated; write engine={name!r}"
    warn(text, DeprecationWarning, stacklevel=5)  # where `fit` was called
    return name


def _checkpoint(training: "Training", checkpoint: "Any") -> "Any":
    """Return the training that saves itself to a checkpoint."""
    from .engines.checkpoints import SavedTraining

    return SavedTraining(training, checkpoint)


_default_products = PLUG_POINTS["products"]
_default_engine = PLUG_POINTS["engine"]


def save(net: "Sequential", path: "Path", dtype: str = "float64") -> None:
    """Write the network to a file; its ending says the format: .safetensors, .json, .npz, .onnx (see formats/models.py).

    ``dtype="float32"``, for .onnx only, rounds the numbers, for programs that compute with no others.
    """
    from .formats import models

    models.save(net, path, dtype)


plug_in(
    products=_products,
    supplement=_supplement,
    engine=_engine,
    checkpoint=_checkpoint,
    save=save,
)
if hasattr(math, "dist"):  # the same kernel with another matrix product
    functions.KERNELS["dist"] = dict(functions.KERNELS["fast"])

# ---- what is offered from above the core ---------------------------------------------------------


def load(path: "Path", custom: "Sequence[Any]" = ()) -> "Sequential":
    """The network in a file that ``save`` wrote; ``custom``, the classes of layers of one's own in it."""
    from .formats import models

    return models.load(path, custom)


def from_sklearn(estimator: "Any") -> "Sequential":
    """The network that predicts as a fitted estimator of scikit-learn: an MLP, a linear model, a Pipeline that scales.

    The classes are in ``metadata["labels"]``. ValueError where there is none that does exactly the same; what there is
    for what: ``help(scratchnet.interop.sklearn)``.
    """
    from .interop import sklearn

    return sklearn.from_sklearn(estimator)


def to_sklearn(net: "Sequential", estimator: "Any") -> "Any":
    """Make an estimator of scikit-learn, ``to_sklearn(net, MLPClassifier())``, one that predicts as the network does.

    It is returned, too. ValueError, and it stays as it was, where it cannot; see ``from_sklearn``.
    """
    from .interop import sklearn

    return sklearn.to_sklearn(net, estimator)


def from_torch(module: "Any", activations: "Any" = None) -> "Sequential":
    """The network that an nn.Sequential of PyTorch is in eval mode, with every number exactly as it is.

    A state dict of Linear layers is taken with the activation after each, ``activations=["relu", "identity"]``.
    ValueError where there is no such network; what there is for what: ``help(scratchnet.interop.torch)``.
    """
    from .interop import torch

    return torch.from_torch(module, activations)


def to_torch(net: "Sequential", module: "Any" = None) -> "Any":
    """The network as an nn.Sequential in float64; or ``module``, an nn.Sequential that is brought, with its numbers.

    ValueError where a layer has no counterpart, or does not fit the module's; see ``from_torch``.
    """
    from .interop import torch

    return torch.to_torch(net, module)


def from_keras(model: "Any") -> "Sequential":
    """The network that a keras.Sequential is in prediction, with every number exactly as it is.

    ValueError where there is no such network; what there is for what: ``help(scratchnet.interop.keras)``.
    """
    from .interop import keras

    return keras.from_keras(model)


def to_keras(net: "Sequential", model: "Any" = None) -> "Any":
    """The network as a keras.Sequential; or ``model``, a keras.Sequential that is brought, with its numbers.

    ValueError where a layer has no counterpart, or does not fit the model's; see ``from_keras``.
    """
    from .interop import keras

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
    net: "Sequential",
    X: "Any",
    Y: "Any" = None,
    loss: "Any" = None,
    optimizer: "Any" = "adam",
    step: int = 1,
    steps: int = 1,
    batch_size: "Optional[int]" = None,
    shuffle: bool = False,
    seed: int = 0,
    sample_weight: "Any" = None,
    class_weight: "Any" = None,
    **unknown: "NoReturn",
) -> "Explanation":
    """Explain where every number of one training step comes from: forward, loss, backward, update.

    ``X``, ``Y``, ``loss``, ``optimizer``, ``batch_size``, ``seed``, ``sample_weight``, ``class_weight``
                   as for ``fit``; without ``Y`` only the forward pass is explained
    ``step``       which step of the training, from 1; the steps before it are repeated with engine="lists"
    ``steps``      how many steps are recorded, beginning with that one, for ``at(k)`` and for the page
    ``shuffle``    whether the samples are shuffled as in ``fit``; by default they keep their order

    ``names()`` of the result lists the numbers that can be asked for:

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(1, 1, weights=[[2]])])
    >>> print(sn.explain(net, [[3]])["0.z[0][0]"])
    0.z[0][0] = 6
      = x[0][0] · 0.weights[0][0] + 0.bias[0]
      = 3·2 + 0
      scratchnet/core/layers.py:...: return matrix.add_row(matrix.dot(X, self.weights.value), self.bias.value)
    from
      x[0][0] = 3, given
      0.weights[0][0] = 2, given
      0.bias[0] = 0, given
    """
    options = "loss, optimizer, step, steps, batch_size, shuffle, seed, sample_weight, class_weight"
    refuse_unknown("explain", unknown, options)
    from .explanation import explanation

    return explanation.explain(
        net,
        X,
        Y,
        loss,
        optimizer,
        step,
        steps,
        batch_size,
        shuffle,
        seed,
        sample_weight,
        class_weight,
    )
