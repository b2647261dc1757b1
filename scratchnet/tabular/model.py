"""A network with the encoding of its table: what `scratchnet train` saves.

Model      learns from the samples of a Problem; predicts, evaluates, and saves itself
load       reads a model from a file
ENCODERS   the encoders, by their names in the metadata of a network
"""

from collections import Counter
from contextlib import closing
from copy import copy
from itertools import chain

from .. import metrics
from ..core.checks import require
from ..core.functions import kernel
from ..datasets.arrays import ArrayEncoder, Arrays
from ..datasets.encoding import Encoder
from ..datasets.encoding.parts import CLASSIFICATION
from ..datasets.tables import Table
from ..engines.progress import warn
from ..formats import models
from ..texts import number_of
from . import fingerprint, importance
from .problem import Chain, check_data, in_memory
from .recipe import Recipe, history_of, network
from .stopping import Gains, epochs_on_all, trivial_loss
from .training import frequencies_of, training_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence

    from ..core.history import Epoch
    from ..core.network import Sequential
    from ..core.types import Matrix
    from ..engines.checkpoints import Checkpoint
    from ..formats.files import Path
    from .problem import Problem

THRESHOLD = (lambda v: 0 <= v <= 1, "a probability from 0 to 1")
COUNTS = (
    lambda v: isinstance(v, list) and all([isinstance(n, int) and n >= 0 for n in v]),
    "a list of whole numbers",
)

ENCODERS: "Dict[str, Any]" = {"table": Encoder, "arrays": ArrayEncoder}


