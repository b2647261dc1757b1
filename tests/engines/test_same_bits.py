"""Generated code computes what lists compute: the same bits, and in the fast kernel the same to rounding."""

import pickle
from fractions import Fraction

import pytest
from compare_engines import (
    EACH_STEPS,
    EACH_WAY,
    STEPS,
    Lazy,
    assert_same_training,
    kernel,
    of,
    setup_for,
    train,
    trained,
)
from hypothesis import given, settings
from random_networks import ENDINGS, HIDDEN, OPTIMIZERS, bits_of, recipe, recipes

import scratchnet as sn
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.engines import generated

pytestmark = pytest.mark.usefixtures("portable")


# ---- the same bits -----------------------------------------------------------------------------------------------


@settings(max_examples=5 * settings.default.max_examples)
@given(recipes())
def test_random_trainings_by_samples(made):
    assert_same_training(made, "samples")


@settings(max_examples=5 * settings.default.max_examples)
@given(recipes(batches=True))
def test_random_trainings_by_step(made):
    assert_same_training(made, "step")


@settings(max_examples=2 * settings.default.max_examples)
@given(recipes())
def test_random_trainings_by_rows(made):
    assert_same_training(made, "rows")


@settings(max_examples=2 * settings.default.max_examples)
@given(recipes(batches=True))
def test_random_trainings_by_rows_in_batches(made):
    assert_same_training(made, "rows")


def names(family):
    return [repr(make()) for make in family]


@EACH_WAY
@pytest.mark.parametrize("hidden", range(len(HIDDEN)), ids=names(HIDDEN))
def test_every_activation(hidden, way):
    assert type(assert_same_training(of(way, hidden=hidden, between=1), way)[0]) is int


def ending_id(k):
    return " ".join([type(ENDINGS[k][0]).__name__] + [repr(layer()) for layer in ENDINGS[k][1]])


@EACH_WAY
@pytest.mark.parametrize("ending", range(len(ENDINGS)), ids=ending_id)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_loss(ending, weighted, way):
    assert (
        type(assert_same_training(of(way, ending=ending, weighted=weighted, optimizer=8), way)[0])
        is int
    )


@EACH_WAY
@pytest.mark.parametrize(
    "optimizer",
    range(len(OPTIMIZERS)),
    ids=lambda k: "{}-{}".format(k, type(OPTIMIZERS[k]).__name__),
)
def test_every_optimizer(optimizer, way):
    assert type(assert_same_training(of(way, optimizer=optimizer), way, epochs=6)[0]) is int


@EACH_WAY
@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("penalties", [{"l1": 0.125}, {"l2": 0.25}, {"l1": 0.5, "l2": 0.125}])
def test_penalties_and_layers_before_the_first_dense(first, penalties, way):
    assert_same_training(of(way, first=first, penalties=penalties), way)


@EACH_WAY
@pytest.mark.parametrize("frozen", [(0,), (1,), (2,), (0, 1), (0, 1, 2)])
def test_frozen_parameters(frozen, way):
    assert_same_training(of(way, frozen=frozen, optimizer=8), way)


@EACH_STEPS
@pytest.mark.parametrize("options", [
    {"validation_split": 0.4}, {"validation_split": 0.4, "shuffle": False}, {"patience": 2},
    {"patience": 1, "validation_data": ([[1, 2, 3]], [[1, 1]])}, {"seed": 5, "shuffle": False},
], ids=repr)  # fmt: skip
def test_every_option_of_training(options, way):
    made = of(way, between=1, samples=6)
    made.options.update(options)
    assert_same_training(made, way, epochs=8)


@EACH_STEPS
def test_more_steps_than_one_call_makes(way):
    made = of(way, between=1, optimizer=8, samples=4, inputs=1, outputs=1)
    found = assert_same_training(
        made, way, epochs=2 * generated.STEPS_AT_ONCE + 203 if way == "samples" else 9
    )
    assert found[0] in (2 * generated.STEPS_AT_ONCE + 203, 9)


def test_more_batches_than_one_call_makes():
    made = recipe(
        batch_size=1,
        samples=generated.STEPS_AT_ONCE + 20,
        inputs=1,
        outputs=1,
        blocks=[],
        between=1,
    )
    assert_same_training(made, "step", epochs=2)


@EACH_STEPS
def test_rows_that_are_read_lazily(way):
    made = of(way)
    expected, _ = trained(made, "lists")
    made.X, made.Y = Lazy(made.X), Lazy(made.Y)
    found, seen = trained(made, way)
    assert found == expected and seen.generated_steps()


