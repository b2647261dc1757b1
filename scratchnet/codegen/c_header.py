"""A network as a C header, for C99 and C++11.

The header uses only the stack: it has no writable data, no input and no output. Small networks are
written out as sn.unroll writes them; larger ones are loops over tables.
"""

from . import c_parts, golden
from .c import Unit, indented
from .loops import rolled
from .program import reachable, recorded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

    from ..core.network import Sequential
    from ..core.types import Matrix, Row
    from .targets import Request

# The most operations that are written out. On x86, smaller networks are up to twice as fast this
# way as with loops; larger ones are no faster, and four times as large.
MOST_WRITTEN_OUT = 256
# The tolerance where the C library computes: its functions may be wrong in the last place, and
# later layers magnify that.
UNITS_OF_TOLERANCE = 1024


def written(request: "Request") -> str:
    """Return the text of the header."""
    net, T, name = request.net, request.type, request.name
    unit = Unit(T, name, request.self_contained, request.progmem)
    x = [unit.symbolic(name=f"x{k}") for k in range(net.inputs or 0)]
    rows = recorded(net, net.copy(unit.symbolic), x)
    tables: "List[str]" = []
    scratch = 0
    if size(rows[-1]) <= MOST_WRITTEN_OUT:
        body = unit.written_out(x, rows[-1])
    else:
        loops = rolled(rows, "in", "out", f"{name}_table")
        body = unit.looping(loops)
        tables = [unit.table(table) for table in loops.tables]
        scratch = sum(loops.lengths.values())
    functions = unit.functions()  # all that the body calls
    parts = [
        about(unit, request),
        head(unit, net, len(rows[-1]), scratch),
        unit.memory(),
        *functions,
        *tables,
        f"static inline void {name}_predict(const {T} *in, {T} *out)\n{{\n{indented(body)}}}\n",
        c_parts.END_UNCONTRACTED * unit.self_contained,
        selftest(unit, *golden.vectors(net, unit.number)),
        "#endif\n",
    ]
    return "\n".join([part for part in parts if part])


def size(outputs: "Row") -> int:
    """Return how many operations compute the outputs; a sum of products counts as its terms."""
    return sum([max(1, len(node.operands) // 2) for node in reachable(outputs) if node.operation])


def about(unit: "Unit", request: "Request") -> str:
    """Return the comment at the beginning."""
    lines = [
        f"/* {unit.name}_predict: a neural network, written by scratchnet {request.version}.",
        f" * SHA-256 of its parameters: {golden.fingerprint(request.net)}",
        " *",
        f" * void {unit.name}_predict(const {unit.T} *in, {unit.T} *out) computes",
        f" * {unit.words['NAME']}_OUTPUTS numbers from {unit.words['NAME']}_INPUTS finite numbers.",
        " * The two arrays must not overlap.",
    ]
    for array, names in zip(("in", "out"), request.meanings):
        lines += [f" *   {array}[{k}]  {for_comment(text)}" for k, text in enumerate(names)]
    lines += [" *"] + [
        f" * layer {k}: {for_comment(repr(v))}" for k, v in enumerate(request.net.layers)
    ]
    return "\n".join(lines) + "\n */\n"


def for_comment(text: str) -> str:
    """Return a text from data as printable ASCII without ends of comments and trigraphs."""
    plain = "".join([c if " " <= c <= "~" else "?" for c in text])
    return plain.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")


def head(unit: "Unit", net: "Sequential", outputs: int, scratch: int) -> str:
    """Return the macros, the includes and what is checked of the compiler."""
    includes = ["float.h"]
    if unit.has_infinity or not unit.self_contained and unit.called:
        includes.append("math.h")
    if {"ldexp", "mantissa", "exponent"} & set(unit.called):
        includes += ["stdint.h", "string.h"]
    text = macros(unit, net.inputs or 0, outputs, f"{scratch} * sizeof({unit.T})", includes)
    text += c_parts.CHECK.format(**unit.words)
    if unit.self_contained:
        text += c_parts.CHECK_BITS.format(**unit.words) + c_parts.BEGIN_UNCONTRACTED
    return text


def macros(unit: "Unit", inputs: int, outputs: int, scratch: str, includes: "List[str]") -> str:
    """Return the guard of the header, its sizes, and what it includes."""
    NAME = unit.words["NAME"]
    lines = [
        f"#ifndef {NAME}_H",
        f"#define {NAME}_H",
        f"#define {NAME}_INPUTS {inputs}",
        f"#define {NAME}_OUTPUTS {outputs}",
        f"#define {NAME}_SCRATCH ({scratch}) /* bytes of arrays on the stack */",
    ]
    return "\n".join(lines + [f"#include <{name}>" for name in includes]) + "\n"


def selftest(unit: "Unit", X: "Matrix", Y: "Matrix") -> str:
    """Return the test that compares what the network predicts with golden vectors."""
    tolerance = 0.0
    if not unit.self_contained:
        largest = max([abs(y) for row in Y for y in row])
        places = int(unit.words["DIGITS"])
        tolerance = float(unit.number(UNITS_OF_TOLERANCE * largest / (1 << places)))
    return c_parts.SELFTEST.format(
        count=len(X),
        inputs=unit.braced(X, 8),
        outputs=unit.braced(Y, 8),
        tolerance=unit.literal(tolerance),
        library=" -lm" * (not unit.self_contained),
        **unit.words,
    )
