"""From a CSV file to a model in use: train, evaluate, predict, explain, summary, plot and demo, as a user runs them."""

import csv
import gzip
import io
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import zipfile
from array import array
from xml.etree import ElementTree

import pytest
from test_cli import ROOT, run, within

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.cli.commands import demo
from scratchnet.cli.commands.plot import usual_row
from scratchnet.cli.progress import Course, Watched
from scratchnet.core.history import Epoch
from scratchnet.datasets import samples, shapes
from scratchnet.datasets.encoding import Encoder
from scratchnet.engines import generated
from scratchnet.formats import npy, safetensors
from scratchnet.tabular import trials

FLOWERS = samples.iris()
ROWS = [list(map(str, x)) + [FLOWERS.labels[y]] for x, y in zip(FLOWERS.X, FLOWERS.Y)]
HEADER = FLOWERS.features + ["species"]


def written(path, rows, delimiter=","):
    with io.open(str(path), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def iris(folder):
    return written(folder / "iris.csv", [HEADER] + ROWS)


@pytest.fixture(scope="module")
def model(folder, iris):
    path = str(folder / "iris.safetensors")
    status, output, errors = run(
        "train", iris, "--target", "species", "-o", path, "--epochs", "60", "--json", "-q"
    )
    assert (status, errors) == (0, "")
    report = folder / "report.json"
    report.write_text(output)
    return path


@pytest.fixture(scope="module")
def houses(folder):
    generator = sn.Generator(5)
    rows = [["area", "district", "age", "price"]]
    for _ in range(200):
        area, district, age = (
            generator.uniform(30, 200),
            "ABC"[generator.below(3)],
            generator.below(90),
        )
        price = 3000 * area * {"A": 1, "B": 1.5, "C": 2}[district] - 500 * age
        rows.append(
            [f"{area:.1f}", district, str(age) if generator.below(10) else "", f"{price:.0f}"]
        )
    return written(folder / "houses.csv", rows, ";")


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
    few = [
        "train",
        data,
        "--target",
        "b",
        "-o",
        str(tmp_path / "m.json"),
        "--hidden",
        "0",
        "--epochs",
        "300",
        "-q",
    ]
    assert (
        "no better than the trivial prediction" not in run(*(few + ["--patience", "300"]))[1]
    )  # which has no R²
    given += ["--epochs", "1", "--learning-rate", "1e-30"]
    assert "no better than the trivial prediction. The columns may not predict" in run(*given)[1]


def test_search_tells_what_it_tried(iris, tmp_path):
    path = str(tmp_path / "m.json")
    given = [
        "train",
        iris,
        "--target",
        "species",
        "-o",
        path,
        "--search",
        "3",
        "--epochs",
        "3",
        "-q",
    ]
    status, output, _ = run(*given)
    losses = [float(loss) for loss in re.findall(r"(?m)^  ([\d.]+)  hidden", output)]
    assert status == 0 and len(losses) == 3 and losses == sorted(losses)
    found = json.loads(run(*(given + ["--json"]))[1])
    assert [float(f"{tried['validation_loss']:.4g}") for tried in found["search"]] == losses
    assert {name: found["search"][0][name] for name in found["recipe"]} == found["recipe"]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
@pytest.mark.parametrize("workers", [[], ["--workers", "2"]])
def test_ctrl_c_before_the_training_itself(workers, iris, tmp_path):
    command = [sys.executable, "-u", "-m", "scratchnet", "train", iris, "--target", "species", "--search", "50",
               "--patience", "9999", "--epochs", "9999", "-o", str(tmp_path / "m.json")] + workers  # fmt: skip
    hearing = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **hearing
    )
    for line in iter(process.stdout.readline, b""):
        if b"the target" in line:  # the search begins after it
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    errors = process.communicate()[1].decode()
    assert process.returncode == 130
    assert errors == "interrupted before the training started; nothing is saved\n"
    assert not os.listdir(str(tmp_path))


# ---- broken off --------------------------------------------------------------------------------------------------


