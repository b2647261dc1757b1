"""What is sent to the workers."""

import pickle
import struct
import sys
from array import array
from io import BytesIO

from ...core.examples import Examples
from ...core.layers import Dropout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

    from ...core.losses import Loss
    from ...core.types import Matrix


def compact(examples: "Examples") -> "Examples":
    """Return the examples with lists of rows packed, once for all epochs.

    The rows of other sequences are packed when they are read.
    """
    X, Y = [pack(rows) if isinstance(rows, list) else rows for rows in (examples.X, examples.Y)]
    return Examples(X, Y, examples.weights, examples.used)


def pack(rows: "Matrix") -> "List[Any]":
    """Return each row of floats as bytes, 8 per number in native order; other rows unchanged."""
    return [_bytes_of(row) if type(row[0]) is float else row for row in rows]


def _bytes_of(row: "Sequence[float]") -> bytes:
    if sys.implementation.name == "cpython":  # struct is twice as fast here, but slower on PyPy.
        return struct.pack(f"{len(row)}d", *row)
    return array("d", row).tobytes()


def unpack(rows: "Sequence[Any]") -> "Matrix":
    """Return the rows that ``pack`` was given.

    >>> unpack(pack([[1.0, 2.0], [3.0, 4.0]]))
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return [array("d", row).tolist() if isinstance(row, bytes) else row for row in rows]


class Pickler(pickle.Pickler):
    """A pickler that leaves out the objects with some ids."""

    left_out: "Any" = ()

    def persistent_id(self, obj: "Any") -> "Any":
        return "left out" if id(obj) in self.left_out else None


class Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: "Any") -> "Any":
        return None


def skeleton(net: "Any", loss: "Loss") -> bytes:
    """Return the network without its numbers, and the loss, as a pickle."""
    bulk = [net.metadata] + [layer.mask for layer in net.layers if isinstance(layer, Dropout)]
    for p in net.parameters():
        bulk += [p.rows, p.gradient]
    file = BytesIO()
    pickler = Pickler(file)
    pickler.left_out = {id(part) for part in bulk if part is not None}
    try:
        pickler.dump((net, loss))
    except Exception as error:  # User-defined parts may raise anything.
        raise TypeError(
            f"executor: {_culprit(net, loss)} cannot be pickled for the workers: {error}"
        ) from error
    return file.getvalue()


def _culprit(net: "Any", loss: "Loss") -> str:
    """Return a description of the first part that cannot be pickled."""
    parts = [(f"layer {i}, {layer!r},", layer) for i, layer in enumerate(net.layers)]
    for name, part in parts + [(repr(loss), loss)]:
        try:
            pickle.dumps(part)
        except Exception:
            return name
    return "the network"
