"""From a CSV file to a model in use: train, evaluate, predict, explain, summary, plot and demo, as a user runs them."""

import csv
import gzip
import io
import json
import os
import re
import statistics
import subprocess
import sys
import zipfile
from array import array
from xml.etree import ElementTree

import pytest
from command_line import FLOWERS, HEADER, ROOT, ROWS, run, written

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.datasets import shapes
from scratchnet.formats import npy
from scratchnet.tabular import trials

# ---- five commands -----------------------------------------------------------------------------------------------


def test_train_says_what_it_does(iris, tmp_path):
    status, output, errors = run(
        "train", iris, "--target", "species", "-o", str(tmp_path / "m.json"), "--epochs", "40"
    )
    assert status == 0
    assert "150 rows" in output and "versicolor, virginica" in output
    assert (
        "120 training rows, 30 validation rows" in output
        and "precision" in output
        and 'always "setosa"' in output
    )
    assert "m.json: saved" in output and os.listdir(str(tmp_path)) == ["m.json"]
    assert re.match(r"epoch 1/40  loss [\d.]+  validation [\d.]+  accuracy [\d.]+\n", errors)


def test_evaluate_reports_the_accuracy_of_the_predictions(folder, iris, model):
    report = json.loads((folder / "report.json").read_text())
    assert report["report"]["accuracy"] >= 0.9 and report["report"]["samples"] == 30
    status, output, errors = run("evaluate", model, iris, "--json")
    assert (status, errors) == (
        0,
        "all of these rows were used in the training, so the scores are optimistic\n",
    )
    evaluation = json.loads(output)
    net = sn.load(model)
    right = sum([row.index(max(row)) == y for row, y in zip(net.predict(FLOWERS.X), FLOWERS.Y)])
    assert evaluation["accuracy"] == right / 150
    assert sum(map(sum, evaluation["confusion_matrix"])) == 150


def test_predict_finds_columns_by_name(model, tmp_path):
    shuffled = [[x[3], "?", x[1], x[0], x[2]] for x in ROWS]
    new = written(
        tmp_path / "new.tsv",
        [[HEADER[3], "note", HEADER[1], HEADER[0], HEADER[2]]] + shuffled,
        "\t",
    )
    status, output, errors = run("predict", model, new, "--proba")
    assert (status, errors) == (0, "")
    rows = list(csv.DictReader(io.StringIO(output)))
    net = sn.load(model)
    assert len(rows) == 150
    for row, shares in zip(rows, net.predict(FLOWERS.X)):
        assert [float(row[label]) for label in FLOWERS.labels] == shares
        assert row["species"] == FLOWERS.labels[shares.index(max(shares))]


def test_predict_from_standard_input_as_json(model, iris):
    with open(iris, "rb") as file:
        process = subprocess.Popen([sys.executable, "-m", "scratchnet", "predict", model, "-", "--json"], cwd=ROOT,
                                   stdin=file, stdout=subprocess.PIPE)  # fmt: skip
        output = process.communicate()[0].decode()
    assert process.returncode == 0
    assert [json.loads(line)["species"] for line in output.splitlines()][:3] == ["setosa"] * 3


def test_explain_takes_a_row_of_the_table(model, iris):
    status, output, errors = run(
        "explain", model, iris, "--row", "51", "--number", "x[0][0]", "--number", "loss"
    )
    assert (status, errors) == (0, "")
    assert "x[0][0] = 7\n  given" in output and "loss = " in output
    status, _, errors = run("explain", model, iris, "--row", "151")
    assert (status, errors) == (2, "scratchnet explain: --row is 151; give a row from 1 to 150\n")
    assert "--row is 0; give" in run("explain", model, iris, "--row", "0")[2]
    assert (
        "give a table and --row, or --x and --y" in run("explain", model, iris, "--x", "1,2,3,4")[2]
    )


def test_explain_says_which_input_is_which_column(model, iris):
    status, output, _ = run("explain", model, iris, "--row", "51", "--number", "petal length")
    assert status == 0
    assert "x[0][2] = 4.7, petal length" in output and "in the table: versicolor" in output
    assert output.endswith("x[0][2] = 4.7\n  given\n")


def test_explain_leaves_out_the_labels_that_a_row_has_not(tmp_path):
    rows = [["kind", "size", "good"]] + [
        ["abcdef"[i % 6], str(i % 5), "no yes".split()[i % 2]] for i in range(60)
    ]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    assert run("train", data, "--target", "good", "-o", path, "--epochs", "1", "-q")[0] == 0
    output = run("explain", path, data, "--row", "3", "--arithmetic")[1]
    assert "  x[0][0] = 2, size\n  x[0][3] = 1, kind=c\n  and 0 for 5 other labels\n" in output
    assert "\n  size = 2 " in output and "\n  kind=c " in output and "\nupdate\n" in output


