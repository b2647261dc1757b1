"""The core is generic over the number: the same rules on Fraction, Decimal, dual numbers, user-defined numbers, and Traced.

    Fraction    exact: every derivative equals an exact difference quotient
    Decimal     50 digits: the oracle for the floats of both kernels
    Dual        forward mode: every backward, exact to rounding
    Plain       a user's class with the operators and five functions, which refuses floats
    Choosing    Plain without truth values: every branch has to go through ``where``
    Traced      the bits of the floats

Every network is first made of floats; ``net.copy(number)`` and ``with_numbers`` make it one of other numbers.
"""

import math
import operator
import struct
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_networks import BUILT_IN_ENDINGS, BUILT_IN_LAYERS

import scratchnet as sn
from scratchnet import scalars
from scratchnet.scalars import Traced, decimals

F, D = Fraction, Decimal
EPSILON = 2.0**-52


@pytest.fixture(autouse=True)
def fifty_digits():
    with localcontext() as context:
        context.prec = 50
        yield


# ---- user-defined numbers ----------------------------------------------------------------------------------------

COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


def value_of(x):
    return getattr(x, "value", x)


def arithmetic(function, swapped=False):
    def of_two(a, b):
        if type(b) is not type(a) and not isinstance(b, int):
            return NotImplemented
        return type(a)(
            function(value_of(b), a.value) if swapped else function(a.value, value_of(b))
        )

    return of_two


def comparison(function):
    return lambda a, b: function(a.value, value_of(b))


def elementary(function):
    return lambda a: type(a)(function(a.value))


class Plain:
    """A number with the operators, among its own kind and ints alone, and five functions. No float slips in."""

    def __init__(self, value):
        self.value = float(value_of(value))

    __add__, __radd__ = arithmetic(operator.add), arithmetic(operator.add, True)
    __sub__, __rsub__ = arithmetic(operator.sub), arithmetic(operator.sub, True)
    __mul__, __rmul__ = arithmetic(operator.mul), arithmetic(operator.mul, True)
    __truediv__, __rtruediv__ = arithmetic(operator.truediv), arithmetic(operator.truediv, True)
    __neg__, __abs__ = elementary(operator.neg), elementary(abs)
    __lt__, __le__, __gt__, __ge__, __eq__, __ne__ = map(comparison, COMPARISONS)
    __hash__ = None
    exp, log, tanh, erf, sqrt = map(
        elementary, (math.exp, math.log, math.tanh, math.erf, math.sqrt)
    )


class Unsaid:
    """Whether something is so: it can choose, and does not tell."""

    def __init__(self, truth):
        self.truth = truth

    def where(self, a, b):
        return Choosing(a if self.truth else b)

    def __bool__(self):
        raise AssertionError("a rule branched on a number")


def unsaid(function):
    return lambda a, b: Unsaid(function(a.value, value_of(b)))


class Choosing(Plain):
    """Plain, whose comparisons have no truth value, nor has it itself."""

    __lt__, __le__, __gt__, __ge__, __eq__, __ne__ = map(unsaid, COMPARISONS)
    __hash__ = None
    __bool__ = Unsaid.__bool__


def dual_arithmetic(value, derivative, swapped=False):
    def of_two(a, b):
        b = b if isinstance(b, Dual) else Dual(b)
        a, b = (b, a) if swapped else (a, b)
        return Dual(
            value(a.value, b.value), derivative(a.value, a.derivative, b.value, b.derivative)
        )

    return of_two


def dual_elementary(value, slope):
    return lambda a: Dual(value(a.value), slope(a.value) * a.derivative)


def _difference(a, da, b, db):
    return da - db


def _quotient(a, da, b, db):
    return (da - a / b * db) / b


class Dual:
    """a + a'ε with ε² = 0: a value, and its derivative in the number that was given the derivative 1."""

    def __init__(self, value, derivative=0.0):
        self.value, self.derivative = float(value), derivative

    __add__ = __radd__ = dual_arithmetic(operator.add, lambda a, da, b, db: da + db)
    __mul__ = __rmul__ = dual_arithmetic(operator.mul, lambda a, da, b, db: da * b + a * db)
    __sub__, __rsub__ = (
        dual_arithmetic(operator.sub, _difference),
        dual_arithmetic(operator.sub, _difference, True),
    )
    __truediv__ = dual_arithmetic(operator.truediv, _quotient)
    __rtruediv__ = dual_arithmetic(operator.truediv, _quotient, True)
    __neg__, __abs__ = (
        dual_elementary(operator.neg, lambda x: -1),
        dual_elementary(abs, lambda x: 1 if x >= 0 else -1),
    )
    __lt__, __le__, __gt__, __ge__, __eq__, __ne__ = map(comparison, COMPARISONS)
    __hash__ = None
    exp, expm1 = dual_elementary(math.exp, math.exp), dual_elementary(math.expm1, math.exp)
    log = dual_elementary(math.log, lambda x: 1 / x)
    log1p = dual_elementary(math.log1p, lambda x: 1 / (1 + x))
    tanh = dual_elementary(math.tanh, lambda x: 1 / math.cosh(x) ** 2)
    erf = dual_elementary(math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x))
    sqrt = dual_elementary(math.sqrt, lambda x: 1 / (2 * math.sqrt(x)))


# ---- every layer, loss and optimizer -----------------------------------------------------------------------------

