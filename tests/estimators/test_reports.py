"""Reports: the text that they print, and the form for JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import metrics, texts


def test_a_classification_report():
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]], bias=[-1.5]), sn.Threshold(0)])
    predicted = net.predict([[0, 0], [1, 0], [0, 1], [1, 1]])
    report = metrics.report("classification", [0, 1, 1, 1], predicted, known=[0, 0, 1])
    assert str(report) == "\n".join([
        "classification of 4 samples",
        'accuracy           0.5     (always "0": 0.25)',
        "balanced accuracy  0.6667",
        "",
        "               precision  recall     F1  support",
        "0                  0.333   1.000  0.500        1",
        "1                  1.000   0.333  0.500        3",
        "macro mean         0.667   0.667  0.500        4",
        "weighted mean      0.833   0.500  0.500        4",
        "",
        "truth \\ predicted  0  1",
        "0                  1  0",
        "1                  2  1",
    ])  # fmt: skip
    found = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert (
        found["accuracy"] == 0.5 and found["baseline"] == 0 and found["baseline_accuracy"] == 0.25
    )
    assert found["labels"] == [0, 1] and found["confusion_matrix"] == [[1, 0], [2, 1]]
    assert found["classes"][1] == {
        "label": 1,
        "precision": 1,
        "recall": 1 / 3,
        "f1": 0.5,
        "support": 3,
    }
    assert found["macro_mean"]["f1"] == found["weighted_mean"]["f1"] == 0.5


def test_a_regression_report():
    report = metrics.report("regression", [1, 2, 3, 10], [1, 2, 3, 6])
    assert str(report) == "\n".join([
        "regression of 4 samples",
        "",
        "      model  trivial",
        "R²     0.68        0  (always the mean, 4)",
        "MAE       1      2.5  (always the median, 2.5)",
        "RMSE      2    3.536  (always the mean, 4)",
    ])  # fmt: skip
    found = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert found["r2"] == pytest.approx(0.68) and found["baseline"]["mean_absolute_error"] == 2.5
    learned = metrics.report("regression", [1, 2], [1, 2], known=[5, 7])
    assert learned.mean == learned.median == 6 and learned.baseline["mean_absolute_error"] == 4.5


def test_reports_for_json_have_none_for_nan_and_infinity():
    one = metrics.report("regression", [5], [5])
    assert one.to_dict()["r2"] is None and "undefined" in str(one)
    huge = metrics.report("regression", [1e300, 1e308], [5, -1e308])
    json.dumps(huge.to_dict(), allow_nan=False)
    assert huge.to_dict()["root_mean_squared_error"] is None


def test_reports_fit_into_a_terminal():
    names = ["class number {} with a name \n\x1b[31m that is long".format(k) for k in range(30)]
    truth = names * 10
    predicted = [names[3]] * 20 + truth[20:]
    text = str(metrics.report("classification", truth, predicted))
    assert max(texts.width(line) for line in text.split("\n")) <= 79
    assert "\x1b" not in text and "the most frequent mistakes" in text
    assert "no mistakes" in str(metrics.report("classification", truth, truth))
    assert "truth \\ predicted" in str(metrics.report("classification", ["a"] * 3, ["b"] * 3))


@given(st.text(max_size=40), st.integers(1, 20))
def test_shortened_labels_fit_and_print(label, columns):
    text = texts.shorten(label, columns)
    assert texts.width(text) <= columns
    assert text.isprintable()
    if texts.width(label) <= columns and label.isprintable():
        assert text == label
