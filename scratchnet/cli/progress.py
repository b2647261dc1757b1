"""The progress of a command, on standard error.

On a terminal it is a line that is updated, elsewhere a few plain lines. With -q it is nothing.

>>> import io
>>> course = Course(epochs=4, stream=io.StringIO())
>>> for number, loss in enumerate([0.5, 0.25, 0.125, 0.0625], 1):
...     course.epoch_done(Epoch(number, loss, None, 0.01, None))
>>> print(course.stream.getvalue(), end="")
epoch 1/4  loss 0.5
epoch 2/4  loss 0.25
epoch 4/4  loss 0.0625
"""

import os
import shutil
import sys
from time import monotonic

from ..core.history import Epoch
from ..engines.checkpoints import Checkpoint
from ..texts import written_for
from .terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from ..formats.files import Path

PAUSE = 0.1  # seconds between two updates of a live line
SILENCE = 30  # seconds between two plain lines
BAR = 8  # the width of the progress bar


class Line:
    """A line of progress, which is updated in place if the stream is a terminal.

    ``quiet``   whether to write nothing at all
    """

    def __init__(self, stream: "Any" = None, quiet: bool = False) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.quiet = quiet or self.stream is None
        self.live = not self.quiet and self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.shown = ""  # the live line now on the terminal
        self.next = (
            0.0 if self.live else monotonic() + SILENCE
        )  # the earliest time of the next line

    def show(self, text: str) -> None:
        """Replace the live line by the text, at most ten times a second.

        Without a terminal, write a plain line if the last one is long enough ago.
        """
        if monotonic() < self.next:
            return
        if not self.live:
            self.say(text)
        else:
            text = text[: shutil.get_terminal_size().columns - 1]
            self.write("\r" + text + " " * (len(self.shown) - len(text)))
            self.shown, self.next = text, monotonic() + PAUSE

    def clear(self) -> None:
        if self.shown:
            self.write("\r" + " " * len(self.shown) + "\r")
            self.shown = ""

    def say(self, text: str) -> None:
        """Write a line that stays."""
        if not self.quiet:
            self.clear()
            self.write(safe(text) + "\n")
            self.next = 0.0 if self.live else monotonic() + SILENCE

    def warn(self, message: "Any", *_: "Any") -> None:
        """Write a warning, even if quiet. This replaces ``warnings.showwarning``."""
        self.clear()
        Line(self.stream).say(f"scratchnet train: {message}")

    def write(self, text: str) -> None:
        try:
            self.stream.write(written_for(text, self.stream.encoding or "ascii"))
            self.stream.flush()
        except OSError:  # the stream is closed; the work continues
            self.quiet, self.live = True, False


class Reading(Line):
    """The progress of reading a file, as an argument of ``read_table(progress=...)``."""

    def __call__(self, rows: int, part: "Optional[float]") -> None:
        self.show(f"{rows:,} rows read" + ("" if part is None else f", {part:.0%}"))


class Course(Line):
    """The progress of a training run.

    ``measures``   returns an Epoch in words; it is called only for an epoch that is shown
    """

    def __init__(
        self,
        epochs: int,
        stream: "Any" = None,
        quiet: bool = False,
        measures: "Optional[Callable[[Epoch], str]]" = None,
    ) -> None:
        Line.__init__(self, stream, quiet)
        self.epochs = epochs
        self.measures = measures or _losses
        self.begun: "Any" = None  # the start: the time, and the epochs done
        self.last = ""  # an epoch in words, and when it was measured
        self.measured = 0.0

    def part_done(self, number: int, part: float) -> None:
        """Show the progress: the epochs done, and the fraction done of the next one."""
        done = number + part
        if self.begun is None:
            self.begun = monotonic(), done
        start, first = self.begun
        left = (
            (monotonic() - start) / (done - first) * (self.epochs - done) if done > first else None
        )
        full = int(BAR * done / self.epochs)
        # What matters most comes first, because a narrow terminal cuts the end.
        waiting = "" if left is None else f"  {_clock(left)} left"
        text = f"epoch {number + 1}/{self.epochs}{waiting}{self.last}"
        if self.live and BAR + 3 + len(text) < shutil.get_terminal_size().columns:
            text = f"[{'=' * full}{' ' * (BAR - full)}] {text}"
        self.show(text)

    def epoch_done(self, epoch: "Epoch") -> None:
        is_said = not self.live and (_is_round(epoch.number) or epoch.number == self.epochs)
        if not self.quiet and (is_said or self.live and monotonic() >= self.measured + PAUSE):
            self.last, self.measured = "  " + self.measures(epoch), monotonic()
        if is_said:
            self.say(f"epoch {epoch.number}/{self.epochs}{self.last}")
        elif epoch.number < self.epochs:
            self.part_done(epoch.number, 0.0)


class Watched(Checkpoint):
    """A checkpoint that also shows the progress of the training."""

    otherwise = "repeat its options (and --seed), or delete it to start again"

    def __init__(self, path: "Path", seconds: float, course: "Course") -> None:
        Checkpoint.__init__(self, path, seconds)
        self.course = course

    def kept(self, training: "Any") -> None:
        settings = training.training
        batches = -(-len(settings.examples) // settings.batch_size)
        self.course.part_done(training.number, min(1.0, len(training.losses) / batches))


def _losses(epoch: "Epoch") -> str:
    validated = "" if epoch.validation_loss is None else f"  validation {epoch.validation_loss:.4g}"
    return f"loss {epoch.loss:.4g}{validated}"


def _is_round(number: int) -> bool:
    """Return whether the number is 1, 2 or 5 times a power of ten."""
    while number % 10 == 0:
        number //= 10
    return number in (1, 2, 5)


def _clock(seconds: float) -> str:
    """Return the time as minutes and seconds, or as hours and minutes.

    >>> _clock(75), _clock(4000)
    ('1:15', '1:06 h')
    """
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"
