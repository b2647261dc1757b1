"""The estimators on plain lists, as where neither NumPy nor scikit-learn is (with these: test_sklearn_estimators.py).

What the network computes is tested elsewhere: here, that the estimators put the right network and training together.
"""

import io
import math
import pickle
import subprocess
import sys
import warnings
from contextlib import redirect_stdout

import pytest

import scratchnet as sn
from scratchnet import estimators
from scratchnet.estimators import MLPClassifier, MLPRegressor

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]
WORDS = ["no", "yes", "yes", "no"]


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """As if scikit-learn were not in use, whatever other tests have imported; and no word of unfinished trainings."""
    for name in [name for name in sys.modules if name.split(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    warnings.filterwarnings("ignore", "the training has not converged")
    yield


def blobs(n=60, classes=3):
    generator = sn.Generator(3)
    y = [i % classes for i in range(n)]
    return [[generator.normal(2 * k, 0.6), generator.normal(-k, 0.6)] for k in y], y


def sines(n=40, outputs=1):
    X = [[i / n, 1 - i / n] for i in range(n)]
    y = [[math.sin(3 * x + k) for k in range(outputs)] for x, _ in X]
    return X, y if outputs > 1 else [row[0] for row in y]


# ---- results -----------------------------------------------------------------------------------------------------


def test_lists_give_lists():
    classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(XOR, WORDS)
    assert classifier.predict(XOR) == WORDS
    assert classifier.classes_ == ["no", "yes"]
    assert classifier.score(XOR, WORDS) == 1.0
    proba = classifier.predict_proba(XOR)
    assert [row[1] > 0.5 for row in proba] == [word == "yes" for word in WORDS]
    assert all(abs(sum(row) - 1) < 1e-15 for row in proba)
    assert classifier.predict_log_proba(XOR) == [[math.log(p) for p in row] for row in proba]
    assert [type(a) for a in (classifier.coefs_[0], classifier.intercepts_[0])] == [list, list]
    assert (classifier.n_layers_, classifier.n_outputs_, classifier.n_features_in_) == (3, 1, 2)
    assert classifier.out_activation_ == "logistic"
    assert (
        len(classifier.loss_curve_) == classifier.n_iter_
        and classifier.loss_ == classifier.loss_curve_[-1]
    )
    assert classifier.best_loss_ == min(classifier.loss_curve_)
    assert classifier.t_ == 4 * classifier.n_iter_
    assert classifier.validation_scores_ is None and classifier.best_validation_score_ is None


def test_neither_numpy_nor_scikit_learn_is_imported():
    program = (
        "import sys; from scratchnet.estimators import MLPClassifier; "
        "m = MLPClassifier([2], max_iter=2).fit([[0], [1]], [0, 1]); m.predict([[0]]); m.score([[0]], [0]); "
        "print([name for name in ('numpy', 'sklearn', 'pandas') if name in sys.modules])"
    )
    output = subprocess.check_output(
        [sys.executable, "-W", "ignore", "-c", program], universal_newlines=True
    )
    assert output.strip() == "[]"


def test_several_classes():
    X, y = blobs()
    classifier = MLPClassifier([6], learning_rate_init=0.05, max_iter=60).fit(X, y)
    assert classifier.out_activation_ == "softmax" and classifier.n_outputs_ == 3
    assert classifier.score(X, y) > 0.9
    rows = classifier.predict_proba(X)
    assert classifier.predict(X) == [row.index(max(row)) for row in rows]


def test_labels():
    X = XOR * 3
    y = [[a | b, 1 - (a & b), a ^ b] for a, b in X]
    classifier = MLPClassifier([8], "tanh", learning_rate_init=0.05, max_iter=400).fit(X, y)
    assert classifier.predict(X) == y and classifier.score(X, y) == 1.0
    assert (
        classifier.score(X, [[1 - row[0]] + row[1:] for row in y]) == 0.0
    )  # all labels of a sample, or none
    assert len(classifier.predict_proba(X)[0]) == 3 and classifier.classes_ == [0, 1, 2]


def test_one_number_and_several():
    for outputs in (1, 2):
        X, y = sines(outputs=outputs)
        regressor = MLPRegressor([8], "tanh", learning_rate_init=0.05, tol=1e-7).fit(X, y)
        assert regressor.score(X, y) > 0.9 and regressor.out_activation_ == "identity"
        assert isinstance(regressor.predict(X)[0], list if outputs == 2 else float)


def test_a_column_is_a_flat_list():
    X, y = sines()
    flat = MLPRegressor([3], max_iter=3).fit(X, y)
    column = MLPRegressor([3], max_iter=3).fit(X, [[v] for v in y])
    assert flat.predict(X) == column.predict(X)
    with pytest.warns(UserWarning, match="A column-vector y was passed"):
        classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(
            XOR, [[w] for w in WORDS]
        )
    assert classifier.predict(XOR) == WORDS


def test_the_features_of_the_last_hidden_layer():
    X, y = blobs()
    classifier = MLPClassifier([5, 3], "tanh", max_iter=3, dropout=0.5).fit(X, y)
    features = classifier.transform(X)
    W, b = classifier.coefs_[2], classifier.intercepts_[2]
    scores = [
        [sum(f * w for f, w in zip(row, column)) + c for column, c in zip(zip(*W), b)]
        for row in features
    ]
    assert len(features[0]) == 3
    assert [row.index(max(row)) for row in scores] == classifier.predict(X)
    assert classifier.fit_transform(X, y) == features
    assert (
        MLPClassifier([], max_iter=2).fit(X, y).transform(X) == X
    )  # without a hidden layer, X itself


def test_arrays_give_arrays_of_their_kind():
    np = pytest.importorskip("numpy")
    X, y = map(np.array, blobs())
    classifier = MLPClassifier([3], max_iter=2).fit(X.astype("float32"), y)
    for result in (
        classifier.predict(X),
        classifier.predict_proba(X),
        classifier.transform(X),
        classifier.coefs_[0],
    ):
        assert isinstance(result, np.ndarray)
    assert (
        classifier.predict_proba(X).dtype == np.float64 and classifier.predict(X).dtype == np.int64
    )
    assert isinstance(classifier.classes_, np.ndarray)
    assert isinstance(classifier.predict(X.tolist()), list)
    assert MLPClassifier([3], max_iter=2).fit(X, y.tolist()).classes_.tolist() == [0, 1, 2]


def test_tensors_give_tensors():
    torch = pytest.importorskip("torch")
    X, y = blobs()
    X = torch.tensor(X)
    classifier = MLPClassifier([3], max_iter=2).fit(X, torch.tensor(y))
    assert (
        torch.is_tensor(classifier.predict(X))
        and classifier.predict_proba(X).dtype == torch.float64
    )
    named = MLPClassifier([3], max_iter=2).fit(X, ["abc"[k] for k in y])
    assert set(named.predict(X)) <= set("abc") and named.classes_ == ["a", "b", "c"]


# ---- what scikit-learn's do not have -------------------------------------------------------------------------------


def test_the_layers_are_those_asked_for():
    X, y = sines()
    regressor = MLPRegressor([4, 3, 2], ["tanh", "gelu", sn.LeakyReLU(0.25)], output_activation="softplus",
                             dropout=[0.5, 0, 0.25], max_iter=2, alpha=0).fit(X, y)  # fmt: skip
    assert list(map(repr, regressor.network_.layers)) == list(map(repr, [
        sn.Dense(2, 4), sn.Tanh(), sn.Dropout(0.5), sn.Dense(4, 3), sn.GELU(), sn.Dense(3, 2), sn.LeakyReLU(0.25),
        sn.Dropout(0.25), sn.Dense(2, 1), sn.Softplus(),
    ]))  # fmt: skip
    assert min(regressor.predict(X)) > 0 and regressor.out_activation_ == "softplus"
    assert regressor.predict(X) == regressor.predict(X)  # nothing is left out in prediction


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber", sn.Huber(0.3)])
def test_a_loss_of_the_package(loss):
    """As many epochs of the network itself, from the same weights, give the same losses."""
    X, y = sines()
    regressor = MLPRegressor([4], "tanh", loss=loss, solver="sgd", learning_rate_init=0.1, momentum=0.5, alpha=0,
                             max_iter=9, shuffle=False)  # fmt: skip
    net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Identity()], seed=5)
    weights = [p.value for p in net.parameters()]
    regressor.fit(X, y, coefs_init=weights[::2], intercepts_init=weights[1::2])
    optimizer = sn.SGD(0.1, momentum=0.5, nesterov=True)
    history = net.fit(X, y, loss=loss, optimizer=optimizer, epochs=9, shuffle=False)
    assert regressor.loss_curve_ == pytest.approx(history.loss, rel=1e-12)


