"""One seed, the same bits on every Python: portable_training.py on each interpreter of this machine."""

import os
import shutil
import subprocess
import sys

import pytest
from bench import memory

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)
OTHERS = ["python3.{}".format(minor) for minor in range(6, 16)] + ["pypy3", "micropython"]
# More interpreters, such as builds of MicroPython with 32-bit floats: paths in this variable.
OTHERS += os.environ.get("INTERPRETERS", "").split()
DIGITS = "from scratchnet.core.elementary import DIGITS; print(DIGITS)"


def run(executable, *arguments):
    """Return the lines that the program prints."""
    environment = dict(os.environ, PYTHONPATH=ROOT, MICROPYPATH=ROOT, PYTHONDONTWRITEBYTECODE="1")
    result = subprocess.run(
        [executable] + list(arguments),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=300,
    )
    if result.returncode:
        raise RuntimeError(result.stdout)
    return result.stdout.splitlines()


def training(executable):
    return run(executable, os.path.join(TESTS, "portable_training.py"))


def interpreter(name):
    """Return the path of this interpreter; skip the test if there is none."""
    executable = shutil.which(name)
    try:
        run(executable or name, "-c", "print()")
    except (OSError, RuntimeError):  # not found, or the stand-in of a version manager
        pytest.skip("no {} here".format(name))
    return executable


@pytest.fixture(scope="module")
def expected():
    return training(sys.executable)


def test_it_trains(expected):
    assert len(expected) > 20 and len(set(expected)) > 20


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_bits(name, expected):
    executable = interpreter(name)
    if run(executable, "-c", DIGITS) == ["24"]:
        expected = run(sys.executable, os.path.join(TESTS, "single_core.py"))
    assert training(executable) == expected
    assert run(executable, "-c", "from scratchnet import selftest; print(selftest.check())") == [
        "[]"
    ]


CORE_ALONE = """
import sys
import braincell as nn
nn.set_kernel("portable")
net = nn.Sequential([nn.Dense(2, 4), nn.Tanh(), nn.Dense(4, 1), nn.Sigmoid()], seed=7)
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
before = net.predict(X)
print([name for name in ("losses", "optimizers", "training") if "braincell." + name in sys.modules])
history = net.fit(X, Y, "binary_cross_entropy", nn.Adam(1 / 20), epochs=300, batch_size=3)
print(len(history), history.engine, [round(y) for y, in net.predict(X)])
import struct
print([struct.pack(">d", y) for y, in net.predict(X)], struct.pack(">d", history.loss[-1]))
"""


@pytest.fixture(scope="module")
def core_alone(tmp_path_factory):
    """A folder with the core under another name, and a program that trains XOR with it."""
    folder = tmp_path_factory.mktemp("device")
    core = os.path.join(ROOT, "scratchnet", "core")
    shutil.copytree(core, str(folder / "braincell"), ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "main.py").write_text(CORE_ALONE)
    return folder


@pytest.mark.parametrize("name", OTHERS)
def test_the_core_alone(name, core_alone):
    """Copied to a device under any name, it trains to the same bits; prediction loads no training."""
    expected = run(sys.executable, str(core_alone / "main.py"))
    assert expected[:2] == ["[]", "300 lists [0, 1, 1, 0]"]
    found = run(interpreter(name), str(core_alone / "main.py"))
    if run(interpreter(name), "-c", DIGITS) == ["24"]:  # test_the_same_bits compares these bits
        expected, found = expected[:2], found[:2]
    assert found == expected


def test_all_names_on_micropython():
    """`import *` gives what runs there; anything else raises an error when it is used."""
    micropython = interpreter("micropython")
    assert run(
        micropython, "-c", "from scratchnet import *; print(Dense.__name__, save.__name__)"
    ) == ["Dense save"]
    refused = "import scratchnet as sn\ntry:\n    sn.compile\nexcept ImportError as error:\n    print(error)"
    assert run(micropython, "-c", refused)[0].startswith("compile does not run on MicroPython (")


def test_the_heap_that_micropython_needs():
    """Beyond the code, training XOR takes less than 128 KB where a pointer has 64 bits."""
    micropython, folder = interpreter("micropython"), os.path.dirname(memory.CORE)
    program = memory.IMPORTS + memory.BALLAST + memory.TRAIN
    assert memory.run(micropython, folder, program, 1024) is not None
    too_little = program.replace("128 * 1024", "16 * 1024")
    assert memory.run(micropython, folder, too_little, 1024) is None


def test_the_mathematical_library_does_not_change_the_bits(expected):
    """Other libraries round differently, so all functions are removed, except those that are exact."""
    exact = "frexp ldexp floor ceil trunc fabs copysign fmod isnan isinf isfinite".split()
    program = "import math\nfor name in set(dir(math)) - set({!r} + ['pi']): setattr(math, name, None)\n".format(
        exact
    )
    with open(os.path.join(TESTS, "portable_training.py")) as file:
        assert run(sys.executable, "-c", program + file.read()) == expected
