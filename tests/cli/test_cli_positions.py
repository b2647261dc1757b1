"""`predict`, `evaluate` and `explain` with networks that do not describe a table."""

import csv
import json
from math import exp, log

import pytest

import scratchnet as sn
from scratchnet import cli, metrics
from scratchnet.cli.commands import evaluate
from scratchnet.formats import npy, npy_archive

X = [[1.0, 0.5], [-2.0, 3.0], [0.0, 0.25], [4.0, -1.5]]
LINE = sn.Sequential([sn.Dense(2, 1, weights=[[2], [3]], bias=[1])])
LOGITS = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 3)], seed=5)
CLASSES = sn.Sequential([*LOGITS.layers, sn.Softmax()])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(str(tmp_path))
    table("x.csv", ["x1", "x2"], X)
    return tmp_path


def table(name, heading, rows, target=None):
    """Write a table; the heading or the target may be absent."""
    lines = [heading] if heading else []
    lines += [row + [target[i]] if target else row for i, row in enumerate(rows)]
    with open(name, "w") as file:
        file.write("".join([",".join(map(str, line)) + "\n" for line in lines]))


def saved(path, net, labels=None):
    net = net.copy()
    if labels:
        net.metadata["labels"] = labels
    sn.save(net, path)
    return path


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = cli.main(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def cells(text):
    return list(csv.reader(text.splitlines()))


def softmax(z):
    return [exp(v) / sum(map(exp, z)) for v in z]


@pytest.mark.parametrize("ending", ["onnx", "safetensors", "npz", "json"])
@pytest.mark.parametrize("heading", [None, ["x1", "x2"], ["width", "kind"]])
def test_predict_prints_each_output(folder, run, ending, heading):
    table("t.csv", heading, X)
    status, output, errors = run("predict", saved("net." + ending, LOGITS), "t.csv")
    heading, *rows = cells(output)
    assert (status, errors, heading) == (0, "", ["output_0", "output_1", "output_2"])
    assert [list(map(float, row)) for row in rows] == LOGITS.predict(X)


def test_predict_a_number(folder, run):
    path = saved("line.json", LINE)
    assert run("predict", path, "x.csv")[1].split() == ["output", "4.5", "6.0", "1.75", "4.5"]
    folder.joinpath("x.npy").write_bytes(npy.dumps(npy.array_of(X)))
    assert run("predict", path, "x.npy")[1] == run("predict", path, "x.csv")[1]
    lines = run("predict", path, "x.csv", "--json")[1].splitlines()
    assert json.loads(lines[1]) == {"outputs": {"output": 6.0}}


def test_predict_labels(folder, run):
    path = saved("net.json", CLASSES, ["iris", "rose", "a,b"])
    best = [["iris", "rose", "a,b"][a.index(max(a))] for a in CLASSES.predict(X)]
    heading, *rows = cells(run("predict", path, "x.csv")[1])
    assert heading == ["label", "iris", "rose", "a,b"]
    assert [row[0] for row in rows] == best
    assert [list(map(float, row[1:])) for row in rows] == CLASSES.predict(X)
    first = json.loads(run("predict", path, "x.csv", "--json", "--proba")[1].splitlines()[0])
    assert first["label"] == best[0] and first["probabilities"]["rose"] == CLASSES.predict(X)[0][1]


def test_probabilities_of_logits(folder, run):
    path = saved("net.json", LOGITS, [10, 20, 30])
    heading, *rows = cells(run("predict", path, "x.csv", "--proba")[1])
    assert heading == ["label", "10", "20", "30"]
    for row, z in zip(rows, LOGITS.predict(X)):
        assert row[0] == str(10 * (1 + z.index(max(z))))
        assert list(map(float, row[1:])) == pytest.approx(softmax(z))


@pytest.mark.parametrize("last, middle", [([sn.Sigmoid()], 0.5), ([], 0), ([sn.Tanh()], 0)])
def test_one_output_for_two_labels(folder, run, last, middle):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [-2]], bias=[0.3])] + last)
    heading, *rows = cells(run("predict", saved("net.json", net, ["no", "yes"]), "x.csv")[1])
    assert heading == ["label", "output"]
    assert [row[0] for row in rows] == [["no", "yes"][a > middle] for (a,) in net.predict(X)]
    assert {row[0] for row in rows} == {"no", "yes"}


def test_a_threshold(folder, run):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [0]], bias=[0]), sn.Sigmoid()])
    path = saved("net.json", net, ["no", "yes"])
    found = cells(run("predict", path, "x.csv", "--threshold", "0.9", "--proba")[1])
    assert found[0] == ["label", "no", "yes"]
    assert [row[0] for row in found[1:]] == ["no", "no", "no", "yes"]


