"""A network as JSON: the program itself, for an interpreter in any language.

An interpreter takes about 60 lines; tests/codegen/test_json_target.py has one. The file is an
object:

    name, version, sha256   of the network, of the package that wrote it, of the parameters
    type                    "double" or "float": every number has 64 bits, or 32, and every result
                            of an operation is rounded to them
    inputs, outputs         how many there are: the lengths of the arrays "x" and "out"
    tables                  {name: numbers, or rows of numbers}; a number may also be a variable
    functions               {name: statements}: what a function returns for the number "x"
    program                 the statements that fill "out" from "x"
    vectors                 {"x": inputs, "out": outputs} and {"row": values, "out": outputs}: the
                            expected results
    tolerance               the largest difference that is allowed; 0 means the same bits
    rows                    null, or what the inputs and outputs mean; see below

A statement is one of

    ["array", name, length]                 a new array of zeros
    ["set", variable, value]
    ["set", ["at", array, index], value]
    ["for", variable, count, statements]    the variable counts from 0
    ["return", value]                       the last statement of a function

A value is a number, the name of a variable, or an operation with its operands:

    ["at", array, index, ...]               an element of an array or a table
    ["add", a, b], subtract, multiply, divide; ["negate", a], ["abs", a]
    ["less", a, b], "less or equal", greater, "greater or equal", equal, unequal
    ["where", condition, a, b]              a where the condition is true, else b
    ["total", a, b, ...], ["dot", a, b, ...]
                                            a + b + ..., a·b + c·d + ..., from left to right
    ["exp", x] and other names of functions
    ["mantissa", x], ["exponent", x]        m and k of x = m·2^k, 1/2 <= |m| < 1; 0 and 0 for 0
    ["ldexp", m, k]                         m·2^k

The variables "inf", "-inf" and "nan" are there from the start. A function that is not in
``functions`` is that of the language's library: exp, expm1, log, log1p, tanh, erf, sqrt, cos. It
never fails: exp(1000) is inf, log(0) is -inf, log(-1) is nan.

``rows`` has the ``target`` that is predicted, and ``columns``, the values of a row in their order;
null if a row is the list of the inputs. All inputs are 0 but these:

    {"name": ..., "input": k, "median": m}  input k is the number, m if it is missing
    {"name": ..., "input": k, "labels": [...], "missing": i, "other": j}
                                            input k + n is 1 for labels[n], k + i for a missing
                                            value, k + j for any other label; if i or j is -1, none

A value is missing if it is null, NaN, or a text that is among ``missing`` without blanks around it
and in lower case. A number in a column of labels is the label that it is written as, whole numbers
without a point. If ``classes`` is not null, the prediction is the class of the largest output, the
first of these; a single output is the probability of the second of two classes, which is predicted
if that is above 0.5. Otherwise the prediction is ``mean`` + ``spread``·output.
"""

import json

from ..core.functions import ELEMENTARY
from ..scalars import Symbolic, SymbolicSingle
from ..scalars.operations import ATOM
from . import golden
from .loop_parts import Element
from .program import Printer, record_rows
from .rows import Number
from .statements import Speller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..core.types import Row
    from ..scalars import Symbolic as Node
    from .loop_parts import Index, Table, Terms
    from .request import Request
    from .rows import Rows


def write(request: "Request") -> str:
    """Return the text of the file."""
    net, rows = request.net, request.rows
    program = Program(request)
    x = [program.symbolic(name=Element("x", [(k, "")])) for k in range(net.inputs or 0)]
    outputs = record_rows(net, net.copy(program.symbolic), x)
    body = program.body(outputs)
    X, Y = golden.vectors(net, request.number)
    vectors = [{"x": x, "out": y} for x, y in zip(X, Y)]
    samples = golden.outputs(net, request.number, [inputs for _, inputs in rows.samples])
    vectors += [{"row": row, "out": y} for (row, _), y in zip(rows.samples, samples)]
    exact, digits = request.self_contained, 24 if request.type == "float" else 53
    parts = {
        "name": dump(request.name),
        "version": dump(f"scratchnet {request.version}"),
        "sha256": dump(golden.fingerprint(net)),
        "type": dump(request.type),
        "inputs": dump(len(x)),
        "outputs": dump(len(outputs[-1])),
        "layers": listed([dump(repr(layer)) for layer in net.layers]),
        "tables": mapped({table.name: table_text(table) for table in program.tables}),
        "functions": mapped(program.functions()),
        "program": listed(body),
        "vectors": listed([dump(vector) for vector in vectors]),
        "tolerance": dump(0.0 if exact else golden.tolerance(Y + samples, digits)),
        "rows": rows_text(rows),
    }
    return mapped(parts) + "\n"


