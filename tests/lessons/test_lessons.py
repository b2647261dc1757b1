"""lessons/: the AND gate held against the article's arithmetic, written plainly once more; lesson against lesson."""

import os
import subprocess
import sys

import pytest

import scratchnet as sn
from scratchnet.lessons import and_gate, and_gate_network

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
SAMPLES = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1)]


def article():
    """The article's program, one number after the other; whether z >= 0 is whether its sigmoid is at least 1/2."""
    w1, w2, b = 0.4, 0.2, 1.0
    for _ in range(1000):
        errors = [(x1 * w1 + x2 * w2 + b >= 0) - y for x1, x2, y in SAMPLES]
        w1 -= 0.1 * sum(e * x1 for e, (x1, _, _) in zip(errors, SAMPLES)) / 4
        w2 -= 0.1 * sum(e * x2 for e, (_, x2, _) in zip(errors, SAMPLES)) / 4
        b -= 0.1 * sum(errors) / 4
        yield w1, w2, b, errors


def test_lesson_1_is_the_articles_program_at_each_iteration():
    steps = list(and_gate.train())
    assert len(steps) == 1000
    for step, (w1, w2, b, errors) in zip(steps, article()):
        assert [step["W"][0][0], step["W"][1][0], step["b"]] == pytest.approx(
            [w1, w2, b], abs=1e-12
        )
        assert step["error"] == [errors]


def test_the_first_iteration_by_hand():
    step = next(and_gate.train(1))
    assert step["z"] == [pytest.approx([1.0, 1.4, 1.2, 1.6])]
    assert step["s"] == [pytest.approx([0.7311, 0.8022, 0.7685, 0.8320], abs=5e-5)]
    assert step["y_pred"] == [[1, 1, 1, 1]] and step["error"] == [[1, 1, 1, 0]]
    assert (step["dW"], step["db"]) == ([[0.25], [0.25]], 0.75)
    assert step["W"] == [[pytest.approx(0.375)], [pytest.approx(0.175)]] and step[
        "b"
    ] == pytest.approx(0.925)


def test_the_articles_results():
    last = list(and_gate.train())[-1]
    assert [last["W"][0][0], last["W"][1][0], last["b"]] == pytest.approx(
        [0.05, 0.05, -0.075], abs=1e-12
    )
    assert and_gate.predict(last["W"], last["b"]) == and_gate.Y == [[0, 0, 0, 1]]


@pytest.mark.parametrize("kernel", ["fast", "portable"])
def test_lesson_2_has_lesson_1s_numbers_at_each_iteration(kernel):
    former = sn.set_kernel(kernel)
    try:
        net = and_gate_network.train(1)[0]
        again = sn.Sequential(
            [sn.Dense(2, 1, weights=and_gate.W, bias=[and_gate.B]), sn.Sigmoid(), sn.Threshold(0.5)]
        )
        X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]
        course = sn.epochs(again, X, Y, "perceptron", sn.SGD(0.1), epochs=1000, shuffle=False)
        steps = list(and_gate.train())
        assert len(steps) == 1000
        for step, epoch in zip(steps, course):
            W, b = again.parameters()
            assert W.value == step["W"] and b.value == [step["b"]]
            assert (epoch.loss == 0) == (not any(step["error"][0]))
            if epoch.number == 1:
                assert [p.value for p in net.parameters()] == [W.value, b.value]
    finally:
        sn.set_kernel(former)


def test_lesson_2_ends_where_lesson_1_does():
    net, history = and_gate_network.train()
    last = list(and_gate.train())[-1]
    assert [p.value for p in net.parameters()] == [last["W"], [last["b"]]]
    assert len(history) == 1000 and history.loss[24] > 0 and set(history.loss[25:]) == {0.0}


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
@pytest.mark.parametrize(
    "lesson, promised",
    [
        ("and_gate", ["W = [[0.0", "b = -0.07", "predictions [0, 0, 0, 1] targets [0, 0, 0, 1]"]),
        ("exact", ["25  1/20, 1/20, -3/40 ", "0.050000000000000024", "off by 1.8e-16 at most."]),
        (
            "and_gate_network",
            ["0.weights = [[0.0", "Dense(inputs=2, outputs=1)", "[1, 1] -> 1.0, target 1"],
        ),
    ],
)
def test_the_lessons_run(lesson, promised, encoding):
    output = subprocess.check_output(
        [sys.executable, "-W", "error", "-m", "scratchnet.lessons." + lesson],
        cwd=ROOT,
        env=dict(os.environ, PYTHONIOENCODING=encoding),
        stderr=subprocess.STDOUT,
    ).decode(encoding)
    for text in promised:
        assert text in output
    assert "?" not in output
