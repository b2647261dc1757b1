"""The progress of ``fit(verbose=1)``: a line that is updated in place, also in a notebook.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1, weights=[[0]])])
>>> history = net.fit([[1]], [[2]], "mse", sn.SGD(0.25), epochs=2, verbose=1)  # doctest: +SKIP
epoch 2/2  loss 2.25
"""

import sys

try:
    from time import monotonic
except ImportError:  # MicroPython
    from time import time as monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..core.history import Epoch

PAUSE = 0.1  # seconds between two updates of the line


class Shown:
    """A training run that shows its progress.

    In a file or a pipe, where a line cannot be updated, only the last epoch is written.
    """

    def __init__(self, training: "Any") -> None:
        self.training = training
        self.history = training.history
        self.epochs = getattr(training, "training", training).epochs
        self.live = _is_live(sys.stdout)
        self.width = 0

    def run(self) -> "Iterator[Epoch]":
        epoch, shown = None, 0.0
        try:
            for epoch in self.training.run():
                if self.live and monotonic() - shown >= PAUSE:
                    self.show(epoch)
                    shown = monotonic()
                yield epoch
        finally:
            if epoch is not None:
                self.show(epoch, "\n")

    def show(self, epoch: "Epoch", end: str = "") -> None:
        text = f"epoch {epoch.number}/{self.epochs}  loss {float(epoch.loss):.4g}"
        if epoch.validation_loss is not None:
            text += f"  validation loss {float(epoch.validation_loss):.4g}"
        start = "\r" if self.live else ""
        sys.stdout.write(start + text + " " * (self.width - len(text)) + end)
        if hasattr(sys.stdout, "flush"):
            sys.stdout.flush()
        self.width = len(text)


def _is_live(stream: "Any") -> bool:
    """Return whether a line of the stream can be updated: on a terminal or in a notebook."""
    if "ipykernel" in sys.modules:
        return True
    try:
        return bool(stream.isatty())
    except AttributeError:  # MicroPython
        return True
