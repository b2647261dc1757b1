"""A network as a Python module that needs neither this package nor any other.

    Module         Python 3.6 and later: 64-bit floats, as decimals
    DeviceModule   MicroPython and CircuitPython: numbers as bytes, because devices misread decimals

A self-contained module has the portable functions in it, printed from their own record. It needs
only frexp and ldexp, which are exact in every library. Any other calls the functions of ``math``.
"""

import re
import struct

from ...core import functions
from ...scalars import Symbolic, SymbolicSingle
from ...scalars.operations import ATOM, SIGN
from .. import golden
from ..program import DEEPEST, Printer, record_rows, shifted
from . import heap, table_rows, templates
from .constants import WIDEST, Constants, filled, indented
from .printer import NEVER_RAISES, Spelling, is_safe, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ...core.types import Row
    from ...scalars import Symbolic as Node
    from ..loop_parts import Index
    from ..request import Request

SHORT_DIGITS = 22  # of the floats on some devices


class Module(Constants):
    """The parts of a Python module that is being written.

    ``is_single``   whether its numbers have 24 binary digits, not 53
    ``guarded``     {function of the library that is called: whether it may raise an error}
    """

    about = "It needs only Python 3.6 or later."
    command = "python3"
    symbolic: "Any" = Symbolic
    is_single = False
    deepest = DEEPEST

    def __init__(self, request: "Request") -> None:
        Constants.__init__(self)
        self.request = request
        self.guarded: "Dict[str, bool]" = {}
        self.has_nearest = False

    def is_portable(self, name: str) -> bool:
        return self.request.self_contained

    # ---- statements ------------------------------------------------------------------------------

    def printer(
        self, outputs: "Sequence[Node]", names: "Optional[Dict[int, str]]" = None
    ) -> "Printer":
        return PythonPrinter(self, outputs, names)

    def array(self, name: str, length: int) -> str:
        return f"{name} = [0.0] * {length}"

    def assignment(self, target: str, text: str) -> str:
        return f"{target} = {text}"

    def loop(self, index: "Index", lines: "List[str]") -> "List[str]":
        if index.count == 1:
            return lines
        return [f"for {index.name} in range({index.count}):"] + [f"    {line}" for line in lines]

    def written_out(self, inputs: "Row", outputs: "Row") -> "List[str]":
        code = self.printer(outputs)
        used = {id(node) for node in code.numbers}
        lines = [f"{v.name} = x[{k}]" for k, v in enumerate(inputs) if id(v) in used]
        lines += code.statements()
        return lines + [f"out = [{', '.join([code.text(v) for v in code.outputs])}]"]

    # ---- functions -------------------------------------------------------------------------------

    def function(self, name: str, value: "Node") -> str:
        code = self.printer([value])
        lines = code.statements()
        lines.append(f"return {code.text(code.outputs[0])}")
        return self.with_constants(f"_{name}", f"def {name}(x):\n", lines)

    def guards(self) -> "List[str]":
        """Return the functions of the library that may raise an error, guarded."""
        names = sorted([name for name, may_raise in self.guarded.items() if may_raise])
        self.has_infinity = self.has_infinity or bool(names)
        return [
            templates.GUARDED.format(function=name, otherwise=templates.OTHERWISE[name])
            for name in names
        ]

    def imports(self) -> "List[str]":
        """Return the statements that import what the functions call."""
        names = {name for name, may_raise in self.guarded.items() if not may_raise}
        for name, needed in (("mantissa", "frexp"), ("exponent", "frexp"), ("ldexp", "ldexp")):
            if name in self.called:
                names.add(needed)
        if self.has_nearest:
            names.add("floor")
        lines = ["import math\n"] if any(self.guarded.values()) else []
        return lines + ([f"from math import {', '.join(sorted(names))}\n"] if names else [])

    # ---- the module ------------------------------------------------------------------------------

    def text(self) -> str:
        """Return the text of the module."""
        net, rows = self.request.net, self.request.rows
        x = [self.symbolic(name=f"x{k}") for k in range(net.inputs or 0)]
        outputs = record_rows(net, net.copy(self.symbolic), x)
        body = self.body(outputs) + ["return out"]
        head = templates.OUTPUTS.format(INPUTS=len(x))
        main = self.with_constants("_constants", head, body)
        main_parts = [*table_rows.functions(self, rows, len(outputs[-1])), self.selftest()]
        tables = [self.table(table) for table in self.tables]
        definitions = [*self.functions().values(), *self.guards()]
        helpers = [text for name, text in templates.HELPERS.items() if name in self.called]
        start = [
            *self.comments(),
            *self.imports(),
            "\n",
            *self.beginning(),
            f"INPUTS = {len(x)}\nOUTPUTS = {len(outputs[-1])}\n",
            *table_rows.constants(self, rows),
            *[templates.INFINITY] * self.has_infinity,
            *tables,
        ]
        parts = ["".join(start), *helpers, *definitions, templates.NUMBER, main, *main_parts]
        return "\n\n".join(parts)

    def beginning(self) -> "List[str]":
        """Return what must come before all numbers."""
        return [templates.WIDE.format(name=self.request.name)]

    def comments(self) -> "List[str]":
        request = self.request
        name, version = request.name, request.version
        lines = [
            f"{name}: a neural network, written by scratchnet {version}. {self.about}",
            f"It tests itself: {self.command} {name}.py, or import {name}; {name}.selftest()",
            f"SHA-256 of its parameters: {golden.fingerprint(request.net)}",
        ]
        lines += [f"layer {k}: {layer!r}" for k, layer in enumerate(request.net.layers)]
        for array, texts in (("x", request.rows.inputs), ("out", request.rows.outputs)):
            lines += [f"{array}[{k}]: {text}" for k, text in enumerate(texts)]
        return [f"# {printable(line)}\n" for line in lines]

    def selftest(self) -> str:
        """Return the function that compares with golden vectors."""
        request = self.request
        X, Y = golden.vectors(request.net, request.number)
        values = [row for row, _ in request.rows.samples]
        samples = golden.outputs(request.net, request.number, [x for _, x in request.rows.samples])
        lines = [f"inputs = {self.rows(X, 4, '[]')}", f"expected = {self.rows(Y, 4, '[]')}"]
        if values:
            texts = [table_rows.row(self, row) for row in values]
            constants, self.constants = self.constants, []
            lines += [f"c = {self.numbers(constants, 4)}"] if constants else []
            lines.append("rows = [\n" + "".join([f"        {text},\n" for text in texts]) + "    ]")
            lines.append("inputs = inputs + [_encode(row) for row in rows]")
            lines.append(f"expected = expected + {self.rows(samples, 4, '[]')}")
        return templates.SELFTEST.format(
            vectors=indented(lines), tolerance=self.tolerance(Y + samples), name=request.name
        )

    def tolerance(self, Y: "List[Row]") -> str:
        """Return the expression of the largest difference that the test allows."""
        return "0" if self.request.self_contained else repr(golden.tolerance(Y, 53))


