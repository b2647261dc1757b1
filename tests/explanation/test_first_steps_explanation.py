"""Read this first: every number of a training step explains itself."""

import pytest

import scratchnet as sn


@pytest.fixture
def why():
    """One step of one neuron: z = 0.5·2 + 0.25, loss (z - 1)²/2, learning rate 0.1."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]], bias=[0.25])])
    return sn.explain(net, [[2.0]], [[1.0]], loss="half_squared_error", optimizer=sn.SGD(0.1))


@pytest.mark.parametrize(
    "name, value",
    [
        ("x[0][0]", 2.0),
        ("0.z[0][0]", 1.25),  # 0.5·2 + 0.25
        ("loss", 0.03125),  # (1.25 - 1)²/2
        ("0.z[0][0].gradient", 0.25),  # 1.25 - 1
        ("0.weights[0][0].gradient", 0.5),  # 0.25·2
        ("0.weights[0][0].new", 0.45),  # 0.5 - 0.1·0.5
    ],
)
def test_a_number_has_a_name(why, name, value):
    assert why[name].value == pytest.approx(value, rel=1e-15)


def test_a_number_tells_its_formula(why):
    text = str(why["0.weights[0][0].gradient"])
    assert "= x[0][0] · 0.z[0][0].gradient" in text
    assert "= 2·0.25" in text
