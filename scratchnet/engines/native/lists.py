"""Functions of compiled libraries that take and return Python's own lists.

CPython makes a function of the address of C code. It calls that code without ``ctypes``, which
would take longer than the prediction of a small network.
"""

import ctypes
import sys
from functools import lru_cache

from ...codegen.c import native_data
from ...codegen.c.native_lists import FUNCTIONS
from . import library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from typing import Any, Callable, List, Tuple

ONE_ARGUMENT = 8  # METH_O of Python's C API


class Definition(ctypes.Structure):
    """PyMethodDef of Python's C API."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("documentation", ctypes.c_char_p),
    ]


class Lists:
    """Predictions of a library for lists.

    ``predict_list``   takes and returns a list of numbers; raises a TypeError for anything else
    ``predict_rows``   does so for a list of such lists
    """

    def __init__(self, source: str, weights: "array[float]") -> None:
        types = TYPES if types_are_known() else [None, None]
        connect(source, addresses_of(FUNCTIONS) + types)
        self.source, self.weights = source, weights
        self.address = library.address(weights)
        self.predict_list = self.function("net_predict_list", self.address)
        self.predict_rows = self.function("net_predict_rows", self.address)

    def predict_any(self, otherwise: "Callable[[Any], Any]") -> "Callable[[Any], Any]":
        """Return a function of a list of floats; it passes anything else to ``otherwise``."""
        return self.function("net_predict_any", (self.address, otherwise))

    def function(self, name: str, given: "Any") -> "Callable[[Any], Any]":
        """Return a function that calls the C function with ``given`` and its argument.

        It keeps what it needs, as the module that it belongs to.
        """
        code = address_of(library.function(self.source, name, 0, 2))
        definition = Definition(b"predict", code, ONE_ARGUMENT, None)
        made = ctypes.PYFUNCTYPE(
            ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.py_object
        )(("PyCFunction_NewEx", ctypes.pythonapi))
        place = ctypes.addressof(definition)
        return made(place, given, (definition, self.weights))  # type: ignore[no-any-return]


@lru_cache(maxsize=None)
def reader() -> "Callable[[int, int, int, int], int]":
    """Return the C function net_read, which runs with the lock of the interpreter held."""
    source = native_data.SOURCE
    addresses = [id(kind) for kind in native_data.TYPES] + addresses_of(native_data.FUNCTIONS)
    connect(source, addresses + [tuple.__basicsize__])
    integer, place = ctypes.c_longlong, ctypes.c_void_p
    made: "Any" = ctypes.PYFUNCTYPE(integer, integer, integer, place, place)
    return made(address_of(library.function(source, "net_read", 2, 2)))  # type: ignore[no-any-return]


def connect(source: str, addresses: "List[Any]") -> None:
    """Give a library the addresses of types and functions of the interpreter, and sizes."""
    table = (ctypes.c_void_p * len(addresses))(*addresses)
    library.function(source, "net_connect", 0, 1)(ctypes.addressof(table))


def addresses_of(functions: "Tuple[str, ...]") -> "List[Any]":
    return [address_of(getattr(ctypes.pythonapi, name)) for name in functions]


# Objects of CPython begin with the number of references and the type. A float goes on with its
# value, a list with its length and the address of its items, a tuple with its length and, after a
# hash from Python 3.14 on, its items.
TYPES = [id(list), id(float)]


def types_are_known() -> bool:
    """Return whether these objects are in memory as the C expects; not in free threading."""
    if not are_possible():
        return False
    word = ctypes.sizeof(ctypes.c_void_p)
    number, numbers = 1.5, [2.5, 3.5, 4.5]
    items, same = list(map(id, numbers)), tuple(numbers)
    start = id(same) + tuple.__basicsize__

    def at(address: int, kind: "Any" = ctypes.c_size_t) -> "Any":
        return kind.from_address(address).value

    return (
        [at(id(numbers) + word), at(id(number) + word)] == TYPES
        and at(id(number) + 2 * word, ctypes.c_double) == number
        and at(id(numbers) + 2 * word) == len(numbers)
        and [at(at(id(numbers) + 3 * word) + k * word) for k in range(3)] == items
        and [at(id(same) + k * word) for k in (1, 2)] == [id(tuple), 3]
        and [at(start + k * word) for k in range(3)] == items
    )


def address_of(function: "Any") -> "Any":
    return ctypes.cast(function, ctypes.c_void_p).value


def are_possible() -> bool:
    """Return whether this interpreter has the functions that the C needs."""
    return sys.implementation.name == "cpython" and hasattr(ctypes, "pythonapi")
