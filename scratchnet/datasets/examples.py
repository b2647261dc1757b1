"""A labelled data set.

>>> Examples([[0.0], [1.0]], [0, 1], ["no", "yes"], ["answer"], "two samples")
Examples: 2 of 1 feature; no, yes
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence


class Examples:
    """Samples with their classes.

    ``X``         samples × features
    ``Y``         the class of each sample as a number from 0
    ``labels``    the names of the classes
    ``features``  the names of the columns of X
    ``about``     a description, the source, and the licence
    """

    def __init__(
        self,
        X: "List[List[float]]",
        Y: "List[int]",
        labels: "Sequence[str]",
        features: "Sequence[str]",
        about: str,
    ) -> None:
        self.X, self.Y, self.labels, self.features, self.about = (
            X,
            Y,
            list(labels),
            list(features),
            about,
        )

    def __repr__(self) -> str:
        plural = "" if len(self.features) == 1 else "s"
        return f"Examples: {len(self.X)} of {len(self.features)} feature{plural}; " + ", ".join(
            self.labels
        )
