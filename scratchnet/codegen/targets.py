"""sn.export: a network as source code of a target language."""

import os
import re

from ..core.checks import require
from ..core.functions import set_kernel
from ..formats import files
from ..scalars import Single
from ..scalars.symbolic import Undecided
from . import c_header, c_integers, micropython_integers
from .integers import BITS
from .own import generate
from .quantizer import quantized

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

    from ..core.network import Sequential
    from .integers import Integers

    Meanings = Tuple[List[str], List[str]]

DEFAULT_NAME = "net"

# The keywords of C and C++, which no name may be.
KEYWORDS = set(
    "_Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert "
    "_Thread_local alignas alignof and and_eq asm auto bitand bitor bool break case catch char "
    "char16_t char32_t char8_t class co_await co_return co_yield compl concept const const_cast "
    "consteval constexpr constinit continue decltype default delete do double dynamic_cast else "
    "enum explicit export extern false float for friend goto if import inline int long module "
    "mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof static static_assert "
    "static_cast struct switch template this thread_local throw true try typedef typeid typename "
    "typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq "
    "main linux unix".split()
)
# Macros of the C library begin with these words and an underscore.
LIBRARY = set("ATOMIC DBL E FE FLT FP INT INTMAX LC LDBL PRI SCN SIG SIZE TIME UINT WCHAR".split())


class Request:
    """What is to be written, and how; see ``sn.export``.

    ``net``              the network
    ``type``             the name of its numbers, one of the types of the target
    ``number``           their type on this Python, which computes the same
    ``name``             the prefix of all names
    ``self_contained``   whether the elementary functions are included
    ``meanings``         what each input is, and each output; empty if that is not known
    ``version``          the version of this package
    ``calibrate``        rows of inputs, for integers; otherwise None
    ``progmem``          whether tables in C are marked for the flash memory of an AVR
    ``viper``            whether loops in MicroPython are compiled for the processor
    ``integers``         the program of integers, once it is made
    """

    integers: "Integers"

    def __init__(
        self,
        net: "Sequential",
        type: str,
        name: str,
        self_contained: bool,
        meanings: "Meanings",
        version: str,
        calibrate: "Any",
        progmem: bool,
        viper: bool,
    ) -> None:
        self.net, self.type, self.name = net, type, name
        self.number = NUMBERS[type]
        self.self_contained = self_contained
        self.meanings, self.version = meanings, version
        self.calibrate, self.progmem, self.viper = calibrate, progmem, viper

    def quantized(self) -> "Integers":
        """Return the program of integers for the network."""
        self.integers = quantized(self.net, self.calibrate, BITS[self.type])
        return self.integers


class Target:
    """A language in which networks are written.

    ``types``     the names of its number types, the default first
    ``written``   a function that returns the source for a Request
    """

    def __init__(self, types: "Sequence[str]", written: "Callable[[Request], str]") -> None:
        self.types, self.written = types, written


def by_type(
    floats: "Callable[[Request], str]", integers: "Callable[[Request], str]"
) -> "Callable[[Request], str]":
    """Return a function that writes floats with one function and integers with the other."""
    return lambda request: (integers if request.type in BITS else floats)(request)


NUMBERS: "Dict[str, Any]" = {"double": float, "float": Single, "int8": float, "int16": float}
TARGETS = {
    "c": Target(
        ("double", "float", "int8", "int16"), by_type(c_header.written, c_integers.written)
    ),
    "micropython": Target(("int8", "int16"), micropython_integers.written),
}


def export(
    net: "Sequential",
    path: "Any",
    to: str,
    type: "Optional[str]",
    name: "Optional[str]",
    self_contained: bool,
    meanings: "Meanings",
    version: str,
    calibrate: "Any",
    progmem: bool,
    viper: bool,
    before_writing: "Optional[Callable[[Request], Any]]" = None,
) -> str:
    """Return the source, and write it to ``path`` unless that is None; see ``sn.export``.

    ``before_writing``   is called with the Request when the source is complete
    """
    require("to", to, (TARGETS.__contains__, listed(TARGETS)))
    target = TARGETS[to]
    if type is None:
        type = target.types[0]
    require("type", type, (target.types.__contains__, listed(target.types)))
    name = checked_name(name, path)
    request = Request(net, type, name, self_contained, meanings, version, calibrate, progmem, viper)
    check_numbers(net, request.number)
    check_options(request, to)
    # The text must not depend on this Python: constants are folded by the portable functions.
    former = set_kernel("portable")
    try:
        text = generate(lambda: target.written(request), net.layers)
    except Undecided as error:
        raise ValueError(f"the network cannot be exported: {error}") from None
    finally:
        set_kernel(former)
    if before_writing is not None:
        before_writing(request)
    if path is not None:
        files.write(path, text.encode("ascii"))
    return str(text)


def listed(names: "Any") -> str:
    return " or ".join([repr(name) for name in names])


def checked_name(name: "Optional[str]", path: "Any") -> str:
    """Return the prefix of all names: the given one, or the stem of the file's name."""
    if name is None:
        name = DEFAULT_NAME if path is None else os.path.basename(str(path)).split(".")[0]
    if not re.match(r"[A-Za-z][A-Za-z0-9_]*\Z", name) or "__" in name:
        why = "is not a name in C: letters, digits and single underscores after a letter"
    elif name in KEYWORDS or name.upper() in LIBRARY:
        why = "is reserved in C or C++"
    else:
        return name
    raise ValueError(f"{name!r} {why}; give another name, such as name={DEFAULT_NAME!r}")


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


def check_options(request: "Request", to: str) -> None:
    """Raise an error for an option that this target and this type do not have."""
    if request.type in BITS and request.calibrate is None:
        raise ValueError(
            f"the type {request.type!r} needs typical rows of inputs; give calibrate=X "
            "(at the command line, --calibrate DATA)"
        )
    for name, given, allowed, where in (
        ("calibrate", request.calibrate is not None, request.type in BITS, f"types {listed(BITS)}"),
        (
            "progmem",
            request.progmem,
            to == "c" and request.type != "double",  # An AVR has no double of 64 bits.
            "target 'c' with another type than 'double'",
        ),
        (
            "viper",
            request.viper,
            (to, request.type) == ("micropython", "int8"),
            "target 'micropython' with the type 'int8'",
        ),
    ):
        if given and not allowed:
            raise ValueError(f"{name} is for the {where}; leave it out")
