"""What a training reports.

Epoch       one pass over the data
History     all epochs so far
Diverged    the error when the loss or a parameter is no longer finite
"""

from .types import Any, IntOrNone, Number, Row


class Diverged(ValueError):
    """The loss or a parameter became infinite or NaN. The network keeps its last finite parameters.

    ``history`` holds the epochs before, if ``fit`` ran the training.
    """

    history: Any = None


class Epoch:
    """One epoch of a training.

    ``number``            from 1
    ``loss``              the mean over the samples of the batch losses, each measured before its
                          update, penalties included
    ``validation_loss``   after the epoch, without penalties; None without validation data
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
        text = f"Epoch {self.number}: loss {self.loss}"
        if self.validation_loss is not None:
            text += f", validation loss {self.validation_loss}"
        return text


class History:
    """The course of a training.

    ``epochs``           a list of Epoch objects
    ``loss``, ``validation_loss``   lists with one element per epoch, as in Epoch
    ``best_epoch``       the epoch whose parameters the network has; None without ``patience``
    ``engine``           what computed the updates: "lists", "rows" or "steps"
    ``interrupted``      whether Ctrl-C ended the training; the network keeps what it learned so far
    """

    def __init__(self, engine: str = "lists") -> None:
        self.engine = engine
        self.best_epoch: IntOrNone = None
        self.interrupted = False
        self.stretches: Any = []  # (number of the last epoch, losses, and what is the same for all)

    def add(self, losses: Row, validation_loss: Number, rate: Number, best: IntOrNone) -> None:
        """Add one epoch per loss; the other numbers are the same for all of them."""
        number = len(self) + len(losses)
        # One operation, so that Ctrl-C cannot leave an epoch half added.
        self.stretches.append((number, losses, validation_loss, rate, best))

    @property
    def epochs(self) -> Any:
        found = []
        for _, losses, validation_loss, rate, best in self.stretches:
            for loss in losses:
                found.append(Epoch(len(found) + 1, loss, validation_loss, rate, best))
        return found

    @property
    def loss(self) -> Row:
        return [loss for stretch in self.stretches for loss in stretch[1]]

    @property
    def validation_loss(self) -> Row:
        return [epoch.validation_loss for epoch in self.epochs]

    def __len__(self) -> int:
        return self.stretches[-1][0] if self.stretches else 0

    def __repr__(self) -> str:
        text = f"History: {len(self)} epochs"
        if self.stretches:
            text += f", loss {self.stretches[0][1][0]} to {self.stretches[-1][1][-1]}"
        return text + (", interrupted" if self.interrupted else "")
