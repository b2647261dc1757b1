"""A table as the inputs and the targets of a network.

    Encoder    encodes each column; fitted to training rows, applied to any table, kept in the model

>>> import os, tempfile, scratchnet as sn
>>> from scratchnet.datasets.tables import read_table
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "pets.csv")
...     with open(path, "w") as file:
...         _ = file.write("weight,cover,kind\\n4,fur,cat\\n2,feathers,duck\\n")
...         _ = file.write(",fur,cat\\n1,feathers,duck\\n")
...     table = read_table(path, target="kind")
>>> encoder = Encoder.fit(table)
>>> print(encoder)
column  what it holds  what is done                       why
weight  numbers        1 input, standardized; 1 missing:  all values are numbers
                       median 2
cover   categories     2 inputs, one of them 1            2 different texts
kind    the target     classes: cat, duck                 2 different texts
>>> X, Y = encoder.examples_of(table)
>>> encoder.features, X[2], Y[2]
(['weight', 'cover=feathers', 'cover=fur'], [2.0, 0.0, 1.0], [0.0])
>>> net = sn.Sequential([encoder.normalization(), sn.Dense(3, encoder.outputs), sn.Sigmoid()])
>>> history = net.fit(X, Y, loss="binary_cross_entropy", optimizer=sn.Adam(0.1))
>>> encoder.targets_of(net.predict(encoder.inputs_of(table)))
['cat', 'duck', 'cat', 'duck']

The inputs of the network are the numbers of the table; a ``Normalization`` at its beginning
standardizes them. This also holds for a saved, exported or explained network. To store the rest of
the encoding, write ``net.metadata["table"] = encoder.to_dict()``.
"""

from ...core.checks import COUNT_OR_NONE, require, shown
from ..compact import CompactRows
from ..tables.columns import CATEGORIES, MISSING, NUMBERS
from ..tables.dates import ORDERS
from ..tables.reading import read_columns
from ..tables.records import is_records
from ..tables.records import table_of as table_of_records
from .base import Encoding
from .columns import ModelColumns, check_columns
from .decisions import HEADING, TARGET, nothing_left, table_of
from .inputs import part_of
from .parts import (
    FLAG,
    OBJECT,
    TASK,
    TEXTS,
    Category,
    Classes,
    Number,
    Quantity,
    as_kind,
    fill_gaps,
    join_first,
    pick,
    target_from,
)
from .surprises import sentences
from .target import target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

    from ..tables.table import Names, Progress, Table

    Rows = Optional[Sequence[int]]

LINES = (
    lambda v: (
        isinstance(v, list) and all([TEXTS[0](line) and len(line) == len(HEADING) for line in v])
    ),
    "a list of decisions, each four texts",
)
FLAG_OR_NONE = (lambda v: v is None or FLAG[0](v), FLAG[1])
DAYS = (
    lambda v: v is None or OBJECT[0](v) and all([order in ORDERS for order in v.values()]),
    "the order of year, month and day of each column of dates",
)


