"""A program of integers as a module for MicroPython, CircuitPython and any other Python.

Integers of 8 bits are stored as bytes with 128 added, which need no memory besides the module. With
``--viper`` the loops are compiled for the processor, by MicroPython alone.
"""

import struct

from .. import golden
from . import integer_templates, table_rows, templates
from .module import DeviceModule
from .printer import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

    from ..integers.arithmetic import Integers, Stage
    from ..request import Request

WIDEST = 96  # columns of a line
MOST_VECTORS = 4  # They stay in memory.


class RowPrinter(DeviceModule):
    """What prints the rows of a table: constants of 32 bits, unpacked from bytes."""

    def numbers(self, values: "Sequence[float]", margin: int = 0) -> str:
        return pack("f", values)


class Module:
    """The module that is being written; ``lines`` are its constants and the body of ``predict``."""

    def __init__(self, program: "Integers", viper: bool) -> None:
        self.program, self.viper, self.bits = program, viper, program.bits
        self.constants: "List[str]" = []
        self.body: "List[str]" = []
        self.used: "List[str]" = []

    # ---- constants -------------------------------------------------------------------------------

    def row(self, values: "Sequence[int]") -> str:
        """Return the expression of a row of integers."""
        if self.bits == 8:
            return quote(bytes([v + 128 for v in values]))
        return pack("h", values)

    def define(self, name: str, items: "List[str]") -> None:
        """Define a tuple."""
        self.constants.append(f"{name} = (\n" + "".join([f"    {v},\n" for v in items]) + ")\n")

    # ---- stages ----------------------------------------------------------------------------------

    def stage(self, k: int, stage: "Stage") -> None:
        """Define what a stage needs, and append the statement that computes it."""
        source = " + ".join([f"a{source}" for source in stage.sources])
        if self.viper:
            return self.viper_stage(k, stage, source)
        for n, table in enumerate(stage.tables):
            self.constants.append(f"T{k}_{n} = {self.row(table)}\n")
        count = len(stage.bias)
        tables = "None"
        if len(stage.tables) == 1:
            tables = f"(T{k}_0,) * {count}"
        elif stage.tables:
            tables = "({})".format(wrap([f"T{k}_{n}" for n in stage.table_of]))
        units = [
            pack("i", stage.bias),
            quote(bytes(stage.before)),
            pack("h", stage.factor),
            quote(bytes(stage.after)),
            tables,
        ]
        self.define(f"U{k}", units)
        kind = "elementwise" if stage.elementwise else "dense"
        if stage.elementwise:
            weights = [row[0] for row in stage.weights]
            self.constants.append(f"W{k} = {self.row(weights)}\n")
        else:
            self.define(f"W{k}", [self.row(row) for row in stage.weights])
        self.used.append(kind)
        self.body.append(f"a{k + 1} = {kind}({source}, W{k}, U{k})")

    def viper_stage(self, k: int, stage: "Stage", source: str) -> None:
        weights = [quote(bytes([w + 128 for w in row])) for row in stage.weights]
        tables = [self.row(table) for table in stage.tables]
        for name, texts in ((f"W{k}", weights), (f"T{k}", tables or ['b""'])):
            self.constants.append(f"{name} = (\n" + "".join([f"    {t}\n" for t in texts]) + ")\n")
        units: "List[int]" = []
        for j, bias in enumerate(stage.bias):
            before = stage.before[j]
            high, low = divmod(bias + (1 << before >> 1), 1 << 16)
            table = stage.table_of[j] + 1 if stage.tables else 0
            units += [high + 32768, low, before, stage.factor[j], stage.after[j], table]
        self.constants.append(f'U{k} = array("H", ({wrap(units)}))\n')
        n, count, step = len(stage.bias), len(stage.weights[0]), int(stage.elementwise)
        self.body.append(f"a{k + 1} = bytearray({n})")
        self.body.append(f"stage({source}, {count}, {step}, W{k}, U{k}, T{k}, a{k + 1}, {n})")

    def quantize(self) -> str:
        """Return the function that computes the integers of the inputs, and define its tables."""
        words = {}
        for name in ("edge", "steps"):
            values = [getattr(grid, name) for grid in self.program.inputs]
            same = len(set(values)) == 1
            words[name] = name.upper() + "[k]" * (not same)
            expression = pack("f", values[:1]) + "[0]" if same else pack("f", values)
            self.constants.append(f"{name.upper()} = {expression}\n")
        return integer_templates.QUANTIZE.format(**words)

    # ---- the whole -------------------------------------------------------------------------------

    def functions(self) -> "List[str]":
        """Return the functions, after the statements of ``predict`` are known."""
        answer = f"a{len(self.program.stages)}"
        first = ["a0 = list(row)"]
        if self.viper:
            first = [
                "a0 = bytearray(INPUTS)",
                "for k in range(INPUTS):",
                "    a0[k] = row[k] + 128",
            ]
            answer, found = f"signed({answer})", [integer_templates.VIPER]
        else:
            has_tables = [bool(stage.tables) for stage in self.program.stages]
            look_up = "lookup(tables[j], v)" if any(has_tables) else "v"
            found = [integer_templates.LOOKUP[self.bits]] * any(has_tables)
            if not all(has_tables) and any(has_tables):
                look_up += " if tables else v"
            found.append(integer_templates.SCALED.format(result=look_up))
            for kind, text in (
                ("dense", integer_templates.DENSE),
                ("elementwise", integer_templates.ELEMENTWISE),
            ):
                found += [text.format(**integer_templates.WORDS[self.bits])] * (kind in self.used)
        body = [f"    {line}\n" for line in first + self.body + [f"return {answer}"]]
        return found + ["def run(row):\n" + "".join(body)]


