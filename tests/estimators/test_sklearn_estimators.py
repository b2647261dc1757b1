"""The estimators compared with scikit-learn: all its checks of estimators, the numbers of its own, and its tools.

Both start from the same weights and take the samples in the same order. Losses, weights and predictions then agree to
1e-9, relative to the largest number of the array, and training stops after the same epoch. Runs have at most a hundred
epochs, because near the end of training Adam doubles the rounding errors every few epochs.
"""

import pickle

import pytest

from scratchnet import estimators

np = pytest.importorskip("numpy")
sklearn = pytest.importorskip("sklearn", minversion="1.6")

from sklearn import neural_network  # noqa: E402
from sklearn.base import clone, is_classifier, is_regressor  # noqa: E402
from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.datasets import load_iris, make_multilabel_classification  # noqa: E402
from sklearn.ensemble import BaggingRegressor, VotingClassifier  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, NotFittedError  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import (  # noqa: E402
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    train_test_split,
)
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:the training has not converged"),
    pytest.mark.filterwarnings("ignore:Stochastic Optimizer"),
    pytest.mark.filterwarnings("ignore:.*does not inherit from"),
]


# ---- the checks of scikit-learn --------------------------------------------------------------------------------------------------

# Few neurons and a rate for few, because the checks train hundreds of estimators.
SMALL = dict(hidden_layer_sizes=[8], learning_rate_init=0.03)


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([estimators.MLPClassifier(**SMALL), estimators.MLPRegressor(**SMALL)])
def test_estimator_checks(estimator, check):
    check(estimator)


# ---- the same numbers -------------------------------------------------------------------------------------------------


def samples(task, n=23):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, 3))
    scores = np.sin(X @ rng.normal(size=(3, 3))) + 0.3 * rng.normal(size=(n, 3))
    of_task = {
        "binary": np.array(["no", "yes"])[(scores[:, 0] > 0).astype(int)],
        "multiclass": scores.argmax(axis=1),
        "labels": (scores > 0).astype(int),
        "one number": scores[:, 0],
        "two numbers": scores[:, :2],
    }
    return X, of_task[task]


def both(task, X, y, fit_options=None, **settings):
    """Return scikit-learn's estimator and ours, fitted from the same initial weights."""
    name = "MLPRegressor" if task.endswith(("number", "numbers")) else "MLPClassifier"
    first = []

    class Theirs(getattr(neural_network, name)):
        def _init_coef(self, inputs, outputs, dtype):
            drawn = super()._init_coef(inputs, outputs, dtype)
            first.append([array.copy() for array in drawn])
            return drawn

    settings = dict(
        dict(hidden_layer_sizes=(4, 3), shuffle=False, max_iter=100, random_state=5), **settings
    )
    theirs = Theirs(**settings).fit(X, y, **fit_options or {})
    coefs, intercepts = zip(*first)
    ours = getattr(estimators, name)(**settings)
    ours.fit(X, y, coefs_init=coefs, intercepts_init=intercepts, **fit_options or {})
    return theirs, ours


def agree(a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= 1e-9 * np.abs(b).max()


def all_agrees(theirs, ours, X, y):
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    agree(ours.loss_curve_, theirs.loss_curve_)
    agree([ours.loss_, ours.best_loss_], [theirs.loss_, theirs.best_loss_])
    for mine, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_):
        agree(mine, other)
    agree([ours.score(X, y)], [theirs.score(X, y)])
    said, expected = ours.predict(X), theirs.predict(X)
    assert said.shape == expected.shape
    if is_regressor(theirs):
        return agree(said, expected)
    assert (said == expected).all() and said.dtype == expected.dtype
    assert (ours.classes_ == theirs.classes_).all()
    agree(ours.predict_proba(X), theirs.predict_proba(X))
    agree(ours.predict_log_proba(X), theirs.predict_log_proba(X))


SOLVERS = {
    "adam": dict(learning_rate_init=0.02),
    "adam until it stops": dict(learning_rate_init=0.05, tol=1e-3, n_iter_no_change=4),
    "adam, other settings": dict(
        learning_rate_init=0.02, beta_1=0.7, beta_2=0.9, epsilon=1e-4, activation="tanh"
    ),
    "sgd": dict(solver="sgd", learning_rate_init=0.1, momentum=0),
    "momentum": dict(
        solver="sgd", learning_rate_init=0.05, nesterovs_momentum=False, activation="logistic"
    ),
    "nesterov": dict(solver="sgd", learning_rate_init=0.1, activation="tanh"),
    "invscaling": dict(
        solver="sgd", learning_rate_init=0.2, learning_rate="invscaling", power_t=0.3
    ),
    "adaptive": dict(
        solver="sgd",
        learning_rate_init=0.05,
        learning_rate="adaptive",
        tol=1e-2,
        n_iter_no_change=3,
    ),
}


@pytest.mark.parametrize("batch_size", ["auto", 5])  # 5 leaves a batch of 3 at the end
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("task", ["binary", "multiclass", "labels", "one number", "two numbers"])
def test_whole_training_runs_agree(task, solver, batch_size):
    X, y = samples(task)
    theirs, ours = both(task, X, y, alpha=0.3, batch_size=batch_size, **SOLVERS[solver])
    assert solver not in ("adam until it stops", "adaptive") or theirs.n_iter_ < 100
    all_agrees(theirs, ours, X, y)


