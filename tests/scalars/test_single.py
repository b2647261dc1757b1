"""Single: floats of 24 binary digits, and the core as a board with such floats runs it."""

import hashlib
import io
import math
import pickle
import random
import struct
from contextlib import redirect_stdout
from fractions import Fraction

import pytest
import single_core
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.scalars import Single
from scratchnet.scalars.single import kernel, kernel_of, rounded

LARGEST = (2 - 2.0**-23) * 2.0**127
TINY = 2.0**-149
INF, NAN = math.inf, math.nan
numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)


def nearest(exact):
    """Return the float of 24 digits nearest to a Fraction, the even one of two."""
    if not exact:
        return 0.0
    k = max(abs(exact.numerator).bit_length() - exact.denominator.bit_length() - 25, -149)
    while True:
        scaled = abs(exact) / Fraction(2) ** k
        n = round(scaled)  # to the even one
        if n < 2**24 or n == 2**24 and scaled < 2**24:
            break
        k += 1
    size = n * Fraction(2) ** k
    if size > LARGEST:
        return math.copysign(INF, exact)
    return math.copysign(float(size), exact)


@given(numbers, numbers)
def test_every_operation_is_rounded_once(a, b):
    x, y = Single(a), Single(b)
    assert (x.value, y.value) == (a, b)
    exact = Fraction(a), Fraction(b)
    assert (x + y).value == nearest(exact[0] + exact[1])
    assert (x - y).value == nearest(exact[0] - exact[1])
    assert (x * y).value == nearest(exact[0] * exact[1])
    if b:
        assert (x / y).value == nearest(exact[0] / exact[1])
    assert (x < y, x <= y, x == y) == (a < b, a <= b, a == b)


@given(st.fractions())
def test_a_number_of_another_type_is_rounded_first(exact):
    assert (Single(0) + exact).value == (exact + Single(0)).value == rounded(float(exact))


def test_division_by_zero_and_overflow():
    assert (Single(1) / 0).value == INF and (Single(-1) / 0).value == -INF
    assert (Single(1) / Single(-0.0)).value == -INF
    assert math.isnan((Single(0) / 0).value) and math.isnan((Single(NAN) / 0).value)
    assert (Single(LARGEST) * 2).value == INF and (Single(TINY) / 2).value == 0
    assert rounded(LARGEST + 2.0**102) == LARGEST and rounded(LARGEST + 2.0**103) == INF


def test_it_is_shown_by_its_shortest_text():
    assert [repr(Single(x)) for x in (0.1, 1 / 3, 2**24, INF, -2)] == [
        "Single(0.1)",
        "Single(0.33333334)",
        "Single(16777216)",
        "Single(inf)",
        "Single(-2)",
    ]
    assert pickle.loads(pickle.dumps(Single(0.1))) == Single(0.1)
    assert len({Single(0.1), Single(0.1), Single(0.2)}) == 2 and int(Single(2.5)) == 2


def test_other_types():
    assert Single(1) == 1 == Single(Fraction(1)) and Single(0.5) + Fraction(1, 4) == Single(0.75)
    assert Single(1) < 10**400 and Single(1) > -(10**400) and not Single(NAN) == Single(NAN)
    assert Single(1) != None and Single(1) != "1" and None not in [Single(1)] and Single(1) != 1j  # noqa: E711
    for other in ("2", None, [1], 1j):
        with pytest.raises(TypeError):
            Single(1) + other
    assert Single(2000).ldexp(1.0).value == INF and Single(-2000).ldexp(1.0).value == 0


# ---- the elementary functions --------------------------------------------------------------------

# The bounds that core/elementary.py states, and where to look.
FUNCTIONS = {
    "exp": (0.85, [(-1, 1), (-103, 88.7), (88.6, 88.72)]),
    "expm1": (1.1, [(-1, 1), (-40, 88.7), (0.34, 0.38)]),
    "log": (0.9, [(0, 2), (0.66, 0.75), (1.33, 1.37), (0, 1e38)]),
    "log1p": (0.95, [(-0.9999, 1), (-0.36, -0.25), (0, 1e9)]),
    "tanh": (0.85, [(-1, 1), (-10, 10)]),
    "erf": (1.5, [(-1, 1), (0.9, 1.1), (-5, 5)]),
    "sqrt": (0.5, [(0, 2), (0.24, 0.26), (0, 1e38)]),
    "cos": (0.8, [(-4, 4), (1.56, 1.58), (-1024, 1024)]),
}


