"""User-defined optimizers, with every engine."""

import pytest
from compare_engines import EACH_STEPS, STEPS, X, Y, assert_same_small_training, hidden

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


class ByColumn(sn.Optimizer):
    """It changes the weights of each column at another rate, and only in even rows."""

    def update_rows(self, rows, gradients, states, factor):
        changed = [
            [
                w - self.rate * g / (j + 1) if i % 2 == 0 else w
                for j, (w, g) in enumerate(zip(row, gradient))
            ]
            for i, (row, gradient) in enumerate(zip(rows, gradients))
        ]
        return changed, states


class Backward(sn.Optimizer):
    """It keeps the former weight and a mean, each of which needs what the other was."""

    memory = 2

    def rule(self, w, g, state):
        former, mean = state
        return w - self.rate * (g + mean * former), ((w + former) / 2, (mean + former * g) / 2)


class Neighbours(sn.Optimizer):
    """The memory of a weight is a part of the gradient of the next one in the row."""

    memory = 1

    def update_rows(self, rows, gradients, states, factor):
        new = [
            [w - self.rate * (g + row[k - 1] / 8) for k, (w, g) in enumerate(zip(row, gradient))]
            for row, gradient in zip(rows, gradients)
        ]
        return new, [
            [(g + row[k - 1][0] / 8,) for k, g in enumerate(gradient)]
            for row, gradient in zip(states, gradients)
        ]


class InTurn(sn.SGD):
    """It sets a bool, for ``where``."""

    def begin(self, number):
        sn.SGD.begin(self, number)
        self.warm = self.t < 3

    def rule(self, w, g, state):
        return where(self.warm, w - self.rate * g, w - 2 * self.rate * g), state


@EACH_STEPS
@pytest.mark.parametrize("kind", [Shrinking, ByColumn, Backward])
def test_whole_steps_of_rules_that_differ_from_weight_to_weight(kind, way):
    assert assert_same_small_training(hidden, way, optimizer=kind(0.1)).generated_steps()


@EACH_STEPS
@pytest.mark.parametrize("optimizer", [sn.SGD, sn.Adam])
def test_the_rule_is_recorded_once_for_weights_whose_gradients_have_the_same_factors(
    optimizer, way, monkeypatch
):
    calls = []
    rule = optimizer.rule
    monkeypatch.setattr(optimizer, "rule", lambda *given: calls.append(given) or rule(*given))
    net = sn.Sequential([sn.Dense(2, 5), sn.Tanh(), sn.Dense(5, 1)])
    options = {"samples": {}, "step": {"batch_size": 2}}[way]
    net.fit(X, Y, "mse", optimizer(0.1), epochs=1, engine="steps", **options)
    assert len(calls) == 1


@pytest.mark.parametrize("way", STEPS + ["rows"])
@pytest.mark.parametrize("kind", [Shrinking, InTurn, Counted, Later, Halved, Backward, Neighbours])
def test_an_optimizer_that_overrides_a_method(kind, way):
    assert_same_small_training(hidden, way, optimizer=kind(0.1), epochs=6)
