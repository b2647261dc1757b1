"""What the package plugs into the core, in one place. Here each plug point has the core's own default.

    products      how a kernel multiplies matrices             default: one dot product per element
    supplement    functions of a number type without methods   default: none
    engine        which engine computes the updates            default: the core's own
    checkpoint    a training that saves itself to a file       default: refused
    save          how a network is written to a file           default: refused

``scratchnet/__init__.py`` fills all of them. The core alone, copied to a device, runs on the defaults.
"""

from . import elementary
from .types import Any, Function, NumberType


def products(kernel: str, dot: Function) -> Function:
    """Return the function (A, B) that multiplies two matrices in the kernel of that name.

    ``dot`` is the kernel's dot product of two rows.
    """

    return lambda A, B: elementary.products(A, B, dot)


def supplement(number: NumberType, name: str) -> Any:
    """Return the function ``name`` of a number type that has no such method, or None.

    ``decimal.Decimal``, for instance, has no tanh, and a class of the standard library takes no new methods.
    """
    return None


def engine(lists: Any, batch_size: int, name: str, executor: Any) -> Any:
    """Return the engine ``name`` that computes what the engine ``lists`` does; "auto" is the fastest."""
    if name not in ("auto", "lists") or executor is not None:
        option = f"engine={name!r}" if executor is None else "executor"
        raise ValueError(f"{option} is not available here; the core alone has engine='lists'")
    return lists


def checkpoint(training: Any, path: Any) -> Any:
    """Return the training that does what ``training`` does and saves itself to the file ``path``."""
    raise ValueError(
        "checkpoint needs the whole package scratchnet; its core alone writes no files"
    )


def save(net: Any, path: Any) -> None:
    """Write the network to the file ``path``."""
    raise ValueError("save needs the whole package scratchnet; its core alone writes no files")


PLUG_POINTS = {
    "products": products,
    "supplement": supplement,
    "engine": engine,
    "checkpoint": checkpoint,
    "save": save,
}


def plug_in(**functions: Function) -> None:
    """Put functions in the place of the defaults, by the name of the plug point."""
    for name in functions:
        if name not in PLUG_POINTS:
            raise ValueError(
                f"there is no plug point {name!r}; there are: {', '.join(PLUG_POINTS)}"
            )
    PLUG_POINTS.update(functions)


def plugged(name: str) -> Any:
    """Return the function at the plug point ``name``."""
    return PLUG_POINTS[name]
