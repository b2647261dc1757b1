"""scratchnet: a neural network that runs on every Python and hides nothing.

>>> import scratchnet as sn
>>> X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]  # the AND gate, one sample per row
>>> neuron = sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1])
>>> net = sn.Sequential([neuron, sn.Sigmoid(), sn.Threshold(0.5)])
>>> history = net.fit(X, Y, loss="perceptron", optimizer=sn.SGD(0.1), epochs=1000, shuffle=False)
>>> net.predict(X)
[[0.0], [0.0], [0.0], [1.0]]

The network itself is in ``scratchnet.core``; ``help(scratchnet.core)`` gives the reading order.
"""

import math
import sys

from . import core
from .core import functions, initializers, matrix, random
from .core.checks import require
from .core.lazy import load as _load
from .core.lazy import prepare_module as _prepare_module
from .core.plug_points import PLUG_POINTS, plug_in

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
    "compile",
    "epochs",
    "explain",
    "export",
    "from_keras",
    "from_sklearn",
    "from_torch",
    "functions",
    "initializers",
    "kernel",
    "load",
    "load_model",
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
    from typing import Any, Callable, Optional

    from .core.training import Engine
    from .formats.files import Path

# Names by the file that holds them. Each is imported when it is first used.
_HOMES = {
    "Checkpoint": "engines.checkpoints",
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "check_gradients": "explanation.gradients",
    "compile": "engines.native.predictor",
    "cross_validate": "selection",
    "explain": "explanation.recording",
    "from_keras": "interop.keras",
    "from_sklearn": "interop.sklearn",
    "from_torch": "interop.torch",
    "load": "formats.models",
    "load_model": "formats.models",
    "save": "formats.models",
    "to_keras": "interop.keras",
    "to_sklearn": "interop.sklearn",
    "to_torch": "interop.torch",
    "train_test_split": "selection",
    "unroll": "codegen.python.unrolled",
}
for _name in core.__all__:
    _HOMES[_name] = "core." + core.HOMES[_name]
# MicroPython asks ``__getattr__`` also for modules.
for _name in (
    "cli codegen datasets deep engines estimators explanation formats interop lessons metrics "
    "plots scalars selection selftest tabular texts"
).split():
    _HOMES[_name] = ""

_ON_DEVICES = {"micropython": "MicroPython", "circuitpython": "CircuitPython"}
if sys.implementation.name in _ON_DEVICES:  # `from scratchnet import *` gives what runs there
    _folders = ("", "core", "formats")
    __all__ = [name for name in __all__ if _HOMES.get(name, "").split(".")[0] in _folders]


def _load_here(homes: "Any", name: str, what: str = "") -> "Any":
    """Return what this package calls ``name``; ``homes`` says in which file it is.

    ``what``   its name in the message if it cannot be imported, as on MicroPython
    """
    try:
        return _load(__name__, homes, name)
    except (ImportError, SyntaxError, AttributeError) as error:
        python = _ON_DEVICES.get(sys.implementation.name)
        if name not in homes or python is None:
            raise
        message = f"{what or name} does not run on {python} ({error}); use CPython or PyPy"
    raise ImportError(message)


def _above(file: str, name: str, what: str = "") -> "Any":
    """Return the object ``name`` in a file above the core."""
    return _load_here({name: file}, name, what)


if TYPE_CHECKING:
    from . import datasets as datasets
    from . import estimators as estimators
    from . import lessons as lessons
    from . import metrics as metrics
    from . import plots as plots
    from . import scalars as scalars
    from . import selection as selection
    from . import tabular as tabular
    from .codegen.python.unrolled import unroll
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
    from .core.random import Generator
    from .core.schedules import CosineDecay, ExponentialDecay, StepDecay, WarmUp
    from .core.training import epochs
    from .engines.checkpoints import Checkpoint as Checkpoint
    from .engines.native.predictor import compile
    from .estimators import MLPClassifier as MLPClassifier
    from .estimators import MLPRegressor as MLPRegressor
    from .explanation.gradients import check_gradients
    from .explanation.recording import explain
    from .formats.models import load, load_model, save
    from .interop.keras import from_keras, to_keras
    from .interop.sklearn import from_sklearn, to_sklearn
    from .interop.torch import from_torch, to_torch
    from .selection import cross_validate as cross_validate
    from .selection import train_test_split as train_test_split
else:

    def __getattr__(name):
        """Import a name when it is first used."""
        value = globals()[name] = _load_here(_HOMES, name)
        return value

    _prepare_module(__name__, __getattr__, _HOMES)

# These modules of the core can also be imported under the package: `import scratchnet.matrix`.
for _module in (functions, initializers, matrix, random):
    sys.modules[__name__ + "." + _module.__name__.split(".")[-1]] = _module

# ---- plugs of the core; everything above the core is imported on first use ----------------------

