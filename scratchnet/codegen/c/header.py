"""A network as a C header, for C99 and C++11.

The header uses only the stack: it has no writable data, no input and no output. Small networks are
written out as sn.unroll writes them; larger ones are loops over tables.
"""

import textwrap

from .. import golden
from ..loops import MOST_WRITTEN_OUT, roll, size
from ..program import record_rows
from . import table_rows, templates
from .printer import indented
from .table_rows import for_comment
from .training import CTraining
from .unit import Unit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Type

    from ...core.network import Sequential
    from ..loop_parts import Table
    from ..request import Request


class Program:
    """A network in C.

    ``unit``      what its parts have in common
    ``outputs``   how many numbers it computes
    ``body``      the statements that compute them
    ``tables``    the constants that these read
    """

    def __init__(self, request: "Request", kind: "Type[Unit]" = Unit) -> None:
        net = request.net
        self.unit = unit = kind(request.type, request.name, request.self_contained, request.progmem)
        x = [unit.symbolic(name=f"x{k}") for k in range(net.inputs or 0)]
        rows = record_rows(net, net.copy(unit.symbolic), x)
        self.outputs = len(rows[-1])
        self.tables: "List[Table]" = []
        if size(rows[-1]) <= MOST_WRITTEN_OUT:
            self.body = unit.written_out(x, rows[-1])
        else:
            loops = roll(rows, "in", "out", f"{request.name}_table")
            self.body = unit.looping(loops)
            self.tables = loops.tables


def write(request: "Request") -> str:
    """Return the text of the header."""
    program = Program(request)
    net, unit = request.net, program.unit
    arguments = f"(const {unit.T} *in, {unit.T} *out)"
    tables = [unit.table(table) for table in program.tables]
    training = CTraining(unit, net, *request.training) if request.training else None
    functions = unit.functions()  # all that the bodies call
    parts = [
        about(unit, request, training.about if training else []),
        head(unit, net, program.outputs),
        training.macros if training else "",
        unit.memory(),
        *functions,
        *tables,
        f"static inline void {unit.name}_predict{arguments}\n{{\n{indented(program.body)}}}\n",
        training.text if training else "",
        *table_rows.definitions(unit, request.rows, program.outputs),
        templates.END_UNCONTRACTED * unit.self_contained,
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
    lines += [f" * {line}" for line in table_rows.about(unit, request.rows)]
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


def head(unit: "Unit", net: "Sequential", outputs: int) -> str:
    """Return the macros, the includes and what is checked of the compiler."""
    includes = ["float.h"]
    if unit.has_infinity or not unit.self_contained and unit.called:
        includes.append("math.h")
    if {"ldexp", "mantissa", "exponent", "power"} & set(unit.called):
        includes += ["stdint.h", "string.h"]
    text = macros(unit, net.inputs or 0, outputs, includes)
    text += templates.CHECK.format(**unit.words)
    if unit.self_contained:
        text += templates.CHECK_BITS.format(**unit.words) + templates.BEGIN_UNCONTRACTED
    return text


def macros(unit: "Unit", inputs: int, outputs: int, includes: "List[str]") -> str:
    """Return the guard of the header, its sizes, and what it includes."""
    NAME = unit.words["NAME"]
    lines = [
        f"#ifndef {NAME}_H",
        f"#define {NAME}_H",
        f"#define {NAME}_INPUTS {inputs}",
        f"#define {NAME}_OUTPUTS {outputs}",
        "/* Bytes of numbers on the stack; the registers that compilers save come on top. */",
        f"#define {NAME}_SCRATCH ({unit.scratch + unit.deepest} * sizeof({unit.words['T']}))",
    ]
    return "\n".join(lines + [f"#include <{name}>" for name in includes]) + "\n"


def selftest(unit: "Unit", request: "Request", training: "Optional[CTraining]") -> str:
    """Return the test that compares what the network predicts with golden vectors."""
    X, Y = golden.vectors(request.net, unit.number)
    samples = request.rows.samples
    count, Y = len(X), Y + golden.outputs(request.net, unit.number, [x for _, x in samples])
    classes = [table_rows.class_of(y) for y in Y]
    declarations, check = table_rows.declare(unit, request.rows, classes)
    predict = table_rows.PREDICT if samples else "{name}_predict(inputs[n], out);"
    return templates.SELFTEST.format(
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
