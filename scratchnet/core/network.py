"""Sequential: layers one after the other, and forward and backward through them.

    A  = X;                             for each layer, first to last:  A  = layer.forward(A)
    dA = the gradient of the loss at A; for each layer, last to first:  dA = layer.backward(dA)

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], seed=7)
>>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> history = net.fit(X, Y, "binary_cross_entropy", optimizer=sn.Adam(0.05), epochs=500, seed=7)
>>> [round(y) for y, in net.predict(X)]
[0, 1, 1, 0]
"""

from .checks import (
    LazyRows,
    accept,
    accept_row,
    checked_rows,
    is_sequence,
    look_up,
    refuse_unknown,
    require,
)
from .functions import number_of
from .layer import Parameter, role_in, widths_of, without_batch
from .matrix import shape, size
from .plug_points import PLUG_POINTS
from .random import Generator
from .types import (
    Any,
    GeneratorOrNone,
    History,
    IntOrNone,
    Layers,
    Loss,
    Matrix,
    NoReturn,
    Number,
    NumberType,
    Parameters,
    RowOrNone,
    Rows,
)

PREDICTION_BLOCK = 1000  # how many samples ``predict`` computes at once


class Sequential:
    """A network of layers, one after the other.

    ``layers``     the layers; each takes as many inputs as the layer before it has outputs
    ``seed``       an integer, from which weights that are not given are drawn
    ``number``     the number type it computes with; if not given, that of the parameters, or float
    ``inputs``     the width of the input; None means any width
    ``outputs``    the width of the output; None means any width
    ``metadata``   a dict that is saved with the network; it can hold what JSON can
    ``loss``       the loss with which it was last trained, or None

    ``net(X)`` is ``net.forward(X)``, and ``net[0]`` is ``net.layers[0]``.
    """

    A: Any = None  # the last output; the argument of `backward` must have its shape
    loss: Any = None

    def __init__(self, layers: Any, seed: int = 0, number: NumberType = None) -> None:
        require("layers", layers, (is_sequence, "a list of layers, [...]"))
        self.layers: Layers = PLUG_POINTS["expanded"](list(layers))
        self.metadata: Any = {}
        widths = widths_of(self.layers)
        self.inputs = widths[0]
        self.outputs = widths[-1]
        given = [p for p in self.parameters() if p.value is not None]
        self.number = number or _common_number(given)
        require(
            "number",
            self.number,
            (lambda v: isinstance(v(1) / 2, v), "a type that has halves, such as Fraction"),
        )
        for parameter in given:
            parameter.convert(self.number)
        generator = Generator(seed)
        for layer, inputs in zip(self.layers, widths):
            layer.set_numbers(self.number)
            layer.build(inputs, generator)
        for parameter in self.parameters():
            parameter.convert(self.number, exactly=True)
        PLUG_POINTS["check"](self)

    # ---- forward and backward ----------------------------------------------------------------

    def propagate(self, X: Matrix, layers: Layers, generator: GeneratorOrNone = None) -> Matrix:
        """Return the output of these layers for X, which is not checked.

        In a training step ``generator`` supplies random numbers; in prediction it is None.
        """
        A = X
        for layer in layers:
            layer.generator = generator
            A = layer.forward(A)
            layer.generator = None
        self.A = A
        return A

    def forward(self, X: Any) -> Matrix:
        """Return the output (samples × outputs) for X (samples × inputs).

        Each layer keeps what ``backward`` needs.
        """
        rows = self.accept(X)
        return self.propagate([rows[i] for i in range(len(rows))], self.layers)

    __call__ = forward

    def __getitem__(self, k: int) -> Any:
        return self.layers[k]

    def backward(self, dA: Any) -> Matrix:
        """Return the gradient of the loss at X, given the gradient dA at the output.

        Also set the gradient of each parameter, penalties included. All gradients are for the last
        ``forward``.

        >>> import scratchnet as sn
        >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [4]])])
        >>> net.forward([[1, 1]]), net.backward([[1]])
        ([[7.0]], [[3.0, 4.0]])
        """
        if self.A is None:
            raise ValueError("backward: forward has not run yet; call net.forward(X) first")
        gradient = accept(dA, self.number, "dA")
        if shape(gradient) != shape(self.A):
            raise ValueError(
                f"backward: dA is {size(shape(gradient))}, "
                f"but the last output is {size(shape(self.A))}"
            )
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
            layer.add_penalty_gradient()
        return gradient

    def backpropagate(
        self,
        X: Matrix,
        Y: Matrix,
        loss: Loss,
        weights: RowOrNone = None,
        generator: GeneratorOrNone = None,
        first: IntOrNone = None,
    ) -> Number:
        """Set the gradient of each parameter, and return the loss, both with penalties.

        The data are not checked. If the loss pairs with the last layers, both are computed together
        (losses.py). If ``first`` is the index of a layer, gradients are set from that layer on, and
        the gradient at its input is not computed.
        """
        paired = loss.paired_layers(self.layers)
        Z, A = self.logits_and_output(X, paired, generator)
        value = self.with_penalties(loss.value_of(self.layers, Z, A, Y, weights))
        dA = (loss.gradient_in_logits if paired else loss.gradient)(A, Y, weights)
        for k in reversed(range(first or 0, len(self.layers) - paired)):
            if k == first:
                self.layers[k].set_gradients(dA)
            else:
                dA = self.layers[k].backward(dA)
            self.layers[k].add_penalty_gradient()
        return value

    def loss_of(self, X: Matrix, Y: Matrix, loss: Loss, weights: RowOrNone = None) -> Number:
        """Return the loss without penalties. The data are not checked."""
        Z, A = self.logits_and_output(X, loss.paired_layers(self.layers))
        return loss.value_of(self.layers, Z, A, Y, weights)

    def with_penalties(self, value: Number) -> Number:
        """Return the loss plus the penalties of the layers."""
        for penalty in [layer.penalty() for layer in self.layers]:
            if penalty is not None:
                value = value + penalty
        return value

    def logits_and_output(self, X: Matrix, paired: int, generator: GeneratorOrNone = None) -> Any:
        """Return the input of the last ``paired`` layers, and the output of the network."""
        front = len(self.layers) - paired
        Z = self.propagate(X, self.layers[:front], generator)
        return Z, self.propagate(Z, self.layers[front:], generator)

    # ---- training and prediction -------------------------------------------------------------

    def fit(
        self,
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
    ) -> History:
        """Train the network and return the History.

        ``help(scratchnet.epochs)`` explains the options. Ctrl-C ends the training early: the
        network keeps what it has learned, and the history is marked as ``interrupted``. If the loss
        or a parameter is no longer finite, ``Diverged`` is raised, and the network keeps its last
        finite parameters.
        """
        # Imported here, because prediction does not need them.
        from .history import Diverged
        from .training import OPTIONS, prepare

        refuse_unknown("fit", unknown, OPTIONS)
        training = prepare(
            self,
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
            observed=False,
        )
        try:
            for _ in training.run():
                pass
        except KeyboardInterrupt:
            training.history.interrupted = True
        except Diverged as error:
            error.history = training.history
            raise
        return training.history

    def predict(self, X: Any) -> Matrix:
        """Return the output (samples × outputs) for X (samples × inputs).

        It is computed in blocks of samples, so that the layers never hold the whole of X. What
        ``forward`` kept for ``backward`` stays as it is.
        """
        return PLUG_POINTS["apart"](self).outputs_for(X)

    def outputs_for(self, X: Any) -> Matrix:
        """Return what ``predict`` returns; the layers keep the numbers of the last block."""
        rows = self.accept(X)
        blocks = [
            range(start, min(start + PREDICTION_BLOCK, len(rows)))
            for start in range(0, len(rows), PREDICTION_BLOCK)
        ]
        return [
            a for block in blocks for a in self.propagate([rows[i] for i in block], self.layers)
        ]

    def evaluate(
        self, X: Any, Y: Any, loss: Any = None, sample_weight: Any = None, metrics: Any = ()
    ) -> Any:
        """Return the loss over these samples, without penalties.

        Without ``loss`` it is the one with which the network was trained. With ``metrics``, such as
        ["accuracy"], return a dict of the loss and these measures (see ``scratchnet.metrics``).
        """
        from .examples import examples_for, mean_loss
        from .losses import loss_for

        loss = loss_for(self, self.loss if loss is None else loss)
        examples = examples_for(self, X, Y, loss, sample_weight)
        value = mean_loss(PLUG_POINTS["apart"](self), examples, loss)
        return (
            dict(PLUG_POINTS["metrics"](self, examples, metrics), loss=value) if metrics else value
        )

    def gradients(self, X: Any, Y: Any, loss: Any, sample_weight: Any = None) -> Any:
        """Return the loss and a list of its gradients, in the order of ``parameters()``.

        Penalties are included. Dropout drops nothing.

        >>> import scratchnet as sn
        >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [4]])])
        >>> net.gradients([[1, 2]], [10], loss="half_squared_error")
        (0.5, [[[1.0], [2.0]], [1.0]])
        """
        from .examples import examples_for
        from .losses import loss_for

        loss = loss_for(self, loss)
        examples = examples_for(self, X, Y, loss, sample_weight)
        X, Y, weights = examples.batch(list(range(len(examples))))
        return self.backpropagate(X, Y, loss, weights), [p.gradient for p in self.parameters()]

    def accept(self, X: Any) -> Rows:
        """Return X as rows of the network's width and number type, with all values checked."""
        if self.inputs is None:
            return accept(X, self.number)
        return checked_rows(
            X,
            "X",
            lambda x, i: accept_row(x, self.number, "X", i, self.inputs, "the network takes {}"),
            self.inputs,
            self.number,
        )

    # ---- parameters --------------------------------------------------------------------------

    def parameters(self) -> Parameters:
        """Return all Parameters, those of the first layer first."""
        parameters = []
        for i, layer in enumerate(self.layers):
            for parameter in layer.parameters():
                # Set the name each time, because the layer can be part of another network, too.
                parameter.name = f"{i}.{role_in(layer, parameter)}"
                parameters.append(parameter)
        return parameters

    def first_trainable(self) -> int:
        """Return the index of the first layer with a parameter that is not frozen, or 0."""
        learns = [not all([p.frozen for p in layer.parameters()]) for layer in self.layers]
        return learns.index(True) if True in learns else 0

    def freeze(self, *names: str) -> None:
        """Exclude parameters from training: ``net.freeze("0.bias", "2.bias")``.

        ``net.parameters()[1].frozen = False`` includes one again.
        """
        named = {parameter.name: parameter for parameter in self.parameters()}
        for name in names:
            look_up("parameter", name, named, Parameter).frozen = True

    def adapt(self, X: Any, again: bool = True) -> None:
        """Let each Normalization learn the mean and the spread of its input from the samples X.

        If ``again`` is False, layers that are already adapted are skipped.
        """
        rows = self.accept(X)
        for k, layer in enumerate(self.layers):
            if again or not layer.is_adapted():
                layer.adapt(self._inputs_of(k, rows))

    def _inputs_of(self, k: int, rows: Rows) -> Any:
        """Return the inputs of layer k as rows, each computed when it is read."""
        return LazyRows(rows, lambda row, i: self.propagate([row], self.layers[:k])[0])

    def copy(self, number: NumberType = None) -> "Sequential":
        """Return an independent network with the same parameters.

        If ``number`` is given, they are converted to this type, each to its exact value.

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
        net.loss = self.loss and self.loss.with_numbers(number, exactly=True)
        return net

    def save(self, path: Any) -> None:
        """Write the network to a file, as ``scratchnet.save`` does."""
        PLUG_POINTS["save"](self, path)

    __getstate__ = without_batch

    # ---- text --------------------------------------------------------------------------------

    def summary(self) -> str:
        """Return a table of the layers, their outputs and their numbers of parameters."""
        return PLUG_POINTS["summary"](self)

    def _repr_html_(self) -> Any:
        """Return the network as HTML for a notebook, or None."""
        return PLUG_POINTS["html"](self)

    def __repr__(self) -> str:
        return f"Sequential([{', '.join([repr(layer) for layer in self.layers])}])"


def _copied(value: Any) -> Any:
    """Return a deep copy of nested lists and dicts."""
    if isinstance(value, (list, tuple)):
        return [_copied(part) for part in value]
    return {k: _copied(v) for k, v in value.items()} if isinstance(value, dict) else value


def _common_number(parameters: Parameters) -> NumberType:
    """Return the first number type in these parameters that is not float, or else float."""
    kinds = [
        number_of(v)
        for parameter in parameters
        for row in parameter.rows
        if set(map(type, row)) != {float}
        for v in row
    ]
    return ([kind for kind in kinds if kind is not float] or [float])[0]