_default_draws = PLUG_POINTS["draws"]
_default_products = PLUG_POINTS["products"]
_default_engine = PLUG_POINTS["engine"]


def _draws(generator: "Any", n: int) -> "Any":
    """Return many random numbers at once. A few are faster one after the other."""
    if n < 24 or sys.implementation.name in _ON_DEVICES:
        return _default_draws(generator, n)
    from .engines.draws import many

    return many(generator, n)


def _products(kernel: str, dot: "Any") -> "Any":
    """Return the fastest matrix product of a kernel."""
    try:
        from .engines.products import PRODUCTS
    except ImportError:  # MicroPython
        return _default_products(kernel, dot)
    return PRODUCTS[kernel]


# The files in ``scalars`` with the functions of a number type, by the module of the type.
_SUPPLEMENTS = {"decimal": "decimals"}
for _name in "interval single symbolic traced".split():
    _SUPPLEMENTS[f"{__name__}.scalars.{_name}"] = _name


def _supplement(number: "Any", name: str) -> "Any":
    """Return a function for a number type of ``scalars`` or for decimal.Decimal, or None."""
    for kind in getattr(number, "__mro__", ()):
        file = _SUPPLEMENTS.get(kind.__module__)
        if file is not None:
            return getattr(_above("scalars." + file, file), name, None)
    return None


def _data(net: "Sequential", X: "Any", Y: "Any", loss: "Any", engine: str) -> "Any":
    """Return X and Y; for the engine "native" as arrays, if they are large."""
    if engine != "native" or sys.implementation.name in _ON_DEVICES:
        return X, Y
    return _above("engines.native.reading", "as_doubles")(net, X, Y, loss)


def _float_rows(rows: "Any", columns: int, number: "Any", loss: "Any") -> "Any":
    """Return copies of many rows of floats, or None. A few are checked faster one by one."""
    if len(rows) < 20 or sys.implementation.name in _ON_DEVICES:
        return None
    return _above("engines.rows_of_floats", "float_rows")(rows, columns, number, loss)


def _engine(
    lists: "Engine", batch_size: int, name: str, executor: "Any", unroll: "Any"
) -> "Engine":
    """Return the engine of that name; "auto" means the fastest. MicroPython has only "lists"."""
    if unroll is not None:
        name = _above("engines.choice", "engine_of_unroll", "unroll")(unroll)
    names = ("auto", "lists", "rows", "lanes", "steps", "native")
    require("engine", name, (lambda v: v in names, " or ".join([repr(n) for n in names])))
    if executor is not None and name != "native":
        return _above("engines.workers.engine", "Parallel", "executor")(  # type: ignore[no-any-return]
            lists, batch_size, executor, name
        )
    if name == "lists":
        return lists
    if sys.implementation.name in _ON_DEVICES:
        return _default_engine(lists, batch_size, name, executor, None)  # type: ignore[no-any-return]
    from .engines import choice

    return choice.chosen(lists, batch_size, name, executor)


def _meaning(kind: str, given: str, family: "Any", last: "Any") -> "Any":
    """Return the name in ``family`` that ``given`` means."""
    return given if given in family else _above("interop.names", "name")(kind, given, family, last)


def _expanded(given: "Any") -> "Any":
    """Return the layers, each ``Dense(..., activation=...)`` as two."""
    if not any([getattr(layer, "placed_after", None) for layer in given]):
        return given
    return _above("interop.names", "expand")(given)


def _apart(net: "Sequential") -> "Sequential":
    """Return a network with layers of its own, which share the parameters.

    On devices it is the network itself.
    """
    if sys.implementation.name in _ON_DEVICES:
        return net
    plug_in(apart=_above("engines.prediction", "apart"))  # Later predictions call it directly.
    return PLUG_POINTS["apart"](net)  # type: ignore[no-any-return]


def _course(training: "Any", given: "Any", shuffle: "Any", verbose: "Any") -> "Any":
    """Return a training run that shows its progress and follows changes of the optimizer.

    It trains its network alone.
    """
    plan = getattr(training, "training", training)
    net = plan.engine.net
    is_softmax = isinstance(net.layers[-1], _above("core.activations", "Softmax"))
    # Most runs have nothing to warn of. They start sooner without this module.
    if shuffle or is_softmax and net.outputs == 1:
        _above("engines.progress", "warn_of_no_effect")(plan, shuffle)
    if plan.engine.name == "native" and training is plan and not plan.observed:
        training = _above("engines.native.passes", "Passes")(plan)
    if verbose or plan.observed:
        training = _above("engines.progress", "Course")(training, given, verbose)
    if sys.implementation.name in _ON_DEVICES:
        return training
    return _above("engines.threads", "Guarded")(training, plan)