def test_options_of_loading(folder, run):
    arrays = dict(zip(["n.b.W", "n.b.b", "n.a.W", "n.a.b"], [p.value for p in LOGITS.parameters()]))
    folder.joinpath("w.npz").write_bytes(
        npy_archive.dumps({name: npy.array_of(a) for name, a in arrays.items()})
    )
    options = ["--activations", "tanh,identity", "--order", "n.b,n.a", "--prefix", "n"]
    rows = cells(run("predict", "w.npz", "x.csv", *options)[1])[1:]
    assert [list(map(float, row)) for row in rows] == LOGITS.predict(X)
    table("y.csv", ["x1", "x2", "y"], X, [0, 1, 2, 0])
    assert run("evaluate", "w.npz", "y.csv", *options)[0] == 0
    assert run("plot", "w.npz", "network", *options)[0] == 0
    sheet = run("explain", "w.npz", "x.csv", "--row", "2", "--worksheet", *options)[1]
    folder.joinpath("sheet.txt").write_bytes(sheet.replace("= ____", "= 7", 1).encode())
    status, output, _ = run("check", "sheet.txt")
    assert status == 1 and "wrong" in output


@pytest.mark.parametrize("net", [LOGITS, CLASSES])
@pytest.mark.parametrize("labels", [None, ["iris", "rose", "aster"]])
def test_evaluate_classes(folder, run, net, labels):
    places = [0, 2, 1, 0]
    names = labels or ["0", "1", "2"]
    rows = [[row[0], names[k], row[1]] for row, k in zip(X, places)]
    table("t.csv", ["x1", "y", "x2"], rows)
    path = saved("net.json", net, labels)
    status, output, _ = run("evaluate", path, "t.csv", "--target", "y", "--json")
    found = json.loads(output)
    shares = CLASSES.predict(X)
    hits = [a.index(max(a)) == k for a, k in zip(shares, places)]
    assert status == 0 and found["accuracy"] == sum(hits) / 4
    assert found["labels"] == names
    right = -sum([log(a[k]) for a, k in zip(shares, places)]) / 4
    assert found["log_loss"] == pytest.approx(right)
    assert "accuracy" in run("evaluate", path, "t.csv", "--target", "2")[1]


def test_evaluate_outputs_that_are_no_probabilities(folder, run):
    net = sn.Sequential([*LOGITS.layers, sn.Sigmoid()])
    table("t.csv", None, X, [0, 1, 2, 0])
    found = json.loads(run("evaluate", saved("net.json", net), "t.csv", "--json")[1])
    hits = [a.index(max(a)) == k for a, k in zip(LOGITS.predict(X), [0, 1, 2, 0])]
    assert (found["accuracy"], found["log_loss"]) == (sum(hits) / 4, None)


def test_evaluate_a_number(folder, run):
    table("t.csv", ["x1", "x2", "y"], X + [[9, 9]], [4.5, 7.0, 1.75, 2.5, ""])
    status, output, _ = run("evaluate", saved("line.json", LINE), "t.csv", "--json")
    assert status == 0 and json.loads(output)["mean_absolute_error"] == 0.75


def test_explain_a_row(folder, run):
    path = saved("line.json", LINE)
    status, output, _ = run("explain", path, "x.csv", "--row", "2")
    assert status == 0 and output.startswith("row 2 of x.csv\n")
    assert "= -2·2 + 3·3 + 1 = 6" in output and "backward" not in output
    assert run("explain", path, "x.csv", "--number", "0.z[3][0]")[1].startswith("0.z[3][0] = 4.5\n")
    table("t.csv", ["x1", "x2", "y"], X, [4.5, 7.0, 1.75, 2.5])
    output = run("explain", path, "t.csv", "--row", "2", "--number", "loss")[1]
    assert "(6 − 7)·(6 − 7)" in output


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            ["predict", "NET", "three.csv"],
            "three.csv has 3 columns, but the network has 2 inputs; ",
        ),
        (["predict", "NET", "one.csv"], "one.csv has 1 column, but the network has 2 inputs; "),
        (["predict", "NET", "text.csv"], "text.csv, line 3, column 'x2': 'red' is not a number"),
        (["predict", "NET", "gap.csv"], "gap.csv, column 'x1': row 2 has no number; "),
        (["predict", "NET", "x.csv", "--proba"], "--proba: net.json has no labels of classes; "),
        (["predict", "NET", "x.csv", "--threshold", "0.5"], "--threshold: net.json has no labels"),
        (
            ["predict", "NET", "x.csv", "--output-name", "y"],
            "net.json: output is 'y'; only an .onnx file",
        ),
        (
            ["evaluate", "NET", "x.csv"],
            "x.csv has 1 column besides the target, but the network has",
        ),
        (["evaluate", "NET", "three.csv", "--target", "z"], "three.csv has no column 'z'; it has "),
        (["evaluate", "NET", "three.csv"], "the target 'y' of row 2 is '3'; the classes of the"),
        (["explain", "NET", "x.csv", "--row", "5"], "--row is 5; give a row from 1 to 4"),
        (["explain", "NET", "one.csv", "--row", "1"], "one.csv has 1 column, but the network has"),
        (["explain", "NET", "--row", "1"], "--row is a row of a table; write scratchnet explain"),
    ],
)
def test_a_mistake_is_one_line(folder, run, arguments, sentence):
    saved("net.json", LOGITS)
    table("three.csv", ["x1", "x2", "y"], X, [0, 3, 1, 0])
    table("one.csv", ["x1"], [[1], [2]])
    table("text.csv", ["x1", "x2"], [[1, 2], [3, "red"], [4, 5]])
    table("gap.csv", ["x1", "x2"], [[1, 2], ["", 4], [4, 5]])
    status, output, errors = run(*[word.replace("NET", "net.json") for word in arguments])
    assert (status, output) == (2, "")
    assert errors.startswith("scratchnet " + arguments[0]) and sentence in errors
    assert errors.count("\n") == 1


