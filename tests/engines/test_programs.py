"""generated.py: programs are the same in every process, and remembered."""

import gc
import os
import subprocess
import sys

import pytest
from compare_engines import (
    EACH_STEPS,
    ROOT,
    X,
    Y,
    assert_same_small_training,
    assert_same_training,
    hidden,
    kernel,
    trained,
    watching,
)
from hypothesis import given
from random_networks import recipe, recipes

import scratchnet as sn
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.engines import generated
from scratchnet.scalars import Symbolic

pytestmark = pytest.mark.usefixtures("portable")


# ---- the same text everywhere ------------------------------------------------------------------------------------


PROGRAM = """
import struct
import scratchnet as sn
from scratchnet.engines import choice as choices

sn.set_kernel("portable")
former = choices.chosen

def chosen(lists, *options):
    found = former(lists, *options)
    print(type(found).__name__, getattr(found, "whole", ""), found.program.source if hasattr(found, "program") else "")
    return found

choices.chosen = chosen
X = [[i % 3 / 4, i % 2, i / 8] for i in range(8)]
Y = [i % 3 for i in range(8)]
for most in (choices.MOST, choices.MOST_AT_ALL):
    choices.MOST = most
    for width in (3, 24):
        for batch_size in (None, 3):
            layers = [sn.Dense(3, width, l1=0.01), sn.GELU(), sn.Dropout(0.25), sn.Dense(width, 3), sn.Softmax()]
            net = sn.Sequential(layers)
            optimizer = sn.AdamW(sn.CosineDecay(0.1, 9), clip_norm=1)
            history = net.fit(X, Y, "categorical_cross_entropy", optimizer, 3, batch_size)
            rows = [history.loss] + [row for p in net.parameters() for row in p.rows]
            print([struct.pack(">d", v).hex() for row in rows for v in row])
            print(sn.unroll(net).source)
"""


def test_every_process_writes_the_same_text():
    outputs = []
    for seed in ("0", "4711"):
        environment = dict(os.environ, PYTHONHASHSEED=seed, PYTHONPATH=ROOT)
        outputs.append(
            subprocess.check_output(
                [sys.executable, "-c", PROGRAM], env=environment, universal_newlines=True
            )
        )
    assert outputs[0] == outputs[1]
    assert outputs[0].count("def train(") >= 4 and outputs[0].count("def predict(") == 8


# ---- programs are remembered -------------------------------------------------------------------------------------


@pytest.fixture
def nothing_remembered():
    former = dict(generated.programs)
    generated.programs.clear()
    yield
    generated.programs.clear()
    generated.programs.update(former)


def program(
    way,
    layers=None,
    loss="mean_squared_error",
    optimizer=None,
    X=X[:4],
    Y=Y[:4],
    seed=1,
    freeze=(),
    **options,
):
    """Return the program that trains in this way."""
    net = sn.Sequential(layers or hidden(sn.Tanh()), seed=seed)
    net.freeze(*freeze)
    options.setdefault("batch_size", 2 if way == "step" else None)
    with watching() as seen:
        net.fit(X, Y, loss, optimizer or sn.SGD(0.1), epochs=2, engine="steps", **options)
    engine = seen.generated_steps()
    assert engine.whole == (way == "samples")
    return engine.program


SHARED = {
    "other weights": dict(seed=2),
    "other data": dict(X=[[v + 3 for v in row] for row in X[:4]]),
    "another order": dict(shuffle=False),
}


@EACH_STEPS
@pytest.mark.parametrize("what", sorted(SHARED))
def test_trainings_that_differ_only_in_numbers_share_a_program(what, way, nothing_remembered):
    assert program(way, **SHARED[what]) is program(way)


