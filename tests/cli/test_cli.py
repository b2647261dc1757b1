"""`python -m scratchnet`, as a user runs it: on a bare interpreter, into any terminal, a pipe, or a full disk."""

import copy
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from unittest import mock

import pytest
import test_explanation
from command_line import ROOT, run, within

import scratchnet as sn
from scratchnet import texts
from scratchnet.datasets.encoding import Encoder
from scratchnet.formats import models

# No site-packages, no variables of the user's, and every warning an error.
BARE = [sys.executable, "-S", "-E", "-W", "error"]


@pytest.fixture(scope="module")
def story():
    status, output, errors = run()
    assert (status, errors) == (0, "")
    return output.replace("\r", "")


def test_a_bare_interpreter_will_do(story):
    output = subprocess.check_output(
        BARE + ["-m", "scratchnet"], cwd=ROOT, stderr=subprocess.STDOUT
    )
    assert len(output.splitlines()) == len(story.splitlines())


# ---- the main job ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "z = 0.4·1 + 0.2·0 + 1 = 1.4",
        "s = 1/(1 + e^−1.4) = 0.8022",
        "y_pred = 1, since 0.8022 ≥ 0.5",
        "error = 1 − 0 = 1",
        "(0·1 + 1·1 + 0·1 + 1·0)/4 = 0.25",
        "(1 + 1 + 1 + 0)/4 = 0.75",
        "0.4 − 0.1·0.25 = 0.375",
        "1 − 0.1·0.75 = 0.925",
        "W₁ = 0.4, W₂ = 0.2, b = 1",
        "The error reaches zero for good at iteration 26.",
        "After 1000 iterations: W₁ = 0.05, W₂ = 0.05, b = -0.075",
        "1   1 │ 1      1",
        "scratchnet selftest",
    ],
)
def test_the_essential_numbers(story, text):
    assert text in story


def test_every_line_of_arithmetic_is_right(story):
    """Whatever stands as `= formula = result` is evaluated; so is every choice."""
    checked = 0
    for part in re.split(r"\n|\s{3,}|:  |;  ", story):
        sides = part.strip().split(" = ")
        if len(sides) == 3:
            formula = sides[1].replace("·", "*").replace("−", "-").replace("^", "**")
            assert eval(formula, {"e": 2.718281828459045}) == pytest.approx(
                float(sides[2]), abs=1.1e-4
            ), part
            checked += 1
        elif ", since " in part:
            value, condition = sides[1].split(", since ")
            assert eval(condition.replace("≥", ">=")) == (value == "1"), part
            checked += 1
    assert checked == 4 * 4 + 3 + 3


def test_the_course_of_the_predictions_is_the_lessons(story):
    """Each line shows an iteration whose predictions differ from those before, and the W and b that made them."""
    from scratchnet.lessons import and_gate

    shown = [
        line.split()
        for line in story.splitlines()
        if re.match(r"\s+\d+   [01] [01] [01] [01] ", line)
    ]
    W, b, former, expected = and_gate.W, and_gate.B, None, []
    for i, step in enumerate(and_gate.train(), 1):
        y = step["y_pred"][0]
        if y != former:
            wrong = sum(a != t for a, t in zip(y, and_gate.Y[0]))
            expected.append([i] + y + [wrong, W[0][0], W[1][0], b])
        W, b, former = step["W"], step["b"], y
    assert [[float(cell) for cell in line] for line in shown] == [
        pytest.approx(line, abs=1e-9) for line in expected
    ]


def test_it_fits_on_two_screens(story):
    lines = story.splitlines()
    assert len(lines) <= 60 and max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("flag", ["-O", "-OO", "-bb"])
def test_under_other_flags(flag, story):
    output = subprocess.check_output(BARE + [flag, "-m", "scratchnet"], cwd=ROOT)
    assert len(output.splitlines()) == len(story.splitlines())
    assert b"0.375" in output and b"-0.075" in output


