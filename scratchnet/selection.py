"""Which samples to train with and which to judge by: data held out, and cross-validation.

    train_test_split   the samples in two parts, once
    cross_validate     each sample in the part to judge by, one after the other: a score a fold

Both are deterministic: the same seed, the same samples, on every Python.

>>> X, y = [[0], [1], [2], [3], [4], [5], [6], [7]], ["a", "a", "a", "a", "b", "b", "b", "b"]
>>> X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
>>> len(X_train), sorted(y_test)
(6, ['a', 'b'])
"""

from copy import deepcopy

from .core.checks import is_sequence, plain, require
from .core.functions import kernel
from .core.random import Generator
from .engines.workers import EXECUTOR, LentKernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List


def train_test_split(*sequences: "Any", test_size: float = 0.25, shuffle: bool = True, seed: int = 0,
                     stratify: "Any" = None) -> "List[Any]":  # fmt: skip
    """Two parts of each of the sequences, one to train with and one to test with: [A_train, A_test, B_train, ...].

    ``sequences``   of the same length: lists, or what NumPy, pandas or PyTorch hold; an array gives arrays
    ``test_size``   the part to test with: a fraction, rounded up to whole samples, or how many samples
    ``shuffle``     whether the samples are drawn, and come in a random order; False: the last ones are the test's
    ``stratify``    the classes of the samples, of which both parts then have the same shares, to rounding

    >>> train_test_split([1, 2, 3, 4], "abcd", shuffle=False)
    [[1, 2, 3], [4], ['a', 'b', 'c'], ['d']]
    """
    n = _length(sequences)
    limit = f"a fraction, or a number of samples, that leaves some of the {n} samples on both sides"
    held_out = require("test_size", test_size, (lambda v: 0 < _count(v, n) < n, limit))
    order = Generator(seed).permutation(n) if shuffle else list(range(n))
    groups = [order] if stratify is None else _groups(order, _classes(stratify, n))
    if stratify is not None and min(map(len, groups)) < 2:
        raise ValueError(
            "stratify: a class has only one sample, which cannot be on both sides; leave it out"
        )
    test = set()
    for group, count in zip(groups, _shares([len(group) for group in groups], _count(held_out, n))):
        test.update(group[len(group) - count :])
    parts = [i for i in order if i not in test], [i for i in order if i in test]
    return [take(sequence, part) for sequence in sequences for part in parts]


def cross_validate(model: "Any", X: "Any", Y: "Any", folds: int = 5, executor: "Any" = None, seed: int = 0,
                   scoring: "Any" = None, **fit_options: "Any") -> "List[float]":  # fmt: skip
    """The score of every fold, of a model that was trained on the other ones.

    ``model``        an estimator, or a function without arguments that makes one, or a network: each fold has its own
    ``X``, ``Y``     samples and targets; targets that are classes (no fractions) are in each fold in the same shares
    ``executor``     shares out the folds: anything with ``submit``, such as a ProcessPoolExecutor; the same scores
    ``seed``         of which samples a fold has
    ``scoring``      a function (targets, predictions), such as ``metrics.r2``; None: the model's own ``score``
    ``fit_options``  are passed on to ``fit``

    >>> import scratchnet as sn
    >>> from scratchnet import metrics
    >>> X = [[i / 10] for i in range(10)]
    >>> Y = [2 * x for x, in X]
    >>> def network():
    ...     return sn.Sequential([sn.Dense(1, 1)])
    >>> given = dict(loss="half_squared_error", optimizer=sn.SGD(0.5), epochs=300)
    >>> scores = cross_validate(network, X, Y, folds=2, scoring=metrics.r2, **given)
    >>> [round(score, 3) for score in scores]
    [1.0, 1.0]
    """
    n = _length((X, Y))
    between = (
        lambda v: isinstance(v, int) and 2 <= v <= n,
        f"a whole number from 2 to {n}, the number of samples",
    )
    folds = require("folds", folds, between)
    require(
        "scoring",
        scoring,
        (lambda v: v is None or callable(v), "a function (targets, predictions), or None"),
    )
    tasks = []
    for parts in parts_of(n, folds, seed, _classes(Y, n) if _are_classes(Y) else None):
        data = [take(sequence, part) for part in parts for sequence in (X, Y)]
        tasks.append((kernel(), model, data, scoring, fit_options))
    if executor is None:
        return [score_of_fold(*task) for task in tasks]
    require("executor", executor, EXECUTOR)
    futures = [executor.submit(score_of_fold, *task) for task in tasks]
    return [future.result() for future in futures]


