"""A fault at any file operation of `train`: a sentence or the end of the process, and never a lost file.

With FUZZ in the environment every operation fails once in each way; otherwise every 29th.
"""

import builtins
import contextlib
import errno
import os
import random

import pytest

import scratchnet as sn
from scratchnet.cli import main

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="it forks")
EVERY = 1 if "FUZZ" in os.environ else 29
FAULTS = ["crash", KeyboardInterrupt, MemoryError, errno.ENOSPC, errno.EIO, errno.EACCES]


class Faulty:
    """An open file whose writes are counted; the one that fails writes the first half."""

    def __init__(self, file, tick):
        self.file, self.tick = file, tick

    def write(self, data):
        self.tick(lambda: (self.file.write(data[: len(data) // 2]), self.file.flush()))
        return self.file.write(data)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)


def inject(fault, at, folder):
    """Let the ``at``-th file operation in the folder fail. Return a function that counts them."""
    count = [0]

    def tick(before=lambda: None):
        count[0] += 1
        if count[0] == at:
            before()
            if fault == "crash":
                os._exit(9)
            if isinstance(fault, int):
                raise OSError(fault, os.strerror(fault))
            raise fault

    def counted(function):
        def call(path, *arguments, **options):
            if isinstance(path, str) and path.startswith(folder) or isinstance(path, int):
                tick()
            return function(path, *arguments, **options)

        return call

    real = builtins.open

    def opened(path, mode="r", *arguments, **options):
        if not isinstance(path, str) or not path.startswith(folder):
            return real(path, mode, *arguments, **options)
        tick()
        file = real(path, mode, *arguments, **options)
        return Faulty(file, tick) if "x" in mode or "w" in mode else file

    for name in ("fsync", "replace", "remove", "chmod", "open", "stat", "access", "listdir"):
        setattr(os, name, counted(getattr(os, name)))
    builtins.open = opened
    return lambda: count[0]


def trained(folder, fault=None, at=None, resume=False):
    """Train in a child process. Return its status, and what it wrote to standard error."""
    path = os.path.join(folder, "child")
    child = os.fork()
    if child == 0:
        try:
            with open(path + ".errors", "w") as errors, contextlib.redirect_stderr(errors):
                with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
                    status = train(folder, fault, at, resume)
        except BaseException:
            status = 71
        os._exit(status)
    status = os.waitpid(child, 0)[1] >> 8
    with open(path + ".errors") as file:
        return status, file.read()


def train(folder, fault, at, resume):
    count = inject(fault, at, os.path.join(folder, "work"))
    work = os.path.join(folder, "work")
    arguments = ["train", os.path.join(folder, "data.csv"), "--target", "y", "-q", "--json"]
    arguments += ["--epochs", "3", "--batch-size", "16", "--hidden", "2", "--checkpoint-every", "0"]
    arguments += ["-o", os.path.join(work, "m.json")] + ["--resume"] * resume
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    with open(os.path.join(folder, "count"), "w") as file:
        file.write(str(count()))
    return status or 0


@pytest.fixture
def folder(tmp_path):
    source = random.Random(1)
    rows = ["{:.2f},{:.2f},{}".format(source.random(), source.random(), k % 2) for k in range(60)]
    (tmp_path / "data.csv").write_text("\n".join(["a,b,y"] + rows))
    (tmp_path / "work").mkdir()
    return tmp_path


def empty(work):
    for name in os.listdir(str(work)):
        os.remove(str(work / name))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_at_any_file_operation(fault, folder):
    work = folder / "work"
    assert trained(str(folder)) == (0, "")
    count = int((folder / "count").read_text())
    expected = (work / "m.json").read_bytes()
    assert sorted(os.listdir(str(work))) == ["m.json"] and count > 30
    for at in range(1 + count % EVERY, count + 1, EVERY):
        empty(work)
        (work / "m.json").write_bytes(b"old")
        status, errors = trained(str(folder), fault, at)
        assert status in (0, 2, 9, 130) and errors.count("\n") <= 4, (at, status, errors)
        assert (work / "m.json").read_bytes() in (b"old", expected) or status == 130
        if (work / "m.checkpoint.safetensors").exists():
            sn.load(str(work / "m.checkpoint.safetensors"))  # It is whole.
            status, errors = trained(str(folder), resume=True)
        else:
            status, errors = trained(str(folder))
        assert (status, errors) == (0, "")
        assert (work / "m.json").read_bytes() == expected
        assert sorted(os.listdir(str(work))) == ["m.json"], at