@pytest.mark.parametrize(
    "command, encoding",
    [
        ("", "ascii"),
        ("", "latin-1"),
        ("", "cp437"),
        ("", "utf-16"),
        ("selftest", "ascii"),
        ("--help", "ascii"),
    ],
)
def test_any_encoding(command, encoding):
    """A character that an encoding lacks is written otherwise, never as a question mark."""
    status, output, errors = run(*command.split(), encoding=encoding)
    assert (status, errors) == (0, "")
    assert output.count("?") == run(*command.split())[1].count("?")
    if command == "" and encoding == "ascii":
        assert "z = 0.4*1 + 0.2*0 + 1 = 1.4" in output and "W1 = 0.4 - 0.1*0.25 = 0.375" in output


def test_every_character_has_its_ascii(story):
    for character in set(story) | set(texts.ASCII):
        written = texts.written_for(character, "ascii")
        assert written.encode("ascii") and (written == character or written != "?")
        assert texts.written_for(character, "utf-8") == character
    assert texts.written_for("\U0001f600", "ascii") == "?"


# ---- what a command line is asked --------------------------------------------------------------------------------


def test_version():
    assert run("--version") == (0, "scratchnet {}{}".format(sn.__version__, os.linesep), "")


def test_help():
    status, output, errors = run("--help")
    assert (status, errors) == (0, "")
    assert "usage: scratchnet" in output and "selftest" in output and "examples:" in output


def test_selftest():
    status, output, errors = run("selftest")
    assert (status, errors) == (0, "")
    assert output.startswith("scratchnet {} on {} ".format(sn.__version__, sys.implementation.name))
    assert "all right" in output


MISTAKES = [["train"], ["selftest", "now"], ["--verbose"], ["-x"], ["Selftest"], [""]]


@pytest.mark.parametrize("arguments", MISTAKES)
def test_a_mistake_is_one_line_and_exit_status_2(arguments):
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert len(errors.splitlines()) == 1
    assert arguments[-1] in errors and "Traceback" not in errors


# ---- readers that go away, disks that are full -------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
@pytest.mark.parametrize(
    "command, unbuffered",
    [("", ""), ("", "1"), ("selftest", ""), ("--help", ""), ("--help", "1"), ("--version", "")],
)
def test_a_reader_that_goes_away(command, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        _, _, errors = run(*command.split(), stdout=writer, PYTHONUNBUFFERED=unbuffered)
    finally:
        os.close(writer)
    assert errors == ""


@pytest.mark.parametrize(
    "command, sentence",
    [
        ("trian", "there is no command 'trian'; did you mean 'train'? See scratchnet --help"),
        ("iris.csv", "there is no command 'iris.csv'; give train, predict, evaluate, "),
    ],
)
def test_an_unknown_command(command, sentence):
    status, output, errors = run(command, "iris.csv")
    assert (status, output) == (2, "") and errors.startswith("scratchnet: " + sentence)
    assert errors.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no such shell")
def test_the_head_of_it():
    command = " ".join(BARE) + " -m scratchnet | head -1"
    output = subprocess.check_output(["sh", "-c", command], cwd=ROOT, stderr=subprocess.STDOUT)
    assert output.decode("utf-8").splitlines() == [
        "scratchnet {}: one neuron learns AND, in numbers you can check by hand".format(
            sn.__version__
        )
    ]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["", "selftest"])
