"""lessons/: the AND gate against the article, the others against `sn` and exact values.

Each lesson runs as a reader runs it, and the numbers that it prints are compared.
"""

import ast
import contextlib
import importlib
import io
import math
import os
import re
import subprocess
import sys

import pytest

import scratchnet as sn
from scratchnet import lessons
from scratchnet.cli import main
from scratchnet.datasets import shapes
from scratchnet.lessons import (
    LESSONS,
    and_gate,
    and_gate_network,
    exact,
    loss_and_gradient,
    minibatches_and_adam,
    overfitting,
    softmax_classes,
    xor_by_hand,
)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
SAMPLES = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1)]


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


def article():
    """Yield the article's numbers, one iteration after the other.

    z >= 0 says the same as sigmoid(z) >= 1/2.
    """
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
        ("xor_by_hand", ["epoch   loss by hand", "x = [1, 1], output 0.0", "target 0"]),
        ("loss_and_gradient", ["chain rule  y_hat - y   difference"]),
        ("softmax_classes", ["dz = db", "loss 2.227123, after the step 1.541789"]),
        (
            "minibatches_and_adam",
            ["mini-batches", "momentum", "Adam", "The true weights have the loss 0.0047"],
        ),
        (
            "overfitting",
            ["training validation", "L2 (0.005)", "dropout (0.5)", "then it overfits."],
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


# ---- the list ----------------------------------------------------------------------------------


def files():
    folder = os.path.dirname(os.path.abspath(lessons.__file__))
    return {name[:-3] for name in os.listdir(folder) if name.endswith(".py")} - {"__init__"}


def test_the_list_is_complete():
    names = [name for name, _ in LESSONS]
    assert set(names) == files() and len(names) == len(files())


@pytest.mark.parametrize("number", range(1, len(LESSONS) + 1))
def test_each_lesson_says_its_number(number):
    """Then the list is in order, too."""
    name, summary = LESSONS[number - 1]
    with io.open(os.path.join(ROOT, "scratchnet", "lessons", name + ".py"), encoding="utf-8") as f:
        source = f.read()
    assert ast.get_docstring(ast.parse(source)).startswith("Lesson {}: ".format(number))
    assert "\n{}. {:<22}  {}\n".format(number, name, summary) in lessons.__doc__
    for other in re.findall(r"lesson (\d)", source):
        assert 1 <= int(other) <= len(LESSONS)


@pytest.mark.parametrize("name", sorted(files()))
def test_a_lesson_imports_the_package_and_the_standard_library_only(name):
    with io.open(os.path.join(ROOT, "scratchnet", "lessons", name + ".py"), encoding="utf-8") as f:
        tree = ast.parse(f.read())
    allowed = {"scratchnet", "math", "fractions", "typing"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module.split(".")[0] in allowed


def test_xor_is_written_without_the_package():
    """`sn` is used in the comparison only."""
    source = ast.parse(io.open(xor_by_hand.__file__, encoding="utf-8").read())
    users = [
        node.name
        for node in source.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(part, ast.Name) and part.id == "sn" for part in ast.walk(node))
    ]
    assert users == ["train_with_layers"]


def called(*arguments):
    """Return the exit status of a command and what it prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = main(list(arguments))
    return status, output.getvalue()


def test_the_command_lists_them_in_order():
    status, output = called("lessons")
    assert status == 0
    commands = re.findall(r"^   python3 -m (\S+)$", output, re.M)
    assert commands == ["scratchnet.lessons." + name for name, _ in LESSONS]
    for number, (_, summary) in enumerate(LESSONS, 1):
        assert "\n{}. {}\n".format(number, summary) in output
    folder = output.splitlines()[-1].strip()
    assert os.path.isfile(os.path.join(folder, "and_gate.py"))
    assert all(len(line) <= 80 for line in output.splitlines()[:-1])


def test_the_command_as_a_user_runs_it():
    command = [sys.executable, "-S", "-W", "error", "-m", "scratchnet", "lessons"]
    output = subprocess.check_output(command, cwd=ROOT, stderr=subprocess.STDOUT)
    assert output.decode("utf-8").replace("\r", "") == called("lessons")[1]


def test_the_help_names_the_command():
    output = io.StringIO()
    with contextlib.redirect_stdout(output), pytest.raises(SystemExit):
        main(["--help"])
    assert re.search(r"^    lessons +list the lessons", output.getvalue(), re.M)
    assert "python3 -m scratchnet lessons " in output.getvalue()
    assert "python3 -m scratchnet lessons " in called()[1]


# ---- the numbers -------------------------------------------------------------------------------


def printed(lesson):
    """Return the lines that a lesson prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        lesson.main()
    return output.getvalue().splitlines()


def numbers(line):
    """Return the numbers in a line.

    >>> numbers("x = [1, 0], output 0.5")
    [1.0, 0.0, 0.5]
    """
    return [float(n) for n in re.findall(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]\d+)?", line)]


@pytest.mark.parametrize("name", [name for name, _ in LESSONS if name != "exact"])
def test_the_output_fits_80_columns_of_ascii(name):
    # The table of `exact` is wider: it shows all digits of three floats.
    for line in printed(importlib.import_module("scratchnet.lessons." + name)):
        assert len(line.encode("ascii")) <= 80
        assert line == line.rstrip()


def test_lesson_3_has_the_losses_of_sequential():
    hidden = sn.Dense(2, 2, weights=[[0.9, -0.6], [0.7, -0.8]], bias=[0.1, 0.2])
    output = sn.Dense(2, 1, weights=[[0.5], [0.4]], bias=[0])
    net = sn.Sequential([hidden, sn.Tanh(), output, sn.Sigmoid()])
    X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 1, 1, 0]
    history = net.fit(X, Y, "binary_cross_entropy", sn.SGD(0.5), epochs=500, engine="lists")
    losses, (V, c, w, b) = xor_by_hand.train()
    assert losses == pytest.approx(history.loss, abs=1e-12)
    for mine, parameter in zip([V, [c], [[w_j] for w_j in w], [[b]]], net.parameters()):
        for row, expected in zip(mine, parameter.rows):
            assert row == pytest.approx(expected, abs=1e-10)
    lines = printed(xor_by_hand)
    rows = [numbers(line) for line in lines if re.match(r" +\d+ ", line)]
    assert [row[0] for row in rows] == [1, 10, 100, 200, 300, 400, 500]
    for epoch, by_hand, by_layers in rows:
        expected = history.loss[int(epoch) - 1]
        assert [by_hand, by_layers] == pytest.approx([expected, expected], abs=1e-11)
    for line, x, y, (predicted,) in zip(lines[-4:], X, Y, net.predict(X)):
        assert numbers(line) == pytest.approx(x + [predicted, y], abs=6e-5)
        assert round(predicted) == y


