"""Learning rates that change with the step t, from 0. An optimizer takes any function of t.

    StepDecay          is multiplied by a factor after every so many steps
    ExponentialDecay   is multiplied by a factor in every step
    CosineDecay        falls along half a cosine wave
    WarmUp             rises first, then follows another schedule

>>> import scratchnet as sn
>>> sn.SGD(WarmUp(10, CosineDecay(0.5, steps=90)))
SGD(learning_rate=WarmUp(steps=10, after=CosineDecay(rate=0.5, steps=90, minimum=0)))
"""

from .checks import AT_LEAST_0, COUNT
from .functions import cos, pi, power
from .layer import Configured
from .optimizers import RATE
from .types import Any, Number


class StepDecay(Configured):
    """``rate``, multiplied by ``factor`` after ``every`` steps.

    >>> schedule = StepDecay(0.5, every=100, factor=0.5)
    >>> schedule(0), schedule(99), schedule(100)
    (0.5, 0.5, 0.25)
    """

    arguments = ("rate", "every", "factor")

    def __init__(self, rate: Number, every: int, factor: Number = 1 / 10) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.every = self.require("every", every, COUNT)
        self.factor = self.require("factor", factor, AT_LEAST_0)

    def __call__(self, t: int) -> Number:
        return self.rate * power(self.factor, t // self.every)


class ExponentialDecay(Configured):
    """``rate``, multiplied by ``factor`` in every step.

    >>> ExponentialDecay(0.5, factor=0.5)(2)
    0.125
    """

    arguments = ("rate", "factor")

    def __init__(self, rate: Number, factor: Number) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.factor = self.require("factor", factor, AT_LEAST_0)

    def __call__(self, t: int) -> Number:
        return self.rate * power(self.factor, t)


class CosineDecay(Configured):
    """From ``rate`` to ``minimum`` in ``steps`` steps, along half a cosine wave; then ``minimum``.

    Loshchilov & Hutter, "SGDR" (2017).

    >>> CosineDecay(1.0, steps=100)(50)
    0.5
    """

    arguments = ("rate", "steps", "minimum")

    def __init__(self, rate: Number, steps: int, minimum: Number = 0) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.steps = self.require("steps", steps, COUNT)
        self.minimum = self.require("minimum", minimum, AT_LEAST_0)

    def __call__(self, t: int) -> Number:
        wave = 1 + cos(pi(self.rate) * min(t, self.steps) / self.steps)
        return self.minimum + (self.rate - self.minimum) * wave / 2


class WarmUp(Configured):
    """Rise in ``steps`` equal steps to ``after``: a rate, or the beginning of another schedule.

    >>> schedule = WarmUp(4, 1.0)
    >>> schedule(0), schedule(3), schedule(4)
    (0.25, 1.0, 1.0)
    """

    arguments = ("steps", "after")

    def __init__(self, steps: int, after: Any) -> None:
        limit = (lambda v: v == 0 or COUNT[0](v), "a whole number of 0 or more")
        self.steps = self.require("steps", steps, limit)
        self.after = self.require("after", after, RATE)

    def __call__(self, t: int) -> Number:
        start = max(t - self.steps, 0)
        rate = self.after(start) if callable(self.after) else self.after
        return rate * (t + 1) / self.steps if t < self.steps else rate