def test_a_full_disk(command):
    with open("/dev/full", "wb") as full:
        status, _, errors = run(*command.split(), stdout=full)
    assert status != 0
    assert "Traceback" not in errors and len(errors.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no such shell")
def test_no_standard_output():
    process = subprocess.Popen(
        ["sh", "-c", " ".join(BARE) + " -m scratchnet >&-"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert b"Traceback" not in process.communicate(timeout=60)[1]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("errors", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize("arguments", MISTAKES[:3] + [["summary", "nowhere.json"]])
def test_a_mistake_has_its_status_though_nobody_can_be_told(arguments, errors):
    command = " ".join(BARE + ["-m", "scratchnet"] + arguments + [errors])
    assert subprocess.call(["sh", "-c", command], cwd=ROOT) == 2


# ---- explain and check -------------------------------------------------------------------------------------------


@pytest.fixture()
def mazur(tmp_path):
    path = str(tmp_path / "it's mazur.json")
    sn.save(test_explanation.mazur().net, path)
    training = ["--loss", "half_squared_error", "--learning-rate", "0.5"]
    return [path, "--x", "0.05,0.10", "--y", "0.01,0.99"] + training


def test_explain_without_arguments_is_the_articles_first_iteration():
    status, output, errors = run("explain")
    assert (status, errors) == (0, "")
    for line in (
        "0.z[1][0] = ",
        "= 1·0.4 + 0·0.2 + 1 = 1.4",
        "0.weights[0][0].new = ",
        "= 0.4 − 0.1·0.25 = 0.375",
    ):
        assert line in output


def test_explain_one_number_of_a_saved_model(mazur):
    status, output, errors = run(
        "explain", *(mazur + ["--number", "2.weights[0][0].gradient", "--decimals", "9"])
    )
    assert (status, errors) == (0, "")
    assert output.startswith(
        "2.weights[0][0].gradient = 0.082167041\n  = 1.a[0][0] · 2.z[0][0].gradient\n"
    )
    status, deeper, _ = run(
        "explain", *(mazur + ["--number", "2.weights[0][0].gradient", "--depth", "9"])
    )
    assert (
        len(deeper.splitlines()) > len(output.splitlines()) + 5 and "x[0][1] = 0.1, given" in deeper
    )


def test_explain_a_later_step():
    status, output, _ = run(
        "explain", "--step", "25", "--number", "0.weights[0][0].new", "--decimals", "20"
    )
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
    )
    net.fit(
        [[0, 0], [1, 0], [0, 1], [1, 1]],
        [0, 0, 0, 1],
        "perceptron",
        sn.SGD(0.1),
        epochs=25,
        shuffle=False,
    )
    name, value = output.splitlines()[0].split(" = ")
    assert (name, float(value)) == ("0.weights[0][0].new", net.parameters()[0].value[0][0])


def test_explain_a_file_of_samples(mazur, tmp_path):
    data = tmp_path / "rows.csv"
    data.write_text("a,b,c,d\n0.05,0.10,0.01,0.99\n\n1; -2; 0; 1\n")
    status, output, errors = run(
        "explain", mazur[0], str(data), "--loss", "half_squared_error", "--number", "x[1][1]"
    )
    assert (status, output, errors) == (0, "x[1][1] = -2\n  given\n", "")
    data.write_text("0.05 0.10 1 0\n1 2\n")
    assert run("explain", mazur[0], str(data))[2].endswith(
        ", line 2: the row has 2 numbers; the first row has 4\n"
    )
    data.write_bytes("1,2".encode("utf-16"))
    assert run("explain", mazur[0], str(data), "--number", "x[0][1]")[1] == "x[0][1] = 2\n  given\n"
    data.write_text("0.05 0.10\n1 2\n")
    status, output, _ = run("explain", mazur[0], str(data))
    assert status == 0 and "loss" not in output and "3.a[1][1] = " in output


def test_explain_takes_a_negative_first_number(mazur):
    status, output, _ = run("explain", mazur[0], "--x", "-1,0", "--number", "x[0][0]")
    assert (status, output) == (0, "x[0][0] = -1\n  given\n")


def test_explain_names():
    status, output, _ = run("explain", "--names")
    assert status == 0 and {"x[3][1]", "loss", "0.weights[1][0].new", "1.z[0][0]"} <= set(
        output.splitlines()
    )


def test_explain_writes_the_page_and_the_record(tmp_path):
    html, record = str(tmp_path / "step.html"), str(tmp_path / "step.json")
    status, output, errors = run("explain", "--html", html, "--json", record, "--steps", "3")
    assert (status, errors) == (0, "")
    assert output == "{}: open it in a browser\n{}: the numbers of 3 steps\n".format(html, record)
    with open(record, encoding="utf-8") as file:
        data = json.load(file)
    assert data["steps"] == [1, 2, 3] and data["numbers"][0]["name"] == "0.weights[0][0]"
    with open(html, encoding="utf-8") as file:
        assert file.read().lstrip().lower().startswith("<!doctype html>")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            ["--number", "0.weight[0][0]"],
            "no number is called '0.weight[0][0]'; did you mean '0.weights[0][0]'?",
        ),
        (["nowhere.json"], "nowhere.json: No such file or directory"),
        (["--loss", "mean_square_error"], "did you mean 'mean_squared_error'? See scratchnet expl"),
        (["--x", "1,2"], "samples need a model; write scratchnet explain MODEL --x ... --y ..."),
        (["MODEL"], "no sample is given; give --x 0.5,1 (and --y for its targets), or a file"),
        (
            ["MODEL", "--x", "1,two"],
            "--x: '1,two' is not a list of numbers; write them as in 0.5,1",
        ),
        (["MODEL", "--x", "1"], "X: row 0 has 1 column where the network takes 2"),
        (
            ["MODEL", "--x", "1,2", "--y", "1,0", "--y", "1,1"],
            "1 sample, but 2 targets; give targets for each sample, or for none",
        ),
        (["--step", "0"], "--step is 0; give a whole number from 1 to 1,000,000"),
        (["--steps", "0"], "steps is 0; give a whole number of 1 or more"),
        (["--decimals", "0"], "--decimals is 0; give a whole number from 1 to 400"),
        (["--depth", "-1"], "--depth is -1; give a whole number of 0 or more"),
        (
            ["--html", "a", "--json", "a"],
            "a is given for both --html and --json; give two different files",
        ),
        (
            ["--html", "a", "--json", "./a"],
            "a is given for both --html and --json; give two different files",
        ),
        (
            ["MODEL", "--x", "1,2", "--step", "2"],
            "without targets there is no training step to explain",
        ),
        (
            ["--html", "no/such/folder/step.html"],
            "no/such/folder/step.html cannot be written: its directory does not",
        ),
        (
            ["MODEL", "--x", "1,2", "--number", "los"],
            "names() lists them all (at the command line, --names)",
        ),
    ],
)
def test_a_mistake_is_one_line(arguments, sentence, mazur):
    status, output, errors = run(
        "explain", *[mazur[0] if word == "MODEL" else word for word in arguments]
    )
    assert (status, output) == (2, "")
    assert (
        errors.startswith("scratchnet explain: ") and sentence in errors and errors.count("\n") == 1
    )


