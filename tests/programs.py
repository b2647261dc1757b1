"""What a test does that needs a program, such as a compiler, which this machine lacks."""

import os

import pytest


def missing(what):
    """Skip a test for which something is missing; where CI runs, which installs it, it fails."""
    if os.environ.get("CI"):
        pytest.fail("{}, which .ci/run should have installed".format(what))
    pytest.skip(what)
