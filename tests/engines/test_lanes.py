"""lanes.py: the engine "lanes" trains on samples of integers, with all weights of an input in one integer."""

import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from compare_engines import STRIDE, Lazy, kernel, watching
from hypothesis import given
from hypothesis import strategies as st
from random_networks import Scale, bits, bits_of
from small_trainings import pressed_at_line
from test_checkpoints import Snapshots

import scratchnet as sn
from scratchnet.codegen.python.lanes import ANY, BINARY, OFTEN_REPEATED, REPEATED
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.engines import grid, lanes
from scratchnet.engines.grid import Grid
from scratchnet.engines.lane_numbers import LaneNumbers, NoRoom
from scratchnet.engines.rows import Rows

pytestmark = pytest.mark.skipif(IS_PYPY, reason="PyPy compiles the rules one by one")


def pixels(count, inputs=40, shades=256, share=0.5, seed=5):
    """Rows of shades, of which this share is not 0."""
    generator = sn.Generator(seed)
    return [
        [
            generator.below(shades) / (shades - 1) if generator.random() < share else 0.0
            for _ in range(inputs)
        ]
        for _ in range(count)
    ]


X = pixels(48)
Y = [i % 3 for i in range(48)]


def network(inputs=40, units=12, weights=None):
    first = sn.Dense(inputs, units, weights=weights)
    return sn.Sequential([first, sn.Tanh(), sn.Dense(units, 3), sn.Softmax()], seed=1)


def trained(engine, X=X, net=None, optimizer=None, **options):
    """Train; return the network and the history."""
    net = net or network(len(X[0]))
    options = dict(dict(epochs=2, batch_size=10), **options)
    optimizer = optimizer or sn.SGD(0.5)
    history = net.fit(
        X, Y[: len(X)], "categorical_cross_entropy", optimizer, engine=engine, **options
    )
    assert history.engine == engine
    return net, history


def assert_close(found, expected, limit=1e-12):
    for p, q in zip(found.parameters(), expected.parameters()):
        largest = max(abs(v) for row in q.rows for v in row)
        for row, other in zip(p.rows, q.rows):
            assert max(abs(a - b) for a, b in zip(row, other)) <= limit * largest


@pytest.fixture
def steps_by_rows(monkeypatch):
    """How many steps the engine Rows made in place of lanes."""
    found = []
    attempt = Rows.attempt

    def counted(self, batches):
        found.extend(batches)
        return attempt(self, batches)

    monkeypatch.setattr(Rows, "attempt", counted)
    return found


DATA = {
    "pixels": X,
    "all pixels": pixels(48, share=1.0),
    "few shades": pixels(48, shades=20),
    "very few shades": pixels(48, shades=4, share=1.0),
    "few zeros": pixels(48, shades=30, share=1.0),
    "few zeros, few shades": pixels(48, shades=10, share=1.0),
    "few zeros, but in one row": [*pixels(47, shades=10, share=1.0), *pixels(1, shades=10)],
    "0 and 1": pixels(48, shades=2, share=0.3),
    "-1, 0 and 1": [[2 * v - 1 for v in row] for row in pixels(48, shades=3)],
    "counts": [[round(4 * v) for v in row] for row in X],
    "one-hot": [[float(k % 40 == i) for k in range(40)] for i in range(48)],
    "empty rows, and one number": [[0.0] * 40, [0.0] * 39 + [0.5]] * 24,
    "decimals": [[round(3 * v, 1) for v in row] for row in X],
    "bytes": [[round(255 * v) for v in row] for row in X],
}


@pytest.mark.parametrize("data", sorted(DATA))
@pytest.mark.parametrize("batch_size", [1, 7, 10, 48])
def test_the_same_as_rows_to_rounding(data, batch_size, steps_by_rows):
    rate = sn.SGD(0.5 / max([1 + sum([v * v for v in row]) for row in DATA[data]]))
    found, history = trained("lanes", DATA[data], batch_size=batch_size, optimizer=rate)
    assert not steps_by_rows
    expected, other = trained("rows", DATA[data], batch_size=batch_size, optimizer=rate)
    assert_close(found, expected)
    for a, b in zip(history.loss, other.loss):
        assert abs(a - b) <= 1e-12 * b


@pytest.mark.parametrize("data", ["pixels", "0 and 1", "bytes", "very few shades"])
def test_the_error_against_fractions(data, steps_by_rows):
    """Below 1e-14 of the largest weight after an epoch, as stated."""
    X = [row[:20] for row in DATA[data][:24]]
    Y = [[row[3], row[7] - row[2]] for row in X]
    rate = Fraction(1, 16) / Fraction(max(map(max, X))) ** 2 * 4
    options = dict(loss="half_squared_error", epochs=1, batch_size=8, shuffle=False)
    net = sn.Sequential([sn.Dense(20, 8), sn.ReLU(), sn.Dense(8, 2)], seed=1)
    exact = net.copy(Fraction)
    net.fit(X, Y, optimizer=sn.SGD(float(rate)), engine="lanes", **options)
    assert not steps_by_rows
    X, Y = [[list(map(Fraction, row)) for row in rows] for rows in (X, Y)]
    exact.fit(X, Y, optimizer=sn.SGD(Fraction(float(rate))), **options)
    assert_close(net, exact, 1e-14)


