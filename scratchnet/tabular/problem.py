"""A learning problem: a table, its split into training and validation rows, and an encoder.

    read      reads any table or array into the object that a Problem takes
    Problem   the data, split and encoded

>>> pets = [{"legs": 4, "kind": "cat"}, {"legs": 2, "kind": "duck"}] * 5
>>> problem = Problem(read(pets, target="kind"), validation=0.2)
>>> len(problem.training[0]), len(problem.validation[0]), problem.encoder.classes
(8, 2, ['cat', 'duck'])
"""

import os
from collections import Counter
from math import ceil

from ..core.checks import require, shown
from ..datasets.arrays import ArrayEncoder, Arrays, is_array, read_arrays, refuse
from ..datasets.encoding import Encoder
from ..datasets.encoding.parts import Classes
from ..datasets.encoding.target import target_of
from ..datasets.tables import Table, read_table
from ..datasets.tables.columns import MISSING
from ..datasets.tables.records import is_records, read_records
from ..selection import train_test_split
from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

    from ..datasets.tables.table import Names, Progress

    Data = Union[Table, Arrays]

MOST_IN_MEMORY = 2000000  # numbers, of 8 to 32 bytes each
FRACTION = (lambda v: 0 < v < 1, "a fraction of the rows, above 0 and below 1")


def read(
    data: "Any",
    target: "Optional[str]" = None,
    categorical: "Names" = (),
    numeric: "Names" = (),
    ignore: "Names" = (),
    missing: "Optional[Names]" = None,
    decimal: "Optional[str]" = None,
    delimiter: "Optional[str]" = None,
    header: "Optional[bool]" = None,
    encoding: "Optional[str]" = None,
    progress: "Progress" = None,
    dates: "Names" = (),
) -> "Data":
    """Return the data as a Table or, from a file of arrays, as Arrays.

    ``data``      the path of a file (CSV, .npy, .npz or IDX), a list of dicts, or a data frame
    ``target``    the column to predict; for arrays the file or the name of the targets

    The other arguments are as for ``read_table``. Rows in memory have no delimiter, header,
    encoding and progress; arrays have none of these options.
    """
    of_file = {"delimiter": delimiter, "header": header, "encoding": encoding}
    of_table = {
        "categorical": categorical,
        "numeric": numeric,
        "ignore": ignore,
        "missing": missing,
        "dates": dates,
    }
    if is_records(data):
        refuse(dict(of_file, progress=progress), "rows in memory")
        absent = MISSING if missing is None else missing
        return read_records(data, target, categorical, numeric, ignore, absent, decimal, dates)
    check_data(data)
    if not is_array(data):
        of_table["missing"] = MISSING if missing is None else missing
        options: "Dict[str, Any]" = dict(of_file, decimal=decimal, progress=progress, **of_table)
        return read_table(data, target, **options)
    refuse(dict(of_file, decimal=decimal, **of_table), f"{data} is an array; arrays")
    return read_arrays(data, target)


def check_data(data: "Any") -> None:
    """Raise a TypeError if the data are neither rows in memory nor a file."""
    is_file = isinstance(data, (str, os.PathLike)) or hasattr(data, "read")
    if not is_file and not is_records(data):
        what = f"data is a {type(data).__name__}"
        raise TypeError(f"{what}; give the path of a file, a list of dicts, or a data frame")


def fit_encoder(data: "Data", rows: "Sequence[int]", task: "Optional[str]") -> "Any":
    """Return an encoder fitted to these rows."""
    if isinstance(data, Arrays):
        return ArrayEncoder.fit(data, rows, task)
    return Encoder.fit(data, rows, task)


class Problem:
    """A table or arrays, split into training and validation rows, and encoded.

    ``data``         a Table or Arrays, with a target
    ``task``         "classification", "regression", or None if the target decides
    ``validation``   the fraction of the rows to hold out
    ``seed``         the random seed of the split

    Attributes:

    ``encoder``      turns the columns into inputs and targets; fitted to the training rows
    ``training``     the samples and targets (X, Y) to learn from
    ``validation``   the (X, Y) held out; None after ``join``
    ``fraction``     the fraction of the rows held out
    ``rows``         the indices of the training rows in the data
    """

    def __init__(
        self, data: "Data", task: "Optional[str]" = None, validation: float = 0.2, seed: int = 0
    ) -> None:
        if not isinstance(data, (Table, Arrays)):
            raise TypeError(f"data is a {type(data).__name__}; give what tabular.read returns")
        self.data, self.task = data, task
        self.fraction = require("validation", validation, FRACTION)
        training, held_out = split(data, task, validation, seed)
        self.rows, self.held_out = training, held_out
        self.encoder = fit_encoder(data, training, task)
        self.training = self.encoder.examples_of(data, training)
        self.validation: "Any" = self.encoder.examples_of(data, held_out)

    def join(self) -> None:
        """Learn from the rows held out, too; the encoder stays as it is."""
        self.training = tuple([Chain(*parts) for parts in zip(self.training, self.validation)])
        self.rows, self.validation = [*self.rows, *self.held_out], None

    @property
    def sizes(self) -> "Tuple[int, int, int]":
        """The numbers of training rows, of inputs and of classes, which ``recipe_for`` needs."""
        return len(self.training[0]), len(self.encoder.features), len(self.encoder.classes or ())


def in_memory(rows: "Any", width: int) -> "Any":
    """Return rows of this width as a list of lists, unless they are many.

    A list is checked once, and its rows are not rebuilt in each epoch. Large data stay compact.

    >>> in_memory(Chain([[1.0]], [[2.0]]), width=1)
    [[1.0], [2.0]]
    """
    if len(rows) * width > MOST_IN_MEMORY:
        return rows
    return [rows[i] for i in range(len(rows))]


class Chain:
    """The elements of two sequences, one after the other.

    >>> Chain([1, 2], [3])[2], len(Chain([1, 2], [3]))
    (3, 3)
    """

    def __init__(self, first: "Any", second: "Any") -> None:
        self.first, self.second, self.start = first, second, len(first)

    def __len__(self) -> int:
        return self.start + len(self.second)

    def __getitem__(self, i: int) -> "Any":
        return self.first[i] if i < self.start else self.second[i - self.start]


def split(
    data: "Data", task: "Optional[str]", validation: float, seed: int
) -> "Tuple[List[int], List[int]]":
    """Return the training rows and the validation rows, stratified by class.

    The only row of a class is a training row, because without it the class could not be learned.
    """
    rows, values = data.with_target(), data[str(data.target)].values
    name = shown(data.target)
    if len(rows) < 2:
        found = "only 1 row has" if rows else "no row has"
        raise ValueError(f"{data.source}: {found} a value of the target {name}; give at least two")
    target, _ = target_of(data[str(data.target)], rows, task, data.source)
    counts = Counter([values[i] for i in rows]) if isinstance(target, Classes) else None
    alone = [i for i in rows if counts and counts[values[i]] == 1]
    others = [i for i in rows if not counts or counts[values[i]] > 1]
    if not others:
        raise ValueError(f"{data.source}: no class of {name} has more than one row; give more rows")
    if not 0 < ceil(len(others) * validation) < len(others):
        raise ValueError(
            f"validation {validation} of {plural(len(others), 'row')} leaves no training rows; "
            "give a smaller fraction or more rows"
        )
    classes = [values[i] for i in others] if counts else None
    training, held_out = train_test_split(others, test_size=validation, seed=seed, stratify=classes)
    return training + alone, held_out
