"""Reading a file of bounded size, and writing one so that nothing is lost.

At every instant it is the old file, whole, or the new one, whole.

>>> import os, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "model.json")
...     write(path, b"{}")
...     os.listdir(folder)
['model.json']
>>> write("no/such/folder/model.json", b"{}")
Traceback (most recent call last):
    ...
FileNotFoundError: [Errno 2] no/such/folder/model.json cannot be written: its directory does not exist
"""

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union

    Path = Union[str, "os.PathLike[str]"]


LARGEST = 1 << 28  # bytes; a model of 32 million numbers, which would learn for weeks here
MOST_NUMBERS = LARGEST // 8  # of narrow ones a file may hold more than there is room for
PART = 1 << 16  # bytes that are read at once


def read(path: "Path") -> bytes:
    """The contents of the file at ``path``, as far as a model can be that large."""
    with open(path, "rb") as file:
        data = read_at_most(file, LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(
            "{}: the file is larger than {} bytes, more than is read of a model".format(
                path, LARGEST
            )
        )
    return data


def read_at_most(file: "Any", size: int) -> bytes:
    """The next ``size`` bytes of an open file, or all that are left; PyPy would make room for ``size`` in any case."""
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

    It is written to a new file beside it, which takes its place once it is safely on the disk; if anything fails, or
    the user interrupts, the new file is removed and the old one is as it was. Permissions stay; of a symbolic link,
    what it points to is replaced. An OSError's ``strerror`` is one sentence. What ``read`` would refuse is not written.
    """
    if len(data) > LARGEST:
        what = (
            "{} cannot be written: it would be larger than {} bytes, more than is read of a model"
        )
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
                os.chmod(beside, mode)  # before there is anything in it to be read
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:  # KeyboardInterrupt, too
        _remove(beside)
        raise
    _sync(folder)


def _replace_simply(path: str, data: bytes) -> None:
    """For MicroPython, whose file systems know neither links nor permissions, and commit a file when it is closed."""
    beside = path + ".tmp"
    try:
        with open(beside, "wb") as file:
            file.write(data)
        os.rename(beside, path)
    except BaseException:
        _remove(beside)
        raise


def _mode(path: str) -> "Optional[int]":
    """The permissions of the file that will be replaced, or None if there is none yet."""
    if not os.path.exists(path):
        return None
    if os.path.isdir(path):
        raise OSError(errno.EISDIR, "it is a directory")
    if not os.path.isfile(path):  # to replace a device such as /dev/null would break the system
        raise OSError(errno.EINVAL, "it is no regular file")
    if not os.access(path, os.W_OK):  # a new file could take its place all the same
        raise OSError(errno.EACCES, "it is read-only")
    return os.stat(path).st_mode & 0o7777


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass  # it was not yet made, or is already in place


def _sync(folder: str) -> None:
    """Put the folder's new entry on the disk, where the system can: Windows, for one, cannot open a folder."""
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
