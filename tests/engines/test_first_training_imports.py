"""What the first training run of a process imports."""

import os
import subprocess
import sys

import pytest

import scratchnet

# Old versions of weakref import collections.
PROGRAM = """
import math, sys, weakref
before = set(sys.modules)
import scratchnet as sn
X = [[math.sin(i), math.cos(i)] for i in range(1, 10)]
net = sn.Sequential([sn.Dense(2, 2), sn.Sigmoid()], seed=1)
history = net.fit(X, [[i % 2, 1] for i in range(9)], "bce", "{}", epochs=2, batch_size={})
print(history.engine, *sorted(set(sys.modules) - before))
"""
# Each takes as long to import as some of the package's own modules together.
SLOW = {"array", "collections", "copy", "enum", "functools", "heapq", "numbers", "re", "threading"}
OTHERS = {
    "scratchnet." + name for name in ("deep", "engines.draws", "engines.lanes", "engines.rows")
}


@pytest.mark.parametrize(("optimizer", "batch_size"), [("sgd", 9), ("sgd", 3), ("adam", 3)])
def test_a_first_training_run_imports_only_what_it_needs(optimizer, batch_size):
    # Without site-packages, whose files may import more.
    command = [sys.executable, "-S", "-c", PROGRAM.format(optimizer, batch_size)]
    folder = os.path.dirname(os.path.dirname(os.path.abspath(scratchnet.__file__)))
    output = subprocess.check_output(command, cwd=folder, universal_newlines=True)
    engine, *names = output.split()
    assert engine == "steps"
    assert not (SLOW | OTHERS) & set(names)
