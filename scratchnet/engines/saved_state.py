"""The state of a training run in a file. Everything is checked before anything is used.

    SavedState    the state, and the parameters of the network
    state_in      returns the state in the tensors and the JSON values of a file
    checksum_of   the checksum of such tensors and values

The checksum detects accidental damage. Anyone who edits a file can compute it again, so the types,
the ranges and the shapes of all values are checked as well, and whether they agree.
"""

from array import array
from math import isfinite
from zlib import crc32

from ..formats import models, safetensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..core.types import Matrix, Row

PREFIX = models.TRAINING + "."  # starts the names of tensors that belong to the training run
DAMAGED = "it is damaged"
REPORTED = ("loss", "validation_loss", "learning_rate", "best")  # what is saved of an Epoch


class SavedState:
    """The state of a training run.

    ``identity``     what must be the same when the training run continues
    ``steps``        how many updates were made
    ``start``        the state of the random numbers at the start of the current epoch
    ``generator``    the state of the random numbers now
    ``losses``       the losses of those batches of the current epoch that are done
    ``epochs``       (loss, validation loss, learning rate, best) of each epoch
    ``rate``         the learning rate of the last update
    ``parameters``   {name: value}
    ``memory``       {name of a parameter: the matrices that the optimizer keeps for it}
    ``watched``      (number of the best epoch, its loss); None without ``patience``
    ``best``         {name of a parameter: its rows in the best epoch}
    """

    def __init__(self, tensors: "Dict[str, Any]", state: "Dict[str, Any]") -> None:
        self.identity = state["identity"]
        self.steps = state["steps"]
        _check(isinstance(self.identity, dict) and type(self.steps) is int and self.steps >= 0)
        self.start, self.generator = _word(state["start"]), _word(state["generator"])
        self.parameters = {n: v for n, v in tensors.items() if not models.of_training(n)}
        rows = {name: _rows(value) for name, value in self.parameters.items()}
        own = {n[len(PREFIX) :]: v for n, v in tensors.items() if models.of_training(n)}
        self.rate = own.pop("rate")
        _check(isfinite(self.rate) and self.rate >= 0)
        self.losses = _numbers(own.pop("values"))
        self.epochs = _epochs(own)
        self.memory = {name: _memory(own, name, rows[name]) for name in rows}
        self.watched = _watched(own, self.epochs)
        names = [name for name in rows if name + ".best" in own]
        self.best = {name: _like(rows[name], own.pop(name + ".best")) for name in names}
        _check(not own and bool(self.best) == (self.watched is not None))


def state_in(tensors: "Dict[str, Any]", about: "Dict[str, Any]") -> "SavedState":
    """Return the state; a ValueError says that the file is damaged, or is not a checkpoint."""
    if not isinstance(about.get(models.TRAINING), dict):
        raise ValueError("it is not a checkpoint")
    state = dict(about[models.TRAINING])
    _check(state.pop("checksum", None) == checksum_of(tensors, state))
    try:
        return SavedState(tensors, state)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise ValueError(DAMAGED) from None


def checksum_of(tensors: "Dict[str, Any]", state: "Dict[str, Any]") -> str:
    """Return the checksum of everything in the file."""
    value = crc32(repr(sorted(state.items())).encode())
    for name in sorted(tensors):
        shape, numbers = safetensors.flatten(name, tensors[name])
        value = crc32(array("d", numbers).tobytes(), crc32(repr((name, shape)).encode(), value))
    return f"{value:08x}"


# ---- checks --------------------------------------------------------------------------------------


def _check(is_right: bool) -> None:
    if not is_right:
        raise ValueError(DAMAGED)


def _word(text: str) -> int:
    """Return the state of a generator, 64 bits in hexadecimal digits."""
    _check(len(text) == 16 and set(text) <= set("0123456789abcdef"))
    return int(text, 16)


def _numbers(values: "Any") -> "Row":
    """Return a list of numbers, of which none is NaN."""
    _check(isinstance(values, list) and all([value == value for value in values]))
    return list(map(float, values))


def _rows(value: "Any") -> "Matrix":
    """Return a value as rows of finite numbers; a number is a row of one."""
    rows = value if isinstance(value, list) else [value]
    rows = rows if rows and isinstance(rows[0], list) else [rows]
    _check(all([isfinite(number) for row in rows for number in row]))
    return rows


def _like(rows: "Matrix", value: "Any") -> "Matrix":
    """Return rows of the same shape as others."""
    found = _rows(value)
    _check(isinstance(value[0], list) and list(map(len, found)) == list(map(len, rows)))
    return found


def _memory(own: "Dict[str, Any]", name: str, rows: "Matrix") -> "List[Matrix]":
    """Remove and return what the optimizer keeps for a parameter."""
    found: "List[Matrix]" = []
    while f"{name}.memory.{len(found)}" in own:
        found.append(_like(rows, own.pop(f"{name}.memory.{len(found)}")))
    return found


def _epochs(own: "Dict[str, Any]") -> "List[Tuple[float, Any, Any, Any]]":
    """Remove and return what is reported of each epoch. A validation loss may be NaN."""
    losses = _numbers(own.pop("loss"))
    validation = own.pop("validation_loss", None) or [None] * len(losses)
    rates = own.pop("learning_rate", None) or [None] * len(losses)
    best: "List[Any]" = _numbers(own.pop("best", [])) or [None] * len(losses)
    _check(len(losses) == len(validation) == len(rates) == len(best))
    _check(all([rate is None or isfinite(rate) for rate in rates]))
    for number, epoch in enumerate(best):
        _check(epoch is None or epoch == int(epoch) and 1 <= epoch <= number + 1)
    best = [epoch and int(epoch) for epoch in best]
    return list(zip(losses, validation, rates, best))


def _watched(own: "Dict[str, Any]", epochs: "List[Any]") -> "Any":
    """Remove and return the number of the best epoch and its loss, if the file has them."""
    if "watched" not in own:
        return None
    watched = own.pop("watched")
    _check(len(watched) == 2)
    number, loss = watched
    _check(number == epochs[-1][3])
    validation_loss = epochs[int(number) - 1][1]
    _check(validation_loss is None or repr(validation_loss) == repr(loss))
    return int(number), loss
