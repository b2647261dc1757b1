"""`python -m scratchnet`, as a user runs it: on a bare interpreter, into any terminal, a pipe, or a full disk."""

import os
import re
import subprocess
import sys

import pytest

import scratchnet as sn
from scratchnet.cli import terminal

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
# No site-packages, no variables of the user's, and every warning an error.
BARE = [sys.executable, "-S", "-E", "-W", "error"]


def run(*arguments, encoding="utf-8", stdout=subprocess.PIPE, **variables):
    """(exit status, standard output, standard error)"""
    process = subprocess.Popen(
        [sys.executable, "-S", "-W", "error", "-m", "scratchnet"] + list(arguments),
        cwd=ROOT,
        env=dict(os.environ, PYTHONIOENCODING=encoding, PYTHONPATH="", **variables),
        stdout=stdout,
        stderr=subprocess.PIPE,
    )
    output, errors = process.communicate(timeout=120)
    return process.returncode, (output or b"").decode(encoding), errors.decode("utf-8", "replace").replace("\r", "")


@pytest.fixture(scope="module")
def story():
    status, output, errors = run()
    assert (status, errors) == (0, "")
    return output.replace("\r", "")


def test_a_bare_interpreter_will_do(story):
    output = subprocess.check_output(BARE + ["-m", "scratchnet"], cwd=ROOT, stderr=subprocess.STDOUT)
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
            assert eval(formula, {"e": 2.718281828459045}) == pytest.approx(float(sides[2]), abs=1.1e-4), part
            checked += 1
        elif ", since " in part:
            value, condition = sides[1].split(", since ")
            assert eval(condition.replace("≥", ">=")) == (value == "1"), part
            checked += 1
    assert checked == 4 * 4 + 3 + 3


def test_the_course_of_the_predictions_is_the_lessons(story):
    """Each line shows an iteration whose predictions differ from those before, and the W and b that made them."""
    from scratchnet.lessons import and_gate

    shown = [line.split() for line in story.splitlines() if re.match(r"\s+\d+   [01] [01] [01] [01] ", line)]
    W, b, former, expected = and_gate.W, and_gate.B, None, []
    for i, step in enumerate(and_gate.train(), 1):
        y = step["y_pred"][0]
        if y != former:
            wrong = sum(a != t for a, t in zip(y, and_gate.Y[0]))
            expected.append([i] + y + [wrong, W[0][0], W[1][0], b])
        W, b, former = step["W"], step["b"], y
    assert [[float(cell) for cell in line] for line in shown] == [pytest.approx(line, abs=1e-9) for line in expected]


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
    [("", "ascii"), ("", "latin-1"), ("", "cp437"), ("", "utf-16"), ("selftest", "ascii"), ("--help", "ascii")],
)
def test_any_encoding(command, encoding):
    """A character that an encoding lacks is written otherwise, never as a question mark."""
    status, output, errors = run(*command.split(), encoding=encoding)
    assert (status, errors) == (0, "")
    assert output.count("?") == run(*command.split())[1].count("?")
    if command == "" and encoding == "ascii":
        assert "z = 0.4*1 + 0.2*0 + 1 = 1.4" in output and "W1 = 0.4 - 0.1*0.25 = 0.375" in output


def test_every_character_has_its_ascii(story):
    for character in set(story) | set(terminal.ASCII):
        written = terminal.written_for(character, "ascii")
        assert written.encode("ascii") and (written == character or written != "?")
        assert terminal.written_for(character, "utf-8") == character
    assert terminal.written_for("\U0001f600", "ascii") == "?"


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


@pytest.mark.parametrize("arguments", [["train"], ["selftest", "now"], ["--verbose"], ["-x"], ["Selftest"], [""]])
def test_a_mistake_is_one_line_and_exit_status_2(arguments):
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert len(errors.splitlines()) == 1
    assert arguments[-1] in errors and "Traceback" not in errors


# ---- readers that go away, disks that are full -------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
@pytest.mark.parametrize(
    "command, unbuffered", [("", ""), ("", "1"), ("selftest", ""), ("--help", ""), ("--help", "1"), ("--version", "")]
)
def test_a_reader_that_goes_away(command, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        _, _, errors = run(*command.split(), stdout=writer, PYTHONUNBUFFERED=unbuffered)
    finally:
        os.close(writer)
    assert errors == ""


@pytest.mark.skipif(os.name == "nt", reason="there is no such shell")
def test_the_head_of_it():
    command = " ".join(BARE) + " -m scratchnet | head -1"
    output = subprocess.check_output(["sh", "-c", command], cwd=ROOT, stderr=subprocess.STDOUT)
    assert output.decode("utf-8").splitlines() == [
        "scratchnet {}: one neuron learns AND, in numbers to follow with a pencil".format(sn.__version__)
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
        ["sh", "-c", " ".join(BARE) + " -m scratchnet >&-"], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert b"Traceback" not in process.communicate(timeout=60)[1]
