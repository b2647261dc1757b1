"""Rows as bytes, for checksums and hashes.

>>> [row == array("d", [1, 2]).tobytes() for row in pack_rows([[1, 2], [3, 4]], [0])]
[True]
"""

import struct
from array import array

from ..core.checks import LazyRows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Sequence, Tuple


def pack_rows(rows: "Any", places: "List[int]") -> "Iterator[Any]":
    """Yield the numbers of each of these rows as floats of 64 bits, one after the other.

    The rows of bytes of an IDX file are not converted to lists. Of these, only the first one is
    checked, because all have the same length.
    """
    source = rows.rows if isinstance(rows, LazyRows) else rows
    found = None
    if places and hasattr(source, "bytes_at") and source.width == len(rows[places[0]]):
        found = source.bytes_at(places)
    if found is None:
        for i in places:
            yield array("d", rows[i]).tobytes()
        return
    numbers, table, places = found
    layers, width = layers_of(table), source.width
    for i in places:
        row = numbers[i * width : (i + 1) * width].tobytes()
        floats = bytearray(8 * width)
        for k, layer in layers:
            floats[k::8] = row.translate(layer)
        yield floats


def layers_of(table: "Sequence[float]") -> "List[Tuple[int, bytes]]":
    """Return k, and byte k of each of 256 floats, wherever one of these bytes is non-zero.

    >>> layers = layers_of([float(number) for number in range(256)])
    >>> len(layers), [len(layer) for _, layer in layers]
    (3, [256, 256, 256])
    """
    layers = map(bytes, zip(*[struct.pack("d", number) for number in table]))
    return [(k, layer) for k, layer in enumerate(layers) if any(layer)]
