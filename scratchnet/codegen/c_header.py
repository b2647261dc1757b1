"""A network as a C header, for C99 and C++11.

The header uses only the stack: it has no writable data, no input and no output. Small networks are
written out as sn.unroll writes them; larger ones are loops over tables.
"""

import textwrap

from . import c_parts, c_rows, golden
from .c import Unit, indented
from .c_rows import for_comment
from .c_training import CTraining
from .loops import MOST_WRITTEN_OUT, rolled, size
from .program import recorded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional

    from ..core.network import Sequential
    from .targets import Request


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
    training = CTraining(unit, net, *request.training) if request.training else None
    functions = unit.functions()  # all that the bodies call
    parts = [
        about(unit, request, training.about if training else []),
        head(unit, net, len(rows[-1]), scratch),
        training.macros if training else "",
        unit.memory(),
        *functions,
        *tables,
        f"static inline void {name}_predict(const {T} *in, {T} *out)\n{{\n{indented(body)}}}\n",
        training.text if training else "",
        *c_rows.definitions(unit, request.rows, len(rows[-1])),
        c_parts.END_UNCONTRACTED * unit.self_contained,
        selftest(unit, request, training),
        "#endif\n",
    ]
    return "\n".join([part for part in parts if part])


def about(unit: "Unit", request: "Request", more: "List[str]") -> str:
    """Return the comment at the beginning; ``more`` are lines about other functions."""
    lines = [
        f"/* {unit.name}_predict: a neural network, written by scratchnet {request.version}.",
        f" * SHA-256 of its parameters: {golden.fingerprint(request.net)}",
        " *",
        f" * void {unit.name}_predict(const {unit.T} *in, {unit.T} *out) computes",
        f" * {unit.words['NAME']}_OUTPUTS numbers from {unit.words['NAME']}_INPUTS finite numbers.",
        " * The two arrays must not overlap.",
    ]
    lines += [f" * {line}" for line in c_rows.about(unit, request.rows)]
    for array, names in (("in", request.rows.inputs), ("out", request.rows.outputs)):
        lines += [f" *   {array}[{k}]  {for_comment(text)}" for k, text in enumerate(names)]
    if request.proof:
        lines.append(" *")
        text = "The error: " + str(request.proof)
        lines += [f" * {line}" for line in textwrap.wrap(text, 96)]
    lines += [f" * {for_comment(text)}".rstrip() for text in more]
    lines += [" *"] + [
        f" * layer {k}: {for_comment(repr(v))}" for k, v in enumerate(request.net.layers)
    ]
    return "\n".join(lines) + "\n */\n"


def head(unit: "Unit", net: "Sequential", outputs: int, scratch: int) -> str:
    """Return the macros, the includes and what is checked of the compiler."""
    includes = ["float.h"]
    if unit.has_infinity or not unit.self_contained and unit.called:
        includes.append("math.h")
    if {"ldexp", "mantissa", "exponent", "power"} & set(unit.called):
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


def selftest(unit: "Unit", request: "Request", training: "Optional[CTraining]") -> str:
    """Return the test that compares what the network predicts with golden vectors."""
    X, Y = golden.vectors(request.net, unit.number)
    samples = request.rows.samples
    count, Y = len(X), Y + golden.outputs(request.net, unit.number, [x for _, x in samples])
    classes = [c_rows.class_of(y) for y in Y]
    declarations, check = c_rows.declared(unit, request.rows, classes)
    predict = c_rows.PREDICT if samples else "{name}_predict(inputs[n], out);"
    return c_parts.SELFTEST.format(
        vectors=count,
        count=len(Y),
        inputs=unit.braced(X, 8),
        outputs=unit.braced(Y, 8),
        rows=declarations,
        predict=predict.format(count=count, **unit.words),
        check=check,
        tolerance=unit.literal(unit.tolerance(Y)),
        training=training.selftest(X) if training else "",
        library=" -lm" * (not unit.self_contained),
        **unit.words,
    )
