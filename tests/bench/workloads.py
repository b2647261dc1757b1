"""The trainings that are measured, and how scratchnet does them.

They need only the standard library and scratchnet: other.py runs them in another process. A contender is a function
``fresh()`` that prepares everything, untimed, and returns the function to time, which returns the trained parameters,
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
OPTIMIZERS = {"sgd": sn.SGD, "adam": sn.Adam}


class Workload:
    """A network with one hidden layer, trained on the samples in order.

    ``name``              what the rows call it
    ``sizes``             inputs, hidden units, outputs
    ``hidden``, ``output``   activations; the output's decides the loss
    ``rate``, ``batch``, ``epochs``
    ``X``, ``labels``     samples, and the class of each
    ``start``             the initial parameters; if None, drawn from a seed
    ``biased``            whether the output layer has a bias; else it is 0 and frozen
    ``optimizer``         "sgd" or "adam"
    """

    def __init__(
        self,
        name,
        sizes,
        hidden,
        output,
        rate,
        batch,
        epochs,
        X,
        labels,
        start=None,
        biased=True,
        optimizer="sgd",
    ):
        self.name = name
        self.sizes, self.hidden, self.output = sizes, hidden, output
        self.rate, self.batch, self.epochs = rate, batch, epochs
        self.X, self.labels = X, labels
        self.start = start or first_parameters(sizes)
        self.biased, self.optimizer = biased, optimizer

    def replace(self, **changes):
        """The same, except for what is given."""
        return Workload(**dict(vars(self), **changes))

    def part(self, samples, epochs):
        """A slice of it: the first samples, for this many epochs."""
        return self.replace(X=self.X[:samples], labels=self.labels[:samples], epochs=epochs)

    @property
    def trained_samples(self):
        """How many samples go through the network."""
        return len(self.X) * self.epochs

    @property
    def targets(self):
        """One row per sample: the label of a single output, else a 1 at the class."""
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
        """Return scratchnet's network with the initial parameters."""
        (W1, b1, W2, b2), (inputs, hidden, outputs) = self.start, self.sizes
        layers = [sn.Dense(inputs, hidden, weights=W1, bias=b1), ACTIVATIONS[self.hidden]()]
        layers += [sn.Dense(hidden, outputs, weights=W2, bias=b2), ACTIVATIONS[self.output]()]
        net = sn.Sequential(layers)
        if not self.biased:
            net.freeze("2.bias")
        return net

    def training(self, **options):
        """scratchnet as a contender; ``options`` of ``fit``."""
        return Ours(self, options)


class Ours:
    """scratchnet as a contender.

    ``engine``   the engine of the last training
    """

    def __init__(self, work, options):
        self.work = work
        self.options = dict(
            loss=LOSSES[work.output], epochs=work.epochs, batch_size=work.batch, shuffle=False
        )
        self.options.update(options)
        self.X, self.targets = work.X, work.targets
        self.engine = ""

    def __call__(self):
        net = self.work.network()
        optimizer = OPTIMIZERS[self.work.optimizer](self.work.rate)

        def run():
            history = net.fit(self.X, self.targets, optimizer=optimizer, **self.options)
            self.engine = str(
                getattr(history, "engine", "unknown")
            )  # earlier versions do not report it
            return [p.value for p in net.parameters()]

        return run


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


# ---- the trainings -----------------------------------------------------------------------------------------------


def xor(name):
    """XOR with 2-4-1, full batch, 2000 steps."""
    X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    return Workload(name, (2, 4, 1), "tanh", "sigmoid", 0.5, 4, 2000, X, [0, 1, 1, 0])


def small(name):
    """4-16-3 on 150 samples, the size of iris: three overlapping clouds."""
    generator = random.Random(99)
    labels = [i % 3 for i in range(150)]
    X = [[generator.gauss(0.8 * label, 1.0) for _ in range(4)] for label in labels]
    return Workload(name, (4, 16, 3), "tanh", "softmax", 0.1, 16, 50, X, labels)


def square(name):
    """As many inputs and outputs as hidden units, 800 samples, dense floats; random, because only the time matters."""
    width = int(name.split("-")[0])
    generator = random.Random(99)
    labels = [i % width for i in range(800)]
    X = [[generator.uniform(-1, 1) for _ in range(width)] for _ in labels]
    return Workload(name, (width,) * 3, "tanh", "softmax", 0.1, 16, 3, X, labels)


def medium(name):
    """64-32-10 on 1797 samples, the size of the 8×8 digits; dense floats, because only the time matters."""
    generator = random.Random(99)
    labels = [i % 10 for i in range(1797)]
    X = [[generator.random() for _ in range(64)] for _ in labels]
    return Workload(name, (64, 32, 10), "tanh", "softmax", 0.1, 32, 3, X, labels)


def large(name):
    """784-30-10 on 2000 samples, a part of MNIST's size; dense floats, because only the time matters."""
    return _large(name, lambda generator: generator.random())


def pixels(name):
    """The same with 256 gray levels."""
    return _large(name, lambda generator: generator.randrange(256) / 255)


def sparse_pixels(name):
    """The same with a fifth of non-zero pixels, as in MNIST."""
    return _large(
        name, lambda generator: generator.randrange(256) / 255 if generator.random() < 0.2 else 0.0
    )


def _large(name, number):
    generator = random.Random(99)
    labels = [i % 10 for i in range(2000)]
    X = [[number(generator) for _ in range(784)] for _ in labels]
    return Workload(name, (784, 30, 10), "sigmoid", "softmax", 0.5, 10, 1, X, labels)


def large_batches(name):
    """784-30-10 in batches of 200, for several workers."""
    return large(name).replace(batch=200, epochs=2)


MAKERS = {
    "2-4-1": xor,
    "4-16-3": small,
    "16-16-16": square,
    "32-32-32": square,
    "64-32-10": medium,
    "784-30-10": large,
    "784-30-10 pixels": pixels,
    "784-30-10 sparse pixels": sparse_pixels,
    "784-30-10 by 200": large_batches,
}
ADAM = ", Adam"  # at the end of a name
_made = {}


def workload(name, quick=False):
    """Return the workload with this name, made once; if ``quick``, two batches of it, once."""
    key = name, quick
    if key not in _made:
        if quick:
            whole = workload(name)
            _made[key] = whole.part(2 * whole.batch, 2 if whole.sizes[-1] == 1 else 1)
        elif name.endswith(ADAM):
            _made[key] = workload(name[: -len(ADAM)]).replace(
                name=name, optimizer="adam", rate=0.01
            )
        else:
            _made[key] = MAKERS[name](name)
    return _made[key]


def train(name, quick, engine):
    """The whole training, for a separate process or thread."""
    workload(name, quick).training(engine=engine)()()


# ---- the article's AND gate --------------------------------------------------------------------------------------


def article(epochs):
    """scratchnet on the article's neuron: this many iterations over AND."""
    X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]

    def fresh():
        net = sn.Sequential(
            [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
        )
        optimizer = sn.SGD(0.1)

        def run():
            history = net.fit(X, Y, loss="perceptron", optimizer=optimizer, epochs=epochs)
            fresh.engine = str(history.engine)
            return [p.value for p in net.parameters()]

        return run

    return fresh


# ---- the dot products alone --------------------------------------------------------------------------------------


def dot_products(work):
    """Every matrix product of the training and nothing else, by ``matrix.dot`` in the active kernel.

    Of each batch X·W, Xᵀ·dA and dA·Wᵀ of both layers, except the gradient at the input, which no training needs. Matrices
    are transposed in advance; the activations and gradients are random numbers.
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
