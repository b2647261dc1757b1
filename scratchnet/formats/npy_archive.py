"""NumPy's files of several arrays by name, .npz: an archive of .npy files.

    load  loads     the arrays of a file, or of its bytes
    dumps           the bytes of such a file

>>> data = dumps({"a": npy.array_of(0.5), "b": npy.array_of([[1, 2]])})
>>> {name: a.shape for name, a in loads(data).items()}
{'a': (), 'b': (1, 2)}
"""

import io
import struct
import zipfile
import zlib

from ..core.checks import shown
from . import npy
from .unpacked import most_unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

    from .files import Path

MOST_ARRAYS = 10000
LARGEST_LIST = 1 << 22  # bytes of the list of these arrays in an archive
# The end of this list: its mark and numbers of volumes, the entries, their size and place, and the
# size of a comment. The place of a list of another kind, of ZIP64_SIZE bytes, may precede it.
LIST_END = struct.Struct("<8sxxHLLH")
ZIP64_SIZE = 20


def load(path: "Path") -> "Dict[str, npy.Array]":
    """Return the arrays in the .npz file at ``path``, by name; other files raise a ValueError."""
    with open(str(path), "rb") as file:
        return _arrays(file, str(path))


def loads(
    data: bytes, source: str = "npz", wanted: "Optional[Callable[[str], bool]]" = None
) -> "Dict[str, npy.Array]":
    """Return the arrays in the bytes of an .npz file, by name.

    ``wanted(name)`` says which arrays are read.
    """
    return _arrays(io.BytesIO(data), source, wanted)


def dumps(arrays: "Dict[str, npy.Array]") -> bytes:
    """Return the bytes of an .npz file, uncompressed; the same arrays give the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, a in arrays.items():
            archive.writestr(zipfile.ZipInfo(name + ".npy"), npy.dumps(a))
    return file.getvalue()


def _arrays(
    file: "Any", source: str, wanted: "Optional[Callable[[str], bool]]" = None
) -> "Dict[str, npy.Array]":
    arrays: "Dict[str, npy.Array]" = {}
    packed = file.seek(0, io.SEEK_END)
    left = min(npy.LARGEST, most_unpacked(packed))  # bytes of all arrays together
    _check_list(file, packed, source)
    try:
        with zipfile.ZipFile(file) as archive:
            for member in _members(archive, source):
                name = member.filename[:-4] if member.filename.endswith(".npy") else member.filename
                if name in arrays:
                    raise ValueError(f"{source} holds two arrays {shown(name)}")
                if wanted is not None and not wanted(name):
                    continue
                with archive.open(member) as part:
                    arrays[name] = npy.read(part, f"{source}: {shown(name)}", left)
                left -= len(arrays[name].numbers) * arrays[name].numbers.itemsize
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(f"{source} is not an .npz file, or is damaged: {error}") from None
    except (NotImplementedError, RuntimeError) as error:  # an unknown compression, a password
        raise ValueError(f"{source} cannot be read: {error}") from None
    return arrays


def _check_list(file: "Any", packed: int, source: str) -> None:
    """Check the list of the files in an archive of ``packed`` bytes, before ZipFile reads it.

    It must fill the end of the archive, because programs differ in what they read of a file with
    bytes after it, such as another archive. A second list (ZIP64), which is needed only beyond the
    limits, is refused, too.
    """
    file.seek(max(0, packed - LIST_END.size - ZIP64_SIZE))
    before = file.read(ZIP64_SIZE)
    end = file.read(LIST_END.size)
    if len(end) < LIST_END.size or not end.startswith(b"PK\5\6"):
        raise ValueError(f"{source} is not an .npz file, or has bytes after its archive")
    _, count, size, begin, comment = LIST_END.unpack(end)
    if count > MOST_ARRAYS:
        raise ValueError(f"{source} holds {count} arrays; at most {MOST_ARRAYS} can be read")
    if size > LARGEST_LIST:
        raise ValueError(
            f"{source}: the list of arrays has {size} bytes; at most {LARGEST_LIST} can be read"
        )
    if comment or begin + size + len(end) != packed or before.startswith(b"PK\6\7"):
        raise ValueError(f"{source} has bytes before or after its archive; save it again")


def _members(archive: "zipfile.ZipFile", source: str) -> "List[zipfile.ZipInfo]":
    """Return the entries of an archive, which must begin with the first one."""
    members = archive.infolist()
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(
                f"{source}: {shown(member.filename)} is compressed by another method than NumPy's"
            )
    if min([member.header_offset for member in members] or [0]) != 0:
        raise ValueError(f"{source} has bytes before or after its archive; save it again")
    return members
