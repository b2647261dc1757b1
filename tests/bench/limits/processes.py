"""784-30-10 in batches of 200, each half of a batch computed by another process, by wall-clock time.

The main process sends the weights, the samples and nothing else as bytes, and gets the gradients as bytes. It keeps all
weights in one list, so that adding and updating is one loop. The samples are packed before the time is taken.
"""

import os
from array import array
from functools import lru_cache
from itertools import chain, islice
from struct import pack
from time import perf_counter

from ..measure import Contender, Unavailable, check
from ..rows.processes import Pool
from ..workloads import train, workload
from . import Limit
from .large import Network, backward, bare, softmax_gradients, sumprod, transposed

NAME = "784-30-10 by 200"


def packed(rows):
    numbers = list(chain.from_iterable(rows))
    return pack("{}d".format(len(numbers)), *numbers)


def unpacked(data, *lengths):
    """Return the numbers as rows of these lengths."""
    numbers = iter(array("d", data).tolist())
    return [list(islice(numbers, length)) for length in lengths]


# ---- in a worker -------------------------------------------------------------------------------------------------


class Half(Network):
    """The network of a worker. It learns nothing."""

    def __init__(self, work, weights):
        inputs, hidden, outputs = work.sizes
        rows = unpacked(weights, *[inputs] * hidden, hidden, *[hidden] * outputs, outputs)
        self.work = work
        self.C1, self.b1 = rows[:hidden], rows[hidden]
        self.C2, self.b2 = rows[hidden + 1 : -1], rows[-1]
        self.backward = written_backward(outputs)


@lru_cache()
def written_backward(outputs):
    return backward("(a * (1.0 - a))", outputs)


def gradients(work, weights, samples, targets, count, factor):
    """Return the gradients of half of a batch, in the order of the weights."""
    net = Half(work, weights)
    inputs, _, outputs = work.sizes
    X, Y = unpacked(samples, *[inputs] * count), unpacked(targets, *[outputs] * count)
    A = net.hidden(X)
    D = softmax_gradients(A, Y, net.C2, net.b2, factor)
    H = net.backward(A, D, transposed(net.C2))
    return packed([*products(X, H), map(sum, zip(*H)), *products(A, D), map(sum, zip(*D))])


def products(X, D):
    rows = transposed(X)
    return [[sumprod(row, d) for row in rows] for d in transposed(D)]


# ---- in the main process -----------------------------------------------------------------------------------------


class Halves:
    """The training run in the main process."""

    def __init__(self, work, pool):
        W1, b1, W2, b2 = work.start
        self.weights = [*chain.from_iterable(zip(*W1)), *b1, *chain.from_iterable(zip(*W2)), *b2]
        self.work = work.replace(X=[], labels=[], start=[[]])  # for the workers
        self.epochs, self.pool = work.epochs, pool
        self.batches = []
        for X, Y in work.batches():
            half = len(X) // 2
            parts = slice(half), slice(half, None)
            halves = [(packed(X[part]), packed(Y[part]), len(X[part])) for part in parts]
            self.batches.append((halves, work.rate / len(X)))

    def run(self):
        for halves, factor in self.batches * self.epochs:
            sent = pack("{}d".format(len(self.weights)), *self.weights)
            futures = [
                self.pool.submit(gradients, self.work, sent, *half, factor) for half in halves
            ]
            results = [array("d", future.result()) for future in futures]
            self.weights = [w - (a + b) for w, a, b in zip(self.weights, *results)]
        return self.parameters()

    def parameters(self):
        net = Half(self.work, pack("{}d".format(len(self.weights)), *self.weights))
        return [transposed(net.C1), net.b1, transposed(net.C2), net.b2]


def limits(quick):
    if (os.cpu_count() or 1) < 2:
        raise Unavailable("one processor")
    work = workload(NAME, quick)
    with Pool(2) as pool:

        def two_trainings():
            for future in [pool.submit(train, NAME, quick, "auto") for _ in range(2)]:
                future.result()

        alone, shared = work.training(), work.training(executor=pool)
        expected = alone()()
        fresh = lambda: Halves(work, pool).run  # noqa: E731
        for kind in (fresh, shared):
            check(kind()(), expected, 1e-10, NAME)
        two_trainings()
        others = [
            ("scratchnet", shared, 1),
            ("alone", alone, 1),
            ("bare, alone", bare(Network)(work), 1),
            ("half of two", lambda: two_trainings, 1 / 2),
        ]
        yield Limit(
            "train {}, two processes".format(NAME),
            Contender(fresh, clock=perf_counter),
            [(name, Contender(kind, scale, perf_counter)) for name, kind, scale in others],
        )