def test_the_median_is_what_absolute_errors_find():
    y = [0, 0, 0, 0, 100]
    given = dict(
        learning_rate_init=0.1,
        solver="sgd",
        momentum=0,
        max_iter=300,
        n_iter_no_change=300,
        alpha=0,
    )
    median, mean = [MLPRegressor([], loss=loss, **given).fit([[0.0]] * 5, y).predict([[0.0]])[0]
                    for loss in ("mean_absolute_error", "squared_error")]  # fmt: skip
    assert abs(median) < 0.2 and abs(mean - 20) < 0.2


def test_class_weights_are_sample_weights():
    X, y = blobs()
    y = [min(k, 1) for k in y]  # 20 and 40 samples
    given = dict(hidden_layer_sizes=[3], max_iter=5, batch_size=16)
    plain = MLPClassifier(**given).fit(X, y, sample_weight=[3 if k == 0 else 1 for k in y])
    assert MLPClassifier(class_weight={0: 3}, **given).fit(X, y).loss_curve_ == plain.loss_curve_
    balanced = MLPClassifier(class_weight="balanced", **given).fit(X, y)
    plain = MLPClassifier(**given).fit(
        X, y, sample_weight=[60 / 40 if k == 0 else 60 / 80 for k in y]
    )
    assert balanced.loss_curve_ == plain.loss_curve_
    assert balanced.loss_curve_ != MLPClassifier(**given).fit(X, y).loss_curve_


