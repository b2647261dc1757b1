"""`scratchnet convert`: models from one format to another, and weights alone."""

import io
import os

import pytest

import scratchnet as sn
from scratchnet import cli, tabular
from scratchnet.formats import npy, npy_archive

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
        npy_archive.dumps({"net." + n: npy.array_of(a) for n, a in arrays.items() if n[0] != "o"})
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


FLOWERS = "length,width,kind\n" + "".join(
    "%d,%d.5,%s\n" % (k % 4, k % 3, ["iris", "rose", "aster"][k % 3]) for k in range(12)
)


def test_a_model_of_another_program_with_a_table(folder, capsys):
    net = sn.Sequential([sn.Dense(2, 4), sn.ReLU(), sn.Dense(4, 3), sn.Softmax()], seed=2)
    sn.save(net, "in.onnx", dtype="float32")
    folder.joinpath("flowers.csv").write_text(FLOWERS)
    options = ["--table", "flowers.csv"]  # The target is the last column.
    assert converted(capsys, "in.onnx", "out.json", *options)[0] == 0
    rows = [row.split(",") for row in FLOWERS.splitlines()[1:]]
    outputs = sn.load("in.onnx").predict([[float(a), float(b)] for a, b, _ in rows])
    best = [["aster", "iris", "rose"][y.index(max(y))] for y in outputs]
    assert cli.main(["predict", "out.json", "flowers.csv"]) == 0
    assert capsys.readouterr().out.split() == ["kind"] + best
    for command in ("evaluate", "explain"):
        assert cli.main([command, "out.json", "flowers.csv"]) == 0
    assert cli.main(["predict", "in.onnx", "flowers.csv"]) == 2
    assert "has 3 columns, but the network has 2 inputs" in capsys.readouterr().err
    assert cli.main(["plot", "in.onnx", "mistakes", "flowers.csv"]) == 2
    assert "`scratchnet convert MODEL OUT --table DATA`" in capsys.readouterr().err


def test_a_table_on_standard_input_is_read_once(folder, capsys, monkeypatch):
    sn.save(sn.Sequential([sn.Dense(2, 3), sn.Softmax()], seed=1), "net.onnx")
    text = "a,b,kind\n" + "".join(["{},{},{}\n".format(i, i / 2, "xyz"[i % 3]) for i in range(9)])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert converted(capsys, "net.onnx", "net.json", "--table", "-")[0] == 0
    assert tabular.load("net.json").encoder.classes == ["x", "y", "z"]


def test_a_quantity_of_a_table(folder, capsys):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [3]], bias=[1])])
    sn.save(net, "in.npz")
    folder.joinpath("t.csv").write_text("a,b,y\n1,0,7\n0,2,5\n3,1,6\n")
    assert converted(capsys, "in.npz", "out.npz", "--table", "t.csv", "--target", "y")[0] == 0
    assert cli.main(["predict", "out.npz", "t.csv"]) == 0
    assert capsys.readouterr().out.split() == ["y", "3.0", "7.0", "10.0"]


@pytest.mark.parametrize(
    "layers, table, sentence",
    [
        (
            [sn.Dense(3, 3), sn.Softmax()],
            FLOWERS,
            "the network has 3 inputs, but the table has 2 col",
        ),
        (
            [sn.Dense(2, 4), sn.Softmax()],
            FLOWERS,
            "the network has 4 outputs, but the target 'kind' ",
        ),
        (
            [sn.Dense(2, 3), sn.Softmax()],
            FLOWERS.replace("iris", "lily"),
            "the network's classes are ",
        ),
        (
            [sn.Dense(2, 3), sn.Softmax()],
            FLOWERS.replace("0.5", "red"),
            "flowers.csv, line 2, column 'width': 'red' is not a number",
        ),
    ],
)
def test_a_table_that_does_not_fit(folder, capsys, layers, table, sentence):
    net = sn.Sequential(layers)
    if "classes" in sentence:
        net.metadata["labels"] = ["aster", "iris", "rose"]
    sn.save(net, "in.json")
    folder.joinpath("flowers.csv").write_text(table)
    options = ["--table", "flowers.csv", "--target", "kind"]
    status, text = converted(capsys, "in.json", "out.json", *options)
    assert status == 2 and sentence in text and text.count("\n") == 1
    assert not os.path.exists("out.json")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["in.json", "out.txt"], "out.txt: the ending gives the format; it must be .safetensors, "),
        (["in.json", "in.json"], "in.json is also an input; give the output another name"),
        (["no.json", "out.json"], "no.json: No such file or directory"),
        (
            ["in.pt", "out.json"],
            "in.pt: not a scratchnet file; its library must load it, as in sn.from_torch(",
        ),
        (
            ["in.json", "out.npz", "--output-name", "y"],
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
