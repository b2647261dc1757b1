"""64-32-10 on PyPy, warm: loops that it compiles well, and no loss.

The products are those of the package, blocks of four times four numbers. The first weights are kept as rows: the
forward pass and the gradient then run along the units, and read each number once for four samples.
"""

from math import exp, tanh

from scratchnet.codegen.python.loop_products import combinations, gradients, products

from .. import other, peers
from ..measure import Contender, Unavailable, check
from ..workloads import workload
from . import Limit

NAME, WARM = "64-32-10", 4


def hidden(Z, b):
    """Return the outputs of the units."""
    A = []
    for z in Z:
        a = [0.0] * len(b)
        for j in range(len(b)):
            a[j] = tanh(z[j] + b[j])
        A.append(a)
    return A


def output(Z, b, Y, part):
    """Return the gradients at the input of the softmax, times ``part``."""
    D = []
    for i in range(len(Z)):
        z, y = Z[i], Y[i]
        d = [0.0] * len(b)
        total = 0.0
        for k in range(len(b)):
            e = exp(z[k] + b[k])
            d[k] = e
            total += e
        for k in range(len(b)):
            d[k] = (d[k] / total - y[k]) * part
        D.append(d)
    return D


def before_tanh(H, A):
    """Multiply the gradients by the derivative of tanh."""
    for i in range(len(H)):
        h, a = H[i], A[i]
        for j in range(len(h)):
            h[j] = h[j] * (1.0 - a[j] * a[j])


def move(rows, G):
    for i in range(len(rows)):
        row, g = rows[i], G[i]
        for k in range(len(row)):
            row[k] -= g[k]


def move_bias(b, D):
    for d in D:
        for k in range(len(b)):
            b[k] -= d[k]


def columns_of(W):
    return [[row[j] for row in W] for j in range(len(W[0]))]


def bare(work):
    batches = work.batches()

    def fresh():
        W1, b1, W2, b2 = work.start
        W1, C2, b1, b2 = [list(row) for row in W1], columns_of(W2), list(b1), list(b2)

        def run():
            for _ in range(work.epochs):
                for X, Y in batches:
                    A = hidden(combinations(X, W1), b1)
                    D = output(products(A, C2), b2, Y, work.rate / len(X))
                    H = combinations(D, C2)
                    before_tanh(H, A)
                    move(W1, gradients(H, X))
                    move_bias(b1, H)
                    move(C2, gradients(A, D))
                    move_bias(b2, D)
            return [W1, b1, columns_of(C2), b2]

        return run

    return fresh


def limits(quick):
    if not other.pypy():
        raise Unavailable("no pypy3 on the PATH")
    work = workload(NAME, quick)
    warm = 0 if quick else WARM
    with other.Process(other.pypy()) as one, other.Process(other.pypy()) as two:
        contender = one.contender(NAME, quick, warm, bare=__name__)
        ours = two.contender(NAME, quick, warm)
        for process in (one, two):
            check(process.ask("parameters"), work.training()()(), 1e-10, NAME + " on PyPy")
        yield Limit("train " + NAME + " on " + one.version, contender, others(ours, work))


def others(ours, work):
    yield "scratchnet", ours
    try:
        yield "NumPy, CPython", Contender(peers.peer(peers.NumPy.name).training(work))
    except Unavailable as error:
        yield "NumPy, CPython", error
