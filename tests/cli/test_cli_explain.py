"""scratchnet explain and check: why a row is predicted, steps of a training, exercises, encodings."""

import io
import json
import os
import re
import subprocess
import sys

import pytest
from command_line import FLOWERS, HEADER, ROOT, ROWS, run, written

import scratchnet as sn
from scratchnet.formats import npy
from scratchnet.tabular.model import model_of
from scratchnet.tabular.repeated import training_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("explain")


@pytest.fixture(scope="module")
def iris(folder):
    return written(folder / "iris.csv", [HEADER] + ROWS)


@pytest.fixture(scope="module")
def model(folder, iris):
    path = str(folder / "iris.json")
    arguments = [
        "--target",
        "species",
        "--epochs",
        "4",
        "--learning-rate",
        "0.003",
        "-o",
        path,
        "-q",
    ]
    assert run("train", iris, *arguments)[0] == 0
    return path


def flat(text):
    """The text without the line breaks that keep it within 80 columns."""
    return " ".join(text.split())


# ---- why this row --------------------------------------------------------------------------------


def test_a_row_is_answered_first(model, iris):
    status, output, errors = run("explain", model, iris, "--row", "120")
    assert (status, errors) == (0, "")
    lines, text = output.splitlines(), flat(output)
    output_of_net = sn.load(model).predict([FLOWERS.X[119]])[0]
    order = sorted(range(3), key=lambda k: -output_of_net[k])
    first, second = [FLOWERS.labels[k] for k in order[:2]]
    assert lines[0] == "row 120 of " + iris
    assert (
        f"predicted species: {first}, probability {output_of_net[order[0]]:.4f}; "
        f"the runner-up is {second}, probability {output_of_net[order[1]]:.4f} "
        "in the table: virginica"
    ) in text
    assert "0.z[0][0]" not in output and len(lines) < 20


