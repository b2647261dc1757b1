"""Predictions with 64-32-10, one sample at a time: the dot products alone, and all of the arithmetic.

math.sumprod adds a row of products faster than anything else that Python has, except for math.dist, from which a dot
product follows: a·b = (|a|² + |b|² - |a - b|²)/2. With one more coordinate in b, which is 0 in a, this
becomes (|a|² + constant - |a - b|²)/2 for all columns b of a matrix, so that biases cost nothing. The error is that of the
largest product |a||b|, not that of the sum, and |a| must be about as large as |b|; so scratchnet does not use it.

Also 10,000 samples with 4-16-3: a loop over them with the operations of the network written out, and its weights as
constants. This is sn.unroll without a call for each sample.
"""

import math
from itertools import repeat
from math import exp, tanh
from operator import mul

import scratchnet as sn

from ..measure import Contender, check, looped
from ..peers import NumPy
from ..workloads import workload
from . import IN_A_ROW, Limit, other_predictions

dot = getattr(math, "sumprod", None) or (lambda a, b: sum(map(mul, a, b)))


def columns(matrix):
    # New numbers lie side by side in memory, which is faster to read.
    return [tuple([w * 1.0 for w in column]) for column in zip(*matrix)]


def softmax(z):
    top = max(z)
    powers = [exp(v - top) for v in z]
    total = sum(powers)
    return [e / total for e in powers]


# ---- one sample --------------------------------------------------------------------------------------------------


def by_sumprod(work):
    W1, b1, W2, b2 = work.start
    first, second = list(zip(columns(W1), b1)), list(zip(columns(W2), b2))

    def predict(x):
        a = [tanh(dot(x, c) + b) for c, b in first]
        return softmax([dot(a, c) + b for c, b in second])

    return predict


def by_dist(work):
    W1, b1, W2, b2 = work.start
    (first, constant1), (second, constant2) = folded(W1, b1), folded(W2, b2)

    def predict(x):
        half = constant1 + 0.5 * dot(x, x)
        a = [tanh(half - 0.5 * d * d) for d in map(math.dist, repeat((*x, 0.0)), first)]
        half = constant2 + 0.5 * dot(a, a)
        return softmax([half - 0.5 * d * d for d in map(math.dist, repeat((*a, 0.0)), second)])

    return predict


def folded(matrix, bias):
    """Return the columns with one more coordinate, so that |b|²/2 + bias is the same for all, and this number."""
    known = columns(matrix)
    halves = [0.5 * dot(c, c) + b for c, b in zip(known, bias)]
    most = max(halves)
    return [(*c, math.sqrt(2 * (most - half))) for c, half in zip(known, halves)], most


def dots_by_sumprod(work, hidden):
    first, second = columns(work.start[0]), columns(work.start[2])
    return lambda x: ([dot(x, c) for c in first], [dot(hidden, c) for c in second])


def dots_by_dist(work, hidden):
    first, second = [(*c, 0.0) for c in columns(work.start[0])], columns(work.start[2])
    second = [(*c, 0.0) for c in second]
    hidden = (*hidden, 0.0)
    distances = math.dist
    return lambda x: (
        list(map(distances, repeat((*x, 0.0)), first)),
        list(map(distances, repeat(hidden), second)),
    )


def one_sample(quick):
    work = workload("64-32-10", quick)
    x, net = work.X[1], work.network()
    hidden = net.propagate([x], net.layers[:2])[0]
    bare = {"the dot products by math.sumprod": dots_by_sumprod(work, hidden)}
    if hasattr(math, "dist"):
        bare["the distances by math.dist"] = dots_by_dist(work, hidden)
    for name, dots in bare.items():
        yield "64-32-10, " + name, dots
    whole = {"all by math.sumprod": by_sumprod(work)}
    if hasattr(math, "dist"):
        whole["all by math.dist"] = by_dist(work)
    for name, predict in whole.items():
        check([predict(x)], [sn.unroll(net)(x)], 1e-14, name)
        yield "64-32-10, " + name, predict


# ---- many samples ------------------------------------------------------------------------------------------------


def in_a_loop(work):
    """Return a function of samples, with every operation of the network written out."""
    W1, b1, W2, b2 = work.start
    lines = ["def predict(X):", "    A = []"]
    lines.append("    for {} in X:".format(", ".join(["x{}".format(i) for i in range(len(W1))])))
    for j, column in enumerate(columns(W1)):
        terms = ["x{} * {!r}".format(i, w) for i, w in enumerate(column)]
        lines.append("        z{} = {} + {!r}".format(j, " + ".join(terms), b1[j]))
    lines += ["        a{0} = tanh(z{0})".format(j) for j in range(len(b1))]
    for k, column in enumerate(columns(W2)):
        terms = ["a{} * {!r}".format(j, w) for j, w in enumerate(column)]
        lines.append("        z{} = {} + {!r}".format(k, " + ".join(terms), b2[k]))
    names = ["z{}".format(k) for k in range(len(b2))]
    lines.append("        top = max({})".format(", ".join(names)))
    lines += ["        e{0} = exp(z{0} - top)".format(k) for k in range(len(b2))]
    powers = ["e{}".format(k) for k in range(len(b2))]
    lines.append("        total = " + " + ".join(powers))
    lines.append("        A.append([{}])".format(", ".join([e + " / total" for e in powers])))
    found = {"exp": exp, "tanh": tanh}
    exec("\n".join(lines + ["    return A"]), found)
    return found["predict"]


def many_samples(quick):
    work = workload("4-16-3", quick)
    X = (work.X * (10000 // len(work.X) + 1))[: 20 if quick else 10000]
    net, predict = work.network(), in_a_loop(work)
    unrolled = sn.unroll(net)
    check(predict(X[:20]), net.predict(X[:20]), 1e-14, "many samples")
    others = [
        ("scratchnet", Contender(lambda: lambda: net.predict(X))),
        ("sn.unroll", Contender(lambda: lambda: [unrolled(x) for x in X])),
    ]
    return Limit("predict 10,000 samples, 4-16-3", Contender(lambda: lambda: predict(X)), others)


def limits(quick):
    work, at_least = workload("64-32-10", quick), 0.0 if quick else IN_A_ROW
    for what, function in one_sample(quick):
        contender = looped(function, work.X[1], at_least)
        yield Limit("predict " + what, contender, other_predictions(work, [NumPy.name], at_least))
    yield many_samples(quick)