class Encoder(Encoding):
    """The encoding of each column of a table.

    ``numbers``, ``categories``   the columns that are used, in the order of their inputs
    ``target``                    the column that is predicted
    ``features``                  the names of the inputs
    ``outputs``                   the number of outputs that the network needs
    ``task``                      "classification" or "regression"
    ``classes``                   the labels of the classes; None in a regression
    ``decisions``                 for each column its name, what it holds, what is done, and why
    ``header``, ``width``         whether the table has names for its columns, and how many it has;
                                  None in models of earlier versions
    ``dates``                     {column: the order of year, month and day} of the columns of dates

    ``print(encoder)`` shows the decisions. The arguments ``categorical``, ``numeric`` and
    ``ignore`` of ``read_table`` override them.
    """

    def __init__(
        self,
        numbers: "Sequence[Number]",
        categories: "Sequence[Category]",
        target: "Union[Classes, Quantity]",
        decisions: "Sequence[Sequence[str]]" = (),
        missing: "Sequence[str]" = MISSING,
        decimal: "Optional[str]" = None,
        header: "Optional[bool]" = None,
        width: "Optional[int]" = None,
        dates: "Optional[Dict[str, str]]" = None,
    ) -> None:
        self.numbers, self.categories, self.target = list(numbers), list(categories), target
        self.decisions = [tuple(decision) for decision in decisions]
        self.missing, self.decimal = tuple(missing), decimal
        self.header, self.width, self.dates = header, width, dict(dates or {})
        used: "List[Any]" = [*self.numbers, *self.categories]
        self.parts = {part.name: part for part in used}
        require(
            "the columns",
            [part.name for part in used + [target]],
            (
                lambda v: len(used) == len(self.parts) and target.name not in self.parts,
                "each of them once",
            ),
        )
        self.features = [feature for part in used for feature in part.features]
        self.normal = [pair for part in used for pair in part.normal]
        require("the columns", self.features, (len, "at least one"))
        self.outputs, self.task = target.outputs, target.task
        self.classes = target.classes if isinstance(target, Classes) else None

    @classmethod
    def fit(
        cls,
        table: "Table",
        rows: "Rows" = None,
        task: "Optional[str]" = None,
        keep_equal: bool = False,
    ) -> "Encoder":
        """Return the encoder for the training rows of the table, by default all rows.

        Rows without a target are left out. If ``task`` is None, texts are classes, and so are two
        different whole numbers; or up to 10, or 20 about equally frequent ones, if there are at
        least 10 rows per number. Anything else is a quantity. The classes are those of all rows,
        not only of the training rows. A column of equal numbers is left out, unless ``keep_equal``
        is true.
        """
        require("task", task, TASK)
        column = table.target_column()
        complete = column.present(range(len(table)) if rows is None else rows)
        if not complete:
            raise ValueError(
                f"{table.source}: the target {shown(column.name)} is missing in every row"
            )
        target, why = target_of(column, complete, task, table.source)
        what = (
            "classes: " + join_first(target.classes)
            if isinstance(target, Classes)
            else "a quantity, standardized"
        )
        decisions, parts = [], []  # type: List[Any], List[Any]
        for column in table.columns.values():
            if column.name == table.target:
                decisions.append((column.name, TARGET, what, why))
                continue
            part, done, reason = part_of(column, complete, keep_equal)
            parts += [part] if part else []
            decisions.append((column.name, column.kind, done, reason))
        if not parts:
            raise ValueError(nothing_left(table, decisions))
        numbers = [part for part in parts if isinstance(part, Number)]
        categories = [part for part in parts if isinstance(part, Category)]
        dates = dict([column.origin for column in table.columns.values() if column.origin])
        reading = table.missing, table.decimal, table.header, table.width, dates
        return cls(numbers, categories, target, decisions, *reading)

    # ---- tables ------------------------------------------------------------------------------

    def read(
        self,
        path: "Any",
        target: "Optional[bool]" = False,
        delimiter: "Optional[str]" = None,
        header: "Optional[bool]" = None,
        missing: "Optional[Names]" = None,
        decimal: "Optional[str]" = None,
        encoding: "Optional[str]" = None,
        progress: "Progress" = None,
    ) -> "Table":
        """Read the columns that the network needs from the file at ``path``, like ``read_table``.

        ``path`` may also be a list of dicts or a data frame. The columns are found by their names.
        ``target`` says whether the target is read, too; if not, it may be absent. None means that
        it is read if it is present.
        """
        if isinstance(target, str):
            raise ValueError(
                f"{path}: the model knows the target column of a table; leave out the target"
            )
        columns = ModelColumns(self, target)
        missing = self.missing if missing is None else missing
        decimal = decimal or self.decimal
        if is_records(path):
            return table_of_records(path, columns.plan, missing, decimal, columns.strays)
        how = delimiter, header, missing, decimal, encoding, progress
        table = read_columns(path, columns.plan, *how, columns.have_header, columns.strays)
        columns.check_places(table)
        return table

    def inputs_of(self, table: "Table", rows: "Rows" = None) -> "CompactRows":
        """Return X, a row of numbers for each of these rows of the table, by default all.

        The columns are found by their names; other columns are ignored. The median replaces a
        missing number.
        """
        check_columns(list(self.parts), list(table.columns), table.source)
        columns, coded = [], []
        for number in self.numbers:
            values = pick(as_kind(table[number.name], NUMBERS, table.source).values, rows)
            columns.append(fill_gaps(values, number.median))
        for category in self.categories:
            column = as_kind(table[category.name], CATEGORIES, table.source)
            coded.append((category.codes(column, rows), len(category.features)))
        return CompactRows(len(table) if rows is None else len(rows), columns, coded)

    def examples_of(self, table: "Table", rows: "Rows" = None) -> "Tuple[CompactRows, CompactRows]":
        """Return (X, Y) of these rows, by default all. Rows without a target are left out."""
        check_columns([self.target.name], list(table.columns), table.source)
        column = table[self.target.name]
        complete = column.present(range(len(table)) if rows is None else rows)
        if not complete:
            raise ValueError(
                f"{table.source}: the target {shown(column.name)} is missing in every row"
            )
        return self.inputs_of(table, complete), self.target.targets(column, complete, table.source)

    def unseen(self, table: "Table", rows: "Rows" = None) -> "Dict[str, Dict[str, int]]":
        """Return {column: {label: rows}} for the labels that were not in the training rows.

        The inputs of these labels are all 0.
        """
        found = {}
        for category in self.categories:
            column = as_kind(table[category.name], CATEGORIES, table.source)
            found[category.name] = category.unseen(column, rows)
        return {name: counts for name, counts in found.items() if counts}

    def outside(
        self, table: "Table", rows: "Rows" = None
    ) -> "Dict[str, Tuple[int, int, float, float]]":
        """Return the columns of numbers that lie far outside the training rows.

        The result is {column: (values outside, values, lower limit, upper limit)}.
        """
        found = {}
        for number in self.numbers:
            column = as_kind(table[number.name], NUMBERS, table.source)
            found[number.name] = number.outside(column, rows)
        return {name: far for name, far in found.items() if far is not None}

    def surprises(self, table: "Table", rows: "Rows" = None) -> "List[str]":
        """Return a sentence for each column of these rows that differs from the training data."""
        return sentences(self.unseen(table, rows), self.outside(table, rows))

    def imputed(self, table: "Table", row: int) -> "List[str]":
        """Return the columns of numbers that are missing in the row."""
        names = [number.name for number in self.numbers]
        return [name for name in names if table[name].values[row] != table[name].values[row]]

    # ---- storage in the model ----------------------------------------------------------------

    def to_dict(self) -> "Dict[str, Any]":
        """Return the encoder as dicts, lists, texts and numbers."""
        return {
            "numbers": [part.to_dict() for part in self.numbers],
            "categories": [part.to_dict() for part in self.categories],
            "target": dict(self.target.to_dict(), task=self.task),
            "decisions": [list(decision) for decision in self.decisions],
            "missing": list(self.missing),
            "decimal": self.decimal,
            "header": self.header,
            "width": self.width,
            "dates": self.dates,
        }

    @classmethod
    def from_dict(cls, data: "Any") -> "Encoder":
        """Return the encoder that ``to_dict`` describes; anything else raises a ValueError."""
        keys = ["categories", "decisions", "missing", "numbers", "target"]
        require(
            "table",
            data,
            (lambda v: OBJECT[0](v) and set(keys) <= set(v), "an object of " + join_first(keys)),
        )
        target = target_from(data["target"])
        made = {"numbers": [], "categories": []}  # type: Dict[str, List[Any]]
        for key, kind in (("numbers", Number), ("categories", Category)):
            for part in require(key, data[key], (lambda v: isinstance(v, list), "a list")):
                made[key].append(kind.from_dict(part))
        decisions = require("decisions", data["decisions"], LINES)
        missing = require("missing", data["missing"], TEXTS)
        decimal = require(
            "decimal", data.get("decimal"), (lambda v: v in (None, ".", ","), "'.', ',' or null")
        )
        reading = [
            require(name, data.get(name), limit)
            for name, limit in (("header", FLAG_OR_NONE), ("width", COUNT_OR_NONE), ("dates", DAYS))
        ]
        parts = made["numbers"], made["categories"], target
        return cls(*parts, decisions, missing, decimal, *reading)

    def __str__(self) -> str:
        return table_of(self.decisions)
