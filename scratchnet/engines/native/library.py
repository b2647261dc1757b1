"""Functions of compiled libraries, which are built once for each source and stay loaded."""

import ctypes
from array import array
from functools import lru_cache

from . import compiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_built: "Dict[str, Any]" = {}  # the library of each C source


@lru_cache(maxsize=None)
def function(
    source: str, name: str, integers: int, arrays: int, instead: str = compiler.OTHER_ENGINE
) -> "Any":
    """Return a function of the library of a C source. It returns an integer.

    ``integers``   how many arguments are integers
    ``arrays``     how many arguments after these are addresses
    ``instead``    what the error message suggests if the source cannot be compiled
    """
    if source not in _built:
        _built[source] = compiler.build(source, instead)
    found = _built[source][name]
    found.restype = ctypes.c_longlong
    found.argtypes = [ctypes.c_longlong] * integers + [ctypes.c_void_p] * arrays
    return found


def address(numbers: "Any") -> int:
    """Return where the numbers of an array or a buffer are; the caller keeps them there."""
    if hasattr(numbers, "buffer_info"):
        return numbers.buffer_info()[0]  # type: ignore[no-any-return]
    return ctypes.addressof(ctypes.c_char.from_buffer(numbers))


def zeros(count: int) -> "array[float]":
    return array("d", [0.0]) * count