CASES = [(hidden, BUILT_IN_ENDINGS[0]) for hidden in BUILT_IN_LAYERS]
CASES += [(sn.Tanh, ending) for ending in BUILT_IN_ENDINGS]
OPTIMIZERS = [
    sn.SGD(0.1),
    sn.SGD(0.1, momentum=0.9, weight_decay=0.01),
    sn.SGD(0.1, momentum=0.9, nesterov=True, clip_norm=0.5),
    sn.SGD(0.1, clip_norm=1000.0),
    sn.Adagrad(0.1),
    sn.RMSprop(0.1, weight_decay=0.01),
    sn.Adam(0.1),
    sn.AdamW(0.1),
]


def case_id(case):
    hidden, (loss, ending) = case
    return " ".join([repr(hidden())] + [repr(layer()) for layer in ending] + [type(loss).__name__])


def random_rows(generator, rows, columns):
    return [[generator.normal() for _ in range(columns)] for _ in range(rows)]


def targets(loss, samples, outputs, generator):
    if isinstance(loss, sn.CategoricalCrossEntropy):
        Y = [[1.0 if k == i % outputs else 0.0 for k in range(outputs)] for i in range(samples)]
        Y[-1] = [1 / outputs] * outputs
        return Y
    if isinstance(loss, sn.Hinge):
        return [
            [1.0 if generator.random() < 0.5 else -1.0 for _ in range(outputs)]
            for _ in range(samples)
        ]
    if isinstance(loss, (sn.BinaryCrossEntropy, sn.Perceptron)):
        return [[float(generator.below(2)) for _ in range(outputs)] for _ in range(samples)]
    return random_rows(generator, samples, outputs)


class Setting:
    """A network of floats with a loss and data, which can be computed with any number."""

    def __init__(self, hidden, ending, inputs=3, width=2, outputs=2, samples=3, seed=1, depth=1):
        generator = sn.Generator(seed)
        self.loss, ending = ending
        layers = [sn.Normalization()]
        for _ in range(depth):
            layers += [sn.Dense(inputs, width, l1=0.125, l2=0.25), hidden(), sn.Dropout(0.25)]
            inputs = width
        self.net = sn.Sequential(
            layers + [sn.Dense(width, outputs)] + [layer() for layer in ending], seed
        )
        self.X = random_rows(generator, samples, self.net.inputs)
        self.Y = targets(self.loss, samples, outputs, generator)
        self.weights = [1 + generator.random() for _ in range(samples)]
        self.net.adapt(self.X)
        for parameter in self.net.parameters():
            if parameter.role == "bias":
                parameter.value = [generator.normal() for _ in parameter.value]

    def of(self, number):
        """The network, and a function that computes its loss and gradients; every number exactly as it is."""
        net = self.net.copy(number)
        X, Y = ([[number(v) for v in row] for row in rows] for rows in (self.X, self.Y))
        weights = [number(w) for w in self.weights]
        loss = self.loss.with_numbers(number, exactly=True)
        return net, lambda: net.backpropagate(X, Y, loss, weights, sn.Generator(9))

    def arrays(self, number, optimizer=None, steps=1):
        """All that a training step computes, array by array: the loss, gradients and parameters."""
        net, backpropagate = self.of(number)
        found = []
        for _ in range(steps):
            found.append([backpropagate()])
            found += [flat(p.gradient_rows) for p in net.parameters()]
            if optimizer is not None:
                optimizer.step(net.parameters())
                found += [flat(p.rows) for p in net.parameters()]
        return found


def flat(rows):
    return [v for row in rows for v in row]


def assert_close(found, expected, tolerance):
    """Array by array, relative to the largest element."""
    assert len(found) == len(expected)
    for f, e in zip(found, expected):
        assert len(f) == len(e)
        number = Decimal if any(isinstance(v, Decimal) for v in f + e) else float
        f, e = [number(value_of(v)) for v in f], [number(value_of(v)) for v in e]
        largest = max(abs(v) for v in e)
        for a, b in zip(f, e):
            assert abs(a - b) <= number(tolerance) * largest, (a, b, f, e)


EACH_CASE = pytest.mark.parametrize("case", CASES, ids=case_id)
EACH_OPTIMIZER = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
EACH_NUMBER = pytest.mark.parametrize("number", [Decimal, Dual, Plain, Choosing, scalars.Dual])


@EACH_NUMBER
@EACH_CASE
def test_every_layer_and_loss_computes_with_every_number(case, number, each_kernel):
    setting = Setting(*case)
    arrays = setting.arrays(number)
    assert_close(arrays, setting.arrays(float), 1e-13)
    assert all(type(v) is number for v in flat(arrays))


@EACH_NUMBER
@EACH_OPTIMIZER
def test_every_optimizer_computes_with_every_number(optimizer, number, each_kernel):
    setting = Setting(*CASES[0])
    arrays = setting.arrays(number, optimizer.with_numbers(number, exactly=True), 3)
    assert_close(arrays, setting.arrays(float, optimizer.with_numbers(float), 3), 1e-12)
    assert all(type(v) is number for v in flat(arrays))


@pytest.mark.parametrize("number", [F, Decimal, Dual, Plain])
def test_a_network_computes_with_the_type_of_its_parameters(number):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [number(2)]], bias=[0])])
    assert net.number is number
    assert type(net.forward([[1, number(3)]])[0][0]) is number


# ---- Fraction: exactly -------------------------------------------------------------------------------------------

AND_X, AND_Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]


