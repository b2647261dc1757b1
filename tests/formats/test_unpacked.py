"""Compressed files that expand too far, or are damaged: one sentence, in little memory."""

import gzip
import io
import random
import struct
import zipfile

import pytest

import scratchnet as sn
from scratchnet.datasets.arrays import is_array, read_arrays
from scratchnet.datasets.idx import read_idx
from scratchnet.datasets.tables import read_table
from scratchnet.formats import npy, npy_archive, npz, unpacked


@pytest.fixture
def low(monkeypatch):
    """Limits so low that the files of these tests are small."""
    monkeypatch.setattr(unpacked, "LEAST", 100000)
    monkeypatch.setattr(unpacked, "RATIO", 20)


def compressed(tmp_path, data, name="a.gz"):
    path = tmp_path / name
    path.write_bytes(gzip.compress(data))
    return str(path)


try:
    import tracemalloc
except ImportError:  # PyPy
    tracemalloc = None


def peak(action):
    """The most memory in bytes that was in use during the action; 0 where Python does not tell."""
    if tracemalloc is None:
        action()
        return 0
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


IMAGES = bytes([0, 0, 8, 2]) + struct.pack(">II", 20000, 1000)


@pytest.mark.parametrize(
    "read, data",
    [
        (read_table, b"a,b,y\n" + b"1,2,0\n" * 1200000),
        (read_idx, IMAGES + bytes(20000000)),
        (read_arrays, IMAGES + bytes(20000000)),
    ],
)
def test_a_gzip_file_that_expands_too_far(read, data, low, tmp_path):
    path = compressed(tmp_path, data)

    def refused():
        with pytest.raises(
            ValueError, match="a.gz becomes more than [0-9,]+ bytes; a gzip file is"
        ):
            read(path)

    assert peak(refused) < len(data)


def test_an_ordinary_ratio_is_read(low, tmp_path):
    chance = random.Random(1)
    rows = "".join(["{},{}\n".format(chance.random(), chance.random()) for _ in range(20000)])
    assert len(read_table(compressed(tmp_path, b"a,b\n" + rows.encode()))) == 20000


def test_millions_of_empty_lines(tmp_path):
    path = compressed(tmp_path, b"a,y\n1,2\n" + b"\n" * 1000001)
    with pytest.raises(ValueError, match="a.gz has more than 1,000,000 empty lines; delete them"):
        read_table(path)


@pytest.mark.parametrize("damage", range(0, 60, 3))
def test_a_damaged_gzip_file(damage, tmp_path):
    """Every command first asks whether the file is an array; the reader then reports the damage."""
    data = bytearray(gzip.compress(b"a,b,y\n" + b"1,2,0\n7,8,1\n" * 50))
    data[10 + damage % (len(data) - 10)] ^= 255
    path = tmp_path / "a.csv.gz"
    path.write_bytes(bytes(data))
    assert is_array(str(path)) in (True, False)
    try:
        read_table(str(path))
    except ValueError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)


def test_a_gzip_file_that_is_cut_off(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b,y\n" + b"1,2,0\n7,8,1\n" * 50)[:-9])
    with pytest.raises(
        ValueError, match="a.csv.gz: the gzip file is damaged: Compressed file ended"
    ):
        read_table(str(path))


# ---- .npz --------------------------------------------------------------------------------------------------------


def archive(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members:
            packed.writestr(name + ".npy", data)
    return file.getvalue()


def test_an_npz_file_that_expands_too_far(low, tmp_path):
    data = archive([("X", npy.dumps(npy.array_of([[0.0] * 1000] * 200)))])
    with pytest.raises(ValueError, match="has 1600000 bytes; at most"):
        npy_archive.loads(data)
    together = [(str(k), npy.dumps(npy.array_of([0.0] * 10000))) for k in range(3)]
    with pytest.raises(ValueError, match="has 80000 bytes; at most"):  # the second one
        npy_archive.loads(archive(together))


def test_a_model_file_of_bytes_that_would_become_lists(tmp_path):
    """A byte in the file takes up 32 bytes in a list."""
    path = tmp_path / "model.npz"
    path.write_bytes(
        archive([("0.weights", npy.dumps(npy.Array((2000, 1000), bytes_of_zeros(2000000))))])
    )

    def refused():
        with pytest.raises(
            ValueError, match="2000000 numbers; a model file of this size has at most"
        ):
            sn.load(str(path), activations=["relu"])

    assert peak(refused) < 10 * 2000000


def bytes_of_zeros(count):
    numbers = npy.loads(npy.dumps(npy.array_of([0.0]))).numbers[:0]
    return type(numbers)("B", bytes(count))


def test_a_model_file_of_empty_rows():
    """A file of 300 bytes would become a billion lists."""
    empty = npy.dumps(npy.Array((1 << 30, 0), bytes_of_zeros(0)))
    with pytest.raises(ValueError, match="is empty; give at least one column"):
        npz.loads(archive([("0.weights", empty)]))


SOUND = archive([("X", npy.dumps(npy.array_of([[1.0, 2.0]])))])
OTHER = archive([("X", npy.dumps(npy.array_of([[3.0, 4.0]])))])
TWO_READINGS = {
    "a prefix": b"#!/bin/sh\n" + SOUND,
    "a suffix": SOUND + b"more",
    "two archives": OTHER + SOUND,
    "a comment": SOUND[:-2] + b"\4\0more",
    "a second list": archive([("X", b"")])[:-22] + b"PK\6\7" + bytes(16) + SOUND[-22:],
}


def list_of(count, said, size=None):
    """An archive that is only a list of ``count`` files, and says that there are ``said``."""
    entry = b"PK\1\2" + bytes(24) + b"\1" + bytes(17) + b"a"
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, said, said, size or 47 * count, 0, 0)
    return entry * count + end


@pytest.mark.parametrize(
    "data, words",
    [
        (list_of(20000, 20000), "holds 20000 arrays; at most 10000 can be read"),
        (list_of(100000, 3), "the list of arrays has 4700000 bytes; at most"),
        (list_of(100000, 3, 47), "has bytes before or after its archive"),
    ],
)
def test_a_long_list_is_refused_before_it_is_read(data, words, monkeypatch):
    monkeypatch.setattr(npy_archive.zipfile, "ZipFile", None)
    with pytest.raises(ValueError, match=words):
        npy_archive.loads(data)


@pytest.mark.parametrize("name", sorted(TWO_READINGS))
def test_an_npz_file_that_can_be_read_in_two_ways(name):
    assert npy_archive.loads(SOUND)["X"][0] == [1.0, 2.0]
    with pytest.raises(
        ValueError, match="npz has bytes before or after its archive|is not an .npz"
    ):
        npy_archive.loads(TWO_READINGS[name])
