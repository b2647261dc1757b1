"""Learning rates that change with the step t, from 0: an optimizer takes any function of t, and these are some.

    StepDecay          falls after every so many steps
    ExponentialDecay   falls with every step
    CosineDecay        falls along half a wave
    WarmUp             rises first

>>> import scratchnet as sn
>>> sn.SGD(WarmUp(10, CosineDecay(0.5, steps=90)))
SGD(learning_rate=WarmUp(steps=10, after=CosineDecay(rate=0.5, steps=90, minimum=0)))
"""

from .functions import cos, pi, power
from .optimizers import RATE
from .layer import AT_LEAST_0, COUNT, Configured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Number


class StepDecay(Configured):
    """The rate times ``factor`` after every so many steps.

    >>> schedule = StepDecay(0.5, every=100, factor=0.5)
    >>> schedule(0), schedule(99), schedule(100)
    (0.5, 0.5, 0.25)
    """

    arguments = ("rate", "every", "factor")

    def __init__(self, rate: "Number", every: int, factor: "Number" = 1 / 10) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.every = self.require("every", every, COUNT)
        self.factor = self.require("factor", factor, AT_LEAST_0)

    def __call__(self, t: int) -> "Number":
        return self.rate * power(self.factor, t // self.every)


class ExponentialDecay(Configured):
    """The rate times ``factor`` after every step.

    >>> ExponentialDecay(0.5, factor=0.5)(2)
    0.125
    """

    arguments = ("rate", "factor")

    def __init__(self, rate: "Number", factor: "Number") -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.factor = self.require("factor", factor, AT_LEAST_0)

    def __call__(self, t: int) -> "Number":
        return self.rate * power(self.factor, t)


class CosineDecay(Configured):
    """From the rate to ``minimum`` in so many steps, along half a wave (Loshchilov & Hutter 2017); then ``minimum``.

    >>> CosineDecay(1.0, steps=100)(50)
    0.5
    """

    arguments = ("rate", "steps", "minimum")

    def __init__(self, rate: "Number", steps: int, minimum: "Number" = 0) -> None:
        self.rate = self.require("rate", rate, AT_LEAST_0)
        self.steps = self.require("steps", steps, COUNT)
        self.minimum = self.require("minimum", minimum, AT_LEAST_0)

    def __call__(self, t: int) -> "Number":
        wave = 1 + cos(pi(self.rate) * min(t, self.steps) / self.steps)
        return self.minimum + (self.rate - self.minimum) * wave / 2


class WarmUp(Configured):
    """In so many equal steps up to a rate, or to where another schedule begins; then on with it.

    >>> schedule = WarmUp(4, 1.0)
    >>> schedule(0), schedule(3), schedule(4)
    (0.25, 1.0, 1.0)
    """

    arguments = ("steps", "after")

    def __init__(self, steps: int, after: "Any") -> None:
        self.steps = self.require(
            "steps", steps, (lambda v: v == 0 or COUNT[0](v), "a whole number of 0 or more")
        )
        self.after = self.require("after", after, RATE)

    def __call__(self, t: int) -> "Number":
        begin = max(t - self.steps, 0)
        after = self.after(begin) if callable(self.after) else self.after
        return after * (t + 1) / self.steps if t < self.steps else after
