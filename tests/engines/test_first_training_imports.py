"""What the first training run of a process imports."""

import os
import subprocess
import sys

import pytest

import scratchnet
from scratchnet.codegen.python.printer import IS_PYPY

# Old versions of weakref import collections.
PROGRAM = """
import math, sys, weakref
before = set(sys.modules)
import scratchnet as sn
X = [{} for i in range(1, 10)]
net = sn.Sequential([sn.Dense(2, 2), sn.Sigmoid()], seed=1)
options = {{"epochs": 2, "batch_size": {}, "engine": "{}"}}
history = net.fit(X, [[i % 2, 1] for i in range(9)], "bce", "{}", **options)
print(history.engine, *sorted(set(sys.modules) - before))
"""
# Each takes as long to import as some of the package's own modules together.
SLOW = {"array", "collections", "copy", "enum", "functools", "heapq", "numbers", "re", "threading"}
NEVER = {"deep", "engines.draws", "engines.lanes", "engines.grid"}
OTHERS = {
    "auto": NEVER | {"engines.rows"},
    "rows": NEVER | {"engines.rules", "engines.products", "codegen.python.step"},
}


@pytest.mark.parametrize("engine", ["auto"] if IS_PYPY else ["auto", "rows"])
@pytest.mark.parametrize("sample", ["[math.sin(i), math.cos(i)]", "[i % 2, i % 3 % 2]"])
@pytest.mark.parametrize(("optimizer", "batch_size"), [("sgd", 9), ("sgd", 3), ("adam", 3)])
def test_a_first_training_run_imports_only_what_it_needs(engine, sample, optimizer, batch_size):
    # Without site-packages, whose files may import more.
    command = [sys.executable, "-S", "-c", PROGRAM.format(sample, batch_size, engine, optimizer)]
    folder = os.path.dirname(os.path.dirname(os.path.abspath(scratchnet.__file__)))
    output = subprocess.check_output(command, cwd=folder, universal_newlines=True)
    used, *names = output.split()
    assert used == {"auto": "steps"}.get(engine, engine)
    assert not (SLOW | {"scratchnet." + name for name in OTHERS[engine]}) & set(names)
