"""The elementary functions, written out in + - * / alone: the portable kernel.

    exp  expm1  log  log1p  tanh  erf  sqrt  cos    functions of one number
    dot  total  products                            sums, added from left to right
    where  frexp  ldexp                             the three primitives that the others use

The same argument gives the same bits on every interpreter with IEEE 754 64-bit floats, and in C
that is compiled without contraction of a·b + c. No elementary function raises an error: overflow
gives inf, underflow gives subnormal numbers and then 0.0, and NaN gives NaN. Every branch is a
``where`` whose two arms are both safe to compute, and every loop has a fixed length. The functions
therefore accept any type of number.

Each function states a bound on its error, in units in the last place (ulp) of the exact result.
The bound is the largest error found in a comparison with mpmath, rounded up. The comparison covered
more than 400,000 arguments per function: all magnitudes, subnormal numbers, the boundaries between
the pieces of a function, and the regions where the error is largest. Even a correctly rounded
result has an error of up to 0.5 ulp. tests/core/test_elementary.py checks every bound, and
tests/scalars/test_single.py checks the same bounds for floats of 24 binary digits (32 bits), which
most microcontrollers have. The floats of 30 bits on some boards are not rounded to the nearest;
there the errors are below 4 ulp of 22 digits.

Sources: Cody & Waite, "Software manual for the elementary functions" (1980); Muller, "Elementary
functions" (2016); for erf Chiarella & Reichel, "On the evaluation of integrals related to the error
function" (1968).
"""

import math

from .types import Any, Function, Matrix, Number, Numbers, Row

# On MicroPython bool is not a subclass of int. For 24 digits, ``float`` is scalars.Single here.
REAL = (type(0.0), int, bool)


# ---- primitives ------------------------------------------------------------------------------


def where(condition: Any, a: Number, b: Number) -> Number:
    """Return a where the condition is true, else b.

    This is the only branch on a number. A number type takes it over if its comparisons return an
    object with a method ``where(a, b)``.

    >>> where(2.0 > 1.0, 10, 20)
    10
    """
    if condition is True or condition is False or not hasattr(condition, "where"):
        return a if condition else b
    return condition.where(a, b)


def frexp(x: Number) -> Numbers:
    """Return m and a whole k with x = m·2^k and, unless x is 0, 1/2 <= |m| < 1.

    >>> frexp(10.0)
    (0.625, 4.0)
    """
    if isinstance(x, REAL):
        m, k = math.frexp(x)
        return m, float(k)
    return x.frexp()


def ldexp(x: Number, k: Number) -> Number:
    """Return x·2^k for a whole k.

    >>> ldexp(0.625, 4.0)
    10.0
    """
    return math.ldexp(x, int(k)) if isinstance(k, REAL) else k.ldexp(x)


# ---- rows ------------------------------------------------------------------------------------