@pytest.mark.parametrize(
    "arguments", [["--step", "x"], ["--loss", "nonsense"], ["--nonsense"], ["--x"]]
)
def test_a_misspelt_option_is_one_line(arguments):
    status, output, errors = run("explain", *arguments)
    assert (status, output) == (2, "") and errors.count("\n") == 1
    assert errors.startswith("scratchnet explain: ")
    assert errors.endswith("; see scratchnet explain --help" + "\n")


def filled(sheet, decimals):
    """The worksheet with the right numbers in its blanks."""
    setting = [line for line in sheet.splitlines() if line.startswith("# scratchnet explain ")][0]
    names = [line.split(" = ")[0] for line in sheet.splitlines() if line.endswith(" = ____")]
    numbers = [word for name in names for word in ("--number", name)]
    arguments = shlex.split(setting)[3:]
    _, output, _ = run(
        "explain", *(arguments + ["--decimals", str(decimals), "--depth", "0"] + numbers)
    )
    values = dict(
        line.split(" = ") for line in output.splitlines() if line.split(" = ")[0] in names
    )
    return re.sub(
        r"(?m)^(\S+) = ____$",
        lambda match: "{} = {}".format(match.group(1), values[match.group(1)]),
        sheet,
    )


def test_a_worksheet_is_filled_in_and_checked(mazur, tmp_path):
    status, sheet, errors = run("explain", *(mazur + ["--worksheet"]))
    assert (status, errors) == (0, "") and sheet.count("____") > 30
    path = tmp_path / "sheet.txt"
    path.write_text(filled(sheet, 6), encoding="utf-8")
    status, output, errors = run("check", str(path))
    assert (status, errors) == (0, ""), output
    right = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("2.z[0][0] = ")
    ][0]
    path.write_text(
        path.read_text(encoding="utf-8").replace(right, "2.z[0][0] = 0.505906"), encoding="utf-8"
    )
    status, output, errors = run("check", str(path))  # the bias left out
    assert (status, errors) == (1, "") and "2.z[0][0]" in output and "bias" in output


