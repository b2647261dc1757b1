"""What importing the estimators, the metrics and the splits loads: only what they need."""

import subprocess
import sys

import pytest


def loaded_by(program):
    """Return the names of the modules that are loaded after a program in a new interpreter."""
    program += "; import sys; print(*sys.modules)"
    command = [sys.executable, "-W", "ignore", "-c", program]
    return subprocess.check_output(command, universal_newlines=True).split()


def test_estimators_import_neither_numpy_nor_sklearn():
    loaded = loaded_by(
        "from scratchnet.estimators import MLPClassifier; "
        "model = MLPClassifier([2], max_iter=2).fit([[0], [1]], [0, 1]); "
        "model.predict([[0]]); model.score([[0]], [0])"
    )
    assert "scratchnet.estimators.classifier" in loaded
    assert {"numpy", "sklearn", "pandas"} & set(loaded) == set()


@pytest.mark.parametrize("module", ["metrics", "selection"])
def test_metrics_and_splits_load_no_code_generation_and_no_csv_reader(module):
    loaded = loaded_by("import scratchnet." + module)
    assert "scratchnet." + module in loaded
    unneeded = "scratchnet.codegen", "scratchnet.datasets.tables", "scratchnet.estimators", "csv"
    assert [name for name in loaded if name.startswith(unneeded)] == []
