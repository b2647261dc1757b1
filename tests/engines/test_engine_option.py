"""The option `engine`: what it may be, what "auto" chooses, and why an engine cannot be used."""

import inspect
import math
import re
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest
from compare_engines import (
    EACH_WAY,
    Noisy,
    X,
    Y,
    assert_same_small_training,
    hidden,
    trained,
    watching,
)
from random_networks import bits, bits_of, recipe

import scratchnet as sn
from scratchnet.codegen.python.printer import IS_PYPY, execute
from scratchnet.core import training
from scratchnet.engines import choice, rows

pytestmark = pytest.mark.usefixtures("portable")


EXECUTORS = pytest.mark.parametrize("executor", [None, ThreadPoolExecutor()], ids=["here", "there"])


@EXECUTORS
@pytest.mark.parametrize("engine", ["row", True, None, 2, [], "fastest"], ids=repr)
def test_an_unknown_engine_is_refused(engine, executor):
    names = "'auto' or 'lists' or 'rows' or 'lanes' or 'steps' or 'native'"
    with pytest.raises(ValueError, match="^engine is .*; give {}$".format(names)):
        sn.Sequential([sn.Dense(2, 1)]).fit(X, Y, "huber", engine=engine, executor=executor)


@EXECUTORS
@pytest.mark.parametrize("unroll", ["yes", 2, [], 0], ids=repr)
def test_an_invalid_unroll_is_refused(unroll, executor):
    with pytest.raises(ValueError, match="^unroll is .*; give 'auto', True or False$"):
        sn.Sequential([sn.Dense(2, 1)]).fit(X, Y, "huber", unroll=unroll, executor=executor)


@pytest.mark.parametrize("unroll, engine", [(True, "steps"), (False, "lists"), ("auto", "steps")])
def test_unroll_is_deprecated(unroll, engine):
    net = sn.Sequential([sn.Dense(2, 1)])
    name = "auto" if unroll == "auto" else engine
    text = "unroll={!r} is deprecated; write engine={!r}".format(unroll, name)
    with pytest.warns(DeprecationWarning, match="^{}$".format(re.escape(text))) as warned:
        assert net.fit(X, Y, "huber", epochs=2, unroll=unroll).engine == engine
    assert warned[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="is deprecated") as warned:
        sn.epochs(net, X, Y, "huber", unroll=unroll)
    assert warned[0].filename == __file__


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
def test_the_history_says_which_engine_ran(engine):
    assert sn.Sequential([sn.Dense(2, 1)]).fit(X, Y, "huber", engine=engine).engine == engine


def test_auto_chooses_by_size():
    small, large = sn.Sequential([sn.Dense(2, 1)]), sn.Sequential([sn.Dense(2, 900)])
    assert small.fit(X, Y, "huber", epochs=1).engine == "steps"
    wide = [[0] * 900 for _ in X]
    assert large.fit(X, wide, "huber", epochs=1).engine == "rows"
    large.layers[0].forward = large.layers[0].forward  # a method of its own
    assert large.fit(X, wide, "huber", epochs=1).engine == "lists"


def test_an_engine_that_cannot_be_used_says_why():
    net = sn.Sequential([sn.Dense(60, 100)])
    task = [[0] * 60], [[0] * 100], "huber"
    with pytest.raises(
        ValueError, match="^engine='steps' cannot be used here: use 'rows': .* 6100 "
    ):
        net.fit(*task, engine="steps")
    with pytest.raises(
        ValueError, match="^engine='steps' cannot be used here: .*not the same twice"
    ):
        sn.Sequential([sn.Dense(2, 2), Noisy(), sn.Dense(2, 1)]).fit(X, Y, "huber", engine="steps")
    for engine in ("rows", "steps"):
        patched = sn.Sequential([sn.Dense(2, 1)])
        patched.layers[0].backward = patched.layers[0].backward
        with pytest.raises(
            ValueError, match="^engine='{}' .* of this Dense was rep".format(engine)
        ):
            patched.fit(X, Y, "huber", engine=engine)
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(
            ValueError, match="^engine='steps' makes whole steps, which cannot be di"
        ):
            net.fit(*task, engine="steps", executor=executor)


def test_lists_replace_an_engine_after_a_change_by_hand():
    net = sn.Sequential([sn.Dense(2, 1)], seed=3)
    steps = sn.epochs(net, X, Y, "huber", epochs=3, engine="steps")
    next(steps)
    net.freeze("0.bias")
    bias = net.parameters()[1].value
    assert len(list(steps)) == 2 and net.parameters()[1].value == bias


LOOP = "losses = self.train(batches * self.epochs_at_once())"


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_the_loop_shown_is_the_loop_that_runs(engine, batch_size, monkeypatch):
    """A loop that trains twice in each epoch makes twice as many updates, on every engine."""
    source = inspect.getsource(training.Training.run)
    assert source.count(LOOP) == 1
    namespace = dict(vars(training))
    twice = textwrap.dedent(source).replace(LOOP, "self.train(batches); " + LOOP)
    exec(twice, namespace)
    ways = "fit", "epochs"
    options = dict(batch_size=batch_size, engine=engine, shuffle=False)
    once, found = sn.Sequential([sn.Dense(2, 1)], seed=3), []
    once.fit(X, Y, "huber", sn.SGD(0.1), epochs=8, **options)
    for run in (training.Training.run, namespace["run"]):
        monkeypatch.setattr(training.Training, "run", run)
        for way in ways:
            net, optimizer = sn.Sequential([sn.Dense(2, 1)], seed=3), sn.SGD(0.1)
            if way == "fit":
                assert len(net.fit(X, Y, "huber", optimizer, 4, **options)) == 4
            else:
                assert len(list(sn.epochs(net, X, Y, "huber", optimizer, 4, **options))) == 4
            found.append(bits_of(net))
    assert found[0] == found[1] != found[2]
    assert found[3] == bits_of(once)


