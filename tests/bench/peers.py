"""The peers: the same trainings and predictions as scratchnet's, in the usual way of each peer.

A peer is imported when its first row is measured; one that cannot be imported is Unavailable. Peers that are in no package
index are in the folder that the environment variable PEERS names: bpnn.py (Neil Schemenauer's, in Python 3) and
microgpt.py (Andrej Karpathy's), each under that name.
"""

import ast
import contextlib
import importlib
import importlib.util
import io
import math
import os
import sys
import warnings
from functools import partial
from importlib import metadata

import scratchnet as sn

from .measure import Unavailable, check


class Peer:
    """Another library, or another way to do the same, on one thread.

    ``module``      the module to import, and ``distribution``, the package to install, if it has another name
    ``slices``      {workload: (samples, epochs)}: what is trained if the whole would take too long
    ``optimizers``  the optimizers that it is measured with
    ``tolerance``   how far predictions may differ, relative to the largest
    ``note``        a remark on its figures
    """

    name = module = distribution = ""
    slices = {}
    optimizers = ("sgd",)
    tolerance = 1e-9
    note = ""

    def __init__(self):
        self.load()

    def load(self):
        """Import what is needed."""
        self.library = importlib.import_module(self.module)

    @classmethod
    def version(cls):
        """Return the version of the installed distribution, or "" if there is none."""
        try:
            return metadata.version(cls.distribution or cls.module)
        except metadata.PackageNotFoundError:
            return ""

    def slice(self, work):
        """Return the workload that it trains."""
        if work.optimizer not in self.optimizers:
            raise Unavailable("it is not measured with " + work.optimizer)
        samples, epochs = self.slices.get(
            "-".join(map(str, work.sizes)), (len(work.X), work.epochs)
        )
        return work.part(min(samples, len(work.X)), min(epochs, work.epochs))

    def training(self, work):
        """Return a contender, like that of ``Workload.training``."""
        raise Unavailable("it does not train this")

    def check(self, work, ours):
        """Raise Mismatch if it does not train as scratchnet does; ``ours(work)`` returns scratchnet's parameters."""
        check(
            ours(work),
            self.training(work)()(),
            1e-6,
            "training {}, scratchnet and {}".format(work.name, self.name),
        )

    def prediction(self, work):
        """Return a function from one sample, a list, to its outputs, a list, with the initial parameters."""
        raise Unavailable("it does not predict this")


# ---- NumPy -------------------------------------------------------------------------------------------------------


class NumPy(Peer):
    """Forward, backward and update written out for arrays; the samples are converted in advance."""

    name, module = "NumPy by hand", "numpy"

    def load(self):
        super().load()
        np = self.library

        def softmax(Z):
            E = np.exp(Z - Z.max(axis=-1, keepdims=True))
            return E / E.sum(axis=-1, keepdims=True)

        self.functions = {
            "tanh": np.tanh,
            "sigmoid": lambda Z: 1 / (1 + np.exp(-Z)),
            "softmax": softmax,
        }
        self.derivatives = {"tanh": lambda A: 1 - A * A, "sigmoid": lambda A: A * (1 - A)}

    def training(self, work):
        np = self.library
        batches = [(np.array(X), np.array(Y)) for X, Y in work.batches()]
        hidden, derivative, output = (
            self.functions[work.hidden],
            self.derivatives[work.hidden],
            self.functions[work.output],
        )

        def train(W1, b1, W2, b2):
            for _ in range(work.epochs):
                for X, Y in batches:
                    A = hidden(X @ W1 + b1)
                    dZ2 = (output(A @ W2 + b2) - Y) * (work.rate / len(X))
                    dZ1 = (dZ2 @ W2.T) * derivative(A)
                    W2 -= A.T @ dZ2
                    b2 -= dZ2.sum(axis=0)
                    W1 -= X.T @ dZ1
                    b1 -= dZ1.sum(axis=0)
            return [W1, b1, W2, b2]

        return lambda: partial(train, *[np.array(p) for p in work.start])

    def prediction(self, work):
        array = self.library.array
        W1, b1, W2, b2 = [array(p) for p in work.start]
        hidden, output = self.functions[work.hidden], self.functions[work.output]
        return lambda x: output(hidden(array(x) @ W1 + b1) @ W2 + b2).tolist()

    def article(self, iterations):
        """Return the article's program: the AND gate, one sample per column."""
        np = self.library

        def sigmoid(z):
            return 1 / (1 + np.exp(-z))

        x = np.array([[0, 1, 0, 1], [0, 0, 1, 1]])
        y = np.array([[0, 0, 0, 1]])

        def run():
            W = np.array([[0.4], [0.2]])
            b = 1
            a = 0.1
            m = 4
            for _ in range(iterations):
                z = np.dot(W.T, x) + b
                s = sigmoid(z)
                y_pred = np.where(s >= 0.5, 1, 0)
                dW = np.dot(x, (y_pred - y).T) / m
                db = np.sum(y_pred - y) / m
                W = W - a * dW
                b = b - a * db
            return [W, [b]]

        return lambda: run


