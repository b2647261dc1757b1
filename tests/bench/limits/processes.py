"""784-30-10 in batches of 200: each of two processes computes half of every batch. The times are wall-clock times.

The main process sends only the weights and the samples, as bytes. It receives the gradients as bytes, adds them and
updates the weights. All weights are in one list, row after row. The samples are packed before the measurement starts.
"""

import os
from array import array
from functools import lru_cache
from itertools import chain
from struct import pack
from time import perf_counter

from ..measure import Contender, Unavailable, check
from ..rows.processes import Pool
from ..workloads import train, workload
from . import Limit
from .large import Network, backward, softmax_gradients, sumprod, transposed

NAME = "784-30-10 by 200"


def packed(numbers):
    return pack("{}d".format(len(numbers)), *numbers)


def unpacked(data):
    return array("d", data).tolist()


def rows_of(numbers, width):
    return [numbers[k : k + width] for k in range(0, len(numbers), width)]


class Gradients(Network):
    """The network with given weights, which computes gradients and changes nothing."""

    def __init__(self, work, weights):
        inputs, hidden, outputs = work.sizes
        second = (inputs + 1) * hidden
        self.work = work
        self.C1 = [weights[j : second - hidden : hidden] for j in range(hidden)]
        self.b1 = weights[second - hidden : second]
        self.C2 = [weights[second + k : -outputs : outputs] for k in range(outputs)]
        self.b2 = weights[-outputs:]
        self.backward = written_backward(outputs)

    def of(self, X, Y, factor):
        """Return all gradients, in the order of the weights."""
        A = self.hidden(X)
        D = softmax_gradients(A, Y, self.C2, self.b2, factor)
        H = self.backward(A, D, transposed(self.C2))
        return [*products(X, H), *map(sum, zip(*H)), *products(A, D), *map(sum, zip(*D))]


@lru_cache()
def written_backward(outputs):
    return backward("(a * (1.0 - a))", outputs)


def products(X, D):
    columns = transposed(D)  # The columns stay in the cache of the processor.
    return [sumprod(row, d) for row in transposed(X) for d in columns]


def gradients_of_half(work, weights, X, Y, factor):
    """Compute the gradients of half of a batch, in a worker."""
    inputs, _, outputs = work.sizes
    X, Y = rows_of(unpacked(X), inputs), rows_of(unpacked(Y), outputs)
    return packed(Gradients(work, unpacked(weights)).of(X, Y, factor))


class Alone:
    """The training run in one process."""

    def __init__(self, work):
        W1, b1, W2, b2 = work.start
        self.weights = [*chain.from_iterable(W1), *b1, *chain.from_iterable(W2), *b2]
        self.work = work.replace(X=[], labels=[], start=[[]])
        self.batches = [self.batch(X, Y, work.rate / len(X)) for X, Y in work.batches()]
        self.epochs = work.epochs

    def batch(self, X, Y, factor):
        return X, Y, factor

    def run(self):
        for batch in self.batches * self.epochs:
            self.step(*batch)
        net = Gradients(self.work, self.weights)
        return [transposed(net.C1), net.b1, transposed(net.C2), net.b2]

    def step(self, X, Y, factor):
        gradients = Gradients(self.work, self.weights).of(X, Y, factor)
        self.weights = [w - g for w, g in zip(self.weights, gradients)]


class Halves(Alone):
    """The training run whose gradients are computed by two workers."""

    def __init__(self, work, pool):
        Alone.__init__(self, work)
        self.pool = pool

    def batch(self, X, Y, factor):
        half = len(X) // 2
        parts = slice(half), slice(half, None)
        return [[packed(list(chain(*rows[part]))) for rows in (X, Y)] for part in parts], factor

    def step(self, halves, factor):
        task = gradients_of_half, self.work, packed(self.weights)
        futures = [self.pool.submit(*task, *half, factor) for half in halves]
        parts = [array("d", future.result()) for future in futures]
        self.weights = [w - (a + b) for w, a, b in zip(self.weights, *parts)]


def limits(quick):
    if (os.cpu_count() or 1) < 2:
        raise Unavailable("one processor")
    work = workload(NAME, quick)
    with Pool(2) as pool:

        def two_trainings():
            for future in [pool.submit(train, NAME, quick, "auto") for _ in range(2)]:
                future.result()

        contenders = [
            ("bare", lambda: Halves(work, pool).run, 1),
            ("scratchnet", work.training(executor=pool), 1),
            ("alone", work.training(), 1),
            ("bare, alone", lambda: Alone(work).run, 1),
            ("half of two", lambda: two_trainings, 1 / 2),
        ]
        expected = contenders[2][1]()()
        for _, fresh, _ in contenders[:4]:
            check(fresh()(), expected, 1e-10, NAME)
        two_trainings()
        (_, bare), *others = [
            (name, Contender(fresh, scale, perf_counter)) for name, fresh, scale in contenders
        ]
        yield Limit("train {}, two processes".format(NAME), bare, others)
