"""Functions of one number, whatever its type.

    exp  expm1  log  log1p  tanh  erf  sqrt  cos      elementary functions
    sigmoid  softplus                                 built from them, safe for any argument
    where  maximum  positive_part  sign  power        choices and whole powers without a branch on a number
    dot  products  total  largest_of                  of rows of numbers
    pi  whole  number_of  plain  cast  shown          constants, types, and values in messages
    set_kernel  kernel                                how floats are computed

This is the one seam between the rules of the network and the numbers that flow through them. A float
is computed by the active *kernel*; every other number computes itself, by its operators and by
methods that bear the names above (``exp()``, ``log()`` ...). A type may also have a static ``dot(u, v)``,
``total(values)`` and ``largest_of(values)``, and methods ``power(n)`` and ``sigmoid()``, if these are one operation to
it, and ``whole(n)``, if n in its type depends on more than the class. A comparison may give a truth value, or an object
whose method ``where(a, b)`` chooses.

Three kernels:

``fast`` (the default)
    the best this interpreter has: its ``math`` module, ``math.sumprod`` or ``sum(map(mul, u, v))``
``dist`` (where ``math`` has it)
    the same with matrix products from distances: faster for long rows, less exact (see codegen/products.py)
``portable``
    every operation spelled out in + - * / (see elementary.py), every sum from left to right: the same
    bits on every interpreter with 64-bit floats
"""

import math

from . import elementary
from .elementary import REAL
from .elementary import where as where

try:
    from operator import mul
except ImportError:  # MicroPython
    mul = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Callable, Dict, Matrix, Number, Sequence


ELEMENTARY = ("exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos")


def _kernel(dot: "Any", total: "Any", library: "Any") -> "Dict[str, Any]":
    """How floats are computed: ``dot`` and ``total`` of rows, and each elementary function."""
    functions = {name: _never_raising(library, name) for name in ELEMENTARY}
    return dict(functions, dot=dot, total=total, products=products_by(dot))


def products_by(dot: "Any") -> "Callable[..., Matrix]":
    """The matrix product, one ``dot`` an element."""
    return lambda A, B: [
        [dot(row, column) for column in columns] for columns in [list(zip(*B))] for row in A
    ]


def _never_raising(library: "Any", name: str) -> "Callable[..., Any]":
    """The library's function; the portable one where it is absent, or raises (overflow, pole, domain)."""
    spelled_out: "Callable[..., Any]" = getattr(elementary, name)
    function = getattr(library, name, spelled_out)

    def guarded(x: float) -> "Any":
        try:
            return function(x)
        except (OverflowError, ValueError):
            return spelled_out(x)

    return spelled_out if function is spelled_out else guarded


_plain_dot = elementary.dot if mul is None else lambda u, v: sum(map(mul, u, v))
KERNELS = {"fast": _kernel(getattr(math, "sumprod", _plain_dot), sum, math)}
KERNELS["portable"] = _kernel(elementary.dot, elementary.total, elementary)
_name, _active = "fast", KERNELS["fast"]


def set_kernel(name: str) -> str:
    """Choose how floats are computed, for the whole process: ``"fast"``, ``"portable"``, ``"dist"``; gives the former.

    >>> former = set_kernel("portable")
    >>> exp(1.0)
    2.718281828459045
    >>> set_kernel(former)
    'portable'
    """
    global _name, _active
    if name not in KERNELS:
        raise ValueError(
            "kernel {!r} is unknown; there are: {}".format(name, ", ".join(sorted(KERNELS)))
        )
    former, _name, _active = _name, name, KERNELS[name]
    return former


def kernel() -> str:
    """The name of the active kernel.

    >>> kernel()
    'fast'
    """
    return _name


# ---- types -------------------------------------------------------------------------------------------------------


def number_of(x: "Number") -> "Any":
    """The type of number that x is, ints and bools counted as floats."""
    return float if isinstance(x, REAL) else type(x)


def whole(n: int, x: "Number") -> "Number":
    """The whole number n in the number type of x.

    >>> whole(3, 0.5)
    3.0
    """
    return x.whole(n) if hasattr(x, "whole") else number_of(x)(n)


def shown(value: "Any") -> str:
    """The value as an error message shows it: its repr, or the beginning of a long one.

    >>> shown("x" * 1000)[-5:]
    'xx...'
    """
    return repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."


