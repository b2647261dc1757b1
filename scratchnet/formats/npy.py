"""NumPy's files of one array, .npy.

    load  loads      an array from a file, or from its bytes
    dumps            the bytes of such a file
    Array  array_of  an array in little memory; an array from lists

>>> data = dumps(array_of([[1, 2], [3, 4.5]]))
>>> matrix = loads(data)
>>> matrix.shape, matrix[1], matrix.nested()
((2, 2), [3.0, 4.5], [[1.0, 2.0], [3.0, 4.5]])

All numbers except half-precision and complex ones are read: whole numbers, truth values, floats of
4 and 8 bytes. A file of objects is refused, because reading it would run any program that it holds.
(https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html)
"""

import io
import re
import struct
import sys
from array import array

from .files import read_numbers
from .safetensors import flatten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    from .files import Path

LARGEST = 1 << 30  # bytes of one file, unpacked
LONGEST_HEADER = 10000  # bytes, as in NumPy itself
MAGIC = b"\x93NUMPY"
KEYS = {"descr", "fortran_order", "shape"}
# An entry of a header: its key, and a text, a tuple, a list or a word.
_ENTRY = re.compile(
    r"""\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|\([^()]*\)|\[[^\[\]]*\]|[-\w]+)\s*(?:,|(?=\}))"""
)
_SIZES = r"(?:[0-9]{1,30}\s*,\s*)"
_SHAPE = re.compile(rf"\(\s*(?:{_SIZES}{{1,32}}|{_SIZES}{{1,31}}[0-9]{{1,30}}\s*)?\)$")
# NumPy's types without the byte order, and the codes of the module array. The code "L" means 4
# bytes or 8, "q" always 8.
TYPES = {
    "b1": "B",
    "i1": "b",
    "u1": "B",
    "i2": "h",
    "u2": "H",
    "i4": "i",
    "u4": "I",
    "i8": "q",
    "u8": "Q",
    "f4": "f",
    "f8": "d",
}
NAMES = {code: name for name, code in TYPES.items() if name != "b1"}
ORDER = "<" if sys.byteorder == "little" else ">"


class Array:
    """Numbers and their shape.

    ``shape``     the sizes of the dimensions; () for a single number
    ``numbers``   array.array, row by row

    ``len(a)`` is the first size. ``a[i]`` is a number if the array has one dimension, otherwise a
    row of floats that holds all further dimensions. Training can therefore use a large array
    directly; only single rows become lists.
    """

    def __init__(self, shape: "Tuple[int, ...]", numbers: "Any") -> None:
        self.shape, self.numbers = tuple(shape), numbers
        count = 1
        for size in self.shape:
            count *= size
        if count != len(numbers):
            raise ValueError(
                f"an array of shape {self.shape} has {count} numbers, not {len(numbers)}"
            )
        self.width = count // self.shape[0] if self.shape and count else 0

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single number has no length")
        return self.shape[0]

    def __getitem__(self, i: int) -> "Any":
        i = range(len(self))[i]
        if len(self.shape) == 1:
            return self.numbers[i]
        row = self.numbers[i * self.width : (i + 1) * self.width]
        return row.tolist() if row.typecode in "fd" else list(map(float, row))

    def nested(self) -> "Any":
        """Return a number, a list, or a list of lists; more dimensions raise a ValueError."""
        if len(self.shape) > 2:
            raise ValueError(
                f"an array of shape {self.shape} cannot become lists; give at most 2 dimensions"
            )
        if self.shape[1:] == (0,) and self.shape[0]:  # A short file may ask for a billion rows.
            raise ValueError(f"a matrix of shape {self.shape} is empty; give at least one column")
        numbers = self.numbers.tolist()
        if not self.shape:
            return numbers[0]
        if len(self.shape) == 1:
            return numbers
        return [numbers[i * self.width : (i + 1) * self.width] for i in range(self.shape[0])]

    def __repr__(self) -> str:
        return f"Array({self.shape}, {NAMES[self.numbers.typecode]})"


def array_of(data: "Any") -> "Array":
    """Return a number, a list or a list of lists as an array of floats."""
    shape, numbers = flatten("array", data)
    return Array(tuple(shape), array("d", numbers))


def load(path: "Path") -> "Array":
    """Return the array in the .npy file at ``path``; any other file raises a ValueError."""
    with open(str(path), "rb") as file:
        return read(file, str(path), LARGEST)


def loads(data: bytes, source: str = "npy") -> "Array":
    """Return the array in the bytes of an .npy file.

    >>> loads(b"no array")
    Traceback (most recent call last):
        ...
    ValueError: npy is not an .npy file: it must begin with \\x93NUMPY
    """
    return read(io.BytesIO(data), source, LARGEST)