def test_the_first_gradient_of_lesson_3_is_exact():
    """One step with the rate 1/2 says what the gradient was; Sequential computes it, too."""
    hidden = sn.Dense(2, 2, weights=xor_by_hand.V, bias=xor_by_hand.C)
    output = sn.Dense(2, 1, weights=[[w] for w in xor_by_hand.W], bias=[xor_by_hand.B])
    net = sn.Sequential([hidden, sn.Tanh(), output, sn.Sigmoid()])
    loss, gradients = net.gradients(xor_by_hand.X, xor_by_hand.Y, "binary_cross_entropy")
    start = (xor_by_hand.V, xor_by_hand.C, xor_by_hand.W, xor_by_hand.B)
    mine, (V, c, w, b) = xor_by_hand.step(start)
    assert mine == pytest.approx(loss, abs=1e-15)
    (dV, dc, dw, db) = gradients
    for i in (0, 1):
        assert [start[0][i][j] - V[i][j] for j in (0, 1)] == pytest.approx(
            [0.5 * d for d in dV[i]], abs=1e-15
        )
    assert [start[1][j] - c[j] for j in (0, 1)] == pytest.approx([0.5 * d for d in dc], abs=1e-15)
    assert [start[2][j] - w[j] for j in (0, 1)] == pytest.approx(
        [0.5 * row[0] for row in dw], abs=1e-15
    )
    assert start[3] - b == pytest.approx(0.5 * db[0], abs=1e-15)


def test_lesson_4_has_the_loss_and_the_gradient_of_the_package():
    criterion, sigmoid = sn.BinaryCrossEntropy(), sn.Sigmoid()
    rows = [numbers(line) for line in printed(loss_and_gradient)[1:-1]]
    assert [(z, y) for z, y, _, _, _, _, _ in rows] == loss_and_gradient.SAMPLES
    for z, y, y_hat, loss, chain_rule, shortcut, difference in rows:
        A = sigmoid.forward([[z]])
        assert y_hat == pytest.approx(A[0][0], abs=6e-8)
        assert loss == pytest.approx(criterion.value_from_logits([[z]], A, [[y]]), abs=6e-8)
        (dz,) = sigmoid.backward(criterion.gradient(A, [[y]]))[0]
        expected = criterion.gradient_in_logits(A, [[y]])[0][0]
        assert dz == pytest.approx(expected, abs=1e-15)
        assert [chain_rule, shortcut] == pytest.approx([dz, expected], abs=6e-9)
        assert difference == pytest.approx(expected, abs=2e-8)
        assert loss_and_gradient.difference(z, int(y)) == pytest.approx(expected, abs=1e-9)


