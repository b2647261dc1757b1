"""The trainings that are measured, and how scratchnet does them.

They need the standard library and scratchnet alone: pypy.py runs them on another interpreter. A contender is a function
``fresh()`` that makes all ready, untimed, and gives the function to time; that one gives the trained parameters,
[W1, b1, W2, b2], W inputs × outputs.
"""

import math
import random

import scratchnet as sn

ACTIVATIONS = {"sigmoid": sn.Sigmoid, "softmax": sn.Softmax, "tanh": sn.Tanh}
LOSSES = {
    "sigmoid": "binary_cross_entropy",
    "softmax": "categorical_cross_entropy",
    "tanh": "half_squared_error",
}


class Workload:
    """A network with one hidden layer, trained by plain SGD, the samples in order.

    ``sizes``             inputs, hidden units, outputs
    ``hidden``, ``output``   activations; the output's decides the loss
    ``rate``, ``batch``, ``epochs``
    ``X``, ``labels``     samples, and the class of each
    ``start``             the first parameters; those of a seed, if None
    ``biased``            whether the output layer has a bias; else it is 0 and frozen
    """

    def __init__(
        self, sizes, hidden, output, rate, batch, epochs, X, labels, start=None, biased=True
    ):
        self.name = "-".join(map(str, sizes))
        self.sizes, self.hidden, self.output = sizes, hidden, output
        self.rate, self.batch, self.epochs = rate, batch, epochs
        self.X, self.labels = X, labels
        self.start = start or first_parameters(sizes)
        self.biased = biased

    def but(self, **changes):
        """The same, but for what is given."""
        given = {name: value for name, value in vars(self).items() if name != "name"}
        given.update(changes)
        return Workload(**given)

    def part(self, samples, epochs):
        """A slice of it: the first samples, so many times."""
        return self.but(X=self.X[:samples], labels=self.labels[:samples], epochs=epochs)

    @property
    def trained_samples(self):
        """How many samples go through the network."""
        return len(self.X) * self.epochs

    @property
    def targets(self):
        """A row a sample: the label of a single output, else 1 in the place of the class."""
        outputs = self.sizes[-1]
        if outputs == 1:
            return [[float(label)] for label in self.labels]
        return [[float(label == k) for k in range(outputs)] for label in self.labels]

    def batches(self, targets=None):
        """The (samples, targets) of each update of an epoch."""
        targets = self.targets if targets is None else targets
        places = range(0, len(self.X), self.batch)
        return [(self.X[i : i + self.batch], targets[i : i + self.batch]) for i in places]

    def network(self):
        """scratchnet's network, at the first parameters."""
        (W1, b1, W2, b2), (inputs, hidden, outputs) = self.start, self.sizes
        layers = [sn.Dense(inputs, hidden, weights=W1, bias=b1), ACTIVATIONS[self.hidden]()]
        layers += [sn.Dense(hidden, outputs, weights=W2, bias=b2), ACTIVATIONS[self.output]()]
        net = sn.Sequential(layers)
        if not self.biased:
            net.freeze("2.bias")
        return net

    def training(self, **options):
        """scratchnet as a contender; ``options`` of ``fit``."""
        targets = self.targets

        def fresh():
            net = self.network()
            optimizer = sn.SGD(self.rate)

            def run():
                net.fit(
                    self.X,
                    targets,
                    loss=LOSSES[self.output],
                    optimizer=optimizer,
                    epochs=self.epochs,
                    batch_size=self.batch,
                    shuffle=False,
                    **options,
                )
                return [p.value for p in net.parameters()]

            return run

        return fresh


def first_parameters(sizes):
    """Weights uniform within ±1/√inputs, biases 0."""
    generator, parameters = random.Random(7), []
    for inputs, outputs in zip(sizes, sizes[1:]):
        bound = 1 / math.sqrt(inputs)
        parameters.append(
            [[generator.uniform(-bound, bound) for _ in range(outputs)] for _ in range(inputs)]
        )
        parameters.append([0.0] * outputs)
    return parameters


# ---- the four trainings ------------------------------------------------------------------------------------------


def xor():
    """XOR by 2-4-1, full batch, 2000 steps."""
    X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    return Workload((2, 4, 1), "tanh", "sigmoid", 0.5, 4, 2000, X, [0, 1, 1, 0])


def small():
    """4-16-3 on 150 samples, the size of iris: three overlapping clouds."""
    generator = random.Random(99)
    labels = [i % 3 for i in range(150)]
    X = [[generator.gauss(0.8 * label, 1.0) for _ in range(4)] for label in labels]
    return Workload((4, 16, 3), "tanh", "softmax", 0.1, 16, 50, X, labels)


def middling():
    """64-32-10 on 1797 samples, the size of the 8×8 digits, in 17 shades; noise, for only time matters."""
    generator = random.Random(99)
    labels = [i % 10 for i in range(1797)]
    X = [[generator.randrange(17) / 16 for _ in range(64)] for _ in labels]
    return Workload((64, 32, 10), "tanh", "softmax", 0.1, 32, 3, X, labels)


def large():
    """784-30-10 on 2000 samples, a part of MNIST's size, in 256 shades; noise, for only time matters."""
    generator = random.Random(99)
    labels = [i % 10 for i in range(2000)]
    X = [[generator.randrange(256) / 255 for _ in range(784)] for _ in labels]
    return Workload((784, 30, 10), "sigmoid", "softmax", 0.5, 10, 1, X, labels)


def large_batches():
    """784-30-10 in batches of 200: work to share out."""
    return workload("784-30-10").but(batch=200, epochs=2)


MAKERS = {
    "2-4-1": xor,
    "4-16-3": small,
    "64-32-10": middling,
    "784-30-10": large,
    "784-30-10 by 200": large_batches,
}
_made = {}


def workload(name):
    """The workload of that name, made once."""
    if name not in _made:
        _made[name] = MAKERS[name]()
    return _made[name]


def train(name):
    """The whole training, for a process of its own."""
    workload(name).training()()()


# ---- the article's AND gate --------------------------------------------------------------------------------------


def article():
    """scratchnet on the article's neuron: 1000 iterations over AND."""
    X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]

    def fresh():
        net = sn.Sequential(
            [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
        )
        optimizer = sn.SGD(0.1)

        def run():
            net.fit(X, Y, loss="perceptron", optimizer=optimizer, epochs=1000)
            return [p.value for p in net.parameters()]

        return run

    return fresh


# ---- the dot products alone --------------------------------------------------------------------------------------


def dot_products(work):
    """Every matrix product of the training and nothing else, by ``matrix.dot`` in the active kernel.

    Of each batch X·W, Xᵀ·dA and dA·Wᵀ of both layers, but for the slope in the input, which no training needs. What is
    transposed is so before; the activations and slopes are random numbers.
    """
    generator = random.Random(3)
    W1, _, W2, _ = work.start
    _, hidden, outputs = work.sizes
    transposed, dot = sn.matrix.transpose, sn.matrix.dot
    W2T = transposed(W2)
    pairs = []
    for X, _ in work.batches():
        A, dZ1 = [[[generator.random() for _ in range(hidden)] for _ in X] for _ in range(2)]
        dZ2 = [[generator.random() for _ in range(outputs)] for _ in X]
        pairs += [(X, W1), (A, W2), (transposed(A), dZ2), (dZ2, W2T), (transposed(X), dZ1)]

    def run():
        for _ in range(work.epochs):
            for A, B in pairs:
                dot(A, B)

    return lambda: run