DIFFERENT = [
    (dict(layers=hidden(sn.LeakyReLU(0.25))), dict(layers=hidden(sn.LeakyReLU(0.125)))),
    (dict(layers=hidden(sn.ELU(0.25))), dict(layers=hidden(sn.ELU(0.125)))),
    (dict(layers=hidden(sn.GELU())), dict(layers=hidden(sn.GELU("tanh")))),
    (dict(layers=hidden(sn.Dropout(0.25))), dict(layers=hidden(sn.Dropout(0.5)))),
    (dict(layers=hidden(sn.Tanh())), dict(layers=hidden(sn.Sigmoid()))),
    (dict(layers=[sn.Dense(2, 1)]), dict(layers=[sn.Dense(2, 1, l2=0.5)])),
    (dict(layers=[sn.Dense(2, 1, l2=0.25)]), dict(layers=[sn.Dense(2, 1, l2=0.5)])),
    (dict(layers=[sn.Dense(2, 1, l1=0.25)]), dict(layers=[sn.Dense(2, 1, l2=0.25)])),
    (dict(layers=[sn.Dense(2, 1)]), dict(layers=[sn.Dense(2, 2), sn.Dense(2, 1)])),
    (
        dict(layers=[sn.Dense(2, 1)]),
        dict(layers=[sn.Dense(2, 1), sn.Identity()], loss="half_squared_error"),
    ),
    (dict(freeze=["0.weights"]), dict(freeze=["0.bias"])),
    (dict(freeze=[]), dict(freeze=["2.bias"])),
    (dict(loss=sn.Huber(0.5)), dict(loss=sn.Huber(0.25))),
    (dict(loss="mean_squared_error"), dict(loss="half_squared_error")),
    (dict(sample_weight=[2, 3, 4, 5]), dict()),
    (dict(optimizer=sn.SGD(0.1)), dict(optimizer=sn.SGD(0.1, momentum=0.5))),
    (dict(optimizer=sn.SGD(0.1, momentum=0.25)), dict(optimizer=sn.SGD(0.1, momentum=0.5))),
    (
        dict(optimizer=sn.SGD(0.1, momentum=0.5)),
        dict(optimizer=sn.SGD(0.1, momentum=0.5, nesterov=True)),
    ),
    (dict(optimizer=sn.SGD(0.1)), dict(optimizer=sn.SGD(0.1, weight_decay=0.5))),
    (dict(optimizer=sn.SGD(0.1)), dict(optimizer=sn.SGD(0.1, clip_norm=0.5))),
    (dict(optimizer=sn.SGD(0.1, clip_norm=1)), dict(optimizer=sn.SGD(0.1, clip_norm=0.5))),
    (dict(optimizer=sn.Adam(0.1)), dict(optimizer=sn.Adam(0.1, beta1=0.5))),
    (dict(optimizer=sn.Adam(0.1)), dict(optimizer=sn.Adam(0.1, epsilon=0.5))),
    (dict(optimizer=sn.Adam(0.1)), dict(optimizer=sn.AdamW(0.1, weight_decay=0))),
    (dict(optimizer=sn.RMSprop(0.1)), dict(optimizer=sn.RMSprop(0.1, alpha=0.5))),
]


@EACH_STEPS
@pytest.mark.parametrize("pair", range(len(DIFFERENT)))
def test_other_trainings_have_their_own_program(pair, way, nothing_remembered):
    first, second = [program(way, **options) for options in DIFFERENT[pair]]
    assert first.source != second.source
    assert (
        program(way, **DIFFERENT[pair][0]) is first and program(way, **DIFFERENT[pair][1]) is second
    )


SAMPLES = [
    dict(X=[[0, 1], [1, 0], [0.5, 2], [3, 4]]),
    dict(X=[[1, 1], [1, 0], [0.5, 2], [3, 4]]),
    dict(X=[[0, 1], [1, 0], [0.5, 2], [3, 0]]),
    dict(X=[[0, 1], [1, 0], [0.5, 2], [3, 1]]),
    dict(Y=[0, 1, 0.5, 2]),
    dict(Y=[1, 1, 0.5, 2]),
    dict(Y=[0.5, 1, 0.5, 2]),
    dict(X=X[:3], Y=Y[:3]),
    dict(sample_weight=[1, 2, 3, 4]),
    dict(sample_weight=[2, 1, 3, 4]),
    dict(sample_weight=[1, 1, 1, 1]),
    dict(sample_weight=[5, 2, 3, 4]),
    dict(sample_weight=[5, 0, 3, 4]),
]


def test_zeros_and_ones_in_other_places_have_their_own_program(nothing_remembered):
    found = [program("samples", **options).source for options in SAMPLES]
    assert len(set(found)) == len(found)
    assert [program("samples", **options).source for options in SAMPLES] == found


@EACH_STEPS
def test_each_kernel_has_its_own_programs(way, nothing_remembered):
    found = [program(way)]
    with kernel("fast"):
        found.append(program(way))
    assert found[0].source != found[1].source
    assert "scratchnet.core.elementary" in found[0].source and "from math import" in found[1].source
    assert program(way) is found[0]


def namesakes(base, **rules):
    """Return a subclass with the name of its base."""
    return type(base.__name__, (base,), rules)