@pytest.fixture
def pressed(monkeypatch):
    """A function that trains, with Ctrl-C after so many epochs."""

    def train(epochs, *arguments):
        left, kept = [epochs], Watched.kept

        def press(self, training):
            kept(self, training)
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Watched, "kept", press)
            return within("train", *arguments)

    return train


def test_ctrl_c_leaves_an_older_model_as_it_is(pressed, iris, tmp_path):
    path = tmp_path / "m.json"
    given = [iris, "--target", "species", "--patience", "99", "-o", str(path), "-q"]
    assert within("train", "--epochs", "2", *given)[0] == 0
    before = path.read_bytes()
    for resume in ([], ["--resume"]):
        status, _, errors = pressed(3, "--epochs", "99", *(given + resume))
        assert (
            status == 130
            and errors == f"{path}: not written; the same command with --resume continues\n"
        )
        assert path.read_bytes() == before
    status, output, _ = within("train", "--resume", "--epochs", "1", *given)
    assert status == 0 and output.count("\n6 epochs done; the best was epoch ") == 1
    assert path.read_bytes() != before


def test_a_training_broken_off_before_its_first_epoch(pressed, iris, tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "STEPS_AT_ONCE", 1)  # so that it is looked at after every batch
    path = str(tmp_path / "m.json")
    given = [iris, "--target", "species", "-o", path, "-q"]
    status, _, errors = pressed(2, *given)
    assert (
        status == 130
        and errors == f"{path}: saved after 0 epochs; the same command with --resume continues\n"
    )
    before = sn.load(path).predict(FLOWERS.X)
    assert within("summary", path)[1].endswith(
        "\n\nthe training was interrupted in its first epoch\n"
    )
    assert (
        "was interrupted in its first epoch; continue with scratchnet train --resume"
        in within("plot", path, "loss")[2]
    )
    status, _, errors = pressed(2, "--resume", *given)  # another one, of the same training
    assert (
        status == 130
        and ": saved after 0 epochs; " in errors
        and sn.load(path).predict(FLOWERS.X) != before
    )


def test_what_was_searched_is_not_searched_again(pressed, iris, tmp_path):
    path, whole = str(tmp_path / "m.json"), str(tmp_path / "whole.json")
    given = [
        iris,
        "--target",
        "species",
        "--search",
        "3",
        "--epochs",
        "9",
        "--patience",
        "9",
        "-q",
        "-o",
    ]
    assert "\nsearch: validation loss" in within("train", *(given + [whole]))[1]
    assert pressed(4, *(given + [path]))[0] == 130
    assert (
        within("predict", str(tmp_path / "m.checkpoint.safetensors"), iris)[0] == 0
    )  # it is a model, too
    checkpoint = tmp_path / "m.checkpoint.safetensors"
    whole_file = checkpoint.read_bytes()
    for name, value in (
        ("activation", "foo"),
        ("optimizer", ["sgd"]),
        ("hidden", 5),
    ):  # which train never wrote
        tensors, about = safetensors.loads(whole_file)
        about["metadata"]["recipe"][name] = value
        checkpoint.write_bytes(safetensors.dumps(tensors, about))
        assert "search: " in within("train", "--resume", *(given + [path]))[1]
    checkpoint.write_bytes(whole_file)
    status, output, _ = within("train", "--resume", *(given + [path]))
    assert status == 0 and "search: " not in output
    assert sn.load(path).predict(FLOWERS.X) == sn.load(whole).predict(FLOWERS.X)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