def the_article(iterations):
    """W₁, W₂ and b after each iteration, in plain fractions."""
    w1, w2, b = F("0.4"), F("0.2"), F(1)
    for _ in range(iterations):
        errors = [(w1 * x1 + w2 * x2 + b >= 0) - y for (x1, x2), y in zip(AND_X, AND_Y)]
        w1 -= F("0.1") * sum(e * x1 for e, (x1, _) in zip(errors, AND_X)) / 4
        w2 -= F("0.1") * sum(e * x2 for e, (_, x2) in zip(errors, AND_X)) / 4
        b -= F("0.1") * F(sum(errors), 4)
        yield [w1, w2, b]


def learnt(net):
    return [v for p in net.parameters() for v in flat(p.rows)]


def test_the_article_in_fractions():
    layers = [sn.Dense(2, 1, weights=[[F("0.4")], [F("0.2")]], bias=[1]), sn.Threshold(0)]
    net = sn.Sequential(layers)
    training = sn.epochs(
        net, AND_X, AND_Y, "perceptron", sn.SGD(F("0.1")), epochs=1000, shuffle=False
    )
    for exact, epoch in zip(the_article(1000), training):
        assert learnt(net) == exact
        assert type(epoch.loss) is F
    assert learnt(net) == [F(1, 20), F(1, 20), F(-3, 40)]
    assert all(type(v) is F for v in learnt(net))
    assert net.predict(AND_X) == [[0], [0], [0], [1]]


