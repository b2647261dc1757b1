"""The training of the estimators: when it ends, how it continues, and what it reports."""

import io
import math
import pickle
from contextlib import redirect_stdout

import pytest
from estimator_data import WORDS, XOR, blobs, sines

import scratchnet as sn
from scratchnet.engines.rows import Rows
from scratchnet.estimators import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.usefixtures("without_sklearn"),
    pytest.mark.filterwarnings("ignore:the training has not converged"),
]


def test_validation_data_do_not_change_the_training():
    X, y = blobs()
    given = dict(hidden_layer_sizes=[3], max_iter=5, batch_size=16)
    alone, watched = MLPClassifier(**given).fit(X, y), MLPClassifier(**given)
    watched.fit(X, y, validation_data=(X[:10], y[:10]))
    assert watched.loss_curve_ == alone.loss_curve_ and alone.validation_loss_curve_ == []
    targets = [[float(k == c) for c in range(3)] for k in y[:10]]
    loss = watched.network_.evaluate(X[:10], targets, "categorical_cross_entropy")
    assert len(watched.validation_loss_curve_) == 5
    assert watched.validation_loss_curve_[-1] == pytest.approx(loss)


def test_callbacks_get_each_epoch_and_can_stop_the_training():
    seen = []
    X, y = blobs()
    classifier = MLPClassifier([3], max_iter=50).fit(
        X, y, callbacks=[seen.append, lambda epoch: epoch.number == 4]
    )
    assert [epoch.number for epoch in seen] == [1, 2, 3, 4] and classifier.n_iter_ == 4
    assert [epoch.loss for epoch in seen] == classifier.loss_curve_


def test_early_stopping_restores_the_weights_of_the_best_score():
    X, y = blobs(120)
    # Some classes are wrong, so that the scores go up and down.
    y = [(k + (i % 7 == 0)) % 3 for i, k in enumerate(y)]
    classifier = MLPClassifier([8], learning_rate_init=0.1, early_stopping=True, validation_fraction=0.2,
                               n_iter_no_change=5, random_state=1)  # fmt: skip
    classifier.fit(X, y)
    scores = classifier.validation_scores_
    assert len(scores) == classifier.n_iter_ < 200 and classifier.best_loss_ is None
    assert classifier.best_validation_score_ == max(scores)
    assert len(classifier.validation_loss_curve_) == len(scores)
    given = MLPClassifier([8], learning_rate_init=0.1, early_stopping=True, n_iter_no_change=5)
    given.fit(X[:90], y[:90], validation_data=(X[90:], y[90:]))
    best = max(given.validation_scores_)
    assert given.score(X[90:], y[90:]) == given.best_validation_score_ == best
    assert best > given.validation_scores_[-1]


def test_early_stopping_can_be_switched_on_later():
    X, y = blobs(40)
    classifier = (
        MLPClassifier([4], warm_start=True, max_iter=2)
        .fit(X, y)
        .set_params(early_stopping=True)
        .fit(X, y)
    )
    assert len(classifier.validation_scores_) == 2


def test_partial_fits_equal_one_fit():
    """The optimizer remembers, even in a pickle."""
    X, y = blobs()
    for solver in ("adam", "sgd"):
        given = dict(hidden_layer_sizes=[3], solver=solver, shuffle=False, batch_size=16)
        whole = MLPClassifier(max_iter=4, **given).fit(X, y)
        parts = MLPClassifier(**given)
        for _ in range(4):
            parts = pickle.loads(pickle.dumps(parts.partial_fit(X, y, classes=[0, 1, 2])))
            assert parts.n_iter_ == 1
        assert parts.loss_curve_ == pytest.approx(whole.loss_curve_, rel=1e-12)


def test_partial_fit_knows_classes_that_come_later():
    X, y = blobs()
    classifier = MLPClassifier([3]).partial_fit(X[:1], y[:1], classes=[2, 0, 1])
    classifier.partial_fit(X[1:2], y[1:2])
    assert classifier.classes_ == [0, 1, 2] and len(classifier.predict_proba(X)[0]) == 3
    for problem in (dict(y=[7]), dict(y=[0], classes=[0, 1])):
        with pytest.raises(ValueError, match="class"):
            classifier.partial_fit(X[:1], **problem)
    with pytest.raises(ValueError, match="give all of them as classes="):
        MLPClassifier().partial_fit(X, y)


