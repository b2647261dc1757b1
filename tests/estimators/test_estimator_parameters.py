"""Estimators as objects: their parameters, subclasses, pickles, and what an unfitted one answers."""

import pickle

import pytest
from estimator_data import XOR, sines

from scratchnet import estimators
from scratchnet.estimators import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.usefixtures("without_sklearn"),
    pytest.mark.filterwarnings("ignore:the training has not converged"),
]


def test_parameters_are_stored_unchanged():
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


def test_a_subclass_has_the_parameters_of_its_own_constructor():
    class Small(MLPRegressor):
        def __init__(self, width=2, alpha=0.5):
            super().__init__([width], alpha=alpha, max_iter=2)
            self.width = width

    assert Small(3).get_params() == {"width": 3, "alpha": 0.5}
    assert len(Small(3).fit(*sines()).coefs_[0][0]) == 3


def test_a_pickled_estimator_predicts_and_continues():
    X, y = sines()
    for estimator in (
        MLPRegressor([3], max_iter=3),
        MLPRegressor([3], solver="sgd", max_iter=3, batch_size=7),
    ):
        estimator.fit(X, y)
        twin = pickle.loads(pickle.dumps(estimator))
        assert twin.predict(X) == estimator.predict(X)
        assert twin.partial_fit(X, y).predict(X) == estimator.partial_fit(X, y).predict(X)


def test_an_unfitted_estimator_says_so():
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
