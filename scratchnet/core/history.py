"""What a training run reports.

    Epoch       one pass over the data
    History     all epochs so far
    Diverged    the error raised when the loss or a parameter is no longer finite

``epochs`` yields Epoch objects, and ``fit`` returns a History.
"""

from .types import Any, IntOrNone, Number, Row


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
        validated = self.validation_loss is not None
        text = f", validation loss {self.validation_loss}" if validated else ""
        return f"Epoch {self.number}: loss {self.loss}{text}"


class History:
    """All epochs of a training run.

    ``epochs``            a list of Epoch objects
    ``loss``              a list of the loss of each epoch
    ``validation_loss``   a list of the validation loss of each epoch
    ``best_epoch``        the number of the epoch whose parameters the network has; None without
                          ``patience``
    ``engine``            what computed the updates: "lists", "rows" or "steps"
    ``interrupted``       whether Ctrl-C ended the run; the network keeps what it has learned so far
    """

    def __init__(self, engine: str = "lists") -> None:
        self.engine = engine
        self.best_epoch: IntOrNone = None
        self.interrupted = False
        self.stretches: Any = []  # of each `add`: the number of its last epoch, and its arguments

    def add(self, losses: Row, validation_loss: Number, rate: Number, best: IntOrNone) -> None:
        """Add one epoch per loss. The other arguments are the same for all of them."""
        number = len(self) + len(losses)
        # A single append, so that Ctrl-C cannot leave an epoch partly added.
        self.stretches.append((number, losses, validation_loss, rate, best))

    @property
    def epochs(self) -> Any:
        rows = [(loss,) + stretch[2:] for stretch in self.stretches for loss in stretch[1]]
        return [Epoch(k + 1, *row) for k, row in enumerate(rows)]

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