def test_the_contributions_of_the_columns_sum_to_the_change(model, iris):
    output = run("explain", model, iris, "--row", "120")[1]
    parts = dict(re.findall(r"^  (.+?) +([+-]\d\.\d{4})$", output, re.M))
    total = float(parts.pop("in total"))
    assert {name.split(" = ")[0] for name in parts} == set(HEADER[:4])
    assert sum(map(float, parts.values())) == pytest.approx(total, abs=3e-4)
    start, end = re.search(r"from (\d\.\d+) at the baseline to (\d\.\d+)", output).groups()
    assert float(end) - float(start) == pytest.approx(total, abs=3e-4)
    sizes = [abs(float(value)) for value in parts.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert "Sundararajan, Taly & Yan 2017" in output


def test_the_arithmetic_comes_on_request(model, iris):
    output = run("explain", model, iris, "--row", "120", "--arithmetic")[1]
    assert "predicted species" in output and "\nforward: layer 1, Dense" in output
    assert "x[0][2] = 5, petal length" in output


def test_two_classes_have_one_output(tmp_path):
    rows = [["size", "good"]] + [[str(i), "no yes".split()[i > 9]] for i in range(20)]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    settings = ["--epochs", "30", "--learning-rate", "0.003"]
    assert run("train", data, "--target", "good", "-o", path, "-q", *settings)[0] == 0
    for row, label, other in (("1", "no", "yes"), ("20", "yes", "no")):
        output = run("explain", path, data, "--row", row)[1]
        assert f"predicted good: {label}, probability 0." in output
        assert (
            f"the runner-up is {other}, " in output and f"to the probability of {label}:" in output
        )
        assert re.search(r"size = \d+ +\+0\.", output)  # it speaks for the label


def test_a_quantity_and_categories(tmp_path):
    rows = [["kind", "size", "price"]] + [
        ["abc"[i % 3], str(i % 17), str(10 * (i % 17) + i % 3)] for i in range(40)
    ]
    data, path = written(tmp_path / "d.csv", rows), str(tmp_path / "m.json")
    arguments = ["--target", "price", "--task", "regression", "--epochs", "20", "-q"]
    assert run("train", data, "-o", path, *arguments)[0] == 0
    output = run("explain", path, data, "--row", "3")[1]
    assert "predicted price: " in output and "in the table: 22" in output
    assert "\n  kind=c " in output and "\n  size = 2 " in output
    assert "what each column contributed to the predicted price:" in output


def test_the_page_gets_the_names(model, iris, tmp_path):
    path = str(tmp_path / "step.json")
    assert run("explain", model, iris, "--row", "3", "--json", path)[0] == 0
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    assert data["names"] == HEADER[:4] and data["labels"] == FLOWERS.labels
    assert data["steps"] == [1]


# ---- a step of the training of a model -----------------------------------------------------------


def test_a_step_of_a_models_own_training(model, iris):
    """The last step of the training ends with the weights that are in the file."""
    recipe = sn.load(model).metadata["recipe"]
    steps = 4 * -(-150 // recipe["batch_size"])  # of the second training, on all rows
    names = ["1.weights[2][3].new", "3.bias[1].new"]
    numbers = [word for name in names for word in ("--number", name)]
    arguments = ["--step", str(steps), "--decimals", "17", "--depth", "0"] + numbers
    status, output, errors = run("explain", model, iris, *arguments)
    assert (status, errors) == (0, "")
    text = flat(output)
    assert (
        f"step {steps} of the training of {model}: hidden {recipe['hidden'][0]}, relu; adam" in text
    )
    assert "loss CategoricalCrossEntropy(), optimizer AdamW(learning_rate=0.003" in text
    assert "weight_decay=0.3" in text
    found = [float(re.search(re.escape(name) + r" = (\S+)", output).group(1)) for name in names]
    trained = {p.name: p.value for p in sn.load(model).parameters()}
    expected = [trained["1.weights"][2][3], trained["3.bias"][1]]
    assert sn.load(model).metadata["history"]["best_epoch"] == 4
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_batch_names_rows_of_the_table(model, iris):
    output = flat(run("explain", model, iris, "--step", "3", "--number", "x[7][0]")[1])
    batch = dict(re.findall(r"x\[(\d+)\] is row (\d+)", output))
    assert len(batch) == min(30, sn.load(model).metadata["recipe"]["batch_size"])
    sample, row = sorted(batch.items())[0]
    value = run("explain", model, iris, "--step", "3", "--number", f"x[{sample}][0]")[1]
    assert f"x[{sample}][0] = {FLOWERS.X[int(row) - 1][0]:g}\n" in value


def test_a_row_alone_is_said_to_be_alone(model, iris):
    output = flat(run("explain", model, iris, "--row", "51", "--step", "3", "--number", "loss")[1])
    assert "step 3 of a new training run, from the trained weights on: row 51 of " in output
    assert "(leave out --row for a step of the model's own training)" in output
    assert "optimizer SGD(learning_rate=0.1)" in output


def test_another_table_is_said_to_be_another(model, folder):
    other = written(folder / "other.csv", [HEADER] + ROWS[:100])
    output = flat(run("explain", model, other, "--step", "2", "--number", "loss")[1])
    assert "other.csv is not the table that the model learned from)" in output


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": None},
        {"recipe": {}},
        {"recipe": {"hidden": [10**9]}},
        {"history": {"loss": ["x"]}},
        {"history": {"loss": [9.0]}},
        {"history": {}},
        {"validation": "x"},
        {"validation": 0.5},
    ],
)
def test_metadata_that_do_not_fit_mean_another_training(change, model, iris, tmp_path):
    net = sn.load(model)
    for name, value in change.items():
        is_dict = isinstance(value, dict) and name == "recipe" and value
        net.metadata[name] = dict(net.metadata[name], **value) if is_dict else value
    assert training_of(net, model_of(net, "x").encoder.read(iris, target=None)) == (None, None)


def test_the_worksheet_of_a_step_of_the_training_is_checked(model, iris, tmp_path):
    sheet = run("explain", model, iris, "--step", "2", "--worksheet")[1]
    assert sheet.startswith("# scratchnet explain ") and "--step=2" in sheet.splitlines()[0]
    path = tmp_path / "sheet.txt"
    path.write_text(sheet, encoding="utf-8")
    assert run("check", str(path))[1].startswith("right: 0 numbers")


