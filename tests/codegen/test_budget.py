"""The estimates of `scratchnet budget`: what they count, and what the command prints. tests/boards holds them against
compilers and emulators.
"""

import re

import pytest

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.codegen import targets
from scratchnet.codegen.boards import budget


def counted(net, type="double", own=False):
    return targets.generated(budget.requested(net, type, own), budget.count)


def test_operations_are_counted_through_the_loops():
    net = sn.Sequential([sn.Dense(64, 32), sn.Tanh(), sn.Dense(32, 10), sn.Softmax()], seed=1)
    count = counted(net)
    assert count.executed["multiply"] == 64 * 32 + 32 * 10 and count.written["multiply"] == 4
    assert count.executed["tanh"] == 32 and count.written["tanh"] == 1
    assert count.executed["exp"] == count.executed["divide"] == 10
    assert count.tables == 8 * (64 * 32 + 32 * 10)
    assert counted(net, "float").tables == count.tables / 2


def test_small_networks_are_counted_as_they_are_written_out():
    net = sn.Sequential([sn.Dense(2, 3, bias=[1, 2, 3]), sn.ReLU(), sn.Dense(3, 1)], seed=1)
    count = counted(net)
    assert count.executed == count.written
    assert count.written["multiply"] == 9 and count.written["where"] == 3
    assert count.tables == 0 and count.scratch == 8 * 3


def test_what_stands_in_one_arm_of_a_choice_is_computed_half_the_times():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[2]], bias=[1]), sn.LeakyReLU()])
    count = counted(net)
    assert count.executed["multiply"] == 1.5 and count.written["multiply"] == 2


def test_functions_in_the_file_are_operations_of_their_own():
    net = sn.Sequential([sn.Dense(2, 3), sn.Sigmoid()], seed=1)
    count = counted(net, own=True)
    assert count.executed["own exp"] == 3 and count.written["own exp"] == 1
    assert {"ldexp", "multiply", "divide"} <= count.calls and "exp" not in count.calls


class Cube(sn.Activation):
    def function(self, z):
        return z * z * z


def test_a_layer_that_the_package_has_never_seen():
    net = sn.Sequential([sn.Dense(50, 10), Cube()], seed=1)
    assert counted(net).executed["multiply"] == 50 * 10 + 2 * 10
    assert counted(net, "int8").executed["lookup"] == 10


def test_integers_are_counted_stage_by_stage():
    net = sn.Sequential([sn.Dense(4, 16), sn.Tanh(), sn.Dense(16, 3)], seed=1)
    count = counted(net, "int8")
    assert count.executed["near pair of products"] == 8 * 4 and count.executed["called unit"] == 19
    assert count.executed["odd pair of products"] == 2 * 16 and count.executed["lookup"] == 16
    assert count.scratch == 16 and counted(net, "int16").scratch == 32


# ---- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def model(tmp_path):
    net = sn.Sequential([sn.Dense(4, 16), sn.Tanh(), sn.Dense(16, 3), sn.Softmax()], seed=1)
    path = str(tmp_path / "net.json")
    sn.save(net, path)
    return path


def test_the_table(model, capsys):
    assert main(["budget", model]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "131 parameters, 112 multiply-adds" and max(map(len, lines)) <= 80
    rows = [line.split()[:2] for line in lines[3:]]
    expected = [[name, type] for name, board in budget.BOARDS.items() for type in board.types]
    assert rows == expected and ["uno", "double"] not in rows and ["pico", "double"] in rows


def test_one_board(model, capsys):
    assert main(["budget", model, "--board", "uno"]) == 0
    rows = capsys.readouterr().out.splitlines()[3:]
    assert [row.split()[1] for row in rows] == ["float", "int8", "int16"]
    float_time, int8_time = [float(re.search(r"([\d.]+) ms", row).group(1)) for row in rows[:2]]
    assert int8_time < float_time / 3


def test_a_network_that_is_too_large(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(100, 700), sn.ReLU(), sn.Dense(700, 1)], seed=1), path)
    assert main(["budget", path, "--board", "uno"]) == 0
    rows = capsys.readouterr().out.splitlines()[3:]
    assert all(
        row.endswith("over its flash") or row.endswith("over its flash and RAM") for row in rows
    )


def test_functions_that_a_board_lacks(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(2, 2), sn.GELU()], seed=1), path)
    assert main(["budget", path, "--board", "uno"]) == 0
    assert "no float: its C library has no erf; use --self-contained" in capsys.readouterr().out
    assert main(["budget", path, "--board", "uno", "--self-contained"]) == 0
    assert "no float" not in capsys.readouterr().out


def test_what_integers_cannot_express(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(2, 2), sn.Softmax(), sn.Dense(2, 2)], seed=1), path)
    assert main(["budget", path, "--board", "pico"]) == 0
    assert "no int8: Softmax() cannot be computed with integers" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("{0} --board unno", "there is no board 'unno'; did you mean uno? The boards: uno, nano, "),
        ("{0} --board x", "there is no board 'x'. The boards: uno, "),
        ("{0}.json", "no such file"),
    ],
)
def test_a_wrong_command(model, arguments, message, capsys):
    assert main(["budget"] + arguments.format(model).split()) == 2
    error = capsys.readouterr().err
    assert message.lower() in error.lower() and error.count("\n") == 1
