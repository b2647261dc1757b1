"""Does this Python compute what it should? Golden numbers of every rule, of the kernels and of the file formats.

    check()    runs every case and gives a list of what is wrong, empty where nothing is

In the portable kernel every number must have the golden bits; in the fast one it may differ by rounding. Needs
nothing but the package, and runs on MicroPython too. The tests hold the golden numbers against independent ones.

>>> check()
[]
"""

import struct

from . import activations, functions, initializers, layers, losses, optimizers
from .network import Sequential
from .protocol import Parameter
from .random import Generator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

    from .functions import Row
    from .matrix import Matrix

TOLERANCE = 1 / 1000000000000  # of the fast kernel, relative to the largest number of a case

# No decimals here: some MicroPythons misread them.
POINTS = [-37 / 10, -1 / 2, -1 / 1000, 1 / 3, 1.0, 5 / 2, 20.0]
POSITIVE = [1 / 1000, 1 / 3, 1.0, 5 / 2, 20.0]
Z = [[-3.0, -1 / 2, 1 / 4, 2.0], [1 / 10, -1.0, 4.0, -1 / 5]]
SLOPES = [[1.0, -2.0, 3.0, 1 / 2], [-1.0, 1 / 4, 1 / 3, 2.0]]
SHARES = [[1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 10, 7 / 10, 1 / 10, 1 / 10]]


def cases() -> "List[Tuple[str, Callable[[], Row]]]":
    """Every case: a name, and a function that computes its numbers."""
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
        if name != "perceptron":  # which there is only with its activation
            found.append((name, _loss(name)))
    for name in ("binary_cross_entropy", "categorical_cross_entropy", "half_squared_error", "perceptron"):
        found.append((name + ", paired", _paired_loss(name)))
    for optimizer in _optimizers():
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


def _initializer(name: "str") -> "Callable[[], Row]":
    return lambda: _flat(initializers.INITIALIZERS[name](2, 3, Generator(7)))


def _dense() -> "layers.Dense":
    weights = [[1 / 2, -1 / 3], [2.0, 1 / 7], [-1.0, 0.0], [1 / 5, 3.0]]
    return layers.Dense(4, 2, weights=weights, bias=[1.0, -1 / 3], l1=1 / 100, l2=1 / 10)


def _normalization() -> "layers.Normalization":
    layer = layers.Normalization()
    layer.adapt(Z)
    return layer


def _layer(layer: "Any") -> "Callable[[], Row]":
    """Forward, and backward where there is a slope; with the gradients of the parameters."""

    def run() -> "Row":
        layer.generator = Generator(7)
        A = layer.forward(Z)
        numbers = _flat(A)
        if isinstance(layer, activations.Threshold):
            return numbers
        numbers = numbers + _flat(layer.backward([row[: len(A[0])] for row in SLOPES]))
        for parameter in layer.parameters():
            numbers = numbers + _flat(parameter.gradient_rows)
        return numbers

    return run


def _loss(name: "str") -> "Callable[[], Row]":
    """Value and gradient, with and without weights."""
    loss = losses.named(name)
    Y = [[1.0, -1.0, -1.0, 1.0], [-1.0, 1.0, 1.0, -1.0]] if name == "hinge" else [[0.0, 1.0, 0.0, 0.0]] * 2
    A = SHARES if "entropy" in name else Z

    def run() -> "Row":
        numbers: "Row" = []
        for weights in (None, [1 / 3, 2.0]):
            numbers = numbers + [loss.value(A, Y, None, weights)] + _flat(loss.gradient(A, Y, None, weights))
        return numbers

    return run


def _paired_loss(name: "str") -> "Callable[[], Row]":
    """A loss together with its activation: value from the activation's input, and δ = (ŷ - y)/n."""
    loss = losses.named(name)

    def run() -> "Row":
        A = loss.pairs_with().forward(Z)
        Y = [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]
        numbers = [loss.value(A, Y, Z)] + _flat(loss.gradient(A, Y, Z))
        return numbers + [loss.value(A, Y, Z, [1 / 3, 2.0])] + _flat(loss.gradient(A, Y, Z, [1 / 3, 2.0]))

    return run


