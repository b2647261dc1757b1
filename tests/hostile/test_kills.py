"""`train` is killed at any moment and resumed: every file is whole, and the model has the same bits.

With FUZZ in the environment there are at least 120 kills; otherwise two.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import scratchnet as sn

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
KILLS = 120 if "FUZZ" in os.environ else 2
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
SIGNALS = [signal.SIGKILL] * 4 + [signal.SIGTERM, signal.SIGINT]
OPTIONS = "--target y --epochs 20 --patience 20 --batch-size 8 --hidden 6 --checkpoint-every 0 -q"


def started(folder, *more):
    command = [sys.executable, "-m", "scratchnet", "train", "data.csv"] + OPTIONS.split()
    with open(str(folder / "errors"), "wb") as errors:
        return subprocess.Popen(
            command + list(more),
            cwd=str(folder),
            env=dict(os.environ, PYTHONPATH=ROOT),
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )


def bits(path):
    net = sn.load(str(path))
    return [p.value for p in net.parameters()], net.metadata["history"]


def test_killed_at_any_moment(tmp_path):
    source = random.Random(4)
    rows = ["{:.2f},{:.2f},{}".format(source.random(), source.random(), k % 2) for k in range(200)]
    (tmp_path / "data.csv").write_text("\n".join(["a,b,y"] + rows))
    begin = time.time()
    assert started(tmp_path, "-o", "expected.json").wait() == 0
    longest = time.time() - begin
    expected = bits(tmp_path / "expected.json")
    model, checkpoint = tmp_path / "m.json", tmp_path / "m.checkpoint.safetensors"
    kills = 0
    while kills < KILLS:
        resumed = ["--resume"] if checkpoint.exists() else []
        process = started(tmp_path, "-o", "m.json", *resumed)
        try:
            status = process.wait(timeout=source.uniform(0.0, longest))
        except subprocess.TimeoutExpired:
            process.send_signal(source.choice(SIGNALS))
            status = process.wait()
            kills += 1
        if checkpoint.exists():
            sn.load(str(checkpoint))
        if status == 0:
            assert bits(model) == expected
            model.unlink()
    if not checkpoint.exists():
        assert started(tmp_path, "-o", "m.json").wait() == 0
    else:
        assert started(tmp_path, "-o", "m.json", "--resume").wait() == 0
    assert bits(model) == expected
    assert not list(tmp_path.glob("*.tmp")) and not checkpoint.exists()
