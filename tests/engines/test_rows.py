"""engines/rules.py: the code for single rows, of the package's layers and of user-defined ones."""

import pytest
from compare_engines import Noisy, X, Y, assert_same_small_training, hidden
from random_networks import bits_of

import scratchnet as sn
from scratchnet.codegen.python import rule
from scratchnet.core import functions, matrix
from scratchnet.core.layers import LAYERS
from scratchnet.engines import rules
from scratchnet.scalars import Symbolic

pytestmark = pytest.mark.usefixtures("portable")
WIDTH = min(5, rule.WIDEST)  # PyPy writes out only narrow rows


class MyTanh(sn.Tanh):
    """The same layer under another name."""


class Squares(sn.Layer):
    """A user-defined layer that is not an activation."""

    def forward(self, X):
        self.X = X
        return [[x * x for x in row] for row in X]

    def backward(self, dA):
        return [[2 * x * d for x, d in zip(row, d_row)] for row, d_row in zip(self.X, dA)]


class Shares(sn.Layer):
    """Each number of a row, divided by the row's sum of squares plus 1."""

    def forward(self, X):
        self.X = X
        return [[x / (1 + functions.dot(row, row)) for x in row] for row in X]

    def backward(self, dA):
        found = []
        for x, d in zip(self.X, dA):
            n = 1 + functions.dot(x, x)
            inner = functions.dot(x, d)
            found.append([d_k / n - 2 * x_k * inner / (n * n) for x_k, d_k in zip(x, d)])
        return found


class BatchCentered(sn.Layer):
    """Subtracts the mean of the batch: one row depends on the others."""

    def forward(self, X):
        return self.centered(X)

    def backward(self, dA):
        return self.centered(dA)

    def centered(self, X):
        means = [v / len(X) for v in matrix.sum_columns(X)]
        return [[x - m for x, m in zip(row, means)] for row in X]


@pytest.mark.parametrize("layer", [MyTanh, Squares, Shares], ids=lambda kind: kind.__name__)
def test_user_defined_layers_get_rules_for_rows(layer):
    generated_layer = rules._layer(layer(), WIDTH)
    assert "forward" in vars(generated_layer) and "backward" in vars(generated_layer)
    assert_same_small_training(lambda: hidden(layer()), "rows", batch_size=3)


@pytest.mark.parametrize("layer", [BatchCentered(), sn.Dropout(0.5), Noisy()], ids=repr)
def test_layers_that_keep_their_own_rules(layer):
    assert rules._layer(layer, WIDTH) is layer


ROW_BY_ROW = [
    kind for kind in LAYERS.values() if kind not in (sn.Dense, sn.Dropout, sn.Normalization)
]


@pytest.mark.parametrize("kind", ROW_BY_ROW, ids=lambda kind: kind.__name__)
def test_the_rules_of_the_package_treat_every_row_alike(kind):
    """The engine takes this for granted; user-defined layers are tried."""
    layer = kind().with_numbers(Symbolic, exactly=True)

    def backward(rows):
        layer.forward([z for _, z in rows])
        return layer.backward([d for d, _ in rows])

    assert len(rules.texts_of(lambda rows: layer.forward([z for (z,) in rows]), ["z"], 3, 3)) == 1
    if kind is not sn.Threshold:
        assert len(rules.texts_of(backward, ["d", "z"], 3, 2)) == 1


def test_a_subclass_that_adds_nothing_gets_the_same_engine():
    for count in (1, 40):
        found = []
        for kind in (sn.Tanh, MyTanh):
            net = sn.Sequential([sn.Dense(2, count), kind(), sn.Dense(count, 1)], seed=2)
            found.append(net.fit(X, Y, "huber", sn.SGD(0.1), 3).engine)
            found.append(bits_of(net))
        assert found[:2] == found[2:]
