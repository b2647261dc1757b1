"""Read a file of bounded size, and replace a file without losing the old one.

At every instant, the path holds either the complete old file or the complete new file.

>>> import os, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "model.json")
...     write(path, b"{}")
...     os.listdir(folder)
['model.json']
>>> write("no/such/folder/model.json", b"{}")
Traceback (most recent call last):
    ...
FileNotFoundError: [Errno 2] no/such/folder/model.json cannot be written: its directory does not...
"""

import errno
import os

try:
    from . import replacement
except ImportError:  # MicroPython, whose file systems have neither links nor permissions
    replacement = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Union

    Path = Union[str, os.PathLike[str]]


LARGEST = 1 << 28  # bytes; a model of 32 million numbers, which would take weeks to train here
MOST_NUMBERS = LARGEST // 8  # numbers of few bytes take up more memory than in the file
TOO_LARGE = "{}: the file is larger than {} bytes, the limit for a model"
PART = 1 << 16  # bytes that are read at once


def read(path: "Path") -> bytes:
    """Return the contents of the file at ``path``.

    A file of more than LARGEST bytes and a device such as /dev/zero are refused before anything is
    read.
    """
    with open(path, "rb") as file:
        if size_of(file, path) > LARGEST:
            raise ValueError(TOO_LARGE.format(path, LARGEST))
        return read_open(file, path)


def read_next_to(path: "Path", name: str) -> bytes:
    """Return the contents of the file ``name`` in the folder of the file at ``path``."""
    folder = os.path.dirname(os.fspath(path))
    try:
        return read(os.path.join(folder, name))
    except OSError as error:
        reason = "is missing" if error.errno == errno.ENOENT else "cannot be read"
        raise ValueError(
            f"the file {name!r}, which holds its numbers, {reason} next to it"
        ) from None


def read_open(file: "Any", name: "Path") -> bytes:
    """Return what is left of an open file; more than LARGEST bytes are refused."""
    data = read_at_most(file, LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(TOO_LARGE.format(name, LARGEST))
    return data


def size_of(file: "Any", path: "Path") -> int:
    """Return the size of an open file; 0 for a pipe. A device raises a ValueError."""
    if not hasattr(os, "fstat"):  # MicroPython
        return 0
    found = os.fstat(file.fileno())
    if found.st_mode & 0o170000 == 0o020000:  # as stat.S_ISCHR
        raise ValueError("{} is a device; give a file".format(path))
    return found.st_size


def read_at_most(file: "Any", size: int) -> bytes:
    """Return the next ``size`` bytes of an open file, or all that are left.

    It reads in parts, because PyPy allocates ``size`` bytes even for a shorter file.
    """
    parts = []
    while size > 0:
        part = file.read(min(size, PART))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_numbers(numbers: "Any", file: "Any", size: int) -> int:
    """Append the next ``size`` bytes of an open file to an array of numbers.

    Return how many bytes there were. The memory grows with the bytes that are there, not with those
    that are promised.
    """
    there, part = 0, b""
    while there < size:
        data = file.read(min(size - there, PART))
        if not data:
            break
        there += len(data)
        part += data
        whole = len(part) - len(part) % numbers.itemsize
        numbers.frombytes(part[:whole])
        part = part[whole:]
    return there


def write(path: "Path", data: bytes) -> None:
    """Make ``data`` the contents of the file at ``path``.

    The data are written to a new file in the same directory, which replaces the old one once it is
    safely on the disk. If anything fails, or the user interrupts, the new file is removed and the
    old one is unchanged. What a killed process left of an earlier write is removed. Permissions are
    kept, and the owner and the group where the system allows that. If ``path`` is a symbolic link
    of this user, the file that it points to is replaced; the link of another user is refused. The
    ``strerror`` of an OSError is one sentence. Data that ``read`` would refuse are not written.
    """
    if len(data) > LARGEST:
        what = "{} cannot be written: it would be larger than {} bytes, the limit for a model"
        raise OSError(errno.EFBIG, what.format(path, LARGEST))
    if replacement is None:
        _replace_simply(str(path), data)
    else:
        _name_path_in_errors(
            path, lambda: replacement.replace(replacement.target_of(str(path)), data)
        )


def check_writable(path: "Path") -> None:
    """Raise the OSError that ``write`` would raise now. The file at ``path`` is not changed."""
    _name_path_in_errors(path, lambda: replacement.replace(replacement.target_of(str(path)), None))


def _name_path_in_errors(path: "Path", action: "Callable[[], None]") -> None:
    """Run the action; an OSError gets a message that begins with the path."""
    try:
        action()
    except OSError as error:
        raise OSError(
            error.errno, "{} cannot be written: {}".format(path, error.strerror)
        ) from None


def _replace_simply(path: str, data: bytes) -> None:
    """Replace the file on MicroPython.

    Its file systems have neither links nor permissions, and commit a file when it is closed.
    """
    temporary = path + ".tmp"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.rename(temporary, path)
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass  # The file was not created yet, or is already in place.