def test_lesson_5_is_one_step_of_the_package():
    dense = sn.Dense(2, 3, weights=softmax_classes.W, bias=softmax_classes.B)
    net = sn.Sequential([dense, sn.Softmax()])
    X, Y = [softmax_classes.X], [softmax_classes.Y]
    before = net.predict(X)[0]
    loss, (dW, db) = net.gradients(X, Y, "categorical_cross_entropy")
    net.fit(X, Y, "categorical_cross_entropy", sn.SGD(softmax_classes.RATE), epochs=1)
    W, b = [parameter.value for parameter in net.parameters()]
    z = sn.matrix.add_row(sn.matrix.dot(X, softmax_classes.W), softmax_classes.B)[0]
    expected = [Y[0], z, before, db] + dW + W + [b, net.predict(X)[0]]
    lines = printed(softmax_classes)
    rows = [[float(n) for n in line[13:].split()] for line in lines[1:-1]]
    assert len(rows) == len(expected)
    for row, values in zip(rows, expected):
        assert row == pytest.approx(values, abs=6e-7)
    after = net.evaluate(X, Y, "categorical_cross_entropy")
    assert numbers(lines[-1]) == pytest.approx([loss, after], abs=6e-7)
    assert after < loss and sum(before) == pytest.approx(1, abs=1e-15)


RULES = [
    (sn.SGD(0.5), 64),
    (sn.SGD(0.5), 8),
    (sn.SGD(0.1, momentum=0.9), 8),
    (sn.Adam(0.1), 8),
]


def test_lesson_6_has_the_optimizers_of_the_package():
    data = minibatches_and_adam.samples()
    X, Y = [x[:2] for x, _ in data], [y for _, y in data]
    columns = []
    for optimizer, batch_size in RULES:
        net = sn.Sequential([sn.Dense(2, 1, weights=[[0], [0]])])
        column = [net.evaluate(X, Y, "half_squared_error")]
        for _ in sn.epochs(
            net,
            X,
            Y,
            "half_squared_error",
            optimizer,
            epochs=minibatches_and_adam.EPOCHS,
            batch_size=batch_size,
            shuffle=False,
        ):
            column.append(net.evaluate(X, Y, "half_squared_error"))
        columns.append(column)
    lines = printed(minibatches_and_adam)
    assert numbers(lines[1]) == [0.5, 0.5, 0.1, 0.1]
    rows = [numbers(line) for line in lines[2:-1]]
    assert [int(row[0]) for row in rows] == [0, 1, 2, 3, 5, 10, 20, 50]
    for row in rows:
        expected = [column[int(row[0])] for column in columns]
        assert row[1:] == pytest.approx(expected, abs=6e-7)
    # What its docstring says of the data, and of the four ways.
    net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [5]], bias=[1])])
    noise = net.evaluate(X, Y, "half_squared_error")
    assert numbers(lines[-1])[-1] == pytest.approx(noise, abs=6e-7)
    assert noise == pytest.approx(0.1**2 / 2, rel=0.2)
    descent, minibatches, momentum, adam = columns
    assert descent[10] > minibatches[10] > momentum[10] > adam[10]


def test_lesson_7_overfits_and_l2_and_dropout_reduce_it():
    training, validation = shapes.moons(20, 0.25, 5), shapes.moons(200, 0.25, 105)
    loss = "binary_cross_entropy"
    columns = []
    for l2, dropout in ((0, []), (0.005, []), (0, [sn.Dropout(0.5)])):
        layers = [sn.Dense(2, 24, l2=l2), sn.ReLU()] + dropout
        net = sn.Sequential(layers + [sn.Dense(24, 1, l2=l2), sn.Sigmoid()], seed=1)
        column = {}
        for epoch in sn.epochs(net, training.X, training.Y, loss, sn.Adam(0.05), epochs=160):
            if epoch.number in overfitting.EPOCHS:
                column[epoch.number] = [
                    net.evaluate(part.X, part.Y, loss) for part in (training, validation)
                ]
        columns.append(column)
    lines = printed(overfitting)
    rows = [numbers(line) for line in lines[2:-1]]
    assert tuple(int(row[0]) for row in rows) == overfitting.EPOCHS
    for row in rows:
        expected = [value for column in columns for value in column[int(row[0])]]
        assert row[1:] == pytest.approx(expected, abs=6e-5)
    plain, l2, dropout = columns
    best = min(overfitting.EPOCHS, key=lambda epoch: plain[epoch][1])
    assert numbers(lines[-1]) == [best] and best == 80
    assert plain[160][1] > 1.5 * plain[best][1] and plain[160][0] < plain[best][0]
    assert plain[160][0] < min(l2[160][0], dropout[160][0])
    assert plain[160][1] > max(l2[160][1], dropout[160][1])


def test_the_last_lesson_ends_at_the_exact_fractions():
    lines = printed(exact)
    iteration, fractions, last, error = re.split("  +", lines[-2].strip())
    assert (iteration, fractions) == ("25", "1/20, 1/20, -3/40")
    off = max(max(row[3]) for row in exact.drift())
    floats = [float(w) for w in last.split(",")]
    assert floats == pytest.approx([1 / 20, 1 / 20, -3 / 40], abs=off) and off < 1e-15
    assert float(error) <= off * 1.05
    assert numbers(lines[-1]) == [1000, pytest.approx(off, rel=0.05)]
    assert math.isclose(list(and_gate.train())[-1]["b"], floats[2], abs_tol=1e-12)
