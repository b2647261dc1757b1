"""What tests of the command line share: how a command is run, and a table of flowers."""

import contextlib
import csv
import io
import os
import subprocess
import sys

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.datasets import samples

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))

FLOWERS = samples.iris()
ROWS = [list(map(str, x)) + [FLOWERS.labels[y]] for x, y in zip(FLOWERS.X, FLOWERS.Y)]
HEADER = FLOWERS.features + ["species"]


def run(*arguments, encoding="utf-8", stdout=subprocess.PIPE, **variables):
    """Run a command in a new process; return the exit status, standard output, standard error."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-W", "error", "-m", "scratchnet"] + list(arguments),
        cwd=ROOT,
        env=dict(os.environ, PYTHONIOENCODING=encoding, PYTHONPATH="", **variables),
        stdout=stdout,
        stderr=subprocess.PIPE,
    )
    output, errors = process.communicate(timeout=120)
    return (
        process.returncode,
        (output or b"").decode(encoding),
        errors.decode("utf-8", "replace").replace("\r", ""),
    )


def within(*arguments):
    """Return the same as ``run``, from this process."""
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            status = main(list(arguments))
        except SystemExit as end:  # argparse refuses the arguments
            status = end.code
    return status, output.getvalue(), errors.getvalue()


def written(path, rows, delimiter=","):
    """Write a table and return its path."""
    with io.open(str(path), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return str(path)
