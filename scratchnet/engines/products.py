"""Matrix products of floats: the rows of A with every column of B, each by the way that is fastest at that length.

    shortest_way   the kernel "fast": ``math.sumprod``; before CPython 3.12 spelled out, long rows by ``sum(map(mul))``
    left_to_right  the kernel "portable": spelled out, long rows in a loop; the same bits either way
    by_distance    the kernel "dist": a·b = (|a|² + |b|² - |a - b|²)/2, the distance by ``math.dist``

The last is faster for long rows, the more so before CPython 3.12, but not as exact: each product may be off by
8·2^-53·(|a|² + |b|²), however small a·b itself is. So it is only used where ``set_kernel("dist")`` asks for it.

>>> shortest_way([[1.0, 2.0]], [[3.0, 5.0], [4.0, 6.0]])
[[11.0, 17.0]]
"""

import math
import sys
from itertools import repeat
from operator import mul

from ..codegen.python import Code, executed
from ..core import elementary
from ..scalars import Symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict

    from ..core.types import Matrix

# Measured, ns a multiply-add at 4, 8, 16, 32, 64 numbers: on CPython 3.11 sum(map(mul)) takes 62 43 34 29 25, spelled
# out 22 21 20 20 20, with the same bits. On 3.13 sumprod takes 41 26 17 13 11 and spelled out 26 22 22 21 21: little is
# won, and sumprod rounds only once; plain loops take 27 to 34. On PyPy these take 0.6 to 1.1, element by element 1.5 to
# 2.5 and the transposing of B as much again.
# A single product is best spelled out everywhere.
COMPILED = sys.implementation.name == "pypy"
LONGEST = 64  # rows that are spelled out
FEWEST = 64  # products, for which it pays to spell them out
SHORTEST = 16  # rows for which the distance is faster

_by_length: "Dict[int, Callable[..., Matrix]]" = {}
_dot = getattr(math, "sumprod", None) or (lambda u, v: sum(map(mul, u, v)))


def _in_loops(A: "Matrix", B: "Matrix") -> "Matrix":
    """Every multiplication and addition in plain loops: rows of B, four at a time, are added to a row of the product.

    So nothing is transposed, and no addition has to wait for the one before it.
    """
    found, places = [], range(len(B[0]))
    fours, rest = range(1, len(B) - 3, 4), range(len(B) - (len(B) - 1) % 4, len(B))
    for row in A:
        a, sums = (
            row[0],
            list(B[0]),
        )  # in lists PyPy keeps floats as they are, in tuples it does not
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
        found.append(sums)
    return found


def _by_dots(A: "Matrix", B: "Matrix") -> "Matrix":
    return elementary.products(A, B, _dot)


_one_by_one = _in_loops if COMPILED else _by_dots


def shortest_way(A: "Matrix", B: "Matrix") -> "Matrix":
    """The dot of every row of A with every column of B."""
    if hasattr(math, "sumprod") and len(B) > 1:
        return _one_by_one(A, B)
    return _spelled_out(A, B, _one_by_one)


def left_to_right(A: "Matrix", B: "Matrix") -> "Matrix":
    """The dot of every row of A with every column of B, its terms added from left to right."""
    return _spelled_out(A, B, _in_loops)


def _spelled_out(A: "Matrix", B: "Matrix", otherwise: "Callable[..., Matrix]") -> "Matrix":
    length = len(B)
    if COMPILED or length > LONGEST or len(A) * len(B[0]) < FEWEST:
        return otherwise(A, B)
    if length not in _by_length:
        _by_length[length] = _spelled(length)
    return _by_length[length](A, list(zip(*B)))


def _spelled(length: int) -> "Callable[..., Matrix]":
    """The products of rows of that length, every multiplication and addition spelled out."""
    a = [Symbolic(name=f"a{k}") for k in range(length)]
    b = [Symbolic(name=f"b{k}") for k in range(length)]
    code = Code([Symbolic.dot(a, b)])
    names = [", ".join([v.name for v in row]) + "," for row in (a, b)]
    text = f"[[{code.text(code.outputs[0])} for {names[1]} in columns] for {names[0]} in A]"
    return executed(f"def products(A, columns):\n    return {text}\n")["products"]  # type: ignore[no-any-return]


def by_distance(A: "Matrix", B: "Matrix") -> "Matrix":
    """The dot of every row of A with every column of B, from their distance."""
    if len(B) < SHORTEST:
        return shortest_way(A, B)
    distance, columns = math.dist, list(zip(*B))
    halves = [_dot(column, column) / 2 for column in columns]
    found = []
    for row in map(tuple, A):  # tuples, and no lists: math.dist would make some
        half = _dot(row, row) / 2
        distances = map(distance, repeat(row), columns)
        found.append([half + other - d * d / 2 for other, d in zip(halves, distances)])
    return found


PRODUCTS: "Dict[str, Callable[..., Matrix]]" = {
    "fast": shortest_way,
    "portable": left_to_right,
    "dist": by_distance,
}