def plain(value: "Any") -> "Any":
    """A scalar of NumPy or PyTorch as Python's own number; anything else as it is."""
    return value.item() if hasattr(value, "item") and not isinstance(value, REAL) else value


def cast(value: "Any", number: "Any", what: str) -> "Number":
    """``value`` as a ``number`` (a type), for what comes from outside: data, hyperparameters, given parameters.

    An int always fits. A float fits where float and ``number`` mix; beside ``Fraction`` or ``Decimal`` it is
    refused, for it would make everything after it inexact in silence. ``number`` None leaves any number as it is.
    ``what`` opens the error's sentence.

    >>> from fractions import Fraction
    >>> cast(3, Fraction, "x"), cast(Fraction(1, 4), float, "x")
    (Fraction(3, 1), 0.25)
    >>> cast(0.5, Fraction, "learning_rate")
    Traceback (most recent call last):
        ...
    TypeError: learning_rate: 0.5 is a float, but this network computes with Fraction: give an int or a Fraction
    """
    if type(value) is number:
        return value
    value = plain(value)
    if number is None and (
        isinstance(value, REAL) or hasattr(value, "__mul__") and hasattr(value, "__sub__")
    ):
        return value
    if isinstance(value, float) and number is not float and not _mixes_with_float(number):
        name = number.__name__
        raise TypeError(
            f"{what}: {value!r} is a float, but this network computes with {name}: give an int or a {name}"
        )
    real = (
        hasattr(value, "__float__") and type(value).__name__ != "complex"
    )  # which has one on old Pythons
    try:
        if isinstance(value, REAL) or number is float and real:
            return number(value)
    except OverflowError:
        raise ValueError(f"{what}: the number is too large for a {number.__name__}") from None
    if number is None or not isinstance(value, number):
        raise TypeError(f"{what}: {shown(value)} is a {type(value).__name__}; give a number")
    return value


def _mixes_with_float(number: "Any") -> bool:
    try:
        return type(number(0) + 0.5) is number
    except TypeError:
        return False


# ---- elementary functions ----------------------------------------------------------------------------------------


def supplement(number: "Any", name: str) -> "Any":
    """The function of a type that cannot carry methods of its own (decimal.Decimal), or None.

    The package replaces this one by scalars', which stands above.
    """


def exp(x: "Number") -> "Number":
    """e to the power x: inf beyond the largest float, 0.0 beyond the smallest; never an error.

    >>> exp(0.0), exp(1000.0), exp(-1000.0)
    (1.0, inf, 0.0)
    """
    return _active["exp"](float(x)) if isinstance(x, REAL) else _by_itself(x, "exp")


def expm1(x: "Number") -> "Number":
    """e to the power x, minus 1, exact to rounding also near 0."""
    return (
        _active["expm1"](float(x))
        if isinstance(x, REAL)
        else _by_itself(x, "expm1", lambda: exp(x) - 1)
    )


def log(x: "Number") -> "Number":
    """The natural logarithm: -inf at 0, nan below.

    >>> log(1.0), log(0.0)
    (0.0, -inf)
    """
    return _active["log"](float(x)) if isinstance(x, REAL) else _by_itself(x, "log")


def log1p(x: "Number") -> "Number":
    """The natural logarithm of 1 + x, exact to rounding also near 0."""
    return (
        _active["log1p"](float(x))
        if isinstance(x, REAL)
        else _by_itself(x, "log1p", lambda: log(1 + x))
    )


def tanh(x: "Number") -> "Number":
    """The hyperbolic tangent, (e^x - e^-x) / (e^x + e^-x)."""
    return _active["tanh"](float(x)) if isinstance(x, REAL) else _by_itself(x, "tanh")


def erf(x: "Number") -> "Number":
    """The error function, 2/sqrt(pi) times the integral of e^(-t*t) from 0 to x."""
    return _active["erf"](float(x)) if isinstance(x, REAL) else _by_itself(x, "erf")


def sqrt(x: "Number") -> "Number":
    """The square root; nan below 0."""
    return _active["sqrt"](float(x)) if isinstance(x, REAL) else _by_itself(x, "sqrt")


def cos(x: "Number") -> "Number":
    """The cosine of x radians."""
    return _active["cos"](float(x)) if isinstance(x, REAL) else _by_itself(x, "cos")


