"""The training loop.

    epochs      returns an iterator that trains and yields after each pass over the data
    Training    the loop
    Engine      computes the updates: forward, loss, backward, update
    prepare     checks all options and returns a Training

``Sequential.fit`` runs the loop to the end. Progress bars, user-defined early stopping, a live page
or the main loop of a microcontroller use the iterator:

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1)])
>>> X, Y = [[0], [1]], [[1], [3]]
>>> for epoch in sn.epochs(net, X, Y, "half_squared_error", optimizer=sn.SGD(0.5), epochs=999):
...     if epoch.loss < 1e-6:
...         break
>>> [[round(y, 2) for y in row] for row in net.predict([[2]])]
[[5.0]]
"""

from .checks import COUNT, COUNT_OR_NONE, are_finite, is_finite, look_up, refuse_unknown, require
from .examples import Examples, cut, examples_for, mean_loss
from .history import Diverged, Epoch, History
from .losses import Loss, loss_for
from .optimizers import OPTIMIZERS, Optimizer
from .plug_points import PLUG_POINTS
from .random import Generator
from .types import (
    Any,
    Batch,
    Batches,
    Epochs,
    IntOrNone,
    NoReturn,
    Number,
    Parameters,
    Row,
)

# MicroPython collects garbage when its memory is full. By then the losses of the epochs are
# scattered among garbage, and no free block is large enough for a longer list. So collect earlier.
try:
    import gc

    memory: Any = gc
    memory.threshold(memory.threshold() if memory.threshold() > 0 else memory.mem_free() // 4)
except (ImportError, AttributeError):  # other Pythons
    pass

OPTIONS = (
    "loss, optimizer, epochs, batch_size, shuffle, seed, validation_data, validation_split, "
    "patience, sample_weight, class_weight, engine, executor, checkpoint, verbose"
)


def epochs(
    net: Any,
    X: Any,
    Y: Any,
    loss: Any,
    optimizer: Any = "adam",
    epochs: int = 100,
    batch_size: IntOrNone = None,
    shuffle: Any = None,
    seed: int = 0,
    validation_data: Any = None,
    validation_split: float = 0,
    patience: IntOrNone = None,
    sample_weight: Any = None,
    class_weight: Any = None,
    engine: str = "auto",
    executor: Any = None,
    checkpoint: Any = None,
    verbose: Any = 0,
    unroll: Any = None,
    **unknown: NoReturn,
) -> Epochs:
    """Check all options, then return an iterator that trains and yields an Epoch after each pass.

    ``X``                  samples × features: lists, any sequence of rows, an array or a data frame
    ``Y``                  samples × outputs; a flat list for one output; class numbers for
                           categorical cross-entropy
    ``loss``               a name, or an object from losses.py
    ``optimizer``          a name, or an object from optimizers.py; its memory starts empty; a loop
                           may change its arguments between two epochs
    ``epochs``             the number of passes over the data
    ``batch_size``         the number of samples per update; None means all
    ``shuffle``            whether each epoch takes the samples in a new order; None means yes,
                           unless one batch holds all samples
    ``seed``               an integer, for the order and for Dropout; the same seed (with the same
                           executor) gives the same bits
    ``validation_data``    (X, Y), on which the loss is only measured
    ``validation_split``   instead of validation data, the fraction of X and Y to hold out: drawn by
                           the seed or, with ``shuffle=False``, the last samples
    ``patience``           stop when the validation loss has not improved for this many epochs, and
                           go back to the best parameters; without validation, the loss of the
                           training data is measured after each epoch instead; a loop that the
                           caller ends earlier keeps the current parameters
    ``sample_weight``      one weight per sample, including samples held out; the loss of a batch is
                           divided by its number of samples times the mean weight of all samples
    ``class_weight``       {class: weight}, used in the training loss only
    ``engine``             how the updates are computed: "lists" by the rules as they are written;
                           "rows", "lanes" and "steps" by code generated from the rules; "auto" by
                           the fastest of these; "native" by C, compiled on this machine. "lanes"
                           needs samples on a grid, such as pixels and one-hot columns, and SGD
                           without momentum. All agree to rounding, and to the bit in the portable
                           kernel, whose bits "native" has in every kernel. Only "lists" leaves the
                           last gradient in each parameter
    ``executor``           an object with ``submit``, such as a ProcessPoolExecutor, among whose
                           workers each batch is divided; a ThreadPoolExecutor for "native"
    ``checkpoint``         a file to which the training run saves itself from time to time; after an
                           interruption the same call continues from there, to the same bits
    ``verbose``            1 shows a line with the progress and the loss
    ``unroll``             deprecated: True means engine="steps", False means engine="lists"
    """
    refuse_unknown("epochs", unknown, OPTIONS)
    return prepare(
        net,
        X,
        Y,
        loss,
        optimizer,
        epochs,
        batch_size,
        shuffle,
        seed,
        validation_data,
        validation_split,
        patience,
        sample_weight,
        class_weight,
        engine,
        executor,
        checkpoint,
        verbose,
        unroll,
    ).run()


class Training:
    """A training run in progress.

    ``engine``       computes the updates
    ``examples``     what the network learns from
    ``validation``   Examples on which the loss is only measured, or None
    ``history``      the epochs so far
    ``best``         the number of the best epoch, its loss and its parameters; None without
                     ``patience``
    ``observed``     whether the caller can see the network between two epochs
    """

    def __init__(
        self,
        engine: "Engine",
        validation: Any,
        epochs: int,
        batch_size: int,
        shuffle: Any,
        patience: IntOrNone,
        observed: bool,
    ) -> None:
        self.engine = engine
        self.examples = engine.examples
        self.validation = validation
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle = shuffle is not False and batch_size < len(self.examples)
        self.patience = patience
        self.observed = observed
        self.history = History(engine.name)
        self.best: Any = None

    def run(self) -> Epochs:
        """Train to the end. Yield an Epoch after each pass over the data."""
        while not self.is_over():
            batches = self.next_batches()  # lists of indices into the examples
            losses = self.train(batches * self.epochs_at_once())  # one loss per batch
            yield self.end_epoch(losses, batches)
        self.restore_best()

    def is_over(self) -> bool:
        """Return whether all epochs are done or ``patience`` has run out."""
        return len(self.history) >= self.epochs or (
            self.best is not None and len(self.history) - self.best[0] >= self.patience
        )

    def next_batches(self) -> Batches:
        """Return the batches of the next epoch."""
        places = list(range(len(self.examples)))
        order = self.engine.generator.permutation(len(places)) if self.shuffle else places
        return cut(order, self.batch_size)

    def epochs_at_once(self) -> int:
        """Return how many epochs the engine may compute together without a visible difference.

        It is more than one only if each batch is an epoch; then each loss is the loss of an epoch.
        """
        alone = (
            self.observed
            or self.validation is not None
            or self.patience is not None
            or self.batch_size < len(self.examples)
            or type(self.engine.optimizer) not in OPTIMIZERS.values()
            or callable(self.engine.optimizer.learning_rate)
        )
        return 1 if alone else min(self.engine.at_once, self.epochs - len(self.history))

    def train(self, batches: Batches) -> Row:
        """Make one update per batch and return the losses."""
        try:
            return self.engine.epoch(batches)
        except Diverged as error:
            raise Diverged(
                f"epoch {len(self.history) + 1}: {error} at the learning rate "
                f"{self.engine.optimizer.rate}; the network keeps its last finite parameters; "
                "try a smaller rate"
            ) from None

    def end_epoch(self, losses: Row, batches: Batches) -> Epoch:
        """Measure the validation loss, update ``best``, and add the epoch to the history."""
        if len(batches) > 1:
            losses = [self.engine.loss.of_batches(losses, [len(batch) for batch in batches])]
        validation_loss = self.validation and self.engine.measure(self.validation)
        best = self.best_after(validation_loss)
        report = validation_loss, self.engine.optimizer.rate, best and best[0]
        self.history.add(losses, *report)
        self.history.engine = self.engine.name
        self.best = best
        return Epoch(len(self.history), losses[-1], *report)

    def best_after(self, validation_loss: Number) -> Any:
        """Return the best epoch so far, this one included: its number, its loss, its parameters."""
        if self.patience is None:
            return None
        # Without validation data, the same measure of the examples decides.
        loss = self.engine.measure(self.examples) if self.validation is None else validation_loss
        former = None if self.best is None else self.best[1]
        # NaN is unequal to itself. Every later loss replaces it.
        if former is not None and not (loss < former or former != former):
            return self.best
        return len(self.history) + 1, loss, [p.rows for p in self.engine.net.parameters()]

    def restore_best(self) -> None:
        """Go back to the parameters of the best epoch, if there is ``patience``."""
        if self.best is not None:
            set_rows(self.engine.net.parameters(), self.best[2])
            self.history.best_epoch = self.best[0]


class Engine:
    """Computes the updates, batch by batch, by the rules of the layers, loss and optimizer."""

    name = "lists"
    at_once = 1  # how many batches it computes together; Ctrl-C undoes all of these

    def __init__(
        self,
        net: Any,
        loss: Loss,
        optimizer: Optimizer,
        examples: Examples,
        generator: Generator,
        epochs: int = 0,
    ) -> None:
        self.net = net
        self.loss = loss
        self.optimizer = optimizer
        self.examples = examples
        self.generator = generator  # for Dropout and the order of the samples
        self.epochs = epochs  # how many it will compute, if that is known

    def epoch(self, batches: Batches) -> Row:
        """Make one update per batch. Return the loss of each batch, measured before its update."""
        return [self.step_or_undo(self.examples.batch(places)) for places in batches]

    def step(self, batch: Batch) -> Number:
        """Make one update: forward, loss, backward, update. Return the loss before it."""
        loss = self.backpropagate(batch)
        if not is_finite([loss]):
            self.optimizer.begin(self.net.number)  # sets the learning rate for the error message
            raise Diverged(f"the loss became {loss}")
        parameters = self.net.parameters()
        self.optimizer.step(parameters)
        for p in parameters:
            if not are_finite(p.rows):
                raise Diverged(f"{p.name} is no longer finite")
        return loss

    def backpropagate(self, batch: Batch) -> Number:
        """Set the gradient of each parameter that learns, and return the loss with penalties."""
        X, Y, weights = batch
        return self.net.backpropagate(
            X, Y, self.loss, weights, self.generator, first=self.net.first_trainable()
        )

    def measure(self, examples: Examples) -> Number:
        """Return the loss over all examples, without penalties."""
        return mean_loss(self.net, examples, self.loss)

    def step_or_undo(self, batch: Batch) -> Number:
        """Make a step. If an error or Ctrl-C interrupts it, restore everything it changes."""
        parameters = self.net.parameters()
        rows = [p.rows for p in parameters]
        memory = self.optimizer.t, dict(self.optimizer.states), self.generator.state
        try:
            return self.step(batch)
        except BaseException as error:
            set_rows(parameters, rows)
            self.optimizer.t, self.optimizer.states, self.generator.state = memory
            # Decimal raises an ArithmeticError where a float becomes infinite.
            if isinstance(error, ArithmeticError) and not isinstance(error, ZeroDivisionError):
                raise Diverged(type(error).__name__) from error
            raise


def set_rows(parameters: Parameters, rows: Any) -> None:
    """Set the rows of all parameters, even if Ctrl-C interrupts the loop."""
    try:
        for parameter, former in zip(parameters, rows):
            parameter.rows = former
    except KeyboardInterrupt:
        set_rows(parameters, rows)
        raise


# ---- the options -----------------------------------------------------------------------------


def prepare(
    net: Any,
    X: Any,
    Y: Any,
    loss: Any,
    optimizer: Any = "adam",
    epochs: int = 100,
    batch_size: IntOrNone = None,
    shuffle: Any = None,
    seed: int = 0,
    validation_data: Any = None,
    validation_split: float = 0,
    patience: IntOrNone = None,
    sample_weight: Any = None,
    class_weight: Any = None,
    engine: str = "auto",
    executor: Any = None,
    checkpoint: Any = None,
    verbose: Any = 0,
    unroll: Any = None,
    observed: bool = True,
) -> Any:
    """Check the options of ``epochs`` and return a Training; ``observed`` is explained there."""
    loss = loss_for(net, loss)
    given = look_up("optimizer", optimizer, OPTIMIZERS, Optimizer)
    optimizer = given.with_numbers(net.number)
    epochs = require("epochs", epochs, COUNT)
    batch_size = require("batch_size", batch_size, COUNT_OR_NONE)
    patience = require("patience", patience, COUNT_OR_NONE)
    # Not Generator(seed): Dropout would repeat the numbers that the weights were drawn from.
    generator = Generator(Generator(seed).bits())
    X, Y = PLUG_POINTS["data"](net, X, Y, loss, engine)
    examples = examples_for(net, X, Y, loss, sample_weight)
    validation = None
    if validation_data is not None:
        if validation_split:
            raise ValueError("give validation_data or validation_split, not both")
        validation = validation_examples(net, validation_data, loss)
    elif validation_split:
        examples, validation = split(examples, validation_split, shuffle is not False and generator)
    if class_weight is not None:
        examples = examples.weigh_classes(class_weight, net.number)
    net.adapt(examples.samples(), again=False)
    size = min(batch_size or len(examples), len(examples))
    training: Any = Training(
        PLUG_POINTS["engine"](
            Engine(net, loss, optimizer, examples, generator, epochs),
            size,
            engine,
            executor,
            unroll,
        ),
        validation,
        epochs,
        size,
        shuffle,
        patience,
        observed,
    )
    net.loss = loss
    if checkpoint is not None:
        training = PLUG_POINTS["checkpoint"](training, checkpoint)
    return PLUG_POINTS["course"](training, given, shuffle, verbose)


def validation_examples(net: Any, data: Any, loss: Loss) -> Examples:
    """Return the Examples in ``validation_data``."""
    X, Y = require(
        "validation_data",
        data,
        (lambda v: isinstance(v, (list, tuple)) and len(v) == 2, "(X, Y)"),
    )
    try:
        return examples_for(net, X, Y, loss)
    except (TypeError, ValueError) as error:
        raise type(error)(f"validation_data: {error}") from None


def split(examples: Examples, fraction: float, generator: Any) -> Any:
    """Return two parts of the examples: those to learn from, and the fraction that is held out.

    The generator draws the samples that are held out. Without a generator they are the last ones.
    """
    count = len(examples)
    limit = (
        lambda v: 0 < int(count * v + 0.5) < count,
        f"a fraction that leaves some of the {count} samples on both sides",
    )
    held_out = int(count * require("validation_split", fraction, limit) + 0.5)
    order = generator.permutation(count) if generator else list(range(count))
    return examples.part(order[:-held_out]), examples.part(order[-held_out:])
