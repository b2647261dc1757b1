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
weight  numbers        1 input, standardized; missing: 2  all its values are numbers
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

import re
from array import array
from collections import Counter
from math import fsum, sqrt
from operator import mul

from ..core.checks import ABOVE_0, FINITE, require, shown
from ..core.layers import Normalization
from ..texts import printable, text_table
from .compact import CompactRows
from .median import median_of
from .records import is_records, table_of
from .tables import (
    CATEGORIES,
    MISSING,
    NUMBERS,
    TEXT,
    TOO_MANY,
    Column,
    floats,
    read_columns,
    spelled,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

    from ..core.network import Sequential
    from .tables import Names, Progress, Table

    Rows = Optional[Sequence[int]]

CLASSIFICATION, REGRESSION = "classification", "regression"
MOST_LABELS = 100  # inputs of one column of categories; with more labels, the rarest share the last
MANY = (
    20  # different texts; if there are more and most occur only once or twice, they name the rows
)
MOST_CLASSES = 1000
# The largest number of different whole numbers that are classes, if there are at least 10 rows per
# number. Two different whole numbers are always classes.
WHOLE_CLASSES = 20
LARGEST = 1e150  # its square is still a float

TASK = (lambda v: v in (None, CLASSIFICATION, REGRESSION), "'classification' or 'regression'")
TEXTS = (
    lambda v: isinstance(v, list) and all([isinstance(text, str) for text in v]),
    "a list of texts",
)
NAME = (lambda v: isinstance(v, str), "the name of a column")
OBJECT = (lambda v: isinstance(v, dict), "an object")
FLAG = (lambda v: isinstance(v, bool), "true or false")
CLASS_NAMES = (
    lambda v: TEXTS[0](v) and 1 < len(v) == len(set(v)) <= MOST_CLASSES,
    f"a list of two different texts or more, up to {MOST_CLASSES}",
)
LABELS = (lambda v: TEXTS[0](v) and len(v) <= MOST_LABELS, f"a list of up to {MOST_LABELS} texts")
_DATE = re.compile(r"\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}")
HEADING = ("column", "what it holds", "what is done", "why")
LINES = (
    lambda v: (
        isinstance(v, list) and all([TEXTS[0](line) and len(line) == len(HEADING) for line in v])
    ),
    "a list of decisions, each four texts",
)
TARGET = "the target"


class Part:
    """The encoding of one column.

    ``fields`` maps the names of the attributes in a file to their allowed values.
    """

    fields: "Dict[str, Any]" = {}

    def __init__(self, **given: "Any") -> None:
        for name, limit in self.fields.items():
            setattr(self, name, require(f"{type(self).__name__}: {name}", given.get(name), limit))

    def to_dict(self) -> "Dict[str, Any]":
        return {name: getattr(self, name) for name in self.fields}

    @classmethod
    def from_dict(cls, data: "Any") -> "Any":
        require(cls.__name__, data, OBJECT)
        return cls(**{name: data.get(name) for name in cls.fields})


class Number(Part):
    """A column of numbers, which becomes one input.

    ``median`` replaces a missing number; ``mean`` and ``spread`` standardize the input.
    """

    kind = NUMBERS
    fields = {"name": NAME, "median": FINITE, "mean": FINITE, "spread": ABOVE_0}
    name: str
    median: float
    mean: float
    spread: float

    @property
    def features(self) -> "List[str]":
        return [self.name]

    @property
    def normal(self) -> "List[Tuple[float, float]]":
        """The mean and spread of each input."""
        return [(self.mean, self.spread)]


class Category(Part):
    """A column of categories, which becomes one input per label.

    If needed, further inputs represent a missing value (``missing``) and all other labels
    (``other``). Without ``other``, the inputs of another label are all 0.
    """

    kind = CATEGORIES
    fields = {"name": NAME, "labels": LABELS, "missing": FLAG, "other": FLAG}
    name: str
    labels: "List[str]"
    missing: bool
    other: bool

    @property
    def features(self) -> "List[str]":
        labels = self.labels + ["(missing)"] * self.missing + ["(other)"] * self.other
        return [f"{self.name}={label}" for label in labels]

    @property
    def normal(self) -> "List[Tuple[float, float]]":
        return [(0.0, 1.0)] * len(self.features)

    def codes(self, column: "Column", rows: "Rows") -> "Any":
        """Return the index of the input that is 1 for each row, or -1 if there is none."""
        places = {label: place for place, label in enumerate(self.labels)}
        other = len(self.features) - 1 if self.other else -1
        inputs = [places.get(label, other) for label in column.labels]
        inputs.append(
            len(self.labels) if self.missing else -1
        )  # the last element, which the code -1 selects
        return array("i", map(inputs.__getitem__, picked(column.values, rows)))


class Classes(Part):
    """A target of classes.

    Two classes have one output, for the second class. More classes have one output each.
    """

    task = CLASSIFICATION
    fields = {"name": NAME, "classes": CLASS_NAMES, "numeric": FLAG}
    name: str
    classes: "List[str]"
    numeric: bool

    @property
    def kind(self) -> str:
        return NUMBERS if self.numeric else CATEGORIES

    @property
    def outputs(self) -> int:
        return 1 if len(self.classes) == 2 else len(self.classes)

    def targets(self, column: "Column", rows: "Sequence[int]", source: str) -> "CompactRows":
        places = {label: place for place, label in enumerate(self.classes)}
        column = as_kind(column, CATEGORIES, source)
        codes = array("i", [places.get(label, -1) for label in column.labels])
        codes = array("i", map(codes.__getitem__, picked(column.values, rows)))
        if -1 in codes:
            row = rows[codes.index(-1)]
            what = f"{source}: the target {shown(self.name)} of row {row + 1}"
            label = shown(column.labels[column.values[row]])
            classes = listed(map(shown, self.classes))
            raise ValueError(f"{what} is {label}; the classes of the model are {classes}")
        if self.outputs == 1:
            return CompactRows(len(rows), [codes])
        return CompactRows(len(rows), [], [(codes, self.outputs)])

    def built_into(self, net: "Sequential") -> "Classes":
        """Return the decoding that the outputs still need; for classes it does not change."""
        return self

    def decode(self, output: "Sequence[float]") -> str:
        """Return the class that an output represents."""
        if self.outputs == 1:
            return self.classes[output[0] > 0.5]
        return self.classes[max(range(len(output)), key=output.__getitem__)]


class Quantity(Part):
    """A target that is a number; the network learns (target - mean)/spread."""

    task, kind, outputs = REGRESSION, NUMBERS, 1
    fields = {"name": NAME, "mean": FINITE, "spread": ABOVE_0}
    name: str
    mean: float
    spread: float

    def targets(self, column: "Column", rows: "Sequence[int]", source: str) -> "CompactRows":
        values = picked(as_kind(column, NUMBERS, source).values, rows)
        return CompactRows(len(rows), [[(value - self.mean) / self.spread for value in values]])

    def built_into(self, net: "Sequential") -> "Quantity":
        """Rescale the network's last layer, a Dense, so that it returns the target in its own unit.

        Return the decoding that the outputs then need, which changes nothing.
        """
        last: "Any" = net.layers[-1]
        last.weights.value = [[self.spread * w for w in row] for row in last.weights.value]
        last.bias.value = [self.mean + self.spread * b for b in last.bias.value]
        return Quantity(name=self.name, mean=0.0, spread=1.0)

    def decode(self, output: "Sequence[float]") -> float:
        """Return the target, in its own unit, that an output represents."""
        return self.mean + self.spread * output[0]


KINDS: "Dict[str, Any]" = {CLASSIFICATION: Classes, REGRESSION: Quantity}


def target_from(data: "Any") -> "Union[Classes, Quantity]":
    """Return the target that a file describes."""
    require("target", data, OBJECT)
    task = require("task", data.get("task"), (lambda v: v in list(KINDS), TASK[1]))
    return KINDS[task].from_dict(data)  # type: ignore[no-any-return]


class Encoding:
    """The common base of the encoders of tables and arrays.

    ``target``   the Classes or the Quantity that is predicted
    ``normal``   the mean and spread of every input
    """

    target: "Union[Classes, Quantity]"
    normal: "Sequence[Tuple[float, float]]"
    features: "List[str]"
    outputs: int
    task: str
    classes: "Optional[List[str]]"

    def normalization(self) -> "Normalization":
        """Return the first layer of the network, which standardizes numbers and keeps 0 and 1."""
        layer = Normalization()
        layer.mean.value = [mean for mean, _ in self.normal]
        layer.spread.value = [spread for _, spread in self.normal]
        return layer

    def targets_of(self, outputs: "Sequence[Sequence[float]]") -> "List[Any]":
        """Return what outputs of the network, or rows of Y, represent.

        These are labels of classes, or quantities in their own unit.
        """
        return [self.target.decode(outputs[i]) for i in range(len(outputs))]


class Encoder(Encoding):
    """The encoding of each column of a table.

    ``numbers``, ``categories``   the columns that are used, in the order of their inputs
    ``target``                    the column that is predicted
    ``features``                  the names of the inputs
    ``outputs``                   the number of outputs that the network needs
    ``task``                      "classification" or "regression"
    ``classes``                   the labels of the classes; None in a regression
    ``decisions``                 for each column its name, what it holds, what is done, and why

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
    ) -> None:
        self.numbers, self.categories, self.target = list(numbers), list(categories), target
        self.decisions = [tuple(decision) for decision in decisions]
        self.missing, self.decimal = tuple(missing), decimal
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
    def fit(cls, table: "Table", rows: "Rows" = None, task: "Optional[str]" = None) -> "Encoder":
        """Return the encoder for the training rows of the table, by default all rows.

        Rows without a target are left out. If ``task`` is None, texts are classes, and so are two
        different whole numbers, or up to 20 if there are at least 10 rows per number; anything else
        is a quantity. The classes are those of all rows, not only of the training rows.
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
            "classes: " + listed(target.classes)
            if isinstance(target, Classes)
            else "a quantity, standardized"
        )
        decisions, parts = [], []  # type: List[Any], List[Any]
        for column in table.columns.values():
            if column.name == table.target:
                decisions.append((column.name, TARGET, what, why))
                continue
            part, done, reason = part_of(column, complete)
            parts += [part] if part else []
            decisions.append((column.name, column.kind, done, reason))
        if not parts:
            others = [
                f"{shown(name)} is left out, because {why}"
                for name, what, _, why in decisions
                if what != TARGET
            ]
            delimiter = f" (the delimiter is {table.delimiter!r})" if table.delimiter else ""
            hint = listed(others) or "no other was read" + delimiter
            raise ValueError(
                f"{table.source}: there is no column to predict {shown(table.target)} from: {hint}"
            )
        numbers = [part for part in parts if isinstance(part, Number)]
        categories = [part for part in parts if isinstance(part, Category)]
        return cls(numbers, categories, target, decisions, table.missing, table.decimal)

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

        def plan(
            names: "List[str]", source: str
        ) -> "Tuple[Dict[str, Optional[str]], Optional[str]]":
            wanted = self.target.name in names if target is None else target
            parts: "List[Any]" = list(self.parts.values()) + [self.target] * wanted
            check_columns([part.name for part in parts], names, source)
            return {part.name: part.kind for part in parts}, self.target.name if wanted else None

        missing = self.missing if missing is None else missing
        decimal = decimal or self.decimal
        if is_records(path):
            return table_of(path, plan, missing, decimal)
        return read_columns(path, plan, delimiter, header, missing, decimal, encoding, progress)

    def inputs_of(self, table: "Table", rows: "Rows" = None) -> "CompactRows":
        """Return X, a row of numbers for each of these rows of the table, by default all.

        The columns are found by their names; other columns are ignored. The median replaces a
        missing number.
        """
        check_columns(list(self.parts), list(table.columns), table.source)
        columns, coded = [], []
        for number in self.numbers:
            values = picked(as_kind(table[number.name], NUMBERS, table.source).values, rows)
            columns.append(filled(values, number.median))
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
            counts = Counter(picked(column.values, rows))
            new = {
                label: counts[code]
                for code, label in enumerate(column.labels)
                if counts[code] and label not in category.labels and not category.other
            }
            if new:
                found[category.name] = new
        return found

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
        }

    @classmethod
    def from_dict(cls, data: "Any") -> "Encoder":
        """Return the encoder that ``to_dict`` describes; anything else raises a ValueError."""
        keys = ["categories", "decisions", "missing", "numbers", "target"]
        require(
            "table",
            data,
            (lambda v: OBJECT[0](v) and set(keys) <= set(v), "an object of " + listed(keys)),
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
        return cls(made["numbers"], made["categories"], target, decisions, missing, decimal)

    def __str__(self) -> str:
        lines = [HEADING] + [tuple(map(printable, decision)) for decision in self.decisions]
        return text_table(lines)


# ---- decisions -------------------------------------------------------------------------------


def part_of(column: "Column", rows: "Sequence[int]") -> "Tuple[Any, str, str]":
    """Return the encoding of a column by its values in these rows, what is done, and why.

    The encoding is a Number, a Category, or None if the column is left out.
    """
    if column.kind == TEXT:
        return None, "left out", "it " + TOO_MANY
    if column.kind == NUMBERS:
        return _part_of_numbers(column, rows)
    return _part_of_categories(column, rows)


def _part_of_numbers(column: "Column", rows: "Sequence[int]") -> "Tuple[Any, str, str]":
    values = picked(column.values, column.present(rows))
    if not values:
        return None, "left out", "it holds nothing"
    if min(values) == max(values):
        return None, "left out", f"it holds only {spelled(values[0])}"
    if not column.asked and _numbers_the_rows(column.values):
        return None, "left out", "it numbers the rows (used if requested as numeric)"
    mean, spread = mean_and_spread(values, column.name)
    median = median_of(values)
    why = "requested" if column.asked else "all its values are numbers"
    done = f"1 input, standardized; missing: {median:.6g}"
    return Number(name=column.name, median=median, mean=mean, spread=spread), done, why


def _numbers_the_rows(values: "Any") -> bool:
    """Return whether each whole number from the smallest to the largest occurs exactly once.

    It returns False for few numbers, which may be like this by chance.
    """
    least, n = min(values), len(values)
    return (
        n > MANY and max(values) - least == n - 1 and set(values) == {least + i for i in range(n)}
    )


def _part_of_categories(column: "Column", rows: "Sequence[int]") -> "Tuple[Any, str, str]":
    counts = Counter(picked(column.values, rows))
    gaps = counts.pop(-1, 0)
    different, filled_in = len(counts), len(rows) - gaps
    if different + bool(gaps) < 2:
        only = [shown(column.labels[code]) for code in counts]
        return None, "left out", f"it holds only {only[0]}" if only else "it holds nothing"
    if not column.asked and different > MANY and 2 * different > filled_in:
        return (
            None,
            "left out",
            f"it holds {different} different texts in {filled_in} rows" + _hint(column.labels),
        )
    most = sorted(counts, key=lambda code: (-counts[code], code))
    room = MOST_LABELS - bool(gaps)
    other = different > room
    labels = in_order([column.labels[code] for code in (most[: room - 1] if other else most)])
    part = Category(name=column.name, labels=labels, missing=gaps > 0, other=other)
    done = f"{len(part.features)} inputs, one of them 1"
    done += (
        f"; the last for the {different - len(labels)} rarest and all new texts" if other else ""
    )
    why = f"{different} different texts" + ", and missing" * (gaps > 0) + _hint(column.labels)
    return part, done, "requested" if column.asked else why


def _hint(labels: "Sequence[str]") -> str:
    """Return advice about texts that are probably numbers or dates, or "" if there is none."""
    strange = [label for label in labels if floats([label], ".,") is None]
    if len(labels) > 4 * len(strange):
        return (
            f"; all are numbers except {listed(map(shown, strange))}; "
            "if these mean missing numbers, name them (--missing)"
            if strange
            else ""
        )
    dates = [label for label in labels if _DATE.match(label)]
    return (
        "; they look like dates; make columns of their parts, such as the month"
        if 2 * len(dates) > len(labels)
        else ""
    )


def target_of(
    column: "Column", rows: "Sequence[int]", task: "Optional[str]", source: str
) -> "Tuple[Union[Classes, Quantity], str]":
    """Return what the target is, and why. It must not be missing in these rows."""
    what = f"{source}: the target {shown(column.name)}"
    numeric = column.kind == NUMBERS
    if not numeric and task == REGRESSION:
        raise ValueError(
            f"{what} holds texts, such as {shown(column.labels[0])}; regression needs numbers"
        )
    values = picked(column.values, column.present(range(len(column.values))))
    different = set(values)
    if len(different) < 2:
        raise ValueError(f"{what} is the same in every row; give a column with different values")
    asked = task or numeric and column.asked
    why = (
        "requested"
        if asked
        else f"{len(different)} different " + ("numbers" if numeric else "texts")
    )
    if (
        task == REGRESSION
        or not task
        and numeric
        and (asked or not _are_classes(different, len(values)))
    ):
        mean, spread = mean_and_spread(picked(column.values, rows), column.name)
        return Quantity(name=column.name, mean=mean, spread=spread), why
    if not numeric and not task and len(different) > MANY and 2 * len(different) > len(values):
        few = f"{len(different)} different texts in {len(values)} rows"
        raise ValueError(
            f"{what} has {few}, such as {shown(column.labels[0])}, which are too many for classes"
            f"{_hint(column.labels)}; if they are numbers, see --decimal"
        )
    if len(different) > MOST_CLASSES:
        raise ValueError(
            f"{what} has {len(different)} different values; give at most {MOST_CLASSES} classes"
        )
    classes = (
        [spelled(value) for value in sorted(different)] if numeric else in_order(column.labels)
    )
    return Classes(name=column.name, classes=classes, numeric=numeric), why


def _are_classes(different: "Any", count: int) -> bool:
    """Return whether these different numbers, out of ``count`` values, are names of classes."""
    few = len(different) == 2 or len(different) <= WHOLE_CLASSES and 10 * len(different) <= count
    return few and all([value == int(value) for value in different])


def mean_and_spread(values: "Sequence[float]", name: str) -> "Tuple[float, float]":
    """Return the mean and the root of the mean squared deviation; 1 for equal numbers."""
    largest = max(map(abs, values))
    if largest > LARGEST:
        raise ValueError(
            f"column {shown(name)} holds numbers as large as {largest:g}; use a larger unit"
        )
    mean = fsum(values) / len(values)
    deviations = [value - mean for value in values]
    spread = sqrt(fsum(map(mul, deviations, deviations)) / len(values))
    return mean, spread or max(map(abs, deviations)) or 1.0  # the squares of tiny numbers are 0


def in_order(labels: "Sequence[str]") -> "List[str]":
    """Return the labels in alphabetical order, or by size if all are numbers.

    >>> in_order(["10", "9"]), in_order(["b", "a", "10"])
    (['9', '10'], ['10', 'a', 'b'])
    """
    numbers = floats(labels)
    return (
        sorted(labels) if numbers is None else [label for _, label in sorted(zip(numbers, labels))]
    )


def listed(texts: "Iterable[str]") -> str:
    """Return the first ten of the texts, separated by commas."""
    texts = list(texts)
    return ", ".join(texts[:10]) + (", ..." if len(texts) > 10 else "")


# ---- columns of a table ----------------------------------------------------------------------


def picked(values: "Any", rows: "Rows") -> "Any":
    """Return the values in these rows, or all values if ``rows`` is None."""
    return values if rows is None else array(values.typecode, map(values.__getitem__, rows))


def filled(values: "Sequence[float]", median: float) -> "Sequence[float]":
    """Return the values with the median in place of missing ones."""
    total = sum(values)
    return values if total == total else [median if value != value else value for value in values]


def as_kind(column: "Column", kind: str, source: str) -> "Column":
    """Return the column as numbers or as categories, whichever the model was fitted to."""
    if column.kind == kind:
        return column
    if column.kind == TEXT:
        raise ValueError(
            f"{source}: column {shown(column.name)} {TOO_MANY}; name it in categorical"
        )
    if kind == NUMBERS:
        what = f"{source}: column {shown(column.name)}"
        raise ValueError(
            f"{what} holds texts, such as {shown((column.labels or [''])[0])}; "
            "the model needs numbers"
        )
    labels = sorted({value for value in column.values if value == value})
    codes = {value: code for code, value in enumerate(labels)}
    values = array("i", [codes.get(value, -1) for value in column.values])
    return Column(column.name, kind, values, [spelled(value) for value in labels])


def check_columns(wanted: "Sequence[str]", there: "Sequence[str]", source: str) -> None:
    """Raise a ValueError that names the ``wanted`` columns that are missing, if any."""
    known, alike = set(there), {name.lower(): name for name in there}
    missing = [name for name in wanted if name not in known]
    if missing:
        what = (
            f"{source} has no column{'s' if len(missing) > 1 else ''} {listed(map(shown, missing))}"
        )
        meant = [shown(alike[name.lower()]) for name in missing if name.lower() in alike]
        if len(meant) == len(missing):
            raise ValueError(f"{what}; did you mean {listed(meant)}?")
        raise ValueError(f"{what}; it has {listed(map(shown, there))}")