def test_unroll_says_which_input_is_which_column(model):
    output = run("unroll", model)[1]
    assert (
        "\n# x0: sepal length\n" in output
        and "\n# the probability of each class: setosa, versicolor" in output
    )
    names = {}
    exec(output, names)
    assert max(names["predict"](FLOWERS.X[0])) == names["predict"](FLOWERS.X[0])[FLOWERS.Y[0]]


def test_summary(model):
    status, output, errors = run("summary", model)
    assert (status, errors) == (0, "")
    assert (
        "Dense(inputs=4, outputs=48)" in output
        and "petal length" in output
        and "the best was epoch" in output
    )
    about = json.loads(run("summary", model, "--json")[1])
    assert about["parameters"] == 395 and about["metadata"]["table"]["target"]["name"] == "species"


@pytest.mark.parametrize("what", ["loss", "network", "mistakes", "boundary"])
def test_plot(what, model, iris, tmp_path):
    table = [iris] if what in ("mistakes", "boundary") else []
    inputs = ["--inputs", "petal length,4"] if what == "boundary" else []
    path = str(tmp_path / "picture.svg")
    status, output, errors = run("plot", model, what, *(table + inputs + ["-o", path]))
    assert (status, errors) == (0, "") and output.endswith("picture.svg: written\n")
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    status, output, _ = run("plot", model, what, *(table + inputs), encoding="ascii")
    assert status == 0 and len(output.splitlines()) > 3
    assert ElementTree.fromstring(
        run("plot", model, what, *(table + inputs + ["-o", "-"]))[1]
    ).tag.endswith("svg")


def test_plot_of_a_report(folder, model):
    status, output, _ = run("plot", str(folder / "report.json"), "loss")
    assert status == 0 and "validation" in output


# ---- whatever the table ------------------------------------------------------------------------------------------


def test_regression_with_gaps_and_categories(houses, tmp_path):
    path = str(tmp_path / "houses.json")
    status, output, _ = run(
        "train", houses, "--target", "price", "-o", path, "--epochs", "150", "--json", "-q"
    )
    found = json.loads(output)
    assert status == 0 and found["report"]["r2"] > 0.9
    status, output, _ = run("predict", path, houses)
    prices = [float(line) for line in output.splitlines()[1:]]
    assert len(prices) == 200 and 10000 < min(prices) < max(prices) < 1300000


@pytest.mark.parametrize("ending", [".json", ".onnx"])
def test_a_regression_is_in_its_own_unit_wherever_the_model_goes(ending, houses, tmp_path):
    path = str(tmp_path / ("m" + ending))
    assert (
        run(
            "train",
            houses,
            "--target",
            "price",
            "-o",
            path,
            "--epochs",
            "60",
            "-q",
            "--ignore",
            "district",
        )[0]
        == 0
    )
    told = [float(line) for line in run("predict", path, houses)[1].split()[1:]]
    with open(houses) as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    full = [i for i, row in enumerate(rows) if row["area"] and row["age"]]
    net = sn.load(path)
    outputs = net.predict([[float(rows[i]["area"]), float(rows[i]["age"])] for i in full])
    assert [y for (y,) in outputs] == [told[i] for i in full]
    prices = [float(row["price"]) for row in rows]
    assert abs(statistics.mean(told) - statistics.mean(prices)) < statistics.stdev(prices) / 4
    assert [sn.unroll(net)(net.layers[0].mean.value)] == net.predict([net.layers[0].mean.value])


def test_numeric_asks_for_a_regression(tmp_path):
    data = written(tmp_path / "d.csv", [["x", "y"]] + [[str(i % 7), str(i % 2)] for i in range(30)])
    given = [
        "train",
        data,
        "--target",
        "y",
        "-o",
        str(tmp_path / "m.json"),
        "--epochs",
        "1",
        "--json",
        "-q",
    ]
    assert json.loads(run(*given)[1])["report"]["task"] == "classification"
    assert json.loads(run(*(given + ["--numeric", "y"]))[1])["report"]["task"] == "regression"


def test_wishes_for_columns(iris, tmp_path):
    path = str(tmp_path / "m.json")
    wishes = [
        "--ignore",
        "1,2",
        "--categorical",
        "petal width",
        "--hidden",
        "0",
        "--task",
        "classification",
    ]
    status, output, _ = run(
        "train", iris, "--target", "5", "-o", path, "--epochs", "5", "-q", *wishes
    )
    assert status == 0 and "22 inputs, one of them 1" in output
    net = sn.load(path)
    assert [type(layer).__name__ for layer in net.layers] == ["Normalization", "Dense", "Softmax"]
    assert run("predict", path, iris)[0] == 0