def test_rules_that_draw_their_own_random_numbers():
    """Generated code would repeat the numbers that were drawn when it was generated."""
    with watching() as seen:
        sn.Sequential([sn.Dense(2, 2), Noisy(), sn.Dense(2, 1)]).fit(X, Y, "huber", epochs=2)
    assert [type(engine) for engine in seen.engines] == [rows.Rows]


class Catching(sn.Activation):
    def function(self, z):
        try:
            return math.tanh(z)
        except Exception:
            return 0 * z

    def derivative(self, z, a):
        return 1 - a * a


@EACH_WAY
def test_a_rule_that_catches_every_exception(way):
    assert_same_small_training(lambda: hidden(Catching()), way)


class Nameless(sn.Tanh):
    def __repr__(self):
        raise RuntimeError("no name")


@EACH_WAY
def test_a_layer_whose_repr_fails(way):
    assert_same_small_training(lambda: hidden(Nameless()), way)


@pytest.mark.parametrize("batch_size", [None, 3])
def test_the_choice_depends_on_shapes_and_keeps_the_bits(batch_size):
    """And it is chosen by the shapes alone."""
    chosen = set()
    for seed in (1, 2):
        made = recipe(batch_size=batch_size, between=1, seed=seed)
        with watching() as seen:
            net = made.network()
            history = net.fit(made.X, made.Y, made.loss, made.optimizer, epochs=4, **made.options)
        assert trained(made, "lists")[0][3:5] == [bits(history.loss), bits_of(net)]
        chosen.add((type(seen.engines[0]), getattr(seen.engines[0], "whole", None)))
    assert len(chosen) == 1 and chosen != {(training.Engine, None)}


def chosen_for(widths, batch_size, rows=16):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [sn.Dense(inputs, outputs), sn.Tanh()]
    net = sn.Sequential(layers)
    X = [[0.5] * widths[0]] * rows
    Y = [[0.25] * widths[-1]] * rows
    return net.fit(X, Y, "mse", epochs=1, batch_size=batch_size, shuffle=False).engine


@pytest.mark.skipif(IS_PYPY, reason="PyPy does not compile long functions")
@pytest.mark.parametrize("depth", [2, 15, 16, 40])
def test_one_more_layer_does_not_change_the_engine(depth):
    """Time depends on the parameters per unit, whatever their total."""
    assert chosen_for([4] * (depth + 1), 8) == "steps"
    assert chosen_for([24] * (depth // 8 + 2), 8) == "rows"


@pytest.mark.skipif(IS_PYPY, reason="PyPy does not compile long functions")
def test_small_batches_are_written_out_up_to_wider_units():
    assert [chosen_for([16, 16, 16], size) for size in (1, 4)] == ["steps", "steps"]
    widest = [
        max([w for w in range(4, 25) if chosen_for([w] * 3, n) == "steps"]) for n in (4, 8, 16)
    ]
    assert widest == sorted(widest, reverse=True) and widest[0] > widest[-1]
    assert chosen_for([30, 20, 20], 1) == "steps" and chosen_for([30, 20, 20], 4) == "rows"


@pytest.mark.parametrize("layer, engine", [(sn.Identity, "steps"), (sn.ReLU, "rows")])
def test_pypy_does_not_write_out_many_choices(layer, engine, monkeypatch):
    """PyPy would compile a path for each outcome."""
    for name, limit in (("step", 150), ("few", 150), ("wide", 1000), ("choices", 5)):
        monkeypatch.setitem(choice.MOST, name, limit)
    net = sn.Sequential([sn.Dense(2, 8), layer(), sn.Dense(8, 1)])
    assert net.fit(X, Y, "mse", epochs=1, batch_size=2, shuffle=False).engine == engine


def test_functions_for_other_uses_are_apart():
    assert execute("a = []") is execute("a = []") is not execute("a = []", 2)


@pytest.mark.skipif(not hasattr(math, "sumprod"), reason="the choice of CPython from 3.12 on")
@pytest.mark.parametrize(("compiled", "engine"), [(False, "lanes"), (True, "rows")])
def test_pypy_looks_for_no_grid(compiled, engine, monkeypatch):
    monkeypatch.setattr(choice, "IS_PYPY", compiled)
    sn.set_kernel("fast")
    pixels = [[float((i * j) % 7 == 0) for j in range(100)] for i in range(200)]
    net = sn.Sequential([sn.Dense(100, 30), sn.Tanh(), sn.Dense(30, 1)])
    options = {"epochs": 1, "batch_size": 10, "optimizer": sn.SGD(0.01)}
    assert net.fit(pixels, [1.0] * 200, "mse", **options).engine == engine
