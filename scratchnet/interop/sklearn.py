"""scikit-learn: a network from a fitted estimator, and back.

    from_sklearn   a network with an estimator's numbers
    to_sklearn     an estimator with a network's numbers

    scikit-learn                                 here
    MLPClassifier  MLPRegressor                  Dense, activation, Dense, ...; Sigmoid for two
                                                 classes and for several labels at once
    LogisticRegression(CV)                       Dense, and Sigmoid or Softmax
    LinearDiscriminantAnalysis
    SGDClassifier                                Dense, and Sigmoid, HardSigmoid or Threshold
    Perceptron  LinearSVC  RidgeClassifier(CV)   Dense, Threshold(5e-324): 1 if z > 0; Dense alone
    PassiveAggressiveClassifier                  for more than two classes
    LinearRegression  Ridge(CV)  Lasso(CV)       Dense
    ElasticNet(CV)  SGDRegressor  LinearSVR  ...
    StandardScaler  MinMaxScaler  MaxAbsScaler   Normalization before them; Clip if the scaler
    RobustScaler                                 clips
    PCA  TruncatedSVD  random projections        Normalization and Dense
    SelectKBest and other selections             Dense of zeros and ones
    ColumnTransformer of scalers                 both

Pipelines may contain pipelines. A search such as GridSearchCV gives its best estimator. to_sklearn
makes MLPClassifier, MLPRegressor, LogisticRegression, Perceptron, LinearRegression, Ridge, Lasso
and ElasticNet, also after StandardScaler in a Pipeline.

The classes are in ``net.metadata["labels"]``. For two classes, the single output is the probability
of the second. The estimators of scratchnet are accepted like those of scikit-learn. This module
never imports scikit-learn, because the methods of the given estimator create everything.

>>> from scratchnet.estimators import MLPClassifier
>>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
>>> classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7)
>>> classifier = classifier.fit(X, ["no", "yes", "yes", "no"])
>>> net = from_sklearn(classifier)
>>> net.layers
[Dense(inputs=2, outputs=4), Tanh(), Dense(inputs=4, outputs=1), Sigmoid()]
>>> net.metadata
{'labels': ['no', 'yes']}
>>> print(*to_sklearn(net, MLPClassifier()).predict(X))
no yes yes no
"""

import math
import warnings

from ..core import matrix
from ..core.activations import Identity, ReLU, Sigmoid, Softmax, Tanh
from ..core.checks import shown
from ..core.layers import Dense, Normalization
from ..core.network import Sequential
from ..formats import exchange
from .sklearn_linear import CLASSIFIERS, PERCEPTRONS, REGRESSORS, linear
from .sklearn_network import alternating, check_columns, output_of
from .sklearn_steps import as_lists, dense, fitted_attribute, kind_of, layers_of, steps_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..core.layer import Layer
    from ..core.types import Matrix
    from .sklearn_network import Place

HIDDEN: "Dict[Any, str]" = {Identity: "identity", Sigmoid: "logistic", ReLU: "relu", Tanh: "tanh"}
ACTIVATIONS: "Dict[str, Any]" = dict({name: kind for kind, name in HIDDEN.items()}, softmax=Softmax)
# The linear models that to_sklearn makes; from_sklearn knows more of them.
MADE = ("LogisticRegression", "Perceptron", "LinearRegression", "Ridge", "Lasso", "ElasticNet")
# The parameters for the single training step that prepares an estimator. They do not depend on the
# data or on random numbers.
PREPARING = dict(
    solver="adam", early_stopping=False, batch_size="auto", random_state=0, verbose=False
)


def _kind(estimator: "Any", name: str, known: "Tuple[str, ...]") -> str:
    if isinstance(estimator, type):
        raise ValueError(
            f"{name}: {estimator.__name__} is a class; give an estimator, {estimator.__name__}()"
        )
    kind = kind_of(estimator)
    if kind not in known:
        raise ValueError(
            f"{name}: {type(estimator).__name__} is not supported; give one of "
            f"{', '.join(known)}, or a Pipeline with scalers before it"
        )
    return kind


def _steps(estimator: "Any", name: str) -> "Tuple[List[Any], Any]":
    """Return the steps before the last one, and the last."""
    steps = steps_of(estimator, name)
    return steps[:-1], steps[-1] if steps else None


# ---- from scikit-learn -----------------------------------------------------------------------


