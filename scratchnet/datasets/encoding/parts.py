"""How each column of a table is encoded, and the target.

Number, Category       columns that become inputs
Classes, Quantity      the target
target_from            the target that a file describes
"""

from array import array
from collections import Counter

from ...core.checks import ABOVE_0, FINITE, require, shown
from ..compact import CompactRows
from ..tables.columns import CATEGORIES, NUMBERS, TEXT, TOO_MANY, Column, as_categories
from ..tables.numerals import floats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

    from ...core.network import Sequential

    Rows = Optional[Sequence[int]]

CLASSIFICATION, REGRESSION = "classification", "regression"
MOST_LABELS = 100  # inputs of one column of categories; with more labels, the rarest share the last
MOST_CLASSES = 1000

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
# What models of earlier versions do not have.
FINITE_OR_NONE = (lambda v: v is None or FINITE[0](v), FINITE[1])
TEXTS_OR_NONE = (lambda v: v is None or TEXTS[0](v), TEXTS[1])


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

    ``median`` replaces a missing number; ``mean`` and ``spread`` standardize the input. ``least``
    and ``most`` are the limits of the training rows. ``strays`` are texts that count as missing.
    """

    kind = NUMBERS
    fields = {
        "name": NAME,
        "median": FINITE,
        "mean": FINITE,
        "spread": ABOVE_0,
        "least": FINITE_OR_NONE,
        "most": FINITE_OR_NONE,
        "strays": TEXTS_OR_NONE,
    }
    name: str
    median: float
    mean: float
    spread: float
    least: "Optional[float]"
    most: "Optional[float]"
    strays: "Optional[List[str]]"

    @property
    def features(self) -> "List[str]":
        return [self.name]

    @property
    def normal(self) -> "List[Tuple[float, float]]":
        """The mean and spread of each input."""
        return [(self.mean, self.spread)]

    def outside(self, column: "Column", rows: "Rows") -> "Optional[Tuple[int, int, float, float]]":
        """Return (values outside, values, lower limit, upper limit); None if none is far outside.

        The limits are those of the training rows. The values in these rows are far outside if most
        of them are beyond the limits, or if one is farther from a limit than the limits are apart.
        """
        least, most = self.least, self.most
        if least is None or most is None:  # a model of an earlier version
            return None
        values = [value for value in pick(column.values, rows) if value == value]
        outside = [value for value in values if not least <= value <= most]
        width = most - least
        is_far = any([not least - width <= value <= most + width for value in outside])
        if not is_far and 2 * len(outside) <= len(values):
            return None
        return len(outside), len(values), least, most


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
        return array("i", map(inputs.__getitem__, pick(column.values, rows)))

    def unseen(self, column: "Column", rows: "Rows") -> "Dict[str, int]":
        """Return {label: rows} for the labels in these rows whose inputs are all 0."""
        if self.other:
            return {}
        counts = Counter(pick(column.values, rows))
        return {
            label: counts[code]
            for code, label in enumerate(column.labels)
            if counts[code] and label not in self.labels
        }


class Classes(Part):
    """A target of classes.

    Two classes have one output, for the second class. More classes have one output each.
    """

    task = CLASSIFICATION
    fields = {"name": NAME, "classes": CLASS_NAMES, "numeric": FLAG, "strays": TEXTS_OR_NONE}
    name: str
    classes: "List[str]"
    numeric: bool
    strays: "Optional[List[str]]"

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
        codes = array("i", map(codes.__getitem__, pick(column.values, rows)))
        if -1 in codes:
            row = rows[codes.index(-1)]
            what = f"{source}: the target {shown(self.name)} of row {row + 1}"
            label = shown(column.labels[column.values[row]])
            classes = join_first(map(shown, self.classes))
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
    """A target that is a number; the network learns (target - mean)/spread.

    ``strays`` are texts that count as missing.
    """

    task, kind, outputs = REGRESSION, NUMBERS, 1
    fields = {"name": NAME, "mean": FINITE, "spread": ABOVE_0, "strays": TEXTS_OR_NONE}
    name: str
    mean: float
    spread: float
    strays: "Optional[List[str]]"

    def targets(self, column: "Column", rows: "Sequence[int]", source: str) -> "CompactRows":
        values = pick(as_kind(column, NUMBERS, source).values, rows)
        return CompactRows(len(rows), [[(value - self.mean) / self.spread for value in values]])

    def built_into(self, net: "Sequential") -> "Quantity":
        """Rescale the network's last layer, a Dense, so that it returns the target in its own unit.

        Return the decoding that the outputs then need, which changes nothing.
        """
        last: "Any" = net.layers[-1]
        last.weights.value = [[self.spread * w for w in row] for row in last.weights.value]
        last.bias.value = [self.mean + self.spread * b for b in last.bias.value]
        return Quantity(name=self.name, mean=0.0, spread=1.0, strays=self.strays)

    def decode(self, output: "Sequence[float]") -> float:
        """Return the target, in its own unit, that an output represents."""
        return self.mean + self.spread * output[0]


KINDS: "Dict[str, Any]" = {CLASSIFICATION: Classes, REGRESSION: Quantity}


def target_from(data: "Any") -> "Union[Classes, Quantity]":
    """Return the target that a file describes."""
    require("target", data, OBJECT)
    task = require("task", data.get("task"), (lambda v: v in list(KINDS), TASK[1]))
    return KINDS[task].from_dict(data)  # type: ignore[no-any-return]


def join_first(texts: "Iterable[str]") -> str:
    """Return the first ten of the texts, separated by commas."""
    texts = list(texts)
    return ", ".join(texts[:10]) + (", ..." if len(texts) > 10 else "")


# ---- columns of a table ----------------------------------------------------------------------


def in_order(labels: "Sequence[str]") -> "List[str]":
    """Return the labels in alphabetical order, or by size if all are numbers.

    >>> in_order(["10", "9"]), in_order(["b", "a", "10"])
    (['9', '10'], ['10', 'a', 'b'])
    """
    numbers = floats(labels)
    return (
        sorted(labels) if numbers is None else [label for _, label in sorted(zip(numbers, labels))]
    )


def pick(values: "Any", rows: "Rows") -> "Any":
    """Return the values in these rows, or all values if ``rows`` is None."""
    return values if rows is None else array(values.typecode, map(values.__getitem__, rows))


def fill_gaps(values: "Sequence[float]", median: float) -> "Sequence[float]":
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
    return as_categories(column)
