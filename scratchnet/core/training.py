"""The training loop, over anything that goes forward and backward: an iterator that yields after every epoch.

    epochs      the iterator
    Epoch       what it yields
    History     what became of a training, epoch by epoch
    Engine      what computes the updates
    Diverged    the loss or a parameter was no longer finite
    examples_of samples with their targets and weights, checked
    measure     the loss over examples

``network.fit`` runs it to the end. Progress bars, early stopping of one's own, a live page or the main loop of
a microcontroller just consume it:

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1)])
>>> for epoch in sn.epochs(net, [[0], [1]], [[1], [3]], loss="half_squared_error", optimizer=sn.SGD(0.5), epochs=999):
...     if epoch.loss < 1e-6:
...         break
>>> [[round(y, 2) for y in row] for row in net.predict([[2]])]
[[5.0]]
"""

from .functions import cast, shown, total
from .losses import LOSSES, Loss
from .matrix import accept, accept_row, accept_rows, are_finite, is_finite
from .optimizers import OPTIMIZERS, Optimizer
from .layer import ABOVE_0, COUNT, find, require
from .random import Generator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import (
        Any,
        Batch,
        Callable,
        Iterator,
        List,
        Matrix,
        Number,
        Optional,
        Row,
        Sequence,
        Tuple,
        Weights,
    )

BLOCK = 1000  # how many samples are measured at a time
AT_ONCE = 2000000  # numbers of the network times samples that an engine computes in one go
AHEAD = (
    1000  # how many epochs `fit` lets an engine compute in one go, where nobody looks in between
)
_DIVERGED = "epoch {}: {} at the learning rate {}; the network keeps its last finite parameters; try a smaller rate"


class Diverged(ValueError):
    """The loss or a parameter became infinite or NaN; the network keeps its last finite parameters.

    ``history`` holds the epochs before, where ``fit`` ran the training.
    """

    history: "Any" = None


class Epoch:
    """One epoch of a training.

    ``number``            from 1
    ``loss``              the mean over the samples of the batch losses, each before its update, penalties included
    ``validation_loss``   after the epoch, penalties left out; None without validation data
    ``learning_rate``     of the last update
    ``best``              the number of the best epoch so far; None without ``patience``
    """

    def __init__(
        self,
        number: int,
        loss: "Number",
        validation_loss: "Number",
        learning_rate: "Number",
        best: "Optional[int]",
    ) -> None:
        self.number, self.loss, self.validation_loss = number, loss, validation_loss
        self.learning_rate, self.best = learning_rate, best

    def __repr__(self) -> str:
        validated = (
            "" if self.validation_loss is None else f", validation loss {self.validation_loss}"
        )
        return f"Epoch {self.number}: loss {self.loss}{validated}"


def epochs_in(
    number: int, losses: "Row", validation_loss: "Number", rate: "Number", best: "Any"
) -> "List[Epoch]":
    """The epochs of a stretch: the number of the first, their losses, and what is told of the last."""
    return [Epoch(number + k, loss, validation_loss, rate, best) for k, loss in enumerate(losses)]


class History:
    """What became of a training.

    ``epochs``                     the Epoch objects
    ``loss``, ``validation_loss``  lists, an element an epoch
    ``best_epoch``                 whose parameters the network has, with ``patience``; else None
    ``interrupted``                whether Ctrl-C ended it; the network then has what it learnt until then
    """

    def __init__(self) -> None:
        self.stretches, self.known = [], []  # type: List[Any], List[Epoch]
        self.best_epoch: "Optional[int]" = None
        self.interrupted = False

    @property
    def epochs(self) -> "List[Epoch]":
        self.known += [epoch for stretch in self.stretches for epoch in epochs_in(*stretch)]
        self.stretches = []
        return self.known

    @property
    def loss(self) -> "Row":
        return [epoch.loss for epoch in self.epochs]

    @property
    def validation_loss(self) -> "Row":
        return [epoch.validation_loss for epoch in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    def __repr__(self) -> str:
        course = f", loss {self.loss[0]} to {self.loss[-1]}" if self.epochs else ""
        return "History: {} epochs{}{}".format(
            len(self), course, ", interrupted" if self.interrupted else ""
        )


# ---- the examples ------------------------------------------------------------------------------------------------


class Rows:
    """A sequence of rows, each checked when it is read, so that a large one never lies in memory twice."""

    def __init__(self, data: "Sequence[Any]", check: "Callable[[Any, int], Row]") -> None:
        self.data, self.check = data, check

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, i: int) -> "Row":
        return self.check(self.data[i], i)