def test_the_article_in_floats_stays_near_the_fractions():
    layers = [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
    net = sn.Sequential(layers)
    training = sn.epochs(net, AND_X, AND_Y, "perceptron", sn.SGD(0.1), epochs=1000, shuffle=False)
    for exact, _ in zip(the_article(1000), training):
        assert max(abs(F(w) - e) for w, e in zip(learnt(net), exact)) < 1e-15


# The terms of one output, and whether their mean is over the outputs too; from the textbooks' formulas.
TERMS = {
    "mean_squared_error": (lambda a, y: (a - y) ** 2, True),
    "half_squared_error": (lambda a, y: (a - y) ** 2 / 2, False),
    "mean_absolute_error": (lambda a, y: abs(a - y), True),
    "huber": (lambda a, y: (a - y) ** 2 / 2 if abs(a - y) <= 1 else abs(a - y) - F(1, 2), True),
    "hinge": (lambda a, y: max(0, 1 - y * a), True),
}
SLOPES = {sn.Identity: F(1), sn.ReLU: F(0), sn.LeakyReLU: F(1, 8)}  # below 0


class Exact:
    """Dense(2, 2), an activation that is linear on both sides of 0, and Dense(2, 2), in plain fractions."""

    def __init__(self, numbers, activation, loss, X, Y, l1, l2):
        n = iter(numbers)
        self.arrays = [[[next(n) for _ in range(2)] for _ in range(rows)] for rows in (2, 1, 2, 1)]
        self.below, self.loss, self.X, self.Y, self.l1, self.l2 = (
            SLOPES[activation],
            loss,
            X,
            Y,
            l1,
            l2,
        )
        (w, b, v, c), leaky = self.arrays, activation is sn.LeakyReLU
        self.net = sn.Sequential(
            [
                sn.Dense(2, 2, weights=w, bias=b[0], l1=l1, l2=l2),
                activation(self.below) if leaky else activation(),
                sn.Dense(2, 2, weights=v, bias=c[0]),
            ]
        )

    def value(self):
        w, (b,), v, (c,) = self.arrays
        term, over_outputs = TERMS[self.loss]
        total = F(0)
        for x, y in zip(self.X, self.Y):
            z = [x[0] * w[0][j] + x[1] * w[1][j] + b[j] for j in range(2)]
            h = [z_j if z_j > 0 else self.below * z_j for z_j in z]
            a = [h[0] * v[0][k] + h[1] * v[1][k] + c[k] for k in range(2)]
            total += sum(term(a_k, y_k) for a_k, y_k in zip(a, y))
        penalty = sum(self.l1 * abs(w_ij) + self.l2 * w_ij**2 / 2 for w_ij in flat(w))
        return total / len(self.X) / (2 if over_outputs else 1) + penalty

    def derivative(self, row, j):
        """The derivative in row[j], exactly: the loss is made of parabolas in it. None where two of them meet."""
        h, middle, at = F(1, 10**9), row[j], {}
        for k in (-2, -1, 0, 1, 2):
            row[j] = middle + k * h
            at[k] = self.value()
        row[j] = middle
        # For one parabola the second difference grows as h², and the third is 0. Only the third one tells if two
        # parabolas meet that have the same value and the same derivative, as Huber's do.
        second = at[2] - 2 * at[0] + at[-2] == 4 * (at[1] - 2 * at[0] + at[-1])
        third = at[2] - 2 * at[1] + 2 * at[-1] - at[-2]
        if not second or third != 0:
            return None
        return (at[1] - at[-1]) / (2 * h)

    def gradients(self):
        return [
            [[self.derivative(row, j) for j in range(2)] for row in rows] for rows in self.arrays
        ]


def random_fractions(generator, count):
    return [F(generator.below(25) - 12, 1 + generator.below(6)) for _ in range(count)]


def random_exact(seed, activation, loss):
    generator = sn.Generator(seed)
    samples = 1 + generator.below(3)
    X, Y = ([random_fractions(generator, 2) for _ in range(samples)] for _ in range(2))
    if loss == "hinge":
        Y = [[1 if v > 0 else -1 for v in y] for y in Y]
    return Exact(random_fractions(generator, 12), activation, loss, X, Y, F(1, 7), F(1, 3))


@pytest.mark.parametrize("activation", sorted(SLOPES, key=repr))
@pytest.mark.parametrize("loss", sorted(TERMS))
@given(st.integers(0, 10**9))
@settings(max_examples=8)
def test_every_gradient_of_a_rational_network_is_exact(activation, loss, seed):
    exact = random_exact(seed, activation, loss)
    value, gradients = exact.net.gradients(exact.X, exact.Y, loss)
    assert value == exact.value() and type(value) is F
    expected = exact.gradients()
    assume(flat(flat(expected)).count(None) == 0)
    assert [p.gradient_rows for p in exact.net.parameters()] == expected
    assert all(type(g) is F for p in exact.net.parameters() for g in flat(p.gradient_rows))


def test_a_loss_of_nothing_is_exact_too():
    value, gradients = fraction_net().gradients([[10, 10]], [1], "hinge")
    assert (value, gradients) == (0, [[[0], [0]], [0]])
    assert [type(v) for v in [value] + gradients[1]] == [F, F]


@pytest.mark.parametrize("loss", sorted(TERMS))
def test_a_sample_of_weight_3_counts_as_three(loss):
    exact = random_exact(3, sn.LeakyReLU, loss)
    X, Y = [[1, 2], [F(1, 2), -1], [0, F(1, 3)]], [[1, -1], [-1, -1], [1, 1]]
    repeated = [X[0]] + [X[1]] * 2 + [X[2]] * 3, [Y[0]] + [Y[1]] * 2 + [Y[2]] * 3
    assert exact.net.gradients(X, Y, loss, sample_weight=[1, 2, 3]) == exact.net.gradients(
        *repeated, loss=loss
    )


SGDS = {
    "plain": dict(),
    "momentum": dict(momentum=F(9, 10)),
    "nesterov": dict(momentum=F(1, 2), nesterov=True),
    "decay": dict(momentum=F(1, 2), weight_decay=F(1, 100)),
}


def steps_by_hand(exact, steps, rate, momentum=0, nesterov=False, weight_decay=0):
    """PyTorch's SGD, as its documentation writes it."""
    buffers = {}
    for _ in range(steps):
        rows = [row for rows in exact.arrays for row in rows]
        for i, (row, gradient) in enumerate(zip(rows, flat(exact.gradients()))):
            for j, g in enumerate(gradient):
                g = g + weight_decay * row[j]
                if momentum:
                    buffers[i, j] = momentum * buffers.get((i, j), 0) + g
                    g = g + momentum * buffers[i, j] if nesterov else buffers[i, j]
                row[j] = row[j] - rate * g


@pytest.mark.parametrize("options", sorted(SGDS))
@pytest.mark.parametrize("loss", sorted(TERMS))
def test_sgd_steps_exactly(loss, options):
    exact, options = random_exact(4, sn.LeakyReLU, loss), SGDS[options]
    in_floats = exact.net.copy(float)
    history = exact.net.fit(exact.X, exact.Y, loss, optimizer=sn.SGD(F(1, 64), **options), epochs=3)
    steps_by_hand(exact, 3, F(1, 64), **options)
    assert [p.rows for p in exact.net.parameters()] == exact.arrays
    assert all(type(v) is F for v in history.loss + learnt(exact.net))
    of_floats = sn.SGD(F(1, 64), **options).with_numbers(float)
    in_floats.fit(exact.X, exact.Y, loss, optimizer=of_floats, epochs=3)
    assert_close([learnt(in_floats)], [[float(v) for v in learnt(exact.net)]], 1e-13)


def fraction_net(*layers, **options):
    return sn.Sequential(
        [sn.Dense(2, 1, weights=[[F(1, 2)], [F(1, 3)]], bias=[1], **options)] + list(layers)
    )


def fit(**options):
    fraction_net().fit([[1, 2], [3, 4]], [1, 2], "half_squared_error", **options)


def backward(net, dA):
    net.forward([[1, 2]])
    net.backward(dA)


FLOATS_BESIDE_FRACTIONS = {
    "X: row 0, column 1: 0.5": lambda: fraction_net().predict([[1, 0.5]]),
    "Y: row 1, column 0: 0.5": lambda: fraction_net().evaluate([[1, 1], [1, 2]], [1, 0.5], "huber"),
    "dA: row 0, column 0: 0.5": lambda: backward(fraction_net(), [[0.5]]),
    "sample_weight: number 0: 0.5": lambda: fraction_net().evaluate(
        [[1, 1]], [1], "huber", sample_weight=[0.5]
    ),
    "class_weight of 1: 0.5": lambda: fit(optimizer=sn.SGD(1), class_weight={1: 0.5, 2: 1}),
    "0.bias: 0.5": lambda: sn.Sequential([sn.Dense(1, 1, weights=[[F(1)]], bias=[0.5])]),
    "0.weights: 0.5": lambda: sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [F(1)]])]),
    "0.bias: number 0: 0.5": lambda: setattr(fraction_net().parameters()[1], "value", [0.5]),
    "Dense: l1: 0.5": lambda: fraction_net(l1=0.5),
    "LeakyReLU: slope: 0.01": lambda: fraction_net(sn.LeakyReLU()),
    "Threshold: threshold: 0.5": lambda: fraction_net(sn.Threshold(0.5)),
    "Dropout: rate: 0.5": lambda: fraction_net(sn.Dropout()),
    "Huber: delta: 0.5": lambda: fraction_net().evaluate([[1, 1]], [1], sn.Huber(0.5)),
    "SGD: learning_rate: 0.1": lambda: fit(optimizer=sn.SGD(0.1)),
    "SGD: momentum: 0.5": lambda: fit(optimizer=sn.SGD(1, momentum=0.5)),
    "SGD: weight_decay: 0.5": lambda: fit(optimizer=sn.SGD(1, weight_decay=0.5)),
    "Adam: learning_rate: 0.001": lambda: fit(optimizer="adam"),
    "learning_rate: 0.1": lambda: fit(optimizer=sn.SGD(lambda t: 0.1)),
    "learning_rate: 0.2": lambda: fit(optimizer=sn.SGD(sn.WarmUp(1, 0.2))),
}


