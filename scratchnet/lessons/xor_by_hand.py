"""Lesson 3: a hidden layer learns XOR, with forward and backpropagation written out.

No single neuron can compute XOR. Two hidden neurons and one output neuron can:

    x, y    two inputs and their target    h    the outputs of the two hidden neurons
    V, c    hidden weights and biases      z    the weighted sum of the output neuron
    w, b    output weights and bias        ŷ    its sigmoid, the output of the network (y_hat)

    forward     h_j = tanh(x₁·V_1j + x₂·V_2j + c_j),  z = h₁·w₁ + h₂·w₂ + b,  ŷ = 1/(1 + e^-z)
    loss        -log ŷ if y = 1, -log(1 - ŷ) if y = 0, averaged over the samples
    backward    dz = ŷ - y (lesson 4 shows why),  dw_j = dz·h_j,  db = dz
                du_j = dz·w_j·(1 - h_j²),  dV_ij = du_j·x_i,  dc_j = du_j

A gradient starts with d: dV is the gradient of the loss at V. u_j is the weighted sum of hidden
neuron j, and the derivative of h_j = tanh u_j is 1 - h_j². The gradients, too, are averaged.

>>> losses, net = train()
>>> [round(forward(net, x)[1]) for x in X]
[0, 1, 1, 0]
>>> abs(losses[-1] - train_with_layers()[-1]) < 1e-12
True
"""

from math import exp, log, tanh

import scratchnet as sn  # only for the comparison at the end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

X = [[0, 0], [1, 0], [0, 1], [1, 1]]
Y = [0, 1, 1, 0]
V = [[0.9, -0.6], [0.7, -0.8]]  # from input i (row) to hidden neuron j (column)
C = [0.1, 0.2]
W = [0.5, 0.4]
B = 0.0
RATE = 0.5
EPOCHS = 500


def forward(net: "Any", x: "List[int]") -> "Tuple[List[float], float]":
    """Return the hidden outputs h and the output ŷ for one sample."""
    V, c, w, b = net
    # Each hidden neuron is a weighted sum of the inputs, squeezed by tanh to between -1 and 1.
    h = [tanh(x[0] * V[0][j] + x[1] * V[1][j] + c[j]) for j in (0, 1)]
    # The output neuron is a weighted sum of the hidden ones, squeezed to between 0 and 1.
    z = h[0] * w[0] + h[1] * w[1] + b
    return h, 1 / (1 + exp(-z))


def step(net: "Any") -> "Tuple[float, Any]":
    """Return the loss of the network, and the network after one step of gradient descent."""
    V, c, w, b = net
    loss = 0.0
    dV, dc, dw, db = [[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], [0.0, 0.0], 0.0
    for x, y in zip(X, Y):
        h, y_hat = forward(net, x)
        # The loss is a mean, so that each sample contributes its part divided by their number.
        loss += -log(y_hat if y == 1 else 1 - y_hat) / len(X)
        # Backward through the output neuron.
        dz = (y_hat - y) / len(X)
        db += dz
        for j in (0, 1):
            dw[j] += dz * h[j]
            # Backward along the weight w_j and through tanh to the sum of hidden neuron j.
            du = dz * w[j] * (1 - h[j] * h[j])
            dc[j] += du
            for i in (0, 1):
                dV[i][j] += du * x[i]
    # Every weight moves a little against its gradient.
    new_V = [[V[i][j] - RATE * dV[i][j] for j in (0, 1)] for i in (0, 1)]
    new_c = [c[j] - RATE * dc[j] for j in (0, 1)]
    new_w = [w[j] - RATE * dw[j] for j in (0, 1)]
    return loss, (new_V, new_c, new_w, b - RATE * db)


def train() -> "Tuple[List[float], Any]":
    """Return the loss of each epoch, measured before its step, and the trained network."""
    net: "Any" = (V, C, W, B)
    losses = []
    for _ in range(EPOCHS):
        loss, net = step(net)
        losses.append(loss)
    return losses, net


def train_with_layers() -> "List[float]":
    """Return the loss of each epoch of the same network, built from layers."""
    hidden = sn.Dense(2, 2, weights=V, bias=C)
    output = sn.Dense(2, 1, weights=[[w] for w in W], bias=[B])
    net = sn.Sequential([hidden, sn.Tanh(), output, sn.Sigmoid()])
    history = net.fit(X, Y, "binary_cross_entropy", optimizer=sn.SGD(RATE), epochs=EPOCHS)
    return list(history.loss)


def main() -> None:
    losses, net = train()
    layers = train_with_layers()
    print("epoch   loss by hand      loss of sn.Sequential")
    for epoch in (1, 10, 100, 200, 300, 400, 500):
        print("{:>5}   {:.12f}    {:.12f}".format(epoch, losses[epoch - 1], layers[epoch - 1]))
    print("After {} epochs:".format(EPOCHS))
    for x, y in zip(X, Y):
        print("  x = {}, output {:.4f}, target {}".format(x, forward(net, x)[1], y))


if __name__ == "__main__":
    main()