def _deferred(file: str, name: str, what: str = "") -> "Callable[..., Any]":
    """Return a function that imports the object ``name`` from a file, and calls it."""
    return lambda *arguments: _above(file, name, what)(*arguments)


plug_in(
    draws=_draws,
    products=_products,
    supplement=_supplement,
    data=_data,
    float_rows=_float_rows,
    engine=_engine,
    checkpoint=_deferred("engines.checkpoints", "SavedTraining", "checkpoint"),
    save=_deferred("formats.models", "save"),
    name=_meaning,
    expanded=_expanded,
    check=_deferred("formats.checked", "check"),
    apart=_apart,
    summary=_deferred("formats.summary", "table"),
    metrics=_deferred("metrics.evaluation", "measures", "metrics"),
    course=_course,
    html=_deferred("plots.notebook", "html"),
)
if hasattr(math, "dist"):  # as "fast", with another matrix product
    functions.KERNELS["dist"] = dict(functions.KERNELS["fast"])

# ---- a function that joins the parts above the core ----------------------------------------------


def export(
    net: "Sequential",
    path: "Optional[Path]",
    to: str = "c",
    type: "Optional[str]" = None,
    name: "Optional[str]" = None,
    self_contained: bool = False,
    calibrate: "Any" = None,
    progmem: bool = False,
    viper: bool = False,
    heap: "Optional[int]" = None,
    train: "Any" = None,
    loss: "Any" = None,
) -> str:
    """Return the network as source code, and write it to a file unless ``path`` is None.

    ``to``               "c": a header for C99 and C++11, with a function ``NAME_predict(in, out)``;
                         "python": a module for Python 3.6 or later; "micropython": a module for
                         MicroPython and CircuitPython; "json": the program itself, for an
                         interpreter in any language (``help("scratchnet.codegen.json_program")``)
    ``type``             the numbers that it computes with: "double", "float", or for C and
                         MicroPython "int8" and "int16", integers alone; by default "double", for
                         MicroPython "float"; Python has only "double"
                         (``help("scratchnet.codegen.integers.arithmetic")``)
    ``name``             the prefix of every name in it, or the name of the module; by default the
                         stem of the file's name, or "net"
    ``self_contained``   whether the code contains its own exp, tanh, ...; it then needs no math
                         library, and computes the bits of the portable kernel (with "float", those
                         of ``scalars.Single``)
    ``calibrate``        typical rows of inputs. They set the range of every integer, and the file
                         says how far the outputs for them differ. For "float", it says how far they
                         can be from those of the exact network; ``scalars.Interval`` proves it
    ``progmem``          for C: whether tables stay in the flash memory of an AVR
    ``viper``            for MicroPython and "int8": whether loops are compiled for the processor
    ``heap``             for MicroPython: the bytes that the device has free, by default 65536.
                         Weights become tuples, which are faster, if they fit; otherwise arrays. A
                         module that does not fit into the given heap is refused.
    ``train``            for C, also a training step: the name of an optimizer, or an object from
                         optimizers.py. ``NAME_train(trainer, in, target)`` makes one step on one
                         sample, and ``NAME_predict_with(trainer, in, out)`` predicts with what was
                         learned. At most 4,096 weights can learn; ``net.freeze`` excludes others
    ``loss``             the loss of this step, by default the one that pairs with the last
                         activation; ``target`` is what it takes, a 1 for the class among zeros

    A module has ``outputs(x)``, the outputs of the network for a list of inputs, and ``predict``.
    For a model that was trained on a table, ``predict`` takes the columns of a row and returns the
    class or the number, ``probabilities`` returns {class: probability}, and ``encode`` the inputs.
    None is a missing value. In C these are ``NAME_row``, ``NAME_encode``, ``NAME_class`` and
    ``NAME_label``.

    The file contains golden vectors and a self-test. A network that the target cannot express
    raises a ValueError that names the layer.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1]), sn.ReLU()])
    >>> print(sn.export(net, None, name="gate"))
    /* gate_predict: a neural network, written by scratchnet ...
    ...
    static inline void gate_predict(const double *in, double *out)
    {
        const double x0 = in[0];
        const double x1 = in[1];
        const double t0 = x0 * 0.5 + x1 * 2.0 + 1.0;
        out[0] = t0 > 0.0 ? t0 : 0.0;
    }
    ...
    """
    require("net", net, (lambda v: hasattr(v, "propagate"), "a network"))
    write = _above("codegen.targets", "export")
    rows = _above("tabular.rows", "rows_of")(net)
    request = _above("codegen.targets", "request_for")(
        net,
        rows,
        __version__,
        path,
        to,
        type=type,
        name=name,
        self_contained=self_contained,
        calibrate=calibrate,
        progmem=progmem,
        viper=viper,
        heap=heap,
        train=train,
        loss=loss,
    )
    return write(request, path)  # type: ignore[no-any-return]
