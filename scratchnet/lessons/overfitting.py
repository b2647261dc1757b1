"""Lesson 7: overfitting, and two ways to reduce it: L2 and dropout.

A network with 97 weights and biases learns from 20 samples. It can learn these by heart, noise
included. The training loss then goes on falling, while the loss on samples that it has never seen,
the validation loss, rises again: the network overfits.

    plain      no counter-measure
    L2         adds ½·λ·w² to the loss for each weight w, so that its gradient grows by λ·w: each
               step makes the weights a little smaller, and a network with small weights is smooth
    dropout    sets each output of the hidden layer to 0 with probability ½ in every step, so that
               no neuron can rely on one other neuron; in prediction, nothing is dropped

Both train worse on purpose: their training loss stays higher. Only the validation loss shows
whether that is good. With patience, `fit` stops when the validation loss no longer falls.

The samples are two noisy half circles, drawn from a seed. This seed shows the effect clearly; with
others it can be weaker, and in networks as small as this one dropout does not always help.

>>> net = network(l2=0.0, dropout=0.0)
>>> sum([parameter.count for parameter in net.parameters()])
97
>>> losses = train(net)
>>> losses[160][0] < losses[80][0]  # the training loss falls
True
>>> losses[160][1] > losses[80][1]  # the validation loss rises
True
"""

import scratchnet as sn
from scratchnet.datasets import shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

LOSS = "binary_cross_entropy"
EPOCHS = (10, 20, 40, 80, 160)  # the epochs to show
TRAINING = shapes.moons(samples=20, noise=0.25, seed=5)
VALIDATION = shapes.moons(samples=200, noise=0.25, seed=105)


def network(l2: float, dropout: float) -> "sn.Sequential":
    """Return a network with 24 hidden neurons; all start from the same weights."""
    hidden: "List[sn.Layer]" = [sn.Dense(2, 24, l2=l2), sn.ReLU()]
    if dropout > 0:
        hidden.append(sn.Dropout(dropout))
    return sn.Sequential(hidden + [sn.Dense(24, 1, l2=l2), sn.Sigmoid()], seed=1)


def train(net: "sn.Sequential") -> "Dict[int, Tuple[float, float]]":
    """Return the training loss and the validation loss after each epoch to show."""
    losses = {}
    for epoch in sn.epochs(net, TRAINING.X, TRAINING.Y, LOSS, sn.Adam(0.05), epochs=max(EPOCHS)):
        if epoch.number in EPOCHS:
            # Both are measured in the same way: without the penalty of L2, and nothing is dropped.
            on_training = net.evaluate(TRAINING.X, TRAINING.Y, LOSS)
            on_validation = net.evaluate(VALIDATION.X, VALIDATION.Y, LOSS)
            losses[epoch.number] = (on_training, on_validation)
    return losses


def main() -> None:
    columns = [
        train(network(l2=0.0, dropout=0.0)),
        train(network(l2=0.005, dropout=0.0)),
        train(network(l2=0.0, dropout=0.5)),
    ]
    print("                    plain           L2 (0.005)        dropout (0.5)")
    print("       " + "   training validation" * 3)
    for epoch in EPOCHS:
        row = ["   {:>8.4f} {:>10.4f}".format(*losses[epoch]) for losses in columns]
        print("{:>4}   ".format(epoch) + "".join(row))
    best = min(EPOCHS, key=lambda epoch: columns[0][epoch][1])
    print("Plain is best after {} of these epochs; then it overfits.".format(best))


if __name__ == "__main__":
    main()