class Model:
    """A network that predicts the rows of tables.

    ``net``       the network
    ``encoder``   turns rows into inputs of the network, and its outputs into predictions
    ``source``    the name of its file in messages
    ``recipe``    how it is to be trained; None once it is trained

    If the model was trained in this process:

    ``epochs``        the epochs of the training
    ``why_stopped``   why these were fewer than the recipe allows; empty if they were not
    ``epochs_on_all`` the epochs of a second training on all rows, if there are few; else 0
    ``report``        the report on the validation rows, before this training; None after Ctrl-C
    ``interrupted``   whether Ctrl-C ended the training
    ``has_learned``   whether the training changed a parameter
    """

    def __init__(self, net: "Sequential", encoder: "Any", source: str = "the model") -> None:
        self.net, self.encoder, self.source = net, encoder, source
        self.recipe: "Optional[Recipe]" = None
        self.compiled: "Any" = None  # what predicts if the engine is "native"
        self.epochs: "List[Epoch]" = []
        self.epochs_on_all = 0
        self.why_stopped = ""
        self.interrupted = self.has_learned = False
        self.report: "Any" = None

    # ---- training ------------------------------------------------------------------------------

    @classmethod
    def untrained(cls, encoder: "Any", recipe: "Recipe") -> "Model":
        """Return a model with initial weights."""
        net = network(encoder, recipe.checked())
        net.metadata = dict(metadata_of(encoder), recipe=recipe.to_dict(), kernel=kernel())
        model = cls(net, copy(encoder))
        model.recipe = recipe
        return model

    def fit(
        self,
        problem: "Problem",
        checkpoint: "Optional[Checkpoint]" = None,
        epoch_done: "Optional[Callable[[Epoch], Any]]" = None,
    ) -> None:
        """Train, measure the model on the validation rows, and complete its metadata.

        ``checkpoint``   as for ``fit`` of a network
        ``epoch_done``   a function that is called with each Epoch

        The network ends with the parameters that have the lowest validation loss. If there are few
        rows, it is then trained again, on all of them (``learn_all``). After Ctrl-C,
        ``interrupted`` is true, and the network keeps what it has learned so far. A model is
        trained once; a second call raises a ValueError.
        """
        first = [p.value for p in self.net.parameters()]
        outputs: "Matrix" = []
        rows: "Dict[str, Any]" = {}
        # Both take 0.8 s for 60,000 images. After the training, Ctrl-C would wait for them.
        known = self.encoder.targets_of(problem.training[1])
        try:
            rows = fingerprint.of(problem.training[0], known)
            self.learn(problem.training, problem.validation, checkpoint, epoch_done)
            outputs = self.computed(problem.validation[0])
            self.learn_all(problem.training, problem.validation)
        except KeyboardInterrupt:
            self.interrupted = True
        self.has_learned = first != [p.value for p in self.net.parameters()]
        self._finish(problem, outputs, known, rows)

    def learn(
        self,
        training: "Any",
        validation: "Any",
        checkpoint: "Optional[Checkpoint]" = None,
        epoch_done: "Optional[Callable[[Epoch], Any]]" = None,
    ) -> None:
        """Run the training loop alone on samples and targets (X, Y), as a Problem has them."""
        recipe, self.recipe = self.recipe, None
        if recipe is None:
            raise ValueError("the model is trained already; make a new one, Model.untrained(...)")
        self.used = recipe
        if recipe.engine == "native":
            from ..engines.native.outputs import Outputs  # which loads ctypes

            self.compiled = Outputs(self.net)
        width = len(self.encoder.features)
        run = training_run(
            self.net,
            self.encoder,
            recipe,
            training,
            recipe.epochs,
            validation_data=[in_memory(rows, width) for rows in validation],
            patience=recipe.patience,
            checkpoint=checkpoint,
        )
        resumed = run.history.epochs
        gains = Gains(recipe.patience, trivial_loss(self.encoder, training[1]))
        may_stop = recipe.patience < recipe.epochs
        # Closing writes the last checkpoint at once, on PyPy too.
        with closing(run.run()) as epochs:
            for epoch in chain(resumed, epochs):
                self.epochs.append(epoch)
                if epoch_done is not None:
                    epoch_done(epoch)
                self.why_stopped = gains.reason_to_stop(epoch) if may_stop else ""
                if self.why_stopped:
                    break
        run.plan.restore_best()

    def computed(self, X: "Any") -> "Matrix":
        """Return the outputs for encoded samples, in C if the network is trained by this engine."""
        return self.net.predict(X) if self.compiled is None else self.compiled.of(X)

    def learn_all(self, training: "Any", validation: "Any") -> None:
        """Train again on all samples, if there are few, for as many epochs as were best.

        The samples held out are a fifth of what there is to learn from. A network that has not
        seen few samples often enough has not learned them, so there is a least number of epochs.
        """
        if not self.epochs:
            return
        rows = len(training[0]) + len(validation[0])
        epochs = epochs_on_all(self.used, rows, self.epochs[-1].best)
        if not epochs:
            return
        net = network(self.encoder, self.used)
        samples = [Chain(*parts) for parts in zip(training, validation)]
        for _ in training_run(net, self.encoder, self.used, samples, epochs).run():
            pass
        for parameter, trained in zip(self.net.parameters(), net.parameters()):
            parameter.value = trained.value
        self.epochs_on_all = epochs

    def _finish(
        self, problem: "Problem", outputs: "Matrix", known: "List[Any]", rows: "Dict[str, Any]"
    ) -> None:
        """Add the metadata and the report. The network then predicts in the target's unit.

        ``known``, ``rows``   the targets of the training rows, and their fingerprint
        """
        encoder = self.encoder
        self.compiled = None  # A library can be neither copied nor pickled.
        is_short = self.interrupted and not self.epochs_on_all
        truth = [] if is_short else encoder.targets_of(problem.validation[1])
        if not encoder.classes:  # in the unit of the target, as the network will return it
            outputs = [[value] for value in encoder.targets_of(outputs)]
        encoder.target = encoder.target.built_into(self.net)
        metadata = self.net.metadata
        metadata.update(metadata_of(encoder), validation=problem.fraction)
        metadata.update(frequencies_of(encoder, known))
        if self.epochs_on_all:
            X = Chain(problem.training[0], problem.validation[0])
            rows = fingerprint.of(X, known + truth)
        if self.has_learned:
            metadata["rows"] = rows
        if self.epochs:
            metadata["history"] = history_of(self.epochs, self.interrupted)
        if not self.interrupted:
            counts = Counter(known) if encoder.classes else known
            self.report = self._report(truth, outputs, counts)

    # ---- use -----------------------------------------------------------------------------------

    def predict(self, data: "Any") -> "List[Any]":
        """Return the class or the quantity that the model predicts for each row.

        ``data`` is the path of a file, a list of dicts, a data frame, a Table or Arrays. Columns
        are found by their names; columns that the model does not use are ignored. A class is a
        number if the target was a column of numbers, otherwise a text. A warning names labels and
        numbers that are unlike those of the training.
        """
        return [self.label(label) for label in self.encoder.targets_of(self.outputs(data))]

    def classify(self, data: "Any", threshold: "Optional[float]" = None) -> "List[Any]":
        """Return the class of each row. The model must predict classes.

        ``threshold``   for two classes, the probability from which the second one is predicted; the
                        default is above 0.5
        """
        self._check_classes()
        return [self.label(label) for label in self.labels(self.outputs(data), threshold)]

    def probabilities(self, data: "Any") -> "List[Dict[Any, float]]":
        """Return {class: probability} for each row. The model must predict classes."""
        self._check_classes()
        classes = [self.label(label) for label in self.encoder.classes]
        shares = map(metrics.class_probabilities, self.outputs(data))
        return [dict(zip(classes, row)) for row in shares]

    def _check_classes(self) -> None:
        if not self.encoder.classes:
            raise ValueError(f"{self.source} predicts a number, not classes; call predict")

    def label(self, predicted: "Any") -> "Any":
        """Return what was predicted: for the label of a numeric class, the number that it means."""
        if self.encoder.task != CLASSIFICATION or not self.encoder.target.numeric:
            return predicted
        return number_of(predicted)

    def evaluate(self, data: "Any", threshold: "Optional[float]" = None) -> "Any":
        """Return the report on rows whose target is known; ``threshold`` is as for ``classify``."""
        X, Y = self.encoder.examples_of(self._read(data, target=True))
        truth = self.encoder.targets_of(Y)
        return self._report(truth, self.net.predict(X), self.frequencies(), threshold)

    def _report(
        self, truth: "Any", outputs: "Matrix", known: "Any", threshold: "Optional[float]" = None
    ) -> "Any":
        encoder = self.encoder
        predicted = self.labels(outputs, threshold)
        shares = [metrics.class_probabilities(y) for y in outputs] if encoder.classes else None
        return metrics.report(encoder.task, truth, predicted, known, encoder.classes, shares)

    def trained_on(self, data: "Any") -> float:
        """Return about which fraction of the rows the model was trained on, as far as it knows."""
        X, Y = self.encoder.examples_of(self.read(data, target=True))
        return fingerprint.share(X, self.encoder.targets_of(Y), self.net.metadata.get("rows"))

    def importance(
        self, data: "Any", seed: int = 0, columns: "Optional[Sequence[str]]" = None
    ) -> "Dict[str, float]":
        """Return {column: how much worse the model is without knowing it}, most important first.

        The column's values are shuffled among the rows (permutation importance). The result is by
        how much this raises the log loss or, of a regression, lowers R². At most 1,000 rows are
        used, and fewer if there are many columns. ``columns`` names the columns to measure, by
        default all; with thousands of them, all take minutes.
        """
        X, Y = self.encoder.examples_of(self.read(data, target=True))
        return importance.of(self, X, Y, seed, columns)

    def labels(self, outputs: "Matrix", threshold: "Optional[float]" = None) -> "List[Any]":
        """Return what outputs of the network mean: labels of classes, or numbers."""
        if threshold is None:
            return list(self.encoder.targets_of(outputs))
        require("threshold", threshold, THRESHOLD)
        classes = self.encoder.classes or []
        if len(classes) != 2:
            raise ValueError(f"{self.source}: a threshold needs two classes; leave it out")
        return [classes[output[0] >= threshold] for output in outputs]

    def outputs(self, data: "Any") -> "Matrix":
        """Return the outputs of the network, one row for each row of the data."""
        return self.net.predict(self.encoder.inputs_of(self._read(data)))

    def read(self, data: "Any", target: "Any" = False, **reading: "Any") -> "Any":
        """Return the data as a Table or Arrays of the columns that the model needs.

        ``target``    whether the target is read, too; None means if it is present; for arrays, the
                      file or the name of the targets
        ``reading``   as for ``read_table``: delimiter, header, missing, decimal, encoding, progress
        """
        if isinstance(data, (Table, Arrays)):
            return data
        check_data(data)
        return self.encoder.read(data, target=target, **reading)

    def _read(self, data: "Any", target: "Any" = False) -> "Any":
        """Read the data, and warn of what the training has not seen."""
        table = self.read(data, target)
        if table is not data:
            for sentence in self.encoder.surprises(table):
                warn(sentence)
        return table

    def frequencies(self) -> "Any":
        """Return {class: training rows}, or None if the model does not know it."""
        classes, metadata = self.encoder.classes, self.net.metadata
        if not classes or "usual" not in metadata:
            return None
        limit = (lambda v: v in [[c] for c in classes], "a list that holds one of its classes")
        usual = require(f"{self.source}: usual", metadata["usual"], limit)
        if "frequencies" not in metadata:  # a model of an earlier version
            return {usual[0]: 1}
        counts = require(f"{self.source}: frequencies", metadata["frequencies"], COUNTS)
        return dict(zip(classes, counts))

    def save(self, path: "Path") -> None:
        """Write the model to a file, whose ending names the format."""
        models.save(self.net, path)