# ---- scikit-learn ------------------------------------------------------------------------------------------------


class ScikitLearn(Peer):
    """MLPClassifier with its plainest settings; it draws the initial parameters itself."""

    name, module, distribution = "scikit-learn", "sklearn", "scikit-learn"
    hidden = {"tanh": "tanh", "sigmoid": "logistic"}

    def load(self):
        super().load()
        self.np = importlib.import_module("numpy")
        self.classifier = importlib.import_module("sklearn.neural_network").MLPClassifier

    def estimator(self, work, **changes):
        options = dict(
            hidden_layer_sizes=work.sizes[1:-1], activation=self.hidden[work.hidden], solver="sgd", alpha=0,
            batch_size=work.batch, learning_rate_init=work.rate, momentum=0, nesterovs_momentum=False, shuffle=False,
            max_iter=work.epochs, n_iter_no_change=work.epochs + 1, random_state=5,
        )  # fmt: skip
        options.update(changes)
        return self.classifier(**options)

    def training(self, work, **changes):
        X, labels = self.np.array(work.X), self.np.array(work.labels)

        def fresh():
            estimator = self.estimator(work, **changes)

            def run():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # that it has not converged
                    estimator.fit(X, labels)
                return [p for pair in zip(estimator.coefs_, estimator.intercepts_) for p in pair]

            return run

        return fresh

    def check(self, work, ours):
        """Start from the parameters that it draws: those after an epoch at a rate too small to change them."""
        drawn = self.training(work, learning_rate_init=1e-300, max_iter=1)()()
        super().check(work, lambda work: ours(work.replace(start=drawn)))

    def prediction(self, work):
        estimator = self.estimator(work, max_iter=1)
        run = self.np.array([[0.0] * work.sizes[0]] * work.sizes[-1] * 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(run, [k % max(2, work.sizes[-1]) for k in range(len(run))])
        W1, b1, W2, b2 = [self.np.array(p) for p in work.start]
        estimator.coefs_, estimator.intercepts_ = [W1, W2], [b1, b2]
        if work.sizes[-1] == 1:  # it returns two classes
            return lambda x: estimator.predict_proba([x])[0, 1:].tolist()
        return lambda x: estimator.predict_proba([x])[0].tolist()


# ---- PyTorch -----------------------------------------------------------------------------------------------------


class PyTorch(Peer):
    """Eager mode, in the usual 32 bits (the training is checked in 64); the samples are converted in advance."""

    name, module = "PyTorch", "torch"
    tolerance = 1e-5
    note = "32 bits"
    optimizers = ("sgd", "adam")

    def load(self):
        super().load()
        self.library.set_num_threads(1)

    def network(self, work, dtype):
        torch, nn = self.library, self.library.nn
        activations = {
            "tanh": nn.Tanh,
            "sigmoid": nn.Sigmoid,
            "softmax": partial(nn.Softmax, dim=-1),
        }
        inputs, hidden, outputs = work.sizes
        net = nn.Sequential(
            nn.Linear(inputs, hidden), activations[work.hidden](), nn.Linear(hidden, outputs)
        )
        net = net.to(dtype)
        W1, b1, W2, b2 = [torch.tensor(p, dtype=dtype) for p in work.start]
        with torch.no_grad():
            for parameter, value in zip(net.parameters(), [W1.T, b1, W2.T, b2]):
                parameter.copy_(value)
        return net, activations[work.output]()

    def training(self, work, dtype=None):
        torch, nn = self.library, self.library.nn
        dtype = dtype or torch.float32
        binary = work.output == "sigmoid"
        loss = nn.BCEWithLogitsLoss() if binary else nn.CrossEntropyLoss()
        batches = [
            (torch.tensor(X, dtype=dtype), torch.tensor(Y, dtype=dtype if binary else torch.long))
            for X, Y in work.batches(work.targets if binary else work.labels)
        ]

        def train(net, optimizer):
            for _ in range(work.epochs):
                for X, Y in batches:
                    optimizer.zero_grad()
                    loss(net(X), Y).backward()
                    optimizer.step()
            return [p.detach().T if p.ndim == 2 else p.detach() for p in net.parameters()]

        def fresh():
            net, _ = self.network(work, dtype)
            kind = torch.optim.Adam if work.optimizer == "adam" else torch.optim.SGD
            return partial(train, net, kind(net.parameters(), lr=work.rate))

        return fresh

    def check(self, work, ours):
        found = self.training(work, self.library.float64)()()
        check(
            ours(work), found, 1e-6, "training {}, scratchnet and {}".format(work.name, self.name)
        )

    def prediction(self, work):
        torch = self.library
        net, output = self.network(work, torch.float32)
        net.append(output)

        def predict(x):
            with torch.inference_mode():
                return net(torch.tensor(x)).tolist()

        return predict


# ---- onnxruntime -------------------------------------------------------------------------------------------------


class OnnxRuntime(Peer):
    """A session on one thread, in 32 bits; it only predicts."""

    name, module = "onnxruntime", "onnxruntime"
    tolerance = 1e-5
    note = "32 bits"

    def load(self):
        super().load()
        self.np = importlib.import_module("numpy")
        importlib.import_module("onnx")

    def prediction(self, work):
        session = self.session(work)
        array, float32, run = self.np.array, self.np.float32, session.run
        return lambda x: run(None, {"x": array([x], float32)})[0][0].tolist()

    def session(self, work):
        from onnx import TensorProto, checker, helper

        nodes = {"tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax"}
        inputs, _, outputs = work.sizes
        names = ["W1", "b1", "W2", "b2"]
        initializers = []
        for name, value in zip(names, map(self.np.array, work.start)):
            initializers.append(
                helper.make_tensor(name, TensorProto.FLOAT, value.shape, value.ravel().tolist())
            )
        graph = helper.make_graph(
            [
                helper.make_node("Gemm", ["x", "W1", "b1"], ["z1"]),
                helper.make_node(nodes[work.hidden], ["z1"], ["a1"]),
                helper.make_node("Gemm", ["a1", "W2", "b2"], ["z2"]),
                helper.make_node(nodes[work.output], ["z2"], ["y"]),
            ],
            "network",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["samples", inputs])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["samples", outputs])],
            initializers,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        checker.check_model(model)
        options = self.library.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return self.library.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )


# ---- numbers with gradients --------------------------------------------------------------------------------------


class Scalars(Peer):
    """A library of single numbers that remember how they were computed; networks are built as its author builds them.

    It gets tanh, sigmoid, exp and log as one number each, and the gradients of a batch are summed sample by sample.
    """

    slices = {"2-4-1": (4, 200), "4-16-3": (48, 1), "64-32-10": (32, 1), "784-30-10": (10, 1)}

    def function(self, x, value, derivative):
        """Return a new number made from ``x``, with the derivative there."""
        raise NotImplementedError

    def tanh(self, x):
        value = math.tanh(x.data)
        return self.function(x, value, 1 - value * value)

    def sigmoid(self, x):
        value = 1 / (1 + math.exp(-x.data))
        return self.function(x, value, value * (1 - value))

    def exp(self, x):
        value = math.exp(x.data)
        return self.function(x, value, value)

    def log(self, x):
        return self.function(x, math.log(x.data), 1 / x.data)

    def loss(self, Z, label):
        """Return the cross-entropy of one output, or of one output per class."""
        if len(Z) == 1:
            p = self.sigmoid(Z[0])
            return -self.log(p if label else 1 - p)
        return self.log(sum([self.exp(z) for z in Z[1:]], self.exp(Z[0]))) - Z[label]

    def training(self, work):
        hidden = {"tanh": self.tanh, "sigmoid": self.sigmoid}[work.hidden]
        batches = work.batches(work.labels)

        def outputs(x, columns, biases):
            return [
                sum([w * v for w, v in zip(column, x)], b) for column, b in zip(columns, biases)
            ]

        def train(W1, b1, W2, b2):
            parameters = [p for column in W1 + [b1] + W2 + [b2] for p in column]
            for _ in range(work.epochs):
                for X, labels in batches:
                    for p in parameters:
                        p.grad = 0
                    for x, label in zip(X, labels):
                        A = [hidden(z) for z in outputs(x, W1, b1)]
                        (self.loss(outputs(A, W2, b2), label) * (1 / len(X))).backward()
                    for p in parameters:
                        p.data -= work.rate * p.grad
            columns = [[[p.data for p in column] for column in W] for W in (W1, [b1], W2, [b2])]
            return [list(zip(*columns[0])), columns[1][0], list(zip(*columns[2])), columns[3][0]]

        def fresh():
            # backward() goes down the graph by recursion: a sum is as deep as it is long.
            sys.setrecursionlimit(10000)
            W1, b1, W2, b2 = work.start
            columns = [list(zip(*W1)), [b1], list(zip(*W2)), [b2]]
            W1, (b1,), W2, (b2,) = [
                [list(map(self.number, c)) for c in matrix] for matrix in columns
            ]
            return partial(train, W1, b1, W2, b2)

        return fresh


