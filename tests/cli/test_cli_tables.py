"""What the commands say about a table and a model: missing values, importance, units, columns."""

import io
import json
import re

import pytest
from command_line import run, within, written

import scratchnet as sn
from scratchnet.cli.progress import Course
from scratchnet.core.history import Epoch


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


@pytest.mark.parametrize("options", [[], ["--proba"], ["--json", "--proba"]])
def test_predictions_in_a_file(frauds, tmp_path, options):
    data, path, _ = frauds
    file = tmp_path / "predicted"
    printed = run("predict", path, data, *options)[1]
    assert run("predict", path, data, "-o", "-", *options)[1] == printed
    assert run("predict", path, data, "-o", str(file), *options)[1] == f"{file}: written\n"
    assert file.read_bytes().decode() == printed
    status, output, errors = run("predict", path, data, "-o", data, *options)
    assert (status, output) == (2, "")
    assert errors == f"scratchnet predict: {data} is also an input; give the output another name\n"


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
    assert "; balanced class weights" in " ".join(output.split())
    assert "no better than the trivial" not in output


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


def test_columns_are_found_in_an_ascii_locale(tmp_path):
    """In such a locale, Python decodes each byte of UTF-8 that is not ASCII as a surrogate."""
    data = written(
        tmp_path / "t.csv", [["größe", "färbe"]] + [[k % 7, "ab"[k % 2]] for k in range(40)]
    )
    escaped = "färbe".encode().decode("ascii", "surrogateescape")
    given = ["train", data, "-o", str(tmp_path / "m.json"), "-q", "--epochs", "1", "--target"]
    assert within(*given, escaped)[::2] == (0, "")
    status, _, errors = within(*given, escaped + "x")
    assert status == 2 and "did you mean 'färbe'?" in errors


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
