"""The C compiler of this machine: which one it is, and how a library is built with it.

A library is compiled in a new folder that only its user may enter, loaded from there, and removed.

An exception, such as KeyboardInterrupt or one that a handler of SIGTERM raises, ends the compiler
and the programs that it has started. A signal that ends Python at once does not: the compiler then
runs to its end, which takes seconds, and a later compilation removes its folder.
"""

import ctypes
import errno
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from threading import Timer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

NAMES = ("cc", "gcc", "clang", "tcc", "cl")
SECONDS = 300  # after which a compiler counts as hanging
PREFIX = "scratchnet-native-"  # of the names of the folders

FULL = os.strerror(errno.ENOSPC)  # A compiler ends its message with this, too.
NO_ROOM = "set TMPDIR to a folder with more room"
OTHER_ENGINE = "engine='auto'"

# What makes code fast without changing a bit of its results. Contraction would round a·b + c once.
PLAIN = ["-std=c99", "-ffp-contract=off", "-shared", "-fPIC"]
SPECULATING = "-fno-trapping-math"
FAST = ["-O3", "-fno-math-errno", SPECULATING]
LEVELS = [(70000, "-O2"), (170000, "-O1"), (300000, "-O0")]  # for code longer than these
# Comments, and calls that are a whole line.
CHEAP = re.compile(r"^ *(/?\* |net_\w+\().*\n", re.MULTILINE)
HERE = ["-march=native"]  # The library runs on this machine only.
MICROSOFT = ["/nologo", "/std:c11", "/O2", "/fp:precise", "/LD"]


class CompilerError(ValueError):
    """An error: there is no compiler, or it failed."""


def find_compiler(instead: str = OTHER_ENGINE) -> "List[str]":
    """Return the command of the C compiler: that of CC, else a usual one, else this Python's.

    ``instead``   what the error message suggests if there is none
    """
    given = os.environ.get("CC", "").strip()
    if given:
        command = command_of(given)
        if not command:
            words = words_of(given)
            wrong = f"{words[0]!r} is no program here" if words else "a quotation mark is missing"
            raise CompilerError(
                f"the environment variable CC is {given!r}, but {wrong}; "
                "set it to a C compiler, such as gcc, or remove it"
            )
        return command
    for candidate in [*NAMES, sysconfig.get_config_var("CC") or ""]:
        command = command_of(candidate)
        if command:
            return command
    raise CompilerError(
        f"no C compiler was found, neither {', '.join(NAMES)} nor that of this Python; "
        f"install one, set CC to it, or use {instead}, which needs none"
    )


def command_of(text: str) -> "List[str]":
    """Return the words of a command with the path of its program, or [] if there is none."""
    words = words_of(text)
    program = shutil.which(words[0]) if words else None
    return [program] + words[1:] if program else []


def words_of(text: str) -> "List[str]":
    """Return the words of a command, or [] if a quotation mark is missing."""
    try:
        return shlex.split(text, posix=os.name == "posix")
    except ValueError:
        return []


def commands(
    compiler: "List[str]", source: str, library: str, fast: "List[str]"
) -> "List[List[str]]":
    """Return the command lines to try, one after the other."""
    if os.path.basename(compiler[0]).lower() in ("cl", "cl.exe"):
        return [compiler + MICROSOFT + [source, "/Fe:" + library]]
    wide = sys.maxsize > 1 << 32
    bits = [] if wide else ["-msse2", "-mfpmath=sse"]
    end = bits + ["-o", library, source, "-lm"]
    return [compiler + PLAIN + fast + HERE + end, compiler + PLAIN + ["-O2"] + end]


def fast_for(source: str) -> "List[str]":
    """Return the options that make this source fast, and are compiled in two seconds.

    They are FAST, less SPECULATING if 2^k can be infinite where it is not chosen: GCC would compute
    with it, which looks like a division by zero. Long code is optimized less.
    """
    length = len(CHEAP.sub("", source))
    given = [option for option in FAST if option != SPECULATING or "_ldexp(" not in source]
    levels = [level for most, level in LEVELS if length > most]
    return given + levels[-1:]


def build(source: str, instead: str = OTHER_ENGINE) -> "Any":
    """Return the library with the functions of a C source.

    ``instead``   what the error message suggests if there is no compiler, or if it fails
    """
    compiler = find_compiler(instead)
    folder = private_folder()
    try:
        path = os.path.join(folder, "native" + (".dll" if os.name == "nt" else ".so"))
        with open(os.path.join(folder, "native.c"), "x", encoding="ascii") as file:
            file.write(source)
        complaint = ""
        for command in commands(compiler, "native.c", os.path.basename(path), fast_for(source)):
            started = time.monotonic()
            complaint = run(command, folder)
            if time.monotonic() - started >= SECONDS:
                complaint = f"it did not end within {SECONDS} seconds"
                break
            if not complaint and os.path.isfile(path):
                return ctypes.CDLL(path)
        another = f"set CC to another one, or use {instead}, which needs none"
        raise CompilerError(
            f"the C compiler {compiler[0]} failed: {complaint or 'it wrote no library'}; "
            + (NO_ROOM if FULL in complaint else another)
        )
    except OSError as error:
        place = os.path.dirname(folder)
        advice = f"if programs may not run from {place}, set TMPDIR to another folder"
        raise CompilerError(
            f"the library of {compiler[0]} cannot be used: {error}; "
            + (NO_ROOM if error.errno == errno.ENOSPC else advice)
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # Windows keeps a library that is loaded.


def private_folder() -> str:
    """Return a new folder that nobody else may enter or replace."""
    place = os.path.realpath(tempfile.gettempdir())
    above = place
    while os.name == "posix":
        mode = os.stat(above).st_mode
        if mode & 0o022 and not mode & 0o1000:
            raise CompilerError(
                f"others may replace files in {above}; set TMPDIR to a folder that only you may "
                "write to"
            )
        if above == os.path.dirname(above):
            break
        above = os.path.dirname(above)
    remove_leftovers(place)
    return tempfile.mkdtemp(prefix=PREFIX, dir=place)


def remove_leftovers(place: str) -> None:
    """Remove this user's folders that killed processes have left."""
    own = os.geteuid() if os.name == "posix" else 0
    with os.scandir(place) as entries:
        found = [entry for entry in entries if entry.name.startswith(PREFIX)]
    for entry in found:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # Another process has just removed it.
            continue
        old = status.st_mtime < time.time() - 2 * SECONDS
        if old and status.st_uid == own and entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)


def run(command: "List[str]", folder: str) -> str:
    """Run a compiler in the folder. Return the first line of its error message, or ""."""
    environment: "Dict[str, str]" = dict(os.environ, LC_ALL="C")
    process: "Any" = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    timer = Timer(SECONDS, kill, [process])
    timer.daemon = True
    try:
        timer.start()
        output = process.stdout.read()  # communicate() would wait 0.25 seconds after Ctrl-C.
    except BaseException:
        kill(process)
        raise
    finally:
        timer.cancel()
        process.stdout.close()
        process.wait()
    lines: "List[str]" = output.decode("ascii", "replace").strip().splitlines()
    errors = [line for line in lines if "error" in line] or lines[:1]
    if process.returncode:
        return (errors or [f"exit status {process.returncode}"])[0]
    return ""


def kill(process: "Any") -> None:
    """Kill a compiler together with the programs that it has started."""
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:  # It has just ended.
        pass