def test_check_reads_standard_input():
    process = subprocess.Popen(
        [sys.executable, "-m", "scratchnet", "check", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    output, errors = process.communicate("0.z[1][0] = 1.4\n")
    assert (process.returncode, errors) == (0, "") and "right" in output


@pytest.mark.skipif(os.name == "nt", reason="there is no such shell")
def test_check_without_standard_input():
    process = subprocess.Popen(
        ["sh", "-c", " ".join(BARE) + " -m scratchnet check - <&-"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    errors = process.communicate(timeout=60)[1]
    assert (process.returncode, errors) == (
        2,
        b"scratchnet check: standard input is closed; give a file\n",
    )


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("nonsense\n", "line 1"),
        ("0.zz[0][0] = 1\n", "no number is called '0.zz[0][0]'"),
        (
            "# scratchnet explain 'nonsense\n0.z[0][0] = 1\n",
            "the first line of the worksheet cannot be read",
        ),
        (
            "# scratchnet explain --nonsense\n0.z[0][0] = 1\n",
            "the first line of the worksheet cannot be read",
        ),
        (
            "# scratchnet explain nowhere.json --x=1\n0.z[0][0] = 1\n",
            "nowhere.json: No such file or directory",
        ),
    ],
)
def test_a_worksheet_that_cannot_be_checked(text, sentence, tmp_path):
    path = tmp_path / "sheet.txt"
    path.write_text(text, encoding="utf-8")
    status, output, errors = run("check", str(path))
    assert (status, output) == (2, "") and sentence in errors and errors.count("\n") == 1


# ---- models that were trained, and others ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model, and the table that it learnt from."""
    folder = tmp_path_factory.mktemp("trained")
    table, model = folder / "table.csv", str(folder / "model.json")
    table.write_text(
        "a,b,kind\n" + "".join([f"{i % 7},{i % 5},{'xyz'[i % 3]}\n" for i in range(60)])
    )
    assert run("train", str(table), "--target", "kind", "-o", model, "--epochs", "3", "-q")[0] == 0
    return model, str(table)


@pytest.mark.parametrize("command", ["explain MODEL TABLE --json OUTPUT", "explain MODEL TABLE --html OUTPUT",
                                     "plot MODEL mistakes TABLE -o OUTPUT"])  # fmt: skip
@pytest.mark.parametrize("read", [0, 1])
@pytest.mark.parametrize("another_name", [None, "symlink", "link"])
@pytest.mark.skipif(os.name == "nt", reason="not everybody may make links there")
def test_what_is_read_is_not_written_over(command, read, another_name, trained, tmp_path):
    files = [str(tmp_path / "model.json"), str(tmp_path / "table.csv")]
    for path, original in zip(files, trained):
        shutil.copy(original, path)
    output = files[read]
    if another_name:
        output = str(tmp_path / "picture.svg")
        getattr(os, another_name)(files[read], output)
    given = dict(zip(("MODEL", "TABLE", "OUTPUT"), files + [output]))
    status, told, errors = within(*[given.get(word, word) for word in command.split()])
    sentence = f"{output} is also an input; give the output another name\n"
    assert (status, told, errors) == (2, "", f"scratchnet {command.split()[0]}: {sentence}")
    for path, original in zip(files, trained):
        with open(path, "rb") as file, open(original, "rb") as before:
            assert file.read() == before.read()


def test_explain_reads_the_model_and_the_table_once(trained):
    load = mock.patch.object(models, "load", side_effect=models.load)
    read = mock.patch.object(Encoder, "read", autospec=True, side_effect=Encoder.read)
    asked = ["--row", "2", "--number", "a", "--number", "loss"]
    with load as loaded, read as table_read:
        status, output, errors = within("explain", *(list(trained) + asked))
    assert (
        (status, errors) == (0, "")
        and output.startswith("row 2 of ")
        and "x[0][0] = 1, a\n" in output
    )
    assert (loaded.call_count, table_read.call_count) == (1, 1)


def test_the_worksheet_of_a_row_of_a_table_is_checked(trained, tmp_path):
    status, sheet, errors = within("explain", *(list(trained) + ["--row", "2", "--worksheet"]))
    assert (status, errors) == (0, "")
    path = tmp_path / "sheet.txt"
    path.write_text(sheet.replace("0.z[0][0] = ____", "0.z[0][0] = 1000"))
    status, output, errors = within("check", str(path))
    assert (status, errors) == (1, "") and "0.z[0][0]" in output


ODD = [
    None,
    True,
    -1,
    0,
    999,
    10**300,
    1.5,
    "",
    "x",
    [],
    {},
    [None],
    [[1]],
    [1e308, 5e-324],
    {"loss": 1},
]


def places(value, depth=3):
    """The ways to all that stands in the value, down to that depth; of a list, to the first element."""
    inner = (
        list(value) if isinstance(value, dict) else [0] if isinstance(value, list) and value else []
    )
    for key in inner if depth else []:
        yield [key]
        for way in places(value[key], depth - 1):
            yield [key] + way


ENCODER = [
    "plot MODEL network",
    "plot MODEL mistakes TABLE",
    "evaluate MODEL TABLE",
    "explain MODEL TABLE --names",
]
READERS = {"history": ["plot MODEL loss"], "recipe": [], "usual": ["evaluate MODEL TABLE"], "table": ENCODER,
           "arrays": ENCODER}  # fmt: skip


@pytest.mark.parametrize("key", sorted(READERS))
def test_odd_metadata_is_no_more_than_a_sentence(key, trained, tmp_path):
    net, path = sn.load(trained[0]), str(tmp_path / "odd.json")
    known = dict(
        {"arrays": {"width": 2, "bytes": False, "target": net.metadata["table"]["target"]}},
        **net.metadata,
    )
    words = {"MODEL": path, "TABLE": trained[1]}
    kept = {key, "arrays" if key == "arrays" else "table"}
    for way in places({key: known[key]}):
        for value in ODD:
            net.metadata = copy.deepcopy({name: known[name] for name in kept})
            place = net.metadata
            for step in way[:-1]:
                place = place[step]
            place[way[-1]] = value
            sn.save(net, path)
            assert within("summary", path)[::2] == (0, ""), (way, value)
            for command in READERS[key]:
                status, _, errors = within(*[words.get(word, word) for word in command.split()])
                assert (status, errors.count("\n")) in ((0, 0), (2, 1)), (
                    command,
                    way,
                    value,
                    errors,
                )


@pytest.mark.parametrize("history", [{"best_epoch": 999}, {"best_epoch": 0}, {"best_epoch": -1}, {"best_epoch": True},
                                     {"validation_loss": []}])  # fmt: skip
def test_summary_of_an_odd_history(history, trained, tmp_path):
    net, path = sn.load(trained[0]), str(tmp_path / "odd.json")
    net.metadata["history"].update(history)
    net.metadata["a\x1bname"] = 0
    sn.save(net, path)
    status, output, errors = within("summary", path)
    assert (
        (status, errors) == (0, "") and "classes: x, y, z" in output and "batches of 32" in output
    )
    sentence = "\nhistory: invalid; `scratchnet train` did not write it\n"
    assert output.endswith(sentence + "\nmetadata: a?name\n")


def test_evaluate_with_an_odd_usual_class(trained, tmp_path):
    net, path = sn.load(trained[0]), str(tmp_path / "odd.json")
    net.metadata["usual"] = [["x"]]
    sn.save(net, path)
    sentence = "odd.json: usual is [['x']]; give a list that holds one of its classes\n"
    assert within("evaluate", path, trained[1])[2].endswith(sentence)


@pytest.mark.parametrize("text, sentence", [
    ("[" * 200000, "line 1, column 33: nested more than 32 levels deep"),
    ('{"history": ' * 200000, "nested more than 32 levels deep"),
    ('{"history": {"loss": [NaN], "validation_loss": [1]}}', "expected a JSON value"),
    ('{"history": {"loss": 1, "validation_loss": [1]}}', "odd.json: the history is invalid; give a file that"),
    ('{"history": [1]}', "odd.json: the history is invalid; give a file that `scratchnet train` wrote"),
    ("[1]", "a model is an object"),
])  # fmt: skip
def test_plot_of_an_odd_report(text, sentence, tmp_path):
    path = tmp_path / "odd.json"
    path.write_text(text)
    status, output, errors = within("plot", str(path), "loss")
    assert (status, output, errors.count("\n")) == (2, "", 1) and sentence in errors


def test_plot_of_a_report_with_a_mark_in_front(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(
        b'\xef\xbb\xbf{"history": {"loss": [2, 1], "validation_loss": [2, 1.5]}, "report": {}}'
    )
    status, output, errors = within("plot", str(path), "loss")
    assert (status, errors) == (0, "") and "best epoch 2: 1.5" in output
