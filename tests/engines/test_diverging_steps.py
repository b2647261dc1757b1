"""A training that diverges ends on every engine as it ends with lists."""

import re

import pytest
from compare_engines import (
    EACH_STEPS,
    Exp,
    Logistic,
    X,
    assert_same_small_training,
    hidden,
    kernel,
    small_training,
    weights,
)

import scratchnet as sn
from scratchnet.core import functions
from scratchnet.core.functions import total, where
from scratchnet.engines import generated

pytestmark = pytest.mark.usefixtures("portable")


class Bomb(sn.SGD):
    """In the fourth step every weight becomes infinite."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.factor = number(1e200 if self.t == 3 else 1)

    def rule(self, w, g, state):
        return (w - self.rate * g) * self.factor * self.factor, state


class Root(sn.Activation):
    """NaN below 0."""

    def function(self, z):
        return functions.sqrt(z)

    def derivative(self, z, a):
        return 1 / (2 * a)


class Inverse(sn.Activation):
    """Undefined at 0."""

    def function(self, z):
        return 1 / z

    def derivative(self, z, a):
        return -a * a


ENDS = {
    "in time": (
        dict(make=hidden, optimizer=sn.SGD(3.0), epochs=900),
        "^Diverged: epoch .* at the learning rate 3.0;",
    ),
    "at once": (
        dict(make=hidden, X=[[1e200, 1e200]] * 7, loss="half_squared_error"),
        "^Diverged: epoch 1: the loss",
    ),
    "a weight": (
        dict(make=hidden, optimizer=Bomb(0.1), epochs=9),
        "^Diverged: epoch .: 0.weights is no longer finite",
    ),
    "a schedule": (
        dict(make=hidden, optimizer=sn.SGD(lambda t: 0.1 if t < 9 else 1e9), epochs=50),
        "^Diverged: epoch",
    ),
    "exp at once": (
        dict(make=lambda: [weights(800, 800, 0), Exp()], X=[[1, 1]] * 7),
        "^Diverged: epoch 1: the loss",
    ),
    "exp in time": (
        dict(make=lambda: [weights(1, 1, 1), Exp()], X=[[1, 1]] * 6, Y=[1000] * 6),
        "^Diverged: epoch .",
    ),
    "a root": (
        dict(make=lambda: [weights(1, 1, -50), Root()]),
        "^Diverged: epoch 1: the loss became nan",
    ),
    "a division": (
        dict(make=lambda: [weights(1, 1, 0), Inverse()], X=[[1, -1]] * 7),
        "^ZeroDivisionError$",
    ),
}


@EACH_STEPS
@pytest.mark.parametrize("name", ["fast", "portable"])
@pytest.mark.parametrize("what", sorted(ENDS))
def test_it_diverges_as_with_lists(what, name, way):
    """The same error in the same epoch, and the same last finite numbers."""
    options, result = ENDS[what]
    with kernel(name):
        expected, _ = small_training(
            way="lists", batch_size=3 if way == "step" else None, **options
        )
        found, seen = small_training(way=way, **options)
    assert type(seen.engines[0]) is generated.Steps and seen.steps_by_lists
    assert re.match(result, expected[0])
    assert found[0] == expected[0] and len(found) == len(expected)
    if name == "portable":
        assert found == expected


@EACH_STEPS
@pytest.mark.parametrize("name", ["fast", "portable"])
def test_a_harmless_infinity(name, way):
    """The library's exp may raise there; the training goes on."""
    with kernel(name):
        found = assert_same_small_training(
            lambda: [weights(700, 600, 0), Logistic()], way, X=[[1, 1], [-1, -1]] * 3, Y=[1, 0] * 3
        )
    assert type(found.engines[0]) is generated.Steps


NOTHING_LOST = "where a datum is 0, what is multiplied by it drops out, and infinity or a division by 0 with it"


class ByRowSum(sn.Layer):
    """Each number, divided by the sum of its row."""

    def forward(self, X):
        return [[x / total(row) for x in row] for row in X]

    def backward(self, dA):
        return dA


@EACH_STEPS
def test_zero_divided_by_zero(way):
    assert_same_small_training(lambda: [ByRowSum(), sn.Dense(2, 1)], way, X=[[0, 0]] + X[1:])


@pytest.mark.parametrize(
    "way",
    [pytest.param("samples", marks=pytest.mark.xfail(strict=True, reason=NOTHING_LOST)), "step"],
)
def test_zero_times_infinity(way):
    """The gradient of the first weights is 0·inf."""
    assert_same_small_training(
        lambda: [weights(1, 1, 0), sn.Dense(1, 1, weights=[[1e200]])], way, loss="half_squared_error",
        X=[[0, 0]] * 7, Y=[[1e150]] * 7, before=lambda net: net.freeze("0.bias"), epochs=1,
    )  # fmt: skip


class Spike(sn.SGD):
    """In the third step the weights are infinite, and in the next 1 again."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.factor, self.rest = (
            number(1e200 if self.t == 2 else 0),
            number(0.5 if self.t == 2 else 1),
        )

    def rule(self, w, g, state):
        return where(self.rest < 1, w * self.factor * self.factor, self.rest), state


def test_a_temporary_infinity():
    options = dict(
        X=[[0, 0]] * 7, optimizer=Spike(0.1), before=lambda net: net.freeze("0.bias"), epochs=6
    )
    assert_same_small_training(lambda: [weights(1, 1, 0)], "samples", **options)