def dot(u: Row, v: Row) -> Number:
    """Return u[0]·v[0] + u[1]·v[1] + ..., added from left to right.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    result = u[0] * v[0]
    for i in range(1, len(u)):
        result = result + u[i] * v[i]
    return result


def total(values: Row) -> Number:
    """Return values[0] + values[1] + ..., added from left to right.

    >>> total([1.0, 2.0, 3.5])
    6.5
    """
    result = values[0]
    for i in range(1, len(values)):
        result = result + values[i]
    return result


def products(A: Matrix, B: Matrix, dot: Function) -> Matrix:
    """Return the matrix product A·B: ``dot`` of every row of A with every column of B."""
    columns = list(zip(*B))
    return [[dot(row, column) for column in columns] for row in A]


# ---- constants -------------------------------------------------------------------------------
# They depend on the digits of a float: 53 binary digits, or 24 on most boards. Each is an integer
# that a float holds exactly, times a power of 2, because MicroPython misreads one decimal literal
# in six, and rounds after every digit of a larger integer.


def digits() -> int:
    """Return the number of binary digits of a float.

    >>> digits()
    53
    """
    n, unit = 0, float(1)
    while 1 + unit > 1:
        n, unit = n + 1, unit / 2
    return n


def binary(n: int, k: int) -> Number:
    """Return n/2^k, rounded to a float, for a positive n.

    >>> binary(3, 1)
    1.5
    """
    extra = len(bin(n)) - len("0b") - DIGITS
    if extra > 0:
        n, k = (n + (1 << extra - 1)) >> extra, k - extra
    return float(ldexp(float(n), -k))


DIGITS = digits()
WIDE = DIGITS == 53
ROUNDS = WIDE or DIGITS == 24  # Floats of 30 bits do not round to the nearest one.
INFINITY = float("inf")
NAN = float("nan")
SHIFT = float(3 << DIGITS - 2)  # halfway between 2^(DIGITS - 1) and 2^DIGITS
HALF_DIGITS = (1 << (DIGITS + 1) // 2) + 1
BELOW_ONE = binary((1 << DIGITS) - 1, DIGITS)  # the largest float below 1
PI = binary(7074237752028440, 51)  # 3.141592653589793
INVERSE_PI = binary(5734161139222659, 54)  # 1/pi = 0.3183098861837907
INVERSE_LN2 = binary(6497320848556798, 52)  # 1/ln 2 = 1.4426950408889634
ROOT_EXCESS = binary(4625346952747881, 55)  # 2/sqrt(pi) - 1 = 0.12837916709551257

# pi/2 is the sum of four floats so short that their products with a whole number below 2^ANGLE are
# exact. ln 2 is the sum of two, of which the first is short in the same way.
ANGLE = 20 if WIDE else 10
SHORT = 33 if WIDE else DIGITS - 12
_pi = 4276114336259866991438721492647483133203  # pi·2^130
HALF_PI = []
for _end in range(SHORT - 1, 4 * SHORT, SHORT):
    _part = _pi >> 131 - _end
    HALF_PI.append(binary(_part, _end))
    _pi = _pi - (_part << 131 - _end)
_ln2 = 109833554935414946702282942256  # ln 2·2^97
_high = 42 if WIDE else DIGITS - 9
LN2_HIGH = binary(_ln2 >> 97 - _high, _high)
LN2_LOW = binary(_ln2 - (_ln2 >> 97 - _high << 97 - _high), 97)

# The coefficients of Taylor series, highest power first:
#     EXP_SERIES    (e^r - 1 - r)/r²                 in r
#     SIN_SERIES    (sin r - r)/(r·z)                in z = -r²
#     COS_SERIES    (cos r - 1 - z/2)/z²             in z = -r²
#     ERF_SERIES    (erf x - 2x/sqrt(pi))/(x·z)      in z = -x²
#     LOG_SERIES    (ln((1 + s)/(1 - s)) - 2s)/s³    in s²
TERMS = 18 if WIDE else 10  # The largest n with n! below 2^DIGITS.
FACTORIALS = [1]
for _n in range(1, TERMS + 1):
    FACTORIALS.append(_n * FACTORIALS[-1])
EXP_SERIES = [1 / FACTORIALS[n] for n in range(min(TERMS, 14), 1, -1)]
SIN_SERIES = [1 / FACTORIALS[n] for n in range(TERMS - 1, 1, -2)]
COS_SERIES = [1 / FACTORIALS[n] for n in range(TERMS, 2, -2)]
ERF_SERIES = [(1 + ROOT_EXCESS) / FACTORIALS[n] / (2 * n + 1) for n in range(TERMS, 0, -1)]
LOG_SERIES = [2 / (2 * n + 1) for n in range(11, 0, -1)]


# ---- tools -----------------------------------------------------------------------------------


def horner(x: Number, coefficients: Row) -> Number:
    """Return the value at x of the polynomial with these coefficients, highest power first."""
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def nearest(x: Number) -> Number:
    """Return the whole number nearest to x, for |x| < 2^(DIGITS - 2); a tie goes to the even one.

    >>> nearest(2.5), nearest(-3.7)
    (2.0, -4.0)
    """
    if not ROUNDS:
        return float(math.floor(x + 1 / 2)) if x == x else x
    # Around SHIFT neighboring floats differ by 1. The addition therefore rounds to a whole number,
    # and the subtraction is exact.
    return x + SHIFT - SHIFT


def two_sum(a: Number, b: Number) -> Numbers:
    """Return a + b, rounded, and exactly what the rounding lost.

    Knuth, "The art of computer programming", 4.2.2, theorem B.
    """
    value = a + b
    rest = value - a
    return value, a - (value - rest) + (b - rest)


def short(x: Number) -> Number:
    """Return x rounded to half of its digits. The product of two such numbers is exact.

    Veltkamp's splitting (Dekker 1971).
    """
    c = x * HALF_DIGITS
    return c - (c - x)


def scaled(y: Number, k: Number) -> Number:
    """Return y·2^k, as two products.

    Only the second product can round, overflow or become subnormal. It does so by the rules of
    IEEE 754, which a platform's ldexp() may not follow.
    """
    half = nearest(k / 2)
    return y * ldexp(1.0, half) * ldexp(1.0, k - half)


def positive(x: Number) -> Number:
    """Return x where it is positive and finite, else 1."""
    return where(x > 0, where(x < INFINITY, x, 1.0), 1.0)


# ---- exponentials ----------------------------------------------------------------------------


def exp_parts(x: Number) -> Numbers:
    """Return k, high and rest with e^x = 2^k·(1 + high + rest).

    k is whole, high is exact, and |high| < 0.35. With r = x - k·ln 2, rest is e^r - 1 - high.
    """
    k = nearest(x * INVERSE_LN2)
    k = where(k == k, k, 0.0)  # ldexp() needs a whole k, even if x is NaN.
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    return k, high, r * r * horner(r, EXP_SERIES) - low


def exp(x: Number) -> Number:
    """Return e^x; error below 0.85 ulp.

    e^x = 2^k·e^r, with a whole k and the Taylor series of e^r for |r| <= ln(2)/2.

    >>> exp(1.0), exp(1000.0), exp(-1000.0)
    (2.718281828459045, inf, 0.0)
    """
    # e^710 is inf, and e^-746 is 0.0.
    k, r, rest = exp_parts(where(x > 710, 710.0, where(x < -746, -746.0, x)))
    value, lost = two_sum(1, r)
    return scaled(value + (rest + lost), k)


def expm1_parts(x: Number) -> Numbers:
    """Return k, t and low with e^x - 1 = 2^k·(t + low); low is what the rounding of t lost."""
    # e^x - 1 = 2^k·(1 - 2^-k + r + rest). e^710 is inf, and e^-40 - 1 rounds to -1.
    k, r, rest = exp_parts(where(x > 710, 710.0, where(x < -40, -40.0, x)))
    one, lost = two_sum(1, -ldexp(1.0, -k))
    value, error = two_sum(one, r)
    t, low = two_sum(value, rest + (lost + error))
    return k, t, low


def expm1(x: Number) -> Number:
    """Return e^x - 1, accurate even near 0; error below 1.1 ulp.

    >>> expm1(1e-10)
    1.00000000005e-10
    """
    k, t, _ = expm1_parts(x)
    return where(x == 0, x, scaled(t, k))  # -0.0 stays -0.0.


def tanh(x: Number) -> Number:
    """Return the hyperbolic tangent; error below 0.85 ulp.

    tanh |x| = -t/(2 + t), with t = e^(-2|x|) - 1. As in long division by hand, the quotient is
    computed in two steps: q is rounded to half of its digits, and the remainder t + q·(2 + t) is
    divided by 2 + t again.

    >>> tanh(0.5), tanh(-100.0)
    (0.46211715726000974, -1.0)
    """
    k, t, low = expm1_parts(-2 * abs(x))
    t = ldexp(t, k)
    low = ldexp(low, k)
    high = short(t)
    q = short(-t / (2 + t))
    # t + low is high plus (t - high + low). The inner sum is the part of high, and it is exact.
    rest = (t - high + low) * (1 + q)
    value = q - ((high + 2 * q + high * q) + rest) / (2 + t)
    return where(x > 0, value, where(x < 0, -value, x))


# ---- logarithms ------------------------------------------------------------------------------


def log_parts(x: Number) -> Numbers:
    """Return a whole k and f with x = 2^k·(1 + f) and 2/3 <= 1 + f < 4/3."""
    m, k = frexp(x)
    small = 3 * m < 2
    return where(small, k - 1, k), where(small, 2 * m, m) - 1


def log_sum(k: Number, f: Number, rest: Number) -> Number:
    """Return k·ln 2 + ln(1 + f) + rest.

    With s = f/(2 + f), ln(1 + f) = ln((1 + s)/(1 - s)) = 2s + s³·P(s²), where P is LOG_SERIES.
    This equals f - f²/2 + s·(f²/2 + s²·P(s²)), whose largest term, f, is exact.
    """
    s = f / (2 + f)
    z = s * s
    half = f * f / 2
    value, lost = two_sum(k * LN2_HIGH, f)
    return value + (s * (half + z * horner(z, LOG_SERIES)) - half + (k * LN2_LOW + rest + lost))


def log(x: Number) -> Number:
    """Return the natural logarithm: -inf at 0, NaN below; error below 0.9 ulp.

    >>> log(10.0), log(0.0)
    (2.302585092994046, -inf)
    """
    safe = positive(x)
    k, f = log_parts(safe)
    return where(x == safe, log_sum(k, f, 0.0), where(x > 0, x, where(x == 0, -INFINITY, NAN)))


def log1p(x: Number) -> Number:
    """Return the natural logarithm of 1 + x, accurate even near 0; error below 0.95 ulp.

    >>> log1p(1e-10)
    9.999999999500001e-11
    """
    safe = where(x > -1, where(x < INFINITY, x, 0.0), 0.0)
    u = 1 + safe
    k, f = log_parts(u)
    # Where k is 0, f is x itself. Elsewhere rounding 1 + x to u lost x - (u - 1), and the logarithm
    # is larger by (x - (u - 1))/u.
    value = log_sum(k, where(k == 0, safe, f), where(k == 0, 0.0, (safe - (u - 1)) / u))
    value = where(x == 0, x, value)  # -0.0 stays -0.0.
    return where(x == safe, value, where(x > 0, x, where(x == -1, -INFINITY, NAN)))


# ---- other functions -------------------------------------------------------------------------

# For x > 0, 1 - erf x is x·e^(-x²)/pi times the integral of e^(-u²)/(x² + u²) over all real u.
# These are the nodes u² of the trapezoidal rule with step 1/2, each with its weight e^(-u²)/pi. A
# node stands for u and -u, so that the node 0 has half the weight.
ERF_NODES = [(n * n / 4, INVERSE_PI * exp(-n * n / 4)) for n in range(12, 0, -1)] + [
    (0.0, INVERSE_PI / 2)
]


def erf(x: Number) -> Number:
    """Return the error function; error below 1.5 ulp.

    For |x| < 1 it is the Taylor series, up to 6 the trapezoidal rule, and beyond 6 it is 1 or -1.

    >>> erf(0.5), erf(-10.0)
    (0.5204998778130465, -1.0)
    """
    size = abs(x)
    small = where(size < 1, x, 1.0)
    z = small * small
    near = small + small * (ROOT_EXCESS - z * horner(-z, ERF_SERIES))
    t = where(size < 1, 1.0, where(size > 6, 6.0, size))
    trapezoids = total([weight / (t * t + square) for square, weight in ERF_NODES])
    # The subtracted quotient is the error of the trapezoidal rule.
    far = 1 - (t * trapezoids * exp(-t * t) - 2 / (exp(4 * t / INVERSE_PI) - 1))
    far = where(size == size, far, x)
    return where(size < 1, near, where(x < 0, -far, far))


def sqrt(x: Number) -> Number:
    """Return the square root, or NaN below 0; error below 0.5 ulp.

    This is Heron's method, with an exact remainder in the last step.

    >>> sqrt(2.0)
    1.4142135623730951
    """
    safe = positive(x)
    m, k = frexp(safe)
    half = nearest((2 * k + 1) / 4)
    m = where(2 * half > k, m / 2, m)  # safe = m·4^half and 1/4 <= m < 1.
    root = (1 + 2 * m) / 3
    for _ in range(4):
        root = (root + m / root) / 2
    # high and low have at most half of the digits each, so that the remainder m - root² is exact.
    high = short(root)
    low = root - high
    root = root + (m - high * high - 2 * high * low - low * low) / (2 * root)
    # For m = BELOW_ONE, a halfway case, the sum rounds to 1.
    root = where(root < 1, root, BELOW_ONE)
    return where(x == safe, ldexp(root, half), where(x < 0, NAN, x))


def cos(x: Number) -> Number:
    """Return the cosine of x radians, or NaN for |x| > 2^ANGLE; error below 0.8 ulp.

    x = k·pi/2 + r with a whole k, and r = high + low. Depending on k modulo 4, the cosine of x is
    cos r, -sin r, -cos r or sin r.

    >>> cos(1.0)
    0.5403023058681398
    """
    high = where(abs(x) > (1 << ANGLE), NAN, x)
    k = nearest(high * 2 * INVERSE_PI)
    low = 0.0
    for part in HALF_PI:
        high, lost = two_sum(high, -k * part)
        low = low + lost
    z = -high * high
    sine = high + (high * (z * horner(z, SIN_SERIES)) + (1 + z / 2) * low)
    value, lost = two_sum(1, z / 2)
    cosine = value + (z * z * horner(z, COS_SERIES) - high * low + lost)
    quarter = k - 4 * nearest(k / 4)  # k modulo 4, from -2 to 2
    return where(abs(quarter) == 1, -quarter * sine, (1 - abs(quarter)) * cosine)
