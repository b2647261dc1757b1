"""The common base of the encoders of tables and arrays."""

from ...core.layers import Normalization
from .parts import Classes, Quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Tuple, Union

    Rows = Optional[Sequence[int]]


class Encoding:
    """The common base of the encoders of tables and arrays.

    ``target``   the Classes or the Quantity that is predicted
    ``normal``   the mean and spread of every input
    """

    target: "Union[Classes, Quantity]"
    normal: "Sequence[Tuple[float, float]]"
    features: "List[str]"
    outputs: int
    task: str
    classes: "Optional[List[str]]"

    def normalization(self) -> "Normalization":
        """Return the first layer of the network, which standardizes numbers and keeps 0 and 1."""
        layer = Normalization()
        layer.mean.value = [mean for mean, _ in self.normal]
        layer.spread.value = [spread for _, spread in self.normal]
        return layer

    def targets_of(self, outputs: "Sequence[Sequence[float]]") -> "List[Any]":
        """Return what outputs of the network, or rows of Y, represent.

        These are labels of classes, or quantities in their own unit.
        """
        return [self.target.decode(outputs[i]) for i in range(len(outputs))]
