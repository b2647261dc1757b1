"""When the training of a table's network ends.

Gains           tells when further epochs are no longer worthwhile
trivial_loss    what the losses of a classification are compared with
epochs_on_all   how long a second training, on all rows, takes
"""

from collections import Counter
from math import isfinite

from ..core.history import Epoch
from ..datasets.encoding.parts import CLASSIFICATION
from ..metrics import log_loss
from ..texts import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ..datasets.encoding.base import Encoding
    from .recipe import Recipe

# The improvement of the validation loss that is worth further epochs. For classes, it is a fraction
# of the loss of the trivial prediction; for quantities, a fraction of the best loss so far, because
# the error of a good fit may become much smaller.
GAIN, PART_GAINED = 1 / 400, 1 / 100
NOTHING_LEFT = 1 / 200  # the fraction of the loss of the trivial prediction that ends the training
# With fewer rows, the network is finally trained on all rows, for this many epochs or more.
FEW_ROWS, LEAST_EPOCHS = 1000, 20


class Gains:
    """Tells when ``patience`` epochs have passed without a worthwhile improvement, or none is left.

    ``trivial``   the loss of the trivial prediction, of which an improvement must be a fraction;
                  None if it must be a fraction of the best loss so far

    >>> gains = Gains(patience=2, trivial=0.7)
    >>> [gains.reason_to_stop(Epoch(k + 1, 0, x, 0, 1)) for k, x in enumerate([0.7, 0.5, 0.499])]
    ['', '', '']
    >>> gains.reason_to_stop(Epoch(4, 0, 0.4985, 0, 1))
    'no worthwhile improvement for 2 epochs'
    >>> gains.reason_to_stop(Epoch(5, 0, 0.003, 0, 1))
    'the loss is so small that no worthwhile improvement is left'
    """

    def __init__(self, patience: int, trivial: "Optional[float]" = None) -> None:
        self.patience, self.trivial = patience, trivial
        self.best, self.number = float("inf"), 0

    def reason_to_stop(self, epoch: "Epoch") -> str:
        """Return why the training ends after this epoch, or an empty string if it goes on."""
        gain = PART_GAINED * self.best if self.trivial is None else GAIN * self.trivial
        # An infinite or undefined loss is replaced by any other.
        if self.number == 0 or not isfinite(self.best) or epoch.validation_loss < self.best - gain:
            self.best, self.number = epoch.validation_loss, epoch.number
        if self.trivial is not None and epoch.validation_loss <= NOTHING_LEFT * self.trivial:
            return "the loss is so small that no worthwhile improvement is left"
        if epoch.number - self.number >= self.patience:
            return f"no worthwhile improvement for {plural(self.patience, 'epoch')}"
        return ""


def trivial_loss(encoder: "Encoding", Y: "Any") -> "Optional[float]":
    """Return the loss of always predicting the frequencies of the classes; None for quantities."""
    if encoder.task != CLASSIFICATION:
        return None
    counts = Counter(encoder.targets_of(Y))
    classes = encoder.classes or []
    weights = [counts[label] for label in classes]
    frequencies = [n / len(Y) for n in weights]
    return log_loss(classes, [frequencies for _ in classes], classes, weights)


def epochs_on_all(recipe: "Recipe", rows: int, best: "Optional[int]") -> int:
    """Return for how many epochs a network is trained on all rows, 0 if there are many.

    ``best``   the best epoch of the training run with rows held out
    """
    return 0 if rows >= FEW_ROWS else min(recipe.epochs, max(LEAST_EPOCHS, best or 0))
