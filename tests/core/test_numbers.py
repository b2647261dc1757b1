"""The core is generic over the number: the same rules on Fraction, Decimal, dual numbers, user-defined numbers, and Traced.

    Fraction    exact: every derivative equals an exact difference quotient (test_numbers_fraction.py)
    Decimal     50 digits: the oracle for the floats of both kernels (test_numbers_decimal.py)
    Dual        forward mode: every backward, exact to rounding (test_numbers_dual.py)
    Plain       a user's class with the operators and five functions, which refuses floats
    Choosing    Plain without truth values: every branch has to go through ``where``
    Traced      the bits of the floats

Every network is first made of floats; ``net.copy(number)`` and ``with_numbers`` make it one of other numbers.
"""

import struct
from decimal import Decimal

import pytest
from other_numbers import (
    CASES,
    EACH_CASE,
    EACH_NUMBER,
    EACH_OPTIMIZER,
    Dual,
    F,
    Plain,
    Setting,
    assert_close,
    flat,
    learnt,
)
from random_networks import BUILT_IN_ENDINGS

import scratchnet as sn
from scratchnet.scalars import Traced

pytestmark = pytest.mark.usefixtures("fifty_digits")


# ---- every layer, loss and optimizer -----------------------------------------------------------------------------


@EACH_NUMBER
@EACH_CASE
def test_every_layer_and_loss_computes_with_every_number(case, number, each_kernel):
    setting = Setting(*case)
    arrays = setting.arrays(number)
    assert_close(arrays, setting.arrays(float), 1e-13)
    assert all(type(v) is number for v in flat(arrays))


@EACH_NUMBER
@EACH_OPTIMIZER
def test_every_optimizer_computes_with_every_number(optimizer, number, each_kernel):
    setting = Setting(*CASES[0])
    arrays = setting.arrays(number, optimizer.with_numbers(number, exactly=True), 3)
    assert_close(arrays, setting.arrays(float, optimizer.with_numbers(float), 3), 1e-12)
    assert all(type(v) is number for v in flat(arrays))


@pytest.mark.parametrize("number", [F, Decimal, Dual, Plain])
def test_a_network_computes_with_the_type_of_its_parameters(number):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [number(2)]], bias=[0])])
    assert net.number is number
    assert type(net.forward([[1, number(3)]])[0][0]) is number


# ---- Traced: the bits of the floats ------------------------------------------------------------------------------


def bits(arrays):
    return [struct.pack(">d", getattr(v, "value", v)) for v in flat(arrays)]


@pytest.mark.parametrize("samples", [1, 5])
@EACH_CASE
def test_traced_numbers_have_the_bits_of_floats(case, samples, each_kernel):
    setting = Setting(*case, samples=samples)
    traced = setting.arrays(Traced)
    assert bits(traced) == bits(setting.arrays(float))
    assert all(type(v) is Traced for v in flat(traced))


@EACH_OPTIMIZER
def test_traced_steps_have_the_bits_of_floats(optimizer, each_kernel):
    setting = Setting(*CASES[0], samples=5)
    traced = setting.arrays(Traced, optimizer.with_numbers(Traced), 3)
    assert bits(traced) == bits(setting.arrays(float, optimizer.with_numbers(float), 3))


def test_traced_training_has_the_bits_of_floats(each_kernel):
    setting = Setting(sn.Tanh, BUILT_IN_ENDINGS[0], samples=7)
    found = []
    for number in (float, Traced):
        net = setting.net.copy(number)
        optimizer = sn.Adam(sn.CosineDecay(0.1, 10))
        options = {"epochs": 3, "batch_size": 3, "seed": 2, "engine": "lists"}
        history = net.fit(setting.X, setting.Y, "huber", optimizer=optimizer, **options)
        found.append(bits([history.loss, learnt(net)] + net.predict(setting.X)))
    assert found[0] == found[1]
