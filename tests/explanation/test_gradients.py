"""check_gradients confirms right gradients and finds wrong ones."""

import math

import pytest
from test_explanation import Quartic

import scratchnet as sn

X, Y = [[0.3, -1.0], [2.0, 0.5], [-0.7, 0.2]], [0, 1, 1]


def check(*layers, **options):
    net = sn.Sequential([sn.Dense(2, 3, l1=0.01, l2=0.1)] + list(layers), seed=3)
    before = [p.value for p in net.parameters()]
    found = sn.check_gradients(net, X, Y, **options)
    assert [p.value for p in net.parameters()] == before
    assert [c.name for c in found.parameters] == [p.name for p in net.parameters()]
    return found


HIDDEN = "Identity Sigmoid Tanh ReLU LeakyReLU ELU SELU GELU Softplus SiLU Softmax".split()


@pytest.mark.parametrize("hidden", [getattr(sn, name) for name in HIDDEN])
def test_every_activation_is_right(hidden):
    found = check(hidden(), sn.Dense(3, 2), sn.Softmax(), loss="categorical_cross_entropy")
    assert found.passed and str(found).endswith("all gradients are right")
    assert max(c.worst for c in found.parameters) < 1e-14


@pytest.mark.parametrize(
    "loss", ["mean_squared_error", "half_squared_error", "mean_absolute_error", "huber"]
)
def test_every_loss_is_right(loss):
    assert check(sn.Tanh(), sn.Dense(3, 1), loss=loss, sample_weight=[1, 2, 0.5]).passed


def test_the_perceptron_is_right_with_its_output_held_fixed():
    assert check(sn.Dense(3, 1), sn.Sigmoid(), sn.Threshold(0.5), loss="perceptron").passed


@pytest.mark.parametrize("factor", [0.5, -1, 1.001])
def test_a_wrong_layer_is_found(factor):
    class Wrong(sn.Activation):
        def function(self, z):
            return z * z

        def derivative(self, z, a):
            return 2 * factor * z

    found = check(Wrong(), sn.Dense(3, 1), loss="half_squared_error")
    # The parameters behind the wrong layer have the right gradients.
    assert [c.passed for c in found.parameters] == [False, False, True, True]
    assert "WRONG" in str(found) and str(found).endswith("\nwrong: 0.weights, 0.bias")


def test_a_kink_is_distinguished_from_a_mistake():
    """At a kink, the derivative of one side is right; the central difference is the mean of both."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]], bias=[0]), sn.ReLU()])
    found = sn.check_gradients(net, [[0.0], [1.0]], [1, 0], loss="half_squared_error")
    bias = found.parameters[1]
    assert bias.worst == 0 and bias.worst_difference > 0.1 and not found.passed
    assert "kink" in str(found)


def test_rounding_errors_at_a_minimum_are_not_reported():
    net = sn.Sequential([sn.Dense(1, 1)], seed=1)
    x, y = [[0.5], [1.0], [-0.25]], [1.0, -1.0, 0.5]
    net.fit(x, y, "mean_squared_error", sn.SGD(0.5), epochs=3000)
    assert sn.check_gradients(net, x, y, "mean_squared_error").passed


def test_powers_in_a_user_defined_loss():
    assert check(sn.Tanh(), sn.Dense(3, 1), loss=Quartic).passed


def test_functions_of_math_are_refused():
    class Sine(sn.Activation):
        def function(self, z):
            return math.sin(z)

        def derivative(self, z, a):
            return math.cos(z)

    with pytest.raises(TypeError):
        check(Sine(), sn.Dense(3, 1), loss="mean_squared_error")