def unit(x):
    """Return the unit in the last of 24 places."""
    return max(2.0 ** (math.frexp(x)[1] - 24), TINY)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_bounds_hold_for_24_digits(name):
    bound, intervals = FUNCTIONS[name]
    source, function = random.Random(7), getattr(math, name)  # 2^-29 units off, at most
    tiny = [0.0] if name != "log" else []
    points = tiny + [rounded(source.uniform(*ends)) for ends in intervals for _ in range(300)]
    points += [rounded(2.0**-k) for k in range(1, 40)]
    for x in points:
        exact = function(x)
        assert abs(kernel()[name](Single(x)).value - exact) <= bound * unit(exact), x


def test_the_ends_of_the_range():
    results = [getattr(Single(x), name)().value for name, x in (
        ("exp", 200), ("exp", INF), ("exp", -200), ("exp", 88.73), ("expm1", -200), ("log", 0), ("log", INF),
        ("tanh", 50), ("tanh", -50), ("erf", 9), ("sqrt", 0), ("sqrt", INF), ("log1p", -1),
    )]  # fmt: skip
    assert results == [INF, INF, 0, INF, -1, -INF, INF, 1, -1, 1, 0, INF, -INF]
    for name, x in [("log", -1), ("sqrt", -1), ("cos", 1025), ("log1p", -2)]:
        assert math.isnan(getattr(Single(x), name)().value)
    for name in FUNCTIONS:
        assert math.isnan(getattr(Single(NAN), name)().value)


# ---- floats of 30 bits ---------------------------------------------------------------------------


class Short(Single):
    """A float of 30 bits, as some boards have: two bits are cut off, and guessed when it is read."""

    def __init__(self, x=0):
        word = struct.unpack("I", struct.pack("f", rounded(x)))[0] & ~3
        self.value = struct.unpack("f", struct.pack("I", word | word >> 2 & 3))[0]


@pytest.fixture(scope="module")
def short_kernel():
    found = kernel_of(Short)
    assert found["DIGITS"] == 22 and not found["ROUNDS"]
    return found


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_bound_holds_for_30_bits(name, short_kernel):
    source, function = random.Random(7), getattr(math, name)
    for ends in FUNCTIONS[name][1]:
        for _ in range(100):
            x = Short(source.uniform(*ends))
            exact = function(x.value)
            assert abs(float(short_kernel[name](x)) - exact) <= 4 * 4 * unit(exact), x.value


def test_nan_stays_nan_in_30_bits(short_kernel):
    assert math.isnan(float(short_kernel["exp"](Short(NAN))))


# ---- networks ------------------------------------------------------------------------------------


def test_a_network_of_these_numbers():
    net = sn.Sequential([sn.Dense(2, 3), sn.GELU(), sn.Dense(3, 2), sn.Softmax()], seed=7)
    single = net.copy(Single)
    A = single.predict([[0.5, -1.25]])
    assert all(type(a) is Single for a in A[0])
    for a, exact in zip(A[0], net.predict([[0.5, -1.25]])[0]):
        assert 0 < abs(a.value - exact) < 1e-6


# Of what tests/portable_training.py prints on MicroPython 1.29 with 32-bit floats, built for a 32-bit
# processor. INTERPRETERS=path/of/micropython pytest tests/test_interpreters.py compares with a build.
PRINTED_BY_A_BOARD = "abe80325ec6a28d98755234940a36dd201f2c3f8e8cd5a546997ce61ccc43e5e"


def test_the_core_trains_to_the_bits_of_a_board():
    output = io.StringIO()
    with redirect_stdout(output):
        single_core.training()
    assert hashlib.sha256(output.getvalue().encode()).hexdigest() == PRINTED_BY_A_BOARD
