"""checkpoints.py: a training that was stopped at any instant continues to the same bits.

The oracle is the same training that nobody breaks off. First every checkpoint that a training writes is kept, and the
training goes on from each of them; then processes are killed for real, at random instants.
"""

import gc
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from hypothesis import settings
from random_networks import bits
from small_trainings import pressed_at_line

import scratchnet as sn
from scratchnet.engines import generated
from scratchnet.engines.checkpoints import Checkpoint
from scratchnet.formats import files, safetensors

_generator = sn.Generator(3)
X = [[_generator.normal() for _ in range(2)] for _ in range(23)]
Y = [[x0 - x1 * x1] for x0, x1 in X]


def network(*between):
    layers = (
        [sn.Normalization(), sn.Dense(2, 3, l2=0.01)] + list(between) + [sn.Tanh(), sn.Dense(3, 1)]
    )
    return sn.Sequential(layers, seed=7)


# What fit is called with, and what stands in the network's middle.
TRAININGS = {
    "whole": ({"optimizer": "sgd"}, []),
    "whole, Adam": ({"optimizer": "adam", "epochs": 7}, []),
    "batches": ({"optimizer": sn.SGD(0.05, momentum=0.9, nesterov=True), "batch_size": 5}, []),
    "in order": ({"optimizer": "rmsprop", "batch_size": 5, "shuffle": False}, []),
    "dropout": ({"optimizer": "adamw", "batch_size": 4}, [sn.Dropout(0.25)]),
    "dropout, whole": ({"optimizer": "adagrad"}, [sn.Dropout(0.25)]),
    "schedule": (
        {"optimizer": sn.Adam(sn.WarmUp(5, sn.CosineDecay(0.1, 30))), "batch_size": 6},
        [],
    ),
    "validation": (
        {"optimizer": "sgd", "batch_size": 4, "validation_split": 0.25, "patience": 2, "epochs": 9},
        [],
    ),
    "patience": ({"optimizer": sn.SGD(0.9), "batch_size": 3, "patience": 1, "epochs": 20}, []),
    "weights": (
        {"optimizer": "sgd", "batch_size": 5, "sample_weight": [i % 3 for i in range(23)]},
        [],
    ),
}


class Snapshots(Checkpoint):
    """Keeps a copy of every file that is written, between two batches and after each epoch."""

    def __init__(self, folder):
        self.path, self.seconds, self.folder, self.count = (
            os.path.join(folder, "run.safetensors"),
            0,
            folder,
            0,
        )

    def kept(self, training):
        training.write()
        shutil.copy(self.path, os.path.join(self.folder, "{}.safetensors".format(self.count)))
        self.count += 1


def trained(options, between, **more):
    net = network(*[layer.with_numbers(float) for layer in between])
    options = dict({"epochs": 3, "seed": 5}, **dict(options, **more))
    history = net.fit(X, Y, "mean_squared_error", **options)
    told = [(e.number, e.loss, e.validation_loss, e.learning_rate, e.best) for e in history.epochs]
    return [bits(p.rows) for p in net.parameters()], told, history.best_epoch


@pytest.mark.parametrize("engine", ["auto", "lists"])
@pytest.mark.parametrize("name", sorted(TRAININGS))
def test_a_training_continues_from_every_checkpoint_to_the_same_bits(
    name, engine, tmp_path, monkeypatch
):
    monkeypatch.setattr(generated, "STEPS_AT_ONCE", 1)  # every batch is a part of its own
    options, between = TRAININGS[name]
    expected = trained(options, between, engine=engine)
    snapshots = Snapshots(str(tmp_path))
    assert trained(options, between, engine=engine, checkpoint=snapshots) == expected
    assert snapshots.count >= len(expected[1])
    for k in range(snapshots.count):
        path = str(tmp_path / "{}.safetensors".format(k))
        assert trained(options, between, engine=engine, checkpoint=path) == expected
    assert (
        trained(options, between, engine=engine, checkpoint=snapshots.path) == expected
    )  # and when all is done


def test_a_checkpoint_between_batches_counts_the_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "STEPS_AT_ONCE", 1)
    seen = []

    class Looking(Checkpoint):
        def kept(self, training):
            seen.append((training.number, len(training.losses)))

    trained(
        {"batch_size": 10, "epochs": 2}, [], checkpoint=Looking(str(tmp_path / "run.safetensors"))
    )
    assert seen == [(0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)]


