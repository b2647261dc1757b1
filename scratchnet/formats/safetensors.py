"""The safetensors format: parameters in binary, read by PyTorch, NumPy, JAX and many others.

    dumps  loads          a model to the bytes of a file, and back
    flatten  nest         a tensor to its shape and its numbers, and back

A file consists of the length of its header (8 bytes, little-endian), the header, which is JSON
text, and the numbers. For every tensor the header gives its type, its shape, and the bytes that it
takes up. The header's ``__metadata__`` is an object of strings. Files of scratchnet have one
string, "scratchnet", which is JSON text again, and 64-bit floats.
(https://github.com/huggingface/safetensors#format)

In memory, a tensor is a number, a list of numbers, or a matrix: a list of rows.

>>> data = dumps({"0.bias": [1.0], "0.weights": [[0.5], [0.25]]}, {"layers": ["Dense"]})
>>> data[:8]
b'\\xb8\\x00\\x00\\x00\\x00\\x00\\x00\\x00'
>>> loads(data)
({'0.bias': [1.0], '0.weights': [[0.5], [0.25]]}, {'layers': ['Dense']})
>>> loads(data[:-1])
Traceback (most recent call last):
    ...
ValueError: safetensors: the last tensor ends at byte 24 of the data, which has 23
"""

import struct

from ..core.checks import shown
from . import files, strict_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple, Union

    Tensor = Union[float, List[float], List[List[float]]]
    Entry = Tuple[int, int, str, List[int], str]
    Wanted = Callable[[str, bool], bool]

# The limit for the header in bytes, enough for tens of thousands of layers. The limit of the
# reference implementation is 10^8.
LARGEST_HEADER = 10000000