@pytest.mark.parametrize("task", ["binary", "multiclass", "one number"])
def test_weighted_training_runs_agree(task):
    X, y = samples(task)
    weights = np.random.default_rng(3).uniform(0.1, 3, len(X))
    try:
        theirs, ours = both(task, X, y, dict(sample_weight=weights), alpha=0.3)
    except TypeError:
        pytest.skip("sample weights came with scikit-learn 1.7")
    all_agrees(theirs, ours, X, y)
    agree([ours.score(X, y, weights)], [theirs.score(X, y, weights)])


@pytest.mark.parametrize("task", ["binary", "one number"])
@pytest.mark.parametrize("solver", ["adam", "invscaling"])
def test_partial_fits_agree(task, solver):
    X, y = samples(task)
    theirs, ours = both(task, X, y, max_iter=1, **SOLVERS[solver])
    for k in range(6):
        for estimator in (theirs, ours):
            estimator.partial_fit(X[k:], y[k:])
    all_agrees(theirs, ours, X, y)


@pytest.mark.parametrize("task", ["multiclass", "two numbers"])
def test_warm_starts_agree(task):
    X, y = samples(task)
    theirs, ours = both(task, X, y, max_iter=30, warm_start=True, learning_rate_init=0.02)
    for estimator in (theirs, ours):
        estimator.set_params(max_iter=300, tol=1e-3, n_iter_no_change=3).fit(X, y)
    assert theirs.n_iter_ < 300
    all_agrees(theirs, ours, X, y)


# ---- the tools of scikit-learn ---------------------------------------------------------------------------------------------------


def classifier(**settings):
    return estimators.MLPClassifier(**dict(dict(SMALL, max_iter=60), **settings))


def test_estimators_work_in_pipelines_searches_and_ensembles():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), classifier())
    assert is_classifier(classifier()) and is_regressor(estimators.MLPRegressor())
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.9
    assert cross_val_predict(pipeline, X, y, cv=3, method="predict_proba").shape == (150, 3)
    search = GridSearchCV(
        pipeline, {"mlpclassifier__alpha": [1e-4, 100.0]}, cv=3, scoring="neg_log_loss"
    ).fit(X, y)
    assert search.best_params_ == {"mlpclassifier__alpha": 1e-4}
    members = [
        ("ours", pipeline),
        ("theirs", make_pipeline(StandardScaler(), LogisticRegression())),
    ]
    assert VotingClassifier(members, voting="soft").fit(X, y).score(X, y) > 0.9
    calibrated = CalibratedClassifierCV(pipeline, cv=3).fit(X, y)
    assert calibrated.score(X, y) > 0.9 and calibrated.predict_proba(X).shape == (150, 3)
    assert (pickle.loads(pickle.dumps(search)).predict(X) == search.predict(X)).all()


def test_transform_feeds_another_estimator():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), classifier(), LogisticRegression()).fit(X, y)
    assert pipeline.score(X, y) > 0.9 and pipeline[:-1].transform(X).shape == (150, 8)


def test_lists_strings_labels_and_parallel_jobs():
    X, y = load_iris(return_X_y=True)
    words = [["setosa", "versicolor", "virginica"][k] for k in y]
    scores = cross_val_score(classifier(), X.tolist(), words, cv=3)
    assert (scores == cross_val_score(classifier(), X, np.array(words), cv=3, n_jobs=2)).all()
    bag = BaggingRegressor(estimators.MLPRegressor(**SMALL), n_estimators=3, random_state=0).fit(
        X[:, :3], X[:, 3]
    )
    assert bag.score(X[:, :3], X[:, 3]) > 0.8
    X, y = make_multilabel_classification(n_samples=60, random_state=0)
    assert cross_val_predict(classifier(), X, y, cv=3).shape == y.shape


def test_fit_options_in_a_pipeline_and_clones():
    X, y = load_iris(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    pipeline = make_pipeline(
        StandardScaler(), classifier(activation=["tanh"], dropout=0.1, class_weight="balanced")
    )
    pipeline.fit(X_train, y_train, mlpclassifier__validation_data=(X_test, y_test))
    fitted = pipeline[-1]
    assert len(fitted.validation_loss_curve_) == fitted.n_iter_
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params() and not hasattr(fresh, "network_")


def test_exceptions_and_warnings_are_sklearns():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(NotFittedError, match="MLPClassifier is not fitted yet"):
        classifier().predict(X)
    with pytest.warns(ConvergenceWarning, match="not converged in max_iter=2 epochs"):
        classifier(max_iter=2).fit(X, y)


def test_numpy_random_states_give_seeds():
    X, y = load_iris(return_X_y=True)
    states = [np.random.RandomState(seed) for seed in (3, 3, 4)]
    curves = [classifier(max_iter=2, random_state=state).fit(X, y).loss_curve_ for state in states]
    assert curves[0] == curves[1] != curves[2]


def test_feature_names_are_compared():
    pandas = pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True)
    frame = pandas.DataFrame(X, columns=list("abcd"))
    fitted = classifier(max_iter=2).fit(frame, y)
    assert fitted.feature_names_in_.tolist() == list("abcd") and isinstance(
        fitted.predict(frame), np.ndarray
    )
    messages = {
        "dcba": "a column is 'd', but was 'a' before; the feature names should match",
        "abxd": "'x', but was 'c' before",
    }
    for columns, message in messages.items():
        with pytest.raises(ValueError, match=message):
            fitted.predict(pandas.DataFrame(X, columns=list(columns)))
    with pytest.warns(
        UserWarning, match="X does not have valid feature names, but MLPClassifier was fitted with"
    ):
        fitted.predict(X)
    with pytest.warns(
        UserWarning, match="X has feature names, but MLPClassifier was fitted without"
    ):
        fitted.fit(X, y).predict(frame)
    assert not hasattr(fitted, "feature_names_in_")
