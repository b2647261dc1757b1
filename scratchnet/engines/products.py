"""Matrix products of floats, computed in the fastest way for the length of the rows.

    shortest_way   the kernel "fast": ``math.sumprod``; before CPython 3.12, products that are
                   written out, and ``sum(map(mul))`` for long rows
    left_to_right  the kernel "portable": products that are written out, and a loop for long rows;
                   both give the same bits
    by_distance    the kernel "dist": a·b = (|a|² + |b|² - |a - b|²)/2, where ``math.dist`` computes
                   the distance

The kernel "dist" is faster for long rows, especially before CPython 3.12, but less accurate: the
error of each product can reach 8·2^-53·(|a|² + |b|²), even if a·b is small. It is used only after
``set_kernel("dist")``.

>>> shortest_way([[1.0, 2.0]], [[3.0, 5.0], [4.0, 6.0]])
[[11.0, 17.0]]
"""

import math
from itertools import repeat
from operator import mul

from ..codegen.python.printer import IS_PYPY, Code, execute
from ..core import elementary
from ..scalars import Symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict

    from ..core.types import Matrix

# Measured nanoseconds per multiply-add for rows of 4, 8, 16, 32 and 64 numbers: on CPython 3.11,
# sum(map(mul)) takes 62 43 34 29 25 and written-out code 22 21 20 20 20, with the same bits. On
# 3.13 sumprod takes 41 26 17 13 11 and written-out code 26 22 22 21 21. The gain is small there,
# and sumprod rounds only once. Plain loops take 27 to 34. On PyPy plain loops take 0.6 to 1.1; one
# dot product per element takes 1.5 to 2.5, and transposing B takes as long again. Rows of one
# number are fastest written out on every interpreter.
LONGEST = 64  # the longest rows whose products are written out
FEWEST = 64  # the smallest number of products for which writing them out saves time
SHORTEST = 16  # the shortest rows for which the distance is faster

_by_length: "Dict[int, Callable[..., Matrix]]" = {}
_sumprod = None if IS_PYPY else getattr(math, "sumprod", None)
_dot = _sumprod or (lambda u, v: sum(map(mul, u, v)))


def _in_loops(A: "Matrix", B: "Matrix") -> "Matrix":
    """Multiply in plain loops, which add four rows of B at a time to a row of the product.

    Nothing is transposed, and no addition waits for the result of the one before it.
    """
    product = []
    places = range(len(B[0]))
    fours = range(1, len(B) - 3, 4)
    rest = range(len(B) - (len(B) - 1) % 4, len(B))
    for row in A:
        a = row[0]
        sums = list(B[0])  # a list, because PyPy stores floats unboxed in lists but not in tuples
        for j in places:
            sums[j] = a * sums[j]
        for k in fours:
            a0, a1, a2, a3 = row[k], row[k + 1], row[k + 2], row[k + 3]
            b0, b1, b2, b3 = B[k], B[k + 1], B[k + 2], B[k + 3]
            for j in places:
                sums[j] = sums[j] + a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j]
        for k in rest:
            a, b = row[k], B[k]
            for j in places:
                sums[j] = sums[j] + a * b[j]
        product.append(sums)
    return product


def _by_dots(A: "Matrix", B: "Matrix") -> "Matrix":
    return elementary.products(A, B, _dot)


_one_by_one = _in_loops if IS_PYPY else _by_dots


def shortest_way(A: "Matrix", B: "Matrix") -> "Matrix":
    """Return the product of A and B, computed in the fastest way that is accurate."""
    if _sumprod and len(B) > 1:
        return elementary.products(A, B, _sumprod)
    return _written_out(A, B, _one_by_one)


def left_to_right(A: "Matrix", B: "Matrix") -> "Matrix":
    """Return the product of A and B, with the terms of each element added from left to right."""
    return _written_out(A, B, _in_loops)


def _written_out(A: "Matrix", B: "Matrix", otherwise: "Callable[..., Matrix]") -> "Matrix":
    length = len(B)
    if IS_PYPY or length > LONGEST or len(A) * len(B[0]) < FEWEST:
        return otherwise(A, B)
    if length not in _by_length:
        _by_length[length] = _generate(length)
    return _by_length[length](A, list(zip(*B)))


def _generate(length: int) -> "Callable[..., Matrix]":
    """Generate a function that multiplies rows of this length, with every operation written out."""
    a = [Symbolic(name=f"a{k}") for k in range(length)]
    b = [Symbolic(name=f"b{k}") for k in range(length)]
    code = Code([Symbolic.dot(a, b)])
    names = [", ".join([v.name for v in row]) + "," for row in (a, b)]
    text = f"[[{code.text(code.outputs[0])} for {names[1]} in columns] for {names[0]} in A]"
    return execute(f"def products(A, columns):\n    return {text}\n")["products"]  # type: ignore[no-any-return]


def by_distance(A: "Matrix", B: "Matrix") -> "Matrix":
    """Return the product of A and B, with each element computed from a distance."""
    if len(B) < SHORTEST:
        return shortest_way(A, B)
    distance = math.dist
    columns = list(zip(*B))
    halves = [_dot(column, column) / 2 for column in columns]
    product = []
    for row in map(tuple, A):  # math.dist would convert each list to a tuple
        half = _dot(row, row) / 2
        distances = map(distance, repeat(row), columns)
        product.append([half + other - d * d / 2 for other, d in zip(halves, distances)])
    return product


PRODUCTS: "Dict[str, Callable[..., Matrix]]" = {
    "fast": shortest_way,
    "portable": left_to_right,
    "dist": by_distance,
}