def _optimizers() -> "List[optimizers.Optimizer]":
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
    """Three steps of three weights."""

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
    decay = optimizers.ExponentialDecay(1 / 2, 9 / 10)
    return [optimizers.StepDecay(1 / 2, 2), decay, optimizers.CosineDecay(1 / 2, 5), optimizers.WarmUp(3, decay)]


def _network() -> "Sequential":
    return Sequential(
        [layers.Normalization(), layers.Dense(2, 3), activations.Tanh(), layers.Dense(3, 1), activations.Sigmoid()],
        seed=7,
    )


def _training() -> "Row":
    """Five epochs of a small network: the losses, the parameters and a prediction."""
    net = _network()
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]], [0, 1, 1, 0, 1]
    history = net.fit(X, Y, "binary_cross_entropy", optimizer=optimizers.Adam(1 / 10), epochs=5, batch_size=2, seed=3)
    numbers = history.loss
    for parameter in net.parameters():
        numbers = numbers + _flat(parameter.rows)
    return numbers + _flat(net.predict([[1, 2]]))


# ---- the check ---------------------------------------------------------------------------------------------------


def check() -> "List[str]":
    """What is wrong, a line each: the case, the kernel, and the number that differs."""
    if 1.0 + 1 / (1 << 50) == 1.0:
        return ["the floats of this Python have fewer than 64 bits; scratchnet computes with 64"]
    problems = []
    former = functions.kernel()
    try:
        for kernel in ("portable", "fast"):
            functions.set_kernel(kernel)
            for name, run in cases():
                problems.extend(["{}, {} kernel: {}".format(name, kernel, wrong) for wrong in _wrong(name, run, kernel)])
    finally:
        functions.set_kernel(former)
    return problems + ["{} format: {}".format(codec, wrong) for codec in ("safetensors", "json") for wrong in _file(codec)]


def _wrong(name: "str", run: "Callable[[], Row]", kernel: "str") -> "List[str]":
    golden = from_bits(GOLDEN[name])
    try:
        numbers = run()
    except Exception as error:  # whatever an odd Python raises is what is to be reported
        return ["{}: {}".format(type(error).__name__, error)]
    if len(numbers) != len(golden):
        return ["{} numbers instead of {}".format(len(numbers), len(golden))]
    allowed = 0.0 if kernel == "portable" else TOLERANCE * max([abs(g) for g in golden])
    return [
        "number {} is {!r} instead of {!r}".format(i, n, g)
        for i, (n, g) in enumerate(zip(numbers, golden))
        if not abs(n - g) <= allowed
    ]


def _file(codec: "str") -> "List[str]":
    """A network through a file's contents and back."""
    from .formats import json, safetensors

    net = _network()
    tensors = {p.name: p.value for p in net.parameters() if p.value is not None}
    module = {"json": json, "safetensors": safetensors}[codec]
    try:
        there_and_back = module.loads(module.dumps(tensors, {"labels": ["no", "yes"]}))
    except Exception as error:
        return ["{}: {}".format(type(error).__name__, error)]
    return [] if there_and_back == (tensors, {"labels": ["no", "yes"]}) else ["what is read is not what was written"]


def bits(numbers: "Row") -> "str":
    """The numbers as hexadecimal text, 16 digits each.

    >>> bits([1.0, -2.0])
    '3ff0000000000000c000000000000000'
    """
    words = [struct.unpack(">Q", struct.pack(">d", n))[0] for n in numbers]
    return "".join(["{:016x}".format(word) for word in words])


def from_bits(text: "str") -> "Row":
    """The numbers that ``bits`` wrote."""
    words = [int(text[i : i + 16], 16) for i in range(0, len(text), 16)]
    return [struct.unpack(">d", struct.pack(">Q", word))[0] for word in words]


def table() -> "str":
    """The golden numbers as this Python computes them, to be put at the end of this file after a rule has changed."""
    former = functions.set_kernel("portable")
    lines = ["    {!r}: {!r},".format(name, bits(run())) for name, run in cases()]
    functions.set_kernel(former)
    return "\n".join(["GOLDEN: \"Dict[str, str]\" = {"] + lines + ["}"])


# ---- the golden numbers ------------------------------------------------------------------------------------------

GOLDEN: "Dict[str, str]" = {}
