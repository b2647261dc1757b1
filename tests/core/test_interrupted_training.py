"""Ctrl-C, whenever it comes: the parameters are those after a whole batch."""

import os
import signal
import subprocess
import sys

import pytest
from hypothesis import settings
from small_trainings import (
    ROOT,
    Climbing,
    Presser,
    PressingRows,
    X,
    Y,
    bits,
    fit,
    network,
    one_weight_and_bias,
    pressed_at_line,
    pressing_optimizer,
)

import scratchnet as sn


class PressingLayer(sn.Layer):
    """A layer that may be interrupted in forward, backward and penalty."""

    arguments = ("presser",)

    def __init__(self, presser):
        self.presser = presser

    def forward(self, X):
        self.presser.moment()
        return X

    def backward(self, dA):
        self.presser.moment()
        return dA

    def penalty(self):
        self.presser.moment()


def interrupted(k):
    """Train with Ctrl-C at moment k; return network, history, the states after whole batches, and the moments left."""
    presser = Presser(k)
    layers = [
        PressingLayer(presser),
        sn.Dense(2, 2),
        PressingLayer(presser),
        sn.Dense(2, 1),
        PressingLayer(presser),
    ]
    net, states = network(*layers), []
    states.append(bits(net))
    optimizer = pressing_optimizer(presser, states, net)
    X_, Y_ = PressingRows(X[:3], presser), PressingRows(Y[:3], presser)
    options = {
        "optimizer": optimizer,
        "batch_size": 2,
        "epochs": 2,
        "patience": 9,
        "engine": "lists",
    }
    history = fit(net, X_, Y_, validation_data=(X_, Y_), **options)
    return net, history, states, presser.left


def test_ctrl_c_leaves_the_parameters_of_a_whole_batch():
    """At every moment: reading data, forward, backward, in the middle of an update, in validation."""
    k, outcomes = 0, set()
    while True:
        k += 1
        net, history, states, left = interrupted(k)
        if left > 0:
            break  # k is beyond the last moment: this training went through
        assert bits(net) == states[-1]
        assert history.interrupted and history.best_epoch is None
        whole_batches = len(states) - 1
        assert (
            2 * len(history) <= whole_batches <= 2 * len(history) + 2
        )  # an epoch is validated after its two batches
        outcomes.add(len(states))
    assert outcomes == {1, 2, 3, 4, 5} and k > 90
    assert not history.interrupted and len(history) == 2


class PressingParameter(sn.Parameter):
    """A parameter that may be interrupted before and after its rows are set."""

    presser = None

    @property
    def rows(self):
        return self.held

    @rows.setter
    def rows(self, rows):
        if self.presser:
            self.presser.moment()
        self.held = rows
        if self.presser:
            self.presser.moment()


def test_ctrl_c_while_parameters_are_set_or_restored():
    """A step, and with patience the return to the best epoch, happen completely or not at all."""
    k, found = 0, set()
    while True:
        k += 1
        layer = sn.Dense(1, 1)
        layer.weights, layer.bias = (
            PressingParameter("w", (1, 1), [[1]]),
            PressingParameter("b", (1,), [2]),
        )
        net = network(layer)
        presser = layer.weights.presser = layer.bias.presser = Presser(k)
        history = fit(net, [[1]], [0], epochs=3, optimizer=Climbing(), patience=5, engine="lists")
        if presser.left > 0:
            break
        assert history.interrupted
        w, b = layer.weights.value[0][0], layer.bias.value[0]
        assert b == w + 1, "pressed at moment {}".format(k)
        found.add(w)
    assert (
        found == {1.0, 2.0, 3.0} and k > 12
    )  # in the last step, or on the way back to the best: 3.0, 2.0


# Ctrl-C comes before every line; before every seventh where the profile asks for few examples.
STRIDE = 1 if settings.default.max_examples > 10 else 7
LOOP = ("training.py", "optimizers.py", "layer.py", "network.py")


def test_ctrl_c_between_any_two_lines_of_the_loop():
    """A signal may come between any two lines, also while parameters are set or restored."""
    wholes = set()
    for epochs in range(3):  # the states after 0, 1 and 2 batches, of one each
        net = one_weight_and_bias()
        if epochs:
            fit(net, [[1]], [0], epochs=epochs, optimizer=Climbing())
        wholes.add(bits(net))
    assert len(wholes) == 3
    k, found = 0, set()
    while True:
        k += STRIDE
        net = one_weight_and_bias()
        if not pressed_at_line(k, LOOP, climb, net):
            break
        assert bits(net) in wholes, "pressed before line {} of those that are run".format(k)
        found.add(bits(net))
    assert found == wholes and k > 100


def climb(net):
    fit(net, [[1]], [0], epochs=2, optimizer=Climbing(), patience=5)


SIGINT = """
import sys
import scratchnet as sn

class Lazy:
    reads = 0
    def __len__(self):
        return 8
    def __getitem__(self, i):
        Lazy.reads += 1
        if Lazy.reads == 100:
            print("ready", flush=True)
        return [i / 8]

states = []
class Noting(sn.Adam):
    def step(self, parameters):
        sn.Adam.step(self, parameters)
        states[:] = states[-1:] + [repr([p.value for p in parameters])]  # Ctrl-C just now undoes the step

net = sn.Sequential([sn.Dense(1, 9), sn.Tanh(), sn.Dense(9, 1)])
Y = [i * i / 64 for i in range(8)]
history = net.fit(Lazy(), Y, loss="mean_squared_error", optimizer=Noting(0.01), epochs=10 ** 9)
assert history.interrupted and len(history) > 5
assert len(history.loss) == len(history)
assert repr([p.value for p in net.parameters()]) in states
print("kept", net.evaluate([[0]], [0], "mean_squared_error") < 1)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
def test_a_real_ctrl_c():
    process = subprocess.Popen(
        [sys.executable, "-c", SIGINT],
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a shell's background job ignores it
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (output, process.returncode) == ("kept True\n", 0)


def test_a_training_continues_after_ctrl_c():
    net, history, _, _ = interrupted(60)
    assert history.interrupted
    assert len(fit(net, epochs=2)) == 2
