"""One seed, the same bits on every Python: portable_training.py on each interpreter of this machine."""

import os
import shutil
import subprocess
import sys

import pytest

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)
OTHERS = ["python3.{}".format(minor) for minor in range(6, 16)] + ["pypy3", "micropython"]


def run(executable, *arguments):
    """What it prints, line by line."""
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


@pytest.fixture(scope="module")
def expected():
    return training(sys.executable)


def test_it_trains(expected):
    assert len(expected) > 20 and len(set(expected)) > 20


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_bits(name, expected):
    executable = shutil.which(name)
    try:
        run(executable or name, "-c", "print()")
    except (
        OSError,
        RuntimeError,
    ):  # not found, or a version manager's stand-in for a version that is not there
        pytest.skip("no {} here".format(name))
    assert training(executable) == expected
    assert run(executable, "-c", "from scratchnet import selftest; print(selftest.check())") == [
        "[]"
    ]


def test_the_mathematical_library_has_no_part_in_it(expected):
    """Others round its functions otherwise: they are all taken away, but for those that do not round at all."""
    exact = "frexp ldexp floor ceil trunc fabs copysign fmod isnan isinf isfinite".split()
    program = "import math\nfor name in set(dir(math)) - set({!r} + ['pi']): setattr(math, name, None)\n".format(
        exact
    )
    with open(os.path.join(TESTS, "portable_training.py")) as file:
        assert run(sys.executable, "-c", program + file.read()) == expected
