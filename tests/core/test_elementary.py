"""The portable functions against mpmath, at the special values, on another type of number, and bit by bit."""

import ast
import doctest
import math
import random
import re
import struct

import pytest

from scratchnet.core import elementary

NAMES = ("exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos")
INF, NAN = float("inf"), float("nan")
TINY, LARGEST = 2.0**-1074, (2 - 2.0**-52) * 2.0**1023
LN2, PI = math.log(2), math.pi


def bits(x):
    """Return the 64 bits of x as an integer; all nans are equal."""
    return struct.unpack("<Q", struct.pack("<d", x))[0] if x == x else 0x7FF8000000000000


def number(word):
    return struct.unpack("<d", struct.pack("<Q", word))[0]


# ---------------------------------------------------------------- accuracy

# Per function: the intervals to draw from uniformly, the exponents to draw from, both signs?, and the points that
# are nasty: the boundaries of a reduction, the thresholds between two arms, the zeros, the ends of the range.
POINTS = {
    "exp": (
        [(-1, 1), (-30, 30), (-745.2, 709.78), (-709, -708)],
        (-70, -1),
        True,
        [(k + half) * LN2 for k in range(-1074, 1023, 9) for half in (0, 0.5)]
        + [-745.13, 709.782712893384],
    ),
    "expm1": (
        [(-1, 1), (-40, 60), (-45, 709.78), (0.3465, 0.38)],
        (-1074, -1),
        True,
        [(k + half) * LN2 for k in range(-60, 1023, 5) for half in (0, 0.5)]
        + [-40.0, 709.782712893384],
    ),
    "log": (
        [(0, 2), (0.66, 0.75), (1.3333, 1.37), (1, 1000)],
        (-1074, 1023),
        False,
        [1.0, LARGEST, TINY] + [2.0**k / 3 for k in range(-20, 20)],
    ),
    "log1p": (
        [(-1, 1), (-0.36, -0.25), (0.3333, 0.37), (1, 1000)],
        (-1074, 1023),
        False,
        [-1 / 3, 1 / 3, -0.5, 2.0**52, 2.0**53, LARGEST]
        + [2.0**-k - 1 for k in range(1, 53)]
        + [-(2.0**-k) for k in range(1, 1075, 7)],
    ),
    "tanh": (
        [(-1, 1), (0, 4), (-25, 25), (0.17, 0.2)],
        (-1074, -1),
        True,
        [(k + 0.5) * LN2 / 2 for k in range(-60, 60)],
    ),
    "erf": ([(-1, 1), (0.93, 1), (1, 1.01), (1, 6.5)], (-1074, -1), True, [-1.0, 1.0, 6.0]),
    "sqrt": (
        [(0, 4), (0.25, 1)],
        (-1074, 1023),
        False,
        [1.0, TINY, LARGEST] + [float(k * k) for k in range(1, 9 * 10**7, 10**6)],
    ),
    "cos": (
        [(-1, 1), (0, 2 * PI), (-100, 100), (-(2**20), 2**20)],
        (-300, 19),
        True,
        [(k + half) * PI for k in range(0, 333000, 1109) for half in (0, 0.25, 0.5)],
    ),
}


def points(name, count=3000):
    """Return the points of the comparison: hard cases with both neighbours, then random ones, the same in every run."""
    intervals, exponents, signed, nasty = POINTS[name]
    generator = random.Random(2024)
    chosen = [
        number(bits(x) + step) if x else x
        for x in nasty
        for step in (-1, 0, 1)
        if abs(x) != LARGEST or step < 1
    ]
    while len(chosen) < count:
        chosen.append(generator.uniform(*generator.choice(intervals)))
        x = math.ldexp(generator.uniform(1, 2), generator.randint(*exponents))
        chosen.append(-x if signed and generator.random() < 0.5 else x)
    return chosen


@pytest.mark.parametrize("name", NAMES)
def test_errors_are_below_the_documented_bounds(name):
    mpmath = pytest.importorskip("mpmath")
    function, oracle = getattr(elementary, name), getattr(mpmath, name)
    bound = float(re.search(r"error below ([0-9.]+) ulp", function.__doc__, re.I).group(1))
    with mpmath.workprec(160):
        for x in points(name):
            value, exact = function(x), oracle(mpmath.mpf(x))
            if value == exact or value == INF and exact > LARGEST:
                continue
            ulp = mpmath.ldexp(1, max(int(mpmath.frexp(exact)[1]), -1021) - 53)
            assert abs(mpmath.mpf(value) - exact) < bound * ulp, x


