"""How much memory and time an exported network takes on a board, found without a compiler.

    Board      a board: its processor and its limits
    Estimate   the memory and time of one type of numbers on it, in C

Everything is counted in the program that would be written: its operations through all loops, its
tables, its numbers on the stack. The cost of each operation is in costs.py, which was measured on
emulators. The times are those of gcc -Os. The functions of the C library are included, but not the
stack that they use.
"""

from collections import namedtuple

from ...core.functions import ELEMENTARY
from ..c import header, integer_header
from ..golden import vectors
from ..integers.arithmetic import BITS
from ..targets import generate_from, request_for
from ..work import Work
from . import costs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ...core.network import Sequential
    from ..request import Request

BYTES = {"double": 8, "float": 4, "int16": 2, "int8": 1}


class Board:
    """A board.

    ``processor``   its name in costs.py
    ``megahertz``   the clock
    ``cycles``      cycles per instruction; 1 if the costs are cycles
    ``flash``       bytes for a program
    ``ram``         bytes of memory
    ``about``       what it is, and what is assumed
    ``heap``        bytes of heap that MicroPython has for programs; 0 without MicroPython
    """

    def __init__(
        self,
        processor: str,
        megahertz: float,
        cycles: float,
        flash: int,
        ram: int,
        about: str,
        heap: int = 0,
    ) -> None:
        self.processor, self.megahertz, self.cycles = processor, megahertz, cycles
        self.flash, self.ram, self.about, self.heap = flash, ram, about, heap

    @property
    def types(self) -> "List[str]":
        """The types of numbers that its C compiler has."""
        return [type for processor, type in costs.TIME if processor == self.processor]

    @property
    def progmem(self) -> bool:
        """Whether tables need ``progmem`` to stay out of the memory."""
        return self.processor == "ATmega328P"


# From the data sheets of the processors and the pages of the boards. How many cycles a Cortex-M
# takes per instruction depends on the instructions and on its flash; 1.5 is an assumption. The heap
# of MicroPython is what its ports for these boards leave for programs, rounded down.
KB, MB = 1024, 1024 * 1024
BOARDS = {
    "uno": Board("ATmega328P", 16, 1, 32256, 2 * KB, "Arduino Uno: ATmega328P"),
    "nano": Board("ATmega328P", 16, 1, 30720, 2 * KB, "Arduino Nano: ATmega328P"),
    "microbit": Board("Cortex-M0", 16, 1.5, 256 * KB, 16 * KB, "BBC micro:bit 1: Cortex-M0"),
    "zero": Board("Cortex-M0", 48, 1.5, 256 * KB, 32 * KB, "Arduino Zero: Cortex-M0+"),
    "pico": Board(
        "Cortex-M0", 125, 1.5, 2 * MB, 264 * KB, "Raspberry Pi Pico: Cortex-M0+", 190 * KB
    ),
    "bluepill": Board("Cortex-M3", 72, 1.5, 64 * KB, 20 * KB, "STM32F103C8: Cortex-M3"),
    "due": Board("Cortex-M3", 84, 1.5, 512 * KB, 96 * KB, "Arduino Due: Cortex-M3"),
    "nano33ble": Board(
        "Cortex-M4F", 64, 1.5, MB, 256 * KB, "Arduino Nano 33 BLE: Cortex-M4F", 128 * KB
    ),
    "pyboard": Board(
        "Cortex-M4F", 168, 1.5, MB, 192 * KB, "Pyboard 1.1, STM32F405: Cortex-M4F", 100 * KB
    ),
    "esp32": Board(
        "Cortex-M4F", 240, 1.5, 4 * MB, 320 * KB, "ESP32, roughly: counted as a Cortex-M4F", 64 * KB
    ),
}


Count = namedtuple("Count", "executed written calls tables scratch")
Count.__doc__ = """What a program consists of.

``executed``   {operation: how often a prediction executes it}; "own exp" is a call of the function
               exp in the file
``written``    {operation: how often it is in the file}
``calls``      the operations that may call functions of libraries
``tables``     the bytes of its tables
``scratch``    the bytes of its numbers on the stack
"""


def count(request: "Request") -> "Count":
    """Return what the program consists of that would be written."""
    return count_integers(request) if request.type in BITS else count_floats(request)


