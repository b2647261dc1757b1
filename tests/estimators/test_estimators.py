"""The estimators on plain lists and arrays: what they predict, and what they offer beyond scikit-learn's.

The arithmetic is tested elsewhere: these tests show that the estimators make the right network and training.
test_sklearn_estimators.py compares them with scikit-learn.
"""

import math

import pytest
from estimator_data import WORDS, XOR, blobs, sines

import scratchnet as sn
from scratchnet.estimators import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.usefixtures("without_sklearn"),
    pytest.mark.filterwarnings("ignore:the training has not converged"),
]


def test_predictions_from_lists_are_lists():
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


def test_several_classes():
    X, y = blobs()
    classifier = MLPClassifier([6], learning_rate_init=0.05, max_iter=60).fit(X, y)
    assert classifier.out_activation_ == "softmax" and classifier.n_outputs_ == 3
    assert classifier.score(X, y) > 0.9
    rows = classifier.predict_proba(X)
    assert classifier.predict(X) == [row.index(max(row)) for row in rows]


def test_several_labels_per_sample():
    X = XOR * 3
    y = [[a | b, 1 - (a & b), a ^ b] for a, b in X]
    classifier = MLPClassifier([8], "tanh", learning_rate_init=0.05, max_iter=400).fit(X, y)
    assert classifier.predict(X) == y and classifier.score(X, y) == 1.0
    # A sample counts as right only if all its labels are right.
    assert classifier.score(X, [[1 - row[0]] + row[1:] for row in y]) == 0.0
    assert len(classifier.predict_proba(X)[0]) == 3 and classifier.classes_ == [0, 1, 2]


def test_one_or_several_numbers_per_sample():
    for outputs in (1, 2):
        X, y = sines(outputs=outputs)
        regressor = MLPRegressor([8], "tanh", learning_rate_init=0.05, tol=1e-7).fit(X, y)
        assert regressor.score(X, y) > 0.9 and regressor.out_activation_ == "identity"
        assert isinstance(regressor.predict(X)[0], list if outputs == 2 else float)


def test_a_single_column_y_equals_a_flat_list():
    X, y = sines()
    flat = MLPRegressor([3], max_iter=3).fit(X, y)
    column = MLPRegressor([3], max_iter=3).fit(X, [[v] for v in y])
    assert flat.predict(X) == column.predict(X)
    with pytest.warns(UserWarning, match="A column-vector y was passed"):
        classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(
            XOR, [[w] for w in WORDS]
        )
    assert classifier.predict(XOR) == WORDS


def test_transform_returns_the_output_of_the_last_hidden_layer():
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
    without_hidden_layer = MLPClassifier([], max_iter=2).fit(X, y)
    assert without_hidden_layer.transform(X) == X


def test_numpy_arrays_give_numpy_arrays():
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


def test_torch_tensors_give_torch_tensors():
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


def test_the_network_has_the_layers_of_the_parameters():
    X, y = sines()
    regressor = MLPRegressor([4, 3, 2], ["tanh", "gelu", sn.LeakyReLU(0.25)], output_activation="softplus",
                             dropout=[0.5, 0, 0.25], max_iter=2, alpha=0).fit(X, y)  # fmt: skip
    assert list(map(repr, regressor.network_.layers)) == list(map(repr, [
        sn.Dense(2, 4), sn.Tanh(), sn.Dropout(0.5), sn.Dense(4, 3), sn.GELU(), sn.Dense(3, 2), sn.LeakyReLU(0.25),
        sn.Dropout(0.25), sn.Dense(2, 1), sn.Softplus(),
    ]))  # fmt: skip
    assert min(regressor.predict(X)) > 0 and regressor.out_activation_ == "softplus"
    assert regressor.predict(X) == regressor.predict(X)  # predictions drop no outputs


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber", sn.Huber(0.3)])
def test_a_loss_of_the_core_gives_the_losses_of_the_network(loss):
    """Fitting the network itself, from the same weights and for as many epochs, gives the same losses."""
    X, y = sines()
    regressor = MLPRegressor([4], "tanh", loss=loss, solver="sgd", learning_rate_init=0.1, momentum=0.5, alpha=0,
                             max_iter=9, shuffle=False)  # fmt: skip
    net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Identity()], seed=5)
    weights = [p.value for p in net.parameters()]
    regressor.fit(X, y, coefs_init=weights[::2], intercepts_init=weights[1::2])
    optimizer = sn.SGD(0.1, momentum=0.5, nesterov=True)
    history = net.fit(X, y, loss=loss, optimizer=optimizer, epochs=9, shuffle=False)
    assert regressor.loss_curve_ == pytest.approx(history.loss, rel=1e-12)


def test_the_absolute_error_finds_the_median_and_the_squared_error_the_mean():
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


def test_class_weights_equal_sample_weights():
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


def test_a_whole_weight_equals_repeated_samples():
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


def test_the_network_can_be_saved_unrolled_and_explained(tmp_path):
    X, y = blobs()
    # The last batch is smaller than 16.
    classifier = MLPClassifier([3], "tanh", max_iter=3, batch_size=16).fit(X, y)
    sn.save(classifier.network_, str(tmp_path / "model.json"))
    rows = sn.load(str(tmp_path / "model.json")).predict(X)
    assert rows == classifier.predict_proba(X)
    assert sn.unroll(classifier.network_)(X[0]) == pytest.approx(rows[0])
    assert sn.explain(classifier.network_, X[:1])["3.a[0][0]"].value == rows[0][0]
