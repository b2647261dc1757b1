"""The estimates of `scratchnet budget` against compilers and emulators, for networks that they were not made from."""

import pytest
from boards import BOARDS
from test_c import adapted, rows_for

import scratchnet as sn
from scratchnet.codegen.boards import budget, plan
from scratchnet.codegen.integers.arithmetic import BITS
from scratchnet.codegen.integers.quantizer import quantize

NETWORKS = {
    "iris": lambda: adapted([sn.Normalization(), sn.Dense(4, 16), sn.Tanh(), sn.Dense(16, 3), sn.Softmax()], 4),
    "xor": lambda: adapted([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], 2),
    "digits": lambda: adapted([sn.Dense(64, 32), sn.ReLU(), sn.Dense(32, 10), sn.Softmax()], 64),
    "regression": lambda: adapted(
        [sn.Normalization(), sn.Dense(13, 24), sn.ReLU(), sn.Dense(24, 12), sn.ReLU(), sn.Dense(12, 1)], 13
    ),
    "sigmoids": lambda: adapted([sn.Dense(10, 20), sn.Sigmoid(), sn.Dense(20, 5), sn.Sigmoid()], 10),
}  # fmt: skip
TIME = FLASH = 0.20  # the largest relative errors
FEW = 200  # instructions or bytes, by which the estimates of tiny networks may be wrong


def board_for(processor):
    return next(board for board in budget.BOARDS.values() if board.processor == processor)


@pytest.mark.parametrize("type", ["double", "float", "int8", "int16"])
@pytest.mark.parametrize("processor", sorted(set(BOARDS) - {"s390x"}))
def test_estimates(processor, type, tmp_path):
    board, emulated = board_for(processor), BOARDS[processor]
    emulated.check()
    if type not in board.types:
        assert (processor, type) == ("ATmega328P", "double")
        return
    integers = type.startswith("int")
    for name, make in NETWORKS.items():
        net, rows = make(), rows_for(make(), 3)[:3]
        calibrate = rows if integers else None
        for own in (False, True)[: 2 - integers]:
            path = str(tmp_path / "net.h")
            sn.export(net, path, "c", type, None, own, calibrate, board.progmem)
            given = integers_of(net, type, rows) if integers else rows
            found = emulated.measure(str(tmp_path), type, given)
            flash = emulated.linked(str(tmp_path))
            expected = plan.Plan(net, own).estimate(board, "c", type)
            case = (name, own, vars(expected), vars(found), flash)
            assert abs(expected.steps - found.time) <= max(FEW, TIME * found.time), case
            assert abs(expected.flash - flash) <= max(FEW, FLASH * flash), case
            assert abs(expected.stack - found.stack) <= FEW, case
            assert found.static == expected.ram == 0, case


def integers_of(net, type, rows):
    """The rows as integers of the program."""
    program = quantize(net, rows, BITS[type])
    return [program.quantize(row) for row in rows]
