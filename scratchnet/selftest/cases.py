"""The cases of the check: a few numbers through each rule, and a short training run."""

from ..core import activations, functions, initializers, layers, losses, optimizers, schedules
from ..core.layer import Parameter
from ..core.network import Sequential
from ..core.random import Generator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple

    from ..core.types import Matrix, Row

# Fractions instead of decimals, because some versions of MicroPython misread decimals.
POINTS = [-37 / 10, -1 / 2, -1 / 1000, 1 / 3, 1.0, 5 / 2, 20.0]
POSITIVE = [1 / 1000, 1 / 3, 1.0, 5 / 2, 20.0]
Z = [[-3.0, -1 / 2, 1 / 4, 2.0], [1 / 10, -1.0, 4.0, -1 / 5]]
GRADIENTS = [[1.0, -2.0, 3.0, 1 / 2], [-1.0, 1 / 4, 1 / 3, 2.0]]
SHARES = [[1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 10, 7 / 10, 1 / 10, 1 / 10]]


def all_cases() -> "List[Tuple[str, Callable[[], Row]]]":
    """Return all cases as pairs of a name and a function that computes the numbers."""
    found: "List[Tuple[str, Callable[[], Row]]]" = []
    for name in ("exp", "expm1", "tanh", "erf", "cos"):
        found.append((name, _of_each(getattr(functions, name), POINTS)))
    for name in ("log", "log1p", "sqrt"):
        found.append((name, _of_each(getattr(functions, name), POSITIVE)))
    found.append(("random", _random))
    for name in sorted(initializers.INITIALIZERS):
        found.append((name, _initializer(name)))
    for name in sorted(activations.ACTIVATIONS):
        found.append((name, _layer(activations.ACTIVATIONS[name]())))
    found.append(("GELU, tanh", _layer(activations.GELU("tanh"))))
    for layer in (_dense(), layers.Dropout(1 / 4), _normalization()):
        found.append((type(layer).__name__, _layer(layer)))
    for name in sorted(losses.LOSSES):
        if name != "perceptron":  # it needs its paired activation
            found.append((name, _loss(name)))
    for name in (
        "binary_cross_entropy",
        "categorical_cross_entropy",
        "half_squared_error",
        "perceptron",
    ):
        found.append((name + ", paired", _paired_loss(name)))
    for optimizer in optimizers_in_cases():
        found.append((repr(optimizer), _optimizer(optimizer)))
    for schedule in _schedules():
        found.append((type(schedule).__name__, _of_each(schedule, range(6))))
    found.append(("training", _training))
    return found


def _flat(A: "Matrix") -> "Row":
    return [a for row in A for a in row]


def _of_each(function: "Callable[[Any], float]", points: "Any") -> "Callable[[], Row]":
    return lambda: [function(x) for x in points]


def _random() -> "Row":
    generator = Generator(7)
    numbers = [generator.random(), generator.uniform(-1.0, 1.0), generator.normal()]
    return numbers + [float(i) for i in generator.permutation(5)]


def _initializer(name: str) -> "Callable[[], Row]":
    return lambda: _flat(initializers.INITIALIZERS[name](2, 3, Generator(7)))


def _dense() -> "layers.Dense":
    weights = [[1 / 2, -1 / 3], [2.0, 1 / 7], [-1.0, 0.0], [1 / 5, 3.0]]
    return layers.Dense(4, 2, weights=weights, bias=[1.0, -1 / 3], l1=1 / 100, l2=1 / 10)


def _normalization() -> "layers.Normalization":
    layer = layers.Normalization()
    layer.adapt(Z)
    return layer


