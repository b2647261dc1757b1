"""The estimates of `scratchnet budget`: what they count, and what the command prints. tests/boards holds them against
compilers and emulators.
"""

import os
import re

import pytest

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.cli.commands import budget as budget_command
from scratchnet.codegen import targets
from scratchnet.codegen.boards import budget, micropython, plan
from scratchnet.codegen.rows import Rows


def counted(net, type="double", own=False):
    return targets.generate_from(budget.request_of(net, type, own), budget.count)


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


def rows_of_table(text):
    """The fields of each row."""
    return [line.split() for line in text.split(budget_command.HEAD + "\n")[1].splitlines()]


def test_the_table(model, capsys):
    assert main(["budget", model]) == 0
    text = capsys.readouterr().out
    assert text.startswith("131 parameters, 112 multiply-adds\n")
    assert max(map(len, text.splitlines())) <= 80
    found = [tuple(row[:3]) for row in rows_of_table(text)]
    expected = [
        (name, target, type)
        for name, board in budget.BOARDS.items()
        for target, types in (("c", board.types), ("micropython", micropython.TYPES))
        for type in types
        if target == "c" or board.heap
    ]
    assert found == expected
    assert ("uno", "c", "double") not in found and ("pico", "c", "double") in found
    assert ("pico", "micropython", "viper") in found


def times(rows):
    seconds = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
    return [float(row[-2]) * seconds[row[-1]] for row in rows]


def test_one_board(model, capsys):
    assert main(["budget", model, "--board", "uno"]) == 0
    rows = rows_of_table(capsys.readouterr().out)
    assert [row[2] for row in rows] == ["float", "int8", "int16"]
    assert times(rows)[1] < times(rows)[0] / 3


def test_micropython(model, tmp_path, capsys):
    """viper is much faster than other Python, and C is faster by far."""
    assert main(["budget", model, "--board", "pico"]) == 0
    rows = rows_of_table(capsys.readouterr().out)
    seconds = {tuple(row[1:3]): time for row, time in zip(rows, times(rows))}
    python = [seconds["micropython", type] for type in ("float", "int8", "viper")]
    assert min(python[:2]) > 4 * python[2] > 4 * seconds["c", "int8"]
    path = str(tmp_path / "net.py")
    assert main(["export", model, "--to", "micropython", "-o", path, "--board", "pico"]) == 0
    flash = next(
        int(row[3].replace(",", "")) for row in rows if row[1:3] == ["micropython", "float"]
    )
    assert abs(flash - os.path.getsize(path)) < 10  # The version has as many characters.


def test_operations_of_a_module_are_counted():
    net = sn.Sequential([sn.Dense(64, 32), sn.Tanh(), sn.Dense(32, 10)], seed=1)
    request = micropython.request_of(net, "float", 65536, False, Rows())
    count = targets.generate_from(request, micropython.operations)
    assert count["multiply"] == 64 * 32 + 32 * 10 and count["tanh"] == 32 and count["input"] == 64
    request = micropython.request_of(net, "viper", 0, False, Rows())
    targets.source(request)
    assert micropython.operations(request) == {
        "file": 1, "stage": 2, "unit": 42, "product": 64 * 32 + 32 * 10, "lookup": 32, "source": 96,
        "input": 64, "output": 10,
    }  # fmt: skip


def test_a_network_that_is_too_large(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(100, 350)], seed=1), path)
    assert main(["budget", path, "--board", "uno"]) == 0
    rows = rows_of_table(capsys.readouterr().out)
    assert all(
        [
            row[9:] in (["over", "its", "flash"], ["over", "its", "flash", "and", "RAM"])
            for row in rows
        ]
    )


def test_a_network_that_is_too_large_for_micropython():
    network = plan.Plan(sn.Sequential([sn.Dense(100, 300)], seed=1))
    assert network.estimate(budget.BOARDS["esp32"], "micropython", "viper").excess == ["RAM"]
    assert network.estimate(budget.BOARDS["pico"], "micropython", "viper").excess == []
    for _ in range(2):
        with pytest.raises(ValueError, match="^the module needs about .* but there are 65536; use"):
            network.estimate(budget.BOARDS["esp32"], "micropython", "float")


# ---- the board of an export --------------------------------------------------------------------------------------


