"""What all tests share: which files are tests, hypothesis without chance or haste, limits, kernels, and a browser."""

import json
import os
import shutil
import sys
from decimal import localcontext

import pytest
from hypothesis import settings
from programs import missing

import scratchnet as sn

# Tests of one folder use helpers of another.
TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TESTS, name) for name in sorted(os.listdir(TESTS)) if name.isalpha()]

# The same examples in every run; `pytest --hypothesis-profile=explore` looks for new ones. Tests that need more take a
# multiple of settings.default.max_examples.
# No deadlines: an interpreter may be ten times slower than another, and its machine busy.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, database=None, max_examples=30
)
settings.register_profile("few", settings.get_profile("repeatable"), max_examples=10)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


def pytest_configure():
    import limited_processes

    limited_processes.install()


@pytest.fixture(autouse=True)
def no_process_outlives_its_test():
    from limited_processes import kill, started

    first = len(started)
    yield
    kill(started[first:])
    del started[first:]


def pytest_ignore_collect(collection_path):
    """Only test_*.py are tests here; to look for doctests in the other files would run them."""
    return collection_path.suffix == ".py" and not collection_path.name.startswith("test_") or None


def pytest_terminal_summary(terminalreporter):
    """Under tox, note how many tests passed, failed and were skipped, and why, for report.py."""
    folder = os.environ.get("REPORTS")
    if not folder or "TOX_ENV_NAME" not in os.environ:
        return
    stats = terminalreporter.stats
    skipped = [report for name in ("skipped", "xfailed") for report in stats.get(name, [])]
    reasons = {}
    for report in skipped:
        text = getattr(report, "wasxfail", "") or str(report.longrepr[2])
        text = text[len("Skipped: ") :] if text.startswith("Skipped: ") else text
        reasons[text] = reasons.get(text, 0) + 1
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    found = {"passed": len(stats.get("passed", [])), "failed": failed, "skipped": len(skipped)}
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, os.environ["TOX_ENV_NAME"] + ".json"), "w") as file:
        json.dump(dict(found, reasons=reasons), file)


@pytest.fixture(params=["portable", "fast"])
def each_kernel(request):
    former = sn.set_kernel(request.param)
    yield request.param
    sn.set_kernel(former)


@pytest.fixture(scope="module", params=["fast", "portable"])
def both_kernels(request):
    former = sn.set_kernel(request.param)
    yield
    sn.set_kernel(former)


@pytest.fixture
def portable():
    former = sn.set_kernel("portable")
    yield
    sn.set_kernel(former)


@pytest.fixture
def fifty_digits():
    with localcontext() as context:
        context.prec = 50
        yield


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium")
    if path is None:
        missing("there is no chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