def metadata_of(encoder: "Any") -> "Dict[str, Any]":
    """Return the encoder as it is saved in the metadata of a network."""
    return {name: encoder.to_dict() for name, kind in ENCODERS.items() if type(encoder) is kind}


def has_encoder(net: "Sequential") -> bool:
    """Return whether the network describes its inputs, as one from `scratchnet train` does."""
    return bool(set(ENCODERS) & set(net.metadata))


def load(path: "Path") -> "Model":
    """Return the model in a file that ``Model.save`` or `scratchnet train` wrote."""
    return model_of(models.load(path), str(path))


def model_of(net: "Sequential", source: str) -> "Model":
    """Return the model of a network that was read from the file ``source``."""
    for name, kind in ENCODERS.items():
        if name in net.metadata:
            try:
                encoder = kind.from_dict(net.metadata[name])
            except ValueError as error:
                raise ValueError(f"{source}: {error}") from None
            if (len(encoder.features), encoder.outputs) != (net.inputs, net.outputs):
                raise ValueError(
                    f"{source}: the network does not match the inputs and outputs in its metadata"
                )
            return Model(net, encoder, source)
    raise ValueError(
        f"{source}: the model does not describe its inputs; give one from `scratchnet train`, or "
        "describe them: `scratchnet convert MODEL OUT --table DATA`"
    )
