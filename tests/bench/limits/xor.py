"""XOR with 2-4-1: the float operations of a step on all four samples, and nothing else.

Inputs of 0 and 1 need no products, the rate and the mean are one factor of the gradients at the output, and the weight
through which a gradient arrives at a hidden unit is multiplied last. With Adam, see small.py.

A second program also keeps the loss of each step, as `fit` does.
"""

from functools import partial
from math import exp, log1p, sqrt, tanh

from ..peers import NumPy, PyTorch, ScikitLearn
from ..workloads import ADAM
from . import training
from .small import adam_steps, adam_update

UNITS = range(4)
LABELS = (0, 1, 1, 0)  # of the samples 00, 01, 10, 11
WEIGHTS = ["{}{}".format(name, j) for name in "uvbw" for j in UNITS] + ["c"]
LOSS = "keep(0.25 * (log1p(e0) + log1p(e1) + log1p(e2) + log1p(e3)))"


def step(update, loss):
    """Yield the statements of a step.

    Unit j has the weights u_j and v_j, the bias b_j, and the weight w_j to the output. In sample i, a_i_j is its
    output, and h_i the gradient there, except for w_j; d_i is the gradient at the output.

    ``update(w, gradient)``   yields the statements that change a weight
    ``loss``                  the statements of the loss
    """
    for j in UNITS:
        sums = "b{0}", "v{0} + b{0}", "u{0} + b{0}", "u{0} + v{0} + b{0}"
        for i, text in enumerate(sums):
            yield "a{}_{} = tanh({})".format(i, j, text.format(j))
    for i, label in enumerate(LABELS):
        z = " + ".join(["a{}_{} * w{}".format(i, j, j) for j in UNITS]) + " + c"
        yield "e{} = exp({})".format(i, "-({})".format(z) if label else z)
        yield "d{0} = e{0} / ({1}) * part".format(
            i, ("-1.0 - e{}" if label else "1.0 + e{}").format(i)
        )
    yield from loss
    for j in UNITS:
        for i in range(4):
            yield "h{0} = d{0} * (1.0 - a{0}_{1} * a{0}_{1})".format(i, j)
        yield from update("u{}".format(j), "w{} * (h2 + h3)".format(j))
        yield from update("v{}".format(j), "w{} * (h1 + h3)".format(j))
        yield from update("b{}".format(j), "w{} * (h0 + h1 + h2 + h3)".format(j))
        terms = " + ".join(["a{}_{} * d{}".format(i, j, i) for i in range(4)])
        yield from update("w{}".format(j), "({})".format(terms))
    yield from update("c", "(d0 + d1 + d2 + d3)")


def sgd_update(w, gradient):
    yield "{0} = {0} - {1}".format(w, gradient)


def program(update, head, memory=(), loss=()):
    """Return a function that makes the steps, and ends with the weights. ``keep`` gets the losses."""
    weights = ", ".join(WEIGHTS)
    lines = ["def train(weights, steps, keep):", "    {} = weights".format(weights)]
    lines += ["    " + " = ".join([m + w for w in WEIGHTS] + ["0.0"]) for m in memory]
    lines += ["    " + line for line in head]
    lines += ["        " + line for line in step(update, loss)]
    lines.append("    return " + weights)
    names = {"exp": exp, "log1p": log1p, "tanh": tanh, "sqrt": sqrt}
    exec("\n".join(lines), names)
    return names["train"]


def bare(work, loss=()):
    W1, b1, W2, b2 = work.start
    weights = W1[0] + W1[1] + b1 + [w for (w,) in W2] + b2
    part = 1 / len(work.X)
    if work.optimizer == "adam":
        head = ["part = {!r}".format(part), "for rate, epsilon in steps:"]
        train = program(adam_update, head, ["m_", "v_"], loss)
    else:
        head = ["part, count = steps", "for _ in range(count):"]
        train = program(sgd_update, head, loss=loss)

    def steps():
        if work.optimizer == "adam":
            return adam_steps(work.rate, work.epochs)
        return work.rate * part, work.epochs

    def run():
        losses = []
        found = train(weights, steps(), losses.append)
        return [found[:8], found[8:12], found[12:16], found[16:]]

    return lambda: run


def limits(quick):
    peers = [NumPy.name, ScikitLearn.name, PyTorch.name]
    yield training("2-4-1", bare, peers, quick)
    with_losses = training("2-4-1", partial(bare, loss=[LOSS]), peers, quick)
    with_losses.what += ", with the loss of each step"
    yield with_losses
    yield training("2-4-1" + ADAM, bare, [PyTorch.name], quick)