@EACH_STEPS
def test_positive_and_negative_zeros_in_the_data(way):
    made = of(way, data="zeros and ones")
    made.X = [[-0.0 if v == 0 else v for v in row] for row in made.X]
    made.Y = [[-0.0 if v == 0 else v for v in row] for row in made.Y]
    assert_same_training(made, way)


@EACH_STEPS
@pytest.mark.parametrize(
    "blocks",
    [[(2, 2, 0)] * 25, [(70, 11, 1)], [(3, 9, 2), (45, 3, 0)]],
    ids=["deep", "wide", "both"],
)
def test_deep_and_wide_networks(blocks, way):
    """Some parsers limit how deeply parentheses are nested."""
    made = of(way, blocks=blocks, optimizer=10, ending=7, samples=3)
    if way == "samples":
        made.X, made.Y = made.X[:1], made.Y[:1]
    assert_same_training(made, way, epochs=2)


@EACH_STEPS
def test_one_output_and_one_sample(way):
    made = recipe(
        blocks=[], inputs=1, outputs=1, samples=3, batch_size=1 if way == "step" else None
    )
    if way == "samples":
        made.X, made.Y = made.X[:1], made.Y[:1]
    assert_same_training(made, way)


@EACH_WAY
def test_training_leaves_the_network_as_lists_do(way):
    """Parameters are floats in lists of lists; optimizer, loss and layers are as before."""
    made = of(way, between=1, first=3, optimizer=8)
    optimizer, loss = made.optimizer, made.loss
    net = made.network()
    train(net, made, way)
    for p in net.parameters():
        assert type(p.rows) is list and all(type(row) is list for row in p.rows)
        assert all(type(v) is float for row in p.rows for v in row)
    assert (optimizer.t, optimizer.states, "moved_rows" in vars(optimizer)) == (0, {}, False)
    assert not [name for name in vars(loss) if callable(vars(loss)[name])]
    for layer in net.layers:
        assert not [name for name in vars(layer) if callable(vars(layer)[name])]
        assert "Symbolic" not in repr(vars(layer))
        assert layer.generator is None
    assert bits_of(pickle.loads(pickle.dumps(net))) == bits_of(net.copy()) == bits_of(net)
    assert net.copy(Fraction).number is Fraction
    assert len(train(net, made, way)) == 3


# ---- the same to rounding, in the fast kernel --------------------------------------------------------------------


def flat(rows):
    return [v for row in rows for v in row]


def steps_apart(made, way, steps=3):
    """Make each step in both ways from the same numbers; yield the losses and the parameters in pairs."""
    both = []
    for by in ("lists", way):
        watched, engine = setup_for(by)
        with watched as seen:
            sn.epochs(
                made.network(),
                made.X,
                made.Y,
                made.loss,
                made.optimizer,
                engine=engine,
                **made.options,
            )
        both += seen.engines
        assert (type(both[-1]) is generated.Steps) == (by in STEPS)
    lists, other = both
    for engine in both:
        engine.generator.state = 9
    count = len(lists.examples)
    size = min(made.options["batch_size"] or count, count)
    batches = [list(range(start, min(start + size, count))) for start in range(0, count, size)]
    for k in range(steps):
        losses = [engine.epoch([batches[k % len(batches)]])[0] for engine in both]
        assert lists.generator.state == other.generator.state
        yield [1, losses[0]], [1, losses[1]]
        for p, q in zip(lists.net.parameters(), other.net.parameters()):
            yield flat(p.rows), flat(q.rows)
            q.rows = p.rows
        other.optimizer.states = dict(lists.optimizer.states)
        assert other.optimizer.t == lists.optimizer.t
    assert not seen.steps_by_lists


def assert_close(made, way):
    with kernel("fast"):
        try:
            for expected, found in steps_apart(made, way):
                assert len(found) == len(expected)
                limit = 1e-12 * max(map(abs, expected))
                assert all(abs(a - b) <= limit for a, b in zip(found, expected)), (found, expected)
        except sn.Diverged:
            pass


@settings(max_examples=3 * settings.default.max_examples)
@given(recipes(gentle=True))
def test_random_steps_in_the_fast_kernel_by_samples(made):
    assert_close(made, "samples")


@settings(max_examples=3 * settings.default.max_examples)
@given(recipes(batches=True, gentle=True))
def test_random_steps_in_the_fast_kernel_by_step(made):
    assert_close(made, "step")


@settings(max_examples=2 * settings.default.max_examples)
@given(recipes(batches=True, gentle=True))
def test_random_steps_in_the_fast_kernel_by_rows(made):
    assert_close(made, "rows")


@pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")
@settings(max_examples=2 * settings.default.max_examples)
@given(recipes(batches=True, gentle=True, lanes=True))
def test_random_steps_in_the_fast_kernel_by_lanes(made):
    assert_close(made, "lanes")