def test_labels_that_did_not_occur(houses, tmp_path):
    path = str(tmp_path / "m.json")
    run("train", houses, "--target", "price", "-o", path, "--epochs", "2", "-q")
    new = written(tmp_path / "new.csv", [["age", "district", "area"], ["5", "Z", "100"]])
    status, output, errors = run("predict", path, new)
    assert status == 0 and errors == "column 'district': 'Z' did not occur in training (1 row)\n"
    assert run("explain", path, new)[::2] == (0, errors)
    assert len(output.splitlines()) == 2


def test_gzip_and_another_format(iris, tmp_path):
    packed = str(tmp_path / "iris.csv.gz")
    with open(iris, "rb") as source, gzip.open(packed, "wb") as target:
        target.write(source.read())
    path = str(tmp_path / "m.json")
    assert run("train", packed, "--target", "species", "-o", path, "--epochs", "2", "-q")[0] == 0
    assert run("evaluate", path, packed)[0] == 0


def test_the_same_seed_the_same_model(iris, tmp_path):
    models = []
    for name in ("a.json", "b.json"):
        run(
            "train",
            iris,
            "--target",
            "species",
            "-o",
            str(tmp_path / name),
            "--epochs",
            "3",
            "-q",
            "--seed",
            "4",
        )
        models.append((tmp_path / name).read_text())
    assert models[0] == models[1]


def test_arrays(tmp_path):
    data = shapes.moons(samples=120, seed=2)
    for name, values in (("X", data.X), ("y", [float(y) for y in data.Y])):
        with open(str(tmp_path / (name + ".npy")), "wb") as file:
            file.write(npy.dumps(npy.array_of(values)))
    X, y, path = str(tmp_path / "X.npy"), str(tmp_path / "y.npy"), str(tmp_path / "m.safetensors")
    status, output, _ = run(
        "train", X, "--target", y, "-o", path, "--epochs", "100", "--json", "-q"
    )
    assert status == 0 and json.loads(output)["report"]["accuracy"] > 0.8
    assert json.loads(run("evaluate", path, X, "--target", y, "--json")[1])["accuracy"] > 0.8
    assert len(run("predict", path, X)[1].splitlines()) == 121
    assert (
        "X.npy: the place of the targets is not given; write --target FILE"
        in run("evaluate", path, X)[2]
    )
    assert "rows of 2 numbers, each standardized" in run("summary", path)[1]
    for option in ("delimiter", "numeric"):
        errors = run("train", X, "--target", y, "-o", str(tmp_path / "n.json"), "--" + option, "a")[
            2
        ]
        assert option + ": " in errors and "arrays have no such option; leave it out" in errors
    errors = run("predict", path, X, "--encoding", "latin-1")[2]
    assert "encoding: {} is an array; arrays have no such option; leave it out".format(X) in errors


@pytest.mark.parametrize("kind, largest, done", [("B", 255, "divided by 255"), ("B", 1, "each standardized"),
                                                 ("d", 1, "each standardized")])  # fmt: skip
def test_arrays_of_bytes_and_of_truth_values(kind, largest, done, tmp_path):
    """XOR is learnt from any of them; and a single black picture is a picture."""
    bits = [[a, b] for _ in range(15) for a in (0, 1) for b in (0, 1)]
    for name, rows in (("X", bits), ("dark", [[0, 0], [0, 0]])):
        numbers = array(kind, [largest * v for row in rows for v in row])
        with open(str(tmp_path / (name + ".npy")), "wb") as file:
            file.write(npy.dumps(npy.Array((len(rows), 2), numbers)))
    with open(str(tmp_path / "y.npy"), "wb") as file:
        file.write(npy.dumps(npy.Array((len(bits),), array("B", [a ^ b for a, b in bits]))))
    X, y, dark, model = [str(tmp_path / name) for name in ("X.npy", "y.npy", "dark.npy", "m.json")]
    status, output, _ = run(
        "train", X, "--target", y, "-o", model, "-q", "--epochs", "300", "--patience", "300"
    )
    assert status == 0 and done in output
    assert json.loads(run("evaluate", model, X, "--target", y, "--json")[1])["accuracy"] == 1
    assert run("predict", model, dark)[:2] == (0, "target\n0\n0\n")


