"""What the outputs of the network mean: classes, labels or numbers.

    Classes   the targets of MLPClassifier
    Numbers   the targets of MLPRegressor

Each has ``activation``, the last activation, and two methods: ``encode`` turns targets into rows of
outputs, and ``decode`` turns rows of outputs into predictions.
"""

from ..core.activations import Softmax
from ..core.checks import is_sequence
from ..engines.progress import warn
from .base import of_sklearn
from .network import activation_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import Matrix


class Classes:
    """Classes, of which each sample has one; or labels, of which each sample has any number.

    ``values``       the sorted classes; for labels, the indices of their columns
    ``multilabel``   whether they are labels
    ``single``       whether one output stands for both of two classes
    """

    def __init__(self, y: "List[Any]", activation: "Any" = None) -> None:
        self.multilabel = is_sequence(y[0])
        self.values: "List[Any]" = list(range(len(y[0]))) if self.multilabel else sort_classes(y)
        two = len(self.values) == 2 and not self.multilabel
        self.activation = activation or ("logistic" if two or self.multilabel else "softmax")
        self.single = two and not isinstance(activation_of(self.activation), Softmax)

    def encode(self, y: "List[Any]") -> "Matrix":
        """Return a row of 0 and 1 per sample."""
        return self._encode_labels(y) if self.multilabel else self._encode_classes(y)

    def _encode_labels(self, y: "List[Any]") -> "Matrix":
        count = len(self.values)
        if not all([is_sequence(row) and len(row) == count for row in y]):
            raise ValueError(f"y has rows of different lengths; give {count} labels in each row")
        if not all([v in (0, 1) for row in y for v in row]):
            raise ValueError(
                "y is a matrix with numbers other than 0 and 1 (multi-output targets); "
                "give a flat y, or labels of 0 and 1"
            )
        return [[float(v) for v in row] for row in y]

    def _encode_classes(self, y: "List[Any]") -> "Matrix":
        places = range(len(self.values))
        rows = [[float(i == k) for i in places][self.single :] for k in places]
        row_of = dict(zip(self.values, rows))
        try:
            return [row_of[label] for label in y]
        except (KeyError, TypeError):
            raise ValueError(
                f"y has classes that the first fit did not have; give only {self.values}"
            ) from None

    def decode(self, rows: "Matrix") -> "List[Any]":
        """Return the class, or the list of labels, that each row of outputs predicts."""
        if self.multilabel:
            return [[int(a > 0.5) for a in row] for row in rows]
        if self.single:
            return [self.values[row[0] > 0.5] for row in rows]
        return [self.values[row.index(max(row))] for row in rows]


class Numbers:
    """Numbers: one or several per sample."""

    def __init__(self, activation: "Any" = None) -> None:
        self.activation = activation or "identity"

    def encode(self, y: "List[Any]") -> "Matrix":
        """Return a row of numbers per sample."""
        return [row if is_sequence(row) else [row] for row in y]

    def decode(self, rows: "Matrix") -> "List[Any]":
        """Return the number or, if there are several, the row of each sample."""
        return [row[0] for row in rows] if len(rows[0]) == 1 else rows


def sort_classes(y: "List[Any]") -> "List[Any]":
    """Return the classes in y: whole numbers or strings."""
    for label in y:
        if isinstance(label, float) and not label == label // 1:
            raise ValueError(
                f"y: Unknown label type: continuous, such as {label!r}; "
                "give whole numbers or strings as classes, or use MLPRegressor"
            )
    try:
        return sorted(set(y))
    except TypeError:
        raise ValueError(
            "y: Unknown label type: the classes mix types; give only numbers or only strings"
        ) from None


def flat_classes(y: "List[Any]") -> "List[Any]":
    """Return y with a single column as a flat list; warn about it, as scikit-learn does."""
    if not is_sequence(y[0]) or len(y[0]) != 1:
        return y
    text = "A column-vector y was passed when a 1d array was expected; give a flat list of classes"
    warn(text, of_sklearn("DataConversionWarning", UserWarning))
    return [row[0] for row in y]
