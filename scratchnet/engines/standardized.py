"""Samples that are standardized once, not in every step, if the network begins with Normalization.

A one-hot input, whose mean is 0 and whose spread is 1, keeps its zeros, which generated code then
need not read (zeros.py). All numbers have the same bits as in the layer.
"""

from ..codegen.own import is_patched
from ..core.examples import Examples
from ..core.layers import Normalization
from ..core.network import Sequential
from ..core.training import Engine
from .threads import shallow_copy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import Matrix

MOST = 2000000  # numbers that are kept a second time, in 8 to 32 bytes each


class Standardized(Normalization):
    """A Normalization whose input is already standardized."""

    def forward(self, X: "Matrix") -> "Matrix":
        return X


class Ready:
    """What the engine Rows generates its code from, and trains on.

    ``lists``      the engine "lists" of the training run
    ``net``        its network, or one that takes samples that are already standardized
    ``examples``   its examples, or these samples
    """

    def __init__(self, lists: "Engine") -> None:
        self.lists = lists
        self.net, self.loss, self.optimizer = lists.net, lists.loss, lists.optimizer
        self.layer = standardizing(lists)
        self.used: "List[Any]" = []
        if self.layer:
            self.net = shallow_copy(lists.net)
            self.net.layers = [standardized(self.layer), *lists.net.layers[1:]]

    @property
    def examples(self) -> "Any":
        """The examples; they are standardized again if the caller changes the mean or spread."""
        if self.layer is None:
            return self.lists.examples
        normal = [p.rows for p in self.layer.parameters()]
        if normal != self.used:
            self.used = normal
            self.kept = standardized_examples(self.lists.examples, self.layer)
        return self.kept


def standardizing(lists: "Engine") -> "Any":
    """Return the first layer if samples can be standardized before the training, else None."""
    layer, examples = lists.net.layers[0], lists.examples
    can = (
        type(lists.net) is Sequential
        and type(layer) is Normalization
        and not is_patched(layer)
        and layer.is_adapted()
        and all([p.frozen for p in layer.parameters()])
        and isinstance(examples.X, list)
        and len(examples.X) * layer.mean.count <= MOST
    )
    return layer if can else None


def standardized(layer: "Normalization") -> "Standardized":
    """Return a layer with the parameters of a Normalization that does not use them."""
    twin = Standardized()
    twin.__dict__.update(layer.__dict__)
    return twin


def standardized_examples(examples: "Examples", layer: "Normalization") -> "Examples":
    """Return the examples with the layer's output in place of its input."""
    if set(layer.mean.value) == {0.0} and set(layer.spread.value) == {1.0}:
        return examples  # All inputs are one-hot and stay as they are.
    X = shallow_copy(layer).forward(examples.X)
    return Examples(X, examples.Y, examples.weights, examples.used)