def exported(model, folder, capsys, *options):
    path = str(folder / "net.out")
    status = main(["export", model, "--name", "net", "-o", path] + list(options))
    output = capsys.readouterr()
    return status, output.out + output.err, os.path.exists(path)


def test_an_export_says_what_it_takes_on_a_board(model, tmp_path, capsys):
    options = "--to c --type float --board uno --progmem".split()
    status, text, written = exported(model, tmp_path, capsys, *options)
    assert status == 0 and written and text.count("\n") == 1
    assert re.match(
        r"uno: [\d,]+ bytes of flash, [\d,]+ bytes of memory, [\d.]+ ms for a prediction$", text
    )


@pytest.mark.parametrize(
    "options, over",
    [
        ("--to c --type float --progmem --board uno", "flash"),
        ("--to c --type float --board uno", "flash, more than its 2,048 bytes of RAM"),
        ("--to micropython --type int16 --calibrate {rows} --board esp32", "RAM"),
    ],
)
def test_an_export_says_what_is_over_the_limits(options, over, tmp_path, capsys):
    model, rows = str(tmp_path / "net.json"), tmp_path / "rows.csv"
    sn.save(sn.Sequential([sn.Dense(100, 200), sn.ReLU(), sn.Dense(200, 1)], seed=1), model)
    rows.write_text("\n".join([",".join([str((k * j) % 7) for k in range(100)]) for j in range(9)]))
    options = options.format(rows=rows).split()
    status, text, written = exported(model, tmp_path, capsys, *options)
    assert status == 0 and written, text
    assert re.search(r", more than its [\d,]+ bytes of {}$".format(over), text.strip())


@pytest.mark.parametrize(
    "options, message",
    [
        ("--to c --board unno", "--board cannot be 'unno'; did you mean 'uno'?"),
        (
            "--to json --board pico",
            "board: there is no estimate for 'json' with the type 'double' on",
        ),
        (
            "--to c --type double --board uno",
            "board: there is no estimate for 'c' with the type 'double'",
        ),
        (
            "--to micropython --board due",
            "board: there is no estimate for 'micropython' with the type 'float'",
        ),
    ],
)
def test_a_board_that_is_refused(options, message, model, tmp_path, capsys):
    status, text, written = exported(model, tmp_path, capsys, *options.split())
    assert status == 2 and not written and message in text and text.count("\n") == 1


def test_the_heap_of_the_board(tmp_path, capsys):
    """Weights become tuples only if they fit there; a module that needs more is refused."""
    model = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(100, 20)], seed=1), model)
    for board, is_tuple in (("pico", True), ("esp32", False)):
        status, _, _ = exported(model, tmp_path, capsys, "--to", "micropython", "--board", board)
        assert status == 0
        assert ("tuple(array" in (tmp_path / "net.out").read_text()) == is_tuple
    sn.save(sn.Sequential([sn.Dense(100, 300)], seed=1), model)
    status, text, _ = exported(model, tmp_path, capsys, "--to", "micropython", "--board", "esp32")
    assert status == 2 and "bytes of heap, but there are 65536; use a smaller network" in text


# ---- what is not possible ----------------------------------------------------------------------------------------


def test_functions_that_a_board_lacks(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(2, 2), sn.GELU()], seed=1), path)
    assert main(["budget", path, "--board", "uno"]) == 0
    assert "no c float: its C library has no erf; use --self-contained" in capsys.readouterr().out
    assert main(["budget", path, "--board", "uno", "--self-contained"]) == 0
    assert "no c float" not in capsys.readouterr().out


def test_what_integers_cannot_express(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(2, 2), sn.Softmax(), sn.Dense(2, 2)], seed=1), path)
    assert main(["budget", path, "--board", "pico"]) == 0
    assert "no c int8: Softmax() cannot be computed with integers" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("{0} --board unno", "--board cannot be 'unno'; did you mean 'uno'?"),
        ("{0} --board x", "--board cannot be 'x'; give uno, nano, "),
        ("{0}.json", "no such file"),
    ],
)
def test_a_wrong_command(model, arguments, message, capsys):
    assert main(["budget"] + arguments.format(model).split()) == 2
    error = capsys.readouterr().err
    assert message.lower() in error.lower() and error.count("\n") == 1