@pytest.mark.parametrize("what", sorted(FLOATS_BESIDE_FRACTIONS))
def test_a_float_beside_fractions_is_refused(what):
    with pytest.raises(TypeError) as caught:
        FLOATS_BESIDE_FRACTIONS[what]()
    sentence = " is a float, but this network computes with Fraction: give an int or a Fraction"
    assert str(caught.value) == what + sentence


LACKING = {
    "exp": lambda: fraction_net(sn.Sigmoid()).predict([[1, 1]]),
    "tanh": lambda: fraction_net(sn.Tanh()).predict([[1, 1]]),
    "sqrt": lambda: fit(optimizer=sn.SGD(1, clip_norm=1)),
    "log": lambda: fraction_net(sn.Identity()).evaluate([[1, 1]], [1], "binary_cross_entropy"),
}


@pytest.mark.parametrize("name", sorted(LACKING))
def test_a_function_that_fractions_lack_is_named(name):
    with pytest.raises(TypeError) as caught:
        LACKING[name]()
    assert str(
        caught.value
    ) == "{0}: a Fraction has no method {0}(), which this network needs".format(name)


# ---- Decimal: 50 digits, the oracle ------------------------------------------------------------------------------


def test_an_overflow_of_decimals_is_a_divergence():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[D(1)]])])
    with pytest.raises(
        sn.Diverged,
        match="^epoch 2: Overflow at the learning rate 1E\\+600000; the network keeps its",
    ):
        net.fit([[1]], [0], "half_squared_error", optimizer=sn.SGD(D("1e600000")), epochs=9)
    assert net.parameters()[0].value[0][0] < -D("1e599999")


@pytest.mark.parametrize("value", ["Infinity", "NaN"])
def test_a_decimal_hyperparameter_is_finite(value):
    with pytest.raises(ValueError, match="^SGD: learning_rate is Decimal"):
        sn.SGD(D(value))


# A000796 (pi), A073744 (tanh 1), A002162 (log 2), A001113 (e), A049470 (cos 1) of the OEIS; all by mpmath 1.4.1.
PI = (
    "3.14159265358979323846264338327950288419716939937510"
    + "58209749445923078164062862089986280348253421170680"
)
DIGITS = {
    (
        "tanh",
        "1",
    ): "0.76159415595576488811945828260479359041276859725793655159681050012195324457663848",
    (
        "tanh",
        "-0.5",
    ): "-0.46211715726000975850231848364367254873028928033011303855273181583808090614040928",
    (
        "tanh",
        "1e-20",
    ): "9.9999999999999999999999999999999999999996666666666666666666666666666666666666667E-21",
    (
        "tanh",
        "20",
    ): "0.99999999999999999150329148941682204543855819119098725713047456422766385013396305",
    (
        "erf",
        "1",
    ): "0.84270079294971486934122063508260925929606699796630290845993789783471725409601084",
    (
        "erf",
        "-0.5",
    ): "-0.52049987781304653768274665389196452873645157575796370005880572564719352171685357",
    (
        "erf",
        "1e-20",
    ): "1.1283791670955125738961589031215451716880636460190945299357082381245142187105972E-20",
    (
        "erf",
        "6",
    ): "0.99999999999999997848026328750108688340664960081261536952248593831145789947210795",
    (
        "log1p",
        "1",
    ): "0.69314718055994530941723212145817656807550013436025525412068000949339362196969472",
    (
        "log1p",
        "1e-20",
    ): "9.9999999999999999999500000000000000000003333333333333333333308333333333333333334E-21",
    (
        "log1p",
        "-0.999",
    ): "-6.9077552789821370520539743640530926228033044658863189280999837029027178290320574",
    (
        "log1p",
        "1e20",
    ): "46.051701859880913680369829093687284152021979772575459520666558352684785526880383",
    (
        "expm1",
        "1",
    ): "1.7182818284590452353602874713526624977572470936999595749669676277240766303535476",
    (
        "expm1",
        "1e-20",
    ): "1.0000000000000000000050000000000000000000166666666666666666667083333333333333333E-20",
    (
        "expm1",
        "-20",
    ): "-0.99999999793884637756144217203405961984417902362419272440089630702775533837083598",
    (
        "expm1",
        "100",
    ): "26881171418161354484126255515800135873611117.773741922415191608615280287034909565",
    (
        "log",
        "1e-20",
    ): "-46.051701859880913680359829093687284152022029772575459520666558019351452193547050",
    (
        "cos",
        "1",
    ): "0.54030230586813971740093660744297660373231042061792222767009725538110039477447176",
    (
        "cos",
        "3",
    ): "-0.98999249660044545727157279473126130239367909661558832881408593292832919751313322",
}


@pytest.mark.parametrize("name, argument", sorted(DIGITS))
@pytest.mark.parametrize("precision", [6, 28, 50, 70])
def test_known_digits(name, argument, precision):
    with localcontext() as context:
        context.prec = precision
        assert getattr(decimals, name)(Decimal(argument)) == +Decimal(DIGITS[name, argument])


@pytest.mark.parametrize("precision", [6, 28, 50, 99])
def test_the_digits_of_pi(precision):
    with localcontext() as context:
        context.prec = precision
        assert decimals.pi(Decimal(0)) == +Decimal(PI)


