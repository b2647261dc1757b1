"""Ctrl-C, and other exceptions, while generated code trains: the parameters are those after a whole number of steps."""

import gc
import os
import signal
import sys
import time

import pytest
from compare_engines import (
    EACH_STEPS,
    STRIDE,
    Exp,
    Logistic,
    kernel,
    of,
    outcome,
    trained,
    watching,
    weights,
)
from random_networks import bits, bits_of

import scratchnet as sn
from scratchnet.engines import generated

pytestmark = pytest.mark.usefixtures("portable")


def small_net():
    return sn.Sequential([sn.Dense(1, 2), sn.Tanh(), sn.Dropout(0.25), sn.Dense(2, 1)], seed=4)


SMALL_X, SMALL_Y = [[0.5], [1], [-0.75]], [0.25, 1, 0]


class Pressed(sn.Adam):
    """Adam that is interrupted when the steps of these numbers begin, counted from 1."""

    moments, count = (), 0

    def begin(self, number):
        if type(self) is Pressed:  # not a twin that is asked what it sets
            Pressed.count += 1
            if Pressed.count in Pressed.moments:
                raise KeyboardInterrupt
        sn.Adam.begin(self, number)


@pytest.fixture(scope="module")
def trajectory():
    """The losses, and the parameters after each step by lists: on all samples, and on batches of one."""
    found, former = {}, sn.set_kernel("portable")
    for batch_size, epochs in ((None, 1100), (1, 12)):
        net = small_net()
        states = [bits_of(net)]

        class Noting(sn.Adam):
            def step(self, parameters, states=states):
                sn.Adam.step(self, parameters)
                states.append(bits(rows_of(parameters)))

        history = net.fit(
            SMALL_X, SMALL_Y, "huber", Noting(0.05), epochs, batch_size, engine="lists"
        )
        found[batch_size] = bits(history.loss), states
    sn.set_kernel(former)
    return found


def rows_of(parameters):
    return [p.rows for p in parameters]


@pytest.mark.parametrize("moment", [1, 2, 3, 500, 777, 1000, 1001, 1002, 1100])
def test_ctrl_c_during_steps_on_all_samples(moment, trajectory):
    """The parameters are those before the steps that were computed together."""
    losses, states = trajectory[None]
    Pressed.moments, Pressed.count = (moment,), 0
    net = small_net()
    with watching() as seen:
        history = net.fit(SMALL_X, SMALL_Y, "huber", Pressed(0.05), epochs=1100, engine="steps")
    assert seen.generated_steps().whole
    together = seen.engines[0].at_once
    assert history.interrupted and len(history) == (moment - 1) // together * together
    assert bits(history.loss) == losses[: len(history)]
    assert bits_of(net) == states[len(history)]


