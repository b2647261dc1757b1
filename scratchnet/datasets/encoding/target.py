"""The column that is predicted: classes or a quantity, and why."""

from collections import Counter

from ...core.checks import shown
from ..tables.columns import NUMBERS, label_of
from ..tables.numerals import is_number
from .inputs import MANY, hint_for, mean_and_spread, notes
from .parts import MOST_CLASSES, REGRESSION, Classes, Quantity, in_order, pick

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Tuple, Union

    from ..tables.columns import Column

# Whole numbers are classes if there are 10 rows or more per number, and at most FEW_CLASSES
# different ones, or WHOLE_CLASSES that are about equally frequent. Two whole numbers are classes.
FEW_CLASSES, WHOLE_CLASSES = 10, 20


def target_of(
    column: "Column", rows: "Sequence[int]", task: "Optional[str]", source: str
) -> "Tuple[Union[Classes, Quantity], str]":
    """Return what the target is, and why. It must not be missing in these rows."""
    what = f"{source}: the target {shown(column.name)}"
    values = pick(column.values, column.present(range(len(column.values))))
    different = Counter(values)
    if len(different) < 2:
        raise ValueError(f"{what} is the same in every row; give a column with different values")
    if column.kind != NUMBERS:
        return _classes_of_texts(column, task, len(values), what)
    requested = task or column.requested
    is_quantity = (
        task == REGRESSION or not task and (column.requested or not _are_classes(different))
    )
    why = "requested" if requested else _count(different, is_quantity)
    why += notes(column)
    if is_quantity:
        mean, spread = mean_and_spread(pick(column.values, rows), column.name)
        strays = list(column.strays)
        return Quantity(name=column.name, mean=mean, spread=spread, strays=strays), why
    classes = [label_of(value) for value in sorted(different)]
    return _classes(column, classes, what), why


def _count(different: "Any", is_quantity: bool) -> str:
    """Say how many numbers there are, and how to get the other task."""
    are_whole = all([value == int(value) for value in different])
    why = f"{len(different)} different {'whole ' if are_whole else ''}numbers"
    if is_quantity:
        classes = are_whole and len(different) <= 10 * FEW_CLASSES
        return why + ("; for classes: --task classification" if classes else "")
    return why + ("; for numbers: --task regression" if len(different) > 2 else "")


def _classes_of_texts(
    column: "Column", task: "Optional[str]", rows: int, what: str
) -> "Tuple[Classes, str]":
    """Return the classes of a target of texts, and why; or refuse it."""
    labels = column.labels
    others = [label for label in labels if not is_number(label)]
    hint = hint_for(column, is_target=True)
    if task == REGRESSION:
        culprit = shown((others or labels)[0])
        raise ValueError(
            f"{what} holds texts, such as {culprit}; regression needs numbers; if texts mean "
            "missing values, name them (--missing)"
        )
    many = len(labels) > MANY
    if not task and many and len(labels) > 4 * len(others):
        raise ValueError(
            f"{what} has {len(labels)} different texts, too many for classes"
            f"{hint}; for classes: --task classification"
        )
    if not task and many and "they look like" in hint:
        raise ValueError(f"{what} has {len(labels)} different texts{hint}")
    if not task and many and 2 * len(labels) > rows:
        raise ValueError(
            f"{what} has {len(labels)} different texts in {rows} rows, such as {shown(labels[0])}, "
            f"which are too many for classes{hint}"
        )
    why = "requested" if task else f"{len(labels)} different texts"
    return _classes(column, in_order(labels), what), why + hint


def _classes(column: "Column", classes: "List[str]", what: str) -> "Classes":
    if len(classes) > MOST_CLASSES:
        raise ValueError(
            f"{what} has {len(classes)} different values; give at most {MOST_CLASSES} classes"
        )
    is_numeric, strays = column.kind == NUMBERS, list(column.strays)
    return Classes(name=column.name, classes=classes, numeric=is_numeric, strays=strays)


def _are_classes(different: "Any") -> bool:
    """Return whether these numbers, each with its number of rows, are names of classes.

    >>> _are_classes({0.0: 90, 1.0: 2}), _are_classes({1.5: 9, 2.0: 9})
    (True, False)
    """
    if any([value != int(value) for value in different]):
        return False
    counts = list(different.values())
    if 10 * len(counts) > sum(counts) or len(counts) > WHOLE_CLASSES:
        return len(counts) == 2
    # Grades and counts have many frequent and some rare values, classes are often balanced.
    return len(counts) <= FEW_CLASSES or max(counts) <= 2 * min(counts)
