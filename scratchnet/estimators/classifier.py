"""MLPClassifier, which predicts classes or labels."""

import math
import sys

from .. import metrics
from ..core.checks import AT_LEAST_0, is_sequence, require
from .arithmetic import SummedCrossEntropy
from .arrays import array, array_of_labels, as_lists, kind_of
from .mlp import MLP
from .outputs import Classes, flat_classes
from .training import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.types import RowOrNone


class MLPClassifier(MLP):
    """A network that predicts classes: numbers, strings, or several labels per sample.

    For labels, y is a matrix of 0 and 1. The network has one output per class and ends in softmax.
    With two classes it has a single output, and with labels one per label, and ends in "logistic".
    ``output_activation`` overrides the last activation. A loss other than "log_loss" compares the
    outputs with 0 and 1.

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0, 1], [1, 1], [1, 1], [1, 0]]  # OR, NAND
    >>> labels = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(X, y)
    >>> print(*labels.predict(X)[1])
    1 1
    """

    _estimator_type = "classifier"

    def __init__(
        self,
        hidden_layer_sizes: "Any" = (100,),
        activation: "Any" = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: "Any" = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: "Any" = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        loss: "Any" = "log_loss",
        output_activation: "Any" = None,
        dropout: "Any" = 0,
        engine: str = "auto",
        class_weight: "Any" = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes=hidden_layer_sizes,
            activation=activation,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            power_t=power_t,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            loss=loss,
            output_activation=output_activation,
            dropout=dropout,
            engine=engine,
        )
        self.class_weight = class_weight

    def partial_fit(
        self, X: "Any", y: "Any", sample_weight: "Any" = None, classes: "Any" = None
    ) -> "MLPClassifier":
        """Train for one epoch on these samples. The first call must give all ``classes``."""
        restart, outputs = not self.__sklearn_is_fitted__(), None
        if restart:
            outputs = self._first_outputs(y, classes)
        elif classes is not None and sorted(as_lists(classes, "classes")) != self._outputs.values:
            raise ValueError(
                "partial_fit: the classes differ from those of the first call; "
                f"give {self._outputs.values}"
            )
        Run(self, X, y, sample_weight, restart, partial=True, outputs=outputs).train()
        return self

    def _first_outputs(self, y: "Any", classes: "Any") -> "Classes":
        """Return the classes of the first call of ``partial_fit``, or the labels of y."""
        targets = as_lists(y, "y")
        if is_sequence(targets[0]) and len(targets[0]) > 1:
            return self._new_outputs(targets)
        if classes is None:
            raise ValueError(
                "partial_fit: the first call has no classes; give all of them as classes=[...]"
            )
        return self._new_outputs(as_lists(classes, "classes"))

    def predict(self, X: "Any") -> "Any":
        """Return the class, or the row of labels, of each sample: an array if X is an array."""
        predicted = self._predicted(X)
        known = [] if self._outputs.multilabel else self._outputs.values
        # NumPy makes strings as wide as the widest in the array; all classes give a fixed width.
        return array_of_labels(kind_of(X), predicted + known)[: len(predicted)]

    def predict_proba(self, X: "Any") -> "Any":
        """Return the probabilities: samples × classes (or labels), in the order of ``classes_``."""
        return array(kind_of(X), self._probabilities(X))

    def predict_log_proba(self, X: "Any") -> "Any":
        """Return the logarithm of each probability."""
        rows = self._probabilities(X)
        return array(
            kind_of(X), [[math.log(p) if p > 0 else -math.inf for p in row] for row in rows]
        )

    def _probabilities(self, X: "Any") -> "List[List[float]]":
        rows = self._propagate(X)
        if self.out_activation_ not in ("logistic", "softmax"):
            what = f"predict_proba: {self.out_activation_} gives no probabilities"
            raise ValueError(f"{what}; set output_activation='logistic' or 'softmax'")
        return [metrics.class_probabilities(row) for row in rows]

    @property
    def classes_(self) -> "Any":
        """The sorted classes; for labels, the indices of their columns."""
        self._fitted()
        return array_of_labels(sys.modules.get(self._kind), self._outputs.values)

    # ---- what a training run needs ---------------------------------------------------------------

    def _flat(self, y: "List[Any]") -> "List[Any]":
        return flat_classes(y)

    def _new_outputs(self, y: "List[Any]") -> "Classes":
        return Classes(y, self.output_activation)

    def _weights_by_class(
        self, y: "List[Any]", weights: "RowOrNone", outputs: "Any"
    ) -> "RowOrNone":
        if outputs.multilabel:
            return weights
        given = weights or [1.0] * len(y)
        counts = {label: 0 for label in outputs.values}
        for label, weight in zip(y, given):
            counts[label] += weight > 0
        present = [label for label in counts if counts[label]]
        if len(present) < 2:
            raise ValueError(
                f"y has only one class with weight above 0, {present[0]!r}; "
                "give samples of two classes or more"
            )
        if self.class_weight is None:
            return weights
        of_class = class_weights(self.class_weight, counts)
        return [weight * of_class[label] for weight, label in zip(given, y)]

    def _strata(self, y: "List[Any]") -> "Any":
        return None if is_sequence(y[0]) else y

    def _criterion(self, out_activation: str) -> "Any":
        if self.loss != "log_loss":
            return self.loss
        return "categorical_cross_entropy" if out_activation == "softmax" else SummedCrossEntropy()

    def _score(self, y: "List[Any]", predicted: "List[Any]", weights: "RowOrNone" = None) -> float:
        if self._outputs.multilabel:  # a sample is right if all its labels are right
            y, predicted = [
                [str(row) for row in self._outputs.encode(rows)] for rows in (y, predicted)
            ]
        return metrics.accuracy(y, predicted, weights)


def class_weights(given: "Any", counts: "Dict[Any, int]") -> "Dict[Any, float]":
    """Return the weight of each class, given the parameter ``class_weight``.

    ``counts``   the number of samples of each class
    """
    if given == "balanced":
        return balance(counts)
    require("class_weight", given, (lambda v: isinstance(v, dict), "{class: weight} or 'balanced'"))
    unknown = [label for label in given if label not in counts]
    # If all classes are given, the unknown ones may be missing from this part of the data.
    if unknown and not all([label in given for label in counts]):
        raise ValueError(
            f"class_weight: there is no class {unknown[0]!r}; the classes are {list(counts)}"
        )
    return {
        label: float(require("class_weight", given.get(label, 1.0), AT_LEAST_0)) for label in counts
    }


def balance(counts: "Dict[Any, int]") -> "Dict[Any, float]":
    """Return weights that make the sums of the weights of all present classes equal."""
    samples = sum(counts.values())
    present = len([n for n in counts.values() if n])
    return {label: samples / (present * n) if n else 0.0 for label, n in counts.items()}
