"""Dual numbers: every backward equals forward mode."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from other_numbers import EACH_CASE, PAIRED, Dual, Setting, assert_close, flat, random_rows
from random_networks import BUILT_IN_ENDINGS, BUILT_IN_LAYERS

import scratchnet as sn

pytestmark = pytest.mark.usefixtures("fifty_digits")


def forward_mode(net, loss):
    """Return the gradients in forward mode, one number at a time."""
    found = []
    for p in net.parameters():
        found.append([])
        for row in p.rows:
            for j, number in enumerate(row):
                row[j] = Dual(number.value, 1.0)
                found[-1].append(loss().derivative)
                row[j] = number
    return found


def assert_backward_is_forward_mode(setting):
    net, backpropagate = setting.of(Dual)
    backpropagate()
    gradients = [flat(p.gradient_rows) for p in net.parameters()]
    assert_close(gradients, forward_mode(net, backpropagate), 1e-12)


@EACH_CASE
def test_every_backward_is_forward_mode(case):
    """This includes the perceptron: a thresholded output is 1 or 0, and its derivative is 0."""
    assert_backward_is_forward_mode(Setting(*case))


@given(
    st.sampled_from(BUILT_IN_LAYERS),
    st.sampled_from(BUILT_IN_ENDINGS),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(2, 3),
    st.integers(2, 4),
    st.integers(0, 10**9),
    st.integers(1, 3),
)
@settings(max_examples=2 * settings.default.max_examples)
def test_random_networks(hidden, ending, inputs, width, outputs, samples, seed, depth):
    setting = Setting(hidden, ending, inputs, width, outputs, samples, seed, depth)
    if "Entropy" in type(ending[0]).__name__ and not ending[0].paired_layers(setting.net.layers):
        # If an output a is almost certain, 1 - a has lost its digits, whichever way the gradient is computed from it.
        assume(all(0.01 < a < 0.99 for a in flat(setting.net.predict(setting.X))))
    assert_backward_is_forward_mode(setting)


LAYERS = BUILT_IN_LAYERS + [sn.Normalization, sn.Dropout, lambda: sn.Dense(3, 2)]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: repr(layer()))
def test_the_gradients_at_the_input_are_forward_mode(layer):
    generator = sn.Generator(5)
    X = random_rows(generator, 2, 3)
    net = sn.Sequential([layer()])
    net.adapt(X)
    net, X = net.copy(Dual), [[Dual(x) for x in row] for row in X]
    dA = random_rows(generator, 2, net.outputs or 3)

    def loss():
        A = net.propagate(X, net.layers, sn.Generator(9))
        return sum(d * a for d, a in zip(flat(dA), flat(A)))

    loss()
    dX, derivatives = net.backward(dA), []
    for row in X:
        for j, x in enumerate(row):
            row[j] = Dual(x.value, 1.0)
            derivatives.append(loss().derivative)
            row[j] = x
    assert_close([flat(dX)], [derivatives], 1e-12)


@pytest.mark.parametrize("layer", BUILT_IN_LAYERS + [sn.ELU], ids=lambda layer: repr(layer()))
def test_at_zero_where_two_branches_meet(layer):
    """Zeros are common: a row of zeros with a bias of zeros. The derivative is that of the branch taken."""
    layer = layer()
    forward = layer.forward([[Dual(0, 1.0), Dual(1)]])[0]
    assert_close([layer.backward([[Dual(1), Dual(0)]])[0][:1]], [[forward[0].derivative]], 1e-15)


@pytest.mark.parametrize("loss", PAIRED, ids=lambda loss: type(loss).__name__)
def test_losses_at_zero_where_two_branches_meet(loss):
    Z, Y = [[Dual(0, 1.0), Dual(0)]], [[Dual(1), Dual(0)]]
    A = loss.pairs_with().forward(Z)
    value, dZ = loss.value_from_logits(Z, A, Y), loss.gradient_in_logits(A, Y)
    assert_close([[value.derivative]], [[dZ[0][0]]], 1e-15)
