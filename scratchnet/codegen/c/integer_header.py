"""A program of integers as a C header, for C99 and C++11: no floats except in NAME_quantize."""

from ...scalars.single import rounded
from .. import golden
from . import integer_templates, table_rows, templates
from .header import macros
from .printer import indented
from .table_rows import for_comment
from .unit import Unit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..integers.arithmetic import Integers, Stage
    from ..request import Request
    from ..rows import Rows


class IntegerUnit(Unit):
    """The parts of the header that is being written."""

    def __init__(self, program: "Integers", name: str, progmem: bool) -> None:
        Unit.__init__(self, "float", name, True, progmem)
        self.program = program
        grid = program.output
        self.words.update(
            T=f"int{program.bits}_t",
            least=str(grid.least),
            largest=str(grid.largest),
            above=str(-grid.least),
            highest=str(grid.largest - grid.least),
        )
        self.floats = Unit("float", name, True, progmem)  # for the rows, before they are quantized
        self.definitions: "List[str]" = []
        self.bytes = 0  # of the tables

    def literal(self, value: "Any") -> str:
        return str(value) if isinstance(value, int) else Unit.literal(self, value)

    def array(self, kind: str, name: str, values: "List[Any]") -> str:
        """Define a table; return its name."""
        name = f"{self.name}_{name}"
        self.definitions.append(self.definition(kind, f"{name}[{len(values)}]", values))
        self.bytes += len(values) * int("".join(filter(str.isdigit, kind)) or 32) // 8
        return name

    def predict(self) -> str:
        """Return the function that computes the outputs."""
        T, stages = self.words["T"], self.program.stages
        arrays = ["in"] + [f"v{k}" for k in range(len(stages) - 1)] + ["out"]
        lines = [f"{T} {arrays[k + 1]}[{len(s.bias)}];" for k, s in enumerate(stages[:-1])]
        lengths = [len(self.program.inputs)] + [len(stage.bias) for stage in stages]
        for k, stage in enumerate(stages):
            sources = [(arrays[source], lengths[source]) for source in stage.sources]
            lines += self.stage(k, stage, sources, arrays[k + 1])
        head = f"static inline void {self.name}_predict(const {T} *in, {T} *out)\n"
        return head + "{\n" + indented(lines) + "}\n"

    def stage(self, k: int, stage: "Stage", sources: "Any", target: str) -> "List[str]":
        """Return the loop over the units of a stage, and define its tables."""
        count = len(stage.bias)
        tables = {
            "weights": self.array(self.words["T"], f"weights{k}", sum(stage.weights, [])),
            "bias": self.array("int32_t", f"bias{k}", stage.bias),
            "before": self.array("int8_t", f"before{k}", stage.before),
            "factor": self.array("int16_t", f"factor{k}", stage.factor),
            "after": self.array("int8_t", f"after{k}", stage.after),
        }
        if stage.elementwise:
            weight = self.read(self.words["T"], f"{tables['weights']}[j]")
            bias = self.read("int32_t", f"{tables['bias']}[j]")
            lines = [f"int32_t sum = {bias};"]
            lines.append(f"sum += {self.wide}{weight} * {sources[0][0]}[j];")
            lines += self.result(k, stage, tables, "sum", "j", target)
            return block(f"for (int j = 0; j < {count}; j++)", lines)
        if count == 1:
            lines = self.sums(stage, tables, sources, ["sum"], ["0"])
            return block("", lines + self.result(k, stage, tables, "sum", "0", target))
        # Two units at once read each number once for both.
        last, lines = "1", ["int32_t sums[2];"]
        if count % 2:
            last = "last"
            lines.append(f"const int last = j + 1 < {count}; /* 0: unit j alone is left */")
        lines += self.sums(stage, tables, sources, ["sum0", "sum1"], ["j", f"j + {last}"])
        lines += ["sums[0] = sum0;", "sums[1] = sum1;"]
        result = self.result(k, stage, tables, "sums[k]", "j + k", target)
        lines += block(f"for (int k = 0; k <= {last}; k++)", result)
        return block(f"for (int j = 0; j < {count}; j += 2)", lines)

    def sums(
        self,
        stage: "Stage",
        tables: "Dict[str, str]",
        sources: "Any",
        names: "List[str]",
        units: "List[str]",
    ) -> "List[str]":
        """Return the statements that compute the sums of some units, by these names."""
        T, width = self.words["T"], len(stage.weights[0])
        rows = [name.replace("sum", "w") for name in names]
        lines = []
        for name, row, unit in zip(names, rows, units):
            bias = self.read("int32_t", f"{tables['bias']}[{unit}]")
            lines.append(f"int32_t {name} = {bias};")
            # The second row relative to the first one: compilers then need one pointer.
            begin = f"{tables['weights']} + {width} * {unit}" if row != "w1" else f"w0 + {width}"
            factor = " * last" * (row == "w1" and unit.endswith("last"))
            lines.append(f"const {T} *{row} = {begin}{factor};")
        start = 0
        for array, length in sources:
            products = []
            for name, row in zip(names, rows):
                weight = self.read(T, f"{row}[{start} + i]" if start else f"{row}[i]")
                products.append(f"{name} += {self.wide}{weight} * {array}[i];")
            lines += block(f"for (int i = 0; i < {length}; i++)", products)
            start += length
        return lines

    def result(
        self, k: int, stage: "Stage", tables: "Dict[str, str]", total: str, unit: str, target: str
    ) -> "List[str]":
        """Return the statements that make the result of a unit of its sum."""
        before, factor, after = [
            self.read(kind, f"{tables[name]}[{unit}]")
            for kind, name in (("int8_t", "before"), ("int16_t", "factor"), ("int8_t", "after"))
        ]
        lines = [
            f"{target}[{unit}] = {self.name}_scaled(",
            f"    {total}, {before}, {factor}, {after});",
        ]
        if stage.tables:
            table = self.lookup(k, stage, unit)
            lines.append(f"{target}[{unit}] = {self.name}_lookup({table}, {target}[{unit}]);")
        return lines

    @property
    def wide(self) -> str:
        """A cast of a factor: where an int has 16 bits, only the product of two bytes fits."""
        return "(int32_t)" * (self.program.bits > 8)

    def lookup(self, k: int, stage: "Stage", unit: str) -> str:
        """Return the expression of the table of a unit, and define the tables of the stage."""
        entries = [v for table in stage.tables for v in table]
        table = self.array(self.words["T"], f"table{k}", entries)
        if len(stage.tables) == 1:
            return table
        place = f"({unit})"
        if stage.table_of != list(range(len(stage.bias))):
            which = self.array("int16_t", f"which{k}", stage.table_of)
            place = self.read("int16_t", f"{which}[{unit}]")
        return f"{table} + {len(stage.tables[0])} * {place}"

    def functions(self) -> "List[str]":
        """Return the functions that predict calls."""
        found = [integer_templates.FUNCTIONS.format(**self.words)]
        if any([stage.tables for stage in self.program.stages]):
            entry = "table[(int)v + 128]" if self.program.bits == 8 else "entry[0]"
            T = self.words["T"]
            words = dict(self.words, entry=self.read(T, entry), next=self.read(T, "entry[1]"))
            found.append(integer_templates.LOOKUP[self.program.bits].format(**words))
        return found

    def quantize(self) -> str:
        """Return the function that computes the integers of the inputs."""
        words = dict(self.words)
        for name in ("edge", "steps"):
            values = [getattr(grid, name) for grid in self.program.inputs]
            if len(set(values)) == 1:
                words[name] = self.literal(values[0])
            else:
                words[name] = self.read("float", self.array("float", name, values) + "[k]")
        return integer_templates.QUANTIZE.format(**words)

    def selftest(self, rows: "Rows") -> str:
        """Return the test of the file: quantized rows, and their outputs."""
        numbers = [
            [rounded(grid.value(q)) for grid, q in zip(self.program.inputs, row)]
            for row in self.program.vectors(golden.MOST)[0]
        ]
        inputs = [self.program.quantize(x) for x in numbers + [x for _, x in rows.samples]]
        outputs = [self.program.run(row) for row in inputs]
        declarations, check = table_rows.declare(
            self.floats, rows, [self.class_of(y) for y in outputs]
        )
        quantize = integer_templates.ENCODED if rows.samples else "{name}_quantize(numbers[n], in);"
        return integer_templates.SELFTEST.format(
            vectors=len(numbers),
            count=len(inputs),
            numbers=self.braced(numbers, 8),
            inputs=self.braced(inputs, 8),
            outputs=self.braced(outputs, 8),
            rows=declarations,
            quantize=quantize.format(vectors=len(numbers), **self.words),
            check=check,
            **self.words,
        )

    @property
    def half(self) -> int:
        """The largest integer of an output that is not above 1/2."""
        return int(self.program.output.place(0.5) // 1)

    def class_of(self, out: "List[int]") -> int:
        """Return the number of the class that outputs represent."""
        return int(out[0] > self.half) if len(out) == 1 else out.index(max(out))


def block(head: str, lines: "List[str]") -> "List[str]":
    """Return the lines in braces, after the head of a loop or nothing."""
    return [f"{head} {{".lstrip()] + [f"    {line}" for line in lines] + ["}"]


def write(request: "Request") -> str:
    """Return the text of the header."""
    unit = IntegerUnit(request.integers, request.name, request.progmem)
    outputs = len(unit.program.stages[-1].bias)
    predict, quantize, functions = unit.predict(), unit.quantize(), unit.functions()
    parts = [
        about(unit, request),
        head(unit),
        unit.memory(),
        *functions,
        *unit.definitions,
        predict,
        quantize,
        *table_rows.definitions(
            unit.floats,
            request.rows,
            outputs,
            unit.words["T"],
            str(unit.half),
            integer_templates.REAL,
        ),
        unit.selftest(request.rows),
        "#endif\n",
    ]
    return "\n".join([part for part in parts if part])


def about(unit: "IntegerUnit", request: "Request") -> str:
    """Return the comment at the beginning."""
    name, NAME, T = unit.name, unit.words["NAME"], unit.words["T"]
    lines = [
        f"/* {name}_predict: a network in integers, written by scratchnet {request.version}.",
        f" * SHA-256 of its parameters: {golden.fingerprint(request.net)}",
        " *",
        f" * void {name}_quantize(const float *x, {T} *in) turns {NAME}_INPUTS numbers into",
        f" * integers; void {name}_predict(const {T} *in, {T} *out) computes {NAME}_OUTPUTS",
        " * integers from these. The two arrays must not overlap. out[k] stands for the number",
        f" * {NAME}_OUTPUT_OFFSET + {NAME}_OUTPUT_SCALE * out[k].",
    ]
    lines += [f" * {line}" for line in table_rows.about(unit.floats, request.rows, "x")]
    meanings = request.integers.meanings(request.rows)
    for array, names in (("x", request.rows.inputs), ("out", meanings)):
        lines += [f" *   {array}[{k}]  {for_comment(text)}" for k, text in enumerate(names)]
    lines += [" *"] + [
        f" * layer {k}: {for_comment(repr(v))}" for k, v in enumerate(request.net.layers)
    ]
    lines += [" *"] + [f" * {for_comment(line)}" for line in request.integers.remarks()]
    return "\n".join(lines) + "\n */\n"


def head(unit: "IntegerUnit") -> str:
    """Return the macros, the includes and what is checked of the compiler."""
    program, NAME = unit.program, unit.words["NAME"]
    outputs = len(program.stages[-1].bias)
    unit.scratch = sum([len(stage.bias) for stage in program.stages[:-1]])
    text = macros(unit, len(program.inputs), outputs, ["float.h", "stdint.h"])
    for name, value in (("SCALE", program.output.step), ("OFFSET", program.output.value(0))):
        text += f"#define {NAME}_OUTPUT_{name} {unit.literal(rounded(value))}\n"
    return text + templates.CHECK.format(**dict(unit.words, T="float"))