def test_ctrl_c_saves_and_resume_goes_on_to_the_same_bits(iris, tmp_path):
    given = [
        iris,
        "--target",
        "species",
        "--epochs",
        "400",
        "--patience",
        "400",
        "--batch-size",
        "4",
    ]
    whole, path = str(tmp_path / "whole.json"), str(tmp_path / "m.json")
    assert run("train", *(given + ["-o", whole, "-q"]))[0] == 0
    command = (
        [sys.executable, "-m", "scratchnet", "train"]
        + given
        + ["-o", path, "--checkpoint-every", "0.1"]
    )
    hearing = {
        "preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    }  # a background job does not
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **hearing
    )
    for _ in range(600):
        if os.path.exists(str(tmp_path / "m.checkpoint.safetensors")) or process.poll() is not None:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    errors = process.communicate()[1].decode()
    assert process.returncode == 130, errors
    assert (
        "m.json: saved after" in errors
        and "--resume continues" in errors
        and "Traceback" not in errors
    )
    assert run("evaluate", path, iris)[0] == 0
    status, _, errors = run("train", *(given + ["-o", path]))
    assert status == 2 and errors.endswith(
        "belongs to an interrupted training run; continue with --resume, or delete it\n"
    )
    status, _, errors = run("train", *(given + ["-o", path, "--resume", "--batch-size", "8"]))
    assert (
        status == 2
        and "it belongs to a training run with batch_size 4, not 8; repeat its options (and"
        in errors
    )
    assert run("train", *(given + ["-o", path, "--resume", "-q"]))[0] == 0
    assert sn.load(path).predict(FLOWERS.X) == sn.load(whole).predict(FLOWERS.X)
    assert sn.load(path).metadata == sn.load(whole).metadata
    assert sorted(os.listdir(str(tmp_path))) == ["m.json", "whole.json"]


