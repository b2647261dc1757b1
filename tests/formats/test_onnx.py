"""ONNX files: accepted by the official checker, computed alike by onnxruntime, and read back.

Without a third-party library: round trips, and what is not written.
"""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx_files import (
    ACTIVATIONS,
    ROWS,
    agree,
    alone,
    checked,
    data_of,
    everything,
    largest,
    loaded,
    network,
    run,
    state,
)

import scratchnet as sn
from scratchnet.core.layers import LAYERS
from scratchnet.formats import models
from scratchnet.formats import onnx as codec
from scratchnet.formats.onnx import proto
from scratchnet.formats.onnx.graph import DOUBLE, FLOAT, Node, Value, pack

# ---- there and back ----------------------------------------------------------------------------------------------


def test_every_activation_is_tested():
    names = (set(LAYERS) | set(sn.deep.LAYERS)) - {"Dense", "Dropout", "Normalization"}
    assert {type(make()).__name__ for make in ACTIVATIONS} == names


@pytest.mark.parametrize("make", ACTIVATIONS, ids=lambda make: repr(make()))
def test_every_activation_is_read_as_it_was_written(make, tmp_path):
    net = network(sn.Dense(3, 3), make(), seed=1)
    path = str(tmp_path / "model.onnx")
    sn.save(net, path)
    assert state(sn.load(path)) == state(net)
    agree(alone(data_of(net)).predict(ROWS), net.predict(ROWS), 1e-15)


@pytest.mark.parametrize("make", ACTIVATIONS, ids=lambda make: repr(make()))
def test_a_network_of_one_activation(make, tmp_path):
    net = network(make())
    assert state(loaded(data_of(net), tmp_path)) == state(net)
    assert [type(layer) for layer in alone(data_of(net, "float32")).layers] == [type(net.layers[0])]


def test_everything_comes_back(tmp_path):
    net = everything()
    assert state(loaded(data_of(net), tmp_path)) == state(net)
    assert loaded(data_of(net), tmp_path).predict(ROWS) == net.predict(ROWS)


def test_the_same_network_is_the_same_file():
    assert data_of(everything()) == data_of(everything())


def test_in_32_bits_only_the_numbers_are_rounded(tmp_path):
    net = everything()
    twin = loaded(data_of(net, "float32"), tmp_path)
    for mine, theirs in zip(net.parameters(), twin.parameters()):
        rows = [[struct.unpack("<f", struct.pack("<f", x))[0] for x in row] for row in mine.rows]
        assert (theirs.rows, theirs.frozen) == (rows, mine.frozen)
    assert repr(twin) == repr(net) and twin.metadata == net.metadata
    assert len(data_of(net, "float32")) < len(data_of(net))


def test_dropout_is_not_in_the_graph():
    graph, _, _ = proto.loads(
        data_of(network(sn.Dropout(0.5), sn.Dense(2, 1), sn.Tanh(), sn.Dropout(0.5)))
    )
    assert [node.operator for node in graph.nodes] == ["Gemm", "Tanh"]
    graph, _, _ = proto.loads(data_of(network(sn.Dropout(0.5))))
    assert [(node.operator, node.inputs, node.outputs) for node in graph.nodes] == [
        ("Identity", ["X"], ["Y"])
    ]


def test_inputs_and_outputs():
    graph, opset, properties = proto.loads(data_of(network(sn.Dense(3, 2))))
    assert graph.inputs == [Value("X", DOUBLE, ["samples", 3])]
    assert graph.outputs == [Value("Y", DOUBLE, ["samples", 2])]
    assert opset == 13 and list(properties) == ["scratchnet"]


def changed(net, change):
    """Return the file of the network after another program changed its graph."""
    graph, opset, properties = proto.loads(data_of(net))
    change(graph)
    return proto.dumps(graph, opset, properties)


def test_weights_changed_by_another_program_are_read_with_the_rest(tmp_path):
    net = everything()
    data = changed(
        net, lambda graph: graph.tensors.update({"4.bias": pack(DOUBLE, [2], [7.0, 8.0])})
    )
    net.parameters()[-1].value = [7, 8]
    assert state(loaded(data, tmp_path)) == state(net)


