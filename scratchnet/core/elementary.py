"""The elementary functions spelled out in + - * / alone: the portable kernel.

    exp  expm1  log  log1p  tanh  erf  sqrt  cos     of one number
    dot  total                                       of rows of numbers, from left to right
    where  frexp  ldexp                              the three primitives that everything here rests on

The same argument gives the same bits on every interpreter with IEEE 754 64-bit floats, and in C compiled without
contraction of a·b + c. Nothing raises: overflow gives inf, underflow subnormal numbers and then 0.0, NaN gives NaN.
Every branch is a ``where`` whose two arms are both safe to compute, and every loop has a fixed length, so that any
type of number can flow through.

The errors stated are in units in the last place (ulp) of the exact result: the largest seen against mpmath on more
than 400,000 arguments each (all magnitudes, subnormal ones, the seams between the pieces, and where the error is
largest), rounded up; 0.5 is the best that rounding allows. tests/test_elementary.py holds each function to its bound.

Methods: Cody & Waite, "Software manual for the elementary functions" (1980); Muller, "Elementary functions" (2016);
for erf Chiarella & Reichel, "On the evaluation of integrals related to the error function" (1968).
"""

import math

from .types import Any, Function, Number, Pair, Row, Triple

REAL = (float, int, bool)  # bool by name: on MicroPython it is not an int


# ---- primitives -------------------------------------------------------------------------------


def where(condition: Any, a: Number, b: Number) -> Number:
    """a where the condition holds, else b: the one branch on a number, which a number type can take over.

    >>> where(2.0 > 1.0, 10, 20)
    10
    """
    if condition is True:
        return a
    if condition is False:
        return b
    if hasattr(condition, "where"):
        return condition.where(a, b)
    return a if condition else b


def frexp(x: Number) -> Pair:
    """m and a whole k: x = m·2^k with 1/2 <= |m| < 1.

    >>> frexp(10.0)
    (0.625, 4.0)
    """
    if not isinstance(x, REAL):
        pair: Pair = x.frexp()
        return pair
    m, k = math.frexp(x)
    return m, float(k)


def ldexp(x: Number, k: Number) -> Number:
    """x·2^k for a whole k.

    >>> ldexp(0.625, 4.0)
    10.0
    """
    return math.ldexp(x, int(k)) if isinstance(k, REAL) else k.ldexp(x)


# ---- rows -------------------------------------------------------------------------------------