# ---- room ----------------------------------------------------------------------------------------


def test_weights_that_grow_get_new_lanes(steps_by_rows, monkeypatch):
    made = []
    lanes_for = lanes.Lanes.lanes_for

    def counted(self, rows):
        made.append(lanes_for(self, rows))
        return made[-1]

    monkeypatch.setattr(lanes.Lanes, "lanes_for", counted)
    results = []
    for engine in ("lanes", "rows"):
        net = network(weights=[[0.0001 * (i - j) for j in range(12)] for i in range(40)])
        results.append(trained(engine, net=net, optimizer=sn.SGD(0.03), batch_size=1, epochs=3)[0])
        assert bool(steps_by_rows) == (engine == "rows")
    assert len(made) > 3  # Otherwise one for each epoch is enough.
    assert_close(*results)


@pytest.mark.parametrize("first", [0.0, 1e-200, 1e-20])
def test_steps_that_are_too_large_for_lanes_are_made_by_rows(first, steps_by_rows):
    weights = [[first * (i + j) for j in range(12)] for i in range(40)]
    found, _ = trained("lanes", net=network(weights=weights), epochs=3)
    assert len(steps_by_rows) == 5  # the first epoch
    assert_close(found, trained("rows", net=network(weights=weights), epochs=3)[0])


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=5),
    st.integers(1, 4096),
    st.lists(st.integers(1, 50), min_size=1, max_size=20),
)
def test_lanes_hold_the_largest_sums(weights, most, times):
    """Even of weights that have grown as far as they may, and of the largest inputs."""
    weights = weights + [1.0, -1.0]
    layout = LaneNumbers(len(weights), 1.0, 1.0, most, most * sum(times))
    (p,) = layout.pack_rows([weights])
    total = sum([k * most * 31 * p for k in times])
    assert layout.weighted_sum([most] * len(times), [31 * k * p for k in times]) == total
    found = [n * layout.unit for n in layout.numbers(total)]
    expected = [31.0 * most * sum(times) * w for w in weights]
    assert max(abs(a - b) for a, b in zip(found, expected)) <= 2.0**-50 * max(expected)
    assert layout.measured([p], 0.0) > 0 == layout.measured([20 * p], 0.0)
    (row,) = layout.unpack_rows([31 * p])
    assert max(abs(a - 31 * w) for a, w in zip(row, weights)) <= 2.0**-52
    for grown in (33 * p, -33 * p):
        with pytest.raises(NoRoom):
            layout.measured([grown], 0.0)
    with pytest.raises(NoRoom):
        layout.measured([p], -1.01 * layout.room)


# ---- the grid ------------------------------------------------------------------------------------


def test_later_rows_with_a_smaller_step_or_other_numbers():
    rows = [[0.0, 1.0]] * 30 + [[0.5, 0.0]] + [[0.0, -1.25]] + [[300.0, 0.0]]
    found = Grid(rows)
    assert (found.step, found.most, found.longest, found.kind) == (0.25, 1200, 1200, ANY)
    for row, (pick, places, integers) in zip(rows, found.samples):
        assert [v for v in row if v] == list(pick(row)) == [row[i] for i in places]
        assert list(pick(row)) == [k * found.step for k in integers]
    assert Grid([[0.0, 0.0]]).most == 1 and Grid([[0.0, 2.0]]).kind == BINARY
    assert Grid([[0.0, 2.0, 4.0, 2.0], [2.0, 2.0, 2.0, 2.0]]).kind == REPEATED
    assert Grid([[2.0, 4.0] * 3, [2.0, 2.0, 0.0] * 3]).kind == REPEATED
    assert Grid([[2.0, 4.0] * 4, [2.0, 2.0, 0.0, 2.0] * 2]).kind == OFTEN_REPEATED


@pytest.mark.parametrize(
    "rows",
    [
        [[0.1, 0.2, 0.3000001]],
        [[1.0, 4097.0]],
        [[1.0, 1e-300]],
        [[2**0.5, 3**0.5, 5**0.5]],
        [[0.0, 1.0]] * 30 + [[0.5, 1 / 3]] + [[1 / 7, 1 / 11]] + [[1 / 13, 1 / 17]],
    ],
)
def test_numbers_without_a_grid(rows):
    with pytest.raises(ValueError, match="^the inputs are not multiples of a common step$"):
        Grid(rows)


