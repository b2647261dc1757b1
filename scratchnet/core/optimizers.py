"""The optimizers: how a training step changes a weight. The rules and defaults are PyTorch's.

    SGD  Adagrad  RMSprop  Adam  AdamW

    w    a weight                            g        the gradient of the loss at w
    t    the number of the step, from 0      state    what the optimizer remembers about one weight

A learning rate is a number or a function of t, such as those in schedules.py. A user-defined
optimizer defines ``rule``, which returns the new weight and its new state. A state is a tuple of
``memory`` numbers, each 0 before the first step; ``memory_names`` can name them.

>>> class SignDescent(Optimizer):
...     def rule(self, w, g, state):
...         return w - self.rate * where(g > 0, 1, where(g < 0, -1, 0)), state
>>> class RunningMean(Optimizer):
...     memory = 1
...     def rule(self, w, g, state):
...         mean = (state[0] + g) / 2
...         return w - self.rate * mean, (mean,)
"""

# ruff: noqa: B008  (a Default never changes)

from .checks import ABOVE_0, AT_LEAST_0, BELOW_1, cast, is_zero, require
from .functions import number_of, power, sqrt, total, where, whole
from .layer import Configured, Default, Parameter
from .types import (
    Any,
    Family,
    Limit,
    Matrix,
    Names,
    Number,
    NumberType,
    Parameters,
    State,
    States,
    Update,
)

GRADIENT = "an array of the parameter's shape, which backward must set"
RATE: Limit = (
    lambda v: callable(v) and not isinstance(v, type) or AT_LEAST_0[0](v),
    AT_LEAST_0[1] + ", or a function of t",
)


class Optimizer(Configured):
    """The base class of optimizers, which move each weight against its gradient.

    ``learning_rate``   a number, or a function of t
    ``weight_decay``    λ: adds λ·w to each gradient, including those of biases (not in AdamW)
    ``clip_norm``       the largest norm of the gradient of all weights together; a longer gradient
                        is scaled down to it
    """

    arguments: Names = ("learning_rate", "weight_decay", "clip_norm")
    numbers = arguments
    zero_by_default: Names = ("weight_decay", "clip_norm")
    memory = 0  # how many numbers it remembers about each weight

    def __init__(
        self, learning_rate: Any = Default(1, 1000), weight_decay: Number = 0, clip_norm: Any = None
    ) -> None:
        self.learning_rate = self.require("learning_rate", learning_rate, RATE)
        self.weight_decay = self.require("weight_decay", weight_decay, AT_LEAST_0)
        self.clip_norm = self.require(
            "clip_norm", clip_norm, (lambda v: v is None or ABOVE_0[0](v), ABOVE_0[1] + ", or None")
        )
        self.rate: Number = self.learning_rate  # the learning rate of the current step
        self.t = 0
        self.states: Any = {}  # {name of the parameter: States}

    def rule(self, w: Number, g: Number, state: State) -> Update:
        """Return the weight and its state after the step."""
        raise NotImplementedError(f"{type(self).__name__} has no rule")

    def with_decay(self, w: Number, g: Number) -> Number:
        """Return the gradient of the loss with the penalty ½·weight_decay·w²."""
        return g if is_zero(self.weight_decay) else g + self.weight_decay * w

    def begin(self, number: NumberType) -> None:
        """Compute what is the same for all weights in step t, such as the learning rate."""
        given = self.learning_rate
        rate = require("learning_rate", given(self.t), AT_LEAST_0) if callable(given) else given
        self.rate = cast(rate, number, "learning_rate")

    def step(self, parameters: Parameters) -> None:
        """Change all parameters that are not frozen.

        Each parameter gets new rows. The old rows stay unchanged, because training goes back to
        them after Ctrl-C.
        """
        self.begin(number_of(parameters[0].rows[0][0]) if parameters else float)
        trainable = [p for p in parameters if not p.frozen]
        for p in trainable:
            require(f"{p.name}.gradient", p.gradient, (p.fits, GRADIENT))
        factor = self.clip_factor(trainable)
        updates = [
            self.update_rows(p.rows, p.gradient_rows, self.states_of(p), factor) for p in trainable
        ]
        for p, (rows, states) in zip(trainable, updates):
            p.rows = rows
            self.states[p.name] = states
        self.t += 1

    def states_of(self, p: Parameter) -> States:
        """Return the state of each weight of a parameter: zeros before the first step."""
        return self.states.get(p.name) or [
            [(whole(0, row[0]),) * self.memory] * len(row) for row in p.rows
        ]

    def update_rows(self, rows: Matrix, gradients: Matrix, states: States, factor: Number) -> Any:
        """Return the weights of a parameter and their states after the step."""
        updates = [
            [self.update(w, g, state, factor) for w, g, state in zip(*three_rows)]
            for three_rows in zip(rows, gradients, states)
        ]
        return [[w for w, _ in row] for row in updates], [
            [state for _, state in row] for row in updates
        ]

    def update(self, w: Number, g: Number, state: State, factor: Number) -> Update:
        """Return one weight and its state after the step; ``factor`` scales the gradient."""
        return self.rule(w, self.with_decay(w, g if factor is None else g * factor), state)

    def clip_factor(self, parameters: Parameters) -> Number:
        """Return min(1, clip_norm / norm), where norm is √Σg², or None without clipping.

        As in PyTorch, 10^-6 is added to the norm.
        """
        if self.clip_norm is None or not parameters:
            return None
        norm = sqrt(total([g * g for p in parameters for row in p.gradient_rows for g in row]))
        factor = self.clip_norm * 1000000 / (norm * 1000000 + 1)
        return where(factor < 1, factor, 1)


