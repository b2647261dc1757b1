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
from .core.checks import refuse_unknown, require
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
    from typing import Any, NoReturn, Optional, Sequence

    from .codegen.python.unrolled import Unrolled
    from .core.training import Engine, Training
    from .explanation.explanation import Explanation
    from .explanation.gradients import GradientCheck
    from .formats.files import Path

# Names by the file that holds them. Each is imported when it is first used.
_HOMES = {
    "Checkpoint": "engines.checkpoints",
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "cross_validate": "selection",
    "train_test_split": "selection",
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
    from .estimators import MLPClassifier as MLPClassifier
    from .estimators import MLPRegressor as MLPRegressor
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


def _draws(generator: "Any", n: int) -> "Any":
    """Return many random numbers at once."""
    try:
        from .engines.draws import many
    except ImportError:  # MicroPython
        many = _default_draws
    plug_in(draws=many)  # for all further calls
    return many(generator, n)


def _products(kernel: str, dot: "Any") -> "Any":
    """Return the fastest matrix product of a kernel."""
    try:
        from .engines.products import PRODUCTS
    except ImportError:  # MicroPython
        return _default_products(kernel, dot)
    return PRODUCTS[kernel]


_SUPPLEMENTED = (
    "Decimal",
    "Interval",
    "Recorded",
    "Single",
    "Symbolic",
    "SymbolicSingle",
    "Traced",
)


def _supplement(number: "Any", name: str) -> "Any":
    """Return a function for a number type of ``scalars`` or for decimal.Decimal."""
    if number.__name__ not in _SUPPLEMENTED:
        return None
    from .scalars import decimals, interval, single, symbolic, traced

    functions_of: "Any" = {
        decimals.Decimal: decimals,
        interval.Interval: interval,
        single.Single: single,
        symbolic.Symbolic: symbolic,
        symbolic.SymbolicSingle: symbolic,
        traced.Traced: traced,
    }
    kinds = [kind for kind in number.__mro__ if kind in functions_of]
    return getattr(functions_of[kinds[0]], name, None) if kinds else None


def _data(net: "Sequential", X: "Any", Y: "Any", loss: "Any", engine: str) -> "Any":
    """Return X and Y; for the engine "native" as arrays, if they are large."""
    if engine != "native" or sys.implementation.name in _ON_DEVICES:
        return X, Y
    return _above("engines.native.reading", "as_doubles")(net, X, Y, loss)


def _engine(
    lists: "Engine", batch_size: int, name: str, executor: "Any", unroll: "Any"
) -> "Engine":
    """Return the engine of that name; "auto" means the fastest. MicroPython has only "lists"."""
    if unroll is not None:
        name = _engine_of_unroll(unroll)
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
    warn(text, DeprecationWarning, stacklevel=5)  # the line that called `fit`
    return name


def _checkpoint(training: "Training", checkpoint: "Any") -> "Any":
    """Return a training that saves itself to the checkpoint."""
    return _above("engines.checkpoints", "SavedTraining", "checkpoint")(training, checkpoint)


def _html(thing: "Any") -> "Any":
    """Return a network or a history as HTML for a notebook, or None."""
    return _above("plots.notebook", "html")(thing)


_default_draws = PLUG_POINTS["draws"]
_default_products = PLUG_POINTS["products"]
_default_engine = PLUG_POINTS["engine"]


def save(net: "Sequential", path: "Path", dtype: str = "float64") -> None:
    """Write the network to a file.

    The file's ending gives the format: .safetensors, .json, .npz or .onnx (see formats/models.py).
    ``dtype="float32"``, for .onnx only, rounds the numbers for programs that accept no others.
    """
    from .formats import models

    models.save(net, path, dtype)


def _meaning(kind: str, given: str, family: "Any", last: "Any") -> "Any":
    """Return the name in ``family`` that ``given`` means."""
    return given if given in family else _above("interop.names", "name")(kind, given, family, last)


def _expanded(given: "Any") -> "Any":
    """Return the layers, each ``Dense(..., activation=...)`` as two."""
    if not any([getattr(layer, "placed_after", None) for layer in given]):
        return given
    return _above("interop.names", "expanded")(given)


def _summary(net: "Sequential") -> "Any":
    """Return the network as a table."""
    return _above("formats.summary", "table")(net)


def _metrics(net: "Sequential", examples: "Any", names: "Any") -> "Any":
    """Return the measures that ``evaluate`` adds to the loss."""
    return _above("metrics.evaluation", "measures", "metrics")(net, examples, names)


def _check(part: "Any") -> None:
    """Check the names in a network, or that another part lists its constructor's arguments."""
    if isinstance(part, core.network.Sequential):
        _above("formats.checked", "check_names")(part.layers)
    else:
        _check_arguments(part)


def _apart(net: "Sequential") -> "Sequential":
    """Return a network with layers of its own, which share the parameters.

    On devices it is the network itself.
    """
    if sys.implementation.name in _ON_DEVICES:
        return net
    return _above("engines.prediction", "apart")(net)  # type: ignore[no-any-return]


def _check_arguments(part: "Any") -> None:
    """Check that a user-defined class lists the arguments of its constructor.

    MicroPython does not tell the names of arguments.
    """
    code: "Any" = getattr(getattr(type(part), "__init__", None), "__code__", None)
    if not hasattr(code, "co_varnames"):
        return
    for name in code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]:
        if name not in part.arguments + part.in_parameters:
            raise TypeError(
                f"{type(part).__name__}: __init__ takes {name}, which the class must name: "
                f'arguments = ("{name}",)'
            )


