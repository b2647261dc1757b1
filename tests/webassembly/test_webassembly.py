"""One seed, the same bits in the WebAssembly builds of MicroPython (PyScript) and CPython (Pyodide)."""

import os
import subprocess
import sys

import pytest
from test_interpreters import training

import scratchnet as sn

FOLDER = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.abspath(sn.__file__))
BUILDS = ["micropython", "pyodide"]

if "NODE_FOLDER" not in os.environ:
    pytest.skip("tox -e webassembly runs these tests", allow_module_level=True)

SELFTEST = "from scratchnet import selftest\nprint(selftest.check())\n"
REFUSED = """
import scratchnet as sn
net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=7)
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
loss, rate = "mean_squared_error", sn.SGD(1 / 10)
for attempt in (
    lambda: sn.explain(net, X),
    lambda: sn.unroll(net),
    lambda: sn.check_gradients(net, X, Y, loss),
    lambda: sn.metrics,
    lambda: net.fit(X, Y, loss, rate, checkpoint="run.json"),
    lambda: net.fit(X, Y, loss, rate, executor=1),
    lambda: net.fit(X, Y, loss, rate, engine="steps"),
    lambda: sn.save(net, "net.onnx"),
    lambda: net.fit(X, Y, loss, sn.SGD(1e30)),
):
    try:
        print("done:", attempt())
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))
"""


def run(build, program):
    """Return what a program prints in a build, line by line."""
    command = ["node", os.path.join(os.environ["NODE_FOLDER"], "run.mjs")]
    result = subprocess.run(
        command + [build, PACKAGE, program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout[-2000:]
    return result.stdout.splitlines()


@pytest.mark.parametrize("build", BUILDS)
def test_the_same_bits(build):
    program = os.path.join(os.path.dirname(FOLDER), "portable_training.py")
    assert run(build, program) == training(sys.executable)


@pytest.mark.parametrize("build", BUILDS)
def test_the_selftest(build, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(SELFTEST)
    assert run(build, str(program)) == ["[]"]


def test_micropython_says_what_does_not_run_there(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(REFUSED)
    lines = run("micropython", str(program))
    for line, name in zip(
        lines, "explain unroll check_gradients metrics checkpoint executor".split()
    ):
        assert line.startswith("ImportError: {} does not run on MicroPython (".format(name))
        assert line.endswith("); use CPython or PyPy")
    assert lines[6].startswith("ValueError: engine='steps' is not available here")
    assert lines[7].startswith(
        "ValueError: net.onnx: this Python cannot read or write such files ("
    )
    assert lines[8].startswith("Diverged: epoch ") and len(lines) == 9


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("kind", ["float", "double"])
def test_an_exported_module_tests_itself(build, kind, tmp_path):
    layers = [sn.Dense(6, 20), sn.GELU(), sn.Dense(20, 3), sn.Softmax()]
    path = str(tmp_path / "net.py")
    sn.export(sn.Sequential(layers, seed=1), path, "micropython", kind, self_contained=True)
    assert run(build, path) == ["all right: 8 vectors"]