@pytest.mark.parametrize(
    "name, argument, expected",
    [
        ("tanh", "0", "0"),
        ("erf", "0", "0"),
        ("log1p", "0", "0"),
        ("expm1", "0", "0"),
        ("tanh", "1e-100000", "1e-100000"),
        ("log1p", "1e-100000", "1e-100000"),
        ("expm1", "-1e-100000", "-1e-100000"),
        ("erf", "1e-100000", "1.1283791670955125738961589031215451716881012586580e-100000"),
        ("tanh", "-1e9", "-1"),
        ("erf", "1e9", "1"),
        ("expm1", "-1e9", "-1"),
        ("log", "0", "-Infinity"),
        ("log1p", "-1", "-Infinity"),
    ],
)
def test_near_zero_and_far_from_it(name, argument, expected):
    assert getattr(decimals, name)(Decimal(argument)) == Decimal(expected)


@given(st.sampled_from(["tanh", "erf", "log1p", "expm1"]), st.floats(-0.999, 12))
def test_more_digits_change_no_digit(name, x):
    function, x = getattr(decimals, name), Decimal(x)
    with localcontext() as context:
        context.prec = 75
        longer = function(x)
    with localcontext() as context:
        context.prec = 50
        assert function(x) == +longer


# At -1.3 and 0.7, from the definitions, by mpmath 1.4.1.
AT_TWO_POINTS = {
    "Sigmoid()": (
        "0.214165016957441387397911527741572831025786413",
        "0.668187772168166106530788329629872295486943659",
    ),
    "Tanh()": (
        "-0.861723159313306364294953715936751798846771105",
        "0.604367777117163496308687183103826475015566647",
    ),
    "ELU(alpha=0.75)": ("-0.545601155224490547658250124327487829680128295", "0.7"),
    "SELU()": (
        "-1.27896137515432543982798436710295022424175306",
        "0.735490691148836317481141122698318213224411011",
    ),
    "GELU(approximate='none')": (
        "-0.12584062996129343309761277159289076154913705",
        "0.530625443443848889675454700279244739682584261",
    ),
    "GELU(approximate='tanh')": (
        "-0.126070987682690601410046068988681181850433362",
        "0.530570134705116751201306831546602296188837241",
    ),
    "Softplus()": (
        "0.241008453832992205268002203717921017900691007",
        "1.10318604888545789319090632593188780327934908",
    ),
    "SiLU()": (
        "-0.278414522044673803617284986064044680333522337",
        "0.467731440517716274571551830740910606840860561",
    ),
    "Softmax()": (
        "0.119202922022117555940270858697603204793615701",
        "0.880797077977882444059729141302396795206384299",
    ),
}


@pytest.mark.parametrize("hidden", BUILT_IN_LAYERS, ids=lambda hidden: repr(hidden()))
def test_known_digits_of_activations(hidden):
    layer = hidden().with_numbers(Decimal, exactly=True)
    if repr(hidden()) in AT_TWO_POINTS:
        found = layer.forward([[D("-1.3"), D("0.7")]])[0]
        assert_close([found], [[D(digits) for digits in AT_TWO_POINTS[repr(hidden())]]], "1e-44")
    else:
        slope = {"Identity": 1, "ReLU": 0, "LeakyReLU": D("0.125")}[type(layer).__name__]
        assert layer.forward([[D("-1.3"), D("0.7")]]) == [[slope * D("-1.3"), D("0.7")]]


def test_known_digits_of_cross_entropies():
    """-(y·log a + (1-y)·log(1-a)) and -Σ y·log a by their definitions, with digits to spare."""
    Z, Y = [[D("-1.3"), D("0.7")], [D("2.5"), D(30)]], [[D(0), D(1)], [D("0.25"), D("0.75")]]
    with localcontext() as context:
        context.prec = 100
        binary = categorical = 0
        for z, y in zip(Z, Y):
            for z_k, y_k in zip(z, y):
                a = 1 / (1 + (-z_k).exp())
                binary -= (y_k * a.ln() + (1 - y_k) * (1 - a).ln()) / 4
                categorical -= y_k * (z_k.exp() / (z[0].exp() + z[1].exp())).ln() / 2
    for loss, expected in (
        (sn.BinaryCrossEntropy(), binary),
        (sn.CategoricalCrossEntropy(), categorical),
    ):
        A = loss.pairs_with().forward(Z)
        found = [loss.value_from_logits(Z, A, Y), loss.value(A, Y)]
        assert_close([found], [[expected, expected]], "1e-35")


# Where the floats lose no digits. GELU takes 1 + erf(z/√2), which cancels below 0, as PyTorch's does.
TO_THE_LAST_DIGITS = [hidden for hidden in BUILT_IN_LAYERS if not isinstance(hidden(), sn.GELU)]
POINTS = [0.0, 1e-300, 1e-9, 1e-3, 0.3, 0.5, 1.0, 1.7, 3.0, 6.5, 11.0, 30.0, 700.0]
POINTS += [-z for z in POINTS[1:]]


def in_decimals(layer, rows):
    layer = layer.with_numbers(Decimal, exactly=True)
    return layer, layer.forward([[Decimal(z) for z in row] for row in rows])


def in_floats(layer, rows):
    layer = layer.with_numbers(float)
    return layer, layer.forward(rows)