# ---- exercises -----------------------------------------------------------------------------------


def test_an_exercise_needs_no_python(tmp_path):
    arguments = ["--layers", "2,2,1", "--activation", "sigmoid", "--x", "0.5,1", "--y", "1"]
    status, output, errors = run("explain", *arguments, "--seed", "3")
    assert (status, errors) == (0, "")
    assert "forward: layer 3, Sigmoid()" in output and "x[0][1] = 1, given" in output
    assert "loss BinaryCrossEntropy(), optimizer SGD(learning_rate=0.1)" in output
    page = str(tmp_path / "step.html")
    assert run("explain", *arguments, "--html", page)[0] == 0 and os.path.getsize(page) > 10000


def test_an_exercise_with_given_weights(tmp_path):
    weights = tmp_path / "weights.txt"
    weights.write_text(
        "# a neuron\n0.weights[0][0] = 0.25\n0.weights[1][0]: -0,5\n0.bias[0] = 1/8\n"
    )
    arguments = ["--layers", "2,1", "--activation", "identity", "--x", "2,1", "--y", "0"]
    arguments += ["--weights", str(weights)]
    output = run("explain", *arguments, "--number", "0.z[0][0]")[1]
    assert output.startswith("0.z[0][0] = 0.125\n")
    sheet = tmp_path / "sheet.txt"
    text = run("explain", *arguments, "--worksheet")[1]
    sheet.write_text(text.replace("0.z[0][0] = ____", "0.z[0][0] = 0.125"), encoding="utf-8")
    assert run("check", str(sheet))[1].startswith("right: 1 number;")


def test_each_layer_of_an_exercise_may_have_an_activation(tmp_path):
    arguments = ["--layers", "2,3,2", "--activation", "ReLU,softmax", "--seed", "5"]
    sheet = run("explain", *arguments, "--x", "0.5,1", "--y", "1", "--worksheet")[1]
    first = "# scratchnet explain --layers=2,3,2 --activation=relu,softmax --x=0.5,1 --y=1 --seed=5"
    assert sheet.splitlines()[0] == first
    assert "layer 1, ReLU()" in sheet and "layer 3, Softmax()" in sheet
    assert "# loss CategoricalCrossEntropy()" in sheet and "\ny[0][1] = 1\n" in sheet
    assert "# 3.a[0][1] = e^2.z[0][1] / (e^2.z[0][0] + e^2.z[0][1])" in sheet
    path = tmp_path / "sheet.txt"
    path.write_text(sheet.replace("1.a[0][0] = ____", "1.a[0][0] = 9"), encoding="utf-8")
    assert "wrong: 1;" in run("check", str(path))[1]
    drawn = run("explain", *arguments, "--worksheet")[1]  # also the sample
    assert sorted(re.findall(r"\ny\[0\]\[.\] = (.)", drawn)) == ["0", "1"]


def test_a_class_gets_different_sheets_and_a_key(tmp_path):
    place = str(tmp_path / "class")
    arguments = ["--layers", "2,2,1", "--seeds", "1-30", "--worksheet"]
    status, output, errors = run("explain", *arguments, "-o", place)
    assert (status, output, errors) == (0, f"{place}: 30 worksheets and answers.txt\n", "")
    names = sorted(os.listdir(place))
    assert names[0] == "answers.txt" and names[1] == "sheet-01.txt" and len(names) == 31
    texts = []
    for name in names[1:]:
        with open(os.path.join(place, name), encoding="utf-8") as file:
            texts.append(file.read())
    given = {re.sub(r"(?m)^#.*\n", "", text) for text in texts}
    assert len(given) == 30 and "____" in texts[0]
    with open(os.path.join(place, "answers.txt"), encoding="utf-8") as file:
        key = file.read()
    assert key.count("the answers") == 30 and "____" not in key
    first = key[: key.index("# scratchnet explain", 5)]
    filled = tmp_path / "filled.txt"
    filled.write_text(first, encoding="utf-8")
    assert re.search(r"score: (\d+) of \1$", run("check", str(filled))[1].strip())
    assert run("explain", *arguments)[1].count("replace each ____") == 30