# ---- what a column is worth, and pictures ------------------------------------------------------------------------

COLUMNS = [[k % 7 - 3.0, k % 5 - 2.0] for k in range(35)]


def test_evaluate_measures_the_importance_of_columns(folder, run):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [0]], bias=[1])])
    table("t.csv", ["heavy", "idle", "y"], COLUMNS, [2 * a + 1 for a, _ in COLUMNS])
    status, output, _ = run("evaluate", saved("net.json", net), "t.csv")
    assert status == 0 and "importance: the decrease of R² if the column's values are" in output
    *_, heavy, idle = output.splitlines()
    assert heavy.split()[0] == "heavy" and float(heavy.split()[1]) > 1
    assert idle.split() == ["idle", "0.000"]
    found = json.loads(run("evaluate", "net.json", "t.csv", "--json")[1])
    assert found["importance"]["idle"] == 0 and "trained_on" not in found


def test_an_importance_of_nearly_0_has_no_sign():
    report = metrics.report("regression", [1.0, 2.0], [1.0, 2.0])
    text = evaluate.about_columns({"a": 0.25, "b": -0.0004, "c": -0.002}, report, 3)
    assert text.splitlines()[1:] == ["a  0.250", "b  0.000", "c  -0.002"]


def test_evaluate_of_classes_without_probabilities_has_no_importance(folder, run):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [0]], bias=[1]), sn.Threshold()])
    table("t.csv", ["a", "b", "y"], COLUMNS, [int(2 * a + 1 >= 0) for a, _ in COLUMNS])
    status, output, errors = run("evaluate", saved("net.json", net), "t.csv")
    assert (status, errors) == (0, "") and "shuffled" not in output and "accuracy  " in output


@pytest.mark.parametrize("end", [[], [sn.Sigmoid()]])
def test_pictures_of_classes(folder, run, end):
    """The boundary of a logit is at 0, that of a probability at 0.5."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[20], [0]], bias=[10])] + end)
    path = saved("net.json", net, ["no", "yes"])
    table("t.csv", ["a", "b", "y"], COLUMNS, [["no", "yes"][a > -0.5] for a, _ in COLUMNS])
    status, output, _ = run("plot", path, "boundary", "t.csv", "-o", "-")
    assert status == 0 and "Decision boundary" in output and "yes" in output
    _, mistakes, _ = run("plot", path, "mistakes", "t.csv", "-o", "-")
    assert "no" in mistakes and ">20<" in mistakes and ">15<" in mistakes
    assert run("plot", path, "boundary", "t.csv", "--inputs", "a,c")[0] == 2


def test_pictures_of_numbers(folder, run):
    table("t.csv", ["a", "b", "y"], COLUMNS, [2 * a + 1 for a, _ in COLUMNS])
    path = saved("line.json", LINE)
    for what in ("boundary", "mistakes"):
        assert run("plot", path, what, "t.csv", "-o", "-")[0] == 0


def test_a_table_with_its_target(folder, run):
    table("t.csv", ["a", "b", "y"], COLUMNS, [0] * len(COLUMNS))
    _, _, errors = run("predict", saved("line.json", LINE), "t.csv")
    assert (
        "in the same order; with `scratchnet convert MODEL OUT --table DATA`, the table" in errors
    )
    table("t.csv", ["a", "b", "y"], COLUMNS, ["red"] * len(COLUMNS))  # no number to explain a loss
    status, output, _ = run("explain", "line.json", "t.csv", "--row", "1")
    assert status == 0 and "loss" not in output


def test_classes_that_the_network_does_not_know(folder, run):
    table("t.csv", ["a", "b", "y"], COLUMNS, ["red"] * len(COLUMNS))
    _, _, errors = run("evaluate", saved("net.json", CLASSES), "t.csv")
    assert "the classes of the model are '0', '1', '2'; `scratchnet convert MODEL OUT" in errors


def test_columns_in_another_order_than_the_inputs_that_a_model_names_are_refused(folder, run):
    named = LINE.copy()
    named.metadata["columns"] = ["x_1", "x_2"]  # a converter's names
    sn.save(named, "named.json")
    table("right.csv", ["x 1", "x 2"], [[1, 5]])
    table("turned.csv", ["x 2", "x 1", "y"], [[5, 1]], target=[18])
    table("others.csv", ["a", "b"], [[1, 5]])
    for name in ("right.csv", "others.csv"):
        assert cells(run("predict", "named.json", name)[1])[1:] == [["18.0"]]
    wanted = "turned.csv: the columns are in another order than the inputs of the network, which are x_1, x_2; "
    for command in (
        "evaluate named.json turned.csv",
        "convert named.json out.json --table turned.csv",
    ):
        status, _, error = run(*command.split())
        assert status and wanted in error