def from_sklearn(estimator: "Any") -> "Sequential":
    """Return a network that predicts the same as a fitted scikit-learn estimator.

    The estimator is an MLP, a linear model, a Pipeline that scales, selects or projects before one
    of these, or a search such as GridSearchCV, which gives its best estimator.
    ``help(scratchnet.interop.sklearn)`` lists what is supported.

    The outputs are those of ``predict_proba``, for two classes only the second column; of a
    regressor, those of ``predict``. The output of a classifier without probabilities is 0 or 1: the
    place of the predicted class in ``net.metadata["labels"]``. For more than two classes, its
    outputs are those of ``decision_function``; the largest one is that of the predicted class. An
    estimator that was fitted to a data frame gives ``net.metadata["columns"]``. An estimator that
    is not supported or not fitted raises a ValueError.
    """
    before, last = _steps(estimator, "from_sklearn")
    kind = _kind(last, "from_sklearn", CLASSIFIERS + REGRESSORS)
    layers = [layer for step in before for layer in layers_of(step)]
    if kind not in PERCEPTRONS:
        layers += linear(last, kind)
    elif hasattr(fitted_attribute(last, "coefs_") and last, "network_"):
        own = last.network_.copy().layers
        for layer in own:
            if isinstance(layer, Dense):
                layer.l2 = 0  # the penalty is the estimator's
        layers += own
    else:
        layers += _layers_of_mlp(last, kind)
    net = Sequential(layers)
    if kind in CLASSIFIERS:
        net.metadata["labels"] = as_lists(last.classes_)
    columns = as_lists(getattr(estimator, "feature_names_in_", []))
    if columns and len(columns) == net.inputs:  # It was fitted to a data frame.
        net.metadata["columns"] = columns
    return net


def _layers_of_mlp(estimator: "Any", kind: str) -> "List[Layer]":
    names = [estimator.activation] * (len(estimator.coefs_) - 1) + [estimator.out_activation_]
    layers: "List[Layer]" = []
    for name, weights, bias in zip(names, estimator.coefs_, estimator.intercepts_):
        if name not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(
                f"from_sklearn: {kind} has the activation {shown(name)}, which is not supported; "
                f"give one of {known}"
            )
        layers += [dense(as_lists(weights), as_lists(bias)), ACTIVATIONS[name]()]
    return layers


# ---- to scikit-learn -------------------------------------------------------------------------


def to_sklearn(net: "Any", estimator: "Any") -> "Any":
    """Turn a scikit-learn estimator into one that predicts the same as the network; return it.

    An example is ``to_sklearn(net, MLPClassifier())``.

    ``hidden_layer_sizes`` and ``activation`` of an MLP become those of the network; all other
    parameters are kept. A network that begins with a Normalization needs a Pipeline of
    StandardScaler and an estimator. The classes are ``net.metadata["labels"]``, or those of the
    table from which the network was trained; without these, the classes that the estimator was
    fitted to before; otherwise 0, 1, ... Dropout is left out. A Softmax of two outputs becomes the
    equivalent Sigmoid of their difference.

    A network without an equivalent raises a ValueError and leaves the estimator unchanged. For
    instance, an MLP has one activation for all hidden layers, and has no LeakyReLU.
    """
    net = exchange.ready(net, "to_sklearn")
    check_columns(net)
    scalers, last = _steps(estimator, "to_sklearn")
    kind = _kind(last, "to_sklearn", PERCEPTRONS + MADE)
    layers, normalizations = _without_scalers(net, scalers, kind)
    dense, activations = alternating(layers, kind)
    replacements = [(old, _scaler(old, layer)) for old, layer in zip(scalers, normalizations)]
    make = _mlp if kind in PERCEPTRONS else _linear
    replacements.append((last, make(last, kind, dense, activations, net)))
    for old, new in replacements:
        names = getattr(old, "feature_names_in_", ())
        vars(old).clear()
        vars(old).update(vars(new))
        if len(names) == old.n_features_in_:
            old.feature_names_in_ = names
    return estimator


def _without_scalers(
    net: "Sequential", scalers: "List[Any]", kind: str
) -> "Tuple[List[Place], List[Any]]":
    """Return the layers after the first Normalizations, and these, one for each scaler."""
    for step in scalers:
        if kind_of(step) != "StandardScaler":
            raise ValueError(
                f"to_sklearn: {type(step).__name__} in the Pipeline has no equivalent layer; "
                "use only StandardScaler before the estimator"
            )
    layers = exchange.counting(net)
    found = []
    while layers and type(layers[0][1]) is Normalization:
        found.append(layers.pop(0))
    if len(found) > len(scalers):
        i, layer = found[len(scalers)]
        raise exchange.unfit(
            i, layer, f"give a Pipeline with a StandardScaler for it before the {kind}"
        )
    if len(found) < len(scalers):
        raise ValueError(
            f"to_sklearn: the Pipeline has {len(scalers)} StandardScaler and the network "
            f"{len(found)} Normalization before the first Dense; give as many StandardScaler as "
            "Normalization"
        )
    return layers, [layer for _, layer in found]


