"""Which layers, losses and optimizers are the package's own, and what those of somebody else keep from call to call.

The package's own are no more than their arguments say; of others, code made from them would forget the rest.
"""

from ..core.layers import LAYERS
from ..core.losses import LOSSES
from ..core.optimizers import OPTIMIZERS, Optimizer
from ..scalars.symbolic import Undecided

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

OWN = set(list(LAYERS.values()) + list(LOSSES.values()) + list(OPTIMIZERS.values()))


def is_own(part: "Any") -> bool:
    """Whether a layer, a loss or an optimizer is one of the package's."""
    return type(part) in OWN


def is_patched(part: "Any") -> bool:
    """Whether somebody has given it a method that its class does not have."""
    return any([callable(getattr(type(part), name, None)) for name in vars(part)])


def kept(part: "Any") -> "Any":
    """What a layer, a loss or an optimizer of somebody's own holds, but for what is of one step alone."""
    if is_own(part):
        return None
    passing = ("t", "rate", "states") if isinstance(part, Optimizer) else ("generator",)
    return {
        name: repr(value)
        for name, value in vars(part).items()
        if not name.isupper() and name not in passing
    }


class RememberingNothing:
    """A context that refuses layers, losses and optimizers of somebody's own that keep something from call to call.

    Spelled-out code would forget it. What ``forward`` keeps for ``backward`` has a capital name, and is not meant.
    Refused as well are those that catch what a symbolic number refuses, and then do something else.
    """

    def __init__(self, parts: "Sequence[Any]") -> None:
        self.parts = parts

    def __enter__(self) -> None:
        self.before = [kept(part) for part in self.parts]
        self.refusals = Undecided.count

    def __exit__(self, kind: "Any", *_: "Any") -> None:
        if kind is None and Undecided.count != self.refusals:
            raise Undecided(
                "it catches that symbolic numbers are not floats; rules compute with scratchnet.core.functions"
            )
        for part, before in zip(self.parts, self.before):
            if kind is None and kept(part) != before:
                raise Undecided(f"{type(part).__name__} keeps something from one call to the next")


def made_twice(make: "Callable[[], Any]", parts: "Sequence[Any]") -> "Any":
    """What ``make`` gives; made twice where some part is not the package's, and refused where the two differ."""
    made = make()
    if not all([is_own(part) for part in parts]) and make() != made:
        raise Undecided("it is not the same twice; random numbers come from self.generator")
    return made