def pack(kind: str, values: "Sequence[Any]") -> str:
    """Return the expression of a tuple of numbers of a format of struct."""
    form = f"<{len(values)}{kind}"
    return f'unpack("{form}", {quote(struct.pack(form, *values))})'


def quote(data: bytes) -> str:
    """Return a literal of bytes with double quotes."""
    return 'b"' + "".join([_quote(c) for c in data]) + '"'


def _quote(c: int) -> str:
    return chr(c) if 32 <= c < 127 and c not in (34, 92) else f"\\x{c:02x}"


def wrap(values: "Sequence[Any]") -> str:
    """Return numbers separated by commas, in lines."""
    lines = [""]
    for text in [f"{v}, " for v in values]:
        if len(lines[-1]) + len(text) > WIDEST:
            lines.append("    ")
        lines[-1] += text
    return "\n".join([line.rstrip() for line in lines])


def write(request: "Request") -> str:
    """Return the text of the module."""
    program, rows = request.integers, request.rows
    module = Module(program, request.viper)
    for k, stage in enumerate(program.stages):
        module.stage(k, stage)
    quantize = module.quantize()
    printer = RowPrinter(request)
    parts = [
        about(request),
        "import micropython\n" * request.viper
        + "from array import array\nfrom struct import unpack\n",
        "\n".join(settings(program)) + "\n",
        *table_rows.constants(printer, rows),
        *module.constants,
        integer_templates.SIGNED[program.bits],
        *module.functions(),
        quantize,
    ]
    if rows.target:
        outputs = len(program.stages[-1].bias)
        parts += [templates.NUMBER, integer_templates.OUTPUTS.format(INPUTS=len(program.inputs))]
        parts += table_rows.functions(printer, rows, outputs, not program.left_out)
    else:
        parts.append("predict = run\n")
    return "\n".join([*parts, selftest(module, request, printer)])


def selftest(module: "Module", request: "Request", printer: "RowPrinter") -> str:
    """Return the test of the module: integers, the numbers that become them, and rows."""
    program, samples = request.integers, request.rows.samples
    X, Y, numbers = program.vectors(MOST_VECTORS)
    vectors = "".join([f"\n        ({module.row(x)}, {module.row(y)})," for x, y in zip(X, Y)])
    rows = ""
    if samples:
        certain = [pair for pair in samples if program.is_certain(pair[1])]
        pairs = []
        for values, x in certain + [pair for pair in samples if pair not in certain]:
            y = tuple(program.run(program.quantize(x)))
            pairs.append(f"({table_rows.row(printer, values)}, {y})")
        rows = integer_templates.TEST_OF_ROWS.format(
            samples=table_rows.listed(pairs), certain=len(certain), name=request.name
        )
        if printer.constants:
            rows = f"    c = {printer.numbers(printer.constants)}\n" + rows
    return integer_templates.SELFTEST.format(
        name=request.name,
        count=len(X),
        tested="len(rows)" if samples else "0",
        numbers=pack("f", numbers),
        vectors=vectors,
        rows=rows,
    )


def about(request: "Request") -> str:
    """Return the comment at the beginning."""
    lines = [
        f"{request.name}: a network in integers, written by scratchnet {request.version}.",
        f"SHA-256 of its parameters: {golden.fingerprint(request.net)}",
        "",
        "quantize(row) turns numbers into integers, and run(row) computes integers from these.",
        "The output q stands for the number OUTPUT_OFFSET + OUTPUT_SCALE * q.",
    ]
    meanings = request.integers.meanings(request.rows)
    for array, names in (("row", request.rows.inputs), ("output", meanings)):
        lines += [f"  {array}[{k}]  {printable(text)}" for k, text in enumerate(names)]
    lines += [""] + [f"layer {k}: {printable(repr(v))}" for k, v in enumerate(request.net.layers)]
    lines += [""] + [printable(line) for line in request.integers.remarks()]
    return "".join([f"# {line}".rstrip() + "\n" for line in lines])


def settings(program: "Integers") -> "List[str]":
    """Return the definitions of the numbers that the functions read."""
    grid = program.output
    return [
        f"INPUTS = {len(program.inputs)}",
        f"LEAST = {grid.least}",
        f"LARGEST = {grid.largest}",
        f"OUTPUT_SCALE = {grid.step!r}",
        f"OUTPUT_OFFSET = {grid.value(0)!r}",
    ]
