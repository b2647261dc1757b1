"""Lesson 6: gradient descent, mini-batches, momentum and Adam, on the same data.

A neuron without activation, ŷ = x₁·w₁ + x₂·w₂ + b, learns from 64 samples that were made with
w₁ = 2, w₂ = 5, b = 1 and a little noise. All start at 0. The second input is small, so that w₂ has
a small gradient and learns slowly.

    gradient descent    one step per epoch, with the mean gradient of all 64 samples
    mini-batches        one step per 8 samples: 8 steps per epoch, each with a rougher gradient
    momentum            mini-batches; each step also continues in the direction of earlier steps
    Adam                mini-batches; each weight's step is divided by the size of its gradients

    w    a weight or the bias    m, v    what is remembered about it
    g    its gradient            t       the number of the step, from 1

The loss is half the squared error, ½(ŷ - y)², averaged over the samples; y is the target. Its
derivative at ŷ is ŷ - y. Each rule below returns the new weight and what to remember about it.

>>> losses = train(descend, 0.5, None, batch_size=64)
>>> losses[0] > losses[1] > losses[-1]
True
"""

from math import sqrt

import scratchnet as sn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    Samples = List[Tuple[List[float], float]]  # x and y of each
    State = Tuple[float, float, int]  # m, v and t

EPOCHS = 50


def samples() -> "Samples":
    """Return 64 samples: x₁, x₂ and a 1, whose weight is the bias, and the target."""
    random = sn.Generator(seed=1)
    drawn = []
    for _ in range(64):
        x = [random.uniform(-1.0, 1.0), random.uniform(-0.2, 0.2), 1.0]
        drawn.append((x, 2 * x[0] + 5 * x[1] + 1 + random.normal(0.0, 0.1)))
    return drawn


def output(w: "List[float]", x: "List[float]") -> float:
    return x[0] * w[0] + x[1] * w[1] + x[2] * w[2]


def loss(w: "List[float]", batch: "Samples") -> float:
    return sum([(output(w, x) - y) ** 2 / 2 for x, y in batch]) / len(batch)


def gradient(w: "List[float]", batch: "Samples") -> "List[float]":
    """Return the gradient of the loss at each weight: the mean of (ŷ - y)·x over the batch."""
    return [sum([(output(w, x) - y) * x[i] for x, y in batch]) / len(batch) for i in range(3)]


def descend(rate: float, w: float, g: float, nothing: None) -> "Tuple[float, None]":
    return w - rate * g, nothing


def descend_with_momentum(rate: float, w: float, g: float, v: float) -> "Tuple[float, float]":
    # The velocity v keeps nine tenths of itself and adds the new gradient.
    v = 0.9 * v + g
    return w - rate * v, v


def adam(rate: float, w: float, g: float, state: "State") -> "Tuple[float, State]":
    m, v, t = state
    t = t + 1
    # Running means of the gradient and of its square.
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    # Both started at 0 and are too small at first. These divisions compensate for it.
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    # The last term only prevents a division by 0.
    return w - rate * m_hat / (sqrt(v_hat) + 1e-8), (m, v, t)


def train(rule: "Any", rate: float, state: "Any", batch_size: int) -> "List[float]":
    """Return the loss over all samples before the first epoch and after each epoch."""
    data = samples()
    w = [0.0, 0.0, 0.0]
    states = [state, state, state]
    losses = [loss(w, data)]
    for _ in range(EPOCHS):
        # The samples were drawn at random. Data in some order are shuffled before each epoch.
        for start in range(0, len(data), batch_size):
            g = gradient(w, data[start : start + batch_size])
            for i in range(3):
                w[i], states[i] = rule(rate, w[i], g[i], states[i])
        losses.append(loss(w, data))
    return losses


def main() -> None:
    columns = [
        train(descend, 0.5, None, batch_size=64),
        train(descend, 0.5, None, batch_size=8),
        train(descend_with_momentum, 0.1, 0.0, batch_size=8),
        train(adam, 0.1, (0.0, 0.0, 0), batch_size=8),
    ]
    print("loss after   gradient descent  mini-batches      momentum          Adam")
    print("rate                      0.5           0.5           0.1           0.1")
    for epoch in (0, 1, 2, 3, 5, 10, 20, 50):
        row = "".join(["{:>14.6f}".format(losses[epoch]) for losses in columns])
        print("{:>4} epochs    {}".format(epoch, row))
    noise = loss([2.0, 5.0, 1.0], samples())
    print("The true weights have the loss {:.6f}; a lower one fits the noise.".format(noise))


if __name__ == "__main__":
    main()
