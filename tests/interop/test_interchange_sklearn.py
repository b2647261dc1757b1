"""scikit-learn: fitted estimators come in and networks go out, and both predict the same to 1e-12."""

import pickle
import warnings

import pytest
from hypothesis import given
from interchange import agree, dense, networks, normalization

import scratchnet as sn

pytest.importorskip("sklearn")
numpy = pytest.importorskip("numpy")
from sklearn import linear_model, svm  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.dummy import DummyClassifier  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import MinMaxScaler, StandardScaler  # noqa: E402

DRAW = numpy.random.RandomState(0)
X = DRAW.randn(40, 4) * [1, 5, 0.1, 1] + [0, 10, 100, -1]
NUMBERS = X[:, :2] - X[:, 2:]
CLASSES = {
    "two numbers": (X[:, 0] > 0).astype(int),
    "two texts": numpy.where(X[:, 0] > 0, "yes", "no"),
    "truth values": X[:, 0] > 0,
    "three texts": numpy.array(["b", "c", "a"])[DRAW.randint(3, size=40)],
    "three numbers": DRAW.randint(3, size=40) * 2 - 1,
    "labels": DRAW.randint(2, size=(40, 3)),
}
HIDDEN = ["identity", "logistic", "tanh", "relu"]


def fitted(estimator, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is not yet converged
        return estimator.fit(X, y)


def columns(probabilities):
    """Return the outputs of a network; of two classes, the second."""
    return probabilities[:, 1:] if probabilities.shape[1] == 2 else probabilities


# ---- in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [(), (5,), (4, 3)])
@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("name", sorted(CLASSES))
def test_classifiers_in_both_directions(name, activation, hidden):
    classifier = make_pipeline(
        StandardScaler(), MLPClassifier(hidden, activation, max_iter=5, random_state=1)
    )
    fitted(classifier, CLASSES[name])
    net = sn.from_sklearn(classifier)
    agree(net.predict(X), columns(classifier.predict_proba(X)))
    assert net.metadata == {"labels": classifier.classes_.tolist()}
    again = sn.to_sklearn(net, make_pipeline(StandardScaler(), MLPClassifier()))
    assert numpy.array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert numpy.array_equal(again.predict(X), classifier.predict(X))
    assert again.predict(X).dtype == classifier.predict(X).dtype
    assert again.score(X, CLASSES[name]) == classifier.score(X, CLASSES[name])


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("y", [NUMBERS, NUMBERS[:, 0]], ids=["two", "one"])
def test_regressors_in_both_directions(y, activation):
    regressor = fitted(
        MLPRegressor(hidden_layer_sizes=3, activation=activation, max_iter=5, random_state=1), y
    )
    net = sn.from_sklearn(regressor)
    agree(net.predict(X), regressor.predict(X).reshape(len(X), -1))
    assert net.metadata == {}
    assert numpy.array_equal(sn.to_sklearn(net, MLPRegressor()).predict(X), regressor.predict(X))


@pytest.mark.parametrize("mean, std", [(False, True), (True, False), (False, False)])
def test_half_a_scaler(mean, std):
    scaler = StandardScaler(with_mean=mean, with_std=std)
    pipeline = fitted(
        make_pipeline(scaler, "passthrough", linear_model.LinearRegression()), NUMBERS
    )
    agree(sn.from_sklearn(pipeline).predict(X), pipeline.predict(X))


@pytest.mark.parametrize(
    "model",
    [
        linear_model.LinearRegression(),
        linear_model.LinearRegression(fit_intercept=False),
        linear_model.Ridge(),
        linear_model.Ridge(fit_intercept=False),
        linear_model.Lasso(0.1),
        linear_model.ElasticNet(0.1),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "y", [NUMBERS, NUMBERS[:, :1], NUMBERS[:, 0]], ids=["two", "one column", "one"]
)
def test_linear_regressors_in_both_directions(model, y):
    fitted(model, y)
    net = sn.from_sklearn(model)
    agree(net.predict(X), model.predict(X).reshape(len(X), -1))
    again = sn.to_sklearn(net, clone(model))
    agree(again.predict(X).reshape(len(X), -1).tolist(), model.predict(X).reshape(len(X), -1))


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"labels"}))
@pytest.mark.parametrize("options", [{}, {"fit_intercept": False}, {"C": 0.1}])
def test_logistic_regression_in_both_directions(name, options):
    model = fitted(linear_model.LogisticRegression(**options), CLASSES[name])
    net = sn.from_sklearn(model)
    agree(net.predict(X), columns(model.predict_proba(X)))
    again = sn.to_sklearn(net, linear_model.LogisticRegression(**options))
    assert numpy.array_equal(again.predict_proba(X), model.predict_proba(X))
    assert numpy.array_equal(again.predict(X), model.predict(X))


