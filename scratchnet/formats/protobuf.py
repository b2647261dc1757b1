"""The binary form of Protocol Buffers: messages as bytes, and back, without a schema.

    fields                    the fields of a message, read strictly
    varint  message  real     the bytes of a field: a whole number, content of any length, a float

A message is a sequence of fields. Each field begins with its number and its wire type:

    0     a whole number, seven bits per byte
    1     eight bytes
    2     a length and as many bytes: a text, a message, or packed numbers
    5     four bytes

(https://protobuf.dev/programming-guides/encoding)

>>> data = varint(1, 300) + message(2, b"weights")
>>> data
b'\\x08\\xac\\x02\\x12\\x07weights'
>>> found = fields(data, "the example")
>>> found.whole(1), found.text(2)
(300, 'weights')
>>> fields(data[:-1], "the example")
Traceback (most recent call last):
    ...
ValueError: the example: field 2 should have 7 bytes, but only 6 are left
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

_WIDTHS = {1: 8, 5: 4}  # the number of bytes of the wire types of fixed length
_WORD = (1 << 64) - 1


# ---- writing ---------------------------------------------------------------------------------


def varint(number: int, value: int) -> bytes:
    """Return the field ``number`` with a whole number of 64 bits.

    >>> varint(1, -1)
    b'\\x08\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x01'
    """
    return _digits(number << 3) + _digits(value & _WORD)


def message(number: int, content: bytes) -> bytes:
    """Return the field ``number`` with a message, the bytes of a text, or packed numbers."""
    return _digits(number << 3 | 2) + _digits(len(content)) + content


def real(number: int, value: float) -> bytes:
    """Return the field ``number`` with a 32-bit float."""
    return _digits(number << 3 | 5) + struct.pack("<f", value)


def _digits(value: int) -> bytes:
    """Return the bytes of a whole number of 0 or more, the lowest first.

    Each byte holds seven bits of the number; its eighth bit says that more bytes follow.
    """
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)


# ---- reading ---------------------------------------------------------------------------------


class Fields:
    """The fields of a message by their numbers, each with all its occurrences in order.

    The format defines that a missing field is 0 or empty.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: "Dict[int, List[Tuple[int, Any]]]" = {}

    def _all(self, number: int, *ways: int) -> "List[Tuple[int, Any]]":
        occurrences = self.found.get(number, [])
        for way, _ in occurrences:
            if way not in ways:
                raise ValueError(
                    "{}: field {} has the wrong wire type {}".format(self.source, number, way)
                )
        return occurrences

    def whole(self, number: int) -> int:
        """Return the last whole number in the field, with its sign."""
        occurrences = self._all(number, 0)
        return _signed(occurrences[-1][1]) if occurrences else 0

    def real(self, number: int) -> float:
        """Return the last 32-bit float in the field."""
        occurrences = self._all(number, 5)
        return float(struct.unpack("<f", occurrences[-1][1])[0]) if occurrences else 0.0

    def message(self, number: int) -> bytes:
        """Return the message in the field. Several messages are merged by joining them."""
        return b"".join(self.messages(number))

    def messages(self, number: int) -> "List[bytes]":
        """Return every message, text or byte string in the field."""
        return [content for _, content in self._all(number, 2)]

    def text(self, number: int) -> str:
        """Return the last text in the field."""
        return (self.texts(number) or [""])[-1]

    def texts(self, number: int) -> "List[str]":
        """Return every text in the field."""
        try:
            return [content.decode() for content in self.messages(number)]
        except UnicodeError:
            raise ValueError("{}: field {} is not UTF-8 text".format(self.source, number)) from None

    def wholes(self, number: int) -> "List[int]":
        """Return every whole number in the field, packed or not."""
        values: "List[int]" = []
        for way, content in self._all(number, 0, 2):
            values.extend(_packed(content, self.source) if way else [content])
        return [_signed(value) for value in values]

    def packed(self, number: int, way: int) -> bytes:
        """Return the bytes of all numbers in the field, packed or not.

        The numbers have four bytes (``way`` 5) or eight (``way`` 1).
        """
        data = b"".join([content for _, content in self._all(number, way, 2)])
        if len(data) % _WIDTHS[way]:
            raise ValueError("{}: field {} ends within a number".format(self.source, number))
        return data


def fields(data: bytes, source: str) -> "Fields":
    """Return the fields of the message ``data``; a ValueError says what is wrong in ``source``.

    Time and memory depend only on the length of ``data``.
    """
    result = Fields(source)
    at = 0
    while at < len(data):
        key, at = _varint(data, at, source)
        number, way = key >> 3, key & 7
        if number == 0 or number >= 1 << 29 or way not in (0, 1, 2, 5):
            raise ValueError("{}: a field cannot begin with {}".format(source, key))
        size, at = (_WIDTHS[way], at) if way in _WIDTHS else _varint(data, at, source)
        value: "Any" = size  # For wire type 0 it is the number itself.
        if way != 0:
            if size > len(data) - at:
                error = "{}: field {} should have {} bytes, but only {} are left"
                raise ValueError(error.format(source, number, size, len(data) - at))
            value = data[at : at + size]
            at += size
        result.found.setdefault(number, []).append((way, value))
    return result


def _varint(data: bytes, at: int, source: str) -> "Tuple[int, int]":
    """Return the whole number of 0 or more at index ``at``, and the index after it."""
    value = shift = 0
    while at < len(data) and shift < 70:
        digit = data[at]
        at += 1
        value |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return value & _WORD, at
    raise ValueError(
        "{}: a whole number {}".format(
            source, "has more than ten bytes" if shift == 70 else "is cut off"
        )
    )


def _packed(data: bytes, source: str) -> "List[int]":
    values = []
    at = 0
    while at < len(data):
        value, at = _varint(data, at, source)
        values.append(value)
    return values


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
