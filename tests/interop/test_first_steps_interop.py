"""Read this first: a model of another library becomes a network that computes the same, and goes back."""

import scratchnet as sn
from scratchnet.estimators import MLPRegressor

X = [[1.0, 2.0], [-1.0, 0.5]]


def test_the_numbers_of_a_pytorch_module_become_a_network():
    """PyTorch stores weights as outputs × inputs; scratchnet as inputs × outputs."""
    state_dict = {"linear.weight": [[3.0, 4.0]], "linear.bias": [5.0]}
    net = sn.from_torch(state_dict, activations=["relu"])
    assert net.layers[0].weights.value == [[3.0], [4.0]]
    assert net.predict(X) == [[3.0 + 8.0 + 5.0], [-3.0 + 2.0 + 5.0]]


def test_a_network_becomes_an_estimator_and_returns():
    net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 2)], seed=1)
    regressor = sn.to_sklearn(net, MLPRegressor())
    assert [list(row) for row in regressor.predict(X)] == net.predict(X)
    assert sn.from_sklearn(regressor).predict(X) == net.predict(X)
