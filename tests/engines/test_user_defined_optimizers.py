"""User-defined optimizers, with every engine."""

import pytest
from compare_engines import EACH_STEPS, STEPS, assert_same_small_training, hidden

import scratchnet as sn
from scratchnet.core.functions import where

pytestmark = pytest.mark.usefixtures("portable")


class Steady(sn.Optimizer):
    """Its rule uses the number of the step; nothing else changes from step to step."""

    def rule(self, w, g, state):
        return w - self.rate / (1 + self.t) * g, state


@EACH_STEPS
def test_a_rule_that_uses_the_number_of_the_step(way):
    assert assert_same_small_training(hidden, way, optimizer=Steady(0.1)).generated_steps()


class ByMemory(sn.SGD):
    """Its rate depends on the memory of a weight."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        rows = self.states.get("0.weights", [[(0.0,)]])
        self.rate = self.rate / (1 + abs(rows[0][0][0]))


@EACH_STEPS
def test_begin_may_read_the_memory(way):
    assert_same_small_training(hidden, way, optimizer=ByMemory(0.1, momentum=0.5))


class Counted(sn.SGD):
    """It counts the calls of begin()."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.calls = getattr(self, "calls", 0) + 1
        self.rate = self.rate / self.calls


class Later(sn.SGD):
    """From the fourth step on it sets an attribute that did not exist before."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        if self.t == 3:
            self.boost = number(2)

    def rule(self, w, g, state):
        return w - self.rate * g * getattr(self, "boost", 1), state


class Halved(sn.SGD):
    """It clips in its own way and ignores clip_norm."""

    def clipping(self, parameters):
        return 0.5


class Shrinking(sn.SGD):
    """It changes the weights in its own way."""

    def update_rows(self, rows, gradients, states, factor):
        rows, states = sn.SGD.update_rows(self, rows, gradients, states, factor)
        return [[v * 0.75 for v in row] for row in rows], states


class InTurn(sn.SGD):
    """It sets a bool, for ``where``."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.warm = self.t < 3

    def rule(self, w, g, state):
        return where(self.warm, w - self.rate * g, w - 2 * self.rate * g), state


@pytest.mark.parametrize("way", STEPS + ["rows"])
@pytest.mark.parametrize("kind", [Shrinking, InTurn, Counted, Later, Halved])
def test_an_optimizer_that_overrides_a_method(kind, way):
    assert_same_small_training(hidden, way, optimizer=kind(0.1), epochs=6)
