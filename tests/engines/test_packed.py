"""Checksums and fingerprints of rows of bytes: those of the same rows as lists, without reading a list of each."""

from array import array

import pytest

import scratchnet as sn
from scratchnet.core.checks import LazyRows
from scratchnet.datasets.arrays import Picked
from scratchnet.datasets.idx import Idx
from scratchnet.engines.native import compiler, reading
from scratchnet.engines.packed import pack_rows
from scratchnet.tabular import fingerprint

SCALES = [1, 255, 1.7, 1e-300, 3e300]


def images(rows=5, width=52, scale=1):
    """Return rows of bytes that look random."""
    numbers = array("B", [k**5 // 77 % 256 for k in range(1, rows * width + 1)])
    return Idx((rows, width), numbers, scale)


class Unread(Picked):
    """Rows of which only the first one may become a list."""

    def __getitem__(self, i):
        assert i == self.first, "a row was read"
        return Picked.__getitem__(self, i)


def unread(X, places):
    found = Unread(X, places)
    found.first = 0
    return found


@pytest.mark.parametrize("scale", SCALES)
def test_they_are_the_numbers_of_the_rows_as_lists(scale):
    X = images(scale=scale)
    rows = unread(X, [4, 0, 2, 3])
    lists = [array("d", X[i]).tobytes() for i in (4, 0, 2, 3)]
    assert list(map(bytes, pack_rows(rows, [0, 1, 2, 3]))) == lists
    assert list(map(bytes, pack_rows(LazyRows(rows, lambda row, i: row), [0, 2]))) == lists[::2]
    assert list(map(bytes, pack_rows(rows, []))) == []


def test_all_256_bytes_in_rows_of_one_number():
    X = Idx((256, 1), array("B", range(256)), 255)
    assert [array("d", row)[0] for row in pack_rows(X, range(256))] == [X[i][0] for i in range(256)]


def test_a_width_that_the_network_does_not_take_is_refused_as_for_lists():
    net = sn.Sequential([sn.Dense(3, 1)])
    with pytest.raises(ValueError, match="row 1 has 4 columns where the network takes 3"):
        list(pack_rows(net.accept(images(width=4)), [1, 2]))


def test_numbers_that_are_not_finite_are_refused_as_for_lists():
    net = sn.Sequential([sn.Dense(4, 1)])
    X = Idx((2, 4), array("B", [0, 0, 0, 0, 0, 200, 0, 0]), 1e-307)
    with pytest.raises(ValueError, match="row 1, column 1 is inf"):
        list(pack_rows(net.accept(X), [0, 1]))


def test_the_fingerprint_knows_the_same_samples_and_no_others():
    X, labels = images(300, 3), ["a", "b", "c"] * 100
    rows = unread(X, list(range(300)))
    known = fingerprint.of(rows, labels)
    assert known == fingerprint.of([X[i] for i in range(300)], labels)
    assert fingerprint.share(rows, labels, known) == 1
    assert fingerprint.share(rows, labels[1:] + labels[:1], known) == 0
    others = Idx((300, 3), array("B", [255 - byte for byte in X.numbers]))
    assert fingerprint.share(others, labels, known) == 0


def run(X, path, epochs, engine="lists", Y=None):
    """Return the losses of the epochs that were not in the checkpoint, and the parameters."""
    net = sn.Sequential([sn.Dense(52, 3), sn.Softmax()], seed=3)
    Y = Y or [0, 2, 1, 1]
    training = sn.epochs(
        net,
        X,
        Y,
        "categorical_cross_entropy",
        epochs=epochs,
        batch_size=2,
        engine=engine,
        validation_data=(X, Y),
        checkpoint=path,
    )
    losses = [epoch.loss for epoch in training]
    return losses, [p.value for p in net.parameters()]


@pytest.mark.parametrize("engine", ["lists", "native"])
def test_a_checkpoint_of_lists_continues_with_the_same_rows_of_bytes(
    engine, tmp_path, portable, monkeypatch
):
    if engine == "native":
        try:
            compiler.find_compiler()
        except compiler.CompilerError as none:
            pytest.skip(str(none))
        monkeypatch.setattr(reading, "FEWEST", 1)  # The targets become an array, too.
    X, path = images(scale=255), str(tmp_path / "run.safetensors")
    rows, lists = Picked(X, [4, 0, 2, 3]), [X[i] for i in (4, 0, 2, 3)]
    run(lists, path, 2)
    losses, values = run(lists, None, 5)
    assert run(rows, path, 5, engine) == (losses[2:], values)
    for other, Y in ((Picked(X, [4, 0, 2, 1]), None), (rows, [0, 2, 1, 0])):
        with pytest.raises(ValueError, match="a training run with different samples, targets"):
            run(other, path, 6, engine, Y)