def test_a_changed_graph_is_read_without_the_rest(tmp_path):
    net = everything()
    data = changed(
        net, lambda graph: graph.nodes.insert(-1, Node("Sigmoid", ["2.Where.14"], ["s"], name="s"))
    )
    twin = loaded(
        data, tmp_path
    )  # the new node is used by none, yet the graph is not ours any more
    assert [type(layer).__name__ for layer in twin.layers] == [
        "Normalization",
        "Dense",
        "ELU",
        "Dense",
    ]
    assert twin.metadata == {}
    agree(twin.predict(ROWS), net.predict(ROWS), 1e-15)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"layers": 3}', '{"layers": [[]], "numbers": {}}', "x" * 1000]
)
def test_damaged_text_beside_the_graph_is_ignored(text):
    graph, opset, _ = proto.loads(data_of(network(sn.Dense(2, 1))))
    tensors, about = codec.loads(proto.dumps(graph, opset, {"scratchnet": text}))
    assert sorted(tensors) == ["0.bias", "0.weights"] and about["metadata"] == {}


# ---- what is not written -----------------------------------------------------------------------------------------


class Bell(sn.Activation):
    def function(self, z):
        return sn.functions.exp(-z * z)


@pytest.mark.parametrize(
    "net, dtype, sentence",
    [
        (network(Bell()), "float64", "layer 0: ONNX has no operator for Bell"),
        (
            network(sn.Normalization(), sn.Dense(2, 1)),
            "float64",
            "layer 0: Normalization has seen no data yet",
        ),
        (
            network(sn.Dense(1, 1, weights=[[1e300]])),
            "float32",
            "0.weights has a number too large for 32 bits",
        ),
        (
            network(sn.Dense(1, 1), sn.LeakyReLU(1e300)),
            "float32",
            "layer 1 has a number too large for 32 bits",
        ),
        (network(sn.Dense(1, 1)), "float16", "dtype is 'float16'; give 'float64' or 'float32'"),
        (network(sn.Dense(1, 1)), None, "dtype is None; give 'float64' or 'float32'"),
    ],
)
def test_networks_that_cannot_be_written(net, dtype, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        models.save(net, str(tmp_path / "model.onnx"), dtype)
    assert list(tmp_path.iterdir()) == []


def test_a_spread_that_does_not_fit_in_32_bits():
    net = network(sn.Normalization(), sn.Dense(1, 1))
    net.adapt([[0], [1]])
    net.layers[0].spread.value = [1e-60]
    with pytest.raises(ValueError, match="0.spread has a number that is 0 in 32 bits"):
        data_of(net, "float32")


@pytest.mark.parametrize("ending", [".json", ".safetensors"])
def test_other_formats_have_no_dtype(ending, tmp_path):
    with pytest.raises(ValueError, match="dtype is 'float32'; give 'float64'; only an .onnx file"):
        models.save(network(sn.Dense(1, 1)), str(tmp_path / ("model" + ending)), "float32")


# ---- against onnx and onnxruntime --------------------------------------------------------------------------------


FLOATS = st.floats(-2, 2)
OF_ANY_WIDTH = [make for make in ACTIVATIONS if make().inputs is None]


@st.composite
def networks(draw):
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        if draw(st.booleans()):
            layers.append(sn.Normalization())
        layers.append(
            sn.Dense(
                inputs, outputs, initializer=draw(st.sampled_from(["he_normal", "glorot_uniform"]))
            )
        )
        layers.append(draw(st.sampled_from(OF_ANY_WIDTH + [lambda: sn.Dropout(0.5)]))())
    net = network(*layers, seed=draw(st.integers(0, 1000)))
    row = st.lists(st.floats(-100, 100, width=32), min_size=widths[0], max_size=widths[0])
    rows = draw(st.lists(row, min_size=1, max_size=4))
    net.adapt(rows)
    for parameter in net.parameters():
        if parameter.name.endswith("bias"):
            parameter.value = draw(
                st.lists(FLOATS, min_size=parameter.count, max_size=parameter.count)
            )
    return net, rows


@settings(max_examples=2 * settings.default.max_examples)
@given(networks())
def test_onnxruntime_computes_the_same_in_64_bits(pair):
    net, rows = pair
    checked(data_of(net))
    scalers = [layer for layer in net.layers if isinstance(layer, sn.Normalization)]
    cancelled = [
        abs(m) / s for layer in scalers for m, s in zip(layer.mean.value, layer.spread.value)
    ]
    agree(run(data_of(net), rows), net.predict(rows), 1e-12, max(cancelled or [0]))


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1, 30, 1000])
@pytest.mark.parametrize("make", ACTIVATIONS, ids=lambda make: repr(make()))
def test_every_activation_in_onnxruntime(make, scale):
    net = network(make())
    most = 80 if isinstance(net.layers[0], sn.deep.Exp) else 1e9  # e^89 is no 32-bit float
    rows = [[min(scale * x, most) for x in row] for row in ROWS]
    checked(data_of(net))
    agree(run(data_of(net), rows), net.predict(rows), 1e-12)
    rows = [[struct.unpack("<f", struct.pack("<f", x))[0] for x in row] for row in rows]
    content = data_of(net, "float32")
    checked(content)
    expected = net.predict(rows)
    around = (
        2 if isinstance(net.layers[0], (sn.ELU, sn.SELU, sn.deep.CELU)) else 0
    )  # onnxruntime has e^z - 1 as it says, around 1
    bound = 2**-21 * (largest(expected) + around)
    found = run(content, rows, "float32")
    assert all(abs(a - b) <= bound for u, v in zip(found, expected) for a, b in zip(u, v))


