"""The layers above the core do all that the core's do: read this file first."""

import math

import pytest

import scratchnet as sn
from scratchnet import deep
from scratchnet.core.layers import LAYERS

Z = [[0.5, -1.0, 2.0, 7.5], [-3.0, 0.25, 1.0, -0.75]]
SAMPLES = [[0.5, -1.0, 2.0], [-3.0, 0.25, 1.0], [0.125, 4.0, -4.0], [0.25, -0.25, 8.0], [1, 2, 3]]
TARGETS = [[0.5, 1.0], [0.25, -1.0], [1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]]

# Each layer, and its function of one number z, written independently.
ELEMENTWISE = [
    (lambda: deep.Clip(0, 6), lambda z: sorted([0, z, 6])[1]),
    (lambda: deep.Clip(), lambda z: sorted([-1, z, 1])[1]),
    (lambda: deep.Clip(low=None, high=2), lambda z: min(z, 2)),
    (lambda: deep.Clip(low=-2, high=None), lambda z: max(z, -2)),
    (lambda: deep.HardSigmoid(), lambda z: sorted([0, (z + 3) / 6, 1])[1]),
    (lambda: deep.HardSigmoid(0.25, 0.75), lambda z: sorted([0, z / 4 + 0.75, 1])[1]),
    (lambda: deep.HardSwish(), lambda z: z * sorted([0, z + 3, 6])[1] / 6),
    (lambda: deep.CELU(), lambda z: z if z > 0 else math.exp(z) - 1),
    (lambda: deep.CELU(0.5), lambda z: z if z > 0 else (math.exp(2 * z) - 1) / 2),
    (lambda: deep.Exp(), lambda z: math.exp(z)),
    (lambda: deep.Mish(), lambda z: z * math.tanh(math.log(1 + math.exp(z)))),
    (lambda: deep.Softsign(), lambda z: z / (1 + abs(z))),
    (lambda: deep.ThresholdedReLU(), lambda z: z if z > 1 else 0),
    (lambda: deep.ThresholdedReLU(-0.8), lambda z: z if z > -0.8 else 0),
    (lambda: deep.PReLU(), lambda z: z if z > 0 else z / 4),
    (lambda: deep.PReLU(slope=[-2]), lambda z: z if z > 0 else -2 * z),
]
OTHERS = [
    lambda: deep.PReLU(4, slope=[0.5, -1, 0, 2]),
    lambda: deep.LogSoftmax(),
    lambda: deep.LayerNormalization(4),
    lambda: deep.LayerNormalization(4, 0.5, scale=[1, 2, -1, 0.5], bias=[0, 1, 2, 3]),
    lambda: deep.LayerNormalization(4, scale=False),
    lambda: deep.LayerNormalization(4, bias=False),
    lambda: deep.LayerNormalization(4, scale=False, bias=False),
    lambda: deep.RMSNormalization(4),
    lambda: deep.RMSNormalization(4, 0.5, scale=[1, 2, -1, 0.5]),
    lambda: deep.RMSNormalization(4, scale=False),
    lambda: deep.RowNormalization(),
    lambda: deep.RowNormalization("l1"),
]
ALL = [make for make, _ in ELEMENTWISE] + OTHERS


def identify(make):
    """Name a test after its layer; functions of numbers have no name."""
    try:
        return repr(make())
    except TypeError:
        return ""


each_layer = pytest.mark.parametrize("make", ALL, ids=identify)


def network(make):
    return sn.Sequential([sn.Dense(3, 4), make(), sn.Dense(4, 2)], seed=3)


def agree(ours, theirs, tolerance):
    assert [len(row) for row in ours] == [len(row) for row in theirs]
    largest = max(abs(y) for row in theirs for y in row)
    assert all(
        abs(x - y) <= tolerance * largest for u, v in zip(ours, theirs) for x, y in zip(u, v)
    )


def test_every_layer_is_tested_and_has_a_name_of_its_own():
    assert {type(make()) for make in ALL} == set(deep.LAYERS.values())
    assert [kind.__name__ for kind in deep.LAYERS.values()] == sorted(deep.LAYERS)
    assert not set(deep.LAYERS) & set(LAYERS)


