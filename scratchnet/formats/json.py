"""A model as JSON text for people: every number as a readable decimal and as its exact bits.

    dumps  loads          a model to text, and back

Not every Python reads a decimal without error. The text therefore holds the numbers twice: readable
under "tensors", and under "exact" as IEEE 754 binary64, row by row, 16 hexadecimal digits each. The
exact numbers are loaded. To change a model by hand, change the decimals and delete the entry of
that tensor from "exact", or delete "exact" entirely.

>>> print(dumps({"0.bias": [1.0], "0.weights": [[0.5], [0.25]]}, {"layers": ["Dense"]}), end="")
{
  "format": "scratchnet",
  "metadata": {
    "layers": ["Dense"]
  },
  "tensors": {
    "0.bias": [1.0],
    "0.weights": [
      [0.5],
      [0.25]
    ]
  },
  "exact": {
    "0.bias": "3ff0000000000000",
    "0.weights": "3fe00000000000003fd0000000000000"
  }
}
"""

import struct

from ..core.checks import shown
from . import strict_json
from .safetensors import flatten, nest, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple, Union

    from .safetensors import Tensor

# The largest relative difference between a decimal and its bits. It is larger than any reader's
# error and smaller than any change by hand. (If 1 + 1e-9 is 1, floats have 32 bits, as on most
# microcontrollers.)
TOLERANCE = 1e-9 if 1.0 + 1e-9 > 1.0 else 1e-5


def dumps(tensors: "Dict[str, Tensor]", metadata: "Dict[str, Any]") -> str:
    """Return the text that holds ``tensors`` (as in safetensors.py) and ``metadata``.

    The text ends with a line break.

    >>> dumps({"a": [1.0, float("nan")]}, {})
    Traceback (most recent call last):
        ...
    ValueError: model.tensors.a[1] is nan: JSON can hold finite numbers only
    """
    decimals = {}
    exact = {}
    for name in tensors:
        shape, numbers = flatten(name, tensors[name])
        decimals[name] = nest(shape, numbers)
        exact[name] = _bits(numbers)
    model = {"format": "scratchnet", "metadata": metadata, "tensors": decimals, "exact": exact}
    return strict_json.dumps(model, "model", "\n") + "\n"


def loads(text: "Union[str, bytes]") -> "Tuple[Dict[str, Tensor], Dict[str, Any]]":
    """Return the tensors and the metadata in ``text``.

    Anything except a well-formed model raises a ValueError.

    >>> loads('{"format": "scratchnet", "metadata": {}, "tensors": {"a": [0.1, 2]}}')
    ({'a': [0.1, 2.0]}, {})
    """
    data = text.encode() if isinstance(text, str) else text
    if data[:3] == b"\xef\xbb\xbf":  # the byte order mark that some editors write
        data = data[3:]
    if not data.strip():
        raise ValueError("JSON: the file is empty")
    model = strict_json.loads(data, "JSON")
    if not isinstance(model, dict) or model.get("format") != "scratchnet":
        raise ValueError('JSON: a model is an object with "format": "scratchnet"')
    model.setdefault("exact", {})
    if set(model) != {"format", "metadata", "tensors", "exact"}:
        raise ValueError(
            "JSON: a model has format, metadata, tensors and perhaps exact, and no other key"
        )
    for key in ("metadata", "tensors", "exact"):
        if not isinstance(model[key], dict):
            raise ValueError("JSON: {} must be an object".format(key))
    tensors, exact = model["tensors"], model["exact"]
    for name in exact:
        if name not in tensors:
            raise ValueError("JSON: exact has {}, but tensors does not".format(shown(name)))
    for name in tensors:
        shape, numbers = flatten(name, tensors[name])
        if name in exact:
            numbers = _exact(name, shape, numbers, exact[name])
        tensors[name] = nest(shape, numbers)
    return tensors, model["metadata"]


def _bits(numbers: "List[float]") -> str:
    size = len(numbers)
    words = struct.unpack(">{}Q".format(size), struct.pack(">{}d".format(size), *numbers))
    return "".join(["{:016x}".format(word) for word in words])


def _exact(name: str, shape: "List[int]", decimals: "List[float]", digits: "Any") -> "List[float]":
    """Return the numbers that ``digits`` encode; they must agree with the ``decimals``."""
    size = len(decimals)
    if (
        not isinstance(digits, str)
        or len(digits) != 16 * size
        or not set(digits) <= set("0123456789abcdef")
    ):
        raise ValueError(
            "JSON: exact: tensor {} needs a string of {} hexadecimal digits (0-9, a-f), 16 for "
            "each number; or delete this entry to use the decimals".format(shown(name), 16 * size)
        )
    data = digits.encode()  # MicroPython finds an index of a string only by counting characters.
    words = [int(data[i : i + 16].decode(), 16) for i in range(0, 16 * size, 16)]
    numbers = list(struct.unpack(">{}d".format(size), struct.pack(">{}Q".format(size), *words)))
    for i, number in enumerate(numbers):
        # The limit is relative to the decimal, which is finite. Infinity and NaN are refused, too.
        if not abs(number - decimals[i]) <= TOLERANCE * abs(decimals[i]):
            index = divmod(i, shape[1]) if len(shape) == 2 else (i,) * len(shape)
            raise ValueError(
                "JSON: {} is {}, but {} in exact; change both, or delete the tensor from "
                "exact".format(place(name, index), decimals[i], number)
            )
    return numbers
