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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union

    Path = Union[str, os.PathLike[str]]


LARGEST = 1 << 28  # bytes; a model of 32 million numbers, which would take weeks to train here
MOST_NUMBERS = LARGEST // 8  # numbers of few bytes take up more memory than in the file
PART = 1 << 16  # bytes that are read at once


def read(path: "Path") -> bytes:
    """Return the contents of the file at ``path``; a file of more than LARGEST bytes is refused."""
    with open(path, "rb") as file:
        data = read_at_most(file, LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(
            "{}: the file is larger than {} bytes, the limit for a model".format(path, LARGEST)
        )
    return data


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


def write(path: "Path", data: bytes) -> None:
    """Make ``data`` the contents of the file at ``path``.

    The data are written to a new file in the same directory, which replaces the old one once it is
    safely on the disk. If anything fails, or the user interrupts, the new file is removed and the
    old one is unchanged. Permissions are kept. If ``path`` is a symbolic link, the file that it
    points to is replaced. The ``strerror`` of an OSError is one sentence. Data that ``read`` would
    refuse are not written.
    """
    if len(data) > LARGEST:
        what = "{} cannot be written: it would be larger than {} bytes, the limit for a model"
        raise OSError(errno.EFBIG, what.format(path, LARGEST))
    if not hasattr(os, "replace"):
        _replace_simply(str(path), data)
        return
    try:
        _replace(os.path.realpath(path), data)
    except OSError as error:
        raise OSError(
            error.errno, "{} cannot be written: {}".format(path, error.strerror)
        ) from None


def _replace(path: str, data: bytes) -> None:
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise OSError(errno.ENOENT, "its directory does not exist")
    mode = _mode(path)
    beside = os.path.join(folder, "scratchnet-{}.tmp".format(os.urandom(8).hex()))
    try:
        with open(beside, "xb") as file:
            if mode is not None:
                os.chmod(beside, mode)  # while the file is still empty
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:  # including KeyboardInterrupt
        _remove(beside)
        raise
    _sync(folder)


def _replace_simply(path: str, data: bytes) -> None:
    """Replace the file on MicroPython.

    Its file systems have neither links nor permissions, and commit a file when it is closed.
    """
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            file.write(data)
        os.rename(beside, path)
    except BaseException:
        _remove(beside)
        raise


def _mode(path: str) -> "Optional[int]":
    """Return the permissions of the file to be replaced, or None if it does not exist yet."""
    if not os.path.exists(path):
        return None
    if os.path.isdir(path):
        raise OSError(errno.EISDIR, "it is a directory")
    if not os.path.isfile(path):  # Replacing a device such as /dev/null would break the system.
        raise OSError(errno.EINVAL, "it is not a regular file")
    if not os.access(path, os.W_OK):  # os.replace() would not refuse it.
        raise OSError(errno.EACCES, "it is read-only")
    return os.stat(path).st_mode & 0o7777


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass  # The file was not created yet, or is already in place.


def _sync(folder: str) -> None:
    """Write the folder's new entry to the disk if the system can. Windows cannot open a folder."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
