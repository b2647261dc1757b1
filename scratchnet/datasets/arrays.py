"""Arrays as the inputs and the targets of a network.

The files are NumPy's .npy and .npz, and the IDX files of MNIST.

    read_arrays     a file of inputs, and optionally one of targets, as Arrays
    is_array        whether a file holds arrays and not a table
    ArrayEncoder    encodes them, as the Encoder does tables

>>> import os, tempfile
>>> from scratchnet.formats import npy, npy_archive
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "gate.npz")
...     with open(path, "wb") as file:
...         X, y = npy.array_of([[0, 0], [0, 1], [1, 0], [1, 1]]), npy.array_of([0, 1, 1, 0])
...         _ = file.write(npy_archive.dumps({"X": X, "y": y}))
...     data = read_arrays(path, "y")
>>> encoder = ArrayEncoder.fit(data)
>>> print(encoder)
inputs: rows of 2 numbers, each standardized
target: y, classes: 0, 1
>>> X, Y = encoder.examples_of(data)
>>> X[3], Y[3]
([1.0, 1.0], [0.0])
"""

import os
from math import isfinite, isinf

from ..core.checks import COUNT, require, shown
from ..formats import npy, npy_archive
from ..formats.unpacked import Unpacked
from .encoding.base import Encoding
from .encoding.inputs import mean_and_spread
from .encoding.parts import FLAG, OBJECT, Classes, Quantity, join_first, target_from
from .encoding.target import target_of
from .idx import read_idx
from .tables.columns import NUMBERS, Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

    from ..formats.files import Path

    Rows = Optional[Sequence[int]]

# Pixels are divided by the largest byte and not standardized one by one, because most pixels at the
# border never change.
BYTE = 255
MOST_INPUTS = (1 << 20) - 1
WIDTH = (lambda v: COUNT[0](v) and v <= MOST_INPUTS, "a whole number of inputs")


class Arrays:
    """Rows of numbers, and optionally a target for each.

    ``X``       the rows; ``X[i]`` is a list of ``width`` floats
    ``column``  the targets, or None
    ``bytes``   whether all numbers are bytes, such as pixels
    """

    def __init__(self, X: "Any", width: int, is_bytes: bool, column: "Any", source: str) -> None:
        self.X = X
        self.width = width
        self.bytes = is_bytes
        self.column = column
        self.source = source

    def __len__(self) -> int:
        return len(self.X)

    def with_target(self) -> "List[int]":
        """Return the indices of the rows whose target is not missing."""
        return list(self.column.present(range(len(self.X))))

    @property
    def target(self) -> "Optional[str]":
        return None if self.column is None else str(self.column.name)

    def __getitem__(self, name: str) -> "Column":
        return self.column  # type: ignore[no-any-return]


class Picked:
    """A selection of rows, in little memory."""

    def __init__(self, X: "Any", rows: "Sequence[int]") -> None:
        self.X, self.rows = X, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> "Any":
        return self.X[self.rows[i]]

    @property
    def width(self) -> "Any":
        return getattr(self.X, "width", None)

    @property
    def is_fixed(self) -> bool:
        return getattr(self.X, "is_fixed", False)

    def bytes_at(self, places: "List[int]") -> "Any":
        """Return the bytes of these rows, as ``Idx`` does."""
        read = getattr(self.X, "bytes_at", None)
        return read and read([self.rows[i] for i in places])