def dumps(a: "Array") -> bytes:
    """Return the bytes of an .npy file, in this machine's byte order."""
    name = NAMES[a.numbers.typecode]
    order = "|" if name[1] == "1" else ORDER
    shape = (
        "({},)".format(*a.shape)
        if len(a.shape) == 1
        else "({})".format(", ".join(map(str, a.shape)))
    )
    header = f"{{'descr': '{order}{name}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    # The numbers begin at a multiple of 64.
    header += b" " * (-(len(MAGIC) + 4 + len(header) + 1) % 64) + b"\n"
    data: bytes = a.numbers.tobytes()
    return MAGIC + b"\1\0" + struct.pack("<H", len(header)) + header + data


def read(file: "Any", source: str, largest: int) -> "Array":
    """Return the array in an open file; it has at most ``largest`` bytes."""
    shape, name, order, fortran = _header(file, source)
    numbers = array(TYPES[name])
    if numbers.itemsize != int(name[1:]):
        raise ValueError(f"{source}: numbers of type {name} cannot be read on this machine")
    needed = numbers.itemsize
    for size in shape:
        needed *= size
    if needed > largest:
        raise ValueError(
            f"{source}: an array of shape {shape} has {needed} bytes; at most {largest} can be read"
        )
    there = read_numbers(numbers, file, needed)
    if there < needed or file.read(1):
        found = str(there) if there < needed else "more"
        raise ValueError(
            f"{source}: an array of shape {shape} has {needed} bytes; the file has {found}"
        )
    if order not in ("|", "=", ORDER):
        numbers.byteswap()
    if name == "b1" and numbers and max(numbers) > 1:
        raise ValueError(f"{source}: a truth value is {max(numbers)}; it must be 0 or 1")
    return Array(shape, _by_rows(numbers, shape) if fortran else numbers)


def _header(file: "Any", source: str) -> "Tuple[Tuple[int, ...], str, str, bool]":
    """Return shape, type, byte order, and whether the numbers are stored column by column."""
    start = file.read(8)
    if start[:6] != MAGIC:
        raise ValueError(f"{source} is not an .npy file: it must begin with \\x93NUMPY")
    if len(start) < 8 or start[6] not in (1, 2, 3):
        raise ValueError(
            f"{source}: an .npy file of version {start[6:7].hex() or 'unknown'}; "
            "versions 1, 2 and 3 can be read"
        )
    size = file.read(2 if start[6] == 1 else 4)
    length = int.from_bytes(size, "little")
    text = file.read(min(length, LONGEST_HEADER + 1))
    if len(size) < 2 or len(text) < length or length > LONGEST_HEADER:
        raise ValueError(
            f"{source}: the header is cut off, or has more than {LONGEST_HEADER} bytes"
        )
    fields = _fields(text.decode("utf-8" if start[6] == 3 else "latin-1", "replace").strip())
    if set(fields) != KEYS or fields["fortran_order"] not in ("True", "False"):
        raise ValueError(f"{source}: the header must be a dict of descr, fortran_order and shape")
    descr, is_fortran = fields["descr"][1:-1], fields["fortran_order"] == "True"
    if not _SHAPE.match(fields["shape"]):
        raise ValueError(
            f"{source}: the shape is {_short(fields['shape'])}; it must be a tuple of whole numbers"
        )
    shape = tuple(map(int, re.findall("[0-9]+", fields["shape"])))
    if 0 in shape and max(shape) > LARGEST:
        raise ValueError(f"{source}: an array of shape {shape} has no numbers; give some")
    if is_fortran and len(shape) > 2:
        raise ValueError(
            f"{source}: an array of {len(shape)} dimensions in Fortran order; at most 2 can be read"
        )
    if descr[:1] not in ("<", ">", "|", "=") or descr[1:] not in TYPES:
        reason = "objects, which are never read" if "O" in descr else _short(fields["descr"])
        raise ValueError(
            f"{source} holds {reason}; whole numbers, truth values and floats (f4, f8) can be read"
        )
    return shape, descr[1:], descr[:1], is_fortran


def _fields(header: str) -> "Dict[str, str]":
    """Return the keys of a header with their values as text.

    A header that is not a dict with different keys is {}. (``ast.literal_eval`` would let a short
    text use up the stack of the interpreter.)
    """
    fields: "Dict[str, str]" = {}
    place = header.find("{") + 1
    entry = _ENTRY.match(header, place)
    while entry and entry.group(2) not in fields:
        fields[entry.group(2)] = entry.group(3)
        place = entry.end()
        entry = _ENTRY.match(header, place)
    return fields if header[:1] + header[place:].strip() == "{}" else {}


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _by_rows(numbers: "Any", shape: "Tuple[int, ...]") -> "Any":
    """Return numbers that are stored column by column in the order row by row."""
    if len(shape) < 2 or not numbers:
        return numbers
    rows, columns = shape
    turned = array(numbers.typecode, bytes(len(numbers) * numbers.itemsize))
    for j in range(columns):
        turned[j::columns] = numbers[j * rows : (j + 1) * rows]
    return turned
