"""The plug points: where the package adds to the core. Each has a default, defined here.

    draws         many random numbers at once                   default: one after the other
    products      how a kernel multiplies matrices              default: one dot product per element
    supplement    functions that a number type does not have    default: none
    data          what an engine reads X and Y from             default: X and Y
    float_rows    many rows of floats, checked together         default: each is checked
    engine        which engine computes the updates             default: the core's own
    checkpoint    a training run that saves itself to a file    default: an error
    save          how a network is written to a file            default: an error
    name          what is meant by a name, such as "mse"        default: the name itself
    expanded      each Dense(activation=...) as two layers      default: an error
    check         checks what a user has defined                default: none
    apart         a network that predicts during a training     default: the network itself
    summary       a network as a table                          default: its repr
    metrics       measures that ``evaluate`` adds to the loss   default: an error
    course        shows a training run, follows changes         default: an error if verbose
    html          how a notebook shows a network or a history   default: as text

``scratchnet/__init__.py`` plugs a function into each. The core alone, copied to a device, uses the
defaults.
"""

from . import elementary
from .types import Any, Family, Function, NumberType


def draws(generator: Any, n: int) -> Any:
    """Return the next n results of the generator's ``bits``."""
    return [generator.bits() for _ in range(n)]


def products(kernel: str, dot: Function) -> Function:
    """Return the function (A, B) that multiplies two matrices in the kernel with this name.

    ``dot`` is the kernel's dot product of two rows.
    """

    return lambda A, B: elementary.products(A, B, dot)


def supplement(number: NumberType, name: str) -> Any:
    """Return the function ``name`` for a number type that has no such method, or None.

    For example, ``decimal.Decimal`` has no ``tanh``, and classes of the standard library cannot be
    given new methods.
    """
    return None


def data(net: Any, X: Any, Y: Any, loss: Any, engine: str) -> Any:
    """Return X and Y, or sequences that the engine with this name reads faster.

    Invalid data are returned as they are, for the checks of the core.
    """
    return X, Y


def float_rows(rows: Any, columns: int, number: NumberType, loss: Any) -> Any:
    """Return copies of the rows if they are ``columns`` finite floats each, or else None.

    Ints become floats. ``loss`` is the loss whose targets they are, or None.
    """


def engine(lists: Any, batch_size: int, name: str, executor: Any, unroll: Any) -> Any:
    """Return the engine ``name``, which computes what the engine ``lists`` computes.

    "auto" is the fastest engine available. ``executor`` and ``unroll`` are the options of ``fit``.
    """
    if name not in ("auto", "lists") or executor is not None or unroll is not None:
        raise ValueError(
            (f"engine={name!r}" if executor is None else "executor")
            + " is not available here; the core alone has engine='lists'"
        )
    return lists


def checkpoint(training: Any, path: Any) -> Any:
    """Return a Training that does what ``training`` does and saves itself to the file ``path``."""
    raise ValueError(
        "checkpoint needs the whole package scratchnet; its core alone writes no files"
    )


def save(net: Any, path: Any) -> None:
    """Write the network to the file ``path``."""
    raise ValueError("save needs the whole package scratchnet; its core alone writes no files")


def name(kind: str, given: str, family: Family, last: Any) -> str:
    """Return the name in ``family`` (the losses, for example) that ``given`` means.

    ``last`` is the last layer of the network, or None.
    """
    return given


def summary(net: Any) -> str:
    """Return a table of the layers of the network."""
    return repr(net)


def check(part: Any) -> None:
    """Check the layers of a network, or another part, as far as the user has defined them."""


def apart(net: Any) -> Any:
    """Return a network that predicts what ``net`` predicts, with layers of its own."""
    return net


def expanded(given: Any) -> Any:
    """Return the layers of a network, given those that the user has listed."""
    if any([getattr(layer, "placed_after", None) for layer in given]):
        raise ValueError("activation: list the activation as a layer of its own after Dense")
    return given


def metrics(net: Any, examples: Any, names: Any) -> Any:
    """Return the measures with these names, as a dict."""
    raise ValueError("metrics need the whole package scratchnet")


def course(training: Any, given: Any, shuffle: Any, verbose: Any) -> Any:
    """Return a Training that does what ``training`` does, and more.

    It shows the epochs done if ``verbose``, follows the caller's changes of the optimizer
    ``given``, and warns if ``shuffle`` has no effect.
    """
    if verbose:
        raise ValueError("verbose needs the whole package scratchnet; print in a loop of epochs")
    return training


def html(thing: Any) -> Any:
    """Return a network or a history as HTML, or None, which means as text."""
    return None


PLUG_POINTS: Family = {
    "draws": draws,
    "products": products,
    "supplement": supplement,
    "data": data,
    "float_rows": float_rows,
    "engine": engine,
    "checkpoint": checkpoint,
    "save": save,
    "name": name,
    "expanded": expanded,
    "check": check,
    "apart": apart,
    "summary": summary,
    "metrics": metrics,
    "course": course,
    "html": html,
}


def plug_in(**functions: Function) -> None:
    """Replace the functions at plug points; each argument is named after its plug point."""
    for name in functions:
        if name not in PLUG_POINTS:
            raise ValueError(
                f"plug point {name!r} is unknown; give one of: {', '.join(PLUG_POINTS)}"
            )
    PLUG_POINTS.update(functions)
