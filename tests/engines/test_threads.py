"""One network in several threads: predictions during a training run change nothing, two runs at once are refused."""

import os
import sys
import threading
from functools import partial

import pytest

import scratchnet as sn
from scratchnet.codegen.own import RememberingNothing
from scratchnet.scalars.symbolic import Undecided

X = [[k % 7 / 7, k % 5 / 5] for k in range(40)]
Y = [[x * y] for x, y in X]


class Block(sn.Layer):
    """A layer that holds layers, in an attribute and in a list."""

    def __init__(self):
        self.first = sn.Dense(4, 4)
        self.others = [sn.Tanh(), sn.Dense(4, 4)]

    def parameters(self):
        return self.first.parameters() + self.others[1].parameters()

    def build(self, inputs, generator):
        for layer in [self.first] + self.others:
            layer.build(4, generator)

    def forward(self, X):
        for layer in [self.first] + self.others:
            X = layer.forward(X)
        return X

    def backward(self, dA):
        for layer in reversed([self.first] + self.others):
            dA = layer.backward(dA)
        return dA


def network():
    return sn.Sequential(
        [sn.Normalization(), sn.Dense(2, 4), Block(), sn.Dropout(0.25), sn.Tanh(), sn.Dense(4, 1)],
        seed=3,
    )


def values(net):
    return [p.value for p in net.parameters()]


def trained(engine, beside=lambda net: None, epochs=30):
    """The parameters after a training run with so many rows per batch as ``beside`` predicts."""
    net = network()
    net.adapt(X)
    stop = threading.Event()

    def work():
        while not stop.is_set():
            beside(net)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        net.fit(X, Y, "mse", epochs=epochs, batch_size=8, engine=engine)
    finally:
        stop.set()
        thread.join()
    return values(net)


@pytest.mark.parametrize("engine", ["lists", "rows", "auto"])
@pytest.mark.parametrize("rows", [8, 3])
def test_predictions_beside_a_training_run_do_not_change_it(engine, rows):
    expected = trained(engine)
    assert trained(engine, lambda net: net.predict(X[:rows])) == expected
    assert trained(engine, lambda net: net.evaluate(X[:rows], Y[:rows], "mse")) == expected


def test_predict_keeps_what_forward_kept():
    net = network()
    net.adapt(X)
    A = net.forward(X[:5])
    net.backward(A)
    expected = [p.gradient for p in net.parameters()]
    net.predict(X[5:])
    net.backward(A)
    assert [p.gradient for p in net.parameters()] == expected


def test_changes_between_predictions_count():
    net = network()
    net.adapt(X)
    before = net.predict(X)
    net.layers[-1].bias.value = [1]
    assert net.predict(X) == [[y[0] + 1] for y in before]


def test_two_calls_of_fit_at_once_are_refused():
    net, errors = network(), []
    started, refused = threading.Event(), threading.Event()

    class Slow(sn.SGD):
        def begin(self, number):
            started.set()
            refused.wait(20)
            sn.SGD.begin(self, number)

    def train():
        net.fit(X, Y, "mse", Slow(0.01), epochs=2, engine="lists")

    thread = threading.Thread(target=train)
    thread.start()
    started.wait(20)
    try:
        net.fit(X, Y, "mse", epochs=1)
    except ValueError as error:
        errors.append(str(error))
    refused.set()
    thread.join()
    assert errors == [
        "the network is being trained by another call of fit or epochs; wait for its end, or "
        "train a copy: net.copy()"
    ]
    net.fit(X, Y, "mse", epochs=1)  # and afterwards it is free again
    net.copy().fit(X, Y, "mse", epochs=1)


def test_a_run_that_ends_in_an_error_leaves_the_network_free():
    class Failing(sn.SGD):
        def begin(self, number):
            raise OSError

    net = network()
    with pytest.raises(OSError):
        net.fit(X, Y, "mse", Failing(0.1), epochs=50)
    net.fit(X, Y, "mse", epochs=1)


def test_a_loop_that_was_left_leaves_the_network_free():
    net = network()
    epochs = sn.epochs(net, X, Y, "mse", epochs=5)
    next(epochs)
    assert len(net.fit(X, Y, "mse", epochs=2)) == 2
    assert [epoch.number for epoch in epochs] == [2, 3, 4, 5]


def press_before_line(k, call):
    """Call with Ctrl-C before the k-th line of threads.py; return whether it came."""
    left = [k]

    def trace(frame, event, argument):
        if os.path.basename(frame.f_code.co_filename) != "threads.py":
            return None
        left[0] -= event == "line"
        if event == "line" and not left[0]:
            raise KeyboardInterrupt
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(former)
    return left[0] <= 0


def test_ctrl_c_at_any_moment_leaves_the_network_free():
    pressed, k, nets = True, 0, []  # kept, so that no other network has the ids of their parameters
    options = {"loss": "mse", "epochs": 1, "engine": "lists"}
    while pressed:
        nets.append(sn.Sequential([sn.Dense(2, 1)]))
        k += 1
        train = partial(nets[-1].fit, X[:1], Y[:1], **options)
        pressed = press_before_line(k, train)
        assert len(train()) == 1
    assert k > 20


def test_a_rule_without_code_in_another_thread_changes_no_choice():
    """Otherwise the other training run would have another engine, and other bits."""
    with RememberingNothing([sn.Tanh()]):
        thread = threading.Thread(target=Undecided, args=("a row is too wide",))
        thread.start()
        thread.join()
    with pytest.raises(Undecided, match="it catches the error"):
        with RememberingNothing([sn.Tanh()]):
            Undecided("a rule caught this")
