"""Read this first: a network is saved, loaded, and equal."""

import json

import pytest

import scratchnet as sn

X = [[0.5, -1.0, 2.0], [-3.0, 0.25, 1.0]]


@pytest.mark.parametrize("ending", ["json", "safetensors", "npz", "onnx"])
def test_a_loaded_network_is_the_saved_one(ending, tmp_path):
    net = sn.Sequential([sn.Dense(3, 4), sn.Tanh(), sn.Dense(4, 2), sn.Softmax()], seed=5)
    path = tmp_path / ("model." + ending)
    sn.save(net, path)
    loaded = sn.load(path)
    assert repr(loaded) == repr(net)
    assert [p.value for p in loaded.parameters()] == [p.value for p in net.parameters()]
    assert loaded.predict(X) == net.predict(X)


def test_a_json_file_can_be_read_by_people(tmp_path):
    path = tmp_path / "model.json"
    sn.save(sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-2.0]], bias=[1.0])]), path)
    tensors = json.loads(path.read_text())["tensors"]
    assert tensors == {"0.weights": [[0.5], [-2.0]], "0.bias": [1.0]}


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    sn.save(sn.Sequential([sn.Dense(2, 1)]), path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="model.safetensors: "):
        sn.load(path)
