"""Processes that tests start end with the test, with pytest, or after ten minutes.

install   lets every use of subprocess in the tests be limited
started   the processes that were started so far
kill      ends those of a list that are still running

A test that fails or hangs would otherwise leave a process behind, which computes for hours.
"""

import atexit
import os
import signal
import subprocess

LONGEST = 600  # seconds
started = []


class Limited(subprocess.Popen):
    """A process for which nobody waits longer than LONGEST, unless they give a time of their own."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        started.append(self)

    def wait(self, timeout=None):
        return super().wait(LONGEST if timeout is None else timeout)

    def communicate(self, input=None, timeout=None):
        return super().communicate(input, LONGEST if timeout is None else timeout)


def install():
    owner = os.getpid()

    def end(number, frame):
        """End as after Ctrl-C: `timeout 500 pytest` and tox send SIGTERM."""
        if os.getpid() != owner:  # a worker of multiprocessing
            os._exit(128 + number)
        raise KeyboardInterrupt

    subprocess.Popen = Limited
    signal.signal(signal.SIGTERM, end)
    atexit.register(kill, started)


def kill(processes):
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()
