"""Checkpoints that were edited, with the checksum computed anew: refused, or without effect; they never hang."""

import math
import re

import pytest

import scratchnet as sn
from scratchnet.engines.saved_state import checksum_of
from scratchnet.formats import files, safetensors

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]], [1, 2, 3, 4, 5]
OPTIONS = {"loss": "huber", "optimizer": "adam", "batch_size": 2, "patience": 30}


def network():
    return sn.Sequential(
        [sn.Normalization(), sn.Dense(2, 3), sn.LeakyReLU(0.3), sn.Dense(3, 1)], seed=7
    )


def fitted(path, epochs):
    net = network()
    net.fit(X, Y, epochs=epochs, checkpoint=path, **OPTIONS)
    return [p.value for p in net.parameters()]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The contents of the checkpoint after 6 epochs."""
    path = str(tmp_path_factory.mktemp("sound") / "run.safetensors")
    fitted(path, 6)
    return files.read(path)


def tensor(name, change):
    """An edit that replaces a tensor by what ``change`` makes of it; None removes it."""

    def edit(tensors, training):
        value = change(tensors.get(name))
        del tensors[name]
        if value is not None:
            tensors[name] = value

    return edit


def state(**values):
    return lambda tensors, training: training.update(values)


def first(value):
    """Replace the first number of a matrix."""
    return lambda rows: [[value] + rows[0][1:]] + rows[1:]


MEMORY, BEST = "training.1.weights.memory.0", "training.1.weights.best"
LISTS = ("values", "loss", "learning_rate", "best", "watched")
EDITS = {
    "memory, a row less": tensor(MEMORY, lambda rows: rows[:1]),
    "memory, shorter rows": tensor(MEMORY, lambda rows: [row[:2] for row in rows]),
    "memory, twice the rows": tensor(MEMORY, lambda rows: rows * 2),
    "memory, flat": tensor(MEMORY, lambda rows: [1.0, 2.0]),
    "memory missing": tensor(MEMORY, lambda rows: None),
    "memory of a layer that is not there": lambda t, s: t.update(
        {"training.9.x.memory.0": [[1.0]]}
    ),
    "best rows, another shape": tensor(BEST, lambda rows: [[1.0]]),
    "best rows missing": tensor(BEST, lambda rows: None),
    "weights, another shape": tensor("1.weights", lambda rows: [[1.0]]),
    "watched missing": tensor("training.watched", lambda v: None),
    "watched epoch": tensor("training.watched", lambda v: [v[0] - 1, v[1]]),
    "watched loss": tensor("training.watched", lambda v: [math.inf, v[1]]),
    "best 99": tensor("training.best", lambda v: [99.0] * 6),
    "best 1/2": tensor("training.best", lambda v: [0.5] * 6),
    "an unknown tensor": lambda t, s: t.update({"training.more": [1.0]}),
    "more batches than an epoch has": tensor("training.values", lambda v: [0.5] * 50),
    "no identity": state(identity={}),
    "a list as identity": state(identity=[]),
    "-1": state(start="-1"),
    "too many bits": state(generator="f" * 64),
}
for steps in (-3, 0, 1.5, 19, 10**300, "x", None, [1], True):
    EDITS["steps {!r:.9}".format(steps)] = state(steps=steps)
for rate in (math.nan, math.inf, -1.0, [1.0]):
    EDITS["rate {}".format(rate)] = tensor("training.rate", lambda v, rate=rate: rate)
for number in (math.nan, math.inf):
    for name in (MEMORY, BEST, "1.weights"):
        EDITS["{} in {}".format(number, name)] = tensor(name, first(number))
for name in LISTS:
    place = "training." + name
    EDITS[name + " a number"] = tensor(place, lambda v: 0.5)
    EDITS[name + " a matrix"] = tensor(place, lambda v: [[1.0]])
    EDITS[name + " longer"] = tensor(place, lambda v: v + [1.0] * 5)
    EDITS[name + " of NaN"] = tensor(place, lambda v: [math.nan] * max(1, len(v)))
    if name != "values":
        EDITS[name + " shorter"] = tensor(place, lambda v: v[1:])


def edited(data, edit):
    tensors, about = safetensors.loads(data)
    training = about["training"]
    del training["checksum"]
    edit(tensors, training)
    training["checksum"] = checksum_of(tensors, training)
    return safetensors.dumps(tensors, about)


def test_the_edits_start_from_a_sound_file(sound, tmp_path):
    path = str(tmp_path / "run.safetensors")
    files.write(path, edited(sound, lambda tensors, training: None))
    assert files.read(path) == sound
    assert fitted(path, 8) == fitted(None, 8)


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edited_checkpoint_is_refused(name, sound, tmp_path):
    path = str(tmp_path / "run.safetensors")
    files.write(path, edited(sound, EDITS[name]))
    net = network()
    net.adapt(X)
    before = [p.value for p in net.parameters()]
    with pytest.raises(ValueError) as caught:
        net.fit(X, Y, epochs=8, checkpoint=path, **OPTIONS)
    message = (
        re.escape(path)
        + ": (it is damaged|.*must.*|.*finite.*); give this training run another file"
    )
    assert re.match(message + r"\Z", str(caught.value)), str(caught.value)
    assert [p.value for p in net.parameters()] == before