def test_a_continued_training_may_have_more_epochs(tmp_path):
    for options, between in TRAININGS.values():
        path = str(tmp_path / "run.safetensors")
        trained(options, between, epochs=2, checkpoint=path)
        assert trained(options, between, epochs=6, checkpoint=path) == trained(
            options, between, epochs=6
        )
        os.remove(path)


def test_a_training_with_an_executor_continues(tmp_path):
    options = {"optimizer": "adam", "batch_size": 6, "epochs": 4}
    with pytest.warns(UserWarning), ThreadPoolExecutor(2) as executor:
        expected = trained(options, [], executor=executor)
        trained(
            options, [], executor=executor, epochs=2, checkpoint=str(tmp_path / "run.safetensors")
        )
        assert (
            trained(options, [], executor=executor, checkpoint=str(tmp_path / "run.safetensors"))
            == expected
        )


class CtrlC(Checkpoint):
    def __init__(self, path, k):
        Checkpoint.__init__(self, path)
        self.left = k

    def kept(self, training):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("k", [1, 2, 4, 8])
def test_ctrl_c_writes_a_last_checkpoint(k, tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "STEPS_AT_ONCE", 1)
    path = str(tmp_path / "run.safetensors")
    options = {"batch_size": 10, "epochs": 3}
    net = network()
    history = net.fit(X, Y, "mean_squared_error", seed=5, checkpoint=CtrlC(path, k), **options)
    assert history.interrupted and len(history) == k // 3
    assert [bits(p.rows) for p in sn.load(path).parameters()] == [
        bits(p.rows) for p in net.parameters()
    ]
    assert trained(options, [], checkpoint=path) == trained(options, [])


# Tracing is slow. All lines pass with 1; a profile with few examples takes larger steps. An epoch is about 150 lines: with
# as large a step, Ctrl-C would always come at the same place.
STRIDE = 17 if settings.default.max_examples > 10 else 89
LOOP = ("training.py", "checkpoints.py")


def pressed_training(path):
    options = {
        "optimizer": "adam",
        "batch_size": 9,
        "validation_split": 0.25,
        "patience": 1,
        "epochs": 4,
    }
    return trained(options, [], engine="lists", checkpoint=path)


@pytest.mark.parametrize("offset", [0, 8])
def test_ctrl_c_between_any_two_lines(offset, tmp_path):
    expected, k, written = pressed_training(None), offset, 0
    while True:
        k += STRIDE
        path = str(tmp_path / "{}.safetensors".format(k))
        if not pressed_at_line(k, LOOP, pressed_training, path):
            break
        if sys.implementation.name == "pypy":
            gc.collect()  # which closes what PyPy has not closed yet
        written += os.path.exists(path)
        assert pressed_training(path) == expected, (
            "pressed before line {} of those that are run".format(k)
        )
    assert written > 3


def test_a_loop_that_was_left_can_be_continued(tmp_path):
    path = str(tmp_path / "run.safetensors")
    steps = sn.epochs(
        network(), X, Y, "mean_squared_error", batch_size=4, seed=5, epochs=6, checkpoint=path
    )
    for epoch in steps:
        if epoch.number == 2:
            break
    steps.close()  # which CPython does by itself, once nobody holds it
    net = network()
    rest = list(
        sn.epochs(net, X, Y, "mean_squared_error", batch_size=4, seed=5, epochs=6, checkpoint=path)
    )
    assert [epoch.number for epoch in rest] == [3, 4, 5, 6]
    assert [bits(p.rows) for p in net.parameters()] == trained({"batch_size": 4, "epochs": 6}, [])[
        0
    ]


def test_the_file_is_a_model(tmp_path):
    path = str(tmp_path / "run.safetensors")
    net = network(sn.Dropout(0.5))
    net.metadata["labels"] = ["a"]
    net.fit(X, Y, "mean_squared_error", epochs=3, batch_size=7, checkpoint=path)
    again = sn.load(path)
    assert again.predict(X) == net.predict(X) and again.metadata == {"labels": ["a"]}
    assert os.listdir(str(tmp_path)) == ["run.safetensors"]


# ---- real kills --------------------------------------------------------------------------------------------------