def test_numbers_near_a_grid_are_refused_at_once(monkeypatch):
    asked = []
    denominator_of = grid.denominator_of
    monkeypatch.setattr(grid, "denominator_of", lambda v: asked.append(v) or denominator_of(v))
    near = [[0.0, 1.0] + [k / 255 + 1e-8 for k in range(1, 100)]]
    with pytest.raises(ValueError, match="^the inputs are not multiples of a common step$"):
        Grid(near * 20)
    assert len(asked) == 1


@given(st.integers(1, 4096), st.integers(1, 4096), st.integers(-4, 4))
def test_the_denominator_of_a_rounded_fraction(n, d, roundings):
    n, d = sorted([n, d])
    assert grid.denominator_of(n / d * (1 + roundings * 2.0**-53)) == Fraction(n, d).denominator


# ---- when it is used -----------------------------------------------------------------------------


def refusal(X=X, layers=None, optimizer=None, **options):
    net = sn.Sequential(layers, seed=1) if layers else network(len(X[0]))
    with pytest.raises(ValueError) as error:
        net.fit(
            X, Y, "categorical_cross_entropy", optimizer or sn.SGD(0.1), engine="lanes", **options
        )
    return str(error.value)


PENALIZED = [sn.Dense(40, 3, l2=0.1), sn.Softmax()]
DROPPED = [sn.Dropout(0.5), sn.Dense(40, 3), sn.Softmax()]
RULE = "it needs weights that multiply the inputs and change by the rule of SGD without momentum,"
REFUSALS = [
    (dict(optimizer=sn.Adam()), "it needs SGD without momentum"),
    (dict(optimizer=sn.SGD(0.1, momentum=0.5)), "it needs SGD without momentum"),
    (dict(optimizer=sn.SGD(0.1, weight_decay=0.5)), RULE),
    (dict(optimizer=sn.SGD(0.1, clip_norm=0.5)), RULE),
    (dict(layers=PENALIZED), RULE),
    (dict(layers=DROPPED), RULE),
    (dict(layers=[Scale(3), sn.Softmax()], X=[x[:3] for x in X]), RULE),
    (dict(X=Lazy(X)), "it needs the samples as a list, but they are read one by one"),
    (dict(X=[[v * 1.1**i for v in X[0]] for i in range(48)]), "the inputs are not multiples of"),
]


@pytest.mark.parametrize("options, reason", REFUSALS)
def test_a_refusal_says_why(options, reason):
    found = refusal(**options)
    assert found.startswith("engine='lanes' cannot be used here: " + reason) and ";" not in found


def test_other_refusals():
    with kernel("portable"):
        assert "it needs the kernel 'fast', but the kernel is 'portable'" in refusal()
    with ThreadPoolExecutor(2) as executor:
        assert "makes whole steps, which cannot be divided" in refusal(executor=executor)
    frozen = network()
    frozen.freeze("0.weights")
    with pytest.raises(ValueError, match="cannot be used here: it needs weights"):
        frozen.fit(X, Y, "categorical_cross_entropy", sn.SGD(0.1), engine="lanes")


def chosen(X, units=12, optimizer=None, **options):
    net = network(len(X[0]), units)
    optimizer = optimizer or sn.SGD(0.1)
    return net.fit(X, Y, "categorical_cross_entropy", optimizer, 1, 12, **options).engine


def test_auto_chooses_it_by_the_shapes_and_the_data():
    wide, narrow = pixels(48, 784), pixels(48, 6)
    assert chosen(wide, 30) == chosen(pixels(48, 784, 2, 1.0), 30) == "lanes"
    assert chosen(wide, 30, sn.Adam()) == chosen(wide, 30, sn.SGD(0.1, 0.9)) == "rows"
    assert chosen([[v * v for v in row] for row in pixels(48, 784, 4000)], 30) == "rows"
    assert chosen(narrow) == "steps"
    with kernel("portable"):
        assert chosen(wide, 30) == "rows"


def test_auto_reads_no_sample_where_no_grid_would_be_faster(monkeypatch):
    read = []
    monkeypatch.setattr(lanes, "Grid", lambda rows: read.append(rows) or Grid(rows))
    assert chosen(pixels(48, 600), 1) == "rows" and not read
    assert chosen(pixels(48, 6)) == "steps" and not read
    assert chosen(pixels(48, 784), 30) == "lanes" and len(read) == 2


# ---- the same semantics as every engine ----------------------------------------------------------


