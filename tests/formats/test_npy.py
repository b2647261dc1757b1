"""NumPy's files against NumPy itself."""

import io
import sys
import zipfile
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.datasets import idx
from scratchnet.formats import files, npy, npy_archive
from scratchnet.formats.npy import (
    Array,
    array_of,
    dumps,
    load,
    loads,
)

KINDS = "? i1 u1 i2 u2 i4 u4 i8 u8 f4 f8".split()


def saved(numpy, a, **options):
    """Return the bytes that NumPy writes."""
    file = io.BytesIO()
    if options:
        numpy.lib.format.write_array(file, a, **options)
    else:
        numpy.save(file, a)
    return file.getvalue()


def zipped(members, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def header(text, version=1):
    size = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + text.encode()


# ---- against NumPy -----------------------------------------------------------------------------------------------


@given(st.data())
def test_files_of_numpy_are_read(data):
    """Every type, both byte orders, C and Fortran order, all versions, zero to three dimensions."""
    numpy = pytest.importorskip("numpy")
    order, kind = (
        data.draw(st.sampled_from("<>"), label="order"),
        data.draw(st.sampled_from(KINDS), label="kind"),
    )
    shape = tuple(data.draw(st.lists(st.integers(0, 4), max_size=3), label="shape"))
    bits = data.draw(st.binary(min_size=512, max_size=512), label="bits")
    count = int(numpy.prod(shape, dtype=int))
    if kind == "?":
        a = numpy.frombuffer(bits, "u1")[:count].reshape(shape) % 2 > 0
    else:
        a = numpy.frombuffer(bits, order + kind)[:count].reshape(shape)
    if len(shape) == 2 and data.draw(st.booleans(), label="Fortran"):
        a = numpy.asfortranarray(a)
    version = data.draw(st.sampled_from([(1, 0), (2, 0), (3, 0)]), label="version")
    found = loads(saved(numpy, a, version=version))
    plain = a.astype("u1") if kind == "?" else a
    assert found.shape == shape
    assert (
        found.numbers.tobytes()
        == numpy.ascontiguousarray(plain).astype(plain.dtype.newbyteorder("=")).tobytes()
    )
    if len(shape) < 3:
        assert repr(found.nested()) == repr(plain.tolist())
    if len(shape) == 1:
        assert repr(list(found)) == repr(plain.tolist())
    if len(shape) > 1 and count:
        assert repr(list(found)) == repr(plain.reshape(shape[0], -1).astype(float).tolist())


@given(st.data())
def test_numpy_reads_our_files(data):
    numpy = pytest.importorskip("numpy")
    code = data.draw(st.sampled_from("bBhHiIqQfd"), label="type")
    shape = tuple(data.draw(st.lists(st.integers(0, 4), max_size=3), label="shape"))
    numbers = array(code, data.draw(st.binary(min_size=512, max_size=512), label="bits"))
    count = int(numpy.prod(shape, dtype=int))
    ours = Array(shape, numbers[:count])
    for a in (
        numpy.load(io.BytesIO(dumps(ours))),
        numpy.load(io.BytesIO(npy_archive.dumps({"x": ours})))["x"],
    ):
        assert (
            a.shape == shape
            and a.dtype.itemsize == numbers.itemsize
            and a.tobytes() == ours.numbers.tobytes()
        )
    again = loads(dumps(ours))
    assert again.shape == shape and again.numbers.tobytes() == ours.numbers.tobytes()
    assert again.numbers.typecode == code


def test_archives(tmp_path):
    numpy = pytest.importorskip("numpy")
    path = tmp_path / "arrays.npz"
    weights, bias = numpy.arange(6.0).reshape(2, 3), numpy.float32(0.5)
    for save in (numpy.savez, numpy.savez_compressed):
        save(str(path), weights=weights, bias=bias)
        found = npy_archive.load(path)
        assert {name: a.nested() for name, a in found.items()} == {
            "weights": weights.tolist(),
            "bias": 0.5,
        }
    data = npy_archive.dumps({"0.weights": array_of(weights.tolist()), "0.bias": array_of([1])})
    assert data == npy_archive.dumps(
        {"0.weights": array_of(weights.tolist()), "0.bias": array_of([1])}
    )
    theirs = numpy.load(io.BytesIO(data))
    assert theirs.files == ["0.weights", "0.bias"] and (theirs["0.weights"] == weights).all()
    numpy.save(str(tmp_path / "a.npy"), weights)
    assert load(tmp_path / "a.npy").nested() == weights.tolist()


@pytest.mark.parametrize("kind", ["f2", "c16", "U3", "S3", "M8[D]", "O", [("a", "f8")]])
def test_arrays_that_are_refused(kind):
    numpy = pytest.importorskip("numpy")
    words = "objects, which are never read" if kind == "O" else "can be read"
    with pytest.raises(ValueError, match=words):
        loads(saved(numpy, numpy.zeros(3, kind)))


# ---- by itself ---------------------------------------------------------------------------------------------------


def test_arrays():
    a = array_of([[1, 2], [3, 4], [5, 6]])
    assert (a.shape, len(a), a[0], a[-1]) == ((3, 2), 3, [1.0, 2.0], [5.0, 6.0])
    assert repr(a) == "Array((3, 2), f8)"
    assert array_of(3).nested() == 3.0 and array_of([1, 2]).nested() == [1.0, 2.0]
    for i in (3, -4):
        with pytest.raises(IndexError):
            a[i]
    with pytest.raises(TypeError, match="a single number has no length"):
        len(array_of(3))
    with pytest.raises(ValueError, match="has 4 numbers, not 3"):
        Array((2, 2), array("d", [1, 2, 3]))
    cube = Array((2, 2, 2), array("B", range(8)))
    assert cube[1] == [4.0, 5.0, 6.0, 7.0]
    with pytest.raises(ValueError, match="at most 2 dimensions"):
        cube.nested()


def test_a_network_learns_from_an_array():
    X, Y = (
        Array((4, 2), array("b", [0, 0, 0, 1, 1, 0, 1, 1])),
        Array((4,), array("q", [0, 1, 1, 1])),
    )
    net = sn.Sequential([sn.Dense(2, 1), sn.Sigmoid()])
    net.fit(X, Y, "binary_cross_entropy", optimizer=sn.Adam(0.1), epochs=200)
    assert [round(y) for (y,) in net.predict(X)] == [0, 1, 1, 1]


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", r"is not an \.npy file"),
        (b"\x93NUMPY", "of version unknown"),
        (b"\x93NUMPY\4\0", "of version 04"),
        (header(GOOD)[:30], "the header is cut off"),
        (header(GOOD)[:9], "the header is cut off"),
        (header(GOOD) + b"8 bytes.", "has 16 bytes; the file has 8"),
        (header(GOOD) + b"8 bytes." * 3, "has 16 bytes; the file has more"),
        (header(GOOD.replace("<f8", "|O")), "objects, which are never read"),
        (header(GOOD.replace("(2,)", "(2, 10**20)")), r"the shape is \(2, 10\*\*20\); it must"),
        (header(GOOD.replace("(2,)", "(2, %d)" % 10**20)), "at most 1073741824 can be read"),
        (header(GOOD.replace("(2,)", "(-2,)")), "the shape is"),
        (header(GOOD.replace("(2,)", "(True,)")), "the shape is"),
        (header(GOOD.replace("(2,)", "2")), "the shape is"),
        (header(GOOD.replace("(2,)", "(1, 1, 2)").replace("False", "True")), "in Fortran order"),
        (header(GOOD.replace("'<f8'", "''")), "can be read"),
        (header(GOOD.replace("'<f8'", "5")), "can be read"),
        (header(GOOD.replace("False", "0")), "the header must be a dict"),
        (header(GOOD.replace("'shape'", "'form'")), "the header must be a dict"),
        (header(GOOD.replace("'<f8'", "__import__('os')")), "the header must be a dict"),
        (header("[" * 5000, 2), "the header must be a dict"),
        (header("-" * 9999, 2), "the header must be a dict"),
        (header(" " * 10001, 2), "more than 10000 bytes"),
        (header("{[]: 1}"), "the header must be a dict"),
        (header("-" * 4000 + "1"), "the header must be a dict"),
        (header(GOOD.replace("(2,)", "(2)")), "the shape is"),
        (header(GOOD.replace("(2,)", "(%s)" % ("1," * 33))), "the shape is"),
        (header(GOOD.replace("(2,)", "(0, %d)" % 10**20)), "has no numbers"),
        (header(GOOD.replace("}", "'shape': (3,), }")), "the header must be a dict"),
        (header(GOOD.replace("<f8", "|b1")) + b"\0\2", "a truth value is 2"),
    ],
)
def test_malformed_npy_files_are_refused(data, words):
    with pytest.raises(ValueError, match=words) as caught:
        loads(data, "x.npy")
    assert str(caught.value).startswith("x.npy") and "\n" not in str(caught.value)


