"""Predictions of many samples, such as those of a validation, computed in C."""

from ...core.examples import BLOCK, cut
from . import reading
from .notice import Notice
from .predictor import Compiled, weights_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ...core.network import Sequential
    from ...core.types import Matrix

FEWEST = 20000000  # samples times parameters; lists take 0.1 s for this many


class Outputs:
    """Predicts with a network repeatedly, with its current parameters.

    >>> from scratchnet import Dense, Sequential
    >>> Outputs(Sequential([Dense(2, 1, weights=[[1], [2]])])).of([[1, 3]])
    [[7.0]]
    """

    def __init__(self, net: "Sequential") -> None:
        self.net = net
        self.predictor: "Optional[Compiled]" = None

    def of(self, X: "Any") -> "Matrix":
        """Return what ``net.predict(X)`` returns, for many samples as in the portable kernel."""
        if len(X) * sum([p.count for p in self.net.parameters()]) < FEWEST:
            return self.net.predict(X)
        rows, predictor = self.net.accept(X), self.compiled()
        outputs: "Matrix" = []
        for places in cut(list(range(len(rows))), BLOCK):
            numbers = reading.gathered(rows, places, predictor.inputs)
            found = predictor.outputs_for(len(places), numbers, (len(places),)).tolist()
            width = predictor.outputs
            outputs += [found[k : k + width] for k in range(0, len(found), width)]
        return outputs

    def compiled(self) -> "Compiled":
        """Return the predictor, which is written and compiled once, with the parameters."""
        if self.predictor is None:
            with Notice("the prediction is compiled ..."):
                self.predictor = Compiled(self.net)
        else:
            self.predictor.weights[:] = weights_of(self.net)
        return self.predictor