class DeviceModule(Module):
    """The parts of a module for MicroPython and CircuitPython.

    ``count``   how many numbers it has in bytes
    """

    about = "It needs only math and array."
    command = "micropython"
    deepest = DEEPEST // 2  # The compiler of a device has a stack of a few KB.
    # What not every MicroPython has.
    absent = ("erf", "expm1", "log1p")

    def __init__(self, request: "Request") -> None:
        Module.__init__(self, request)
        self.is_single = request.type == "float"
        if self.is_single:
            self.symbolic = SymbolicSingle
        self.letter = "f" if self.is_single else "d"
        self.count = 0

    def is_portable(self, name: str) -> bool:
        return self.request.self_contained or name in self.absent

    def finite(self, value: float) -> str:
        """Return a small whole number as it is; others are constants, which are kept as bytes."""
        if value == int(value) and abs(value) < 1 << 16:
            return repr(value)
        if value not in self.constants:
            self.constants.append(value)
        return f"c[{self.constants.index(value)}]"

    def numbers(self, values: "Sequence[float]", margin: int = 0) -> str:
        self.count += len(values)
        data = struct.pack(f"<{len(values)}{self.letter}", *values)
        space = "\n" + " " * (margin + 4)
        texts = [f'b"{text}"' for text in filled(list(map(escape, data)), WIDEST - margin - 7)]
        return f"_row({texts[0] if len(texts) == 1 else space + space.join(texts)})"

    def imports(self) -> "List[str]":
        return ["from array import array\n"] + Module.imports(self)

    def beginning(self) -> "List[str]":
        name = self.request.name
        one = "".join(map(escape, struct.pack(f"<{self.letter}", 1)))
        row = templates.ROW.format(name=name, letter=self.letter, one=one)
        if not self.is_single:
            return Module.beginning(self) + [row]
        if self.has_nearest or self.request.self_contained:
            row += templates.SHIFT
        return [row + templates.NEAREST * self.has_nearest + "\n\n"]

    def tolerance(self, Y: "List[Row]") -> str:
        if not self.is_single:
            return Module.tolerance(self, Y)
        exact = "0 if SHIFT == 12582912 else " * self.request.self_contained
        return f"({exact}{golden.tolerance(Y, SHORT_DIGITS)!r})"

    def text(self) -> str:
        """Return the text of the module: with tuples, which are faster, if they fit the heap."""
        text = Module.text(self)
        code = re.sub(r'(?m)^#.*|\s*b"[^"]*"', "", text)
        word = 4 if self.is_single else 8
        as_arrays, as_tuples = [
            heap.needed(len(code), self.count, word, is_tuple) for is_tuple in (False, True)
        ]
        given = self.request.heap
        if as_tuples <= (given or heap.USUAL):
            row = f'array("{self.letter}", data)'
            return text.replace(f"    return {row}\n", f"    return tuple({row})\n", 1)
        if given and as_arrays > given:
            raise ValueError(
                f"the module needs about {as_arrays} bytes of heap, but there are {given}; "
                "use a smaller network"
            )
        return text