@pytest.mark.parametrize("hidden", TO_THE_LAST_DIGITS, ids=lambda hidden: repr(hidden()))
def test_activations_to_the_last_digits(hidden, each_kernel):
    rows = [[z, 0.25] for z in POINTS]
    exact, found = in_decimals(hidden(), rows)[1], in_floats(hidden(), rows)[1]
    for a, e in zip(flat(found), flat(exact)):
        assert abs(Decimal(a) - e) <= 4 * Decimal(EPSILON) * abs(e) + Decimal("1e-307")


@pytest.mark.parametrize("hidden", BUILT_IN_LAYERS, ids=lambda hidden: repr(hidden()))
def test_activations_and_their_derivatives(hidden, each_kernel):
    """An error of few units in the last place of the largest number that goes in or comes out, or of 1."""
    for z in POINTS:
        rows = [[z, 0.25]]
        (exact, E), (approximate, A) = in_decimals(hidden(), rows), in_floats(hidden(), rows)
        gradient = exact.backward([[Decimal(1), Decimal("0.5")]])
        allowed = 4 * Decimal(EPSILON) * max(1, abs(Decimal(z)))
        for a, e in zip(A[0] + approximate.backward([[1.0, 0.5]])[0], E[0] + gradient[0]):
            assert abs(Decimal(a) - e) <= allowed


LOGITS = [
    [1e-9, -0.5],
    [3.0, 2.5],
    [40.0, -40.0],
    [1000.0, -1000.0],
    [-700.0, 0.0],
    [1000.3, 1000.1],
]


PAIRED = [sn.BinaryCrossEntropy(), sn.CategoricalCrossEntropy(), sn.HalfSquaredError()]


@pytest.mark.parametrize("loss", PAIRED, ids=lambda loss: type(loss).__name__)
def test_paired_losses_whatever_the_size_of_the_logits(loss, each_kernel):
    for z in LOGITS:
        for y in ([0.0, 1.0], [1.0, 0.0], [0.25, 0.75]):
            found = {}
            for number in (float, Decimal):
                Z, Y = [[number(v) for v in z]], [[number(v) for v in y]]
                A = loss.pairs_with().forward(Z)
                found[number] = (
                    [loss.value_from_logits(Z, A, Y)],
                    loss.gradient_in_logits(A, Y)[0],
                )
            # The 1 beside each: what is smaller may be lost beside it.
            assert_close(
                [a + [1.0] for a in found[float]],
                [e + [Decimal(1)] for e in found[Decimal]],
                4 * EPSILON,
            )


def test_a_cross_entropy_of_certain_outputs():
    """0·log 0 is 0, also where the logarithm of 0 is an error, or its product with 0, as of Decimal."""
    for number in (float, Decimal, Plain, Dual):
        zero, one = number(0), number(1)
        assert sn.BinaryCrossEntropy().value([[zero, one]], [[zero, one]]) == 0
        assert sn.CategoricalCrossEntropy().value([[zero, one]], [[zero, one]]) == 0


@EACH_CASE
def test_every_derivative_is_the_limit_of_its_difference_quotient(case):
    """With h = 1e-16 and 60 digits the quotient differs from the derivative by some h² = 1e-32."""
    with localcontext() as context:
        context.prec = 60
        net, backpropagate = Setting(*case, samples=2).of(Decimal)
        backpropagate()
        gradients = [flat(p.gradient_rows) for p in net.parameters()]
        h, quotients = Decimal("1e-16"), []
        for p in net.parameters():
            quotients.append([])
            for row in p.rows:
                for j, middle in enumerate(row):
                    row[j] = middle + h
                    above = backpropagate()
                    row[j] = middle - h
                    quotients[-1].append((above - backpropagate()) / (2 * h))
                    row[j] = middle
        # A derivative of 0 beside others of 0 leaves only the rounding of the values: hence the 1.
        assert_close(
            [g + [Decimal(1)] for g in gradients], [q + [Decimal(1)] for q in quotients], "1e-29"
        )


DECIMAL_OPTIMIZERS = [
    sn.SGD(D("0.1"), momentum=D("0.9"), nesterov=True, weight_decay=D("0.01"), clip_norm=D(1)),
    sn.Adagrad(D("0.1"), epsilon=D("1e-10")),
    sn.RMSprop(D("0.1"), alpha=D("0.99"), epsilon=D("1e-8")),
    sn.Adam(D("0.1"), beta1=D("0.9"), beta2=D("0.999"), epsilon=D("1e-8")),
    sn.AdamW(D("0.1"), beta1=D("0.9"), beta2=D("0.999"), epsilon=D("1e-8"), weight_decay=D("0.01")),
]


@pytest.mark.parametrize(
    "optimizer", DECIMAL_OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__
)
def test_training_in_decimals(optimizer):
    nets = {}
    for number in (Decimal, float):
        net = sn.Sequential(
            [sn.Dense(2, 2), sn.Tanh(), sn.Dense(2, 1), sn.Sigmoid()], seed=7, number=number
        )
        stepper = optimizer if number is Decimal else optimizer.with_numbers(float)
        history = net.fit(
            [[0, 1], [1, 2], [2, 0]],
            [0, 1, 1],
            "binary_cross_entropy",
            optimizer=stepper,
            epochs=20,
        )
        nets[number] = [history.loss, learnt(net)]
    assert_close(nets[float], nets[Decimal], 1e-12)
    assert all(type(v) is Decimal for v in flat(nets[Decimal]))