@pytest.mark.parametrize("make, function", ELEMENTWISE, ids=identify)
def test_the_function_of_one_number(make, function):
    agree(sn.Sequential([make()]).predict(Z), [[function(z) for z in row] for row in Z], 1e-15)


def test_the_functions_of_a_row():
    rows = sn.Sequential([deep.LogSoftmax()]).predict(Z)
    agree(rows, [[z - math.log(sum(map(math.exp, row))) for z in row] for row in Z], 1e-15)
    agree([[sum(map(math.exp, row))] for row in rows], [[1], [1]], 1e-15)
    assert sn.Sequential([deep.LogSoftmax()]).predict([[1000, 0]]) == [[0, -1000]]
    rows = [[3, -4, 0, 0], [0, 0, 0, 0]]
    assert sn.Sequential([deep.RowNormalization()]).predict(rows) == [[0.6, -0.8, 0, 0], [0] * 4]
    expected = [[3 / 7, -4 / 7, 0, 0], [0] * 4]
    assert sn.Sequential([deep.RowNormalization("l1")]).predict(rows) == expected
    layer = deep.LayerNormalization(2, 7, scale=[3, 1], bias=[1, 5])  # √(9 + 7) = 4
    assert sn.Sequential([layer]).predict([[10, 4]]) == [[1 + 3 * 0.75, 5 - 0.75]]
    layer = deep.RMSNormalization(2, 71, scale=[1, 10])  # √((3² + 7²)/2 + 71) = 10
    assert sn.Sequential([layer]).predict([[3, 7]]) == [[0.3, 7.0]]


@each_layer
def test_the_gradients_are_right(make):
    assert sn.check_gradients(network(make), SAMPLES, TARGETS, "mean_squared_error").passed


@each_layer
def test_every_engine_trains_to_the_same_bits(make):
    former, trained = sn.set_kernel("portable"), []
    try:
        for engine in ("lists", "steps", "rows"):
            net = network(make)
            history = net.fit(SAMPLES, TARGETS, loss="huber", epochs=3, batch_size=2, engine=engine)
            assert history.engine == engine
            trained.append([p.value for p in net.parameters()])
    finally:
        sn.set_kernel(former)
    assert trained[0] == trained[1] == trained[2]


@each_layer
@pytest.mark.parametrize("ending", [".safetensors", ".json", ".npz"])
def test_files_give_the_layer_back(make, ending, tmp_path):
    net, path = network(make), str(tmp_path / ("model" + ending))
    sn.save(net, path)
    twin = sn.load(path)
    assert repr(twin) == repr(net) and twin.predict(SAMPLES) == net.predict(SAMPLES)


@each_layer
def test_explained_and_written_out(make):
    net = network(make)
    why = sn.explain(net, SAMPLES[:2], TARGETS[:2], "huber")
    name = "1.a[1][2]" if "1.a[1][2]" in why.names() else "1.z[1][2]"
    assert "scratchnet/deep/" in str(why[name]).replace("\\", "/")
    agree([sn.unroll(net)(SAMPLES[0])], net.predict(SAMPLES[:1]), 1e-15)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: deep.Clip(2, 1), "Clip: low is 2 and high is 1; low must not be above high"),
        (lambda: deep.Clip(float("inf")), "Clip: low is inf; give a finite number"),
        (lambda: deep.CELU(0), "CELU: alpha is 0; give a finite number above 0"),
        (lambda: deep.PReLU(0), "PReLU: count is 0; give a whole number of 1 or more"),
        (lambda: deep.PReLU(2, slope=[1]), "slope: 1 given, 2 needed"),
        (lambda: deep.LayerNormalization(2, 0), "epsilon is 0; give a finite number above 0"),
        (lambda: sn.Sequential([sn.Dense(2, 3), deep.PReLU(2)]), "takes 2 inputs, but gets 3"),
    ],
)
def test_arguments_that_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
