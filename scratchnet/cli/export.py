"""`python -m scratchnet export`: write a saved network as source code."""

from .. import export
from ..codegen.heap import USUAL
from ..codegen.targets import NUMBERS, TARGETS
from ..formats import models
from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Write a saved network as source code that does not need this package:

  c             one header for C99 and C++11: NAME_predict(in, out) without
                malloc, stdio or writable data
  python        one module that needs only math: NAME.predict(...)
  micropython   the same for MicroPython and CircuitPython, with 32-bit floats
  json          the program itself, for an interpreter in any language; its
                format: python3 -c "help('scratchnet.codegen.json_program')"

A model from `scratchnet train` takes the columns of its table and returns the
class or the number: predict("Rome", 3, None) in Python, a struct in C. Every
file carries the SHA-256 of the parameters, golden vectors and a test of itself:

  gcc -DNAME_SELFTEST -x c NAME.h -o selftest -lm && ./selftest
  python3 NAME.py
"""
EXAMPLES = """\
examples:
  scratchnet export model.safetensors --to c -o net.h
  scratchnet export model.json --to c --type float --self-contained -o net.h
  scratchnet export model.json --to micropython --heap 30000 -o net.py
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--to", choices=list(TARGETS), required=True, help="the language")
    parser.add_argument(
        "--type",
        choices=list(NUMBERS),
        help="the numbers it computes with (default double; float for micropython)",
    )
    parser.add_argument("--name", help="the prefix of all its names (default: the stem of FILE)")
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="include exp, tanh, ...: the same bits everywhere, and no libm",
    )
    parser.add_argument(
        "--heap",
        type=int,
        metavar="BYTES",
        help="micropython: the free memory of the device; weights become tuples if they fit,"
        f" else arrays, which are slower (default {USUAL})",
    )
    parser.add_argument("-o", dest="output", metavar="FILE", required=True, help="the file")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file. Return the exit status."""
    terminal.check_output(options.output, [options.model])
    net = models.load(options.model)
    export(
        net,
        options.output,
        options.to,
        options.type,
        options.name,
        options.self_contained,
        options.heap,
    )
    return 0