@pytest.mark.skipif(os.name != "posix", reason="only there a file's size can be limited")
@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("pressed", [False, True])
def test_where_no_checkpoint_can_be_written_the_model_is_saved_all_the_same(
    pressed, older, iris, tmp_path
):
    import resource

    def limited():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    path = str(tmp_path / "m.safetensors")
    before = b"an older model"
    if older:
        (tmp_path / "m.safetensors").write_bytes(before)
    command = [
        sys.executable,
        "-m",
        "scratchnet",
        "train",
        iris,
        "--target",
        "species",
        "-o",
        path,
        "--hidden",
        "64",
    ]
    command += (
        ["--epochs", "3"]
        if not pressed
        else ["--epochs", "100000", "--patience", "100000", "--seed", "1"]
    )
    process = subprocess.Popen(
        command + ["--checkpoint-every", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limited,
    )
    for errors in iter(process.stderr.readline, b""):
        if b"m.checkpoint.safetensors cannot be written: " in errors:
            break
    assert errors.startswith(b"scratchnet train: ") and errors.endswith(
        b"; training continues without the checkpoint\n"
    )
    if pressed:
        process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == (130 if pressed else 0) and b"Traceback" not in errors
    assert (b"there is no checkpoint" in errors) == pressed and (
        b"m.safetensors: saved" in output
    ) != pressed
    if older and pressed:
        assert (tmp_path / "m.safetensors").read_bytes() == before
        path = str(tmp_path / "m.interrupted.safetensors")
    assert (
        len(os.listdir(str(tmp_path))) == 1 + (older and pressed)
        and run("evaluate", path, iris)[0] == 0
    )


@pytest.mark.skipif(os.name != "posix", reason="terminals are made by pty")
def test_a_terminal_gets_a_live_line(iris, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "scratchnet",
        "train",
        iris,
        "--target",
        "species",
        "-o",
        str(tmp_path / "m.json"),
    ]
    process = subprocess.Popen(
        command + ["--epochs", "120"], cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs
    )
    output, _ = process.communicate()
    os.close(theirs)
    seen = b""
    try:
        while True:
            part = os.read(ours, 65536)
            if not part:
                break
            seen += part
    except OSError:
        pass  # Linux's word for the end
    os.close(ours)
    text = seen.decode()
    assert process.returncode == 0 and "Traceback" not in text
    assert re.search(
        r"\r(\[=* *\] )?epoch \d+/120  \d+:\d\d left  loss [\d.e-]+  validation [\d.e-]+  acc", text
    )
    assert max(map(len, text.split("\r"))) < 80
    assert text.count("\n") == 0  # it clears the line when it is done


# ---- mistakes ----------------------------------------------------------------------------------------------------

MISTAKES = {
    "no such file": (
        ["train", "nowhere.csv", "--target", "y", "-o", "m.json"],
        "nowhere.csv: No such file",
    ),
    "no such column": (
        ["train", "IRIS", "--target", "kind", "-o", "m.json"],
        "has no column 'kind'; it has ",
    ),
    "no such ending": (
        ["train", "IRIS", "--target", "species", "-o", "m.txt"],
        "m.txt: the ending gives",
    ),
    "no such folder": (
        ["train", "IRIS", "--target", "species", "-o", "no/m.json"],
        "no/m.json cannot be written: its directory does not exist",
    ),
    "no target": (
        ["train", "IRIS", "-o", "m.json"],
        "the following arguments are required: --target",
    ),
    "widths": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--hidden", "4,x"],
        "as in 16,8",
    ),
    "epochs": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--epochs", "0"],
        "--epochs is 0; give",
    ),
    "validation": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--validation", "1"],
        "--validation is 1",
    ),
    "few rows": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--validation", "0.999"],
        "150 rows",
    ),
    "texts": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--task", "regression"],
        "regression needs",
    ),
    "numeric": (
        ["train", "IRIS", "--target", "sepal width", "-o", "m.json", "--numeric", "species"],
        "column",
    ),
    "nothing to resume": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--resume"],
        "leave out --resume",
    ),
    "both": (
        ["train", "IRIS", "--target", "5", "-o", "m.json", "--search", "--cross-validate", "3"],
        "cannot be combined",
    ),
    "workers": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--workers", "2"],
        "--workers needs",
    ),
    "directory": (["train", "IRIS", "--target", "species", "-o", "FOLDER"], "is a directory"),
    "money": (["train", "MONEY", "--target", "price", "-o", "m.json"], "too many for classes"),
    "thousands": (
        ["train", "MILES", "--target", "b", "-o", "m.json"],
        "1.900 may mean 1900 or 1.9; give the decimal mark",
    ),
    "folds": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--cross-validate", "0"],
        "validate is 0",
    ),
    "rows too few": (
        ["train", "TWO", "--target", "b", "-o", "m.json"],
        "no class of 'b' has more than one row; give",
    ),
    "nothing known": (
        ["train", "UNKNOWN", "--target", "b", "-o", "m.json"],
        "no row has a value of the target 'b'; give at",
    ),
    "diverges": (
        [
            "train",
            "IRIS",
            "--target",
            "2",
            "-o",
            "m.json",
            "--optimizer",
            "sgd",
            "--activation",
            "relu",
            "--learning-rate",
            "1e200",
            "-q",
            "--json",
        ],
        "nothing is saved; try a smaller --learning-rate",
    ),
    "ragged": (["train", "RAGGED", "--target", "b", "-o", "m.json"], "ragged.csv, line 3"),
    "missing columns": (
        ["predict", "MODEL", "RAGGED"],
        "has no columns 'sepal length', 'sepal width'",
    ),
    "no model": (["predict", "IRIS", "IRIS"], "iris.csv: the ending gives the format"),
    "own model": (
        ["predict", "OWN", "IRIS"],
        "iris.csv has 5 columns, but the network has 4 inputs; give one column per input",
    ),
    "probabilities": (["predict", "HOUSES", "PRICES", "--proba"], "--proba"),
    "targets": (["evaluate", "MODEL", "NOTARGET"], "notarget.csv has no column 'species'"),
    "unknown class": (["evaluate", "MODEL", "STRANGE"], "of row 1 is 'rosa'"),
    "plot without data": (["plot", "MODEL", "boundary"], "boundary needs a table"),
    "plot with data": (["plot", "MODEL", "loss", "IRIS"], "loss needs no table"),
    "plot without history": (
        ["plot", "OWN", "loss"],
        "own.json: the model has no history of its training; give",
    ),
    "plot which inputs": (
        ["plot", "MODEL", "boundary", "IRIS", "--inputs", "1,9"],
        "no numeric column '9'",
    ),
    "plot of no inputs": (
        ["plot", "MODEL", "boundary", "IRIS"],
        "with --inputs A,B; the numeric columns are: sepal length",
    ),
    "plot the same input twice": (
        ["plot", "MODEL", "boundary", "IRIS", "--inputs", "3,petal length"],
        "--inputs names 'petal length' twice; give two different columns",
    ),
    "plot ending": (
        ["plot", "MODEL", "loss", "-o", "loss.png"],
        "loss.png: a picture is saved as SVG",
    ),
    "demo": (["demo", "mnist"], "NAME cannot be 'mnist'; give and, or, xor, iris, digits, moons,"),
    "demo page": (["demo", "and", "--html", "no/and.html"], "no/and.html cannot be written: its"),
    "unknown option": (
        ["predict", "MODEL", "IRIS", "-o", "x.csv"],
        "there is no option -o; redirect the standard output, as in > FILE; see scratchnet pre",
    ),
    "mistyped option": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--learnig-rate", "1"],
        "there is no option --learnig-rate; did you mean --learning-rate? See scratchnet train",
    ),
    "mistyped value": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--activation", "rellu"],
        "--activation cannot be 'rellu'; did you mean 'relu'? See scratchnet train --help",
    ),
    "one value only": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--class-weight", "9"],
        "--class-weight cannot be '9'; give balanced; see scratchnet train --help",
    ),
    "value left out": (
        ["train", "IRIS", "--target", "species", "-o"],
        "train: -o/--output needs a value; see scratchnet train --help",
    ),
    "no number": (
        ["train", "IRIS", "--target", "species", "-o", "m.json", "--learning-rate", "fast"],
        "train: --learning-rate: 'fast' is not a number; see scratchnet train --help",
    ),
    "a name with a space": (
        ["train", "IRIS", "--target", "sepal", "width", "-o", "m.json"],
        "'width' is one argument too many; write a name with spaces in quotes; see scratchnet",
    ),
    "mistyped file": (["summary", "DAMAGD"], "damagd.safetensors: No such file or directory; did"),
    "a directory": (["predict", "FOLDER", "IRIS"], "dir.json is a directory; give a file"),
    "swapped": (["predict", "IRIS", "MODEL"], "the model comes first; write "),
    "damaged": (["summary", "DAMAGED"], "damaged.safetensors: "),
}


