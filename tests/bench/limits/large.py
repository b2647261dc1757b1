"""16-16-16 to 784-30-10: matrix products, gradients and updates, column by column, and nothing else.

Weights are lists of columns. The rate and 1/n are factors of the gradients at the last layer. Adam keeps m and v without
the factors 1 - β1 and 1 - β2, as in small.py. Products of batches of at most 10 samples are written out.
math.sumprod gets two lists, which takes 4 % less time than a list and a tuple.

For 16-16-16 to 64-32-10, a second program also does what `fit` has to: it checks the samples and keeps the loss of each step.

For pixels, all weights of an input are one integer, each in its own lane of 11 bytes, so that one multiplication by an
integer pixel gives the products of all units.
"""

import math
from itertools import accumulate, chain, repeat
from math import exp, log, sqrt, tanh
from operator import mul
from struct import Struct

from ..measure import Contender
from ..peers import Bpnn, MicroGPT, NumPy
from ..workloads import ADAM, dot_products, workload
from . import training
from .small import BETA1, BETA2, adam_steps

WRITTEN_OUT = 10  # products; more are added by math.sumprod
GRAYS = 255
sumprod = getattr(math, "sumprod", lambda a, b: sum(map(mul, a, b)))
BITS = 68  # a weight w is the integer w·2^68; its lane has 88 bits


def written(code, **numbers):
    """Return the function of the code, where TERMS is the sum l0·r0 + l1·r1 + ..., and LEFT is all of l0, l1, ..."""
    count = numbers["count"]
    left, right = [", ".join([name + str(k) for k in range(count)]) + "," for name in "lr"]
    names = {"tanh": tanh, "exp": exp, "sqrt": sqrt, "sumprod": sumprod}
    if count <= WRITTEN_OUT:
        terms = " + ".join(["l{0} * r{0}".format(k) for k in range(count)])
        # CPython reads two of the first 16 variables with one instruction.
        first = " = ".join(["l{0} = r{0}".format(k) for k in range(min(count, 7))]) + " = 0.0"
        code = code.replace("FIRST", first + "\n    {} = r".format(right))
    else:
        terms, left = "sumprod(l, r)", "l"
        code = code.replace("FIRST", "pass")
    exec(code.replace("TERMS", terms).replace("LEFT", left), names)
    return names["function"]


def transposed(rows):
    return list(map(list, zip(*rows)))


def sgd_column(count):
    code = "def function(column, rows, r):\n    FIRST\n"
    code += "    return [w - (TERMS) for w, (LEFT) in zip(column, rows)]\n"
    return written(code, count=count)


def adam_column(count):
    """The memory of a column, m and v, and its weights are changed in place."""
    return written(
        "def function(column, m, v, rows, r, rate, epsilon):\n    FIRST\n"
        "    for k, (LEFT) in enumerate(rows):\n"
        "        g = TERMS\n"
        "        m[k] = a = {} * m[k] + g\n"
        "        v[k] = b = {} * v[k] + g * g\n"
        "        column[k] -= rate * (a / (sqrt(b) + epsilon))\n".format(BETA1, BETA2),
        count=count,
    )


def backward(derivative, count):
    """Return a function for the gradients at the hidden units; ``derivative`` is the activation's, in terms of a."""
    right = ", ".join(["r{}".format(k) for k in range(count)]) if count <= WRITTEN_OUT else "r"
    return written(
        "def function(A, D, W):\n    return [[(TERMS) * {} for a, (LEFT) in zip(row, W)] "
        "for row, ({}) in zip(A, D)]\n".format(derivative, right),
        count=count,
    )


def softmax_gradients(A, Y, C, b, factor):
    D = []
    for row, y in zip(A, Y):
        e = [exp(sumprod(row, c) + v) for c, v in zip(C, b)]
        total = sum(e)
        D.append([factor * (v / total - t) for v, t in zip(e, y)])
    return D


class Network:
    """The parameters, and the steps."""

    def __init__(self, work):
        W1, b1, W2, b2 = work.start
        self.work = work
        self.C1, self.C2 = [[list(column) for column in zip(*W)] for W in (W1, W2)]
        self.b1, self.b2 = b1, b2
        derivative = "(1.0 - a * a)" if work.hidden == "tanh" else "(a * (1.0 - a))"
        self.backward = backward(derivative, work.sizes[2])
        self.columns = {n: sgd_column(n) for n in {len(X) for X, _ in work.batches()}}

    def hidden(self, X):
        if self.work.hidden == "tanh":
            return [[tanh(sumprod(x, c) + b) for c, b in zip(self.C1, self.b1)] for x in X]
        return [
            [1.0 / (1.0 + exp(-sumprod(x, c) - b)) for c, b in zip(self.C1, self.b1)] for x in X
        ]

    def run(self):
        for X, Y in self.work.batches() * self.work.epochs:
            self.step(X, Y, self.work.rate / len(X))
        return self.parameters()

    def step(self, X, Y, factor):
        A = self.hidden(X)
        D = self.gradients(A, Y, factor)
        H = self.backward(A, D, transposed(self.C2))
        self.update(self.C1, X, H)
        self.b1 = [b - sum(d) for b, d in zip(self.b1, zip(*H))]
        self.update(self.C2, A, D)
        self.b2 = [b - sum(d) for b, d in zip(self.b2, zip(*D))]

    def gradients(self, A, Y, factor):
        return softmax_gradients(A, Y, self.C2, self.b2, factor)

    def update(self, C, X, D):
        rows, column = transposed(X), self.columns[len(X)]
        for j, d in enumerate(transposed(D)):
            C[j] = column(C[j], rows, d)

    def parameters(self):
        return [list(zip(*self.C1)), self.b1, list(zip(*self.C2)), self.b2]


