"""How much memory and time an exported module takes on a board with MicroPython.

Its operations are those of the program, like in budget.py; what they cost was measured with
MicroPython on emulators. The memory is the heap that the module needs to be compiled on the board,
imported and used, by python/heap.py.
"""

import re

from ...core.functions import ELEMENTARY
from ..c import header
from ..c.printer import Unit
from ..golden import vectors
from ..integers.arithmetic import BITS
from ..python import heap
from ..python.module import DeviceModule
from ..targets import Request, generated, source
from .budget import Estimate, total
from .work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ...core.network import Sequential
    from ..loops import Fold
    from ..rows import Rows
    from .budget import Board

# tests/boards/devices.py measures it: {processor, type: {operation: instructions}}.
TABLE = """\
Cortex-M0 float abs=633 add=279.6 constant=70.55 cos=2374 divide=385.5 exp=2031 file=3303
    greater=59.12 greater_or_equal=131.6 input=2965 less=724.2 log=2584 multiply=333.4
    own_cos=2.817e+04 own_erf=6.615e+04 own_exp=1.819e+04 own_expm1=2.261e+04 own_log=1.888e+04
    own_log1p=2.064e+04 own_sqrt=1.962e+04 own_tanh=2.909e+04 read=101 sqrt=673.6 store=257.1
    table=26.78 tanh=2704 turn=318.5 where=66.02
Cortex-M0 int8 file=2659 lookup=799.1 product=543.2 source=274.6 stage=3192 unit=3112
"""

VIPER = "viper"  # int8 with --viper
TYPES = ("float", "int8", VIPER, "int16")
WORD = 4  # bytes of a word, and of a float
NUMBERS = re.compile(r'array\("H", \([^)]*\)\)')
BYTES = re.compile(r'b"((?:[^"\\]|\\.)*)"')


class UnitOfSingles(Unit):
    """The parts of a file whose loops add one number at each turn, as loops in Python do."""

    def fold(self, part: "Fold") -> "List[str]":
        return self.loop(part, part.name)


def operations(request: "Request") -> "Dict[str, float]":
    """Return {operation: how often a prediction executes it}."""
    if request.type in BITS:
        return operations_of_integers(request)
    unit = header.Program(request, UnitOfSingles).unit
    unit.functions()
    executed = dict(unit.work.executed, file=1.0, input=float(request.net.inputs or 0))
    own = request.self_contained
    for name in ELEMENTARY:
        if name in executed and (own or name in DeviceModule.absent):
            executed["own " + name] = executed.pop(name)
    return executed


def operations_of_integers(request: "Request") -> "Dict[str, float]":
    work = Work()
    work.add("file")
    lengths = [len(request.integers.inputs)]
    for stage in request.integers.stages:
        lengths.append(len(stage.bias))
        work.add("stage")
        work.times = len(stage.bias)
        work.add("unit")
        work.add("lookup", len(stage.tables[:1]))
        work.times *= 1 if stage.elementwise else len(stage.weights[0])
        work.add("single product" if stage.elementwise else "product")
        work.times = 1
        work.add("source", sum([lengths[source] for source in stage.sources]))
    work.add("input", lengths[0])
    work.add("output", lengths[-1])
    return work.executed


def memory(request: "Request", text: str, word: int = WORD) -> int:
    """Return the bytes of heap that the module with this text needs, with words of some bytes."""
    data = sum([length(literal) for literal in BYTES.findall(text)])
    code = re.sub(r'(?m)^#.*|\s*b"(?:[^"\\]|\\.)*"', "", text)
    if request.type in BITS:
        numbers = sum([row.count(",") for row in NUMBERS.findall(code)])
        characters = len(NUMBERS.sub("", code))
        data += word * numbers
        return heap.needed_by_integers(characters, data, word, BITS[request.type])
    is_tuple = "return tuple(array(" in text
    return heap.needed(len(code), data // word, word, is_tuple)


def length(literal: str) -> int:
    """Return how many bytes the characters of a literal of bytes stand for."""
    return len(re.sub(r"\\x..", ".", literal))


def requested(
    net: "Sequential", board: "Board", kind: str, self_contained: bool, rows: "Rows"
) -> "Request":
    """Return a request for a type, or for viper; integers are calibrated with golden vectors."""
    type = "int8" if kind == VIPER else kind
    options: "Dict[str, Any]" = {"viper": kind == VIPER}
    if type in BITS:
        options["calibrate"] = vectors(net, float)[0]
    else:
        options.update(self_contained=self_contained, heap=board.heap)
    return Request(net, rows, "", to="micropython", type=type, **options)


class DeviceEstimate(Estimate):
    """What an exported module takes on a board."""

    target = "micropython"

    def __init__(self, request: "Request", board: "Board", text: "Optional[str]" = None) -> None:
        self.type = VIPER if request.viper else request.type
        text = source(request) if text is None else text
        self.flash, self.ram, self.stack = len(text), memory(request, text), 0
        is_made = request.type in BITS  # by source()
        executed = operations(request) if is_made else generated(request, operations)
        self.steps = total(executed, TIME[board.processor, self.type])
        self.seconds = self.steps * board.cycles / board.megahertz / 1e6
        self.excess = ["RAM"] * (self.ram > board.heap)


TIME: "Dict[Tuple[str, str], Dict[str, float]]" = {}


def _read() -> None:
    """Fill TIME from TABLE, in which names have an underscore for a space."""
    for line in TABLE.replace("\n    ", " ").splitlines():
        processor, kind, *items = line.split()
        costs = [item.replace("_", " ").split("=") for item in items]
        TIME[processor, kind] = {name: float(cost) for name, cost in costs}


_read()
