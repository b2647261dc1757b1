"""JSON text, read strictly and written in one form, with the same results on every Python.

The standard library's reader accepts NaN, lets a second key hide the first, and recurses as deep as
the text is nested; MicroPython has a different reader. This reader follows RFC 8259 and limits what
a hostile text can cost: time and memory depend only on the length of the text.

>>> loads(b'{"layers": [4, 2.5, null]}', "the example")
{'layers': [4, 2.5, None]}
>>> print(dumps({"layers": [4, 2.5, None]}, "the example"))
{"layers":[4,2.5,null]}
>>> loads(b'{"rate": 0.1, "rate": 10}', "the example")
Traceback (most recent call last):
    ...
ValueError: the example, line 1, column 15: the key 'rate' appears twice in one object
"""

from ..core.checks import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

# The largest depth of nested containers. A model needs fewer than ten; the stack of a
# microcontroller has room for this many.
DEPTH = 32
LONGEST_NUMBER = 308  # characters; a whole number of this length still fits into a float

_LARGEST = 10 ** (LONGEST_NUMBER - 1)  # one character is left for the sign
_DIGITS = b"0123456789"
_HEX = b"0123456789abcdefABCDEF"
_WORDS = ((b"true", True), (b"false", False), (b"null", None))
_LETTERS = {
    b'"': '"',
    b"\\": "\\",
    b"/": "/",
    b"b": "\b",
    b"f": "\f",
    b"n": "\n",
    b"r": "\r",
    b"t": "\t",
}

# The characters that must be escaped, and their escapes. The backslash comes first, because the
# other escapes contain backslashes.
_ESCAPES = [
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\b", "\\b"),
    ("\f", "\\f"),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
]
_ESCAPES += [
    (chr(code), "\\u{:04x}".format(code)) for code in range(32) if chr(code) not in "\b\f\n\r\t"
]


def loads(data: bytes, source: str) -> "Any":
    """Return the value of the JSON text ``data``; a ValueError gives the place of a mistake.

    ``data`` is bytes, because MicroPython finds the n-th character of a string only by counting
    from the first. ``source`` is the name of the text in error messages.

    >>> loads(b"[1, NaN]", "the example")
    Traceback (most recent call last):
        ...
    ValueError: the example, line 1, column 5: expected a JSON value; NaN and Infinity are not JSON
    """
    try:
        data.decode()
    except UnicodeError as error:
        raise ValueError("{}: not UTF-8 text: {}".format(source, error)) from None
    return _Reader(data, source).document()


class _Reader:
    """A position in a JSON text, and the rules of the grammar.

    Each rule moves the position past the text that it reads.
    """

    def __init__(self, data: bytes, source: str) -> None:
        # No rule accepts the byte 0, so every loop below stops at the end.
        self.data = data + b"\0"
        self.at = 0
        self.source = source

    def error(self, sentence: str) -> "ValueError":
        before = self.data[: self.at]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        return ValueError("{}, line {}, column {}: {}".format(self.source, line, column, sentence))

    def takes(self, choices: bytes) -> bool:
        """Read the next byte if it is one of the ``choices``, and return whether it is."""
        if self.data[self.at] not in choices:
            return False
        self.at += 1
        return True

    def space(self) -> None:
        data, at = self.data, self.at
        while data[at] in b" \t\n\r":
            at += 1
        self.at = at

    def document(self) -> "Any":
        value = self.value(DEPTH)
        if self.at != len(self.data) - 1:
            raise self.error("there is more text after the end of the value")
        return value

    def value(self, depth: int) -> "Any":
        """Read any JSON value, with the white space on both sides."""
        self.space()
        if self.data[self.at] in b"-0123456789":
            value = self.number()
        elif self.data[self.at] in b'"':
            value = self.string()
        elif self.data[self.at] in b"[{" and depth == 0:
            raise self.error("nested more than {} levels deep".format(DEPTH))
        elif self.takes(b"["):
            value = self.array(depth - 1)
        elif self.takes(b"{"):
            value = self.object(depth - 1)
        else:
            value = self.word()
        self.space()
        return value

    def word(self) -> "Any":
        for word, value in _WORDS:
            if self.data[self.at : self.at + len(word)] == word:
                self.at += len(word)
                return value
        raise self.error("expected a JSON value; NaN and Infinity are not JSON")

    def array(self, depth: int) -> "List[Any]":
        """Read an array from after its opening bracket."""
        values: "List[Any]" = []
        self.space()
        if self.takes(b"]"):
            return values
        while True:
            values.append(self.value(depth))
            if self.takes(b"]"):
                return values
            if not self.takes(b","):
                raise self.error("expected a comma or ]")

    def object(self, depth: int) -> "Dict[str, Any]":
        """Read an object from after its opening brace."""
        members: "Dict[str, Any]" = {}
        self.space()
        if self.takes(b"}"):
            return members
        while True:
            key = self.key(members)
            members[key] = self.value(depth)
            if self.takes(b"}"):
                return members
            if not self.takes(b","):
                raise self.error("expected a comma or }")

    def key(self, members: "Dict[str, Any]") -> str:
        """Read a key that is not yet among the ``members``, and its colon."""
        self.space()
        start = self.at
        if self.data[self.at] not in b'"':
            raise self.error("expected a key in double quotes")
        key = self.string()
        if key in members:
            self.at = start
            raise self.error("the key {} appears twice in one object".format(shown(key)))
        self.space()
        if not self.takes(b":"):
            raise self.error("expected a colon")
        return key

    def number(self) -> "Any":
        start = self.at
        self.takes(b"-")
        if not self.takes(b"0"):
            self.digits()
        whole = self.at
        if self.takes(b"."):
            self.digits()
        if self.takes(b"eE"):
            self.takes(b"+-")
            self.digits()
        text = self.data[start : self.at].decode()
        end, self.at = self.at, start  # An error refers to the number's first character.
        if len(text) > LONGEST_NUMBER:
            raise self.error("the number has more than {} characters".format(LONGEST_NUMBER))
        # As a float, -0 keeps its sign.
        number = int(text) if end == whole and text != "-0" else float(text)
        if number - number != 0:
            raise self.error("{} is beyond the range of a float".format(text))
        self.at = end
        return number

    def digits(self) -> None:
        data, at = self.data, self.at  # This loop reads most of a model's text.
        while data[at] in _DIGITS:
            at += 1
        if at == self.at:
            raise self.error("expected a digit")
        self.at = at

    def string(self) -> str:
        start = self.at
        pieces = []
        self.at += 1
        quote = self.data.find(b'"', self.at)
        while quote >= 0:
            slash = self.data.find(b"\\", self.at, quote)
            end = quote if slash < 0 else slash
            pieces.append(self.plain(end))
            if slash < 0:
                self.at = quote + 1
                return "".join(pieces)
            pieces.append(self.escape())
            # If the quote was escaped, search for the next one. Searching only in this case keeps
            # the time linear.
            if self.at > quote:
                quote = self.data.find(b'"', self.at)
        self.at = start
        raise self.error("this string never ends")

    def plain(self, end: int) -> str:
        """Read the characters up to ``end``, which include no quote and no backslash."""
        piece = self.data[self.at : end]
        if piece and min(piece) < 32:
            raise self.error("the control characters in this string must be written as escapes")
        self.at = end
        return piece.decode()

    def escape(self) -> str:
        start = self.at
        letter = self.data[start + 1 : start + 2]
        self.at += 2
        if letter in _LETTERS:
            return _LETTERS[letter]
        code = self.hexadecimal() if letter == b"u" else -1
        if code >> 10 == 0xD800 >> 10 and self.data[self.at : self.at + 2] == b"\\u":
            self.at += 2
            low = self.hexadecimal()
            if low >> 10 == 0xDC00 >> 10:
                return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
        if code < 0 or code >> 11 == 0xD800 >> 11:
            self.at = start
            raise self.error("this escape does not stand for a character")
        return chr(code)

    def hexadecimal(self) -> int:
        """Read the four hexadecimal digits of an escape; return -1 if there are not four."""
        digits = self.data[self.at : self.at + 4]
        self.at += 4
        return int(digits.decode(), 16) if all(digit in _HEX for digit in digits) else -1