@pytest.mark.parametrize("what", sorted(MISTAKES))
def test_a_mistake_is_one_line_and_status_2(what, folder, iris, model, houses):
    arguments, sentence = MISTAKES[what]
    sn.save(sn.Sequential([sn.Dense(4, 1)]), str(folder / "own.json"))
    (folder / "dir.json").mkdir(exist_ok=True)
    damaged = folder / "damaged.safetensors"
    with open(model, "rb") as file:
        damaged.write_bytes(file.read()[:200])
    files = {
        "IRIS": iris,
        "PRICES": houses,
        "MODEL": model,
        "OWN": str(folder / "own.json"),
        "DAMAGED": str(damaged),
        "DAMAGD": str(folder / "damagd.safetensors"),
        "RAGGED": written(folder / "ragged.csv", [["a", "b"], ["1", "2"], ["3"]]),
        "TWO": written(folder / "two.csv", [["a", "b"], ["1", "x"], ["2", "y"]]),
        "UNKNOWN": written(folder / "unknown.csv", [["a", "b"]] + [[str(i), ""] for i in range(9)]),
        "NOTARGET": written(folder / "notarget.csv", [HEADER[:4]] + [row[:4] for row in ROWS]),
        "FOLDER": str(folder / "dir.json"),
        "MONEY": written(
            folder / "money.csv",
            [["price", "x"]] + [["$€"[i % 2] + str(i), str(i)] for i in range(40)],
        ),
        "MILES": written(folder / "miles.csv", [["a", "b"], ["1.900", "1"], ["2.000", "2"]], ";"),
        "STRANGE": written(folder / "strange.csv", [HEADER] + [ROWS[0][:4] + ["rosa"]]),
    }
    if "HOUSES" in arguments:
        files["HOUSES"] = str(folder / "houses.json")
        run("train", houses, "--target", "price", "-o", files["HOUSES"], "--epochs", "1", "-q")
    before = sorted(os.listdir(str(folder)))
    status, output, errors = run(*[files.get(word, word) for word in arguments])
    assert (status, output) == (2, "")
    assert (
        errors.startswith("scratchnet " + arguments[0])
        and errors.count("\n") == 1
        and sentence in errors
    ), errors
    assert sorted(os.listdir(str(folder))) == before