@pytest.mark.parametrize("parameter, value", [("multi_class", "ovr"), ("solver", "liblinear")])
def test_logistic_regression_of_one_class_versus_the_rest(parameter, value):
    model = fitted(linear_model.LogisticRegression(), CLASSES["three texts"])
    setattr(model, parameter, value)  # as older versions have it
    sigmoids = 1 / (1 + numpy.exp(-model.decision_function(X)))
    net = sn.from_sklearn(model)
    agree(net.predict(X), sigmoids / sigmoids.sum(axis=1, keepdims=True))


def test_logistic_regression_of_another_arithmetic():
    model = fitted(linear_model.LogisticRegression(), CLASSES["two texts"])
    model.multi_class = "multinomial"
    with pytest.raises(
        ValueError, match="with multi_class='multinomial' and two classes has no equ"
    ):
        sn.from_sklearn(model)


def test_a_perceptron_in_both_directions():
    model = linear_model.Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    model.coef_[:], model.intercept_[:] = (
        [[1, 1]],
        [-1],
    )  # so that two samples lie on the line itself
    net = sn.from_sklearn(model)
    rows = [[0, 0], [0, 1], [1, 0], [1, 1], [1, 1e-300], [0.5, 0.5]]
    assert [a for (a,) in net.predict(rows)] == model.predict(rows).tolist() == [0, 0, 0, 1, 0, 0]
    assert (
        sn.to_sklearn(net, linear_model.Perceptron()).predict(rows).tolist()
        == model.predict(rows).tolist()
    )


