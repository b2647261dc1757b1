"""Checkpoints: a training that was broken off, be it by kill -9 or a power cut, goes on to the same bits.

    Checkpoint   a file, and how often it is written: what ``fit(checkpoint=...)`` takes where a path alone won't do
    SavedTraining      the training that writes itself to it

The same program, started again, goes on from the file; when all is done, or after more ``epochs`` were asked for, too.
It holds all that the training needs: the parameters, the optimizer's memory and step, the random numbers' state, how
many batches of the epoch are done, the best parameters so far, and what was told of every epoch. It is a model file as
well: ``sn.load(path)`` gives the network as it then was. A file of another training is refused, in one sentence.

>>> import os, tempfile, scratchnet as sn
>>> def train(epochs, checkpoint=None):
...     net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=7)
...     X, Y = [[0, 1], [1, 0], [1, 1]], [1, 2, 3]
...     history = net.fit(X, Y, "huber", epochs=epochs, batch_size=2, checkpoint=checkpoint)
...     return len(history), [p.value for p in net.parameters()]
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "run.safetensors")
...     train(5, path) == train(5), train(8, path) == train(8)
(True, True)

What an optimizer, a schedule or a layer of one's own keeps beside its parameters and its ``memory`` is not in it; nor
is their code, so that a change of it goes unnoticed. Where more epochs are done than are asked for, nothing more is.
A checkpoint that cannot be written, because the disk is full, is a warning: the training goes on. A loop over
``epochs`` that breaks off writes the last one when it is closed, ``steps.close()``.
"""

import os
import re
from array import array
from time import monotonic
from warnings import warn
from zlib import crc32

from ..core.checks import AT_LEAST_0, require
from ..core.functions import kernel
from ..core.training import Engine, set_rows
from ..formats import files, models, safetensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

    from ..core.examples import Examples
    from ..core.history import Epoch
    from ..core.training import Training
    from ..core.types import Row
    from ..formats.files import Path
    from ..formats.safetensors import Tensor

PREFIX = models.TRAINING + "."  # of the tensors that are the training's
DAMAGED = "it is damaged"
# What a checksum stands for in the identity of a training.
CHECKSUMS = {"data": "samples, targets or weights", "validation": "validation data", "parameters": "first parameters",
             "seed": "random numbers (another seed)"}  # fmt: skip
TOLD = (
    "loss",
    "validation_loss",
    "learning_rate",
    "best",
)  # what of an Epoch is kept, beside its number


class Checkpoint:
    """A file for checkpoints.

    ``path``      it ends in .safetensors
    ``seconds``   between two of them; 0: one after every few batches
    """

    otherwise = "give this training another file"  # the advice where the file is of another one

    def __init__(self, path: "Path", seconds: float = 30) -> None:
        require(
            "checkpoint",
            path,
            (lambda v: str(v).endswith(".safetensors"), "a path that ends in .safetensors"),
        )
        if not os.path.isdir(os.path.dirname(os.path.abspath(str(path)))):
            raise ValueError(f"{path} cannot be written: its directory does not exist")
        self.path = path
        self.seconds = require("seconds", seconds, AT_LEAST_0)

    def kept(self, training: "SavedTraining") -> None:
        """Called by the training after every few batches, for a subclass that wants to look at it."""


class SavingEngine(Engine):
    """Another engine, with a checkpoint written from time to time between two batches.

    ``losses``   of the batches of the current epoch that are done
    """

    def __init__(self, engine: "Engine", saved: "SavedTraining") -> None:
        Engine.__init__(
            self, engine.net, engine.loss, engine.optimizer, engine.examples, engine.generator
        )
        self.engine = engine
        self.saved = saved
        self.losses: "Row" = []
        self.resumed_at: "Any" = None  # the state of the random numbers when the epoch broke off

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.engine.name

    @property
    def at_once(self) -> int:  # type: ignore[override]
        return self.engine.at_once

    def epoch(self, batches: "List[List[int]]") -> "Row":
        if self.losses and self.resumed_at is not None:
            self.generator.state = (
                self.resumed_at
            )  # The batches were drawn as when the epoch began.
        self.resumed_at = None
        if len(batches[0]) == len(self.examples):  # Each batch is an epoch.
            return self.losses or self.engine.epoch(batches)
        part = self.at_once
        for start in range(len(self.losses), len(batches), part):
            losses = self.engine.epoch(batches[start : start + part])
            self.losses = self.losses + losses
            if len(self.losses) < len(batches):  # Otherwise the epoch ends first.
                self.saved.batches_done()
        return self.losses


