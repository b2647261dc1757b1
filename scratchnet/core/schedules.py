"""Learning rate schedules: functions of the number t of the step, which starts at 0.

    StepDecay          multiplies the rate by a factor each time a number of steps has passed
    ExponentialDecay   multiplies the rate by a factor after every step
    CosineDecay        lowers the rate along half a cosine wave
    WarmUp             raises the rate first, then follows another schedule

An optimizer accepts any function of t.

>>> import scratchnet as sn
>>> sn.SGD(WarmUp(10, CosineDecay(0.5, steps=90)))
SGD(learning_rate=WarmUp(steps=10, after=CosineDecay(rate=0.5, steps=90, minimum=0)))
"""

# ruff: noqa: B008  (a Default never changes)

from .checks import AT_LEAST_0, COUNT
from .functions import cos, pi, power
from .layer import Configured, Default
from .optimizers import RATE
from .types import Any, Number


class StepDecay(Configured):
    """rate · factor^k, where k is t divided by ``every``, rounded down.

    >>> schedule = StepDecay(0.5, every=100, factor=0.5)
    >>> schedule(0), schedule(99), schedule(100)
    (0.5, 0.5, 0.25)
    """

    arguments = ("rate", "every", "factor")
    numbers = ("rate", "factor")

    def __init__(self, rate: Number, every: int, factor: Number = Default(1, 10)) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.every = self.require("every", every, COUNT)
        self.factor = self.require("factor", factor, AT_LEAST_0)

    def __call__(self, t: int) -> Number:
        return self.rate * power(self.factor, t // self.every)


class ExponentialDecay(Configured):
    """rate · factor^t

    >>> ExponentialDecay(0.5, factor=0.5)(2)
    0.125
    """

    arguments = numbers = ("rate", "factor")

    def __init__(self, rate: Number, factor: Number) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.factor = self.require("factor", factor, AT_LEAST_0)

    def __call__(self, t: int) -> Number:
        return self.rate * power(self.factor, t)


class CosineDecay(Configured):
    """minimum + (rate - minimum)·(1 + cos(π·t/steps))/2; from t = steps on, ``minimum``.

    Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017).

    >>> CosineDecay(1.0, steps=100)(50)
    0.5
    """

    arguments = ("rate", "steps", "minimum")
    numbers = ("rate", "minimum")

    def __init__(self, rate: Number, steps: int, minimum: Number = 0) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.steps = self.require("steps", steps, COUNT)
        self.minimum = self.require("minimum", minimum, AT_LEAST_0)

    def __call__(self, t: int) -> Number:
        wave = 1 + cos(pi(self.rate) * min(t, self.steps) / self.steps)
        return self.minimum + (self.rate - self.minimum) * wave / 2


class WarmUp(Configured):
    """after·(t + 1)/steps for t < steps, then ``after``, which is a rate or another schedule.

    If it is a schedule, its own t starts at 0 when the warm-up ends.

    >>> schedule = WarmUp(4, 1.0)
    >>> schedule(0), schedule(3), schedule(4)
    (0.25, 1.0, 1.0)
    """

    arguments = ("steps", "after")
    numbers = ("after",)

    def __init__(self, steps: int, after: Any) -> None:
        self.steps = self.require(
            "steps", steps, (lambda v: v == 0 or COUNT[0](v), "a whole number of 0 or more")
        )
        self.after = self.require("after", after, RATE)

    def __call__(self, t: int) -> Number:
        rate = self.after(max(t - self.steps, 0)) if callable(self.after) else self.after
        return rate * (t + 1) / self.steps if t < self.steps else rate