class ArrayEncoder(Encoding):
    """The encoding of arrays, with the same methods as the Encoder of tables.

    ``target``   the Classes or the Quantity that is predicted
    ``bytes``    whether the inputs are divided by 255 instead of standardized individually
    ``normal``   the mean and spread of every input, which the network stores
    """

    def __init__(
        self,
        width: int,
        target: "Union[Classes, Quantity]",
        is_bytes: bool,
        normal: "Sequence[Tuple[float, float]]" = (),
    ) -> None:
        self.width, self.target = require("width", width, WIDTH), target
        self.bytes, self.normal = require("bytes", is_bytes, FLAG), normal
        self.features = [str(j) for j in range(width)]
        self.outputs, self.task = target.outputs, target.task
        self.classes = target.classes if isinstance(target, Classes) else None

    @classmethod
    def fit(
        cls, data: "Arrays", rows: "Rows" = None, task: "Optional[str]" = None
    ) -> "ArrayEncoder":
        """Return the encoder for the training rows, by default all; ``task`` is as for Encoder."""
        complete = data.with_target()
        rows = complete if rows is None else sorted(set(rows) & set(complete))
        target, _ = target_of(data.column, rows, task, data.source)
        truth_values = data.bytes and not data.X.numbers.tobytes().strip(b"\0\1")
        pixels = data.bytes and not truth_values
        normal = (
            [(0.0, float(BYTE))] * data.width
            if pixels
            else _normal(Picked(data.X, rows), data.width)
        )
        return cls(data.width, target, pixels, normal)

    def read(
        self, path: "Path", target: "Any" = False, progress: "Any" = None, **reading: "Any"
    ) -> "Arrays":
        """Return the arrays in the file at ``path``.

        ``target`` is the file or the name of the targets, if these are to be read, too. Arrays are
        read at once, so ``progress`` is not called. Other options are for tables.
        """
        refuse(reading, f"{path} is an array; arrays")
        if target is True:
            raise ValueError(
                f"{path}: the place of the targets is not given; write --target FILE, "
                "or for an .npz file --target NAME"
            )
        data = read_arrays(path, target or None)
        if data.width != self.width:
            raise ValueError(
                f"{data.source} has rows of {data.width} numbers; the model takes {self.width}"
            )
        if self.bytes and not data.bytes:
            raise ValueError(
                f"{data.source} does not hold bytes from 0 to {BYTE}, "
                "which the model was trained with"
            )
        return data

    def inputs_of(self, data: "Arrays", rows: "Rows" = None) -> "Any":
        return data.X if rows is None else Picked(data.X, rows)

    def examples_of(self, data: "Arrays", rows: "Rows" = None) -> "Tuple[Any, Any]":
        """Return (X, Y) of these rows, by default all. Rows without a target are left out."""
        complete = data.column.present(range(len(data)) if rows is None else rows)
        return Picked(data.X, complete), self.target.targets(data.column, complete, data.source)

    def imputed(self, data: "Arrays", row: int) -> "List[str]":
        return []

    def surprises(self, data: "Arrays", rows: "Rows" = None) -> "List[str]":
        return []

    def to_dict(self) -> "Dict[str, Any]":
        return {
            "width": self.width,
            "bytes": self.bytes,
            "target": dict(self.target.to_dict(), task=self.task),
        }

    @classmethod
    def from_dict(cls, data: "Any") -> "ArrayEncoder":
        """Return the encoder that ``to_dict`` describes; anything else raises a ValueError."""
        keys = ["bytes", "target", "width"]
        require(
            "arrays",
            data,
            (lambda v: OBJECT[0](v) and sorted(v) == keys, "an object of " + join_first(keys)),
        )
        return cls(data["width"], target_from(data["target"]), data["bytes"])

    @property
    def decisions(self) -> "List[Tuple[str, ...]]":
        done = f"divided by {BYTE}" if self.bytes else "each standardized"
        what = (
            "classes: " + join_first(self.classes) if self.classes else "a quantity, standardized"
        )
        return [
            ("inputs", f"rows of {self.width} numbers", done),
            ("target", str(self.target.name), what),
        ]

    def __str__(self) -> str:
        return "\n".join([f"{name}: {what}, {done}" for name, what, done in self.decisions])


def refuse(options: "Dict[str, Any]", what: str) -> None:
    """Raise a ValueError if one of the options is given, which ``what`` does not have."""
    for name, value in options.items():
        if value is not None and value != ():
            raise ValueError(f"{name}: {what} have no such option; leave it out")


