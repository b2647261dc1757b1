"""Integrated gradients: what each input contributes to an output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.explanation.attribution import contributions


def test_a_linear_network_by_hand():
    net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [-2]], bias=[7])])
    assert contributions(net, [2, 5], [1, 1]) == pytest.approx([3, -8])


def test_a_product_is_shared_by_both_inputs():
    """The integral of d(xy)/dx along the diagonal is 1/2 of xy for each."""

    class Product(sn.Layer):
        inputs, outputs = 2, 1

        def forward(self, X):
            self.X = X
            return [[x * y] for x, y in X]

        def backward(self, dA):
            return [[d * y, d * x] for (d,), (x, y) in zip(dA, self.X)]

    found = contributions(sn.Sequential([Product()]), [3.0, 4.0], [0.0, 0.0])
    assert found == pytest.approx([6, 6])


def test_a_saturated_output_has_contributions_though_its_gradient_is_0():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]]), sn.Sigmoid()])
    assert net.gradients([[40]], [1], "binary_cross_entropy")[1][0][0][0] < 1e-15
    assert contributions(net, [40.0], [0.0]) == pytest.approx([0.5], rel=1e-3)


@given(st.integers(0, 999), st.lists(st.floats(-2, 2), min_size=3, max_size=3), st.integers(0, 1))
def test_the_contributions_sum_to_the_change_of_the_output(seed, x, output):
    layers = [sn.Dense(3, 4), sn.Tanh(), sn.Dense(4, 2), sn.Softmax()]
    net = sn.Sequential(layers, seed=seed)
    change = net.predict([x])[0][output] - net.predict([[0, 0, 0]])[0][output]
    assert sum(contributions(net, x, [0.0, 0.0, 0.0], output)) == pytest.approx(change, abs=1e-4)


def test_the_network_is_not_changed():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]])])
    contributions(net, [1.0], [0.0])
    assert net.parameters()[0].gradient is None