class WithLoss(Network):
    """It also checks the samples, and keeps the loss of each step, where the largest logit is subtracted first."""

    def run(self):
        self.losses = []
        for row in self.work.X + self.work.targets:
            if set(map(type, row)) != {float} or 0.0 * sum(row) != 0.0:
                raise ValueError("the samples are not finite floats")
        return Network.run(self)

    def gradients(self, A, Y, factor):
        D, loss = [], 0.0
        for row, y in zip(A, Y):
            z = [sumprod(row, c) + v for c, v in zip(self.C2, self.b2)]
            largest = max(z)
            e = [exp(v - largest) for v in z]
            total = sum(e)
            loss += log(total) + largest - sumprod(y, z)
            D.append([factor * (v / total - t) for v, t in zip(e, y)])
        self.losses.append(loss / len(A))
        return D


class WithAdam(Network):
    def __init__(self, work):
        Network.__init__(self, work)
        self.columns = {n: adam_column(n) for n in {len(X) for X, _ in work.batches()}}
        self.bias = adam_column(1)
        lists = [self.C1, self.C2, [list(self.b1)], [list(self.b2)]]
        self.b1, self.b2 = lists[2][0], lists[3][0]
        self.memory = [[([0.0] * len(c), [0.0] * len(c)) for c in C] for C in lists]
        batches = work.epochs * len(work.batches())
        self.rates = adam_steps(work.rate, batches)

    def step(self, X, Y, factor):
        rate, epsilon = next(self.rates)
        A = self.hidden(X)
        D = softmax_gradients(A, Y, self.C2, self.b2, 1 / len(X))
        H = self.backward(A, D, transposed(self.C2))
        memory1, memory2, [(m1, v1)], [(m2, v2)] = self.memory
        self.change(self.C1, memory1, X, H, rate, epsilon)
        self.bias(self.b1, m1, v1, [(sum(d),) for d in zip(*H)], (1.0,), rate, epsilon)
        self.change(self.C2, memory2, A, D, rate, epsilon)
        self.bias(self.b2, m2, v2, [(sum(d),) for d in zip(*D)], (1.0,), rate, epsilon)

    def change(self, C, memory, X, D, rate, epsilon):
        rows, column = transposed(X), self.columns[len(X)]
        for c, (m, v), d in zip(C, memory, transposed(D)):
            column(c, m, v, rows, d, rate, epsilon)


class OfPixels(Network):
    """``P`` are the integers of the inputs; zeros are left out."""

    def __init__(self, work):
        Network.__init__(self, work)
        count = work.sizes[1]
        self.size = 11 * count
        ones = sum([1 << 88 * j for j in range(count)])
        self.signs, self.half = ones << 87, (ones << 87) + (ones << 23)
        self.signs64 = ones << 63
        self.unpack, self.pack = (
            Struct("<" + "3xq" * count).unpack,
            Struct("<" + "q3x" * count).pack,
        )
        self.P = [
            sum([round(w * 2.0**BITS) << 88 * j for j, w in enumerate(r)]) for r in work.start[0]
        ]
        self.samples = {id(x): self.sample(x) for x in work.X}

    @staticmethod
    def sample(x):
        places = [i for i, v in enumerate(x) if v]
        return places, bytes([round(GRAYS * x[i]) for i in places])

    def numbers(self, integer):
        """Return the upper 64 bits of each lane."""
        return self.unpack(((integer + self.half) ^ self.signs).to_bytes(self.size, "little"))

    def hidden(self, X):
        A, P, unit = [], self.P, 2.0 ** (24 - BITS) / GRAYS
        for places, grays in [self.samples[id(x)] for x in X]:
            z = self.numbers(sumprod(grays, [P[i] for i in places]))
            A.append([1.0 / (1.0 + exp(-unit * v - b)) for v, b in zip(z, self.b1)])
        return A

    def update(self, C, X, D):
        if C is not self.C1:
            return Network.update(self, C, X, D)
        P, scale, signs = self.P, 2.0**BITS / GRAYS, self.signs64
        for x, row in zip(X, D):
            places, grays = self.samples[id(x)]
            packed = int.from_bytes(self.pack(*[round(scale * d) for d in row]), "little")
            step = (packed ^ signs) - signs
            multiples = [0, *accumulate(repeat(step, GRAYS))]
            for i, k in zip(places, grays):
                P[i] -= multiples[k]
        return None

    def parameters(self):
        scale = 2.0 ** (24 - BITS)
        W1 = [[scale * v for v in self.numbers(p)] for p in self.P]
        return [W1] + Network.parameters(self)[1:]


def bare(kind):
    return lambda work: lambda: kind(work).run


def with_losses(name, quick):
    """Return the limit of a program that also does what ``fit`` has to."""
    limit = training(name, bare(WithLoss), [], quick)
    limit.what += ", with the loss of each step and checked samples"
    return limit


def limits(quick):
    for name in ("16-16-16", "32-32-32"):
        yield training(name, bare(Network), [], quick)
        yield with_losses(name, quick)
    peers = [NumPy.name, Bpnn.name]
    yield training("64-32-10", bare(Network), peers, quick)
    against_products = with_losses("64-32-10", quick)
    products = Contender(dot_products(workload("64-32-10", quick)))
    against_products.others = chain([("its products", products)], against_products.others)
    yield against_products
    yield training("64-32-10" + ADAM, bare(WithAdam), [], quick)
    yield training("784-30-10", bare(Network), peers + [MicroGPT.name], quick)
    yield training("784-30-10" + ADAM, bare(WithAdam), [], quick)
    yield training("784-30-10 pixels", bare(OfPixels), peers, quick, 1e-9)
    yield training("784-30-10 sparse pixels", bare(OfPixels), peers, quick, 1e-9)
