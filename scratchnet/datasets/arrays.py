"""Arrays as the inputs and the targets of a network: NumPy's .npy and .npz, and the IDX files of MNIST.

    read_arrays     a file of inputs, and where wanted one of targets, as Arrays
    is_array        whether a file is one of these, and no table
    ArrayEncoder    what becomes of them: the counterpart of encoding.py's Encoder

>>> import os, tempfile
>>> from scratchnet.formats import npy
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "gate.npz")
...     with open(path, "wb") as file:
...         X, y = npy.array_of([[0, 0], [0, 1], [1, 0], [1, 1]]), npy.array_of([0, 1, 1, 0])
...         _ = file.write(npy.dumps_npz({"X": X, "y": y}))
...     data = read_arrays(path, "y")
>>> encoder = ArrayEncoder.fit(data)
>>> print(encoder)
inputs: rows of 2 numbers, each standardised
target: y, classes: 0, 1
>>> X, Y = encoder.examples_of(data)
>>> X[3], Y[3]
([1.0, 1.0], [0.0])
"""

import gzip
import os
from math import isfinite, isinf

from ..core.checks import COUNT, require, shown
from ..formats import npy
from .encoding import (
    FLAG,
    OBJECT,
    Classes,
    Encoding,
    Quantity,
    listed,
    mean_and_spread,
    target_from,
    target_of,
)
from .idx import read_idx
from .tables import NUMBERS, Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

    from ..formats.files import Path

    Rows = Optional[Sequence[int]]

BYTE = 255  # pixels are standardised by what a byte can hold, and not one by one: most at the border never change
MOST_INPUTS = (1 << 20) - 1
WIDTH = (lambda v: COUNT[0](v) and v <= MOST_INPUTS, "a whole number of inputs")


class Arrays:
    """Rows of numbers, and perhaps a target for each.

    ``X``       the rows: ``len(X)``, ``X[i]`` a list of floats;  ``width`` numbers each
    ``column``  the targets, or None
    ``bytes``   whether every number is a byte, as of pixels
    """

    def __init__(self, X: "Any", width: int, is_bytes: bool, column: "Any", source: str) -> None:
        self.X, self.width, self.bytes, self.column, self.source = (
            X,
            width,
            is_bytes,
            column,
            source,
        )

    def __len__(self) -> int:
        return len(self.X)

    def with_target(self) -> "List[int]":
        """The places of the rows whose target is not missing."""
        return list(self.column.present(range(len(self.X))))

    @property
    def target(self) -> "Optional[str]":
        return None if self.column is None else str(self.column.name)

    def __getitem__(self, name: str) -> "Column":
        return self.column  # type: ignore[no-any-return]


class Picked:
    """Some of the rows, in little memory."""

    def __init__(self, X: "Any", rows: "Sequence[int]") -> None:
        self.X, self.rows = X, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> "Any":
        return self.X[self.rows[i]]


