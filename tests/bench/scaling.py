"""Time per sample against width, depth and batch: where each engine hands over to the next."""

import random
from itertools import chain
from statistics import median

import scratchnet as sn
from scratchnet.core.examples import examples_for
from scratchnet.core.losses import loss_for
from scratchnet.core.training import Engine
from scratchnet.engines import choice

from .measure import Contender, looped

# width of every layer, how many hidden layers, batch
GRID = list(
    chain(
        [(width, 1, 16) for width in (2, 4, 8, 16, 32, 64, 128, 256)],
        [(16, depth, 16) for depth in (2, 4, 8)],
        [(16, 1, batch) for batch in (1, 4, 64, 256)],
        [(64, 1, batch) for batch in (1, 4, 64, 256)],
    )
)
# The sizes in each row differ little from one to the next.
NEIGHBOURS = [
    [(width, 1, 16) for width in range(2, 41)],
    [(4, depth, 16) for depth in range(1, 21)],
    [(12, depth, 16) for depth in range(1, 7)],
    [(8, 1, batch) for batch in range(1, 21)],
    [(16, 1, batch) for batch in range(1, 21)],
]
MOST_UNROLLED = 20000  # weights: longer code takes too long to make


def engine_name(net, X, Y, batch):
    """The engine that trains the network in batches of that size."""
    loss = loss_for(net, "categorical_cross_entropy")
    lists = Engine(net, loss, sn.SGD(0.01), examples_for(net, X, Y, loss), sn.Generator(0))
    return choice.choice(lists, batch, choice.MOST)[0]


def network(width, depth):
    """As many inputs and outputs as units in each hidden layer; tanh, softmax."""
    layers = []
    for _ in range(depth):
        layers += [sn.Dense(width, width), sn.Tanh()]
    return sn.Sequential(layers + [sn.Dense(width, width), sn.Softmax()], seed=7)


def samples(width, count):
    """Random samples, and the class of each."""
    generator = random.Random(5)
    return [[generator.random() for _ in range(width)] for _ in range(count)], [
        i % width for i in range(count)
    ]


def training(width, depth, batch, count):
    """A function, as for Contender, that trains one epoch on this many samples."""
    X, labels = samples(width, count)
    targets = [[float(label == k) for k in range(width)] for label in labels]

    def fresh():
        net = network(width, depth)
        return lambda: net.fit(
            X, targets, "categorical_cross_entropy", sn.SGD(0.01), epochs=1, batch_size=batch
        )

    fresh()()  # everything that is made once is then made
    return fresh


def count_for(weights, batch):
    """The number of samples to train."""
    return batch * max(2, min(1000, 200000 // weights) // batch)


def trained(width, depth, batch, quick):
    """Seconds per sample, and the multiplications per sample of a forward and a backward pass."""
    weights = width * width * (depth + 1)
    count = count_for(weights, batch)
    contender = Contender(training(width, depth, batch, count), 1 / count)
    repeats, at_least = (1, 0.0) if quick else (5, 0.02)
    return median([contender.seconds(at_least) for _ in range(repeats)]), 3 * weights


def point(width, depth, batch, quick):
    """Microseconds per sample: trained by ``fit``, predicted in a batch by ``predict``, and alone by ``sn.unroll``."""
    net = network(width, depth)
    weights = sum([p.count for p in net.parameters()])
    count = count_for(weights, batch)
    X, labels = samples(width, count)
    repeats, at_least = (1, 0.0) if quick else (5, 0.03)
    contenders = [
        Contender(training(width, depth, batch, count), 1 / count),
        looped(net.predict, X[:batch], at_least),
    ]
    contenders[1].scale /= batch
    if weights <= MOST_UNROLLED:
        contenders.append(looped(sn.unroll(net), X[0], at_least))
    times = [1e6 * median([c.seconds(at_least) for _ in range(repeats)]) for c in contenders]
    engine = engine_name(net, X, labels, batch)
    return {
        "width": width, "depth": depth, "batch": batch, "weights": weights, "engine": engine,
        "train_us": times[0], "predict_us": times[1], "unrolled_us": times[2] if len(times) > 2 else None,
    }  # fmt: skip