def test_a_model_is_not_written_over_its_data(tmp_path):
    data = tmp_path / "data.npz"
    path = str(data)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("X.npy", npy.dumps(npy.array_of([[float(i)] for i in range(20)])))
        file.writestr("y.npy", npy.dumps(npy.array_of([float(i % 2) for i in range(20)])))
    before = data.read_bytes()
    for output in (path, os.path.join(str(tmp_path), "no", "..", "data.npz")):
        status, _, errors = run("train", path, "--target", "y", "-o", output)
        assert status == 2 and errors.endswith(
            "data.npz is also an input; give the output another name\n"
        )
    assert data.read_bytes() == before


# ---- judging more than once --------------------------------------------------------------------------------------


def test_cross_validation_and_search_are_the_same_on_two_processes(iris, tmp_path):
    found = []
    for workers in ("1", "2"):
        for judging in ("--cross-validate", "--search"):
            options = [judging, "3", "--epochs", "4", "--json", "-q", "--workers", workers]
            status, output, errors = run(
                "train", iris, "--target", "species", "-o", str(tmp_path / "m.json"), *options
            )
            assert (status, errors) == (0, "")
            found.append(json.loads(output))
    assert found[:2] == found[2:] and len(found[0]["cross_validation"]["scores"]) == 3


@pytest.mark.parametrize("given, workers", [([], 3), (["--workers", "2"], 2)])
def test_a_search_uses_every_processor_by_default(given, workers, iris, tmp_path, monkeypatch):
    used = []

    def run_tasks(function, tasks, workers, progress):
        used.append(workers)
        return [0.5] * len(tasks)

    monkeypatch.setattr(trials, "processors", lambda: 3)
    monkeypatch.setattr(trials, "run_tasks", run_tasks)
    options = ["--search", "2", "--epochs", "1", "-q", "-o", str(tmp_path / "m.json")]
    assert main(["train", iris, "--target", "species"] + options + given) == 0
    assert used == [workers]


def test_the_report_says_why_the_training_stopped(folder, tmp_path):
    """A loss near 0 is not a loss that did not improve."""
    rows = [["x", "kind"]] + [[str(i % 9), "ab"[i % 9 > 4]] for i in range(180)]
    path = written(folder / "easy.csv", rows)
    given = ["train", path, "--target", "kind", "-q", "-o", str(tmp_path / "m.json")]
    easy = run(*(given + ["--learning-rate", "0.1"]))[1]
    assert "no worthwhile improvement is left" in " ".join(easy.split())
    fast = run(*(given + ["--learning-rate", "1e-9", "--patience", "3"]))[1]
    assert "stopped after epoch 4: no worthwhile improvement for 3 epochs" in fast
    assert "5 epochs done; the best was epoch 5" in run(*(given + ["--epochs", "5"]))[1]


def test_the_only_row_of_a_class_is_learnt_from(tmp_path):
    rows = [["x", "kind"]] + [[str(i), "ab"[i % 2]] for i in range(20)] + [["7", "rare"]]
    for seed in range(5):
        status, output, _ = run("train", written(tmp_path / "rare.csv", rows), "--target", "kind", "--seed", str(seed),
                                "-o", str(tmp_path / "m.json"), "--epochs", "1", "--json", "-q")  # fmt: skip
        supports = [score["support"] for score in json.loads(output)["report"]["classes"]]
        assert status == 0 and supports == [2, 2, 0]


def test_what_did_not_learn_is_said_to(iris, tmp_path):
    given = ["train", iris, "--target", "species", "-o", str(tmp_path / "m.json"), "-q"]
    assert "no better than the trivial prediction" not in run(*(given + ["--epochs", "60"]))[1]
    data = written(
        tmp_path / "line.csv", [["a", "b"]] + [[str(i), f"{i + 0.5}"] for i in (3, 1, 4, 2)]
    )
    few = ["train", data, "-o", str(tmp_path / "m.json")]
    few += "--target b --hidden 0 --epochs 300 -q".split()
    assert (
        "no better than the trivial prediction" not in run(*(few + ["--patience", "300"]))[1]
    )  # which has no R²
    given += ["--epochs", "1", "--learning-rate", "1e-30"]
    assert "no better than the trivial prediction. The columns may not predict" in run(*given)[1]


def test_search_tells_what_it_tried(iris, tmp_path):
    path = str(tmp_path / "m.json")
    given = ["train", iris, "-o", path] + "--target species --search 3 --epochs 3 -q".split()
    status, output, _ = run(*given)
    losses = [float(loss) for loss in re.findall(r"(?m)^  ([\d.]+)  hidden", output)]
    assert status == 0 and len(losses) == 3 and losses == sorted(losses)
    found = json.loads(run(*(given + ["--json"]))[1])
    assert [float(f"{tried['validation_loss']:.4g}") for tried in found["search"]] == losses
    assert {name: found["search"][0][name] for name in found["recipe"]} == found["recipe"]
