"""The row engine copies layers: the copy has every attribute of a user-defined layer."""

import scratchnet as sn

X, Y = [[0.5, -1.0], [1.5, 0.25], [-0.5, 1.0]], [[1.0], [0.0], [0.5]]


class Scaled(sn.Dense):
    """A Dense whose output is multiplied by K, an attribute named like those that forward keeps."""

    def __init__(self, inputs, outputs, l2):
        sn.Dense.__init__(self, inputs, outputs, l2=l2)
        self.K = 3

    arguments = ("inputs", "outputs", "l2")

    def forward(self, X):
        return [[self.K * z for z in row] for row in sn.Dense.forward(self, X)]

    def backward(self, dZ):
        return sn.Dense.backward(self, [[self.K * d for d in row] for row in dZ])


def trained(engine):
    net = sn.Sequential([Scaled(2, 3, 1 / 10), sn.Tanh(), sn.Dense(3, 1)], seed=7)
    history = net.fit(X, Y, "mean_squared_error", sn.SGD(1 / 10), epochs=5, engine=engine)
    assert history.engine == engine
    return [p.value for p in net.parameters()]


def test_attributes_in_capitals_are_copied(each_kernel):
    lists, rows = trained("lists"), trained("rows")
    if each_kernel == "portable":
        assert rows == lists
    for row, exact in zip(rows, lists):
        flat = [row, exact] if not isinstance(row[0], list) else [sum(row, []), sum(exact, [])]
        assert all(abs(a - b) < 1e-14 for a, b in zip(*flat))
