"""A check that this interpreter computes correctly, against reference results.

The cases cover all rules, the kernels and the file formats.

    check()    runs all cases and returns a list of the problems, which is empty if there are none

In the portable kernel, each result must have the same bits as the reference. In the fast kernel it
may differ by rounding. Where floats have fewer than 64 bits, it may differ by their rounding in
both kernels. The check needs only the package and also runs on MicroPython. The tests compare the
reference results with independent ones.

>>> check()
[]
"""

import struct

from .core import activations, functions, initializers, layers, losses, optimizers, schedules
from .core.elementary import DIGITS, WIDE
from .core.layer import Parameter
from .core.network import Sequential
from .core.random import Generator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

    from .core.types import Matrix, Row

# In the fast kernel, relative to the largest number of a case: about 4,500 times the rounding of a
# 64-bit float. Where floats have fewer bits, 64 times their rounding in both kernels.
TOLERANCE = 1 / 1000000000000 if WIDE else 64 / (1 << DIGITS)

# Fractions instead of decimals, because some versions of MicroPython misread decimals.
POINTS = [-37 / 10, -1 / 2, -1 / 1000, 1 / 3, 1.0, 5 / 2, 20.0]
POSITIVE = [1 / 1000, 1 / 3, 1.0, 5 / 2, 20.0]
Z = [[-3.0, -1 / 2, 1 / 4, 2.0], [1 / 10, -1.0, 4.0, -1 / 5]]
GRADIENTS = [[1.0, -2.0, 3.0, 1 / 2], [-1.0, 1 / 4, 1 / 3, 2.0]]
SHARES = [[1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 10, 7 / 10, 1 / 10, 1 / 10]]


def cases() -> "List[Tuple[str, Callable[[], Row]]]":
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


def _network() -> "Sequential":
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
    net = _network()
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


# ---- the check -----------------------------------------------------------------------------------


def check() -> "List[str]":
    """Return one line per problem: the case, the kernel, and the number that differs."""
    return check_arithmetic() + [
        f"{codec} format: {wrong}" for codec in ("safetensors", "json") for wrong in _file(codec)
    ]


def check_arithmetic() -> "List[str]":
    """Return the problems of the rules in both kernels. This needs only the core."""
    problems = _rounding()
    former = functions.kernel()
    try:
        for kernel in ("portable", "fast"):
            functions.set_kernel(kernel)
            for name, run in cases():
                problems.extend(
                    [f"{name}, {kernel} kernel: {wrong}" for wrong in _wrong(name, run, kernel)]
                )
    finally:
        functions.set_kernel(former)
    return problems


def _rounding() -> "List[str]":
    """Return the problem if sums are rounded twice, as the x87 unit of a PC does without SSE."""
    tie, above = 1 / (1 << 53), 1 / (1 << 78)
    if not WIDE or 1.0 + (tie + above) > 1.0:
        return []
    return ["rounding: sums are rounded twice, as by an x87 unit; use a build for SSE2"]


def _wrong(name: str, run: "Callable[[], Row]", kernel: str) -> "List[str]":
    golden = from_bits(GOLDEN[name])
    try:
        numbers = run()
    except Exception as error:  # a broken interpreter may raise anything
        return [f"{type(error).__name__}: {error}"]
    if len(numbers) != len(golden):
        return [f"{len(numbers)} numbers instead of {len(golden)}"]
    exact = WIDE and kernel == "portable"
    allowed = 0.0 if exact else TOLERANCE * max([abs(g) for g in golden])
    return [
        f"number {i} is {n!r} instead of {g!r}"
        for i, (n, g) in enumerate(zip(numbers, golden))
        if not abs(n - g) <= allowed
    ]


def _file(codec: str) -> "List[str]":
    """Save and load a network in a format. Return the problems."""
    from .formats import json, safetensors

    net = _network()
    tensors = {p.name: p.value for p in net.parameters() if p.value is not None}
    module = {"json": json, "safetensors": safetensors}[codec]
    try:
        loaded = module.loads(module.dumps(tensors, {"labels": ["no", "yes"]}))
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    if loaded == (tensors, {"labels": ["no", "yes"]}):
        return []
    return ["what is loaded differs from what was saved"]


def bits(numbers: "Row") -> str:
    """Return the numbers as hexadecimal text, 16 digits each.

    >>> bits([1.0, -2.0])
    '3ff0000000000000c000000000000000'
    """
    words = [struct.unpack(">Q", struct.pack(">d", n))[0] for n in numbers]
    return "".join([f"{word:016x}" for word in words])


