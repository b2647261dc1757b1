"""Metrics compared with scikit-learn where it is installed (`tox -e sklearn`), and with values found by hand."""

import math
import statistics
from array import array
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from scratchnet import metrics

NAN = float("nan")


@pytest.fixture(scope="module")
def sklearn():
    return pytest.importorskip("sklearn.metrics")


def close(a, b):
    return a == pytest.approx(b, rel=1e-9, abs=1e-9, nan_ok=True)


# ---- against scikit-learn --------------------------------------------------------------------------------------

WEIGHTS = st.sampled_from([0, 0.5, 1, 1, 2.25])


@st.composite
def classified(draw):
    """Targets, predictions and weights (None or of a positive sum)."""
    labels = draw(st.sampled_from([[0, 1], [0, 1, 2, 5], ["a", "b", "c"], [-1, 1], [False, True]]))
    n = draw(st.integers(1, 30))
    truth, predicted = [
        draw(st.lists(st.sampled_from(labels), min_size=n, max_size=n)) for _ in range(2)
    ]
    weights = draw(st.none() | st.lists(WEIGHTS, min_size=n, max_size=n))
    assume(weights is None or sum(weights) > 0)
    return truth, predicted, weights


@pytest.mark.filterwarnings("ignore:A single label")
@given(classified())
def test_accuracy_and_confusion_matrix_equal_sklearns(sklearn, case):
    truth, predicted, weights = case
    expected = sklearn.accuracy_score(truth, predicted, sample_weight=weights)
    assert close(metrics.accuracy(truth, predicted, weights), expected)
    expected = sklearn.confusion_matrix(truth, predicted, sample_weight=weights).tolist()
    assert metrics.confusion_matrix(truth, predicted, sample_weight=weights) == expected
    labels = sorted(set(truth), reverse=True)[:2]
    expected = sklearn.confusion_matrix(
        truth, predicted, labels=labels, sample_weight=weights
    ).tolist()
    assert metrics.confusion_matrix(truth, predicted, labels, weights) == expected


@given(classified(), st.sampled_from([0, 1]))
def test_precision_recall_f1_equal_sklearns(sklearn, case, undefined):
    truth, predicted, weights = case
    options = {"sample_weight": weights, "zero_division": undefined}
    found = metrics.precision_recall_f1(
        truth, predicted, sample_weight=weights, zero_division=undefined
    )
    expected = sklearn.precision_recall_fscore_support(truth, predicted, **options)
    assert [s.label for s in found.classes] == sorted(set(truth) | set(predicted))
    for k in range(4):
        assert close([s[k + 1] for s in found.classes], expected[k].tolist())
    for average, score in (("macro", found.macro), ("weighted", found.weighted)):
        expected = sklearn.precision_recall_fscore_support(
            truth, predicted, average=average, **options
        )
        assert close(list(score[1:4]), [float(v) for v in expected[:3]])


@given(classified())
def test_scores_of_some_labels_equal_sklearns(sklearn, case):
    truth, predicted, weights = case
    labels = sorted(set(truth), reverse=True)[:2]
    found = metrics.precision_recall_f1(truth, predicted, labels, weights)
    expected = sklearn.precision_recall_fscore_support(
        truth, predicted, labels=labels, sample_weight=weights, zero_division=0
    )
    for k in range(4):
        assert close([s[k + 1] for s in found.classes], expected[k].tolist())


@given(st.data())
def test_log_loss_equals_sklearns(sklearn, data):
    classes, n = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 20))
    counts = st.lists(st.integers(0, 9), min_size=classes, max_size=classes).filter(any)
    rows = [
        [v / sum(row) for v in row] for row in data.draw(st.lists(counts, min_size=n, max_size=n))
    ]
    truth = data.draw(st.lists(st.integers(0, classes - 1), min_size=n, max_size=n))
    weights = data.draw(st.none() | st.lists(st.sampled_from([0.5, 1, 2]), min_size=n, max_size=n))
    expected = sklearn.log_loss(truth, rows, labels=range(classes), sample_weight=weights)
    assert close(metrics.log_loss(truth, rows, sample_weight=weights), expected)
    if classes == 2:
        assert close(metrics.log_loss(truth, [row[1] for row in rows], [0, 1], weights), expected)
        assert close(
            metrics.log_loss(truth, [row[1:] for row in rows], sample_weight=weights), expected
        )


