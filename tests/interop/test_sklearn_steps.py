"""scikit-learn: scalers, selections, pipelines and linear models become layers that predict the same to 1e-12."""

import warnings

import pytest
from interchange import agree

import scratchnet as sn

pytest.importorskip("sklearn")
numpy = pytest.importorskip("numpy")
from sklearn import (  # noqa: E402
    compose,
    decomposition,
    discriminant_analysis,
    feature_selection,
    impute,
    linear_model,
    model_selection,
    neural_network,
    pipeline,
    preprocessing,
    random_projection,
    svm,
)

DRAW = numpy.random.RandomState(0)
X = DRAW.randn(60, 5) * [1, 5, 0.1, 1, 3] + [0, 10, 100, -1, 2]
Y = X[:, 0] - X[:, 1] / 5 + 0.1 * DRAW.randn(60)
THREE = numpy.array(["b", "c", "a"])[numpy.digitize(Y, numpy.quantile(Y, [0.3, 0.6]))]
TWO = numpy.where(Y > 0, "yes", "no")
FAR = numpy.concatenate([X, 3 * X - 5])  # outside of what scalers have seen, too


def fitted(estimator, y, data=X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is not yet converged, and of old names
        return estimator.fit(data, y)


def columns(probabilities):
    """Return the outputs of a network; of two classes, the second."""
    return probabilities[:, 1:] if probabilities.shape[1] == 2 else probabilities


def mlp():
    return neural_network.MLPClassifier((6,), max_iter=5, random_state=0)


def ridge():
    return linear_model.Ridge()


scalers = preprocessing
TRANSFORMERS = [
    scalers.StandardScaler(with_mean=False),
    scalers.MinMaxScaler(),
    scalers.MinMaxScaler((-1, 3)),
    scalers.MinMaxScaler(clip=True),
    scalers.MaxAbsScaler(),
    scalers.Normalizer(),
    scalers.Normalizer("l1"),
    scalers.RobustScaler(),
    scalers.RobustScaler(with_centering=False, unit_variance=True),
    scalers.RobustScaler(with_scaling=False),
    scalers.FunctionTransformer(),
    impute.SimpleImputer(),
    decomposition.PCA(2),
    decomposition.PCA(whiten=True),
    decomposition.IncrementalPCA(3, whiten=True),
    decomposition.TruncatedSVD(2),
    random_projection.GaussianRandomProjection(3, random_state=0),
    random_projection.SparseRandomProjection(3, random_state=0),
    feature_selection.SelectKBest(k=2),
    feature_selection.SelectPercentile(percentile=50),
    feature_selection.VarianceThreshold(0.5),
    feature_selection.SelectFromModel(linear_model.RidgeClassifier()),
    feature_selection.RFE(linear_model.RidgeClassifier(), n_features_to_select=3),
    compose.ColumnTransformer([("a", scalers.MinMaxScaler(), [0, 3]), ("b", "passthrough", [1])]),
    compose.ColumnTransformer(
        [("a", scalers.MinMaxScaler(), [3, 0]), ("c", "drop", [1])],
        remainder=scalers.RobustScaler(),
    ),
    compose.ColumnTransformer([("all", scalers.StandardScaler(), slice(0, 5))]),
    compose.ColumnTransformer(
        [("a", pipeline.make_pipeline(impute.SimpleImputer(), scalers.MaxAbsScaler()), [0, 1])],
        remainder="passthrough",
    ),
]


@pytest.mark.parametrize("step", TRANSFORMERS, ids=repr)
def test_a_transformer_in(step):
    """The last model is linear, so that no activation hides a wrong input."""
    last = discriminant_analysis.LinearDiscriminantAnalysis()
    model = fitted(pipeline.make_pipeline(step, last), THREE)
    net = sn.from_sklearn(model)
    agree(net.predict(FAR), model.predict_proba(FAR))
    assert net.metadata == {"labels": ["a", "b", "c"]}


def test_columns_by_name():
    pandas = pytest.importorskip("pandas")
    data = pandas.DataFrame(X, columns=list("abcde"))
    step = compose.ColumnTransformer([("x", scalers.StandardScaler(), ["d", "a"])])
    model = fitted(pipeline.make_pipeline(step, ridge()), Y, data)
    net = sn.from_sklearn(model)
    agree(net.predict(X), model.predict(data)[:, None])
    assert net.metadata == {"columns": list("abcde")}


def nested():
    inner = pipeline.make_pipeline(scalers.MinMaxScaler(), "passthrough", scalers.StandardScaler())
    return pipeline.make_pipeline(inner, pipeline.make_pipeline(decomposition.PCA(4), mlp()))


SEARCHES = [
    nested(),
    model_selection.GridSearchCV(mlp(), {"alpha": [1e-4, 1]}, cv=2),
    model_selection.GridSearchCV(nested(), {"pipeline-2__pca__n_components": [2, 3]}, cv=2),
    model_selection.RandomizedSearchCV(mlp(), {"alpha": [1e-4, 1]}, n_iter=1, cv=2),
    pipeline.make_pipeline(
        scalers.StandardScaler(),
        model_selection.GridSearchCV(linear_model.LogisticRegression(), {"C": [1, 2]}, cv=2),
    ),
    type("Mine", (neural_network.MLPClassifier,), {})((4,), max_iter=5),
]


@pytest.mark.parametrize("model", SEARCHES, ids=lambda model: type(model).__name__)
def test_pipelines_and_searches_in(model):
    fitted(model, THREE)
    net = sn.from_sklearn(model)
    agree(net.predict(FAR), model.predict_proba(FAR))
    assert net.metadata == {"labels": ["a", "b", "c"]}


several = "MultiTaskLasso MultiTaskElasticNet MultiTaskLassoCV MultiTaskElasticNetCV".split()
one = """ARDRegression BayesianRidge ElasticNet ElasticNetCV HuberRegressor Lars LarsCV Lasso LassoCV LassoLars
LassoLarsCV LassoLarsIC LinearRegression OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV
PassiveAggressiveRegressor QuantileRegressor RANSACRegressor Ridge RidgeCV SGDRegressor""".split()


@pytest.mark.parametrize("name", one + several + ["LinearSVR"])
def test_a_linear_regressor_in(name):
    kind = getattr(linear_model, name, None) or getattr(svm, name)
    y = numpy.stack([Y, -2 * Y + X[:, 3]], axis=1) if name in several else Y
    model = fitted(pipeline.make_pipeline(scalers.StandardScaler(), kind()), y)
    expected = model.predict(FAR)
    agree(sn.from_sklearn(model).predict(FAR), expected if name in several else expected[:, None])


LINEAR = [
    linear_model.LogisticRegressionCV(Cs=[1.0], cv=2),
    linear_model.SGDClassifier(loss="log_loss", random_state=0),
    discriminant_analysis.LinearDiscriminantAnalysis(),
    discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
]


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("last", LINEAR, ids=lambda model: type(model).__name__)
def test_a_linear_classifier_in(last, y):
    model = fitted(pipeline.make_pipeline(scalers.StandardScaler(), last), y)
    agree(sn.from_sklearn(model).predict(FAR), columns(model.predict_proba(FAR)))


def test_modified_huber():
    last = linear_model.SGDClassifier(loss="modified_huber", random_state=0)
    model = fitted(pipeline.make_pipeline(scalers.StandardScaler(), last), TWO)
    agree(sn.from_sklearn(model).predict(FAR), columns(model.predict_proba(FAR)))


WITHOUT = [
    linear_model.SGDClassifier(),
    linear_model.RidgeClassifier(),
    linear_model.RidgeClassifierCV(),
    linear_model.PassiveAggressiveClassifier(),
    linear_model.Perceptron(),
    svm.LinearSVC(),
]


@pytest.mark.parametrize("last", WITHOUT, ids=lambda model: type(model).__name__)
def test_a_classifier_without_probabilities(last):
    model = fitted(pipeline.make_pipeline(scalers.StandardScaler(), last), TWO)
    net = sn.from_sklearn(model)
    labels = net.metadata["labels"]
    assert [labels[int(a)] for (a,) in net.predict(FAR)] == model.predict(FAR).tolist()
    fitted(model, THREE)
    net = sn.from_sklearn(model)
    outputs = net.predict(FAR)
    agree(outputs, model.decision_function(FAR))
    labels = net.metadata["labels"]
    assert [labels[a.index(max(a))] for a in outputs] == model.predict(FAR).tolist()


def test_a_classifier_of_several_labels_is_refused():
    y = [[i % 2, int(i % 3 > 0), int(i % 5 > 2)] for i in range(60)]
    model = fitted(linear_model.RidgeClassifier(), y)
    with pytest.raises(ValueError, match="with several labels at once is not supported"):
        sn.from_sklearn(model)


def test_modified_huber_of_several_classes_is_refused():
    model = fitted(linear_model.SGDClassifier(loss="modified_huber"), THREE)
    with pytest.raises(ValueError, match="have no equivalent layer; use loss='log_loss'"):
        sn.from_sklearn(model)


class Doubled(linear_model.Ridge):
    def predict(self, X):
        return 2 * super().predict(X)


def sequence(*steps):
    return fitted(pipeline.make_pipeline(*steps, ridge()), Y)


def no_refit():
    return fitted(model_selection.GridSearchCV(mlp(), {"alpha": [1]}, cv=2, refit=False), THREE)


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda: fitted(Doubled(), Y), "from_sklearn: Doubled is not supported; give one of MLPC"),
        (
            lambda: fitted(linear_model.PoissonRegressor(), Y**2),
            "PoissonRegressor is not supported",
        ),
        (no_refit, "from_sklearn: GridSearchCV is not fitted yet; call fit with data first"),
        (
            lambda: sequence(scalers.PolynomialFeatures()),
            "PolynomialFeatures in the Pipeline has no equivalent layer; use only ColumnTransformer, ",
        ),
        (
            lambda: sequence(scalers.FunctionTransformer(numpy.abs)),
            "FunctionTransformer of <ufunc 'absolute'> has no equivalent layer",
        ),
        (
            lambda: sequence(scalers.Normalizer("max")),
            "a Normalizer with the norm 'max' has no equivalent layer; give it the norm l1 or l2",
        ),
        (
            lambda: sequence(impute.SimpleImputer(missing_values=0)),
            "SimpleImputer replaces finite num",
        ),
        (
            lambda: sequence(
                compose.ColumnTransformer(
                    [("p", decomposition.PCA(1), [0, 1])], remainder="passthrough"
                )
            ),
            r"'p' in the ColumnTransformer \(PCA\) does more than to shift and to scale its columns;",
        ),
        (
            lambda: sequence(
                compose.ColumnTransformer([("q", scalers.OneHotEncoder(), [0])], sparse_threshold=0)
            ),
            "OneHotEncoder in the Pipeline has no equivalent layer; use only",
        ),
    ],
)
def test_what_is_refused(make, sentence):
    model = make()
    with pytest.raises(ValueError, match=sentence) as raised:
        sn.from_sklearn(model)
    assert "\n" not in str(raised.value)


def test_a_network_goes_into_no_classifier_of_one_versus_the_rest():
    net = sn.Sequential([sn.Dense(2, 3), sn.Softmax()])
    with pytest.raises(
        ValueError, match="to_sklearn: SGDClassifier is not supported; give one of MLP"
    ):
        sn.to_sklearn(net, linear_model.SGDClassifier(loss="log_loss"))