def from_bits(text: str) -> "Row":
    """Return the numbers that ``bits`` wrote."""
    words = [int(text[i : i + 16], 16) for i in range(0, len(text), 16)]
    return [struct.unpack(">d", struct.pack(">Q", word))[0] for word in words]


def table() -> str:
    """Return the reference results of this Python, to replace those below after a rule changed."""
    former = functions.set_kernel("portable")
    lines = ['GOLDEN: "Dict[str, str]" = {']
    for name, run in cases():
        text = bits(run())
        lines.append(f"    {_quoted(name)}: (")
        lines.extend([f"        {_quoted(text[i : i + 96])}" for i in range(0, len(text), 96)])
        lines.append("    ),")
    functions.set_kernel(former)
    return "\n".join(lines + ["}"])


def _quoted(text: str) -> str:
    return f'"{text}"'


# ---- the reference results -----------------------------------------------------------------------

GOLDEN: "Dict[str, str]" = {
    "exp": (
        "3f99511fc68710443fe368b2fc6f960a3feff7cfe56f1a9e3ff6546db1ba2d134005bf0a8b14576940285d6fd931e0bb"
        "41bceb088b68e804"
    ),
    "expm1": (
        "bfef357701cbc77ebfd92e9a0720d3ecbf50603521cac48c3fd951b6c6e8b44c3ffb7e151628aed340265d6fd931e0bb"
        "41bceb088a68e804"
    ),
    "tanh": (
        "bfeff5fdc948488cbfdd9353d7568af3bf50624d77516ce23fd493aa293c88023fe85efab514f3943fef9258260a71c2"
        "3ff0000000000000"
    ),
    "erf": (
        "bfefffffa642eefcbfe0a7ef5c18edd2bf527cc3804d374c3fd735a06cff72fc3feaf767a741088a3feffcaa8f4c9bea"
        "3ff0000000000000"
    ),
    "cos": (
        "bfeb23a2ad7dd9373fec1528065b7d503feffffef390876c3fee3d165991982d3fe14a280fb5068cbfe9a2f7ef858b7d"
        "3fda1e043964a83f"
    ),
    "log": ("c01ba18a998fffa0bff193ea7aad030b00000000000000003fed5240f0e0e0784007f7427b73e391"),
    "log1p": ("3f5060354f8c3ebf3fd269621134db923fe62e42fefa39ef3ff40b512eb53d6040085b2e946faeb1"),
    "sqrt": ("3fa030dc4ea03a723fe279a74590331c3ff00000000000003ff94c583ada5b534011e3779b97f4a8"),
    "random": (
        "3fd8f2f879164c82bfeeecf0ca02f0e83fec0c22ddaaa164401000000000000040080000000000003ff0000000000000"
        "00000000000000004000000000000000"
    ),
    "glorot_normal": (
        "bf9b08830442261e3fe1bd1dea5a6bdebfc8c574222d6a1cbfce68aa940d54babfe508842258dd1c3fe64b6574e8a349"
    ),
    "glorot_uniform": (
        "bfcee53e18be3be8bff0f049752002d93fec18c2fa1459e63fc741a7fdea4bb8bfbaac7f1a10f958bfe1912566cecef6"
    ),
    "he_normal": (
        "bfa55f251b9dfb323fec0c22ddaaa164bfd3955bfb12ef16bfd80a51b08c55febff0a0d572c153c93ff1a017cca332bc"
    ),
    "he_uniform": (
        "bfd86cce260c7914bffac8458bd0958f3ff636609a36a08c3fd262c74cadc400bfc5166685a75c70bfebc69cc137149f"
    ),
    "kaiming_normal": (
        "bfa55f251b9dfb323fec0c22ddaaa164bfd3955bfb12ef16bfd80a51b08c55febff0a0d572c153c93ff1a017cca332bc"
    ),
    "kaiming_uniform": (
        "bfd86cce260c7914bffac8458bd0958f3ff636609a36a08c3fd262c74cadc400bfc5166685a75c70bfebc69cc137149f"
    ),
    "lecun_normal": (
        "bf9e395e0d8455943fe3d51f7c7bfe4ebfcbb1f5f168fa8dbfd0ffc2c1c70ac5bfe784127306b92e3fe8ed1025328adf"
    ),
    "lecun_uniform": (
        "bfd14566a85c9c0abff2f01dbe7ab6a23fef69c081567c5c3fca0063d7a5b7a8bfbdd27dbd498eb0bfe3a3f652396f62"
    ),
    "normal": (
        "bf6118ea7c7e628f3fa6701be488811dbf8f555ff81e4b56bf933b748d3d1198bfaa9aef1e021fa83fac3359476b8460"
    ),
    "ones": (
        "3ff00000000000003ff00000000000003ff00000000000003ff00000000000003ff00000000000003ff0000000000000"
    ),
    "orthogonal": (
        "bfa6ff67115fbb763fee2e6afeba31f5bfd512c99c3b582cbfe0ef44a62812c13fd074317f2ece013fe9e019050c3985"
    ),
    "uniform": (
        "bf869018161f0b2cbfa8bd8d6e68c0ba3fa484d9b35889d63f80fbef8d1f64ecbf737ad428efcfd0bf99a88096e1b3bd"
    ),
    "xavier_normal": (
        "bf9b08830442261e3fe1bd1dea5a6bdebfc8c574222d6a1cbfce68aa940d54babfe508842258dd1c3fe64b6574e8a349"
    ),
    "xavier_uniform": (
        "bfcee53e18be3be8bff0f049752002d93fec18c2fa1459e63fc741a7fdea4bb8bfbaac7f1a10f958bfe1912566cecef6"
    ),
    "zeros": (
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    ),
    "ELU": (
        "bfee6824f33314f5bfd92e9a0720d3ec3fd000000000000040000000000000003fb999999999999abfe43a54e4e98864"
        "4010000000000000bfc733d4a7a67a9b3fa97db0ccceb0b0bff368b2fc6f960a40080000000000003fe0000000000000"
        "bff00000000000003fb78b56362cef383fd55555555555553ffa330ad6166159"
    ),
    "GELU": (
        "bf7096697b244880bfc3bf143b9aa7123fc3289a2b16ed6c3fff45a183e9b13d3faba3a1a550a71cbfc44ed0bb7cb20c"
        "400fffbd94a1aad4bfb58aba259d1ca0bf8876f5a0927b0ebfd0f5eb7514c7774000b05fb769a3f43fe15d1c05635c4c"
        "bfe28b7402f0bc89bf955429a56cca583fd558157c9192013fe5ec0a4beb3f1a"
    ),
    "Identity": (
        "c008000000000000bfe00000000000003fd000000000000040000000000000003fb999999999999abff0000000000000"
        "4010000000000000bfc999999999999a3ff0000000000000c00000000000000040080000000000003fe0000000000000"
        "bff00000000000003fd00000000000003fd55555555555554000000000000000"
    ),
    "LeakyReLU": (
        "bf9eb851eb851eb8bf747ae147ae147b3fd000000000000040000000000000003fb999999999999abf847ae147ae147b"
        "4010000000000000bf60624dd2f1a9fc3f847ae147ae147bbf947ae147ae147b40080000000000003fe0000000000000"
        "bff00000000000003f647ae147ae147b3fd55555555555553f947ae147ae147b"
    ),
    "ReLU": (
        "000000000000000000000000000000003fd000000000000040000000000000003fb999999999999a0000000000000000"
        "401000000000000000000000000000000000000000000000800000000000000040080000000000003fe0000000000000"
        "bff000000000000000000000000000003fd55555555555550000000000000000"
    ),
    "SELU": (
        "bffabaa6467c6690bfe622e2112b505a3fd0cfabd6a911324000cfabd6a911323fbae5dfbddb4eb7bff1c802bd5f1cb3"
        "4010cfabd6a91132bfd46567fd02bf193fb66867fc489a00c0010fbbbdab480340093781c1fd99cb3fe0cfabd6a91132"
        "bff0cfabd6a911323fc4b25411c3a6fa3fd66a3a738c16ed400707d2c700406a"
    ),
    "SiLU": (
        "bfc236272d6c3f34bfc829a0565978df3fc1fd5992bc4b833ffc2f7d5a8a79c93faae101d842b2c0bfd136561454ba86"
        "400f6ca82f0de1eabfb70c6a73dcdfe1bfb68dfd9dfa7d09bfe0a479d50e732f3ffdf0261427e8e63fe173da2f385e6e"
        "bfe198eb196032583f92842f720c62f03fd674f3cd37c1b23fe9a4751d93e53d"
    ),
    "Sigmoid": (
        "3fa848343c9054463fd829a0565978df3fe1fd5992bc4b833fec2f7d5a8a79c93fe0cca12729afb83fd136561454ba86"
        "3fef6ca82f0de1ea3fdccf8510d417d93fa72165282c6f74bfde149a052c16c13fe7a0fdc06bbd103faae0dc0f990c4c"
        "bfcfeb8dd88468f13fa92a946fa343943f781d9032e806ca3fdfae9f8081fa17"
    ),
    "Softmax": (
        "3f75dbcecb95d5873fb0a4ae508202353fc19dee47ebc1373fe95837065da3c03f93e488c744c2063f7a7ca12f957bef"
        "3feeb5fd54312a663f8d7948cd6124583f5b9c40981a36a3bfc6564b96dc76d13fd46602e931e453bfc2acf2bcb78641"
        "bf9a798b1b6d6bedbf41233f185229d63f634d2acba956c23f9898ffbabad254"
    ),
    "Softplus": (
        "3fa8e070fc0457013fde5746fdb5c0643fea6e18819b6b47400103f2d54301d53fe7d218f1c8904f3fd40c7abfbec125"
        "40101295e50b53b63fe323f4204ebb353fa848343c905446bfe829a0565978df3ffafc065c1a71443fdc2f7d5a8a79c9"
        "bfe0cca12729afb83fb136561454ba863fd4f31aca0941463feccf8510d417d9"
    ),
    "Tanh": (
        "bfefd77d111a0b00bfdd9353d7568af33fcf597ea69a1c863feed9505e1bc3d43fb983d7795f413abfe85efab514f394"
        "3feffa81708a0b42bfc9439830b3a5903f8434a517bbc600bff92a946fa3439440068f7383e111123fa2162c262e0518"
        "bfefae9f8081fa163fbae0dc0f990c463f3d4b23c6c0f2aa3ffec0dd36bc78e1"
    ),
    "Threshold": (
        "000000000000000000000000000000003ff00000000000003ff00000000000003ff00000000000000000000000000000"
        "3ff00000000000000000000000000000"
    ),
    "GELU, tanh": (
        "bf6dcc2a01161280bfc3bfa4b104180e3fc3288fd823fa073fff46083b4f1aa63faba3a08c939602bfc453d22357147a"
        "400fffdb2bbf9944bfb58ac2bd174ca4bf87b97086a6c406bfd0fa05e3645b4d4000b0416c6b86003fe160a99d36889c"
        "bfe28b714787bb2dbf953d225adc38903fd55729de98ff6d3fe5ec34a7adcf5f"
    ),
    "Dense": (
        "bff599999999999a401a618618618619c013f5c28f5c28f6bff1c09c09c09c0a3ff2aaaaaaaaaaaa3ffb6db6db6db6dc"
        "bff0000000000000c017333333333333bfe2aaaaaaaaaaabbfff6db6db6db6db3ff00000000000003fe199999999999a"
        "c00851eb851eb8524017ed3a06d3a06e3fe6b851eb851eb83fe8c6f2d593bfa2c00ee147ae147ae13fe0000000000000"
        "4001d70a3d70a3d7c00deb851eb851eb0000000000000000bffc000000000000"
    ),
    "Dropout": (
        "c01000000000000080000000000000003fd555555555555540055555555555553fc11111111111118000000000000000"
        "4015555555555555bfd11111111111113ff5555555555555800000000000000040100000000000003fe5555555555555"
        "bff555555555555500000000000000003fdc71c71c71c71c4005555555555555"
    ),
    "Normalization": (
        "bff00000000000003ff0000000000000bff00000000000003ff00000000000003ff0000000000000bff0000000000000"
        "3ff0000000000000bfeffffffffffffe3fe4a5294a5294a5c0200000000000003ff999999999999a3fdd1745d1745d17"
        "bfe4a5294a5294a53ff00000000000003fc6c16c16c16c163ffd1745d1745d178000000000000000401c000000000000"
        "bffc71c71c71c71dc0022e8ba2e8ba2e3ff4a5294a5294a540220000000000003ff6c16c16c16c173ff5d1745d1745cf"
    ),
    "binary_cross_entropy": (
        "3fd827723735c60e3fd0000000000000bfe00000000000003fc24924924924923fc24924924924923fc1c71c71c71c72"
        "bfc6db6db6db6db73fc1c71c71c71c723fc1c71c71c71c723fcd2dfbfeb67ddc3fb2492492492492bfc2492492492492"
        "3fa4e5e0a72f05393fa4e5e0a72f05393fce79e79e79e79ebfd397829cbc14e63fce79e79e79e79e3fce79e79e79e79e"
    ),
    "categorical_cross_entropy": (
        "3febe333c83289c38000000000000000c000000000000000800000000000000080000000000000008000000000000000"
        "bfe6db6db6db6db7800000000000000080000000000000003fe01ed47d3a50418000000000000000bfe2492492492492"
        "800000000000000080000000000000008000000000000000bff397829cbc14e680000000000000008000000000000000"
    ),
    "half_squared_error": (
        "4021ae6666666666bff8000000000000bfe80000000000003fc00000000000003ff00000000000003fa999999999999a"
        "bff00000000000004000000000000000bfb999999999999a40235f8af8af8af7bfdb6db6db6db6dbbfcb6db6db6db6db"
        "3fa24924924924923fd24924924924923fb5f15f15f15f16bffb6db6db6db6db400b6db6db6db6dbbfc5f15f15f15f16"
    ),
    "hinge": (
        "3ff34ccccccccccdbfc00000000000003fc00000000000003fc000000000000000000000000000003fc0000000000000"
        "bfc000000000000000000000000000003fc00000000000003ff0a83a83a83a83bfa24924924924923fa2492492492492"
        "3fa249249249249200000000000000003fcb6db6db6db6dbbfcb6db6db6db6db00000000000000003fcb6db6db6db6db"
    ),
    "huber": (
        "3ff41cccccccccccbfc0000000000000bfc00000000000003fa00000000000003fc00000000000003f8999999999999a"
        "bfc00000000000003fc0000000000000bf9999999999999a3ff41a83a83a83a8bfa2492492492492bfa2492492492492"
        "3f824924924924923fa24924924924923f95f15f15f15f16bfcb6db6db6db6db3fcb6db6db6db6dbbfa5f15f15f15f16"
    ),
    "mean_absolute_error": (
        "3ffa19999999999abfc0000000000000bfc00000000000003fc00000000000003fc00000000000003fc0000000000000"
        "bfc00000000000003fc0000000000000bfc00000000000003ff9750750750750bfa2492492492492bfa2492492492492"
        "3fa24924924924923fa24924924924923fcb6db6db6db6dbbfcb6db6db6db6db3fcb6db6db6db6dbbfcb6db6db6db6db"
    ),
    "mean_squared_error": (
        "4011ae6666666666bfe8000000000000bfd80000000000003fb00000000000003fe00000000000003f9999999999999a"
        "bfe00000000000003ff0000000000000bfa999999999999a40135f8af8af8af7bfcb6db6db6db6dbbfbb6db6db6db6db"
        "3f924924924924923fc24924924924923fa5f15f15f15f16bfeb6db6db6db6db3ffb6db6db6db6dbbfb5f15f15f15f16"
    ),
    "binary_cross_entropy, paired": (
        "3ff319554cc60aed3f7848343c905446bfb3eb2fd4d343903fb1fd5992bc4b833fbc2f7d5a8a79c9bfae66bdb1aca090"
        "3fa136561454ba863fbf6ca82f0de1ea3faccf8510d417d93ff561e583b6b2da3f5bc03bb2ee172abf96c3a460f171c8"
        "3f948f41cc44e8953fa01b230f2a8ebcbfba0eebbcdd1be93fad81b822da64533fcaef6b960be6363fb8b1dfc5481470"
    ),
    "categorical_cross_entropy, paired": (
        "400ab278d03a19303f65dbcecb95d587bfddeb6a35efbfb93fb19dee47ebc1373fd95837065da3c0bfdf60dbb9c5d9f0"
        "3f6a7ca12f957bef3fdeb5fd54312a663f7d7948cd612458400e25ffda0f42f53f48fb357af461bebfc118cefa3fdb45"
        "3f942234e47b25f53fbcf71a506b0447bfeae54e9f3bdf603f76b3f7dfa4b35f3fea52d92397db323f894362f92eb170"
    ),
    "half_squared_error, paired": (
        "402094ccccccccccbff8000000000000bfe80000000000003fc00000000000003ff0000000000000bfdccccccccccccd"
        "bfe00000000000004000000000000000bfb999999999999a40217cccccccccccbfdb6db6db6db6dbbfcb6db6db6db6db"
        "3fa24924924924923fd2492492492492bfe8af8af8af8af8bfeb6db6db6db6db400b6db6db6db6dbbfc5f15f15f15f16"
    ),
    "perceptron, paired": (
        "3feb0000000000000000000000000000bfc00000000000003fc00000000000003fc00000000000000000000000000000"
        "00000000000000003fc000000000000000000000000000003fee9249249249230000000000000000bfa2492492492492"
        "3fa24924924924923fa2492492492492000000000000000000000000000000003fcb6db6db6db6db0000000000000000"
    ),
    "SGD(learning_rate=0.1)": (
        "3feccccccccccccdbfff7777777777773fb99999999999983fed41d41d41d41dc0015555555555553fb9999999999998"
        "3fece6ce6ce6ce6dc0016c16c16c16c13fc9999999999999"
    ),
    "SGD(learning_rate=0.1, weight_decay=0.01, clip_norm=1.0, momentum=0.9)": (
        "3fef31c4dceff63dbfffd6cd2f1019ae3fd9c77ef7e1ffba3feeaa8a76fc9ee1c000a110c23745db3fd427a4919c051d"
        "3fedcf10f4f81fc9c00156c94d7e54cb3fd5652756ae686d"
    ),
    "SGD(learning_rate=0.1, momentum=0.9, nesterov=True)": (
        "3fe9eb851eb851ecbffefc962fc962fdbfd0a3d70a3d70a43fe8325281510ad4c002513cc1e098ebbfe2b020c49ba5e4"
        "3fe58ef9f5c43974c003967b84644e76bfe5f06f69446739"
    ),
    "Adagrad(learning_rate=0.1, weight_decay=0.01, epsilon=1e-10)": (
        "3fecccccccce2929bffe66666668584b3fd99999999a494d3fed386dcfbdd340bffff9a2de416be83fd997f6b1862092"
        "3fecd869d115a157c000061546607cb73fdb235f4d16e1b1"
    ),
    "RMSprop(learning_rate=0.1, clip_norm=100.0, alpha=0.99, epsilon=1e-08)": (
        "3e7ad7f26f800000bff000005087d63dbfdfffffe5280d6a3fc230f9207bd4d2bfffc8d10ef66bcebfdfffffe5280d6a"
        "3fa03b962139a7bcc000550c437f749ebfd0548d6b6654d4"
    ),
    "Adam(learning_rate=0.1, weight_decay=0.01, beta1=0.9, beta2=0.999, epsilon=1e-08)": (
        "3feccccccd54e0d0bffe66666728e39b3fd9999999de3bd23feafcc7fb99f292bfff624c98cae3e63fd54e8f0f9f24f2"
        "3fe95b7f520a3dc7c000185aa1e3c95b3fd3132e162091ba"
    ),
    "AdamW(learning_rate=0.1, weight_decay=0.01, beta1=0.9, beta2=0.999, epsilon=1e-08)": (
        "3fecc49ba66cc457bffe5e35404b16203fd9916872f4d8f43feaf41b33abb419bfff55fdaadaad9b3fd5410a06275461"
        "3fe954b00ad38f5fc00010c595e825c83fd30272c5e217fd"
    ),
    "StepDecay": (
        "3fe00000000000003fe00000000000003fa999999999999a3fa999999999999a3f747ae147ae147c3f747ae147ae147c"
    ),
    "ExponentialDecay": (
        "3fe00000000000003fdccccccccccccd3fd9eb851eb851ec3fd753f7ced916883fd4fec56d5cfaae3fd2e54b48d3ae6a"
    ),
    "CosineDecay": (
        "3fe00000000000003fdcf1bbcdcbfa543fd4f1bbcdcbfa543fc61c8864680b593fa8722191a02d640000000000000000"
    ),
    "WarmUp": (
        "3fc55555555555553fd55555555555553fe00000000000003fe00000000000003fdccccccccccccd3fd9eb851eb851ec"
    ),
    "training": (
        "3fea1736541b38103fe53363f6bff3ae3fe5282755fde1eb3fe3f020312b2ae53fe37db7de0fae073fe999999999999a"
        "3fe33333333333333fe7f254dab9cc3b3fdf5a7cecdb684bbfdb17fd41fdb868bff2168d5d0e83473fdc1ed672b47647"
        "3fd4495657f615843fe5553ba9a4dadcbfe3ac07c0922536bfa1c7ff9972cd4c3fd38b4e0a24d3d63fe0077a7641176d"
        "bfcc98b63cdd9127bfe3bd147f1ae7eebfd1470cf53e0f2b3fcf261c7a5373483fdbb41b6c56ce5a"
    ),
}