def test_several_sheets_in_one_file(tmp_path):
    path = tmp_path / "sheets.txt"
    arguments = ["--layers", "2,2,1", "--seeds", "4-6", "--worksheet"]
    sheets = run("explain", *arguments)[1].replace("\nloss = ____", "\nloss = 0.5", 1)
    path.write_text(sheets, encoding="utf-8")
    status, output, errors = run("check", str(path))
    assert (status, errors) == (1, "")
    found = [part.partition("\n") for part in output.split("# scratchnet ")[1:]]
    assert [first for first, _, _ in found] == [
        f"explain --layers=2,2,1 --seed={seed}" for seed in (4, 5, 6, 4, 5, 6)
    ]
    line = sheets[: sheets.index("loss = 0.5")].count("\n") + 1
    assert found[0][2].startswith(f"line {line}: loss = 0.5 is wrong")
    scores = [re.search(r"score: (\d+) of (\d+)", text).groups() for _, _, text in found]
    assert [score for score, _ in scores[:3]] == ["0"] * 3  # then the key
    assert all([score == of for score, of in scores[3:]])
    assert max([len(text) for text in output.splitlines()]) <= 80


def test_a_wrong_number_and_its_mistake_are_a_line_each(tmp_path):
    path = tmp_path / "sheet.txt"
    arguments = ["--layers=2,2,2", "--seed=1", "--x=0.05,0.1", "--y=0.25,0.75"]
    name = "2.weights[0][0].gradient"
    found = run("explain", *arguments, "--number", name, "--decimals", "12")[1]
    value = float(re.match(r".* = (.*)", found).group(1))
    text = f"# scratchnet explain {' '.join(arguments)}\n{name} = {2 * value:.12f}\n"
    path.write_text(text, encoding="utf-8")
    lines = run("check", str(path))[1].splitlines()
    assert lines[0].startswith(f"line 2: {name} = ") and lines[0].endswith(f" is {value:.12g}")
    assert len(lines[0]) > 80 and lines[1].startswith("  this is the result if ")
    assert max([len(line) for line in lines[2:]]) <= 80


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--layers", "2"], "--layers needs the number of inputs and of neurons, such as 2,2,1"),
        (["--layers", "2,1", "m.json"], "--layers makes a network; leave out MODEL and DATA"),
        (
            ["--layers", "2,1", "--activation", "tanh,relu"],
            "--activation names 2 activations; give 1 or 1,",
        ),
        (
            ["--layers", "2,1", "--activation", "tan"],
            "--activation: 'tan' is unknown; choose from elu, ",
        ),
        (["--activation", "tanh"], "--activation needs --layers; write --layers 2,2,1"),
        (["--layers", "2,1", "--seeds", "1-3"], "--seeds needs --worksheet"),
        (["--layers", "2,1", "--seeds", "3-1", "--worksheet"], "--seeds is 3-1; give a range such"),
        (["--layers", "2,1", "--seeds", "x", "--worksheet"], "--seeds is x; give a range such"),
        (["--layers", "2,1", "--row", "2"], "--row needs a table; leave it out with --layers"),
        (["--row", "2"], "samples need a model"),
        (["--layers", "2,1", "--seeds", "1-3", "--worksheet", "--html", "x"], "leave out --html"),
        (["--layers", "2,1", "--seeds", "1-3", "--worksheet", "--seed", "0"], "leave out --seed"),
        (["-o", "folder"], "--output needs --seeds; write --seeds 1-30, for example"),
        (
            ["--layers", "2,1", "--seeds", "1-3", "--worksheet", "-o", __file__],
            " is a file; give a folder for the worksheets",
        ),
        (["--layers", "2,1", "--x", "1,2", "--x", "3,4", "--y", "1"], "2 samples, but 1 target"),
        (["--layers", "2,1", "--x", "1,b"], "--x: '1,b' is not a list of numbers"),
        (["--layers", "2,x"], "'2,x' is not a list of widths; write them as in 16,8"),
    ],
)
def test_a_mistake_in_an_exercise_is_one_line(arguments, sentence):
    status, output, errors = run("explain", *arguments)
    assert (status, output) == (2, "") and sentence in errors and errors.count("\n") == 1


