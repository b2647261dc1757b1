"""What the whole package adds to the course of a training run.

- ``verbose=1`` shows the progress: a line that is updated in place, also in a notebook.
- What the caller changes in the optimizer between two epochs acts from the next epoch on.
- A ``shuffle=True`` without effect and a Softmax over a single output cause a warning.

>>> import scratchnet as sn
>>> net, optimizer = sn.Sequential([sn.Dense(1, 1, weights=[[0]])]), sn.SGD(0.25)
>>> for epoch in sn.epochs(net, [[1]], [[2]], "mse", optimizer, epochs=2):
...     print(epoch.loss, epoch.learning_rate)
...     optimizer.learning_rate = 0.125
4.0 0.25
0.0 0.125
"""

import sys

try:
    from time import monotonic
except ImportError:  # MicroPython
    from time import time as monotonic

from ..core.activations import Softmax

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..core.history import Epoch

PAUSE = 0.1  # seconds between two updates of the line


class Course:
    """A training run that follows changes of the optimizer and may show its progress.

    ``training``   the run: a Training, or one that saves itself
    ``given``      the optimizer as the caller has it
    """

    def __init__(self, training: "Any", given: "Any", verbose: "Any") -> None:
        self.training = training
        self.history = training.history
        self.given = given
        self.described = repr(given)
        plan = getattr(training, "training", training)
        self.engine = plan.engine
        self.line = Line(plan.epochs) if verbose else None

    def __getattr__(self, name: str) -> "Any":
        return getattr(self.training, name)

    def run(self) -> "Iterator[Epoch]":
        epoch = None
        run = self.training.run()
        try:
            for epoch in run:
                if self.line:
                    self.line.update(epoch)
                yield epoch
                self.take_over_changes()
        finally:
            run.close()
            if self.line and epoch is not None:
                self.line.show(epoch, "\n")

    def take_over_changes(self) -> None:
        """Take over what the caller has changed in the optimizer since the last epoch."""
        if repr(self.given) == self.described:
            return
        self.described = repr(self.given)
        optimizer = self.engine.optimizer
        changed = self.given.with_numbers(self.engine.net.number)
        if changed.memory != optimizer.memory:
            optimizer.states = {}
        for name in changed.arguments + ("memory",):
            setattr(optimizer, name, getattr(changed, name))


class Line:
    """The line on standard output that shows the progress.

    In a file or a pipe, where a line cannot be updated, only the last epoch is written.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.live = is_live(sys.stdout)
        self.width = 0
        self.next = 0.0  # the earliest time of the next update

    def update(self, epoch: "Epoch") -> None:
        """Show the epoch, at most ten times a second."""
        if self.live and monotonic() >= self.next:
            self.show(epoch)
            self.next = monotonic() + PAUSE

    def show(self, epoch: "Epoch", end: str = "") -> None:
        text = f"epoch {epoch.number}/{self.epochs}  loss {float(epoch.loss):.4g}"
        if epoch.validation_loss is not None:
            text += f"  validation loss {float(epoch.validation_loss):.4g}"
        start = "\r" if self.live else ""
        sys.stdout.write(start + text + " " * (self.width - len(text)) + end)
        if hasattr(sys.stdout, "flush"):
            sys.stdout.flush()
        self.width = len(text)


def is_live(stream: "Any") -> bool:
    """Return whether a line of the stream can be updated: on a terminal or in a notebook."""
    if "ipykernel" in sys.modules:
        return True
    try:
        return bool(stream.isatty())
    except AttributeError:  # MicroPython
        return True


def warn_of_no_effect(plan: "Any", shuffle: "Any") -> None:
    """Warn of what has no effect in a training run."""
    if shuffle and plan.batch_size == len(plan.examples):
        warn("shuffle has no effect, because one batch holds all samples")
    net = plan.engine.net
    if net.outputs == 1 and isinstance(net.layers[-1], Softmax):
        warn("Softmax of a single output is always 1; end the network in Sigmoid()")


def warn(text: str, category: "Any" = None) -> None:
    """Warn at the line that called the package, such as the call of ``fit``."""
    try:
        import warnings
    except ImportError:  # MicroPython
        print(text)
        return
    package = __name__.split(".")[0]
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
