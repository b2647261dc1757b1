"""Small networks and trainings for the tests of the training loop."""

import os
import sys

import scratchnet as sn
from scratchnet import Generator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
NAN, INF = float("nan"), float("inf")
_generator = Generator(11)
X = [[_generator.normal() for _ in range(2)] for _ in range(7)]
Y = [[x * x - y] for x, y in X]


def network(*layers, **options):
    return sn.Sequential(
        list(layers) or [sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], **dict({"seed": 1}, **options)
    )


def fit(net, X=X, Y=Y, loss="mean_squared_error", **options):
    return net.fit(X, Y, loss=loss, **dict({"epochs": 3, "optimizer": sn.SGD(0.1)}, **options))


def bits(net):
    """The parameters: repr tells every float from every other."""
    return repr([p.value for p in net.parameters()])


class Watch(sn.Layer):
    """Keeps the batches that pass through it in training."""

    def __init__(self):
        self.batches = []

    def forward(self, X):
        if self.generator is not None:
            self.batches.append(X)
        return X

    def backward(self, dA):
        return dA


class Scripted(sn.Optimizer):
    """The weights are 9 after the first step, 1 after the second and so on, whatever the gradient."""

    script = 9.0, 1.0, 2.0, 1.0, 5.0, 0.5, 7.0, 7.0

    def rule(self, w, g, state):
        return self.script[self.t], state


def with_chance():
    return network(sn.Dense(2, 5), sn.Dropout(0.4), sn.Tanh(), sn.Dense(5, 1))


def watched(**options):
    """Train, and return the batches of all epochs in order."""
    watch = Watch()
    net = network(watch, sn.Dense(2, 1))
    fit(net, **options)
    return watch.batches


def one_weight():
    net = network(sn.Dense(1, 1, weights=[[3]]))
    net.freeze("0.bias")
    return net


TARGETS = {
    "hinge": [[1], [-1], [1]],
    "binary_cross_entropy": [[1], [0], [1]],
    "perceptron": [[1], [0], [1]],
    "categorical_cross_entropy": [0, 2, 1],
}
ENDS = {
    "binary_cross_entropy": [sn.Dense(2, 1), sn.Sigmoid()],
    "perceptron": [sn.Dense(2, 1), sn.Sigmoid(), sn.Threshold(0.5)],
    "categorical_cross_entropy": [sn.Dense(2, 3), sn.Softmax()],
}


class Presser:
    """Raises KeyboardInterrupt at the k-th call of moment()."""

    def __init__(self, k):
        self.left = k

    def moment(self):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


class PressingRows:
    def __init__(self, rows, presser):
        self.rows = rows
        self.presser = presser

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        self.presser.moment()
        return self.rows[i]


def pressing_optimizer(presser, states, net):
    """Return an SGD that notes the parameters after every whole step and may be interrupted within its rule."""

    class Pressing(sn.SGD):
        def rule(self, w, g, state):
            presser.moment()
            return sn.SGD.rule(self, w, g, state)

        def step(self, parameters):
            sn.SGD.step(self, parameters)
            states.append(bits(net))

    return Pressing(0.1, momentum=0.9)


def pressed_at_line(k, files, train, *args):
    """Call train(*args) and raise KeyboardInterrupt before the k-th line of these files; return whether it was reached."""
    left = [k]

    def trace(frame, event, argument):
        if os.path.basename(frame.f_code.co_filename) not in files:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        train(*args)
    except KeyboardInterrupt:
        pass  # outside of what `fit` guards, as in its very last line
    finally:
        sys.settrace(former)
    return left[0] <= 0


class Climbing(sn.Optimizer):
    """Every step increases the loss, so that patience restores the first epoch."""

    def rule(self, w, g, state):
        return w + 1, state


def one_weight_and_bias():
    return network(sn.Dense(1, 1, weights=[[1]], bias=[2]))