@given(st.data())
def test_roc_auc_equals_sklearns(sklearn, data):
    n = data.draw(st.integers(1, 30))
    truth = data.draw(st.lists(st.sampled_from(["no", "yes"]), min_size=n, max_size=n))
    scores = data.draw(
        st.lists(st.integers(-3, 3).map(float) | st.floats(-1e6, 1e6), min_size=n, max_size=n)
    )
    weights = data.draw(st.none() | st.lists(st.sampled_from([0.5, 1, 2]), min_size=n, max_size=n))
    expected = (
        float(sklearn.roc_auc_score(truth, scores, sample_weight=weights))
        if len(set(truth)) > 1
        else NAN
    )
    assert close(metrics.roc_auc(truth, scores, weights), expected)


@given(st.data())
def test_measures_of_numbers_equal_sklearns(sklearn, data):
    n = data.draw(st.integers(1, 30))
    numbers = st.integers(-40, 40).map(lambda v: v / 4) | st.floats(-1e6, 1e6)
    truth, predicted = [data.draw(st.lists(numbers, min_size=n, max_size=n)) for _ in range(2)]
    weights = data.draw(st.none() | st.lists(WEIGHTS, min_size=n, max_size=n))
    assume(weights is None or sum(weights) > 0)
    used = [y for y, w in zip(truth, weights or [1] * n) if w]
    options = {"sample_weight": weights}
    assert close(
        metrics.mean_absolute_error(truth, predicted, weights),
        sklearn.mean_absolute_error(truth, predicted, **options),
    )
    assert close(
        metrics.root_mean_squared_error(truth, predicted, weights),
        math.sqrt(sklearn.mean_squared_error(truth, predicted, **options)),
    )
    if max(used) - min(used) > 1e-3:  # of nearly equal targets only rounding is left
        assert close(
            metrics.r2(truth, predicted, weights), sklearn.r2_score(truth, predicted, **options)
        )


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=30))
def test_the_baseline_equals_sklearns_dummy_estimators(sklearn, targets):
    dummy = pytest.importorskip("sklearn.dummy")
    X = [[0]] * len(targets)
    for strategy in ("mean", "median"):
        expected = dummy.DummyRegressor(strategy=strategy).fit(X, targets).predict([[0]])[0]
        assert close(metrics.baseline(targets, strategy), expected)
    expected = dummy.DummyClassifier(strategy="most_frequent").fit(X, targets).predict([[0]])[0]
    assert metrics.baseline(targets, "most_frequent") == expected


# ---- by hand ---------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
@example([5e-324, 5e-324])
@example([1e308, 1.5e308])
@example([-1.7e308, 1.7e308])
def test_the_median_is_rounded_only_once(targets):
    assert metrics.baseline(targets, "median") == float(statistics.median(map(Fraction, targets)))


def test_the_scores_of_a_small_table():
    """Of 3 cats 2 are found, of 2 dogs 1; one dog is called a cat, one cat a cow."""
    truth, predicted = ["cat", "cat", "cat", "dog", "dog"], ["cat", "cat", "cow", "dog", "cat"]
    scores = metrics.precision_recall_f1(truth, predicted)
    assert [tuple(s) for s in scores.classes] == [
        ("cat", 2 / 3, 2 / 3, 2 / 3, 3), ("cow", 0.0, 0.0, 0.0, 0), ("dog", 1.0, 0.5, 2 / 3, 2)
    ]  # fmt: skip
    assert close(list(scores.macro[1:]), [5 / 9, 7 / 18, 4 / 9, 5])
    assert close(list(scores.weighted[1:]), [(3 * 2 / 3 + 2) / 5, 3 / 5, 2 / 3, 5])
    assert metrics.confusion_matrix(truth, predicted) == [[2, 1, 0], [0, 0, 0], [1, 0, 1]]
    assert metrics.accuracy(truth, predicted) == 0.6


def test_values_where_a_measure_is_undefined():
    disjoint = metrics.precision_recall_f1([0], [1], zero_division=1)
    assert disjoint.classes == [(0, 1.0, 0.0, 0.0, 1), (1, 0.0, 1.0, 0.0, 0)]
    nothing = metrics.precision_recall_f1([0], [0], [7])
    assert nothing.classes == [(7, 0.0, 0.0, 0.0, 0)] and nothing.weighted[1:] == (0.0, 0.0, 0.0, 0)
    assert metrics.r2([3, 3], [3, 3]) == 1.0
    assert metrics.r2([3, 3], [3, 4]) == 0.0
    # The rounded mean of the equal targets is not 0.1.
    assert metrics.r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.2]) == 0.0
    assert math.isnan(metrics.r2([3], [3]))
    assert math.isnan(metrics.roc_auc([1, 1], [0, 1]))
    assert metrics.log_loss([1], [0.0], labels=[0, 1]) == pytest.approx(52 * math.log(2))


