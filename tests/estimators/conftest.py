"""What the tests of estimators share."""

import sys

import pytest


@pytest.fixture
def without_sklearn(monkeypatch):
    """Hide scikit-learn, which other tests may have imported; the estimators then return lists."""
    for name in [name for name in sys.modules if name.split(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
