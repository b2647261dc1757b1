"""Functions of compiled libraries, which are built once for each source and stay loaded."""

import ctypes
from array import array
from functools import lru_cache

from . import compiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@lru_cache(maxsize=None)
def built(source: str) -> "Any":
    """Return the library of a C source."""
    return compiler.build(source)


@lru_cache(maxsize=None)
def function(source: str, name: str, integers: int, arrays: int) -> "Any":
    """Return a function of the library of a C source. It returns an integer.

    ``integers``   how many arguments are integers
    ``arrays``     how many arguments after these are addresses
    """
    found = built(source)[name]
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
