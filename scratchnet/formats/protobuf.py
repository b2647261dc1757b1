"""Protocol Buffers' binary form: messages as bytes, and back, without a schema.

    fields                               the fields of a message, read strictly
    varint  message  doubles  floats     a field's bytes: a whole number, anything of a length, packed numbers

A message is a row of fields; each begins with its number and how it is written: 0, a whole number, seven bits a byte;
1 and 5, eight and four bytes; 2, a length and so many bytes, which are a text, a message again, or packed numbers.
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
ValueError: the example: field 2 should have 7 bytes, and only 6 are left
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

_WIDTHS = {1: 8, 5: 4}  # bytes of a field that is written so
_WORD = (1 << 64) - 1


# ---- writing -----------------------------------------------------------------------------------------------------


def varint(number: int, value: int) -> bytes:
    """The field ``number`` with a whole number of 64 bits in it.

    >>> varint(1, -1)
    b'\\x08\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x01'
    """
    return _digits(number << 3) + _digits(value & _WORD)


def message(number: int, content: bytes) -> bytes:
    """The field ``number`` with a message, a text's bytes or packed numbers in it."""
    return _digits(number << 3 | 2) + _digits(len(content)) + content


def real(number: int, value: float) -> bytes:
    """The field ``number`` with a 32-bit float in it."""
    return _digits(number << 3 | 5) + struct.pack("<f", value)


def _digits(value: int) -> bytes:
    """A whole number of 0 or more, seven bits a byte, the lowest first; the eighth bit says that more follow."""
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)


# ---- reading -----------------------------------------------------------------------------------------------------


class Fields:
    """The fields of a message by their numbers; of each, every occurrence in order.

    A field that is not there is 0, or empty: so the format wants it.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: "Dict[int, List[Tuple[int, Any]]]" = {}

    def _all(self, number: int, *ways: int) -> "List[Tuple[int, Any]]":
        occurrences = self.found.get(number, [])
        for way, _ in occurrences:
            if way not in ways:
                raise ValueError(
                    "{}: field {} is not of the type that belongs there".format(self.source, number)
                )
        return occurrences

    def whole(self, number: int) -> int:
        """The last whole number in the field, with its sign."""
        occurrences = self._all(number, 0)
        return _signed(occurrences[-1][1]) if occurrences else 0

    def real(self, number: int) -> float:
        """The last 32-bit float in the field."""
        occurrences = self._all(number, 5)
        return float(struct.unpack("<f", occurrences[-1][1])[0]) if occurrences else 0.0

    def message(self, number: int) -> bytes:
        """The message in the field; if there are several, one after the other, which is how they are merged."""
        return b"".join(self.messages(number))

    def messages(self, number: int) -> "List[bytes]":
        """Every message, text or byte string in the field."""
        return [content for _, content in self._all(number, 2)]

    def text(self, number: int) -> str:
        """The last text in the field."""
        return (self.texts(number) or [""])[-1]

    def texts(self, number: int) -> "List[str]":
        """Every text in the field."""
        try:
            return [content.decode() for content in self.messages(number)]
        except UnicodeError:
            raise ValueError("{}: field {} is not UTF-8 text".format(self.source, number)) from None

    def wholes(self, number: int) -> "List[int]":
        """Every whole number in the field, packed or not."""
        values: "List[int]" = []
        for way, content in self._all(number, 0, 2):
            values.extend(_packed(content, self.source) if way else [content])
        return [_signed(value) for value in values]

    def packed(self, number: int, way: int) -> bytes:
        """The bytes of all the numbers of four bytes (``way`` 5) or eight (1) in the field, packed or not."""
        data = b"".join([content for _, content in self._all(number, way, 2)])
        if len(data) % _WIDTHS[way]:
            raise ValueError("{}: field {} holds a part of a number".format(self.source, number))
        return data


def fields(data: bytes, source: str) -> "Fields":
    """The fields of the message ``data``; a ValueError says what is wrong in the ``source``.

    Time and memory grow with the length of ``data`` and with nothing else.
    """
    result = Fields(source)
    at = 0
    while at < len(data):
        key, at = _varint(data, at, source)
        number, way = key >> 3, key & 7
        if number == 0 or number >= 1 << 29 or way not in (0, 1, 2, 5):
            raise ValueError("{}: no field begins with {}".format(source, key))
        size, at = (_WIDTHS[way], at) if way in _WIDTHS else _varint(data, at, source)
        value: "Any" = size  # of way 0 it is the number itself
        if way != 0:
            if size > len(data) - at:
                error = "{}: field {} should have {} bytes, and only {} are left"
                raise ValueError(error.format(source, number, size, len(data) - at))
            value = data[at : at + size]
            at += size
        result.found.setdefault(number, []).append((way, value))
    return result


def _varint(data: bytes, at: int, source: str) -> "Tuple[int, int]":
    """The whole number of 0 or more at that place, and the place after it."""
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
            source, "of more than ten bytes" if shift == 70 else "is cut off"
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