class Program(Speller):
    """The statements of a network, each as JSON."""

    def __init__(self, request: "Request") -> None:
        Speller.__init__(self)
        self.symbolic = SymbolicSingle if request.type == "float" else Symbolic
        self.self_contained = request.self_contained

    def is_portable(self, name: str) -> bool:
        return self.self_contained

    def printer(
        self, outputs: "Sequence[Node]", names: "Optional[Dict[int, str]]" = None
    ) -> "Printer":
        return JSONPrinter(self, outputs, names)

    def array(self, name: str, length: int) -> str:
        return dump(["array", name, length])

    def assignment(self, target: str, text: str) -> str:
        return f'["set", {reference(target)}, {text}]'

    def loop(self, index: "Index", lines: "List[str]") -> "List[str]":
        if index.count == 1:
            return lines
        return [f'["for", "{index.name}", {index.count}, {listed(lines)}]']

    def written_out(self, inputs: "Row", outputs: "Row") -> "List[str]":
        code = self.printer(outputs)
        lines = [self.array("out", len(outputs))] + code.statements()
        for k, v in enumerate(code.outputs):
            lines.append(self.assignment(Element("out", [(k, "")]), code.text(v)))
        return lines

    def function(self, name: str, value: "Node") -> str:
        code = self.printer([value])
        return listed(code.statements() + [f'["return", {code.text(code.outputs[0])}]'])


class JSONPrinter(Printer):
    """The statements that compute some outputs, each as JSON."""

    def __init__(
        self,
        program: "Program",
        outputs: "Sequence[Node]",
        names: "Optional[Dict[int, str]]" = None,
    ) -> None:
        Printer.__init__(self, outputs, names)
        self.program = program

    def new_name(self) -> str:
        return self.program.new_name()

    def assign(self, node: "Node", name: str, lines: "List[str]") -> None:
        lines.append(self.program.assignment(name, self.operation(node)[0]))
        self.names[id(node)] = name
        self.depth[id(node)] = 0

    def text(self, node: "Node", precedence: int = ATOM) -> str:
        if id(node) in self.names:
            return reference(self.names[id(node)])
        if node.operation:
            return self.operation(node)[0]
        return reference(node.name) if node.value is None else number(node.value)

    def operation(self, node: "Node") -> "Tuple[str, int]":
        name = node.operation
        if name in ELEMENTARY:
            self.program.call(name)
        parts = [dump(name)] + [self.text(operand) for operand in node.operands]
        return f"[{', '.join(parts)}]", ATOM


def dump(value: "Any") -> str:
    return json.dumps(value, ensure_ascii=True)


def number(value: float) -> str:
    """Return a number, or the name of a variable if JSON has none."""
    if value - value == 0:
        return repr(value)
    return '"nan"' if value != value else '"inf"' if value > 0 else '"-inf"'


def reference(name: str) -> str:
    """Return the value of a variable, or of an element of an array."""
    if not isinstance(name, Element):
        return dump(name)
    return dump(["at", name.array] + [index_of(terms) for terms in name.indices])


def index_of(terms: "Terms") -> "Any":
    """Return the value of an index, which is a sum of multiples."""
    values: "List[Any]" = [
        factor if not name else name if factor == 1 else ["multiply", factor, name]
        for factor, name in terms
    ]
    total = values[0]
    for value in values[1:]:
        total = ["add", total, value]
    return total


def table_text(table: "Table") -> str:
    values, n = list(map(number, table.values)), table.shape[-1]
    rows = [f"[{', '.join(values[k : k + n])}]" for k in range(0, len(values), n)]
    return rows[0] if len(table.shape) == 1 else listed(rows)


def rows_text(rows: "Rows") -> str:
    """Return what the inputs and outputs mean."""
    if not rows.target:
        return "null"
    columns: "Optional[List[Any]]" = None
    if rows.columns:
        columns = [column(part) for part in rows.columns]
    parts = {
        "target": dump(rows.target),
        "columns": "null" if columns is None else listed(columns),
        "missing": dump(rows.missing),
        "classes": dump(rows.classes),
        "mean": dump(rows.mean),
        "spread": dump(rows.spread),
    }
    return mapped(parts)


def column(part: "Any") -> str:
    """Return what a column is."""
    about = {"name": part.name, "input": part.place}
    if isinstance(part, Number):
        return dump(dict(about, median=part.median))
    return dump(dict(about, labels=part.labels, missing=part.missing, other=part.other))


def listed(texts: "Sequence[str]") -> str:
    """Return an array of these texts, one in a line."""
    return "[\n" + ",\n".join([indent(text) for text in texts]) + "\n]" if texts else "[]"


def mapped(texts: "Dict[str, str]") -> str:
    """Return an object of these texts, in their order."""
    parts = [indent(f"{dump(name)}: {text}") for name, text in texts.items()]
    return "{\n" + ",\n".join(parts) + "\n}" if parts else "{}"


def indent(text: str) -> str:
    return " " + text.replace("\n", "\n ")
