"""prediction.py: many samples are predicted by generated code, with the outputs of the layers."""

from fractions import Fraction

import pytest
from compare_engines import kernel
from random_networks import BUILT_IN_LAYERS, bits

import scratchnet as sn
from scratchnet.codegen.python import stages
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.engines import generated, prediction, rows, rules, threads

INFINITY = float("inf")
X = [[(i * 7 % 11 - 5) / 4, (i * 5 % 13 - 6) / 8, i % 3 / 2] for i in range(40)]


def network(*layers):
    return sn.Sequential(
        [sn.Normalization(), sn.Dense(3, 12)] + list(layers) + [sn.Dropout(0.5), sn.Dense(12, 2)],
        seed=3,
    )


def adapted(*layers):
    net = network(*layers)
    net.adapt(X)
    return net


@pytest.fixture
def eager(monkeypatch):
    """Generate code for any number of samples, and count how often it runs."""
    monkeypatch.setattr(prediction, "saves_time", lambda *_: True)
    monkeypatch.setattr(prediction, "FEWEST", 1)
    runs, former = [], prediction.code_for

    def counting(net, X):
        function, numbers = former(net, X)

        def counted(X, numbers):
            rows, total = function(X, numbers)
            runs.append(len(rows))
            return rows, total

        return counted, numbers

    monkeypatch.setattr(prediction, "code_for", counting)
    return runs


@pytest.fixture(params=["written out", "fused"])
def both_kinds_of_code(request, monkeypatch):
    monkeypatch.setattr(prediction, "MANY", 1)
    monkeypatch.setattr(prediction, "FEW", 1000 if request.param == "written out" else 0)


def by_layers(net, X):
    twin = threads.apart(net)
    return twin.propagate(X, twin.layers)


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")
@pytest.mark.parametrize("layer", BUILT_IN_LAYERS, ids=lambda make: repr(make()))
def test_the_bits_are_those_of_the_layers(layer, eager, portable):
    net = adapted(layer())
    assert bits(net.predict(X)) == bits(by_layers(net, X)) and eager == [40]
    net.parameters()[2].value = [[i - j / 4 for j in range(12)] for i in range(3)]
    assert bits(net.predict(X)) == bits(by_layers(net, X)) and eager == [40, 40]


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")
def test_small_networks_are_written_out_for_many_samples(monkeypatch, portable):
    printed = []
    function_of = prediction.function_of
    monkeypatch.setattr(
        prediction, "function_of", lambda *given: printed.append(given[2]) or function_of(*given)
    )
    samples, net = X * 10, adapted(sn.Tanh())
    assert bits(net.predict(samples)) == bits(by_layers(net, samples))
    assert printed == [prediction.written_out]
    net = sn.Sequential([sn.Dense(3, 100), sn.Tanh(), sn.Dense(100, 9)])
    assert bits(net.predict(samples)) == bits(by_layers(net, samples))
    assert printed == [prediction.written_out, prediction.fused]


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")
@pytest.mark.parametrize(
    "sizes, samples, sparse, generates",
    [
        ((2, 4, 1), 1000, False, True),
        ((4, 16, 3), 40, False, False),
        ((4, 16, 3), 150, False, True),
        ((30, 30, 10), 25, False, False),
        ((64, 32, 10), 200, False, True),
        ((20, 20, 300), 25, False, False),
        ((20, 20, 300), 400, False, True),
        ((784, 30, 10), 50, False, False),
        ((784, 30, 10), 100, True, True),
        ((2000, 1), 1000, False, False),
    ],
)
def test_code_is_generated_where_it_soon_saves_time(sizes, samples, sparse, generates, monkeypatch):
    asked = []

    def function_of(*given):
        asked.append(given)
        raise ValueError("the layers are asked instead")

    monkeypatch.setattr(prediction, "function_of", function_of)
    layers = []
    for inputs, units in zip(sizes, sizes[1:]):
        layers += [sn.Dense(inputs, units), sn.Tanh()]
    row = [float(sparse is False or i % 10 == 0) for i in range(sizes[0])]
    with kernel("fast"):
        sn.Sequential(layers).predict([row] * samples)
    assert bool(asked) == generates


@pytest.mark.parametrize(
    "rows, message",
    [
        ([[1.0, 2.0]] * 60 + [[1.0]] + [[1.0, 2.0]], "row 60 has 1 column"),
        ([[1.0, 2.0]] * 60 + [[1.0, float("nan")]], "row 60, column 1 is nan"),
        ([[1.0, 2.0]] * 60 + [[INFINITY, 2.0]], "row 60, column 0 is inf"),
        ([[1.0, 2.0]] * 60 + [[INFINITY, -INFINITY]], "row 60, column 0 is inf"),
        ([[1.0, 2.0]] * 1060 + [[1.0, "2"]], "row 1060, column 1: '2' is a str"),
        ([[1.0, 2.0]] * 60 + [[10**400, 2.0]], "row 60, column 0: the number is too large"),
        ([[1.0, 2.0]] * 60 + [{1.0: 1, 2.0: 2}], "row 60 is .*, not a row"),
        ([[1.0, 2.0]] * 60 + [[1.0, [2.0]]], "row 60, column 1: .2.0. is a list"),
    ],
)
def test_samples_are_checked(rows, message, eager, both_kinds_of_code):
    net = sn.Sequential([sn.Dense(2, 3), sn.ReLU(), sn.Dense(3, 2)])
    with pytest.raises((TypeError, ValueError), match=message):
        net.predict(rows)


class Real(float):
    pass


class Short(float):
    """A float whose sums and products are not floats and have fewer digits, like NumPy's."""

    def __add__(self, other):
        return Short(round(float(self) + other, 2))

    def __mul__(self, other):
        return Short(round(float(self) * other, 2))

    __radd__, __rmul__ = __add__, __mul__


