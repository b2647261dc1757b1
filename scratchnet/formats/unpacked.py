"""Compressed files of limited size: a small file must not fill the memory.

Unpacked       the contents of a gzip file
most_unpacked  how many bytes may become of a compressed file

>>> import io, gzip
>>> Unpacked(io.BytesIO(gzip.compress(b"1,2\\n")), "a.csv.gz").read()
b'1,2\\n'
>>> Unpacked(io.BytesIO(gzip.compress(bytes(10 ** 8))), "a.csv.gz").read()
Traceback (most recent call last):
    ...
ValueError: a.csv.gz becomes more than 67,108,864 bytes; a gzip file is unpacked to 100 times its...
"""

import gzip
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

RATIO = 100  # Tables and images become 3 to 20 times smaller.
LEAST = 1 << 26  # bytes that any file may have when it is unpacked


def most_unpacked(packed: int) -> int:
    """Return the most bytes to which a compressed file of ``packed`` bytes may unpack."""
    return max(LEAST, RATIO * packed)


class Unpacked(gzip.GzipFile):
    """The contents of an open gzip file.

    A file that is damaged or expands too far raises a ValueError. The limit grows with the bytes
    that were read, so that it holds for a pipe as well.
    """

    def __init__(self, packed: "Any", source: str) -> None:
        self.packed = _Counted(packed)
        self.source = source
        self.count = 0
        gzip.GzipFile.__init__(self, fileobj=self.packed)  # type: ignore[call-overload]

    def read(self, size: "Any" = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(self.read1, b""))
        return self._counted(lambda: gzip.GzipFile.read(self, size))

    def read1(self, size: int = -1) -> bytes:
        return self._counted(lambda: gzip.GzipFile.read1(self, size))

    def _counted(self, unpack: "Callable[[], bytes]") -> bytes:
        try:
            data = unpack()
        except (EOFError, OSError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise ValueError(f"{self.source}: the gzip file is damaged: {error}") from None
        self.count += len(data)
        limit = most_unpacked(self.packed.count)
        if self.count > limit:
            what = f"{self.source} becomes more than {limit:,} bytes"
            raise ValueError(
                f"{what}; a gzip file is unpacked to {RATIO} times its size, or {LEAST:,} bytes"
            )
        return data


class _Counted:
    """An open file that counts the bytes that are read from it."""

    def __init__(self, file: "Any") -> None:
        self.file = file
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.file.read(size)
        self.count += len(data)
        return data
