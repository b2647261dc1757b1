"""scratchnet demo, and the help of commands with examples."""

import os
import re
import subprocess
import sys

import pytest
from command_line import ROOT, run, within, written

import scratchnet as sn
from scratchnet.cli.commands import demo
from scratchnet.cli.commands.plot import usual_row
from scratchnet.datasets.encoding import Encoder


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