@pytest.mark.parametrize("layer", [sn.Dense(2, 2), sn.deep.PReLU(2)], ids=["product", "no product"])
@pytest.mark.parametrize("one", [1, True, Fraction(1), Real(1), Short(1)], ids=repr)
def test_samples_of_other_numbers(one, layer, eager, both_kinds_of_code):
    net = sn.Sequential([layer, sn.ReLU()])
    rows = [[1.0, 2.0]] * 60
    expected = bits(net.predict([[1.0, 1.0]] + rows))
    for others in ([[1.0, one]] + rows, [[one, one]] + rows, [(1.0, one)] + rows):
        outputs = net.predict(others)
        assert bits(outputs) == expected
        assert {type(v) for row in outputs for v in row} == {float}
    assert bits(net.predict(tuple([[1.0, one]] + rows))) == expected


class Small:
    """A number of a library whose sums overflow, like NumPy's int8."""

    additions = 0

    def __float__(self):
        return 1.0

    def __mul__(self, other):
        return other

    def __add__(self, other):
        Small.additions += 1
        return 1.0 + other

    __radd__, __rmul__ = __add__, __mul__


@pytest.mark.parametrize("row", [[Small(), Small()], [1.0, Small()]], ids=["all", "one"])
def test_numbers_of_other_libraries_are_not_added(row, eager, both_kinds_of_code):
    net = sn.Sequential([sn.Dense(2, 2), sn.ReLU()])
    assert bits(net.predict([row] * 60)) == bits(net.predict([[1.0, 1.0]] * 60))
    assert not Small.additions


class Table:
    """An array of a library that offers lists."""

    def tolist(self):
        return [[1, 2.5]] * 60


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")
def test_tables_are_not_checked_number_by_number(eager, both_kinds_of_code, monkeypatch):
    net = sn.Sequential([sn.Dense(2, 2), sn.ReLU()])
    expected = bits(net.predict([[1.0, 2.5]] * 60))
    monkeypatch.setattr(sn.Sequential, "accept", None)
    for table in ([[1.0, 2.5]] * 60, [[1, 2.5]] * 60, [(1.0, 2.5)] * 60, Table()):
        assert bits(net.predict(table)) == expected
    assert eager == [60] * 5


def test_large_samples(eager, both_kinds_of_code):
    net = sn.Sequential([sn.Dense(2, 1)])
    largest = [[1.7e308, 1.7e308]] * 60  # whose sum is not finite
    net.parameters()[0].value = [[0.5], [-0.5]]
    assert net.predict(largest) == [[0.0]] * 60


def test_the_fast_kernel_rounds_otherwise(eager):
    net = adapted(sn.Tanh())
    for a, b in zip(net.predict(X), by_layers(net, X)):
        assert a == pytest.approx(b, rel=1e-13, abs=1e-15)


class Doubled(sn.Tanh):
    def forward(self, Z):
        return [[2 * a for a in row] for row in sn.Tanh.forward(self, Z)]


def test_what_has_no_code_is_predicted_by_the_layers(eager, portable, monkeypatch):
    monkeypatch.setattr(stages, "WIDEST", 200)
    patched = adapted(sn.Tanh())
    patched.layers[2].function = lambda z: z
    for net in (adapted(Doubled()), patched, sn.Sequential([sn.Dense(3, 300), sn.Softmax()])):
        assert bits(net.predict(X)) == bits(by_layers(net, X))
    assert eager == []


def test_infinity_is_computed_by_the_layers(eager, portable):
    net = sn.Sequential([sn.Dense(3, 2, weights=[[1e200] * 2] * 3), sn.ReLU(), sn.Dense(2, 1)])
    net.parameters()[2].value = [[1e200], [1e200]]
    assert net.predict([[1, 1, 1]]) == [[float("inf")]]


def test_a_network_in_training_is_not_disturbed(eager):
    net = adapted(sn.Tanh())
    net.forward(X[:2])
    kept = net.layers[1].X
    net.predict(X)
    assert net.layers[1].X is kept and "propagate" not in vars(net)


class Clearing(dict):
    """A cache that another thread clears as soon as anything is asked of it or kept in it."""

    def __contains__(self, key):
        found = dict.__contains__(self, key)
        self.clear()
        return found

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        self.clear()


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")
@pytest.mark.parametrize("absent", [("scale", "bias"), ("bias", "scale")])
def test_each_absent_parameter_has_its_own_code(absent, eager, portable):
    for name in absent:
        net = sn.Sequential([sn.Dense(3, 3), sn.deep.LayerNormalization(3, **{name: False})])
        net.parameters()[-1].value = [0.5, 2, -1]
        assert bits(net.predict(X)) == bits(by_layers(net, X))
    assert eager == [40, 40]


def test_caches_that_another_thread_clears(eager, monkeypatch, portable):
    programs = Clearing()
    for module, name in [(generated, "programs"), (rows, "programs"), (rules, "_sources")]:
        monkeypatch.setattr(module, name, programs)
    monkeypatch.setattr(prediction, "_predictions", Clearing())
    losses = set()
    for engine in ("steps", "rows"):
        net = sn.Sequential([sn.Dense(3, 2), sn.GELU(), sn.Dense(2, 1)], seed=1)
        history = net.fit(
            X, [[1]] * 40, "half_squared_error", epochs=2, batch_size=8, engine=engine
        )
        losses.add(tuple(history.loss))
        assert bits(net.predict(X)) == bits(by_layers(net, X))
    assert len(losses) == 1 and programs == {}
    assert IS_PYPY or eager == [40, 40]
