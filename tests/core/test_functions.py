"""functions.py: the kernels, and the one seam between the rules and the numbers that flow through them."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.core import elementary, functions
from scratchnet.core.functions import dot, exp, set_kernel, sigmoid, softplus, total, where, whole

NAN, INF = float("nan"), float("inf")
# One by one from the left the 1 is lost in the large number; a compensated sum keeps it.
CANCELLING = [1e16, 1.0, -1e16]
FRACTIONS = st.builds(Fraction, st.integers(-99, 99), st.integers(1, 9))


@pytest.fixture(autouse=True)
def former_kernel():
    former = functions.kernel()
    yield
    set_kernel(former)


@pytest.fixture(params=["fast", "portable"])
def each_kernel(request):
    set_kernel(request.param)


def same(a, b):
    return repr(a) == repr(b)  # nan is nan, and -0.0 is not 0.0


# ---- kernels -----------------------------------------------------------------------------------------------------


def test_the_default_kernel_is_fast():
    assert functions.kernel() == "fast"


def test_set_kernel_returns_the_previous_kernel():
    assert set_kernel("portable") == "fast"
    assert functions.kernel() == "portable"
    assert set_kernel("fast") == "portable"


def test_an_unknown_kernel_is_refused_and_changes_nothing():
    with pytest.raises(
        ValueError, match="kernel 'slow' is unknown; give one of: (dist, )?fast, portable"
    ):
        set_kernel("slow")
    assert functions.kernel() == "fast"


def test_portable_sums_go_from_left_to_right():
    set_kernel("portable")
    assert total(CANCELLING) == 0.0
    assert dot(CANCELLING, [1.0, 1.0, 1.0]) == 0.0
    assert dot([1.0, 1e16, -1e16], [1.0, 1.0, 1.0]) == 0.0
    assert dot([1e16, -1e16, 1.0], [1.0, 1.0, 1.0]) == 1.0


def test_fast_sums_are_the_interpreters_own():
    assert total(CANCELLING) == sum(CANCELLING)
    if hasattr(math, "sumprod"):  # where the two kernels differ, so that choosing one has an effect
        assert dot(CANCELLING, [1.0, 1.0, 1.0]) == 1.0


def test_dot_without_sumprod():
    assert functions._plain_dot([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]) == 32.0


def test_functions_that_a_library_lacks_or_that_raise_are_replaced():
    class Library:
        @staticmethod
        def exp(x):
            if x > 700:
                raise ValueError("math domain error")  # as some ports of MicroPython say it
            return math.exp(x)

    odd_exp = functions._never_raising(Library, "exp")
    assert odd_exp(1.0) == math.exp(1.0)
    assert odd_exp(1000.0) == INF
    assert functions._never_raising(Library, "tanh") is elementary.tanh


@pytest.mark.parametrize(
    "name, x, value",
    [
        ("exp", 1000.0, INF),
        ("exp", -1000.0, 0.0),
        ("exp", -INF, 0.0),
        ("exp", INF, INF),
        ("expm1", 1000.0, INF),
        ("expm1", -1000.0, -1.0),
        ("expm1", 1e-300, 1e-300),
        ("log", 0.0, -INF),
        ("log", -1.0, NAN),
        ("log", INF, INF),
        ("log1p", -1.0, -INF),
        ("log1p", -2.0, NAN),
        ("log1p", 1e-300, 1e-300),
        ("tanh", 1000.0, 1.0),
        ("tanh", -INF, -1.0),
        ("erf", 1000.0, 1.0),
        ("erf", -1000.0, -1.0),
        ("sqrt", -1.0, NAN),
        ("sqrt", INF, INF),
        ("cos", 0.0, 1.0),
        ("cos", INF, NAN),
    ]
    + [(name, NAN, NAN) for name in ("exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos")],
)
def test_no_argument_raises(each_kernel, name, x, value):
    assert same(getattr(functions, name)(x), value)


@pytest.mark.parametrize("name", ["exp", "expm1", "log1p", "tanh", "erf", "sqrt", "cos"])
def test_ints_and_bools_count_as_floats(each_kernel, name):
    function = getattr(functions, name)
    assert same(function(1), function(1.0))
    assert same(function(False), function(0.0))


# ---- types -------------------------------------------------------------------------------------------------------


def test_integers_take_the_type_of_the_other_numbers():
    assert same(whole(2, True), 2.0)
    assert same(whole(2, 7), 2.0)
    assert same(whole(2, Fraction(1, 3)), Fraction(2))
    assert functions.number_of(Decimal(1)) is Decimal


# ---- functions of any number -------------------------------------------------------------------------------------


class Euler:
    """A user-defined number with its own exp, from which two more functions follow."""

    def exp(self):
        return 8.0

    def log(self):
        return 5.0

    def __radd__(self, other):
        return self


def test_a_number_may_bring_its_own_exp():
    assert exp(Euler()) == 8.0


def test_expm1_and_log1p_follow_from_exp_and_log():
    assert functions.expm1(Euler()) == 7.0
    assert functions.log1p(Euler()) == 5.0


def test_a_function_that_a_number_lacks_is_named():
    with pytest.raises(
        TypeError, match=r"^tanh: a Fraction has no method tanh\(\), which this network needs$"
    ):
        functions.tanh(Fraction(1))


def test_decimals_get_what_they_lack_from_the_package():
    assert abs(functions.tanh(Decimal(1)) - Decimal("0.7615941559557648881194582826")) < Decimal(
        "1e-27"
    )
    assert str(functions.pi(Decimal(1))) == "3.141592653589793238462643383"


def test_pi_of_exact_numbers_has_80_digits():
    error = functions.pi(Fraction(1)) - Fraction(
        "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803"
    )
    assert abs(error) < Fraction(1, 10**80)


def test_where_takes_a_truth_value_or_calls_the_condition():
    class Condition:
        def where(self, a, b):
            return "asked", a, b

    assert where(True, 1, 2) == 1
    assert where(False, 1, 2) == 2
    assert where(Condition(), 1, 2) == ("asked", 1, 2)


@given(st.floats(-800, 800))
def test_sigmoid_and_softplus_are_symmetric(z):
    assert abs(sigmoid(z) + sigmoid(-z) - 1) <= 4e-16
    assert abs(softplus(z) - softplus(-z) - z) <= 2e-13
    assert 0.0 <= sigmoid(z) <= 1.0 and softplus(z) >= max(z, 0.0)


@pytest.mark.parametrize("z", [1e308, INF, 1000.0])
def test_sigmoid_and_softplus_of_large_numbers(each_kernel, z):
    assert (sigmoid(z), sigmoid(-z)) == (1.0, 0.0)
    assert (softplus(z), softplus(-z)) == (z, 0.0)


@given(FRACTIONS, st.integers(0, 40))
def test_power_is_exact(x, n):
    assert functions.power(x, n) == x**n


# ---- rows of numbers ---------------------------------------------------------------------------------------------


class Counted(Fraction):
    """A number that brings its own dot product."""

    @staticmethod
    def dot(u, v):
        return "one operation"


@pytest.mark.parametrize(
    "u, v", [([Counted(1)], [2.0]), ([2.0], [Counted(1)]), ([Counted(1)], [Counted(1)])]
)
def test_a_number_may_take_a_dot_as_a_whole(u, v):
    assert dot(u, v) == "one operation"


@given(st.lists(st.tuples(FRACTIONS, FRACTIONS), min_size=1, max_size=9))
def test_dot_and_total_of_exact_numbers(pairs):
    u, v = zip(*pairs)
    assert dot(u, v) == sum(a * b for a, b in pairs)
    assert total(u) == sum(u)


@given(st.lists(FRACTIONS, min_size=1, max_size=9))
def test_the_largest(values):
    assert functions.largest_of(values) == max(values)


def test_a_number_may_bring_its_own_sigmoid():
    class Half:
        def sigmoid(self):
            return "its own"

    assert sigmoid(Half()) == "its own"