class SavedTraining:
    """A training that saves itself to a checkpoint, and continues where the checkpoint ended.

    ``number``   how many epochs are done;  ``losses``   of the batches of the current epoch
    """

    def __init__(self, training: "Training", checkpoint: "Any") -> None:
        self.training = training
        self.history = training.history
        self.engine = training.engine
        training.engine = self.saving = SavingEngine(self.engine, self)
        self.checkpoint = (
            checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        )
        self.number = 0
        self.steps = 0  # how many updates were made for these epochs and losses
        self.start = self.engine.generator.state  # when the current epoch began
        self.written = monotonic()
        self.is_final = False  # whether the file holds the end of the training
        if self.engine.net.number is not float:
            number = self.engine.net.number.__name__
            raise TypeError(f"a checkpoint holds floats; this network computes with {number}")
        self.identity = self.described()
        if os.path.exists(self.checkpoint.path):
            self.read(self.checkpoint.path)
            self.is_final = training.is_over()
        safetensors.dumps(*self.content())  # refuses what no file can hold, before the first epoch

    @property
    def losses(self) -> "Row":
        return self.saving.losses

    def run(self) -> "Iterator[Epoch]":
        try:
            for epoch in self.training.run():
                self.end_epoch()
                yield epoch
        finally:
            if not self.is_final:
                self.write()

    def end_epoch(self) -> None:
        self.saving.losses = []
        self.start = self.engine.generator.state
        self.number = len(self.history)
        self.batches_done()
        if self.training.is_over():  # before the best parameters replace the last ones
            self.write()
            self.is_final = True

    def batches_done(self) -> None:
        self.steps = self.engine.optimizer.t
        self.checkpoint.kept(self)
        if monotonic() - self.written >= self.checkpoint.seconds:
            self.write()

    # ---- the file ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Replace the file; it stays as it is if Ctrl-C came before an update was noted."""
        if (len(self.history), self.engine.optimizer.t) != (self.number, self.steps):
            return
        try:
            files.write(self.checkpoint.path, safetensors.dumps(*self.content()))
        except OSError as error:
            warn(f"{error.strerror}; the training goes on without", stacklevel=2)
        self.written = monotonic()

    def content(self) -> "Tuple[Dict[str, Tensor], Dict[str, Any]]":
        """What the file holds: the network as any model file does, and the training beside it."""
        tensors, about = models.described(self.engine.net)
        tensors.update({PREFIX + name: tensor for name, tensor in self.tensors().items()})
        state = {
            "identity": self.identity,
            "steps": self.engine.optimizer.t,
            "start": f"{self.start:016x}",
            "generator": f"{self.engine.generator.state:016x}",
        }
        about[models.TRAINING] = dict(state, checksum=_checksum_of(tensors, state))
        return tensors, about

    def tensors(self) -> "Dict[str, Tensor]":
        """The numbers of the training, beside those of the network."""
        rate = self.engine.optimizer.rate
        tensors: "Dict[str, Tensor]" = {
            "values": self.losses,
            "rate": 0.0 if callable(rate) else rate,
        }
        best = self.training.best
        epochs = self.history.epochs
        for name in TOLD:
            column = [getattr(epoch, name) for epoch in epochs]
            if None not in column:
                tensors[name] = column
        for p in self.engine.net.parameters():
            states = self.engine.optimizer.states.get(p.name, [])
            for k in range(self.engine.optimizer.memory if states else 0):
                tensors[f"{p.name}.memory.{k}"] = [[state[k] for state in row] for row in states]
        if best is not None:
            tensors["watched"] = [float(best[0]), best[1]]
            tensors.update(
                {f"{p.name}.best": rows for p, rows in zip(self.engine.net.parameters(), best[2])}
            )
        return tensors

    def read(self, path: "Path") -> None:
        """Go on from the file; one that will not do is refused, and changes nothing."""
        parameters = self.engine.net.parameters()
        before = [p.rows for p in parameters]
        try:
            self.restore(*safetensors.loads(files.read(path)))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            set_rows(parameters, before)
            wrong = str(error) if isinstance(error, ValueError) else DAMAGED
            raise ValueError(f"{path}: {wrong}; {self.checkpoint.otherwise}") from None

    def restore(self, tensors: "Dict[str, Any]", about: "Dict[str, Any]") -> None:
        """Stand where the checkpoint was written."""
        if not isinstance(about.get(models.TRAINING), dict):
            raise ValueError("it is no checkpoint")
        state = dict(about[models.TRAINING])
        if state.pop("checksum", None) != _checksum_of(tensors, state):
            raise ValueError(DAMAGED)
        for name, value in self.identity.items():
            former = state["identity"].get(name)
            if former != value and name in CHECKSUMS:
                raise ValueError(f"it is of a training with other {CHECKSUMS[name]}")
            if former != value:
                then, now = _difference(former, value)
                raise ValueError(f"it is of a training with {name} {then}, here it is {now}")
        mine = {
            name[len(PREFIX) :]: tensor
            for name, tensor in tensors.items()
            if models.of_training(name)
        }
        self.start = self.engine.generator.state = int(state["start"], 16)
        self.saving.resumed_at = int(state["generator"], 16)
        self.saving.losses = mine["values"]
        columns = [mine.get(name) or [None] * len(mine["loss"]) for name in TOLD]
        for loss, validation_loss, rate, best in zip(*columns):
            self.history.add([loss], validation_loss, rate, best and int(best))
        self.number = len(self.history)
        parameters, optimizer = self.engine.net.parameters(), self.engine.optimizer
        self.steps = optimizer.t = state["steps"]
        optimizer.rate = mine["rate"]
        for p in parameters:
            p.value = tensors[p.name]
            if optimizer.memory and optimizer.t and not p.frozen:
                memory = [mine[f"{p.name}.memory.{k}"] for k in range(optimizer.memory)]
                optimizer.states[p.name] = [list(zip(*rows)) for rows in zip(*memory)]
        if self.training.patience is not None and (self.number or "watched" in mine):
            number, watched = mine["watched"]
            rows = [mine[f"{p.name}.best"] for p in parameters]
            self.training.best = int(number), watched, rows

    # ---- which training it is ------------------------------------------------------------------------------------

    def described(self) -> "Dict[str, Any]":
        """What must be the same where it goes on."""
        training, engine = self.training, self.engine
        net, validation = engine.net, training.validation
        return {
            "layers": [_named(layer) for layer in net.layers],
            "frozen": [p.name for p in net.parameters() if p.frozen],
            "loss": _named(engine.loss),
            "optimizer": _named(engine.optimizer),
            "batch_size": training.batch_size,
            "shuffle": training.shuffle,
            "patience": training.patience,
            "kernel": kernel(),
            "shards": getattr(engine, "shards", None),
            "data": _checksum(_rows(training.examples)),
            "parameters": _checksum([row for p in net.parameters() for row in p.rows]),
            "validation": None if validation is None else _checksum(_rows(validation)),
            "seed": f"{self.engine.generator.state:016x}",
        }


