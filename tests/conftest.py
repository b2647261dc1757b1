"""What all tests share: which files are tests, hypothesis without chance or haste, kernels, and a browser."""

import os
import shutil
import sys

import pytest
from hypothesis import settings

import scratchnet as sn

# Tests of one folder use helpers of another.
TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TESTS, name) for name in sorted(os.listdir(TESTS)) if name.isalpha()]

# The same examples in every run; `pytest --hypothesis-profile=explore` looks for new ones.
# No deadlines: an interpreter may be ten times slower than another, and its machine busy.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, database=None, max_examples=30
)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


def pytest_ignore_collect(collection_path):
    """Only test_*.py are tests here; to look for doctests in the other files would run them."""
    return collection_path.suffix == ".py" and not collection_path.name.startswith("test_") or None


@pytest.fixture(params=["portable", "fast"])
def each_kernel(request):
    former = sn.set_kernel(request.param)
    yield request.param
    sn.set_kernel(former)


@pytest.fixture
def portable():
    former = sn.set_kernel("portable")
    yield
    sn.set_kernel(former)


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
