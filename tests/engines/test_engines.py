"""codegen/engines.py: training that is spelled out gives what the lists give, and loses nothing.

A training is made in several ways: by "lists", by "samples" (whole steps spelled out for just these samples), by "step"
(whole steps, one sample spelled out within a loop) and by "rows" (single rules, spelled out). In the portable kernel
all give the same bits. What has to be spelled out is seen to be: a training that quietly went back to lists would prove
nothing.
"""

import gc
import inspect
import math
import os
import pickle
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from random_networks import ENDINGS, HIDDEN, OPTIMIZERS, Scale, bits, bits_of, recipe, recipes

import scratchnet as sn
from scratchnet.core import functions, matrix, training
from scratchnet.core.functions import total, where
from scratchnet.core.layers import LAYERS
from scratchnet.core.plug_points import PLUG_POINTS, plug_in
from scratchnet.engines import choice as choices
from scratchnet.engines import generated, rules
from scratchnet.scalars import Symbolic

# Between how many lines Ctrl-C comes: all, but where tracing takes its time.
STRIDE = 1 if sys.implementation.name == "cpython" else 23
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
SPELLED = ["samples", "step"]
_generator = sn.Generator(3)
X = [[_generator.normal() for _ in range(2)] for _ in range(7)]
Y = [[_generator.normal()] for _ in range(7)]


@pytest.fixture(autouse=True)
def portable():
    former = sn.set_kernel("portable")
    yield
    sn.set_kernel(former)


@contextmanager
def kernel(name):
    former = sn.set_kernel(name)
    try:
        yield
    finally:
        sn.set_kernel(former)


class Seen:
    """The engines that trained, and how many steps lists made in place of spelled-out code."""

    def __init__(self):
        self.engines = []
        self.by_lists = 0

    def spelled_out(self):
        """The one engine, if it spells out whole steps and always did."""
        (engine,) = self.engines
        return engine if isinstance(engine, generated.Steps) and not self.by_lists else None


@contextmanager
def watching(choice=None, most=None):
    """See which engines train; ``choice``: what "auto" chooses; ``most``: up to which sizes."""
    former, seen = (PLUG_POINTS["engine"], choices.choice, choices.MOST), Seen()

    def chosen(*asked):
        found = former[0](*asked)
        seen.engines.append(found)
        if isinstance(found, generated.Steps):
            epoch = found.lists.epoch

            def counted(batches):
                seen.by_lists += len(batches)
                return epoch(batches)

            found.lists.epoch = counted
        return found

    plug_in(engine=chosen)
    if choice:
        choices.choice = lambda *_: (choice, "")
    if most:
        choices.MOST = most
    try:
        yield seen
    finally:
        plug_in(engine=former[0])
        choices.choice, choices.MOST = former[1:]


def as_by(way, watched=watching):
    """What watches the engine, and ``engine``, for a training made in that way."""
    if way == "lists":
        return watched(), "lists"
    return watched("rows") if way == "rows" else watched(most=choices.MOST_AT_ALL), "auto"


def outcome(train, net):
    """What became of a training, all its bits: of the history, or the error; of the parameters."""
    try:
        history = train()
        told = [len(history), history.interrupted, history.best_epoch, bits(history.loss)]
    except sn.Diverged as error:
        told = ["Diverged: {}".format(error), bits(error.history.loss)]
    except Exception as error:
        told = [type(error).__name__, str(error)]
    return told + [bits_of(net)]


def train(net, made, way):
    """Three epochs."""
    watched, engine = as_by(way)
    with watched:
        return net.fit(
            made.X, made.Y, made.loss, made.optimizer, epochs=3, engine=engine, **made.options
        )


def trained(made, way, epochs=4, **options):
    """The training of a recipe: its outcome, and the engine that made it."""
    net, (watched, engine) = made.network(), as_by(way)
    with watched as seen:
        options = dict(made.options, epochs=epochs, engine=engine, **options)
        found = outcome(lambda: net.fit(made.X, made.Y, made.loss, made.optimizer, **options), net)
    return found + [bits(net.predict(made.X))], seen


def assert_the_same(made, way, **options):
    expected, _ = trained(made, "lists", **options)
    found, seen = trained(made, way, **options)
    assert found == expected
    if way in SPELLED and type(found[0]) is int:  # else it diverged, and lists said how
        assert seen.spelled_out().whole == (way == "samples")
    return found


# ---- the same bits -----------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(recipes())
def test_any_training_spelled_out_for_its_samples(made):
    assert_the_same(made, "samples")


@settings(max_examples=150)
@given(recipes(batches=True))
def test_any_training_spelled_out_for_batches(made):
    assert_the_same(made, "step")


@settings(max_examples=40)
@given(recipes())
def test_any_training_by_spelled_out_rows(made):
    assert_the_same(made, "rows")


@settings(max_examples=40)
@given(recipes(batches=True))
def test_any_training_by_spelled_out_rows_in_batches(made):
    assert_the_same(made, "rows")


EACH_WAY = pytest.mark.parametrize("way", SPELLED + ["rows"])
EACH_SPELLED = pytest.mark.parametrize("way", SPELLED)


def of(way, **options):
    return recipe(batch_size={"samples": None, "step": 2, "rows": 3}[way], **options)


def names(family):
    return [repr(make()) for make in family]


@EACH_WAY
@pytest.mark.parametrize("hidden", range(len(HIDDEN)), ids=names(HIDDEN))
def test_every_activation(hidden, way):
    assert type(assert_the_same(of(way, hidden=hidden, between=1), way)[0]) is int


def ending_id(k):
    return " ".join([type(ENDINGS[k][0]).__name__] + [repr(layer()) for layer in ENDINGS[k][1]])


@EACH_WAY
@pytest.mark.parametrize("ending", range(len(ENDINGS)), ids=ending_id)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_loss(ending, weighted, way):
    assert (
        type(assert_the_same(of(way, ending=ending, weighted=weighted, optimizer=8), way)[0]) is int
    )


@EACH_WAY
@pytest.mark.parametrize(
    "optimizer",
    range(len(OPTIMIZERS)),
    ids=lambda k: "{}-{}".format(k, type(OPTIMIZERS[k]).__name__),
)
def test_every_optimizer(optimizer, way):
    assert type(assert_the_same(of(way, optimizer=optimizer), way, epochs=6)[0]) is int


@EACH_WAY
@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("penalties", [{"l1": 0.125}, {"l2": 0.25}, {"l1": 0.5, "l2": 0.125}])
def test_penalties_and_what_stands_before_the_first_layer(first, penalties, way):
    assert_the_same(of(way, first=first, penalties=penalties), way)


@EACH_WAY
@pytest.mark.parametrize("frozen", [(0,), (1,), (2,), (0, 1), (0, 1, 2)])
def test_frozen_parameters(frozen, way):
    assert_the_same(of(way, frozen=frozen, optimizer=8), way)


@EACH_SPELLED
@pytest.mark.parametrize("options", [
    {"validation_split": 0.4}, {"validation_split": 0.4, "shuffle": False}, {"patience": 2},
    {"patience": 1, "validation_data": ([[1, 2, 3]], [[1, 1]])}, {"seed": 5, "shuffle": False},
], ids=repr)  # fmt: skip
def test_every_option_of_training(options, way):
    made = of(way, between=1, samples=6)
    made.options.update(options)
    assert_the_same(made, way, epochs=8)


@EACH_SPELLED
def test_more_steps_than_are_made_in_one_go(way):
    made = of(way, between=1, optimizer=8, samples=4, inputs=1, outputs=1)
    found = assert_the_same(
        made, way, epochs=2 * generated.STEPS_AT_ONCE + 203 if way == "samples" else 9
    )
    assert found[0] in (2 * generated.STEPS_AT_ONCE + 203, 9)


def test_an_epoch_of_more_batches_than_are_made_in_one_go():
    made = recipe(
        batch_size=1,
        samples=generated.STEPS_AT_ONCE + 20,
        inputs=1,
        outputs=1,
        blocks=[],
        between=1,
    )
    assert_the_same(made, "step", epochs=2)


