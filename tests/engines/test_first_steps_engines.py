"""Read this first: an engine trains faster, and the trained network is the same."""

import pytest

import scratchnet as sn
from scratchnet.codegen.python.printer import IS_PYPY

X = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [1.0, 1.0]]
Y = [[1.0], [-1.0], [0.5], [0.0]]


def trained(engine, epochs=20, optimizer=None, **options):
    """The parameters after a training with this engine."""
    net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=1)
    optimizer = optimizer or sn.Adam(0.1)
    history = net.fit(
        X, Y, "mean_squared_error", optimizer, epochs=epochs, engine=engine, **options
    )
    assert history.engine == engine
    return [p.value for p in net.parameters()]


def flat(value):
    return [v for row in value for v in flat(row)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize("engine", ["rows", "steps"])
def test_generated_code_trains_to_the_same_weights(engine, batch_size, portable):
    """The portable kernel adds in the same order everywhere, so that not even the last bit differs."""
    assert trained(engine, batch_size=batch_size) == trained("lists", batch_size=batch_size)


@pytest.mark.parametrize("engine", ["rows", "steps"])
def test_in_the_fast_kernel_the_weights_are_equal_to_rounding(engine):
    for found, expected in zip(trained(engine), trained("lists")):
        assert flat(found) == pytest.approx(flat(expected), rel=1e-12)


@pytest.mark.skipif(IS_PYPY, reason="PyPy computes faster with floats")
def test_lanes_are_for_samples_on_a_grid_and_sgd():
    """Each number in X is a multiple of 1/4."""
    options = dict(optimizer=sn.SGD(0.1))
    for found, expected in zip(trained("lanes", **options), trained("lists", **options)):
        assert flat(found) == pytest.approx(flat(expected), rel=1e-12)


def test_a_checkpoint_continues_a_training(tmp_path, portable):
    """Ten epochs, and ten more from the file, are twenty epochs."""
    path = str(tmp_path / "run.safetensors")
    trained("steps", epochs=10, checkpoint=path)
    assert trained("steps", epochs=20, checkpoint=path) == trained("steps", epochs=20)
