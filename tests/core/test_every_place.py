"""A new activation, loss or optimizer has its name in every list that must know it.

A failing test names the file, and what to do there.
"""

import os
import re

import pytest

from scratchnet.core.activations import ACTIVATIONS
from scratchnet.core.losses import LOSSES
from scratchnet.core.optimizers import OPTIMIZERS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = 'python3 -c "from scratchnet.selftest import golden; print(golden.table())"'

# For each kind of rule: its names, and the files that hold them, each with what to do there.
EVERYWHERE = {
    "README.md": "add {} to the table under 'What there is'",
    "scratchnet/core/__init__.py": "add {} to FILES",
    "scratchnet/__init__.py": "add {} to __all__ and to the imports for type checkers",
}
OF_ACTIVATIONS = {
    "scratchnet/core/activations.py": "add {} to the table at the top",
    "scratchnet/selftest/golden.py": "paste the table that prints " + TABLE,
    "scratchnet/formats/onnx/activations.py": "add {} to the forms of activations",
    "tests/core/test_layers.py": "add a formula of {} to FORMULAS",
    "tests/core/crosscheck.py": "add {} to SMOOTH, or to the activations with a kink",
    "tests/core/numpy_reference.py": "add an independent formula of {}",
    "tests/formats/onnx_files.py": "add {} to ACTIVATIONS",
}
OF_OPTIMIZERS = {
    "scratchnet/core/optimizers.py": "add {} to the list at the top",
    "scratchnet/selftest/cases.py": "add {} to optimizers_in_cases()",
    "scratchnet/selftest/golden.py": "paste the table that prints " + TABLE,
    "tests/core/numpy_reference.py": "add an independent formula of {}",
    "tests/core/test_crosscheck.py": "add the options of {} to OPTIONS",
}
PLACES = [(kind.__name__, OF_ACTIVATIONS) for kind in ACTIVATIONS.values()]
PLACES += [(kind.__name__, OF_OPTIMIZERS) for kind in OPTIMIZERS.values()]
PLACES += [(kind.__name__, {}) for kind in LOSSES.values()]


def text_of(path):
    """Return the text in which a name must be: a docstring at the top, or the whole file."""
    with open(os.path.join(ROOT, *path.split("/")), encoding="utf-8") as file:
        text = file.read()
    if path.startswith("scratchnet/core/") and not path.endswith("__init__.py"):
        return text.split('"""')[1]
    return text


def count(name, path):
    return len(re.findall(r"\b{}\b".format(name), text_of(path)))


@pytest.mark.parametrize("name, places", PLACES, ids=[name for name, _ in PLACES])
def test_the_name_is_everywhere(name, places):
    of_kind = dict(EVERYWHERE, **places)
    if not places:  # the README has losses by the names that `fit` takes
        del of_kind["README.md"]
    missing = []
    for path, what in of_kind.items():
        wanted = 2 if path == "scratchnet/__init__.py" else 1
        if count(name, path) < wanted:
            missing.append("{}: {}".format(path, what.format(name)))
    assert not missing, "\n".join(missing)


def test_a_missing_name_is_noticed():
    for path in list(EVERYWHERE) + list(OF_ACTIVATIONS) + list(OF_OPTIMIZERS):
        assert count("Softsine", path) == 0
    assert count("Sigmoid", "scratchnet/core/activations.py") >= 1