def _course(training: "Any", given: "Any", shuffle: "Any", verbose: "Any") -> "Any":
    """Return a training run that shows its progress and follows changes of the optimizer.

    It trains its network alone.
    """
    plan = getattr(training, "training", training)
    if shuffle or plan.engine.net.outputs == 1:
        _above("engines.progress", "warn_of_no_effect")(plan, shuffle)
    if plan.engine.name == "native" and training is plan and not plan.observed:
        training = _above("engines.native.passes", "Passes")(plan)
    if verbose or plan.observed:
        training = _above("engines.progress", "Course")(training, given, verbose)
    if sys.implementation.name in _ON_DEVICES:
        return training
    return _above("engines.threads", "Guarded")(training, plan)


plug_in(
    draws=_draws,
    products=_products,
    supplement=_supplement,
    data=_data,
    engine=_engine,
    checkpoint=_checkpoint,
    save=save,
    name=_meaning,
    expanded=_expanded,
    summary=_summary,
    check=_check,
    apart=_apart,
    metrics=_metrics,
    course=_course,
    html=_html,
)
if hasattr(math, "dist"):  # as "fast", with another matrix product
    functions.KERNELS["dist"] = dict(functions.KERNELS["fast"])

# ---- functions from above the core --------------------------------------------------------------


def load(
    path: "Path",
    custom: "Sequence[Any]" = (),
    activations: "Any" = None,
    order: "Any" = None,
    prefix: str = "",
    output: "Optional[str]" = None,
) -> "Sequential":
    """Return the network in a file written by ``save`` or by another program.

    ``custom``        the classes of its user-defined layers
    ``activations``   for a .safetensors or .npz file of tensors alone, such as a state dict of
                      PyTorch or the arrays W1, b1, W2, b2: the activation after each Linear, as in
                      ``from_torch``; ``order`` and ``prefix`` are as there
    ``output``        the output that the network computes, if an .onnx file has several; it may
                      also be the name of a value within the graph
    """
    from .formats import models

    return models.load(path, custom, activations, order, prefix, output)


load_model = load


def from_sklearn(estimator: "Any") -> "Sequential":
    """Return a network that predicts the same as a fitted scikit-learn estimator.

    The estimator is an MLP, a linear model, a Pipeline that scales, selects or projects before one
    of these, or a search such as GridSearchCV, which gives its best estimator. The class labels
    are in ``metadata["labels"]``. Raise a ValueError if no network predicts exactly the same.
    ``help(scratchnet.interop.sklearn)`` lists what is supported.
    """
    return _above("interop.sklearn", "from_sklearn")(estimator)  # type: ignore[no-any-return]


def to_sklearn(net: "Sequential", estimator: "Any") -> "Any":
    """Turn a scikit-learn estimator into one that predicts the same as the network; return it.

    An example is ``to_sklearn(net, MLPClassifier())``. If the estimator cannot, raise a ValueError
    and leave it unchanged. See ``from_sklearn``.
    """
    return _above("interop.sklearn", "to_sklearn")(net, estimator)


def from_torch(
    module: "Any", activations: "Any" = None, order: "Any" = None, prefix: str = ""
) -> "Sequential":
    """Return the network that equals a PyTorch module in eval mode. All numbers stay exact.

    Instead of a module, a state dict of Linear and BatchNorm1d layers is accepted, with the
    activation after each Linear: ``activations=["relu", "identity"]``. ``order`` names the layers,
    first to last, if the names do not show their order; ``prefix`` selects the names that begin
    with it. Raise a ValueError if there is no such network. ``help(scratchnet.interop.torch)``
    lists what is supported.
    """
    return _above("interop.torch", "from_torch")(  # type: ignore[no-any-return]
        module, activations, order, prefix
    )


def to_torch(net: "Sequential", module: "Any" = None) -> "Any":
    """Return the network as an nn.Sequential in float64.

    If an nn.Sequential is given as ``module``, set its parameters instead and return it. Raise a
    ValueError if a layer has no counterpart or does not match the module's. See ``from_torch``.
    """
    return _above("interop.torch", "to_torch")(net, module)


def from_keras(model: "Any") -> "Sequential":
    """Return the network that equals a keras.Sequential or a functional model of Keras.

    The layers of a functional model must form a chain. All numbers stay exact. Raise a ValueError
    if there is no such network. ``help(scratchnet.interop.keras)`` lists what is supported.
    """
    return _above("interop.keras", "from_keras")(model)  # type: ignore[no-any-return]


