"""Read this first: what a network computes, checked by hand."""

import math

import pytest

import scratchnet as sn

INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_one_neuron_learns_and():
    """The article: "Artificial Neural Network: From Scratch in Python"."""
    neuron = sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1])
    net = sn.Sequential([neuron, sn.Sigmoid(), sn.Threshold(0.5)])
    history = net.fit(INPUTS, [0, 0, 0, 1], "perceptron", sn.SGD(0.1), epochs=1000, shuffle=False)
    assert net.predict(INPUTS) == [[0.0], [0.0], [0.0], [1.0]]
    assert neuron.weights.value == [[pytest.approx(0.05)], [pytest.approx(0.05)]]
    assert neuron.bias.value == [pytest.approx(-0.075)]
    assert history.loss[24] > 0.0 and history.loss[25:] == [0.0] * 975


def test_a_hidden_layer_learns_xor():
    layers = [sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()]
    net = sn.Sequential(layers, seed=7)
    net.fit(INPUTS, [0, 1, 1, 0], "binary_cross_entropy", sn.Adam(0.05), epochs=300)
    assert [round(p) for (p,) in net.predict(INPUTS)] == [0, 1, 1, 0]


def test_a_gradient_by_hand():
    """Forward: z = w·x + b, a = sigmoid(z), loss = (a - y)²/2. Backward: the chain rule, factor by factor."""
    w, b, x, y = 0.5, 0.25, 2.0, 1.0
    z = w * x + b
    a = 1 / (1 + math.exp(-z))
    delta = (a - y) * a * (1 - a)  # dloss/da · da/dz

    net = sn.Sequential([sn.Dense(1, 1, weights=[[w]], bias=[b]), sn.Sigmoid()])
    loss, (dw, db) = net.gradients([[x]], [[y]], "half_squared_error")
    assert loss == pytest.approx((a - y) ** 2 / 2)
    assert dw == [[pytest.approx(delta * x)]]
    assert db == [pytest.approx(delta)]


def test_a_gradient_is_the_slope_of_the_loss():
    """Move one weight a little to both sides, and see how much the loss changes."""
    net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=1)
    X, Y = [[0.5, -1.0], [2.0, 0.25]], [[1.0], [-1.0]]
    _, gradients = net.gradients(X, Y, "mean_squared_error")

    weights, h = net.layers[0].weights, 1e-5
    value = weights.value
    losses = []
    for change in (h, -h):
        weights.value = [[value[0][0] + change] + value[0][1:]] + value[1:]
        losses.append(net.evaluate(X, Y, "mean_squared_error"))
    assert gradients[0][0][0] == pytest.approx((losses[0] - losses[1]) / (2 * h), rel=1e-6)


def test_a_step_of_gradient_descent_by_hand():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[3.0]], bias=[1.0])])
    net.fit([[2.0]], [[5.0]], "half_squared_error", sn.SGD(0.25), epochs=1)
    # The output is 3·2 + 1 = 7, the error 7 - 5 = 2, the gradients 2·2 and 2.
    assert net.layers[0].weights.value == [[3.0 - 0.25 * 4.0]]
    assert net.layers[0].bias.value == [1.0 - 0.25 * 2.0]