class SGD(Optimizer):
    """w - rate·g; with momentum μ, w - rate·v, where v = μ·v + g (Polyak 1964)

    With ``nesterov=True`` it is w - rate·(g + μ·v), which looks one step ahead (Sutskever, Martens,
    Dahl & Hinton 2013). Many books multiply the rate into v instead: v = μ·v - rate·g, w + v. With
    a constant rate the weights are the same.
    """

    arguments = Optimizer.arguments + ("momentum", "nesterov")
    numbers = Optimizer.numbers + ("momentum",)
    zero_by_default = Optimizer.zero_by_default + ("momentum", "nesterov")
    memory_names = ("momentum",)

    def __init__(
        self,
        learning_rate: Any = Default(1, 1000),
        momentum: Number = 0,
        nesterov: bool = False,
        weight_decay: Number = 0,
        clip_norm: Any = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.momentum = self.require("momentum", momentum, BELOW_1)
        self.nesterov = self.require(
            "nesterov", nesterov, (lambda v: momentum or not v, "a momentum above 0 with it")
        )
        self.memory = 1 if momentum else 0

    def rule(self, w: Number, g: Number, state: State) -> Update:
        if not self.memory:
            return w - self.rate * g, state
        v = self.momentum * state[0] + g
        step = g + self.momentum * v if self.nesterov else v
        return w - self.rate * step, (v,)


class Adagrad(Optimizer):
    """w - rate·g/(√G + ε), where G is the sum of all g² so far (Duchi, Hazan & Singer 2011)"""

    arguments = numbers = Optimizer.arguments + ("epsilon",)
    memory = 1
    memory_names = ("G",)

    def __init__(
        self,
        learning_rate: Any = Default(1, 100),
        epsilon: Number = Default(1, 10**10),
        weight_decay: Number = 0,
        clip_norm: Any = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)

    def rule(self, w: Number, g: Number, state: State) -> Update:
        G = state[0] + g * g
        return w - self.rate * g / (sqrt(G) + self.epsilon), (G,)


class RMSprop(Optimizer):
    """w - rate·g/(√v + ε), where v = α·v + (1 - α)·g² is a running mean of g²

    Tieleman & Hinton, "Neural networks for machine learning", Coursera, lecture 6.5 (2012).
    """

    arguments = numbers = Optimizer.arguments + ("alpha", "epsilon")
    memory = 1
    memory_names = ("v",)

    def __init__(
        self,
        learning_rate: Any = Default(1, 100),
        alpha: Number = Default(99, 100),
        epsilon: Number = Default(1, 10**8),
        weight_decay: Number = 0,
        clip_norm: Any = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.alpha = self.require("alpha", alpha, BELOW_1)
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)

    def rule(self, w: Number, g: Number, state: State) -> Update:
        v = self.alpha * state[0] + (1 - self.alpha) * g * g
        return w - self.rate * g / (sqrt(v) + self.epsilon), (v,)


class Adam(Optimizer):
    """w - rate·m̂/(√v̂ + ε), where m and v are running means of g and g²

    m and v start at 0 and are therefore too small at first. The bias corrections compensate for it:
    m̂ = m/(1 - β₁^(t+1)), v̂ = v/(1 - β₂^(t+1)). The exponent is t + 1, because t starts at 0.

    Kingma & Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
    """

    arguments = numbers = Optimizer.arguments + ("beta1", "beta2", "epsilon")
    memory = 2
    memory_names = ("m", "v")

    def __init__(
        self,
        learning_rate: Any = Default(1, 1000),
        beta1: Number = Default(9, 10),
        beta2: Number = Default(999, 1000),
        epsilon: Number = Default(1, 10**8),
        weight_decay: Number = 0,
        clip_norm: Any = None,
    ) -> None:
        Optimizer.__init__(self, learning_rate, weight_decay, clip_norm)
        self.beta1 = self.require("beta1", beta1, BELOW_1)
        self.beta2 = self.require("beta2", beta2, BELOW_1)
        self.epsilon = self.require("epsilon", epsilon, ABOVE_0)

    def begin(self, number: NumberType) -> None:
        Optimizer.begin(self, number)
        # The paper counts t from 1.
        self.bias_correction1 = 1 - power(self.beta1, self.t + 1)
        self.bias_correction2 = 1 - power(self.beta2, self.t + 1)

    def rule(self, w: Number, g: Number, state: State) -> Update:
        m, v = state
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g * g
        m_hat = m / self.bias_correction1
        v_hat = v / self.bias_correction2
        return w - self.rate * m_hat / (sqrt(v_hat) + self.epsilon), (m, v)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019)

    λ·w is not added to the gradient. Instead w is first multiplied by 1 - rate·λ, and then changed
    by Adam's rule.
    """

    zero_by_default = ("clip_norm",)

    def __init__(
        self,
        learning_rate: Any = Default(1, 1000),
        beta1: Number = Default(9, 10),
        beta2: Number = Default(999, 1000),
        epsilon: Number = Default(1, 10**8),
        weight_decay: Number = Default(1, 100),
        clip_norm: Any = None,
    ) -> None:
        Adam.__init__(self, learning_rate, beta1, beta2, epsilon, weight_decay, clip_norm)

    def with_decay(self, w: Number, g: Number) -> Number:
        return g

    def rule(self, w: Number, g: Number, state: State) -> Update:
        w = w * (1 - self.rate * self.weight_decay)
        return Adam.rule(self, w, g, state)


OPTIMIZERS: Family = {
    "sgd": SGD,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}
