"""scikit-learn's fitted transformers and the equivalent layers here.

    steps_of     the steps of an estimator: those of its pipelines, one after the other
    layers_of    the layers that compute what a transformer computes
    kind_of      the name of the class of scikit-learn that defines what a step computes
    dense        a Dense from lists
    as_lists     an array as lists

Whatever subtracts, scales or mixes features is a Normalization or a Dense, in the precision of 64
bits.
"""

from ..core import matrix
from ..core.checks import shown
from ..core.functions import sqrt
from ..core.layers import Dense, Normalization
from ..deep.activations import Clip
from ..deep.normalization import RowNormalization
from ..formats import exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..core.layer import Layer
    from ..core.types import Matrix, Row

PACKAGES = (__name__.split(".")[0], "sklearn", "sklearnex", "daal4py")
METHODS = ("predict", "predict_proba", "decision_function", "transform")
# Estimators around another one, and the attribute that holds it once they are fitted.
AROUND = {
    "GridSearchCV": "best_estimator_",
    "HalvingGridSearchCV": "best_estimator_",
    "HalvingRandomSearchCV": "best_estimator_",
    "RANSACRegressor": "estimator_",
    "RandomizedSearchCV": "best_estimator_",
}
SELECTORS = (
    "GenericUnivariateSelect",
    "RFE",
    "RFECV",
    "SelectFdr",
    "SelectFpr",
    "SelectFromModel",
    "SelectFwe",
    "SelectKBest",
    "SelectPercentile",
    "SequentialFeatureSelector",
    "VarianceThreshold",
)


def steps_of(estimator: "Any", name: str) -> "List[Any]":
    """Return the steps of an estimator: of a Pipeline, its own; of a search, those of the best.

    ``name`` is the function that the user called.
    """
    kind = kind_of(estimator)
    if kind in AROUND:
        return steps_of(fitted_attribute(estimator, AROUND[kind], name), name)
    if kind == "Pipeline":
        return [
            inner
            for _, step in estimator.steps
            if step not in (None, "passthrough")
            for inner in steps_of(step, name)
        ]
    return [estimator]


def kind_of(step: "Any") -> str:
    """Return the name of scikit-learn's class that defines what a step computes, "" if none does.

    A subclass is of the same kind if it computes the same.
    """
    for kind in type(step).__mro__:
        if kind.__module__.split(".")[0] in PACKAGES:
            same = [_definition_of(type(step), m) is _definition_of(kind, m) for m in METHODS]
            return kind.__name__ if all(same) else ""
    return ""


def _definition_of(kind: "Any", method: str) -> "Any":
    for each in kind.__mro__:
        if method in vars(each):
            return vars(each)[method]
    return None


def fitted_attribute(estimator: "Any", attribute: str, name: str = "from_sklearn") -> "Any":
    """Return an attribute that an estimator has once it is fitted."""
    if not hasattr(estimator, attribute):
        raise ValueError(
            f"{name}: {type(estimator).__name__} is not fitted yet; call fit with data first"
        )
    return getattr(estimator, attribute)


def as_lists(values: "Any") -> "Any":
    return values.tolist() if hasattr(values, "tolist") else values


def dense(weights: "Matrix", bias: "Any") -> "Dense":
    """Return a Dense of these weights, inputs × outputs; the bias may be False."""
    return Dense(len(weights), len(weights[0]), weights=weights, bias=bias)


def layers_of(step: "Any") -> "List[Layer]":
    """Return the layers that compute what a transformer computes."""
    kind = kind_of(step)
    if kind in SELECTORS:
        fitted_attribute(step, "n_features_in_")
        return [_selection(as_lists(step.get_support(indices=True)), step.n_features_in_)]
    if kind not in TRANSFORMERS:
        known = ", ".join(sorted(TRANSFORMERS) + list(SELECTORS))
        raise ValueError(
            f"from_sklearn: {type(step).__name__} in the Pipeline has no equivalent layer; "
            f"use only {known} before the estimator"
        )
    layers: "List[Layer]" = TRANSFORMERS[kind](step)
    return layers


def _normalization(shift: "Row", spread: "Row", step: "Any") -> "Layer":
    return exchange.normalization(shift, spread, type(step).__name__)


def _standard(step: "Any") -> "List[Layer]":
    scale, n = fitted_attribute(step, "scale_"), step.n_features_in_
    mean = as_lists(step.mean_) if step.with_mean else [0.0] * n
    return [_normalization(mean, as_lists(scale) if step.with_std else [1.0] * n, step)]


def _min_max(step: "Any") -> "List[Layer]":
    """x·scale + least, as (x + least/scale)/(1/scale); scikit-learn may limit it to the range"""
    scale, least = as_lists(fitted_attribute(step, "scale_")), as_lists(step.min_)
    shift = [-m / s for m, s in zip(least, scale)]
    layers = [_normalization(shift, [1 / s for s in scale], step)]
    return layers + ([Clip(*step.feature_range)] if getattr(step, "clip", False) else [])