def test_malformed_npz_files_are_refused(monkeypatch, tmp_path):
    good = dumps(array_of([1, 2]))
    for data, words in (
        (b"", "x.npz is not an .npz file"),
        (good, "x.npz is not an .npz file"),
        (zipped([("a.npy", good)])[:-30], "x.npz is not an .npz file"),
        (zipped([("a.npy", b"text")]), r"x.npz: 'a' is not an \.npy file"),
        (zipped([("a.npy", good), ("a", good)]), "x.npz holds two arrays 'a'"),
        (zipped([("a.npy", good)]).replace(good[-8:], b"12345678"), "or is damaged: Bad CRC"),
    ):
        with pytest.raises(ValueError, match=words):
            npy_archive.loads(data, "x.npz")
    bzip2 = pytest.importorskip("bz2") and zipped([("a.npy", good)], zipfile.ZIP_BZIP2)
    with pytest.raises(ValueError, match="is compressed by another method"):
        npy_archive.loads(bzip2)
    locked = bytearray(zipped([("a.npy", good)]))
    for place in (6, locked.rindex(b"PK\1\2") + 8):
        locked[place] |= 1
    with pytest.raises(ValueError, match="cannot be read"):
        npy_archive.loads(bytes(locked))
    monkeypatch.setattr(npy_archive, "MOST_ARRAYS", 1)
    with pytest.raises(ValueError, match="holds 2 arrays; at most 1"):
        npy_archive.loads(zipped([("a", good), ("b", good)]))
    with pytest.raises(FileNotFoundError):
        npy_archive.load(tmp_path / "none.npz")


