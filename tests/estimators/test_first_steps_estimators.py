"""Read this first: estimators in scikit-learn's convention, on plain lists."""

import scratchnet as sn

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_a_classifier_learns_xor():
    model = sn.MLPClassifier((4,), activation="tanh", learning_rate_init=0.1, random_state=7)
    model.fit(XOR, ["no", "yes", "yes", "no"])
    assert list(model.predict(XOR)) == ["no", "yes", "yes", "no"]
    assert model.score(XOR, ["no", "yes", "yes", "no"]) == 1.0


def test_a_regressor_learns_a_line():
    X = [[i / 10] for i in range(10)]
    y = [2 * x + 1 for (x,) in X]
    model = sn.MLPRegressor((), solver="sgd", learning_rate_init=0.1, random_state=1).fit(X, y)
    assert model.score(X, y) > 0.99


def test_the_test_set_is_a_part_of_the_data():
    X, y = [[i] for i in range(20)], [0, 1] * 10
    X_train, X_test, y_train, y_test = sn.train_test_split(X, y, test_size=0.25, stratify=y)
    assert sorted(X_train + X_test) == X
    assert (len(X_test), len(y_test)) == (5, 5)