def test_a_weight_is_so_many_samples():
    X, y = blobs(30)
    weights = [i % 3 for i in range(30)]
    repeated = [i for i, w in enumerate(weights) for _ in range(w)]
    y = [(k + i // 3) % 2 for i, k in enumerate(y)]
    one = MLPClassifier([3], max_iter=20, alpha=1).fit(X, y, sample_weight=weights)
    two = MLPClassifier([3], max_iter=20, alpha=1).fit(
        [X[i] for i in repeated], [y[i] for i in repeated]
    )
    assert one.loss_curve_ == pytest.approx(two.loss_curve_, rel=1e-12)
    assert one.score(X, y, weights) == pytest.approx(
        two.score([X[i] for i in repeated], [y[i] for i in repeated])
    )


def test_validation_is_only_measured():
    X, y = blobs()
    given = dict(hidden_layer_sizes=[3], max_iter=5, batch_size=16)
    alone, watched = MLPClassifier(**given).fit(X, y), MLPClassifier(**given)
    watched.fit(X, y, validation_data=(X[:10], y[:10]))
    assert watched.loss_curve_ == alone.loss_curve_ and alone.validation_loss_curve_ == []
    targets = [[float(k == c) for c in range(3)] for k in y[:10]]
    loss = watched.network_.evaluate(X[:10], targets, "categorical_cross_entropy")
    assert len(watched.validation_loss_curve_) == 5 and watched.validation_loss_curve_[
        -1
    ] == pytest.approx(loss)


def test_callbacks_see_each_epoch_and_stop_it():
    seen = []
    X, y = blobs()
    classifier = MLPClassifier([3], max_iter=50).fit(
        X, y, callbacks=[seen.append, lambda epoch: epoch.number == 4]
    )
    assert [epoch.number for epoch in seen] == [1, 2, 3, 4] and classifier.n_iter_ == 4
    assert [epoch.loss for epoch in seen] == classifier.loss_curve_


def test_the_network_is_a_network(tmp_path):
    X, y = blobs()
    classifier = MLPClassifier([3], "tanh", max_iter=3, batch_size=16).fit(
        X, y
    )  # 16 leaves a smaller batch
    sn.save(classifier.network_, str(tmp_path / "model.json"))
    rows = sn.load(str(tmp_path / "model.json")).predict(X)
    assert rows == classifier.predict_proba(X)
    assert sn.unroll(classifier.network_)(X[0]) == pytest.approx(rows[0])
    assert sn.explain(classifier.network_, X[:1])["3.a[0][0]"].value == rows[0][0]


# ---- training ----------------------------------------------------------------------------------------------------


def test_early_stopping_goes_back_to_the_best_score():
    X, y = blobs(120)
    y = [
        (k + (i % 7 == 0)) % 3 for i, k in enumerate(y)
    ]  # some are wrong, so that scores go up and down
    classifier = MLPClassifier([8], learning_rate_init=0.1, early_stopping=True, validation_fraction=0.2,
                               n_iter_no_change=5, random_state=1)  # fmt: skip
    classifier.fit(X, y)
    scores = classifier.validation_scores_
    assert len(scores) == classifier.n_iter_ < 200 and classifier.best_loss_ is None
    assert classifier.best_validation_score_ == max(scores) and len(
        classifier.validation_loss_curve_
    ) == len(scores)
    given = MLPClassifier([8], learning_rate_init=0.1, early_stopping=True, n_iter_no_change=5)
    given.fit(X[:90], y[:90], validation_data=(X[90:], y[90:]))
    assert (
        given.score(X[90:], y[90:]) == given.best_validation_score_ == max(given.validation_scores_)
    )
    assert max(given.validation_scores_) > given.validation_scores_[-1]  # it did go back


def test_partial_fit_goes_on():
    """Epoch by epoch it is one training: the optimizer remembers."""
    X, y = blobs()
    for solver in ("adam", "sgd"):
        given = dict(hidden_layer_sizes=[3], solver=solver, shuffle=False, batch_size=16)
        whole = MLPClassifier(max_iter=4, **given).fit(X, y)
        parts = MLPClassifier(**given)
        for _ in range(4):
            parts = pickle.loads(pickle.dumps(parts.partial_fit(X, y, classes=[0, 1, 2])))
            assert parts.n_iter_ == 1
        assert parts.loss_curve_ == pytest.approx(whole.loss_curve_, rel=1e-12)


def test_partial_fit_of_classes_that_come_later():
    X, y = blobs()
    classifier = MLPClassifier([3]).partial_fit(X[:1], y[:1], classes=[2, 0, 1])
    classifier.partial_fit(X[1:2], y[1:2])
    assert classifier.classes_ == [0, 1, 2] and len(classifier.predict_proba(X)[0]) == 3
    for problem in (dict(y=[7]), dict(y=[0], classes=[0, 1])):
        with pytest.raises(ValueError, match="class"):
            classifier.partial_fit(X[:1], **problem)
    with pytest.raises(ValueError, match="give all of them as classes="):
        MLPClassifier().partial_fit(X, y)


def test_warm_start_goes_on_with_the_weights():
    X, y = sines()
    regressor = MLPRegressor([3], max_iter=3, warm_start=True).fit(X, y)
    before = regressor.coefs_
    regressor.fit(X, y)
    assert len(regressor.loss_curve_) == 6 and regressor.loss_curve_[3] < regressor.loss_curve_[2]
    fresh = regressor.set_params(warm_start=False).fit(X, y)
    assert len(fresh.loss_curve_) == 3 and fresh.coefs_ == before


def test_the_seed_decides():
    X, y = sines()
    given = dict(hidden_layer_sizes=[3], max_iter=2, batch_size=8)
    curves = [
        MLPRegressor(random_state=seed, **given).fit(X, y).loss_curve_ for seed in (0, None, 1)
    ]
    assert curves[0] == curves[1] != curves[2]


def test_a_smaller_last_batch_has_a_larger_penalty():
    """The learning rate is as good as 0: each batch's loss is that of the first weights, its penalty alpha/2·w²/n."""
    regressor = MLPRegressor(
        [], solver="sgd", learning_rate_init=1e-30, alpha=6, batch_size=2, max_iter=1
    )
    regressor.fit([[0.0]] * 5, [0.0] * 5, coefs_init=[[[2]]], intercepts_init=[[0]])
    assert regressor.loss_ == pytest.approx((2 * 6 + 2 * 6 + 1 * 12) / 5)


def test_ctrl_c_keeps_what_was_learnt():
    def interrupt(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    X, y = sines()
    with pytest.warns(UserWarning, match="interrupted"):
        regressor = MLPRegressor([3]).fit(X, y, callbacks=[interrupt])
    assert regressor.n_iter_ == 2 and len(regressor.predict(X)) == 40


def test_it_says_so_when_it_is_verbose_or_has_not_converged():
    X, y = sines()
    with redirect_stdout(io.StringIO()) as out, pytest.warns(
        UserWarning, match="not converged in max_iter=2 epochs"
    ):
        regressor = MLPRegressor([3], max_iter=2, verbose=True).fit(X, y)
    lines = [
        "Iteration {}, loss = {:.8f}\n".format(k + 1, v)
        for k, v in enumerate(regressor.loss_curve_)
    ]
    assert out.getvalue() == "".join(lines)


# ---- the estimator's own affairs -----------------------------------------------------------------------------------


def test_parameters_are_kept_as_they_are():
    sizes = [3]
    classifier = MLPClassifier(sizes, alpha=-5)
    assert (
        classifier.get_params()["hidden_layer_sizes"] is sizes
        and classifier.hidden_layer_sizes is sizes
    )
    assert classifier.set_params(alpha=0.5) is classifier and classifier.alpha == 0.5
    assert repr(classifier) == "MLPClassifier(hidden_layer_sizes=[3], alpha=0.5)"
    assert repr(MLPRegressor()) == "MLPRegressor()"
    with pytest.raises(
        ValueError,
        match="MLPClassifier has no parameter 'alhpa'; it has: hidden_layer_sizes, activ",
    ):
        classifier.set_params(alhpa=1)


def test_one_of_ones_own_has_its_own_parameters():
    class Small(MLPRegressor):
        def __init__(self, width=2, alpha=0.5):
            super().__init__([width], alpha=alpha, max_iter=2)
            self.width = width

    assert Small(3).get_params() == {"width": 3, "alpha": 0.5}
    assert len(Small(3).fit(*sines()).coefs_[0][0]) == 3


def test_it_travels_in_a_pickle():
    X, y = sines()
    for estimator in (
        MLPRegressor([3], max_iter=3),
        MLPRegressor([3], solver="sgd", max_iter=3, batch_size=7),
    ):
        estimator.fit(X, y)
        twin = pickle.loads(pickle.dumps(estimator))
        assert twin.predict(X) == estimator.predict(X)
        assert twin.partial_fit(X, y).predict(X) == estimator.partial_fit(X, y).predict(X)


def test_an_unfitted_one_says_so():
    for method in ("predict", "predict_proba", "predict_log_proba", "transform"):
        with pytest.raises(
            estimators.NotFitted, match="this MLPClassifier is not fitted yet; call fit"
        ):
            getattr(MLPClassifier(), method)(XOR)
    for name in (
        "coefs_",
        "classes_",
        "best_loss_",
        "best_validation_score_",
        "intercepts_",
        "loss_curve_",
        "n_iter_",
    ):
        assert not hasattr(MLPClassifier(), name)


@pytest.mark.parametrize(
    "settings, message",
    [
        (dict(solver="lbfgs"), "solver is 'lbfgs'; give 'adam' or 'sgd'"),
        (
            dict(learning_rate="fast"),
            "learning_rate is 'fast'; give 'constant', 'invscaling' or 'adaptive'",
        ),
        (
            dict(hidden_layer_sizes=[3, 0]),
            "hidden_layer_sizes is 0; give a whole number of 1 or more",
        ),
        (dict(hidden_layer_sizes="a"), "hidden_layer_sizes is 'a'"),
        (dict(activation="rellu"), "activation 'rellu' is unknown; give one of: elu, gelu"),
        (dict(activation=["relu", "tanh"]), "activation has 2 elements for 1 layers"),
        (dict(activation=3), "activation: 3 is a int"),
        (dict(dropout=1), "Dropout: rate is 1"),
        (dict(dropout=[0.1, 0.2]), "dropout has 2 elements for 1 layers"),
        (dict(alpha=-1), "alpha is -1; give a finite number of 0 or more"),
        (dict(alpha=None), "alpha is None"),
        (dict(batch_size=0), "batch_size is 0; give 'auto', or a whole number"),
        (dict(max_iter=0.5), "max_iter is 0.5"),
        (dict(tol="x"), "tol is 'x'"),
        (
            dict(n_iter_no_change=0),
            "n_iter_no_change is 0; give a whole number of 1 or more, or math.inf",
        ),
        (dict(validation_fraction=1), "validation_fraction is 1; give a number between 0 and 1"),
        (dict(random_state="x"), "random_state is 'x'; give an integer"),
        (dict(loss="log_los"), "loss 'log_los' is unknown"),
        (
            dict(momentum=1, solver="sgd"),
            "momentum is 1; give a number from 0 up to, but not including, 1",
        ),
        (dict(learning_rate_init=0), "learning_rate_init is 0"),
        (dict(class_weight="heavy"), "class_weight is 'heavy'; give {class: weight} or 'balanced'"),
        (dict(class_weight={0: 1, 9: 1}), "class_weight: there is no class 9"),
        (dict(class_weight={0: -1}), "class_weight is -1"),
        (dict(early_stopping=True, validation_fraction=0.01), "holds out only 1 sample"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_fit(settings, message):
    X, y = blobs()
    classifier = MLPClassifier(**dict(dict(hidden_layer_sizes=[3]), **settings))
    with pytest.raises((TypeError, ValueError), match=message):
        classifier.fit(X, y)


@pytest.mark.parametrize(
    "X, y, options, message",
    [
        (XOR, WORDS[:3], {}, "X has 4 samples and y has 3"),
        (XOR, None, {}, "MLPClassifier requires y to be passed"),
        ([1, 2], [0, 1], {}, "Reshape your data to samples × features; one sample is"),
        ([], [], {}, "X is empty"),
        ([[]], [0], {}, "X: row 0 is empty"),
        ([[1], [1, 2]], [0, 1], {}, "X: row 1 has 2 columns where row 0 has 1"),
        ([[1], ["a"]], [0, 1], {}, "X: row 1, column 0: 'a' is a str; give a number"),
        (
            [[1], [float("nan")]],
            [0, 1],
            {},
            "X: row 1, column 0 is nan; give a finite number; NaN and inf",
        ),
        (
            XOR,
            [0.5, 1, 2, 3],
            {},
            "continuous, such as 0.5; give whole numbers or strings as classes, or use",
        ),
        (XOR, [0, float("nan"), 0, 1], {}, "continuous, such as nan"),
        (XOR, [0, float("inf"), 0, 1], {}, "continuous, such as inf"),
        (XOR, ["a", 1, 2, 3], {}, "the classes mix types; give only numbers or only strings"),
        (XOR, [0, 0, 0, 0], {}, "y has only one class with weight above 0, 0"),
        (XOR, [[0, 1], [0, 2], [0, 0], [1, 1]], {}, "numbers other than 0 and 1"),
        (XOR, [[0, 1], [0], [0, 0], [1, 1]], {}, "y has rows of different lengths; give 2 labels"),
        (XOR, [0, 0, 1, 1], dict(sample_weight=[1, 1, 0, 0]), "only one class with weight .*, 0"),
        (XOR, [0, 0, 1, 1], dict(sample_weight=[0, 0, 0, 0]), "all weights are zero"),
        (XOR, [0, 0, 1, 1], dict(sample_weight=[1, 1, 1]), "not a flat list of 4 numbers"),
        (
            XOR,
            [0, 0, 1, 1],
            dict(sample_weight=[-1, 1, 1, 1]),
            "sample_weight is -1.0; give a finite number of 0",
        ),
        (
            XOR,
            [0, 0, 1, 1],
            dict(sample_weight=[-1] * 4),
            "sample_weight is -1.0; give a finite number of 0 or more",
        ),
        (XOR, [0, 0, 1, 1], dict(validation_data=XOR), "validation_data is .*; give .X, y."),
        (
            XOR,
            [0, 0, 1, 1],
            dict(validation_data=(XOR, [0, 0, 1, 5])),
            "y has classes that the first fit did not have; give only .0, 1.",
        ),
        (
            XOR,
            [0, 0, 1, 1],
            dict(validation_data=([[1]], [1])),
            "X has 1 features, but MLPClassifier is expecting 2",
        ),
        (XOR, [0, 0, 1, 1], dict(callbacks=print), "callbacks is .*; give a list of functions"),
        (XOR, [0, 0, 1, 1], dict(coefs_init=[[[1]]]), "coefs_init has 1 elements for 2 layers"),
        (XOR, [0, 0, 1, 1], dict(coefs_init=[[[1]], [[1]]]), "weights: 1×1 given, 2×3 needed"),
    ],
)
def test_data_that_cannot_be_is_refused(X, y, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        MLPClassifier([3]).fit(X, y, **options)


@pytest.mark.parametrize(
    "X, y, options",
    [
        (XOR, ["a", "b", "c", "d"], {"sample_weight": [1, 2]}),
        ([[0], [1]], ["a", "b"], {"coefs_init": [1]}),
        ([[0], [1]], ["a", "b"], {"validation_data": ([[0, 1]], ["a"])}),
        (XOR, WORDS, {"loss": "hinges"}),
    ],
)
def test_a_refused_fit_leaves_what_was_learnt(X, y, options):
    classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(XOR, WORDS)
    before = dict(vars(classifier))
    options = dict(options)
    loss = options.pop("loss", None)
    with pytest.raises(ValueError):
        classifier.set_params(loss=loss).fit(X, y, **options)
    assert vars(classifier) == dict(before, loss=loss)
    assert classifier.predict(XOR) == WORDS


@pytest.mark.parametrize("again", ["partial_fit", "warm_start"])
def test_after_a_refusal_it_goes_on_as_if_nothing_had_been(again):
    def learnt(refused):
        classifier = MLPClassifier(
            [4], "tanh", learning_rate_init=0.1, random_state=7, batch_size=2, max_iter=3
        )
        classifier.set_params(warm_start=again == "warm_start").fit(XOR, WORDS)
        go_on = classifier.partial_fit if again == "partial_fit" else classifier.fit
        if refused:
            former = classifier.get_params()
            with pytest.raises(ValueError):
                classifier.set_params(loss="nonsense", alpha=5) and go_on(XOR, WORDS)
            classifier.set_params(**former)
        return go_on(XOR, WORDS).coefs_

    assert learnt(refused=True) == learnt(refused=False)


def test_early_stopping_may_be_asked_for_later():
    X, y = blobs(40)
    classifier = (
        MLPClassifier([4], warm_start=True, max_iter=2)
        .fit(X, y)
        .set_params(early_stopping=True)
        .fit(X, y)
    )
    assert len(classifier.validation_scores_) == 2


def test_early_stopping_needs_two_samples_of_a_class():
    X, y = blobs(30)
    with pytest.raises(
        ValueError,
        match="^early_stopping : stratify: a class has only one",
    ):
        MLPClassifier(early_stopping=True).fit(X + [[0, 0]], y + [7])


def test_what_cannot_be_asked_of_a_fitted_one():
    X, y = blobs()
    classifier = MLPClassifier(
        [3], max_iter=2, output_activation="identity", loss="mean_squared_error"
    ).fit(X, y)
    with pytest.raises(ValueError, match="identity gives no probabilities"):
        classifier.predict_proba(X)
    with pytest.raises(
        ValueError, match="X has 1 features, but MLPClassifier is expecting 2 features as input"
    ):
        classifier.predict([[1]])
    X, y = sines(outputs=2)
    regressor = MLPRegressor([3], max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match="y has rows of 1 numbers, but the network predicts 2"):
        regressor.score(X, [row[0] for row in y])
    with pytest.raises(ValueError, match="40 predictions"):
        regressor.score(X, y[1:])
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
        MLPRegressor(early_stopping=True).partial_fit(*sines())


def test_the_weights_of_a_training_that_diverges_are_the_last_finite_ones():
    X, y = sines()
    regressor = MLPRegressor([3], "identity", solver="sgd", learning_rate_init=1e6, tol=0)
    with pytest.raises(sn.Diverged, match="epoch .*try a smaller rate"):
        regressor.fit(X, [1e3 * v for v in y])
    assert all(math.isfinite(v) for row in regressor.coefs_[0] for v in row)
