"""What a terminal of 80 columns shows: folded lines, colours, progress, and Python that can be pasted."""

import ast
import os
import re
import subprocess
import sys
import time

import pytest
from command_line import ROOT, run, within

import scratchnet as sn
from scratchnet.cli import COMMANDS, terminal
from scratchnet.cli.commands import demo
from scratchnet.datasets import samples
from scratchnet.texts import width

COLUMNS = 80
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    """The options of a model of irises: its file, and a table."""
    folder, data = tmp_path_factory.mktemp("layout"), samples.iris()
    rows = [",".join(data.features + ["species"])]
    for x, y in list(zip(data.X, data.Y))[::5]:
        rows.append(",".join(map(str, x)) + "," + data.labels[y])
    table, path = folder / "iris.csv", str(folder / "iris.json")
    table.write_text("\n".join(rows))
    status, output, _ = within("train", str(table), "--target", "species", "-o", path)
    assert status == 0 and too_wide(output.replace(path, "iris.json")) == []
    return path, str(table)


def too_wide(text):
    return [line for line in text.splitlines() if width(line) > COLUMNS]


@pytest.mark.parametrize("command", [name for name, _ in COMMANDS] + [""])
def test_help_fits(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    status, output, _ = run(*command.split(), "--help")
    assert (status, too_wide(output)) == (0, [])


@pytest.mark.parametrize(
    "command",
    [
        "",
        "lessons",
        "explain",
        "explain --number 0.weights[0][0].new --depth 9",
        "explain MODEL TABLE --row 3",
        "explain MODEL TABLE --row 3 --number loss",
        "summary MODEL",
        "evaluate MODEL TABLE",
        "plot MODEL network",
        "demo xor",
        "demo iris",
        "demo spiral",
    ],
)
def test_the_output_fits(command, iris):
    words = {"MODEL": iris[0], "TABLE": iris[1]}
    status, output, _ = run(*[words.get(word, word) for word in command.split()])
    assert status == 0 and len(output) > 50
    # The names of the files of this test are long.
    assert too_wide(output.replace(iris[0], "iris.json").replace(iris[1], "iris.csv")) == []


def test_a_worksheet_fits_and_can_still_be_checked(tmp_path):
    status, output, _ = run("explain", "--worksheet")
    assert status == 0 and too_wide(output) == []
    sheet = tmp_path / "sheet.txt"
    sheet.write_text(output.replace("0.z[1][0] = ____", "0.z[1][0] = 1.4"), encoding="utf-8")
    status, output, _ = run("check", str(sheet))
    assert "right: 1 number" in output


# ---- folding -------------------------------------------------------------------------------------


def explanations():
    net = sn.Sequential(
        [sn.Normalization(), sn.Dense(2, 9), sn.SELU(), sn.Dense(9, 3), sn.Softmax()], seed=1
    )
    why = sn.explain(net, [[1, 2], [3, 5], [4, 4]], [0, 1, 2], loss="categorical_cross_entropy")
    yield why.text()
    for name in ("loss", "1.weights[0][0].new", "1.weights[1][8].gradient", "3.z[0][0]"):
        yield why[name].text(depth=3)


@pytest.mark.parametrize("columns", [40, 80, 100])
def test_folding_loses_nothing_and_breaks_at_blanks(columns):
    for text in explanations():
        for line in text.split("\n"):
            lines = terminal.fold(line, columns)
            assert " ".join(" ".join(lines).split()) == " ".join(line.split())
            longest = max([len(word) for word in line.split()] or [0])
            assert max(map(len, lines)) <= max(columns, longest + 16)
            if len(line) <= columns:
                assert lines == [line]
            if columns == 80:
                assert max(map(len, lines)) <= 80


def test_a_long_line_is_folded_before_equals_signs_and_operators():
    line = "  z = x[0][0] · w[0][0] + x[0][1] · w[1][0] + b[0] = 3·0.5 + 1·(-1) + 0 = 0.5"
    assert terminal.fold(line, 36) == [
        "  z = x[0][0] · w[0][0]",
        "        + x[0][1] · w[1][0] + b[0]",
        "      = 3·0.5 + 1·(-1) + 0 = 0.5",
    ]


def test_a_line_of_source_is_not_folded_at_its_equals_sign():
    line = "  scratchnet/core/layers.py:97: self.weights.gradient = matrix.dot(X, dZ)"
    assert terminal.fold(line, 60)[0].endswith("self.weights.gradient =")


# ---- colours -------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="terminals are made by pty")
@pytest.mark.parametrize(
    "variables, is_coloured",
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_explain_is_coloured_where_the_terminal_allows(variables, is_coloured):
    plain = run("explain")[1].replace("\r", "")
    shown = on_terminal(["explain"], variables)
    assert ("\x1b[" in shown) == is_coloured
    assert ESCAPE.sub("", shown).replace("\r", "") == plain  # the same text
    if is_coloured:
        assert "\x1b[1mforward: layer 0, Dense(inputs=2, outputs=1)\x1b[0m" in shown
        assert "  \x1b[36m0.z[0][0]\x1b[0m = x[0][0]" in shown
        assert "      = 1·0.4 + 0·0.2 + 1 = \x1b[1m1.4\x1b[0m" in shown


def test_a_pipe_has_no_colours():
    assert "\x1b" not in run("explain", TERM="xterm")[1]


def on_terminal(arguments, variables):
    """Return what a command writes to a terminal of 80 columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "scratchnet"] + arguments,
        cwd=ROOT,
        env=dict(environment, PYTHONIOENCODING="utf-8", **variables),
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert process.communicate(timeout=60)[1] == b"" and process.returncode == 0
    return b"".join(parts).decode("utf-8")


# ---- demo ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(demo.DEMOS))
@pytest.mark.parametrize("html", [None, "page.html"])
def test_the_program_of_a_demo_can_be_pasted(name, html):
    program = demo.program_of(name, html)
    assert too_wide(program) == []
    for line in program.splitlines():
        assert line == line.rstrip()
    # No statement has a block, whose blank lines an interactive prompt would take for its end.
    for statement in ast.parse(program).body:
        assert isinstance(
            statement, (ast.Import, ast.ImportFrom, ast.Assign, ast.AugAssign, ast.Expr)
        )
    outside = re.sub(r"\n +", " ", program)  # lines within parentheses are indented
    assert not re.search(r"(?m)^ ", outside)


def test_a_demo_writes_its_page(tmp_path):
    path = str(tmp_path / "xor.html")
    status, output, errors = within("demo", "xor", "--html", path)
    assert status == 0 and "Traceback" not in errors
    assert f"{path}: open it in a browser" in output
    page = (tmp_path / "xor.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and '"labels":["0","1"]' in page
    program = output.split("The Python that did this:\n\n")[1]
    (tmp_path / "xor.html").rename(tmp_path / "first.html")
    exec(program, {})  # the Python writes the same page
    assert (tmp_path / "xor.html").read_bytes() == (tmp_path / "first.html").read_bytes()


def test_a_page_that_cannot_be_written_is_one_line(tmp_path):
    path = str(tmp_path / "no" / "xor.html")
    status, _, errors = within("demo", "xor", "--html", path)
    assert (status, errors.count("\n")) == (2, 1) and "its directory does not" in errors


def test_a_demo_shows_its_data_before_it_has_trained():
    process = subprocess.Popen(
        [sys.executable, "-m", "scratchnet", "demo", "digits"],
        cwd=ROOT,
        env=dict(os.environ, PYTHONIOENCODING="utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        started = time.monotonic()
        first = process.stdout.readline().decode("utf-8")
        print("the first line after {:.2f} s".format(time.monotonic() - started))
        assert first.startswith("Handwritten digits")
        assert process.poll() is None  # It is still training.
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="terminals are made by pty")
def test_a_demo_shows_its_progress_from_the_first_epoch_on():
    class Terminal:
        encoding, texts = "utf-8", []

        def isatty(self):
            return True

        def write(self, text):
            self.texts.append(text)

        def flush(self):
            pass

    stream, texts = Terminal(), Terminal.texts
    net = sn.Sequential([sn.Dense(1, 1)])
    original, sys.stderr = sys.stderr, stream
    try:
        history = demo.fit(net, [[1.0]], [2.0], "mean_squared_error", sn.SGD(0.1), epochs=3)
    finally:
        sys.stderr = original
    assert "epoch 1/3" in texts[0]
    assert texts[-1].strip() == ""  # At the end, the line is cleared.
    again = sn.Sequential([sn.Dense(1, 1)])
    usual = again.fit([[1.0]], [2.0], "mean_squared_error", sn.SGD(0.1), epochs=3)
    assert history.loss == usual.loss and net.predict([[1.0]]) == again.predict([[1.0]])