def test_log_loss_by_hand():
    assert metrics.log_loss([0, 2], [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]) == pytest.approx(
        1.5 * math.log(2)
    )
    assert metrics.log_loss(["b"], [[0.25, 0.75]], labels=["b", "a"]) == pytest.approx(
        2 * math.log(2)
    )
    assert metrics.log_loss(["x", "y"], [0.5, 0.25], sample_weight=[1, 3]) == pytest.approx(
        1.75 * math.log(2)
    )


def test_any_kind_of_column_is_accepted():
    truth, predicted = [0, 1, 1], [[0.0], [1.0], [0.0]]
    for form in (
        predicted,
        [tuple(row) for row in predicted],
        array("d", [0, 1, 0]),
        [False, True, False],
        [Fraction(0), Fraction(1), Fraction(0)],
    ):
        assert metrics.accuracy(truth, form) == pytest.approx(2 / 3)
    numpy = pytest.importorskip("numpy")
    assert metrics.accuracy(numpy.array(truth), numpy.array(predicted)) == pytest.approx(2 / 3)
    assert metrics.accuracy(
        [numpy.int64(v) for v in truth], numpy.array(predicted)[:, 0]
    ) == pytest.approx(2 / 3)
    assert metrics.accuracy([numpy.str_("a"), numpy.str_("b")], numpy.array(["a", "a"])) == 0.5


def test_arguments_are_not_changed():
    truth, predicted, weights = [[1.0], [0.0]], [[0.0], [0.0]], [1, 2]
    metrics.accuracy(truth, predicted, weights)
    metrics.r2(truth, predicted, weights)
    metrics.report("classification", truth, predicted)
    assert (truth, predicted, weights) == ([[1.0], [0.0]], [[0.0], [0.0]], [1, 2])


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: metrics.accuracy([0, 1], [[0.2], [0.9]]),
            "predictions: row 0 is 0.2; give a class",
        ),
        (
            lambda: metrics.accuracy([0, 1], [[0.2, 0.8], [1, 0]]),
            "predictions: row 0 has 2 columns; give one value",
        ),
        (lambda: metrics.accuracy([0, 1], [1]), "there are 2 targets and 1 predictions"),
        (lambda: metrics.accuracy([None], [1]), "targets: row 0 is None; give a class"),
        (lambda: metrics.accuracy([NAN], [1]), "targets: row 0 is nan; give a class"),
        (lambda: metrics.accuracy([math.inf], [1]), "targets: row 0 is inf; give a class"),
        (lambda: metrics.accuracy([], []), "targets is empty"),
        (lambda: metrics.accuracy(3, 3), "targets is int; give a list"),
        (lambda: metrics.accuracy([0, 1], [1, 1], [0, 0]), "give at least one weight above 0"),
        (
            lambda: metrics.accuracy([0, 1], [1, 1], [1, -1]),
            "sample_weight: number 1 is -1.0; give a finite",
        ),
        (
            lambda: metrics.accuracy([0, 1], [1, 1], [1]),
            "sample_weight has 1 column where there are 2 samples",
        ),
        (
            lambda: metrics.confusion_matrix([0, "a"], [1, 1]),
            "some classes are numbers and some are strings",
        ),
        (
            lambda: metrics.confusion_matrix([1], [1], [1, 1]),
            "labels is .1, 1.; give each class once",
        ),
        (
            lambda: metrics.precision_recall_f1([1], [1], zero_division=3),
            "zero_division is 3; give 0 or 1",
        ),
        (
            lambda: metrics.log_loss([0, 1, 2], [0.1, 0.2, 0.3]),
            "there are 3 classes and 2 columns of probabilities",
        ),
        (
            lambda: metrics.log_loss([0, 1], [0.1, 1.2]),
            "probabilities: row 1 is .1.2.; give probabilities",
        ),
        (
            lambda: metrics.log_loss([0, 1], [[0.5, 0.4], [1, 0]]),
            "probabilities: row 0 is .0.5, 0.4.; give prob",
        ),
        (
            lambda: metrics.log_loss([0, 2], [0.5, 0.5], [0, 1]),
            "targets: row 1 is 2; give one of the labels",
        ),
        (lambda: metrics.roc_auc([0, 1, 2], [1, 1, 1]), "roc_auc: the targets have 3 classes"),
        (lambda: metrics.r2([1, NAN], [1, 2]), "targets: number 1 is nan; give a finite number"),
        (lambda: metrics.r2(["a"], [1]), "targets: number 0: 'a' is a str; give a number"),
        (
            lambda: metrics.baseline([1], "mode"),
            "strategy is 'mode'; give 'most_frequent', 'mean' or 'median'",
        ),
        (
            lambda: metrics.report("ranking", [1], [1]),
            "task is 'ranking'; give 'classification' or 'regression'",
        ),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
