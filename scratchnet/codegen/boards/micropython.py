"""How much memory and time an exported module takes on a board with MicroPython.

The operations of the program are counted, as in budget.py; their costs were measured with
MicroPython on emulators. The memory is the heap that the module needs to be compiled, imported and
used on the board, as python/heap.py estimates it.
"""

import re

from ...core.functions import ELEMENTARY
from ..c import header
from ..c.unit import Unit
from ..golden import vectors
from ..integers.arithmetic import BITS
from ..python import heap
from ..python.module import DeviceModule
from ..targets import generate_from, request_for
from ..work import Work
from .budget import Estimate, total

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ...core.network import Sequential
    from ..loop_parts import Fold
    from ..request import Request
    from ..rows import Rows
    from .budget import Board

# tests/boards/devices.py measures it: {processor, type: {operation: instructions}}.
TABLE = """\
Cortex-M0 float abs=579.7 add=319.8 array=179.7 cos=2655 divide=614.2 exp=2216 file=2225
    greater=17.17 greater_or_equal=378 input=2873 less=1202 log=2867 multiply=462.5
    own_cos=3.039e+04 own_erf=8.551e+04 own_exp=1.996e+04 own_expm1=3.069e+04 own_log=2.169e+04
    own_log1p=2.391e+04 own_sqrt=2.193e+04 own_tanh=3.261e+04 read=100.4 sqrt=551.4 store=188.5
    tanh=2647 turn=332.5
Cortex-M0 int8 file=3372 lookup=821.8 product=542.2 source=274.9 stage=3079 unit=3116
Cortex-M0 viper file=4564 input=311.6 output=416.5 product=31.09 source=190.2 stage=878.8
    unit=16.87
Cortex-M0 int16 file=3187 lookup=1603 product=542.2 source=154.1 stage=2523 unit=3025
Cortex-M4F float abs=463 add=347.2 array=204.4 cos=1673 divide=498.6 exp=1214 file=2255
    greater=57.88 greater_or_equal=385.2 input=3217 less=1203 log=1565 multiply=490.6
    own_cos=3.252e+04 own_erf=9.059e+04 own_exp=2.136e+04 own_expm1=3.311e+04 own_log=2.306e+04
    own_log1p=2.624e+04 own_sqrt=2.114e+04 own_tanh=3.51e+04 read=135.3 sqrt=612.9 store=253.4
    tanh=425.7 turn=413.1
Cortex-M4F int8 file=5723 lookup=996.3 product=540.6 source=445.5 stage=2629 unit=3530
Cortex-M4F viper file=4722 input=381.6 output=549.3 product=49.93 source=239.6 stage=1347
    unit=9.24
Cortex-M4F int16 file=6504 lookup=1946 product=584.6 source=242 stage=2640 unit=3213
"""

VIPER = "viper"  # int8 with --viper
TYPES = ("float", "int8", VIPER, "int16")
WORD = 4  # bytes of a word, and of a float
TUPLES = "return tuple(array("  # in a module whose tables are tuples
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
    """Return the bytes of heap that a module needs; ``word`` is the size of a word in bytes."""
    data = sum([length(literal) for literal in BYTES.findall(text)])
    code = re.sub(r'(?m)^#.*|\s*b"(?:[^"\\]|\\.)*"', "", text)
    if request.type in BITS:
        numbers = sum([row.count(",") for row in NUMBERS.findall(code)])
        characters = len(NUMBERS.sub("", code))
        data += word * numbers
        return heap.needed_by_integers(characters, data, word, BITS[request.type])
    return heap.needed(len(code), data // word, word, is_tuple=TUPLES in text)


def length(literal: str) -> int:
    """Return the number of bytes in a bytes literal, given the text between its quotes."""
    return len(re.sub(r"\\x..", ".", literal))


def request_of(
    net: "Sequential", kind: str, heap: int, self_contained: bool, rows: "Rows"
) -> "Request":
    """Return a request for a type, or for viper; integers are calibrated with golden vectors."""
    type = "int8" if kind == VIPER else kind
    options: "Dict[str, Any]" = {"viper": kind == VIPER}
    if type in BITS:
        options["calibrate"] = vectors(net, float)[0]
    else:
        options.update(self_contained=self_contained, heap=heap)
    return request_for(net, rows, "", to="micropython", type=type, **options)


class Module:
    """The size, heap and operations of the module that ``source`` writes for a request.

    ``type``        the type of its numbers, or viper
    ``characters``  the size of the file
    ``heap``        the bytes of heap that it needs
    ``executed``    {operation: how often a prediction executes it}
    """

    def __init__(self, request: "Request", text: str) -> None:
        self.type = VIPER if request.viper else request.type
        self.characters, self.heap = len(text), memory(request, text)
        is_made = request.type in BITS  # by source()
        self.executed = operations(request) if is_made else generate_from(request, operations)
        if "table" in self.executed and TUPLES not in text:
            self.executed["array"] = self.executed["table"]  # Each read makes a float.


class DeviceEstimate(Estimate):
    """The memory and time of an exported module on a board."""

    target = "micropython"

    def __init__(self, module: "Module", board: "Board") -> None:
        self.type, self.flash, self.ram, self.stack = module.type, module.characters, module.heap, 0
        self.steps = total(module.executed, TIME[board.processor, self.type])
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
