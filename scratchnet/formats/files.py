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
import stat

try:  # MicroPython has neither, and needs neither.
    from zlib import crc32
except ImportError:
    crc32 = None  # type: ignore[assignment]
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Tuple, Union

    Path = Union[str, os.PathLike[str]]


LARGEST = 1 << 28  # bytes; a model of 32 million numbers, which would take weeks to train here
MOST_NUMBERS = LARGEST // 8  # numbers of few bytes take up more memory than in the file
PART = 1 << 16  # bytes that are read at once


def read(path: "Path") -> bytes:
    """Return the contents of the file at ``path``.

    A file of more than LARGEST bytes and a device such as /dev/zero are refused before anything is
    read.
    """
    with open(path, "rb") as file:
        size = size_of(file, path)
        data = b"" if size > LARGEST else read_at_most(file, LARGEST + 1)
    if max(size, len(data)) > LARGEST:
        raise ValueError(
            "{}: the file is larger than {} bytes, the limit for a model".format(path, LARGEST)
        )
    return data


def size_of(file: "Any", path: "Path") -> int:
    """Return the size of an open file; 0 for a pipe. A device raises a ValueError."""
    if not hasattr(os, "fstat"):  # MicroPython
        return 0
    found = os.fstat(file.fileno())
    if stat.S_ISCHR(found.st_mode):
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
    if hasattr(os, "replace"):
        _explained(path, lambda: _replace(_target(path), data))
    else:
        _replace_simply(str(path), data)


def remove(path: "Path") -> None:
    """Remove the file at ``path`` if it exists, and what killed writers of it left."""
    folder, name = os.path.split(os.path.realpath(str(path)))
    _remove_leftovers(folder, _beginning(name))
    if os.path.exists(path):
        os.remove(path)


def check_writable(path: "Path") -> None:
    """Raise the OSError that ``write`` would raise now. The file at ``path`` is not changed."""
    _explained(path, lambda: _replace(_target(path), None))


def _explained(path: "Path", action: "Callable[[], None]") -> None:
    """Run the action; an OSError gets a message that begins with the path."""
    try:
        action()
    except OSError as error:
        raise OSError(
            error.errno, "{} cannot be written: {}".format(path, error.strerror)
        ) from None


def _target(path: "Path") -> str:
    """Return the path of the file to write, after following symbolic links of this user."""
    link = str(path)
    if os.path.islink(link) and hasattr(os, "geteuid"):
        if os.lstat(link).st_uid not in (0, os.geteuid()):
            raise OSError(errno.EPERM, "it is a symbolic link of another user")
    return os.path.realpath(link)


def _replace(path: str, data: "Optional[bytes]") -> None:
    """Replace the file; if ``data`` is None, only check that this is possible."""
    folder, name = os.path.split(path)
    if not os.path.isdir(folder):
        raise OSError(errno.ENOENT, "its directory does not exist")
    former = _former(path)
    beginning = _beginning(name)
    _remove_leftovers(folder, beginning)
    beside = ""
    try:
        file, beside = _new_file(folder, beginning)
        with file:
            if former is not None:
                _keep_owner_and_mode(beside, former)  # while the file is still empty
            file.write(data or b"")
            file.flush()
            os.fsync(file.fileno())
            if data is not None and fcntl is not None:
                os.replace(beside, path)  # while it is locked
        if data is not None and fcntl is None:
            os.replace(beside, path)  # Windows cannot replace an open file.
    except BaseException:  # including KeyboardInterrupt
        _remove(beside)
        raise
    if data is None:
        _remove(beside)
    _sync(folder)


def _beginning(name: str) -> str:
    """Return how the names of all new files begin that are to replace a file of this name."""
    return "scratchnet-{:08x}-".format(crc32(os.fsencode(name)))


def _new_file(folder: str, beginning: str) -> "Tuple[Any, str]":
    """Return a new file, locked as long as it is open, and its path."""
    while True:
        path = os.path.join(folder, beginning + os.urandom(8).hex() + ".tmp")
        file = open(path, "xb")
        if fcntl is None or _lock(file.fileno()) and os.path.exists(path):
            return file, path
        file.close()  # Another process took it for a leftover before it was locked.
        _remove(path)


def _lock(handle: int) -> bool:
    """Lock an open file for this process, and return whether no other process has locked it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # The file system has no locks. Nobody then removes leftovers.
        return fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    return True


def _remove_leftovers(folder: str, beginning: str) -> None:
    """Remove what killed processes left of this file. Processes that are alive lock theirs."""
    if fcntl is None:
        return
    for name in os.listdir(folder):
        if name.startswith(beginning) and name.endswith(".tmp"):
            path = os.path.join(folder, name)
            try:
                handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:  # It is gone, is a link, or belongs to another user.
                continue
            try:
                if _lock(handle):
                    _remove(path)
            finally:
                os.close(handle)


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


def _former(path: str) -> "Any":
    """Return the status of the file to be replaced, or None if it does not exist yet."""
    if not os.path.exists(path):
        return None
    if os.path.isdir(path):
        raise OSError(errno.EISDIR, "it is a directory")
    if not os.path.isfile(path):  # Replacing a device such as /dev/null would break the system.
        raise OSError(errno.EINVAL, "it is not a regular file")
    if not os.access(path, os.W_OK):  # os.replace() would not refuse it.
        raise OSError(errno.EACCES, "it is read-only")
    return os.stat(path)


def _keep_owner_and_mode(path: str, former: "Any") -> None:
    """Give the new file the owner, the group and the permissions of the former one."""
    mode = stat.S_IMODE(former.st_mode)
    if hasattr(os, "chown"):
        for owner in (former.st_uid, -1):  # Only root may change the owner.
            try:
                os.chown(path, owner, former.st_gid)
                break
            except OSError:
                pass
        found = os.stat(path)
        if (found.st_uid, found.st_gid) != (former.st_uid, former.st_gid):
            mode &= 0o777  # It must not run with the rights of another user.
    os.chmod(path, mode)


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
