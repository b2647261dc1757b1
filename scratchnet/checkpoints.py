"""Checkpoints: a training that was broken off, be it by kill -9 or a power cut, goes on to the same bits.

    Checkpoint   a file, and how often it is written: what ``fit(checkpoint=...)`` takes where a path alone won't do
    Keeping      the training that writes itself to it

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

from .formats import files, models, safetensors
from .core.functions import kernel
from .core.layer import AT_LEAST_0, require
from .core.training import Training, epochs_in, put_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

    from .core.types import Row
    from .formats.files import Path
    from .formats.safetensors import Tensor
    from .core.training import Examples

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

    def kept(self, training: "Keeping") -> None:
        """Called by the training after every few batches, for a subclass that wants to look at it."""


class Keeping(Training):
    """A training that writes itself to a checkpoint, and begins where that one ended."""

    def __init__(self, training: "Training", checkpoint: "Any") -> None:
        self.__dict__.update(vars(training))
        self.checkpoint = (
            checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        )
        self.told: "List[Any]" = []
        self.start = self.generator.state  # with which the current epoch began
        self.written, self.last_written = monotonic(), False
        if self.engine.net.number is not float:
            raise TypeError(
                f"a checkpoint holds floats; this network computes with {self.engine.net.number.__name__}"
            )
        self.identity = self.described()
        if os.path.exists(self.checkpoint.path):
            self.read(self.checkpoint.path)
            self.last_written = self.is_over()
        safetensors.dumps(
            *self.content()
        )  # what no file can hold is refused before the first epoch

    def run(self, ahead: int = 0) -> "Iterator[Any]":
        if ahead:
            yield from self.told
        try:
            yield from Training.run(self, ahead)
        finally:
            if not self.last_written:
                self.write()

    def keep(self) -> None:
        self.checkpoint.kept(self)
        if monotonic() - self.written >= self.checkpoint.seconds:
            self.write()

    def batches(self) -> "List[List[int]]":
        """Those of the current epoch, as they were drawn when it began."""
        reached, self.generator.state = self.generator.state, self.start
        batches = Training.batches(self)
        if self.values:
            self.generator.state = reached
        return batches

    def ended(self, losses: "Row") -> "Any":
        stretch = Training.ended(self, losses)
        self.start = self.generator.state
        self.told.append(stretch)
        if self.is_over():  # before the best parameters take the place of the last
            self.write()
            self.last_written = True
        return stretch

    # ---- the file ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """The checkpoint, whole, in the place of the former; which stays where Ctrl-C came while an epoch was told."""
        if sum([len(losses) for _, losses, _, _, _ in self.told]) != self.number:
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
            "generator": f"{self.generator.state:016x}",
        }
        about[models.TRAINING] = dict(state, checksum=_checksum_of(tensors, state))
        return tensors, about

    def tensors(self) -> "Dict[str, Tensor]":
        """The numbers of the training, beside those of the network."""
        rate = self.engine.optimizer.rate
        tensors: "Dict[str, Tensor]" = {
            "values": self.values,
            "rate": 0.0 if callable(rate) else rate,
        }
        told = [epoch for stretch in self.told for epoch in epochs_in(*stretch)]
        for name in TOLD:
            column = [getattr(epoch, name) for epoch in told]
            if None not in column:
                tensors[name] = column
        for p in self.engine.net.parameters():
            states = self.engine.optimizer.states.get(p.name, [])
            for k in range(self.engine.optimizer.memory if states else 0):
                tensors[f"{p.name}.memory.{k}"] = [[state[k] for state in row] for row in states]
        if self.best is not None:
            tensors["watched"] = [float(self.best[0]), self.best[1]]
            tensors.update(
                {
                    f"{p.name}.best": rows
                    for p, rows in zip(self.engine.net.parameters(), self.best[2])
                }
            )
        return tensors

    def read(self, path: "Path") -> None:
        """Go on from the file; one that will not do is refused, and changes nothing."""
        parameters = self.engine.net.parameters()
        before = [p.rows for p in parameters]
        try:
            self.restore(*safetensors.loads(files.read(path)))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            put_back(parameters, before)
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
        self.start, self.generator.state = int(state["start"], 16), int(state["generator"], 16)
        self.values = mine["values"]
        columns = [mine.get(name) or [None] * len(mine["loss"]) for name in TOLD]
        for number, (loss, validation_loss, rate, best) in enumerate(zip(*columns), 1):
            self.told.append((number, [loss], validation_loss, rate, best and int(best)))
        self.number = len(self.told)
        parameters, optimizer = self.engine.net.parameters(), self.engine.optimizer
        optimizer.t, optimizer.rate = state["steps"], mine["rate"]
        for p in parameters:
            p.value = tensors[p.name]
            if optimizer.memory and optimizer.t and not p.frozen:
                memory = [mine[f"{p.name}.memory.{k}"] for k in range(optimizer.memory)]
                optimizer.states[p.name] = [list(zip(*rows)) for rows in zip(*memory)]
        if self.patience is not None and (self.told or "watched" in mine):
            number, watched = mine["watched"]
            self.best = int(number), watched, [mine[f"{p.name}.best"] for p in parameters]

    # ---- which training it is ------------------------------------------------------------------------------------

    def described(self) -> "Dict[str, Any]":
        """What must be the same where it goes on."""
        net, engine = self.engine.net, self.engine
        return {
            "layers": [_named(layer) for layer in net.layers],
            "frozen": [p.name for p in net.parameters() if p.frozen],
            "loss": _named(engine.loss),
            "optimizer": _named(engine.optimizer),
            "batch_size": self.size,
            "shuffle": self.shuffle,
            "patience": self.patience,
            "kernel": kernel(),
            "shards": getattr(engine, "shards", None),
            "data": _checksum(_rows(self.examples)),
            "parameters": _checksum([row for p in net.parameters() for row in p.rows]),
            "validation": None if self.validation is None else _checksum(_rows(self.validation)),
            "seed": f"{self.generator.state:016x}",
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
    for i in examples.order:
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