def _fresh(estimator: "Any", **parameters: "Any") -> "Any":
    """Return a new, unfitted estimator with the same parameters, except those given."""
    return type(estimator)(**dict(estimator.get_params(deep=False), **parameters))


def _scaler(scaler: "Any", layer: "Any") -> "Any":
    new = _fresh(scaler, with_mean=True, with_std=True).fit([[0.0] * layer.mean.count])
    new.mean_[:], new.scale_[:] = layer.mean.value, layer.spread.value
    new.var_[:] = [s * s for s in layer.spread.value]
    return new


def _mlp(
    estimator: "Any", kind: str, dense: "List[Any]", activations: "List[Place]", net: "Sequential"
) -> "Any":
    name, rows, bias, y = output_of(estimator, kind, dense[-1], activations[-1], net)
    shape: "Dict[str, Any]" = {"hidden_layer_sizes": tuple([layer.outputs for layer in dense[:-1]])}
    for i, layer in activations[:-1]:
        if type(layer) not in HIDDEN:
            known = ", ".join([activation.__name__ for activation in HIDDEN])
            raise exchange.unfit(i, layer, f"{kind} has no such hidden layer; it has {known}")
        if shape.setdefault("activation", HIDDEN[type(layer)]) != HIDDEN[type(layer)]:
            raise exchange.unfit(
                i,
                layer,
                f"all hidden layers of {kind} have the same activation; "
                f"the first has {activations[0][1]!r}",
            )
    new = _fresh(estimator, **dict(PREPARING, **shape))
    classes = (
        {"classes": list(range(len(y[0]))) if isinstance(y[0], list) else y}
        if kind in CLASSIFIERS
        else {}
    )
    new.partial_fit([[0.0] * dense[0].inputs for _ in y], y, **classes)
    if new.out_activation_ != name:
        raise exchange.unfit(
            *activations[-1],
            f"this {kind} ends in {new.out_activation_}, but the network ends in {name}",
        )
    _write(
        new,
        [layer.weights.value for layer in dense[:-1]] + [matrix.transpose(rows)],
        [exchange.bias_of(layer) for layer in dense[:-1]] + [bias],
    )
    _forget(new, estimator.early_stopping)
    return new.set_params(**dict(estimator.get_params(deep=False), **shape))


def _write(new: "Any", weights: "List[Matrix]", biases: "Matrix") -> None:
    if hasattr(new, "network_"):  # an estimator of scratchnet
        own = [layer for layer in new.network_.layers if type(layer) is Dense]
        for layer, rows, bias in zip(own, weights, biases):
            layer.weights.value, layer.bias.value = rows, bias
        return
    for array, numbers in zip(new.coefs_ + new.intercepts_, weights + biases):  # type: Any, Any
        array[:] = numbers


def _forget(new: "Any", early_stopping: bool) -> None:
    """Reset the training state, so that further training ignores the step that prepared it."""
    vars(new).update(t_=0, n_iter_=0, loss_=None, loss_curve_=[])
    if hasattr(new, "network_"):
        vars(new).update(_optimizer=None, _best=math.inf, _stale=0)
        return
    del new._optimizer
    vars(new).update(best_loss_=math.inf, _no_improvement_count=0)
    if early_stopping:
        vars(new).update(best_loss_=None, validation_scores_=[], best_validation_score_=-math.inf)


def _linear(
    estimator: "Any", kind: str, dense: "List[Any]", activations: "List[Place]", net: "Sequential"
) -> "Any":
    _, rows, bias, y = output_of(estimator, kind, dense[-1], activations[-1], net)
    if len(dense) > 1:
        i, layer = activations[0]
        raise exchange.unfit(
            i, layer, f"{kind} is a single Dense; give an {PERCEPTRONS[kind in REGRESSORS]}"
        )
    new = _fresh(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Some estimators warn when they are fitted to zeros.
        new.fit([[0.0] * dense[0].inputs for _ in y], y)
    new.coef_[:] = rows if len(new.coef_.shape) == 2 else rows[0]
    if hasattr(new.intercept_, "__len__"):
        new.intercept_[:] = bias
    else:
        new.intercept_ = bias[0]
    if len(linear(new, kind)) > 2:  # It refuses other parameters with which the estimator differs.
        raise exchange.unfit(
            *activations[-1], f"this {kind} computes one sigmoid per class; give it another solver"
        )
    return new