def _named(part: "Any") -> str:
    """What a part calls itself, without addresses in memory, which change from run to run."""
    return re.sub(" at 0x[0-9A-Fa-f]+", "", repr(part))


def _difference(former: "Any", value: "Any") -> "Tuple[Any, Any]":
    """Two different values; of lists, the first elements that are."""
    if not isinstance(former, list) or not isinstance(value, list):
        return former, value
    return [(a, b) for a, b in zip(former + ["nothing"], value + ["nothing"]) if a != b][0]


def _rows(examples: "Examples") -> "Iterator[Row]":
    for i in examples.used:
        yield examples.X[i]
        yield examples.Y[i]
        if examples.weights is not None:
            yield [examples.weights[i]]


def _checksum_of(tensors: "Dict[str, Any]", state: "Dict[str, Any]") -> str:
    """Of all that is in the file."""
    value = crc32(repr(sorted(state.items())).encode())
    for name in sorted(tensors):
        shape, numbers = safetensors.flatten(name, tensors[name])
        value = crc32(array("d", numbers).tobytes(), crc32(repr((name, shape)).encode(), value))
    return f"{value:08x}"


def _checksum(rows: "Any") -> str:
    """Of all the rows, one after the other."""
    value = 0
    for row in rows:
        value = crc32(array("d", row).tobytes(), value)
    return f"{value:08x}"