class ArrayEncoder(Encoding):
    """What becomes of arrays; what Encoder is for tables, and with the same methods.

    ``target``   the Classes, or the Quantity, that is predicted
    ``bytes``    whether the inputs are divided by 255, and not each standardised by itself
    ``normal``   mean and spread of every input; the network keeps them
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
        """The encoder for these rows, by default all: those to train with; ``task`` as for Encoder."""
        complete = data.with_target()
        rows = complete if rows is None else sorted(set(rows) & set(complete))
        target, _ = target_of(data.column, rows, task, data.source)
        pixels = data.bytes and max(data.X.numbers) > 1  # else they are truth values
        normal = (
            [(0.0, float(BYTE))] * data.width
            if pixels
            else _normal(Picked(data.X, rows), data.width)
        )
        return cls(data.width, target, pixels, normal)

    def read(
        self, path: "Path", target: "Any" = False, progress: "Any" = None, **reading: "Any"
    ) -> "Arrays":
        """The file at ``path``; ``target``, the file or the name of the targets where they are to be read, too."""
        if target is True:
            raise ValueError(
                f"{path}: say where the targets are: --target FILE, or in an .npz --target NAME"
            )
        data = read_arrays(path, target or None)
        if data.width != self.width:
            raise ValueError(
                f"{data.source} has rows of {data.width} numbers; the model takes {self.width}"
            )
        if self.bytes and not data.bytes:
            raise ValueError(
                f"{data.source} has no bytes from 0 to {BYTE}, which the model was trained with"
            )
        return data

    def inputs_of(self, data: "Arrays", rows: "Rows" = None) -> "Any":
        return data.X if rows is None else Picked(data.X, rows)

    def examples_of(self, data: "Arrays", rows: "Rows" = None) -> "Tuple[Any, Any]":
        """(X, Y) of these rows, by default all; those without a target are left out."""
        complete = data.column.present(range(len(data)) if rows is None else rows)
        return Picked(data.X, complete), self.target.targets(data.column, complete, data.source)

    def unseen(self, data: "Arrays", rows: "Rows" = None) -> "Dict[str, Any]":
        return {}

    def to_dict(self) -> "Dict[str, Any]":
        return {
            "width": self.width,
            "bytes": self.bytes,
            "target": dict(self.target.to_dict(), task=self.task),
        }

    @classmethod
    def from_dict(cls, data: "Any") -> "ArrayEncoder":
        """The encoder that ``to_dict`` describes; anything else is a ValueError."""
        keys = ["bytes", "target", "width"]
        require(
            "arrays",
            data,
            (lambda v: OBJECT[0](v) and sorted(v) == keys, "an object of " + listed(keys)),
        )
        return cls(data["width"], target_from(data["target"]), data["bytes"])

    @property
    def decisions(self) -> "List[Tuple[str, ...]]":
        done = f"divided by {BYTE}" if self.bytes else "each standardised"
        what = "classes: " + listed(self.classes) if self.classes else "a quantity, standardised"
        return [
            ("inputs", f"rows of {self.width} numbers", done),
            ("target", str(self.target.name), what),
        ]

    def __str__(self) -> str:
        return "\n".join([f"{name}: {what}, {done}" for name, what, done in self.decisions])


def is_array(path: "Path") -> bool:
    """Whether the file is .npy, .npz or IDX, by its ending or its first bytes; else it is taken for a table."""
    if str(path).endswith((".npy", ".npz")):
        return True
    if not os.path.isfile(str(path)):  # standard input, or a pipe, whose beginning would be gone
        return False
    try:
        with open(str(path), "rb") as file:
            start = file.read(4)
            if start[:2] == b"\x1f\x8b":
                file.seek(0)
                start = gzip.GzipFile(fileobj=file).read(4)
    except (OSError, EOFError):  # whoever reads it will say so
        return False
    return start[:2] == b"\0\0"


def read_arrays(path: "Path", target: "Optional[str]" = None) -> "Arrays":
    """The inputs in a file, and their targets in another; of an .npz file, the target is the name of an array in it.

    The inputs of an .npz file are its only other array, or the one called X, x or data.
    """
    named = npy.load_npz(path) if str(path).endswith(".npz") else None
    X = _inputs(named, target, str(path)) if named is not None else _array(path)
    if len(X.shape) < 2 or not len(X) or not WIDTH[0](X.width):
        rows = f"the inputs are rows: samples × features, of these from 1 to {MOST_INPUTS}"
        raise ValueError(f"{path}: an array of the shape {X.shape}; {rows}")
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
    """Name the row of a number that is not finite."""
    for i in range(len(X)):
        if not all(map(isfinite, X[i])):
            raise ValueError(
                f"{path}: row {i + 1} has a number that is not finite; leave such rows out"
            )


def _targets(y: "Any", rows: int, source: str) -> "List[float]":
    """One for each of the rows, nan where it is missing."""
    if y.shape[:1] != (rows,) or len(y.numbers) != rows:
        raise ValueError(
            f"{source} has the shape {y.shape}, but there are {rows} rows; give a target a row"
        )
    values = [float(v) for v in y.numbers]
    for i, value in enumerate(values):
        if isinf(value):
            raise ValueError(
                f"{source}: row {i + 1} is {value}; give a finite number, or nan where none is known"
            )
    return values


def _doubles(values: "List[float]") -> "Any":
    return npy.array_of(values).numbers


def _array(path: "Any") -> "Any":
    return npy.load(path) if str(path).endswith(".npy") else read_idx(path)


def _inputs(named: "Dict[str, Any]", target: "Optional[str]", path: str) -> "Any":
    if target is not None and target not in named:
        raise ValueError(f"{path} has no array {shown(target)}; it has {', '.join(sorted(named))}")
    others = [name for name in sorted(named) if name != target]
    usual = [name for name in others if name in ("X", "x", "data")]
    if len(usual) != 1 and len(others) != 1:
        raise ValueError(
            f"{path}: which array are the inputs? call it X; there are: {', '.join(others) or 'none'}"
        )
    return named[(usual if len(usual) == 1 else others)[0]]


def _normal(X: "Any", width: int) -> "List[Tuple[float, float]]":
    """Mean and spread of every column."""
    numbers = npy.array_of([0.0]).numbers[:0]
    for i in range(len(X)):
        numbers.extend(X[i])
    return [mean_and_spread(numbers[j::width], f"input {j}") for j in range(width)]