def checked_rows(data: "Any", name: str, check: "Callable[[Any, int], Row]") -> "Any":
    """The rows of ``data``: of a list all at once, of any other sequence one by one, when they are read."""
    rows = accept_rows(data, name)
    return (
        [check(row, i) for i, row in enumerate(rows)]
        if isinstance(rows, (list, tuple))
        else Rows(rows, check)
    )


def samples(net: "Any", X: "Any") -> "Any":
    """The rows of X as the network needs them."""
    if net.inputs is None:
        return accept(X, net.number)
    return checked_rows(
        X, "X", lambda x, i: accept_row(x, net.number, "X", i, net.inputs, "the network takes {}")
    )


class Examples:
    """Samples X with their targets Y and weights, as the network and the loss need them; ``order``: which of them."""

    def __init__(self, X: "Any", Y: "Any", weights: "Weights", order: "List[int]") -> None:
        self.X, self.Y, self.weights, self.order = X, Y, weights, order

    def __len__(self) -> int:
        return len(self.order)

    def batch(self, indices: "Sequence[int]") -> "Batch":
        """Samples, targets and weights at these places."""
        places = [self.order[i] for i in indices]
        weights = None if self.weights is None else [self.weights[i] for i in places]
        return [self.X[i] for i in places], [self.Y[i] for i in places], weights

    def size(self, indices: "Sequence[int]") -> "Number":
        """How many samples these are; with weights, their sum."""
        return (
            len(indices)
            if self.weights is None
            else total([self.weights[self.order[i]] for i in indices])
        )

    def part(self, places: "List[int]") -> "Examples":
        """Some of the examples."""
        return Examples(self.X, self.Y, self.weights, [self.order[i] for i in places])

    def weigh(self, class_weight: "Any", number: "Any") -> None:
        """Multiply the weights by those of the classes."""
        weights = [_class_weight(class_weight, self.Y[i], number) for i in range(len(self.Y))]
        self.weights = (
            weights if self.weights is None else [u * v for u, v in zip(self.weights, weights)]
        )


def examples_of(
    net: "Any", X: "Any", Y: "Any", loss: "Loss", sample_weight: "Any" = None
) -> "Examples":
    """The examples in whatever the user gave, checked."""
    X = samples(net, X)
    outputs = net.outputs or len(X[0])
    Y = checked_rows(Y, "Y", lambda y, i: loss.target(y, outputs, net.number, i))
    if len(X) != len(Y):
        raise ValueError(f"X has {len(X)} rows and Y has {len(Y)}; give one target a sample")
    weights = _sample_weights(sample_weight, len(X), net.number)
    # A sample of weight 0 is left out, for a batch of such samples has no mean.
    return Examples(X, Y, weights, [i for i in range(len(X)) if weights is None or weights[i] > 0])


def _sample_weights(given: "Any", count: int, number: "Any") -> "Weights":
    if given is None:
        return None
    given = accept_rows(given, "sample_weight")
    if len(given) != count:
        raise ValueError(
            f"sample_weight has {len(given)} numbers for {count} samples; give one a sample"
        )
    weights = accept_row([given[i] for i in range(count)], number, "sample_weight", None)
    if not all([w >= 0 for w in weights]) or not total(weights) > 0:
        raise ValueError("sample_weight: weights are 0 or more, and not all 0")
    return weights


