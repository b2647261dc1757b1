"""The parts of a C file that is being written: functions, statements and tables.

A self-contained unit has the portable functions in it, printed from their own record. It computes
the bits of the portable kernel, for floats those of ``scalars.Single``. Any other unit calls the C
library, whose results may differ in the last digits.
"""

from ...scalars import Single, Symbolic, SymbolicSingle
from ...scalars.single import rounded
from ..loop_parts import Assign, Element, Fill, Fold, Nest
from ..portable import portable_functions
from ..work import Work
from . import templates
from .printer import CPrinter, indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ...core.types import Matrix, Row
    from ..loop_parts import Index, Table
    from ..loops import Loops

# The tolerance where the C library computes: its functions may be wrong in the last place, and
# later layers magnify that.
UNITS_OF_TOLERANCE = 1024
WIDEST = 96  # columns of a line of numbers
FEWEST_IN_PAIRS = 8  # the shortest sum that adds two products at each turn of its loop

# The number types: that of the rules' record, and that of the golden vectors.
NUMBERS: "Dict[str, Any]" = {"double": (Symbolic, float), "float": (SymbolicSingle, Single)}


class Unit:
    """The parts of a C file that is being written.

    ``T``        "double" or "float"
    ``name``     the prefix of its names
    ``progmem``  whether tables are read by macros, because they may be in another memory
    ``called``   the functions that are called, by their names in the record
    ``scratch``  how many numbers are in arrays and variables at once
    ``deepest``  the same for the functions that are called
    ``work``     the operations of what is printed now
    ``bodies``   {function of the file: the operations in it}
    """

    def __init__(self, T: str, name: str, self_contained: bool, progmem: bool = False) -> None:
        self.T, self.name, self.self_contained, self.progmem = T, name, self_contained, progmem
        self.symbolic, self.number = NUMBERS[T]
        self.words = dict(templates.FORMATS[T], name=name, NAME=name.upper())
        self.called: "List[str]" = []
        self.readers: "List[str]" = []  # the macros that read tables
        self.has_infinity = False
        self.variables = 0
        self.scratch = 0
        self.deepest = 0
        self.work = Work()
        self.bodies: "Dict[str, List[str]]" = {}

    # ---- functions -------------------------------------------------------------------------------

    def function(self, operation: str) -> str:
        """Return the name of the function that computes the operation, and note that it is used."""
        if operation not in self.called:
            self.called.append(operation)
        own = self.self_contained or operation in templates.HELPERS
        return f"{self.name}_{operation}" if own else f"{self.name}_{operation}".upper()

    def function_for(self, node: "Symbolic") -> str:
        """Return the name of the function that computes the number."""
        return self.function(node.operation)

    def named_arms(self, numbers: "Row") -> "Row":
        """Return those arms of choices that need a variable."""
        return []

    def read_before(self, code: "CPrinter") -> "Row":
        """Return the inputs that get a variable before anything is computed."""
        return []

    def functions(self) -> "List[str]":
        """Return the definitions of the functions that are called, each after those it calls."""
        if not self.self_contained:
            hooks = [self.hook(name) for name in self.called if name not in templates.HELPERS]
            return hooks + self.helpers()
        bodies = {}
        for name in self.called:  # Printing a function appends those that it calls.
            if name not in templates.HELPERS:
                bodies[name] = self.portable(name)
        # The portable functions call only the helpers and this one.
        return self.helpers() + [bodies[name] for name in sorted(bodies, key="abs".__ne__)]

    def helpers(self) -> "List[str]":
        return [
            text.format(**self.words)
            for name, text in templates.HELPERS.items()
            if name in self.called
        ]

    def hook(self, operation: str) -> str:
        """Return the macro that names the function of the C library, unless the user defines it."""
        macro = self.function(operation)
        function = ("fabs" if operation == "abs" else operation) + self.words["SUFFIX"]
        return f"#ifndef {macro}\n#define {macro} {function}\n#endif\n"

    def portable(self, operation: str) -> str:
        """Return the definition of a portable function."""
        self.variables = 0
        x = self.symbolic(name="x")
        if operation == "abs":
            value = (x <= 0).where(0 - x, x)  # 0 - x, because the size of -0.0 is 0.0
        else:
            value = portable_functions(self.symbolic)[operation](x)
        work, self.work = self.work, Work()
        code = CPrinter(self, [value])
        self.bodies[operation], self.work = list(self.work.written), work
        statements = code.statements()
        self.deepest = max(self.deepest, 1 + code.most_alive())
        body = statements + [f"return {code.text(code.outputs[0])};"]
        head = f"static {self.T} {self.function(operation)}({self.T} x)\n"
        return head + "{\n" + indented(body) + "}\n"

    # ---- statements ------------------------------------------------------------------------------

    def written_out(self, inputs: "Row", outputs: "Row") -> "List[str]":
        """Return the statements that compute the outputs from the inputs, without loops."""
        code = CPrinter(self, outputs)
        used = {id(node) for node in code.numbers}
        lines = [
            f"const {self.T} {v.name} = in[{k}];" for k, v in enumerate(inputs) if id(v) in used
        ]
        self.work.add("read", len(lines))
        lines += code.statements()
        self.scratch = code.most_alive()
        self.work.add("store", len(code.outputs))
        return lines + [f"out[{k}] = {code.text(v)};" for k, v in enumerate(code.outputs)]

    def looping(self, loops: "Loops") -> "List[str]":
        """Return the statements with loops, after the arrays that they fill."""
        arrays = [f"{self.T} {name}[{count}];" for name, count in loops.lengths.items()]
        lines = [line for part in loops.statements for line in self.statement(part)]
        self.scratch += sum(loops.lengths.values())
        return arrays + lines

    def statement(self, part: "Any") -> "List[str]":
        """Return the lines of one statement of loop_parts.py."""
        if isinstance(part, Assign):
            lines, text = self.value(part.value)
            return lines + [f"const {self.T} {part.name} = {text};"]
        if isinstance(part, Fold):
            lines, first = self.value(part.first)
            return lines + [f"{self.T} {part.name} = {first};"] + self.fold(part)
        if isinstance(part, Fill):
            return self.loop(part, f"{part.name}[{part.place}]", "store")
        if isinstance(part, Nest):
            with self.work.loop(part.index.count):
                lines = [line for inner in part.body for line in self.statement(inner)]
            return self.repeated(part.index, lines)
        code = CPrinter(self, part.values, part.names)
        lines = code.statements()
        self.scratch = max(self.scratch, code.most_alive())
        self.work.add("store", len(code.outputs))
        values = enumerate(code.outputs, part.start)
        return lines + [f"{part.name}[{k}] = {code.text(v)};" for k, v in values]

    def fold(self, part: "Fold") -> "List[str]":
        """Return the loop of a Fold. It adds two products at each turn, in the same order."""
        name, count = part.index.name, part.index.count
        if part.body or count < FEWEST_IN_PAIRS or not _is_sum_of_products(part.value):
            return self.loop(part, part.name)
        with self.work.loop(count // 2):
            pair = [self.added(part, [(1, name), (k, "")]) for k in range(2)]
        even = count - count % 2
        lines = [f"for (int {name} = 0; {name} < {even}; {name} += 2) {{"]
        lines += [f"    {line}" for line in pair] + ["}"]
        if count > even:
            lines.append(self.added(part, [(even, "")]))
        return lines

    def added(self, part: "Fold", index: "Any") -> str:
        """Return the statement that adds the product at an index, a sum of terms."""
        so_far, product = part.value.operands
        number = type(so_far)
        factors = [
            number(name=v.name.at(part.index.name, index)) if isinstance(v.name, Element) else v
            for v in product.operands
        ]
        value = number(None, "add", (so_far, number(None, "multiply", tuple(factors))))
        return f"{part.name} = {self.value(value)[1]};"

    def loop(self, part: "Any", target: str, *kinds: str) -> "List[str]":
        """Return the loop of a Fold or a Fill. ``kinds`` count as operations of its body, too."""
        with self.work.loop(part.index.count):
            for kind in kinds:
                self.work.add(kind)
            lines = [line for inner in part.body for line in self.statement(inner)]
            before, text = self.value(part.value)
        return self.repeated(part.index, lines + before + [f"{target} = {text};"])

    def repeated(self, index: "Index", lines: "List[str]") -> "List[str]":
        """Return the lines within a loop."""
        name, count = index.name, index.count
        opening = f"for (int {name} = 0; {name} < {count}; {name}++) {{" if count > 1 else "{"
        return [opening] + [f"    {line}" for line in lines] + ["}"]

    def value(self, value: "Symbolic") -> "Tuple[List[str], str]":
        """Return the statements before an expression, and the expression."""
        code = CPrinter(self, [value])
        return code.statements(), code.text(code.outputs[0])

    # ---- data ------------------------------------------------------------------------------------

    def read(self, kind: str, element: str) -> str:
        """Return the expression that reads an element of a table of numbers of this C type."""
        if not self.progmem:
            return element
        if kind not in self.readers:
            self.readers.append(kind)
        return f"{self.words['NAME']}_{templates.READERS[kind][0]}({element})"

    def memory(self) -> str:
        """Return the macros that say where tables are, and how they are read."""
        if not self.readers:
            return ""
        macros = [templates.READERS[kind] for kind in self.readers]
        return templates.MEMORY.format(
            on_avr="".join([templates.READER.format(*macro, **self.words) for macro in macros]),
            elsewhere="".join(
                [templates.READER.format(macro[0], "(x)", **self.words) for macro in macros]
            ),
            **self.words,
        )

    def literal(self, value: float) -> str:
        """Return the shortest text that this number is read from."""
        if value - value != 0:
            self.has_infinity = True
            text = "NAN" if value != value else "INFINITY" if value > 0 else "-INFINITY"
            return f"({self.T})({text})"
        if self.T == "double":
            return repr(value)
        texts = [f"{value:.{n}g}" for n in range(6, 10)]  # g drops trailing zeros.
        text = next(t for t in texts if rounded(float(t)) == value)
        return text + ("" if "." in text or "e" in text else ".0") + "f"

    def tolerance(self, rows: "Matrix") -> float:
        """Return how much other numbers may differ from these: nothing if self-contained."""
        if self.self_contained:
            return 0.0
        largest = max([abs(y) for row in rows for y in row])
        return float(self.number(UNITS_OF_TOLERANCE * largest / (1 << int(self.words["DIGITS"]))))

    def table(self, table: "Table") -> str:
        """Return the definition of a table."""
        shape = "".join([f"[{count}]" for count in table.shape])
        rows: "List[Any]" = list(table.values)
        if len(table.shape) == 2:
            width = table.shape[1]
            rows = [rows[k : k + width] for k in range(0, len(rows), width)]
        return self.definition(self.T, table.name + shape, rows)

    def definition(self, kind: str, declared: str, values: "Any") -> str:
        """Return the definition of a table of numbers of this C type."""
        place = f" {self.words['NAME']}_DATA" * self.progmem
        return f"static const {kind} {declared}{place} = {self.braced(values)};\n"

    def braced(self, values: "Any", margin: int = 4) -> str:
        """Return the initializer of an array of numbers, or of rows of numbers."""
        space = " " * margin
        if isinstance(values[0], list):
            rows = [space + self.braced(row, margin + 4) for row in values]
            return "{\n" + ",\n".join(rows) + "\n" + space[4:] + "}"
        lines = [""]
        for text in [self.literal(v) + ", " for v in values]:
            if len(lines[-1]) + len(text) > WIDEST - margin:
                lines.append("")
            lines[-1] += text
        return "{" + ("\n" + space).join([line.rstrip() for line in lines])[:-1] + "}"


def _is_sum_of_products(value: "Symbolic") -> bool:
    """Return whether a value is a number plus a product of two numbers that need no statement."""
    product = value.operands[1] if value.operation == "add" else value
    return product.operation == "multiply" and not any([v.operation for v in product.operands])