def test_an_estimator_of_float32():
    classifier = MLPClassifier([3], max_iter=3, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier.fit(X.astype(numpy.float32), CLASSES["two texts"])
    net = sn.from_sklearn(classifier)
    assert numpy.array_equal(net.layers[0].weights.value, classifier.coefs_[0])
    assert classifier.coefs_[0].dtype == numpy.float32


def poisson():
    try:
        regressor = MLPRegressor(loss="poisson", max_iter=3)
    except TypeError:
        pytest.skip("this scikit-learn has no other loss")
    return fitted(regressor, numpy.abs(NUMBERS[:, 0]))


@pytest.mark.parametrize(
    "make, sentence",
    [
        (MLPClassifier, "from_sklearn: MLPClassifier is not fitted yet; call fit with data first"),
        (linear_model.Ridge, "from_sklearn: Ridge is not fitted yet"),
        (
            lambda: make_pipeline(StandardScaler(), MLPRegressor()),
            "from_sklearn: StandardScaler is not fitted yet",
        ),
        (
            lambda: make_pipeline(MinMaxScaler(), MLPRegressor()),
            "from_sklearn: MinMaxScaler is not fitted yet",
        ),
        (
            lambda: make_pipeline(StandardScaler()),
            "from_sklearn: StandardScaler is not supported",
        ),
        (
            DummyClassifier,
            "from_sklearn: DummyClassifier is not supported; give one of MLPClassifier, LinearDis",
        ),
        (svm.SVC, "SVC is not supported"),
        (lambda: GridSearchCV(MLPClassifier(), {}), "GridSearchCV is not fitted yet"),
        (
            poisson,
            "from_sklearn: MLPRegressor has the activation 'exp', which is not supported; give one of ident",
        ),
    ],
)
def test_in_refused(make, sentence):
    estimator = make()
    with pytest.raises(ValueError, match=sentence):
        sn.from_sklearn(estimator)


# ---- out ---------------------------------------------------------------------------------------------------------


def scaled(net, estimator):
    return (
        make_pipeline(StandardScaler(), estimator)
        if isinstance(net.layers[0], sn.Normalization)
        else estimator
    )


OURS = [sn.Identity, sn.Sigmoid, sn.Tanh, sn.ReLU]


@given(networks(OURS, [[], [sn.Identity]], alike=True))
def test_a_regressor_out_and_back(case):
    net, rows = case
    estimator = scaled(net, MLPRegressor())
    assert sn.to_sklearn(net, estimator) is estimator
    agree(net.predict(rows), estimator.predict(rows).reshape(len(rows), -1))
    assert sn.from_sklearn(estimator).predict(rows) == net.predict(rows)


@given(networks(OURS, [[sn.Sigmoid]], alike=True))
def test_sigmoids_out_and_back(case):
    net, rows = case
    estimator = sn.to_sklearn(net, scaled(net, MLPClassifier()))
    outputs = numpy.array(net.predict(rows))
    proba = estimator.predict_proba(rows)
    agree(net.predict(rows), columns(proba) if net.outputs == 1 else proba)
    assert numpy.array_equal(estimator.predict(rows), numpy.squeeze((outputs > 0.5).astype(int)))
    assert sn.from_sklearn(estimator).predict(rows) == net.predict(rows)


@given(networks(OURS, [[sn.Softmax]], outputs=(2, 3, 4), alike=True))
def test_softmax_out(case):
    net, rows = case
    net.metadata["labels"] = ["d", "b", "c", "a"][: net.outputs]
    estimator = sn.to_sklearn(net, scaled(net, MLPClassifier()))
    assert estimator.classes_.tolist() == sorted(net.metadata["labels"])
    order = [estimator.classes_.tolist().index(label) for label in net.metadata["labels"]]
    agree(net.predict(rows), estimator.predict_proba(rows)[:, order])
    said = [net.metadata["labels"][row.index(max(row))] for row in net.predict(rows)]
    assert estimator.predict(rows).tolist() == said


@pytest.mark.parametrize("name", ["three texts", "labels", "two numbers"])
def test_a_filled_estimator_has_what_a_fitted_one_has(name):
    classifier = fitted(MLPClassifier([3], max_iter=3), CLASSES[name])
    filled = sn.to_sklearn(sn.from_sklearn(classifier), clone(classifier))
    assert set(vars(classifier)) - set(vars(filled)) <= {"_optimizer"}
    assert pickle.loads(pickle.dumps(filled)).predict(X).tolist() == classifier.predict(X).tolist()
    for attribute in ("n_features_in_", "n_layers_", "n_outputs_", "out_activation_"):
        assert getattr(filled, attribute) == getattr(classifier, attribute)
    assert (filled.n_iter_, filled.t_, filled.loss_curve_) == (0, 0, [])


def test_parameters_stay_but_for_the_shape():
    net = sn.Sequential([sn.Dense(4, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()])
    given = MLPClassifier(
        solver="lbfgs", early_stopping=True, batch_size=7, random_state=3, verbose=True, max_iter=1
    )
    expected = dict(given.get_params(), hidden_layer_sizes=(3,), activation="tanh")
    assert sn.to_sklearn(net, given).get_params() == expected


def test_nothing_is_printed_warned_or_drawn(capsys):
    net = sn.Sequential([sn.Dense(4, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()])
    before = repr(numpy.random.get_state())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sn.to_sklearn(
            net, MLPClassifier(verbose=True, batch_size=64, max_iter=1, learning_rate_init=1e9)
        )
    assert capsys.readouterr() == ("", "")
    assert repr(numpy.random.get_state()) == before


@pytest.mark.parametrize("options", [{}, {"early_stopping": True, "validation_fraction": 0.3}])
def test_training_continues(options):
    """After conversion to a network and back, plain gradient descent continues as without it."""
    sgd = dict(
        solver="sgd", momentum=0, shuffle=False, random_state=1, learning_rate_init=0.01, max_iter=5
    )
    classifier = fitted(MLPClassifier([3], **sgd), CLASSES["three texts"])
    filled = sn.to_sklearn(sn.from_sklearn(classifier), MLPClassifier(**sgd))
    for estimator in (classifier, filled):
        estimator.partial_fit(X, CLASSES["three texts"])
    for ours, theirs in zip(filled.coefs_, classifier.coefs_):
        agree(ours.tolist(), theirs)
    warm = sn.to_sklearn(
        sn.from_sklearn(classifier), MLPClassifier(warm_start=True, **dict(sgd, **options))
    )
    fitted(warm, CLASSES["three texts"])
    assert len(warm.loss_curve_) == 5 and warm.loss_curve_[0] < classifier.loss_curve_[0]


def test_the_classes_of_an_estimator_that_was_fitted():
    classifier = fitted(MLPClassifier([2]), CLASSES["two texts"])
    classifier.feature_names_in_ = names = numpy.array(list("abcd"), dtype=object)
    net = sn.Sequential([sn.Dense(4, 1), sn.Sigmoid()], seed=1)
    assert sn.to_sklearn(net, classifier).classes_.tolist() == ["no", "yes"]
    assert classifier.feature_names_in_ is names and not hasattr(classifier, "_optimizer")
    sn.to_sklearn(sn.Sequential([sn.Dense(3, 3), sn.Softmax()]), classifier)
    assert classifier.classes_.tolist() == [0, 1, 2] and not hasattr(
        classifier, "feature_names_in_"
    )


def test_the_parts_of_a_given_pipeline_are_used():
    scaler, classifier = StandardScaler(with_mean=False), MLPClassifier()
    net = sn.Sequential([normalization(X), sn.Dense(4, 3), sn.Softmax()], seed=1)
    pipeline = sn.to_sklearn(net, make_pipeline(scaler, classifier))
    assert pipeline[0] is scaler and pipeline[1] is classifier
    agree(net.predict(X), pipeline.predict_proba(X))
    agree(net.layers[0].forward(X.tolist()), scaler.transform(X))
    agree(scaler.inverse_transform(scaler.transform(X)).tolist(), X)


TWO = sn.Sequential([dense(sn.Generator(1), 4, 2), sn.Softmax()])
LINEAR = sn.Sequential([dense(sn.Generator(1), 4, 2)])


@pytest.mark.parametrize(
    "net, estimator, sentence",
    [
        (
            sn.Sequential([sn.Dense(4, 3), sn.LeakyReLU(), sn.Dense(3, 1)]),
            MLPRegressor(),
            "layer 1, LeakyReLU.*: MLPR",
        ),
        (
            LINEAR,
            poisson,
            "layer 0, Identity.*: this MLPRegressor ends in exp, but the network ends in identity",
        ),
        (
            LINEAR,
            make_pipeline(StandardScaler(), MLPRegressor()),
            "the Pipeline has 1 StandardScaler and the network",
        ),
        (
            sn.Sequential([normalization(X), sn.Dense(4, 1)]),
            linear_model.Ridge(),
            "layer 0, Normal.*before the Ridge",
        ),
        (
            sn.Sequential([sn.Dense(4, 2), sn.Dense(2, 1)]),
            linear_model.Ridge(),
            "Ridge is a single Dense; give an ML",
        ),
        (
            sn.Sequential([sn.Dense(4, 2), sn.Sigmoid()]),
            linear_model.LogisticRegression(),
            "layer 1, Sigmoid.*give a",
        ),
        (
            sn.Sequential([sn.Dense(4, 2), sn.Softmax()]),
            linear_model.Ridge(),
            "layer 1, Softmax.*: Ridge ends in a De",
        ),
        (
            sn.Sequential([sn.Dense(4, 1), sn.Threshold()]),
            linear_model.Perceptron(),
            r"one Threshold\(5e-324\), which is",
        ),
        (TWO, linear_model.Perceptron(), "layer 1, Softmax.*: Perceptron ends in one Threshold"),
        (TWO, DummyClassifier(), "to_sklearn: DummyClassifier is not supported"),
    ],
)
def test_out_refused(net, estimator, sentence):
    estimator = estimator() if callable(estimator) else estimator
    before = dict(vars(estimator))
    with pytest.raises(ValueError, match=sentence):
        sn.to_sklearn(net, estimator)
    assert dict(vars(estimator)) == before


def test_a_perceptron_of_labels_in_another_order():
    net = sn.Sequential([sn.Dense(4, 1), sn.Threshold(5e-324)])
    net.metadata["labels"] = ["b", "a"]
    with pytest.raises(
        ValueError, match=r"the labels \['b', 'a'\] of a Perceptron must be in ascending order"
    ):
        sn.to_sklearn(net, linear_model.Perceptron())


# ---- files -------------------------------------------------------------------------------------------------------


def test_numpy_reads_an_npz(tmp_path):
    net = sn.Sequential(
        [normalization(X), dense(sn.Generator(1), 4, 3), sn.LeakyReLU(0.3), sn.Dense(3, 1)]
    )
    sn.save(net, tmp_path / "model.npz")
    with numpy.load(tmp_path / "model.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == sorted(
            [p.name for p in net.parameters()] + ["2.slope", "scratchnet"]
        )
        for parameter in net.parameters():
            assert arrays[parameter.name].dtype == numpy.float64
            assert numpy.array_equal(arrays[parameter.name], parameter.value)
        everything = dict(arrays)
    numpy.savez_compressed(str(tmp_path / "again.npz"), **everything)
    assert sn.load(tmp_path / "again.npz").predict(X) == net.predict(X)
