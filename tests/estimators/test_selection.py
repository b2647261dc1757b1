"""Splits and cross-validation: each sample is used once, and any executor gives the same scores."""

import math
from array import array
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from estimator_data import blobs
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import metrics
from scratchnet.datasets.idx import Idx
from scratchnet.estimators import MLPClassifier, MLPRegressor
from scratchnet.formats import npy
from scratchnet.selection import cross_validate, train_test_split

# ---- train_test_split --------------------------------------------------------------------------------------------


@given(st.integers(2, 60), st.floats(0.01, 0.99), st.booleans(), st.integers(0, 5))
def test_each_sample_is_in_exactly_one_part(n, test_size, shuffle, seed):
    X, y = [[i] for i in range(n)], list(range(n))
    count = math.ceil(n * test_size)
    if count == n:
        with pytest.raises(ValueError, match="leaves some of the"):
            train_test_split(X, y, test_size=test_size)
        return
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=test_size, shuffle=shuffle, seed=seed
    )
    assert len(X_test) == count
    assert sorted(y_train + y_test) == y
    assert [x for (x,) in X_train] == y_train
    assert [x for (x,) in X_test] == y_test
    if not shuffle:
        assert y_train + y_test == y
    assert train_test_split(X, y, test_size=test_size, shuffle=shuffle, seed=seed)[3] == y_test


@given(st.lists(st.integers(2, 20), min_size=1, max_size=4), st.integers(1, 9), st.booleans())
def test_stratified_parts_keep_the_proportions_of_the_classes(sizes, tenths, shuffle):
    labels = [k for k, size in enumerate(sizes) for _ in range(size)]
    n = len(labels)
    count = math.ceil(n * tenths / 10)
    if count < n:
        _, test = train_test_split(labels, test_size=tenths / 10, shuffle=shuffle, stratify=labels)
        for k, size in enumerate(sizes):
            assert abs(Counter(test)[k] - size * count / n) < 1
        assert len(test) == count


def test_another_seed_draws_other_samples():
    data = list(range(50))
    assert train_test_split(data, seed=1)[1] != train_test_split(data, seed=2)[1]


def test_a_whole_test_size_is_a_number_of_samples():
    assert len(train_test_split(list(range(50)), test_size=7)[1]) == 7