def dumps(value: "Any", name: str, margin: str = "", depth: int = DEPTH) -> str:
    r"""Return ``value`` as JSON text, with objects in the order of their dicts.

    ``name`` is the name of the value in error messages. The text is one line unless ``margin`` is a
    line break. Then every item is on its own line, but a list of plain values, such as a row of a
    matrix, is kept on one line.

    >>> print(dumps({"rows": [[1, 2], [3, 4]]}, "the example", "\n"))
    {
      "rows": [
        [1, 2],
        [3, 4]
      ]
    }
    >>> dumps({"rows": [[1, float("inf")]]}, "the example")
    Traceback (most recent call last):
        ...
    ValueError: the example.rows[0][1] is inf: JSON can hold finite numbers only
    """
    if not isinstance(value, (dict, list, tuple)):
        return _scalar(value, name)
    if depth == 0:
        raise ValueError("{} is nested more than {} levels deep".format(name, DEPTH))
    inner = margin and margin + "  "
    space = " " if margin else ""
    if isinstance(value, dict):
        brackets, nested = "{}", True
        items = [
            _key(key, name)
            + ":"
            + space
            + dumps(value[key], "{}.{}".format(name, key), inner, depth - 1)
            for key in value
        ]
    else:
        brackets, nested = "[]", any(isinstance(item, (dict, list, tuple)) for item in value)
        items = [
            dumps(item, "{}[{}]".format(name, i), inner, depth - 1) for i, item in enumerate(value)
        ]
    if margin and nested and items:
        return brackets[0] + inner + ("," + inner).join(items) + margin + brackets[1]
    return brackets[0] + ("," + space).join(items) + brackets[1]


def _scalar(value: "Any", name: str) -> str:
    for word, meaning in _WORDS:
        if value is meaning:
            return word.decode()
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int) and abs(value) < _LARGEST:
        return "{:d}".format(value)
    if not isinstance(value, float):
        raise ValueError(
            "{} is of type {}: JSON can hold None, bools, numbers of at most {} characters, "
            "strings, lists and dicts".format(name, type(value).__name__, LONGEST_NUMBER)
        )
    if value - value != 0:
        raise ValueError("{} is {}: JSON can hold finite numbers only".format(name, value))
    return repr(float(value))


def _key(key: "Any", name: str) -> str:
    if not isinstance(key, str):
        raise ValueError(
            "{} has a key of type {}: in JSON a key is a string".format(name, type(key).__name__)
        )
    return _string(key)


def _string(text: str) -> str:
    text.encode()  # It raises an error for half a surrogate pair, which no reader accepts.
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return '"' + text + '"'
