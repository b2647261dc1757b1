"""Sequential: layers one after the other; forward through them, and backward through them.

    A = X;       for each layer, first to last:   A  = layer.forward(A)
    dA = loss';  for each layer, last to first:   dA = layer.backward(dA)

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], seed=7)
>>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> history = net.fit(X, Y, loss="binary_cross_entropy", optimizer=sn.Adam(0.05), epochs=500, seed=7)
>>> [round(y) for y, in net.predict(X)]
[0, 1, 1, 0]
"""

from . import training
from .functions import number_of
from .layers import Normalization
from .matrix import accept, is_sequence, shape
from .layer import Layer, Parameter, find, require, without_batch
from .random import Generator
from .training import (
    AHEAD,
    BLOCK,
    Diverged,
    History,
    Rows,
    criterion_of,
    examples_of,
    measure,
    samples,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Dict, List, Logits, Matrix, Number, Optional, Sequence, Tuple, Weights
    from .losses import Loss


class Sequential:
    """A network of layers, one after the other.

    ``layers``   the layers; neighbours' widths must fit
    ``seed``     of the weights that were not given
    ``number``   the type of number it computes with: that of the parameters given, or float
    ``inputs``, ``outputs``   its widths, None where any will do
    ``metadata`` whatever else is saved with it (JSON-able): labels, preprocessing, how it was trained
    """

    A: "Optional[Matrix]" = None  # the last output: backward needs a slope for each of its numbers

    def __init__(self, layers: "Sequence[Layer]", seed: int = 0, number: "Any" = None) -> None:
        self.layers: "List[Layer]" = list(
            require("layers", layers, (is_sequence, "a list of layers, [...]"))
        )
        self.metadata: "Dict[str, Any]" = {}
        arriving = _widths(self.layers)
        self.inputs, self.outputs = arriving[0], arriving[-1]
        given = [p for p in self.parameters() if p.value is not None]
        numbers = [number_of(v) for parameter in given for row in parameter.rows for v in row]
        self.number = number or ([kind for kind in numbers if kind is not float] + [float])[0]
        require(
            "number",
            self.number,
            (lambda v: isinstance(v(1) / 2, v), "a type that has halves, such as Fraction"),
        )
        for parameter in given:
            parameter.convert(self.number)
        generator = Generator(seed)
        for layer, inputs in zip(self.layers, arriving):
            layer.set_numbers(self.number)
            layer.build(inputs, generator)
        for parameter in self.parameters():
            parameter.convert(self.number, exactly=True)
        names = [p.name for p in self.parameters()]
        names += [f"{i}.{name}" for i, layer in enumerate(self.layers) for name in layer.numbers]
        require(
            "the list of numbers",
            names,
            (lambda v: len(set(v)) == len(v), "each of a layer a name of its own"),
        )

    # ---- forward and backward ------------------------------------------------------------------------------------

    def propagate(
        self, X: "Matrix", layers: "Sequence[Layer]", generator: "Optional[Generator]" = None
    ) -> "Matrix":
        """X through these layers; ``generator`` gives a training step its random numbers, None is prediction."""
        A = X
        for layer in layers:
            layer.generator = generator
            A = layer.forward(A)
            layer.generator = None
        self.A = A
        return A

    def forward(self, X: "Any") -> "Matrix":
        """The output (samples × outputs) for X (samples × inputs), each layer keeping what ``backward`` needs."""
        rows = samples(self, X)
        return self.propagate([rows[i] for i in range(len(rows))], self.layers)

    def backward(self, dA: "Any") -> "Matrix":
        """From the loss's slope in the output of the last ``forward`` that in its input; sets all gradients.

        >>> import scratchnet as sn
        >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [4]])])
        >>> net.forward([[1, 1]]), net.backward([[1]])
        ([[7.0]], [[3.0, 4.0]])
        """
        if self.A is None:
            raise ValueError("backward: there was no forward yet; call net.forward(X) first")
        dA = accept(dA, self.number, "dA")
        if shape(dA) != shape(self.A):
            raise ValueError(
                "backward: dA is {}×{}, the last output {}×{}".format(*(shape(dA) + shape(self.A)))
            )
        for layer in reversed(self.layers):
            layer.passes_back = True
            dA = layer.backward(dA)
        return dA  # type: ignore[no-any-return]

    def backpropagate(
        self,
        X: "Matrix",
        Y: "Matrix",
        loss: "Loss",
        weights: "Weights" = None,
        generator: "Optional[Generator]" = None,
        first: "Optional[int]" = None,
    ) -> "Number":
        """The loss, penalties included; sets all gradients. What comes in is taken as checked.

        The loss steps over the activation that it pairs with: see losses.py. ``first`` is the first layer that learns,
        where only learning matters: no slope is needed in what arrives there.
        """
        Z, A = self.outputs_for(loss, X, generator)
        value = self.penalised(loss.value(A, Y, Z, weights))
        dA = loss.gradient(A, Y, Z, weights)
        for k in reversed(range(first or 0, len(self.layers) - loss.steps_over(self.layers))):
            self.layers[k].passes_back = k != first
            dA = self.layers[k].backward(dA)
        return value

    def loss_of(
        self, X: "Matrix", Y: "Matrix", loss: "Loss", weights: "Weights" = None
    ) -> "Number":
        """The loss, penalties left out; what comes in is taken as checked."""
        Z, A = self.outputs_for(loss, X)
        return loss.value(A, Y, Z, weights)

    def penalised(self, value: "Number") -> "Number":
        """The loss and what the layers add to it."""
        for layer in self.layers:
            penalty = layer.penalty()
            if penalty is not None:
                value = value + penalty
        return value

    def outputs_for(
        self, loss: "Loss", X: "Matrix", generator: "Any" = None
    ) -> "Tuple[Logits, Matrix]":
        """The input of the layers that the loss steps over (None where it steps over none), and the output."""
        front = len(self.layers) - loss.steps_over(self.layers)
        Z = self.propagate(X, self.layers[:front], generator)
        if front == len(self.layers):
            return None, Z
        return Z, self.propagate(Z, self.layers[front:], generator)

    # ---- what users call -----------------------------------------------------------------------------------------

    def fit(
        self,
        X: "Any",
        Y: "Any",
        loss: "Any",
        optimizer: "Any" = "adam",
        epochs: int = 100,
        batch_size: "Optional[int]" = None,
        **options: "Any",
    ) -> "History":
        """Train to the end; ``help(scratchnet.epochs)`` tells what each of these and of the other options means:

        ``shuffle``, ``seed``, ``validation_data``, ``validation_split``, ``patience``, ``sample_weight``,
        ``class_weight``, ``unroll``, ``executor``, ``checkpoint``.

        Ctrl-C ends it early: the network keeps what it learnt, and the history says ``interrupted``. Where the loss
        or a parameter is no longer finite, ``Diverged`` is raised, and the network keeps its last finite parameters.
        """
        history = History()
        steps = training.epochs(
            self, X, Y, loss, optimizer, epochs, batch_size, ahead=AHEAD, **options
        )
        try:
            for stretch in steps:
                history.stretches.append(stretch)
            history.best_epoch = stretch[4]
        except KeyboardInterrupt:
            history.interrupted = True
        except Diverged as error:
            error.history = history
            raise
        return history

    def predict(self, X: "Any") -> "Matrix":
        """The output (samples × outputs) for X (samples × inputs), however many samples these are."""
        rows = samples(self, X)
        A: "Matrix" = []
        for start in range(0, len(rows), BLOCK):
            block = [rows[i] for i in range(start, min(start + BLOCK, len(rows)))]
            A.extend(self.propagate(block, self.layers))
        return A

    def evaluate(self, X: "Any", Y: "Any", loss: "Any", sample_weight: "Any" = None) -> "Number":
        """The loss over these samples, penalties left out."""
        criterion = criterion_of(self, loss)
        return measure(self, examples_of(self, X, Y, criterion, sample_weight), criterion)

    def gradients(
        self, X: "Any", Y: "Any", loss: "Any", sample_weight: "Any" = None
    ) -> "Tuple[Number, List[Any]]":
        """The loss, penalties included, and its gradients, parallel to ``parameters()``. Dropout leaves nothing out.

        >>> import scratchnet as sn
        >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [4]])])
        >>> net.gradients([[1, 2]], [10], loss="half_squared_error")
        (0.5, [[[1.0], [2.0]], [1.0]])
        """
        criterion = criterion_of(self, loss)
        examples = examples_of(self, X, Y, criterion, sample_weight)
        X, Y, weights = examples.batch(range(len(examples)))
        value = self.backpropagate(X, Y, criterion, weights)
        return value, [p.gradient for p in self.parameters()]

    def parameters(self) -> "List[Parameter]":
        """Every parameter, first layer first: ``name``, ``value``, ``gradient``, ``frozen``."""
        parameters = []
        for i, layer in enumerate(self.layers):
            for parameter in layer.parameters():
                parameter.name = f"{i}.{parameter.role}"  # every time: the layer may stand in another network, too
                parameters.append(parameter)
        return parameters

    def freeze(self, *names: str) -> None:
        """Leave these parameters as they are in training: ``net.freeze("0.bias", "2.bias")``.

        ``net.parameters()[1].frozen = False`` lets one learn again.
        """
        named = {parameter.name: parameter for parameter in self.parameters()}
        for name in names:
            find("parameter", name, named, Parameter).frozen = True

    def adapt(self, X: "Any") -> None:
        """Let every Normalization learn the mean and the spread of X, as X arrives at it."""
        self.adapt_rows(samples(self, X))

    def adapt_rows(self, rows: "Any", afresh: bool = True) -> None:
        """``adapt`` to rows taken as checked; unless ``afresh``, only what has not learnt yet."""
        for k, layer in enumerate(self.layers):
            if isinstance(layer, Normalization) and (afresh or not layer.adapted):
                # It is called while k is what it is here.
                layer.adapt(Rows(rows, lambda row, i: self.propagate([row], self.layers[:k])[0]))  # noqa: B023

    def copy(self, number: "Any" = None) -> "Sequential":
        """A network of its own with the same parameters, as ``number`` if given: every number exactly as it is.

        >>> import scratchnet as sn
        >>> from fractions import Fraction
        >>> net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]])]).copy(Fraction)
        >>> net.predict([[3]])
        [[Fraction(3, 2)]]
        """
        number = number or self.number
        net = Sequential(
            [layer.with_numbers(number, exactly=True) for layer in self.layers], number=number
        )
        for new, old in zip(net.parameters(), self.parameters()):
            new.take_over(old, number)
        net.metadata = _copied(self.metadata)
        return net

    __getstate__ = without_batch

    def summary(self) -> str:
        """The layers, their output widths and their numbers of parameters, as a table to print."""
        rows = [("", "layer", "outputs", "parameters")]
        counts = [sum([p.count for p in layer.parameters()]) for layer in self.layers]
        for i, (layer, width) in enumerate(zip(self.layers, _widths(self.layers)[1:])):
            rows.append((str(i), repr(layer), str(width or "any"), str(counts[i])))
        widths = [max([len(row[k]) for row in rows]) for k in range(4)]
        lines = [
            "  ".join([cell + " " * (n - len(cell)) for cell, n in zip(row, widths)])
            for row in rows
        ]
        frozen = sum([p.count for p in self.parameters() if p.frozen])
        lines.append(
            f"{sum(counts)} parameters, {frozen} of them frozen; numbers: {self.number.__name__}"
        )
        return Text("\n".join([line.rstrip() for line in lines]))

    def __repr__(self) -> str:
        return "Sequential([{}])".format(", ".join([repr(layer) for layer in self.layers]))


def _copied(value: "Any") -> "Any":
    """A copy of lists and dicts within each other, all the way down."""
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, (list, tuple)) else value


class Text(str):
    """A text that a Python prompt shows as it prints."""

    def __repr__(self) -> str:
        return str(self)


def _widths(layers: "List[Layer]") -> "List[Optional[int]]":
    """The width that arrives at each layer, and that of the output; None where any will do."""
    if not layers:
        raise ValueError("a network has at least one layer")
    places = set()
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"layer {i} is {layer!r}; give a layer, such as Tanh()")
        if id(layer) in places:
            raise ValueError(
                f"layer {i}, {layer!r}, stands in the network twice; give each place its own"
            )
        places.add(id(layer))
    first = [layer for layer in layers if layer.inputs is not None or layer.outputs is not None][:1]
    width = (
        first[0].inputs if first else None
    )  # what stands before takes any width, and passes it on
    widths = [width]
    for i, layer in enumerate(layers):
        if None not in (layer.inputs, width) and layer.inputs != width:
            raise ValueError(
                f"layer {i}, {layer!r}, takes {layer.inputs} inputs, but {width} arrive"
            )
        width = width if layer.outputs is None else layer.outputs
        widths.append(width)
    return widths
