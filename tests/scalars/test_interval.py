"""Interval: the bounds hold for what 32-bit floats compute, and are not much larger than the errors measured."""

import math
import random
import struct
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import Scale, recipes

import scratchnet as sn
from scratchnet.core import functions
from scratchnet.datasets import samples
from scratchnet.scalars import Interval, Single
from scratchnet.scalars.interval import MOST_PARTS, UNITS, Condition, half_unit

INF = math.inf


def holds(bound, exact, computed):
    """Whether an Interval is right about an exact number and about what a float has become."""
    if bound.error == INF:
        return True
    near = abs(Fraction(bound.value) - exact) <= Fraction(bound.radius)
    value = float(computed)
    return near and abs(value) < INF and abs(Fraction(value) - exact) <= Fraction(bound.error)


# ---- arithmetic --------------------------------------------------------------------------------------------------

SIZES = st.floats(width=64, allow_nan=False, allow_infinity=False, min_value=-1e39, max_value=1e39)
NUMBERS = SIZES | st.floats(-4, 4) | st.floats(-1e-37, 1e-37) | st.integers(-3, 3)
STEP = st.tuples(st.sampled_from("add subtract multiply divide where abs negate dot total".split()),
                 st.lists(st.integers(0, 40), min_size=6, max_size=6))  # fmt: skip


def computed(operation, operands):
    a, b, c, d, e, f = operands
    if operation == "where":
        return functions.where(a > b, c, d)
    if operation == "dot":
        return functions.dot([a, b, c], [d, e, f])
    if operation == "total":
        return functions.total([a, b, c, d])
    return {
        "add": lambda: a + b,
        "subtract": lambda: a - b,
        "multiply": lambda: a * b,
        "divide": lambda: a / b,
        "abs": lambda: abs(a),
        "negate": lambda: -a,
    }[operation]()


@settings(max_examples=settings.default.max_examples * 10)
@given(st.lists(NUMBERS, min_size=2, max_size=5), st.lists(STEP, max_size=12))
def test_every_operation_against_fractions(numbers, steps):
    """Random programs, whose numbers depend on each other."""
    exact, single, bounds = ([kind(x) for x in numbers] for kind in (Fraction, Single, Interval))
    for operation, places in steps:
        places = [place % len(exact) for place in places]
        if operation == "divide" and exact[places[1]] == 0:
            continue
        for rows in (exact, single, bounds):
            rows.append(computed(operation, [rows[place] for place in places]))
    for x, y, z in zip(exact, single, bounds):
        assert holds(z, x, y), (x, y, z)


@pytest.mark.parametrize("count", [40, 400])
def test_long_sums_against_fractions(count):
    source = random.Random(count)
    for _ in range(5):
        u, v = (
            [source.gauss(0, 10.0 ** source.randint(-3, 3)) for _ in range(count)] for _ in range(2)
        )
        for made in (lambda u, v: functions.dot(u, v), lambda u, v: functions.total(u + v)):
            exact, single, bound = (
                made([kind(x) for x in u], [kind(x) for x in v])
                for kind in (Fraction, Single, Interval)
            )
            assert holds(bound, exact, single) and bound.error < count * 2.0**-22 * max(
                map(abs, u)
            ) * max(map(abs, v))


def test_errors_that_cancel_cancel_in_the_bound():
    x = Interval(1) / 3
    y = x * 5
    assert (y - y).error == 0 and (x + 1 - x).error < 3 * half_unit(1.5)
    z = y / (y + y / 4)
    assert z.error < 4 * half_unit(1.0)


def test_small_and_large_numbers():
    assert Interval(1e-46).error == 1e-46 and Interval(2.0**-149).error == 0
    assert (Interval(2.0**-100) * 2.0**-100).error < 2.0**-148
    assert (Interval(1e30) * 1e30).error == Interval(1e39).error == INF
    assert half_unit(2.0**128) == INF and half_unit(0.0) == 0 and half_unit(math.nan) == INF
    assert (Interval(1) / (Interval(1) - 1)).error == INF
    assert Interval(10**30).radius > 0 and Interval(Fraction(1, 3)).radius > 0


# ---- choices -----------------------------------------------------------------------------------------------------


def test_a_choice_that_may_go_either_way_encloses_both():
    x = Interval(0.1) * 3 - Interval(0.3)  # not exactly 0, and who knows on which side
    assert 0 < x.error and (x > 0).exact is None or (x > 0).computed is None
    step = functions.where(x > 0, 1, 0)
    assert step.error >= 1 and step.radius + abs(step.value) >= 1
    assert functions.positive_part(x).error < 3 * (x.error + abs(x.value))
    with pytest.raises(TypeError, match="^the bounds do not show which is larger; choose with"):
        bool(x > 0)


def test_a_choice_that_is_certain():
    x = Interval(0.5)
    assert functions.where(x > 0.25, x, 3) is x and bool(x) and not Interval(0)
    assert bool(x <= x) and not x < x and bool(x != 1) and bool(x == 0.5)
    assert (x >= 0.5).computed is True
    assert 2 <= Condition(True, False).where(1, 3).error < 2 + 1e-9