def test_sqrt_is_the_square_root_of_IEEE():
    ends = [k * 2.0**e for k in (elementary.BELOW_ONE, 1, 1 + 2.0**-52) for e in range(-1021, 1024)]
    generator = random.Random(7)
    for x in ends + [number(generator.randrange(0x7FF << 52)) for i in range(3000)]:
        assert elementary.sqrt(x) == math.sqrt(x)


# ---------------------------------------------------------------- special values

SPECIAL = {
    "exp": [
        (INF, INF),
        (-INF, 0.0),
        (0.0, 1.0),
        (-0.0, 1.0),
        (709.79, INF),
        (LARGEST, INF),
        (-745.13, TINY),
        (-745.14, 0.0),
        (-LARGEST, 0.0),
        (TINY, 1.0),
    ],
    "expm1": [
        (INF, INF),
        (-INF, -1.0),
        (0.0, 0.0),
        (-0.0, -0.0),
        (TINY, TINY),
        (-TINY, -TINY),
        (3 * TINY, 3 * TINY),
        (709.79, INF),
        (-38.0, -1.0),
        (-LARGEST, -1.0),
    ],
    "log": [
        (INF, INF),
        (0.0, -INF),
        (-0.0, -INF),
        (-1.0, NAN),
        (-TINY, NAN),
        (-INF, NAN),
        (1.0, 0.0),
    ],
    "log1p": [
        (INF, INF),
        (-1.0, -INF),
        (-2.0, NAN),
        (-1 - 2.0**-52, NAN),
        (-INF, NAN),
        (0.0, 0.0),
        (-0.0, -0.0),
        (TINY, TINY),
        (-3 * TINY, -3 * TINY),
    ],
    "tanh": [
        (INF, 1.0),
        (-INF, -1.0),
        (0.0, 0.0),
        (-0.0, -0.0),
        (TINY, TINY),
        (-3 * TINY, -3 * TINY),
        (LARGEST, 1.0),
    ],
    "erf": [
        (INF, 1.0),
        (-INF, -1.0),
        (0.0, 0.0),
        (-0.0, -0.0),
        (TINY, TINY),
        (-TINY, -TINY),
        (6.0, 1.0),
        (-LARGEST, -1.0),
    ],
    "sqrt": [
        (INF, INF),
        (0.0, 0.0),
        (-0.0, -0.0),
        (-1.0, NAN),
        (-INF, NAN),
        (-TINY, NAN),
        (TINY, 2.0**-537),
        (4.0, 2.0),
    ],
    "cos": [
        (0.0, 1.0),
        (-0.0, 1.0),
        (TINY, 1.0),
        (INF, NAN),
        (-INF, NAN),
        (2.0**20 + 1, NAN),
        (LARGEST, NAN),
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    for x, value in SPECIAL[name] + [(NAN, NAN), (-NAN, NAN)]:
        assert bits(getattr(elementary, name)(x)) == bits(value), x


@pytest.mark.parametrize("name", NAMES)
def test_nothing_raises_and_the_range_is_kept(name):
    ranges = {
        "exp": (0, INF),
        "expm1": (-1, INF),
        "log": (-INF, INF),
        "log1p": (-INF, INF),
        "sqrt": (0, INF),
    }
    low, high = ranges.get(name, (-1, 1))
    generator = random.Random(3)
    for _ in range(3000):
        value = getattr(elementary, name)(number(generator.getrandbits(64)))
        assert isinstance(value, float) and (value != value or low <= value <= high)


def test_odd_functions_are_odd_to_the_bit():
    for x in points("tanh", 1000):
        assert elementary.tanh(-x) == -elementary.tanh(x) and elementary.erf(-x) == -elementary.erf(
            x
        )


# ---------------------------------------------------------------- any type of number


class Condition:
    """The result of comparing Wrapped numbers: only `where` may look inside."""

    def __init__(self, value):
        self.value = value

    def __bool__(self):
        raise TypeError("a branch that does not go through where")


class Wrapped:
    """A number with arithmetic and comparison alone: no float(), no int(), no hash, no truth value."""

    __hash__ = None

    def __init__(self, value):
        self.value = value

    __bool__ = __float__ = __int__ = __index__ = Condition.__bool__

    def __add__(self, other):
        return Wrapped(self.value + unwrap(other))

    def __radd__(self, other):
        return Wrapped(other + self.value)

    def __sub__(self, other):
        return Wrapped(self.value - unwrap(other))

    def __rsub__(self, other):
        return Wrapped(other - self.value)

    def __mul__(self, other):
        return Wrapped(self.value * unwrap(other))

    def __rmul__(self, other):
        return Wrapped(other * self.value)

    def __truediv__(self, other):
        return Wrapped(self.value / unwrap(other))

    def __rtruediv__(self, other):
        return Wrapped(other / self.value)

    def __neg__(self):
        return Wrapped(-self.value)

    def __abs__(self):
        return Wrapped(abs(self.value))

    def __lt__(self, other):
        return Condition(self.value < unwrap(other))

    def __gt__(self, other):
        return Condition(self.value > unwrap(other))

    def __eq__(self, other):
        return Condition(self.value == unwrap(other))


def unwrap(x):
    return x.value if isinstance(x, Wrapped) else x


def wrapped_where(condition, a, b):
    assert type(condition) is Condition
    return Wrapped(unwrap(a) if condition.value else unwrap(b))


def wrapped_frexp(x):
    m, e = math.frexp(x.value)
    return Wrapped(m), Wrapped(float(e))


def wrapped_ldexp(x, k):
    assert k.value == int(k.value)
    return Wrapped(math.ldexp(unwrap(x), int(k.value)))


@pytest.mark.parametrize("name", NAMES)
def test_a_wrapped_number_gives_the_same_bits(name, monkeypatch):
    function = getattr(elementary, name)
    chosen = points(name, 1500) + [x for x, value in SPECIAL[name]] + [NAN]
    values = [function(x) for x in chosen]
    monkeypatch.setattr(elementary, "where", wrapped_where)
    monkeypatch.setattr(elementary, "frexp", wrapped_frexp)
    monkeypatch.setattr(elementary, "ldexp", wrapped_ldexp)
    for x, value in zip(chosen, values):
        assert bits(function(Wrapped(x)).value) == bits(value), x


# ---------------------------------------------------------------- the same bits everywhere


def arguments(count, signs):
    """Return pseudo-random numbers made of integers: `count` from 2**-12 to 2**11, and half as many of any bits."""
    state = 2024
    words = []
    for _ in range(3 * count + 2 * (count // 2)):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        words.append(state // 2**11)
    for i in range(0, 3 * count, 3):
        yield number(
            words[i] % signs * 2**63 + (1011 + words[i + 1] % 23) * 2**52 + words[i + 2] % 2**52
        )
    for i in range(3 * count, len(words), 2):
        yield number(words[i] * 2**11 + words[i + 1] % 2**11)


# Seen on CPython 3.6 to 3.13, PyPy, MicroPython, and from C.
GOLDEN = {
    "exp": 272005109992538192,
    "expm1": 2290171499319066562,
    "log": 663482265586267659,
    "log1p": 45364519267383966,
    "tanh": 1952577114724160884,
    "erf": 384302624644086059,
    "sqrt": 733044512290105712,
    "cos": 399200370821477407,
}


@pytest.mark.parametrize("name", NAMES)
def test_the_bits_are_those_of_every_other_interpreter(name):
    total = 0
    for x in arguments(2000, 1 if name in ("log", "sqrt") else 2):
        total = (total * 31 + bits(getattr(elementary, name)(x))) % (2**61 - 1)
    assert total == GOLDEN[name]


# ---------------------------------------------------------------- the text itself


def test_the_text_keeps_to_the_dialect():
    """No decimal literal, no branch, and inside a function no power but of integers."""
    with open(elementary.__file__) as file:
        tree = ast.parse(file.read())
    banned = (ast.If, ast.IfExp, ast.While, ast.FloorDiv, ast.Mod, ast.BoolOp, ast.Try)
    # These branch on the number type or on constants.
    left_out = ("where", "frexp", "ldexp", "digits", "binary", "nearest")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        if function.name not in left_out:
            assert not any(isinstance(node, banned) for node in ast.walk(function))
    for node in ast.walk(tree):
        value = getattr(node, "value", getattr(node, "n", None))
        assert not isinstance(value, float) or value.is_integer()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            assert {type(node.left).__name__, type(node.right).__name__} <= {"Num", "Constant"}


def test_every_docstring_example_is_true():
    failed, tried = doctest.testmod(elementary)
    assert failed == 0 and tried >= len(NAMES)


def test_the_primitives_call_the_methods_of_other_numbers():
    class Symbol:
        def frexp(self):
            return "mantissa", "exponent"

        def ldexp(self, x):
            return x, "times two to this"

    assert elementary.frexp(Symbol()) == ("mantissa", "exponent")
    assert elementary.ldexp(1.0, Symbol()) == (1.0, "times two to this")


def test_a_condition_may_be_any_truth_value():
    assert (elementary.where(1, "a", "b"), elementary.where([], "a", "b")) == ("a", "b")
