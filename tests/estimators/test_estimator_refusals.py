"""What the estimators refuse, by which message; and that a refused call changes nothing."""

import pytest
from estimator_data import WORDS, XOR, blobs, sines

from scratchnet.estimators import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.usefixtures("without_sklearn"),
    pytest.mark.filterwarnings("ignore:the training has not converged"),
]


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
def test_fit_refuses_wrong_parameters(settings, message):
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
def test_fit_refuses_wrong_data(X, y, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        MLPClassifier([3]).fit(X, y, **options)


def test_early_stopping_needs_two_samples_of_each_class():
    X, y = blobs(30)
    message = "^early_stopping: the class 7 has only one sample, .*, or give validation_data$"
    with pytest.raises(ValueError, match=message):
        MLPClassifier(early_stopping=True).fit(X + [[0, 0]], y + [7])


def test_a_fitted_estimator_refuses_what_does_not_fit_it():
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


@pytest.mark.parametrize(
    "X, y, options",
    [
        (XOR, ["a", "b", "c", "d"], {"sample_weight": [1, 2]}),
        ([[0], [1]], ["a", "b"], {"coefs_init": [1]}),
        ([[0], [1]], ["a", "b"], {"validation_data": ([[0, 1]], ["a"])}),
        (XOR, WORDS, {"loss": "hinges"}),
    ],
)
def test_a_refused_fit_leaves_the_estimator_as_it_was(X, y, options):
    classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(XOR, WORDS)
    before = dict(vars(classifier))
    options = dict(options)
    loss = options.pop("loss", None)
    with pytest.raises(ValueError):
        classifier.set_params(loss=loss).fit(X, y, **options)
    assert vars(classifier) == dict(before, loss=loss)
    assert classifier.predict(XOR) == WORDS


@pytest.mark.parametrize("again", ["partial_fit", "warm_start"])
def test_a_refused_fit_does_not_change_the_next_one(again):
    def learned(refused):
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

    assert learned(refused=True) == learned(refused=False)


@pytest.mark.parametrize("y, classes", [(WORDS, ["no", "no", "yes"]), ([[0, 1]] * 4, None)])
def test_a_refused_first_partial_fit_leaves_the_estimator_as_it_was(y, classes):
    classifier = MLPClassifier([4], loss="hinges")
    before = dict(vars(classifier))
    with pytest.raises(ValueError, match="loss 'hinges' is unknown"):
        classifier.partial_fit(XOR, y, classes=classes)
    assert vars(classifier) == before