def dot(u: Row, v: Row) -> Number:
    """u[0]·v[0] + u[1]·v[1] + ..., added from left to right.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    result = u[0] * v[0]
    for i in range(1, len(u)):
        result = result + u[i] * v[i]
    return result


def total(values: Row) -> Number:
    """values[0] + values[1] + ..., added from left to right.

    >>> total([1.0, 2.0, 3.5])
    6.5
    """
    result = values[0]
    for i in range(1, len(values)):
        result = result + values[i]
    return result


def products(A: Any, B: Any, dot: Function) -> Any:
    """The matrix product: the dot product of every row of A with every column of B."""
    columns = list(zip(*B))
    return [[dot(row, column) for column in columns] for row in A]


# ---- constants: integers below 2^53 divided once, for MicroPython misreads one decimal literal in six

INFINITY, NAN = float("inf"), float("nan")
SHIFT = float(3 * 2**51)  # in the middle between 2^52 and 2^53
BELOW_ONE = (2**53 - 1) / 2**53  # the largest number below 1
PI = 7074237752028440 / 2**51  # 3.141592653589793
INVERSE_PI = 5734161139222659 / 2**54  # 1/pi = 0.3183098861837907
HALF_PI = (
    6746518852 / 2**32,
    2242054355 / 2**65,
    640881756 / 2**98,
    230804755 / 2**131,
)  # pi/2 is their sum
INVERSE_LN2 = 6497320848556798 / 2**52  # 1/ln 2 = 1.4426950408889634
LN2_HIGH = (
    3048493539143 / 2**42
)  # the first 42 bits of ln 2 = 0.6931471805599453, so that k·LN2_HIGH is exact
LN2_LOW = 8711806768342832 / 2**97  # ... and the rest, 5.497923018708371e-14
ROOT_EXCESS = 4625346952747881 / 2**55  # 2/sqrt(pi) - 1 = 0.12837916709551257

FACTORIALS = [1]
for _n in range(1, 19):  # 18! is the last below 2^53
    FACTORIALS.append(_n * FACTORIALS[-1])

# Taylor coefficients, the highest power first.
EXP_SERIES = [1 / FACTORIALS[n] for n in range(14, 1, -1)]  # of (e^r - 1 - r)/r²
SIN_SERIES = [1 / FACTORIALS[n] for n in range(17, 1, -2)]  # of (sin r - r)/(r·z) in z = -r²
COS_SERIES = [1 / FACTORIALS[n] for n in range(18, 2, -2)]  # of (cos r - 1 - z/2)/z²
ERF_SERIES = [(1 + ROOT_EXCESS) / FACTORIALS[n] / (2 * n + 1) for n in range(18, 0, -1)]
LOG_SERIES = [2 / (2 * n + 1) for n in range(11, 0, -1)]  # of (ln((1+s)/(1-s)) - 2s)/s³ in s²


# ---- tools ------------------------------------------------------------------------------------


def horner(x: Number, coefficients: Row) -> Number:
    """The polynomial with these coefficients, the highest power first."""
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def nearest(x: Number) -> Number:
    """The whole number nearest to x, for |x| < 2^51; halves go to the even one.

    >>> nearest(2.5), nearest(-3.7)
    (2.0, -4.0)
    """
    # From 2^52 to 2^53 neighbouring floats are 1 apart, so the sum is rounded to a whole number; the rest is exact.
    return x + SHIFT - SHIFT


def two_sum(a: Number, b: Number) -> Pair:
    """a + b, and exactly what its rounding lost (Knuth, "The art of computer programming", 4.2.2, theorem B)."""
    value = a + b
    rest = value - a
    return value, a - (value - rest) + (b - rest)


def short(x: Number) -> Number:
    """The first 26 bits of x, rounded: the product of two such numbers is exact (Veltkamp; Dekker 1971)."""
    c = x * (2**27 + 1)
    return c - (c - x)


def scaled(y: Number, k: Number) -> Number:
    """y·2^k in two products: only the last can round, overflow or become subnormal, as IEEE says (ldexp may not)."""
    half = nearest(k / 2)
    return y * ldexp(1.0, half) * ldexp(1.0, k - half)


def positive(x: Number) -> Number:
    """x, or 1 where x is not positive and finite."""
    return where(x > 0, where(x < INFINITY, x, 1.0), 1.0)


# ---- exponentials -----------------------------------------------------------------------------


def exp_parts(x: Number) -> Triple:
    """k, r and rest: e^x = 2^k·(1 + r + rest), k whole, r exact and below 0.35 in size."""
    k = nearest(x * INVERSE_LN2)
    k = where(k == k, k, 0.0)  # NaN has no exponent
    high, low = x - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    return k, high, r * r * horner(r, EXP_SERIES) - low


def exp(x: Number) -> Number:
    """e^x, from 2^k and the series of e^r, |r| <= ln(2)/2; error below 0.85 ulp.

    >>> exp(1.0), exp(1000.0), exp(-1000.0)
    (2.718281828459045, inf, 0.0)
    """
    k, r, rest = exp_parts(where(x > 710, 710.0, where(x < -746, -746.0, x)))
    value, lost = two_sum(1, r)
    return scaled(value + (rest + lost), k)


def expm1_parts(x: Number) -> Triple:
    """k, t and low: e^x - 1 = 2^k·(t + low), t rounded and low what that lost."""
    k, r, rest = exp_parts(where(x > 710, 710.0, where(x < -40, -40.0, x)))
    one, lost = two_sum(1, -ldexp(1.0, -k))
    value, error = two_sum(one, r)
    t, low = two_sum(value, rest + (lost + error))
    return k, t, low


def expm1(x: Number) -> Number:
    """e^x - 1, exact to rounding near 0 too; error below 1.1 ulp.

    >>> expm1(1e-10)
    1.00000000005e-10
    """
    k, t, _ = expm1_parts(x)
    return where(x == 0, x, scaled(t, k))  # -0.0 stays -0.0


def tanh(x: Number) -> Number:
    """The hyperbolic tangent, -t/(2 + t) with t = e^(-2|x|) - 1; error below 0.85 ulp.

    As in division with a pencil, a second digit follows the first: q has 26 bits, and what the division leaves,
    t + q·(2 + t), is divided again.

    >>> tanh(0.5), tanh(-100.0)
    (0.46211715726000974, -1.0)
    """
    k, t, low = expm1_parts(-2 * abs(x))
    t, low = ldexp(t, k), ldexp(low, k)
    high, q = short(t), short(-t / (2 + t))
    rest = (t - high + low) * (1 + q)
    value = q - ((high + 2 * q + high * q) + rest) / (2 + t)  # the inner parenthesis is exact
    return where(x > 0, value, where(x < 0, -value, x))


# ---- logarithms -------------------------------------------------------------------------------


def log_parts(x: Number) -> Pair:
    """k and f: x = 2^k·(1 + f), k whole, 2/3 <= 1 + f < 4/3."""
    m, k = frexp(x)
    small = 3 * m < 2
    return where(small, k - 1, k), where(small, 2 * m, m) - 1


def log_sum(k: Number, f: Number, rest: Number) -> Number:
    """k·ln 2 + ln(1 + f) + rest, from the series of ln((1+s)/(1-s)), s = f/(2+f)."""
    s = f / (2 + f)
    z, half = s * s, f * f / 2
    value, lost = two_sum(k * LN2_HIGH, f)
    return value + (s * (half + z * horner(z, LOG_SERIES)) - half + (k * LN2_LOW + rest + lost))


def log(x: Number) -> Number:
    """The natural logarithm, -inf at 0 and NaN below; error below 0.9 ulp.

    >>> log(10.0), log(0.0)
    (2.302585092994046, -inf)
    """
    safe = positive(x)
    k, f = log_parts(safe)
    return where(x == safe, log_sum(k, f, 0.0), where(x > 0, x, where(x == 0, -INFINITY, NAN)))


def log1p(x: Number) -> Number:
    """The natural logarithm of 1 + x, exact to rounding near 0 too; error below 0.95 ulp.

    >>> log1p(1e-10)
    9.999999999500001e-11
    """
    safe = where(x > -1, where(x < INFINITY, x, 0.0), 0.0)
    u = 1 + safe
    k, f = log_parts(u)
    value = log_sum(k, where(k == 0, safe, f), where(k == 0, 0.0, (safe - (u - 1)) / u))
    value = where(x == 0, x, value)  # -0.0 stays -0.0
    return where(x == safe, value, where(x > 0, x, where(x == -1, -INFINITY, NAN)))


# ---- the others -------------------------------------------------------------------------------

# Where the trapezoidal rule with steps of 1/2 takes e^(-t²), and its weights; the middle one counts half.
ERF_NODES = [(n * n / 4, INVERSE_PI * exp(-n * n / 4)) for n in range(12, 0, -1)] + [
    (0.0, INVERSE_PI / 2)
]


def erf(x: Number) -> Number:
    """The error function: its series below 1, the trapezoidal rule up to 6, 1 beyond; error below 1.5 ulp.

    >>> erf(0.5), erf(-10.0)
    (0.5204998778130465, -1.0)
    """
    size = abs(x)
    small = where(size < 1, x, 1.0)
    z = small * small
    near = small + small * (ROOT_EXCESS - z * horner(-z, ERF_SERIES))
    t = where(size < 1, 1.0, where(size > 6, 6.0, size))
    trapezoids = total([weight / (t * t + square) for square, weight in ERF_NODES])
    far = 1 - (t * trapezoids * exp(-t * t) - 2 / (exp(4 * t / INVERSE_PI) - 1))
    far = where(size == size, far, x)
    return where(size < 1, near, where(x < 0, -far, far))


def sqrt(x: Number) -> Number:
    """The square root, NaN below 0: Heron's steps, the last from an exact rest; error below 0.5 ulp.

    >>> sqrt(2.0)
    1.4142135623730951
    """
    safe = positive(x)
    m, k = frexp(safe)
    half = nearest((2 * k + 1) / 4)
    m = where(2 * half > k, m / 2, m)  # safe = m·4^half, 1/4 <= m < 1
    root = (1 + 2 * m) / 3
    for _ in range(4):
        root = (root + m / root) / 2
    high = short(root)
    low = root - high  # 26 bits each, so the rest m - root² below is exact
    root = root + (m - high * high - 2 * high * low - low * low) / (2 * root)
    root = where(
        root < 1, root, BELOW_ONE
    )  # a halfway case: m = BELOW_ONE itself, which would round to 1
    return where(x == safe, ldexp(root, half), where(x < 0, NAN, x))


def cos(x: Number) -> Number:
    """The cosine of x radians, NaN beyond 2^20; error below 0.8 ulp.

    >>> cos(1.0)
    0.5403023058681398
    """
    high = where(abs(x) > 2**20, NAN, x)
    k = nearest(high * 2 * INVERSE_PI)
    low = 0.0
    for part in HALF_PI:
        high, lost = two_sum(high, -k * part)
        low = low + lost
    z = -high * high
    sine = high + (high * (z * horner(z, SIN_SERIES)) + (1 + z / 2) * low)
    value, lost = two_sum(1, z / 2)
    cosine = value + (z * z * horner(z, COS_SERIES) - high * low + lost)
    quarter = k - 4 * nearest(k / 4)
    return where(abs(quarter) == 1, -quarter * sine, (1 - abs(quarter)) * cosine)
