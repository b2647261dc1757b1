"""How a step of training changes a weight: each optimizer's rule, with PyTorch's updates and defaults.

    SGD  Adagrad  RMSprop  Adam  AdamW

    w    a weight                            g    the loss's slope in it
    t    the step's number, from 0           state    what a weight remembers from step to step

A learning rate is a number, or any function of t (some are in schedules.py). **An optimizer of your own** defines
``rule``, which gives the new weight and its new state: a tuple of as many numbers as ``memory`` says, each 0 at first.

>>> class SignDescent(Optimizer):
...     def rule(self, w, g, state):
...         return w - self.rate * where(g > 0, 1, where(g < 0, -1, 0)), state
>>> class RunningMean(Optimizer):
...     memory = 1
...     def rule(self, w, g, state):
...         mean = (state[0] + g) / 2
...         return w - self.rate * mean, (mean,)
"""

from .functions import cast, number_of, power, sqrt, total, where, whole
from .layer import ABOVE_0, AT_LEAST_0, BELOW_1, Configured, is_zero, require

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Dict, List, Matrix, Number, State, Tuple
    from .layer import Parameter


RATE = (
    lambda v: callable(v) and not isinstance(v, type) or AT_LEAST_0[0](v),
    AT_LEAST_0[1] + ", or a function of t",
)


class Optimizer(Configured):
    """Steps against the gradient.

    ``learning_rate``   a number, or a function of t
    ``weight_decay``    λ: the slope λ·w is added to every g (AdamW does otherwise), biases included
    ``clip_norm``       the longest gradient of all weights together; a longer one is shortened to it
    """

    # Defaults are quotients of whole numbers, because some MicroPythons misread decimals: 999/1000 is the float 0.999.
    arguments: "Tuple[str, ...]" = ("learning_rate", "weight_decay", "clip_norm")
    numbers = arguments
    zero_by_default: "Tuple[str, ...]" = ("weight_decay", "clip_norm")
    memory = 0  # how many numbers a weight remembers

    def __init__(
        self, learning_rate: "Any" = 1 / 1000, weight_decay: "Number" = 0, clip_norm: "Any" = None
    ) -> None:
        self.learning_rate = self.require("learning_rate", learning_rate, RATE)
        self.weight_decay = self.require("weight_decay", weight_decay, AT_LEAST_0)
        self.clip_norm = (
            clip_norm if clip_norm is None else self.require("clip_norm", clip_norm, ABOVE_0)
        )
        self.rate: "Number" = learning_rate  # the learning rate of this step
        self.t = 0
        self.states: "Dict[str, List[List[State]]]" = {}  # row by row, under the parameter's name

    def rule(self, w: "Number", g: "Number", state: "State") -> "Tuple[Number, State]":
        """The weight and its memory after the step."""
        raise NotImplementedError(f"{type(self).__name__} has no rule")

    def decayed(self, w: "Number", g: "Number") -> "Number":
        """The slope with weight decay's in it."""
        return g if is_zero(self.weight_decay) else g + self.weight_decay * w

    def begin(self, number: "Any") -> None:
        """What is the same for all weights of step t."""
        rate = self.learning_rate
        if callable(rate):
            rate = require("learning_rate", rate(self.t), AT_LEAST_0)
        self.rate = cast(rate, number, "learning_rate")

    def step(self, parameters: "List[Parameter]") -> None:
        """Change every parameter that is not frozen; all at once, at the end.

        Each gets new rows: the former ones are what training goes back to after Ctrl-C, so they must stay as they are.
        """
        self.begin(number_of(parameters[0].rows[0][0]) if parameters else float)
        learning = [p for p in parameters if not p.frozen]
        for p in learning:
            require(
                f"{p.name}.gradient",
                p.gradient,
                (p.fits, "what backward has to set, in the parameter's shape"),
            )
        factor = self.clipping(learning)
        updates = [
            self.moved_rows(p.rows, p.gradient_rows, self.memory_of(p), factor) for p in learning
        ]
        for parameter, (rows, states) in zip(learning, updates):
            parameter.rows = rows
            self.states[parameter.name] = states
        self.t += 1

    def memory_of(self, p: "Parameter") -> "List[List[State]]":
        """What every weight remembers: 0 before its first step."""
        return self.states.get(p.name) or [
            [(whole(0, w),) * self.memory for w in row] for row in p.rows
        ]

    def moved_rows(
        self, rows: "Matrix", slopes: "Matrix", states: "List[List[State]]", factor: "Number"
    ) -> "Tuple[Matrix, List[List[State]]]":
        """Rows of weights, and their memory, after this step."""
        results = [
            [self.moved(w, g, s, factor) for w, g, s in zip(*parts)]
            for parts in zip(rows, slopes, states)
        ]
        return [[w for w, _ in row] for row in results], [[s for _, s in row] for row in results]

    def moved(
        self, w: "Number", g: "Number", state: "State", factor: "Number"
    ) -> "Tuple[Number, State]":
        """One weight and its memory after this step."""
        return self.rule(w, self.decayed(w, g if factor is None else g * factor), state)

    def clipping(self, parameters: "List[Parameter]") -> "Number":
        """The factor min(1, clip_norm / |g|) that shortens the gradient, if any; 10^-6 beside |g| as in PyTorch."""
        if self.clip_norm is None or not parameters:
            return None
        norm = sqrt(total([g * g for p in parameters for row in p.gradient_rows for g in row]))
        factor = self.clip_norm * 1000000 / (norm * 1000000 + 1)
        return where(factor < 1, factor, 1)


