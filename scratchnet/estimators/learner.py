"""What a training run needs of an estimator: the state that it changes, and some decisions."""

import math
import sys

from .network import dense_layers, name_of_activation
from .parameters import Parameters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.network import Sequential
    from ..core.random import Generator
    from ..core.types import RowOrNone
    from .features import Features


class Learner(Parameters):
    """An estimator as a training run sees it.

    Below "what the estimators define" are the methods in which the two estimators differ.
    """

    _generator: "Generator"
    _optimizer: "Any"
    n_iter_: int

    def _begin(
        self, kind: "Any", features: "Features", outputs: "Any", network: "Sequential"
    ) -> None:
        """Set the attributes of an estimator that has learned nothing yet.

        ``kind``       the module of the arrays that ``fit`` was given, or None
        ``features``   the features of X
        ``outputs``    what the outputs of the network mean
        """
        self._kind = getattr(kind, "__name__", "")  # a module cannot be pickled
        self._features = features
        self._outputs = outputs
        self._best = math.inf
        self._stale = 0
        self.network_ = network
        self.n_features_in_ = features.count
        vars(self).pop("feature_names_in_", None)
        if features.names:
            self.feature_names_in_ = sys.modules["numpy"].array(features.names, dtype=object)
        self.n_layers_ = len(dense_layers(network)) + 1
        self.n_outputs_ = network.outputs
        self.out_activation_ = name_of_activation(network.layers[-1])
        self.t_ = 0
        self.loss_: "Any" = None
        self.loss_curve_: "List[float]" = []
        self.validation_loss_curve_: "List[float]" = []
        self.validation_scores_: "Any" = None

    # ---- what the estimators define --------------------------------------------------------------

    def _flat(self, y: "List[Any]") -> "List[Any]":
        """Return the targets without needless columns."""
        return y

    def _new_outputs(self, y: "List[Any]") -> "Any":
        """Return what the outputs of the network mean, given the targets."""
        raise NotImplementedError

    def _weights_by_class(
        self, y: "List[Any]", weights: "RowOrNone", outputs: "Any"
    ) -> "RowOrNone":
        """Return the sample weights, multiplied by the weights of the classes."""
        return weights

    def _strata(self, y: "List[Any]") -> "Any":
        """Return the classes by which early stopping stratifies its split, or None."""
        return None

    def _criterion(self, out_activation: str) -> "Any":
        """Return the loss as the core knows it."""
        raise NotImplementedError

    def _score(self, y: "List[Any]", predicted: "List[Any]", weights: "RowOrNone" = None) -> float:
        """Return the score of the predictions."""
        raise NotImplementedError