# ---- demo and help -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(demo.DEMOS) - {"digits"}))
def test_a_demo_learns_and_its_program_does_the_same(name):
    status, output, errors = run("demo", name)
    assert (status, errors) == (0, "")
    accuracy = float(re.search(r"(?m)^accuracy +([\d.]+)", output).group(1))
    assert accuracy >= 0.9
    program = output.split("The Python that did this:\n\n")[1]
    again = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT,
                                    env=dict(os.environ, PYTHONIOENCODING="utf-8")).decode()  # fmt: skip
    report = again.replace("\r", "").split("\n\n")
    assert all(block in output for block in report[:3])


def test_ctrl_c_ends_a_demo(monkeypatch):
    def broken_off(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "epochs", broken_off)
    status, output, errors = within("demo", "xor")
    assert (status, errors) == (130, "\n") and "The Python" not in output


def test_a_plane_is_drawn_for_a_row_that_can_be(tmp_path):
    """The target is 1 for the kind c, half of the rows, and 0 for the others. There is no row without a kind."""
    rows = [["kind", "x", "y", "z"]] + [
        ["abcc"[i % 4], str(i % 7), str(i % 5), str(int(i % 4 > 1))] for i in range(99)
    ]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    assert within("train", data, "--target", "z", "-o", path, "-q")[0] == 0
    net, encoder = sn.load(path), Encoder.from_dict(sn.load(path).metadata["table"])
    row = usual_row(encoder, encoder.inputs_of(encoder.read(data)))
    assert row == [3, 2, 0, 0, 1] and net.predict([row])[0][0] > 0.9
    status, output, _ = within("plot", path, "boundary", data, "--inputs", "x,y")
    assert status == 0 and "Decision boundary, the other inputs at typical values" in output


@pytest.mark.parametrize("command", ["train", "predict", "evaluate", "summary", "plot", "demo"])
def test_help_shows_examples(command):
    status, output, errors = run(command, "--help")
    assert (status, errors) == (0, "")
    assert "examples:\n  scratchnet " + command in output


# ---- what is said about a table and a model ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def frauds(folder):
    generator = sn.Generator(3)
    rows = [["amount", "age", "fraud"]]
    for i in range(300):
        amount = generator.normal()
        fraud = amount + generator.normal() > 2.3
        rows.append(
            [f"{amount:.3f}", "-" if i % 9 == 0 else f"{generator.normal():.3f}", "ny"[fraud]]
        )
    data = written(folder / "frauds.csv", rows)
    path = str(folder / "frauds.json")
    status, output, _ = run("train", data, "--target", "fraud", "-o", path, "--epochs", "30")
    assert status == 0 and "no better than the trivial" not in output
    return data, path, output


def test_the_decisions_count_what_is_missing(frauds):
    table, told = frauds[2].split("\n\n")[1], " ".join(frauds[2].split())
    assert (
        re.search(r"age +numbers +1 input, standardized; 34 +", table)
        and "missing: median" in table
    )
    assert "'-' (34" in told


def test_evaluate_names_the_important_columns_and_known_rows(frauds):
    data, path, _ = frauds
    status, output, errors = run("evaluate", path, data)
    assert status == 0
    assert errors == "all of these rows were used in the training, so the scores are optimistic\n"
    assert re.search(r"\nimportance: the increase of the log loss .*\namount +0\.\d+\nage ", output)
    found = json.loads(run("evaluate", path, data, "--json", "-q")[1])
    assert found["trained_on"] == 1 and list(found["importance"]) == ["amount", "age"]


def test_a_threshold_at_the_command_line(frauds):
    data, path, _ = frauds
    usual = run("predict", path, data)[1].count("y\n")
    assert run("predict", path, data, "--threshold", "0.05")[1].count("y\n") > usual + 5
    low = json.loads(run("evaluate", path, data, "--threshold", "0.05", "--json")[1])
    assert low["classes"][1]["recall"] > 0.6
    status, output, errors = run("predict", path, data, "--threshold", "5")
    assert (status, output) == (2, "")
    assert errors == "scratchnet predict: threshold is 5.0; give a probability from 0 to 1\n"


