"""Read this first: a network written out as a Python function computes what the network computes."""

import pytest

import scratchnet as sn


def test_a_network_as_a_function():
    net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=7)
    predict = sn.unroll(net)
    assert predict([0.5, -1.0]) == pytest.approx(net.predict([[0.5, -1.0]])[0], rel=1e-12)


def test_the_function_is_its_source_and_nothing_else():
    predict = sn.unroll(sn.Sequential([sn.Dense(2, 1, weights=[[3.0], [4.0]], bias=[5.0])]))
    namespace = {}
    exec(predict.source, namespace)
    assert namespace["predict"]([1.0, 2.0]) == [3.0 * 1.0 + 4.0 * 2.0 + 5.0]