class PythonPrinter(Spelling):
    """The statements of a module that compute some outputs."""

    def __init__(
        self,
        module: "Module",
        outputs: "Sequence[Node]",
        names: "Optional[Dict[int, str]]" = None,
    ) -> None:
        Printer.__init__(self, outputs, names)
        self.module, self.deepest = module, module.deepest

    def new_name(self) -> str:
        return self.module.new_name()

    def constant(self, value: float) -> "Tuple[str, int]":
        text = self.module.constant(value)
        return text, SIGN if text.startswith("-") else ATOM

    def call(self, node: "Node", arguments: "List[str]") -> str:
        name, module = node.operation, self.module
        if name == "ldexp":
            arguments = [arguments[0], f"int({arguments[1]})"]
        if name != "abs":
            module.call(name)
        if name in functions.ELEMENTARY and not module.is_portable(name):
            may_raise = name not in NEVER_RAISES and not is_safe(node)
            module.guarded[name] = module.guarded.get(name, False) or may_raise
        return f"{name}({', '.join(arguments)})"

    def operation(self, node: "Node") -> "Tuple[str, int]":
        if self.module.is_single and shifted(node) is not None:
            self.module.has_nearest = True
            return f"nearest({self.text(node.operands[0].operands[0])})", ATOM
        return Printer.operation(self, node)


def python(request: "Request") -> str:
    """Return the text of a module for Python."""
    return Module(request).text()


def micropython(request: "Request") -> str:
    """Return the text of a module for MicroPython."""
    return DeviceModule(request).text()


def escape(byte: int) -> str:
    """Return a byte as it is written in a literal."""
    character = chr(byte)
    return character if " " <= character <= "~" and character not in '"\\' else f"\\x{byte:02x}"
