"""Functions of compiled libraries, which are built once for each source and stay loaded."""

import ctypes

from . import compiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from typing import Any, Dict

_libraries: "Dict[str, Any]" = {}


def function(source: str, name: str, integers: int, arrays: int) -> "Any":
    """Return a function of the library of a C source. It returns an integer.

    ``integers``   how many arguments are integers
    ``arrays``     how many arguments after these are addresses
    """
    if source not in _libraries:
        _libraries[source] = compiler.build(source)
    found = _libraries[source][name]
    found.restype = ctypes.c_longlong
    found.argtypes = [ctypes.c_longlong] * integers + [ctypes.c_void_p] * arrays
    return found


def address(numbers: "array[Any]") -> int:
    """Return where the numbers are in memory; the caller keeps them there."""
    return numbers.buffer_info()[0]