def _layer(layer: "Any") -> "Callable[[], Row]":
    """Return a case: forward and, if the layer has a derivative, backward and all gradients."""

    def run() -> "Row":
        layer.generator = Generator(7)
        A = layer.forward(Z)
        numbers = _flat(A)
        if isinstance(layer, activations.Threshold):
            return numbers
        numbers = numbers + _flat(layer.backward([row[: len(A[0])] for row in GRADIENTS]))
        layer.add_penalty_gradient()
        for parameter in layer.parameters():
            numbers = numbers + _flat(parameter.gradient_rows)
        return numbers

    return run


def _loss(name: str) -> "Callable[[], Row]":
    """Return a case: value and gradient, with and without weights."""
    loss = losses.LOSSES[name]()
    Y = [[0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    if name == "hinge":
        Y = [[1.0, -1.0, -1.0, 1.0], [-1.0, 1.0, 1.0, -1.0]]
    A = SHARES if "entropy" in name else Z

    def run() -> "Row":
        numbers: "Row" = []
        for weights in (None, [1 / 3, 2.0]):
            numbers = numbers + [loss.value(A, Y, weights)] + _flat(loss.gradient(A, Y, weights))
        return numbers

    return run


def _paired_loss(name: str) -> "Callable[[], Row]":
    """Return a case: a loss with its paired activation, value from logits and dZ = (A - Y)/n."""
    loss = losses.LOSSES[name]()

    def run() -> "Row":
        A = loss.pairs_with().forward(Z)
        Y = [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
        numbers = [loss.value_from_logits(Z, A, Y)] + _flat(loss.gradient_in_logits(A, Y))
        return (
            numbers
            + [loss.value_from_logits(Z, A, Y, [1 / 3, 2.0])]
            + _flat(loss.gradient_in_logits(A, Y, [1 / 3, 2.0]))
        )

    return run


def optimizers_in_cases() -> "List[optimizers.Optimizer]":
    rate, decay = 1 / 10, 1 / 100
    return [
        optimizers.SGD(rate),
        optimizers.SGD(rate, momentum=9 / 10, weight_decay=decay, clip_norm=1.0),
        optimizers.SGD(rate, momentum=9 / 10, nesterov=True),
        optimizers.Adagrad(rate, weight_decay=decay),
        optimizers.RMSprop(rate, clip_norm=100.0),
        optimizers.Adam(rate, weight_decay=decay),
        optimizers.AdamW(rate),
    ]


def _optimizer(optimizer: "optimizers.Optimizer") -> "Callable[[], Row]":
    """Return a case: three steps of three weights."""

    def run() -> "Row":
        stepper = optimizer.with_numbers(float)
        parameter = Parameter("w", (3,), [1.0, -2.0, 1 / 2])
        numbers: "Row" = []
        for gradient in ([1.0, -1 / 3, 4.0], [-1 / 7, 2.0, 0.0], [1 / 9, 1 / 9, -1.0]):
            parameter.gradient = gradient
            stepper.step([parameter])
            numbers = numbers + parameter.value
        return numbers

    return run


def _schedules() -> "List[Callable[[int], float]]":
    decay = schedules.ExponentialDecay(1 / 2, 9 / 10)
    return [
        schedules.StepDecay(1 / 2, 2),
        decay,
        schedules.CosineDecay(1 / 2, 5),
        schedules.WarmUp(3, decay),
    ]


def network() -> "Sequential":
    return Sequential(
        [
            layers.Normalization(),
            layers.Dense(2, 3),
            activations.Tanh(),
            layers.Dense(3, 1),
            activations.Sigmoid(),
        ],
        seed=7,
    )


def _training() -> "Row":
    """Train five epochs. Return the losses, the parameters and a prediction."""
    net = network()
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]], [0, 1, 1, 0, 1]
    history = net.fit(
        X,
        Y,
        "binary_cross_entropy",
        optimizer=optimizers.Adam(1 / 10),
        epochs=5,
        batch_size=2,
        seed=3,
    )
    numbers = history.loss
    for parameter in net.parameters():
        numbers = numbers + _flat(parameter.rows)
    return numbers + _flat(net.predict([[1, 2]]))
