"""The text of a file: its encoding, its compression, its lines."""

import contextlib
import io
import os
import sys
from itertools import islice

from ...core.checks import require, shown
from ...formats.unpacked import Unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Optional, Tuple


LOOKED_AT = 100  # the number of lines from which the delimiter and the header are inferred
LONGEST = 1 << 24  # the limit in characters for a line, and for the first lines together
EMPTY = 1000000  # the limit of empty lines
OTHER_FILES = {  # by their first bytes; a column may be called PK or PAR1
    b"PK\3\4": "a workbook or another archive",
    b"PK\5\6": "an empty archive",
    b"PAR1\x15": "a Parquet file",
    b"ARROW1\0": "an Arrow file",
    b"\x89HDF": "an HDF5 file",
    b"SQLite format 3\0": "a SQLite database",
}
_BINARY = (lambda v: hasattr(v, "readinto"), "a file opened in binary mode, by open(path, 'rb')")
_OTHER = "{} cannot be read as {}; name the encoding in which it was saved, such as utf-8 or cp1252"


class _Lent(io.BufferedReader):
    """A file that belongs to the caller and therefore stays open."""

    def close(self) -> None:
        pass


@contextlib.contextmanager
def open_text(
    path: "Any", encoding: "Optional[str]"
) -> "Iterator[Tuple[Any, str, Callable[[], Optional[float]]]]":
    """Yield the file as text, its name in messages, and a function for the fraction read."""
    if path == "-":
        if sys.stdin is None:
            raise ValueError("standard input is closed; give a file")
        binary: "Any" = sys.stdin.buffer
        yield _decode(_Lent(binary), "standard input", encoding), "standard input", lambda: None
        return
    if hasattr(path, "read"):
        require("the file", path, _BINARY)
        yield _decode(_Lent(path), "the file", encoding), "the file", lambda: None
        return
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size  # 0 for a pipe
        text = _decode(file, str(path), encoding)
        yield text, str(path), lambda: file.tell() / size if size else None


def _decode(binary: "Any", source: str, encoding: "Optional[str]") -> "Any":
    """Return the file as text. Every byte that is not UTF-8 becomes half of a surrogate pair."""
    start = binary.peek(16)[:16]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = encoding or "utf-16"
    for mark, kind in OTHER_FILES.items():
        if start.startswith(mark):
            raise ValueError(f"{source} is {kind}; save its table as CSV")
    if start[:2] == b"\x1f\x8b":
        binary = Unpacked(binary, source)
    try:
        return io.TextIOWrapper(binary, encoding=encoding or "utf-8-sig", errors="surrogateescape")
    except (LookupError, ValueError):  # ValueError for a name that contains \0
        what = f"encoding {shown(encoding)} is unknown"
        raise ValueError(f"{what}; give one such as utf-8, cp1252 or latin-1") from None


def lines_of(text: "Any", source: str) -> "Iterator[str]":
    """Yield the lines. A small gzip file may hold a very long line, or many millions of lines."""
    empty = 0
    try:
        for line in iter(lambda: text.readline(LONGEST), ""):
            if len(line) == LONGEST:
                raise ValueError(
                    f"{source} has a line of {LONGEST} characters or more; give a table as CSV"
                )
            if line == "\n":
                empty += 1
                if empty > EMPTY:
                    raise ValueError(f"{source} has more than {EMPTY:,} empty lines; delete them")
            yield line
    except UnicodeError:
        raise ValueError(_OTHER.format(source, text.encoding)) from None


def head_of(lines: "Iterator[str]", source: str) -> "List[str]":
    """Return the lines from which the delimiter and the header are inferred."""
    head, size = [], 0  # type: List[str], int
    for line in islice(lines, LOOKED_AT):
        head.append(line)
        size += len(line)
        if size > LONGEST:
            break
    text = "".join(head)
    if not text.strip():
        raise ValueError(f"{source} is empty; give a table as CSV")
    if "\0" in text:
        half = max(text[0::2].count("\0"), text[1::2].count("\0"))
        is_wide = 10 * half > 9 * (len(text) // 2)  # UTF-16 without a mark, of Latin letters
        advice = "name the encoding, such as utf-16-le" if is_wide else "give a table as CSV"
        raise ValueError(f"{source} is not text; {advice}")
    return head