PROGRAM = """
import json, sys, time
import scratchnet as sn
from scratchnet.engines.checkpoints import Checkpoint
from scratchnet.engines import generated

class Slow(Checkpoint):
    def kept(self, training):
        time.sleep(0.002)  # else all is over before anybody kills it

generated.STEPS_AT_ONCE = 1
generator = sn.Generator(3)
X = [[generator.normal() for _ in range(3)] for _ in range(60)]
Y = [[x0 * x1 - x2] for x0, x1, x2 in X]
net = sn.Sequential([sn.Dense(3, 8), sn.Dropout(0.1), sn.Tanh(), sn.Dense(8, 1)], seed=7)
checkpoint = Slow(sys.argv[1], seconds=0) if len(sys.argv) > 1 else None
history = net.fit(X, Y, "huber", sn.Adam(0.01), epochs=40, batch_size=8, validation_split=0.2, patience=30,
                  checkpoint=checkpoint)
rows = [[v.hex() for v in row] for p in net.parameters() for row in p.rows]
print(json.dumps([rows, [loss.hex() for loss in history.loss + history.validation_loss], history.best_epoch]))
"""
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))


def started(*arguments):
    environment = dict(os.environ, PYTHONPATH=ROOT)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM] + list(arguments), env=environment, stdout=subprocess.PIPE
    )


def test_killed_again_and_again(tmp_path):
    expected, _ = started().communicate()
    chance = random.Random(11)
    path = str(tmp_path / "run.safetensors")
    kills = 0
    while True:
        process = started(path)
        while kills < 12 and process.poll() is None and not os.path.exists(path):
            time.sleep(0.01)  # so that there is something to be lost
        if kills < 12:
            time.sleep(chance.uniform(0.0, 0.1))
            kills += process.poll() is None
            process.kill()
        output, _ = process.communicate()
        if process.returncode == 0:
            break
        for name in os.listdir(
            str(tmp_path)
        ):  # the beginning of a file that was being written may stay
            assert name == "run.safetensors" or name.endswith(".tmp")
        assert len(sn.load(path).layers) == 4
    assert kills >= 3
    assert json.loads(output.decode()) == json.loads(expected.decode())


# ---- what is refused ---------------------------------------------------------------------------------------------


def fitted(path, **options):
    options = dict({"epochs": 3, "batch_size": 5, "loss": "mean_squared_error"}, **options)
    net = options.pop("net", None) or network()
    net.fit(options.pop("X", X), Y, checkpoint=path, **options)
    return net


OTHERS = {
    "with batch_size 5, not 6": {"batch_size": 6},
    "with different random numbers (a different seed)": {"seed": 1},
    "with loss MeanSquaredError(), not Huber(delta=1.0)": {"loss": "huber"},
    "with optimizer Adam(": {"optimizer": sn.SGD(0.1)},
    "with shuffle True, not False": {"shuffle": False},
    "with patience None, not 3": {"patience": 3},
    "with different samples, targets or weights": {"X": X[:-1] + [[0.0, 0.0]]},
    "with layers Dense(inputs=3, outputs=1), not Tanh()": {"net": network(sn.Tanh())},
    "with frozen nothing, not 1.bias": {"net": network()},
    "with different initial parameters": {"net": network()},
    "with different validation data": {"validation_data": (X[:3], Y[:3])},
}
OTHERS["with different initial parameters"]["net"].parameters()[2].value = [[1, 2, 3], [4, 5, 6]]
OTHERS["with frozen nothing, not 1.bias"]["net"].freeze("1.bias")


@pytest.mark.parametrize("what", sorted(OTHERS))
def test_a_checkpoint_of_another_training(what, tmp_path):
    path = str(tmp_path / "run.safetensors")
    fitted(path)
    before = files.read(path)
    with pytest.raises(
        ValueError,
        match=r"run\.safetensors: it belongs to a training run {}".format(re.escape(what)),
    ) as caught:
        fitted(path, **OTHERS[what])
    assert str(caught.value).endswith("; give this training run another file")
    assert files.read(path) == before


def test_another_number_of_shards(tmp_path):
    """With another number of shards Dropout would draw other masks."""
    path = str(tmp_path / "run.safetensors")
    fitted(path)
    with pytest.warns(UserWarning), ThreadPoolExecutor(2) as executor:
        with pytest.raises(ValueError, match="with shards None, not 2;"):
            fitted(path, executor=executor)


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"?", b'{"format": "scratchnet", "metadata": {}, "tensors": {}}']
)
def test_a_file_that_is_no_checkpoint_is_not_overwritten(damage, tmp_path):
    path = tmp_path / "run.safetensors"
    path.write_bytes(damage)
    with pytest.raises(
        ValueError, match=r"run\.safetensors: .*; give this training run another file$"
    ):
        fitted(str(path))
    assert path.read_bytes() == damage


