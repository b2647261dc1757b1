"""User-defined layers and losses train on every engine as by lists, also if no code can be generated."""

import gc
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from compare_engines import (
    EACH_STEPS,
    EACH_WAY,
    X,
    assert_same_small_training,
    hidden,
    small_training,
)
from random_networks import Scale

import scratchnet as sn
from scratchnet.codegen.own import generate
from scratchnet.core import functions, matrix
from scratchnet.core.functions import total, where
from scratchnet.engines import rows
from scratchnet.scalars.symbolic import Undecided

pytestmark = pytest.mark.usefixtures("portable")


@pytest.mark.parametrize("enabled", [True, False])
def test_cycles_are_collected_again_after_code_was_generated(enabled):
    seen = []

    def make():
        seen.append(gc.isenabled())
        return len(seen)

    (gc.enable if enabled else gc.disable)()
    try:
        assert generate(make, [sn.Tanh()]) == 1
        assert gc.isenabled() == enabled
        with pytest.raises(Undecided, match="^it is not the same twice"):
            generate(make, [Scale(2)])
        assert gc.isenabled() == enabled and not any(seen)
    finally:
        gc.enable()


class Branching(Scale):
    def forward(self, X):
        return Scale.forward(self, [[x if x > 0 else x / 2 for x in row] for row in X])


class WithMath(sn.Activation):
    def function(self, z):
        return math.tanh(z)

    def derivative(self, z, a):
        return 1 - a * a


class Squaring(sn.Activation):
    def function(self, z):
        return z**2

    def derivative(self, z, a):
        return 2 * z


class Clipping(sn.Activation):
    def function(self, z):
        return max(-1, min(z, 1))

    def derivative(self, z, a):
        return 1.0 if a == z else 0.0


class Noise(sn.Dropout):
    """Normal numbers: the generator draws until a pair fits."""

    def draw(self, row, generator):
        return [1 + generator.normal() / 8 for _ in row]


class Shuffled(Scale):
    """Random numbers that decide about a branch."""

    def forward(self, X):
        if self.generator is not None:
            X = [row if self.generator.below(2) else row[::-1] for row in X]
        return Scale.forward(self, X)


class SameForAll(Scale):
    """One random number for the whole batch."""

    def forward(self, X):
        share = 1 if self.generator is None else 1 + self.generator.random() / 4
        return Scale.forward(self, [[x * share for x in row] for row in X])


class Rounded(sn.SGD):
    def rule(self, w, g, state):
        return round(w - self.rate * g, 3), state


class InSteps(sn.SGD):
    def step(self, parameters):
        sn.SGD.step(self, parameters)


class Scripted(sn.Optimizer):
    def rule(self, w, g, state):
        return w - (0.1, 0.2, 0.05)[self.t % 3] * g, state


class Reading(Scale):
    """It calls a method that floats have and symbolic numbers lack."""

    def forward(self, X):
        return Scale.forward(self, [[x + 1 if x.is_integer() else x for x in row] for row in X])


class Looking(Scale):
    """It looks numbers up in a table."""

    table = {0.0: 0.5, 1.0: -0.5}

    def forward(self, X):
        return Scale.forward(self, [[self.table[x] for x in row] for row in X])


class Doubtful(sn.MeanSquaredError):
    def derivative(self, a, y):
        return a - y if a < y else 2 * (a - y)