def _class_weight(weights: "Any", y: "Row", number: "Any") -> "Number":
    """The weight of the class of the target y: its value of a single output, else the place of its 1."""
    require("class_weight", weights, (lambda v: isinstance(v, dict), "{class: weight}"))
    labels = y if len(y) == 1 else [i for i, v in enumerate(y) if v == 1]
    if len(labels) != 1 or labels[0] not in weights:
        raise ValueError(
            f"class_weight has no weight for the target {shown(y)}; give {{class: weight}}"
        )
    what = f"class_weight of {int(labels[0])}"
    return require(what, cast(weights[labels[0]], number, what), ABOVE_0)


def criterion_of(net: "Any", loss: "Any") -> "Loss":
    """The loss of that name, or itself, with the network's numbers; refused where it does not go with the network."""
    require("net", net, (lambda v: hasattr(v, "backpropagate"), "a network"))
    criterion: "Loss" = find("loss", loss, LOSSES, Loss).with_numbers(net.number)
    criterion.steps_over(net.layers)
    return criterion


def measure(net: "Any", examples: "Examples", loss: "Loss") -> "Number":
    """The loss over all the examples, penalties left out, a block of samples at a time."""
    values, sizes = [], []
    for start in range(0, len(examples), BLOCK):
        block = range(start, min(start + BLOCK, len(examples)))
        X, Y, weights = examples.batch(block)
        values.append(net.loss_of(X, Y, loss, weights))
        sizes.append(examples.size(block))
    return _mean(values, sizes)


def _mean(values: "Row", sizes: "Row") -> "Number":
    return (
        values[0]
        if len(values) == 1
        else total([v * n for v, n in zip(values, sizes)]) / total(sizes)
    )


# ---- the loop ----------------------------------------------------------------------------------------------------


def epochs(
    net: "Any",
    X: "Any",
    Y: "Any",
    loss: "Any",
    optimizer: "Any" = "adam",
    epochs: int = 100,
    batch_size: "Optional[int]" = None,
    shuffle: bool = True,
    seed: int = 0,
    validation_data: "Any" = None,
    validation_split: float = 0,
    patience: "Optional[int]" = None,
    sample_weight: "Any" = None,
    class_weight: "Any" = None,
    unroll: "Any" = "auto",
    executor: "Any" = None,
    checkpoint: "Any" = None,
    ahead: int = 0,
) -> "Any":
    """Train ``net``; yields an Epoch after each. Everything is checked before the first.

    ``X``                  samples × features: lists, any sequence of rows, or what NumPy, pandas, PyTorch hold
    ``Y``                  samples × outputs; a flat list for one output; class numbers for categorical cross-entropy
    ``loss``               a name, or an object of losses.py
    ``optimizer``          a name, or an object of optimizers.py; its memory starts empty
    ``batch_size``         samples an update; None: all of them
    ``shuffle``            whether every epoch goes through the samples in a new order (not where one batch holds all)
    ``seed``               of the order and of Dropout: the same seed, the same bits (with the same executor)
    ``validation_data``    (X, Y) that are only measured, or ``validation_split``, the part of X and Y to hold out:
                           drawn by the seed, or with ``shuffle=False`` the last
    ``patience``           stop when the validation loss (without validation, the training loss) has not been better
                           for so many epochs, and go back to the best parameters; a loop that breaks off before
                           keeps the current ones
    ``sample_weight``      a weight a sample, of those held out, too; ``class_weight`` {class: weight}, in the training
                           loss alone
    ``unroll``             "auto": code spelled out for this very network where that is faster; True: wherever it can
                           be done; False: never. All agree to rounding; to the bit in the portable kernel. Only the
                           last leaves the last ``gradient`` in every parameter
    ``executor``           shares out every batch: anything with ``submit``, such as a ProcessPoolExecutor
    ``checkpoint``         a file that the training writes itself to from time to time: however it is broken off, the
                           same call goes on from there, to the same bits (see checkpoints.py)
    ``ahead``              for ``fit``: it yields stretches of so many epochs instead, where nobody looks in between
    """
    criterion = criterion_of(net, loss)
    stepper = find("optimizer", optimizer, OPTIMIZERS, Optimizer).with_numbers(net.number)
    epochs = require("epochs", epochs, COUNT)
    batch_size = batch_size if batch_size is None else require("batch_size", batch_size, COUNT)
    patience = patience if patience is None else require("patience", patience, COUNT)
    generator = Generator(
        Generator(seed).bits()
    )  # with the seed itself, Dropout's masks would repeat the weights
    training = examples_of(net, X, Y, criterion, sample_weight)
    validation = None
    if validation_data is not None:
        if validation_split:
            raise ValueError("give validation_data or validation_split, not both")
        require(
            "validation_data",
            validation_data,
            (lambda v: isinstance(v, (list, tuple)) and len(v) == 2, "(X, Y)"),
        )
        try:
            validation = examples_of(net, validation_data[0], validation_data[1], criterion)
        except (TypeError, ValueError) as error:
            raise type(error)(f"validation_data: {error}") from None
    elif validation_split:
        n = len(training)
        limit = (
            lambda v: 0 < int(n * v + 0.5) < n,
            f"a fraction that leaves some of the {n} samples on both sides",
        )
        held_out = int(n * require("validation_split", validation_split, limit) + 0.5)
        order = generator.permutation(n) if shuffle else list(range(n))
        training, validation = training.part(order[:-held_out]), training.part(order[-held_out:])
    if class_weight is not None:
        training.weigh(class_weight, net.number)
    net.adapt_rows(Rows(training.order, lambda place, i: training.X[place]), afresh=False)
    size = min(batch_size or len(training), len(training))
    engine = engine_of(Engine(net, criterion, stepper, training), size, unroll, executor)
    course = Training(engine, training, validation, generator, epochs, size, shuffle, patience)
    return training_of(course, checkpoint).run(ahead)


