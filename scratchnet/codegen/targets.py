"""sn.export: a network as source code of a target language."""

import os

from ..core.checks import COUNT, require
from ..core.functions import set_kernel
from ..formats import files
from ..scalars import Single
from ..scalars.symbolic import Undecided
from . import c_header, json_program, names, python_module
from .own import generate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    from ..core.network import Sequential
    from .rows import Rows

DEFAULT_NAME = "net"


class Request:
    """What is to be written, and how; see ``sn.export``.

    ``net``              the network
    ``type``             the name of its numbers, one of the types of the target
    ``number``           their type on this Python, which computes the same
    ``name``             the prefix of all names
    ``self_contained``   whether the elementary functions are included
    ``rows``             the rows that the network predicts, and what its outputs mean
    ``version``          the version of this package
    ``heap``             the bytes that a device has free for the module, None if nobody said
    """

    def __init__(
        self,
        net: "Sequential",
        type: str,
        name: str,
        self_contained: bool,
        rows: "Rows",
        version: str,
        heap: "Optional[int]" = None,
    ) -> None:
        self.net, self.type, self.name = net, type, name
        self.number = NUMBERS[type]
        self.self_contained = self_contained
        self.rows, self.version, self.heap = rows, version, heap


class Target:
    """A language in which networks are written.

    ``writers``     {name of a number type: a function that returns the source for a Request}; the
                    default type is the first
    ``complaint``   a function that says why a name is none in this language, "" if it is one
    """

    def __init__(
        self, writers: "Dict[str, Callable[[Request], str]]", complaint: "Callable[[str], str]"
    ) -> None:
        self.writers, self.complaint = writers, complaint


NUMBERS: "Dict[str, Any]" = {"double": float, "float": Single}
TARGETS = {
    "c": Target({"double": c_header.written, "float": c_header.written}, names.complaint_of_c),
    "python": Target({"double": python_module.python}, names.complaint_of_python),
    "micropython": Target(
        {"float": python_module.micropython, "double": python_module.micropython},
        names.complaint_of_python,
    ),
    "json": Target(
        {"double": json_program.written, "float": json_program.written}, names.complaint_of_json
    ),
}


def export(
    net: "Sequential",
    path: "Any",
    to: str,
    type: "Optional[str]",
    name: "Optional[str]",
    self_contained: bool,
    rows: "Rows",
    version: str,
    heap: "Optional[int]" = None,
) -> str:
    """Return the source, and write it to ``path`` unless that is None; see ``sn.export``."""
    require("to", to, (TARGETS.__contains__, listed(TARGETS)))
    target = TARGETS[to]
    if type is None:
        type = next(iter(target.writers))
    require("type", type, (target.writers.__contains__, listed(target.writers)))
    name = checked_name(name, path, target)
    if heap is not None:
        require("heap", heap, COUNT)
        if to != "micropython":
            raise ValueError("heap is for the target 'micropython'; leave it out")
    request = Request(net, type, name, self_contained, rows, version, heap)
    check_numbers(net, request.number)
    # The text must not depend on this Python: constants are folded by the portable functions.
    former = set_kernel("portable")
    try:
        text = generate(lambda: target.writers[type](request), net.layers)
    except Undecided as error:
        raise ValueError(f"the network cannot be exported: {error}") from None
    finally:
        set_kernel(former)
    if path is not None:
        files.write(path, text.encode("ascii"))
    return str(text)


def listed(names: "Any") -> str:
    return " or ".join([repr(name) for name in names])


def checked_name(name: "Optional[str]", path: "Any", target: "Target") -> str:
    """Return the name of what is exported: the given one, or the stem of the file's name."""
    if name is None:
        name = DEFAULT_NAME if path is None else os.path.basename(str(path)).split(".")[0]
    complaint = target.complaint(name)
    if complaint:
        another = f"give another name, such as name={DEFAULT_NAME!r}"
        raise ValueError(f"{name!r} {complaint}; {another}")
    return name


def check_numbers(net: "Sequential", number: "Any") -> None:
    """Raise an error unless the numbers of the network are floats, and finite in this type."""
    if net.number is not float:
        raise TypeError(f"the network computes with {net.number.__name__}; use net.copy(float)")
    if net.inputs is None:
        raise ValueError("no layer says how many inputs the network takes; add a Dense layer")
    for parameter in net.parameters():
        for value in [v for row in parameter.rows or [] for v in row]:
            rounded = float(number(value))
            if rounded - rounded != 0:
                raise ValueError(
                    f"{parameter.name} holds {value!r}, which is no finite "
                    f"{'float of 32 bits' if number is Single else 'number'}"
                )
