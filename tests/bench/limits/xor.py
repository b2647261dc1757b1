"""XOR with 2-4-1: the float operations of a step on all four samples, and nothing else.

Inputs of 0 and 1 need no products, the rate and the mean are one factor, and so is the weight through which the
gradient arrives at a hidden unit. With Adam, see small.py.
"""

from math import exp, sqrt, tanh

from ..peers import NumPy, PyTorch, ScikitLearn
from ..workloads import ADAM
from . import training
from .small import adam_steps, adam_update

UNITS = range(4)
LABELS = (0, 1, 1, 0)  # of the samples 00, 01, 10, 11
WEIGHTS = ["{}{}".format(name, j) for name in "uvbw" for j in UNITS] + ["c"]


def step(update):
    """Yield the statements of a step.

    Unit j has the weights u_j and v_j, the bias b_j, and the weight w_j to the output. In sample i, a_i_j is its
    output, and h_i_j the gradient there, except for w_j; d_i is the gradient at the output.

    ``update(w, factor, gradient)``   yields the statements that change a weight
    """
    for j in UNITS:
        sums = "b{0}", "v{0} + b{0}", "u{0} + b{0}", "u{0} + v{0} + b{0}"
        for i, text in enumerate(sums):
            yield "a{}_{} = tanh({})".format(i, j, text.format(j))
    for i, label in enumerate(LABELS):
        z = " + ".join(["a{}_{} * w{}".format(i, j, j) for j in UNITS])
        yield "d{} = 1.0 / (1.0 + exp(-({} + c)))".format(i, z) + " - 1.0" * label
    for j in UNITS:
        for i in range(4):
            yield "h{0} = d{0} * (1.0 - a{0}_{1} * a{0}_{1})".format(i, j)
        yield "s = part * w{}".format(j)
        yield from update("u{}".format(j), "s", "h2 + h3")
        yield from update("v{}".format(j), "s", "h1 + h3")
        yield from update("b{}".format(j), "s", "h0 + h1 + h2 + h3")
        terms = " + ".join(["a{}_{} * d{}".format(i, j, i) for i in range(4)])
        yield from update("w{}".format(j), "part", terms)
    yield from update("c", "part", "d0 + d1 + d2 + d3")


def sgd_update(w, factor, gradient):
    yield "{0} = {0} - {1} * ({2})".format(w, factor, gradient)


def program(update, head, memory=()):
    """Return a function that makes the steps, and ends with the weights."""
    weights = ", ".join(WEIGHTS)
    lines = ["def train(weights, steps):", "    {} = weights".format(weights)]
    lines += ["    " + " = ".join([m + w for w in WEIGHTS] + ["0.0"]) for m in memory]
    lines += ["    " + line for line in head]
    lines += ["        " + line for line in step(update)]
    lines.append("    return " + weights)
    names = {"exp": exp, "tanh": tanh, "sqrt": sqrt}
    exec("\n".join(lines), names)
    return names["train"]


def bare(work):
    W1, b1, W2, b2 = work.start
    weights = W1[0] + W1[1] + b1 + [w for (w,) in W2] + b2
    part = 1 / len(work.X)
    if work.optimizer == "adam":
        head = ["part = {!r}".format(part), "for rate, epsilon in steps:"]
        train = program(adam_update, head, ["m_", "v_"])
    else:
        head = ["part, count = steps", "for _ in range(count):"]
        train = program(sgd_update, head)

    def steps():
        if work.optimizer == "adam":
            return adam_steps(work.rate, work.epochs)
        return work.rate * part, work.epochs

    def run():
        found = train(weights, steps())
        return [found[:8], found[8:12], found[12:16], found[16:]]

    return lambda: run


def limits(quick):
    yield training("2-4-1", bare, [NumPy.name, ScikitLearn.name, PyTorch.name], quick)
    yield training("2-4-1" + ADAM, bare, [PyTorch.name], quick)