def _max_abs(step: "Any") -> "List[Layer]":
    spread = as_lists(fitted_attribute(step, "scale_"))
    layers = [_normalization([0.0] * len(spread), spread, step)]
    return layers + ([Clip(-1, 1)] if getattr(step, "clip", False) else [])


def _robust(step: "Any") -> "List[Layer]":
    fitted_attribute(step, "center_")
    n = step.n_features_in_
    shift = as_lists(step.center_) if step.with_centering else [0.0] * n
    return [_normalization(shift, as_lists(step.scale_) if step.with_scaling else [1.0] * n, step)]


def _components(step: "Any") -> "List[Layer]":
    """(x - mean)·components, divided by the standard deviations if they are whitened"""
    rows = as_lists(fitted_attribute(step, "components_"))  # outputs × inputs
    mean = getattr(step, "mean_", None)
    if getattr(step, "whiten", False) and kind_of(step) in ("PCA", "IncrementalPCA"):
        spread = [max(sqrt(v), 2.0**-52) for v in as_lists(step.explained_variance_)]
        rows = [[w / s for w in row] for row, s in zip(rows, spread)]
    layers: "List[Layer]" = []
    if mean is not None:
        layers.append(_normalization(as_lists(mean), [1.0] * len(rows[0]), step))
    return layers + [dense(matrix.transpose(rows), False)]


def _projection(step: "Any") -> "List[Layer]":
    rows = fitted_attribute(step, "components_")
    rows = as_lists(rows.toarray() if hasattr(rows, "toarray") else rows)
    return [dense(matrix.transpose(rows), False)]


def _function(step: "Any") -> "List[Layer]":
    if step.func is not None:
        raise ValueError(
            f"from_sklearn: FunctionTransformer of {shown(step.func)} has no equivalent layer; "
            "transform the data before the Pipeline"
        )
    return []


def _normalizer(step: "Any") -> "List[Layer]":
    if step.norm not in ("l1", "l2"):
        raise ValueError(
            f"from_sklearn: a Normalizer with the norm {shown(step.norm)} has no equivalent layer; "
            "give it the norm l1 or l2"
        )
    return [RowNormalization(step.norm)]


def _imputer(step: "Any") -> "List[Layer]":
    """Nothing, because a network takes only finite numbers."""
    statistics = as_lists(fitted_attribute(step, "statistics_"))
    is_nan = step.missing_values != step.missing_values
    if not is_nan or step.add_indicator or any([v != v for v in statistics]):
        raise ValueError(
            "from_sklearn: SimpleImputer replaces finite numbers, or adds or drops columns, which "
            "no layer does; transform the data before the Pipeline"
        )
    return []


def _columns(step: "Any") -> "List[Layer]":
    """A choice of columns, and one Normalization of all"""
    order: "List[int]" = []
    shift: "List[float]" = []
    spread: "List[float]" = []
    fitted_attribute(step, "transformers_")
    for name, inner, _ in step.transformers_:
        columns = list(as_lists(step._transformer_to_input_indices.get(name, [])))
        if isinstance(inner, str) and inner == "drop" or not columns:
            continue
        found = [] if isinstance(inner, str) else layers_of_steps(inner, "from_sklearn")
        if len(found) > 1 or any([type(layer) is not Normalization for layer in found]):
            raise ValueError(
                f"from_sklearn: {name!r} in the ColumnTransformer ({type(inner).__name__}) does "
                "more than to shift and to scale its columns; use scalers and passthrough"
            )
        order += columns
        numbers: "Any" = found[0] if found else None
        shift += numbers.mean.value if found else [0.0] * len(columns)
        spread += numbers.spread.value if found else [1.0] * len(columns)
    count = step.n_features_in_
    layers: "List[Layer]" = [] if order == list(range(count)) else [_selection(order, count)]
    return layers + [_normalization(shift, spread, step)]


def _selection(columns: "List[int]", count: int) -> "Layer":
    """Return the layer that passes on these of ``count`` columns, in this order."""
    layer = dense([[float(i == j) for j in columns] for i in range(count)], False)
    layer.weights.frozen = True
    return layer


TRANSFORMERS: "Dict[str, Any]" = {
    "ColumnTransformer": _columns,
    "FunctionTransformer": _function,
    "GaussianRandomProjection": _projection,
    "IncrementalPCA": _components,
    "MaxAbsScaler": _max_abs,
    "MinMaxScaler": _min_max,
    "Normalizer": _normalizer,
    "PCA": _components,
    "RobustScaler": _robust,
    "SimpleImputer": _imputer,
    "SparseRandomProjection": _projection,
    "StandardScaler": _standard,
    "TruncatedSVD": _projection,
}


def layers_of_steps(step: "Any", name: str) -> "List[Layer]":
    """Return the layers of a transformer, which may be a Pipeline of several."""
    return [layer for inner in steps_of(step, name) for layer in layers_of(inner)]