@pytest.mark.parametrize(
    "sequences, options, message",
    [
        (([1, 2], [1]), {}, "the same length"),
        (([],), {}, "the same length"),
        ((), {}, "the same length"),
        ((5,), {}, "int is not a sequence"),
        (([1, 2],), {"test_size": 2}, "test_size is 2; give a fraction"),
        (([1, 2],), {"test_size": "a"}, "test_size is 'a'"),
        (([1, 2],), {"test_size": True}, "test_size is True"),
        (([1, 2, 3],), {"stratify": [1, 1, 2]}, "the class 2 has only one sample"),
        (([1, 2, 3],), {"stratify": [1, 1]}, "2 classes for 3 samples"),
    ],
)
def test_wrong_splits_are_refused(sequences, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        train_test_split(*sequences, **options)


def test_numpy_arrays_give_numpy_arrays():
    np = pytest.importorskip("numpy")
    X, labels = np.arange(20).reshape(10, 2), np.array(list("aaaaabbbbb"))
    X_train, X_test, y_train, y_test = train_test_split(X, labels, test_size=0.4, stratify=labels)
    assert isinstance(X_train, np.ndarray) and X_train.shape == (6, 2)
    assert sorted(y_test) == ["a", "a", "b", "b"]
    assert all(labels[row[0] // 2] == label for row, label in zip(X_test, y_test))


@pytest.mark.parametrize(
    "data",
    [
        npy.array_of([[i, i / 2] for i in range(8)]),
        Idx((8, 2), array("B", [i // 2 * 4 for i in range(16)]), scale=4),
        memoryview(bytes(range(8))),
    ],
    ids=["npy", "idx", "memoryview"],
)
def test_sequences_with_a_shape_give_lists_of_rows(data):
    """Arrays of the package and of Python are indexed with one number at a time."""
    train, test, places, _ = train_test_split(data, list(range(8)))
    assert train == [data[i] for i in places] and len(test) == 2
    assert len(cross_validate(Shares, data, list(range(8)), folds=4)) == 4


def test_torch_tensors_give_torch_tensors():
    torch = pytest.importorskip("torch")
    train, _, places, _ = train_test_split(torch.arange(16).reshape(8, 2), list(range(8)))
    assert isinstance(train, torch.Tensor) and train.tolist() == [
        [2 * i, 2 * i + 1] for i in places
    ]


# ---- cross_validate ----------------------------------------------------------------------------------------------


class Notes:
    """A model that records its training data, and whose score is the number of samples, all of them new."""

    seen = []

    def fit(self, X, y):
        self.known = set(y)
        Notes.seen.append((X, y))

    def score(self, X, y):
        assert not self.known & set(y)
        return float(len(y))


@pytest.mark.parametrize("n, folds", [(10, 5), (11, 3), (4, 4)])
def test_each_sample_is_scored_once_by_a_model_that_has_not_seen_it(n, folds):
    Notes.seen = []
    y = [i + 0.5 for i in range(n)]
    scores = cross_validate(Notes, [[v] for v in y], y, folds=folds)
    assert sum(scores) == n and max(scores) - min(scores) <= 1 and len(scores) == folds
    left_out = [v for _, fitted in Notes.seen for v in y if v not in fitted]
    assert sorted(left_out) == y
    assert all([v for (v,) in X] == fitted for X, fitted in Notes.seen)


class Shares:
    """A model whose score is the mean of the targets."""

    def fit(self, X, y):
        pass

    def score(self, X, y):
        return sum(y) / len(y)


@pytest.mark.parametrize("y", [[0] * 20 + [1] * 10, [0.0] * 20 + [1.0] * 10])
def test_folds_keep_the_proportions_of_the_classes(y):
    assert cross_validate(Shares, [[0]] * 30, y, folds=5) == [2 / 6] * 5
    numbers = [v + 0.5 for v in y]
    assert len(set(cross_validate(Shares, [[0]] * 30, numbers, folds=5))) > 1


def network():
    return sn.Sequential([sn.Dense(2, 3), sn.Softmax()], seed=1)


def accuracy_of_rows(targets, outputs):
    return metrics.accuracy(targets, [row.index(max(row)) for row in outputs])


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_gives_the_same_scores(pool):
    X, y = blobs()
    estimator = MLPClassifier([5], learning_rate_init=0.05, max_iter=20, n_iter_no_change=20)
    given = dict(loss="categorical_cross_entropy", epochs=30, scoring=accuracy_of_rows)
    scores = cross_validate(estimator, X, y), cross_validate(network, X, y, **given)
    with pool(2) as executor:
        assert cross_validate(estimator, X, y, executor=executor) == scores[0]
        assert cross_validate(network, X, y, executor=executor, **given) == scores[1]
    assert min(scores[0]) > 0.5 and len(set(scores[1])) > 1
    assert not hasattr(estimator, "network_")


class Kernels:
    """A model that records the kernel in which it is made, fitted and scored."""

    def __init__(self):
        self.kernels = [sn.kernel()]

    def fit(self, X, y):
        self.kernels.append(sn.kernel())

    def score(self, X, y):
        return float(self.kernels + [sn.kernel()] == ["portable"] * 3)


def test_a_worker_uses_the_kernel_of_the_caller_for_the_task_only():
    former = sn.set_kernel("portable")
    try:
        with ProcessPoolExecutor(1) as pool:
            pool.submit(sn.set_kernel, "fast").result()
            scores = cross_validate(Kernels, [[0]] * 4, [0, 1, 0, 1], folds=2, executor=pool)
            assert scores == [1, 1]
            assert pool.submit(sn.kernel).result() == "fast"
    finally:
        sn.set_kernel(former)


def test_a_network_is_refused_because_it_may_be_trained():
    X, y = blobs()
    with pytest.raises(
        TypeError, match="^model is a network, which may be trained already; give a function"
    ):
        cross_validate(network(), X, y, loss="categorical_cross_entropy")


@pytest.mark.parametrize(
    "given, message",
    [
        (dict(folds=1), "folds is 1; give a whole number from 2 to 60"),
        (dict(folds=61), "folds is 61"),
        (dict(executor=5), "executor is 5; give an object with submit"),
        (
            dict(executor=ThreadPoolExecutor),
            "executor is <class 'concurrent.futures.thread.ThreadPoolExecutor'>; give",
        ),
        (dict(model=3), "model is a int; give an estimator"),
        (
            dict(model=network, loss="categorical_cross_entropy", epochs=1),
            "Sequential has no method score",
        ),
        (dict(Y=[1]), "the same length"),
        (dict(scoring="accuracy"), "scoring is 'accuracy'; give a function"),
    ],
)
def test_wrong_cross_validations_are_refused(given, message):
    X, y = blobs()
    given = dict(dict(model=MLPRegressor([2]), X=X, Y=y), **given)
    with pytest.raises((TypeError, ValueError), match=message):
        cross_validate(**given)