def _by_itself(x: "Number", name: str, otherwise: "Any" = None) -> "Number":
    method = getattr(x, name, None)
    if method is not None:
        return method()
    function = supplement(type(x), name)
    if function is not None:
        return function(x)
    if otherwise is not None:
        return otherwise()
    raise TypeError(
        f"{name}: a {type(x).__name__} has no method {name}(), which this network needs"
    )


# ---- functions built from them: both arms of every `where` are safe to compute -----------------------------------


def sigmoid(z: "Number") -> "Number":
    """1/(1 + e^-z), from the exponential of a number that is never positive, so that it cannot overflow.

    >>> sigmoid(0.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 0.0, 1.0)
    """
    e = exp(-abs(z))
    return z.sigmoid() if hasattr(z, "sigmoid") else where(z >= 0, 1 / (1 + e), e / (1 + e))


def softplus(z: "Number") -> "Number":
    """log(1 + e^z), the smooth ReLU.

    >>> softplus(-1000.0), softplus(1000.0)
    (0.0, 1000.0)
    """
    return positive_part(z) + log1p(exp(-abs(z)))


def maximum(a: "Number", b: "Number") -> "Number":
    """The larger of two numbers.

    >>> maximum(-2.0, 0)
    0
    """
    return where(a > b, a, b)


def positive_part(z: "Number") -> "Number":
    """z where it is positive, else 0; of the two slopes that meet at 0, it has the upper one.

    >>> positive_part(2.5), positive_part(-2.5)
    (2.5, 0.0)
    """
    return where(z >= 0, z, whole(0, z))


def sign(x: "Number") -> "Number":
    """1 above 0, -1 below, 0 at 0.

    >>> sign(-2.5)
    -1.0
    """
    return where(x > 0, whole(1, x), where(x < 0, whole(-1, x), whole(0, x)))


def power(x: "Number", n: int) -> "Number":
    """x to the whole power n >= 0, by squaring: interpreters disagree on ``**``.

    >>> power(0.5, 3)
    0.125
    """
    if hasattr(x, "power"):
        return x.power(n)
    result, square = 1, x
    while n:
        if n & 1:
            result = result * square
        square = square * square
        n >>= 1
    return result


def pi(x: "Number") -> "Number":
    """Pi in the number type of x; 80 digits for a type that does not compute its own.

    >>> pi(1.0)
    3.141592653589793
    """
    if isinstance(x, REAL):
        return elementary.PI
    function = supplement(type(x), "pi")
    if function is not None:
        return function(x)
    return (
        whole(314159265358979323846264338327950288419716939937510582097494459230781640628620899, x)
        / 10**80
    )


# ---- rows of numbers ---------------------------------------------------------------------------------------------


def dot(u: "Sequence[Any]", v: "Sequence[Any]") -> "Number":
    """u[0]*v[0] + u[1]*v[1] + ..., one operation, so that a number type can treat the sum as a whole.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    x = v[0] if isinstance(u[0], REAL) else u[0]
    return (
        _active["dot"](u, v)
        if isinstance(x, REAL)
        else getattr(type(x), "dot", elementary.dot)(u, v)
    )


def products(A: "Matrix", B: "Matrix") -> "Matrix":
    """The dot of every row of A with every column of B: a matrix product, one operation to a kernel.

    >>> products([[1.0, 2.0]], [[3.0, 5.0], [4.0, 6.0]])
    [[11.0, 17.0]]
    """
    x = B[0][0] if isinstance(A[0][0], REAL) else A[0][0]
    if isinstance(x, REAL):
        return _active["products"](A, B)  # type: ignore[no-any-return]
    return products_by(getattr(type(x), "dot", elementary.dot))(A, B)


def total(values: "Sequence[Any]") -> "Number":
    """values[0] + values[1] + ... of at least one number.

    >>> total([1.0, 2.0, 3.5])
    6.5
    """
    if isinstance(values[0], REAL):
        return _active["total"](values)
    return getattr(type(values[0]), "total", elementary.total)(values)


def largest_of(values: "Sequence[Any]") -> "Number":
    """The largest of at least one number.

    >>> largest_of([1.0, 3.0, 2.0])
    3.0
    """
    largest = values[0]
    if hasattr(largest, "largest_of"):
        return largest.largest_of(values)
    for value in values[1:]:
        largest = maximum(value, largest)
    return largest
