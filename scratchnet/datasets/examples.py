"""A labeled data set.

>>> Examples([[0.0], [1.0]], [0, 1], ["no", "yes"], ["answer"], "two samples")
Examples: 2 of 1 feature; no, yes
"""

from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence


class Examples:
    """Samples with their classes.

    ``X``         samples × features
    ``Y``         the class of each sample as a number from 0
    ``labels``    the names of the classes
    ``features``  the names of the columns of X
    ``about``     a description, the source, and the license
    """

    def __init__(
        self,
        X: "List[List[float]]",
        Y: "List[int]",
        labels: "Sequence[str]",
        features: "Sequence[str]",
        about: str,
    ) -> None:
        self.X = X
        self.Y = Y
        self.labels = list(labels)
        self.features = list(features)
        self.about = about

    def __repr__(self) -> str:
        features, labels = plural(len(self.features), "feature"), ", ".join(self.labels)
        return f"Examples: {len(self.X)} of {features}; {labels}"
