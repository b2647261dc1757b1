"""Networks of Fractions: every gradient and every step of SGD is exact."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from other_numbers import F, assert_close, flat, learnt

import scratchnet as sn
from scratchnet.core.optimizers import OPTIMIZERS

pytestmark = pytest.mark.usefixtures("fifty_digits")


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
@settings(max_examples=settings.default.max_examples // 3)
def test_every_gradient_of_a_rational_network_is_exact(activation, loss, seed):
    exact = random_exact(seed, activation, loss)
    value, gradients = exact.net.gradients(exact.X, exact.Y, loss)
    assert value == exact.value() and type(value) is F
    expected = exact.gradients()
    assume(flat(flat(expected)).count(None) == 0)
    assert [p.gradient_rows for p in exact.net.parameters()] == expected
    assert all(type(g) is F for p in exact.net.parameters() for g in flat(p.gradient_rows))


def test_a_loss_of_zero_is_exact_too():
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
    "LeakyReLU: slope: 0.01": lambda: fraction_net(sn.LeakyReLU(0.01)),
    "Threshold: threshold: 0.5": lambda: fraction_net(sn.Threshold(0.5)),
    "Dropout: rate: 0.5": lambda: fraction_net(sn.Dropout(0.5)),
    "Huber: delta: 0.5": lambda: fraction_net().evaluate([[1, 1]], [1], sn.Huber(0.5)),
    "SGD: learning_rate: 0.1": lambda: fit(optimizer=sn.SGD(0.1)),
    "SGD: momentum: 0.5": lambda: fit(optimizer=sn.SGD(1, momentum=0.5)),
    "SGD: weight_decay: 0.5": lambda: fit(optimizer=sn.SGD(1, weight_decay=0.5)),
    "Adam: learning_rate: 0.001": lambda: fit(optimizer=sn.Adam(0.001)),
    "learning_rate: 0.1": lambda: fit(optimizer=sn.SGD(lambda t: 0.1)),
    "WarmUp: after: 0.2": lambda: fit(optimizer=sn.SGD(sn.WarmUp(1, 0.2))),
}


@pytest.mark.parametrize("what", sorted(FLOATS_BESIDE_FRACTIONS))
def test_a_float_beside_fractions_is_refused(what):
    with pytest.raises(TypeError) as caught:
        FLOATS_BESIDE_FRACTIONS[what]()
    sentence = " is a float, but this network computes with Fraction: give an int or a Fraction"
    assert str(caught.value) == what + sentence


def test_defaults_are_exact():
    net = fraction_net(sn.LeakyReLU(), sn.Dropout())
    assert net.layers[1].slope == F(1, 100) and net.layers[2].rate == F(1, 2)
    assert sn.Adam().with_numbers(F).config() == {
        "learning_rate": F(1, 1000),
        "beta1": F(9, 10),
        "beta2": F(999, 1000),
        "epsilon": F(1, 10**8),
        "weight_decay": 0,
        "clip_norm": None,
    }
    assert sn.RMSprop().with_numbers(F).alpha == F(99, 100)
    assert sn.AdamW().with_numbers(F).weight_decay == F(1, 100)
    for kind in OPTIMIZERS.values():
        optimizer = kind()
        exact = optimizer.with_numbers(F)
        for name in optimizer.numbers:
            value = getattr(exact, name)
            assert (
                value in (None, 0) or type(value) is F and float(value) == getattr(optimizer, name)
            )


def test_a_default_that_the_user_changes_is_a_float_of_the_user():
    optimizer = sn.SGD()
    optimizer.learning_rate = 0.25
    with pytest.raises(TypeError, match="^SGD: learning_rate: 0.25 is a float"):
        optimizer.with_numbers(F)


def test_default_optimizers_and_schedules_train_exactly():
    def trained(optimizer):
        net = fraction_net()
        net.fit([[1, 2]], [3], "half_squared_error", optimizer=optimizer, epochs=2)
        return [p.value for p in net.parameters()]

    assert trained("sgd") == trained(sn.SGD(F(1, 1000)))
    step = sn.StepDecay(F(1, 2), every=1)
    assert trained(sn.SGD(step)) == trained(sn.SGD(sn.StepDecay(F(1, 2), 1, F(1, 10))))
    assert trained(sn.SGD(sn.WarmUp(2, step))) == trained(sn.SGD(lambda t: F(t + 1, 2) / 2))


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
