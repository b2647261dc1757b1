"""Damaged files: every command answers with a result or with one sentence, soon, and in little memory.

FUZZ=20000 in the environment makes so many files; by default there are a few hundred.
"""

import contextlib
import gzip
import io
import os
import random
import shutil
import signal
import struct
import sys

import pytest
from mutations import mutated

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.formats import npy, npy_archive

COUNT = int(os.environ.get("FUZZ", "400"))
SECONDS = 20  # the most that a command may take
IRIS = os.path.join(os.path.dirname(sn.__file__), "datasets", "iris.csv")

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="a time limit needs SIGALRM")


class TooSlow(BaseException):
    pass


@contextlib.contextmanager
def limited():
    def end(*_):
        raise TooSlow

    former = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def run(arguments, monkeypatch):
    """Return (exit status, output, errors) of the command line."""
    output, errors = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)
    try:
        with limited():
            try:
                status = main(arguments)
            except SystemExit as stop:
                status = stop.code
    finally:
        monkeypatch.undo()
    return status, output.getvalue(), errors.getvalue()


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A folder with a sound file of each kind."""
    folder = tmp_path_factory.mktemp("sound")
    options = ["--target", "species", "--epochs", "2", "-q"]
    for name in ("iris.json", "iris.safetensors", "iris.npz", "iris.onnx"):
        with contextlib.redirect_stdout(io.StringIO()):
            assert main(["train", IRIS] + options + ["-o", str(folder / name)]) == 0
    net = sn.load(str(folder / "iris.json")).copy(float)
    path = str(folder / "run.checkpoint.safetensors")
    net.fit([[5, 3, 4, 1]], [0], "categorical_cross_entropy", epochs=2, patience=2, checkpoint=path)
    shutil.copy(IRIS, str(folder / "iris.csv"))
    (folder / "iris.csv.gz").write_bytes(gzip.compress((folder / "iris.csv").read_bytes()))
    X, y = npy.array_of([[1.0, 2.0], [3.0, 4.5]] * 9), npy.array_of([0.0, 1.0] * 9)
    (folder / "data.npz").write_bytes(npy_archive.dumps({"X": X, "y": y}))
    (folder / "images.idx").write_bytes(b"\0\0\x08\2" + struct.pack(">II", 4, 3) + bytes(range(12)))
    (folder / "sheet.txt").write_text(worksheet())
    return folder


def worksheet():
    with contextlib.redirect_stdout(io.StringIO()) as output:
        main(["explain", "--worksheet"])
    return output.getvalue()


def commands(name, path, folder):
    """The commands that read a file of this kind."""
    out = ["-o", str(folder / "out.json"), "--epochs", "1", "-q"]
    if name == "sheet.txt":
        return [["check", path]]
    if name == "data.npz":
        return [["train", path, "--target", "y"] + out, ["summary", path]]
    if name in ("iris.csv", "iris.csv.gz"):
        iris = str(folder / "sound.json")
        return [["train", path, "--target", "5"] + out, ["evaluate", iris, path, "-q"]]
    if name == "images.idx":
        return [["train", path, "--target", path] + out]
    return [
        ["summary", path],
        ["summary", path, "--verify"],
        ["predict", path, IRIS, "-q"],
        ["unroll", path],
        ["explain", path, "--x=1,2,3,4", "--y=0,0,1"],
    ]


def test_a_damaged_file_is_a_sentence(sound, tmp_path, monkeypatch):
    source = random.Random(COUNT)
    shutil.copy(str(sound / "iris.json"), str(tmp_path / "sound.json"))
    names = sorted(os.listdir(str(sound)))
    statuses = {0: 0, 1: 0, 2: 0}
    for k in range(COUNT):
        name = names[k % len(names)]
        path = tmp_path / name
        path.write_bytes(mutated((sound / name).read_bytes(), name, source))
        command = source.choice(commands(name, str(path), tmp_path))
        status, _, errors = run(command, monkeypatch)
        statuses[status] += 1
        if status == 2:
            assert errors.count("\n") == 1 and errors[:-1].isprintable(), (command, errors)
        for left in ("out.json", "out.checkpoint.safetensors"):
            if (tmp_path / left).exists():
                (tmp_path / left).unlink()
    # Both kinds of answers occur; status 1 means that a worksheet has a wrong number.
    assert statuses[0] > COUNT // 20 and statuses[2] > COUNT // 5