@pytest.mark.parametrize(
    "schedule",
    [
        lambda number: sn.StepDecay(number("0.5"), 2, number("0.25")),
        lambda number: sn.ExponentialDecay(number("0.5"), number("0.9")),
        lambda number: sn.CosineDecay(number("0.5"), 5, number("0.125")),
        lambda number: sn.WarmUp(3, sn.ExponentialDecay(number("0.5"), number("0.9"))),
    ],
)
def test_schedules_in_decimals(schedule):
    for t in range(8):
        assert_close([[schedule(float)(t)]], [[schedule(Decimal)(t)]], 1e-15)


# ---- Dual: every backward against forward mode -------------------------------------------------------------------


def forward_mode(net, loss):
    """The gradient, one number at a time; arrays as of ``arrays``."""
    found = []
    for p in net.parameters():
        found.append([])
        for row in p.rows:
            for j, number in enumerate(row):
                row[j] = Dual(number.value, 1.0)
                found[-1].append(loss().derivative)
                row[j] = number
    return found


def assert_backward_is_forward_mode(setting):
    net, backpropagate = setting.of(Dual)
    backpropagate()
    gradients = [flat(p.gradient_rows) for p in net.parameters()]
    assert_close(gradients, forward_mode(net, backpropagate), 1e-12)


@EACH_CASE
def test_every_backward_is_forward_mode(case):
    """Of the perceptron too: a thresholded output is 1 or 0 and has the derivative 0: it is constant by itself."""
    assert_backward_is_forward_mode(Setting(*case))


@given(
    st.sampled_from(BUILT_IN_LAYERS),
    st.sampled_from(BUILT_IN_ENDINGS),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(2, 3),
    st.integers(2, 4),
    st.integers(0, 10**9),
    st.integers(1, 3),
)
@settings(max_examples=60)
def test_random_networks(hidden, ending, inputs, width, outputs, samples, seed, depth):
    setting = Setting(hidden, ending, inputs, width, outputs, samples, seed, depth)
    if "Entropy" in type(ending[0]).__name__ and not ending[0].paired_layers(setting.net.layers):
        # If an output a is almost certain, 1 - a has lost its digits, whichever way the gradient is computed from it.
        assume(all(0.01 < a < 0.99 for a in flat(setting.net.predict(setting.X))))
    assert_backward_is_forward_mode(setting)


LAYERS = BUILT_IN_LAYERS + [sn.Normalization, sn.Dropout, lambda: sn.Dense(3, 2)]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: repr(layer()))
def test_the_gradients_at_the_input_are_forward_mode(layer):
    generator = sn.Generator(5)
    X = random_rows(generator, 2, 3)
    net = sn.Sequential([layer()])
    net.adapt(X)
    net, X = net.copy(Dual), [[Dual(x) for x in row] for row in X]
    dA = random_rows(generator, 2, net.outputs or 3)

    def loss():
        A = net.propagate(X, net.layers, sn.Generator(9))
        return sum(d * a for d, a in zip(flat(dA), flat(A)))

    loss()
    dX, derivatives = net.backward(dA), []
    for row in X:
        for j, x in enumerate(row):
            row[j] = Dual(x.value, 1.0)
            derivatives.append(loss().derivative)
            row[j] = x
    assert_close([flat(dX)], [derivatives], 1e-12)


@pytest.mark.parametrize("layer", BUILT_IN_LAYERS + [sn.ELU], ids=lambda layer: repr(layer()))
def test_at_zero_where_two_branches_meet(layer):
    """A row of zeros with a bias of zeros is common. Of two derivatives it is that of the branch taken."""
    layer = layer()
    forward = layer.forward([[Dual(0, 1.0), Dual(1)]])[0]
    assert_close([layer.backward([[Dual(1), Dual(0)]])[0][:1]], [[forward[0].derivative]], 1e-15)


@pytest.mark.parametrize("loss", PAIRED, ids=lambda loss: type(loss).__name__)
def test_losses_at_zero_where_two_branches_meet(loss):
    Z, Y = [[Dual(0, 1.0), Dual(0)]], [[Dual(1), Dual(0)]]
    A = loss.pairs_with().forward(Z)
    value, dZ = loss.value_from_logits(Z, A, Y), loss.gradient_in_logits(A, Y)
    assert_close([[value.derivative]], [[dZ[0][0]]], 1e-15)


# ---- Traced: the bits of the floats ------------------------------------------------------------------------------


def bits(arrays):
    return [struct.pack(">d", getattr(v, "value", v)) for v in flat(arrays)]


@pytest.mark.parametrize("samples", [1, 5])
@EACH_CASE
def test_traced_numbers_have_the_bits_of_floats(case, samples, each_kernel):
    setting = Setting(*case, samples=samples)
    traced = setting.arrays(Traced)
    assert bits(traced) == bits(setting.arrays(float))
    assert all(type(v) is Traced for v in flat(traced))


@EACH_OPTIMIZER
def test_traced_steps_have_the_bits_of_floats(optimizer, each_kernel):
    setting = Setting(*CASES[0], samples=5)
    traced = setting.arrays(Traced, optimizer.with_numbers(Traced), 3)
    assert bits(traced) == bits(setting.arrays(float, optimizer.with_numbers(float), 3))


def test_traced_training_has_the_bits_of_floats(each_kernel):
    setting = Setting(sn.Tanh, BUILT_IN_ENDINGS[0], samples=7)
    found = []
    for number in (float, Traced):
        net = setting.net.copy(number)
        optimizer = sn.Adam(sn.CosineDecay(0.1, 10))
        options = {"epochs": 3, "batch_size": 3, "seed": 2, "engine": "lists"}
        history = net.fit(setting.X, setting.Y, "huber", optimizer=optimizer, **options)
        found.append(bits([history.loss, learnt(net)] + net.predict(setting.X)))
    assert found[0] == found[1]
