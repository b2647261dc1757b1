"""The penalty of an estimator: alpha/2·Σw², divided by the number of samples in the batch.

The last batch of an epoch may have fewer samples than the others. It then has a larger penalty, and
an engine of its own.
"""

from ..core.layers import Dense
from ..core.network import Sequential
from ..core.plug_points import PLUG_POINTS
from ..core.training import Engine
from .network import dense_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import Row


class EngineOfUnevenBatches(Engine):
    """An engine for which the last batch of each epoch is smaller than the others.

    ``others``   the engine of all other batches
    ``last``     the engine of the last batch; it trains the same parameters
    """

    def __init__(self, others: "Engine", last: "Engine") -> None:
        Engine.__init__(
            self, others.net, others.loss, others.optimizer, others.examples, others.generator
        )
        self.others, self.last = others, last
        self.name = others.name

    def epoch(self, batches: "List[List[int]]") -> "Row":
        losses = self.others.epoch(batches[:-1]) + self.last.epoch(batches[-1:])
        self.name = self.others.name
        return losses

    def measure(self, examples: "Any") -> "Any":
        return self.others.measure(examples)


def engine_of_uneven_batches(engine: "Engine", name: str, alpha: float, size: int) -> "Engine":
    """Return an engine that gives a last batch of this size the penalty alpha/2·Σw²/size.

    ``engine``   the engine of the other batches
    ``name``     the name of the requested engine, such as "auto"
    """
    lists = getattr(engine, "lists", engine)
    net = Sequential(
        [with_penalty(v, alpha / size) if isinstance(v, Dense) else v for v in lists.net.layers]
    )
    last = Engine(net, lists.loss, lists.optimizer, lists.examples, lists.generator)
    return EngineOfUnevenBatches(engine, PLUG_POINTS["engine"](last, size, name, None, None))


def with_penalty(layer: "Dense", l2: float) -> "Dense":
    """Return a layer with the same parameters and this penalty."""
    twin = Dense(layer.inputs, layer.outputs, l2=l2)
    twin.weights, twin.bias = layer.weights, layer.bias
    return twin


def set_penalty(network: "Sequential", l2: float) -> None:
    """Set the penalty of all layers with weights."""
    for layer in dense_layers(network):
        layer.l2 = l2