def test_floats_are_not_made_of_it():
    with pytest.raises(TypeError):
        math.exp(Interval(1))
    assert repr(Interval(0.1)) == "Interval(0.1, error=1.49e-09)"
    assert len({Interval(1), Interval(1)}) == 2


# ---- functions ---------------------------------------------------------------------------------------------------

FUNCTIONS = {
    "exp": [(-1, 1), (-103, 88), (-90, -80)],
    "expm1": [(-1, 1), (-40, 88)],
    "log": [(1e-3, 2), (0.9, 1.1), (0, 1e38)],
    "log1p": [(-0.99, 1), (0, 1e9)],
    "tanh": [(-1, 1), (-10, 10)],
    "erf": [(-1, 1), (-5, 5)],
    "sqrt": [(1e-3, 2), (0, 1e38)],
    "cos": [(-4, 4), (-1024, 1024)],
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_against_decimals(name):
    source, function = random.Random(7), getattr(functions, name)
    with localcontext() as context:
        context.prec = 50
        for ends in FUNCTIONS[name]:
            for k in range(60):
                x, factor = source.uniform(*ends), [1, 1 / 3, 0.999][k % 3]
                exact = function(Decimal(x) * Decimal(factor))
                bound = function(Interval(x) * factor)
                assert holds(bound, Fraction(exact), function(Single(x) * factor)), (x, factor)
                assert bound.error < INF
                if ends == (-1, 1):
                    assert bound.error < 4 * UNITS * half_unit(3)


def test_the_ends_of_functions():
    for name, x in [
        ("log", 0),
        ("log", -1),
        ("log1p", -1),
        ("sqrt", -1),
        ("sqrt", 0),
        ("exp", 89),
        ("exp", 1000),
    ]:
        assert getattr(functions, name)(Interval(x)).error == INF, name
    assert functions.exp(Interval(-1000)).error < 2.0**-146
    pi = functions.pi(Interval(0))
    assert holds(pi, Fraction(314159265358979323846, 10**20), functions.pi(Single(0)))


# ---- networks ----------------------------------------------------------------------------------------------------


accurate = Single._unary


def sloppy(self, operation):
    """A function that is wrong by almost as much as is assumed, in one direction or the other."""
    result = accurate(self, operation)
    if operation not in functions.ELEMENTARY or not abs(result.value) < INF:
        return result
    sign = 1 if struct.pack("f", self.value)[0] % 2 else -1
    return Single(result.value + sign * math.floor(UNITS - 1.5) * 2 * half_unit(result.value))


def exactly(net, rows):
    """What the network computes with 50 digits."""
    with localcontext() as context:
        context.prec = 50
        return net.copy(Decimal).predict([[Decimal(x) for x in row] for row in rows])


@settings(max_examples=settings.default.max_examples * 3)
@given(recipes(), st.sampled_from([1.0, 1.0, 1.0, 100.0, 1e-3, 1e-30, 1e15]))
def test_random_networks(made, scale):
    # Scale has floats, which Decimal refuses.
    net = sn.Sequential([v for v in made.network().layers if not isinstance(v, Scale)])
    net.adapt(made.X)
    rows = [[scale * x for x in row] for row in made.X]
    bounds = net.copy(Interval).predict(rows)
    for unary in (accurate, sloppy):
        Single._unary = unary
        try:
            floats = net.copy(Single).predict([[Single(x) for x in row] for row in rows])
        finally:
            Single._unary = accurate
        for triples in zip(bounds, exactly(net, rows), floats):
            for bound, exact, value in zip(*triples):
                assert holds(bound, Fraction(exact), value), (bound, exact, value)


def test_the_bound_is_not_much_larger_than_the_errors_of_the_digits():
    """At most 100 times; it is about 25 times."""
    data = samples.digits()
    X = [[x / 16 for x in row] for row in data.X]
    net = sn.Sequential([sn.Dense(64, 32), sn.Tanh(), sn.Dense(32, 10), sn.Softmax()], seed=1)
    net.fit(
        X[:600], data.Y[:600], "categorical_cross_entropy", sn.Adam(0.01), epochs=5, batch_size=32
    )
    rows = X[600:640]
    bounds = net.copy(Interval).predict(rows)
    floats = net.copy(Single).predict([[Single(x) for x in row] for row in rows])
    triples = [t for group in zip(bounds, net.predict(rows), floats) for t in zip(*group)]
    for bound, exact, value in triples:
        assert abs(float(value) - exact) <= bound.error * 1.000001
        assert len(bound.parts) <= MOST_PARTS + 1
    measured = max([abs(float(value) - exact) for _, exact, value in triples])
    assert max([bound.error for bound, _, _ in triples]) <= 100 * measured


class Branching(sn.Activation):
    def function(self, z):
        return z if z > 0 else z / 2


def test_a_layer_that_branches():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.1]], bias=[-0.01]), Branching()])
    assert net.copy(Interval).predict([[3], [-3]])[1][0].error < 1e-7
    with pytest.raises(TypeError, match="^the bounds do not show"):
        net.copy(Interval).predict([[0.1]])
