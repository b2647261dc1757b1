"""What comes with the package: shapes, Iris and the digits; the IDX files of MNIST, and NumPy's, to learn from."""

import gzip
import math
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.datasets import samples, shapes
from scratchnet.datasets.arrays import ArrayEncoder, is_array, read_arrays
from scratchnet.datasets.idx import read_idx
from scratchnet.formats import npy_archive
from scratchnet.formats.npy import Array, array_of, dumps

# ---- gates and shapes --------------------------------------------------------------------------------------------


def test_gates():
    for name, rule in (
        ("and", lambda a, b: a and b), ("or", lambda a, b: a or b), ("xor", lambda a, b: a != b),
        ("nand", lambda a, b: not (a and b)), ("nor", lambda a, b: not (a or b)), ("xnor", lambda a, b: a == b),
    ):  # fmt: skip
        gate = shapes.gate(name)
        assert len(gate.X) == 4 and gate.Y == [int(rule(a, b)) for a, b in gate.X]
    with pytest.raises(ValueError, match="gate 'maybe' is unknown; give one of: and, or"):
        shapes.gate("maybe")


def test_shapes_without_noise():
    moons = shapes.moons(samples=50, noise=0)
    for (x, y), k in zip(moons.X, moons.Y):
        x, y = (
            (x, y) if k == 0 else (1 - x, 0.5 - y)
        )  # the lower moon is the upper, turned about (1/2, 1/4)
        assert math.hypot(x, y) == pytest.approx(1) and y > -1e-12
    circles = shapes.circles(samples=50, noise=0)
    for (x, y), k in zip(circles.X, circles.Y):
        assert math.hypot(x, y) == pytest.approx([1, 0.5][k])
    spirals = shapes.spirals(samples=51, noise=0, arms=3, turns=2)
    for arm in range(3):
        points = [point for point, k in zip(spirals.X, spirals.Y) if k == arm]
        assert [math.hypot(*point) for point in points] == pytest.approx(
            [i / 16 for i in range(17)]
        )
        angles = [math.atan2(y, x) / (2 * math.pi) for x, y in points]
        turned = [(angle - arm / 3 - i / 8) % 1 for i, angle in enumerate(angles)][1:]
        assert [min(t, 1 - t) for t in turned] == pytest.approx([0] * 16, abs=1e-12)


@pytest.mark.parametrize("shape", [shapes.moons, shapes.circles, shapes.spirals])
def test_shapes(shape):
    many = shape(samples=2001, noise=0.5, seed=3)
    still = shape(samples=2001, noise=0)
    assert (len(many.X), many.Y.count(0), many.Y.count(1)) == (2001, 1000, 1001)
    moved = [a - b for p, q in zip(many.X, still.X) for a, b in zip(p, q)]
    assert sum(moved) / 4002 == pytest.approx(0, abs=0.04)
    assert sum([m * m for m in moved]) / 4002 == pytest.approx(0.25, rel=0.1)
    assert (
        many.X
        == shape(samples=2001, noise=0.5, seed=3).X
        != shape(samples=2001, noise=0.5, seed=4).X
    )
    for wrong in ({"samples": 3}, {"samples": 10.5}, {"noise": -1}, {"seed": "x"}):
        with pytest.raises((TypeError, ValueError)):
            shape(**wrong)
    with pytest.raises(ValueError, match="arms is 1"):
        shapes.spirals(arms=1)


@pytest.mark.parametrize("shape", [shapes.moons, shapes.circles, shapes.spirals])
def test_networks_learn_the_shapes(shape):
    data = shape(samples=100)
    net = sn.Sequential(
        [sn.Dense(2, 24), sn.ReLU(), sn.Dense(24, 12), sn.ReLU(), sn.Dense(12, 1), sn.Sigmoid()]
    )
    net.fit(
        data.X, data.Y, "binary_cross_entropy", optimizer=sn.Adam(0.02), epochs=100, batch_size=20
    )
    right = [round(a) == y for (a,), y in zip(net.predict(data.X), data.Y)]
    assert sum(right) >= 0.95 * len(right)


# ---- iris and digits ---------------------------------------------------------------------------------------------


def test_iris_and_digits_are_scikit_learns():
    pytest.importorskip("sklearn")
    from sklearn.datasets import load_digits, load_iris

    ours, theirs = samples.iris(), load_iris()
    assert ours.X == theirs.data.tolist() and ours.Y == theirs.target.tolist()
    assert ours.labels == theirs.target_names.tolist()
    assert [name + " (cm)" for name in ours.features] == theirs.feature_names
    ours, theirs = samples.digits(), load_digits()
    assert ours.X == theirs.data.tolist() and ours.Y == theirs.target.tolist()
    assert ours.labels == list("0123456789") and ours.features[9] == "pixel 1 1"