def parts_of(n: int, folds: int, seed: int = 0, classes: "Any" = None) -> "List[Any]":
    """For each fold the places to train with, and those to judge by; of ``classes``, the same shares in all."""
    order = Generator(seed).permutation(n)
    if classes is not None:
        order = [i for group in _groups(order, classes) for i in group]
    tests = [set(order[k::folds]) for k in range(folds)]
    return [([i for i in range(n) if i not in test], sorted(test)) for test in tests]


def score_of_fold(
    name: str, model: "Any", data: "List[Any]", scoring: "Any", fit_options: "Any"
) -> float:
    """What a task computes: train on the first two of ``data``, X and Y, and score on the last two."""
    X_train, Y_train, X_test, Y_test = data
    with LentKernel(name):
        model = fresh(model)
        model.fit(X_train, Y_train, **fit_options)
        if scoring is not None:
            return scoring(Y_test, model.predict(X_test))  # type: ignore[no-any-return]
        if hasattr(model, "score"):
            return model.score(X_test, Y_test)  # type: ignore[no-any-return]
    raise TypeError(
        f"scoring: {type(model).__name__} has no score of its own; give a function such as metrics.r2"
    )


def fresh(model: "Any") -> "Any":
    """One like it, that has learnt nothing here."""
    if hasattr(model, "get_params") and not isinstance(model, type):
        return type(model)(**deepcopy(model.get_params(deep=False)))
    if hasattr(model, "backpropagate"):
        raise TypeError(
            "model is a network, which may have learnt already; give a function that makes one"
        )
    made = (
        deepcopy(model)
        if hasattr(model, "fit") and not isinstance(model, type)
        else callable(model) and model()
    )
    if not hasattr(made, "fit"):
        raise TypeError(
            f"model is a {type(model).__name__}; give an estimator, or what makes one or a network"
        )
    return made


def take(sequence: "Any", places: "List[int]") -> "Any":
    """The elements at these places: of an array of NumPy's or PyTorch's an array, of anything else a list."""
    if hasattr(sequence, "iloc"):  # pandas
        return sequence.iloc[places]
    if hasattr(sequence, "shape") and hasattr(sequence, "__array__"):
        return sequence[places]
    return [sequence[i] for i in places]


def _length(sequences: "Any") -> int:
    """How many samples all of them have."""
    for sequence in sequences:
        if not is_sequence(sequence) and not hasattr(sequence, "__len__"):
            raise TypeError(
                f"a {type(sequence).__name__} is no sequence of samples; give lists or arrays"
            )
    lengths = [len(sequence) for sequence in sequences]
    if not lengths or min(lengths) != max(lengths) or not lengths[0]:
        raise ValueError(
            f"the sequences have {lengths} samples; give one or more, all of the same length"
        )
    return lengths[0]


def _count(part: "Any", n: int) -> int:
    """How many of n samples a fraction or a number of them is."""
    if isinstance(part, int):
        return part if not isinstance(part, bool) else 0
    return -int(-n * part // 1) if 0 < part < 1 else 0


def _classes(labels: "Any", n: int) -> "List[Any]":
    """The labels as a flat list of what can be compared."""
    labels = _flat(labels)
    if len(labels) != n:
        raise ValueError(f"stratify has {len(labels)} classes for {n} samples; give one a sample")
    return [tuple(label) if isinstance(label, list) else label for label in labels]


def _flat(data: "Any") -> "List[Any]":
    data = data.to_numpy() if hasattr(data, "to_numpy") else data
    return list(data.tolist()) if hasattr(data, "tolist") else [plain(v) for v in data]


def _are_classes(Y: "Any") -> bool:
    """Whether no target is a fraction, or a row."""
    return all(
        [isinstance(y, (str, int)) or isinstance(y, float) and y == y // 1 for y in _flat(Y)]
    )


def _groups(order: "List[int]", classes: "List[Any]") -> "List[List[int]]":
    """The places of each class, in the order of its first."""
    groups = {}  # type: ignore[var-annotated]
    for i in order:
        groups.setdefault(classes[i], []).append(i)
    return list(groups.values())


def _shares(sizes: "List[int]", count: int) -> "List[int]":
    """``count`` shared out in proportion to the sizes; what rounding leaves goes to the largest remainders."""
    total = sum(sizes)
    shares = [size * count // total for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda k: (-(sizes[k] * count % total), k))
    for k in by_remainder[: count - sum(shares)]:
        shares[k] += 1
    return shares