@EACH_STEPS
def test_classes_of_equal_names_share_no_program(way, nothing_remembered):
    """Programs are cached by reprs, and two classes may have the same repr."""
    half = dict(function=lambda self, z: z / 2, derivative=lambda self, z, a: 0.5)
    third = dict(function=lambda self, z: z / 4, derivative=lambda self, z, a: 0.25)
    steep = dict(
        term=lambda self, a, y: 4 * (a - y) * (a - y), derivative=lambda self, a, y: 8 * (a - y)
    )
    back = dict(rule=lambda self, w, g, state: (w + self.rate * g, state))
    sources = [program(way).source]
    for methods in (half, third):
        sources.append(program(way, hidden(namesakes(sn.Tanh, **methods)())).source)
    sources.append(program(way, loss=namesakes(sn.MeanSquaredError, **steep)()).source)
    sources.append(program(way, optimizer=namesakes(sn.SGD, **back)(0.1)).source)
    assert len(set(sources)) == 5
    assert_same_small_training(lambda: hidden(namesakes(sn.Tanh, **half)()), way)
    assert_same_small_training(lambda: hidden(namesakes(sn.Tanh, **third)()), way)


def test_the_number_of_cached_programs_is_limited(nothing_remembered):
    for n in range(2, generated.MOST_PROGRAMS + 5):
        made = recipe(hidden=4, blocks=[(1, 4, 0)], samples=2, inputs=1, outputs=1)
        made.X, made.Y = [[v / n for v in row] for row in made.X], [[0.5 + n] for _ in made.Y]
        layers = [sn.Dense(1, 1), sn.LeakyReLU(1 / n)]
        program("samples", layers, X=made.X, Y=made.Y)
        assert 0 < len(generated.programs) <= generated.MOST_PROGRAMS


def test_what_replaces_its_former_value_leaves_the_other_programs(nothing_remembered):
    for n in range(generated.MOST_PROGRAMS):
        generated.keep(n, "former")
    generated.keep(3, "new")
    assert len(generated.programs) == generated.MOST_PROGRAMS and generated.programs[3] == "new"


@given(recipes())
def test_a_cached_program_trains_other_numbers(made):
    """The second training has other weights, other data and another rate."""
    trained(made, "samples")
    made.made = made.made[:-1] + (made.made[-1] + 1,)
    made.X = [[v if v in (0, 1) else v / 2 for v in row] for row in made.X]
    assert_same_training(made, "samples")


# ---- steps that are all the same ---------------------------------------------------------------------------------


def test_a_constant_rate_is_read_once_and_a_schedule_in_each_step(nothing_remembered):
    constant = program("samples", optimizer=sn.RMSprop(0.1))
    scheduled = program("samples", optimizer=sn.RMSprop(sn.CosineDecay(0.1, 9)))
    assert constant.repeats and "for _ in times:" in constant.source
    assert not scheduled.repeats and "for (setting_rate,), in steps:" in scheduled.source
    assert not program("samples", optimizer=sn.Adam(0.1)).repeats


def test_steps_with_random_numbers_are_not_the_same(nothing_remembered):
    assert not program("samples", hidden(sn.Dropout(0.5))).repeats


class Counting(sn.SGD):
    """Its rule reads the number of the step."""

    def rule(self, w, g, state):
        return w - self.rate * g / (self.t + 1), state


def test_steps_that_read_the_step_number_are_not_the_same(nothing_remembered):
    assert not program("samples", optimizer=Counting(0.1)).repeats
    assert_same_small_training(lambda: hidden(sn.Tanh()), "samples", optimizer=Counting(0.1))


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the steps as they are")
def test_expressions_of_settings_are_computed_before_the_steps(nothing_remembered):
    with kernel("fast"):
        source = program("samples", optimizer=sn.SGD(0.1, momentum=0.5)).source
    before, within = source.split("for _ in times:")
    assert "= setting_rate * " in before and "setting_rate" not in within


@pytest.mark.skipif(IS_PYPY, reason="PyPy does not count references")
@EACH_STEPS
@pytest.mark.parametrize("name", ["fast", "portable"])
def test_the_record_is_freed_before_python_looks_for_cycles(way, name, nothing_remembered):
    def count():
        return sum([type(v) is Symbolic for v in gc.get_objects()])

    gc.collect()
    before = count()
    gc.disable()
    try:
        with kernel(name):
            program(way)
        assert count() == before
    finally:
        gc.enable()