def test_iris_and_digits():
    """Without scikit-learn: the published means, and the count of each digit."""
    iris, digits = samples.iris(), samples.digits()
    means = [sum(column) / 150 for column in zip(*iris.X)]
    assert [round(mean, 2) for mean in means] == [5.84, 3.06, 3.76, 1.20]
    assert iris.X[34] == [4.9, 3.1, 1.5, 0.2] and iris.X[37] == [
        4.9,
        3.6,
        1.4,
        0.1,
    ]  # misprints of the UCI copy
    assert [iris.Y.count(k) for k in range(3)] == [50, 50, 50]
    assert [digits.Y.count(k) for k in range(10)] == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]
    assert {v for row in digits.X for v in row} == set(map(float, range(17)))
    assert "public domain" in iris.about and "CC BY 4.0" in digits.about


# ---- IDX ---------------------------------------------------------------------------------------------------------


def compressed(data):
    """Return the data as gzip without the time, which would be in the names of the tests."""
    packed = gzip.compress(data)
    return packed[:4] + bytes(4) + packed[8:]


def idx(kind, shape, data):
    return struct.pack(f">2x2B{len(shape)}I", kind, len(shape), *shape) + data


@pytest.fixture
def write(tmp_path):
    def write(data):
        path = tmp_path / "data-idx"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_images_and_their_classes(write, packed):
    pixels = bytes(range(0, 240, 5))
    images = read_idx(write(packed(idx(8, (4, 3, 4), pixels))))
    assert images.shape == (4, 3, 4) and len(images) == 4
    assert list(images) == [list(map(float, pixels[i : i + 12])) for i in range(0, 48, 12)]
    assert type(images[0][0]) is float and images[-1] == images[3]
    with pytest.raises(IndexError):
        images[4]
    scaled = read_idx(write(packed(idx(8, (4, 3, 4), pixels))), scale=255)
    assert scaled[1] == [pixel / 255 for pixel in pixels[12:24]]
    labels = read_idx(str(write(packed(idx(8, (4,), bytes([3, 1, 0, 2]))))))
    assert list(labels) == [3, 1, 0, 2] and len(labels) == 4


@pytest.mark.parametrize("kind, code", [(9, "b"), (11, "h"), (12, "i"), (13, "f"), (14, "d")])
def test_other_types(write, kind, code):
    values = [-3, 0, 1, 2, 5, 127]
    found = read_idx(write(idx(kind, (3, 2), struct.pack(">6" + code, *values))), scale=2)
    assert list(found) == [[-1.5, 0.0], [0.5, 1.0], [2.5, 63.5]]
    assert list(read_idx(write(idx(kind, (6,), struct.pack(">6" + code, *values))))) == values


def test_a_network_learns_from_idx(write):
    digits = samples.digits()
    pixels = bytes([int(v) for row in digits.X[:100] for v in row])
    images = read_idx(write(idx(8, (100, 8, 8), pixels)), scale=16)
    net = sn.Sequential([sn.Dense(64, 10), sn.Softmax()])
    labels = read_idx(write(idx(8, (100,), bytes(digits.Y[:100]))))
    assert (
        net.fit(images, labels, "categorical_cross_entropy", sn.Adam(0.01), 20, 10).loss[-1] < 0.2
    )


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "is not an IDX file"),
        (b"a,b\n1,2\n", "is not an IDX file"),
        (idx(10, (2,), b"12"), "is not an IDX file"),
        (idx(8, (), b""), "is not an IDX file"),
        (idx(8, (2, 2), b"")[:9], "is cut off within its first bytes"),
        (idx(8, (2, 2), b"123"), "2 × 2 numbers are 4 bytes; the file has 3"),
        (idx(8, (2, 2), b"12345"), "2 × 2 numbers are 4 bytes; the file has more"),
        (idx(8, (2, 0), b""), "2 × 0 numbers are 0 bytes"),
        (idx(8, (2**32 - 1,) * 3, b""), "can be read"),
        (compressed(idx(8, (4,), b"1234"))[:-9], "the gzip file is damaged"),
        (compressed(idx(8, (4,), b"1234"))[:-8] + b"12345678", "the gzip file is damaged"),
    ],
)
def test_malformed_idx_files_are_refused(write, data, words):
    path = write(data)
    with pytest.raises(ValueError, match=words) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


