"""4-16-3 on 150 samples, with SGD and Adam: the float operations of each sample and of each update, and nothing else.

Adam keeps m and v without the constant factors 1 - β1 and 1 - β2. They move into the rate and ε, like the bias
corrections.
"""

from itertools import repeat
from math import exp, sqrt, tanh

from ..peers import NumPy, PyTorch, ScikitLearn
from ..workloads import ADAM
from . import training

INPUTS, UNITS, CLASSES = range(4), range(16), range(3)
WEIGHTS = (
    ["w{}_{}".format(i, j) for i in INPUTS for j in UNITS]
    + ["b{}".format(j) for j in UNITS]
    + ["v{}_{}".format(j, k) for j in UNITS for k in CLASSES]
    + ["c{}".format(k) for k in CLASSES]
)
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def sample():
    """Yield the statements for a sample (x0, ...), (y0, ...); g_NAME is the sum of a weight's gradients."""
    for j in UNITS:
        terms = " + ".join(["x{0} * w{0}_{1}".format(i, j) for i in INPUTS])
        yield "a{0} = tanh({1} + b{0})".format(j, terms)
    for k in CLASSES:
        terms = " + ".join(["a{0} * v{0}_{1}".format(j, k) for j in UNITS])
        yield "e{0} = exp({1} + c{0})".format(k, terms)
    yield "total = " + " + ".join(["e{}".format(k) for k in CLASSES])
    for k in CLASSES:
        yield "d{0} = e{0} / total - y{0}".format(k)
        yield "g_c{0} += d{0}".format(k)
    for j in UNITS:
        terms = " + ".join(["d{0} * v{1}_{0}".format(k, j) for k in CLASSES])
        yield "h = ({0}) * (1.0 - a{1} * a{1})".format(terms, j)
        yield "g_b{} += h".format(j)
        for i in INPUTS:
            yield "g_w{0}_{1} += x{0} * h".format(i, j)
        for k in CLASSES:
            yield "g_v{0}_{1} += a{0} * d{1}".format(j, k)


def sgd():
    """Yield the statements of an update; ``rate`` is divided by the number of samples."""
    for w in WEIGHTS:
        yield "{0} = {0} - rate * g_{0}".format(w)


def adam():
    """Yield the same for Adam."""
    for w in WEIGHTS:
        yield from adam_update(w, "part * g_" + w)


def adam_update(w, gradient):
    """Yield the statements that change a weight."""
    yield "g = " + gradient
    yield "m_{0} = {1} * m_{0} + g".format(w, BETA1)
    yield "v_{0} = {1} * v_{0} + g * g".format(w, BETA2)
    yield "{0} = {0} - rate * (m_{0} / (sqrt(v_{0}) + epsilon))".format(w)


def adam_steps(rate, count):
    """Yield the rate and the epsilon of each step, with the factors that m and v lack."""
    power1 = power2 = 1.0
    for _ in range(count):
        power1 *= BETA1
        power2 *= BETA2
        root = sqrt((1 - BETA2) / (1 - power2))
        yield rate * (1 - BETA1) / (1 - power1) / root, EPSILON / root


def program(update, memory):
    """Return a function that makes a step for each batch: the rate, ε, 1/n, and the samples."""
    weights = "({})".format(", ".join(WEIGHTS))
    lines = [weights + " = weights"]
    lines += [" = ".join([m + w for w in WEIGHTS] + ["0.0"]) for m in memory]
    lines.append("for rate, epsilon, part, samples in steps:")
    lines += ["    " + " = ".join(["g_" + w for w in WEIGHTS] + ["0.0"])]
    lines += ["    for (x0, x1, x2, x3), (y0, y1, y2) in samples:"]
    lines += ["        " + line for line in sample()]
    lines += ["    " + line for line in update()]
    lines.append("return " + weights)
    names = {"exp": exp, "tanh": tanh, "sqrt": sqrt}
    exec(
        "def train(weights, steps):\n" + "".join(["    {}\n".format(line) for line in lines]), names
    )
    return names["train"]


def bare(work):
    is_adam = work.optimizer == "adam"
    train = program(adam, ["m_", "v_"]) if is_adam else program(sgd, [])
    W1, b1, W2, b2 = work.start
    weights = [w for row in W1 for w in row] + b1 + [w for row in W2 for w in row] + b2
    batches = work.batches()

    def steps():
        count = len(batches) * work.epochs
        rates = adam_steps(work.rate, count) if is_adam else repeat((work.rate, 0.0))
        for (rate, epsilon), (X, Y) in zip(rates, batches * work.epochs):
            part = 1 / len(X)
            yield rate if is_adam else rate * part, epsilon, part, zip(X, Y)

    def run():
        found = train(weights, steps())
        return [found[:64], found[64:80], found[80:128], found[128:]]

    return lambda: run


def limits(quick):
    yield training("4-16-3", bare, [NumPy.name, ScikitLearn.name, PyTorch.name], quick)
    yield training("4-16-3" + ADAM, bare, [PyTorch.name], quick)