@pytest.mark.parametrize("at_once", [0, lanes.TIME_AT_ONCE])
def test_a_training_continues_from_every_checkpoint_to_the_same_bits(
    at_once, tmp_path, monkeypatch
):
    monkeypatch.setattr(lanes, "TIME_AT_ONCE", at_once)
    net, history = trained("lanes", epochs=3)
    expected = bits_of(net), bits(history.loss)
    snapshots = Snapshots(str(tmp_path))
    trained("lanes", epochs=3, checkpoint=snapshots)
    assert snapshots.count == (3 if at_once else 15)
    for k in range(snapshots.count):
        path = str(tmp_path / "{}.safetensors".format(k))
        net, history = trained("lanes", epochs=3, checkpoint=path)
        assert (bits_of(net), bits(history.loss)) == expected


def test_ctrl_c_restores_the_parameters_before_the_steps_made_together():
    def pressed(t):
        if t == 7:
            raise KeyboardInterrupt
        return 0.5

    net, history = trained("lanes", optimizer=sn.SGD(pressed), epochs=5)
    assert history.interrupted and len(history) == 1
    assert bits_of(net) == bits_of(trained("lanes", optimizer=sn.SGD(0.5), epochs=1)[0])


def test_ctrl_c_before_any_line(steps_by_rows):
    """Also while steps that are too large for lanes are repeated by rows."""
    files = {"lanes.py", "lane_numbers.py", "generated.py", "rows.py"}
    small = pixels(8, 5)

    def fit(net, epochs):
        options = dict(epochs=epochs, batch_size=3, engine="lanes")
        net.fit(small, Y[:8], "categorical_cross_entropy", sn.SGD(0.5), **options)
        return bits_of(net)

    def untrained():
        return network(5, 2, [[0.0, 1e-20]] * 5)

    states = [bits_of(untrained())] + [fit(untrained(), epochs) for epochs in (1, 2)]
    assert len(steps_by_rows) == 6  # the first epoch, twice
    k, found = 0, set()
    while True:
        k, net = k + 4 * STRIDE, untrained()
        if not pressed_at_line(k, files, fit, net, 2):
            break
        found.add(states.index(bits_of(net)))
    assert {0, 1} <= found and k > 200  # Few lines remain after the second epoch.


def test_a_training_that_diverges_ends_as_with_rows():
    found = []
    for engine in ("lanes", "rows"):
        net = network()
        with pytest.raises(sn.Diverged) as error:
            trained(engine, net=net, optimizer=sn.SGD(lambda t: 0.5 if t < 7 else 1e308))
        found.append((str(error.value), net))
    assert found[0][0] == found[1][0]
    assert_close(found[0][1], found[1][1])


def test_the_parameters_are_floats_that_may_be_changed_between_epochs():
    found = []
    for engine in ("lanes", "rows"):
        net = network()
        weights = net.parameters()[0]
        for epoch in sn.epochs(
            net, X, Y, "categorical_cross_entropy", sn.SGD(0.5), 4, 10, engine=engine
        ):
            assert {type(w) for row in weights.rows for w in row} == {float}
            if epoch.number == 2:
                weights.rows[3][2] = 40.0
            if epoch.number == 3:
                net.freeze("0.bias")
        found.append(net)
    assert_close(*found)


def test_one_hot_inputs_that_are_standardized_already(steps_by_rows):
    """If the mean changes between epochs, the engine Rows makes the steps."""
    found = []
    for engine in ("lanes", "rows"):
        net = sn.Sequential([sn.Normalization()] + network().layers)
        net[0].mean.value, net[0].spread.value = [0.0] * 40, [1.0] * 40
        given = [DATA["one-hot"], Y, "categorical_cross_entropy", sn.SGD(0.5), 3, 10]
        for epoch in sn.epochs(net, *given, engine=engine):
            if engine == "lanes":
                assert len(steps_by_rows) == (5 if epoch.number == 3 else 0)
            if epoch.number == 2:
                net[0].mean.value = [0.25] * 40
        found.append(net)
    assert_close(*found)


def test_the_code_is_the_readable_loop():
    with watching() as seen:
        trained("lanes")
        trained("lanes", DATA["0 and 1"])
        trained("lanes", DATA["very few shades"])
        trained("lanes", DATA["few zeros"])
    lines = [line.strip() for engine in seen.engines for line in engine.source.splitlines()]
    sums = (
        r"\w+\(.*values, pick\(L0\)\)+",
        r"sum\(pick\(L0\)\)",
        r"weighted_sum\(values, pick\(L0\)\)",
    )
    for product in sums:
        pattern = r"V0 = .* in zip\(P1, numbers\({}\)\)\] for \(.*\) in K\]".format(product)
        assert [line for line in lines if re.match(pattern, line)]
    assert "L0[i] -= k * d" in lines and "L0[i] -= d" in lines
    assert [line for line in lines if line.startswith("L0 = [w - m0[k0] - m1[k1] ")]
    assert not [line for line in lines if re.search(r"\bC0\b", line)]
