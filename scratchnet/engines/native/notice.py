"""A line on the terminal that says what takes long."""

import sys
from threading import Timer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

SECONDS = 0.5


class Notice:
    """A context that shows a text on standard error while it lasts, if that is a terminal.

    The text appears after half a second, and is erased at the end.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_shown = False
        self.timer: "Optional[Timer]" = None

    def __enter__(self) -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            self.timer = Timer(SECONDS, self.show)
            self.timer.daemon = True
            self.timer.start()

    def __exit__(self, *_: "Any") -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer.join()  # It may be writing now.
        if self.is_shown:
            self.write("\r" + " " * len(self.text) + "\r")

    def show(self) -> None:
        self.is_shown = True
        self.write(self.text)

    def write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