def test_warm_start_continues_with_the_weights():
    X, y = sines()
    regressor = MLPRegressor([3], max_iter=3, warm_start=True).fit(X, y)
    before = regressor.coefs_
    regressor.fit(X, y)
    assert len(regressor.loss_curve_) == 6 and regressor.loss_curve_[3] < regressor.loss_curve_[2]
    fresh = regressor.set_params(warm_start=False).fit(X, y)
    assert len(fresh.loss_curve_) == 3 and fresh.coefs_ == before


def test_the_same_seed_gives_the_same_losses():
    X, y = sines()
    given = dict(hidden_layer_sizes=[3], max_iter=2, batch_size=8)
    curves = [
        MLPRegressor(random_state=seed, **given).fit(X, y).loss_curve_ for seed in (0, None, 1)
    ]
    assert curves[0] == curves[1] != curves[2]


def test_a_smaller_last_batch_has_a_larger_penalty():
    """With a rate of nearly 0, the loss of each batch is that of the initial weights: the penalty alpha/2·w²/n."""
    regressor = MLPRegressor(
        [], solver="sgd", learning_rate_init=1e-30, alpha=6, batch_size=2, max_iter=1
    )
    regressor.fit([[0.0]] * 5, [0.0] * 5, coefs_init=[[[2]]], intercepts_init=[[0]])
    assert regressor.loss_ == pytest.approx((2 * 6 + 2 * 6 + 1 * 12) / 5)


@pytest.mark.parametrize(
    "engine, fuses", [("auto", True), ("steps", True), ("rows", True), ("rows", False)]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_engine_gives_a_smaller_last_batch_its_penalty(engine, fuses, weighted, monkeypatch):
    if not fuses:  # Then rows runs the rules one by one.
        monkeypatch.setattr(Rows, "has_code", lambda self, size: False)
    X = [[i % 4 / 4, i % 5 / 8, i % 3 / 2] for i in range(23)]
    y = [x[0] - x[1] * x[2] for x in X]
    weights = [1 + i % 3 for i in range(23)] if weighted else None
    found = []
    for name in ("lists", engine):
        regressor = MLPRegressor(
            [4], alpha=0.5, batch_size=10, max_iter=5, dropout=0.25, engine=name
        )
        regressor.fit(X, y, sample_weight=weights)
        found.append([regressor.loss_curve_, *[w for m in regressor.coefs_ for w in m]])
    for expected, row in zip(*found):
        assert row == pytest.approx(expected, rel=1e-13)


def test_ctrl_c_keeps_the_weights_learned_so_far():
    def interrupt(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    X, y = sines()
    with pytest.warns(UserWarning, match="interrupted"):
        regressor = MLPRegressor([3]).fit(X, y, callbacks=[interrupt])
    assert regressor.n_iter_ == 2 and len(regressor.predict(X)) == 40


def test_verbose_prints_each_epoch_and_a_warning_says_that_it_has_not_converged():
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


def test_after_divergence_the_weights_are_the_last_finite_ones():
    X, y = sines()
    regressor = MLPRegressor([3], "identity", solver="sgd", learning_rate_init=1e6, tol=0)
    with pytest.raises(sn.Diverged, match="epoch .*try a smaller rate"):
        regressor.fit(X, [1e3 * v for v in y])
    assert all(math.isfinite(v) for row in regressor.coefs_[0] for v in row)


def test_warnings_name_the_line_of_the_caller():
    regressor = MLPRegressor([3], max_iter=1, warm_start=True)
    column = [[word] for word in WORDS]
    with pytest.warns(UserWarning) as caught:
        regressor.fit(XOR, [0, 1, 1, 0])
        regressor.fit_transform(XOR, [0, 1, 1, 0])
        MLPClassifier([3], max_iter=1).fit(XOR, column)
        MLPClassifier([3]).partial_fit(XOR, column, classes=WORDS)
    assert len(caught) == 5
    assert {warning.filename for warning in caught} == {__file__}
