"""The first line of a worksheet, from which `check` makes the same step."""

import shlex

from ..data import loading_arguments
from . import exercises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional


FIRST_LINE = "# scratchnet explain "


def header(options: "Any") -> str:
    """Return the first line of a worksheet, from which ``check`` makes the same step."""
    return FIRST_LINE + arguments(options)


def arguments(options: "Any") -> str:
    """Return the command-line arguments that give the same network, data and training."""
    words: "List[Optional[str]]" = [options.model, options.data] + exercises.arguments(options)
    for text in options.x:
        words.append("--x=" + text)
    for text in options.y:
        words.append("--y=" + text)
    words += loading_arguments(options)
    words += [f"--row={options.row}"] if options.row is not None else []
    words += ["--loss=" + options.loss] if options.loss else []
    words += ["--optimizer=" + options.optimizer] if options.optimizer else []
    words += (
        ["--learning-rate=" + repr(options.learning_rate)]
        if options.learning_rate is not None
        else []
    )
    words += [f"--step={options.step}"] if options.step is not None else []
    words += [f"--batch-size={options.batch_size}"] if options.batch_size else []
    words += ["--shuffle"] if options.shuffle else []
    words += [f"--seed={options.seed}"] if options.seed is not None else []
    return " ".join([shlex.quote(word) for word in words if word])
