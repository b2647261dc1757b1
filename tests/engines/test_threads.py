"""One network in several threads: predictions during a training run change nothing, two runs at once are refused."""

import gc
import itertools
import os
import pickle
import sys
import threading
import weakref
from array import array
from functools import partial

import pytest

import scratchnet as sn
from scratchnet.codegen.own import RememberingNothing
from scratchnet.core.layers import LAYERS
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


# ---- predictions of a few samples, which reuse their layers ------------------------------------------------------

WITH_WIDTH = {"Dense": (2, 2), "LayerNormalization": (2,), "PReLU": (2,), "RMSNormalization": (2,)}


@pytest.mark.parametrize("kind", [*LAYERS.values(), *sn.deep.LAYERS.values()])
def test_a_prediction_stores_nothing_in_the_layers_of_the_package(kind):
    net = sn.Sequential([sn.Normalization(), kind(*WITH_WIDTH.get(kind.__name__, ()))])
    net.adapt(X)
    expected = net.copy().forward(X[:3])
    A = net.propagate(X[:2], net.layers, sn.random.Generator(1))  # as in a training step
    before = [dict(vars(layer)) for layer in net.layers]
    for _ in range(2):
        assert net.predict(X[:2]) + net.predict(X[2:3]) == expected
    for layer, old in zip(net.layers, before):
        assert {name: id(v) for name, v in vars(layer).items()} == {n: id(old[n]) for n in old}
    assert net.A is A


class Counting(sn.Layer):
    """A user-defined layer that keeps state between calls."""

    calls = 0

    def forward(self, X):
        self.calls += 1
        return [[self.calls * x for x in row] for row in X]


def without_user_defined_layers():
    net = sn.Sequential(
        [sn.Normalization(), sn.Dense(2, 4), sn.LeakyReLU(), sn.Dense(4, 3), sn.Softmax()], seed=3
    )
    net.adapt(X)
    return net


CHANGES = {
    "a hyperparameter": lambda net: setattr(net.layers[2], "slope", 0.5),
    "a parameter": lambda net: setattr(net.layers[1], "bias", sn.Parameter("b", (4,), [1.0] * 4)),
    "its value": lambda net: setattr(net.layers[1].bias, "value", [1, 2, 3, 4]),
    "a number": lambda net: net.layers[1].bias.value.__setitem__(0, 2.5),
    "a function": lambda net: setattr(net.layers[2], "function", lambda z: 2 * z),
    "forward": lambda net: setattr(net.layers[2], "forward", lambda Z: [[z[0]] * 4 for z in Z]),
    "a layer": lambda net: net.layers.__setitem__(2, sn.Tanh()),
    "to a user-defined layer": lambda net: net.layers.__setitem__(2, Counting()),
    "one layer less": lambda net: net.layers.pop(),
    "the list of layers": lambda net: setattr(net, "layers", net.layers[:3]),
    "accept": lambda net: setattr(net, "accept", lambda X: [[0.5, -0.5]] * len(X)),
    "propagate": lambda net: setattr(net, "propagate", lambda X, *_: [row[:1] for row in X]),
    "outputs_for": lambda net: setattr(net, "outputs_for", lambda X: [[9.0]] * len(X)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_changes_between_predictions_of_a_few_samples_count(change):
    net, new = without_user_defined_layers(), without_user_defined_layers()
    unchanged = net.predict(X[:2])
    change(net)
    change(new)
    outputs = net.predict(X[:2])
    assert outputs != unchanged and outputs == net.predict(X[:2]) == new.predict(X[:2])


class Computed:
    """Rows without an end, except by their number."""

    def __len__(self):
        return 3

    def __getitem__(self, i):
        assert i < len(self)
        return [float(i), 0.5]


TABLES = {
    "a tuple": ((0, 0.5), (1, 0.5)),
    "a view": memoryview(array("d", [0.0, 0.5, 1.0, 0.5])).cast("B").cast("d", [2, 2]),
    "computed": Computed(),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_a_few_rows_that_are_no_list(table):
    net, rows = without_user_defined_layers(), [[float(i), 0.5] for i in range(len(table))]
    expected = net.predict(rows)
    assert net.predict(table) == expected
    given = []
    net.accept = lambda X: given.append(X) or rows
    assert net.predict(table) == expected and given[0] is table


def test_layers_that_a_replaced_method_calls_draw_nothing():
    net = sn.Sequential([sn.Dense(2, 2), sn.Dropout(0.5)])
    expected = net.copy().predict(X[:2])
    net.propagate = lambda X, layers, generator=None: layers[1].forward(layers[0].forward(X))
    assert net.predict(X[:2]) == expected


@pytest.mark.parametrize("line", range(1, 20))
def test_a_first_prediction_may_begin_at_any_line_of_pickling(line):
    net, lines = without_user_defined_layers(), itertools.count(1)

    def trace(frame, event, argument):
        if event == "line" and os.path.basename(frame.f_code.co_filename) == "layer.py":
            if next(lines) == line:
                sys.settrace(None)
                net.predict(X[:1])
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        state = net.__getstate__()
    finally:
        sys.settrace(former)
    assert "SPARE" in vars(net) and "SPARE" not in state and state["layers"] is net.layers


def test_a_prediction_may_begin_at_any_line_of_another_one():
    """It may begin there in another thread, in a signal handler or in a finalizer."""
    net, files = without_user_defined_layers(), ("activations.py", "layers.py", "network.py")
    expected, interruptions = net.predict(X[:1]), []

    def trace(frame, event, argument):
        if os.path.basename(frame.f_code.co_filename) not in files:
            return None
        if event == "line":
            sys.settrace(None)
            interruptions.append(net.predict(X[1:2]))
            sys.settrace(trace)
        return trace

    other, former = net.predict(X[1:2]), sys.gettrace()
    sys.settrace(trace)
    try:
        outputs = net.predict(X[:1])
    finally:
        sys.settrace(former)
    assert outputs == expected and len(interruptions) > 20
    assert all(found == other for found in interruptions)


def test_predictions_in_several_threads():
    net, wrong = without_user_defined_layers(), []
    expected = [net.predict([row]) for row in X]

    def work(k):
        for i in list(range(k, len(X))) * 10:
            if net.predict([X[i]]) != expected[i]:
                wrong.append(i)

    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(former)
    assert not wrong


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy frees memory later")
def test_a_prediction_of_a_few_samples_makes_no_cycles():
    gc.disable()
    try:
        net = without_user_defined_layers()
        net.predict(X[:2])
        weights, net = weakref.ref(net.layers[1].weights), None
        assert weights() is None
    finally:
        gc.enable()


def test_pickles_are_the_same_after_a_prediction():
    net = without_user_defined_layers()
    before = pickle.dumps(net)
    expected = net.predict(X[:2])
    assert pickle.dumps(net) == before and pickle.loads(before).predict(X[:2]) == expected