READABLE = "its dtype is {}; F64, F32, F16 and BF16 can be read"
_METADATA = "__metadata__"
_KEYS = {"dtype", "shape", "data_offsets"}
# The types that a 64-bit float holds exactly: bytes per number, and struct's code.
_TYPES = {"F64": (8, "d"), "F32": (4, "f"), "F16": (2, "e"), "BF16": (2, "f")}
# The types of which no tensor is read: bytes per number.
_INTEGERS = {
    "I64": 8,
    "U64": 8,
    "I32": 4,
    "U32": 4,
    "I16": 2,
    "U16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}


def dumps(tensors: "Dict[str, Tensor]", metadata: "Dict[str, Any]") -> bytes:
    """Return the file that holds ``tensors`` and ``metadata``.

    The tensors are sorted by name, as in the reference implementation.

    >>> dumps({"a": [1, 2, "three"]}, {})
    Traceback (most recent call last):
        ...
    ValueError: tensor 'a'[2] is a str; give a number
    """
    if _METADATA in tensors:
        raise ValueError(
            "safetensors: a tensor is called {}, the name of the metadata; rename it".format(
                _METADATA
            )
        )
    header: "Dict[str, Any]" = {_METADATA: {"scratchnet": strict_json.dumps(metadata, "metadata")}}
    body = []
    begin = 0
    for name in sorted(tensors):
        shape, numbers = flatten(name, tensors[name])
        end = begin + 8 * len(numbers)
        header[name] = {"dtype": "F64", "shape": shape, "data_offsets": [begin, end]}
        body.append(struct.pack("<{}d".format(len(numbers)), *numbers))
        begin = end
    text = strict_json.dumps(header, "header").encode()
    text += b" " * (-len(text) % 8)  # The numbers begin at a multiple of 8.
    if len(text) > LARGEST_HEADER:
        raise ValueError(
            "safetensors: the header has {} bytes; the limit is {}".format(
                len(text), LARGEST_HEADER
            )
        )
    return struct.pack("<Q", len(text)) + text + b"".join(body)


def loads(
    data: bytes, wanted: "Optional[Wanted]" = None
) -> "Tuple[Dict[str, Tensor], Dict[str, Any]]":
    """Return the tensors and the metadata in the file ``data``.

    The metadata of a file that scratchnet did not write are {}. A file that breaks any rule of the
    format raises a ValueError. The numbers are not checked; a NaN is returned as it is. Of a file
    that scratchnet did not write, ``wanted(name, integers)`` says which tensors are returned;
    ``integers`` is whether the tensor holds integers.
    """
    if len(data) < 8:
        raise ValueError(
            "safetensors: the file has {} bytes; a safetensors file has at least 8".format(
                len(data)
            )
        )
    size = struct.unpack("<Q", data[:8])[0]
    if size > LARGEST_HEADER:
        error = (
            "safetensors: not a safetensors file: its first 8 bytes give a header of {} bytes; "
            "at most {} are read"
        )
        raise ValueError(error.format(size, LARGEST_HEADER))
    if size > len(data) - 8:
        error = (
            "safetensors: the file is cut off: its header should have {} bytes, "
            "but only {} are there"
        )
        raise ValueError(error.format(size, len(data) - 8))
    if data[8:9] != b"{":
        raise ValueError("safetensors: the header must begin with {")
    header = strict_json.loads(data[8 : 8 + size], "safetensors: header")
    metadata = _metadata(header.pop(_METADATA, {}))
    entries = sorted([_entry(name, header[name]) for name in header])
    _check_layout(entries, len(data) - 8 - size)
    tensors = {}
    for begin, end, name, shape, dtype in entries:
        if metadata or wanted is None or wanted(name, dtype in _INTEGERS):
            _check_readable(name, shape, dtype)
            tensors[name] = _tensor(data[8 + size + begin : 8 + size + end], shape, dtype)
    return tensors, metadata


def _metadata(strings: "Any") -> "Dict[str, Any]":
    if not isinstance(strings, dict) or not all([isinstance(strings[key], str) for key in strings]):
        raise ValueError("safetensors: {} must be an object of strings".format(_METADATA))
    metadata = strict_json.loads(strings.get("scratchnet", "{}").encode(), "safetensors: metadata")
    if not isinstance(metadata, dict):
        raise ValueError("safetensors: metadata: the string 'scratchnet' must hold a JSON object")
    return metadata


def _entry(name: str, entry: "Any") -> "Entry":
    """Return what the header says about one tensor, with all types checked.

    The offsets come first, so that entries can be sorted by them.
    """
    error = "safetensors: tensor {}: ".format(shown(name))
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise ValueError(error + "its entry must be an object of dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _TYPES and dtype not in _INTEGERS:
        what = shown(dtype) if isinstance(dtype, str) else "not a string"
        raise ValueError(error + READABLE.format(what))
    if not _whole(shape):
        raise ValueError(error + "its shape must be a list of whole numbers, none negative")
    if not _whole(offsets) or len(offsets) != 2:
        raise ValueError(error + "its data_offsets must be two whole numbers, neither negative")
    return offsets[0], offsets[1], name, shape, dtype


def _check_readable(name: str, shape: "List[int]", dtype: str) -> None:
    error = "safetensors: tensor {}".format(shown(name))
    if dtype in _INTEGERS:
        raise ValueError(error + ": " + READABLE.format(shown(dtype)))
    if len(shape) > 2:
        raise ValueError(error + ": it has {} dimensions; at most 2 can be read".format(len(shape)))
    if len(shape) == 2 and 0 in shape:  # Any number of empty rows would need no bytes.
        raise ValueError(error + " has shape {}; a matrix must not be empty".format(shape))


def _whole(values: "Any") -> bool:
    return isinstance(values, list) and all([type(value) is int and value >= 0 for value in values])


def _check_layout(entries: "List[Entry]", size: int) -> None:
    """Check that the tensors fill the ``size`` bytes of data without gaps or overlaps.

    Each tensor must have as many bytes as its shape needs.
    """
    due = count = 0
    for begin, end, name, shape, dtype in entries:
        error = "safetensors: tensor {} ".format(shown(name))
        width = _INTEGERS.get(dtype) or _TYPES[dtype][0]
        needed = width
        for length in shape:
            needed *= length
        if begin != due:
            raise ValueError(
                error + "begins at byte {} of the data; it must begin at byte {}".format(begin, due)
            )
        if end - begin != needed:
            raise ValueError(
                error
                + "takes up the bytes {} to {}, but shape {} and {} need {} bytes".format(
                    begin, end, shape, dtype, needed
                )
            )
        due = end
        count += needed // width
    if due != size:
        raise ValueError(
            "safetensors: the last tensor ends at byte {} of the data, which has {}".format(
                due, size
            )
        )
    if count > files.MOST_NUMBERS:
        raise ValueError(
            "safetensors: {} numbers; a model has at most {}".format(count, files.MOST_NUMBERS)
        )


def _tensor(data: bytes, shape: "List[int]", dtype: str) -> "Tensor":
    size, code = _TYPES[dtype]
    count = len(data) // size
    return nest(
        shape,
        struct.unpack("<{}{}".format(count, code), _widen(data) if dtype == "BF16" else data),
    )


def _widen(data: bytes) -> "bytearray":
    """Return the F32 numbers whose upper halves are these BF16 numbers."""
    wide = bytearray(2 * len(data))
    for i in range(0, len(data), 2):
        wide[2 * i + 2] = data[i]
        wide[2 * i + 3] = data[i + 1]
    return wide


def flatten(name: str, tensor: "Any") -> "Tuple[List[int], List[float]]":
    """Return the shape of a ``tensor`` and its numbers as floats, row by row.

    >>> flatten("a", [[1, 2], [3, 4], [5, 6]])
    ([3, 2], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    >>> flatten("a", [[1, 2], [3]])
    Traceback (most recent call last):
        ...
    ValueError: tensor 'a': row 1 must be a list of length 2, as row 0 is
    """
    if not isinstance(tensor, list):
        return [], [_number(name, (), tensor)]
    if not tensor or not isinstance(tensor[0], list):
        return [len(tensor)], _numbers(name, (), tensor)
    columns = len(tensor[0])
    if columns == 0:
        raise ValueError(
            "tensor {}: row 0 is empty; give at least one number per row".format(shown(name))
        )
    numbers = []
    for i, row in enumerate(tensor):
        if not isinstance(row, list) or len(row) != columns:
            raise ValueError(
                "tensor {}: row {} must be a list of length {}, as row 0 is".format(
                    shown(name), i, columns
                )
            )
        numbers += _numbers(name, (i,), row)
    return [len(tensor), columns], numbers


def _numbers(name: str, index: "Tuple[int, ...]", row: "Any") -> "List[float]":
    """Return the numbers of a row as floats; ``index`` is that of the row."""
    if set(map(type, row)) == {float}:
        return list(row)
    return [_number(name, index + (j,), row[j]) for j in range(len(row))]


def _number(name: str, index: "Tuple[int, ...]", value: "Any") -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise ValueError("{} is a {}; give a number".format(place(name, index), type(value).__name__))


def place(name: str, index: "Tuple[int, ...]") -> str:
    """Return the place of a number, for an error message.

    >>> place("0.weights", (2, 1))
    "tensor '0.weights'[2][1]"
    """
    return "tensor " + shown(name) + "".join(["[{}]".format(i) for i in index])


def nest(shape: "List[int]", numbers: "Any") -> "Tensor":
    """Return the tensor of the given ``shape`` and ``numbers``, the inverse of ``flatten``.

    >>> nest([3, 2], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    """
    if not shape:
        return float(numbers[0])
    if len(shape) == 1:
        return list(numbers)
    rows, columns = shape
    return [list(numbers[i * columns : (i + 1) * columns]) for i in range(rows)]
