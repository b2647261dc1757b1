"""Functions of one number of any type. The rules of layers and losses are written with these.

    exp  expm1  log  log1p  tanh  erf  sqrt  cos   elementary functions
    sigmoid  softplus                              built from them, safe for every argument
    where  maximum  positive_part  sign  power     choices and integer powers, without an ``if``
    dot  products  total  largest_of               functions of rows of numbers
    pi  whole  number_of                           constants and types
    set_kernel  kernel                             how floats are computed

Rules meet number types here and nowhere else. For floats and ints the active *kernel* computes
these functions. Any other number computes them itself, by its operators and by methods with the
names above (``exp()``, ``log()``, ...). A number type can also define:

- the static methods ``dot(u, v)``, ``products(A, B, dot)``, ``total(values)`` and
  ``largest_of(values)``, and the methods ``power(n)`` and ``sigmoid()``, if it treats each of these
  as one operation;
- ``whole(n)``, if an integer of its type depends on more than the class;
- comparisons that return an object with a method ``where(a, b)`` instead of a truth value.

There are three kernels:

``fast`` (the default)
    Use the fastest that the interpreter has: the ``math`` module, and for dot products
    ``math.sumprod`` or ``sum(map(mul, u, v))``.
``dist`` (only where ``math`` has ``dist``)
    The same, but compute matrix products from distances: faster for long rows, and less exact.
``portable``
    Write out every operation in + - * / (elementary.py), and add from left to right: the same bits
    on every interpreter with 64-bit floats.
"""

import math

from . import elementary
from .elementary import REAL
from .elementary import where as where
from .plug_points import PLUG_POINTS
from .types import Any, Function, Matrix, Number, NumberType, Row, Settings

mul: Any = None
try:
    from operator import mul
except ImportError:  # MicroPython
    pass

# ---- kernels ---------------------------------------------------------------------------------

ELEMENTARY = ("exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos")


def _kernel(dot: Function, total: Function, library: Any) -> Settings:
    """Return a kernel: ``dot`` and ``total`` of rows, and the elementary functions, by name.

    The matrix product, ``products``, is looked up when it is first needed.
    """
    return dict(
        {name: _never_raising(library, name) for name in ELEMENTARY},
        dot=dot,
        total=total,
        products=None,
    )


def _never_raising(library: Any, name: str) -> Function:
    """Return the library's function; where it is absent or raises, the portable one."""
    portable: Function = getattr(elementary, name)
    function = getattr(library, name, portable)
    if function is portable:
        return portable

    def guarded(x: float) -> Any:
        try:
            return function(x)
        except (OverflowError, ValueError):  # overflow; a pole, or an argument outside the domain
            return portable(x)

    return guarded


_plain_dot = elementary.dot if mul is None else lambda u, v: sum(map(mul, u, v))
KERNELS = {
    "fast": _kernel(getattr(math, "sumprod", _plain_dot), sum, math),
    "portable": _kernel(elementary.dot, elementary.total, elementary),
}
_name = "fast"
_active = KERNELS[_name]


def set_kernel(name: str) -> str:
    """Choose the kernel for the whole process, and return the name of the previous one.

    >>> former = set_kernel("portable")
    >>> exp(1.0)
    2.718281828459045
    >>> set_kernel(former)
    'portable'
    """
    global _name, _active
    if name not in KERNELS:
        raise ValueError(f"kernel {name!r} is unknown; give one of: {', '.join(sorted(KERNELS))}")
    former = _name
    _name = name
    _active = KERNELS[name]
    return former


def kernel() -> str:
    """Return the name of the active kernel.

    >>> kernel()
    'fast'
    """
    return _name


# ---- types -----------------------------------------------------------------------------------


def number_of(x: Number) -> NumberType:
    """Return the number type of x. An int or a bool counts as a float."""
    return float if isinstance(x, REAL) else type(x)


def whole(n: int, x: Number) -> Number:
    """Return the integer n in the number type of x.

    >>> whole(3, 0.5)
    3.0
    """
    return x.whole(n) if hasattr(x, "whole") else number_of(x)(n)


# ---- elementary functions --------------------------------------------------------------------


def exp(x: Number) -> Number:
    """Return e^x. Overflow gives inf and underflow gives 0.0; neither raises an error.

    >>> exp(0.0), exp(1000.0), exp(-1000.0)
    (1.0, inf, 0.0)
    """
    return _active["exp"](float(x)) if isinstance(x, REAL) else _by_its_type(x, "exp")


def expm1(x: Number) -> Number:
    """Return e^x - 1, accurate even near 0."""
    if isinstance(x, REAL):
        return _active["expm1"](float(x))
    return _by_its_type(x, "expm1", lambda: exp(x) - 1)


def log(x: Number) -> Number:
    """Return the natural logarithm: -inf at 0, NaN below.

    >>> log(1.0), log(0.0)
    (0.0, -inf)
    """
    return _active["log"](float(x)) if isinstance(x, REAL) else _by_its_type(x, "log")


def log1p(x: Number) -> Number:
    """Return the natural logarithm of 1 + x, accurate even near 0."""
    if isinstance(x, REAL):
        return _active["log1p"](float(x))
    return _by_its_type(x, "log1p", lambda: log(1 + x))


def tanh(x: Number) -> Number:
    """Return the hyperbolic tangent, (e^x - e^-x)/(e^x + e^-x)."""
    return _active["tanh"](float(x)) if isinstance(x, REAL) else _by_its_type(x, "tanh")


