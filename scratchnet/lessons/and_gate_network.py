"""Lesson 2: the same neuron as a network of layers, with one sample per row and the same numbers.

    the article                  the network
    x, one feature per row       X = xᵀ, one sample per row
    z = Wᵀ·x + b                 Dense(2, 1):     Z = X·W + b
    s = 1/(1 + e^−z)             Sigmoid()
    y_pred = 1 where s ≥ 0.5     Threshold(0.5)
    y_pred − y, over m           loss="perceptron":  δ = (ŷ − y)/m
    W − a·dW, b − a·db           SGD(a)

>>> net, history = train()
>>> [[round(w, 12)] for w, in net.parameters()[0].value], round(net.parameters()[1].value[0], 12)
([[0.05], [0.05]], -0.075)
>>> from scratchnet.lessons import and_gate
>>> W, b = net.parameters()[0].value, net.parameters()[1].value[0]
>>> net.predict(transpose(X)) == transpose(and_gate.predict(W, b))
True
"""

from ..core.activations import Sigmoid, Threshold
from ..core.layers import Dense
from ..core.matrix import transpose
from ..core.network import Sequential
from ..core.optimizers import SGD
from .and_gate import ITERATIONS, A, B, W, X, Y

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple

    from ..core.history import History


def network() -> "Sequential":
    """Return the network before its first step."""
    return Sequential([Dense(2, 1, weights=W, bias=[B]), Sigmoid(), Threshold(0.5)])


def train(epochs: int = ITERATIONS) -> "Tuple[Sequential, History]":
    """Return the trained network and the history of its training."""
    net = network()
    history = net.fit(
        transpose(X),
        transpose(Y),
        loss="perceptron",
        optimizer=SGD(A),
        epochs=epochs,
        shuffle=False,
    )
    return net, history


def main() -> None:
    net, history = train()
    print(net.summary())
    print(history)
    for parameter in net.parameters():
        print(parameter.name, "=", parameter.value)
    for x, prediction, target in zip(transpose(X), net.predict(transpose(X)), Y[0]):
        print("{} -> {}, target {}".format(x, prediction[0], target))


if __name__ == "__main__":
    main()
