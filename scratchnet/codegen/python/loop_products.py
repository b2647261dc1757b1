"""Matrix products in loops with indices, which PyPy compiles; looped.py prints calls of them.

A matrix of weights is a list of its columns. Several sums are computed in one loop, so that each
number is read once for all of them, and no addition waits for the one before it. The terms of each
sum are added from left to right. -0.0 + x is x, even if x is 0.0 or -0.0.
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Set

    from ...core.types import Matrix, Row


def products(X: "Matrix", columns: "Matrix") -> "Matrix":
    """Return X·W, two rows of X at a time.

    >>> products([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[1.0, 0.0], [10.0, 1.0]])
    [[1.0, 12.0], [3.0, 34.0], [5.0, 56.0]]
    """
    Z = []
    for i in range(1, len(X), 2):
        a = [-0.0] * len(columns)
        b = a[:]
        product_of_two_rows(X[i - 1], X[i], columns, a, b)
        Z.append(a)
        Z.append(b)
    if len(X) % 2:
        Z.append(product_of_row(X[-1], columns))
    return Z


def product_of_two_rows(x: "Row", y: "Row", columns: "Matrix", a: "Row", b: "Row") -> None:
    """Set a to x·W and b to y·W, four columns at a time."""
    places = range(len(x))
    for j in range(3, len(columns), 4):
        c0, c1, c2, c3 = columns[j - 3], columns[j - 2], columns[j - 1], columns[j]
        s0 = s1 = s2 = s3 = t0 = t1 = t2 = t3 = -0.0
        for k in places:
            u = x[k]
            v = y[k]
            w = c0[k]
            s0 += u * w
            t0 += v * w
            w = c1[k]
            s1 += u * w
            t1 += v * w
            w = c2[k]
            s2 += u * w
            t2 += v * w
            w = c3[k]
            s3 += u * w
            t3 += v * w
        a[j - 3], a[j - 2], a[j - 1], a[j] = s0, s1, s2, s3
        b[j - 3], b[j - 2], b[j - 1], b[j] = t0, t1, t2, t3
    for j in range(len(columns) - len(columns) % 4, len(columns)):
        column = columns[j]
        s = t = -0.0
        for k in places:
            s += x[k] * column[k]
            t += y[k] * column[k]
        a[j] = s
        b[j] = t


def product_of_row(x: "Row", columns: "Matrix") -> "Row":
    """Return x·W, four columns at a time."""
    z = [-0.0] * len(columns)
    places = range(len(x))
    for j in range(3, len(columns), 4):
        c0, c1, c2, c3 = columns[j - 3], columns[j - 2], columns[j - 1], columns[j]
        s0 = s1 = s2 = s3 = -0.0
        for k in places:
            u = x[k]
            s0 += u * c0[k]
            s1 += u * c1[k]
            s2 += u * c2[k]
            s3 += u * c3[k]
        z[j - 3], z[j - 2], z[j - 1], z[j] = s0, s1, s2, s3
    for j in range(len(columns) - len(columns) % 4, len(columns)):
        column = columns[j]
        s = -0.0
        for k in places:
            s += x[k] * column[k]
        z[j] = s
    return z


def transposed_products(D: "Matrix", columns: "Matrix") -> "Matrix":
    """Return D·Wᵀ.

    >>> transposed_products([[1.0, 2.0], [3.0, 4.0]], [[1.0, 10.0, 0.0], [0.0, 1.0, 5.0]])
    [[1.0, 12.0, 10.0], [3.0, 34.0, 20.0]]
    """
    return [sum_of_columns(d, columns) for d in D]


def gradient(X: "Matrix", D: "Matrix", j: int) -> "Row":
    """Return column j of Xᵀ·D.

    >>> gradient([[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [0.0, 10.0]], 1)
    [31.0, 42.0]
    """
    return sum_of_columns([d[j] for d in D], X)


def sum_of_columns(factors: "Row", columns: "Matrix") -> "Row":
    """Return the sum of the columns, each times its factor, eight columns at a time."""
    count = len(columns)
    sums = [-0.0] * len(columns[0])
    places = range(len(sums))
    for i in range(7, count, 8):
        a0, a1, a2, a3 = columns[i - 7], columns[i - 6], columns[i - 5], columns[i - 4]
        a4, a5, a6, a7 = columns[i - 3], columns[i - 2], columns[i - 1], columns[i]
        f0, f1, f2, f3 = factors[i - 7], factors[i - 6], factors[i - 5], factors[i - 4]
        f4, f5, f6, f7 = factors[i - 3], factors[i - 2], factors[i - 1], factors[i]
        for k in places:
            s = sums[k] + f0 * a0[k] + f1 * a1[k] + f2 * a2[k] + f3 * a3[k]
            sums[k] = s + f4 * a4[k] + f5 * a5[k] + f6 * a6[k] + f7 * a7[k]
    rest = count - count % 8
    for i in range(rest + 1, count, 2):
        a0, a1, f0, f1 = columns[i - 1], columns[i], factors[i - 1], factors[i]
        for k in places:
            sums[k] = sums[k] + f0 * a0[k] + f1 * a1[k]
    if count % 2:
        column, factor = columns[count - 1], factors[count - 1]
        for k in places:
            sums[k] = sums[k] + factor * column[k]
    return sums


def sum_of_rows(D: "Matrix") -> "Row":
    """Return the sum of the rows, eight rows at a time.

    >>> sum_of_rows([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    [9.0, 12.0]
    """
    return sum_of_columns([1.0] * len(D), D)


def source_of(names: "Set[str]") -> "List[str]":
    """Return the sources of these functions and of those that they call.

    Each program has its own functions, because PyPy compiles a loop for the data of its first runs,
    which may be the short rows of another network.

    >>> [source.partition("(")[0] for source in source_of({"products"})]
    ['def products', 'def product_of_two_rows', 'def product_of_row']
    """
    parts = __loader__.get_source(__name__).rstrip().split("\n\n\n")  # type: ignore[name-defined]
    functions = {part[len("def ") : part.index("(")]: part for part in parts if "def " == part[:4]}
    found = set(names)
    for name, source in functions.items():  # Those that are called follow.
        if name in found:
            found.update(re.findall(r"\w+(?=\()", source))
    return [source for name, source in functions.items() if name in found]
