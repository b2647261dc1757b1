"""Data held out for testing, and cross-validation.

    train_test_split   splits the samples into a training part and a test part
    cross_validate     tests on each fold of the samples in turn, and returns one score per fold

Both are deterministic: the same seed gives the same samples on every Python.

>>> X, y = [[0], [1], [2], [3], [4], [5], [6], [7]], ["a", "a", "a", "a", "b", "b", "b", "b"]
>>> X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
>>> len(X_train), sorted(y_test)
(6, ['a', 'b'])
"""

from copy import deepcopy

from .core.checks import is_sequence, plain, require
from .core.functions import kernel
from .core.random import Generator
from .engines.workers.executors import EXECUTOR, LentKernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Set, Tuple


def train_test_split(
    *sequences: "Any",
    test_size: float = 0.25,
    shuffle: bool = True,
    seed: int = 0,
    stratify: "Any" = None,
) -> "List[Any]":
    """Split each sequence into a training part and a test part: [A_train, A_test, B_train, ...].

    ``sequences``   lists, or arrays of NumPy, pandas or PyTorch, all of the same length; the parts
                    of an array are arrays
    ``test_size``   the size of the test part: a fraction, rounded up to whole samples, or a number
                    of samples
    ``shuffle``     whether to draw the samples at random; False puts the last ones in the test part
    ``stratify``    the classes of the samples; both parts then have the same proportions of the
                    classes, up to rounding

    >>> train_test_split([1, 2, 3, 4], "abcd", shuffle=False)
    [[1, 2, 3], [4], ['a', 'b', 'c'], ['d']]
    """
    n = _length(sequences)
    limit = f"a fraction or a number of samples that leaves some of the {n} samples in both parts"
    held_out = require("test_size", test_size, (lambda v: 0 < _count(v, n) < n, limit))
    order = Generator(seed).permutation(n) if shuffle else list(range(n))
    groups = [order] if stratify is None else _strata(order, _classes(stratify, n))
    test = set()
    for group, count in zip(groups, _shares([len(group) for group in groups], _count(held_out, n))):
        test.update(group[len(group) - count :])
    parts = _partition(order, test)
    return [take(sequence, part) for sequence in sequences for part in parts]


