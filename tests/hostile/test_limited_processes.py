"""No process of a test outlives it."""

import os
import subprocess
import sys

import limited_processes
import pytest

SLEEP = [sys.executable, "-c", "import time; time.sleep(1000)"]
LEFT = []


def test_a_test_that_leaves_a_process():
    LEFT.append(subprocess.Popen(SLEEP))
    assert LEFT[0].poll() is None


def test_what_the_test_before_left_has_ended():
    assert [process.poll() is None for process in LEFT] in ([False], [])


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(limited_processes, "LONGEST", 0.1)
    for wait in (subprocess.check_output, subprocess.call, lambda c: subprocess.Popen(c).wait()):
        with pytest.raises(subprocess.TimeoutExpired):
            wait(SLEEP)


PROGRAM = """
import subprocess, sys
import limited_processes
limited_processes.install()
subprocess.Popen([sys.executable, "-c", "print(flush=True); import time; time.sleep(1000)"]).wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [2, 15])
def test_a_process_ends_with_its_parent(number):
    environment = dict(os.environ, PYTHONPATH=os.path.dirname(os.path.abspath(__file__)))
    parent = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    parent.stdout.readline()  # from its child, which holds the other end of the pipe
    parent.send_signal(number)
    assert parent.communicate(timeout=60) == (b"", None)  # Both have ended.
