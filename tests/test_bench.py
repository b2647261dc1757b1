"""Every row of the benchmark runs, with tiny work, and its contenders compute the same. No time passes or fails."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

if sys.implementation.name != "cpython" or sys.version_info < (3, 8):
    pytest.skip("the benchmark runs on CPython from 3.8 on", allow_module_level=True)

from bench import __main__ as bench  # noqa: E402
from bench import limits, readme, rows  # noqa: E402
from bench.limits import __main__ as bench_limits  # noqa: E402
from bench.measure import Comparison, Unavailable  # noqa: E402

ROWS = rows.table()


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_row_runs(row):
    try:
        row.measure(quick=True)
    except Unavailable as error:
        pytest.skip(str(error))
    assert row.ours != "-"
    assert json.loads(json.dumps(row.record()))["work"] == row.work


def test_rows_have_different_names():
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_the_readme_names_works_of_the_table():
    works = {(row.work, row.requested == "native") for row in ROWS}
    for _, python, native in readme.LINES:
        assert not python or (python, False) in works
        assert not native or (native, True) in works


def test_a_line_of_the_readme():
    python = rows.Training("2-4-1", "NumPy by hand", 5)
    native = rows.Training("2-4-1", "NumPy by hand", 100, "native")
    slower = rows.Training("2-4-1", "PyTorch", None, "native")
    python.comparison = Comparison([2.0, 1.0, 3.0], [8.0, 8.0, 6.0])
    native.comparison = Comparison([0.25], [25.0])
    slower.comparison = Comparison([0.25], [0.125])
    assert python.reached is False
    assert native.reached is True
    line = readme.markdown([python, native, slower])[2]
    assert line == (
        "| train 2-4-1, 2000 steps | 2 s: NumPy by hand 4 × faster "
        "| 250 ms: NumPy by hand 100 × faster; PyTorch 2 × slower |"
    )


def test_the_command(tmp_path):
    path, text = tmp_path / "bench.json", io.StringIO()
    with redirect_stdout(text):
        args = ["--quick", "--only", "check 100,000", "--json", str(path)]
        assert bench.main(args) == 0
    assert "check 100,000 ints" in text.getvalue()
    (found,) = json.loads(path.read_text())["rows"]
    assert found["figure"] > 0
    assert found["unit"] == "ns"


@pytest.mark.parametrize("name", limits.NAMES)
def test_bare_arithmetic_computes_the_same(name):
    with redirect_stdout(io.StringIO()) as text:
        try:
            bench_limits.main(["--quick", name])
        except Unavailable as error:
            pytest.skip(str(error))
    assert " bare\n    scratchnet " in text.getvalue()


def test_words_that_no_row_has():
    with redirect_stderr(io.StringIO()) as errors, pytest.raises(SystemExit):
        bench.main(["--only", "no such row"])
    assert "no row has these words" in errors.getvalue()
