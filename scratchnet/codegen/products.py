"""Matrix products of floats: the rows of A with every column, each by the way that is fastest at that length.

    shortest_way   the kernel "fast": ``math.sumprod``; before CPython 3.12 spelled out, long rows by ``sum(map(mul))``
    left_to_right  the kernel "portable": spelled out, long rows in a loop; the same bits either way
    by_distance    the kernel "dist": a·b = (|a|² + |b|² - |a - b|²)/2, the distance by ``math.dist``

The last is faster for long rows, the more so before CPython 3.12, but not as exact: each product may be off by
8·2^-53·(|a|² + |b|²), however small a·b itself is. So it is only used where ``set_kernel("dist")`` asks for it.

>>> shortest_way([[1.0, 2.0]], [(3.0, 4.0), (5.0, 6.0)])
[[11.0, 17.0]]
"""

import math
import sys
from itertools import repeat
from operator import mul

from ..functions import products_by
from ..scalars import Symbolic
from .python import Code, executed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Sequence

    from ..annotations import Matrix

# Measured, ns a multiply-add at 4, 8, 16, 32, 64 numbers: on CPython 3.11 sum(map(mul)) takes 62 43 34 29 25, spelled
# out 22 21 20 20 20, with the same bits. On 3.13 sumprod takes 41 26 17 13 11 and spelled out 26 22 22 21 21: little is
# won, and sumprod rounds only once; plain loops take 69 54 44. On PyPy loops within each other take 11 5 3 2 2, as
# functions two to seven times that.
# A single product is best spelled out everywhere.
COMPILED = sys.implementation.name == "pypy"
LONGEST = 64  # rows that are spelled out
FEWEST = 64  # products, for which it pays to spell them out
SHORTEST = 16  # rows for which the distance is faster

_by_length: "Dict[int, Callable[..., Matrix]]" = {}
_dot = getattr(math, "sumprod", None) or (lambda u, v: sum(map(mul, u, v)))


def _in_loops(A: "Matrix", columns: "Sequence[Any]") -> "Matrix":
    """Every multiplication and addition in a plain loop."""
    found = []
    columns = [list(column) for column in columns]  # in a list PyPy keeps floats as they are, in a tuple it does not
    for row in A:
        found_row = []
        for column in columns:
            product = row[0] * column[0]
            for k in range(1, len(row)):
                product = product + row[k] * column[k]
            found_row.append(product)
        found.append(found_row)
    return found


_one_by_one = _in_loops if COMPILED else products_by(_dot)


def shortest_way(A: "Matrix", columns: "Sequence[Any]") -> "Matrix":
    """The dot of every row of A with every column."""
    if hasattr(math, "sumprod") and len(A[0]) > 1:
        return _one_by_one(A, columns)
    return _spelled_out(A, columns, _one_by_one)


def left_to_right(A: "Matrix", columns: "Sequence[Any]") -> "Matrix":
    """The dot of every row of A with every column, its terms added from left to right."""
    return _spelled_out(A, columns, _in_loops)


def _spelled_out(A: "Matrix", columns: "Sequence[Any]", otherwise: "Callable[..., Matrix]") -> "Matrix":
    length = len(A[0])
    if COMPILED or length > LONGEST or len(A) * len(columns) < FEWEST:
        return otherwise(A, columns)
    if length not in _by_length:
        _by_length[length] = _spelled(length)
    return _by_length[length](A, columns)


def _spelled(length: "int") -> "Callable[..., Matrix]":
    """The products of rows of that length, every multiplication and addition spelled out."""
    a = [Symbolic(name=f"a{k}") for k in range(length)]
    b = [Symbolic(name=f"b{k}") for k in range(length)]
    code = Code([Symbolic.dot(a, b)])
    names = [", ".join([v.name for v in row]) + "," for row in (a, b)]
    text = f"[[{code.text(code.outputs[0])} for {names[1]} in columns] for {names[0]} in A]"
    return executed(f"def products(A, columns):\n    return {text}\n")["products"]  # type: ignore[no-any-return]


def by_distance(A: "Matrix", columns: "Sequence[Any]") -> "Matrix":
    """The dot of every row of A with every column, from their distance."""
    if len(A[0]) < SHORTEST:
        return shortest_way(A, columns)
    distance = math.dist
    halves = [_dot(column, column) / 2 for column in columns]
    found = []
    for row in map(tuple, A):  # tuples, and no lists: math.dist would make some
        half = _dot(row, row) / 2
        distances = map(distance, repeat(row), columns)
        found.append([half + other - d * d / 2 for other, d in zip(halves, distances)])
    return found