class Training:
    """A training under way: where it stands, and how it goes on.

    ``number``   of epochs that are done; ``values``, the losses of the batches of the current one
    ``best``     the best epoch's number and loss, and the rows of every parameter then; None without ``patience``
    """

    number, best = 0, None  # type: int, Any

    def __init__(
        self,
        engine: "Engine",
        examples: "Examples",
        validation: "Optional[Examples]",
        generator: "Generator",
        epochs: int,
        size: int,
        shuffle: bool,
        patience: "Any",
    ) -> None:
        self.engine, self.examples, self.validation, self.generator = (
            engine,
            examples,
            validation,
            generator,
        )
        self.epochs, self.size, self.patience, self.values = epochs, size, patience, []  # type: int, int, Any, Row
        self.whole, self.shuffle = size == len(examples), shuffle and size < len(examples)
        optimizer, count = engine.optimizer, sum([p.count for p in engine.net.parameters()])
        own = type(optimizer) in OPTIMIZERS.values() and not callable(
            optimizer.learning_rate
        )  # which keeps its rate
        self.part = max(1, AT_ONCE // (size * count + 1))
        self.most = self.part if self.whole and own and not (validation or patience) else 1

    def run(self, ahead: int = 0) -> "Iterator[Any]":
        """To the end; yields an Epoch after each, or stretches of up to so many."""
        while not self.is_over():
            stretch, stopped = self.advance(min(ahead or 1, self.most, self.epochs - self.number))
            if stretch:
                yield stretch if ahead else epochs_in(*stretch)[0]
            if isinstance(stopped, Diverged):
                rate = self.engine.optimizer.rate
                raise Diverged(
                    _DIVERGED.format(self.number + 1, stopped, rate)
                ) from stopped.__cause__
            if stopped is not None:
                raise stopped
        if self.best:
            put_back(self.engine.net.parameters(), self.best[2])

    def is_over(self) -> bool:
        """Whether all epochs are done, or there was no better one for too long."""
        return (
            self.number >= self.epochs
            or self.best is not None
            and self.number - self.best[0] >= self.patience
        )

    def advance(self, epochs: int) -> "Tuple[Any, Any]":
        """Some epochs on: the stretch of those that were ended, None for none; and what stopped it."""
        batches, stopped = self.batches(), None
        todo = (batches * epochs)[len(self.values) :]
        try:
            for start in range(0, len(todo), self.part):
                self.engine.run(todo[start : start + self.part], self.generator, self.values)
                self.keep()
        except BaseException as error:  # raised again, once the epochs before are told
            stopped = error
        if len(self.values) < (1 if self.whole else len(batches)):
            return None, stopped
        sizes = [] if self.whole else [self.examples.size(batch) for batch in batches]
        return self.ended(self.values if self.whole else [_mean(self.values, sizes)]), stopped

    def batches(self) -> "List[List[int]]":
        """Those of an epoch."""
        order = (
            self.generator.permutation(len(self.examples))
            if self.shuffle
            else list(range(len(self.examples)))
        )
        return [order[start : start + self.size] for start in range(0, len(order), self.size)]

    def keep(self) -> None:
        """What is done after every few batches: nothing here; a checkpoint is written."""

    def ended(self, losses: "Row") -> "Any":
        """What is told of epochs with these losses."""
        engine, validation = self.engine, self.validation
        validation_loss = (
            None if validation is None else measure(engine.net, validation, engine.loss)
        )
        if self.patience is not None:
            watched = (
                validation_loss if validation else measure(engine.net, self.examples, engine.loss)
            )
            if (
                self.best is None or watched < self.best[1] or self.best[1] != self.best[1]
            ):  # NaN is not the best
                self.best = self.number + 1, watched, [p.rows for p in engine.net.parameters()]
        stretch = (
            self.number + 1,
            losses,
            validation_loss,
            engine.optimizer.rate,
            self.best and self.best[0],
        )
        self.number, self.values = self.number + len(losses), []
        return stretch


def training_of(training: "Training", checkpoint: "Any") -> "Training":
    """One that keeps a checkpoint; the package's stands in this one's place."""
    return training


class Engine:
    """Computes the updates, batch by batch, on lists of lists by the rules of the network, the loss, the optimizer."""

    def __init__(
        self, net: "Any", loss: "Loss", optimizer: "Optimizer", examples: "Examples"
    ) -> None:
        self.net, self.loss, self.optimizer, self.examples = net, loss, optimizer, examples

    def run(self, batches: "List[List[int]]", generator: "Generator", values: "Row") -> None:
        """One update a batch, of the examples at these places; ``values`` gets its loss when it is done."""
        for places in batches:
            values.append(self.step(self.examples.batch(places), generator))

    def backpropagate(self, batch: "Batch", generator: "Generator") -> "Number":
        """The loss; sets the gradients."""
        learning = [
            k
            for k, layer in enumerate(self.net.layers)
            if any([not p.frozen for p in layer.parameters()])
        ]
        return self.net.backpropagate(
            batch[0], batch[1], self.loss, batch[2], generator, (learning or [0])[0]
        )

    def step(self, batch: "Batch", generator: "Generator") -> "Number":
        """One update, or none: whatever goes wrong, Ctrl-C too, all is as it was before."""
        parameters, optimizer = self.net.parameters(), self.optimizer
        before, others = (
            [p.rows for p in parameters],
            (optimizer.t, dict(optimizer.states), generator.state),
        )
        try:
            value = self.backpropagate(batch, generator)
            if not is_finite([value]):
                optimizer.begin(self.net.number)  # for the rate that the step would have had
                raise Diverged(f"the loss became {value}")
            optimizer.step(parameters)
            for p in parameters:
                if not are_finite(p.rows):
                    raise Diverged(f"{p.name} is no longer finite")
            return value
        except BaseException as error:
            put_back(parameters, before)
            optimizer.t, optimizer.states, generator.state = others
            if isinstance(error, ArithmeticError) and not isinstance(
                error, ZeroDivisionError
            ):  # Decimal's infinity
                raise Diverged(type(error).__name__) from error
            raise


def put_back(parameters: "Any", rows: "List[Matrix]") -> None:
    """All of them, even if Ctrl-C comes between two."""
    try:
        for parameter, former in zip(parameters, rows):
            parameter.rows = former
    except KeyboardInterrupt:
        put_back(parameters, rows)
        raise


def engine_of(engine: "Engine", size: int, unroll: "Any", executor: "Any") -> "Engine":
    """The engine that does the same fastest, for batches of that size; the package's choice stands in this one's place."""
    return engine