def test_the_official_library_writes_the_same_bytes():
    content = data_of(everything())
    assert checked(content).SerializeToString() == content


def test_shapes_inferred_and_saved_by_the_official_library_change_nothing(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = onnx.shape_inference.infer_shapes(checked(data_of(everything())))
    assert model.graph.value_info
    assert state(loaded(model.SerializeToString(), tmp_path)) == state(everything())


def test_numbers_in_every_way_that_the_official_library_writes_them():
    onnx = pytest.importorskip("onnx")
    for kind in (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE):
        for raw in (False, True):
            values = (
                struct.pack("<{}{}".format(4, "f" if kind == FLOAT else "d"), 1, 2, 3, 4)
                if raw
                else [1, 2, 3, 4]
            )
            tensor = onnx.helper.make_tensor("W", kind, [2, 2], values, raw)
            value = [onnx.helper.make_tensor_value_info(name, kind, [None, 2]) for name in "XY"]
            node = onnx.helper.make_node("MatMul", ["X", "W"], ["Y"])
            graph = onnx.helper.make_graph([node], "g", value[:1], value[1:], [tensor])
            net = alone(onnx.helper.make_model(graph).SerializeToString())
            assert net.parameters()[0].value == [[1, 2], [3, 4]]


def test_external_data_of_the_official_library(tmp_path):
    onnx = pytest.importorskip("onnx")
    net = everything()
    path = str(tmp_path / "model.onnx")
    onnx.save_model(checked(data_of(net)), path, save_as_external_data=True, size_threshold=0)
    assert len(list(tmp_path.iterdir())) > 1 and state(sn.load(path)) == state(net)


@pytest.mark.filterwarnings("ignore")
def test_external_data_of_the_exporter_of_pytorch(tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    module = torch.nn.Sequential(torch.nn.Linear(13, 16), torch.nn.ReLU()).eval()
    X = torch.rand(2, 13)
    path = str(tmp_path / "model.onnx")
    torch.onnx.export(module, (X,), path, dynamo=True, verbose=False)
    assert (tmp_path / "model.onnx.data").exists()
    with torch.no_grad():
        agree(sn.load(path).predict(X.tolist()), module(X).tolist(), 1e-6)
