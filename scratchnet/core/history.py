"""What a training run reports.

    Epoch       one pass over the data
    History     all epochs so far
    Diverged    the error raised when the loss or a parameter is no longer finite

``epochs`` yields Epoch objects, and ``fit`` returns a History.
"""

from .plug_points import PLUG_POINTS
from .types import Any, IntOrNone, Number, Row, Settings


class Diverged(ValueError):
    """The loss or a parameter became infinite or NaN. The network keeps its last finite parameters.

    If ``fit`` raises the error, ``history`` is the History of the epochs before.
    """

    history: Any = None


class Epoch:
    """One epoch of a training run.

    ``number``            counted from 1
    ``loss``              the mean over the samples of the batch losses, each measured before its
                          update, penalties included
    ``validation_loss``   measured after the epoch, without penalties; None without validation data
    ``learning_rate``     of the last update
    ``best``              the number of the best epoch so far; None without ``patience``
    """

    def __init__(
        self,
        number: int,
        loss: Number,
        validation_loss: Number,
        learning_rate: Number,
        best: IntOrNone,
    ) -> None:
        self.number = number
        self.loss = loss
        self.validation_loss = validation_loss
        self.learning_rate = learning_rate
        self.best = best

    def __repr__(self) -> str:
        return f"Epoch {self.number}: loss " + ", validation loss ".join(
            [shorten(loss) for loss in (self.loss, self.validation_loss) if loss is not None]
        )


class History:
    """All epochs of a training run.

    ``epochs``            a list of Epoch objects
    ``loss``              a list of the loss of each epoch
    ``validation_loss``   a list of the validation loss of each epoch
    ``best_epoch``        the number of the epoch whose parameters the network has; None without
                          ``patience``
    ``engine``            what computed the updates: "lists", "rows", "lanes", "steps" or
                          "native"
    ``interrupted``       whether Ctrl-C ended the run; the network keeps what it has learned so far
    ``history``           the lists as a dict, with Keras's names: loss, val_loss, learning_rate

    ``history["loss"]`` is one of these lists, and ``history[-1]`` the last Epoch.
    """

    def __init__(self, engine: str = "lists") -> None:
        self.engine = engine
        self.best_epoch: IntOrNone = None
        self.interrupted = False
        # One row for epochs that were added together: the number of the last one, the loss of each,
        # and the validation loss, learning rate and best epoch of all of them.
        self.rows: Any = []

    def add(self, losses: Row, validation_loss: Number, rate: Number, best: IntOrNone) -> None:
        """Add one epoch per loss; the other numbers are the same for all of them."""
        # All in one operation, so that Ctrl-C cannot leave an epoch half added.
        self.rows.append((len(self) + len(losses), losses, validation_loss, rate, best))

    @property
    def epochs(self) -> Any:
        return [
            Epoch(k + 1, *row)
            for k, row in enumerate([(loss,) + row[2:] for row in self.rows for loss in row[1]])
        ]

    @property
    def loss(self) -> Row:
        return [loss for row in self.rows for loss in row[1]]

    @property
    def validation_loss(self) -> Row:
        return [epoch.validation_loss for epoch in self.epochs]

    @property
    def history(self) -> Settings:
        lists = {
            "loss": self.loss,
            "val_loss": self.validation_loss,
            "learning_rate": [epoch.learning_rate for epoch in self.epochs],
        }
        return {name: values for name, values in lists.items() if None not in values}

    def __len__(self) -> int:
        return self.rows[-1][0] if self.rows else 0

    def __getitem__(self, key: Any) -> Any:
        return self.history[key] if isinstance(key, str) else self.epochs[key]

    def __repr__(self) -> str:
        return (
            f"History: {len(self)} epoch{'s' * (len(self) != 1)}"
            + (f", loss {shorten(self.loss[0])} to {shorten(self.loss[-1])}" if self.rows else "")
            + ", interrupted" * self.interrupted
        )

    def _repr_html_(self) -> Any:
        """Return the history as HTML for a notebook, or None."""
        return PLUG_POINTS["html"](self)


def shorten(number: Number) -> str:
    """Return a float with four digits, and any other number as it is."""
    return f"{number:.4g}" if isinstance(number, float) else str(number)