class Micrograd(Scalars):
    """Andrej Karpathy's micrograd."""

    name, module, distribution = "micrograd", "micrograd.engine", "micrograd"

    def load(self):
        super().load()
        self.number = self.library.Value

    def function(self, x, value, derivative):
        made = self.number(value, (x,))

        def backward():
            x.grad += derivative * made.grad

        made._backward = backward
        return made


class MicroGPT(Scalars):
    """The class Value of Andrej Karpathy's microgpt.py, without the program around it."""

    name, module = "microgpt's Value", "microgpt"

    def load(self):
        path = in_peers("microgpt.py")
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        found = [
            node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Value"
        ]
        if not found:
            raise Unavailable("no class Value in microgpt.py")
        names = {"math": math}
        exec(compile(ast.Module(found, []), path, "exec"), names)
        self.library = self.number = names["Value"]

    def function(self, x, value, derivative):
        return self.number(value, (x,), (derivative,))


# ---- others ------------------------------------------------------------------------------------------------------


class NeatPython(Peer):
    """A feed-forward network of neat-python with given weights; it evolves networks and does not train them."""

    name, module, distribution = "neat-python", "neat", "neat-python"

    def prediction(self, work):
        functions = {"tanh": math.tanh, "sigmoid": lambda z: 1 / (1 + math.exp(-z))}
        if work.output not in functions:
            raise Unavailable("it has no softmax")
        inputs, hidden, outputs = work.sizes
        places = [range(-inputs, 0), range(outputs, outputs + hidden), range(outputs)]
        evaluations = []
        layers = [
            (work.start[0], work.start[1], work.hidden),
            (work.start[2], work.start[3], work.output),
        ]
        for (W, b, name), before, after in zip(layers, places, places[1:]):
            for j, place in enumerate(after):
                links = [(i, row[j]) for i, row in zip(before, W)]
                evaluations.append((place, functions[name], sum, b[j], 1.0, links))
        return self.library.nn.FeedForwardNetwork(
            list(places[0]), list(places[2]), evaluations
        ).activate


class Bpnn(Peer):
    """Neil Schemenauer's bpnn.py: one sample at a time; tanh, half the squared error; no bias at the outputs.

    The samples of a workload are the same. The arithmetic is that of bpnn.py, and so is that of the check.
    """

    name, module = "bpnn.py", "bpnn"
    slices = {"2-4-1": (4, 200), "4-16-3": (150, 1), "64-32-10": (300, 1), "784-30-10": (60, 1)}
    note = "one sample at a time, tanh, squared error"

    def load(self):
        spec = importlib.util.spec_from_file_location("bpnn", in_peers("bpnn.py"))
        self.library = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.library)

    def training(self, work):
        patterns = [[x, y] for x, y in zip(work.X, work.targets)]

        def fresh():
            net = self.library.NN(*work.sizes)
            W1, b1, W2, _ = work.start
            net.wi, net.wo = [list(row) for row in W1 + [b1]], [list(row) for row in W2]

            def run():
                with contextlib.redirect_stdout(io.StringIO()):
                    net.train(patterns, work.epochs, work.rate, 0.0)
                return [net.wi[:-1], net.wi[-1], net.wo, [0.0] * work.sizes[-1]]

            return run

        return fresh

    def check(self, work, ours):
        super().check(its_own(work), ours)


def its_own(work):
    """Return the workload with bpnn.py's arithmetic."""
    return work.replace(hidden="tanh", output="tanh", rate=0.01, batch=1, biased=False)


def in_peers(name):
    """Return the path of this file in the folder that PEERS names."""
    folder = os.environ.get("PEERS", "")
    path = os.path.join(folder, name)
    if not folder or not os.path.exists(path):
        raise Unavailable("no {}: PEERS names the folder that holds it".format(name))
    return path


# ---- which are here ----------------------------------------------------------------------------------------------

PEERS = {
    kind.name: kind
    for kind in (NumPy, ScikitLearn, PyTorch, OnnxRuntime, Micrograd, MicroGPT, NeatPython, Bpnn)
}
_loaded = {}


def peer(name):
    """Return the peer with this name, loaded once; raise Unavailable if it cannot be loaded."""
    if name not in _loaded:
        try:
            _loaded[name] = PEERS[name]()
        except Unavailable as error:
            _loaded[name] = error
        except Exception as error:  # If another library fails, the other rows are still measured.
            reason = (
                "not installed" if isinstance(error, ImportError) else str(error).splitlines()[0]
            )
            _loaded[name] = Unavailable("{} ({})".format(reason, type(error).__name__))
    if isinstance(_loaded[name], Unavailable):
        raise _loaded[name]
    return _loaded[name]


def versions():
    """Return {name: version} of the installed peers, scratchnet first."""
    found = {"scratchnet": sn.__version__}
    for kind in PEERS.values():
        version = kind.version()
        if version:
            found[kind.distribution or kind.module] = version
    return found
