"""Checkpoints: an interrupted training run continues to the same bits, even after kill -9.

    Checkpoint      a file and how often it is written; ``fit(checkpoint=...)`` takes it or a path
    SavedTraining   a training run that saves itself to the file

If the same program is started again, it continues from the file. This also works after the run has
ended, and with more ``epochs``. The file holds everything that the run needs: the parameters, the
optimizer's memory and step, the state of the random numbers, how many batches of the epoch are
done, the best parameters so far, and what is reported of each epoch. It is also a model file:
``sn.load(path)`` returns the network at the time of the checkpoint. A file of a different training
run is refused with a message that names the difference.

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

The file does not hold what user-defined optimizers, schedules and layers store besides their
parameters and their ``memory``. It does not hold their code either, so a change of the code is not
detected. If more epochs are done than are asked for, no further epoch is computed. A checkpoint
that cannot be written, for example because the disk is full, causes a warning, and the run
continues. A loop over ``epochs`` that ends early writes the last checkpoint when its iterator is
closed with ``close()``.
"""

import os
from time import monotonic

from ..core.checks import AT_LEAST_0, require
from ..core.training import Engine, set_rows
from ..formats import files, models, safetensors
from . import identity
from .progress import warn
from .saved_state import DAMAGED, PREFIX, REPORTED, checksum_of, state_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

    from ..core.examples import Examples
    from ..core.history import Epoch
    from ..core.training import Training
    from ..core.types import Number, Row
    from ..formats.files import Path
    from ..formats.safetensors import Tensor
    from .saved_state import SavedState


class Checkpoint:
    """A file for checkpoints.

    ``path``      a path that ends in .safetensors
    ``seconds``   the time between two checkpoints; 0 writes one after every few batches
    """

    # The advice in the error message if the file cannot be used.
    otherwise = "give this training run another file"

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
        """Do nothing; the training run calls this method of subclasses after every few batches."""


class SavingEngine(Engine):
    """An engine that computes with another engine and writes checkpoints between batches.

    ``losses``   the losses of those batches of the current epoch that are done
    """

    def __init__(self, engine: "Engine", saved: "SavedTraining") -> None:
        Engine.__init__(
            self, engine.net, engine.loss, engine.optimizer, engine.examples, engine.generator
        )
        self.engine = engine
        self.saved = saved
        self.losses: "Row" = []
        self.resumed_at: "Any" = None  # the state of the random numbers at the interruption

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.engine.name

    @property
    def at_once(self) -> int:  # type: ignore[override]
        return self.engine.at_once

    def measure(self, examples: "Examples") -> "Number":
        return self.engine.measure(examples)

    def epoch(self, batches: "List[List[int]]") -> "Row":
        if self.losses and self.resumed_at is not None:
            # Until here the state is that of the start of the epoch, to draw the same batches.
            self.generator.state = self.resumed_at
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
    """A training run that saves itself to a checkpoint and continues from it.

    ``number``   how many epochs are done
    ``losses``   the losses of those batches of the current epoch that are done
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
        self.steps = 0  # how many updates these epochs and losses took
        self.start = self.engine.generator.state  # the state at the start of the current epoch
        self.written = monotonic()
        self.is_final = False  # whether the file holds the end of the training run
        if self.engine.net.number is not float:
            number = self.engine.net.number.__name__
            raise TypeError(f"a checkpoint holds floats; this network computes with {number}")
        self.identity = identity.of(training, self.engine)
        if os.path.exists(self.checkpoint.path):
            self.read(self.checkpoint.path)
            self.is_final = training.is_over()
        # Refuse before the first epoch what a file cannot hold.
        safetensors.dumps(*self.content())

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

    # ---- the file --------------------------------------------------------------------------------

    def write(self) -> None:
        """Replace the file, unless Ctrl-C came between an update and the record of it."""
        if (len(self.history), self.engine.optimizer.t) != (self.number, self.steps):
            return
        try:
            files.write(self.checkpoint.path, safetensors.dumps(*self.content()))
        except OSError as error:
            warn(f"{error.strerror}; training continues without the checkpoint")
        self.written = monotonic()

    def content(self) -> "Tuple[Dict[str, Tensor], Dict[str, Any]]":
        """Return what the file holds: a model file, and the state of the training run."""
        tensors, about = models.describe(self.engine.net)
        tensors.update({PREFIX + name: tensor for name, tensor in self.tensors().items()})
        state = {
            "identity": self.identity,
            "steps": self.engine.optimizer.t,
            "start": f"{self.start:016x}",
            "generator": f"{self.engine.generator.state:016x}",
        }
        about[models.TRAINING] = dict(state, checksum=checksum_of(tensors, state))
        return tensors, about

    def tensors(self) -> "Dict[str, Tensor]":
        """Return the numbers of the training run, without those of the network."""
        rate = self.engine.optimizer.rate
        tensors: "Dict[str, Tensor]" = {
            "values": self.losses,
            "rate": 0.0 if callable(rate) else rate,
        }
        best = self.training.best
        epochs = self.history.epochs
        for name in REPORTED:
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
        """Continue from the file. A file that cannot be used changes nothing (ValueError)."""
        parameters = self.engine.net.parameters()
        before = [p.rows for p in parameters]
        try:
            state = state_in(*safetensors.loads(files.read(path)))
            self.check(state)
            self.restore(state)
        except (TypeError, ValueError) as error:
            set_rows(parameters, before)
            raise ValueError(f"{path}: {error}; {self.checkpoint.otherwise}") from None

    def check(self, state: "SavedState") -> None:
        """Raise a ValueError if the state belongs to another training run, or cannot be one's."""
        identity.check(state.identity, self.identity)
        training, optimizer = self.training, self.engine.optimizer
        batches = -(-len(training.examples) // training.batch_size)
        has_watched = training.patience is not None and bool(state.epochs)
        parameters = self.engine.net.parameters()
        kept = optimizer.memory * (state.steps > 0)  # matrices for each parameter
        if (
            len(state.losses) >= batches
            or state.steps != len(state.epochs) * batches + len(state.losses)
            or has_watched != (state.watched is not None)
            or has_watched
            and sorted(state.best) != sorted([p.name for p in parameters])
            or any([len(state.memory[p.name]) != kept for p in parameters if not p.frozen])
        ):
            raise ValueError(DAMAGED)

    def restore(self, state: "SavedState") -> None:
        """Restore the state of the training run at the checkpoint."""
        parameters, optimizer = self.engine.net.parameters(), self.engine.optimizer
        for p in parameters:
            p.value = state.parameters[p.name]  # It checks the shape.
        for p in parameters:
            if state.memory[p.name] and not p.frozen:
                optimizer.states[p.name] = [list(zip(*row)) for row in zip(*state.memory[p.name])]
        self.steps = optimizer.t = state.steps
        optimizer.rate = state.rate
        self.start = self.engine.generator.state = state.start
        self.saving.resumed_at = state.generator
        self.saving.losses = state.losses
        for loss, *others in state.epochs:
            self.history.add([loss], *others)
        self.number = len(self.history)
        if state.watched is not None:
            self.training.best = (*state.watched, [state.best[p.name] for p in parameters])