def test_balanced_class_weights_at_the_command_line(frauds, tmp_path):
    given = ["train", frauds[0], "--target", "fraud", "-o", str(tmp_path / "m.json"), "-q"]
    output = run(*given, "--class-weight", "balanced", "--epochs", "20")[1]
    assert "; balanced class weights" in output and "no better than the trivial" not in output


def test_the_option_missing_adds_to_the_list(tmp_path):
    rows = [["a", "b", "y"]] + [
        [["", "n.d.", "NA"][i % 3] if i < 30 else str(i / 8), str(i % 7), "ab"[i % 2]]
        for i in range(99)
    ]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    given = ["train", data, "--target", "y", "-o", path, "--epochs", "1", "-q"]
    output = run(*given, "--missing", "n.d.")[1]
    assert re.search(r"\na +numbers +1 input, standardized; 30\b", output)
    new = written(tmp_path / "new.csv", [["a", "b"], ["n.d.", "1"], ["", "2"], ["x.", "3"]])
    assert "line 4, column 'a': 'x.' is not a number" in run("predict", path, new)[2]
    assert run("predict", path, new, "--missing", "x.")[0] == 0


def test_dates_at_the_command_line(tmp_path):
    rows = [["day", "y"]] + [
        [f"{1 + i % 28}.{1 + i % 12}.2021", "ab"[i % 12 > 5]] for i in range(90)
    ]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    output = run(
        "train", data, "--target", "y", "-o", path, "--epochs", "1", "-q", "--dates", "day"
    )[1]
    assert "day: month" in output and "day: weekday" in output
    assert run("predict", path, data)[0] == 0


def test_a_table_in_another_unit_is_reported(frauds, tmp_path):
    new = written(tmp_path / "new.csv", [["amount", "age"], ["5000", "0"], ["7000", "0"]])
    status, _, errors = run("predict", frauds[1], new)
    assert status == 0 and re.match(
        r"column 'amount': 2 of 2 values outside the training data \(.* to .*\), some or all far; ",
        errors,
    )
    assert errors.count("\n") == 1


def test_explain_says_which_number_is_missing(frauds, tmp_path):
    new = written(tmp_path / "new.csv", [["amount", "age"], ["1", ""]])
    output = run("explain", frauds[1], new, "--arithmetic")[1]
    assert re.search(
        r"x\[0\]\[1\] = \S+, age \(missing: the median of the training rows\)\n", output
    )
    assert "amount (" not in output


def test_another_number_of_columns_is_refused(tmp_path):
    rows = [[str(i % 7), f"{100 + i % 5}", str(i % 2)] for i in range(60)]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    assert run("train", data, "--target", "3", "-o", path, "--epochs", "1", "-q")[0] == 0
    assert run("predict", path, written(tmp_path / "x.csv", [row[:2] for row in rows]))[0] == 0
    status, output, errors = run(
        "predict", path, written(tmp_path / "y.csv", [row[1:] for row in rows])
    )
    assert (status, output) == (2, "")
    assert "y.csv has 2 columns, the table of the training had 3; columns without names" in errors


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_time_left_fits_into_the_progress_line(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    stream = io.StringIO()
    stream.isatty = lambda: True
    course = Course(
        300, stream, measures=lambda epoch: "loss 0.1234  validation 0.2345  accuracy 0.934"
    )
    for number in range(1, 4):
        course.next = course.measured = 0.0
        course.epoch_done(Epoch(number, 0.1234, 0.2345, 0.01, 1))
    line = stream.getvalue().split("\r")[-1]
    assert re.search(r"epoch 4/300  \d+:\d\d left  loss 0\.", line) and len(line) < columns
    assert ("accuracy 0.934" in line) == (columns >= 80)


def test_the_progress_is_in_the_unit_of_the_target(houses, tmp_path):
    given = ["train", houses, "--target", "price", "-o", str(tmp_path / "h.json"), "--epochs", "20"]
    errors = run(*given)[2]
    found = re.search(
        r"epoch 20/20  RMSE ([\d.e+]+)  validation ([\d.e+]+)  R² (-?[\d.]+)\n", errors
    )
    assert 1e3 < float(found.group(1)) < 1e6 and 1e3 < float(found.group(2)) < 1e6