class Lazy:
    """Rows that are made when they are read."""

    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return array("d", self.rows[i])


@EACH_SPELLED
def test_rows_that_are_read_when_they_are_needed(way):
    made = of(way)
    expected, _ = trained(made, "lists")
    made.X, made.Y = Lazy(made.X), Lazy(made.Y)
    found, seen = trained(made, way)
    assert found == expected and seen.spelled_out()


@EACH_SPELLED
def test_zeros_of_either_sign_in_the_data(way):
    made = of(way, data="zeros and ones")
    made.X = [[-0.0 if v == 0 else v for v in row] for row in made.X]
    made.Y = [[-0.0 if v == 0 else v for v in row] for row in made.Y]
    assert_the_same(made, way)


@EACH_SPELLED
@pytest.mark.parametrize(
    "blocks",
    [[(2, 2, 0)] * 25, [(70, 11, 1)], [(3, 9, 2), (45, 3, 0)]],
    ids=["deep", "wide", "both"],
)
def test_networks_that_are_deep_or_wide(blocks, way):
    """Not all parsers take nested parentheses as they come."""
    made = of(way, blocks=blocks, optimizer=10, ending=7, samples=3)
    if way == "samples":
        made.X, made.Y = made.X[:1], made.Y[:1]
    assert_the_same(made, way, epochs=2)


@EACH_SPELLED
def test_an_output_and_a_sample_alone(way):
    made = recipe(
        blocks=[], inputs=1, outputs=1, samples=3, batch_size=1 if way == "step" else None
    )
    if way == "samples":
        made.X, made.Y = made.X[:1], made.Y[:1]
    assert_the_same(made, way)


@EACH_WAY
def test_what_is_trained_is_left_as_lists_leave_it(way):
    """Floats in lists of lists, ready for everything else; and what was given is as it was."""
    made = of(way, between=1, first=3, optimizer=8)
    optimizer, loss = made.optimizer, made.loss
    net = made.network()
    train(net, made, way)
    for p in net.parameters():
        assert type(p.rows) is list and all(type(row) is list for row in p.rows)
        assert all(type(v) is float for row in p.rows for v in row)
    assert (optimizer.t, optimizer.states, "moved_rows" in vars(optimizer)) == (0, {}, False)
    assert not [name for name in vars(loss) if callable(vars(loss)[name])]
    for layer in net.layers:
        assert not [name for name in vars(layer) if callable(vars(layer)[name])]
        assert "Symbolic" not in repr(vars(layer))
        assert layer.generator is None
    assert bits_of(pickle.loads(pickle.dumps(net))) == bits_of(net.copy()) == bits_of(net)
    assert net.copy(Fraction).number is Fraction
    assert len(train(net, made, way)) == 3


# ---- the same to rounding, in the fast kernel --------------------------------------------------------------------


def flat(rows):
    return [v for row in rows for v in row]


def steps_apart(made, way, steps=3):
    """Each step made in two ways from the same numbers: the loss and every parameter after it, as pairs of arrays."""
    both = []
    for by in ("lists", way):
        watched, engine = as_by(by)
        with watched as seen:
            sn.epochs(
                made.network(),
                made.X,
                made.Y,
                made.loss,
                made.optimizer,
                engine=engine,
                **made.options,
            )
        both += seen.engines
        assert (type(both[-1]) is generated.Steps) == (by in SPELLED)
    lists, other = both
    for engine in both:
        engine.generator.state = 9
    count = len(lists.examples)
    size = min(made.options["batch_size"] or count, count)
    batches = [list(range(start, min(start + size, count))) for start in range(0, count, size)]
    for k in range(steps):
        losses = [engine.epoch([batches[k % len(batches)]])[0] for engine in both]
        assert lists.generator.state == other.generator.state
        yield [1, losses[0]], [1, losses[1]]
        for p, q in zip(lists.net.parameters(), other.net.parameters()):
            yield flat(p.rows), flat(q.rows)
            q.rows = p.rows
        other.optimizer.states = dict(lists.optimizer.states)
        assert other.optimizer.t == lists.optimizer.t
    assert not seen.by_lists


def assert_close(made, way):
    with kernel("fast"):
        try:
            for expected, found in steps_apart(made, way):
                assert len(found) == len(expected)
                limit = 1e-12 * max(map(abs, expected))
                assert all(abs(a - b) <= limit for a, b in zip(found, expected)), (found, expected)
        except sn.Diverged:
            pass


@settings(max_examples=80)
@given(recipes(gentle=True))
def test_any_step_in_the_fast_kernel_for_its_samples(made):
    assert_close(made, "samples")


@settings(max_examples=80)
@given(recipes(batches=True, gentle=True))
def test_any_step_in_the_fast_kernel_for_batches(made):
    assert_close(made, "step")


@settings(max_examples=40)
@given(recipes(batches=True, gentle=True))
def test_any_step_in_the_fast_kernel_by_rows(made):
    assert_close(made, "rows")


# ---- layers, losses and optimizers of one's own ------------------------------------------------------------------


def course(
    make, way, loss="mean_squared_error", optimizer=None, X=X, Y=Y, before=None, epochs=4, **options
):
    """A training of 2 inputs and 1 output made in that way: its outcome and its engine."""
    net, (watched, engine) = sn.Sequential(make(), seed=1), as_by(way)
    if before:
        before(net)
    options.setdefault("batch_size", 3 if way == "step" else None)
    with watched as seen:
        options = dict(options, epochs=epochs, engine=engine)
        found = outcome(lambda: net.fit(X, Y, loss, optimizer or sn.SGD(0.1), **options), net)
    return found, seen


def assert_the_same_course(make, way, **options):
    """As by lists."""
    expected, _ = course(
        make, "lists", **dict({"batch_size": 3 if way == "step" else None}, **options)
    )
    found, seen = course(make, way, **options)
    assert found == expected
    return seen


def hidden(*layers):
    return [sn.Dense(2, 3)] + list(layers) + [sn.Dense(3, 1)]


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
    """Random numbers that are drawn until one fits."""

    def draw(self, row, generator):
        return [1 + generator.normal() / 8 for _ in row]


class Shuffled(Scale):
    """Random numbers that decide."""

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
    """It asks for what floats have, and symbolic numbers do not."""

    def forward(self, X):
        return Scale.forward(self, [[x + 1 if x.is_integer() else x for x in row] for row in X])


class Looking(Scale):
    """It looks numbers up."""

    table = {0.0: 0.5, 1.0: -0.5}

    def forward(self, X):
        return Scale.forward(self, [[self.table[x] for x in row] for row in X])


class Doubtful(sn.MeanSquaredError):
    def derivative(self, a, y):
        return a - y if a < y else 2 * (a - y)


