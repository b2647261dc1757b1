"""Writing files: the old or the new file is whole, even after an error, Ctrl-C or a killed process."""

import contextlib
import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from scratchnet.formats import files

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links as POSIX has them")


def read(path):
    with open(str(path), "rb") as file:
        return file.read()


def mode(path):
    return os.stat(str(path)).st_mode & 0o7777


@pytest.fixture
def old(tmp_path):
    """An existing file, alone in its directory."""
    path = tmp_path / "model.json"
    path.write_bytes(b"old")
    return path


def refusal(path, kind):
    """Return the error message of a write to ``path``."""
    with pytest.raises(kind) as caught:
        files.write(path, b"new")
    error = caught.value
    assert isinstance(error, OSError) and error.errno
    assert (
        error.strerror.startswith("{} cannot be written: ".format(path))
        and "\n" not in error.strerror
    )
    return error.strerror.replace("{} cannot be written: ".format(path), "")


# ---- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_path", [str, lambda path: path])
@pytest.mark.parametrize(
    "data", [b"", b"new", bytes(range(256)) * 40000], ids=["empty", "short", "10 MB"]
)
def test_a_file_is_made_and_replaced(tmp_path, as_path, data):
    path = tmp_path / "m\u00f6del.json"
    for contents in (b"first, and longer than the second", data):
        files.write(as_path(path), contents)
        assert read(path) == contents
    assert os.listdir(str(tmp_path)) == [path.name]


def test_a_name_without_a_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.write("model.json", b"new")
    assert read(tmp_path / "model.json") == b"new"


def test_the_longest_name(tmp_path):
    path = tmp_path / ("n" * 255)
    files.write(path, b"new")
    assert read(path) == b"new"


@posix
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "model.json", b"new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "model.json") == 0o640


@posix
@pytest.mark.parametrize("permissions", [0o600, 0o644, 0o666, 0o755, 0o4711])
def test_permissions_are_kept_and_set_before_writing(old, permissions, monkeypatch):
    old.chmod(permissions)
    seen = []

    def spy(handle):
        seen.append(os.fstat(handle).st_mode & 0o7777)

    monkeypatch.setattr(os, "fsync", spy)
    files.write(old, b"new")
    assert (read(old), mode(old), seen[0]) == (b"new", permissions, permissions)


@posix
def test_the_target_of_a_link_is_replaced_and_not_the_link(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (tmp_path / "inner").symlink_to(folder / "model.json")
    (tmp_path / "outer").symlink_to("inner")
    for data in (b"made", b"replaced"):  # the first time, the link points to nothing yet
        files.write(tmp_path / "outer", data)
        assert read(folder / "model.json") == data
    assert (tmp_path / "outer").is_symlink() and (tmp_path / "inner").is_symlink()
    assert os.listdir(str(folder)) == ["model.json"] and len(os.listdir(str(tmp_path))) == 3


def test_the_data_are_synced_before_the_name_and_then_the_name(old, monkeypatch):
    events = []

    def spy(name, function):
        def spied(*arguments):
            if name == "fsync":
                size = os.fstat(arguments[0]).st_size
                events.append(
                    "directory" if os.path.isdir("/proc/self/fd/{}".format(arguments[0])) else size
                )
            else:
                events.append(name)
            return function(*arguments)

        return spied

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, spy(name, getattr(os, name)))
    files.write(old, bytes(100000))
    assert events[:2] == [100000, "replace"]
    assert events[2:] == ["directory"] or not os.path.isdir("/proc/self/fd")


@pytest.mark.parametrize("name", ["open", "fsync"])
def test_a_directory_that_cannot_be_synced_is_no_error(old, name, monkeypatch):
    real = getattr(os, name)

    def fail(*arguments):
        if read(old) == b"new":  # only once the new file is in place
            raise OSError(errno.EINVAL, "not for directories")
        return real(*arguments)

    monkeypatch.setattr(os, name, fail)
    files.write(old, b"new")
    assert read(old) == b"new"


