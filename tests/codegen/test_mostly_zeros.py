"""mostly_zeros.py: the function of sn.unroll computes fewer products of samples that are mostly zeros."""

import math

import pytest
from compare_engines import kernel
from random_networks import bits

import scratchnet as sn
from scratchnet import functions
from scratchnet.codegen.python.printer import IS_PYPY

pytestmark = pytest.mark.skipif(IS_PYPY, reason="PyPy computes all products fast")
INPUTS, UNITS = 130, 24
WEIGHTS = [[(i + 1) / (k + 2) for i in range(INPUTS)] for k in range(UNITS)]


def network(inputs=INPUTS, units=UNITS, first=()):
    layers = list(first) + [sn.Dense(inputs, units), sn.Tanh(), sn.Dense(units, 3), sn.Softmax()]
    net = sn.Sequential(layers, seed=3)
    net.adapt([sample(k, inputs) for k in range(40)])
    for p in net.parameters():
        p.rows = [[w + 0.01 for w in row] for row in p.rows]
    return net


def sample(not_zero, inputs=INPUTS):
    generator = sn.Generator(not_zero)
    x = [0.0] * inputs
    for k in generator.permutation(inputs)[:not_zero]:
        x[k] = generator.normal()
    return x


@pytest.mark.parametrize("not_zero", [0, 1, 2, 30, 50, 51, 52, 53, 129, 130])
def test_any_number_of_inputs_may_be_0(not_zero):
    with kernel("fast"):
        net = network()
        found, (expected,) = sn.unroll(net)(sample(not_zero)), net.predict([sample(not_zero)])
    assert max([abs(a - b) for a, b in zip(found, expected)]) < 1e-15


def test_fewer_products_are_computed():
    """A weight that is infinite is not read if its input is 0."""
    with kernel("fast"):
        net = network()
        net.layers[0].weights.rows[7] = [math.inf] * UNITS
        predict = sn.unroll(net)
    x = sample(20)
    x[7] = 0.0
    assert all(math.isfinite(v) for v in predict(x))
    assert any(v != v for v in predict([1.0] * 7 + [0.0] + [1.0] * (INPUTS - 8)))


def test_the_source_code():
    with kernel("fast"):
        source = sn.unroll(network()).source
        assert "*compress(ROWS, x)" in source and "x0" not in source.partition("else:")[0]
        assert "compress" in sn.unroll(network(first=[sn.Dropout(0.5)])).source
        for net in (network(inputs=90), network(units=20), network(first=[sn.Normalization()])):
            assert "compress" not in sn.unroll(net).source
        assert "compress" not in sn.unroll(network(), constants=False).source


class BothWays(sn.Layer):
    """The products of the inputs and some numbers, and the inputs themselves."""

    def forward(self, X):
        return [[functions.dot(x, WEIGHTS[k]) + x[k] for k in range(UNITS)] for x in X]


def test_inputs_with_other_uses_are_not_gathered():
    with kernel("fast"):
        net = sn.Sequential([BothWays(), sn.Dense(UNITS, 2)], seed=1)
        net.inputs = INPUTS
        predict = sn.unroll(net)
        assert "compress" not in predict.source
        assert predict(sample(9)) == pytest.approx(net.predict([sample(9)])[0], 1e-12)


def test_the_portable_kernel_adds_all_products():
    """A sum without its zeros may be 0.0 where the whole sum is -0.0."""
    with kernel("portable"):
        net = network()
        predict = sn.unroll(net)
        assert "compress" not in predict.source
        assert bits(predict(sample(9))) == bits(net.predict([sample(9)])[0])


@pytest.mark.parametrize("count", [INPUTS - 1, INPUTS + 1])
def test_samples_of_the_wrong_length_are_refused(count):
    with kernel("fast"), pytest.raises(ValueError) as error:
        sn.unroll(network())([0.0] * count)
    assert str(error.value) == "x has {} numbers; give 130".format(count)


def test_numbers_of_other_types():
    with kernel("fast"):
        net = network()
        predict = sn.unroll(net)
    x = [int(v > 0) for v in sample(40)]
    assert predict(x) == predict(tuple(x)) == predict([float(v) for v in x])
