"""`python -m scratchnet bench`: every line, with short measurements."""

import re

import scratchnet as sn
from scratchnet import cli
from scratchnet.cli.commands import bench
from scratchnet.engines import choice


def test_the_report(monkeypatch, capsys):
    monkeypatch.setattr(bench, "SECONDS", 0.0)
    monkeypatch.setattr(bench, "PAIRS", 1)
    monkeypatch.setattr(bench, "WIDEST", 24)
    assert cli.main(["bench"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for kernel in sn.core.functions.KERNELS:
        assert any([re.match(rf"  {kernel} +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$", x) for x in lines])
    for widths, _, size in bench.SIZES:
        name = "-".join(map(str, widths))
        found = [re.match(rf"  {name} +{size} +\d+ +\d+  (rows|steps)$", line) for line in lines]
        row = found.index(next(filter(None, found)))
        assert lines[row + 1].startswith("    ") and " because " in " ".join(lines[row : row + 3])
    assert max(map(len, lines)) < 80
    assert [line.split()[0] for line in lines[-2:]] == [str(size) for size in bench.BATCHES]


def test_the_first_width():
    for first in range(2, bench.WIDEST + 1):
        assert bench._first_width(lambda width, size, first=first: width >= first, 4) == str(first)
    assert bench._first_width(lambda width, size: False, 4) == "> 48"


def test_the_width_as_chosen_is_that_of_the_table(monkeypatch):
    monkeypatch.setattr(choice, "MOST", dict(choice.MOST, step=1e9, wide=8, batch=40))
    assert bench._first_width(bench._rows_are_chosen, 16) == "10"


def test_rows_are_faster_if_their_epochs_take_less_time(monkeypatch):
    times = {"steps": 2.0, "rows": 1.0}
    monkeypatch.setattr(bench, "_epoch_time", lambda engine, batches: times[engine.name])
    assert bench._rows_are_faster(4, 4)
    times["rows"] = 3.0
    assert not bench._rows_are_faster(4, 4)
