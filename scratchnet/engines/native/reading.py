"""Data for the engine "native", checked and converted at once, in C if they are large.

    as_doubles returns X and Y as Doubles, if all numbers are finite
    Doubles    rows of numbers in one array, or in a buffer of the caller
    whole      returns all numbers of X or Y
    gathered   returns the numbers of some rows

CPython's lists are read where they are in memory. Whatever is not as expected, such as wrong data,
is left to the checks of the core.
"""

from array import array
from itertools import chain

from ...codegen.c.native_data import SOURCE
from ...codegen.own import is_own
from ...codegen.python.printer import IS_PYPY
from ...core.checks import LazyRows, is_finite
from ...core.losses import Loss
from . import library, lists
from .compiler import CompilerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    from ...core.network import Sequential

FEWEST = 50000  # numbers; Python reads fewer in less time than compiling this source takes
IN_C = lists.types_are_known()
AT_ONCE = 1 << 14  # how many numbers are read by one call; rows made for it stay in the cache

NUMBERS = {float, int, bool}
ROWS = {list, tuple}
MOST_EXACT = 1 << 53
MOST_KEPT = 1 << 24  # numbers of a sequence whose rows are made when they are read


class Doubles:
    """Rows of numbers in an array, or in a buffer of the caller; a list is made when it is read."""

    is_checked = True  # The network and the loss take these rows as they are.

    def __init__(self, numbers: "Any", width: int) -> None:
        self.numbers, self.width = numbers, width
        self.places = range(len(numbers) // width)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: int) -> "List[float]":
        row: "List[float]" = self.slice(self.places[i]).tolist()
        return row

    def slice(self, i: int) -> "Any":
        """Return the numbers of row i, not as a list."""
        return self.numbers[i * self.width : (i + 1) * self.width]


# ---- before the training run ---------------------------------------------------------------------


def as_doubles(net: "Sequential", X: "Any", Y: "Any", loss: "Any") -> "Tuple[Any, Any]":
    """Return X and Y, each as Doubles if possible, else as it is given.

    If X is read here, so is Y, because the core checks a target more slowly than a row of X.
    """
    if net.number is not float:
        return X, Y
    try:
        inputs = doubles_of(X, net.inputs)
        if inputs is None and not (hasattr(X, "bytes_at") and len(X) * (X.width or 0) >= FEWEST):
            return X, Y
        X = inputs or X
        is_large = len(X) * X.width >= FEWEST
        return X, targets_of(Y, net.outputs or X.width, loss, is_large) or Y
    except CompilerError:  # The engine reports it.
        return X, Y


def doubles_of(data: "Any", width: "Optional[int]", in_c: bool = False) -> "Optional[Doubles]":
    """Return the rows, or None if they are not rows of ``width`` finite numbers each.

    ``in_c``   whether C reads even few numbers, because it is already compiled
    """
    if hasattr(data, "tolist"):
        found = in_buffer(data, width)
        if found is not None:
            return found
        data = data.tolist()
    if not (type(data) in (list, tuple) or can_be_kept(data, width)) or not data:
        return None
    width = width or (len(data[0]) if isinstance(data[0], (list, tuple)) else 0)
    if not width:
        return None
    count = len(data)  # Another thread may shorten it.
    numbers = library.zeros(count * width)
    read = read_by_loop if IS_PYPY else read_at_once
    if IN_C and (in_c or len(numbers) >= FEWEST):
        read = read_in_c
    step = max(1, AT_ONCE // width)
    for start in range(0, count, step):
        stop = min(start + step, count)
        kept = isinstance(data, (list, tuple))
        rows = data[start:stop] if kept else [data[i] for i in range(start, stop)]
        if len(rows) < stop - start or not read(rows, width, numbers, start * width):
            return None
    return Doubles(numbers, width)


def read_in_c(rows: "Any", width: int, numbers: "array[float]", k: int) -> bool:
    """Write the numbers of the rows into the array, from k on; return whether all are finite."""
    place = library.address(numbers) + 8 * k
    return lists.reader()(len(rows), width, id(rows), place) == len(rows)


def read_at_once(rows: "Any", width: int, numbers: "array[float]", k: int) -> bool:
    """Do the same in Python, without a loop over the numbers."""
    if width == 1 and NUMBERS.issuperset(map(type, rows)):
        flat = list(rows)
    elif not ROWS.issuperset(map(type, rows)) or {width} != set(map(len, rows)):
        return False
    else:
        flat = list(chain.from_iterable(rows))
    kinds = set(map(type, flat))
    if kinds != {float}:
        if not kinds <= NUMBERS or not -MOST_EXACT < min(flat) <= max(flat) < MOST_EXACT:
            return False
    numbers[k : k + len(flat)] = array("d", flat)
    return is_finite(flat)


def read_by_loop(rows: "Any", width: int, numbers: "array[float]", k: int) -> bool:
    """Do the same number by number, which takes less time if the interpreter compiles it."""
    for row in rows:
        if width == 1 and type(row) in NUMBERS:
            row = [row]
        if type(row) not in ROWS or len(row) != width:
            return False
        for x in row:
            if type(x) is not float:
                if type(x) not in NUMBERS or not -MOST_EXACT < x < MOST_EXACT:
                    return False
                x = float(x)
            if x - x != 0.0:
                return False
            numbers[k] = x
            k += 1
    return True


def can_be_kept(data: "Any", width: "Optional[int]") -> bool:
    """Return whether a sequence always gives the same rows, and these are not too many."""
    return getattr(data, "is_fixed", False) and len(data) * (width or 1) <= MOST_KEPT


def in_buffer(data: "Any", width: "Optional[int]") -> "Optional[Doubles]":
    """Return the rows of a large buffer of doubles, such as a NumPy array.

    It is not copied unless it is read-only.
    """
    if is_disguised(data):
        return None
    try:
        view: "Any" = memoryview(data)
    except (TypeError, ValueError):  # NumPy raises a ValueError for times.
        return None
    suits = view.format in ("d", "@d") and view.ndim == 2 and view.c_contiguous
    if not suits or width not in (None, view.shape[1]) or view.nbytes < 8 * max(1, FEWEST):
        return None
    numbers: "Any" = array("d", view.tobytes()) if view.readonly else view.cast("B").cast("d")
    count = len(numbers)
    finite: int = function("net_finite", 1, 1)(count, library.address(numbers))
    return Doubles(numbers, view.shape[1]) if finite == count else None


def is_disguised(data: "Any") -> bool:
    """Return whether the numbers of an array are not those of its buffer, as if it is masked."""
    return sum(["tolist" in vars(kind) for kind in type(data).__mro__]) > 1


def targets_of(Y: "Any", outputs: int, loss: "Any", in_c: bool = False) -> "Optional[Doubles]":
    """Return the targets that the loss makes of Y, or None if Y is not of the usual kinds.

    The loss converts each different row once, because there are few if the rows are classes.
    """
    if hasattr(Y, "tolist") and len(getattr(Y, "shape", ())) < 2:
        Y = Y.tolist()
    if hasattr(Y, "bytes_at") and not Y.width:
        Y = [Y[i] for i in range(len(Y))]  # labels in an IDX file
    usual = type(loss).target is Loss.target
    if not (usual or is_own(loss)) or not hasattr(Y, "__len__"):
        return None
    if outputs > 1 and isinstance(Y, (list, tuple)) and set(map(type, Y)) <= {int, float}:
        return converted(Y, lambda y: y, outputs, loss)
    found = doubles_of(Y, outputs, in_c)
    if found is None or usual and type(loss).error_in is Loss.error_in:
        return found
    written, step = found.numbers.tobytes(), 8 * outputs
    rows = [written[k : k + step] for k in range(0, len(written), step)]
    return converted(rows, lambda row: memoryview(row).cast("d").tolist(), outputs, loss)


def converted(
    rows: "Any", read: "Callable[[Any], Any]", outputs: int, loss: "Any"
) -> "Optional[Doubles]":
    """Return the targets for these rows, many of which are the same; None if one is invalid."""
    targets: "Dict[Any, bytes]" = {}
    try:
        for row in set(rows):
            target = loss.target(read(row), outputs, float, 0)
            targets[row] = array("d", target).tobytes()
    except Exception:  # The core repeats it, and names the row.
        return None
    return Doubles(array("d", b"".join([targets[row] for row in rows])), outputs)


# ---- during the training run ---------------------------------------------------------------------


def in_memory(rows: "Any") -> bool:
    """Return whether rows need not be read from the caller's sequence again."""
    return isinstance(source_of(rows), (list, Doubles))


def whole(rows: "Any") -> "Any":
    """Return all numbers of rows in memory, as an array or a buffer."""
    source = source_of(rows)
    return source.numbers if isinstance(source, Doubles) else numbers_of(rows)


def gathered(rows: "Any", places: "List[int]", width: int, room: "Any" = ()) -> "Any":
    """Return the numbers of the rows at these places as an array: ``room``, if it is as long."""
    source, count = source_of(rows), len(places) * width
    gathered = room if len(room) == count else library.zeros(count)
    if isinstance(source, Doubles):
        arrays = [array("q", places), source.numbers, gathered]
        function("net_copy", 2, 3)(len(places), width, *map(library.address, arrays))
        return gathered
    found = source.bytes_at(places) if hasattr(source, "bytes_at") else None
    if found is None or source.width != width:
        return numbers_of([rows[i] for i in places])
    numbers, table, places = found
    arrays = [array("q", places), numbers, array("d", table), gathered]
    function("net_look_up", 2, 4)(len(places), width, *map(library.address, arrays))
    return gathered


def gathered_targets(rows: "Any", places: "List[int]", width: int, loss: "Any") -> "Any":
    """Return the same for targets, which the loss checks unless it takes any numbers."""
    takes_all = type(loss).target is Loss.target and type(loss).error_in is Loss.error_in
    if takes_all or isinstance(source_of(rows), Doubles):
        return gathered(rows, places, width)
    return numbers_of([rows[i] for i in places])


def numbers_of(rows: "Any") -> "array[float]":
    """Return the numbers of these rows."""
    numbers = array("d")
    for row in rows:
        numbers.fromlist(list(row))
    return numbers


def source_of(rows: "Any") -> "Any":
    """Return the rows, without the check of each when it is read."""
    return rows.rows if isinstance(rows, LazyRows) else rows


def function(name: str, integers: int, addresses: int) -> "Any":
    return library.function(SOURCE, name, integers, addresses)