def is_array(path: "Path") -> bool:
    """Return whether the file is .npy, .npz or IDX, judging by its ending or its first bytes.

    Any other file is read as a table.
    """
    if _ends_in(path, ".npy") or _ends_in(path, ".npz"):
        return True
    if not os.path.isfile(str(path)):  # Standard input or a pipe; reading would consume its start.
        return False
    try:
        with open(str(path), "rb") as file:
            start = file.read(4)
            if start[:2] == b"\x1f\x8b":
                file.seek(0)
                start = Unpacked(file, str(path)).read(4)
    except (OSError, ValueError):  # The reader of the file reports the error.
        return False
    return start[:2] == b"\0\0"


def read_arrays(path: "Path", target: "Optional[str]" = None) -> "Arrays":
    """Return the inputs in a file, and their targets in another.

    In an .npz file, ``target`` is the name of the array of targets. The inputs are its only other
    array, or the one called X, x or data.
    """
    named = npy_archive.load(path) if _ends_in(path, ".npz") else None
    X = _inputs(named, target, str(path)) if named is not None else _array(path)
    if len(X.shape) < 2 or not len(X) or not WIDTH[0](X.width):
        rows = f"give samples × features, from 1 to {MOST_INPUTS} features"
        raise ValueError(f"{path}: the inputs have the shape {X.shape}; {rows}")
    column = None
    if target is not None:
        y, source = (
            (named[target], f"{path}: {shown(target)}") if named else (_array(target), target)
        )
        column = Column(
            target if named else "target", NUMBERS, _doubles(_targets(y, len(X), source))
        )
    if X.numbers.typecode in "fd" and not isfinite(sum(X.numbers)):
        check_rows(X, str(path))
    return Arrays(X, X.width, X.numbers.typecode == "B", column, str(path))


def check_rows(X: "Any", path: str) -> None:
    """Raise a ValueError that names the first row with a number that is not finite."""
    for i in range(len(X)):
        if not all(map(isfinite, X[i])):
            raise ValueError(
                f"{path}: row {i + 1} has a number that is not finite; remove such rows"
            )


def _targets(y: "Any", rows: int, source: str) -> "List[float]":
    """Return one target per row, NaN if it is missing."""
    if y.shape[:1] != (rows,) or len(y.numbers) != rows:
        raise ValueError(
            f"{source} has the shape {y.shape}, but there are {rows} rows; give one target per row"
        )
    values = [float(v) for v in y.numbers]
    for i, value in enumerate(values):
        if isinf(value):
            raise ValueError(
                f"{source}: row {i + 1} is {value}; give a finite number, or nan if it is unknown"
            )
    return values


def _doubles(values: "List[float]") -> "Any":
    return npy.array_of(values).numbers


def _ends_in(path: "Any", ending: str) -> bool:
    """Return whether the file's name has this ending, in upper or lower case."""
    return str(path).lower().endswith(ending)


def _array(path: "Any") -> "Any":
    if _ends_in(path, ".npy"):
        return npy.load(path)
    is_there = os.path.isfile(str(path)) or str(path) == "-"
    if is_there and not is_array(path):
        raise ValueError(f"{path} is not an array; give a .npy, .npz or IDX file")
    return read_idx(path)


def _inputs(named: "Dict[str, Any]", target: "Optional[str]", path: str) -> "Any":
    if target is not None and target not in named:
        raise ValueError(f"{path} has no array {shown(target)}; it has {', '.join(sorted(named))}")
    others = [name for name in sorted(named) if name != target]
    usual = [name for name in others if name in ("X", "x", "data")]
    if len(usual) != 1 and len(others) != 1:
        raise ValueError(
            f"{path}: the array of inputs is not clear; call it X; "
            f"the file has {', '.join(others) or 'no other array'}"
        )
    return named[(usual if len(usual) == 1 else others)[0]]


def _normal(X: "Any", width: int) -> "List[Tuple[float, float]]":
    """Return the mean and spread of every column."""
    numbers = npy.array_of([0.0]).numbers[:0]
    for i in range(len(X)):
        numbers.extend(X[i])
    return [mean_and_spread(numbers[j::width], f"input {j}") for j in range(width)]
