"""A multi-layer perceptron: the part that both estimators share."""

import sys

from .arrays import array, as_lists, kind_of
from .base import NotFitted, of_sklearn
from .learner import Learner
from .network import dense_layers
from .samples import sample_weights
from .training import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, TypeVar

    from ..core.network import Sequential
    from ..core.types import Matrix

    Self = TypeVar("Self", bound="MLP")


class MLP(Learner):
    """A network that ``fit`` trains and ``predict`` uses."""

    _estimator_type = ""  # scikit-learn before 1.6 reads it

    # ---- fitting ---------------------------------------------------------------------------------

    def fit(
        self: "Self",
        X: "Any",
        y: "Any",
        sample_weight: "Any" = None,
        coefs_init: "Any" = None,
        intercepts_init: "Any" = None,
        validation_data: "Any" = None,
        callbacks: "Any" = (),
    ) -> "Self":
        """Train and return the estimator. Without ``warm_start``, training starts from scratch.

        ``X``                 samples × features: lists, or an array of NumPy, pandas or PyTorch
        ``y``                 one target or one row of targets per sample
        ``sample_weight``     one weight of 0 or more per sample, used in the training loss only
        ``coefs_init``        the initial weights, layer by layer, as in ``coefs_``
        ``intercepts_init``   the initial biases, layer by layer
        ``validation_data``   (X, y), on which the loss is only measured, for
                              ``validation_loss_curve_``; ``early_stopping`` uses them instead of
                              samples held out
        ``callbacks``         functions that are called with the Epoch after each epoch; one that
                              returns True ends the training
        """
        run = Run(
            self,
            X,
            y,
            sample_weight,
            restart=not (self.warm_start and self.__sklearn_is_fitted__()),
            first=(coefs_init, intercepts_init),
            validation_data=validation_data,
            callbacks=callbacks,
        )
        run.train()
        return self

    # ---- using a fitted estimator ----------------------------------------------------------------

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def _fitted(self) -> "Sequential":
        if not self.__sklearn_is_fitted__():
            name = type(self).__name__
            raise of_sklearn("NotFittedError", NotFitted)(
                f"this {name} is not fitted yet; call fit with data first"
            )
        return self.network_

    def _propagate(self, X: "Any") -> "Matrix":
        """Return the outputs of the network."""
        network = self._fitted()
        return network.predict(self._features.rows_of(X))

    def _predicted(self, X: "Any") -> "List[Any]":
        outputs = self._propagate(X)
        return self._outputs.decode(outputs)  # type: ignore[no-any-return]

    def transform(self, X: "Any") -> "Any":
        """Return the output of the last hidden layer: samples × its neurons."""
        network = self._fitted()
        last = network.layers.index(dense_layers(network)[-1])
        return array(
            kind_of(X), network.propagate(self._features.rows_of(X), network.layers[:last])
        )

    def fit_transform(self, X: "Any", y: "Any" = None, **fit_options: "Any") -> "Any":
        """Call ``fit``, then return ``transform(X)``."""
        return self.fit(X, y, **fit_options).transform(X)

    def score(self, X: "Any", y: "Any", sample_weight: "Any" = None) -> float:
        """Return the accuracy of a classifier, or R² of a regressor (the mean over its outputs)."""
        y = as_lists(y, "y")
        return self._score(y, self._predicted(X), sample_weights(sample_weight, len(y)))

    @property
    def coefs_(self) -> "List[Any]":
        """The weights, layer by layer: inputs × outputs. To change them, change ``network_``."""
        return [self._as_fitted(layer.weights.value) for layer in dense_layers(self._fitted())]

    @property
    def intercepts_(self) -> "List[Any]":
        """The biases, layer by layer."""
        return [self._as_fitted(layer.bias.value) for layer in dense_layers(self._fitted())]

    def _as_fitted(self, numbers: "Any") -> "Any":
        """Return the numbers as an array like those of the first ``fit``."""
        return array(sys.modules.get(self._kind), numbers)

    @property
    def best_loss_(self) -> "Any":
        """The lowest loss in ``loss_curve_``; None with ``early_stopping``."""
        self._fitted()
        return None if self.validation_scores_ is not None else self._best

    @property
    def best_validation_score_(self) -> "Any":
        """The highest score in ``validation_scores_``; None without ``early_stopping``."""
        self._fitted()
        return None if self.validation_scores_ is None else -self._best

    def __sklearn_tags__(self) -> "Any":
        """Return the tags of the estimator. Only scikit-learn calls this."""
        from sklearn import utils  # type: ignore

        classifies = self._estimator_type == "classifier"
        return utils.Tags(
            estimator_type=self._estimator_type,
            target_tags=utils.TargetTags(required=True, multi_output=not classifies),
            transformer_tags=utils.TransformerTags(preserves_dtype=[]),
            classifier_tags=utils.ClassifierTags(multi_label=True) if classifies else None,
            regressor_tags=None if classifies else utils.RegressorTags(),
        )
