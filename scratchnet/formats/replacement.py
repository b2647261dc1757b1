"""Replace a file without losing the old one, on systems with links, owners and permissions.

    replace     writes a new file next to the old one and moves it into place
    remove      removes a file, and what killed writers of it left
    target_of   the file that a path stands for, after symbolic links are followed

A new file is locked while it is written. One that is not locked was left by a killed process, and
the next writer of the same file removes it.
"""

import errno
import os
import stat
from zlib import crc32

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple


def target_of(link: str) -> str:
    """Return the path of the file to write, after following symbolic links of this user."""
    if os.path.islink(link) and hasattr(os, "geteuid"):
        if os.lstat(link).st_uid not in (0, os.geteuid()):
            raise OSError(errno.EPERM, "it is a symbolic link of another user")
    return os.path.realpath(link)


def replace(path: str, data: "Optional[bytes]") -> None:
    """Replace the file; if ``data`` is None, only check that this is possible."""
    folder, name = os.path.split(path)
    if not os.path.isdir(folder):
        raise OSError(errno.ENOENT, "its directory does not exist")
    former = _former(path)
    beginning = _beginning(name)
    _remove_leftovers(folder, beginning)
    temporary = ""
    try:
        file, temporary = _new_file(folder, beginning)
        with file:
            if former is not None:
                _keep_owner_and_mode(temporary, former)  # while the file is still empty
            file.write(data or b"")
            file.flush()
            os.fsync(file.fileno())
            if data is not None and fcntl is not None:
                os.replace(temporary, path)  # while it is locked
        if data is not None and fcntl is None:
            os.replace(temporary, path)  # Windows cannot replace an open file.
    except BaseException:  # including KeyboardInterrupt
        _remove(temporary)
        raise
    if data is None:
        _remove(temporary)
    _sync(folder)


def remove(path: str) -> None:
    """Remove the file at ``path`` if it exists, and what killed writers of it left."""
    folder, name = os.path.split(os.path.realpath(path))
    _remove_leftovers(folder, _beginning(name))
    if os.path.exists(path):
        os.remove(path)


def _beginning(name: str) -> str:
    """Return the beginning of the names of all new files that will replace this file."""
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
    except OSError:  # The file system has no locks, so leftovers are not removed.
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
