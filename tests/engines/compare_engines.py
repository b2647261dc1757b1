"""Train one network in several ways and compare everything that comes out.

A training runs in several ways:

    "lists"     by the rules of layers, loss and optimizer
    "samples"   generated code for whole steps, unrolled over all samples
    "step"      generated code for whole steps, with a loop over the samples of a batch
    "rows"      generated code for rows
    "lanes"     the same for samples on a grid, in the fast kernel only

In the portable kernel all give the same bits. ``watching`` checks which engine trained: a training that fell back to
lists would prove nothing.
"""

import os
import random
from array import array
from contextlib import contextmanager

import pytest
from hypothesis import settings
from random_networks import bits, bits_of, recipe

import scratchnet as sn
from scratchnet.core import functions
from scratchnet.core.plug_points import PLUG_POINTS, plug_in
from scratchnet.engines import choice as choices
from scratchnet.engines import generated

# Ctrl-C comes before every line; before every 23rd where the profile asks for few examples.
STRIDE = 1 if settings.default.max_examples > 10 else 23
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
STEPS = ["samples", "step"]
_generator = sn.Generator(3)
X = [[_generator.normal() for _ in range(2)] for _ in range(7)]
Y = [[_generator.normal()] for _ in range(7)]


@contextmanager
def kernel(name):
    former = sn.set_kernel(name)
    try:
        yield
    finally:
        sn.set_kernel(former)


class Seen:
    """The engines that trained, and how many steps lists made in place of generated code."""

    def __init__(self):
        self.engines = []
        self.steps_by_lists = 0

    def generated_steps(self):
        """The only engine, if generated code made every step; else None."""
        (engine,) = self.engines
        return engine if isinstance(engine, generated.Steps) and not self.steps_by_lists else None


@contextmanager
def watching(choice=None, most=None):
    """Note which engines train. ``choice`` is what "auto" chooses, ``most`` the sizes up to which it chooses steps."""
    former, seen = (PLUG_POINTS["engine"], choices.choice, choices.MOST), Seen()

    def chosen(*asked):
        found = former[0](*asked)
        seen.engines.append(found)
        if isinstance(found, generated.Steps):
            epoch = found.lists.epoch

            def counted(batches):
                seen.steps_by_lists += len(batches)
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


def setup_for(way, watched=watching):
    """Return the context in which a training runs in this way, and its option ``engine``."""
    if way in ("lists", "lanes"):
        return watched(), way
    return watched("rows") if way == "rows" else watched(most=choices.MOST_AT_ALL), "auto"


def outcome(train, net):
    """Train, and return all bits of the history, or the error, and of the parameters."""
    try:
        history = train()
        result = [len(history), history.interrupted, history.best_epoch, bits(history.loss)]
    except sn.Diverged as error:
        result = ["Diverged: {}".format(error), bits(error.history.loss)]
    except Exception as error:
        result = [type(error).__name__, str(error)]
    return result + [bits_of(net)]


def train(net, made, way):
    """Train for three epochs."""
    watched, engine = setup_for(way)
    with watched:
        return net.fit(
            made.X, made.Y, made.loss, made.optimizer, epochs=3, engine=engine, **made.options
        )


def trained(made, way, epochs=4, **options):
    """Train by a recipe; return the outcome, and the engines."""
    net, (watched, engine) = made.network(), setup_for(way)
    with watched as seen:
        options = dict(made.options, epochs=epochs, engine=engine, **options)
        found = outcome(lambda: net.fit(made.X, made.Y, made.loss, made.optimizer, **options), net)
    return found + [bits(net.predict(made.X))], seen


def assert_same_training(made, way, **options):
    expected, _ = trained(made, "lists", **options)
    found, seen = trained(made, way, **options)
    assert found == expected
    if way in STEPS and type(found[0]) is int:  # else it diverged, and lists said how
        assert seen.generated_steps().whole == (way == "samples")
    return found


EACH_WAY = pytest.mark.parametrize("way", STEPS + ["rows"])
EACH_STEPS = pytest.mark.parametrize("way", STEPS)


def of(way, **options):
    return recipe(batch_size={"samples": None, "step": 2, "rows": 3}[way], **options)


class Lazy:
    """Rows that are created when they are read."""

    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return array("d", self.rows[i])


def small_training(
    make, way, loss="mean_squared_error", optimizer=None, X=X, Y=Y, before=None, epochs=4, **options
):
    """Train a network of 2 inputs and 1 output; return the outcome, and the engines."""
    net, (watched, engine) = sn.Sequential(make(), seed=1), setup_for(way)
    if before:
        before(net)
    options.setdefault("batch_size", 3 if way == "step" else None)
    with watched as seen:
        options = dict(options, epochs=epochs, engine=engine)
        found = outcome(lambda: net.fit(X, Y, loss, optimizer or sn.SGD(0.1), **options), net)
    return found, seen


def assert_same_small_training(make, way, **options):
    """Compare a small training with the same by lists; return the engines."""
    expected, _ = small_training(
        make, "lists", **dict({"batch_size": 3 if way == "step" else None}, **options)
    )
    found, seen = small_training(make, way, **options)
    assert found == expected
    return seen


def hidden(*layers):
    return [sn.Dense(2, 3)] + list(layers) + [sn.Dense(3, 1)]


class Noisy(sn.Layer):
    def forward(self, X):
        return [[z + random.random() for z in row] for row in X]

    def backward(self, dA):
        return dA


class Exp(sn.Activation):
    """It overflows above 709."""

    def function(self, z):
        return functions.exp(z)

    def derivative(self, z, a):
        return a


class Logistic(sn.Activation):
    """1/(1 + e^-z) in the unsafe form; it is right even if e^-z is infinite."""

    def function(self, z):
        return 1 / (1 + functions.exp(-z))

    def derivative(self, z, a):
        return a * (1 - a)


def weights(*values):
    """Return Dense(2, 1) with these two weights and this bias."""
    return sn.Dense(2, 1, weights=[[values[0]], [values[1]]], bias=[values[2]])
