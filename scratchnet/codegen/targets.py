"""sn.export: a network as source code of a target language.

TARGETS      the languages, and what writes each of them
request_for  what is to be written, and how
source       the source code for a request
export       writes it to a file
"""

from ..core.checks import require
from ..core.functions import set_kernel
from ..formats import files
from ..scalars.symbolic import Undecided
from . import json_program, names
from .c import header, integer_header
from .integers.arithmetic import BITS
from .integers.quantizer import quantize
from .own import generate
from .proof import Proof
from .python import integer_module, module
from .request import Request, Target, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ..core.network import Sequential
    from .rows import Rows


TARGETS = {
    "c": Target(
        {
            "double": header.write,
            "float": header.write,
            "int8": integer_header.write,
            "int16": integer_header.write,
        },
        names.complaint_of_c,
    ),
    "python": Target({"double": module.python}, names.complaint_of_python),
    "micropython": Target(
        {
            "float": module.micropython,
            "double": module.micropython,
            "int8": integer_module.write,
            "int16": integer_module.write,
        },
        names.complaint_of_python,
    ),
    "json": Target(
        {"double": json_program.write, "float": json_program.write}, names.complaint_of_json
    ),
}


def request_for(
    net: "Sequential",
    rows: "Rows",
    version: str,
    path: "Any" = None,
    to: str = "c",
    **options: "Any",
) -> "Request":
    """Return what is to be written, and how; the options are those of ``sn.export``."""
    require("to", to, (TARGETS.__contains__, listed(TARGETS)))
    return Request(TARGETS[to], to, net, rows, version, path, **options)


def source(request: "Request") -> str:
    """Return the source code, in ASCII."""
    return str(generate_from(request, request.target.writers[request.type]))


def generate_from(request: "Request", write: "Callable[[Request], Any]") -> "Any":
    """Return what the function makes of the request.

    It must not depend on this Python: constants are folded by the portable functions.
    """

    def make() -> "Any":
        if request.type in BITS:
            request.integers = quantize(request.net, request.calibrate, BITS[request.type])
        return write(request)

    former = set_kernel("portable")
    try:
        if request.calibrate is not None and request.type not in BITS:
            request.proof = Proof(request.net, request.calibrate)
        parts = [*request.net.layers, *(request.training or ())]
        return generate(make, parts)
    except Undecided as error:
        raise ValueError(f"the network cannot be exported: {error}") from None
    finally:
        set_kernel(former)


def export(request: "Request", path: "Any") -> str:
    """Return the source code, and write it to ``path`` unless that is None."""
    text = source(request)
    if path is not None:
        files.write(path, text.encode("ascii"))
    return text
