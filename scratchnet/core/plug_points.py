"""The plug points: where the package adds to the core. Each has a default, defined here.

    products      how a kernel multiplies matrices              default: one dot product per element
    supplement    functions that a number type does not have    default: none
    engine        which engine computes the updates             default: the core's own
    checkpoint    a training run that saves itself to a file    default: an error
    save          how a network is written to a file            default: an error
    html          how a notebook shows a network or a history   default: as text

``scratchnet/__init__.py`` plugs a function into each. The core alone, copied to a device, uses the
defaults.
"""

from . import elementary
from .types import Any, Family, Function, NumberType


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


def html(thing: Any) -> Any:
    """Return a network or a history as HTML, or None, which means as text."""
    return None


PLUG_POINTS: Family = {
    "products": products,
    "supplement": supplement,
    "engine": engine,
    "checkpoint": checkpoint,
    "save": save,
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