BITS_X = [[i % 2, i // 2 % 2] for i in range(7)]
NOT_AS_STEPS = {
    "a branch": dict(make=lambda: hidden(Branching(3))),
    "math": dict(make=lambda: hidden(WithMath())),
    "**": dict(make=lambda: hidden(Squaring())),
    "max": dict(make=lambda: hidden(Clipping())),
    "normal numbers": dict(make=lambda: hidden(Noise(0.5))),
    "numbers that decide": dict(make=lambda: hidden(Shuffled(3))),
    "a loss that branches": dict(make=hidden, loss=Doubtful()),
    "a step of its own": dict(make=hidden, optimizer=InSteps(0.1)),
    "rounding": dict(make=hidden, optimizer=Rounded(0.1)),
    "a table of steps": dict(make=hidden, optimizer=Scripted(0.1)),
    "a method of floats": dict(make=lambda: hidden(Reading(3))),
    "a table of numbers": dict(make=lambda: [Looking(2), sn.Dense(2, 1)], X=BITS_X),
}


@EACH_STEPS
@pytest.mark.parametrize("what", sorted(NOT_AS_STEPS))
def test_rules_that_cannot_become_steps_are_trained_by_rows(what, way, capsys, recwarn):
    seen = assert_same_small_training(way=way, **NOT_AS_STEPS[what])
    assert type(seen.engines[0]) is rows.Rows
    assert capsys.readouterr() == ("", "") and not recwarn.list


class Centered(Scale):
    """It subtracts the mean of the batch."""

    def forward(self, X):
        means = [v / len(X) for v in matrix.sum_columns(X)]
        return Scale.forward(self, [[x - m for x, m in zip(row, means)] for row in X])


class ByLargest(Scale):
    """Its gradient is the largest in the batch."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        self.s.gradient = [functions.largest_of(column) for column in zip(*dA)]
        return dX


class BySum(Scale):
    """It adds with sum(), not with the package's total()."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        self.s.gradient = [sum(column) for column in zip(*matrix.multiply(dA, self.X))]
        return dX


@pytest.mark.parametrize("layer", [Centered, ByLargest, BySum, SameForAll])
def test_samples_mixed_in_other_ways_than_a_sum(layer):
    seen = assert_same_small_training(lambda: hidden(layer(3)), "step")
    assert type(seen.engines[0]) is rows.Rows
    assert assert_same_small_training(lambda: hidden(layer(3)), "samples").generated_steps().whole


class Score(sn.Loss):
    """The mean output: its derivative is the same for every sample."""

    times = 1

    def term(self, a, y):
        return self.times * a

    def derivative(self, a, y):
        return self.times


class TwiceTheScore(Score):
    times = 2


class ByLength(sn.Loss):
    """It divides by the number of rows."""

    def value(self, A, Y, weights=None):
        return total([(a - y) * (a - y) for (a,), (y,) in zip(A, Y)]) / len(A)

    def gradient(self, A, Y, weights=None):
        return [[2 * (a - y) / len(A)] for (a,), (y,) in zip(A, Y)]


class ByShares(sn.Loss):
    """It divides by the sum of the weights, also if none are given."""

    def shares(self, A, weights):
        weights = [1.0 for _ in A] if weights is None else weights
        return [w / total(weights) for w in weights]

    def value(self, A, Y, weights=None):
        return total(
            [w * (a - y) * (a - y) for (a,), (y,), w in zip(A, Y, self.shares(A, weights))]
        )

    def gradient(self, A, Y, weights=None):
        return [[w * 2 * (a - y)] for (a,), (y,), w in zip(A, Y, self.shares(A, weights))]


class AndMore(sn.Loss):
    """Its sum has one term more than there are samples."""

    def value(self, A, Y, weights=None):
        return total([(a - y) * (a - y) for (a,), (y,) in zip(A, Y)] + [7.5])

    def gradient(self, A, Y, weights=None):
        return [[2 * (a - y)] for (a,), (y,) in zip(A, Y)]


class ByMean(Scale):
    """Its gradient is the mean over the batch."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        self.s.gradient = [g / len(dA) for g in self.s.gradient]
        return dX


class Pulled(Scale):
    """Its gradient is a sum with one term more than there are samples."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        columns = zip(*matrix.multiply(dA, self.X))
        self.s.gradient = [
            total(list(column) + [s / 2]) for column, s in zip(columns, self.s.value)
        ]
        return dX


class ByFirst(Scale):
    """Its gradient is that of the first sample alone."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        self.s.gradient = matrix.multiply(dA, self.X)[0]
        return dX


ACROSS = {
    "a derivative of 1": dict(make=hidden, loss=Score()),
    "a derivative of 2": dict(make=hidden, loss=TwiceTheScore()),
    "len in a loss": dict(make=hidden, loss=ByLength()),
    "shares of the sum": dict(make=hidden, loss=ByShares()),
    "a loss and a constant": dict(make=hidden, loss=AndMore()),
    "len in a layer": dict(make=lambda: hidden(ByMean(3))),
    "a sum and a number": dict(make=lambda: hidden(Pulled(3))),
    "the first sample": dict(make=lambda: hidden(ByFirst(3))),
}


@pytest.mark.parametrize("what", sorted(ACROSS))
def test_rules_over_all_samples(what):
    assert assert_same_small_training(way="samples", **ACROSS[what]).generated_steps()


@pytest.mark.parametrize("what", sorted(ACROSS))
def test_rules_over_a_batch(what):
    """From two samples the engine cannot tell a constant 2 from their number, nor a constant term from a sample."""
    assert_same_small_training(way="step", batch_size=3, **ACROSS[what])


class TimesMeanWeight(sn.MeanSquaredError):
    """It reads the mean weight of all samples, of which the batch is a part."""

    def share(self, derivatives, weights):
        return sn.MeanSquaredError.share(self, matrix.scale(derivatives, weights.mean), weights)


@pytest.mark.parametrize("engine", ["auto", "rows"])
def test_a_loss_that_reads_the_mean_weight(engine):
    def trained(engine):
        net = sn.Sequential([sn.Dense(1, 2), sn.Tanh(), sn.Dense(2, 1)], seed=1)
        rows = [[k / 8] for k in range(8)]
        options = {"epochs": 2, "batch_size": 3, "sample_weight": [1, 2] * 4, "engine": engine}
        history = net.fit(rows, rows, TimesMeanWeight(), sn.SGD(0.5), **options)
        return history.loss + [p.value for p in net.parameters()]

    assert trained(engine) == trained("lists")
    with pytest.raises(ValueError, match="it reads the mean weight; use weights.total"):
        trained("steps")


class ByFew(Scale):
    """A batch of one sample has no gradient; smaller batches than four are divided by four."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        self.s.gradient = [
            g * (0 if len(dA) == 1 else 1) / max(len(dA), 4) for g in self.s.gradient
        ]
        return dX


@pytest.mark.xfail(
    strict=True, reason="two and three samples are tried, and no other number of them"
)
@pytest.mark.parametrize("size", [3, 5])
def test_rules_that_treat_small_batches_differently(size):
    assert_same_small_training(
        lambda: hidden(ByFew(3)), "step", batch_size=size
    )  # the last batch: of 1, of 2


class Jittered(sn.Layer):
    """Random factors, drawn in some order."""

    def forward(self, X):
        self.M = None
        if self.generator is not None:
            self.M = self.factors(len(X), len(X[0]))
        return self.times(X)

    def factors(self, rows, columns):
        return [
            [1 + self.generator.random() * self.generator.random() for _ in range(columns)]
            for _ in range(rows)
        ]

    def times(self, X):
        return X if self.M is None else matrix.multiply(X, self.M)

    def backward(self, dA):
        return self.times(dA)


class ByColumn(Jittered):
    def factors(self, rows, columns):
        return matrix.transpose(Jittered.factors(self, columns, rows))


class BySample(Jittered):
    def factors(self, rows, columns):
        kept = [where(self.generator.random() > 0.25, 1, 0) for _ in range(rows)]
        return [[k] * columns for k in kept]


class FromTheLast(Jittered):
    def factors(self, rows, columns):
        return Jittered.factors(self, rows, columns)[::-1]


class OneTooMany(Jittered):
    def factors(self, rows, columns):
        self.generator.random()
        return Jittered.factors(self, rows, columns)


@EACH_WAY
@pytest.mark.parametrize("layer", [Jittered, ByColumn, BySample, FromTheLast, OneTooMany])
def test_random_numbers_in_any_order(layer, way):
    seen = assert_same_small_training(lambda: hidden(layer(), sn.Dropout(0.25)), way)
    if way == "samples" or way == "step" and layer in (Jittered, ByColumn, BySample):
        assert seen.generated_steps()


class Two(Scale):
    """Two parameters."""

    roles = "s", "t"

    def __init__(self, inputs):
        Scale.__init__(self, inputs)
        self.s, self.t = [
            sn.Parameter(role, (inputs,), [v] * inputs) for role, v in zip(self.roles, (1, 0.5))
        ]

    def parameters(self):
        return [self.s, self.t]

    def forward(self, X):
        return matrix.add_row(Scale.forward(self, X), self.t.value)

    def backward(self, dA):
        self.t.gradient = matrix.sum_columns(dA)
        return Scale.backward(self, dA)


def two(*roles):
    return type("Two", (Two,), {"roles": roles})


def one(role):
    return type("Scale", (Scale,), {"role": role})


def two_scales(first, second):
    """Two layers with one parameter each: layer 1 and layer 11."""
    between = [sn.Identity() for _ in range(7)]
    return (
        [sn.Identity(), one(first)(2), sn.Dense(2, 2), sn.Tanh()]
        + between
        + [one(second)(2), sn.Dense(2, 1)]
    )


ROLES = {
    "s": lambda: hidden(one("s")(3)),
    "a keyword": lambda: hidden(two("class", "lambda")(3)),
    "a function": lambda: hidden(two("exp", "done")(3)),
    "greek": lambda: hidden(two("γ", "β")(3)),
    "memory": lambda: hidden(two("memory", "setting_")(3)),
    "t and sum": lambda: hidden(two("t", "sum")(3)),
    "code": lambda: hidden(one("x'); import os #")(3)),
    "lines": lambda: hidden(one("s\nraise SystemExit\n")(3)),
    "brackets": lambda: hidden(one("s, = ")(3)),
    "no names": lambda: hidden(two("scale 1", "shift 1")(3)),
    "digits": lambda: two_scales("w1", "w"),
    "ligature": lambda: hidden(two("ﬁ", "fi")(3)),
}
DATA_NAME = {"x": lambda: [one("x")(2), sn.Dense(2, 1)], "y": lambda: [one("y")(2), sn.Dense(2, 1)]}


@EACH_STEPS
@pytest.mark.parametrize("what", sorted(ROLES))
def test_any_name_of_a_parameter(what, way):
    assert assert_same_small_training(ROLES[what], way, optimizer=sn.Adam(0.1)).generated_steps()


@EACH_STEPS
@pytest.mark.parametrize("what", sorted(DATA_NAME))
def test_any_name_of_the_first_parameter(what, way):
    assert assert_same_small_training(DATA_NAME[what], way).generated_steps()


class Times(sn.Layer):
    factor = 2

    def forward(self, X):
        return matrix.scale(X, self.factor)

    def backward(self, dA):
        return matrix.scale(dA, self.factor)


class Counting(Times):
    """It notes the sizes of the batches in training."""

    def __init__(self):
        self.passed = []

    def forward(self, X):
        if self.generator is not None:
            self.passed += [len(X)]
        return Times.forward(self, X)


@EACH_STEPS
def test_an_attribute_set_after_construction(way):
    assert_same_small_training(
        lambda: hidden(Times()), way, before=lambda net: setattr(net.layers[1], "factor", 3)
    )


@EACH_WAY
def test_methods_replaced_on_one_object(way):
    def before(net):
        net.layers[1].function, net.layers[1].derivative = lambda z: z / 2, lambda z, a: 0.5

    assert_same_small_training(lambda: hidden(sn.Tanh()), way, before=before)


@EACH_STEPS
def test_a_layer_with_side_effects(way):
    layers = {by: hidden(Counting()) for by in ("lists", way)}
    for by in layers:
        small_training(lambda made=layers[by]: made, by, batch_size=3 if way == "step" else None)
    assert layers[way][1].passed == layers["lists"][1].passed


@pytest.mark.parametrize("number", [Fraction, Decimal])
def test_fractions_and_decimals_are_trained_by_lists(number):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[number(1)], [number(2)]]), sn.ReLU()])
    other = net.copy()
    task = [[1, 2]], [3], "half_squared_error", sn.SGD(number(1) / 8), 3
    assert net.fit(*task).engine == "lists"
    assert other.fit(*task, engine="lists").engine == "lists"
    assert [p.value for p in net.parameters()] == [p.value for p in other.parameters()]
    assert type(net.parameters()[0].value[0][0]) is number
    for engine in ("rows", "steps"):
        why = "^engine='{}' computes with floats, but this network computes with {}; use engine='lists'$"
        with pytest.raises(ValueError, match=why.format(engine, number.__name__)):
            net.fit(*task, engine=engine)


NOTHING = {
    "no parameter": dict(make=lambda: [sn.Sigmoid()], Y=X),
    "all frozen": dict(
        make=hidden, before=lambda net: net.freeze(*[p.name for p in net.parameters()])
    ),
    "no gradient": dict(
        make=lambda: [sn.Dense(2, 1)], X=[[0, 0]] * 7, before=lambda net: net.freeze("0.bias")
    ),
}


@EACH_WAY
@pytest.mark.parametrize("what", sorted(NOTHING))
def test_nothing_to_learn(what, way):
    seen = assert_same_small_training(way=way, **NOTHING[what])
    assert way == "rows" or seen.generated_steps().whole == (way == "samples")