@given(st.binary(max_size=40), st.integers(0, 24))
def test_only_value_errors_are_raised(tmp_path_factory, data, cut):
    """The data are noise, and noise after a valid beginning."""
    path = tmp_path_factory.mktemp("idx") / "noise"
    for start in (
        b"",
        idx(8, (2, 3), b"123456")[:cut],
        b"\x1f\x8b",
        gzip.compress(idx(8, (2, 3), b"123456"))[:cut],
    ):
        path.write_bytes(start + data)
        try:
            assert len(read_idx(path)) > 0
        except ValueError:
            pass


def test_an_invalid_scale_and_a_missing_file(write, tmp_path):
    for scale in (0, -1, "x", None):
        with pytest.raises(ValueError, match="scale is"):
            read_idx(write(idx(8, (1,), b"1")), scale=scale)
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "none")


# ---- arrays as inputs and targets --------------------------------------------------------------------------------

INPUTS = array_of([[0, 0], [0, 1], [1, 0], [1, 1]])
INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    "X, y, words",
    [
        (
            array_of(3),
            [0],
            r": the inputs have the shape \(\); give samples × features",
        ),
        (array_of([1, 2]), [0, 1], r": the inputs have the shape \(2,\); give samples"),
        (Array((0, 2), array("d")), [0], r": the inputs have the shape \(0, 2\); give samples"),
        (
            Array((3, 0), array("d")),
            [0, 1, 0],
            r"shape \(3, 0\); .*samples × features, from 1 to 1048575 features$",
        ),
        (
            Array((1, 1 << 20), array("b", bytes(1 << 20))),
            [0],
            r"shape \(1, 1048576\); .* from 1 to 1048575 features$",
        ),
        (array_of([[0, 0], [0, NAN]]), [0, 1], ": row 2 has a number that is not finite"),
        (INPUTS, 3, r": 'y' has the shape \(\), but there are 4 rows; give one target per row"),
        (INPUTS, [0, 1, 1], r": 'y' has the shape \(3,\), but there are 4 rows"),
        (INPUTS, [[0, 1, 1, 0]], r": 'y' has the shape \(1, 4\), but there are 4 rows"),
        (INPUTS, [[0, 1]] * 4, r": 'y' has the shape \(4, 2\), but there are 4 rows"),
        (INPUTS, Array((4, 0), array("d")), r": 'y' has the shape \(4, 0\), but there are 4 rows"),
        (
            INPUTS,
            [0, INF, 0, INF],
            ": 'y': row 2 is inf; give a finite number, or nan if it is unknown$",
        ),
        (INPUTS, [[0], [1], [0], [-INF]], ": 'y': row 4 is -inf; give a finite number"),
    ],
)
def test_arrays_that_cannot_be_inputs_or_targets(X, y, words, tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(npy_archive.dumps({"X": X, "y": y if isinstance(y, Array) else array_of(y)}))
    with pytest.raises(ValueError, match=words) as caught:
        read_arrays(path, "y")
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_targets_in_a_separate_file(tmp_path):
    X, y = tmp_path / "X.npy", tmp_path / "y.npy"
    X.write_bytes(dumps(INPUTS))
    y.write_bytes(dumps(array_of(3)))
    with pytest.raises(
        ValueError, match=r"y.npy has the shape \(\), but there are 4 rows; give"
    ) as caught:
        read_arrays(X, str(y))
    assert str(caught.value).startswith(str(y))


def test_the_ending_of_an_array_may_be_in_upper_case(tmp_path):
    X, data = tmp_path / "X.NPY", tmp_path / "data.Npz"
    X.write_bytes(dumps(INPUTS))
    data.write_bytes(npy_archive.dumps({"X": INPUTS, "y": array_of([0, 1, 1, 0])}))
    assert is_array(X) and is_array(data)
    assert list(read_arrays(X).X) == list(read_arrays(data, "y").X) == list(INPUTS)


def test_a_table_in_place_of_an_array(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    for path in (str(table), "-"):
        with pytest.raises(ValueError) as caught:
            read_arrays(path)
        assert str(caught.value) == path + " is not an array; give a .npy, .npz or IDX file"
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "nowhere")


def test_a_target_that_is_nan_is_missing(tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(npy_archive.dumps({"X": INPUTS, "y": array_of([[0], [NAN], [1], [0]])}))
    data = read_arrays(path, "y")
    X, Y = ArrayEncoder.fit(data).examples_of(data)
    assert (
        data.with_target() == [0, 2, 3]
        and list(X) == [INPUTS[i] for i in (0, 2, 3)]
        and len(Y) == 3
    )
