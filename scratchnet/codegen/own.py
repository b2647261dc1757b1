"""Which layers, losses and optimizers are the package's own, and what user-defined ones store.

The arguments of the package's own classes determine all that they compute. User-defined classes may
store more from call to call, which generated code would lose.
"""

import gc
import sys

from ..core.layers import LAYERS
from ..core.losses import LOSSES
from ..core.optimizers import OPTIMIZERS, Optimizer
from ..scalars.symbolic import Undecided, refusals_so_far

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    from ..core.losses import Loss
    from ..core.network import Sequential

OWN = {kind for family in (LAYERS, LOSSES, OPTIMIZERS) for kind in family.values()}
DEEP = __name__.replace("codegen.own", "deep")

# The attributes of a class that adds nothing to its base.
EMPTY = set("__module__ __qualname__ __doc__ __firstlineno__ __static_attributes__".split())


def is_own(part: "Any") -> bool:
    """Return whether the class of a layer, a loss or an optimizer belongs to the package.

    A subclass that only adds a name does, too.
    """
    kind = type(part)
    while not is_listed(kind):
        if len(kind.__bases__) != 1 or not set(vars(kind)) <= EMPTY:
            return False
        kind = kind.__bases__[0]
    return True


def is_listed(kind: "Any") -> bool:
    """Return whether a class is in one of the package's tables.

    If no layer comes from ``deep``, it is not imported, so that a first training run starts sooner.
    """
    return kind in OWN or kind in getattr(sys.modules.get(DEEP), "LAYERS", {}).values()


def is_patched(part: "Any") -> bool:
    """Return whether a method of the object has been replaced by an attribute."""
    return any(
        [
            callable(value) and callable(getattr(type(part), name, None))
            for name, value in list(vars(part).items())  # Another thread may add an attribute.
        ]
    )


def attributes_of(part: "Any") -> "Any":
    """Return the attributes of a user-defined part, except those of a single step; else None.

    The values are reprs, so that two calls can be compared.
    """
    if is_own(part):
        return None
    passing = {"generator", "defaults"}
    if isinstance(part, Optimizer):
        passing = {"t", "rate", "states", "defaults"}
    return {
        name: repr(value)
        for name, value in vars(part).items()
        if not name.isupper() and name not in passing
    }


class RememberingNothing:
    """A context that refuses user-defined parts that store something from call to call.

    Generated code would lose it. Attributes with names in capitals are allowed, because ``forward``
    stores them for ``backward``. The context also refuses parts that catch the error of a symbolic
    number and then compute something else.
    """

    def __init__(self, parts: "Sequence[Any]") -> None:
        self.parts = parts

    def __enter__(self) -> None:
        self.before = [attributes_of(part) for part in self.parts]
        self.refusals = refusals_so_far()

    def __exit__(self, kind: "Any", *_: "Any") -> None:
        if kind is None and refusals_so_far() != self.refusals:
            raise Undecided(
                "it catches the error of symbolic numbers, which are not floats; "
                "compute with scratchnet.core.functions"
            )
        for part, before in zip(self.parts, self.before):
            if kind is None and attributes_of(part) != before:
                raise Undecided(f"{type(part).__name__} stores something from one call to the next")


def generate(make: "Callable[[], Any]", parts: "Sequence[Any]") -> "Any":
    """Return the result of ``make``.

    If a part is user-defined, call ``make`` twice, and raise an error if the results differ.
    Meanwhile Python does not look for cycles: it would traverse the record again and again while it
    grows, which took up to half of the time.
    """
    collects = gc.isenabled()
    try:
        gc.disable()
        result = make()
        is_same = all([is_own(part) for part in parts]) or make() == result
    finally:
        if collects:
            gc.enable()
    if not is_same:
        raise Undecided(
            "it is not the same twice; draw random numbers from self.generator, which has a seed"
        )
    return result


def generate_from_samples(make: "Callable[[int], Any]", net: "Sequential", loss: "Loss") -> "Any":
    """Return the result of ``make(2)``, which follows from a run of the rules on two samples.

    A user-defined rule may compute something else from three samples, and is refused then.
    """
    counts = iter([2, 3])
    return generate(lambda: make(next(counts)), net.layers + [loss])


def check_attributes(net: "Sequential", loss: "Loss") -> None:
    """Raise an error if a copy of a user-defined part would compute something else."""
    parts = net.layers + [loss]
    if all([is_own(part) for part in parts]):
        return
    for part, twin in zip(parts, net.copy().layers + [loss.with_numbers(float)]):
        if attributes_of(part) != attributes_of(twin):
            raise Undecided(
                f"{type(part).__name__} has attributes that do not follow from its arguments"
            )