def to_keras(net: "Sequential", model: "Any" = None) -> "Any":
    """Return the network as a keras.Sequential.

    If a keras.Sequential is given as ``model``, set its parameters instead and return it. Raise a
    ValueError if a layer has no counterpart or does not match the model's. See ``from_keras``.
    """
    return _above("interop.keras", "to_keras")(net, model)


def check_gradients(
    net: "Sequential", X: "Any", Y: "Any", loss: "Any", sample_weight: "Any" = None
) -> "GradientCheck":
    """Compare backpropagation with exact derivatives and with central differences.

    The result prints as a table, and its ``passed`` says whether all gradients are right. For each
    parameter, the table shows the number whose gradient is furthest from the exact derivative.
    """
    check = _above("explanation.gradients", "check_gradients")
    return check(net, X, Y, loss, sample_weight)  # type: ignore[no-any-return]


def unroll(net: "Sequential", constants: bool = True) -> "Unrolled":
    """Return the prediction for one sample as straight-line Python.

    The result is a function, and its ``.source`` is the text.

    ``constants``   True: the weights are constants in the code; False: each call passes them as the
                    second argument, ``[p.value for p in net.parameters()]``

    In the portable kernel the function gives the same bits as ``predict``; in the fast kernel it
    agrees to rounding. It checks nothing: the sample must be a list of ``net.inputs`` finite
    numbers. Raise a ValueError if a user-defined layer cannot be written as straight-line code.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1])])
    >>> sn.unroll(net)([1, 3])
    [7.5]
    """
    return _above("codegen.python.unrolled", "unroll")(net, constants)  # type: ignore[no-any-return]


def compile(net: "Sequential") -> "Any":
    """Return the prediction as C, compiled by the compiler of this machine and loaded.

    The result is a function, and its ``.source`` is the C. It takes a list of ``net.inputs`` finite
    numbers and returns a list, or takes a list of such rows and returns a list of rows. It also
    takes a buffer of doubles in one or two dimensions, such as an ``array`` or a NumPy array, which
    it reads in place (unless it is read-only), and returns a ``memoryview`` of as many dimensions.

    It gives the bits that ``predict`` gives in the portable kernel, for the weights as they are
    now. Raise a ValueError if there is no compiler, if it fails, or if a user-defined layer cannot
    be written as C.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1])])
    >>> sn.compile(net)([1, 3])
    [7.5]
    >>> sn.compile(net)([[1, 3], [0, 0]])
    [[7.5], [1.0]]
    """
    return _above("engines.native.predictor", "Predictor")(net)


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

    The file carries golden vectors and a test of itself. A network that the target cannot express
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


def explain(
    net: "Sequential",
    X: "Any",
    Y: "Any" = None,
    loss: "Any" = None,
    optimizer: "Any" = "adam",
    epochs: "Optional[int]" = None,
    batch_size: "Optional[int]" = None,
    shuffle: bool = False,
    seed: int = 0,
    validation_data: "Any" = None,
    validation_split: float = 0,
    patience: "Optional[int]" = None,
    sample_weight: "Any" = None,
    class_weight: "Any" = None,
    step: int = 1,
    steps: int = 1,
    **unknown: "NoReturn",
) -> "Explanation":
    """Explain where each number of one training step comes from: forward, loss, backward, update.

    ``X``, ``Y``   as for ``fit``; without ``Y``, only the forward pass is explained
    ``epochs``     as for ``fit``; by default, as many as the step needs
    ``shuffle``    whether to shuffle the samples as ``fit`` does; by default they keep their order
    ``step``       the training step to explain, counted from 1; the steps before it are repeated
                   with engine="lists"
    ``steps``      how many steps to record from that one on, for ``at(k)`` and for the page; fewer
                   if the training ends before

    The other arguments are those of ``fit``, in the same order.

    The method ``names`` of the result lists the names of all numbers. A name gives one of them:

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(1, 1, weights=[[2]])])
    >>> print(sn.explain(net, [[3]])["0.z[0][0]"])
    0.z[0][0] = 6
      = x[0][0] · 0.weights[0][0] + 0.bias[0]
      = 3·2 + 0
      the rule: Each output is a weighted sum of all inputs, plus a bias: Z = X·W + b.
      scratchnet/core/layers.py:...: return matrix.add_row(...)
    from
      x[0][0] = 3, given
      0.weights[0][0] = 2, given
      0.bias[0] = 0, given
    """
    options = (
        "loss, optimizer, epochs, batch_size, shuffle, seed, validation_data, validation_split, "
        "patience, sample_weight, class_weight, step, steps"
    )
    refuse_unknown("explain", unknown, options)
    return _above("explanation.explanation", "explain")(  # type: ignore[no-any-return]
        net,
        X,
        Y,
        loss,
        optimizer,
        epochs,
        batch_size,
        shuffle,
        seed,
        validation_data,
        validation_split,
        patience,
        sample_weight,
        class_weight,
        step,
        steps,
    )
