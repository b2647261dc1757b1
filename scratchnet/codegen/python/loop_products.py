"""Matrix products in loops with indices, which PyPy compiles; looped.py prints calls of them.

A matrix of weights is a list of its columns. Several sums are computed in one loop, so that each
number is read once for all of them, and no addition waits for the one before it. The terms of each
sum are added from left to right. -0.0 + x is x, even if x is 0.0 or -0.0.
"""

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


def gradients(X: "Matrix", D: "Matrix") -> "Matrix":
    """Return the columns of Xᵀ·D.

    >>> gradients([[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [5.0, 10.0]])
    [[15.0, 20.0], [31.0, 42.0]]
    """
    return combinations([[d[j] for d in D] for j in range(len(D[0]))], X)


def combinations(F: "Matrix", rows: "Matrix") -> "Matrix":
    """Return F·rows: for each row of F, the sum of the rows, each times its factor.

    D·Wᵀ is the combinations of the columns of W.

    >>> combinations([[1.0, 2.0], [3.0, 4.0]], [[1.0, 10.0, 0.0], [0.0, 1.0, 5.0]])
    [[1.0, 12.0, 10.0], [3.0, 34.0, 20.0]]
    """
    found = []
    for i in range(3, len(F), 4):
        found += four_combinations(F[i - 3], F[i - 2], F[i - 1], F[i], rows)
    for i in range(len(F) - len(F) % 4, len(F)):
        found.append(combination(F[i], rows))
    return found


def four_combinations(d: "Row", e: "Row", f: "Row", g: "Row", rows: "Matrix") -> "Matrix":
    """Return the sums for four rows of factors, four rows at a time."""
    count = len(rows)
    p = [-0.0] * len(rows[0])
    q, r, s = p[:], p[:], p[:]
    places = range(len(p))
    for i in range(3, count, 4):
        r0, r1, r2, r3 = rows[i - 3], rows[i - 2], rows[i - 1], rows[i]
        d0, d1, d2, d3 = d[i - 3], d[i - 2], d[i - 1], d[i]
        e0, e1, e2, e3 = e[i - 3], e[i - 2], e[i - 1], e[i]
        f0, f1, f2, f3 = f[i - 3], f[i - 2], f[i - 1], f[i]
        g0, g1, g2, g3 = g[i - 3], g[i - 2], g[i - 1], g[i]
        for k in places:
            t = r0[k]
            u = r1[k]
            v = r2[k]
            w = r3[k]
            p[k] = p[k] + d0 * t + d1 * u + d2 * v + d3 * w
            q[k] = q[k] + e0 * t + e1 * u + e2 * v + e3 * w
            r[k] = r[k] + f0 * t + f1 * u + f2 * v + f3 * w
            s[k] = s[k] + g0 * t + g1 * u + g2 * v + g3 * w
    for i in range(count - count % 4, count):
        row, d0, e0, f0, g0 = rows[i], d[i], e[i], f[i], g[i]
        for k in places:
            t = row[k]
            p[k] = p[k] + d0 * t
            q[k] = q[k] + e0 * t
            r[k] = r[k] + f0 * t
            s[k] = s[k] + g0 * t
    return [p, q, r, s]


def combination(factors: "Row", rows: "Matrix") -> "Row":
    """Return the sum of the rows, each times its factor, eight rows at a time."""
    count = len(rows)
    sums = [-0.0] * len(rows[0])
    places = range(len(sums))
    for i in range(7, count, 8):
        a0, a1, a2, a3 = rows[i - 7], rows[i - 6], rows[i - 5], rows[i - 4]
        a4, a5, a6, a7 = rows[i - 3], rows[i - 2], rows[i - 1], rows[i]
        f0, f1, f2, f3 = factors[i - 7], factors[i - 6], factors[i - 5], factors[i - 4]
        f4, f5, f6, f7 = factors[i - 3], factors[i - 2], factors[i - 1], factors[i]
        for k in places:
            s = sums[k] + f0 * a0[k] + f1 * a1[k] + f2 * a2[k] + f3 * a3[k]
            sums[k] = s + f4 * a4[k] + f5 * a5[k] + f6 * a6[k] + f7 * a7[k]
    rest = count - count % 8
    for i in range(rest + 1, count, 2):
        a0, a1, f0, f1 = rows[i - 1], rows[i], factors[i - 1], factors[i]
        for k in places:
            sums[k] = sums[k] + f0 * a0[k] + f1 * a1[k]
    if count % 2:
        row, factor = rows[count - 1], factors[count - 1]
        for k in places:
            sums[k] = sums[k] + factor * row[k]
    return sums


def sum_of_rows(D: "Matrix") -> "Row":
    """Return the sum of the rows, eight rows at a time.

    >>> sum_of_rows([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    [9.0, 12.0]
    """
    return combination([1.0] * len(D), D)


def source_of(names: "Set[str]") -> "List[str]":
    """Return the sources of these functions and of those that they call.

    Each program has its own functions, because PyPy compiles a loop for the data of its first runs,
    which may be the short rows of another network.

    >>> [source.partition("(")[0] for source in source_of({"products"})]
    ['def products', 'def product_of_two_rows', 'def product_of_row']
    """
    # Not get_source(), which imports regular expressions: a first training run starts earlier.
    text = __loader__.get_data(__file__).decode()  # type: ignore[name-defined]
    parts = "\n".join(text.splitlines()).split("\n\n\n")
    functions = {part[len("def ") : part.index("(")]: part for part in parts if "def " == part[:4]}
    found = set(names)
    for name, source in functions.items():  # Those that are called follow.
        if name in found:
            found.update([other for other in functions if f"{other}(" in source])
    return [source for name, source in functions.items() if name in found]
