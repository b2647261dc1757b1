"""Read this first: the commands, called with the arguments of the command line."""

import pytest

import scratchnet as sn
from scratchnet.cli import main

TABLE = "a,b,both\n" + "0,0,no\n0,1,no\n1,0,no\n1,1,yes\n" * 10


def test_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert sn.__version__ in capsys.readouterr().out


def test_train_and_predict(tmp_path, capsys):
    table, model = str(tmp_path / "and.csv"), str(tmp_path / "and.json")
    (tmp_path / "and.csv").write_text(TABLE)
    assert main(["train", table, "--target", "both", "-o", model]) == 0
    capsys.readouterr()
    assert main(["predict", model, table]) == 0
    assert capsys.readouterr().out.split()[:5] == ["both", "no", "no", "no", "yes"]


def test_a_mistake_is_one_line_and_status_2(capsys):
    assert main(["predict", "missing.json", "missing.csv"]) == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1
    assert "missing.json" in output.err