def test_a_weight_that_the_network_has_not(tmp_path):
    weights = tmp_path / "weights.txt"
    weights.write_text("0.weights[5][0] = 1\n")
    errors = run("explain", "--layers", "2,1", "--weights", str(weights))[2]
    assert "line 1: the network has no weight '0.weights[5][0]'; its weights are" in errors


# ---- encodings -----------------------------------------------------------------------------------


def process(arguments, encoding, **options):
    """Run the command line with this encoding of standard input and output."""
    environment = dict(os.environ, PYTHONIOENCODING=encoding, PYTHONPATH=ROOT)
    command = [sys.executable, "-m", "scratchnet"] + arguments
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp437", "ascii"])
def test_the_worksheet_cycle_in_every_encoding(encoding, tmp_path):
    written_by = "utf-8" if encoding in ("utf-8-sig", "utf-16") else encoding
    sheet = process(["explain", "--worksheet"], written_by).stdout.decode(written_by)
    filled = sheet.replace("0.z[0][0] = ____", "0.z[0][0] = 1")
    path = tmp_path / "sheet.txt"
    with io.open(str(path), "w", encoding=encoding) as file:
        file.write(filled)
    for arguments, options in ((["check", str(path)], {}), (["check", "-"], {"input": path.read_bytes()})):  # fmt: skip
        checked = process(arguments, encoding if encoding != "utf-16" else "utf-8", **options)
        assert (checked.returncode, checked.stderr) == (0, b"")
        assert b"right: 1 number; missing: 26 numbers" in checked.stdout


PRINT = """
import scratchnet as sn
from scratchnet.formats import npy
from scratchnet.tabular.model import model_of
from scratchnet.tabular.repeated import training_of
net = sn.Sequential([sn.Dense(2, 2), sn.Sigmoid(), sn.Dense(2, 1), sn.Sigmoid()], seed=7)
why = sn.explain(net, [[0.05, 0.1]], [[0.01]], loss="half_squared_error", optimizer=sn.SGD(0.5))
print(why)
print(why["2.weights[0][0].gradient"])
"""


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "utf-8"])
def test_an_explanation_prints_on_any_stream(encoding):
    environment = dict(os.environ, PYTHONIOENCODING=encoding, PYTHONPATH=ROOT)
    done = subprocess.run([sys.executable, "-c", PRINT], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"0.z[0][0] = x[0][0] " in done.stdout


def test_arrays_have_contributions_and_no_training_table(tmp_path):
    generator = sn.Generator(1)
    rows = [[generator.random() for _ in range(20)] for _ in range(40)]
    for name, values in (("X", rows), ("y", [float(row[0] > 0.5) for row in rows])):
        (tmp_path / (name + ".npy")).write_bytes(npy.dumps(npy.array_of(values)))
    X, path = str(tmp_path / "X.npy"), str(tmp_path / "m.json")
    arguments = ["--target", str(tmp_path / "y.npy"), "-o", path, "--epochs", "5", "-q"]
    assert run("train", X, *arguments)[0] == 0
    status, output, errors = run("explain", path, X, "--row", "3")
    assert (status, errors) == (0, "")
    assert "\n  8 other columns " in output and re.search(r"\n  input \d+ = 0\.\d+ ", output)
    errors = run("explain", path, X, "--step", "3")[2]
    assert "without targets there is no training step to explain" in errors


def test_a_later_step_of_a_saved_network_says_where_it_starts(tmp_path):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(1, 1, weights=[[0.5]])]), path)
    arguments = ["explain", path, "--x", "2", "--y", "1", "--number", "loss"]
    assert "new training run" not in run(*arguments)[1]
    output = flat(run(*arguments, "--step", "3")[1])
    assert output.startswith(f"step 3 of a new training run, from the weights in {path} on, with ")
    assert " loss MeanSquaredError(), optimizer SGD(learning_rate=0.1) " in output