@pytest.mark.parametrize("moment", range(1, 13))
def test_ctrl_c_during_an_epoch_of_batches(moment, trajectory):
    losses, states = trajectory[1]
    Pressed.moments, Pressed.count = (moment,), 0
    net = small_net()
    with watching() as seen:
        history = net.fit(
            SMALL_X, SMALL_Y, "huber", Pressed(0.05), epochs=12, batch_size=1, engine="steps"
        )
    assert not seen.generated_steps().whole
    assert history.interrupted and len(history) == (moment - 1) // 3
    assert bits(history.loss) == losses[: len(history)]
    together = seen.engines[0].at_once
    assert bits_of(net) == states[3 * len(history) + (moment - 1) % 3 // together * together]


class Pressing:
    """The list of losses that generated code appends to; Ctrl-C at the k-th, which is kept or lost."""

    def __init__(self, engine, k, kept):
        self.left, self.kept, self.train = k, kept, engine.train
        engine.train = self.trained

    def trained(self, steps, made, *others):
        self.made = made
        return self.train(steps, self, *others)

    def append(self, value):
        self.left -= 1
        if self.left or self.kept:
            self.made.append(value)
        if not self.left:
            raise KeyboardInterrupt


def engine_for(way, **options):
    with watching() as seen:
        sn.epochs(small_net(), SMALL_X, SMALL_Y, "huber", sn.Adam(0.05), engine="steps", **options)
    engine = seen.generated_steps()
    assert engine.whole == (way == "samples")
    return engine


@EACH_STEPS
@pytest.mark.parametrize("kept", [False, True])
def test_ctrl_c_while_a_loss_is_appended(way, kept):
    """Then no step counts, and all can be repeated: memory, number of the step and random numbers are restored."""
    batches = [[0, 1, 2]] * 12 if way == "samples" else [[0], [1, 2], [2]] * 4
    options = {} if way == "samples" else {"batch_size": 2}
    straight = engine_for(way, **options)
    losses = straight.epoch(batches)
    for k in range(1, 13):
        engine = engine_for(way, **options)
        before = bits_of(engine.net), engine.optimizer.t, engine.generator.state
        train = engine.train
        Pressing(engine, k, kept)
        with pytest.raises(KeyboardInterrupt):
            engine.epoch(batches)
        assert (bits_of(engine.net), engine.optimizer.t, engine.generator.state) == before
        engine.train = train
        assert engine.epoch(batches) == losses
        assert bits_of(engine.net) == bits_of(straight.net)
        assert engine.generator.state == straight.generator.state


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer that sends signals here")
def test_ctrl_c_from_the_operating_system(trajectory):
    losses, states = trajectory[None]
    left = [0]

    def press(number, frame):
        if left[0]:
            left[0] -= 1
            raise KeyboardInterrupt

    gc.disable()  # it has callbacks, in which an exception is lost
    former, lengths, span = (
        signal.signal(signal.SIGALRM, press),
        set(),
        0,
    )  # how long it takes, left alone
    try:
        for k in range(-1, 24):
            net, history, began = small_net(), None, time.time()
            try:
                try:
                    left[0] = 1 + k % 2 if span else 0
                    signal.setitimer(signal.ITIMER_REAL, span * (k + 1) / 22, span / 30)
                    history = net.fit(
                        SMALL_X, SMALL_Y, "huber", sn.Adam(0.05), epochs=1100, engine="steps"
                    )
                finally:
                    left[0] = 0
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:  # before it began, or after it ended
                history = None
            if history and not history.interrupted:
                span = min(span or time.time(), time.time() - began)
            if history is None:
                assert bits_of(net) in states
                continue
            assert history.interrupted or len(history) == 1100
            assert bits(history.loss) == losses[: len(history)]
            steps = states.index(bits_of(net))
            # It may come just before epochs that were computed together are added to the history.
            assert (
                steps == len(history)
                or steps > len(history)
                and len(history) % generated.STEPS_AT_ONCE == 0
            )
            lengths.add(len(history))
    finally:
        gc.enable()
        signal.signal(signal.SIGALRM, former)
    assert len(lengths) > 1


def press_at_line(k, train):
    """Train with Ctrl-C before the k-th line of generated.py or of generated code; return the history, and whether it came."""
    left = [k]

    def trace(frame, event, argument):
        name = os.path.basename(frame.f_code.co_filename)
        if name not in ("generated.py", "rows.py") and not name.startswith("<scratchnet"):
            return None
        if event == "line":
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
        return trace

    former, history = sys.gettrace(), None
    sys.settrace(trace)
    try:
        history = train()
    except (
        KeyboardInterrupt,
        sn.Diverged,
    ) as error:  # the former outside of what `fit` guards: before the first step
        history = getattr(error, "history", None)
    finally:
        sys.settrace(former)
    return history, left[0] <= 0


def states_by_lists(make, **options):
    """Return the options of a training, its outcome by lists, and the states after each step."""
    options = dict(
        {"loss": "huber", "optimizer": sn.SGD(0.1, momentum=0.5), "epochs": 4}, **options
    )
    net, kind = make(), type(options["optimizer"])
    states = [bits_of(net)]

    class Noting(kind):
        def step(self, parameters):
            kind.step(self, parameters)
            states.append(bits(rows_of(parameters)))

    noting = Noting(**options["optimizer"].config())
    result = outcome(lambda: net.fit(engine="lists", **dict(options, optimizer=noting)), net)
    return options, result, states


INTERRUPTED = {
    "samples": dict(make=lambda: sn.Sequential([sn.Dense(1, 1)], seed=2), X=[[1.5], [2]], Y=[0, 1]),
    "step": dict(
        make=lambda: sn.Sequential([sn.Dense(1, 1)], seed=2), X=[[1.5], [2]], Y=[0, 1], batch_size=1
    ),
    "dropout": dict(make=small_net, X=SMALL_X, Y=SMALL_Y, batch_size=2),
}
WITH_THE_LIBRARY = {  # its exp raises where that of the package gives infinity; the sums are the same in both kernels
    "infinity": dict(make=lambda: sn.Sequential([weights(700, -700, 0), Logistic()]), X=[[1, 1], [-1, 1]], Y=[1, 1],
                     epochs=2),
    "divergence": dict(make=lambda: sn.Sequential([weights(1, 1, 1), Exp()]), X=[[0.5, 0.25]], Y=[99],
                       loss="half_squared_error", optimizer=sn.SGD(2.0)),
}  # fmt: skip
WITH_THE_LIBRARY["infinity in a batch"] = dict(WITH_THE_LIBRARY["infinity"], batch_size=1)


@pytest.mark.parametrize("name, what", [("portable", what) for what in sorted(INTERRUPTED)] + [
    ("fast", what) for what in sorted(WITH_THE_LIBRARY)
])  # fmt: skip
def test_ctrl_c_between_any_two_lines(name, what):
    """Also while the engine repeats steps by lists to find the one that failed."""
    with kernel(name):
        given_options = dict(INTERRUPTED, **WITH_THE_LIBRARY)[what]
        options, _, states = states_by_lists(**given_options)
        an_epoch = -(-len(options["X"]) // options.get("batch_size", 9))
        together = len(states) - 1 if what == "samples" else an_epoch  # steps
        k, found, stride = (
            0,
            set(),
            {"divergence": 1, "infinity in a batch": 3 * STRIDE}.get(what, STRIDE),
        )
        while True:
            k, net = k + stride, given_options["make"]()
            history, pressed = press_at_line(k, lambda: net.fit(engine="steps", **options))  # noqa: B023
            if not pressed:
                break
            steps = [n for n, state in enumerate(states) if state == bits_of(net)]
            place = "pressed before line {} of those that are run: {} after {}".format(
                k, history, steps
            )
            assert steps, place
            # It may come just before epochs that were computed together are added to the history.
            late = [n // an_epoch - together // an_epoch for n in steps]
            assert history is None or len(history) in [n // an_epoch for n in steps] + late, place
            found.add(steps[0])
        reached = range(0, len(states), 1 if name == "fast" else together)  # each, after a failure
        assert (stride > 1 or found == set(reached)) and k > 20


def press_again(first, line, **options):
    """Train with Ctrl-C when a step begins, and again before a line that generated.py then runs."""
    Pressed.moments, Pressed.count = (first,), 0
    count = [0]

    def trace(frame, event, argument):
        if os.path.basename(frame.f_code.co_filename) != "generated.py":
            return None
        if event == "line" and Pressed.count >= first:
            count[0] += 1
            if count[0] == line:
                raise KeyboardInterrupt
        return trace

    net, history, former = small_net(), None, sys.gettrace()
    sys.settrace(trace)
    try:
        history = net.fit(
            SMALL_X, SMALL_Y, "huber", Pressed(0.05), epochs=8, engine="steps", **options
        )
    finally:
        sys.settrace(former)
    return (net, history) if count[0] >= line else (None, None)


@pytest.fixture(scope="module")
def pressed_again(trajectory):
    """After a second Ctrl-C before each line: the history, and the steps whose parameters the network has."""
    found, former = {}, sn.set_kernel("portable")
    for batch_size in (None, 1):
        states, found[batch_size], line = trajectory[batch_size][1], [], 1
        while True:
            net, history = press_again(5, line, batch_size=batch_size)
            if net is None:
                break
            places = [k for k in range(5) if states[k] == bits_of(net)]
            found[batch_size].append((history, places))
            line += 1 if line < 6 else STRIDE
    sn.set_kernel(former)
    return found


@pytest.mark.parametrize("batch_size", [None, 1])
def test_a_second_ctrl_c_between_any_two_lines(batch_size, pressed_again, trajectory):
    assert len(pressed_again[batch_size]) > 5
    for history, places in pressed_again[batch_size]:
        assert history.interrupted and len(history) == (4 if batch_size is None else 1)
        assert bits(history.loss) == trajectory[batch_size][0][: len(history)]
        assert places == [4]


class Timeout(Exception):
    """An exception as a signal handler raises it."""


@EACH_STEPS
def test_another_exception_during_training(way):
    """As with lists, the steps before it are kept."""

    class Failing(sn.Adam):
        def begin(self, number):
            if self.t == 5:
                raise Timeout
            sn.Adam.begin(self, number)

    made = of(way, between=1)
    made.optimizer = Failing(0.05)
    expected, found = trained(made, "lists", epochs=30)[0], trained(made, way, epochs=30)[0]
    assert expected[0] == "Timeout"
    assert found == expected
