"""MLPRegressor, which predicts numbers."""

from .. import metrics
from .arithmetic import SquaredError
from .arrays import array, kind_of
from .mlp import MLP
from .outputs import Numbers
from .training import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import RowOrNone


class MLPRegressor(MLP):
    """A network that predicts numbers: one per sample or, if y is a matrix, several.

    The network ends in "identity". ``output_activation`` overrides it.

    >>> from math import inf
    >>> X, y = [[0], [1], [2], [3]], [1, 3, 5, 7]
    >>> line = MLPRegressor([], solver="sgd", learning_rate_init=0.05, alpha=0)
    >>> line = line.set_params(n_iter_no_change=inf).fit(X, y)
    >>> round(float(line.predict([[10]])[0]), 2)
    21.0
    """

    _estimator_type = "regressor"

    def partial_fit(self, X: "Any", y: "Any", sample_weight: "Any" = None) -> "MLPRegressor":
        """Train for one epoch on these samples."""
        restart = not self.__sklearn_is_fitted__()
        Run(self, X, y, sample_weight, restart, partial=True).train()
        return self

    def predict(self, X: "Any") -> "Any":
        """Return a number or a row of numbers per sample: an array if X is an array."""
        return array(kind_of(X), self._predicted(X))

    # ---- what a training run needs ---------------------------------------------------------------

    def _new_outputs(self, y: "List[Any]") -> "Numbers":
        return Numbers(self.output_activation)

    def _criterion(self, out_activation: str) -> "Any":
        return SquaredError() if self.loss == "squared_error" else self.loss

    def _score(self, y: "List[Any]", predicted: "List[Any]", weights: "RowOrNone" = None) -> float:
        # One tuple per output.
        truth, guess = [list(zip(*self._outputs.encode(data))) for data in (y, predicted)]
        if len(truth) != len(guess):
            raise ValueError(
                f"y has rows of {len(truth)} numbers, but the network predicts {len(guess)}; "
                "give one number per output"
            )
        scores = [metrics.r2(t, a, weights) for t, a in zip(truth, guess)]
        return sum(scores) / len(scores)