class SGD(Optimizer):
    """w - rate·g; with momentum μ, w - rate·v, where v = μ·v + g (Polyak 1964).

    ``nesterov=True`` steps along g + μ·v, the slope as it will be (Sutskever, Martens, Dahl & Hinton 2013).
    """

    arguments = Optimizer.arguments + ("momentum", "nesterov")
    numbers = Optimizer.numbers + ("momentum",)
    zero_by_default = Optimizer.zero_by_default + ("momentum", "nesterov")

    def __init__(
        self,
        learning_rate: "Any" = 1 / 1000,
        momentum: "Number" = 0,
        nesterov: bool = False,
        weight_decay: "Number" = 0,
        clip_norm: "Any" = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.momentum = self.require("momentum", momentum, BELOW_1)
        self.nesterov = self.require(
            "nesterov", nesterov, (lambda v: momentum or not v, "a momentum above 0 with it")
        )
        self.memory = 1 if momentum else 0

    def rule(self, w: "Number", g: "Number", state: "State") -> "Tuple[Number, State]":
        if not self.memory:
            return w - self.rate * g, state
        v = self.momentum * state[0] + g
        return w - self.rate * (g + self.momentum * v if self.nesterov else v), (v,)


class Adagrad(Optimizer):
    """w - rate·g/(√G + ε), where G is the sum of all g² so far (Duchi, Hazan & Singer 2011)."""

    arguments = Optimizer.arguments + ("epsilon",)
    numbers = arguments
    memory = 1

    def __init__(
        self,
        learning_rate: "Any" = 1 / 100,
        epsilon: "Number" = 1 / 10000000000,
        weight_decay: "Number" = 0,
        clip_norm: "Any" = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)

    def rule(self, w: "Number", g: "Number", state: "State") -> "Tuple[Number, State]":
        G = state[0] + g * g
        return w - self.rate * g / (sqrt(G) + self.epsilon), (G,)


class RMSprop(Optimizer):
    """w - rate·g/(√v + ε), where v = α·v + (1-α)·g² (Tieleman & Hinton, Coursera lecture 6.5, 2012)."""

    arguments = Optimizer.arguments + ("alpha", "epsilon")
    numbers = arguments
    memory = 1

    def __init__(
        self,
        learning_rate: "Any" = 1 / 100,
        alpha: "Number" = 99 / 100,
        epsilon: "Number" = 1 / 100000000,
        weight_decay: "Number" = 0,
        clip_norm: "Any" = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.alpha = self.require("alpha", alpha, BELOW_1)
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)

    def rule(self, w: "Number", g: "Number", state: "State") -> "Tuple[Number, State]":
        v = self.alpha * state[0] + (1 - self.alpha) * g * g
        return w - self.rate * g / (sqrt(v) + self.epsilon), (v,)


class Adam(Optimizer):
    """w - rate·m̂/(√v̂ + ε), with m̂ and v̂ the running means of g and g² (Kingma & Ba 2015).

    m = β₁·m + (1-β₁)·g and v = β₂·v + (1-β₂)·g² start at 0 and are too small at first: m̂ = m/(1-β₁^(t+1)), v̂ likewise.
    """

    arguments = Optimizer.arguments + ("beta1", "beta2", "epsilon")
    numbers = arguments
    memory = 2

    def __init__(
        self,
        learning_rate: "Any" = 1 / 1000,
        beta1: "Number" = 9 / 10,
        beta2: "Number" = 999 / 1000,
        epsilon: "Number" = 1 / 100000000,
        weight_decay: "Number" = 0,
        clip_norm: "Any" = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.beta1 = self.require("beta1", beta1, BELOW_1)
        self.beta2 = self.require("beta2", beta2, BELOW_1)
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)

    def begin(self, number: "Any") -> None:
        Optimizer.begin(self, number)
        self.share1 = 1 - power(self.beta1, self.t + 1)
        self.share2 = 1 - power(self.beta2, self.t + 1)

    def rule(self, w: "Number", g: "Number", state: "State") -> "Tuple[Number, State]":
        m = self.beta1 * state[0] + (1 - self.beta1) * g
        v = self.beta2 * state[1] + (1 - self.beta2) * g * g
        return w - self.rate * (m / self.share1) / (sqrt(v / self.share2) + self.epsilon), (m, v)


class AdamW(Adam):
    """Adam with the weight decay beside the gradient, not in it: w·(1 - rate·λ) first (Loshchilov & Hutter 2019)."""

    zero_by_default = ("clip_norm",)

    def __init__(
        self,
        learning_rate: "Any" = 1 / 1000,
        beta1: "Number" = 9 / 10,
        beta2: "Number" = 999 / 1000,
        epsilon: "Number" = 1 / 10**8,
        weight_decay: "Number" = 1 / 100,
        clip_norm: "Any" = None,
    ) -> None:
        Adam.__init__(self, learning_rate, beta1, beta2, epsilon, weight_decay, clip_norm)

    def decayed(self, w: "Number", g: "Number") -> "Number":
        return g

    def rule(self, w: "Number", g: "Number", state: "State") -> "Tuple[Number, State]":
        return Adam.rule(self, w * (1 - self.rate * self.weight_decay), g, state)


OPTIMIZERS: "Dict[str, Any]" = {
    "sgd": SGD,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}
