"""A multi-layer perceptron: the part that both estimators share."""

import math
import sys

from .arrays import array, kind_of, listed
from .base import NotFitted, of_sklearn
from .network import dense_layers
from .parameters import Parameters
from .samples import sample_weights
from .training import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, TypeVar

    from ..core.network import Sequential
    from ..core.random import Generator
    from ..core.types import Matrix, RowOrNone

    Self = TypeVar("Self", bound="MLP")


class MLP(Parameters):
    """A network that is trained by ``fit`` and asked by ``predict``.

    Below "what the estimators define" are the methods in which the two estimators differ.
    """

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
        return self._train(
            Run(
                self,
                X,
                y,
                sample_weight,
                restart=not (self.warm_start and self.__sklearn_is_fitted__()),
                first=(coefs_init, intercepts_init),
                validation_data=validation_data,
                callbacks=callbacks,
            )
        )

    def _begin(self, run: "Run") -> None:
        """Set the attributes of an estimator that has learned nothing yet."""
        self._kind = getattr(run.kind, "__name__", "")  # a module cannot be pickled
        self._features = run.features
        self._outputs = run.outputs
        self._best = math.inf
        self._stale = 0
        self.network_: "Sequential" = run.network
        self.n_features_in_ = run.features.count
        vars(self).pop("feature_names_in_", None)
        if run.features.names:
            self.feature_names_in_ = sys.modules["numpy"].array(run.features.names, dtype=object)
        self.n_layers_ = len(dense_layers(run.network)) + 1
        self.n_outputs_ = run.network.outputs
        self.out_activation_ = run.out_activation
        self.t_ = 0
        self.loss_: "Any" = None
        self.loss_curve_: "List[float]" = []
        self.validation_loss_curve_: "List[float]" = []
        self.validation_scores_: "Any" = None

    def _train(self: "Self", run: "Run") -> "Self":
        """Take over what the run has prepared, then train."""
        if run.restart:
            self._begin(run)
        if self.early_stopping and self.validation_scores_ is None:
            self.validation_scores_ = []
        self._generator: "Generator" = run.generator
        self._optimizer: "Any" = run.optimizer
        self.n_iter_ = 0
        run.train()
        return self

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
        """Return the classes, of each of which early stopping holds out a part, or None."""
        return None

    def _criterion(self, out_activation: str) -> "Any":
        """Return the loss as the core knows it."""
        raise NotImplementedError

    def _score(self, y: "List[Any]", predicted: "List[Any]", weights: "RowOrNone" = None) -> float:
        """Return how good the predictions are."""
        raise NotImplementedError

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
        y = listed(y, "y")
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