def test_a_model_is_no_checkpoint(tmp_path):
    path = str(tmp_path / "model.safetensors")
    sn.save(sn.Sequential([sn.Dense(2, 1)]), path)
    with pytest.raises(ValueError, match=r"model\.safetensors: it is not a checkpoint; "):
        fitted(path)


def without(name):
    def damage(tensors, about):
        del tensors[name]

    return damage


def changed(name, value):
    def damage(tensors, about):
        about["training"][name] = value

    return damage


def another_weight(tensors, about):
    tensors["1.weights"][0][0] += 1e-9


DAMAGES = {
    name: without("training." + name)
    for name in ("loss", "1.weights.memory.1", "values", "watched", "rate")
}
DAMAGES.update(
    {repr(value): changed("steps", value) for value in (-5, "a", None, 1.5, 3, 10**30, True)}
)
DAMAGES.update(
    {"start": changed("start", "-1"), "identity": changed("identity", {}), "weight": another_weight}
)


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_a_damaged_checkpoint_changes_nothing(damage, tmp_path):
    path = tmp_path / "run.safetensors"
    fitted(str(path), patience=2)
    tensors, about = safetensors.loads(path.read_bytes())
    DAMAGES[damage](tensors, about)
    path.write_bytes(safetensors.dumps(tensors, about))
    net = network()
    with pytest.raises(ValueError, match=r"run\.safetensors: it is damaged; "):
        fitted(str(path), patience=2, net=net)
    assert [bits(p.rows) for p in net.parameters()[2:]] == [
        bits(p.rows) for p in network().parameters()[2:]
    ]


REFUSED = {
    "ending": ("run.txt", {}, "checkpoint is 'run.txt'; give a path that ends in .safetensors"),
    "graph": ("run.onnx", {}, "checkpoint is 'run.onnx'; give a path that ends in"),
    "folder": (
        "no/such/run.safetensors",
        {"epochs": 10**9},
        "no/such/run.safetensors cannot be written: its ",
    ),
    "type": (7, {}, "checkpoint is 7; give a path"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_paths_that_are_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, options, message = REFUSED[name]
    with pytest.raises((OSError, ValueError), match=message):
        fitted(path, **options)


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_training(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    checkpoint = Checkpoint(str(folder / "run.safetensors"), seconds=0)
    folder.rmdir()
    with pytest.warns(
        UserWarning,
        match="run.safetensors cannot be written: its directory does not exist; training continues",
    ):
        history = network().fit(
            X, Y, "mean_squared_error", epochs=3, batch_size=5, checkpoint=checkpoint
        )
    assert len(history) == 3


def test_metadata_that_cannot_be_stored_are_refused_before_the_first_epoch(tmp_path):
    net = network()
    net.metadata = {"labels": {1, 2}}
    before = [bits(p.rows) for p in net.parameters()[2:]]
    with pytest.raises((TypeError, ValueError), match="labels"):
        net.fit(X, Y, "mean_squared_error", checkpoint=str(tmp_path / "run.safetensors"))
    assert [bits(p.rows) for p in net.parameters()[2:]] == before and not os.listdir(str(tmp_path))


def test_an_infinite_validation_loss_is_kept(tmp_path):
    path, options = (
        str(tmp_path / "run.safetensors"),
        {"validation_data": ([[0, 0]], [[1e200]]), "batch_size": 5},
    )
    assert trained(options, [], epochs=2, checkpoint=path)[1][0][2] == math.inf
    assert trained(options, [], epochs=4, checkpoint=path) == trained(options, [], epochs=4)


def test_other_numbers_than_floats(tmp_path):
    net = sn.Sequential([sn.Dense(2, 1)]).copy(Fraction)
    with pytest.raises(
        TypeError, match="^a checkpoint holds floats; this network computes with Fraction"
    ):
        path = str(tmp_path / "run.safetensors")
        net.fit([[1, 2]], [1], "half_squared_error", sn.SGD(Fraction(1, 2)), checkpoint=path)


@pytest.mark.parametrize("seconds", [-1, "x", float("nan"), None])
def test_the_time_between_checkpoints(seconds):
    with pytest.raises(ValueError, match="^seconds is .*; give a finite number of 0 or more$"):
        Checkpoint("run.safetensors", seconds)