def count_floats(request: "Request") -> "Count":
    program = header.Program(request)
    unit, size = program.unit, BYTES[request.type]
    unit.functions()
    executed, written = dict(unit.work.executed, file=1), dict(unit.work.written, file=1)
    calls = set(written)
    for name, body in unit.bodies.items():
        calls |= set(body)
        if name in executed:
            executed["own " + name] = executed.pop(name)
            written["call"] = written.get("call", 0) + written.pop(name)
        written["own " + name] = 1
    tables = sum([len(table.values) for table in program.tables])
    scratch = unit.scratch + unit.deepest
    return Count(executed, written, calls - set(unit.bodies), size * tables, size * scratch)


def count_integers(request: "Request") -> "Count":
    program = request.integers
    unit = integer_header.IntegerUnit(program, request.name, request.progmem)
    unit.predict()
    work = Work()
    work.add("file")
    for stage in program.stages:
        units = len(stage.bias)
        work.add("stage")
        work.times = units
        # A function that is used once is inlined.
        work.add("unit" if len(program.stages) == 1 else "called unit")
        work.add("lookup", len(stage.tables[:1]))
        if stage.elementwise:
            work.add("single product")
        elif units == 1:
            work.times = len(stage.weights[0])
            work.add("product")
        else:
            # The second row of an odd number of units has a pointer of its own.
            odd = "odd " * (units % 2)
            work.times = (units + 1) // 2
            work.add(odd + "pair")
            work.add("loop", len(stage.sources))
            # Cortex-M0 addresses the second row differently if it is near the first one.
            near = "near " * (len(stage.weights[0]) < 32 and not odd)
            work.times *= len(stage.weights[0])
            work.add(odd + near + "pair of products")
        work.times = 1
    numbers = sum([len(stage.bias) for stage in program.stages[:-1]])
    return Count(work.executed, work.written, set(), unit.bytes, BYTES[request.type] * numbers)


class Estimate:
    """What a network takes on a board.

    ``type``      the type of its numbers
    ``flash``     bytes of code and constants, with what they use of the C library; for
                  MicroPython, the bytes of the file
    ``ram``       bytes of static memory; for MicroPython, of the heap
    ``stack``     bytes on the stack; 0 for MicroPython, whose stack is that of the firmware
    ``steps``     instructions; on AVR cycles
    ``seconds``   the time of a prediction
    ``excess``    the limits of the board that it exceeds: "flash", "RAM"
    """

    target = "c"

    def __init__(self, count: "Count", type: str, board: "Board", progmem: bool = True) -> None:
        self.type = type
        key = board.processor, type
        for name in ELEMENTARY:
            if name in count.executed and name not in costs.TIME[key]:
                raise ValueError(f"its C library has no {name}; use --self-contained")
        self.flash = count.tables + total(count.written, costs.CODE[key])
        self.flash += library(count.calls, *key)
        self.stack = count.scratch + costs.STACK[key]
        self.steps = total(count.executed, costs.TIME[key])
        self.seconds = self.steps * board.cycles / board.megahertz / 1e6
        # Without progmem, an AVR copies all tables to its memory.
        self.ram = count.tables if board.progmem and not progmem else 0
        limits = (("flash", self.flash, board.flash), ("RAM", self.ram + self.stack, board.ram))
        self.excess = [name for name, used, limit in limits if used > limit]


def total(counts: "Dict[str, Any]", cost: "Dict[str, float]") -> int:
    """Return the sum of all costs."""
    return int(sum([count * cost.get(kind, 0.0) for kind, count in counts.items()]) + 0.5)


def library(kinds: "Any", processor: str, type: str) -> int:
    """Return the bytes of the functions of libraries that these operations need."""
    needed = {f"{type}:{kind}" for kind in kinds}
    return sum([size for size, users in costs.LIBRARY[processor] if needed & users])


def request_of(
    net: "Sequential", type: str, self_contained: bool = False, progmem: bool = False
) -> "Request":
    """Return a request for C; integers are calibrated with the golden vectors."""
    integers = type in BITS
    rows = vectors(net, float)[0] if integers else None
    own = self_contained and not integers
    nothing: "Any" = None  # what the outputs mean
    return request_for(
        net, nothing, "", type=type, self_contained=own, calibrate=rows, progmem=progmem
    )


def multiply_adds(net: "Sequential") -> int:
    """Return how many products a prediction computes, without those in its functions."""
    return int(generate_from(request_of(net, "double"), count).executed.get("multiply", 0))
