"""scikit-learn's fitted linear models and the equivalent layers here.

linear                      the layers of a linear model
CLASSIFIERS   REGRESSORS    the names of the estimators that from_sklearn knows
"""

from ..core import matrix
from ..core.activations import Sigmoid, Softmax, Softplus, Threshold
from ..deep.activations import HardSigmoid
from ..formats import exchange
from .sklearn_steps import as_lists, dense, fitted_attribute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.layer import Layer
    from ..core.types import Matrix, Row

ABOVE_ZERO = 5e-324  # the smallest number above 0; z ≥ ABOVE_ZERO means z > 0
PERCEPTRONS = ("MLPClassifier", "MLPRegressor")
WITH_PROBABILITIES = (
    "LinearDiscriminantAnalysis",
    "LogisticRegression",
    "LogisticRegressionCV",
    "SGDClassifier",
)
WITHOUT_PROBABILITIES = (
    "LinearSVC",
    "PassiveAggressiveClassifier",
    "Perceptron",
    "RidgeClassifier",
    "RidgeClassifierCV",
)
CLASSIFIERS = ("MLPClassifier",) + WITH_PROBABILITIES + WITHOUT_PROBABILITIES
REGRESSORS = (
    "MLPRegressor",
    "ARDRegression",
    "BayesianRidge",
    "ElasticNet",
    "ElasticNetCV",
    "HuberRegressor",
    "Lars",
    "LarsCV",
    "Lasso",
    "LassoCV",
    "LassoLars",
    "LassoLarsCV",
    "LassoLarsIC",
    "LinearRegression",
    "LinearSVR",
    "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
    "MultiTaskLasso",
    "MultiTaskLassoCV",
    "OrthogonalMatchingPursuit",
    "OrthogonalMatchingPursuitCV",
    "PassiveAggressiveRegressor",
    "QuantileRegressor",
    "Ridge",
    "RidgeCV",
    "SGDRegressor",
    "TheilSenRegressor",
)


def linear(estimator: "Any", kind: str) -> "List[Layer]":
    """Return the layers of a linear model."""
    # outputs × inputs; a vector and a number for one output
    rows, bias = as_lists(fitted_attribute(estimator, "coef_")), as_lists(estimator.intercept_)
    rows = rows if isinstance(rows[0], list) else [rows]
    bias = bias if isinstance(bias, list) else [bias]
    if len(bias) < len(rows):  # one bias for all
        bias = bias * len(rows)
    if kind in REGRESSORS:
        return [dense(matrix.transpose(rows), bias)]
    if len(rows) == 1:
        return [dense(matrix.transpose(rows), bias), _end_of_two(estimator, kind)]
    if _has_several_labels(estimator):
        raise ValueError(
            f"from_sklearn: a {kind} with several labels at once is not supported; give one label "
            "per sample"
        )
    if kind == "SGDClassifier" and estimator.loss == "modified_huber":
        raise ValueError(
            "from_sklearn: the probabilities of an SGDClassifier with loss='modified_huber' and "
            "more than two classes have no equivalent layer; use loss='log_loss'"
        )
    if kind in WITHOUT_PROBABILITIES or not _is_logistic(estimator, kind):
        return [dense(matrix.transpose(rows), bias)]  # the decision function of each class
    several = getattr(estimator, "multi_class", "auto")  # a parameter before scikit-learn 1.8
    if kind == "SGDClassifier" or several == "ovr" or _is_liblinear(estimator):
        return _one_versus_rest(rows, bias)
    return [dense(matrix.transpose(rows), bias), Softmax()]


def _end_of_two(estimator: "Any", kind: str) -> "Any":
    """Return the activation of a linear classifier with two classes."""
    if kind == "SGDClassifier" and estimator.loss == "modified_huber":
        return HardSigmoid(0.5, 0.5)
    if kind in WITHOUT_PROBABILITIES or not _is_logistic(estimator, kind):
        return Threshold(ABOVE_ZERO)
    if getattr(estimator, "multi_class", "auto") == "multinomial":
        raise ValueError(
            f"from_sklearn: a {kind} with multi_class='multinomial' and two classes has no "
            "equivalent layer; leave multi_class out"
        )
    return Sigmoid()


def _has_several_labels(estimator: "Any") -> bool:
    """Return whether a RidgeClassifier predicts several labels for each sample."""
    binarizer = getattr(estimator, "_label_binarizer", None)
    return "multilabel" in getattr(binarizer, "y_type_", "")


def _is_logistic(estimator: "Any", kind: str) -> bool:
    return kind != "SGDClassifier" or estimator.loss in ("log_loss", "log")


def _is_liblinear(estimator: "Any") -> bool:
    return getattr(estimator, "solver", "") == "liblinear"


def _one_versus_rest(rows: "Matrix", bias: "Row") -> "List[Layer]":
    """The sigmoids of z, divided by their sum: softmax(ln sigmoid(z)), where -ln sigmoid(z) is
    softplus(-z)
    """
    weights = matrix.transpose([[-w for w in row] for row in rows])
    minus = exchange.normalization([0.0] * len(rows), [-1.0] * len(rows), "one versus rest")
    return [dense(weights, [-b for b in bias]), Softplus(), minus, Softmax()]