def erf(x: Number) -> Number:
    """Return the error function, 2/√π times the integral of e^(-t²) from 0 to x."""
    return _active["erf"](float(x)) if isinstance(x, REAL) else _by_its_type(x, "erf")


def sqrt(x: Number) -> Number:
    """Return the square root, or NaN below 0."""
    return _active["sqrt"](float(x)) if isinstance(x, REAL) else _by_its_type(x, "sqrt")


def cos(x: Number) -> Number:
    """Return the cosine of x radians."""
    return _active["cos"](float(x)) if isinstance(x, REAL) else _by_its_type(x, "cos")


def _by_its_type(x: Number, name: str, otherwise: Any = None) -> Number:
    """Return the function of x, from a method of x, a supplement for its type or ``otherwise``."""
    method = getattr(x, name, None)
    if method is not None:
        return method()
    function = PLUG_POINTS["supplement"](type(x), name)
    if function is not None:
        return function(x)
    if otherwise is not None:
        return otherwise()
    raise TypeError(
        f"{name}: a {type(x).__name__} has no method {name}(), which this network needs"
    )


# ---- functions built from them ---------------------------------------------------------------
# Both arms of every `where` are safe to compute.


def sigmoid(z: Number) -> Number:
    """Return 1/(1 + e^-z). The exponent used is never positive, so that exp() cannot overflow.

    >>> sigmoid(0.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 0.0, 1.0)
    """
    if hasattr(z, "sigmoid"):
        return z.sigmoid()
    e = exp(-abs(z))
    return where(z >= 0, 1 / (1 + e), e / (1 + e))


def softplus(z: Number) -> Number:
    """Return log(1 + e^z), a smooth ReLU. The exponent used is never positive, as in ``sigmoid``.

    >>> softplus(-1000.0), softplus(1000.0)
    (0.0, 1000.0)
    """
    return positive_part(z) + log1p(exp(-abs(z)))


def maximum(a: Number, b: Number) -> Number:
    """Return the larger of two numbers.

    >>> maximum(-2.0, 0)
    0
    """
    return where(a > b, a, b)


def positive_part(z: Number) -> Number:
    """Return z where it is positive, else 0. The derivative at 0 is that of z, which is 1.

    ``maximum(z, 0)`` has the same value; its derivative at 0 is that of 0.

    >>> positive_part(2.5), positive_part(-2.5)
    (2.5, 0.0)
    """
    return where(z >= 0, z, whole(0, z))


def sign(x: Number) -> Number:
    """Return 1 for a positive x, -1 for a negative x, and 0 for 0.

    >>> sign(-2.5)
    -1.0
    """
    return where(x > 0, whole(1, x), where(x < 0, whole(-1, x), whole(0, x)))


def power(x: Number, n: int) -> Number:
    """Return x to the power n, for an integer n >= 0, by repeated squaring.

    ``**`` is not used, because interpreters round it differently.

    >>> power(0.5, 3)
    0.125
    """
    return x.power(n) if hasattr(x, "power") else by_squaring(x, n)


def by_squaring(x: Number, n: int) -> Number:
    """Return ``power`` for a number of any type, with products alone."""
    result = 1
    square = x
    while n:
        if n & 1:
            result = result * square
        square = square * square
        n >>= 1
    return result


def pi(x: Number) -> Number:
    """Return pi in the number type of x: to 80 digits, unless a supplement computes it.

    >>> pi(1.0)
    3.141592653589793
    """
    if isinstance(x, REAL):
        return elementary.PI
    function = PLUG_POINTS["supplement"](type(x), "pi")
    if function is not None:
        return function(x)
    return (
        whole(314159265358979323846264338327950288419716939937510582097494459230781640628620899, x)
        / 10**80
    )


# ---- rows of numbers -------------------------------------------------------------------------


def dot(u: Row, v: Row) -> Number:
    """Return u[0]·v[0] + u[1]·v[1] + ..., as one operation that a number type can take over.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    x = v[0] if isinstance(u[0], REAL) else u[0]
    own = _active["dot"] if isinstance(x, REAL) else getattr(type(x), "dot", elementary.dot)
    return own(u, v)


def products(A: Matrix, B: Matrix) -> Matrix:
    """Return the matrix product A·B: the dot product of every row of A with every column of B.

    >>> products([[1.0, 2.0]], [[3.0, 5.0], [4.0, 6.0]])
    [[11.0, 17.0]]
    """
    x = B[0][0] if isinstance(A[0][0], REAL) else A[0][0]
    if not isinstance(x, REAL):
        own = getattr(type(x), "products", elementary.products)
        return own(A, B, getattr(type(x), "dot", elementary.dot))
    if _active["products"] is None:
        _active["products"] = PLUG_POINTS["products"](_name, _active["dot"])
    return _active["products"](A, B)


def total(values: Row) -> Number:
    """Return values[0] + values[1] + ..., for at least one number.

    >>> total([1.0, 2.0, 3.5])
    6.5
    """
    x = values[0]
    own = _active["total"] if isinstance(x, REAL) else getattr(type(x), "total", elementary.total)
    return own(values)


def largest_of(values: Row) -> Number:
    """Return the largest of at least one number.

    >>> largest_of([1.0, 3.0, 2.0])
    3.0
    """
    largest = values[0]
    if hasattr(largest, "largest_of"):
        return largest.largest_of(values)
    for value in values[1:]:
        largest = maximum(value, largest)
    return largest
