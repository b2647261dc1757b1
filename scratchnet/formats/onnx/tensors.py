"""The tensors of an ONNX file: numbers within it, or in a file next to it (external data).

    Tensors   reads tensors, each file with their numbers once

A file next to the model has a plain name: it is in the same folder. Sizes are checked before
numbers are copied.
"""

import struct

from ...core.checks import shown
from ..protobuf import Fields, fields
from .graph import BFLOAT16, DOUBLE, FLOAT, FLOAT16, NUMBERS, STRING, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    # Returns the bytes of the file with this plain name next to the model.
    ReadFile = Optional[Callable[[str], bytes]]

_EXTERNAL = 1


class Tensors:
    """Reads tensors. Each file with their numbers is read once."""

    def __init__(self, read_file: "ReadFile") -> None:
        self.read_file = read_file
        self.files: "Dict[str, bytes]" = {}

    def read(self, tensor: "Fields", owner: str) -> "Tensor":
        kind, dims = tensor.whole(2), tensor.wholes(1)
        if any([length < 0 for length in dims]):
            raise ValueError("ONNX: the tensor {} has a negative length".format(owner))
        content: "Any" = None
        if tensor.whole(14) == _EXTERNAL or tensor.messages(13):
            content = self.external(tensor, owner)
        elif kind == STRING:
            content = tensor.texts(6)
        elif kind in NUMBERS:
            content = tensor.message(9) or _pack_values(tensor, kind, owner)
        result = Tensor(kind, dims, content if kind in NUMBERS or kind == STRING else None)
        if result.content is not None and not _fits(result):
            error = "ONNX: the tensor {} of shape {} holds {} bytes or texts"
            raise ValueError(error.format(owner, str(dims)[:60], len(content)))
        return result

    def external(self, tensor: "Fields", owner: str) -> bytes:
        """Return the bytes of a tensor in a file next to the model, at the offset that it gives."""
        entries = [fields(content, "ONNX: external_data") for content in tensor.messages(13)]
        place = {entry.text(1): entry.text(2) for entry in entries}
        name = place.get("location", "")
        if not _is_plain(name):
            raise ValueError(
                "ONNX: the tensor {} is in the file {}, which is not read; only a file in the "
                "folder of the model may hold numbers".format(owner, shown(name))
            )
        if self.read_file is None:
            raise ValueError(
                "ONNX: the tensor {} is in the file {}; load the model by its path, so that the "
                "file next to it can be read".format(owner, shown(name))
            )
        if name not in self.files:
            self.files[name] = self.read_file(name)
        size = len(self.files[name])
        start = _index(place.get("offset", "0"))
        length = _index(place["length"]) if "length" in place else size - start
        if not 0 <= start <= start + length <= size:
            raise ValueError(
                "ONNX: the tensor {} is at the bytes {} to {} of the file {}, which has {}".format(
                    owner, start, start + length, shown(name), size
                )
            )
        return self.files[name][start : start + length]


def _is_plain(name: str) -> bool:
    """Return whether a name is that of a file in the same folder, on every system."""
    return (
        name.strip(" .") == name != "" and not set(name) & set('/\\:*?"<>|') and name.isprintable()
    )


def _index(text: str) -> int:
    """Return a whole number of 0 or more written in digits, or -1."""
    return int(text) if 0 < len(text) < 20 and set(text) <= set("0123456789") else -1


def _fits(tensor: "Tensor") -> bool:
    """Return whether the content has exactly the size that the dimensions require."""
    needed = NUMBERS[tensor.kind][0] if tensor.kind in NUMBERS else 1
    for length in [0] if 0 in tensor.dims else tensor.dims:
        needed *= length
        # Checked for each length, because the product of many large ones has a million digits.
        if needed > len(tensor.content):
            return False
    return needed == len(tensor.content)


def _pack_values(tensor: "Fields", kind: int, owner: str) -> bytes:
    """Return the numbers of a tensor that holds them one by one and not as bytes."""
    _, code, number = NUMBERS[kind]
    if kind in (FLOAT, DOUBLE):
        return tensor.packed(number, 5 if kind == FLOAT else 1)
    values = tensor.wholes(number)
    if kind in (FLOAT16, BFLOAT16):
        code = "H"  # The field holds their bits.
    try:
        return struct.pack("<{}{}".format(len(values), code), *values)
    except struct.error:
        raise ValueError(
            "ONNX: the tensor {} has a number out of the range of its type".format(owner)
        ) from None
