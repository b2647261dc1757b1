"""What the rows of a table are to a network: its inputs, and what its outputs mean.

    Number, Category   the columns
    Rows               the columns and the target

The exporter of a trained model fills these in; the printers write them in their languages.

>>> columns = [Number("weight", 0, 2.5), Category("cover", 1, ["fur"], missing=1, other=-1)]
>>> rows = Rows("kind", columns, ["cat", "dog"])
>>> rows.inputs, rows.outputs
(['weight', 'cover=fur', 'cover=(missing)'], ['probability of dog'])
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Tuple


class Number:
    """A column of numbers, which becomes the input ``place``; a missing one is the ``median``."""

    def __init__(self, name: str, place: int, median: float) -> None:
        self.name, self.place, self.median = name, place, median

    @property
    def inputs(self) -> "List[str]":
        return [self.name]


class Category:
    """A column of labels: the input ``place + k`` is 1 for ``labels[k]``, and the others are 0.

    ``missing``   the k of a missing value, -1 if all inputs are 0
    ``other``     the k of all other labels, -1 if all inputs are 0
    """

    def __init__(
        self, name: str, place: int, labels: "Sequence[str]", missing: int, other: int
    ) -> None:
        self.name, self.place, self.labels = name, place, list(labels)
        self.missing, self.other = missing, other

    @property
    def inputs(self) -> "List[str]":
        special = {self.missing: "(missing)", self.other: "(other)"}
        count = 1 + max(len(self.labels) - 1, self.missing, self.other)
        labels = [special[k] if k in special else self.labels[k] for k in range(count)]
        return [f"{self.name}={label}" for label in labels]


class Rows:
    """The columns of a table, in its order, and its target.

    ``target``         the name of the target; empty if nothing is known, not even what outputs mean
    ``columns``        empty if a row is a list of the inputs
    ``classes``        the class of each output, or of the outputs <= 0.5 and > 0.5 if there is one
                       output; None if the output is a number
    ``mean, spread``   the target is mean + spread·output
    ``missing``        the texts, in lower case, that are missing values
    ``samples``        (values of the columns, inputs) of some rows
    """

    def __init__(
        self,
        target: str = "",
        columns: "Sequence[Any]" = (),
        classes: "Optional[Sequence[Any]]" = None,
        mean: float = 0.0,
        spread: float = 1.0,
        missing: "Sequence[str]" = (),
        samples: "Sequence[Tuple[List[Any], List[float]]]" = (),
    ) -> None:
        self.target, self.columns, self.classes = target, list(columns), classes
        self.mean, self.spread = mean, spread
        self.missing, self.samples = list(missing), list(samples)

    @property
    def inputs(self) -> "List[str]":
        """What each input is; empty if that is not known."""
        columns = sorted(self.columns, key=lambda column: column.place)
        return [text for column in columns for text in column.inputs]

    @property
    def outputs(self) -> "List[str]":
        """What each output is; empty if that is not known."""
        if self.classes is None:
            return [self.target] if self.target else []
        classes = self.classes[1:] if len(self.classes) == 2 else self.classes
        return [f"probability of {label}" for label in classes]
