"""IDX files, the format of MNIST: images, and the numbers of their classes.

>>> import os, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "two-images-idx3-ubyte")
...     with open(path, "wb") as file:
...         _ = file.write(bytes([0, 0, 8, 3]) + bytes([0, 0, 0, 2] * 3))
...         _ = file.write(bytes([0, 51, 102, 255, 0, 0, 0, 255]))
...     images = read_idx(path, scale=255)
>>> images.shape, images[0]
((2, 2, 2), [0.0, 0.2, 0.4, 1.0])

A file consists of two zero bytes, a byte for the type, a byte for the number of dimensions, their
sizes (4 bytes each), and the numbers, all big-endian. (http://yann.lecun.com/exdb/mnist)
"""

import struct
import sys
from array import array
from math import isfinite

from ..core.checks import ABOVE_0, require
from ..formats.files import read_numbers
from ..formats.unpacked import Unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ..formats.files import Path

TYPES = {8: "B", 9: "b", 11: "h", 12: "i", 13: "f", 14: "d"}  # the codes of the module array
LARGEST = 1 << 30  # bytes; MNIST has 47 million


class Idx:
    """The contents of an IDX file.

    ``idx[i]`` is a row of numbers, or a number if there is only one dimension. ``len(idx)`` is the
    size of the first dimension. ``shape`` holds the sizes of all dimensions, such as (60000, 28,
    28). A row spans all dimensions except the first, here 784 numbers.
    """

    def __init__(self, shape: "Tuple[int, ...]", numbers: "Any", scale: float = 1) -> None:
        self.shape, self.numbers, self.scale = shape, numbers, scale
        self.width = len(numbers) // shape[0] if len(shape) > 1 else 0
        self.places = range(shape[0])
        # All quotients of bytes are computed once, so that reading a row only looks them up.
        self.quotients = (
            [number / scale for number in range(256)] if numbers.typecode == "B" else None
        )

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, i: int) -> "Any":
        i = self.places[i]
        if not self.width:
            return self.numbers[i] / self.scale if self.scale != 1 else self.numbers[i]
        row = self.numbers[i * self.width : (i + 1) * self.width]
        if self.quotients is not None:
            return list(map(self.quotients.__getitem__, row))
        return [number / self.scale for number in row]

    def bytes_at(self, places: "List[int]") -> "Any":
        """Return what the engine "native" reads instead of these rows, if they are bytes.

        These are all bytes, the number for each byte, and the indices of the rows.
        """
        if self.quotients is None or not all(map(isfinite, self.quotients)):
            return None
        return self.numbers, self.quotients, [self.places[i] for i in places]


def read_idx(path: "Path", scale: float = 1) -> "Idx":
    """Return the contents of the IDX file at ``path``, which may be compressed with gzip.

    Every number is divided by ``scale``; 255 maps pixels to the range from 0 to 1. The contents are
    kept as compact as in the file. A file that breaks the format raises a ValueError.
    """
    require("scale", scale, ABOVE_0)
    with open(str(path), "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        return _read(Unpacked(file, str(path)) if packed else file, str(path), scale)


def _read(file: "Any", path: str, scale: float) -> "Idx":
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in TYPES or not start[3]:
        raise ValueError(
            f"{path} is not an IDX file: it must begin with two zeros, a type and a number of "
            "dimensions"
        )
    sizes = file.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise ValueError(f"{path} is cut off within its first bytes")
    shape = struct.unpack(f">{start[3]}I", sizes)
    numbers = array(TYPES[start[2]])
    needed = numbers.itemsize
    for size in shape:
        needed *= size
    if not 0 < needed <= LARGEST:
        raise ValueError(
            f"{path}: {_by(shape)} numbers are {needed} bytes; from 1 to {LARGEST} can be read"
        )
    there = read_numbers(numbers, file, needed)
    if there < needed or file.read(1):
        found = str(there) if there < needed else "more"
        raise ValueError(f"{path}: {_by(shape)} numbers are {needed} bytes; the file has {found}")
    if sys.byteorder == "little":
        numbers.byteswap()
    return Idx(shape, numbers, scale)


def _by(shape: "Tuple[int, ...]") -> str:
    return " × ".join(map(str, shape))
