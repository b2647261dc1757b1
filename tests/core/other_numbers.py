"""User-defined numbers, and networks that compute with any number, for the tests named test_numbers*.py."""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import pytest
from random_networks import BUILT_IN_ENDINGS, BUILT_IN_LAYERS

import scratchnet as sn
from scratchnet import scalars

F, D = Fraction, Decimal
EPSILON = 2.0**-52


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
    """A number with five functions, and with operators that accept its own type and ints, but no float."""

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
    """A condition that can choose between two numbers and has no truth value."""

    def __init__(self, truth):
        self.truth = truth

    def where(self, a, b):
        return Choosing(a if self.truth else b)

    def __bool__(self):
        raise AssertionError("a rule branched on a number")


def unsaid(function):
    return lambda a, b: Unsaid(function(a.value, value_of(b)))


class Choosing(Plain):
    """Plain without truth values, its own and those of comparisons."""

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
    """A network of floats with a loss and data, which any type of number can compute."""

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
        """Return the network in this type, and a function that computes loss and gradients; every number is converted exactly."""
        net = self.net.copy(number)
        X, Y = ([[number(v) for v in row] for row in rows] for rows in (self.X, self.Y))
        weights = [number(w) for w in self.weights]
        loss = self.loss.with_numbers(number, exactly=True)
        return net, lambda: net.backpropagate(X, Y, loss, weights, sn.Generator(9))

    def arrays(self, number, optimizer=None, steps=1):
        """Return all arrays of a training step: the loss, gradients and parameters."""
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
    """Compare array by array, relative to the largest element."""
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


def learnt(net):
    return [v for p in net.parameters() for v in flat(p.rows)]


PAIRED = [sn.BinaryCrossEntropy(), sn.CategoricalCrossEntropy(), sn.HalfSquaredError()]
