"""The layers above the core with exact numbers, and against PyTorch."""

from decimal import Decimal
from fractions import Fraction

import pytest
from test_first_steps_deep import ALL, SAMPLES, TARGETS, agree, identify, network

import scratchnet as sn
from scratchnet import deep

EXACT = [make for make in ALL if type(make()).__name__ in "Clip HardSigmoid HardSwish Softsign ThresholdedReLU PReLU".split()]  # fmt: skip


@pytest.mark.parametrize("make", ALL, ids=identify)
def test_fifty_digits_agree_with_floats(make):
    net = network(make)
    twin = net.copy(Decimal)
    rows = [[Decimal(x) for x in row] for row in SAMPLES]
    found = [[float(a) for a in row] for row in twin.predict(rows)]
    agree(found, net.predict(SAMPLES), 1e-14)


@pytest.mark.parametrize("make", EXACT, ids=identify)
def test_fractions_train_exactly(make):
    net = network(make).copy(Fraction)
    rows, targets = [[[Fraction(x) for x in row] for row in M] for M in (SAMPLES, TARGETS)]
    net.fit(rows, targets, loss="mean_squared_error", optimizer=sn.SGD(Fraction(1, 8)), epochs=1)
    assert {type(v) for p in net.parameters() for row in p.rows for v in row} == {Fraction}


def test_defaults_are_exact():
    net = sn.Sequential([deep.HardSigmoid()], number=Fraction)
    assert net.predict([[1]]) == [[Fraction(2, 3)]]


def Unit(norm):
    """Return a module of PyTorch that divides each row by its norm."""
    torch = pytest.importorskip("torch")

    class Module(torch.nn.Module):
        def forward(self, x):
            return torch.nn.functional.normalize(x, norm, dim=1)

    return Module()


TORCH = [
    (lambda: deep.Clip(0, 6), lambda nn: nn.ReLU6()),
    (lambda: deep.Clip(), lambda nn: nn.Hardtanh()),
    (lambda: deep.HardSigmoid(), lambda nn: nn.Hardsigmoid()),
    (lambda: deep.HardSwish(), lambda nn: nn.Hardswish()),
    (lambda: deep.CELU(0.5), lambda nn: nn.CELU(0.5)),
    (lambda: deep.Mish(), lambda nn: nn.Mish()),
    (lambda: deep.Softsign(), lambda nn: nn.Softsign()),
    (lambda: deep.PReLU(), lambda nn: nn.PReLU()),
    (lambda: deep.PReLU(4), lambda nn: nn.PReLU(4)),
    (lambda: deep.LogSoftmax(), lambda nn: nn.LogSoftmax(dim=1)),
    (lambda: deep.RowNormalization(), lambda nn: Unit(2)),
    (lambda: deep.RowNormalization("l1"), lambda nn: Unit(1)),
    (lambda: deep.ThresholdedReLU(0.5), lambda nn: nn.Threshold(0.5, 0)),
    (lambda: deep.RMSNormalization(4, 0.25), lambda nn: nn.RMSNorm(4, 0.25)),
    (lambda: deep.LayerNormalization(4), lambda nn: nn.LayerNorm(4)),
    (lambda: deep.LayerNormalization(4, bias=False), lambda nn: nn.LayerNorm(4, bias=False)),
]
# Among them the kinks of all layers.
POINTS = [[-6.0, -3.0, -1.0, 0.0], [1.0, 3.0, 6.0, 8.0], [0.5, -0.25, 2.0, -40.0]]
SEEDS = [[1.0, -2.0, 0.5, 4.0], [0.25, 1.0, 1.0, -1.0], [2.0, -1.0, 3.0, 1.0]]


@pytest.mark.parametrize("make, theirs", TORCH, ids=identify)
def test_forward_and_backward_of_pytorch(make, theirs):
    torch = pytest.importorskip("torch")
    net = sn.Sequential([make()])
    module = theirs(torch.nn).double()
    X = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
    Y = module(X)
    Y.backward(torch.tensor(SEEDS, dtype=torch.float64))
    agree(net.forward(POINTS), Y.tolist(), 1e-14)
    rounded = isinstance(net.layers[0], deep.HardSigmoid)  # their slope is 1/6 in 32 bits
    agree(net.backward(SEEDS), X.grad.tolist(), 1e-7 if rounded else 1e-14)
    for parameter, tensor in zip(net.parameters(), module.parameters()):
        agree([parameter.gradient], [tensor.grad.tolist()], 1e-14)