def test_concurrent_writers_leave_one_whole_file(old):
    def write(letter):
        for _ in range(20):
            files.write(old, letter * 100000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(old) in (b"a" * 100000, b"b" * 100000, b"c" * 100000)
    assert os.listdir(str(old.parent)) == [old.name]


def leftover_of(path, data=b"half"):
    """A file as a killed writer of ``path`` leaves it."""
    before = set(os.listdir(str(path.parent)))
    code = (
        "import os, sys\n"
        "from scratchnet.formats import files\n"
        "os.fsync = lambda handle: os._exit(9)\n"
        "files.write(sys.argv[1], b'half')"
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    assert subprocess.call([sys.executable, "-c", code, str(path)], env=environment) == 9
    (name,) = set(os.listdir(str(path.parent))) - before
    return path.parent / name


@posix
def test_what_a_killed_writer_left_is_removed_by_the_next_one_for_the_same_file(tmp_path):
    path, other = tmp_path / "model.json", tmp_path / "other.json"
    mine, others = leftover_of(path), leftover_of(other)
    assert mine.read_bytes() == b"half"
    files.write(path, b"new")
    assert sorted(os.listdir(str(tmp_path))) == sorted([path.name, others.name])


@posix
def test_what_a_writer_at_work_has_written_is_not_removed(tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    real, inner = os.fsync, []

    def fsync(handle):
        if not inner:
            inner.append(handle)
            files.write(path, b"meanwhile")  # by another writer, before this one is done
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    files.write(path, b"new")
    assert read(path) == b"new" and os.listdir(str(tmp_path)) == [path.name]


@posix
def test_a_link_with_the_name_of_a_leftover_is_not_followed(tmp_path):
    path, diary = tmp_path / "model.json", tmp_path / "diary.txt"
    diary.write_bytes(b"precious")
    link = leftover_of(path)
    link.unlink()
    link.symlink_to(diary)
    files.write(path, b"new")
    assert diary.read_bytes() == b"precious" and read(path) == b"new"


@posix
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root changes owners")
def test_the_owner_and_the_group_are_kept(old):
    os.chown(str(old), 1234, 2345)
    old.chmod(0o4750)
    files.write(old, b"new")
    found = os.stat(str(old))
    assert (found.st_uid, found.st_gid, mode(old)) == (1234, 2345, 0o4750)


@posix
def test_a_link_of_another_user_is_refused(public):
    diary = os.path.join(public, "diary.txt")
    with open(diary, "wb") as file:
        file.write(b"precious")
    if os.geteuid() != 0:
        pytest.skip("only root makes files of other users")
    os.chown(diary, 65534, 65534)
    link = os.path.join(public, "model.json")
    os.symlink(diary, link)
    os.chown(link, 1234, 1234, follow_symlinks=False)
    with without_privileges():
        assert refusal(link, PermissionError) == "it is a symbolic link of another user"
    assert read(diary) == b"precious"


def test_whether_a_file_can_be_written(old, tmp_path):
    files.check_writable(old)
    files.check_writable(tmp_path / "new.json")
    with pytest.raises(OSError, match="cannot be written: its directory does not exist"):
        files.check_writable(tmp_path / "no" / "new.json")
    assert read(old) == b"old" and os.listdir(str(tmp_path)) == [old.name]


# ---- reading -----------------------------------------------------------------------------------------------------


@posix
def test_a_device_is_refused_before_it_is_read(tmp_path):
    (tmp_path / "model.json").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match="model.json is a device; give a file$"):
        files.read(tmp_path / "model.json")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    with open(str(path), "wb") as file:
        file.truncate(files.LARGEST + 1)  # without taking up space
    monkeypatch.setattr(files, "read_at_most", None)
    with pytest.raises(ValueError, match="the file is larger than 268435456 bytes"):
        files.read(path)


# ---- refusals ----------------------------------------------------------------------------------------------------


def test_a_missing_directory(tmp_path):
    assert (
        refusal(tmp_path / "no" / "model.json", FileNotFoundError) == "its directory does not exist"
    )


def test_a_file_for_a_directory(old):
    assert refusal(old / "model.json", FileNotFoundError) == "its directory does not exist"


def test_a_directory_for_a_file(tmp_path):
    assert refusal(tmp_path, IsADirectoryError) == "it is a directory"


@posix
def test_special_files_are_not_replaced(tmp_path):
    os.mkfifo(str(tmp_path / "pipe"))
    assert refusal(tmp_path / "pipe", OSError) == "it is not a regular file"
    assert refusal("/dev/null", OSError) == "it is not a regular file"
    assert os.listdir(str(tmp_path)) == ["pipe"]


@contextlib.contextmanager
def without_privileges():
    """Root may do anything, so tests of permissions run as another user."""
    if os.geteuid() != 0:
        yield
    elif not hasattr(os, "setresuid"):
        pytest.skip("root cannot become another user, and back, here")
    else:
        os.setresuid(65534, 65534, 0)
        try:
            yield
        finally:
            os.setresuid(0, 0, 0)


@pytest.fixture
def public():
    """A directory that every user may enter; tmp_path is its owner's only."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o777)
    yield folder
    os.chmod(folder, 0o777)
    shutil.rmtree(folder)


@posix
def test_a_read_only_file_is_not_replaced(public):
    path = os.path.join(public, "model.json")
    files.write(path, b"old")
    os.chmod(path, 0o444)
    with without_privileges():
        assert refusal(path, PermissionError) == "it is read-only"
    assert read(path) == b"old" and os.listdir(public) == ["model.json"]


@posix
@pytest.mark.parametrize("permissions", [0o555, 0o666])
def test_a_directory_where_no_file_may_be_made(public, permissions):
    os.chmod(public, permissions)
    with without_privileges():
        assert refusal(os.path.join(public, "model.json"), PermissionError) == "Permission denied"
    assert os.listdir(public) == []


@posix
def test_a_full_disk_leaves_the_old_file(old):
    """A limit of a thousand bytes per file stands for a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError) as caught:
            files.write(old, bytes(100000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.strerror == "{} cannot be written: File too large".format(old)
    assert read(old) == b"old" and os.listdir(str(old.parent)) == [old.name]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left here"), KeyboardInterrupt(), MemoryError()]
)
@pytest.mark.parametrize("step", ["chmod", "fsync", "replace"])
def test_any_failure_leaves_the_old_file_and_nothing_else(old, step, error, monkeypatch):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(error)) as caught:
        files.write(old, b"new")
    if isinstance(error, OSError):
        assert caught.value.strerror == "{} cannot be written: No space left here".format(old)
    assert read(old) == b"old" and os.listdir(str(old.parent)) == [old.name]


def test_an_interrupt_just_after_the_replacement(old, monkeypatch):
    real = os.replace

    def replace(*arguments):
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        files.write(old, b"new")
    assert read(old) == b"new" and os.listdir(str(old.parent)) == [old.name]


# ---- kill -9 -----------------------------------------------------------------------------------------------------

SIZE = 10000000

WRITER = """
import sys
from scratchnet.formats import files

letters = b"ab"
while True:
    files.write(sys.argv[1], letters[:1] * {})
    letters = letters[::-1]
    print(flush=True)
""".format(SIZE)


def test_a_kill_at_any_instant_leaves_the_old_file_or_the_new_one(tmp_path):
    """Kill at random instants and during writes, until four have left a half-written file behind."""
    path = tmp_path / "model.json"
    chance = random.Random(1)
    kills = interrupted = half_written = 0
    end = time.time() + 30  # it takes about two seconds
    while half_written < 4 and time.time() < end:
        command = [sys.executable, "-c", WRITER, str(path)]
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        writer.stdout.readline()  # the first file is complete
        time.sleep(chance.uniform(0, 0.02))
        while kills % 2 and len(os.listdir(str(tmp_path))) == 1 and time.time() < end:
            pass  # until the next file is begun
        writer.kill()
        writer.communicate()
        kills += 1
        assert read(path) in (b"a" * SIZE, b"b" * SIZE)
        for name in os.listdir(str(tmp_path)):
            if name != path.name:
                interrupted += 1
                half_written += os.path.getsize(str(tmp_path / name)) < SIZE
        if os.name == "posix":  # The next writer removes what is left.
            files.write(path, b"a" * SIZE)
            assert os.listdir(str(tmp_path)) == [path.name]
    print(
        "{} kills, {} during a write, {} with the file half written".format(
            kills, interrupted, half_written
        )
    )
    assert half_written == 4


# ---- MicroPython -------------------------------------------------------------------------------------------------


def test_with_the_functions_that_micropython_has(old, monkeypatch):
    monkeypatch.setattr(files, "replacement", None)
    for name in ("replace", "fsync", "chmod", "access", "urandom"):
        monkeypatch.delattr(os, name)
    files.write(str(old), b"new")
    assert read(old) == b"new" and os.listdir(str(old.parent)) == [old.name]

    def rename(*arguments):
        raise OSError(errno.EIO)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(OSError):
        files.write(str(old), b"newer")
    assert read(old) == b"new" and os.listdir(str(old.parent)) == [old.name]