BITS_X = [[i % 2, i // 2 % 2] for i in range(7)]
BEYOND_WORDS = {
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


@EACH_SPELLED
@pytest.mark.parametrize("what", sorted(BEYOND_WORDS))
def test_what_cannot_be_spelled_out_is_trained_all_the_same(what, way, capsys, recwarn):
    seen = assert_the_same_course(way=way, **BEYOND_WORDS[what])
    assert type(seen.engines[0]) is generated.Rows
    assert capsys.readouterr() == ("", "") and not recwarn.list


class Centered(Scale):
    """It takes off the batch's mean."""

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
    """It adds by +, one after the other."""

    def backward(self, dA):
        dX = Scale.backward(self, dA)
        self.s.gradient = [sum(column) for column in zip(*matrix.multiply(dA, self.X))]
        return dX


@pytest.mark.parametrize("layer", [Centered, ByLargest, BySum, SameForAll])
def test_samples_that_are_mixed_otherwise_than_in_a_sum(layer):
    seen = assert_the_same_course(lambda: hidden(layer(3)), "step")
    assert type(seen.engines[0]) is generated.Rows
    assert assert_the_same_course(lambda: hidden(layer(3)), "samples").spelled_out().whole


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
    """It gives each sample its share, also where there are no weights."""

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
    """Its sum has a term more than there are samples."""

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
    """The sum that is its gradient has a term more than there are samples."""

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
def test_what_a_rule_makes_of_all_its_samples(what):
    assert assert_the_same_course(way="samples", **ACROSS[what]).spelled_out()


@pytest.mark.parametrize("what", sorted(ACROSS))
def test_what_a_rule_makes_of_a_batch(what):
    """Two samples do not tell all: 2 may be their number, and what stands beside them may be one of them."""
    assert_the_same_course(way="step", batch_size=3, **ACROSS[what])


class ByFew(Scale):
    """A batch of one sample is left alone; as is one of less than four where it counts them as four."""

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
def test_what_a_rule_makes_of_few_samples(size):
    assert_the_same_course(
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
def test_random_numbers_in_whatever_order(layer, way):
    seen = assert_the_same_course(lambda: hidden(layer(), sn.Dropout(0.25)), way)
    if way == "samples" or way == "step" and layer in (Jittered, ByColumn, BySample):
        assert seen.spelled_out()


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


def far_apart(first, second):
    """Two layers with parameters, the layers 1 and 11."""
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
    "digits": lambda: far_apart("w1", "w"),
    "ligature": lambda: hidden(two("ﬁ", "fi")(3)),
}
DATA_NAME = {"x": lambda: [one("x")(2), sn.Dense(2, 1)], "y": lambda: [one("y")(2), sn.Dense(2, 1)]}


@EACH_SPELLED
@pytest.mark.parametrize("what", sorted(ROLES))
def test_whatever_a_parameter_is_called(what, way):
    assert assert_the_same_course(ROLES[what], way, optimizer=sn.Adam(0.1)).spelled_out()


@EACH_SPELLED
@pytest.mark.parametrize("what", sorted(DATA_NAME))
def test_whatever_a_first_parameter_is_called(what, way):
    assert assert_the_same_course(DATA_NAME[what], way).spelled_out()


class Steady(sn.Optimizer):
    """The step's number enters its rule, and nothing else changes from step to step."""

    def rule(self, w, g, state):
        return w - self.rate / (1 + self.t) * g, state


@EACH_SPELLED
def test_a_rule_that_knows_the_step(way):
    assert assert_the_same_course(hidden, way, optimizer=Steady(0.1)).spelled_out()


class ByMemory(sn.SGD):
    """Its rate depends on what the weights remember."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        rows = self.states.get("0.weights", [[(0.0,)]])
        self.rate = self.rate / (1 + abs(rows[0][0][0]))


@EACH_SPELLED
def test_a_beginning_that_looks_at_the_memory(way):
    assert_the_same_course(hidden, way, optimizer=ByMemory(0.1, momentum=0.5))


class Counted(sn.SGD):
    """It counts its beginnings, and its rule knows nothing of it."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.calls = getattr(self, "calls", 0) + 1
        self.rate = self.rate / self.calls


class Later(sn.SGD):
    """From the fourth step on, it sets something that was not there before."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        if self.t == 3:
            self.boost = number(2)

    def rule(self, w, g, state):
        return w - self.rate * g * getattr(self, "boost", 1), state


class Halved(sn.SGD):
    """It clips in its own way, whatever clip_norm."""

    def clipping(self, parameters):
        return 0.5


class Shrinking(sn.SGD):
    """It moves its weights in its own way."""

    def update_rows(self, rows, gradients, states, factor):
        rows, states = sn.SGD.update_rows(self, rows, gradients, states, factor)
        return [[v * 0.75 for v in row] for row in rows], states


class InTurn(sn.SGD):
    """What it sets is a truth, for ``where``."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.warm = self.t < 3

    def rule(self, w, g, state):
        return where(self.warm, w - self.rate * g, w - 2 * self.rate * g), state


@pytest.mark.parametrize("way", SPELLED + ["rows"])
@pytest.mark.parametrize("kind", [Shrinking, InTurn, Counted, Later, Halved])
def test_an_optimizer_with_ways_of_its_own(kind, way):
    assert_the_same_course(hidden, way, optimizer=kind(0.1), epochs=6)


class Times(sn.Layer):
    factor = 2

    def forward(self, X):
        return matrix.scale(X, self.factor)

    def backward(self, dA):
        return matrix.scale(dA, self.factor)


class Counting(Times):
    """It notes what passes in training."""

    def __init__(self):
        self.passed = []

    def forward(self, X):
        if self.generator is not None:
            self.passed += [len(X)]
        return Times.forward(self, X)


@EACH_SPELLED
def test_an_attribute_that_no_argument_gave(way):
    assert_the_same_course(
        lambda: hidden(Times()), way, before=lambda net: setattr(net.layers[1], "factor", 3)
    )


@EACH_WAY
def test_a_rule_of_one_object_alone(way):
    def before(net):
        net.layers[1].function, net.layers[1].derivative = lambda z: z / 2, lambda z, a: 0.5

    assert_the_same_course(lambda: hidden(sn.Tanh()), way, before=before)


@EACH_SPELLED
def test_a_layer_that_notes_what_passes(way):
    layers = {by: hidden(Counting()) for by in ("lists", way)}
    for by in layers:
        course(lambda made=layers[by]: made, by, batch_size=3 if way == "step" else None)
    assert layers[way][1].passed == layers["lists"][1].passed


@pytest.mark.parametrize("number", [Fraction, Decimal])
def test_numbers_that_are_no_floats(number):
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
    seen = assert_the_same_course(way=way, **NOTHING[what])
    assert way == "rows" or seen.spelled_out().whole == (way == "samples")


# ---- the option `engine` ---------------------------------------------------------------------------

EXECUTORS = pytest.mark.parametrize("executor", [None, ThreadPoolExecutor()], ids=["here", "there"])


@EXECUTORS
@pytest.mark.parametrize("engine", ["row", True, None, 2, [], "native"], ids=repr)
def test_what_engine_may_be(engine, executor):
    names = "'auto' or 'lists' or 'rows' or 'steps'"
    with pytest.raises(ValueError, match="^engine is .*; give {}$".format(names)):
        sn.Sequential([sn.Dense(2, 1)]).fit(X, Y, "huber", engine=engine, executor=executor)


@EXECUTORS
@pytest.mark.parametrize("unroll", ["yes", 2, [], 0], ids=repr)
def test_what_unroll_may_be(unroll, executor):
    with pytest.raises(ValueError, match="^unroll is .*; give 'auto', True or False$"):
        sn.Sequential([sn.Dense(2, 1)]).fit(X, Y, "huber", unroll=unroll, executor=executor)


@pytest.mark.parametrize("unroll, engine", [(True, "steps"), (False, "lists"), ("auto", "steps")])
def test_unroll_is_deprecated(unroll, engine):
    net = sn.Sequential([sn.Dense(2, 1)])
    name = "auto" if unroll == "auto" else engine
    text = "unroll={!r} is deprecated; write engine={!r}".format(unroll, name)
    with pytest.warns(DeprecationWarning, match="^{}$".format(re.escape(text))) as warned:
        assert net.fit(X, Y, "huber", epochs=2, unroll=unroll).engine == engine
    assert warned[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="is deprecated") as warned:
        sn.epochs(net, X, Y, "huber", unroll=unroll)
    assert warned[0].filename == __file__


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
def test_the_history_says_which_engine_ran(engine):
    assert sn.Sequential([sn.Dense(2, 1)]).fit(X, Y, "huber", engine=engine).engine == engine


def test_auto_chooses_by_size():
    small, large = sn.Sequential([sn.Dense(2, 1)]), sn.Sequential([sn.Dense(2, 900)])
    assert small.fit(X, Y, "huber", epochs=1).engine == "steps"
    wide = [[0] * 900 for _ in X]
    assert large.fit(X, wide, "huber", epochs=1).engine == "rows"
    large.layers[0].forward = large.layers[0].forward  # a method of its own
    assert large.fit(X, wide, "huber", epochs=1).engine == "lists"


def test_an_engine_that_cannot_do_it_says_why():
    net = sn.Sequential([sn.Dense(60, 100)])
    task = [[0] * 60], [[0] * 100], "huber"
    with pytest.raises(
        ValueError, match="^engine='steps' cannot be used here: use 'rows': .* 6100 "
    ):
        net.fit(*task, engine="steps")
    with pytest.raises(
        ValueError, match="^engine='steps' cannot be used here: .*not the same twice"
    ):
        sn.Sequential([sn.Dense(2, 2), Noisy(), sn.Dense(2, 1)]).fit(X, Y, "huber", engine="steps")
    for engine in ("rows", "steps"):
        patched = sn.Sequential([sn.Dense(2, 1)])
        patched.layers[0].backward = patched.layers[0].backward
        with pytest.raises(
            ValueError, match="^engine='{}' .* of this Dense was rep".format(engine)
        ):
            patched.fit(X, Y, "huber", engine=engine)
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(
            ValueError, match="^engine='steps' makes whole steps, which cannot be di"
        ):
            net.fit(*task, engine="steps", executor=executor)


def test_lists_replace_an_engine_after_a_change_by_hand():
    net = sn.Sequential([sn.Dense(2, 1)], seed=3)
    steps = sn.epochs(net, X, Y, "huber", epochs=3, engine="steps")
    next(steps)
    net.freeze("0.bias")
    bias = net.parameters()[1].value
    assert len(list(steps)) == 2 and net.parameters()[1].value == bias


LOOP = "losses = self.train(batches * self.epochs_at_once())"


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_the_loop_shown_is_the_loop_that_runs(engine, batch_size, monkeypatch):
    """A loop that trains twice in each epoch makes twice as many updates, on every engine."""
    source = inspect.getsource(training.Training.run)
    assert source.count(LOOP) == 1
    namespace = dict(vars(training))
    twice = textwrap.dedent(source).replace(LOOP, "self.train(batches); " + LOOP)
    exec(twice, namespace)
    ways = "fit", "epochs"
    options = dict(batch_size=batch_size, engine=engine, shuffle=False)
    once, found = sn.Sequential([sn.Dense(2, 1)], seed=3), []
    once.fit(X, Y, "huber", sn.SGD(0.1), epochs=8, **options)
    for run in (training.Training.run, namespace["run"]):
        monkeypatch.setattr(training.Training, "run", run)
        for way in ways:
            net, optimizer = sn.Sequential([sn.Dense(2, 1)], seed=3), sn.SGD(0.1)
            if way == "fit":
                assert len(net.fit(X, Y, "huber", optimizer, 4, **options)) == 4
            else:
                assert len(list(sn.epochs(net, X, Y, "huber", optimizer, 4, **options))) == 4
            found.append(bits_of(net))
    assert found[0] == found[1] != found[2]
    assert found[3] == bits_of(once)


class Noisy(sn.Layer):
    def forward(self, X):
        return [[z + random.random() for z in row] for row in X]

    def backward(self, dA):
        return dA


def test_random_numbers_that_the_rules_draw_themselves():
    """Code would repeat those that were drawn when it was made."""
    with watching() as seen:
        sn.Sequential([sn.Dense(2, 2), Noisy(), sn.Dense(2, 1)]).fit(X, Y, "huber", epochs=2)
    assert [type(engine) for engine in seen.engines] == [generated.Rows]


class Catching(sn.Activation):
    def function(self, z):
        try:
            return math.tanh(z)
        except Exception:
            return 0 * z

    def derivative(self, z, a):
        return 1 - a * a


@EACH_WAY
def test_a_rule_that_catches_the_refusal(way):
    assert_the_same_course(lambda: hidden(Catching()), way)


class Nameless(sn.Tanh):
    def __repr__(self):
        raise RuntimeError("no name")


@EACH_WAY
def test_a_layer_that_cannot_be_described(way):
    assert_the_same_course(lambda: hidden(Nameless()), way)


@pytest.mark.parametrize("batch_size", [None, 3])
def test_whatever_is_chosen_the_bits_are_the_same(batch_size):
    """And it is chosen by the shapes alone."""
    chosen = set()
    for seed in (1, 2):
        made = recipe(batch_size=batch_size, between=1, seed=seed)
        with watching() as seen:
            net = made.network()
            history = net.fit(made.X, made.Y, made.loss, made.optimizer, epochs=4, **made.options)
        assert trained(made, "lists")[0][3:5] == [bits(history.loss), bits_of(net)]
        chosen.add((type(seen.engines[0]), getattr(seen.engines[0], "whole", None)))
    assert len(chosen) == 1 and chosen != {(training.Engine, None)}


class Exp(sn.Activation):
    """It overflows above 709."""

    def function(self, z):
        return functions.exp(z)

    def derivative(self, z, a):
        return a


class Logistic(sn.Activation):
    """1/(1 + e^-z) as it should not be written: right all the same, where e^-z is infinite."""

    def function(self, z):
        return 1 / (1 + functions.exp(-z))

    def derivative(self, z, a):
        return a * (1 - a)


def weights(*values):
    """Dense(2, 1), its weights and bias."""
    return sn.Dense(2, 1, weights=[[values[0]], [values[1]]], bias=[values[2]])


# ---- Ctrl-C ------------------------------------------------------------------------------------------------------


def small_net():
    return sn.Sequential([sn.Dense(1, 2), sn.Tanh(), sn.Dropout(0.25), sn.Dense(2, 1)], seed=4)


SMALL_X, SMALL_Y = [[0.5], [1], [-0.75]], [0.25, 1, 0]


class Pressed(sn.Adam):
    """Ctrl-C when the step of these numbers begins, counted from 1."""

    moments, count = (), 0

    def begin(self, number):
        if type(self) is Pressed:  # not a twin that is asked what it sets
            Pressed.count += 1
            if Pressed.count in Pressed.moments:
                raise KeyboardInterrupt
        sn.Adam.begin(self, number)


@pytest.fixture(scope="module")
def trajectory():
    """Losses and parameters after each step, by lists: of all samples, and of batches of one."""
    found, former = {}, sn.set_kernel("portable")
    for batch_size, epochs in ((None, 1100), (1, 12)):
        net = small_net()
        states = [bits_of(net)]

        class Noting(sn.Adam):
            def step(self, parameters, states=states):
                sn.Adam.step(self, parameters)
                states.append(bits(rows_of(parameters)))

        history = net.fit(
            SMALL_X, SMALL_Y, "huber", Noting(0.05), epochs, batch_size, engine="lists"
        )
        found[batch_size] = bits(history.loss), states
    sn.set_kernel(former)
    return found


def rows_of(parameters):
    return [p.rows for p in parameters]


@pytest.mark.parametrize("moment", [1, 2, 3, 500, 777, 1000, 1001, 1002, 1100])
def test_ctrl_c_within_steps_on_all_samples(moment, trajectory):
    """Everything is as before the steps that were computed together."""
    losses, states = trajectory[None]
    Pressed.moments, Pressed.count = (moment,), 0
    net = small_net()
    with watching() as seen:
        history = net.fit(SMALL_X, SMALL_Y, "huber", Pressed(0.05), epochs=1100, engine="steps")
    assert seen.spelled_out().whole
    together = seen.engines[0].at_once
    assert history.interrupted and len(history) == (moment - 1) // together * together
    assert bits(history.loss) == losses[: len(history)]
    assert bits_of(net) == states[len(history)]


@pytest.mark.parametrize("moment", range(1, 13))
def test_ctrl_c_within_an_epoch_of_batches(moment, trajectory):
    losses, states = trajectory[1]
    Pressed.moments, Pressed.count = (moment,), 0
    net = small_net()
    with watching() as seen:
        history = net.fit(
            SMALL_X, SMALL_Y, "huber", Pressed(0.05), epochs=12, batch_size=1, engine="steps"
        )
    assert not seen.spelled_out().whole
    assert history.interrupted and len(history) == (moment - 1) // 3
    assert bits(history.loss) == losses[: len(history)]
    together = seen.engines[0].at_once
    assert bits_of(net) == states[3 * len(history) + (moment - 1) % 3 // together * together]


class Pressing:
    """Losses of a stretch of steps; Ctrl-C when the k-th arrives: it is kept, or not."""

    def __init__(self, engine, k, kept):
        self.left, self.kept, self.train = k, kept, engine.train
        engine.train = self.trained

    def trained(self, steps, made, *others):
        self.made = made
        return self.train(steps, self, *others)

    def append(self, value):
        self.left -= 1
        if self.left or self.kept:
            self.made.append(value)
        if not self.left:
            raise KeyboardInterrupt


def engine_for(way, **options):
    with watching() as seen:
        sn.epochs(small_net(), SMALL_X, SMALL_Y, "huber", sn.Adam(0.05), engine="steps", **options)
    engine = seen.spelled_out()
    assert engine.whole == (way == "samples")
    return engine


@EACH_SPELLED
@pytest.mark.parametrize("kept", [False, True])
def test_ctrl_c_when_a_loss_is_noted(way, kept):
    """Then no step was made, and all can be made again: the memory, the step's number, the random numbers too."""
    batches = [[0, 1, 2]] * 12 if way == "samples" else [[0], [1, 2], [2]] * 4
    options = {} if way == "samples" else {"batch_size": 2}
    straight = engine_for(way, **options)
    losses = straight.epoch(batches)
    for k in range(1, 13):
        engine = engine_for(way, **options)
        before = bits_of(engine.net), engine.optimizer.t, engine.generator.state
        train = engine.train
        Pressing(engine, k, kept)
        with pytest.raises(KeyboardInterrupt):
            engine.epoch(batches)
        assert (bits_of(engine.net), engine.optimizer.t, engine.generator.state) == before
        engine.train = train
        assert engine.epoch(batches) == losses
        assert bits_of(engine.net) == bits_of(straight.net)
        assert engine.generator.state == straight.generator.state


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer that sends signals here")
def test_ctrl_c_from_the_operating_system(trajectory):
    losses, states = trajectory[None]
    left = [0]

    def press(number, frame):
        if left[0]:
            left[0] -= 1
            raise KeyboardInterrupt

    gc.disable()  # it has callbacks, in which an exception is lost
    former, lengths, span = (
        signal.signal(signal.SIGALRM, press),
        set(),
        0,
    )  # how long it takes, left alone
    try:
        for k in range(-1, 24):
            net, history, began = small_net(), None, time.time()
            try:
                try:
                    left[0] = 1 + k % 2 if span else 0
                    signal.setitimer(signal.ITIMER_REAL, span * (k + 1) / 22, span / 30)
                    history = net.fit(
                        SMALL_X, SMALL_Y, "huber", sn.Adam(0.05), epochs=1100, engine="steps"
                    )
                finally:
                    left[0] = 0
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:  # before it began, or after it ended
                history = None
            if history and not history.interrupted:
                span = min(span or time.time(), time.time() - began)
            if history is None:
                assert bits_of(net) in states
                continue
            assert history.interrupted or len(history) == 1100
            assert bits(history.loss) == losses[: len(history)]
            steps = states.index(bits_of(net))
            # It may come just before epochs that were computed together are added to the history.
            assert (
                steps == len(history)
                or steps > len(history)
                and len(history) % generated.STEPS_AT_ONCE == 0
            )
            lengths.add(len(history))
    finally:
        gc.enable()
        signal.signal(signal.SIGALRM, former)
    assert len(lengths) > 1


def press_at_line(k, train):
    """Train with Ctrl-C before the k-th line of those of generated.py and of what it runs; whether it came to that."""
    left = [k]

    def trace(frame, event, argument):
        name = os.path.basename(frame.f_code.co_filename)
        if name != "generated.py" and not name.startswith("<scratchnet"):
            return None
        if event == "line":
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
        return trace

    former, history = sys.gettrace(), None
    sys.settrace(trace)
    try:
        history = train()
    except (
        KeyboardInterrupt,
        sn.Diverged,
    ) as error:  # the former outside of what `fit` guards: before the first step
        history = getattr(error, "history", None)
    finally:
        sys.settrace(former)
    return history, left[0] <= 0


def course_of_states(make, **options):
    """How to begin a training, and its losses and states after each step, by lists."""
    options = dict(
        {"loss": "huber", "optimizer": sn.SGD(0.1, momentum=0.5), "epochs": 4}, **options
    )
    net, kind = make(), type(options["optimizer"])
    states = [bits_of(net)]

    class Noting(kind):
        def step(self, parameters):
            kind.step(self, parameters)
            states.append(bits(rows_of(parameters)))

    noting = Noting(**options["optimizer"].config())
    told = outcome(lambda: net.fit(engine="lists", **dict(options, optimizer=noting)), net)
    return options, told, states


INTERRUPTED = {
    "samples": dict(make=lambda: sn.Sequential([sn.Dense(1, 1)], seed=2), X=[[1.5], [2]], Y=[0, 1]),
    "step": dict(
        make=lambda: sn.Sequential([sn.Dense(1, 1)], seed=2), X=[[1.5], [2]], Y=[0, 1], batch_size=1
    ),
    "dropout": dict(make=small_net, X=SMALL_X, Y=SMALL_Y, batch_size=2),
}
WITH_THE_LIBRARY = {  # its exp raises where that of the package gives infinity; the sums are the same in both kernels
    "infinity": dict(make=lambda: sn.Sequential([weights(700, -700, 0), Logistic()]), X=[[1, 1], [-1, 1]], Y=[1, 1],
                     epochs=2),
    "divergence": dict(make=lambda: sn.Sequential([weights(1, 1, 1), Exp()]), X=[[0.5, 0.25]], Y=[99],
                       loss="half_squared_error", optimizer=sn.SGD(2.0)),
}  # fmt: skip
WITH_THE_LIBRARY["infinity in a batch"] = dict(WITH_THE_LIBRARY["infinity"], batch_size=1)


@pytest.mark.parametrize("name, what", [("portable", what) for what in sorted(INTERRUPTED)] + [
    ("fast", what) for what in sorted(WITH_THE_LIBRARY)
])  # fmt: skip
def test_ctrl_c_between_any_two_lines(name, what):
    """Also while a step that fails is looked for."""
    with kernel(name):
        given_options = dict(INTERRUPTED, **WITH_THE_LIBRARY)[what]
        options, _, states = course_of_states(**given_options)
        an_epoch = -(-len(options["X"]) // options.get("batch_size", 9))
        together = len(states) - 1 if what == "samples" else an_epoch  # steps
        k, found, stride = (
            0,
            set(),
            {"divergence": 1, "infinity in a batch": 3 * STRIDE}.get(what, STRIDE),
        )
        while True:
            k, net = k + stride, given_options["make"]()
            history, pressed = press_at_line(k, lambda: net.fit(engine="steps", **options))  # noqa: B023
            if not pressed:
                break
            steps = [n for n, state in enumerate(states) if state == bits_of(net)]
            place = "pressed before line {} of those that are run: {} after {}".format(
                k, history, steps
            )
            assert steps, place
            # It may come just before epochs that were computed together are added to the history.
            late = [n // an_epoch - together // an_epoch for n in steps]
            assert history is None or len(history) in [n // an_epoch for n in steps] + late, place
            found.add(steps[0])
        reached = range(0, len(states), 1 if name == "fast" else together)  # each, after a failure
        assert (stride > 1 or found == set(reached)) and k > 20


def press_again(first, line, **options):
    """Ctrl-C when a step begins, and once more before a line of what generated.py then does; the net and its history."""
    Pressed.moments, Pressed.count = (first,), 0
    count = [0]

    def trace(frame, event, argument):
        if os.path.basename(frame.f_code.co_filename) != "generated.py":
            return None
        if event == "line" and Pressed.count >= first:
            count[0] += 1
            if count[0] == line:
                raise KeyboardInterrupt
        return trace

    net, history, former = small_net(), None, sys.gettrace()
    sys.settrace(trace)
    try:
        history = net.fit(
            SMALL_X, SMALL_Y, "huber", Pressed(0.05), epochs=8, engine="steps", **options
        )
    finally:
        sys.settrace(former)
    return (net, history) if count[0] >= line else (None, None)


@pytest.fixture(scope="module")
def pressed_again(trajectory):
    """After a second Ctrl-C before each line: the history, and which of the states the parameters are in."""
    found, former = {}, sn.set_kernel("portable")
    for batch_size in (None, 1):
        states, found[batch_size], line = trajectory[batch_size][1], [], 1
        while True:
            net, history = press_again(5, line, batch_size=batch_size)
            if net is None:
                break
            places = [k for k in range(5) if states[k] == bits_of(net)]
            found[batch_size].append((history, places))
            line += 1 if line < 6 else STRIDE
    sn.set_kernel(former)
    return found


@pytest.mark.parametrize("batch_size", [None, 1])
def test_ctrl_c_and_once_more_between_any_two_lines(batch_size, pressed_again, trajectory):
    assert len(pressed_again[batch_size]) > 5
    for history, places in pressed_again[batch_size]:
        assert history.interrupted and len(history) == (4 if batch_size is None else 1)
        assert bits(history.loss) == trajectory[batch_size][0][: len(history)]
        assert places == [4]


class Timeout(Exception):
    """Raised by the signal handlers of those who have no time."""


@EACH_SPELLED
def test_another_error_in_the_middle(way):
    """As by lists: what was learnt before it is kept."""

    class Failing(sn.Adam):
        def begin(self, number):
            if self.t == 5:
                raise Timeout
            sn.Adam.begin(self, number)

    made = of(way, between=1)
    made.optimizer = Failing(0.05)
    expected, found = trained(made, "lists", epochs=30)[0], trained(made, way, epochs=30)[0]
    assert expected[0] == "Timeout"
    assert found == expected


# ---- a training that diverges ------------------------------------------------------------------------------------


class Bomb(sn.SGD):
    """In the fourth step all becomes infinite."""

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
    """No number at 0."""

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


@EACH_SPELLED
@pytest.mark.parametrize("name", ["fast", "portable"])
@pytest.mark.parametrize("what", sorted(ENDS))
def test_it_ends_as_by_lists(what, name, way):
    """The same error in the same epoch, and the same last finite numbers."""
    options, told = ENDS[what]
    with kernel(name):
        expected, _ = course(way="lists", batch_size=3 if way == "step" else None, **options)
        found, seen = course(way=way, **options)
    assert type(seen.engines[0]) is generated.Steps and seen.by_lists
    assert re.match(told, expected[0])
    assert found[0] == expected[0] and len(found) == len(expected)
    if name == "portable":
        assert found == expected


@EACH_SPELLED
@pytest.mark.parametrize("name", ["fast", "portable"])
def test_an_infinity_that_does_no_harm(name, way):
    """The library's exp may raise there; the training goes on."""
    with kernel(name):
        found = assert_the_same_course(
            lambda: [weights(700, 600, 0), Logistic()], way, X=[[1, 1], [-1, -1]] * 3, Y=[1, 0] * 3
        )
    assert type(found.engines[0]) is generated.Steps


NOTHING_LOST = "where a datum is 0, what is multiplied by it drops out, and infinity or a division by 0 with it"


class ByRowSum(sn.Layer):
    """Each number's share in its row."""

    def forward(self, X):
        return [[x / total(row) for x in row] for row in X]

    def backward(self, dA):
        return dA


@EACH_SPELLED
def test_zero_by_zero(way):
    assert_the_same_course(lambda: [ByRowSum(), sn.Dense(2, 1)], way, X=[[0, 0]] + X[1:])


@pytest.mark.parametrize(
    "way",
    [pytest.param("samples", marks=pytest.mark.xfail(strict=True, reason=NOTHING_LOST)), "step"],
)
def test_zero_times_infinity(way):
    """The gradient of the first weights is 0·inf."""
    assert_the_same_course(
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


def test_an_infinity_that_passes():
    options = dict(
        X=[[0, 0]] * 7, optimizer=Spike(0.1), before=lambda net: net.freeze("0.bias"), epochs=6
    )
    assert_the_same_course(lambda: [weights(1, 1, 0)], "samples", **options)


# ---- by hand, between two epochs ---------------------------------------------------------------------------------


def by_hand(way, act, epochs=6, **options):
    """An epoch after the other, ``act(net, epoch)`` after each, until it is true: all losses and bits on the way."""
    made = of(way, between=1, optimizer=8, **options)
    found = []
    for by in ("lists", way):
        net, (watched, engine) = made.network(), as_by(by)
        with watched as seen:
            course = []
            options = dict(made.options, epochs=epochs, engine=engine)
            for epoch in sn.epochs(net, made.X, made.Y, made.loss, made.optimizer, **options):
                course.append([epoch.number, bits(epoch.loss), bits_of(net)])
                if act(net, epoch):
                    break
            course.append([bits_of(net), [p.frozen for p in net.parameters()]])
        found.append(course)
    assert by == "rows" or type(seen.engines[0]) is generated.Steps
    assert found[0] == found[1]
    return seen, found[0]


@EACH_WAY
def test_a_value_changed_by_hand_is_seen(way):
    def act(net, epoch):
        if epoch.number == 2:
            net.parameters()[0].value = [[i - j / 2 for j in range(3)] for i in range(3)]
        if epoch.number == 4:
            net.parameters()[1].value = [1, 2, 3]

    seen, course = by_hand(way, act)
    assert not seen.by_lists
    assert len({repr(states) for _, _, states in course[:-1]}) == 6


@EACH_WAY
def test_a_parameter_frozen_by_hand_is_left_as_it_is(way):
    kept = []

    def act(net, epoch):
        if epoch.number == 2:
            net.freeze("0.weights")
        if epoch.number in (2, 4):
            kept.append(bits(net.parameters()[0].rows))
        if epoch.number == 4:
            net.parameters()[0].frozen = False
        if epoch.number == 6:
            assert bits(net.parameters()[0].rows) != kept[-1]

    by_hand(way, act)
    assert kept[0] == kept[1] == kept[2] == kept[3]


@EACH_WAY
@pytest.mark.parametrize("frozen", [(0,), (0, 1), (2,)])
def test_a_frozen_parameter_that_may_learn_again(frozen, way):
    def act(net, epoch):
        if epoch.number == 3:
            for p in net.parameters():
                p.frozen = False

    by_hand(way, act, frozen=frozen)


@EACH_WAY
@pytest.mark.parametrize("k", [1, 2, 5])
def test_breaking_off_after_an_epoch(k, way):
    _, course = by_hand(way, lambda net, epoch: epoch.number == k)
    assert course[-1][0] == course[-2][2] and len(course) == k + 1
    _, longer = by_hand(way, lambda net, epoch: False)
    assert longer[:k] == course[:k]


@EACH_WAY
def test_going_on_with_a_second_training(way):
    made, found = of(way, between=1, optimizer=8), []
    for by in ("lists", way):
        net, (watched, engine) = made.network(), as_by(by)
        with watched:
            for seed in (1, 2):
                options = dict(made.options, seed=seed, epochs=3, engine=engine)
                net.fit(made.X, made.Y, made.loss, made.optimizer, **options)
        found.append(bits_of(net))
    assert found[0] == found[1]


@EACH_WAY
def test_data_that_change_from_epoch_to_epoch(way):
    class Growing(Lazy):
        def __getitem__(self, i):
            return [v * self.times for v in Lazy.__getitem__(self, i)]

    made, found = of(way), []
    for by in ("lists", way):
        rows, net, (watched, engine) = Growing(made.X), made.network(), as_by(by)
        rows.times = 1
        with watched:
            options = dict(made.options, epochs=4, engine=engine)
            for epoch in sn.epochs(net, rows, made.Y, made.loss, made.optimizer, **options):
                rows.times = epoch.number
        found.append(bits_of(net))
    assert found[0] == found[1]


@EACH_WAY
def test_an_argument_changed_by_hand(way):
    def act(net, epoch):
        net.layers[1].slope = 0.5

    by_hand(way, act, hidden=4)


@EACH_WAY
def test_the_kernel_changed_between_epochs(way):
    def act(net, epoch):
        if epoch.number == 2:
            sn.set_kernel("fast")

    made, found = of(way, hidden=9), []
    for by in ("lists", way):
        watched, engine = as_by(by)
        net = made.network()
        with watched, kernel("portable"):
            options = dict(made.options, epochs=5, engine=engine)
            for epoch in sn.epochs(net, made.X, made.Y, made.loss, made.optimizer, **options):
                act(net, epoch)
        found.append(bits_of(net))
    assert found[0] == found[1]


class Steeper(sn.Activation):
    """Its slope is no argument."""

    slope = 2

    def function(self, z):
        return self.slope * z

    def derivative(self, z, a):
        return self.slope


def _attribute(net):
    net.layers[1].slope = 3


def _methods(net):
    net.layers[1].function, net.layers[1].derivative = lambda z: z / 2, lambda z, a: 0.5


def _parameter(net):
    weights = sn.Parameter("weights", (2, 3), [[0.5] * 3] * 2)
    weights.convert(float)
    net.layers[0].weights = weights


def _layer(net):
    net.layers[1] = sn.Sigmoid()


@pytest.mark.parametrize("way", SPELLED + ["rows"])
@pytest.mark.parametrize("change", [_attribute, _methods, _parameter, _layer])
def test_a_layer_changed_by_hand(change, way):
    found = []
    for by in ("lists", way):
        net, (watched, engine) = sn.Sequential(hidden(Steeper()), seed=1), as_by(by)
        options = dict(epochs=5, batch_size=3 if way == "step" else None, engine=engine)
        with watched:
            for epoch in sn.epochs(net, X, Y, "huber", sn.SGD(0.1), **options):
                if epoch.number == 2:
                    change(net)
        found.append(bits_of(net))
    assert found[0] == found[1]


@pytest.mark.xfail(strict=True, reason="gradients are in variables of the code alone")
@EACH_SPELLED
def test_gradients_looked_at_between_epochs(way):
    seen = []

    def act(net, epoch):
        seen.append([p.gradient is not None and bits(p.gradient_rows) for p in net.parameters()])

    by_hand(way, act, epochs=2)
    assert seen[:2] == seen[2:]


# ---- the same text everywhere ------------------------------------------------------------------------------------

PROGRAM = """
import struct
import scratchnet as sn
from scratchnet.engines import choice as choices

sn.set_kernel("portable")
former = choices.chosen

def chosen(lists, size, name):
    found = former(lists, size, name)
    print(type(found).__name__, getattr(found, "whole", ""), found.program.source if hasattr(found, "program") else "")
    return found

choices.chosen = chosen
X = [[i % 3 / 4, i % 2, i / 8] for i in range(8)]
Y = [i % 3 for i in range(8)]
for most in (choices.MOST, choices.MOST_AT_ALL):
    choices.MOST = most
    for width in (3, 24):
        for batch_size in (None, 3):
            layers = [sn.Dense(3, width, l1=0.01), sn.GELU(), sn.Dropout(0.25), sn.Dense(width, 3), sn.Softmax()]
            net = sn.Sequential(layers)
            optimizer = sn.AdamW(sn.CosineDecay(0.1, 9), clip_norm=1)
            history = net.fit(X, Y, "categorical_cross_entropy", optimizer, 3, batch_size)
            rows = [history.loss] + [row for p in net.parameters() for row in p.rows]
            print([struct.pack(">d", v).hex() for row in rows for v in row])
            print(sn.unroll(net).source)
"""


def test_every_process_writes_the_same_text():
    outputs = []
    for seed in ("0", "4711"):
        environment = dict(os.environ, PYTHONHASHSEED=seed, PYTHONPATH=ROOT)
        outputs.append(
            subprocess.check_output(
                [sys.executable, "-c", PROGRAM], env=environment, universal_newlines=True
            )
        )
    assert outputs[0] == outputs[1]
    assert outputs[0].count("def train(") >= 4 and outputs[0].count("def predict(") == 8


# ---- programs are remembered -------------------------------------------------------------------------------------


@pytest.fixture
def nothing_remembered():
    former = dict(generated._programs)
    generated._programs.clear()
    yield
    generated._programs.clear()
    generated._programs.update(former)


def program(
    way,
    layers=None,
    loss="mean_squared_error",
    optimizer=None,
    X=X[:4],
    Y=Y[:4],
    seed=1,
    freeze=(),
    **options,
):
    """The program that trains this way."""
    net = sn.Sequential(layers or hidden(sn.Tanh()), seed=seed)
    net.freeze(*freeze)
    options.setdefault("batch_size", 2 if way == "step" else None)
    with watching() as seen:
        net.fit(X, Y, loss, optimizer or sn.SGD(0.1), epochs=2, engine="steps", **options)
    engine = seen.spelled_out()
    assert engine.whole == (way == "samples")
    return engine.program


SHARED = {
    "other weights": dict(seed=2),
    "other data": dict(X=[[v + 3 for v in row] for row in X[:4]]),
    "another order": dict(shuffle=False),
}


@EACH_SPELLED
@pytest.mark.parametrize("what", sorted(SHARED))
def test_what_differs_in_numbers_alone_shares_a_program(what, way, nothing_remembered):
    assert program(way, **SHARED[what]) is program(way)


DIFFERENT = [
    (dict(layers=hidden(sn.LeakyReLU(0.25))), dict(layers=hidden(sn.LeakyReLU(0.125)))),
    (dict(layers=hidden(sn.ELU(0.25))), dict(layers=hidden(sn.ELU(0.125)))),
    (dict(layers=hidden(sn.GELU())), dict(layers=hidden(sn.GELU("tanh")))),
    (dict(layers=hidden(sn.Dropout(0.25))), dict(layers=hidden(sn.Dropout(0.5)))),
    (dict(layers=hidden(sn.Tanh())), dict(layers=hidden(sn.Sigmoid()))),
    (dict(layers=[sn.Dense(2, 1)]), dict(layers=[sn.Dense(2, 1, l2=0.5)])),
    (dict(layers=[sn.Dense(2, 1, l2=0.25)]), dict(layers=[sn.Dense(2, 1, l2=0.5)])),
    (dict(layers=[sn.Dense(2, 1, l1=0.25)]), dict(layers=[sn.Dense(2, 1, l2=0.25)])),
    (dict(layers=[sn.Dense(2, 1)]), dict(layers=[sn.Dense(2, 2), sn.Dense(2, 1)])),
    (
        dict(layers=[sn.Dense(2, 1)]),
        dict(layers=[sn.Dense(2, 1), sn.Identity()], loss="half_squared_error"),
    ),
    (dict(freeze=["0.weights"]), dict(freeze=["0.bias"])),
    (dict(freeze=[]), dict(freeze=["2.bias"])),
    (dict(loss=sn.Huber(0.5)), dict(loss=sn.Huber(0.25))),
    (dict(loss="mean_squared_error"), dict(loss="half_squared_error")),
    (dict(sample_weight=[2, 3, 4, 5]), dict()),
    (dict(optimizer=sn.SGD(0.1)), dict(optimizer=sn.SGD(0.1, momentum=0.5))),
    (dict(optimizer=sn.SGD(0.1, momentum=0.25)), dict(optimizer=sn.SGD(0.1, momentum=0.5))),
    (
        dict(optimizer=sn.SGD(0.1, momentum=0.5)),
        dict(optimizer=sn.SGD(0.1, momentum=0.5, nesterov=True)),
    ),
    (dict(optimizer=sn.SGD(0.1)), dict(optimizer=sn.SGD(0.1, weight_decay=0.5))),
    (dict(optimizer=sn.SGD(0.1)), dict(optimizer=sn.SGD(0.1, clip_norm=0.5))),
    (dict(optimizer=sn.SGD(0.1, clip_norm=1)), dict(optimizer=sn.SGD(0.1, clip_norm=0.5))),
    (dict(optimizer=sn.Adam(0.1)), dict(optimizer=sn.Adam(0.1, beta1=0.5))),
    (dict(optimizer=sn.Adam(0.1)), dict(optimizer=sn.Adam(0.1, epsilon=0.5))),
    (dict(optimizer=sn.Adam(0.1)), dict(optimizer=sn.AdamW(0.1, weight_decay=0))),
    (dict(optimizer=sn.RMSprop(0.1)), dict(optimizer=sn.RMSprop(0.1, alpha=0.5))),
]


@EACH_SPELLED
@pytest.mark.parametrize("pair", range(len(DIFFERENT)))
def test_what_differs_in_more_shares_none(pair, way, nothing_remembered):
    first, second = [program(way, **options) for options in DIFFERENT[pair]]
    assert first.source != second.source
    assert (
        program(way, **DIFFERENT[pair][0]) is first and program(way, **DIFFERENT[pair][1]) is second
    )


SAMPLES = [
    dict(X=[[0, 1], [1, 0], [0.5, 2], [3, 4]]),
    dict(X=[[1, 1], [1, 0], [0.5, 2], [3, 4]]),
    dict(X=[[0, 1], [1, 0], [0.5, 2], [3, 0]]),
    dict(X=[[0, 1], [1, 0], [0.5, 2], [3, 1]]),
    dict(Y=[0, 1, 0.5, 2]),
    dict(Y=[1, 1, 0.5, 2]),
    dict(Y=[0.5, 1, 0.5, 2]),
    dict(X=X[:3], Y=Y[:3]),
    dict(sample_weight=[1, 2, 3, 4]),
    dict(sample_weight=[2, 1, 3, 4]),
    dict(sample_weight=[1, 1, 1, 1]),
    dict(sample_weight=[5, 2, 3, 4]),
    dict(sample_weight=[5, 0, 3, 4]),
]


def test_zeros_and_ones_in_other_places_share_none(nothing_remembered):
    found = [program("samples", **options).source for options in SAMPLES]
    assert len(set(found)) == len(found)
    assert [program("samples", **options).source for options in SAMPLES] == found


@EACH_SPELLED
def test_a_kernel_has_programs_of_its_own(way, nothing_remembered):
    found = [program(way)]
    with kernel("fast"):
        found.append(program(way))
    assert found[0].source != found[1].source
    assert "scratchnet.core.elementary" in found[0].source and "from math import" in found[1].source
    assert program(way) is found[0]


def namesakes(base, **rules):
    """A class that is called as its base is."""
    return type(base.__name__, (base,), rules)


@EACH_SPELLED
def test_a_namesake_shares_none(way, nothing_remembered):
    """A program is known by what reprs tell, and those of other classes may tell the same."""
    half = dict(function=lambda self, z: z / 2, derivative=lambda self, z, a: 0.5)
    third = dict(function=lambda self, z: z / 4, derivative=lambda self, z, a: 0.25)
    steep = dict(
        term=lambda self, a, y: 4 * (a - y) * (a - y), derivative=lambda self, a, y: 8 * (a - y)
    )
    back = dict(rule=lambda self, w, g, state: (w + self.rate * g, state))
    sources = [program(way).source]
    for methods in (half, third):
        sources.append(program(way, hidden(namesakes(sn.Tanh, **methods)())).source)
    sources.append(program(way, loss=namesakes(sn.MeanSquaredError, **steep)()).source)
    sources.append(program(way, optimizer=namesakes(sn.SGD, **back)(0.1)).source)
    assert len(set(sources)) == 5
    assert_the_same_course(lambda: hidden(namesakes(sn.Tanh, **half)()), way)
    assert_the_same_course(lambda: hidden(namesakes(sn.Tanh, **third)()), way)


def test_only_so_many_are_remembered(nothing_remembered):
    for n in range(2, generated.MOST_PROGRAMS + 5):
        made = recipe(hidden=4, blocks=[(1, 4, 0)], samples=2, inputs=1, outputs=1)
        made.X, made.Y = [[v / n for v in row] for row in made.X], [[0.5 + n] for _ in made.Y]
        layers = [sn.Dense(1, 1), sn.LeakyReLU(1 / n)]
        program("samples", layers, X=made.X, Y=made.Y)
        assert 0 < len(generated._programs) <= generated.MOST_PROGRAMS


@settings(max_examples=25)
@given(recipes())
def test_a_remembered_program_trains_other_numbers(made):
    """Once more with other weights, other data and another rate."""
    trained(made, "samples")
    made.made = made.made[:-1] + (made.made[-1] + 1,)
    made.X = [[v if v in (0, 1) else v / 2 for v in row] for row in made.X]
    assert_the_same(made, "samples")


# ---- rules for rows, of any layer ----------------------------------------------------------------


class MyTanh(sn.Tanh):
    """The same under another name."""


class Squares(sn.Layer):
    """A user-defined layer that is not an activation."""

    def forward(self, X):
        self.X = X
        return [[x * x for x in row] for row in X]

    def backward(self, dA):
        return [[2 * x * d for x, d in zip(row, d_row)] for row, d_row in zip(self.X, dA)]


class Shares(sn.Layer):
    """Each number of a row, divided by the row's sum of squares plus 1."""

    def forward(self, X):
        self.X = X
        return [[x / (1 + functions.dot(row, row)) for x in row] for row in X]

    def backward(self, dA):
        found = []
        for x, d in zip(self.X, dA):
            n = 1 + functions.dot(x, x)
            inner = functions.dot(x, d)
            found.append([d_k / n - 2 * x_k * inner / (n * n) for x_k, d_k in zip(x, d)])
        return found


class BatchCentered(sn.Layer):
    """Subtracts the mean of the batch: one row depends on the others."""

    def forward(self, X):
        return self.centered(X)

    def backward(self, dA):
        return self.centered(dA)

    def centered(self, X):
        means = [v / len(X) for v in matrix.sum_columns(X)]
        return [[x - m for x, m in zip(row, means)] for row in X]


@pytest.mark.parametrize("layer", [MyTanh, Squares, Shares], ids=lambda kind: kind.__name__)
def test_user_defined_layers_get_rules_for_rows(layer):
    generated_layer = rules._layer(layer(), 5)
    assert "forward" in vars(generated_layer) and "backward" in vars(generated_layer)
    assert_the_same_course(lambda: hidden(layer()), "rows", batch_size=3)


@pytest.mark.parametrize("layer", [BatchCentered(), sn.Dropout(0.5), Noisy()], ids=repr)
def test_layers_that_keep_their_own_rules(layer):
    assert rules._layer(layer, 5) is layer


ROW_BY_ROW = [
    kind for kind in LAYERS.values() if kind not in (sn.Dense, sn.Dropout, sn.Normalization)
]


@pytest.mark.parametrize("kind", ROW_BY_ROW, ids=lambda kind: kind.__name__)
def test_the_rules_of_the_package_do_the_same_with_each_row(kind):
    """The engine takes this for granted; user-defined layers are tried."""
    layer = kind().with_numbers(Symbolic, exactly=True)

    def backward(rows):
        layer.forward([z for _, z in rows])
        return layer.backward([d for d, _ in rows])

    assert len(rules.texts_of(lambda rows: layer.forward([z for (z,) in rows]), ["z"], 3, 3)) == 1
    if kind is not sn.Threshold:
        assert len(rules.texts_of(backward, ["d", "z"], 3, 2)) == 1


def test_a_subclass_that_adds_nothing_gets_the_same_engine():
    for count in (1, 40):
        found = []
        for kind in (sn.Tanh, MyTanh):
            net = sn.Sequential([sn.Dense(2, count), kind(), sn.Dense(count, 1)], seed=2)
            found.append(net.fit(X, Y, "huber", sn.SGD(0.1), 3).engine)
            found.append(bits_of(net))
        assert found[:2] == found[2:]