def cross_validate(
    model: "Any",
    X: "Any",
    Y: "Any",
    folds: int = 5,
    executor: "Any" = None,
    seed: int = 0,
    scoring: "Any" = None,
    **fit_options: "Any",
) -> "List[float]":
    """Return the score on each fold of a model that is trained on the other folds.

    ``model``        an estimator, or a function without arguments that returns an estimator or a
                     network; each fold has its own model
    ``X``, ``Y``     samples and targets; if the targets are classes (not fractions), each fold has
                     the same proportions of the classes
    ``executor``     an object with ``submit``, such as a ProcessPoolExecutor, whose workers compute
                     the folds; the scores are the same
    ``seed``         the random seed of the folds
    ``scoring``      a function (targets, predictions), such as ``metrics.r2``; None means the
                     method ``score`` of the model
    ``fit_options``  passed on to ``fit``

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
    """Return the training indices and the test indices of each fold.

    With ``classes``, each fold has the same proportions of the classes.
    """
    order = Generator(seed).permutation(n)
    if classes is not None:
        order = [i for group in _groups(order, classes) for i in group]
    return [_partition(range(n), set(order[k::folds])) for k in range(folds)]


def score_of_fold(
    name: str, model: "Any", data: "List[Any]", scoring: "Any", fit_options: "Any"
) -> float:
    """Train on the first two elements of ``data``, X and Y, and return the score on the last two.

    ``name`` is the kernel. This is the task of a worker.
    """
    X_train, Y_train, X_test, Y_test = data
    with LentKernel(name):
        model = fresh(model)
        model.fit(X_train, Y_train, **fit_options)
        if scoring is not None:
            return scoring(Y_test, model.predict(X_test))  # type: ignore[no-any-return]
        if hasattr(model, "score"):
            return model.score(X_test, Y_test)  # type: ignore[no-any-return]
    raise TypeError(
        f"scoring: {type(model).__name__} has no method score; give a function such as metrics.r2"
    )


def fresh(model: "Any") -> "Any":
    """Return a new model of the same kind, which has learned nothing yet."""
    if hasattr(model, "get_params") and not isinstance(model, type):
        return type(model)(**deepcopy(model.get_params(deep=False)))
    if hasattr(model, "backpropagate"):
        raise TypeError(
            "model is a network, which may be trained already; give a function that makes one"
        )
    made = (
        deepcopy(model)
        if hasattr(model, "fit") and not isinstance(model, type)
        else callable(model) and model()
    )
    if not hasattr(made, "fit"):
        raise TypeError(
            f"model is a {type(model).__name__}; give an estimator, or a function that returns an "
            "estimator or a network"
        )
    return made


def take(sequence: "Any", places: "List[int]") -> "Any":
    """Return the elements at these indices: an array from an array, otherwise a list."""
    if hasattr(sequence, "iloc"):  # pandas
        return sequence.iloc[places]
    if hasattr(sequence, "shape") and hasattr(sequence, "__array__"):
        return sequence[places]
    return [sequence[i] for i in places]


def _length(sequences: "Any") -> int:
    """Return the number of samples, which must be the same in all sequences."""
    for sequence in sequences:
        if not is_sequence(sequence) and not hasattr(sequence, "__len__"):
            raise TypeError(
                f"a {type(sequence).__name__} is not a sequence of samples; give lists or arrays"
            )
    lengths = [len(sequence) for sequence in sequences]
    if not lengths or min(lengths) != max(lengths) or not lengths[0]:
        raise ValueError(
            f"the sequences have {lengths} samples; give one or more, all of the same length"
        )
    return lengths[0]


def _count(part: "Any", n: int) -> int:
    """Return how many of n samples a fraction or a number of samples means."""
    if isinstance(part, int):
        return part if not isinstance(part, bool) else 0
    return -int(-n * part // 1) if 0 < part < 1 else 0


def _classes(labels: "Any", n: int) -> "List[Any]":
    """Return the labels as a flat list of hashable values."""
    labels = _flat(labels)
    if len(labels) != n:
        raise ValueError(f"stratify has {len(labels)} classes for {n} samples; give one per sample")
    return [tuple(label) if isinstance(label, list) else label for label in labels]


def _flat(data: "Any") -> "List[Any]":
    data = data.to_numpy() if hasattr(data, "to_numpy") else data
    return list(data.tolist()) if hasattr(data, "tolist") else [plain(v) for v in data]


def _are_classes(Y: "Any") -> bool:
    """Return whether all targets are classes: no fraction, and no row."""
    return all(
        [isinstance(y, (str, int)) or isinstance(y, float) and y == y // 1 for y in _flat(Y)]
    )


def _groups(order: "List[int]", classes: "List[Any]") -> "List[List[int]]":
    """Return the indices of each class. The first class in ``order`` comes first."""
    groups = {}  # type: ignore[var-annotated]
    for i in order:
        groups.setdefault(classes[i], []).append(i)
    return list(groups.values())


def _strata(order: "List[int]", classes: "List[Any]") -> "List[List[int]]":
    """Return the indices of each class, of which there must be two or more for the two parts."""
    groups = _groups(order, classes)
    for group in groups:
        if len(group) < 2:
            raise ValueError(
                f"the class {classes[group[0]]!r} has only one sample, but both parts of a "
                "stratified split need one; leave out that class"
            )
    return groups


def _partition(places: "Sequence[int]", test: "Set[int]") -> "Tuple[List[int], List[int]]":
    """Return the indices that are not in ``test``, and those that are, both in order."""
    return [i for i in places if i not in test], [i for i in places if i in test]


def _shares(sizes: "List[int]", count: int) -> "List[int]":
    """Return ``count`` divided in proportion to the sizes.

    What rounding leaves goes to the largest remainders.
    """
    total = sum(sizes)
    shares = [size * count // total for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda k: (-(sizes[k] * count % total), k))
    for k in by_remainder[: count - sum(shares)]:
        shares[k] += 1
    return shares
