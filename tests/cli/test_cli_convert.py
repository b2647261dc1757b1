"""`scratchnet convert`: models from one format to another, and weights alone."""

import os

import pytest

import scratchnet as sn
from scratchnet import cli
from scratchnet.formats import npy

X = [[0.5, -1.0], [2.0, 0.25]]
NET = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()], seed=3)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(str(tmp_path))
    return tmp_path


def converted(capsys, *arguments):
    """Return the exit status and what was printed."""
    status = cli.main(["convert"] + list(arguments))
    printed = capsys.readouterr()
    return status, printed.out + printed.err


@pytest.mark.parametrize("ending", ["safetensors", "json", "npz", "onnx", "ONNX"])
def test_from_a_format_to_another(folder, capsys, ending):
    for first in ("json", "npz", "onnx"):
        sn.save(NET, "in." + first)
        status, text = converted(capsys, "in." + first, "out." + ending)
        assert (status, text) == (0, "out.%s: 4 layers, 13 parameters\n" % ending)
        assert sn.load("out." + ending).predict(X) == NET.predict(X)


def test_32_bits(folder, capsys):
    sn.save(NET, "in.json")
    assert converted(capsys, "in.json", "out.onnx", "--dtype", "float32")[0] == 0
    outputs = sn.load("out.onnx").predict(X)
    assert outputs != NET.predict(X)
    for row, right in zip(outputs, NET.predict(X)):
        assert row == pytest.approx(right, rel=1e-6)
    status, text = converted(capsys, "in.json", "out.npz", "--dtype", "float32")
    assert status == 2 and "only an .onnx file can have another dtype" in text


def test_weights_alone(folder, capsys):
    arrays = dict(zip(["b.W", "b.b", "a.W", "a.b"], [p.value for p in NET.parameters()]))
    arrays.update({"other.W": [[1.0]]})
    folder.joinpath("in.npz").write_bytes(
        npy.dumps_npz({"net." + n: npy.array_of(a) for n, a in arrays.items() if n[0] != "o"})
    )
    options = ["--activations", "tanh, sigmoid", "--order", "net.b,net.a", "--prefix", "net"]
    assert converted(capsys, "in.npz", "out.json", *options) == (
        0,
        "out.json: 4 layers, 13 parameters\n",
    )
    assert sn.load("out.json").predict(X) == NET.predict(X)
    status, text = converted(capsys, "in.npz", "out.json", "--activations", "tanh,tahn")
    assert status == 2 and text.startswith(
        "scratchnet convert: in.npz: its state dict: activation a"
    )
    assert text.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["in.json", "out.txt"], "out.txt: the ending gives the format; it must be .safetensors, "),
        (["in.json", "in.json"], "in.json is also an input; give the output another name"),
        (["no.json", "out.json"], "no.json: No such file or directory"),
        (
            ["in.pt", "out.json"],
            "in.pt: not a scratchnet file; sn.from_torch takes over the model ",
        ),
        (
            ["in.json", "out.npz", "--take", "y"],
            "in.json: output is 'y'; only an .onnx file has sev",
        ),
        (["in.json", "out.npz", "--activations", "relu"], "in.json: the file has the layers of a "),
    ],
)
def test_a_mistake_is_one_line(folder, capsys, arguments, sentence):
    sn.save(NET, "in.json")
    status, text = converted(capsys, *arguments)
    assert status == 2 and text.startswith("scratchnet convert: " + sentence)
    assert text.count("\n") == 1 and os.listdir(".") == ["in.json"]