def test_zip_bombs_are_not_unpacked(monkeypatch):
    """One large array of zeros is refused, and many that are large together."""
    monkeypatch.setattr(npy, "LARGEST", 10**6)
    zeros = dumps(Array((100000,), array("d", bytes(800000))))
    one = zipped([("a.npy", zeros)], zipfile.ZIP_DEFLATED)
    assert len(one) < 5000 and len(npy_archive.loads(one)["a"]) == 100000
    with pytest.raises(ValueError, match="at most 200000 can be read"):
        npy_archive.loads(zipped([("a.npy", zeros), ("b.npy", zeros)], zipfile.ZIP_DEFLATED))
    padded = zipped([("a.npy", dumps(array_of([1])) + bytes(10**8))], zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="the file has more"):
        npy_archive.loads(padded)


@pytest.mark.parametrize(
    "module, read, start",
    [
        (npy, load, header(GOOD.replace("(2,)", "(1, 134217728)"))),  # 2^27 numbers of 8 bytes
        (idx, idx.read_idx, bytes([0, 0, 8, 1, 64, 0, 0, 0])),  # 2^30 of one byte
        (files, files.read, b"{}"),
    ],
    ids=["npy", "idx", "model"],
)
def test_no_memory_is_allocated_for_data_that_are_missing(
    module, read, start, tmp_path, monkeypatch
):
    """PyPy allocates as many bytes as read() asks for, so the file is read in parts."""
    asked = []

    class Asked(io.FileIO):
        def read(self, size=-1):
            asked.append(size)
            return io.FileIO.read(self, size)

    path = tmp_path / "short"
    path.write_bytes(start)
    monkeypatch.setattr(module, "open", lambda path, mode: Asked(str(path), mode), raising=False)
    try:
        assert read(path) == start
    except ValueError as error:
        assert str(error).endswith(" 1073741824 bytes; the file has 0")
    assert 0 < min(asked) and max(asked) < 1 << 20


def test_a_long_file_is_read_in_parts():
    data = bytes(range(256)) * 1000
    for size in (
        0,
        1,
        files.PART - 1,
        files.PART,
        files.PART + 1,
        3 * files.PART,
        len(data),
        len(data) + 1,
    ):
        file = io.BytesIO(data)
        assert files.read_at_most(file, size) == data[:size] and file.read() == data[size:]


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 400))
def test_only_value_errors_are_raised(noise, cut, place):
    """The data are noise, valid files that are cut off, and valid files with noise in them."""
    for data, read in (
        (dumps(array_of([[1, 2], [3, 4]])), loads),
        (
            zipped([("a.npy", dumps(array_of([[1, 2], [3, 4]])))], zipfile.ZIP_DEFLATED),
            npy_archive.loads,
        ),
        (npy_archive.dumps({"a": array_of([1, 2])}), npy_archive.loads),
    ):
        for spoilt in (
            noise,
            data[:cut],
            data[:cut] + noise,
            data[:place] + noise + data[place + len(noise) :],
        ):
            try:
                read(spoilt)
            except ValueError:
                pass


def test_the_byte_order_of_this_machine():
    data = dumps(array_of([1.5]))
    assert ("'<f8'" if sys.byteorder == "little" else "'>f8'").encode() in data
    assert len(data) == 128 + 8 and data[127:128] == b"\n"
